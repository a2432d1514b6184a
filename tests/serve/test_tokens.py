#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Who may call what, and the refresh that an admin's token starts."""
import os
import signal
import sys
import tempfile
import time

from serve_lib import HERE, Count, Service, sample
from wire import NDJSON, PROBLEM, Codes, Wire, get, good_request, metric, post, until

sys.path.insert(0, os.path.join(HERE, "..", "fetch"))
import refresh_lib  # noqa: E402
from server import Server, content, silence, status  # noqa: E402

GOOD = good_request()
USER, OTHER, ADMIN = "u" * 40, "o" * 40, "a" * 40
OPEN_CALLS = ["/livez", "/readyz", "/metrics", "/version", "/openapi.json",
              "/schema/report.v1.json"]
TOKEN_CALLS = ["/v1/log-list", "/v1/logs", "/v1/logs/AAAA"]


def write(path, text):
    with open(path + ".new", "w", encoding="ascii") as file:
        file.write(text)
    os.chmod(path + ".new", 0o600)
    os.rename(path + ".new", path)


def bearer(token, scheme="Bearer "):
    return {"Authorization": scheme + token} if token is not None else {}


def refused(count, codes, name, got, want):
    count.equal(name, (got.status, codes.of(got)), want)
    challenge = got.headers.get("www-authenticate", "")
    count.equal(f"{name}: WWW-Authenticate", challenge.startswith("Bearer "), want[0] == 401)


def check_calls(count, codes, service):
    for target in OPEN_CALLS:
        count.equal(f"{target} is open", service.call("GET", target).status, 200)
        count.equal(f"{target} whatever the token",
                    service.call("GET", target, headers=bearer("x" * 40)).status, 200)
    bad = [None, "", "x" * 40, USER[:-1], USER + "u", USER.upper(), "u" * 100000, OTHER,
           USER + " " + USER, "\xe9" * 40]
    for token in bad[:6] + bad[7:]:
        for target in TOKEN_CALLS:
            got = service.call("GET", target, headers=bearer(token))
            refused(count, codes, f"{target} with {str(token)[:50]!r}", got,
                    (401, "unauthorized"))
        for target, kind in (("/v1/evaluate", "application/json"),
                             ("/v1/evaluate/batch", "application/x-ndjson")):
            got = service.call("POST", target, GOOD, {"Content-Type": kind, **bearer(token)})
            refused(count, codes, f"{target} with {str(token)[:50]!r}", got,
                    (401, "unauthorized"))
    for scheme in ("Basic ", "Bearer", "", "Bearer\t"):
        refused(count, codes, f"the scheme {scheme!r}",
                service.call("GET", "/v1/logs", headers=bearer(USER, scheme)),
                (401, "unauthorized"))
    for token, scheme in ((USER, "Bearer "), (USER, "bearer "), (USER, "BEARER   "),
                          (ADMIN, "Bearer ")):
        fields = bearer(token, scheme)
        count.equal(f"{scheme!r} is known", service.call("GET", "/v1/logs", headers=fields).status,
                    200)
        got = service.call("POST", "/v1/evaluate", GOOD,
                           {"Content-Type": "application/json", **fields})
        count.equal("evaluate with it", got.status, 200)
    refused(count, codes, "refresh without", service.call("POST", "/v1/log-list/refresh"),
            (401, "unauthorized"))
    refused(count, codes, "refresh by a user", service.call(
        "POST", "/v1/log-list/refresh", headers=bearer(USER)), (403, "forbidden"))


def check_wire(count, service):
    """A body without a token is not waited for where its sender asks first."""
    with Wire(service) as wire:
        got = wire.ask(post(b"", b"Expect: 100-continue", length=100))
        count.equal("asked first", (got.status, wire.interim), (401, []))
        count.check("and closed", wire.is_closed())
    with Wire(service) as wire:
        two = [b"Authorization: Bearer " + USER.encode()] * 2
        got = wire.ask(get(b"/v1/logs", *two))
        count.equal("two tokens", (got.status, got.headers["content-type"]), (400, PROBLEM))
        got = wire.ask(post(GOOD, target=b"/v1/evaluate/batch", kind=NDJSON))
        count.equal("a batch", got.status, 401)
        count.check("the connection goes on", wire.is_alive())


def reading(service, what):
    return metric(service, f'ctpolicy_last_reload_successful{{of="{what}"}}')


def check_reading(count, service, what, good, num_failed):
    """What the last reading of lists or tokens came to, and how many failed."""
    count.check(f"{what}: {good}", until(lambda: reading(service, what) == good))
    count.equal(f"{what}: failures", metric(
        service, f'ctpolicy_reload_failures_total{{of="{what}"}}'), str(num_failed))
    got = service.call("GET", "/readyz")
    count.equal(f"{what}: /readyz", got.status, 200)
    words = {"lists": "the log list could not be read", "tokens": "the tokens could not be read"}
    for name, text in words.items():
        count.equal(f"/readyz warns of {name}", text in got.json().get("warning", ""),
                    name == what and good == "0")


def check_reload(count, service, path):
    def status_of(token):
        return service.call("GET", "/v1/logs", headers=bearer(token)).status
    write(path, f"# new ones\n\n{OTHER}\n")
    count.equal("the file alone changes nothing", (status_of(USER), status_of(OTHER)), (200, 401))
    service.process.send_signal(signal.SIGHUP)
    count.check("SIGHUP reads it", until(lambda: status_of(OTHER) == 200))
    count.check("and says so", until(
        lambda: "tokens_in_force" in service.log() and "1 of --token-file, " in service.log()))
    count.equal("and forgets what is gone", status_of(USER), 401)
    for n, (mode, text) in enumerate(((0o644, USER), (0o600, "short"), (0o600, ""))):
        write(path, text + "\n")
        os.chmod(path, mode)
        service.process.send_signal(signal.SIGHUP)
        count.check("a bad file is said", until(
            lambda n=n: service.log().count("reload_failed") == n + 1))
        count.equal("and what was in force stays", (status_of(USER), status_of(OTHER)), (401, 200))
        check_reading(count, service, "tokens", "0", n + 1)
    write(path, OTHER)
    service.process.send_signal(signal.SIGHUP)
    count.check("a good one again", until(lambda: reading(service, "tokens") == "1"))
    check_reading(count, service, "tokens", "1", 3)
    for secret in (USER, OTHER, ADMIN):
        count.check("no token is logged", secret not in service.log())


def check_lists(count):
    """Lists that cannot be read anew; none at all is more than a warning."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "list.json")
        with Service("--log-list", path, samples=False) as service:
            count.equal("no list", (reading(service, "lists"),
                                    service.call("GET", "/readyz").status), ("0", 503))
            for text, good, num_failed, swaps in (
                    (refresh_lib.GOOD, "1", 1, "1"), ({}, "0", 2, "1"),
                    (refresh_lib.GOOD, "1", 2, "1"), (refresh_lib.newer(), "1", 2, "2")):
                write(path, of_today(text).decode() if text else "{}")
                service.process.send_signal(signal.SIGHUP)
                count.check("other lists alone count", until(lambda n=swaps: metric(
                    service, "ctpolicy_log_list_swaps_total") == n))
                check_reading(count, service, "lists", good, num_failed)
            count.check("no warning any more", service.call(
                "GET", "/readyz").json()["status"] == "ok")


def check_tokens(count, codes):
    with tempfile.TemporaryDirectory() as folder:
        users, admins = os.path.join(folder, "users"), os.path.join(folder, "admins")
        write(users, USER + "\r\n")
        write(admins, ADMIN)
        with Service("--token-file", users, "--admin-token-file", admins) as service:
            check_calls(count, codes, service)
            check_wire(count, service)
            got = service.call("POST", "/v1/log-list/refresh", headers=bearer(ADMIN))
            count.equal("refresh of --log-list", (got.status, codes.of(got)),
                        (409, "refresh_impossible"))
            check_reload(count, service, users)
            count.equal("exit status", service.stop(), 0)
        with Service("--admin-token-file", admins) as service:
            count.equal("an admin's tokens alone leave the rest open",
                        service.call("GET", "/v1/logs").status, 200)
        with Service() as service:
            refused(count, codes, "refresh without an admin",
                    service.call("POST", "/v1/log-list/refresh", headers=bearer(ADMIN)),
                    (403, "forbidden"))


def of_today(value):
    """The list as if it were published now, so that it is not stale."""
    today = time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime())
    return refresh_lib.text_of({**value, "log_list_timestamp": today})


def check_refresh(count):
    first, second = of_today(refresh_lib.GOOD), of_today(refresh_lib.newer())
    with tempfile.TemporaryDirectory() as folder, Server() as server:
        admins = os.path.join(folder, "admins")
        write(admins, ADMIN)
        url = server.set("/list", content(first, '"1"'))
        with Service("--admin-token-file", admins, "--url", url, samples=False) as service:
            def refresh():
                return service.call("POST", "/v1/log-list/refresh", headers=bearer(ADMIN))

            def shown():
                return service.call("GET", "/v1/log-list").json()

            def outcome(name):
                return metric(service, f'ctpolicy_refresh_total{{outcome="{name}"}}')
            before = shown()
            got = refresh()
            count.equal("a refresh", (got.status, got.json()), (202, {"refresh": "started"}))
            count.check("the list in force changes", until(
                lambda: shown()["sha256"] == refresh_lib.sha256(first)), before)
            now = shown()
            count.equal("its last refresh", (now["last_refresh"]["outcome"],
                                             now["last_refresh"]["error"]), ("succeeded", None))
            count.equal("where from", now["source"], url)
            count.check("metrics: taken", until(lambda: outcome("taken") == "1"))
            count.check("metrics: version", f'version="{now["version"]}"'.encode()
                        in service.call("GET", "/metrics").body)
            refresh()
            count.check("metrics: unchanged", until(lambda: outcome("unchanged") == "1"))
            server.set("/list", content(second, '"2"'))
            refresh()
            count.check("a newer one", until(
                lambda: shown()["sha256"] == refresh_lib.sha256(second)))
            got = service.post("/v1/evaluate", sample("compliant.pem"), "application/x-pem-file")
            count.equal("a report names it", got.json()["log_list"]["sha256"],
                        refresh_lib.sha256(second))
            count.equal("no warning of it", service.call("GET", "/readyz").json()["status"], "ok")
            check_failure(count, service, server, refresh, shown, outcome)
            check_slow_refresh(count, service, server, refresh)


def check_failure(count, service, server, refresh, shown, outcome):
    server.set("/list", status(404))
    sha256 = shown()["sha256"]
    refresh()
    count.check("metrics: failed", until(lambda: outcome("failed") == "1"))
    count.check("it is shown", until(
        lambda: shown()["last_refresh"]["outcome"] == "failed"))
    now = shown()
    count.equal("the last good list stays", now["sha256"], sha256)
    count.check("why is shown", "404" in now["last_refresh"]["error"], now["last_refresh"])
    got = service.call("GET", "/readyz")
    count.equal("/readyz", (got.status, got.json()["status"]), (200, "warning"))
    count.check("/readyz says why", "refresh" in got.json()["warning"], got.body)
    count.check("the log says so", "fetch_status" in service.log())


def check_slow_refresh(count, service, server, refresh):
    """One at a time; and an end does not wait for it."""
    server.set("/list", silence())
    refresh()
    count.check("it is asked for", until(lambda: server.count("/list") >= 5))
    got = refresh()
    count.equal("another one meanwhile", (got.status, got.json()), (202, {"refresh": "under way"}))
    count.equal("calls are answered", service.call("GET", "/v1/logs").status, 200)
    service.process.send_signal(signal.SIGHUP)
    began = time.monotonic()
    count.equal("exit status", service.stop(), 0)
    count.check("soon", time.monotonic() - began < 15, time.monotonic() - began)


def main():
    count = Count("tokens")
    codes = Codes()
    check_tokens(count, codes)
    check_lists(count)
    check_refresh(count)
    codes.write()
    count.finish()


main()
