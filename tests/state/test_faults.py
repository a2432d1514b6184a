#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every system call of a refresh, an import and a prune made to fail, one after another (faults.c).

usage: test_faults.py [STRIDE]

Whatever the fault: the state folder opens, shows the old or the new list, whole, and so says the
message; the older lists are there and exact; the exit status is 0 only where the work was done;
and the same command, undisturbed, then ends as if nothing had happened, with nothing left behind.

STRIDE (1): only every so manieth call, for programs that a sanitizer makes slow.
"""
import concurrent.futures
import errno
import signal
import sys

from state_lib import LISTS, PASS, SANITIZER, Judge, World, produced, run
from lib import INPUT, suite
from server import Server, content

JOBS = 2
# name, what faults.so is told, and which calls it concerns (None: all)
FAULTS = [
    ("EIO", {"mode": "fail", "errno": errno.EIO}, None),
    ("ENOSPC", {"mode": "fail", "errno": errno.ENOSPC}, None),
    ("EACCES", {"mode": "fail", "errno": errno.EACCES},
     ("open", "stat", "lstat", "mkdir", "mkstemp", "access", "opendir", "rename", "unlink")),
    ("half", {"mode": "short"}, ("read", "write", "pwrite", "send", "recv")),
    ("full", {"mode": "full", "errno": errno.ENOSPC},
     ("open", "mkstemp", "mkdir", "write", "pwrite", "rename", "fsync", "ftruncate")),
    ("killed", {"mode": "kill"}, None),
]
# More calls than the undisturbed run makes, before which no fault has ever not happened.
MORE = 400


class Sweep:
    def __init__(self, t, world, case, base):
        self.t, self.world, self.case, self.base = t, world, case, base
        self.judge = Judge(case, world.lists, base, world.scratch)
        self.log = world.scratch + "/" + case.name + ".log"
        self.hits = 0

    def undisturbed(self):
        folder = self.base.copy(self.judge.new_path())
        got = run(self.case.args(folder), self.log)
        _, problems = self.judge.judge(folder)
        self.t.check(got.status == PASS and not problems, f"{self.case.name}, undisturbed",
                     f"{got.status} {got.messages} {problems}")
        return got.calls

    def one(self, fault, at):
        """(the run, problems)"""
        folder = self.base.copy(self.judge.new_path())
        got = run(self.case.args(folder), folder.path + ".log", at=at, **fault)
        shown, problems = self.judge.judge(folder)
        return got, problems + self.problems_of(got, shown, fault["mode"] == "kill")

    def problems_of(self, got, shown, is_killed):
        """Of what a run said, with what its folder shows."""
        case = self.case
        if is_killed and got.status == -signal.SIGKILL:
            return []
        if got.status not in (PASS, LISTS) and not (
                got.status == INPUT and "standard output" in got.messages):
            return [f"exit {got.status}: {got.messages}"]
        if SANITIZER.search(got.err):
            return [got.messages]
        if got.status != LISTS:
            return [] if shown == case.end else [f"exit {got.status}, but {shown} is shown"]
        lines = got.messages.splitlines()
        problems = [] if len(lines) == 1 else [f"not one line: {lines}"]
        said = [one for one in self.world.lists.values()
                if f"list {one.version}," in got.messages]
        if said and said != [shown]:
            problems.append(f"says {said}, but {shown} is shown: {got.messages}")
        return problems

    def numbers(self, calls, concerned, stride):
        """Of the calls to fail: those that an undisturbed run makes, and some behind them."""
        wanted = [at + 1 for at, call in enumerate(calls)
                  if not concerned or call.split()[0] in concerned]
        return wanted[sum(self.case.name.encode()) % stride::stride]

    def run(self, pool, stride):
        calls = self.undisturbed()
        for name, fault, concerned in FAULTS:
            numbers = self.numbers(calls, concerned, stride)
            for at, (got, problems) in zip(numbers, pool.map(
                    lambda at, fault=fault: self.one(fault, at), numbers)):
                produced(self.t, got)
                self.hits += got.hit is not None
                self.t.check(not problems, f"{self.case.name}, {name} at call {at}, {got.hit}",
                             "\n      ".join(map(str, problems)))
            if not concerned:
                self.beyond(fault, len(calls))
        print(f"{self.case.name}: {len(calls)} calls, {self.hits} faults, "
              f"{len(self.judge.known)} different folders")

    def beyond(self, fault, num):
        """A run that makes fewer calls than this has had no fault."""
        got, problems = self.one(fault, num + MORE)
        self.t.check(got.status == PASS and not got.hit and not problems,
                     f"{self.case.name}: no call is left to fail", got.messages)


def main():
    stride = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    with suite("faults") as t, Server() as server, \
            concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        world = World(t)
        url = server.set("/list", content(world.lists["B"].text, etag='"b"'))
        for case, base in [world.http_case(url), *world.cases()]:
            Sweep(t, world, case, base).run(pool, stride)


main()
