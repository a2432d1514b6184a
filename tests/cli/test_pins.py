#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""ctpolicy pins, and what --pin, --pins and --hostname of check say: each form held by a snapshot,
by a reader of its own kind (XML, property lists), by OpenSSL, and by reading it again.

  test_pins.py --update    writes the snapshot anew; read `git diff` afterwards
"""
import base64
import json
import os
import plistlib
import subprocess
import sys
import xml.etree.ElementTree as ET

import der
from lib import AT, FAIL, INPUT, LIST, PASS, ROOT, USAGE, read, run_all, sample

SNAPSHOT = os.path.join(ROOT, "tests", "snapshots", "pins.txt")
FORMS = ("text", "json", "curl", "ios", "android", "trustkit")
GOOD, ROOT_CA = sample("compliant.pem"), sample("root.pem")
NAME = "compliant.example"
OTHER = base64.b64encode(bytes(32)).decode()  # of no key
CHECK = ["check", *LIST, *AT]
PLIST = '<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0"><dict>\n%s</dict></plist>\n'


def openssl_pin(pem):
    """What OpenSSL's own commands make of it."""
    key = subprocess.run(["openssl", "x509", "-noout", "-pubkey"], input=pem, check=True,
                         stdout=subprocess.PIPE).stdout
    spki = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "der"], input=key, check=True,
                          stdout=subprocess.PIPE).stdout
    digest = subprocess.run(["openssl", "dgst", "-sha256", "-binary"], input=spki, check=True,
                            stdout=subprocess.PIPE).stdout
    return digest


def pems(path):
    return [der.pem(one).encode() if isinstance(der.pem(one), str) else der.pem(one)
            for one in der.pem_to_ders(read(path))]


LEAF, CA = (openssl_pin(pem) for pem in pems(GOOD))
TOP = openssl_pin(pems(ROOT_CA)[0])


def b64(pin):
    return base64.b64encode(pin).decode()


def codes(report):
    return [finding["code"] for finding in report["findings"]]


def pins(t, *args, want=PASS):
    result = t.run("pins", *args)
    t.equal(result.status, want, f"exit status of {args}", repr(result))
    return result


def made(t, subject, *names):
    """A self-signed certificate of OpenSSL's, with these entries in the SAN."""
    out = t.path(".pem")
    san = ["-addext", "subjectAltName=" + ",".join(names)] if names else []
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-nodes", "-keyout", os.devnull, "-out", out, "-subj", subject, "-days", "30",
                    "-utf8", *san], check=True, stderr=subprocess.DEVNULL)
    return out


# The forms.

def snapshot(t):
    parts = []
    for form in FORMS:
        parts.append(f"== {form}\n" + pins(t, "--format", form, GOOD, ROOT_CA).text)
    return "\n".join(parts)


def test_snapshot(t):
    now = snapshot(t)
    if "--update" in sys.argv:
        with open(SNAPSHOT, "w") as file:
            file.write(now)
    t.check(now == read(SNAPSHOT, "r"), "as in tests/snapshots", "test_pins.py --update, then git diff")


def test_openssl(t):
    """Every sample's keys, and those of other kinds, as OpenSSL hashes them."""
    paths = [sample(name) for name in sorted(os.listdir(sample(""))) if name.endswith(".pem")]
    for args in (["rsa:2048"], ["ed25519"], ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"]):
        path = t.path(".pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", *args, "-nodes", "-keyout", os.devnull,
                        "-out", path, "-subj", "/CN=x"], check=True, stderr=subprocess.DEVNULL)
        paths.append(path)
    for path in paths:
        got = pins(t, "--format", "json", path).json()["certificates"]
        want = list(dict.fromkeys(openssl_pin(pem) for pem in pems(path)))
        t.equal([one["spki_sha256"] for one in got], [pin.hex() for pin in want], path)
        t.equal([one["spki_sha256_base64"] for one in got], [b64(pin) for pin in want], path)
    leaf = der.pem_to_ders(read(GOOD))[0]
    one = pins(t, "--format", "json", t.file(leaf)).json()["certificates"]
    t.equal([c["spki_sha256"] for c in one], [LEAF.hex()], "DER")
    piped = t.run("pins", "--format", "curl", "-", stdin=read(GOOD))
    t.equal((piped.status, piped.text), (PASS, f"sha256//{b64(LEAF)}\n"), "stdin")


def test_places(t):
    got = pins(t, "--format", "json", GOOD, ROOT_CA).json()["certificates"]
    t.equal([one["place"] for one in got], ["leaf", "intermediate", "root"], "a whole chain")
    stranger = made(t, "/CN=stranger", "DNS:stranger.example")
    got = pins(t, "--format", "json", GOOD, stranger, GOOD).json()["certificates"]
    t.equal([(one["index"], one["place"]) for one in got],
            [(0, "leaf"), (1, "intermediate"), (2, "other")], "one of another chain, and twice the same")
    t.equal(pins(t, "--format", "trustkit", GOOD, stranger).text.count("<string>"), 2,
            "what is no part of the chain is in no form for clients")
    # The issuer's name, and another key.
    fake = made(t, "/C=ZZ/O=Sample Trust Services/CN=Sample Issuing CA I1")
    got = pins(t, "--format", "json", t.file(pems(GOOD)[0]), fake).json()["certificates"]
    t.equal([one["place"] for one in got], ["leaf", "other"], "of the same name, and yet another key")


def test_xml(t):
    """Readers of XML and of property lists understand what goes into files."""
    own = plistlib.loads((PLIST % pins(t, "--format", "ios", GOOD, ROOT_CA).text).encode())
    domains = own["NSAppTransportSecurity"]["NSPinnedDomains"]
    t.equal(domains, {NAME: {
        "NSIncludesSubdomains": False,
        "NSPinnedLeafIdentities": [{"SPKI-SHA256-BASE64": b64(LEAF)}],
        "NSPinnedCAIdentities": [{"SPKI-SHA256-BASE64": b64(CA)}, {"SPKI-SHA256-BASE64": b64(TOP)}]}},
        "iOS")
    own = plistlib.loads((PLIST % pins(t, "--format", "trustkit", GOOD).text).encode())
    t.equal(own["TSKConfiguration"]["TSKPinnedDomains"],
            {NAME: {"TSKIncludeSubdomains": False, "TSKPublicKeyHashes": [b64(LEAF), b64(CA)]}},
            "TrustKit")
    tree = ET.fromstring(pins(t, "--format", "android", GOOD).text)
    config = tree.find("domain-config")
    t.equal([(d.text, d.attrib) for d in config.findall("domain")],
            [(NAME, {"includeSubdomains": "false"})], "Android's domain")
    t.equal((config.find("pin-set").attrib, [(p.attrib, p.text) for p in config.iter("pin")]),
            ({"expiration": "2026-08-29"}, [({"digest": "SHA-256"}, b64(LEAF)),
                                            ({"digest": "SHA-256"}, b64(CA))]), "Android's pins")


def test_domains(t):
    """Names from the SAN, wildcards, --hostname, and what could break out of XML."""
    many = made(t, "/CN=a<b>&\"'-->\u00e9--", "DNS:a.example", "DNS:*.a.example", "DNS:*.b.example",
                "DNS:c.example", "IP:192.0.2.7")
    ios = plistlib.loads((PLIST % pins(t, "--format", "ios", many).text).encode())
    t.equal({name: value["NSIncludesSubdomains"] for name, value in
             ios["NSAppTransportSecurity"]["NSPinnedDomains"].items()},
            {"a.example": True, "b.example": True, "c.example": False}, "iOS: names")
    config = ET.fromstring(pins(t, "--format", "android", many).text.encode()).find("domain-config")
    t.equal([(d.text, d.attrib["includeSubdomains"]) for d in config.findall("domain")],
            [("a.example", "true"), ("b.example", "true"), ("c.example", "false")], "Android: names")
    asked = pins(t, "--format", "android", "--hostname", "API.a.example.", many)
    t.equal([d.text for d in ET.fromstring(asked.text).iter("domain")], ["api.a.example"], "--hostname")
    t.equal(asked.messages, "", "the wildcard stands for it")
    asked = pins(t, "--format", "android", "--hostname", "d.example", many)
    t.has(asked.messages, "not for d.example", "a name that the leaf is not for")
    for form in ("ios", "android", "trustkit"):
        for args, part in (([ROOT_CA], "--hostname NAME"), (["--hostname", "192.0.2.7", many], "address")):
            result = pins(t, "--format", form, *args, want=USAGE)
            t.equal(result.out, b"", f"{form}: nothing")
            t.has(result.messages, part, f"{form} {args}")
            t.has(result.messages, "[bad_hostname]", f"{form} {args}")
    t.has(pins(t, ROOT_CA).text, "name the domain: --hostname NAME", "text says so")
    authority = plistlib.loads((PLIST % pins(t, "--format", "ios", "--hostname", NAME, ROOT_CA).text).encode())
    t.check("is not for" not in pins(t, "--hostname", NAME, ROOT_CA).messages, "what has no name is for any")
    t.equal(authority["NSAppTransportSecurity"]["NSPinnedDomains"][NAME],
            {"NSIncludesSubdomains": False, "NSPinnedCAIdentities": [{"SPKI-SHA256-BASE64": b64(TOP)}]},
            "an authority alone is no leaf")


def test_what_is_pinned_besides(t):
    """A wildcard's form pins the bare domain too, and Android's pin-set ends with the certificate: both are said."""
    many = made(t, "/CN=x", "DNS:a.example", "DNS:*.a.example", "DNS:*.b--b.example", "DNS:c.example",
                "DNS:*.com")  # which is for no name
    for form in ("ios", "android", "trustkit", "text"):
        text = pins(t, "--format", form, many).text
        said = [line.strip() for line in text.splitlines() if "alone: this pins" in line]
        t.equal(said, ["<!-- The certificate is for *.b- -b.example alone: this pins b- -b.example itself too, "
                       "where another one may serve. -->"] * (3 if form == "text" else 1), form)
    ET.fromstring(pins(t, "--format", "android", many).text)
    t.check("alone:" not in pins(t, "--format", "ios", "--hostname", "x.b--b.example", many).text, "a name asked for")
    for at, warned in (("2026-08-28T23:59:59Z", False), ("2026-08-29", True), ("2026-12-01", True)):
        for form in FORMS:
            result = pins(t, "--format", form, "--at", at, GOOD)
            t.equal("ends on 2026-08-29" in result.messages, warned and form in ("android", "text"), f"{form}, {at}")


# Pins held against a chain.

def test_own_forms(t):
    """What we print, we read: each form's pins are those of the chain."""
    for form in FORMS:
        path = t.path()
        pins(t, "--format", form, "--output", path, GOOD, ROOT_CA)
        got = pins(t, "--format", "json", *AT, "--pins", path, GOOD).json()
        want = [(LEAF.hex(), [0]), (CA.hex(), [1]), (TOP.hex(), [])]
        t.equal([(one["spki_sha256"], one["certificates"]) for one in got["pins"]["pins"]],
                want[:1] if form == "curl" else want, form)
        t.equal([one["matches"] for one in got["pins"]["sets"]], [True], f"{form}: one set")
        t.judge("--pins", path, GOOD, want=PASS)
    path = t.path()
    pins(t, "--format", "text", "--pin", OTHER, "--output", path, GOOD, want=FAIL)
    t.equal(len(pins(t, "--format", "json", "--pins", path, GOOD).json()["pins"]["pins"]), 2,
            "text that begins with what other pins came to")
    pretty = t.file(json.dumps(pins(t, "--format", "json", "--pin", OTHER, GOOD, made(t, "/CN=stranger"),
                                    want=FAIL).json(), indent=4, sort_keys=True))
    t.equal([one["spki_sha256"] for one in
             pins(t, "--format", "json", "--pins", pretty, GOOD).json()["pins"]["pins"]],
            [LEAF.hex(), CA.hex()], "JSON that was formatted anew, without a stranger's key")
    chain = t.file(read(GOOD) + read(ROOT_CA))
    for text in (LEAF.hex(), LEAF.hex().upper(), b64(LEAF), b64(LEAF).rstrip("="), f"sha256//{b64(LEAF)}",
                 f'pin-sha256="{b64(LEAF)}"', f"sha256/{b64(LEAF)}", f"sha256:{b64(LEAF)}",
                 base64.urlsafe_b64encode(LEAF).decode()):
        got = pins(t, "--format", "json", "--pin", text, chain).json()["pins"]
        t.equal([one["certificates"] for one in got["pins"]], [[0]], text)


def judge(t, *args, want=PASS):
    return t.judge(*args, want=want)


def test_findings(t):
    """Which certificate matched, and every warning."""
    chain = t.file(read(GOOD) + read(ROOT_CA))
    rows = [
        ([LEAF, CA], PASS, ["no_backup_pin"], (True, False, False), [[0], [1]]),
        ([LEAF], PASS, ["pinned_leaf_only", "no_backup_pin"], (True, True, False), [[0]]),
        ([LEAF, bytes(32)], PASS, ["pinned_leaf_only"], (True, True, True), [[0], []]),
        ([TOP, bytes(32)], PASS, [], (True, False, True), [[2], []]),
        ([CA, bytes(32)], PASS, [], (True, False, True), [[1], []]),
        ([bytes(32)], FAIL, ["pins_mismatch"], (False, False, True), [[]]),
    ]
    for given, status, want_codes, want, certificates in rows:
        options = [word for pin in given for word in ("--pin", b64(pin))]
        what = f"{[b64(pin)[:4] for pin in given]}"
        report = judge(t, *options, chain, want=status)
        t.equal(report["result"], "fail" if status else "pass", what)
        t.equal(report["policies"][0]["verdict"], "compliant", f"{what}: the policy is met")
        t.equal(codes(report), want_codes, f"{what}: findings")
        own = pins(t, "--format", "json", *options, chain, want=status).json()
        t.equal([f["code"] for f in own["findings"]], want_codes, f"{what}: of pins")
        t.equal(own["pins"], report["pins"], f"{what}: pins and check say the same")
        shown = report["pins"]
        t.equal((shown["matches"], shown["leaf_only"], shown["has_backup"]), want, what)
        t.equal([one["certificates"] for one in shown["pins"]], certificates, f"{what}: matched")
        t.equal([one["pinned"] for one in shown["chain"]],
                [any(i in m for m in certificates) for i in range(3)], f"{what}: pinned")
    text = " ".join(t.run(*CHECK, "--pin", OTHER, chain).text.split())
    t.check(text.startswith("FAIL: this certificate meets Apple's published CT policy. But no key of its "
                            "chain is pinned."), "the first line", text)
    t.has(text, "pins 1 pin; 1 of no key here", "the line of the pins")
    result = pins(t, "--pin", OTHER, chain, want=FAIL)
    t.check("[pins_mismatch]" not in result.messages, "said once", result.messages)
    text = " ".join(result.text.split())
    t.check(text.startswith("FAIL: 1 pin; 1 of no key here."), "pins: the first line", text)
    t.check("NSPinned" not in text and "pin-set" not in text and "--format" in text, "no forms behind the verdict", text)
    text = pins(t, "--pin", b64(CA), "--pin", OTHER, chain).text
    t.has(" ".join(text.split()), "by number 1; 1 of no key here", "one that matches, and another")
    text = " ".join(pins(t, "--pin", b64(CA), "--pin", b64(LEAF), chain).text.split())
    t.has(text, f"2 pins; leaf (CN={NAME}) by number 2, intermediate (", "two that match")
    result = pins(t, "--format", "curl", "--pin", OTHER, chain, want=FAIL)
    t.has(result.messages, "[pins_mismatch]", "a form for a program: the finding is a message")


def ios(domains):
    """Info.plist with these domains: name -> (leaf's pins, authorities' pins, subdomains)."""
    def identities(given):
        return [{"SPKI-SHA256-BASE64": b64(pin)} for pin in given]
    return plistlib.dumps({"NSAppTransportSecurity": {"NSPinnedDomains": {
        name: {"NSIncludesSubdomains": below, **({"NSPinnedLeafIdentities": identities(leaf)} if leaf else {}),
               **({"NSPinnedCAIdentities": identities(ca)} if ca else {})}
        for name, (leaf, ca, below) in domains.items()}}})


def android(*configs):
    """A configuration of (name, subdomains, pins, expiration)."""
    out = ["<network-security-config>"]
    for name, below, given, end in configs:
        out.append(f'<domain-config><domain includeSubdomains="{str(below).lower()}">{name}</domain>')
        if given:
            out.append("<pin-set%s>" % (f' expiration="{end}"' if end else ""))
            out += [f'<pin digest="SHA-256">{b64(pin)}</pin>' for pin in given]
            out.append("</pin-set>")
        out.append("</domain-config>")
    return "".join(out) + "</network-security-config>"


NONE = bytes(32)


def held(t, content, *args, want=PASS):
    """What pins of a file come to, by check and by pins: the findings and each set's standing."""
    path = t.file(content)
    report = t.judge("--pins", path, *args, GOOD, want=want)
    own = pins(t, "--format", "json", *AT, "--pins", path, *args, GOOD, want=want).json()
    t.equal(own["pins"], report["pins"], "pins and check say the same")
    known = [code for code in codes(report) if "pin" in code]
    t.equal([one["code"] for one in own["findings"]], known, "the same findings")
    return known, [(one["standing"], one["matches"]) for one in report["pins"]["sets"]], report


def test_arrays(t):
    """NSPinnedDomains with both arrays: each needs a match, in its role."""
    rows = [
        (([LEAF], [CA]), PASS, True), (([NONE], [CA]), FAIL, False), (([LEAF], [NONE]), FAIL, False),
        (([NONE], [NONE]), FAIL, False), (([NONE, LEAF], [NONE, CA]), PASS, True), (([CA], [CA]), FAIL, False),
        (([LEAF], [LEAF]), FAIL, False), (([], [CA]), PASS, True), (([], [LEAF]), FAIL, False),
        (([LEAF], []), PASS, True), (([CA], []), FAIL, False)]
    for (leaf, ca), want, matches in rows:
        for args in ([], ["--hostname", NAME]):
            found, sets, report = held(t, ios({NAME: (leaf, ca, False)}), *args, want=want)
            what = f"leaf {[b64(p)[:4] for p in leaf]}, CA {[b64(p)[:4] for p in ca]}, {args}"
            t.equal(sets, [("held", matches)], what)
            t.equal((report["result"], "pins_mismatch" in found), ("pass" if matches else "fail", not matches), what)
            t.equal("pinned_leaf_only" in found, matches and bool(leaf), f"{what}: breaks at the next key")
    one = held(t, ios({NAME: ([LEAF], [CA, NONE], False)}))[2]["pins"]["sets"][0]
    t.equal((one["any"], one["leaf"], one["ca"]), ([], [2], [0, 1]), "which pins stand in which array")
    message = held(t, ios({NAME: ([NONE], [CA], False)}), want=FAIL)[2]["findings"][0]["message"]
    t.has(message, "none in NSPinnedLeafIdentities is of the leaf's key (iOS asks for a match in both arrays)",
          "which array")
    t.has(held(t, ios({NAME: ([NONE], [NONE], False)}), want=FAIL)[2]["findings"][0]["message"],
          "is of the leaf's key, and none in NSPinnedCAIdentities is of the key of an authority in this chain: clients", "both")
    alone = "<key>NSPinnedLeafIdentities</key><array><dict><key>SPKI-SHA256-BASE64</key>" \
            f"<string>{b64(CA)}</string></dict></array>"
    t.has(held(t, alone, want=FAIL)[2]["findings"][0]["message"], "Of the pins of no domain, none in "
          "NSPinnedLeafIdentities is of the leaf's key: clients", "an array of no domain")
    text = " ".join(t.run(*CHECK, "--pins", t.file(ios({NAME: ([NONE], [CA], False)})), GOOD).text.split())
    t.has(text, "But the keys of its chain are not all that are pinned.", "the first line")


def test_domains_held(t):
    """Only pins of domains that cover the name are held; those of others are said."""
    other = android(("other.example", True, [NONE], None))
    found, sets, report = held(t, other, "--hostname", NAME)
    t.equal((found, sets), (["no_pin_held", "pins_of_other_domain"], [("other_domain", None)]), "another domain's")
    t.has(report["findings"][1]["message"], "Pins of another domain: other.example (and all below).", "it is said")
    t.equal([one["certificates"] for one in report["pins"]["pins"]], [[]], "they match nothing")
    found, sets, report = held(t, other, want=FAIL)
    t.has(report["findings"][0]["message"], "Of the pins of other.example (and all below), none is of a key of this "
          "chain: clients", "whose they are")
    t.equal((found, sets), (["pins_mismatch", "pins_of_all_domains"], [("held", False)]), "no name: all are held")
    t.has(report["findings"][1]["message"], "other.example", "no name: it is said")
    both = android((NAME, False, [CA, NONE], None), ("other.example", False, [NONE], None))
    t.equal(held(t, both, "--hostname", NAME)[:2],
            (["pins_of_other_domain"], [("held", True), ("other_domain", None)]), "one of two")
    t.equal(held(t, both, want=FAIL)[1], [("held", True), ("held", False)], "no name: each needs a match")
    # Five of them are named.
    for num, end in ((5, "d4.example. With"), (6, "d4.example and 1 more. With")):
        lots = android(*((f"d{i}.example", False, [CA, NONE], None) for i in range(num)))
        t.has(held(t, lots)[2]["findings"][-1]["message"], end, f"{num} domains")
    lots = android(*((f"d{i}.example", False, [NONE], None) for i in range(6)))
    message = held(t, lots, want=FAIL)[2]["findings"][0]["message"]
    t.equal((message.count("none is of a key"), "; and so it is of 1 more sets: clients" in message), (5, True), "five faults")
    # The longest domain counts, also one without pins.
    longest = android(("example", True, [NONE], None), (NAME, False, [CA, NONE], None))
    t.equal(held(t, longest, "--hostname", NAME)[1], [("other_domain", None), ("held", True)], "the longest one")
    free = android(("example", True, [NONE], None), (NAME, False, [], None))
    t.equal(held(t, free, "--hostname", NAME)[:2],
            (["no_pin_held", "pins_of_other_domain"], [("other_domain", None), ("empty", None)]), "set free")
    nested = (f'<domain-config><domain includeSubdomains="true">a.example</domain><pin-set><pin digest="SHA-256">'
              f"{b64(NONE)}</pin></pin-set><domain-config><domain>{NAME}</domain></domain-config></domain-config>")
    t.equal("pins_mismatch" in held(t, nested, "--hostname", NAME, want=FAIL)[0], True, "inherited pins")
    # Bare pins are for every name, and one set.
    t.equal(held(t, f"{b64(NONE)} {b64(CA)}", "--hostname", NAME)[1], [("held", True)], "bare pins")


def test_subdomains(t):
    """Which names below a domain are included: by each form's own rule."""
    wild = made(t, "/CN=x", "DNS:a.example", "DNS:b.a.example", "DNS:c.b.a.example")
    pin = openssl_pin(read(wild))
    trustkit = (PLIST % "<key>TSKPinnedDomains</key><dict><key>A.example</key><dict><key>TSKIncludeSubdomains</key>"
                f"<%s/><key>TSKPublicKeyHashes</key><array><string>{b64(pin)}</string></array></dict></dict>")
    source = f'kTSKPinnedDomains: ["a.example": [kTSKIncludeSubdomains: %s, kTSKPublicKeyHashes: ["{b64(pin)}"]]]'
    forms = {
        "iOS": (ios({"a.example": ([], [pin], False)}), ios({"a.example": ([], [pin], True)}), 2),
        "Android": (android(("a.example", False, [pin], None)), android(("a.example", True, [pin], None)), 3),
        "TrustKit": (trustkit % "false", trustkit % "true", 3),
        "source": (source % "false", source % "true", 3)}
    nearer = android(("b.a.example", True, [pin], None)).replace(
        "<domain-config>", '<domain-config><domain>c.b.a.example</domain><domain includeSubdomains="true">a.example</domain>'
        f'<pin-set><pin digest="SHA-256">{b64(pin)}</pin></pin-set></domain-config><domain-config>')
    got = t.run("pins", "--format", "json", "--pins", t.file(nearer), "--hostname", "c.b.a.example", wild).json()
    t.equal([one["standing"] for one in got["pins"]["sets"]], ["held", "other_domain"], "the longest of a set's domains")
    for form, (alone, below, depth) in forms.items():
        for content, covered in ((alone, 1), (below, depth)):
            for num, name in enumerate(("a.example", "b.a.example", "c.b.a.example", "xa.example"), 1):
                got = t.run("pins", "--format", "json", "--pins", t.file(content), "--hostname", name, wild).json()
                want = "held" if num <= covered else "other_domain"
                t.equal([one["standing"] for one in got["pins"]["sets"]], [want], f"{form}, {covered}: {name}")


def test_expiration(t):
    """From its expiration on a set pins nothing: on both sides of the day."""
    for at, standing, want in (("2026-06-30T23:59:59.999Z", "held", FAIL), ("2026-07-01T00:00:00Z", "expired", PASS)):
        path = t.file(android((NAME, False, [NONE], "2026-07-01")))
        for args in ([], ["--hostname", NAME]):
            result = t.run("check", *LIST, "--at", at, "--format", "json", "--pins", path, *args, GOOD)
            report = result.json()
            t.equal((result.status, report["pins"]["sets"][0]["standing"], report["pins"]["sets"][0]["expires_at"]),
                    (want, standing, "2026-07-01T00:00:00Z"), f"{at} {args}", repr(result))
            t.equal([code for code in codes(report) if code in ("pins_expired", "no_pin_held", "pins_mismatch")],
                    ["no_pin_held", "pins_expired"] if want == PASS else ["pins_mismatch"], f"{at}: findings")
            t.equal(t.run("pins", "--at", at, "--pins", path, *args, GOOD).status, want, f"{at}: pins")
    old = android((NAME, False, [NONE], "2020-01-01"), (NAME, False, [CA, NONE], "2030-01-01"))
    t.equal(held(t, old)[:2], (["pins_expired", "pins_of_all_domains"], [("expired", None), ("held", True)]),
            "one of two")
    old = android((NAME, False, [NONE], "2020-01-01"), ("a.example", False, [TOP], None), (NAME, False, [CA], None),
                  (NAME, False, [bytes([1] * 32)], "2021-01-01"))
    t.has(" ".join(pins(t, "--pins", t.file(old), "--hostname", NAME, GOOD).text.split()),
          "by number 3; 2 expired; 1 of another domain", "those that are not held, in words")
    both = android(("old.example", False, [NONE], "2020-01-01"), ("d.example", False, [bytes([1] * 32)], None))
    t.has(held(t, both, want=FAIL)[2]["findings"][0]["message"], "Of the pins of d.example, none is of a key of this "
          "chain: clients", "what has expired is no fault")
    source = f'["a.example": [kTSKExpirationDate: "2020-01-01", kTSKPublicKeyHashes: ["{b64(NONE)}"]]]'
    t.equal(held(t, source)[1], [("expired", None)], "TrustKit")


def test_not_of_the_chain(t):
    """A key that is in the file, and in no certificate of the chain, matches nothing."""
    stranger = made(t, "/CN=stranger", "DNS:stranger.example")
    pin = b64(openssl_pin(read(stranger)))
    report = judge(t, "--pin", pin, t.file(read(GOOD) + read(stranger)), want=FAIL)
    t.equal((codes(report)[:1], [c["place"] for c in report["pins"]["chain"]]),
            (["pins_mismatch"], ["leaf", "intermediate", "other"]), "a stranger")
    leaf, ca = t.file(pems(GOOD)[0]), t.file(pems(GOOD)[1])
    for options in (["--issuer", ca], ["--issuers", ca]):
        report = judge(t, "--pin", b64(CA), "--pin", OTHER, *options, leaf)
        t.equal([one["certificates"] for one in report["pins"]["pins"]], [[1], []], f"{options[0]}")
    report = judge(t, "--pin", b64(CA), leaf, want=FAIL)
    t.has(report["findings"][0]["message"], "given alone: give its chain", "the leaf alone")
    report = judge(t, "--pin", OTHER, GOOD, want=FAIL)
    t.check("alone" not in report["findings"][0]["message"], "with its issuer", report["findings"][0])
    precert = judge(t, "--pin", b64(CA), "--pin", OTHER, "--scts", sample("scts.json"),
                    sample("precertificate.pem"))
    t.equal(precert["pins"]["matches"], True, "a precertificate")


def test_bad_pins(t):
    """The option, the field or the file is named, and what is wrong with it."""
    good = b64(LEAF)
    for text, part in (("", "empty"), ("AAAA", "wrong length"), ("x!", "neither hex nor base64"),
                       ("11" * 20, "SHA-1"), ("sha1//" + "A" * 27 + "=", "SHA-1"), (good[:-2], ""),
                       (LEAF.hex()[:-1], "hex digits"), ("sha256//", "empty"), ("\x1b[31m", "neither")):
        for command in (["pins"], CHECK):
            result = t.run(*command, f"--pin={text}", GOOD)
            t.equal((result.status, result.out), (USAGE, b""), f"--pin {text!r}", repr(result))
            t.has(result.messages, part, f"--pin {text!r}")
            t.has(result.messages, "--pin ", f"--pin {text!r}: the option")
            t.check("\x1b" not in result.messages, "nothing that fools a terminal")
    for content, part in (("", "empty"), ("# nothing\n", "no pin in it"), (f"{good}\nhello\n", "line 2"),
                          ("<plist></plist>", "no pin in it"), ("<plist><dict>", "without an end"),
                          (f'<pin-set><pin digest="SHA-256">{good}</pin>', "without an end"),
                          (f'<a><pin digest="SHA-256">{good}</pin></b>', "another element"),
                          ('{"schema":"x"}', "not what `ctpolicy pins"), ('{"schema":', "not closed"),
                          (f'<domain-config><domain>*.a.example</domain><pin-set><pin digest="SHA-256">{good}'
                           "</pin></pin-set></domain-config>", "no domain"),
                          (f'<pin-set expiration="soon"><pin digest="SHA-256">{good}</pin></pin-set>',
                           "expiration"), (b"\xff\xfd\0", "neither"), (b"\xff\xfe<\0", "UTF-16 text; save"),
                          ('<pin digest="SHA-1">AAAA</pin>', "SHA-256"), ("kTSKPublicKeyHashes: [", "not closed")):
        path = t.file(content)
        for command in (["pins"], CHECK):
            result = t.run(*command, "--pins", path, GOOD)
            t.equal(result.status, INPUT, f"--pins {content!r}", repr(result))
            t.has(result.messages, part, f"--pins {content!r}")
            t.has(result.messages, os.path.basename(path), "the file")
            t.has(result.messages, "[bad_pin]", "the code")
    t.equal(t.run("pins", "--pins", t.path(), GOOD).status, INPUT, "no such file")
    result = t.run("pins", *["--pin", good] * 17, GOOD)
    t.equal(result.status, USAGE, "17 of --pin")
    t.has(result.messages, "--pins FILE", "where more go")
    same = t.file(good)
    result = t.run("pins", "--pins", same, "--output", same, GOOD)
    t.equal((result.status, read(same, "r")), (USAGE, good), "it is not overwritten")


def test_requests(t):
    """The fields of a request; they override the options."""
    certificate = read(GOOD).decode()
    request = {"certificate": certificate, "hostname": NAME, "pins": [b64(LEAF), CA.hex(), OTHER]}
    report = t.judge(t.file(request), want=PASS)
    t.equal((report["hostname"], [one["certificates"] for one in report["pins"]["pins"]]),
            ({"name": NAME, "matches": True, "matched_by": NAME}, [[0], [1], []]), "fields")
    t.judge("--pin", OTHER, "--hostname", "x.example", t.file(request), want=PASS)
    texts = [android((name, True, [CA, NONE], None)) for name in ("example", NAME)]
    sets = t.judge(t.file({**request, "pins": texts}), want=PASS)["pins"]["sets"]
    t.equal([one["standing"] for one in sets], ["held", "held"], "each text for itself: another client's")
    for field, value, code, want, part in (
            ("pins", [b64(LEAF), OTHER, "AAAA"], "bad_pin", "pins[2]", "wrong length"),
            ("pins", ["11" * 20], "bad_pin", "pins[0]", "SHA-1"),
            ("pins", [OTHER, " "], "bad_pin", "pins[1]", "empty"),
            ("pins", [], "bad_request", "pins", "1 to 64"),
            ("pins", [OTHER] * 65, "bad_request", "pins", "1 to 64"),
            ("pins", OTHER, "bad_request", "pins", "array"),
            ("pins", [1], "bad_request", "pins", "text"),
            ("hostname", 1, "bad_request", "hostname", "text"),
            ("hostname", "", "bad_hostname", "hostname", "empty"),
            ("hostname", "a b", "bad_hostname", "hostname", "space"),
            ("hostname", "a:443", "bad_hostname", "hostname", "port"),
            ("hostname", "*.a.example", "bad_hostname", "hostname", "wildcard")):
        error = t.judge(t.file({"certificate": certificate, field: value}), want=INPUT)["error"]
        t.equal((error["code"], error["field"]), (code, want), f"{field}: {value!r}")
        t.has(error["message"], part, f"{field}: {value!r}")
    error = t.judge(t.file({"certificate": certificate, "hostname": "a\u0000b"}), want=INPUT)["error"]
    t.equal((error["code"], "\\u0000 is not allowed, in \"hostname\"" in error["message"]), ("bad_request", True),
            "a NUL is in no JSON here, and whose it is")
    lines = [dict(request, id=1), {"id": 2, "certificate": certificate, "pins": [OTHER]},
             {"id": 3, "certificate": certificate}, {"id": 4, "certificate": certificate, "hostname": "x"}]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    got = t.run("audit", "--format", "ndjson", *LIST, *AT, "-", stdin=text)
    t.equal((got.status, [line["result"] for line in got.lines()]),
            (FAIL, ["pass", "fail", "pass", "fail"]), "audit")
    t.equal(["pins" in line for line in got.lines()], [True, True, False, False], "only where asked for")
    summary = t.path()
    t.run("audit", *LIST, *AT, "--summary", summary, "-", stdin=text)
    t.equal([need["code"] for one in json.loads(read(summary))["failing"] for need in one["needs"]],
            ["pins_mismatch", "hostname_mismatch"], "the summary: what failing ones need")
    got = t.run("audit", *LIST, *AT, "-", stdin=text)
    t.has(" ".join(got.text.split()), "not for x, and clients", "audit, text: why")


# Names.

def test_hostname(t):
    many = made(t, "/CN=common.example", "DNS:a.example", "DNS:*.Wild.example", "IP:192.0.2.7",
                "IP:2001:db8::7", "DNS:xn--bcher-kva.example", "DNS:*.example")
    rows = [("a.example", "a.example"), ("A.EXAMPLE.", "a.example"), ("x.wild.example", "*.Wild.example"),
            ("wild.example", None), ("x.y.wild.example", None), ("common.example", None), ("b.example", None),
            ("192.0.2.7", "192.0.2.7"), ("192.0.2.8", None), ("2001:DB8:0::7", "2001:db8::7"),
            ("::7", None), ("XN--BCHER-KVA.example", "xn--bcher-kva.example")]
    for name, by in rows:
        result = t.run("check", *LIST, "--at", "issuance", "--format", "json", "--hostname", name, many)
        report = result.json()
        t.equal((report["hostname"]["matches"], report["hostname"]["matched_by"]), (by is not None, by), name)
        t.equal("hostname_mismatch" in codes(report), by is None, f"{name}: finding")
        if by is None:
            t.equal((report["result"], result.status), ("fail", FAIL), f"{name}: result", repr(result))
            message = report["findings"][0]["message"]
            t.has(message, ": it is for a.example, *.Wild.example, ", f"{name}: the names that it has")
            t.has(message, ", and for the addresses 192.0.2.7, 2001:db8::7. ", f"{name}: the addresses")
    wrong = made(t, "/CN=x", "DNS:192.0.2.8")
    text = " ".join(t.run("check", *LIST, "--at", "issuance", "--hostname", "192.0.2.8", wrong).text.split())
    t.has(text, "; there 192.0.2.8 is a DNS name, which counts for no address.", "an address as a DNS name")
    t.has(pins(t, "--format", "android", wrong, want=USAGE).messages, "no DNS name", "... is none to pin keys for")
    none = made(t, "/CN=common.example")
    result = t.run("check", *LIST, "--at", "issuance", "--hostname", "common.example", none)
    t.has(" ".join(result.text.split()), "it has no subjectAltName; ", "without a SAN")
    text = " ".join(t.run(*CHECK, "--hostname", "x.example", GOOD).text.split())
    t.check(text.startswith("FAIL: this certificate is not for x.example. Apart from that, this certificate "
                            "meets Apple's published CT policy."), "the first line", text)
    t.has(" ".join(t.run(*CHECK, "--hostname", NAME, GOOD).text.split()),
          f"hostname {NAME}, which the certificate has as {NAME}", "the line of the name")
    both = t.judge("--hostname", "x.example", "--pin", OTHER, sample("operator-cap.pem"), want=FAIL)
    t.equal(codes(both)[:2], ["hostname_mismatch", "pins_mismatch"], "all at once")
    table = t.run("check", *LIST, *AT, "--format", "csv", "--hostname", "x.example", GOOD).text
    t.has(table, "hostname_mismatch", "CSV")


def test_bad_hostname(t):
    for text, part in (("", "empty"), ("a b", "space"), ("*.a.example", "wildcard"), ("a.example:443", "port"),
                       ("[::1]:443", "brackets"), ("https://a.example/", "URL"), ("a..b", "empty label"),
                       ("a" * 64 + ".example", "63"), (".".join(["a" * 60] * 5), "253"),
                       ("b\u00fccher.example", "xn--"), ("192.0.2", "IPv4"), ("a\x1b[31m", "control")):
        for command in (["pins"], CHECK):
            result = t.run(*command, f"--hostname={text}", GOOD)
            t.equal((result.status, result.out), (USAGE, b""), f"--hostname {text!r}", repr(result))
            t.has(result.messages, part, f"--hostname {text!r}")
            t.has(result.messages, "--hostname ", f"--hostname {text!r}: the option")
            t.has(result.messages, "[bad_hostname]", f"--hostname {text!r}")
            t.check("\x1b" not in result.messages, "nothing that fools a terminal")
    hosts = t.run("check", "--hosts", t.file("a.example\n"), "--hostname", "a.example")
    t.equal((hosts.status, hosts.out), (USAGE, b""), "beside --hosts", repr(hosts))
    t.has(hosts.messages, "--hostname beside --hosts", "beside --hosts")


def test_bad_files(t):
    for content, part in (("hello", ""), ('{"certificate": "x"}', "JSON"), ("", ""),
                          (b"\x30\x03\x02\x01\x01", "")):
        path = t.file(content)
        result = pins(t, path, want=INPUT)
        t.equal(result.out, b"", f"{content!r}: nothing")
        t.equal(len(result.messages.splitlines()), 1, f"{content!r}: one line", repr(result))
        t.has(result.messages, os.path.basename(path), f"{content!r}: the file")
        t.has(result.messages, part, f"{content!r}")
    t.equal(t.run("pins").status, USAGE, "no file")
    many = [t.file(pems(GOOD)[0] * num) for num in (16, 16, 1, 1)]
    pins(t, *many[:3])
    t.has(pins(t, *many, want=INPUT).messages, "more than 33", "too many")
    for num, want in ((100, PASS), (101, USAGE)):
        names = made(t, "/CN=x", *(f"DNS:d{i}.example" for i in range(num)))
        pins(t, "--format", "android", names, want=want)


if __name__ == "__main__":
    run_all("pins", globals())
