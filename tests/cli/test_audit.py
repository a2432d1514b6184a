#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""ctpolicy audit: what goes in, in every form; what comes out, in the order of the input and
byte for byte the same whoever computed it."""
import base64
import csv
import fcntl
import gzip
import io
import json
import os
import pty
import re
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time

import jsonschema

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bad"))
import cases  # noqa: E402
import der  # noqa: E402
from audit_lib import (AUDIT, FAILS, GOOD, ISSUER, LEAF, NDJSON, b64, is_told, left_behind,  # noqa: E402
                       mixed, request, start, unzstd, zstd)
from lib import (AT, FAIL, INPUT, LIST, PASS, PROGRAM, SCHEMAS, TIMEOUT, UNKNOWN,  # noqa: E402
                 USAGE, clean_env, loads, read, run_all, sample)


def audit(t, *args, want=PASS, what="", **kw):
    """The lines of a run, as values."""
    result = t.run(*NDJSON, *args, **kw)
    t.equal(result.status, want, f"exit status {what}", repr(result)[:600])
    return result.lines()


def other(number, certificate=LEAF):
    """Another certificate: it has another serial, so that its signature is wrong."""
    c = der.Certificate(certificate)
    c.serial.value = b"\x01" + number.to_bytes(4, "big")
    return c.encode()


def another_key():
    """The issuer's name and key identifier, and another key."""
    c = der.Certificate(ISSUER)
    c.tbs.children[6] = der.parse(der.Certificate(LEAF).tbs.children[6].encode())[0]
    return c.encode()


def results(lines):
    return [line.get("result", "error") for line in lines]


def test_forms(t):
    """The same certificate in every form: plain, gzip, zstd, on standard input."""
    want = audit(t, t.file(GOOD))[0]
    table = f"n,certificate\r\n7,{b64(LEAF)}\r\n"
    for name, data, options in [
            ("PEM", GOOD.encode(), []), ("DER", LEAF + ISSUER, []),
            ("PEM behind text", b"Certificate:\n    Data:\n" + GOOD.encode() + b"\nend\n", []),
            ("PEM with CRLF", GOOD.replace("\n", "\r\n").encode(), []),
            ("a request", request().encode(), []),
            ("requests behind empty lines", b"\r\n\n" + request().encode() + b"\r\n\n", []),
            ("a byte order mark", b"\xef\xbb\xbf" + request().encode(), []),
            ("base64 a line", b64(LEAF).encode() + b"\n", ["--issuers", t.file(ISSUER)]),
            ("base64 over lines", base64.encodebytes(LEAF), ["--issuers", t.file(ISSUER)]),
            ("CSV", table.encode(), ["--issuers", t.file(ISSUER)]),
            ("CSV with PEM", b'id,pem\n1,"' + GOOD.encode() + b'"\n', [])]:
        for how in (lambda d: d, gzip.compress, zstd,
                    lambda d: gzip.compress(d[:99]) + gzip.compress(d[99:])):
            path = t.file(how(data))
            lines = audit(t, *options, path, what=name)
            t.equal(lines, [{**want, "id": path + ":1"}], f"{name}, {how(b'x')[:4]!r}")
        lines = audit(t, *options, stdin=data, what=name)
        t.equal([line["id"] for line in lines], ["standard input:1"], f"{name} piped")
    t.equal(audit(t, "-", stdin=GOOD)[0]["result"], "pass", "- is standard input")


def test_input_format(t):
    column = f"when,old,new\n1,{b64(other(1))},{b64(LEAF)}\n"
    rows = column.split("\n", 1)[1]
    for name, table, want in (("new", column, "pass"), ("old", column, "unknown"),
                              ("3", rows, "pass"), ("2", rows, "unknown")):
        line = audit(t, "--column", name, "--issuers", t.file(ISSUER), t.file(table),
                     want=PASS if want == "pass" else UNKNOWN, what=f"--column {name}")
        t.equal(results(line), [want], f"--column {name}")
    line = audit(t, "--column", "none", t.file(column), want=INPUT)[0]
    t.has(line["error"]["message"], '"none" in the first row, which has "when", "old", "new"',
          "a column that is not there")
    wide = ",".join(f"c{i}" for i in range(40)) + "\n" + ",".join("x" * 40) + "\n"
    line = audit(t, "--column", "cert", "--input-format", "csv", t.file(wide), want=INPUT)[0]
    t.has(line["error"]["message"], '"c0", "c1", "c2", "c3", "c4", "c5" and 34 more', "many")
    lines = audit(t, "--column", "9", t.file(column + rows * 3), want=INPUT)
    t.equal([line["error"]["message"] for line in lines], ["no column 9: the first row has 3"],
            "once is enough")
    for number in ("0", "00"):
        result = t.run(*NDJSON, "--column", number, t.file(column))
        t.equal((result.status, result.out), (USAGE, b""), f"--column {number}", repr(result))
        t.has(result.messages, "count from 1", "says why")
    t.equal(audit(t, "--input-format", "der", t.file(GOOD), want=INPUT)[0]["error"]["code"],
            "bad_certificate", "PEM as DER")
    for options in (["--input-format", "xml"], ["--jobs", "0"], ["--jobs", "65"],
                    ["--shard", "0/2"], ["--shard", "3/2"], ["--shard", "2"],
                    ["--progress", "some"], ["--issued-from", "soon"], ["--format", "xml"],
                    ["--checkpoint", t.path()], ["--issuer", sample("root.pem")],
                    ["--summary", "-"], ["--output", "x", "--summary", "x"],
                    ["--checkpoint", t.path(), "--output", "/dev/null"],
                    ["--checkpoint", t.path(), "--output", t.folder],
                    ["--summary", "x", "--checkpoint", "x", "--output", "y"]):
        result = t.run(*AUDIT, *options, sample("compliant.pem"))
        t.equal((result.status, result.out), (USAGE, b""), f"{options}", repr(result)[:300])
        t.has(result.messages, options[0], f"{options} is named")
    t.equal(t.run(*AUDIT, "--jobs", "64", sample("compliant.pem")).status, PASS, "the most jobs")


def test_ids_and_order(t):
    folder = t.path()
    os.makedirs(os.path.join(folder, "b", "c"))
    names = ["a.pem", "b/c/1.der", "b/z.ndjson", "c.csv", "\u00fc.pem"]
    contents = [GOOD + GOOD, LEAF + ISSUER + LEAF + ISSUER, request(id="own") + "\n" + request(),
                b64(LEAF) + "\n" + b64(LEAF) + "\n", GOOD]
    for name, content in zip(names, contents):
        content = content.encode() if isinstance(content, str) else content
        with open(os.path.join(folder, name), "wb") as file:
            file.write(content)
    want = []
    for name, content in zip(names, contents):
        path = os.path.join(folder, name)
        want += ["own" if name == "b/z.ndjson" and i == 1 else f"{path}:{i}"
                 for i in range(1, 2 if name == "\u00fc.pem" else 3)]
    lines = audit(t, folder)
    t.equal([line["id"] for line in lines], want, "the folder's order, whole")
    t.equal(audit(t, folder + "/"), lines, "a slash at the end changes nothing")
    stdin = audit(t, os.path.join(folder, "a.pem"), "-", folder, stdin=request(id=9))
    t.equal([line["id"] for line in stdin], want[:2] + [9] + want, "a mix of all, in order")
    text = t.run(*AUDIT, folder).text
    for part in (f"a.pem:2 (line {GOOD.count(chr(10)) + 1})",
                 f"1.der:2 (byte {len(LEAF + ISSUER)})", "own (line 1)", "z.ndjson:2 (line 2)"):
        t.has(text, part, "text says the place too")
    odd = os.path.join(folder.encode(), b"\xff\n\x1b.pem")
    with open(odd, "wb") as file:
        file.write(GOOD.encode())
    line = audit(t, odd)[0]
    t.has(line["id"], "\\FF\\0A\\1B.pem:1", "a name that is no text")


def test_equal_to_check(t):
    """Requests of all kinds, good and bad: the same bytes as check prints."""
    lines = mixed(24)
    lines += [request(b64(data) if isinstance(data, bytes) else data, id=name)
              for name, data, *_ in cases.errors()]
    lines += [request(der.pem(data) + der.pem(ISSUER), id=name)
              for name, data, *_ in [*cases.lists(), *cases.items()]]
    lines += [json.dumps({**loads(read(sample("request.json"))), "at": "issuance"}),
              request(at="2026-06-05T00:00:00Z"), request(certifcate=1), "[]"]
    path = t.file("\n".join(lines) + "\n")
    for options in ([], ["--at", "issuance", "--policy", "apple,apple-enforced"]):
        base = [*(LIST if "--at" in options else AT + LIST), *options, "--format", "ndjson"]
        check, result = t.run("check", *base, path), t.run("audit", *base, path)
        t.equal(len(check.lines()), len(lines), "check has a line each")
        for number, (want, got) in enumerate(zip(check.out.splitlines(),
                                                 result.out.splitlines())):
            t.equal(got, want, f"line {number + 1} with {options}")
        t.equal(result.out, check.out, f"the same as check with {options}")
        t.equal(result.status, check.status, f"the same exit status with {options}")


def test_jobs_and_verifiers(t):
    path = t.file("\n".join(mixed(130)))
    for form in ("ndjson", "json", "csv"):
        options = [*AUDIT, "--format", form, path]
        want = t.run(*options, "--jobs", "1", "--verifier", "reference").out
        t.check(len(want) > 30000, f"{form}: something to compare")
        for jobs, verifier in (("2", "auto"), ("7", "reference"), ("5", "auto")):
            got = t.run(*options, "--jobs", jobs, "--verifier", verifier)
            t.check(got.out == want, f"{form}: --jobs {jobs} --verifier {verifier}")
    lines = audit(t, "--jobs", "4", path, want=INPUT)
    ids = [line["id"] for line in lines]
    t.equal(ids, [f"{path}:{i + 1}" if i % 6 == 4 else i for i in range(130)], "in order")


def test_shards(t):
    path = t.file("\n".join(mixed(50)))
    whole = t.run(*NDJSON, path, sample("compliant.pem")).out.splitlines()
    for num in (1, 2, 7):
        parts = [t.run(*NDJSON, "--shard", f"{k}/{num}", path, sample("compliant.pem"))
                 for k in range(1, num + 1)]
        lines = [part.out.splitlines() for part in parts]
        t.equal(sorted(sum(lines, [])), sorted(whole), f"{num} parts are all, once each")
        t.equal([lines[i % num][i // num] for i in range(len(whole))], whole, "in order")
    result = t.run(*NDJSON, "--shard", "3/5", t.file(request()))
    t.equal((result.status, result.out), (PASS, b""), "an empty part is no fault", repr(result))
    t.has(result.messages, "no record was selected: the input has 1, and --shard 3/5 none",
          "and is said")


def test_dedupe(t):
    lines = [request(id=0), request(FAILS, id=1), request(id=2), request(at="issuance", id=3),
             request(id=4), request(policies=["apple", "apple-enforced"], id=5), "{", "{", request(FAILS, id=8)]
    path = t.file("\n".join(lines))
    got = audit(t, "--dedupe", path, t.file(GOOD), want=INPUT)
    t.equal([line["id"] for line in got], [0, 1, 3, 5, path + ":7", path + ":8"],
            "equal ones once, where the first stood")
    at = [line["evaluated_at"] for line in got if line.get("id") in (0, 3)]
    t.equal(at, ["2026-06-02T00:00:00Z", "2026-06-01T00:04:00.930Z"], "times of check differ")
    rows = list(csv.DictReader(io.StringIO(
        t.run(*AUDIT, "--format", "csv", "--dedupe", path, t.file(GOOD)).text, newline="")))
    t.equal([row["occurrences"] for row in rows], ["4", "2", "1", "1", "", ""], "how often")
    # With and without its issuer it is not the same, whichever comes first.
    bare, whole = request(b64(LEAF)), request(b64(LEAF), issuer=b64(ISSUER))
    for pair in (bare, whole), (whole, bare):
        path2 = t.file("\n".join(pair * 2))
        t.equal(results(audit(t, "--dedupe", path2, want=UNKNOWN)),
                results(audit(t, path2, want=UNKNOWN))[:2], "with issuer and without")
    summary = t.path()
    result = t.run(*AUDIT, "--dedupe", "--summary", summary, stdin=GOOD * 3)
    t.has(result.text, "(3 times)", "text says it, of standard input too")
    t.equal(loads(read(summary))["certificates"]["judged"], 3, "the summary counts each")
    # A file as standard input begins where it stands, as without --dedupe.
    three = t.file("".join(request(id=i) + "\n" for i in range(3)))
    with open(three, "rb") as file:
        for more in [], ["--dedupe"]:
            file.seek(len(request(id=0)) + 1)
            done = subprocess.run([PROGRAM, *NDJSON, *more], stdin=file, env=clean_env(),
                                  capture_output=True, timeout=TIMEOUT)
            t.equal([loads(line)["id"] for line in done.stdout.splitlines()],
                    [1] if more else [1, 2], f"{more}: what is left", repr(done))
    folder = os.open(t.folder, os.O_RDONLY)
    done = subprocess.run([PROGRAM, *NDJSON, "--dedupe"], stdin=folder, env=clean_env(),
                          capture_output=True, timeout=TIMEOUT)
    os.close(folder)
    t.equal(done.returncode, INPUT, "no file at all")
    t.has(done.stderr.decode(), "cannot read standard input: Is a directory", "is said")
    result = t.run(*NDJSON, "--dedupe", stdin=GOOD, env={"TMPDIR": "/nowhere"})
    t.has(result.messages, "cannot create a file in TMPDIR", "so is no place to write")
    broken = t.file((request(b64(b"\x30\x03\x02\x01\x05")) + "\n") * 5)
    for more in [], ["--dedupe"]:
        t.run(*AUDIT, *more, "--format", "csv", "--summary", summary, broken)
        got = loads(read(summary))["certificates"]
        t.equal((got["read"], got["unreadable"]), (5, 5), f"{more}: of bad ones too", str(got))


def test_selection(t):
    path = t.file(GOOD + FAILS)
    first = loads(t.run(*NDJSON, sample("compliant.pem")).out)["certificate"]["not_before"]
    for options, num in [(["--issued-from", first], 2), (["--issued-until", first], 0),
                         (["--issued-from", "2026-06-03"], 0),
                         (["--issued-until", "2026-06-03"], 2),
                         (["--issuer-name", "sample issuing"], 2),
                         (["--issuer-name", "O=nobody"], 0)]:
        result = t.run(*NDJSON, *options, path)
        t.equal(len(result.lines()), num, f"{options}", repr(result)[:400])
        t.equal(result.status, FAIL if num else INPUT, f"exit status of {options}")
        said = f'warning: no record was selected: 2 looked at, none is of {options[0]} "{options[1]}"'
        t.equal(said in result.messages, num == 0, f"what selects nothing: {options}", repr(result))
    summary = t.path()
    none = ["--issued-from", "2026-06-03", "--issuer-name", "O=nobody"]
    result = t.run("audit", *AT, *LIST, *none, "--summary", summary, path)
    t.equal(result.status, INPUT, "nothing is selected", repr(result))
    t.has(result.messages, '--issued-from "2026-06-03" --issuer-name "O=nobody"', "by what")
    t.has(result.text, "No certificate was judged.", "the sum says so")
    t.equal(loads(read(summary))["certificates"]["read"], 0, "the summary is written")
    result = t.run(*NDJSON, *none, "--shard", "1/2", path)
    t.equal(result.status, PASS, "another shard may have some", repr(result))
    t.has(result.messages, "1 looked at in --shard 1/2, none is of --issued-from", "it is said")
    result = t.run(*NDJSON, *none, path, t.file("{\n", ".ndjson"))
    t.equal((result.status, len(result.lines())), (INPUT, 1), "one is not readable", repr(result))
    t.has(result.messages, "no record was selected: 2 looked at", "the others are left out")


def test_issuers(t):
    leaf, folder = t.file(der.pem(LEAF)), t.path()
    t.equal(results(audit(t, leaf, want=UNKNOWN)), ["unknown"], "no issuer")
    os.mkdir(folder)
    for name, data in [("a.pem", read(sample("root.pem"))), ("b.der", ISSUER),
                       ("c", b"rubbish" * 99), ("d.pem", der.pem(ISSUER[:-7]).encode())]:
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)
    result = t.run(*NDJSON, "--issuers", folder, leaf, leaf, leaf)
    t.equal((result.status, results(result.lines())), (INPUT, ["pass"] * 3), "a folder")
    t.equal([result.messages.count(f"/{name},") for name in ("a.pem", "b.der", "c", "d.pem")],
            [0, 0, 1, 1], "rubbish is named once", result.messages)
    os.unlink(os.path.join(folder, "d.pem"))
    t.equal(t.run(*NDJSON, "--issuers", folder, leaf).status, PASS, "what is meant for others")
    crossed = other(9, ISSUER)
    for name, pool in [("another key of that name first", [another_key(), ISSUER]),
                       ("and last", [ISSUER, another_key()]),
                       ("cross-signed, of one key", [crossed, another_key()])]:
        pem = "".join(map(der.pem, pool))
        line = audit(t, "--issuers", t.file(pem), leaf, what=name)[0]
        t.equal(line["certificate"]["issuer_signature"], "valid", f"{name}: by signature")
        for more in ([t.file(pem), leaf], [leaf, t.file(pem)], [t.file(der.pem(LEAF) + pem)]):
            result = t.run(*NDJSON, *more)
            line = [line for line in result.lines()
                    if line["certificate"]["subject"] == "CN=compliant.example"][0]
            t.equal(line["result"], "pass", f"{name}: of the batch itself", repr(more))
    line = audit(t, "--issuers", t.file(another_key()), leaf, want=UNKNOWN)[0]
    t.check(line["certificate"]["issuer_signature"] != "valid", "none that fits")


def test_broken_pool(t):
    """A broken issuer is named, with its line; the others serve, and the exit status is 3."""
    good, leaf = der.pem(ISSUER), t.file(der.pem(LEAF))
    begin, end = "-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n"
    key = der.pem(LEAF, "PRIVATE KEY")
    for name, pool, lines in [
            ("not base64", "text\n" + begin + "####\n" + end + good, [2]),
            ("no certificate", good + der.pem(b"rubbish") + key + der.pem(LEAF[:-1]),
             [good.count("\n") + 1, (good + der.pem(b"rubbish") + key).count("\n") + 1]),
            ("no END", begin + "AAAA\n" + good, [1]),
            ("no END at the end", good + begin, [good.count("\n") + 1]),
            ("another END", key.split("-----END")[0] + end + good, [1]),
            ("BEGIN behind END", good[:-1] + begin + "#\n" + end, [good.count("\n")]),
            ("many", (begin + "#\n" + end) * 50 + good, range(1, 60, 3))]:
        path = t.file(pool)
        runs = [t.run(*NDJSON, "--issuers", path, "--jobs", "2", leaf, leaf),
                t.run("check", *AUDIT[1:], "--format", "ndjson", "--issuers", path, leaf)]
        for result in runs:
            t.equal((result.status, set(results(result.lines()))), (INPUT, {"pass"}),
                    f"{name}: the others serve", repr(result))
            said = re.findall(re.escape(path) + r", line (\d+): .*\[bad_certificate\]",
                              result.messages)
            t.equal(said, [str(n) for n in lines], f"{name}: its line", result.messages)
            t.equal(result.messages.count("\n"), len(lines) + (name == "many"), "and no more")
    only = t.run(*NDJSON, "--issuers", t.file(begin + "#\n" + end), leaf)
    t.equal((only.status, only.out), (INPUT, b""), "nothing to serve", repr(only))
    # Lines that are looked at again and again would hang it.
    flood = t.file(begin * 600000)
    t.equal(t.run(*NDJSON, "--issuers", flood, leaf).status, INPUT, "BEGIN lines alone")


def test_formats(t):
    path = t.file("\n".join(mixed(40)))
    want = audit(t, path, want=INPUT)
    result = t.run(*AUDIT, "--format", "json", path)
    t.equal(result.json(), want, "json is an array of the same")
    rows = list(csv.reader(io.StringIO(t.run(*AUDIT, "--format", "csv", path).text, newline="")))
    t.equal({len(row) for row in rows}, {len(rows[0])}, "rows of one length")
    t.equal([row[0] for row in rows[1:]], [str(line["id"]) for line in want], "csv ids")
    text = t.run(*AUDIT, path).text
    counts = [text.count("\n" + word + "  ") + text.startswith(word + "  ")
              for word in ("pass", "FAIL", "open", "BAD ")]
    t.equal(counts, [results(want).count(r) for r in ("pass", "fail", "unknown", "error")],
            "a line each in text")
    t.has(text, "40 records in", "and the summary behind them")
    for form in ("json", "csv", "text"):
        only = t.run(*AUDIT, "--format", form, "--fail-only", sample("compliant.pem"))
        t.equal(only.status, PASS, f"--fail-only {form} of none")
        t.check("compliant.example" not in only.text, "is not shown", repr(only)[:300])
    t.equal(t.run(*AUDIT, "--format", "json", "--fail-only", sample("compliant.pem")).json(), [],
            "an empty array")
    failing = audit(t, "--fail-only", path, want=INPUT)
    t.equal(failing, [line for line in want if line.get("result") != "pass"], "--fail-only")


def test_output(t):
    path, folder = t.file("\n".join(mixed(60))), t.path()
    os.mkdir(folder)
    want = t.run(*NDJSON, path).out
    for name, unpack in [("a.ndjson", lambda d: d), ("a.gz", gzip.decompress),
                         ("a.zst", lambda d: unzstd(d, len(want)))]:
        target = os.path.join(folder, name)
        for jobs in ("1", "3"):
            result = t.run(*NDJSON, "--output", target, "--jobs", jobs, path)
            t.equal((result.status, result.out), (INPUT, b""), "quiet")
            t.check(is_told(result.messages, 20), "one line for them all", result.messages)
            t.check(unpack(read(target)) == want, f"{name}: the same, --jobs {jobs}")
        before = read(target)
        result = t.run(*NDJSON, "--output", target, "-")
        t.equal((result.status, read(target)), (INPUT, before), f"{name}: the old file stays")
    t.equal(left_behind(folder), ["a.gz", "a.ndjson", "a.zst"], "nothing else is left")
    # Results beside the inputs are none of them.
    inner, cp = os.path.join(folder, "in"), os.path.join(folder, "in", "b.checkpoint")
    os.mkdir(inner)
    with open(os.path.join(inner, "a.ndjson"), "w") as file:
        file.write("\n".join(mixed(60)))
    with open(cp + ".new", "w") as file:
        file.write("what a killed run left of its checkpoint")
    result = t.run(*NDJSON, "--output", os.path.join(inner, "z.ndjson"), "--checkpoint", cp,
                   inner)
    t.equal(read(os.path.join(inner, "z.ndjson")).count(b"\n"), 60, "the folder of the inputs")
    t.equal(left_behind(inner), ["a.ndjson", "z.ndjson"], "and no checkpoint")


def test_own_files(t):
    """No run writes over what it reads, and none reads what it writes."""
    folder = t.path()
    os.mkdir(folder)
    paths = {n: os.path.join(folder, n) for n in ("one.pem", "pool", "list", "link", "o", "s")}
    for name, of in (("one.pem", "compliant.pem"), ("pool", "root.pem"),
                     ("list", "log_list.json")):
        shutil.copy(sample(of), paths[name])
    os.symlink("one.pem", paths["link"])
    before = {n: read(os.path.join(folder, n)) for n in left_behind(folder)}
    base = ["audit", *AT, "--log-list", paths["list"], "--issuers", paths["pool"]]
    for name, said in (("one.pem", "that is an input"), ("link", "that is an input"),
                       ("pool", "the file of --issuers"), ("list", "the file of --log-list")):
        for option in ("--output", "--summary", "--report", "--checkpoint"):
            more = ["--output", paths["o"]] if option == "--checkpoint" else []
            result = t.run(*base, option, paths[name], *more, paths["one.pem"])
            t.equal((result.status, result.out), (USAGE, b""), f"{option} {name}", repr(result))
            t.has(result.messages, said, f"{option} {name}")
    for other in (os.path.join(folder, ".", "o"), os.path.join(folder, "..",
                                                                os.path.basename(folder), "o")):
        result = t.run(*base, "--output", paths["o"], "--summary", other, paths["one.pem"])
        t.equal(result.status, USAGE, "one file under two names", repr(result))
    with open(paths["one.pem"], "rb") as file:
        done = subprocess.run([PROGRAM, *base, "--output", paths["link"]], stdin=file,
                              env=clean_env(), capture_output=True, timeout=TIMEOUT)
    t.check(done.returncode == USAGE and b"standard input" in done.stderr, "standard input",
            repr(done))
    result = t.run("check", *AT, "--output", paths["one.pem"], paths["one.pem"])
    t.equal((result.status, result.out), (USAGE, b""), "check", repr(result))
    t.equal({n: read(os.path.join(folder, n)) for n in left_behind(folder)}, before, "untouched")
    for name in ("link", "list", "pool"):
        os.unlink(paths[name])
    # What an earlier run left where it stands again.
    args = [*NDJSON, "--issuers", sample("root.pem"), "--output", paths["o"], "--summary",
            paths["s"], folder]
    t.equal(t.run(*args).err, b"", "the first run met nothing of its own")
    for _ in range(2):
        result = t.run(*args, "--dedupe")
        t.equal(result.status, PASS, "the second run", repr(result))
        t.equal(results([json.loads(line) for line in read(paths["o"]).splitlines()]), ["pass"],
                "reads the certificate alone")
        for name in ("o", "s"):
            t.equal(result.messages.count(f"{paths[name]} is not read"), 1, "said once")
    t.equal(left_behind(folder), ["o", "one.pem", "s"], "nothing else is left")


def test_summary(t):
    schema = json.loads(read(os.path.join(SCHEMAS, "summary.v1.json"), "r"))
    lines, path = mixed(60), t.path()
    want = audit(t, t.file("\n".join(lines)), want=INPUT)
    made = []
    for jobs, form in (("1", "ndjson"), ("4", "csv"), ("2", "text")):
        t.run(*AUDIT, "--format", form, "--jobs", jobs, "--summary", path, "--fail-only",
              stdin="\n".join(lines))
        made.append(read(path))
        jsonschema.Draft202012Validator(schema).validate(loads(made[-1]))
    counts = loads(made[0])["certificates"]
    got = results(want)
    t.equal({k: counts[k] for k in ("read", "judged", "pass", "fail", "unknown", "unreadable")},
            {"read": 60, "judged": 60 - got.count("error"), "pass": got.count("pass"),
             "fail": got.count("fail"), "unknown": got.count("unknown"),
             "unreadable": got.count("error")}, "as the lines say")
    t.equal({tuple(m.splitlines()[:-2]) for m in made}, {tuple(made[0].splitlines()[:-2])},
            "the same for all, but the run")


def read_terminal(master):
    """Until nobody has its other end open: what was written comes through in pieces."""
    out = b""
    try:
        while True:
            out += os.read(master, 65536)
    except OSError:
        os.close(master)
        return out


def test_progress(t):
    """On the terminal where messages go, and never among the results."""
    # The last of them fill no batch: their results come at once.
    half = "\n".join(request("AAAA", id=i) for i in range(100)) + "\n"
    want = t.run(*NDJSON, stdin=half * 2).out
    for mode, shown in (("auto", True), ("always", True), ("never", False)):
        master, slave = pty.openpty()
        run = subprocess.Popen([PROGRAM, *NDJSON, "--progress", mode],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=slave,
                               env=clean_env())
        os.close(slave)
        run.stdin.write(half.encode())
        run.stdin.flush()
        # They are judged: from now on it is longer than two lines must be apart.
        out = b"".join(run.stdout.readline() for _ in range(100))
        time.sleep(0.4)
        out += run.communicate(half.encode())[0]
        err = read_terminal(master)
        t.check(out == want, f"--progress {mode}: the results alone on standard output")
        t.equal(b"unreadable" in err, shown, f"--progress {mode}", repr(err))
    run = start([*NDJSON, "--progress", "auto"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    err = run.communicate(half.encode())[1].decode()
    t.check(is_told(err, 100), "no terminal, no progress", err)
    # Results and messages on one terminal.
    master, slave = pty.openpty()
    run = subprocess.Popen([PROGRAM, *NDJSON], stdin=subprocess.PIPE,
                           stdout=slave, stderr=slave, env=clean_env())
    os.close(slave)
    run.stdin.write(half.encode())
    run.stdin.flush()
    time.sleep(0.4)
    run.stdin.write(half.encode())
    run.stdin.close()
    got = read_terminal(master)
    run.wait()
    *lines, last = got.decode().splitlines()
    t.equal({line[:1] for line in lines}, {"{"}, "one terminal for both")
    t.check(is_told(last, 200), "and the end of it", last)


PART = re.compile(rb"(?:\[[#.]+\] )? *(\d+)%  (?:\d+:\d\d:\d\d left  )?(\d+) done, \d+ fail"
                  rb"(?:, \d+ unreadable)?(?:, \d+/s)?$")


def on_terminal(args, stop_at=None):
    """The parts that a run showed on a terminal of 80 columns, with their share and number of
    records, and its exit status; stopped when it has come so far."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    run = subprocess.Popen([PROGRAM, *args], stderr=slave, env=clean_env())
    os.close(slave)
    shown = b""
    try:
        while True:
            shown += os.read(master, 4096)
            found = PART.match(shown.rsplit(b"\r\x1b[K", 1)[-1])
            if stop_at is not None and found and int(found[1]) >= stop_at:
                run.send_signal(signal.SIGTERM)
                stop_at = None
    except OSError:
        pass
    os.close(master)
    parts = shown.split(b"\r\x1b[K")
    numbers = [tuple(map(int, m.groups())) for m in map(PART.match, parts) if m]
    return parts, numbers, run.wait()


def test_bar(t):
    """How far a run has come, in a line of the terminal, which is left clean."""
    num, out, cp = 5000, t.path(), t.path()
    args = [*NDJSON, "--jobs", "1", "--verifier", "reference", "--output", out]
    while True:  # until this machine shows some of it
        path = t.file((GOOD * num).encode())
        if num > 50000 or len(on_terminal([*args, path])[1]) > 3:
            break
        num *= 2
    for source in (path, t.file(gzip.compress((GOOD * num).encode(), 1))):
        parts, numbers, status = on_terminal([*args, source])
        t.equal((status, parts[-1]), (PASS, b""), "ends with a clean line", repr(parts))
        t.check(max(map(len, parts)) < 80, "within 80 columns", repr(parts))
        t.check(len(numbers) > 1 and numbers == sorted(numbers), "rises", repr(parts))
        t.check(any(b" left  " in part for part in parts), "says what is left", repr(parts))
        t.check(all(abs(done / num - share / 100) < 0.2 for share, done in numbers),
                "as the records do", repr(numbers))
    # What was judged by the run before is done, and not by this one.
    args += ["--checkpoint", cp, path]
    again = []
    for _ in range(20):  # whoever stops it may be too late, for it or for what goes on
        stopped, numbers, status = on_terminal(args, stop_at=10)
        if status == 143:
            parts, again, status = on_terminal(args)
            t.equal(status, PASS, "gone on with", repr(parts))
        if again:
            break
    t.check(again and again[0] >= numbers[-1], "from there", repr((numbers, parts)))
    before = re.search(r"stopped behind (\d+) ", stopped[-1].decode())
    if t.check(before, "behind a clean line", repr(stopped)):
        # The first line comes a fifth of a second behind the beginning.
        shown = [(int(m[1]), int(m[2])) for m in (
            re.search(rb" (\d+) done.*, (\d+)/s", p) for p in parts) if m]
        t.check(all(rate / 5 <= done - int(before[1]) + 1 for done, rate in shown),
                "at the rate of this run", repr(parts))


def test_progress_in_pipe(t):
    """A line every ten seconds; the whole of a pipe is not known."""
    half = "\n".join(request("AAAA", id=i) for i in range(100)) + "\n"
    run = start([*NDJSON, "--progress", "always"], stdin=subprocess.PIPE,
                stdout=subprocess.PIPE)
    run.stdin.write(half.encode())
    run.stdin.flush()
    begun = b"".join(run.stdout.readline() for _ in range(100))
    time.sleep(10.5)
    out, err = run.communicate(half.encode())
    out = begun + out
    *shown, last, end = err.decode().rstrip("\n").split("\n")
    t.has(last, "ctpolicy: 100%  200 done, 0 fail, 200 unreadable, ", "the last line")
    t.check(shown and all(re.fullmatch(r"ctpolicy: \d+ done, 0 fail, \d+ unreadable, \d+/s", line)
                          for line in shown), "a line", repr(err))
    t.check(is_told(end + "\n", 200), "and the end of it", repr(err))
    t.equal(len(out.splitlines()), 200, "and all results")


def test_environment(t):
    path = t.file("\n".join(mixed(12)))
    options = [*NDJSON, "--fail-only", "--jobs", "2", "--shard", "1/2", path]
    env = {"CTPOLICY_FORMAT": "ndjson", "CTPOLICY_FAIL_ONLY": "1", "CTPOLICY_JOBS": "2",
           "CTPOLICY_SHARD": "1/2", "CTPOLICY_AT": AT[1], "CTPOLICY_LOG_LIST": LIST[1]}
    t.equal(t.run("audit", path, env=env).out, t.run(*options).out, "options there")
    t.equal(t.run("audit", "--shard", "2/2", path, env=env).out,
            t.run(*NDJSON, "--fail-only", "--shard", "2/2", path).out, "the command line wins")
    t.equal(t.run("audit", path, env={**env, "CTPOLICY_JOBS": "many"}).status, USAGE, "wrong")


run_all("audit", globals())
