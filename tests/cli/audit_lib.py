# SPDX-License-Identifier: Apache-2.0
"""What the suites of `ctpolicy audit` share: how it is run, and inputs made of the samples."""
import base64
import ctypes
import ctypes.util
import json
import os
import re
import select
import struct
import subprocess
import time

import der
from lib import AT, LIST, PROGRAM, TIMEOUT, clean_env, read, sample

AUDIT = ["audit", *AT, *LIST]
NDJSON = [*AUDIT, "--format", "ndjson"]
GOOD = read(sample("compliant.pem")).decode()
LEAF, ISSUER = der.pem_to_ders(GOOD.encode())[:2]
FAILS = read(sample("operator-cap.pem")).decode()
# Above this nothing that audit reads may bring it.
MAX_KB = 64 * 1024
SANITIZED = b"__asan_init" in read(PROGRAM) or b"__tsan_init" in read(PROGRAM)


def b64(data):
    return base64.b64encode(data).decode()


def request(certificate=GOOD, **more):
    return json.dumps({**more, "certificate": certificate})


def mixed(num):
    """Lines of NDJSON: some pass, some fail, some are open, some are no requests."""
    kinds = [lambda i: request(id=i), lambda i: request(FAILS, id=i),
             lambda i: request(der.pem(LEAF), id=i), lambda i: '{"id":%d}' % i,
             lambda i: "{%d" % i, lambda i: request(policies=["apple", "apple-enforced"], id=i)]
    return [kinds[i % len(kinds)](i) for i in range(num)]


def zstd(data):
    """A frame of blocks that are not compressed (RFC 8878, 3.1.1)."""
    out = [b"\x28\xb5\x2f\xfd\xe0", struct.pack("<Q", len(data))]
    pieces = [data[i:i + 65536] for i in range(0, len(data), 65536)] or [b""]
    for i, piece in enumerate(pieces):
        out += [struct.pack("<I", (i + 1 == len(pieces)) | len(piece) << 3)[:3], piece]
    return b"".join(out)


def unzstd(data, size):
    """By the library that the program itself needs; `size` is what must come out."""
    library = ctypes.CDLL(ctypes.util.find_library("zstd") or "libzstd.so.1")
    library.ZSTD_decompress.restype = ctypes.c_size_t
    room = ctypes.create_string_buffer(size + 1)
    got = library.ZSTD_decompress(room, ctypes.c_size_t(size + 1), data,
                                  ctypes.c_size_t(len(data)))
    return room.raw[:got] if got <= size + 1 else None


def start(args, **kw):
    """A run to be disturbed."""
    return subprocess.Popen([PROGRAM, *args], env=clean_env(), stderr=subprocess.PIPE, **kw)


def wait_for(run, what):
    """True when `what`() holds; False when the run ended before."""
    end = time.monotonic() + TIMEOUT
    while not what():
        if run.poll() is not None or time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True


class Unread:
    """The standard output of a run that nobody reads."""

    def __init__(self):
        self.ends = os.pipe()

    def start(self, args, **kw):
        return start(args, stdout=self.ends[1], **kw)

    def is_full(self):
        return not select.select([], [self.ends[1]], [], 0)[1]

    def close(self):
        for end in self.ends:
            os.close(end)


def has_heard(run, number):
    """Whether a signal has arrived: the next one of its kind would kill (src/app/stop.c)."""
    line = next(line for line in read(f"/proc/{run.pid}/status", "r").splitlines()
                if line.startswith("SigCgt:"))
    return not int(line.split()[1], 16) >> (number - 1) & 1


# In a process of its own: what a child had before it became the program counts too.
# Without huge pages, of which a system may give some for very little.
MEASURE = ("import ctypes,resource,subprocess,sys\n"
           "ctypes.CDLL(None).prctl(41, 1, 0, 0, 0)\n"  # PR_SET_THP_DISABLE
           "done = subprocess.run(sys.argv[1:])\n"
           "sys.stderr.write('%d %d' % (done.returncode,"
           " resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))\n")


def measure(*args, stdin=None):
    """The exit status, the most memory in KB, and standard output."""
    done = subprocess.run(["python3", "-S", "-c", MEASURE, PROGRAM, *args], stdin=stdin,
                          env=clean_env(), capture_output=True, timeout=TIMEOUT)
    status, memory = done.stderr.decode().splitlines()[-1].split()[-2:]
    return int(status), int(memory), done.stdout


def left_behind(folder):
    return sorted(os.listdir(folder))


def is_told(messages, num):
    """One line for all records that could not be read."""
    return re.fullmatch(
        rf"ctpolicy: {num} records could not be read \(first: .*\[[a-z_]+\]\); "
        r"they are among the results as error records\n?", messages)
