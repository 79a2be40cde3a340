#!/usr/bin/env python3
"""Compares what rdpdx takes for RDP-UDP, and what it reads of its handshake, with what tshark does.

  compare_udp_with_tshark.py [--rdpdx PROGRAM] [--only PATTERN] [-v] FILE_OR_FOLDER...

Every UDP flow of every capture is looked at by both. A flow that rdpdx calls RDP-UDP and tshark does not is a false
alarm, one the other way round is missed. Of those that both know, versions and MTUs of SYN and SYN+ACK, mode, numbers of
both and whether the client went on behind the SYN+ACK are compared. Differences that are known and explained stand in
EXPLAINED, with the reason. Exit 0 if every difference is explained, 77 without tshark.
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# (part of the file's name, what) -> why the two may differ there.
EXPLAINED = {}

FIELDS = ["ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "udp.srcport", "udp.dstport", "frame.protocols", "rdpudp.flags",
          "rdpudp.upstreammtu", "rdpudp.synex.version"]
SYN, ACK, LOSSY = 0x0001, 0x0004, 0x0200
MAGIC = {bytes.fromhex(m) for m in ("a1b2c3d4", "d4c3b2a1", "a1b23c4d", "4d3cb2a1", "0a0d0d0a", "a1b2cd34", "34cdb2a1")}
VERSIONS = {1: "1", 2: "2", 0x101: "3"}


def version(text):
    number = int(text.split("|")[-1], 0) if text else 1
    return VERSIONS.get(number, f"0x{number:04X}")


def is_capture(path):
    with path.open("rb") as file:
        return file.read(4) in MAGIC


def facts():
    return {"offered": None, "version": None, "client_mtu": None, "server_mtu": None, "lossy": None, "syns": 0,
            "syn_acks": 0, "established": False}


def from_tshark(path):
    """({all UDP flows}, {RDP-UDP flow: facts}); a flow is its two endpoints, the innermost ones."""
    command = ["tshark", "-n", "-r", str(path), "-Y", "udp", "-T", "fields", "-E", "separator=\t", "-E", "occurrence=a",
               "-E", "aggregator=|"]
    for field in FIELDS:
        command += ["-e", field]
    run = subprocess.run(command, capture_output=True, env={**os.environ, "TZ": "UTC"}, timeout=600)
    every, known = set(), defaultdict(facts)
    for line in run.stdout.decode(errors="replace").splitlines():
        row = line.split("\t")
        if len(row) != len(FIELDS):
            continue
        src4, dst4, src6, dst6, sport, dport, protocols, flags, mtu, ex = (cell.split("|")[-1] for cell in row)
        layers = protocols.split(":")
        # ICMP quotes what is not sent here.
        if "icmp" in layers or "icmpv6" in layers or "udp" not in layers:
            continue
        last = [p for p in layers[:len(layers) - layers[::-1].index("udp")] if p in ("ip", "ipv6")][-1:]
        source, target = (src6, dst6) if last == ["ipv6"] else (src4, dst4)
        flow = frozenset(((source, sport), (target, dport)))
        every.add(flow)
        if "rdpudp" not in layers:
            continue
        f = known[flow]
        number = int(flags, 0) if flags else 0
        if number & SYN and not number & ACK:
            f["syns"] += 1
            f["offered"], f["client_mtu"], f["lossy"] = version(ex), int(mtu), bool(number & LOSSY)
            f["client"] = (source, sport)
        elif number & SYN:
            f["syn_acks"] += 1
            if f["version"] is None:
                f["version"], f["server_mtu"] = version(ex), int(mtu)
        elif f["version"] is not None and f.get("client") == (source, sport):
            f["established"] = True
    return every, known


def from_rdpdx(flow):
    udp = flow["udp"]
    return {"offered": udp["offered_version"], "version": udp["version"], "client_mtu": udp["client_mtu"],
            "server_mtu": udp["server_mtu"], "lossy": udp["mode"] == "lossy", "syns": udp["syns"],
            "syn_acks": udp["syn_acks"],
            "established": udp["outcome"] not in ("syn-sent", "no-answer", "unreachable", "unacknowledged")}


def compare(path, program):
    """(UDP flows, RDP-UDP flows, [(what, flow, ours, theirs)])"""
    run = subprocess.run([program, "flows", "-f", "json", "-q", str(path)], capture_output=True, timeout=600)
    ours = {}
    for flow in json.loads(run.stdout)["udp_flows"] if run.stdout else []:
        ours[frozenset((e["address"], str(e["port"])) for e in (flow["client"], flow["server"]))] = from_rdpdx(flow)
    every, theirs = from_tshark(path)
    found = []
    for flow in sorted(set(ours) | set(theirs), key=sorted):
        if flow not in theirs:
            found.append(("false alarm", flow, "RDP-UDP", "not"))
        elif flow not in ours:
            found.append(("missed", flow, "not", "RDP-UDP"))
        else:
            found += [(k, flow, v, theirs[flow][k]) for k, v in ours[flow].items() if v != theirs[flow][k]]
    return len(every), len(set(ours) & set(theirs)), found


def captures(paths, only):
    for path in paths:
        for file in sorted(path.rglob("*") if path.is_dir() else [path]):
            if file.is_file() and only.search(file.name) and is_capture(file):
                yield file


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rdpdx", default="build/release/rdpdx")
    parser.add_argument("--only", type=re.compile, default=re.compile(""), help="files whose name matches")
    parser.add_argument("-v", action="store_true")
    parser.add_argument("paths", nargs="+", type=Path)
    options = parser.parse_args()
    if not shutil.which("tshark"):
        print("skipped: tshark is not installed")
        return 77
    here = [p for p in options.paths if p.exists()]
    for missing in sorted(set(options.paths) - set(here)):
        print("WARN:", missing.name, "is not here")
    files = list(captures(here, options.only))
    if not files:
        return 77
    flows = known = differences = explained = 0
    alarms = defaultdict(int)
    with ThreadPoolExecutor(2) as pool:
        for path, (every, both, found) in zip(files, pool.map(lambda f: compare(f, options.rdpdx), files)):
            flows += every
            known += both
            if options.v and (both or found):
                print(f"{both:5} of {every} {path.name}")
            for what, flow, mine, other in found:
                reason = next((why for (part, w), why in EXPLAINED.items() if part in path.name and w == what), None)
                explained += reason is not None
                differences += reason is None
                alarms[what] += 1
                where = " <-> ".join(":".join(e) for e in sorted(flow))
                print(f"{'explained' if reason else 'DIFFERS'} {path.name} {where} {what}: rdpdx {mine!r}, tshark {other!r}"
                      + (f" ({reason})" if reason else ""))
    print(f"{flows} UDP flows in {len(files)} captures: {known} RDP-UDP for both, {alarms['false alarm']} false alarms, "
          f"{alarms['missed']} missed; {differences + explained} differences, {explained} explained")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
