#!/usr/bin/env python3
"""Prints what xml.etree finds in files of event XML, one line a fact, as tests/parsers/events_corpus_test.cpp does."""
import re
import sys
import xml.etree.ElementTree as ET


def local(tag):
    return tag.rpartition("}")[2]


def child(node, name):
    return next((c for c in node if local(c.tag) == name), None) if node is not None else None


def get(node, attribute):
    return (node.get(attribute) or "") if node is not None else ""


def text(node):
    return (node.text or "") if node is not None else ""


def flatten(node, path):
    for name, value in node.attrib.items():
        yield f"{path}@{local(name)}", value
    if len(node) == 0 and (text(node) or not node.attrib):
        yield path, text(node)
    for inner in node:
        yield from flatten(inner, f"{path}/{local(inner.tag)}")


def fields(event):
    for section in event:
        kind = local(section.tag)
        if kind == "EventData":
            unnamed = 0
            for data in section:
                if local(data.tag) == "Data":
                    name = data.get("Name")
                    if not name:
                        name, unnamed = f"Data[{unnamed}]", unnamed + 1
                    yield name, text(data)
                else:
                    yield from flatten(data, local(data.tag))
        elif kind == "UserData":
            for first in section:
                yield from flatten(first, local(first.tag))
        elif kind not in ("System", "RenderingInfo"):
            yield from flatten(section, kind)


def shown(value):
    return re.sub(r"[\t\r\n]", " ", value)


for path in sys.argv[1:]:
    with open(path, "rb") as file:
        raw = file.read().decode("utf-8-sig")
    root = ET.fromstring("<all>" + re.sub(r"<\?xml.*?\?>", "", raw) + "</all>")
    for event in (e for e in root.iter() if local(e.tag) == "Event"):
        system = child(event, "System")
        number = (text(child(system, "EventRecordID")) or "0").strip()
        print("event", text(child(system, "EventID")).strip(), get(child(system, "Provider"), "Name"),
              text(child(system, "Channel")), text(child(system, "Computer")), number,
              get(child(system, "Security"), "UserID"), sep="\t")
        for name, value in fields(event):
            print("field", shown(name), shown(value), sep="\t")
