#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""ctpolicy check: verdicts and exit statuses, and every way in for certificates, issuers and
SCTs (INTERFACE.md, "CLI")."""
import base64
import json
import os

import der
from lib import (AT, FAIL, INPUT, LIST, LISTS, PASS, UNKNOWN, USAGE, read, run_all, sample)

DERS = der.pem_to_ders(read(sample("compliant.pem")))
LEAF, ISSUER = DERS[0], DERS[1]
BARE = der.pem(LEAF)


def status(t, want, *args, what="", **kw):
    result = t.run("check", *args, **kw)
    t.equal(result.status, want, f"exit status {what}", repr(result))
    return result


def finding_codes(report):
    return [f["code"] for f in report["findings"]] + [
        f["code"] for p in report["policies"] for f in p["findings"]]


def test_samples(t):
    cases = [
        # file, options, status, result, codes that must be there
        ("compliant.pem", [], PASS, "pass", []),
        ("final.pem", [], PASS, "pass", []),
        ("day-too-long.pem", [], FAIL, "fail", ["too_few_scts"]),
        ("operator-cap.pem", [], FAIL, "fail", ["too_few_scts"]),
        ("operator-cap.pem", ["--policy", "apple-enforced"], PASS, "pass", []),
        ("operator-cap.pem", ["--policy", "apple,apple-enforced"], FAIL, "fail", ["policies_differ"]),
        ("operator-cap.pem", ["--policy", "apple,apple-enforced"], FAIL, "fail",
         ["policies_differ"]),
        ("forged-sct.pem", [], FAIL, "fail", ["too_few_scts"]),
        ("no-scts.pem", [], FAIL, "fail", ["too_few_scts"]),
        ("no-scts.pem", ["--tls-scts", sample("tls_scts.bin")], PASS, "pass", []),
        ("no-scts.pem", ["--ocsp", sample("ocsp.der")], PASS, "pass", []),
        ("precertificate.pem", ["--scts", sample("scts.json")], PASS, "pass", []),
        ("request.json", [], PASS, "pass", []),
        ("tbs.der", ["--scts", sample("scts.json")], UNKNOWN, "unknown", ["undecided"]),
        ("root.pem", [], PASS, "pass", []),
    ]
    for file, options, want, result, codes in cases:
        report = t.judge(*options, sample(file), want=want, what=f"{file} {options}")
        t.equal(report["result"], result, f"result of {file} {options}")
        for code in codes:
            t.has(finding_codes(report), code, f"findings of {file} {options}")
    report = t.judge("--issuer", sample("root.pem"), sample("compliant.pem"))
    t.equal(report["certificate"]["issuer_signature"], "wrong_name", "a wrong issuer")
    t.has(finding_codes(report), "wrong_issuer", "a wrong issuer is a finding")


def test_statuses(t):
    """Each status alone, and the ranking 2, 4, 3, 1, 5 of any two together."""
    leaf = t.file(BARE)
    words = t.file("this is no certificate")
    good, bad = sample("compliant.pem"), sample("operator-cap.pem")
    broken = t.file("[]")
    status(t, PASS, *AT, *LIST, good)
    status(t, FAIL, *AT, *LIST, bad)
    status(t, UNKNOWN, *AT, *LIST, leaf)
    status(t, INPUT, *AT, *LIST, words)
    status(t, LISTS, *AT, "--log-list", broken, good)
    status(t, USAGE, *AT, *LIST, "--policy", "appel", good)
    for files, want in [([leaf, good], UNKNOWN), ([bad, leaf], FAIL), ([leaf, bad], FAIL),
                        ([words, bad], INPUT), ([bad, words, leaf, good], INPUT),
                        ([good, words], INPUT), ([good, good], PASS)]:
        status(t, want, *AT, *LIST, *files, what=str(files))
    status(t, LISTS, *AT, "--log-list", broken, words, what="4 before 3")
    status(t, LISTS, *AT, "--log-list", broken, "--issuer", t.path(), good, what="4 before 3")
    status(t, LISTS, *AT, "--log-list", broken, bad, what="4 before 1")
    status(t, USAGE, "--at", "tomorrow", "--log-list", broken, words, what="2 before 4")
    status(t, USAGE, *AT, *LIST, what="no file at all")


def test_others_are_still_judged(t):
    files = [sample("compliant.pem"), t.file("no certificate"), t.path(), t.folder,
             sample("operator-cap.pem")]
    result = status(t, INPUT, *AT, *LIST, "--format", "ndjson", *files)
    lines = result.lines()
    t.equal([line.get("result", line.get("error", {}).get("code")) for line in lines],
            ["pass", "bad_certificate", "unreadable_input", "unreadable_input", "fail"],
            "one line a file, in the order given")
    t.equal([line["id"] for line in lines], files, "ids are the files' names")
    for file in files[1:4]:
        t.has(result.messages, file, "the messages name each file")


def test_strict(t):
    """--strict: a stale or extrapolated list, or an unknown verdict, counts as a failure."""
    good, leaf = sample("compliant.pem"), t.file(BARE)
    old = ["--at", "2026-07-18T16:00:00Z"]    # 59 days after the list's newest state change
    older = ["--at", "2026-07-19T16:00:00Z"]  # 60 days
    for options, plain, strict in [
            ([*AT, *LIST, good], PASS, PASS),
            ([*AT, *LIST, leaf], UNKNOWN, FAIL),
            ([*AT, *LIST, sample("operator-cap.pem")], FAIL, FAIL),
            ([*old, *LIST, good], PASS, PASS),
            ([*older, *LIST, good], PASS, FAIL)]:
        status(t, plain, *options)
        result = status(t, strict, "--strict", *options)
        t.equal("by --strict" in result.messages, strict == FAIL and plain != FAIL,
                "why is said")
    history = t.path()
    t.equal(t.run("log-list", "import", sample("log_list.json"), "--output", history).status,
            PASS, "a history of the sample list")
    before = ["--at", "2026-05-19T00:00:00Z", "--log-list", history, sample("root.pem")]
    report = t.judge(*before, want=PASS)
    t.equal(report["log_list"]["basis"], "extrapolated", "a time before the oldest list")
    t.has(finding_codes(report), "log_list_extrapolated", "is a finding")
    status(t, FAIL, "--strict", *before)
    ages = [("2026-06-18T16:00:00Z", []), ("2026-06-19T16:00:00Z", ["log_list_at_risk"]),
            ("2026-07-04T16:00:00Z", ["log_list_ageing"]),
            ("2026-07-19T16:00:00Z", ["log_list_stale"])]
    for at, codes in ages:
        report = t.judge("--at", at, good, want=PASS)
        t.equal([c for c in finding_codes(report) if c.startswith("log_list")], codes,
                f"the list's age at {at}")
        t.equal(report["log_list"]["stale"], codes == ["log_list_stale"], f"stale at {at}")


def test_ways_in(t):
    """One certificate in every form gives one report."""
    chain = read(sample("compliant.pem"))
    b64 = base64.b64encode(LEAF).decode()
    forms = {
        "PEM": chain,
        "PEM with text around": b"Subject: somebody\n\n" + chain + b"\nthat was it\n",
        "PEM with CRLF": chain.replace(b"\n", b"\r\n"),
        "X509 CERTIFICATE": chain.replace(b" CERTIFICATE", b" X509 CERTIFICATE"),
        "TRUSTED CERTIFICATE": chain.replace(b" CERTIFICATE", b" TRUSTED CERTIFICATE"),
        "DER": LEAF,
        "base64": b64,
        "base64 in lines": "\n".join(b64[i:i + 76] for i in range(0, len(b64), 76)),
        "base64url": b64.replace("+", "-").replace("/", "_").rstrip("="),
    }
    issuer = t.file(der.pem(ISSUER))
    want = t.judge(sample("compliant.pem"), want=PASS)
    del want["id"]
    for name, content in forms.items():
        for issuer_options in (["--issuer", issuer], ["--issuers", issuer]):
            report = t.judge(*issuer_options, t.file(content), want=PASS, what=name)
            report.pop("id", None)
            t.equal(report, want, f"report of {name} with {issuer_options[0]}")
        report = t.judge("--issuer", issuer, "-", stdin=content, want=PASS, what=name)
        t.equal(report.pop("id", None), "standard input", "id of standard input")
        t.equal(report, want, f"report of {name} on standard input")
    result = t.run("check", *AT, *LIST, "--format", "ndjson", "-", sample("compliant.pem"),
                   "-", stdin=chain)
    t.equal(result.status, INPUT, "standard input can be read once only", repr(result))


def test_keys(t):
    """A private key in the certificate's file: judged, and told; nothing of the key is shown."""
    key = "PRIVATE KEY MATERIAL, which nobody may see"
    want = t.judge(sample("compliant.pem"), want=PASS)
    leaf, issuer = der.pem(LEAF), der.pem(ISSUER)
    for label in ("PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY",
                  "OPENSSH PRIVATE KEY"):
        block = der.pem(key.encode(), label)
        for name, content in (("first", block + leaf + issuer), ("between", leaf + block + issuer),
                              ("last", leaf + issuer + block)):
            path = t.file(content)
            report = t.judge(path, want=PASS, what=name)
            codes = finding_codes(report)
            t.equal(codes.count("private_key_beside"), 1, f"{label} {name}: told once", codes)
            report["findings"] = [f for f in report["findings"]
                                  if f["code"] != "private_key_beside"]
            report["id"] = want["id"]
            t.equal(report, want, f"{label} {name}: judged as without")
            audit = t.run("audit", *AT, *LIST, "--format", "ndjson", path)
            t.equal([finding_codes(line).count("private_key_beside") for line in audit.lines()],
                    [1], f"{label} {name}: audit", repr(audit))
            for result in (t.run("check", *AT, *LIST, path), audit,
                           t.run("plan", *AT, *LIST, path)):
                t.check(der.pem(key.encode()).splitlines()[1] not in result.text + result.messages,
                        "nothing of it is shown", repr(result))
        result = t.run("check", *AT, *LIST, t.file(block))
        t.equal(result.status, INPUT, "a key alone")
        t.has(result.messages, "a private key, which is not needed here", label)
    plan = t.run("plan", *AT, *LIST, t.file(der.pem(b"0\0", "PRIVATE KEY") + leaf))
    t.has(plan.text, "[private_key_beside]", "plan")


def test_hints(t):
    result = t.run("check", *AT, *LIST, "-")
    t.equal(result.status, INPUT, "nothing", repr(result))
    t.has(result.messages, "the command before the pipe gave nothing", "says whose fault")
    bundle = t.file(b"\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02")
    result = t.run("check", *AT, *LIST, bundle)
    t.has(result.messages, "openssl pkcs7 -inform DER -print_certs", "PKCS #7 in DER")


def test_issuers(t):
    folder = t.path()
    os.mkdir(folder)
    for i, one in enumerate([ISSUER, *der.pem_to_ders(read(sample("root.pem")))]):
        with open(os.path.join(folder, f"{i}.pem"), "w") as file:
            file.write(der.pem(one))
    leaf = t.file(BARE)
    report = t.judge("--issuers", folder, leaf, want=PASS)
    t.equal(report["certificate"]["issuer_signature"], "valid", "found in a folder")
    report = t.judge("--issuers", sample("root.pem"), leaf, want=UNKNOWN)
    t.equal(report["certificate"]["issuer_signature"], "not_given", "not found in a pool")
    t.has(finding_codes(report), "issuer_missing", "and that is a finding")
    t.has(finding_codes(report), "undecided", "on which the verdict hangs")
    key = report["certificate"]
    t.equal(key["issuer_key_sha256"], None, "no issuer, no hash of its key")
    for options in (["--issuers", t.file("nothing")], ["--issuers", t.path()],
                    ["--issuer", t.path()], ["--issuer", t.folder]):
        result = status(t, INPUT, *AT, *LIST, *options, leaf, what=str(options))
        t.check(result.messages, "says why")
        t.equal(result.out, b"", "nothing is judged without the issuers asked for")
    result = status(t, INPUT, *AT, *LIST, "--issuer", t.file("nothing"), "--format", "json",
                    leaf)
    t.equal(result.json()["error"]["field"], "issuer", "an unreadable issuer is named")


def test_scts_files(t):
    """--scts: a JSON array of answers or of base64, one answer a line, base64 a line."""
    answers = json.loads(read(sample("scts.json")))
    want = t.judge("--scts", sample("scts.json"), sample("precertificate.pem"), want=PASS)
    serialized = []
    for a in answers:
        extensions = base64.b64decode(a["extensions"])
        serialized.append(base64.b64encode(
            bytes([a["sct_version"]]) + base64.b64decode(a["id"])
            + a["timestamp"].to_bytes(8, "big") + len(extensions).to_bytes(2, "big")
            + extensions + base64.b64decode(a["signature"])).decode())
    for name, content in [
            ("an answer a line", "\n".join(json.dumps(a) for a in answers)),
            ("answers over several lines", "\n".join(json.dumps(a, indent=2)
                                                     for a in answers)),
            ("answers in one line", "".join(json.dumps(a) for a in answers)),
            ("one of each", json.dumps(answers[0], indent=1) + serialized[1]),
            ("base64 a line", "\n\n".join(serialized) + "\n"),
            ("an array of base64", json.dumps(serialized)),
            ("an array of answers as text", json.dumps([json.dumps(a) for a in answers]))]:
        report = t.judge("--scts", t.file(content), sample("precertificate.pem"), want=PASS,
                         what=name)
        t.equal(report, want, f"report of {name}")
    report = t.judge("--scts", sample("scts.json"), sample("final.pem"), want=INPUT)
    t.equal(report["error"]["code"], "scts_beside_embedded", "beside an embedded list")
    report = t.judge("--scts", t.file("no SCT!"), sample("precertificate.pem"), want=INPUT)
    t.equal((report["error"]["code"], report["error"]["field"]), ("bad_sct", "scts[0]"),
            "what is no SCT")
    many = t.file("\n".join([serialized[0]] * 1001))
    report = t.judge("--scts", many, sample("precertificate.pem"), want=INPUT)
    t.equal(report["error"]["code"], "too_many_scts", "1,001 SCTs")
    t.has(report["error"]["message"], "1000", "the limit is named")
    report = t.judge("--scts", t.file("\n".join([serialized[0]] * 1000)),
                     sample("precertificate.pem"))
    t.equal(len(report["scts"]), 1000, "1,000 SCTs are judged")
    t.equal(sum(s["counted"] for s in report["scts"]), 1, "and one log counts once")


def test_delivered(t):
    options = ["--tls-scts", sample("tls_scts.bin"), "--ocsp", sample("ocsp.der")]
    want = t.judge(*options, sample("no-scts.pem"), want=PASS)
    t.equal([s["source"] for s in want["scts"]], ["tls", "tls", "ocsp", "ocsp"], "sources")
    t.equal(want["policies"][0]["routes"], ["delivered"], "the route")
    b64 = [t.file(base64.b64encode(read(sample(n)))) for n in ("tls_scts.bin", "ocsp.der")]
    report = t.judge("--tls-scts", b64[0], "--ocsp", b64[1], sample("no-scts.pem"))
    t.equal(report, want, "in base64")
    raw = read(sample("tls_scts.bin"))
    block = der.pem(b"\0\x12" + len(raw).to_bytes(2, "big") + raw,
                    "SERVERINFO FOR EXTENSION 18")
    for name, text in [
            ("alone", block),
            ("among others", "CONNECTED\n" + der.pem(LEAF)
             + der.pem(b"\0\x05\0\0", "SERVERINFO FOR EXTENSION 5") + block + "---\n")]:
        report = t.judge("--tls-scts", t.file(text), "--ocsp", b64[1], sample("no-scts.pem"))
        t.equal(report, want, f"as openssl s_client -serverinfo writes it, {name}")
    report = t.judge("--tls-scts", t.file(der.pem(b"\0", "SERVERINFO FOR EXTENSION 18")),
                     sample("no-scts.pem"), want=FAIL)
    t.has(finding_codes(report), "sct_list_malformed", "a block that is too short")
    ocsp_pem = t.file(der.pem(read(sample("ocsp.der")), "OCSP RESPONSE"))
    report = t.judge("--tls-scts", b64[0], "--ocsp", ocsp_pem, sample("no-scts.pem"))
    t.equal(report, want, "the OCSP response in PEM")
    codes = {
        "not an OCSP response": ("ocsp_unreadable", b"\x30\x03\x0a\x01"),
        "error status": ("ocsp_error_status", bytes.fromhex("30030a0106")),
        "text": ("ocsp_unreadable", b"hello, world!"),
        "empty": ("ocsp_unreadable", b""),
        "cut short": ("ocsp_unreadable", read(sample("ocsp.der"))[:-9]),
    }
    for name, (code, content) in codes.items():
        report = t.judge("--ocsp", t.file(content), sample("no-scts.pem"), want=FAIL,
                         what=name)
        t.has(finding_codes(report), code, f"OCSP: {name}")
    report = t.judge("--ocsp", sample("ocsp.der"), sample("compliant.pem"), want=PASS)
    t.has(finding_codes(report), "ocsp_other_certificate", "OCSP about another certificate")
    report = t.judge("--ocsp", sample("ocsp.der"),
                     t.file(der.pem(der.pem_to_ders(read(sample("no-scts.pem")))[0])))
    t.has(finding_codes(report), "ocsp_issuer_unchecked", "OCSP without the issuer")
    t.has(finding_codes(report), "ocsp_signature_unchecked", "its signature too")


def test_time(t):
    """--at: RFC 3339, a day, now, issuance."""
    for at, want in [("2026-06-02T00:00:00Z", "2026-06-02T00:00:00Z"),
                     ("2026-06-02T02:00:00+02:00", "2026-06-02T00:00:00Z"),
                     ("2026-06-02", "2026-06-02T00:00:00Z"),
                     ("2026-06-02T00:00:00.123Z", "2026-06-02T00:00:00.123Z"),
                     ("issuance", "2026-06-01T00:04:00.930Z")]:
        report = t.judge("--at", at, sample("compliant.pem"))
        t.equal(report["evaluated_at"], want, f"--at {at}")
    report = t.judge("--at", "issuance", sample("no-scts.pem"))
    t.equal(report["evaluated_at"], "2026-06-01T00:00:00Z", "issuance without SCTs")
    now = t.run("check", *LIST, "--format", "json", sample("root.pem")).json()
    again = t.run("check", *LIST, "--at", "now", "--format", "json", sample("root.pem")).json()
    t.check(now["evaluated_at"][:10] <= again["evaluated_at"][:10], "now is the default")
    t.check(now["evaluated_at"] > "2025", "the clock is read")
    report = t.judge("--at", "2026-05-31T00:00:00Z", sample("compliant.pem"), want=PASS)
    t.has(report["policies"][0]["applies_because"], "not_yet_valid", "before notBefore")
    t.equal({s["status"] for s in report["scts"]}, {"future_timestamp"}, "SCTs of the future")
    report = t.judge("--at", "2026-08-30T00:00:00Z", sample("compliant.pem"), want=PASS)
    t.has(report["policies"][0]["applies_because"], "expired", "after notAfter")


def test_bundled_list(t):
    """Without --log-list: the history in the program, and its age is said."""
    result = t.run("check", "--at", "2026-04-05T00:00:00Z", sample("root.pem"))
    t.equal(result.status, PASS, "exit status", repr(result))
    t.has(result.text, "5 days old", "the list's age")
    report = t.run("check", "--at", "2024-01-01", "--format", "json", sample("root.pem")).json()
    t.equal(report["log_list"]["basis"], "exact", "a list of that time")
    report = t.run("check", "--at", "2015-01-01", "--format", "json",
                   sample("compliant.pem")).json()
    t.equal(report["log_list"]["basis"], "extrapolated", "a time before all lists")
    t.equal({s["status"] for s in report["scts"]}, {"unknown_log"}, "logs of another world")


def test_repeatable(t):
    """Twice the same bytes; a file's neighbours change nothing about its report."""
    files = [sample(n) for n in ("compliant.pem", "forged-sct.pem", "operator-cap.pem",
                                 "request.json", "no-scts.pem", "compliant.pem")]
    args = ["check", *AT, *LIST, "--policy", "apple,apple-enforced", "--format", "ndjson"]
    first = t.run(*args, *files).out
    t.equal(t.run(*args, *files).out, first, "twice the same bytes")
    alone = b"".join(t.run(*args, file).out for file in files)
    t.equal(alone, first, "alone or among others")
    reference = t.run(*args, "--verifier", "reference", *files).out
    t.equal(reference, first, "with the reference verifier")


run_all("check", globals())
