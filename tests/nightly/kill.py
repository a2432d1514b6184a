#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Kills audits at random moments and lets them go on: not a byte may be another.

usage: kill.py MKBATCH [KILLS [CERTIFICATES [SEED]]]

KILLS (100) times in all `kill -9` ends a run over CERTIFICATES (50,000) of all kinds, and the
same command goes on; plain and compressed results, by one job and two. Whenever a run comes to
its end, its output, summary and report are those of a run that nobody disturbed; then the next
one begins.
"""
import os
import random
import re
import signal
import subprocess
import sys
import time

from batch import Batch, results, run
from lib import INPUT, clean_env, suite

KINDS = [("", 1), ("", 2), (".gz", 1), (".gz", 2), (".zst", 1), (".zst", 2)]
GOING_ON = re.compile(r"going on behind record (\d+)")


class Victim:
    """Runs of one kind, disturbed, in a folder of their own."""

    def __init__(self, t, batch, folder, kind, chance):
        end, self.jobs = kind
        self.t, self.batch, self.chance = t, batch, chance
        self.name = f"out{end}, {self.jobs} jobs"
        self.folder = os.path.join(folder, f"jobs{self.jobs}{end}")
        os.mkdir(self.folder)
        self.out = os.path.join(self.folder, "out" + end)
        self.checkpoint = os.path.join(self.folder, "checkpoint")
        self.kills = self.ended = self.resumed = self.left = 0
        whole = os.path.join(folder, f"whole{self.jobs}" + end)
        began = time.monotonic()
        status, err = run(batch.command(whole, self.jobs))
        self.seconds = time.monotonic() - began
        t.equal((status, err), (INPUT, ""), f"{self.name}: undisturbed")
        self.want = results(whole)

    def start(self, end_after=None):
        """One run, killed after so many seconds, or not. True where it came to its end."""
        command = self.batch.command(self.out, self.jobs, self.checkpoint)
        victim = subprocess.Popen(command, env=clean_env(), stderr=subprocess.PIPE)
        try:
            victim.wait(end_after)
        except subprocess.TimeoutExpired:
            victim.send_signal(signal.SIGKILL)
        err = victim.stderr.read().decode()
        victim.stderr.close()
        killed = victim.wait() == -signal.SIGKILL
        self.kills += killed
        going_on = GOING_ON.search(err)
        self.resumed += going_on is not None and going_on[1] != "0"
        if not killed:
            self.t.equal(victim.returncode, INPUT, f"{self.name}: exit status", err)
        if os.path.exists(self.out):
            self.t.check(results(self.out)[""] == self.want[""],
                         f"{self.name}: results under their name are complete", err)
        return not killed

    def judge(self):
        """Of a run that came to its end; then there is nothing of it."""
        got = results(self.out)
        for name, data in self.want.items():
            self.t.check(got[name] == data, f"{self.name}: out{name} is another")
        self.t.check(not os.path.exists(self.checkpoint), f"{self.name}: a checkpoint is left")
        for name in os.listdir(self.folder):
            # What was under way when it was killed.
            self.left += name.rsplit(".", 1)[-1] not in ("gz", "zst", "summary", "html", "out")
            os.unlink(os.path.join(self.folder, name))
        self.ended += 1

    def disturb(self, kills):
        while self.kills < kills:
            if self.start(self.chance.uniform(0, 1.1 * self.seconds)):
                self.judge()
        self.start()
        self.judge()
        print(f"{self.name}: {self.kills} kills, {self.resumed} times gone on in the "
              f"middle, {self.ended} times to the end, {self.left} unfinished files were "
              f"left; {self.seconds:.1f} s undisturbed", flush=True)


def main():
    mkbatch, *numbers = sys.argv[1:]
    kills, num, seed = (list(map(int, numbers)) + [100, 50000, None][len(numbers):])[:3]
    seed = random.SystemRandom().randrange(1 << 32) if seed is None else seed
    print(f"seed {seed}: {kills} kills of runs over {num} certificates", flush=True)
    with suite("kill") as t:
        batch = Batch(mkbatch, num, t.folder)
        chance = random.Random(seed)
        for i, kind in enumerate(KINDS):
            victim = Victim(t, batch, t.folder, kind, chance)
            victim.disturb(kills * (i + 1) // len(KINDS) - kills * i // len(KINDS))
            t.check(victim.resumed > 0 or victim.kills < 3, f"{victim.name}: never gone on")


main()
