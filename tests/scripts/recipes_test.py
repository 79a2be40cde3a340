#!/usr/bin/env python3
"""recipes/: what Slurm, GNU parallel and Kubernetes' way of naming shards make is what one run makes, byte for byte.

usage: recipes_test.py --rdpdx PATH

Slurm is started here: munge, a controller and two nodes on this machine, and stopped at the end; one node is lost midway. What is not
installed is skipped, and said.
"""
import argparse
import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RECIPES = ROOT / "recipes"
RDPDX = ""
PATH = os.environ["PATH"] + ":/usr/sbin:/sbin"


def tool(name):
    return shutil.which(name, path=PATH)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def everything(out):
    return {p.relative_to(out).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(out.rglob("*")) if p.is_file()}


def wait_for(what, seconds, step=0.2):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(step)
    return False


class Recipe(unittest.TestCase):
    COUNT, N = 120, 6

    @classmethod
    def setUpClass(cls):
        cls.base = Path(tempfile.mkdtemp(prefix="rdpdx-recipes-"))
        cls.addClassCleanup(shutil.rmtree, cls.base, ignore_errors=True)
        subprocess.run([sys.executable, "-B", ROOT / "bench/make_cases.py", cls.base / "cases", str(cls.COUNT)], check=True)
        cls.plan, whole = cls.base / "plan.tsv", cls.base / "whole"
        subprocess.run([RDPDX, "batch", "plan", cls.base / "cases", "-o", cls.plan], check=True)
        subprocess.run([RDPDX, "batch", cls.base / "cases", "--out", whole, "-q"])
        cls.whole = everything(whole)

    def setUp(self):
        self.out = Path(tempfile.mkdtemp(prefix="out", dir=self.base))
        self.env = {**os.environ, "PATH": PATH, "RDPDX": RDPDX}

    def same(self, out):
        made = everything(out)
        self.assertEqual(sorted(f for f in made.keys() | self.whole.keys() if made.get(f) != self.whole.get(f)), [])


class Work(Recipe):
    """Exit codes: what is not done is never a success."""

    def does(self, name, *how):
        ran = subprocess.run([RECIPES / name, *map(str, how)], env=self.env, capture_output=True, timeout=300)
        return ran.returncode

    def shard(self, k, plan):
        return self.does("shard", plan, self.out, k, 2)

    def test_a_shard_fails_where_its_plan_cannot_be_followed_also_when_it_has_results(self):
        lines = self.plan.read_text().splitlines(keepends=True)
        below = next(n for n, line in enumerate(lines) if line.startswith("below\t"))
        (self.out / "mount-point").mkdir()
        wrong = {"mistake": [*lines, "only\n"], "empty": lines[:below + 2], "not-there": [*lines[:below], "below\tgone\n", *lines[below + 1:]],
                 "not-mounted": [*lines[:below], f"below\t{self.out}/mount-point\n", *lines[below + 1:]]}
        for first in (True, False):
            for name, text in wrong.items():
                with self.subTest(name, first=first):
                    (self.out / name).write_text("".join(text))
                    self.assertNotEqual(self.shard(1, self.out / name), 0)
            self.assertNotEqual(self.shard(1, self.out / "no-plan"), 0)
            self.assertEqual(self.shard(1, self.plan), 0)

    def test_a_merge_fails_while_a_shard_is_missing_or_has_not_ended(self):
        self.assertEqual(self.shard(1, self.plan), 0)
        self.assertEqual(self.does("merge", self.out), 1)
        self.assertEqual(self.shard(2, self.plan), 0)
        store = self.out / "shard-2/cases.sqlite"
        whole = store.read_bytes()
        store.write_bytes(whole[:68] + bytes(4) + whole[72:])  # PRAGMA application_id
        self.assertEqual(self.does("merge", self.out), 1)
        store.write_bytes(whole)
        self.assertEqual(self.does("merge", self.out), 0)
        self.same(self.out / "all")


class Parallel(Recipe):
    def setUp(self):
        super().setUp()
        if not tool("parallel"):
            self.skipTest("GNU parallel is not installed")
        self.env["PARALLEL_HOME"] = str(self.out / "home")
        (self.out / "home").mkdir()
        (self.out / "home/will-cite").touch()

    def run_it(self, *how):
        ran = subprocess.run([RECIPES / "parallel/run", self.plan, self.out, str(self.N), *how], env=self.env, capture_output=True, timeout=300)
        self.assertEqual(ran.returncode, 0, ran.stderr.decode()[-2000:])
        self.same(self.out / "all")

    def test_on_this_machine(self):
        self.run_it("--jobs", "2")

    def test_over_ssh(self):
        if not (tool("sshd") and tool("ssh") and tool("ssh-keygen")) or os.geteuid() != 0:
            self.skipTest("no sshd, or not root")
        home, port = self.out / "ssh", free_port()
        home.mkdir(mode=0o700)
        for key in ("host", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", home / key], check=True)
        shutil.copy(home / "user.pub", home / "authorized")
        (home / "config").write_text(f"Port {port}\nListenAddress 127.0.0.1\nHostKey {home}/host\nAuthorizedKeysFile {home}/authorized\n"
                                     f"PidFile {home}/pid\nStrictModes no\nPermitRootLogin yes\nUsePAM no\nAcceptEnv RDPDX\n")
        Path("/run/sshd").mkdir(exist_ok=True)
        server = subprocess.Popen([tool("sshd"), "-D", "-f", home / "config", "-E", home / "log"])
        self.addCleanup(server.wait)
        self.addCleanup(server.terminate)
        ssh = f"ssh -p {port} -i {home}/user -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile={home}/known -o LogLevel=ERROR"
        if not wait_for(lambda: subprocess.run([*ssh.split(), "127.0.0.1", "true"], capture_output=True).returncode == 0, 10):
            self.skipTest("sshd lets nobody in here")
        # Two names of this machine stand for two machines.
        self.run_it("--ssh", ssh, "--sshlogin", "1/127.0.0.1,1/root@127.0.0.1")


class Kubernetes(Recipe):
    def test_what_a_pod_runs_with_its_index_makes_the_shard(self):
        text = (RECIPES / "kubernetes/job.yaml").read_text()
        n = int(re.search(r'value: "(\d+)"', text)[1])
        self.assertEqual(int(re.search(r"completions: (\d+)", text)[1]), n)
        self.assertIn("completionMode: Indexed", text)
        command = re.search(r"args:\n\s+- (.*)", text)[1].replace("/opt/rdpdx/recipes", str(RECIPES)).replace("/cases/plan.tsv", str(self.plan))
        for index in reversed(range(n)):
            env = {**self.env, "JOB_COMPLETION_INDEX": str(index), "N": str(n)}
            subprocess.run(["/bin/sh", "-c", command.replace("/cases/out", str(self.out / "out"))], env=env, check=True, capture_output=True)
        merge = re.search(r"args:\n\s+- (.*)", (RECIPES / "kubernetes/merge.yaml").read_text())[1]
        merge = merge.replace("/opt/rdpdx/recipes", str(RECIPES)).replace("/cases/out", str(self.out / "out"))
        subprocess.run(["/bin/sh", "-c", merge], env=self.env, check=True, capture_output=True)
        self.same(self.out / "out/all")


class Slurm(Recipe):
    """Everything of it lies in one folder, by whose name its processes are found."""

    NEEDED = ("munged", "slurmctld", "slurmd", "sbatch", "scontrol", "squeue")

    def setUp(self):
        super().setUp()
        missing = [name for name in self.NEEDED if not tool(name)]
        if missing or os.geteuid() != 0:
            self.skipTest(f"not root, or not installed: {', '.join(missing) or '-'}")
        self.home, self.daemons = self.out / "slurm", []
        for name in ("state", "spool-node1", "spool-node2", "munge"):
            (self.home / name).mkdir(parents=True, mode=0o700)
        self.addCleanup(self.stop)
        (self.home / "munge/key").write_bytes(os.urandom(128))
        (self.home / "munge/key").chmod(0o400)
        where = self.home / "munge"
        subprocess.run([tool("munged"), "--force", f"--key-file={where}/key", f"--socket={where}/socket", f"--pid-file={where}/pid",
                        f"--log-file={where}/log", f"--seed-file={where}/seed"], check=True, capture_output=True)
        self.configure()
        self.env["SLURM_CONF"] = str(self.home / "slurm.conf")
        self.daemon("slurmctld", "-D")
        self.nodes = {name: self.daemon("slurmd", "-D", "-N", name) for name in ("node1", "node2")}
        if not wait_for(lambda: self.ask("sinfo", "-h", "-o", "%T %D").strip() == "idle 2", 30):
            logs = "".join(p.read_text(errors="replace")[-600:] for p in sorted(self.home.glob("*.log")))
            self.skipTest(f"Slurm does not start here: {logs}")

    def configure(self):
        h, name = self.home, socket.gethostname()
        ports = [free_port() for _ in range(3)]
        (h / "cgroup.conf").write_text("IgnoreSystemd=yes\n")
        (h / "slurm.conf").write_text(f"""ClusterName=rdpdx
SlurmctldHost={name}(127.0.0.1)
SlurmctldPort={ports[0]}
AuthType=auth/munge
AuthInfo=socket={h}/munge/socket
CredType=cred/munge
SlurmUser=root
SlurmdUser=root
StateSaveLocation={h}/state
SlurmdSpoolDir={h}/spool-%n
SlurmctldPidFile={h}/ctld.pid
SlurmdPidFile={h}/%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
SlurmdTimeout=30
KillWait=1
JobRequeue=1
SchedulerType=sched/builtin
SchedulerParameters=sched_interval=1,batch_sched_delay=0
NodeName=node1 NodeHostname={name} NodeAddr=127.0.0.1 Port={ports[1]} CPUs=1 State=UNKNOWN
NodeName=node2 NodeHostname={name} NodeAddr=127.0.0.1 Port={ports[2]} CPUs=1 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
""")

    def daemon(self, name, *how):
        with open(self.home / f"{name}{how[-1]}.log", "wb") as log:
            self.daemons.append(subprocess.Popen([tool(name), "-f", self.home / "slurm.conf", *how], env=self.env, stdout=log, stderr=log))
        return self.daemons[-1]

    def ours(self, word=""):
        """Processes whose environment names the folder, as all of this cluster's do, and `word`."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                text = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
            except OSError:
                continue
            if str(self.home).encode() in text and word.encode() in text and int(process.name) != os.getpid():
                found.append(int(process.name))
        return found

    def kill(self, processes):
        """All at once, as a power failure would: none tells of another's end."""
        for sign in (signal.SIGSTOP, signal.SIGKILL):
            for process in processes:
                try:
                    os.kill(process, sign)
                except ProcessLookupError:
                    pass

    def stop(self):
        for _ in range(5):
            self.kill(self.ours())
            time.sleep(0.1)
        for child in self.daemons:
            child.wait()

    def ask(self, *command):
        return subprocess.run(command, env=self.env, capture_output=True, timeout=30).stdout.decode()

    def submit(self, plan):
        ran = subprocess.run([RECIPES / "slurm/submit", plan, self.out / "results", str(self.N)], env=self.env, capture_output=True, timeout=60)
        self.assertEqual(ran.returncode, 0, ran.stderr.decode())
        return ran.stdout.decode().split()

    def finished(self):
        done = wait_for(lambda: self.ask("squeue", "-h").strip() == "", 120)
        logs = "".join(p.read_text(errors="replace")[-300:] for p in sorted((self.out / "results").glob("*.log")))
        self.assertTrue(done, self.ask("squeue", "-l") + logs)
        self.same(self.out / "results/all")

    def test_an_array_job_on_two_nodes(self):
        self.submit(self.plan)
        self.finished()

    def test_a_node_that_is_lost_midway_costs_nothing(self):
        # Slower by far, so that the node is lost in the midst of a shard.
        slow = self.out / "slow"
        slow.write_text(f'#!/bin/sh\n[ "$2" = run ] && [ ! -e "{self.out}/lost" ] && sleep 2\nexec "{RDPDX}" "$@"\n')
        slow.chmod(0o755)
        self.env["RDPDX"] = str(slow)
        array, _ = self.submit(self.plan)
        running = lambda: re.findall(rf"{array}_(\d+) node2", self.ask("squeue", "-h", "-r", "-t", "R", "-o", "%i %N").replace("[", ""))
        self.assertTrue(wait_for(lambda: running(), 30), self.ask("squeue", "-l"))
        lost = running()[0]
        time.sleep(1)
        work = self.ours("SLURMD_NODENAME=node2")
        parents = {int(Path(f"/proc/{p}/stat").read_text().rsplit(")", 1)[1].split()[1]) for p in work}
        steps = [p for p in parents - set(work) if p > 1 and Path(f"/proc/{p}/comm").read_text().startswith("slurmstepd")]
        self.kill([self.nodes["node2"].pid, *steps, *work])
        (self.out / "lost").touch()
        self.ask("scontrol", "update", "nodename=node2", "state=down", "reason=test")
        restarts = lambda: re.search(r"Restarts=(\d+)", self.ask("scontrol", "show", "job", f"{array}_{lost}"))
        self.assertTrue(wait_for(lambda: restarts() and int(restarts()[1]) > 0, 30), self.ask("scontrol", "show", "job", f"{array}_{lost}"))
        # Slurm lets a requeued job wait for two minutes.
        self.ask("scontrol", "update", f"JobId={array}_{lost}", "StartTime=now")
        self.finished()


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--rdpdx", required=True)
    options, rest = parser.parse_known_args()
    global RDPDX
    RDPDX = str(Path(options.rdpdx).resolve())
    unittest.main(argv=[sys.argv[0], "-v", *rest])


if __name__ == "__main__":
    main()
