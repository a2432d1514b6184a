#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""ctpolicy plan: times and certificates, promises, what cannot be met, and wrong usage. That the
sets are the right ones is tests/plan's business."""
import os

from lib import AT, FAIL, INPUT, LIST, LISTS, PASS, UNKNOWN, USAGE, read, run_all, sample

TIMES = ["--not-before", "2026-06-15", "--not-after", "2026-09-12T23:59:59Z"]
KINDS = ("none", "log", "operator")


def plan(t, *args, want=PASS, at=True, **kw):
    """The JSON of a plan with the samples' list and time."""
    result = t.run("plan", "--format", "json", *LIST, *(AT if at else []), *args, **kw)
    t.equal(result.status, want, f"exit status of {args}", repr(result))
    return result.json()


def of(answer, kind):
    return answer["plans"][KINDS.index(kind)]


def names(answer, ids):
    by_id = {log["log_id"]: log["description"] for log in answer["logs"]}
    return [by_id[one] for one in ids]


def usage(t, args, *parts):
    result = t.run("plan", *args)
    t.equal((result.status, result.out), (USAGE, b""), f"wrong usage: {args}", repr(result))
    t.equal(len(result.messages.splitlines()), 1, f"one line: {args}", repr(result))
    for part in parts:
        t.has(result.messages, part, f"what {args} says")


def test_times(t):
    got = plan(t, *TIMES)
    t.equal(got["certificate"]["kind"], None, "no certificate was given")
    t.equal(got["certificate"]["not_before"], "2026-06-15T00:00:00Z", "a day is its first second")
    t.equal(got["certificate"]["lifetime"]["days"], 90, "days")
    t.equal(got["policies"][0]["required"],
            {"scts": 2, "max_per_operator": 1, "min_operators": 2, "current": 1, "rfc6962": 1},
            "what 90 days need")
    t.equal([(p["survive"], p["possible"]) for p in got["plans"]], [(k, True) for k in KINDS],
            "every promise has its answer")
    longer = plan(t, "--not-before", "2026-06-15", "--not-after", "2026-12-12T00:00:00Z",
                  "--policy", "apple,apple-enforced")
    t.equal([p["required"]["scts"] for p in longer["policies"]], [3, 2], "180 days and a second")
    now = plan(t, "--not-before", "now", "--not-after", "9999-12-31", at=False, want=FAIL)
    t.equal(now["possible"], False, "now, to the end of time")


def test_without_scts(t):
    """A policy that asks for no SCTs needs none; what it asks of the validity is said, with the nearest
    one that meets it, on both sides of each limit."""
    tls = ["--policy", "apple-tls"]
    for begin, at, longest, agreed, code in (("2026-06-15", "2026-06-01", 398, 200, "lifetime_too_long"),
                                             ("2020-08-31", "2020-08-31", 825, 825, "lifetime_too_long")):
        times = [*tls, "--at", at, "--not-before", begin]
        got = plan(t, *times, "--not-after", f"{longest}d", at=False)
        t.equal([(p["possible"], p["size"], p["max_operators"], p["num_sets"], p["sets"]) for p in got["plans"]],
                [(True, 0, 0, 0, [])] * 3, f"{longest} days: no SCTs, of no operators")
        t.equal((got["policies"][0]["required"]["scts"], got["policies"][0]["required"]["min_operators"]), (0, 0),
                "required")
        text = " ".join(t.run("plan", *LIST, *times, "--not-after", f"{longest}d").text.split())
        t.check(text.startswith("PLAN: 0 SCTs of 0 operators."), "the first line", text)
        got = plan(t, *times, "--not-after", "3650d", at=False, want=FAIL)
        failures = of(got, "none")["failures"]
        t.equal({(one["policy"], one["code"], one["possible"]) for one in failures}, {("apple-tls", code, 3650)},
                "no SCTs are asked for")
        t.has(failures[-1]["message"], f"asks for at most {longest} days", "which requirement")
        t.has(failures[-1]["message"], "this validity has 3650 days", "what it has")
        t.check("200" not in str(failures), "advice is no failure", str(failures))
        nearest = of(got, "none")["nearest"]["earlier_not_after"]
        t.equal(of(got, "none")["nearest"]["later_not_after"], None, "no longer one")
        plan(t, *times, "--not-after", nearest, at=False)
        second = nearest[:-3] + "%02dZ" % (int(nearest[-3:-1]) + 1) if nearest[-3:-1] != "59" else None
        if second:
            plan(t, *times, "--not-after", second, at=False, want=FAIL)
        else:
            plan(t, *times, "--not-after", f"{longest}d", at=False)
            t.equal(plan(t, *times, "--not-after", f"{agreed}d", at=False)["certificate"]["not_after"], nearest,
                    "the last second of it, and no longer than CAs have agreed on")
    shown = t.run("plan", *LIST, *AT, *tls, *TIMES[:3], "3650d")
    t.equal(shown.status, FAIL, "cannot be met")
    t.check("embedded SCT" not in shown.text and "can give" not in shown.text, "no figures of SCTs", shown.text)
    both = plan(t, "--policy", "apple,apple-tls", *TIMES)
    t.equal([p["required"]["scts"] for p in both["policies"]], [2, 0], "beside one that counts")
    t.equal(of(both, "none")["size"], 2, "the sets are those of the other")


def test_lists_of_others(t):
    """Each policy by its own source's list; one without a list is left out, and said."""
    own = ["--not-before", "2026-06-15", "--not-after", "90d", "--at", "2026-06-10"]
    result = t.run("plan", "--policy", "all", *own)
    t.equal(result.status, PASS, "the lists in the program", repr(result))
    t.check("log_list_of_others" not in result.text and "left out" not in result.text, "all are planned for",
            result.text)
    for name in ("apple 5", "chrome ", "mozilla "):
        t.has(result.text, f" {name}", "the head names each list")
    got = plan(t, "--policy", "all", *TIMES, want=UNKNOWN)
    t.equal((got["possible"], got["left_out"], [p["policy"] for p in got["policies"]]),
            (True, ["chrome", "mozilla", "android"], ["apple", "apple-enforced", "apple-tls"]), "left out")
    remark = [f for f in got["findings"] if f["code"] == "no_list_of_source"]
    t.equal([f["severity"] for f in remark], ["warning"], "is said")
    for part in ("chrome, mozilla and android are left out", "log-list refresh --source chrome)",
                 "log-list refresh --source mozilla --url URL)", "--log-list FILE"):
        t.has(remark[0]["message"], part, "which, and what to do")
    text = t.run("plan", "--policy", "all", *LIST, *AT, *TIMES)
    t.equal(text.status, UNKNOWN, "as text")
    t.has(" ".join(text.text.split()), "nothing is planned for chrome, mozilla and android, without a log list.",
          "the first line")
    got = plan(t, "--policy", "apple-tls,chrome", *TIMES, want=UNKNOWN)
    t.equal((got["left_out"], [p["policy"] for p in got["policies"]]), (["chrome"], ["apple-tls"]), "one alone")
    got = plan(t, "--policy", "all", *TIMES[:3], "3650d", want=FAIL)
    t.equal(got["left_out"], ["chrome", "mozilla", "android"], "impossible, and left out")
    got = plan(t, *TIMES)
    t.equal(got["left_out"], [], "nothing is left out")


def test_lifetimes(t):
    """In place of notAfter: so many days, the last second counted."""
    want = plan(t, *TIMES)
    for text in ("90d", "+90d"):
        t.equal(plan(t, *TIMES[:3], text), want, text)
    shown = t.run("plan", *AT, *LIST, *TIMES[:3], "90d").text
    t.has(" ".join(shown.split()), "90 days (90 x 86400 seconds, of which notAfter is the last)",
          "told")
    t.check("86400" not in t.run("plan", *AT, *LIST, *TIMES).text, "where it was asked for")
    for text in ("d", "0d", "+d", "90", "-90d", "36501d", "9 0d", "90dd"):
        usage(t, [*TIMES[:3], text], f"--not-after {text}", "or a lifetime (90d)", "[bad_time]")
    result = t.run("plan", *AT, *LIST, "--not-after", "90d", sample("compliant.pem"))
    t.equal(result.status, USAGE, "a certificate has its own", repr(result))


def test_shorter(t):
    """A second, or a day, too long for the smaller row: on both sides of each."""
    first = "2026-06-15T00:00:00Z"
    for end, want in (("2026-12-11T23:59:59Z", None), ("2026-12-12", 1),
                      ("2026-12-12T23:59:59Z", 86400), ("2026-12-13", None)):
        got = plan(t, "--not-before", first, "--not-after", end)["policies"][0]["shorter"]
        t.equal(got and got["seconds_earlier"], want, end)
        if want:
            t.equal((got["not_after"], got["days"], got["scts"]), ("2026-12-11T23:59:59Z", 180, 2),
                    end)
            text = t.run("plan", *AT, *LIST, "--not-before", first, "--not-after", end).text
            t.has(text, f"A notAfter {want} second{'s'[:want - 1]} earlier brings it to 180 days",
                  f"{end}: the text")
            t.equal(plan(t, "--not-before", first, "--not-after", got["not_after"])
                    ["policies"][0]["required"]["scts"], 2, "and so it is")


def test_exempt(t):
    """No policy applies: no SCTs are needed, which is no failure."""
    for name, at, why in (("root.pem", AT[1], "a CA certificate"),
                          ("compliant.pem", "2027-06-02", "expired at the time of check")):
        args = ["--at", at, *LIST, sample(name)]
        result = t.run("plan", *args)
        t.equal(result.status, PASS, name, repr(result))
        t.check(result.text.startswith(f"PLAN: no SCTs are needed: {why}."), name, result.text)
        t.check("Smallest sets" not in result.text, "no sets", result.text)
        asked = t.run("plan", *args, "--survive", "log")
        t.has(asked.text, "Smallest sets", "but to who asks")
        got = t.run("plan", "--format", "json", *args).json()
        t.equal((got["exempt"], got["possible"]), (True, True), name)
    t.equal(plan(t, *TIMES)["exempt"], False, "a usual one")


def test_sets(t):
    """What was asked for with its addresses, and of the rest the size."""
    text = t.run("plan", *AT, *LIST, *TIMES, "--survive", "log").text
    first = of(plan(t, *TIMES), "log")["sets"][0]["log_ids"]
    urls = {log["log_id"]: log["submit_to"] for log in plan(t, *TIMES)["logs"]}
    block = text[text.index("submit to"):text.index("(--survive operator)")]
    t.equal([line.strip() for line in block.splitlines()[1:-1]], [urls[one] for one in first],
            "where the first set's logs are")
    t.equal(text.count("for instance"), 1, "one kind is spelled out", text)
    t.has(text, "  now: 2 logs of 2 operators; 10 sets\n", "the others are a line")


def test_logs(t):
    """The samples' world: who takes a certificate that ends in September 2026."""
    got = plan(t, *TIMES)
    shown = {log["description"]: log for log in got["logs"]}
    t.equal(sorted(shown), ["Alder2026h2", "AlderTiled2026h2", "Birch2026h2", "BirchTiled2026h2",
                            "CedarTiled2026h2", "Dogwood2026h2"], "those that take it")
    t.equal(got["counts"], {"usable": 6, "qualified": 0, "operators": 4}, "counts")
    t.equal(sum(got["not_taking"].values()) + len(shown), 14, "every log is told once")
    for name, log in shown.items():
        t.check(log["submit_to"] and log["submit_to"] == log.get("submission_url", log.get("url")),
                f"{name}: where to submit", log)
    qualified = plan(t, "--not-before", "2026-12-15", "--not-after", "2027-02-01")
    log = next(log for log in qualified["logs"] if log["description"] == "CedarTiled2027h1")
    t.equal((log["state"], log["in_sets"], log["known_to_all_clients"],
             log["known_to_all_clients_from"]), ("qualified", False, False, None),
            "a qualified log is shown, and in no set")


def with_since(t, since):
    """The samples' list, with one log usable since then."""
    import json
    value = json.loads(read(sample("log_list.json")))
    for operator in value["operators"]:
        for log in operator["logs"]:
            if log["description"] == "Alder2026h2":
                log["state"]["usable"]["timestamp"] = since
    return t.file(value)


def test_known(t):
    """Devices use lists that are less than 60 days old: on both sides of the second."""
    for since, known in (("2026-04-03T00:00:00Z", True), ("2026-04-03T00:00:01Z", False)):
        result = t.run("plan", "--format", "json", *AT, *TIMES, "--log-list", with_since(t, since))
        got = result.json()
        log = next(log for log in got["logs"] if log["description"] == "Alder2026h2")
        t.equal(log["known_to_all_clients"], known, f"usable since {since}")
        t.equal(log["known_to_all_clients_from"], since.replace("04-03", "06-02"), "and known from")
        first = of(got, "none")["sets"][0]
        t.check("Alder2026h2" in names(got, first["log_ids"]) or not known,
                "an RFC 6962 log that all know is preferred", first)
        t.equal(first["known_to_all_clients"], True, "the first set is known to all")
        both = next(one for one in of(got, "none")["sets"]
                    if sorted(names(got, one["log_ids"])) == ["Alder2026h2", "Birch2026h2"])
        t.equal(both["known_to_all_clients"], known, "a set with it")
        text = t.run("plan", *AT, *TIMES, "--log-list", with_since(t, since)).text
        mark = "! devices with an older list do not know it until 2026-06-02"
        t.equal(mark in text, not known, "the mark in the text", text)


def test_certificates(t):
    """Their validity is the plan's, whatever they are."""
    for name, kind in (("compliant.pem", "certificate"), ("precertificate.pem", "precertificate"),
                       ("tbs.der", "tbs_certificate")):
        got = plan(t, sample(name))
        t.equal(got["certificate"]["kind"], kind, name)
        times = [part for key in ("not_before", "not_after")
                 for part in ("--" + key.replace("_", "-"), got["certificate"][key])]
        t.equal(plan(t, *times)["plans"], got["plans"], f"{name}: the same as by its times")
        t.equal(plan(t, *times, sample(name)), got, f"{name}: both, which agree")
        usage(t, [*LIST, *AT, *times[:2], "--not-after", "2026-08-01", sample(name)],
              "not_after", got["certificate"]["not_after"], "[bad_validity]")
    got = plan(t, "-", stdin=read(sample("compliant.pem")))
    t.equal(got["certificate"]["kind"], "certificate", "standard input")


def test_promises(t):
    answers = {kind: plan(t, *TIMES, "--survive", kind, "--policy", "apple,apple-enforced") for kind in KINDS}
    for kind, got in answers.items():
        t.equal(got["survive"], kind, "the promise")
        t.equal(got["plans"], answers["none"]["plans"], "all are answered, whatever is asked")
    t.equal([of(got, "none")["size"], of(got, "log")["size"], of(got, "operator")["size"]],
            [2, 3, 3], "sizes")
    t.equal(plan(t, *TIMES)["survive"], "none", "the default")
    text = t.run("plan", *AT, *LIST, *TIMES, "--survive", "operator").text
    t.check(text.startswith("PLAN: 3 SCTs of 3 operators, which survive"), "the first line", text)
    t.check(max(map(len, text.splitlines())) <= 80, "80 columns", text)
    for part in ("--survive log", "Dogwood2026h2", "at most 1", "2021-04-21/180-days"):
        t.has(text, part, "the text")
    for kind in KINDS:
        for one in of(got, kind)["sets"]:
            t.equal(len(set(one["log_ids"])), of(got, kind)["size"], "distinct logs")
        t.equal(sum(p["num_sets"] for p in of(got, kind)["patterns"]), of(got, kind)["num_sets"],
                "patterns and sets")


def test_impossible(t):
    """No log, too few operators, no RFC 6962 log: what fails, and what is nearest."""
    got = plan(t, "--not-before", "2029-06-01", "--not-after", "2029-07-01", want=FAIL)
    codes = [f["code"] for f in of(got, "none")["failures"]]
    t.equal(codes, ["too_few_scts", "no_current_sct", "no_rfc6962_sct"], "no log takes it")
    t.equal(of(got, "none")["nearest"]["earlier_not_after"], None, "and none does after notBefore")
    late = ["--not-before", "2027-06-15", "--not-after", "2027-08-01"]
    got = plan(t, *late, want=FAIL)
    nearest = of(got, "none")["nearest"]
    failure = of(got, "operator")["failures"][0]
    t.equal(nearest["earlier_not_after"], "2027-06-30T23:59:59Z", "the end of the interval")
    t.check(failure["possible"] < failure["needed"], "what is lacking", failure)
    met = plan(t, *late[:3], nearest["earlier_not_after"])
    t.equal(met["possible"], True, "the nearest can be met")
    result = t.run("plan", *AT, *LIST, *late)
    t.equal(result.status, FAIL, "exit status")
    t.check(result.text.startswith("IMPOSSIBLE: "), "the first line", result.text)
    for part in ("apple needs 2 embedded SCTs", "2027-06-30T23:59:59Z (16 days)"):
        t.has(result.text, part, "the text")


def only(t, *kept):
    """The samples' list with these operators alone; "Cedar.static": of one kind."""
    import json
    value = json.loads(read(sample("log_list.json")))
    out = []
    for operator in value["operators"]:
        for name in kept:
            if name.partition(".")[0] == operator["name"]:
                if name.endswith(".static"):
                    operator["logs"] = []
                out.append(operator)
    value["operators"] = out
    return t.file(value)


def test_lacking(t):
    def ask(path, *more, want=FAIL):
        result = t.run("plan", "--format", "json", *AT, *TIMES, "--log-list", path, *more)
        t.equal(result.status, want, "exit status", repr(result))
        return result.json()
    got = of(ask(only(t, "Alder")), "none")
    t.equal([(f["code"], f["needed"], f["possible"]) for f in got["failures"]],
            [("too_few_scts", 2, 1)], "one operator, of which one counts")
    got = of(ask(only(t, "Alder.static", "Birch.static")), "none")
    t.equal([(f["code"], f["needed"], f["possible"]) for f in got["failures"]],
            [("no_rfc6962_sct", 1, 0)], "static logs alone")
    enforced = ask(only(t, "Alder"), "--policy", "apple-enforced", want=PASS)
    t.equal(of(enforced, "none")["size"], 2, "devices know no cap")
    got = of(enforced, "operator")
    t.equal([(f["lost_operator"], f["lost_log_api"], f["possible"]) for f in got["failures"]][:1],
            [("Alder", None, 0)], "but the operator may be lost")
    two = ask(only(t, "Alder", "Birch"), "--survive", "operator")
    t.equal(of(two, "log")["size"], 4, "two operators: two logs of each survive the loss of one")
    failure = of(two, "operator")["failures"][0]
    t.equal((failure["policy"], failure["code"], failure["possible"]), ("apple", "too_few_scts", 1),
            "and no set the loss of an operator")
    t.has(failure["message"], "without the logs of ", "in words")


def test_usage(t):
    usage(t, [], "--not-before and --not-after")
    usage(t, TIMES[:2], "--not-after")
    usage(t, [*LIST, "--not-before", "2026-09-01", "--not-after", "2026-06-01"],
          "2026-06-01T00:00:00Z is before", "[bad_validity]")
    usage(t, [*TIMES, "--survive", "all"], "none, log or operator", "[bad_option]")
    usage(t, [*TIMES, "--survive", "operater"], '"operator"')
    usage(t, [*TIMES, "--not-before", "soon"], "given twice")
    usage(t, ["--not-before", "soon", *TIMES[2:]], "--not-before soon", "[bad_time]")
    usage(t, ["--not-before", "soon", "--not-after", "late"], "--not-before soon",
          "--not-after late", "[bad_time]")
    usage(t, ["2026-12-01", "2027-03-01"], "--not-before TIME --not-after TIME")
    usage(t, ["2026-12-01"], "--not-before TIME --not-after TIME")
    usage(t, [*TIMES, "--policy", "appel"], '"apple"')
    usage(t, [*TIMES, "--format", "csv"], "text or json")
    usage(t, [*TIMES, "--at", "issuance"], "--at issuance", "[bad_time]")
    usage(t, [sample("compliant.pem"), sample("final.pem")], "one certificate")
    usage(t, ["--output", sample("tbs.der"), sample("tbs.der")], "would be overwritten")


def test_unreadable(t):
    for content in (b"", b"x", b"-----BEGIN CERTIFICATE REQUEST-----\n"):
        result = t.run("plan", *LIST, *AT, "--format", "json", t.file(content))
        t.equal((result.status, result.json()["error"]["field"]), (INPUT, "certificate"),
                f"{content}", repr(result))
        t.has(result.messages, "[bad_certificate]", "the message")
    result = t.run("plan", *LIST, *AT, os.path.join(t.folder, "none.pem"))
    t.equal((result.status, result.out), (INPUT, b""), "no file", repr(result))
    t.has(result.messages, "[unreadable_input]", "the message")
    result = t.run("plan", *TIMES, "--log-list", os.path.join(t.folder, "none.json"))
    t.equal((result.status, result.out), (LISTS, b""), "no list", repr(result))


def test_reversed_certificate(t):
    """A TBSCertificate that ends before it begins is no wrong usage."""
    der = read(sample("tbs.der"))
    at = der.index(b"\x17\x0d")
    swapped = der[:at] + der[at + 15:at + 30] + der[at:at + 15] + der[at + 30:]
    result = t.run("plan", *LIST, *AT, "--format", "json", t.file(swapped))
    t.equal((result.status, result.json()["error"]["code"]), (INPUT, "bad_validity"),
            "ends before it begins", repr(result))


def test_remarks(t):
    """What is odd about the plan, and whether a policy applies."""
    got = plan(t, "--not-before", "2026-06-15", "--not-after", "2027-12-12", want=FAIL)
    t.equal([f["code"] for f in got["findings"]], ["lifetime_beyond_table"], "a long one")
    t.has(got["findings"][0]["message"], "546 days are more than the 398", "its number")
    result = t.run("plan", *TIMES, *LIST, "--at", "2026-11-01")
    t.has(result.text, "[log_list_stale]", "an old list")
    t.has(result.text, "the log list is 164 days old", "its age")
    t.has(result.text, "ctpolicy log-list refresh", "and what to do")
    t.has(result.text, "the policy does not apply", "expired by then")
    past = t.run("plan", "--format", "json", "--at", "2018-06-01", "--not-before", "2018-06-01",
                 "--not-after", "2018-09-01").json()
    t.equal(past["policies"][0]["applies_because"], ["issued_before_enforcement"], "long ago")
    t.equal([f["code"] for f in past["findings"]], ["log_list_extrapolated"], "and before the lists")


def test_agreed(t):
    """What CAs have agreed on: a warning beside a plan that is met, on both sides of each limit and day."""
    tls = ["--policy", "apple-tls", "--at", "2026-06-01"]
    for begin, days in (("2026-06-15", 200), ("2027-03-14", 200), ("2027-03-15", 100), ("2026-03-14", None)):
        for more in (0, 1):
            got = t.run("plan", "--format", "json", *LIST, *tls, "--not-before", begin,
                        "--not-after", f"{(days or 398) + more * bool(days)}d").json()
            found = [f for f in got["findings"] if f["code"] == "lifetime_beyond_schedule"]
            t.equal(len(found), more if days else 0, f"{begin}: {days} days and {more}")
            for one in found:
                t.equal(one["severity"], "warning", "a warning")
                t.has(one["message"], f"more than {days} days", "which number")
    args = [*tls, "--not-before", "2026-06-15", "--not-after"]
    text = " ".join(t.run("plan", *LIST, *args, "300d").text.split())
    t.has(text, "warning: it is to be valid for more than 200 days, and CAs have agreed on at most 200 for "
          "certificates issued from 2026-03-15T00:00:00Z on: public CAs will issue no such one. Let it end by "
          "2026-12-31T23:59:59Z. [lifetime_beyond_schedule]", "the text")
    t.equal(t.run("plan", *LIST, *args, "300d").status, PASS, "the exit status is as it was")
    alone = t.run("plan", "--format", "json", *LIST, *AT, "--not-before", "2026-06-15", "--not-after", "300d").json()
    t.equal(alone["findings"], [], "a policy that says nothing of it")
    # The nearest one is not what no CA would issue.
    for days in ("399d", "3650d"):
        near = of(plan(t, *args, days, at=False, want=FAIL), "none")["nearest"]
        t.equal((near["earlier_not_after"], near["later_not_after"]), ("2026-12-31T23:59:59Z", None), days)


def test_output(t):
    path = t.path(".json")
    result = t.run("plan", *AT, *LIST, *TIMES, "--format", "json", "--output", path)
    t.equal((result.status, result.out), (PASS, b""), "--output", repr(result))
    t.equal(read(path), t.run("plan", *AT, *LIST, *TIMES, "--format", "json").out, "what is in it")
    env = {"CTPOLICY_SURVIVE": "log", "CTPOLICY_POLICY": "apple,apple-enforced", "CTPOLICY_NOT_AFTER": TIMES[3]}
    got = plan(t, *TIMES[:2], env=env)
    t.equal((got["survive"], len(got["policies"])), ("log", 2), "from the environment")


run_all("plan", globals())
