#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""fetch() against a server that gives every fault there is (server.py), on loopback alone.

Environment: FETCH_PROBE, the program (default build/fetch-probe), and that of
tests/cli/lib.py. Fetches run side by side, for most of them wait.
"""
import concurrent.futures
import email.utils
import gzip
import hashlib
import os
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
from lib import ROOT, SANITIZER, TIMEOUT, clean_env, loads, suite  # noqa: E402
from server import (NO_NAME, Authority, Listener, Proxy, Server, content, endless,  # noqa: E402
                    head, raw, redirect, reset, silence, status, unheard)

PROBE = os.path.abspath(os.environ.get("FETCH_PROBE")
                        or os.path.join(ROOT, "build", "fetch-probe"))
LIST = b'{"version": "1", "operators": []}' + b" " * 5000
OTHER = b'{"version": "2", "operators": []}'
ETAG, DATE = '"33a64df5"', "Sun, 06 Nov 1994 08:49:37 GMT"
SECRET = "hunter2"
# In ms. Where the fetch is to run into it, whatever was there by then; where it is to run into it
# with something there, which a quarter of it must be enough for; and where it is not to run into
# it, on a slow machine either. Pauses between tries are a sixth of it.
SHORT, SLOW, LONG = 2000, 24000, 40000
CHUNKED = head(200, {"Transfer-Encoding": "chunked"})


class Case:
    """One fetch and what is wanted of it. `tries` None: versions of libcurl differ; `also`: a
    function of the suite and the outcome."""

    def __init__(self, name, url, want="done", tries=1, text="", body=None, timeout=LONG,
                 env=None, also=None, options=()):
        self.name, self.url, self.want, self.tries = name, url, want, tries
        self.text, self.body, self.env, self.also = text, body, env, also
        self.options = ["--timeout", str(timeout), *map(str, options)]

    def run(self):
        self.done = subprocess.run([PROBE, self.url, *self.options], env=clean_env(self.env),
                                   capture_output=True, timeout=TIMEOUT)
        return self

    def check(self, t):
        said = f"{self.done.returncode} {self.done.stdout!r} {self.done.stderr!r}"
        if not t.check(self.done.returncode == 0 and not self.done.stderr
                       and not SANITIZER.search(self.done.stderr), f"{self.name}: runs", said):
            return
        for line in self.done.stdout.splitlines():
            self.check_line(t, loads(line), said)

    def check_line(self, t, got, said):
        t.check(SECRET not in said, f"{self.name}: no password", said)
        if self.want is None:
            t.check(got["result"] == "failed" or got["len"] < 1000 * len(OTHER), self.name, said)
            return
        if self.want in ("done", "not_modified"):
            t.equal((got["result"], got["code"]), (self.want, "none"), self.name, said)
        else:
            t.equal((got["result"], got["code"]), ("failed", self.want), self.name, said)
            t.produced.add(got["code"])
            t.check("; " in got["text"] and len(got["text"]) < 250,
                    f"{self.name}: says what to do", said)
            t.equal(got["len"], 0, f"{self.name}: no body", said)
        if self.tries is not None:
            t.equal(got["tries"], self.tries, f"{self.name}: tries", said)
        t.has(got["text"], self.text, f"{self.name}: text")
        if self.body is not None:
            t.equal(got["sha256"], hashlib.sha256(self.body).hexdigest(),
                    f"{self.name}: body", said)
        if self.also:
            self.also(t, got)


def run_all(t, cases):
    with concurrent.futures.ThreadPoolExecutor(48) as pool:
        for case in list(pool.map(Case.run, cases)):
            case.check(t)


def validators(etag, last_modified):
    def also(t, got):
        t.equal((got["etag"], got["last_modified"]), (etag, last_modified), "validators")
    return also


def good(server):
    """What works, and what is asked for."""
    def asked(path, header, want):
        def also(t, _):
            t.equal(server.last(path).headers.get(header), want, f"{path}: {header}")
        return also

    def polite(t, _):
        headers = server.last("/plain").headers
        t.has(headers["user-agent"], "ctpolicy/", "User-Agent")
        t.has(headers["accept-encoding"], "gzip", "Accept-Encoding")
        t.equal([h for h in headers if h.startswith("if-")], [], "not conditional")
    known = ["--etag", ETAG, "--last-modified", DATE]
    both = content(LIST, ETAG, DATE)
    yield Case("plain", server.set("/plain", content(LIST)), body=LIST, also=polite)
    yield Case("validators", server.set("/both", both), body=LIST, also=validators(ETAG, DATE))
    yield Case("304", server.set("/same", both), "not_modified", options=known,
               also=validators(ETAG, DATE))
    yield Case("304 by date", server.set("/date", content(LIST, None, DATE)), "not_modified",
               options=known[2:], also=validators("", DATE))
    yield Case("304 without validators", server.set("/bare", status(304)), "not_modified",
               options=known, also=validators("", ""))
    yield Case("a newer one", server.set("/newer", content(OTHER, '"2"')), body=OTHER,
               options=known[:2], also=asked("/newer", "if-none-match", ETAG))
    yield Case("weak ETag", server.set("/weak", content(LIST, 'W/"1"')), body=LIST,
               also=validators('W/"1"', ""))
    for encoding in ("gzip", "deflate"):
        yield Case(encoding, server.set("/" + encoding, content(LIST, encoding=encoding)),
                   body=LIST)
    chunks = CHUNKED + b"5\r\n" + LIST[:5] + b"\r\n%x\r\n" % (len(LIST) - 5) + LIST[5:]
    yield Case("chunks", server.set("/chunks", raw(chunks + b"\r\n0\r\n\r\n")), body=LIST)
    yield Case("to the end", server.set("/end", raw(head(200) + LIST)), body=LIST)
    yield Case("as large as may be", server.set("/most", content(LIST)), body=LIST,
               options=["--max", len(LIST)])
    server.set("/name", content(LIST))
    yield Case("by name", server.url("/name", "localhost"), body=LIST)
    server.set("/user", content(LIST))
    yield Case("user and password", server.url("/user", user=f"me:{SECRET}@"), body=LIST,
               also=asked("/user", "authorization", "Basic bWU6aHVudGVyMg=="))
    yield Case("eight at once", server.set("/eight", content(LIST)), body=LIST,
               options=["--threads", 8])


def odd_validators(server):
    """What a server calls its list is kept only where it is well-formed."""
    odd = [("no quotes", {"ETag": "abc"}), ("one quote", {"ETag": '"'}),
           ("a control character", {"ETag": '"a\x01b"'}), ("a space", {"ETag": '"a b"'}),
           ("a byte beyond ASCII", {"ETag": '"\xe4"'}), ("10 KB", {"ETag": f'"{"a" * 10000}"'}),
           ("254 characters", {"ETag": f'"{"a" * 254}"'}), ("two", {"ETag": ['"1"', '"2"']}),
           ("no date", {"Last-Modified": "yesterday"}),
           ("a date and more", {"Last-Modified": DATE + " " * 5 + "x"}),
           ("a control character in a date", {"Last-Modified": "Sun,\x0106 Nov 1994 08:49:37 GMT"})]
    for name, headers in odd:
        url = server.set("/odd/" + name.replace(" ", "-"), content(LIST, headers=headers))
        yield Case(name, url, body=LIST, also=validators("", ""))
    longest = '"' + "a" * 253 + '"'
    yield Case("253 characters", server.set("/longest", content(LIST, longest)),
               also=validators(longest, ""))
    yield Case("a condition that is none", server.set("/none", content(LIST)), body=LIST,
               options=["--etag", "x\r\nEvil: 1", "--last-modified", "a\r\nb"],
               also=lambda t, _: t.check(
                   not {"evil", "if-none-match", "if-modified-since"}
                   & set(server.last("/none").headers), "no such header"))


def broken(server):
    """Answers that are none."""
    def case(name, answer, tries, text, want="fetch_broken", **kw):
        path = "/" + name.replace(" ", "-")
        return Case(name, server.set(path, answer), want, tries, text, **kw)
    whole = head(200, {"Content-Length": len(LIST)})
    packed = gzip.compress(LIST)
    zipped = {"Content-Encoding": "gzip"}
    yield case("Content-Length too long", raw(whole + LIST[:-1]), 3, "in the middle")
    yield case("cut at once", raw(b""), 3, "without an answer")
    yield case("cut in the status line", raw(b"HTTP/1.1 2"), None, "")
    yield case("cut in the headers", raw(b"HTTP/1.1 200 OK\r\nContent-Le"), None, "")
    yield case("cut in the body", raw(whole + LIST[:100]), 3, "in the middle")
    yield case("broken off at once", reset(), 3, "broke off")
    yield case("broken off in the body", reset(whole + LIST[:100]), 3, "broke off")
    yield case("cut in a chunk", raw(CHUNKED + b"ff\r\nabc"), 3, "in the middle")
    yield case("cut between chunks", raw(CHUNKED + b"3\r\nabc\r\n"), 3, "in the middle")
    yield case("no chunks", raw(CHUNKED + b"zzz\r\nabc"), None, "")
    yield case("no gzip", raw(head(200, {**zipped, "Content-Length": 10}) + b"0123456789"), 1,
               "decompress")
    yield case("spoiled gzip", raw(head(200, zipped) + packed[:20] + b"xxxx" + packed[24:]),
               None, "")
    yield case("unknown encoding", content(LIST, headers={"Content-Encoding": "pack200"}), 1,
               "decompress")
    yield case("empty body", status(200), 3, "empty")
    yield case("empty body to the end", raw(head(200)), 3, "empty")
    yield case("304 unasked", status(304), 1, "304")
    yield case("no HTTP", raw(b"<html>hello</html>\n"), 1, "no answer of HTTP")
    yield case("NUL in a header", raw(b"HTTP/1.1 200 OK\r\nA: \0\r\n\r\n"), 1, "no answer of")
    yield case("Content-Length is no number", raw(head(200, {"Content-Length": "x"})), 1,
               "no answer of HTTP")
    yield case("headers without end", endless(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n" * 99), 1,
               "headers")
    yield case("header line without end", endless(b"HTTP/1.1 200 OK\r\nA: ", b"b" * 999), 1,
               "headers")
    yield case("early answers without end", endless(b"", b"HTTP/1.1 103 Hints\r\n\r\n" * 99),
               1, "headers")
    large = "fetch_too_large"
    yield case("endless body", endless(head(200), b"[" * 9999), 1, "100000 bytes", large,
               options=["--max", 100000])
    yield case("endless chunks", endless(CHUNKED, b"3\r\nabc\r\n" * 999), 1, "100000", large,
               options=["--max", 100000])
    yield case("gzip bomb", content(bytes(64 << 20), encoding="gzip"), 1, "33554432", large)
    yield case("large Content-Length", status(200, {"Content-Length": 1 << 40}), 1, "33554432",
               large)
    yield case("a byte too many", content(LIST), 1, "more", large,
               options=["--max", len(LIST) - 1])


def cut_short(server):
    """What HTTP cannot tell from a whole answer: the reader of the list sees it."""
    short = head(200, {"Content-Length": 100}) + LIST
    yield Case("gzip that ends early", server.set("/early", raw(
        head(200, {"Content-Encoding": "gzip"}) + gzip.compress(OTHER * 999)[:-20])), None, None)
    yield Case("Content-Length too short", server.set("/short", raw(short)), body=LIST[:100])


def slow(server):
    whole = head(200, {"Content-Length": len(LIST)})
    for name, answer, text in [
            ("a byte a second", endless(whole, b"[", 0.9), "too slowly"),
            ("silence", silence(), "does not answer"),
            ("silence in the status line", silence(b"HTTP/1"), "does not answer"),
            ("silence in the headers", silence(b"HTTP/1.1 200 OK\r\n"), "too slowly"),
            ("silence in the body", silence(whole + b"["), "too slowly"),
            ("an error that does not end", silence(head(503, {"Content-Length": 9})), ""),
            ("headers a byte a second", endless(b"HTTP/1.1 200 OK\r\n", b"A", 0.9), "slow")]:
        yield Case(name, server.set("/" + name.replace(" ", "-"), answer), "fetch_timed_out", 3,
                   text, timeout=SLOW)


def refusals(server):
    """Status codes; those that may pass are asked again."""
    def case(name, answers, want, tries, text="", **kw):
        return Case(name, server.set("/" + name.replace(" ", "-"), *answers), want, tries, text,
                    **kw)

    def wait_of(low, high):
        return lambda t, got: t.check(low <= got["retry_after_ms"] <= high, "retry_after_ms",
                                      str(got))

    def later(seconds):
        return email.utils.formatdate(time.time() + seconds, usegmt=True)
    for code in (204, 206, 300, 400, 401, 403, 404, 410):
        yield case(f"status {code}", [status(code, (), b"no")], "fetch_status", 1,
                   f"answered {code};")
    for code in (500, 502, 503, 504):
        yield case(f"status {code}", [status(code, (), b"no")], "fetch_status", 3,
                   f"answered {code} (tried 3 times); try again later")
    no, yes = status(503), content(LIST)
    yield case("twice 503", [no, no, yes], "done", 3, body=LIST)
    yield case("503, then 404", [no, status(404)], "fetch_status", 2, "404 (tried 2 times)")
    yield case("cut, then whole", [raw(b""), raw(head(200, {"Content-Length": 9})), yes], "done",
               3, body=LIST)
    yield case("429", [status(429), yes], "done", 2, body=LIST)
    yield case("429 in a second", [status(429, {"Retry-After": 1}), yes], "done", 2, body=LIST)
    yield case("429 as a date", [status(429, {"Retry-After": later(2)}), yes], "done", 2,
               body=LIST)
    yield case("429 as a past date", [status(429, {"Retry-After": later(-99)}), yes], "done", 2,
               body=LIST)
    yield case("429 in an hour", [status(429, {"Retry-After": 3600})], "fetch_status", 1,
               "answered 429 and asks not to come again before 2", also=wait_of(3600000, 3600000))
    yield case("429 in an hour as a date", [status(429, {"Retry-After": later(3600)})],
               "fetch_status", 1, "not to come again before", also=wait_of(3300000, 3600000))
    yield case("503 for ever", [status(503, {"Retry-After": 10 ** 12})], "fetch_status", 1,
               "not to come again before", also=wait_of(3600000, 366 * 86400000))
    yield case("503 at nonsense", [status(503, {"Retry-After": "soon"}), yes], "done", 2)
    yield case("404 in an hour", [status(404, {"Retry-After": 3600})], "fetch_status", 1,
               also=wait_of(0, 0))


def redirects(server):
    def case(name, to, want="fetch_redirect", text="", **kw):
        return Case(name, server.set("/from/" + name.replace(" ", "-"), redirect(to)), want, 1,
                    text, **kw)

    def without_password(t, _):
        t.check("authorization" in server.last("/from/user").headers
                and "authorization" not in server.last("/user/there").headers,
                "user and password are not passed on")
    server.set("/there", content(LIST, ETAG))
    server.set("/user/there", content(LIST))
    for n in range(1, 5):
        server.set(f"/{n}", redirect(f"/{n - 1}" if n > 1 else "/there", [301, 303, 307, 308][n - 1]))
    yield Case("one redirect", server.url("/1"), body=LIST, also=validators(ETAG, ""))
    yield Case("three redirects", server.url("/3"), body=LIST)
    yield Case("four redirects", server.url("/4"), "fetch_redirect", 1, "after 3 redirects")
    yield case("itself", "/from/itself", text="after 3 redirects")
    yield case("relative", "../there", "done", body=LIST)
    yield case("absolute", server.url("/there"), "done", body=LIST)
    yield case("conditional", "/there", "not_modified", options=["--etag", ETAG])
    server.set("/from/user", redirect("/user/there"))
    yield Case("user", server.url("/from/user", user=f"me:{SECRET}@"), also=without_password)
    yield case("with a password", server.url("/user/there", user=f"x:{SECRET}@"), "done",
               also=lambda t, _: t.check("authorization" not in
                                         server.last("/user/there").headers, "not taken"))
    yield Case("nowhere", server.set("/nowhere", status(302)), "fetch_redirect", 1, "where to")
    yield case("no URL", "http://[", text="cannot be read")
    yield case("another scheme", "https://127.0.0.1/", text="another scheme")
    for scheme in ("file", "ftp", "gopher", "javascript"):
        user = "" if scheme == "file" else f"u:{SECRET}@127.0.0.1"
        yield case("to " + scheme, f"{scheme}://{user}/etc/passwd",
                   text=f"scheme, which is not followed: {scheme};")
    # TEST-NET-1: one try, and the rule, show that none was made to connect.
    yield case("to others", "http://192.0.2.1/list", text="192.0.2.1 is where a redirect leads; "
               "it is not at a loopback address")
    yield case("to others by v6", "http://[2001:db8::1]/list", text="not at a loopback")
    yield Case("to no host", server.set("/from/host", redirect(f"http://{NO_NAME}/")),
               "fetch_unreachable", 3, f"{NO_NAME} has no address")


def places(server, nobody_port):
    """URLs, and servers that are not there."""
    bad = "fetch_bad_url"
    for name, url in [("empty", ""), ("no scheme", "list.example/list"), ("no host", "https://"),
                      ("no number", "https://h:port/"), ("a space", f"https://u:{SECRET}@a b/")]:
        yield Case(name, url, bad, 0, "cannot be read")
    for scheme in ("ftp", "file", "gopher", "javascript"):
        user = "" if scheme == "file" else f"u:{SECRET}@127.0.0.1"
        yield Case(scheme, f"{scheme}://{user}/list", bad, 0, "neither https")
    for host in ("192.0.2.1", "[2001:db8::1]", "126.255.255.255", "128.0.0.1", "[::ffff:1.2.3.4]"):
        yield Case(f"http to {host}", f"http://u:{SECRET}@{host}/", bad, 1, "no other")
    yield Case("no address", f"https://u:{SECRET}@{NO_NAME}/", "fetch_unreachable", 3,
               f"{NO_NAME} has no address (tried 3 times)")
    nobody = f"127.0.0.1:{nobody_port}"
    yield Case("nobody there", f"https://u:{SECRET}@{nobody}/", "fetch_unreachable", 3,
               "takes no connection")
    server.set("/mapped", content(LIST))
    yield Case("http without proxy", server.url("/mapped"), body=LIST,
               env={"http_proxy": f"http://{nobody}", "ALL_PROXY": f"http://{nobody}"})
    yield Case("by a proxy that is not there", "https://list.example/", "fetch_unreachable", 3,
               "https_proxy", env={"https_proxy": f"http://me:{SECRET}@{nobody}"})
    yield Case("by a proxy without address", "https://list.example/", "fetch_unreachable", 3,
               "proxy", env={"https_proxy": f"http://u:{SECRET}@{NO_NAME}:1"})


def stops(server):
    """Told to stop, in the middle of an answer and of a pause."""
    options = ["--stop-after", 300]
    server.set("/stop", silence())
    server.set("/pause", status(503))
    server.set("/endless", endless(head(200), b"["))
    for path in ("/stop", "/pause", "/endless"):
        yield Case("stop " + path, server.url(path), "fetch_stopped", 1, "told to stop",
                   timeout=600000, options=options)
    yield Case("stopped before", server.url("/stop"), "fetch_stopped", 1, timeout=600000,
               options=["--stop-after", 0])


def signals(t, server):
    url = server.set("/signal", silence())
    for number in (signal.SIGTERM, signal.SIGINT):
        seen = server.count("/signal")
        run = subprocess.Popen([PROBE, url, "--timeout", "600000"], env=clean_env(),
                               stdout=subprocess.PIPE)
        while server.count("/signal") == seen and run.poll() is None:
            time.sleep(0.02)
        run.send_signal(number)
        t.equal(loads(run.communicate(timeout=TIMEOUT)[0])["code"], "fetch_stopped",
                f"ends after signal {number}")


def test_plain(t):
    with Server() as server, unheard() as nobody:
        cases = [case for make in (good, odd_validators, broken, cut_short, slow, refusals,
                                   redirects, stops) for case in make(server)]
        run_all(t, [*cases, *places(server, nobody.getsockname()[1])])
        signals(t, server)
        t.equal(server.count("/3"), 2, "each redirect is asked for once a fetch")


def failing_tls(t, ca, here):
    """Servers whose certificate is wrong in one way each, and what is said of it."""
    unknown = Authority(t.folder, "unknown")
    yield "expired", ca.issue("expired", here, "20200201000000Z"), "expired"
    yield "another name", ca.issue("other", "DNS:other.example"), "subject"
    yield "self-signed", ca.self_signed("alone", sans=here), "self"
    yield "unknown CA", unknown.issue("stranger", here), "trusted: unable to get local issuer"


def test_tls(t):
    ca, here = Authority(t.folder, "ca"), "IP:127.0.0.1,DNS:localhost,DNS:list.example"
    trust = ["--cacert", ca.file]
    failed = "fetch_tls_failed"
    with Server(ca.issue("good", here)) as server, Server() as plain:
        server.set("/list", content(LIST, ETAG, encoding="gzip"))
        server.set("/to/http", redirect(plain.set("/list", content(LIST))))
        server.set("/to/https", redirect("/list"))
        server.set("/cut", raw(head(200, {"Content-Length": 9}) + b"["))
        url = server.url("/list")
        # Nobody takes up what comes.
        deaf = Listener()
        quiet = f"https://127.0.0.1:{deaf.port}/"
        cases = [
            Case("TLS", url, body=LIST, options=trust),
            Case("TLS by name", server.url("/list", "localhost"), body=LIST, options=trust),
            Case("the system's store", url, failed, 1, "is not trusted"),
            Case("no such --cacert", url, failed, 1, "--cacert",
                 options=["--cacert", t.path()]),
            Case("an empty --cacert", url, failed, 1, "--cacert",
                 options=["--cacert", t.file(b"")]),
            Case("redirect", server.url("/to/https"), body=LIST, options=trust),
            Case("redirect to http", server.url("/to/http"), "fetch_redirect", 1,
                 "another scheme, which is not followed: http;", options=trust),
            Case("cut over TLS", server.url("/cut"), "fetch_broken", 3, "", options=trust),
            Case("silence on the port of TLS", quiet, "fetch_timed_out", 3, "no connection",
                 timeout=SHORT),
            Case("plain on the port of TLS", plain.url("/list").replace("http", "https"),
                 failed, 3, "TLS", options=trust),
        ]
        run_all(t, cases)
        deaf.socket.close()
        t.equal(plain.count("/list"), 0, "nothing was asked for without TLS")
        proxies(t, server, trust)
    for name, files, text in failing_tls(t, ca, here):
        with Server(files) as server:
            server.set("/list", content(LIST))
            run_all(t, [Case(name, server.url("/list", user=f"me:{SECRET}@"), failed, 1, text,
                             options=trust)])
            t.equal(server.requests, [], f"{name}: nothing was asked for")


def proxies(t, server, trust):
    """https goes by the proxy that the environment names; so it needs no DNS here."""
    url = "https://list.example/list"

    def env(proxy, **more):
        return {"https_proxy": f"http://me:{SECRET}@127.0.0.1:{proxy.port}", **more}
    with Proxy(server.port) as proxy, Proxy(0, 403) as refuses, Proxy(0, 502) as fails, \
            Proxy(0) as unused:
        run_all(t, [
            Case("by proxy", url, body=LIST, env=env(proxy), options=trust),
            Case("ALL_PROXY", url, body=LIST, env={"ALL_PROXY": env(proxy)["https_proxy"]},
                 options=trust),
            Case("a proxy that refuses", url, "fetch_unreachable", 1, "answered 403",
                 env=env(refuses), options=trust),
            Case("a proxy that fails", url, "fetch_unreachable", 3, "502", env=env(fails),
                 options=trust),
            Case("no_proxy", server.url("/list"), body=LIST,
                 env=env(unused, no_proxy="127.0.0.1"), options=trust)])
        t.equal(proxy.count("list.example:443"), 2, "tunnels")
        t.equal(unused.num_connections, 0, "no_proxy")


with suite("fetch") as the_suite:
    test_plain(the_suite)
    test_tls(the_suite)
