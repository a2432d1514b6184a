#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""deploy/cluster/spark and deploy/cluster/kubernetes as far as they can be tried without Spark
and Kubernetes: the Spark job runs on a stand-in for its five calls, which pipes partitions
through the very command; of the Kubernetes jobs the fields are looked at, and their commands
run."""
import gzip
import importlib.util
import os
import shlex
import subprocess
import sys

from cluster_lib import CLUSTER, OPTIONS, Job, call, issuers, make_inputs, run_suite
from audit_lib import mixed, request
from lib import PROGRAM, read

sys.dont_write_bytecode = True


class Lines:
    """Of an RDD of strings what audit.py uses, as pyspark 3 does it."""

    def __init__(self, partitions):
        self.partitions = partitions

    def filter(self, keep):
        return Lines([list(filter(keep, lines)) for lines in self.partitions])

    def pipe(self, command, checkCode):
        out = []
        for lines in self.partitions:
            done = subprocess.run(shlex.split(command), stdout=subprocess.PIPE, env={},
                                  stderr=subprocess.DEVNULL,
                                  input="".join(line + "\n" for line in lines).encode())
            if checkCode and done.returncode != 0:
                raise RuntimeError(f"pipe: exit status {done.returncode}")
            out.append(done.stdout.decode().splitlines())
        return Lines(out)

    def count(self):
        return sum(map(len, self.partitions))

    def saveAsTextFile(self, path, codec):
        os.mkdir(path)
        for i, lines in enumerate(self.partitions):
            with gzip.open(os.path.join(path, f"part-{i:05}.gz"), "wb") as file:
                file.write("".join(line + "\n" for line in lines).encode())


class Context:
    def __init__(self, num):
        self.num = num

    def textFile(self, path):
        if os.path.isdir(path):
            return Lines([gzip.decompress(read(os.path.join(path, name))).decode().splitlines()
                          for name in sorted(os.listdir(path))])
        lines, num = read(path).decode().splitlines(), self.num
        return Lines([lines[i * len(lines) // num:(i + 1) * len(lines) // num]
                      for i in range(num)])


def spark_job():
    spec = importlib.util.spec_from_file_location(
        "spark_audit", os.path.join(CLUSTER, "spark", "audit.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_spark(t):
    job = spark_job()
    # Those that have an id of their own: the number of a line is another in each partition.
    lines = [line for line in mixed(3000) if '"id"' in line] + [request("MAA=", id="z")]
    path = t.file("\n".join(lines[:1500] + ["", " "] + lines[1500:]) + "\n", ".ndjson")
    few = t.file("\n".join(lines[:9]) + "\n", ".ndjson")
    for path, num in ((path, 1), (path, 7), (few, 20)):
        lines = [line for line in read(path).splitlines() if line.strip()]
        want = t.run("audit", *OPTIONS, "--format", "ndjson", path).out
        target = t.path()
        got = job.audit(Context(num), PROGRAM, path, target, OPTIONS)
        out = b"".join(gzip.decompress(read(os.path.join(target, name)))
                       for name in sorted(os.listdir(target)))
        t.equal(got, len(lines), f"{num} partitions: the number of requests")
        t.check(out == want, f"{num} partitions: the bytes of one audit")
    for program, options in ((PROGRAM, ["--policy", "pear"]), ("/bin/false", OPTIONS)):
        try:
            job.audit(Context(2), program, path, t.path(), options)
            t.check(program == "/bin/false", "wrong options are a failure")
        except RuntimeError as error:
            t.check(True, str(error))
    try:
        job.audit(Context(2), "/bin/true", path, t.path(), OPTIONS)
        t.check(False, "lines without an answer")
    except RuntimeError as error:
        t.has(str(error), "0 results of", "lines without an answer are a failure")
    t.equal(job.with_time(["--at=issuance"]), ["--at=issuance"], "a given time stands")
    t.equal(job.with_time([])[0], "--at", "else it is now, for all")


def jobs(t):
    try:
        import yaml
    except ImportError:
        t.skip("the Kubernetes jobs: no python3-yaml")
        return None
    return [yaml.safe_load(read(os.path.join(CLUSTER, "kubernetes", name)))
            for name in ("job.yaml", "merge.yaml")]


def test_kubernetes_fields(t):
    both = jobs(t)
    if not both:
        return
    for job in both:
        spec = job["spec"]["template"]["spec"]
        container = spec["containers"][0]
        t.equal((job["apiVersion"], job["kind"]), ("batch/v1", "Job"), "a Job")
        t.equal(spec["restartPolicy"], "Never", "what podFailurePolicy asks for")
        t.equal([m["name"] for m in container["volumeMounts"]],
                [v["name"] for v in spec["volumes"]], "the volume that is mounted")
    job = both[0]["spec"]
    t.equal(job["completionMode"], "Indexed", "an index for each pod")
    t.check(0 < job["parallelism"] <= job["completions"], "no more at a time than there are")
    rule = job["podFailurePolicy"]["rules"][0]["onExitCodes"]
    t.equal(rule["containerName"], job["template"]["spec"]["containers"][0]["name"],
            "whose exit status 2 ends the Job")
    t.equal(rule["values"], [2], "the status of what cannot run")


def test_kubernetes_commands(t):
    """The pods' commands, with the paths of this place, make what one audit makes."""
    both = jobs(t)
    if not both:
        return
    files = make_inputs(os.path.join(t.folder, "in"), 400)
    job = Job(t, "pods", 4, [*OPTIONS, "--issuers", issuers(t)], files=files)
    for i, value in enumerate([*range(4), None]):
        container = both[value is None]["spec"]["template"]["spec"]["containers"][0]
        words = [word.replace("/opt/ctpolicy", CLUSTER).replace("/data/job", job.folder)
                 for word in container["command"] + container.get("args", [])]
        env = {"PATH": os.environ["PATH"], "CTPOLICY_JOBS": "1", "JOB_COMPLETION_INDEX": str(value)}
        done = subprocess.run(words, env=env, capture_output=True, text=True)
        t.equal(done.returncode, 0, f"pod {i}", done.stderr)
    job.compare("pods")
    done = call(t, "part.sh", job.folder, "9", want=2)
    t.has(done.stderr, "there are 4 parts", "an index beyond the plan cannot run")


run_suite("cluster-pipe", globals(), [], "")
