#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Whatever comes over the wire is answered as INTERFACE.md says, as a problem, and nobody else
notices: each case goes in while another client is served on a connection of its own."""
import gzip
import json
import os

from cases import BODIES, FRAMES, MAX_BODY, RUBBISH
from serve_lib import Count, Service, free_descriptors, resident_kb, sample
from wire import (NDJSON, PROBLEM, Bystander, Codes, Wire, chunked, chunks, get, good_request, post,
                  request, until)

LINE_MAX = 1024 * 1024  # of a batch (src/app/records.h)
GOOD = good_request()
SLOW = bool(os.environ.get("CTPOLICY_TEST_SLOW"))  # a sanitizer, with memory of its own


def check_problem(count, codes, name, got, status, code):
    if not count.check(f"{name} is answered", got is not None):
        return False
    count.equal(f"{name}: type", got.headers.get("content-type"), PROBLEM)
    count.equal(f"{name}: length", len(got.body), int(got.headers.get("content-length", -1)))
    if not count.equal(name, (got.status, codes.of(got)), (status, code)):
        return False
    said = got.json()
    count.equal(f"{name}: its status", said["status"], status)
    return count.check(f"{name}: says what", said["title"] and said["detail"])


def check_bodies(count, codes, service):
    """All on one connection, which stays."""
    with Wire(service) as wire:
        for name, data, status, code in BODIES:
            check_problem(count, codes, name, wire.ask(data), status, code)
            if not count.check(f"{name}: the connection goes on", wire.is_alive()):
                wire.close()
                wire = Wire(service)


def check_frames(count, codes, service):
    for name, data, status, code in FRAMES:
        with Wire(service) as wire:
            # Whatever stands behind is not taken for a request.
            check_problem(count, codes, name, wire.ask(data + get(b"/version")), status, code)
            count.check(f"{name}: the connection ends", wire.is_closed() and not wire.buffer,
                        repr(wire.buffer[:200]))


def check_rubbish(count, codes, service):
    for name, data in RUBBISH:
        with Wire(service) as wire:
            got = wire.ask(data)
            if got:
                check_problem(count, codes, name, got, 400, "bad_http")
            count.check(f"{name}: the connection ends or goes on",
                        wire.is_alive() if got and "close" not in got.headers.get(
                            "connection", "") else wire.is_closed())


def check_words(count, service):
    """What people send by mistake is called by its name."""
    packed = gzip.compress(GOOD)
    pem, der = b"application/x-pem-file", b"application/pkix-cert"
    block = b"-----BEGIN CERTIFICATE-----\n"
    for data, words in ((post(b""), "the body is empty"), (post(b"", kind=pem), "the body is empty"),
                        (post(b"", kind=der), "the body is empty"),
                        (post(packed, kind=pem), "Content-Encoding: gzip"),
                        (post(packed), "Content-Encoding: gzip"),
                        (post(block, kind=der), "it is PEM"), (post(b"x", kind=der), "it is none"),
                        (post(b"x", kind=pem), "there is no block in it")):
        with Wire(service) as wire:
            got = wire.ask(data)
            count.check(words, got and got.status == 400 and words in got.json()["detail"],
                        got and got.body)


def check_lenient(count, service):
    """Versions of libmicrohttpd differ: served, or refused as a problem."""
    cases = [("bare LF", b"GET /livez HTTP/1.1\nHost: x\n\n"),
             ("empty lines in front", b"\r\n\r\n" + get(b"/livez")),
             ("a blank behind a length", post(GOOD, length=f"{len(GOOD)} ")),
             ("a chunk's extension", chunked(b"%x;a=b\r\n%s\r\n0\r\n\r\n" % (len(GOOD), GOOD)))]
    for name, data in cases:
        with Wire(service) as wire:
            got = wire.ask(data)
            good = got is None or got.status == 200 or (
                got.status == 400 and got.code() == "bad_http")
            count.check(name, good, got and (got.status, got.body))


def check_good(count, service):
    """What looks odd and is right."""
    with Wire(service) as wire:
        want = wire.ask(post(GOOD)).body
        for name, data in [
                ("chunks", chunked(chunks(GOOD))), ("small chunks", chunked(chunks(GOOD, 1))),
                ("a trailer", chunked(chunks(GOOD)[:-2] + b"X: y\r\n\r\n")),
                ("zeros before the length", post(GOOD, length=f"000{len(GOOD)}")),
                ("identity", post(GOOD, b"Content-Encoding: identity")),
                ("gzip in two members", post(gzip.compress(GOOD[:99]) + gzip.compress(GOOD[99:]),
                                             b"Content-Encoding: gzip")),
                ("HTTP/1.2", post(GOOD, version=b"HTTP/1.2")),
                ("an upgrade", post(GOOD, b"Connection: Upgrade", b"Upgrade: h2c"))]:
            got = wire.ask(data)
            count.equal(name, got and (got.status, got.body), (200, want))
        got = wire.ask(request(b"HEAD", b"/livez"), is_head=True)
        count.equal("HEAD", (got.status, got.headers["content-length"]), (200, "16"))
        count.equal("GET with a body",
                    wire.ask(request(b"GET", b"/livez", b"Content-Length: 5", body=b"hello")).body,
                    b'{"status":"ok"}\n')
        count.check("HEAD has no body", wire.is_alive())
        got = wire.ask(post(GOOD, b"Expect: 100-continue"))
        count.equal("Expect", (got.status, got.body), (200, want))
    with Wire(service) as wire:  # only asked, the body comes behind the 100
        wire.send(post(b"", b"Expect: 100-continue", length=len(GOOD)))
        count.equal("100 Continue", wire.until(b"\r\n\r\n"), b"HTTP/1.1 100 Continue")
        got = wire.ask(GOOD)
        count.equal("behind it", (got.status, got.body), (200, want))
    for fields, ends in (([], True), ([b"Connection: keep-alive"], False)):
        with Wire(service) as wire:
            got = wire.ask(request(b"GET", b"/livez", *fields, version=b"HTTP/1.0"))
            count.equal(f"HTTP/1.0 {fields}", got.status, 200)
            count.check(f"HTTP/1.0 {fields} ends", wire.is_closed() if ends else wire.is_alive())
    with Wire(service) as wire:
        got = wire.ask(post(GOOD + get(b"/version"), length=len(GOOD)))
        count.equal("longer than it says", got.status, 200)
        count.equal("the rest is the next request", wire.answer().json()["name"], "ctpolicy")
    with Wire(service) as wire:
        wire.send(request(b"GET", b"/livez", b"Connection: close"))
        count.check("Connection: close", wire.answer().status == 200 and wire.is_closed())


def check_pipeline(count, service):
    """Answers in the order of their requests, refused ones among them."""
    kinds = [(post(good_request(id=n)), 200) if n % 3 == 0 else
             (get(b"/nope"), 404) if n % 3 == 1 else (post(b"x"), 400) for n in range(60)]
    with Wire(service) as wire:
        wire.send(b"".join(data for data, _ in kinds))
        for n, (_, status) in enumerate(kinds):
            got = wire.answer()
            if not count.equal(f"pipelined {n}", got and got.status, status):
                return
            if status == 200:
                count.equal(f"pipelined {n}: id", got.json()["id"], n)


def fill(size):
    """A request of that many bytes."""
    empty = good_request(id="")
    return good_request(id="x" * (size - len(empty)))


def check_sizes(count, codes, service):
    """At the limit, one below, one above: plain, in chunks, and decompressed."""
    for size, status in ((MAX_BODY - 1, 200), (MAX_BODY, 200), (MAX_BODY + 1, 413)):
        body = fill(size)
        for name, data in (("plain", post(body)), ("in chunks", chunked(chunks(body))),
                           ("decompressed", post(gzip.compress(body), b"Content-Encoding: gzip"))):
            with Wire(service) as wire:
                got = wire.ask(data)
                # An id may have 1,000 bytes or so: what counts is that the body was read.
                if status == 413:
                    check_problem(count, codes, f"{size} bytes {name}", got, 413, "too_large")
                else:
                    count.check(f"{size} bytes {name}", got and got.status in (200, 400, 422)
                                and got.code() != "too_large", got and got.body[:300])
                count.check(f"{size} bytes {name}: the connection goes on", wire.is_alive())


def batch(body, *fields):
    return post(body, *fields, target=b"/v1/evaluate/batch", kind=NDJSON)


def lines_of(answer):
    return [json.loads(line) for line in answer.body.splitlines()]


def codes_of(lines):
    return [line.get("error", {}).get("code") for line in lines]


def check_batches(count, codes, service):
    bad = [b"hello", b"[]", b'{"certificate":1}', b'{"certficate":"x"}', b"\xff", b"{}",
           b"[" * 200000, b'{"certificate":"a\0b"}', b"\0"]
    want = [None, *["bad_request"] * 3, "unknown_field", *["bad_request"] * 5, None]
    with Wire(service) as wire:
        got = wire.ask(batch(b"\n".join([GOOD, *bad, GOOD])))
        count.equal("bad lines", (got.status, codes_of(lines_of(got))), (200, want))
    before = resident_kb(service.process.pid)
    for length in (LINE_MAX, LINE_MAX + 1, LINE_MAX + 70000):
        with Wire(service) as wire:
            long = b"x" * length
            got = wire.ask(batch(GOOD + b"\n" + long + b"\n" + GOOD))
            want = [None, "bad_request" if length <= LINE_MAX else "too_large", None]
            count.equal(f"a line of {length}", codes_of(lines_of(got)), want)
            codes.seen.update(code for code in want if code)
    with Wire(service) as wire:  # and one that never ends, in gzip
        pieces = gzip.compress(GOOD + b"\n" + b"x" * (64 * LINE_MAX) + b"\n" + GOOD, 1)
        got = wire.ask(batch(pieces, b"Content-Encoding: gzip"))
        count.equal("a bomb of a line", codes_of(lines_of(got)), [None, "too_large", None])
    grown = resident_kb(service.process.pid) - before
    count.check("memory stays", SLOW or grown < 64 * 1024, f"{grown} KB more")


def check_broken_batches(count, service):
    packed = gzip.compress(GOOD + b"\n")
    for name, body in (("no gzip", GOOD + b"\n"), ("cut gzip", packed[:-3]),
                       ("rubbish behind gzip", packed + b"rubbish")):
        with Wire(service) as wire:
            got = wire.ask(batch(body, b"Content-Encoding: gzip"))
            lines = codes_of(lines_of(got))
            count.equal(name, (got.status, lines[-1]), (200, "bad_encoding"))
            count.equal(f"{name}: what was whole is judged", lines[:-1],
                        [] if name == "no gzip" else [None])
            count.check(f"{name}: whole", wire.is_whole and wire.is_closed())
    # The end arrives although the sender goes on for long.
    with Wire(service) as wire:
        wire.send(post(packed[:-3], b"Content-Encoding: gzip", target=b"/v1/evaluate/batch",
                       kind=NDJSON, length=1 << 30))
        for _ in range(100):
            if not count.check("the sender is not cut off", wire.send(b"\xff" * 65536)):
                break
        got = wire.answer()
        count.equal("broken gzip that goes on", codes_of(lines_of(got)), [None, "bad_encoding"])
        count.check("it is whole", wire.is_whole and wire.is_closed())
    # Rubbish in chunks when a part of the answer is out: the answer ends without its end.
    with Wire(service) as wire:
        line = GOOD + b"\n"
        wire.send(chunked(b"%x\r\n%s\r\n" % (len(line), line), target=b"/v1/evaluate/batch",
                          kind=NDJSON))
        head = wire.until(b"\r\n\r\n")
        count.check("the answer begins", head and b" 200 " in head)
        wire.send(b"rubbish\r\n")
        count.equal("a report came before", len(wire.chunked_body().splitlines()), 1)
        count.check("and no end", not wire.is_whole and b"HTTP/1.1" not in wire.buffer)
    for num in (1, 200):  # gone before the answer, and amid it
        with Wire(service) as wire:
            wire.send(post((GOOD + b"\n") * num, target=b"/v1/evaluate/batch", kind=NDJSON,
                           length=1 << 30))
            if num > 1:
                wire.until(b"\r\n\r\n")


def check_lies(count, codes):
    """A body that is shorter than it says."""
    with Service("--request-timeout", "1s", "--threads", "1") as service, \
            Bystander(service, 0.1):
        for name, data in (
                ("shorter", post(b"{}", length=10)), ("no chunk", chunked(b"")),
                ("half a chunk", chunked(b"10\r\nabc")),
                ("an endless extension", chunked(b"2;" + b"a" * 300000)),
                ("half a head", b"GET /livez HTTP/1.1\r\nHost: x\r\n")):
            with Wire(service) as wire:
                got = wire.ask(data)
                # libmicrohttpd 1 does not wait for the end of an extension.
                early = name == "an endless extension" and got and got.status == 413
                check_problem(count, codes, name, got, 413 if early else 408,
                              "too_large" if early else "request_timeout")
                count.check(f"{name}: the connection ends", wire.is_closed())
        with open(f"/proc/{service.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        used = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        count.check("waiting costs no time of the processor", SLOW or used < 3, f"{used} s")
        count.equal("exit status", service.stop(), 0)


def main():
    count = Count("hostile")
    codes = Codes()
    # As many threads on every machine, for what they take of memory.
    with Service("--max-body", str(MAX_BODY), "--threads", "4") as service:
        descriptors = free_descriptors(service.process.pid)
        with Bystander(service) as other:
            check_bodies(count, codes, service)
            check_frames(count, codes, service)
            check_rubbish(count, codes, service)
            check_words(count, service)
            check_lenient(count, service)
            check_good(count, service)
            check_pipeline(count, service)
            check_sizes(count, codes, service)
            check_batches(count, codes, service)
            check_broken_batches(count, service)
        other.check(count)
        count.check("descriptors are back", until(
            lambda: free_descriptors(service.process.pid) <= descriptors))
        count.equal("exit status", service.stop(), 0)
        secret = sample("compliant.pem").split(b"\n")[5].decode()
        count.check("nothing of a request is logged", secret not in service.last_log)
    check_lies(count, codes)
    codes.write()
    count.finish()


main()
