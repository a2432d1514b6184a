#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""deploy/prometheus and deploy/grafana: do alerts and dashboard ask for metrics that there are, does
each alert come when it is due (promtool), and does a real Prometheus, on loopback and for the moment,
read our metrics, load the rules and answer every query of the dashboard?
"""
import contextlib
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(1, os.path.join(HERE, "..", "serve"))
import metrics_lib  # noqa: E402

RULES = os.path.join(metrics_lib.ROOT, "deploy", "prometheus", "ctpolicy.rules.yml")
RULES_TEST = RULES.replace(".yml", ".test.yml")
READMES = [os.path.join(os.path.dirname(RULES), "README.md")]
DASHBOARD = os.path.join(metrics_lib.ROOT, "deploy", "grafana", "ctpolicy.json")
# For what takes a second or two on a machine that has something else to do.
PATIENCE = 120
# Grafana's own, as it would fill them in.
VARIABLES = {"$job": "ctpolicy", "$instance": ".*", "$__rate_interval": "5m", "$__interval": "1m"}
# Labels that Prometheus adds, and metrics of its own.
OWN_LABELS = {"job", "instance", "le"}
OWN_METRICS = {"up"}


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def dashboard_queries():
    """(where, expression) of each query of the dashboard, variables filled in."""
    board = json.loads(read(DASHBOARD))
    found = [(panel["title"], target["expr"]) for panel in board["panels"]
             for target in panel.get("targets", [])]
    found += [(note["name"], note["expr"]) for note in board["annotations"]["list"]]
    for where, expression in found:
        for name, value in VARIABLES.items():
            expression = expression.replace(name, value)
        yield where, expression


def variable_queries():
    """Metrics that the dashboard's own lists are made of."""
    for variable in json.loads(read(DASHBOARD))["templating"]["list"]:
        if variable["type"] == "query":
            yield variable["name"], re.search(r"label_values\((\w+)", variable["definition"])[1]


def rule_queries():
    """(alert, expression): the rules' YAML as far as it goes here, without a parser of it."""
    for rule in re.split(r"^ *- alert: ", read(RULES), flags=re.M)[1:]:
        expression = re.search(r"^ *expr: (?:>-\n)?(.*?)^ *(?:for|labels):", rule, re.M | re.S)[1]
        yield rule.split("\n")[0], " ".join(expression.split())


def metrics_in(expression):
    """(metric, labels asked for) of each selector."""
    for match in re.finditer(r"\b((?:ctpolicy|process)_\w+|up)\b(?:\{([^}]*)\})?", expression):
        yield match[1], set(re.findall(r'(\w+) *(?:=~|!~|!=|=)', match[2] or ""))


def check_queries(t, names, queries, kind):
    num = 0
    for where, expression in queries:
        asked = list(metrics_in(expression))
        t.check(asked, f"{kind}, {where}: asks for something", expression)
        for metric, labels in asked:
            num += 1
            if t.check(metric in names or metric in OWN_METRICS, f"{kind}, {where}: there is", metric):
                missing = labels - names.get(metric, set()) - OWN_LABELS
                t.check(not missing, f"{kind}, {where}: labels of {metric}", missing)
    t.check(num > 10, f"{kind}: queries are found", num)


def check_names(t):
    if not metrics_lib.text_string_to_metric_families:
        t.skip("names in queries: there is no prometheus_client (Debian: python3-prometheus-client)")
        return
    names = metrics_lib.names_of(metrics_lib.text_of_program())
    check_queries(t, names, dashboard_queries(), "dashboard")
    check_queries(t, names, rule_queries(), "alerts")
    for where, metric in variable_queries():
        t.check(metric in names, f"dashboard, variable {where}: there is", metric)


def check_dashboard(t):
    board = json.loads(read(DASHBOARD))
    ids = [panel["id"] for panel in board["panels"]]
    t.check(len(ids) == len(set(ids)) > 15, "panels have ids of their own", ids)
    for panel in board["panels"]:
        place = panel["gridPos"]
        t.check(place["x"] + place["w"] <= 24, f"{panel['title']} fits", place)
        t.check(panel["type"] == "row" or panel["datasource"]["uid"] == "${datasource}",
                f"{panel['title']}: the data source is to be chosen", panel.get("datasource"))
    places = [(p["gridPos"]["x"] + x, p["gridPos"]["y"] + y) for p in board["panels"]
              for x in range(p["gridPos"]["w"]) for y in range(p["gridPos"]["h"])]
    t.check(len(places) == len(set(places)), "no panel covers another")


def check_documents(t):
    alerts = [name for name, _ in rule_queries()]
    table = re.search(r"^\| alert .*?\Z", read(READMES[0]), re.M | re.S)[0]
    t.check(re.findall(r"^\| `(\w+)`", table, re.M) == alerts and len(alerts) > 9,
            "the README says what to do about each alert, in their order", alerts)
    tests = read(RULES_TEST)
    for name in alerts:
        t.check(name in tests, f"{name} has a test")


def check_by_promtool(t):
    for words in (["check", "rules", RULES], ["test", "rules", RULES_TEST]):
        done = subprocess.run(["promtool"] + words, cwd=os.path.dirname(RULES), timeout=PATIENCE,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        t.check(done.returncode == 0, "promtool " + " ".join(words[:2]), done.stdout)


# A real Prometheus.

class Exporter(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        text = metrics_lib.text_of_program().encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def exporter():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Exporter)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def wait_for(what):
    """The first value of what() that is not empty; None after a while without one."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        value = what()
        if value:
            return value
        time.sleep(0.1)
    return None


@contextlib.contextmanager
def prometheus(folder, port):
    """Its address, None where it does not start; it scrapes that port of loopback and has the rules."""
    config = {"global": {"scrape_interval": "1s", "evaluation_interval": "1s"}, "rule_files": [RULES],
              "scrape_configs": [{"job_name": "ctpolicy", "static_configs": [
                  {"targets": [f"127.0.0.1:{port}"]}]}]}
    with open(os.path.join(folder, "prometheus.yml"), "w", encoding="utf-8") as file:
        json.dump(config, file)  # which is YAML
    log = os.path.join(folder, "log")
    with open(log, "wb") as out:
        process = subprocess.Popen(
            ["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
             "--web.listen-address=127.0.0.1:0"], stdout=out, stderr=subprocess.STDOUT, cwd=folder,
            env={"PATH": os.environ["PATH"], "HOME": folder})

    def address():
        match = re.search(r'msg="Listening on".* address=(127\.0\.0\.1:\d+)', read(log))
        return match[1] if match else process.poll() is not None and "ended"
    try:
        found = wait_for(address)
        if found in (None, "ended"):
            print(read(log))
            found = None
        yield found
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def ask(address, call, **parameters):
    """The data of an answer; None where there is none yet."""
    url = f"http://{address}/api/v1/{call}?" + urllib.parse.urlencode(parameters)
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            return json.load(answer)["data"]
    except (OSError, ValueError):
        return None


def loaded_rules(address):
    """Rules by name, once each of them was evaluated."""
    data = ask(address, "rules") or {"groups": []}
    rules = {rule["name"]: rule for group in data["groups"] for rule in group["rules"]}
    return rules if rules and all(rule["health"] != "unknown" for rule in rules.values()) else None


def check_prometheus(t, address):
    rules = wait_for(lambda: loaded_rules(address)) or {}
    t.check(list(rules) == [name for name, _ in rule_queries()], "its rules are ours", list(rules))
    for name, rule in rules.items():
        t.check(rule["health"] == "ok", f"rule {name}", rule.get("lastError"))
    good = wait_for(lambda: (ask(address, "query", query="up == 1") or {}).get("result"))
    t.check(good, "it reads our metrics", ask(address, "targets"))
    info = (ask(address, "query", query="ctpolicy_log_list_info") or {}).get("result") or [{"metric": {}}]
    t.check(info[0]["metric"].get("version") == '5"1\\1?\u00e9', "labels come back", info)
    for where, expression in dashboard_queries():
        data = ask(address, "query", query=expression)
        t.check(data is not None, f"dashboard, {where}: is a query", expression)
        # Rates have no value before the second scrape, nor after few.
        if data is not None and not re.search(r"rate\(|increase\(|changes\(", expression):
            t.check(data["result"], f"dashboard, {where}: has a value", expression)


def main():
    t = metrics_lib.Counted("prometheus")
    check_names(t)
    check_dashboard(t)
    check_documents(t)
    if shutil.which("promtool"):
        check_by_promtool(t)
    else:
        t.skip("rules: there is no promtool (Debian: prometheus)")
    if shutil.which("prometheus"):
        with tempfile.TemporaryDirectory() as folder, exporter() as port:
            with prometheus(folder, port) as address:
                if t.check(address, "Prometheus starts"):
                    check_prometheus(t, address)
    else:
        t.skip("a real Prometheus: there is none (Debian: prometheus)")
    t.end()


main()
