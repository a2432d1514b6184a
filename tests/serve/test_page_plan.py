#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The page of plans without a browser: the same plan as POST /v1/plan, by address and by form, from times and
from certificates; what cannot be met, what is wrong at its field, private keys, tokens."""
import html
import json
import os
import re
import subprocess
import tempfile
import urllib.parse

from page_lib import CERTIFICATE, checks_of, post, text_of, verdict_of
from serve_lib import AT, Count, Service, sample
from wire import until

count = Count("page of plans")
FORM = "application/x-www-form-urlencoded"
DATES = {"not_before": "2026-06-15", "not_after": "2026-09-12T23:59:59Z", "at": AT}
BOTH = "apple,apple-enforced"


sound, says = checks_of(count)


def get(service, **fields):
    query = urllib.parse.urlencode(fields, safe=":,")
    return service.call("GET", "/plan" + (f"?{query}" if query else ""))


def planned(service, **fields):
    """What POST /v1/plan says."""
    request = {"policies": BOTH.split(",")}
    for name, value in fields.items():
        value = value.split(",") if name == "policies" else value
        request[name] = value + "T00:00:00Z" if name.startswith("not_") and len(value) == 10 else value
    return service.post("/v1/plan", json.dumps(request)).json()


def section(answer, name):
    got = re.search(rf'<section id="{name}".*?</section>', answer.body.decode(), re.S)
    return got[0] if got else ""


def plain(text):
    """As a reader sees it."""
    text = re.sub(r"</?(?:bdi|wbr|code|strong|span|time)\b[^>]*>", "", text)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())


def value_of(answer, name):
    """What a field of the form holds."""
    page = answer.body.decode()
    got = re.search(rf'<input id="{name}"[^>]* value="([^"]*)"', page) or re.search(
        rf'<select id="{name}".*?<option value="([^"]*)" selected>', page, re.S) or re.search(
        rf'<textarea id="{name}"[^>]*>\n(.*?)</textarea>', page, re.S)
    return html.unescape(got[1]) if got else None


def check_same(what, page, want):
    """The page says what the plan says: sizes, numbers of sets, patterns, logs with state and address."""
    asked = next(one for one in want["plans"] if one["survive"] == want["survive"])
    count.equal(f"{what}: verdict", verdict_of(page), "Possible" if asked["possible"] else "Impossible")
    columns = re.findall(r'<article class="model.*?</article>', section(page, "sets"), re.S)
    names = {log["log_id"]: log["description"] for log in want["logs"]}
    count.equal(f"{what}: kinds", len(columns), 3)
    for plan, column in zip(want["plans"], columns):
        text = plain(column)
        kind = f"{what}, {plan['survive']}"
        count.equal(f"{kind}: asked for", "Asked for" in text, plan is asked)
        if not plan["possible"]:
            count.check(f"{kind}: is not possible", "not possible" in text, text)
            continue
        least, most = plan["min_operators"], plan["max_operators"]
        operators = f"{least} to {most}" if least < most else f"{most}"
        sets = plan["num_sets"]
        count.check(f"{kind}: size", f"{plan['size']} logs of {operators} operator" in text, text)
        count.check(f"{kind}: sets", f" {sets} set{'s' * (sets != 1)} " in text, text)
        count.equal(f"{kind}: patterns", len(re.findall(r"\d+ sets?: ", text)), len(plan["patterns"]))
        count.equal(f"{kind}: sets that are named",
                    column.count("<li>") - len(plan["patterns"]) - plan["size"] + 1, len(plan["sets"]))
        for log_id in plan["sets"][0]["log_ids"]:
            count.check(f"{kind}: names a log", names[log_id] in text, text)
    logs = section(page, "logs")
    rows = [plain(row) for row in re.findall(r'<tr><th scope="row">.*?</tr>', logs, re.S)]
    count.equal(f"{what}: logs", len(rows), len(want["logs"]))
    for row, log in zip(rows, want["logs"]):
        for word in (log["description"], log["submit_to"], log["state"], log["state_since"][:10]):
            count.check(f"{what}: a log's row has {word}", word in row, row)
        known = log["known_to_all_clients"]
        count.equal(f"{what}: {log['description']} is known to all", "✓ yes" in row, known)
        if not known and log["known_to_all_clients_from"]:
            count.check(f"{what}: from when", f"from {log['known_to_all_clients_from'][:10]}" in row, row)
    shown = [plain(one) for one in re.findall(r'<tr class="op">.*?</tr>', logs, re.S)]
    count.equal(f"{what}: operators", shown, list(dict.fromkeys(log["operator"] for log in want["logs"])))
    if want["logs"]:
        count.equal(f"{what}: bars", logs.count('<rect class="interval"'), len(want["logs"]))
        count.equal(f"{what}: notAfter's line", logs.count('<line class="at"'), len(want["logs"]) + 1)


def check_lifetimes(service):
    """A lifetime in place of notAfter, one second too many, and what needs no SCTs."""
    got = sound("90 days", get(service, **{**DATES, "not_after": "90d"}))
    says("90 days", got, "90 x 86400 seconds, of which notAfter is the last")
    count.equal("its end", value_of(got, "not_after"), "2026-09-12T23:59:59Z")
    trap = {**DATES, "not_after": "2026-12-12"}
    got = sound("a second too many", get(service, **trap))
    says("a second too many", got, "A notAfter 1 second earlier brings it to 180 days",
         "Plan for")
    count.check("a link", "not_after=2026-12-11T23:59:59Z" in got.body.decode())
    api = service.post("/v1/plan", json.dumps({"at": AT, **{
        name: trap[name] for name in ("not_before", "not_after")}})).json()
    count.equal("JSON", api["policies"][0]["shorter"]["seconds_earlier"], 1)
    first = sound("addresses", get(service, **DATES))
    for one in api["logs"][:1]:
        says("addresses", first, one["submit_to"])
    got = sound("a CA", post(service, {"certificate": sample("root.pem"), "at": AT}, target="/plan"))
    says("a CA", got, "No SCTs are needed", "a CA certificate")
    count.check("no sets", 'id="sets"' not in got.body.decode())
    long = sound("999 days", get(service, **{**DATES, "not_after": "999d"}))
    says("999 days", long, "999 days are more than the 398", "plan for 398 days or fewer")


def check_form(service):
    got = sound("the form", get(service))
    count.check("there is no answer yet", 'id="verdict"' not in got.body.decode())
    count.check("a suggestion", re.fullmatch(r"\d{4}-\d\d-\d\d", value_of(got, "not_before"))
                and value_of(got, "not_after").endswith("T23:59:59Z"))
    count.equal("both models", value_of(got, "policies"), BOTH)
    for days in (47, 90, 180, 398):
        says("the form", got, f"{days} days")
    got = sound("one time", get(service, not_before="2026-06-15", policies="apple", survive="log", at=AT),
                422)
    says("the words of the API", got, service.post("/v1/plan", json.dumps(
        {"not_before": "2026-06-15", "at": AT})).json()["detail"])
    count.equal("filled in", [value_of(got, name) for name in ("not_before", "policies", "survive", "at")],
                ["2026-06-15", "apple", "log", AT])
    head = service.call("HEAD", "/plan?not_before=2026-06-15&not_after=2026-09-12")
    count.equal("HEAD", (head.status, head.body), (200, b""))
    got = service.call("PUT", "/plan")
    count.equal("PUT", (got.status, got.headers.get("allow")), (405, "GET, HEAD, POST"))
    for path in ("/", "/lists", "/plan"):
        page = service.call("GET", path).body.decode()
        links = re.findall(r'<a href="([^"]*)"( aria-current="page")?>', page.split("</nav>")[0])
        count.equal(f"{path}: where one is", [link for link, here in links if here], [path])
        count.check(f"{path}: links to plans", "/plan" in [link for link, _ in links], links)


def check_plans(service):
    for survive in ("none", "log", "operator"):
        for policies in (BOTH, "apple", "apple-enforced"):
            what = f"{survive}, {policies}"
            fields = {**DATES, "survive": survive, "policies": policies}
            page = sound(what, get(service, **fields))
            check_same(what, page, planned(service, **fields))
            count.equal(f"{what}: the form", [value_of(page, "survive"), value_of(page, "policies")],
                        [survive, policies])
            form = sound(f"{what}, posted", service.post("/plan", urllib.parse.urlencode(fields), FORM))
            count.equal(f"{what}: the form gives the same", section(form, "sets"), section(page, "sets"))
            part = service.post("/plan?part=answer", urllib.parse.urlencode(fields), FORM)
            count.check(f"{what}: the part is what stands in the page", part.body in form.body
                        and not part.body.startswith(b"<!DOCTYPE"))
    got = sound("days", get(service, not_before="2026-06-15", not_after="2026-09-12", at="2026-06-01"))
    says("days", got, "2026-06-15 00:00:00 UTC to 2026-09-12 00:00:00 UTC, 90 days",
         "2026-06-01 00:00:00 UTC", "2 at least", "1 at most")
    sound("now", get(service, not_before="now", not_after="2026-09-12", policies="all"), 422)
    zoned = get(service, not_before="2026-06-15T02:00:00+02:00", not_after="2026-09-12")
    says("a zone", zoned, "2026-06-15 00:00:00 UTC to")


def check_impossible(service):
    for end, survive, side in (("2031-01-01", "none", "earlier"), ("2031-01-01", "operator", "earlier"),
                               ("2026-06-18", "none", "later")):
        dates = {"not_before": "2026-06-15", "not_after": end, "at": AT}
        want = planned(service, survive=survive, **dates)
        page = sound("impossible", get(service, survive=survive, **dates))
        check_same("impossible", page, want)
        num = want["counts"]["usable"]
        says("impossible", page, f"takes a certificate that ends on {end}",
             f"{num} usable log" if num else "No usable log", "What is lacking", "Needed", "Possible", f"which is {side}")
        rows = section(page, "lack").count('<th scope="row">')
        count.equal("each requirement", rows, len(want["plans"][0]["failures"]))
        plan = next(one for one in want["plans"] if one["survive"] == survive)
        nearest = plan["nearest"]
        ends = [end for end in (nearest["earlier_not_after"], nearest["later_not_after"]) if end]
        count.check("something is near", ends)
        links = [html.unescape(link) for link in
                 re.findall(r'href="(/plan[^"]*)"', section(page, "verdict"))]
        count.equal("what is nearest", [re.search("not_after=([^&]*)", link)[1] for link in links], ends)
        for link in links:
            got = sound("the nearest", service.call("GET", link))
            count.equal("it can be met", verdict_of(got), "Possible")
            count.equal("it asks for the same", value_of(got, "survive"), survive)
            count.equal("at the same time", value_of(got, "at"), AT)
    lasting = get(service, not_before="2026-06-15", not_after="2026-09-12T23:59:59Z", at=AT)
    for plan in planned(service, **DATES)["plans"]:
        if not plan["possible"]:
            says("lost", lasting, "without")


def check_certificates(service):
    """Its times count, and it is not in the answer."""
    for name in ("compliant.pem", "precertificate.pem"):
        pem = sample(name)
        leaf = CERTIFICATE.findall(pem)[0]
        want = planned(service, certificate=leaf.decode(), at=AT)
        fields = {"at": AT, "not_before": "2020-01-01", "not_after": "2019-01-01"}
        for what, got in (
                ("pasted", post(service, {**fields, "certificate": pem}, target="/plan")),
                ("picked", post(service, fields, [("chain.pem", pem)], target="/plan")),
                ("its issuer first", post(service, {**fields, "certificate": b"".join(
                    reversed(CERTIFICATE.findall(pem)))}, target="/plan"))):
            what = f"{name} {what}"
            check_same(what, sound(what, got), want)
            count.equal(f"{what}: times", [value_of(got, "not_before"), value_of(got, "not_after")],
                        [want["certificate"]["not_before"], want["certificate"]["not_after"]])
            count.equal(f"{what}: it is not kept", value_of(got, "certificate"), "")
            count.check(f"{what}: no byte of it", leaf.split(b"\n")[2] not in got.body)
    beside = post(service, {"certificate": sample("compliant.pem"), "at": AT},
                  [("notes.txt", b"hello, world")], target="/plan")
    says("something else beside it", sound("beside", beside), "Also given, and not used", "notes.txt")
    check_unread(service)


def check_unread(service):
    """An issuer is not what was meant, where the leaf cannot be read; on both pages."""
    leaf, issuer = CERTIFICATE.findall(sample("compliant.pem"))[:2]
    cut = leaf.replace(leaf.split(b"\n")[3] + b"\n", b"", 1)
    for name, data in (("not base64", leaf.replace(b"M", b"*", 1)), ("cut", cut)):
        for place, chain in (("before", data + issuer), ("behind", issuer + data)):
            for target, word in (("/", "Not checked"), ("/plan", "Not planned")):
                what = f"{target}: a leaf that is {name}, {place} its issuer"
                got = sound(what, post(service, {"certificate": chain, "at": AT}, target=target), 422)
                says(what, got, word, "The certificate cannot be read.")
                count.check(f"{what}: it is there again", data.split()[4] in got.body)
    got = sound("another leaf", post(service, {"certificate": leaf + issuer + cut, "at": AT}))
    says("another leaf", got, "Pass", "Also given, and not used")


def check_takeaway(service):
    fields = {**DATES, "survive": "log", "policies": "apple"}
    want = service.post("/v1/plan", json.dumps({
        "not_before": "2026-06-15T00:00:00Z", "not_after": DATES["not_after"], "at": AT,
        "policies": ["apple"], "survive": "log"})).body
    got = post(service, {**fields, "go": "json"}, target="/plan")
    count.equal("JSON", (got.headers["content-type"], got.body), ("application/json", want))
    count.equal("its name", got.headers["content-disposition"],
                'attachment; filename="ctpolicy-plan.json"')
    page = get(service, **fields)
    link = html.unescape(re.search(r'id="link" href="([^"]*)"', page.body.decode())[1])
    count.equal("the link", section(service.call("GET", link), "sets"), section(page, "sets"))
    command = html.unescape(re.search(r'aria-label="curl command"><code>(.*?)</code>', page.body.decode(),
                                      re.S)[1])
    done = subprocess.run(["sh", "-c", command.replace("curl ", "curl -sS --noproxy '*' ", 1)],
                          stdout=subprocess.PIPE, check=False, timeout=120)
    count.equal("curl: the same plan", done.stdout, want)
    failed = post(service, {"certificate": sample("operator-cap.pem"), "at": AT})
    links = re.findall(r'<a href="(/plan[^"]*)"', section(failed, "verdict"))
    if count.check("a failed verdict has a link", len(links) == 1, links):
        link = html.unescape(links[0])
        count.check("of dates alone", re.fullmatch(
            r"/plan\?not_before=[0-9TZ:-]+&not_after=[0-9TZ:-]+&policies=apple,apple-enforced&at=" + AT, link), link)
        sound("it leads to a plan", service.call("GET", link))
    passed = post(service, {"certificate": sample("compliant.pem"), "at": AT})
    count.equal("a pass has none", section(passed, "verdict").count("/plan"), 0)


def wrong_at(answer):
    """The field at which something is said, and what."""
    page = answer.body.decode()
    got = re.search(r'<(?:input|select) id="(\w+)"[^>]* aria-describedby="\w+-hint ([\w-]+)" '
                    r'aria-invalid="true"', page)
    if not got:
        return None, ""
    words = re.search(rf'<span class="wrong" id="{got[2]}">(.*?)</span>', page, re.S)
    return got[1], html.unescape(words[1]) if words else ""


def check_wrong(service):
    for fields, status, field, word in (
            ({**DATES, "not_after": "2026-01-01"}, 422, "not_after", "is before notBefore"),
            ({**DATES, "not_after": "tomorrow"}, 400, "not_after", "not a time"),
            ({**DATES, "not_before": "2026-02-30"}, 400, "not_before", "not a time"),
            ({**DATES, "at": "issuance"}, 400, "at", "not a time"),
            ({**DATES, "policies": "appel"}, 400, "policies", "apple"),
            ({**DATES, "survive": "me"}, 400, "survive", "operator"),
            ({"not_after": "2026-09-12"}, 422, "not_before", "notBefore"),
            ({"not_before": "2026-09-12"}, 422, "not_after", "notAfter"),
            ({"not_before": "<b>\"'&", "not_after": "x"}, 400, "not_before", "not a time")):
        got = sound(f"{fields}", service.post("/plan", urllib.parse.urlencode(fields), FORM), status)
        count.equal(f"{fields}: verdict", verdict_of(got), "Not planned")
        at_field, said = wrong_at(got)
        count.equal(f"{fields}: where", at_field, field)
        count.check(f"{fields}: says {word}", word in said, said)
        for name, value in fields.items():
            if name not in ("policies", "survive"):
                count.equal(f"{fields}: what was written stays", value_of(got, name), value)
        part = service.post("/plan?part=answer", urllib.parse.urlencode(fields), FORM)
        count.check(f"{fields}: for the script", f'data-wrong="{field}"'.encode() in part.body)
    sound("an unknown parameter", service.call("GET", "/plan?certificate=x"), 400)
    got = sound("too large", post(service, {"certificate": b"x" * 5000000}, target="/plan"), 413)
    says("too large", got, "--max-body")
    sound("another type", service.post("/plan", b"{}", "application/json"), 415)
    for name, data, word in (
            ("rubbish", b"hello, world", "begins with -----BEGIN CERTIFICATE-----"),
            ("a request", b"-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n",
             "a certificate request"),
            ("damaged", b"-----BEGIN CERTIFICATE-----\nMIIB****\n-----END CERTIFICATE-----\n", "base64")):
        got = sound(name, post(service, {**DATES, "certificate": data}, target="/plan"), 422)
        says(name, got, "Not planned", word)
        count.equal(f"{name}: it can be mended", value_of(got, "certificate").encode().strip(), data.strip())


def check_keys(service, folder):
    """Refused in whatever field, and nothing of it is shown or logged."""
    subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "ec.key"],
                   cwd=folder, check=True, timeout=120, stderr=subprocess.DEVNULL)
    with open(os.path.join(folder, "ec.key"), "rb") as file:
        key = file.read()
    secret = key.split(b"\n")[1][:24]
    ways = [({"certificate": key}, ()), ({}, [("a.key", key)]), ({"not_after": key}, ()), ({"at": key}, ()),
            ({"certificate": sample("compliant.pem") + key}, ())]
    for fields, files in ways:
        for target in ("/plan", "/plan?part=answer"):
            got = sound("a key", post(service, {**DATES, **fields}, files, target), 422)
            says("a key", got, "Not planned", "This is a private key")
            count.check("it is not shown", secret not in got.body)
    until(lambda: service.log().count("call=page_plan method=POST status=422") >= 2 * len(ways))
    count.check("it is not logged", secret.decode() not in service.log())
    for line in service.log().splitlines():
        count.check("no hash of it", "call=page_plan" not in line or "body_sha256" not in line, line)


def check_tokens(folder):
    path = os.path.join(folder, "tokens")
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as file:
        file.write("u" * 40 + "\n")
    with Service("--token-file", path) as service:
        for what, got in (("GET", get(service)), ("GET a plan", get(service, **DATES)),
                          ("POST", post(service, DATES, target="/plan")),
                          ("POST another", post(service, {**DATES, "token": "x" * 40}, target="/plan"))):
            says(what, sound(what, got, 401), "answers to who has a token")
            count.check(f"{what}: a field for it", b'name="token" type="password"' in got.body)
            count.check(f"{what}: no plan", 'id="sets"' not in got.body.decode())
        bearer = {"Authorization": "Bearer " + "u" * 40}
        for what, got in (
                ("in the form", post(service, {**DATES, "token": "u" * 40}, target="/plan")),
                ("in the head", service.call("GET", "/plan?not_before=2026-06-15&not_after=2026-09-12&at="
                                             + AT, headers=bearer))):
            count.equal(what, verdict_of(sound(what, got)), "Possible")
            says(what, got, "Authorization: Bearer $TOKEN")
            count.check("it is not shown", b"u" * 40 not in got.body)
        count.equal("exit status", service.stop(), 0)


def check_real():
    """With the lists in the program: ends through the years, and logs that not all clients know."""
    with Service(samples=False) as service:
        marked = 0
        for at, begin, end in (("2026-04-20", "2026-04-20", "2026-07-19"), ("2026-04-20", "2026-04-20", "2027-05-01"),
                               ("2024-06-01", "2024-06-01", "2025-06-01"), ("2022-06-01", "2022-06-01", "2022-08-01"),
                               ("2026-04-20", "2026-04-20", "2028-01-10")):
            for survive in ("none", "log", "operator"):
                what = f"{at}, {end}, {survive}"
                fields = {"not_before": begin, "not_after": end, "at": at + "T00:00:00Z", "survive": survive}
                want = planned(service, **fields)
                check_same(what, sound(what, get(service, **fields)), want)
                marked += sum(not log["known_to_all_clients"] for log in want["logs"])
        count.check("logs that not all clients know", marked > 0)
        page = service.call("GET", "/plan?not_before=2026-04-20&not_after=2026-07-19&at=2026-04-20")
        size = sum(len(service.call("GET", f"/page/{name}").body) for name in ("page.css", "page.js", "icon.svg"))
        count.check("page and answer within 100 KB", len(page.body) + size <= 100 * 1024, len(page.body) + size)
        count.equal("exit status", service.stop(), 0)
    with Service("--log-list", "/nonexistent/list.json", samples=False) as service:
        sound("no list: the form", get(service))
        says("no list", sound("no list", get(service, **DATES), 503), "log list")
        count.equal("exit status", service.stop(), 0)


def main():
    with tempfile.TemporaryDirectory() as folder:
        with Service() as service:
            check_form(service)
            check_lifetimes(service)
            check_plans(service)
            check_impossible(service)
            check_certificates(service)
            check_takeaway(service)
            check_wrong(service)
            check_keys(service, folder)
            count.equal("exit status", service.stop(), 0)
        check_tokens(folder)
    check_real()
    count.finish()


main()
