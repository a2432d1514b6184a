# SPDX-License-Identifier: Apache-2.0
"""Requests to POST /v1/plan that are refused: status, code, query, headers, body."""
import gzip
import json

from serve_lib import sample

PEM = "application/x-pem-file"
PLAN_TIMES = {"not_before": "2026-06-15T00:00:00Z", "not_after": "2026-09-12T23:59:59Z"}


def plan_faults():
    yield 400, "bad_time", "at=issuance", {}, b"{}"
    yield 400, "unknown_policy", "policies=appel", {}, b"{}"
    yield 400, "bad_request", "survive=me", {}, b"{}"
    yield 400, "bad_encoding", "", {"Content-Encoding": "gzip"}, b"no gzip"
    yield 406, "not_acceptable", "", {"Accept": "image/png"}, b"{}"
    yield 415, "unsupported_media_type", "", {"Content-Encoding": "br"}, b"{}"
    yield 400, "bad_request", "", {"Content-Type": PEM}, b"x"
    yield 413, "too_large", "", {"Content-Encoding": "gzip"}, gzip.compress(b" " * 3000000)
    for field, code, value in (
            ("not_befor", "unknown_field", "x"), ("not_before", "bad_time", "15.06.2026"),
            ("not_after", "bad_request", 7), ("at", "bad_time", "issuance"),
            ("at", "bad_request", {}), ("certificate", "bad_request", 1),
            ("policies", "bad_request", []), ("policies", "bad_request", [1]),
            ("policies", "bad_request", "apple"), ("policies", "unknown_policy", ["x"]),
            ("survive", "bad_request", "x"), ("survive", "bad_request", None)):
        yield 400, code, "", {}, json.dumps({**PLAN_TIMES, field: value}).encode()
    for body in (b"", b"{", b"[]", b'{"at":"2026-06-15T00:00:00Z","at":"2026-06-15T00:00:00Z"}'):
        yield 400, "bad_request", "", {}, body
    leaf = sample("compliant.pem").decode()
    for code, request in (
            ("bad_validity", {}), ("bad_validity", {"not_before": PLAN_TIMES["not_before"]}),
            ("bad_validity", {"not_before": PLAN_TIMES["not_after"],
                              "not_after": PLAN_TIMES["not_before"]}),
            ("bad_validity", {**PLAN_TIMES, "certificate": leaf}),
            ("bad_certificate", {"certificate": "x"}),
            ("private_key", {"certificate": "-----BEGIN PRIVATE KEY-----\nMAA=\n"})):
        yield 422, code, "", {}, json.dumps(request).encode()
