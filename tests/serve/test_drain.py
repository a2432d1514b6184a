#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Starting, reloading and ending: nothing that was accepted is dropped, and what keeps the service
from starting is said plainly."""
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

from serve_lib import ACTIVATE, PROGRAM, SAMPLES, Count, Service, sample
from wire import NDJSON, WAIT, Codes, Wire, get, good_request, post, until

GOOD = good_request()
GRACE = 0.3  # s behind the call to end in which nobody's connection is closed (http_loop.c)
LIST = os.path.join(SAMPLES, "log_list.json")


class Load(threading.Thread):
    """Calls on a connection of its own until the service says that it closes. A request that was
    sent and not answered is lost; unless it was sent so late that the end of a connection without
    a request under way may have crossed it."""

    def __init__(self, service, keeps=True):
        super().__init__(daemon=True)
        self.service, self.keeps = service, keeps
        self.answered = 0
        self.unanswered = []  # when each of them was sent
        self.wrong = []
        self.start()

    def run(self):
        while True:
            try:
                wire = Wire(self.service)
            except OSError:
                return  # nobody listens any more
            with wire:
                if not self.use(wire):
                    return

    def use(self, wire):
        while True:
            fields = [] if self.keeps else [b"Connection: close"]
            try:
                wire.send(post(GOOD, *fields))
                sent = time.monotonic()
                got = wire.answer()
            except OSError as error:
                self.wrong.append(repr(error))
                return False
            if got is None:
                self.unanswered.append(sent)
                return False
            self.answered += 1
            if got.status != 200 or len(got.body) != int(got.headers["content-length"]):
                self.wrong.append((got.status, got.body[:200]))
            if got.headers.get("connection") == "close":
                return not self.keeps


def wait_exit(service):
    return service.process.wait(WAIT)


def check_load(count):
    """SIGTERM under load: keep-alive clients are answered to the last."""
    with Service("--drain-timeout", "50s") as service:
        loads = [Load(service) for _ in range(6)]
        until(lambda: all(load.answered > 20 for load in loads))
        began = time.monotonic()
        service.process.send_signal(signal.SIGTERM)
        count.equal("exit status under load", wait_exit(service), 0)
        count.check("within the limit", time.monotonic() - began < 50)
        for load in loads:
            load.join(WAIT)
        count.equal("every request was answered", [
            sent - began for load in loads for sent in load.unanswered if sent < began + GRACE], [])
        count.equal("and rightly", [load.wrong for load in loads], [[]] * 6)
        count.check("the log says so", "0 requests were cut off" in service.log())


def check_waiting(count):
    """What has connected before SIGTERM is answered, though it sends its request after it."""
    with Service("--drain-timeout", "50s", "--request-timeout", "60s") as service:
        half = Wire(service)
        half.send(post(GOOD)[:-100])
        socks = [Wire(service) for _ in range(200)]
        for wire in socks:
            wire.send(post(GOOD))
        service.process.send_signal(signal.SIGTERM)
        got = [wire.answer() for wire in socks]
        # Those that would wait for too long are told so, as ever.
        count.check("accepted ones are answered", all(
            a and (a.status == 200 or a.code() == "overloaded") for a in got),
            {a and a.status for a in got})
        count.equal("a slow one as well", half.ask(post(GOOD)[-100:]).status, 200)
        count.equal("exit status", wait_exit(service), 0)


def check_limit(count):
    """Who does not end within the limit is cut off."""
    with Service("--drain-timeout", "1s", "--request-timeout", "60s") as service:
        wire = Wire(service)
        wire.send(post(GOOD)[:-100])
        idle = Wire(service)
        idle.is_alive()
        began = time.monotonic()
        service.process.send_signal(signal.SIGTERM)
        got = wire.answer()
        count.equal("one that hangs", (got.status, got.code()), (503, "service_stopping"))
        count.check("an idle one is closed", idle.is_closed())
        count.equal("exit status", wait_exit(service), 0)
        count.check("soon", time.monotonic() - began < 45)
        count.check("the log says so", "1 requests were cut off" in service.log(), service.log())


def check_batch(count):
    """A batch under way is finished, with what is still to come of it."""
    with Service("--drain-timeout", "30s") as service:
        wire = Wire(service)
        line = GOOD + b"\n"
        wire.send(post(line * 50, target=b"/v1/evaluate/batch", kind=NDJSON,
                       length=100 * len(line)))
        wire.until(b"\r\n\r\n")
        service.process.send_signal(signal.SIGTERM)
        until(lambda: not can_connect(service))
        wire.send(line * 50)
        body = wire.chunked_body()
        count.equal("the batch is whole", (wire.is_whole, body.count(b'"result":"pass"')),
                    (True, 100))
        count.equal("exit status", wait_exit(service), 0)


def check_endless_batch(count):
    """A batch that goes on is told to end, between two reports, in time for its client to read it."""
    with Service("--drain-timeout", "4s", "--log-format", "json") as service:
        wire = Wire(service)
        line = GOOD + b"\n"
        wire.send(post(line * 3 + b'{"certificate":', target=b"/v1/evaluate/batch", kind=NDJSON,
                       length=100 * len(line)))
        count.check("it is under way", wire.until(b'"result":"pass"') is not None)
        service.process.send_signal(signal.SIGTERM)
        body = b""
        while wire.more():
            body += wire.buffer
            wire.buffer = b""
        wire.close()
        lines = [one for one in body.split(b"\n") if one.startswith(b"{")]
        count.equal("the last line says so", lines and json.loads(lines[-1])["error"]["code"],
                    "service_stopping")
        count.check("and the answer has its end", body.endswith(b"0\r\n\r\n"), body[-100:])
        count.equal("exit status", wait_exit(service), 0)
        count.check("nothing was cut off", "0 requests were cut off" in service.log())


def can_connect(service):
    try:
        Wire(service).close()
        return True
    except OSError:
        return False


def check_second(count):
    """timeout(1) sends it to the process and to its group."""
    with Service("--drain-timeout", "1h", "--request-timeout", "1h") as service:
        wire = Wire(service)
        request = post(GOOD)
        wire.send(request[:-100])
        service.process.send_signal(signal.SIGTERM)
        service.process.send_signal(signal.SIGTERM)
        until(lambda: not can_connect(service))
        for number in (signal.SIGTERM, signal.SIGINT):
            service.process.send_signal(number)
        wire.send(request[-100:])
        got = wire.answer()
        count.equal("further signals drop nothing", got and got.status, 200)
        count.equal("and it ends well", wait_exit(service), 0)


def check_refresh(count):
    """One that is under way when it ends has not failed, and keeps nobody waiting."""
    with socket.socket() as mute, tempfile.TemporaryDirectory() as folder:
        mute.bind(("127.0.0.1", 0))
        mute.listen(1)
        url = f"http://127.0.0.1:{mute.getsockname()[1]}/list"
        state = {"CTPOLICY_STATE_DIR": folder}
        with Service("--url", url, "--refresh-interval", "1h", samples=False,
                     environment=state) as service:
            mute.settimeout(WAIT)
            asked, _ = mute.accept()
            count.equal("exit status, with a refresh under way", service.stop(), 0)
            asked.close()
        lines = service.last_log.splitlines()
        count.check("and no failure of it is said", "refresh_failed" not in service.last_log and
                    "event=stopped" in lines[-1], lines)
        shown = subprocess.run([PROGRAM, "log-list", "show"], stdout=subprocess.PIPE, text=True,
                               env=dict(os.environ, **state), check=False)
        count.check("nor kept", shown.returncode == 0 and "REFRESH FAILS" not in shown.stdout,
                    shown.stdout)


def version_of(service):
    return service.call("GET", "/v1/log-list").json()["version"]


def list_of(step):
    value = json.loads(sample("log_list.json"))
    value["version"] = str(int(value["version"]) + step)
    return json.dumps(value).encode()


def put(path, data):
    with open(path + ".new", "wb") as file:
        file.write(data)
    os.rename(path + ".new", path)


def check_kill(count):
    """kill -9, and a start with the last good list of the state folder."""
    with tempfile.TemporaryDirectory() as folder:
        state = os.path.join(folder, "state")
        path = os.path.join(folder, "list.json")
        put(path, list_of(7))
        subprocess.run([PROGRAM, "log-list", "import", "--state-dir", state, path], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        times = []
        for _ in range(5):
            began = time.monotonic()
            service = Service("--state-dir", state, samples=False)
            count.check("answers", Wire(service).is_alive())
            times.append(time.monotonic() - began)
            want = str(int(json.loads(sample("log_list.json"))["version"]) + 7)
            count.equal("the last good list", version_of(service), want)
            service.process.kill()
            count.equal("killed", service.stop(signal.SIGKILL), -signal.SIGKILL)
        print(f"answering after {min(times) * 1000:.0f} to {max(times) * 1000:.0f} ms")
        count.check("soon", min(times) < 10)


def check_swap(count):
    """Lists are exchanged under load: each report names one that was in force."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "list.json")
        put(path, list_of(0))
        with Service("--log-list", path, samples=False) as service:
            base = int(version_of(service))
            seen, wrong, stopping = set(), [], threading.Event()

            def call():
                with Wire(service) as wire:
                    while not stopping.is_set():
                        got = wire.ask(post(GOOD))
                        if got is None or got.status != 200:
                            wrong.append(got and (got.status, got.body[:200]))
                            return
                        seen.add(int(got.json()["log_list"]["version"]) - base)
            threads = [threading.Thread(target=call, daemon=True) for _ in range(3)]
            for thread in threads:
                thread.start()
            batch = Wire(service)  # judged by one list from its beginning to its end
            line = GOOD + b"\n"
            batch.send(post(line, target=b"/v1/evaluate/batch", kind=NDJSON,
                            length=len(line) * 11))
            batch.more()
            for step in range(1, 11):
                put(path, list_of(step))
                service.process.send_signal(signal.SIGHUP)
                count.check(f"list {step} comes into force", until(
                    lambda s=step: int(version_of(service)) == base + s))
                batch.send(line)
            put(path, b"{}")
            service.process.send_signal(signal.SIGHUP)
            count.check("a bad one is refused", until(lambda: "reload_failed" in service.log()))
            count.equal("and the last good one stays", int(version_of(service)), base + 10)
            os.unlink(path)
            service.process.send_signal(signal.SIGHUP)
            count.check("so is none", until(lambda: service.log().count("reload_failed") == 2))
            stopping.set()
            for thread in threads:
                thread.join()
            count.equal("nothing is dropped", wrong, [])
            count.check("each report names a list that was in force",
                        seen and seen <= set(range(11)), seen)
            got = batch.answer()
            versions = {json.loads(line)["log_list"]["version"] for line in got.body.splitlines()}
            count.equal("a batch keeps its list", versions, {str(base)})
            count.equal("exit status", service.stop(), 0)


def write_token(path, mode, text="a" * 40 + "\n"):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
    os.chmod(path, mode)
    return path


def check_apart(count):
    """What is wrong with the tokens keeps no list out, and a bad list no token in."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "list.json")
        tokens = write_token(os.path.join(folder, "tokens"), 0o600)
        put(path, list_of(0))
        with Service("--log-list", path, "--token-file", tokens, samples=False) as service:
            def call(token):
                return service.call("GET", "/v1/log-list", None,
                                    {"Authorization": f"Bearer {token}"})
            base = int(call("a" * 40).json()["version"])
            os.chmod(tokens, 0o644)
            put(path, list_of(1))
            service.process.send_signal(signal.SIGHUP)
            count.check("a list, with tokens that others may read", until(
                lambda: int(call("a" * 40).json()["version"]) == base + 1))
            write_token(tokens, 0o600, "b" * 40 + "\n")
            put(path, b"{}")
            service.process.send_signal(signal.SIGHUP)
            count.check("tokens, with a bad list", until(lambda: call("b" * 40).status == 200))
            count.equal("the old token", call("a" * 40).status, 401)
            count.equal("the list", int(call("b" * 40).json()["version"]), base + 1)
            count.check("the log names the file", path in service.log(), service.log())


def check_lists(count, codes):
    """None at the start, and a stale one."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "list.json")
        with Service("--log-list", path, samples=False) as service:
            count.equal("/livez without a list", service.call("GET", "/livez").status, 200)
            for method, target in (("GET", "/readyz"), ("GET", "/v1/log-list"),
                                   ("GET", "/v1/logs")):
                got = service.call(method, target)
                count.equal(f"{target} without a list", (got.status, codes.of(got)),
                            (503, "log_list_missing"))
                count.check(f"{target}: Retry-After", "retry-after" in got.headers)
            got = service.call("GET", "/readyz")
            count.check("/readyz says why", "list.json" in got.json()["detail"], got.body)
            for target, kind in (("/v1/evaluate", "application/json"),
                                 ("/v1/evaluate/batch", "application/x-ndjson")):
                got = service.post(target, GOOD, kind)
                count.equal(f"{target} without a list", (got.status, codes.of(got)),
                            (503, "log_list_missing"))
            put(path, list_of(0))
            service.process.send_signal(signal.SIGHUP)
            count.check("ready when it is there", until(
                lambda: service.call("GET", "/readyz").status == 200))
            got = service.call("GET", "/readyz").json()
            count.equal("a stale one is a warning", got["status"], "warning")
            count.check("it says why", "stale" in got["warning"], got)
            count.equal("the report says so",
                        service.post("/v1/evaluate", sample("compliant.pem"),
                                     "application/x-pem-file").json()["log_list"]["stale"], True)
            count.equal("exit status", service.stop(), 0)


# Starting.

def start(*options, environment=None, **more):
    """Of one that ought not to start: status, and what it said."""
    run = subprocess.run([PROGRAM, "serve", "--refresh-interval", "0", "--log-list", LIST, *options],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=WAIT, check=False,
                         env={**os.environ, "CTPOLICY_LISTEN": "127.0.0.1:0", **(environment or {})}, **more)
    return run.returncode, run.stdout.decode(), run.stderr.decode()


def fails(count, codes, name, code, word, *options, **more):
    status, out, err = start(*options, **more)
    codes.seen.add(code)
    count.equal(f"{name}: exit status", (status, out), (2, ""))
    count.check(f"{name}: [{code}]", err.rstrip().endswith(f"[{code}]"), err)
    count.check(f"{name}: says what", word in err and err.startswith("ctpolicy: "), err)
    count.equal(f"{name}: one line", err.count("\n"), 1)


def check_usage(count, codes):
    with tempfile.TemporaryDirectory() as folder:
        def path(name):
            return os.path.join(folder, name)
        for name, options in (
                ("a number of threads", ["--threads", "0"]), ("a word", ["--threads", "two"]),
                ("a size", ["--max-body", "1"]), ("a time", ["--request-timeout", "10y"]),
                ("a port", ["--listen", "127.0.0.1:99999"]), ("a name", ["--listen", "example"]),
                ("no path", ["--listen", "unix:"]), ("a long path", ["--listen", "unix:" + "a" * 200]),
                ("a format", ["--log-format", "xml"]), ("an argument", ["file names"]),
                ("no such option", ["--fast"])):
            fails(count, codes, f"bad option: {name}", "bad_option", options[-1][:5], *options)
        fails(count, codes, "no token file", "unreadable_input", "nope", "--token-file",
              path("nope"))
        for mode in (0o644, 0o640, 0o620, 0o604):
            fails(count, codes, f"a token file of mode {mode:o}", "token_file_unsafe", "chmod 600",
                  "--token-file", write_token(path("t"), mode))
        fails(count, codes, "an admin's", "token_file_unsafe", "chmod 600", "--admin-token-file",
              write_token(path("t"), 0o644))
        for name, text in (("empty", ""), ("short", "abc\n"), ("odd", "a b c " * 10 + "\n")):
            fails(count, codes, f"a token file that is {name}", "token_file_invalid", "t",
                  "--token-file", write_token(path(name), 0o600, text))
        taken = socket.create_server(("127.0.0.1", 0))
        fails(count, codes, "a port that is taken", "listen_failed", "in use", "--listen",
              f"127.0.0.1:{taken.getsockname()[1]}")
        taken.close()
        if os.geteuid() != 0:
            fails(count, codes, "a port for root", "listen_failed", "", "--listen", "127.0.0.1:81")
        fails(count, codes, "an address of others", "listen_failed", "", "--listen", "192.0.2.1:0")
        check_unix_paths(count, codes, folder)


def check_unix_paths(count, codes, folder):
    path = os.path.join(folder, "http")
    put(path, b"precious")
    fails(count, codes, "a file in the socket's place", "listen_failed", "no socket", "--listen",
          "unix:" + path)
    with open(path, "rb") as file:
        count.equal("the file is as it was", file.read(), b"precious")
    os.unlink(path)
    fails(count, codes, "no folder", "listen_failed", "none", "--listen", f"unix:{folder}/none/http")
    with Service(listen="unix:" + path) as service:
        count.equal("its name", service.name, "unix:" + path)
        fails(count, codes, "a socket that is listened on", "listen_failed", "another program",
              "--listen", "unix:" + path)
        count.check("by a Unix socket", unix_wire(path).is_alive())
        got = unix_wire(path).ask(post(GOOD))
        count.equal("evaluate", got.status, 200)
        service.process.kill()
        service.stop(signal.SIGKILL)
    count.check("the killed one left its socket", os.path.exists(path))
    with Service(listen="unix:" + path) as service:
        count.check("it is replaced", unix_wire(path).is_alive())
        count.equal("exit status", service.stop(), 0)
    count.check("and is gone behind an end", not os.path.exists(path))
    if os.geteuid() == 0 and shutil.which("setpriv"):
        program = os.path.join(folder, "ctpolicy")
        shutil.copy(PROGRAM, program)
        shutil.copy(LIST, folder)
        os.chmod(folder, 0o755)
        run = subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", program,
                              "serve", "--log-list", os.path.join(folder, "log_list.json"),
                              "--listen", "unix:" + path], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, timeout=WAIT, check=False,
                             env={**os.environ, "GCOV_PREFIX": folder})
        count.equal("no permission: exit status", run.returncode, 2)
        count.check("no permission: says so", b"listen_failed" in run.stderr, run.stderr)
    else:
        count.skip("no other user to be")


def unix_wire(path):
    sock = socket.socket(socket.AF_UNIX)
    sock.settimeout(WAIT)
    sock.connect(path)
    return Wire(sock)


# With a service manager.

def check_activation(count):
    server = socket.create_server(("127.0.0.1", 0))
    server.set_inheritable(True)
    port = server.getsockname()[1]
    early = socket.create_connection(("127.0.0.1", port), WAIT)
    early.sendall(get(b"/livez"))
    process = subprocess.Popen(
        [sys.executable, "-c", ACTIVATE, str(server.fileno()), "1", PROGRAM, "serve",
         "--refresh-interval", "0", "--log-list", LIST], stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, close_fds=False)
    count.equal("activation: where", process.stdout.readline().decode().strip(),
                f"listening on http://127.0.0.1:{port}")
    count.equal("who came before is answered", Wire(early).answer().status, 200)
    process.terminate()
    count.equal("activation: exit status", process.wait(WAIT), 0)
    process.stdout.close()
    late = socket.create_connection(("127.0.0.1", port), 5)
    count.check("the socket is still the manager's", late is not None)
    late.close()
    early.close()
    server.close()


def check_notify(count):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "notify")
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        manager.bind(path)
        manager.settimeout(WAIT)

        def wait_for(word):
            end = time.monotonic() + WAIT
            while time.monotonic() < end:
                text = manager.recv(4096).decode()
                if text.startswith(word):
                    return text
            return None
        with Service(environment={"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "2000000"}) as service:
            count.check("STATUS=", wait_for("STATUS="))
            count.equal("READY=1", wait_for("READY"), "READY=1")
            for _ in range(3):
                count.equal("WATCHDOG=1", wait_for("WATCHDOG"), "WATCHDOG=1")
            service.process.send_signal(signal.SIGHUP)
            count.check("RELOADING=1", "MONOTONIC_USEC=" in wait_for("RELOADING"))
            count.equal("READY=1 again", wait_for("READY"), "READY=1")
            service.process.send_signal(signal.SIGTERM)
            count.equal("STOPPING=1", wait_for("STOPPING"), "STOPPING=1")
            count.equal("exit status", wait_exit(service), 0)
        manager.close()


def check_full_log(count):
    """Nobody reads the log, and the pipe is full: the service goes on, and ends."""
    reading, writing = os.pipe()
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [PROGRAM, "serve", "--listen", "127.0.0.1:0", "--refresh-interval", "0"],
            stdout=subprocess.PIPE, stderr=writing,
            env=dict(os.environ, CTPOLICY_STATE_DIR=os.path.join(folder, "state")))
        os.close(writing)
        port = int(process.stdout.readline().rsplit(b":", 1)[1])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        good = 0
        for _ in range(1000):  # some 200 KB of lines; a pipe takes 64
            connection.request("GET", "/livez")
            answer = connection.getresponse()
            good += answer.status == 200 and answer.read() != b""
        connection.close()
        count.equal("answered, with the log full", good, 1000)
        process.send_signal(signal.SIGHUP)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.1)
        process.send_signal(signal.SIGHUP)  # is nothing in draining
        count.equal("exit status, with the log full", process.wait(60), 0)
        process.stdout.close()
    os.close(reading)


def main():
    count = Count("drain")
    check_full_log(count)
    codes = Codes()
    check_load(count)
    check_waiting(count)
    check_limit(count)
    check_batch(count)
    check_endless_batch(count)
    check_second(count)
    check_refresh(count)
    check_kill(count)
    check_swap(count)
    check_apart(count)
    check_lists(count, codes)
    check_usage(count, codes)
    check_activation(count)
    check_notify(count)
    codes.write()
    count.finish()


main()
