# SPDX-License-Identifier: Apache-2.0
"""Fresh Debian systems in folders, made by debootstrap from where apt of this machine gets its
packages; plain, or booted with an init of their own.

They are kept in $CTPOLICY_TEST_ROOTS (default /var/tmp/ctpolicy-roots), so that the next run has
them at once; what a test changes is a copy.
"""
import contextlib
import os
import shutil
import subprocess
import time

from lib import clean_env

KEPT = os.environ.get("CTPOLICY_TEST_ROOTS") or "/var/tmp/ctpolicy-roots"
MINUTES = 60
SUITES = {"bookworm": "12", "trixie": "13"}
INSIDE = {"DEBIAN_FRONTEND": "noninteractive", "HOME": "/root",
          "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}


def why_not(*tools):
    """What is missing for all this, or None."""
    for tool in ("debootstrap", "unshare", "apt-get", *tools):
        if not shutil.which(tool, path=INSIDE["PATH"]):
            return f"there is no {tool}"
    if os.geteuid() != 0:
        return "it takes root"
    if subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"],
                      stderr=subprocess.DEVNULL, check=False).returncode:
        return "nobody may mount here"
    return None if mirror() else "apt of this machine has no Debian mirror"


def mirror():
    done = subprocess.run(["apt-get", "indextargets", "--format", "$(LABEL)|$(REPO_URI)",
                           "Created-By: Packages"], stdout=subprocess.PIPE, text=True, check=False)
    for line in done.stdout.splitlines():
        label, _, uri = line.partition("|")
        if label == "Debian":
            return uri
    return None


def call(command, seconds=MINUTES * 60, **kw):
    """Status, and what was printed."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace",
                          timeout=seconds, check=False, **kw)
    return done.returncode, done.stdout


class Root:
    def __init__(self, path):
        self.path = path

    def inside(self, *names):
        return os.path.join(self.path, *(name.lstrip("/") for name in names))

    def run(self, script, **env):
        """By its own sh, as root, with /proc and /dev: status and what was printed."""
        begin = ('mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && '
                 'exec chroot "$0" sh -c "$1"')
        return call(["unshare", "--mount", "--pid", "--fork", "sh", "-c", begin, self.path, script],
                    env={**INSIDE, "LC_ALL": "C.UTF-8", **env})

    def copy(self, path):
        subprocess.run(["cp", "-a", "--reflink=auto", self.path, path], check=True)
        return Root(path)


def base(suite):
    """A fresh one, which nobody may change."""
    path = os.path.join(KEPT, suite)
    if not os.path.isdir(path):
        os.makedirs(KEPT, exist_ok=True)
        shutil.rmtree(path + ".new", ignore_errors=True)
        status, out = call(["debootstrap", "--variant=minbase", suite, path + ".new", mirror()],
                           env={**clean_env(), **INSIDE})
        if status:
            raise RuntimeError(f"debootstrap {suite}: {out[-2000:]}")
        root = Root(path + ".new")
        for name in ("resolv.conf", "hosts"):
            if os.path.exists("/etc/" + name):
                shutil.copy("/etc/" + name, root.inside("etc", name))
        status, out = root.run("apt-get update -q")
        if status:
            raise RuntimeError(f"apt-get update in {suite}: {out[-2000:]}")
        os.rename(path + ".new", path)
    return Root(path)


class Booted:
    """A root with systemd as process 1, and no network but its own loopback."""

    def __init__(self, root):
        self.root, self.leader = root, None
        self.log = open(root.path + ".console", "wb")
        env = {**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"}
        self.process = subprocess.Popen(
            ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--private-network",
             "--boot", "-D", root.path, "-M", "ctpolicy-test"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, env=env)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()  # nspawn powers its system off
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(60)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def is_up(self, seconds=300):
        """Until its process 1 has started what it starts; False where it cannot be booted."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            self.leader = self.leader or self.find_leader()
            if self.leader and self.run("systemctl is-system-running")[1].strip() in (
                    "running", "degraded"):
                return True
            time.sleep(0.5)
        return False

    def find_leader(self):
        for name in os.listdir("/proc"):
            with contextlib.suppress(OSError, IndexError, ValueError):
                with open(f"/proc/{name}/stat") as file:
                    head, _, rest = file.read().rpartition(")")
                if int(rest.split()[1]) == self.process.pid and \
                        head.split("(", 1)[1].startswith(("systemd", "init", "(sd")):
                    return name
        return None

    def run(self, script):
        return call(["nsenter", "-t", self.leader, "-m", "-u", "-i", "-n", "-p", "--", "sh", "-c",
                     script], env={**INSIDE, "LC_ALL": "C.UTF-8"})

    def python(self, script):
        """By this machine's Python, in its network."""
        return call(["nsenter", "-t", self.leader, "-n", "--", "/usr/bin/python3", "-c", script])
