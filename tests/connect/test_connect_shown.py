#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""check --connect: what the server's certificate and its stapled response say of themselves, an
address held against the certificate, renegotiation, and no byte of a hostile server's that a
terminal would obey."""
import os
import pty
import re
import subprocess

from connect_lib import (DIALOGUES, PROGRAM, Pki, TIMEOUT, codes, has_ipv6, server, splice,
                         tls_server, wait_for_end)
from lib import INPUT, PASS, clean_env, run_all

PKI = Pki()
# A terminal would clear itself, take a title, ring, turn the direction of the text.
ESCAPES = b"\x1b[2J\x1b]0;owned\x07 \x7f\x08\xc2\x9b31m\x9b\xe2\x80\xaeetirw"
OBEYED = re.compile("[\0-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
COLOUR = re.compile("\x1b\\[[0-9;]*m")
HELLO_REQUEST = b"\x16\x03\x03\x00\x04\x00\x00\x00\x00"


def message(report, code):
    return " ".join(f["message"] for f in report["findings"] if f["code"] == code)


def test_must_staple(t):
    """RFC 7633: told where nothing is stapled, and no verdict hangs on it."""
    for version in ("1.2", "1.3"):
        with tls_server(PKI, PKI.path("must-staple.pem"), "--tls", version) as one:
            status, report, result = PKI.connect(t, one.port, name="must-staple.example")
            t.equal((status, report["result"], codes(report)),
                    (PASS, "pass", ["server_staple_missing"]), f"without, {version}",
                    repr(result))
            t.equal((report["connection"]["must_staple"], report["connection"]["ocsp_bytes"]),
                    (True, None), f"in the connection, {version}")
            hosts = t.file(f"127.0.0.1:{one.port}\n")
            table = t.run("check", *PKI.trusted, *TIMEOUT, "--hosts", hosts, "--servername",
                          "must-staple.example")
            t.has(table.text, "[server_staple_missing]", "in the table")
        with tls_server(PKI, PKI.path("must-staple.pem"), "--tls", version, "--ocsp",
                        PKI.path("ocsp.der")) as one:
            report = PKI.connect(t, one.port, name="must-staple.example")[1]
            t.equal(codes(report), ["ocsp_other_certificate"], f"with one, {version}")
    with tls_server(PKI, PKI.path("compliant.pem")) as one:
        report = PKI.connect(t, one.port, name="compliant.example")[1]
        t.equal((codes(report), report["connection"]["must_staple"]), ([], False), "not asked for")
    # Cut behind the certificate: what would have come is not known.
    with tls_server(PKI, PKI.path("must-staple.pem"), "--tls", "1.2") as back, \
            server(lambda sock, number: splice(sock, back.port, 900 + 40 * number)) as one:
        hosts = t.file(f"127.0.0.1:{one.port}\n" * 20)
        lines = t.run("check", "--format", "ndjson", *PKI.trusted, *TIMEOUT, "--hosts", hosts,
                      "--jobs", "1").lines()
    cut = [codes(line) for line in lines
           if line.get("connection", {}).get("handshake_error")]
    t.check(cut and not any("server_staple_missing" in found for found in cut), "cut", repr(cut))


def test_ocsp_word(t):
    """Revoked, unknown, expired, not yet valid: each is told, and the SCTs count as before."""
    for kind, code, part in (("revoked", "ocsp_revoked", "since 2026-06-01T00:20:00Z"),
                             ("unknown", "ocsp_unknown", "does not know")):
        with tls_server(PKI, PKI.path("compliant.pem"), "--ocsp",
                        PKI.path(f"ocsp-{kind}.der")) as one:
            status, report, result = PKI.connect(t, one.port, name="compliant.example")
        t.equal((status, report["result"], codes(report)),
                (PASS, "pass", ["ocsp_without_scts", code]), kind, repr(result))
        t.has(message(report, code), part, f"{kind}: what it says")
    with tls_server(PKI, PKI.path("no-scts.pem"), "--ocsp", PKI.path("ocsp.der")) as one:
        for at, code in (("2026-06-08T00:20:01Z", "ocsp_expired"),
                         ("2026-06-08T00:20:00Z", None),
                         ("2026-06-01T00:20:00Z", None),
                         ("2026-06-01T00:19:59Z", "ocsp_not_yet_valid")):
            status, report, result = PKI.connect(
                t, one.port, "--log-list", PKI.path("log_list.json"), *PKI.authority,
                "--at", at)
            t.equal((status, report["result"], codes(report)[1:]),
                    (PASS, "pass", [code] if code else []), f"{code or 'in time'}, {at}",
                    repr(result))
        # What is stapled today says nothing of the day of issuance.
        report = PKI.connect(t, one.port, "--log-list", PKI.path("log_list.json"), "--cacert",
                             PKI.root, "--at", "issuance")[1]
        t.equal("ocsp_not_yet_valid" in codes(report), False, "at issuance")
    with open(PKI.path("ocsp-revoked.der"), "rb") as stored:
        forged = stored.read()
    forged = t.run("check", "--format", "json", *PKI.list, "--ocsp",
                   t.file(forged[:-1] + bytes([forged[-1] ^ 1])), PKI.path("compliant.pem"))
    t.equal((forged.status, codes(forged.json())),
            (PASS, ["ocsp_without_scts", "ocsp_signature_invalid"]),
            "what anybody may have written", repr(forged))
    file = t.run("check", "--format", "json", *PKI.list, "--ocsp", PKI.path("ocsp-revoked.der"),
                 PKI.path("compliant.pem"))
    t.equal((file.status, codes(file.json())), (PASS, ["ocsp_without_scts", "ocsp_revoked"]),
            "of a file as well", repr(file))


def test_addresses(t):
    """An address is held against the certificate's addresses, and a name that is asked for
    against its names."""
    places = [("127.0.0.1", "127.0.0.1")] + ([("::1", "[::1]")] if has_ipv6() else [])
    for address, host in places:
        listen = ["--address", address] if ":" in address else []
        with tls_server(PKI, PKI.path("addresses.pem"), *listen) as one:
            status, report, result = PKI.connect(t, one.port, host=host, name=None)
            shown = report["connection"]
            t.equal((status, codes(report), shown["name_matches"], shown["servername"]),
                    (PASS, [], True, None), host, repr(result))
            status, report, result = PKI.connect(t, one.port, host=host, name="other.example")
            t.equal((status, report["connection"]["name_matches"]), (INPUT, False),
                    f"{host}, another name", repr(result))
            t.has(message(report, "server_name_mismatch"), "is not for other.example: it is for "
                  "addresses.example, and for the addresses 127.0.0.1, ::1. ", "what it has")
        with tls_server(PKI, PKI.path("other-addresses.pem"), *listen) as one:
            status, report, result = PKI.connect(t, one.port, host=host, name=None)
            t.equal((status, report["result"], codes(report)),
                    (INPUT, "pass", ["server_name_mismatch"]), f"{host}, others", repr(result))
            t.has(message(report, "server_name_mismatch"), f"is not for the address {address}: "
                  "it is for the addresses 192.0.2.7, 2001:db8::1:0:0:7, 2001:db8::, (2 bytes). ",
                  "which")
        with tls_server(PKI, PKI.path("compliant.pem"), *listen) as one:
            report = PKI.connect(t, one.port, host=host, name=None)[1]
            t.has(message(report, "server_name_mismatch"), f"is not for the address {address}: "
                  "it is for compliant.example. ", "names alone")
            t.has(message(report, "server_name_mismatch"), "--servername NAME", "what to do")


def test_renegotiation(t):
    """A server that wants to begin anew, behind the handshake or in it: judged as any other."""
    with tls_server(PKI, PKI.path("compliant.pem"), "--tls", "1.2", "--renegotiate") as one:
        status, report, result = PKI.connect(t, one.port, name="compliant.example")
        t.equal((status, codes(report), report["connection"]["handshake_error"]),
                (PASS, [], None), "behind", repr(result))

    def begin(sock, _):
        sock.sendall(HELLO_REQUEST * 20)
        splice(sock, back.port)

    with tls_server(PKI, PKI.path("compliant.pem"), "--tls", "1.2") as back, \
            server(begin) as one:
        status, report, result = PKI.connect(t, one.port, name="compliant.example")
        t.equal((status, codes(report), report["connection"]["handshake_error"]),
                (PASS, [], None), "before", repr(result))


# No byte of theirs that a terminal obeys.

def harmless(t, what, data):
    try:
        text = data.replace(b"\r\n", b"\n").decode()
    except UnicodeDecodeError:
        text = None
        t.check(False, f"{what}: UTF-8", repr(data))
    found = OBEYED.search(text or "")
    t.check(not found, f"{what}: nothing that a terminal obeys", repr((found, data)))


def all_forms(t, what, port, *args, want=b"owned"):
    """In every form, to a pipe: one server, and a table; `want` shows that it was quoted."""
    place = f"127.0.0.1:{port}"
    hosts = t.file(place + "\n")
    for many in (["--connect", place], ["--hosts", hosts]):
        for form in ("text", "json", "ndjson", "csv"):
            result = t.run("check", *PKI.trusted, *TIMEOUT, *many, "--format", form, *args)
            told = f"{what}, {many[0]}, {form}"
            t.equal(result.status, INPUT, told, repr(result))
            harmless(t, told, result.out + b"\n" + result.err)
            quotes = many[0] == "--connect" and form != "csv"
            t.check(not quotes or want in result.out, f"{told}: quoted", repr(result))


def on_terminal(args):
    """What a terminal gets, of output and messages."""
    master, slave = pty.openpty()
    with subprocess.Popen([PROGRAM, *args], env=clean_env({"TERM": "xterm"}),
                          stdin=subprocess.DEVNULL, stdout=slave, stderr=slave) as process:
        os.close(slave)
        out = b""
        try:
            while True:
                out += os.read(master, 4096)
        except OSError:
            pass
        process.wait(timeout=120)
    os.close(master)
    return out


def test_hostile_certificate(t):
    with tls_server(PKI, PKI.path("hostile.pem")) as one:
        all_forms(t, "names", one.port, "--servername", "other.example")
        place = f"127.0.0.1:{one.port}"
        out = on_terminal(["check", *PKI.trusted, *TIMEOUT, "--connect", place])
        t.check(b"\x1b[" in out and b"owned" in out, "a terminal has colours", repr(out))
        harmless(t, "names, on a terminal", COLOUR.sub("", out.decode()).encode())


def test_hostile_words(t):
    """The words of a server that speaks no TLS, and of each protocol before it does."""
    def says(data):
        def serve(sock, _):
            sock.sendall(data)
            wait_for_end(sock)
        return serve

    def answers(greeting, *replies):
        def serve(sock, _):
            for words in (greeting, *replies):
                sock.sendall(words)
                sock.recv(1000)
            wait_for_end(sock)
        return serve

    # A server in plain; what OpenSSL takes for a record ends it, so the escapes come later.
    with server(says(b"220 hello " + ESCAPES + b"\r\n")) as one:
        all_forms(t, "in plain", one.port)
    greetings = {"smtp": b"554 %s\r\n", "imap": b"* BYE %s\r\n", "pop3": b"-ERR %s\r\n",
                 "ftp": b"421 %s\r\n", "ldap": b"%s", "xmpp": b"<stream:error>%s</stream:error>",
                 "postgres": b"E%s\0"}
    t.equal(sorted(greetings), sorted(DIALOGUES), "each protocol")
    for protocol, words in greetings.items():
        with server(says(words % ESCAPES)) as one:
            all_forms(t, protocol, one.port, "--starttls", protocol)
    for protocol, dialogue in (
            ("smtp", (b"220 x\r\n", b"250-x\r\n250 " + ESCAPES + b"\r\n")),
            ("smtp", (b"220 x\r\n", b"250 STARTTLS\r\n", b"454 " + ESCAPES + b"\r\n")),
            ("pop3", (b"+OK\r\n", b"-ERR " + ESCAPES + b"\r\n"))):
        with server(answers(*dialogue)) as one:
            all_forms(t, f"{protocol}, answer {len(dialogue)}", one.port, "--starttls", protocol)


run_all("connect_shown", globals(), PKI.close)
