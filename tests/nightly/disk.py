#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Fills the disk in the middle of audits: each says how far it came and goes on with room.

usage: disk.py MKBATCH [CERTIFICATES]

In a mount namespace of its own, with a small tmpfs for the results, for the checkpoint or for
both: the run ends with another status than 0 and says why and where; when the tmpfs has been
enlarged the same command goes on, and its results are byte for byte those of a run that had
room. Skipped where nobody may mount.
"""
import os
import re
import subprocess
import sys

from batch import Batch, results, run
from lib import INPUT, clean_env, suite

FAILED = re.compile(r"failed behind (\d+) records; the same command goes on from the checkpoint")
INSIDE = "CTPOLICY_TEST_DISK"
PROBE = "mount -t tmpfs -o size=64k none /mnt && mount -o remount,size=128k /mnt"
PAGE = 4096


def namespace():
    """How a mount is possible here, or None."""
    for how in (["unshare", "-m"], ["unshare", "-rm"]):
        try:
            done = subprocess.run([*how, "sh", "-c", PROBE], capture_output=True, check=False)
        except FileNotFoundError:
            continue
        if done.returncode == 0:
            return how
    return None


def mount(folder, size, *more):
    options = ",".join([*more, f"size={size // PAGE * PAGE}"])
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", folder], check=True)


def size_of(path):
    return sum(os.path.getsize(path + end) for end in ("", ".summary", ".html"))


class Disk:
    """A small disk under one folder; files elsewhere have room."""

    def __init__(self, t, batch, name, end, jobs):
        self.t, self.batch, self.name = t, batch, f"{name}, out{end}, {jobs} jobs"
        self.small, self.large = t.path(), t.path()
        os.mkdir(self.small)
        os.mkdir(self.large)
        self.end, self.jobs = end, jobs
        self.whole = os.path.join(self.large, "whole" + end)
        run(batch.command(self.whole, 2))
        self.want = results(self.whole)

    def check_status(self, result):
        """Full, and it says so."""
        status, err = result
        self.t.equal(status, INPUT, f"{self.name}: exit status", err)
        self.t.has(err, "No space left on device", f"{self.name}: why")
        return err

    def check_full(self, result):
        """The same, amid the results. The records that were done."""
        err = self.check_status(result)
        found = FAILED.search(err)
        self.t.check(found, f"{self.name}: how far", err)
        return int(found[1]) if found else 0

    def go_on(self, out, checkpoint, said="going on behind record"):
        self.t.check(os.path.getsize(checkpoint) > 0, f"{self.name}: a checkpoint")
        mount(self.small, 4 * size_of(self.whole) + (64 << 20), "remount")
        status, err = run(self.batch.command(out, self.jobs, checkpoint))
        self.t.equal(status, INPUT, f"{self.name}: going on", err)
        self.t.has(err, said, f"{self.name}: from the checkpoint")
        for name, data in results(out).items():
            self.t.check(data == self.want[name], f"{self.name}: out{name} is another")
        self.t.check(not os.path.exists(checkpoint), f"{self.name}: a checkpoint is left")
        left = sorted(os.listdir(os.path.dirname(out)))
        wanted = sorted({"out" + self.end + end for end in ("", ".summary", ".html")})
        self.t.equal([n for n in left if n.startswith("out")], wanted, f"{self.name}: files")
        subprocess.run(["umount", self.small], check=True)
        print(f"{self.name}: {err.strip().removeprefix('ctpolicy: ')}", flush=True)

    def fill_output(self, share):
        """The results have room for a part of them."""
        size = int(os.path.getsize(self.whole) * share)
        mount(self.small, size)
        out = os.path.join(self.small, "out" + self.end)
        checkpoint = os.path.join(self.large, "checkpoint")
        done = self.check_full(run(self.batch.command(out, self.jobs, checkpoint)))
        self.t.check(done > 0, f"{self.name}: some were done")
        # Still full, it says the same again.
        again = self.check_full(run(self.batch.command(out, self.jobs, checkpoint)))
        self.t.check(again > 0, f"{self.name}: and the second time")
        self.go_on(out, checkpoint)

    def fill_end(self):
        """The results have room, and what is written behind them has none."""
        mount(self.small, os.path.getsize(self.whole) + 8 * PAGE)
        out = os.path.join(self.small, "out" + self.end)
        checkpoint = os.path.join(self.large, "checkpoint")
        err = self.check_status(run(self.batch.command(out, self.jobs, checkpoint)))
        self.t.has(err, "the results are complete in", f"{self.name}: how far")
        self.go_on(out, checkpoint, "records were judged when")

    def fill_checkpoint(self):
        """Another program fills the disk of the checkpoint in the middle of the run."""
        mount(self.small, 1 << 20)
        out = os.path.join(self.large, "out" + self.end)
        checkpoint = os.path.join(self.small, "checkpoint")
        command = self.batch.command(out, self.jobs, checkpoint)
        victim = subprocess.Popen(command, env=clean_env(), stderr=subprocess.PIPE)
        written = set()
        while len(written) < 3 and victim.poll() is None:
            try:
                written.add(os.stat(checkpoint).st_ino)
            except FileNotFoundError:
                pass
        with open(os.path.join(self.small, "filler"), "wb", buffering=0) as file:
            try:
                while file.write(b"x" * PAGE):
                    pass
            except OSError:
                pass
        err = victim.communicate()[1].decode()
        done = self.check_full((victim.returncode, err))
        self.t.check(done > 0, f"{self.name}: some were done")
        self.go_on(out, checkpoint)


def main():
    if not os.environ.get(INSIDE):
        how = namespace()
        if not how:
            print("skipped: a full disk needs a mount, for which this user has no right")
            print("disk: 0 passed, 0 failed, 1 skipped")
            return
        os.execvpe(how[0], [*how, sys.executable, *sys.argv], {**os.environ, INSIDE: "1"})
    num = int(sys.argv[2]) if len(sys.argv) > 2 else 50000
    with suite("disk") as t:
        batch = Batch(sys.argv[1], num, t.folder)
        for end, jobs in (("", 1), (".gz", 2), (".zst", 2)):
            for share in (0.4, 0.8):
                Disk(t, batch, f"room for {share:.0%}", end, jobs).fill_output(share)
            Disk(t, batch, "no room for the report", end, jobs).fill_end()
            Disk(t, batch, "no room for a checkpoint", end, jobs).fill_checkpoint()


main()
