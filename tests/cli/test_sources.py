#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Log lists of several sources side by side: given, kept, refreshed, shown, bundled; and the
operators that a log had before."""
import copy
import datetime
import os
import re
import shutil

from lib import AT, DATA, FAIL, LIST, LISTS, PASS, ROOT, SCHEMAS, UNKNOWN, USAGE, read, run_all, sample
from refresh_lib import GOOD, State, logs_of, newer, sha256, text_of

SOURCES = ("apple", "chrome", "mozilla")
CHROME = {"version": "90.1", "log_list_timestamp": "2026-05-21T12:00:00Z",
          "operators": GOOD["operators"]}
MOZILLA = {"log_list_timestamp": "2026-05-22T12:00:00Z", "operators": GOOD["operators"]}
CERT = sample("compliant.pem")
# From so many days on clients do not use a list of that source any more.
OFF_DAYS = {"apple": 60, "chrome": 70, "mozilla": 70}
TIMES = ["--not-before", "2026-06-01", "--not-after", "2026-08-01"]


def show(t, *args):
    return t.run("log-list", "show", "--format", "json", *args).json()


def test_named(t):
    """--log-list once a source: each serves its own."""
    files = {"apple": LIST[1], "chrome": t.file(text_of(CHROME), ".json"),
             "mozilla": t.file(text_of(MOZILLA), ".json")}
    every = [word for path in files.values() for word in ("--log-list", path)]
    for args in (every, every[2:] + every[:2]):
        t.equal(t.judge(*args, CERT)["log_list"]["name"], "apple", "a policy's own list")
        for source, name in (("apple", "apple"), ("chrome", "chrome"), ("mozilla", "v3")):
            shown = show(t, "--source", source, *args, *AT)
            t.equal((shown["name"], shown["source"], shown["basis"]),
                    (name, files[source], "given"), source)
        t.equal(show(t, *args)["name"], "apple", "Apple's where nothing is said")
    t.equal(show(t, *every[2:])["name"], "chrome", "the first where there is none of Apple's")
    for other in (LIST[1], t.file(text_of(newer()), ".json"),
                  os.path.join(ROOT, "loglists", "apple.history")):
        for command in (["check", CERT], ["audit", CERT], ["log-list", "show"],
                        ["plan", "--not-before", "2026-06-01", "--not-after", "2026-08-01"]):
            result = t.run(*command, *every, "--log-list", other)
            t.equal((result.status, result.out), (USAGE, b""), f"{command}: two of Apple's",
                    repr(result))
            for word in (f"--log-list {LIST[1]}"[:80], "apple's lists"):
                t.has(result.messages, word, f"{command}: which two")
    result = t.run("log-list", "show", "--source", "mozilla", *LIST)
    t.equal(result.status, LISTS, "a source that is not there")
    t.has(result.messages, "mozilla's", "is named")
    t.has(result.messages, "[log_list_missing]", "a code")


def test_how_to_get_it(t):
    """What is said of a list that is missing, or old, is a command that works: Mozilla publishes none at an
    address of its own."""
    result = t.run("check", *LIST, *AT, "--policy", "all", CERT)
    text = " ".join(result.text.split())
    t.has(text, "(ctpolicy log-list refresh --source chrome), or name", "Chrome's")
    t.has(text, "(ctpolicy log-list refresh --source mozilla --url URL), or name", "Mozilla's")
    result = t.run("check", *LIST, *AT, "--policy", "chrome,apple-tls", "--issuer", sample("root.pem"), CERT)
    t.has(" ".join(result.text.split()), "(ctpolicy log-list refresh --source chrome), or name", "beside one of no list")
    for policies, source, words in (("mozilla", "mozilla", " --source mozilla --url URL;"),
                                    ("chrome", "chrome", " --source chrome;"), ("apple", "apple", ";"),
                                    ("all", "mozilla", " --source mozilla --url URL;"),
                                    ("all", "apple", " --source apple;")):
        result = t.run("check", "--at", "2027-06-01", "--policy", policies, CERT)
        text = " ".join(result.text.split())
        t.has(text, f"(ctpolicy log-list refresh{words}", f"stale, {policies}: {source}")
    planned = t.run("plan", "--at", "2027-06-01", "--policy", "mozilla", *TIMES)
    t.has(" ".join(planned.text.split()), "(ctpolicy log-list refresh --source mozilla --url URL; ", "plan: stale")


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def stale_by(t, source, file, at):
    """Whether the list is stale, as each command has it."""
    given = ["--policy", source, "--log-list", file, "--at", at]
    result = t.run("log-list", "show", "--log-list", file, "--at", at)
    return {
        "check": t.judge(*given, CERT)["log_list"]["stale"],
        "plan": t.run("plan", "--format", "json", *given, *TIMES).json()["log_list"]["stale"],
        "show": show(t, "--log-list", file, "--at", at)["stale"],
        "show in words": "(STALE)" in result.text}


def test_one_age(t):
    """How long clients use a list is its policies' to say, whichever command is asked."""
    published = {"apple": "2026-05-20T16:00:00Z"}
    for source, value in (("apple", GOOD), ("chrome", CHROME), ("mozilla", MOZILLA)):
        file = t.file(text_of(value), ".json")
        begun = moment(published.get(source) or value["log_list_timestamp"])
        off = begun + datetime.timedelta(days=OFF_DAYS[source])
        # Firefox goes on for the whole of the 70th day's last millisecond.
        last = datetime.timedelta(seconds=1)
        for at, want in ((off - last, False), (off + last, True),
                         (begun + datetime.timedelta(days=64), source == "apple")):
            got = stale_by(t, source, file, at.strftime("%Y-%m-%dT%H:%M:%SZ"))
            t.equal(got, dict.fromkeys(got, want), f"{source} at {at}")


def test_plan_age(t):
    """Since when all clients know a log: by the list that its source's clients keep longest."""
    given = ["--log-list", LIST[1], "--log-list", t.file(text_of(CHROME), ".json")]
    for policy, args, days, words in (
            ("apple", given[:2], 60, ""), ("chrome", given[2:], 70, ""),
            ("apple,chrome", given, 70, "Chrome's log list is 71 days old")):
        value = t.run("plan", "--format", "json", "--policy", policy, *args, *TIMES,
                      "--at", "2026-07-31T12:00:00Z").json()
        for log in value["logs"]:
            begun = moment(log["state_since"])
            want = (begun + datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
            t.equal(log["known_to_all_clients_from"], want, f"{policy}: {log['description']}")
        told = [one["message"] for one in value["findings"] if one["code"] == "log_list_stale"]
        t.equal(len(told), 1, f"{policy}: stale")
        t.has("".join(told), words, f"{policy}: which list")


def test_strict(t):
    """--strict holds for every list that a policy was judged by."""
    def history(published):
        out = t.path(".history")
        t.run("log-list", "import", "--source", "chrome", "--output", out,
              t.file(text_of({**CHROME, "log_list_timestamp": published})))
        return ["--log-list", LIST[1], "--log-list", out, *AT]

    for published, words in (("2026-03-25T00:00:00Z", ""),  # 69 days before
                             ("2026-03-24T00:00:00Z", "Chrome's log list is stale"),
                             ("2026-06-20T00:00:00Z", "Chrome's log list is taken back")):
        for policies in ("apple,chrome", "chrome,apple", "apple,android"):
            args = ["--policy", policies, *history(published), CERT]
            for command in ("check", "audit"):
                what = f"{command} {policies}, {published}"
                t.equal(t.run(command, *args).status, PASS, f"{what}: passes")
                result = t.run(command, "--strict", *args)
                t.equal(result.status, FAIL if words else PASS, what, repr(result))
                t.has(result.messages, words if command == "check" else "", f"{what}: which")
        result = t.run("check", "--strict", "--policy", "chrome", *history(published), CERT)
        t.has(result.messages, words.replace("Chrome's", "the"), "the only one has no name")


def test_forgotten(t):
    """A log that a later list does not have may be one that Chrome took off it; Apple's list keeps them all."""
    left = [dict(one, logs=[], tiled_logs=one["tiled_logs"][:1]) for one in GOOD["operators"] if one.get("tiled_logs")]
    for source, want, verdict in (("apple", FAIL, "non_compliant"), ("chrome", UNKNOWN, "indeterminate")):
        base = {"apple": GOOD, "chrome": CHROME}[source]
        later, out = t.file(text_of({**base, "log_list_timestamp": "2026-07-01T00:00:00Z",
                                     "operators": left[-1:]})), t.path(".history")
        t.run("log-list", "import", "--source", source, "--output", out, later)
        report = t.judge("--log-list", out, *AT, "--policy", source, CERT, want=want)
        t.equal(report["policies"][0]["verdict"], verdict, source)


def test_said_of_each(t):
    """What there is to say of a list is said of each that was judged by, and of which."""
    for policies, named in (("apple,chrome", True), ("chrome,apple", True), ("chrome", False)):
        report = t.run("check", "--format", "json", "--policy", policies, "--client-age", "3650",
                       *AT, CERT).json()
        short = [one["message"] for one in report["findings"]
                 if one["code"] == "history_too_short"]
        t.equal(len(short), policies.count(",") + 1, f"{policies}: of each")
        t.equal([one for one in ("Apple", "Chrome") if any(f"lists of {one} " in said
                 for said in short)], ["Apple", "Chrome"] if named else [], policies)
        text = t.run("check", "--policy", policies, "--client-age", "3650", *AT, CERT).text
        t.equal(text.count("[history_too_short]"), len(short), f"{policies}: in the text")


def test_mixed_history(t):
    """A set of different sources as one text, and each of them out of it."""
    files = [t.file(text_of(value)) for value in (CHROME, GOOD, MOZILLA)]
    mixed = t.path(".history")
    t.equal(t.run("log-list", "import", *files, "--output", mixed).status, PASS, "a history")
    again = t.run("log-list", "import", *reversed(files), "--output", "-")
    t.check(again.out == read(mixed), "in any order the same bytes")
    once_more = t.run("log-list", "import", mixed, "--output", "-")
    t.check(once_more.out == read(mixed), "imported, it is itself")
    for source, version in (("apple", GOOD["version"]), ("chrome", "90.1"), ("mozilla", None)):
        t.equal(show(t, "--log-list", mixed, "--source", source, *AT)["version"], version, source)
    named = t.run("log-list", "import", "--source", "mozilla", files[2], "--output", "-")
    t.has(named.text, "\n  name mozilla\n", "whose list it is, where that was said")


def test_folder(t):
    """Each source has its own folder, and what happens to one is nothing to the others."""
    state = State(t, "mozilla")
    state.refresh(t.file(text_of(MOZILLA)))
    t.equal(state.show("--source", "mozilla", *AT)["name"], "mozilla", "it bears its source's name")
    t.has(read(state.file("history")).decode(), "\n  name mozilla\n", "in the history too")
    t.has(read(state.file("index")).decode(), "\n  name mozilla\n", "and in the index")
    apple = State(t, path=state.path)
    apple.takes(newer())
    before = state.files()
    for damage, args in (("index", ["--source", "mozilla"]), ("history", [])):
        broken = State(t, "mozilla", t.path("-state"))
        shutil.copytree(state.path, broken.path)
        for name in ("index", "index.previous"):
            if os.path.exists(broken.file(name)) and damage == "index":
                with open(broken.file(name), "wb") as out:
                    out.write(b"rubbish")
        if damage == "history":
            os.remove(broken.file("history"))
        result = t.run("log-list", "show", "--state-dir", broken.path, "--format", "json")
        t.equal((result.status, result.json()["sha256"]), (PASS, sha256(text_of(newer()))),
                f"{damage} damaged: Apple's list stays")
        t.equal(b"mozilla" in result.err, damage == "index", f"{damage}: is said", repr(result))
        t.equal(State(t, path=broken.path).index().in_hand, sha256(text_of(newer())), "kept")
    t.equal(state.files(), before, "nothing was written")
    result = state.run("prune", "--source", "mozilla", "--keep-days", "0")
    t.equal(result.status, PASS, "prune of one source")
    t.equal(apple.index().in_hand, sha256(text_of(newer())), "leaves the other alone")
    kept = t.run("log-list", "import", "--state-dir", state.path, "--source", "chrome",
                 t.file(text_of(CHROME)))
    t.equal(kept.status, PASS, "import by hand asks for no signature")
    t.equal(sorted(os.listdir(state.path)), list(SOURCES), "three folders")
    named = show(t, "--log-list", state.path, "--source", "mozilla")
    t.equal(named["sha256"], sha256(text_of(MOZILLA)), "a state folder as --log-list has all of them")


def test_refresh_several(t):
    """One after the other; one that fails stops nobody, and the exit status is the worst."""
    apple, mozilla = t.file(text_of(newer())), t.file(text_of(MOZILLA))
    state = State(t)

    def places(**urls):
        return [word for source, url in urls.items() for word in ("--url", f"{source}={url}")]

    result = state.run("refresh", "--source", "mozilla,apple",
                       *places(apple=apple, mozilla=mozilla))
    t.equal(result.status, PASS, "two of them", repr(result))
    t.equal(re.findall(r"^Taken: (\w+)", result.text, re.M), ["mozilla", "apple"], "in that order")
    t.equal(sorted(os.listdir(state.path)), ["apple", "mozilla"], "both are kept")
    again = State(t)
    result = again.run("refresh", "--source", "all",
                       *places(apple=apple, chrome=t.file("{}"), mozilla=mozilla))
    t.equal(result.status, LISTS, "one of all fails", repr(result))
    t.equal(re.findall(r"^Taken: (\w+)", result.text, re.M), ["apple", "mozilla"], "the others not")
    t.has(result.messages, "[log_list_invalid]", "why")
    t.equal(again.index().in_hand, sha256(text_of(newer())), "Apple's is kept")
    for args, part in (
            (["--source", "apple,firefox"], "firefox"),
            (["--source", "apple,apple"], "twice"),
            (["--source", ""], "no such source"),
            (["--source", "mozilla,apple"], "--url"),
            (["--source", "apple,mozilla", "--url", mozilla], "SOURCE=URL"),
            (["--source", "apple", *places(mozilla=mozilla)], "not asked for"),
            (["--source", "all", "--signature", apple], "--signature"),
            (["--source", "apple,chrome", "--from-stdin"], "--from-stdin")):
        result = State(t).run("refresh", *args)
        t.equal((result.status, result.out, result.err.count(b"\n")), (USAGE, b"", 1),
                f"{args}", repr(result))
        t.has(result.messages, part, f"{args}")


def test_bundled(t):
    """The program has the lists of three sources; loglists/ is what they are made from."""
    for source in SOURCES:
        path = os.path.join(ROOT, "loglists", f"{source}.history")
        shown = show(t, "--source", source)
        named = show(t, "--log-list", path)
        t.equal((shown["name"], shown["source"]), (source, "bundled"), source)
        t.equal(shown["sha256"], named["sha256"], f"{source}: what stands in the repository")
        t.check(t.run("log-list", "import", "--output", "-", path).out == read(path),
                f"{source}: is canonical")
        folder = os.path.join(DATA, f"{source}_lists")
        if not os.path.isdir(folder):
            t.skip(f"lists of {source}: there are none in {DATA}")
            continue
        files = [os.path.join(folder, name) for name in sorted(os.listdir(folder))
                 if "_v" in name and name.endswith(".json") and "schema" not in name]
        again = t.run("log-list", "import", "--source", source, "--output", "-", *files)
        t.check(len(files) > 1 and again.out == read(path), f"{source}: made of {len(files)} lists")


def test_named_alike(t):
    """What stands in files besides the one table of the sources: the help, schemas, the folder."""
    table = read(os.path.join(ROOT, "src", "loglist", "source.def"), "r")
    rows = tuple(re.findall(r"^SOURCE\((\w+),", table, re.M))
    t.equal(rows, SOURCES, "the table")
    t.has(t.run("log-list", "show", "--help").text, "--source " + "|".join(rows), "the help")
    t.equal(sorted(os.listdir(os.path.join(ROOT, "loglists"))),
            sorted(f"{name}.history" for name in rows), "the program's lists")
    for name in sorted(os.listdir(SCHEMAS)):
        schema = read(os.path.join(SCHEMAS, name), "r")
        for said in re.findall(r'"enum": \["apple", ([^]]*)\]', schema):
            t.equal(re.findall(r'"(\w+)"', said), [*rows[1:], "v3"], name)
    for args in (["log-list", "refresh"], ["log-list", "show"]):
        result = t.run(*args, "--source", "chrom")
        t.has(result.messages, "chrome", f"{args}: the nearest one")


def test_previous_operators(t):
    """Whose a log was, through every form, and in what is shown."""
    value = copy.deepcopy(CHROME)
    before = [{"name": "First & Co.", "end_time": "2025-01-01T00:00:00Z"},
              {"name": "Second", "end_time": "2026-01-01T00:00:00Z"}]
    logs_of(value)[0]["previous_operators"] = before
    file, plain = t.file(text_of(value), ".json"), t.file(text_of(CHROME), ".json")
    text = t.run("log-list", "show", "--log-list", file).text
    t.has(text, "of First & Co. until 2025-01-01, Second until 2026-01-01", "text")
    history, out = t.path(".history"), t.path(".json")
    t.run("log-list", "import", file, "--output", history)
    t.run("log-list", "export", "--log-list", history, "--output", out)
    for path in (file, history, out):
        shown = show(t, "--log-list", path, *AT)
        t.equal([log["previous_operators"] for log in shown["logs"]
                 if "previous_operators" in log], [before], f"{path}: JSON")
    result = t.run("log-list", "diff", plain, file, "--format", "json", *LIST)
    t.equal([log["changed"] for log in result.json()["logs"]], [["previous_operators"]], "a diff")
    t.validate(result.json(), result)
    result = t.run("log-list", "diff", plain, file, *LIST)
    t.has(result.text, "none -> First & Co. until 2025-01-01", "a diff in words")


run_all("sources", globals())
