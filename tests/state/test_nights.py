#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_nights.py CLOCK.SO: refreshes night by night, on a false clock (clock.c), from a server
on loopback: what is mailed, what is kept, how old the list is, and what is said of that. All
of it is computed a second time in nights_lib.py."""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from nights_lib import (DAY, Kept, Publisher, archived, bundled, has_shrunk,  # noqa: E402
                        seconds, server, text_of, utc, warnings)
from lib import LISTS, MESSAGE_CODE, PASS, loads, run_all, sample  # noqa: E402

CLOCK = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "build/clock.so")
HOURS = DAY / 24
AGES = ["log_list_at_risk", "log_list_ageing", "log_list_stale"]
LINE = re.compile(r"LOG LIST (OK|CRITICAL) - apple (\d+), ([\d.]+) days old \(limit (\d+)\), "
                  r"(.*) \| age=([\d.]+);;(\d+)\n\Z")
# What two times may differ by and still be the same.
SLOW = DAY / 1440


class Machine:
    """One with a state folder; runs the program at a time."""

    def __init__(self, t):
        self.t, self.state = t, t.path()

    def run(self, when, *args):
        env = {"CTPOLICY_TEST_CLOCK": str(seconds(when)), "LD_PRELOAD": CLOCK,
               "CTPOLICY_STATE_DIR": self.state,
               "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}
        return self.t.run(*args, env=env)

    def refresh(self, when, url, *more, fails=False):
        """Its pauses between tries are short where it fails; else a slow machine has all time."""
        return self.run(when, "log-list", "refresh", "--url", url, "--timeout",
                        "20" if fails else "120", *more)

    def show(self, when):
        few = ["--state", "pending"]  # of its logs
        return loads(self.run(when, "log-list", "show", "--format", "json", *few).out)


def codes(result):
    return sorted(code.decode() for code in MESSAGE_CODE.findall(result.err))


def is_about(got, want):
    """Two times, one of them in JSON."""
    return want is None if got is None else want is not None and \
        abs(utc(got) - want) <= SLOW


def all_lists(t):
    lists = archived()
    if not lists:
        t.skip("the lists as Apple published them: there are none; those in the program instead")
        return bundled(t)
    return lists


def check_show(t, machine, kept, when, night):
    """`log-list show` says what the model says."""
    got, one = machine.show(when), kept.in_force(when)
    t.equal((got["version"], got["basis"]), (one.version, "exact"), f"{night}: the list in force")
    t.check(abs(got["age_days"] - kept.age(one, when)) < 0.06, f"{night}: its age",
            f"{got['age_days']}, not {kept.age(one, when)}")
    t.equal(got["stale"], kept.age(one, when) >= 60, f"{night}: stale")
    fetched = kept.fetched.get(one.sha256, (None, None))[1]
    t.check(is_about(got["fetched_at"], fetched), f"{night}: when it was fetched",
            f"{got['fetched_at']}, not {fetched}")
    last = got["last_refresh"]
    t.equal((last["outcome"], last["failures"]),
            ("failed" if kept.failures else "succeeded", kept.failures), f"{night}: outcome")
    for name, want in (("at", kept.failed or kept.refreshed), ("succeeded_at", kept.refreshed),
                       ("failing_since", kept.failing_since)):
        t.check(is_about(last[name], want), f"{night}: last_refresh.{name}",
                f"{last[name]}, not {want}")


def check_line(t, machine, kept, when, night, limit=3):
    """The monitoring check: a line and an exit status."""
    result = machine.run(when, "log-list", "show", "--max-age", limit)
    line, one = LINE.match(result.text), kept.in_force(when)
    if not t.check(line is not None, f"{night}: one line for the monitoring", repr(result)):
        return
    age = kept.age(one, when)
    t.equal((line[1], line[2], result.status),
            ("CRITICAL", one.version, LISTS) if age > limit else ("OK", one.version, PASS),
            f"{night}: --max-age {limit}", repr(result))
    t.check(abs(float(line[6]) - age) < 0.06 and line[4] == line[7] == str(limit),
            f"{night}: age={age}", repr(result))
    want = f"refresh fails since {kept.failing_since:%Y-%m-%d} [" if kept.failures \
        else f"last refreshed {kept.refreshed:%Y-%m-%d}"
    t.check(line[5].startswith(want), f"{night}: {want}", repr(result))


def check_mail_of_change(t, result, old, new, url, night):
    """A list was taken: what cron mails."""
    t.equal(result.status, PASS, f"{night}: taken", repr(result))
    t.check(result.text.startswith(f"Taken: {new.name}, from {url}.\n"),
            f"{night}: begins with what was taken", repr(result))
    if old:
        t.check(f"to   {new.name}, SHA-256 {new.sha256[:12]}" in result.text,
                f"{night}: then what changed", repr(result))
        t.equal(codes(result), warnings(old, new), f"{night}: warnings", repr(result))


def check_mail_of_failure(t, result, kept, code, night):
    """One line a failure, which says why, what stays, and since when."""
    want = f"; the {kept.in_hand.name}, stays in force"
    if kept.failures > 1:
        want += f" ({kept.failures} refreshes in a row failed, since " \
                f"{kept.failing_since:%Y-%m-%d})"
    t.equal((result.status, result.out, codes(result)), (LISTS, b"", [code]),
            f"{night}: fails", repr(result))
    t.check(result.messages.startswith("ctpolicy: refresh failed: ") and
            result.messages.endswith(f"{want} [{code}]\n") and
            result.messages.count("\n") == 1, f"{night}: one line", repr(result))


def check_mail_of_force(t, result, new, url, night):
    t.equal(result.status, PASS, f"{night}: taken by force", repr(result))
    t.check(result.text.startswith(f"Taken by force: {new.name}, from {url}.\n"),
            f"{night}: begins with what was taken", repr(result))
    t.check("ctpolicy: taken all the same: " in result.messages, f"{night}: despite what",
            repr(result))


# Ninety nights in a row, from the tenth of November 2025.
FIRST = utc("2025-11-10T00:00:00Z")
OUTAGE = {
    27: ("off", "fetch_unreachable"), 28: ("off", "fetch_unreachable"),
    29: (server.status(503), "fetch_status"), 30: (server.status(503), "fetch_status"),
    31: (server.status(200, {}, b"<html>We are back soon.</html>"), "log_list_unreadable"),
    32: (server.status(200, {}, b'{"operators":[]}'), "log_list_empty"),
    33: ("old", "log_list_rollback"),
}


def set_up(publisher, one, old, fault):
    if fault == "off":
        publisher.unplug()
    elif fault == "old":
        publisher.publish(old)
    elif fault:
        publisher.answer(fault)
    else:
        publisher.publish(one)


def published(lists, when):
    """What the server has: of two lists of one day the second comes four days later."""
    known = [one for n, one in enumerate(lists) if one.published
             + (4 * DAY if n and lists[n - 1].published == one.published else 0 * DAY) <= when]
    return known[-1], known[-3]


def one_night(t, machine, kept, publisher, lists, number):
    """At a quarter past three or up to half an hour later; somebody looks at eight."""
    when = FIRST + number * DAY + 3.25 * HOURS + number * 7919 % 1800 * HOURS / 3600
    one, old = published(lists, when)
    fault, code = OUTAGE.get(number, (None, None))
    night, before = f"night {number}, {when:%Y-%m-%d}", kept.in_hand
    set_up(publisher, one, old, fault)
    result = machine.refresh(when, publisher.url, fails=code)
    if code:
        kept.fail(when)
        check_mail_of_failure(t, result, kept, code, night)
    else:
        kept.succeed(one, when)
    if not code and one is not before:
        check_mail_of_change(t, result, before, one, publisher.url, night)
    elif not code:
        t.equal((result.status, result.out, result.err), (PASS, b"", b""),
                f"{night}: nothing to mail")
        t.check(publisher.was_asked_conditionally(), f"{night}: asked conditionally")
    morning = when + 5 * HOURS
    check_show(t, machine, kept, morning, night)
    if code or number % 15 == 0:
        check_line(t, machine, kept, morning, night)
    return bool(result.out or result.err)


def test_ninety_nights(t):
    lists, machine = all_lists(t), Machine(t)
    kept = Kept(lists)
    with Publisher() as publisher:
        mailed = [n for n in range(90) if one_night(t, machine, kept, publisher, lists, n)]
        changes = [n for n in range(1, 90)
                   if published(lists, FIRST + (n + 0.16) * DAY)[0] is not
                   published(lists, FIRST + (n - 0.84) * DAY)[0] and n not in OUTAGE]
        # the first list; each change; each night of the outage, and the list that it hid
        t.equal(mailed, sorted({0, 34, *changes, *OUTAGE}), "the nights with a mail")
        t.equal(publisher.server.count("/list") > 0, True, "served again after the outage")
    grow_old(t, machine, kept)


def grow_old(t, machine, kept):
    """Nobody refreshes any more: what a certificate's report says at 30, 45 and 60 days, by
    the lists that were fetched alone."""
    last = kept.refreshed
    for days, want in ((30, AGES[:1]), (45, AGES[1:2]), (60, AGES[2:])):
        for more, now in ((-SLOW, AGES[:days // 15 - 2][-1:]), (0 * SLOW, want)):
            # to the second: the last refresh may have been one later than planned
            when = utc(machine.show(last + DAY)["fetched_at"]) + days * DAY + more
            result = machine.run(when, "check", "--format", "json", "--log-list",
                                 machine.state, "--at", text_of(when),
                                 sample("compliant.pem"))
            report = loads(result.out)
            report = report[0] if isinstance(report, list) else report
            got = [f["code"] for f in report["findings"] if f["code"] in AGES]
            t.equal((got, report["log_list"]["stale"]), (now, now == AGES[2:]),
                    f"a list of {days} days{' less a minute' if more else ''}", repr(result))
    # ... and with the program's own, which has a later one by then.
    when = utc("2026-04-10T08:00:00Z")
    t.equal(machine.show(when)["source"], "bundled", "a later list in the program is in force")


def spread(lists):
    """Ninety nights over all the years: four of each list, one the day after it came."""
    out = []
    for n, one in enumerate(lists):
        begin = out[-1][0] + DAY if out and one.published < out[-1][0] else one.published
        end = lists[n + 1].published if n + 1 < len(lists) else begin + 100 * DAY
        step = max((end - begin) / 5, HOURS)
        out += [(begin + (k + 0.5) * step, one) for k in range(4)]
    while len(out) < 90:
        out.append((out[-1][0] + 40 * DAY, lists[-1]))
    return out


def test_ninety_nights_of_all_lists(t):
    """Seven years, each refresh after a check by what the one before it left."""
    lists, machine = all_lists(t), Machine(t)
    kept, seen, num_forced = Kept(lists), set(), 0
    with Publisher() as publisher:
        for number, (when, one) in enumerate(spread(lists)):
            night, before = f"list night {number}, {when:%Y-%m-%d}", kept.in_hand
            if before:
                seen.update(check_findings(t, machine, kept, when - HOURS, night))
            publisher.publish(one)
            result = machine.refresh(when, publisher.url)
            if has_shrunk(before, one):
                # Apple's list of 2022-08-31: many logs had ended. The operator looks at it.
                kept.fail(when)
                check_mail_of_failure(t, result, kept, "log_list_shrunk", night)
                result = machine.refresh(when + HOURS / 6, publisher.url, "--force")
                kept.succeed(one, when + HOURS / 6, by_force=True)
                check_mail_of_force(t, result, one, publisher.url, night)
                shown = machine.run(when + HOURS, "log-list", "show")
                t.has(shown.text, "\ngone back to from a later one, from ", f"{night}: shown")
                num_forced += 1
                continue
            kept.succeed(one, when)
            if one is not before:
                check_mail_of_change(t, result, before, one, publisher.url, night)
            else:
                t.equal((result.status, result.out, result.err), (PASS, b"", b""),
                        f"{night}: nothing to mail")
    t.equal(num_forced, 1, "lists that shrank")
    t.equal(seen, {(), *((code,) for code in AGES)}, "lists of every age were met")
    got = machine.show(when)["sha256"]
    t.equal(got, lists[-1].sha256, "at the end the newest list is in force")


def check_findings(t, machine, kept, when, night):
    result = machine.run(when, "check", "--format", "json", sample("compliant.pem"))
    report = loads(result.out)
    report = report[0] if isinstance(report, list) else report
    one = kept.in_force(when)
    age = kept.age(one, when)
    want = tuple(AGES[min(int(age // 15) - 2, 2):][:1]) if age >= 30 else ()
    got = tuple(f["code"] for f in report["findings"] if f["code"] in AGES)
    t.equal((got, report["log_list"]["version"]), (want, one.version),
            f"{night}: what is said of a list of {age:.2f} days", repr(result))
    t.check(abs(report["log_list"]["age_days"] - age) < 0.06, f"{night}: its age",
            f"{report['log_list']['age_days']}, not {age}")
    return [got]


run_all("nights", globals())
