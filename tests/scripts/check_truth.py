#!/usr/bin/env python3
"""check_truth.py: runs rdpdx on labelled cases and compares its verdict with their truth files.

  check_truth.py [--rdpdx PATH] [--no-keys] [--both] [--wire-only] [--only STAGE,...] [--skip PREFIX,...] [-v] DIR...

A case is NAME.expect.json with the inputs beside it: NAME.pcapng or .pcap (client side), NAME.server.pcapng (with
--both), NAME.*.evtx, NAME.*.xml, or a folder NAME/ ; NAME.keys is passed as --keylog unless --no-keys.

Only the keys that are present in 'verdict' and 'attempts' are compared; where a value is a list, any of its members is
right. A cause that the truth does not name must never be reported as confirmed. With --no-keys, a stage inside TLS
must not be claimed as observed; it may be any stage from tls-handshake on, codes and causes that only keys can show
are not asked for, 'incomplete' is as good as 'succeeded', and captures that carry their secrets inside are left out;
an event that shows the stage is an observation, too. With --wire-only, logs are left out, and the disconnect reason that
only they show is not asked for. 'clock_offset' says by how many seconds the clock of a side is ahead of the capture's: a
clock that is reported for a log of that side must be this one, and for a RdpCoreTS log, which names the client's port, one
must be reported.
The last line is 'N passed, N failed'. Exit 0 if none failed.
"""
import argparse
import json
import subprocess
import sys
from pathlib import Path

INSIDE_TLS = [
    "credssp", "early-authorization", "mcs-connect", "channel-join", "client-info", "licensing",
    "capability-exchange", "finalization", "session",
]


def number(value):
    """Codes are numbers, or text such as 0xC000006D."""
    if isinstance(value, str):
        try:
            return int(value, 0)
        except ValueError:
            pass
    return value


def one_of(value, wanted):
    wanted = wanted if isinstance(wanted, list) else [wanted]
    return number(value) in [number(w) for w in wanted]


def inputs(truth_file, both, wire_only=False):
    """The case's name, its input files and its key log, if there is one."""
    name, folder = truth_file.name[: -len(".expect.json")], truth_file.parent
    keys = folder / f"{name}.keys"
    keys = keys if keys.exists() else None
    if (folder / name).is_dir():
        return name, [folder / name], keys
    captures = {f"{name}.pcapng", f"{name}.pcap"} | ({f"{name}.server.pcapng"} if both else set())
    logs = () if wire_only else (".evtx", ".xml")
    found = [p for p in sorted(folder.glob(f"{name}.*")) if p.suffix in logs or p.name in captures]
    return name, found, keys


def endpoint_is(endpoint, wanted):
    return wanted in ("", endpoint["address"], f"{endpoint['address']}:{endpoint.get('port')}")


def find_attempt(attempts, want):
    """The first attempt between these endpoints, or None."""
    ends = ("client", "server")
    return next((a for a in attempts.values() if all(endpoint_is(a[e], want.get(e, "")) for e in ends)), None)


def logged(stage, attempt, evidence):
    """Whether what is said of the stage rests on events, not on what TLS hides."""
    cited = [e for s in attempt.get("stages", []) if s["id"] == stage for e in s.get("evidence", [])]
    return any(evidence.get(e, {}).get("kind") == "event" for e in cited)


def wrong_stage(stage, attempt, want, hidden, evidence):
    if hidden:
        if stage not in ["tls-handshake", *INSIDE_TLS]:
            return [f"stage {stage}, not one inside TLS"]
        observed = stage in INSIDE_TLS and attempt.get("basis") == "observed" and not logged(stage, attempt, evidence)
        return [f"stage {stage} called observed without keys"] if observed else []
    return [] if one_of(stage, want) else [f"stage {stage}, not {want}"]


def cause_of(got, attempt):
    cause = got.get("cause") or attempt.get("cause") or {}
    return cause if isinstance(cause, dict) else {"id": cause, "confidence": got.get("confidence")}


def wrong_side_tracks(want, attempts):
    wrong = []
    for key, status in (("udp_failed_stage", "failed"), ("udp_passed_stage", "passed")):
        have = [s["id"] for a in attempts.values() for s in a.get("stages", []) if s.get("status") == status]
        if key in want and not any(one_of(s, want[key]) for s in have):
            wrong.append(f"{status} stages {have}, none of {want[key]}")
    return wrong


def wrong_clocks(truth, report):
    wrong = []
    clocks = {c["source"]: c for c in report.get("clocks", [])}
    for side, ahead in truth.get("clock_offset", {}).items():
        for path in (i["path"] for i in report.get("inputs", []) if f".{side}." in i["path"] and "pcap" not in i["path"]):
            clock = clocks.get(path)
            if clock and abs(clock["offset_ms"] - 1000 * ahead) > clock["error_ms"]:
                wrong.append(f"clock of {path} {clock['offset_ms']} ms ahead, not {1000 * ahead:.0f}")
            elif not clock and ".rdpcorets." in path:
                wrong.append(f"no clock of {path}")
    return wrong


def compare_one(want, got, attempts, keyless, evidence, wire_only=False):
    """What is wrong with a verdict or an attempt. keyless: secrets exist and were not given."""
    attempt = attempts.get(got.get("attempt"), got)
    hidden = keyless and isinstance(want.get("stage"), str) and want["stage"] in INSIDE_TLS
    wrong = []
    if "stage" in want:
        wrong += wrong_stage(attempt.get("stage", got.get("stage")), attempt, want["stage"], hidden, evidence)
    cause = cause_of(got, attempt)
    if cause.get("confidence") == "confirmed" and not one_of(cause.get("id"), want.get("cause", [])):
        wrong.append(f"confirmed a cause that the truth does not name: {cause.get('id')}")
    if hidden:
        return wrong
    outcome = got.get("outcome")
    cut_short = keyless and outcome == "incomplete" and one_of("succeeded", want.get("outcome"))
    if "outcome" in want and not cut_short and not one_of(outcome, want["outcome"]):
        wrong.append(f"outcome {outcome}, not {want['outcome']}")
    if "ended_by" in want and not one_of(attempt.get("ended_by"), want["ended_by"]):
        wrong.append(f"ended_by {attempt.get('ended_by')}, not {want['ended_by']}")
    if "cause" in want and not one_of(cause.get("id"), want["cause"]):
        wrong.append(f"cause {cause.get('id')}, not {want['cause']}")
    for key, value in want.get("codes", {}).items():
        have = (attempt.get("codes") or {}).get(key)
        if wire_only and key == "disconnect_reason":
            continue
        if number(have) != number(value):
            wrong.append(f"{key} {have}, not {value}")
    return wrong


def compare(truth, report, no_keys, both, wire_only=False):
    """The list of what is wrong with the report."""
    attempts = {a["id"]: a for a in report.get("attempts", [])}
    pairs = [(truth["verdict"], report.get("verdict") or {})] if "verdict" in truth else []
    pairs += [(want, find_attempt(attempts, want)) for want in truth.get("attempts", [])]
    wrong = [] if wire_only else wrong_clocks(truth, report)
    for want, got in pairs:
        if got is None:
            wrong.append(f"no attempt {want.get('client')} -> {want.get('server')}")
            continue
        want = {**want, **want.get("both", {})} if both else want
        keyless, evidence = no_keys and truth.get("tls_secrets", True), report.get("evidence", {})
        wrong += compare_one(want, got, attempts, keyless, evidence, wire_only)
        wrong += [] if no_keys else wrong_side_tracks(want, attempts)
    return wrong


def check(truth_file, truth, options):
    """Runs the program on the case: its name, and what is wrong."""
    name, files, keys = inputs(truth_file, options.both, options.wire_only)
    command = [options.rdpdx, "analyze", "-f", "json", "-q", *map(str, files)]
    if keys and not options.no_keys:
        command += ["--keylog", str(keys)]
    try:
        run = subprocess.run(command, capture_output=True, timeout=60)
        if run.returncode not in (0, 4):  # 4: done, but some input was damaged
            return name, [f"exit {run.returncode}: {run.stderr.decode(errors='replace').strip()[-200:]}"]
        return name, compare(truth, json.loads(run.stdout), options.no_keys, options.both, options.wire_only)
    except (subprocess.TimeoutExpired, json.JSONDecodeError, OSError) as e:
        return name, [f"{type(e).__name__}: {e}"[:200]]


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--rdpdx", default="build/release/rdpdx")
    ap.add_argument("--no-keys", action="store_true")
    ap.add_argument("--both", action="store_true")
    ap.add_argument("--wire-only", action="store_true")
    ap.add_argument("--only", default="")
    ap.add_argument("--skip", default="")
    ap.add_argument("-v", action="store_true")
    ap.add_argument("dirs", nargs="+", type=Path)
    options = ap.parse_args()
    only = set(filter(None, options.only.split(",")))
    skip = tuple(filter(None, options.skip.split(",")))
    passed = failed = 0
    for truth_file in sorted(f for d in options.dirs for f in d.glob("*.expect.json")):
        truth = json.loads(truth_file.read_text())
        stage = truth.get("verdict", {}).get("stage", truth.get("verdict", {}).get("outcome"))
        if only and not only & set(stage if isinstance(stage, list) else [stage]):
            continue
        if (skip and truth_file.name.startswith(skip)) or (options.no_keys and truth.get("secrets_inside")):
            continue
        name, wrong = check(truth_file, truth, options)
        passed, failed = (passed, failed + 1) if wrong else (passed + 1, failed)
        if wrong or options.v:
            print(f"{'FAIL' if wrong else 'ok  '} {name}: {'; '.join(wrong)}")
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
