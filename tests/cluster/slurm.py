# SPDX-License-Identifier: Apache-2.0
"""A Slurm of our own for as long as a test runs: munged, slurmctld and one slurmd, as the user
who runs the test, on ports of the loopback address that were free, with all their files in one
folder. Nothing that is installed or runs on the machine is used or changed but the programs."""
import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time

PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
DAEMONS = ("munged", "slurmctld", "slurmd")
CLIENTS = ("sbatch", "scontrol", "sinfo", "squeue", "scancel")
CONFIG = """\
ClusterName=ctpolicytest
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=1,sched_interval=2
KillWait=2
ReturnToService=2
NodeName=node1 NodeHostname={host} NodeAddr=127.0.0.1 Port={node_port} CPUs={slots} RealMemory=2048
PartitionName=main Nodes=node1 Default=YES MaxTime=INFINITE State=UP
"""


def missing():
    """The programs that are not there."""
    return [name for name in DAEMONS + CLIENTS if not shutil.which(name, path=PATH)]


def free_ports(num):
    sockets = [socket.socket() for _ in range(num)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def die_with_parent():
    """In a child: whatever becomes of the test, its daemons do not outlive it."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


class Slurm:
    """with Slurm(folder, slots) as slurm: ...; `env` is the environment of its clients."""

    def __init__(self, folder, slots=2):
        self.folder, self.slots = folder, slots
        self.started = []
        self.config = os.path.join(folder, "slurm.conf")
        self.env = {"PATH": PATH, "SLURM_CONF": self.config, "LC_ALL": "C.UTF-8"}

    def __enter__(self):
        # An end from outside stops the daemons as every other end does.
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda number, _: sys.exit(128 + number))
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        os.mkdir(self.folder, 0o755)
        for name in ("state", "spool"):
            os.mkdir(os.path.join(self.folder, name), 0o700)
        self.write_config()
        self.start_munge()
        self.launch("slurmctld", "-D", "-c", "-f", self.config)
        self.launch("slurmd", "-D", "-N", "node1", "-f", self.config)
        self.wait(lambda: self.run("sinfo", "-h", "-o", "%t").stdout.strip() == "idle",
                  "the node is not up")

    def write_config(self):
        controller_port, node_port = free_ports(2)
        text = CONFIG.format(host=socket.gethostname().split(".")[0], folder=self.folder,
                             user=pwd.getpwuid(os.geteuid()).pw_name, slots=self.slots,
                             controller_port=controller_port, node_port=node_port)
        with open(self.config, "w") as file:
            file.write(text)
        with open(os.path.join(self.folder, "cgroup.conf"), "w") as file:
            file.write("CgroupPlugin=autodetect\nIgnoreSystemdOnFailure=yes\n")

    def start_munge(self):
        path = os.path.join(self.folder, "munge")
        with open(path + ".key", "wb", opener=lambda p, f: os.open(p, f, 0o400)) as file:
            file.write(os.urandom(128))
        self.launch("munged", "--foreground", "--force", f"--key-file={path}.key",
                    f"--socket={path}.socket", f"--pid-file={path}.pid",
                    f"--log-file={path}.log", f"--seed-file={path}.seed")
        self.wait(lambda: os.path.exists(path + ".socket"), "munged has no socket")

    def launch(self, program, *args):
        with open(os.path.join(self.folder, program + ".out"), "wb") as out:
            process = subprocess.Popen([shutil.which(program, path=PATH), *args], env=self.env,
                                       stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                       preexec_fn=die_with_parent)
        self.started.append((program, process))

    def wait(self, what, otherwise, seconds=30):
        end = time.monotonic() + seconds
        while not what():
            ended = [name for name, process in self.started if process.poll() is not None]
            if ended or time.monotonic() > end:
                raise RuntimeError(f"{otherwise}; ended: {ended}\n{self.logs()}")
            time.sleep(0.1)

    def logs(self):
        out = []
        for name in sorted(os.listdir(self.folder)):
            if name.endswith((".log", ".out")):
                with open(os.path.join(self.folder, name), errors="replace") as file:
                    out += [f"--- {name}"] + file.read().splitlines()[-12:]
        return "\n".join(out)

    def run(self, program, *args, env=None, **kw):
        """A client; what it printed and its status."""
        return subprocess.run([shutil.which(program, path=PATH) or program, *args], text=True,
                              env={**self.env, **(env or {})}, capture_output=True, timeout=60,
                              **kw)

    def jobs(self):
        """What is in the queue: a line each with number, state and reason."""
        return self.run("squeue", "-h", "-r", "-o", "%A %i %T %r").stdout.splitlines()

    def stop(self):
        """In the order that lets each say goodbye; whoever does not, is killed."""
        if len(self.started) == 3:
            self.run("scancel", "--full", "--quiet", "--user", str(os.geteuid()))
            end = time.monotonic() + 10
            while self.jobs() and time.monotonic() < end:
                time.sleep(0.2)
        for _, process in reversed(self.started):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.started = []
