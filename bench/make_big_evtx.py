#!/usr/bin/env python3
"""Makes large, valid event logs out of the chunks of small ones.

A chunk carries its own tables of strings and templates, so chunks of different logs can stand in one file. Every chunk
with right checksums, at least one record and a fair fill is taken, in turn, until the log is long enough. Records are
numbered from 1 on and the three checksums are made anew. The same inputs give the same bytes.

  bench/make_big_evtx.py OUT MIB INPUT...     INPUT: an EVTX file, or a folder that is searched for them
"""
import struct
import sys
import zlib
from pathlib import Path

FILE_HEADER, CHUNK, CHUNK_HEADER = 4096, 65536, 512
# Small exported logs are mostly empty chunks, logs of a machine that runs are full ones.
LEAST_FILL = 0.8
MOST_CHUNKS = 65535  # what the file header can count


def records_of(chunk, end):
    """Where each record begins; None if one is not whole."""
    found, at = [], CHUNK_HEADER
    while at < end:
        if at + 28 > end or chunk[at:at + 4] != b"**\0\0":
            return None
        size = struct.unpack_from("<I", chunk, at + 4)[0]
        if size < 28 or at + size > end:
            return None
        found.append(at)
        at += size
    return found


def chunks_of(path):
    data = path.read_bytes()
    for begin in range(FILE_HEADER, len(data) - CHUNK + 1, CHUNK):
        chunk = data[begin:begin + CHUNK]
        end, checksum = struct.unpack_from("<II", chunk, 48)
        if chunk[:8] != b"ElfChnk\0" or not LEAST_FILL * CHUNK <= end <= CHUNK:
            continue
        if zlib.crc32(chunk[CHUNK_HEADER:end]) != checksum:
            continue
        if zlib.crc32(chunk[:120] + chunk[128:512]) != struct.unpack_from("<I", chunk, 124)[0]:
            continue
        records = records_of(chunk, end)
        if records:
            yield chunk, records, end


def pool_of(inputs):
    """Every usable chunk once."""
    pool = {}
    for given in map(Path, inputs):
        files = sorted(f for f in given.rglob("*") if f.suffix.lower() == ".evtx") if given.is_dir() else [given]
        for file in files:
            for chunk in chunks_of(file):
                pool.setdefault(chunk[0], chunk)
    return list(pool.values())


def numbered(chunk, records, end, first):
    """The chunk with its records numbered from `first` on."""
    out = bytearray(chunk)
    for i, at in enumerate(records):
        struct.pack_into("<Q", out, at + 8, first + i)
    last = first + len(records) - 1
    struct.pack_into("<QQQQ", out, 8, first, last, first, last)
    struct.pack_into("<I", out, 52, zlib.crc32(out[CHUNK_HEADER:end]))
    struct.pack_into("<I", out, 124, zlib.crc32(out[:120] + out[128:512]))
    return out


def file_header(chunks, next_record):
    out = bytearray(FILE_HEADER)
    struct.pack_into("<8sQQQIHHHH", out, 0, b"ElfFile\0", 0, chunks - 1, next_record, 128, 1, 3, FILE_HEADER, chunks)
    struct.pack_into("<I", out, 124, zlib.crc32(out[:120]))
    return out


def make(path, chunks, pool, first_chunk=0):
    """Writes so many chunks and returns how many records they hold."""
    record = 1
    with open(path, "wb") as file:
        file.write(bytes(FILE_HEADER))
        for i in range(chunks):
            chunk, records, end = pool[(first_chunk + i) % len(pool)]
            file.write(numbered(chunk, records, end, record))
            record += len(records)
        file.seek(0)
        file.write(file_header(chunks, record))
    return record - 1


def main():
    out, mib, inputs = sys.argv[1], float(sys.argv[2]), sys.argv[3:]
    pool = pool_of(inputs)
    if not pool:
        sys.exit("no usable chunk in " + " ".join(inputs))
    chunks = max(1, min(MOST_CHUNKS, int(mib * 1048576 - FILE_HEADER) // CHUNK))
    print(f"{out}: {chunks} chunks from a pool of {len(pool)}, {make(out, chunks, pool)} records")


if __name__ == "__main__":
    main()
