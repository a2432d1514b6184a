# SPDX-License-Identifier: Apache-2.0
"""Live servers for the tests of check --connect and --hosts: certificates of a made PKI (with
their key), TLS servers that show them, plain dialogues before them, and servers that misbehave.
All listen on loopback; names are answered by resolver.so and by no name server."""
import base64
import contextlib
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(1, os.path.join(HERE, "..", "cli"))
from lib import PROGRAM, ROOT, read  # noqa: E402

BUILD = os.path.abspath(os.environ.get("BUILD") or os.path.join(ROOT, "build"))
SLOW = bool(os.environ.get("CTPOLICY_TEST_SLOW"))  # under a sanitizer
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
NGINX = shutil.which("nginx", path=PATH)
START_SECONDS = 60
# Of connections that shall not fail for want of time.
TIMEOUT = ["--timeout", "60"]
BEGIN = "-----BEGIN CERTIFICATE-----"
CONTEXTS = 0x0080 | 0x0100 | 0x1000  # ClientHello, ServerHello of 1.2, Certificate of 1.3


class Pki:
    """The samples, made anew with the key of their leaves."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="ctpolicy-live-")
        subprocess.run([os.path.join(BUILD, "mksamples"), "--keys", self.folder], check=True)
        self.key = self.path("server-key.pem")
        self.root = self.path("root.pem")
        self.list = ["--log-list", self.path("log_list.json"), "--at", "2026-06-02T00:00:00Z"]
        # Trusted by the client, and public: what users name otherwise counts as private.
        self.authority = ["--cacert", self.root, "--roots", self.root]
        self.trusted = [*self.list, *self.authority]

    def path(self, name):
        return os.path.join(self.folder, name)

    def file(self, name, content):
        with open(self.path(name), "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return self.path(name)

    def certs(self, name):
        """The PEM certificates of a sample: the leaf, its issuer."""
        return [BEGIN + part for part in read(self.path(name), "r").split(BEGIN)[1:]]

    def chain(self, name, *certs):
        return self.file(name, "".join(certs))

    def server_info(self, name, data):
        """The TLS extension with SCTs, as openssl s_server reads it."""
        body = struct.pack(">IHH", CONTEXTS, 18, len(data)) + data
        text = base64.encodebytes(body).decode()
        return self.file(name, "-----BEGIN SERVERINFOV2 FOR EXTENSION 18-----\n" + text +
                         "-----END SERVERINFOV2 FOR EXTENSION 18-----\n")

    def connect(self, t, port, *args, host="127.0.0.1", name="no-scts.example", **kw):
        """A run with --format json: its status and the report."""
        asked = ["--servername", name] if name else []
        options = args if "--cacert" in args or "--log-list" in args else (*self.trusted, *args)
        result = t.run("check", "--format", "json", "--connect", f"{host}:{port}", *asked,
                       *TIMEOUT, *options, **kw)
        try:
            return result.status, result.json(), result
        except ValueError:
            t.check(False, "no JSON", repr(result))
            return result.status, {"scts": [], "findings": [], "policies": [], "connection": {},
                                   "error": {}}, result

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def codes(report):
    """Of its findings."""
    return [finding["code"] for finding in report.get("findings", [])]


class Process:
    """A server in a process of its own, which ends with us."""

    def __init__(self, args, read_port):
        self.process = subprocess.Popen(args, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL)
        self.port = read_port(self.process.stdout)

    def close(self):
        self.process.kill()
        self.process.communicate()


def tls_server(pki, chain, *options):
    """Our own server, which sends whatever it is told to."""
    args = [os.path.join(BUILD, "tls-server"), "--chain", chain, "--key", pki.key, *options]
    return contextlib.closing(Process(args, lambda out: int(out.readline())))


def accept_line(out):
    """s_server says which port it took."""
    for line in out:
        if line.startswith(b"ACCEPT"):
            return int(line.rsplit(b":", 1)[1])
    raise RuntimeError("openssl s_server does not start")


def s_server(pki, chain, *options, address="127.0.0.1"):
    """openssl s_server, one connection at a time."""
    certs = read(chain, "r").split(BEGIN)[1:]
    more = ["-cert_chain", pki.chain("rest-" + os.path.basename(chain),
                                     *(BEGIN + c for c in certs[1:]))] if certs[1:] else []
    args = ["openssl", "s_server", "-accept", f"{address}:0", "-cert", chain, "-key", pki.key,
            *more, *options]
    return contextlib.closing(Process(args, accept_line))


class Nginx:
    """A TLS server on a port of its own."""

    def __init__(self, pki, chain, options):
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", 0))
            self.port = sock.getsockname()[1]
        temporary = "".join(f"{name}_temp_path {pki.path(name)};\n" for name in
                            ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        user = "user root;\n" if os.geteuid() == 0 else ""
        conf = pki.file(f"nginx-{self.port}.conf", f"""{user}
daemon off;
worker_processes 1;
pid {pki.path(f"nginx-{self.port}.pid")};
error_log {pki.path("error.log")};
events {{ }}
http {{
{temporary}access_log off;
server {{
listen 127.0.0.1:{self.port} ssl;
ssl_certificate {chain};
ssl_certificate_key {pki.key};
{options}
}}
}}
""")
        self.process = subprocess.Popen([NGINX, "-p", pki.folder, "-c", conf],
                                        stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            time.sleep(0.05)
        raise RuntimeError(f"nginx does not start: {self.process.communicate()[1]}")

    def close(self):
        self.process.terminate()
        self.process.communicate()


def nginx(pki, chain, options):
    return contextlib.closing(Nginx(pki, chain, options))


class Server:
    """A thread for each connection; `serve(sock, number)` is what it does."""

    def __init__(self, serve, address="127.0.0.1"):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.sock = socket.socket(family)
        self.sock.bind((address, 0))
        self.sock.listen(256)
        self.port = self.sock.getsockname()[1]
        self.serve, self.number = serve, 0
        self.over = threading.Event()
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                sock, _ = self.sock.accept()
            except OSError:
                return
            threading.Thread(target=self.one, args=(sock, self.number), daemon=True).start()
            self.number += 1

    def one(self, sock, number):
        with sock, contextlib.suppress(OSError):
            sock.settimeout(60)
            self.serve(sock, number)

    def close(self):
        self.over.set()
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()


def server(serve, address="127.0.0.1"):
    return contextlib.closing(Server(serve, address))


def wait_for_end(sock):
    """Until the client has gone."""
    while sock.recv(65536):
        pass


def splice(sock, port, limit=None):
    """Hands the connection over to the server at `port`; of its answers `limit` bytes."""
    with socket.create_connection(("127.0.0.1", port)) as back:
        def up():
            with contextlib.suppress(OSError):
                while True:
                    data = sock.recv(65536)
                    if not data:
                        break
                    back.sendall(data)
                back.shutdown(socket.SHUT_WR)
        threading.Thread(target=up, daemon=True).start()
        left = limit
        while left is None or left > 0:
            data = back.recv(65536 if left is None else min(left, 65536))
            if not data:
                break
            sock.sendall(data)
            left = None if left is None else left - len(data)
        with contextlib.suppress(OSError):  # a close alone waits for the other thread
            sock.shutdown(socket.SHUT_RDWR)


# The dialogues in plain, as servers of the trade have them.

class Wrong(Exception):
    """The client did not say what it has to."""


def expect(sock, want):
    """The client's next bytes, each read alone: what follows belongs to TLS."""
    got = b""
    while len(got) < len(want):
        more = sock.recv(1)
        if not more:
            raise Wrong(f"{got!r}, want {want!r}")
        got += more
    if got.lower() != want.lower():
        raise Wrong(f"{got!r}, want {want!r}")


def line(sock):
    got = b""
    while not got.endswith(b"\n"):
        more = sock.recv(1)
        if not more:
            raise Wrong(repr(got))
        got += more
    return got


def until(sock, text):
    got = b""
    while text not in got:
        more = sock.recv(1)
        if not more:
            raise Wrong(repr(got))
        got += more
    return got


def smtp(sock):
    sock.sendall(b"220-mail.test ESMTP\r\n220 no adverti")
    sock.sendall(b"sing\r\n")
    if not line(sock).upper().startswith(b"EHLO "):
        raise Wrong("EHLO")
    sock.sendall(b"250-mail.test\r\n250-SIZE 1000\r\n250-STARTTLS\r\n250 HELP\r\n")
    expect(sock, b"STARTTLS\r\n")
    sock.sendall(b"220 2.0.0 go ahead\r\n")


def imap(sock):
    sock.sendall(b"* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready\r\n")
    words = line(sock).split()
    # openssl s_client asks for the capabilities first
    while words[1].upper() == b"CAPABILITY":
        sock.sendall(b"* CAPABILITY IMAP4rev1 STARTTLS\r\n" + words[0] + b" OK done\r\n")
        words = line(sock).split()
    if words[1].upper() != b"STARTTLS":
        raise Wrong(repr(words))
    sock.sendall(b"* a word of nobody's\r\n" + words[0] + b" OK begin\r\n")


def pop3(sock):
    sock.sendall(b"+OK ready <1@mail.test>\r\n")
    expect(sock, b"STLS\r\n")
    sock.sendall(b"+OK begin\r\n")


def ftp(sock):
    sock.sendall(b"220-Welcome\r\n  to this server,\r\n220-dear friend\r\n220 ready\r\n")
    words = line(sock).upper()
    while words.startswith(b"FEAT"):
        sock.sendall(b"211-Features:\r\n AUTH TLS\r\n211 End\r\n")
        words = line(sock).upper()
    if words != b"AUTH TLS\r\n":
        raise Wrong(repr(words))
    sock.sendall(b"234 AUTH TLS successful\r\n")


LDAP_OID = b"1.3.6.1.4.1.1466.20037"


def ldap(sock):
    length = sock.recv(2)[1]
    request = b""
    while len(request) < length:
        request += sock.recv(1)
    if LDAP_OID not in request:
        raise Wrong(repr(request))
    # With lengths of four bytes, as Active Directory writes them.
    op = b"\x0a\x01\x00\x04\x00\x04\x00\x8a\x16" + LDAP_OID
    op = b"\x78\x84" + struct.pack(">I", len(op)) + op
    body = b"\x02\x01\x01" + op
    sock.sendall(b"\x30\x84" + struct.pack(">I", len(body)) + body)


def xmpp(sock):
    until(sock, b"<stream:stream")
    until(sock, b">")
    sock.sendall(b"<?xml version='1.0'?><stream:stream xmlns='jabber:client' id='1' from='x' "
                 b"xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>")
    sock.sendall(b"<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'>"
                 b"<required/></starttls></stream:features>")
    until(sock, b"<starttls")
    until(sock, b">")
    sock.sendall(b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")


def postgres(sock):
    expect(sock, b"\x00\x00\x00\x08\x04\xd2\x16\x2f")
    sock.sendall(b"S")


DIALOGUES = {"smtp": smtp, "imap": imap, "pop3": pop3, "ftp": ftp, "ldap": ldap, "xmpp": xmpp,
             "postgres": postgres}


def front(name, port):
    """A server that speaks one of them, and then hands over to the TLS server at `port`."""
    def serve(sock, _):
        DIALOGUES[name](sock)
        splice(sock, port)
    return server(serve)


# Runs.

def names(**given):
    """The environment in which these names have these addresses, and no others any."""
    preload = os.path.join(BUILD, "resolver.so")
    listed = " ".join(f"{name.replace('_', '.')}={value}" for name, value in given.items())
    asan = os.environ.get("ASAN_OPTIONS", "")
    return {"LD_PRELOAD": preload, "CTPOLICY_TEST_ADDRESSES": listed,
            "ASAN_OPTIONS": f"{asan}:verify_asan_link_order=0".lstrip(":")}


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as sock:
            sock.bind(("::1", 0))
        return True
    except OSError:
        return False


__all__ = ["BUILD", "DIALOGUES", "NGINX", "PROGRAM", "Pki", "SLOW", "TIMEOUT", "codes", "front",
           "has_ipv6", "names", "nginx", "s_server", "server", "splice", "tls_server",
           "wait_for_end"]
