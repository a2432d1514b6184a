# SPDX-License-Identifier: Apache-2.0
"""More of the page without a browser: what is given in files or twice, times outside a certificate's life,
what does not apply, and more than fits."""
import base64
import json
import os
import re
import struct
import subprocess

from page_lib import checks_of, post, text_of, verdict_of
from serve_lib import AT, SAMPLES, Service, sample


def section(answer, name):
    return re.search(rf'<section id="{name}".*?</section>', answer.body.decode(), re.S)[0]


class PageCases:
    """Each check is of one service, or starts its own; counted in `count`."""

    def __init__(self, count):
        self.count = count
        self.sound, self.says = checks_of(count)

    def check_sct_files(self, service):
        """What logs answered, in one file of any form: the report of the same in the field."""
        precert = ("a.pem", sample("precertificate.pem"))
        answers = json.loads(sample("scts.json"))
        lines = [base64.b64encode(bytes([0]) + base64.b64decode(one["id"])
                                  + struct.pack(">Q", one["timestamp"])
                                  + struct.pack(">H", len(base64.b64decode(one["extensions"])))
                                  + base64.b64decode(one["extensions"]) + base64.b64decode(one["signature"]))
                 for one in answers]
        want = post(service, {"certificate": precert[1], "scts": sample("scts.json"), "at": AT,
                              "go": "json"}).body
        self.count.equal("SCTs in the field count", [one["counted"] for one in json.loads(want)["scts"]],
                    [True] * len(answers))
        for what, data in (("an array", sample("scts.json")),
                           ("objects, one a line", "\n".join(map(json.dumps, answers)).encode()),
                           ("base64, one a line", b"\r\n".join(lines) + b"\n")):
            got = post(service, {"at": AT, "go": "json"}, (precert, ("scts", data)))
            self.count.equal(f"a file with {what}", got.body, want)
        got = self.sound("an array of others", post(service, {"at": AT}, (precert, ("b.json", b"[1]"))))
        self.says("an array of others", got, "Also given, and not used", "b.json: must")
        got = self.sound("SCTs in field and file", post(service, {"scts": sample("scts.json"), "at": AT},
                                                   (precert, ("scts", sample("scts.json")))))
        self.says("SCTs in field and file", got, "SCTs in files; those in the field are used")
        got = self.sound("65 SCTs", post(service, {"at": AT}, (precert, ("b", b"\n".join(lines[:1] * 65)))))
        self.says("65 SCTs", got, "More than 64 SCTs in files: the rest was not looked at")
        ocsp, scts = sample("ocsp.der"), sample("tls_scts.bin")
        cut = 2 + int.from_bytes(scts[2:4], "big")
        other = cut.to_bytes(2, "big") + scts[2:2 + cut]
        for files, words in (((("b", ocsp), ("c", ocsp[:-1] + bytes([ocsp[-1] ^ 1]))),
                              "c: a second OCSP response; the first one is used"),
                             ((("b", scts), ("c", other)), "c: a second list of SCTs")):
            files = (("a.pem", sample("no-scts.pem")), *files)
            got = self.sound("two of one", post(service, {"at": AT}, files))
            self.says("two of one", got, "Also given, and not used", words)
            one = post(service, {"at": AT, "go": "json"}, files[:2]).body
            self.count.equal("the first one is used", post(service, {"at": AT, "go": "json"}, files).body, one)

    def check_time_field(self, service):
        """The day that its field shows is one that a browser lets through, whenever the check is."""
        for at in ("2019-01-01", "2026-06-02", AT, "2030-01-01"):
            page = post(service, {"certificate": sample("compliant.pem"), "at": at}).body.decode()
            first, last, day = re.search(r'name="day" form="form" min="([^"]*)" max="([^"]*)"\s+'
                                         r'value="([^"]*)"', page).groups()
            self.count.check(f"at {at}: the day", first <= day <= last, (first, last, day))
            shown = re.search(r'<output id="shown"[^>]*>([^<]*)<', page)[1]
            self.count.equal(f"at {at}: the slider", shown[:10], day)

    def check_exempt(self, service):
        """Where the policy does not apply nothing is in red; and what a verdict does not say is said."""
        for what, fields in (("a CA", {"certificate": sample("root.pem"), "at": AT}),
                             ("expired", {"certificate": sample("no-scts.pem"), "at": "2030-01-01"})):
            got = self.sound(what, post(service, fields))
            self.count.equal(f"{what}: verdict", verdict_of(got), "Does not apply")
            models = section(got, "models")
            self.count.check(f"{what}: unmet, and not in red", "unmet" in models and 'mark bad"' not in models,
                        models[:2000])
            self.count.equal(f"{what}: folded away", models.count("<summary>What its SCTs come to</summary>"), 2)
        got = post(service, {"certificate": sample("root.pem"), "at": AT})
        self.says("a CA", got, "By apple: does not apply")
        self.count.check("a CA: no red on its time line", '<rect class="bad"' not in section(got, "time"))
        for name in ("compliant.pem", "no-scts.pem"):
            got = post(service, {"certificate": sample(name), "at": AT})
            self.says(name, got, "is not examined here", "ctpolicy check --connect",
                 "follow the table 2021-04-21 of apple: 180-days 2 SCTs, over-180-days 3 SCTs",
                 "follow the table 2021-04-21 of apple-enforced: 180-days 2 SCTs, 825-days 3 SCTs")
            self.count.check(f"{name}: not folded away", "What its SCTs come to" not in section(got, "models"))

    def check_repair(self, service, folder):
        """What makes it pass is said, with the command where the certificate is the user's own."""
        path = os.path.join(folder, "own.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", os.devnull,
                        "-out", path, "-days", "3650", "-subj", "/CN=mail.example.com"],
                       stderr=subprocess.DEVNULL, check=True)
        with open(path, encoding="ascii") as file:
            own = file.read()
        got = self.sound("to repair", post(service, {"certificate": sample("operator-cap.pem"), "at": AT}))
        text = section(got, "repair")
        self.count.check("to repair: logs", "Issue it again with 2 embedded SCTs of 2 log operators" in text, text)
        self.count.check("to repair: no command", "<pre" not in text, text)
        got = self.sound("own", post(service, {"certificate": own, "policies": "apple,all"}))
        text = section(got, "repair")
        self.count.check("own: names", "a subjectAltName for mail.example.com" in text, text)
        self.count.check("own: command", "<code>test -e new-ca.key || openssl req -x509 " in text and
                    "&#39;subjectAltName=DNS:mail.example.com&#39;" in text, text)
        got = post(service, {"certificate": sample("compliant.pem"), "at": AT})
        self.count.check("compliant: nothing to repair", 'id="repair"' not in got.body.decode())

    def check_policies(self, service):
        """Each policy's own log list, and a mark for each one in the table of several certificates."""
        got = self.sound("all", post(service, {"certificate": sample("compliant.pem"), "at": AT,
                                               "policies": "apple,all"}))
        models = section(got, "models")
        self.count.equal("all: lists", models.count("<bdi>without a list of"), 3)
        both = sample("compliant.pem") + sample("operator-cap.pem")
        got = self.sound("rows", post(service, {"certificate": both, "at": AT, "policies": "apple,all"}))
        cells = re.findall(r'<td data-label="Verdict">(.*?)</td>', got.body.decode(), re.S)
        self.count.equal("rows: the policies of each verdict", [
            re.findall(r'</span> ([a-z ]+)</span> <span class="soft">(.*?)</span>', cell) for cell in cells], [
            [("pass", "apple, apple-enforced, apple-tls"), ("unknown", "chrome, mozilla, android")],
            [("fail", "apple"), ("pass", "apple-enforced, apple-tls"), ("unknown", "chrome, mozilla, android")]])

    def check_lists(self, service):
        """The page of the log list in force, and what it refuses."""
        got = self.sound("lists", service.call("GET", "/lists"))
        self.says("lists", got, "The log list in force", "by operator", "Which logs take")
        got = self.sound("a day", service.call("GET", "/lists?day=2026-08-01"))
        self.says("a day", got, "2 logs")
        bars = text_of(got).split("It ends on")[1].split("All logs, by operator")[0]
        self.count.check("a whole sentence", "does not take it" in bars and "does not D" not in bars, bars)
        self.count.check("RFC 6962 logs", "RFC 6962, takes it" in bars, bars)
        for query in ("day=x", "at=x", "from=1&to=2", "from=1", "other=1"):
            self.sound(query, service.call("GET", "/lists?" + query), 400)
        got = self.sound("POST /lists", service.post("/lists", "day=2026-08-01",
                                                "application/x-www-form-urlencoded"))
        self.count.equal("Allow", service.call("PUT", "/lists").headers.get("allow"), "GET, HEAD, POST")

    def check_retired(self, folder):
        """Both models leave out others: the right one of two reasons."""
        with open(os.path.join(SAMPLES, "log_list.json"), encoding="utf-8") as file:
            logs = json.load(file)
        for operator in logs["operators"]:
            for log in operator["logs"] + operator["tiled_logs"]:
                log["state"] = {"retired": {"timestamp": "2026-07-01T00:00:00Z", "version": "700"}}
        path = os.path.join(folder, "retired.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(logs, file)
        with Service("--log-list", path, samples=False) as service:
            got = self.sound("retired", post(service, {"certificate": sample("compliant.pem"),
                                                  "at": "2026-07-15"}))
            text = section(got, "models")
            self.count.check("retired: why", "so they leave out 2 SCTs that the policy counts" in text, text[-900:])
            self.count.check("retired: no cap is blamed", "devices have no such cap" not in text, text[-900:])
            self.count.equal("exit status", service.stop(), 0)

    def check_many_events(self, service):
        """More than the words of a time line hold: the rules are there all the same, the rest is counted."""
        ids = [log["log_id"] for log in service.call("GET", "/v1/logs?state=rejected").json()["logs"]
               if "Oak2025H2" in log["description"]]  # was in four states
        scts = b"".join(len(one).to_bytes(2, "big") + one for one in (
            bytes(1) + base64.b64decode(ids[i % len(ids)]) + struct.pack(">Q", 1780272180125 + i)
            + b"\0\0\4\3\0\1\0" for i in range(100)))
        got = self.sound("100 SCTs", post(service, {"certificate": sample("no-scts.pem"), "at": AT},
                                     (("scts", len(scts).to_bytes(2, "big") + scts),)))
        words = re.search(r'<ol class="events">(.*?)</ol>(.*?)</details>', got.body.decode(), re.S)
        items = words[1].count("<li>")
        left_out = re.search(r"And (\d+) more", words[2])
        print(f"page: 100 SCTs of {len(ids)} logs: {items} events, {left_out and left_out[1]} more")
        self.count.equal("100 SCTs: as many as there is room for", items, 500)
        self.count.check("100 SCTs: the rest is counted", left_out)
        for word in ("at least one SCT from an RFC 6962 log", "follow the table 2021-04-21 of apple",
                     "CT is enforced for certificates issued from here on"):
            self.count.check(f"100 SCTs: rule {word!r}", f"Rule: {word}" in words[1] or word in words[1])
