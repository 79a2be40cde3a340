#!/usr/bin/env python3
"""No output in any format holds a secret: the passwords of the lab, what key logs say, and what tshark finds that helps to
guess a password (challenges, responses, session keys, tickets, proofs).

  secrets_test.py --rdpdx PROGRAM FILE_OR_FOLDER...

Looks for each of them as text, UTF-16, hex in both cases, base64 and URL encoding, also in parts of 12 bytes. The last line is
'N outputs, N secrets, N found'. Exit 1 if any was found, and if no secret was looked for.
"""
import argparse
import base64
import os
import re
import shutil
import subprocess
import sys
import urllib.parse
from pathlib import Path

PASSWORDS = [b"Passw0rd!"]
TLS_KEY_LOG = (0x544C534B).to_bytes(4, "little")
KEY_LINE = re.compile(rb"^[A-Z0-9_]+ [0-9a-fA-F]{64} ([0-9a-fA-F]{32,})\s*$", re.M)
FIELDS = ["ntlmssp.ntlmserverchallenge", "ntlmssp.auth.ntresponse", "ntlmssp.auth.lmresponse", "ntlmssp.auth.sesskey",
          "kerberos.cipher", "credssp.pubKeyAuth", "credssp.authInfo", "credssp.clientNonce"]
TEXT_FIELDS = ["rdp.password"]
PART = 12  # bytes that nobody hits by chance


def secrets_of(path):
    found = set(PASSWORDS)
    keys = path.with_suffix(".keys")
    data = path.read_bytes()
    for text in [keys.read_bytes()] if keys.exists() else []:
        found.update(bytes.fromhex(m.decode()) for m in KEY_LINE.findall(text))
    if TLS_KEY_LOG in data:
        found.update(bytes.fromhex(m.decode()) for m in KEY_LINE.findall(data))
    if not shutil.which("tshark"):
        return found
    command = ["tshark", "-n", "-r", str(path), "-d", "tcp.port==3389,tls", "-T", "fields", "-E", "separator=\t",
               "-E", "occurrence=a", "-E", "aggregator=|"]
    if keys.exists():
        command += ["-o", f"tls.keylog_file:{keys}"]
    for field in FIELDS + TEXT_FIELDS:
        command += ["-e", field]
    run = subprocess.run(command, capture_output=True, env={**os.environ, "TZ": "UTC"}, timeout=300)
    for line in run.stdout.decode(errors="replace").split("\n"):
        cells = line.split("\t")
        for cell in cells[: len(FIELDS)]:
            for value in cell.split("|"):
                value = value.replace(":", "")
                if len(value) >= 16 and re.fullmatch(r"[0-9a-fA-F]+", value) and len(value) % 2 == 0:
                    found.add(bytes.fromhex(value))
        for cell in cells[len(FIELDS):]:
            found.update(v.encode() for v in cell.split("|") if len(v) >= 6)
    # A response of zeros is none.
    return {s for s in found if len(set(s)) > 2}


def encodings(secret):
    parts = [secret] if len(secret) <= PART else [secret[i: i + PART] for i in (0, len(secret) // 2 - PART // 2, len(secret) - PART)]
    for part in parts:
        yield part
        yield part.hex().encode()
        yield part.hex().upper().encode()
        yield base64.b64encode(part).rstrip(b"=")[:-1]
        yield urllib.parse.quote_from_bytes(part).encode()
        try:
            yield part.decode("ascii").encode("utf-16-le")
        except UnicodeDecodeError:
            pass


def outputs(rdpdx, path):
    keys = path.with_suffix(".keys")
    given = ["--keylog", str(keys)] if keys.exists() else []
    logs = sorted(p for p in path.parent.glob(path.stem + ".*") if p.suffix in (".evtx", ".xml"))
    for command in ("analyze", "inspect", "flows"):
        for form in ("text", "json"):
            for more in ([], ["--decrypt", "all"]) if command != "inspect" else ([],):
                yield [rdpdx, command, "-v", "-f", form, str(path), *map(str, logs), *given, *more]
    for form in ("html", "markdown-long", "sarif", "jsonl"):
        yield [rdpdx, "analyze", "-f", form, str(path), *map(str, logs), *given]
    for log in logs:
        for form in ("text", "jsonl", "xml", "csv"):
            yield [rdpdx, "events", "-v", "-f", form, str(log)]
    # A wrong use of a key log is no way to see it.
    if given:
        yield [rdpdx, "analyze", "-v", str(keys)]
        yield [rdpdx, "inspect", "-v", "-f", "json", str(keys)]
        yield [rdpdx, "analyze", "-v", str(path), "--rsa-key", str(keys)]


def undumped(out):
    """Bytes that a page shows in lines of hex, as one run of digits."""
    lines = re.findall(rb"^[0-9a-f]{4}  ((?:[0-9a-f]{2} ){1,16}) *", out, re.M)
    return b"".join(lines).replace(b" ", b"")


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--rdpdx", required=True)
    ap.add_argument("paths", nargs="+", type=Path)
    o = ap.parse_args()
    files = [f for p in o.paths for f in (sorted(p.glob("*.pcap*")) if p.is_dir() else [p] if p.exists() else [])]
    keyed = [f for f in files if f.with_suffix(".keys").exists() or TLS_KEY_LOG in f.read_bytes()[:10_000_000]]
    count = secrets = found = 0
    for path in keyed:
        known = secrets_of(path)
        secrets += len(known)
        needles = {e: s for s in known for e in encodings(s)}
        for command in outputs(o.rdpdx, path):
            run = subprocess.run(command, capture_output=True, timeout=300)
            count += 1
            dumped = undumped(run.stdout)
            for needle, secret in needles.items():
                if needle in run.stdout or needle in run.stderr or needle in dumped:
                    found += 1
                    print(f"{path.name}: {' '.join(command[1:5])}: a secret of {len(secret)} bytes is in the output")
    print(f"{count} outputs, {secrets} secrets, {found} found")
    return 1 if found or (keyed and not secrets) or not keyed else 0


if __name__ == "__main__":
    sys.exit(main())
