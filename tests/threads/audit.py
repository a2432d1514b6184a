#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`ctpolicy audit` with four jobs at once, for the thread sanitizer above all (make tsan): over
mixed inputs with all that it can write, stopped by signals at any moment, and with a log list
whose file is replaced meanwhile."""
import base64
import gzip
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
import der  # noqa: E402
from audit_lib import (FAILS, GOOD, ISSUER, LEAF, Unread, has_heard, mixed,  # noqa: E402
                       request, start, wait_for, zstd)
from lib import AT, INPUT, LIST, PROGRAM, SANITIZER, TIMEOUT, read, run_all  # noqa: E402

JOBS = ["--jobs", "4"]
TIMES = (b'"run":', b"<dt>Run</dt>", b"<dt>Speed</dt>")


def inputs(t):
    """A folder of all kinds, the same certificates again and again among them."""
    folder, lines = t.path(), ("\n".join(mixed(240)) + "\n").encode()
    os.mkdir(folder)
    rows = "".join(f"{i},{base64.b64encode(LEAF).decode()}\n" for i in range(150))
    for name, data in [("a.pem", (GOOD + FAILS + der.pem(LEAF)) * 60), ("b.der", LEAF * 120),
                       ("c.ndjson", lines), ("d.ndjson.gz", gzip.compress(lines)),
                       ("e.csv.zst", zstd(rows.encode())), ("f", b"rubbish\0" * 99)]:
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data.encode() if isinstance(data, str) else data)
    return folder


def without_times(path):
    return [line for line in read(path).splitlines() if not line.startswith(TIMES)]


def test_all_that_is_written(t):
    folder, pool = inputs(t), t.file(ISSUER)
    for end in ("", ".gz", ".zst"):
        for more in ([], ["--dedupe", "--progress", "always"], ["--verifier", "reference"]):
            out = t.path(end)
            files = [out, out + ".summary", out + ".html"]
            command = ["audit", *AT, *LIST, "--format", "ndjson", "--issuers", pool, *more,
                       "--output", files[0], "--summary", files[1], "--report", files[2], folder]
            made = []
            for jobs in (["--jobs", "1"], [*JOBS, "--checkpoint", out + ".checkpoint"]):
                result = t.run(*command, *jobs)
                t.equal(result.status, INPUT, f"{end} {more} {jobs}", repr(result)[:600])
                made.append([read(out), *map(without_times, files[1:])])
            t.check(made[0] == made[1], f"out{end} {more}: the same by four jobs")
            t.check(not os.path.exists(out + ".checkpoint"), "no checkpoint is left")


def end_of(t, run, what):
    """Its exit status; a report of the sanitizer is a failure."""
    err = run.stderr.read()
    status = run.wait(TIMEOUT)
    run.stderr.close()
    t.check(not SANITIZER.search(err), f"{what}: quiet", err.decode("utf-8", "replace")[:3000])
    return status, err.decode()


def test_stopped(t):
    """At any moment; then the same command goes on to the same results."""
    folder, chance = inputs(t), random.Random(1)
    want = t.path(".gz")
    command = ["audit", *AT, *LIST, "--format", "ndjson", *JOBS]
    began = time.monotonic()
    t.run(*command, "--output", want, folder)
    seconds = time.monotonic() - began
    for number, status in [(signal.SIGINT, 130), (signal.SIGTERM, 143)] * 4:
        out = t.path(".gz")
        again = [*command, "--output", out, "--checkpoint", out + ".checkpoint", folder]
        run = start(again)
        time.sleep(chance.uniform(0.1, 1) * seconds)
        run.send_signal(number)
        got, err = end_of(t, run, "stopped")
        # Too early, before it listens, or too late, behind its end.
        t.check(got in (status, -number, INPUT), f"signal {number}: exit status {got}", err)
        t.equal(got == INPUT, os.path.exists(out), f"signal {number}: complete, and says so")
        if got == status:
            t.has(err, "stopped behind ", "how far it came")
        if not os.path.exists(out):
            result = t.run(*again)
            t.equal(result.status, INPUT, "goes on", repr(result)[:600])
        t.check(read(out) == read(want), f"signal {number}: the same results in the end")


def feed(run, data):
    try:
        run.stdin.write(data)
        run.stdin.close()
    except (BrokenPipeError, ValueError, OSError):
        pass


def test_stopped_twice(t):
    """Nobody takes the results: the first signal waits for that, the second one does not."""
    if b"__tsan_init" in read(PROGRAM):
        t.skip("two signals: the thread sanitizer keeps them from a thread that waits for a lock")
        return
    data = "\n".join(request("AAAA", id=i) for i in range(30000)).encode()
    unread = Unread()
    run = unread.start(["audit", *AT, *LIST, "--format", "ndjson", *JOBS], stdin=subprocess.PIPE)
    feeder = threading.Thread(target=feed, args=(run, data))
    feeder.start()
    t.check(wait_for(run, unread.is_full), "nobody reads")
    run.send_signal(signal.SIGINT)
    t.check(wait_for(run, lambda: has_heard(run, signal.SIGINT)),
            "the first one finishes what is in hand")
    run.send_signal(signal.SIGTERM)
    t.equal(end_of(t, run, "stopped twice")[0], -signal.SIGTERM, "the second one ends it")
    feeder.join()
    unread.close()


def test_swapped_list(t):
    """One snapshot of the log list for a run, whatever happens to its file."""
    lines = [(line + "\n").encode() for line in mixed(600)]
    lists, other = t.path(), t.file(read(LIST[1]).replace(b'"usable"', b'"rejected"'))
    shutil.copy(LIST[1], lists)
    command = ["audit", *AT, "--log-list", lists, "--format", "ndjson", *JOBS]
    want = t.run(*command, stdin=b"".join(lines)).out
    swapped = t.run("audit", *AT, "--log-list", other, "--format", "ndjson",
                    stdin=b"".join(lines)).out
    t.check(swapped != want, "by the other list something else comes out")
    run = start(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    got = []
    ear = threading.Thread(target=lambda: got.append(run.stdout.read()))
    ear.start()
    for i, line in enumerate(lines):
        run.stdin.write(line)
        run.stdin.flush()
        if i == 200:
            time.sleep(0.3)
            os.replace(other, lists)
        elif i == 400:
            time.sleep(0.3)
            with open(lists, "wb") as file:
                file.write(b"rubbish")
    run.stdin.close()
    ear.join()
    t.equal(end_of(t, run, "swapped")[0], INPUT, "exit status")
    run.stdout.close()
    t.check(got[0] == want, "the same results as with a list that stays")


run_all("audit_threads", globals())
