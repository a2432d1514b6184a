#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a report for people says to do: enough when followed, and true."""
import base64
import json

import der
from lib import LIST, read, run_all, sample

AT = ["--at", "2026-06-02T00:00:00Z"]
DERS = der.pem_to_ders(read(sample("compliant.pem")))
LIST_JSON = json.loads(read(sample("log_list.json")))


def words(t, *args):
    """The text form with its line breaks taken out."""
    options = list(args) + ([] if "--log-list" in args else LIST)
    options += [] if "--at" in args else AT
    return " ".join(t.run("check", *options).text.split())


def only(*names):
    """The samples' list with no logs but those of these descriptions."""
    out = json.loads(json.dumps(LIST_JSON))
    for operator in out["operators"]:
        for kind in ("logs", "tiled_logs"):
            operator[kind] = [log for log in operator.get(kind, [])
                              if log["description"] in names]
    out["operators"] = [o for o in out["operators"] if o["logs"] or o["tiled_logs"]]
    return json.dumps(out)


def test_lifetime(t):
    """181 days: what one second less would change."""
    text = words(t, "--policy", "apple,apple-enforced", sample("day-too-long.pem"))
    t.has(text, "A notAfter 1 second earlier brings it to 180 days (its first and its last "
          "second both count), which need 2 SCTs.", "one second too long")
    t.equal(text.count("A notAfter"), 1, "said where it matters only")
    t.check("A notAfter" not in words(t, sample("no-scts.pem")), "and not of a short one")


def test_supply(t):
    """Whether the logs of the list can give what is missing."""
    text = words(t, sample("no-scts.pem"))
    t.has(text, "issue the certificate again with 2 SCTs from 2 different log operators, at "
          "least one from an RFC 6962 log. 6 usable logs of 4 operators accept this "
          "certificate's notAfter.", "enough logs")
    t.has(words(t, sample("forged-sct.pem")), "4 usable logs of 3 operators accept",
          "the log of an SCT that does not verify may give another one")
    chrome = t.file(json.dumps({"version": "90.1", "log_list_timestamp": "2026-05-21T12:00:00Z",
                                "operators": LIST_JSON["operators"]}))
    t.has(words(t, "--policy", "chrome", "--log-list", chrome, sample("forged-sct.pem")),
          "one more SCT from another log operator. 4 usable logs of 3 operators accept", "another operator's alone")
    both = t.file(only("Alder2026h2", "BirchTiled2026h2"))
    t.has(words(t, "--log-list", both, sample("no-scts.pem")),
          "certificate's notAfter. ", "just enough")
    for names, said in [
            (["Alder2026h2"], "Only 1 usable log of 1 operator accepts this certificate's "
             "notAfter, which is not enough; another notAfter may find more."),
            (["Alder2026h2", "AlderTiled2026h2"], "Only 2 usable logs of 1 operator accept"),
            (["Alder2027"], "No further usable log of the list could give one")]:
        text = words(t, "--log-list", t.file(only(*names)), sample("no-scts.pem"))
        t.has(text, said, f"logs: {names}")


def test_logs_told(t):
    """Logs to ask are named once, and again where a policy takes fewer of them."""
    answers = t.file(json.dumps(json.loads(read(sample("scts.json")))[:1]))
    for policies, times in (("apple-enforced,apple", 2), ("apple,apple-enforced", 1)):
        text = words(t, "--policy", policies, "--scts", answers, sample("precertificate.pem"))
        t.equal((text.count("Logs to ask"), text.count("[too_few_scts]")), (times, 2), policies)


def test_unknown_log(t):
    """The id of a log that the list does not know can be copied."""
    text = words(t, "--log-list", t.file(only("Alder2027")), sample("compliant.pem"))
    for sct in t.judge(sample("compliant.pem"))["scts"]:
        t.has(text, f"log id {sct['log_id']}", "in full")
        t.equal(len(base64.b64decode(sct["log_id"])), 32, "32 bytes")


def test_issuer(t):
    """No issuer, or a wrong one: the SCTs are not blamed for it."""
    rejected = json.loads(only("Alder2026h2", "BirchTiled2026h2"))
    log = rejected["operators"][0]["logs"][0]
    log["state"] = {"rejected": {"timestamp": "2026-04-01T00:00:00Z"}}
    leaf = t.file(der.pem(DERS[0]))
    options = ["--log-list", t.file(json.dumps(rejected))]
    text = words(t, *options, leaf)
    t.has(text, "does not count: cannot be verified without the issuer; the log is rejected "
          "(rejected since 2026-04-01)", "both reasons")
    report = t.judge(*options, leaf)
    t.equal(report["scts"][0]["why"], ["unverified", "log_rejected"], "in JSON too")
    t.equal(report["policies"][0]["verdict"], "non_compliant", "so nothing is open")
    text = words(t, "--issuer", sample("root.pem"), leaf)
    t.has(text, "the signature does not verify with the log's key and the issuer given, "
          "which may be the wrong one", "a wrong issuer")
    text = words(t, sample("forged-sct.pem"))
    t.has(text, "does not verify with the log's key ", "a forged SCT")
    t.check("which may be the wrong one" not in text, "of a known issuer")


def test_expired(t):
    text = words(t, "--at", "2027-06-02T00:00:00Z", sample("compliant.pem"))
    t.has(text, "To judge it as of its issuance: --at issuance.", "after its end")
    text = words(t, "--at", "2026-05-02T00:00:00Z", sample("compliant.pem"))
    t.has(text, "To judge it as of its issuance: --at issuance.", "before its beginning")
    t.check("--at issuance" not in words(t, sample("compliant.pem")), "not in its time")


def test_too_early(t):
    """SCTs that are later than the time of check are no reason to issue again."""
    for at, early in [("2026-06-01T00:04:00Z", True), ("2026-06-01T00:05:00Z", False)]:
        text = words(t, "--at", at, sample("compliant.pem"))
        t.equal("Judge it at 2026-06-01T00:04:00.930Z or later" in text, early, at)
        t.equal(text.startswith("PASS"), not early, at)
        t.check("issue the certificate again" not in text, at)


def findings(report):
    return [f["code"] for f in report["findings"]]


def test_lists(t):
    """A list of another time is said to be one."""
    for at, want in [("2026-05-20T15:59:59Z", True), ("2026-05-20T16:00:00Z", False)]:
        report = t.judge("--at", at, sample("root.pem"))
        t.equal("log_list_newer" in findings(report), want, at)
    published = report["log_list"]["published_at"]
    newer = t.judge("--at", "2025-01-01T00:00:00Z", sample("root.pem"))
    t.has(findings(newer), "log_list_newer", f"a list of {published} in 2025")
    t.check("log_list_newer" not in findings(t.judge("--at", published, sample("root.pem"))),
            "to the second")


def test_several_leaves(t):
    """A file of several leaves is judged by the first one: that is said."""
    two = read(sample("compliant.pem")) + read(sample("no-scts.pem"))
    report = t.judge(t.file(two))
    t.has(findings(report), "not_judged", "two leaves")
    t.has([f["message"] for f in report["findings"] if f["code"] == "not_judged"][0],
          "1 further certificate behind the first one is no part", "how many")
    twice = read(sample("compliant.pem")) * 2 + read(sample("root.pem"))
    t.check("not_judged" not in findings(t.judge(t.file(twice))), "the same leaf twice")


def test_other_scts(t):
    """SCTs of another certificate under a right issuer."""
    answers = json.loads(read(sample("scts.json")))
    for answer in answers:
        answer["timestamp"] += 1
    report = t.judge("--scts", t.file(json.dumps(answers)), sample("precertificate.pem"))
    t.equal({s["status"] for s in report["scts"]}, {"invalid_signature"}, "none verifies")
    t.has(findings(report), "scts_of_another_certificate", "is said")
    answers[0]["timestamp"] -= 1
    report = t.judge("--scts", t.file(json.dumps(answers)), sample("precertificate.pem"))
    t.check("scts_of_another_certificate" not in findings(report), "one verifies")


def test_open(t):
    """An open verdict: requirements are open, and the issuer is asked for once."""
    leaf = t.file(der.pem(DERS[0]))
    text = words(t, "--policy", "apple,apple-enforced", leaf)
    t.check("UNMET" not in text and text.count("OPEN") >= 4, "open, not unmet")
    t.equal(text.count("--issuers FILE|DIR"), 1, "asked for once")
    t.check("--issuer FILE" not in text, "by an option that check and audit have")
    t.has(text, "(apple, apple-enforced) The verdict hangs on", "for both policies")
    text = words(t, sample("no-scts.pem"))
    t.check("UNMET" in text and "OPEN" not in text, "unmet is unmet")


run_all("advice", globals())
