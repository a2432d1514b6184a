#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""mixed.py NUMBER [SEED]: so many requests, a third of them hostile, by several clients at once,
while the list is exchanged every second. Every answer is held against what it ought to be, the
memory against what it was, and at the end nothing is left open.

With CTPOLICY_TEST_SLOW (a sanitizer, which keeps memory of its own) memory is not looked at.
"""
import base64
import collections
import gzip
import json
import multiprocessing
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

from cases import BODIES, FRAMES, MAX_BODY
from serve_lib import AT, PROGRAM, Count, Service, free_descriptors, resident_kb, sample
from wire import NDJSON, Wire, chunked, chunks, get, metric, post, request, until

NUM_CLIENTS = 3
SLOW = bool(os.environ.get("CTPOLICY_TEST_SLOW"))
AT_ONCE = 8  # requests that a client sends before it reads
NAMES = ["compliant.pem", "no-scts.pem", "forged-sct.pem", "operator-cap.pem", "day-too-long.pem",
         "final.pem", "precertificate.pem"]
LENGTH = re.compile(rb"\r\nContent-Length: (\d+)", re.I)
# What an answer has to be: its status; one of some bodies, or a part of the body; whether the
# connection ends behind it. `body` None: whatever.
Case = collections.namedtuple("Case", "data status bodies part ends is_hostile weight")


def good(data, bodies=None, part=b"", status=200, weight=10, ends=False):
    return Case(data, status, bodies, part, ends, False, weight)


def hostile(data, status, code, ends):
    # What is large takes longer than all the rest together.
    weight = 1 if len(data) > 20000 else 20
    return Case(data, status, None, b'"code":"%s"' % code.encode(), ends, True, weight)


def reports(requests, path):
    """By `audit`, by id."""
    lines = "".join(json.dumps(one) + "\n" for one in requests)
    run = subprocess.run([PROGRAM, "audit", "--format", "ndjson", "--log-list", path, "-"],
                         input=lines.encode(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                         check=False)
    return run.stdout.splitlines(keepends=True)


def good_cases(paths):
    requests = [{"id": name, "certificate": sample(name).decode(), "at": AT} for name in NAMES]
    by_list = [reports(requests, path) for path in paths]
    out = []
    for n, one in enumerate(requests):
        want = frozenset(lines[n] for lines in by_list)
        body = json.dumps(one).encode()
        pem = one["certificate"].encode()
        query = f"/v1/evaluate?at={AT}&id={one['id']}".encode()
        out += [good(post(body), want, weight=30), good(chunked(chunks(body, 700)), want),
                good(post(gzip.compress(body), b"Content-Encoding: gzip"), want),
                good(post(pem, target=query, kind=b"application/x-pem-file"), want),
                good(post(body, b"Expect: 100-continue"), want, weight=2),
                good(post(body, version=b"HTTP/1.0"), want, weight=2, ends=True)]
    lines = b"".join(json.dumps(one).encode() + b"\n" for one in requests)
    whole = frozenset(b"".join(one) for one in by_list)
    out += [good(post(lines, target=b"/v1/evaluate/batch", kind=NDJSON), whole, ends=True),
            good(post(gzip.compress(lines), b"Content-Encoding: gzip",
                      target=b"/v1/evaluate/batch", kind=NDJSON), whole, ends=True),
            good(get(b"/livez"), frozenset([b'{"status":"ok"}\n'])),
            good(get(b"/readyz"), part=b'"status":"warning"'),
            good(get(b"/version"), part=b'"name":"ctpolicy"'),
            good(get(b"/v1/log-list"), part=b'"name":"apple"'),
            good(get(b"/v1/logs?state=usable"), part=b'"logs":['),
            good(get(b"/metrics"), part=b"ctpolicy_http_requests_total", weight=2),
            good(get(b"/schema/report.v1.json"), part=b"$schema", weight=2),
            good(get(b"/livez", b"Connection: close"), frozenset([b'{"status":"ok"}\n']), ends=True)]
    der = base64.b64decode(b"".join(sample("compliant.pem").split(b"-----")[2].split()))
    out.append(good(post(der, target=f"/v1/evaluate?at={AT}".encode(),
                         kind=b"application/pkix-cert"), part=b'"schema":"ctpolicy.report.v1"'))
    return out


def hostile_cases():
    out = [hostile(data, status, code, False) for _, data, status, code in BODIES]
    out += [hostile(data, status, code, True) for _, data, status, code in FRAMES]
    whole = post(sample("compliant.pem"), kind=b"application/x-pem-file")
    # Cut off; what is None is not waited for.
    out += [Case(whole[:at], None, None, b"", True, True, 5) for at in (5, 40, 100, 300, 1500)]
    return out


class Client:
    def __init__(self, port, number, seed, progress, paths):
        self.port, self.number, self.progress = port, number, progress
        self.random = random.Random(seed)
        self.seen = collections.Counter()
        self.wrong = []
        self.sock, self.buffer = None, b""
        sets = [good_cases(paths), hostile_cases()]
        # Drawn beforehand: two good ones for each hostile one.
        self.drawn = [self.random.choices(cases, [case.weight for case in cases], k=20000)
                      for cases in sets]

    def open(self):
        if self.sock:
            self.sock.close()
        self.sock = socket.create_connection(("127.0.0.1", self.port), 120)
        self.buffer = b""

    def more(self):
        piece = self.sock.recv(262144)
        self.buffer += piece
        return bool(piece)

    def answer(self):
        """Status and body; None where the connection ended."""
        while True:
            while b"\r\n\r\n" not in self.buffer:
                if not self.more():
                    return None
            head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
            status = int(head[9:12])
            if status >= 200:
                break
        length = LENGTH.search(head)
        if not length:
            return status, self.chunked()
        num = int(length.group(1))
        while len(self.buffer) < num:
            if not self.more():
                return None
        body, self.buffer = self.buffer[:num], self.buffer[num:]
        return status, body

    def chunked(self):
        out = b""
        while True:
            while b"\r\n" not in self.buffer:
                if not self.more():
                    return b"cut off"
            line, _, self.buffer = self.buffer.partition(b"\r\n")
            size = int(line, 16)
            while len(self.buffer) < size + 2:
                if not self.more():
                    return b"cut off"
            out += self.buffer[:size]
            self.buffer = self.buffer[size + 2:]
            if size == 0:
                return out

    def judge(self, case, got):
        if got is None:
            self.fail(case, "no answer")
            return
        status, body = got
        self.seen[status] += 1
        if status == 503 and b'"code":"overloaded"' in body:
            return
        good_body = body in case.bodies if case.bodies else case.part in body
        if status != case.status or not good_body:
            self.fail(case, f"{status} {body[:300]!r}")

    def fail(self, case, what):
        if len(self.wrong) < 5:
            self.wrong.append(f"{case.data[:200]!r}: want {case.status} {case.part!r}, got {what}")

    def draw(self):
        """What is sent at once: as many as that, or up to one behind which the connection ends."""
        out = []
        while len(out) < AT_ONCE:
            case = self.random.choice(self.drawn[self.random.random() < 1 / 3])
            self.seen["hostile" if case.is_hostile else "good"] += 1
            out.append(case)
            if case.ends:
                break
        return out

    def exchange(self, cases):
        try:
            self.sock.sendall(b"".join(case.data for case in cases))
        except ConnectionError:
            pass  # refused before all of it was sent: the answer is there
        for case in cases:
            if case.status is not None:
                try:
                    got = self.answer()
                except (ConnectionError, TimeoutError) as error:
                    got = None
                    self.fail(case, repr(error))
                self.judge(case, got)
                if got is None:
                    self.open()
                    return
        if cases[-1].ends:
            self.open()

    def run(self):
        done = 0
        self.open()
        while done < self.number:
            cases = self.draw()
            self.exchange(cases)
            done += len(cases)
            self.progress.value = done
        self.sock.close()


def run_client(port, number, seed, progress, paths, results):
    client = Client(port, number, seed, progress, paths)
    try:
        client.run()
    except Exception as error:  # it must be told
        client.wrong.append(repr(error))
    results.put((client.seen, client.wrong))


def write_list(path, step):
    value = json.loads(sample("log_list.json"))
    value["version"] = str(int(value["version"]) + step)
    with open(path, "w", encoding="ascii") as file:
        json.dump(value, file)


def watch(service, clients, progress, number, folder, paths):
    """Exchanges the list every second; returns what the memory was, by tenth of the way."""
    tenths = [[] for _ in range(10)]
    current = os.path.join(folder, "list.json")
    swaps = 0
    while any(client.is_alive() for client in clients):
        swaps += 1
        os.symlink(paths[swaps % 2], current + ".new")
        os.rename(current + ".new", current)
        service.process.send_signal(signal.SIGHUP)
        for _ in range(10):
            done = sum(one.value for one in progress)
            tenths[min(9, done * 10 // number)].append(resident_kb(service.process.pid))
            time.sleep(0.1)
    return tenths, swaps


def check_memory(count, tenths, number):
    early, late = (sum(one) / max(1, len(one)) for one in (tenths[1], tenths[9]))
    print("memory by tenths of the way: "
          + " ".join(f"{sum(one) / len(one):.0f}" for one in tenths if one) + " KB")
    print(f"memory: {early:.0f} KB in the second tenth, {late:.0f} KB in the last one "
          f"({100 * (late - early) / max(1, early):+.2f} %)")
    if SLOW or not tenths[1] or not tenths[9]:
        count.skip("memory, of a short run or a sanitizer's")
    else:
        # In a short run pages that are touched for the first time still count for more, and how
        # many depends on what comes together: 8 MB are 500 bytes of each of its last requests.
        most = early * 1.02 if number >= 1000000 else early * 1.10 + 8192
        count.check("memory is flat", late <= most)


def run(count, number, seed, folder):
    paths = [os.path.join(folder, name) for name in ("a.json", "b.json")]
    for step, path in enumerate(paths):
        write_list(path, step)
    os.symlink(paths[0], os.path.join(folder, "list.json"))
    with Service("--log-list", os.path.join(folder, "list.json"), "--max-body", str(MAX_BODY),
                 "--threads", "4", samples=False) as service:
        pid = service.process.pid
        with Wire(service) as wire:
            wire.is_alive()
        descriptors = free_descriptors(pid)
        results = multiprocessing.Queue()
        progress = [multiprocessing.Value("q", 0, lock=False) for _ in range(NUM_CLIENTS)]
        clients = [multiprocessing.Process(target=run_client, args=(
            service.port, -(-number // NUM_CLIENTS), seed * 1000 + n, progress[n], paths, results))
            for n in range(NUM_CLIENTS)]
        began = time.monotonic()
        for client in clients:
            client.start()
        tenths, swaps = watch(service, clients, progress, number, folder, paths)
        took = time.monotonic() - began
        seen, wrong = collections.Counter(), []
        for _ in clients:
            one, faults = results.get(timeout=60)
            seen += one
            wrong += faults
        total = seen["good"] + seen["hostile"]
        print(f"{total} requests, {seen['hostile']} of them hostile, in {took:.0f} s "
              f"({total / took:.0f} a second), {swaps} lists; answers by status: "
              + ", ".join(f"{k} {v}" for k, v in sorted(
                  (k, v) for k, v in seen.items() if isinstance(k, int))))
        for fault in wrong:
            print(fault)
        count.equal("wrong answers", len(wrong), 0)
        count.check("as many as were asked for", total >= number, total)
        count.check("few were refused for want of time", SLOW or seen[503] * 20 < total, seen[503])
        check_memory(count, tenths, number)
        count.check("descriptors are back",
                    until(lambda: free_descriptors(pid) <= descriptors), free_descriptors(pid))
        for what in ("connections", "requests_in_flight"):  # that which asks is one
            count.check(f"no more {what}", until(
                lambda name=f"ctpolicy_http_{what}": metric(service, name) == "1"))
        count.equal("exit status", service.stop(), 0)
        count.check("no reload failed", "reload_failed" not in service.last_log)


def main():
    number = int(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    count = Count("mixed")
    with tempfile.TemporaryDirectory() as folder:
        run(count, number, seed, folder)
    count.finish()


if __name__ == "__main__":
    main()
