# SPDX-License-Identifier: Apache-2.0
"""Completions as the shells themselves make them from our files."""
import os
import pty
import re
import select
import shlex
import shutil
import subprocess
import tempfile
import time

from lib import ROOT, TIMEOUT, clean_env


def asked(command):
    done = subprocess.run(command, cwd=ROOT, env=clean_env({"HOME": "/nonexistent"}), text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=TIMEOUT, check=False)
    return [line for line in done.stdout.split("\n") if line] + \
        [f"error: {line}" for line in done.stderr.split("\n") if line]


def bash_completions(path, line, *last):
    """`last`: a further word, where bash cuts words at "="."""
    words = shlex.split(line) + ([""] if line.endswith(" ") else []) + list(last)
    script = (f"set -u; source {shlex.quote(path)}\n"
              f"COMP_WORDS=({' '.join(map(shlex.quote, words))}); COMP_CWORD={len(words) - 1}\n"
              "_ctpolicy\n"
              '[ "${#COMPREPLY[@]}" -eq 0 ] || printf "%s\\n" "${COMPREPLY[@]}"\n')
    return asked(["bash", "--norc", "-c", script])


def fish_completions(path, line):
    script = f"source {shlex.quote(path)}; complete -C {shlex.quote(line)}"
    return [row.split("\t")[0] for row in asked(["fish", "--no-config", "-c", script])]


class Zsh:
    """One at a pseudo-terminal. A line is typed, completed and run: the program is a function
    here, which says its words."""

    def __init__(self, functions, folder):
        self.home = tempfile.mkdtemp(prefix="ctpolicy-zsh-")
        master, slave = pty.openpty()
        self.master = master
        env = clean_env({"HOME": self.home, "ZDOTDIR": self.home, "TERM": "dumb"})
        self.process = subprocess.Popen(["zsh", "-f", "-i"], stdin=slave, stdout=slave,
                                        stderr=slave, cwd=folder, env=env,
                                        start_new_session=True)
        os.close(slave)
        self.type(f"PS1=; unsetopt prompt_sp beep; fpath=({shlex.quote(functions)} $fpath);"
                  "autoload -U compinit; compinit -u -D; "
                  "ctpolicy() { print -r -- \"got=$*=got\" }; print beg''un\n", "begun")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        os.close(self.master)
        shutil.rmtree(self.home, ignore_errors=True)

    def type(self, text, until):
        os.write(self.master, text.encode())
        out, end = "", time.monotonic() + TIMEOUT
        while until not in out and time.monotonic() < end:
            if select.select([self.master], [], [], 0.5)[0]:
                out += os.read(self.master, 65536).decode("utf-8", "replace")
        return out

    def complete(self, line):
        """What the program is called with when TAB and ENTER follow the line."""
        found = re.findall(r"got=(.*?)=got", self.type(line + "\t\n", "=got"))
        return found[-1] if found else None
