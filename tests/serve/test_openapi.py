#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""openapi.json: a sound document, which says all that the service does and nothing that it does
not. A client made from it sends each example; each answer is held against what is documented,
and each documented answer, and each code in one, has come from some test below."""
import base64
import gzip
import http.client
import json
import os
import re
import resource
import socket
import subprocess
import sys
import tempfile

from evaluate_cases import EVALUATE_FAULTS, evaluate_faults
from openapi_lib import METHODS, OPENAPI, ROOT, Contract, files
from openapi_rules import check_document
from plan_cases import PLAN_TIMES, plan_faults
from serve_lib import AT, PROGRAM, Answer, Count, Service, sample

ADMIN, USER = "an-admin-s-token-1", "a-user-s-token-123"
AS_ADMIN, AS_USER = {"Authorization": "Bearer " + ADMIN}, {"Authorization": "Bearer " + USER}
JSON, PEM, NDJSON = "application/json", "application/x-pem-file", "application/x-ndjson"
CODE_ROW = re.compile(r'^CODE\(\w+,\s*"(\w+)"', re.M)
MESSAGE_CODE = re.compile(r"\[([a-z0-9_]+)\]$", re.M)
with open(PROGRAM, "rb") as program:
    SANITIZED = b"__asan_init" in program.read()


class Suite:
    def __init__(self):
        self.count = Count("openapi")
        self.contract = Contract()
        self.codes = set()  # of messages

    def held(self, what, operation, answer, want=None, code=None):
        """Holds an answer against the document; `want` and `code`: what it must be."""
        name = f"{what}: {operation.id}"
        if want is not None:
            self.count.equal(f"{name}: status", answer.status, want)
        if code:
            self.count.equal(f"{name}: code", answer.code(), code)
        fault = self.contract.held(operation, answer)
        self.count.check(name, not fault, fault)

    def held_component(self, what, name, answer):
        fault = self.contract.held_component(name, answer)
        self.count.check(f"{what}: {name}", not fault, fault)


def answer_in(sock):
    """The answer that comes; status 0 where the connection ends without one."""
    response = http.client.HTTPResponse(sock)
    try:
        response.begin()
        return Answer(response.status, response.getheaders(), response.read())
    except (http.client.HTTPException, ConnectionError) as error:
        return Answer(0, [], repr(error).encode())


def raw(service, data):
    """The answer to bytes as they are."""
    with service.socket() as sock:
        sock.sendall(data)
        return answer_in(sock)


def head_of(operation, *more, target=None):
    lines = [f"{operation.method} {target or operation.target()} HTTP/1.1", "Host: ctpolicy",
             *more]
    if operation.bodies:
        lines.append(f"Content-Type: {next(iter(operation.bodies))}")
    return ("\r\n".join(lines) + "\r\n").encode()


def token_files(folder):
    options = []
    for option, token in (("--token-file", USER), ("--admin-token-file", ADMIN)):
        path = os.path.join(folder, option.strip("-"))
        with open(path, "w", encoding="ascii") as file:
            file.write(token + "\n")
        os.chmod(path, 0o600)
        options += [option, path]
    return options


def call(service, operation, values=None, headers=None, body=None, media=None, connection=None):
    fields = dict(headers or {})
    if media:
        fields["Content-Type"] = media
    return service.call(operation.method, operation.target(values), body, fields, connection)


def one_body(operation):
    return next(operation.examples(), (None, None, None))


def with_service(*options, **more):
    """A service that the function gets as its second argument."""
    def decorate(function):
        def run(t):
            with Service(*options, **more) as service:
                function(t, service)
                t.count.equal(f"{function.__name__}: exit status", service.stop(), 0)
        return run
    return decorate


# The document.

@with_service()
def test_document(t, service):
    operation = t.contract.operation("openapi")
    answer = call(service, operation)
    t.held("is served", operation, answer, 200)
    with open(OPENAPI, "rb") as file:
        t.count.equal("what is served is the file", answer.body, file.read())
    check_document(t.count, service)


def test_table(t):
    """The paths and methods are those of the program's own table."""
    with open(os.path.join(ROOT, "src/serve/endpoints.c"), encoding="utf-8") as file:
        text = file.read().replace("READING", '"GET, HEAD"')
    rows = re.findall(r'\{CALL_\w+, "([^"]+)", "([^"]+)", ACCESS_(\w+)', text)
    want = {(path, tuple(set(allow.split(", ")) - {"HEAD"}), access.replace("FORM", "TOKEN"))
            for path, allow, access in rows}
    got = {(re.sub(r"\{\w+\}$", "", op.path), (op.method,),
            "ADMIN" if op.needs_token() else "TOKEN" if op.takes_token() else "OPEN")
           for op in t.contract.operations}
    t.count.equal("the calls", got, want)
    t.count.check("all are found", len(rows) >= 12, len(rows))
    t.count.equal("the schemas", set(t.contract.operation("schema").of("path")[0]["schema"]["enum"]),
                  {name.removeprefix("schema/") for name in files() if name})


# Of errors in evaluating: those that a service which has begun cannot give.
NO_PROBLEMS = {"no_time", "unreadable_input", "output_failed", "bad_option", "verifier_unusable"}


def test_problem_codes(t):
    """Whatever error an evaluation may end with is a problem's code."""
    with open(os.path.join(ROOT, "src/base/codes.def"), encoding="utf-8") as file:
        errors = re.findall(r'^CODE\(\w+,\s*"(\w+)", ERROR', file.read().split("// The service")[0],
                            re.M)
    known = set(files()["schema/problem.v1.json"]["$defs"]["problem_code"]["enum"])
    t.count.equal("errors that are no problem's", set(errors) - known, NO_PROBLEMS)


@with_service()
def test_parameters(t, service):
    """Each call takes the parameters that it has, and none of the others'."""
    known = {p["name"] for op in t.contract.operations for p in op.of("query")}
    for op in t.contract.operations:
        own = {p["name"] for p in op.of("query")}
        if op.needs_token():
            continue  # test_tokens
        media, _, body = one_body(op)
        for name in known | {"other"}:
            got = call(service, op, {name: "2026-06-01"}, media=media, body=body)
            t.held(f"parameter {name}", op, got)
            t.count.equal(f"{op.id} knows {name}", got.code() != "unknown_parameter", name in own)


@with_service()
def test_media_types(t, service):
    known = {media for op in t.contract.operations for media in op.bodies}
    for op in t.contract.operations:
        for media in known | {"text/html", None} if op.bodies else ():
            got = call(service, op, media=media, body=b"x")
            t.held(f"{media}", op, got)
            t.count.equal(f"{op.id} takes {media}", got.status != 415, media in op.bodies)


# Examples, and what else goes well.

@with_service()
def test_examples(t, service):
    for op in t.contract.operations:
        if op.needs_token():
            continue
        for media, name, body in op.examples():
            t.held(f"example {media} {name}", op, call(service, op, media=media, body=body), 200)
        media, _, body = one_body(op)
        t.held("example", op, call(service, op, media=media, body=body), 200)
        examples = {p["name"]: p["example"] for p in op.parameters if p["in"] == "query"}
        for values in ({}, examples, *({name: value} for name, value in examples.items())):
            got = call(service, op, values, media=media, body=body)
            half = op.id == "planPage" and len({"not_before", "not_after"} & {*values}) == 1
            t.held(f"example {values}", op, got, 422 if half else 200)
        for one in op.of("header"):
            got = call(service, op, None, {one["name"]: one["example"]}, media=media, body=body)
            t.held(f"example of {one['name']}", op, got, 200)


@with_service()
def test_small_examples(t, service):
    """The answers that are shown have the members that answers have."""
    for op in t.contract.operations:
        for media, content in op.responses.get("200", {}).get("content", {}).items():
            if "example" in content:
                fault = t.contract.faults(content["schema"], content["example"])
                t.count.check(f"the example of {op.id}'s answer", not fault, fault)
                got = call(service, op).json()
                t.count.equal(f"{op.id}: members", {*got} - {"warning"}, {*content["example"]})
    for name, response in t.contract.components.items():
        for content in response.get("content", {}).values():
            fault = t.contract.faults(content["schema"], content["example"])
            t.count.check(f"the example of {name}", not fault, fault)


@with_service()
def test_forms(t, service):
    """Text for people, gzip both ways, ids in hex and base64url, and what HEAD says."""
    op = t.contract.operation("evaluate")
    got = call(service, op, {"at": AT}, {"Accept": "text/plain"}, sample("compliant.pem"), PEM)
    t.held("text", op, got, 200)
    t.count.equal("text", got.headers["content-type"], "text/plain; charset=utf-8")
    op = t.contract.operation("plan")
    for request, word in ((PLAN_TIMES, b"PLAN: "),
                          (dict(PLAN_TIMES, not_after="2036-01-01T00:00:00Z"), b"IMPOSSIBLE: ")):
        got = call(service, op, {"at": AT}, {"Accept": "text/plain"}, json.dumps(request), JSON)
        t.held("a plan's text", op, got, 200)
        t.count.check("a plan's text", got.body.startswith(word), got.body[:100])
    packed = {"Content-Encoding": "gzip", "Accept-Encoding": "gzip"}
    for op in t.contract.operations:
        media, _, body = one_body(op)
        if body is not None:
            got = call(service, op, None, packed, gzip.compress(as_bytes(body)), media)
            t.held("gzip", op, got, 200)
            t.count.equal(f"{op.id} in gzip", got.headers.get("content-encoding"), "gzip")
    op = t.contract.operation("log")
    log_id = base64.b64decode(op.of("path")[0]["example"])
    for text in (log_id.hex(), base64.urlsafe_b64encode(log_id).decode().rstrip("=")):
        t.held("log id", op, call(service, op, {"log_id": text}), 200)
    for op in t.contract.operations:
        if op.method == "GET":
            got, head = call(service, op), service.call("HEAD", op.target())
            fault = t.contract.held(op, head, is_head=True)
            t.count.check(f"HEAD: {op.id}", not fault and head.status == got.status, fault)
            t.count.equal(f"HEAD: {op.id}: headers", [*head.headers], [*got.headers])


@with_service()
def test_packed_files(t, service):
    """What is built into the program in gzip is what is built in without."""
    names = [f"/schema/{name}" for name in os.listdir(os.path.join(ROOT, "src/report/schemas"))]
    for target in ["/openapi.json", *names]:
        plain, packed = (service.call("GET", target, headers={"Accept-Encoding": coding})
                         for coding in ("identity", "gzip"))
        t.count.equal(f"{target}: coding", packed.headers.get("content-encoding"), "gzip")
        t.count.equal(target, gzip.decompress(packed.body), plain.body)
        t.count.check(f"{target} gains", len(packed.body) < len(plain.body) / 2, len(packed.body))


def as_bytes(body):
    return body.encode() if isinstance(body, str) else body


@with_service()
def test_chunks(t, service):
    """A body in many chunks, which come together."""
    for name, media, body in (("evaluate", PEM, sample("compliant.pem")),
                              ("evaluateBatch", NDJSON, b'{"certificate":"x"}\n' * 20)):
        op = t.contract.operation(name)
        head = f"POST {op.path} HTTP/1.1\r\nHost: ctpolicy\r\nContent-Type: {media}\r\n"
        pieces = [body[at:at + 40] for at in range(0, len(body), 40)]
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
        got = raw(service, head.encode() + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n")
        t.held("chunks", op, got, 200)
    t.count.equal("lines", len(got.body.splitlines()), 20)


@with_service()
def test_not_modified(t, service):
    for op in t.contract.operations:
        if "304" in op.responses:
            etag = call(service, op).headers["etag"]
            for text in (etag, "*", f'"x", {etag}'):
                t.held("If-None-Match", op, call(service, op, None, {"If-None-Match": text}), 304)


# What is refused.

@with_service()
def test_evaluate_faults(t, service):
    op = t.contract.operation("evaluate")
    for status, code, query, headers, body in evaluate_faults():
        got = service.call("POST", f"{op.path}?{query}", body, {"Content-Type": JSON, **headers})
        t.held(f"{code} {body[:40]}", op, got, status, code)
    op = t.contract.operation("evaluateBatch")
    for status, code, query, headers, _ in EVALUATE_FAULTS:
        if query or status in (406, 415):
            got = service.call("POST", f"{op.path}?{query}", b"", {"Content-Type": NDJSON, **headers})
            t.held(code, op, got, status, code)
    got = service.post(op.path, b"no gzip", NDJSON, Content_Encoding="gzip")
    t.held("no gzip", op, got, 200)
    t.count.equal("no gzip", json.loads(got.body)["error"]["code"], "bad_encoding")
    got = service.call("POST", "/v1/evaluate?id=a%20b", b"{", {"Content-Type": JSON})
    t.count.equal("a problem has the id", got.json().get("id"), "a b")


@with_service()
def test_page(t, service):
    """What is no certificate; test_page.py looks at the rest."""
    op = t.contract.operation("checkOnPage")
    got = call(service, op, media="application/x-www-form-urlencoded", body=b"certificate=x")
    t.held("no certificate", op, got, 422)
    op = t.contract.operation("planPage")
    got = service.call("GET", "/plan?not_before=2026-06-15&not_after=2026-06-14")
    t.held("the end before the beginning", op, got, 422)
    op = t.contract.operation("planOnPage")
    got = call(service, op, media="application/x-www-form-urlencoded", body=b"certificate=x")
    t.held("no certificate to plan with", op, got, 422)


@with_service()
def test_plan_faults(t, service):
    op = t.contract.operation("plan")
    for status, code, query, headers, body in plan_faults():
        got = service.call("POST", f"{op.path}?{query}", body, {"Content-Type": JSON, **headers})
        t.held(f"{code} {body[:60]}", op, got, status, code)


@with_service()
def test_not_found(t, service):
    for op, name in (("log", "log_id"), ("schema", "name")):
        op = t.contract.operation(op)
        t.held("not found", op, call(service, op, {name: "A" * 43 + "="}), 404, "not_found")
    for target in ("/v1", "/schema", "/page", "/lists/", "/v1/evaluate/", "/openapi.json/", "/V1/LOGS"):
        got = service.call("GET", target)
        t.count.equal(f"{target}: status", got.status, 404)
        t.held_component(target, "NotFound", got)
    op = t.contract.operation("pageFile")
    t.held("no file", op, call(service, op, {"name": "page.html"}), 404, "not_found")
    for name in ("logList", "logs", "listsPage"):
        op = t.contract.operation(name)
        got = service.call("GET", op.path + "?source=mozilla")
        t.held("no list of that source", op, got, 404, None if "Page" in name else "not_found")
    op = t.contract.operation("listsOnPage")
    got = service.call("POST", op.path, "source=mozilla",
                       {"Content-Type": "application/x-www-form-urlencoded"})
    t.held("no list of that source", op, got, 404)
    op = t.contract.operation("log")
    t.held("no id", op, call(service, op, {"log_id": "x"}), 400, "bad_parameter")


@with_service()
def test_methods(t, service):
    for op in t.contract.operations:
        allow = ", ".join(one for other in t.contract.operations if other.path == op.path
                          for one in ({"GET": ["GET", "HEAD"]}.get(other.method, [other.method])))
        for method in [m.upper() for m in METHODS] + ["PURGE"]:
            if method in allow.split(", "):
                continue
            got = service.call(method, op.target())
            t.count.equal(f"{method} {op.id}: status", got.status, 405)
            if method != "HEAD":
                is_page = got.headers["content-type"].startswith("text/html")
                t.held_component(f"{method} {op.id}",
                                 "PageMethodNotAllowed" if is_page else "MethodNotAllowed", got)
            t.count.equal(f"{method} {op.id}: Allow", got.headers.get("allow"), allow)


def refused_heads(op, largest):
    """What any call refuses, by status and code."""
    end = b"\r\n"
    query = op.target() + "?"
    yield 400, "bad_http", head_of(op, "X-A: \x01") + end
    yield 400, "bad_http", head_of(op, "Content-Length: 0", "Content-Length: 0") + end
    yield 400, "bad_parameter", head_of(op, *AS_ADMIN_LINE, target=query + "%0a") + end
    yield 400, "unknown_parameter", head_of(op, *AS_ADMIN_LINE, target=query + "x=y") + end
    yield 414, "head_too_large", head_of(op, target=query + "a" * 17000) + end
    yield 431, "head_too_large", head_of(op, "X-Much: " + "a" * 17000) + end
    if "413" in op.responses:
        length = f"Content-Length: {largest + 1}"
        yield 413, "too_large", head_of(op, *AS_ADMIN_LINE, length) + end + b"x" * (largest + 1)


AS_ADMIN_LINE = [f"{name}: {value}" for name, value in AS_ADMIN.items()]


def test_tokens_and_heads(t):
    """401 and 403, and what any call refuses for its head or length."""
    with Service("--max-body", "4k", *token_files(t.folder)) as service:
        for op in t.contract.operations:
            media, _, body = one_body(op)
            for headers, level in (({}, 0), ({"Authorization": "Bearer x"}, 0), (AS_USER, 1),
                                   (AS_ADMIN, 2)):
                got = call(service, op, None, headers, body, media)
                needs = 2 if op.needs_token() else 1 if op.takes_token() else 0
                refused = needs > level and (403 if level else 401)
                want = refused or (409 if op.needs_token() else 200)
                t.held(f"{headers}", op, got, want)
            for status, code, data in refused_heads(op, 4096):
                t.held(code, op, raw(service, data), status, code)
        t.count.equal("exit status", service.stop(), 0)


@with_service()
def test_no_admin(t, service):
    op = t.contract.operation("refreshLogList")
    t.held("without an admin's tokens", op, call(service, op), 403, "forbidden")


def test_refresh(t):
    op = t.contract.operation("refreshLogList")
    path = "file://" + os.path.abspath(os.path.join(ROOT, "tests/samples/log_list.json"))
    with Service(*token_files(t.folder), "--url", path, samples=False) as service:
        t.held("refresh", op, call(service, op, None, AS_ADMIN), 202)
        t.held("parameters", op, call(service, op, {"at": "now"}, AS_ADMIN), 400)
        t.count.equal("exit status", service.stop(), 0)


@with_service("--request-timeout", "1s")
def test_timeout(t, service):
    """Heads that do not end: all at once, for each takes a second."""
    waiting = []
    for op in t.contract.operations:
        sock = service.socket()
        sock.sendall(head_of(op))
        waiting.append((op, sock))
    for op, sock in waiting:
        with sock:
            t.held("timeout", op, answer_in(sock), 408, "request_timeout")


def begun(service, op, *more):
    """A socket with a request whose head was read, and whose body does not come."""
    sock = service.socket()
    sock.sendall(head_of(op, *more, "Content-Length: 5", "Expect: 100-continue") + b"\r\n")
    got = b""
    while b"\r\n\r\n" not in got:
        piece = sock.recv(4096)
        if not piece:
            break
        got += piece
    return sock, got


def test_stopping(t):
    """What has begun and does not end is told so."""
    waiting = []
    options = ("--drain-timeout", "1s", *token_files(t.folder))
    with Service(*options) as service:
        for op in t.contract.operations:
            if op.id != "evaluateBatch":
                sock, got = begun(service, op, *AS_ADMIN_LINE)
                t.count.check(f"{op.id} waits for a body", b" 100 " in got, got)
                waiting.append((op, sock))
        status = service.stop()
        for op, sock in waiting:
            with sock:
                t.held("stopping", op, answer_in(sock), 503, "service_stopping")
        t.count.equal("exit status", status, 0)


def test_too_many_connections(t):
    """One too many, in all or of an address, is told so before it asks, whatever that would be."""
    for option, status in (("--max-connections", 503), ("--max-connections-per-address", 429)):
        with Service(option, "1") as service, service.socket():
            for op in t.contract.operations:
                with service.socket() as sock:
                    t.held(option, op, answer_in(sock), status, "overloaded")
            t.count.equal("exit status", service.stop(), 0)


@with_service("--max-batches", "1")
def test_too_many_batches(t, service):
    op = t.contract.operation("evaluateBatch")
    media, _, body = one_body(op)
    sock, _ = begun(service, op)
    with sock:
        t.held("batches", op, call(service, op, body=body, media=media), 503, "overloaded")


def test_no_list(t):
    """Without a list nothing is judged, and /readyz says so."""
    with Service("--log-list", os.path.join(t.folder, "none.json"), samples=False) as service:
        for name in ("evaluate", "evaluateBatch", "plan", "logList", "logs", "log", "readyz"):
            op = t.contract.operation(name)
            media, _, body = one_body(op)
            got = call(service, op, body=body, media=media)
            t.held("no list", op, got, 503, "log_list_missing")
        t.count.equal("exit status", service.stop(), 0)


@with_service("--threads", "1", environment={"MALLOC_ARENA_MAX": "1"})
def test_no_memory(t, service):
    """The address space is full once the service has begun."""
    if SANITIZED:
        t.count.skip("memory cannot run out under a sanitizer")
        return
    op = t.contract.operation("evaluate")
    connection = service.connect()
    body = json.dumps({"certificate": base64.b64encode(bytes(700000)).decode()}).encode()
    call(service, op, connection=connection, media=JSON, body=b"{}")
    pid, unlimited = service.process.pid, resource.RLIM_INFINITY
    with open(f"/proc/{pid}/statm", encoding="ascii") as statm:
        size = int(statm.read().split()[0]) * resource.getpagesize()
    resource.prlimit(pid, resource.RLIMIT_AS, (size, unlimited))
    for headers, data in (({"Content-Encoding": "gzip"}, gzip.compress(body)), ({}, body)):
        got = call(service, op, None, headers, data, JSON, connection)
        t.held("no memory", op, got, 503, "out_of_memory")
    resource.prlimit(pid, resource.RLIMIT_AS, (unlimited, unlimited))
    got = call(service, op, connection=connection, media=JSON, body=body)
    t.held("memory again", op, got, 422)
    connection.close()


# Starting.

def start(t, *options, environment=None):
    """A start that must fail: its status and the codes of its messages."""
    run = subprocess.run([PROGRAM, "serve", *options], stdin=subprocess.DEVNULL, check=False,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120,
                         env={**os.environ, "CTPOLICY_STATE_DIR": t.folder, "CTPOLICY_LISTEN": "127.0.0.1:0",
                              **(environment or {})})
    codes = MESSAGE_CODE.findall(run.stderr.decode())
    t.codes.update(codes)
    return run.returncode, codes


def test_start(t):
    folder = os.path.join(t.folder, "broken")
    os.mkdir(folder)
    with open(os.path.join(folder, "libmicrohttpd.so.12"), "wb"):
        pass
    path = ":".join(filter(None, [folder, os.environ.get("LD_LIBRARY_PATH")]))
    got = start(t, "--listen", "127.0.0.1:0", environment={"LD_LIBRARY_PATH": path})
    t.count.equal("no libmicrohttpd", got, (2, ["http_unavailable"]))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        got = start(t, "--listen", f"127.0.0.1:{port}")
        t.count.equal("a port that is taken", got, (2, ["listen_failed"]))
    tokens = os.path.join(t.folder, "tokens")
    for text, mode, code in (("too short\n", 0o600, "token_file_invalid"),
                             (USER + "\n", 0o644, "token_file_unsafe")):
        with open(tokens, "w", encoding="ascii") as file:
            file.write(text)
        os.chmod(tokens, mode)
        got = start(t, "--listen", "127.0.0.1:0", "--token-file", tokens)
        t.count.equal(f"tokens {text!r}", got, (2, [code]))


# All of it.

def check_seen(t):
    """No documented answer, and no code of one, without a test that produced it."""
    t.count.equal("answers that nothing produced", t.contract.documented() - t.contract.seen, set())
    missing = t.contract.documented_codes() - t.contract.seen_codes
    if SANITIZED:
        missing.discard(("Unavailable", "out_of_memory"))
    t.count.equal("codes that nothing produced", missing, set())
    all_codes = {code for _, code in t.contract.documented_codes()}
    known = set(files()["schema/problem.v1.json"]["$defs"]["problem_code"]["enum"])
    t.count.equal("codes of problems", all_codes, known)


def write_codes(t):
    path = os.environ.get("CTPOLICY_TEST_PRODUCED")
    with open(os.path.join(ROOT, "src/base/codes.def"), encoding="utf-8") as file:
        known = set(CODE_ROW.findall(file.read()))
    if path:
        with open(path, "a", encoding="ascii") as file:
            file.writelines(code + "\n" for code in sorted((t.codes | t.contract.codes) & known))


def main():
    t = Suite()
    with tempfile.TemporaryDirectory() as whole:
        for name, test in list(globals().items()):
            if name.startswith("test_") and (len(sys.argv) == 1 or name in sys.argv):
                t.folder = os.path.join(whole, name)
                os.mkdir(t.folder)
                test(t)
    if len(sys.argv) == 1:
        check_seen(t)
    write_codes(t)
    t.count.finish()


main()
