#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""deploy/issuance and deploy/ejbca: the scripts against a service, against servers that answer
badly or not at all, in every shell that is there, and called as EJBCA calls them."""
import base64
import contextlib
import http.server
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[1:1] = [os.path.join(HERE, "..", "cli"), os.path.join(HERE, "..", "serve")]
from lib import ROOT, SAMPLES, SCHEMAS, TIMEOUT, clean_env, read, run_all, sample  # noqa: E402
from serve_lib import AT, Service  # noqa: E402

PREISSUE = os.path.join(ROOT, "deploy", "issuance", "ctpolicy-preissue")
EJBCA = os.path.join(ROOT, "deploy", "ejbca", "ctpolicy-ejbca")
SHELLS = [words for words in (["dash"], ["bash", "--posix"], ["busybox", "sh"], ["ksh"], ["sh"])
          if shutil.which(words[0])]
PEM = re.compile(r"-----BEGIN.*?-----END CERTIFICATE-----\n", re.S)
YES, NO, USAGE, NO_ANSWER = range(4)
TOKEN = "a-token-of-the-tests-0123456789"


class Pipeline:
    """The files that a CA has in hand at either check."""

    def __init__(self, t):
        answers = json.loads(read(sample("scts.json")))
        self.scts = [t.file(answer, ".json") for answer in answers]
        self.final, self.issuer = (t.file(pem) for pem in
                                   PEM.findall(read(sample("final.pem"), "r")))
        self.precertificate = t.file(PEM.findall(read(sample("precertificate.pem"), "r"))[0])
        self.der = t.file(der_of(self.final))
        self.both = ["--sct", self.scts[0], "--sct", self.scts[1]]


def der_of(path):
    lines = PEM.findall(read(path, "r"))[0].splitlines()
    return base64.b64decode("".join(lines[1:-1]))


def ask(*args, url=None, shell=("sh",), env=None, at=AT, stdin=None):
    """Status, standard output, standard error."""
    more = (["--url", url] if url else []) + (["--at", at] if at else [])
    done = subprocess.run([*shell, PREISSUE, *more, *args], env=clean_env(env), text=True,
                          stdin=stdin or subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=TIMEOUT, check=False)
    return done.returncode, done.stdout, done.stderr


def expect(t, what, got, status, *parts):
    """One line, perhaps reasons below it, and nothing on standard error."""
    good = got[0] == status and all(part in got[1] for part in parts) and not got[2]
    t.check(good and got[1].count("\n") >= 1, what, got)


def test_both_checks(t):
    files = Pipeline(t)
    with Service() as service:
        for shell in SHELLS:
            def case(what, status, parts, *args):
                expect(t, f"{shell[0]}: {what}", ask(*args, url=service.name, shell=shell),
                       status, *parts)
            case("may be embedded", YES, ["may be embedded: CN=pipeline.example (apple compliant"],
                 "--issuer", files.issuer, *files.both, files.precertificate)
            case("of a TBSCertificate", YES, ["may be embedded"],
                 "--issuer", files.issuer, *files.both, sample("tbs.der"))
            case("one is missing", NO, ["must not be embedded", "[too_few_scts]"],
                 "--issuer", files.issuer, *files.both[:2], files.precertificate)
            case("no issuer", NO, ["must not be embedded", "[issuer_missing]"],
                 *files.both, files.precertificate)
            case("may be delivered", YES, ["may be delivered: "],
                 "--issuer", files.issuer, files.der)
            case("another issuer", NO, ["must not be delivered", "[wrong_issuer]"],
                 "--issuer", sample("root.pem"), files.der)
            case("every policy", NO, ["apple non_compliant, apple-enforced compliant"],
                 "--policies", "all", sample("operator-cap.pem"))


def test_what_is_no_plain_pass(t):
    files = Pipeline(t)
    with Service() as service:
        def case(what, status, parts, *args, at=AT):
            expect(t, what, ask(*args, url=service.name, at=at), status, *parts)
        case("not yet valid", NO, ["does not apply at this time"], sample("operator-cap.pem"),
             at="2026-05-01T00:00:00Z")
        case("its last second", YES, ["may be delivered"], sample("compliant.pem"),
             at="2026-08-29T23:59:59Z")
        case("expired", NO, ["error: it has expired at the time of check"],
             sample("compliant.pem"), at="2026-08-30T00:00:00Z")
        case("not a server's", YES, ["apple does not apply"], sample("root.pem"))
        case("a precertificate as the final certificate", NO, ["no final certificate"],
             sample("precertificate.pem"))
        case("SCTs for what has SCTs", NO, ["[scts_beside_embedded]"], *files.both, files.final)
        case("a list that is stale", YES, ["warning: ", "[log_list_stale]"],
             sample("compliant.pem"), at="2026-08-01T00:00:00Z")
        case("... and that counts", NO, ["error: the log list is stale"], "--strict",
             sample("compliant.pem"), at="2026-08-01T00:00:00Z")
        case("lists of devices", YES, ["[no_history]"], "--client-age", "30",
             sample("compliant.pem"))
        case("no certificate", NO, ["HTTP 422: certificate: ", "[bad_certificate]"],
             t.file("nothing\n"))
        case("an SCT that is none", NO, ["HTTP 422: scts[1]: ", "[bad_sct]"], *files.both[:2],
             "--sct", t.file('{"x":1}'), files.precertificate)


def test_precertificate(t):
    files = Pipeline(t)
    schema = json.loads(read(os.path.join(SCHEMAS, "request.v1.json"), "r"))
    with Service() as service:
        given = ["--issuer", files.issuer, "--precertificate", files.precertificate]
        if "precertificate" not in schema["properties"]:
            t.skip("the precertificate beside the certificate: the service does not know it yet")
            expect(t, "an older service", ask(*given, files.final, url=service.name), NO,
                   "[unknown_field]")
            return
        expect(t, "what was logged is what was signed",
               ask(*given, files.final, url=service.name), YES, "may be delivered")
        expect(t, "of another certificate", ask(
            "--precertificate", files.precertificate, sample("compliant.pem"),
            url=service.name), NO, "what was logged is not what was signed",
            "[precertificate_differs]")
        expect(t, "unreadable", ask(
            "--precertificate", t.file("MAAA"), sample("compliant.pem"), url=service.name), NO,
            "could not be compared")


def test_forms_of_files(t):
    files = Pipeline(t)
    pem = read(files.final, "r")
    with Service() as service:
        for what, content in (
                ("CR LF", pem.replace("\n", "\r\n")), ("no end of line", pem.rstrip("\n")),
                ("text around it", "subject=Zoë \"\\\x07\n" + pem + "\nbehind it, too"),
                ("base64", base64.b64encode(der_of(files.final)))):
            expect(t, what, ask("--issuer", files.issuer, t.file(content), url=service.name),
                   YES, "may be delivered")
        expect(t, "a name with blanks, and one like an option",
               ask("--issuer", files.issuer, "--", t.file(pem, " -a b.pem"), url=service.name),
               YES)
        sct = json.loads(read(files.scts[1]))
        spaced = t.file(json.dumps(sct, indent="\t").replace("\n", "\r\n"))
        expect(t, "JSON in lines", ask(
            "--issuer", files.issuer, "--sct", files.scts[0], "--sct", spaced,
            files.precertificate, url=service.name), YES)


# Servers of other kinds.

class Fake:
    """Answers every call in the same way, and keeps what was asked."""

    def __init__(self, status, body, headers=()):
        fake, self.asked = self, []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                fake.asked.append(self.rfile.read(int(self.headers["Content-Length"])))
                data = body.encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                for name, value in headers:
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def problem(status, code):
    return json.dumps({"type": "about:blank", "title": "x", "status": status, "code": code,
                       "detail": "said \"so\""}, separators=(",", ":"))


def test_what_servers_answer(t):
    report = '{"schema":"ctpolicy.report.v1","result":"pass"'
    for status, body, want, part in (
            (400, problem(400, "bad_request"), NO, 'HTTP 400: said "so" [bad_request]'),
            (413, problem(413, "too_large"), NO, "[too_large]"),
            (422, problem(422, "bad_certificate"), NO, "[bad_certificate]"),
            (400, "<html>No required SSL certificate was sent", USAGE, "not the service"),
            (401, problem(401, "token_missing"), USAGE, "[token_missing]"),
            (403, "", USAGE, "HTTP 403"), (404, "<html>", USAGE, "HTTP 404"),
            (301, "", USAGE, "HTTP 301"), (204, "", USAGE, "HTTP 204"),
            (408, problem(408, "timed_out"), NO_ANSWER, "no answer"),
            (429, "", NO_ANSWER, "no answer"), (500, "", NO_ANSWER, "no answer"),
            (503, problem(503, "overloaded"), NO_ANSWER, "[overloaded]"),
            (200, "", NO_ANSWER, "no report"), (200, "<html>", NO_ANSWER, "no report"),
            (200, '{"result":"pass"}', NO_ANSWER, "no report"),
            (200, report + "}", NO_ANSWER, "no report"),
            (200, report + ',"certificate":{"kind":"certificate"}}', NO, "no policy was judged"),
            (200, report + ',"certificate":{"kind":"certificate"},"policies":[{"policy":"apple",'
             '"verdict":"non_compliant","applies":true,"applies_because":[]}]}', NO, "must not"),
            (200, report + ',"certificate":{"kind":"certificate","issuer_signature":"invalid"},'
             '"policies":[{"policy":"apple","verdict":"compliant"}]}', NO, "did not sign"),
            (200, report + ',"certificate":{"kind":"certificate","subject":"CN=\\",\\"same_tbs'
             '\\":true,\\""},"policies":[{"policy":"apple","verdict":"compliant"}]}', YES, "may")):
        with Fake(status, body) as fake:
            got = ask(sample("final.pem"), url=fake.url)
            t.check(got[0] == want and part in got[1] + got[2], f"{status} {body[:70]}", got)
            opened = ask("--fail-open", sample("final.pem"), url=fake.url)
            t.check(opened[0] == (YES if want == NO_ANSWER else want), f"open: {status}", opened)
            t.equal("warning: not checked" in opened[2], want == NO_ANSWER, f"warned: {status}")
            pretended = ask("--precertificate", sample("tbs.der"), sample("final.pem"),
                            url=fake.url)
            t.check(pretended[0] != YES, "same_tbs in a name is none", pretended)


def test_request_id(t):
    """By which the line of log is found that belongs to a problem."""
    with Service() as service:
        got = ask("--issuer", sample("final.pem"), t.file("MAA="), url=service.name)
        found = re.search(r"\[bad_certificate\] \((request_id=[0-9a-f]{16}) in its log\)$",
                          got[1].strip())
        if t.check(got[0] == NO and found, "a problem has it", got):
            service.stop()
            lines = [line for line in service.last_log.splitlines() if found[1] in line]
            t.check(len(lines) == 1 and "code=bad_certificate" in lines[0], "found by it", lines)
    for value, want in (("00f067aa0ba902b7", True), ("", False), ("x", False), ("0" * 33, False),
                        ("0a 0b", False), ("$(id)", False), ("\x1b[31m", False)):
        for status, code, place in ((503, "overloaded", 1), (401, "unauthorized", 2)):
            with Fake(status, problem(status, code), [("x-request-ID", value)]) as fake:
                got = ask(sample("final.pem"), url=fake.url)
                t.equal(f"[{code}]" in got[place] and f"request_id={value} in" in got[place], want,
                        f"{status} with {value!r}", got)
                t.equal("request_id" in got[place], want, f"{status}: nothing else", got)


@contextlib.contextmanager
def nobody(listens):
    """An address where no answer comes from: refused, or taken and never answered."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        if listens:
            sock.listen(8)
        yield f"http://127.0.0.1:{sock.getsockname()[1]}"


def test_no_answer(t):
    for listens in (False, True):
        with nobody(listens) as url:
            args = ["--timeout", "1", sample("final.pem")]
            expect(t, "fail-closed", ask(*args, url=url), NO_ANSWER, "no answer: curl: (")
            got = ask("--fail-open", *args, url=url)
            t.check(got[0] == YES and got[1].startswith("not checked, let through: curl: (") and
                    "warning: not checked" in got[2], "fail-open", got)
    expect(t, "no socket", ask("--unix", t.path(), sample("final.pem")), NO_ANSWER, "no answer")


def test_nothing_breaks_out_of_a_string(t):
    evil = ['{"a":"\\""}', '"], "at":"2020-01-01T00:00:00Z", "x":["', "\\", "a\nb\tc\r\n", '\\"']
    with Fake(200, "{}") as fake:
        args = [word for text in evil for word in ("--sct", t.file(text))]
        ask(*args, "--client-age", "7", "--policies", "apple,all", sample("final.pem"),
            url=fake.url, at=None)
        ask("--sct", t.file("x\x01"), sample("final.pem"), url=fake.url)
        ask("--sct", t.file("x\0y"), sample("final.pem"), url=fake.url)
    t.equal(len(fake.asked), 1, "control characters are not sent")
    body = json.loads(fake.asked[0])
    t.equal([text.rstrip("\n") for text in body["scts"]],
            [text.replace("\r", "").replace("\t", " ").rstrip("\n") for text in evil], "SCTs")
    t.equal(sorted(body), ["certificate", "client_age_days", "policies", "scts"], "the fields")
    t.equal(body["policies"], ["apple", "all"], "policies")


def test_usage(t):
    good = sample("final.pem")
    for args in ([], [good, good], ["--sct"], ["--sct", good], ["--bogus", "x", good], ["-x", good],
                 [t.path()], [SAMPLES], [t.file("")], ["--issuer", t.path(), good],
                 ["--timeout", "1s", good], ["--timeout", "0", good], ["--connect-timeout", "", good],
                 ["--client-age", "-1", good], ["--client-age", "07", good],
                 ["--policies", 'apple"', good], ["--policies", "", good],
                 ["--token-file", t.file(""), good], ["--token-file", t.file('a"b\n'), good],
                 ["--at", '"', good], ["--precertificate", good, "--sct", t.file("x"), good]):
        got = ask(*args, url="http://127.0.0.1:1", at=None)
        t.check(got[0] == USAGE and got[2].startswith("ctpolicy-preissue: ") and not got[1],
                f"usage: {args}", got)
        got = ask("--fail-open", *args, url="http://127.0.0.1:1", at=None)
        t.equal(got[0], USAGE, f"... and not opened: {args}")
    key = t.file(read(good, "r") + "-----BEGIN EC PRIVATE KEY-----\nMAA=\n-----END EC PRIVATE KEY-----\n")
    for args in ([key], ["--issuer", key, good], ["--precertificate", key, good]):
        got = ask(*args, url="http://127.0.0.1:1", at=None)
        t.check(got[0] == USAGE and "holds a private key; it was not sent" in got[2], "a key", got)
    got = ask("--sct", sample("scts.json"), good, url="http://127.0.0.1:1", at=None)
    t.check(got[0] == USAGE and "scts.json is an array: " in got[2], "SCTs of several logs", got)
    got = ask("--help")
    t.check(got[0] == YES and got[1].startswith("usage: "), "--help", got)


def test_wrong_way(t):
    """A way to the service that cannot work is no outage."""
    good = sample("final.pem")
    with Service() as service:
        for args, url in (([], service.name.replace("http:", "https:")),
                          ([], "htp://127.0.0.1:1"), (["--unix", t.file("x")], None)):
            for more in ([], ["--fail-open"]):
                got = ask(*more, *args, good, url=url)
                t.check(got[0] == USAGE and not got[1], f"{more} {args} {url}", got)


def test_token_and_socket(t):
    """The token goes neither onto a command line nor to another program than curl."""
    tools, seen = t.path(), t.path()
    os.mkdir(tools)
    with open(os.path.join(tools, "curl"), "w") as file:
        file.write(f'#!/bin/sh\nprintf "%s\\n" "$@" >> {seen}\nexec {shutil.which("curl")} "$@"\n')
    os.chmod(os.path.join(tools, "curl"), 0o755)
    env = {"PATH": tools + ":" + os.environ["PATH"], "http_proxy": "http://127.0.0.1:1"}
    good, bad = t.file(TOKEN + "\n"), t.file("another-token-0123456789")
    os.chmod(good, 0o600)
    path = t.path(".sock")
    with Service("--token-file", good, listen=f"unix:{path}"):
        where = ["--unix", path]
        args = ["--token-file", good, *where, sample("final.pem")]
        expect(t, "with the token", ask(*args, env=env), YES, "may be delivered")
        for what, args in (("no token", where), ("another", ["--token-file", bad, *where])):
            got = ask("--fail-open", *args, sample("final.pem"))
            t.check(got[0] == USAGE and "HTTP 401" in got[2], what, got)
    words = read(seen, "r").split("\n")
    t.check(words.count("--unix-socket") == 1 and TOKEN not in " ".join(words), "hidden", words)
    t.check({"--max-time", "--connect-timeout", "-q"} <= set(words), "time-outs", words)


# EJBCA.

def launch(command, der, env=None):
    """As EJBCA runs an External Command Certificate Validator: status and standard error."""
    name, *args = command.split()
    kw = {"env": clean_env(env), "stdout": subprocess.PIPE, "stderr": subprocess.PIPE,
          "text": True, "timeout": TIMEOUT, "check": False}
    if "%cert%" in args:
        args.remove("%cert%")
        pem = "-----BEGIN CERTIFICATE-----\n" + re.sub(
            "(.{64})", "\\1\n", base64.b64encode(der).decode()) + "\n-----END CERTIFICATE-----\n"
        line = f'echo -n "{pem}" | {name} {" ".join(args)}'
        return subprocess.run(["/bin/sh", "-c", line], stdin=subprocess.DEVNULL, **kw)
    return subprocess.run([name, *args], stdin=subprocess.DEVNULL, **kw)


def launch_file(t, command, der, env=None):
    name, *args = command.split()
    return launch(" ".join([name, t.file(der, ".tmp"), *args]), der, env)


def test_ejbca(t):
    files = Pipeline(t)
    other, precertificate = der_of(sample("operator-cap.pem")), der_of(files.precertificate)
    with Service() as service:
        command = f"{EJBCA} --issuer {files.issuer} --url {service.name} --at {AT}"
        for what, der, want, part in (
                ("passes", der_of(files.final), YES, "may be delivered"),
                ("fails", other, NO, "[too_few_scts]"),
                ("the wrong phase", precertificate, NO, "no final certificate"),
                ("no certificate", b"\x30\x03abc", NO, "[bad_certificate]")):
            runs = [launch_file(t, command, der)]
            runs += [launch(command + " %cert%", der),
                     launch(command.replace(" --url", " %cert% --url"), der)]
            for done in runs:
                t.check(done.returncode == want and part in done.stdout and not done.stderr,
                        f"EJBCA: {what}", (done.returncode, done.stdout, done.stderr))
                t.check(len(done.stdout) < 4096, "short enough for a pipe that nobody reads")
        done = launch(f"{EJBCA} %cert% --bogus", other)
        t.check(done.returncode == USAGE and not done.stderr, "wrong usage", done)
        done = subprocess.run([EJBCA, "--url", service.name], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, check=False)
        t.check(done.returncode == USAGE and b": no certificate: " in done.stdout,
                "nothing on standard input", done)
    with nobody(True) as url:
        for more, want in (("", NO_ANSWER), (" --fail-open", YES)):
            done = launch_file(t, f"{EJBCA} --url {url} --timeout 1{more}", other)
            t.check(done.returncode == want and not done.stderr, f"no answer{more}",
                    (done.returncode, done.stdout, done.stderr))


def test_ejbca_issuers_of_the_service(t):
    files = Pipeline(t)
    with Service("--issuers", files.issuer) as service:
        done = launch_file(t, f"{EJBCA} --url {service.name} --at {AT}", der_of(files.final))
        t.check(done.returncode == YES, "one validator for all CAs", done.stdout)


def test_ejbca_beside_each_other(t):
    """As it is installed: both in one folder."""
    files, folder = Pipeline(t), t.path()
    os.mkdir(folder)
    shutil.copy(EJBCA, folder)
    shutil.copy(PREISSUE, folder)
    with Service() as service:
        done = launch_file(t, f"{folder}/ctpolicy-ejbca --issuer {files.issuer} "
                           f"--url {service.name} --at {AT}", der_of(files.final))
        t.check(done.returncode == YES, "installed", (done.stdout, done.stderr))


# Documents.

def readme(name):
    return read(os.path.join(ROOT, "deploy", name, "README.md"), "r")


def test_curl_lines(t):
    """Both blocks of the README, as they stand there."""
    files = Pipeline(t)
    folder = t.path()
    os.mkdir(folder)
    for name, path in (("ca.pem", files.issuer), ("precertificate.pem", files.precertificate),
                       ("certificate.pem", files.final), ("log-a.json", files.scts[0]),
                       ("log-b.json", files.scts[1])):
        shutil.copy(path, os.path.join(folder, name))
    blocks = [block for block in re.findall(r"```sh\n(.*?)```", readme("issuance"), re.S)
              if "/v1/evaluate" in block]
    t.equal(len(blocks), 2, "two blocks")
    with Service() as service:
        for block in blocks:
            if block.startswith("jq") and not shutil.which("jq"):
                t.skip("the README's line with jq: there is no jq")
                continue
            line = block.replace("http://127.0.0.1:8080", service.name)
            line = line.replace('policies: ["apple"]', f'policies: ["apple"], at: "{AT}"')
            line = line.replace("policies=apple", f"policies=apple&at={AT}")
            done = subprocess.run(["sh", "-c", line], cwd=folder, env=clean_env(), text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
            t.check(done.returncode == 0 and '"result":"pass"' in done.stdout, block[:40],
                    done.stdout)


def test_shellcheck(t):
    if not shutil.which("shellcheck"):
        t.skip("the scripts: there is no shellcheck")
        return
    done = subprocess.run(["shellcheck", PREISSUE, EJBCA], stdout=subprocess.PIPE, text=True,
                          check=False)
    t.equal(done.returncode, 0, "shellcheck", done.stdout)


def test_options_in_documents(t):
    known = set(re.findall(r"--[a-z-]+", ask("--help")[1]))
    for name in ("issuance", "ejbca"):
        rows = "\n".join(re.findall(r"^\| .*\|$|^ctpolicy-.*$|`--[^`]*`", readme(name), re.M))
        rows = re.sub(r"`(ctpolicy|curl) [^`]*`|--(unix-socket|config|request-timeout|issuers)", "", rows)
        used = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", rows))
        t.check(len(used) > 4 and used <= known, f"deploy/{name}/README.md", used - known)
    for name in re.findall(r"`((?:\.\./)?[a-z-]+(?:\.md)?)`", readme("issuance").split("\n## Further")[1]):
        t.check(os.path.exists(os.path.join(ROOT, "deploy/issuance", name)) or
                name == "renewing-a-ca.md", f"{name} is there")


if shutil.which("curl"):
    run_all("issuance", globals())
else:
    print("skipped issuance: there is no curl\nissuance: 0 passed, 0 failed, 1 skipped")
