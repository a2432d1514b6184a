# SPDX-License-Identifier: Apache-2.0
"""Requests to POST /v1/evaluate that are refused: status, code, query, headers, body."""
import base64
import gzip
import json
import re

from serve_lib import sample

PEM = "application/x-pem-file"

EVALUATE_FAULTS = [
    # status, code, query, headers, body
    (400, "bad_parameter", "at=%zz", {}, b"{}"),
    (400, "bad_time", "at=yesterday", {}, b"{}"),
    (400, "unknown_policy", "policies=appel", {}, b"{}"),
    (400, "bad_request", "client_age_days=many", {}, b"{}"),
    (400, "bad_hostname", "hostname=a:443", {}, b"{}"),
    (400, "bad_hostname", "", {}, b'{"certificate":"x","hostname":"*.a"}'),
    (400, "bad_pin", "pins=AAAA", {}, b"{}"),
    (400, "bad_pin", "", {}, b'{"certificate":"x","pins":["AAAA"]}'),
    (400, "bad_encoding", "", {"Content-Encoding": "gzip"}, b"no gzip"),
    (400, "bad_encoding", "", {"Content-Encoding": "gzip"}, gzip.compress(b"{}")[:-3]),
    (400, "bad_request", "", {}, b"{"),
    (400, "bad_request", "", {"Content-Type": PEM}, b"x"),
    (400, "unknown_field", "", {}, b'{"certifcate":""}'),
    (400, "too_many_scts", "", {}, json.dumps({"scts": ["AA=="] * 1001}).encode()),
    (406, "not_acceptable", "", {"Accept": "image/png"}, b"{}"),
    (415, "unsupported_media_type", "", {"Content-Encoding": "br"}, b"{}"),
    (422, "bad_certificate", "", {}, b'{"certificate":"x"}'),
    (422, "bad_request", "", {}, b"{}"),
    (400, "bad_request", "", {"Content-Type": PEM}, b"\x30\x05\x02\x01\x03\x30\x00"),  # PKCS #12
    (422, "private_key", "", {"Content-Type": PEM},
     b"-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n"),
]


def evaluate_faults():
    yield from EVALUATE_FAULTS
    blocks = re.findall(rb"-----BEGIN.*?-----END CERTIFICATE-----\n", sample("compliant.pem"), re.S)
    leaf, issuer = (block.decode() for block in blocks)
    tbs = base64.b64encode(sample("tbs.der")).decode()
    sct = json.loads(sample("request.json"))["scts"][0]
    for code, request in (
            ("chain_reversed", {"certificate": issuer + leaf}),
            ("bad_sct", {"certificate": tbs, "scts": [""]}),
            ("scts_beside_embedded", {"certificate": leaf, "scts": [sct]}),
            ("not_a_final_certificate", {"certificate": tbs, "precertificate": tbs}),
            ("bad_key_hash", {"certificate": leaf, "issuer_key_sha256": "00"}),
            ("key_hash_mismatch", {"certificate": leaf, "issuer": issuer,
                                   "issuer_key_sha256": "00" * 32})):
        yield 422, code, "", {}, json.dumps(request).encode()
    # The list of a TLS extension with more SCTs than are judged.
    items = b"\0\1\0" * 1001
    many = base64.b64encode(len(items).to_bytes(2, "big") + items).decode()
    request = {"certificate": tbs, "scts": [sct] * 1000, "tls_scts": many}
    yield 422, "too_many_scts", "", {}, json.dumps(request).encode()
    yield 413, "too_large", "", {"Content-Encoding": "gzip"}, gzip.compress(b" " * 3000000)
