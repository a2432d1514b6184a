#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Certificates of every kind, made with openssl: what apple-tls asks of them, why policies do
not apply to others, and policies of several sources in one pass."""
import itertools
import json
import os
import shutil

import der
from lib import AT, DATA, FAIL, INPUT, LIST, LISTS, PASS, UNKNOWN, USAGE, read, run_all, sample
from maker import SERVER, Maker, openssl

CHECK = ["check", *LIST, "--format", "json", "--policy", "apple,apple-tls"]


def judge(t, path, *options, want):
    result = t.run(*CHECK, *options, path)
    t.equal(result.status, want, f"{options}", repr(result))
    return result.json()


def policy(report, name):
    return next(p for p in report["policies"] if p["policy"] == name)


def unmet(report):
    """Names of the requirements that are not met, and which of these are open."""
    rows = [r for r in policy(report, "apple-tls")["requirements"] if not r["met"]]
    return ({r["requirement"] for r in rows if not r["open"]},
            {r["requirement"] for r in rows if r["open"]})


def reasons(report, name="apple"):
    return set(policy(report, name)["applies_because"])


def test_tls(t):
    """What Apple asks of a server's certificate, each alone."""
    make = Maker(t)
    issuer = ["--issuer", make.root, "--private-root"]
    good = make.issued(SERVER)
    report = judge(t, good, *issuer, want=PASS)
    t.equal(unmet(report), (set(), set()), "all is met")
    t.equal(policy(report, "apple-tls")["verdict"], "compliant", "and the verdict")
    t.equal(reasons(report, "apple-tls"), set(), "it applies under a private root too")
    t.equal(reasons(report), {"not_publicly_trusted"}, "SCTs are not needed there")
    cases = [
        ("RSA of 2048 bits", {"key": "rsa2048"}, SERVER, set(), []),
        ("one bit less", {"key": "rsa2047"}, SERVER, {"leaf_rsa_bits"}, ["rsa_key_too_small"]),
        ("SHA-1", {"sha": "-sha1"}, SERVER, {"leaf_sha2"}, ["signature_not_sha2"]),
        ("SHA-384", {"sha": "-sha384"}, SERVER, set(), []),
        ("no SAN", {}, [SERVER[0], SERVER[2]], {"names"}, ["no_alt_name"]),
        ("an address is a name", {}, [SERVER[0], "subjectAltName=IP:192.0.2.1"], set(), []),
        ("an e-mail address is none", {}, [SERVER[0], "subjectAltName=email:a@example.org"],
         {"names"}, ["no_alt_name"]),
        ("an empty name is none", {}, [SERVER[0], "subjectAltName=DER:30:02:82:00"], {"names"}, ["no_alt_name"]),
        ("a space is none", {}, [SERVER[0], "subjectAltName=DNS:a b.example"], {"names"}, ["no_alt_name"]),
        ("five bytes are no address", {}, [SERVER[0], "subjectAltName=DER:30:07:87:05:7f:00:00:00:01"],
         {"names"}, ["no_alt_name"]),
        ("four are one", {}, [SERVER[0], "subjectAltName=DER:30:06:87:04:7f:00:00:01"], set(), []),
        ("no key purposes", {}, SERVER[1:], {"server_auth"}, ["no_server_auth"]),
        ("any purpose is not serverAuth", {}, ["extendedKeyUsage=anyExtendedKeyUsage", *SERVER[1:]],
         {"server_auth"}, ["no_server_auth"]),
        ("825 days", {"days": 825}, SERVER, set(), []),
        ("826 days", {"days": 826}, SERVER, {"days_825"}, ["lifetime_too_long"]),
    ]
    for what, how, extensions, want, codes in cases:
        report = judge(t, make.issued(extensions, **how), *issuer, want=FAIL if want else PASS)
        t.equal(unmet(report), (want, set()), what)
        findings = [f["code"] for f in policy(report, "apple-tls")["findings"]]
        t.equal(findings, codes, f"{what}: findings")
        messages = [f["message"] for f in policy(report, "apple-tls")["findings"]]
        t.check(all(len(m) > 40 for m in messages), f"{what}: says what to do", messages)
        t.check(not any("mail.example.org" in m for m in messages), f"{what}: no name of our own", messages)


def test_key_types(t):
    """Keys that no client takes are told, though Apple's page does not name them."""
    make = Maker(t)
    issuer = ["--issuer", make.root, "--private-root"]
    for kind, usual in (("ec", True), ("p384", True), ("p521", True), ("rsa2048", True), ("secp256k1", False),
                        ("p192", False), ("ed25519", False)):
        report = judge(t, make.issued(SERVER, key=kind), *issuer, want=PASS)
        t.equal([f["code"] for f in policy(report, "apple-tls")["findings"]], [] if usual else ["key_type_unusual"], kind)
        t.equal(unmet(report)[0], set() if usual else {"leaf_key_type"}, f"{kind}: its row")


def requests(t, leaf, root):
    """private_root of a line, over what the options say of all."""
    texts = []
    for path in (leaf, root):
        with open(path, encoding="utf-8") as file:
            texts.append(file.read())
    fields = {"certificate": texts[0], "issuer": texts[1]}
    lines = [fields, {**fields, "private_root": True}, {**fields, "private_root": False}, fields]
    path = t.file("".join(json.dumps(line) + "\n" for line in lines))
    for options, unsaid, no in (([], "indeterminate", "indeterminate"),
                                (["--roots", root], "non_compliant", "non_compliant"),
                                (["--private-root"], "compliant", "indeterminate")):
        for command in (CHECK, ["audit", *CHECK[1:]]):
            command = [word if word != "json" else "ndjson" for word in command]
            result = t.run(*command, *options, path)
            got = [policy(json.loads(line), "apple-tls")["verdict"] for line in result.text.splitlines()]
            t.equal(got, [unsaid, "compliant", no, unsaid], f"{command[0]} {options}", repr(result)[:600])
    for value in ("true", 1, None):
        result = t.run(*CHECK, t.file(json.dumps({**fields, "private_root": value})))
        t.equal((result.status, result.json()["error"]["code"], result.json()["error"]["field"]),
                (INPUT, "bad_request", "private_root"), f"{value!r}", repr(result)[:300])


def test_roots(t):
    """398 days where the root comes with the system, more where it was added."""
    make = Maker(t)
    short, long = make.issued(SERVER, days=397), make.issued(SERVER, days=398)
    issuer = ["--issuer", make.root]
    report = judge(t, short, *issuer, want=FAIL)  # for want of SCTs
    t.equal(unmet(report), (set(), {"scheduled_200_days"}), "397 days and its last second: 398")
    report = judge(t, short, *issuer, "--roots", make.root, want=FAIL)
    t.equal(unmet(report), ({"scheduled_200_days"}, set()), "advice: CAs issue no such one")
    t.equal([(f["code"], f["severity"]) for f in policy(report, "apple-tls")["findings"]],
            [("lifetime_beyond_schedule", "warning")], "... a warning")
    t.equal(policy(report, "apple-tls")["verdict"], "compliant", "... and no more")
    text = t.run("check", *LIST, "--policy", "apple-tls", *issuer, "--roots", make.root, short).text
    t.has(text, "ADVICE at most ", "the row, in columns")
    flat = " ".join(text.split())
    t.has(flat, "397 days and a second, as the last one counts: who rounds up has 398 days", "its validity ...")
    t.has(flat, "It is valid for 397 days and a second, which counts as a day more, and CAs", "... is the same number")
    report = judge(t, long, *issuer, want=FAIL)
    t.equal(policy(report, "apple-tls")["verdict"], "indeterminate", "399: it hangs on the root")
    t.equal([f["code"] for f in policy(report, "apple-tls")["findings"]],
            ["lifetime_beyond_schedule", "root_unknown"], "said")
    report = judge(t, long, *issuer, "--roots", make.root, want=FAIL)
    t.check("days_398" in unmet(report)[0], "under a root of the system")
    report = judge(t, long, *issuer, "--private-root", want=PASS)
    t.equal(unmet(report), (set(), set()), "under an added one")
    requests(t, long, make.root)
    other = make.self_signed("other", ["basicConstraints=critical,CA:TRUE"])
    report = judge(t, long, *issuer, "--roots", other, want=PASS)
    t.equal(reasons(report), {"not_publicly_trusted"}, "its root is none of those given")
    report = judge(t, short, *issuer, "--roots", short, want=FAIL)
    t.equal(reasons(report), set(), "it is itself one of those given")
    report = judge(t, make.issued(SERVER, subject="/CN=A root"), *issuer, want=FAIL)
    t.equal(reasons(report), set(), "of its issuer's name, and not signed by itself")
    namesake = Maker(t)
    forged = namesake.issued(SERVER, key_of=make.root)
    report = judge(t, forged, "--issuer", namesake.root, "--roots", make.root, want=PASS)
    t.equal(reasons(report), {"not_publicly_trusted"}, "a root's name and key, and not its signature")
    named = t.file(openssl("req", "-x509", "-key", make.keys[make.root], "-days", "90", "-subj", "/CN=Another name"))
    report = judge(t, t.file(read(short) + read(named)), "--roots", other, want=FAIL)
    t.equal(reasons(report), set(), "its issuer's key by another name: nobody can tell")
    # A TBSCertificate bears no signature: its issuer is known by its key, and it is never its own.
    tbs = {path: t.file(der.Certificate(der.pem_to_ders(read(path))[0]).tbs.encode()) for path in (short, other)}
    for path, more in ((short, issuer), (other, [])):
        report = judge(t, tbs[path], *more, "--roots", make.root, want=FAIL if more else PASS)
        t.equal(reasons(report), set() if more else {"ca_certificate"}, "a TBSCertificate, and roots")
    report = judge(t, long, "--roots", other, want=FAIL)
    t.equal(reasons(report), set(), "without its issuer nobody can tell")
    report = judge(t, long, "--issuer", other, "--roots", other, want=FAIL)
    t.equal("days_398" in unmet(report)[1], True, "one that did not issue it says nothing of roots")
    report = judge(t, make.issued(SERVER), want=FAIL)
    t.equal([f["code"] for f in policy(report, "apple-tls")["findings"]], ["issuer_unknown"],
            "what is asked of the issuer is open")
    same = t.file(read(make.root))
    for command in (["check"], ["audit"]):
        result = t.run(*command, *LIST, "--roots", same, "--output", same, short)
        t.equal((result.status, read(same)), (USAGE, read(make.root)), f"{command}: roots are not overwritten")
        t.has(result.messages, "that is the file of --roots", "it is said")
    result = t.run(*CHECK, "--roots", t.file("no certificate"), short)
    t.equal(result.status, INPUT, "rubbish as roots", repr(result))
    t.check("--roots" in result.messages, "... and the option is named", repr(result))
    empty = t.path()
    os.makedirs(empty)
    for what in ("an empty folder", "one without certificates"):
        for command in (["check"], ["audit"]):
            result = t.run(*command, "--policy", "apple-tls", "--roots", empty, short)
            t.equal((result.status, result.out), (INPUT, b""), f"{what} as roots: {command[0]}", repr(result))
            t.has(result.messages, f"--roots {empty}: no certificate in it", f"{what}: the option is named")
        with open(os.path.join(empty, "README"), "w") as file:
            file.write("no certificates here\n")


def test_web_line(t):
    """What a common "openssl req -x509" line makes for a mail server."""
    make = Maker(t)
    path = make.self_signed("mail.example.org", ["basicConstraints=critical,CA:TRUE"],
                            key="rsa2048", days=3650)
    report = judge(t, path, want=FAIL)
    t.equal(unmet(report)[0], {"names", "server_auth", "days_825"}, "three things are wrong")
    t.equal(reasons(report), {"ca_certificate", "self_signed"}, "and it needs no SCTs")
    text = t.run("check", *LIST, "--policy", "apple,apple-tls", path).text
    first = " ".join(text.split("\n\n")[0].split())
    t.check(first.startswith("FAIL: no SCTs are needed (it is a CA certificate, as openssl "
                             "req -x509 makes every one; it signed itself"),
            "the first line says so", first)
    t.has(first, "this certificate does not meet Apple's requirements for TLS servers", "and that")


def test_exempt(t):
    """Why SCTs are not needed, in words, from the certificate's own fields."""
    make = Maker(t)
    purposes = [
        ("clientAuth", "TLS clients (clientAuth)"),
        ("emailProtection", "e-mail (S/MIME) (emailProtection)"),
        ("codeSigning", "signing code (codeSigning)"),
        ("OCSPSigning", "signing OCSP responses (OCSPSigning)"),
        ("timeStamping", "time stamps (timeStamping)"),
        ("1.3.6.1.4.1.311.20.2.1", "enrolling certificates for others (SCEP, NDES) "
                                   "(certificateRequestAgent)"),
        ("1.2.840.113635.100.4.16", "Apple devices (appleDevice)"),
        ("1.2.3.4", "purpose 1.2.3.4"),
    ]
    for oid, words in purposes:
        path = make.issued([f"extendedKeyUsage={oid}"])
        report = judge(t, path, "--issuer", make.root, want=PASS)
        t.equal(reasons(report), {"not_server_auth"}, f"{oid}: no server's")
        text = t.run("check", *LIST, "--issuer", make.root, path).text
        first = " ".join(text.split("\n\n")[0].split())
        t.equal(first, f"PASS: no SCTs are needed (it is for {words}, not for TLS servers).",
                f"{oid}: in words")
    redacted = make.issued([SERVER[0], "subjectAltName=DNS:?.example.org"])
    t.equal(reasons(judge(t, redacted, "--issuer", make.root, want=PASS)),
            {"redacted_precertificate"}, "redacted")
    device = make.self_signed("device", SERVER)
    report = judge(t, device, want=PASS)
    t.equal(reasons(report), {"self_signed"}, "a device that signed itself")
    t.equal(reasons(report, "apple-tls"), set(), "and yet a server")
    text = t.run("check", *LIST, device).text
    t.has(text, "issuer       CN=device (it signed itself)\n", "what is known of its issuer")
    # What openssl req -x509 makes: a CA's own certificate, or a server's, which has its name.
    own = make.self_signed("x", ["basicConstraints=critical,CA:TRUE"], "/CN=My Own CA")
    report = judge(t, own, want=PASS)
    t.equal((reasons(report, "apple-tls"), report.get("repair")), ({"ca_certificate"}, None), "a CA's own")
    first = " ".join(t.run("check", *LIST, "--policy", "apple-tls", own).text.split("\n\n")[0].split())
    t.equal(first, "PASS: apple-tls does not apply (it is a CA certificate, as openssl req -x509 makes every one, "
            "and names no server: if one shows it, ask with its name, --hostname NAME).", "in words")
    for subject, more in (("/CN=mail.example.org", []), ("/CN=My server", ["subjectAltName=DNS:mail.example.org"])):
        path = make.self_signed("x", ["basicConstraints=critical,CA:TRUE", *more], subject)
        t.equal(reasons(judge(t, path, want=FAIL), "apple-tls"), set(), f"{subject}: a server's")
    weak = make.self_signed("weak", SERVER[:2], "/CN=mail.example.org", key="rsa2047")
    t.equal([f["code"] for f in policy(judge(t, weak, want=FAIL), "apple-tls")["findings"]],
            ["rsa_key_too_small"], "its own key is no CA's")
    report = judge(t, make.root, want=PASS)
    t.equal(reasons(report), {"ca_certificate", "self_signed"}, "a root")
    t.equal(reasons(report, "apple-tls"), {"ca_certificate"}, "no server's")
    report = judge(t, make.root, "--hostname", "mail.example.org", want=FAIL)
    t.equal(reasons(report, "apple-tls"), set(), "... unless it is asked about as one")
    report = judge(t, device, "--at", "2036-01-01", want=PASS)
    t.equal(reasons(report), {"expired", "self_signed"}, "expired")
    report = judge(t, device, "--at", "2020-01-01", want=PASS)
    t.equal(reasons(report), {"not_yet_valid", "self_signed"}, "not yet valid")


def test_servers_by_ca_flag(t):
    """CA:TRUE exempts from apple-tls what signs certificates, not what is a server's in all else."""
    make = Maker(t)
    ca, eku, san = "basicConstraints=critical,CA:TRUE", *SERVER[:2]
    signs, serves = "keyUsage=keyCertSign,cRLSign", "keyUsage=digitalSignature,keyEncipherment"
    other = "extendedKeyUsage=codeSigning"
    cases = [
        ("a server's by everything else", [serves, eku, san], False),
        ("... by its key usage", [serves], False),
        ("... by its purpose and names", [signs, eku, san], False),
        ("... without key usage", [eku, san], False),
        ("a CA for servers", [signs, eku], True),
        ("a CA that has a name", [signs, san], True),
        ("a CA for something else that has a name", [signs, other, san], True),
    ]
    for what, extensions, exempt in cases:
        for who, path in (("by itself", make.self_signed(what, [ca, *extensions], days=3650)),
                          ("by a CA", make.issued([ca, *extensions], days=3650))):
            result = t.run("check", *LIST, "--format", "json", "--policy", "apple-tls",
                           "--issuer", make.root, path)
            report = result.json()
            want = {"ca_certificate"} if exempt else set()
            # Its purpose alone exempts what is for no server.
            got = reasons(report, "apple-tls") - {"not_server_auth"}
            t.equal((got, result.status), (want, PASS if exempt else FAIL), f"{what}, {who}")
    t.equal(reasons(judge(t, make.issued([ca]), want=PASS), "apple-tls"), {"ca_certificate"},
            "without any, by a CA")
    t.equal(reasons(judge(t, make.issued([ca, eku]), want=FAIL), "apple-tls"), set(),
            "for servers, by a CA")


def test_cross_signed(t):
    """A root that is trusted, by any way up and in whatever order the certificates stand."""
    make = Maker(t)
    authority = ["basicConstraints=critical,CA:TRUE", "keyUsage=keyCertSign"]
    public, private = make.root, make.self_signed("private", authority)
    own = make.self_signed("sub", authority, "/CN=Sub")
    key = make.keys[own]

    def crossed(root):
        path, request = t.path(".pem"), t.path(".csr")
        openssl("x509", "-x509toreq", "-in", own, "-signkey", key, "-out", request)
        openssl("x509", "-req", "-in", request, "-CA", root, "-CAkey", make.keys[root], "-set_serial", "9",
                "-days", "90", "-extfile", t.file("\n".join(["[v3]", *authority])), "-extensions", "v3",
                "-out", path)
        return read(path)

    by_public, by_private = crossed(public), crossed(private)
    make.root, make.keys[own] = own, key
    leaf = read(make.issued(SERVER))
    tbs = t.file(der.Certificate(der.pem_to_ders(leaf)[0]).tbs.encode())
    ways = [by_private, read(private), by_public]
    for order in itertools.permutations(ways):
        chain = t.file(leaf + b"".join(order), ".pem")
        report = judge(t, chain, "--roots", public, want=FAIL)
        t.check("not_publicly_trusted" not in reasons(report), "a way to a trusted root")
        report = judge(t, t.file(leaf, ".pem"), "--issuers", t.file(b"".join(order), ".pem"),
                       "--roots", public, want=FAIL)
        t.check("not_publicly_trusted" not in reasons(report), "... by a pool of issuers")
        report = judge(t, tbs, "--issuers", t.file(b"".join(order), ".pem"), "--roots", public, want=FAIL)
        t.check("not_publicly_trusted" not in reasons(report), "... of a TBSCertificate")
    t.equal(reasons(judge(t, t.file(leaf, ".pem"), "--issuers", t.file(by_private + read(private), ".pem"),
                          "--roots", public, want=PASS)), {"not_publicly_trusted"}, "... by a pool of issuers")
    for path in (t.file(leaf, ".pem"), tbs):
        for first, second in ((by_private, by_public), (by_public, by_private)):
            report = judge(t, path, "--issuer", t.file(first), "--issuers", t.file(second + read(private)), "--roots", public,
                           want=FAIL)
            t.equal((reasons(report), unmet(report)[1]), (set(), set()), "one way of two, the issuer's or another's")
    many = [crossed(private) for _ in range(20)]
    report = judge(t, t.file(leaf + b"".join(many[:15]), ".pem"), "--issuer", t.file(b"".join(many[15:])), "--roots",
                   public, want=FAIL)
    t.equal(reasons(report), set(), "more ways than are walked")
    report = judge(t, t.file(leaf + read(own) + by_public, ".pem"), "--roots", public, want=FAIL)
    t.equal(reasons(report), set(), "a way to a trusted root behind one that ends in itself")
    report = judge(t, t.file(leaf + by_private + read(private), ".pem"), "--roots", public, want=PASS)
    t.check("not_publicly_trusted" in reasons(report), "no way to one")


def lists_of_all(t):
    """The samples' list as Chrome's, and as Mozilla's."""
    chrome = json.loads(read(LIST[1]))
    for name in ("$schema", "assetVersion", "assetVersionV2"):
        chrome.pop(name)
    chrome = {"version": "90.1", "log_list_timestamp": "2026-06-01T00:00:00Z",
              **{k: v for k, v in chrome.items() if k != "version"}}
    mozilla = {k: v for k, v in chrome.items() if k != "version"}
    return [word for one in (chrome, mozilla)
            for word in ("--log-list", t.file(json.dumps(one), ".json"))]


def test_sources(t):
    """Each policy by its own list; one that is missing leaves the others judged."""
    both = lists_of_all(t)
    all_of_them = ["check", *AT, *LIST, *both, "--policy", "all", "--format", "json"]
    report = t.run(*all_of_them, sample("compliant.pem")).json()
    t.equal({p["policy"]: p["verdict"] for p in report["policies"]},
            {"apple": "compliant", "apple-enforced": "compliant", "apple-tls": "compliant",
             "chrome": "compliant", "mozilla": "compliant", "android": "compliant"}, "all are met")
    t.equal([(p["policy"], p["log_list"]["name"]) for p in report["policies"] if "log_list" in p],
            [("chrome", "chrome"), ("mozilla", "v3"), ("android", "chrome")], "their lists")
    report = t.run(*all_of_them, sample("operator-cap.pem")).json()
    verdicts = {p["policy"]: p["verdict"] for p in report["policies"]}
    t.equal(verdicts["chrome"], "non_compliant", "one operator is not enough for Chrome")
    t.equal([f["code"] for f in policy(report, "chrome")["findings"]], ["too_few_operators"],
            "and it says so")
    result = t.run("check", *AT, *LIST, "--policy", "apple,chrome", "--format", "json",
                   sample("compliant.pem"))
    report = result.json()
    t.equal((result.status, report["result"]), (UNKNOWN, "unknown"), "a list is missing")
    t.equal({p["policy"]: p["verdict"] for p in report["policies"]},
            {"apple": "compliant", "chrome": "indeterminate"}, "the other one is judged")
    t.equal([f["code"] for f in policy(report, "chrome")["findings"]], ["no_list_of_source"], "why")
    t.equal(policy(report, "chrome")["log_list"], None, "no list")
    report = t.run("check", *LIST, *both, "--at", "2025-02-03T23:59:59Z", "--policy",
                   "apple,mozilla", "--format", "json", sample("compliant.pem")).json()
    t.check("not_enforced_yet" in reasons(report, "mozilla"), "a second before Firefox 135")
    report = t.run("check", *LIST, *both, "--at", "2025-02-04T00:00:00Z", "--policy",
                   "apple,mozilla", "--format", "json", sample("compliant.pem")).json()
    t.check("not_enforced_yet" not in reasons(report, "mozilla"), "from then on")


def test_operators(t):
    """What is said of log operators, where all SCTs are of one."""
    chrome = lists_of_all(t)[:2]
    both = ["check", *AT, *LIST, *chrome, "--policy"]
    text = " ".join(t.run(*both, "chrome,apple-enforced", sample("operator-cap.pem")).text.split())
    t.has(text, "and 2 are needed: issue the certificate again with one of another operator. 4 usable "
          "logs of 3 operators accept", "what to do")
    t.has(text, "The difference: chrome asks for SCTs from at least two log operators, each as of the "
          "SCT's time, apple-enforced does not.", "the difference")
    t.check("of them, from" not in text, "no sentence without its noun", text)
    text = " ".join(t.run(*both, "chrome", sample("no-scts.pem")).text.split())
    t.has(text, "issue the certificate again with 2 SCTs from at least 2 log operators.", "none yet")
    # One SCT is there, and a log of the same operator would not do.
    value = json.loads(read(LIST[1]))
    scts = t.judge(sample("operator-cap.pem"))["scts"]
    for operator in value["operators"]:
        for kind in ("logs", "tiled_logs"):
            operator[kind] = [log for log in operator.get(kind, []) if log["log_id"] != scts[1]["log_id"]]
    value = {**{k: v for k, v in value.items() if k not in ("$schema", "assetVersion", "assetVersionV2")},
             "version": "90.1", "log_list_timestamp": "2026-06-01T00:00:00Z"}
    text = " ".join(t.run("check", *AT, "--log-list", t.file(json.dumps(value), ".json"), "--policy",
                          "chrome", sample("operator-cap.pem")).text.split())
    t.has(text, "issue the certificate again with one more SCT from another log operator. 4 usable logs "
          "of 3 operators accept", "one more")


def test_operators_planned(t):
    """A plan says of log operators what a policy asks for, and what it could get."""
    dates = ["--not-before", "2026-06-02", "--not-after", "2026-08-31", *AT]
    value = json.loads(read(LIST[1]))
    value["operators"] = [o for o in value["operators"] if len(o["logs"] + o["tiled_logs"]) > 1][:1]
    value = {**{k: v for k, v in value.items() if k not in ("$schema", "assetVersion", "assetVersionV2")},
             "version": "90.1", "log_list_timestamp": "2026-06-01T00:00:00Z"}
    args = ["plan", *dates, "--policy", "chrome", "--log-list", t.file(json.dumps(value), ".json")]
    result = t.run(*args)
    t.has(" ".join(result.text.split()), "chrome needs SCTs of 2 log operators; all usable logs that take "
          "this notAfter are of 1.", "in words")
    plan = t.run(*args, "--format", "json").json()
    t.equal(plan["policies"][0]["required"]["min_operators"], 2, "in JSON")
    text = " ".join(t.run(*args[:-2], *lists_of_all(t)[:2]).text.split())
    t.has(text, "2 SCTs, of at least 2 log operators", "what is needed")


def test_missing_list(t):
    """A policy without a list leaves the others judged, also those about no list."""
    make = Maker(t)
    chrome = lists_of_all(t)[:2]
    bad, good = make.issued(SERVER, days=900), make.issued(SERVER)
    for command in ("check", "audit"):
        for path, want, verdict in ((good, UNKNOWN, "compliant"), (bad, FAIL, "non_compliant")):
            result = t.run(command, *chrome, "--issuers", make.root, "--policy", "apple-tls,mozilla",
                           "--format", "ndjson", path)
            report = result.json()
            t.equal((result.status, {p["policy"]: p["verdict"] for p in report["policies"]}),
                    (want, {"apple-tls": verdict, "mozilla": "indeterminate"}),
                    f"{command} {verdict}")
            t.equal([f["code"] for f in policy(report, "mozilla")["findings"]], ["no_list_of_source"],
                    "why")
        for asked in ("mozilla", "apple,mozilla"):
            result = t.run(command, *chrome, "--policy", asked, good)
            t.equal(result.status, LISTS, f"{command} {asked}: nothing to judge by")


def test_bimi_list(t):
    """BIMI's list is none of Mozilla's, whose form it has."""
    folder = os.path.join(DATA, "bimi_lists")
    if not os.path.isdir(folder):
        t.skip("BIMI's lists of the test data are not at hand")
        return
    path = os.path.join(folder, min(name for name in os.listdir(folder) if name.endswith(".json")))
    result = t.run("check", *AT, "--log-list", path, "--policy", "mozilla", sample("compliant.pem"))
    t.equal(result.status, LISTS, "no list for Mozilla's policy", repr(result))
    t.has(" ".join(result.messages.split()), "the log list is bimi's, and the policy mozilla is about "
          "mozilla's logs", "said")
    t.equal(t.run("log-list", "show", "--log-list", path).status, PASS, "it is a list")
    result = t.run("log-list", "import", "--source", "mozilla", "--state-dir", t.path("state"), path)
    t.equal(result.status, LISTS, "nor is it taken for one of its history", repr(result))


def test_headline(t):
    """The first line names the policies that ask for no SCTs, where others do."""
    make = Maker(t)
    both = lists_of_all(t)
    old = ["check", *LIST, *both, "--policy", "all", sample("compliant.pem")]
    result = t.run(*old, "--at", "2036-01-01")
    first = " ".join(result.text.split("\n\n")[0].split())
    t.has(first, "PASS: apple, apple-enforced, apple-tls, chrome, mozilla and android do not apply at that "
          "time (it expired",
          "all that do not apply")
    one = t.run("check", *LIST, "--at", "2036-01-01", sample("compliant.pem"))
    t.has(" ".join(one.text.split()), "PASS: apple does not apply at that time (it expired", "one")
    # Apple asks for none of it, and Mozilla for some.
    whole = der.pem_to_ders(read(make.issued(SERVER, days=3650)))[0]
    at = whole.index(b"\x17\x0d") + 2  # notBefore
    path = t.file(der.pem(whole[:at] + b"180601000000Z" + whole[at + 13:]), ".pem")
    result = t.run("check", *LIST, *both, *AT, "--policy", "apple,apple-enforced,mozilla",
                   path)
    first = " ".join(result.text.split("\n\n")[0].split())
    t.has(first, "FAIL: apple and apple-enforced ask for no SCTs (it was issued 2018-06-01T00:00:00Z, before "
          "enforcement began); this certificate does not meet Mozilla's CT policy", "who asks for none")
    t.check("no SCTs are needed" not in first, "some are", first)
    result = t.run("check", *LIST, *both, *AT, "--policy", "apple,apple-enforced", path)
    t.has(" ".join(result.text.split()), "PASS: no SCTs are needed (it was issued", "where none asks")


def test_closed_route(t):
    """SCTs by a way that a policy takes no more: said with its window, not that it is met without."""
    chrome = lists_of_all(t)[:2]
    given = ["--ocsp", sample("ocsp.der"), sample("no-scts.pem")]
    args = ["check", *AT, *chrome, "--policy", "chrome,android"]
    report = t.run(*args, "--format", "json", *given).json()
    t.equal({p["policy"]: p["verdict"] for p in report["policies"]},
            {"chrome": "non_compliant", "android": "compliant"}, "Android takes OCSP still")
    t.equal({(s["source"], s["counted"], *s["why"]) for s in report["scts"]},
            {("ocsp", False, "route_closed")}, "why")
    text = " ".join(t.run(*args, *given).text.split())
    window = "(chrome takes SCTs from OCSP responses before 2026-05-05 only)"
    t.equal(text.count("the policy takes no SCTs that come this way at the time of check " + window),
            len(report["scts"]), "in words")
    t.has(text, "by TLS extension or stapled OCSP response before 2026-05-05 only, and "
          f"{len(report['scts'])} SCTs came this way", "the route says so too")
    t.check("met without it" not in text, "nothing is met", text)
    t.has(text, "delivers by TLS extension none were given", "of the open one nothing came")
    # Met by the other route, the closed one is not merely unused.
    report = t.run("check", *AT, *chrome, "--policy", "chrome", "--format", "json",
                   "--ocsp", sample("ocsp.der"), sample("compliant.pem")).json()
    t.check(all(s["why"] != ["route_not_used"] for s in report["scts"] if s["source"] == "ocsp"),
            "and where it is met", report["scts"])


def test_nameless(t):
    """Lists need not describe their logs: advice names them by their ids."""
    value = json.loads(read(LIST[1]))
    ids = set()
    for operator in value["operators"]:
        for log in operator.get("logs", []) + operator.get("tiled_logs", []):
            ids.add(log["log_id"])
            del log["description"]
    result = t.run("check", *AT, "--log-list", t.file(json.dumps(value), ".json"),
                   sample("precertificate.pem"))
    t.equal(result.status, FAIL, "no SCTs yet", repr(result))
    words = result.text.split("Logs to ask:")[1].replace(",", " ").split()
    t.check(ids & set(words), "an id of the list", result.text)


if shutil.which("openssl"):
    run_all("kinds", globals())
else:
    print("kinds: 0 passed, 0 failed, 1 skipped: there is no openssl")
