#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What the running service tells of itself: metrics that add up to what was asked of it, a line of
log for each request and none of its content, trace ids, and the service manager's datagrams.
"""
import hashlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

import metrics_lib
from serve_lib import ACTIVATE, AT, HERE, Count, Service, sample, status_of
from wire import metric

PEM = "application/x-pem-file"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SECRET = "a-secret-of-the-client"
PATIENCE = 60


def ask_everything(service):
    """(what, request's body or None, answer) of each request."""
    def judge(name, **headers):
        body = sample(name)
        return name, body, service.post(f"/v1/evaluate?at={AT}&policies=apple,apple-enforced", body, PEM, **headers)
    lines = b'{"certificate":"%s"}\n{}\n' % SECRET.encode()
    return [
        judge("compliant.pem", traceparent=f"00-{TRACE}-00f067aa0ba902b7-01"),
        judge("operator-cap.pem", traceparent=f"00-{TRACE.upper()}-00f067aa0ba902b7-01"),
        ("unreadable", SECRET.encode(), service.post("/v1/evaluate", SECRET, PEM,
                                                     Authorization="Bearer " + SECRET)),
        ("batch", lines, service.post("/v1/evaluate/batch", lines, "application/x-ndjson")),
        ("unknown", None, service.call("GET", f"/{SECRET}?{SECRET}", headers={"Cookie": SECRET})),
    ]


def numbers(service):
    """Samples by name and label values."""
    text = service.call("GET", "/metrics").body.decode()
    return {(sample.name, *sample.labels.values()): sample.value
            for family in metrics_lib.families_of(text).values() for sample in family.samples}


def wait_until(what, good):
    """The first what() that is good, or the last one after a while."""
    until = time.monotonic() + PATIENCE
    value = what()
    while not good(value) and time.monotonic() < until:
        time.sleep(0.05)
        value = what()
    return value


def check_metrics(t, service, asked):
    want = {
        ("ctpolicy_http_requests_total", "evaluate", "200"): 2,
        ("ctpolicy_http_requests_total", "evaluate", "400"): 1,
        ("ctpolicy_http_requests_total", "batch", "200"): 1,
        ("ctpolicy_http_requests_total", "other", "404"): 1,
        ("ctpolicy_http_request_duration_seconds_count", "evaluate"): 3,
        ("ctpolicy_http_request_body_bytes_total", "evaluate"):
            sum(len(body) for _, body, _ in asked[:3]),
        ("ctpolicy_http_response_body_bytes_total", "other"): len(asked[4][2].body),
        ("ctpolicy_evaluations_total", "pass"): 1,
        ("ctpolicy_evaluations_total", "fail"): 1,
        ("ctpolicy_evaluations_total", "error"): 3,
        ("ctpolicy_verdicts_total", "apple", "non_compliant"): 1,
        ("ctpolicy_verdicts_total", "apple-enforced", "compliant"): 2,
        ("ctpolicy_reason_codes_total", "too_few_scts"): 1,
        ("ctpolicy_reason_codes_total", "policies_differ"): 1,
        ("ctpolicy_log_list_stale",): 1,
    }
    # A request is counted when its answer has gone, which may be after it was read.
    got = wait_until(lambda: numbers(service), lambda now: want.items() <= now.items())
    for name, value in want.items():
        t.equal(" ".join(name), got.get(name), value)
    script = os.path.join(HERE, "test_metrics_text.py")
    done = subprocess.run([sys.executable, script, f"http://127.0.0.1:{service.port}/metrics"],
                          stdout=subprocess.PIPE, text=True, timeout=PATIENCE)
    t.equal("test_metrics_text.py: " + done.stdout, done.returncode, 0)


def read_text(line):
    """logfmt as we write it."""
    pairs = re.findall(r'(\w+)=("(?:[^"\\]|\\.)*"|\S*)', line)
    return {key: json.loads(value) if value[:1] == '"' else value for key, value in pairs}


def check_log(t, log, form, asked):
    read = json.loads if form == "json" else read_text
    lines = [read(line) for line in log.splitlines()]
    for line in lines:
        t.check(f"{form}: a time with milliseconds", re.fullmatch(
            r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.get("time", "")), line)
    events = [line["event"] for line in lines]
    t.check(f"{form}: begins and ends", "started" in events and events[-1] == "stopped", events)
    by_id = {line["request_id"]: line for line in lines if line["event"] == "request"}
    for what, body, answer in asked:
        line = by_id.get(answer.headers["x-request-id"], {})
        t.equal(f"{form}: {what}: status", str(line.get("status")), str(answer.status))
        # Of an answer that is streamed, the bytes that went out: with its head and chunks.
        t.check(f"{form}: {what}: bytes out", int(line.get("bytes_out", 0)) == len(answer.body) or
                (what == "batch" and int(line["bytes_out"]) > len(answer.body)), line)
        t.equal(f"{form}: {what}: bytes in", str(line.get("bytes_in")), str(len(body or b"")))
        t.check(f"{form}: {what}: body", line.get("body_sha256", "none") in (
            "none", hashlib.sha256(body or b"").hexdigest()), line)
        t.equal(f"{form}: {what}: client", line.get("client"), "127.0.0.1")
        t.equal(f"{form}: {what}: trace", line.get("trace_id"),
                TRACE if what == "compliant.pem" else None)
    first = by_id.get(asked[0][2].headers["x-request-id"], {})
    t.equal(f"{form}: result", first.get("result"), "pass")
    t.check(f"{form}: the body's hash is there", "body_sha256" in first, first)
    t.check(f"{form}: nothing of what was sent", SECRET not in log and "BEGIN" not in log, log)


def check_traces(t, asked):
    parents = [re.fullmatch(r"00-([0-9a-f]{32})-([0-9a-f]{16})-(0[01])",
                            answer.headers.get("traceparent", "")) for _, _, answer in asked]
    if not t.check("each answer has a traceparent", all(parents), parents):
        return
    t.equal("the client's trace goes on", parents[0].group(1, 3), (TRACE, "01"))
    t.check("one that is not strictly written does not", parents[1][1] != TRACE, parents[1][0])
    t.equal("spans", len({parent[2] for parent in parents}), len(asked))
    for parent, (what, _, answer) in zip(parents, asked):
        t.equal(f"{what}: X-Request-Id is the span", answer.headers["x-request-id"], parent[2])


def test_requests(t):
    for form in ("json", "text"):
        with Service("--log-format", form) as service:
            asked = ask_everything(service)
            check_traces(t, asked)
            if metrics_lib.text_string_to_metric_families:
                check_metrics(t, service, asked)
            else:
                t.skip("metrics: there is no prometheus_client (Debian: python3-prometheus-client)")
            t.equal("ends well", service.stop(), 0)
        check_log(t, service.last_log, form, asked)


def test_notifications(t):
    """READY once it listens, again after a reload, STOPPING at its end."""
    with tempfile.TemporaryDirectory() as folder, \
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        path = os.path.join(folder, "notify")
        manager.bind(path)
        manager.settimeout(PATIENCE)
        with Service(environment={"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "2000000"}) as service:
            said = []

            def hear(prefix):
                try:
                    while not (said and said[-1].startswith(prefix)):
                        said.append(manager.recv(4096).decode())
                except socket.timeout:
                    said.append("nothing")
                return said[-1]
            t.equal("ready", hear("READY="), "READY=1")
            t.check("the manager is told where it listens",
                    any(text.startswith("STATUS=") and service.name in text for text in said), said)
            t.equal("watchdog", hear("WATCHDOG="), "WATCHDOG=1")
            before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
            service.process.send_signal(signal.SIGHUP)
            text = hear("RELOADING=")
            match = re.fullmatch(r"RELOADING=1\nMONOTONIC_USEC=(\d+)", text)
            t.check("reloading, now", match and int(match[1]) >= before, text)
            t.equal("ready again", hear("READY="), "READY=1")
            service.process.send_signal(signal.SIGTERM)
            t.equal("stopping", hear("STOPPING="), "STOPPING=1")
            t.equal("ends well", service.process.wait(PATIENCE), 0)


def messages_of(log, event):
    return [line["message"] for line in map(read_text, log.splitlines()) if line["event"] == event]


def test_limits(t):
    for options, want in (
            (["--max-connections", "50"],
             "max-body 1048576, request-timeout 10s, idle-timeout 60s, drain-timeout 30s, "
             "max-connections 50, max-connections-per-address 256 (loopback: any number), "
             "max-in-flight 1024, max-batches 128, refresh-interval 0s (none)"),
            (["--max-connections", "40", "--max-connections-per-address", "7", "--max-in-flight",
              "9", "--max-batches", "6", "--max-body", "2k", "--request-timeout", "1m", "--idle-timeout", "2s",
              "--drain-timeout", "3s", "--refresh-interval", "1d"],
             "max-body 2048, request-timeout 60s, idle-timeout 2s, drain-timeout 3s, "
             "max-connections 40, max-connections-per-address 7, max-in-flight 9, max-batches 6, "
             "refresh-interval 0s (none)")):
        with Service("--threads", "3", *options) as service:
            t.equal("ends well", service.stop(), 0)
        t.equal("limits", messages_of(service.last_log, "limits"), ["threads 3, " + want])
    # Without --log-list there is something to refresh, from where nobody listens.
    with Service("--refresh-interval", "1d", "--url", "http://127.0.0.1:1/",
                 samples=False) as service:
        t.equal("ends well", service.stop(), 0)
    t.check("a refresh", messages_of(service.last_log, "limits")[0].endswith(
        "refresh-interval 86400s"), service.last_log)


def test_open_to_others(t):
    """A socket of every address, which the system lets nobody reach but over loopback."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as server:
        tokens, path = os.path.join(folder, "tokens"), os.path.join(folder, "socket")
        with open(tokens, "w", encoding="ascii") as file:
            file.write("t" * 40)
        os.chmod(tokens, 0o600)
        try:
            server.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo")
        except PermissionError:
            t.skip("a service that is open to others: no socket can be bound to a device")
            return
        server.bind(("0.0.0.0", 0))
        server.listen(8)
        passed = {"listen": None, "pass_fds": [server.fileno()], "wrapper": [
            sys.executable, "-c", ACTIVATE, str(server.fileno()), "1"]}
        for what, options, kind, num in (("every address", [], passed, 1),
                                         ("with tokens", ["--token-file", tokens], passed, 0),
                                         ("loopback", [], {}, 0),
                                         ("a Unix socket", [], {"listen": "unix:" + path}, 0)):
            with Service(*options, **kind) as service:
                t.equal(f"{what}: ends well", service.stop(), 0)
            said = messages_of(service.last_log, "open_to_others")
            t.check(f"{what}: said where others may call", len(said) == num and all(
                service.name in text and "--token-file" in text for text in said), said)


def refused(log):
    """(in all, of an address) of each line that tells of connections that were refused."""
    return [tuple(map(int, re.findall(r"(\d+) by", text)))
            for text in messages_of(log, "connections_refused")]


def test_refused(t):
    """The first one is said at once, others together: after a while, or at the end."""
    for options, place, status in ((["--max-connections", "1"], 0, 503),
                                   (["--max-connections-per-address", "1"], 1, 429)):
        began = time.monotonic()
        with Service(*options) as service, service.socket() as held:
            held.sendall(b"GET /livez HTTP/1.1\r\nHost: test\r\n\r\n")
            t.check("the first is served", held.recv(1000).startswith(b"HTTP/1.1 200"))
            t.check("a second is not", status_of(service.raw(b"")) == status)
            t.check("that is said", wait_until(lambda: refused(service.log()), bool))
            for _ in range(20):
                service.raw(b"")
            t.equal("ends well", service.stop(), 0)
            said = refused(service.last_log)
        most = 2 + (time.monotonic() - began) / 10
        t.equal(f"each stands in one line: {said}", [sum(nums) for nums in zip(*said)],
                [21 * (place == 0), 21 * (place == 1)])
        t.check("a few lines for many", len(said) <= most, said)


def test_lost_lines(t):
    """Nobody reads the log for a while: what is lost is counted, and the log says it afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        pipe = os.path.join(folder, "log")
        os.mkfifo(pipe)
        reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        said = []

        def told():
            """How many lines the log says were lost, in all that it has said."""
            try:
                said.append(os.read(reading, 1 << 20).decode())
            except BlockingIOError:
                pass
            return sum(map(int, re.findall(
                r"event=log_lines_lost message=\"lines that could not be written: (\d+)\"",
                "".join(said))))

        def lost():
            return int(metric(service, "ctpolicy_log_lines_lost_total"))
        with Service(wrapper=["sh", "-c", f'exec "$@" 2> {pipe}', "sh"]) as service:
            t.equal("nothing is lost at first", lost(), 0)
            t.check("a full pipe loses lines", wait_until(lost, lambda num: num > 0))
            t.check("told without another call", wait_until(told, lambda num: num > 0))
            num = lost()
            t.equal("as many as were counted", wait_until(told, lambda now: now == num), num)
            t.check("lines are whole", all(
                line.startswith("time=") for line in "".join(said).splitlines()))
            t.equal("ends well", service.stop(), 0)
            t.equal("no more was lost", told(), num)
        os.close(reading)


def main():
    t = Count("observe")
    test_requests(t)
    test_notifications(t)
    test_limits(t)
    test_open_to_others(t)
    test_refused(t)
    test_lost_lines(t)
    t.finish()


main()
