#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The service and lists of several sources: what it shows of each, and refreshes."""
import json
import os
import re
import tempfile
import time

import metrics_lib
from serve_lib import SAMPLES, Count, Service

PATIENCE = 60


def write(folder, name, value):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as out:
        json.dump(value, out)
    return path


def main():
    t = Count("serve sources")
    with open(os.path.join(SAMPLES, "log_list.json"), encoding="utf-8") as file:
        good = json.load(file)
    chrome = {"version": "90.1", "log_list_timestamp": "2026-05-21T12:00:00Z",
              "operators": good["operators"]}
    mozilla = {"log_list_timestamp": "2026-10-01T12:00:00Z", "operators": good["operators"]}
    with tempfile.TemporaryDirectory() as folder:
        check_named(t, write(folder, "chrome.json", chrome))
        check_watched(t, folder, good)
        check_refreshed(t, folder, write(folder, "mozilla.json", mozilla))
    t.finish()


def check_named(t, chrome):
    with Service("--log-list", chrome) as service:
        for source, name in (("", "apple"), ("?source=apple", "apple"), ("?source=chrome", "chrome")):
            for path in ("/v1/log-list", "/v1/logs"):
                answer = service.call("GET", path + source)
                t.equal(f"{path}{source}", (answer.status, answer.json()["name"]), (200, name))
        for path in ("/v1/log-list", "/v1/logs", "/lists"):
            t.equal(f"{path}: none", service.call("GET", path + "?source=mozilla").status, 404)
            t.equal(f"{path}: no such", service.call("GET", path + "?source=safari").status, 400)
        log = service.call("GET", "/v1/logs?source=chrome").json()["logs"][0]["log_id"]
        log = log.replace("/", "%2F").replace("+", "%2B")
        t.equal("a log of Chrome's", service.call("GET", f"/v1/logs/{log}?source=chrome").status, 200)
        page = service.call("GET", "/lists?source=chrome").body.decode()
        t.check("the page of Chrome's list", "90.1" in page and
                '<option value="chrome" selected>' in page and
                '<input type="hidden" name="source" value="chrome">' in page)
        text = service.call("GET", "/metrics").body.decode()
        ages = [sample.labels["source"] for sample in
                metrics_lib.families_of(text)["ctpolicy_log_list_source_age_seconds"].samples]
        t.equal("metrics of each", ages, ["apple", "chrome"])


def days_ago(days):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - days * 86400))


def named_stale(t, what, *options, **kw):
    """Of which lists /readyz says that they are stale; its log, and what /v1/log-list says."""
    with Service(*options, samples=False, **kw) as service:
        ready = service.call("GET", "/readyz")
        warning = ready.json().get("warning", "")
        t.equal(f"{what}: /readyz", (ready.status, ready.json()["status"]),
                (200, "warning" if warning else "ok"))
        shown = {}
        for source in ("apple", "chrome", "mozilla"):
            answer = service.call("GET", f"/v1/log-list?source={source}")
            shown[source] = answer.status == 200 and answer.json()["stale"]
        log = service.log()
    return re.findall(r"(\S+) log list is stale", warning), shown, log


def check_watched(t, folder, good):
    """A list that has grown old is warned of, whichever source's it is."""
    text = json.dumps(good).replace("2026-05-20T16:00:00Z", days_ago(1))
    young = write(folder, "apple.json", json.loads(text))
    for days, policy in ((69, []), (71, ["Chrome's"])):
        chrome = write(folder, "old.json", {"version": "90.1", "operators": good["operators"],
                                            "log_list_timestamp": days_ago(days)})
        stale, shown, log = named_stale(t, f"{days} days", "--log-list", young,
                                        "--log-list", chrome)
        t.equal(f"{days} days: warned of", stale, policy)
        t.equal(f"{days} days: shown", shown, {"apple": False, "chrome": bool(policy),
                                               "mozilla": False})
        lines = [line for line in log.splitlines() if "event=list_in_force" in line]
        t.equal(f"{days} days: the log has both", len(lines), 2)
        t.equal(f"{days} days: and which is stale", ["chrome log list" in line for line in lines
                if "it is stale" in line], [True] * len(policy))
        alone = named_stale(t, "alone", "--log-list", chrome)[0]
        t.equal(f"{days} days: the only one needs no name", alone, ["the"] * len(policy))
    # What is refreshed is watched, fresh or not as the program's own lists are by now.
    for options, watched in ((["--source", "all"], ["apple", "chrome"]), ([], ["apple"])):
        stale, shown, _ = named_stale(t, f"{options}", *options)
        name = (lambda source: source.title() + "'s") if len(watched) > 1 else (lambda _: "the")
        t.equal(f"{options}: watched", stale,
                [name(source) for source in watched if shown[source]])


def check_refreshed(t, folder, mozilla):
    """Mozilla's list is taken though Apple's cannot be had."""
    with Service("--source", "apple,mozilla", "--url", "apple=" + os.path.join(folder, "none.json"),
                 "--url", "mozilla=" + mozilla, "--refresh-interval", "1h",
                 samples=False) as service:
        until = time.monotonic() + PATIENCE
        shown = {}
        while shown.get("published_at") != "2026-10-01T12:00:00Z" and time.monotonic() < until:
            time.sleep(0.1)
            shown = service.call("GET", "/v1/log-list?source=mozilla").json()
        t.equal("Mozilla's is in force", (shown["name"], shown["published_at"]),
                ("mozilla", "2026-10-01T12:00:00Z"))
        t.equal("how its refresh went", shown["last_refresh"]["outcome"], "succeeded")
        apple = service.call("GET", "/v1/log-list").json()
        t.equal("Apple's stays, and its refresh failed",
                (apple["source"], apple["last_refresh"]["outcome"]), ("bundled", "failed"))
        ready = service.call("GET", "/readyz")
        t.check("is ready, with a warning", ready.status == 200 and b"refresh" in ready.body)
        t.check("the log says both", re.search("refresh_failed.*none.json", service.log()) and
                re.search("refresh_taken.*mozilla", service.log()), service.log()[-800:])
    for args in (["--source", "mozilla"], ["--source", "safari"]):
        service = Service(*args, samples=False)
        t.equal(f"{args}", service.stop(), 2)


main()
