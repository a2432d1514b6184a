# SPDX-License-Identifier: Apache-2.0
"""--verifier: the same reports by all, and what happens where the fast one fails its test."""

from lib import *

AT = ["--at", "2026-06-01T12:00:00Z"]
LIST = ["--log-list", sample("log_list.json")]
CHECK = ["check", *AT, *LIST, "--policy", "apple,apple-enforced", "--format", "ndjson"]
NAMES = ("compliant.pem", "forged-sct.pem", "operator-cap.pem", "request.json", "no-scts.pem")
# Often enough for the logs' keys to get their tables.
FILES = [sample(name) for name in NAMES] * 30
SPOILED = PROGRAM + "-spoiled"


def test_same(t):
    reference = t.run(*CHECK, "--verifier", "reference", *FILES)
    t.check(reference.out.count(b"\n") >= len(FILES), "a report each", repr(reference))
    for name in ("fast", "auto"):
        other = t.run(*CHECK, "--verifier", name, *FILES)
        t.equal(other.out, reference.out, f"{name} says the same")
        t.equal(other.status, reference.status, f"{name}: exit status")


def test_spoiled(t):
    """A program whose fast verifier fails its own test."""
    reference = t.run(*CHECK, "--verifier", "reference", *FILES)
    auto = t.run(*CHECK, "--verifier", "auto", *FILES, program=SPOILED)
    t.equal(auto.out, reference.out, "auto goes on with the reference")
    t.equal(auto.status, reference.status, "auto: exit status")
    refused = t.run(*CHECK, "--verifier", "fast", *FILES, program=SPOILED)
    t.equal(refused.status, USAGE, "fast refuses", repr(refused))
    t.equal(refused.out, b"", "and judges nothing")
    t.has(refused.messages, "verifier_unusable", "says why")
    t.has(refused.messages, "--verifier", "says what to do")


run_all("verifiers", globals())
