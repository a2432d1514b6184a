#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Do --help, the manual pages, the completions, the README, openapi.json and INTERFACE.md name the
same commands, options and calls? The pages and completions of the build are read (CTPOLICY_DOCS,
default build/docs/share), by the programs that will read them where they are installed."""
import glob
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[1:1] = [os.path.join(HERE, "..", "cli")]
from lib import ROOT, TIMEOUT, clean_env, loads, read, run_all  # noqa: E402
from shells_lib import Zsh, bash_completions, fish_completions  # noqa: E402

DOCS = os.path.abspath(os.environ.get("CTPOLICY_DOCS")
                       or os.path.join(ROOT, "build", "docs", "share"))
BASH = os.path.join(DOCS, "bash-completion/completions/ctpolicy")
ZSH = os.path.join(DOCS, "zsh/site-functions/_ctpolicy")
FISH = os.path.join(DOCS, "fish/vendor_completions.d/ctpolicy.fish")
INTERFACE = os.path.join(ROOT, "..", "shared", "INTERFACE.md")

# What INTERFACE.md fixes, because other programs read it.
JUDGING = ["issuers", "at", "policy", "log-list", "client-age", "verifier", "format", "output",
           "strict"]
FIXED = {
    "check": [*JUDGING, "issuer", "tls-scts", "ocsp", "connect", "state-dir"],
    "audit": [*JUDGING, "jobs", "fail-only", "summary", "report", "checkpoint", "progress",
              "shard", "dedupe", "state-dir"],
    "serve": ["listen", "threads", "refresh-interval", "max-body", "request-timeout",
              "token-file", "admin-token-file", "log-list", "state-dir"],
    "log-list refresh": ["url", "timeout", "source", "hook", "force", "state-dir"],
    "log-list show": ["format", "log-list", "state-dir"],
    "log-list diff": ["log-list", "state-dir"],
    "log-list history": ["log-list", "state-dir"],
    "log-list verify": ["state-dir"],
    "log-list import": ["state-dir"],
    "log-list prune": ["state-dir"],
    "plan": ["not-before", "not-after"],
    "policies": [],
    "pins": [],
    "audit-merge": [],
}
FIXED_CALLS = ["POST /v1/evaluate", "POST /v1/evaluate/batch", "POST /v1/plan",
               "GET /v1/log-list", "GET /v1/logs", "GET /v1/logs/{log_id}",
               "POST /v1/log-list/refresh", "GET /livez", "GET /readyz", "GET /metrics",
               "GET /version", "GET /openapi.json", "GET /schema/{name}", "GET /"]
# Named there, and not built yet.
TO_COME = set()


def unwrapped(text):
    return " ".join(text.split())


class Help:
    """What --help says of a command."""

    def __init__(self, t, name):
        self.name = name
        self.text = t.run(*name.split(), "--help").text
        self.options = {}  # name: (value or None, meaning)
        rows = re.search(r"^Options .*?\n(.*?)(?:\n\n|\Z)", self.text, re.M | re.S)[1]
        for row in re.split(r"^  (?=--)", rows, flags=re.M)[1:]:
            head = re.match(r"--([a-z-]+)(?: (\S+))?(?:  +|\n +)(.*)", row, re.S)
            self.options[head[1]] = (head[2], unwrapped(head[3]))
        # "--help", and other flags, have two spaces at least behind them.
        self.examples = self.text.split("\nExamples\n")[1:]


def helps(t):
    names = re.findall(r"^  ([a-z-]+(?: [a-z-]+)?)  +\S", t.run("--help").text, re.M)
    t.check(len(names) > 10 and "check" in names, "--help names the commands", names)
    return {name: Help(t, name) for name in names}


# Manual pages.

def plain(roff):
    """The text of a line in roff, without its fonts."""
    for what, by in (("\\fB", ""), ("\\fI", ""), ("\\fR", ""), ("\\-", "-"), ("\\(aq", "'"),
                     ("\\(ga", "`"), ("\\(ha", "^"), ("\\(ti", "~"), ("\\&", ""),
                     ("\\e", "\\")):
        roff = roff.replace(what, by)
    return roff


def sections(page):
    """Its text by the sections' names."""
    parts = re.split(r"^\.SH (.*)\n", page, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def terms(section):
    """The terms of a section, each with what is said of it."""
    out = {}
    for part in re.split(r"^\.TP\n", section, flags=re.M)[1:]:
        head, _, rest = part.partition("\n")
        rest = re.split(r"^\.(?:SS|PP)", rest, flags=re.M)[0]
        out[plain(head)] = unwrapped(plain(rest))
    return out


def page(name, section=1):
    return read(os.path.join(DOCS, f"man/man{section}", f"{name}.{section}"), "r")


def without_ticks(text):
    return text.replace("`", "")


def test_command_pages(t):
    known = helps(t)
    for name, command in known.items():
        parts = sections(page("ctpolicy-" + name.replace(" ", "-")))
        want = {f"--{o}" + (f" {value}" if value else ""): without_ticks(meaning)
                for o, (value, meaning) in command.options.items()}
        t.equal(terms(parts["OPTIONS"]), want, f"{name}: the options of its page")
        t.equal(list(terms(parts["OPTIONS"])), list(want), f"{name}: in this order")
        usage = command.text.splitlines()[0].replace("usage: ", "")
        t.equal(unwrapped(plain(parts["SYNOPSIS"])), usage, f"{name}: synopsis")
        said = unwrapped(plain(parts["DESCRIPTION"]))
        first = without_ticks(unwrapped(command.text.split("\n\n")[1])).split(" Exit status")[0]
        t.check(said.startswith(first), f"{name}: description", (said, first))
        for text in command.examples:
            t.has(unwrapped(plain(parts["EXAMPLES"])), unwrapped(text), f"{name}: examples")
        for status in re.findall(r"(?:^Exit status:|;)\s+(\d+) ", command.text, re.M):
            t.has(list(terms(parts["EXIT STATUS"])), status, f"{name}: exit status")
    pages = {os.path.basename(path)[:-2] for path in glob.glob(os.path.join(DOCS, "man/man1/*"))}
    groups = {n.split()[0] for n in known if " " in n}
    for group in groups:
        own = [n for n in known if n.startswith(group + " ")]
        t.equal(list(terms(sections(page("ctpolicy-" + group))["COMMANDS"])), own,
                f"{group}: the index of its commands")
        pages.discard("ctpolicy-" + group)
    for name, command in known.items():
        said = plain(sections(page("ctpolicy-" + name.replace(" ", "-")))["ENVIRONMENT"])
        example = re.search(r"CTPOLICY_([A-Z_]+) is --([a-z-]+)", unwrapped(said).replace("`", ""))
        t.check(example and example[2] in command.options, f"{name}: an option of its own", said)
    t.equal(pages, {"ctpolicy"} | {"ctpolicy-" + n.replace(" ", "-") for n in known}, "no others")
    parts = sections(page("ctpolicy"))
    t.equal(list(terms(parts["COMMANDS"])), list(known), "ctpolicy(1): the commands")
    variables = {"CTPOLICY_" + o.upper().replace("-", "_"): o
                 for c in known.values() for o in c.options if o != "help"}
    said = {term.split()[0]: text for term, text in terms(parts["ENVIRONMENT"]).items()}
    t.equal(set(said) - {"NO_COLOR"}, set(variables), "ctpolicy(1): the variables")
    for variable, option in variables.items():
        t.equal(said.get(variable, "").split(", "),
                [name for name, c in known.items() if option in c.options], variable)
    t.equal(list(terms(parts["EXIT STATUS"])), list("012345"), "ctpolicy(1): exit status")


def declared():
    return re.findall(r"^CTP_API .*?(ctp_\w+)\(",
                      read(os.path.join(ROOT, "include/ctpolicy.h"), "r"), re.M)


def test_library_page(t):
    header = read(os.path.join(ROOT, "include/ctpolicy.h"), "r")
    text = page("libctpolicy", 3)
    parts = sections(text)
    t.check(len(declared()) > 10, "functions are found", declared())
    for name in declared():
        t.has(unwrapped(plain(parts["NAME"])), name, "the page's names")
        t.check(re.search(rf"{name}\(", plain(parts["DECLARATIONS"])), f"{name} is declared there")
        t.equal(os.path.realpath(os.path.join(DOCS, f"man/man3/{name}.3")),
                os.path.join(os.path.realpath(DOCS), "man/man3/libctpolicy.3"), f"{name}(3)")
    said = unwrapped(plain(text))
    comments = [line[3:] for line in header.split("#define CTP_VERSION")[1].splitlines()
                if line.startswith("// ")]
    for line in comments:
        t.has(said, unwrapped(line).replace("`", ""), "what the header says")
    for name in re.findall(r"^\t(CTP_\w+),", header, re.M):
        t.has(said, name, "its enumerators")


def described_calls():
    paths = loads(read(os.path.join(ROOT, "src/serve/openapi.json")))["paths"]
    return {f"{method.upper()} {path}": operation for path, item in paths.items()
            for method, operation in item.items() if method in ("get", "post", "put", "delete")}


def test_rest_page(t):
    calls = described_calls()
    body = sections(page("ctpolicy-rest", 7))["CALLS"]
    parts = re.split(r'^\.SS "(.*)"\n', body, flags=re.M)
    said = dict(zip(map(plain, parts[1::2]), parts[2::2]))
    t.equal(list(said), list(calls), "ctpolicy-rest(7): the calls of openapi.json")
    for name, operation in calls.items():
        t.has(unwrapped(plain(said[name])), without_ticks(unwrapped(operation["summary"])), name)
        t.check(set(operation["responses"]) <= set(terms(said[name])), f"{name}: its answers",
                list(terms(said[name])))


def lint(t, tool, *command):
    """What it finds wrong with each page, by its own name in the folder of all of them."""
    if not shutil.which(tool):
        t.skip(f"manual pages by {tool}: it is not here")
        return
    for path in sorted(glob.glob(os.path.join(DOCS, "man/man*/*"))):
        if os.path.islink(path):
            continue
        done = subprocess.run([*command, path], stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=TIMEOUT,
                              env=clean_env({"MANROFFSEQ": "", "MAN_KEEP_STDERR": "1"}))
        wrong = done.stdout + done.stderr if tool == "mandoc" else done.stderr
        t.equal((done.returncode, wrong), (0, ""), f"{tool}: {os.path.basename(path)}")


def test_pages_by_mandoc(t):
    lint(t, "mandoc", "mandoc", "-T", "lint")


def test_pages_by_groff(t):
    lint(t, "groff", "groff", "-man", "-Tutf8", "-wall", "-Kutf8")


# Completions.

def words_of(value):
    """What a value of --help lets one choose from, where it is a choice."""
    return value.split("|") if value and re.fullmatch(r"[a-z0-9-]+(\|[a-z0-9-]+)+", value) else []


def hold_completions(t, shell, known, complete):
    """`complete` gives what the shell offers behind a command line."""
    groups = {name.split()[0] for name in known if " " in name}
    offered = {word for word in complete("ctpolicy ") if not word.startswith("-")}
    t.equal(offered, {name.split()[0] for name in known}, f"{shell}: commands")
    for group in groups:
        offered = {word for word in complete(f"ctpolicy {group} ") if not word.startswith("-")}
        t.equal(offered, {name.split()[1] for name in known if name.startswith(group + " ")},
                f"{shell}: {group}")
    for name, command in known.items():
        t.equal({word.rstrip("=") for word in complete(f"ctpolicy {name} --")},
                {f"--{option}" for option in command.options}, f"{shell}: options of {name}")
        for option, (value, meaning) in command.options.items():
            words = words_of(value)
            if option == "format":
                words = re.findall(r"[a-z]+", meaning.split(" (")[0].replace(" or ", " "))
            if words:
                t.equal(set(complete(f"ctpolicy {name} --{option} ")), set(words),
                        f"{shell}: {name} --{option}")
    t.equal(complete("ctpolicy log-list show --state ret"), ["retired"], f"{shell}: a state")
    names = {p["name"] for p in t.run("policies", "--format", "json").json()}
    t.equal(set(complete("ctpolicy check --policy ")), names | {"all"},
            f"{shell}: policies")
    for line in ("ctpolicy check READ", "ctpolicy check --issuer READ",
                 "ctpolicy check --strict READ"):
        t.equal(complete(line), ["README.md"], f"{shell}: files")
    t.equal(complete("ctpolicy check --at 20"), [], f"{shell}: a time is not a file")


def test_bash(t):
    if not shutil.which("bash"):
        t.skip("bash: it is not here")
        return
    hold_completions(t, "bash", helps(t), lambda line: bash_completions(BASH, line))
    t.equal(bash_completions(BASH, "ctpolicy check --format =", "js"), ["json"], "bash: --format=js")
    t.equal(bash_completions(BASH, "ctpolicy check --policy apple,al"), ["apple,all"],
            "bash: a list with commas")


def test_fish(t):
    if not shutil.which("fish"):
        t.skip("fish: it is not here")
        return
    hold_completions(t, "fish", helps(t), lambda line: fish_completions(FISH, line))


def test_zsh(t):
    if not shutil.which("zsh"):
        t.skip("zsh: it is not here")
        return
    known = helps(t)
    text = read(ZSH, "r")
    parts = re.split(r"^\t\('(.*)'\)$", text, flags=re.M)
    said = {name: set(re.findall(r"^\t\t\t'\*?--([a-z-]+)=?\[", part, re.M))
            for name, part in zip(parts[1::2], parts[2::2])}
    for name, command in known.items():
        t.equal(said.get(name), set(command.options), f"zsh: options of {name}")
    t.equal(set(said) - set(known), {name.split()[0] for name in known if " " in name},
            "zsh: commands")
    with Zsh(os.path.dirname(ZSH), ROOT) as zsh:
        for name, command in known.items():
            own = name.split()[-1]
            rest = [n.split()[-1] for n in known if n != name and n.startswith(name[:-len(own)])]
            if not any(other.startswith(own) for other in rest):
                t.equal(zsh.complete(f"ctpolicy {name}"[:-1] if len(own) > 5 else
                                     f"ctpolicy {name}"), name, f"zsh: {name}")
        for typed, want in (("check --veri", "check --verifier"),
                            ("check --verifier=f", "check --verifier=fast"),
                            ("log-list show --state ret", "log-list show --state retired"),
                            ("policies apple-e", "policies apple-enforced"),
                            ("check --issuer READ", "check --issuer README.md"),
                            ("check --strict LICEN", "check --strict LICENSE"),
                            ("log-list refresh --url x --ur", "log-list refresh --url x --url")):
            t.equal(zsh.complete("ctpolicy " + typed), want, f"zsh: {typed}")


# The README, and what INTERFACE.md fixes.

def test_readme(t):
    known = helps(t)
    text = read(os.path.join(ROOT, "README.md"), "r")
    every = {option for command in known.values() for option in command.options}
    # Those of other programs stand behind their names, or a space that is not ours.
    named = set(re.findall(r"(?<![\w-])--([a-z][a-z-]*[a-z])", text))
    foreign = {"no-install-recommends", "now", "cflags", "libs", "system", "home-dir", "shell",
               "data-binary", "unix-socket", "pinnedpubkey"}
    t.equal(named - every - foreign, set(), "the README names options that there are")
    t.equal(every - named, {"help"} - named, "... and each of them")
    for name in known:
        t.check(re.search(rf"(?<![\w-]){re.escape(name.split()[-1])}(?![\w-])", text),
                f"README: {name}")
    cells = re.findall(r"^\|([^|]*)\|", text, re.M)
    said = {re.sub(r"\?.*", "", call) for cell in cells
            for call in re.findall(r"`((?:GET|POST) /[^`]*)`", cell)}
    for call in described_calls():
        name = re.escape(re.sub(r"\{.*", "", call))
        t.check(any(re.fullmatch(name + (r"[\w.]*" if "{" in call else ""), one) for one in said),
                f"README: {call}", sorted(said))


def is_there(t, name, there, what):
    t.check(there or name in TO_COME, f"{what}, which INTERFACE.md names", name)


def test_interface(t):
    known, calls = helps(t), described_calls()
    for name, options in FIXED.items():
        is_there(t, name, name in known, "the command")
        for option in options:
            if name in known:
                is_there(t, f"--{option}", option in known[name].options, f"{name}'s option")
    for call in FIXED_CALLS:
        is_there(t, call, call in calls, "the call")


def test_interface_itself(t):
    """The document's own words, where it is at hand: the lists above are what it names."""
    if not os.path.isfile(INTERFACE):
        t.skip("INTERFACE.md is not here")
        return
    text = read(INTERFACE, "r")
    cli = text.split("\n## CLI\n")[1].split("\n## ")[0]
    commands = set()
    for line in re.findall(r"^ctpolicy (.*)", cli, re.M):
        words = line.split()
        if words[0].startswith("-") or words[0] == "COMMAND":
            continue
        commands |= {f"{words[0]} {own}" for own in words[1].split("|")} \
            if "|" in words[1] else {words[0]}
    t.equal(commands, set(FIXED), "its commands")
    options = set(re.findall(r"--([a-z][a-z-]*)", cli)) - {"help", "version"}
    t.equal(options, {o for own in FIXED.values() for o in own}, "its options")
    rest = text.split("\n## REST\n")[1]
    named = set()
    for cell in re.findall(r"^\| (`(?:GET|POST) [^|]*)\|", rest, re.M):
        method = "GET"
        for word in re.findall(r"`([^`]*)`", cell):
            parts = word.split()
            method, path = (parts[0], parts[1]) if len(parts) > 1 else (method, parts[0])
            path = re.sub(r"\?.*", "", path).replace("*.json", "{name}")
            named.add(f"{method} {path}")
    t.equal(named, set(FIXED_CALLS), "its calls")


run_all("pages", globals())
