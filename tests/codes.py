#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""codes.py FOLDER: is every reason code of src/base/codes.def produced by some test?

Each file of FOLDER has, a line each, the codes that one suite produced.
"""
import os
import re
import sys

ROW = re.compile(r'^CODE\(\w+,\s*"(\w+)"', re.MULTILINE)


def main():
    with open("src/base/codes.def", encoding="utf-8") as file:
        known = ROW.findall(file.read())
    produced = set()
    for name in sorted(os.listdir(sys.argv[1])):
        with open(os.path.join(sys.argv[1], name), encoding="utf-8") as file:
            produced.update(file.read().split())
    missing = [code for code in known if code not in produced]
    for code in missing:
        print(f"FAILED: no test produces {code}")
    for code in sorted(produced.difference(known)):
        print(f"FAILED: {code} was produced but is not in codes.def")
    failed = len(missing) + len(produced.difference(known))
    print(f"codes: {len(known) - len(missing)} passed, {failed} failed")
    sys.exit(1 if failed or not known else 0)


main()
