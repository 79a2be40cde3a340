#!/usr/bin/env python3
"""Makes what the measurements of event logs read, once, in build/bench; see event_logs.py.

  bench/event_inputs.py RDPDX MIB SEED...     RDPDX: the program; it exports the XML
"""
import json
import shutil
import subprocess
import sys
from pathlib import Path

from make_big_evtx import CHUNK, FILE_HEADER, make, pool_of
from measuring import WORK, into_page_cache

MIX_EVERY = 10  # in the mixed log, one chunk in so many is of a log about RDP
SMALL_LOGS = 1000


class Inputs:
    """Where everything is. big: chunks of all logs in turn. mixed: what a machine's logs have together, mostly of other
    things than RDP. small: one chunk, and each chunk once, for counting instructions. cut: for evtxexport."""

    def __init__(self, mib):
        self.mib = mib
        self.big, self.mixed = WORK / f"big-{mib}.evtx", WORK / f"mixed-{mib}.evtx"
        self.xml, self.half_xml = WORK / f"mixed-{mib}.xml", WORK / f"half-{mib}.xml"
        self.small = [WORK / "small-1.evtx", WORK / "small-2.evtx"]
        self.cut, self.folder = WORK / "cut.evtx", WORK / "small-logs"
        self.about = WORK / f"event-logs-{mib}.json"

    def known(self, seeds):
        """How many records each log has, if all was made of these seeds already."""
        facts = json.loads(self.about.read_text()) if self.about.exists() else {}
        return facts["records"] if facts.get("seeds") == list(map(str, seeds)) else None

    def load(self):
        for path in (self.big, self.mixed, self.xml, self.half_xml, self.cut):
            into_page_cache(path)


def about_rdp(rdpdx, seeds):
    """The logs most of whose events the catalogue knows, and the others."""
    def lines(file, *options):
        command = [rdpdx, "events", "-q", "-f", "csv", *options, file]
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.count(b"\n") - 1

    files = [f for seed in seeds for f in (sorted(seed.rglob("*")) if seed.is_dir() else [seed]) if f.suffix.lower() == ".evtx"]
    rich = [f for f in files if 2 * lines(f, "--relevant") > lines(f)]
    return rich, [f for f in files if f not in rich]


def mixed_pool(rdpdx, seeds):
    rich, other = (pool_of(files) for files in about_rdp(rdpdx, seeds))
    if not rich or not other:
        return rich or other
    out = []
    for i in range(len(other)):
        if i % (MIX_EVERY - 1) == 0:
            out.append(rich[i // (MIX_EVERY - 1) % len(rich)])
        out.append(other[i])
    return out


def make_xml(rdpdx, inputs):
    """An export as long as the log: our own, cut behind an event."""
    size = inputs.mib * 1048576
    command = [rdpdx, "events", "-q", "-f", "xml", inputs.mixed]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        with open(inputs.xml, "wb") as whole, open(inputs.half_xml, "wb") as half:
            for line in process.stdout:
                if whole.tell() < size:
                    whole.write(line)
                if half.tell() < size // 2:
                    half.write(line)
            for file in (whole, half):
                file.write(b"</Events>\n")


def make_all(rdpdx, mib, seeds):
    inputs = Inputs(mib)
    pool = pool_of(seeds)
    if not pool:
        sys.exit("bench: no usable chunk in " + " ".join(map(str, seeds)))
    chunks = min(65535, (mib * 1048576 - FILE_HEADER) // CHUNK)
    records = {"big": make(inputs.big, chunks, pool), "mixed": make(inputs.mixed, chunks, mixed_pool(rdpdx, seeds)),
               "small": [make(path, n, pool) for path, n in zip(inputs.small, (1, len(pool)))],
               "cut": make(inputs.cut, min(len(pool), 96), pool)}
    shutil.rmtree(inputs.folder, ignore_errors=True)
    inputs.folder.mkdir()
    for i in range(SMALL_LOGS):
        make(inputs.folder / f"{i:03}.evtx", 1, pool, i)
    make_xml(rdpdx, inputs)
    inputs.about.write_text(json.dumps({"seeds": list(map(str, seeds)), "records": records}))


if __name__ == "__main__":
    make_all(sys.argv[1], int(sys.argv[2]), list(map(Path, sys.argv[3:])))
