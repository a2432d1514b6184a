#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Pins of curl's form, which are of the leaf alone, of keys that have no certificate yet, and of chains whose
signatures say little."""
import hashlib
import subprocess

import der
from lib import AT, FAIL, INPUT, PASS, USAGE, read, run_all
from maker import Maker, openssl
from test_pins import CA, CHECK, FORMS, GOOD, LEAF, NAME, NONE, OTHER, ROOT_CA, b64, android, codes, held, ios, made, judge, pems, pins


def test_curl(t):
    """curl --pinnedpubkey: the leaf's key alone counts, and another one of the chain is no match."""
    mine, above, none = (f"sha256//{b64(pin)}" for pin in (LEAF, CA, NONE))
    for content, want, matched, found in (
            (f"{mine};{above}", PASS, [[0], []], ["pinned_leaf_only", "no_backup_pin"]),
            (f"{mine}", PASS, [[0]], ["pinned_leaf_only", "no_backup_pin"]),
            (f"{mine};{none}", PASS, [[0], []], ["pinned_leaf_only"]),
            (f"{above};{none}\n", FAIL, [[], []], ["pins_mismatch"]), (f"{none}", FAIL, [[]], ["pins_mismatch"])):
        got, sets, report = held(t, content, want=want)
        t.equal((got, sets), (found, [("held", want == PASS)]), content)
        t.equal([one["certificates"] for one in report["pins"]["pins"]], matched, f"{content}: matched")
        message = report["findings"][0]["message"]
        t.check("curl" in message and "NSPinned" not in message and "authority" not in message, content, message)
    path = t.file(f"{above};{none}")
    text = " ".join(pins(t, "--pins", path, GOOD, want=FAIL).text.split())
    t.check(text.startswith("FAIL: 2 pins; 2 not of the leaf's key."), "pins: the first line", text)
    text = " ".join(t.run(*CHECK, "--pins", path, GOOD).text.split())
    t.has(text, "But the leaf's key, the only one that curl looks at, is not pinned.", "check: the first line")
    t.equal(pins(t, "--format", "curl", GOOD, ROOT_CA).text, f"{mine}\n", "what is printed is what curl matches")
    # A new key of the same authority; the old chain's pins.
    path = t.path()
    pins(t, "--format", "curl", "--output", path, ROOT_CA)
    pins(t, "--pins", path, ROOT_CA)
    pins(t, "--pins", path, t.file(read(GOOD) + read(ROOT_CA)), want=FAIL)
    # What a person types is of any key, as it was.
    report = judge(t, "--pin", above, "--pin", none, GOOD)
    t.equal(report["pins"]["sets"][0]["any"], [0, 1], "--pin")
    with_both = ["--pins", t.file(f"{above};{none}"), "--pin", above, "--pin", none, GOOD]
    t.has(judge(t, *with_both, want=FAIL)["findings"][0]["message"],
          "Of the pins of no domain, none is of the leaf's key, which curl looks at", "beside bare ones")
    for content, rest in ((mine, ()), (ios({"other.example": ([LEAF], [], False)}), ("--hostname", NAME))):
        message = judge(t, "--pins", t.file(content), "--pin", mine, *rest, GOOD)["findings"][0]["message"]
        t.check(message.startswith("Only the leaf's key is pinned:"), f"{rest}: no array of iOS is held", message)


def test_no_backup(t):
    """Whether all pins are in use, or those of one array."""
    for leaf, ca, words in (([LEAF], [CA], "Every pin is of a key in this chain: "),
                            ([LEAF], [CA, NONE], "There are pins that have to match, and all of them are of keys in")):
        report = held(t, ios({NAME: (leaf, ca, False)}))[2]
        said = [one["message"] for one in report["findings"] if one["code"] == "no_backup_pin"]
        t.has("".join(said), words, f"{len(ca)} of authorities")
    report = held(t, ios({NAME: ([], [CA, NONE], False)}), "--pin", b64(LEAF), "--pin", b64(CA))[2]
    said = [one["message"] for one in report["findings"] if one["code"] == "no_backup_pin"]
    t.has("".join(said), "There are pins that have to match, and all", "of two sets, one has no backup")


def test_last_day(t):
    """Of several expirations the last one that is over."""
    days = [("2025-01-01", [NONE]), ("2026-01-01", [CA]), ("2036-01-01", [LEAF])]
    for order in (days, days[::-1], [days[1], days[0], days[2]]):
        report = held(t, android(*[(f"{i}." * i + NAME, False, given, end) for i, (end, given) in enumerate(order)]))[2]
        said = [one["message"] for one in report["findings"] if one["code"] == "pins_expired"]
        t.has("".join(said), " expired on 2026-01-01: ", f"{order}")


def test_odd_chains(t):
    """Whose issuer is who, where no signature tells."""
    tbs = t.file(der.Certificate(der.pem_to_ders(read(GOOD))[1]).tbs.encode())
    got = pins(t, "--format", "json", t.file(pems(GOOD)[0]), tbs).json()["certificates"]
    t.equal([one["place"] for one in got], ["leaf", "other"], "its issuer's TBSCertificate is no certificate")
    tbs = t.file(der.Certificate(der.pem_to_ders(read(GOOD))[0]).tbs.encode())
    got = pins(t, "--format", "json", tbs, t.file(pems(GOOD)[1])).json()["certificates"]
    t.equal([one["place"] for one in got], ["leaf", "intermediate"], "a TBSCertificate's issuer")
    # A signature that is not verified here (SHA-3): by the name and the key's identifier, where both have one.
    make, other = Maker(t), Maker(t).root
    for extension, places in (("authorityKeyIdentifier=none", ["root", "root"]),
                              ("authorityKeyIdentifier=keyid", ["root", "other"])):
        leaf = make.issued([extension], sha="-sha3-256")
        got = pins(t, "--format", "json", leaf, make.root, other).json()["certificates"]
        t.equal([one["place"] for one in got], ["leaf", *places], f"{extension}: a signature of an unknown kind")
    got = pins(t, "--format", "ios", "--hostname", NAME, make.issued([], key_of=make.root), make.root).text
    t.equal(got.count("<string>"), 2, "the leaf's key, and the same one of its authority")
    named = t.file(openssl("req", "-x509", "-key", make.keys[make.root], "-days", "90", "-subj", "/CN=Another name"))
    got = pins(t, "--format", "trustkit", "--hostname", NAME, leaf, named, make.root).text
    t.equal(got.count("<string>"), 2, "a key that another certificate has, too, which is no part of the chain")


def test_own_server(t):
    """What signed itself may be a CA's by its extensions; with a server's name it is a leaf."""
    path = made(t, "/CN=own.example", "DNS:own.example")
    text = pins(t, "--format", "ios", path).text
    t.equal([part in text for part in ("NSPinnedLeafIdentities", "NSPinnedCAIdentities")], [True, False], "a leaf's pin")
    pins(t, "--pins", t.file(text), path)


def spare(t):
    """A key of its own: PEM and DER of its public half, PEM and DER of a request, and the private key."""
    private = t.path(".pem")
    subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", private], check=True)

    def made_by(*args):
        path = t.path()
        subprocess.run(["openssl", *args, "-out", path], check=True, stderr=subprocess.DEVNULL)
        return path
    public = made_by("pkey", "-in", private, "-pubout")
    request = ("req", "-new", "-key", private, "-subj", "/CN=spare.example")
    return private, [public, made_by("pkey", "-in", private, "-pubout", "-outform", "der"), made_by(*request),
                     made_by(*request, "-outform", "der")]


def test_spare(t):
    """The pin of a key that has no certificate yet: in every form, and read again."""
    private, files = spare(t)
    der_key = subprocess.run(["openssl", "pkey", "-in", private, "-pubout", "-outform", "der"], check=True,
                             stdout=subprocess.PIPE).stdout
    pin = hashlib.sha256(der_key).digest()
    for i, path in enumerate(files):
        alone = pins(t, "--format", "curl", path)
        t.equal(alone.text, f"sha256//{b64(pin)}\n", f"{i}: alone")
        t.has(alone.messages, "is a spare key", f"{i}: it is said")
        one = pins(t, "--format", "json", GOOD, path).json()["spares"]
        t.equal([(s["kind"], s["key"]["curve"], s["spki_sha256"], s["spki_sha256_base64"]) for s in one],
                [("request" if i > 1 else "public_key", "P-256", pin.hex(), b64(pin))], f"{i}: JSON")
        for form in FORMS:
            result = pins(t, "--format", form, *AT, GOOD, path)
            t.has(result.text, b64(pin), f"{i}, {form}")
            t.check(form in ("json", "curl") or "spare: " in result.text, f"{i}, {form}: it is marked")
            own = t.run("pins", "--format", "json", *AT, "--pins", t.file(result.text), GOOD).json()
            t.equal((pin.hex() in [p["spki_sha256"] for p in own["pins"]["pins"]],
                     "no_backup_pin" in codes(own)), (True, form == "ios"), f"{i}, {form}: read again")
            pins(t, "--format", form, "--hostname", NAME, path)
    old = t.file(read(files[2]).replace(b"CERTIFICATE REQUEST", b"NEW CERTIFICATE REQUEST"))
    t.equal(pins(t, "--format", "curl", old).text, f"sha256//{b64(pin)}\n", "a request as it was labelled once")
    t.equal(pins(t, "--format", "curl", GOOD, files[0]).text, f"sha256//{b64(LEAF)};sha256//{b64(pin)}\n", "curl")
    t.equal(pins(t, "--format", "json", t.file(read(GOOD) + read(files[0]))).json()["spares"][0]["kind"],
            "public_key", "in one file with the chain")
    leaf_key = t.file(subprocess.run(["openssl", "x509", "-noout", "-pubkey", "-in", GOOD], check=True,
                                     stdout=subprocess.PIPE).stdout)
    t.has(pins(t, GOOD, leaf_key).messages, "so no spare", "a key in use")
    beside = t.file(read(GOOD) + read(private) + read(files[0]))
    t.equal(pins(t, "--format", "curl", beside).text, f"sha256//{b64(LEAF)}\n", "beside its private key it is no spare")
    for content in (read(private), read(private) + read(files[0])):
        result = pins(t, t.file(content), want=INPUT)
        t.equal(result.out, b"", "a private key: nothing")
    t.has(pins(t, private, want=INPUT).messages, "private key", "a private key")
    t.has(pins(t, "--pin", OTHER, files[0], want=INPUT).messages, "give the chain too", "nothing to hold pins against")
    t.has(pins(t, "--pins", t.file(OTHER), files[0], want=INPUT).messages, "give the chain too", "nor a file of them")
    t.has(pins(t, "--format", "ios", files[0], want=USAGE).messages, "--hostname NAME", "no name")
    pins(t, "--format", "curl", *[files[0]] * 8)
    pins(t, *[files[0]] * 9, want=INPUT)
    for broken in (der_key[:-1], der_key + b"\0", der.pem(b"0\0", "PUBLIC KEY"), der.pem(der_key),
                   der.pem(read(files[3])[:-2], "CERTIFICATE REQUEST")):
        t.equal(pins(t, t.file(broken), want=INPUT).out, b"", "a broken one")
    t.has(t.run(*CHECK, files[0]).messages + t.run(*CHECK, files[0]).text, "the certificate is needed", "check")


if __name__ == "__main__":
    run_all("pin_spares", globals())
