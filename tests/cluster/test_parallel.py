#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""deploy/cluster/parallel: the parts in local slots of GNU parallel, one of them killed."""
import os
import shutil
import subprocess

from cluster_lib import (ENV, OPTIONS, SLOW, WAIT, Job, call, issuers, make_inputs,
                         real_certificates, run_suite, script)
from lib import clean_env

RUN = "parallel/run.sh"


def env(t):
    home = os.path.join(t.folder, "home")
    os.makedirs(home, exist_ok=True)
    return {"PARALLEL_HOME": home, "HOME": home}


def disturbed(t, job, part):
    """A run of which one audit is killed with -9."""
    run = subprocess.Popen([script(RUN), job.folder, "--jobs", "2"],
                           env=clean_env({**ENV, **env(t)}), stdin=subprocess.DEVNULL,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    job.kill_in_the_middle(part)
    out = run.communicate(timeout=WAIT)[0]
    t.equal(run.returncode, 0, "parallel comes to its end", out[-2000:])
    job.was_killed(part)
    t.equal(job.went_on(part), 1, "and the part went on from its checkpoint",
            job.text(f"part-{part}.log"))
    t.equal(job.left_over(), [], "nothing is left over")


def test_files(t):
    """Each part has files of its own."""
    files = make_inputs(os.path.join(t.folder, "in put"), 24000)
    job = Job(t, "a job's {} $HOME", 4, [*SLOW, "--issuers", issuers(t)], files=files)
    disturbed(t, job, 4)
    job.compare("mixed")
    before = job.text("parallel.log")
    call(t, RUN, job.folder, env=env(t))
    t.equal(len(job.text("parallel.log").splitlines()), 1,
            "done is done: no part runs again", before)


def test_records(t):
    """Each part has every third record of all inputs; a folder is an input."""
    folder = os.path.join(t.folder, "in")
    make_inputs(folder, 24000)
    job = Job(t, "records", 3, SLOW, paths=[folder])
    disturbed(t, job, 2)
    job.compare("mixed")


def test_real(t):
    path = real_certificates(t, 20)
    if path:
        job = Job(t, "real", 3, ["--at", "2026-06-02", "--policy", "all"], paths=[path])
        call(t, RUN, job.folder, env=env(t))
        job.compare("real certificates")


def test_failure(t):
    """A part that fails keeps the merge away; mended, the same command goes on."""
    folder = os.path.join(t.folder, "few")
    files = make_inputs(folder, 400)
    pool = issuers(t)
    job = Job(t, "fails", 5, [*OPTIONS, "--issuers", pool], files=files)
    os.rename(pool, pool + ".away")
    done = call(t, RUN, job.folder, "--retries", "2", want=5, env=env(t))
    t.has(done.stderr, "part 5", "who failed is said")
    t.check(not os.path.exists(job.path("summary.json")), "and nothing merged")
    os.rename(pool + ".away", pool)
    call(t, RUN, job.folder, env=env(t))
    job.compare("mixed")


run_suite("cluster-parallel", globals(),
          [] if shutil.which("parallel") else ["parallel"], "parallel")
