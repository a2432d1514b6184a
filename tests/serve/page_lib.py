# SPDX-License-Identifier: Apache-2.0
"""The page as a browser without a script has it: forms, and whether its HTML is sound."""
import gzip
import html
import html.parser
import re

BOUNDARY = "a-boundary-of-the-tests"
VOID = {"meta", "link", "input", "br", "wbr", "img", "hr", "rect", "line", "circle", "path"}
CSP = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
       "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", re.S)


def multipart(fields, files=()):
    """Content-Type and body; files are (name, bytes)."""
    out = []
    for name, value in fields.items():
        value = value.encode() if isinstance(value, str) else value
        out.append(f'Content-Disposition: form-data; name="{name}"'.encode() + b"\r\n\r\n" + value)
    for name, value in files:
        out.append(f'Content-Disposition: form-data; name="files"; filename="{name}"'.encode()
                   + b"\r\nContent-Type: application/octet-stream\r\n\r\n" + value)
    mark = b"--" + BOUNDARY.encode()
    body = b"".join(mark + b"\r\n" + part + b"\r\n" for part in out) + mark + b"--\r\n"
    return f"multipart/form-data; boundary={BOUNDARY}", body


def post(service, fields, files=(), target="/", **headers):
    kind, body = multipart(fields, files)
    return service.post(target, body, kind, **headers)


def text_of(answer):
    """What a reader sees, in one line."""
    page = answer.body.decode()
    page = re.sub(r"<(script|style|textarea)\b.*?</\1>", " ", page, flags=re.S)
    page = re.sub(r"</?(?:bdi|wbr|code|strong|span|time)\b[^>]*>", "", page)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def verdict_of(answer):
    """The word in front of the verdict; "" where there is none."""
    got = re.search(r'<p class="word"><span[^>]*></span>([^<]*)</p>', answer.body.decode())
    return got[1] if got else ""


class Checker(html.parser.HTMLParser):
    """What is wrong with a page: open elements, ids that stand twice, fields without a label, anything
    inline that the policy of the page forbids, and addresses of elsewhere."""

    def __init__(self):
        super().__init__()
        self.open, self.faults, self.ids, self.labels, self.fields = [], [], set(), set(), []
        self.headings = []

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        given = dict(attrs)
        if len(set(names)) != len(names):
            self.faults.append(f"an attribute twice in <{tag}>")
        for name, value in attrs:
            if name == "style" or name.startswith("on"):
                self.faults.append(f"inline {name} in <{tag}>")
            if name in ("href", "src", "action") and not re.match(r"[/#]", value or ""):
                self.faults.append(f"{name}={value!r} in <{tag}>")
        if tag == "style" or (tag == "script" and "src" not in given):
            self.faults.append(f"inline <{tag}>")
        if "id" in given:
            if given["id"] in self.ids:
                self.faults.append(f"id {given['id']} twice")
            self.ids.add(given["id"])
        if tag == "label" and "for" in given:
            self.labels.add(given["for"])
        if tag in ("input", "textarea", "select") and given.get("type") != "hidden":
            self.fields.append((given.get("id"), given, "label" in self.open))
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "svg" and given.get("aria-hidden") != "true" and "aria-label" not in given:
            self.faults.append("a picture without a name")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> in {self.open[-3:]}")
        else:
            self.open.pop()

    def finish(self, is_whole):
        self.close()
        if self.open:
            self.faults.append(f"not closed: {self.open}")
        for name, given, inside in self.fields:
            if name not in self.labels and not inside and "aria-label" not in given:
                self.faults.append(f"no label: {given}")
        if is_whole and self.headings[:1] != [1]:
            self.faults.append(f"headings {self.headings}")
        for before, after in zip(self.headings, self.headings[1:]):
            if after > before + 1:
                self.faults.append(f"h{before} and then h{after}")
        return self.faults


def faults_of(answer):
    body = answer.body
    if answer.headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    checker = Checker()
    checker.feed(body.decode())
    return checker.finish(body.startswith(b"<!DOCTYPE html>"))


def checks_of(count):
    """What every answer of a page is held against, and its words, counted there."""
    def sound(what, answer, status=200):
        """An answer for people, whatever it says."""
        count.equal(f"{what}: status", answer.status, status)
        count.equal(f"{what}: type", answer.headers.get("content-type"),
                    "text/html; charset=utf-8")
        count.equal(f"{what}: CSP", answer.headers.get("content-security-policy"), CSP)
        faults = faults_of(answer)
        count.check(f"{what}: HTML", not faults, faults)
        return answer

    def says(what, answer, *words):
        text = text_of(answer)
        for word in words:
            count.check(f"{what} says {word!r}", word in text, text[:1500])

    return sound, says
