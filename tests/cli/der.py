# SPDX-License-Identifier: Apache-2.0
"""Just enough DER and PEM to take a sample certificate apart, change it, and say where the
change ended up in the bytes."""
import base64
import re
import struct

CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.S)
SCT_LIST = bytes.fromhex("060a2b06010401d679020402")
POISON = bytes.fromhex("060a2b06010401d679020403")


def pem_to_ders(text):
    return [base64.b64decode(body) for body in CERTIFICATE.findall(text)]


def pem(der, label="CERTIFICATE"):
    body = base64.b64encode(der).decode()
    lines = [body[i:i + 64] for i in range(0, len(body), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])


def header(tag, length):
    if length < 0x80:
        return bytes([tag, length])
    size = (length.bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + length.to_bytes(size, "big")


class Node:
    """One element; constructed ones have children, the others a value."""

    def __init__(self, tag, value=b"", children=None):
        self.tag, self.value, self.children = tag, value, children

    def content(self):
        if self.children is None:
            return self.value
        return b"".join(child.encode() for child in self.children)

    def encode(self):
        content = self.content()
        return header(self.tag, len(content)) + content

    def offset_of(self, node):
        """Where `node` starts, counted from the start of this element; None: not inside."""
        if node is self:
            return 0
        content = self.content()
        at = len(header(self.tag, len(content)))
        for child in self.children or []:
            inner = child.offset_of(node)
            if inner is not None:
                return at + inner
            at += len(child.encode())
        return None


def parse(data):
    """The element at the front of `data`, and what is behind it."""
    tag, length, at = data[0], data[1], 2
    if length & 0x80:
        size = length & 0x7f
        length = int.from_bytes(data[2:2 + size], "big")
        at += size
    value, rest = data[at:at + length], data[at + length:]
    if not tag & 0x20:
        return Node(tag, value), rest
    children = []
    while value:
        child, value = parse(value)
        children.append(child)
    return Node(tag, children=children), rest


class Certificate:
    """The parts of a certificate that the tests change."""

    def __init__(self, der):
        self.root, rest = parse(der)
        assert not rest
        self.tbs = self.root.children[0]
        fields = self.tbs.children
        self.serial, self.validity, self.subject = fields[1], fields[4], fields[5]
        self.extensions = next(f for f in fields if f.tag == 0xa3).children[0]

    def encode(self):
        return self.root.encode()

    def extension(self, oid):
        return next(e for e in self.extensions.children if e.children[0].encode() == oid)

    def sct_extension(self):
        return self.extension(SCT_LIST)

    def get_list(self):
        """The SignedCertificateTimestampList inside the extension."""
        return parse(self.sct_extension().children[-1].value)[0].value

    def set_list(self, data):
        self.sct_extension().children[-1].value = Node(0x04, data).encode()

    def list_offset(self):
        """Where the list's first byte is in the certificate."""
        value = self.sct_extension().children[-1]
        inner = value.value
        return (self.root.offset_of(value) + len(header(0x04, len(inner)))
                + len(inner) - len(self.get_list()))


def split_list(data):
    items, at = [], 2
    while at < len(data):
        size = struct.unpack(">H", data[at:at + 2])[0]
        items.append(data[at + 2:at + 2 + size])
        at += 2 + size
    return items


def join_list(items):
    body = b"".join(struct.pack(">H", len(i)) + i for i in items)
    return struct.pack(">H", len(body)) + body
