#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The change that a report ends with: on the samples, and from a mail server's certificate as a
common openssl line makes it to one that passes, by the command that the report prints."""
import datetime
import json
import os
import shlex
import shutil
import subprocess

from lib import AT, FAIL, LIST, PASS, UNKNOWN, read, run_all, sample

CONFIG = "[req]\ndistinguished_name=dn\n[dn]\n"
ALLOWED = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_*:,=/ '|\n")


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
    made_files = sorted(os.listdir(folder))
    t.check(all(name.startswith("new-") for name in made_files), f"{what}: writes over nothing", made_files)
    leaf = [name for name in made_files if name.endswith(".pem") and name != "new-ca.pem"]
    t.equal(len(leaf), 1, f"{what}: one certificate", made_files)
    return os.path.join(folder, leaf[0])


def of_ca(folder):
    """How it is judged: its CA is known to be no system's."""
    return ["--issuer", os.path.join(os.path.dirname(folder), "new-ca.pem"), "--private-root"]


def text_of(path):
    return subprocess.run(["openssl", "x509", "-in", path, "-noout", "-text"], check=True,
                          capture_output=True).stdout.decode()


def test_mail_server(t):
    """From the refusal to a right certificate."""
    if not shutil.which("openssl"):
        t.skip("openssl is not here")
        return
    cases = [
        ("the line of the web", {}, (), ["lifetime", "names", "server_auth", "issuer"], ["mail.example.org"]),
        ("a small key, SHA-1", {"key": ("rsa:1024",)}, ("-sha1",),
         ["lifetime", "names", "server_auth", "key", "signature", "issuer"], ["mail.example.org"]),
        ("short, with names", {"days": "90"},
         ("-addext", "subjectAltName=DNS:a.example.org,DNS:*.b.example.org,IP:192.0.2.1,IP:2001:db8::1,"
          "DNS:a.example.org"),
         ["server_auth", "issuer"], ["a.example.org", "*.b.example.org", "192.0.2.1", "2001:db8::1"]),
        ("a wildcard", {"days": "90"}, ("-addext", "subjectAltName=DNS:a.example.org,DNS:*.b.example.org"),
         ["server_auth", "issuer"], ["a.example.org", "*.b.example.org"]),
        ("a wildcard alone", {"days": "90"}, ("-addext", "subjectAltName=DNS:*.b.example.org"),
         ["server_auth", "issuer"], ["*.b.example.org"]),
    ]
    for what, how, options, changes, names in cases:
        path = made(t, *options, **how)
        got = repair(t, path, "--policy", "apple-tls")
        t.check(got["possible"], f"{what}: possible", repr(got))
        t.equal(got["changes"], changes, f"{what}: changes")
        t.equal(got["names"], names, f"{what}: names")
        t.equal(got["days"], 90 if how.get("days") else 825, f"{what}: days")
        asked = repair(t, path, "--policy", "apple-tls", "--hostname", names[-1].replace("*", "x"))
        t.equal(asked["names"], names, f"{what}: a name that it is for is no other one")
        text = t.run("check", *LIST, "--policy", "apple-tls", path).text
        t.has(text, "\nTo make it pass: make it again with ", f"{what}: as text")
        for line in got["command"].split("\n"):
            t.has(text, f"\n  {line}\n", f"{what}: on a line of its own")
        t.check("*" not in got["command"].split(" -out ")[-1], f"{what}: the file's name is plain", got["command"])
        new = follow(t, got["command"], what)
        t.equal(repair(t, new, "--policy", "apple-tls", *of_ca(new), want=PASS), None, f"{what}: it passes")
        report = t.run("check", "--format", "json", "--policy", "all", *of_ca(new),
                       "--hostname", names[0].replace("*", "x"), new)
        t.equal(report.status, PASS, f"{what}: for its name, by all policies", repr(report))
        t.has(" ".join(got["sentence"].split()), "install new-ca.pem on the devices and switch on full trust for it "
              "(Settings > General > About > Certificate Trust Settings)", f"{what}: which devices trust")
        ca = os.path.join(os.path.dirname(new), "new-ca.pem")
        t.equal(subprocess.run(["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", ca, new],
                               capture_output=True, check=False).returncode, 0, f"{what}: by openssl, too")
        t.has(got["sentence"], "need OpenSSL 3 (openssl version", f"{what}: what runs them")
        t.has(text_of(ca), "CA:TRUE", f"{what}: what iOS can be told to trust")
        t.has(text_of(ca), "Certificate Sign", f"{what}: the CA's key usage")


def test_second_server(t):
    """One CA for all servers: what devices trust already is not made anew."""
    if not shutil.which("openssl"):
        t.skip("openssl is not here")
        return
    folder = t.path()
    os.makedirs(folder)
    names = ["imap.example.org", "smtp.example.org", "2001:db8::1", "2001:db8::2", "a" * 63 + ".b.example.org",
             "a" * 63 + ".c.example.org"]
    files = {}
    for name in names:
        kind = "IP" if ":" in name else "DNS"
        got = repair(t, made(t, "-addext", f"subjectAltName={kind}:{name}", subject="/CN=x"), "--policy", "apple-tls")
        done = subprocess.run(["sh", "-c", got["command"]], cwd=folder, capture_output=True, check=False)
        t.equal(done.returncode, 0, f"{name}: the lines run", done.stderr.decode())
        t.has(got["sentence"], "Where new-ca.key is there already, that CA stays", f"{name}: said")
        now = {file: read(os.path.join(folder, file)) for file in os.listdir(folder)}
        t.equal({file: now.get(file) for file in files}, files, f"{name}: nothing that was there is changed")
        files = now
    t.equal(len(files), 2 + 2 * len(names), "files of its own for each server, and one CA")
    for name in names:
        new = os.path.join(folder, "new-" + name.replace(":", "-") + ".pem")
        t.equal(repair(t, new, "--policy", "all", "--hostname", name, "--issuer", os.path.join(folder, "new-ca.pem"),
                       "--private-root", want=PASS), None, f"{name}: it passes")


def test_common_names(t):
    """As long as X.520 lets them be; a name that is longer stands in the subjectAltName alone."""
    if not shutil.which("openssl"):
        t.skip("openssl is not here")
        return
    for num, of_leaf, of_ca in ((58, True, True), (59, True, False), (64, True, False), (65, False, False)):
        name = "a" * (num - 30) + "." + "b" * 21 + ".example"
        path = made(t, "-addext", "subjectAltName=DNS:" + name, subject="/CN=x", key=("ec", "-pkeyopt",
                                                                                    "ec_paramgen_curve:P-256"))
        command = repair(t, path, "--policy", "apple-tls")["command"]
        t.equal((f"-subj '/CN={name}'" in command, f"-subj '/CN=CA of {name}'" in command), (of_leaf, of_ca), num)


def issued(t, folder, days, *extensions, subject="/CN=mail.example.org"):
    """By a CA in this folder (ca.pem, ca.key), as a common line of x509 does it."""
    os.makedirs(folder, exist_ok=True)
    run = lambda *args: subprocess.run(["openssl", *args], cwd=folder, check=True, capture_output=True)  # noqa: E731
    if not os.path.exists(os.path.join(folder, "ca.pem")):
        run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-subj", "/CN=My Own CA",
            "-keyout", "ca.key", "-out", "ca.pem")
    run("req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", subject, "-keyout", "leaf.key", "-out", "leaf.csr")
    with open(os.path.join(folder, "ext"), "w", encoding="ascii") as file:
        file.write("\n".join(["basicConstraints=CA:FALSE", *extensions]) + "\n")
    run("x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", days,
        "-extfile", "ext", "-out", "leaf.pem")
    return os.path.join(folder, "leaf.pem"), os.path.join(folder, "ca.pem")


SERVER = ("subjectAltName=DNS:mail.example.org", "extendedKeyUsage=serverAuth")


def agreed_days():
    """What CAs have agreed on for certificates of today."""
    today = datetime.date.today().isoformat()
    return 398 if today < "2026-03-15" else 200 if today < "2027-03-15" else 100 if today < "2029-03-15" else 47


def test_lifetimes(t):
    """What is proposed is never refused for its lifetime, whatever policies are asked for."""
    if not shutil.which("openssl"):
        t.skip("openssl is not here")
        return
    own = made(t)
    got = repair(t, own, "--hostname", "imap.example.org")
    t.equal((got["changes"], got["days"]), (["lifetime", "names", "issuer"], 825), "apple alone is asked for")
    t.equal(got["names"], ["imap.example.org", "mail.example.org"], "the common name is in use, and stays")
    new = follow(t, got["command"], "apple alone")
    t.equal(os.path.basename(new), "new-imap.example.org.pem", "its file")
    for name in got["names"]:
        t.equal(repair(t, new, "--policy", "all", "--hostname", name, *of_ca(new), want=PASS), None, name)
    t.has(repair(t, made(t, days="1"), "--policy", "apple-tls")["command"], " -days 1 ", "a day is the shortest")
    folder = t.path()
    most = agreed_days()
    leaf, ca = issued(t, folder, "1200", *SERVER)
    chain = t.file(read(leaf) + read(ca))
    late = (datetime.date.today() + datetime.timedelta(days=900)).isoformat() + "T00:00:00Z"
    got = repair(t, leaf, "--policy", "apple-tls", "--issuer", ca, "--private-root", "--at", late)
    t.equal((got["possible"], got["not_before"], got["days"]), (True, late, 825), "what would be over begins anew")
    for policies in ("apple", "all", "apple,apple-enforced", "chrome"):
        got = t.run("check", "--format", "json", "--policy", policies, chain).json()["repair"]
        t.check(got["days"] <= most, f"{policies}: no more than CAs have agreed on", got)
        first, last = (datetime.datetime.fromisoformat(got[key].rstrip("Z")) for key in ("not_before", "not_after"))
        t.equal((last - first).total_seconds() + 1, got["days"] * 86400, f"{policies}: the last second counts")
        t.has(got["sentence"], f"a lifetime of at most {most} days, as CAs have agreed", policies)
        t.has(got["sentence"], f"; openssl -days {most - 1})", f"{policies}: how openssl counts")
        t.has(got["sentence"], f"of at most {most} days. If that CA is your own, or your company's, less is asked of it, "
              "and no SCTs: say so with --private-root (of a request, private_root).", f"{policies}: an own CA")
    for days in ("1200", str(most)):
        leaf, ca = issued(t, folder, days, *SERVER)
        found = t.run("check", "--format", "json", "--policy", "apple-tls", "--issuer", ca, "--roots", ca, leaf).json()
        t.check(found["policies"][0]["findings"], f"-days {days} is too long", found)
    leaf, ca = issued(t, folder, str(most - 1), *SERVER)
    result = t.run("check", "--format", "json", "--policy", "apple-tls", "--issuer", ca, "--roots", ca, leaf)
    t.equal((result.status, result.json()["policies"][0]["findings"]), (PASS, []), "what it says to give openssl is taken")
    for days, private, want in (("1200", True, 825), ("730", True, 730), ("730", False, most)):
        leaf, ca = issued(t, folder, days)
        more = ["--private-root"] if private else []
        got = repair(t, leaf, "--policy", "apple-tls", "--issuer", ca, *more)
        t.equal((got["days"], got["command"] is not None), (want, private), f"{days} days, {private}")
        if not private:
            continue
        t.has(got["sentence"], "If that CA is your own, the line below makes it (", "by that CA")
        t.has(got["sentence"], "need OpenSSL 3 (openssl version", "what runs it")
        t.has(got["sentence"], f"{ca[:-4]}.key is a guess: put the file of its key there).", "what is not known")
        done = subprocess.run(["sh", "-c", got["command"]], cwd=folder, capture_output=True, check=False)
        t.equal(done.returncode, 0, f"{days}: the line runs", done.stderr.decode())
        t.equal(repair(t, os.path.join(folder, "new-mail.example.org.pem"), "--policy", "all", "--issuer", ca,
                       "--private-root", want=PASS), None, f"{days}: and what it makes passes")


def test_names_of_files(t):
    """The CA's files in the line are those that the user named."""
    if not shutil.which("openssl"):
        t.skip("openssl is not here")
        return
    folder = t.path()
    leaf, ca = issued(t, folder, "90", SERVER[0])
    for name, key in (("new-ca.pem", "new-ca.key"), ("Root_1.crt", "Root_1.key"), ("root.cer", "root.key"),
                      ("root", "root.key"), ("my ca.pem", None), ("a;b.pem", None), ("$(x).pem", None),
                      ("-ca.pem", None), ("c'.pem", None), ("./" * 500 + "long.pem", None), ("ä.pem", None),
                      ("a\nb.pem", None)):
        path = os.path.join(folder, name)
        shutil.copyfile(ca, path)
        if name == "-ca.pem":
            path = name
        result = t.run("check", *LIST, "--format", "json", "--policy", "apple-tls", f"--issuer={path}", "--private-root",
                       leaf, cwd=folder)
        got = result.json()["repair"]
        words = shlex.split(got["command"])
        want = (path, os.path.join(folder, key)) if key else ("ca.pem", "ca.key")
        t.equal((words[words.index("-CA") + 1], words[words.index("-CAkey") + 1]), want, f"{name!r}: in the line")
        t.check(set(got["command"]) <= ALLOWED, f"{name!r}: plain characters", got["command"])
        t.has(got["sentence"], f"{want[1]} is a guess", f"{name!r}: said")
    for path in ("/dev/stdin", "/proc/self/fd/0"):
        result = t.run("check", *LIST, "--format", "json", "--policy", "apple-tls", "--issuer", path, "--private-root",
                       leaf, stdin=read(ca))
        t.has(result.json()["repair"]["command"], " -CA ca.pem -CAkey ca.key ", f"{path}: gone by the next time")


def test_weak_authority(t):
    """A CA of the user's own that no client takes: another one comes first."""
    if not shutil.which("openssl"):
        t.skip("openssl is not here")
        return
    folder = t.path()
    os.makedirs(folder)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:1024", "-nodes", "-days", "3650", "-subj", "/CN=My Own CA",
                    "-keyout", "ca.key", "-out", "ca.pem"], cwd=folder, check=True, capture_output=True)
    leaf, ca = issued(t, folder, "90", *SERVER)
    got = repair(t, leaf, "--policy", "apple-tls", "--issuer", ca, "--private-root")
    t.equal(got["changes"], ["issuer"], "another CA")
    t.has(got["sentence"], "the lines below make another one, and the certificate. Then install new-ca.pem", "said")
    new = follow(t, got["command"], "a new CA")
    t.equal(repair(t, new, "--policy", "all", *of_ca(new), want=PASS), None, "it passes")


def test_authority(t):
    """Nobody is told to replace a CA's own certificate."""
    if not shutil.which("openssl"):
        t.skip("openssl is not here")
        return
    extension = ("-addext", "basicConstraints=critical,CA:TRUE")
    t.equal(repair(t, made(t, *extension, subject="/CN=My Own CA"), "--policy", "apple-tls", want=PASS), None, "a CA")
    hint = "If it is the certificate of a CA of yours, and no server shows it, leave it as it is."
    got = repair(t, made(t, *extension, subject="/CN=MyCA"), "--policy", "apple-tls")
    t.has(got["sentence"], hint, "it may be one")
    for subject, how, more in (("/CN=mail.example.org", extension, []),
                               ("/CN=MyCA", extension, ["--hostname", "mail.example.org"]),
                               ("/CN=MyCA", extension, ["--hostname", "myca"]), ("/CN=MyCA", (), []),
                               ("/CN=MyCA", (*extension, "-addext", "subjectAltName=DNS:myca"), [])):
        got = repair(t, made(t, *how, subject=subject), "--policy", "apple-tls", *more)
        t.check(hint not in got["sentence"], f"{subject}, {how}, {more}: a server's", got)


def test_many_names(t):
    """The command has all of them, or it is said why there is none."""
    if not shutil.which("openssl"):
        t.skip("openssl is not here")
        return
    for num, possible in ((3, True), (121, True), (400, False)):
        names = [f"host{i}.example.org" for i in range(num)]
        path = made(t, "-addext", "subjectAltName=" + ",".join("DNS:" + name for name in names))
        got = repair(t, path, "--policy", "apple-tls")
        t.equal(got["names"], names, f"{num}: all of them")
        t.equal(got["command"] is not None, possible, f"{num}: a command")
        asked = repair(t, path, "--policy", "apple-tls", "--hostname", "a.example")
        t.has(asked["sentence"], "; a subjectAltName for a.example, host0.example.org, host1.example.org, host2.example.org"
              + (f" and {num - 3} more; " if num > 3 else "; "), f"{num}: some of them are named")
        if possible:
            new = follow(t, got["command"], f"{num} names")
            t.equal(repair(t, new, "--policy", "apple-tls", "--hostname", names[-1], *of_ca(new), want=PASS), None,
                    "for the last one, too")
        else:
            t.has(got["sentence"], "more names than a line should", f"{num}: why not")


def test_shell(t):
    """Nothing of a certificate's bytes gets to the shell."""
    if not shutil.which("openssl"):
        t.skip("openssl is not here")
        return
    evil = ["*.192.0.2.1", "$(touch bad)", "`touch bad`", "a.example';touch bad;'", 'a"b', "a.example\ntouch bad",
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
        t.equal(got["command"].count("'"), 6, f"{name!r}: quotes")
        words = shlex.split(got["command"].split("\n")[1])
        t.equal(words[words.index("-subj") + 1], "/CN=good.example", f"{name!r}: as a shell reads it")


def test_hostname(t):
    """A name that is missing."""
    path = sample("compliant.pem")
    got = repair(t, path, *AT, "--hostname", "other.example")
    t.equal(got["changes"], ["names"], "the name")
    t.equal(got["names"][0], "other.example", "it comes first")
    t.equal(repair(t, path, *AT, want=PASS), None, "nothing to repair")


def test_not_valid(t):
    """Of a certificate outside its validity nothing is asked, and all of the one that comes next."""
    if not shutil.which("openssl"):
        t.skip("openssl is not here")
        return
    leaf, ca = issued(t, t.path(), "90")
    args = ("--policy", "apple-tls", "--hostname", "imap.example.org", "--issuer", ca, "--private-root", "--at")
    for at, more in (("2038-01-01T00:00:00Z", ["renewal"]), ("2020-01-01T00:00:00Z", [])):
        got = repair(t, leaf, *args, at)
        t.equal((got["possible"], got["changes"], got["not_before"]), (True, [*more, "names", "server_auth"], at), at)


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
        t.check("OpenSSL" not in got["sentence"], f"{name}: no line to run", got)
        for log in got["scts"]:
            t.has(got["sentence"], f"{log['log']} of {log['operator']}", f"{name}: named")
    got = repair(t, sample("precertificate.pem"), *both)
    t.has(got["sentence"], "issue it with 2 embedded SCTs", "before issuance")
    t.check("Ask your CA" not in got["sentence"], "who asks is the CA")
    got = repair(t, sample("precertificate.pem"), *AT, "--policy", "apple-tls", "--private-root", "--hostname", "other.example")
    t.equal((got["possible"], got["command"]), (True, None), "no line makes a precertificate")


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


def test_devices(t):
    """The SCTs are of logs that devices with an older list know, too."""
    old = json.loads(read(sample("log_list.json")))
    old.update(log_list_timestamp="2026-05-01T00:00:00Z", version="1.0")
    old["operators"] = [one for one in old["operators"] if one["name"] != "Birch"]
    history = t.path(".history")
    t.run("log-list", "import", t.file(json.dumps(old)), LIST[1], "--output", history)
    for age, operators in (("60", {"Alder", "Cedar"}), ("1", {"Alder", "Birch"})):
        for name in ("no-scts.pem", "compliant.pem")[:2 if age == "60" else 1]:
            got = t.run("check", "--log-list", history, *AT, "--client-age", age, "--format", "json",
                        sample(name)).json()["repair"]
            t.equal({log["operator"] for log in got["scts"]}, operators, f"{name}, {age} days")


def test_not_possible(t):
    """What cannot be helped, and what must be given first."""
    # Of Chrome's logs there is no list: what Apple's policy asks for can be had all the same.
    for policies in ("apple,chrome", "all"):
        got = repair(t, sample("no-scts.pem"), *AT, "--policy", policies)
        t.equal((got["possible"], len(got["scts"])), (True, 2), f"{policies}: by the list at hand")
        t.has(got["sentence"], "What is not judged for want of a log list stays open: chrome", "said")
        t.equal(repair(t, sample("compliant.pem"), *AT, "--policy", policies, want=UNKNOWN), None, "nothing to do")
    got = repair(t, sample("no-scts.pem"), *AT, "--policy", "all")
    t.has(got["sentence"], "chrome, mozilla, android.", "all of them")
    request = t.path(".pem")
    with open(sample("compliant.pem"), "rb") as file:
        leaf = file.read().split(b"-----END CERTIFICATE-----\n")[0] + b"-----END CERTIFICATE-----\n"
    with open(request, "wb") as file:
        file.write(leaf)
    got = repair(t, request, *AT, "--policy", "apple,apple-tls", want=UNKNOWN)
    t.equal((got["possible"], got["changes"]), (False, ["give_issuer"]), "the issuer is missing")
    t.has(got["sentence"], "give its issuer's certificate", "said")
    got = repair(t, request, *AT, "--policy", "apple,chrome", want=UNKNOWN)
    t.equal((got["possible"], got["changes"]), (False, ["give_issuer"]), "beside a policy that has no list")
    bare = t.file(read(sample("no-scts.pem")).split(b"-----END")[0] + b"-----END CERTIFICATE-----\n")
    got = repair(t, bare, *AT, "--policy", "apple,apple-tls", "--private-root", want=UNKNOWN)
    t.equal((got["possible"], got["changes"], got["command"]), (False, ["give_issuer"], None),
            "beside a policy that asks nothing of it")
    got = repair(t, request, *AT, "--hostname", "other.example")
    t.equal((got["possible"], got["changes"]), (True, ["scts", "names", "give_issuer"]), "SCTs that nobody verified")


def test_audit(t):
    """The same in an audit."""
    line = t.run("audit", *LIST, *AT, "--format", "ndjson", sample("no-scts.pem")).lines()[0]
    t.equal(line["repair"], repair(t, sample("no-scts.pem"), *AT), "as in check")


run_all("repair", globals())
