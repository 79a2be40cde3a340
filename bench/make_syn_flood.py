#!/usr/bin/env python3
"""Make two captures that are hard on whoever remembers connections: a flood of SYNs, and many connections at once.

  bench/make_syn_flood.py [--syns N] [--flows N] FOLDER SEED.pcap...

FOLDER/syn-flood.pcap: N SYNs (1,000,000) to port 3389 of one server from 65,000 addresses, none of them answered, with
one copy of the first seed in the middle. FOLDER/many-flows.pcap: N TCP connections (10,000) that are all open at once;
each has the packets of a seed, taken in turn, spread so that the first ends after the last began. The same arguments give
the same bytes. Seeds: classic pcap, Ethernet, little-endian (editcap -F pcap makes them from the samples). Only IPv4
addresses are rewritten, and checksums are not kept right.
"""
import argparse
import struct
from pathlib import Path

START = 1_700_000_000


def read(path):
    """[(microseconds since the first, frame)]"""
    data, out, at = path.read_bytes(), [], 24
    if data[:4] not in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1"):
        raise SystemExit(f"{path}: not a classic little-endian capture")
    unit = 1000 if data[:4] == b"\x4d\x3c\xb2\xa1" else 1
    while at + 16 <= len(data):
        seconds, fraction, length, _ = struct.unpack_from("<IIII", data, at)
        out.append((seconds * 1_000_000 + fraction // unit, data[at + 16:at + 16 + length]))
        at += 16 + length
    return [(time - out[0][0], frame) for time, frame in out]


def moved(frame, number):
    """The same frame between two addresses of this number's own."""
    if frame[12:14] != b"\x08\x00":
        return frame
    low, own = sorted((frame[26:30], frame[30:34]))[0], number.to_bytes(3, "big")
    ends = [bytes([10 if frame[a:a + 4] == low else 11]) + own for a in (26, 30)]
    return frame[:26] + ends[0] + ends[1] + frame[34:]


class Capture:
    def __init__(self, path):
        self.file = path.open("wb", 1 << 20)
        self.file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))

    def add(self, micros, frame):
        self.file.write(struct.pack("<IIII", START + micros // 1_000_000, micros % 1_000_000, len(frame), len(frame)) + frame)


def syn(number):
    client = struct.pack(">BBH", 198, 18, number % 65_000)
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40, number & 0xFFFF, 0, 64, 6, 0, client, bytes((203, 0, 113, 20)))
    tcp = struct.pack(">HHIIBBHHH", 1024 + number // 65_000, 3389, number, 0, 0x50, 2, 64240, 0, 0)
    return b"\x02\0\0\0\0\x02\x02\0\0\0\0\x01\x08\x00" + ip + tcp


def flood(path, count, seed):
    out = Capture(path)
    for n in range(count):
        if n == count // 2:
            for time, frame in seed:
                out.add(n * 10 + min(time, 9), moved(frame, 0))
        out.add(n * 10, syn(n))


def many(path, count, seeds):
    out, longest = Capture(path), max(len(s) for s in seeds)
    for step in range(longest):
        for n in range(count):
            seed = seeds[n % len(seeds)]
            if step < len(seed):
                out.add((step * count + n) * 10, moved(seed[step][1], n + 1))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--syns", type=int, default=1_000_000)
    parser.add_argument("--flows", type=int, default=10_000)
    parser.add_argument("folder", type=Path)
    parser.add_argument("seeds", type=Path, nargs="+")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    seeds = [read(p) for p in sorted(options.seeds)]
    flood(options.folder / "syn-flood.pcap", options.syns, seeds[0])
    many(options.folder / "many-flows.pcap", options.flows, seeds)


if __name__ == "__main__":
    main()
