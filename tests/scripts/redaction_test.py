#!/usr/bin/env python3
"""What --redact shows names nobody of whom the evidence speaks, whatever the format, and says the same about the connection.

  redaction_test.py --rdpdx PROGRAM [--logs] [--only REGEX] FOLDER...

Of each capture in a folder with its keys and logs: the identifying strings are those of the reports that are not redacted (addresses,
names, users, certificates, SIDs, GUIDs, names of files) and, in samples, the lab's cast. None may stand in any redacted output: as
text, UTF-16, hex, base64 (begun anywhere) or URL encoding, in any case. Verdicts are compared field by field. With --logs every event
log in the folders is one case, and `events` is what is looked at. The last line is 'N outputs, N strings, N found'.
Exit 1 if anything was found or differs, 77 if there is nothing to look at.
"""
import argparse
import base64
import concurrent.futures
import json
import re
import subprocess
import sys
import urllib.parse
from pathlib import Path

CAST = ["rdsh1.lab.example", "rdsh1", "lab.example", "cli-pc1", "alice", "198.51.100.10", "203.0.113.20", "192.0.2.77", "labsrv",
        "rdp lab root ca", "lab"]
# Words of sentences, and names that every Windows has: docs/redaction.md.
STAY = re.compile(r"^(-|system|administrators?|guest|localhost|local( service)?|network service|nt authority|nt service|builtin|workgroup|"
                  r"anonymous logon|window manager|font driver host|everyone|krbtgt|localsystem|none|unknown|services|"
                  r"defaultuser0|user(name)?|domain|(dwm|umfd)-\d+|127\..*|0\.0\.0\.0|255\.255\.255\.255|2(2[4-9]|3\d)\..*|::1?|\d+)$", re.I)
IPV4 = re.compile(r"(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.])")
SID = re.compile(r"S-1-5-21(?:-\d+){3,4}")
GUID = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.I)
SAME = ["outcome", "ended_by", "stage", "basis", "possible_stages", "codes", "started", "ended", "incident"]


def run(command):
    done = subprocess.run(command, capture_output=True, timeout=600)
    return done.returncode, done.stdout


def words_of(value):
    """Names in a value of the report: itself, and its parts."""
    out = {value}
    out.update(re.findall(r"CN\s*=\s*([^,+/]+)", value))
    for part in re.split(r"[\\@/:, ]", value):
        out.add(part)
        if re.search(r"[A-Za-z]", part) and "." in part:
            out.add(part.split(".")[0])
    return out


def identifying(reports, texts):
    found = set()
    for report in reports:
        for a in report.get("attempts", []) + report.get("flows", []) + report.get("udp_flows", []):
            for side in ("client", "server"):
                found.update(v for k in ("address", "name") if (v := a[side][k]))
            if a.get("user"):
                found.update(words_of(a["user"]))
            negotiation, tls, certificate = a.get("negotiation") or {}, a.get("tls") or {}, a.get("certificate") or {}
            found.update(words_of(negotiation.get("cookie") or ""))
            found.add(negotiation.get("correlation_id") or "")
            found.add(tls.get("sni") or "")
            for key in ("subject", "issuer"):
                found.update(re.findall(r"=\s*([^,+/]+)", certificate.get(key) or ""))
            found.update(certificate.get(key) or "" for key in ("sha1", "sha256"))
            for name in certificate.get("names") or []:
                found.add(name.split(":", 1)[1])
        for i in report.get("inputs", []):
            found.update(step for step in i["path"].split("/") if not re.fullmatch(
                r"(client|server|system|security|application|setup)(\.\w+)*", step, re.I))
        for a in report.get("flows", []):
            for o in a["seen"]:
                for key in ("user", "domain", "workstation", "target", "server", "client_address", "sni"):
                    if isinstance(o.get(key), str):
                        found.update(words_of(o[key]))
    for text in texts:
        found.update(IPV4.findall(text))
        found.update(SID.findall(text))
    return {f.strip().lower() for f in found if len(f.strip()) >= 2 and not STAY.match(f.strip())} - {"termsrv", "client", "server"}


def needles(name):
    """What to look for, in lower case, and whether only whole words count: other words have short names in them."""
    data = name.encode()
    out = [(data, len(name) < 6)]
    if len(data) >= 5:
        out += [(n, False) for n in (name.encode("utf-16-le"), name.encode("utf-16-be"), data.hex().encode(),
                                     name.encode("utf-16-le").hex().encode(), urllib.parse.quote(name, safe="").encode().lower(),
                                     "".join(f"%{b:02x}" for b in data).encode())]
    if IPV4.fullmatch(name):
        packed = bytes(int(p) for p in name.split("."))
        out += [(packed.hex().encode(), True), *((str(int.from_bytes(packed, order)).encode(), True) for order in ("big", "little"))]
        out[0] = (data, True)
    return out


def stands_in(needle, whole, lower):
    if not whole or needle not in lower:
        return needle in lower
    return re.search(rb"(?<![a-z0-9])" + re.escape(needle) + rb"(?![a-z0-9])", lower) is not None


def base64_needles(name):
    out = []
    for text in {name, name.upper(), name.capitalize()}:
        for data in (text.encode(), text.encode("utf-16-le")):
            for skip in range(3):
                encoded = base64.b64encode(b"\0" * skip + data)
                whole = encoded[-(-skip * 8 // 6) + (1 if skip else 0): len(encoded.rstrip(b"=")) - 2]
                if len(whole) >= 6:
                    out.append(whole)
    return out


def leaks(names, output):
    lower = output.lower()
    for name in names:
        if any(stands_in(n, whole, lower) for n, whole in needles(name)) or (len(name) >= 6 and any(n in output for n in base64_needles(name))):
            yield name


def same_verdict(before, after):
    def essence(report):
        def finding(f):
            return f and (f["id"], f["confidence"], f["evidence"], f["contradicting"])
        return {"verdict": {k: v for k, v in report["verdict"].items() if k != "sentence"},
                "incidents": report["incidents"],
                "attempts": [[[a[k] for k in SAME], finding(a["cause"]), [finding(f) for f in a["alternatives"]],
                              [(s["id"], s["status"], s["basis"], s["evidence"]) for s in a["stages"]]] for a in report["attempts"]],
                "evidence": [(e["input"], e["kind"], e["number"], e["offset"]) for e in report["evidence"].values()],
                "inputs": [(i["sha256"], i["bytes"], i["items"], i["status"]) for i in report["inputs"]]}
    return essence(before) == essence(after)


def case_of(path):
    if path.suffix in (".evtx", ".xml"):
        return [], [path]
    keys = path.with_suffix(".keys")
    given = ["--keylog", str(keys)] if keys.exists() else []
    other = sorted(p for p in path.parent.glob(path.stem + ".*") if p.suffix in (".evtx", ".xml", ".pcapng") and p != path)
    return given, [path, *other]


def outputs(rdpdx, files, given, logs_only):
    names = list(map(str, files))
    if not logs_only:
        for command, forms in (("analyze", "text json html markdown markdown-long sarif csv jsonl timesketch"),
                               ("timeline", "text csv jsonl timesketch"), ("flows", "text json"), ("inspect", "text json")):
            for form in forms.split():
                yield [rdpdx, command, "--redact", "-f", form, *names, *given]
        yield [rdpdx, "analyze", "--redact", "--explain-rules=all", *names, *given]
    logs = [n for n in names if n.endswith((".evtx", ".xml"))]
    if logs:
        for form in ("text", "jsonl", "xml", "csv"):
            yield [rdpdx, "events", "--redact", "-f", form, *logs]


def event_names(text):
    """Of events as jsonl: what fields that name somebody hold."""
    out = set()
    for line in text.splitlines():
        event = json.loads(line)
        out.add(event["computer"])
        for field in event["data"]:
            if re.search(r"user_?name$|computer|workstation ?name|ipaddress|targetserver|domainname$", field["name"], re.I):
                if 1 < len(field["value"]) < 64 and not field["value"].startswith("%%"):
                    out.update([field["value"], *re.split(r"[\\@/]", field["value"])])
    return out


def check(o, path):
    given, files = case_of(path)
    problems, reports, texts = [], [], []
    found = set()
    if not o.logs:
        for command, form in (("analyze", "json"), ("flows", "json"), ("analyze", "text")):
            _, out = run([o.rdpdx, command, "-f", form, *map(str, files), *given])
            texts.append(out.decode(errors="replace"))
            if form == "json" and out:
                reports.append(json.loads(out))
        found.update(CAST)
        _, redacted = run([o.rdpdx, "analyze", "--redact", "-f", "json", *map(str, files), *given])
        if not same_verdict(reports[0], json.loads(redacted)):
            problems.append(f"{path.name}: the redacted report says something else")
    for log in (f for f in files if f.suffix in (".evtx", ".xml")):
        _, out = run([o.rdpdx, "events", "-f", "jsonl", str(log)])
        text = out.decode(errors="replace")
        texts.append(text)
        found.update(n.lower() for n in event_names(text) if len(n) > 2 and not STAY.match(n))
    found.update(identifying(reports, texts))
    found = {f for f in found if f and not STAY.match(f)}
    count = 0
    for command in outputs(o.rdpdx, files, given, o.logs):
        _, out = run(command)
        count += 1
        if not out and "events" not in command:
            problems.append(f"{path.name}: {' '.join(command[1:5])}: no output")
        for name in leaks(found, out):
            problems.append(f"{path.name}: {' '.join(command[1:5])}: '{name}' is in the output")
    return count, len(found), problems


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--rdpdx", required=True)
    ap.add_argument("--logs", action="store_true")
    ap.add_argument("--only", default="")
    ap.add_argument("--largest", type=int, default=1 << 40, help="leave out files of more bytes")
    ap.add_argument("folders", nargs="+", type=Path)
    o = ap.parse_args()
    kinds = (".evtx", ".xml") if o.logs else (".pcapng", ".pcap")
    found = [p for f in o.folders if f.is_dir() for p in sorted(f.rglob("*") if o.logs else f.iterdir()) if p.suffix in kinds]
    found = [p for p in found if re.search(o.only, p.name) and not p.name.endswith((".server.pcapng", ".server.pcap"))]
    found = [p for p in found if p.stat().st_size <= o.largest]
    if not found:
        print("WARN: nothing to look at in " + " ".join(map(str, o.folders)))
        return 77
    count = strings = wrong = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for outputs_of, names, problems in pool.map(lambda p: check(o, p), found):
            count += outputs_of
            strings += names
            wrong += len(problems)
            print("\n".join(problems), end="\n" if problems else "")
    print(f"{count} outputs, {strings} strings, {wrong} found")
    return 1 if wrong or not strings else 0


if __name__ == "__main__":
    sys.exit(main())
