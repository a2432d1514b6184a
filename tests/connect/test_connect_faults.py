#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""check --connect against servers that misbehave: each ends in time, with exit status 3 and an
error that says at which stage, or a report of what could be seen."""
import os
import socket
import ssl
import struct
import time

from connect_lib import (DIALOGUES, Pki, SLOW, TIMEOUT, front, names, server, splice, tls_server,
                         wait_for_end)
from lib import INPUT, PASS, run_all

PKI = Pki()
NAME = ["--servername", "compliant.example"]
# Of servers that are to run out of time; enough for a slow machine to come so far.
SHORT = ["--timeout", "5" if SLOW else "2"]
# No run that shall end in a few seconds takes so long, however slow the machine is.
FAR_TOO_LONG = 100


def fails(t, what, args, code, *parts, **kw):
    """An error of that code, exit 3, and words that help."""
    began = time.monotonic()
    result = t.run("check", "--format", "json", *PKI.trusted, *args, **kw)
    t.check(time.monotonic() - began < FAR_TOO_LONG, f"{what}: in time")
    t.equal(result.status, INPUT, what, repr(result))
    try:
        error = result.json().get("error", {})
    except ValueError:
        error = {}
    t.equal(error.get("code"), code, what, repr(result))
    for part in parts:
        t.has(error.get("message", ""), part, what)


def fault(t, what, serve, code, *parts, options=TIMEOUT):
    with server(serve) as one:
        fails(t, what, ["--connect", f"127.0.0.1:{one.port}", *NAME, *options], code, *parts)


def reset(sock):
    """Ends the connection by RST."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def alert(number):
    def serve(sock, _):
        sock.recv(1)
        sock.sendall(bytes([21, 3, 3, 0, 2, 2, number]))
        wait_for_end(sock)
    return serve


def says(data, close=True):
    def serve(sock, _):
        sock.sendall(data)
        if not close:
            wait_for_end(sock)
        else:
            sock.shutdown(socket.SHUT_WR)
            wait_for_end(sock)
    return serve


def drip(data, pause=0.2):
    """A byte now and then."""
    def serve(sock, _):
        for i in range(len(data)):
            sock.sendall(data[i:i + 1])
            time.sleep(pause)
        wait_for_end(sock)
    return serve


def endless(data):
    def serve(sock, _):
        while True:
            sock.sendall(data)
    return serve


def test_names(t):
    env = names(silent_test="hang", busy_test="again", both_test="127.0.0.2,127.0.0.1")
    fails(t, "no such name", ["--connect", "gone.test"], "resolve_failed", "gone.test",
          "spelt right", env=env)
    fails(t, "no name server", ["--connect", "busy.test"], "resolve_failed", "no name server",
          env=env)
    fails(t, "a name that hangs", ["--connect", "silent.test", *SHORT], "connect_timeout",
          "the name's addresses", env=env)
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))  # nobody listens
        port = sock.getsockname()[1]
        fails(t, "nobody there", ["--connect", f"127.0.0.1:{port}"], "connect_failed",
              f"no connection to port {port}: 127.0.0.1: Connection refused",
              "is the service running, is it this port, is a firewall between?")
        fails(t, "nobody at either", ["--connect", f"both.test:{port}"], "connect_failed",
              "127.0.0.2: Connection refused; 127.0.0.1: Connection refused", env=env)
        # Listens, and never accepts; when its queue is full no connection comes about.
        sock.listen(0)
        held = []
        for _ in range(4):
            more = socket.socket()
            more.setblocking(False)
            more.connect_ex(("127.0.0.1", port))
            held.append(more)
        fails(t, "no answer at all", ["--connect", f"127.0.0.1:{port}", *SHORT],
              "connect_timeout", f"127.0.0.1 port {port}", "firewall", f"it had {SHORT[1]} s",
              "--timeout")
        for more in held:
            more.close()


def test_no_tls(t):
    fault(t, "HTTP", says(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "tls_failed",
          "speaks no TLS here", "HTTP/1.1 400 Bad Request")
    fault(t, "mail", says(b"220 mail.test ESMTP\r\n"), "tls_failed", "220 mail.test ESMTP")
    fault(t, "escapes", says(b"\x1b[2Jhello\n"), "tls_failed", "\\1B[2Jhello")
    fault(t, "closes at once", says(b""), "tls_failed", "closed the connection")
    fault(t, "resets at once", lambda sock, _: (sock.recv(1), reset(sock)), "tls_failed",
          "TLS handshake: Connection reset")
    fault(t, "garbage in a record", says(b"\x16\x03\x03\x00\x20" + bytes(range(32))),
          "tls_failed", "TLS handshake: ")
    fault(t, "garbage", says(os.urandom(64).replace(b"\x16", b"x").replace(b"\x15", b"x")),
          "tls_failed", "TLS handshake: ")
    fault(t, "a record too long", says(b"\x16\x03\x03\xff\xff" + bytes(70000)), "tls_failed")
    # HelloRequests, which a client skips; it shall not skip them for ever.
    fault(t, "nothing, without end", endless(b"\x16\x03\x03\x00\x04\x00\x00\x00\x00" * 1000),
          "connect_timeout", "the TLS handshake", options=SHORT)
    fault(t, "alerts without end", endless(bytes([21, 3, 3, 0, 2, 1, 90])), "tls_failed")


def test_alerts(t):
    for number, *parts in ((40, "handshake failure", "--servername"),
                           (112, "unrecognized name", "--servername"),
                           (70, "protocol version", "neither TLS 1.2 nor 1.3"),
                           (80, "internal error"), (49, "access denied")):
        fault(t, f"alert {number}", alert(number), "tls_failed",
              "TLS handshake: the server sends the alert", f"({number})", *parts)
    # A ServerHello of TLS 1.1.
    hello = b"\x03\x02" + bytes(32) + b"\x00\xc0\x13\x00"
    hello = b"\x02" + len(hello).to_bytes(3, "big") + hello
    fault(t, "TLS 1.1", says(b"\x16\x03\x02" + len(hello).to_bytes(2, "big") + hello),
          "tls_failed", "neither TLS 1.2 nor 1.3")


def test_slow(t):
    fault(t, "silent", lambda sock, _: wait_for_end(sock), "connect_timeout",
          "the TLS handshake", "--timeout", options=SHORT)
    flight = server_flight("1.3")
    fault(t, "a byte a minute", drip(flight, 60), "connect_timeout", "the TLS handshake",
          options=SHORT)
    fault(t, "a byte now and then", drip(flight), "connect_timeout", "the TLS handshake",
          options=SHORT)
    fault(t, "a greeting by bytes", drip(b"220-" + b"x" * 1000), "connect_timeout",
          "the greeting", options=["--starttls", "smtp", *SHORT])
    fault(t, "no greeting", lambda sock, _: wait_for_end(sock), "connect_timeout",
          "the greeting", options=["--starttls", "imap", *SHORT])


def context(version, chain):
    out = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    number = ssl.TLSVersion.TLSv1_2 if version == "1.2" else ssl.TLSVersion.TLSv1_3
    out.minimum_version = out.maximum_version = number
    out.load_cert_chain(chain, PKI.key)
    return out


def flights(version, sock, limit):
    """Answers as a TLS server does, of which `limit` bytes are sent; how many there were."""
    into, out = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = CONTEXTS[version].wrap_bio(into, out, server_side=True)
    sent, done = 0, False
    while sent < limit:
        if not done:
            try:
                tls.do_handshake()
                done = True
            except ssl.SSLWantReadError:
                pass
        data = out.read()
        sock.sendall(data[:limit - sent])
        sent += len(data)
        if sent >= limit:
            break
        data = sock.recv(65536)
        if not data:
            break
        into.write(data)
    return sent


CONTEXTS = {version: context(version, PKI.path("compliant.pem")) for version in ("1.2", "1.3")}


def server_flight(version):
    """What a server of that version sends first."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    a, b, c, d = (ssl.MemoryBIO() for _ in range(4))
    hello = client.wrap_bio(a, b)
    answer = CONTEXTS[version].wrap_bio(c, d, server_side=True)
    for side, into in ((hello, None), (answer, b)):
        if into:
            c.write(into.read())
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            pass
    return d.read()


def test_cuts(t):
    """The connection ends behind each byte of the server's first flight, by FIN or RST."""
    for version in CONTEXTS:
        length = len(server_flight(version))
        step = 41 if SLOW else 1
        at = sorted({*range(0, 60), *range(60, length, step), *range(length - 40, length + 1)})

        def serve(sock, number, at=at, version=version):
            flights(version, sock, at[number % len(at)])
            if number % 2:
                reset(sock)

        with server(serve) as one:
            hosts = t.file(f"127.0.0.1:{one.port}\n" * len(at))
            result = t.run("check", "--format", "ndjson", *PKI.trusted, *NAME, "--hosts", hosts,
                           "--jobs", "4", *TIMEOUT)
        lines = result.lines()
        t.equal(len(lines), len(at), f"{version}: a result each", repr(result))
        t.equal(result.status, INPUT, f"{version}: exit status")
        kinds = {line.get("error", {}).get("code") or line["result"] for line in lines}
        t.check(kinds <= {"tls_failed", "pass"}, f"{version}: {kinds}")
        t.check("tls_failed" in kinds, f"{version}: some show nothing")
        seen = [line for line in lines if "connection" in line]
        t.check(seen, f"{version}: some show the certificate")
        for line in seen:
            whole = line["connection"]["handshake_error"] is None
            told = "handshake_incomplete" in [f["code"] for f in line["findings"]]
            t.check(whole != told, f"{version}: what was cut is told", repr(line["connection"]))


def test_starttls(t):
    cases = [
        ("smtp", b"554 no service\r\n", "the greeting was expected", "554 no service"),
        ("smtp", b"220-hello\r\n421 too busy\r\n", "the greeting was expected", "421 too busy"),
        ("smtp", b"hello\r\n", "the greeting was expected", "hello"),
        ("smtp", b"\x16\x03\x03\r\n", "the greeting was expected", "\\16\\03\\03"),
        ("imap", b"* BYE overloaded\r\n", "the greeting was expected", "* BYE overloaded"),
        ("imap", b"* PREAUTH hello\r\n", "the greeting was expected", "PREAUTH"),
        ("pop3", b"-ERR go away\r\n", "the greeting was expected", "-ERR go away"),
        ("ftp", b"421 closed\r\n", "the greeting was expected", "421 closed"),
        ("ldap", b"\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x02\x04\x00\x04\x00",
         "the server refuses StartTLS: resultCode 2; its own log says why"),
        ("ldap", b"\x30\x84\x00\x00\x00\x14\x02\x01\x01\x78\x84\x00\x00\x00\x0b"
         b"\x0a\x01\x34\x04\x00\x04\x04down",
         "the server refuses StartTLS: resultCode 52, down; its own log says why"),
        ("ldap", b"HTTP", "the answer to StartTLS was expected", "HTTP"),
        ("ldap", b"\x30\x84\xff\xff\xff\xff", "the answer to StartTLS was expected"),
        ("xmpp", b"<stream:stream><stream:error><host-unknown/></stream:error>",
         "the list of the stream's features was expected", "host-unknown"),
        ("xmpp", b"<stream:stream><stream:features><bind/></stream:features>",
         "the server does not offer STARTTLS: switch TLS on in it"),
        ("xmpp", b"<stream:stream to='x'><stream:features/>",
         "the server does not offer STARTTLS: switch TLS on in it; the server says: <stream:feat"),
        ("xmpp", b"HTTP/1.1 400\r\n", "the list of the stream's features was expected"),
        ("postgres", b"N", "the server refuses SSLRequest: N"),
        ("postgres", b"EFATAL", "the answer to SSLRequest was expected"),
        # Plain text that would be taken as if it came by TLS.
        ("postgres", b"SX", "followed by more, before TLS begins"),
    ]
    for protocol, said, *parts in cases:
        fault(t, f"{protocol}: {said[:20]}", says(said, close=False), "starttls_failed",
              protocol, *parts, options=["--starttls", protocol, *TIMEOUT])
    for protocol in DIALOGUES:
        fault(t, f"{protocol}: closes", lambda sock, _: (sock.shutdown(socket.SHUT_WR),
                                                         wait_for_end(sock)),
              "starttls_failed", protocol, "the server closed the connection before",
              options=["--starttls", protocol, *TIMEOUT])
        fault(t, f"{protocol}: resets", lambda sock, _: (time.sleep(0.05), reset(sock)),
              "starttls_failed", protocol, options=["--starttls", protocol, *TIMEOUT])
    for protocol, said in (("smtp", b"220-x\r\n"), ("ftp", b"220 never an end"),
                           ("imap", b"* never an end"), ("xmpp", b"<stream:features>")):
        fault(t, f"{protocol}: without end", endless(said), "starttls_failed",
              "is longer than 32 KB", options=["--starttls", protocol, *TIMEOUT])


def test_without_offer(t):
    def smtp(sock, _):
        sock.sendall(b"220 mail.test\r\n")
        sock.recv(1000)
        sock.sendall(b"250-mail.test\r\n250-NOSTARTTLS\r\n250 HELP\r\n")
        wait_for_end(sock)

    def refused(sock, _):
        sock.sendall(b"220 mail.test\r\n")
        sock.recv(1000)
        sock.sendall(b"250-mail.test\r\n250 STARTTLS\r\n")
        sock.recv(1000)
        sock.sendall(b"454 TLS not available due to temporary reason\r\n")
        wait_for_end(sock)

    def injected(sock, _):
        sock.sendall(b"+OK\r\n")
        sock.recv(1000)
        sock.sendall(b"+OK\r\n+OK injected\r\n")
        wait_for_end(sock)

    for what, protocol, serve, *parts in (
            ("not offered", "smtp", smtp, "the server does not offer STARTTLS: switch TLS on in it",
             "250 HELP"),
            ("refused", "smtp", refused, "the server refuses STARTTLS: 454 TLS not available",
             "its own log"),
            ("injected", "pop3", injected, "followed by more, before TLS begins")):
        fault(t, what, serve, "starttls_failed", *parts,
              options=["--starttls", protocol, *TIMEOUT])


def test_behind_starttls(t):
    """The handshake behind the dialogue fails as others do, and each cut of it ends."""
    with server(alert(40)) as back, front("smtp", back.port) as one:
        fails(t, "an alert", ["--connect", f"127.0.0.1:{one.port}", "--starttls", "smtp",
                              *TIMEOUT], "tls_failed", "handshake failure")
    with tls_server(PKI, PKI.path("compliant.pem")) as back:
        for protocol, dialogue in DIALOGUES.items():
            at = [0, 1, 7, 100, 700]

            def serve(sock, number, dialogue=dialogue, at=at):
                dialogue(sock)
                splice(sock, back.port, at[number % len(at)])

            with server(serve) as one:
                hosts = t.file(f"127.0.0.1:{one.port} {protocol}\n" * len(at))
                result = t.run("check", "--format", "ndjson", *PKI.trusted, "--hosts", hosts,
                               "--jobs", "1", *TIMEOUT)
            t.equal(([line.get("error", {}).get("code") for line in result.lines()],
                     result.status), (["tls_failed"] * len(at), INPUT), protocol, repr(result))


def test_large(t):
    """Chains of any size: what fits is judged, what does not is refused, in bounded memory."""
    leaf, issuer = PKI.certs("compliant.pem")
    with tls_server(PKI, PKI.chain("many.pem", leaf, *[issuer] * 40)) as one:
        result = t.run("check", "--format", "json", *PKI.trusted, *NAME, *TIMEOUT, "--connect",
                       f"127.0.0.1:{one.port}")
        t.equal((result.status, result.json().get("connection", {}).get("chain_length")),
                (PASS, 41), "41 certificates", repr(result))
    with tls_server(PKI, PKI.chain("huge.pem", leaf, *[issuer] * 1200)) as one:
        fails(t, "a huge chain", ["--connect", f"127.0.0.1:{one.port}", *NAME, *TIMEOUT],
              "tls_failed", "TLS handshake: ")
    big = PKI.file("big", b"\x00" + bytes(15000))
    with tls_server(PKI, PKI.path("compliant.pem"), "--ocsp", big, "--scts", big) as one:
        result = t.run("check", "--format", "json", *PKI.trusted, *NAME, *TIMEOUT, "--connect",
                       f"127.0.0.1:{one.port}")
        t.equal(result.status, PASS, "large extensions", repr(result))


run_all("connect_faults", globals(), PKI.close)
