#!/usr/bin/env python3
"""Prints every event of a folder's XML files with `rdpdx events -f xml` and compares content: elements, attributes and
values by another XML library, not text. What is printed may say in full what Windows leaves out, see DEFAULTS.

usage: event_xml_content.py --rdpdx PROGRAM FOLDER...      ends with 77 if no folder is there
"""
import argparse
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

EVENTS = "{http://schemas.microsoft.com/win/2004/08/events/event}"
# Absent is the same as this.
DEFAULTS = {"System/Version": "0", "System/Level": "0", "System/Task": "0", "System/Opcode": "0", "System/EventRecordID": "0",
            "System/Execution@ProcessID": "0", "System/Execution@ThreadID": "0", "System/Keywords": 0}
NUMBERS = ("System/Keywords",)
GUIDS = ("System/Provider@Guid", "System/Correlation@ActivityID", "System/Correlation@RelatedActivityID")


def facts(node, path=""):
    """Path -> list of values, in order."""
    out = {}

    def add(name, value):
        if name in NUMBERS:
            value = int(value, 0)
        if name in GUIDS:
            value = value.strip("{}").upper()
        if name == "System/TimeCreated@SystemTime":
            value = re.sub(r"^(.{19})(?:\.(\d{1,7})\d*)?Z?$", lambda m: f"{m[1]}.{(m[2] or '').ljust(7, '0')}", value.replace(" ", "T"))
        if value not in ("", DEFAULTS.get(name)) and not (name in GUIDS and not value.strip("0-")):
            out.setdefault(name, []).append(value)

    def walk(element, at):
        for name, value in element.attrib.items():
            add(f"{at}@{name}", value)
        text = element.text or ""
        if not len(element) or text.strip():
            add(at, text.replace("\r\n", "\n"))
        for child in element:
            tag = child.tag.removeprefix(EVENTS)  # some exports leave the namespace out
            walk(child, f"{at}/{tag}" if at else tag)

    walk(node, path)
    return out


def events(data):
    text = re.sub(r"<\?xml.*?\?>", "", data.decode("utf-8-sig"))
    return [e for e in ElementTree.fromstring(f"<all>{text}</all>").iter() if e.tag.removeprefix(EVENTS) == "Event"]


def main():
    arguments = argparse.ArgumentParser(usage=__doc__)
    arguments.add_argument("--rdpdx", required=True)
    arguments.add_argument("folder", nargs="+", type=Path)
    options = arguments.parse_args()
    files = [f for folder in options.folder if folder.is_dir() for f in sorted(folder.glob("*.xml"))]
    if not files:
        print("skipped: there is no corpus beside the repository")
        return 77
    compared = different = 0
    for path in files:
        given = events(path.read_bytes())
        ran = subprocess.run([options.rdpdx, "events", "-q", "-f", "xml", path], stdout=subprocess.PIPE, check=False)
        printed = events(ran.stdout)
        if len(given) != len(printed):
            different += 1
            print(f"{path.name}: {len(given)} events, {len(printed)} printed")
        for one, other in zip(given, printed):
            compared += 1
            a, b = facts(one), facts(other)
            if a != b:
                different += 1
                for name in sorted({*a, *b}):
                    if a.get(name) != b.get(name):
                        print(f"{path.name}: {name}: {a.get(name)} printed as {b.get(name)}")
    print(f"{compared} events compared, {different} differ")
    return 1 if different or not compared else 0


if __name__ == "__main__":
    sys.exit(main())
