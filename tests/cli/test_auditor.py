#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What an auditor with a folder of leaf.pem and issuer.pem reads: CA certificates among the
subjects, exempt ones, why an SCT does not count in CSV, where a bad request stands, and the end
of a run."""
import base64
import csv
import io
import json
import os
import re

from lib import AT, FAIL, INPUT, LIST, PASS, loads, read, run_all, sample

BLOCK = re.compile(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", re.S)
AUDIT = ["audit", *AT, *LIST]


def folder(t, names=("compliant.pem", "operator-cap.pem")):
    """A folder each, a leaf and its issuer in files of their own."""
    top = t.path("-folder")
    for name in names:
        os.makedirs(os.path.join(top, name))
        leaf, issuer = BLOCK.findall(read(sample(name)))[:2]
        for file, data in (("leaf.pem", leaf), ("issuer.pem", issuer)):
            with open(os.path.join(top, name, file), "wb") as out:
                out.write(data)
    return top


def rows(result):
    return list(csv.DictReader(io.StringIO(result.text, newline="")))


def test_leaves_only(t):
    top, path = folder(t), t.path(".json")
    every = t.run(*AUDIT, "--summary", path, top)
    said = " ".join(every.text.split())
    t.has(said, "2 of all are CA certificates; --leaves-only leaves them out of the audit.", "told")
    t.has(said, "Issuers, exempt certificates too", "the column says what it counts")
    summary = loads(read(path))
    t.equal(summary["certificates"]["judged"], 4, "all are judged")
    t.equal(sum(x["judged"] for x in summary["lifetimes"]), 2, "lifetimes of what applies")
    t.check("ca_certificates_left_out" not in summary["certificates"], "none is left out")

    page = t.path(".html")
    leaves = t.run(*AUDIT, "--leaves-only", "--summary", path, "--report", page, top)
    t.equal(leaves.status, FAIL, "one fails", repr(leaves))
    said = " ".join(leaves.text.split())
    t.has(said, "2 CA certificates were left out (--leaves-only).", "told")
    t.has(read(page).decode(), "2 CA certificates were left out", "in HTML")
    t.check("exempt" not in said.replace("open exempt", ""), "nothing else is exempt", leaves.text)
    summary = loads(read(path))
    counts = summary["certificates"]
    t.equal((counts["judged"], counts["pass"], counts["fail"], counts["ca_certificates_left_out"]),
            (2, 1, 1, 2), "the leaves, judged with the issuers that were left out")
    t.equal([x["judged"] for x in summary["issuers"]], [2], "one issuer")

    merged = t.run("audit-merge", path, path, "--format", "json").json()
    t.equal(merged["certificates"]["ca_certificates_left_out"], 4, "added up")
    only = t.run(*AUDIT, "--leaves-only", sample("root.pem"))
    t.equal(only.status, INPUT, "nothing is left", repr(only))
    t.has(only.messages, "no record was selected: 1 looked at, none is of --leaves-only", "and why")
    one = t.run(*AUDIT, "--leaves-only", "--format", "ndjson", top).lines()
    t.equal(len(one), 2, "results of the leaves alone")
    request = json.dumps({"id": "ca", "certificate": base64.b64encode(
        base64.b64decode(b"".join(BLOCK.findall(read(sample("root.pem")))[0].split(b"\n")[1:-2])))
        .decode()})
    t.equal(t.run(*AUDIT, "--leaves-only", "--format", "ndjson", stdin=request + "\n").out, b"",
            "a CA's in a request")


def test_resume(t):
    """A run that failed behind its results and is gone on with: what was left out counts, and the
    end is said."""
    if not os.path.exists("/dev/full"):
        t.skip("no /dev/full")
        return
    top, summary, checkpoint = folder(t), t.path(".json"), t.path(".checkpoint")
    run = [*AUDIT, "--leaves-only", "--format", "csv", "--output", t.path(), "--checkpoint",
           checkpoint, "--progress", "always", "--summary", summary, top]
    os.symlink("/dev/full", summary)
    result = t.run(*run)
    t.equal(result.status, INPUT, "the summary cannot be written", repr(result))
    t.check("finished" not in result.messages, "so it is not finished", result.messages)
    t.check(os.path.exists(checkpoint), "a checkpoint")
    os.remove(summary)
    result = t.run(*run)
    t.equal(result.status, FAIL, "gone on with", repr(result))
    t.equal(loads(read(summary))["certificates"]["ca_certificates_left_out"], 2, "still counted")
    t.check(result.messages.strip().splitlines()[-1].startswith("ctpolicy: 100%  2 done, 1 fail"),
            "the last line", result.messages)


def test_finished(t):
    for more in ([], ["--checkpoint", t.path(".checkpoint")]):
        result = t.run(*AUDIT, "--progress", "always", "--output", t.path(), *more, folder(t))
        line = result.messages.strip().splitlines()[-1]
        t.check(re.fullmatch(r"ctpolicy: 100%  4 done, 1 fail(, \d+/s)?, finished", line),
                "the last line", result.messages)
    result = t.run(*AUDIT, "--progress", "never", "--output", t.path(), folder(t))
    t.check("finished" not in result.messages, "never", result.messages)


def test_exempt(t):
    top = folder(t, ["compliant.pem"])
    result = t.run(*AUDIT, top)
    lines = {line.split("  ")[0]: line for line in result.text.splitlines() if ".pem" in line}
    t.equal(sorted(lines), ["exempt", "pass"], "a word each", result.text)
    t.has(lines["exempt"], "[ca_certificate]", "why")
    result = t.run("audit", "--at", "2030-01-01", *LIST, sample("compliant.pem"))
    t.has(result.text, "exempt  ", "expired")
    for row in rows(t.run(*AUDIT, "--format", "csv", top)):
        t.equal(row["result"], "pass", "CSV stays")
    for report in t.run(*AUDIT, "--format", "ndjson", top).lines():
        t.equal(report["result"], "pass", "JSON stays")


def test_sct_reasons(t):
    for name, want in (("compliant.pem", r""), ("no-scts.pem", r""),
                       ("operator-cap.pem", r"embedded\[\d\] operator_cap_reached Alder.*"),
                       ("forged-sct.pem", r"embedded\[\d\] invalid_signature \S.*")):
        result = t.run(*AUDIT, "--format", "csv", sample(name))
        row = rows(result)[0]
        t.equal(list(row)[-1], "sct_reasons", "the last column")
        t.check(re.fullmatch(want, row["sct_reasons"]), name, row["sct_reasons"])
    newest = t.run("audit", *AT, "--state-dir", t.path(), "--format", "csv",
                   sample("compliant.pem"))
    both = rows(newest)[0]["sct_reasons"].split("; ")
    t.equal([re.sub(r" \S{43}=$", "", x) for x in both],
            ["embedded[0] unknown_log", "embedded[1] unknown_log"], "by the bundled list")
    failed = t.run(*AUDIT, "--format", "csv", t.file("no certificate\n"))
    t.check(all(None not in row and None not in row.values() for row in rows(failed)),
            "an error has as many fields", failed.text)


def test_place(t):
    path = t.file('{"id":"good","certificate":"AAAA"}\n\n{"id":"other","certificat":"x"}\n',
                  ".ndjson")
    for number, (form, get) in enumerate((("text", lambda r: r.text),
                                          ("ndjson", lambda r: r.messages))):
        result = t.run(*AUDIT, "--format", form, path)
        t.equal(result.status, INPUT, form, repr(result))
        t.has(get(result), f"{path}:1", f"{form}: the file and the line")
        if number == 0:
            t.has(get(result), f"other ({path}:3)", "each of them")
            t.equal(result.text.count(f"{path}:3"), 2, "and in what could not be read")
    summary = t.path(".json")
    t.run(*AUDIT, "--summary", summary, path)
    t.equal([x["id"] for x in loads(read(summary))["unreadable"]], ["good", "other"],
            "ids stay what they were")


def test_page(t):
    """What fails stands first, and an issuer is called by its name."""
    path = t.path(".html")
    t.run(*AUDIT, "--leaves-only", "--report", path, folder(t))
    page = read(path).decode()
    sections = re.findall(r'<section id="([a-z]+)"', page)
    t.equal(sections[:2], ["failing", "policies"], "sections")
    dn = "CN=Sample Issuing CA I1,O=Sample Trust Services,C=ZZ"
    short = (f'<span title="{dn}"><bdi>Sample Issuing CA I1</bdi> (<bdi>Sample Trust Services'
             '</bdi>)</span>')
    t.equal(page.count(short), 3, "the failing one, the bar and the table", page)
    t.check("<bdi>CN=" not in page, "nowhere the whole", page)


def test_verify_older(t):
    """A list that would be taken and stay out of force: both are said."""
    value = loads(read(sample("log_list.json")))
    for operator in value["operators"]:
        for log in operator.get("logs", []) + operator.get("tiled_logs", []):
            for state in log["state"].values():
                state["timestamp"] = "2025-01-01T00:00:00Z"
    value["version"] = "400"
    result = t.run("log-list", "verify", t.file(value), "--state-dir", t.path())
    t.equal(result.status, PASS, "it would be taken", repr(result))
    t.has(result.text, "would be taken, and stay out of force: the one in the program is later",
          "standard output")
    t.has(result.messages, "[log_list_older_than_bundled]", "the warning")


run_all("auditor", globals())
