"""`analyze` with one thread against libpcap's bare pcap_next_ex loop (pcap_floor.c) on made captures: real RDP
connections in bulk traffic (make_big_pcap.py), with a truth file of what was put in. The best round counts. Then peak
memory in a flood of SYNs and with many connections at once (make_syn_flood.py)."""
import collections
import json
import shutil
import subprocess
import sys

from measuring import CORPUS, TOP, WORK, Run, compiled, into_page_cache, measure, take_turns


def seeds():
    """Classic captures of RDP; the samples are pcapng and are converted where nothing else is there."""
    patterns = ("zeek__*rdp*.pcap", "nDPI__*rdp*.pcap", "suricata*.pcap")
    found = [f for pattern in patterns for f in sorted((CORPUS / "pcap").glob(pattern))]
    if found:
        return found
    if not shutil.which("editcap"):
        sys.exit("bench: no seed captures: editcap (package wireshark-common) would make them from the samples")
    out = []
    for sample in sorted((TOP / "samples").glob("*.pcapng")):
        target = WORK / (sample.stem + ".pcap")
        subprocess.run(["editcap", "-F", "pcap", sample, target], check=True)
        out.append(target)
    return out


def made_capture(mib):
    capture = WORK / f"big-{mib}.pcap"
    truth = capture.with_suffix(".truth")
    if not capture.exists() or not truth.exists():
        print(f"making {capture.name} ({mib} MiB) ...", flush=True)
        with open(WORK / "make.log", "w") as log:
            subprocess.run([sys.executable, TOP / "bench" / "make_big_pcap.py", "--out", capture, "--mib", str(mib),
                            "--truth", truth,
                            *map(str, seeds())], check=True, stdout=log, stderr=log)
    into_page_cache(capture)
    return capture


# Copies whose addresses were not rewritten (IPv6) are one and the same connection, and are not counted.
def truth_of(rdpdx, capture):
    """(copies, copies found, attempts that no copy explains)"""
    owner, copies = {}, set()
    for line in capture.with_suffix(".truth").read_text().splitlines():
        copy = json.loads(line)
        if copy["map"]:
            copies.add(copy["copy"])
        owner.update({address: copy["copy"] for address in copy["map"].values()})
    report = subprocess.run([rdpdx, "analyze", "-q", "-j", "1", "-f", "json", capture], capture_output=True, check=False)
    found, stray = collections.Counter(), 0
    for attempt in json.loads(report.stdout)["attempts"]:
        client, server = (owner.get(attempt[side]["address"]) for side in ("client", "server"))
        if client is not None and client == server:
            found[client] += 1
        else:
            stray += ":" not in attempt["client"]["address"]
    return len(copies), len(copies & set(found)), stray


def speed(rdpdx, mib, rounds, tshark):
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "libpcap"], capture_output=True, text=True, check=True)
    capture = made_capture(mib)
    size = capture.stat().st_size / 1e6
    programs = {"libpcap's bare loop": [compiled("pcap_floor.c", *flags.stdout.split()), capture],
                "rdpdx analyze -j 1": [rdpdx, "analyze", "-q", "-j", "1", capture],
                "rdpdx analyze -j 1 -f json": [rdpdx, "analyze", "-q", "-j", "1", "-f", "json", capture]}
    if tshark and shutil.which("tshark"):
        programs["tshark -Y rdp"] = ["tshark", "-n", "-r", capture, "-Y", "rdp"]
    best = {name: Run.best(runs) for name, runs in take_turns(programs, rounds).items()}
    floor = best["libpcap's bare loop"].seconds
    print(f"{capture.name}: {size:.0f} MB, best of {rounds} rounds")
    print(f"{'program':28}{'seconds':>9}{'processor':>11}{'MB/s':>9}{'x floor':>9}{'peak MiB':>10}")
    for name, r in best.items():
        print(f"{name:28}{r.seconds:9.3f}{r.cpu:11.3f}{size / r.seconds:9.0f}{r.seconds / floor:9.2f}{r.peak:10.0f}")
    return capture


def floods(rdpdx):
    if not (WORK / "many-flows.pcap").exists():
        subprocess.run([sys.executable, TOP / "bench" / "make_syn_flood.py", WORK, *map(str, seeds())], check=True,
                       stdout=subprocess.DEVNULL)
    for name in ("syn-flood.pcap", "many-flows.pcap"):
        into_page_cache(WORK / name)
        r = measure([rdpdx, "analyze", "-q", "-j", "1", WORK / name])
        print(f"{name}: {(WORK / name).stat().st_size / 1e6:.0f} MB in {r.seconds:.2f} s, peak {r.peak:.0f} MiB")


def run(rdpdx, sizes, rounds, tshark):
    captures = [speed(rdpdx, mib, rounds, tshark) for mib in sizes]
    floods(rdpdx)
    # Last, since what is in memory here would count as the programs' own.
    for capture in captures:
        copies, found, stray = truth_of(rdpdx, capture)
        print(f"{capture.name}: {found} of {copies} connections found, {stray} attempts that were not put in")
