#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""check --hosts: many servers, in parallel and in order, a table or a form for programs; those
that hang hold up nobody else."""
import contextlib
import os
import pty
import signal
import socket
import subprocess
import time

from connect_lib import (PROGRAM, Pki, SLOW, TIMEOUT, front, names, server, tls_server,
                         wait_for_end)
from lib import FAIL, INPUT, PASS, clean_env, run_all

PKI = Pki()
SHORT = ["--timeout", "6" if SLOW else "3"]
FAR_TOO_LONG = 100


@contextlib.contextmanager
def servers():
    """One that passes, one that fails, one that says nothing."""
    with tls_server(PKI, PKI.path("addresses.pem")) as good, \
            tls_server(PKI, PKI.path("addresses-cap.pem")) as bad, \
            server(lambda sock, _: wait_for_end(sock)) as silent:
        yield good.port, bad.port, silent.port


def test_order(t):
    """Dozens, half of which hang: the others do not wait, and all stand in their order."""
    with servers() as (good, bad, silent):
        lines = []
        for i in range(48):
            lines.append(f"127.0.0.1:{(good, silent, bad, silent)[i % 4]}")
        hosts = t.file("\n".join(lines))
        began = time.monotonic()
        runs = [t.run("check", "--format", "ndjson", *PKI.trusted, *SHORT, "--hosts", hosts,
                      "--jobs", jobs) for jobs in ("48", "13")]
        t.check(time.monotonic() - began < FAR_TOO_LONG, "in time")
        for result in runs:
            t.equal(result.status, INPUT, "exit status", repr(result))
            got = [(line["id"], line.get("result") or line["error"]["code"])
                   for line in result.lines()]
            what = ["pass", "connect_timeout", "fail", "connect_timeout"] * 12
            t.equal(got, list(zip(lines, what)), "in order")
            t.has(result.messages, "24 of 48 servers could not be examined; the first: line 2, "
                  f"127.0.0.1:{silent}: no time is left", "told")
        t.equal(runs[0].out, runs[1].out, "the same for any number of jobs")


def test_forms(t):
    with servers() as (good, bad, _), front("smtp", good) as mail, front("imap", good) as imap:
        text = f"""# servers
127.0.0.1:{good}   # the first

127.0.0.1:{mail.port} smtp
\t127.0.0.1:{imap.port}\timap\t# a tab
127.0.0.1:{bad}
gone.test
"""
        hosts = t.file(text.replace("\n", "\r\n").encode())
        env = names()
        args = ["check", *PKI.trusted, *TIMEOUT, "--hosts", hosts]
        result = t.run(*args, env=env)
        rows = result.text.splitlines()
        t.equal(result.status, INPUT, "text", repr(result))
        t.equal(rows[0].split(), ["server", "result", "policy", "embedded", "TLS", "OCSP", "days",
                                  "left"], "a head", repr(result))
        t.equal(rows[1].split(), [f"127.0.0.1:{good}", "pass", "pass", "2", "0", "-", "88"],
                "a row", repr(result))
        for row, protocol in ((2, "smtp"), (3, "imap")):
            t.equal(rows[row].split()[1:], [protocol, "pass", "pass", "2", "0", "-", "88"],
                    "STARTTLS", rows[row])
        t.equal(rows[4].split()[1:7], ["FAIL", "FAIL", "2", "0", "-", "88"], "one that fails")
        t.check(rows[5].startswith("    ") and rows[5].endswith("[too_few_scts]"), "why", rows[5])
        t.equal(rows[6].split(), ["gone.test", "ERROR", "-", "-", "-", "-", "-"], "an error")
        t.check(rows[8].endswith("[resolve_failed]"), "which", repr(result))
        t.equal(rows[10], "5 servers: 3 pass, 1 FAIL, 0 open, 0 refused, 1 ERROR.", "the sum",
                repr(result))
        t.equal(result.messages, "", "nothing else is said")
        several = t.run(*args, "--format", "json", env=env)
        t.equal([x.get("result") for x in several.json()], ["pass"] * 3 + ["fail", None],
                "json is an array", repr(several))
        lines = t.run(*args, "--format", "ndjson", env=env)
        t.equal(lines.lines(), several.json(), "ndjson says the same")
        table = t.run(*args, "--format", "csv", env=env).text.split("\r\n")
        t.equal([row.split(",")[1] for row in table[1:6]], ["pass"] * 3 + ["fail", "error"],
                "csv")
        stdin = t.run(*args[:-1], "-", stdin=text, env=env)
        t.equal((stdin.status, stdin.out), (INPUT, result.out), "standard input", repr(stdin))
        output = t.path()
        t.equal(t.run(*args, "--output", output, env=env).out, b"", "--output")
        with open(output, "rb") as file:
            t.equal(file.read(), result.out, "is written")
        one = t.run("check", *PKI.trusted, *TIMEOUT, "--format", "json", "--hosts",
                    t.file(f"127.0.0.1:{good}"))
        t.equal((one.status, len(one.json())), (PASS, 1), "one alone is an array too", repr(one))
        t.equal(one.err, b"", "and nothing is said")
        fails = t.run("check", *PKI.trusted, *TIMEOUT, "--hosts", t.file(f"127.0.0.1:{bad}\n"))
        t.equal(fails.status, FAIL, "exit status 1", repr(fails))
        # One --servername for all; one --starttls, which a line may say otherwise.
        both = t.run("check", *PKI.trusted, *TIMEOUT, "--format", "ndjson", "--hosts",
                     t.file(f"127.0.0.1:{mail.port}\n127.0.0.1:{imap.port} imap\n"),
                     "--starttls", "smtp", "--servername", "addresses.example")
        t.equal([(x["connection"]["starttls"], x["connection"]["name_matches"])
                 for x in both.lines()], [("smtp", True), ("imap", True)], "for all", repr(both))
        refused = t.run("check", *PKI.list, *TIMEOUT, "--hosts", t.file(f"127.0.0.1:{good}"))
        t.has(refused.text, " refused ", "what clients refuse", repr(refused))
        t.equal(refused.status, INPUT, "is 3")
        old = ["--log-list", PKI.path("log_list.json"), *PKI.authority, "--at",
               "2026-08-15", "--strict"]
        strict = t.run("check", *old, *TIMEOUT, "--hosts", t.file(f"127.0.0.1:{good}"))
        t.equal(strict.status, FAIL, "--strict", repr(strict))
        t.has(strict.messages, f"127.0.0.1:{good}: counts as a failure by --strict", "is said")


def test_bad_lines(t):
    """Each is told with its number, and the others go on."""
    with tls_server(PKI, PKI.path("compliant.pem")) as one:
        good = f"127.0.0.1:{one.port}"
        hosts = t.file(f"https://x/\n{good}\na b\nx:99999\n{good} smtpp\n\xff\n{good}#x\n{good}\n"
                       .encode("latin-1"))
        result = t.run("check", "--format", "ndjson", *PKI.trusted, *TIMEOUT, "--hosts", hosts)
        want = [(f"{hosts}:{number}", "bad_host") if number not in (2, 8) else (good, "pass")
                for number in range(1, 9)]
        t.equal([(x["id"], x.get("result") or x["error"]["code"]) for x in result.lines()], want,
                "in their places", repr(result))
        for number, line in enumerate(result.lines(), 1):
            if "error" in line:
                t.has(line["error"]["message"], f", line {number}: ", "its number")
        t.equal(result.status, INPUT, "exit status")
    for content, words in ((b"", "no server is in it"), (b"# nothing\n\n", "no server is in it"),
                           ("127.0.0.1\n".encode("utf-16"), "a NUL stands in it at byte 3 (UTF-16?)"),
                           (b"x\n" * 100001, "more than 100,000")):
        result = t.run("check", *PKI.trusted, "--hosts", t.file(content))
        t.equal((result.status, result.out), (INPUT, b""), words, repr(result))
        t.has(result.messages, words, "said")
    result = t.run("check", *PKI.trusted, "--hosts", t.path())
    t.equal(result.status, INPUT, "no such file", repr(result))


def start(args, **kw):
    return subprocess.Popen([PROGRAM, *args], env=clean_env(), stdin=subprocess.DEVNULL, **kw)


def test_stop(t):
    """A signal ends it in order: what is complete stands there, and how far it came is said."""
    for number in (signal.SIGINT, signal.SIGTERM):
        with servers() as (good, _, silent):
            hosts = t.file(f"127.0.0.1:{good}\n" * 3 + f"127.0.0.1:{silent}\n" * 20)
            output = t.path()
            args = ["check", "--format", "ndjson", *PKI.trusted, *TIMEOUT, "--hosts", hosts]
            with start(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
                for _ in range(3):
                    process.stdout.readline()
                process.send_signal(number)
                out, err = process.communicate(timeout=FAR_TOO_LONG)
            t.equal((process.returncode, out), (128 + number, b""), "ends", repr(err))
            if t.check(b"stopped behind 3 of 23 servers [connect_stopped]" in err, "says",
                       repr(err)):
                t.produced.add("connect_stopped")
            with start([*args, "--output", output], stderr=subprocess.PIPE) as process:
                time.sleep(1)
                process.send_signal(number)
                process.communicate(timeout=FAR_TOO_LONG)
            t.check(not os.path.exists(output), "half a file does not appear")


def test_terminal(t):
    """Who is waited for is named on a terminal, and the line is gone in the end."""
    with servers() as (good, _, silent):
        hosts = t.file(f"127.0.0.1:{good}\n127.0.0.1:{silent}\n")
        master, slave = pty.openpty()
        with start(["check", *PKI.trusted, "--timeout", "4", "--hosts", hosts],
                   stdout=subprocess.PIPE, stderr=slave) as process:
            os.close(slave)
            said = b""
            with contextlib.suppress(OSError):
                while True:
                    said += os.read(master, 4096)
            process.communicate(timeout=FAR_TOO_LONG)
        os.close(master)
        t.check(f"1 of 2; waiting for 127.0.0.1:{silent}".encode() in said, "named", repr(said))
        t.check(said.endswith(b"\r\x1b[K"), "and gone", repr(said))


def test_hanging_names(t):
    """Names that hang hold up nobody else."""
    with tls_server(PKI, PKI.path("compliant.pem")) as one:
        env = names(hang_test="hang", good_test="127.0.0.1")
        hosts = t.file(f"hang.test\ngood.test:{one.port}\n" * 10)
        result = t.run("check", "--format", "ndjson", *PKI.trusted, *SHORT, "--jobs", "20",
                       "--servername", "compliant.example", "--hosts", hosts, env=env)
    t.equal([x.get("result") or x["error"]["code"] for x in result.lines()],
            ["connect_timeout", "pass"] * 10, "each", repr(result))


def test_full_output(t):
    """Where the output fails, the run ends."""
    with servers() as (good, _, silent):
        hosts = t.file(f"127.0.0.1:{good}\n" * 4 + f"127.0.0.1:{silent}\n" * 4)
        with open("/dev/full", "wb") as full:
            result = t.run("check", *PKI.trusted, "--timeout", "5", "--hosts", hosts, stdout=full)
    t.equal(result.status, INPUT, "exit status", repr(result))
    t.has(result.messages, "[output_failed]", "said")


socket.setdefaulttimeout(60)
run_all("hosts", globals(), PKI.close)
