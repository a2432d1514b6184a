#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""log-list import into a state folder, in any order; log-list verify, which takes nothing; lists of
other sources, and those with a signature."""
import copy
import gzip
import os
import random
import shutil

from lib import DATA, LISTS, PASS, SAMPLES, USAGE, read, run_all
from refresh_lib import (GOOD, State, apple_files, in_threads, newer, openssl, sha256, text_of,
                         versioned, with_state)
from server import Server, content, status

# Fewer where a sanitizer makes each of them slow.
NUM_ORDERS = int(os.environ.get("CTPOLICY_TEST_ORDERS") or 50)
SEED = 4
DAYS = ["2019-03-01", "2021-01-01", "2022-02-01", "2023-02-01", "2024-08-01", "2024-12-01",
        "2025-05-01", "2025-09-01", "2026-01-01", "2026-04-05"]


def exported(t):
    """Lists of the history in the program, as files."""
    return [t.file(t.run("log-list", "export", "--at", day).out, ".json") for day in DAYS]


def check_orders(t, what, files):
    """In any order, at once or one by one, the same lists give the same bytes."""
    want = {}

    def one(number):
        rand = random.Random(SEED + number)
        order = list(files)
        if number:
            rand.shuffle(order)
        state = State(t)
        cuts = sorted(rand.sample(range(1, len(order)), rand.randint(0, 3))) if number else []
        for start, end in zip([0] + cuts, cuts + [len(order)]):
            result = state.run("import", *order[start:end])
            t.equal((result.status, result.out), (PASS, b""), f"{what}: order {number}",
                    repr(result))
        state.check_whole(f"{what}: order {number}")
        got = state.files()
        got.pop("apple/index.previous", None)  # the state before the last import
        if number == 0:
            want.update(got)
        t.equal({name: sha256(data) for name, data in got.items()},
                {name: sha256(data) for name, data in want.items()}, f"{what}: order {number}")
        shutil.rmtree(state.path)
    one(0)
    in_threads(one, [(number,) for number in range(1, NUM_ORDERS + 1)])
    t.equal(len(want), len(files) + 2, f"{what}: index, history, and a file each")


def test_orders(t):
    check_orders(t, "lists of the program", exported(t))
    files = apple_files()
    if files:
        check_orders(t, "Apple's lists", files)
    else:
        t.skip(f"Apple's lists: there are none in {DATA}")


def test_same_as_program(t):
    """Of the lists that the program bears, the folder's history says the same."""
    files = apple_files()
    if not files:
        t.skip(f"Apple's lists: there are none in {DATA}")
        return
    state = State(t)
    result = state.run("import", *files)
    t.has(result.messages, f"{len(files)} lists imported", "is said")
    history = t.path()
    t.run("log-list", "import", *files, "--output", history)
    t.equal(read(state.file("history")), read(history), "as a history made of them")


def test_none(t):
    """One bad file, and none is taken; the message names it."""
    good = [t.file(text_of(value), ".json") for value in (GOOD, newer(1), newer(2))]
    history = t.path(".history")
    t.equal(t.run("log-list", "import", *good, "--output", history).status, PASS,
            "a history is made with --output")
    chrome = {"log_list_timestamp": "2026-06-01T00:00:00Z", "version": "9.1",
              "operators": GOOD["operators"]}
    future = with_state(versioned(GOOD, 9), "Alder2026h1", "readonly", "2099-01-01T00:00:00Z")
    for what, bad, code, words in (
            ("words", t.file("no list"), "log_list_unreadable", []),
            ("{}", t.file("{}"), "log_list_invalid", []),
            ("half a gzip", t.file(gzip.compress(text_of(GOOD))[:999]), "unreadable_input", []),
            ("nothing there", t.path(), "unreadable_input", []),
            ("a folder", t.folder, "unreadable_input", []),
            ("a history", history, "log_list_invalid", ["history", "--output"]),
            ("Chrome's", t.file(chrome), "log_list_other_source", ["--source"]),
            ("the future's", t.file(future), "log_list_from_future", ["clock"])):
        for before in ([], [GOOD]):
            for order in ([bad, *good], [*good, bad], [good[0], bad, good[1]]):
                state = State(t)
                for value in before:
                    state.takes(value)
                result = state.run("import", *order)
                state.fails(code, result, what, words=[os.path.basename(bad)[-40:], *words])
                lists = state.index().lists if before else {}
                t.equal(list(lists), [sha256(text_of(v)) for v in before], f"{what}: none")
                t.equal(state.run("import", *good).status, PASS, f"{what}: without it")
                t.equal(len(state.index().lists), 3, f"{what}: all")
                state.check_whole(what)
    state = State(t)
    t.equal(state.run("import", good[0], t.file(future), "--force").status, PASS, "by force")
    t.equal(state.run("import").status, USAGE, "no file")
    t.equal(state.run("import", "--source", "google", good[0]).status, USAGE, "no such source")


def test_beside_fetched(t):
    """Old lists beside the one that was fetched: that one stays as it is, and in hand."""
    state = State(t)
    state.takes(newer(3))
    before = state.index()
    good = [t.file(gzip.compress(text_of(value)), ".gz") for value in (GOOD, newer(3), newer(1))]
    result = state.run("import", *good)
    t.has(result.messages, "2 lists imported, 3 kept now", "counted")
    index = state.index()
    t.equal((index.in_hand, index.lists[index.in_hand]),
            (before.in_hand, before.lists[before.in_hand]), "the fetched one as before")
    t.equal({e["taken"] for s, e in index.lists.items() if s != index.in_hand}, {"imported"},
            "how the others came")
    t.equal(state.show("--at", "2026-05-25")["sha256"], sha256(text_of(GOOD)), "in force then")
    state.check_whole("imported")
    pinned = State(t)
    pinned.takes(newer(2))
    pinned.refresh(t.file(text_of(GOOD)), "--force")
    pinned.run("import", t.file(text_of(newer(1))))
    t.equal(pinned.show()["sha256"], sha256(text_of(GOOD)), "what is pinned stays so")


def test_verify(t):
    """Everything that refresh does, and nothing taken."""
    state = State(t)
    file = t.file(text_of(GOOD), ".json")
    result = state.run("verify", file)
    t.equal((result.status, result.err), (PASS, b""), "without a state folder", repr(result))
    t.equal(result.text, "apple log list 680, published 2026-05-20: 14 logs of 4 operators, "
            "would be taken\n", "in one line")
    t.check(not os.path.exists(state.path), "which it does not make")
    state.takes(newer(2))
    before = state.files()
    result = state.run("verify", file)
    t.equal(result.status, LISTS, "an older one", repr(result))
    t.has(result.messages, "ctpolicy: refused: The list is older", "why")
    t.has(result.text, "would be refused", "in words")
    t.equal(state.run("verify", "--force", file).status, PASS, "by force it would be")
    result = state.run("verify", "-", stdin=text_of(newer(3)))
    t.equal((result.status, result.err), (PASS, b""), "standard input", repr(result))
    with Server() as server:
        result = state.run("verify", server.set("/", content(text_of(newer(3)))))
        t.equal(result.status, PASS, "a URL", repr(result))
        result = state.run("verify", server.set("/", status(404)))
        t.check(result.status == LISTS and result.messages.endswith("[fetch_status]\n"), "404",
                repr(result))
    out = t.path()
    t.equal(state.run("verify", "--output", out, file).out, b"", "--output")
    t.has(read(out, "r"), "would be refused", "there")
    t.equal(state.files(), before, "nothing was taken")
    for args in ([], [file, file], ["--url", file]):
        t.equal(state.run("verify", *args).status, USAGE, f"verify {args}")
    long = os.path.join(t.path(), *["folder" * 30] * 6)
    os.makedirs(long)
    for command in ("verify", "import"):
        result = state.run(command, os.path.join(long, "list.json"))
        t.check(result.status == LISTS and result.messages.endswith("[unreadable_input]\n"),
                f"{command}: a long name", repr(result))


# Signatures.

def sign(key, text, t):
    out, data = t.path(".sig"), t.file(text)
    openssl("dgst", "-sha256", "-sign", key, "-out", out, data)
    return out


def make_keys(t):
    """(private, public) files by kind."""
    out = {}
    for kind, args in (("RSA", ["genrsa", "-out"]), ("other", ["genrsa", "-out"]),
                       ("EC", ["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out"])):
        private, public = t.path(".pem"), t.path(".pem")
        openssl(*args, private)
        openssl("pkey", "-in", private, "-pubout", "-out", public)
        out[kind] = (private, public)
    return out


def test_signature(t):
    keys = make_keys(t)
    text, wrong = text_of(GOOD), text_of(newer())
    file = t.file(text, ".json")
    with Server() as server:
        for kind in ("RSA", "EC"):
            private, public = keys[kind]
            good = sign(private, text, t)
            url = server.set("/sig", content(read(good)))
            for signature in (good, url, "file://" + good):
                state = State(t)
                state.refresh(file, "--signature", signature, "--public-key", public, what=kind)
                t.equal(state.index().in_hand, sha256(text), f"{kind}: taken")
                t.equal(state.run("verify", "--signature", signature, "--public-key", public,
                                  file).status, PASS, f"{kind}: verify")
                bad = sign(private, wrong, t)
                result = state.refresh(file, "--signature", bad, "--public-key", public,
                                       want=LISTS, what=f"{kind}: not even the same list again")
                state.fails("log_list_signature_invalid", result, f"{kind}: again", sha256(text))
            cases = [("of another list", sign(private, wrong, t), public, ""),
                     ("by another key", good, keys["other"][1], ""),
                     ("that is cut", t.file(read(good)[:-1]), public, ""),
                     ("that is empty", t.file(""), public, ""),
                     ("that is not there", t.path(), public, "unreadable_input"),
                     ("that is not served", server.set("/no", status(404)), public,
                      "fetch_status"),
                     ("that is too long", t.file(b"x" * (1 << 20)), public, "too_large"),
                     ("that is served too long", server.set("/long", content(b"x" * 16385)),
                      public, "fetch_too_large"),
                     ("by a key that is not there", good, t.path(), "unreadable_input"),
                     ("by a key that is none", good, t.file("no key"), ""),
                     ("by a private key", good, private, ""),
                     ("by a key of garbage", good, t.file(
                         "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"), None)]
            for what, signature, key, code in cases:
                state = State(t)
                args = ["--signature", signature, "--public-key", key]
                result = state.refresh(file, *args, "--force", want=LISTS, what=what)
                what = f"{kind}: a signature {what}"
                if code is not None:
                    state.fails(code or "log_list_signature_invalid", result, what)
                t.check(result.err.count(b"\n") == 1 and result.messages.endswith("]\n"), what,
                        repr(result))
                t.check(not state.index().lists, f"{what}: taken")
    state = State(t)
    for args in (["--signature", file], ["--public-key", file]):
        t.equal(state.run("refresh", *args).status, USAGE, f"{args[0]} alone")


class Signer:
    """What Chrome's lists are taken with: a signature, and the key that it is by."""

    def __init__(self, t):
        self.t = t
        self.private, self.public = make_keys(t)["RSA"]

    def args(self, text):
        return ["--signature", sign(self.private, text, self.t), "--public-key", self.public]


def test_signed_by_its_publisher(t):
    """A list of Chrome's is taken with its signature alone: the one beside it, by Google's key."""
    value = {"version": "90.1", "log_list_timestamp": "2026-09-01T12:00:00Z",
             "operators": GOOD["operators"]}
    text, other = text_of(value), text_of({**value, "version": "90.2"})
    private, public = make_keys(t)["RSA"]
    file = t.file(text, ".json")
    state = State(t, "chrome")
    result = state.refresh(file, want=LISTS, what="without a signature")
    state.fails("unreadable_input", result, "no signature",
                words=[file[:-5] + ".sig", "with its signature alone", "--signature"])
    result = state.run("refresh", "--source", "chrome", "--from-stdin", stdin=text)
    state.fails("log_list_signature_invalid", result, "standard input",
                words=["with its signature alone", "--signature"])
    for signed, args, what in ((text, [], "not by Google's key"),
                               (other, ["--public-key", public], "of another list")):
        with open(file[:-5] + ".sig", "wb") as out:
            out.write(read(sign(private, signed, t)))
        result = state.refresh(file, *args, want=LISTS, what=what)
        state.fails("log_list_signature_invalid", result, what, words=["signature"])
        t.equal(state.run("verify", "--source", "chrome", *args, file).status, LISTS,
                f"{what}: verify")
        result = state.refresh(file, *args, "--force", want=LISTS, what=f"{what}, by force")
        state.fails("log_list_signature_invalid", result, f"{what}, by force")
        t.check(not state.index().lists, f"{what}: not taken")
    with open(file[:-5] + ".sig", "wb") as out:
        out.write(read(sign(private, text, t)))
    t.equal(state.run("verify", "--source", "chrome", "--public-key", public, file).status, PASS,
            "verify")
    state.refresh(file, "--public-key", public, what="with the signature beside it")
    state.check_whole("signed")
    with Server() as server:
        url = server.set("/ct/list.json", content(text))
        server.set("/ct/list.sig", content(read(file[:-5] + ".sig")))
        served = State(t, "chrome")
        served.refresh(url, "--public-key", public, what="both from a server")
        t.equal(served.index().in_hand, sha256(text), "both from a server")
        served.refresh(url, "--public-key", public, what="again")
        server.set("/ct/list.sig", status(404))
        result = served.refresh(url, "--public-key", public, want=LISTS, what="no more signed")
        served.fails("fetch_status", result, "no more signed",
                     words=["with its signature alone", "stays in force"])
    lists = os.path.join(DATA, "chrome_lists")
    if not os.path.isdir(lists):
        t.skip(f"Chrome's lists: there are none in {DATA}")
        return
    google = State(t, "chrome")
    google.refresh(os.path.join(lists, "all_logs_list.json"), what="Google's own, by its own key")
    google.check_whole("Google's own")


def test_signature_later(t):
    """Asked for when the list is in hand already: "it is the same" is no signature."""
    private, public = make_keys(t)["RSA"]
    text = text_of(GOOD)
    with Server() as server:
        url = server.set("/list", content(text, '"one"'))
        for signed, want in ((text, PASS), (text_of(newer()), LISTS)):
            state = State(t)
            state.refresh(url)
            result = state.refresh(url, "--public-key", public, "--signature",
                                   sign(private, signed, t), want=want)
            if want == LISTS:
                state.fails("log_list_signature_invalid", result, "later", sha256(text))


def test_chrome(t):
    """Its own history in its own folder; a list of one source never gets into another's."""
    lists = os.path.join(DATA, "chrome_lists")
    value = {"version": "90.1", "log_list_timestamp": "2026-09-01T12:00:00Z",
             "operators": with_state(GOOD, "Alder2026h1", "readonly",
                                     "2026-08-30T00:00:00Z")["operators"]}
    text, later = text_of(value), text_of({**value, "version": "90.10",
                                           "log_list_timestamp": "2026-09-02T12:00:00Z"})
    signer = Signer(t)
    state = State(t, "chrome")
    state.takes(text, *signer.args(text))
    state.takes(later, *signer.args(later))
    t.equal(os.listdir(state.path), ["chrome"], "its own folder")
    state.check_whole("chrome")
    result = state.refresh(t.file(text), *signer.args(text), want=LISTS, what="90.1 after 90.10")
    t.check(result.messages.endswith("[log_list_rollback]\n"), "is older", repr(result))
    twin = State(t, "chrome")
    for version in ("90.1", "90.9", "90.25"):
        text = text_of({**value, "version": version})
        result = twin.takes(text, *signer.args(text))
        t.check("older than others" not in result.text,
                f"{version}: of the same moment, the later version", repr(result))
    for source, content_of in (("apple", text), ("chrome", text_of(GOOD)), ("mozilla", text)):
        other = State(t, source)
        result = other.refresh(t.file(content_of), want=LISTS, what=f"{source}: another's")
        theirs = "apple" if source == "chrome" else "chrome"
        other.fails("log_list_other_source", result, source,
                    words=["--source", f"{source}'s", f'"{theirs}"'])
        t.check(not other.index().lists, f"{source}: not taken")
    apple = State(t, path=state.path)
    apple.takes(GOOD)
    t.equal(apple.show()["name"], "apple", "both in one folder: Apple's where nothing is said")
    t.equal(apple.show("--source", "chrome")["version"], "90.10", "and Chrome's")
    state.check_whole("chrome, beside Apple's")
    if not os.path.isdir(lists):
        t.skip(f"Chrome's lists: there are none in {DATA}")
        return
    state = State(t, "chrome")
    args = ["--public-key", os.path.join(lists, "log_list_pubkey.pem"),
            "--signature", os.path.join(lists, "all_logs_list.sig")]
    state.refresh(os.path.join(lists, "all_logs_list.json"), *args, what="with its signature")
    state.check_whole("chrome's own")
    result = state.refresh(os.path.join(lists, "all_logs_list_v89.22_2026-08-18.json"), *args,
                           want=LISTS, what="with that of another list")
    t.check(result.messages.endswith("[log_list_signature_invalid]\n"), "which it is not",
            repr(result))


def test_mozilla(t):
    state = State(t, "mozilla")
    result = state.refresh(None, want=USAGE, what="without a URL")
    t.has(result.messages, "--url", "says what to do")
    text = text_of({"version": "1", "operators": GOOD["operators"]})
    plain = text_of({"operators": GOOD["operators"]})
    state.refresh(t.file(plain), what="a v3 list")
    t.equal(list(state.index().lists), [sha256(plain)], "is kept")
    state.check_whole("mozilla")
    t.check(text != plain and os.listdir(state.path) == ["mozilla"], "in its own folder")
    folder = os.path.join(DATA, "mozilla_lists")
    if not os.path.isdir(folder):
        t.skip(f"Mozilla's lists: there are none in {DATA}")
        return
    state = State(t, "mozilla")
    for name in sorted(os.listdir(folder)):
        state.refresh(os.path.join(folder, name), what=name)
    t.equal(len(state.index().lists), len(os.listdir(folder)), "Mozilla's lists")


def test_usage(t):
    state = State(t)
    file = t.file(text_of(GOOD))
    for args in (["--timeout", "0"], ["--timeout", "x"], ["--timeout", "3601"],
                 ["--source", "firefox"], ["--from-stdin", "--url", file], [file],
                 ["--from-stdin=1"], ["--force", "--force"], ["--url"], ["--retries", "3"],
                 [word for _ in range(40) for word in ("--url", file)]):
        result = state.run("refresh", *args)
        t.equal((result.status, result.out), (USAGE, b""), f"refresh {args[:3]}",
                repr(result)[:500])
        t.check(result.err.count(b"\n") == 1, f"refresh {args[:3]}: a line", repr(result)[:500])
    t.check(not os.path.exists(state.path), "nothing is written")
    for name, value, want in (("TIMEOUT", "5", PASS), ("TIMEOUT", "x", USAGE),
                              ("FORCE", "maybe", USAGE), ("SOURCE", "firefox", USAGE)):
        result = state.refresh(file, env={"CTPOLICY_" + name: value}, want=want,
                               what=f"CTPOLICY_{name}={value}")
    out = t.path()
    result = state.refresh(t.file(text_of(newer())), "--output", out)
    t.equal(result.out, b"", "--output")
    t.has(read(out, "r"), "Taken: apple log list 681", "has what changed")
    os.unlink(out)
    state.refresh(t.file(text_of(newer())), "--output", out)
    t.check(not os.path.exists(out), "which nothing is")
    result = state.refresh(t.file(text_of(newer(2))), "--output", "/nowhere/out", want=3)
    t.check(result.messages.endswith("[output_failed]\n"), "no such output", repr(result))
    t.equal(state.show()["version"], "681", "which is seen before the list is taken")
    rejected = newer(3)
    for op in rejected["operators"]:
        for log in op["logs"] + op.get("tiled_logs", []):
            log["state"] = {"rejected": {"timestamp": next(iter(log["state"].values()))["timestamp"]}}
    bad = t.file(text_of(rejected))
    result = t.run("log-list", "import", "--state-dir", state, bad)
    t.equal(result.status, LISTS, "a list that would take the place of the fetched one", repr(result))
    t.has(result.messages, "--force [log_list_shrunk]", "is checked as in a refresh")
    t.equal(state.show()["version"], "681", "and stays out")
    for command in ("refresh", "verify", "import", "prune"):
        result = t.run("log-list", command, "--help")
        t.equal((result.status, result.err), (PASS, b""), f"{command} --help")
        t.has(result.text, "--state-dir DIR", f"{command} --help")
    t.check(os.path.isdir(SAMPLES), "the samples")


run_all("import", globals())
