# SPDX-License-Identifier: Apache-2.0
"""Measures `ctpolicy audit` from file to /dev/null, for run.py.

Certificates of many CAs, repeated, as NDJSON with the issuer in each line, and those of one CA
as PEM with a pool. Every record is judged anew: nothing is kept from one to its repetition but
what any certificate of the same log or issuer would find.
"""
import base64
import json
import os
import re
import subprocess
import tempfile
import time

REPEATS = 200  # of the certificates of many CAs: as in a run of some seconds
REFERENCE_REPEATS = 20  # it is slower, and makes no tables
BULK_REPEATS = 3


def read_certificate(path):
    with open(path, encoding="ascii", errors="replace") as file:
        match = re.search(r"-----BEGIN CERTIFICATE-----(.*?)-----END", file.read(), re.S)
    return base64.b64encode(base64.b64decode(match[1])).decode()


class Inputs:
    """Files for the audits, made in a folder that goes with this object."""

    def __init__(self, program, data):
        self.program = program
        self.folder = tempfile.TemporaryDirectory()
        self.mixed = self.hashed = self.bulk = None
        self.num_mixed = self.num_short = self.num_bulk = 0
        certs = os.path.join(data, "certs")
        bulk = os.path.join(data, "bulk")
        if os.path.isdir(certs):
            self.make_mixed(certs)
        if os.path.isdir(bulk):
            self.make_bulk(bulk)

    def write(self, name, rows):
        """Two files: for the fast verifier, and a shorter one for the reference."""
        text = "".join(json.dumps(row) + "\n" for row in rows)
        paths = []
        for repeats in (REPEATS, REFERENCE_REPEATS):
            paths.append(os.path.join(self.folder.name, f"{name}-{repeats}.ndjson"))
            with open(paths[-1], "w", encoding="ascii") as file:
                file.write(text * repeats)
        return paths

    def make_mixed(self, certs):
        rows = []
        for name in sorted(n for n in os.listdir(certs) if "." not in n):
            folder = os.path.join(certs, name)
            rows.append({"id": name, "certificate": read_certificate(f"{folder}/leaf.pem"),
                         "issuer": read_certificate(f"{folder}/issuer.pem")})
        self.num_mixed = REPEATS * len(rows)
        self.num_short = REFERENCE_REPEATS * len(rows)
        self.mixed, self.mixed_short = self.write("mixed", rows)
        # The same, with the hash of the issuer's key instead of the issuer, whose signature
        # over the certificate then cannot be checked.
        reports = subprocess.run(
            [self.program, "audit", "--at", "issuance", "--format", "ndjson"],
            input="".join(json.dumps(row) + "\n" for row in rows), stdout=subprocess.PIPE,
            text=True, check=False).stdout.splitlines()
        hashes = [json.loads(report)["certificate"]["issuer_key_sha256"] for report in reports]
        self.hashed, self.hashed_short = self.write("hashed", [
            {"id": row["id"], "certificate": row["certificate"], "issuer_key_sha256": key_hash}
            for row, key_hash in zip(rows, hashes, strict=True)])

    def make_bulk(self, bulk):
        with open(f"{bulk}/certs_2016.pem", encoding="ascii") as file:
            text = file.read()
        self.issuers = f"{bulk}/issuers_2016.pem"
        self.bulk = os.path.join(self.folder.name, "bulk.pem")
        self.num_bulk = BULK_REPEATS * text.count("-----BEGIN")
        with open(self.bulk, "w", encoding="ascii") as file:
            file.write(text * BULK_REPEATS)


def parts(program, num, *args):
    """Lines "audit.part.NAME microseconds" a certificate, of an audit with probes in it."""
    done = subprocess.run([program, "audit", "--at", "issuance", "--format", "ndjson", "--jobs",
                           "1", *args], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          text=True, check=False)
    found = re.findall(r"^probe (\w+) ([\d.]+)$", done.stderr, re.M)
    if done.returncode not in (0, 1) or not found:
        raise SystemExit(f"{program} failed: {done.stderr}")
    return [f"audit.part.{name} {float(seconds) / num * 1e6}" for name, seconds in found]


def run(program, *args, form="ndjson"):
    """CPU and wall seconds of one audit."""
    quiet = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_WRONLY, 0) for fd in (1, 2)]
    began = time.monotonic()
    command = [program, "audit", "--at", "issuance", "--format", form, *args]
    pid = os.posix_spawn(program, command, os.environ, file_actions=quiet)
    _, status, usage = os.wait4(pid, 0)
    wall = time.monotonic() - began
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        raise SystemExit(f"{' '.join(command)} failed")
    return usage.ru_utime + usage.ru_stime, wall


# Inputs and formats of the audits by all policies against those by one.
POLICY_ROWS = (("bulk", "ndjson"), ("bulk", "csv"), ("bulk", "text"), ("mixed", "ndjson"))


def measure_policies(program, inputs):
    """CPU seconds of the same audit by all policies and by one, one right behind the other."""
    lines = []
    for data, form in POLICY_ROWS:
        path = getattr(inputs, data)
        if not path:
            continue
        args = ["--jobs", "1", path]
        if data == "bulk":
            args += ["--issuers", inputs.issuers]
        for policies in ("all", "apple"):
            cpu, _ = run(program, "--policy", policies, *args, form=form)
            lines.append(f"audit.{data}_{form}_{policies} {cpu}")
    return lines


def measure(program, inputs):
    """Lines "name value" of one round; certificates a second."""
    lines = []
    if inputs.mixed:
        fast, wall_1 = run(program, "--jobs", "1", inputs.mixed)
        _, wall_2 = run(program, "--jobs", "2", inputs.mixed)
        reference, _ = run(program, "--jobs", "1", "--verifier", "reference",
                           inputs.mixed_short)
        lines += [f"audit.mixed_per_s {inputs.num_mixed / fast}",
                  f"audit.mixed_us {fast / inputs.num_mixed * 1e6}",
                  f"audit.reference_per_s {inputs.num_short / reference}",
                  f"audit.wall_1 {wall_1}", f"audit.wall_2 {wall_2}"]
        hashed, _ = run(program, "--jobs", "1", inputs.hashed)
        bare, _ = run(program, "--jobs", "1", "--verifier", "reference",
                      inputs.hashed_short)
        lines += [f"audit.hashed_per_s {inputs.num_mixed / hashed}",
                  f"audit.hashed_us {hashed / inputs.num_mixed * 1e6}",
                  f"audit.bare_per_s {inputs.num_short / bare}"]
        lines += parts(f"{program}-probed", inputs.num_mixed, inputs.mixed)
    if inputs.bulk:
        bulk, _ = run(program, "--jobs", "1", "--issuers", inputs.issuers, inputs.bulk)
        slow, _ = run(program, "--jobs", "1", "--verifier", "reference", "--issuers",
                      inputs.issuers, inputs.bulk)
        lines += [f"audit.bulk_per_s {inputs.num_bulk / bulk}",
                  f"audit.bulk_reference_per_s {inputs.num_bulk / slow}"]
    lines += measure_policies(program, inputs)
    return "\n".join(lines)
