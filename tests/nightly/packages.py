#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The Debian packages in fresh roots of Debian 12 and 13: they build there, lintian finds nothing,
and they are installed, started by systemd, asked, upgraded, removed and purged, with no edit of
any file; also where there is no systemd.

usage: packages.py [SUITE...]      minutes, as root; needs debootstrap and systemd-container
"""
import glob
import os
import re
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[1:1] = [os.path.join(HERE, "..", "cli")]
from lib import ROOT, SAMPLES, read, suite  # noqa: E402
from roots import SUITES, Booted, base, why_not  # noqa: E402

DEBIAN = os.path.join(ROOT, "deploy", "debian")
VERSION = re.search(r"^VERSION = (.*)$", read(os.path.join(ROOT, "Makefile"), "r"), re.M)[1]
INSTALL = "apt-get install -q -y --no-install-recommends"
OPTIONS = "/etc/default/ctpolicy"
# GET or POST on the service's port, until it answers.
ASK = """
import http.client, sys, time
for _ in range(600):
    try:
        connection = http.client.HTTPConnection("127.0.0.1", 8080, timeout=60)
        connection.request({method!r}, {path!r}, body={body!r}, headers={headers!r})
        answer = connection.getresponse()
        print(answer.status, answer.read().decode())
        break
    except OSError:
        time.sleep(0.1)
"""


def ask(booted, path, body=None, **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return booted.python(ASK.format(method="POST" if body else "GET", path=path, body=body,
                                    headers=headers))[1].strip()


class Packages:
    """What one Debian builds: revision 1, and 2 to upgrade to."""

    def __init__(self, t, name, folder, tarball):
        self.t, self.name, self.folder = t, name, folder
        self.root = base(name).copy(os.path.join(folder, "build"))
        os.mkdir(self.root.inside("/src"))
        shutil.copy(tarball, self.root.inside("/src"))
        shutil.copy(os.path.join(DEBIAN, "build.sh"), self.root.inside("/src"))
        self.tarball = "/src/" + os.path.basename(tarball)

    def good(self, what, result):
        return self.t.check(result[0] == 0, f"{self.name}: {what}", result[1][-3000:])

    def build(self):
        """By what debian/control says that it takes, and nothing else."""
        prepared = self.good("what it takes to build", self.root.run(
            f"{INSTALL} build-essential && cd /src && tar -xzf {self.tarball} && "
            f"cp -r ctpolicy-{VERSION}/deploy/debian/debian ctpolicy-{VERSION}/ && "
            f"apt-get build-dep -q -y --no-install-recommends ./ctpolicy-{VERSION}"))
        if not prepared:
            return False
        result = self.root.run(f"/src/build.sh {VERSION} {self.tarball} /src/1")
        # Debian 13's own libraries are diverted while they move to /usr.
        self.t.equal(re.findall(r"^(?!.*diversions involved).*warning: .*$", result[1], re.M), [],
                     f"{self.name}: warnings of the build")
        if not self.good("builds", result):
            return False
        return self.good("builds the next revision", self.root.run(
            f"/src/build.sh {VERSION} {self.tarball} /src/2", REVISION="2",
            DPKG_BUILDPACKAGE="--build=binary", DEB_BUILD_OPTIONS="nocheck"))

    def lint(self):
        self.good("lintian is installed", self.root.run(f"{INSTALL} lintian"))
        status, out = self.root.run("lintian --allow-root --fail-on error,warning /src/1/*.changes")
        self.t.check(status == 0 and not re.search(r"^[EW]: ", out, re.M),
                     f"{self.name}: lintian", out)

    def library(self):
        """A program is built with libctpolicy-dev, and runs with libctpolicy1."""
        self.good("the library's packages", self.root.run(
            f"{INSTALL} /src/1/libctpolicy1_*.deb /src/1/libctpolicy-dev_*.deb"))
        shutil.copytree(SAMPLES, self.root.inside("/src/samples"))
        status, out = self.root.run(
            f"cc -o /src/embed /src/ctpolicy-{VERSION}/tests/embed/embed.c "
            "$(pkg-config --cflags --libs ctpolicy) && ldd /src/embed && "
            "/src/embed /src/samples/compliant.pem /src/samples/log_list.json 2026-06-01T12:00:00Z")
        self.t.check(status == 0 and "libctpolicy.so.1 => /" in out, f"{self.name}: embedded", out)

    def deb(self, revision, package="ctpolicy"):
        path, = glob.glob(self.root.inside(f"/src/{revision}/{package}_*.deb"))
        return path

    def fresh(self, what):
        root = base(self.name).copy(os.path.join(self.folder, what))
        for revision in "12":
            shutil.copy(self.deb(revision), root.inside(f"/{revision}.deb"))
        shutil.copytree(SAMPLES, root.inside("/samples"))
        return root


def test_without_systemd(t, packages):
    """A machine without an init: nothing fails, cron has the refresh, purge leaves nothing."""
    root, name = packages.fresh("plain"), packages.name
    packages.good("installs without systemd", root.run(f"{INSTALL} /1.deb"))
    t.check(not os.path.exists(root.inside("/usr/bin/systemctl")), f"{name}: there is no systemd")
    before = set(root.run("cat /var/lib/dpkg/info/ctpolicy.list")[1].split())
    t.check({"/etc/cron.d/ctpolicy", "/usr/bin/ctpolicy"} <= before, f"{name}: its files")
    status, out = root.run("ctpolicy check --log-list /samples/log_list.json "
                           "--at 2026-06-01T12:00:00Z /samples/compliant.pem")
    t.check(status == 0 and out.startswith("PASS: "), f"{name}: it judges", out)
    packages.good("its own list, as another night's", root.run(
        "ctpolicy log-list export --output /list.json"))
    line = read(root.inside("/etc/cron.d/ctpolicy"), "r").splitlines()[-1]
    user, command = line.split(None, 6)[5:]
    t.equal(user, "ctpolicy", f"{name}: cron's user")
    script = command.replace("sleep ", ": ")
    status, out = root.run(f"su -s /bin/sh {user} -c 'export CTPOLICY_STATE_DIR=/var/lib/ctpolicy "
                           f"CTPOLICY_URL=/list.json; {script}'")
    t.check(status == 0 and out.startswith("Taken: "), f"{name}: cron's job", out)
    t.check(os.path.exists(root.inside("/var/lib/ctpolicy/apple/index")), f"{name}: its state")
    packages.good("removed", root.run("apt-get remove -q -y ctpolicy"))
    t.check(os.path.exists(root.inside("/var/lib/ctpolicy/apple/index")), f"{name}: state stays")
    t.equal(root.run(f"su -s /bin/sh {user} -c '{script}'"), (0, ""), f"{name}: cron's job ends")
    packages.good("purged", root.run("apt-get purge -q -y ctpolicy"))
    left = [path for path in ("/etc/cron.d/ctpolicy", OPTIONS, "/var/lib/ctpolicy",
                              "/usr/share/ctpolicy", "/etc/systemd/system/multi-user.target.wants/"
                              "ctpolicy.service") if os.path.lexists(root.inside(path))]
    t.equal(left, [], f"{name}: nothing is left")


def state_of(booted):
    return booted.run("cd /var/lib/ctpolicy && find . -type f | sort | xargs sha256sum")[1]


def hold_installed(t, name, booted):
    """As the package leaves it, without an edit of any file."""
    t.equal(booted.run("systemctl is-active ctpolicy.service ctpolicy-refresh.timer; "
                       "systemctl is-enabled ctpolicy.service ctpolicy-refresh.timer")[1].split(),
            ["active"] * 2 + ["enabled"] * 2, f"{name}: the service and the timer are on")
    t.has(booted.run("systemctl list-timers --no-pager")[1], "ctpolicy-refresh.timer",
          f"{name}: the next night is planned")
    ready = ask(booted, "/readyz")
    t.check(ready.startswith("200 "), f"{name}: ready on 127.0.0.1:8080", ready)
    chain = read(os.path.join(SAMPLES, "compliant.pem"))
    answer = ask(booted, "/v1/evaluate", chain, Content_Type="application/x-pem-file",
                 Accept="text/plain")
    t.check(re.match(r"200 (PASS|FAIL): ", answer), f"{name}: it judges", answer)
    t.equal(booted.run("systemctl show -p User --value ctpolicy.service; "
                       "stat -c '%U %a' /var/lib/ctpolicy")[1].split(),
            ["ctpolicy", "ctpolicy", "755"], f"{name}: not as root")
    status, out = booted.run("systemd-analyze --no-pager --threshold=15 security "
                             "ctpolicy.service ctpolicy-refresh.service")
    t.check(status == 0, f"{name}: systemd-analyze security: 1.5 at most", out[-300:])


def hold_refresh(t, name, booted):
    """The timer's service, with a list at hand for a place that cannot be reached here."""
    booted.run("ctpolicy log-list export --output /srv/list.json; "
               f"echo CTPOLICY_URL=/srv/list.json >> {OPTIONS}")
    status, out = booted.run("systemctl start ctpolicy-refresh.service; s=$?; "
                             "journalctl --no-pager -u ctpolicy-refresh; exit $s")
    t.check(status == 0 and "Taken: " in out, f"{name}: the refresh", out)
    found, end = "", time.monotonic() + 120
    while '"fetched_at":"' not in found and time.monotonic() < end:
        time.sleep(1)
        found = ask(booted, "/v1/log-list")
    t.check('"fetched_at":"20' in found, f"{name}: the service has the new list", found)


def test_with_systemd(t, packages):
    name = packages.name
    root = packages.fresh("booted")
    # Everything that comes over the network, and nothing of ours.
    packages.good("systemd", root.run(f"{INSTALL} systemd systemd-sysv dbus adduser && "
                                      f"{INSTALL} --download-only /1.deb"))
    with Booted(root) as booted:
        if not booted.is_up():
            t.skip(f"{name}: systemd cannot be booted here: "
                   + read(root.path + ".console").decode("utf-8", "replace")[-500:])
            return
        if not packages.good("installs", booted.run(f"{INSTALL} /1.deb")):
            return
        hold_installed(t, name, booted)
        hold_refresh(t, name, booted)
        state, options = state_of(booted), read(root.inside(OPTIONS))
        pid = booted.run("systemctl show -p MainPID --value ctpolicy.service")[1]
        packages.good("upgrades", booted.run("apt-get install -q -y /2.deb"))
        t.has(booted.run("dpkg-query -W -f '${Version}' ctpolicy")[1], f"{VERSION}-2",
              f"{name}: the new version")
        t.equal((state_of(booted), read(root.inside(OPTIONS))), (state, options),
                f"{name}: state and options stay")
        t.check(ask(booted, "/readyz").startswith("200 "), f"{name}: ready again")
        t.check(booted.run("systemctl show -p MainPID --value ctpolicy.service")[1] != pid,
                f"{name}: the new program runs")
        t.check("apple/index" in state, f"{name}: there was a state", state)
        packages.good("removed", booted.run("apt-get remove -q -y ctpolicy"))
        t.equal(state_of(booted), state, f"{name}: removed: the state stays")
        t.equal(booted.run("grep -lsx ctpolicy /proc/[0-9]*/comm")[1], "", f"{name}: ended")
        packages.good("purged", booted.run("apt-get purge -q -y ctpolicy"))
        left = booted.run("find /etc /var/lib /lib/systemd /usr/share -path '*ctpolicy*' "
                          "-not -path '/var/lib/dpkg/*'")[1]
        t.equal(left, "", f"{name}: nothing is left")
        t.equal(booted.run("systemctl --failed --no-legend --plain | grep ctpolicy")[1], "",
                f"{name}: nothing failed")


def main():
    with suite("packages") as t:
        wrong = why_not("systemd-nspawn", "nsenter")
        if wrong:
            t.skip(f"packages: {wrong}")
            t.check(True, "nothing to do")
            return
        build = t.path()
        done = subprocess.run(["make", "-s", "--no-print-directory", "dist", f"BUILD={build}"],
                              cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
        tarball = done.stdout.split()[-1]
        for name in sys.argv[1:] or SUITES:
            folder = t.path()
            os.mkdir(folder)
            packages = Packages(t, name, folder, tarball)
            if packages.build():
                packages.lint()
                packages.library()
                test_without_systemd(t, packages)
                test_with_systemd(t, packages)
            shutil.rmtree(folder, ignore_errors=True)


main()
