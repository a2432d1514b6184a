#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""fuzz_openapi.py SECONDS [SEED [NUMBER]]: calls the service by openapi.json, and nearly so.

Each request is one of the document's with its parameters, headers and body made by their
schemas, and something of it, or nothing, spoiled. Each answer must be a documented one, no 5xx
but 503; the service must be there at the end, with no more descriptors than it had. The same
seed makes the same requests, of which NUMBER are enough.
"""
import collections
import http.client
import os
import random
import re
import socket
import string
import sys
import tempfile
import time
import urllib.parse

from openapi_lib import Contract, text_of
from openapi_make import Bodies, mutate_text, packed, text, value_of
from serve_lib import Answer, Count, Service, free_descriptors, resident_kb

ADMIN = "an-admin-s-token-1"
METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PURGE", "get"]
ACCEPTS = ["*/*", "*/*", "application/json", "application/json", "text/plain",
           "text/*;q=0.1, application/json", "image/png", "application/x-ndjson", "", ";;,,q=",
           "application/json;q=0", "text/plain;q=9.9"]
OTHER_TYPES = ["text/html", "", "application/json; charset=utf-8", "/", "multipart/form-data"]
OTHER_PATHS = ["/", "//", "/v1", "/v1/", "/v2/evaluate", "/v1/evaluate/", "/livez/x", "/schema/",
               "/v1/logs/", "/V1/LOGS", "/.", "/v1/../livez", "/%2e", "*", "x"]
# What may come where no call was meant, or its method was another.
OF_NO_CALL = ("NotFound", "MethodNotAllowed", "PageMethodNotAllowed", "PageError",
               "BadRequest", "TargetTooLarge", "HeadTooLarge",
              "Unavailable")
SETTLED = 200  # requests after which descriptors are counted first
SANITIZER = re.compile(r"ERROR: \w+Sanitizer|runtime error:|WARNING: ThreadSanitizer")


class Request:
    """One request: what it is, and its bytes."""

    def __init__(self, operation, method, target, headers, body, chunked):
        self.operation, self.method = operation, method
        lines = [f"{method} {target} HTTP/1.1", "Host: ctpolicy"]
        lines += [f"{name}: {value}" for name, value in headers]
        if body is not None:
            lines.append("Transfer-Encoding: chunked" if chunked
                         else f"Content-Length: {len(body)}")
        head = "\r\n".join(lines) + "\r\n\r\n"
        self.data = head.encode("utf-8", "replace") + framed(body or b"", chunked)
        # One that ends the connection before all of it is read may take the answer with it.
        self.may_be_lost = len(head) > 16000


def framed(body, chunked):
    if not chunked:
        return body
    pieces = [body[at:at + 1000] for at in range(0, len(body), 1000)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


class Maker:
    """Makes requests."""

    def __init__(self, contract, rng):
        self.contract, self.rng = contract, rng
        request = contract.operation("evaluate").bodies["application/json"]
        self.bodies = {op.id: Bodies(op, op.bodies.get("application/json", request)["schema"])
                       for op in contract.operations if op.bodies}
        self.types = sorted({media for op in contract.operations for media in op.bodies})
        self.names = sorted({p["name"] for op in contract.operations for p in op.of("query")})

    def value(self, parameter):
        """Of a parameter: its example, one by its schema, or a spoiled one."""
        rng = self.rng
        value = parameter["example"] if rng.random() < 0.7 else value_of(parameter["schema"], rng)
        value = text_of(parameter, value)
        return mutate_text(value, rng) if rng.random() < 0.15 else value

    def escaped(self, value):
        rng = self.rng
        if rng.random() < 0.97:
            return urllib.parse.quote(value, safe=rng.choice(["", "/,:"]), errors="replace")
        return "".join(c for c in value if "!" <= c <= "~" and c != "#") + rng.choice(
            ["%", "%4", "%zz", "%ff", "%00", "%0d%0a", "&", "=", "+"])

    def target(self, operation):
        rng, out = self.rng, operation.path
        for one in operation.of("path"):
            out = out.replace("{" + one["name"] + "}", self.escaped(self.value(one)))
        pairs = [(p["name"], self.value(p)) for p in operation.of("query") if rng.random() < 0.25]
        if rng.random() < 0.05:
            pairs.append((rng.choice([*self.names, "x", ""]), text(rng)))
        if rng.random() < 0.03:
            pairs += pairs
        query = "&".join(f"{self.escaped(name)}={self.escaped(value)}" for name, value in pairs)
        return out + ("?" + query if query or rng.random() < 0.05 else "")

    def headers(self, operation):
        rng, out = self.rng, []
        for one in operation.of("header"):
            if rng.random() < 0.3 and one["name"] != "Content-Encoding":
                out.append((one["name"], clean(self.value(one))))
        if rng.random() < 0.3:
            out.append(("Accept", rng.choice(ACCEPTS)))
        if operation.needs_token() and rng.random() < 0.7 or rng.random() < 0.1:
            token = ADMIN if rng.random() < 0.7 else clean(text(rng))
            out.append(("Authorization", f"{rng.choice(['Bearer', 'bearer', 'Basic'])} {token}"))
        if rng.random() < 0.02 and out:
            out.append(rng.choice(out))
        if rng.random() < 0.01:
            out.append(("X-Much", "a" * rng.choice([100, 16000, 17000])))
        return out

    def body(self, operation, headers):
        """The body, with headers of it added; None: there is none."""
        rng = self.rng
        if operation.id not in self.bodies:
            return bytes(rng.randrange(100)) if rng.random() < 0.05 else None
        media, body = self.bodies[operation.id].one(rng)
        if rng.random() < 0.1:
            media = rng.choice(self.types + OTHER_TYPES)
        if rng.random() < 0.97:
            headers.append(("Content-Type", media))
        if rng.random() < 0.2:
            headers.append(("Content-Encoding", rng.choice(["gzip", "gzip", "GZIP", "x-gzip"])))
            body = packed(body, rng)
        elif rng.random() < 0.05:
            headers.append(("Content-Encoding", rng.choice(["br", "identity", "gzip", "", "gzip, gzip"])))
        return body if rng.random() < 0.98 else b""

    def one(self):
        rng = self.rng
        operation = rng.choice(self.contract.operations + [self.contract.operation("evaluate")] * 6
                               + [self.contract.operation("evaluateBatch")] * 3)
        method = operation.method
        if method == "GET" and rng.random() < 0.1:
            method = "HEAD"
        target, headers = self.target(operation), self.headers(operation)
        body = self.body(operation, headers)
        if rng.random() < 0.03:
            method = rng.choice(METHODS)
        if rng.random() < 0.02:
            operation, target = None, rng.choice(OTHER_PATHS)
        if operation and method != operation.method and (method, operation.method) != ("HEAD", "GET"):
            operation = None
        return Request(operation, method, target, headers, body,
                       body is not None and rng.random() < 0.2)


def clean(value):
    """What a header's value may have."""
    return "".join(c for c in value if c in string.printable and c not in "\r\n\x0b\x0c").strip()


class Client:
    """Sends requests over connections that are kept while the service keeps them."""

    def __init__(self, service):
        self.service, self.sock = service, None

    def send(self, request):
        """The answer; status 0 where there is none."""
        if not self.sock:
            self.sock = self.service.socket(60)
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        response = http.client.HTTPResponse(self.sock, method=request.method)
        try:
            try:
                self.sock.sendall(request.data)
            except ConnectionError:
                pass  # an answer may have come all the same
            response.begin()
            body = response.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            return Answer(0, [], repr(error).encode())
        if response.will_close:
            self.close()
        return Answer(response.status, response.getheaders(), body)

    def close(self):
        if self.sock:
            self.sock.close()
            self.sock = None


def fault_of(contract, request, answer):
    """What is wrong with the answer, in words; "" where nothing is."""
    if answer.status == 0:
        return "" if request.may_be_lost else f"no answer: {answer.body!r}"
    if answer.status >= 500 and answer.status != 503:
        return f"{answer.status}"
    is_head = request.method == "HEAD"
    if request.operation:
        return contract.held(request.operation, answer, is_head)
    faults = [contract.held_component(name, answer, is_head) for name in OF_NO_CALL]
    return "" if "" in faults else "; ".join(faults)


class Run:
    def __init__(self, seed):
        self.count, self.contract = Count("fuzz_openapi"), Contract()
        self.maker = Maker(self.contract, random.Random(seed))
        self.statuses = collections.Counter()
        self.num, self.before = 0, None

    def step(self, client):
        request = self.maker.one()
        answer = client.send(request)
        self.num += 1
        self.statuses[(request.operation.id if request.operation else "other", answer.status)] += 1
        fault = fault_of(self.contract, request, answer)
        self.count.check(f"request {self.num}", not fault,
                         fault and f"{fault}\n      {request.data[:1500]!r}")

    def descriptors(self, client, service, enough=0):
        """How many the service has once no connection is open; `enough` need not be waited for."""
        client.close()
        least = free_descriptors(service.process.pid)
        end = time.monotonic() + (60 if enough else 2)  # the end of a connection takes a moment
        while least > enough and time.monotonic() < end:
            time.sleep(0.02)
            least = min(least, free_descriptors(service.process.pid))
        return least

    def until(self, end, service, number):
        client = Client(service)
        while self.num < number and time.monotonic() < end and service.process.poll() is None and self.count.failed < 20:
            self.step(client)
            if self.num == SETTLED:
                self.before = self.descriptors(client, service), resident_kb(service.process.pid)
        if self.count.check("the service is there", service.process.poll() is None) and self.before:
            after = self.descriptors(client, service, self.before[0])
            self.count.check("descriptors", after <= self.before[0], (self.before, after))
            print(f"descriptors {self.before[0]}, then {after}; memory {self.before[1]} KB, "
                  f"then {resident_kb(service.process.pid)} KB")


def main():
    seconds = float(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(2 ** 32)
    number = int(sys.argv[3]) if len(sys.argv) > 3 else sys.maxsize
    print(f"seed {seed}", flush=True)
    run = Run(seed)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "tokens")
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as file:
            file.write(ADMIN + "\n")
        with Service("--admin-token-file", path) as service:
            run.until(time.monotonic() + seconds, service, number)
            status = service.stop()
            run.count.check("exit status", status == 0, (status, service.last_log[-2000:]))
            found = SANITIZER.search(service.last_log)
            run.count.check("no sanitizer complains", not found, service.last_log[-2000:])
    for (name, status), num in sorted(run.statuses.items()):
        print(f"  {name} {status}: {num}")
    run.count.finish()


main()
