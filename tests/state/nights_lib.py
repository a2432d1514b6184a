# SPDX-License-Identifier: Apache-2.0
"""A model of what `log-list refresh` leaves behind night by night, in code of its own, and a
list server whose plug can be pulled. test_nights.py holds the program against both."""
import datetime
import glob
import hashlib
import json
import os
import socket
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[1:1] = [os.path.join(HERE, "..", "cli"), os.path.join(HERE, "..", "fetch")]
import list_model  # noqa: E402
import server  # noqa: E402
from lib import DATA, ROOT, read  # noqa: E402

DAY = datetime.timedelta(days=1)


def utc(text):
    value = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return value if value.tzinfo else value.replace(tzinfo=datetime.timezone.utc)


def seconds(when):
    return int(when.timestamp())


def text_of(when):
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


class List:
    """One list as its server has it: `data`, and what is known of it."""

    def __init__(self, data):
        self.data = data
        value = list_model.of_json(json.loads(data), data)
        self.logs, head = value["logs"], value["head"]
        self.version, self.sha256 = head["version"], head["sha256"]
        self.published = utc(head["published_at"])
        self.order = (self.published, int(self.version), head["asset_version"])

    @property
    def name(self):
        return f"apple log list {self.version}, published {self.published:%Y-%m-%d}"

    def usable(self):
        """Operator: how many usable logs."""
        out = {}
        for log in self.logs.values():
            if log["state"] == "usable":
                out[log["operator"]] = out.get(log["operator"], 0) + 1
        return out


def archived():
    """The lists that Apple published, oldest first; [] where this machine has none."""
    files = glob.glob(os.path.join(DATA, "apple_lists", "apple_v*.json"))
    return sorted((List(read(file)) for file in files), key=lambda one: one.order)


def bundled(t):
    """Those of the program as files. Their bytes are not Apple's, so their assetVersion says
    that they are others than the program's."""
    heads = list_model.of_history(
        read(os.path.join(ROOT, "loglists", "apple.history"), "rb").decode())
    out = {}
    for head in (one["head"] for one in heads):
        when = head["published_at"]
        value = json.loads(t.run("log-list", "export", "--at", when).out)
        value["assetVersion"] += 1000
        out[when] = List(json.dumps(value).encode())
    return sorted(out.values(), key=lambda one: one.order)


# How far a log has come in its life; it never goes back.
LIFE = {"none": 0, "pending": 0, "qualified": 1, "usable": 2, "readonly": 3, "retired": 4,
        "rejected": 5}


def address(log):
    return log.get("url") or log.get("submission_url")


def warnings(old, new):
    """The codes, as often as each, that a change from one list to the next is warned of."""
    out = ["log_list_operator_gone" for op in old.usable() if op not in new.usable()]
    gone = {address(log) for key, log in old.logs.items() if key not in new.logs}
    for key, log in new.logs.items():
        was = old.logs.get(key)
        if not was:
            out += ["log_key_changed"] if address(log) and address(log) in gone else []
            continue
        out += ["log_operator_changed"] if was["operator"] != log["operator"] else []
        out += ["log_interval_changed"] \
            if was["temporal_interval"] != log["temporal_interval"] else []
        out += ["log_state_revived"] if LIFE[log["state"]] < LIFE[was["state"]] else []
    return sorted(out)


class Kept:
    """What the state folder must say."""

    def __init__(self, in_program):
        self.in_program = in_program
        self.fetched = {}  # SHA-256: first, last
        self.taken = []
        self.in_hand = None
        self.pinned = None  # a list that is in force although others were published later, since
        self.refreshed = self.failing_since = self.failed = None
        self.failures = 0

    def succeed(self, one, when, by_force=False):
        """A clock of the past: the program knows lists that are yet to come, so what was taken
        by force, and all after it, is in force by that alone."""
        if one is not self.in_hand:
            went_back = (by_force or self.pinned) and one.published < self.in_program[-1].published
            self.pinned = (one, when) if went_back else None
        first = self.fetched.get(one.sha256, (when,))[0]
        self.fetched[one.sha256] = (first, when)
        self.taken.append(one)
        self.in_hand, self.refreshed = one, when
        self.failing_since = self.failed = None
        self.failures = 0

    def fail(self, when):
        self.failing_since = self.failing_since or when
        self.failed = when
        self.failures += 1

    def in_force(self, when):
        if self.pinned and self.pinned[1] <= when:
            return self.pinned[0]
        known = self.taken + self.in_program
        return max((one for one in known if one.published <= when), key=lambda one: one.order)

    def age(self, one, when):
        """In days: since publication, or since it was last seen to be the present one."""
        first, last = self.fetched.get(one.sha256, (None, None))
        known = last if first and first <= when else one.published
        return (when - max(known, one.published)) / DAY


def has_shrunk(old, new):
    """Below half of the usable logs: refused but by force."""
    return old is not None and 2 * sum(new.usable().values()) < sum(old.usable().values())


class Outlet(server.Server):
    """A server at the port that a plug keeps."""

    def __init__(self, plug):
        super().__init__()
        self.socket.close()
        self.port = plug.getsockname()[1]
        self.socket = socket.create_server((server.HOST, self.port), backlog=64)


class Publisher:
    """Always the same address; behind it a server, or nothing."""

    def __init__(self):
        self.plug = server.unheard()
        self.server = Outlet(self.plug)
        self.server.__enter__()
        self.url = self.server.url("/list")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.unplug()
        self.plug.close()

    def unplug(self):
        if self.server:
            self.server.__exit__()
        self.server = None

    def answer(self, one):
        if not self.server:
            self.server = Outlet(self.plug)
            self.server.__enter__()
        self.server.set("/list", one)

    def publish(self, one):
        self.answer(server.content(
            one.data, etag='"%s"' % hashlib.sha256(one.data).hexdigest()[:16],
            last_modified=one.published.strftime("%a, %d %b %Y %H:%M:%S GMT"),
            encoding="gzip"))

    def was_asked_conditionally(self):
        return "if-none-match" in self.server.last("/list").headers
