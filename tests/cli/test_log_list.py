#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Log lists given with --log-list: every kind of breakage is exit 4 with the line and column
of the place, and log-list show with its filters."""
import base64
import copy
import gzip
import hashlib
import json
import os
import re

import der
from lib import AT, FAIL, LISTS, PASS, loads, read, run_all, sample

GOOD = loads(read(sample("log_list.json")))
CERT = sample("compliant.pem")


def get(value, path):
    for step in path:
        value = value[step]
    return value


def put(value, path, new):
    """A copy with another value at the path; a missing last step is added."""
    out = copy.deepcopy(value)
    get(out, path[:-1])[path[-1]] = new
    return out


def without(value, path):
    out = copy.deepcopy(value)
    del get(out, path[:-1])[path[-1]]
    return out


MARK = "\u0001mark"


def place_of(value, path, text):
    """(line, column) of the value at a path in this very text, by putting a mark there: the
    text before it is the same."""
    if not path:
        start = len(text) - len(text.lstrip())
    else:
        marked = json.dumps(put(value, path, MARK), indent=INDENT, ensure_ascii=False)
        start = marked.index(json.dumps(MARK, ensure_ascii=False))
        assert marked[:start] == text[:start]
    before = text[:start].encode()
    return before.count(b"\n") + 1, len(before) - (before.rfind(b"\n") + 1) + 1


INDENT = 1
LOG = ("operators", 0, "logs", 0)


def find_log(state, kind="logs"):
    for i, operator in enumerate(GOOD["operators"]):
        for k, log in enumerate(operator.get(kind, [])):
            if state in log["state"]:
                return ("operators", i, kind, k)
    raise KeyError(state)


def key_of(der):
    """key and log_id of a log."""
    return {"key": base64.b64encode(der).decode(),
            "log_id": base64.b64encode(hashlib.sha256(der).digest()).decode()}


def breakages():
    """name, broken list, path of the value that the message must point to, part of it."""
    some = [LOG, next(("operators", i, "tiled_logs", 0) for i, o in enumerate(GOOD["operators"])
                      if o.get("tiled_logs"))]
    yield "no operators", without(GOOD, ("operators",)), (), "operators"
    for bad in (None, {}, "x", 1):
        yield f"operators: {bad!r}", put(GOOD, ("operators",), bad), ("operators",), "array"
    yield "operator: 1", put(GOOD, ("operators", 1), 1), ("operators", 1), "object"
    yield "operator without a name", without(GOOD, ("operators", 1, "name")), \
        ("operators", 1), "missing"
    yield "operator's name: 7", put(GOOD, ("operators", 1, "name"), 7), \
        ("operators", 1, "name"), "text"
    yield "logs: {}", put(GOOD, ("operators", 0, "logs"), {}), ("operators", 0, "logs"), "array"
    yield "version: 7", put(GOOD, ("version",), 7), ("version",), "text"
    yield "version missing", without(GOOD, ("version",)), (), "missing"
    yield "assetVersion: text", put(GOOD, ("assetVersion",), "41"), ("assetVersion",), "number"
    yield "assetVersion: -1", put(GOOD, ("assetVersion",), -1), ("assetVersion",), "negative"
    for log in some:
        kind = log[2]
        whole = get(GOOD, log)
        state = next(iter(whole["state"]))
        inner = log + ("state", state)
        yield f"{kind}: log: text", put(GOOD, log, "x"), log, "object"
        for field in ("key", "log_id", "state"):
            yield f"{kind}: no {field}", without(GOOD, log + (field,)), log, ""
            yield f"{kind}: {field}: 1", put(GOOD, log + (field,), 1), log + (field,), ""
        yield f"{kind}: key: not base64", put(GOOD, log + ("key",), "*" * 8), log + ("key",), \
            "base64"
        yield f"{kind}: log_id of another key", \
            put(GOOD, log + ("log_id",), base64.b64encode(bytes(32)).decode()), \
            log + ("log_id",), "SHA-256"
        yield f"{kind}: log_id too short", put(GOOD, log + ("log_id",), "AAAA"), \
            log + ("log_id",), ""
        for name, der in (("empty", b""), ("words", b"no key"), ("cut",
                          base64.b64decode(whole["key"])[:-3]),
                          ("longer", base64.b64decode(whole["key"]) + b"\0")):
            yield f"{kind}: key: {name}", put(GOOD, log, {**whole, **key_of(der)}), \
                log + ("key",), ""
        yield f"{kind}: no state in state", put(GOOD, log + ("state",), {}), log + ("state",), \
            "one state"
        yield f"{kind}: two states", \
            put(GOOD, log + ("state", "retired"), whole["state"][state]), log + ("state",), \
            "one state"
        for bad in ("frozen", "Usable", "none", ""):
            yield f"{kind}: state {bad!r}", \
                put(GOOD, log + ("state",), {bad: whole["state"][state]}), \
                log + ("state", bad), ""
        yield f"{kind}: state: null inside", put(GOOD, inner, None), inner, "object"
        yield f"{kind}: state without its time", without(GOOD, inner + ("timestamp",)), inner, \
            "missing"
        for bad in ("soon", "2026-01-01", "2026-02-30T00:00:00Z", 7, None, ""):
            yield f"{kind}: time {bad!r}", put(GOOD, inner + ("timestamp",), bad), \
                inner + ("timestamp",), "RFC 3339"
        yield f"{kind}: mmd: text", put(GOOD, log + ("mmd",), "86400"), log + ("mmd",), "number"
        yield f"{kind}: mmd: -1", put(GOOD, log + ("mmd",), -1), log + ("mmd",), "number"
        yield f"{kind}: mmd: 1.5", put(GOOD, log + ("mmd",), 1.5), log + ("mmd",), "number"
        yield f"{kind}: description: 1", put(GOOD, log + ("description",), 1), \
            log + ("description",), "text"
        interval = log + ("temporal_interval",)
        yield f"{kind}: interval: text", put(GOOD, interval, "2026"), interval, "object"
        for end in ("start_inclusive", "end_exclusive"):
            yield f"{kind}: no {end}", without(GOOD, interval + (end,)), interval, "missing"
            yield f"{kind}: {end}: 2026", put(GOOD, interval + (end,), "2026"), \
                interval + (end,), "RFC 3339"
        ends = whole["temporal_interval"]
        yield f"{kind}: interval upside down", put(GOOD, interval, {
            "end_exclusive": ends["start_inclusive"],
            "start_inclusive": ends["end_exclusive"]}), interval, "ends before"
        yield f"{kind}: empty interval", put(GOOD, interval, {
            "end_exclusive": ends["end_exclusive"],
            "start_inclusive": ends["end_exclusive"]}), interval, "ends before"
        twice = copy.deepcopy(GOOD)
        logs = get(twice, log[:3])
        logs.append(copy.deepcopy(logs[0]))
        yield f"{kind}: a log twice", twice, log[:3] + (len(logs) - 1, "log_id"), "twice"
    readonly = find_log("readonly") + ("state", "readonly")
    head = readonly + ("final_tree_head",)
    yield "final_tree_head: text", put(GOOD, head, "x"), head, "object"
    yield "tree_size: text", put(GOOD, head + ("tree_size",), "9"), head + ("tree_size",), \
        "number"
    yield "sha256_root_hash: 1", put(GOOD, head + ("sha256_root_hash",), 1), \
        head + ("sha256_root_hash",), "text"
    chrome = without(without(GOOD, ("assetVersion",)), ("assetVersionV2",))
    yield "log_list_timestamp: text", put(chrome, ("log_list_timestamp",), "now"), \
        ("log_list_timestamp",), "RFC 3339"


# What is wrong, in words, and its code, where it has one of its own.
CODES = {"one state": "log_state_invalid", "none of pending": "log_state_invalid",
         "SubjectPublicKeyInfo": "log_key_invalid", "SHA-256": "log_id_mismatch",
         "ends before": "log_interval_invalid", "twice": "log_listed_twice"}


def test_breakages(t):
    for name, value, path, part in breakages():
        text = json.dumps(value, indent=INDENT, ensure_ascii=False)
        file = t.file(text)
        line, column = place_of(value, list(path), text)
        for args in (["check", *AT, "--log-list", file, CERT],
                     ["log-list", "show", "--log-list", file],
                     ["log-list", "import", "--output", "-", file]):
            result = t.run(*args)
            t.equal((result.status, result.out), (LISTS, b""), f"{name}: {args[:2]}",
                    repr(result)[:400])
            code = next((code for word, code in CODES.items()
                         if word in result.messages),
                        "log_list_invalid")
            t.has(result.messages, f"[{code}]", name)
            t.has(result.messages, f"line {line}, column {column}" + ("," if path else ":"),
                  f"{name}: the place")
            t.has(result.messages, part, f"{name}: what is wrong")
            for step in path:
                t.has(result.messages, f"[{step}]" if isinstance(step, int) else step,
                      f"{name}: the path")


def test_place_on_one_line(t):
    """The column counts bytes; strings with brackets and escapes do not mislead."""
    value = put(GOOD, ("operators", 0, "name"), "\u00fc\u20ac ] } \\ \" , : [ {")
    value = put(value, LOG + ("mmd",), "x")
    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False),
                 json.dumps(value, separators=(",", ":"))):
        column = text[:text.index('"mmd"')].encode() + text[
            text.index('"mmd"'):].split('"x"')[0].encode()
        result = t.run("log-list", "show", "--log-list", t.file(text))
        t.has(result.messages, f"line 1, column {len(column) + 1},", "the column in bytes")


def test_unreadable(t):
    text = json.dumps(GOOD, indent=1)
    cut = text[:len(text) // 2]
    lines = text.split("\n")
    line = next(i for i, line in enumerate(lines) if '"mmd":' in line)
    lines[line] = lines[line].replace(":", ";")
    cases = [
        ("nothing", "", "line 1, column 1: it is empty"), ("words", "no list", "line 1, column 1"),
        ("half", cut, f"line {cut.count(chr(10)) + 1}, column {len(cut) - cut.rindex(chr(10))}:"),
        ("a colon", "\n".join(lines), f"line {line + 1}, column {lines[line].index(';') + 1}:"),
        ("two lists", text + text, f"line {len(lines)}, column 2:"),
        ("NUL", "\0" * 100, "line 1"), ("UTF-8", b'{"x":"\xff"}', "line 1, column 7:"),
        ("a key twice", '{\n"version":"1",\n "version":"2"}', "line 3, column 2:"),
        ("deep", "[" * 300000, "line 1"),
        ("HTML", "<html>Not found</html>", "it looks like HTML or XML"),
        ("a mark", b"\xef\xbb\xbf" + text.encode(), "a byte order mark stands before it"),
        ("UTF-16", text.encode("utf-16"), "it looks like UTF-16"),
        ("gzip twice", gzip.compress(gzip.compress(text.encode())), "it is compressed by gzip"),
        ("a certificate", read(CERT), "line 1"),
    ]
    for name, content, part in cases:
        for args in (["check", *AT, "--log-list", t.file(content), CERT],
                     ["log-list", "show", "--log-list", t.file(content)],
                     ["log-list", "import", "--output", "-", t.file(content)],
                     ["log-list", "export", "--log-list", t.file(content)]):
            result = t.run(*args)
            t.equal((result.status, result.out), (LISTS, b""), f"{name}: {args[:2]}",
                    repr(result)[:400])
            t.has(result.messages, "[log_list_unreadable]", name)
            t.has(result.messages, part, f"{name}: the place")
    for content in ("[]", "7", "null", '"x"', "{}", '{"operators":7}'):
        result = t.run("check", *AT, "--log-list", t.file(content), CERT)
        t.equal(result.status, LISTS, content, repr(result))
        t.has(result.messages, "log_list_", content)
        t.has(result.messages, "line 1, column 14" if "7" in content[1:] else "line 1, column",
              content)


def test_gzip(t):
    """As a state folder keeps them, and as import and verify read them."""
    plain, packed = read(sample("log_list.json")), t.path(".json.gz")
    with open(packed, "wb") as file:
        file.write(gzip.compress(plain))
    want = t.run("check", *AT, "--log-list", t.file(plain), "--format", "json", CERT)
    got = t.run("check", *AT, "--log-list", packed, "--format", "json", CERT)
    t.equal((got.status, got.out), (PASS, want.out), "the same report", repr(got))
    t.equal(t.run("log-list", "diff", packed, sample("log_list.json")).status, PASS, "diff")
    with open(packed, "wb") as file:
        file.write(gzip.compress(plain)[:-200])
    got = t.run("check", *AT, "--log-list", packed, CERT)
    t.equal((got.status, got.out), (LISTS, b""), "cut short", repr(got))
    t.has(got.messages, "ends in the middle of a gzip member", "cut short")


def test_named_whole(t):
    """The file is named so that it is found, however long its path, and no field is empty."""
    folder = os.path.join(t.path(), "a-rather-long-name-of-a-folder" * 2)
    os.makedirs(folder)
    path = os.path.join(folder, "log_list_schema_v3.json")
    for text, said in (("[]", ", byte 0: line 1, column 1: not a log list"),
                       ('{"operators":1}', "column 14, operators: ")):
        with open(path, "w") as file:
            file.write(text)
        for args in (["check", sample("compliant.pem")], ["audit", sample("compliant.pem")],
                     ["log-list", "show"]):
            result = t.run(*args, "--log-list", path)
            t.equal(result.status, LISTS, "no list", repr(result))
            t.has(result.messages, "log_list_schema_v3.json, byte ", "the name")
            t.has(result.messages, said, "and the place")
            t.check(" , " not in result.messages and ", :" not in result.messages, "no hole")


def test_oldest(t):
    for source, own, other in (("apple", "assetVersion", "log_list_timestamp"),
                               ("chrome", "log_list_timestamp", "assetVersion")):
        got = t.run("log-list", "export", "--source", source).json()
        t.equal((own in got, other in got), (True, False), f"{source}: its own form")
    t.has(t.run("log-list", "export", "--help").text, "those of Chrome and Mozilla in Chrome's", "it is said")
    result = t.run("log-list", "export", "--at", "1990-01-01")
    t.equal(result.status, PASS, "the oldest list", repr(result)[:300])
    t.has(result.messages, "no list is known from before 20", "is said")
    t.equal(t.run("log-list", "export", "--at", "2024-01-01").err, b"", "one that was in force")


def test_without_logs(t):
    empty = copy.deepcopy(GOOD)
    for operator in empty["operators"]:
        operator["logs"] = operator["tiled_logs"] = []
    for value in (empty, {**GOOD, "operators": []}):
        for args in (["check", *AT, "--log-list", t.file(value), CERT],
                     ["log-list", "show", "--log-list", t.file(value)],
                     ["log-list", "import", "--output", "-", t.file(value)]):
            result = t.run(*args)
            t.equal((result.status, result.out), (LISTS, b""), "a list without a log",
                    repr(result)[:400])
            t.has(result.messages, "[log_list_empty]", "by its code")


def test_no_silent_fallback(t):
    """check never takes the list in the program instead of the one that was named."""
    for path in (t.path(), t.folder, t.file("")):
        result = t.run("check", *AT, "--log-list", path, CERT)
        t.equal((result.status, result.out), (LISTS, b""), f"--log-list {path}", repr(result))
        t.has(result.messages, "no usable log list", "says so")
        other = t.file(GOOD)
        result = t.run("check", *AT, "--log-list", path, "--log-list", other, CERT)
        t.equal((result.status, result.out), (LISTS, b""), f"{path}, beside another", repr(result))
        t.has(result.messages, os.path.basename(path), "names it")
    result = t.run("check", *AT, "--log-list", "", CERT)
    t.equal((result.status, result.out), (LISTS, b""), "an empty name", repr(result)[:300])


def test_keys(t):
    """A log whose key is no point of its curve: found when it is needed, and told from a bad
    signature; the other SCTs are judged."""
    leaf, issuer = der.pem_to_ders(read(CERT))[:2]
    cert = der.Certificate(leaf)
    first, second = der.split_list(cert.get_list())
    mine = base64.b64encode(first[1:33]).decode()
    where = next(("operators", i, kind, k) for i, o in enumerate(GOOD["operators"])
                 for kind in ("logs", "tiled_logs") for k, log in enumerate(o.get(kind, []))
                 if log["log_id"] == mine)
    point = bytearray(base64.b64decode(get(GOOD, where + ("key",))))
    point[-1] ^= 1
    broken = t.file(put(GOOD, where, {**get(GOOD, where), **key_of(bytes(point))}))
    report = t.judge("--log-list", broken, CERT, want=FAIL)
    t.equal([s["status"] for s in report["scts"]], ["unknown_log", "valid"], "another log id")
    cert.set_list(der.join_list([
        first[:1] + hashlib.sha256(point).digest() + first[33:], second]))
    chain = t.file(der.pem(cert.encode()) + der.pem(issuer))
    report = t.judge("--log-list", broken, chain, want=FAIL)
    t.equal([s["status"] for s in report["scts"]], ["invalid_signature", "valid"], "its SCT")
    t.equal(report["scts"][0]["why"], ["log_key_unusable"], "and why")


def test_v3_lists(t):
    """Lists of other makers: a state may be missing, earlier states may stand beside it."""
    chrome = without(without(GOOD, ("assetVersion",)), ("assetVersionV2",))
    chrome = {"log_list_timestamp": "2026-05-25T10:00:00Z", **chrome}
    shown = t.run("log-list", "show", "--log-list", t.file(chrome), "--format", "json").json()
    t.equal((shown["name"], shown["published_at"]), ("chrome", "2026-05-25T10:00:00Z"),
            "a Chrome list")
    stateless = without(chrome, LOG + ("state",))
    shown = t.run("log-list", "show", "--log-list", t.file(stateless), "--state", "none",
                  "--format", "json").json()
    t.equal([log["state"] for log in shown["logs"]], ["none"], "a log without a state")
    t.equal(shown["logs"][0]["state_since"], None, "has no time of it")
    mine = t.judge(CERT)["scts"][0]["log_id"]
    where = next(("operators", i, kind, k) for i, o in enumerate(GOOD["operators"])
                 for kind in ("logs", "tiled_logs") for k, log in enumerate(o.get(kind, []))
                 if log["log_id"] == mine)
    for command in ("check", "audit", "plan"):
        run = t.run(command, "--log-list", t.file(chrome), CERT)
        t.equal(run.status, LISTS, command)
        t.check(re.search(r"--log-list \S+: the log list is chrome's, and the policy apple is "
                          r"about apple's logs; .* \[log_list_of_others\]", run.messages),
                f"{command}: both are named")
    both = put(chrome, where + ("state",), {
        "qualified": {"timestamp": "2025-01-01T00:00:00Z"},
        "rejected": {"timestamp": "2026-02-01T00:00:00Z"},
        "usable": {"timestamp": "2025-03-01T00:00:00Z"}})
    shown = t.run("log-list", "show", "--log-list", t.file(both), "--format", "json").json()
    t.equal([log["state"] for log in shown["logs"] if log["log_id"] == mine], ["rejected"],
            "the latest state counts")
    anonymous = without(chrome, ("version",))
    shown = t.run("log-list", "show", "--log-list", t.file(anonymous), "--format", "json").json()
    t.equal((shown["name"], shown["version"]), ("v3", None), "a list without a version")
    zoneless = put(GOOD, LOG + ("state",), {"usable": {"timestamp": "2025-06-10T15:00:00"}})
    shown = t.run("log-list", "show", "--log-list", t.file(zoneless), "--format", "json").json()
    since = [log["state_since"] for log in shown["logs"]
             if log["log_id"] == get(GOOD, LOG)["log_id"]]
    t.equal(since, ["2025-06-10T15:00:00Z"], "a time without a zone means UTC")


def logs_of(value):
    return [{**log, "operator": o["name"], "log_api": api} for o in value["operators"]
            for kind, api in (("logs", "rfc6962"), ("tiled_logs", "static"))
            for log in o.get(kind, [])]


def test_show(t):
    show = ["log-list", "show", *AT, "--log-list", sample("log_list.json")]
    shown = t.run(*show, "--format", "json").json()
    logs = logs_of(GOOD)
    t.equal(sorted(log["log_id"] for log in shown["logs"]),
            sorted(log["log_id"] for log in logs), "every log")
    t.equal(shown["sha256"], hashlib.sha256(read(sample("log_list.json"))).hexdigest(), "hash")
    by_id = {log["log_id"]: log for log in shown["logs"]}
    for log in logs:
        got = by_id[log["log_id"]]
        state, inner = next(iter(log["state"].items()))
        want = {"description": log["description"], "operator": log["operator"],
                "log_api": log["log_api"], "state": state, "state_since": inner["timestamp"],
                "temporal_interval": log.get("temporal_interval"), "mmd": log["mmd"],
                "key": log["key"], "url": log.get("url")}
        for key, value in want.items():
            t.equal(got.get(key), value, f"{key} of {log['description']}")
    states = [next(iter(log["state"])) for log in logs]
    for state in ("pending", "qualified", "usable", "readonly", "retired", "rejected", "none"):
        part = t.run(*show, "--state", state, "--format", "json").json()
        t.equal(len(part["logs"]), states.count(state), f"--state {state}")
        t.equal(part["counts"][state], states.count(state), f"counts of {state}")
        t.equal({log["state"] for log in part["logs"]}, {state} & set(states), state)
        text = t.run(*show, "--state", state).text
        t.equal(len(re.findall(rf"^  {state} *\*? ", text, re.M)), states.count(state), "as text")
    text = t.run(*show, "--operator", "Googel").text
    for operator in {log["operator"] for log in logs}:
        t.has(text, f"\n  {operator}\n", "an operator that is none: those that are")
    for list_options in ([], ["--at", "2026-04-01"], ["--at", "1990-01-01"]):
        text = t.run("log-list", "show", *list_options).text
        t.equal([line for line in text.splitlines() if len(line) > 80], [], "80 columns")
    for operator in {log["operator"] for log in logs}:
        want = [log["log_id"] for log in logs if log["operator"] == operator]
        for name in (operator, operator.upper(), operator.lower()):
            part = t.run(*show, "--operator", name, "--format", "json").json()
            t.equal(sorted(log["log_id"] for log in part["logs"]), sorted(want),
                    f"--operator {name}")
    part = t.run(*show, "--operator", "nobody")
    t.equal(part.status, PASS, "no log of an operator")
    t.has(part.text, "No log", "is said")
    for covers in ("2026-06-30", "2026-07-01", "2026-06-30T23:59:59Z", "2030-01-01T00:00:00Z",
                   "2025-12-31T23:59:59.999Z"):
        instant = covers if "T" in covers else covers + "T00:00:00Z"
        plain = instant.replace(".999Z", "Z")
        want = [log["log_id"] for log in logs if "temporal_interval" not in log
                or log["temporal_interval"]["start_inclusive"] <= plain
                < log["temporal_interval"]["end_exclusive"]]
        part = t.run(*show, "--covers", covers, "--format", "json").json()
        t.equal(sorted(log["log_id"] for log in part["logs"]), sorted(want), f"covers {covers}")
    part = t.run(*show, "--covers", "2026-09-01", "--state", "usable", "--operator", "alder",
                 "--format", "json").json()
    t.equal(sorted(log["description"] for log in part["logs"]),
            ["Alder2026h2", "AlderTiled2026h2"], "filters together")
    text = t.run(*show).text
    t.has(text, "12 days old", "the age")
    t.check("STALE" not in text, "not stale")
    t.has(t.run(*show[:2], "--at", "2026-12-01", *show[4:]).text, "STALE", "stale")
    t.equal([line for line in text.splitlines() if line != line.rstrip()], [], "no blanks")


def test_bundled(t):
    shown = t.run("log-list", "show", "--at", "2026-04-05", "--format", "json").json()
    t.equal((shown["name"], shown["basis"], shown["source"]), ("apple", "exact", "bundled"),
            "the history in the program")
    t.check(len(shown["logs"]) > 100, "has logs")
    early = t.run("log-list", "show", "--at", "2015-01-01", "--format", "json").json()
    t.equal(early["basis"], "extrapolated", "before all lists")
    undone = [log for log in early["logs"] if log["state_extrapolated"]]
    t.equal({(log["state"], log["state_since"]) for log in undone}, {("usable", None)},
            "ends of the future are undone")
    t.equal(early["age_days"], 0, "no negative age")


run_all("log_list", globals())
