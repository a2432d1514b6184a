# SPDX-License-Identifier: Apache-2.0
"""The harness of the suites in this folder: runs ctpolicy as a user does and counts checks.

Every JSON report, error, log list, difference of lists, history of a log, set of policies,
summary and plan that any run prints, and what --summary writes, is held against the schemas in src/report/schemas; the reason codes of reports
and errors are remembered for tests/codes.py.

Environment: CTPOLICY (the program, default ./ctpolicy), CTPOLICY_SAMPLES (default
tests/samples), CTPOLICY_TEST_DATA (default ../shared/data; tests of it are skipped where it
is absent), CTPOLICY_TEST_PRODUCED (a file that the produced codes are appended to).
"""
import contextlib
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError:
    sys.exit("the tests need the Debian package python3-jsonschema")

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.path.abspath(os.environ.get("CTPOLICY") or os.path.join(ROOT, "ctpolicy"))
SAMPLES = os.path.abspath(os.environ.get("CTPOLICY_SAMPLES")
                          or os.path.join(ROOT, "tests", "samples"))
DATA = os.path.abspath(os.environ.get("CTPOLICY_TEST_DATA")
                       or os.path.join(ROOT, "..", "shared", "data"))
SCHEMAS = os.path.join(ROOT, "src", "report", "schemas")

PASS, FAIL, USAGE, INPUT, LISTS, UNKNOWN = range(6)
# The time of check and the list that the samples are made for.
AT = ["--at", "2026-06-02T00:00:00Z"]
TIMEOUT = 120
# A message ends with its code; names in it are escaped and cannot end a line.
MESSAGE_CODE = re.compile(rb"\[([a-z0-9_]+)\]$", re.M)
CODE_ROW = re.compile(r'^CODE\(\w+,\s*"(\w+)"', re.M)
SANITIZER = re.compile(rb"(ERROR: \w+Sanitizer|runtime error:|WARNING: ThreadSanitizer)")


def sample(name):
    return os.path.join(SAMPLES, name)


LIST = ["--log-list", sample("log_list.json")]


def read(path, mode="rb"):
    with open(path, mode) as file:
        return file.read()


def validators():
    """By what a value of its "schema" member says; the others by name."""
    out = {}
    for name in ("request", "report", "error", "log-list", "log-list-diff", "log-history",
                 "policies", "summary", "plan", "pins"):
        schema = json.loads(read(os.path.join(SCHEMAS, name + ".v1.json"), "r"))
        out[name] = jsonschema.Draft202012Validator(
            schema, format_checker=jsonschema.FormatChecker())
    return out


def codes_of(value):
    """The reason codes of a report or error."""
    if "error" in value:
        yield value["error"]["code"]
        return
    for finding in value["findings"]:
        yield finding["code"]
    for sct in value["scts"]:
        yield from sct["why"]
    for policy in value["policies"]:
        yield from policy["applies_because"]
        for finding in policy["findings"]:
            yield finding["code"]


def unique_object(pairs):
    out = dict(pairs)
    if len(out) != len(pairs):
        raise ValueError("a key stands twice in an object")
    return out


def loads(text):
    """Strict JSON: UTF-8, no NaN, no key twice."""
    def bad(name):
        raise ValueError(name)
    if isinstance(text, bytes):
        text = text.decode("utf-8")
    return json.loads(text, object_pairs_hook=unique_object, parse_constant=bad)


class Result:
    """What a run gave: status (below 0: killed by a signal), out and err in bytes."""

    def __init__(self, args, status, out, err):
        self.args, self.status, self.out, self.err = args, status, out, err

    def __repr__(self):
        def short(data):
            text = data.decode("utf-8", "backslashreplace")
            return text if len(text) < 1500 else text[:1500] + "..."
        return (f"ctpolicy {' '.join(map(repr, self.args))}\n      exit {self.status}\n"
                f"      out {short(self.out)!r}\n      err {short(self.err)!r}")

    @property
    def text(self):
        return self.out.decode("utf-8")

    @property
    def messages(self):
        return self.err.decode("utf-8")

    def json(self):
        return loads(self.out)

    def lines(self):
        """NDJSON."""
        return [loads(line) for line in self.out.splitlines()]


class Suite:
    def __init__(self, name):
        self.name = name
        self.passed = self.failed = self.skipped = 0
        self.validators = validators()
        self.produced = set()
        self.codes = set(CODE_ROW.findall(read(os.path.join(ROOT, "src/base/codes.def"), "r")))
        self.folder = tempfile.mkdtemp(prefix="ctpolicy-test-")
        self.numbers = itertools.count(1)  # of files; threads may ask too

    # Checks.

    def check(self, good, what, detail=""):
        if good:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {self.name}: {what}" + (f"\n      {detail}" if detail else ""))
        return bool(good)

    def equal(self, got, want, what, detail=""):
        return self.check(got == want, what, f"got {got!r}, want {want!r}\n      {detail}")

    def has(self, text, part, what, detail=""):
        return self.check(part in text, what, f"{part!r} is not in {text!r}\n      {detail}")

    def skip(self, what):
        self.skipped += 1
        print(f"skipped {self.name}: {what}")

    def finish(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        path = os.environ.get("CTPOLICY_TEST_PRODUCED")
        if path:
            with open(path, "a") as file:
                file.writelines(code + "\n" for code in sorted(self.produced))
        print(f"{self.name}: {self.passed} passed, {self.failed} failed, "
              f"{self.skipped} skipped")
        sys.exit(1 if self.failed or not self.passed else 0)

    # Files.

    def path(self, suffix=""):
        """The name of a file that does not exist yet."""
        return os.path.join(self.folder, f"{next(self.numbers)}{suffix}")

    def file(self, content, suffix=""):
        path = self.path(suffix)
        if isinstance(content, (dict, list)):
            content = json.dumps(content)
        if isinstance(content, str):
            content = content.encode()
        with open(path, "wb") as file:
            file.write(content)
        return path

    # Runs.

    def run(self, *args, stdin=b"", env=None, cwd=None, stdout=None, program=PROGRAM):
        """Runs ctpolicy; a crash, a hang or a sanitizer's report is a failed check."""
        args = [str(a) if not isinstance(a, bytes) else a for a in args]
        if isinstance(stdin, str):
            stdin = stdin.encode()
        try:
            done = subprocess.run([program] + args, input=stdin, env=clean_env(env), cwd=cwd,
                                  stdout=stdout or subprocess.PIPE, stderr=subprocess.PIPE,
                                  timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            self.check(False, f"hangs: {args}")
            return Result(args, None, b"", b"")
        result = Result(args, done.returncode, done.stdout or b"", done.stderr)
        if result.status < 0 or result.status > 5 or SANITIZER.search(result.err):
            self.check(False, "crashes", repr(result))
        self.produced.update(self.codes.intersection(
            code.decode() for code in MESSAGE_CODE.findall(result.err)))
        self.harvest(result)
        self.harvest_summary(result)
        return result

    def harvest(self, result):
        """Holds whatever JSON a run printed against the schemas."""
        text = result.out.strip()
        if not text or text[:1] not in b"[{" or b"export" in [
                a if isinstance(a, bytes) else a.encode("utf-8", "surrogateescape")
                for a in result.args]:
            return
        try:
            values = [loads(text)]
        except (ValueError, UnicodeDecodeError):
            try:
                values = [loads(line) for line in text.splitlines()]
            except (ValueError, UnicodeDecodeError) as error:
                self.check(False, f"prints what is no JSON: {error}", repr(result))
                return
        for value in values:
            if isinstance(value, list) and {"check", "audit"} & set(result.args):
                for item in value:
                    self.validate(item, result)
            else:
                self.validate(value, result)

    def harvest_summary(self, result):
        """The same for what --summary wrote."""
        path = dict(zip(result.args, result.args[1:])).get("--summary")
        if path and os.path.isfile(path) and read(path).startswith(b'{"schema"'):
            self.validate(loads(read(path)), result)

    def validate(self, value, result=None):
        if isinstance(value, list):
            name = "policies"
        elif "schema" in value:
            name = str(value["schema"]).removeprefix("ctpolicy.").removesuffix(".v1")
            name = name.replace("_", "-")
        else:
            name = "log-list"
        problem = "no schema of this name"
        if name in self.validators:
            problem = jsonschema.exceptions.best_match(
                self.validators[name].iter_errors(value))
        if self.check(problem is None, f"breaks the schema {name}",
                      f"{problem}\n      {result}") and name in ("report", "error"):
            self.produced.update(codes_of(value))

    def judge(self, *args, want=None, what="", **kw):
        """ctpolicy check --format json with the samples' list and time: the one report."""
        options = list(args)
        if "--log-list" not in options:
            options += LIST
        if "--at" not in options and not kw.pop("no_at", False):
            options += AT
        result = self.run("check", "--format", "json", *options, **kw)
        if want is not None:
            self.equal(result.status, want, f"exit status{': ' if what else ''}{what}",
                       repr(result))
        try:
            return result.json()
        except ValueError:
            self.check(False, f"no JSON on standard output {what}", repr(result))
            return {"findings": [], "scts": [], "policies": [], "error": {}, "result": None}


def clean_env(more=None):
    """Nothing of the caller's that could change what is printed."""
    keep = ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS",
            "LSAN_OPTIONS", "TSAN_OPTIONS", "LLVM_PROFILE_FILE", "GCOV_PREFIX")
    env = {k: os.environ[k] for k in keep if k in os.environ}
    env["LC_ALL"] = "C.UTF-8"
    env["CTPOLICY_STATE_DIR"] = SAMPLES  # a folder in which no list is kept
    env.update(more or {})
    return env


@contextlib.contextmanager
def suite(name):
    """with suite("check") as t: ... ; then the totals, and the exit status."""
    one = Suite(name)
    try:
        yield one
    except Exception:  # a suite that breaks off has failed, and still says its totals
        import traceback
        one.check(False, "breaks off", traceback.format_exc())
    one.finish()


def run_all(name, namespace, end=lambda: None):
    """Runs every function test_* of a module, in its order, and then `end`."""
    with suite(name) as t:
        try:
            for key, value in list(namespace.items()):
                if key.startswith("test_") and callable(value):
                    value(t)
        finally:
            end()
