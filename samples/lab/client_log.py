"""SYNTHETIC client logs: what mstsc would have written about a connection (RDPClient/Operational)."""
import base64
import hashlib
from xml.sax.saxutils import escape

from paths import S_IP
from windows_log import Event, activity_id, after, lines_of

OPCODES = {
    10: "This event is raised during the connection process",
    11: "This event is raised during the disconnection process",
}

# Event id: the message with what it says, as the Event Viewer adds it.
MESSAGES = {
    226: "{0}: An error was encountered when transitioning from {2} to {4} in response to {6} (error code {code:#X}).",
    1024: "RDP ClientActiveX is trying to connect to the server ({1})",
    1026: "RDP ClientActiveX has been disconnected (Reason= {1})",
    1028: "Server supports SSL = {0}",
    1029: "Base64(SHA256(UserName)) is = {0}",
    1102: "The client has initiated a multi-transport connection to the server {1}.",
    1105: "The multi-transport connection has been disconnected.",
}

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


def named(name, value):
    """The three fields in which most events of this provider hold their one value."""
    return [("Name", name), ("Value", value), ("CustomLevel", "Info")]


def hash_of(user):
    """As 1029 has it: of UTF-16LE, with a '-' behind it."""
    return base64.b64encode(hashlib.sha256(user.encode("utf-16-le")).digest()).decode() + "-"


def client_events(name, m, case):
    """The events of one attempt in the order in which the client logs them."""
    activity = activity_id(f"{name}.rdsh1.lab.example")
    out = []

    def log(time, milliseconds, event_id, fields=()):
        out.append(Event("client", after(time, milliseconds), event_id, list(fields), activity))

    log(m.syn, -43.217, 1024, named("Server Name", case.target))
    if m.hello:  # the negotiation passed
        log(m.confirm, 0.9112, 1028, [("TraceMessage", "supported")])
    if m.confirm and case.user:
        log(m.confirm, 1.1527, 1029, [("TraceMessage", hash_of(case.user))])
    if m.confirm:
        log(m.confirm, 1.3846, 1102, named("ServerAddress", S_IP))
    end = m.end or after(m.last, 1024.0)  # a SYN more would have been due by then
    if case.handshake_failed:
        log(end, 1.7303, 226, HANDSHAKE_FAILED)
    log(end, 2.6418, 1105)
    log(end, 2.6418, 1026, named("Disconnect Reason", str(case.reason)))
    return out


def message(event):
    values = [value for _, value in event.fields]
    return MESSAGES[event.id].format(*values, code=int(values[7]) if len(values) > 7 else 0)


def rendering_info(event):
    level, _, opcode = event.shape()
    task = "RDP State Transition" if event.id == 226 else "Connection Sequence"
    return (
        f"<RenderingInfo Culture='en-US'><Message>{escape(message(event))}</Message>"
        f"<Level>{'Warning' if level == 3 else 'Information'}</Level><Task>{task}</Task>"
        f"<Opcode>{OPCODES.get(opcode, '')}</Opcode><Channel></Channel><Provider></Provider><Keywords></Keywords>"
        "</RenderingInfo>"
    )


def as_the_viewer_saves(events):
    head = '<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n'
    return [head + "<Events>" + "".join(lines_of(events, rendering_info)) + "</Events>"]
