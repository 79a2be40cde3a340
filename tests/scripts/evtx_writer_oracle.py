#!/usr/bin/env python3
"""What make_evtx writes, read by two programs that others wrote: evtxexport (libevtx-utils) and python3-evtx.

usage: evtx_writer_oracle.py --make-evtx PROGRAM [EVENTS.xml | LOG.evtx | FOLDER ...]

Values are compared, not text: each program has its own way to write numbers, times and ids. The truth is the XML itself,
read by Python's own parser; of a log that is there already, both must say the same. Exit code 0: equal; 1: differences, each on a line; 77: a program is missing.
"""
import argparse
import base64
import datetime
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

NAMESPACE = re.compile(r"\{.*\}")
TIME = re.compile(r"(\d{4}-\d\d-\d\d)([T ])(\d\d:\d\d:\d\d)(?:\.(\d+))?Z?$")
GUID = re.compile(r"\{?([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})\}?$")

# UserData with attributes and deep elements, unnamed Data with Binary, numbers that only look like numbers, other scripts.
EVENTS = """<Events xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>
<Event><System><Provider Name='Provider-One' Guid='{28AA95BB-D444-4719-A36F-40462168127E}'/><EventID>131</EventID>
<Version>1</Version><Level>3</Level><Task>4</Task><Opcode>15</Opcode><Keywords>0x4000000000000000</Keywords>
<TimeCreated SystemTime='2026-11-21T05:39:00.1234567Z'/><EventRecordID>70000000000</EventRecordID>
<Correlation ActivityID='{F4204608-A545-432E-A94E-E08392A50000}' RelatedActivityID='{69562D5A-B1C1-5EA3-BADA-75E74CDD9A81}'/>
<Execution ProcessID='1284' ThreadID='65536'/><Channel>One/Operational</Channel><Computer>srv.lab.example</Computer>
<Security UserID='S-1-5-21-1004336348-1177238915-682003330-1001'/></System>
<EventData><Data Name='ConnType'>TCP</Data><Data Name='ClientIP'>[2001:db8::1]:50000</Data><Data Name='Status'>0xc000006d</Data>
<Data Name='Port'>3389</Data><Data Name='Zeros'>007</Data><Data Name='Padded'>0x00000005</Data><Data Name='Large'>18446744073709551615</Data>
<Data Name='Id'>{F4204608-A545-432E-A94E-E08392A50000}</Data><Data Name='Sid'>S-1-0-0</Data><Data Name='Yes'>true</Data>
<Data Name='Empty'></Data><Data Name='Escaped'>&lt;a&gt; &amp; "b"</Data><Data Name='Words'>J\u00fcrgen \u041f\u0430\u0440\u043e\u043b\u044c \u30ed\u30b0</Data>
<Data Name='NoGuid'>{not-a-guid}</Data><Data Name='NoSid'>S-1-x</Data></EventData></Event>
<Event><System><Provider Name='Classic'/><EventID Qualifiers='49156'>56</EventID><Level>2</Level>
<Task>0</Task><Keywords>0x80000000000000</Keywords><TimeCreated SystemTime='1999-12-31T23:59:59Z'/>
<EventRecordID>70000000001</EventRecordID><Channel>System</Channel>
<Computer>srv</Computer><Security/></System><EventData><Data>\\Device\\Termdd</Data><Data></Data><Data>10.0.0.7</Data>
<Binary>00000400010000000000000038000AC0</Binary></EventData></Event>
<Event><System><Provider Name='Provider-Two' Guid='{C76BAA63-AE81-421C-B425-340B4B24157F}'/><EventID>1149</EventID>
<Version>0</Version><Level>4</Level><Task>0</Task><Opcode>0</Opcode><Keywords>0x1000000000000000</Keywords>
<TimeCreated SystemTime='2026-11-21T05:39:01Z'/><EventRecordID>70000000009</EventRecordID>
<Execution ProcessID='4' ThreadID='8'/><Channel>Two/Operational</Channel><Computer>srv</Computer><Security UserID='S-1-5-20'/></System>
<UserData><EventXML xmlns='Event_NS'><Param1>user</Param1><Param2/><Param3>192.0.2.1</Param3>
<Certificate subjectName='CN=srv'><Chain index='0'>root</Chain><Chain index='1'>leaf</Chain></Certificate></EventXML></UserData></Event>
</Events>"""

# What `make_evtx --every-type` holds. Each program is wrong about some; then its own reading stands beside the truth, so
# that a change of it is seen. Every type but one is read right by one of them at least.
ABSENT = None
EVERY_TYPE = [
    # name, truth, {program: its reading}
    ("UnicodeString", "text \u00e4\U0001F600 <&>", {"evtxexport": "text \u00e4\U0001F201 <&>"}),
    ("EmptyString", "", {}),
    ("Null", "", {"evtxexport": ABSENT}),
    ("AnsiString", "ansi", {}),
    ("Int8", "-8", {"evtxexport": "-120"}),
    ("UInt8", "200", {}),
    ("Int16", "-1600", {"evtxexport": "-31168"}),
    ("UInt16", "65535", {}),
    ("Int32", "-2147467259", {"evtxexport": "-16389"}),
    ("UInt32", "4294967295", {}),
    ("Int64", "-9223372036854775807", {"evtxexport": "-1"}),
    ("UInt64", "18446744073709551615", {}),
    ("Float", "1.5", {}),
    ("Double", "-0.25", {}),
    ("True", "true", {}),
    ("False", "false", {}),
    ("GUID", "{28AA95BB-D444-4719-A36F-40462168127E}", {}),
    ("SizeT", "0x7ffe0000", {}),
    ("FILETIME", "2026-11-21T05:39:00.1234567Z", {}),
    ("SYSTEMTIME", "2026-11-21T05:39:00.123Z", {"python3-evtx": "2026-11-21 05:39:00.000123"}),
    ("SID", "S-1-5-21-1-2-3-500", {}),
    ("HexInt32", "0x80004005", {}),
    ("HexInt64", "0x8000000000000000", {}),
    ("UnicodeStringArray", ["one", "", "three"], {}),
    ("Binary", "DEAD00", {"python3-evtx": "3q0A"}),  # base64
    ("UInt32Array", ["1", "2", "3"], {"python3-evtx": ABSENT}),  # stops there
]


class Moment:
    """A time; python3-evtx, which writes a blank between date and time, loses some microseconds."""

    def __init__(self, date, blank, time, fraction):
        seconds = (datetime.datetime.fromisoformat(f"{date} {time}") - datetime.datetime(1970, 1, 1)).total_seconds()
        self.nanos = int(seconds) * 10**9 + int((fraction or "0").ljust(9, "0"))
        self.rough = blank == " "

    def __eq__(self, other):
        return isinstance(other, Moment) and abs(self.nanos - other.nanos) <= 10_000 * (self.rough or other.rough)

    def __repr__(self):
        return f"time {self.nanos}"


def value(text):
    """A value in one form, whoever wrote it."""
    text = text.replace("\r\n", "\n")
    if match := TIME.match(text):
        return Moment(*match.groups())
    if match := GUID.match(text):
        return match[1].lower()
    if re.fullmatch(r"0x[0-9A-Fa-f]+", text):
        return int(text, 16)
    if text in ("True", "False"):
        return text.lower()
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return text


def name_of(element):
    return NAMESPACE.sub("", element.tag)


def flat(element, path=""):
    """(path, value) of each text and attribute; elements without either count too."""
    path += "/" + name_of(element)
    if "Name" in element.attrib and path.endswith("/Data"):
        path += ":" + element.attrib["Name"]
    else:
        for key, text in element.attrib.items():
            if text != "":  # python3-evtx shows attributes that are null
                yield path + "@" + key, value(text)
    text = (element.text or "")
    # An array is one element full of elements for python3-evtx, and shown escaped.
    if items := re.findall(r"<string>(.*?)</string>", text, re.S):
        for item in items:
            yield path, value(item)
    elif len(element) == 0:
        yield path, value(text)
    elif text.strip():
        yield path, value(text.strip())
    for child in element:
        yield from flat(child, path)


# What shows nothing when it is null, and may then be there or not.
SILENT = {"/Event/EventData"} | {"/Event/System/" + name for name in (
    "Correlation", "Execution", "Opcode", "Provider", "Security", "TimeCreated", "Version")}
# What the reader of event XML does not keep, so that it cannot be written again.
LOST = "/Event/System/Provider@EventSourceName"


def facts(event):
    # Binary is hex here and base64 there; numbers are not meant by either.
    return [(path, str(v) if path.endswith("/Binary") else v) for path, v in flat(event)
            if path != LOST and not (path in SILENT and v == "")]


def events_in(text):
    """All whole events of a text that may hold anything else."""
    return [ElementTree.fromstring(one) for one in re.findall(r"<Event[ >].*?</Event>", text, re.S)]


def read_by(program, path):
    command = {"evtxexport": ["evtxexport", "-f", "xml", path], "python3-evtx": [shutil.which("evtx_dump.py"), path]}
    done = subprocess.run(command[program], capture_output=True, env=dict(os.environ, PYTHONIOENCODING="utf-8"))
    return events_in(done.stdout.decode("utf-8"))


class Comparison:
    def __init__(self, make_evtx, folder):
        self.make_evtx, self.folder = make_evtx, folder
        self.values = self.differences = 0

    def differ(self, text):
        self.differences += 1
        print("differs:", text)

    def make(self, *arguments):
        path = os.path.join(self.folder, "made.evtx")
        subprocess.run([self.make_evtx, *arguments, path], check=True)
        return path

    def same(self, where, truth, seen):
        truth, seen = sorted(truth, key=str), sorted(seen, key=str)
        self.values += len(truth)
        if truth != seen:
            self.differ(f"{where}: {[f for f in truth if f not in seen]} became {[f for f in seen if f not in truth]}")

    def check_xml(self, source, options, change=lambda number, fact: fact):
        """make_evtx OPTIONS of the XML in `source`, read by both; `change` is what the options do to a fact."""
        truth = [[change(i, f) for f in facts(e)] for i, e in enumerate(whole_events(source))]
        path = self.make(*options, source)
        for program in ("evtxexport", "python3-evtx"):
            seen = [facts(e) for e in read_by(program, path)]
            where = f"{program}, {os.path.basename(source)} {' '.join(options)}".strip()
            if len(seen) != len(truth):
                self.differ(f"{where}: {len(truth)} events became {len(seen)}")
            for number, (a, b) in enumerate(zip(truth, seen), 1):
                self.same(f"{where}, event {number}", a, [adapt(program, f, a) for f in b])

    def check_log(self, path):
        seen = {program: [facts(e) for e in read_by(program, path)] for program in ("evtxexport", "python3-evtx")}
        one, other = seen.values()
        if len(one) != len(other) or not one:
            self.differ(f"{os.path.basename(path)}: {len(one)} events by one program, {len(other)} by the other")
        for number, (a, b) in enumerate(zip(one, other), 1):
            self.same(f"{os.path.basename(path)}, event {number}", a, [adapt("python3-evtx", f, a) for f in b])

    def check_every_type(self):
        path = self.make("--every-type")
        for program in ("evtxexport", "python3-evtx"):
            seen = [facts(e) for e in read_by(program, path)]
            for number, (name, truth, readings) in enumerate(EVERY_TYPE):
                expected = readings.get(program, truth)
                items = expected if isinstance(expected, list) else [] if expected is ABSENT else [expected]
                place = "/Event/EventData/" + ("Binary" if name == "Binary" else f"Data:{name}")
                got = [f for f in seen[number] if f[0].startswith("/Event/EventData")] if number < len(seen) else []
                self.same(f"{program}, {name}", [(place, i if name == "Binary" else value(i)) for i in items], got)


def adapt(program, fact, truth):
    """base64 as hex, where the truth says that it is binary."""
    path, seen = fact
    if program == "python3-evtx" and path.endswith("/Binary") and any(p == path for p, _ in truth):
        return path, base64.b64decode(seen).hex().upper()
    return fact


def whole_events(path):
    """The events of an XML file without what no log holds."""
    with open(path, encoding="utf-8-sig") as file:
        events = events_in(file.read())
    for event in events:
        for child in list(event):
            if name_of(child) == "RenderingInfo":
                event.remove(child)
    return events


def shifted(_, fact):
    if fact[0].endswith("@SystemTime"):
        fact[1].nanos -= 1_500_000_000
    return fact


def renumbered(number, fact):
    return (fact[0], 5000 + number) if fact[0].endswith("/EventRecordID") else fact


def files(paths, ending):
    for path in paths:
        names = [os.path.join(path, name) for name in sorted(os.listdir(path))] if os.path.isdir(path) else [path]
        yield from (name for name in names if name.endswith(ending))


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--make-evtx", required=True)
    parser.add_argument("events", nargs="*")
    arguments = parser.parse_args()
    for program in ("evtxexport", "evtx_dump.py"):
        if not shutil.which(program):
            print(f"skipped: {program} is not installed (packages libevtx-utils and python3-evtx)")
            return 77
    with tempfile.TemporaryDirectory() as folder:
        comparison = Comparison(arguments.make_evtx, folder)
        own = os.path.join(folder, "own.xml")
        with open(own, "w", encoding="utf-8") as file:
            file.write(EVENTS)
        for options in ([], ["--text"], ["--per-chunk", "1"]):
            comparison.check_xml(own, options)
        comparison.check_xml(own, ["--shift", "-1.5"], shifted)
        comparison.check_xml(own, ["--first-record", "5000"], renumbered)
        for source in files(arguments.events, ".xml"):
            comparison.check_xml(source, [])
        for log in files(arguments.events, ".evtx"):
            comparison.check_log(log)
        comparison.check_every_type()
    print(f"{comparison.values} values compared, {comparison.differences} events differ")
    return 1 if comparison.differences else 0


if __name__ == "__main__":
    sys.exit(main())
