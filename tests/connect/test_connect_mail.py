#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""check --connect and --hosts for who runs a small mail server: what clients refuse stands first,
rows and sum of the table agree, and every error names the next step."""
import csv
import io
import os
import pty
import re
import subprocess

from connect_lib import (PROGRAM, Pki, SLOW, TIMEOUT, codes, front, names, server, splice,
                         tls_server, wait_for_end)
from lib import FAIL, INPUT, PASS, USAGE, clean_env, run_all

PKI = Pki()
SHORT = ["--timeout", "5" if SLOW else "2"]
NAME = ["--servername", "compliant.example"]


def own(name, *more):
    """A certificate that its owner made, with the servers' key."""
    subprocess.run(["openssl", "req", "-x509", "-key", PKI.key, "-out", PKI.path(name), *more],
                   check=True, stderr=subprocess.DEVNULL)
    return PKI.path(name)


def flat(text):
    return " ".join(text.split())


def check(t, port, *args, **kw):
    return t.run("check", *PKI.trusted, "--connect", f"127.0.0.1:{port}", *args, **kw)


def says(data):
    def serve(sock, _):
        sock.sendall(data)
        wait_for_end(sock)
    return serve


def test_names(t):
    """Which names the certificate is for, and that a common name is none."""
    bare = own("bare.pem", "-subj", "/CN=mail.own.example/O=Own", "-days", "90")
    with tls_server(PKI, bare) as one:
        got = flat(check(t, one.port, "--servername", "mail.own.example", *TIMEOUT).text)
    t.has(got, "names none: no subjectAltName", "the line of names")
    t.has(got, "not for mail.own.example: it has no subjectAltName; clients do not read the "
          "common name (CN=mail.own.example).", "why")
    with tls_server(PKI, PKI.path("addresses.pem")) as one:
        got = flat(check(t, one.port, *TIMEOUT).text)
    t.has(got, "names addresses.example, 127.0.0.1, ::1", "addresses are shown")


def test_lifetime(t):
    """The last second counts."""
    for days, shown in (("90", "90 days and a second, as the last one counts: who rounds up has 91 days (RFC 5280"),
                        ("180", "180 days and a second, as the last one counts: who rounds up has 181 days")):
        path = own("days.pem", "-subj", "/CN=x", "-days", days)
        t.has(flat(t.run("check", *PKI.list, path).text), shown, days)
    got = flat(t.run("check", *PKI.list, PKI.path("compliant.pem")).text)
    t.has(got, "23:59:59Z, 90 days SHA-256", "of whole days nothing is said")


def test_first_line(t):
    """What decides the exit status stands first, with what the SCTs come to beside it."""
    cases = (("compliant.pem", "Apart from that, by its SCTs: this certificate "),
             ("operator-cap.pem", "By its SCTs it fails, too: this certificate "))
    for chain, words in cases:
        with tls_server(PKI, PKI.path(chain)) as one:
            result = check(t, one.port, "--servername", "wrong.example", *TIMEOUT)
        t.equal(result.status, INPUT, chain, repr(result))
        t.check(flat(result.text).startswith(
            "REFUSED: clients refuse this server: the server's certificate is not for this name. "
            + words), f"{chain}: begins so", repr(result))
    leaf = PKI.certs("compliant.pem")[0]
    with tls_server(PKI, PKI.chain("alone.pem", leaf)) as one:
        result = check(t, one.port, *NAME, *TIMEOUT)
        t.check(result.text.startswith("REFUSED: "), "incomplete", repr(result))
        t.has(flat(result.text), "By its SCTs it is open: ", "what is open")
    with tls_server(PKI, PKI.path("compliant.pem")) as one:
        late = ["check", "--log-list", PKI.path("log_list.json"), *PKI.authority, "--at",
                "2026-10-01", *NAME, *TIMEOUT, "--connect", f"127.0.0.1:{one.port}"]
        result = t.run(*late)
        t.has(flat(result.text), "By the policy it passes: apple does not apply at that time (it expired",
              "expired")
        t.check(result.text.startswith("REFUSED: "), "expired", repr(result))
        result = check(t, one.port, *NAME, *TIMEOUT)
        t.check(result.text.startswith("PASS: "), "a good one", repr(result))
    with tls_server(PKI, PKI.path("operator-cap.pem")) as one:
        result = check(t, one.port, "--servername", "operator-cap.example", *TIMEOUT)
        t.equal((result.status, result.text.split(":")[0]), (FAIL, "FAIL"), "a bad one",
                repr(result))
    with tls_server(PKI, PKI.path("compliant.pem"), "--ask-client") as one:
        result = check(t, one.port, *NAME, *TIMEOUT)
        t.equal(result.status, PASS, "asks for a certificate", repr(result))
        t.has(flat(result.text), "asks for a client certificate (none was sent)", "is told")
    # Cut behind the certificate.
    with tls_server(PKI, PKI.path("compliant.pem"), "--tls", "1.2") as back, \
            server(lambda sock, _: splice(sock, back.port, 1600)) as one:
        result = check(t, one.port, *NAME, *TIMEOUT)
        if "handshake_incomplete" in result.text:
            t.has(flat(result.text), "refuse this server: the handshake ended behind", "cut")


def test_accepted(t):
    """In JSON and CSV beside the result, which is about the policies."""
    with tls_server(PKI, PKI.path("compliant.pem")) as one, \
            tls_server(PKI, PKI.path("operator-cap.pem")) as bad, \
            server(lambda sock, _: sock.close()) as none:
        hosts = t.file(f"127.0.0.1:{one.port}\n127.0.0.1:{bad.port}\n127.0.0.1:{none.port}\n")
        args = ["check", *PKI.trusted, *TIMEOUT, "--hosts", hosts, *NAME]
        lines = t.run(*args, "--format", "ndjson").lines()
        got = [(line["id"], line.get("result"), line.get("connection", {}).get("accepted"))
               for line in lines]
        t.equal(got, [(f"127.0.0.1:{one.port}", "pass", True),
                      (f"127.0.0.1:{bad.port}", "fail", False),
                      (f"127.0.0.1:{none.port}", None, None)], "ndjson")
        rows = list(csv.DictReader(io.StringIO(t.run(*args, "--format", "csv").text)))
        t.equal([(row["result"], row["accepted"]) for row in rows],
                [("pass", "true"), ("fail", "false"), ("error", "")], "csv")
        t.check("accepted" in rows[0], "a column")
        result = check(t, one.port, "--format", "json", *TIMEOUT)
        t.equal((result.status, result.json()["connection"]["accepted"], result.json()["result"]),
                (INPUT, False, "pass"), "refused, and by its SCTs a pass", repr(result))
    t.equal(t.run("check", *PKI.list, "--format", "csv", PKI.path("compliant.pem")).text
            .splitlines()[1][-1:], ",", "empty for a file")


def test_refused(t):
    """All that clients refuse is in the first line, and what the policies are about beside it."""
    long = own("untrusted.pem", "-subj", "/CN=mail.own.example", "-days", "3650", "-addext",
               "subjectAltName=DNS:mail.own.example,DNS:127.0.0.1")
    bare = own("cn.pem", "-subj", "/CN=mail.own.example", "-days", "90")
    args = ["--at", "2027-01-01T00:00:00Z", "--log-list", PKI.list[1], "--servername", "mail.own.example", *TIMEOUT]
    def first(text):
        return flat(text.split("\n\n")[0])
    refused = "REFUSED: clients refuse this server: the server's chain leads to no trusted authority"
    lacks = "no serverAuth in the key usage, 3650 days instead of 825 at most"
    with tls_server(PKI, long) as one:
        where = ["check", "--connect", f"127.0.0.1:{one.port}"]
        text = t.run(*where, *args).text
        got = first(text)
        t.check(got.startswith(f"{refused}; Apple's clients also refuse its certificate: {lacks}. By the policy it passes: "
                               "no SCTs are needed (it "), "with what apple-tls asks", got)
        t.equal(got.count("(("), 0, "brackets")
        t.has(text, "\nTo make it pass: make it again with ", "and what to do")
        t.has(flat(text), "(on an iPhone: Settings > General > About > Certificate Trust Settings)", "trust")
        known = text.index("What to know")
        t.check(known < text.index("[server_chain_untrusted]") < text.index("[tls_requirements_unmet]")
                < text.index("[log_list_stale]"), "the list comes last", text)
        for name, words in (("apple-tls", "By the policy it fails, too: "), ("apple,apple-tls", "By the policies it fails, too: ")):
            text = t.run(*where, *args, "--policy", name).text
            got = first(text)
            t.check(got.startswith(f"{refused}. {words}"), f"{name}: no SCTs are meant", got)
            t.has(got, f"this certificate does not meet Apple's requirements for TLS servers ({lacks}).", name)
            t.equal("log_list_stale" in text, name != "apple-tls", f"{name}: a list that nobody asks")
        got = flat(t.run(*where, *TIMEOUT, *args[:4], "--policy", "apple-tls").text)
        t.has(got, "; there 127.0.0.1 is a DNS name, which counts for no address. ", "an address among the names")
        names = t.run(*where, *TIMEOUT, *args[:4], "--format", "json").json()["repair"]["names"]
        t.equal(names, ["mail.own.example", "127.0.0.1"], "where it was found is no name that is wanted")
        got = flat(t.run("check", *PKI.list, "--hostname", "127.0.0.1", long).text)
        t.has(got, "; there 127.0.0.1 is a DNS name, which counts for no address. ", "... of a file")
    for name, more in (("unsuitable certificate purpose", ["extendedKeyUsage=clientAuth"]),
                       ("unhandled critical extension", ["1.2.3.4=critical,DER:0500"])):
        odd = own("odd.pem", "-subj", "/CN=mail.own.example", "-days", "90", "-addext",
                  "subjectAltName=DNS:mail.own.example", "-addext", *more)
        with tls_server(PKI, odd) as one:
            result = t.run("check", "--connect", f"127.0.0.1:{one.port}", *args[2:], "--cacert", odd,
                           "--format", "json")
        report = result.json()
        t.equal((result.status, report["connection"]["chain"], report["policies"][0]["applies"]),
                (INPUT, "invalid", False), name, repr(result))
        said = next(f["message"] for f in report["findings"] if f["code"] == "server_chain_invalid")
        t.has(said, f"have it issued anew. (OpenSSL: {name})", "what is wrong with it")
        t.check("--cacert" not in said, "no word of an authority that is missing", said)
    with tls_server(PKI, bare) as one:
        report = t.run("check", "--connect", f"127.0.0.1:{one.port}", *args, "--format", "json").json()
        name = next(f["message"] for f in report["findings"] if f["code"] == "server_name_mismatch")
        t.check(name.endswith(" Clients refuse it: make the certificate again with this name in the subjectAltName."),
                "no name at all", name)
        t.equal((report["repair"]["names"], "names" in report["repair"]["changes"]), (["mail.own.example"], True),
                "the name is in what would be right")
        for policies in ("apple", "apple-tls", "all"):
            for name in (["--hostname", "127.0.0.1"], ["--hostname", "other.example"], ["--servername", "other.example"], []):
                got = t.run("check", "--connect", f"127.0.0.1:{one.port}", *args[:4], *TIMEOUT, *name, "--cacert", bare,
                            "--policy", policies)
                t.equal(got.status, INPUT, f"{name}, {policies}: refused")
                t.check(" it passes" not in first(got.text), f"{name}, {policies}: a wrong name never passes", first(got.text))
                asked = name[:1] == ["--hostname"]
                t.equal(f". It fails: this certificate is not for {name[1]}. " in first(got.text) if asked else
                        ". It fails: " in first(got.text), asked, f"{name}, {policies}: why")
    with tls_server(PKI, bare) as one:
        over = ["--at", "2037-01-01T00:00:00Z", *args[2:], "--cacert", bare]
        result = t.run("check", "--connect", f"127.0.0.1:{one.port}", *over, "--policy", "all")
        t.equal(result.status, INPUT, "expired", repr(result))
        t.check("--at issuance" not in first(result.text), "a server is asked about now", first(result.text))
        t.has(first(result.text), "it expired on 20", "since when")
        t.check("<=398" not in result.text, "no limit of system's roots under --cacert", result.text)
        alone = ["check", "--connect", f"127.0.0.1:{one.port}", *args[2:], "--policy", "all"]
        for at, date, word in (("2037-01-01T00:00:00Z", "notAfter 20", "expired"),
                               ("2020-01-01T00:00:00Z", "notBefore 20", "is not valid yet")):
            result = t.run(*alone, "--at", at)
            t.has(first(result.text), "leads to no trusted authority; a certificate that the server sends is not valid "
                  "at the time of check", f"{word}: among the reasons, though nobody trusts it")
            report = t.run(*alone, "--at", at, "--format", "json").json()
            t.equal([code for code in codes(report) if code.startswith("server_chain")],
                    ["server_chain_untrusted", "server_chain_expired"], f"{word}: findings")
            message = next(f["message"] for f in report["findings"] if f["code"] == "server_chain_expired")
            t.check(date in message and word in message, f"{word}: when", message)
            row = flat(t.run("check", "--hosts", t.file(f"127.0.0.1:{one.port}\n"), *args[2:], "--at", at).text)
            t.has(row, "[server_chain_untrusted]; a certificate that the server sends is not valid at the time of check "
                  "[server_chain_expired]", f"{word}: a row of the table")
        report = t.run(*alone, "--format", "json").json()
        t.check("server_chain_expired" not in codes(report), "in its time", codes(report))
        report = t.run(*alone, "--at", "issuance", "--format", "json").json()
        t.check("server_chain_expired" not in codes(report), "as of its issuance", codes(report))
        result = t.run("check", "--connect", f"127.0.0.1:{one.port}", *over, "--policy", "all")
        apple = result.text.split("\napple: ")[1].split("\napple-tls: ")[0]
        t.check("UNMET" not in apple, "no table of a policy that does not apply", apple)
        t.has(flat(result.text), "To make it pass: make it again with a validity that is not over; ", "what to do")


def test_renewed(t):
    """What is over is asked nothing, and the next one all: it is not made again as it was."""
    ca = own("old-ca.pem", "-subj", "/CN=Old CA", "-days", "3650", "-addext", "keyUsage=keyCertSign")
    leaf = own("over.pem", "-CA", ca, "-CAkey", PKI.key, "-subj", "/CN=mail.own.example", "-days", "90",
               "-addext", "basicConstraints=critical,CA:FALSE")
    name = ["--servername", "mail.own.example", "--at", "2037-01-01T00:00:00Z", *TIMEOUT]
    with tls_server(PKI, leaf) as one:
        for more in (["--policy", "apple-tls"], ["--policy", "all"], [], ["--policy", "all", "--private-root"]):
            report = t.run("check", "--connect", f"127.0.0.1:{one.port}", *name, "--cacert", ca, *more, "--format", "json")
            got = report.json()["repair"]
            t.equal((got["possible"], got["changes"], got["names"]),
                    (True, ["renewal", "names", "server_auth"], ["mail.own.example"]), f"{more}", repr(report))
            t.check("intermediate" not in got["sentence"], f"{more}: its CA is a root", got["sentence"])
        roots = t.run("check", "--connect", f"127.0.0.1:{one.port}", *name, "--roots", PKI.path("root.pem"), "--format", "json")
        t.check("ask with --cacert" not in roots.json()["repair"]["sentence"], "whose it is was said", repr(roots))


def test_repaired(t):
    """From the refusal to a server that passes, by the lines that the report prints."""
    bare = own("line-of-the-web.pem", "-subj", "/CN=mail.own.example", "-days", "3650")
    name = ["--servername", "mail.own.example", *TIMEOUT]
    with tls_server(PKI, bare) as one:
        report = t.run("check", "--connect", f"127.0.0.1:{one.port}", *name, "--format", "json").json()
    wild = own("wild.pem", "-subj", "/CN=x", "-days", "3650", "-addext", "subjectAltName=DNS:*.own.example")
    with tls_server(PKI, wild) as one:
        names = t.run("check", "--connect", f"127.0.0.1:{one.port}", *name, "--format", "json").json()["repair"]["names"]
    t.equal(names, ["*.own.example"], "a name that it is for is no other one")
    t.check("ask with --cacert" not in report["repair"]["sentence"], "it has no CA", report["repair"]["sentence"])
    with tls_server(PKI, own("nobody.pem", "-subj", "/O=x", "-days", "3650")) as one:
        names = t.run("check", "--connect", f"127.0.0.1:{one.port}", *TIMEOUT, "--format", "json").json()["repair"]["names"]
    t.equal(names, ["127.0.0.1"], "where it was found, for want of any name")
    folder = PKI.path("repaired")
    os.mkdir(folder)
    subprocess.run(["sh", "-c", report["repair"]["command"]], cwd=folder, check=True, stderr=subprocess.DEVNULL)
    new = os.path.join(folder, "new-mail.own.example")
    with tls_server(PKI, new + ".pem", "--key", new + ".key") as one:
        result = t.run("check", "--connect", f"127.0.0.1:{one.port}", *name, "--policy", "all", "--cacert",
                       os.path.join(folder, "new-ca.pem"))
    t.equal(result.status, PASS, "it passes by all policies", repr(result))
    t.check("To make it pass" not in result.text, "nothing is left to do", result.text)


def issue(folder, name, subject, ca, *extensions):
    """NAME.pem, with NAME.key, by CA.pem in this folder, or by itself."""
    by = ["-CA", f"{ca}.pem", "-CAkey", f"{ca}.key"] if ca else []
    subprocess.run(["openssl", "req", "-x509", *by, "-newkey", "rsa:2048", "-nodes", "-days", "90", "-subj", subject,
                    "-keyout", f"{name}.key", "-out", f"{name}.pem", *(part for e in extensions for part in ("-addext", e))],
                   cwd=folder, check=True, stderr=subprocess.DEVNULL)


CA = ("basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign")
LEAF = ("subjectAltName=DNS:mail.own.example", "basicConstraints=critical,CA:FALSE")


def test_own_authority(t):
    """Whose the CA is comes before what a public one would have to do, and its files are in the line."""
    folder = PKI.path("own-ca")
    os.mkdir(folder)
    at = lambda name: os.path.join(folder, name)  # noqa: E731
    issue(folder, "root", "/CN=Own root", None, *CA)
    issue(folder, "between", "/CN=Own intermediate", "root", *CA)
    issue(folder, "direct", "/CN=x", "root", *LEAF)
    issue(folder, "leaf", "/CN=x", "between", *LEAF)
    def pem(name):
        with open(at(name + ".pem"), encoding="ascii") as file:
            return file.read()
    def ask(chain, key, *more):
        path = PKI.chain("own-chain.pem", *map(pem, chain))
        with tls_server(PKI, path, "--key", at(key + ".key")) as one:
            return t.run("check", "--connect", f"127.0.0.1:{one.port}", "--servername", "mail.own.example", *TIMEOUT,
                         *PKI.list[:2], "--policy", "apple,apple-tls", "--format", "json", *more).json()["repair"]
    first = "where its CA is your own, or your company's, ask with --cacert ca.pem (that CA's certificate): " \
            "less is asked of it then, and no SCTs. Else "
    for chain, key in ((("direct",), "direct"), (("direct", "root"), "direct"), (("leaf", "between"), "leaf"), (("leaf",), "leaf")):
        got = ask(chain, key)
        t.check(got["sentence"].startswith(first), f"{chain}: nobody said whose it is", got)
        t.check("--private-root" not in got["sentence"], f"{chain}: which would not do", got)
        got = ask(chain, key, "--private-root")
        t.check(got["sentence"].startswith(first), f"{chain}: which CA is asked for with --private-root, too", got)
    cacert = ["--cacert", at("root.pem")]
    got = ask(("direct",), "direct", *cacert)
    t.check(got["sentence"].startswith("issue it again with serverAuth"), "somebody did", got)
    t.has(got["command"], f"-CA {at('root.pem')} -CAkey {at('root.key')} ", "the CA's files")
    t.has(got["sentence"], f"the line below makes it ({at('root.key')} is a guess: put the file of its key there).", "said")
    got = ask(("leaf", "between"), "leaf", *cacert)
    t.has(got["sentence"], "Now an intermediate CA issues it (CN=Own intermediate): if that one is to go on, put its "
          "certificate and key into the line (-CA, -CAkey), and its certificate behind the new one in the server's file",
          "what the server sends")
    got = ask(("leaf",), "leaf", *cacert)
    t.check(got["sentence"].startswith("where an intermediate CA under that of --cacert issued it, put the intermediate's "
                                       "certificate behind its own in the server's file, and ask again: "), "not sent", got)
    t.check("ask with --cacert" not in got["sentence"], "which it was", got)


def test_system_root(t):
    """Under a root that comes with the system, 398 days are the most; under one that is named, they are not."""
    folder = PKI.path("system")
    os.mkdir(folder)
    issue(folder, "root", "/CN=System root", None, *CA)
    subprocess.run(["openssl", "req", "-x509", "-CA", "root.pem", "-CAkey", "root.key", "-newkey", "rsa:2048", "-nodes",
                    "-days", "500", "-subj", "/CN=x", "-keyout", "leaf.key", "-out", "leaf.pem", "-addext", LEAF[0],
                    "-addext", "extendedKeyUsage=serverAuth"], cwd=folder, check=True, stderr=subprocess.DEVNULL)
    root, leaf = os.path.join(folder, "root.pem"), os.path.join(folder, "leaf")
    with tls_server(PKI, leaf + ".pem", "--key", leaf + ".key") as one:
        for more, env, in_force in (([], {"SSL_CERT_FILE": root}, True), (["--cacert", root], None, False)):
            report = t.run("check", "--connect", f"127.0.0.1:{one.port}", "--servername", "mail.own.example", *TIMEOUT,
                           "--policy", "apple-tls", "--format", "json", *more, env=env).json()
            t.check("server_chain_untrusted" not in codes(report), "trusted", codes(report))
            row = next(r for r in report["policies"][0]["requirements"] if r["requirement"] == "days_398")
            t.equal((row["in_force"], row["met"], row["open"]), (in_force, not in_force, False), f"{more}")


def test_minimum(t):
    """What Apple's clients refuse is said also where nobody asked for apple-tls."""
    long = own("long.pem", "-subj", "/CN=mail.own.example", "-days", "3650", "-addext",
               "subjectAltName=DNS:mail.own.example")
    args = ["--at", "2027-01-01T00:00:00Z", "--log-list", PKI.list[1], "--cacert", long,
            "--servername", "mail.own.example", *TIMEOUT]
    lacks = "no serverAuth in the key usage, 3650 days instead of 825 at most"
    with tls_server(PKI, long) as one:
        where = f"127.0.0.1:{one.port}"
        result = t.run("check", "--connect", where, *args)
        t.equal(result.status, PASS, "apple alone is the default", repr(result))
        first = flat(result.text.split("\n\n")[0])
        t.check(first.startswith("PASS: ") and
                first.endswith(f", but Apple's clients refuse it: {lacks}."), "in the first line", first)
        t.has(flat(result.text), f"warning: Apple's clients refuse this certificate, which no policy "
              f"asked for is about: {lacks}. Ask with --policy apple,apple-tls", "and what to ask")
        report = t.run("check", "--connect", where, *args, "--format", "json").json()
        t.equal((report["result"], [p["policy"] for p in report["policies"]], "tls_requirements_unmet"
                 in codes(report)), ("pass", ["apple"], True), "in JSON")
        t.equal(report["repair"]["changes"], ["lifetime", "server_auth", "issuer"], "and what to do about it")
        rows, total, _ = table(t.run("check", "--hosts", t.file(where + "\n"), *args).text)
        t.equal(rows[where][:2], ("pass", "pass"), "a row of the table")
        t.has(rows[where][2], f"refuse it: {lacks} [tls_requirements_unmet]", "and below it")
        t.has(total, "1 pass", "its sum")
        for names in ("apple", "apple,apple-tls", "all"):
            report = t.run("check", "--connect", where, *args, "--format", "json", "--policy", names).json()
            t.check("tls_requirements_unmet" not in codes(report), f"--policy {names}: as asked")
    report = t.run("check", "--at", "2027-01-01T00:00:00Z", *PKI.list[:2], "--format", "json", long).json()
    t.check("tls_requirements_unmet" not in codes(report), "a file is judged as an audit judges it")
    with tls_server(PKI, PKI.path("compliant.pem")) as one:
        report = check(t, one.port, *NAME, *TIMEOUT, "--format", "json").json()
        t.equal(codes(report), [], "nothing to say")


ROW = re.compile(r"(\S.*?)?  +(pass|FAIL|open|refused|ERROR)  +(\S+)(  *[\d-]+){4}")


def table(text):
    """The rows of a table by server: the words, and the reason below; the sum; what follows."""
    lines = text.splitlines()[1:]
    end = lines.index("")
    rows, name = {}, None
    for line in lines[:end]:
        row = ROW.fullmatch(line)
        if row:
            name = row.group(1) or name
            rows[name] = (row.group(2), row.group(3), "")
        elif line.startswith(" "):
            rows[name] = (*rows[name][:2], rows[name][2] + " " + line.strip())
        else:  # a long name, whose row follows
            name = line
    return rows, lines[end + 1], lines[end + 2:]


def test_table(t):
    with tls_server(PKI, PKI.path("compliant.pem")) as good, \
            tls_server(PKI, PKI.path("operator-cap.pem")) as bad, \
            front("smtp", good.port) as mail, server(says(b"* OK ready\r\n")) as plain:
        hosts = f"127.0.0.1:{good.port}\n127.0.0.1:{mail.port}   smtp\n127.0.0.1:{bad.port}\n" \
                f"127.0.0.1:{plain.port}\n127.0.0.1:{plain.port} imap\nwrong line here\n"
        args = ["check", *PKI.trusted, *TIMEOUT, *NAME, "--hosts"]
        path = t.file(hosts)
        result = t.run(*args, path)
        rows, total, more = table(result.text)
        t.equal({name: row[:2] for name, row in rows.items()}, {
            f"127.0.0.1:{good.port}": ("pass", "pass"),
            f"127.0.0.1:{mail.port} smtp": ("pass", "pass"),
            f"127.0.0.1:{bad.port}": ("refused", "FAIL"),
            f"127.0.0.1:{plain.port}": ("ERROR", "-"),
            f"127.0.0.1:{plain.port} imap": ("ERROR", "-"),
            f"{path}:6": ("ERROR", "-")}, "rows", repr(result))
        t.equal(total, "6 servers: 2 pass, 0 FAIL, 0 open, 1 refused, 3 ERROR.", "the sum")
        reason = rows[f"127.0.0.1:{bad.port}"][2]
        t.has(reason, "[server_name_mismatch]; ", "clients first")
        t.has(reason, "[too_few_scts]", "then the policy")
        shown = " ".join(f"{name} {value}" for name, value in zip(
            ("--servername", "--cacert", "--at", "--log-list", "--timeout"),
            (NAME[1], PKI.root, PKI.list[3], PKI.list[1], TIMEOUT[1])))
        t.equal(more, ["What to do about one: ctpolicy check --connect "
                       f"127.0.0.1:{bad.port} {shown}"], "the command", repr(result))
        again = t.run(*more[0].split(": ", 1)[1].split()[1:])
        t.equal(again.status, INPUT, "is one", repr(again))
        t.check(again.text.startswith("REFUSED: "), "and says so", repr(again))
        words = [row[0] for row in rows.values()]
        t.equal([f"{words.count(word)} {word}" for word in
                 ("pass", "FAIL", "open", "refused", "ERROR")],
                total.rstrip(".").split(": ")[1].split(", "), "each row is counted in its word")
        t.equal([line for line in result.text.splitlines()[:-1] if len(line) > 80], [],
                "80 columns")
        # The protocol of all servers, and none where all is well.
        result = t.run(*args, t.file(f"127.0.0.1:{plain.port}\n"), "--starttls", "smtp")
        t.has(result.text, f"--connect 127.0.0.1:{plain.port} --starttls smtp", "repeated")
        result = t.run(*args, t.file(f"127.0.0.1:{good.port}\n"))
        t.equal(result.text.splitlines()[-1], "1 server: 1 pass, 0 FAIL, 0 open, 0 refused, "
                "0 ERROR.", "nothing to do", repr(result))
        # A name that is longer than its column.
        long = "a" * 60 + ".test"
        env = names(**{long.replace(".", "_"): "127.0.0.1"})
        result = t.run(*args, t.file(f"{long}:{good.port}\n127.0.0.1:{good.port}\n"), env=env)
        lines = result.text.splitlines()
        t.equal((lines[1], lines[2].split(), lines[3].split()[1:]),
                (f"{long}:{good.port}", ["pass", "pass", "2", "0", "-", "88"],
                 ["pass", "pass", "2", "0", "-", "88"]), "a long name", repr(result))
        t.equal(lines[2].index("pass"), lines[3].index("pass"), "in the same columns")


def fails(t, what, serve, args, *parts):
    with server(serve) as one:
        result = check(t, one.port, "--format", "json", *args)
    t.equal(result.status, INPUT, what, repr(result))
    for part in parts:
        t.has(result.json().get("error", {}).get("message", ""), part, what)


def test_next_steps(t):
    fails(t, "smtp at imap", says(b"* OK [CAPABILITY IMAP4rev1] ready\r\n"), [*TIMEOUT, "--starttls", "smtp"],
          "the server says: * OK [CAPABILITY IMAP4rev1] ready; so do servers of another protocol: --starttls imap")
    fails(t, "imap at smtp", says(b"220 mail.test ESMTP\r\n"), [*TIMEOUT, "--starttls", "imap"], "--starttls smtp")
    for name, words in (("a b", "no name has such a character"), ("*.example.com", "a wildcard stands for many names")):
        result = t.run("check", *PKI.trusted, "--connect", "127.0.0.1:1", "--servername", name)
        t.equal(result.status, USAGE, name, repr(result))
        t.has(result.messages, words, name)
        t.check("HOST[:PORT]" not in result.messages, f"{name}: it takes no port", result.messages)
    for banner, protocol in ((b"220 mail.test ESMTP Postfix\r\n", "smtp"),
                             (b"* OK [CAPABILITY IMAP4rev1] ready\r\n", "imap"),
                             (b"+OK Dovecot ready.\r\n", "pop3"),
                             (b"220 (vsFTPd 3.0.3)\r\n", "ftp")):
        fails(t, f"greets in {protocol}", says(banner), TIMEOUT,
              f"it begins in plain: --starttls {protocol}", banner.decode().strip())
    fails(t, "HTTP", says(b"HTTP/1.1 400 Bad\r\n"), TIMEOUT, "it says: HTTP/1.1 400 Bad")
    with tls_server(PKI, PKI.path("compliant.pem")) as one:
        # Mail servers greet first; at TLS that is silence. The others ask first: an alert.
        for protocol, options in (("smtp", SHORT), ("imap", SHORT), ("postgres", TIMEOUT),
                                  ("ldap", TIMEOUT), ("xmpp", TIMEOUT)):
            result = check(t, one.port, "--starttls", protocol, "--format", "json", *options)
            t.has(result.json().get("error", {}).get("message", ""),
                  "if TLS begins at once at this port, leave --starttls out", protocol,
                  repr(result))
    fails(t, "silent", lambda sock, _: wait_for_end(sock), SHORT,
          "no time is left while it waited for the TLS handshake; it had "
          f"{SHORT[1]} s, and --timeout gives more")
    fails(t, "no silence", says(b"554 go away\r\n"), [*TIMEOUT, "--starttls", "smtp"],
          "the server says: 554 go away")
    env = names(many_test="127.0.0.2,127.0.0.3,127.0.0.4,127.0.0.5")
    result = t.run("check", *PKI.trusted, "--connect", "many.test:1", *TIMEOUT, env=env)
    t.has(flat(result.text), "no connection to port 1: 127.0.0.2: Connection refused; 127.0.0.3: "
          "Connection refused; and 2 more; is the service running, is it this port, is a firewall "
          "between? [connect_failed]", "several addresses")
    for path, words in (("nope.pem", "--cacert nope.pem: No such file or directory"),
                        (PKI.folder, "a folder; name a file of certificates in PEM"),
                        (PKI.path("tls_scts.bin"), "--cacert ")):
        result = t.run("check", *PKI.list, "--connect", "127.0.0.1:1", "--cacert", path)
        t.equal((result.status, result.out), (INPUT, b""), path, repr(result))
        t.has(result.messages, words, path)


def on_terminal(*args):
    """What a terminal gets, of output and messages."""
    master, slave = pty.openpty()
    with subprocess.Popen([PROGRAM, *args], env=clean_env(), stdin=subprocess.DEVNULL,
                          stdout=slave, stderr=slave) as process:
        os.close(slave)
        out = b""
        try:
            while True:
                out += os.read(master, 4096)
        except OSError:
            pass
        process.wait(timeout=120)
    os.close(master)
    return out.decode()


def test_once(t):
    """An error is printed once where output and messages come to the same place."""
    for form in ("text", "json", "ndjson"):
        said = on_terminal("check", *PKI.trusted, *TIMEOUT, "--connect", "127.0.0.1:1", "--format",
                           form)
        t.equal(said.count("connect_failed"), 1, f"{form}, a terminal", repr(said))
    result = t.run("check", *PKI.trusted, *TIMEOUT, "--connect", "127.0.0.1:1")
    t.equal((result.text.count("connect_failed"), result.messages.count("connect_failed")), (1, 1),
            "two places")
    said = on_terminal("check", *PKI.trusted, *TIMEOUT, "--hosts", t.file("127.0.0.1:1\n"))
    t.equal(said.count("connect_failed"), 1, "a table", repr(said))


def test_cacert(t):
    """The authority that is trusted is the issuer of a leaf that comes alone."""
    leaf, issuer = PKI.certs("compliant.pem")
    trusting = [*PKI.list, "--cacert", PKI.chain("ca.pem", issuer)]
    with tls_server(PKI, PKI.chain("alone.pem", leaf)) as one:
        result = t.run("check", "--connect", f"127.0.0.1:{one.port}", *trusting, *NAME, *TIMEOUT,
                       "--format", "json")
        report = result.json()
        t.equal((result.status, report["result"], codes(report),
                 report["certificate"]["issuer_signature"], report["connection"]["chain"]),
                (PASS, "pass", [], "valid", "trusted"), "one", repr(result))
        many = t.run("check", "--hosts", t.file(f"127.0.0.1:{one.port}\n"), *trusting, *NAME,
                     *TIMEOUT)
        t.equal(many.status, PASS, "many", repr(many))
        both = t.run("check", "--connect", f"127.0.0.1:{one.port}", *PKI.trusted, *NAME, *TIMEOUT,
                     "--issuers", PKI.path("ca.pem"))
        t.has(both.text, "its signature\n             is valid", "beside --issuers", repr(both))


def test_help(t):
    text = flat(t.run("check", "--help").text)
    t.has(text, "a server not be examined, or clients refuse it", "exit status 3")


run_all("connect_mail", globals(), PKI.close)
