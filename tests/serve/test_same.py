#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The reports of the service are those of `audit` and `check`, byte for byte: all real
certificates (CTPOLICY_TEST_DATA, else ../shared/data; skipped without them) and the samples,
as JSON, PEM, DER and batches, plain and in gzip."""
import base64
import gzip
import json
import os
import re
import subprocess

from serve_lib import AT, PROGRAM, Count, Service, sample

DATA = os.environ.get("CTPOLICY_TEST_DATA", os.path.join("..", "shared", "data"))
PEM_BLOCK = re.compile(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\s*", re.S)


def read(*path):
    with open(os.path.join(DATA, *path), encoding="utf-8") as file:
        return file.read()


def real_requests():
    out = []
    for line in read("certs", "expected.ndjson").splitlines():
        want = json.loads(line)
        out.append({"id": want["id"],
                    "certificate": read("certs", want["id"], "leaf.pem"),
                    "issuer": read("certs", want["id"], "issuer.pem"),
                    "at": want["at"]})
    return out


def sample_requests():
    names = ["compliant.pem", "no-scts.pem", "forged-sct.pem", "operator-cap.pem",
             "day-too-long.pem", "final.pem", "precertificate.pem"]
    out = [{"id": name, "certificate": sample(name).decode(), "at": AT} for name in names]
    held = {"certificate": sample("compliant.pem").decode(), "at": AT}
    pins = ["684fd13eb9ca7cd0106d651898d795927779cc81158c9593d933dd3ac8160155", "00" * 32]
    return out + [{"id": "held", **held, "hostname": "compliant.example", "pins": pins},
                  {"id": "refused", **held, "hostname": "192.0.2.7", "pins": pins[1:]}]


def by_audit(requests, options):
    lines = "".join(json.dumps(request) + "\n" for request in requests)
    run = subprocess.run([PROGRAM, "audit", "--format", "ndjson", *options, "-"],
                         input=lines.encode(), stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL, check=False)
    return run.stdout.splitlines(keepends=True)


def query(request, *more):
    parts = [f"at={request['at']}", f"id={request['id']}", *more]
    if "hostname" in request:
        parts += [f"hostname={request['hostname']}", "pins=" + ",".join(request["pins"])]
    return "/v1/evaluate?" + "&".join(parts)


def check_one(count, service, request, want, connection):
    name = request["id"]
    body = json.dumps(request)
    got = service.call("POST", "/v1/evaluate", body, {"Content-Type": "application/json"},
                       connection)
    count.equal(f"{name} as JSON", (got.status, got.body), (200, want))
    chain = request["certificate"] + request.get("issuer", "")
    got = service.call("POST", query(request), chain,
                       {"Content-Type": "application/x-pem-file"}, connection)
    count.equal(f"{name} as PEM", (got.status, got.body), (200, want))
    got = service.call("POST", "/v1/evaluate", b"\xef\xbb\xbf" + body.encode(),
                       {"Content-Type": "application/json"}, connection)
    count.equal(f"{name} behind a mark", (got.status, got.body), (200, want))
    packed = gzip.compress(body.encode())
    got = service.call("POST", "/v1/evaluate", packed,
                       {"Content-Type": "application/json", "Content-Encoding": "gzip",
                        "Accept-Encoding": "gzip"}, connection)
    count.equal(f"{name} in gzip", got.headers.get("content-encoding"), "gzip")
    count.equal(f"{name} in gzip", (got.status, gzip.decompress(got.body)), (200, want))


def der_of(pem):
    block = PEM_BLOCK.search(pem.encode()).group(0)
    return base64.b64decode(b"".join(block.splitlines()[1:-1]))


def check_der(count, service, request, options, connection):
    """DER has no issuer behind it: audit gets none either."""
    alone = {**request, "certificate": base64.b64encode(der_of(request["certificate"])).decode()}
    alone.pop("issuer", None)
    want = by_audit([alone], options)[0]
    got = service.call("POST", query(request), der_of(request["certificate"]),
                       {"Content-Type": "application/pkix-cert"}, connection)
    count.equal(f"{request['id']} as DER", (got.status, got.body), (200, want))


def check_batch(count, service, requests, want, **headers):
    lines = "".join(json.dumps(request) + "\n" for request in requests).encode()
    if headers.get("Content_Encoding"):
        lines = b"\xef\xbb\xbf" + lines  # which ends where the lines begin, as of audit
        lines = gzip.compress(lines)
    got = service.post("/v1/evaluate/batch", lines, "application/x-ndjson", **headers)
    body = got.body
    if got.headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    count.equal("the batch's status", got.status, 200)
    count.equal("the batch's lines", len(body.splitlines()), len(want))
    for request, line, wanted in zip(requests, body.splitlines(keepends=True), want):
        count.equal(f"{request['id']} in a batch", line, wanted)


def check_all(count, requests, options):
    want = by_audit(requests, options)
    count.equal("as many reports as requests", len(want), len(requests))
    with Service(*options, samples=False) as service:
        connection = service.connect()
        for request, wanted in zip(requests, want):
            check_one(count, service, request, wanted, connection)
        for request in requests[:60]:
            check_der(count, service, request, options, connection)
        connection.close()
        check_batch(count, service, requests, want)
        check_batch(count, service, requests, want, Content_Encoding="gzip",
                    Accept_Encoding="gzip")
        count.equal("exit status", service.stop(), 0)


def check_text(count):
    """Accept: text/plain is what `check` prints."""
    options = ["--log-list", os.path.join("tests", "samples", "log_list.json")]
    path = os.path.join("tests", "samples", "compliant.pem")
    run = subprocess.run([PROGRAM, "check", "--at", AT, *options, path],
                         stdout=subprocess.PIPE, check=False)
    with Service() as service:
        got = service.post(f"/v1/evaluate?at={AT}&id={path}", sample("compliant.pem"),
                           "application/x-pem-file", Accept="text/plain")
        count.equal("text's type", got.headers["content-type"], "text/plain; charset=utf-8")
        count.equal("the text of check", got.body.decode(), run.stdout.decode())


def check_json(count):
    """The JSON is what `check` prints with the file's name as id, and without one the id alone is another."""
    options = ["--log-list", os.path.join("tests", "samples", "log_list.json")]
    path = os.path.join("tests", "samples", "compliant.pem")
    run = subprocess.run([PROGRAM, "check", "--format", "json", "--at", AT, *options, path],
                         stdout=subprocess.PIPE, check=False)
    with Service() as service:
        for named in (True, False):
            got = service.post(f"/v1/evaluate?at={AT}" + (f"&id={path}" if named else ""),
                               sample("compliant.pem"), "application/x-pem-file")
            want = run.stdout if named else run.stdout.replace(f'"id":"{path}"'.encode(), b'"id":null')
            count.equal(f"the JSON of check, id given: {named}", got.body.strip(), want.strip())
        with open("README.md", encoding="utf-8") as file:
            count.equal("README says so", "`check FILE` where the address says `?id=FILE`" in file.read(), True)


PLANS = [
    ([], {}),
    (["--policy", "apple,apple-enforced", "--survive", "operator"],
     {"policies": ["apple", "apple-enforced"], "survive": "operator"}),
    (["--policy", "apple-enforced", "--survive", "log"],
     {"policies": ["apple-enforced"], "survive": "log"}),
]


def check_plan(count, service, args, request, parameters, body, kind):
    """What `plan` prints, by JSON, and by a body that is the certificate."""
    for name, accept in (("json", "application/json"), ("text", "text/plain")):
        run = subprocess.run([PROGRAM, "plan", "--format", name, "--at", AT, *args],
                             stdout=subprocess.PIPE, check=False)
        got = service.post("/v1/plan", json.dumps(request).encode(), "application/json",
                           Accept=accept)
        count.equal(f"the plan {args} as {name}", (got.status, got.body), (200, run.stdout))
        if body:
            got = service.post(f"/v1/plan?at={AT}{parameters}", body, kind, Accept=accept)
            count.equal(f"the plan of {kind} as {name}", (got.status, got.body),
                        (200, run.stdout))


def check_plans(count):
    options = ["--log-list", os.path.join("tests", "samples", "log_list.json")]
    path = os.path.join("tests", "samples", "precertificate.pem")
    pem = sample("precertificate.pem")
    times = {"not_before": "2026-06-15T00:00:00Z", "not_after": "2026-12-20T23:59:59Z"}
    with Service() as service:
        for args, more in PLANS:
            query = "".join(f"&{key}={value if isinstance(value, str) else ','.join(value)}"
                            for key, value in more.items())
            request = {"certificate": pem.decode(), "at": AT, **more}
            check_plan(count, service, [*options, *args, path], request, query, pem,
                       "application/x-pem-file")
            request = {**times, "at": AT, **more}
            given = ["--not-before", times["not_before"], "--not-after", times["not_after"]]
            check_plan(count, service, [*options, *args, *given], request, "", None, None)
        count.equal("exit status", service.stop(), 0)


def main():
    count = Count("same")
    check_text(count)
    check_json(count)
    check_plans(count)
    check_all(count, sample_requests(), ["--log-list", "tests/samples/log_list.json"])
    if os.path.exists(os.path.join(DATA, "certs", "expected.ndjson")):
        check_all(count, real_requests(), [])
    else:
        count.skip("no real certificates at hand")
    count.finish()


main()
