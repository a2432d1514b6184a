# SPDX-License-Identifier: Apache-2.0
"""Is openapi.json a document as OpenAPI 3.1 has it? Three judges:

- openapi-spec-validator, where it is installed (Debian 13: python3-openapi-spec-validator);
- the official schema of OpenAPI 3.0, which Debian 12 has (openapi-specification). What 3.1
  changed are the schemas within, JSON Schema 2020-12 now, so these are taken out first;
- each of these schemas against the schema of JSON Schema 2020-12.

Of the first two one must be there.
"""
import copy
import json
import os
import re

import jsonschema

from openapi_lib import METHODS, files, inlined, load

try:
    import openapi_spec_validator
except ImportError:
    openapi_spec_validator = None

SCHEMA_3_0 = "/usr/share/openapi-specification/schemas/v3.0/schema.json"


def schemas_in(node):
    """Each schema of the document with the object that has it."""
    if isinstance(node, list):
        for item in node:
            yield from schemas_in(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in ("schema", "x-line-schema"):
                yield node, key, value
            elif key not in ("example", "examples"):
                yield from schemas_in(value)


def named_schemas(document):
    named = document["components"].get("schemas", {})
    for key, value in named.items():
        yield named, key, value


def as_3_0(document):
    """The same document without what is new in 3.1."""
    out = copy.deepcopy(document)
    out["openapi"] = "3.0.3"
    out["info"].pop("summary", None)
    for owner, key, _ in [*schemas_in(out), *named_schemas(out)]:
        owner[key] = {}
    return out


def check_schemas(count, document):
    whole = inlined(copy.deepcopy(document), files())
    found = [*schemas_in({**whole, "components": {**whole["components"], "schemas": {}}}),
             *named_schemas(whole)]
    for _, key, schema in found:
        try:
            jsonschema.Draft202012Validator.check_schema(schema)
            fault = ""
        except jsonschema.SchemaError as error:
            fault = str(error)
        count.check(f"a schema ({key})", not fault, fault)
    count.check("schemas are found", len(found) > 50, len(found))


def check_3_0(count, document):
    schema = load(SCHEMA_3_0)
    validator = jsonschema.Draft4Validator(schema)
    fault = jsonschema.exceptions.best_match(validator.iter_errors(as_3_0(document)))
    count.check("the official schema of OpenAPI 3.0", not fault, fault)
    broken = as_3_0(document)
    del next(iter(broken["paths"].values()))["post"]["responses"]
    count.check("it finds a fault", not validator.is_valid(broken))


def check_3_1(count, service, document):
    """References go to the running service, as a client's do."""
    try:
        openapi_spec_validator.validate(document, base_uri=f"{service.name}/openapi.json")
        fault = ""
    except Exception as error:  # of whatever library it uses
        fault = repr(error)
    count.check("openapi-spec-validator", not fault, fault)


def check_house(count, document):
    """Each call has a name of its own, words, and examples for what it takes."""
    names = []
    for path, item in document["paths"].items():
        for operation in (item[method] for method in METHODS if method in item):
            names.append(operation["operationId"])
            summary = operation.get("summary", "")
            count.check(f"{path}: in words", summary.endswith((".", "?")), summary)
    count.equal("names are unique", len(names), len(set(names)))
    for name, one in document["components"]["parameters"].items():
        count.check(f"{name} has a description and an example",
                    one.get("description") and "example" in one)
    text = json.dumps(document)
    used = set(re.findall(r'"#/components/(\w+/\w+)"', text))
    there = {f"{kind}/{name}" for kind, items in document["components"].items()
             if kind != "securitySchemes" for name in items}
    # Answers to what is no call's own stand in no call (info.description).
    count.equal("components that nothing uses", there - used, {"responses/MethodNotAllowed", "responses/PageMethodNotAllowed"})
    count.equal("components that there are not", used - there, set())


def check_document(count, service):
    document = files()[""]
    check_schemas(count, document)
    check_house(count, document)
    if os.path.exists(SCHEMA_3_0):
        check_3_0(count, document)
    if openapi_spec_validator:
        check_3_1(count, service, document)
    count.check("a validator is installed (openapi-specification, or "
                "python3-openapi-spec-validator)",
                openapi_spec_validator or os.path.exists(SCHEMA_3_0))
