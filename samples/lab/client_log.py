#!/usr/bin/env python3
"""client_log.py - SYNTHETIC Windows client logs for samples: what mstsc would have written.

  ./client_log.py           writes samples/NAME.client.xml for each case of LOGS below

No Windows took part. The names, numbers and field names are those of real records of the
channel Microsoft-Windows-TerminalServices-RDPClient/Operational; the times are taken from
the capture, so that a log goes with its capture and is made anew after it. The truth file
of the case learns the disconnect reason that only the log shows.
"""
import json
import sys
import uuid
from datetime import datetime, timedelta, timezone
from xml.sax.saxutils import escape

import oracle
from paths import C_IP, S_IP, SAMPLES

PROVIDER = "Microsoft-Windows-TerminalServices-ClientActiveXCore"
GUID = "{28AA95BB-D444-4719-A36F-40462168127E}"
CHANNEL = "Microsoft-Windows-TerminalServices-RDPClient/Operational"
NAMESPACE = "http://schemas.microsoft.com/win/2004/08/events/event"
TARGET = "rdsh1.lab.example"
SOCKET_CLOSED = "2308"  # 0x904
USER = "S-1-5-21-1004336348-1177238915-682003330-1001"
OPCODES = {
    10: "This event is raised during the connection process",
    11: "This event is raised during the disconnection process",
}

# The case, and the form of its log: as 'wevtutil qe /f:xml' prints or as the Event Viewer saves.
LOGS = {"tls-fin": "wevtutil", "nego-cert-not-on-server": "viewer", "tls-no-common-cipher": "wevtutil"}

# Event id: level, task, opcode, and the message with what it says after it (the Event Viewer adds that).
KINDS = {
    226: (3, 104, 19, "{0}: An error was encountered when transitioning from {2} to {4} in response to {6} "
                      "(error code {code:#X})."),
    1024: (4, 101, 10, "RDP ClientActiveX is trying to connect to the server ({1})"),
    1026: (4, 101, 11, "RDP ClientActiveX has been disconnected (Reason= {1})"),
    1028: (4, 101, 10, "Server supports SSL = {0}"),
    1102: (4, 101, 10, "The client has initiated a multi-transport connection to the server {1}."),
    1105: (4, 101, 10, "The multi-transport connection has been disconnected."),
}


def named(name, value):
    """The three fields in which most events of this provider hold their one value."""
    return [("Name", name), ("Value", value), ("CustomLevel", "Info")]


HANDSHAKE_FAILED = [
    ("StateTransitionName", "RDPClient_SSL"),
    ("PreviousState", "2"),
    ("PreviousStateName", "TsSslStateHandshakeStart"),
    ("NewState", "10"),
    ("NewStateName", "TsSslStateDisconnecting"),
    ("Event", "8"),
    ("EventName", "TsSslEventStartHandshakeFailed"),
    ("Error Code", str(0x80004005)),  # decimal, and the space is in the real name
]


def first_time(pcap, display_filter, as_tls=False):
    """When the first frame that matches was seen, or None."""
    fields = ("-T", "fields", "-e", "frame.time_epoch")
    times = oracle.tshark(pcap, pcap.with_suffix(".keys"), as_tls, "-Y", display_filter, *fields).stdout.split()
    if not times:
        return None
    seconds, _, fraction = times[0].partition(".")
    whole = datetime.fromtimestamp(int(seconds), timezone.utc)
    return whole + timedelta(microseconds=int(fraction[:6].ljust(6, "0")))


def events_of(pcap):
    """(time, event id, fields) of one attempt, in the order in which the client would log them."""
    from_client, from_server = f"ip.src == {C_IP} && tcp", f"ip.src == {S_IP} && tcp"
    syn = first_time(pcap, from_client + ".flags.syn == 1")
    confirm = first_time(pcap, from_server + " && tcp.len > 0")
    hello = first_time(pcap, from_client + " && tls.handshake.type == 1", as_tls=True)
    end = first_time(pcap, "tcp.flags.fin == 1 || tcp.flags.reset == 1")

    def after(time, milliseconds):
        return time + timedelta(milliseconds=milliseconds)

    rows = [(after(syn, -43.217), 1024, named("Server Name", TARGET))]
    if hello:  # the negotiation passed
        rows.append((after(confirm, 0.9112), 1028, [("TraceMessage", "supported")]))
    rows.append((after(confirm, 1.3846), 1102, named("ServerAddress", S_IP)))
    if hello:
        rows.append((after(end, 1.7303), 226, HANDSHAKE_FAILED))
    rows.append((after(end, 2.6418), 1105, []))
    rows.append((after(end, 2.6418), 1026, named("Disconnect Reason", SOCKET_CLOSED)))
    return rows


def message(event_id, fields):
    values = [value for _, value in fields]
    return KINDS[event_id][3].format(*values, code=int(values[7]) if len(values) > 7 else 0)


def rendering_info(event_id, fields):
    level, _, opcode, _ = KINDS[event_id]
    task = "RDP State Transition" if event_id == 226 else "Connection Sequence"
    return (
        f"<RenderingInfo Culture='en-US'><Message>{escape(message(event_id, fields))}</Message>"
        f"<Level>{'Warning' if level == 3 else 'Information'}</Level><Task>{task}</Task>"
        f"<Opcode>{OPCODES.get(opcode, '')}</Opcode><Channel></Channel><Provider></Provider><Keywords></Keywords>"
        "</RenderingInfo>"
    )


def event_xml(record, time, event_id, fields, activity, rendered):
    """One event on one line."""
    level, task, opcode, _ = KINDS[event_id]
    data = "".join(f"<Data Name='{name}'>{escape(value)}</Data>" for name, value in fields)
    return (
        f"<Event xmlns='{NAMESPACE}'><System><Provider Name='{PROVIDER}' Guid='{GUID}'/>"
        f"<EventID>{event_id}</EventID><Version>0</Version><Level>{level}</Level><Task>{task}</Task>"
        f"<Opcode>{opcode}</Opcode><Keywords>0x4000000000000000</Keywords>"
        f"<TimeCreated SystemTime='{time:%Y-%m-%dT%H:%M:%S.%f}0Z'/><EventRecordID>{record}</EventRecordID>"
        f"<Correlation ActivityID='{activity}'/><Execution ProcessID='7312' ThreadID='9040'/>"
        f"<Channel>{CHANNEL}</Channel><Computer>CLI-PC1</Computer><Security UserID='{USER}'/></System>"
        f"<EventData>{data}</EventData>{rendering_info(event_id, fields) if rendered else ''}</Event>"
    )


def write_log(name, form):
    rows = events_of(SAMPLES / f"{name}.pcapng")
    activity = "{" + str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{name}.{TARGET}")).upper() + "}"
    viewer = form == "viewer"
    lines = [
        event_xml(412 + i, time, event_id, fields, activity, viewer)
        for i, (time, event_id, fields) in enumerate(rows)
    ]
    if viewer:
        text = '<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<Events>' + "".join(lines) + "</Events>\n"
    else:
        text = "\n".join(lines) + "\n"
    (SAMPLES / f"{name}.client.xml").write_text(text)
    truth_file = SAMPLES / f"{name}.expect.json"
    truth = json.loads(truth_file.read_text())
    truth["client_log"] = "synthetic"
    truth["verdict"].setdefault("codes", {})["disconnect_reason"] = int(SOCKET_CLOSED)
    truth_file.write_text(json.dumps(truth, indent=1) + "\n")


def main():
    for name, form in LOGS.items():
        write_log(name, form)


if __name__ == "__main__":
    sys.exit(main())
