# SPDX-License-Identifier: Apache-2.0
"""A running `ctpolicy serve` for tests, on a loopback port of its own, and raw HTTP to it."""
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "cli"))

PROGRAM = os.environ.get("CTPOLICY", "./ctpolicy")
SAMPLES = os.path.join(HERE, "..", "samples")
AT = "2026-06-01T12:00:00Z"  # when the samples were issued
START_SECONDS = 60


# Before a command, with a socket's descriptor and how many are passed: as systemd starts it.
ACTIVATE = """import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ["LISTEN_PID"] = str(os.getpid())
os.environ["LISTEN_FDS"] = sys.argv[2]
os.set_inheritable(3, True)
os.execv(sys.argv[3], sys.argv[3:])
"""


class Count:
    """What passed and what did not."""

    def __init__(self, name):
        self.name = name
        self.passed = self.failed = self.skipped = 0

    def check(self, what, good, detail=""):
        if good:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {what}: {detail}"[:2000])
        return good

    def equal(self, what, got, want):
        return self.check(what, got == want, f"is {got!r}, want {want!r}")

    def skip(self, why):
        self.skipped += 1
        print(f"skipped: {why}")

    def finish(self):
        print(f"{self.name}: {self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        sys.exit(1 if self.failed else 0)


class Answer:
    """The status, headers (lower-case names) and body of one answer."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = {name.lower(): value for name, value in headers}
        self.body = body

    def json(self):
        return json.loads(self.body)

    def code(self):
        """Of a problem; None of anything else."""
        kind = self.headers.get("content-type") or ""
        if kind.startswith("text/html"):  # a page that says the same
            page = self.body.decode("utf-8", "replace").replace("<wbr>", "")
            got = re.search(r'class="verdict bad".*?<code>(\w+)</code>', page, re.S)
            return got[1] if got else None
        if kind != "application/problem+json":
            return None
        return self.json().get("code")


class Service:
    """Starts the service, says where it is, and ends it."""

    def __init__(self, *options, environment=None, listen="127.0.0.1:0", samples=True,
                 program=PROGRAM, wrapper=(), pass_fds=()):
        self.folder = tempfile.TemporaryDirectory()
        self.log_path = os.path.join(self.folder.name, "log")
        environ = dict(os.environ, CTPOLICY_STATE_DIR=os.path.join(self.folder.name, "state"))
        environ.update(environment or {})
        words = [*wrapper, program, "serve", *options]
        if "--refresh-interval" not in options:
            words += ["--refresh-interval", "0"]
        if listen:
            words += ["--listen", listen]
        if samples:
            words += ["--log-list", os.path.join(SAMPLES, "log_list.json")]
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=log, env=environ,
                                            pass_fds=pass_fds)
        line = self.process.stdout.readline().decode()
        self.name = line.removeprefix("listening on ").strip()
        self.port = int(self.name.rsplit(":", 1)[1]) if self.name.startswith("http") else None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def stop(self, number=signal.SIGTERM):
        """Ends it; returns the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        status = self.process.wait(60)
        self.process.stdout.close()
        if self.folder:
            self.last_log = self.log()
            self.folder.cleanup()
            self.folder = None
        return status

    def connect(self, timeout=30):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def socket(self, timeout=30):
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout)

    def call(self, method, target, body=None, headers=None, connection=None):
        own = connection or self.connect()
        own.request(method, target, body, headers or {})
        answer = own.getresponse()
        out = Answer(answer.status, answer.getheaders(), answer.read())
        if not connection:
            own.close()
        return out

    def post(self, target, body, content_type="application/json", **headers):
        fields = {"Content-Type": content_type}
        fields.update({name.replace("_", "-"): value for name, value in headers.items()})
        return self.call("POST", target, body, fields)

    def raw(self, data, timeout=30):
        """Sends bytes as they are; returns all that comes until the service closes."""
        with self.socket(timeout) as sock:
            try:
                sock.sendall(data)
                sock.shutdown(socket.SHUT_WR)
            except OSError:
                pass
            return read_all(sock)


def read_all(sock):
    out = b""
    while True:
        try:
            piece = sock.recv(65536)
        except ConnectionError:
            return out
        if not piece:
            return out
        out += piece


def status_of(raw):
    """Of a raw answer; 0 where there is none."""
    return int(raw.split(b" ", 2)[1]) if raw.startswith(b"HTTP/1.") else 0


def sample(name):
    with open(os.path.join(SAMPLES, name), "rb") as file:
        return file.read()


def free_descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def resident_kb(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
    return 0
