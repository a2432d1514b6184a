#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""deploy/cluster: plans that are refused, parts that end in every way, and their merge; without
any engine."""
import fcntl
import os
import signal
import subprocess
import time

from cluster_lib import ENV, OPTIONS, SLOW, Job, call, issuers, make_inputs, run_suite, script
from audit_lib import request
from lib import PROGRAM, clean_env, read, sample


def test_refused_plans(t):
    folder, few = os.path.join(t.folder, "in"), t.file("a\n\nb\n")
    files = make_inputs(folder, 40)
    stem = t.path()
    for args, said in [
            (["0", "--", folder], "number of parts"), (["x", "--", folder], "number of parts"),
            (["2", "--"], "usage"), (["2", folder, "--"], "usage"),
            (["2", "--", folder + "/none"], "no such file"), (["2", "--", "-"], "standard input"),
            (["300", "--", folder], "--files"), (["3", "--files", few], "3 parts of 2 files"),
            (["2", "--files", t.file("")], "no file in it"), (["2", "--files", few, few], "usage"),
            (["2", "--files", folder + "/none"], "cannot be read"),
            (["2", "--fail-only", "--", folder], "--fail-only goes with --files"),
            (["2", "--dedupe", "--", folder], "--dedupe"),
            (["2", "--shard", "1/2", "--", folder], "--shard is set"),
            (["2", "--output=x", "--", folder], "--output is set"),
            (["2", "--policy", "pear", "--", folder], "pear"),
            (["2", "--log-list", few, "--", folder], "no usable log list"),
            (["2", "--issued-from", "a\nb", "--files", few], "line break")]:
        job = t.path()
        done = call(t, "plan.sh", job, *args, want=2)
        t.has(done.stderr, said, f"{args}: why")
        t.check(not os.path.exists(os.path.join(job, "plan")), f"{args}: no plan")
    done = call(t, "plan.sh", folder + "/job", "2", "--", folder, want=2)
    t.has(done.stderr, "which is an input", "a job among its inputs")
    os.rmdir(folder + "/job")
    done = call(t, "plan.sh", stem, "2", "--", folder, want=2, env={"CTPOLICY_STRICT": "1"})
    t.has(done.stderr, "CTPOLICY_STRICT", "options in the environment are seen")
    done = call(t, "plan.sh", stem, "2", "--", folder, want=2, env={"CTP_PROGRAM": "./none"})
    t.has(done.stderr, "CTP_PROGRAM", "no program")
    for args in ((), (stem,), (stem, "1"), (stem + "/none", "1")):
        call(t, "part.sh", *args, want=2)
    for name in ("todo.sh", "merge.sh", "slurm/submit.sh"):
        call(t, name, stem, want=2)
    job = Job(t, "job", 2, OPTIONS, files=files)
    before = job.text("plan")
    t.check("\nat " not in before, "the time that was given is the time")
    job.plan()
    t.equal(job.text("plan"), before, "the same plan again")
    job.parts = 3
    done = call(t, "plan.sh", job.folder, "3", *OPTIONS, *job.inputs, want=2)
    t.has(done.stderr, "another plan", "another plan")
    t.equal((job.text("plan"), os.listdir(job.folder)), (before, ["plan"]), "is refused")


def test_time(t):
    """One time of check for all parts, whenever they run; from any folder."""
    path = sample("compliant.pem")
    job = Job(t, "now", 2, ["--policy", "all"], paths=[path, path])
    at = [line for line in job.text("plan").splitlines() if line.startswith("at ")]
    time.sleep(1.1)
    job.plan()
    for part in ("1", "2"):
        call(t, "part.sh", job.folder, part, cwd="/")
        time.sleep(1.1)
    call(t, "merge.sh", os.path.relpath(job.folder, t.folder), cwd=t.folder)
    job.options = ["--policy", "all", "--at", at[0][3:]]
    job.compare("one time for all")


def test_ends(t):
    """Verdicts, unreadable records and no record at all are results; the merge has them all."""
    def one(name, want, *contents, options=OPTIONS):
        files = [t.file(content, ".in") for content in contents]
        job = Job(t, name, len(files), options, files=files)
        for part in range(1, len(files) + 1):
            call(t, "part.sh", job.folder, str(part))
        call(t, "merge.sh", job.folder)
        t.equal(job.text("status"), f"{want}\n", f"{name}: the exit status of all")
        t.equal(job.left_over(), [], f"{name}: nothing is left over")
        job.compare(name)
    good, bad = read(sample("compliant.pem")), read(sample("no-scts.pem"))
    leaf = good.split(b"-----END CERTIFICATE-----\n")[0] + b"-----END CERTIFICATE-----\n"
    one("passes", 0, good, good)
    one("fails", 1, good, bad)
    one("open", 5, request(), leaf)
    one("unreadable", 3, good, b"rubbish", bad)
    one("empty files", 3, b"", bad, b"", good)
    one("selected", 1, good * 3, bad, options=[*OPTIONS, "--fail-only"])
    folders = [t.path(), t.path()]
    for folder in folders:
        os.mkdir(folder)
    job = Job(t, "nothing", 2, OPTIONS, files=folders)
    for part in ("1", "2"):
        call(t, "part.sh", job.folder, part)
    done = call(t, "merge.sh", job.folder, want=1)
    t.has(done.stderr, "no certificate in all of the input", "no record at all")


def test_more_parts_than_records(t):
    job = Job(t, "many", 5, OPTIONS, paths=[sample("compliant.pem"), sample("no-scts.pem")])
    for part in "12345":
        t.equal(call(t, "todo.sh", job.folder).stdout.split(), list("12345"["12345".index(part):]),
                "what is to be done")
        call(t, "part.sh", job.folder, part)
    call(t, "merge.sh", job.folder)
    job.compare("more parts than records")
    call(t, "part.sh", job.folder, "6", want=2)
    os.unlink(job.path("results.ndjson.zst"))
    call(t, "merge.sh", job.folder, env={"CTP_JOIN": "no"})
    t.check(not os.path.exists(job.path("results.ndjson.zst")), "CTP_JOIN=no joins nothing")
    # A part that lost a line is not put together.
    os.rename(job.path("part-5.ndjson.zst"), job.path("part-2.ndjson.zst"))
    os.link(job.path("part-4.ndjson.zst"), job.path("part-5.ndjson.zst"))
    done = call(t, "merge.sh", job.folder, want=1)
    t.has(done.stderr, "1 results of 2 records", "a broken part")
    t.check(not os.path.exists(job.path("results.ndjson.zst")), "is not put together")


def test_full_disk(t):
    """Exit status 3 as well, and no result: the part goes on when there is room."""
    files = make_inputs(os.path.join(t.folder, "disk"), 400)
    job = Job(t, "full", 1, [*OPTIONS, "--issuers", issuers(t)], files=files)
    limit = ["/bin/sh", "-c", 'trap "" XFSZ; ulimit -f 40; exec "$@"', "sh"]
    done = subprocess.run([*limit, script("part.sh"), job.folder, "1"], env=clean_env(ENV),
                          capture_output=True, text=True)
    t.equal(done.returncode, 1, "a disk that fills up is a failure", done.stderr)
    t.has(done.stderr, "exit status 3", "with the status of unreadable records")
    t.equal(call(t, "todo.sh", job.folder).stdout, "1\n", "and the part is still to be done")
    call(t, "part.sh", job.folder, "1")
    done = subprocess.run([*limit[:2], limit[2].replace("40", "1"), "sh", script("merge.sh"),
                           job.folder], env=clean_env(ENV), capture_output=True, text=True)
    t.equal(done.returncode, 1, "and in the merge", done.stderr)
    call(t, "merge.sh", job.folder)
    job.compare("a disk that was full")


def begin(job, part):
    """A part under way, behind a checkpoint of its own."""
    before = job.place(part)
    run = subprocess.Popen([script("part.sh"), job.folder, str(part)], env=clean_env(ENV),
                           stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 60
    while job.place(part) <= before and run.poll() is None and time.monotonic() < end:
        time.sleep(0.01)
    return run


def test_signals(t):
    """Stopped, part.sh stops the program, which leaves a checkpoint; the same command goes on."""
    folder = os.path.join(t.folder, "in3")
    make_inputs(folder, 18000)
    job = Job(t, "stopped", 1, SLOW, paths=[folder])
    for i, number in enumerate((signal.SIGTERM, signal.SIGUSR1)):
        run = begin(job, 1)
        done = call(t, "part.sh", job.folder, "1", want=1)
        t.has(done.stderr, "another process is at work", "nobody else works on it")
        run.send_signal(number)
        err = run.communicate(timeout=60)[1]
        t.equal(run.returncode, 143, "told to stop", err)
        t.equal(job.process(1), None, "and the program has stopped too")
        t.equal(job.went_on(1), i, "from a checkpoint")
    # Without its script the program is still at work, and holds the lock.
    run = begin(job, 1)
    run.kill()
    run.communicate()
    t.check(job.process(1), "the script is killed, the program not")
    call(t, "part.sh", job.folder, "1", want=1)
    job.kill_in_the_middle(1)
    with open(job.path("part-1.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
    for name in ("part-1.checkpoint.abcdef", "part-1.summary.json.abcdef"):
        with open(job.path(name), "w") as file:
            file.write("half of it")
    call(t, "part.sh", job.folder, "1")
    t.equal(job.went_on(1), 3, "from a checkpoint again")
    call(t, "merge.sh", job.folder)
    t.equal(job.left_over(), [], "nothing is left over")
    job.compare("stopped and gone on with")


def test_changed_inputs(t):
    """What changed under a checkpoint cannot be gone on with."""
    folder = os.path.join(t.folder, "in4")
    files = make_inputs(folder, 18000)
    job = Job(t, "changed", 1, SLOW, paths=[folder])
    run = begin(job, 1)
    run.terminate()
    run.communicate()
    with open(files[0], "ab") as file:
        file.write(b"more")
    os.rename(files[0], files[1])
    done = call(t, "part.sh", job.folder, "1", want=2)
    t.has(done.stderr, "the inputs are not what they were", "why")
    t.check(PROGRAM in job.text("plan"), "the plan names the program")


run_suite("cluster-parts", globals(), [], "")
