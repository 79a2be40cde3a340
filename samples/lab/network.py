"""Processes, network namespaces and captures of the lab.

  rlab-cli 198.51.100.10 --- wire.py (delay, loss, size limit) --- 198.51.100.1 rlab-fw
  rlab-fw 203.0.113.1 --- veth --- 203.0.113.20 rlab-srv

rlab-fw routes, so packets of the server arrive with TTL 63 and packets forged by the
firewall with TTL 64: the same clue an analyst has in the field.
"""
import json
import os
import signal
import subprocess
import time
from pathlib import Path

from paths import C_IP, CLI, FW, HERE, PY, S_IP, SRV, TMP


def sh(*cmd, check=True):
    return subprocess.run([str(c) for c in cmd], check=check, capture_output=True, text=True)


class Procs:
    """Everything that was started, ended by its own pid."""

    def __init__(self):
        self.items = []

    def start(self, name, cmd, ns=None, env=None, wait=None, timeout=8, answer=None):
        """Starts cmd, in the namespace ns if there is one; with wait, returns when that text is in its output."""
        full = (["ip", "netns", "exec", ns] if ns else []) + [str(c) for c in cmd]
        log = open(TMP / f"{name}.log", "w+")
        process = subprocess.Popen(
            full,
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.PIPE if answer else subprocess.DEVNULL,
            env={**os.environ, **(env or {})},
            cwd=TMP,
            text=True,
        )
        if answer:
            process.stdin.write(answer)
            process.stdin.flush()
        self.items.append((process, log))
        end = time.monotonic() + timeout
        while wait and wait not in (said := Path(log.name).read_text(errors="replace")):
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{name} did not start: {said[-400:]}")
            time.sleep(0.02)
        return process

    def stop(self, process, sig=signal.SIGTERM, grace=2.0):
        if process.poll() is None:
            try:
                process.send_signal(signal.SIGCONT)
                process.send_signal(sig)
                process.wait(grace)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def stop_all(self):
        for process, log in reversed(self.items):
            self.stop(process)
            log.close()
        self.items = []


def ns_up():
    for ns in (CLI, FW, SRV):
        sh("ip", "netns", "add", ns)
        settings = (
            "net.ipv6.conf.all.disable_ipv6=1",
            "net.ipv6.conf.default.disable_ipv6=1",
            "net.ipv4.ip_local_port_range=49700 49999",
            "net.ipv4.tcp_congestion_control=reno",
        )
        sh("ip", "netns", "exec", ns, "sysctl", "-qw", *settings)
        sh("ip", "-n", ns, "link", "set", "lo", "up")
    sh("ip", "netns", "exec", FW, "sysctl", "-qw", "net.ipv4.ip_forward=1")
    ends = ("lan", "address", "02:00:00:00:01:01"), ("eth0", "address", "02:00:00:00:01:14")
    sh("ip", "-n", FW, "link", "add", *ends[0], "type", "veth", "peer", "name", *ends[1], "netns", SRV)
    for ns, dev in ((FW, "lan"), (SRV, "eth0")):  # no offloads: packets on the wire as a cable would carry them
        off = [word for feature in ("tso", "gso", "gro", "tx") for word in (feature, "off")]
        sh("ip", "netns", "exec", ns, "ethtool", "-K", dev, *off, check=False)
    sh("ip", "-n", FW, "addr", "add", "203.0.113.1/24", "dev", "lan")
    sh("ip", "-n", FW, "link", "set", "lan", "up")
    sh("ip", "-n", SRV, "addr", "add", S_IP + "/24", "dev", "eth0")
    sh("ip", "-n", SRV, "link", "set", "eth0", "up")
    sh("ip", "-n", SRV, "route", "add", "default", "via", "203.0.113.1")


def ns_down():
    for ns in (CLI, FW, SRV):
        sh("ip", "netns", "del", ns, check=False)


def wire_up(procs, policy):
    command = [PY, HERE / "wire.py", CLI, "eth0", FW, "wan", json.dumps({"delay_ms": 4, **policy})]
    procs.start("wire", command, wait="ready")
    client = (CLI, "eth0", "02:00:00:00:00:0a", C_IP)
    router = (FW, "wan", "02:00:00:00:00:01", "198.51.100.1")
    for ns, dev, mac, addr in (client, router):
        sh("ip", "-n", ns, "link", "set", dev, "address", mac)
        sh("ip", "-n", ns, "addr", "add", addr + "/24", "dev", dev)
        sh("ip", "-n", ns, "link", "set", dev, "up")
    sh("ip", "-n", CLI, "route", "add", "default", "via", "198.51.100.1")


def capture(procs, ns, path, comment):
    command = ["dumpcap", "-q", "-i", "eth0", "-w", path, "--capture-comment", comment]
    return procs.start("dumpcap-" + ns, command, ns=ns, wait="File:")


def listening(process, log):
    """Waits until something listens on the server's port 3389."""
    end = time.monotonic() + 8
    while not sh("ip", "netns", "exec", SRV, "ss", "-Hltn", "sport = :3389").stdout.strip():
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError("server did not start: " + log.read_text(errors="replace")[-400:])
        time.sleep(0.05)
