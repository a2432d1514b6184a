#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""ctpolicy log-list diff and history: held by snapshots over the bundled history, and line by
line against a second computation (list_model.py); lists with every kind of change, both ways;
how lists and logs are named, and what is said where none is meant.

  test_list_diff.py --update    writes the snapshots anew; read `git diff` afterwards
"""
import base64
import copy
import json
import os
import random
import re
import sys

import list_model as model
from lib import DATA, LISTS, PASS, ROOT, USAGE, loads, read, run_all, sample

HISTORY = os.path.join(ROOT, "loglists", "apple.history")
SNAPSHOT = os.path.join(ROOT, "tests", "snapshots", "log-list-diffs.txt")
BUNDLED = model.of_history(read(HISTORY).decode())
GOOD = loads(read(sample("log_list.json")))
RANDOM_PAIRS = 60


def squeezed(text):
    """Without any blanks: wrapping is the program's business."""
    return re.sub(r"\s", "", text)


def first_difference(got, want, path=""):
    if isinstance(got, dict) and isinstance(want, dict):
        for key in {**got, **want}:
            if key not in got or key not in want:
                return f"{path}.{key} is only in one"
            if got[key] != want[key]:
                return first_difference(got[key], want[key], f"{path}.{key}")
    if isinstance(got, list) and isinstance(want, list) and len(got) == len(want):
        for i, (x, y) in enumerate(zip(got, want)):
            if x != y:
                return first_difference(x, y, f"{path}[{i}]")
    return f"{path}: got {got!r}, want {want!r}"[:600]


def check_text(t, text, value, what):
    """Every line of the text is one that is to come, in order, and none is missing."""
    want = "".join(squeezed(line) for line in model.text(value))
    got = squeezed(text)
    at = next((i for i, (x, y) in enumerate(zip(got, want)) if x != y),
              min(len(got), len(want)))
    t.check(got == want, f"{what}: the text",
            f"got ...{got[max(0, at - 40):at + 60]!r}\n      want ...{want[max(0, at - 40):at + 60]!r}")
    t.equal([line for line in text.splitlines() if len(line) > 80], [], f"{what}: 80 columns")
    t.equal([line for line in text.splitlines() if line != line.rstrip()], [],
            f"{what}: no blanks at the end")
    t.check("\n\n\n" not in text and not text.endswith("\n\n"), f"{what}: no hole")


def check_pair(t, args, a, b, what):
    """Both forms of one difference."""
    result = t.run("log-list", "diff", *args, "--format", "json")
    t.equal((result.status, result.err), (PASS, b""), what, repr(result))
    t.equal(result.out.count(b"\n"), 1, f"{what}: one line")
    want = model.diff(a, b)
    got = result.json()
    t.check(got == want, f"{what}: the JSON", first_difference(got, want))
    text = t.run("log-list", "diff", *args).text
    check_text(t, text, want, what)
    return want, text


def test_bundled(t):
    """Neighbours, forth and back, and some that are far apart."""
    snapshot = []
    for one, two in zip(BUNDLED, BUNDLED[1:]):
        hashes = [x["head"]["sha256"][:10] for x in (one, two)]
        _, text = check_pair(t, hashes, one, two, " to ".join(hashes))
        snapshot.append("=" * 80 + "\n" + text)
        check_pair(t, hashes[::-1], two, one, " back to ".join(hashes[::-1]))
    for i, k in ((0, -1), (-1, 0), (3, 15), (8, 20)):
        check_pair(t, [BUNDLED[x]["head"]["sha256"].upper() for x in (i, k)], BUNDLED[i],
                   BUNDLED[k], f"{i} to {k}")
    now = "\n".join(snapshot).encode()
    if "--update" in sys.argv:
        with open(SNAPSHOT, "wb") as file:
            file.write(now)
    want = read(SNAPSHOT)
    line = next((i for i, (x, y) in enumerate(zip(now.splitlines(), want.splitlines()), 1)
                 if x != y), 0)
    t.equal(len(snapshot), 21, "pairs of neighbours")
    t.check(now == want, "as in tests/snapshots",
            f"first difference in line {line}; test_list_diff.py --update writes it anew")


def test_export(t):
    """What export says of a list and what the history says of it are the same to the second
    computation, and so are they to the program."""
    for one, after in zip(BUNDLED, BUNDLED[1:] + [None]):
        published = one["head"]["published_at"]
        if after and after["head"]["published_at"] == published:
            continue  # --at gives the later one of two
        path = t.file(t.run("log-list", "export", "--at", published).out)
        again = model.of_json(loads(read(path)), read(path))
        t.equal(again["logs"], one["logs"], f"export of {published}")
        value = t.run("log-list", "diff", one["head"]["sha256"], path, "--format", "json").json()
        t.equal((value["differs"], value["logs"]), (False, []), f"{published}: the same")
        t.has(t.run("log-list", "diff", one["head"]["sha256"], path).text,
              "Nothing changed: the files differ", "and it says so")


def logs_of(value):
    return [(o, kind, log) for o in value["operators"] for kind in ("logs", "tiled_logs")
            for log in o.get(kind, [])]


def new_key(log, seed):
    """Another key of the same kind: the model's and the program's id is its hash."""
    import hashlib
    key = OTHER_KEYS[seed % len(OTHER_KEYS)]
    log["key"] = key
    log["log_id"] = base64.b64encode(hashlib.sha256(base64.b64decode(key)).digest()).decode()


# Keys that the sample's list does not have.
OTHER_KEYS = sorted({log["key"] for one in BUNDLED for log in one["logs"].values()})[:40]


def since(day, version="681"):
    return {"timestamp": f"2026-05-{day:02}T10:00:00Z", "version": version}


def mutate(value, random_, tag):
    """One random change; anything that a list may say."""
    operator, kind, log = random_.choice(logs_of(value))
    choice = random_.randrange(15)
    if choice == 0 and len(logs_of(value)) > 1:
        operator[kind].remove(log)
    elif choice == 1:
        new = copy.deepcopy(log)
        new_key(new, tag)
        if random_.random() < 0.5:
            new["description"] = f"New {tag}"
        if any(other["log_id"] == new["log_id"] for _, _, other in logs_of(value)):
            return
        operator[kind].append(new)
        if random_.random() < 0.5:
            operator[kind].remove(log)
    elif choice <= 5:
        state = random_.choice(model.STATES[1:])
        log["state"] = {state: since(random_.randrange(1, 25))}
        if state == "readonly" and random_.random() < 0.7:
            log["state"][state]["final_tree_head"] = {
                "tree_size": random_.randrange(99), "sha256_root_hash": "AAAA"}
    elif choice == 6:
        name = random_.choice(["Alder", "Newcomer & Sons", "Zwölf"])
        other = next((o for o in value["operators"] if o["name"] == name), None)
        if not other:
            other = {"name": name, "email": [], "logs": [], "tiled_logs": []}
            value["operators"].append(other)
        operator[kind].remove(log)
        other.setdefault(kind, []).append(log)
    elif choice == 7:
        year = random_.randrange(2025, 2030)
        log["temporal_interval"] = {"start_inclusive": f"{year}-01-01T00:00:00Z",
                                    "end_exclusive": f"{year + 1}-0{random_.randrange(1, 9)}"
                                                     "-01T00:00:00Z"}
    elif choice == 8:
        log.pop("temporal_interval", None)
    elif choice == 9:
        log["mmd"] = random_.randrange(99999)
    elif choice == 10:
        log[random_.choice(["description", "url", "submission_url", "monitoring_url",
                            "log_type"])] = random_.choice(["x", "Ä name", "https://new.example/"])
    elif choice == 11:
        log.pop(random_.choice(["description", "url"]), None)
    elif choice == 12:
        log["tls_only"] = random_.random() < 0.5
    elif choice == 13:
        for _, _, log in logs_of(value):
            for state in {"readonly", "retired"} & {*log["state"]}:
                log["state"][state]["timestamp"] = random_.choice(
                    ["2025-01-02T03:04:05.678Z", "2026-05-25T03:04:05Z"])
    else:
        other = "tiled_logs" if kind == "logs" else "logs"
        operator[kind].remove(log)
        operator.setdefault(other, []).append(log)


def test_random(t):
    """Lists with every kind of change, and the way back."""
    random_ = random.Random(20261121)
    seen = set()
    for i in range(RANDOM_PAIRS):
        value = copy.deepcopy(GOOD)
        for _ in range(random_.choice([0, 1, 1, 2, 5, 30])):
            mutate(value, random_, i)
        if random_.random() < 0.3:
            value["version"], value["assetVersion"] = "681", 99
        if random_.random() < 0.1:
            value["$schema"] = "https://schema.example/v6.json"
        files = [t.file(json.dumps(x)) for x in (GOOD, value)]
        lists = [model.of_json(x, read(path)) for x, path in zip((GOOD, value), files)]
        want, _ = check_pair(t, files, *lists, f"random pair {i}")
        check_pair(t, files[::-1], *lists[::-1], f"random pair {i}, back")
        for row in want["logs"]:
            seen.update(row["changed"] + row["effects"] + [row["change"]])
            seen.update(["key changed"] if row["key_changed"] else [])
    for what in (*model.FACTS, *model.SENTENCES, "added", "removed", "key changed"):
        t.check(what in seen, f"the random lists have: {what}")


def test_same(t):
    for args in (["511", "511"], ["511"], ["4f8539", "now"]):
        result = t.run("log-list", "diff", *args)
        t.equal(result.status, PASS, f"{args}", repr(result))
        t.has(result.text, "Nothing changed: these are one and the same list.", f"{args}")
    value = copy.deepcopy(GOOD)
    value["version"] = "681"
    text = t.run("log-list", "diff", sample("log_list.json"), t.file(value)).text
    t.has(text, "No log changed.", "only the version")


def heads(t, *args):
    value = t.run("log-list", "diff", *args, "--format", "json").json()
    return tuple(value[k]["sha256"][:8] for k in ("from", "to"))


def test_naming_lists(t):
    last, before = (x["head"]["sha256"][:8] for x in (BUNDLED[-1], BUNDLED[-2]))
    first = BUNDLED[0]["head"]["sha256"][:8]
    day = BUNDLED[5]["head"]["published_at"][:10]
    for args, want in (
            ([], (before, last)), (["42"], (first, last)), (["511", "42"], (last, first)),
            ([first[:6].upper()], (first, last)), (["42", first], (first, first)),
            (["2020-01-01", "2019-02-24T00:00:00Z"], (first, first)),
            (["2019-02-23T20:48:40Z"], (first, last)), (["42", "now"], (first, last)),
            (["42", day], (first, BUNDLED[5 if BUNDLED[5]["head"]["published_at"][11:]
                                          == "00:00:00Z" else 4]["head"]["sha256"][:8])),
            (["--log-list", HISTORY], (before, last)),
            (["--log-list", HISTORY, "42", "94"],
             (first, BUNDLED[1]["head"]["sha256"][:8]))):
        t.equal(heads(t, *args), want, f"diff {args}")
    path = sample("log_list.json")
    mine = model.of_json(GOOD, read(path))["head"]["sha256"][:8]
    t.equal(heads(t, path), (mine, last), "a file against the newest")
    t.equal(heads(t, "511", path), (last, mine), "a file as the second one")
    t.equal(heads(t, "--log-list", path, "680", path), (mine, mine), "the list given")
    result = t.run("log-list", "diff", "511", "-", "--format", "json", stdin=read(path))
    t.equal(result.json()["to"]["sha256"][:8], mine, "standard input")


def refused(t, args, status, *parts):
    result = t.run("log-list", *args)
    t.equal((result.status, result.out), (status, b""), f"refused: {args}", repr(result))
    for part in parts:
        t.has(result.messages, part, f"{args}")
    return result.messages


def test_bad_names(t):
    refused(t, ["diff", "499"], USAGE, '"499" is 2 lists', "f01d7a65 (2026-01-29)",
            "4cc21f94 (2026-01-29)", "[bad_option]")
    refused(t, ["diff", "511", "499"], USAGE, '"499" is 2 lists')
    refused(t, ["diff", "510"], USAGE, "no list has the version 510", "499 and 511")
    refused(t, ["diff", "512"], USAGE, "the nearest is 511")
    refused(t, ["diff", "1"], USAGE, "the nearest is 42")
    refused(t, ["diff", "4f853"], USAGE, '"4f853" is no list', "(511)")
    refused(t, ["diff", "4f8539ff"], USAGE, "is no list")
    refused(t, ["diff", "foo"], USAGE, '"foo" is no list', "version", "SHA-256", "file")
    refused(t, ["diff", ""], USAGE, "is no list")
    refused(t, ["diff", "2018-12-31"], USAGE, "no list is known from so early",
            "0169be6a (2019-02-23)")
    refused(t, ["diff", HISTORY], USAGE, "is a history", "--log-list")
    refused(t, ["diff", "--log-list", sample("log_list.json")], USAGE, "only one list")
    refused(t, ["diff", "./none.json"], LISTS, "none.json", "[unreadable_input]")
    refused(t, ["diff", t.file("{}")], LISTS, "log_list_")
    refused(t, ["diff", "511", t.file("[")], LISTS, "[log_list_unreadable]")
    refused(t, ["diff", "--log-list", t.path()], LISTS, "unreadable_input")
    refused(t, ["history", "x", "--log-list", t.path()], LISTS, "unreadable_input")
    for command in (["diff"], ["history", "x"]):
        refused(t, [*command, "--format", "csv"], USAGE, "text or json")
    many = {"ctpolicy log list history 1": ""}
    text = "\n".join(many) + "\n"
    for i in range(9):
        text += (f"list 2026-01-01.{i:08}\n  published 2026-01-01T00:00:00Z\n  name apple\n"
                 f"  sha256 {i:08}{'0' * 56}\n  version 7\n")
    log = next(iter(BUNDLED[0]["logs"].values()))
    text += f"log {log['log_id']}\n  key {log['key']}\n  operator A\n  mmd 1\n" + \
        "  listed@2026-01-01.00000000\n"
    messages = refused(t, ["diff", "--log-list", t.file(text), "7"], USAGE, '"7" is 9 lists')
    t.check(len(messages) < 400 and "00000005" in messages, "not all are named", messages)


def log_steps(log_id, lists):
    """By the second computation: (list, facts, log)."""
    before = None
    for one in lists:
        now = one["logs"].get(log_id)
        facts = model.changed(before, now) if before and now else []
        if facts or bool(before) != bool(now):
            yield {"list": one["head"], "changed": facts, "log": now}
        before = now


def check_history(t, log_id, lists, *options):
    result = t.run("log-list", "history", log_id, *options, "--format", "json")
    having = [one for one in lists if log_id in one["logs"]]
    last = having[-1]["logs"][log_id]
    want = {"schema": "ctpolicy.log_history.v1", "log_id": log_id,
            "description": last["description"], "operator": last["operator"],
            "lists": len(lists), "lists_with_it": len(having), "first": having[0]["head"],
            "last": having[-1]["head"], "steps": list(log_steps(log_id, lists))}
    got = result.json()
    t.check(got == want, f"history of {log_id}", first_difference(got, want))
    text = t.run("log-list", "history", model.hex_of(log_id), *options).text
    for part in (log_id, model.hex_of(log_id), f"In {len(having)} of {len(lists)} lists: "):
        t.has(text, part, "the text names it")
    lines = text[text.index("\n\n") + 2:].splitlines()[1:]
    steps = [line for line in lines if re.match(r"  \S", line)]
    t.equal(len(steps), len(want["steps"]), f"a line a step: {log_id}", text)
    for line, step in zip(steps, want["steps"]):
        head, log = step["list"], step["log"]
        still = step["changed"] and "state" not in step["changed"]
        said = "no longer in the list" if not log else f"still {log['state']}" if still else \
            f"{log['state']} since {model.instant_text(log['state_since'])}"
        t.equal(line.split(None, 2), [head["version"], head["published_at"][:10], said],
                f"step of {log_id}")
    rest = squeezed("".join(line for line in lines if not re.match(r"  \S", line)))
    facts = ""
    before = None
    for step in want["steps"]:
        for fact in step["changed"]:
            hidden = fact in ("state_version", "final_tree_head") and "state" in step["changed"]
            if fact != "state" and not hidden:
                facts += squeezed(f"{fact}: {model.value_text(fact, before)} -> "
                                  + model.value_text(fact, step["log"]))
        before = step["log"]
    t.equal(rest, facts, f"what else changed about {log_id}")
    t.equal([line for line in text.splitlines() if len(line) > 80 or line != line.rstrip()], [],
            "80 columns, no blanks")


def test_history(t):
    logs = sorted({log_id for one in BUNDLED for log_id in one["logs"]})
    t.check(len(logs) > 150, "logs of the history")
    for log_id in logs:
        check_history(t, log_id, BUNDLED)


def test_history_gone(t):
    """A log that goes and comes back."""
    values = [copy.deepcopy(GOOD) for _ in range(4)]
    for i, value in enumerate(values):
        value["version"] = str(680 + i)
        other = logs_of(value)[1][2]
        other["state"] = {"usable": since(26 + i)}  # the publication
        if i in (1, 3):
            operator, kind, log = logs_of(value)[0]
            operator[kind].remove(log)
    files = [t.file(json.dumps(value)) for value in values]
    history = t.path()
    t.equal(t.run("log-list", "import", *files, "--output", history).status, PASS, "import")
    lists = [model.of_json(value, read(path)) for value, path in zip(values, files)]
    check_history(t, logs_of(GOOD)[0][2]["log_id"], lists, "--log-list", history)
    check_history(t, logs_of(GOOD)[1][2]["log_id"], lists, "--log-list", history)


def test_naming_logs(t):
    argon = next(log for log in BUNDLED[-1]["logs"].values()
                 if log["description"] == "Google 'Argon 2024' log")
    log_id = argon["log_id"]
    for word in ("google 'argon 2024' LOG", "Argon 2024", "argon2024", "google 'argon2024", " ArGoN 2024 ", log_id, log_id[:6],
                 log_id.rstrip("="), log_id.replace("+", "-").replace("/", "_"),
                 model.hex_of(log_id), model.hex_of(log_id)[:6].upper(), argon["url"]):
        value = t.run("log-list", "history", word, "--format", "json").json()
        t.equal(value.get("log_id"), log_id, f"history {word}")
    messages = refused(t, ["history", "argon"], USAGE, '"argon" may be 13 logs', "[bad_option]")
    t.equal(len(messages.splitlines()), 14, "and names them", messages)
    t.has(messages, f"{log_id[:12]}  Google 'Argon 2024' log", "by id and name")
    messages = refused(t, ["history", "log"], USAGE, " more")
    t.equal(len(messages.splitlines()), 22, "twenty of many", messages)
    refused(t, ["history", "argonaut"], USAGE, 'no log "argonaut"', "log-list show")
    refused(t, ["history", ""], USAGE, "no log")
    refused(t, ["history", log_id[:5] + "\x1b"], USAGE, "no log")


def test_real_lists(t):
    """The published files against the bundled history, and other publishers' lists."""
    folder = os.path.join(DATA, "apple_lists")
    if not os.path.isdir(folder):
        t.skip("Apple's lists of the test data are not at hand")
        return
    paths = [os.path.join(folder, name) for name in os.listdir(folder)
             if name.startswith("apple_")]
    lists = [model.of_json(loads(read(path)), read(path)) for path in paths]
    by_hash = {one["head"]["sha256"]: (path, one) for path, one in zip(paths, lists)}
    t.equal(len(by_hash), 22, "Apple's lists")
    order = [by_hash[one["head"]["sha256"]] for one in BUNDLED]
    for (path, one), bundled in zip(order, BUNDLED):
        value = t.run("log-list", "diff", path, one["head"]["sha256"], "--format", "json").json()
        t.equal((value["differs"], one), (False, bundled), f"{path} and the history")
    for (path, one), (other, two) in zip(order, order[1:]):
        check_pair(t, [path, other], one, two, f"{path} to {other}")
    for other in ("chrome_lists", "mozilla_lists", "bimi_lists"):
        folder = os.path.join(DATA, other)
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            for args in ([], ["--format", "json"]):
                if name.endswith(".json") and "schema" not in name:
                    result = t.run("log-list", "diff", os.path.join(folder, name), *args)
                    t.equal(result.status, PASS, f"{other}/{name} and Apple's", repr(result))


run_all("list_diff", globals())
