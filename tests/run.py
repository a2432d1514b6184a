#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs test suites one after another and adds up what they say.

Each argument is a command line. A suite ends by printing "[name:] N passed, N failed[, N
skipped]"; one that does not, or that ends with another status than it says, is a failure.
"""
import os
import re
import shlex
import subprocess
import sys
import time

TOTAL = re.compile(r"^(?:[\w.-]+: )?(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$")


def run(command):
    began = time.monotonic()
    print(f"--- {command}", flush=True)
    process = subprocess.Popen(shlex.split(command), stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True, errors="replace")
    total = None
    for line in process.stdout:
        match = TOTAL.match(line.rstrip("\n"))
        if match:
            total = [int(n or 0) for n in match.groups()]
        else:
            print(line, end="", flush=True)
    status = process.wait()
    if total is None or (status != 0) != (total[1] > 0):
        print(f"FAILED: {command} ended with status {status}"
              + ("" if total else " and counted nothing"))
        total = total or [0, 0, 0]
        total[1] += 1
    print(f"    {total[0]} passed, {total[1]} failed, {total[2]} skipped "
          f"in {time.monotonic() - began:.1f} s", flush=True)
    return total


def main():
    # No list that this machine keeps takes part: a folder in which there is none.
    os.umask(0o022)  # other users read what tests write
    os.environ.setdefault("CTPOLICY_STATE_DIR", os.path.join(os.getcwd(), "tests", "samples"))
    sums = [0, 0, 0]
    for command in sys.argv[1:]:
        sums = [a + b for a, b in zip(sums, run(command))]
    print(f"{sums[0]} passed, {sums[1]} failed, {sums[2]} skipped")
    sys.exit(1 if sums[1] or not sums[0] else 0)


main()
