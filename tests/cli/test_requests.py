#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Requests in JSON (INTERFACE.md, "Evaluation request"): one, a line each, over lines; and
every way to get them wrong."""
import base64
import json

import der
from lib import AT, FAIL, INPUT, LIST, PASS, UNKNOWN, loads, read, run_all, sample

CHECK = ["check", *AT, *LIST, "--format", "json"]
REQUEST = loads(read(sample("request.json")))
CHAIN = read(sample("compliant.pem")).decode()
LEAF, ISSUER = der.pem_to_ders(CHAIN.encode())[:2]
FIELDS = ["id", "certificate", "issuer", "issuer_key_sha256", "scts", "tls_scts", "ocsp", "at",
          "policies", "precertificate"]


def b64(data):
    return base64.b64encode(data).decode()


def error(t, content, code, field=None, part="", offset=None, what=""):
    """One error with this code, field and offset, and a part of its message."""
    what = what or repr(content)[:100]
    result = t.run(*CHECK, t.file(content))
    t.equal(result.status, INPUT, f"exit status of {what}", repr(result)[:600])
    try:
        value = result.json()
        got = value["error"]
    except (ValueError, KeyError, TypeError):
        t.check(False, f"one error for {what}", repr(result)[:600])
        return {}
    t.equal((got["code"], got.get("field")), (code, field), f"error of {what}", str(got))
    t.has(got["message"], part, f"message of {what}")
    if offset is not None:
        t.equal(got.get("offset"), offset, f"offset of {what}", str(got))
    return value


def judge(t, request, want=PASS, what=""):
    result = t.run(*CHECK, t.file(request))
    t.equal(result.status, want, f"exit status {what}", repr(result)[:600])
    return result.json()


def test_forms(t):
    """Compact, over lines, as a line of NDJSON: the same report."""
    request = {**REQUEST, "id": "x"}
    want = judge(t, json.dumps(request))
    t.equal(want["result"], "pass", "the sample request")
    forms = {
        "over lines": json.dumps(request, indent=2),
        "CRLF": json.dumps(request, indent=2).replace("\n", "\r\n"),
        "white space around": " \n\t\r\n" + json.dumps(request, indent=1) + "\n\n ",
        "first line a brace": "{\n" + json.dumps(request)[1:],
        "compact": json.dumps(request, separators=(",", ":")),
        "escaped": json.dumps(request).replace("/", "\\/"),
        "UTF-8 as escapes": json.dumps(request, ensure_ascii=True),
    }
    for name, text in forms.items():
        t.equal(judge(t, text, what=name), want, f"the report of a request {name}")
        result = t.run(*CHECK, "-", stdin=text)
        t.equal(result.json(), want, f"on standard input, {name}")
    nested = "{\n\"scts\":[\n" + ",\n".join(json.dumps(s) for s in request["scts"]) + "],\n" + \
        json.dumps({k: v for k, v in request.items() if k != "scts"})[1:]
    t.equal(judge(t, nested), want, "lines that begin with a brace of their own")
    lines = [json.dumps({**request, "id": i}) for i in range(3)]
    values = judge(t, "\n".join(lines) + "\n\n", what="NDJSON")
    t.equal([v["id"] for v in values], [0, 1, 2], "a report a line")
    values = judge(t, "\n\n" + "\n\n".join(lines), what="NDJSON with empty lines")
    t.equal([v["id"] for v in values], [0, 1, 2], "empty lines are no requests")
    values = judge(t, "\r\n".join(lines), what="NDJSON with CRLF")
    t.equal(len(values), 3, "CRLF")
    broken = [lines[0], "{", '{"id":8}', lines[2], "nonsense"]
    values = judge(t, "\n".join(broken), INPUT, "NDJSON with faults")
    t.equal([(v["id"] if isinstance(v["id"], int) else v["id"].rsplit(":", 1)[1],
              v.get("error", {}).get("code")) for v in values],
            [(0, None), ("2", "bad_request"), (8, "bad_request"), (2, None),
             ("5", "bad_request")], "each fault is one error in its place")
    values = judge(t, "\n".join(["{", *lines[:2]]), INPUT, "NDJSON whose first line is broken")
    t.equal([v.get("result") for v in values], [None, "pass", "pass"], "the others are judged")


def test_id(t):
    for given in ("a", "", "\u00fc\u20ac\U0001f600", "q\"\\/\n\x01", 0, -1, 1.5, 2**53, 1e300,
                  "x" * 5000):
        value = judge(t, {**REQUEST, "id": given}, what=f"id {given!r}"[:40])
        t.equal(value["id"], given, f"id {given!r}"[:60])
        t.equal(type(value["id"]), type(given), f"type of id {given!r}"[:60])
    path = t.file(REQUEST)
    t.equal(t.run(*CHECK, path).json()["id"], path + ":1", "without an id: file and line")
    for bad in (None, True, [], {}):
        error(t, {**REQUEST, "id": bad}, "bad_request", "id", "text or a number")
    value = error(t, {"policies": ["apple"], "id": "me"}, "bad_request", "certificate")
    t.equal(value.get("id"), "me", "an error tells whose it is")
    value = error(t, {"nonsense": 1, "id": 17}, "unknown_field", "nonsense")
    t.equal(value.get("id"), 17, "wherever the id stands")
    value = error(t, '{"certificate": "x", "id": 3', "bad_request", None, "line 1")
    t.check(value.get("id", "").endswith(":1"), "unreadable: the file and the line")


def test_fields(t):
    chain = judge(t, {"id": 1, "certificate": CHAIN}, what="a PEM chain")
    for name, request in {
            "PEM and issuer": {"certificate": der.pem(LEAF), "issuer": der.pem(ISSUER)},
            "base64": {"certificate": b64(LEAF), "issuer": b64(ISSUER)},
            "base64url": {"certificate": base64.urlsafe_b64encode(LEAF).decode().rstrip("="),
                          "issuer": base64.urlsafe_b64encode(ISSUER).decode()}}.items():
        t.equal(judge(t, {"id": 1, **request}), chain, f"a certificate by {name}")
    hash_hex = chain["certificate"]["issuer_key_sha256"]
    for text in (hash_hex, hash_hex.upper(), b64(bytes.fromhex(hash_hex)), f" {hash_hex}\n"):
        value = judge(t, {"certificate": der.pem(LEAF), "issuer_key_sha256": text})
        t.equal(value["scts"], chain["scts"], f"verified by the key's hash {text[:8]}")
        t.equal(value["certificate"]["issuer_signature"], "not_given", "without the issuer")
    wrong = judge(t, {"certificate": der.pem(LEAF), "issuer_key_sha256": "00" * 32}, UNKNOWN)
    t.equal({s["status"] for s in wrong["scts"]}, {"invalid_signature"}, "another key's hash")
    value = judge(t, {"certificate": CHAIN, "issuer_key_sha256": hash_hex})
    t.equal(value["result"], "pass", "issuer and hash that agree")
    judge(t, {"certificate": der.pem(LEAF)}, UNKNOWN, "no issuer at all")
    no_scts = read(sample("no-scts.pem")).decode()
    value = judge(t, {"certificate": no_scts, "tls_scts": b64(read(sample("tls_scts.bin"))),
                      "ocsp": b64(read(sample("ocsp.der")))})
    t.equal([s["source"] for s in value["scts"]], ["tls", "tls", "ocsp", "ocsp"], "sources")
    t.equal(value["policies"][0]["policy"], "apple", "the default policy")
    value = judge(t, {"certificate": CHAIN, "policies": ["apple", "apple-enforced", "apple"]})
    t.equal([p["policy"] for p in value["policies"]], ["apple", "apple-enforced"], "all")
    value = judge(t, {"certificate": CHAIN, "policies": ["apple-enforced", "apple"]})
    t.equal([p["policy"] for p in value["policies"]], ["apple-enforced", "apple"], "in order")
    for at, want in [("2026-06-05T00:00:00Z", "2026-06-05T00:00:00Z"),
                     ("2026-06-05T02:00:00.5+02:00", "2026-06-05T00:00:00.500Z"),
                     ("issuance", "2026-06-01T00:04:00.930Z")]:
        value = judge(t, {"certificate": CHAIN, "at": at})
        t.equal(value["evaluated_at"], want, f"at {at}")
    scts = [{**REQUEST, "scts": [json.dumps(s) for s in REQUEST["scts"]]}, REQUEST]
    t.equal(judge(t, {**scts[0], "id": 1}), judge(t, {**scts[1], "id": 1}), "SCTs as text")


def test_options_are_defaults(t):
    """What the request says wins over the options."""
    path = t.file({"certificate": CHAIN, "id": 1, "at": "issuance", "policies": ["apple", "apple-enforced"]})
    value = t.run(*CHECK, "--policy", "apple-enforced", path).json()
    t.equal([p["policy"] for p in value["policies"]], ["apple", "apple-enforced"], "policies")
    t.equal(value["evaluated_at"], "2026-06-01T00:04:00.930Z", "at")
    path = t.file({"certificate": der.pem(LEAF)})
    value = t.run(*CHECK, "--policy", "apple-enforced", "--issuer", t.file(der.pem(ISSUER)),
                  path).json()
    t.equal((value["result"], value["policies"][0]["policy"]), ("pass", "apple-enforced"),
            "options where the request says nothing")


def test_unknown_fields(t):
    for given, near in [("certifcate", "certificate"), ("Certificate", "certificate"),
                        ("isuer", "issuer"), ("policy", "policies"), ("tls-scts", "tls_scts"),
                        ("sct", "scts"), ("att", "at"), ("ids", "id")]:
        error(t, {"certificate": CHAIN, given: 1}, "unknown_field", given, f'"{near}"')
    for given in ("x" * 47, "\u00fc\u00fc\u00fc\u00fc"):
        error(t, {given: 1}, "unknown_field", given, "there is id, certificate, issuer")
    for given in ("x" * 48, "x" * 10000, "", "\x1b[31m", "\u202e" * 20):
        result = t.run(*CHECK, t.file({"certificate": CHAIN, given: 1}))
        t.equal(result.status, INPUT, f"field {given[:20]!r}", repr(result)[:300])
        t.equal(result.json()["error"]["code"], "unknown_field", f"field {given[:20]!r}")
        t.check("\x1b" not in result.messages and "\u202e" not in result.messages, "escaped")


def test_wrong_types(t):
    wrong = [None, True, 1, 1.5, [], {}, ["x"]]
    for field in ("certificate", "issuer", "issuer_key_sha256", "tls_scts", "ocsp", "at", "precertificate"):
        for value in wrong:
            error(t, {**REQUEST, field: value}, "bad_request", field, "must be text")
    for value in [None, True, 1, "x", {}]:
        error(t, {**REQUEST, "scts": value}, "bad_request", "scts", "array")
    for value in [None, True, 1, []]:
        error(t, {**REQUEST, "scts": [value]}, "bad_request", "scts", "base64")
    for value in [None, True, 1, "apple", {}, []]:
        error(t, {**REQUEST, "policies": value}, "bad_request", "policies", "array")
    for value in [None, True, 1, [], {}]:
        error(t, {**REQUEST, "policies": ["apple", value]}, "bad_request", "policies", "text")


def test_wrong_values(t):
    error(t, {}, "bad_request", "certificate", "required")
    error(t, {"certificate": ""}, "bad_certificate", "certificate", "empty", 0)
    error(t, {"certificate": "####"}, "bad_certificate", "certificate", "base64", 0)
    error(t, {"certificate": "AAAA####"}, "bad_certificate", "certificate", "base64", 4)
    error(t, {"certificate": "AAAA"}, "bad_certificate", "certificate", "", 0)
    error(t, {"certificate": CHAIN, "issuer": "AAAA"}, "bad_certificate", "issuer", "", 0)
    error(t, {"certificate": CHAIN, "at": "soon"}, "bad_time", "at", "RFC 3339")
    error(t, {"certificate": CHAIN, "at": "2026-06-31"}, "bad_time", "at", "zone")
    error(t, {"certificate": CHAIN, "at": "now"}, "bad_time", "at", "issuance")
    error(t, {"certificate": CHAIN, "policies": ["aple"]}, "unknown_policy", "policies",
          '"apple"')
    error(t, {"certificate": CHAIN, "policies": ["\x1b[31m" * 9]}, "unknown_policy", "policies")
    for text in ("", "00" * 31, "0" * 63 + "g", "AAAA", "00" * 33):
        error(t, {"certificate": CHAIN, "issuer_key_sha256": text}, "bad_key_hash",
              "issuer_key_sha256", "64 hex")
    error(t, {"certificate": CHAIN, "issuer_key_sha256": "00" * 32}, "key_hash_mismatch",
          "issuer_key_sha256", "leave one out")
    error(t, {"certificate": CHAIN, "scts": REQUEST["scts"]}, "scts_beside_embedded", "scts")
    good = REQUEST["scts"]
    error(t, {**REQUEST, "scts": [good[0], "no!"]}, "bad_sct", "scts[1]", "JSON answer", 2)
    error(t, {**REQUEST, "scts": [good[0], ""]}, "bad_sct", "scts[1]", "empty")
    for field in ("sct_version", "id", "timestamp", "extensions", "signature"):
        answer = {k: v for k, v in good[0].items() if k != field}
        error(t, {**REQUEST, "scts": [answer]}, "bad_sct", "scts[0]", field)
        error(t, {**REQUEST, "scts": [{**good[0], field: None}]}, "bad_sct", "scts[0]")
        error(t, {**REQUEST, "scts": [{**good[0], field: [1]}]}, "bad_sct", "scts[0]")
    error(t, {**REQUEST, "scts": [{**good[0], "more": 1}]}, "bad_sct", "scts[0]")
    too_late = json.dumps({**good[0], "timestamp": 2**64})
    error(t, {**REQUEST, "scts": [too_late]}, "bad_sct", "scts[0]", "too large")
    error(t, {**REQUEST, "scts": [{**good[0], "timestamp": -1}]}, "bad_sct", "scts[0]")
    error(t, {**REQUEST, "scts": [{**good[0], "sct_version": 256}]}, "bad_sct", "scts[0]")
    error(t, {**REQUEST, "scts": [{**good[0], "id": "AAAA"}]}, "bad_sct", "scts[0]", "32 bytes")
    error(t, {**REQUEST, "scts": [b64(b"\0" * 70)] * 1001}, "too_many_scts", "scts", "1000")
    judge(t, {**REQUEST, "scts": []}, FAIL, "no SCTs in the array")
    value = judge(t, {**REQUEST, "scts": [{**good[0], "sct_version": 1}, good[1]]}, FAIL)
    t.equal(value["scts"][0]["status"], "unsupported_version", "an answer of version 2")


def test_broken_json(t):
    where = json.dumps(REQUEST)
    cases = [
        ('{"id":1,"id":2}', "duplicate"),
        ('{"certificate":"a",\n"certificate":"b"}', "duplicate"),
        ('{"id":1,}', "line 1"),
        ('{"id":01}', "line 1"),
        ("{'id':1}", "line 1"),
        ('{"id":NaN}', "line 1"),
        ('{"id":1} x', "line 1"),
        ('{"id":1}{"id":2}', "line 1"),
        ('{"id":"a\nb"}', "line 1"),
        ('{"id":"\\x41"}', "line 1"),
        ('{"id":"\\ud800"}', "line 1"),
        ('{"id":"\\u0000"}', "line 1"),
        (b'{"id":"\xff"}', "line 1"),
        (b'{"id":"\xed\xa0\x80"}', "line 1"),
        (b'{"id":"\xc0\xaf"}', "line 1"),
        ('{"id":1e999}', "line 1"),
        (where[:-1], "line 1"),
        (where[:1000], "line 1"),
        ("{" * 200000, "line 1"),
        ('{"id":' + "[" * 200000 + "]" * 200000 + "}", "depth"),
        ('{"id":' + '{"a":' * 200000 + "1" + "}" * 200000 + "}", "depth"),
        ("{\n \"id\": 1,\n \"at\": ?\n}", "line 3, column 8"),
        ("{\n \"id\": 1,\n}", "line 3, column 1"),
        ("{", ""),
    ]
    for content, part in cases:
        value = error(t, content, "bad_request", None, part, what=repr(content[:40]))
        t.check("offset" in value.get("error", {}), f"an offset for {content[:40]!r}")
    value = error(t, '{"id":1, ?}', "bad_request", None, "column", what="the place of a fault")
    t.equal(value["error"]["offset"], 9, "the offset is the fault's", str(value["error"]))
    # What is no object is no request; what does not begin with a brace is a certificate.
    for content in ("[]", "null", "7", '"x"', '[{"certificate":"x"}]', "\ufeff{}"):
        result = t.run(*CHECK, t.file(content))
        t.equal(result.status, INPUT, f"{content!r}", repr(result)[:300])
        t.has(("bad_certificate", "bad_request"), result.json()["error"]["code"], content)
    numbers = judge(t, '{"id":12345678901234567890123}', INPUT, "a large number")
    t.equal(numbers["error"]["code"], "bad_request", "a number that does not fit")


run_all("requests", globals())
