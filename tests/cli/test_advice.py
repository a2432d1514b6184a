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
    text = words(t, "--policy", "all", sample("day-too-long.pem"))
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
    both = t.file(only("Alder2026h2", "BirchTiled2026h2"))
    t.has(words(t, "--log-list", both, sample("no-scts.pem")),
          "certificate's notAfter. ", "just enough")
    for names, said in [
            (["Alder2026h2"], "Only 1 usable log of 1 operator accepts this certificate's "
             "notAfter, which is not enough; another notAfter may find more."),
            (["Alder2026h2", "AlderTiled2026h2"], "Only 2 usable logs of 1 operator accept"),
            (["Alder2027"], "No further usable log of the list accepts")]:
        text = words(t, "--log-list", t.file(only(*names)), sample("no-scts.pem"))
        t.has(text, said, f"logs: {names}")


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
    t.check("--at issuance" not in text, "not before its beginning")


run_all("advice", globals())
