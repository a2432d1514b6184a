#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""ctpolicy audit where things go wrong: bad input of every kind, signals, a kill at any
moment and going on, a full disk, a reader that is gone; in bounded memory."""
import csv
import gzip
import json
import os
import random
import shutil
import signal
import subprocess
import threading
import time

import der
from audit_lib import (AUDIT, FAILS, GOOD, LEAF, MAX_KB, NDJSON, SANITIZED, Unread, b64,
                       has_heard, left_behind, measure, mixed, request, start, wait_for, zstd)
from lib import (INPUT, LIST, PASS, PROGRAM, TIMEOUT, USAGE, clean_env, loads, read,
                 run_all, sample)

MB = 1024 * 1024
CHUNK = 4096  # records between two places where a checkpoint may be


def outcomes(result):
    return [line.get("result") or line["error"]["code"] for line in result.lines()]


def test_bad_files(t):
    """Each has its errors, each error its own id, and the certificates around it are judged."""
    one, bare = GOOD.encode(), der.pem(LEAF).encode()
    paths, begin = [], b"-----BEGIN CERTIFICATE-----\n"
    row = f"{b64(LEAF)},x\n".encode()
    for name, data, want in [
            ("rubbish", bytes(range(256)) * 40, ["bad_certificate"]),
            ("words", b"what is this\n" * 9, ["bad_certificate"]),
            ("a block without end", one + begin + b"AAAA\n", ["pass", "bad_certificate"]),
            ("and another behind it", begin + b"AAAA\n" + one, ["bad_certificate", "pass"]),
            ("rubbish in a block", begin + b"####\n-----END CERTIFICATE-----\n" + one,
             ["bad_certificate", "pass"]),
            ("a long block", begin + b"A" * 2 * MB + b"\n" + one, ["too_large", "pass"]),
            ("a long line", b'{"id":"' + b"x" * 2 * MB + b'"}\n' + request().encode(),
             ["too_large", "pass"]),
            ("a long row", row + b"x" * 2 * MB + b"\n" + row,
             ["pass", "too_large", "pass"]),
            ("a long row of many lines", row + b'"' + b"x\n" * MB + b'",x\n' + row,
             ["pass", "too_large", "pass"]),
            ("a long row to the end", row + b'"' + b"x\n" * MB + b'",x',
             ["pass", "too_large"]),
            ("a quote without end far from the end", row + b'x,"x\n' +
             (row[:-1] + b"x" * 900000 + b"\n") * 6, ["pass", "bad_certificate"] + ["pass"] * 6),
            ("a stray quote", b"cert,n\n" + row[:-2] + b'5" disk\n' + row + row,
             ["pass"] * 3),
            ("a quote without end", b"cert,n\n" + row[:-2] + b'"disk\n' + row + row,
             ["bad_certificate", "pass", "pass"]),
            ("a broken first line", b"####\n" + row.replace(b",x", b""),
             ["bad_certificate", "pass"]),
            ("DER cut short", LEAF + LEAF[:-1], ["pass", "bad_certificate"]),
            ("DER and rubbish", LEAF + b"rubbish", ["pass", "bad_certificate"]),
            ("PEM in a cut archive", gzip.compress(bare * 40, 0)[:-60],
             ["pass"] * 39 + ["unreadable_input"]),
            ("another kind of archive", zstd(bare * 2)[:-20], ["pass", "unreadable_input"]),
            ("cut between records", gzip.compress(bare * 2) + b"\x1f\x8b\x08",
             ["pass", "pass", "unreadable_input"]),
            ("lines cut between", gzip.compress((request() + "\n").encode() * 2) + b"\x1f\x8b",
             ["pass", "pass", "unreadable_input"]),
            ("rows cut within", zstd(row * 3)[:-20],
             ["pass", "pass", "unreadable_input"]),
            ("a wrong checksum", gzip.compress(bare)[:-8] + b"\0" * 8,
             ["pass", "unreadable_input"]),
            ("a key and nothing else", der.pem(LEAF, "PRIVATE KEY").encode(),
             ["bad_certificate"])]:
        path = t.file(data)
        result = t.run(*NDJSON, path, sample("compliant.pem"))
        t.equal(outcomes(result), want + ["pass"], f"{name}: outcomes", repr(result)[:300])
        t.equal(result.status, PASS if {"pass"}.issuperset(want) else INPUT,
                f"{name}: exit status")
        ids = [line["id"] for line in result.lines()]
        t.equal(ids[:-1], [path] if "key" in name else
                [f"{path}:{i + 1}" for i in range(len(ids) - 1)], f"{name}: ids")
        paths.append(path)
    # One run over all of them.
    every = t.run(*NDJSON, *paths)
    t.equal(every.status, INPUT, "the run goes on to its end")
    named = {line["id"].rsplit(":", 1)[0] for line in every.lines()}
    t.equal(set(paths) - named, set(), "every file is named")


def test_bad_requests(t):
    cases = [
        (request(id=0), None, None, None), ('{"id":1,"certificate":5}', "bad_request",
                                            "certificate", None),
        ('{"id":2,"certifcate":"x"}', "unknown_field", "certifcate", None),
        ('{"id":3,"id":3}', "bad_request", None, 8), (b'{"id":"\xff"}', "bad_request", None, 7),
        ('{"id":' + "[" * 100000 + "}", "bad_request", None, 261),
        ("[1]", "bad_request", None, 0), ("null", "bad_request", None, 0),
        ("\0\1\2", "bad_request", None, 0),
        ('{"id":4,"certificate":"AAAA"}', "bad_certificate", "certificate", 0),
        (request(id=5, at="soon"), "bad_time", "at", None), (request(id=6), None, None, None)]
    data = b"\n".join(c[0] if isinstance(c[0], bytes) else c[0].encode() for c in cases)
    lines = t.run(*NDJSON, t.file(data)).lines()
    t.equal(len(lines), len(cases), "one for each line")
    for (text, code, field, offset), line in zip(cases, lines):
        error = line.get("error", {})
        t.equal((error.get("code"), error.get("field")), (code, field), f"{text[:40]!r}")
        if offset is not None:
            t.equal(error.get("offset"), offset, f"{text[:40]!r}: offset")


def test_paths(t):
    folder = t.path()
    os.makedirs(os.path.join(folder, "b"))
    for name in ("a.pem", "z.pem"):
        with open(os.path.join(folder, name), "w") as file:
            file.write(GOOD)
    os.symlink("..", os.path.join(folder, "b", "loop"))
    os.symlink("nowhere", os.path.join(folder, "c"))
    os.mkfifo(os.path.join(folder, "d"))
    result = t.run(*NDJSON, folder, os.path.join(folder, "none"))
    t.equal(outcomes(result), ["pass"] + ["unreadable_input"] * 3 + ["pass", "unreadable_input"],
            "a folder with all that")
    t.equal([line["id"][len(folder) + 1:] for line in result.lines()],
            ["a.pem:1", "b/loop", "c", "d", "z.pem:1", "none"], "each is named")
    t.equal(result.status, INPUT, "exit status")
    for args, stdin in (([], b""), (["-"], b""), ([t.path()], b"")):
        if args and args[0] != "-":
            os.mkdir(args[0])
        for form in ("text", "json", "csv"):
            result = t.run(*AUDIT, "--format", form, *args, stdin=stdin)
            t.equal((result.status, result.out), (INPUT, b""), "nothing at all", repr(result))
            t.has(result.messages, "no certificate in all of the input", "is said")
    with open(os.path.join(folder, "own"), "wb") as out:
        t.run(*NDJSON, folder, stdout=out)
    last = [line for line in read(os.path.join(folder, "own")).splitlines() if b"/own" in line]
    t.equal(len(last), 1, "its own output is named, and not read")


def test_files_without_certificates(t):
    """A file that brings no record is one error in its place, where it is meant to bring some."""
    folder = t.path()
    os.mkdir(folder)
    key = b"-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n"
    files = {"a.pem": (GOOD.encode(), None), "empty": (b"", "the file is empty"),
             "empty.gz": (gzip.compress(b""), "empty when it is decompressed"),
             "empty.zst": (zstd(b""), "empty when it is decompressed"),
             "key.pem": (key, "no certificate in it, but a private key"),
             "keys.pem.gz": (gzip.compress(b"text\n" + key * 3), "but a private key"),
             "z.pem": (GOOD.encode() + b"\n\n", None)}
    for name, (content, _) in files.items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(content)
    result = t.run(*NDJSON, folder)
    want = [(name, said) for name, (_, said) in files.items()]
    t.equal(result.status, INPUT, "a folder of them", repr(result))
    t.equal(len(result.lines()), len(want), "one record each", repr(result))
    for line, (name, said) in zip(result.lines(), want):
        if said:
            t.equal(line["id"], os.path.join(folder, name), "its name")
            t.has(line["error"]["message"], said, name)
        else:
            t.equal(line["result"], "pass", name)
    t.equal(t.run(*NDJSON, os.path.join(folder, "a.pem"), "-").status, PASS, "an empty pipe")
    result = t.run(*NDJSON, os.path.join(folder, "a.pem"), "-", stdin=key)
    t.equal(result.status, INPUT, "a key in a pipe", repr(result))
    for args in (["ndjson"], ["csv"], ["pem"], ["der"]):
        result = t.run(*NDJSON, "--input-format", *args, os.path.join(folder, "empty"))
        t.equal(outcomes(result), ["bad_certificate"], f"empty {args}")
    result = t.run(*NDJSON, "--input-format", "ndjson", t.file("\n\n" + request() + "\n\n\n"))
    t.equal((result.status, outcomes(result)), (PASS, ["pass"]), "lines of nothing")
    result = t.run(*NDJSON, "--input-format", "csv", t.file("id,certificate\n"), "-",
                   stdin=b64(LEAF))
    t.equal(outcomes(result), ["unknown"], "a table without rows", repr(result))
    # As issuers they are what they were.
    result = t.run(*NDJSON, "--issuers", folder, os.path.join(folder, "a.pem"))
    t.equal((result.status, outcomes(result)), (PASS, ["pass"]), "a pool", repr(result))


def test_memory(t):
    lines = t.path()
    with open(lines, "wb") as file:
        file.write(b'{"certificate":"')
        for _ in range(100):
            file.write(b"A" * MB)
        file.write(b'"}\n' + request(id="behind").encode())
    bomb = t.path()
    with gzip.open(bomb, "wb", compresslevel=1) as file:
        file.write(b"{}\n")
        for _ in range(100):
            file.write(b"\0" * MB)
    large = t.file("\n".join(json.dumps({"certificate": "A" * 900000}) for _ in range(30)))
    begins = t.file(b"-----BEGIN CERTIFICATE-----\n" * 30000)  # and no END
    row = f"{b64(LEAF)},x\n".encode()
    quotes = t.file(row + b'x"y,"c\n' * 50000)  # each is left open by the next
    for name, path, codes in (("a line of 100 MB", lines, ["too_large", None]),
                              ("a bomb", bomb, ["bad_request", "too_large"]),
                              ("quotes that do not close", quotes,
                               [None] + ["bad_certificate"] * 50000),
                              ("large records", large, ["bad_certificate"] * 30),
                              ("blocks that only begin", begins, ["bad_certificate"] * 30000)):
        status, memory, out = measure(*NDJSON, "--jobs", "2", path)
        got = [loads(line).get("error", {}).get("code") for line in out.splitlines()]
        t.equal((status, got), (INPUT, codes), name)
        if not SANITIZED:
            t.check(memory < MAX_KB, f"{name}: memory", f"{memory} KB")
        os.unlink(path)


def test_outputs(t):
    many = t.file("\n".join(mixed(600)))
    for args in ([*NDJSON, many], [*AUDIT, sample("compliant.pem")],
                 [*AUDIT, "--output", "/dev/full", many]):
        with open("/dev/full", "wb") as full:
            result = t.run(*args, stdout=full)
        t.equal(result.status, INPUT, "a full disk", repr(result))
        t.has(result.messages, "No space left", "says why")
        t.has(result.messages, "failed behind ", "and how far it came")
    run = start([*NDJSON, many], stdout=subprocess.PIPE)
    run.stdout.read(100)
    run.stdout.close()
    err = run.stderr.read()
    t.equal(run.wait(TIMEOUT), INPUT, "a reader that is gone", repr(err))
    t.check(b"the reader of standard output has gone; stopped behind " in err
            and len(err.splitlines()) == 1, "is said", repr(err))
    # A limit of a file's size is the same as a full disk; with room the run goes on.
    folder, cp = t.path(), t.path()
    os.mkdir(folder)
    target = os.path.join(folder, "out")
    options = [*NDJSON, "--output", target, "--checkpoint", cp, many]
    want = t.run(*NDJSON, many).out
    limit = 'trap "" XFSZ; ulimit -f 100; exec "$@"'
    done = subprocess.run(["/bin/sh", "-c", limit, "sh", PROGRAM, *options],
                          env=clean_env(), capture_output=True, timeout=TIMEOUT)
    t.equal(done.returncode, INPUT, "a disk that fills up", repr(done.stderr))
    t.check(b"checkpoint" in done.stderr and os.path.exists(cp), "what is done is kept")
    result = t.run(*options)
    t.check(read(target) == want, "and gone on with", repr(result)[:300])
    t.equal((left_behind(folder), os.path.exists(cp)), (["out"], False), "nothing is left")


def test_outputs_before(t):
    """What cannot be written is said before the run, and not behind it."""
    folder = t.path()
    os.mkdir(folder)
    out = os.path.join(folder, "out")
    for option in ("--summary", "--report", "--checkpoint", "--output"):
        for path, said in (("/nodir/x", "No such file"), (folder, "Is a directory")):
            paths = {"--output": out, option: path}
            # The input is never opened.
            result = t.run(*NDJSON, *sum(paths.items(), ()), os.path.join(folder, "none"))
            t.equal((result.status, result.out), (INPUT, b""), f"{option} {path}", repr(result))
            t.equal(len(result.err.splitlines()), 1, "one message", repr(result))
            t.has(result.messages, said, "which says why")
            t.equal(left_behind(folder), [], "and nothing is left")
    # A disk that is full only then: the results stay, and what is missing is said.
    for args, rest in (([], []), (["--checkpoint", os.path.join(folder, "cp")], ["cp"])):
        result = t.run(*NDJSON, "--output", out, "--report", "/dev/full", *args,
                       sample("compliant.pem"))
        t.equal(result.status, INPUT, "no room for the report", repr(result))
        t.has(result.messages, "complete in " + out, "the results are there")
        t.equal(left_behind(folder), sorted(["out", *rest]), "and the checkpoint, if any")
        t.equal(loads(read(out))["result"], "pass", "whole")
        if rest:
            again = t.run(*NDJSON, "--output", out, "--report", "/dev/full", *args,
                          sample("compliant.pem"))
            t.equal(again.status, INPUT, "again", repr(again))
            t.has(again.messages, "all 1 records were judged", "only the report is tried")
        os.unlink(out)


def test_killed_at_the_end(t):
    """Complete results are finished by the same command, wherever the run was killed."""
    folder = t.path()
    os.mkdir(folder)
    for suffix in ("", ".gz"):
        out, cp, summary = (os.path.join(folder, n) for n in ("out" + suffix, "cp", "s.json"))
        many = t.file("\n".join(mixed(12)))
        full = [*NDJSON, "--output", out, "--checkpoint", cp, "--summary", summary, many]
        t.equal(t.run(*full).status, INPUT, "a run")
        want, counts = read(out), loads(read(summary))["certificates"]
        t.equal(left_behind(folder), sorted([os.path.basename(out), "s.json"]), "whole")
        # What stands there when the results have their name, and before they have it.
        os.unlink(summary)
        os.mkfifo(summary)
        run = start(full)
        t.check(wait_for(run, lambda: os.path.exists(cp) and b'"is_complete":true' in read(cp)),
                "waits for a reader of its summary")
        t.check(wait_for(run, lambda: os.path.exists(out)), "behind the end of its results")
        run.kill()
        run.communicate()
        os.unlink(summary)
        t.check(read(out) == want, "the results have their name already")
        state, partial = read(cp), loads(read(cp))["partial"]
        for renamed in (True, False):
            with open(cp, "wb") as file:
                file.write(state)
            if not renamed:
                os.rename(out, partial)
            result = t.run(*full)
            t.equal(result.status, INPUT, f"renamed {renamed}", repr(result))
            t.has(result.messages, "all 12 records were judged", "says so")
            t.has(result.messages, "4 records could not be read; they", "says that, too")
            t.check(read(out) == want, "the same results")
            t.equal(loads(read(summary))["certificates"], counts, "and counts")
            t.equal(left_behind(folder), sorted([os.path.basename(out), "s.json"]), "no more")
            os.unlink(summary)
        with open(cp, "wb") as file:
            file.write(state)
        os.unlink(out)
        result = t.run(*full)
        t.equal((result.status, left_behind(folder)), (INPUT, ["cp"]), "neither is there")
        t.has(result.messages, f"remove {cp} to begin anew", "says what to do")
        with open(many, "a") as file:
            file.write("\n{}")
        with open(out, "wb") as file:
            file.write(want)
        result = t.run(*full)
        t.has(result.messages, "the inputs are not what they were", "inputs that grew")
        os.unlink(out)
        os.unlink(cp)


def test_stop(t):
    for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        run = start(NDJSON, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        lines = "\n".join(request("AAAA", id=i) for i in range(3200)) + "\n"
        run.stdin.write(lines.encode())
        run.stdin.flush()
        first = run.stdout.read(1)
        run.send_signal(number)
        out = first + run.stdout.read()
        err = run.stderr.read()
        t.equal(run.wait(TIMEOUT), status, f"signal {number}", repr(err))
        ids = [loads(line)["id"] for line in out.splitlines()]
        t.equal(ids, list(range(len(ids))), f"signal {number}: whole lines, in order")
        t.has(err.decode(), f"stopped behind {len(ids)} records", "how far it came")
        run.stdin.close()
    # What is out is whole in every format.
    for form in ("json", "csv", "ndjson"):
        folder = t.path()
        os.mkdir(folder)
        for more in ([], ["--output", os.path.join(folder, "out")]):
            run = start([*AUDIT, "--format", form, *more], stdin=subprocess.PIPE,
                        stdout=subprocess.PIPE)
            run.stdin.write(lines.encode())
            run.stdin.flush()
            text = b""
            if more:
                wait_for(run, lambda: any(os.path.getsize(os.path.join(folder, name))
                                          for name in left_behind(folder)))
            else:
                text = run.stdout.read(1)
            run.send_signal(signal.SIGTERM)
            text += run.stdout.read()
            err = run.stderr.read().decode()
            t.equal(run.wait(TIMEOUT), 143, f"{form} {more}: stopped", err)
            run.stdin.close()
            if more:
                text = read(err.split("so far are in ")[1].split("\n")[0])
            num = int(err.split("behind ")[1].split()[0])
            got = {"json": lambda text: [v["id"] for v in loads(text)],
                   "csv": lambda text: [int(r[0]) for r in csv.reader(text.decode().splitlines())
                                        if r[0] != "id"],
                   "ndjson": lambda text: [loads(v)["id"] for v in text.splitlines()]}[form](text)
            t.equal(got, list(range(num)), f"{form} {more}: all that it says, and whole")
    # The second one stops at once, though nobody takes the results.
    unread = Unread()
    run = unread.start(NDJSON, stdin=subprocess.PIPE)
    feeder = threading.Thread(target=feed, args=(run, [lines.encode()] * 9, 0, 0))
    feeder.start()
    t.check(wait_for(run, unread.is_full), "nobody reads")
    run.send_signal(signal.SIGTERM)
    t.check(wait_for(run, lambda: has_heard(run, signal.SIGTERM)),
            "the first one finishes what is in hand")
    run.send_signal(signal.SIGTERM)
    t.equal(run.wait(TIMEOUT), -signal.SIGTERM, "the second one does not")
    feeder.join()
    unread.close()
    run.stderr.close()


def feed(run, chunks, fed, pause):
    """Writes the chunks; from `fed` on slowly, so that there is time to disturb the run."""
    try:
        for i, chunk in enumerate(chunks):
            if i >= fed and pause:
                time.sleep(pause)
            run.stdin.write(chunk)
            run.stdin.flush()
        run.stdin.close()
    except (BrokenPipeError, ValueError, OSError):
        pass


def moments(signals, log):
    """Where none of the signals let a run come far, it is stopped again; at last it is left alone."""
    yield from signals
    while not log["furthest"] and len(log["runs"]) < 50:
        yield signal.SIGTERM
    yield None


def disturbed(name, chunks, signals, random_moments, log):
    """One run that is killed and started again until it ends: what it said, at last."""
    folder = os.path.dirname(name)
    cp = name + ".checkpoint"
    args = [*NDJSON, "--jobs", "2", "--output", name, "--checkpoint", cp,
            "--summary", name + ".summary"]
    for number in moments(signals, log):
        said = []
        resumes = os.path.exists(cp)
        run = start(args, stdin=subprocess.PIPE)
        feeder = threading.Thread(target=feed, args=(run, chunks, log["fed"], 0.3))
        feeder.start()

        def listen(run=run, said=said):
            for line in run.stderr:
                said.append(line.decode())
        ear = threading.Thread(target=listen)
        ear.start()
        if number is not None:
            # It is under way when it says so, or when its checkpoint is there.
            wait_for(run, (lambda: said) if resumes else lambda: os.path.exists(cp))
            time.sleep(random_moments.uniform(0.05, 1.3))
            run.send_signal(number)
        status = run.wait(TIMEOUT)
        feeder.join()
        ear.join()
        run.stderr.close()
        log["runs"].append((number, status, "".join(said)))
        if resumes and said and "going on behind record" in said[0]:
            log["fed"] = int(said[0].split("record ")[1].split(",")[0]) // CHUNK
            log["furthest"] = max(log["furthest"], log["fed"])
        if not os.path.exists(cp):
            break
    log["left"] = [f for f in left_behind(folder) if f.startswith(os.path.basename(name))]


def test_kill_and_go_on(t):
    """Killed some 15 times at any moment, and stopped four times: the same bytes."""
    def line(i):
        if i % 512 == 0:
            return request(FAILS if i % 1024 else GOOD, id=i)
        return "{%d" % i if i % 100 == 3 else '{"id":%d}' % i
    chunks = ["".join(line(i) + "\n" for i in range(at, at + CHUNK)).encode()
              for at in range(0, 9 * CHUNK, CHUNK)]
    folder, whole = t.path(), t.file(b"".join(chunks))
    os.mkdir(folder)
    signals = [signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGKILL, signal.SIGINT,
               signal.SIGKILL, signal.SIGKILL]
    threads, logs = [], {}
    for i, end in enumerate(("", ".gz", ".zst")):
        name = os.path.join(folder, "out" + end)
        logs[end] = {"runs": [], "fed": 0, "furthest": 0, "left": []}
        threads.append(threading.Thread(
            target=disturbed, args=(name, chunks, signals, random.Random(i), logs[end])))
        threads[-1].start()
    for thread in threads:
        thread.join()
    for end, log in logs.items():
        name, want = os.path.join(folder, "out" + end), t.path(end)
        with open(whole, "rb") as file:
            run = start([*NDJSON, "--output", want, "--summary", want + ".summary"], stdin=file)
            err = run.stderr.read()
            t.equal(run.wait(TIMEOUT), INPUT, "undisturbed", repr(err))
            run.stderr.close()
        # The last kill may come behind all that was to be done.
        _, status, last = log["runs"][-1]
        t.check(status in (INPUT, -signal.SIGKILL), f"out{end} ends", repr(log["runs"]))
        for said in [err.decode()] + [last] * (status == INPUT):
            t.has(said, f"ctpolicy: {9 * CHUNK * 511 // 512} records could not be read",
                  "those before it was disturbed, too")
        if t.check(os.path.exists(name), f"out{end} is there"):
            t.check(read(name) == read(want), f"out{end}: the same bytes", repr(log["runs"]))
        t.check({"out" + end, f"out{end}.summary"}.issuperset(log["left"]) or not end,
                f"out{end}: nothing else is left", repr(log["left"]))
        for number, status, said in log["runs"][:-1]:
            if number == signal.SIGKILL:
                t.equal(status, -signal.SIGKILL, "killed", said)
            else:
                t.equal(status, 128 + number, "stopped", said)
                t.has(said, "stopped behind ", "says how far it came")
        t.equal(read(name + ".summary").splitlines()[:-2],
                read(want + ".summary").splitlines()[:-2], f"out{end}: the same summary")
    t.check(max(log["furthest"] for log in logs.values()) > 0, "some went on from the middle")
    ids = [loads(row)["id"] for row in read(os.path.join(folder, "out")).splitlines()]
    t.equal(ids, [f"standard input:{i + 1}" if i % 100 == 3 and i % 512 else i
                  for i in range(9 * CHUNK)], "every record once, in order")


def test_refused_checkpoints(t):
    """What is not the same run is not gone on with, and its files stay as they are."""
    folder = t.path()
    os.mkdir(folder)
    cp, out, inputs = (os.path.join(folder, n) for n in ("cp", "out", "in"))
    pool, lists = os.path.join(folder, "pool"), os.path.join(folder, "lists")
    shutil.copy(sample("root.pem"), pool)
    shutil.copy(LIST[1], lists)
    with open(inputs, "wb") as file:
        file.write(b'{"id":1}\n' * 5000)
    base = {"--at": "2026-06-02", "--log-list": lists, "--format": "ndjson", "--output": out,
            "--checkpoint": cp, "--issuers": pool}

    def args(*paths, **changes):
        options = {**base, **{"--" + k.replace("_", "-"): v for k, v in changes.items()}}
        return ["audit", *sum(([k, v] for k, v in options.items() if v), []), *paths]
    # Stopped at the end of what it was given, with a pipe that stays open behind it.
    run = start(args(inputs, "-"), stdin=subprocess.PIPE)
    t.check(wait_for(run, lambda: os.path.exists(cp)), "a checkpoint")
    partial = loads(read(cp))["partial"]
    t.check(wait_for(run, lambda: os.path.getsize(partial)), "and some results behind it")
    run.send_signal(signal.SIGTERM)
    t.equal(run.wait(TIMEOUT), 143, "stopped", repr(run.stderr.read()))
    run.stdin.close()
    run.stderr.close()
    before, kept = read(cp), left_behind(folder)

    def refused(name, said, *arguments, status=USAGE):
        result = t.run(*arguments)
        t.equal((result.status, result.out), (status, b""), f"{name}: refused", repr(result))
        t.has(result.messages, said, f"{name}: said")
        t.equal(left_behind(folder), kept, f"{name}: nothing is touched")
    refused("other inputs", "inputs was", *args(inputs))
    refused("another time", "at was 2026-06-02, now it is 2026-06-03",
            *args(inputs, "-", at="2026-06-03"))
    refused("a flag", "strict was not given, now it is given", *args(inputs, "-"), "--strict")
    refused("another age of lists", "client-age was not given, now it is 60",
            *args(inputs, "-", client_age="60"))
    refused("another format", "format was ndjson", *args(inputs, "-", format="csv"))
    refused("another shard", "shard was not given", *args(inputs, "-", shard="1/2"))
    refused("another output", "output was", *args(inputs, "-", output=out + "2"))
    for path, name, content in ((inputs, "the inputs are not", b'{"id":2}\n' * 5000),
                                (pool, "issuers was", der.pem(LEAF).encode()),
                                (lists, "log list was", None)):
        old = read(path)
        if content is None:
            value = json.loads(old)
            content = json.dumps({**value, "version": "9" + str(value.get("version"))}).encode()
        with open(path, "wb") as file:
            file.write(content)
        refused(f"other content of {os.path.basename(path)}", name, *args(inputs, "-"))
        with open(path, "wb") as file:
            file.write(old)
    for content, status in ((b"", INPUT), (b"rubbish", INPUT), (b"{}", INPUT), (b"[]", INPUT),
                            (before.replace(b'"program":"', b'"program":"9'), USAGE)):
        with open(cp, "wb") as file:
            file.write(content)
        refused(f"{content[:20]!r}", "checkpoint", *args(inputs, "-"), status=status)
        refused(f"{content[:20]!r}", "remove ", *args(inputs, "-"), status=status)
    with open(cp, "wb") as file:
        file.write(before)
    result = t.run(*args(inputs, "-"))
    t.equal((result.status, read(out).count(b"\n")), (INPUT, 5000), "the same one goes on")
    for broken in ("-", os.path.join(folder, "in")):
        args_ = args(broken, summary=os.path.join(folder, "none", "s"))
        first, second = t.run(*args_), t.run(*args_)
        t.equal(first.status, INPUT, "a run that cannot end")
        t.equal(first.messages.splitlines()[-1], second.messages.splitlines()[-1],
                "says the same again", repr(second))


def test_names_in_checkpoints(t):
    """Whatever a name is made of, and however many there are, the run is gone on with."""
    folder = os.path.join(t.path(), "\udcff\\41\x01")
    os.makedirs(folder)
    cp, pool, one = (os.path.join(folder, name) for name in ("cp", "pool", "one"))
    shutil.copy(sample("root.pem"), pool)
    shutil.copy(sample("compliant.pem"), one)
    many = [folder + "/." * 90 + "/one"] * 5300  # more than 1 MB

    def args(name, inputs):
        return [*NDJSON, "--issuers", pool, "--issuer-name", "\xe9\udcff", "--column", "\udc80",
                "--checkpoint", cp, "--output", os.path.join(folder, name), *inputs, "-"]
    for inputs, other, said in (([one], [one, one], "inputs was /"),
                                (many, many[1:], "inputs was 5301 names, SHA-256 ")):
        # Stopped at the end of what it was given, with a pipe that stays open behind it.
        run = start(args("out", inputs), stdin=subprocess.PIPE)
        t.check(wait_for(run, lambda: os.path.exists(cp)), "a checkpoint")
        run.send_signal(signal.SIGTERM)
        t.equal(run.wait(TIMEOUT), 143, "stopped", repr(run.stderr.read()))
        run.stdin.close()
        run.stderr.close()
        for name, paths, what in (("out", other, said), ("out\udcfe", inputs, "output was "),
                                  ("out", inputs, "going on behind record ")):
            done = subprocess.run([PROGRAM, *args(name, paths)], env=clean_env(), input=b"",
                                  capture_output=True, timeout=TIMEOUT)
            t.equal(done.returncode == USAGE, "was" in what, f"{what}: or refused", repr(done))
            t.has(done.stderr.decode(), what, "which it says")
        t.equal(left_behind(folder), ["one", "out", "pool"], "it comes to its end")


run_all("audit_faults", globals())
