#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""deploy/cluster/slurm on a real Slurm, started here and stopped here: a task is killed, one
runs out of time, one cannot run; the merge waits for all of them."""
import os
import re
import shutil
import time

import slurm
from cluster_lib import (ENV, OPTIONS, SLOW, WAIT, Job, issuers, make_inputs,
                         real_certificates, run_suite, script)
from lib import clean_env, read


class Queue:
    """Jobs handed in by submit.sh."""

    def __init__(self, t, cluster):
        self.t, self.cluster = t, cluster

    def submit(self, job, *options, want=0):
        done = self.cluster.run(script("slurm/submit.sh"), job.folder, *options,
                                env={**clean_env(ENV), **self.cluster.env}, cwd=job.folder)
        self.t.equal(done.returncode, want, "submit.sh: exit status", repr(done))
        return done.stdout + done.stderr

    def wait(self, what, otherwise):
        """What is put back waits two minutes before it starts; here it need not."""
        end = time.monotonic() + WAIT
        while time.monotonic() < end:
            queue = [line.split(None, 3) for line in self.cluster.jobs()]
            for _, name, state, why in queue:
                if (state, why) == ("PENDING", "BeginTime"):
                    self.cluster.run("scontrol", "update", f"jobid={name}", "StartTime=now")
            if what(queue):
                return self.t.check(True, otherwise)
            time.sleep(0.2)
        return self.t.check(False, otherwise, f"{self.cluster.jobs()}\n{self.cluster.logs()}")

    def drain(self):
        self.wait(lambda queue: not queue, "the queue comes to its end")


def run_records(t, queue):
    """Part 2 is killed, part 3 told that its time is up; meanwhile nothing is merged."""
    folder = os.path.join(t.folder, "in put's")
    make_inputs(folder, 24000)
    job = Job(t, "a job's $HOME", 3, SLOW, paths=[folder])
    out = queue.submit(job, "--time=10")
    number = re.search(r"parts 1-3: job (\d+)", out)
    if not t.check(number, "an array of three", out):
        return
    again = queue.submit(job, want=1)
    t.has(again, "under way already", "a second time it is refused")
    job.kill_in_the_middle(2)
    queue.wait(lambda _: job.place(3) > 0, "part 3 is in its middle")
    queue.cluster.run("scancel", "--batch", "--signal=USR1", f"{number.group(1)}_3")
    queue.drain()
    job.was_killed(2)
    for part in (2, 3):
        t.equal(job.went_on(part), 1, f"part {part} went on from its checkpoint",
                job.text(f"part-{part}.log"))
        t.has(job.text(f"slurm-{part}.log"), "start 2",
              f"as the same task of the array, put back into the queue (part {part})")
    t.equal(job.went_on(1), 0, "part 1 had no need to")
    t.has(job.text("part-3.log"), "stopped behind", "part 3 stopped by itself")
    job.compare("mixed")
    t.equal(job.left_over(), [], "nothing is left over")
    out = queue.submit(job)
    t.check("parts" not in out and "merge" in out, "all is done: only the merge again", out)
    queue.drain()
    job.compare("mixed, merged again")


def run_cancelled(t, queue):
    """What is cancelled stays out of the queue; the same command hands it in again."""
    files = make_inputs(os.path.join(t.folder, "in2"), 24000)
    job = Job(t, "cancelled", 2, [*SLOW, "--issuers", issuers(t)], files=files)
    out = queue.submit(job)
    queue.wait(lambda _: job.place(2) > 0, "part 2 is in its middle")
    queue.cluster.run("scancel", re.search(r"job (\d+)", out).group(1))
    queue.drain()
    t.check(not os.path.exists(job.path("summary.json")), "and nothing is merged")
    t.has(job.text("slurm-2.log"), "CANCELLED", "cancelled")
    t.check("start 2" not in job.text("slurm-2.log"), "is not put back into the queue")
    pool = job.options[-1]
    os.rename(pool, pool + ".away")
    out = queue.submit(job)
    t.has(out, "2", "part 2 is handed in again")
    queue.drain()
    t.check(not os.path.exists(job.path("part-2.ndjson.zst")), "it cannot run without its pool")
    os.rename(pool + ".away", pool)
    queue.submit(job)
    queue.drain()
    t.equal(job.went_on(2), 1, "and went on from its checkpoint", job.text("part-2.log"))
    job.compare("mixed, by files")


def run_real(t, queue):
    path = real_certificates(t, 20)
    if path:
        job = Job(t, "real", 2, ["--at", "2026-06-02", "--policy", "all"], paths=[path])
        queue.submit(job)
        queue.drain()
        job.compare("real certificates")


def run_no_use(t, queue):
    """A part that cannot run is not put back, and its merge is taken out of the queue."""
    files = make_inputs(os.path.join(t.folder, "few"), 40)
    lists = t.file(read(OPTIONS[-1]))
    job = Job(t, "no use", 2, [*OPTIONS[:-1], lists], files=files)
    os.rename(lists, lists + ".away")
    queue.submit(job)
    queue.drain()
    t.has(job.text("slurm-1.log"), "exit status 2", "no log list: a fault of the plan")
    t.check("start 2" not in job.text("slurm-1.log"), "which is not tried again")
    t.check(not os.path.exists(job.path("summary.json")), "and nothing is merged")


def processes_of(folder):
    mark = os.fsencode(folder)
    out = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            words = read(f"/proc/{pid}/cmdline")
        except OSError:
            continue
        if mark in words:
            out.append(words.replace(b"\0", b" "))
    return out


def test_slurm(t):
    folder = os.path.join(t.folder, "slurm")
    try:
        run_all_on(t, folder)
    except SystemExit:  # ended from outside
        shutil.rmtree(t.folder, ignore_errors=True)
        raise
    t.equal(processes_of(t.folder), [], "no process is left")


def run_all_on(t, folder):
    with slurm.Slurm(folder) as cluster:
        version = cluster.run("sinfo", "--version").stdout.strip()
        print(f"    {version}: slurmctld, slurmd and munged on 127.0.0.1")
        queue = Queue(t, cluster)
        for run in (run_records, run_cancelled, run_real, run_no_use):
            run(t, queue)


run_suite("cluster-slurm", globals(), slurm.missing(), "slurmctld slurmd slurm-client munge")
