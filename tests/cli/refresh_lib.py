# SPDX-License-Identifier: Apache-2.0
"""What the suites of refreshes and state folders share: lists to feed, and state folders that are
held against what their index says."""
import base64
import copy
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from lib import DATA, LISTS, PASS, PROGRAM, ROOT, loads, read, sample

sys.path.insert(0, os.path.join(ROOT, "tests", "fetch"))

GOOD = loads(read(sample("log_list.json")))
ENTRY = re.compile(r"^list ([0-9a-f]{64})$")
THREADS = 6


# Lists.

def text_of(value):
    return json.dumps(value, indent=1).encode()


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def logs_of(value):
    return [log for operator in value["operators"] for kind in ("logs", "tiled_logs")
            for log in operator.get(kind, [])]


def log_of(value, description):
    return next(log for log in logs_of(value) if log["description"] == description)


def with_state(value, description, state, when):
    """A copy in which one log is in another state since `when`."""
    out = copy.deepcopy(value)
    log_of(out, description)["state"] = {state: {"timestamp": when, "version": out["version"]}}
    return out


def versioned(value, step):
    """A copy `step` versions later."""
    return {**copy.deepcopy(value), "version": str(int(value["version"]) + step),
            "assetVersion": value["assetVersion"] + step,
            "assetVersionV2": value["assetVersionV2"] + step}


def newer(step=1):
    """The sample's list, `step` versions and days later: one log is read-only."""
    return with_state(versioned(GOOD, step), "Alder2026h1", "readonly",
                      f"2026-06-{step:02}T00:00:00Z")


def key_of(der):
    return {"key": base64.b64encode(der).decode(),
            "log_id": base64.b64encode(hashlib.sha256(der).digest()).decode()}


def apple_files():
    """Apple's lists by publication, where there are any."""
    folder = os.path.join(DATA, "apple_lists")
    names = os.listdir(folder) if os.path.isdir(folder) else []
    lists = [name for name in names if name.startswith("apple_v")]
    return [os.path.join(folder, name)
            for name in sorted(lists, key=lambda name: name.split("_")[3])]


# State folders.

class Index:
    """What an index says; None where there is no such file."""

    def __init__(self, text):
        body, _, end = text.rpartition("end ")
        self.is_whole = end.strip() == sha256(body.encode())
        self.head, self.lists, entry = {}, {}, None
        for line in body.splitlines()[1:]:
            match = ENTRY.match(line)
            if match:
                entry = self.lists[match.group(1)] = {}
                continue
            name, _, value = line.strip().partition(" ")
            (self.head if entry is None else entry)[name] = value

    @property
    def in_hand(self):
        return self.head.get("in_hand")


class State:
    """A state folder of a suite's own."""

    def __init__(self, t, source="apple", path=None):
        self.t, self.source = t, source
        self.path = path or t.path("-state")

    def __str__(self):
        return self.path

    def file(self, *names):
        return os.path.join(self.path, self.source, *names)

    def list_file(self, sha):
        return self.file("lists", sha + ".json.gz")

    def copy(self):
        out = State(self.t, self.source)
        shutil.copytree(self.path, out.path)
        return out

    def index(self, name="index"):
        return Index(read(self.file(name), "r"))

    def files(self):
        """Name and bytes of each file but the lock."""
        out = {}
        for folder, _, names in os.walk(self.path):
            for name in names:
                path = os.path.join(folder, name)
                if name != "lock":
                    out[os.path.relpath(path, self.path)] = read(path)
        return out

    # Commands.

    def run(self, command, *args, **kw):
        return self.t.run("log-list", command, "--state-dir", self.path, *args, **kw)

    def refresh(self, url, *args, want=PASS, what="refresh", **kw):
        args = [*args, "--url", url] if url else args
        if self.source != "apple":
            args = ["--source", self.source, *args]
        result = self.run("refresh", *args, **kw)
        self.t.equal(result.status, want, f"{what}: exit status", repr(result))
        return result

    def takes(self, content, *args, what="take", err=b"", **kw):
        """Refreshes from a file, which is taken without a word of warning."""
        text = content if isinstance(content, bytes) else text_of(content)
        result = self.refresh(self.t.file(text, ".json"), *args, what=what, **kw)
        self.t.equal(result.err, err, f"{what}: quiet", repr(result))
        self.t.equal(self.index().in_hand, sha256(text), f"{what}: is in hand")
        return result

    def show(self, *args):
        return self.run("show", "--format", "json", *args).json()

    # Checks.

    def check_whole(self, what):
        """Every file is what the index says, and no other is there."""
        t = self.t
        index = self.index()
        want = {"index", "lock"}
        t.check(index.is_whole, f"{what}: the index is whole")
        if os.path.exists(self.file("index.previous")):
            want.add("index.previous")
            t.check(self.index("index.previous").is_whole, f"{what}: the index before it too")
        if index.lists:
            want.add("history")
            t.equal(sha256(read(self.file("history"))), index.head["history"],
                    f"{what}: the history is the index's")
            t.check(index.in_hand in index.lists, f"{what}: the list in hand is kept")
        for sha in index.lists:
            t.equal(sha256(gzip.decompress(read(self.list_file(sha)))), sha,
                    f"{what}: a list is what its name says")
        t.equal(sorted(os.listdir(self.file("lists"))),
                sorted(sha + ".json.gz" for sha in index.lists), f"{what}: the lists")
        t.equal(set(os.listdir(self.file())) - {"lists", "damaged"}, want, f"{what}: the files")

    def fails(self, code, result, what, sha=None, words=(), noted=True):
        """A refresh failed as it ought to, and changed nothing; `noted`: show says so."""
        t = self.t
        t.equal((result.status, result.out), (LISTS, b""), f"{what}: fails", repr(result)[:900])
        t.equal(result.err.count(b"\n"), 1, f"{what}: one line", repr(result))
        t.check(result.messages.startswith("ctpolicy: "), f"{what}: says who", repr(result))
        t.check(result.messages.endswith(f" [{code}]\n"), f"{what}: ends with [{code}]",
                repr(result))
        for word in words:
            t.has(result.messages, word, f"{what}: says what", repr(result))
        if sha is None:
            return
        self.check_whole(what)
        shown = self.show()
        t.equal(shown["sha256"], sha, f"{what}: the last good list is in force")
        if noted:
            last = shown["last_refresh"]
            t.equal((last["outcome"], last["code"]), ("failed", code), f"{what}: is kept in mind")
            t.has(result.messages, "stays in force", f"{what}: says what stays")


# Other users, the clock, threads.

def no_coverage(t):
    """The environment of a run that may not write where coverage would keep its counts."""
    return {"GCOV_PREFIX": os.path.join(t.folder, "gcov"), "GCOV_ERROR_FILE": "/dev/null"}


SETPRIV = shutil.which("setpriv")
CAN_BE_OTHER = os.geteuid() != 0 or SETPRIV


def as_other_user(t, *args, env=None, **kw):
    """Runs ctpolicy as a user who may do nothing in particular; needs CAN_BE_OTHER."""
    env = {**no_coverage(t), **(env or {})}
    if os.geteuid() != 0:
        return t.run(*args, env=env, **kw)
    program = os.path.join(t.folder, "ctpolicy")
    if not os.path.exists(program):
        os.chmod(t.folder, 0o755)
        shutil.copy(PROGRAM, program)
    return t.run("--reuid=65534", "--regid=65534", "--clear-groups", program, *args, env=env,
                 program=SETPRIV, **kw)


CLOCK = os.path.join(os.path.dirname(PROGRAM), "clock.so")


def at_clock(seconds):
    """The environment in which the clock stands still at `seconds` since 1970; None without
    the library that makes it so."""
    if not os.path.exists(CLOCK):
        return None
    # The sanitizers' runtime wants to be the first library, and need not be for this one.
    asan = os.environ.get("ASAN_OPTIONS", "")
    return {"LD_PRELOAD": CLOCK, "CTPOLICY_TEST_CLOCK": str(int(seconds)),
            "ASAN_OPTIONS": asan + ":verify_asan_link_order=0"}


def in_threads(function, cases, num=THREADS):
    """function(*case) for each case, `num` at a time."""
    with ThreadPoolExecutor(num) as pool:
        for done in [pool.submit(function, *case) for case in cases]:
            done.result()


def openssl(*args):
    subprocess.run(["openssl", *args], check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def new_key(t):
    """A P-256 key's SubjectPublicKeyInfo."""
    pem, der = t.path(), t.path()
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", pem)
    openssl("ec", "-in", pem, "-pubout", "-outform", "DER", "-out", der)
    return read(der)


class Gate:
    """An answer that waits until it is opened; `asked` is set when somebody waits."""

    def __init__(self, answer):
        self.answer, self.asked, self.opened = answer, threading.Event(), threading.Event()

    def __call__(self, connection, request, server):
        self.asked.set()
        self.opened.wait()
        self.answer(connection, request, server)
