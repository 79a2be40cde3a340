"""`analyze` with one thread against libpcap's bare pcap_next_ex loop (pcap_floor.c) on one made capture: real RDP
connections in bulk traffic (make_big_pcap.py). The median of the rounds counts."""
import shutil
import statistics
import subprocess
import sys

from measuring import CORPUS, TOP, WORK, compiled, into_page_cache, take_turns


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
    if not capture.exists():
        print(f"making {capture.name} ({mib} MiB) ...", flush=True)
        with open(WORK / "make.log", "w") as log:
            subprocess.run([sys.executable, TOP / "bench" / "make_big_pcap.py", "--out", capture, "--mib", str(mib),
                            *map(str, seeds())], check=True, stdout=log, stderr=log)
    into_page_cache(capture)
    return capture


def run(rdpdx, mib, rounds, tshark):
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "libpcap"], capture_output=True, text=True, check=True)
    capture = made_capture(mib)
    size = capture.stat().st_size / 1e6
    programs = {"libpcap's bare loop": [compiled("pcap_floor.c", *flags.stdout.split()), capture],
                "rdpdx analyze -j 1": [rdpdx, "analyze", "-q", "-j", "1", "-f", "json", capture]}
    if tshark and shutil.which("tshark"):
        programs["tshark -Y rdp"] = ["tshark", "-n", "-r", capture, "-Y", "rdp"]
    runs = take_turns(programs, rounds)
    median = {name: statistics.median(r.seconds for r in list_) for name, list_ in runs.items()}
    floor = median["libpcap's bare loop"]
    print(f"{capture.name}: {size:.0f} MB, {rounds} rounds, medians")
    print(f"{'program':24}{'seconds':>9}{'MB/s':>9}{'x floor':>9}{'peak MiB':>10}")
    for name, seconds in median.items():
        peak = max(r.peak for r in runs[name])
        print(f"{name:24}{seconds:9.3f}{size / seconds:9.0f}{seconds / floor:9.2f}{peak:10.0f}")
