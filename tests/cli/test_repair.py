#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The change that a report ends with: on the samples, and from a mail server's certificate as a
common openssl line makes it to one that passes, by the command that the report prints."""
import json
import os
import shlex
import shutil
import subprocess

from lib import AT, FAIL, LIST, PASS, UNKNOWN, run_all, sample

CONFIG = "[req]\ndistinguished_name=dn\n[dn]\n"
ALLOWED = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_*:,=/ '")


def made(t, *options, subject="/CN=mail.example.org", key=("rsa:2048",), days="3650"):
    """A certificate that signed itself."""
    path = t.path(".pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", *key, "-nodes", "-days", days, "-subj", subject,
                    "-config", t.file(CONFIG), "-keyout", t.path(".key"), "-out", path, *options],
                   check=True, capture_output=True)
    return path


def repair(t, path, *options, want=FAIL):
    result = t.run("check", *LIST, "--format", "json", *options, path)
    t.equal(result.status, want, f"{options}: exit status", repr(result))
    return result.json().get("repair")


def follow(t, command, what):
    """Runs the line in a shell, in a folder of its own; the certificate that it makes."""
    folder = t.path()
    os.mkdir(folder)
    done = subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True, check=False)
    t.equal(done.returncode, 0, f"{what}: the command runs", done.stderr.decode())
    t.equal(sorted(os.listdir(folder)), ["server.key", "server.pem"], f"{what}: what it makes")
    return os.path.join(folder, "server.pem")


def test_mail_server(t):
    """From the refusal to a right certificate."""
    if not shutil.which("openssl"):
        t.skip("openssl is not here")
        return
    cases = [
        ("the line of the web", {}, (), ["lifetime", "names", "server_auth"], ["mail.example.org"]),
        ("a small key, SHA-1", {"key": ("rsa:1024",)}, ("-sha1",),
         ["lifetime", "names", "server_auth", "key", "signature"], ["mail.example.org"]),
        ("short, with names", {"days": "90"},
         ("-addext", "subjectAltName=DNS:a.example.org,DNS:*.b.example.org,IP:192.0.2.1,IP:2001:db8::1"),
         ["server_auth"], ["a.example.org", "*.b.example.org", "192.0.2.1", "2001:db8::1"]),
    ]
    for what, how, options, changes, names in cases:
        path = made(t, *options, **how)
        got = repair(t, path, "--policy", "apple-tls")
        t.check(got["possible"], f"{what}: possible", repr(got))
        t.equal(got["changes"], changes, f"{what}: changes")
        t.equal(got["names"], names, f"{what}: names")
        t.equal(got["days"], 90 if how.get("days") else 825, f"{what}: days")
        text = t.run("check", *LIST, "--policy", "apple-tls", path).text
        t.has(text, "\nTo make it pass: make it again with ", f"{what}: as text")
        t.has(text, f"\n  {got['command']}\n", f"{what}: on a line of its own")
        new = follow(t, got["command"], what)
        t.equal(repair(t, new, "--policy", "apple-tls", want=PASS), None, f"{what}: it passes")
        report = t.run("check", *LIST, "--format", "json", "--policy", "apple,apple-tls",
                       "--hostname", names[0].replace("*", "x"), new)
        t.equal(report.status, PASS, f"{what}: for its name", repr(report))


def test_shell(t):
    """Nothing of a certificate's bytes gets to the shell."""
    if not shutil.which("openssl"):
        t.skip("openssl is not here")
        return
    evil = ["$(touch bad)", "`touch bad`", "a.example';touch bad;'", 'a"b', "a.example\ntouch bad",
            "-config", "a b", "a,DNS:evil.example", "a\\\\;touch bad", "ä.example"]
    for name in evil:
        path = made(t, subject="/CN=" + name.replace("\n", " "))
        got = repair(t, path, "--policy", "apple-tls")
        t.equal((got["names"], got["command"]), ([], None), f"{name!r} as a common name")
        t.has(got["sentence"], "--hostname NAME", f"{name!r}: what to do")
        if "," in name or "\n" in name:
            continue
        config = t.file(CONFIG + "[v3]\nsubjectAltName=@names\n[names]\nDNS.1=good.example\n"
                        + "DNS.2=" + name.replace("\\", "\\\\").replace("$", "\\$").replace('"', '\\"')
                        .replace("'", "\\'").replace("`", "\\`") + "\n")
        bad = t.path(".pem")
        done = subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x",
                               "-config", config, "-extensions", "v3", "-keyout", t.path(".key"),
                               "-out", bad], capture_output=True, check=False)
        if done.returncode:
            continue  # openssl takes no such name
        got = repair(t, bad, "--policy", "apple-tls")
        t.equal(got["names"], ["good.example"], f"{name!r} as a DNS name is left out")
        t.check(set(got["command"]) <= ALLOWED, f"{name!r}: plain characters", got["command"])
        t.equal(got["command"].count("'"), 4, f"{name!r}: quotes")
        words = shlex.split(got["command"])
        t.equal(words[words.index("-subj") + 1], "/CN=good.example", f"{name!r}: as a shell reads it")


def test_hostname(t):
    """A name that is missing."""
    path = sample("compliant.pem")
    got = repair(t, path, *AT, "--hostname", "other.example")
    t.equal(got["changes"], ["names"], "the name")
    t.equal(got["names"][0], "other.example", "it comes first")
    t.equal(repair(t, path, *AT, want=PASS), None, "nothing to repair")


def test_samples(t):
    both = [*AT, "--policy", "apple,apple-enforced"]
    got = repair(t, sample("day-too-long.pem"), *both)
    t.equal((got["changes"], got["days"], got["scts"]), (["lifetime"], 180, []), "a second less")
    t.equal(got["not_after"], "2026-11-27T23:59:59Z", "its notAfter")
    t.has(got["sentence"], "Ask your CA, or your ACME client, for a certificate for day-too-long.example of at "
          "most 180 days.", "whom to ask")
    for name in ("operator-cap.pem", "no-scts.pem", "forged-sct.pem"):
        got = repair(t, sample(name), *both)
        t.equal((got["possible"], got["changes"]), (True, ["scts"]), f"{name}: other SCTs")
        t.equal(len({log["operator"] for log in got["scts"]}), 2, f"{name}: of two operators")
        t.check(any(log["api"] == "rfc6962" for log in got["scts"]), f"{name}: one of RFC 6962")
        t.equal(got["command"], None, f"{name}: a CA makes it")
        for log in got["scts"]:
            t.has(got["sentence"], f"{log['log']} of {log['operator']}", f"{name}: named")
    got = repair(t, sample("precertificate.pem"), *both)
    t.has(got["sentence"], "issue it with 2 embedded SCTs", "before issuance")
    t.check("Ask your CA" not in got["sentence"], "who asks is the CA")


def log_list(t, start, end):
    """The samples' list, with logs that take certificates ending between these alone."""
    with open(sample("log_list.json"), "rb") as file:
        content = json.load(file)
    for operator in content["operators"]:
        for log in operator["logs"] + operator.get("tiled_logs", []):
            log["temporal_interval"] = {"start_inclusive": start, "end_exclusive": end}
    return t.file(content)


def test_nearest(t):
    """Where no log takes the notAfter (2026-08-29T23:59:59Z)."""
    want = "2026-08-29T23:59:59Z"
    earlier = ["--log-list", log_list(t, "2026-01-01T00:00:00Z", "2026-08-01T00:00:00Z")]
    got = t.run("check", *earlier, *AT, "--format", "json", sample("no-scts.pem")).json()["repair"]
    t.equal((got["possible"], got["changes"], got["not_after"]),
            (True, ["scts", "lifetime"], "2026-07-31T23:59:59Z"), "an earlier one, at which logs do")
    t.equal(got["nearest_earlier"], "2026-07-31T23:59:59Z", "and said")
    later = ["--log-list", log_list(t, "2026-10-01T00:00:00Z", "2027-01-01T00:00:00Z")]
    got = t.run("check", *later, *AT, "--format", "json", sample("no-scts.pem")).json()["repair"]
    t.equal((got["possible"], got["not_after"], got["nearest_later"]),
            (False, want, "2026-10-01T00:00:00Z"), "only a later one")
    t.has(got["sentence"], "The nearest later notAfter that enough logs take is 2026-10-01T00:00:00Z.", "said")
    got = t.run("check", *later, *AT, "--format", "json", "--hostname", "other.example",
                sample("no-scts.pem")).json()["repair"]
    t.equal((got["possible"], got["changes"], got["not_after"], got["days"]), (False, [], want, 90),
            "what would not be enough is no change")
    ended = ["--log-list", log_list(t, "2026-01-01T00:00:00Z", "2026-06-10T00:00:00Z"),
             "--at", "2026-06-20T00:00:00Z"]
    got = t.run("check", *ended, "--format", "json", sample("no-scts.pem")).json()["repair"]
    t.equal((got["possible"], got["changes"], got["not_after"], got["scts"]), (False, [], want, []),
            "a notAfter that is over is none")
    with open(sample("compliant.pem"), "rb") as file:
        leaf = file.read().split(b"-----END CERTIFICATE-----\n")[0] + b"-----END CERTIFICATE-----\n"
    path = t.path(".pem")
    with open(path, "wb") as file:
        file.write(leaf)
    got = t.run("check", *ended, "--format", "json", "--policy", "apple,apple-tls", path).json()["repair"]
    t.equal((got["possible"], got["changes"], got["not_after"]), (False, [], want),
            "its issuer would not be enough")
    t.has(got["sentence"], "no change is known", "its logs do not take its notAfter either")


def test_not_possible(t):
    """What cannot be helped, and what must be given first."""
    got = repair(t, sample("no-scts.pem"), *AT, "--policy", "apple,chrome")
    t.equal((got["possible"], got["scts"]), (False, []), "no list of Chrome's")
    t.has(got["sentence"], "the policy chrome is about chrome's logs", "said")
    request = t.path(".pem")
    with open(sample("compliant.pem"), "rb") as file:
        leaf = file.read().split(b"-----END CERTIFICATE-----\n")[0] + b"-----END CERTIFICATE-----\n"
    with open(request, "wb") as file:
        file.write(leaf)
    got = repair(t, request, *AT, "--policy", "apple,apple-tls", want=UNKNOWN)
    t.equal((got["possible"], got["changes"]), (False, ["give_issuer"]), "the issuer is missing")
    t.has(got["sentence"], "give its issuer's certificate", "said")


def test_audit(t):
    """The same in an audit."""
    line = t.run("audit", *LIST, *AT, "--format", "ndjson", sample("no-scts.pem")).lines()[0]
    t.equal(line["repair"], repair(t, sample("no-scts.pem"), *AT), "as in check")


run_all("repair", globals())
