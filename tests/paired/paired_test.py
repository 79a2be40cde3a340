#!/usr/bin/env python3
"""Cases of a capture with the logs of both sides: each whole, then again without one of the three.

usage: paired_test.py --rdpdx PROGRAM --make-evtx PROGRAM [--table FILE] [--keep DIR] [NAME...]

Whole, a case must give its truth, the offset of the server's clock within its own error. With something taken away the
stage stays right or is said less precisely, the confidence does not rise, no cause outside of the truth is likely or
confirmed, and what was taken away is named as missing. --table writes docs/ablation.md's table. Exit 77 without the lab's captures.
"""
import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "scripts")]
import check_truth  # noqa: E402
import make  # noqa: E402

CONFIDENCE = ["undetermined", "possible", "likely", "confirmed"]
STAGES = [
    "name-resolution", "tcp-connect", "rd-gateway", "x224-negotiation", "tls-handshake", "credssp", "early-authorization",
    "mcs-connect", "channel-join", "client-info", "licensing", "capability-exchange", "finalization", "session",
]
LEAST_CAUSES = 25
# What is left out, and a word of the sentence that must say so.
ABLATIONS = {
    "no capture": (lambda p: p.suffix != ".pcapng", "capture"),
    "no client log": (lambda p: ".client." not in p.name, "client"),
    "no server logs": (lambda p: ".server." not in p.name, "server"),
}


def analyze(rdpdx, files, keys):
    command = [rdpdx, "analyze", "-f", "json", "-q", *map(str, files)]
    command += ["--keylog", str(keys)] if keys else []
    run = subprocess.run(command, capture_output=True, timeout=120)
    return json.loads(run.stdout) if run.returncode in (0, 4) else None


def judged(report):
    """Stage, basis, cause, confidence and what is missing of the attempt that the verdict speaks of."""
    verdict = report["verdict"]
    attempt = next((a for a in report["attempts"] if a["id"] == verdict.get("attempt")), None)
    if not attempt:
        return None
    cause = attempt.get("cause") or {}
    return {
        "stage": attempt["stage"], "basis": attempt["basis"], "possible": attempt.get("possible_stages", []),
        "outcome": attempt["outcome"], "cause": cause.get("id"),
        "confidence": CONFIDENCE.index(cause.get("confidence", "undetermined")),
        "missing": " ".join(m["what"] for m in attempt.get("missing", [])),
    }


def stage_is_fair(got, truth):
    """Right, or said less precisely: not claimed as seen, or not claimed to have failed there."""
    wanted = truth["verdict"].get("stage")
    if wanted is None or check_truth.one_of(got["stage"], wanted) or got["outcome"] == "incomplete":
        return True
    wanted = wanted if isinstance(wanted, list) else [wanted]
    return got["basis"] == "inferred" and (set(got["possible"]) & set(wanted) or got["cause"] is None)


def wrong_without(what, got, whole, truth):
    word = ABLATIONS[what][1]
    if got is None:
        return []  # nothing is left that shows the attempt
    wrong = []
    if not stage_is_fair(got, truth):
        wrong.append(f"stage {got['stage']} ({got['basis']}, or {got['possible']})")
    if got["confidence"] > whole["confidence"] and got["cause"] == whole["cause"]:
        wrong.append(f"{CONFIDENCE[got['confidence']]} instead of {CONFIDENCE[whole['confidence']]}")
    if got["confidence"] >= 2 and not check_truth.one_of(got["cause"], truth["verdict"].get("cause", [])):
        wrong.append(f"{CONFIDENCE[got['confidence']]} {got['cause']}")
    if word not in got["missing"] and got["outcome"] != "succeeded":
        wrong.append("what is missing is not named")
    return wrong


def say(got):
    if got is None:
        return "nothing"
    cause = f"{got['cause']}, {CONFIDENCE[got['confidence']]}" if got["cause"] else "no cause"
    inferred = " (inferred)" if got["basis"] == "inferred" else ""
    return f"{got['outcome']} at {got['stage']}{inferred}: {cause}"


def check_case(name, truth, folder, rdpdx):
    """The row of the table, and what is wrong."""
    _, files, keys = check_truth.inputs(folder / f"{name}.expect.json", False)
    report = analyze(rdpdx, files, keys)
    if report is None:
        return [name], ["the program failed"]
    whole, wrong = judged(report), [f"whole: {w}" for w in check_truth.compare(truth, report, False, False)]
    row = [name, say(whole)]
    for what, (keeps, _) in ABLATIONS.items():
        left = [p for p in files if keeps(p)]
        got = judged(analyze(rdpdx, left, keys if what != "no capture" else None)) if len(left) < len(files) else whole
        if len(left) < len(files):
            wrong += [f"{what}: {w}" for w in wrong_without(what, got, whole, truth)]
        row.append(say(got) if len(left) < len(files) else "-")
    return row, wrong, whole


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--rdpdx", required=True)
    ap.add_argument("--make-evtx", required=True)
    ap.add_argument("--table", type=Path)
    ap.add_argument("--keep", type=Path)
    ap.add_argument("name", nargs="*")
    options = ap.parse_args()
    if not make.LAB.is_dir():
        print("skipped: there are no captures of the lab beside the repository")
        return 77
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(exist_ok=True)
        truths = make.write_all(folder, options.make_evtx, options.name)
        rows, failed, causes = [], 0, set()
        for name, truth in truths.items():
            row, wrong, whole = check_case(name, truth, folder, options.rdpdx)
            rows.append(row)
            failed += bool(wrong)
            causes.add(whole and whole["cause"])
            print(f"{'FAIL' if wrong else 'ok  '} {name}: {'; '.join(wrong) or row[1]}")
    named = len(causes - {None})
    print(f"{len(truths)} cases, {named} causes; {len(truths) - failed} passed, {failed} failed")
    if options.table:
        head = ["case", "whole", *ABLATIONS]
        lines = [f"| {' | '.join(r)} |" for r in (head, ["---"] * len(head), *rows)]
        options.table.write_text("\n".join(lines) + "\n")
    return 1 if failed or (not options.name and named < LEAST_CAUSES) else 0


if __name__ == "__main__":
    sys.exit(main())
