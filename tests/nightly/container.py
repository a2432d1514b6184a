#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""deploy/container: the image is built by buildah on a base that debootstrap made, and run as it
says: its user, its entry point, its root read-only, its volume, its health check, a stop.

usage: container.py      minutes, as root; needs debootstrap and buildah
"""
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[1:1] = [os.path.join(HERE, "..", name) for name in ("cli", "deploy")]
from containerfile_lib import Containerfile  # noqa: E402
from lib import ROOT, SAMPLES, read, suite  # noqa: E402
from roots import base, call, why_not  # noqa: E402

FILE = os.path.join(ROOT, "deploy", "container", "Containerfile")
SECONDS = 60


class Buildah:
    """Its store in a folder of ours."""

    def __init__(self, folder):
        self.options = ["--root", os.path.join(folder, "store"), "--runroot",
                        os.path.join(folder, "run"), "--storage-driver", "vfs"]

    def run(self, *words):
        return call(["buildah", *self.options, *words])

    def out(self, *words):
        status, out = self.run(*words)
        if status:
            raise RuntimeError(f"buildah {words}: {out[-2000:]}")
        return out.strip().split("\n")[-1]


def make_base(buildah, name, suite_name):
    """An image of that name whose files are a fresh Debian's."""
    container = buildah.out("from", "scratch")
    buildah.out("add", "--quiet", container, base(suite_name).path, "/")
    buildah.out("commit", "--quiet", container, name)
    buildah.out("rm", container)


class Running:
    """The image's files in namespaces of its own: loopback alone, the root read-only, what the
    image says of user and environment. A container engine does the same and more."""

    def __init__(self, root, config, volume, words):
        self.root, self.config, self.volume = root, config, volume
        self.process = subprocess.Popen(
            ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "sh", "-c",
             self.script(words)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)

    def script(self, words):
        root = shlex.quote(self.root)
        return (f"set -e; ip link set lo up; mount --bind {root} {root}; "
                f"mount -o remount,bind,ro {root}; mount -t proc proc {root}/proc; "
                f"mount --rbind /dev {root}/dev; "
                f"mount --bind {shlex.quote(self.volume)} {root}/var/lib/ctpolicy; "
                f"exec {enter(self.root, self.config, words)}")

    def inside(self, script):
        """In its network, by this machine's programs."""
        return call(["nsenter", "--target", self.child(), "--net", "--", "sh", "-c", script])

    def ask(self, words):
        """In all of it, as the engine's exec does."""
        return call(["nsenter", "--target", self.child(), "--net", "--mount", "--pid", "--", "sh",
                     "-c", enter(self.root, self.config, words)])

    def child(self):
        return read(f"/proc/{self.process.pid}/task/{self.process.pid}/children", "r").split()[0]


def enter(root, config, words):
    user, group = config["User"].split(":")
    pairs = " ".join(map(shlex.quote, config["Env"]))
    return (f"chroot --userspec={user}:{group} --groups={group} {shlex.quote(root)} "
            f"/usr/bin/env -i {pairs} " + " ".join(map(shlex.quote, words)))


def hold_config(t, config):
    last = Containerfile(FILE).stages[-1]
    t.equal(config["User"], last.one("USER"), "the user")
    t.equal(config["Entrypoint"] + config["Cmd"], last.exec("ENTRYPOINT") + last.exec("CMD"),
            "what it runs")
    t.check({"CTPOLICY_STATE_DIR=/var/lib/ctpolicy"} <= set(config["Env"]), "its environment")


def hold_service(t, root, config, volume):
    running = Running(root, config, volume, [*config["Entrypoint"], *config["Cmd"]])
    health = config["Healthcheck"]["Test"][1:]
    status, end = None, time.monotonic() + SECONDS
    while status != 0 and time.monotonic() < end and running.process.poll() is None:
        time.sleep(0.2)
        status, out = running.ask(health)
    if not t.check(status == 0, "it becomes healthy", running.process.poll()):
        print(running.process.communicate())
        return
    sample = shlex.quote(os.path.join(SAMPLES, "compliant.pem"))
    status, out = running.inside(
        "/usr/bin/python3 -c 'import sys, http.client as h; c = h.HTTPConnection(\"127.0.0.1\", 8080);"
        "c.request(\"POST\", \"/v1/evaluate\", sys.stdin.buffer.read(), "
        "{\"Content-Type\": \"application/x-pem-file\", \"Accept\": \"text/plain\"});"
        f"a = c.getresponse(); print(a.status, a.read().decode())' < {sample}")
    t.check(re.match(r"200 (PASS|FAIL): ", out), "it judges", out)
    status, out = running.ask(["/bin/sh", "-c", "id -u; touch /x /usr/bin/x /tmp/x; "
                               "touch /var/lib/ctpolicy/x && echo volume"])
    t.check(out.startswith("65532\n") and out.count("Read-only file system") == 3 and
            out.endswith("volume\n"), "not root, and nothing but the volume can be written", out)
    os.kill(int(running.child()), signal.SIGTERM)  # process 1 there
    log = running.process.communicate(timeout=SECONDS)[1]
    t.equal(running.process.returncode, 0, "SIGTERM ends it", log)
    t.has(log, "event=stopped", "... when all is done")


def main():
    with suite("container") as t:
        wrong = why_not("buildah", "nsenter", "ip")
        if wrong:
            t.skip(f"the container: {wrong}")
            t.check(True, "nothing to do")
            return
        file = Containerfile(FILE)
        buildah = Buildah(t.path())
        name = file.stages[0].base
        make_base(buildah, name, re.search(r"debian:(\w+)-slim", name)[1])
        status, out = buildah.run("build", "--pull-never", "--isolation", "chroot", "--format",
                                  "docker", "-f", FILE, "-t", "ctpolicy:test", ROOT)
        if not t.check(status == 0, "builds", out[-3000:]):
            return
        container = buildah.out("from", "--pull-never", "ctpolicy:test")
        config = json.loads(buildah.run("inspect", container)[1])["Docker"]["config"]
        hold_config(t, config)
        root, volume = buildah.out("mount", container), t.path()
        t.check(not os.path.exists(os.path.join(root, "usr/bin/gcc")), "nothing of the first stage")
        os.mkdir(volume)
        os.chown(volume, *map(int, config["User"].split(":")))
        hold_service(t, root, config, volume)
        buildah.run("umount", container)


main()
