#!/usr/bin/env python3
"""Real logs in which nobody reported a fault: no incident may be invented. What they hold was counted with evtxexport.

usage: real_logs.py --rdpdx PROGRAM DIR     exit 77 where DIR is not there
"""
import argparse
import json
import subprocess
import sys
from pathlib import Path

SZECHUAN = "szechuan-dc2012r2.evtx"
# Attempts: ActivityIDs with a TCP 131. Sessions: those of them with 98 and 66; all others died before MCS was done.
# Refused: those with 139, an error of the security layer.
CASES = [
    {"files": [f"rdp-rdpcorets-operational__{SZECHUAN}"], "attempts": 346, "sessions": 4, "refused": 247},
    {"files": ["rdp-rdpcorets-operational__bluekeep-scan.evtx"], "attempts": 12, "sessions": 7, "refused": 0},
    {"files": ["rdp-rdpcorets-operational__sharprdp.evtx"], "attempts": 13, "sessions": 0, "refused": 0},
    # With all logs of that server, and the one connection that its own client made.
    {"files": [f"{kind}__{SZECHUAN}" for kind in (
        "rdp-rdpcorets-operational", "rdp-lsm-operational", "rdp-rcm-operational", "rdp-rcm-admin",
        "rdp-rdpclient-operational", "security", "system-schannel-16MB")],
     "attempts": 347, "sessions": 5, "refused": 247},
    # Logs that name no connection of their own make none.
    {"files": ["rdp-lsm-operational__win10.evtx", "security-4625x3561__smb-guess.evtx", "security-dirty__win10.evtx",
               "system__2010-2015-plaso.evtx"], "attempts": 0, "sessions": 0, "refused": 0},
]


def problems(case, report):
    attempts = report["attempts"]
    died = [a for a in attempts if a["outcome"] != "succeeded"]
    counted = {
        "attempts": len(attempts),
        "sessions": len(attempts) - len(died),
        "refused": sum(a["outcome"] == "failed" and a["stage"] == "tls-handshake" for a in died),
    }
    wrong = [f"{key} {n}, not {case[key]}" for key, n in counted.items() if n != case[key]]
    # Whoever left before MCS is not known to have met a fault: a scan looks the same.
    told = {(a["cause"]["id"], a["cause"]["confidence"]) for a in died if a.get("cause")}
    wrong += [f"{cause} is called {how}" for cause, how in sorted(told) if how != "possible"]
    wrong += [f"{a['id']} failed, at {a['stage']}" for a in died
              if a["outcome"] not in ("failed", "incomplete") or a["stage"] not in ("x224-negotiation", "tls-handshake", "finalization")]
    # There is no capture that keys could open.
    wrong += ["the verdict speaks of keys"] * ("keys" in report["verdict"]["sentence"])
    return wrong


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--rdpdx", required=True)
    ap.add_argument("folder", type=Path)
    options = ap.parse_args()
    if not options.folder.is_dir():
        print(f"skipped: there is no {options.folder}")
        return 77
    failed = 0
    for case in CASES:
        files = [str(options.folder / name) for name in case["files"]]
        run = subprocess.run([options.rdpdx, "analyze", "-q", "-f", "json", *files], capture_output=True, timeout=120)
        wrong = problems(case, json.loads(run.stdout)) if run.returncode in (0, 4) else [f"exit {run.returncode}"]
        failed += bool(wrong)
        print(f"{'FAIL' if wrong else 'ok  '} {case['files'][0]}, {len(files)} logs: {'; '.join(wrong) or case['attempts']}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
