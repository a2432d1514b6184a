#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`ctpolicy plan` against a search over all sets of logs, on Apple's archived lists.

    test_lists.py BRUTE [DATES [SEED]]

At DATES random times of check, for random validities, policies and promises: what is needed,
which logs take the certificate, what devices know of them, the size and number of the
smallest sets, their patterns, and every set that is named, in its order, equal what this file
and tests/plan/brute.c work out from the lists' JSON and POLICY.md alone. Where a plan cannot
be met, it could be met at the notAfter that is said to be nearest, and at none between that
can be told apart.
"""
import base64
import bisect
import calendar
import datetime
import glob
import hashlib
import json
import os
import random
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
import lib  # noqa: E402

UTC = datetime.timezone.utc
DAY = 86400
SPLIT = calendar.timegm((2021, 4, 21, 0, 0, 0))
CLAUSE = calendar.timegm((2025, 4, 21, 0, 0, 0))
ENFORCED = calendar.timegm((2018, 10, 16, 0, 0, 0))
KINDS = ("none", "log", "operator")
STATES = ("pending", "readonly", "retired", "rejected", "none")


def seconds(text):
    """Of an RFC 3339 time; one without a zone is UTC."""
    if text is None:
        return 0
    moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def rfc3339(moment):
    return datetime.datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Log:
    def __init__(self, operator, log, is_static):
        state = list((log.get("state") or {"none": {}}).items())[0]
        interval = log.get("temporal_interval")
        self.operator, self.is_static = operator, is_static
        self.id = hashlib.sha256(base64.b64decode(log["key"])).digest()
        self.state, self.since = state[0], seconds(state[1].get("timestamp"))
        self.start = seconds(interval["start_inclusive"]) if interval else None
        self.end = seconds(interval["end_exclusive"]) if interval else None
        self.url = log.get("submission_url") or log.get("url")

    def covers(self, moment):
        return self.start is None or self.start <= moment < self.end


class List:
    def __init__(self, path):
        content = lib.read(path)
        value = json.loads(content)
        self.path, self.sha256 = path, hashlib.sha256(content).hexdigest()
        self.logs = [Log(operator["name"], log, key == "tiled_logs")
                     for operator in value["operators"]
                     for key in ("logs", "tiled_logs") for log in operator.get(key, [])]
        self.published = max(log.since for log in self.logs)

    def standing(self, log, at, extrapolated):
        if extrapolated and log.state in ("readonly", "retired", "rejected") \
                and log.since > at:
            return "usable", 0
        return log.state, log.since


def months(start, end):
    """Whole calendar months, and whether nothing is left over."""
    a = datetime.datetime.fromtimestamp(start, UTC)
    b = datetime.datetime.fromtimestamp(end, UTC)
    whole = (b.year - a.year) * 12 + b.month - a.month

    def after(num):
        year, month = divmod(a.year * 12 + a.month - 1 + num, 12)
        day = min(a.day, calendar.monthrange(year, month + 1)[1])
        return a.replace(year=year, month=month + 1, day=day)
    if after(whole) > b:
        whole -= 1
    return whole, after(whole) == b


def needed(policy, not_before, not_after, at):
    """SCTs, the cap of an operator, and whether one must be of an RFC 6962 log."""
    whole, exact = months(not_before, not_after)
    if policy == "apple":
        if not_before >= SPLIT:
            days = -(-(not_after - not_before + 1) // DAY)
            rule = (2, 1) if days <= 180 else (3, 2)
        else:
            rule = (2 if whole < 15 else 3 if whole < 27 or (whole == 27 and exact)
                    else 4 if whole < 39 or (whole == 39 and exact) else 5, 0)
        return rule + (int(at >= CLAUSE),)
    if not_before >= SPLIT:
        length = not_after - not_before
        return (2 if length <= 180 * DAY else 3 if length <= 825 * DAY else 4, 0, 0)
    return (2 if whole < 15 else 3 if whole <= 27 else 4 if whole <= 39 else 5, 0, 0)


class Brute:
    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def ask(self, rules, logs):
        """`logs`: (operator, is_static, known), the preferred ones first."""
        operators = sorted({log[0] for log in logs})
        words = [len(rules)] + [n for rule in rules for n in rule] + [len(logs)]
        for operator, is_static, known in logs:
            words += [operators.index(operator), int(is_static), int(known)]
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        return [self.read(part) for part in self.process.stdout.readline().split("|")]

    @staticmethod
    def read(text):
        words = text.split()
        at = words.index("s")
        patterns = {}
        for word in words[3:at]:
            parts, num = word.split("=")
            pairs = [(int(parts[i], 16), int(parts[i + 1], 16))
                     for i in range(0, len(parts), 2)]
            patterns[tuple(pairs)] = int(num)
        return {"size": int(words[0]), "num": int(words[1]), "patterns": patterns,
                "sets": [[int(i) for i in word.split(",")] for word in words[at + 1:]]}

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Case:
    """One random plan: what is asked, and what this file knows of it."""

    def __init__(self, rng, lists):
        self.lists = lists
        self.at = rng.randrange(seconds("2018-12-01T00:00:00Z"), seconds("2027-06-01T00:00:00Z"))
        self.not_before = self.at + rng.choice([0, -3600, rng.randrange(-40 * DAY, 40 * DAY)])
        self.not_after = self.not_before + rng.choice([
            90 * DAY - 1, 180 * DAY - 1, 180 * DAY, 181 * DAY, rng.randrange(1, 200 * DAY),
            rng.randrange(1, 400 * DAY), 398 * DAY - 1, rng.randrange(1, 1300 * DAY)])
        self.policies = rng.choice([["apple"], ["apple-enforced"], ["apple", "apple-enforced"]])
        self.survive = rng.choice(KINDS)
        self.given = rng.random() < 0.4
        if self.given:
            self.list, self.basis = rng.choice(lists), "given"
        else:
            index = bisect.bisect_right([one.published for one in lists], self.at)
            self.list, self.basis = lists[max(index - 1, 0)], "exact" if index else "extrapolated"

    def args(self):
        policy = "apple,apple-enforced" if len(self.policies) == 2 else self.policies[0]
        out = ["plan", "--format", "json", "--at", rfc3339(self.at),
               "--not-before", rfc3339(self.not_before), "--not-after", rfc3339(self.not_after),
               "--policy", policy, "--survive", self.survive]
        return out + (["--log-list", self.list.path] if self.given else [])

    def standing(self, log):
        return self.list.standing(log, self.at, self.basis == "extrapolated")

    def rules(self, not_after):
        return [needed(policy, self.not_before, not_after, self.at) for policy in self.policies]

    def known(self, log):
        state, since = self.standing(log)
        return state == "usable" and since != 0 and since + 60 * DAY <= self.at

    def usable(self, not_after):
        """By preference."""
        logs = [log for log in self.list.logs
                if log.covers(not_after) and self.standing(log)[0] == "usable"]
        return sorted(logs, key=lambda log: (not self.known(log), log.is_static,
                                             self.standing(log)[1], log.id))

    def is_possible(self, brute, kind, not_after):
        if not_after < self.not_before:
            return False
        logs = [(log.operator, log.is_static, True) for log in self.usable(not_after)]
        # More than five of a kind of one operator change nothing.
        few = []
        for log in logs:
            if few.count(log) < 5:
                few.append(log)
        return brute.ask_possible(self.rules(not_after), few)[KINDS.index(kind)]

    def moments(self):
        """Where something else may become possible; the lifetimes day by day and more."""
        out = set()
        for log in self.list.logs:
            if log.start is not None and self.standing(log)[0] == "usable":
                out |= {log.start, log.start - 1, log.end, log.end - 1}
        for days in (180, 825):
            out |= {self.not_before + days * DAY + i for i in (-2, -1, 0, 1)}
        for num in (15, 27, 28, 39, 40):
            a = datetime.datetime.fromtimestamp(self.not_before, UTC)
            year, month = divmod(a.year * 12 + a.month - 1 + num, 12)
            day = min(a.day, calendar.monthrange(year, month + 1)[1])
            end = int(a.replace(year=year, month=month + 1, day=day).timestamp())
            out |= {end - 1, end, end + 1}
        return out


def satisfied(rule, logs, lost, outcome):
    """Is a policy satisfied by these logs after a loss? Only for whole lists (nearest)."""
    count, cap, clause = rule
    of_operator, current, rfc6962 = {}, 0, 0
    for i, (operator, is_static, _known) in enumerate(logs):
        if i in lost and outcome == "rejected":
            continue
        of_operator[operator] = of_operator.get(operator, 0) + 1
        current += i not in lost
        rfc6962 += not is_static
    counted = sum(min(num, cap) if cap else num for num in of_operator.values())
    return counted >= count and current > 0 and (rfc6962 > 0 or not clause)


def ask_possible(rules, logs):
    """All of these logs together, for each kind of loss."""
    def holds(losses):
        return all(satisfied(rule, logs, lost, outcome) for rule in rules
                   for lost in losses for outcome in ("retired", "rejected"))
    operators = {log[0] for log in logs}
    by_operator = [{i for i, log in enumerate(logs) if log[0] == operator}
                   for operator in operators]
    whole = holds([set()])
    return [whole, whole and holds([{i} for i in range(len(logs))]),
            whole and holds(by_operator)]


Brute.ask_possible = staticmethod(ask_possible)


def check_needed(t, case, plan, what):
    for policy, row in zip(case.policies, plan["policies"]):
        count, cap, clause = needed(policy, case.not_before, case.not_after, case.at)
        t.equal(row["required"], {
            "scts": count, "max_per_operator": cap or None,
            "min_operators": -(-count // cap) if cap else 1, "current": 1, "rfc6962": clause},
            f"{what}: {policy} needs")
        why = (["expired"] if case.at > case.not_after else []) + (
            ["issued_before_enforcement"] if case.not_before < ENFORCED else [])
        t.equal(row["applies_because"], why, f"{what}: {policy} applies")


def check_logs(t, case, plan, what):
    shown = {base64.b64decode(log["log_id"]): log for log in plan["logs"]}
    counts = dict.fromkeys(STATES, 0)
    counts["outside_temporal_interval"] = 0
    for log in case.list.logs:
        state, since = case.standing(log)
        if state not in ("usable", "qualified"):
            counts[state] += 1
        elif not log.covers(case.not_after):
            counts["outside_temporal_interval"] += 1
        else:
            row = shown.pop(log.id, None)
            want = [log.operator, "static" if log.is_static else "rfc6962", state,
                    rfc3339(since) if since else None, state == "usable", case.known(log), log.url]
            got = row and [row[key] for key in (
                "operator", "log_api", "state", "state_since", "in_sets",
                "known_to_all_clients", "submit_to")]
            if got and got[3]:
                got[3] = rfc3339(seconds(got[3]))
            t.equal(got, want, f"{what}: a log that takes it")
    t.equal(shown, {}, f"{what}: logs that do not take it")
    t.equal(plan["not_taking"], counts, f"{what}: the others")


def check_possible(t, sets, want, logs, what):
    t.equal((sets["size"], sets["num_sets"]), (want["size"], want["num"]), f"{what}: smallest sets")
    t.equal({tuple((part["rfc6962"], part["static"]) for part in pattern["operators"]):
             pattern["num_sets"] for pattern in sets["patterns"]}, want["patterns"],
            f"{what}: patterns")
    ids = [[base64.b64encode(logs[i].id).decode() for i in one] for one in want["sets"]]
    t.equal([one["log_ids"] for one in sets["sets"]], ids, f"{what}: sets that are named")
    t.equal(sets["sets_cut"], want["num"] > len(ids), f"{what}: cut")


def check_impossible(t, case, brute, sets, kind, what):
    earlier = sets["nearest"]["earlier_not_after"]
    later = sets["nearest"]["later_not_after"]
    first = max(case.not_before, case.at)
    for moment in filter(None, (earlier, later)):
        t.check(seconds(moment) >= first, f"{what}: {moment} is not over")
        t.check(case.is_possible(brute, kind, seconds(moment)), f"{what}: {moment} is possible")
    low = seconds(earlier) if earlier else first - 1
    high = seconds(later) if later else 1 << 40
    nearer = [moment for moment in case.moments() if low < moment < high
              and moment >= first and case.is_possible(brute, kind, moment)]
    t.equal(nearer, [], f"{what}: nearer ones than {earlier} and {later}")
    t.check(sets["failures"] or not case.usable(case.not_after), f"{what}: says what is lacking")
    for failure in sets["failures"]:
        t.check(failure["possible"] < failure["needed"], f"{what}: lacks", failure)


def check_case(t, case, brute):
    result = t.run(*case.args())
    what = " ".join(case.args()[3:])
    try:
        plan = result.json()
    except ValueError:
        t.check(False, f"{what}: no plan", repr(result))
        return
    t.equal((plan["log_list"]["sha256"], plan["log_list"]["basis"]),
            (case.list.sha256, case.basis), f"{what}: the list")
    check_needed(t, case, plan, what)
    check_logs(t, case, plan, what)
    logs = case.usable(case.not_after)
    wants = brute.ask(case.rules(case.not_after),
                      [(log.operator, log.is_static, case.known(log)) for log in logs])
    for kind, sets, want in zip(KINDS, plan["plans"], wants):
        t.equal(sets["possible"], want["size"] > 0, f"{what}: possible with {kind}")
        if sets["possible"] and want["size"]:
            check_possible(t, sets, want, logs, f"{what}: {kind}")
        elif not sets["possible"]:
            check_impossible(t, case, brute, sets, kind, f"{what}: {kind}")
    t.equal(plan["exempt"], all(row["applies_because"] for row in plan["policies"]),
            f"{what}: no policy applies")
    asked = plan["exempt"] or plan["plans"][KINDS.index(case.survive)]["possible"]
    t.equal((plan["possible"], result.status), (asked, 0 if asked else 1), f"{what}: the answer")


def main():
    num = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    rng = random.Random(sys.argv[3] if len(sys.argv) > 3 else "plan")
    with lib.suite("plan-lists") as t:
        paths = glob.glob(os.path.join(lib.DATA, "apple_lists", "apple_v*.json"))
        if not paths:
            t.skip("needs the archived lists of Apple")
            t.passed += 1
            return
        lists = sorted(map(List, paths), key=lambda one: (one.published, one.path))
        t.equal(len(lists), 22, "archived lists")
        brute = Brute(sys.argv[1])
        for _ in range(num):
            check_case(t, Case(rng, lists), brute)
        brute.close()


if __name__ == "__main__":
    main()
