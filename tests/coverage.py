#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""coverage.py OBJECTS [--missing]: adds up what gcov counted under the folder OBJECTS.

Prints lines run of lines there are, for each file and folder of src/, and with --missing the
lines that never ran. Fails where layers 0 to 5 together have less than 95 %.
"""
import collections
import json
import os
import subprocess
import sys

LAYERS = ("base", "crypto", "x509", "sct", "loglist", "policy", "eval")  # 0 to 5
WANTED = 95.0


def gcov(notes):
    """Yields one JSON document for each .gcno file."""
    run = subprocess.run([os.environ.get("GCOV", "gcov"), "--json-format", "--stdout", *notes],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if run.returncode:
        sys.exit("coverage: gcov says: " + run.stderr)
    for line in run.stdout.splitlines():
        if line.startswith("{"):
            yield json.loads(line)


def read_counts(folder):
    """File of src/ -> line -> times run, over all objects."""
    notes = [os.path.join(where, name) for where, _, names in os.walk(folder)
             for name in names if name.endswith(".gcno")]
    counts = collections.defaultdict(collections.Counter)
    for document in gcov(sorted(notes)):
        for file in document["files"]:
            name = os.path.relpath(file["file"]) if os.path.isabs(file["file"]) else file["file"]
            if name.startswith("src/"):
                for line in file["lines"]:
                    counts[name][line["line_number"]] += line["count"]
    return counts


def ranges(lines):
    out = []
    for line in lines:
        if out and line == out[-1][1] + 1:
            out[-1][1] = line
        else:
            out.append([line, line])
    return " ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in out)


def percent(run, total):
    return 100.0 * run / total if total else 100.0


def show(name, run, total):
    print(f"{percent(run, total):6.1f} %  {run:5} of {total:5}  {name}")


def main():
    missing = "--missing" in sys.argv[2:]
    counts = read_counts(sys.argv[1])
    folders = collections.defaultdict(lambda: [0, 0])
    for name in sorted(counts):
        lines = counts[name]
        run = sum(1 for count in lines.values() if count)
        show(name, run, len(lines))
        if missing and run < len(lines):
            print("          never:", ranges(sorted(n for n, count in lines.items() if not count)))
        folder = name.split("/")[1]
        folders[folder][0] += run
        folders[folder][1] += len(lines)
    print()
    for folder, (run, total) in folders.items():
        show("src/" + folder, run, total)
    run, total = (sum(folders[folder][i] for folder in LAYERS) for i in (0, 1))
    show("layers 0 to 5", run, total)
    if not total or percent(run, total) < WANTED:
        print(f"coverage: layers 0 to 5 have less than {WANTED} %")
        sys.exit(1)


main()
