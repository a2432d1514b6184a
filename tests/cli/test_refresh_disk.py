#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A disk that is full, or a file that may not grow, at each write of a refresh: status 4, one
line, and the state before or after it, never a part of it."""
import os
import shutil
import subprocess

from lib import LISTS, PASS, PROGRAM, run_all
from refresh_lib import GOOD, State, in_threads, newer, no_coverage, sha256, text_of

OLD, NEW = sha256(text_of(GOOD)), sha256(text_of(newer()))
LIMITS = [0, 1, 20, 40, 41, 100, 300, 500, 600, 700, 800, 900, 1000, 1200, 1500, 2000, 2500, 2800,
          2900, 3000, 5000, 7000, 7500, 8000, 10000, 20000]
# In blocks of 4 KB, as a tmpfs has them.
BLOCKS = range(0, 16)
# In a mount namespace of its own, which ends with it: whatever happens, nothing stays mounted.
SCRIPT = """
mount -t tmpfs -o size=256k none "$1" && cp -a "$2/." "$1" || exit 99
head -c 1000000 /dev/zero > "$1/filler" 2>/dev/null
truncate -s "-$3" "$1/filler" || exit 99
"$4" log-list refresh --state-dir "$1" --url "$5"
status=$?
rm "$1/filler"
cp -a "$1/." "$6"
exit $status
"""


def check(t, result, state, what):
    """Nothing, or all of it. Whatever of a list is there, the next run clears."""
    if result.status == PASS:
        t.equal(state.index().in_hand, NEW, f"{what}: taken")
    else:
        state.fails("output_failed", result, what)
        t.equal(state.show()["sha256"], OLD, f"{what}: the last good list is in force")
        t.check(state.index().is_whole, f"{what}: the index is whole")
    state.refresh(t.file(text_of(newer()), ".json"), what=f"{what}: then there is room")
    t.equal(state.show()["sha256"], NEW, f"{what}: then it is in force")
    state.check_whole(what)
    return result.status


def base_state(t):
    state = State(t)
    state.takes(GOOD)
    return state


def test_limit(t):
    """ulimit -f, which sends a signal as well."""
    prlimit = shutil.which("prlimit")
    if not prlimit:
        t.skip("files that may not grow: needs prlimit")
        return
    base, file, seen = base_state(t), t.file(text_of(newer()), ".json"), set()

    def one(limit):
        state = base.copy()
        result = t.run(f"--fsize={limit}", PROGRAM, "log-list", "refresh", "--state-dir", state,
                       "--url", file, program=prlimit, env=no_coverage(t))
        seen.add(check(t, result, state, f"files of {limit} bytes"))
    in_threads(one, [(limit,) for limit in LIMITS])
    t.equal(seen, {PASS, LISTS}, "some limits are enough, and others are not")


def test_full(t):
    """A disk with room for so many blocks and no more."""
    unshare = shutil.which("unshare")
    can = unshare and os.geteuid() == 0 and subprocess.run(
        [unshare, "-m", "sh", "-c", "mount -t tmpfs none /mnt"], check=False,
        stderr=subprocess.DEVNULL).returncode == 0
    if not can:
        t.skip("a full disk: needs a tmpfs of its own")
        return
    base, file, seen = base_state(t), t.file(text_of(newer()), ".json"), set()

    def one(blocks):
        what, disk = f"{blocks} blocks left", t.path()
        os.mkdir(disk)
        state = State(t)
        os.mkdir(state.path)
        result = t.run("-m", "sh", "-c", SCRIPT, "sh", disk, base, 4096 * blocks, PROGRAM, file,
                       state, program=unshare)
        if not t.check(result.status != 99, f"{what}: a tmpfs", repr(result)):
            return
        seen.add(check(t, result, state, what))
    in_threads(one, [(blocks,) for blocks in BLOCKS])
    t.equal(seen, {PASS, LISTS}, "some room is enough, and other is not")


def test_first(t):
    """The very first one, on a disk that takes nothing: then as if nothing had been."""
    prlimit = shutil.which("prlimit")
    if not prlimit:
        t.skip("files that may not grow: needs prlimit")
        return
    file = t.file(text_of(newer()), ".json")
    for limit in LIMITS:
        state = State(t)
        result = t.run(f"--fsize={limit}", PROGRAM, "log-list", "refresh", "--state-dir", state,
                       "--url", file, program=prlimit, env=no_coverage(t))
        if result.status == PASS:
            continue
        what = f"first, files of {limit} bytes"
        state.fails("output_failed", result, what)
        t.equal(state.show()["source"], "bundled", f"{what}: the program's own is in force")
        state.refresh(file, what=what)
        t.equal(state.show()["sha256"], NEW, f"{what}: then it is taken")
        state.check_whole(what)


def test_output_full(t):
    """What changed cannot be written: said, but the list is taken."""
    if not os.path.exists("/dev/full"):
        t.skip("no /dev/full")
        return
    state = base_state(t)
    with open("/dev/full", "wb") as full:
        result = t.run("log-list", "refresh", "--state-dir", state, "--url",
                       t.file(text_of(newer())), stdout=full)
    t.equal((result.status, result.err.count(b"\n")), (3, 1), "the output is full", repr(result))
    t.check(result.messages.endswith(" [output_failed]\n"), "is said")
    t.equal(state.show()["sha256"], NEW, "the list is taken")


run_all("refresh_disk", globals())
