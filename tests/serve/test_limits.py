#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Limits hold, who is slow is dropped, and nobody else waits for them; all of it is given back."""
import os
import resource
import select
import signal
import socket
import time

from serve_lib import Count, Service, free_descriptors, resident_kb
from wire import (NDJSON, PROBLEM, WAIT, Bystander, Codes, Wire, get, good_request, metric, post,
                  until)

GOOD = good_request()
SLOW = bool(os.environ.get("CTPOLICY_TEST_SLOW"))  # a sanitizer, with memory of its own
IDLE = 10000


def refused(service, why):
    return int(metric(service, f'ctpolicy_http_refused_total{{reason="{why}"}}') or 0)


def is_refused(count, codes, name, wire, status):
    """Without being asked, and the end."""
    got = wire.answer()
    if not count.check(f"{name}: is answered", got is not None):
        return
    count.equal(name, (got.status, got.headers.get("content-type"), codes.of(got)),
                (status, PROBLEM, "overloaded"))
    count.check(f"{name}: Retry-After", int(got.headers.get("retry-after", 0)) > 0)
    count.check(f"{name}: ends", wire.is_closed())


def check_connections(count, codes):
    """In all, and of an address."""
    for option, num, status, other in (
            ("--max-connections", 5, 503, None),
            ("--max-connections-per-address", 5, 429, "127.0.0.2")):
        with Service(option, str(num)) as service:
            wires = [Wire(service) for _ in range(num)]
            count.check(f"{option}: all are served", all(wire.is_alive() for wire in wires))
            for n in range(3):
                with Wire(service) as wire:
                    is_refused(count, codes, f"{option} {n}", wire, status)
            with Wire(service) as wire:  # and with a request that is there already
                wire.send(get(b"/livez"))
                is_refused(count, codes, f"{option}, asked", wire, status)
            if other:
                sock = socket.create_connection(("127.0.0.1", service.port), WAIT, (other, 0))
                count.check("another address is served", Wire(sock).is_alive())
                sock.close()
            count.check(f"{option}: the others go on", all(wire.is_alive() for wire in wires))
            wires.pop().close()
            count.check(f"{option}: a place is free again",
                        until(lambda s=service: Wire(s).is_alive()))
            for wire in wires:
                wire.close()
            count.equal("exit status", service.stop(), 0)


def asked_at_once(service, requests):
    """All of them are in the sockets before the service sees the first; their connections."""
    wires = [Wire(service) for _ in requests]
    alive = all(wire.is_alive() for wire in wires)
    os.kill(service.process.pid, signal.SIGSTOP)
    try:
        for wire, data in zip(wires, requests):
            wire.send(data)
    finally:
        os.kill(service.process.pid, signal.SIGCONT)
    return wires if alive else []


def check_in_flight(count, codes):
    """As many as may wait to be judged are judged, and the others refused; none is lost."""
    with Service("--threads", "1", "--max-in-flight", "3") as service:
        wires = asked_at_once(service, [post(GOOD)] * 20)
        answers = [wire.answer() for wire in wires]
        done = [got for got in answers if got and got.status == 200]
        late = [got for got in answers if got and got.status == 503]
        count.equal("each is answered", len(done) + len(late), 20)
        count.check("some are judged", len(done) >= 3, len(done))
        count.check("some are refused", len(late) >= 1, len(late))
        for got in late:
            count.equal("in flight", codes.of(got), "overloaded")
            count.check("Retry-After", int(got.headers.get("retry-after", 0)) > 0)
        count.check("all connections go on", all(w.ask(post(GOOD)).status == 200 for w in wires))
        count.check("the metrics say so", refused(service, "overload") >= len(late))
        for wire in wires:
            wire.close()
        count.equal("exit status", service.stop(), 0)


def check_slow_bodies(count):
    """Requests that hang keep nobody from a place, and do not hold all of the memory."""
    large = 1024 * 1024
    num = 40 if SLOW else 450
    with Service("--max-in-flight", "3", "--request-timeout", "120s", "--threads", "2") as service:
        before = resident_kb(service.process.pid)
        with Bystander(service) as other:
            small = [Wire(service) for _ in range(20)]
            for wire in small:
                wire.send(post(GOOD, length=len(GOOD) + 1))
            hanging = []
            for _ in range(num):
                hanging.append(Wire(service))
                hanging[-1].send(post(b" " * (large - 1), length=large))
            time.sleep(1)
        other.check(count)
        held = resident_kb(service.process.pid) - before
        print(f"{num} bodies of a MB that do not end: {held} KB held, "
              f"{refused(service, 'overload')} dropped")
        if not SLOW:
            count.check("memory has a limit", held < 380 * 1024, f"{held} KB")
            count.check("the metrics say so", refused(service, "overload") >= num - 300)
            gone = [codes_of_end(wire) for wire in hanging[:20]]
            count.check("those that waited longest were dropped",
                        set(gone) <= {None, (503, "overloaded")}, gone)
        for wire in small:
            count.equal("small ones stay", wire.ask(b" ").status, 200)
        for wire in small + hanging:
            wire.close()
        count.equal("exit status", service.stop(), 0)


def check_slow_line(count):
    """A batch's line that does not end is held as well."""
    def held():
        return int(metric(service, "ctpolicy_http_held_bytes"))

    with Service("--request-timeout", "120s") as service:
        with Wire(service) as wire:
            wire.send(post(b" " * 900000, target=b"/v1/evaluate/batch", kind=NDJSON, length=10 ** 6))
            count.check("its bytes are counted", until(lambda: held() > 900000), held())
        count.check("and given back", until(lambda: held() < 100000), held())
        count.equal("exit status", service.stop(), 0)


def codes_of_end(wire):
    """The status and code with which a connection ended; None: it was reset before they came."""
    try:
        got = wire.answer()
    except OSError:
        return None
    return got and (got.status, got.code())


def check_batches(count, codes):
    """A batch more than may be; and others besides."""
    def begin():
        wire = Wire(service)
        wire.send(post(GOOD + b"\n", target=b"/v1/evaluate/batch", kind=NDJSON, length=100000))
        return wire

    with Service("--max-batches", "2") as service:
        first = [begin() for _ in range(2)]
        for wire in first:
            count.check("the first ones are under way", wire.until(b'"result":"pass"') is not None)
        with begin() as third:
            got = third.answer()
            count.equal("one more", (got.status, codes.of(got)), (503, "overloaded"))
            count.check("Retry-After", int(got.headers.get("retry-after", 0)) > 0)
        with Wire(service) as wire:
            count.equal("others go on", wire.ask(post(GOOD)).status, 200)
        # Those that are refused hold no place, though their bodies are not over.
        late = [begin() for _ in range(3)]
        count.check("they are refused", until(lambda: refused(service, "overload") >= 4))
        first.pop().close()

        def takes_one():
            with begin() as wire:
                return wire.until(b"\r\n").startswith(b"HTTP/1.1 200")
        count.check("a place is free again", until(takes_one))
        first.pop().close()
        count.equal("exit status", service.stop(), 0)


def drip(wire, data, seconds):
    """A byte now and then, until it is answered or the connection ends."""
    end = time.monotonic() + seconds
    for at in range(len(data)):
        if select.select([wire.sock], [], [], 0.2)[0] or not wire.send(data[at:at + 1]):
            return True
        if time.monotonic() > end:
            return False
    return True


def check_time(count, codes):
    with Service("--request-timeout", "1s", "--idle-timeout", "1s") as service:
        with Wire(service) as wire:
            count.check("idle: closed", wire.is_closed() and not wire.buffer)
        with Wire(service) as wire:
            count.check("idle behind a request: closed", wire.is_alive() and wire.is_closed())
        for name, data, status in (("a slow request line", get(b"/" + b"a" * 300), None),
                                   ("slow header fields", get(b"/livez", b"X: " + b"a" * 300), 408),
                                   ("a slow body", post(GOOD), 408)):
            with Wire(service) as wire:
                whole = data.index(b"\r\n") + 2 if status else 0
                whole = data.index(b"\r\n\r\n") + 4 if name == "a slow body" else whole
                wire.send(data[:whole])
                count.check(f"{name}: is not waited for", drip(wire, data[whole:], 30))
                try:
                    got = wire.answer()
                except OSError:
                    got = None
                if got:
                    count.equal(name, (got.status, codes.of(got)), (408, "request_timeout"))
                count.check(f"{name}: closed", wire.is_closed())
        count.check("the metrics say so", refused(service, "slow_sender") >= 2)
        count.equal("exit status", service.stop(), 0)


def check_pace(count):
    """Calls one after another do not wait for the loop's rest between vain turns, of 10 ms: at its
    best a hundred of them take less than a hundred rests."""
    with Service("--threads", "1") as service, Wire(service) as wire:
        wire.ask(post(GOOD))
        times = []
        for _ in range(10):
            began = time.monotonic()
            good = all(wire.ask(post(GOOD)).status == 200 for _ in range(100))
            times.append(time.monotonic() - began)
            count.check("calls, one after another", good)
            if times[-1] < 0.8:
                break
        count.check("a hundred calls", SLOW or min(times) < 0.8, times)
        count.equal("exit status", service.stop(), 0)


def narrow(service):
    """A connection whose client takes little before it has to read."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    sock.settimeout(WAIT)
    sock.connect(("127.0.0.1", service.port))
    return Wire(sock)


def check_readers(count):
    """Readers that stop reading: of many answers, and of a batch."""
    with Service("--request-timeout", "6s", "--threads", "4", samples=False) as service:
        before = resident_kb(service.process.pid)
        with Bystander(service) as other:
            stuck = []
            for n in range(8):
                wire = narrow(service)
                wire.sock.setblocking(False)
                line = GOOD + b"\n"
                data = get(b"/v1/logs") * 2000 if n % 2 else post(
                    line * 20000, target=b"/v1/evaluate/batch", kind=NDJSON)
                stuck.append([wire, data])
            end = time.monotonic() + WAIT
            while stuck and time.monotonic() < end:
                for one in list(stuck):
                    try:
                        one[1] = one[1][one[0].sock.send(one[1][:65536]):]
                    except BlockingIOError:
                        pass
                    except OSError:
                        one[0].close()
                        stuck.remove(one)
                time.sleep(0.02)
            count.equal("readers that do not read are dropped", len(stuck), 0)
        other.check(count)
        count.check("the metrics say so", refused(service, "slow_reader") >= 8,
                    refused(service, "slow_reader"))
        grown = resident_kb(service.process.pid) - before
        count.check("memory stays", SLOW or grown < 64 * 1024, f"{grown} KB more")
        count.equal("exit status", service.stop(), 0)


def check_slow_but_steady(count):
    """Who reads slowly, but reads, gets all of a batch."""
    with Service("--request-timeout", "10s") as service:
        wire = narrow(service)
        num = 60
        wire.send(post((GOOD + b"\n") * num, target=b"/v1/evaluate/batch", kind=NDJSON))
        body = b""
        while wire.more():
            body += wire.buffer
            wire.buffer = b""
            time.sleep(0.003)
        count.equal("a steady reader gets every line", body.count(b'"result":"pass"'), num)
        count.check("and the end", body.endswith(b"0\r\n\r\n"))
        wire.close()
        count.equal("exit status", service.stop(), 0)


def idle_connections(count, wanted):
    """As many as the system lets us have, from addresses of loopback enough for their ports."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < wanted + 500:
        try:
            hard = wanted + 500
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        except (OSError, ValueError):
            _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, wanted + 500)), hard))
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    num = min(wanted, soft - 500)
    if num < wanted:
        count.skip(f"{num} idle connections, for want of descriptors")
    return num


def check_idle(count):
    num = idle_connections(count, IDLE // 10 if SLOW else IDLE)
    with Service("--max-connections", str(num + 100), "--idle-timeout", "10m",
                 "--threads", "4") as service:
        pid = service.process.pid
        with Wire(service) as wire:
            wire.is_alive()
        descriptors, memory = free_descriptors(pid), resident_kb(pid)
        began = time.monotonic()
        socks = []
        for n in range(num):
            source = (f"127.0.1.{n // 2000 + 1}", 0)
            socks.append(socket.create_connection(("127.0.0.1", service.port), WAIT, source))
            if n % 3 == 0:
                socks[-1].sendall(b"GET /livez HT")
        count.check(f"{num} connections are held", until(
            lambda: free_descriptors(pid) > descriptors + num - 5), free_descriptors(pid))
        with Bystander(service, 0.001) as other:
            time.sleep(2)
        other.check(count)
        held = resident_kb(pid) - memory
        print(f"{num} idle connections in {time.monotonic() - began:.1f} s: {held} KB, "
              f"{other.num} calls beside them, the slowest {1000 * other.slowest:.1f} ms")
        count.check("they cost little", SLOW or held < num * 16 + 8192, f"{held} KB")
        for sock in socks:
            sock.close()
        count.check("descriptors are back", until(lambda: free_descriptors(pid) <= descriptors + 1),
                    free_descriptors(pid))
        count.equal("exit status", service.stop(), 0)


def check_cuts(count):
    """Connections that end at every byte of a request, by a close and by a reset."""
    batch = post(GOOD + b"\n", target=b"/v1/evaluate/batch", kind=NDJSON)
    short = post(b'{"certificate":"AAAA"}')
    # A batch whose client is gone is one until the next look at it.
    with Service("--max-batches", "100000", "--threads", "4") as service:
        pid = service.process.pid
        with Bystander(service) as other:
            descriptors = free_descriptors(pid) + 1  # that of /metrics

            def cut_all(step):
                for data in (short, get(b"/v1/logs"), batch):
                    for at in range(0, len(data) + 1, step if len(data) > 1000 else 1):
                        with Wire(service) as wire:
                            wire.send(data[:at])
                            if at % 2:
                                wire.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                                     b"\1\0\0\0\0\0\0\0")
            memory = []
            for _ in range(2 if SLOW else 14):
                cut_all(5)
                count.check("descriptors are back", until(
                    lambda: free_descriptors(pid) <= descriptors), free_descriptors(pid))
                memory.append(resident_kb(pid))
            print(f"after each round of cuts: {memory} KB")
            # The heap grows to what the most of them took at once, and then no more.
            grown = memory[-1] - memory[len(memory) * 2 // 3]
            count.check("memory is back", SLOW or grown < 8192, f"{grown} KB more")
        other.check(count)
        count.check("no request is left", until(
            lambda: metric(service, "ctpolicy_http_requests_in_flight") in ("0", "1")),
            metric(service, "ctpolicy_http_requests_in_flight"))
        count.check("no connection is left", until(
            lambda: int(metric(service, "ctpolicy_http_connections")) <= 1),
            metric(service, "ctpolicy_http_connections"))
        count.equal("exit status", service.stop(), 0)


def main():
    count = Count("limits")
    codes = Codes()
    check_connections(count, codes)
    check_in_flight(count, codes)
    check_slow_bodies(count)
    check_slow_line(count)
    check_batches(count, codes)
    check_time(count, codes)
    check_pace(count)
    check_readers(count)
    check_slow_but_steady(count)
    check_idle(count)
    check_cuts(count)
    codes.write()
    count.finish()


main()
