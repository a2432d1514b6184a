#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""ctpolicy policies: the print of the policy tables, held by snapshots.

  test_policies.py --update    writes the snapshots anew; read `git diff` afterwards: a change
                               there is a change of what the policies ask for
"""
import os
import re
import sys

from lib import PASS, ROOT, USAGE, read, run_all

FOLDER = os.path.join(ROOT, "tests", "snapshots")
SNAPSHOTS = {"policies.txt": ["policies"], "policies.json": ["policies", "--format", "json"]}


def pretty(data):
    """A line for each fact, so that a diff shows what changed."""
    import json
    return (json.dumps(json.loads(data), indent=1, ensure_ascii=False) + "\n").encode()


def test_snapshots(t):
    for name, args in SNAPSHOTS.items():
        result = t.run(*args)
        t.equal(result.status, PASS, name, repr(result))
        now = pretty(result.out) if name.endswith(".json") else result.out
        path = os.path.join(FOLDER, name)
        if "--update" in sys.argv:
            with open(path, "wb") as file:
                file.write(now)
        want = read(path)
        line = next((i for i, (a, b) in enumerate(zip(now.splitlines(), want.splitlines()), 1)
                     if a != b), 0)
        t.check(now == want, f"{name} is as in tests/snapshots",
                f"first difference in line {line}; test_policies.py --update writes it anew")


def test_meant(t):
    """A word for what a policy is about names that one, not the name that is spelt alike."""
    for word, part in (("mail", '; "apple-tls" is about that'), ("smtp", '; "apple-tls" is about that'),
                       ("firefox", '; "mozilla" is about that'), ("appel", 'the nearest is "apple"'),
                       ("alll", 'the nearest is "all"')):
        result = t.run("check", "--policy", word, os.devnull)
        t.equal(result.status, USAGE, word, repr(result))
        t.has(result.messages, part, word)


def test_choice(t):
    whole = t.run("policies").text
    apple, enforced = t.run("policies", "apple").text, t.run("policies", "apple-enforced").text
    names = [p["name"] for p in t.run("policies", "--format", "json").json()]
    t.equal("\n".join(t.run("policies", name).text for name in names), whole,
            "each alone, and all of them")
    t.equal(t.run("policies", "all").text, whole, "all")
    t.equal(t.run("policies", "apple", "apple-enforced", "apple").text,
            apple + "\n" + enforced, "several")
    t.equal(t.run("policies", "apple-enforced", "apple").text, enforced + "\n" + apple,
            "in the order asked for")
    json = t.run("policies", "apple-enforced", "--format", "json").json()
    t.equal([p["name"] for p in json], ["apple-enforced"], "as JSON")
    result = t.run("policies", "apple", "nobody")
    t.equal((result.status, result.out), (USAGE, b""), "an unknown one", repr(result))


def test_form(t):
    text = t.run("policies").text
    t.equal([line for line in text.splitlines() if len(line) > 80], [], "80 columns")
    t.equal([line for line in text.splitlines() if line != line.rstrip()], [], "no blanks")
    t.check(not re.search("\x1b", text), "no colours")


def test_readme(t):
    """The README's table has every policy."""
    text = read(os.path.join(ROOT, "README.md")).decode()
    table = text.split("\n## Policies\n", 1)[1].strip().split("\n\n")[0]
    first = " ".join(line.split("|")[1] for line in table.splitlines()[2:])
    t.equal(sorted(re.findall("`([^`]+)`", first)),
            sorted(p["name"] for p in t.run("policies", "--format", "json").json()), "the table")


def test_numbers(t):
    """The tables of POLICY.md 5 and 6 (docs of this project), row by row."""
    policies = {p["name"]: p for p in t.run("policies", "--format", "json").json()}
    want = {
        "apple": [("before-2021-04-21", [(2, None), (3, None), (4, None), (5, None)]),
                  ("2021-04-21", [(2, 1), (3, 2)])],
        "apple-enforced": [("before-2021-04-21", [(2, None), (3, None), (4, None), (5, None)]),
                           ("2021-04-21", [(2, None), (3, None), (4, None)])]}
    for name, tables in want.items():
        got = [(table["name"], [(r["scts"], r["max_per_operator"]) for r in table["rows"]])
               for table in policies[name]["lifetimes"]]
        t.equal(got, tables, f"{name}: SCTs and caps")
        windows = [(table["not_before_from"], table["not_before_until"])
                   for table in policies[name]["lifetimes"]]
        t.equal(windows, [(None, "2021-04-21T00:00:00Z"), ("2021-04-21T00:00:00Z", None)],
                f"{name}: windows")
        clause = [r["checked_from"] for route in policies[name]["routes"]
                  for r in route["requirements"] if r["rfc6962_only"]]
        t.equal(clause, ["2025-04-21T00:00:00Z"] * 2 if name == "apple" else [],
                f"{name}: the RFC 6962 clause")
        for route in policies[name]["routes"]:
            t.check(all(r["source"] and r["text"] for r in route["requirements"]),
                    f"{name}: every requirement has its source")


run_all("policies", globals())
