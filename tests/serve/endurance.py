#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""endurance.py SECONDS: half of the load that the service can take, for that long. Every ten
seconds a refresh brings the lists anew, and now and then another list, or fails; reloads; clients
that hang up. Each minute a line says what the process uses, and at the end nothing may have grown
since it had warmed up, which a quarter of the time is for. Every version of the list is kept, in
memory too (some 6 KB each), so that there are no more of them than Apple publishes in months."""
import os
import signal
import sys
import tempfile
import threading
import time

from serve_lib import HERE, Count, Service, free_descriptors, resident_kb
from wire import Wire, get, good_request, metric, post

sys.path.insert(0, os.path.join(HERE, "..", "fetch"))
import refresh_lib  # noqa: E402
from server import Server, content, status  # noqa: E402

TOKEN = "e" * 40
NUM_CLIENTS = 4
GROWTH = 1.02  # of the memory
STEPS_A_LIST = 60


class Client(threading.Thread):
    """So many calls a second on one connection, of which each tenth is a bad one; a new one each
    hundred."""

    def __init__(self, service, rate):
        super().__init__(daemon=True)
        self.service, self.pause = service, 1 / rate
        self.num = self.refused = 0
        self.wrong = []
        self.stopping = threading.Event()

    def run(self):
        while not self.stopping.is_set():
            with Wire(self.service) as wire:
                self.use(wire)

    def use(self, wire):
        due = time.monotonic()
        for n in range(100):
            bad = n % 10 == 9
            got = wire.ask(post(b"rubbish") if bad else post(good_request(id=n)))
            self.num += 1
            if got is not None and got.status == 503:
                self.refused += 1
            elif got is None or got.status != (400 if bad else 200):
                self.wrong.append(got and (got.status, got.body[:200]))
                return
            due += self.pause
            if self.stopping.wait(max(0, due - time.monotonic())):
                return


def rate_of(service):
    """Calls a second that this many clients get when they do not wait."""
    clients = [Client(service, 1e9) for _ in range(NUM_CLIENTS)]
    for client in clients:
        client.start()
    time.sleep(3)
    for client in clients:
        client.stopping.set()
        client.join()
    return sum(client.num for client in clients) / 3


def disturb(service, server, step):
    """A refresh that brings another list, or fails; a reload; a client that hangs up."""
    if step % 5 == 4:
        server.set("/list", status(503))
    else:
        version = step // STEPS_A_LIST + 1
        text = refresh_lib.text_of(refresh_lib.versioned(refresh_lib.GOOD, version))
        server.set("/list", content(text, f'"{version}"'))
    service.call("POST", "/v1/log-list/refresh", headers={"Authorization": "Bearer " + TOKEN})
    if step % 3 == 0:
        service.process.send_signal(signal.SIGHUP)
    with Wire(service) as wire:
        wire.send(get(b"/v1/logs")[:-3])
    service.call("GET", "/metrics")


def run(count, service, server, seconds):
    rate = rate_of(service) / 2
    clients = [Client(service, rate / NUM_CLIENTS) for _ in range(NUM_CLIENTS)]
    for client in clients:
        client.start()
    began = time.monotonic()
    samples = []
    every = min(60, max(1, seconds / 10))
    pid = service.process.pid
    print(f"{rate:.0f} calls a second\n    time    calls  refused       kB   descriptors  swaps",
          flush=True)
    step = 0
    while time.monotonic() - began < seconds:
        step += 1
        disturb(service, server, step)
        time.sleep(max(0.2, min(10, seconds / 60)))
        now = time.monotonic() - began
        if now >= every * (len(samples) + 1):
            memory, descriptors = resident_kb(pid), free_descriptors(pid)
            samples.append((now, memory, descriptors))
            print(f"{now:8.0f} {sum(c.num for c in clients):8} {sum(c.refused for c in clients):8} "
                  f"{memory:8} {descriptors:13} {step:6}", flush=True)
    for client in clients:
        client.stopping.set()
        client.join()
    count.equal("wrong answers", [w for client in clients for w in client.wrong][:3], [])
    warm = [one for one in samples if one[0] >= seconds / 4] or samples[:1]
    early = max(one[1] for one in warm[:max(1, len(warm) // 3)])
    late = max(one[1] for one in warm[-max(1, len(warm) // 3):])
    count.check("memory does not grow", late <= early * GROWTH or seconds < 600,
                f"{early} KB, then {late} KB")
    print(f"memory {early} KB, then {late} KB; descriptors {warm[0][2]}, then {warm[-1][2]}")
    # One call may be under way, and a refresh.
    count.check("descriptors do not grow", warm[-1][2] <= warm[0][2] + 8)
    count.check("lists were exchanged", int(metric(
        service, 'ctpolicy_refresh_total{outcome="taken"}') or 0) > 0)


def main():
    seconds = float(sys.argv[1])
    count = Count("endurance")
    with tempfile.TemporaryDirectory() as folder, Server() as server:
        tokens = os.path.join(folder, "tokens")
        with open(tokens, "w", encoding="ascii") as file:
            file.write(TOKEN + "\n")
        os.chmod(tokens, 0o600)
        url = server.set("/list", content(refresh_lib.text_of(refresh_lib.GOOD), '"0"'))
        with Service("--admin-token-file", tokens, "--url", url, samples=False) as service:
            run(count, service, server, seconds)
            count.equal("exit status", service.stop(), 0)
    count.finish()


main()
