#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The machine stops in the middle of a refresh, an import or a prune: what can be left?

usage: test_cuts.py [CUTS [SEED [NUMBER]]]

What each command does to the state folder is recorded, and CUTS (200) times only the part before
some moment is done again in a fresh folder, with any loss that a file system may have by then
(file_system.py says what is assumed of it): two of five moments are right before or behind an
fsync, and one is behind the end, where nothing may be lost any more. Of each folder a reader must see
the old or the new list, whole, and the same command then ends as if nothing had happened. NUMBER
repeats that cut of a SEED alone.
"""
import concurrent.futures
import copy
import os
import random
import shutil
import sys

from state_lib import PASS, Folder, Judge, World, run
from file_system import HOWS, FileSystem, read_record
from lib import suite

JOBS = 2


class Recorded:
    """One command over a folder, taken apart; perhaps behind one that was killed at a call."""

    def __init__(self, t, judge, killed_at):
        self.t, self.judge, self.case, self.killed_at = t, judge, judge.case, killed_at
        case, base = judge.case, judge.base
        root = judge.new_path()
        os.mkdir(root)
        folder = base.copy(os.path.join(root, "state"))
        self.start = FileSystem(root)
        open(root + ".ops", "wb").close()
        if killed_at:
            run(case.args(folder), record=root + ".ops", mode="kill", at=killed_at)
        got = run(case.args(folder), record=root + ".ops")
        t.equal(got.status, PASS, f"{self}: recorded", got.messages)
        whole = copy.deepcopy(self.start)
        self.ops = [op for op in read_record(root + ".ops") if whole.do(op)]
        self.boundaries = [at + behind for at, op in enumerate(self.ops) if op[0] == "fsync"
                           for behind in (0, 1)]
        self.check_record(whole, folder)

    def check_record(self, whole, folder):
        """Done again without a cut, they give what the run left: none is missing."""
        to = self.judge.new_path()
        whole.write(to)
        self.t.equal(Folder(os.path.join(to, "state")).fingerprint(), folder.fingerprint(),
                     f"{self}: the recording is complete")

    def cut(self, chance):
        """(what it was, problems)"""
        whole = len(self.ops)
        at = chance.choice([chance.choice(self.boundaries), chance.choice(self.boundaries),
                            chance.randrange(whole + 1), chance.randrange(whole + 1), whole])
        how = chance.choice(HOWS)
        left = copy.deepcopy(self.start)
        for op in self.ops[:at]:
            left.do(op)
        to = self.judge.new_path()
        left.write(to, how, chance)
        folder = Folder(os.path.join(to, "state"))
        lost = at == whole and (folder.index() != self.judge.want_index
                                or self.judge.look_at_end(folder))
        _, problems = self.judge.judge(folder)
        if lost:
            problems = [*problems, "what was said to be done is lost", lost]
        shutil.rmtree(to)
        return f"{self}, before operation {at} ({how})", problems

    def __str__(self):
        return self.case.name + (f" behind one killed at call {self.killed_at}"
                                 if self.killed_at else "")


def main():
    numbers = list(map(int, sys.argv[1:]))
    cuts, seed, only = (numbers + [200, None, None][len(numbers):])[:3]
    seed = random.SystemRandom().randrange(1 << 32) if seed is None else seed
    print(f"seed {seed}: {cuts} cuts", flush=True)
    with suite("cuts") as t, concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        world = World(t)
        chance = random.Random(seed)
        judges = [Judge(case, world.lists, base, world.scratch) for case, base in world.cases()]
        # The calls of one of them are about so many.
        commands = [Recorded(t, judge, at) for judge in judges
                    for at in [None] + [chance.randrange(2, 170)
                                                        for _ in range(1 + cuts // 1000)]]

        def one(number):
            return commands[number % len(commands)].cut(random.Random(f"{seed} {number}"))
        chosen = range(cuts) if only is None else [only]
        for number, (what, problems) in zip(chosen, pool.map(one, chosen)):
            t.check(not problems, f"seed {seed}, cut {number}: {what}",
                    "\n      ".join(map(str, problems)))
        for command in commands:
            print(f"{command}: {len(command.ops)} operations, "
                  f"{len(command.judge.known)} different folders")


main()
