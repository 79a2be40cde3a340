#!/usr/bin/env python3
"""Machines' formats against their schemas: the JSON report against docs/schema, and the schema against mistakes it has to find.

usage: schema_test.py --rdpdx PROGRAM [--sarif-schema FILE] [FOLDER...]     FOLDERs of captures are analysed too. Ends with 77
without python3-jsonschema. The schema of SARIF comes with the modules of tests/pages; without it that part is left out, and says so.
"""
import argparse
import json
import sys
import unittest
import urllib.parse
from pathlib import Path

from cli import program
from cli.program import ROOT, cases, run, sample

try:
    from jsonschema import Draft4Validator, Draft202012Validator, FormatChecker
except ImportError:
    print("SKIPPED: no jsonschema (Debian's package python3-jsonschema)")
    sys.exit(77)

SCHEMA = json.loads((ROOT / "docs/schema/rdpdx.report.1.schema.json").read_text())
VALIDATOR = Draft202012Validator(SCHEMA)
FOLDERS, SARIF = [], []


def wrong(report, validator=VALIDATOR):
    return [f"{e.json_path}: {e.message[:200]}" for e in validator.iter_errors(report)]


def captures(folder):
    """Each client's capture of a folder with the server's, logs and keys beside it."""
    for capture in sorted(folder.glob("*.pcapng")):
        if capture.name.endswith(".server.pcapng"):
            continue
        name = capture.name[: -len(".pcapng")]
        beside = [p for p in sorted(folder.glob(f"{name}.*")) if p.suffix in (".pcapng", ".evtx", ".xml")]
        keys = folder / f"{name}.keys"
        yield name, [*beside, *(["--keylog", keys] if keys.exists() else [])]


class Schema(unittest.TestCase):
    def test_the_schema_is_one(self):
        Draft202012Validator.check_schema(SCHEMA)

    def test_kept_reports_keep_it(self):
        for path in sorted((ROOT / "tests/golden").glob("*.json")):
            with self.subTest(path.name):
                self.assertEqual(wrong(json.loads(path.read_text())), [])

    def test_reports_with_everything_in_them_keep_it(self):
        for folder in [program.SAMPLES, *FOLDERS]:
            for name, inputs in captures(folder):
                with self.subTest(name):
                    self.assertEqual(wrong(run("analyze", "-q", "-f", "json", "--explain-rules=all", *inputs).json), [])

    def test_a_report_about_nothing_keeps_it(self):
        self.assertEqual(wrong(run("analyze", "-f", "json", sample("tls-fin.client.xml"), "--server", "198.51.100.99").json), [])

    def test_the_program_prints_it(self):
        ran = run("help", "schema")
        self.assertEqual(ran.code, 0, ran.said)
        self.assertEqual(ran.json, SCHEMA)


class Sarif(unittest.TestCase):
    def setUp(self):
        if not SARIF:
            self.skipTest("the schema of SARIF is not there (npm ci in build/pages)")

    def sarif(self, *inputs):
        return run("analyze", "-q", "-f", "sarif", *inputs).json

    def test_kept_reports_keep_the_standards_schema(self):
        kept = sorted((ROOT / "tests/golden").glob("*.sarif"))
        self.assertGreater(len(kept), 10)
        for path in kept:
            with self.subTest(path.name):
                self.assertEqual(wrong(json.loads(path.read_text()), SARIF[0]), [])

    def test_reports_with_everything_in_them_keep_it(self):
        for folder in [program.SAMPLES, *FOLDERS]:
            for name, inputs in captures(folder):
                with self.subTest(name):
                    log = self.sarif(*inputs)
                    self.assertEqual(wrong(log, SARIF[0]), [])
                    self.results(log["runs"][0], run("analyze", "-q", "-f", "json", *inputs).json)

    def results(self, sarif, report):
        """What refers to something refers to the right thing."""
        rules = sarif["tool"]["driver"]["rules"]
        failed = [a for a in report["attempts"] if a["outcome"] in ("failed", "dropped")]
        self.assertEqual([r["properties"]["attempt"] for r in sarif["results"]], [a["id"] for a in failed])
        for artifact, entry in zip(sarif["artifacts"], report["inputs"], strict=True):
            self.assertEqual((artifact["hashes"]["sha-256"], artifact["length"]), (entry["sha256"], entry["bytes"]))
            self.assertEqual(urllib.parse.unquote(artifact["location"]["uri"]), entry["path"])
        for result, attempt in zip(sarif["results"], failed, strict=True):
            self.assertEqual(rules[result["ruleIndex"]]["id"], result["ruleId"])
            self.assertEqual(result["ruleId"], (attempt["cause"] or {"id": "undetermined"})["id"])
            self.assertEqual([p["properties"]["evidence"] for p in result["locations"]],
                             attempt["cause"]["evidence"] if attempt["cause"] else [n for n in [attempt["end"]["evidence"]] if n])
            for place in result["locations"]:
                self.place(place, report)
            for flow in result["codeFlows"]:
                steps = flow["threadFlows"][0]["locations"]
                times = [s["executionTimeUtc"][:26] for s in steps]
                self.assertEqual(times, sorted(times))
                for step in steps:
                    self.place(step["location"], report)

    def place(self, place, report):
        evidence = report["evidence"][place["properties"]["evidence"]]
        self.assertEqual(place["physicalLocation"]["region"]["byteOffset"], evidence["offset"])
        self.assertEqual(place["physicalLocation"]["artifactLocation"]["index"], evidence["input"])
        unit = "frame" if evidence["kind"] == "packet" else "record"
        self.assertEqual(place["logicalLocations"][0]["name"], f"{unit} {evidence['number']}")

    def test_a_mistake_is_found(self):
        log = self.sarif(*cases()["tls-no-common-cipher"])
        self.assertEqual(wrong(log, SARIF[0]), [])
        log["runs"][0]["results"][0]["level"] = "likely"
        self.assertNotEqual(wrong(log, SARIF[0]), [])


class TheSchemaItself(unittest.TestCase):
    """It has to find what is wrong."""

    def test_each_kind_of_mistake_is_found(self):
        text = run("analyze", "-f", "json", *cases()["tls-no-common-cipher"]).text
        self.assertEqual(wrong(json.loads(text)), [])
        for old, new in (
            ('"schema": "rdpdx.report/1"', '"schema": "rdpdx.report/2"'),
            ('"ended_by"', '"endedby"'),
            ('"user"', '"another": 1, "user"'),
            ('"id": "credssp"', '"id": "nla"'),
            ('"status": "skipped"', '"status": "omitted"'),
            ('"outcome": "failed"', '"outcome": "broken"'),
            ('"confidence": "likely"', '"confidence": "sure"'),
            ('"evidence": ["E9"]', '"evidence": ["9"]'),
            ('"input": 1', '"input": -1'),
            ('"tls_alert": 40', '"tls_alert": "40"'),
            ('"sentence": "', '"sentence": null, "sentences": "'),
            ('"time": "2026-11-21T', '"time": "2026-11-21 '),
        ):
            with self.subTest(old):
                self.assertIn(old, text)
                self.assertNotEqual(wrong(json.loads(text.replace(old, new))), [])


def main():
    arguments = argparse.ArgumentParser(usage=__doc__)
    arguments.add_argument("--rdpdx", required=True)
    arguments.add_argument("--sarif-schema", type=Path)
    arguments.add_argument("folder", nargs="*", type=Path)
    options = arguments.parse_args()
    program.PATH = str(Path(options.rdpdx).resolve())
    if options.sarif_schema and options.sarif_schema.exists():
        SARIF.append(Draft4Validator(json.loads(options.sarif_schema.read_text()), format_checker=FormatChecker()))
    for folder in options.folder:
        if folder.is_dir():
            FOLDERS.append(folder)
        else:
            print(f"WARN: {folder.name} is not there, so its captures are not looked at")
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__])
    return 0 if unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
