# SPDX-License-Identifier: Apache-2.0
"""Reads a Containerfile into its stages."""
import json
import re

from lib import read

KNOWN = {"RUN", "COPY", "ENV", "VOLUME", "USER", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK",
         "ENTRYPOINT", "CMD"}


class Stage:
    def __init__(self, base, name):
        self.base, self.name, self.steps = base, name, []

    def all(self, word):
        return [rest for first, rest in self.steps if first == word]

    def one(self, word):
        rest, = self.all(word)
        return rest

    def exec(self, word):
        """The command that runs without a shell."""
        return json.loads(self.one(word)[self.one(word).index("["):])

    @property
    def environment(self):
        return dict(pair.split("=", 1) for rest in self.all("ENV") for pair in rest.split())


class Containerfile:
    def __init__(self, path):
        text = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", read(path, "r"), flags=re.M))
        self.stages = []
        for line in filter(None, text.split("\n")):
            word, rest = line.split(None, 1)
            if word == "FROM":
                base, _, name = rest.partition(" AS ")
                self.stages.append(Stage(base, name))
            elif word in KNOWN:
                self.stages[-1].steps.append((word, rest))
            else:
                raise ValueError(f"{word}: what is that?")
