#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""deploy/container and deploy/kubernetes: is the Containerfile what it says, does its health check
look at the service, are the objects what the API of Kubernetes takes, and do all of them agree?
(tests/nightly/container.py builds and runs the image.)"""
import copy
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[1:1] = [os.path.join(HERE, "..", name) for name in ("cli", "serve")]
from containerfile_lib import Containerfile  # noqa: E402
from kubernetes_lib import document_faults  # noqa: E402
from lib import ROOT, clean_env, read, run_all  # noqa: E402
from serve_lib import Service  # noqa: E402

DEPLOY = os.path.join(ROOT, "deploy")
READY = os.path.join(DEPLOY, "container", "ready")
YAML = os.path.join(DEPLOY, "kubernetes", "ctpolicy.yaml")
VERSION = re.search(r"^VERSION = (.*)$", read(os.path.join(ROOT, "Makefile"), "r"), re.M)[1]


def test_containerfile(t):
    file = Containerfile(os.path.join(DEPLOY, "container", "Containerfile"))
    t.equal(len(file.stages), 2, "two stages")
    last = file.stages[-1]
    t.equal(len({stage.base for stage in file.stages}), 1, "of one base")
    t.check(re.fullmatch(r"[1-9]\d+:[1-9]\d+", last.one("USER")), "a user by number, not root")
    t.equal(last.exec("ENTRYPOINT"), ["/usr/bin/ctpolicy"], "the program")
    t.equal(last.exec("CMD"), ["serve"], "... serves")
    t.equal(last.exec("HEALTHCHECK"), ["/usr/libexec/ctpolicy/ready"], "a health check")
    port = last.environment["CTPOLICY_LISTEN"].rsplit(":", 1)[1]
    t.equal(last.one("EXPOSE"), port, "the port")
    t.equal(last.one("VOLUME"), last.environment["CTPOLICY_STATE_DIR"], "the volume")
    for words in last.all("COPY"):
        for source in shlex.split(words)[:-1]:
            t.check(source.startswith("--from=build") or source.startswith("/build/out/") or
                    os.path.exists(os.path.join(ROOT, source)), f"COPY {source}")
    ignored = read(os.path.join(ROOT, ".dockerignore"), "r").split()
    t.check({"build", "ctpolicy", ".git"} <= set(ignored), "what is built here is not taken")
    text = read(os.path.join(DEPLOY, "container", "README.md"), "r")
    t.has(text, f"-t ctpolicy:{VERSION} .", "the README builds this version")
    t.has(read(YAML, "r"), f"image: ctpolicy:{VERSION} ", "Kubernetes runs this version")


def ready(listen):
    return subprocess.run([READY], env=clean_env({"CTPOLICY_LISTEN": listen}), timeout=60,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          check=False).returncode


def test_ready(t):
    if not shutil.which("bash"):
        t.skip("the health check: there is no bash")
        return
    with Service() as service:
        t.equal(ready(f"0.0.0.0:{service.port}"), 0, "ready")
        t.equal(ready(f"[::]:{service.port}"), 0, "IPv6's way of saying it")
    t.equal(ready(f"0.0.0.0:{service.port}"), 1, "nobody listens")
    with Service("--log-list", t.path(), samples=False) as service:
        t.equal(ready(f":{service.port}"), 1, "a service without a list is not ready")
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(1)
        t.equal(ready(f":{silent.getsockname()[1]}"), 1, "one that never answers is not")


def documents(t):
    try:
        import yaml
    except ImportError:
        t.skip("Kubernetes: there is no python3-yaml")
        return []
    return list(yaml.safe_load_all(read(YAML, "r")))


def pods_of(document):
    """The pod templates in it, wherever they are."""
    if isinstance(document, dict):
        if "containers" in document:
            yield document
        for value in document.values():
            yield from pods_of(value)


def test_objects_are_the_apis(t):
    found = documents(t)
    try:
        from kubernetes import client
    except ImportError:
        t.skip("Kubernetes' types: there is no python3-kubernetes")
        return
    t.check(len(found) > 5, "objects", len(found))
    for document in found:
        t.equal(document_faults(client, document), [],
                f"{document['kind']} {document['metadata']['name']}")
    deployment, = [d for d in found if d["kind"] == "Deployment"]
    for spoil in (lambda d: d.update(apiVersion="apps/v9"),
                  lambda d: d["spec"].update(replica=2),
                  lambda d: d["spec"].update(replicas="2"),
                  lambda d: d["spec"].pop("selector"),
                  lambda d: d["spec"]["template"]["spec"]["containers"][0].pop("name"),
                  lambda d: d["spec"]["template"]["spec"]["containers"][0]["ports"][0].update(
                      containerPort=True)):
        wrong = copy.deepcopy(deployment)
        spoil(wrong)
        t.check(document_faults(client, wrong), "a spoiled one is found")


def test_pods_are_confined(t):
    """The restricted standard for pods, and our own on top of it."""
    found = [(d, pod) for d in documents(t) for pod in pods_of(d)]
    for document, pod in found:
        name = document["metadata"]["name"]
        context = pod["securityContext"]
        t.check(context["runAsNonRoot"] and context["runAsUser"] > 0, f"{name}: not root")
        t.equal(context["seccompProfile"], {"type": "RuntimeDefault"}, f"{name}: seccomp")
        t.equal((pod["automountServiceAccountToken"], pod["enableServiceLinks"]), (False, False),
                f"{name}: nothing of the cluster's is in it")
        for container in pod["containers"]:
            own = container["securityContext"]
            t.equal(own, {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
                          "capabilities": {"drop": ["ALL"]}}, f"{name}: confined")
            t.equal({kind: set(container["resources"][kind]) for kind in ("requests", "limits")},
                    {"requests": {"cpu", "memory"}, "limits": {"cpu", "memory"}}, f"{name}: limits")
    t.check(not found or len(found) == 2, "a Deployment and a CronJob", len(found))


def test_objects_agree(t):
    found = {(d["kind"], d["metadata"]["name"]): d for d in documents(t)}
    if not found:
        return
    deployment = found["Deployment", "ctpolicy"]
    template = deployment["spec"]["template"]
    labels, pod = template["metadata"]["labels"], template["spec"]
    container = pod["containers"][0]
    selectors = [deployment["spec"]["selector"]["matchLabels"],
                 found["Service", "ctpolicy"]["spec"]["selector"],
                 found["PodDisruptionBudget", "ctpolicy"]["spec"]["selector"]["matchLabels"],
                 found["NetworkPolicy", "ctpolicy"]["spec"]["podSelector"]["matchLabels"]]
    for selector in selectors:
        t.check(selector.items() <= labels.items(), "selects the service's pods", selector)
    job = found["CronJob", "ctpolicy-refresh"]["spec"]["jobTemplate"]["spec"]["template"]
    selector = found["NetworkPolicy", "ctpolicy-refresh"]["spec"]["podSelector"]["matchLabels"]
    t.check(selector.items() <= job["metadata"]["labels"].items(), "selects the refresh's pods")
    for other in selectors:
        t.check(not other.items() <= job["metadata"]["labels"].items(), "... which serve nothing")
    for probe, path in (("startupProbe", "/livez"), ("livenessProbe", "/livez"),
                        ("readinessProbe", "/readyz")):
        t.equal(container[probe]["httpGet"], {"path": path, "port": "http"}, probe)
    t.equal([port["name"] for port in container["ports"]], ["http"], "the port that all name")
    known = {option for command in ("serve", "log-list refresh") for option in re.findall(
        r"^  --([a-z-]+)", t.run(*command.split(), "--help").text, re.M)}
    for one in (pod, job["spec"]):
        variables = {v["name"]: v.get("value") for v in one["containers"][0]["env"]}
        for name in variables:
            t.check(name[9:].lower().replace("_", "-") in known, f"{name} is an option")
        mounts = {m["mountPath"] for m in one["containers"][0]["volumeMounts"]}
        t.equal(mounts, {variables["CTPOLICY_STATE_DIR"]}, "the volume is the state folder")
        t.equal(one["securityContext"]["runAsUser"], 65532, "the image's user")
        claims = {v["persistentVolumeClaim"]["claimName"] for v in one["volumes"]}
        t.check({("PersistentVolumeClaim", claim) for claim in claims} <= set(found), "the claim")
    t.equal(job["spec"]["containers"][0]["args"], ["log-list", "refresh"], "the refresh")
    drain = int(re.search(r"--drain-timeout TIME .*?default:\s+(\d+)s",
                          t.run("serve", "--help").text, re.S)[1])
    t.check(pod["terminationGracePeriodSeconds"] > drain, "time to drain")


run_all("container", globals())
