#!/usr/bin/env python3
"""Compares what rdpdx reads inside TLS with what tshark reads there, connection by connection.

  compare_inside_with_tshark.py [--rdpdx PROGRAM] [-v] FILE_OR_FOLDER...

For captures with their secrets in them, or with a key log NAME.keys beside them. Compared are, for each TCP stream and each
side in order: CredSSP versions and error codes, NTLM message kinds with user and domain, Kerberos error codes, the MCS PDUs
with the result of the Connect-Response, licensing messages with their codes, the user of the Client Info, and the share PDUs
up to the Font Map. What differs and is explained stands in EXPLAINED, with the reason. The last line is
'N streams, N facts compared, N differences, N explained'. Exit 0 if every difference is explained, 77 without tshark.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

TLS_KEY_LOG = (0x544C534B).to_bytes(4, "little")
NTLM = {"1": "NEGOTIATE", "2": "CHALLENGE", "3": "AUTHENTICATE"}
LICENCE = {0x01: "LICENSE_REQUEST", 0x02: "PLATFORM_CHALLENGE", 0x03: "NEW_LICENSE", 0x04: "UPGRADE_LICENSE",
           0x12: "LICENSE_INFO", 0x13: "NEW_LICENSE_REQUEST", 0x15: "PLATFORM_CHALLENGE_RESPONSE", 0xFF: "ERROR_ALERT"}
SHARE = {1: "PDUTYPE_DEMANDACTIVEPDU", 3: "PDUTYPE_CONFIRMACTIVEPDU"}
SHARE2 = {20: "PDUTYPE2_CONTROL", 31: "PDUTYPE2_SYNCHRONIZE", 39: "PDUTYPE2_FONTLIST", 40: "PDUTYPE2_FONTMAP"}
MCS = {"erectDomainRequest": "ErectDomainRequest", "attachUserRequest": "AttachUserRequest",
       "attachUserConfirm": "AttachUserConfirm", "channelJoinRequest": "ChannelJoinRequest",
       "channelJoinConfirm": "ChannelJoinConfirm"}
FIELDS = ["tcp.stream", "tcp.srcport", "tcp.dstport", "credssp.version", "credssp.errorCode", "ntlmssp.messagetype",
          "ntlmssp.auth.username", "ntlmssp.auth.domain", "kerberos.error_code", "t125.result", "rdp.bMsgType",
          "rdp.errorCode", "rdp.userName", "rdp.pduType.type", "rdp.pduType", "rdp.pduType2", "_ws.col.Info"]

# (part of the file's name, fact) -> why the two may differ there.
EXPLAINED = {}


def tshark(path, keys, port):
    command = ["tshark", "-n", "-r", str(path), "-o", "tcp.reassemble_out_of_order:TRUE", "-d", f"tcp.port=={port},tls"]
    if keys:
        command += ["-o", f"tls.keylog_file:{keys}"]
    command += ["-Y", "credssp || t125 || rdp || ntlmssp", "-T", "fields", "-E", "separator=\t", "-E", "occurrence=a",
                "-E", "aggregator=|"]
    for field in FIELDS:
        command += ["-e", field]
    run = subprocess.run(command, capture_output=True, env={**os.environ, "TZ": "UTC"}, timeout=300)
    rows = [line.split("\t") for line in run.stdout.decode(errors="replace").split("\n") if line]
    return [dict(zip(FIELDS, row)) for row in rows if len(row) == len(FIELDS)]


def number(text):
    return int(text, 0)


def theirs(rows, port):
    """client port -> fact -> list"""
    out = defaultdict(lambda: defaultdict(list))
    active = set()  # whose Font Map was seen
    for row in rows:
        from_client = row["tcp.dstport"] == str(port)
        if not from_client and row["tcp.srcport"] != str(port):
            continue
        who = row["tcp.srcport"] if from_client else row["tcp.dstport"]
        side = "client" if from_client else "server"
        facts = out[who]

        def values(name):
            return [v for v in row[name].split("|") if v]

        for v in values("credssp.version"):
            facts["credssp version"].append((side, number(v)))
        for v in values("credssp.errorCode"):
            facts["credssp error"].append(number(v) & 0xFFFFFFFF)
        for v in values("ntlmssp.messagetype"):
            facts["ntlm"].append((side, NTLM.get(str(number(v)), v)))
        for v in values("ntlmssp.auth.username"):
            facts["ntlm user"].append("" if v == "NULL" else v)
        for v in values("ntlmssp.auth.domain"):
            facts["ntlm domain"].append("" if v == "NULL" else v)
        for v in values("kerberos.error_code"):
            facts["kerberos error"].append(number(v))
        for v in values("t125.result"):
            facts["connect result"].append(number(v))
        for name, ours in MCS.items():
            if row["_ws.col.Info"].startswith(name):
                facts["mcs"].append((side, ours))
        codes = values("rdp.errorCode")
        for v in values("rdp.bMsgType"):
            facts["licence"].append((side, LICENCE.get(number(v), v), number(codes.pop(0)) if codes and number(v) == 0xFF else None))
        for v in values("rdp.userName"):
            facts["client info user"].append(v)
        if who in active:
            continue
        types2 = [number(v) for v in values("rdp.pduType2")]
        for v in values("rdp.pduType"):
            kind = number(v) & 0xF
            if kind in SHARE:
                facts["share"].append((side, SHARE[kind]))
            elif kind == 7 and types2:
                kind2 = types2.pop(0)
                if kind2 in SHARE2:
                    facts["share"].append((side, SHARE2[kind2]))
                if kind2 == 40:
                    active.add(who)
    return out


def ours(flow):
    facts = defaultdict(list)
    active = False
    for o in flow["seen"]:
        kind, side = o["kind"], o.get("from")
        if kind == "credssp.pdu":
            facts["credssp version"].append((side, o["version"]))
            if "error" in o:
                facts["credssp error"].append(o["error"])
            if o.get("mechanism") == "NTLM":
                facts["ntlm"].append((side, o["message"]))
                if o["message"] == "AUTHENTICATE":
                    facts["ntlm user"].append(o.get("user", ""))
                    facts["ntlm domain"].append(o.get("domain", ""))
            if "kerberos_error" in o:
                facts["kerberos error"].append(o["kerberos_error"])
        elif kind == "mcs.pdu":
            if o["name"] == "ConnectResponse" and "result" in o:
                facts["connect result"].append(o["result"])
            elif o["name"] in MCS.values():
                facts["mcs"].append((side, o["name"]))
        elif kind == "rdp.license":
            facts["licence"].append((side, o["message"], o.get("code")))
        elif kind == "rdp.client-info":
            facts["client info user"].append(o["user"])
        elif kind == "rdp.share" and not active and o["type"] in [*SHARE.values(), *SHARE2.values()]:
            facts["share"].append((side, o["type"]))
            active = o["type"] == "PDUTYPE2_FONTMAP"
    return facts


def compare(rdpdx, path, report):
    keys = path.with_suffix(".keys")
    keys = keys if keys.exists() else None
    run = subprocess.run([rdpdx, "flows", "-q", "-f", "json", str(path)] + (["--keylog", str(keys)] if keys else []),
                         capture_output=True, timeout=300)
    if run.returncode not in (0, 4):
        return
    for flow in json.loads(run.stdout)["flows"]:
        if any(o["kind"].startswith("gateway.") for o in flow["seen"]):
            continue  # tshark does not read what a gateway carries
        if not any(o["kind"].startswith(("credssp.", "gcc.")) for o in flow["seen"]):
            continue
        mine = ours(flow)
        their = theirs(tshark(path, keys, flow["server"]["port"]), flow["server"]["port"])[str(flow["client"]["port"])]
        report["streams"] += 1
        for fact in sorted(set(mine) | set(their)):
            report["facts"] += max(len(mine[fact]), len(their[fact]))
            if mine[fact] == their[fact]:
                continue
            why = next((w for (name, f), w in EXPLAINED.items() if name in str(path) and f == fact), None)
            report["explained" if why else "differences"] += 1
            print(f"{path.name}: {fact}: rdpdx {mine[fact]}, tshark {their[fact]}" + (f" (explained: {why})" if why else ""))


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--rdpdx", default="build/release/rdpdx")
    ap.add_argument("-v", action="store_true")
    ap.add_argument("paths", nargs="+", type=Path)
    o = ap.parse_args()
    if not shutil.which("tshark"):
        print("skipped: there is no tshark here to compare with")
        return 77
    files = [f for p in o.paths for f in (sorted(p.rglob("*.pcap*")) if p.is_dir() else [p] if p.exists() else [])]
    keyed = [f for f in files if f.with_suffix(".keys").exists() or TLS_KEY_LOG in f.read_bytes()]
    if not keyed:
        print("skipped: there are no captures with secrets in " + ", ".join(map(str, o.paths)))
        return 77
    report = defaultdict(int)
    for path in keyed:
        if o.v:
            print(path.name)
        compare(o.rdpdx, path, report)
    print(f"{report['streams']} streams, {report['facts']} facts compared, {report['differences']} differences, "
          f"{report['explained']} explained")
    return 0 if report["streams"] and not report["differences"] else 1


if __name__ == "__main__":
    sys.exit(main())
