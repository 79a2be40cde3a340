#!/usr/bin/env python3
"""Holds the results of a batch of make_cases.py against what was made: verdicts, store and index.

usage: check_batch.py OUT TRUTH.json

A whole case has the verdict of its sample's truth file. A damaged one may know less, and confirms no cause that the truth
does not name. A hostile one fails nothing. Every case's row says what its report says, and the index links it. The last line
counts; exit 0 if nothing is wrong.
"""
import collections
import json
import sqlite3
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/scripts"))
sys.dont_write_bytecode = True
import check_truth  # noqa: E402

SAMPLES = ROOT / "samples"


def wrong_verdict(kind, truth, report):
    if kind == "whole":
        return check_truth.compare(truth, report, no_keys=False, both=True)
    cause = (report["verdict"] or {})
    allowed = truth.get("verdict", {}).get("cause", [])
    if cause.get("confidence") == "confirmed" and not check_truth.one_of(cause.get("cause"), allowed):
        return [f"confirmed {cause.get('cause')} of a damaged case"]
    return []


def wrong_row(row, report, index):
    verdict = report["verdict"]
    wrong = [f"the store says {name} {row[name]}, the report {verdict[name]}" for name in ("outcome", "stage", "cause", "confidence")
             if row[name] != verdict[name]]
    wrong += [] if row["attempts"] == len(report["attempts"]) else ["the numbers of attempts are not the same"]
    return wrong + ([] if f'href="{row["report"]}.html"' in index else ["the index has no link"])


def main():
    out, made = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text())
    store = sqlite3.connect(out / "cases.sqlite")
    store.row_factory = sqlite3.Row
    rows = {row["name"]: row for row in store.execute("SELECT * FROM cases")}
    index, counts, failed = (out / "index.html").read_text(), collections.Counter(), 0
    for name in sorted(made.keys() | rows.keys()):
        sample, kind = made.get(name, (None, "not made"))
        wrong = [] if name in rows and name in made else ["no row" if name in made else "a row of no case"]
        if not wrong and rows[name]["status"] == "failed":
            wrong = [rows[name]["reason"]]
        if not wrong and rows[name]["status"] == "done":
            report = json.loads((out / (rows[name]["report"] + ".json")).read_text())
            truth = json.loads((SAMPLES / f"{sample}.expect.json").read_text())
            wrong = wrong_verdict(kind, truth, report) + wrong_row(rows[name], report, index)
        elif not wrong and kind == "whole":
            wrong = [rows[name]["reason"]]
        counts[kind] += 1
        if wrong:
            failed += 1
            print(f"{name} ({kind}): {'; '.join(wrong)}")
    print(", ".join(f"{n} {kind}" for kind, n in sorted(counts.items())) + f": {failed} wrong")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
