# SPDX-License-Identifier: Apache-2.0
"""Bad input, made from the samples: each case with the error or finding that must come of it,
and the byte where the fault was put. tests/cli/test_bad_input.py runs them.

A case of ERRORS is refused: code, field, offset. A case of FINDINGS is judged all the same:
code and offset of the finding, and the statuses of its SCTs.
"""
import base64
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
import der  # noqa: E402
from lib import read, sample  # noqa: E402

CHAIN = der.pem_to_ders(read(sample("compliant.pem")))
LEAF, ISSUER = CHAIN[0], CHAIN[1]
BAD = "bad_certificate"


def cert():
    return der.Certificate(LEAF)


def at(certificate, node):
    return certificate.root.offset_of(node)


def bare():
    """What is no certificate at all: name, content, code, field, offset (None: any)."""
    yield "words", b"this is no certificate", BAD, "certificate", None
    yield "nothing", b"", BAD, "certificate", 0
    yield "a zero byte", b"\0", BAD, "certificate", 0
    yield "an empty SEQUENCE", b"\x30\0", BAD, "certificate", 2
    yield "another type", b"\x31" + LEAF[1:], BAD, "certificate", None
    yield "bytes", bytes(range(256)), BAD, "certificate", 0
    yield "a key in PEM", der.pem(LEAF, "PRIVATE KEY"), BAD, "certificate", 0
    yield "a request for a certificate", der.pem(LEAF, "CERTIFICATE REQUEST"), BAD, \
        "certificate", 0
    yield "HTML", b"<!DOCTYPE html><title>404</title>", BAD, "certificate", 0
    pem = der.pem(LEAF)
    yield "PEM without its end", pem[:200], BAD, "certificate", 0
    yield "PEM with another end", pem.replace("END CERT", "END CART"), BAD, "certificate", \
        pem.index("-----END")
    yield "PEM that begins twice", "-----BEGIN CERTIFICATE-----\n" + pem, BAD, "certificate", 0
    place = pem.index("\n") + 11
    yield "PEM with a bad character", pem[:place] + "*" + pem[place + 1:], BAD, "certificate", \
        place
    end = pem.index("\n-----END")
    yield "PEM cut in a group", pem[:end - 3] + pem[end:], BAD, "certificate", None
    yield "an empty PEM", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", BAD, \
        "certificate", 0
    yield "the second certificate", der.pem(LEAF) + der.pem(ISSUER[:-7]), BAD, \
        "certificate[1]", 0
    yield "bytes behind the second", der.pem(LEAF) + der.pem(ISSUER + b"\0"), BAD, \
        "certificate[1]", len(ISSUER)


def whole():
    """The certificate as such, in DER."""
    for size in (1, 2, 3, 4, 5, 100, len(LEAF) - 1):
        yield f"cut short to {size} bytes", LEAF[:size], BAD, "certificate", None
    yield "a byte behind it", LEAF + b"\0", BAD, "certificate", len(LEAF)
    yield "a certificate behind it", LEAF + LEAF, BAD, "certificate", len(LEAF)
    assert LEAF[:2] == b"\x30\x82"
    yield "length in three bytes", b"\x30\x83\0" + LEAF[2:], BAD, "certificate", 1
    yield "length in five bytes", b"\x30\x85\0\0\0" + LEAF[2:], BAD, "certificate", 1
    yield "indefinite length", b"\x30\x80" + LEAF[4:] + b"\0\0", BAD, "certificate", 1
    yield "length beyond the end", b"\x30\x82\x7f\xff" + LEAF[4:], BAD, "certificate", 0
    yield "4 GB", b"\x30\x84\xff\xff\xff\xff" + LEAF[4:], BAD, "certificate", 0
    yield "nested 200,000 deep", b"\x30\x80" * 200000, BAD, "certificate", None
    deep = b"\x05\0"
    for _ in range(3000):
        deep = der.header(0x30, len(deep)) + deep
    yield "nested 3,000 deep, with lengths", deep, BAD, "certificate", None


def replaced(node_of, content):
    """The leaf with other bytes in place of a node; the offset is the node's."""
    c = cert()
    node, raw = node_of(c), Raw(content)
    parent = find_parent(c.root, node)
    parent.children[parent.children.index(node)] = raw
    return c.encode(), at(c, raw)


class Raw(der.Node):
    """Bytes that are no element."""

    def __init__(self, data):
        super().__init__(0, data)

    def encode(self):
        return self.value


def find_parent(tree, node):
    for child in tree.children or []:
        if child is node:
            return tree
        found = find_parent(child, node)
        if found:
            return found
    return None


def time_value(c, index, tag, text):
    node = c.validity.children[index]
    node.tag, node.value = tag, text
    return c.encode(), at(c, node)


def fields():
    """Parts of the certificate. Offsets are those of the part, or as said."""
    def part(name, node_of, content, shift=0):
        data, start = replaced(node_of, content)
        return name, data, BAD, "certificate", start + shift
    yield part("serial: no contents", lambda c: c.serial, b"\x02\0")
    yield part("serial: not minimal", lambda c: c.serial, b"\x02\x02\0\x01")
    yield part("serial: another type", lambda c: c.serial, b"\x04\x01\x05")
    yield part("serial: length not minimal", lambda c: c.serial, b"\x02\x81\x01\x05", 1)
    yield part("validity: another type", lambda c: c.validity, b"\x31\0")
    yield part("validity: empty", lambda c: c.validity, b"\x30\0", 2)
    yield part("no version", lambda c: c.tbs.children[0], b"\xa0\0", 2)
    yield part("subject: another type", lambda c: c.subject, b"\x04\0")
    yield part("a tag of two bytes", lambda c: c.subject, b"\x1f\x81\x01\0")
    yield part("extensions: length beyond", lambda c: c.extensions, b"\x30\x7f")
    for index, which in ((0, "notBefore"), (1, "notAfter")):
        for tag, text in [(0x17, b"2606010000"), (0x17, b"261301000000Z"),
                          (0x17, b"260230000000Z"), (0x17, b"260601240000Z"),
                          (0x17, b"260601000060Z"), (0x18, b"20260601000000"),
                          (0x18, b"2026060100000Z"), (0x17, b""), (0x04, b"260601000000Z"),
                          (0x18, b"99999999999999Z"), (0x17, b"26060100000\0Z"),
                          (0x17, b"-60601000000Z")]:
            c = cert()
            data, start = time_value(c, index, tag, text)
            yield f"{which} {text!r} of tag {tag}", data, BAD, "certificate", start
    c = cert()
    twice = c.extension(bytes.fromhex("0603551d11"))
    again = der.parse(twice.encode())[0]
    c.extensions.children.append(again)
    yield "subjectAltName twice", c.encode(), BAD, "certificate", at(c, again)
    c = cert()
    c.tbs.children.append(der.Node(0x05, b""))
    yield "something behind the extensions", c.encode(), BAD, "certificate", \
        at(c, c.tbs.children[-1])
    c = cert()
    c.root.children[2].value = b"\x03" + c.root.children[2].value[1:]
    yield "a signature of odd bits", c.encode(), BAD, "certificate", at(c, c.root.children[2])
    c = cert()
    for i in range(100):
        c.extensions.children.append(der.Node(0x30, children=[
            der.Node(0x06, bytes([0x2a, 3, i])), der.Node(0x04, b"")]))
    yield "more than 64 extensions", c.encode(), BAD, "certificate", \
        at(c, c.extensions.children[64])


def errors():
    for make in (bare, whole, fields):
        yield from make()


def lists():
    """SCT lists: name, certificate, code, offset of the finding."""
    def listed(name, data, shift, certificate=None):
        c = certificate or cert()
        c.set_list(data)
        return name, c.encode(), "sct_list_malformed", c.list_offset() + shift
    good = cert().get_list()
    items = der.split_list(good)
    size = len(good)
    yield listed("an empty list", b"\0\0", 2)
    yield listed("no list at all", b"", 0)
    yield listed("one byte", b"\0", 0)
    yield listed("an empty item first", der.join_list([b"", *items]), 2)
    yield listed("an empty item last", der.join_list([*items, b""]), size)
    yield listed("only an empty item", der.join_list([b""]), 2)
    yield listed("length too large", (size - 1).to_bytes(2, "big") + good[2:], 2)
    yield listed("length too small", (size - 3).to_bytes(2, "big") + good[2:], size - 1)
    yield listed("bytes behind the list", good + b"\0", size)
    yield listed("an inner length too large",
                 good[:2] + (len(items[0]) + len(items[1]) + 3).to_bytes(2, "big") + good[4:], 4)
    yield listed("a last inner length too large",
                 good[:4 + len(items[0])] + (len(items[1]) + 1).to_bytes(2, "big")
                 + good[6 + len(items[0]):], 6 + len(items[0]))
    yield listed("half an inner length", der.join_list(items[:1])[:0]
                 + (len(items[0]) + 3).to_bytes(2, "big") + good[2:4 + len(items[0])] + b"\0",
                 4 + len(items[0]))
    c = cert()
    c.sct_extension().children[-1].value = b"\x04\x05ab"
    yield "the OCTET STRING goes beyond", c.encode(), "sct_list_malformed", \
        at(c, c.sct_extension().children[-1]) + 2
    c = cert()
    c.sct_extension().children[-1].value = b"\x30\0"
    yield "no OCTET STRING", c.encode(), "sct_list_malformed", \
        at(c, c.sct_extension().children[-1]) + 2
    c = cert()
    c.extensions.children.append(der.parse(c.sct_extension().encode())[0])
    yield "the extension twice", c.encode(), "sct_list_twice", None


def items():
    """SCTs of their own: name, certificate, statuses of its three SCTs."""
    good = der.split_list(cert().get_list())
    body = good[0]
    extensions_at = 1 + 32 + 8
    algorithm_at = extensions_at + 2 + int.from_bytes(body[41:43], "big")

    def changed(name, item, *statuses):
        c = cert()
        c.set_list(der.join_list([item, *good]))
        return name, c.encode(), statuses

    def with_byte(place, value):
        return body[:place] + bytes([value]) + body[place + 1:]
    yield changed("version 2", with_byte(0, 1), "unsupported_version")
    yield changed("version 256", with_byte(0, 255), "unsupported_version")
    yield changed("only a version", b"\0", "malformed")
    yield changed("only version 2", b"\x01", "unsupported_version")
    for size in (10, 33, 41, 42, 43, 44, 45, 46, len(body) - 1):
        yield changed(f"cut short to {size} bytes", body[:size], "malformed")
    yield changed("a byte behind the signature", body + b"\0", "malformed")
    yield changed("another log", with_byte(1, body[1] ^ 1), "unknown_log")
    yield changed("another time", with_byte(40, body[40] ^ 1), "invalid_signature")
    yield changed("hash SHA-1", with_byte(algorithm_at, 2), "invalid_signature")
    yield changed("signature RSA", with_byte(algorithm_at + 1, 1), "invalid_signature")
    yield changed("signature anonymous", with_byte(algorithm_at + 1, 0), "invalid_signature")
    yield changed("signature of another", with_byte(len(body) - 1, body[-1] ^ 1),
                  "invalid_signature")
    yield changed("an empty signature", body[:algorithm_at + 2] + b"\0\0", "invalid_signature")
    yield changed("extensions beyond the end",
                  body[:extensions_at] + b"\xff\xff" + body[extensions_at + 2:], "malformed")


def encodings(content):
    """The same bytes in DER, PEM and base64."""
    yield "DER", content
    yield "PEM", der.pem(content)
    yield "base64", base64.b64encode(content)
