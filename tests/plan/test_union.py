#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""ctpolicy plan for policies of several lists, against every set of logs of small made lists.

Each policy counts the SCTs of logs that its own list has. Sets of logs that all lists have come
first; where none of them does, a set takes logs that some lists have."""
import base64
import hashlib
import itertools
import json
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
from lib import FAIL, PASS, read, run_all, sample  # noqa: E402

AT = "2026-06-02T00:00:00Z"
DATES = {90: ["--not-before", "2026-06-02", "--not-after", "90d"],
         200: ["--not-before", "2026-06-02", "--not-after", "200d"]}
SOURCES = ["apple", "chrome", "mozilla"]
KEYS = None


def keys():
    """Keys of the samples' list: what they are is nobody's business here."""
    value = json.loads(read(sample("log_list.json")))
    return sorted({log["key"] for o in value["operators"] for log in o["logs"] + o["tiled_logs"]})


class Log:
    def __init__(self, number, is_static, operators):
        self.number, self.is_static = number, is_static
        self.operators = operators  # by source; a source without it does not have the log
        self.key = KEYS[number]
        self.id = base64.b64encode(hashlib.sha256(base64.b64decode(self.key)).digest()).decode()

    def json(self, source):
        out = {"description": f"log{self.number}", "log_id": self.id, "key": self.key, "mmd": 86400,
               "state": {"usable": {"timestamp": "2025-01-01T00:00:00Z", "version": "1"}}}
        if source != "apple":
            del out["state"]["usable"]["version"]
        if self.is_static:
            return {**out, "submission_url": f"https://{self.number}.example/",
                    "monitoring_url": f"https://m{self.number}.example/"}
        return {**out, "url": f"https://{self.number}.example/"}


def write_list(source, logs):
    operators = {}
    for log in logs:
        if source in log.operators:
            name = log.operators[source]
            operator = operators.setdefault(name, {"name": name, "email": ["a@example.org"], "logs": [],
                                                   "tiled_logs": []})
            operator["tiled_logs" if log.is_static else "logs"].append(log.json(source))
    value = {"operators": list(operators.values())}
    if source == "apple":
        return {"$schema": "https://valid.apple.com/ct/log_list/schema_versions/log_list_schema_v5.json",
                "version": "600", "assetVersion": 1, "assetVersionV2": 1, **value}
    value = {"log_list_timestamp": "2026-06-01T00:00:00Z", **value}
    return {"version": "90.1", **value} if source == "chrome" else value


def meets(source, days, logs, lost, outcome):
    """Is the policy of that source met by these logs, some of which were lost since?"""
    there = [log for log in logs if source in log.operators]
    there = [log for log in there if outcome == "retired" or log not in lost]
    of = {}
    for log in there:
        of[log.operators[source]] = of.get(log.operators[source], 0) + 1
    needed = 2 if days <= 180 else 3
    if not any(log not in lost for log in there):
        return False
    if source != "apple":
        return len(there) >= needed and len(of) >= 2
    cap = 1 if days <= 180 else 2
    return sum(min(cap, num) for num in of.values()) >= needed and any(not log.is_static for log in there)


def operator_of(log, sources):
    return next(log.operators[source] for source in sources if source in log.operators)


def holds(sources, days, logs, kind):
    losses = [()]
    if kind == "log":
        losses += [(log,) for log in logs]
    elif kind == "operator":
        names = {operator_of(log, sources) for log in logs}
        losses += [tuple(log for log in logs if operator_of(log, sources) == name) for name in names]
    return all(meets(source, days, logs, lost, outcome) for source in sources for lost in losses
               for outcome in ("retired", "rejected"))


def smallest(sources, days, logs, kind):
    for size in range(1, len(logs) + 1):
        found = [c for c in itertools.combinations(logs, size) if holds(sources, days, c, kind)]
        if found:
            return found
    return []


def agree(sources, logs):
    """Do all lists tell the operators of their common logs apart alike?"""
    return all((a.operators[source] == b.operators[source]) == (a.operators[sources[0]] == b.operators[sources[0]])
               for a, b in itertools.combinations(logs, 2) for source in sources)


def make_logs(rng, sources):
    logs = []
    for number in range(rng.randint(2, 7)):
        name = rng.choice("ABC")
        there = rng.choice([sources, sources, [rng.choice(sources)], rng.sample(sources, max(1, len(sources) - 1))])
        operators = {source: name if rng.random() < 0.9 else rng.choice("ABC") for source in there}
        logs.append(Log(number, rng.random() < 0.4, operators))
    return logs


def check_sets(t, sources, days, logs, plan, what):
    by_id = {log.id: log for log in logs}
    for sets in plan["plans"]:
        kind = sets["survive"]
        common = [log for log in logs if len(log.operators) == len(sources)]
        want = smallest(sources, days, common, kind) if agree(sources, common) else []
        want = want or smallest(sources, days, logs, kind)
        t.equal(sets["possible"], bool(want), f"{what}: {kind} possible")
        if not want or not sets["possible"]:
            continue
        t.equal((sets["size"], sets["num_sets"], sets["num_sets_exact"]), (len(want[0]), len(want), True),
                f"{what}: {kind}, the smallest sets")
        wanted = {frozenset(log.id for log in one) for one in want}
        named = {frozenset(one["log_ids"]) for one in sets["sets"]}
        t.check(named and named <= wanted, f"{what}: {kind}, each named set is one")
        t.equal(sum(p["num_sets"] for p in sets["patterns"]), len(want), f"{what}: {kind}, the patterns")
        for one in sets["sets"]:
            t.equal(one["operators"], [operator_of(by_id[i], sources) for i in one["log_ids"]],
                    f"{what}: {kind}, operators")


def test_small_lists(t):
    global KEYS
    KEYS = keys()
    rng = random.Random(20261122)
    seen = set()
    for number in range(120):
        sources = SOURCES[:rng.choice([2, 2, 3])]
        logs = make_logs(rng, sources)
        while not all(any(s in log.operators for log in logs) for s in sources):
            logs = make_logs(rng, sources)
        days = rng.choice([90, 200])
        lists = [word for source in sources
                 for word in ("--log-list", t.file(json.dumps(write_list(source, logs)), ".json"))]
        result = t.run("plan", "--at", AT, *DATES[days], *lists, "--policy", ",".join(sources),
                       "--format", "json")
        plan = result.json()
        t.equal(result.status, PASS if plan["possible"] else FAIL, f"{number}: exit status")
        check_sets(t, sources, days, logs, plan, f"{number}")
        for log in plan["logs"]:
            one = next(x for x in logs if x.id == log["log_id"])
            t.equal(log.get("sources", sources), [s for s in sources if s in one.operators],
                    f"{number}: whose lists have it")
            seen.add("sources" in log)
    t.equal(seen, {True, False}, "both kinds of logs came")


def test_words(t):
    """Said where logs of one list are in a set, and what is lacking where none does."""
    global KEYS
    KEYS = keys()
    a, b, k = Log(0, False, {"apple": "A", "chrome": "A"}), Log(1, False, {"apple": "B"}), \
        Log(2, False, {"chrome": "K"})

    def plan(*logs):
        lists = [word for source in SOURCES[:2]
                 for word in ("--log-list", t.file(json.dumps(write_list(source, logs)), ".json"))]
        return t.run("plan", "--at", AT, *DATES[90], *lists, "--policy", "apple,chrome")

    result = plan(a, b, k)
    text = " ".join(result.text.split())
    t.has(text, "PLAN: 3 SCTs of 3 operators; 3 usable logs of 3 operators take the certificate.", "three")
    t.has(text, "! usable by apple's list alone", "one of them")
    t.equal(result.status, PASS, "possible")
    result = plan(a, k)
    text = " ".join(result.text.split())
    t.equal(result.status, FAIL, "not possible")
    t.has(text, "apple needs 2 embedded SCTs; all usable logs that take this notAfter can give 1 that "
          "counts.", "Apple's list is short")
    t.check("chrome needs" not in text, "and Chrome's is not", text)


run_all("plan-union", globals())
