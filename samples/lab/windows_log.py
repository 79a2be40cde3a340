"""Events of Windows logs, and the files that hold them. Knows shapes, not what happened.

The names, numbers and fields are those of real records of these channels.
"""
import subprocess
import tempfile
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

NAMESPACE = "http://schemas.microsoft.com/win/2004/08/events/event"
CLIENT, SERVER = "CLI-PC1", "RDSH1.lab.example"
NETWORK_SERVICE, SYSTEM, USER = "S-1-5-20", "S-1-5-18", "S-1-5-21-1004336348-1177238915-682003330-1001"
TERMINAL = "Microsoft-Windows-TerminalServices-"
CORE = "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS"


@dataclass(frozen=True)
class Channel:
    """Who writes to it, and what is the same in all of its events that we write."""

    name: str
    provider: str
    guid: str
    computer: str
    account: str
    keywords: str
    process: tuple  # id and thread
    first_record: int
    holds: str = "EventData"


CHANNELS = {
    "client": Channel(
        TERMINAL + "RDPClient/Operational", TERMINAL + "ClientActiveXCore", "{28AA95BB-D444-4719-A36F-40462168127E}",
        CLIENT, USER, "0x4000000000000000", (7312, 9040), 412),
    "rdpcorets": Channel(
        CORE + "/Operational", CORE, "{1139C61B-B549-4251-8ED3-27250A1EDEC8}",
        SERVER, NETWORK_SERVICE, "0x4000000000000000", (1284, 5412), 8801),
    "rcm": Channel(
        TERMINAL + "RemoteConnectionManager/Operational", TERMINAL + "RemoteConnectionManager",
        "{C76BAA63-AE81-421C-B425-340B4B24157F}",
        SERVER, NETWORK_SERVICE, "0x1000000000000000", (1284, 2236), 2307, "EventXML"),
    "lsm": Channel(
        TERMINAL + "LocalSessionManager/Operational", TERMINAL + "LocalSessionManager",
        "{5D896912-022D-40AA-A3A8-4FA5515C76D7}",
        SERVER, SYSTEM, "0x1000000000000000", (636, 1844), 1190, "EventXML"),
    "system": Channel(
        "System", "Schannel", "{1F678132-5938-4686-9FDC-C8FF68F15C85}",
        SERVER, SYSTEM, "0x8000000000000000", (712, 3320), 30512),
    "security": Channel(
        "Security", "Microsoft-Windows-Security-Auditing", "{54849625-5478-4994-A5BA-3E3B0328C30D}",
        SERVER, "", "0x8010000000000000", (712, 3320), 151207),
}

# Level, task and opcode of each event that we write.
SHAPES = {
    "client": {226: (3, 104, 19), 1026: (4, 101, 11), None: (4, 101, 10)},
    "rdpcorets": {
        65: (4, 4, 13), 72: (4, 4, 13), 101: (3, 4, 16), 102: (4, 4, 17), 103: (4, 4, 17), 131: (4, 4, 15),
        132: (4, 4, 15), 139: (3, 4, 14), 140: (3, 4, 14), 141: (4, 4, 11), 142: (3, 4, 15), 143: (3, 4, 15),
        145: (4, 4, 19), 148: (4, 4, 17), 226: (3, 4, 19), 227: (2, 4, 19), 228: (3, 4, 19)},
    "rcm": {None: (4, 0, 0)},
    "lsm": {None: (4, 0, 0)},
    "system": {None: (2, 0, 0)},
    "security": {4625: (0, 12544, 0), 4776: (0, 14336, 0)},
}


@dataclass
class Event:
    channel: str  # key of CHANNELS
    time: datetime
    id: int
    fields: list  # (name, value)
    activity: str = ""

    def shape(self):
        shapes = SHAPES[self.channel]
        return shapes[self.id] if self.id in shapes else shapes[None]


def activity_id(name, begins=""):
    """The same for the same name; those that a server gives to connections begin with F420."""
    text = str(uuid.uuid5(uuid.NAMESPACE_DNS, name)).upper()
    return "{" + (begins + text[len(begins):-4] + "0000" if begins else text) + "}"


def data_of(event):
    if CHANNELS[event.channel].holds == "EventXML":
        inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in event.fields)
        return f"<UserData><EventXML xmlns='Event_NS'>{inner}</EventXML></UserData>"
    inner = "".join(f"<Data Name='{name}'>{escape(value)}</Data>" for name, value in event.fields)
    return f"<EventData>{inner}</EventData>"


def event_xml(record, event, added=""):
    """One event on one line, as `wevtutil qe /f:xml` prints it; `added` is what the Event Viewer saves besides."""
    channel, (level, task, opcode) = CHANNELS[event.channel], event.shape()
    correlation = f"<Correlation ActivityID='{event.activity}'/>" if event.activity else "<Correlation/>"
    account = f"<Security UserID='{channel.account}'/>" if channel.account else "<Security/>"
    return (
        f"<Event xmlns='{NAMESPACE}'><System><Provider Name='{channel.provider}' Guid='{channel.guid}'/>"
        f"<EventID>{event.id}</EventID><Version>0</Version><Level>{level}</Level><Task>{task}</Task>"
        f"<Opcode>{opcode}</Opcode><Keywords>{channel.keywords}</Keywords>"
        f"<TimeCreated SystemTime='{event.time:%Y-%m-%dT%H:%M:%S.%f}0Z'/><EventRecordID>{record}</EventRecordID>"
        f"{correlation}<Execution ProcessID='{channel.process[0]}' ThreadID='{channel.process[1]}'/>"
        f"<Channel>{channel.name}</Channel><Computer>{channel.computer}</Computer>{account}</System>"
        f"{data_of(event)}{added}</Event>"
    )


def lines_of(events, added=lambda event: ""):
    """In order of time; what happened at one moment keeps its order."""
    ordered = sorted(events, key=lambda e: e.time)
    first = CHANNELS[ordered[0].channel].first_record
    return [event_xml(first + i, e, added(e)) for i, e in enumerate(ordered)]


def write_xml(path, lines):
    path.write_text("\n".join(lines) + "\n")


def write_evtx(path, lines, make_evtx):
    with tempfile.TemporaryDirectory() as folder:
        xml = Path(folder) / "log.xml"
        write_xml(xml, lines)
        subprocess.run([str(make_evtx), str(xml), str(path)], check=True)


def after(time, milliseconds):
    return time + timedelta(milliseconds=milliseconds)
