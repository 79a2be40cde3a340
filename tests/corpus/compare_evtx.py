#!/usr/bin/env python3
"""Holds our reader of binary event logs against evtxexport (libevtx) and python3-evtx, by values.

usage: compare_evtx.py DUMPER [FILE|DIR...]
DUMPER is bench_evtx_dump; it is called as DUMPER -q -f xml FILE. Without files: ../shared/corpus/evtx.

Records are matched by record id and computer. Every attribute and every text of an element counts; an empty text
and an absent one are the same (see EXPLAINED). Numbers are compared as numbers whatever their base, times without
trailing zeros, GUIDs and hex without case. Exit code 1 if a difference is left that EXPLAINED does not know.
"""
import base64
import collections
import datetime
import html
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON_LIMIT = 2_500_000  # bytes; python3-evtx takes minutes for more

# Why two readers may differ, and who is right: name, reason, whether it explains that (ours, theirs) differ. Values are
# normalised.
EXPLAINED = [
    ("array", "Windows repeats an element for each item of an array; the other joins the items",
     lambda a, b: squeezed(a).replace(",", "") == re.sub(r"</?string>|,|\s", "", b)),
    ("array of strings", "python3-evtx splits arrays of strings so that items, or their ends, appear again",
     lambda a, b: within(a, re.findall(r"<string>(.*?)</string>", b, re.S))),
    ("negative", "evtxexport writes a minus and then the number without its highest bit",
     lambda a, b: lost_sign(a, b)),
    ("base64", "python3-evtx writes binary values in base64, Windows in hex",
     lambda a, b: normal(hex_of_base64(b)) == a.lower()),
    ("microseconds", "python3-evtx reckons times as floating point numbers, and is off in the last digits",
     lambda a, b: close_times(a, b)),
    ("control", "what XML 1.0 cannot hold is U+FFFD here; the other drops it, escapes it or writes it raw",
     lambda a, b: bool(a) and bare(a) == bare(b)),
    ("real", "shortest decimal that gives the same number back; the other has a fixed number of digits",
     lambda a, b: near(a, b)),
    ("white space", "white space is kept; the other's output, or its pretty printing, changes some",
     lambda a, b: squeezed(a) == squeezed(b)),
    ("raw markup", "evtxexport does not escape < in values, so its output has elements that the event has not", None),
    ("overwritten", "a record of zeros, which python3-evtx shows as an empty event; a notice here", None),
    ("not well-formed there", "the other's output for this record is no XML, so it cannot be compared", None),
    ("type", "the other does not know the value's type and writes nothing or a remark", lambda a, b: not b and bool(a)),
]


def within(a, items):
    """Whether the lines of a are among the items, in order."""
    left = iter([normal(item) for item in items])
    return bool(items) and all(line in left for line in a.split("\n"))


def lost_sign(a, b):
    if not re.fullmatch(r"-\d+", a) or not re.fullmatch(r"-\d+", b):
        return False
    return any(-(int(a) % (1 << bits)) == int(b) for bits in (7, 15, 31, 63))


def hex_of_base64(text):
    try:
        return base64.b64decode(text, validate=True).hex()
    except ValueError:
        return None


def close_times(a, b):
    form = "%Y-%m-%dT%H:%M:%S.%f"
    try:
        first, second = (datetime.datetime.strptime((t if "." in t else t + ".0")[:26], form) for t in (a, b))
    except ValueError:
        return False
    return abs((first - second).total_seconds()) < 1e-4


def bare(text):
    return re.sub(r"\\x[0-9a-f]{2}|&#x?[0-9a-fA-F]+;|[^\x21-\uD7FF\uE000-\uFFFC]|\ufffd", "", text or "")


def squeezed(text):
    return re.sub(r"\s+", "", text or "")


def near(ours, theirs):
    try:
        a, b = float(ours), float(theirs)
    except (TypeError, ValueError):
        return False
    return abs(a - b) <= 1e-6 * max(1.0, abs(a), abs(b))


def normal(text):
    """A value's text without the freedom that writers of event XML have."""
    if text is None:
        return ""
    if re.fullmatch(r"0[xX][0-9a-fA-F]{1,16}", text):
        return str(int(text, 16))
    if re.fullmatch(r"\d{1,20}", text):
        return str(int(text))
    if re.fullmatch(r"\{?[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}?", text):
        return text.strip("{}").lower()
    time = re.fullmatch(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d+)?(Z|\+00:00)?", text)
    if time:
        fraction = (time[3] or "").rstrip("0")
        return f"{time[1]}T{time[2]}{fraction if fraction != '.' else ''}"
    if re.fullmatch(r"([0-9a-fA-F]{2})+", text):
        return text.lower()
    if text in ("True", "False"):
        return text.lower()
    return text


def local(name):
    return name.rsplit("}", 1)[-1].rsplit(":", 1)[-1]


def values(element, path=""):
    """(path, value) of everything in an event; repeated elements keep their order."""
    here = f"{path}/{local(element.tag)}"
    for name, value in element.attrib.items():
        if value:
            yield f"{here}@{local(name)}", value
    children = list(element)
    label = here + (f"[{element.attrib['Name']}]" if "Name" in element.attrib else "")
    if element.text and (not children or element.text.strip()):
        yield label, element.text
    for child in children:
        yield from values(child, here)


ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def events_of(text):
    """Each Event element of a stream of them, or None where one is not well-formed."""
    for piece in re.findall(r"<Event[ >].*?</Event>(?=\s*(?:<Event[ >]|<\?xml|\Z|</))", text, re.S):
        piece = ILLEGAL.sub("\ufffd", piece)
        try:
            yield ET.fromstring(piece)
        except ET.ParseError:
            yield None


def key_of(event):
    found = dict(values(event))
    return tuple(normal(found.get(k)) for k in ("/Event/System/EventRecordID", "/Event/System/Computer"))


def ours(dumper, path):
    run = subprocess.run([dumper, "-q", "-f", "xml", path], capture_output=True, check=True)
    return [ET.fromstring(line) for line in run.stdout.decode("utf-8").split("\n") if line]


def libevtx(path):
    run = subprocess.run(["evtxexport", "-f", "xml", path], capture_output=True)
    return list(events_of(run.stdout.decode("utf-8", "replace")))


PYTHON = """
import sys
from Evtx.Evtx import Evtx
with Evtx(sys.argv[1]) as log:
    for chunk in log.chunks():
        try:
            for record in chunk.records():
                try:
                    sys.stdout.buffer.write(record.xml().encode("utf-8", "replace") + b"\\n")
                except Exception:
                    pass
        except Exception:
            pass
"""


def python_evtx(path):
    if os.path.getsize(path) > PYTHON_LIMIT:
        return None
    run = subprocess.run(["/usr/bin/python3", "-c", PYTHON, path], capture_output=True)
    if b"No module named" in run.stderr:
        return None
    return list(events_of(run.stdout.decode("utf-8", "replace")))


def difference(mine, other):
    """Paths whose values differ: {path: ([ours], [theirs])}."""
    a, b = collections.defaultdict(list), collections.defaultdict(list)
    for store, event in ((a, mine), (b, other)):
        for path, value in values(event):
            if normal(value):
                store[path].append(normal(value))
    return {p: (a[p], b[p]) for p in {**a, **b} if a[p] != b[p]}


def explain(mine, theirs):
    if len(mine) == len(theirs):
        left = [(m, t) for m, t in zip(mine, theirs) if m != t]
    else:
        left = [("\n".join(mine), "\n".join(theirs))]
    names = set()
    for m, t in left:
        name = next((name for name, _, applies in EXPLAINED if applies and applies(m, t)), None)
        if name is None:
            return None
        names.add(name)
    return "+".join(sorted(names))


def without_escapes(event):
    """The event as it is read when nobody escaped its values, or the event itself."""
    try:
        return ET.fromstring(ILLEGAL.sub("\ufffd", html.unescape(ET.tostring(event, encoding="unicode"))))
    except ET.ParseError:
        return event


def compare(title, mine, theirs, tally):
    """Returns how many of `theirs` found their like, and prints what is not explained."""
    by_key = collections.defaultdict(list)
    for event in mine:
        by_key[key_of(event)].append(event)
    compared = unexplained = missing = 0
    for event in theirs:
        if event is None:
            tally["not well-formed there"] += 1
            continue
        if not key_of(event)[0]:
            tally["overwritten"] += 1
            continue
        candidates = by_key.get(key_of(event))
        if not candidates:
            missing += 1
            if missing <= 3:
                print(f"  {title}: only there: {key_of(event)}")
            continue
        best = min(candidates, key=lambda c: len(difference(c, event)))
        diffs = difference(best, event)
        compared += 1
        if any(explain(a, b) is None for a, b in diffs.values()) and any("<" in v for _, v in values(best)):
            diffs = difference(without_escapes(best), event)
            tally["raw markup"] += 1
        for path, (a, b) in diffs.items():
            reason = explain(a, b)
            tally[reason or "UNEXPLAINED"] += 1
            if reason is None:
                unexplained += 1
                if unexplained <= 5:
                    print(f"  {title}: {key_of(event)[0]} {path}\n    ours   {a!r:.300}\n    theirs {b!r:.300}")
    return compared, missing, unexplained


def files_of(arguments):
    for path in arguments or [os.path.join(HERE, "../../../shared/corpus/evtx")]:
        if os.path.isdir(path):
            yield from sorted(os.path.join(path, f) for f in os.listdir(path) if f.lower().endswith(".evtx"))
        else:
            yield path


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    tally = collections.Counter()
    total = collections.Counter()
    bad = 0
    for path in files_of(sys.argv[2:]):
        mine = ours(sys.argv[1], path)
        line = f"{os.path.basename(path)}: ours {len(mine)}"
        total["ours"] += len(mine)
        for title, reader in (("evtxexport", libevtx), ("python3-evtx", python_evtx)):
            theirs = reader(path)
            if theirs is None:
                continue
            compared, missing, unexplained = compare(title, mine, theirs, tally)
            total[title] += compared
            bad += missing + unexplained
            line += f", {title} {len(theirs)} compared {compared} missing {missing} unexplained {unexplained}"
        print(line, flush=True)
    print("records:", dict(total))
    print("differences:", dict(tally))
    for name, reason, _ in EXPLAINED:
        print(f"  {name}: {reason}")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
