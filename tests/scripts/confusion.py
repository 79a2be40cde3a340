#!/usr/bin/env python3
"""confusion.py: the stage that is told without keys against the stage that keys show.

  confusion.py --rdpdx PROGRAM [--write FILE] [--least SHARE] [-v] DIR...

Every capture with a key log beside it (NAME.keys) or with secrets inside (pcapng) is analysed twice: with its keys, and
with them withheld; secrets inside are taken out of a copy. The attempts of both runs are paired by their endpoints. What
is counted: attempts that TLS was opened for, and whose stage lies inside TLS, or in the TLS handshake after its end.

Printed are the table, and of the attempts that did not succeed the share whose stage is named right. --write puts both
between the marks of FILE (docs/inference.md). Exit 0; 1 where the share is less than SHARE (in percent, 60) or where a stage
inside TLS is called observed without keys; 77 where there is no keyed capture.
"""
import argparse
import json
import re
import struct
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

STAGES = [
    "tls-handshake", "credssp", "early-authorization", "mcs-connect", "channel-join", "client-info", "licensing",
    "capability-exchange", "finalization", "session",
]
INSIDE = STAGES[1:]
KEPT_NAMES = 6
BEGIN, END = "<!-- confusion: begin -->", "<!-- confusion: end -->"
SECTION_HEADER, SECRETS = 0x0A0D0D0A, 0x0000000A


def blocks(data):
    """The blocks of a pcapng file as (type, bytes)."""
    at, order = 0, "<"
    while at + 12 <= len(data):
        if data[at : at + 4] == b"\n\r\r\n":
            order = "<" if data[at + 8 : at + 12] == b"\x4d\x3c\x2b\x1a" else ">"
        kind, length = struct.unpack_from(order + "II", data, at)
        if length < 12 or at + length > len(data):
            break
        yield kind, data[at : at + length]
        at += length


def has_secrets(data):
    return data[:4] == b"\n\r\r\n" and any(kind == SECRETS for kind, _ in blocks(data))


def without_secrets(data):
    return b"".join(block for kind, block in blocks(data) if kind != SECRETS)


def analyze(program, capture, keys=None):
    command = [program, "analyze", "-f", "json", "-q", str(capture)] + (["--keylog", str(keys)] if keys else [])
    ran = subprocess.run(command, capture_output=True, timeout=300, check=False)
    if ran.returncode not in (0, 4):
        raise SystemExit(f"{capture.name}: exit {ran.returncode}: {ran.stderr.decode(errors='replace').strip()[-300:]}")
    report = json.loads(ran.stdout)
    for attempt in report["attempts"]:
        told = [o["text"] for o in report["timeline"] if o["attempt"] == attempt["id"] and o["kind"] == "tls.inferred"]
        attempt["rule"] = re.search(r"\(rule ([a-z-]+)\)", told[0]).group(1) if told else ""
    return report["attempts"]


def key_of(attempt):
    return tuple((e["address"], e.get("port")) for e in (attempt["client"], attempt["server"])) + (attempt["started"],)


def hidden(attempt):
    """Its stage is one that only keys show."""
    return attempt["stage"] in STAGES and attempt["stage"] != "tls-handshake"


def left_after_tls(attempt, blind):
    return attempt["stage"] == "tls-handshake" and (blind or {}).get("basis") == "inferred"


def captures(folders):
    for folder in folders:
        for path in sorted(p for p in folder.iterdir() if p.suffix in (".pcap", ".pcapng")):
            keys = path.with_suffix(".keys")
            if path.name.endswith(".server.pcapng"):
                continue
            if keys.exists():
                yield path, keys
            elif path.suffix == ".pcapng" and has_secrets(path.read_bytes()):
                yield path, None


def compare(program, folders):
    """Rows (capture, seen, blind): the attempt with keys, and the same without."""
    rows, count = [], 0
    with tempfile.TemporaryDirectory() as scratch:
        for path, keys in captures(folders):
            count += 1
            bare = path
            if has_secrets(path.read_bytes()):
                bare = Path(scratch) / path.name
                bare.write_bytes(without_secrets(path.read_bytes()))
            blind = {key_of(a): a for a in analyze(program, bare)}
            for seen in analyze(program, path, keys):
                other = blind.get(key_of(seen))
                # Where the keys open nothing, the first run is as blind as the second and proves nothing.
                if other and not seen["rule"] and (hidden(seen) or left_after_tls(seen, other)):
                    rows.append((path.name, seen, other))
    return rows, count


def table(rows):
    seen_stages = [s for s in STAGES if any(seen["stage"] == s for _, seen, _ in rows)]
    told_stages = [s for s in STAGES if any(blind["stage"] == s for _, _, blind in rows)]
    cells = Counter((seen["stage"], blind["stage"]) for _, seen, blind in rows)
    out = ["| with keys \\ without | " + " | ".join(told_stages) + " | true stage among the possible |",
           "| --- |" + " ---: |" * (len(told_stages) + 1)]
    for s in seen_stages:
        these = [(seen, blind) for _, seen, blind in rows if seen["stage"] == s]
        among = sum(s == blind["stage"] or s in blind["possible_stages"] for _, blind in these)
        numbers = [str(cells[s, t]) if cells[s, t] else "" for t in told_stages]
        out.append(f"| {s} | " + " | ".join(numbers) + f" | {among} of {len(these)} |")
    return out


def figures(rows, count):
    failing = [(seen, blind) for _, seen, blind in rows if seen["outcome"] in ("failed", "dropped") and seen["stage"] in INSIDE]
    right = sum(seen["stage"] == blind["stage"] for seen, blind in failing)
    among = sum(seen["stage"] == blind["stage"] or seen["stage"] in blind["possible_stages"] for seen, blind in failing)
    every = sum(seen["stage"] == blind["stage"] for _, seen, blind in rows)
    observed = [(name, blind["stage"]) for name, _, blind in rows if blind["stage"] in INSIDE and blind["basis"] == "observed"]
    share = 100 * right / len(failing) if failing else 0
    return share, observed, [
        f"{count} captures, {len(rows)} attempts. Stage named right: {every} of {len(rows)}.",
        f"Of {len(failing)} that failed or were dropped inside TLS: {right} named right ({share:.0f} %), {among} with the true stage "
        "among the possible ones.",
        f"Called observed without keys: {len(observed)}.",
    ]


def client_of(name):
    """Whose client it was, by the names of the captures."""
    return "mstsc" if name.startswith("wireshark-rdp") else "rdesktop" if "rdesktop" in name else "FreeRDP"


def by_rule(rows):
    """How often each rule spoke, how often its stage was the true one, and on which captures it was checked."""
    out = ["| rule | attempts | right | right or among the possible | checked on |", "| --- | ---: | ---: | ---: | --- |"]
    for rule in sorted({blind["rule"] for _, _, blind in rows}, key=lambda r: (r == "", r)):
        these = [(name, seen, blind) for name, seen, blind in rows if blind["rule"] == rule]
        right = sum(seen["stage"] == blind["stage"] for _, seen, blind in these)
        among = sum(seen["stage"] == blind["stage"] or seen["stage"] in blind["possible_stages"] for _, seen, blind in these)
        files = {name for name, _, _ in these}
        names = sorted(name.rsplit(".", 1)[0].replace("wireshark-rdp__captures__", "") for name in files)
        clients = ", ".join(f"{n} {client}" for client, n in sorted(Counter(map(client_of, files)).items()))
        shown = ", ".join(names[:KEPT_NAMES]) + (f" and {len(names) - KEPT_NAMES} more" if len(names) > KEPT_NAMES else "")
        out.append(f"| {rule or 'none: counts alone'} | {len(these)} | {right} | {among} | {clients}: {shown} |")
    return out


def write(path, lines):
    """Puts the lines between the marks of the file."""
    text = path.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN, 1)
    path.write_text(before + BEGIN + "\n" + "\n".join(lines) + "\n" + END + rest.split(END, 1)[1], encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rdpdx", required=True)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--least", type=float, default=60)
    parser.add_argument("-v", action="store_true")
    parser.add_argument("folders", nargs="+", type=Path)
    options = parser.parse_args()
    rows, count = compare(options.rdpdx, [f for f in options.folders if f.is_dir()])
    if not rows:
        print("no keyed capture: skipped")
        return 77
    share, observed, lines = figures(rows, count)
    text = table(rows) + [""] + lines + [""] + by_rule(rows)
    if options.write:
        write(options.write, text)
    if options.v:
        for name, seen, blind in rows:
            mark = "=" if seen["stage"] == blind["stage"] else "~" if seen["stage"] in blind["possible_stages"] else "X"
            print(f"{mark} {name}: {seen['outcome']} {seen['stage']} | {blind['outcome']} {blind['stage']} ({blind['basis']}),",
                  f"or {blind['possible_stages']}; {blind['rule'] or 'no rule'}")
    print("\n".join(text))
    return 0 if share >= options.least and not observed else 1


if __name__ == "__main__":
    sys.exit(main())
