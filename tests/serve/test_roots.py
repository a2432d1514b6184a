#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""serve --roots and --private-root: what hangs on a certificate's root is decided over HTTP too, as by
check; and what the page advises is for people without a command line."""
import html
import json
import os
import re
import shutil
import signal
import tempfile

from page_lib import post, text_of, verdict_of
from serve_lib import Count, Service
from wire import metric, until

from maker import SERVER, Maker  # of tests/cli, which serve_lib found

POLICIES = "apple,apple-tls"
PEM, NDJSON = "application/x-pem-file", "application/x-ndjson"


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
        count.check("JSON names the field", "or say private_root in the request" in advice, advice)
        count.check("JSON names the operator too", "of a service, ask its operator" in advice, advice)
        page = page_of(service, chain)
        count.check("the page names the operator",
                    "ask the operator of this service to give it the system's roots" in page, page)
        count.check("and the box", 'say so with the box "Its root was added by users or '
                    'administrators", or' in page, page)
        leaf = chain[:chain.index(b"-----END CERTIFICATE-----")] + b"-----END CERTIFICATE-----\n"
        page += page_of(service, leaf)
        count.check("the issuer is wanted", "give it behind the leaf, or as the issuer" in page, page)
        for option in ("--private-root", "--issuer", "--roots FILE"):
            count.check(f"the page names no {option}", option not in page, page)
        for what, body in (("chain", chain), ("leaf", leaf)):
            got = service.call("POST", f"/v1/evaluate?policies={POLICIES}", body,
                               {"Content-Type": PEM, "Accept": "text/plain"}).body.decode()
            for option in ("--private-root", "--issuer", "--roots FILE", "--log-list"):
                count.check(f"{what}: text names no {option}", option not in got, got)
            count.check(f"{what}: but the field", "private_root=true" in got, got)
        count.check("and that of the issuer", "as issuer, in a JSON request" in " ".join(got.split()), got)


def verdict_by_door(service, chain, value):
    """apple-tls's verdict with private_root in JSON, in a batch, in the query and by the form."""
    fields = {"certificate": chain.decode(), "policies": POLICIES.split(",")}
    body = json.dumps({**fields, "private_root": value}).encode()
    word = "true" if value else "false"
    query = f"policies={POLICIES}&private_root={word}"
    answers = [service.call("POST", "/v1/evaluate", body, {"Content-Type": "application/json"}),
               service.call("POST", "/v1/evaluate/batch", body + b"\n", {"Content-Type": NDJSON}),
               service.call("POST", f"/v1/evaluate?{query}", chain, {"Content-Type": PEM}),
               service.call("POST", f"/v1/evaluate/batch?private_root={word}",
                            json.dumps(fields).encode() + b"\n", {"Content-Type": NDJSON}),
               # Where both say it, the request wins.
               service.call("POST", f"/v1/evaluate?private_root={str(not value).lower()}", body,
                            {"Content-Type": "application/json"}),
               post(service, {"certificate": chain, "policies": POLICIES, "private_root": word,
                              "go": "json"})]
    return [verdicts(answer.json())["apple-tls"] for answer in answers]


def check_request(count, chain, root):
    """private_root of a request, over what the service was started with."""
    for options, unsaid, no in (((), "indeterminate", "indeterminate"),
                                (("--roots", root), "non_compliant", "non_compliant"),
                                (("--private-root",), "compliant", "indeterminate")):
        with Service(*options) as service:
            what = " ".join(options[:1]) or "no option"
            count.equal(f"{what}, not said", verdicts(ask(service, chain)[0].json())["apple-tls"], unsaid)
            count.equal(f"{what}, yes", verdict_by_door(service, chain, True), ["compliant"] * 6)
            count.equal(f"{what}, no", verdict_by_door(service, chain, False), [no] * 6)


def check_faults(count, chain):
    with Service() as service:
        for value in ('"true"', "1", "null", "[]", '""'):
            body = b'{"certificate":"x","private_root":%s}' % value.encode()
            got = service.call("POST", "/v1/evaluate", body, {"Content-Type": "application/json"})
            count.equal(f"{value}: status", got.status, 400)
            count.equal(f"{value}: problem", (got.json()["code"], got.json().get("field")),
                        ("bad_request", "private_root"))
            count.check(f"{value}: what", "must be true or false" in got.json()["detail"], got.body)
            got = service.call("POST", "/v1/evaluate/batch", body + b"\n", {"Content-Type": NDJSON})
            error = got.json()["error"]
            count.equal(f"{value}: in a batch", (error["code"], error["field"]),
                        ("bad_request", "private_root"))
        for word in ("yes", "", "True", "1"):
            got = service.call("POST", f"/v1/evaluate?private_root={word}", chain, {"Content-Type": PEM})
            count.equal(f"?{word}", (got.status, got.json()["code"], got.json().get("field")),
                        (400, "bad_request", "private_root"))
        got = post(service, {"certificate": chain, "private_root": "maybe"})
        count.equal("a form", got.status, 400)
        count.check("a form: where", "bad_request in private_root" in text_of(got), text_of(got))


def check_page(count, make, chain):
    """From what signed itself to what passes, with nothing but the page."""
    with Service() as service:
        own = make.self_signed("own", SERVER, days=3650, subject="/CN=mail.example.org")
        got = post(service, {"certificate": read(own), "policies": POLICIES})
        page = text_of(got)
        count.check("it signed itself", "(it signed itself)" in page and "not given, so" not in page, page)
        count.check("one number of days", "3650 days and a second" in page and "3651" not in page, page)
        count.check("the way on", "with it behind, and with the box \"Its root was added by users or "
                    "administrators\"." in page, page)
        count.check("an empty box", b'value="true" aria-describedby="private_root-hint">' in got.body)
        got = post(service, {"certificate": chain, "policies": POLICIES})
        count.check("without it the box is named", "and no SCTs: say so with the box" in text_of(got),
                    text_of(got))
        got = post(service, {"certificate": chain, "policies": POLICIES, "private_root": "true"})
        page = text_of(got)
        count.check("it passes", "No SCTs are needed" in page and verdict_of(got) == "Pass",
                    page)
        count.check("the box stays", b'aria-describedby="private_root-hint" checked>' in got.body)
        command = html.unescape(re.search(r'aria-label="curl command"><code>(.*?)</code>',
                                          got.body.decode(), re.S)[1])
        count.check("and goes along", '"private_root":true' in command, command)


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


def check_refresh(count, chain):
    """Only where it refreshes its list the page says so."""
    fields = {"certificate": chain, "at": "2027-12-01", "policies": "apple"}
    with Service() as service:
        page = text_of(post(service, fields))
        count.check("of --log-list", "This service does not refresh its list: ask its operator" in page, page)
    url = "https://127.0.0.1:9/list.json"  # nobody listens there
    for interval, words in (("0", "does not refresh its list"), ("12h", "refreshes its list by itself")):
        with Service("--refresh-interval", interval, "--url", url, samples=False) as service:
            page = text_of(post(service, fields))
            count.check(f"--refresh-interval {interval}", f"This service {words}: " in page, page)
            page = text_of(post(service, {**fields, "policies": "apple,all"}))
            count.check(f"{interval}: of other sources it does not", "This service does not refresh its "
                        "list: " in page, page)


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
        check_request(count, chain, make.root)
        check_faults(count, chain)
        check_page(count, make, chain)
        check_refresh(count, chain)
        check_reload(count, chain, make.root, other)
        check_start(count, make.root)
    count.finish()


if __name__ == "__main__":
    main()
