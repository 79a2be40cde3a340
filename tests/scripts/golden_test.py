#!/usr/bin/env python3
"""Whole reports of the samples against those kept in tests/golden: NAME.txt, .json, .sarif, .md (the long one), .short.md, .html, .csv,
.jsonl, .timesketch.jsonl and .timeline.txt; NAME.both.* has both sides' captures.

usage: golden_test.py --rdpdx PROGRAM [NAME...]     UPDATE_GOLDEN=1 rewrites them; the difference is then to be read
"""
import argparse
import difflib
import json
import os
import re
import sys
import unittest
from pathlib import Path

from cli import program
from cli.program import cases, run, sample
from cli.report_check import problems

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
WIDTH = 80
ONLY = []


def all_cases():
    out = cases()
    for name in list(out):
        if sample(f"{name}.server.pcapng").exists():
            out[f"{name}.both"] = [*out[name], sample(f"{name}.server.pcapng")]
    return {name: inputs for name, inputs in out.items() if not ONLY or name in ONLY}


def case_of(path):
    name = path.name.rsplit(".", 1)[0]
    return name.removesuffix(".short").removesuffix(".timesketch").removesuffix(".timeline")


class Golden(unittest.TestCase):
    def same(self, kept, actual):
        if os.environ.get("UPDATE_GOLDEN"):
            kept.write_bytes(actual)
        old = kept.read_bytes() if kept.exists() else b""
        if old == actual:
            return
        lines = difflib.unified_diff(old.decode().splitlines(), actual.decode().splitlines(), f"golden/{kept.name}", "now", lineterm="", n=1)
        self.fail("UPDATE_GOLDEN=1 rewrites it; first read what changed:\n" + "\n".join(list(lines)[:60]))

    def report(self, form, inputs, command="analyze"):
        ran = run(command, "-f", form, *inputs)
        self.assertEqual((ran.code, ran.said), (0, ""))
        return ran.out

    def test_texts(self):
        for name, inputs in all_cases().items():
            with self.subTest(name):
                text = self.report("text", inputs)
                for line in text.decode().splitlines():
                    self.assertTrue(len(line) <= WIDTH or " " not in line.strip() or line.startswith("     > "), f"wider than {WIDTH}: {line}")
                    self.assertEqual(line, line.rstrip())
                self.same(GOLDEN / f"{name}.txt", text)

    def test_json(self):
        for name, inputs in all_cases().items():
            with self.subTest(name):
                text = self.report("json", inputs)
                self.assertEqual(problems(json.loads(text)), [])
                self.same(GOLDEN / f"{name}.json", text)

    def test_sarif(self):
        for name, inputs in all_cases().items():
            with self.subTest(name):
                self.same(GOLDEN / f"{name}.sarif", self.report("sarif", inputs))

    def test_markdown(self):
        for name, inputs in all_cases().items():
            with self.subTest(name):
                self.same(GOLDEN / f"{name}.md", self.report("markdown-long", inputs))

    def test_short_markdown(self):
        for name, inputs in all_cases().items():
            with self.subTest(name):
                self.same(GOLDEN / f"{name}.short.md", self.report("markdown", inputs))

    def test_timelines(self):
        for name, inputs in all_cases().items():
            with self.subTest(name):
                for form, end in (("csv", "csv"), ("jsonl", "jsonl"), ("timesketch", "timesketch.jsonl")):
                    self.same(GOLDEN / f"{name}.{end}", self.report(form, inputs))
                self.same(GOLDEN / f"{name}.timeline.txt", self.report("text", inputs, "timeline"))

    def test_html(self):
        """Without style and script, the timeline's rows and bytes of evidence: tests/pages and raw_evidence_test look at them."""
        for name, inputs in all_cases().items():
            with self.subTest(name):
                page = self.report("html", inputs)
                self.assertLess(len(page), 2_000_000)
                body = re.search(rb"</symbol>\s*</svg>(.*?)<script", page, re.DOTALL).group(1)
                body = re.sub(rb'(<tbody id="rows">).*?(</tbody>)', rb"\1...\2", body, flags=re.DOTALL)
                body = re.sub(rb'(<pre class="raw"[^>]*>).*?(</pre>)', rb"\1...\2", body, flags=re.DOTALL)
                self.same(GOLDEN / f"{name}.html", body)

    def test_the_kept_reports_are_those_of_the_samples(self):
        for path in GOLDEN.iterdir() if os.environ.get("UPDATE_GOLDEN") and not ONLY else ():
            if case_of(path) not in all_cases():
                path.unlink()
        kept = {case_of(p) for p in GOLDEN.iterdir()}
        self.assertEqual(kept, set(all_cases()) | (kept if ONLY else set()))


class TheCheckItself(unittest.TestCase):
    """It has to find what it looks for."""

    def test_each_kind_of_mistake_is_found(self):
        text = run("analyze", "-f", "json", sample("tls-no-common-cipher.pcapng"), sample("tls-no-common-cipher.client.evtx")).text
        self.assertEqual(problems(json.loads(text)), [])
        for old, new in (
            ('"schema": "rdpdx.report/1"', '"schema": "rdpdx.report/2"'),
            ('"ended_by"', '"endedby"'),
            ('"id": "credssp"', '"id": "nla"'),
            ('"status": "skipped"', '"status": "omitted"'),
            ('"outcome": "failed"', '"outcome": "broken"'),
            ('"id": "tls-parameter-mismatch"', '"id": "tls-mismatch"'),
            ('"evidence": ["E9"]', '"evidence": ["E99"]'),
            ('"input": 1', '"input": 2'),
            ('"E16": {', '"E17": {'),
            ('.669488', '.66948'),
        ):
            with self.subTest(old):
                self.assertIn(old, text)
                try:
                    found = problems(json.loads(text.replace(old, new)))
                except KeyError as error:
                    found = [str(error)]
                self.assertNotEqual(found, [])


def main():
    arguments = argparse.ArgumentParser(usage=__doc__)
    arguments.add_argument("--rdpdx", required=True)
    arguments.add_argument("name", nargs="*")
    options = arguments.parse_args()
    program.PATH = str(Path(options.rdpdx).resolve())
    ONLY.extend(options.name)
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__])
    return 0 if unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
