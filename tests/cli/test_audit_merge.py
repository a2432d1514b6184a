#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""ctpolicy audit-merge: however an audit was divided, and in whatever order its parts are
added up, the sum is what one audit over everything counts."""
import gzip
import json
import os
import random
import shutil
import subprocess

from lib import (AT, FAIL, INPUT, LIST, PASS, UNKNOWN, USAGE, loads, read, run_all, sample)

NAMES = ("compliant.pem", "day-too-long.pem", "operator-cap.pem", "no-scts.pem",
         "forged-sct.pem", "final.pem")
PARTS = 5


def audit(t, *args, want=None):
    """The path of the summary of an audit."""
    path = t.path(".json")
    result = t.run("audit", *AT, *LIST, "--format", "csv", "--output", t.path(".csv"),
                   "--summary", path, *args)
    t.equal(result.status, want, f"audit {args[:2]}", repr(result))
    return path


def merge(t, *args, want=None, stdin=b""):
    """The sum as bytes of JSON."""
    result = t.run("audit-merge", "--format", "json", *args, stdin=stdin)
    if want is not None:
        t.equal(result.status, want, "exit status", repr(result))
    return result.out


def without_run(data):
    """The run has a line of its own, which differs from run to run."""
    lines = data.splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(b'"run":')]
    if len(kept) + 1 != len(lines):
        raise ValueError("not one line of the run")
    return b"".join(kept)


def leaf_of(name):
    end = b"-----END CERTIFICATE-----\n"
    return read(sample(name)).split(end)[0] + end


def everything(t):
    """Inputs with all results, and what cannot be read, each many times."""
    chains = [read(sample(name)).decode() for name in NAMES]
    lines = []
    for i in range(120):
        # Without its issuer: unknown. The base64 of no certificate: not readable.
        text = leaf_of(NAMES[0]).decode() if i % 9 == 4 else chains[i % len(chains)]
        text = "MAA=" if i % 11 == 7 else text
        lines.append(json.dumps({"id": f"r{i}", "certificate": text}) + "\n")
    return [t.file("".join(lines[i::2]), ".ndjson") for i in range(2)]


class Divided:
    """One audit over everything, and the summaries of its parts."""

    def __init__(self, t):
        inputs = everything(t)
        self.inputs = inputs
        self.whole = audit(t, "--policy", "apple,apple-enforced", *inputs, want=INPUT)
        self.parts = [audit(t, "--policy", "apple,apple-enforced", "--shard", f"{i + 1}/{PARTS}", "--jobs", i + 1,
                            *inputs, want=INPUT) for i in range(PARTS)]


def test_sum(t):
    d = Divided(t)
    want = without_run(read(d.whole))
    counts = loads(read(d.whole))["certificates"]
    t.check(all(counts[k] > 0 for k in ("pass", "fail", "unknown", "unreadable")),
            "the inputs have every result", repr(counts))
    rng = random.Random(1)
    for i in range(8):
        order = d.parts[:]
        rng.shuffle(order)
        t.equal(without_run(merge(t, *order, want=INPUT)), want, f"order {i}")
    for i in range(4):
        order = d.parts[:]
        rng.shuffle(order)
        cut = rng.randrange(1, PARTS)
        halves = [t.file(merge(t, *half)) for half in (order[:cut], order[cut:])]
        t.equal(without_run(merge(t, *halves)), want, f"grouping {i}: {cut} and the others")
    total = t.file(merge(t, d.parts[0]))
    t.equal(read(total), read(d.parts[0]), "the sum of one is itself")
    for part in d.parts[1:]:
        t.equal(merge(t, "--output", total, total, part), b"", "quiet")
    t.equal(without_run(read(total)), want, "one after another, in place")
    t.equal(merge(t, total), read(total), "a sum is a summary, with its run")


def test_run(t):
    d = Divided(t)
    runs = [loads(read(path))["run"] for path in d.parts]
    run = loads(merge(t, *d.parts))["run"]
    t.equal(run["started_at"], min(r["started_at"] for r in runs), "began with the first")
    t.equal(run["ended_at"], max(r["ended_at"] for r in runs), "ended with the last")
    t.equal(run["jobs"], max(r["jobs"] for r in runs), "the most jobs of any")
    for key in ("seconds", "cpu_seconds"):
        t.equal(run[key], round(sum(r[key] for r in runs), 3), f"{key} are added")


def test_forms(t):
    """Text as an audit prints it, a page, and JSON beside."""
    d = Divided(t)
    text = t.run("audit-merge", *d.parts)
    t.equal((text.status, text.err), (INPUT, b""), "text", repr(text))
    whole = t.run("audit", *AT, *LIST, "--policy", "apple,apple-enforced", *d.inputs)
    lines = text.text.splitlines()
    t.equal(whole.text.splitlines()[-len(lines):-1], lines[:-1], "the text of one audit")
    t.check(lines[0] and b"\x1b" not in text.out, "plain, from its first line", repr(text))
    t.equal([line for line in lines if len(line) > 80], [], "80 columns")
    page, beside, output = t.path(".html"), t.path(".json"), t.path(".txt")
    result = t.run("audit-merge", "--report", page, "--summary", beside, "--output", output,
                   *d.parts)
    t.equal((result.status, result.out, result.err), (INPUT, b"", b""), "quiet", repr(result))
    t.equal(read(output), text.out, "--output has the text")
    t.equal(read(beside), merge(t, *d.parts), "--summary has the JSON")
    html = read(page).decode()
    t.check(html.lower().startswith("<!doctype html>") and html.rstrip().endswith("</html>"),
            "--report is a page", html[:200])
    t.has(html, "operator-cap.example", "with what fails")


def test_compressed(t):
    d = Divided(t)
    want = merge(t, *d.parts)
    zipped = t.file(gzip.compress(read(d.parts[0])), ".gz")
    t.equal(merge(t, zipped, *d.parts[1:]), want, "gzip")
    t.equal(merge(t, *d.parts[1:], "-", stdin=read(d.parts[0])), want, "standard input")
    t.equal(merge(t, "-", *d.parts[1:], stdin=read(zipped)), want, "gzip on standard input")
    if shutil.which("zstd"):
        packed = subprocess.run(["zstd", "-c"], input=read(d.parts[0]), check=True,
                                stdout=subprocess.PIPE).stdout
        t.equal(merge(t, t.file(packed, ".zst"), *d.parts[1:]), want, "zstd")
    else:
        t.skip("zstd: there is no such program")
    result = t.run("audit-merge", t.file(read(zipped)[:200]))
    t.equal(result.status, INPUT, "a cut gzip file", repr(result))


def refused(t, paths, *parts, good=()):
    """Exit 3, every file and part in a message, and nothing written."""
    folder = t.path()
    os.mkdir(folder)
    old = os.path.join(folder, "old")
    with open(old, "w") as file:
        file.write("old")
    result = t.run("audit-merge", "--output", old, "--summary", os.path.join(folder, "s"),
                   "--report", os.path.join(folder, "r.html"), *good, *paths, *good)
    t.equal((result.status, result.out), (INPUT, b""), f"refused: {parts}", repr(result))
    t.equal((os.listdir(folder), read(old)), (["old"], b"old"), f"nothing written: {parts}")
    for part in (*paths, *parts):
        t.has(result.messages, part, "the message")
    return result


def test_refused(t):
    good = audit(t, sample("compliant.pem"), want=PASS)
    data = read(good)
    fail = read(audit(t, sample("no-scts.pem"), want=FAIL))
    cases = [
        (b"", "byte 0", "line 1"),
        (b"-----BEGIN CERTIFICATE-----\n", "not a summary", "byte"),
        (b"\0\xff", "not a summary"),
        (b"[]", "bad_request"),
        (b"{}", "schema"),
        (data.replace(b"summary.v1", b"summary.v2"), "schema", "ctpolicy.summary.v1"),
        (b'{"schema":"ctpolicy.report.v1"}', "schema"),
        (data[:len(data) // 2], "not a summary", "line"),
        (data[:-3], "not a summary"),
        (data + data, "not a summary"),
        (data.replace(b'"other_months"', b'"more":1,"other_months"'), "more"),
        (data.replace(b'"other_months"', b'"other_moons"'), "other_mo"),
        (data.replace(b'"pass":1', b'"pass":2', 1), "certificates.judged"),
        (data.replace(b'"pass":1', b'"pass":-1', 1), "certificates.pass"),
        (data.replace(b'"pass":1', b'"pass":1.0', 1), "certificates.pass"),
        (data.replace(b'"policy":"apple"', b'"policy":"pear"', 1), "policies[0].policy"),
        (fail.replace(b'"code":"too_few_scts"', b'"code":"too_few"', 1), "code"),
    ]
    for content, *parts in cases:
        result = refused(t, [t.file(content)], "audit --summary", *parts, good=[good])
        t.equal(len(result.err.splitlines()), 3 if parts else 2, "one line a file",
                repr(result))
    refused(t, [t.path()], "No such file", good=[good])
    refused(t, [t.folder], "folder", good=[good])
    refused(t, [os.path.join(good, "x")], "Not a directory")
    both = [t.file(b"{"), t.path()]
    refused(t, both, "No such file", "not a summary", good=[good])
    large = t.file(data)
    os.truncate(large, 64 * 1024 * 1024 + 1)
    refused(t, [large], "67108864", "too_large")
    result = t.run("audit-merge", "-", stdin=b"{")
    t.equal(result.status, INPUT, "on standard input", repr(result))
    t.has(result.messages, "standard input", "is said")


def test_limits(t):
    """A sum beyond what can be counted; and a sum of nothing."""
    data = read(audit(t, sample("compliant.pem"), want=PASS))
    most = loads(data)
    most["scts"]["scts"] = 2 ** 63 - 1
    paths = [t.file(most) for _ in range(3)]
    result = t.run("audit-merge", *paths)
    t.equal((result.status, result.out), (INPUT, b""), "beyond what can be counted",
            repr(result))
    none = loads(data)
    none["certificates"] = {k: {} if k == "errors" else 0 for k in none["certificates"]}
    none["scts"] = {k: 0 for k in none["scts"]}
    none["evaluated_at"] = {"first": None, "last": None}
    none.update({k: [] for k, v in none.items() if isinstance(v, list)})
    path = t.file(none)
    result = t.run("audit-merge", path)
    t.equal((result.status, result.out), (INPUT, b""), "no certificate at all", repr(result))
    t.has(result.messages, "no certificate", "is said")
    t.equal(loads(merge(t, path, t.file(data), want=PASS))["certificates"],
            loads(data)["certificates"], "beside others it adds nothing")


def test_twice(t):
    """One file under several names counts twice, and is warned of where it is no part."""
    d = Divided(t)
    part = d.whole
    link = t.path()
    os.symlink(part, link)
    count = loads(read(part))["certificates"]["read"]
    for again in (part, link, os.path.join(os.path.dirname(part), ".", os.path.basename(part)),
                  t.file(read(part)), t.file(gzip.compress(read(part)))):
        result = t.run("audit-merge", "--format", "json", part, d.parts[1], again)
        t.equal(len(result.err.splitlines()), 1, "one warning", repr(result))
        for word in ("warning", again, part):
            t.has(result.messages, word, "the warning")
        t.equal(result.json()["certificates"]["read"],
                2 * count + loads(read(d.parts[1]))["certificates"]["read"], "counted twice")
    t.equal(t.run("audit-merge", *d.parts).err, b"", "parts are no copies of each other")
    result = t.run("audit-merge", part, "-", stdin=read(part))
    t.has(result.messages, "standard input", "standard input is warned of")
    result = t.run("audit-merge", "-", part, "-", stdin=read(part))
    t.equal((result.status, result.out), (USAGE, b""), "standard input twice", repr(result))


def test_parts(t):
    """A part that is there twice is refused, and one that is not there is warned of."""
    d = Divided(t)
    shards = [loads(read(path))["run"]["shards"] for path in (d.whole, *d.parts)]
    t.equal(shards, [None] + [{"of": PARTS, "parts": [i + 1]} for i in range(PARTS)], "parts")
    some = t.file(merge(t, d.parts[3], d.parts[1]))
    t.equal(loads(read(some))["run"]["shards"], {"of": PARTS, "parts": [2, 4]}, "two of them")
    result = t.run("audit-merge", some, d.parts[0])
    t.equal((result.status, result.messages.splitlines()),
            (INPUT, ["ctpolicy: warning: of 5 parts these are missing: 3, 5"]), "missing")
    for paths in ((d.parts[0], d.parts[0]), (some, d.parts[1]), (some, d.parts[2], some)):
        result = t.run("audit-merge", *paths)
        t.equal((result.status, result.out), (INPUT, b""), "a part twice", repr(result))
        t.has(result.messages, " of 5 is there already", "is said")
    whole = loads(merge(t, some, d.parts[0], d.parts[4], d.parts[2]))
    t.equal(whole["run"]["shards"], None, "all of them are no parts")
    t.equal(loads(merge(t, d.whole, some))["run"]["shards"], None, "nor is a mixture")
    # What was written before there were parts is read.
    run = {k: v for k, v in loads(read(some))["run"].items() if k != "shards"}
    text = read(some)
    old = text.replace(b',"shards":{"of":5,"parts":[2,4]}', b"")
    t.equal(loads(merge(t, t.file(old)))["run"], {**run, "shards": None}, "an old one")
    for bad in ('{"of":1,"parts":[1]}', '{"of":5,"parts":[]}', '{"of":5,"parts":[4,2]}',
                '{"of":5,"parts":[2,2]}', '{"of":5,"parts":[6]}', '{"of":5,"parts":[0]}',
                '{"of":2,"parts":[1,2]}', '{"of":9999,"parts":[1]}', '{"of":5}', "5", '"x"',
                '{"of":5,"parts":["a"]}', '{"of":5,"parts":[1],"x":1}'):
        result = t.run("audit-merge", t.file(text.replace(b'{"of":5,"parts":[2,4]}',
                                                          bad.encode())))
        t.equal((result.status, result.out), (INPUT, b""), f"refused: {bad}", repr(result))


def test_status(t):
    paths = {
        PASS: audit(t, sample("compliant.pem"), want=PASS),
        FAIL: audit(t, sample("no-scts.pem"), want=FAIL),
        UNKNOWN: audit(t, t.file(leaf_of("compliant.pem"), ".pem"), want=UNKNOWN),
        INPUT: audit(t, "--input-format", "ndjson", t.file('{"certificate":"MAA="}\n'),
                     want=INPUT),
    }
    for chosen, want in (((PASS,), PASS), ((FAIL,), FAIL), ((UNKNOWN,), UNKNOWN),
                         ((INPUT,), INPUT), ((PASS, UNKNOWN), UNKNOWN),
                         ((UNKNOWN, FAIL, PASS), FAIL), ((PASS, FAIL), FAIL),
                         ((INPUT, FAIL), INPUT), ((UNKNOWN, INPUT), INPUT),
                         ((PASS, FAIL, UNKNOWN, INPUT), INPUT)):
        result = t.run("audit-merge", *[paths[i] for i in chosen])
        t.equal((result.status, result.err), (want, b""), f"status of {chosen}", repr(result))
    result = t.run("audit-merge")
    t.equal((result.status, result.out), (USAGE, b""), "no summary named", repr(result))
    for option in ("--output", "--summary", "--report"):
        missing = os.path.join(t.path(), "x")
        result = t.run("audit-merge", option, missing, paths[PASS])
        t.equal(result.status, INPUT, f"{option} cannot be written", repr(result))
        t.has(result.messages, missing, f"{option} is named")


run_all("audit_merge", globals())
