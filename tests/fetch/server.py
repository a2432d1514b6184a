# SPDX-License-Identifier: Apache-2.0
"""A list server on loopback that does wrong whatever a server can do wrong, and a proxy.

    with Server() as server:
        server.set("/list", content(b"{}", etag='"1"'))
        server.set("/flaky", status(503), status(503), content(b"{}"))
        ... server.url("/list") ... server.count("/list") ... server.last("/list").headers ...

set() may be called at any time. The n-th request of a path gets the n-th of its answers, the
last of them again and again. An answer is a function of the connection, the request and
the server that writes what it likes; the connection is closed behind it. It can come from any
thread, so that one that waits does it by server.sleep(), which stop() ends.
"""
import gzip
import os
import select
import socket
import ssl
import struct
import subprocess
import threading
import zlib

HOST = "127.0.0.1"
GONE = (OSError, ssl.SSLError, ValueError)  # the client went away, or we stopped


# A name that no resolver asks anybody for: its label is too long.
NO_NAME = "n" * 64 + ".invalid"


def unheard():
    """A socket whose port takes no connection, and is nobody else's as long as it is open."""
    out = socket.socket()
    out.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    out.bind((HOST, 0))
    return out


class Request:
    def __init__(self, head):
        lines = head.decode("latin-1").split("\r\n")
        self.method, self.target = (lines[0].split(" ") + [""])[:2]
        self.path = self.target.split("?")[0]
        self.headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            self.headers[name.strip().lower()] = value.strip()


class Listener:
    """A thread for each connection; stops by itself with the block that it is used in."""

    def __init__(self):
        self.socket = socket.create_server((HOST, 0), backlog=64)
        self.port = self.socket.getsockname()[1]
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.requests = []
        self.num_connections = 0
        self.thread = threading.Thread(target=self.accept, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join()
        self.socket.close()

    def accept(self):
        while not self.stopping.is_set():
            if select.select([self.socket], [], [], 0.1)[0]:
                connection, _ = self.socket.accept()
                with self.lock:
                    self.num_connections += 1
                threading.Thread(target=self.guard, args=[connection], daemon=True).start()

    def guard(self, connection):
        try:
            connection.settimeout(60)
            self.serve(connection)
        except GONE:
            pass
        finally:
            connection.close()

    def sleep(self, seconds):
        """False when it is time to go."""
        return not self.stopping.wait(seconds)

    def read_request(self, connection):
        head = b""
        while b"\r\n\r\n" not in head:
            data = connection.recv(4096)
            head += data
            if not data or len(head) > 1 << 20 or head.startswith(b"\x16"):  # TLS
                return None
        request = Request(head.split(b"\r\n\r\n")[0])
        with self.lock:
            self.requests.append(request)
        return request

    def of(self, path):
        with self.lock:
            return [r for r in self.requests if r.path == path]

    def count(self, path):
        return len(self.of(path))

    def last(self, path):
        return self.of(path)[-1]


class Server(Listener):
    """`tls`: the files of a certificate and its key."""

    def __init__(self, tls=None):
        super().__init__()
        self.scheme = "https" if tls else "http"
        self.answers = {}
        self.context = None
        if tls:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*tls)

    def url(self, path="/", host=HOST, user=""):
        return f"{self.scheme}://{user}{host}:{self.port}{path}"

    def set(self, path, *answers):
        with self.lock:
            self.answers[path] = list(answers)
        return self.url(path)

    def answer(self, path):
        with self.lock:
            answers = self.answers.get(path, [status(404)])
            return answers.pop(0) if len(answers) > 1 else answers[0]

    def serve(self, connection):
        if self.context:
            connection = self.context.wrap_socket(connection, server_side=True)
        request = self.read_request(connection)
        answer = self.answer(request.path) if request else status(400)
        answer(connection, request, self)
        if self.context:
            connection.unwrap()
        connection.close()


class Proxy(Listener):
    """Opens tunnels to one place whatever they ask for, or answers `refusal`."""

    def __init__(self, to_port, refusal=None):
        super().__init__()
        self.to_port, self.refusal = to_port, refusal

    def serve(self, connection):
        request = self.read_request(connection)
        if not request or self.refusal or request.method != "CONNECT":
            connection.sendall(head(self.refusal or 400, {"Content-Length": 0}))
            return
        with socket.create_connection((HOST, self.to_port), 60) as there:
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            ends = {connection: there, there: connection}
            while not self.stopping.is_set():
                for end in select.select(list(ends), [], [], 0.1)[0]:
                    data = end.recv(65536)
                    if not data:
                        return
                    ends[end].sendall(data)


# Answers.

def head(code, headers=()):
    lines = [f"HTTP/1.1 {code} Whatever", "Connection: close"]
    for name, value in dict(headers).items():
        lines += [f"{name}: {one}" for one in (value if isinstance(value, list) else [value])]
    return "\r\n".join(lines + ["", ""]).encode("latin-1")


def raw(data):
    """These very bytes, and the end."""
    def answer(connection, _request, _server):
        connection.sendall(data)
    return answer


def status(code, headers=(), body=b""):
    return raw(head(code, {"Content-Length": len(body), **dict(headers)}) + body)


def redirect(to, code=302):
    return status(code, {"Location": to}, b"<html>moved</html>")


def packed(body, encoding):
    if encoding == "gzip":
        return gzip.compress(body)
    return zlib.compress(body) if encoding == "deflate" else body


def content(body, etag=None, last_modified=None, encoding=None, headers=()):
    """As a good server answers: 304 to whom has it already."""
    more = {"ETag": etag, "Last-Modified": last_modified, "Content-Encoding": encoding,
            **dict(headers)}
    more = {name: value for name, value in more.items() if value is not None}

    def answer(connection, request, _server):
        asked = request.headers.get("if-none-match")
        since = request.headers.get("if-modified-since")
        known = asked == etag if asked else since and since == last_modified
        data = b"" if known else packed(body, encoding)
        length = {} if known else {"Content-Length": len(data)}
        connection.sendall(head(304 if known else 200, {**more, **length}) + data)
    return answer


def silence(begin=b""):
    """Never ends by itself."""
    def answer(connection, _request, server):
        connection.sendall(begin)
        while server.sleep(0.1):
            if select.select([connection], [], [], 0)[0] and not connection.recv(4096):
                return
    return answer


def endless(begin, piece, pause=0):
    """The same again and again, every `pause` seconds."""
    def answer(connection, _request, server):
        connection.sendall(begin)
        while not pause or server.sleep(pause):
            if server.stopping.is_set():
                return
            connection.sendall(piece)
    return answer


def reset(begin=b""):
    """Breaks the connection (RST) behind these bytes."""
    def answer(connection, _request, server):
        connection.sendall(begin)
        server.sleep(0.2)  # a RST overtakes what was not read yet
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(connection.detach())
    return answer


# Certificates, by the openssl command.

CONFIG = """
[ca]
default_ca = one
[one]
dir = %(folder)s
database = %(folder)s/index
new_certs_dir = %(folder)s
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
copy_extensions = copy
[any]
commonName = supplied
[req]
distinguished_name = name
[name]
[v3_ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
"""


class Authority:
    """A CA in a folder of its own; `file` is its certificate."""

    def __init__(self, folder, name):
        self.folder = os.path.join(folder, name)
        os.mkdir(self.folder)
        self.path("config", CONFIG % {"folder": self.folder})
        self.path("index", "")
        self.file = self.self_signed(name, "v3_ca")[0]

    def path(self, name, text=None):
        path = os.path.join(self.folder, name)
        if text is not None:
            with open(path, "w") as file:
                file.write(text)
        return path

    def openssl(self, *args):
        subprocess.run(["openssl", *args], check=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def request(self, name, sans, *args):
        more = ["-addext", f"subjectAltName={sans}"] if sans else []
        self.openssl("req", "-config", self.path("config"), "-newkey", "ec", "-pkeyopt",
                     "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
                     self.path(name + ".key"), "-subj", f"/CN={name}", *more, *args)

    def self_signed(self, name, extensions=None, sans=None):
        """The files of certificate and key."""
        more = ["-extensions", extensions] if extensions else []
        self.request(name, sans, "-x509", "-days", "30", *more, "-out", self.path(name))
        return self.path(name), self.path(name + ".key")

    def issue(self, name, sans, until="20491231235959Z"):
        """The same, of a certificate by this CA, valid since 2020."""
        self.request(name, sans, "-new", "-out", self.path(name + ".csr"))
        self.openssl("ca", "-config", self.path("config"), "-batch", "-notext", "-startdate",
                     "20200101000000Z", "-enddate", until, "-cert", self.file, "-keyfile",
                     self.file + ".key", "-in", self.path(name + ".csr"), "-out",
                     self.path(name))
        return self.path(name), self.path(name + ".key")
