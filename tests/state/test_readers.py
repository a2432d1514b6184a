#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_readers.py [READERS [REFRESHES EVALUATIONS]]: a state folder, refreshed in a loop from
a server on loopback, two lists in turn, while others judge by what is in it: threads of one
process (tests/threads/readers.c, the program READERS), and processes. No evaluation fails,
and each names a list that was in force while it ran, and has the verdict by that list.

READERS may be left out: the processes alone.
"""
import hashlib
import json
import os
import subprocess
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[1:1] = [os.path.join(HERE, "..", "cli"), os.path.join(HERE, "..", "fetch")]
import server  # noqa: E402
from lib import (FAIL, PASS, PROGRAM, SANITIZER, Result, clean_env, read,  # noqa: E402
                 run_all, sample)

READERS = sys.argv[1:2]
REFRESHES, EVALUATIONS = (int(n) for n in sys.argv[2:4] or (40, 3000))
CERTIFICATES = [sample(name) for name in ("compliant.pem", "operator-cap.pem", "day-too-long.pem",
                                          "forged-sct.pem", "no-scts.pem", "final.pem")]
# How many certificates one process judges: it reads the folder once.
BATCH = 240


def two_lists(t):
    """The samples' list, and a later one in which an operator's logs are rejected, so that
    verdicts differ."""
    data = read(sample("log_list.json"))
    later = json.loads(data)
    later["assetVersion"] += 1
    for operator in later["operators"]:
        if operator["name"] == "Birch":
            for log in operator.get("logs", []) + operator.get("tiled_logs", []):
                log["state"] = {"rejected": {"timestamp": "2026-05-21T10:00:00Z",
                                             "version": later["version"]}}
    return [t.file(data, ".json"), t.file(later, ".json")]


def serve(there, files):
    return [there.set(f"/{n}", server.content(read(file))) for n, file in enumerate(files)]


def test_threads(t):
    if not READERS:
        t.skip("threads: the program for them is not named")
        return
    files = two_lists(t)
    with server.Server() as there:
        urls = serve(there, files)
        pairs = [arg for pair in zip(urls, files) for arg in pair]
        done = subprocess.run([*READERS, t.path(), str(REFRESHES), str(EVALUATIONS), *pairs,
                               *CERTIFICATES * 5], env=clean_env(), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
    t.check(done.returncode == 0 and not SANITIZER.search(done.stdout), "readers in threads",
            done.stdout.decode()[-4000:])
    print(f"in threads: {done.stdout.decode().strip().splitlines()[-1]}")


class Refresher(threading.Thread):
    """Refreshes by the program until it is told to stop; counts as it goes."""

    def __init__(self, t, state, urls):
        super().__init__()
        self.t, self.state, self.urls = t, state, urls
        self.begun = self.ended = 0
        self.failures = []
        self.stopping = False

    def refresh(self):
        self.begun += 1
        result = subprocess.run(
            [PROGRAM, "log-list", "refresh", "--force",
             "--state-dir", self.state, "--url", self.urls[self.begun % 2]],
            env=clean_env(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if result.returncode != PASS or b"Taken" not in result.stdout:
            self.failures.append(result.stdout[:500])
        self.ended += 1

    def run(self):
        while not self.stopping and self.begun < REFRESHES:
            self.refresh()


def wanted(t, files):
    """SHA-256 of each list: the verdicts by it."""
    out = {}
    for file in files:
        result = t.run("audit", "--log-list", file, "--format", "ndjson", "--at", "now",
                       *CERTIFICATES)
        out[hashlib.sha256(read(file)).hexdigest()] = [verdict(r) for r in result.lines()]
    return out


def verdict(report):
    return report["policies"][0]["verdict"]


def test_processes(t):
    files, state = two_lists(t), t.path()
    want = wanted(t, files)
    hashes = [hashlib.sha256(read(file)).hexdigest() for file in files]
    t.check(want[hashes[0]] != want[hashes[1]], "the two lists give different verdicts")
    with server.Server() as there:
        refresher = Refresher(t, state, serve(there, files))
        refresher.refresh()
        refresher.start()
        try:
            judged = judge(t, state, refresher, hashes, want)
        finally:
            refresher.stopping = True
            refresher.join()
        judge_after_refresh(t, state, refresher, hashes, want)
    t.equal(refresher.failures, [], "every refresh takes its list")
    print(f"in processes: {refresher.ended} refreshes, {judged} evaluations")


def run_quickly(*args):
    """Without holding each of many reports against the schema, as t.run does."""
    done = subprocess.run([PROGRAM, *args], env=clean_env(), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)
    return Result(args, done.returncode, done.stdout, done.stderr)


def judge_batch(t, state, possible, want):
    """Judges all certificates again and again in one process, which has one list: one that
    possible() names when it has ended. How many were judged; None where something is wrong."""
    repeated = CERTIFICATES * (BATCH // len(CERTIFICATES))
    result = run_quickly("audit", "--state-dir", state, "--format", "ndjson", "--at", "now",
                         "--jobs", "1", *repeated)
    lists = possible()
    reports = result.lines()
    named = {report["log_list"]["sha256"] for report in reports}
    good = t.check(result.status in (PASS, FAIL) and not result.err and
                   len(named) == 1 and named <= lists and [verdict(r) for r in reports] ==
                   want[min(named)] * (BATCH // len(CERTIFICATES)), "a batch",
                   f"named {named}, of {lists}\n{result!r}")
    return len(reports) if good else None


def judge(t, state, refresher, hashes, want):
    """Batches while it refreshes, and until there are enough. Each names a list that was in
    force between its begin and its end."""
    judged = 0
    while judged < EVALUATIONS or refresher.is_alive():
        first = refresher.ended
        number = judge_batch(t, state, lambda: {hashes[n % 2] for n in range(
            first, refresher.begun + 1)}, want)
        if number is None:
            break
        judged += number
    return judged


def judge_after_refresh(t, state, refresher, hashes, want):
    """Both lists are met, at whatever pace the batches before ran: with nothing beside it, a
    batch names the list that was just taken, and no other."""
    for _ in hashes:
        refresher.refresh()
        judge_batch(t, state, lambda: {hashes[refresher.begun % 2]}, want)


run_all("readers", globals())
