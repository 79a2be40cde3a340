#!/usr/bin/env python3
"""Compares what rdpdx reads of X.224 and TLS with what tshark reads, stream by stream.

  compare_with_tshark.py [--rdpdx PROGRAM] [-v] FILE_OR_FOLDER...

Every capture that rdpdx or a look at its bytes takes for RDP is read by both. Compared are, for each TCP stream: cookie,
requested and selected protocols, failure code, TLS version, cipher, server name, dates of the server's certificate, and
alerts in the clear. Streams are told apart by their endpoints and the number of the connection between them.
Differences that are known and explained stand in EXPLAINED, with the reason. The last line is
'N streams compared, N differences, N explained'. Exit 0 if every difference is explained, 77 without tshark.
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

PROTOCOLS = {0x1: "SSL", 0x2: "HYBRID", 0x4: "RDSTLS", 0x8: "HYBRID_EX", 0x10: "RDSAAD"}
# An X.224 Connection Request or Confirm behind a TPKT header.
TPKT = re.compile(rb"\x03\x00..[\x06-\xff][\xe0\xd0]..", re.S)

# Type of a Decryption Secrets Block's secrets, as it stands in the file.
TLS_KEY_LOG = (0x544C534B).to_bytes(4, "little")

# (part of the file's name, field) -> why the two may differ there.
EXPLAINED = {}


def protocols(value):
    value = int(value, 0)
    names = [name for bit, name in PROTOCOLS.items() if value & bit]
    rest = value & ~sum(PROTOCOLS)
    return (names or ([] if rest else ["RDP"])) + ([f"0x{rest:X}"] if rest else [])


def tshark(path, port, kind, display, fields):
    command = ["tshark", "-n", "-r", str(path), "-o", "tcp.reassemble_out_of_order:TRUE", "-d", f"tcp.port=={port},{kind}",
               "-Y", display, "-T", "fields", "-E", "separator=\t", "-E", "occurrence=a", "-E", "aggregator=|"]
    for field in fields:
        command += ["-e", field]
    run = subprocess.run(command, capture_output=True, env={**os.environ, "TZ": "UTC"}, timeout=120)
    rows = [line.split("\t") for line in run.stdout.decode(errors="replace").split("\n") if line]
    return [row for row in rows if len(row) == len(fields) and row[0]]


@contextmanager
def without_secrets(path):
    """tshark decrypts with the secrets that a pcapng carries; here only what is in the clear counts."""
    data = path.read_bytes()
    if TLS_KEY_LOG not in data:
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / path.name
        bare.write_bytes(data.replace(TLS_KEY_LOG, b"none"))
        yield bare


ENDS = ["tcp.stream", "ip.src", "ipv6.src", "tcp.srcport", "ip.dst", "ipv6.dst", "tcp.dstport"]


def ends(row):
    """(stream, sender, receiver) with the innermost addresses."""
    source = (row[1] or row[2]).split("|")[-1], row[3].split("|")[-1]
    target = (row[4] or row[5]).split("|")[-1], row[6].split("|")[-1]
    return row[0].split("|")[-1], source, target


def facts():
    return {"cookie": None, "requested": None, "selected": None, "failure": None, "version": None, "cipher": None, "sni": None,
            "dates": None, "alerts": []}


def first(old, new):
    return old if old is not None else new


def from_tshark(path, ports):
    """(pair of endpoints, number of the stream between them) -> facts"""
    streams, pairs = defaultdict(facts), {}
    for port in sorted(ports):
        negotiation = ["rdp.rt_cookie", "rdp.negReq.requestedProtocols", "rdp.negReq.selectedProtocol", "rdp.negFailure.failureCode",
                       "cotp.type"]
        for row in tshark(path, port, "tpkt", "rdp.neg_type || rdp.rt_cookie || cotp.type", ENDS + negotiation):
            stream, source, target = ends(row)
            pairs[stream] = frozenset((source, target))
            cookie, requested, selected, failure = row[7:11]
            f = streams[stream]
            if cookie:
                f["cookie"] = first(f["cookie"], cookie.split("=", 1)[-1])
            if requested:
                f["requested"] = first(f["requested"], protocols(requested.split("|")[0]))
            if selected:
                f["selected"] = first(f["selected"], "+".join(protocols(selected.split("|")[0])))
            if failure:
                f["failure"] = first(f["failure"], int(failure.split("|")[0], 0))
        secure = ["tls.handshake.type", "tls.handshake.version", "tls.handshake.extensions.supported_version", "tls.handshake.ciphersuite",
                  "tls.handshake.extensions_server_name", "x509af.utcTime", "x509af.generalizedTime", "tls.alert_message.desc"]
        for row in tshark(path, port, "tls", "tls.handshake || tls.alert_message", ENDS + secure):
            stream, source, target = ends(row)
            pairs[stream] = frozenset((source, target))
            kinds, version, supported, cipher, sni, utc, general, alerts = row[7:15]
            f = streams[stream]
            kinds = kinds.split("|") if kinds else []
            if "2" in kinds:
                # Version, cipher and extensions of a client's hello in the same packet cannot be told apart by field.
                if "1" not in kinds:
                    chosen = supported.split("|")[0] if supported else version.split("|")[0]
                    f["version"] = first(f["version"], int(chosen, 0) if chosen else None)
                    f["cipher"] = first(f["cipher"], int(cipher.split("|")[0], 0) if cipher else None)
            if sni:
                f["sni"] = first(f["sni"], sni.split("|")[0])
            if "11" in kinds and f["dates"] is None:
                dates = [d[:19] for d in (utc.split("|") if utc else [])]
                if general or len(dates) < 2:
                    dates = []  # both forms in one chain lose their order
                f["dates"] = tuple(dates[:2]) or None
            for alert in alerts.split("|") if alerts else []:
                f["alerts"].append(int(alert))
    return streams, pairs


VERSIONS = {"SSL 3.0": 0x300, "TLS 1.0": 0x301, "TLS 1.1": 0x302, "TLS 1.2": 0x303, "TLS 1.3": 0x304}


def cipher_numbers(rdpdx_name, table):
    return table.get(rdpdx_name)


def from_rdpdx(flow):
    n, tls, cert = flow["negotiation"], flow["tls"], flow["certificate"]
    seen = flow["seen"]
    request = next((o for o in seen if o["kind"] == "x224.connection-request"), None)
    confirm = next((o for o in seen if o["kind"] == "x224.connection-confirm"), None)
    f = facts()
    f["cookie"] = n.get("cookie")
    f["requested"] = n["requested"] if request and "flags" in request else None
    f["selected"] = n["selected"] if confirm and "flags" in confirm else None
    f["failure"] = n.get("failure")
    version = tls["version"]
    if version:
        draft = re.match(r"TLS 1\.3 draft (\d+)", version)
        f["version"] = 0x7F00 | int(draft.group(1)) if draft else VERSIONS.get(version, version)
    f["cipher"] = tls["cipher"]
    f["sni"] = tls["sni"]
    if cert and cert["not_before"] and cert["not_after"]:
        f["dates"] = tuple(cert[k][:19].replace("T", " ") for k in ("not_before", "not_after"))
    f["alerts"] = [o["description"] for o in seen if o["kind"] == "tls.alert" and not o.get("encrypted")]
    return f


def cipher_table():
    """Name -> number, from tshark's own table."""
    out = subprocess.run(["tshark", "-G", "values"], capture_output=True, text=True).stdout
    table = {}
    for line in out.splitlines():
        part = line.split("\t")
        if len(part) >= 4 and part[1] == "tls.handshake.ciphersuite":
            table[part[3]] = int(part[2], 0)
    return table


def same(name, ours, theirs, ciphers):
    if name == "cipher" and isinstance(ours, str):
        ours = ciphers.get(ours, int(ours, 16) if ours.startswith("0x") else ours)
    if name == "dates" and theirs is None:
        return True
    if name == "cookie" and ours is not None and theirs is not None:
        return ours.encode(errors="replace") == theirs.encode(errors="replace")
    return ours == theirs


def compare(path, program, ciphers):
    """(streams compared, [difference])"""
    run = subprocess.run([program, "flows", "-f", "json", "-q", str(path)], capture_output=True, timeout=120)
    flows = json.loads(run.stdout)["flows"] if run.stdout else []
    flows = [f for f in flows if f["seen"]]
    ports = {f["server"]["port"] for f in flows} | ({3389} if TPKT.search(path.read_bytes()) else set())
    if not ports:
        return 0, []
    with without_secrets(path) as bare:
        streams, pairs = from_tshark(bare, ports)
    numbered = defaultdict(list)
    for stream in sorted(streams, key=int):
        numbered[pairs[stream]].append(stream)
    ours = defaultdict(list)
    for flow in flows:
        f = from_rdpdx(flow)
        if any(f.values()):
            ours[frozenset((e["address"], str(e["port"])) for e in (flow["client"], flow["server"]))].append(f)
    found, compared = [], 0
    for pair in sorted(set(numbered) | set(ours), key=sorted):
        theirs = [streams[s] for s in numbered[pair] if any(streams[s].values())]
        where = " <-> ".join(":".join(e) for e in sorted(pair))
        if len(theirs) != len(ours[pair]):
            rdp = any(t["cookie"] or t["requested"] or t["selected"] for t in theirs) or ours[pair]
            if rdp:
                found.append((path, where, "streams", len(ours[pair]), len(theirs)))
        for mine, other in zip(ours[pair], theirs):
            compared += 1
            found += [(path, where, k, mine[k], other[k]) for k in mine if not same(k, mine[k], other[k], ciphers)]
    return compared, found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rdpdx", default="build/release/rdpdx")
    parser.add_argument("-v", action="store_true")
    parser.add_argument("paths", nargs="+", type=Path)
    options = parser.parse_args()
    if not shutil.which("tshark"):
        print("skipped: tshark is not installed")
        return 77
    missing = [p for p in options.paths if not p.exists()]
    if missing:
        print("skipped:", *missing, "not here")
        return 77
    files = sorted(f for p in options.paths for f in (p.rglob("*") if p.is_dir() else [p])
                   if f.is_file() and f.suffix not in (".tsv", ".txt", ".json", ".keys", ".md"))
    ciphers = cipher_table()
    compared = differences = explained = 0
    with ThreadPoolExecutor(2) as pool:
        for path, (count, found) in zip(files, pool.map(lambda f: compare(f, options.rdpdx, ciphers), files)):
            compared += count
            if options.v and count:
                print(f"{count:5} {path.name}")
            for _, where, name, mine, other in found:
                reason = next((why for (part, field), why in EXPLAINED.items() if part in path.name and field == name), None)
                if reason:
                    explained += 1
                else:
                    differences += 1
                print(f"{'explained' if reason else 'DIFFERS'} {path.name} {where} {name}: rdpdx {mine!r}, tshark {other!r}"
                      + (f" ({reason})" if reason else ""))
    print(f"{compared} streams compared, {differences + explained} differences, {explained} explained")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
