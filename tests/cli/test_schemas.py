#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The schemas themselves: valid, strict, complete, and of one mind with codes.def and with
the program."""
import json
import os
import re

import jsonschema
from lib import AT, CODE_ROW, INPUT, LIST, PASS, ROOT, SCHEMAS, read, run_all, sample

NAMES = ("request", "report", "error", "problem", "log-list", "log-list-diff", "log-history",
         "policies", "summary", "plan", "plan-request")


def load(name):
    return json.loads(read(os.path.join(SCHEMAS, name + ".v1.json"), "r"))


def walk(schema, path):
    """Every schema inside a schema, with its path; the last step tells what it is."""
    yield path, schema
    for key in ("properties", "$defs"):
        for name, inner in schema.get(key, {}).items():
            yield from walk(inner, path + [key, name])
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield from walk(schema[key], path + [key])
    for key in ("oneOf", "anyOf"):
        for i, inner in enumerate(schema.get(key, [])):
            yield from walk(inner, path + [key, str(i)])


def test_strict(t):
    for name in NAMES:
        schema = load(name)
        try:
            jsonschema.Draft202012Validator.check_schema(schema)
            problem = ""
        except jsonschema.SchemaError as error:
            problem = str(error)
        t.check(not problem, f"{name} is a schema of draft 2020-12", problem)
        for key in ("$schema", "$id", "title", "description"):
            t.check(schema.get(key), f"{name} has {key}")
        for path, inner in walk(schema, []):
            where = f"{name}: {'/'.join(path)}"
            if inner.get("type") == "object":
                t.check("additionalProperties" in inner, f"{where} says what else may be in it")
                unknown = set(inner.get("required", [])) - set(inner.get("properties", {}))
                t.check(not unknown, f"{where} requires what it describes", str(unknown))
            if path[-2:-1] and path[-2] in ("properties", "$defs"):
                t.check(inner.get("description"), f"{where} has a description")
            if "$ref" in inner:
                target = inner["$ref"].removeprefix("#/$defs/")
                t.check(target in schema.get("$defs", {}), f"{where} refers to something")


def test_codes(t):
    rows = CODE_ROW.findall(read(os.path.join(ROOT, "src", "base", "codes.def"), "r"))
    report, error = load("report")["$defs"], load("error")["$defs"]
    enums = [error["error_code"]["enum"]] + [
        report[kind]["enum"] for kind in ("why_code", "finding_code", "applies_code")]
    listed = [code for enum in enums for code in enum]
    t.equal(sorted(set(rows) - set(listed)), [], "every code of codes.def is in a schema")
    t.equal(sorted(set(listed) - set(rows)), [], "every code of a schema is in codes.def")
    # Of one policy among others it is a finding, of all that were asked for an error.
    listed.remove("log_list_of_others")
    t.equal(len(listed), len(set(listed)), "every code is of one kind")
    problems = load("problem")["$defs"]["problem_code"]["enum"]
    t.equal(sorted(set(problems) - set(error["error_code"]["enum"])), [],
            "the code of a problem is that of an error")


def test_policy_names(t):
    """A schema knows no policy by its name: a new one changes none of them."""
    names = [p["name"] for p in t.run("policies", "--format", "json").json()]
    t.check(len(names) > 2, "there are policies")
    places = [load(name)["$defs"]["policy"] for name in ("report", "policies", "summary")]
    places.append(load("plan")["$defs"]["policy_name"])
    for name in ("plan-request", "request"):
        places.append(load(name)["properties"]["policies"]["items"])
    for place in places:
        for name in names + ["all"]:
            t.check(re.search(place["pattern"], name), f"{name} is a name")
        t.check(not re.search(place["pattern"], "Apple TLS"), "and not everything is")


def test_rules(t):
    """The rule that a report may name: a table and a row that ctpolicy policies prints."""
    rules = {f"{table['name']}/{row['name']}"
             for policy in t.run("policies", "--format", "json").json()
             for table in policy["lifetimes"] for row in table["rows"]}
    properties = load("report")["properties"]["policies"]["items"]["properties"]
    pattern = re.compile(properties["rule"]["pattern"])
    for rule in sorted(rules):
        t.check(pattern.search(rule), f"the schema knows the rule {rule}")


def test_request(t):
    """The fields of the schema are the ones that the program reads."""
    schema = load("request")
    whole = json.loads(read(sample("request.json")))
    t.check(t.validators["request"].is_valid(whole), "the sample request fits the schema")
    for field in schema["properties"]:
        result = t.run("check", "--format", "json", *AT, *LIST,
                       t.file({"certificate": whole["certificate"], field: None}))
        t.equal(result.status, INPUT, f"null for {field}", repr(result))
        t.equal(result.json()["error"]["code"], "bad_request", f"{field} is known")
        t.equal(result.json()["error"].get("field"), field, f"the error names {field}")
    result = t.run("check", *AT, *LIST, t.file({**whole, "policies": ["apple", "apple-tls"], "id": 7}))
    t.equal(result.status, PASS, "a request by the schema", repr(result))


run_all("schemas", globals())
