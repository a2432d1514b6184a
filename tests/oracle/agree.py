#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the program against an independent evaluator.

    agree.py [PATH-OF-CTPOLICY [program|state|both]]

For each certificate of certs/expected.ndjson (in the folder CTPOLICY_TEST_DATA, else
../shared/data) one request goes through `ctpolicy check --format ndjson -`, and every field
that the expectation has must come out. Where the list in force is one of the archived ones
(basis exact), naming that very list with --log-list must give the same SCTs and verdicts.

The lists are those in the program; or of a state folder alone, into which apple_lists/ was
imported; or of both together, and all three give the same reports in every field.
"""
import collections
import json
import os
import re
import subprocess
import sys
import tempfile

LIST_NAME = re.compile(r"apple_v(\d+)_\d+_(\d{4}-\d\d-\d\d)\.json$")
SCT_FIELDS = ("source", "index", "status", "approval", "log_id")


class Count:
    """What passed and what did not, with the first failures in words."""

    def __init__(self, name="agree"):
        self.name = name
        self.passed = self.failed = self.skipped = 0

    def check(self, what, got, want):
        if got == want:
            return True
        print(f"FAILED {what}: is {got!r}, want {want!r}")
        return False

    def add(self, good):
        if good:
            self.passed += 1
        else:
            self.failed += 1

    def finish(self):
        print(f"{self.name}: {self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        sys.exit(1 if self.failed else 0)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def request_of(data, want):
    folder = os.path.join(data, "certs", want["id"])
    return json.dumps({
        "id": want["id"],
        "certificate": read(os.path.join(folder, "leaf.pem")),
        "issuer": read(os.path.join(folder, "issuer.pem")),
        "at": want["at"],
        "policies": ["apple", "apple-enforced"],
    })


def reports_of(program, requests, *options):
    """Reports by id. The exit status speaks of the verdicts (0, 1, 5), not of trouble."""
    with tempfile.TemporaryDirectory(prefix="ctpolicy-agree-") as empty:
        done = subprocess.run([program, "check", "--format", "ndjson", *options, "-"],
                              input="\n".join(requests) + "\n", text=True, check=False,
                              env={**os.environ, "CTPOLICY_STATE_DIR": empty},
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode not in (0, 1, 5) or done.stderr:
        print(f"ctpolicy check ended with {done.returncode}: {done.stderr.strip()}")
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    return reports


def scts_of(report):
    return [{name: sct[name] for name in SCT_FIELDS} for sct in report.get("scts", [])]


def agrees(count, report, want):
    """Every field that the expectation has; a field that is not known here is a failure."""
    name = want["id"]
    if report.get("schema") != "ctpolicy.report.v1":
        return count.check(f"{name} report", report, "a report")
    policies = {policy["policy"]: policy for policy in report["policies"]}
    apple = policies["apple"]
    version, published = LIST_NAME.match(want["list"]).groups()
    got = {
        "id": report["id"],
        "at": report["evaluated_at"],
        "scts": scts_of(report),
        "required": apple["required"]["scts"],
        "cap": apple["required"]["max_per_operator"],
        "counted": apple["found"]["counted"],
        "apple": apple["verdict"],
        "apple-enforced": policies["apple-enforced"]["verdict"],
        "basis": report["log_list"]["basis"],
        "list": f'v{report["log_list"]["version"]} {report["log_list"]["published_at"][:10]}',
    }
    want = dict(want, list=f"v{version} {published}")
    good = True
    for field, value in want.items():
        good &= count.check(f"{name} {field}", got.get(field, "no such field"), value)
    return good


def check_named_lists(count, program, data, wants, requests, before):
    """The list in force, named by hand: basis given, and nothing else changes."""
    by_list = collections.defaultdict(list)
    for index, want in enumerate(wants):
        if want["basis"] == "exact":
            by_list[want["list"]].append(index)
    for name, indexes in sorted(by_list.items()):
        path = os.path.join(data, "apple_lists", name)
        reports = reports_of(program, [requests[i] for i in indexes], "--log-list", path)
        good = count.check(f"{name} reports", len(reports), len(indexes))
        for report, i in zip(reports, indexes):
            what = f'{name} {wants[i]["id"]}'
            good &= count.check(f"{what} basis", report["log_list"]["basis"], "given")
            good &= count.check(f"{what} scts", report["scts"], before[i]["scts"])
            good &= count.check(
                f"{what} verdicts", [policy["verdict"] for policy in report["policies"]],
                [policy["verdict"] for policy in before[i]["policies"]])
        count.add(good)


def import_lists(program, data, folder):
    """A state folder with the archived lists."""
    lists = os.path.join(data, "apple_lists")
    names = [os.path.join(lists, name) for name in sorted(os.listdir(lists))
             if LIST_NAME.match(name)]
    subprocess.run([program, "log-list", "import", "--state-dir", folder, *names], check=True,
                   stderr=subprocess.DEVNULL)


def check_from_state(count, program, wants, requests, options):
    """The same reports as from the program's own lists."""
    reports = reports_of(program, requests, *options)
    before = reports_of(program, requests)
    count.add(count.check("number of reports", len(reports), len(wants)))
    for report, want, other in zip(reports, wants, before):
        count.add(count.check(f"{want['id']} the same", report == other, True))
    return reports


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else "./ctpolicy"
    where = sys.argv[2] if len(sys.argv) > 2 else "program"
    data = os.environ.get("CTPOLICY_TEST_DATA", "../shared/data")
    count = Count("agree" if where == "program" else f"agree-{where}")
    expected = os.path.join(data, "certs", "expected.ndjson")
    if not os.path.exists(expected):
        print(f"skipped: there is no {expected}")
        count.skipped += 1
        count.finish()
    wants = [json.loads(line) for line in read(expected).splitlines()]
    requests = [request_of(data, want) for want in wants]
    if where == "program":
        reports = reports_of(program, requests)
        count.add(count.check("number of reports", len(reports), len(wants)))
    else:
        with tempfile.TemporaryDirectory(prefix="ctpolicy-state-") as folder:
            import_lists(program, data, folder)
            option = {"state": "--log-list", "both": "--state-dir"}[where]
            reports = check_from_state(count, program, wants, requests, [option, folder])
    agreed = 0
    for report, want in zip(reports, wants):
        good = agrees(count, report, want)
        count.add(good)
        agreed += good
    print(f"{agreed} of {len(wants)} certificates agree in every field")
    if where == "program" and len(reports) == len(wants) and agreed == len(wants):
        check_named_lists(count, program, data, wants, requests, reports)
    count.finish()


if __name__ == "__main__":
    main()
