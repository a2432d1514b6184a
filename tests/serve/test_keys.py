#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Private keys that come over HTTP: refused in every form, beside a certificate or alone, by every
call, and nothing of such a request is logged, not even a hash."""
import base64
import gzip
import json
import os
import subprocess
import tempfile

from serve_lib import AT, Count, Service, sample
from wire import until

count = Count("private keys")
PEM = "application/x-pem-file"
DER = "application/pkix-cert"
SENTENCE = "This is a private key. It was refused, and nothing of it is kept or logged"
LABELS = ("PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY",
          "OPENSSH PRIVATE KEY", "DSA PRIVATE KEY")


def make_keys():
    with tempfile.TemporaryDirectory() as folder:
        def openssl(*words):
            subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)
            with open(os.path.join(folder, "out"), "rb") as file:
                return file.read()
        with open(os.path.join(folder, "ec.key"), "wb") as file:
            file.write(openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256",
                               "-out", "out"))
        pkcs8 = ("pkcs8", "-topk8", "-in", "ec.key", "-out", "out", "-outform", "DER")
        return [openssl(*pkcs8, "-nocrypt"), openssl(*pkcs8, "-passout", "pass:secret"),
                openssl("ec", "-in", "ec.key", "-outform", "DER", "-out", "out")]


def pem(data, label):
    text = base64.encodebytes(data).decode()
    return f"-----BEGIN {label}-----\n{text}-----END {label}-----\n".encode()


class Calls:
    """What is sent, and the ids of the answers."""

    def __init__(self, service):
        self.service = service
        self.ids = set()

    def refused(self, what, target, body, kind="application/json", status=422, **headers):
        got = self.service.post(target, body, kind, **headers)
        self.ids.add(got.headers["x-request-id"])
        count.equal(f"{what}: status", got.status, status)
        if status == 422:
            count.equal(f"{what}: code", got.code(), "private_key")
            count.check(f"{what}: says so", SENTENCE in got.json().get("detail", ""), got.body)
        return got


def check_bodies(calls, keys):
    chain = sample("compliant.pem")
    cut = chain.index(b"-----BEGIN", 10)
    for label in LABELS:
        key = pem(keys[0], label)
        for place, body in (("first", key + chain), ("between", chain[:cut] + key + chain[cut:]),
                            ("last", chain + key), ("alone", key)):
            for target in ("/v1/evaluate", "/v1/plan"):
                calls.refused(f"{label} {place} {target}", f"{target}?at={AT}", body, PEM)
    key = pem(keys[0], "PRIVATE KEY")
    calls.refused("as text", f"/v1/evaluate?at={AT}", chain + key, PEM, Accept="text/plain")
    calls.refused("gzip", "/v1/evaluate", gzip.compress(chain + key), PEM, Content_Encoding="gzip")
    for number, data in enumerate(keys):
        for target in ("/v1/evaluate", "/v1/plan"):
            calls.refused(f"DER {number} {target}", target, data, DER)
        leaf = base64.b64decode(b"".join(chain[:cut].split(b"\n")[1:-2]))
        calls.refused(f"DER {number} behind", "/v1/evaluate", leaf + data, DER)
    # What is refused before anybody looks for keys, and what is not whole.
    for what, kind, status, headers in (
            ("another type", "text/html", 415, {}), ("no answer of that type", PEM, 406,
                                                      {"Accept": "image/png"})):
        calls.refused(what, "/v1/evaluate", key, kind, status, **headers)
    calls.refused("a bad parameter", "/v1/evaluate?nonsense=1", key, PEM, 400)
    calls.refused("another path", "/v1/nothing", key, PEM, 404)


def requests_with(keys):
    chain = sample("compliant.pem").decode()
    good = {"at": AT, "certificate": chain}
    for number, data in enumerate(keys):
        for name, key in ((f"PEM {number}", pem(data, "PRIVATE KEY").decode()),
                          (f"base64 {number}", base64.b64encode(data).decode()),
                          (f"lines of base64 {number}", base64.encodebytes(data).decode())):
            for field in ("certificate", "issuer", "ocsp", "tls_scts", "precertificate",
                          "issuer_key_sha256", "key"):
                yield f"{name} as {field}", {**good, field: key}
            yield f"{name} as scts", {**good, "scts": [key]}
        yield f"beside {number}", {**good, "certificate": chain + pem(data, "PRIVATE KEY").decode()}


def check_requests(calls, keys):
    for what, request in requests_with(keys):
        calls.refused(what, "/v1/evaluate", json.dumps(request))
    for what, request in requests_with(keys[:1]):
        calls.refused(f"plan: {what}", "/v1/plan", json.dumps(
            {"at": AT, **{name: value for name, value in request.items()
                          if name in ("certificate", "key")}})
            if "as certificate" in what or "as key" in what or "beside" in what
            else json.dumps(request))


def check_batch(calls, keys):
    good = json.dumps({"at": AT, "certificate": sample("compliant.pem").decode()})
    cases = list(requests_with(keys))
    lines = [good] + [json.dumps(request) for _, request in cases] + [good]
    got = calls.service.post("/v1/evaluate/batch", "\n".join(lines), "application/x-ndjson")
    calls.ids.add(got.headers["x-request-id"])
    answers = [json.loads(line) for line in got.body.splitlines()]
    count.equal("a line each", len(answers), len(lines))
    count.equal("the first", answers[0].get("result"), "pass")
    count.equal("the last", answers[-1].get("result"), "pass")
    for (what, _), answer in zip(cases, answers[1:]):
        error = answer.get("error", {})
        count.equal(f"batch: {what}", error.get("code"), "private_key")
        count.check(f"batch: {what}: says so", SENTENCE in error.get("message", ""), answer)


def check_log(calls, keys):
    def logged():
        return [line for line in calls.service.log().splitlines()
                if any(f"request_id={one} " in line for one in calls.ids)]
    count.check("each has its line", until(lambda: len(logged()) == len(calls.ids)))
    secrets = [base64.b64encode(data)[:40].decode() for data in keys]
    for line in logged():
        count.check("no hash", "body_sha256" not in line, line)
        count.check("nothing of it", not any(secret in line for secret in secrets), line)
    good = calls.service.post(f"/v1/evaluate?at={AT}", sample("compliant.pem"), PEM)
    name = f"request_id={good.headers['x-request-id']} "
    count.check("others have their hash", until(lambda: any(
        name in line and "body_sha256" in line for line in calls.service.log().splitlines())))


def main():
    keys = make_keys()
    produced = os.environ.get("CTPOLICY_TEST_PRODUCED")
    with Service() as service:
        calls = Calls(service)
        check_bodies(calls, keys)
        check_requests(calls, keys)
        check_batch(calls, keys)
        check_log(calls, keys)
    if produced and not count.failed:
        with open(produced, "a", encoding="ascii") as file:
            file.write("private_key\n")
    count.finish()


main()
