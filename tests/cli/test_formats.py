#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The forms of a report: text, json, ndjson, csv."""
import csv
import io
import json
import os
import re
import unicodedata

import der
from lib import AT, FAIL, INPUT, LIST, LISTS, PASS, loads, read, run_all, sample

FILES = [sample(n) for n in ("compliant.pem", "operator-cap.pem", "forged-sct.pem",
                             "day-too-long.pem", "no-scts.pem", "final.pem", "root.pem",
                             "precertificate.pem", "request.json", "tbs.der")]
COLUMNS = ["id", "result", "error", "kind", "sha256", "serial", "subject", "issuer",
           "dns_names", "not_before", "not_after", "lifetime_days", "issuer_signature",
           "evaluated_at", "log_list", "basis", "stale", "scts", "valid_scts",
           "counted_scts", "required_scts", "verdicts", "applies_because", "findings", "occurrences",
           "client_age_days", "client_lists", "oldest_client_list", "safe_from", "accepted",
           "sct_reasons"]


def width(line):
    """Columns of a terminal."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def is_plain(text):
    """Nothing that a terminal would act on."""
    return not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", text)


def hostile_certificate(text):
    """A leaf whose subject and first DNS name have these bytes in them."""
    cert = der.Certificate(der.pem_to_ders(read(sample("compliant.pem")))[0])
    cert.subject.children[0].children[0].children[1].value = text
    names = cert.extension(bytes.fromhex("0603551d11"))
    names.children[-1].value = der.Node(0x30, children=[der.Node(0x82, text)]).encode()
    return der.pem(cert.encode())


def test_json(t):
    """One input is an object, several are an array, in the order given."""
    args = ["check", *AT, *LIST, "--policy", "apple,apple-enforced"]
    result = t.run(*args, "--format", "json", FILES[0])
    t.check(isinstance(result.json(), dict), "one input, one object")
    t.check(result.out.endswith(b"}\n"), "a line feed at the end")
    result = t.run(*args, "--format", "json", *FILES)
    values = result.json()
    t.check(isinstance(values, list), "several inputs, an array")
    t.equal([v["id"].split(":")[0] for v in values], FILES, "in the order given")
    lines = t.run(*args, "--format", "ndjson", *FILES).out.splitlines()
    t.equal(len(lines), len(FILES), "ndjson: a line each")
    t.equal([loads(line) for line in lines], values, "ndjson and json say the same")
    t.equal(b"[\n" + b",\n".join(lines) + b"\n]\n", result.out, "in the same bytes")
    alone = t.run(*args, "--format", "json", FILES[1]).out
    t.equal(alone, lines[1] + b"\n", "and so does a report alone")
    errors = [t.file("nothing"), t.path()]
    lines = t.run(*args, "--format", "ndjson", *errors).out.splitlines()
    result = t.run(*args, "--format", "json", *errors)
    t.equal(b"[\n" + b",\n".join(lines) + b"\n]\n", result.out, "errors too")
    two = t.file(b"".join(
        json.dumps(loads(read(sample("request.json")))).encode() + b"\n" for _ in range(2)))
    t.equal(len(t.run(*args, "--format", "json", two).json()), 2, "NDJSON of two requests")
    one = t.file(json.dumps(loads(read(sample("request.json")))) + "\n\n")
    t.check(isinstance(t.run(*args, "--format", "json", one).json(), dict),
            "NDJSON of one request")


def test_csv(t):
    errors = [t.file("nothing, \"to\" see"), os.path.join(t.folder, 'a,"b"\n.pem')]
    args = ["check", *AT, *LIST, "--policy", "apple,apple-enforced"]
    result = t.run(*args, "--format", "csv", *FILES, *errors)
    t.equal(result.status, INPUT, "exit status")
    rows = list(csv.reader(io.StringIO(result.text, newline=""), strict=True))
    t.equal(rows[0], COLUMNS, "the header")
    t.equal(len(rows), 1 + len(FILES) + len(errors), "a row each")
    t.equal([r for r in rows if len(r) != len(COLUMNS)], [], "as many fields in each row")
    t.check(result.text.endswith("\r\n"), "CRLF at the end")
    t.equal(re.findall(r"(?<!\r)\n", result.text), [], "CRLF everywhere (RFC 4180 2.1)")
    t.equal(t.run(*args, "--format", "csv", FILES[0]).text.count("\r\n"), 2, "one input")
    reports = t.run(*args, "--format", "json", *FILES, *errors).json()
    for report, fields in zip(reports, rows[1:]):
        row = dict(zip(COLUMNS, fields))
        t.equal(row["id"], report["id"], "id")
        if "error" in report:
            t.equal((row["result"], row["error"].split(":")[0]),
                    ("error", report["error"]["code"]), "an error's row")
            t.equal(fields[3:], [""] * (len(COLUMNS) - 3), "has nothing else")
            continue
        cert, scts, first = report["certificate"], report["scts"], report["policies"][0]
        want = {key: cert[key] for key in ("kind", "sha256", "serial", "subject", "issuer",
                                           "not_before", "not_after", "issuer_signature")}
        want.update({
            "result": report["result"], "error": "", "dns_names": " ".join(cert["dns_names"]),
            "lifetime_days": str(cert["lifetime"]["days"]),
            "evaluated_at": report["evaluated_at"], "log_list": "apple 680",
            "basis": "given", "stale": "false", "scts": str(len(scts)),
            "valid_scts": str(sum(s["status"] == "valid" for s in scts)),
            "counted_scts": str(first["found"]["counted"]),
            "required_scts": str(first["required"]["scts"]),
            "verdicts": " ".join(f"{p['policy']}:{p['verdict']}" for p in report["policies"]),
            "applies_because": " ".join(first["applies_because"]),
            "findings": " ".join([f["code"] for p in report["policies"]
                                  for f in p["findings"]]
                                 + [f["code"] for f in report["findings"]]),
        })
        for key, value in want.items():
            t.equal(row[key], value, f"{key} of {row['id']}")
    ids = ['a"b', "a,b", "a\nb", "\u00fc\u20ac", "a\\b", "", 12, -1.5]
    requests = t.file("\n".join(json.dumps({"id": i}) for i in ids))
    text = t.run(*args, "--format", "csv", requests).text
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    t.equal([r[0] for r in rows[1:]], [str(i).replace("\n", "\\0A") for i in ids],
            "ids of requests are text, and printable")


def test_text(t):
    """80 columns; the verdict first; plain in a pipe."""
    words = {PASS: "PASS", FAIL: "FAIL", 5: "UNKNOWN", INPUT: "ERROR"}
    delivered = ["--tls-scts", sample("tls_scts.bin"), "--ocsp", sample("ocsp.der")]
    runs = [[file] for file in FILES] + [
        ["--policy", "apple,apple-enforced", file] for file in FILES] + [
        [*delivered, sample("no-scts.pem")],
        ["--scts", sample("scts.json"), sample("precertificate.pem")],
        ["--scts", sample("scts.json"), sample("tbs.der")],
        ["--issuer", sample("root.pem"), sample("compliant.pem")],
        ["--ocsp", sample("ocsp.der"), sample("compliant.pem")]]
    for args in runs:
        result = t.run("check", *LIST, *AT, *args)
        lines = result.text.splitlines()
        long = [line for line in lines if width(line) > 80]
        t.equal(long, [], f"no line beyond 80 columns: {args}")
        t.equal(lines[0].split(":")[0], words[result.status], f"the verdict first: {args}")
        t.check(is_plain(result.text), f"plain in a pipe: {args}")
        t.equal([line for line in lines if line != line.rstrip()], [], "no blanks at ends")
    for at in ("2015-01-01", "2026-12-01", "2026-05-31T00:00:00Z", "issuance"):
        result = t.run("check", "--at", at, "--policy", "apple,apple-enforced", *FILES)
        long = [line for line in result.text.splitlines() if width(line) > 80]
        t.equal(long, [], f"no line beyond 80 columns at {at}")
    result = t.run("check", *LIST, *AT, *FILES)
    heads = [line for line in result.text.splitlines() if os.path.basename(line) and any(
        os.path.basename(file) in line for file in FILES)]
    t.check(len(heads) >= len(FILES), "several files: each report names its file")
    errors = [t.path(), t.file("x" * 300), t.folder]
    result = t.run("check", *LIST, *AT, *errors)
    long = [line for line in result.text.splitlines() if width(line) > 80]
    t.equal(long, [], "no line of an error beyond 80 columns")
    both = t.run("check", *LIST, *AT, "--policy", "apple,apple-enforced", sample("operator-cap.pem")).text
    t.equal(both.count("[policies_differ]"), 1, "the difference in one sentence")


def test_hostile_names(t):
    """What could fool a terminal or a log never comes out raw, in no form."""
    texts = [b"\x1b[31mred\x1b[0m\x1b]0;title\x07", "\u202ereversed\u202c".encode(),
             b"line\r\nFAKE: line", b"nul\0byte", b"\xff\xfe\x80", "\u200bzero".encode(),
             "c1\u009b31m".encode(), b"del\x7f", "\u2028separator".encode(),
             b"tab\tstop", "\U000e0041tag".encode(), b"=cmd|' /C calc'!A0"]
    bad = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u2028\u202c\u202e\U000e0041]")
    for text in texts:
        file = t.file(hostile_certificate(text))
        for form in ("text", "json", "ndjson", "csv"):
            result = t.run("check", *AT, *LIST, "--format", form, file)
            out = result.text.replace("\r\n", "\n") if form == "csv" else result.text
            if form in ("json", "ndjson"):
                name = result.json()["certificate"]["subject"]
                t.check(not bad.search(name) and "\n" not in name, f"{text} in {form}", name)
            t.check(not bad.search(out), f"{text} in {form}", repr(result))
            t.check(b"FAKE: line\n" not in result.out.splitlines(True),
                    f"{text} makes no line of its own in {form}")
    # Wide, combining and many: still 80 columns.
    for text in ("\u8b49\u660e\u66f8" * 30, "e\u0301" * 60, "x" * 200, "a " * 90):
        result = t.run("check", *AT, *LIST, t.file(hostile_certificate(text.encode())))
        long = [line for line in result.text.splitlines() if width(line) > 80]
        t.equal(long, [], f"80 columns with {text[:4]}...")


def test_hostile_ids(t):
    ids = ["\x1b[31mred", "\u202erev", "a\nFAKE: b", "\u009b31m", "q\"uote\\", 7]
    requests = t.file("\n".join(json.dumps({"id": i}, ensure_ascii=False) for i in ids))
    for form in ("text", "csv"):
        result = t.run("check", *AT, *LIST, "--format", form, requests)
        text = result.text.replace("\r\n", "\n") + result.messages
        t.check(is_plain(text) and "\u202e" not in text, f"ids in {form}", repr(result))
        t.check("FAKE: b" not in text.splitlines(), f"an id makes no line in {form}")
        for want in ('\\1B[31mred', 'a\\0AFAKE: b', '\\E2\\80\\AErev', '7'):
            t.has(text, want, f"ids in {form}")
    values = t.run("check", *AT, *LIST, "--format", "json", requests).json()
    t.equal([v["id"] for v in values], ids, "ids in json are as they were given")


def test_hostile_list(t):
    """What a log list says about itself, its operators and logs."""
    lists = loads(read(sample("log_list.json")))
    nasty = "\x1b[31mred\u202erev\nFAKE\u009b"
    lists["version"] = nasty
    for operator in lists["operators"]:
        operator["name"] += nasty
        for log in operator["logs"] + operator["tiled_logs"]:
            log["description"] = nasty
    given = t.file(lists)
    history = t.path()
    t.equal(t.run("log-list", "import", given, "--output", history).status, PASS, "import")
    text = read(history).decode()
    t.check(is_plain(text) and "\u202e" not in text, "nothing raw in a history")
    named = t.file(text.replace("name apple", "name \\1B[31m\\E2\\80\\AE"))
    result = t.run("log-list", "show", "--log-list", named)
    t.equal(result.status, LISTS, "a name of a list that nobody knows", repr(result))
    t.check(is_plain(result.messages), "is named plainly", repr(result))
    for path in (given, history):
        for args in (["check", "--policy", "apple,apple-enforced", "--format", "text"],
                     ["check", "--policy", "apple,apple-enforced", "--format", "csv"],
                     ["log-list", "show"]):
            files = FILES if args[0] == "check" else []
            result = t.run(*args, *AT, "--log-list", path, *files)
            out = result.text.replace("\r\n", "\n") + result.messages
            t.check(is_plain(out) and "\u202e" not in out, f"{args} of a hostile list",
                    repr(result))
            t.check("FAKE" not in [line[:4] for line in out.splitlines()], "no line of its own")


def test_escaped_once(t):
    """What a report quotes and what standard error says of it are the same."""
    path = t.file('{"certificate":"x","\\u001b[31m":1}\n', ".ndjson")
    for form in ("json", "text"):
        result = t.run("check", *AT, *LIST, "--format", form, path)
        t.has(result.messages, "\\1B[31m", f"{form}: escaped on standard error")
        t.check("\\5C" not in result.messages + result.text, f"{form}: once", repr(result))
    result = t.run("check", *AT, *LIST, "no\\such\x1bfile")
    t.has(result.messages, "no\\such\\1Bfile", "a name with a backslash is as it is")


def test_hostile_files(t):
    """File names: on standard error, in ids, in headings."""
    for name in (b"\x1b[31mred", b"bad\xffutf8", "\u202erev".encode(), b"two\nlines",
                 b"sp ace", "\u00fc\u20ac".encode()):
        path = os.path.join(t.folder.encode(), name + b".pem")
        for content in (None, read(sample("compliant.pem"))):
            if content:
                with open(path, "wb") as file:
                    file.write(content)
            for form in ("text", "json", "ndjson", "csv"):
                result = t.run("check", *AT, *LIST, "--format", form, path, path)
                for what, data in (("out", result.out), ("err", result.err)):
                    try:
                        text = data.decode("utf-8").replace("\r\n", "\n")
                    except UnicodeDecodeError:
                        t.check(False, f"{name} in {form}: {what} is UTF-8", repr(result))
                        continue
                    t.check(is_plain(text) and "\u202e" not in text,
                            f"{name} in {form}: nothing raw on {what}", repr(result))
                lines = result.err.splitlines()
                t.equal(len(lines), 0 if content else 2, f"{name}: a message each",
                        repr(result))
    for option in ("--log-list", "--issuer", "--issuers", "--ocsp", "--tls-scts", "--scts",
                   "--output", "--at", "--policy", "--format", "--verifier", "--\x1b[31m"):
        for value in ("\x1b[31mred", "\u202erev"):
            result = t.run("check", *AT, option, value, sample("compliant.pem"),
                           cwd=t.folder)
            t.check(is_plain(result.messages) and "\u202e" not in result.messages,
                    f"{option} with escapes", repr(result))
    strange = os.path.join(t.folder, "\x1b[31mlist\u202e.json")
    with open(strange, "wb") as file:
        file.write(read(sample("log_list.json")))
    for form in ("text", "json"):
        result = t.run("log-list", "show", *AT, "--log-list", strange, "--format", form)
        t.check(is_plain(result.text) and "\u202e" not in result.text,
                f"log-list show names its file in {form}", repr(result)[:300])
    long = os.path.join(t.folder, "d" * 200, "e" * 200, "f" * 200, "list.json")
    os.makedirs(os.path.dirname(long))
    with open(long, "wb") as file:
        file.write(read(sample("log_list.json")))
    result = t.run("log-list", "show", *AT, "--log-list", long)
    t.equal(result.status, PASS, "a list with a long name", repr(result)[:300])
    result = t.run("check", *AT, "--log-list", long, sample("compliant.pem"))
    t.equal(result.status, PASS, "check with it", repr(result)[:300])


def test_unread(t):
    """Where the results are for programs, one line tells people of records that could not be read."""
    lines, bad = t.file("\n".join(['{"certificate":"MAA="}', "{", ""])), t.file("text")
    first = f"{lines}:1: certificate, byte 2: tbsCertificate: missing [bad_certificate]"
    audit = ["audit", *AT, *LIST]
    ndjson = [*audit, "--format", "ndjson"]
    for form in ("json", "ndjson", "csv"):
        for jobs in ("1", "3"):
            result = t.run(*audit, "--format", form, "--jobs", jobs, lines, bad)
            t.equal((result.status, result.messages),
                    (INPUT, f"ctpolicy: 3 records could not be read (first: {first}); "
                     "they are among the results as error records\n"), form)
    result = t.run(*ndjson, "-", stdin='{"certificate":"MAA="}')
    t.has(result.messages, "1 record could not be read (first: standard input:1: ", "one")
    t.has(result.messages, "; it is among the results as an error record\n", "one")
    leaf = der.pem_to_ders(read(sample("compliant.pem")))[0]
    der_file = t.file(leaf + b"\x30\x80")
    result = t.run(*ndjson, der_file)
    t.has(result.messages, f"(first: {der_file}, byte {len(leaf)}: ", "in DER", result.out)
    result = t.run(*audit, lines, bad)
    t.equal((result.status, result.err), (INPUT, b""), "text says it itself")
    t.equal(t.run(*ndjson, sample("compliant.pem")).err, b"", "nothing to tell")


run_all("formats", globals())
