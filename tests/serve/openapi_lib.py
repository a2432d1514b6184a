# SPDX-License-Identifier: Apache-2.0
"""src/serve/openapi.json as a client has it: its calls, requests made by it, and answers held
against it."""
import base64
import copy
import gzip
import json
import os
import re
import urllib.parse

import jsonschema

from serve_lib import HERE  # first: it says where lib is
from lib import loads

ROOT = os.path.join(HERE, "..", "..")
SCHEMAS = os.path.join(ROOT, "src", "report", "schemas")
OPENAPI = os.path.join(ROOT, "src", "serve", "openapi.json")
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
# Headers that stand in an answer only where the document has them.
TOLD = ("ETag", "Allow", "Retry-After", "WWW-Authenticate", "Traceparent", "X-Request-Id",
        "Content-Encoding")


def load(path):
    with open(path, encoding="utf-8") as file:
        return loads(file.read())


def files():
    """The document and the schemas that it refers to, by the names that it has for them."""
    out = {"": load(OPENAPI)}
    for name in sorted(os.listdir(SCHEMAS)):
        out["schema/" + name] = load(os.path.join(SCHEMAS, name))
    return out


def pointed(value, pointer):
    for step in pointer.strip("/").split("/") if pointer.strip("/") else ():
        value = value[step.replace("~1", "/").replace("~0", "~")]
    return value


def inlined(node, sources, base="", above=()):
    """The node with whatever it refers to in its place; "x-name" says what that was called."""
    if isinstance(node, list):
        return [inlined(item, sources, base, above) for item in node]
    if not isinstance(node, dict):
        return node
    out = {key: inlined(value, sources, base, above) for key, value in node.items()
           if key != "$defs" and not (key in ("$ref", "$schema", "$id") and isinstance(value, str))}
    ref = node.get("$ref")
    if not isinstance(ref, str):
        return out
    if ref in above:
        raise ValueError(f"{ref} refers to itself")
    name, _, pointer = ref.partition("#")
    target = inlined(pointed(sources[name or base], pointer), sources, name or base,
                     (*above, ref))
    if out.keys() - {"description", "summary"}:
        return {"allOf": [target, out]}
    return {**target, **out, "x-name": ref.rpartition("/")[2]} if isinstance(target, dict) \
        else target


class Operation:
    """One call."""

    def __init__(self, path, method, item, whole):
        own = item[method]
        self.path, self.method, self.id = path, method.upper(), own["operationId"]
        self.parameters = item.get("parameters", []) + own.get("parameters", [])
        self.bodies = own.get("requestBody", {}).get("content", {})
        self.responses = own["responses"]
        self.security = own.get("security", whole.get("security", []))

    def of(self, where):
        return [p for p in self.parameters if p["in"] == where]

    def needs_token(self):
        return self.security and {} not in self.security

    def takes_token(self):
        return bool(self.security)

    def target(self, values=None):
        """Path and query; `values` by name, path parameters by their example otherwise."""
        values = dict(values or {})
        path = self.path
        for one in self.of("path"):
            text = text_of(one, values.pop(one["name"], one.get("example")))
            path = path.replace("{" + one["name"] + "}", urllib.parse.quote(text, safe=""))
        known = {one["name"]: one for one in self.of("query")}
        query = "&".join(f"{quoted(name)}={quoted(text_of(known.get(name), value))}"
                         for name, value in values.items())
        return path + ("?" + query if query else "")

    def examples(self):
        """Media type, name and body of each example of a body. JSON cannot hold one in DER:
        that is the certificate of the one in PEM."""
        chain = self.bodies.get("application/x-pem-file")
        for media, content in self.bodies.items():
            if chain and not content.get("examples"):
                yield media, "DER", der_of(chain["examples"]["chain"]["value"])
            for name, example in content.get("examples", {}).items():
                value = example["value"]
                yield media, name, value if isinstance(value, str) else json.dumps(value)


def quoted(text):
    return urllib.parse.quote(text, safe="")


def text_of(parameter, value):
    """A value as it stands in a request (style form or simple, not exploded)."""
    if isinstance(value, list):
        return ",".join(str(item) for item in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


class Contract:
    """The document, and what of it has been seen."""

    def __init__(self, sources=None):
        sources = sources or files()
        self.document = sources[""]
        self.whole = inlined(copy.deepcopy(sources[""]), sources)
        self.operations = [Operation(path, method, item, self.whole)
                           for path, item in self.whole["paths"].items()
                           for method in METHODS if method in item]
        self.components = {name: dict(response, **{"x-name": name}) for name, response
                           in self.whole["components"]["responses"].items()}
        self.validators = {}
        self.seen = set()  # (operation's id, status)
        self.seen_codes = set()  # (component's name, code)
        self.codes = set()

    def operation(self, name):
        return next(op for op in self.operations if op.id == name)

    def faults(self, schema, value):
        """What is wrong with a value, in words; "" where nothing is."""
        if id(schema) not in self.validators:
            self.validators[id(schema)] = jsonschema.Draft202012Validator(
                schema, format_checker=jsonschema.FormatChecker())
        best = jsonschema.exceptions.best_match(self.validators[id(schema)].iter_errors(value))
        return f"{best.json_path}: {best.message}"[:500] if best else ""

    def held(self, operation, answer, is_head=False):
        """What is wrong with an answer of a call, in words; "" where nothing is."""
        response = operation.responses.get(str(answer.status))
        if not response:
            return f"{answer.status} is not documented: {answer.body[:200]!r}"
        fault = self.held_response(response, answer, is_head)
        if not fault:
            self.seen.add((operation.id, answer.status))
        return fault

    def held_component(self, name, answer, is_head=False):
        return self.held_response(self.components[name], answer, is_head)

    def held_response(self, response, answer, is_head):
        fault = self.held_headers(response.get("headers", {}), answer.headers)
        if fault:
            return fault
        if "content" not in response or is_head:
            return f"a body: {answer.body[:100]!r}" if answer.body else ""
        media = answer.headers.get("content-type", "").partition(";")[0]
        if media not in response["content"]:
            return f"the type {media!r} is not documented"
        return self.held_body(response, response["content"][media], media, answer)

    def held_headers(self, documented, headers):
        for name in TOLD:
            value = headers.get(name.lower())
            if value is None and documented.get(name, {}).get("required"):
                return f"{name} is missing"
            if value is not None and name not in documented:
                return f"{name} is not documented"
            fault = value is not None and self.faults(documented[name]["schema"], value)
            if fault:
                return f"{name}: {fault}"
        return ""

    def held_body(self, response, content, media, answer):
        body = answer.body
        try:
            if answer.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            if "x-line-schema" in content:
                return next(filter(None, (self.faults(content["x-line-schema"], loads(line))
                                          for line in body.splitlines())), "")
            value = loads(body) if media.endswith("json") else body.decode()
        except (ValueError, EOFError, OSError) as error:
            return f"the body cannot be read: {error}: {body[:100]!r}"
        fault = self.faults(content["schema"], value)
        if not fault and media == "application/problem+json":
            if value["status"] != answer.status:
                return f"status {value['status']} in an answer {answer.status}"
            self.seen_codes.add((response["x-name"], value["code"]))
            self.codes.add(value["code"])
        return fault

    def documented(self):
        """All answers of calls, as `seen` has them."""
        return {(op.id, int(status)) for op in self.operations for status in op.responses}

    def documented_codes(self):
        out = set()
        for name, response in self.components.items():
            for content in response.get("content", {}).values():
                for part in content["schema"].get("allOf", []):
                    codes = part["properties"]["code"].get("enum", [])
                    if part["properties"]["code"].get("x-name") != "problem_code":
                        out.update((name, code) for code in codes)
        return out


def der_of(pem):
    """The first certificate of a PEM text."""
    return base64.b64decode(re.search("-----BEGIN CERTIFICATE-----(.*?)-----END", pem, re.S)[1])
