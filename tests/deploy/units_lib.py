# SPDX-License-Identifier: Apache-2.0
"""The units of deploy/systemd: what they say, and which system calls their filter lets through."""
import os
import re
import subprocess

from lib import ROOT, TIMEOUT, clean_env, read

DEPLOY = os.path.join(ROOT, "deploy")


def deployed(*names):
    return read(os.path.join(DEPLOY, *names), "r")


def execute(*args, env=None, **kw):
    """Any program: status, and what it printed."""
    done = subprocess.run(args, env=clean_env(env), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=TIMEOUT, **kw)
    return done.returncode, done.stdout


def setting(unit, name):
    return re.search(rf"^{name}=(.*)$", deployed("systemd", unit), re.M)[1]


def expand(group, known):
    """The system calls of @group, or the one call."""
    if not group.startswith("@"):
        return {group}
    if group not in known:
        known[group] = set()
        _, out = execute("systemd-analyze", "--no-pager", "syscall-filter", group)
        for word in out.split("\n")[1:]:
            word = word.strip()
            known[group] |= expand(word, known) if word.startswith("@") else \
                {word} if re.fullmatch(r"\w+", word) else set()
    return known[group]


def allowed_calls(unit):
    out, known = set(), {}
    for line in re.findall(r"^SystemCallFilter=(.*)$", deployed("systemd", unit), re.M):
        calls = set().union(*(expand(group, known) for group in line.lstrip("~").split()))
        out = out - calls if line.startswith("~") else out | calls
    return out


def traced_calls(path):
    """Of what strace -f -o wrote."""
    return set(re.findall(r"^\d+ +(?:<\.\.\. )?(\w+)(?:\(| resumed)", read(path, "r"), re.M))
