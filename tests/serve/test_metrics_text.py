#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_metrics_text.py [FILE|URL]: is it what Prometheus reads, by its own parsers, and does it have
what deploy/prometheus/README.md promises? Without an argument the text of build/metrics-text, in
which everything has happened once; then every metric of the README must be there.
"""
import math
import os
import re
import shutil
import subprocess
import sys

import metrics_lib
from metrics_lib import ROOT

README = os.path.join(ROOT, "deploy", "prometheus", "README.md")
UNITS = ("_seconds", "_bytes", "_seconds_total", "_bytes_total", "_total", "_info", "_stale", "_threads",
         "_connections", "_in_flight", "_waiting", "_batches", "_fds", "_successful")
# There from the first moment on.
ALWAYS = ("ctpolicy_build_info", "ctpolicy_http_requests", "ctpolicy_http_request_duration_seconds",
          "ctpolicy_verdicts", "ctpolicy_evaluations", "ctpolicy_refresh", "ctpolicy_http_refused",
          "ctpolicy_last_reload_successful", "ctpolicy_reload_failures",
          "process_resident_memory_bytes", "process_open_fds", "process_cpu_seconds",
          "process_start_time_seconds")


def documented():
    """Metrics of the README's table, with their labels."""
    with open(README, encoding="utf-8") as file:
        table = re.search(r"^\| metric .*?\n\n", file.read(), re.M | re.S)[0]
    out = {}
    for line in table.strip().splitlines()[2:]:
        cells = line.split("|")
        for name in re.findall(r"`(\w+)`", cells[1]):
            out[name] = set(re.findall(r"`(\w+)`", cells[2]))
    return out


def full_name(family):
    return family.name + ("_total" if family.type == "counter" else "")


def check_family(t, family, known):
    name = full_name(family)
    t.check(name in known, f"{name} stands in the README")
    t.check(family.documentation and family.type != "unknown", f"{name} has HELP and TYPE")
    t.check(name.endswith(UNITS), f"{name} ends with its unit")
    for sample in family.samples:
        labels = set(sample.labels) - {"le"}
        t.check(labels == known.get(name, set()), f"labels of {name}", sorted(labels))
        t.check(math.isfinite(sample.value) and sample.value >= 0, f"{sample.name}", sample.value)


def check_histogram(t, family):
    series = {}
    for sample in family.samples:
        labels = dict(sample.labels)
        le = labels.pop("le", None)
        one = series.setdefault(tuple(sorted(labels.items())), {"buckets": []})
        if le is not None:
            one["buckets"].append((float(le), sample.value))
        else:
            one[sample.name[len(family.name):]] = sample.value
    for labels, one in series.items():
        bounds = [le for le, _ in one["buckets"]]
        counts = [value for _, value in one["buckets"]]
        t.check(bounds == sorted(set(bounds)) and bounds[-1] == math.inf, f"bounds of {labels}", bounds)
        t.check(bounds[0] <= 0.0001 and bounds[-2] >= 10, f"100 us to 10 s: {labels}", bounds)
        t.check(counts == sorted(counts), f"{labels} adds up", counts)
        t.check(one["_count"] == counts[-1], f"count of {labels}", one["_count"])
        t.check(one["_sum"] >= 0, f"sum of {labels}", one["_sum"])
    t.check(series, f"{family.name} has series")


def check_text(t, text, families):
    t.check(text.endswith("\n") and "\r" not in text and "\n\n" not in text, "lines")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    series = [line.rpartition(" ")[0] for line in lines]
    t.check(len(series) == len(set(series)), "no series stands twice")
    for head in ("HELP", "TYPE"):
        names = re.findall(rf"^# {head} (\S+) ", text, re.M)
        t.check(len(names) == len(set(names)) == len(families), f"{head} once each", len(names))


def check_full(t, families, known):
    """All that there can be, and texts that need escapes as they were."""
    missing = set(known) - {full_name(family) for family in families.values()}
    t.check(not missing, "everything in the README is there", sorted(missing))
    info = families["ctpolicy_log_list_info"].samples[0].labels
    t.check(info == {"name": "apple", "version": '5"1\\1?\u00e9'}, "labels come back", info)
    with open(os.path.join(ROOT, "src/base/codes.def"), encoding="utf-8") as file:
        codes = set(re.findall(r'^CODE\(\w+,\s*"(\w+)"', file.read(), re.M))
    got = {sample.labels["code"] for sample in families["ctpolicy_reason_codes"].samples}
    t.check(got == codes, "every reason code", sorted(got ^ codes))


def check_by_promtool(t, text):
    if not shutil.which("promtool"):
        t.skip("promtool check metrics: there is no promtool (Debian: prometheus)")
        return
    done = subprocess.run(["promtool", "check", "metrics"], input=text.encode(), timeout=60,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    t.check(done.returncode == 0 and not done.stdout, "promtool check metrics", done.stdout.decode())


def main():
    t = metrics_lib.Counted("metrics_text")
    text = metrics_lib.text_of(sys.argv[1]) if len(sys.argv) > 1 else metrics_lib.text_of_program()
    check_by_promtool(t, text)
    if not metrics_lib.text_string_to_metric_families:
        t.skip("what the metrics say: there is no prometheus_client (Debian: python3-prometheus-client)")
        t.end()
    families, known = metrics_lib.families_of(text), documented()
    check_text(t, text, families)
    for family in families.values():
        check_family(t, family, known)
    check_histogram(t, families["ctpolicy_http_request_duration_seconds"])
    for name in ALWAYS:
        t.check(name in families and families[name].samples, f"{name} is there")
    if len(sys.argv) == 1:
        check_full(t, families, known)
    t.end()


main()
