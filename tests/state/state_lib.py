# SPDX-License-Identifier: Apache-2.0
"""What the suites of the state folder share: small lists, folders that hold some of them, runs of
ctpolicy under faults.so, and what must be true of a folder whatever happened to its writer.

The clock of every run stands still (FAULTS_TIME), so that what is written is the same at each
run, and a folder that was looked at once need not be again: `Judge` remembers.
"""
import copy
import difflib
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fetch"))
from lib import LISTS, MESSAGE_CODE, PASS, PROGRAM, SANITIZER, clean_env, read, sample  # noqa

FAULTS = os.path.abspath(os.environ.get("CTPOLICY_FAULTS")
                         or os.path.join(os.path.dirname(PROGRAM), "faults.so"))
NOW = 1780358400  # 2026-06-02T00:00:00Z, after all the lists
TIMEOUT = 60
BUNDLED = None  # what is shown where nothing is kept
LEFTOVER = re.compile(r"\.[A-Za-z0-9]{6}$")


class List:
    """A log list in a file, and what ctpolicy says of it where it is given by --log-list."""

    def __init__(self, folder, name, value):
        self.name, self.version = name, value["version"]
        self.path = os.path.join(folder, name + ".json")
        self.text = json.dumps(value).encode()
        self.sha256 = hashlib.sha256(self.text).hexdigest()
        self.published = max(next(iter(log["state"].values()))["timestamp"]
                             for log in logs_of(value) if log["state"])
        with open(self.path, "wb") as file:
            file.write(self.text)
        self.facts = facts_of(run(["log-list", "show", "--format", "json", "--log-list",
                                   self.path]).out)

    def __repr__(self):
        return self.name


def logs_of(value):
    return [log for operator in value["operators"] for kind in ("logs", "tiled_logs")
            for log in operator.get(kind, [])]


def facts_of(out):
    """The facts of a list as `log-list show` prints them."""
    value = json.loads(out)
    return {key: value[key] for key in ("sha256", "version", "counts", "logs")}


def make_lists(folder):
    """O1, O2, A, B and C, each published after the one before it."""
    sample_list = json.loads(read(sample("log_list.json")))

    def without(*names):
        value = copy.deepcopy(sample_list)
        for operator in value["operators"]:
            for kind in ("logs", "tiled_logs"):
                operator[kind] = [log for log in operator.get(kind, [])
                                  if log["description"] not in names]
        return value

    def changed(value, version, name, state, timestamp):
        value = copy.deepcopy(value)
        value["version"] = version
        for log in logs_of(value):
            if log["description"] == name:
                log["state"] = {state: {"timestamp": timestamp, "version": version}}
        return value

    first = without("CedarTiled2027h1", "DogwoodTiled2027h2")
    first["version"] = "675"
    second = without("CedarTiled2027h1")
    second["version"] = "677"
    b = changed(sample_list, "690", "CedarTiled2027h1", "usable", "2026-05-28T12:00:00Z")
    c = changed(b, "695", "Alder2026h1", "retired", "2026-05-30T12:00:00Z")
    return {name: List(folder, name, value) for name, value in
            (("O1", first), ("O2", second), ("A", sample_list), ("B", b), ("C", c))}


class Run:
    def __init__(self, status, out, err, log):
        self.status, self.out, self.err, self.calls = status, out, err, log

    @property
    def hit(self):
        """The call that was made to fail."""
        return next((call for call in self.calls if call.endswith(" !")), None)

    @property
    def messages(self):
        return self.err.decode("utf-8", "replace")


def environment(faults):
    env = clean_env({"LD_PRELOAD": FAULTS, "FAULTS_TIME": str(NOW)})
    # AddressSanitizer's library stands behind ours.
    env["ASAN_OPTIONS"] = env.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
    env["OPENSSL_CONF"] = os.devnull
    env.update({"FAULTS_" + key.upper(): str(value) for key, value in faults.items()})
    return env


def run(args, log=None, **faults):
    """ctpolicy with one fault, or none."""
    if log:
        open(log, "wb").close()
        faults["log"] = log
    try:
        done = subprocess.run([PROGRAM, *args], env=environment(faults), timeout=TIMEOUT,
                              stdin=subprocess.DEVNULL, capture_output=True)
    except subprocess.TimeoutExpired as error:
        return Run(None, error.stdout or b"", error.stderr or b"", [])
    return Run(done.returncode, done.stdout, done.stderr,
               read(log, "r").splitlines() if log else [])


class Folder:
    """A state folder (`path`) and what is in it."""

    def __init__(self, path):
        self.path = path
        self.apple = os.path.join(path, "apple")

    def copy(self, to):
        if os.path.isdir(self.path):
            shutil.copytree(self.path, to)
        return Folder(to)

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)

    def list_path(self, one):
        return os.path.join(self.apple, "lists", one.sha256 + ".json.gz")

    def files(self):
        """{name: mode} of all that is in it."""
        out = {}
        for folder, folders, names in os.walk(self.path):
            for name in folders + names:
                path = os.path.join(folder, name)
                out[os.path.relpath(path, self.path)] = os.lstat(path).st_mode & 0o7777
        return out

    def fingerprint(self):
        """The same for folders with the same in them: the lock's holder aside."""
        out = []
        for name, mode in sorted(self.files().items()):
            path = os.path.join(self.path, name)
            data = b"" if os.path.isdir(path) or name.endswith("/lock") else read(path)
            out.append((LEFTOVER.sub(".?", name), mode, hashlib.sha256(data).hexdigest()))
        return tuple(sorted(out))

    def index(self):
        """The index with its hash right, or None."""
        try:
            text = read(os.path.join(self.apple, "index"))
        except OSError:
            return None
        body, _, end = text.rpartition(b"end ")
        return body if hashlib.sha256(body).hexdigest().encode() == end.strip() else None

    def has(self, one):
        try:
            return gzip.decompress(read(self.list_path(one))) == one.text
        except (OSError, EOFError):
            return False


class Case:
    """A command that turns what is in one folder into something else."""

    def __init__(self, name, begin, end, kept, gone, args):
        self.name = name
        self.begin = begin  # the list in hand before; BUNDLED: none
        self.end = end  # and after
        self.kept = kept  # lists that are in the folder before and after
        self.gone = gone  # lists that are not in it afterwards
        self.args = args  # of a folder

    def all_after(self):
        return [one for one in dict.fromkeys([*self.kept, *self.new])]


def shown(folder, lists, at=None):
    """The list that a reader sees (BUNDLED: the program's own), and what is wrong with it."""
    args = ["log-list", "show", "--format", "json", "--state-dir", folder.path]
    got = run(args + (["--at", at] if at else []))
    if got.status != PASS:
        return None, [f"show: exit {got.status}: {got.messages}"]
    facts = facts_of(got.out)
    one = next((one for one in lists.values() if one.sha256 == facts["sha256"]), BUNDLED)
    if one and facts != one.facts:
        return one, [f"show: {one} has other facts: {facts}"]
    return one, ([f"show: {got.messages}"] if SANITIZER.search(got.err) else [])


def checked(folder, lists):
    """The list that `check` judges by."""
    got = run(["check", "--format", "json", "--state-dir", folder.path, "--at",
               "2026-06-02T00:00:00Z", sample("compliant.pem")])
    try:
        sha256 = json.loads(got.out)["log_list"]["sha256"]
    except (ValueError, KeyError):
        return None, [f"check: exit {got.status}: {got.messages}"]
    return next((one for one in lists.values() if one.sha256 == sha256), BUNDLED), []


class Judge:
    """Looks at what is left of a folder, and lets the command run again, undisturbed."""

    def __init__(self, case, lists, base, scratch):
        self.case, self.lists, self.base, self.scratch = case, lists, base, scratch
        self.known = {}
        self.lock = threading.Lock()
        self.num = 0
        done = base.copy(self.new_path())
        self.reference = run(case.args(done))
        self.want_index = done.index()
        self.want_files = done.files()
        done.remove()

    def new_path(self):
        with self.lock:
            self.num += 1
            return os.path.join(self.scratch, f"{self.case.name}-{self.num}")

    def judge(self, folder):
        """(the list that is shown, problems); the folder is used up."""
        mark = folder.fingerprint()
        with self.lock:
            known = self.known.get(mark)
        if not known:
            known = self.look(folder)
            with self.lock:
                self.known[mark] = known
        folder.remove()
        return known

    def look(self, folder):
        one, problems = shown(folder, self.lists)
        if one not in (self.case.begin, self.case.end):
            problems.append(f"neither the old nor the new list is shown but {one}")
        by, more = checked(folder, self.lists)
        problems += more
        if by != one:
            problems.append(f"check judges by {by}, show shows {one}")
        problems += self.look_at_kept(folder, "")
        again = run(self.case.args(folder))
        if again.status != PASS:
            problems.append(f"again, undisturbed: exit {again.status}: {again.messages}")
        return one, problems + self.look_at_end(folder)

    def look_at_kept(self, folder, when):
        problems = [f"{one} is lost or not exact {when}" for one in self.case.kept
                    if not folder.has(one)]
        for one in self.case.kept:
            got, more = shown(folder, self.lists, one.published)
            if got != one:
                problems += more + [f"at {one.published} {got} is shown, not {one} {when}"]
        return problems

    def look_at_end(self, folder):
        one, problems = shown(folder, self.lists)
        if one != self.case.end:
            problems.append(f"afterwards {one} is shown")
        problems += self.look_at_kept(folder, "afterwards")
        problems += [f"{gone} is still there" for gone in self.case.gone if folder.has(gone)]
        if folder.index() != self.want_index:
            differ = difflib.ndiff(str(self.want_index).split("\\n"),
                                   str(folder.index()).split("\\n"))
            problems.append("afterwards the index is another: "
                            + ", ".join(line for line in differ if line[0] in "+-"))
        files = folder.files()
        # Whoever begins with nothing has no index before the first one.
        files.setdefault("apple/index.previous", 0o644)
        want = {"apple/index.previous": 0o644, **self.want_files}
        if files != want:
            problems.append("afterwards these differ (name, mode): "
                            f"{sorted(set(files.items()) ^ set(want.items()))}")
        return problems


def produced(t, result):
    t.produced.update(t.codes.intersection(
        code.decode() for code in MESSAGE_CODE.findall(result.err)))


class World:
    """The lists, and the folders that the cases begin with."""

    def __init__(self, t):
        self.t = t
        self.folder = os.path.join(t.folder, "world")
        self.scratch = os.path.join(t.folder, "scratch")
        os.mkdir(self.folder)
        os.mkdir(self.scratch)
        self.lists = make_lists(self.folder)
        self.nothing = Folder(os.path.join(self.folder, "nothing"))
        self.base = Folder(os.path.join(self.folder, "base"))
        old = [self.lists[name].path for name in ("O1", "O2")]
        for args in (["log-list", "import", *old],
                     ["log-list", "refresh", "--url", self.lists["A"].path]):
            done = run([*args, "--state-dir", self.base.path])
            t.equal(done.status, PASS, "the folder that all begin with", done.messages)
        got, problems = shown(self.base, self.lists)
        t.check(got is self.lists["A"] and not problems, "it shows A", problems)

    def refresh(self, place, *more):
        return lambda folder: ["log-list", "refresh", "--state-dir", folder.path, "--url",
                               place, *more]

    def cases(self):
        """(case, folder that it begins with)"""
        o1, o2, a, b, c = self.lists.values()
        imported = [b.path, c.path]
        yield Case("file", a, b, [o1, o2, a], [], self.refresh(b.path)), self.base
        yield Case("first", BUNDLED, b, [], [], self.refresh(b.path)), self.nothing
        yield Case("import", a, c, [o1, o2, a], [], lambda folder: [
            "log-list", "import", "--state-dir", folder.path, *imported]), self.base
        yield Case("prune", a, a, [a], [o1, o2], lambda folder: [
            "log-list", "prune", "--state-dir", folder.path, "--keep-days", "10"]), self.base

    def http_case(self, url):
        o1, o2, a, b, _ = self.lists.values()
        return Case("http", a, b, [o1, o2, a], [], self.refresh(url, "--timeout", "3")), self.base
