#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""log-list refresh where it goes well: what is asked for, taken, said, kept, and handed to a
hook; and what is said of a list that looks odd."""
import copy
import gzip
import os
import re
import time

from lib import LISTS, PASS, loads, read, run_all
from refresh_lib import (GOOD, State, at_clock, key_of, log_of, logs_of, new_key, newer, sha256,
                         text_of, versioned, with_state)
from server import Server, content, status

ETAG = '"one"'
DATE = "Wed, 20 May 2026 16:00:00 GMT"


def test_first(t):
    state = State(t)
    text = text_of(GOOD)
    with Server() as server:
        url = server.set("/list", content(text, ETAG, DATE))
        result = state.refresh(url)
        request = server.last("/list")
    t.equal(result.err, b"", "nothing to warn of")
    t.check(result.text.startswith(
        f"Taken: apple log list 680, published 2026-05-20, from {url}.\n"), "says what it took",
        repr(result))
    t.has(result.text, "From apple log list 511", "and what changed since the program's own")
    t.check("if-none-match" not in request.headers and
            "if-modified-since" not in request.headers, "the first one asks for all of it")
    t.check(request.headers["user-agent"].startswith("ctpolicy/"), "names itself")
    state.check_whole("first")
    index = state.index()
    entry = index.lists[sha256(text)]
    t.equal({name: entry[name] for name in ("version", "taken", "source", "etag",
                                            "last_modified", "name", "published")},
            {"version": "680", "taken": "fetched", "source": url, "etag": ETAG,
             "last_modified": DATE, "name": "apple", "published": "2026-05-20T16:00:00Z"},
            "what the index says")
    t.equal((index.in_hand, entry["fetched_first"]), (sha256(text), index.head["refreshed"]),
            "and that it is in hand")
    shown = state.show()
    t.equal((shown["sha256"], shown["source"], shown["fetched_at"], shown["age_days"]),
            (sha256(text), url, entry["fetched_last"], 0), "show")
    last = shown["last_refresh"]
    t.equal((last["outcome"], last["at"], last["error"], last["failures"]),
            ("succeeded", index.head["refreshed"], None, 0), "its last refresh")


def test_conditions(t):
    """The validators go with the list that they came with, and to where it came from."""
    state, tomorrow = State(t), time.time() + 86400
    later = at_clock(tomorrow)
    first, second = text_of(GOOD), text_of(newer())
    with Server() as server, Server() as other:
        url = server.set("/list", content(first, ETAG, DATE))
        state.refresh(url)
        before = state.index().lists[sha256(first)]
        result = state.refresh(url, env=later)
        t.equal((result.out, result.err), (b"", b""), "nothing new is nothing to say")
        headers = server.last("/list").headers
        t.equal((headers.get("if-none-match"), headers.get("if-modified-since")), (ETAG, DATE),
                "both validators are sent")
        entry = state.index().lists[sha256(first)]
        if later:
            t.equal((entry["fetched_first"], entry["fetched_last"][:10]),
                    (before["fetched_first"],
                     time.strftime("%Y-%m-%d", time.gmtime(tomorrow))),
                    "304 renews when it was fetched")
        t.equal((entry["etag"], entry["last_modified"]), (ETAG, DATE), "and forgets nothing")
        copy_url = other.set("/list", content(first, '"other"'))
        t.equal(state.refresh(copy_url, env=later).out, b"", "the same from another place")
        headers = other.last("/list").headers
        t.check("if-none-match" not in headers and "if-modified-since" not in headers,
                "which never gets the first one's validators")
        entry = state.index().lists[sha256(first)]
        t.equal((entry["source"], entry["etag"], entry.get("last_modified")),
                (copy_url, '"other"', None), "and whose own are kept")
        server.set("/list", content(second, '"two"'))
        result = state.refresh(url, env=later)
        t.check("if-none-match" not in server.last("/list").headers, "nor the other way round")
        t.has(result.text, "From apple log list 680", "a newer list is told from the one before")
        t.has(result.text, "Alder2026h1", "by the logs that changed")
        server.set("/list", content(second, 'no etag', "yesterday"))
        t.equal(state.refresh(url, env=later).out, b"", "the same again")
        entry = state.index().lists[sha256(second)]
        t.check("etag" not in entry and "last_modified" not in entry,
                "what is no validator is not kept", repr(entry))
    state.check_whole("conditions")


def test_forms(t):
    """However the list comes, it is the same list."""
    text = text_of(GOOD)
    plain, packed = t.file(text, ".json"), t.file(gzip.compress(text), ".json.gz")
    for what, args, stdin, source in (
            ("a file", ["--url", plain], b"", plain),
            ("file://", ["--url", "file://" + plain], b"", "file://" + plain),
            (".gz", ["--url", packed], b"", packed),
            ("standard input", ["--from-stdin"], text, "standard input"),
            ("CTPOLICY_URL", [], b"", plain)):
        state = State(t)
        env = {"CTPOLICY_URL": plain} if "_" in what else {}
        result = state.refresh(None, *args, stdin=stdin, what=what, env=env)
        entry = state.index().lists.get(sha256(text), {})
        t.equal((entry.get("source"), entry.get("taken")), (source, "read"), what, repr(result))
        t.has(result.text, f"from {source}", f"{what}: said")
        state.check_whole(what)
    for encoding in ("gzip", "deflate"):
        with Server() as server:
            state = State(t)
            state.refresh(server.set("/", content(text, encoding=encoding)), what=encoding)
            t.equal(state.index().in_hand, sha256(text), encoding)


def test_names(t):
    """A file's name is any bytes, and longer than what is kept of it; the index stays readable."""
    folder = os.fsencode(t.path("-names"))
    os.mkdir(folder)
    long = b"x" * (254 - len(folder)) + "\u00e4\u00f6\u00fc".encode()
    for name in (b"a\xffb", b"a\x1bb", long, b"y" + long, "\u00e4".encode()):
        state, path = State(t), os.path.join(folder, name)
        with open(path, "wb") as file:
            file.write(text_of(GOOD))
        what = repr(name)[:20]
        state.refresh(os.fsdecode(path), what=what)
        state.check_whole(what)
        t.equal(state.run("show").err, b"", f"{what}: the index can be read")


def test_mirrors(t):
    """In order, until one of them has a list that can be taken; then nobody asks further."""
    state, text = State(t), text_of(GOOD)
    with Server() as server:
        urls = [server.set("/gone", status(404)), server.set("/html", content(b"<html>")),
                server.set("/good", content(text)), server.set("/never", content(text))]
        args = [word for url in urls for word in ("--url", url)]
        result = state.refresh(None, *args, what="mirrors")
        t.equal([server.count(p) for p in ("/gone", "/html", "/good", "/never")], [1, 1, 1, 0],
                "are asked in order")
        t.has(result.text, f"from {urls[2]}.", "which one is said")
        t.equal(state.index().in_hand, sha256(text), "and its list taken")
        for code in ("fetch_status", "log_list_unreadable"):
            t.check(re.search(rf"warning: the next place was asked: .*\[{code}\]$",
                              result.messages, re.M), f"why not another: {code}", repr(result))
        state = State(t)
        result = state.refresh(None, *args[:4], want=LISTS, what="none of them")
        t.equal(result.err.count(b"\n"), 2, "a line each", repr(result))
        t.equal(result.messages.count("the one in the program stays in force"), 1,
                "what stays is said once")


def test_passwords(t):
    """Name and password of a URL are sent, and stand nowhere."""
    state, text = State(t), text_of(GOOD)
    with Server() as server:
        server.set("/list", content(text), status(403), content(b"{}"))
        url = server.url("/list", user="jo:s3cr%40t@")
        results = [state.refresh(url, what="with a password"),
                   state.refresh(url, want=LISTS, what="403"),
                   state.refresh(url, want=LISTS, what="no list"),
                   state.refresh(url.replace("http://", "http:///"), want=LISTS, what="////"),
                   state.run("verify", url),
                   state.run("verify", url.replace("http://", "http:///")),
                   state.run("verify", url.replace(str(server.port), "1"), "--timeout", "1"),
                   state.run("verify", url.replace("http:", "ftp:"))]
        t.has(server.last("/list").headers["authorization"], "Basic ", "sent")
        shown = state.run("show").out
    for where, data in [("a message", b"".join(r.out + r.err for r in results)),
                        ("show", shown), *state.files().items()]:
        t.check(b"s3cr" not in data and b"jo:" not in data, f"no password in {where}")
    t.equal(state.index().lists[sha256(text)]["source"], server.url("/list"), "the rest is kept")


# Hooks.

HOOK = """#!/bin/sh
cat > "$0.in"
for word in "$@"; do echo "<$word>"; done > "$0.args"
echo heard
"""


def make_hook(t, text=HOOK):
    path = t.file(text, ".sh")
    os.chmod(path, 0o755)
    return path


def test_hook(t):
    state, hook = State(t), make_hook(t)
    state.takes(GOOD)
    words = f"""{hook} a 'b  c' "d 'e'" f\\ g "h\\"i" '' """
    result = state.takes(newer(), "--hook", words)
    t.has(result.text, "heard", "its output goes where ours goes")
    t.equal(read(hook + ".args", "r"), "<a>\n<b  c>\n<d 'e'>\n<f g>\n<h\"i>\n<>\n", "its words")
    diff = loads(read(hook + ".in"))
    t.validate(diff)
    t.equal((diff["from"]["sha256"], diff["to"]["sha256"]),
            (sha256(text_of(GOOD)), sha256(text_of(newer()))), "it is given the difference")
    os.unlink(hook + ".in")
    state.takes(newer(), "--hook", hook)
    t.check(not os.path.exists(hook + ".in"), "not where nothing changed")
    state.refresh(t.file("{}"), "--hook", hook, want=LISTS, what="a bad list")
    t.check(not os.path.exists(hook + ".in"), "nor where nothing was taken")
    out = t.path()
    state.takes(newer(2), "--hook", f"sh -c 'wc -c < /dev/stdin > {out} && echo $((6*7)) >> {out}'")
    count, answer = read(out, "r").split()
    t.check(int(count) > 100 and answer == "42", "a shell where it is asked for")
    out = t.path()
    state.takes(newer(3), env={"CTPOLICY_HOOK": f"cp /dev/stdin {out}"})
    t.equal(loads(read(out))["to"]["version"], "683", "in the environment")


def test_hook_fails(t):
    """Whatever it does, the list is taken, and the exit status is 0."""
    base = State(t)
    base.takes(GOOD)
    for hook, words in (("false", "ended with status 1"), ("/nowhere/hook", "cannot run"),
                        (t.folder, "cannot run"), ("sh -c 'kill -9 $$'", "signal 9"),
                        ("sh 'x", "a quote has no end"), ("  ", "no command"),
                        ("true" + " x" * 64, "more than 64 words"),
                        ("sh -c 'exit 77'", "status 77")):
        state = base.copy()
        result = state.refresh(t.file(newer()), "--hook", hook, what=hook)
        t.check(result.messages.startswith("ctpolicy: warning: the list is taken, but")
                and result.messages.endswith(" [hook_failed]\n"), f"{hook}: a warning",
                repr(result))
        t.has(result.messages, words, f"{hook}: why")
        t.has(result.text, "Taken: apple log list 681", f"{hook}: all the rest as always")
        t.equal(len(state.index().lists), 2, f"{hook}: the list is kept")
        state.check_whole(hook)
    state = base.copy()
    t.equal(state.refresh(t.file(newer()), "--hook", "true" + " x" * 63).err, b"",
            "one that does not read")


# What is odd.

def test_force(t):
    """An older list is refused, taken by force, and in force from then on."""
    state, old, new = State(t), text_of(GOOD), text_of(newer())
    state.takes(new)
    result = state.refresh(t.file(old, ".json"), want=LISTS)
    state.fails("log_list_rollback", result, "rollback", sha256(new), ["--force"])
    result = state.refresh(t.file(old, ".json"), "--force")
    t.check(result.messages.startswith("ctpolicy: taken all the same: "), "is said",
            repr(result))
    t.equal(re.findall(r"\[(\w+)\]\n", result.messages),
            ["log_list_rollback", "log_state_revived"], "with all there is to say of it")
    t.has(result.text, "Taken by force: apple log list 680", "by its name")
    t.has(result.text, "in force from now on all the same", "and what follows from it")
    index = state.index()
    t.equal((index.in_hand, index.lists[sha256(old)]["taken"]), (sha256(old), "forced"),
            "the index remembers")
    t.check("pinned" in index.head, "that it is pinned")
    state.check_whole("forced")
    t.equal(state.show()["sha256"], sha256(old), "it is in force")
    t.equal(state.show("--at", "2026-06-15")["sha256"], sha256(new), "but was not then")
    t.equal(state.refresh(t.file(old, ".json"), env={"CTPOLICY_FORCE": "1"}).out, b"",
            "the same again changes nothing")
    t.equal(state.show()["sha256"], sha256(old), "and it stays in force")
    state.takes(newer(2), what="the next one")
    t.check("pinned" not in state.index().head, "ends it")
    t.equal(state.show()["version"], "682", "and is in force")


def test_force_same_day(t):
    """So it is where only the asset version goes back: the state times say nothing then."""
    state = State(t)
    old, new = GOOD, {**GOOD, "assetVersion": GOOD["assetVersion"] + 1}
    for first, second in ((old, new), (new, old)):
        state = State(t)
        state.takes(first)
        state.refresh(t.file(text_of(second), ".json"), "--force")
        t.equal(state.show()["sha256"], sha256(text_of(second)), "what was taken is in force")
        state.check_whole("same day")


def test_unforceable(t):
    """What cannot be read, or is another's, is not taken by force either."""
    state = State(t)
    state.takes(GOOD)
    for text, code in ((b"<html>", "log_list_unreadable"), (b"{}", "log_list_invalid"),
                       (text_of({"log_list_timestamp": "2026-06-01T00:00:00Z", "version": "9.1",
                                 "operators": GOOD["operators"]}), "log_list_other_source")):
        result = state.refresh(t.file(text), "--force", want=LISTS)
        state.fails(code, result, code, sha256(text_of(GOOD)))
        t.check("--force" not in result.messages, f"{code}: which is not promised")


def swapped(value, description, **fields):
    out = copy.deepcopy(value)
    log_of(out, description).update(fields)
    return out


def test_doubts(t):
    """What is taken with a warning, which names the log; and --force has nothing to do there."""
    later = versioned(GOOD, 1)
    gone = copy.deepcopy(later)
    for log in logs_of({"operators": [o for o in gone["operators"] if o["name"] == "Birch"]}):
        log["state"] = {"retired": {"timestamp": "2026-05-19T00:00:00Z", "version": "681"}}
    moved = copy.deepcopy(later)
    alder, birch = moved["operators"][0], moved["operators"][1]
    birch["logs"].append(alder["logs"].pop())
    ends = {"start_inclusive": "2026-07-01T00:00:00Z", "end_exclusive": "2027-02-01T00:00:00Z"}
    fresh = new_key(t)
    for what, value, code, words in (
            ("operator gone", gone, "log_list_operator_gone", ["Birch", "it had 3"]),
            ("operator changed", moved, "log_operator_changed", ["Alder", "Birch"]),
            ("interval changed", swapped(later, "Birch2026h2", temporal_interval=ends),
             "log_interval_changed", ["Birch2026h2", "2027-01-01", "2027-02-01"]),
            ("key changed", swapped(later, "Alder2026h2", **key_of(fresh)), "log_key_changed",
             ["Alder2026h2"]),
            ("revived", with_state(later, "Dogwood2025", "usable", "2026-05-19T00:00:00Z"),
             "log_state_revived", ["Dogwood2025", "rejected", "usable"]),
            ("schema", {**later, "$schema": "https://valid.apple.com/x_schema_v6.json"},
             "log_list_schema_unknown", ["schema_v6.json"])):
        state = State(t)
        state.takes(GOOD)
        file = t.file(text_of(value), ".json")
        verified = state.run("verify", file)
        t.equal(verified.status, PASS, f"{what}: verify", repr(verified))
        t.has(verified.messages, f"[{code}]\n", f"{what}: verify says so")
        t.has(verified.text, "would be taken", f"{what}: and that it would be taken")
        result = state.refresh(file, what=what)
        t.equal((result.err.count(b"\n"), result.messages[:18]), (1, "ctpolicy: warning:"),
                f"{what}: a warning", repr(result))
        t.has(result.messages, f"[{code}]\n", what)
        for word in words:
            t.has(result.messages, word, f"{what}: names it")
        t.equal(state.index().lists[sha256(text_of(value))]["taken"], "read", f"{what}: taken")
        t.equal(state.refresh(file, what=what).err, b"", f"{what}: said once")

def test_older_than_bundled(t):
    """A first list that the program's own is newer than: kept, and not in force."""
    state = State(t)
    old = t.run("log-list", "export", "--at", "2025-09-01").out
    result = state.refresh(t.file(old, ".json"), what="an old list")
    t.has(result.messages, "[log_list_older_than_bundled]\n", "is said")
    t.equal(result.err.count(b"\n"), 1, "in one line", repr(result))
    t.equal(state.show()["source"], "bundled", "the program's stays in force")
    t.equal(state.index().in_hand, sha256(old), "and this one is kept")
    result = state.refresh(t.path(".none"), want=LISTS, what="a failure then")
    t.has(result.messages, "; the one in the program stays in force, being newer than the apple "
          "log list ", "does not say that the old one is")
    state.takes(t.run("log-list", "export").out, what="the program's own")
    state.refresh(t.file(old, ".json"), "--force", what="the old one by force")
    result = state.refresh(t.path(".none"), want=LISTS, what="a failure then")
    t.has(result.messages, ", stays in force [", "by force it is")
    t.check("in the program" not in result.messages, "and not the program's", repr(result))


def test_shrunk(t):
    """Fewer than half of the usable logs: refused; half of them: taken."""
    usable = [log["description"] for log in logs_of(GOOD) if "usable" in log["state"]]
    state = State(t)
    state.takes(GOOD)
    for num, code in ((len(usable) // 2, None), (len(usable) // 2 + 1, "log_list_shrunk")):
        value = versioned(GOOD, 1)
        for name in usable[-num:]:
            value = with_state(value, name, "readonly", "2026-05-20T16:00:00Z")
        one = state.copy()
        file = t.file(text_of(value), ".json")
        if not code:
            one.refresh(file, what="half of them")
            continue
        result = one.refresh(file, want=LISTS, what="fewer than half")
        one.fails(code, result, "fewer than half", sha256(text_of(GOOD)), ["4 usable", "9"])
        t.has(one.refresh(file, "--force").messages, f"[{code}]", "by force")


run_all("refresh", globals())
