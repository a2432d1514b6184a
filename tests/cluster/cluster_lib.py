# SPDX-License-Identifier: Apache-2.0
"""What the suites of deploy/cluster share: inputs, plans, a kill in the middle of a part, and
the comparison with one audit over everything."""
import glob
import gzip
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
import der  # noqa: E402
from audit_lib import AUDIT, GOOD, ISSUER, LEAF, b64, mixed, request, unzstd, zstd  # noqa: E402
from lib import DATA, PROGRAM, ROOT, clean_env, read, run_all, sample  # noqa: E402

CLUSTER = os.path.join(ROOT, "deploy", "cluster")
OPTIONS = AUDIT[1:]
# Slow enough for a checkpoint, and a kill behind it, before the part is done.
SLOW = [*OPTIONS, "--verifier", "reference", "--policy", "all"]
# Of the options in the environment that of the state folder is set for all other suites.
ENV = {"CTP_PROGRAM": PROGRAM, "CTPOLICY_STATE_DIR": ""}
WAIT = 180  # seconds for what takes some
NAMES = ("compliant.pem", "day-too-long.pem", "operator-cap.pem", "no-scts.pem",
         "forged-sct.pem")


def script(name):
    return os.path.join(CLUSTER, name)


def call(t, name, *args, want=0, env=None, **kw):
    """A script of deploy/cluster; what it printed, and its status."""
    done = subprocess.run([script(name), *args], env=clean_env({**ENV, **(env or {})}),
                          stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=WAIT, **kw)
    t.equal(done.returncode, want, f"{name} {args[1:3]}: exit status",
            f"{done.stdout[-600:]}\n{done.stderr[-1500:]}")
    return done


def certificates(num):
    """Each with another serial, so that its SCTs have to be verified, and are not valid."""
    c = der.Certificate(LEAF)
    for i in range(num):
        c.serial.value = b"\x01" + i.to_bytes(4, "big")
        yield c.encode()


def make_inputs(folder, num):
    """Some `num` records of all kinds in a folder; its files in the order of an audit."""
    chains = [read(sample(name)).decode() for name in NAMES]
    own = list(certificates(num))
    part = num // 4
    contents = {
        "a requests.ndjson.gz": gzip.compress("\n".join(mixed(part)).encode(), 1),
        "b 'quoted' $HOME.ndjson": "".join(
            request(b64(data), issuer=b64(ISSUER)) + "\n" for data in own[:part]).encode(),
        "c chains.pem": "".join(chains[i % len(chains)] for i in range(part // 2)).encode(),
        "d {} {1}.csv.zst": zstd(b"id,certificate\r\n") + b"".join(
            zstd(b"%d,%s\r\n" % (i, b64(data).encode()))
            for i, data in enumerate(own[part:2 * part])),
        "e.ndjson": "".join(
            request(b64(data), issuer=b64(ISSUER), id=f"e{i}") + "\n"
            for i, data in enumerate(own[2 * part:])).encode()}
    os.mkdir(folder)
    for name, content in contents.items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(content)
    return [os.path.join(folder, name) for name in contents]


def real_certificates(t, copies):
    """Requests with the real certificates, each judged when it was issued; None without."""
    folders = sorted(glob.glob(os.path.join(glob.escape(DATA), "certs", "*", "")))
    if not folders:
        t.skip("real certificates: there are none")
        return None
    lines = [json.dumps({"certificate": read(folder + "leaf.pem", "r"),
                         "issuer": read(folder + "issuer.pem", "r"), "at": "issuance"})
             for folder in folders]
    return t.file("".join(f"{line}\n" for line in lines * copies), ".ndjson")


class Job:
    """A divided audit, planned; and what one audit over everything says."""

    def __init__(self, t, name, parts, options, paths=None, files=None):
        self.t, self.parts = t, parts
        self.folder = os.path.join(t.folder, name)
        self.options, self.paths = options, paths or files
        if files:
            listed = t.file("".join(path + "\n" for path in files))
            self.inputs = ["--files", listed]
        else:
            self.inputs = ["--", *paths]
        self.plan()

    def plan(self):
        return call(self.t, "plan.sh", self.folder, str(self.parts), *self.options, *self.inputs)

    def path(self, name):
        return os.path.join(self.folder, name)

    def text(self, name):
        return read(self.path(name)).decode() if os.path.exists(self.path(name)) else ""

    def place(self, part):
        """How many records the checkpoint of a part stands for."""
        found = re.search(r'"next_position":(\d+)', self.text(f"part-{part}.checkpoint"))
        return int(found.group(1)) if found else 0

    def process(self, part):
        """Of the audit that is at work on a part; None if there is none."""
        mark = os.fsencode(self.path(f"part-{part}.checkpoint"))
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                words = read(f"/proc/{pid}/cmdline").split(b"\0")
            except OSError:
                continue
            if mark in words and words[1:2] == [b"audit"]:
                return int(pid)
        return None

    def kill_in_the_middle(self, part):
        """kill -9 of the audit when there is a checkpoint behind some of its records."""
        end = time.monotonic() + WAIT
        while time.monotonic() < end and not os.path.exists(self.path(f"part-{part}.ndjson.zst")):
            place, pid = self.place(part), self.process(part)
            if place and pid:
                os.kill(pid, signal.SIGKILL)
                print(f"    part {part}: kill -9 behind record {place}", flush=True)
                return self.t.check(
                    not os.path.exists(self.path(f"part-{part}.ndjson.zst")),
                    f"killed with -9 behind record {place} of part {part}, in its middle")
            time.sleep(0.005)
        return self.t.check(False, f"part {part} was not caught in its middle",
                            self.text(f"part-{part}.log"))

    def was_killed(self, part):
        return self.t.has(self.text(f"part-{part}.log"), "exit status 137",
                          f"the kill of part {part} was noticed")

    def went_on(self, part):
        """How often a part went on from a checkpoint behind some of its records."""
        return len(re.findall(r"going on behind record [1-9]", self.text(f"part-{part}.log")))

    def compare(self, name):
        """The merged results and summary with those of one audit."""
        t = self.t
        output, summary, page = t.path(".ndjson"), t.path(".json"), t.path(".html")
        whole = t.run("audit", *self.options, "--format", "ndjson", "--output", output,
                      "--summary", summary, "--report", page, *self.paths)
        want = read(output)
        told = f"{json.loads(read(summary))['certificates']['unreadable']} record"
        t.check(not whole.err if told.startswith("0") else told in whole.messages,
                f"{name}: one audit over everything", whole.messages)
        if not t.check(os.path.exists(self.path("results.ndjson.zst")), f"{name}: is merged"):
            return
        t.check(unzstd(read(self.path("results.ndjson.zst")), len(want)) == want,
                f"{name}: the results are byte for byte those of one audit")
        t.equal(self.text("status").strip(), str(whole.status), f"{name}: the exit status too")
        t.check(without_run(read(self.path("summary.json"))) == without_run(read(summary)),
                f"{name}: and the summary, but for its run")
        t.check(len(read(self.path("report.html"))) > 10000, f"{name}: there is a report")
        print(f"    {name}: {want.count(10)} results, {len(want)} bytes, in {self.parts} parts")

    def left_over(self):
        """What should not be there when all is done."""
        wanted = r"(part-\d+\.(ndjson\.zst|summary\.json|log|empty)|plan|status|summary\.(json|txt)" \
                 r"|report\.html|results\.ndjson\.zst|slurm.*|parallel\.log)"
        return [name for name in sorted(os.listdir(self.folder))
                if not re.fullmatch(wanted, name)]


def without_run(data):
    """The run has a line of its own, which differs from run to run."""
    return [line for line in data.splitlines() if not line.startswith(b'"run":')]


def issuers(t):
    """What the inputs hold of them; a part that has files of its own does not see the others'."""
    return t.file(GOOD + read(sample("root.pem")).decode(), ".pem")


def run_suite(name, namespace, missing, packages):
    """Every test; or, where programs are missing, a failure that names the packages. With
    --optional it is a skip."""
    packages = f"{packages} zstd".strip()
    missing = missing + ([] if shutil.which("zstd") else ["zstd"])
    what = f"install {packages} (as root: apt-get install --no-install-recommends {packages}; " \
           f"or ./bootstrap nightly); missing: {', '.join(missing)}"

    def test_programs(t):
        if "--optional" in sys.argv[1:]:
            t.skip(what)
            t.passed += 1  # a suite that checks nothing is a failure
        else:
            t.check(False, what)
    run_all(name, {"test_programs": test_programs} if missing else namespace)
