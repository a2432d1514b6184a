#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A gap of the log lists: the list in force does not know a log, and a later one says that it was
usable by then. The verdict stays that of the list in force; what is said of it must not accuse
the certification authority alone."""
import base64
import copy
import html

from der import Certificate, join_list, pem, pem_to_ders, split_list
from lib import FAIL, LIST, PASS, loads, read, run_all, sample

GOOD = loads(read(sample("log_list.json")))
AT = "2026-06-02T00:00:00Z"
EARLY, LATE = "2026-01-01T00:00:00Z", "2026-08-01T00:00:00Z"


def logs_of(value):
    return [log for o in value["operators"] for kind in ("logs", "tiled_logs")
            for log in o.get(kind, [])]


def used_logs(t):
    report = t.run("check", "--at", AT, *LIST, "--format", "json", sample("compliant.pem")).json()
    return [sct["log"] for sct in report["scts"] if sct["counted"]]


def without(value, names):
    for operator in value["operators"]:
        for kind in ("logs", "tiled_logs"):
            if kind in operator:
                operator[kind] = [x for x in operator[kind] if x["description"] not in names]
    return value


def history(t, names, state="usable", since="2026-03-01T00:00:00Z", between=False):
    """A list of January that does not know `names`, and one of August that does; `between`: a
    list of July that does not either."""
    used, files = used_logs(t), []
    other = next(x["description"] for x in logs_of(GOOD) if x["description"] not in used)
    for version, published in ((1000, EARLY), (1001, "2026-07-01T00:00:00Z"), (1002, LATE)):
        if version == 1001 and not between:
            continue
        value = copy.deepcopy(GOOD)
        value["version"] = str(version)
        for log in logs_of(value):
            log["state"] = {"usable": {"timestamp": "2025-01-01T00:00:00Z"}}
            if log["description"] == other:
                log["state"] = {"usable": {"timestamp": published}}
            elif log["description"] in names:
                log["state"] = {state: {"timestamp": since}}
                if state == "readonly":
                    log["state"][state]["final_tree_head"] = {
                        "sha256_root_hash": "A" * 43 + "=", "tree_size": 1}
        files.append(t.file(value if version == 1002 else without(value, names)))
    path = t.path(".history")
    t.equal(t.run("log-list", "import", *files, "--output", path).status, PASS, "the history")
    return ["--log-list", path]


def finding(report, code):
    return next((f for f in report["findings"] if f["code"] == code), None)


def message(report, code):
    return next(f["message"] for p in report["policies"] for f in p["findings"]
                if f["code"] == code)


def judge(t, lists, *more):
    result = t.run("check", "--at", AT, *lists, *more, "--format", "json", sample("compliant.pem"))
    return result, result.json()


def test_story(t):
    name = used_logs(t)[0]
    lists = history(t, [name])
    result, report = judge(t, lists)
    t.equal((result.status, report["result"]), (FAIL, "fail"), "the verdict stays")
    t.equal(report["log_list"]["version"], "1000", "the list in force")
    gap = finding(report, "log_known_later")
    if not t.check(gap and gap["severity"] == "warning", "a finding", str(report["findings"])):
        return
    for part in (f"{name} (usable since 2026-03-01T00:00:00Z)", f"apple 1000 of {EARLY}",
                 f"apple 1002 of {LATE}", "was 152 days old then", "a gap of 212 days",
                 f"log-list export --at {LATE} --output", "--log-list", "log-list import"):
        t.has(gap["message"], part, "the finding")
    said = message(report, "too_few_scts")
    t.check(said.startswith("1 SCT is of a log that only a later list knows"), "it comes first",
            said)
    t.has(said, "see [log_known_later]", "where to look")
    t.check(said.index("log_known_later") < said.index("issue the certificate again"),
            "before the advice", said)
    # What it says to do is possible, and helps.
    later = t.path(".json")
    t.equal(t.run("log-list", "export", *lists, "--at", LATE, "--output", later).status, PASS,
            "export")
    result, report = judge(t, ["--log-list", later])
    t.equal((result.status, finding(report, "log_known_later")), (PASS, None), "by the later list")


def test_both_logs(t):
    names = used_logs(t)
    _, report = judge(t, history(t, names))
    text = finding(report, "log_known_later")["message"]
    for name in names:
        t.has(text, name + " (usable since", "each log")
    t.has(message(report, "too_few_scts"), "2 SCTs are of logs that only", "their number")
    _, report = judge(t, history(t, names[:1], between=True))
    t.has(finding(report, "log_known_later")["message"], "a gap of 31 days before that one",
          "from the last list that does not know it")


def test_two_lists(t):
    """Each log stands with the list that is the first to know it."""
    one, two = used_logs(t)
    third, other = [x for x in logs_of(GOOD) if x["description"] not in (one, two) and "2026h2" in x["description"]][:2]
    ended = next(x for x in logs_of(GOOD) if "2026h1" in x["description"])
    files = []
    for version, published, gone in (("1000", EARLY, [one, two, third["description"], ended["description"]]),
                                     ("1001", "2026-07-01T00:00:00Z", [two]),
                                     ("1002", LATE, [])):
        value = dict(copy.deepcopy(GOOD), version=version)
        for log in logs_of(value):
            log["state"] = {"usable": {"timestamp": published if log["log_id"] == other["log_id"] else "2025-01-01T00:00:00Z"}}
        files.append(t.file(without(value, gone)))
    path = t.path(".history")
    t.equal(t.run("log-list", "import", *files, "--output", path).status, PASS, "the history")
    ders = pem_to_ders(read(sample("compliant.pem")))
    leaf = Certificate(ders[0])
    scts = split_list(leaf.get_list())
    leaf.set_list(join_list([*scts, *(scts[0][:1] + base64.b64decode(log["log_id"]) + scts[0][33:] for log in (ended, third))]))
    chain = t.file("".join(pem(der) for der in (leaf.encode(), *ders[1:])), ".pem")
    report = t.run("check", "--at", AT, "--log-list", path, "--format", "json", chain).json()
    since = "(usable since 2025-01-01T00:00:00Z)"
    t.has(finding(report, "log_known_later")["message"],
          f"the later apple 1001 of 2026-07-01T00:00:00Z knows {one} {since}; apple 1002 of {LATE} knows {two} {since}; "
          f"apple 1001 of 2026-07-01T00:00:00Z knows {third['description']} {since}: ", "each by its list")


def test_before_the_list(t):
    """The list in force is from later than the time of check: it has no age then."""
    lists = history(t, used_logs(t)[:1], since="2025-02-01T00:00:00Z")
    for at, old in ((EARLY, True), ("2025-12-31T23:59:59Z", False)):
        report = t.run("check", "--at", at, *lists, "--format", "json", sample("compliant.pem")).json()
        t.equal("days old then" in finding(report, "log_known_later")["message"], old, at)


def test_what_followed(t):
    """A log that was read-only or retired later had been approved; one that became usable after
    the time of check, is pending or rejected, had not."""
    name = used_logs(t)[0]
    for state, since, want in (("usable", AT, True), ("usable", "2026-06-02T00:00:00.001Z", False),
                               ("qualified", "2026-02-01T00:00:00Z", True),
                               ("readonly", "2026-07-01T00:00:00Z", True),
                               ("retired", "2026-05-01T00:00:00Z", True),
                               ("pending", "2026-02-01T00:00:00Z", False),
                               ("rejected", "2026-02-01T00:00:00Z", False)):
        _, report = judge(t, history(t, [name], state, since))
        found = finding(report, "log_known_later")
        t.equal((report["result"], found is not None), ("fail", want), f"{state} since {since}")
        if not want:
            t.check(message(report, "too_few_scts").startswith("Needs "), "plainly", state)
        elif state == "readonly":
            t.has(found["message"], "readonly since 2026-07-01T00:00:00Z, approved before", state)


def test_malformed_first(t):
    """An SCT of the log that does not parse stands before the one that its log is told of by."""
    name = used_logs(t)[0]
    ders = pem_to_ders(read(sample("compliant.pem")))
    leaf = Certificate(ders[0])
    first = split_list(leaf.get_list())[0]
    for items in ([first + b"\0", first], [first + b"\0", first, first], [first + b"\0"]):
        leaf.set_list(join_list(items))
        chain = t.file("".join(pem(der) for der in (leaf.encode(), *ders[1:])), ".pem")
        report = t.run("check", "--at", AT, *history(t, [name]), "--format", "json", chain).json()
        t.equal([s["status"] for s in report["scts"]],
                ["malformed", "unknown_log", "unknown_log"][:len(items)], "the SCTs")
        gap = finding(report, "log_known_later")
        t.equal(gap["message"].count(name) if gap else 0, min(len(items) - 1, 1), "told of once",
                str(gap))


def test_audit(t):
    """The sums and the headline say how many hang on it."""
    lists = history(t, used_logs(t)[:1])
    path, page = t.path(".json"), t.path(".html")
    result = t.run("audit", "--at", AT, *lists, "--summary", path, "--report", page,
                   sample("compliant.pem"), sample("no-scts.pem"))
    t.equal(result.status, FAIL, "status", repr(result))
    headline = ("1 of those that fail has SCTs of logs that only a later list knows: a gap of the "
                "lists at hand.")
    t.has(" ".join(result.text.split()), headline, "in text")
    t.has(html.unescape(read(page).decode()), headline, "in HTML")
    reasons = {r["code"]: r for r in loads(read(path))["reasons"]}
    t.equal(reasons["log_known_later"]["failing"], 1, "in JSON")
    result = t.run("audit", "--at", AT, *lists, sample("compliant.pem"))
    t.has(" ".join(result.text.split()), "; the one that fails has SCTs of logs", "all of them")
    result = t.run("audit", "--at", AT, *LIST, sample("no-scts.pem"))
    t.check("later list" not in result.text, "nothing where there is none", result.text)


run_all("log_gap", globals())
