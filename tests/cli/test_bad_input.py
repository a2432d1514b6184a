#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Bad input (the folder tests/bad): code, field and offset of every refusal, and the work goes
on: with the other files, the other SCTs, the other sources."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bad"))
import cases  # noqa: E402
import der  # noqa: E402
from lib import AT, FAIL, INPUT, LIST, PASS, UNKNOWN, read, run_all, sample  # noqa: E402

NDJSON = ["check", *AT, *LIST, "--format", "ndjson"]
CODES = ("sct_list_malformed", "sct_list_twice")


def in_one_run(t, rows):
    """One run over all contents and the good sample behind each: its lines in pairs."""
    files = []
    for row in rows:
        files += [t.file(row[1]), sample("compliant.pem")]
    result = t.run(*NDJSON, *files)
    lines = result.lines()
    outcomes = {line.get("result", "error") for line in lines}
    t.equal(result.status, INPUT if "error" in outcomes else FAIL if "fail" in outcomes
            else PASS, "exit status of all")
    t.equal(len(lines), len(files), "a line each")
    t.equal({line.get("result") for line in lines[1::2]}, {"pass"}, "the others are judged")
    return list(zip(rows, lines[0::2])), result


def test_errors(t):
    pairs, result = in_one_run(t, list(cases.errors()))
    for (name, _, code, field, offset), line in pairs:
        error = line.get("error", {})
        t.equal((error.get("code"), error.get("field")), (code, field), name, str(line)[:300])
        t.check(error.get("message"), f"{name}: a message")
        if offset is None:
            t.check(code != "bad_certificate" or "offset" in error, f"{name}: an offset",
                    str(error))
        else:
            t.equal(error.get("offset"), offset, f"{name}: offset", str(error))
    messages = result.messages.splitlines()
    t.equal(len(messages), len(pairs), "a message each on standard error")
    for message, (row, _) in zip(messages, pairs):
        t.has(message, row[2], f"{row[0]}: the message has the code")
    for row, line in pairs[::6]:
        result = t.run("check", *AT, *LIST, t.file(row[1]))
        t.equal(result.status, INPUT, f"{row[0]} alone", repr(result)[:300])
        t.check(result.text.startswith("ERROR: "), f"{row[0]} as text", repr(result)[:300])


def test_offsets_in_every_form(t):
    """Offsets count in the DER, whatever form it came in; in text where that is the fault."""
    rows = [r for r in cases.fields()][:8]
    for name, content, code, _, offset in rows:
        for form, data in cases.encodings(content):
            error = t.judge(t.file(data), want=INPUT, what=f"{name} in {form}")["error"]
            t.equal((error["code"], error.get("offset")), (code, offset), f"{name} in {form}")


def test_lists(t):
    rows = [(name, der.pem(data) + der.pem(cases.ISSUER), code, offset)
            for name, data, code, offset in cases.lists()]
    pairs, _ = in_one_run(t, rows)
    for (name, _, code, offset), report in pairs:
        if not t.equal(report.get("result"), "fail", f"{name}: judged", str(report)[:300]):
            continue
        t.equal([s for s in report["scts"] if s["source"] == "embedded"], [],
                f"{name}: nothing counts")
        found = [f for f in report["findings"] if f["code"] in CODES]
        t.equal([f["code"] for f in found], [code], f"{name}: one finding")
        if found and offset is not None:
            t.equal((found[0].get("field"), found[0].get("offset")), ("certificate", offset),
                    f"{name}: its place", str(found))
        t.check(found and "offset" in found[0], f"{name}: has an offset")


def test_other_sources_go_on(t):
    """A broken list takes its own source's SCTs away, not the others'."""
    good_tls, good_ocsp = sample("tls_scts.bin"), sample("ocsp.der")
    raw = read(good_tls)
    for name, data in [("empty", b"\0\0"), ("cut", raw[:-1]), ("longer", raw + b"\0"),
                       ("nothing", b""), ("words", b"some words!"),
                       ("an empty item", der.join_list([b"", *der.split_list(raw)]))]:
        report = t.judge("--tls-scts", t.file(data), "--ocsp", good_ocsp,
                         sample("no-scts.pem"), want=PASS, what=f"TLS list {name}")
        t.equal({s["source"] for s in report["scts"]}, {"ocsp"}, f"TLS list {name}")
        found = [f for f in report["findings"] if f["code"] == "sct_list_malformed"]
        t.equal([f.get("field") for f in found], ["tls_scts"], f"TLS list {name}: a finding")
    for name, data in [("cut", read(good_ocsp)[:-1]), ("empty", b""), ("words", b"words"),
                       ("an error", bytes.fromhex("30030a0103"))]:
        report = t.judge("--tls-scts", good_tls, "--ocsp", t.file(data),
                         sample("no-scts.pem"), want=PASS, what=f"OCSP {name}")
        t.equal({s["source"] for s in report["scts"]}, {"tls"}, f"OCSP {name}")
        found = [f for f in report["findings"] if f["code"].startswith("ocsp_")]
        t.equal([f.get("field") for f in found], ["ocsp"], f"OCSP {name}: a finding")


def test_items(t):
    rows = [(name, der.pem(data) + der.pem(cases.ISSUER), statuses)
            for name, data, statuses in cases.items()]
    pairs, _ = in_one_run(t, rows)
    for (name, _, statuses), report in pairs:
        scts = report.get("scts", [])
        t.equal([s["status"] for s in scts], [*statuses, "valid", "valid"],
                f"{name}: its own row, the others are judged")
        if len(scts) == 3:
            t.equal([s["counted"] for s in scts], [False, True, True], f"{name}: counted")
            t.check(scts[0]["why"], f"{name}: why")
            t.equal(scts[0]["malformed"] is not None, scts[0]["status"] == "malformed",
                    f"{name}: what is malformed is said")


def test_issuer(t):
    """Issuer missing or wrong (the table's row): unverified, or a finding; exit 5."""
    bare = t.file(der.pem(cases.LEAF))
    report = t.judge(bare, want=UNKNOWN)
    t.equal({s["status"] for s in report["scts"]}, {"unverified"}, "no issuer")
    t.equal(report["policies"][0]["verdict"], "indeterminate", "the verdict hangs on it")
    report = t.judge("--issuer", sample("root.pem"), bare, want=UNKNOWN, what="wrong issuer")
    t.equal(report["policies"][0]["verdict"], "indeterminate", "wrong issuer: verdict")
    t.equal(report["certificate"]["issuer_signature"], "wrong_name", "wrong issuer: its name")
    t.check("wrong_issuer" in [f["code"] for f in report["findings"]], "wrong issuer: finding")
    report = t.judge("--issuer", sample("no-scts.pem"), bare, want=PASS, what="its chain")
    t.equal(report["certificate"]["issuer_signature"], "valid", "the one of its name is taken")
    forged = der.Certificate(cases.ISSUER)
    bits = forged.tbs.children[6].children[1]
    bits.value = bits.value[:-1] + bytes([bits.value[-1] ^ 1])
    report = t.judge("--issuer", t.file(forged.encode()), bare, what="a broken key")
    t.check(report["certificate"]["issuer_signature"] in ("invalid", "unsupported_algorithm"),
            "an issuer of the right name with a broken key", str(report)[:200])
    other = der.pem_to_ders(read(sample("compliant.pem")))[1]
    twisted = der.Certificate(other)
    twisted.tbs.children[6] = der.parse(
        der.Certificate(cases.LEAF).tbs.children[6].encode())[0]
    report = t.judge("--issuer", t.file(twisted.encode()), bare, want=UNKNOWN,
                     what="the right name and another key")
    t.equal(report["certificate"]["issuer_signature"], "invalid", "and another key")
    t.check("wrong_issuer" in [f["code"] for f in report["findings"]], "explains it all")


def test_odd_but_readable(t):
    """What RFC 5280 forbids and clients may still read: a finding."""
    def findings(certificate):
        report = t.judge(t.file(certificate.encode()))
        return [f["code"] for f in report["findings"]]
    c = cases.cert()
    c.validity.children[0].value = b"2606010000Z"
    t.check("odd_time" in findings(c), "UTCTime without seconds")
    c = cases.cert()
    c.validity.children[0].value, c.validity.children[1].value = (
        c.validity.children[1].value, c.validity.children[0].value)
    t.check("validity_upside_down" in findings(c), "notAfter before notBefore")
    c = cases.cert()
    c.root.children[1] = der.parse(bytes.fromhex("300a06082a8648ce3d040303"))[0]
    t.check("algorithm_mismatch" in findings(c), "algorithms inside and outside differ")
    report = t.judge(t.file(der.pem(cases.LEAF) + read(sample("root.pem")).decode()
                            + der.pem(cases.ISSUER)), want=PASS)
    t.check("chain_out_of_order" in [f["code"] for f in report["findings"]],
            "the issuer behind the root")


def test_wrong_files(t):
    """The file next to the one that was meant: what it is, and what to do."""
    leaf, issuer = cases.LEAF, cases.ISSUER
    array = "[" + read(sample("request.json")).decode() + "]"
    for name, content, said in [
            ("JSON array", array, "a JSON array; give one JSON object, or one a line"),
            ("two in DER", leaf + issuer, "several DER objects in a row"),
            ("OCSP response", read(sample("ocsp.der")), "it goes to --ocsp"),
            ("a request in PEM", der.pem(b"0\0", "CERTIFICATE REQUEST"),
             "a certificate request; the certificate that the CA answers with is needed"),
            ("words", "# ctpolicy\n", "not base64 here, and no PEM or DER as a whole"),
            ("a list behind a mark", b"\xef\xbb\xbf" + array.encode(), "a byte order mark"),
            ("UTF-16", "hello".encode("utf-16"), "UTF-16")]:
        error = t.judge(t.file(content), want=INPUT, what=name)["error"]
        t.has(error["message"], said, name)
    many = t.file("".join(der.pem(leaf) for _ in range(17)))
    error = t.judge(many, want=INPUT, what="17 certificates")["error"]
    t.has(error["message"], "ctpolicy audit FILE", "many certificates are for an audit")
    t.has(error["message"], "/v1/evaluate/batch", "or for a batch")
    for label, said in (("X509 CRL", "a certificate revocation list; a certificate is needed"),
                        ("PKCS7", "openssl pkcs7 -print_certs"),
                        ("PUBLIC KEY", "a bare public key"),
                        ("EC PARAMETERS", "no CERTIFICATE in it, which is needed, but EC PARAM")):
        error = t.judge(t.file(der.pem(b"0\0", label)), want=INPUT, what=label)["error"]
        t.has(error["message"], said, label)
    marked = b"\xef\xbb\xbf"
    for name, content in [("a request", read(sample("request.json"))),
                          ("PEM", read(sample("compliant.pem")))]:
        t.judge(t.file(marked + content), want=PASS, what=f"{name} behind a mark")
    for name, options, said in [
            ("a certificate as OCSP response", ["--ocsp", sample("root.pem")],
             "it is a CERTIFICATE"),
            ("a certificate as TLS list", ["--tls-scts", sample("root.pem")],
             "without a block SERVERINFO FOR EXTENSION 18"),
            ("words as TLS list", ["--tls-scts", t.file("what is this")],
             "neither the extension's bytes nor base64")]:
        report = t.judge(*options, sample("no-scts.pem"), want=FAIL, what=name)
        t.has(" ".join(f["message"] for f in report["findings"]), said, name)


run_all("bad_input", globals())
