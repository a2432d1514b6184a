# SPDX-License-Identifier: Apache-2.0
"""What a text of metrics says, by Prometheus's own parser for Python."""
import os
import re
import subprocess
import sys
import urllib.request

try:
    from prometheus_client.parser import text_string_to_metric_families
except ImportError:
    text_string_to_metric_families = None

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(os.environ.get("BUILD") or os.path.join(ROOT, "build"))


class Counted:
    """Checks that count, name themselves, and go on."""

    def __init__(self, name):
        self.name, self.passed, self.failed, self.skipped = name, 0, 0, 0

    def check(self, good, what, got=""):
        if good:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED: {what}" + (f": {got}" if got != "" else ""), flush=True)
        return bool(good)

    def skip(self, what):
        self.skipped += 1
        print(f"skipped: {what}")

    def end(self):
        print(f"{self.name}: {self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        sys.exit(1 if self.failed or not self.passed + self.skipped else 0)


def text_of_program():
    """Metrics in which everything has happened once (tests/serve/metrics_text.c)."""
    return subprocess.run([os.path.join(BUILD, "metrics-text")], check=True, timeout=60,
                          stdout=subprocess.PIPE).stdout.decode()


def text_of(source):
    """That of a URL, or of a file."""
    if re.match("https?://", source):
        with urllib.request.urlopen(source, timeout=60) as answer:
            return answer.read().decode()
    with open(source, encoding="utf-8", newline="") as file:
        return file.read()


def families_of(text):
    """Families by name; a counter has its name without _total there."""
    return {family.name: family for family in text_string_to_metric_families(text)}


def names_of(text):
    """Every name that a query can ask for, with its labels."""
    out = {}
    for family in families_of(text).values():
        for sample in family.samples:
            out.setdefault(sample.name, set()).update(sample.labels)
    return out
