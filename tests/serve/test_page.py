#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The page without a browser: its form with and without a script's part, every state, what is no
certificate, private keys, tokens, the lists, headers and sizes."""
import base64
import datetime
import gzip
import html
import json
import os
import re
import subprocess
import tempfile
import urllib.parse

from page_cases import PageCases
from page_lib import CERTIFICATE, checks_of, multipart, post, text_of, verdict_of
from serve_lib import AT, SAMPLES, Count, Service, sample
from wire import until
from lib import DATA, PROGRAM

count = Count("page")
more = PageCases(count)
BOTH = "apple,apple-enforced"
FILES = ("page.css", "page.js", "icon.svg")
KEY_WORDS = "REVTSUdOIE9GIEEgS0VZ"  # stands for the secret in what follows
sound, says = checks_of(count)


def check_form(service):
    got = sound("GET /", service.call("GET", "/"))
    for name, want in (("referrer-policy", "no-referrer"), ("x-frame-options", "DENY"),
                       ("x-content-type-options", "nosniff"), ("cache-control", "no-store"),
                       ("cross-origin-opener-policy", "same-origin")):
        count.equal(f"GET /: {name}", got.headers.get(name), want)
    count.check("there is no answer yet", 'id="verdict"' not in got.body.decode())
    count.check("no field for a token", b'name="token"' not in got.body)
    head = service.call("HEAD", "/")
    count.equal("HEAD /", (head.status, head.body), (200, b""))
    rules = subprocess.run([PROGRAM, "policies", "--format", "json"], capture_output=True, check=True)
    names = ", ".join(policy["name"] for policy in json.loads(rules.stdout))
    for path in ("/", "/plan"):
        count.check(f"GET {path}: every policy by its name",
                    f">Every policy: {names}</option>" in service.call("GET", path).body.decode())
    for method in ("PUT", "DELETE"):
        got = service.call(method, "/")
        count.equal(f"{method} /", (got.status, got.headers.get("allow")), (405, "GET, HEAD, POST"))
    got = sound("a link", service.call("GET", f"/?at={AT}&policies=apple-enforced,apple"))
    count.check("the time is filled in", f'value="{AT}"' in got.body.decode())
    count.check("so is the model", '<option value="apple-enforced,apple" selected>'
                in got.body.decode())
    got = sound("a hostile link", service.call("GET", "/?at=%22%3E%3Cscript%3Ealert(1)%3C/script%3E"))
    count.check("it is escaped", b"<script>alert" not in got.body)
    sound("an unknown parameter", service.call("GET", "/?certificate=x"), 400)


def check_files(service):
    for name, kind in zip(FILES, ("text/css", "text/javascript", "image/svg+xml")):
        got = service.call("GET", f"/page/{name}")
        count.equal(f"{name}: status", got.status, 200)
        count.equal(f"{name}: type", got.headers["content-type"].partition(";")[0], kind)
        etag = got.headers["etag"]
        again = service.call("GET", f"/page/{name}", headers={"If-None-Match": etag})
        count.equal(f"{name} again", (again.status, again.body), (304, b""))
        packed = service.call("GET", f"/page/{name}", headers={"Accept-Encoding": "gzip"})
        if packed.headers.get("content-encoding") == "gzip":
            count.equal(f"{name} in gzip", gzip.decompress(packed.body), got.body)
        count.check(f"{name} asks for nothing elsewhere",
                    not re.search(rb"https?://(?!www\.w3\.org/2000/svg)[a-z0-9]|@import", got.body))
    for name in ("page.html", "openapi.json", "../openapi.json", "report.v1.json"):
        sound(f"/page/{name}", service.call("GET", f"/page/{name}"), 404)
    for name in FILES:
        count.equal(f"/schema/{name}", service.call("GET", f"/schema/{name}").status, 404)


STATES = [  # sample, time, word, and what is said
    ("compliant.pem", AT, "Pass", ["meets Apple's published CT policy", "needed and got"]),
    ("compliant.pem", "issuance", "Pass", ["meets Apple's published CT policy"]),
    ("compliant.pem", "2026-06-02", "Pass", ["2026-06-02 00:00:00 UTC"]),
    ("operator-cap.pem", AT, "Fail", ["does not meet", "but is accepted by Apple's devices",
                                      "too_few_scts", "why they differ here",
                                      "at most 1 SCT of one log operator"]),
    ("day-too-long.pem", AT, "Fail", ["needed and got"]),
    ("no-scts.pem", AT, "Fail", ["There is none"]),
    ("forged-sct.pem", AT, "Fail", ["invalid_signature"]),
    ("compliant.pem", "2030-01-01", "Does not apply", ["expired"]),
    ("precertificate.pem", AT, "", ["Precertificate"]),
]


def check_states(service):
    for name, at, word, words in STATES:
        what = f"{name} at {at}"
        whole = sound(what, post(service, {"certificate": sample(name), "at": at}))
        if word:
            count.equal(f"{what}: verdict", verdict_of(whole), word)
        says(what, whole, *words)
        part = sound(f"{what}, its part",
                     post(service, {"certificate": sample(name), "at": at}, target="/?part=answer"))
        count.check(f"{what}: the part is what stands in the page", part.body in whole.body)
        count.check(f"{what}: no whole page", not part.body.startswith(b"<!DOCTYPE"))
    leaf = CERTIFICATE.findall(sample("compliant.pem"))[0]
    got = sound("without an issuer", post(service, {"certificate": leaf, "at": AT}))
    count.equal("without an issuer", verdict_of(got), "Unknown")
    says("without an issuer", got, "no issuer was given")


def check_ways(service):
    """The same certificate in every form gives the same verdict."""
    leaf, issuer = CERTIFICATE.findall(sample("compliant.pem"))[:2]
    der = base64.b64decode(b"".join(leaf.split(b"\n")[1:-2]))
    for what, fields, files in (
            ("issuer field", {"certificate": leaf, "issuer": issuer}, ()),
            ("files", {"certificate": ""}, (("a.crt", leaf), ("b.crt", issuer))),
            ("issuer first", {}, (("b.crt", issuer), ("a.der", der))),
            ("base64", {"certificate": base64.b64encode(der), "issuer": issuer}, ()),
            ("one behind the other", {"certificate": issuer + b"text\n" + leaf}, ()),
            ("no file picked", {"certificate": leaf + issuer}, (("", b""),))):
        got = sound(what, post(service, {**fields, "at": AT}, files))
        count.equal(what, verdict_of(got), "Pass")
        area = re.search(r'<textarea id="certificate".*?>\n(.*?)</textarea>', got.body.decode(), re.S)
        count.check(f"{what}: the form has it again", leaf.decode() in area[1], area[1][:200])
    body = urllib.parse.urlencode({"certificate": sample("compliant.pem"), "at": AT})
    got = sound("urlencoded", service.post("/", body, "application/x-www-form-urlencoded"))
    count.equal("urlencoded", verdict_of(got), "Pass")
    got = service.post("/", gzip.compress(body.encode()), "application/x-www-form-urlencoded",
                       Content_Encoding="gzip")
    count.equal("gzip", verdict_of(sound("gzip", got)), "Pass")
    no_scts = sample("no-scts.pem")
    got = sound("TLS SCTs", post(service, {"certificate": no_scts, "at": AT},
                                 (("tls.bin", sample("tls_scts.bin")),)))
    says("TLS SCTs", got, ", tls,", "By apple: not compliant", "By apple: compliant")
    got = sound("OCSP", post(service, {"certificate": no_scts, "at": AT},
                             (("ocsp.der", sample("ocsp.der")),)))
    says("OCSP", got, "ocsp")
    got = sound("SCTs to embed", post(service, {"certificate": sample("precertificate.pem"),
                                                "scts": sample("scts.json"), "at": AT}))
    says("SCTs to embed", got, "may be embedded")
    got = sound("by day", post(service, {"certificate": sample("compliant.pem"), "at": AT,
                                         "go": "day", "day": "2026-07-03"}))
    says("by day", got, "2026-07-03 00:00:00 UTC")
    count.check("by day: the slider says the moment",
                ">2026-07-03 00:00:00 UTC</output>" in got.body.decode())
    got = post(service, {"certificate": sample("compliant.pem"), "at": "2026-07-29"})
    says("an old list", got, "ask its operator", "/readyz")
    count.check("no command line on the page", "log-list refresh" not in text_of(got))
    got = post(service, {"certificate": sample("compliant.pem"), "at": AT,
                         "go": "day", "day": "2026-07-03"})
    hidden = re.search(r'name="shown" form="form" value="([^"]+)"', got.body.decode())
    count.equal("the day that is shown", hidden and hidden[1], "2026-07-03")
    # What is downloaded is of the moment that the page shows, or of the day that was chosen.
    for day, shown, want in (("2026-07-04", "2026-07-03", "2026-07-04T00:00:00Z"),
                             ("2026-06-02", "2026-06-02", AT), ("", "", AT)):
        got = post(service, {"certificate": sample("compliant.pem"), "at": AT, "go": "json",
                             "day": day, "shown": shown})
        count.equal(f"JSON of the day {day}", json.loads(got.body)["evaluated_at"], want)
    for fields, field in (({"go": "day", "day": "2026-02-30"}, "day"), ({"at": "soon"}, "at"),
                          ({"go": "json", "day": "soon"}, "day")):
        got = service.post("/", urllib.parse.urlencode(
            {"certificate": sample("compliant.pem"), "at": AT, **fields}),
            "application/x-www-form-urlencoded", Accept="application/problem+json")
        said = got.body.decode()
        count.check(f"{fields}: names the field {field}", got.status == 400 and
                    re.search(rf"\b{field}\b", said) and "not a time" in said, said[-3000:])
    for target in ("/v1/evaluate?at=2026-07-03", "/v1/evaluate?at=2026-07-03T00:00:00Z"):
        got = service.post(target, sample("compliant.pem"), "application/x-pem-file")
        count.equal(target, json.loads(got.body)["evaluated_at"], "2026-07-03T00:00:00Z")


def check_again(service):
    """What the form shows again gives the same report, also where it came in files."""
    scts = json.loads(sample("request.json"))["scts"]
    for what, files in (
            ("a chain", (("a.pem", sample("compliant.pem")),)),
            ("TLS SCTs", (("a.pem", sample("no-scts.pem")), ("b", sample("tls_scts.bin")))),
            ("an OCSP response", (("a.pem", sample("no-scts.pem")), ("b", sample("ocsp.der")))),
            ("SCTs in JSON", (("a.pem", sample("precertificate.pem")), *(
                (f"{number}.json", sct if isinstance(sct, bytes) else sct.encode()
                 if isinstance(sct, str) else json.dumps(sct).encode())
                for number, sct in enumerate(scts)))),
            ("a TBSCertificate", (("a.der", sample("tbs.der")), ("b.pem", sample("root.pem"))))):
        first = post(service, {"at": AT}, files)
        count.equal(f"{what}: status", first.status, 200)
        page = first.body.decode()
        fields = {name: html.unescape(text) for name, text in re.findall(
            r'<textarea id="\w+" name="(\w+)".*?>\n(.*?)</textarea>', page, re.S)}
        count.equal(f"{what}: the verdict again", verdict_of(post(service, {**fields, "at": AT})),
                    verdict_of(first))
        reports = [post(service, {**some, "at": AT, "go": "json"}, more).body
                   for some, more in (({}, files), (fields, ()))]
        count.equal(f"{what}: the report again", reports[1], reports[0])


def check_bytes(service):
    """Every byte of an SCT is in its table, and the signed entry's length is right."""
    got = post(service, {"certificate": sample("compliant.pem"), "at": AT}, target="/?part=answer")
    tables = re.findall(r'<table class="bytes flow">.*?</table>', got.body.decode(), re.S)
    for number, table in enumerate(tables):
        at = 0
        for first, last, shown in re.findall(
                r'data-label="Offset">(\d+)(?:\u2013(\d+))?</td>.*?data-label="Bytes">(.*?)</td>',
                table, re.S):
            code = re.search(r"<code>(.*?)</code>", shown)
            num = int(last or first) - int(first) + 1
            count.equal(f"table {number}: offset", int(first), at)
            if code:
                count.equal(f"table {number} at {first}: bytes", len(code[1].split()), num)
            at += num
        count.check(f"table {number} has bytes", at > 60, at)
    count.equal("tables", len(tables), 5)  # two for each SCT, and the TBSCertificate


def report_of(service, fields, query):
    request = {"certificate": fields["certificate"].decode()}
    got = service.post(f"/v1/evaluate?{query}", json.dumps(request))
    return got.body


def run_curl(page):
    """What the page's curl command answers."""
    command = html.unescape(re.search(r'aria-label="curl command"><code>(.*?)</code>', page, re.S)[1])
    run = subprocess.run(["sh", "-c", command.replace("curl ", "curl -sS --noproxy '*' ", 1)],
                         stdout=subprocess.PIPE, check=False, timeout=120)
    return run.stdout


def check_held(service):
    """A name and pins of the form: in the answer, its JSON, its curl command, and the form again."""
    pin = "684fd13eb9ca7cd0106d651898d795927779cc81158c9593d933dd3ac8160155"
    fields = {"certificate": sample("compliant.pem"), "at": AT}
    good = {**fields, "hostname": "Compliant.example.", "pins": f"# the CA\n{pin}\n{'00' * 32}\n"}
    page = sound("held", post(service, good)).body.decode()
    count.check("the name matches", "compliant.example, which the certificate has as" in page)
    count.check("the pins match", "2 pins; intermediate (CN=Sample Issuing CA I1" in page, page[-3000:])
    count.check("the form has them again", 'value="Compliant.example."' in page and "# the CA\n" in page)
    request = {"certificate": fields["certificate"].decode(), "hostname": "compliant.example",
               "pins": [pin, "00" * 32]}
    want = service.post(f"/v1/evaluate?at={AT}&policies={BOTH}", json.dumps(request)).body
    count.equal("JSON of it", post(service, {**good, "go": "json"}).body, want)
    count.equal("curl: the same report", run_curl(page), want)
    leaf_only = {**fields, "pins": f"sha256//{base64.b64encode(bytes.fromhex(pin)).decode()}"}
    want = post(service, {**leaf_only, "go": "json"}).body
    count.check("curl's form is about the leaf", b'"result":"fail"' in want, want[:300])
    count.equal("curl's form: the same by its curl command",
                run_curl(sound("curl's form", post(service, leaf_only)).body.decode()), want)
    got = sound("a hostname that is none", post(service, {**fields, "hostname": "<b>.example"}), 400)
    count.check("it is escaped", b"<b>.ex" not in got.body)
    got = text_of(got)
    count.check("it says which field", "bad_hostname in hostname" in got, got)
    got = text_of(sound("a pin that is none", post(service, {**fields, "pins": "AAAA"}), 400))
    count.check("it says which pin", "bad_pin in pins[0]" in got, got)
    for more, words in (({"hostname": "x.example"}, "his certificate is not for x.example. Apart from that, "),
                        ({"pins": "00" * 32}, "But no key of its chain is pinned.")):
        got = sound(f"{more}", post(service, {**fields, **more})).body.decode()
        count.check(f"{more}: the verdict", 'class="verdict bad"' in got and words in got, got[:3000])
        count.check(f"{more}: no plan helps", "Which logs can give the SCTs that it needs" not in got)
    many = {"certificate": sample("compliant.pem") + sample("final.pem"), "at": AT,
            "hostname": "x.example", "pins": "00" * 32}
    got = sound("many", post(service, many)).body.decode()
    count.check("a table: each fails by both", got.count('<span class="soft">hostname</span>') == 2
                and got.count('<span class="soft">pins</span>') == 2, got)


def check_takeaway(service):
    fields = {"certificate": sample("operator-cap.pem"), "at": AT}
    query = f"at={AT}&policies={BOTH}"
    want = report_of(service, fields, query)
    got = post(service, {**fields, "go": "json"})
    count.equal("JSON: type", got.headers["content-type"], "application/json")
    count.equal("JSON: name", got.headers["content-disposition"],
                'attachment; filename="ctpolicy-report.json"')
    count.equal("JSON: the report of /v1/evaluate", got.body, want)
    page = post(service, fields).body.decode()
    link = html.unescape(re.search(r'id="link" href="([^"]*)"', page)[1])
    count.equal("the link", link, "/?" + query)
    command = html.unescape(re.search(r'aria-label="curl command"><code>(.*?)</code>', page,
                                      re.S)[1])
    count.check("curl: where", f"'http://127.0.0.1:{service.port}/v1/evaluate?" in command, command)
    for host, want_origin in (("ct.example", "https://ct.example"), ("127.0.0.1:1", "http://127.0.0.1:1"),
                              ("localhost", "http://localhost"), ("[::1]:8", "http://[::1]:8"),
                              ("localhost.example:80", "https://localhost.example:80"),
                              ("a'b", "http://127.0.0.1:8080")):
        for target, there in (("/", "/v1/evaluate"), ("/plan", "/v1/plan'")):
            other = post(service, fields, (), target, Host=host).body.decode()
            count.check(f"curl to {host}", f"'{want_origin}{there}" in html.unescape(other))
    run = subprocess.run(["sh", "-c", "cat > /dev/null; " + command.replace("curl ", "curl -sS "
                          "--noproxy '*' ", 1)], input=b"", stdout=subprocess.PIPE, check=False,
                         timeout=120)
    count.equal("curl: the same report", run.stdout, want)
    for more in ({"tls_scts": base64.b64encode(sample("tls_scts.bin"))},
                 {"ocsp": base64.b64encode(sample("ocsp.der"))}):
        page = post(service, {"certificate": sample("no-scts.pem"), "at": AT, **more}).body.decode()
        command = html.unescape(re.search(r'aria-label="curl command"><code>(.*?)</code>', page,
                                          re.S)[1])
        run = subprocess.run(["sh", "-c", command.replace("curl ", "curl -sS --noproxy '*' ", 1)],
                             stdout=subprocess.PIPE, check=False, timeout=120)
        name = next(iter(more)).removesuffix("_scts")
        count.check(f"curl with {name}", f'"source":"{name}"' in run.stdout.decode().replace(" ", ""),
                    run.stdout[:300])


def openssl(folder, *args, stdin=b""):
    return subprocess.run(["openssl", *args], cwd=folder, input=stdin, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=True, timeout=120).stdout


def make_others(folder):
    """What people paste in the place of a certificate, by openssl."""
    openssl(folder, "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "ec.key")
    openssl(folder, "req", "-new", "-key", "ec.key", "-subj", "/CN=a.example", "-out", "a.csr")
    name = "/CN=<script>alert(1)<\\/script>'&/O=<img src=x onerror=alert(1)>"
    openssl(folder, "req", "-x509", "-key", "ec.key", "-days", "90", "-out", "hostile.pem",
            "-subj", name, "-addext", "subjectAltName=DNS:a.example",
            "-addext", "basicConstraints=CA:FALSE")
    openssl(folder, "pkcs12", "-export", "-inkey", "ec.key", "-in", "hostile.pem", "-passout",
            "pass:x", "-out", "a.p12")
    openssl(folder, "crl2pkcs7", "-nocrl", "-certfile", "hostile.pem", "-out", "a.p7")
    openssl(folder, "pkcs8", "-topk8", "-nocrypt", "-in", "ec.key", "-out", "p8.key")
    openssl(folder, "pkcs8", "-topk8", "-nocrypt", "-in", "ec.key", "-outform", "DER", "-out",
            "p8.der")
    openssl(folder, "pkcs8", "-topk8", "-in", "ec.key", "-outform", "DER", "-out", "encrypted.der",
            "-passout", "pass:x")
    openssl(folder, "pkcs8", "-topk8", "-in", "ec.key", "-outform", "DER", "-out", "scrypt.der",
            "-passout", "pass:x", "-scrypt")
    openssl(folder, "pkcs8", "-topk8", "-in", "ec.key", "-outform", "DER", "-out", "old.der",
            "-passout", "pass:x", "-v1", "PBE-SHA1-3DES")
    openssl(folder, "ec", "-in", "ec.key", "-outform", "DER", "-out", "ec.der")


def read(folder, name):
    with open(os.path.join(folder, name), "rb") as file:
        return file.read()


def check_keys(service, folder):
    """Refused in whatever form and field, and nothing of it is shown or logged."""
    pem = read(folder, "ec.key")
    forged = b"-----BEGIN RSA PRIVATE KEY-----\n" + KEY_WORDS.encode() + b"\n"
    keys = [pem, read(folder, "p8.key"), read(folder, "p8.der"), read(folder, "ec.der"),
            base64.b64encode(read(folder, "p8.der")), forged, sample("compliant.pem") + pem,
            pem.decode().encode("utf-16"), read(folder, "encrypted.der"), read(folder, "scrypt.der"),
            read(folder, "old.der"), base64.encodebytes(read(folder, "encrypted.der")),
            b"\xfe\xed\xfe\xed" + bytes(range(64)), b"\x30\x06\x02\x01\x01\x04\x01\x0a"]
    secret = b"".join(pem.split(b"\n")[1:-2])[:24]
    ids = set()
    for number, key in enumerate(keys):
        ways = [({}, (("a.key", key),)), ({"certificate": key}, ()), ({"issuer": key}, ()),
                ({"tls_scts": key}, ()), ({"ocsp": key}, ()), ({"at": key}, ()),
                ({"policies": key}, ()), ({"nobody knows": key}, ())]
        for fields, files in ways:
            for target in ("/", "/?part=answer"):
                got = sound(f"key {number} {fields.keys()}", post(
                    service, {"certificate": sample("compliant.pem"), **fields}, files, target), 422)
                ids.add(got.headers["x-request-id"])
                count.equal(f"key {number}", verdict_of(got), "Not checked")
                count.check("it is called a key", "This is a private key" in text_of(got))
                count.check("it is not shown", secret not in got.body
                            and KEY_WORDS.encode() not in got.body)
    def logged():
        return [line for line in service.log().splitlines()
                if any(f"request_id={one} " in line for one in ids)]
    count.check("each has its line in the log", until(lambda: len(logged()) == len(ids)))
    lines = logged()
    for line in lines:
        count.check("nothing of it in the log", "body_sha256" not in line
                    and secret.decode() not in line and KEY_WORDS not in line, line)


def check_others(service, folder):
    cases = [
        ("rubbish", b"hello, world", "begins with -----BEGIN CERTIFICATE-----"),
        ("binary rubbish", bytes(range(256)), "nothing that is known here"),
        ("csr", read(folder, "a.csr"), "a certificate request"),
        ("crl", b"-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n", "revocation list"),
        ("p12", read(folder, "a.p12"), "a PKCS #12 file; extract the certificates"),
        ("p7", read(folder, "a.p7"), "a PKCS #7 bundle; extract the certificates"),
        ("html", b"<html><body>", "HTML or XML"),
        ("json", b'{"a":1}', "POST /v1/evaluate"),
        ("zip", b"PK\x03\x04....", "a ZIP archive; unpack it"),
        ("cut", sample("compliant.pem")[:300], "Not checked"),
        ("damaged", b"-----BEGIN CERTIFICATE-----\nMIIB****\n-----END CERTIFICATE-----\n", "base64"),
        ("nothing", b"", "A certificate is needed"),
    ]
    for name, data, word in cases:
        got = sound(name, post(service, {"certificate": data}), 422)
        says(name, got, "Not checked", word)
        if data:
            got = sound(f"{name} as a file", post(service, {}, ((f"a.{name}", data),)), 422)
            says(f"{name} as a file", got, word)
    got = sound("a hostile file name", post(
        service, {}, (("<img src=x onerror=alert(1)>\u202e.pem", b"x"),)), 422)
    count.check("it is escaped", b"<img" not in got.body and "\u202e".encode() not in got.body)
    got = sound("hostile names", post(service, {"certificate": read(folder, "hostile.pem")}))
    count.check("they are escaped", b"<script>alert" not in got.body and b"<img" not in got.body)
    says("hostile names", got, "alert(1)", "img src", "onerror")
    got = sound("beside a certificate", post(service, {"certificate": sample("compliant.pem"),
                                                       "at": AT}, (("a.csr", read(folder, "a.csr")),)))
    count.equal("beside a certificate", verdict_of(got), "Pass")
    says("beside a certificate", got, "Also given, and not used", "a.csr: a certificate request")
    big = sound("5 MB", post(service, {"certificate": b"x" * 5000000}), 413)
    says("5 MB", big, "Not checked", "--max-body")
    kind, body = multipart({"certificate": sample("compliant.pem")})
    for what, got, status in (
            ("another type", service.post("/", b"{}", "application/json"), 415),
            ("no boundary", service.post("/", body, "multipart/form-data"), 400),
            ("half a form", service.post("/", body[:200], kind), 400),
            ("a bad time", post(service, {"certificate": sample("compliant.pem"), "at": "yesterday"}), 400),
            ("a bad model", post(service, {"certificate": sample("compliant.pem"),
                                           "policies": "<b>"}), 400),
            ("bad SCTs", post(service, {"certificate": sample("precertificate.pem"),
                                        "scts": "[1]"}), 400)):
        says(what, sound(what, got, status), "Not checked")
        count.check(f"{what}: no command line", b"ctpolicy policies" not in got.body)


def check_many(service, folder):
    leaves = [CERTIFICATE.findall(sample(name))[0]
              for name in ("compliant.pem", "operator-cap.pem", "no-scts.pem")]
    issuer = CERTIFICATE.findall(sample("compliant.pem"))[1]
    fields = {"certificate": b"".join(leaves) + issuer, "at": AT}
    got = sound("three", post(service, fields))
    says("three", got, "3 certificates, each judged on its own")
    rows = got.body.decode()
    count.equal("a row's button says what it does", len(re.findall(r">Show</button>", rows)), 3)
    for number in (1, 2, 3):
        count.check("number and serial", re.search(rf">{number}, serial <code>[0-9a-f]{{8,40}}</code>", rows))
    count.check("a name breaks behind its dots", re.search(r"</bdi><wbr><bdi>", rows))
    count.equal("three: rows", got.body.count(b'name="pick"'), 3)
    count.equal("three: marks, equal ones once", [got.body.count(b"</span> " + word + b"</span>")
                                 for word in (b"pass", b"fail")], [2, 2])
    for number, word in ((1, "Pass"), (2, "Fail"), (3, "Fail")):
        one = sound(f"number {number}", post(service, {**fields, "pick": str(number)}))
        count.equal(f"number {number}", verdict_of(one), word)
    for number in ("0", "4", "x", "99999999999999999999"):
        says(f"number {number}", post(service, {**fields, "pick": number}), "3 certificates")
    got = post(service, {**fields, "go": "json"})
    count.equal("three: JSON", [json.loads(line)["schema"] for line in got.body.splitlines()],
                ["ctpolicy.report.v1"] * 3)
    made = b""
    for number in range(50):
        made += openssl(folder, "req", "-x509", "-key", "ec.key", "-days", "90", "-subj",
                        f"/CN=n{number}.example", "-addext", "basicConstraints=CA:FALSE")
    got = sound("50", post(service, {"certificate": made}))
    says("50", got, "50 certificates, each judged on its own", "n49.example")
    many = made * 3  # none twice
    says("150", post(service, {"certificate": many}), "50 certificates")


def check_kept_lists():
    """The lists in the program: what changed between any two."""
    with Service(samples=False) as service:
        page = service.call("GET", "/lists").body.decode()
        hashes = re.findall(r'<option value="([0-9a-f]{64})"', page.split('id="to"')[0])
        count.check("lists to compare", len(hashes) > 10, len(hashes))
        words = re.findall(r"<option [^>]*>([^<]*)</option>", page.split('id="to"')[0])
        count.equal("no two lists of one name", len(set(words)), len(words))
        count.check("days where they suffice", "apple 511 of 2026-03-30" in words, words)
        rank = ["usable", "qualified", "pending", "readonly", "retired", "rejected"].index
        for logs in re.findall(r"<details.*?</details>", page.split('id="logs"')[1], re.S):
            states = re.findall(r"</span> (usable|qualified|pending|readonly|retired|rejected)"
                                "</span>", logs)
            names = re.findall(r'<th scope="row"><bdi>(.*?)</bdi>', logs)
            count.check("logs are found", states and len(states) == len(names), logs[:2000])
            rows = [(rank(state), html.unescape(name)) for state, name in zip(states, names)]
            count.equal("logs in use first, then by name", rows, sorted(rows))
        for old, new in zip(hashes[1:], hashes):
            got = sound(f"{old[:6]} to {new[:6]}",
                        service.call("GET", f"/lists?from={old}&to={new}"))
            says("a difference", got, "What changed between two lists")
        got = sound("the same", service.call("GET", f"/lists?from={old}&to={old}"))
        says("the same", got, "Nothing that the lists say differs")
        for at in ("2019-06-01", "2022-06-01", "2026-04-01"):
            sound(f"lists at {at}", service.call("GET", f"/lists?at={at}"))
        more.check_many_events(service)
        check_data(service)
        count.equal("exit status", service.stop(), 0)


def check_data(service):
    """Real certificates: a sound page, and the verdict of POST /v1/evaluate."""
    folder = os.path.join(DATA, "certs")
    if not os.path.isdir(folder):
        count.skip("real certificates")
        return
    for name in sorted(os.listdir(folder))[::12]:
        chain = read(os.path.join(folder, name), "leaf.pem")
        if os.path.exists(os.path.join(folder, name, "issuer.pem")):
            chain += read(os.path.join(folder, name), "issuer.pem")
        page = sound(name, post(service, {"certificate": chain, "at": "issuance"}))
        request = {"certificate": chain.decode(), "at": "issuance", "policies": BOTH.split(",")}
        report = service.post("/v1/evaluate", json.dumps(request)).json()
        word = {"pass": "Pass", "fail": "Fail", "unknown": "Unknown"}[report["result"]]
        if not report["policies"][0]["applies"]:
            word = "Does not apply"
        count.equal(f"{name}: verdict", verdict_of(page), word)
        count.check(f"{name}: verdicts over its life", b"Verdict, apple-enforced" in page.body)
        check_life(service, name, page, request, report["certificate"]["not_after"])


def check_life(service, name, page, request, end):
    """Between two changes that the time line tells, the verdict is what it says."""
    for number, model in enumerate(BOTH.split(",")):
        told = re.findall(rf"(\d{{4}}-\d\d-\d\d)</time> <strong>By {model}: ([a-z ]+)</strong>",
                          page.body.decode())
        count.check(f"{name}: {model} is told", told)
        for (day, word), (after, _) in zip(told, told[1:] + [(end[:10], "")]):
            first, last = (datetime.date.fromisoformat(one) for one in (day, after))
            middle = first + (last - first) / 2
            if not first < middle < last:
                continue
            request["at"] = f"{middle}T12:00:00Z"
            report = service.post("/v1/evaluate", json.dumps(request)).json()
            policy = report["policies"][number]
            count.equal(f"{name}: {model} on {middle}", {
                "compliant": "compliant", "non_compliant": "not compliant",
                "indeterminate": "open"}[policy["verdict"]] if policy["applies"]
                else "does not apply", word)


def check_tokens(folder):
    path = os.path.join(folder, "tokens")
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as file:
        file.write("u" * 40 + "\n")
    fields = {"certificate": sample("compliant.pem"), "at": AT}
    with Service("--token-file", path) as service:
        got = sound("the form", service.call("GET", "/"))
        count.check("has a field for the token", b'name="token" type="password"' in got.body)
        for token in (None, "", "x" * 40, "u" * 39):
            more = {"token": token} if token is not None else {}
            got = sound(f"token {token}", post(service, {**fields, **more}), 401)
            says(f"token {token}", got, "has a token")
            count.check("it is not judged", "published CT policy" not in text_of(got).split("Check")[-1])
            got = sound("lists", service.post("/lists", urllib.parse.urlencode({"at": "", **more}),
                                              "application/x-www-form-urlencoded"), 401)
        sound("lists", service.call("GET", "/lists"), 401)
        bearer = {"Authorization": "Bearer " + "u" * 40}
        for what, got in (("in the form", post(service, {**fields, "token": "u" * 40})),
                          ("in the head", post(service, fields, **bearer))):
            count.equal(what, verdict_of(sound(what, got)), "Pass")
            says(what, got, "Authorization: Bearer $TOKEN")
            count.check("it is not shown", b"u" * 40 not in got.body)
        got = sound("lists with it", service.post("/lists", "token=" + "u" * 40,
                                                  "application/x-www-form-urlencoded"))
        count.check("its forms are sent as bodies", b'method="post" action="/lists#covers"' in got.body)
        sound("lists by head", service.call("GET", "/lists", headers=bearer))
        count.check("no token is logged", "u" * 40 not in service.log())
        count.equal("exit status", service.stop(), 0)


def check_sizes(service):
    """Page and one answer within 100 KB, as they are and in gzip."""
    fields = {"certificate": sample("compliant.pem"), "at": AT}
    for coding in ("identity", "gzip"):
        headers = {"Accept-Encoding": coding}
        size = sum(len(service.call("GET", target, headers=headers).body)
                   for target in ("/", *(f"/page/{name}" for name in FILES)))
        answer = len(post(service, fields, (), "/?part=answer", Accept_Encoding=coding).body)
        print(f"page: {size} bytes and an answer of {answer} bytes ({coding})")
        count.check(f"sizes ({coding})", size + answer <= 100 * 1024, size + answer)


def check_no_list():
    with Service("--log-list", "/nonexistent/list.json", samples=False) as service:
        sound("no list", service.call("GET", "/"))
        says("no list", sound("no list", post(service, {"certificate": "x"}), 503), "log list")
        sound("no lists", service.call("GET", "/lists"), 503)
        count.equal("exit status", service.stop(), 0)


def main():
    with tempfile.TemporaryDirectory() as folder:
        make_others(folder)
        with Service() as service:
            check_form(service)
            check_files(service)
            check_states(service)
            check_ways(service)
            check_again(service)
            more.check_sct_files(service)
            more.check_time_field(service)
            more.check_exempt(service)
            more.check_repair(service, folder)
            more.check_policies(service)
            check_bytes(service)
            check_held(service)
            check_takeaway(service)
            check_keys(service, folder)
            check_others(service, folder)
            check_many(service, folder)
            more.check_lists(service)
            check_sizes(service)
            count.equal("exit status", service.stop(), 0)
        more.check_retired(folder)
        check_tokens(folder)
    check_kept_lists()
    check_no_list()
    count.finish()


main()
