# SPDX-License-Identifier: Apache-2.0
"""The page's buttons and its slider: what they send, and what they must not."""
import json
import os
import time

from browser import WAIT
from serve_lib import AT, sample

PLAN = f"not_before=2026-06-15&not_after=2026-09-12&at={AT}"


def posts(asked):
    return [url for method, url, _ in asked if method == "POST"]


def whole(page, name, at=AT):
    """A page that came whole from a form, as where the script was not there yet."""
    page.open(at=at)
    page.browser.run("document.getElementById('certificate').value = arguments[0];"
                     "document.getElementById('form').submit()", sample(name).decode())
    page.done(f"{name}, whole")
    page.said(f"{name}, whole")


KEY_TEXT = "-----BEGIN PRIVATE KEY-----\\nMAAA\\n-----END PRIVATE KEY-----"
TYPE_KEY = f"document.getElementById('certificate').value = '{KEY_TEXT}'"
SLIDE = ("var s = document.getElementById('slider'); s.value = arguments[0];"
         "s.dispatchEvent(new Event('input', {bubbles: true}))")


def check_sending(page, folder, count):
    """Whatever is pressed, and wherever the page came from: it is looked at, sent, and answered."""
    downloads = os.path.join(folder, "downloads")
    page.browser.protocol("Browser.setDownloadBehavior", behavior="allow", downloadPath=downloads)

    def downloaded(what):
        path = os.path.join(downloads, "ctpolicy-report.json")
        end = time.monotonic() + WAIT
        while not os.path.exists(path) and time.monotonic() < end:
            time.sleep(0.05)
        with open(path, encoding="utf-8") as file:
            report = json.load(file)
        os.remove(path)
        count.equal(f"{what}: a report", report["schema"], "ctpolicy.report.v1")
        return report

    for at in ("2030-01-01", "2019-01-01"):
        page.open(at=at)
        page.paste(sample("compliant.pem").decode())
        page.word(at, "Does not apply")
        count.check(f"{at}: nothing keeps the form from being sent",
                    page.browser.run("return document.getElementById('form').checkValidity()"))
        page.said(at)
        page.browser.click("button.primary")
        count.check(f"{at}: checked again", page.browser.until(
            "performance.getEntriesByType('resource').filter(function (e) {"
            "return e.name.indexOf('part=answer') > 0; }).length === 2"))
        page.word(f"{at} again", "Does not apply")
        page.browser.click("button[value=json]")
        downloaded(at)
        page.said(at)
    whole(page, "compliant.pem")
    before = page.browser.run("return document.querySelector('#about').textContent")
    page.browser.run(SLIDE, 30)
    count.check("a whole page: the slider moves the verdict's day", page.browser.until(
        "document.querySelector('#about').textContent.indexOf('2026-07-01') > 0"), before)
    page.browser.click("button[value=json]")
    count.equal("a whole page: the report is of that day", downloaded("a whole page")["evaluated_at"][:10],
                "2026-07-01")
    page.said("a whole page")
    for what, do in (("the slider", lambda: page.browser.run(SLIDE, 20)),
                     ("the download", lambda: page.browser.click("button[value=json]")),
                     ("a day", lambda: page.browser.click("button[value=day]"))):
        whole(page, "compliant.pem")
        page.browser.run(TYPE_KEY)
        do()
        count.check(f"{what} with a key: told", page.browser.until(
            "(document.querySelector('#said .word') || {}).textContent === 'Not sent'"))
        count.equal(f"{what} with a key: nothing was sent", page.said(what), [])
    page.open("/plan?" + PLAN)
    page.said("a plan")
    page.browser.run(TYPE_KEY)
    page.browser.click("button[value=json]")
    page.word("a plan's download with a key", "Not sent")
    count.equal("a plan's download with a key: nothing was sent", posts(page.said("a plan")), [])
    whole(page, "compliant.pem")
    page.browser.run("document.getElementById('at').value = 'yesterday'")
    page.browser.click("button[value=json]")
    count.check("what the service refuses is told, and is no file", page.browser.until(
        "(document.querySelector('#answer .word') || {}).textContent === 'Not checked'"))
    page.said("a refused download", ["status of 400"])
    whole(page, "compliant.pem")
    page.browser.run("window.fetch = function () { return Promise.reject(new Error('gone')); }")
    page.browser.click("button[value=json]")
    count.check("a service that is gone is told", page.browser.until(
        "(document.querySelector('#said h2') || {textContent: ''}).textContent.indexOf("
        "'cannot be reached') > 0"))
    page.said("a service that is gone")
    count.equal("no other file came", os.listdir(downloads), [])
