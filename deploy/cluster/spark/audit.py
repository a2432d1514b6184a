#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Judges requests (NDJSON, one a line) with Spark: each partition is piped through one
`ctpolicy audit`, a line in, a line out, in order.

usage: spark-submit [option of Spark]... audit.py PROGRAM INPUT OUTPUT [audit option]...

PROGRAM is the path of ctpolicy on the workers; INPUT what textFile() takes (a file, a folder,
a pattern, compressed or not); OUTPUT a folder that does not exist yet. The time of check is
now, the same for all partitions, unless --at says another. A failed partition is Spark's to
try again. Exit status: 0 when each line has its answer.
"""
import datetime
import shlex
import sys

# Verdicts (1, 5) and requests that cannot be read (3) are results; all else is a failure.
RUN = 'program=$1; shift; "$program" audit "$@" -; case $? in 0|1|3|5) exit 0 ;; esac; exit 1'


def command(program, options):
    """What a partition is piped through, as RDD.pipe() splits it."""
    return shlex.join(["sh", "-c", RUN, "sh", program, "--format", "ndjson", "--input-format",
                       "ndjson", "--jobs", "1", *options])


def with_time(options):
    """One time of check, whenever a partition runs."""
    if any(option.split("=")[0] == "--at" for option in options):
        return options
    now = datetime.datetime.now(datetime.timezone.utc)
    return ["--at", now.strftime("%Y-%m-%dT%H:%M:%SZ"), *options]


def audit(context, program, source, target, options):
    """The number of requests."""
    # An empty line is no request, and has no answer.
    lines = context.textFile(source).filter(str.strip)
    results = lines.pipe(command(program, with_time(options)), checkCode=True)
    results.saveAsTextFile(target, "org.apache.hadoop.io.compress.GzipCodec")
    # Want of memory in the program ends with 3 too: then lines are missing.
    num, answered = lines.count(), context.textFile(target).count()
    if num != answered:
        raise RuntimeError(f"{answered} results of {num} requests: {target} is not complete")
    return num


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    from pyspark import SparkContext
    context = SparkContext(appName="ctpolicy audit")
    num = audit(context, *sys.argv[1:4], sys.argv[4:])
    print(f"{num} requests answered in {sys.argv[3]}")
    context.stop()


if __name__ == "__main__":
    main()
