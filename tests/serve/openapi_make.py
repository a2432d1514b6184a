# SPDX-License-Identifier: Apache-2.0
"""Requests by a schema, and others that are nearly so: values of a JSON Schema, and mutations of
values, texts and bytes. All chance comes from the random.Random that is given."""
import copy
import gzip
import json
import math
import string

WORDS = ["", "0", "-1", "x", "null", "true", "now", "issuance", "all", "apple", "2026-06-01",
         "2026-06-01T12:00:00Z", "2026-02-30T25:61:00Z", "9999-12-31T23:59:59.999Z", "A" * 5000,
         "%", "%00", "../../etc/passwd", "\x00", "\ud7ff", "\u202e", "\U0001f512", "a,b,,c", "{}",
         "AAAA", "-----BEGIN CERTIFICATE-----", "18446744073709551616", "1e400"]
NUMBERS = [0, 1, -1, 60, 3650, 3651, 2 ** 31, 2 ** 63, 2 ** 64, -2 ** 63 - 1, 0.5, 1e308, 1e-320]
VALUES = [None, True, False, [], {}, [[]], {"": {}}, *NUMBERS, *WORDS]


def text(rng):
    if rng.random() < 0.6:
        return rng.choice(WORDS)
    return "".join(rng.choice(string.printable) for _ in range(rng.randrange(40)))


def number(schema, rng):
    least, most = schema.get("minimum", -10), schema.get("maximum", 10 ** 6)
    return rng.choice([least, most, rng.randint(math.ceil(least), math.floor(most))])


def of_object(schema, rng, depth):
    required = schema.get("required", ())
    return {name: value_of(inner, rng, depth + 1)
            for name, inner in schema.get("properties", {}).items()
            if name in required or rng.random() < 0.4}


def value_of(schema, rng, depth=0):
    """A value that the schema takes, as far as that is easy; patterns are not kept."""
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return value_of(rng.choice(schema[key]), rng, depth)
    if "allOf" in schema:
        return value_of(schema["allOf"][0], rng, depth)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return rng.choice(schema["enum"])
    kind = schema.get("type", "string")
    kind = rng.choice(kind) if isinstance(kind, list) else kind
    if kind == "object":
        return of_object(schema, rng, depth)
    if kind == "array":
        return [value_of(schema.get("items", {}), rng, depth + 1)
                for _ in range(rng.randrange(schema.get("minItems", 0), 4))]
    if kind in ("integer", "number"):
        return number(schema, rng)
    return {"boolean": rng.random() < 0.5, "null": None}.get(kind, text(rng))


def places(value, path=()):
    """The paths of all values within a value."""
    yield path
    items = value.items() if isinstance(value, dict) else \
        enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from places(inner, (*path, key))


def mutate_in(owner, key, rng):
    value = owner[key]
    choice = rng.randrange(6)
    if choice == 0:
        del owner[key]
    elif choice == 1 and isinstance(owner, dict):
        owner[rng.choice([key + "s", key.upper(), text(rng)])] = owner.pop(key)
    elif choice == 2 and isinstance(value, str):
        owner[key] = mutate_text(value, rng)
    elif choice == 3:
        owner[key] = [value] * rng.choice([0, 1, 2, 1001])
    elif choice == 4:
        owner[key] = {"certificate": value}
    else:
        owner[key] = copy.deepcopy(rng.choice(VALUES))


def mutate_value(value, rng):
    """A JSON value with one place of it changed, at any level."""
    out = [copy.deepcopy(value)]
    path = rng.choice(list(places(out[0])))
    owner, key = out, 0
    for step in path:
        owner, key = owner[key], step
    mutate_in(owner, key, rng)
    return out[0] if out else None


def mutate_text(value, rng):
    at, end = sorted((rng.randrange(len(value) + 1), rng.randrange(len(value) + 1)))
    choice = rng.randrange(5)
    if choice == 0:
        return value[:at] + text(rng) + value[at:]
    if choice == 1:
        return value[:at] + value[end:]
    if choice == 2:
        return value[:at] + value[at:end] * 2 + value[end:]
    if choice == 3 and value:
        return value[:at] + rng.choice(string.printable) + value[at + 1:]
    return value[:at]


def mutate_bytes(data, rng):
    data = bytearray(data)
    for _ in range(rng.choice([1, 1, 1, 2, 8])):
        at = rng.randrange(len(data) + 1)
        choice = rng.randrange(5)
        if choice == 0 and at < len(data):
            data[at] ^= 1 << rng.randrange(8)
        elif choice == 1 and at < len(data):
            data[at] = rng.choice([0, 0x7f, 0x80, 0xff, rng.randrange(256)])
        elif choice == 2:
            data[at:at] = bytes(rng.randrange(256) for _ in range(rng.randrange(9)))
        elif choice == 3:
            del data[at:at + rng.choice([1, 4, 64])]
        elif choice == 4 and rng.random() < 0.2:
            del data[at:]
    return bytes(data)


def dumped(value):
    """JSON; a lone surrogate and what is no number of JSON are left to the service."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


class Bodies:
    """Bodies for a call: its examples, values of its schemas, and mutations of both."""

    def __init__(self, operation, schema):
        self.schema = schema  # of a request in JSON
        self.examples = list(operation.examples())

    def request(self, rng):
        media = [(m, e) for m, _, e in self.examples if m == "application/json"]
        base = json.loads(rng.choice(media)[1]) if media and rng.random() < 0.8 else {}
        if rng.random() < 0.3:
            made = value_of(self.schema, rng)
            kept = {key: made[key] for key in made if rng.random() < 0.5 or key not in base}
            base.update(kept)
        for _ in range(rng.choice([0, 0, 0, 1, 1, 2, 4])):
            base = mutate_value(base, rng)
        return base

    def one(self, rng):
        """Media type and body."""
        media, _, body = rng.choice(self.examples)
        body = body if isinstance(body, bytes) else body.encode()
        if media == "application/json":
            body = dumped(self.request(rng))
        elif "json" in media and rng.random() < 0.7:
            lines = body.splitlines() + [dumped(self.request(rng)) for _ in range(rng.randrange(4))]
            rng.shuffle(lines)
            body = rng.choice([b"\n", b"\r\n", b"\n\n"]).join(lines)
        if rng.random() < 0.25:
            body = mutate_bytes(body, rng)
        return media, body


def packed(body, rng):
    """The body in gzip, at times not whole or not sound."""
    out = gzip.compress(body, 1, mtime=0)
    choice = rng.randrange(6)
    if choice == 0:
        return mutate_bytes(out, rng)
    if choice == 1:
        return out + gzip.compress(body[:10], mtime=0)
    return out[:rng.randrange(len(out))] if choice == 2 else out
