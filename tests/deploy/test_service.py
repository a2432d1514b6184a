#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The service as ./bootstrap run starts it, and as systemd does: its messages, a socket that
was opened for it, and the system calls that the unit lets through."""
import contextlib
import http.client
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[1:1] = [os.path.join(HERE, "..", name) for name in ("cli", "fetch", "serve")]
import server  # noqa: E402
from lib import PROGRAM, ROOT, SAMPLES, clean_env, read, run_all, sample  # noqa: E402
from serve_lib import AT, Service  # noqa: E402
from units_lib import allowed_calls, deployed, traced_calls  # noqa: E402

SECONDS = 60
PEM_TYPE = {"Content-Type": "application/x-pem-file"}


def wait_for(what):
    """Until it is true, or far too long."""
    until = time.monotonic() + SECONDS
    while not what() and time.monotonic() < until:
        time.sleep(0.05)
    return what()


# ./bootstrap run.

class Clone:
    """A folder with the script and what a build would have made."""

    def __init__(self, t):
        self.folder = t.path()
        os.makedirs(os.path.join(self.folder, "tests"))
        os.symlink(SAMPLES, os.path.join(self.folder, "tests", "samples"))
        os.symlink(PROGRAM, os.path.join(self.folder, "ctpolicy"))
        script = read(os.path.join(ROOT, "bootstrap"), "r")
        head, tail = script.split("\ncase ${1-} in")
        self.script = os.path.join(self.folder, "bootstrap")
        with open(self.script, "w", encoding="utf-8") as file:
            file.write(head + "\nbuild() { :; }\nget_packages() { :; }\ncase ${1-} in" + tail)

    def run(self, *args):
        """Status and what it prints; a pipe that the service kept open would hang here."""
        done = subprocess.run(["sh", self.script, *args], env=clean_env(), text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=SECONDS * 2, check=False)
        return done.returncode, done.stdout

    def pid(self):
        path = os.path.join(self.folder, "build", "serve.pid")
        return int(read(path)) if os.path.exists(path) else None

    @contextlib.contextmanager
    def stopped_at_the_end(self):
        try:
            yield
        finally:
            self.run("stop")


def curl_of(text):
    """The command lines that it says, but for what comes in between."""
    lines = re.findall(r"^  (curl (?:.*\\\n)*.*)", text, re.M)
    return [line.replace("\\\n", " ") for line in lines]


def test_bootstrap_run(t):
    if not shutil.which("curl"):
        t.skip("./bootstrap run: there is no curl")
        return
    clone = Clone(t)
    with server.unheard() as own, clone.stopped_at_the_end():
        port = str(own.getsockname()[1])  # nobody else's
        status, out = clone.run("run", port)
        if not t.check(status == 0 and f"The service answers on 127.0.0.1:{port}" in out,
                       "it starts", out):
            return
        first = clone.pid()
        lines = curl_of(out)
        t.equal(len(lines), 2, "two calls", out)
        for line, want in zip(lines, ("PASS", "FAIL")):
            line = line.replace("@CHAIN.pem", "@tests/samples/root.pem")
            done = subprocess.run(["sh", "-c", line + " -sS"], cwd=clone.folder, text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
            t.check(done.stdout.startswith(want + ": "), line, done.stdout)
        t.check("fetch" not in read(os.path.join(clone.folder, "build", "serve.log"), "r"),
                "nothing is fetched")
        status, out = clone.run("run", port)
        t.check(status == 0 and clone.pid() not in (None, first), "again: the new one", out)
        second = clone.pid()
        status, out = clone.run("stop")
        t.check(status == 0 and out.startswith("stopped the service on "), "stop", out)
        t.check(not os.path.exists(f"/proc/{second}/stat") and clone.pid() is None, "ended")
        status, out = clone.run("stop")
        t.check(status == 0 and "nothing to stop" in out, "stop where nothing runs", out)


def test_bootstrap_taken_port(t):
    if not shutil.which("curl"):
        t.skip("./bootstrap run: there is no curl")
        return
    clone = Clone(t)
    with socket.socket() as sock, clone.stopped_at_the_end():
        sock.bind(("127.0.0.1", 0))
        sock.listen(1)
        status, out = clone.run("run", str(sock.getsockname()[1]))
        t.check(status == 1 and "PASS: " in out and "[listen_failed]" in out and
                "./bootstrap run 8081" in out, "said, and a fault", out)
        t.equal(clone.pid(), None, "nothing is left")
        with socket.socket() as usual:
            with contextlib.suppress(OSError):  # who has it already will do
                usual.bind(("127.0.0.1", 8080))
                usual.listen(1)
            status, out = clone.run("run")
            name = re.search(r"The service answers on (127\.0\.0\.1:\d+) ", out)
            t.check(status == 0 and "port 8080 is taken" in out and name and
                    name[1] != "127.0.0.1:8080" and clone.pid(), "another one", out)
            status, out = clone.run("stop")
            t.check(status == 0 and out.startswith("stopped the service on "), "stop", out)
        for port in ("eighty", "99999", "", "-j2"):
            status, out = clone.run("run", port)
            t.check(status == 2 and "usage:" in out, f"no port: {port}", out)


def test_curl_lines_of_the_readme(t):
    """Each as it stands there, in a folder with what it names."""
    if not shutil.which("curl"):
        t.skip("the README's curl lines: there is no curl")
        return
    clone = Clone(t)
    chain = read(sample("compliant.pem"), "r")
    request = read(sample("request.json"), "r").replace("\n", "")
    for name, content in (("chain.pem", chain), ("leaf.der", ssl.PEM_cert_to_DER_cert(
            chain[:chain.index("-----END") + 26])), ("requests.ndjson", (request + "\n") * 3)):
        shutil.copy(t.file(content), os.path.join(clone.folder, name))
    section = read(os.path.join(ROOT, "README.md"), "r").split("\n## The service\n")[1].split("\n## ")[0]
    lines = [line for block in re.findall(r"^```sh\n(.*?)^```", section, re.M | re.S)
             for line in block.replace("\\\n", " ").splitlines() if line.startswith("curl ")]
    t.equal(len(lines), 5, "calls")
    with Service() as service:
        for line in lines:
            t.has(line, "http://127.0.0.1:8080/v1/evaluate", "it calls the service")
            line = line.replace("curl ", "curl -q -sS -f ").replace("http://127.0.0.1:8080", service.name)
            done = subprocess.run(["sh", "-c", line], cwd=clone.folder, text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
            t.check(done.returncode == 0 and re.match(r"PASS: |FAIL: |\{.*\"result\":", done.stdout),
                    line, done.stdout)


def test_calls_of_the_readme(t):
    """The table of calls and the program agree."""
    text = read(os.path.join(ROOT, "README.md"), "r")
    table = re.search(r"^\| call \| answer \|\n.*?\n\n", text, re.M | re.S)[0]
    known = set(re.findall(r'^\t\{CALL_\w+, "([^"]+)"', read(
        os.path.join(ROOT, "src/serve/endpoints.c"), "r"), re.M))
    paths = [re.sub(r"\?.*", "", path) for path in re.findall(r"(?:GET|POST) (/[^`, ]*)", table)]
    # One of a folder stands for all in it.
    said = [path if path in known else re.sub(r"[^/]*$", "", path) for path in paths]
    t.equal(set(said) - known, set(), "there are such calls")
    t.equal(known - set(said), set(), "all are named")


def test_limits_of_the_readme(t):
    """The defaults are those that --help says."""
    text = t.run("serve", "--help").text
    table = re.search(r"^\| limit \|.*?\n\n", read(os.path.join(ROOT, "README.md"), "r"),
                      re.M | re.S)[0]
    rows = re.findall(r"`(--[a-z-]+)` (\w+)", table)
    t.check(len(rows) >= 7, "limits", rows)
    for option, value in rows:
        entry = re.search(rf"^  {option} .*?(?=^  --)", text, re.M | re.S)
        default = re.search(r"\(default:\s+(\w+)", entry[0]) if entry else None
        t.check(default and default[1] == value, f"{option} {value}", entry)


# systemd.

def call_socket(path, method="GET", target="/livez", body=None, headers=None):
    connection = http.client.HTTPConnection("localhost", timeout=SECONDS)
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.settimeout(SECONDS)
    connection.sock.connect(path)
    connection.request(method, target, body, headers or {})
    answer = connection.getresponse()
    out = answer.status, answer.read()
    connection.close()
    return out


PASS_SOCKET = """import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ["LISTEN_PID"] = str(os.getpid())
os.execv(sys.argv[2], sys.argv[2:])"""


class Manager:
    """What systemd does for a unit of Type=notify with a socket."""

    def __init__(self, t):
        self.path, messages = t.path(".sock"), t.path(".notify")
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen(16)
        self.messages = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.messages.bind(messages)
        self.messages.settimeout(SECONDS)
        self.env = {"NOTIFY_SOCKET": messages, "WATCHDOG_USEC": "4000000", "LISTEN_FDS": "1"}
        self.seen = []

    def start(self, log):
        fd = self.listener.fileno()
        words = [sys.executable, "-c", PASS_SOCKET, str(fd), PROGRAM, "serve",
                 "--refresh-interval", "0", "--log-list", sample("log_list.json")]
        with open(log, "wb") as file:
            self.process = subprocess.Popen(words, env=clean_env(self.env), pass_fds=[fd],
                                            stdout=subprocess.DEVNULL, stderr=file)

    def wait(self, word):
        """Until it says so."""
        while word not in self.seen:
            try:
                self.seen += self.messages.recv(4096).decode().split("\n")
            except TimeoutError:
                return False
        self.seen.remove(word)
        return True


def test_as_systemd_starts_it(t):
    manager, log = Manager(t), t.path()
    early = socket.socket(socket.AF_UNIX)
    early.settimeout(SECONDS)
    early.connect(manager.path)
    early.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    manager.start(log)
    try:
        t.check(manager.wait("READY=1"), "READY=1", manager.seen)
        t.check(early.recv(12) == b"HTTP/1.1 200", "a call from before its start is answered")
        early.close()
        status, body = call_socket(manager.path, "POST", f"/v1/evaluate?at={AT}",
                                   read(sample("compliant.pem")), PEM_TYPE)
        t.check(status == 200 and b'"result":"pass"' in body, "by the socket that was passed", body)
        t.check(manager.wait("WATCHDOG=1") and manager.wait("WATCHDOG=1"), "WATCHDOG=1")
        manager.process.send_signal(signal.SIGHUP)
        t.check(manager.wait("RELOADING=1") and manager.wait("READY=1"), "a reload")
        manager.process.send_signal(signal.SIGTERM)
        t.check(manager.wait("STOPPING=1"), "STOPPING=1")
        t.equal(manager.process.wait(SECONDS), 0, "exit status", read(log, "r"))
        t.check(os.path.exists(manager.path), "the socket is systemd's, and stays")
    finally:
        manager.process.kill()
        manager.process.wait()
        manager.listener.close()
        manager.messages.close()


def test_socket_unit(t):
    unit = deployed("systemd", "ctpolicy.socket")
    path = re.search(r"^ListenStream=(\S+)$", unit, re.M)[1]
    for name in ("nginx/ctpolicy.conf", "nginx/ctpolicy-batch.conf"):
        t.has(deployed(*name.split("/")), f"unix:{path};", f"{name} goes to the same socket")
    t.has(deployed("issuance", "README.md"), f"--unix-socket {path}", "and so do the curl lines")


def test_system_calls(t):
    """The unit's filter lets through what the service does: judge, refresh, reload, end."""
    if not shutil.which("systemd-analyze") or not shutil.which("strace"):
        t.skip("system calls: there is no systemd-analyze, or no strace")
        return
    allowed, trace = allowed_calls("ctpolicy.service"), t.path()
    t.check({"accept4", "epoll_wait"} & allowed and "mount" not in allowed, "the filter is read")
    new = t.run("log-list", "export").out
    with server.Server() as there:
        url = there.set("/list", server.content(new))
        tokens = t.file("an-admin-token-of-the-tests\n")
        os.chmod(tokens, 0o600)
        with Service("--admin-token-file", tokens, "--url", url, samples=False,
                     wrapper=["strace", "-f", "-qq", "-o", trace]) as service:
            pid = next((int(name) for name in read(
                f"/proc/{service.process.pid}/task/{service.process.pid}/children", "r").split()), 0)
            if not service.port or not pid:
                t.skip("system calls: strace may not look at processes here")
                return
            got = service.post(f"/v1/evaluate?at={AT}", read(sample("compliant.pem")),
                               "application/x-pem-file")
            t.equal(got.status, 200, "an evaluation")
            batch = service.post("/v1/evaluate/batch", read(sample("request.json")).replace(
                b"\n", b"") + b"\n", "application/x-ndjson", Accept_Encoding="gzip")
            t.equal(batch.status, 200, "a batch")
            got = service.call("POST", "/v1/log-list/refresh", headers={
                "Authorization": "Bearer an-admin-token-of-the-tests"})
            t.check(got.status == 202 and wait_for(lambda: "event=refresh_" in service.log()),
                    "a refresh", (got.body, service.log()))
            os.kill(pid, signal.SIGHUP)
            t.check(wait_for(lambda: service.log().count("event=list_in_force") >= 3), "a reload",
                    service.log())
            os.kill(pid, signal.SIGTERM)
            t.equal(service.process.wait(SECONDS), 0, "its end")
    t.equal(traced_calls(trace) - allowed, set(), "all are allowed")


def test_refreshed_by_others(t):
    """A timer's refresh, or another host's: the service has it soon, without being told."""
    state, lists = t.path(), t.file(t.run("log-list", "export", "--at", "now").out)
    with Service("--state-dir", state, samples=False) as service:
        def fetched():
            return service.call("GET", "/v1/log-list").json()["fetched_at"]
        t.equal(fetched(), None, "nothing is fetched yet")
        t.equal(t.run("log-list", "refresh", "--state-dir", state, "--url", lists).status, 0,
                "another process refreshes")
        t.check(wait_for(lambda: fetched() is not None), "it is in force", service.log())


run_all("service", globals())
