#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""deploy/cron, deploy/systemd and deploy/monitoring: are the files what cron and systemd take, do
they do what they say, and does the program take every command that a README names?"""
import os
import re
import shlex
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[1:1] = [os.path.join(HERE, "..", "cli"), os.path.join(HERE, "..", "fetch")]
import server  # noqa: E402
from lib import LISTS, PASS, PROGRAM, ROOT, read, run_all  # noqa: E402
from units_lib import DEPLOY, allowed_calls, deployed, execute, setting, traced_calls  # noqa: E402

REFRESH, TIMER, SERVICE = "ctpolicy-refresh.service", "ctpolicy-refresh.timer", "ctpolicy.service"
UNITS = [REFRESH, TIMER, SERVICE, "ctpolicy.socket"]
READMES = ["README.md"] + [f"deploy/{name}/README.md" for name in (
    "cron", "systemd", "monitoring", "issuance", "ejbca", "nginx", "debian", "container",
    "kubernetes")]


# A file of /etc/cron.d, as cron(8) of Debian reads it.

SETTING = re.compile(r"[A-Za-z_]\w*=\S*\Z")
RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))


def good_field(text, lowest, highest):
    for part in text.split(","):
        match = re.fullmatch(r"(?:\*|(\d+)(?:-(\d+))?)(?:/([1-9]\d*))?", part)
        if not match:
            return False
        numbers = [int(n) for n in match.groups()[:2] if n is not None]
        if numbers != sorted(numbers) or not all(lowest <= n <= highest for n in numbers):
            return False
    return True


def read_cron(text):
    """(settings, jobs as (user, command), what is wrong)."""
    settings, jobs, wrong = {}, [], []
    if not text.endswith("\n"):
        wrong.append("its last line has no end, so cron does without it")
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if SETTING.match(line):
            name, _, value = line.partition("=")
            settings[name] = value
            continue
        fields = line.split(None, 6)
        if len(fields) != 7 or not all(map(good_field, fields, *zip(*RANGES))):
            wrong.append(f"no job: {line}")
        elif re.search(r"(?<!\\)%", fields[6]):
            wrong.append(f"a percent sign ends the command: {line}")
        else:
            jobs.append((fields[5], fields[6]))
    return settings, jobs, wrong


def test_the_reader_of_cron_files(t):
    for line in ("17 24 * * * root x", "* * * * x y", "60 1 * * * root x", "x=y z",
                 "1-0 * * * * r x", "1 2 3 4 5 root date +%F", "*/0 * * * * root x",
                 "@daily root x"):
        t.check(read_cron(line + "\n")[2], f"refused: {line}")
    for line in ("*/5 0-7,22 1 * 7 root x y", "1 2 3 4 5 root date +\\%F", "A=", "A=b", "# %"):
        t.equal(read_cron(line + "\n")[2], [], f"taken: {line}")
    t.check(read_cron("A=b")[2], "a last line without an end")


def with_examples(text):
    """As if all that is commented out were not."""
    return re.sub(r"^#(?=\w+=|\d)", "", text, flags=re.M)


def test_cron_file(t):
    text = deployed("cron", "ctpolicy")
    settings, jobs, wrong = read_cron(text)
    t.equal(wrong, [], "the cron file")
    t.equal([user for user, _ in jobs], ["ctpolicy"], "one job, not by root")
    t.equal(sorted(settings), ["CTPOLICY_STATE_DIR", "MAILTO", "PATH", "SHELL"], "its settings")
    t.check("sleep" in jobs[0][1], "it waits at random first")
    settings, jobs, wrong = read_cron(with_examples(text))
    t.equal((wrong, len(jobs)), ([], 2), "with its examples taken in")
    known = options_of(t, "log-list refresh")
    for name in settings:
        if name.startswith("CTPOLICY_"):
            t.check("--" + name[9:].lower().replace("_", "-") in known, f"{name} is an option")
    t.check(not os.stat(os.path.join(DEPLOY, "cron", "ctpolicy")).st_mode & 0o022,
            "cron takes no file that others may write to")


def test_cron_job(t):
    """Its command by its shell, two nights; what it prints is the mail."""
    settings, jobs, _ = read_cron(deployed("cron", "ctpolicy"))
    folder = t.path()
    os.mkdir(folder)
    with open(os.path.join(folder, "sleep"), "w") as file:
        file.write('#!/bin/sh\n'
                   'test "$#" = 1 && test "$1" -ge 0 && test "$1" -le 3600 || echo "$@"\n')
    os.chmod(os.path.join(folder, "sleep"), 0o755)
    os.symlink(PROGRAM, os.path.join(folder, "ctpolicy"))
    new = t.run("log-list", "export").out
    with server.Server() as there:
        url = there.set("/list", server.content(new), server.content(new), server.status(404))
        env = {**settings, "PATH": folder + ":" + settings["PATH"], "CTPOLICY_URL": url,
               "CTPOLICY_STATE_DIR": t.path()}
        nights = [execute(settings["SHELL"], "-c", jobs[0][1], env=env) for _ in range(3)]
    t.check(nights[0][0] == PASS and nights[0][1].startswith("Taken: "), "the first", nights[0])
    t.equal(nights[1], (PASS, ""), "nothing new, nothing to mail")
    t.check(nights[2][0] == LISTS and "[fetch_status]" in nights[2][1] and
            nights[2][1].count("\n") == 1, "a failure: one line", nights[2])


# systemd.

def test_units(t):
    if not shutil.which("systemd-analyze"):
        t.skip("units: there is no systemd-analyze")
        return
    folder = t.path()
    os.mkdir(folder)
    for name in UNITS:
        with open(os.path.join(folder, name), "w") as file:
            file.write(deployed("systemd", name).replace("/usr/local/bin/ctpolicy", PROGRAM))
    paths = [os.path.join(folder, name) for name in UNITS]
    status, out = execute("systemd-analyze", "--man=no", "verify", *paths)
    t.check(status == 0 and "ctpolicy" not in out, "systemd-analyze verify", out)
    status, out = execute("systemd-analyze", "--no-pager", "--offline=yes", "--threshold=15",
                          "security", paths[0], paths[2])
    if "--offline" in out or "--threshold" in out:
        t.skip("how much the service may do: this systemd-analyze cannot say it of a file")
    else:
        t.check(status == 0, "systemd-analyze security: 1.5 at most", out)
    status, out = execute("systemd-analyze", "calendar", setting(TIMER, "OnCalendar"))
    t.equal(status, 0, "when the timer runs", out)


def test_unit_settings(t):
    t.equal(setting(REFRESH, "ExecStart"), "/usr/local/bin/ctpolicy log-list refresh",
            "ExecStart")
    t.equal(setting(REFRESH, "Environment"),
            "CTPOLICY_STATE_DIR=/var/lib/" + setting(REFRESH, "StateDirectory"),
            "the folder that systemd makes is the one that is used")
    t.equal(setting(REFRESH, "StateDirectoryMode"), "0755", "others read the lists")
    t.check("DynamicUser" not in deployed("systemd", UNITS[0]), "... and get to them")
    t.equal(setting(TIMER, "Persistent"), "true", "a night missed is made up for")
    t.equal(setting(SERVICE, "ExecStart"), "/usr/local/bin/ctpolicy serve", "the service")
    for name in ("Environment", "User", "StateDirectory", "StateDirectoryMode", "UMask"):
        t.equal(setting(SERVICE, name), setting(REFRESH, name), f"{name}: both share the folder")
    drain = re.search(r"--drain-timeout TIME .*?default:\s+(\d+)s",
                      t.run("serve", "--help").text, re.S)[1]
    t.check(int(setting(SERVICE, "TimeoutStopSec").rstrip("s")) > int(drain), "time to drain")


def traced(t, *args):
    """The system calls of a run and of what it starts."""
    log = t.path()
    status, out = execute("strace", "-f", "-qq", "-o", log, PROGRAM, *args)
    return status, traced_calls(log)


def test_system_calls(t):
    """The service's filter lets through what a refresh does: take, find nothing new, fail, run
    a hook."""
    if not shutil.which("systemd-analyze") or not shutil.which("strace"):
        t.skip("system calls: there is no systemd-analyze, or no strace")
        return
    allowed, state = allowed_calls(REFRESH), t.path()
    t.check({"openat", "connect", "execve"} <= allowed and not {"mount", "ptrace"} & allowed,
            "the filter is read", len(allowed))
    lists = [t.file(t.run("log-list", "export", "--at", at).out) for at in ("2026-01-01", "now")]
    with server.Server() as there:
        url = there.set("/list", server.content(read(lists[1])))
        for want, more in ((PASS, ["--url", lists[0]]),
                           (PASS, ["--url", url, "--hook", "sh -c 'cat > /dev/null'"]),
                           (PASS, ["--url", url]),
                           (LISTS, ["--url", url.replace("list", "none").replace(
                               "127.0.0.1", "localhost"), "--timeout", "1"])):
            status, calls = traced(t, "log-list", "refresh", "--state-dir", state, *more)
            if not calls:
                t.skip("system calls: strace may not look at processes here")
                return
            t.equal((status, calls - allowed), (want, set()), f"allowed: refresh {more[0]}")


# Monitoring.

def test_monitoring_plugin(t):
    folder = t.path()
    os.mkdir(folder)
    os.symlink(PROGRAM, os.path.join(folder, "ctpolicy"))
    env = {"PATH": folder + ":" + os.environ["PATH"]}
    plugin = os.path.join(DEPLOY, "monitoring", "check_ct_log_list")
    for days, want, word in (("36500", 0, "LOG LIST OK"), ("0", 2, "LOG LIST CRITICAL"),
                             ("x", 3, "[bad_option]")):
        status, out = execute(plugin, days, env=env)
        t.check(status == want and word in out and out.count("\n") == 1, f"{days} days: {want}",
                (status, out))


# Documents.

COMMAND = re.compile(r"(?:^|[\s(`'=\"])(?:\./|/usr/local/bin/)?"
                     r"ctpolicy((?: log-list)? [a-z][a-z-]*)((?: +[^`\n]*)?)", re.M)


def options_of(t, command):
    result = t.run(*command.split(), "--help")
    t.check(result.status == PASS and result.text.startswith(f"usage: ctpolicy {command} "),
            f"{command} is a command", repr(result))
    return set(re.findall(r"^  (--[a-z-]+)", result.text, re.M))


def code_of(text):
    """What stands in blocks and between backticks."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.M | re.S)
    rest = re.sub(r"^```\w*\n.*?^```", "", text, flags=re.M | re.S)
    return "\n".join(blocks + re.findall(r"`([^`]+)`", rest.replace("\\|", "|")))


def commands_of(text):
    """(command, its options) of each call of the program."""
    for match in COMMAND.finditer(code_of(text).replace("\\\n", " ")):
        line = re.split(r"[|;&<>)\"#]|\s'|'$", match[2])[0]
        yield match[1].strip(), re.findall(r"(?<!\S)--[a-z-]+", line)


def test_documents(t):
    known, num = {}, 0
    for name in READMES:
        for command, options in commands_of(read(os.path.join(ROOT, name), "r")):
            if command not in known:
                known[command] = options_of(t, command)
            t.check(set(options) <= known[command], f"{name}: ctpolicy {command} takes {options}")
            num += 1
    t.check(num > 30 and {"log-list refresh", "log-list show"} <= set(known), "all are found", num)


def test_codes(t):
    """The README explains whatever code a refresh may end with, or the service answer."""
    rows = re.split(r"^// ", read(os.path.join(ROOT, "src/base/codes.def"), "r"), flags=re.M)
    groups = ("Fetching a log list", "The state folder", "The service")
    codes = [code for row in rows if row.startswith(groups)
             for code in re.findall(r'^CODE\(\w+,\s*"(\w+)"', row, re.M)]
    text = read(os.path.join(ROOT, "README.md"), "r")
    tables = re.findall(r"^\| code of a .*?\n\n", text, re.M | re.S)
    first_cells = re.findall(r"^\|([^|]*)\|", "".join(tables), re.M)
    said = set(re.findall(r"`(\w+)`", "".join(first_cells)))
    t.check(len(codes) > 10 and set(codes) <= said, "explained", set(codes) - said)
    guards = set(re.findall(r"CODE_(\w+), GUARD_", read(
        os.path.join(ROOT, "src/loglist/list_guard.c"), "r")))
    t.check(len(guards) > 10 and {code.lower() for code in guards} <= said, "explained",
            {code.lower() for code in guards} - said)
    t.equal(said - t.codes, set(), "all of them exist")


def test_installed(t):
    """Where packages put them, with the path of the program."""
    into, env = t.path(), {"PYTHON": sys.executable}
    build = os.path.dirname(PROGRAM)
    status, out = execute("make", "-s", "--no-print-directory", "install", f"DESTDIR={into}",
                          "PREFIX=/usr", f"BUILD={os.path.join(ROOT, 'build') if build == ROOT else build}",
                          env=env, cwd=ROOT)
    share = os.path.join(into, "usr/share/ctpolicy")
    t.equal(status, 0, "make install", out)
    for unit, command in ((REFRESH, "log-list refresh"), (SERVICE, "serve")):
        t.has(read(os.path.join(share, "systemd", unit), "r"),
              f"\nExecStart=/usr/bin/ctpolicy {command}\n", "ExecStart")
    for name in ("issuance/ctpolicy-preissue", "ejbca/ctpolicy-ejbca"):
        t.check(os.access(os.path.join(share, name), os.X_OK), name)
    t.check(os.path.isfile(os.path.join(share, "nginx/ctpolicy.conf")), "nginx")
    t.equal(read(os.path.join(share, "cron/ctpolicy"), "r"), deployed("cron", "ctpolicy"), "cron")
    t.check(os.access(os.path.join(share, "monitoring/check_ct_log_list"), os.X_OK), "the check")


run_all("deploy", globals())
