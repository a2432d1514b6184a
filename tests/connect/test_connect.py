#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""check --connect: SCTs in each of their three places, TLS 1.2 and 1.3, every STARTTLS protocol,
IPv4 and IPv6, and what the report says of the connection."""
import subprocess

from connect_lib import (DIALOGUES, NGINX, Pki, TIMEOUT, codes, front, has_ipv6, names, nginx,
                         s_server, server, splice, tls_server)
from lib import FAIL, INPUT, PASS, UNKNOWN, USAGE, run_all

PKI = Pki()
connect = PKI.connect
VERSIONS = ("1.2", "1.3")


def sources(report):
    return sorted({sct["source"] for sct in report["scts"] if sct["status"] == "valid"})


def sound(t, what, got, want_sources, version):
    status, report, result = got
    t.equal(status, PASS, what, repr(result))
    t.equal(sources(report), want_sources, f"{what}: sources", repr(result))
    shown = report.get("connection", {})
    t.equal((shown.get("tls_version"), shown.get("chain"), shown.get("name_matches"),
             shown.get("chain_length"), shown.get("handshake_error")),
            (f"TLS {version}", "trusted", True, 2, None), f"{what}: connection", repr(result))
    t.equal(shown.get("tls_scts_bytes") is not None, "tls" in want_sources, f"{what}: TLS")
    t.equal(shown.get("ocsp_bytes") is not None, "ocsp" in want_sources, f"{what}: OCSP")
    t.equal(report["certificate"]["issuer_signature"], "valid", f"{what}: the issuer is found")


def test_s_server(t):
    """Embedded, by the TLS extension, by OCSP, and the last two together."""
    info = PKI.server_info("info.pem", open(PKI.path("tls_scts.bin"), "rb").read())
    tls, ocsp = ["-serverinfo", info], ["-status_file", PKI.path("ocsp.der")]
    for version in VERSIONS:
        flag = "-tls" + version.replace(".", "_")
        with s_server(PKI, PKI.path("compliant.pem"), flag) as one:
            sound(t, f"embedded, {version}", connect(t, one.port, name="compliant.example"),
                  ["embedded"], version)
        for options, want in ((tls, ["tls"]), (ocsp, ["ocsp"]), (tls + ocsp, ["ocsp", "tls"])):
            with s_server(PKI, PKI.path("no-scts.pem"), flag, *options) as one:
                sound(t, f"{want}, {version}", connect(t, one.port), want, version)


def test_nginx(t):
    """A real web server: embedded, and the stapled response."""
    if not NGINX:
        t.skip("no nginx")
        return
    staple = f"ssl_stapling on;\nssl_stapling_file {PKI.path('ocsp.der')};\n"
    for version in VERSIONS:
        protocol = f"ssl_protocols TLSv{version};\n"
        with nginx(PKI, PKI.path("compliant.pem"), protocol) as one:
            sound(t, f"nginx, embedded, {version}",
                  connect(t, one.port, name="compliant.example"), ["embedded"], version)
        with nginx(PKI, PKI.path("no-scts.pem"), protocol + staple) as one:
            sound(t, f"nginx, OCSP, {version}", connect(t, one.port), ["ocsp"], version)


def test_own_server(t):
    """The server of the other tests shows the same."""
    options = ["--scts", PKI.path("tls_scts.bin"), "--ocsp", PKI.path("ocsp.der")]
    for version in VERSIONS:
        with tls_server(PKI, PKI.path("no-scts.pem"), *options, "--tls", version) as one:
            sound(t, f"all, {version}", connect(t, one.port), ["ocsp", "tls"], version)


def test_starttls(t):
    """Every protocol; and OpenSSL's client finds our small servers as good as real ones."""
    options = ["--scts", PKI.path("tls_scts.bin"), "--ocsp", PKI.path("ocsp.der")]
    with tls_server(PKI, PKI.path("no-scts.pem"), *options) as back:
        for protocol in DIALOGUES:
            with front(protocol, back.port) as one:
                got = connect(t, one.port, "--starttls", protocol, *PKI.trusted)
                sound(t, protocol, got, ["ocsp", "tls"], "1.3")
                t.equal(got[1]["connection"]["starttls"], protocol, f"{protocol}: said")
                done = subprocess.run(
                    ["openssl", "s_client", "-connect", f"127.0.0.1:{one.port}", "-starttls",
                     protocol, "-brief"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT, timeout=120)
                t.check(b"CONNECTION ESTABLISHED" in done.stdout, f"{protocol}: s_client",
                        repr(done.stdout))


def test_same_as_files(t):
    """The verdict is that of the files."""
    options = ["--scts", PKI.path("tls_scts.bin"), "--ocsp", PKI.path("ocsp.der")]
    with tls_server(PKI, PKI.path("no-scts.pem"), *options) as one:
        live = connect(t, one.port, "--policy", "apple,apple-enforced", *PKI.trusted)[1]
    files = t.run("check", "--format", "json", "--policy", "apple,apple-enforced", *PKI.list, "--tls-scts",
                  PKI.path("tls_scts.bin"), "--ocsp", PKI.path("ocsp.der"),
                  PKI.path("no-scts.pem")).json()
    for report in (live, files):
        report.pop("id")
        report.pop("connection", None)
    t.equal(live, files, "the same report")


def test_names(t):
    """SNI, the default port, several addresses, and IPv6."""
    seen = []

    def peek(sock, _):
        seen.append(sock.recv(4096, 2))
        splice(sock, back.port)

    with tls_server(PKI, PKI.path("compliant.pem")) as back, server(peek) as one:
        env = names(compliant_example="127.0.0.1", many_test="127.0.0.2,127.0.0.1")
        got = connect(t, one.port, host="compliant.example", name=None, env=env)
        sound(t, "by name", got, ["embedded"], "1.3")
        t.equal((got[1]["connection"]["host"], got[1]["connection"]["servername"],
                 got[1]["connection"]["address"], got[1]["id"]),
                ("compliant.example", "compliant.example", "127.0.0.1",
                 f"compliant.example:{one.port}"), "who was asked")
        t.check(b"compliant.example" in seen[0], "the name is sent (SNI)", repr(seen))
        got = connect(t, one.port, host="compliant.example.", name=None, env=env)
        t.equal((got[0], got[1]["connection"]["host"]), (PASS, "compliant.example"), "a dot")
        seen.clear()
        got = connect(t, one.port, name=None)
        t.equal((got[0], got[1]["connection"]["servername"],
                 got[1]["connection"]["name_matches"]), (INPUT, None, False), "an address")
        t.check(b"compliant.example" not in seen[0], "no name is sent of an address")
        # 127.0.0.2 is this machine, too, and nobody listens there at this port.
        got = connect(t, one.port, host="many.test", name="compliant.example", env=env)
        sound(t, "the second address", got, ["embedded"], "1.3")
    if not has_ipv6():
        t.skip("no IPv6 here")
        return
    with tls_server(PKI, PKI.path("compliant.pem"), "--address", "::1") as one:
        got = connect(t, one.port, host="[::1]", name="compliant.example")
        sound(t, "IPv6", got, ["embedded"], "1.3")
        t.equal(got[1]["connection"]["address"], "::1", "its address")
        both = names(compliant_example="::1,127.0.0.1")
        got = connect(t, one.port, host="compliant.example", name=None, env=both)
        sound(t, "IPv6 first", got, ["embedded"], "1.3")
    # Nobody at ::1, and the same port of 127.0.0.1 answers.
    with tls_server(PKI, PKI.path("compliant.pem")) as one:
        got = connect(t, one.port, host="compliant.example", name=None, env=both)
        sound(t, "IPv4 behind IPv6", got, ["embedded"], "1.3")


def test_refused(t):
    """What clients do not accept is told beside the verdict, and the exit status is 3."""
    leaf, issuer = PKI.certs("compliant.pem")
    other = PKI.certs("no-scts.pem")[0]
    name = "compliant.example"
    with tls_server(PKI, PKI.path("compliant.pem")) as one:
        status, report, result = connect(t, one.port, name="wrong.example")
        t.equal((status, report["result"], codes(report)),
                (INPUT, "pass", ["server_name_mismatch"]), "another name", repr(result))
        text = t.run("check", *PKI.trusted, "--connect", f"127.0.0.1:{one.port}",
                     "--servername", "wrong.example", *TIMEOUT)
        t.check(text.text.startswith("REFUSED: clients refuse this server: "), "stands first",
                repr(text))
        status, report, result = connect(t, one.port, *PKI.list, name=name)
        t.equal((status, report["result"], codes(report), report["connection"]["chain"]),
                (INPUT, "pass", ["server_chain_untrusted"], "untrusted"), "a private CA",
                repr(result))
        late = ["--log-list", PKI.path("log_list.json"), *PKI.authority]
        status, report, result = connect(t, one.port, *late, "--at", "2026-10-01", name=name)
        t.equal((status, report["connection"]["chain"], "server_chain_expired" in codes(report)),
                (INPUT, "expired", True), "expired", repr(result))
        t.equal(report["policies"][0]["applies_because"], ["expired"], "the policy as well")
        status, report, result = connect(t, one.port, *late, "--at", "2026-05-25", name=name)
        t.equal((status, report["connection"]["chain"]), (INPUT, "not_yet_valid"), "too early",
                repr(result))
        status, report, result = connect(t, one.port, *late, "--at", "issuance", name=name)
        t.equal((status, report["connection"]["chain"]), (PASS, "trusted"), "as of its issuance",
                repr(result))
        status, report, result = connect(t, one.port, "--policy", "apple,apple-enforced", *PKI.trusted,
                                         name=name)
        t.equal(len(report["policies"]), 2, "--policy", repr(result))
    with tls_server(PKI, PKI.chain("alone.pem", leaf)) as one:
        status, report, result = connect(t, one.port, name=name)
        t.equal((status, report["result"], report["connection"]["chain"]),
                (INPUT, "unknown", "incomplete"), "without the issuer", repr(result))
        t.check("server_chain_incomplete" in codes(report), "told", repr(result))
        t.has(result.text, "--issuer FILE or --issuers FILE|DIR; the server should send it",
              "what to do")
        ca = PKI.chain("ca.pem", issuer)
        for option in (["--issuer", ca], ["--issuers", ca]):
            status, report, result = connect(t, one.port, *PKI.trusted, *option, name=name)
            t.equal((status, report["result"]), (INPUT, "pass"), f"{option[0]} decides it",
                    repr(result))
        # Who has the intermediate as an authority gets along.
        trusting = ["--log-list", PKI.path("log_list.json"), "--at", "2026-06-02", "--cacert",
                    ca]
        status, report, result = connect(t, one.port, *trusting, "--issuer", ca, name=name)
        t.equal((status, report["connection"]["chain"]), (PASS, "trusted"), "--cacert",
                repr(result))
    with tls_server(PKI, PKI.chain("order.pem", leaf, other, issuer)) as one:
        status, report, result = connect(t, one.port, name=name)
        t.equal((status, report["result"], report["connection"]["chain_length"]),
                (PASS, "pass", 3), "another order", repr(result))
        t.check("chain_out_of_order" in codes(report), "told", repr(result))
    root = read_text(PKI.root)
    with tls_server(PKI, PKI.chain("whole.pem", leaf, issuer, root)) as one:
        status, report, result = connect(t, one.port, *PKI.list, name=name)
        t.equal((status, report["connection"]["chain"]), (INPUT, "self_signed"),
                "with the root, which nobody trusts", repr(result))
        t.equal(connect(t, one.port, name=name)[0], PASS, "and one that is trusted")


def test_held(t):
    """--hostname takes the place of the name that is checked, and not of the one that is asked for;
    --pin is held against what the server sends."""
    leaf, issuer = PKI.certs("compliant.pem")
    issuer = PKI.chain("pinned-ca.pem", issuer)
    pin = t.run("pins", "--format", "json", issuer).json()["certificates"][0]["spki_sha256"]
    name, other = "compliant.example", "00" * 32
    seen = []

    def peek(sock, _):
        seen.append(sock.recv(4096, 2))
        splice(sock, back.port)

    with tls_server(PKI, PKI.path("compliant.pem")) as back, server(peek) as one:
        status, report, result = connect(t, one.port, "--hostname", name, *PKI.trusted,
                                         name="other.example")
        t.equal((status, report["result"], report["hostname"]["matches"],
                 report["connection"]["servername"], report["connection"]["name_matches"]),
                (PASS, "pass", True, "other.example", True), "another name is asked for", repr(result))
        t.check(b"other.example" in seen[0] and b"compliant" not in seen[0], "what was sent")
        status, report, result = connect(t, one.port, "--hostname", "no.example", *PKI.trusted,
                                         name=name)
        t.equal((status, report["result"], codes(report), report["connection"]["servername"],
                 report["connection"]["name_matches"]),
                (INPUT, "fail", ["hostname_mismatch"], name, False), "not for it", repr(result))
        status, report, result = connect(t, one.port, "--hostname", "127.0.0.1", *PKI.trusted,
                                         name=None)
        t.equal((status, report["result"], codes(report), report["connection"]["servername"]),
                (INPUT, "fail", ["hostname_mismatch"], None), "an address", repr(result))
        status, report, result = connect(t, one.port, "--pin", pin, "--pin", other, *PKI.trusted,
                                         name=name)
        t.equal((status, report["pins"]["matches"], codes(report),
                 [one["certificates"] for one in report["pins"]["pins"]]),
                (PASS, True, [], [[1], []]), "the intermediate's pin", repr(result))
        status, report, result = connect(t, one.port, "--pin", other, *PKI.trusted, name=name)
        t.equal((status, report["result"], codes(report)), (FAIL, "fail", ["pins_mismatch"]),
                "another pin", repr(result))
        # The name of the server says whose pins are held.
        config = ("<domain-config><domain>%s</domain><pin-set><pin digest=\"SHA-256\">" + other +
                  "</pin></pin-set></domain-config>")
        for domain, want, standing in ((name, FAIL, "held"), ("other.example", PASS, "other_domain")):
            status, report, result = connect(t, one.port, "--pins", t.file(config % domain), *PKI.trusted,
                                             name=name)
            t.equal((status, [one["standing"] for one in report["pins"]["sets"]]), (want, [standing]),
                    f"pins of {domain}", repr(result))
    with tls_server(PKI, PKI.chain("leaf-alone.pem", leaf)) as one:
        status, report, result = connect(t, one.port, "--pin", pin, *PKI.trusted, name=name)
        t.equal((report["result"], report["pins"]["matches"]), ("fail", False), "not sent", repr(result))
        t.has(report["findings"][0]["message"], "sends its certificate alone", "why")


def read_text(path):
    with open(path) as file:
        return file.read()


def test_odd(t):
    """No SCTs, rubbish in their places, and a server that asks for a certificate."""
    with tls_server(PKI, PKI.path("no-scts.pem")) as one:
        status, report, result = connect(t, one.port)
        t.equal((status, report["result"], report["scts"]), (FAIL, "fail", []), "no SCTs",
                repr(result))
    rubbish = PKI.file("rubbish", b"\xffrubbish")
    for version in VERSIONS:
        with tls_server(PKI, PKI.path("compliant.pem"), "--ocsp", rubbish, "--scts", rubbish,
                        "--tls", version) as one:
            status, report, result = connect(t, one.port, name="compliant.example")
            t.equal((status, report["result"], sorted(codes(report))),
                    (PASS, "pass", ["ocsp_unreadable", "sct_list_malformed"]),
                    f"rubbish, {version}", repr(result))
            t.equal(report["connection"]["ocsp_bytes"], 8, "its bytes")
        with tls_server(PKI, PKI.path("compliant.pem"), "--scts", PKI.file("empty", b""),
                        "--tls", version) as one:
            status, report, result = connect(t, one.port, name="compliant.example")
            t.equal((status, report["connection"]["tls_scts_bytes"]), (PASS, 0),
                    f"an empty list, {version}", repr(result))
            t.check("sct_list_malformed" in codes(report), "is told", repr(result))
        with tls_server(PKI, PKI.path("compliant.pem"), "--ask-client", "--tls", version) as one:
            status, report, result = connect(t, one.port, name="compliant.example")
            shown = report["connection"]
            t.equal((status, report["result"], shown.get("asks_for_client_certificate")),
                    (PASS, "pass", True), f"asks for a certificate, {version}", repr(result))
            # In TLS 1.2 the server refuses before the client is done.
            t.equal("handshake_incomplete" in codes(report), version == "1.2",
                    f"what is told of it, {version}", repr(result))
    error = PKI.file("error.der", b"\x30\x03\x0a\x01\x06")
    with tls_server(PKI, PKI.path("compliant.pem"), "--ocsp", error) as one:
        status, report, result = connect(t, one.port, name="compliant.example")
        t.equal((status, "ocsp_error_status" in codes(report)), (PASS, True), "unauthorized",
                repr(result))
    # A small certificate authority of one's own: the leaf is its own issuer.
    subprocess.run(["openssl", "req", "-x509", "-key", PKI.key, "-subj", "/CN=own", "-days",
                    "36500", "-out", PKI.path("own.pem")], check=True,
                   stderr=subprocess.DEVNULL)
    with tls_server(PKI, PKI.path("own.pem")) as one:
        now = ["--log-list", PKI.path("log_list.json"), *PKI.authority]
        status, report, result = connect(t, one.port, *now, name="own.example")
        t.equal((status, report["connection"]["chain"]), (INPUT, "self_signed"), "self-signed",
                repr(result))


def test_forms(t):
    """Text and CSV; --output; the environment."""
    with tls_server(PKI, PKI.path("compliant.pem")) as one:
        at = f"127.0.0.1:{one.port}"
        args = ["--servername", "compliant.example", *PKI.trusted, *TIMEOUT]
        result = t.run("check", "--connect", at, *args)
        t.equal(result.status, PASS, "text", repr(result))
        flat = " ".join(result.text.split())
        t.has(flat, f"server {at}, TLS 1.3, TLS_AES_256_GCM_SHA384, asked for "
              "compliant.example", "the server")
        t.has(flat, "delivered 2 certificates; SCTs: 2 embedded, none by TLS, none by OCSP "
              "(nothing stapled)", "what came from where")
        t.equal([x for x in result.text.splitlines() if len(x) > 80], [], "80 columns")
        result = t.run("check", "--connect", at, *args, "--format", "csv")
        t.equal(result.text.splitlines()[1].split(",")[:2], [at, "pass"], "CSV")
        path = t.path()
        t.equal(t.run("check", "--connect", at, *args, "--output", path).status, PASS, "output")
        t.has(read_text(path), "PASS: ", "is in the file")
        env = {"CTPOLICY_CONNECT": at, "CTPOLICY_SERVERNAME": "compliant.example"}
        t.equal(t.run("check", *PKI.trusted, *TIMEOUT, env=env).status, PASS, "environment")
        # What belongs to the certificate may be given beside.
        result = t.run("check", "--connect", at, *args, "--strict", "--client-age", "30")
        t.equal(result.status, PASS, "other options", repr(result))
    with tls_server(PKI, PKI.path("final.pem")) as one:
        status, report, result = connect(t, one.port, *PKI.trusted, "--precertificate",
                                         PKI.path("precertificate.pem"), name="pipeline.example")
        t.equal((status, report.get("precertificate", {}).get("same_tbs")), (PASS, True),
                "--precertificate", repr(result))


def test_usage(t):
    def usage(args, *parts):
        result = t.run("check", *PKI.list, *args)
        t.equal((result.status, result.out), (USAGE, b""), f"{args}", repr(result))
        t.equal(len(result.messages.splitlines()), 1, f"one line: {args}", repr(result))
        for part in parts:
            t.has(result.messages, part, f"{args}")

    for bad, why in (("https://www.example.org/", "without the URL"), (":443", "no host"),
                     ("x:0", "1 to 65535"), ("x:65536", "1 to 65535"), ("x:", "1 to 65535"),
                     ("x:4a", "1 to 65535"), ("[::1", "[ADDRESS]:PORT"), ("a b", "character"),
                     ("1.2.3", "not an IPv4 address"), ("::g", "IPv6"), ("[x]:1", "IPv6"),
                     ("bücher.example", "xn--"), ("a..b", "two dots"), ("x" * 64, "63"),
                     ("", "no host")):
        usage(["--connect", bad] if bad else ["--connect="], why, "[bad_host]")
    usage(["--connect", "x", PKI.path("compliant.pem")], "runs of their own")
    usage(["--connect", "x", "--hosts", "y"], "give one of them")
    usage(["--starttls", "smtp"], "--connect HOST[:PORT]")
    usage(["--servername", "x", PKI.path("compliant.pem")], "--connect HOST[:PORT]")
    usage(["--connect", "x", "--starttls", "smpt"], '"smtp"')
    usage(["--connect", "x", "--starttls", "telnet"], "postgres")
    usage(["--connect", "x", "--servername", "127.0.0.1"], "address")
    usage(["--connect", "x", "--servername", "x:1"], "character")
    for text in ("0", "x", "3601", "-1", "1.5"):
        usage(["--connect", "x", f"--timeout={text}"], "seconds, 1 to 3600")
    for text in ("0", "65", "x"):
        usage(["--hosts", "x", f"--jobs={text}"], "1 to 64")
    for option in ("--tls-scts", "--ocsp", "--scts"):
        usage(["--connect", "x", option, "y"], option, "--connect")
    for option in ("--issuer", "--precertificate"):
        usage(["--hosts", "x", option, "y"], option, "--hosts")
    result = t.run("check", *PKI.list, "--connect", "127.0.0.1:1", "--cacert", t.path())
    t.equal(result.status, INPUT, "no such file", repr(result))
    t.has(result.messages, "--cacert", "is named")


run_all("connect", globals(), PKI.close)
