#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""make dist: the same bytes wherever it is made, and from them the same program in any folder,
without git."""
import filecmp
import os
import shutil
import subprocess
import sys
import tarfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[1:1] = [os.path.join(HERE, "..", "cli")]
from lib import PROGRAM, ROOT, clean_env, read, run_all  # noqa: E402

BUILT = os.path.dirname(PROGRAM)
MINUTES = 20 * 60  # a whole build, on a machine that has other things to do
# Of `make check`: what its own build was made with.
VARIABLES = [f"{name}={os.environ[name]}" for name in ("CC", "OPTIMIZE") if name in os.environ]


def make(folder, *words, env=None):
    done = subprocess.run(["make", "-s", "--no-print-directory", *VARIABLES, *words], cwd=folder,
                          env=clean_env(env), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=MINUTES, check=False)
    return done.returncode, done.stdout


def dist(t, folder, env=None):
    """The tarball of `folder`."""
    status, out = make(folder, "dist", f"BUILD={t.path()}", env=env)
    t.check(status == 0, "make dist", out)
    return out.split()[-1]


def unpacked(t, tarball, folder):
    os.makedirs(folder)
    with tarfile.open(tarball) as tar:
        tar.extractall(folder)
    name, = os.listdir(folder)
    t.check(os.path.basename(tarball) == name + ".tar.gz", "one folder, with its name", name)
    return os.path.join(folder, name)


def test_tarball(t):
    """Read, unpacked and packed again: nothing of the place or the clock is in it."""
    first = dist(t, ROOT)
    with tarfile.open(first) as tar:
        members = tar.getmembers()
    names = [member.name for member in members]
    t.equal(names, sorted(names), "sorted")
    t.equal({(m.uid, m.gid, m.uname, m.gname) for m in members}, {(0, 0, "", "")}, "root's")
    t.equal(len({m.mtime for m in members}), 1, "of one time")
    t.equal({m.mode for m in members} - {0o644, 0o755}, set(), "modes")
    inside = {name.split("/", 1)[1] for name in names}
    t.check({"Makefile", "README.md", "bootstrap", "src/app/main.c"} <= inside, "the source")
    t.equal([n for n in inside if n.startswith(("build/", "tests/samples/", ".git/"))], [],
            "nothing that is built")
    if os.path.isdir(os.path.join(ROOT, ".git")) and shutil.which("git"):
        tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, stdout=subprocess.PIPE, text=True,
                                 check=True).stdout.split("\n")
        t.equal(inside, set(filter(None, tracked)), "what git tracks")
    again = dist(t, unpacked(t, first, os.path.join(t.path(), "another folder")))
    t.check(filecmp.cmp(first, again, shallow=False), "packed again where git is not: equal")
    later = dist(t, ROOT, env={"SOURCE_DATE_EPOCH": "1800000000"})
    with tarfile.open(later) as tar:
        t.equal({m.mtime for m in tar.getmembers()}, {1800000000}, "SOURCE_DATE_EPOCH")


def test_failure(t):
    """A step that fails leaves no tarball, not even half of one, and is told."""
    folder = t.path()
    os.makedirs(os.path.join(folder, "bin"))
    for step in ("tar", "gzip"):
        fake = os.path.join(folder, "bin", step)
        with open(fake, "w", encoding="ascii") as file:
            file.write("#!/bin/sh\nprintf half\nexit 2\n")
        os.chmod(fake, 0o755)
        path = os.path.join(folder, "a.tar.gz")
        done = subprocess.run([os.path.join(ROOT, "deploy", "dist.sh"), "a", path], check=False,
                              env=clean_env({"PATH": f"{folder}/bin:{os.environ['PATH']}"}),
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600)
        t.check(done.returncode != 0, f"{step} fails: told", done.stdout)
        t.equal(os.listdir(folder), ["bin"], f"{step} fails: nothing is left")
        os.remove(fake)


def built(t, suffix):
    """A build from the tarball in a folder of its own; None where it fails."""
    folder = unpacked(t, dist(t, ROOT), t.path(suffix))
    t.check(not os.path.exists(os.path.join(folder, ".git")), "no git")
    status, out = make(folder, f"-j{os.cpu_count()}", "all")
    return folder if t.check(status == 0, "make all", out) else None


def differing(one, other):
    return [name for name in ("ctpolicy", "libctpolicy.so.1", "docs/share/man/man1/ctpolicy.1")
            if not filecmp.cmp(os.path.join(one, name), os.path.join(other, name), shallow=False)]


def test_program(t):
    """Built in a folder with another name: byte for byte what was built here. And it is the
    whole tree: documents, library, samples, tests."""
    folder = built(t, "-a-longer-name")
    if not folder:
        return
    build = os.path.join(folder, "build")
    if differing(BUILT, build):
        # Objects here may be older than the Makefile's flags: so it is built a second time.
        other = built(t, "")
        t.equal(other and differing(os.path.join(other, "build"), build), [], "equal")
    else:
        t.check(True, "equal")
    t.check(folder.encode() not in read(os.path.join(build, "ctpolicy")), "no path in it")
    for test in ("cli/test_options.py", "deploy/test_pages.py"):
        done = subprocess.run([sys.executable, os.path.join(folder, "tests", test)], cwd=folder,
                              env=clean_env(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=MINUTES, check=False)
        t.check(done.returncode == 0, f"its tests/{test}", done.stdout)


run_all("dist", globals())
