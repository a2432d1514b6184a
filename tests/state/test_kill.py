#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Kills refreshes at random moments: the folder opens at once, and the next one clears up.

usage: test_kill.py [KILLS [SEED]]

KILLS (200) times `kill -9` ends a refresh from list A to list B or back, by --force, in turn from a
file, from a fast server and from one that takes its time. At once a reader sees the old or the new
list; then the same refresh, undisturbed, ends with the new one, and nothing is left behind.
"""
import concurrent.futures
import random
import signal
import subprocess
import sys
import time

from state_lib import (BUNDLED, PASS, PROGRAM, Folder, World, checked, environment, run, shown)
from lib import suite
from server import Server, content, head

FILES = {"lock", "index", "index.previous", "history", "lists"}


def slow(body, pieces=8, pause=0.005):
    """Comes in pieces, so that a kill hits the middle of it."""
    def answer(connection, _request, server):
        connection.sendall(head(200, {"Content-Length": len(body)}))
        step = len(body) // pieces + 1
        for at in range(0, len(body), step):
            connection.sendall(body[at:at + step])
            server.sleep(pause)
    return answer


class Victim:
    """Refreshes of one folder from one kind of place, killed again and again."""

    def __init__(self, world, name, places, seed):
        self.lists, self.name, self.places = world.lists, name, places
        self.chance = random.Random(f"{seed} {name}")
        self.checks = []  # (good, what, detail): the suite counts in one thread
        self.folder = world.base.copy(world.scratch + "/" + name)
        self.old, self.new = world.lists["A"], world.lists["B"]
        self.older = [world.lists["O1"], world.lists["O2"]]
        self.kills = self.came_through = self.left = 0
        self.seconds = 0.05
        self.refresh()  # how long it takes, and both lists are known from here on

    def check(self, *result):
        self.checks.append(result)

    def args(self):
        return ["log-list", "refresh", "--force", "--state-dir", self.folder.path, "--url",
                self.places[self.new.name]]

    def turn(self):
        self.old, self.new = self.new, self.old

    def kill(self):
        """One refresh, killed. False where it was quicker."""
        victim = subprocess.Popen([PROGRAM, *self.args()], env=environment({}),
                                  stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        # The first half of a run is the loading of libraries.
        time.sleep(self.seconds * self.chance.betavariate(3, 1))
        victim.send_signal(signal.SIGKILL)
        killed = victim.wait() == -signal.SIGKILL
        self.kills += killed
        self.look(killed)
        return killed

    def look(self, killed):
        what = f"{self.name}, kill {self.kills}"
        one, problems = shown(self.folder, self.lists)
        by, more = checked(self.folder, self.lists)
        problems += more
        self.check(one in (self.old, self.new) and by == one and not problems,
                   f"{what}: {self.old} or {self.new} is shown",
                   f"{one}, {by} by check: {problems}")
        self.came_through += killed and one == self.new
        self.left += bool(self.leftovers())

    def leftovers(self):
        names = {name.partition("apple/")[2]: mode for name, mode in self.folder.files().items()}
        known = {"", *FILES, *("lists/" + one.sha256 + ".json.gz" for one in self.lists.values())}
        return {name: mode for name, mode in names.items()
                if name not in known or mode != (0o755 if name in ("", "lists") else 0o644)}

    def refresh(self):
        """To the end; the next one goes back."""
        what = f"{self.name}, after kill {self.kills}"
        began = time.monotonic()
        got = run(self.args())
        self.seconds = 0.8 * self.seconds + 0.2 * 1.1 * (time.monotonic() - began)
        self.check(got.status == PASS, f"{what}: the next refresh", got.messages)
        one, problems = shown(self.folder, self.lists)
        self.check(one == self.new and not problems, f"{what}: it ends with {self.new}",
                   f"{one}: {problems}")
        self.check(not self.leftovers(), f"{what}: nothing is left", self.leftovers())
        self.check(all(map(self.folder.has, [*self.older, self.old, self.new])),
                   f"{what}: all lists are there")
        self.turn()

    def disturb(self, kills):
        while self.kills < kills:
            self.kill()
            self.refresh()
        return self

    def __str__(self):
        return (f"{self.name}: {self.kills} kills, {self.came_through} of them behind the commit, "
                f"{self.left} times something was left")


def first(t, world, kills, chance):
    """Refreshes into nothing."""
    for i in range(kills):
        folder = Folder(f"{world.scratch}/first-{i}")
        victim = subprocess.Popen(
            [PROGRAM, "log-list", "refresh", "--state-dir", folder.path, "--url",
             world.lists["B"].path], env=environment({}), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0, 0.06))
        victim.kill()
        victim.wait()
        one, problems = shown(folder, world.lists)
        t.check(one in (BUNDLED, world.lists["B"]) and not problems, f"first, kill {i}",
                f"{one}: {problems}")
        folder.remove()


def main():
    numbers = list(map(int, sys.argv[1:]))
    kills, seed = (numbers + [200, None][len(numbers):])[:2]
    seed = random.SystemRandom().randrange(1 << 32) if seed is None else seed
    print(f"seed {seed}: {kills} kills", flush=True)
    with suite("kill-refresh") as t, Server() as server:
        world = World(t)
        lists = [world.lists["A"], world.lists["B"]]
        places = [
            ("file", {one.name: one.path for one in lists}),
            ("fast", {one.name: server.set("/" + one.name, content(one.text)) for one in lists}),
            ("slow", {one.name: server.set("/slow" + one.name, slow(one.text))
                      for one in lists})]
        first(t, world, kills // 10, random.Random(seed))
        left = kills - kills // 10
        with concurrent.futures.ThreadPoolExecutor(len(places)) as pool:
            for victim in pool.map(
                    lambda i: Victim(world, *places[i], seed).disturb(
                        left * (i + 1) // len(places) - left * i // len(places)),
                    range(len(places))):
                print(victim)
                for result in victim.checks:
                    t.check(*result)


main()
