#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes every allocation of the program fail, one after another, and once for all from each
one on (issue "What must hold" 6).

After a failed allocation a run must either end as it would have without (OpenSSL, libc or
Jansson did without), or say that memory ran out and exit with 2, 3 or 4: never a crash, a
hang, a leak, another verdict, or half of a report.

usage: run.py [--preload build/failmalloc.so] [--program ./ctpolicy] [--asan PROGRAM]
              [--stride N] [--jobs N] [--only CASE] [--only-asan]
CTPOLICY_TEST_PRODUCED names a file that the produced reason code is appended to.
--stride multiplies every stride below: 1 is the whole test. --asan names a program built with
AddressSanitizer by gcc, whose runs (fewer) also find leaks.
"""
import argparse
import concurrent.futures
import contextlib
import json
import mmap
import os
import re
import struct
import subprocess
import sys
import tempfile
import threading

sys.path[1:1] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "connect")]
import connect_lib  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SAMPLES = os.environ.get("CTPOLICY_SAMPLES") or os.path.join(ROOT, "tests", "samples")
VERDICT = re.compile(rb'"result"|"verdict"|"possible":|^(PASS|FAIL|UNKNOWN|REFUSED|PLAN|IMPOSSIBLE)|'
                     rb',(pass|fail|unknown),', re.M)
SANITIZER = re.compile(rb"(ERROR: \w+Sanitizer|runtime error:)")
TIMEOUT = 30
TIMEOUT_SANITIZED = 180  # where every allocation's stack is unwound, on a machine at work
# A fault that we can neither avoid nor mend counts as skipped.
# OpenSSL 3.5: when OPENSSL_init_crypto's own first allocations fail, CRYPTO_malloc raises an
# error, which calls OPENSSL_init_crypto and waits for itself. Whatever is called first hangs.
OPENSSL_DEADLOCK = b"OpenSSL waits for itself during its first set-up"
OPENSSL_FIRST = range(1, 11)  # allocations of the process before that set-up is over, at most
OPENSSL_TIMEOUT = 5
TAIL = 150
ERRORS = (2, 3, 4)
NO_MEMORY = b"out_of_memory"
# What OpenSSL itself loses when its one-time set-up breaks off; never a second time.
SUPPRESSIONS = """\
leak:OPENSSL_init_crypto
leak:OSSL_LIB_CTX_get0_global_default
leak:OBJ_NAME_do_all
leak:CRYPTO_THREAD_run_once
leak:EVP_MD_fetch
leak:OSSL_DECODER_CTX_new_for_pkey
"""


def sample(name):
    return os.path.join(SAMPLES, name)


AT = ["--at", "2026-06-02T00:00:00Z"]
# In arguments: a folder of the run's own, which does not exist yet.
FRESH = "@FRESH@"


class Servers:
    """A TLS server, and one of mail before it, for --connect and --hosts."""

    def __init__(self):
        self.pki = connect_lib.Pki()
        self.stack = contextlib.ExitStack()
        self.stack.callback(self.pki.close)
        tls = self.stack.enter_context(connect_lib.tls_server(
            self.pki, self.pki.path("no-scts.pem"), "--scts", self.pki.path("tls_scts.bin"),
            "--ocsp", self.pki.path("ocsp.der")))
        self.tls = tls.port
        self.mail = self.stack.enter_context(connect_lib.front("smtp", tls.port)).port


def cases(folder, servers):
    """name, arguments, stride of the plain runs, stride of the sanitized runs, has --output"""
    with open(os.path.join(folder, "leaks"), "w") as file:
        file.write(SUPPRESSIONS)
    short = os.path.join(folder, "short.json")
    lists = json.load(open(sample("log_list.json")))
    with open(short, "w") as file:
        json.dump(lists, file)
    changed = os.path.join(folder, "changed.json")
    del lists["operators"][0]["logs"][0]
    lists["operators"][1]["name"] = "Renamed"
    with open(changed, "w") as file:
        json.dump(lists, file)
    pool = os.path.join(folder, "pool.pem")
    with open(pool, "w") as file:
        for name in ("root.pem", "compliant.pem", "final.pem"):
            file.write(open(sample(name)).read())
    leaf = os.path.join(folder, "leaf.pem")
    with open(leaf, "w") as file:
        end = "-----END CERTIFICATE-----\n"
        file.write(open(sample("compliant.pem")).read().split(end)[0] + end)
    pins = os.path.join(folder, "pins")
    with open(pins, "w") as file:
        file.write("684fd13eb9ca7cd0106d651898d795927779cc81158c9593d933dd3ac8160155\n")
    check = ["check", *AT, "--log-list", short]
    delivered = [*check, "--tls-scts", sample("tls_scts.bin"), "--ocsp", sample("ocsp.der"),
                 sample("no-scts.pem")]
    parts = [os.path.join(ROOT, "tests", "fuzz", "corpus", "summary", name)
             for name in ("pass", "policies", "unknown")]
    written = ["--output", os.path.join(folder, "out.json")]
    live = [*check, "--timeout", "60", "--format", "ndjson", "--cacert", sample("root.pem"),
            "--roots", sample("root.pem")]
    server = f"127.0.0.1:{servers.tls}"
    hosts = os.path.join(folder, "hosts")
    with open(hosts, "w") as file:
        file.write(f"{server}\n127.0.0.1:{servers.mail} smtp\n")
    closed = os.path.join(folder, "closed")
    with open(closed, "w") as file:
        file.write("127.0.0.1:1 smtp\nx:99999\n")
    return [
        ("connect", [*live, "--connect", server], 59, 1999),
        ("starttls", [*live, "--connect", f"127.0.0.1:{servers.mail}", "--starttls", "smtp",
                      "--servername", "no-scts.example"], 97, 2999),
        ("hosts", [*live, "--jobs", "1", "--hosts", hosts], 197, 4999),
        # Nobody there: the table, without a handshake, whose want of memory OpenSSL hides.
        ("table", [*check, "--cacert", sample("root.pem"), "--jobs", "1", "--hosts", closed],
         41, 999),
        ("compliant", [*check, "--format", "json", sample("compliant.pem")], 1, 199),
        ("forged", [*check, "--format", "json", "--policy", "apple,apple-enforced", sample("forged-sct.pem")],
         11, 499),
        ("request", [*check, "--format", "ndjson", sample("request.json")], 11, 499),
        ("delivered", [*delivered, "--format", "json"], 11, 499),
        ("precertificate", [*check, "--format", "json", "--precertificate",
                            sample("precertificate.pem"), sample("final.pem")], 11, 499),
        ("text", [*check, sample("operator-cap.pem")], 17, 499),
        ("csv", [*check, "--format", "csv", sample("compliant.pem")], 23, 997),
        ("pool", [*check, "--format", "json", "--issuers", pool, leaf], 17, 499),
        ("several", [*check, "--format", "ndjson", sample("compliant.pem"),
                     sample("forged-sct.pem")], 23, 997),
        ("output", [*check, "--format", "json", *written, sample("compliant.pem")], 47, 1999),
        ("bundled", ["check", *AT, "--format", "json", sample("final.pem")], 47, 997),
        ("older", ["check", *AT, "--client-age", "3650", sample("final.pem")], 47, 997),
        ("show", ["log-list", "show", *AT, "--log-list", short, "--format", "json"], 17, 499),
        ("export", ["log-list", "export", *AT, "--log-list", short], 5, 499),
        ("import", ["log-list", "import", short, "--output=-"], 5, 499),
        ("keep", ["log-list", "import", short, "--state-dir", FRESH], 47, 1999),
        ("refresh", ["log-list", "refresh", "--url", short, "--force", "--state-dir", FRESH], 47,
         1999),
        ("verify", ["log-list", "verify", short, "--force", "--state-dir", FRESH], 47, 1999),
        ("diff", ["log-list", "diff", "--log-list", short, changed, "--format", "json"], 23, 997),
        ("diff-text", ["log-list", "diff", "--log-list", short, changed], 23, 997),
        ("history", ["log-list", "history", "--log-list", short, "birchtiled2026h2", "--format",
                     "json"], 23, 997),
        ("history-text", ["log-list", "history", "--log-list", short, "birchtiled2026h2"], 23,
         997),
        ("merge", ["audit-merge", "--format", "json", *parts], 11, 499),
        ("merge-text", ["audit-merge", "--report", os.path.join(folder, "page.html"), *parts],
         23, 997),
        ("plan", ["plan", *AT, "--log-list", short, "--not-before", "2026-06-15", "--not-after",
                  "2026-09-12", "--policy", "apple,apple-enforced", "--survive", "log", "--format", "json"], 11, 499),
        ("plan-text", ["plan", *AT, "--log-list", short, sample("precertificate.pem")], 23, 997),
        ("plan-impossible", ["plan", *AT, "--log-list", short, "--not-before", "2026-06-15",
                             "--not-after", "2029-09-12"], 23, 997),
        ("held", [*check, "--format", "json", "--hostname", "compliant.example", "--pin",
                  "sha256//" + "A" * 43 + "=", "--pins", pins, sample("compliant.pem")], 47, 997),
        ("pins", ["pins", "--format", "json", "--pins", pins, sample("compliant.pem")], 47, 997),
        ("pins-text", ["pins", "--hostname", "compliant.example", sample("compliant.pem")], 47, 997),
        ("policies", ["policies", "--format", "json"], 1, 5),
        ("policies-text", ["policies"], 1, 5),
    ]


class Runner:
    """Runs one program with the preload library; counts checks. Used by several threads."""

    def __init__(self, program, preload, sanitized):
        self.program, self.preload, self.sanitized = program, preload, sanitized
        self.passed = self.failed = self.skipped = 0
        self.kinds = {}
        self.codes = set()
        self.lock = threading.Lock()

    def environment(self, at, mode, counts, folder):
        env = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8",
               "LD_PRELOAD": self.preload, "FAILMALLOC_AT": str(at),
               "FAILMALLOC_MODE": mode, "FAILMALLOC_COUNT": counts,
               "CTPOLICY_STATE_DIR": SAMPLES}  # in which no list is kept
        # Without a configuration file OpenSSL allocates less, and the same everywhere.
        env["OPENSSL_CONF"] = os.devnull
        if self.sanitized:
            env["ASAN_OPTIONS"] = ("verify_asan_link_order=0:detect_leaks=1:exitcode=99:"
                                   "fast_unwind_on_malloc=0")
            env["UBSAN_OPTIONS"] = "print_stacktrace=1:halt_on_error=1"
            env["LSAN_OPTIONS"] = f"exitcode=99:suppressions={folder}/leaks:print_suppressions=0"
        return env

    def timeout(self, at):
        """How long a run may take; where OpenSSL may wait for itself, no longer than need be."""
        if self.sanitized:
            return TIMEOUT if at in OPENSSL_FIRST else TIMEOUT_SANITIZED
        return OPENSSL_TIMEOUT if at in OPENSSL_FIRST else TIMEOUT

    def run(self, args, at, mode, cwd):
        """(status or None, out, err, calls, failed calls)"""
        with tempfile.NamedTemporaryFile(dir=cwd) as counts, \
                tempfile.TemporaryDirectory(dir=cwd) as own:
            args = [arg.replace(FRESH, os.path.join(own, "state")) for arg in args]
            counts.write(bytes(16))
            counts.flush()
            with subprocess.Popen(
                    [self.program, *args], env=self.environment(at, mode, counts.name, cwd),
                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE) as process:
                try:
                    out, err = process.communicate(timeout=self.timeout(at))
                except subprocess.TimeoutExpired:
                    waits = at in OPENSSL_FIRST and sleeps(process.pid)
                    process.kill()
                    return None, b"", OPENSSL_DEADLOCK if waits else b"hangs", 0, 0
            with mmap.mmap(counts.fileno(), 16, access=mmap.ACCESS_READ) as data:
                calls, failed = struct.unpack("=QQ", data[:16])
        return process.returncode, out, err, calls, failed

    def reaches(self):
        """Does the program call our allocator? clang puts the sanitizer's into it."""
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "leaks"), "w"):
                return self.run(["--version"], 0, "once", folder)[3] > 0

    def skip(self, why, what):
        with self.lock:
            self.skipped += 1
            print(f"skipped oom: {what}: {why}", flush=True)

    def count(self, problem, what):
        with self.lock:
            if not problem:
                self.passed += 1
                return
            self.failed += 1
            kind = what.split(",")[0] + problem[:60]
            self.kinds[kind] = self.kinds.get(kind, 0) + 1
            if self.kinds[kind] <= 3:  # the same again and again says nothing more
                print(f"FAILED oom: {what}: {problem}", flush=True)


def sleeps(pid):
    """Waits for something, rather than being at work?"""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] == "S"
    except OSError:
        return False


def problem_of(base, got, output):
    """Why a run is wrong; None: it is right."""
    status, out, err = got[:3]
    if output and os.path.exists(output):
        with open(output, "rb") as file:
            out += file.read()
    if status is None:
        return "hangs"
    if SANITIZER.search(err) or status < 0 or status == 99:
        return f"crash or leak, exit {status}: {err.decode('utf-8', 'replace')[-3000:]}"
    if status == base[0] and out == base[1]:
        return None
    if status not in ERRORS:
        return f"exit {status} and another output: {out[:300]!r} {err[:300]!r}"
    if VERDICT.search(b"\n".join(set(out.splitlines()) - set(base[1].splitlines()))):
        return f"exit {status}, and yet another verdict: {out[:300]!r}"
    if out and not out.endswith(b"\n"):
        return f"exit {status} and half a report: {out[-300:]!r}"
    # On standard error, or in a table in the row of what it befell.
    if not any(NO_MEMORY in said or b"out of memory" in said for said in (out, err)):
        return f"exit {status} without saying that memory ran out: {err[:300]!r}"
    return None


# Inside of a handshake OpenSSL does not always say that it was memory that it lacked: it does
# without a cipher, cannot verify a chain, or fails for a reason of its own.
OPENSSL_SILENCE = "OpenSSL does not say that memory ran out in its handshake"


def is_hidden(base, got):
    """The same verdict by another chain or cipher, or an error of the handshake alone."""
    try:
        was, now = ([json.loads(line) for line in out.splitlines()]
                    for out in (base[1], got[1]))
    except ValueError:
        return False
    if got[0] not in (0, 3) or len(was) != len(now) or b"connection" not in base[1]:
        return False
    judged = ("id", "result", "scts", "policies", "certificate")
    return all(a == b or b.get("error", {}).get("code") == "tls_failed" or
               ("result" in a and all(a[key] == b.get(key) for key in judged))
               for a, b in zip(was, now))


def sweep(runner, case, mode, stride, folder, jobs):
    name, args = case[0], case[1]
    # A file that every run writes: one run at a time may do so.
    output = args[args.index("--output") + 1] if "--output" in args else None
    base = runner.run(args, 0, mode, folder)
    label = f"{name}, {mode}{', sanitized' if runner.sanitized else ''}"
    runner.count(None if base[0] in (0, 1, 3, 5) and base[3] else
                 f"exit {base[0]}, {base[3]} calls: {base[2][:300]!r}", f"{label}, whole")
    if not base[3]:
        return
    if output:
        base = (base[0], open(output, "rb").read(), *base[2:])

    def one(at):
        if output and os.path.exists(output):
            os.unlink(output)
        got = runner.run(args, at, mode, folder)
        if NO_MEMORY in got[2]:
            runner.codes.add(NO_MEMORY.decode())
        what = f"{label}, allocation {at} of {base[3]}"
        if got[0] is None and got[2] == OPENSSL_DEADLOCK:
            runner.skip(OPENSSL_DEADLOCK.decode(), what)
        elif problem_of(base, got, output) and is_hidden(base, got):
            runner.skip(OPENSSL_SILENCE, what)
        else:
            runner.count(problem_of(base, got, output), what)

    # Keys are decoded and signatures verified at the end: nothing of that is left out.
    tail = 0 if runner.sanitized else TAIL
    first = 1 + sum(name.encode()) % stride  # not the same ones in every case
    with concurrent.futures.ThreadPoolExecutor(1 if output else jobs) as pool:
        end = base[3] + 1
        list(pool.map(one, sorted({*range(first, end, stride), *range(max(1, end - tail), end)})))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--preload", default=os.path.join(ROOT, "build", "failmalloc.so"))
    parser.add_argument("--program", default=os.environ.get("CTPOLICY")
                        or os.path.join(ROOT, "ctpolicy"))
    parser.add_argument("--asan")
    parser.add_argument("--stride", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only")
    parser.add_argument("--only-asan", action="store_true")
    options = parser.parse_args()
    preload = os.path.abspath(options.preload)
    plain = Runner(os.path.abspath(options.program), preload, False)
    runners = [plain]
    if options.asan:
        runners.append(Runner(os.path.abspath(options.asan), preload, True))
    if options.only_asan:
        runners.remove(plain)
    skipped = 0
    if options.asan and not runners[-1].reaches():
        print("skipped oom: AddressSanitizer's allocator stands before ours (built by clang?)")
        skipped = 1
        runners.pop()
    servers = Servers()
    with tempfile.TemporaryDirectory(prefix="ctpolicy-oom-") as folder, servers.stack:
        for case in cases(folder, servers):
            if options.only and case[0] != options.only:
                continue
            for runner in runners:
                for mode in ("once", "all"):
                    stride = (case[3] if runner.sanitized else case[2]) * options.stride
                    sweep(runner, case, mode, stride, folder, options.jobs)
    produced = os.environ.get("CTPOLICY_TEST_PRODUCED")
    if produced:
        with open(produced, "a") as file:
            file.writelines(code + "\n" for r in runners for code in r.codes)
    passed = sum(r.passed for r in runners)
    failed = sum(r.failed for r in runners)
    skipped += sum(r.skipped for r in runners)
    print(f"oom: {passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed or not passed + skipped else 0)


main()
