# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 by hand, for requests that no client library would send: bytes out, answers in."""
import json
import os
import socket
import threading
import time

from serve_lib import AT, Answer, sample

HOST = b"Host: test\r\n"
PROBLEM = "application/problem+json"
JSON = b"application/json"
NDJSON = b"application/x-ndjson"
WAIT = 60  # s, for what must come; far more than it takes


def request(method, target, *fields, body=b"", version=b"HTTP/1.1"):
    """Fields are whole lines without their end; a Host is put in front."""
    lines = b"".join(field + b"\r\n" for field in fields)
    return method + b" " + target + b" " + version + b"\r\n" + HOST + lines + b"\r\n" + body


def get(target, *fields):
    return request(b"GET", target, *fields)


def post(body, *fields, target=b"/v1/evaluate", kind=JSON, length=None, version=b"HTTP/1.1"):
    """`length`: what Content-Length says in place of the truth."""
    said = str(len(body) if length is None else length).encode()
    return request(b"POST", target, b"Content-Type: " + kind, b"Content-Length: " + said, *fields,
                   body=body, version=version)


def chunked(body, *fields, target=b"/v1/evaluate", kind=JSON):
    """`body` has its chunks around it already."""
    return request(b"POST", target, b"Content-Type: " + kind, b"Transfer-Encoding: chunked",
                   *fields, body=body)


def chunks(body, size=1000):
    pieces = [body[at:at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in pieces) + b"0\r\n\r\n"


def good_request(**more):
    return json.dumps({"certificate": sample("compliant.pem").decode(), "at": AT, **more}).encode()


class Wire:
    """One connection: send() what you like, then answer() by answer()."""

    def __init__(self, service, timeout=WAIT):
        self.sock = service if isinstance(service, socket.socket) else service.socket(timeout)
        self.sock.settimeout(timeout)
        self.buffer = b""
        self.has_ended = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.sock.close()

    def send(self, data):
        """False: the service has closed."""
        try:
            self.sock.sendall(data)
            return True
        except OSError:
            return False

    def more(self):
        """False: nothing more comes."""
        try:
            piece = b"" if self.has_ended else self.sock.recv(65536)
        except (ConnectionError, TimeoutError) as error:
            piece = b""
            if isinstance(error, TimeoutError):
                raise
        self.has_ended = not piece
        self.buffer += piece
        return bool(piece)

    def take(self, num):
        while len(self.buffer) < num and self.more():
            pass
        out, self.buffer = self.buffer[:num], self.buffer[num:]
        return out

    def until(self, mark):
        """None: the end came before."""
        while mark not in self.buffer:
            if not self.more():
                return None
        out, _, self.buffer = self.buffer.partition(mark)
        return out

    def body(self, headers):
        if headers.get("transfer-encoding") == "chunked":
            return self.chunked_body()
        if "content-length" in headers:
            return self.take(int(headers["content-length"]))
        while self.more():
            pass
        out, self.buffer = self.buffer, b""
        return out

    def chunked_body(self):
        """Without the last chunk the answer is cut: then `is_whole` is False."""
        out = b""
        self.is_whole = False
        while True:
            line = self.until(b"\r\n")
            if line is None:
                return out
            size = int(line, 16)
            data = self.take(size + 2)
            if size == 0:
                self.is_whole = True
                return out
            out += data[:size]

    def answer(self, is_head=False):
        """The next answer that is not 1xx; None where the connection ended before it."""
        self.interim = []
        while True:
            head = self.until(b"\r\n\r\n")
            if head is None:
                return None
            lines = head.decode("latin-1").split("\r\n")
            status = int(lines[0].split(" ")[1])
            fields = [tuple(line.split(": ", 1)) for line in lines[1:]]
            if status >= 200:
                break
            self.interim.append(status)
        out = Answer(status, fields, b"")
        if not is_head and status != 304:
            out.body = self.body(out.headers)
        return out

    def ask(self, data, is_head=False):
        self.send(data)
        return self.answer(is_head)

    def is_closed(self):
        """Has the service closed, or does it soon?"""
        while self.more():
            pass
        return self.has_ended

    def is_alive(self):
        got = self.ask(get(b"/livez"))
        return got is not None and (got.status, got.body) == (200, b'{"status":"ok"}\n')


class Bystander(threading.Thread):
    """Somebody else, who calls again and again on a connection of its own and must get the same
    report each time, soon."""

    def __init__(self, service, pause=0.005):
        super().__init__(daemon=True)
        self.service, self.pause = service, pause
        self.num = 0
        self.slowest = 0.0
        self.wrong = []
        self.stopping = threading.Event()

    def __enter__(self):
        self.want = None
        until(self.ask_first)
        self.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.join()

    def ask_first(self):
        """Again where a service with short time limits gave up a slow machine's request."""
        with Wire(self.service) as wire:
            got = wire.ask(post(good_request(id="by")))
        self.want = got.body if got and got.status == 200 else None
        return self.want

    def run(self):
        with Wire(self.service) as wire:
            while not self.num or not self.stopping.wait(self.pause):
                began = time.monotonic()
                try:
                    got = wire.ask(post(good_request(id="by")))
                except OSError as error:
                    self.wrong.append(repr(error))
                    return
                self.slowest = max(self.slowest, time.monotonic() - began)
                self.num += 1
                if got is None or got.status != 200 or got.body != self.want:
                    self.wrong.append(got and (got.status, got.body[:200]))
                    return

    def check(self, count, within=30.0):
        count.equal("another client's answers", self.wrong, [])
        count.check("another client was answered", self.num > 0)
        count.check("another client was answered in time", self.slowest < within,
                    f"{self.slowest:.2f} s")


class Codes:
    """The reason codes that a suite has seen, for tests/codes.py."""

    def __init__(self):
        self.seen = set()

    def of(self, answer):
        """The code of a problem, noted; None of anything else."""
        code = answer.code()
        if code:
            self.seen.add(code)
        return code

    def write(self):
        path = os.environ.get("CTPOLICY_TEST_PRODUCED")
        if path:
            with open(path, "a", encoding="ascii") as file:
                file.writelines(code + "\n" for code in sorted(self.seen))


def metric(service, name):
    """The value of one series, as text; None where there is none."""
    for line in service.call("GET", "/metrics").body.decode().splitlines():
        if line.startswith(name + " "):
            return line.rsplit(" ", 1)[1]
    return None


def until(condition, seconds=WAIT):
    """Waits for it; False where it does not come."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
