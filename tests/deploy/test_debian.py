#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""deploy/debian: does it agree with the source that it packages? (tests/nightly/packages.py builds
and installs.)"""
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[1:1] = [os.path.join(HERE, "..", "cli")]
from lib import ROOT, read, run_all  # noqa: E402

DEBIAN = os.path.join(ROOT, "deploy", "debian", "debian")
MAKEFILE = read(os.path.join(ROOT, "Makefile"), "r")


def debian(name):
    return read(os.path.join(DEBIAN, name), "r")


def made(name):
    return re.search(rf"^{name} = (.*)$", MAKEFILE, re.M)[1]


def test_version(t):
    version = re.match(r"ctpolicy \(([^)]*)-\d+\) ", debian("changelog"))
    t.equal(version and version[1], made("VERSION"), "the changelog's version is the source's")
    t.equal(made("SONAME"), "libctpolicy.so.1", "the package is named after the soname")
    packages = re.findall(r"^Package: (.*)$", debian("control"), re.M)
    t.equal(packages, ["ctpolicy", "libctpolicy1", "libctpolicy-dev"], "the packages")


def test_symbols(t):
    header = read(os.path.join(ROOT, "include", "ctpolicy.h"), "r")
    functions = re.findall(r"^CTP_API [^(]*?\b(ctp_\w+)\(", header, re.M)
    text = debian("libctpolicy1.symbols")
    t.equal(text.splitlines()[0].split()[0], made("SONAME"), "of this library")
    t.equal(re.findall(r"^ (\w+)@Base", text, re.M), sorted(functions),
            "the functions of ctpolicy.h, each of them (libctpolicy1.symbols)")


def test_build_depends(t):
    """What ./bootstrap installs to build, but for what every Debian build has."""
    rows = re.search(r"^to_build\(\) \{.*?^END$", read(os.path.join(ROOT, "bootstrap"), "r"),
                     re.M | re.S)[0]
    names = re.findall(r"^([a-z0-9-]+-dev)\b", rows, re.M)
    t.check(len(names) > 4, "rows are found", names)
    for name in set(names) - {"libc6-dev"}:
        t.has(debian("control"), f"\n {name},\n", f"Build-Depends: {name}")
    t.equal([line for line in debian("control").splitlines() if len(line) > 80], [],
            "lines that lintian takes")


def test_options(t):
    known = {option for command in ("serve", "log-list refresh") for option in re.findall(
        r"^  --([a-z-]+)", t.run(*command.split(), "--help").text, re.M)}
    names = re.findall(r"\bCTPOLICY_([A-Z_]+)=", debian("ctpolicy.default") + debian("ctpolicy.cron.d"))
    t.check(len(names) > 4, "options are found", names)
    for name in names:
        t.check(name.lower().replace("_", "-") in known, f"CTPOLICY_{name} is an option")
    for line in debian("ctpolicy.default").splitlines():
        t.check(not line or re.match(r"#|\w+=\S*$", line), "as systemd reads it too", line)


run_all("debian", globals())
