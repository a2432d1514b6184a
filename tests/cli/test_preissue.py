#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Issuance as a CA does it: precertificate and SCTs before signing, then the final
certificate beside its precertificate."""
import base64
import copy
import json
import re

import der
from lib import AT, FAIL, INPUT, LIST, PASS, loads, read, run_all, sample

ANSWERS = json.loads(read(sample("scts.json")))
PRECERT, CA = der.pem_to_ders(read(sample("precertificate.pem")))
FINAL = der.pem_to_ders(read(sample("final.pem")))[0]
TBS = read(sample("tbs.der"))
CHAIN = read(sample("final.pem")).decode()


def b64(data):
    return base64.b64encode(data).decode()


def words(t, *args):
    """The text form with its line breaks taken out."""
    return " ".join(t.run("check", *LIST, *AT, *args).text.split())


def codes(report):
    return [f["code"] for f in report["findings"]]


# Before signing.

def test_may_be_embedded(t):
    """The first line answers the question."""
    answers = ["--scts", sample("scts.json")]
    for name in ("precertificate.pem", "tbs.der"):
        issuer = ["--issuer", t.file(der.pem(CA))]
        text = words(t, *issuer, *answers, "--policy", "apple,apple-enforced", sample(name))
        t.check(text.startswith("PASS: these SCTs may be embedded: with them this certificate "
                                "meets Apple's published CT policy and is accepted"), name, text)
    text = words(t, "--scts", t.file(ANSWERS[:1]), sample("precertificate.pem"))
    t.check(text.startswith("FAIL: these SCTs are not enough to be embedded: with them this "
                            "certificate does not meet"), "one SCT", text)
    leaf = t.file(der.pem(PRECERT))
    text = words(t, *answers, leaf)
    t.check(text.startswith("UNKNOWN: whether these SCTs may be embedded is open: "), "no issuer",
            text)
    broken = dict(ANSWERS[0], timestamp=ANSWERS[0]["timestamp"] + 1)
    text = words(t, "--scts", t.file(ANSWERS + [broken]), sample("precertificate.pem"))
    t.check(text.startswith("PASS: these SCTs may be embedded, without the 1 that cannot count: "),
            "a forged third one", text)
    for name in ("precertificate.pem", "final.pem"):
        t.check("embedded: with them" not in words(t, sample(name)), f"nothing given: {name}")
    text = " ".join(t.run("check", *LIST, "--at", "2027-06-02T00:00:00Z", *answers,
                          sample("precertificate.pem")).text.split())
    t.check("may be embedded" not in text, "an expired one is not to be signed", text)


def test_malformed_answer(t):
    """One byte too many: which entry, of which log; and that log has answered."""
    def raw(answer):
        extensions = base64.b64decode(answer["extensions"] + "==")
        return (bytes([0]) + base64.b64decode(answer["id"]) + answer["timestamp"].to_bytes(8, "big")
                + len(extensions).to_bytes(2, "big") + extensions
                + base64.b64decode(answer["signature"]))
    padded = [b64(raw(ANSWERS[0]) + b"\0"), b64(raw(ANSWERS[1]))]
    args = ["--scts", t.file("\n".join(padded)), sample("precertificate.pem")]
    text = words(t, *args)
    t.has(text, "Entry 1 of scts, of Birch2026h2, is malformed", "the entry and its log")
    t.check("Birch2026h2" not in text[text.index("Logs to ask"):text.index("Entry 1")],
            "it is not asked for as if nothing had come", text)
    report = t.judge(*args, want=FAIL)
    t.equal(report["scts"][0]["log"], "Birch2026h2", "the row has its name")
    t.has(codes(report), "scts_malformed", "a finding")
    cut = words(t, "--scts", t.file(b64(raw(ANSWERS[0])[:20])), sample("precertificate.pem"))
    t.has(cut, "Entry 1 of scts is malformed", "where nobody can tell whose it is")


def test_next_step(t):
    """Without SCTs: what comes next, once, and the logs to ask once for all policies."""
    text = words(t, "--policy", "apple,apple-enforced", sample("precertificate.pem"))
    t.equal(text.count("Logs to ask"), 1, "the logs are named once", text)
    t.equal(text.count("ctpolicy plan"), 1, "and what comes first", text)
    t.has(text, "--scts FILE", "and last")
    some = words(t, "--scts", t.file(ANSWERS[:1]), sample("precertificate.pem"))
    t.check("ctpolicy plan" not in some, "not to who has asked", some)


def logs_to_ask(text):
    """What the advice names, by operator; and how many more there are."""
    found = re.search(r"Logs to ask: (.*?)(?:; and (\d+) more)?\. (?:\[|Before that)", text)
    if not found:
        return None
    out = {}
    for part in found[1].split("; "):
        names, operator = part.rsplit(" of ", 1)
        out[operator] = names.split(", ")
    return out, int(found[2] or 0)


def test_logs_to_ask(t):
    """Usable logs that take this notAfter, of operators that may give one more."""
    none = logs_to_ask(words(t, sample("precertificate.pem")))
    t.equal(none, ({"Alder": ["Alder2026h2", "AlderTiled2026h2 (static)"],
                    "Birch": ["Birch2026h2", "BirchTiled2026h2 (static)"],
                    "Cedar": ["CedarTiled2026h2 (static)"], "Dogwood": ["Dogwood2026h2"]}, 0),
            "no SCT yet: every usable log of that half-year")
    birch = logs_to_ask(words(t, "--scts", t.file(ANSWERS[:1]), sample("precertificate.pem")))
    t.equal(birch, ({k: v for k, v in none[0].items() if k != "Birch"}, 0),
            "no log of an operator at its cap")
    cedar = logs_to_ask(words(t, "--scts", t.file(ANSWERS[1:]), sample("precertificate.pem")))
    t.equal(cedar, ({"Alder": ["Alder2026h2"], "Birch": ["Birch2026h2"],
                     "Dogwood": ["Dogwood2026h2"]}, 0),
            "none but RFC 6962 logs where that is what is missing")
    kept = {"AlderTiled2026h2", "BirchTiled2026h2", "CedarTiled2026h2", "Dogwood2026h2"}
    listed = json.loads(read(sample("log_list.json")))
    for operator in listed["operators"]:
        for kind in ("logs", "tiled_logs"):
            operator[kind] = [log for log in operator[kind] if log["description"] in kept]
    few = logs_to_ask(" ".join(t.run("check", "--log-list", t.file(listed), *AT,
                                     sample("precertificate.pem")).text.split()))
    t.equal(list(few[0]), ["Dogwood", "Alder", "Birch", "Cedar"], "RFC 6962 logs first")
    any_log = logs_to_ask(" ".join(t.run(
        "check", "--policy", "apple-enforced", "--log-list", t.file(listed), *AT,
        sample("precertificate.pem")).text.split()))
    t.equal(list(any_log[0]), ["Alder", "Birch", "Cedar", "Dogwood"],
            "as the list has them where the policy asks for none")
    t.equal(logs_to_ask(words(t, sample("no-scts.pem"))), None, "a signed one is past asking")
    many, more = logs_to_ask(" ".join(t.run(
        "check", "--at", "2026-06-02T00:00:00Z", sample("precertificate.pem")).text.split()))
    t.check(len(many) == 4 and all(len(names) <= 2 for names in many.values()) and more > 0,
            "the list in the program: a few by name", f"{many} {more}")


def test_named_logs_suffice(t):
    """A log that was named counts when it has answered."""
    text = words(t, "--scts", t.file(ANSWERS[:1]), sample("precertificate.pem"))
    t.has(text, "CedarTiled2026h2", "named")
    report = t.judge("--scts", sample("scts.json"), sample("precertificate.pem"), want=PASS)
    t.equal([s["log"] for s in report["scts"] if s["counted"]],
            ["Birch2026h2", "CedarTiled2026h2"], "and counts")


# The final certificate, beside its precertificate.

def changed(change):
    """The final certificate with its TBSCertificate changed, whose signature is then none;
    and the offset and length of what was changed."""
    root = copy.deepcopy(der.parse(FINAL)[0])
    node = change(root)
    return root.encode(), root.offset_of(node), len(node.encode())


def test_same(t):
    """Every form, by option and by field; the same report."""
    want = t.judge("--precertificate", sample("precertificate.pem"), sample("final.pem"),
                   want=PASS)
    t.equal((want["precertificate"]["kind"], want["precertificate"]["same_tbs"]),
            ("precertificate", True), "the samples belong together")
    t.equal(codes(want), [], "nothing to say")
    for name, content in {"DER": PRECERT, "base64": b64(PRECERT), "PEM": der.pem(PRECERT)}.items():
        report = t.judge("--precertificate", t.file(content), sample("final.pem"), want=PASS)
        t.equal(report, want, f"by {name}")
    for content in (TBS, b64(TBS)):
        report = t.judge("--precertificate", t.file(content), sample("final.pem"), want=PASS)
        t.equal((report["precertificate"]["kind"], report["precertificate"]["same_tbs"]),
                ("tbs_certificate", True), "a TBSCertificate")
    t.check("precertificate" not in t.judge(sample("final.pem")), "only where it was given")
    t.has(words(t, "--precertificate", sample("precertificate.pem"), sample("final.pem")),
          "precert what was logged is what was signed", "in the text")
    env = {"CTPOLICY_PRECERTIFICATE": sample("precertificate.pem")}
    t.equal(t.judge(sample("final.pem"), env=env), want, "in the environment")


def test_field(t):
    """The field of a request, through check and audit: the same bytes."""
    lines = [{"id": i, "certificate": CHAIN, "precertificate": p} for i, p in enumerate(
        [der.pem(PRECERT), b64(PRECERT), b64(TBS), "AAAA", CHAIN, der.pem(PRECERT) + "x"])]
    lines.append({"id": 9, "certificate": CHAIN})
    lines.append({"id": 10, "certificate": der.pem(PRECERT), "precertificate": der.pem(PRECERT)})
    file = t.file("".join(json.dumps(line) + "\n" for line in lines))
    options = [*LIST, *AT, "--format", "ndjson", file]
    check = t.run("check", *options)
    t.equal(check.status, INPUT, "one cannot be evaluated", repr(check)[:400])
    for jobs in ("1", "2"):
        audit = t.run("audit", "--jobs", jobs, *options)
        t.equal(audit.out, check.out, f"audit --jobs {jobs} prints what check prints")
    reports = check.lines()
    t.equal([r.get("precertificate", {}).get("same_tbs") for r in reports],
            [True, True, True, None, None, True, None, None], "which are the same")
    t.equal([codes(r) for r in reports[3:5]], [["precertificate_unreadable"]] * 2, "which are none")
    t.equal((reports[7]["error"]["code"], reports[7]["error"]["field"]),
            ("not_a_final_certificate", "precertificate"), "beside a precertificate")
    deduped = t.run("audit", "--dedupe", *options).lines()
    t.equal(len(deduped), len(reports), "each is another request")


def test_unreadable(t):
    for name, content, part in [("text", "hello", "cannot be read"), ("empty", "", "empty"),
                                ("cut short", PRECERT[:-9], "at byte"),
                                ("an OCSP response", read(sample("ocsp.der")), "--ocsp"),
                                ("a final certificate", CHAIN, "no poison extension")]:
        report = t.judge("--precertificate", t.file(content), sample("final.pem"), want=PASS)
        found = [f for f in report["findings"] if f["code"] == "precertificate_unreadable"]
        t.equal([f["field"] for f in found], ["precertificate"], name)
        t.has(found[0]["message"] if found else "", part, name)
    path = t.path()
    result = t.run("check", *LIST, *AT, "--precertificate", path, sample("final.pem"))
    t.equal(result.status, INPUT, "no such file", repr(result))
    t.has(result.messages, path, "is named")
    for name in ("precertificate.pem", "tbs.der"):
        result = t.run("check", *LIST, *AT, "--precertificate", sample("precertificate.pem"),
                       sample(name))
        t.equal(result.status, INPUT, f"beside {name}", repr(result))
        t.has(result.messages, "[not_a_final_certificate]", f"beside {name}")
    result = t.run("check", *LIST, *AT, "--precertificate", sample("precertificate.pem"),
                   "--output", sample("precertificate.pem"), sample("final.pem"))
    t.has(result.messages, "--precertificate", "not written over")


def serial(root):
    node = root.children[0].children[1]
    node.value = bytes([node.value[0], node.value[1] ^ 1]) + node.value[2:]
    return node


def not_after(root):
    node = root.children[0].children[4].children[1]
    node.value = node.value[:-2] + b"8Z"
    return node


def extension(root, oid):
    extensions = root.children[0].children[-1].children[0].children
    return [e for e in extensions if e.encode().find(bytes.fromhex(oid)) >= 0][0]


def names(root):
    node = extension(root, "0603551d11")
    value = node.children[-1]
    content = value.content().replace(b"pipeline.example", b"pipelinX.example")
    value.value, value.children = content, None
    return node


def test_changed(t):
    """A TBSCertificate that the signer changed: the field and its bytes."""
    issuer = ["--issuer", t.file(der.pem(CA)), "--precertificate", sample("precertificate.pem")]
    for field, change in [("serialNumber", serial), ("validity.notAfter", not_after),
                          ("extensions.subjectAltName", names)]:
        content, offset, length = changed(change)
        report = t.judge(*issuer, t.file(content))
        found = report.get("precertificate", {})
        t.equal((found.get("same_tbs"), found.get("field"), found.get("difference")),
                (False, field, "value"), field)
        t.equal(found.get("certificate"), {"offset": offset, "length": length}, f"{field}: where")
        place = found.get("precertificate") or {"offset": 0, "length": 0}
        logged = PRECERT[place["offset"]:place["offset"] + place["length"]]
        now = content[offset:offset + length]
        t.equal(len(logged), len(now), f"{field}: in the precertificate")
        differing = [i for i, (a, b) in enumerate(zip(logged, now)) if a != b]
        finding = [f for f in report["findings"] if f["code"] == "precertificate_differs"]
        t.equal([(f["field"], f["offset"], f["severity"]) for f in finding],
                [("certificate", offset + differing[0] if differing else None, "error")],
                f"{field}: the first byte")
        t.equal({s["status"] for s in report["scts"]}, {"invalid_signature"}, f"{field}: no SCT")
        text = words(t, *issuer, t.file(content))
        t.has(text, f"bytes {offset} to {offset + length - 1} of the certificate",
              f"{field}: in words")
        t.has(text, f"precert another TBSCertificate, from {field} on", f"{field}: in the text")
        t.has(text, "Sign exactly what was logged", f"{field}: what to do")


def test_another(t):
    """The precertificate of another certificate is not blamed on the signer."""
    report = t.judge("--precertificate", sample("precertificate.pem"), sample("compliant.pem"),
                     want=PASS)
    message = [f["message"] for f in report["findings"]
               if f["code"] == "precertificate_differs"]
    t.check(message and "is another one's" in message[0], "SCTs verify", repr(message))


def test_request_overrides(t):
    """A request's own precertificate stands against the option's."""
    request = t.file({"id": 1, "certificate": CHAIN, "precertificate": b64(PRECERT)})
    result = t.run("check", *LIST, *AT, "--format", "json", "--precertificate",
                   sample("compliant.pem"), request)
    t.equal(loads(result.out)["precertificate"]["same_tbs"], True, "the request's")
    t.check(result.status != FAIL, "and passes")


run_all("preissue", globals())
