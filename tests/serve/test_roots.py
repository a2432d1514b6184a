#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""serve --roots and --private-root: what hangs on a certificate's root is decided over HTTP too, as by
check; and what the page advises is for people without a command line."""
import json
import os
import shutil
import signal
import tempfile

from page_lib import post, text_of
from serve_lib import Count, Service
from wire import metric, until

from maker import SERVER, Maker  # of tests/cli, which serve_lib found

POLICIES = "apple,apple-tls"


class Folder:
    """What the maker of certificates writes into."""

    def __init__(self, name):
        self.name, self.num = name, 0

    def path(self, suffix=""):
        self.num += 1
        return os.path.join(self.name, f"{self.num}{suffix}")

    def file(self, content, suffix=""):
        path = self.path(suffix)
        with open(path, "w", encoding="utf-8") as file:
            file.write(content)
        return path


def read(path):
    with open(path, "rb") as file:
        return file.read()


def replace(path, content):
    with open(path + ".new", "wb") as file:
        file.write(content)
    os.rename(path + ".new", path)


def verdicts(report):
    return {p["policy"]: p["verdict"] for p in report["policies"]}


def said(report, name):
    return {f["code"]: f["message"]
            for p in report["policies"] if p["policy"] == name for f in p["findings"]}


def reasons(report, name):
    return next(p["applies_because"] for p in report["policies"] if p["policy"] == name)


def ask(service, chain):
    body = json.dumps({"certificate": chain.decode(), "policies": POLICIES.split(",")}).encode()
    one = service.call("POST", "/v1/evaluate", body, {"Content-Type": "application/json"})
    lines = service.call("POST", "/v1/evaluate/batch", body + b"\n",
                         {"Content-Type": "application/x-ndjson"})
    return one, lines


def page_of(service, chain):
    return text_of(post(service, {"certificate": chain, "policies": POLICIES}))


def check_unknown(count, chain):
    """Without either the limit is open, and who asks is told what they can do."""
    with Service() as service:
        one, _ = ask(service, chain)
        report = one.json()
        count.equal("it hangs on the root", verdicts(report)["apple-tls"], "indeterminate")
        advice = said(report, "apple-tls").get("root_unknown", "")
        count.check("JSON names the operator too", "of a service, ask its operator" in advice, advice)
        page = page_of(service, chain)
        count.check("the page names the operator",
                    "ask the operator of this service to give it the system's roots" in page, page)
        leaf = chain[:chain.index(b"-----END CERTIFICATE-----")] + b"-----END CERTIFICATE-----\n"
        page += page_of(service, leaf)
        count.check("the issuer is wanted", "give it behind the leaf, or as the issuer" in page, page)
        for option in ("--private-root", "--issuer", "--roots FILE"):
            count.check(f"the page names no {option}", option not in page, page)


def check_given(count, chain, root):
    """As check has it with the same options, in one report and in a batch."""
    with Service("--roots", root) as service:
        one, lines = ask(service, chain)
        count.equal("under a root of the system", verdicts(one.json())["apple-tls"],
                    "non_compliant")
        count.equal("a batch says the same", verdicts(lines.json()), verdicts(one.json()))
        count.check("the page says the same", "at most 398 are accepted under a root that comes with"
                    in page_of(service, chain), page_of(service, chain))
    with Service("--private-root") as service:
        one, lines = ask(service, chain)
        count.equal("under an added one", verdicts(one.json())["apple-tls"], "compliant")
        count.equal("SCTs are not needed there", reasons(one.json(), "apple"),
                    ["not_publicly_trusted"])
        count.equal("a batch says the same", verdicts(lines.json()), verdicts(one.json()))


def reading(service):
    return metric(service, 'ctpolicy_last_reload_successful{of="roots"}')


def check_reload(count, chain, root, other):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "roots.pem")
        replace(path, read(other))
        with Service("--roots", path) as service:
            def now():
                return verdicts(ask(service, chain)[0].json())["apple-tls"]
            count.equal("of another root", now(), "compliant")
            replace(path, read(root))
            count.equal("the file alone changes nothing", now(), "compliant")
            service.process.send_signal(signal.SIGHUP)
            count.check("SIGHUP reads it", until(lambda: now() == "non_compliant"))
            count.check("and says so", until(lambda: "roots_in_force" in service.log()
                                             and "1 of --roots" in service.log()))
            bad = read(root) + b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
            for n, text in enumerate((b"none", bad)):
                replace(path, text)
                service.process.send_signal(signal.SIGHUP)
                count.check("a bad file is said", until(
                    lambda n=n: service.log().count("the roots stay as they were") == n + 1))
                count.equal("and what was in force stays", now(), "non_compliant")
                count.check("counted", until(lambda: reading(service) == "0"))
                count.check("/readyz warns", "the roots could not be read"
                            in service.call("GET", "/readyz").json().get("warning", ""))
            count.check("by the option's name", "not among the roots: " in service.log()
                        and "not among the issuers" not in service.log(), service.log())
            replace(path, read(other))
            service.process.send_signal(signal.SIGHUP)
            count.check("a good one again", until(lambda: now() == "compliant"))
            count.check("and counted", until(lambda: reading(service) == "1"))


def check_start(count, root):
    """A service that would take public roots for private ones does not start."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "roots.pem")
        good = read(root)
        for text, code in ((b"none", "bad_certificate"), (b"", "bad_certificate"), (
                good + b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
                "unreadable_input")):
            replace(path, text)
            service = Service("--roots", path)
            count.equal(f"{code}: no start", service.process.wait(60), 2)
            count.check(f"{code}: said", code in service.log(), service.log())
            service.stop()
        service = Service("--roots", os.path.join(folder, "none"))
        count.equal("no such file", service.process.wait(60), 2)
        service.stop()


def main():
    count = Count("roots")
    if not shutil.which("openssl"):
        count.skip("no openssl to make certificates with")
        count.finish()
    with tempfile.TemporaryDirectory() as folder:
        make = Maker(Folder(folder))
        long = make.issued(SERVER, days=398)  # and its last second: 399
        other = make.self_signed("other", ["basicConstraints=critical,CA:TRUE"])
        chain = read(long) + read(make.root)
        check_unknown(count, chain)
        check_given(count, chain, make.root)
        check_reload(count, chain, make.root, other)
        check_start(count, make.root)
    count.finish()


if __name__ == "__main__":
    main()
