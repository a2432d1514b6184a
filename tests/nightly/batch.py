# SPDX-License-Identifier: Apache-2.0
"""What the nightly tests of `ctpolicy audit` share: a large input of all kinds, and what must
be equal of two runs over it."""
import gzip
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
import der  # noqa: E402
from audit_lib import b64, zstd  # noqa: E402
from lib import LIST, PROGRAM, clean_env, read  # noqa: E402

# Lines of a summary, a report and a text that say when and how fast.
TIMES = re.compile(rb'^("run":|<dt>(Run|Speed)</dt>|[\d,]+ records in ).*$', re.M)


def split_der(data):
    """Elements one after another, each of 256 to 65,535 bytes."""
    out, at = [], 0
    while at < len(data):
        end = at + 4 + int.from_bytes(data[at + 2:at + 4], "big")
        out.append(data[at:end])
        at = end
    return out


def requests(leaves, issuer):
    """NDJSON: with the issuer or without, by another policy, and what is no request."""
    lines = []
    for i, leaf in enumerate(leaves):
        request = {"id": i, "certificate": b64(leaf)}
        if i % 3 == 0:
            request["issuer"] = b64(issuer)
        if i % 50 == 7:
            request["policies"] = ["apple", "apple-enforced"]
        lines.append("{%d" % i if i % 500 == 3 else json.dumps(request))
    return ("\n".join(lines) + "\n").encode()


class Batch:
    """`num` certificates in `folder`: PEM, chains, DER, NDJSON, CSV and a folder of files,
    plain and compressed, with some that cannot be read among them."""

    def __init__(self, program, num, folder):
        self.inputs = os.path.join(folder, "in")
        self.issuers = os.path.join(folder, "ca.pem")
        os.makedirs(os.path.join(self.inputs, "files"))
        subprocess.run([program, str(num), folder], check=True)
        leaves = split_der(read(os.path.join(folder, "leaves.der")))
        os.unlink(os.path.join(folder, "leaves.der"))
        issuer = der.pem_to_ders(read(self.issuers))[0]
        parts = [leaves[i::5] for i in range(5)]
        chain = der.pem(issuer)
        pems = [f"number {i}\n" + der.pem(leaf) + (chain if i % 2 else "")
                for i, leaf in enumerate(parts[0])]
        pems[len(pems) // 2] = "-----BEGIN CERTIFICATE-----\n####\n"
        singles = parts[1][:500]
        for name, data in [
                ("a.pem", "".join(pems).encode()), ("b.der", b"".join(parts[1][500:])),
                ("c.ndjson", requests(parts[2], issuer)),
                ("d.csv.gz", gzip.compress("".join(
                    f'{i},"{b64(leaf)}"\r\n' for i, leaf in enumerate(parts[3])).encode(), 1)),
                ("e.ndjson.zst", zstd(requests(parts[4], issuer))),
                ("files/none.pem", b"no certificate"),
                *((f"files/{i}.pem", der.pem(leaf).encode()) for i, leaf in enumerate(singles))]:
            with open(os.path.join(self.inputs, name), "wb") as file:
                file.write(data)

    def command(self, out, jobs, checkpoint=None, form="ndjson"):
        """An audit with everything that it can write."""
        more = ["--checkpoint", checkpoint] if checkpoint else []
        return [PROGRAM, "audit", "--at", "issuance", *LIST, "--issuers", self.issuers,
                "--format", form, "--jobs", str(jobs), "--output", out,
                "--summary", out + ".summary", "--report", out + ".html", *more, self.inputs]


def results(out):
    """All that a run has written, without its times."""
    return {end: TIMES.sub(b"", read(out + end)) if end or out.endswith(".txt")
            else read(out) for end in ("", ".summary", ".html")}


def run(command):
    """Exit status and messages."""
    done = subprocess.run(command, env=clean_env(), capture_output=True, check=False)
    return done.returncode, done.stderr.decode()
