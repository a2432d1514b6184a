#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Holds `ctpolicy audit` against the same expectation as agree.py holds `check`.

    agree_audit.py [PATH-OF-CTPOLICY]

All certificates of certs/expected.ndjson go through `audit` as one file of NDJSON, and as a
folder of PEM files with a pool of issuers, by 1, 2 and 7 jobs and both verifiers. Files do not
say their time of check: all together they are judged as of issuance, and each once more as of
the time that is expected of it. All these records are byte for byte those of `check`, but for
the ids that files have, and agree with the expectation in every field.
"""
import collections
import json
import os
import subprocess
import sys
import tempfile

from agree import Count, agrees, read, request_of

RUNS = [(jobs, verifier) for jobs in ("1", "2", "7") for verifier in ("fast", "reference")]


def run(program, *args, text=None):
    """Lines of NDJSON. The exit status speaks of the verdicts (0, 1, 5), not of trouble."""
    done = subprocess.run([program, args[0], "--format", "ndjson", *args[1:]], input=text,
                          text=True, check=False, capture_output=True)
    if done.returncode not in (0, 1, 5) or done.stderr:
        print(f"{args} ended with {done.returncode}: {done.stderr.strip()[:1000]}")
    return done.stdout.splitlines()


class Files:
    """The certificates as PEM files, by their time of check; their issuers in one pool."""

    def __init__(self, folder, data, wants):
        self.folder = folder
        self.times = collections.defaultdict(list)
        self.pool = os.path.join(folder, "issuers.pem")
        issuers = set()
        for want in wants:
            at = os.path.join(folder, want["at"])
            os.makedirs(at, exist_ok=True)
            self.times[want["at"]].append(want["id"])
            certs = os.path.join(data, "certs", want["id"])
            with open(os.path.join(at, want["id"] + ".pem"), "w", encoding="utf-8") as file:
                file.write(read(os.path.join(certs, "leaf.pem")))
            issuers.add(read(os.path.join(certs, "issuer.pem")))
        with open(self.pool, "w", encoding="utf-8") as file:
            file.write("\n".join(sorted(issuers)))

    def audit(self, program, jobs, verifier, at, times):
        """Lines by id; the id that a file has becomes the certificate's."""
        folders = [os.path.join(self.folder, time) for time in times]
        lines = run(program, "audit", "--at", at, "--policy", "apple,apple-enforced",
                    "--issuers", self.pool, "--jobs", jobs, "--verifier", verifier, *folders)
        paths = [(folder, name) for folder, time in zip(folders, times)
                 for name in sorted(self.times[time])]
        out = {}
        for (folder, name), line in zip(paths, lines):
            path = json.dumps(os.path.join(folder, name + ".pem:1"))
            out[name] = line.replace(f'"id":{path}', f'"id":"{name}"', 1)
        return out


def check_same(count, what, got, want):
    """Lines by id."""
    for name, line in want.items():
        count.add(count.check(f"{what}: {name}", got.get(name) == line, True))


def check_all(count, program, data, wants, folder):
    requests = [request_of(data, want) for want in wants]
    issuance = [json.dumps({**json.loads(r), "at": "issuance"}) for r in requests]
    names = [want["id"] for want in wants]
    checked, of_issuance = (dict(zip(names, run(program, "check", "-", text="\n".join(lines))))
                            for lines in (requests, issuance))
    count.add(count.check("lines of check", (len(checked), len(of_issuance)),
                          (len(wants), len(wants))))
    whole = os.path.join(folder, "requests.ndjson")
    with open(whole, "w", encoding="utf-8") as file:
        file.write("\n".join(requests) + "\n")
    files = Files(os.path.join(folder, "files"), data, wants)
    for jobs, verifier in RUNS:
        what = f"--jobs {jobs} --verifier {verifier}"
        lines = run(program, "audit", "--jobs", jobs, "--verifier", verifier, whole)
        check_same(count, f"NDJSON {what}", dict(zip(names, lines)), checked)
        got = files.audit(program, jobs, verifier, "issuance", sorted(files.times))
        check_same(count, f"PEM {what}", got, of_issuance)
    single = {}
    for number, time in enumerate(files.times):
        jobs, verifier = RUNS[number % len(RUNS)]
        single.update(files.audit(program, jobs, verifier, time, [time]))
    check_same(count, "PEM by their times", single, checked)
    agreed = 0
    for line, want in zip(lines, wants):
        good = agrees(count, json.loads(line), want) and \
            agrees(count, json.loads(single.get(want["id"], "{}")), want)
        count.add(good)
        agreed += good
    print(f"{agreed} of {len(wants)} certificates agree in every field, as NDJSON and as PEM "
          "files with a pool")


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else "./ctpolicy"
    data = os.environ.get("CTPOLICY_TEST_DATA", "../shared/data")
    count = Count("agree_audit")
    expected = os.path.join(data, "certs", "expected.ndjson")
    if os.path.exists(expected):
        wants = [json.loads(line) for line in read(expected).splitlines()]
        with tempfile.TemporaryDirectory() as folder:
            check_all(count, program, data, wants, folder)
    else:
        print(f"skipped: there is no {expected}")
        count.skipped += 1
    count.finish()


main()
