#!/usr/bin/env python3
"""The program as its users meet it: arguments, messages, exit codes, formats. The cases stand in cli/*_cases.py.

usage: cli_test.py --rdpdx PROGRAM [PART...] [-- UNITTEST-OPTION...]      PART: a word such as usage, inputs, output
"""
import argparse
import sys
import unittest
from pathlib import Path

from cli import program

FOLDER = Path(__file__).resolve().parent / "cli"


def main():
    arguments = argparse.ArgumentParser(usage=__doc__)
    arguments.add_argument("--rdpdx", required=True)
    arguments.add_argument("part", nargs="*")
    options = arguments.parse_args()
    program.PATH = str(Path(options.rdpdx).resolve())
    parts = options.part or sorted(p.name[: -len("_cases.py")] for p in FOLDER.glob("*_cases.py"))
    suite = unittest.defaultTestLoader.loadTestsFromNames([f"cli.{part}_cases" for part in parts])
    return 0 if unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
