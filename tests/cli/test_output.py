#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Files in and out: what cannot be read or written is said plainly, with its name, and no
half-written file is left."""
import os
import stat
import stat
import subprocess

from lib import (AT, FAIL, INPUT, LIST, LISTS, PASS, PROGRAM, TIMEOUT, clean_env, read,
                 run_all, sample)

GOOD = sample("compliant.pem")
CHECK = ["check", *AT, *LIST, "--format", "json"]
MB = 1024 * 1024


def test_output(t):
    want = t.run(*CHECK, GOOD).out
    folder = t.path()
    os.mkdir(folder)
    path = os.path.join(folder, "report.json")
    for text in ("", "old and longer than the report" * 1000):
        if text:
            with open(path, "w") as file:
                file.write(text)
        result = t.run(*CHECK, "--output", path, GOOD)
        t.equal((result.status, result.out, result.err), (PASS, b"", b""), "quiet", repr(result))
        t.equal(read(path), want, "the whole report")
    t.equal(os.listdir(folder), ["report.json"], "nothing else is left")
    old = os.umask(0o027)
    try:
        t.run(*CHECK, "--output", path + "2", GOOD)
    finally:
        os.umask(old)
    t.equal(stat.S_IMODE(os.stat(path + "2").st_mode), 0o640, "the mode follows the umask")
    result = t.run(*CHECK, "--output", "-", GOOD)
    t.equal(result.out, want, "--output - is standard output")
    result = t.run(*CHECK, "--output", path, sample("operator-cap.pem"))
    t.equal(result.status, FAIL, "a verdict of non-compliance is a result")
    t.check(b'"result":"fail"' in read(path), "and is written")
    result = t.run(*CHECK, "--output", path, t.path())
    t.equal(result.status, INPUT, "an error object is a result too")
    t.check(b"unreadable_input" in read(path), "and is written")
    for command in (["policies"], ["log-list", "show", *LIST], ["log-list", "export", *LIST],
                    ["log-list", "diff", "42", "94"],
                    ["log-list", "history", "argon2024"]):
        dated = command[0] == "log-list" and command[1] in ("show", "export")
        extra = AT if dated else []
        want = t.run(*command, *extra).out
        result = t.run(*command, *extra, "--output", path)
        t.equal((result.status, result.out), (PASS, b""), f"{command} --output", repr(result))
        t.equal(read(path), want, f"{command} writes the same")


def test_failed_output(t):
    """The old file stays, nothing is left beside it."""
    folder = t.path()
    os.mkdir(folder)
    path = os.path.join(folder, "report.json")
    with open(path, "w") as file:
        file.write("old")
    for args, status in [
            ([*CHECK, "--log-list", t.path(), GOOD][0:3] + ["--log-list", t.path(), GOOD],
             LISTS),
            (["check", "--at", "never", GOOD], 2),
            ([*CHECK, "--issuer", t.path(), GOOD], INPUT),
            (["log-list", "import", t.file("{}")], LISTS),
            (["log-list", "export", "--log-list", t.file("{}")], LISTS)]:
        result = t.run(*args, "--output", path)
        t.equal(result.status, status, f"{args}", repr(result))
        t.equal((read(path), os.listdir(folder)), (b"old", ["report.json"]), f"kept: {args}")
    for where, what in [(os.path.join(folder, "none", "x"), "none"), (folder, folder)]:
        result = t.run(*CHECK, "--output", where, GOOD)
        t.equal(result.status, INPUT, f"--output {where}", repr(result))
        t.has(result.messages, what, "names it")
        t.has(result.messages, "output_failed", "by its code")
    t.equal(os.listdir(folder), ["report.json"], "nothing is left")
    # A disk that fills up while the file is written: a limit of the file's size is the same.
    big = t.file(b"\n".join([b'{"id":"%d"}' % i for i in range(3000)]))
    result = subprocess.run(
        ["/bin/sh", "-c", 'trap "" XFSZ; ulimit -f 8; exec "$@"', "sh", PROGRAM, *CHECK,
         "--output", path, big],
        env=clean_env(), capture_output=True, timeout=TIMEOUT)
    t.equal(result.returncode, INPUT, "a full disk", repr(result.stderr[-300:]))
    t.check(b"output_failed" in result.stderr and path.encode() in result.stderr,
            "is said, with the name", repr(result.stderr[-300:]))
    t.equal((read(path), os.listdir(folder)), (b"old", ["report.json"]), "the old file stays")


def test_standard_output(t):
    for args in ([*CHECK, GOOD], ["policies"], ["log-list", "show", *LIST], ["--help"],
                 ["check", "--help"], ["--version"], ["log-list", "export", *LIST],
                 ["log-list", "import", "--output", "-", LIST[1]], ["log-list", "diff"],
                 ["log-list", "history", "argon2024"]):
        with open("/dev/full", "wb") as full:
            result = t.run(*args, stdout=full)
        t.equal(result.status, INPUT, f"a full disk: {args[:2]}", repr(result))
        t.has(result.messages, "standard output", "is named")
        t.has(result.messages, "No space left", "with the reason")
        reader, writer = os.pipe()
        os.close(reader)
        result = t.run(*args, stdout=writer)
        os.close(writer)
        t.equal(result.status, INPUT, f"a closed pipe: {args[:2]}", repr(result))
        t.has(result.messages, "the reader of standard output has gone", "is said")
    result = subprocess.run(["/bin/sh", "-c", '"$@" >&-', "sh", PROGRAM, *CHECK, GOOD],
                            env=clean_env(), capture_output=True, timeout=TIMEOUT)
    t.equal(result.returncode, INPUT, "a closed standard output", repr(result))
    # A reader that stops in the middle: head.
    many = ["ndjson" if a == "json" else a for a in CHECK] + [GOOD] * 200
    process = subprocess.Popen([PROGRAM, *many], env=clean_env(), stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    process.stdout.readline()
    process.stdout.close()
    messages = process.stderr.read()
    t.equal(process.wait(TIMEOUT), INPUT, "a reader that goes away", repr(messages))
    t.equal(messages.count(b"\n"), 1, "is said once", repr(messages))


def test_special_files(t):
    """What is no regular file is written to as it is; a link leads to its file."""
    want = t.run(*CHECK, GOOD).out
    fifo = t.path()
    os.mkfifo(fifo)
    reader = subprocess.Popen(["cat", fifo], stdout=subprocess.PIPE)
    t.equal(t.run(*CHECK, "--output", fifo, GOOD).status, PASS, "into a FIFO")
    t.equal(reader.communicate(timeout=TIMEOUT)[0], want, "its reader has it")
    t.check(stat.S_ISFIFO(os.stat(fifo).st_mode), "it stays a FIFO")
    target, link = t.file(b"old"), t.path()
    os.chmod(target, 0o640)
    os.symlink(target, link)
    t.equal(t.run(*CHECK, "--output", link, GOOD).status, PASS, "through a link")
    t.check(os.path.islink(link), "the link stays")
    t.equal(read(target), want, "its file has it")
    t.equal(os.stat(target).st_mode & 0o777, 0o640, "with its mode")
    dangling = t.path()
    os.symlink(t.path(), dangling)
    result = t.run(*CHECK, "--output", dangling, GOOD)
    t.equal(result.status, INPUT, "a link to nothing", repr(result))
    t.has(result.messages, "link", "is said")
    result = t.run(*CHECK, "--output", "/dev/stdout", GOOD)
    t.equal((result.status, result.out), (PASS, want), "/dev/stdout")
    t.check(not os.path.isfile("/dev/stdout") or os.path.islink("/dev/stdout"), "stays")
    if os.path.exists("/dev/full"):
        t.equal(t.run(*CHECK, "--output", "/dev/full", GOOD).status, INPUT, "/dev/full")
        t.check(stat.S_ISCHR(os.stat("/dev/full").st_mode), "stays a device")


def test_input(t):
    """Files that cannot be read: named, with the reason; the others are judged."""
    cases = [
        (t.path(), "unreadable_input", "No such file"),
        (t.folder, "unreadable_input", "folder"),
        (os.path.join(GOOD, "x"), "unreadable_input", "Not a directory"),
        (t.file(b""), "bad_certificate", "empty"),
        (t.file(b" \n\t\r\n"), "bad_certificate", "empty"),
        (t.file(b"\0" * (17 * MB)), "too_large", str(16 * MB)),
        (t.file(b'{"id":1}' + b"\n" * (17 * MB)), "too_large", str(16 * MB)),
        ("x" * 5000, "unreadable_input", "too long"),
        ("", "unreadable_input", ""),
    ]
    for path, code, part in cases:
        result = t.run(*CHECK, path)
        t.equal(result.status, INPUT, f"{path[:60]}", repr(result)[:300])
        t.equal(result.json()["error"]["code"], code, f"{path[:60]}")
        t.has(result.json()["error"]["message"], part, f"{path[:60]}")
        t.has(result.messages, path[:60], "the message names the file")
    result = t.run(*CHECK, *[c[0] for c in cases], GOOD)
    t.equal([v.get("result") for v in result.json()], [None] * len(cases) + ["pass"],
            "the others are judged")
    secret = t.file(read(GOOD))
    os.chmod(secret, 0)
    if os.access(secret, os.R_OK):
        t.skip("an unreadable file: this user may read everything")
    else:
        t.equal(t.run(*CHECK, secret).status, INPUT, "an unreadable file")
    for option in ("--issuer", "--issuers", "--ocsp", "--tls-scts", "--scts"):
        for path, part in ((t.path(), "No such file"), (t.file(b"\0" * (33 * MB)), "limit")):
            result = t.run(*CHECK, option, path, GOOD)
            t.equal(result.status, INPUT, f"{option}: {part}", repr(result)[:300])
            t.has(result.messages, path, f"{option} names the file")
            t.has(result.messages, part, f"{option} says why")
    big = t.file(b"{" + b" " * (32 * MB))
    for args in ([*CHECK[:3], "--log-list", big, GOOD], ["log-list", "show", "--log-list", big],
                 ["log-list", "import", "--output", "-", big]):
        result = t.run(*args)
        t.equal(result.status, LISTS, "a list over 32 MB", repr(result)[:300])
        t.has(result.messages, "too_large", "is said")
        t.has(result.messages, str(32 * MB), "with the limit")


def test_certificate_limits(t):
    """1 MB of certificate is read, one byte more is not."""
    import base64
    import der
    cert = der.Certificate(der.pem_to_ders(read(GOOD))[0])
    filler = der.Node(0x30, children=[der.Node(0x06, bytes([0x2a, 3, 4])), der.Node(4, b"")])
    cert.extensions.children.append(filler)
    for size, code in ((MB, None), (MB + 1, "too_large")):
        value = filler.children[1]
        value.value = b"\0" * (size - 2000)
        value.value = b"\0" * (size - (len(cert.encode()) - len(value.value)))
        data = cert.encode()
        t.equal(len(data), size, "the test's own size")
        for name, content in (("DER", data), ("PEM", der.pem(data)),
                              ("base64", base64.b64encode(data))):
            report = t.judge(t.file(content))
            t.equal(report.get("error", {}).get("code"), code, f"{size} bytes in {name}")
            if code:
                t.has(report["error"]["message"], str(MB), "the limit is named")
    chain = read(GOOD).split(b"-----END CERTIFICATE-----\n")[0] + b"-----END CERTIFICATE-----\n"
    t.equal(t.judge(t.file(chain * 16)).get("error"), None, "16 certificates in a chain")
    report = t.judge(t.file(chain * 17))
    t.equal(report["error"]["code"], "too_large", "17 certificates in a chain")
    t.has(report["error"]["message"], "16", "the limit is named")


run_all("output", globals())
