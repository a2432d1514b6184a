#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""--client-age and client_age_days: judged by every list that devices may have. A history made
of the sample's list, in which a log becomes usable as in late 2025, when sixteen CAs embedded
SCTs of logs that Apple had just set to usable; and, where the real certificates and lists are
at hand, the slow way: list by list, each named with --log-list, put together here."""
import collections
import copy
import csv
import datetime
import glob
import io
import json
import os
import subprocess

from lib import (DATA, FAIL, INPUT, LIST, PASS, PROGRAM, TIMEOUT, USAGE, clean_env, loads, read,
                 run_all, sample)

GOOD = loads(read(sample("log_list.json")))
CHAIN = read(sample("compliant.pem")).decode()
AT = "2026-06-02T00:00:00Z"
CHECK = ["check", "--at", AT, "--policy", "apple,apple-enforced"]


def instant(text):
    value = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return value if value.tzinfo else value.replace(tzinfo=datetime.timezone.utc)


def written(when):
    return when.isoformat(timespec="milliseconds" if when.microsecond else "seconds") \
        .replace("+00:00", "Z")


def days(number):
    return datetime.timedelta(days=number)


def logs_of(value):
    return [log for o in value["operators"] for kind in ("logs", "tiled_logs")
            for log in o.get(kind, [])]


def history(t, changes, version=1000):
    """A history of the sample's list in which all is as it was since 2025 but for `changes`:
    a log's description, its state, and since when, a list each."""
    value = copy.deepcopy(GOOD)
    files = []
    for log in logs_of(value):
        for state in log["state"].values():
            state["timestamp"] = "2025-01-01T00:00:00Z"
    for name, state, since in [(None, None, None), *changes]:
        for log in logs_of(value):
            if log["description"] == name:
                log["state"] = {state: {"timestamp": since, "version": str(version)}}
        value["version"] = str(version)
        version += 1
        files.append(t.file(copy.deepcopy(value)))
    path = t.path(".history")
    t.equal(t.run("log-list", "import", *files, "--output", path).status, PASS, "the history")
    return path


def used_logs(t):
    """The logs of the SCTs in the good sample."""
    report = t.run("check", "--at", AT, *LIST, "--format", "json",
                   sample("compliant.pem")).json()
    return [sct["log"] for sct in report["scts"] if sct["counted"]]


def new_log(t, since="2026-05-20T18:00:00Z"):
    """The log of the sample's first SCT has been usable since then only."""
    name = used_logs(t)[0]
    return name, history(t, [(name, "pending", "2025-06-01T00:00:00Z"), (name, "usable", since)])


def codes(report):
    return [f["code"] for p in report["policies"] for f in p["findings"]] + \
        [f["code"] for f in report["findings"]]


def test_story(t):
    """Usable for 13 days: the newest list accepts it, and most devices do not."""
    name, path = new_log(t)
    lists = ["--log-list", path]
    t.equal(t.run(*CHECK, *lists, sample("compliant.pem")).status, PASS, "by the newest list")
    result = t.run(*CHECK, *lists, "--client-age", "60", "--format", "json",
                   sample("compliant.pem"))
    t.equal(result.status, FAIL, "by every list", repr(result))
    report = result.json()
    t.equal(report["client_lists"]["client_age_days"], 60, "the days")
    t.equal(report["client_lists"]["num"], 2, "the lists")
    t.equal((report["client_lists"]["oldest"]["version"],
             report["client_lists"]["oldest"]["basis"]), ("1001", "exact"), "the oldest")
    t.equal(report["log_list"]["version"], "1002", "the list in force stays the newest")
    for policy in report["policies"]:
        finding = policy["findings"][0]
        t.equal((policy["verdict"], finding["code"], finding["severity"]),
                ("non_compliant", "not_yet_everywhere", "error"), policy["policy"])
        t.equal(policy["safe_from"], "2026-07-19T18:00:00Z", "safe 60 days later")
        for part in (f"SCTs of {name} count from list 1002 of 2026-05-20T18:00:00Z on",
                     "Safe from 2026-07-19T18:00:00Z on",
                     "log-list show --state usable --at 2026-04-03T00:00:00Z"):
            t.has(finding["message"], part, "the message")
    for days_asked, at, want in [("12", AT, PASS), ("13", AT, FAIL),
                                 ("60", "2026-07-19T17:59:59.999Z", FAIL),
                                 ("60", "2026-07-19T18:00:00Z", PASS),
                                 ("60", "2026-05-20T17:59:59Z", PASS)]:  # not valid yet then
        t.equal(t.run("check", "--at", at, *lists, "--client-age", days_asked,
                      sample("compliant.pem")).status, want, f"{days_asked} days at {at}")
    plain = t.run(*CHECK, *lists, "--format", "json", sample("compliant.pem"))
    t.equal(t.run(*CHECK, *lists, "--client-age", "0", "--format", "json",
                  sample("compliant.pem")).out, plain.out, "0 days change nothing")
    t.check("client_lists" not in plain.json(), "nothing is said without the option")


def test_gone_back(t):
    """The publisher spoilt a log, and the operator went back to the list before: devices may
    have the spoilt one until so many days after that, whenever the good one was published."""
    name, state = used_logs(t)[0], t.path("-state")
    lists = []
    for version, when, log_state in (("700", "2026-08-01", "usable"),
                                     ("701", "2026-08-10", "pending")):
        value = copy.deepcopy(GOOD)
        value.update(version=version, assetVersion=int(version), assetVersionV2=2000)
        for log in logs_of(value):
            if log["description"] == name:
                log["state"] = {log_state: {"timestamp": f"{when}T00:00:00Z"}}
            elif log["description"] == "DogwoodTiled2027h2":
                log["state"] = {"pending": {"timestamp": f"{when}T00:00:00Z"}}
        lists.append(t.file(value, ".json"))
    into = ["--state-dir", state]
    t.equal(t.run("log-list", "import", *into, *lists).status, PASS, "both lists")
    t.equal(t.run("log-list", "refresh", *into, "--force", "--url", lists[0]).status, PASS, "back")
    with open(os.path.join(state, "apple", "index"), encoding="utf-8") as index:
        pinned = next(line.split()[1] for line in index if line.startswith("pinned "))
    at = written(instant(pinned) + days(1))
    report = t.run("check", "--at", at, "--policy", "apple,apple-enforced", *into, "--client-age", "3650",
                   "--format", "json", sample("compliant.pem")).json()
    t.equal(report["log_list"]["version"], "700", "the list that was gone back to")
    safe = written(instant(pinned) + days(3650))
    for policy in report["policies"]:
        t.equal(policy["safe_from"], safe, f"{policy['policy']}: from the going back on")
        t.has(policy["findings"][0]["message"],
              f"Safe from {safe} on, 3650 days after {pinned}, when it was gone back to list 700 "
              "of 2026-08-01T00:00:00Z", "the message")


def test_forms(t):
    name, path = new_log(t)
    args = [*CHECK, "--log-list", path, "--client-age", "60"]
    text = t.run(*args, sample("compliant.pem")).text
    flat = " ".join(text.split())
    for part in ("does not meet Apple's published CT policy (by an older list) and is refused by",
                 "apple: non_compliant by an older list (rule 2021", "[not_yet_everywhere]",
                 "all lists 2, in force in the 60 days before, from 1001 of 2025-06-01 on",
                 f"SCTs of {name} count from list 1002"):
        t.has(flat, part, "text")
    t.check(max(map(len, text.splitlines())) <= 80, "80 columns")
    t.has(" ".join(t.run(*args[:-1], "12", sample("compliant.pem")).text.split()),
          "all lists 1, in force in the 12 days before, from 1002 of 2026-05-20 on", "one list")
    rows = list(csv.DictReader(io.StringIO(
        t.run(*args, "--format", "csv", sample("compliant.pem")).text)))
    t.equal([rows[0][k] for k in ("client_age_days", "client_lists", "oldest_client_list",
                                  "safe_from", "log_list")],
            ["60", "2", "apple 1001", "2026-07-19T18:00:00Z", "apple 1002"], "CSV")
    t.has(rows[0]["findings"], "not_yet_everywhere", "CSV")


def test_one_list(t):
    """Where a list is named there are no others, and a history may be too short."""
    result = t.run("check", "--at", AT, *LIST, "--client-age", "60", "--format", "json",
                   "--strict", sample("compliant.pem"))
    t.equal(result.status, PASS, "judged by the list that was named", repr(result))
    t.has(codes(result.json()), "no_history", "said")
    t.equal(result.json()["client_lists"]["oldest"]["basis"], "given", "that one")
    path = new_log(t)[1]
    args = ["check", "--at", "2026-08-01T00:00:00Z", "--log-list", path, "--client-age"]
    for number, short in [("577", False), ("578", True), ("3650", True)]:
        result = t.run(*args, number, "--format", "json", "--policy", "apple",
                       sample("compliant.pem"))
        t.equal("history_too_short" in codes(result.json()), short, f"{number} days")
    name = used_logs(t)[0]
    path = history(t, [(name, "readonly", "2026-06-01T20:00:00Z")])
    for more, want in [([], PASS), (["--strict"], FAIL)]:
        result = t.run("check", "--at", AT, "--log-list", path, "--client-age", "3650", *more,
                       sample("compliant.pem"))
        t.equal(result.status, want, f"taken back {more}", repr(result))


def test_wrong_options(t):
    for command in ("check", "audit"):
        for value in ("-1", "3651", "x", "60.5", " 60", "60d", "1e2", "99999999999999999999"):
            result = t.run(command, "--client-age", value, sample("compliant.pem"))
            t.equal(result.status, USAGE, f"{command} --client-age {value}", repr(result))
            t.has(result.messages, "must be a whole number of days from 0 to 3650", value)
            t.has(result.messages, "[bad_option]", value)
        t.has(t.run(command, "--help").text, "--client-age DAYS", f"{command} --help")
    result = t.run("check", "--client-age=", sample("compliant.pem"))
    t.equal(result.status, USAGE, "empty", repr(result))
    path = new_log(t)[1]
    for value, want in [("60", FAIL), ("0", PASS)]:
        result = t.run(*CHECK, "--log-list", path, sample("compliant.pem"),
                       env={"CTPOLICY_CLIENT_AGE": value})
        t.equal(result.status, want, "in the environment")


def test_requests(t):
    path = new_log(t)[1]
    args = [*CHECK, "--log-list", path, "--format", "json"]

    def judge(*more, **fields):
        return t.run(*args, *more, t.file({"id": 1, "certificate": CHAIN, **fields}))
    for more, fields, want in [([], {}, PASS), ([], {"client_age_days": 60}, FAIL),
                               (["--client-age", "60"], {}, FAIL),
                               (["--client-age", "60"], {"client_age_days": 0}, PASS),
                               (["--client-age", "0"], {"client_age_days": 60}, FAIL)]:
        t.equal(judge(*more, **fields).status, want, f"{more} {fields}")
    by_option = judge("--client-age", "60").out
    t.equal(judge(client_age_days=60).out, by_option, "option and field are one")
    # No short reader takes this one.
    t.equal(t.run(*args, t.file('{"id":1,"client_age_days":60,"certif\\u0069cate":%s}'
                                % json.dumps(CHAIN))).out, by_option, "by the other reader")
    for value in (-1, 3651, 60.0, 1.5, "60", None, True, [], {}, [60], 10**18):
        result = judge(client_age_days=value)
        error = result.json()["error"]
        t.equal((result.status, error["code"], error["field"]),
                (INPUT, "bad_request", "client_age_days"), f"{value!r}", repr(result)[:300])
        t.has(error["message"], "whole number of days from 0 to 3650", f"{value!r}")
    error = judge(client_age=60).json()["error"]
    t.has(error["message"], '"client_age_days"', "the nearest field")


def test_audit(t):
    """The same through audit, whatever the jobs and the verifier; certificates of every kind."""
    path = new_log(t)[1]
    inputs = sorted(glob.glob(sample("*.pem")))
    lines = t.file("".join(json.dumps({"id": i, "certificate": CHAIN, "client_age_days": i % 90})
                           + "\n" for i in range(300)), ".ndjson")
    args = ["audit", "--at", AT, "--log-list", path, "--policy", "apple,apple-enforced", "--format", "ndjson",
            "--client-age", "60"]
    outs = set()
    for jobs in ("1", "2"):
        for verifier in ("fast", "reference"):
            result = t.run(*args, "--jobs", jobs, "--verifier", verifier, *inputs, lines)
            outs.add(result.out)
    t.equal(len(outs), 1, "the same bytes")
    reports = [r for r in result.lines() if r.get("id") in range(300)]
    t.equal([r["result"] for r in reports],
            ["fail" if 12 < i % 90 else "pass" for i in range(300)], "each its own days")
    t.check(all(("client_lists" in r) == (r["id"] % 90 > 0) for r in reports), "0 days: nothing")
    summary = t.path()
    page = t.path(".html")
    t.run(*args, "--summary", summary, "--report", page, *inputs, lines)
    counted = [r for r in loads(read(summary))["reasons"] if r["code"] == "not_yet_everywhere"]
    t.check(counted and counted[0]["certificates"] >= sum(12 < i % 90 for i in range(300)),
            "counted", str(counted))
    t.has(read(page).decode(), "not by every list that devices may have", "in the page")


def test_dedupe(t):
    path = new_log(t)[1]
    lines = t.file("".join(json.dumps({"certificate": CHAIN, **more}) + "\n" for more in (
        {}, {"client_age_days": 0}, {"client_age_days": 60}, {}, {"client_age_days": 60})))
    result = t.run("audit", "--at", AT, "--log-list", path, "--format", "ndjson", "--dedupe",
                   "--client-age", "60", lines)
    t.equal([(r["occurrences"], r["result"]) for r in result.lines()],
            [(2, "fail"), (1, "pass"), (2, "fail")], "days make another request")


# The slow way.

class Archive:
    """The lists of the test data, and which was in force when."""

    def __init__(self, folder):
        self.lists = []
        for path in glob.glob(os.path.join(folder, "apple_v*_*.json")):
            value = loads(read(path))
            published = max(instant(s["timestamp"]) for log in logs_of(value)
                            for s in log.get("state", {}).values())
            self.lists.append((published, int(value["version"]), value.get("assetVersion", -1),
                               value.get("assetVersionV2", -1), path))
        self.lists.sort()

    def in_force(self, at):
        """None before the oldest."""
        published = [one for one in self.lists if one[0] <= at]
        return published[-1] if published else None

    def window(self, start, end):
        """Those in force at some moment of it, the oldest first."""
        moments = [start] + [one[0] for one in self.lists if start < one[0] <= end]
        found = [self.in_force(moment) for moment in moments]
        return sorted({one for one in found if one})


def reports_of(requests, *options):
    """Without the harness: thousands of reports of known kinds against the schema are slow."""
    lines = "\n".join(json.dumps(r) for r in requests) + "\n"
    done = subprocess.run([PROGRAM, "check", "--format", "ndjson", "--policy", "apple,apple-enforced", *options,
                           "-"], input=lines.encode(), env=clean_env(), capture_output=True,
                          timeout=TIMEOUT, check=False)
    return [json.loads(line) for line in done.stdout.splitlines()]


def worst(verdicts):
    for verdict in ("non_compliant", "indeterminate"):
        if verdict in verdicts:
            return verdict
    return "compliant"


def all_requests(number):
    """Three dates each: when it was judged before, and later ones."""
    for line in read(os.path.join(DATA, "certs", "expected.ndjson"), "r").splitlines():
        want = loads(line)
        folder = os.path.join(DATA, "certs", want["id"])
        for more in (0, 25, number):
            at = instant(want["at"]) + days(more)
            yield {"id": f"{want['id']}+{more}", "at": written(at),
                   "certificate": read(os.path.join(folder, "leaf.pem"), "r"),
                   "issuer": read(os.path.join(folder, "issuer.pem"), "r")}


def compare(t, number, plain, got, older):
    """`older`: the reports list by list, with the list, the oldest first."""
    same = True
    for index, policy in enumerate(got["policies"]):
        before = plain["policies"][index]
        by_list = [(one, report["policies"][index]["verdict"]) for one, report in older]
        want = before["verdict"]
        if want != "non_compliant":
            want = worst([want, *(verdict for _, verdict in by_list)])
        late = want == "non_compliant" and before["verdict"] != want
        found = [f for f in policy["findings"] if f["code"] == "not_yet_everywhere"]
        same = same and policy["verdict"] == want and bool(found) == late
        if late:
            last = max(i for i, (_, verdict) in enumerate(by_list) if verdict == want)
            safe = by_list[last + 1][0][0] + days(number)
            same = same and policy["safe_from"] == written(safe) and \
                f"list {by_list[last + 1][0][1]} of" in found[0]["message"]
        else:
            same = same and policy == {**before, "verdict": want}
    return same and got["scts"] == plain["scts"] and got["log_list"] == plain["log_list"] and \
        got["client_lists"]["num"] == max(1, len(older))


def check_slowly(t, archive, requests, number):
    plain = reports_of(requests)
    got = reports_of(requests, "--client-age", str(number))
    by_list = collections.defaultdict(list)
    for index, request in enumerate(requests):
        at = instant(request["at"])
        for one in archive.window(at - days(number), at):
            by_list[one].append(index)
    older = collections.defaultdict(list)
    for one, indexes in sorted(by_list.items()):
        for index, report in zip(indexes, reports_of(
                [requests[i] for i in indexes], "--log-list", one[-1])):
            older[index].append((one, report))
    late = 0
    t.equal((len(plain), len(got)), (len(requests), len(requests)), "a report each")
    for index, request in enumerate(requests):
        t.check(compare(t, number, plain[index], got[index], older[index]),
                f"{request['id']} at {request['at']}, {number} days")
        late += "not_yet_everywhere" in codes(got[index])
    print(f"client_age: {len(requests)} requests at {number} days, {late} not yet everywhere, "
          f"{sum(map(len, older.values()))} evaluations list by list")
    for report in got[::10]:
        t.validate(report)
    return late


def test_slow_way(t):
    if not os.path.exists(os.path.join(DATA, "certs", "expected.ndjson")):
        t.skip(f"no {DATA}/certs/expected.ndjson")
        return
    archive = Archive(os.path.join(DATA, "apple_lists"))
    late = [check_slowly(t, archive, list(all_requests(number)), number)
            for number in (60, 400)]
    t.check(late[1] > 100, "many are not accepted by lists of the year before", str(late))


run_all("client_age", globals())
