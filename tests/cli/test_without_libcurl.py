#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""libcurl is loaded where something is fetched, and nothing else needs it."""
import os
import subprocess

from lib import AT, FAIL, LIST, LISTS, PASS, PROGRAM, run_all, sample

NOWHERE = "https://127.0.0.1:1/list.json"


def libraries():
    """What the program is linked with: names, and where they are."""
    out = subprocess.run(["ldd", PROGRAM], capture_output=True, text=True).stdout
    return dict(line.split()[::2][:2] for line in out.splitlines() if "=>" in line)


def with_libcurl(folder):
    """An environment in which the first libcurl is the one in `folder`."""
    return {"LD_LIBRARY_PATH": ":".join(filter(None, [folder,
                                                      os.environ.get("LD_LIBRARY_PATH")]))}


def without_libcurl(t):
    folder = t.path()
    os.mkdir(folder)
    open(os.path.join(folder, "libcurl.so.4"), "w").close()
    return with_libcurl(folder)


def with_another_library(t):
    folder = t.path()
    os.mkdir(folder)
    os.symlink(libraries()["libjansson.so.4"], os.path.join(folder, "libcurl.so.4"))
    return with_libcurl(folder)


def test_not_linked(t):
    names = libraries()
    t.check("libjansson.so.4" in names, "ldd tells", str(names))
    t.equal([name for name in names if "curl" in name], [], "not linked")


def test_fetching(t):
    for env, why in ((without_libcurl(t), "libcurl.so.4: file too short; "),
                     (with_another_library(t), "libcurl.so.4 has no curl_")):
        for args in (["refresh", "--url"], ["verify"]):
            result = t.run("log-list", *args, NOWHERE, "--state-dir", t.path(), env=env)
            t.equal(result.status, LISTS, "exit status", repr(result))
            t.equal(result.out, b"", "no result", repr(result))
            for part in (why, "install libcurl4 (7.88 or later) or give the list as a file",
                         "[fetch_unavailable]\n"):
                t.has(result.messages, part, "says what to do")


def test_the_rest(t):
    env, state = without_libcurl(t), ["--state-dir", t.path()]
    exported = t.run("log-list", "export", env=env)
    file = t.file(exported.out)
    for args, stdin in ((["refresh", "--from-stdin", *state], exported.out),
                        (["refresh", "--url", file, *state], b""),
                        (["refresh", "--url", NOWHERE, "--url", "file://" + file, *state], b""),
                        (["verify", file, *state], b"")):
        result = t.run("log-list", *args, stdin=stdin, env=env)
        t.equal(result.status, PASS, f"without libcurl: {args}", repr(result))
        t.equal(result.messages.count("[fetch_unavailable]"), args.count(NOWHERE),
                "said of what needed it alone", repr(result))
    for name, want in (("compliant.pem", PASS), ("operator-cap.pem", FAIL)):
        result = t.run("check", *AT, *LIST, sample(name), env=env)
        t.equal(result.status, want, f"check {name}", repr(result))


run_all("without_libcurl", globals())
