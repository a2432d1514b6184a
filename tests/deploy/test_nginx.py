#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""deploy/nginx: a real nginx with these files, on loopback ports and with a made PKI, before a
service on a Unix socket. Skipped where there is no nginx."""
import http.client
import json
import os
import pwd
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[1:1] = [os.path.join(HERE, "..", "cli"), os.path.join(HERE, "..", "serve")]
from lib import ROOT, clean_env, read, run_all, sample  # noqa: E402
from serve_lib import AT, Service  # noqa: E402

PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
NGINX = shutil.which("nginx", path=PATH)
MODULES = "/usr/lib/nginx/modules"
STREAM = os.path.join(MODULES, "ngx_stream_module.so")
START_SECONDS = 60
PREISSUE = os.path.join(ROOT, "deploy", "issuance", "ctpolicy-preissue")
NUM_LINES = 4000  # more than all buffers on the way hold


def openssl(*args):
    subprocess.run(["openssl", *args], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   check=True)


class Pki:
    """A CA, a server, a client; and a client of another CA."""

    def __init__(self, folder):
        self.folder = folder
        for ca, names in (("ca", ("server", "client")), ("other", ("stranger",))):
            openssl("req", "-x509", *self.key(ca), "-out", self.path(ca + ".pem"),
                    "-subj", f"/CN={ca}", "-days", "2")
            for name in names:
                openssl("req", *self.key(name), "-out", self.path(name + ".csr"),
                        "-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost")
                openssl("x509", "-req", "-in", self.path(name + ".csr"), "-days", "2",
                        "-CA", self.path(ca + ".pem"), "-CAkey", self.path(ca + ".key"),
                        "-CAcreateserial", "-copy_extensions", "copy",
                        "-out", self.path(name + ".pem"))
        shutil.copy(self.path("ca.pem"), self.path("clients.pem"))

    def key(self, name):
        return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", self.path(name + ".key")]

    def path(self, name):
        return os.path.join(self.folder, name)

    def context(self, name):
        out = ssl.create_default_context(cafile=self.path("ca.pem"))
        if name:
            out.load_cert_chain(self.path(name + ".pem"), self.path(name + ".key"))
        return out


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


class Nginx:
    """With both files as they stand there, but for paths and ports; as nobody."""

    def __init__(self, pki, socket_path):
        self.pki, self.ports = pki, [free_port(), free_port()]
        self.log = pki.path("error.log")
        temporary = "".join(f"{name}_temp_path {pki.path(name)};\n" for name in
                            ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        self.write("nginx.conf", (f"load_module {STREAM};\n" if os.path.exists(STREAM) else "") +
                   f"daemon off;\npid {pki.path('pid')};\nworker_processes 1;\n"
                   f"events {{ worker_connections 256; }}\n"
                   f"include {pki.path('ctpolicy-batch.conf')};\n"
                   f"http {{\n{temporary}include {pki.path('ctpolicy.conf')};\n}}\n")
        for name, default, port in (("ctpolicy.conf", 443, self.ports[0]),
                                    ("ctpolicy-batch.conf", 8443, self.ports[1])):
            text = read(os.path.join(ROOT, "deploy", "nginx", name), "r")
            for old, new in ((f"listen {default} ssl", f"listen 127.0.0.1:{port} ssl"),
                             ("/etc/ctpolicy/tls/", pki.folder + "/"),
                             ("/var/log/nginx/", pki.folder + "/"),
                             ("/run/ctpolicy/http", socket_path)):
                assert old in text, old
                text = text.replace(old, new)
            self.write(name, text)
        more = {}
        if os.getuid() == 0:
            nobody = pwd.getpwnam("nobody")
            more = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            for name in [pki.folder] + [pki.path(name) for name in os.listdir(pki.folder)]:
                os.chown(name, nobody.pw_uid, nobody.pw_gid)
        self.process = subprocess.Popen([NGINX, "-e", self.log, "-c", pki.path("nginx.conf")],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        env=clean_env(), **more)

    def write(self, name, text):
        with open(self.pki.path(name), "w", encoding="ascii") as file:
            file.write(text)

    def wait(self):
        """Until it listens on both; False where it ends instead."""
        until = time.monotonic() + START_SECONDS
        for port in self.ports:
            while socket.socket().connect_ex(("127.0.0.1", port)) != 0:
                if self.process.poll() is not None or time.monotonic() > until:
                    return False
                time.sleep(0.05)
        return True

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(60)

    def call(self, method, target, body=None, headers=None, client="client", port=0):
        connection = http.client.HTTPSConnection("localhost", self.ports[port], timeout=60,
                                                 context=self.pki.context(client))
        connection.request(method, target, body, headers or {})
        answer = connection.getresponse()
        out = answer.status, answer.read(), {k.lower(): v for k, v in answer.getheaders()}
        connection.close()
        return out


def check_who_gets_in(t, nginx):
    for target, client, want in (
            ("/livez", None, 200), ("/livez", "client", 200),
            ("/v1/log-list", None, 403), ("/v1/log-list", "client", 200),
            ("/v1/log-list", "stranger", 400), ("/livez", "stranger", 400),
            ("/readyz", "client", 404), ("/metrics", "client", 404), ("/", None, 404),
            ("/v1/../metrics", "client", 404)):
        t.equal(nginx.call("GET", target, client=client)[0], want, f"{target} by {client}")
    t.equal(nginx.call("POST", "/v1/evaluate", b"x", client=None)[0], 403, "no certificate")
    for client in (None, "stranger"):
        try:
            got = nginx.call("GET", "/livez", client=client, port=1)
        except (OSError, http.client.HTTPException) as error:
            got = error
        t.check(isinstance(got, Exception), f"not a byte on the batches' port: {client}", got)


def check_evaluation(t, nginx):
    """Returns the request's id."""
    kind = {"Content-Type": "application/x-pem-file"}
    trace = "00-" + "ab" * 16 + "-" + "cd" * 8 + "-01"
    status, body, headers = nginx.call("POST", f"/v1/evaluate?at={AT}",
                                       read(sample("compliant.pem")),
                                       {**kind, "traceparent": trace})
    t.check(status == 200 and json.loads(body)["result"] == "pass", "an evaluation", body)
    request_id = headers["x-request-id"]
    for size, ours in ((1500000, True), (2500000, False)):
        status, body, headers = nginx.call("POST", "/v1/evaluate", b" " * size, kind)
        t.equal((status, headers["content-type"] == "application/problem+json"), (413, ours),
                f"{size} bytes", body[:200])
    status, body, _ = nginx.call("POST", "/v1/evaluate/batch", b"{}\n",
                                 {"Content-Type": "application/x-ndjson"})
    t.check(status == 421 and b"8443" in body, "a batch on the other port", body)
    return request_id


def check_preissue(t, nginx):
    path = nginx.pki.path
    for client, want in (("client", 0), ("stranger", 2)):
        done = subprocess.run(
            [PREISSUE, "--at", AT, "--url", f"https://localhost:{nginx.ports[0]}",
             "--cacert", path("ca.pem"), "--cert", path(client + ".pem"),
             "--key", path(client + ".key"), sample("compliant.pem")],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        t.equal(done.returncode, want, f"ctpolicy-preissue as {client}", done.stdout)


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


def check_batch(t, nginx):
    """A report comes back before the next request is sent; then many at once."""
    line = json.dumps({"certificate": read(sample("compliant.pem"), "r"), "at": AT}).encode() + b"\n"
    with socket.create_connection(("127.0.0.1", nginx.ports[1]), 60) as raw, \
            nginx.pki.context("client").wrap_socket(raw, server_hostname="localhost") as sock:
        sock.sendall(b"POST /v1/evaluate/batch HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                     b"Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n")
        answer = sock.makefile("rb")
        for number in range(3):
            sock.sendall(chunk(line))
            got = b""
            while b'"result":"pass"' not in got:
                got = answer.readline()
                if not got:
                    break
            if not t.check(got, f"report {number} comes before request {number + 1}"):
                return
        sock.sendall(b"0\r\n\r\n")
        t.check(answer.read().endswith(b"0\r\n\r\n"), "the end of the answer")


def check_large_batch(t, nginx):
    """By a client that sends and reads at once."""
    path = nginx.pki.path
    line = json.dumps({"certificate": read(sample("compliant.pem"), "r"), "at": AT}) + "\n"
    out = subprocess.run(
        ["curl", "-q", "-sS", "--noproxy", "*", "--cacert", path("ca.pem"),
         "--cert", path("client.pem"), "--key", path("client.key"), "-X", "POST",
         "-H", "Content-Type: application/x-ndjson", "-T", t.file(line * NUM_LINES),
         f"https://localhost:{nginx.ports[1]}/v1/evaluate/batch"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    t.equal((out.returncode, out.stdout.count(b'"result":"pass"')), (0, NUM_LINES),
            "a large batch", out.stdout[-300:])


def check_logs(t, request_id, nginx_log, service_log):
    """Both name the same request."""
    line = next((line for line in service_log.splitlines() if request_id in line), "")
    t.check(f"trace_id={'ab' * 16} " in line and " client=unix " in line, "the service's log", line)
    t.check(f"request_id={request_id}\n" in nginx_log and '"CN=client"' in nginx_log,
            "nginx's log", nginx_log)


def start(pki, path):
    for _ in range(3):  # a port may be taken between the choice and the start
        nginx = Nginx(pki, path)
        if nginx.wait() or "in use" not in read(nginx.log, "r"):
            break
        nginx.stop()
    return nginx


def missing():
    for name in ("openssl", "curl"):
        if not shutil.which(name):
            return name
    if not NGINX:
        return "nginx"
    return None if os.path.exists(STREAM) else "libnginx-mod-stream"


def test_nginx(t):
    if missing():
        t.skip(f"nginx before the service: there is no {missing()}")
        return
    with tempfile.TemporaryDirectory(prefix="ctpolicy-nginx-") as folder:
        path = os.path.join(folder, "http")
        pki = Pki(folder)
        with Service(listen=f"unix:{path}") as service:
            os.chmod(path, 0o777)
            nginx = start(pki, path)
            request_id = ""
            try:
                if t.check(nginx.wait(), "nginx starts", nginx.log):
                    check_who_gets_in(t, nginx)
                    request_id = check_evaluation(t, nginx)
                    check_preissue(t, nginx)
                    check_batch(t, nginx)
                    check_large_batch(t, nginx)
            finally:
                nginx.stop()
            service.stop()
        check_logs(t, request_id, read(pki.path("ctpolicy.log"), "r"), service.last_log)


def test_settings(t):
    """Where there is no nginx: what both files must say."""
    texts = [read(os.path.join(ROOT, "deploy", "nginx", name), "r")
             for name in ("ctpolicy.conf", "ctpolicy-batch.conf")]
    for text in texts:
        t.equal(re.findall(r"ssl_protocols (.*);", text), ["TLSv1.2 TLSv1.3"], "protocols")
        t.equal(text.count("{"), text.count("}"), "braces")
    t.has(texts[0], "ssl_verify_client optional;", "443: the load balancer has no certificate")
    t.has(texts[1], "ssl_verify_client on;", "8443: nobody without one")


run_all("nginx", globals())
