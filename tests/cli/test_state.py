#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The state folder: where it is, who may write it, what check, audit and show make of it, what
prune removes, what is damaged, and what an interrupted writer left."""
import calendar
import gzip
import json
import os
import shutil
import stat
import time

from lib import FAIL, LISTS, PASS, USAGE, loads, read, run_all, sample
from refresh_lib import (CAN_BE_OTHER, GOOD, State, apple_files, as_other_user, at_clock, newer,
                         sha256, text_of, versioned)

CERT = sample("compliant.pem")
FIRST, SECOND, THIRD = GOOD, newer(1), newer(2)
HASHES = [sha256(text_of(value)) for value in (FIRST, SECOND, THIRD)]
DAY = 86400


def seconds(text):
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))


def three(t):
    state = State(t)
    for value in (FIRST, SECOND, THIRD):
        state.takes(value)
    return state


# Where it is.

def test_default_place(t):
    """--state-dir, $CTPOLICY_STATE_DIR, the system's if it is writable, else one's own."""
    file = t.file(text_of(GOOD), ".json")
    named, env_named = State(t), State(t)
    t.run("log-list", "refresh", "--state-dir", named, "--url", file,
          env={"CTPOLICY_STATE_DIR": env_named.path})
    t.check(named.index().in_hand and not os.path.exists(env_named.path), "the option wins")
    t.run("log-list", "refresh", "--url", file, env={"CTPOLICY_STATE_DIR": env_named.path})
    t.equal(env_named.index().in_hand, HASHES[0], "the environment")
    for command in ("refresh", "verify", "show", "import", "prune"):
        args = {"refresh": ["--url", file], "prune": ["--keep-days", "1"], "show": []}
        result = t.run("log-list", command, "--state-dir=", *args.get(command, [file]))
        t.check(result.status in (USAGE, LISTS) and b"--state-dir has no name" in result.err,
                f"{command}: a folder without a name", repr(result))
    home, xdg = t.path(), t.path()
    for folder in (home, xdg):
        os.mkdir(folder)
        os.chmod(folder, 0o777)
    for what, env, want in (("XDG_STATE_HOME", {"XDG_STATE_HOME": xdg, "HOME": home},
                             xdg + "/ctpolicy"),
                            ("HOME", {"HOME": home}, home + "/.local/state/ctpolicy"),
                            ("XDG_STATE_HOME that is relative",
                             {"XDG_STATE_HOME": "x", "HOME": home},
                             home + "/.local/state/ctpolicy")):
        env = {**env, "CTPOLICY_STATE_DIR": ""}
        if not CAN_BE_OTHER:
            t.skip(f"{what}: needs another user")
            continue
        result = as_other_user(t, "log-list", "refresh", "--url", file, env=env)
        t.equal((result.status, result.err), (PASS, b""), what, repr(result)[:600])
        t.equal(State(t, path=want).index().in_hand, HASHES[0], f"{what}: there")
        result = as_other_user(t, "log-list", "show", "--format", "json", env=env)
        t.equal(result.json()["sha256"], HASHES[0], f"{what}: found by who reads")
        shutil.rmtree(want)
    if CAN_BE_OTHER:
        nowhere = {"CTPOLICY_STATE_DIR": "", "HOME": ""}
        result = as_other_user(t, "log-list", "refresh", "--url", file, env=nowhere)
        t.equal(result.status, USAGE, "no place at all", repr(result))
        t.has(result.messages, "--state-dir", "says what to do")
        result = as_other_user(t, "check", "--at", "2026-06-02", "-", env=nowhere,
                               stdin=read(CERT))
        t.equal((result.status, result.err), (FAIL, b""), "who reads needs none", repr(result))


def test_modes(t):
    """Readers are others: 0755 and 0644 whatever the umask, and no more."""
    for mask in (0o077, 0o000, 0o027):
        state = State(t)
        old = os.umask(mask)
        try:
            state.takes(FIRST)
            state.takes(SECOND)
            state.run("import", t.file(text_of(THIRD)))
            state.run("prune", "--keep-days", "99")
        finally:
            os.umask(old)
        for folder, _, names in os.walk(state.path):
            t.equal(stat.S_IMODE(os.stat(folder).st_mode), 0o755, f"umask {mask:o}: {folder}")
            for name in names:
                mode = stat.S_IMODE(os.stat(os.path.join(folder, name)).st_mode)
                t.equal(mode, 0o644, f"umask {mask:o}: {name}")


def test_unsafe(t):
    """Who may write there chooses the list: such a folder is neither written nor read."""
    base = State(t)
    base.takes(FIRST)
    for where in ((), ("apple",), ("apple", "lists")):
        for mode in (0o775, 0o757, 0o777, 0o1777):
            state = base.copy()
            folder = os.path.join(state.path, *where)
            os.chmod(folder, mode)
            what = f"{'/'.join(where) or 'STATE'} {mode:o}"
            for args in (["refresh", "--url", t.file(text_of(SECOND))], ["prune", "--keep-days=1"],
                         ["import", t.file(text_of(SECOND))]):
                result = state.run(*args)
                state.fails("state_unsafe", result, f"{args[0]}: {what}", words=["go-w"])
            if len(where) < 2:  # a list is what its hash says, whoever wrote it
                result = state.run("show")
                state.fails("state_unsafe", result, f"show: {what}", words=["go-w"])
                result = t.run("check", "--state-dir", state, CERT)
                t.equal((result.status, result.out), (LISTS, b""), f"check: {what}",
                        repr(result)[:400])
    if os.geteuid() == 0:
        for where in ((), ("apple",)):
            state = base.copy()
            os.chown(os.path.join(state.path, *where), 65534, 65534)
            result = state.refresh(t.file(text_of(SECOND)), want=LISTS)
            state.fails("state_unsafe", result, "another's folder", words=["another user"])
    else:
        t.skip("another's folder: needs root")
    state = State(t, path=t.file("no folder"))
    result = state.refresh(t.file(text_of(SECOND)), want=LISTS)
    t.check(result.messages.endswith("]\n") and result.err.count(b"\n") == 1, "no folder",
            repr(result))


def test_read_only(t):
    """A folder, or an index, that this user may not write or read."""
    base = State(t)
    base.takes(FIRST)
    file = t.file(text_of(SECOND))
    if not CAN_BE_OTHER:
        t.skip("permissions: needs setpriv")
        return
    for what, part, mode in (("a read-only folder", "", 0o555),
                             ("a read-only lists/", "lists", 0o555),
                             ("an unreadable index", "index", 0o000),
                             ("an unreadable folder", "", 0o000)):
        state = base.copy()
        if os.geteuid() == 0:
            for folder, _, names in os.walk(state.path):
                for path in [folder] + [os.path.join(folder, name) for name in names]:
                    os.chown(path, 65534, 65534)
        os.chmod(state.file(part), mode)
        result = as_other_user(t, "log-list", "refresh", "--state-dir", state, "--url", file)
        t.equal((result.status, result.out, result.err.count(b"\n")), (LISTS, b"", 1), what,
                repr(result))
        t.has(result.messages, "ermission denied", f"{what}: says why")
        os.chmod(state.file(part), 0o755)
        t.equal(list(state.index().lists), [HASHES[0]], f"{what}: nothing was taken")


# What is made of it.

def reports(t, *options, at):
    out = []
    for args in (["check", "--format", "json", CERT], ["audit", "--format", "ndjson", CERT]):
        result = t.run(*args[:1], *options, "--at", at, *args[1:])
        t.check(result.status in (PASS, FAIL), f"{args[0]} {at}", repr(result)[:500])
        value = loads(result.out)
        out.append(value[0] if isinstance(value, list) else value)
    return out


def test_in_force(t):
    """check, audit and show judge by the list that was in force, of the folder's and the
    program's together; a folder given as --log-list speaks for itself alone."""
    state = three(t)
    for at, want, basis in (("2026-06-03T00:00:00Z", HASHES[2], "exact"),
                            ("2026-06-01T23:59:59Z", HASHES[1], "exact"),
                            ("2026-06-01T00:00:00Z", HASHES[1], "exact"),
                            ("2026-05-31T23:59:59Z", HASHES[0], "exact"),
                            ("2026-05-20T15:59:59Z", None, "exact"),
                            ("2026-01-01T00:00:00Z", None, "exact")):
        both = ["--state-dir", state]
        shown = t.run("log-list", "show", *both, "--at", at, "--format", "json").json()
        if want:
            t.equal(shown["sha256"], want, f"show {at}")
        else:
            t.equal(shown["source"], "bundled", f"show {at}: the program's own")
        for report in reports(t, *both, at=at):
            t.equal((report["log_list"]["sha256"], report["log_list"]["basis"]),
                    (shown["sha256"], basis), f"judged by it, {at}")
        alone = reports(t, "--log-list", state, at=at)[0]["log_list"]
        t.equal((alone["sha256"], alone["basis"]),
                (want or HASHES[0], basis if want else "extrapolated"), f"alone, {at}")
    state.refresh(t.file(text_of(FIRST), ".json"), "--force", what="back to an older one")
    later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + DAY))
    for options in (["--state-dir", state], ["--log-list", state]):
        for at, want in ((later, HASHES[0]), ("2026-06-03T00:00:00Z", HASHES[2])):
            for report in reports(t, *options, at=at):
                t.equal((report["log_list"]["sha256"], report["log_list"]["basis"]),
                        (want, "exact"), f"pinned since now, at {at}")
    result = t.run("check", "--state-dir", t.path(), "--at", "2026-06-02", CERT)
    t.has(result.messages, "there is no state folder", "a folder that is named must be there")


def plain(report, ignored):
    """As text, without when its list was fetched, and so how old it is."""
    for name in ("fetched_at", "age_days", "stale", *ignored):
        del report["log_list"][name]
    report["findings"] = [f for f in report["findings"] if not f["code"].startswith("log_list_")]
    return json.dumps(report)


def test_same_reports(t):
    """The same lists from anywhere give the same bytes, apart from when they were fetched."""
    files = apple_files()[-3:]
    if not files:
        t.skip("reports by Apple's lists: there are none")
    # The export has the facts of the newest list in the program, in other bytes.
    export = t.run("log-list", "export", "--at", "2026-04-05").out
    for names, ignored in (([t.file(export, ".json")], ("sha256",)), (files, ())):
        taken, imported = State(t), State(t)
        for name in names:
            taken.refresh(name)
            imported.run("import", name)
        ways = {"the program": [], "both": ["--state-dir", taken],
                "both, imported": ["--state-dir", imported], "alone": ["--log-list", taken],
                "imported alone": ["--log-list", imported]}
        for at in ("2026-04-05T00:00:00Z", "2026-06-02T00:00:00Z") if names else ():
            got = {way: [plain(r, ignored) for r in reports(t, *args, at=at)]
                   for way, args in ways.items()}
            for way, value in got.items():
                t.equal(value, got["the program"], f"{way}, {len(names)} lists, {at}")


def finding_codes(report):
    return {f["code"] for f in report["findings"] + report["policies"][0]["findings"]}


def test_age(t):
    """30 days at risk, 45 ageing, 60 stale, by the day on which it was last fetched."""
    clock = seconds("2026-07-01T12:00:00Z")
    if not at_clock(clock):
        t.skip("ages: needs clock.so")
        return
    state = State(t)
    state.takes(FIRST, env=at_clock(clock - 5 * DAY))
    state.takes(FIRST, env=at_clock(clock))
    levels = ("log_list_at_risk", "log_list_ageing", "log_list_stale")
    fetched = seconds(state.show("--at", "2026-07-02")["fetched_at"])
    t.check(abs(fetched - clock) < 120, "when it was fetched last")
    for days, level in ((30, 0), (45, 1), (60, 2)):
        for past, want in ((-1, level - 1), (0, level)):
            at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(fetched + days * DAY + past))
            for report in reports(t, "--state-dir", state, at=at):
                t.equal(finding_codes(report) & set(levels), {levels[want]} if want >= 0 else set(),
                        f"{days} days, {past} s")
                t.equal(report["log_list"]["stale"], want == 2, f"stale: {days} days, {past} s")
            text = t.run("log-list", "show", "--state-dir", state, "--at", at).text
            t.equal("STALE" in text, want == 2, f"show: {days} days, {past} s")
    strict = ["check", "--strict", "--at", time.strftime(
        "%Y-%m-%dT%H:%M:%SZ", time.gmtime(fetched + 60 * DAY)), CERT]
    t.equal(t.run(*strict, "--state-dir", state).status, FAIL, "--strict makes it count")
    before = state.show("--at", "2026-06-20T00:00:00Z")
    t.equal((before["fetched_at"], round(before["age_days"], 1)), (None, 30.3),
            "before it was fetched it is as old as its publication")


def test_max_age(t):
    """One line for a monitoring system; on both sides of the limit."""
    state = State(t)
    clock = seconds("2026-07-01T12:00:00Z")
    if not at_clock(clock):
        t.skip("--max-age: needs clock.so")
        return
    state.takes(FIRST, env=at_clock(clock))
    fetched = seconds(state.show("--at", "2026-07-02")["fetched_at"])
    for past, want, word in ((0, PASS, "OK"), (1, LISTS, "CRITICAL")):
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(fetched + 3 * DAY + past))
        result = state.run("show", "--max-age", 3, "--at", at)
        t.equal((result.status, result.err), (want, b""), f"{word}: exit status", repr(result))
        t.check(result.text.startswith(f"LOG LIST {word} - apple 680, 3.0 days old (limit 3), ")
                and result.out.count(b"\n") == 1, f"{word}: one line", repr(result))
        t.has(result.text, " | age=3.000;;3\n", "the numbers of it")
    for bad in ("x", "-1", "1.5", "36501"):
        t.equal(state.run("show", "--max-age=" + bad).status, USAGE, f"--max-age {bad}")
    t.has(t.run("log-list", "show", "--max-age", 1, "--state-dir", t.path()).text, "CRITICAL",
          "the program's own has an age as well")


# Pruning.

def test_prune(t):
    """Only what no time of check from then on could need, on both sides of the day."""
    base = State(t)
    base.takes(FIRST)
    base.takes(SECOND)
    base.takes(THIRD)
    second = seconds("2026-06-01T00:00:00Z")  # published
    if not at_clock(second):
        t.skip("pruning at a time: needs clock.so")
        return
    for what, now, days, left in (
            ("a second before the second was in force", second - 1, 0, HASHES),
            ("from when it was in force", second, 0, HASHES[1:]),
            ("ten days later, ten days", second + 10 * DAY, 10, HASHES[1:]),
            ("ten days later, ten days and a second", second + 10 * DAY - 1, 10, HASHES),
            ("ten days later, nine days", second + 10 * DAY, 9, HASHES[2:]),
            ("years later", second + 2000 * DAY, 0, HASHES[2:])):
        state = base.copy()
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(max(now - days * DAY, second)))
        before = state.show("--at", at)["sha256"]
        result = state.run("prune", "--keep-days", days, env=at_clock(now))
        t.equal((result.status, result.err), (PASS, b""), what, repr(result))
        t.equal(sorted(state.index().lists), sorted(left), f"{what}: what is left")
        t.equal(result.out.count(b"removed: apple log list"), 3 - len(left), f"{what}: said")
        state.check_whole(what)
        t.equal(state.show("--at", at)["sha256"], before, f"{what}: and in force as before")
    state = base.copy()
    state.refresh(t.file(text_of(FIRST), ".json"), "--force")
    state.run("prune", "--keep-days", 0)
    t.equal(sorted(state.index().lists), sorted([HASHES[0], HASHES[2]]),
            "the one in hand stays, and so does the last")
    t.equal(state.show()["sha256"], HASHES[0], "it is in force")
    state.check_whole("pinned")
    for args in ([], ["--keep-days", "-1"], ["--keep-days", "x"], ["--keep-days", "36501"],
                 ["--keep-days", "1", "file"]):
        t.equal(state.run("prune", *args).status, USAGE, f"prune {args}")
    empty = State(t)
    t.equal(empty.run("prune", "--keep-days", 1).status, PASS, "nothing to prune")


def test_prune_same_day(t):
    """Of two lists of one publication time the later version is in force, and stays."""
    later = versioned(FIRST, 0)
    later["assetVersion"] += 1
    for order in ((FIRST, later), (later, FIRST)):
        state = State(t)
        state.run("import", *[t.file(text_of(value)) for value in order])
        t.equal(state.index().in_hand, sha256(text_of(later)), "in hand")
        state.run("prune", "--keep-days", 0)
        t.equal(list(state.index().lists), [sha256(text_of(later))], "the one in force stays")
        t.equal(state.show()["sha256"], sha256(text_of(later)), "and is so still")


# Damage.

def damage(path, how):
    data = read(path)
    with open(path, "wb") as file:
        if how == "cut":
            file.write(data[:len(data) // 2])
        elif how == "a bit":
            at = len(data) // 2
            file.write(data[:at] + bytes([data[at] ^ 1]) + data[at + 1:])
        elif how == "zeros":
            file.write(bytes(len(data)))
    if how == "gone":
        os.unlink(path)


def test_damage(t):
    """Found by its hash, put aside, said; what is whole is used, and the next refresh mends."""
    base = three(t)
    last, older = base.list_file(HASHES[2]), base.list_file(HASHES[0])
    cases = {"the list in hand": [last], "an older list": [older], "two lists": [last, older],
             "the index": ["index"], "the history": ["history"],
             "the index before": ["index.previous"], "index and history": ["index", "history"],
             "both indexes": ["index", "index.previous"],
             "all but the lists": ["index", "index.previous", "history"],
             "index and the list in hand": ["index", last],
             "all": ["index", "index.previous", "history", last, older]}
    for what, names in cases.items():
        for how in ("cut", "a bit", "zeros", "empty", "gone"):
            check_damage(t, base, f"{what}: {how}", names, how)


def check_damage(t, base, what, names, how):
    state = base.copy()
    for name in names:
        damage(state.file("lists", os.path.basename(name)) if "/" in name else state.file(name),
               how)
    lost = {os.path.basename(name)[:64] for name in names if "/" in name}
    kept = [sha for sha in HASHES if sha not in lost]
    for command in (["log-list", "show", "--format", "json"], ["check", "--format", "json", CERT]):
        result = t.run(*command, "--state-dir", state, "--at", "2026-06-03")
        t.check(result.status in (PASS, FAIL) and result.out, f"{what}: is read",
                repr(result)[:500])
    result = state.refresh(t.file("{}"), want=LISTS, what=what)
    t.check(result.messages.endswith(" [log_list_invalid]\n"), f"{what}: fails for its own reason",
            repr(result))
    warnings = result.messages.splitlines()[:-1]
    t.check(all(line.startswith("ctpolicy: warning: ") for line in warnings),
            f"{what}: warnings before it", repr(result))
    t.check(warnings or not set(names) - {"index.previous", "history"} or
            names == ["index"] and how == "gone", f"{what}: it is said", repr(result))
    state.check_whole(what)
    t.equal(sorted(state.index().lists), sorted(kept), f"{what}: all that is whole is kept")
    t.equal(state.show()["sha256"], kept[-1], f"{what}: the last good one is in force")
    for name in names:
        aside = state.file("damaged", os.path.basename(name))
        t.check("/" not in name or how == "gone" or os.path.exists(aside), f"{what}: put aside")
    again = state.refresh(t.file(text_of(THIRD), ".json"), what=what)
    t.check(not again.err, f"{what}: then it is said no more", repr(again))
    t.equal(state.show()["sha256"], HASHES[2], f"{what}: mended")
    state.check_whole(f"{what}: mended")


def test_leftovers(t):
    """What an interrupted writer left is cleared by the next one, and takes no part."""
    state = State(t)
    state.takes(FIRST)
    text = text_of(SECOND)
    left = ["index.new", "history.new", "index.previous.new",
            "lists/" + HASHES[1] + ".json.gz.Ab12Cd"]
    for name in left:
        with open(state.file(name), "wb") as file:
            file.write(b"half")
    with open(state.list_file(HASHES[1]), "wb") as file:  # written, and not taken
        file.write(gzip.compress(text))
    t.equal(state.show()["sha256"], HASHES[0], "readers do not see it")
    state.refresh(t.file("{}"), want=LISTS)
    t.equal(list(state.index().lists), [HASHES[0]], "a list that was not taken is not in force")
    t.check(not os.path.exists(state.list_file(HASHES[1])), "nor kept")
    state.check_whole("leftovers")
    with open(state.list_file(HASHES[1]), "wb") as file:
        file.write(gzip.compress(text))
    result = state.refresh(t.file(text, ".json"))
    t.has(result.text, "Taken: apple log list 681", "the next one takes it, and says so")
    state.check_whole("taken")
    with open(state.file("lists", "README"), "wb") as file:
        file.write(b"mine")
    state.refresh(t.file(text, ".json"))
    t.check(os.path.exists(state.file("lists", "README")), "what is not ours is left alone")


run_all("state", globals())
