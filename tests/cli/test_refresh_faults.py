#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Whatever a list server can do wrong: log-list refresh ends with status 4 and one line that says
what and what to do, within its time-outs, and the last good list stays in force."""
import base64
import copy
import os
import shutil
import time

from lib import LISTS, PASS, PROGRAM, run_all
from refresh_lib import (GOOD, Gate, State, at_clock, in_threads, key_of, log_of, logs_of, newer,
                         sha256, text_of, versioned, with_state)
from server import (HOST, Authority, Server, content, endless, head, raw, redirect, reset, silence,
                    status)

# A list that would be taken, and what makes it bad.
NEXT = newer()
TEXT = text_of(NEXT)
LOG = "Alder2026h2"
# Seconds; each try has as many, of which a quarter may pass without a byte. Long where it is to
# come through, and there is one try; a sixth of it is the pauses where there are three.
SHORT, LONG, AGAIN = "24", "120", "30"
# Most of the cases wait.
MANY = 24


# What is said of a list that could be read.
GUARDED = ("log_key_unusable", "log_list_shrunk", "log_list_from_future", "log_list_rollback",
           "log_list_other_source")


def good_state(t):
    state = State(t)
    state.takes(GOOD, what="the first list")
    return state


def changed(description=LOG, **fields):
    out = copy.deepcopy(NEXT)
    log = log_of(out, description)
    log.update(fields)
    return text_of(out)


def all_in(state_name):
    out = copy.deepcopy(NEXT)
    for log in logs_of(out):
        log["state"] = {state_name: {"timestamp": "2026-06-01T00:00:00Z", "version": "681"}}
    return text_of(out)


def bad_point():
    """A key of the right form whose point is not on its curve."""
    der = bytearray(base64.b64decode(log_of(NEXT, LOG)["key"]))
    der[-1] ^= 1
    return bytes(der)


def bodies():
    """name, body, code, words of the message: what is wrong, and what to do."""
    two = {**log_of(NEXT, LOG)["state"], "retired": {"timestamp": "2026-06-01T00:00:00Z",
                                                     "version": "681"}}
    empty = {**NEXT, "operators": [{**o, "logs": [], "tiled_logs": []}
                                   for o in NEXT["operators"]]}
    twice = copy.deepcopy(NEXT)
    twice["operators"][0]["logs"].append(log_of(twice, LOG))
    ends = log_of(NEXT, LOG)["temporal_interval"]
    turned = {"start_inclusive": ends["end_exclusive"], "end_exclusive": ends["start_inclusive"]}
    future = with_state(NEXT, LOG, "readonly", time.strftime(
        "%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3 * 86400)))
    yield "truncated", TEXT[:len(TEXT) // 2], "log_list_unreadable", ["line "]
    yield "HTML", b"<html>Sorry</html>\n", "log_list_unreadable", ["line 1"]
    yield "a word", b"soon", "log_list_unreadable", ["line 1"]
    yield "an array", b"[]", "log_list_invalid", ["not a log list"]
    yield "a number", b"7", "log_list_unreadable", ["an object"]
    yield "an empty object", b"{}", "log_list_invalid", ["not a log list"]
    yield "not UTF-8", TEXT.replace(b"Alder2027", b"Ald\xffr2027"), "log_list_unreadable", []
    yield "NUL inside", TEXT.replace(b"Alder2027", b"Ald\0r2027"), "log_list_unreadable", []
    yield "NUL escaped", TEXT.replace(b"Alder2027", b"Ald\\u0000r2027"), "log_list_unreadable", []
    yield "a key twice", TEXT.replace(b'"version"', b'"version": "9",\n"version"', 1), \
        "log_list_unreadable", []
    yield "two lists", TEXT + TEXT, "log_list_unreadable", []
    yield "nesting", b'{"x":' + b"[" * 200000 + b"]" * 200000 + b"}", "log_list_unreadable", []
    yield "nesting of objects", b'{"x":' * 200000, "log_list_unreadable", []
    yield "two states", changed(state=two), "log_state_invalid", ["one state"]
    yield "no state", changed(state={}), "log_state_invalid", ["one state"]
    yield "an unknown state", changed(state={"frozen": {"timestamp": "2026-06-01T00:00:00Z"}}), \
        "log_state_invalid", ["frozen"]
    yield "a key that is no base64", changed(key="*" * 8), "log_list_invalid", ["base64"]
    yield "a key that is no key", changed(**key_of(b"no key")), "log_key_invalid", []
    yield "a key that is no point", changed(**key_of(bad_point())), "log_key_unusable", \
        [LOG, "tell who publishes"]
    yield "wrong log_id", changed(log_id=base64.b64encode(bytes(32)).decode()), \
        "log_id_mismatch", ["SHA-256"]
    yield "an interval upside down", changed(temporal_interval=turned), "log_interval_invalid", []
    yield "a log twice", text_of(twice), "log_listed_twice", ["twice"]
    yield "no logs", text_of(empty), "log_list_empty", []
    yield "no operators", text_of({**NEXT, "operators": []}), "log_list_empty", []
    yield "all rejected", all_in("rejected"), "log_list_shrunk", ["0 usable", "--force"]
    yield "all retired", all_in("retired"), "log_list_shrunk", ["0 usable", "--force"]
    yield "from the future", text_of(future), "log_list_from_future", ["clock"]
    yield "rollback: version", text_of({**NEXT, "version": "679"}), "log_list_rollback", \
        ["679", "680", "--force"]
    yield "rollback: assetVersion", text_of({**NEXT, "assetVersion": 40}), \
        "log_list_rollback", ["40", "41"]
    yield "rollback: assetVersionV2", text_of({**NEXT, "assetVersionV2": 1106}), \
        "log_list_rollback", ["assetVersionV2 is 1106", "1107"]
    yield "rollback: newest state", text_of(with_state(
        versioned(GOOD, 1), "CedarTiled2027h1", "qualified", "2026-05-19T00:00:00Z")), \
        "log_list_rollback", ["2026-05-19", "2026-05-20"]
    yield "Chrome's", text_of({"log_list_timestamp": "2026-06-01T00:00:00Z", "version": "9.1",
                               "operators": NEXT["operators"]}), \
        "log_list_other_source", ["--source"]


def test_bodies(t):
    """Of http, of a file and from standard input; and verify says the same."""
    base = good_state(t)
    sha = sha256(text_of(GOOD))
    with Server() as server:
        def one(what, body, code, words):
            state = base.copy()
            path = "/" + str(abs(hash(what)))
            result = state.refresh(server.set(path, content(body, '"x"')), "--timeout", LONG,
                                   want=LISTS, what=what)
            state.fails(code, result, what, sha, words)
            if code not in GUARDED:
                t.has(result.messages, "tell who publishes", f"{what}: says what to do")
                t.has(result.messages, f"{HOST}:{server.port}: ", f"{what}: says where")
            t.equal(server.count(path), 1, f"{what}: asking again does not help")
            file = t.file(body)
            for args, stdin in ((["--url", file], b""), (["--from-stdin"], body)):
                result = state.refresh(None, *args, stdin=stdin, want=LISTS, what=what)
                state.fails(code, result, f"{what}: {args[0]}", sha, words)
            result = state.run("verify", file)
            t.equal(result.status, LISTS, f"{what}: verify", repr(result)[:600])
            t.has(result.messages, f"[{code}]", f"{what}: verify says so")
        in_threads(one, bodies())


def test_schema(t):
    """An unknown schema version is taken, with a warning."""
    state = good_state(t)
    text = text_of({**NEXT, "$schema": "https://valid.apple.com/ct/log_list_schema_v9.json"})
    result = state.refresh(t.file(text))
    t.check(result.messages.startswith("ctpolicy: warning: ") and
            result.messages.endswith("[log_list_schema_unknown]\n"), "warns", repr(result))
    t.equal(state.show()["sha256"], sha256(text), "and is taken")


def answers(elsewhere):
    """name, answers, code, time-out, how often it is asked, words."""
    length = {"Content-Length": len(TEXT)}
    whole = head(200, length)
    bomb = content(b" " * (40 << 20), encoding="gzip")
    return [
        ("empty", [content(b"")], "fetch_broken", AGAIN, 3, ["empty"]),
        ("no answer", [raw(b"")], "fetch_broken", AGAIN, 3, ["without an answer"]),
        ("no HTTP", [raw(b"SSH-2.0-x\r\n")], "fetch_broken", AGAIN, None, ["HTTP"]),
        ("Content-Length too long", [raw(head(200, {"Content-Length": len(TEXT) + 9}) + TEXT)],
         "fetch_broken", AGAIN, 3, ["middle"]),
        ("Content-Length too short", [raw(head(200, {"Content-Length": 1000}) + TEXT)],
         "log_list_unreadable", LONG, 1, []),
        ("Content-Length: x", [raw(head(200, {"Content-Length": "x"}) + TEXT)],
         "fetch_broken", AGAIN, None, []),
        ("cut", [raw(whole + TEXT[:99])], "fetch_broken", AGAIN, 3, ["middle"]),
        ("reset", [reset(whole + TEXT[:99])], "fetch_broken", AGAIN, 3, []),
        ("endless", [endless(head(200), b" " * 65536)], "fetch_too_large", LONG, 1,
         ["33554432 bytes"]),
        ("an endless header", [endless(b"HTTP/1.1 200 OK\r\nX: ", b"y" * 4096)],
         "fetch_broken", LONG, 1, ["headers"]),
        ("a byte a second", [endless(head(200), b" ", 1)], "fetch_timed_out", SHORT, 3,
         ["too slowly", "--timeout"]),
        ("silence", [silence()], "fetch_timed_out", SHORT, 3, ["--timeout"]),
        ("silence behind the headers", [silence(head(200))], "fetch_timed_out", SHORT, 3, []),
        ("304 that nobody asked for", [status(304)], "fetch_broken", LONG, 1, ["304"]),
        ("403", [status(403)], "fetch_status", LONG, 1, ["403", "check the URL"]),
        ("404", [status(404)], "fetch_status", LONG, 1, ["404"]),
        ("500", [status(500)], "fetch_status", AGAIN, 3, ["500", "tried 3 times"]),
        ("503, come next year", [status(503, {"Retry-After": "31536000"})], "fetch_status", LONG,
         1, ["not to come again before"]),
        ("429", [status(429)], "fetch_status", AGAIN, 3, ["429"]),
        ("redirected in a circle", [redirect("?again")], "fetch_redirect", LONG, 4,
         ["3 redirects"]),
        ("redirected to a file", [redirect("file:///etc/passwd")], "fetch_redirect", LONG, 1,
         ["another scheme"]),
        ("redirected to TLS", [redirect(elsewhere)], "fetch_redirect", LONG, 1,
         ["another scheme"]),
        ("redirected into the net", [redirect("http://192.0.2.1/")], "fetch_redirect", LONG, 1,
         ["loopback"]),
        ("redirected nowhere", [status(302)], "fetch_redirect", LONG, 1, ["where to"]),
        ("a gzip bomb", [bomb], "fetch_too_large", LONG, 1, []),
        ("broken gzip", [content(TEXT, headers={"Content-Encoding": "gzip"})], "fetch_broken",
         LONG, 1, ["decompress"]),
    ]


def test_answers(t):
    base = good_state(t)
    sha = sha256(text_of(GOOD))
    authority = Authority(t.folder, "authority")
    trusted = ["--cacert", authority.file]
    with Server() as plain, Server(tls=authority.issue("localhost", "IP:127.0.0.1")) as tls:
        def one(server, args, what, given, code, seconds, num, words):
            state = base.copy()
            what = f"{server.scheme}: {what}"
            path = "/" + str(abs(hash(what)))
            url = server.set(path, *given)
            result = state.refresh(url, "--timeout", seconds, *args, want=LISTS, what=what)
            state.fails(code, result, what, sha, words)
            if num is not None:
                t.equal(server.count(path), num, f"{what}: asked so often")
            index = state.index()
            t.equal(list(index.lists), [sha], f"{what}: nothing was taken")
        cases = [(plain, [], *case) for case in answers(tls.url("/"))]
        cases += [(tls, trusted, *case) for case in answers(plain.url("/"))
                  if case[0] != "redirected into the net"]
        in_threads(one, [c if c[2] != "redirected to TLS" or c[0] is plain
                         else (*c[:2], "redirected from TLS", *c[3:]) for c in cases], MANY)
        state = base.copy()
        state.refresh(tls.set("/good", content(TEXT)), *trusted, what="TLS that is right")
        t.equal(state.index().in_hand, sha256(TEXT), "is taken")


def test_first_fails(t):
    """Without a list in hand: the one in the program stays in force."""
    with Server() as server:
        state = State(t)
        for what, answer, code in (("304", status(304), "fetch_broken"),
                                   ("404", status(404), "fetch_status"),
                                   ("HTML", content(b"<html>"), "log_list_unreadable")):
            result = state.refresh(server.set("/", answer), "--timeout", LONG, want=LISTS)
            state.fails(code, result, what, words=["the one in the program stays in force"])
            t.equal(state.show()["source"], "bundled", f"{what}: in force")
            state.check_whole(what)
        last = state.show()["last_refresh"]
        t.equal((last["outcome"], last["failures"]), ("failed", 3), "failures are counted")
        state.takes(GOOD, what="then a good one")
        t.equal(state.show()["last_refresh"]["failures"], 0, "which ends them")


def test_tls(t):
    base = good_state(t)
    sha = sha256(text_of(GOOD))
    mine, others = Authority(t.folder, "mine"), Authority(t.folder, "others")
    name = "IP:127.0.0.1"
    cases = [("expired", mine.issue("old", name, "20250101000000Z")),
             ("of another name", mine.issue("elsewhere", "DNS:elsewhere.example")),
             ("self-signed", mine.self_signed("self", sans=name)),
             ("of an authority that is not trusted", others.issue("stranger", name))]

    def one(what, files):
        state = base.copy()
        with Server(tls=files) as server:
            result = state.refresh(server.set("/", content(TEXT)), "--cacert", mine.file,
                                   "--timeout", LONG, want=LISTS, what=what)
            state.fails("fetch_tls_failed", result, what, sha, ["--cacert"])
            t.equal(server.count("/"), 0, f"{what}: nothing is sent")
    in_threads(one, cases)
    with Server(tls=mine.issue("right", name)) as server, Server() as plain:
        url = server.set("/", content(TEXT))
        for what, args, words in (
                ("not in the system's store", [url], ["not trusted"]),
                ("no file of trust", [url, "--cacert", "/nowhere"], ["--cacert"]),
                ("an empty one", [url, "--cacert", t.file("")], ["--cacert"]),
                ("no TLS at all", [plain.url("/").replace("http", "https")], ["TLS"])):
            state = base.copy()
            result = state.refresh(args[0], *args[1:], "--timeout", AGAIN, want=LISTS, what=what)
            state.fails("fetch_tls_failed", result, what, sha, words)


def test_urls(t):
    base = good_state(t)

    def one(url, code):
        state = base.copy()
        result = state.refresh(url, "--timeout", AGAIN, want=LISTS, what=url[:40])
        state.fails(code, result, url[:40], sha256(text_of(GOOD)))
    in_threads(one, (("http://192.0.2.1/x", "fetch_bad_url"),
                     ("ftp://127.0.0.1/", "fetch_bad_url"),
                     ("https://", "fetch_bad_url"), ("http://[::1/", "fetch_bad_url"),
                     ("https://" + "a" * 64 + ".invalid/", "fetch_unreachable"),
                     ("http://127.0.0.1:1/", "fetch_unreachable"),
                     ("/nowhere/list.json", "unreadable_input"),
                     ("file:///nowhere", "unreadable_input"), (t.folder, "unreadable_input"),
                     ("http://" + "x" * 3000 + "@192.0.2.1/", "fetch_bad_url"),
                     ("/" + "x" * 3000, "unreadable_input")), MANY)


def test_no_network(t):
    """Without any network, and so without DNS."""
    unshare = shutil.which("unshare")
    probe = unshare and os.geteuid() == 0 and os.system(f"{unshare} -n true 2>/dev/null") == 0
    if not probe:
        t.skip("no network: needs unshare -n")
        return
    base = good_state(t)

    def one(url):
        state = base.copy()
        result = t.run("-n", PROGRAM, "log-list", "refresh", "--state-dir", state, "--url", url,
                       "--timeout", AGAIN, program=unshare)
        state.fails("fetch_unreachable", result, url, sha256(text_of(GOOD)))
    in_threads(one, [("https://list.example/x",), ("https://192.0.2.1/x",),
                     ("http://127.0.0.1:9/x",)])


def test_in_a_row(t):
    """Failures add up, and show says since when; a good one ends them."""
    state = good_state(t)
    first = None
    with Server() as server:
        url = server.set("/", status(404))
        for num in (1, 2, 3):
            result = state.refresh(url, want=LISTS)
            last = state.show()["last_refresh"]
            first = first or last["failing_since"]
            t.equal((last["failures"], last["failing_since"]), (num, first), "counted")
            t.equal("in a row failed" in result.messages, num > 1, "and said from the second on")
        t.has(state.run("show").text, "REFRESH FAILS since", "show says so")
        t.has(state.run("show", "--max-age", 99).text, "refresh fails since", "the monitor's line")
        state.takes(NEXT, what="a good one")
        last = state.show()["last_refresh"]
        t.equal((last["outcome"], last["failures"], last["failing_since"]),
                ("succeeded", 0, None), "ends them")


def test_two_at_once(t):
    """The second one is told who is at it; the first one's list is taken."""
    state = good_state(t)
    gate = Gate(content(TEXT))
    results = []
    with Server() as server:
        url = server.set("/", gate)

        def slow():
            results.append(state.refresh(url, "--timeout", LONG, what="the first one"))

        def second():
            t.check(gate.asked.wait(60), "the first one is under way")
            try:
                for command in (["refresh", "--url", t.file(TEXT)], ["prune", "--keep-days", "1"],
                                ["import", t.file(TEXT)]):
                    result = state.run(*command)
                    state.fails("state_busy", result, f"{command[0]} beside it",
                                sha256(text_of(GOOD)), ["process ", "wait"], noted=False)
                t.equal(state.run("verify", t.file(TEXT)).status, PASS, "verify needs no lock")
            finally:
                gate.opened.set()
        in_threads(lambda function: function(), [(slow,), (second,)])
    t.equal(state.show()["sha256"], sha256(TEXT), "then the first one's list is in force")
    state.check_whole("two at once")


def test_clock(t):
    """A clock turned back by a year takes nothing; by an hour, all is well."""
    state = good_state(t)
    now = time.time()
    year, hour = at_clock(now - 365 * 86400), at_clock(now - 3600)
    if not year:
        t.skip("the clock: needs clock.so")
        return
    file = t.file(TEXT, ".json")
    before = state.files()
    result = state.refresh(file, env=year, want=LISTS)
    state.fails("clock_went_back", result, "a year back", sha256(text_of(GOOD)),
                ["set the clock", "--force"], noted=False)
    t.equal(state.files(), before, "nothing is written")
    for args, status_want in ((["--force"], PASS), ([], PASS)):
        one = state.copy()
        clock = at_clock(now - 2 * 86400) if args else hour
        one.refresh(file, *args, env=clock, want=status_want, what=f"clock {args}")
        t.equal(one.index().in_hand, sha256(TEXT), f"clock {args}: taken")
        one.check_whole(f"clock {args}")


run_all("refresh_faults", globals())
