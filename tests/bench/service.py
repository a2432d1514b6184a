# SPDX-License-Identifier: Apache-2.0
"""The service's part of the benchmark: `ctpolicy serve` and a service as it is ordinarily
written, each asked by one client (load.c) on the same machine. What is measured is CPU time of
the server, so that the client's share of the machine does not count."""
import json
import os
import subprocess
import tempfile
import time

TICKS = os.sysconf("SC_CLK_TCK")
BATCH_TIMES = 20
SECONDS = 2


class Requests:
    """Files of requests for the client; none where there are no certificates."""

    def __init__(self, data):
        self.folder = tempfile.TemporaryDirectory(prefix="ctpolicy-bench-")
        self.one = os.path.join(self.folder.name, "one")
        self.batch = os.path.join(self.folder.name, "batch")
        expected = os.path.join(data, "certs", "expected.ndjson")
        self.are_there = os.path.exists(expected)
        if self.are_there:
            with open(expected, encoding="utf-8") as file:
                bodies = [body_of(data, json.loads(line)) for line in file]
            self.num = len(bodies)
            write(self.one, [post("/v1/evaluate", "application/json", body) for body in bodies])
            lines = b"".join(body + b"\n" for body in bodies) * BATCH_TIMES
            write(self.batch, [post("/v1/evaluate/batch", "application/x-ndjson", lines)])


def body_of(data, want):
    folder = os.path.join(data, "certs", want["id"])
    with open(os.path.join(folder, "leaf.pem"), encoding="ascii") as leaf, \
            open(os.path.join(folder, "issuer.pem"), encoding="ascii") as issuer:
        return json.dumps({"id": want["id"], "certificate": leaf.read(),
                           "issuer": issuer.read(), "at": want["at"]}).encode()


def post(target, content_type, body):
    head = (f"POST {target} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {content_type}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n")
    return head.encode() + body


def write(path, requests):
    with open(path, "wb") as file:
        for request in requests:
            file.write(b"%d\n" % len(request) + request)


class Server:
    """A server under way, and what it has used."""

    def __init__(self, *command):
        # pylint: disable=consider-using-with
        self.state = tempfile.TemporaryDirectory(prefix="ctpolicy-bench-")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True,
                                        env=dict(os.environ, CTPOLICY_STATE_DIR=self.state.name))
        self.port = self.process.stdout.readline().rsplit(":", 1)[1].strip()

    def cpu(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def stop(self):
        self.process.terminate()
        self.process.wait(60)
        self.process.stdout.close()
        self.state.cleanup()


def load(build, server, *args):
    """What the client says, and the server's CPU seconds meanwhile."""
    before = server.cpu()
    done = subprocess.run([f"{build}/load", server.port, *map(str, args)], check=True,
                          capture_output=True, text=True)
    out = dict(line.split() for line in done.stdout.splitlines())
    out = {name: float(value) for name, value in out.items()}
    out["cpu"] = server.cpu() - before
    return out


def ours(build, threads):
    return Server(f"{build}/ctpolicy", "serve", "--listen", "127.0.0.1:0",
                  "--refresh-interval", "0", "--threads", str(threads))


def measure(build, requests):
    """Lines "name value" of one round."""
    if not requests.are_there:
        return ""
    out = {}
    server = ours(build, 1)
    load(build, server, requests.one, 8, 1, 0)  # its tables
    one = load(build, server, requests.one, 16, SECONDS, 0)
    quiet = load(build, server, requests.one, 1, SECONDS, 100)
    time.sleep(0.2)
    rate = one["ok"] / one["seconds"]
    over = load(build, server, requests.one, 512, SECONDS, 1.5 * rate)
    batch = load(build, server, requests.batch, "batch")
    server.stop()
    server = ours(build, 2)
    load(build, server, requests.one, 8, 1, 0)
    two = load(build, server, requests.one, 32, SECONDS, 0)
    server.stop()
    server = Server(f"{build}/ordinary", "1")
    ordinary = load(build, server, requests.one, 16, SECONDS, 0)
    server.stop()
    out["serve.one_per_s"] = one["ok"] / one["cpu"]
    out["serve.batch_per_s"] = batch["ok"] / batch["cpu"]
    out["serve.ordinary_per_s"] = ordinary["ok"] / ordinary["cpu"]
    out["serve.two_threads"] = 2 * two["ok"] / two["cpu"]
    out["serve.wall_1"] = rate
    out["serve.wall_2"] = two["ok"] / two["seconds"]
    out["serve.quiet_p99_ms"] = quiet["p99_us"] / 1000
    out["serve.over_p99_ms"] = over["p99_us"] / 1000
    out["serve.over_most_ms"] = over["p100_us"] / 1000
    out["serve.over_taken"] = over["ok"] / over["seconds"] / rate
    out["serve.over_refused"] = over["refused"] / (over["ok"] + over["refused"])
    out["serve.over_failed"] = over["failed"] + one["failed"] + two["failed"]
    out["serve.over_offered"] = (over["ok"] + over["refused"]) / over["seconds"] / rate
    return "".join(f"{name} {value}\n" for name, value in out.items())
