#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs test suites, as many at a time as there are processors, and adds up what they say.

usage: run.py [COMMAND...] [--one-by-one COMMAND...] [--last COMMAND...]

Each COMMAND is a command line. A suite ends by printing "[name:] N passed, N failed[, N
skipped]"; one that does not, or that ends with another status than it says, is a failure.
Those of --one-by-one write where others of them read: one follows the other. Those of --last
read what all others have written. What a suite prints is shown when it has ended.
CTPOLICY_TEST_JOBS: so many at a time.
"""
import concurrent.futures
import os
import re
import shlex
import subprocess
import sys
import threading
import time

TOTAL = re.compile(r"^(?:[\w. -]+: )?(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$")
PRINTING = threading.Lock()


def run(command):
    began = time.monotonic()
    result = subprocess.run(shlex.split(command), stdout=subprocess.PIPE, text=True,
                            stderr=subprocess.STDOUT, errors="replace", check=False)
    total = None
    shown = [f"--- {command}"]
    for line in result.stdout.splitlines():
        match = TOTAL.match(line)
        if match:
            total = [int(n or 0) for n in match.groups()]
        else:
            shown.append(line)
    if total is None or (result.returncode != 0) != (total[1] > 0):
        shown.append(f"FAILED: {command} ended with status {result.returncode}"
                     + ("" if total else " and counted nothing"))
        total = total or [0, 0, 0]
        total[1] += 1
    shown.append(f"    {total[0]} passed, {total[1]} failed, {total[2]} skipped "
                 f"in {time.monotonic() - began:.1f} s")
    with PRINTING:
        print("\n".join(shown), flush=True)
    return total


def run_in_turn(commands):
    return [sum(column) for column in zip([0, 0, 0], *map(run, commands))]


def lists_of(args):
    """The commands of each list, by its name."""
    lists = {"": [], "--one-by-one": [], "--last": []}
    name = ""
    for arg in args:
        if arg in lists:
            name = arg
        else:
            lists[name].append(arg)
    return lists


def main():
    # No list that this machine keeps takes part: a folder in which there is none.
    os.umask(0o022)  # other users read what tests write
    os.environ.setdefault("CTPOLICY_STATE_DIR", os.path.join(os.getcwd(), "tests", "samples"))
    lists = lists_of(sys.argv[1:])
    jobs = int(os.environ.get("CTPOLICY_TEST_JOBS") or min(4, len(os.sched_getaffinity(0))))
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        turns = [lists["--one-by-one"], *([command] for command in lists[""])]
        totals = list(pool.map(run_in_turn, turns))
    totals.append(run_in_turn(lists["--last"]))
    passed, failed, skipped = (sum(column) for column in zip(*totals))
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed or not passed else 0)


main()
