#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The command line: options, environment, help, colours."""
import os
import pty
import re
import subprocess

from lib import (AT, FAIL, INPUT, LIST, LISTS, PASS, PROGRAM, ROOT, SAMPLES, TIMEOUT, USAGE,
                 clean_env, run_all, sample)

COMMANDS = {
    "check": ["issuer", "issuers", "roots", "private-root", "scts", "tls-scts", "ocsp", "precertificate", "at", "policy",
              "log-list", "state-dir", "client-age", "verifier", "format", "output", "strict",
              "connect", "starttls", "servername", "hosts", "timeout", "cacert", "jobs",
              "hostname", "pin", "pins"],
    "audit": ["issuers", "roots", "private-root", "at", "policy", "log-list", "state-dir", "client-age", "verifier",
              "format", "output", "strict", "fail-only", "input-format", "column",
              "issued-from", "issued-until", "issuer-name", "leaves-only", "dedupe", "shard", "jobs",
              "summary", "report", "checkpoint", "progress"],
    "audit-merge": ["summary", "report", "format", "output"],
    "log-list refresh": ["state-dir", "source", "url", "from-stdin", "timeout", "cacert",
                         "signature", "public-key", "hook", "force", "output"],
    "log-list show": ["source", "at", "state", "operator", "covers", "log-list", "state-dir", "max-age",
                      "format", "output"],
    "log-list diff": ["source", "log-list", "state-dir", "format", "output"],
    "log-list history": ["source", "log-list", "state-dir", "format", "output"],
    "log-list verify": ["state-dir", "source", "timeout", "cacert", "signature", "public-key",
                        "force", "output"],
    "log-list import": ["state-dir", "source", "force", "output"],
    "log-list export": ["source", "at", "log-list", "state-dir", "output"],
    "log-list prune": ["state-dir", "source", "keep-days", "output"],
    "plan": ["not-before", "not-after", "at", "policy", "survive", "log-list", "state-dir",
             "format", "output"],
    "policies": ["format", "output"],
    "pins": ["format", "output", "hostname", "pin", "pins", "at"],
}
# What answers by HTTP judges no files; its help is held against this.
SERVE = ["listen", "threads", "refresh-interval", "source", "url", "cacert", "timeout", "log-list",
         "state-dir", "issuers", "roots", "private-root", "verifier", "token-file",
         "admin-token-file", "max-body", "request-timeout", "idle-timeout", "drain-timeout",
         "max-connections", "max-connections-per-address", "max-in-flight", "max-batches",
         "log-format", "help"]
FLAGS = ["strict", "private-root", "fail-only", "leaves-only", "dedupe", "from-stdin", "force", "help"]
EVERY = sorted({o for options in COMMANDS.values() for o in options})
GOOD = sample("compliant.pem")
ESCAPE = b"\x1b["


def usage(t, args, *parts, env=None):
    """Wrong usage: exit 2, nothing on standard output, one line that helps."""
    result = t.run(*args, env=env)
    t.equal(result.status, USAGE, f"wrong usage: {args}", repr(result))
    t.equal(result.out, b"", f"nothing on standard output: {args}")
    t.equal(len(result.messages.splitlines()), 1, f"one line: {args}", repr(result))
    t.check(result.messages.startswith("ctpolicy: "), "says who speaks", repr(result))
    for part in parts:
        t.has(result.messages, part, f"message of {args}")


def test_contradiction(t):
    """What says two things about the roots is not judged, or served, by one of them."""
    both = ["--roots", sample("compliant.pem"), "--private-root"]
    for args in (["check", *both, GOOD], ["check", *both, "--connect", "127.0.0.1:1"], ["audit", *both, GOOD],
                 ["serve", *LIST, "--listen", "127.0.0.1:0", *both]):
        usage(t, args, "--roots beside --private-root: give one of them", "[bad_option]")


def test_help(t):
    for args in (["--help"], ["-h"], ["help"]):
        result = t.run(*args)
        t.equal(result.status, PASS, f"{args}", repr(result))
        for command in COMMANDS:
            t.has(result.text, command, f"{args} lists the commands")
    for command, options in COMMANDS.items():
        for args in (["--help"], ["-h"], ["--help", "--format"][:1] + [GOOD]):
            result = t.run(*command.split(), *args)
            t.equal(result.status, PASS, f"{command} {args}", repr(result))
        text = result.text
        for option in options + ["help"]:
            t.check(re.search(rf"^  --{option}(?![\w-])", text, re.M), f"{command}: --{option}")
        for option in set(EVERY) - set(options):
            t.check(not re.search(rf"^  --{option}(?![\w-])", text, re.M), f"{command}: no --{option}")
        t.has(text, f"usage: ctpolicy {command}", "usage")
        examples = text.split("\nExamples\n")[-1].splitlines()
        t.check(examples and all(f"ctpolicy {command}" in line or line.startswith("   ")
                                 for line in examples), f"{command}: examples", text)
        t.equal([line for line in text.splitlines() if len(line) > 80], [],
                f"{command}: 80 columns")
    served = t.run("serve", "--help").text
    t.equal(set(re.findall(r"^  --([a-z-]+)", served, re.M)), set(SERVE), "serve: its options")
    t.equal([line for line in served.splitlines() if len(line) > 80], [], "serve: 80 columns")
    for args in ([], ["--help"], ["log-list"], ["log-list", "--help"]):
        t.equal([line for line in t.run(*args).text.splitlines() if len(line) > 80], [],
                f"{args}: 80 columns")
    for command in ("check", "audit"):
        text = " ".join(t.run(command, "--help").text.split())
        for status in "012345":
            t.check(re.search(rf"\b{status} ", text),
                    f"{command} --help says what exit status {status} is")
        t.has(text, 'or "issuance": each as of its own', f"{command} --at")
    t.check("issuance" not in t.run("log-list", "show", "--help").text, "not for a list")
    for args, want in [([], USAGE), (["log-list"], USAGE), (["log-list", "--help"], PASS),
                       (["log-list", "help"], PASS), (["help", "log-list"], PASS),
                       (["help"], PASS)]:
        result = t.run(*args)
        t.equal(result.status, want, f"{args}", repr(result))
        t.has(result.text, "log-list import", f"{args} lists the commands")
        t.equal("judge certificates" in result.text, "log-list" not in args, f"{args}: its own")
    for command in COMMANDS:
        t.equal(t.run("help", *command.split()).out, t.run(*command.split(), "--help").out,
                f"help {command}")
    t.has(t.run("check", "--help").text, "text, json, ndjson or csv (default: text)", "formats")
    t.has(t.run("policies", "--help").text, "text or json (default: text)", "its own formats")
    result = t.run("--version")
    t.equal(result.status, PASS, "--version")
    t.check(re.fullmatch(r"ctpolicy \d+\.\d+\.\d+\n", result.text), "version", result.text)


def test_bootstrap(t):
    """The hints of ./bootstrap run, without building: 80 columns, and they do what they say."""
    path = os.path.join(ROOT, "bootstrap")
    with open(path) as file:
        script = file.read().split("\ncase ${1-} in")[0]
    script = script.replace("\t./ctpolicy $judge", "\t: $judge")
    script += "\njudge_sample\nport=8080\nsay_service\n"
    hints = subprocess.run(["sh", "-c", script, path], cwd=ROOT, stdout=subprocess.PIPE,
                           check=True).stdout.decode()
    t.equal([line for line in hints.splitlines() if len(line) > 80], [], "80 columns")
    hint = hints.replace("\\\n", " ").split("and why:\n")[1].splitlines()[0].split()
    t.equal(hint[0], "./ctpolicy", "a command")
    words = [os.path.join(SAMPLES, os.path.basename(word)) if "/" in word else word
             for word in hint[1:]]
    t.equal(t.run(*words).status, FAIL, f"one that fails: {hint}")


def test_examples(t):
    """The options that the examples use are options of the command."""
    for command, options in COMMANDS.items():
        examples = t.run(*command.split(), "--help").text.split("\nExamples\n")[-1]
        for line in examples.splitlines():
            used = re.findall(r"--([a-z-]+)", line.split("|")[0])
            t.equal(sorted(set(used) - set(options)), [], f"{command}: example {line}")


def test_wrong_words(t):
    check = ["check", *AT, *LIST]
    usage(t, ["chek", GOOD], "chek", '"check"')
    usage(t, ["log-list", "shaw"], '"log-list shaw"', '"log-list show"')
    usage(t, ["help", "chekc"], '"check"')
    usage(t, ["log-list", "shwo"], '"log-list show"')
    usage(t, [GOOD], "is a file", f"ctpolicy check {GOOD}")
    usage(t, ["nothing-like-it"], "--help")
    usage(t, ["polices"], '"policies"')
    usage(t, [*check, "--ishuer", "x", GOOD], "--ishuer", "--issuer", "--help")
    usage(t, [*check, "--log-lst=x", GOOD], "--log-list")
    usage(t, [*check, "-q", GOOD], "-q", "two dashes")
    usage(t, [*check, "-help", GOOD], "two dashes")
    usage(t, [*check, "--state", "usable", GOOD], "--state")
    usage(t, [*check, "--policy", "aple", GOOD], "aple", '"apple"')
    usage(t, [*check, "--policy", "apple_enforced", GOOD], '"apple-enforced"')
    usage(t, [*check, "--policy", "apple,", GOOD], '""')
    usage(t, [*check, "--policy", ",apple", GOOD], '""')
    usage(t, [*check, "--policy", "", GOOD], '""')
    usage(t, [*check, "--policy", "x" * 100, GOOD], "x" * 20)
    usage(t, [*check, "--format", "jsom", GOOD], "jsom", "json")
    usage(t, [*check, "--format", "", GOOD], "there is text, json, ndjson or csv")
    usage(t, [*check, "--format", "html", GOOD], "html")
    usage(t, [*check, "--verifier", "slow", GOOD], "slow", "auto", "reference")
    usage(t, [*check], "ctpolicy check --help")
    usage(t, ["policies", "appel"], '"apple"')
    usage(t, ["policies", "--format", "csv"], "csv")
    usage(t, ["log-list", "show", "--state", "usabel"], "usabel", "usable")
    usage(t, ["log-list", "show", "--state", "foo"], "pending, qualified, usable,")
    usage(t, ["log-list", "show", "--covers", "soon"], "--covers", "soon")
    usage(t, ["log-list", "show", GOOD], "--log-list")
    usage(t, ["log-list", "export", GOOD], "--log-list")
    usage(t, ["log-list", "import"], "--help")
    usage(t, ["log-list", "diff", "1", "2", "3"], "two lists")
    usage(t, ["log-list", "history"], "one log")
    usage(t, ["log-list", "history", "a", "b"], "one log")
    usage(t, ["audit-merge"], "summaries", "--summary", "standard input")
    usage(t, ["log-list", "update"], 'no command "log-list update" (see: ctpolicy log-list --help)')
    usage(t, ["log-list", "prun"], '"log-list prune"')
    usage(t, ["audit-merg"], '"audit-merge"')
    usage(t, ["log-list", "show", "--format", "ndjson"], "ndjson")


def test_values(t):
    for command, options in COMMANDS.items():
        for option in options:
            words = command.split()
            if option in ("url", "pin", "log-list"):
                continue  # mirrors, several pins, a list of each source
            if option in FLAGS:
                usage(t, [*words, f"--{option}", f"--{option}", GOOD], f"--{option}", "twice")
                usage(t, [*words, f"--{option}=yes", GOOD], f"--{option}", "no value")
                continue
            usage(t, [*words, f"--{option}", "a", f"--{option}=b", GOOD], f"--{option}",
                  "twice")
            usage(t, [*words, f"--{option}", "a", f"--{option}", "a", GOOD], f"--{option}",
                  "twice")
            usage(t, [*words, GOOD, f"--{option}"], f"--{option}", "value")
    forms = [["--at", AT[1], *LIST, GOOD], [f"--at={AT[1]}", f"--log-list={LIST[1]}", GOOD],
             [GOOD, *AT, *LIST], [*AT, *LIST, "--", GOOD]]
    outputs = {t.run("check", "--format", "json", *form).out for form in forms[:3]}
    outputs.add(t.run("check", "--format=json", *forms[3]).out)
    t.equal(len(outputs), 1, "--name value, --name=value, behind the file, before --")
    result = t.run("check", *AT, *LIST, "--", "--strict")
    t.equal(result.status, INPUT, "behind -- every word is a file", repr(result))


def test_bad_times(t):
    bad = ["", "yesterday", "2026-13-01", "2026-02-29", "2026-02-30T00:00:00Z", "2026-6-2",
           "2026-06-02T00:00:00", "2026-06-02T24:00:00Z", "2026-06-02T23:59:60Z",
           "2026-06-02T00:00Z", "20260602", "1780272180", "2026-06-02T00:00:00Z ",
           "2026-06-02T00:00:00+25:00", "2026-06-02T00:00:00.Z", "\u0662026-06-02",
           "2026-06-02T00:00:00ZZ", "Issuance", "x" * 500]
    for at in bad:
        usage(t, ["check", *LIST, "--at", at, GOOD], "--at")
    for at in bad:
        usage(t, ["log-list", "show", *LIST, "--covers", at], "--covers")
    usage(t, ["log-list", "show", *LIST, "--at", "issuance"], "--at")


def test_environment(t):
    """Every option is also CTPOLICY_ and its name in capitals; the command line wins."""
    want = t.run("check", *AT, *LIST, "--policy", "apple,apple-enforced", "--format", "json", GOOD).out
    env = {"CTPOLICY_AT": AT[1], "CTPOLICY_LOG_LIST": LIST[1], "CTPOLICY_POLICY": "apple,apple-enforced",
           "CTPOLICY_FORMAT": "json"}
    t.equal(t.run("check", GOOD, env=env).out, want, "options from the environment")
    other = {**env, "CTPOLICY_AT": "2030-01-01", "CTPOLICY_FORMAT": "csv"}
    t.equal(t.run("check", *AT, "--format", "json", GOOD, env=other).out, want,
            "the command line wins")
    empty = {**env, "CTPOLICY_VERIFIER": "", "CTPOLICY_OUTPUT": ""}
    t.equal(t.run("check", GOOD, env=empty).out, want, "an empty variable is none")
    usage(t, ["check", GOOD], "--at", env={**env, "CTPOLICY_AT": "never"})
    usage(t, ["check", GOOD], "csv", env={**env, "CTPOLICY_FORMAT": "xml"})
    stale = {**env, "CTPOLICY_AT": "2026-07-30T00:00:00Z"}
    t.equal(t.run("check", GOOD, env=stale).status, PASS, "without --strict")
    for off in ("0", "no", "false", ""):
        t.equal(t.run("check", GOOD, env={**stale, "CTPOLICY_STRICT": off}).status, PASS,
                f"CTPOLICY_STRICT={off}")
    usage(t, ["check", GOOD], "CTPOLICY_STRICT", env={**env, "CTPOLICY_STRICT": "perhaps"})
    t.equal(t.run("check", GOOD, env={**stale, "CTPOLICY_STRICT": "1"}).status, FAIL,
            "CTPOLICY_STRICT")
    output = t.path()
    t.equal(t.run("check", GOOD, env={**env, "CTPOLICY_OUTPUT": output}).out, b"",
            "CTPOLICY_OUTPUT")
    with open(output, "rb") as file:
        t.equal(file.read(), want, "is written")
    variables = {"ISSUER": t.path(), "ISSUERS": t.path(), "ROOTS": t.path(), "SCTS": t.path(),
                 "TLS_SCTS": t.path(), "OCSP": t.path(), "PRECERTIFICATE": t.path()}
    for name, value in variables.items():
        result = t.run("check", GOOD, env={**env, f"CTPOLICY_{name}": value})
        t.equal(result.status, INPUT, f"CTPOLICY_{name}", repr(result))
        t.has(result.messages, value, f"CTPOLICY_{name} is read")
    result = t.run("check", GOOD, env={**env, "CTPOLICY_LOG_LIST": t.path()})
    t.equal(result.status, LISTS, "CTPOLICY_LOG_LIST", repr(result))
    result = t.run("check", GOOD, env={**env, "CTPOLICY_STATE": "x", "CTPOLICY_HELP": "1"})
    t.equal(result.out, want, "options of other commands, and --help, are left alone")
    show = t.run("log-list", "show", *LIST, *AT, env={"CTPOLICY_STATE": "pending",
                                                      "CTPOLICY_FORMAT": "json"})
    t.equal(len(show.json()["logs"]), 1, "for every command")


def under_terminal(args, env):
    """Runs with standard output at a pseudo-terminal; (status, what came out)."""
    master, slave = pty.openpty()
    process = subprocess.Popen([PROGRAM, *args], stdin=subprocess.DEVNULL, stdout=slave,
                               stderr=slave, env=clean_env(env))
    os.close(slave)
    out = b""
    while True:
        try:
            data = os.read(master, 65536)
        except OSError:  # Linux says so when the last writer has closed
            break
        if not data:
            break
        out += data
    os.close(master)
    return process.wait(TIMEOUT), out


def test_misspelt(t):
    for args in (["--sumary=s.json"], ["--sumary", "s.json"]):
        result = t.run("audit", *args, sample("compliant.pem"))
        t.equal(result.status, USAGE, f"{args}", repr(result))
        t.has(result.messages, 'no option "--sumary" here; the nearest is --summary', "nearest")
    args = ["check", *AT, *LIST, sample("compliant.pem")]
    result = t.run(*args, env={"CTPOLICY_POLCY": "all", "CTPOLICY_LOGLIST": "x"})
    t.equal((result.status, result.out), (PASS, t.run(*args).out), "goes on", repr(result))
    for name, nearest in (("CTPOLICY_POLCY", "policy"), ("CTPOLICY_LOGLIST", "log-list")):
        t.has(result.messages, f"{name} in the environment is no option; the nearest is "
              f"--{nearest}\n", "a warning")
    t.equal(len(result.err.splitlines()), 2, "one each", repr(result))
    # Those of other commands are known, and those like none are somebody else's.
    result = t.run(*args, env={"CTPOLICY_SHARD": "1/2", "CTPOLICY_TEST_DATA": "x",
                               "CTPOLICY_SAMPLES": "x", "CTPOLICY": "x", "CTPOLICY_": "x"})
    t.equal((result.status, result.err), (PASS, b""), "quiet", repr(result))


def test_colours(t):
    args = ["check", *AT, *LIST, "--policy", "apple,apple-enforced"]
    term = {"TERM": "xterm-256color"}
    plain = t.run(*args, GOOD, env=term).out
    t.check(ESCAPE not in plain, "no colours in a pipe")
    status, out = under_terminal([*args, GOOD], term)
    t.equal(status, PASS, "under a terminal")
    t.check(ESCAPE in out, "colours at a terminal", repr(out[:200]))
    stripped = re.sub(rb"\x1b\[[0-9;]*m", b"", out).replace(b"\r\n", b"\n")
    t.equal(stripped, plain, "and nothing but colours is different")
    t.check(b"\x1b[0m" in out and out.count(ESCAPE) == 2 * out.count(b"\x1b[0m"),
            "every colour is ended")
    for name, env in [("NO_COLOR", {**term, "NO_COLOR": "1"}), ("TERM=dumb", {"TERM": "dumb"}),
                      ("no TERM", {})]:
        status, out = under_terminal([*args, GOOD], env)
        t.check(ESCAPE not in out and out.replace(b"\r\n", b"\n") == plain, name, repr(out))
    status, out = under_terminal([*args, GOOD], {**term, "NO_COLOR": ""})
    t.check(ESCAPE in out, "an empty NO_COLOR is none (no-color.org)")
    for form in ("json", "ndjson", "csv"):
        status, out = under_terminal([*args, "--format", form, GOOD], term)
        t.check(ESCAPE not in out, f"no colours in {form}")
    output = t.path()
    under_terminal([*args, "--output", output, GOOD], term)
    with open(output, "rb") as file:
        t.equal(file.read(), plain, "no colours in a file")
    status, out = under_terminal([*args, sample("operator-cap.pem"), t.path()], term)
    t.equal(status, INPUT, "errors under a terminal")
    t.check(b"\x1b[1;31m" in out, "failures in red")
    t.equal(out.count(b"[unreadable_input]"), 1, "an error is said once at a terminal")


run_all("options", globals())
