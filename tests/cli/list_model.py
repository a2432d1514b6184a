# SPDX-License-Identifier: Apache-2.0
"""What differs between two log lists and what it means, computed a second time: the history
and the lists are read here by code of its own, the rules are those of Apple's policy in other
words, and text and JSON are made from them. test_list_diff.py holds the program against it."""
import base64
import datetime
import hashlib
import re

TEXTS = ("url", "submission_url", "monitoring_url", "log_type")
STATES = ("none", "pending", "qualified", "usable", "readonly", "retired", "rejected")
FACTS = ("state", "operator", "temporal_interval", "log_api", "mmd", "state_version",
         "final_tree_head", "tls_only", "description") + TEXTS
HEAD = ("name", "version", "asset_version", "asset_version_v2", "list_schema", "published_at")


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def plain_time(text):
    """As ctpolicy writes it: in UTC, which a missing zone means, with milliseconds if any."""
    value = instant(text)
    value = (value if value.tzinfo else value.replace(tzinfo=datetime.timezone.utc)).astimezone(
        datetime.timezone.utc)
    ms = f".{value.microsecond // 1000:03}" if value.microsecond // 1000 else ""
    return value.strftime("%Y-%m-%dT%H:%M:%S") + ms + "Z"


def same(a, b):
    """Equal as JSON: True is not 1."""
    return a == b and isinstance(a, bool) == isinstance(b, bool)


def hex_of(log_id):
    return base64.b64decode(log_id).hex()


# Reading. A list is {"head": {...}, "logs": {log_id: facts}}.


def of_json(value, data):
    """Apple's form; `data` are the bytes of the file."""
    logs = {}
    for operator in value["operators"]:
        for kind, api in (("logs", "rfc6962"), ("tiled_logs", "static")):
            for log in operator.get(kind, []):
                state, inner = next(iter(log["state"].items()))
                one = {"log_id": log["log_id"], "description": log.get("description"),
                       "operator": operator["name"], "log_api": api, "state": state,
                       "state_since": plain_time(inner["timestamp"]),
                       "temporal_interval": log.get("temporal_interval") and {
                           k: plain_time(log["temporal_interval"][k])
                           for k in ("start_inclusive", "end_exclusive")},
                       "mmd": log.get("mmd", 0), "key": log["key"],
                       "state_version": inner.get("version"),
                       "final_tree_head": inner.get("final_tree_head"),
                       "tls_only": log.get("tls_only")}
                one.update((k, log[k]) for k in TEXTS if k in log)
                logs[log["log_id"]] = one
    head = {"name": "apple", "version": value["version"],
            "sha256": hashlib.sha256(data).hexdigest(),
            "published_at": max((log["state_since"] for log in logs.values()), key=instant),
            "asset_version": value.get("assetVersion"),
            "asset_version_v2": value.get("assetVersionV2"),
            "list_schema": value.get("$schema")}
    return {"head": head, "logs": logs}


def unescape(text):
    out = re.sub(rb"\\([0-9A-F]{2})", lambda m: bytes([int(m[1], 16)]), text.encode())
    return out.decode()


def of_history(text):
    """Every list of a history, in its order."""
    lists, order, log, since = {}, [], None, {}
    for line in text.splitlines()[1:]:
        word, _, rest = line.strip().partition(" ")
        if line.startswith("list "):
            order.append(rest)
            lists[rest] = {"head": {"version": None, "asset_version": None,
                                    "asset_version_v2": None, "list_schema": None}, "logs": {}}
        elif line.startswith("log "):
            log = {"log_id": rest}
            history = [{} for _ in order]  # changes by list
            listed = [None] * len(order)
            since[rest] = (log, history, listed)
        elif log is None:
            field = {"published": "published_at", "assetVersion": "asset_version",
                     "assetVersionV2": "asset_version_v2", "schema": "list_schema"}
            lists[order[-1]]["head"][field.get(word, word)] = \
                int(rest) if word.startswith("asset") else unescape(rest)
        else:
            name, _, label = word.partition("@")
            place = order.index(label) if label else 0
            if name in ("listed", "unlisted"):
                listed[place] = name == "listed"
            else:
                history[place][name] = None if rest == "-" else rest
    for log_id, (log, history, listed) in since.items():
        now, there = {}, False
        for place, label in enumerate(order):
            now.update(history[place])
            there = there if listed[place] is None else listed[place]
            if there:
                lists[label]["logs"][log_id] = of_facts(log_id, now)
    return [lists[label] for label in order]


def of_facts(log_id, now):
    text = {k: None if now.get(k) is None else unescape(now[k])
            for k in ("description",) + TEXTS}
    words = (now.get("state") or "none").split(" ")
    extra = dict(zip(words[2::2], words[3::2])) if "tree" not in words else {}
    tree = None
    if "tree" in words:
        at = words.index("tree")
        extra = dict(zip(words[2:at:2], words[3:at:2]))
        tree = {"tree_size": int(words[at + 1]), "sha256_root_hash": words[at + 2]}
    ends = now.get("interval")
    out = {"log_id": log_id, "description": text["description"],
           "operator": unescape(now["operator"]), "log_api": now["api"], "state": words[0],
           "state_since": words[1] if len(words) > 1 else None,
           "temporal_interval": ends and dict(zip(("start_inclusive", "end_exclusive"),
                                                  ends.split(" "))),
           "mmd": int(now["mmd"]), "key": now["key"],
           "state_version": extra.get("version"), "final_tree_head": tree,
           "tls_only": {None: None, "true": True, "false": False}[now.get("tls_only")]}
    out.update((k, text[k]) for k in TEXTS if text[k] is not None)
    return out


# Comparing.


def changed(x, y):
    """The names of the facts in which two versions of a log differ."""
    out = []
    for fact in FACTS:
        keys = ("state", "state_since") if fact == "state" else (fact,)
        if not all(same(x.get(k), y.get(k)) for k in keys):
            out.append(fact)
    return out


def counts_new(log):
    return log is not None and log["state"] in ("qualified", "usable")


def counts_in_full(log):
    return counts_new(log) or (log is not None and log["state"] == "readonly")


def counts_at_all(log):
    return counts_in_full(log) or (log is not None and log["state"] == "retired")


def ends(log):
    interval = log["temporal_interval"]
    far = datetime.datetime.max.replace(tzinfo=datetime.timezone.utc)
    near = datetime.datetime.min.replace(tzinfo=datetime.timezone.utc)
    return (instant(interval["start_inclusive"]), instant(interval["end_exclusive"])) \
        if interval else (near, far)


def loses(x, y):
    """What is lost from x to y, by name."""
    out = set()
    if counts_new(x) and not counts_new(y):
        out.add("new")
    if counts_at_all(x) and not counts_at_all(y):
        out.add("earlier")
    if counts_in_full(x) and counts_at_all(y) and not counts_in_full(y):
        out.add("full")
    if counts_at_all(x) and counts_at_all(y):
        if ends(x)[0] < ends(y)[0] or ends(x)[1] > ends(y)[1]:
            out.add("ends")
        if x["state"] == y["state"] in ("readonly", "retired") and \
                instant(y["state_since"]) < instant(x["state_since"]):
            out.add("cut")
    return out


EFFECTS = (("new", "new_scts_stop", "new_scts_count"),
           ("earlier", "earlier_scts_stop", "earlier_scts_count"),
           ("full", "earlier_scts_embedded_only", "earlier_scts_in_full"),
           ("ends", "interval_narrowed", "interval_widened"),
           ("cut", "cutoff_earlier", "cutoff_later"))
SENTENCES = {
    "new_scts_stop": "SCTs from {} no longer count for certificates issued from now on",
    "new_scts_count": "SCTs from {} count from now on; devices learn that with their next "
                      "list, up to 60 days later",
    "earlier_scts_stop": "No SCT from {} counts any more, whenever it was signed",
    "earlier_scts_count": "Earlier SCTs from {} count, and did not before",
    "earlier_scts_embedded_only": "Earlier SCTs from {} only count where they are embedded, "
                                  "beside one from a log that is still approved",
    "earlier_scts_in_full": "Earlier SCTs from {} count in full again, not only where they are "
                            "embedded",
    "interval_narrowed": "SCTs from {} no longer count for certificates whose end the changed "
                         "interval leaves out",
    "interval_widened": "SCTs from {} also count for certificates whose end the interval left "
                        "out before",
    "cutoff_earlier": "SCTs from {} count up to an earlier moment than before",
    "cutoff_later": "SCTs from {} count up to a later moment than before",
}


def effects(x, y):
    there, back = loses(x, y), loses(y, x)
    return [name for what, lost, won in EFFECTS
            for name, found in ((lost, what in there), (won, what in back)) if found]


def usable(logs, year=None):
    def takes(log):
        if year is None:
            return True
        start = datetime.datetime(year, 1, 1, tzinfo=datetime.timezone.utc)
        # The last moment of the year: no year 10000 exists to compare with.
        end = datetime.datetime(year, 12, 31, 23, 59, 59, 999999, datetime.timezone.utc)
        return ends(log)[0] <= end and ends(log)[1] > start
    found = [log for log in logs.values() if counts_new(log) and takes(log)]
    return {"logs": len(found), "operators": len({log["operator"] for log in found})}


def years(a, b):
    first = min(instant(one["head"]["published_at"]) for one in (a, b)).year
    last = [(ends(log)[1] - datetime.timedelta(milliseconds=1)).year for one in (a, b)
            for log in one["logs"].values() if counts_new(log) and log["temporal_interval"]]
    starts = [ends(log)[0].year for one in (a, b) for log in one["logs"].values()
              if counts_new(log) and log["temporal_interval"]]
    rows = [{"year": year, "before": usable(a["logs"], year), "after": usable(b["logs"], year)}
            for year in range(max([first, *([min(starts)] if starts else [])]),
                              max(last, default=0) + 1)]
    return [row for row in rows if row["before"]["logs"] or row["after"]["logs"]][:32]


def twins(gone, new):
    """{log_id: the other's}: by address first, then by name, each in order."""
    out = {}
    for key in ("url", "submission_url", "description"):
        for log in new:
            other = next((o for o in gone if o["log_id"] not in out and log.get(key)
                          and o.get(key) == log[key]), None)
            if log["log_id"] not in out and other:
                out[log["log_id"]], out[other["log_id"]] = other["log_id"], log["log_id"]
    return out


def diff(a, b):
    """The JSON that is to come out."""
    def by_name(log_id):
        log = b["logs"].get(log_id) or a["logs"][log_id]
        return ((log["description"] or "").encode(), hex_of(log_id))
    rows = []
    newer = max(instant(one["head"]["published_at"]) for one in (a, b))
    order = sorted({*a["logs"], *b["logs"]}, key=by_name)
    pairs = twins([a["logs"][i] for i in order if i not in b["logs"]],
                  [b["logs"][i] for i in order if i not in a["logs"]])
    for log_id in order:
        x, y = a["logs"].get(log_id), b["logs"].get(log_id)
        facts = changed(x, y) if x and y else []
        if x and y and not facts:
            continue
        rows.append({
            "log_id": log_id, "description": (y or x)["description"],
            "change": "changed" if x and y else "added" if y else "removed",
            "changed": facts, "effects": effects(x, y),
            "expired": all(log["temporal_interval"] is not None and ends(log)[1] <= newer
                           for log in (x, y) if log),
            "key_changed": pairs.get(log_id), "before": x, "after": y})
    head = [k for k in HEAD if a["head"][k] != b["head"][k]]
    operators = [{log["operator"] for log in one["logs"].values()} for one in (a, b)]
    return {"schema": "ctpolicy.log_list_diff.v1", "differs": bool(rows or head),
            "from": a["head"], "to": b["head"], "changed": head, "meaning": meaning(rows),
            "usable": {"before": usable(a["logs"]), "after": usable(b["logs"])},
            "usable_by_year": years(a, b),
            "new_operators": sorted(operators[1] - operators[0]),
            "gone_operators": sorted(operators[0] - operators[1]), "logs": rows}


def said(row):
    """The effects that sentences name: the greater one says the lesser one, too."""
    found = set(row["effects"])
    if "new_scts_count" in found:
        found.discard("earlier_scts_count")
    if "earlier_scts_stop" in found:
        found.discard("new_scts_stop")
    return found


def meaning(rows):
    out = []
    for _, *pair in EFFECTS:
        for effect in pair:
            logs = [row["log_id"] for row in rows if effect in said(row)]
            which = "this log" if len(logs) == 1 else f"these {len(logs)} logs"
            if logs:
                out.append({"effect": effect, "message": SENTENCES[effect].format(which),
                            "logs": logs})
    return out


# The text, as lines without their wrapping.


def count_text(before, after):
    def one(key, word):
        was = "" if before[key] == after[key] else f" (was {before[key]})"
        return f"{after[key]}{word}{was}"
    word = " operator" if after["operators"] == 1 else " operators"
    return one("logs", "") + ", " + one("operators", word)


def name_of(log):
    return log["description"] or "log " + log["log_id"]


def interval_text(log):
    interval = log["temporal_interval"]
    return ".." .join(interval[k][:10] for k in ("start_inclusive", "end_exclusive")) \
        if interval else "any end"


def value_text(fact, log):
    value = log.get(fact)
    if fact == "temporal_interval":
        return interval_text(log)
    if fact == "mmd":
        return f"{value} s"
    if fact == "tls_only":
        return {None: "none", True: "true", False: "false"}[value]
    if fact == "final_tree_head":
        return f"{value['tree_size']} {value['sha256_root_hash']}" if value else "none"
    return value if value is not None else "none"


HEADINGS = (("operator", "Operator"), ("temporal_interval", "Temporal interval"),
            ("log_api", "Kind of log"), ("mmd", "Maximum merge delay"),
            ("state_version", "Version that brought the state"),
            ("final_tree_head", "Final tree head"), ("tls_only", "tls_only"),
            ("description", "Description"), ("url", "URL"), ("submission_url", "Submission URL"),
            ("monitoring_url", "Monitoring URL"), ("log_type", "Type of log"))


def instant_text(text):
    return re.sub(r"\.\d+", "", text.replace("T", " ")) if text else "unknown"


def state_lines(rows):
    moved = [row for row in rows if "state" in row["changed"]]
    if moved:
        yield f"State changed ({len(moved)})"
    for x in STATES:
        for y in STATES:
            some = [row for row in moved if (row["before"]["state"], row["after"]["state"])
                    == (x, y)]
            if some:
                yield x if x == y else f"{x} -> {y}"
            for row in some:
                was = f" (was {instant_text(row['before']['state_since'])})" if x == y else ""
                yield f"since {instant_text(row['after']['state_since'])}{was} " + \
                    name_of(row["after"])


def fact_lines(rows):
    for fact, heading in HEADINGS:
        some = [row for row in rows if fact in row["changed"] and not (
            fact in ("state_version", "final_tree_head") and "state" in row["changed"])]
        if some:
            yield f"{heading} changed ({len(some)})"
        for row in some:
            x, y = row["before"], row["after"]
            yield f"{name_of(y)}: {value_text(fact, x)} -> {value_text(fact, y)}"


def listed_lines(rows, change, heading):
    some = [row for row in rows if row["change"] == change]
    if some:
        yield f"{heading} ({len(some)})"
    by_id = {row["log_id"]: row for row in rows}
    for row in some:
        log = row["after"] or row["before"]
        star = "*" if log["log_api"] == "static" else ""
        yield f"{log['state']}{star} {(log['state_since'] or '-')[:10]} {interval_text(log)} " + \
            (log["description"] or "(no description)")
        if change == "added" and row["key_changed"]:
            yield "its key changed: same name or address as " + \
                name_of(by_id[row["key_changed"]]["before"]) + ", which was removed"
    if any((row["after"] or row["before"])["log_api"] == "static" for row in some):
        yield "(* marks a static-ct-api log.)"


def meaning_lines(value):
    by_id = {row["log_id"]: row for row in value["logs"]}
    for one in value["meaning"]:
        yield one["message"] + ":"
        for log_id in one["logs"]:
            row = by_id[log_id]
            yield name_of(row["after"] or row["before"]) + \
                (" (expired)" if row["expired"] else "")
    if any(row["effects"] and row["expired"] for row in value["logs"]):
        yield "(Expired: every certificate that the log took has ended.)"
    if value["logs"] and not any(row["effects"] or {"operator", "log_api"} & {*row["changed"]}
                                 for row in value["logs"]):
        yield "The same SCTs count as before."


def count_lines(value):
    rows = [(f"for certificates ending in {row['year']}", row)
            for row in value["usable_by_year"]] + [("in all", value["usable"])]
    some = [(what, row) for what, row in rows if row["before"] != row["after"]]
    for what, row in some:
        yield f"Usable logs {what}: " + count_text(row["before"], row["after"])
    if some:
        yield "(Usable here: whose new SCTs count, qualified or usable.)"


def head_lines(value):
    names = {"asset_version": "assetVersion", "asset_version_v2": "assetVersionV2",
             "list_schema": "$schema"}
    lines = []
    for key, name in names.items():
        if key in value["changed"]:
            x, y = (value[k][key] for k in ("from", "to"))
            if key == "list_schema" and x and y and x.split("/")[-1] != y.split("/")[-1]:
                x, y = x.split("/")[-1], y.split("/")[-1]
            lines.append(f"{name}: {'none' if x is None else x} -> {'none' if y is None else y}")
    return ["The list itself", *lines] if lines else []


def text(value):
    """The text that is to come out for what diff() gave, its lines not wrapped."""
    rows = value["logs"]
    for word, key in (("From", "from"), ("to", "to")):
        head = value[key]
        yield f"{word} {head['name']} log list {head['version']}, published " + \
            f"{head['published_at'][:10]}, SHA-256 {head['sha256'][:12]}..."
    if not rows and value["changed"]:
        yield "No log changed."
    elif not rows and value["from"]["sha256"] == value["to"]["sha256"]:
        yield "Nothing changed: these are one and the same list."
    elif not rows:
        yield "Nothing changed: the files differ, and what they say does not."
    yield from meaning_lines(value)
    yield from count_lines(value)
    yield from listed_lines(rows, "added", "Added")
    yield from listed_lines(rows, "removed", "Removed")
    yield from state_lines(rows)
    yield from fact_lines(rows)
    if value["new_operators"] or value["gone_operators"]:
        yield "Log operators"
    for word, key in (("new: ", "new_operators"), ("gone: ", "gone_operators")):
        if value[key]:
            yield word + ", ".join(value[key])
    yield from head_lines(value)
