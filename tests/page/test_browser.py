#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The page in a real Chromium: paste, drop, pick, by keyboard alone, without a script, in both schemes and
from 360 to 1,400 pixels; that nothing leaves for elsewhere, and no private key at all; axe-core, where
it can be had (CTPOLICY_TEST_AXE: a file axe.min.js; else from npm).

Environment: CTPOLICY_TEST_SHOTS (a folder that screenshots of all states are written to)."""
import base64
import json
import os
import shutil
import ssl
import subprocess
import sys
import tarfile
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "serve"))

import browser  # noqa: E402
from browser import CONTROL, ENTER, RIGHT, SHIFT, SPACE, TAB, Browser  # noqa: E402
from page_lib import CERTIFICATE  # noqa: E402
from sending import check_sending  # noqa: E402
from serve_lib import AT, SAMPLES, Count, Service, sample  # noqa: E402

count = Count("browser")
SHOTS = os.environ.get("CTPOLICY_TEST_SHOTS")
DONE = ("document.querySelector('#answer #verdict, #said #verdict') && "
        "!document.querySelector('#answer[aria-busy]')")
WORD = "return (document.querySelector('#verdict .word') || {}).textContent || ''"

# Text whose contrast with what lies behind it is below 4.5 (3 where it is large), and things to
# press that are smaller than 24 pixels (WCAG 2.2: 1.4.3, 2.5.8).
LOOK = """
function rgb(text) { var m = text.match(/[\\d.]+/g).map(Number); return m.length < 4 ? m.concat(1) : m; }
function over(top, under) { return [0, 1, 2].map(function (i) {
    return top[i] * top[3] + under[i] * (1 - top[3]); }).concat(1); }
function back(element) {
    var layers = [];
    for (var at = element; at; at = at.parentElement) layers.push(rgb(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce(function (under, top) { return over(top, under); }, [255, 255, 255, 1]); }
function light(c) { var p = c.slice(0, 3).map(function (v) { v /= 255;
    return v <= 0.04045 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4); });
    return 0.2126 * p[0] + 0.7152 * p[1] + 0.0722 * p[2]; }
var faults = [];
document.querySelectorAll('body *').forEach(function (element) {
    var style = getComputedStyle(element), box = element.getBoundingClientRect();
    if (!box.width || style.visibility === 'hidden' || element.closest('svg, .skip, option')) return;
    var own = Array.from(element.childNodes).some(function (n) {
        return n.nodeType === 3 && n.textContent.trim(); });
    if (own) {
        var under = back(element), a = light(over(rgb(style.color), under)), b = light(under);
        var ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        var size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
        if (ratio < (large ? 3 : 4.5)) faults.push('contrast ' + ratio.toFixed(2) + ': ' +
            element.textContent.trim().slice(0, 40));
    }
    if (/^(BUTTON|INPUT|SELECT|TEXTAREA|SUMMARY)$/.test(element.tagName) && (box.height < 24 || box.width < 24))
        faults.push('target ' + box.width + 'x' + box.height + ': ' + element.outerHTML.slice(0, 80));
});
if (document.documentElement.scrollWidth > window.innerWidth)
    faults.push('scrolls sideways: ' + document.documentElement.scrollWidth);
return faults;
"""


class Page:
    """A browser on one service; holds each request against where it may go."""

    def __init__(self, service, chromium, axe):
        self.service, self.browser, self.axe = service, chromium, axe
        self.shots = 0

    def open(self, path="/", at=AT):
        query = f"?at={at}" if at and path == "/" else ""
        self.browser.go(f"http://127.0.0.1:{self.service.port}{path}{query}")

    def done(self, what):
        count.check(f"{what}: an answer comes", self.browser.until(DONE))

    def word(self, what, want):
        self.done(what)
        count.equal(f"{what}: verdict", self.browser.run(WORD), want)

    def clipboard(self, text):
        self.browser.protocol("Browser.grantPermissions", permissions=[
            "clipboardReadWrite", "clipboardSanitizedWrite"])
        self.browser.run_async("var done = arguments[1]; window.focus(); navigator.clipboard"
                               ".writeText(arguments[0]).then(done, function (e) { done('' + e); });",
                               text)

    def paste(self, text, into=None):
        self.clipboard(text)
        if into:
            self.browser.run("document.querySelector(arguments[0]).focus()", into)
        self.browser.keys((CONTROL, "v"))

    def drop(self, *paths):
        data = {"items": [], "files": [os.path.realpath(path) for path in paths],
                "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            self.browser.protocol("Input.dispatchDragEvent", type=kind, x=300, y=300, data=data)

    def said(self, what, known=()):
        """Nothing went elsewhere, and the browser has nothing to complain about but what is known."""
        own = f"http://127.0.0.1:{self.service.port}/"
        asked = self.browser.requests()
        away = [url for _, url, _ in asked if not url.startswith((own, "data:", "blob:" + own[:-1]))]
        count.equal(f"{what}: requests elsewhere", away, [])
        bad = [text for text in self.browser.messages() if not any(one in text for one in known)]
        count.equal(f"{what}: the browser says", bad, [])
        return asked

    def looked_at(self, what):
        """In both schemes and all widths: contrast, sizes, no scrolling aside; axe; a picture."""
        for scheme in ("light", "dark"):
            self.browser.media(scheme, "reduce")
            for width in (1400, 768, 360):
                self.browser.size(width)
                name = f"{what}, {scheme}, {width} px"
                count.equal(name, self.browser.run(LOOK), [])
                if self.axe and (scheme, width) in (("light", 1400), ("dark", 360)):
                    self.check_axe(name)
                if SHOTS:
                    self.shots += 1
                    path = f"{self.shots:02}-{what}-{scheme}-{width}.png".replace(" ", "_")
                    self.browser.shot(os.path.join(SHOTS, path))
        self.browser.media("light")
        self.browser.size(1400)

    def check_axe(self, name):
        self.browser.run(self.axe + "; return true;")
        found = self.browser.run_async(
            "var done = arguments[0]; axe.run(document, {resultTypes: ['violations']})"
            ".then(function (r) { done(r.violations.map(function (v) { return v.id + ': ' + "
            "v.nodes[0].html.slice(0, 200) + ' ' + v.nodes[0].failureSummary; })); }, "
            "function (e) { done(['' + e]); });")
        count.equal(f"{name}: axe-core", found, [])


def find_axe(folder):
    """The text of axe-core; None where it cannot be had here."""
    path = os.environ.get("CTPOLICY_TEST_AXE")
    if not path and shutil.which("npm"):
        try:
            subprocess.run(["npm", "pack", "axe-core@4", "--silent"], cwd=folder, check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120,
                           env={**os.environ, "npm_config_cache": os.path.join(folder, "npm")})
            packed = next(name for name in os.listdir(folder) if name.endswith(".tgz"))
            with tarfile.open(os.path.join(folder, packed)) as tar, open(
                    os.path.join(folder, "axe.min.js"), "wb") as out:
                out.write(tar.extractfile("package/axe.min.js").read())
            path = os.path.join(folder, "axe.min.js")
        except (OSError, subprocess.SubprocessError, StopIteration, KeyError, tarfile.TarError):
            path = None
    if not path:
        return None
    with open(path, encoding="utf-8") as file:
        return file.read()


def check_paste(page):
    chain = sample("compliant.pem").decode()
    page.open()
    page.said("the form")
    page.paste(chain)
    page.word("pasted on the page", "Pass")
    page.open()
    page.paste(chain, "#certificate")
    page.word("pasted into the field", "Pass")
    asked = page.said("pasted")
    count.equal("one request each", [url.rpartition("/")[2] for method, url, _ in asked
                                     if method == "POST"], ["?part=answer"] * 2)
    count.check("the address carries time and policies, and no certificate", page.browser.run(
        "return location.search === arguments[0]", f"?at={AT}&policies=apple,apple-enforced"))
    count.check("the focus is on the verdict", page.browser.run(
        "return document.activeElement.id === 'verdict-h'"))
    page.paste(sample("operator-cap.pem").decode())
    count.check("the next one takes its place", page.browser.until(
        "(document.querySelector('#verdict .word') || {}).textContent === 'Fail'"))
    # Measured within the page: from the event to the verdict in place.
    times = page.browser.run_async("""
        var done = arguments[1], text = arguments[0], times = [];
        function once() {
            var answer = document.getElementById('answer'), began = performance.now();
            var watch = new MutationObserver(function () {
                if (!answer.querySelector('#verdict')) return;
                watch.disconnect();
                requestAnimationFrame(function () { setTimeout(function () {
                    times.push(performance.now() - began);
                    if (times.length < 10) { once(); } else { done(times); }
                }); });
            });
            watch.observe(answer, {childList: true});
            var data = new DataTransfer();
            data.setData('text/plain', text);
            document.body.dispatchEvent(new ClipboardEvent('paste',
                {clipboardData: data, bubbles: true, cancelable: true}));
        }
        once();""", chain)
    print(f"from the paste to the verdict on the screen: {min(times):.0f} to {max(times):.0f} ms "
          f"(aim: 200), the first one {times[0]:.0f} ms")
    count.check("it comes while one waits", max(times) < 20000, times)
    page.said("pasted again")


def check_drop_and_pick(page, folder):
    leaf, issuer = CERTIFICATE.findall(sample("compliant.pem"))[:2]
    paths = []
    for name, data in (("leaf.pem", leaf), ("issuer.crt", issuer), ("ocsp.der", sample("ocsp.der"))):
        paths.append(os.path.join(folder, name))
        with open(paths[-1], "wb") as file:
            file.write(data)
    page.open()
    page.drop(paths[1], paths[0])
    page.word("dropped", "Pass")
    page.open()
    page.browser.type_into("#files", "\n".join(paths))
    page.word("picked", "Pass")
    page.drop(os.path.join(SAMPLES, "operator-cap.pem"))
    count.check("another one dropped", page.browser.until(
        "(document.querySelector('#verdict .word') || {}).textContent === 'Fail'"))
    page.said("dropped and picked")


def tab_to(page, what, found, most=60):
    for _ in range(most):
        if page.browser.run(f"var e = document.activeElement; return {found}"):
            outline = page.browser.run("return getComputedStyle(document.activeElement).outlineStyle")
            count.check(f"{what}: the focus is seen", outline != "none", outline)
            return True
        page.browser.keys(TAB)
    return count.check(f"{what} by Tab", False)


def check_keyboard(page):
    page.open(at="")
    page.browser.keys(TAB)
    count.check("the first stop skips to the content", page.browser.run(
        "return document.activeElement.className === 'skip'"))
    tab_to(page, "the field", "e.id === 'certificate'")
    page.browser.protocol("Input.insertText", text=sample("compliant.pem").decode())
    tab_to(page, "the time", "e.id === 'at'")
    page.browser.protocol("Input.insertText", text=AT)
    tab_to(page, "the button", "e.className === 'primary'")
    page.browser.keys(ENTER)
    page.word("by keyboard", "Pass")
    tab_to(page, "the slider", "e.id === 'slider'")
    before = page.browser.run("return document.getElementById('shown').textContent")
    page.browser.keys(*[RIGHT] * 30)
    count.check("the slider moves the day", page.browser.until(
        "document.getElementById('shown').textContent !== arguments[0]", before))
    count.check("and the verdict's", page.browser.until(
        "!document.querySelector('#answer[aria-busy]') && document.querySelector('#about') && "
        "document.querySelector('#about').textContent.indexOf("
        "document.getElementById('shown').textContent) > 0"))
    count.check("the focus stays", page.browser.run("return document.activeElement.id === 'slider'"))
    count.check("the link has the day", page.browser.run(
        "return location.search.indexOf("
        "document.getElementById('shown').textContent.slice(0, 10)) > 0"))
    tab_to(page, "an SCT", "e.tagName === 'SUMMARY' && e.parentElement.className === 'sct'")
    page.browser.keys(ENTER)
    count.check("it opens", page.browser.run("return document.activeElement.parentElement.open"))
    tab_to(page, "copying", "e.id === 'copy'")
    page.browser.keys(SPACE)
    count.check("it is copied", page.browser.until(
        "document.getElementById('copy').textContent === 'Copied'"))
    copied = page.browser.run_async(
        "var done = arguments[0]; navigator.clipboard.readText().then(done, done)")
    count.check("a curl command", str(copied).startswith("curl ") and f":{page.service.port}/v1/evaluate?"
                in copied, copied)
    page.browser.keys((SHIFT, TAB))
    page.said("by keyboard")


def check_no_script(page):
    page.browser.protocol("Emulation.setScriptExecutionDisabled", value=True)
    try:
        page.open()
        page.browser.type_into("#certificate", sample("compliant.pem").decode())
        page.browser.click("button.primary")
        source = page.browser.source("</span>Pass</p>", "</html>")
        count.check("without a script: the verdict", "</span>Pass</p>" in source, source[:300])
        count.check("without a script: no slider", 'id="slide" hidden=""' in source)
        page.browser.type_into("#day", "07032026")
        page.browser.click("button[value=day]")
        source = page.browser.source("2026-07-03 00:00:00", "</span>Pass</p>", "</html>")
        count.check("without a script: another day", "2026-07-03 00:00:00" in source
                    and "</span>Pass</p>" in source, source[-3000:])
        page.browser.click("details.sct summary")
        count.check("without a script: an SCT opens", 'class="sct" open=""'
                    in page.browser.source('class="sct" open=""'))
        page.browser.click("nav a[href='/lists']")
        count.check("without a script: the lists", "The log list in force"
                    in page.browser.source("The log list in force"))
    finally:
        page.browser.protocol("Emulation.setScriptExecutionDisabled", value=False)
    page.said("without a script")


def check_keys(page, folder):
    """Said in red, and no request at all."""
    key = subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout"],
                         stdout=subprocess.PIPE, check=True, timeout=60).stdout
    der = subprocess.run(["openssl", "pkcs8", "-topk8", "-nocrypt", "-outform", "DER"], input=key,
                         stdout=subprocess.PIPE, check=True, timeout=60).stdout
    base64_text = subprocess.run(["openssl", "base64"], input=der, stdout=subprocess.PIPE,
                                 check=True, timeout=60).stdout.decode()
    encrypted = subprocess.run(["openssl", "pkcs8", "-topk8", "-passout", "pass:x", "-outform", "DER"],
                               input=key, stdout=subprocess.PIPE, check=True, timeout=60).stdout
    paths = {}
    for name, data in (("a.key", key), ("a.der", der), ("encrypted.der", encrypted),
                       ("encrypted.txt", base64.encodebytes(encrypted)),
                       ("behind.der", ssl.PEM_cert_to_DER_cert(CERTIFICATE.findall(sample(
                           "compliant.pem"))[0].decode()) + der),
                       ("request.json", json.dumps({"ocsp": base64.b64encode(der).decode()}).encode()),
                       ("a.jks", b"\xfe\xed\xfe\xed" + bytes(60)), ("both.pem", sample("compliant.pem") + key),
                       ("utf16.key", key.decode().encode("utf-16")),
                       ("a.p12", b"\x30\x82\x01\x00\x02\x01\x03\x30" + bytes(252))):
        paths[name] = os.path.join(folder, name)
        with open(paths[name], "wb") as file:
            file.write(data)
    page.open()
    page.said("before keys")
    ways = [("pasted", lambda: page.paste(key.decode())),
            ("pasted into the field", lambda: page.paste(key.decode(), "#certificate")),
            ("pasted into another", lambda: page.paste(key.decode(), "#at")),
            ("pasted in base64", lambda: page.paste(base64_text)),
            ("pasted encrypted", lambda: page.paste(base64.b64encode(encrypted).decode())),
            ("typed", lambda: (page.browser.run("document.getElementById('certificate').value = "
                                                "arguments[0]", key.decode()),
                               page.browser.click("button.primary")))]
    ways += [(f"{name} dropped", lambda name=name: page.drop(paths[name])) for name in paths]
    ways += [(f"{name} picked", lambda name=name: page.browser.type_into("#files", paths[name]))
             for name in paths]
    for what, do in ways:
        page.open()
        page.said(what)
        do()
        page.word(what, "Not sent")
        text = page.browser.run("return document.querySelector('#verdict h2').textContent")
        count.check(f"{what}: why", "PKCS #12" in text if "p12" in what else "private key" in text, text)
        red = page.browser.run("return document.querySelector('#verdict').className")
        count.equal(f"{what}: in red", red, "verdict bad")
        count.equal(f"{what}: nothing was sent", page.said(what), [])
        if "pasted" in what:
            count.check(f"{what}: it is in no field", page.browser.run(
                "return Array.from(document.querySelectorAll('input, textarea')).every(function (e) {"
                "return e.value.indexOf('KEY') < 0 && e.value.length < 40; })"))


def check_refusals(page, folder):
    known = ("422 (Unprocessable", "413 (")
    page.open()
    page.paste("hello, world")
    page.word("rubbish", "Not checked")
    page.looked_at("rubbish")
    big = os.path.join(folder, "big.pem")
    with open(big, "wb") as file:
        file.write(b"x" * 5000000)
    page.browser.requests()
    page.drop(big)
    page.word("5 MB", "Not sent")
    count.equal("5 MB: nothing was sent", page.said("5 MB", known), [])


def check_states(page):
    """Each state in every scheme and width."""
    page.open(at="")
    page.looked_at("empty")
    for what, name, at, word in (("pass", "compliant.pem", AT, "Pass"),
                                 ("fail", "operator-cap.pem", AT, "Fail"),
                                 ("expired", "compliant.pem", "2030-01-01", "Does not apply"),
                                 ("precertificate", "precertificate.pem", AT, "Fail")):
        page.open(at=at)
        page.paste(sample(name).decode())
        page.word(what, word)
        if what in ("pass", "fail"):
            page.browser.run("document.querySelectorAll('#answer details').forEach(function (d) {"
                             "d.open = true; })")
        page.looked_at(what)
    leaf = CERTIFICATE.findall(sample("compliant.pem"))[0].decode()
    page.open()
    page.paste(leaf)
    page.word("unknown", "Unknown")
    page.looked_at("unknown")
    page.open()
    page.paste("".join(CERTIFICATE.findall(sample(name))[0].decode() for name in
                       ("compliant.pem", "operator-cap.pem", "no-scts.pem")))
    count.check("a table", page.browser.until("!!document.querySelector('button[name=pick]')"))
    page.looked_at("table")
    page.browser.click("button[value='2']")
    page.word("one of the table", "Fail")
    page.said("states")


def make_long(folder):
    """Names that are as long as names are, and none of them kind to who writes pages."""
    label = "a-very-long-label-that-goes-on-and-on-without-an-end-in-sight-63"[:63]
    name = ".".join([label] * 3)
    organization = "Gesellschaft für außerordentlich lange Namen <b>&amp;</b> " * 1
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-days", "90", "-utf8", "-keyout",
                    os.devnull, "-out", "long.pem", "-subj",
                    f"/O={organization.strip()}/CN=\u202eshort.example", "-addext",
                    "subjectAltName=" + ",".join(f"DNS:n{i}.{name}" for i in range(30)),
                    "-addext", "basicConstraints=CA:FALSE"], cwd=folder, check=True,
                   stderr=subprocess.DEVNULL, timeout=60)
    with open(os.path.join(folder, "long.pem"), encoding="ascii") as file:
        return file.read()


def check_odd(page, folder):
    """Long names, and twenty SCTs."""
    page.open(at="")
    page.paste(make_long(folder))
    page.done("long names")
    page.looked_at("long names")
    page.said("long names")
    scts = sample("tls_scts.bin")[2:]
    while len(scts) < 20 * 120:
        scts += scts
    items, at = b"", 0
    for _ in range(20):
        size = 2 + int.from_bytes(scts[at:at + 2], "big")
        items += scts[at:at + size]
        at += size
    path = os.path.join(folder, "scts.bin")
    with open(path, "wb") as file:
        file.write(len(items).to_bytes(2, "big") + items)
    page.open()
    page.drop(os.path.join(SAMPLES, "no-scts.pem"), path)
    page.done("20 SCTs")
    count.equal("20 SCTs", page.browser.run(
        "return document.querySelectorAll('details.sct').length"), 20)
    page.looked_at("20 SCTs")


def check_lists(page):
    page.open("/lists")
    page.looked_at("lists")
    count.equal("lists have names", page.browser.run(
        "return document.querySelectorAll('#logs table').length > 0"), True)
    page.browser.click("#covers button")
    count.check("a day", page.browser.until("location.search.indexOf('day=') > 0"))
    page.said("lists")


PLAN_DATES = f"not_before=2026-06-15&not_after=2026-09-12&at={AT}"


def field(page, name):
    return page.browser.run("return document.getElementById(arguments[0]).value", name)


def check_plan(page):
    for what, query in (("plan, empty", ""), ("plan", f"?{PLAN_DATES}"),
                        ("plan, an operator lost", f"?{PLAN_DATES}&survive=operator"),
                        ("plan, impossible", "?not_before=2040-01-01&not_after=2040-02-01")):
        page.open("/plan" + query)
        page.looked_at(what)
    page.said("plans")
    page.open("/plan?" + PLAN_DATES)
    page.browser.run("document.getElementById('survive').value = 'log'")
    page.browser.click("form#form button.primary")
    count.check("another plan is put in place",
                page.browser.until("location.search.indexOf('survive=log') > 0"))
    page.said("another plan")
    page.browser.run("document.getElementById('not_after').value = '2026-01-01'")
    page.browser.click("form#form button.primary")
    count.check("the end before the beginning is told", page.browser.until(
        "(document.querySelector('#verdict .word') || {}).textContent === 'Not planned' && "
        "document.activeElement.id === 'not_after'"))
    count.equal("it is said at its field", page.browser.run(
        "var f = document.activeElement; return [f.id, f.getAttribute('aria-invalid'), "
        "document.getElementById(f.getAttribute('aria-describedby').split(' ')[1]).className]"),
        ["not_after", "true", "wrong"])
    page.looked_at("plan, the end before the beginning")
    page.said("the end before the beginning", ["status of 422"])
    page.open("/plan")
    page.paste(sample("precertificate.pem").decode())
    page.done("a precertificate pasted")
    count.equal("its times are in the form", [field(page, name) for name in ("not_before", "certificate")],
                ["2026-06-01T00:00:00Z", ""])
    count.check("the address has them", page.browser.until(
        "location.search.indexOf('not_before=2026-06-01T00:00:00Z') > 0"))
    count.check("and no certificate", "certificate" not in page.browser.run("return location.search"))
    page.said("a precertificate pasted")
    page.open("/plan")
    page.paste("-----BEGIN PRIVATE KEY-----\nMAAA\n-----END PRIVATE KEY-----\n")
    page.word("a key pasted", "Not sent")
    asked = page.said("a key pasted")
    count.equal("nothing of it was sent", [url for method, url, _ in asked if method == "POST"], [])


def check_kept_lists(axe, chromium):
    with Service(samples=False) as service:
        page = Page(service, chromium, axe)
        page.shots = 50
        page.open("/lists")
        page.browser.run("document.querySelector('#from').selectedIndex = 6")
        page.browser.click("#changes button")
        count.check("what changed", page.browser.until(
            "document.querySelectorAll('#changes .findings li').length > 0"))
        page.looked_at("changes")
        page.said("changes")


def check_token(chromium, folder):
    path = os.path.join(folder, "tokens")
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as file:
        file.write("u" * 40 + "\n")
    with Service("--token-file", path) as service:
        page = Page(service, chromium, None)
        page.open()
        page.paste(sample("compliant.pem").decode())
        page.word("without a token", "Not checked")
        page.browser.type_into("#token", "u" * 40)
        page.browser.click("button.primary")
        count.check("with it", page.browser.until(
            "(document.querySelector('#verdict .word') || {}).textContent === 'Pass'"))
        page.open()
        page.paste(sample("compliant.pem").decode())
        page.word("this tab remembers it", "Pass")
        page.open("/lists")
        count.equal("and on the other page", page.browser.run(
            "return document.querySelector('input[name=token]').value.length"), 40)
        page.browser.click("form button")
        count.check("the lists", page.browser.until("!!document.querySelector('#covers')"))
        page.said("with a token", ("401 (Unauthorized",))


def main():
    if not browser.find():
        count.skip("no chromium with chromedriver here")
        count.finish()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        axe = find_axe(folder)
        if not axe:
            count.skip("axe-core: no CTPOLICY_TEST_AXE, and npm does not give it")
        with Browser() as chromium, Service() as service:
            page = Page(service, chromium, axe)
            chromium.go("about:blank")
            chromium.requests()  # those of the browser's own first page
            check_paste(page)
            check_drop_and_pick(page, folder)
            check_keyboard(page)
            check_no_script(page)
            check_keys(page, folder)
            check_sending(page, folder, count)
            check_refusals(page, folder)
            check_states(page)
            check_odd(page, folder)
            check_lists(page)
            check_plan(page)
            check_kept_lists(axe, chromium)
            check_token(chromium, folder)
            count.equal("exit status", service.stop(), 0)
    print(f"in {time.monotonic() - began:.0f} s")
    count.finish()


main()
