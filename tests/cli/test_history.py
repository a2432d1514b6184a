#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""log-list import and export: any order gives the same bytes, and what comes out is equal in
all facts to what went in. With the sample's list and made-up successors of it, and with the
lists of the test data where they are at hand."""
import copy
import datetime
import hashlib
import json
import os
import random

from lib import (AT, DATA, LISTS, PASS, ROOT, USAGE, loads, read, run_all, sample)

GOOD = loads(read(sample("log_list.json")))
SHUFFLES = 10
TEXTS = ("description", "url", "submission_url", "monitoring_url", "log_type", "tls_only",
         "mmd", "key", "log_id")


def instant(text):
    """A time as an instant; without a zone it means UTC."""
    value = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    if value.tzinfo is None:
        value = value.replace(tzinfo=datetime.timezone.utc)
    return value.timestamp()


def facts(value):
    """What must survive: per list and per log, times as instants."""
    out = {key: value.get(key) for key in ("version", "assetVersion", "assetVersionV2",
                                           "$schema")}
    out["operators"] = sorted(o["name"] for o in value["operators"])
    for operator in value["operators"]:
        for kind in ("logs", "tiled_logs"):
            for log in operator.get(kind, []):
                one = {key: log.get(key) for key in TEXTS}
                one.update(operator=operator["name"], kind=kind)
                interval = log.get("temporal_interval")
                one["interval"] = interval and (instant(interval["start_inclusive"]),
                                                instant(interval["end_exclusive"]))
                one["state"] = {name: (instant(s["timestamp"]), s.get("version"),
                                       s.get("final_tree_head"))
                                for name, s in log.get("state", {}).items()}
                out[log["log_id"]] = one
    return out


def published(value):
    return max((instant(s["timestamp"]) for o in value["operators"]
                for kind in ("logs", "tiled_logs") for log in o.get(kind, [])
                for s in log.get("state", {}).values()), default=0)


def difference(a, b):
    return "; ".join(f"{k}: {a.get(k)!r} / {b.get(k)!r}" for k in sorted({*a, *b}, key=str)
                     if a.get(k) != b.get(k))[:600]


def successors():
    """Lists in which every fact changes at some time."""
    lists = [GOOD]

    def next_list(day):
        new = copy.deepcopy(lists[-1])
        new["version"] = str(int(new["version"]) + 1)
        new["assetVersion"] += 1
        new["assetVersionV2"] += 3
        lists.append(new)
        return new, f"2026-06-{day:02}T12:34:56Z", [
            log for o in new["operators"] for kind in ("logs", "tiled_logs")
            for log in o.get(kind, [])]
    new, when, logs = next_list(1)  # states
    logs[0]["state"] = {"readonly": {"timestamp": when, "version": new["version"],
                                     "final_tree_head": {"tree_size": 123456789,
                                                         "sha256_root_hash": "AAAA"}}}
    logs[1]["state"] = {"retired": {"timestamp": when, "version": new["version"]}}
    new, when, logs = next_list(2)  # a log goes, an operator goes, an interval changes
    gone = new["operators"][0]["logs"].pop(1)
    left = new["operators"].pop()
    logs[0]["temporal_interval"]["end_exclusive"] = "2026-08-01T00:00:00Z"
    logs[2]["state"] = {"rejected": {"timestamp": when, "version": new["version"]}}
    new, when, logs = next_list(3)  # they come back under another operator and another URL
    gone["url"] = "https://elsewhere.example/"
    gone["description"] = "back again \u00fc \\ # -"
    gone["state"] = {"usable": {"timestamp": when, "version": new["version"]}}
    new["operators"][1]["logs"].append(gone)
    left["name"] = "Renamed & Sons"
    new["operators"].append(left)
    new, when, logs = next_list(4)  # facts go and come
    del logs[0]["temporal_interval"], logs[0]["description"]
    logs[1]["mmd"], logs[1]["log_type"], logs[1]["description"] = 60, "prod", "-"
    logs[2]["tls_only"] = True
    logs[3]["state"] = {"usable": {"timestamp": when}}
    new["$schema"] = "https://schema.example/v6.json"
    new, when, logs = next_list(4)  # two lists of one moment, and only the version differs
    del new["assetVersionV2"]
    return lists


def check_set(t, name, paths):
    """Import in any order, then export each list again."""
    values = [loads(read(p)) for p in paths]
    first = t.run("log-list", "import", "--output", "-", *paths)
    if not t.equal(first.status, PASS, f"{name}: import", first.messages):
        return
    order = random.Random(1)
    for _ in range(SHUFFLES):
        shuffled = order.sample(paths, len(paths))
        again = t.run("log-list", "import", "--output", "-", *shuffled, *shuffled[:2])
        t.equal(again.out == first.out, True, f"{name}: the same bytes in any order")
    history = t.path(".history")
    with open(history, "wb") as file:
        file.write(first.out)
    again = t.run("log-list", "import", "--output", "-", history)
    t.equal(again.out == first.out, True, f"{name}: a history of a history")
    half = t.path(".history")
    part = order.sample(paths, max(1, len(paths) // 2))
    t.equal(t.run("log-list", "import", *part, "--output", half).status, PASS, f"{name}: half")
    rest = [p for p in paths if p not in part]
    for arguments in ([half, *rest], [*rest, half], [half, *paths]):
        again = t.run("log-list", "import", "--output", "-", *arguments)
        t.equal(again.out == first.out, True, f"{name}: a history extended")
    in_place = t.run("log-list", "import", half, *rest, "--output", half)
    t.equal((in_place.status, read(half) == first.out), (PASS, True), f"{name}: in its place")
    check_exports(t, name, history, paths, values)


def check_exports(t, name, history, paths, values):
    """The list in force at each publication, and what each list says of itself."""
    newest = {}
    for path, value in zip(paths, values):
        moment = published(value)
        key = (len(value["version"]), value["version"], value.get("assetVersion", -1),
               value.get("assetVersionV2", -1))
        if moment not in newest or key > newest[moment][0]:
            newest[moment] = (key, path, value)
        alone = t.run("log-list", "export", "--log-list", path, *AT)
        t.equal(alone.status, PASS, f"{name}: export of {os.path.basename(path)}")
        got, want = facts(alone.json()), facts(value)
        t.check(got == want, f"{name}: {os.path.basename(path)} exported alone",
                difference(got, want))
    for moment, (_, path, value) in sorted(newest.items()):
        at = datetime.datetime.fromtimestamp(moment, datetime.timezone.utc)
        text = at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"
        options = ["--at", text, "--log-list", history]
        got, want = facts(t.run("log-list", "export", *options).json()), facts(value)
        t.check(got == want, f"{name}: {os.path.basename(path)} from the history",
                difference(got, want))
        shown = t.run("log-list", "show", *options, "--format", "json").json()
        t.equal(shown["sha256"], hashlib.sha256(read(path)).hexdigest(),
                f"{name}: SHA-256 of {os.path.basename(path)}")
        t.equal(shown["basis"], "exact", f"{name}: basis")
        before = t.run("log-list", "export", "--log-list", history, "--at",
                       (at - datetime.timedelta(milliseconds=1)).strftime(
                           "%Y-%m-%dT%H:%M:%S.999Z")).json()
        t.check(facts(before) != want or moment == min(newest),
                f"{name}: not in force a moment before", path)


def test_sample(t):
    paths = [t.file(json.dumps(value, indent=1), f".{i}.json")
             for i, value in enumerate(successors())]
    check_set(t, "made lists", paths)
    check_set(t, "one list", [sample("log_list.json")])


def test_data(t):
    folder = os.path.join(DATA, "apple_lists")
    if not os.path.isdir(folder):
        t.skip("Apple's lists of the test data are not at hand")
        return
    paths = sorted(os.path.join(folder, name) for name in os.listdir(folder)
                   if name.startswith("apple_"))
    t.equal(len(paths), 22, "Apple's lists")
    check_set(t, "Apple's lists", paths)
    bundled = read(os.path.join(ROOT, "loglists", "apple.history"))
    again = t.run("log-list", "import", "--output", "-", *reversed(paths))
    t.check(again.out == bundled, "the history in the program is made of them")
    for name in ("chrome_lists", "mozilla_lists", "bimi_lists"):
        where = os.path.join(DATA, name)
        for file in sorted(os.listdir(where)) if os.path.isdir(where) else []:
            if not file.endswith(".json") or "schema" in file:
                continue
            path = os.path.join(where, file)
            result = t.run("log-list", "show", *AT, "--log-list", path, "--format", "json")
            t.equal(result.status, PASS, f"{name}/{file}", result.messages)
            result = t.run("log-list", "import", "--output", "-", path)
            t.equal(result.status, PASS, f"import of {name}/{file}", result.messages)


def test_bundled_is_canonical(t):
    """The history in the repository, imported, is itself; and it is what is compiled in."""
    path = os.path.join(ROOT, "loglists", "apple.history")
    result = t.run("log-list", "import", "--output", "-", path)
    t.equal(result.status, PASS, "import")
    t.check(result.out == read(path), "the same bytes")
    for at in ("2020-01-01", "2024-06-01", "2026-04-01"):
        mine = t.run("log-list", "export", "--at", at)
        named = t.run("log-list", "export", "--at", at, "--log-list", path)
        t.check(mine.out == named.out and mine.status == PASS, f"the list in force at {at}")


def test_check_by_history(t):
    """A history given as --log-list chooses by the time of check."""
    paths = [t.file(value, ".json") for value in successors()]
    history = t.path(".history")
    t.run("log-list", "import", *paths, "--output", history)
    for at, version, basis in [("2026-05-31T00:00:00Z", "680", "exact"),
                               ("2026-06-01T12:34:55.999Z", "680", "exact"),
                               ("2026-06-01T12:34:56Z", "681", "exact"),
                               ("2026-06-03T12:34:56Z", "683", "exact"),
                               ("2026-06-20T00:00:00Z", "685", "exact"),
                               ("2026-05-19T00:00:00Z", "680", "extrapolated")]:
        report = t.judge("--at", at, "--log-list", history, sample("root.pem"), want=PASS)
        t.equal((report["log_list"]["version"], report["log_list"]["basis"]),
                (version, basis), f"the list in force at {at}")


def test_broken(t):
    """Each line of a history taken away or twisted: an error that names a line, or a history
    that says something else; never a crash."""
    files = [t.file(v, ".json") for v in successors()]
    text = t.run("log-list", "import", "--output", "-", *files).text
    lines = text.splitlines(True)
    for broken, part in [
            ("", "not JSON"), (lines[0], "log list"),
            (text.replace("history 1", "history 2", 1), ""),
            (text.replace("  key ", "  kye ", 1), "line "),
            (text.replace("  published 2", "  published x", 1), "line "),
            (text.replace("  sha256 ", "  sha256 x", 1), "line "),
            (text.replace("usable", "useful", 1), "line "),
            (text.replace("  operator", "operator", 1), "line "),
            (text.replace("  interval 2", "  interval 9999", 1), "line "),
            (lines[0] + "".join(lines[1:3]), ""),
            (text.replace("\n  listed@", "\n  listed@1", 1), "line ")]:
        for args in (["check", *AT, "--log-list", t.file(broken), sample("compliant.pem")],
                     ["log-list", "import", "--output", "-", t.file(broken)]):
            result = t.run(*args)
            t.equal((result.status, result.out), (LISTS, b""), f"{broken[:60]!r} {part}",
                    repr(result)[:300])
            t.has(result.messages, part, "what is wrong")
    order = random.Random(2)
    statuses = set()
    for i in order.sample(range(len(lines)), min(150, len(lines))):
        kind = order.randrange(4)
        if kind == 0:
            mutated = lines[:i] + lines[i + 1:]
        elif kind == 1:
            mutated = lines[:i] + [lines[i], *lines[i:]]
        elif kind == 2:
            place = order.randrange(len(lines[i]))
            mutated = lines[:i] + [lines[i][:place] + order.choice("x9 @-\n\\") +
                                   lines[i][place + 1:]] + lines[i + 1:]
        else:
            mutated = lines[:i] + [lines[i][:len(lines[i]) // 2]]
        result = t.run("log-list", "show", *AT, "--log-list", t.file("".join(mutated)),
                       "--format", "json")
        statuses.add(result.status)
        t.check(result.status in (PASS, LISTS), f"line {i + 1} of a history, {kind}",
                repr(result)[:300])
        if result.status == LISTS:
            t.check("line " in result.messages or "list" in result.messages,
                    "an error says where", repr(result)[:300])
    t.equal(statuses, {PASS, LISTS}, "both happen")


def test_usage(t):
    result = t.run("log-list", "import")
    t.equal(result.status, USAGE, "import without a file")
    missing = t.path()
    result = t.run("log-list", "import", "--output", "-", sample("log_list.json"), missing)
    t.equal((result.status, result.out), (LISTS, b""), "a file that is missing", repr(result))
    t.has(result.messages, missing, "is named")
    result = t.run("log-list", "export", "--at", "2000-01-01", "--log-list",
                   sample("log_list.json"))
    t.equal(result.status, PASS, "a list given is in force whatever the time")




run_all("history", globals())
