#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Certificates of every kind, made with openssl: what apple-tls asks of them, why policies do
not apply to others, and policies of several sources in one pass."""
import json
import shutil
import subprocess

from lib import AT, FAIL, INPUT, LIST, PASS, UNKNOWN, read, run_all, sample

SERVER = ["extendedKeyUsage=serverAuth", "subjectAltName=DNS:mail.example.org",
          "basicConstraints=CA:FALSE"]
CHECK = ["check", *LIST, "--format", "json", "--policy", "apple,apple-tls"]


def openssl(*args):
    done = subprocess.run(["openssl", *args], capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(f"openssl {args}: {done.stderr.decode()}")
    return done.stdout


class Maker:
    """A root, and certificates by it or by themselves."""

    def __init__(self, t):
        self.t = t
        self.root = self.self_signed("ca", ["basicConstraints=critical,CA:TRUE",
                                            "keyUsage=keyCertSign"], "/CN=A root")

    def key(self, kind="ec"):
        path = self.t.path(".key")
        how = {"ec": ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
               "rsa2048": ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
               "p384": ["EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
               "p521": ["EC", "-pkeyopt", "ec_paramgen_curve:P-521"],
               "secp256k1": ["EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"],
               "p192": ["EC", "-pkeyopt", "ec_paramgen_curve:P-192"],
               "ed25519": ["ED25519"],
               "rsa2047": ["RSA", "-pkeyopt", "rsa_keygen_bits:2047"]}[kind]
        openssl("genpkey", "-algorithm", *how, "-out", path)
        return path

    @staticmethod
    def extensions(extensions):
        return [word for one in extensions for word in ("-addext", one)]

    def self_signed(self, name, extensions, subject=None, key="ec", days=90, sha="-sha256"):
        path, key = self.t.path(".pem"), self.key(key)
        config = self.t.file("[req]\ndistinguished_name=dn\n[dn]\n")
        openssl("req", "-x509", "-config", config, "-key", key, "-out", path, "-days", str(days), sha, "-subj",
                subject or f"/CN={name}", *self.extensions(extensions))
        self.keys = {**getattr(self, "keys", {}), path: key}
        return path

    def issued(self, extensions, key="ec", days=90, sha="-sha256", subject="/CN=mail.example.org"):
        request, path, key = self.t.path(".csr"), self.t.path(".pem"), self.key(key)
        config = self.t.file("[req]\ndistinguished_name=dn\n[dn]\n")
        openssl("req", "-new", "-config", config, "-key", key, "-out", request, "-subj", subject)
        more = self.t.file("\n".join(["[v3]", *extensions]))
        openssl("x509", "-req", "-in", request, "-CA", self.root, "-CAkey", self.keys[self.root],
                "-set_serial", "7", "-days", str(days), sha, "-extfile", more, "-extensions", "v3",
                "-out", path)
        return path


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


def test_key_types(t):
    """Keys that no client takes are told, though Apple's page does not name them."""
    make = Maker(t)
    issuer = ["--issuer", make.root, "--private-root"]
    for kind, usual in (("ec", True), ("p384", True), ("p521", True), ("rsa2048", True), ("secp256k1", False),
                        ("p192", False), ("ed25519", False)):
        report = judge(t, make.issued(SERVER, key=kind), *issuer, want=PASS)
        t.equal([f["code"] for f in policy(report, "apple-tls")["findings"]], [] if usual else ["key_type_unusual"], kind)
        t.equal(unmet(report)[0], set() if usual else {"leaf_key_type"}, f"{kind}: its row")


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
    other = make.self_signed("other", ["basicConstraints=critical,CA:TRUE"])
    report = judge(t, long, *issuer, "--roots", other, want=PASS)
    t.equal(reasons(report), {"not_publicly_trusted"}, "its root is none of those given")
    report = judge(t, long, "--roots", other, want=FAIL)
    t.equal(reasons(report), set(), "without its issuer nobody can tell")
    report = judge(t, long, "--issuer", other, "--roots", other, want=FAIL)
    t.equal("days_398" in unmet(report)[1], True, "one that did not issue it says nothing of roots")
    report = judge(t, make.issued(SERVER), want=FAIL)
    t.equal([f["code"] for f in policy(report, "apple-tls")["findings"]], ["issuer_unknown"],
            "what is asked of the issuer is open")
    result = t.run(*CHECK, "--roots", t.file("no certificate"), short)
    t.equal(result.status, INPUT, "rubbish as roots", repr(result))


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
