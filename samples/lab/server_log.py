"""SYNTHETIC server logs: what Windows would have written about a connection, channel by channel.

The orders of events and the pauses between them are those of real RdpCoreTS logs of Windows 10 and Server 2012 R2.
Times are the server's own moments; the offset of its clock is put on in the end.
"""
from paths import C_IP
from windows_log import CLIENT, Event, activity_id, after

PEER_GONE = "64"  # ERROR_NETNAME_DELETED
STATE_ERROR = [
    ("StateTransition", "RDP_TCP"),
    ("PreviousState", "23"),
    ("PreviousStateName", "StateUnknown"),
    ("NewState", "21"),
    ("NewStateName", "StateDisconnected"),
    ("Event", "43"),
    ("EventName", "Event_Disconnect"),
    ("ErrorCode", "0x80070040"),
]
NO_REASON = [
    ("Name", "CUMRDPConnection"),
    ("Value", "2147942487"),
    ("CustomLevel", "'Failed to get property Disconnect Reason' in CUMRDPConnection::GetDisconnectReason at 4795 "
                    "err=[0x80070057]"),
]
SCANNER = "192.0.2.77"


class Connection:
    """One connection in the logs of RdpCoreTS and RemoteConnectionManager."""

    def __init__(self, name, number, address, port, accepted):
        self.activity = activity_id(f"{name}.{number}.server.lab.example", "F420")
        self.number, self.address, self.begin, self.events = number, address, accepted, []
        self.core(accepted, 0.6214, 131, ("ConnType", "TCP"), ("ClientIP", f"{address}:{port}"))
        self.log("rcm", accepted, 1.9307, 261, ("listenerName", "RDP-Tcp"))
        self.core(accepted, 2.7441, 65, ("ConnectionName", f"RDP-Tcp#{number}"))
        self.method(accepted, 3.9028, "PrepareForAccept")
        self.method(accepted, 3.9312, "SendPolicyData")
        self.core(accepted, 5.1187, 141, ("InstanceID", str(number)))

    def log(self, channel, time, milliseconds, event_id, *fields):
        self.events.append(Event(channel, after(time, milliseconds), event_id, list(fields), self.activity))

    def core(self, time, milliseconds, event_id, *fields):
        self.log("rdpcorets", time, milliseconds, event_id, *fields)

    def method(self, time, milliseconds, name):
        self.core(time, milliseconds, 72, ("MethodName", name))

    def lost(self, time):
        """The client closed: what reads and writes on the socket find."""
        self.core(time, 0.0812, 143, ("error", PEER_GONE))
        self.core(time, 0.1283, 226, *STATE_ERROR)
        self.core(time, 0.1443, 142, ("error", PEER_GONE))

    def gone(self, time, reason, how="OnDisconnected"):
        """What comes at every end."""
        self.method(time, 0.6, how)
        self.core(time, 0.6149, 102)
        self.core(time, 0.6182, 145, ("IdleSeconds", "0"), ("IdleSeconds1", "0"), ("IdleSeconds2", "0"))
        for milliseconds, channel in ((0.6677, "rdpinpt"), (0.6744, "rdpcmd"), (0.6795, "rdplic")):
            self.core(time, milliseconds, 148, ("ChannelName", channel), ("TunnelID", "0"))
        if reason is not None:
            self.core(time, 0.7104, 103, ("ReasonCode", str(reason)))

    def client_left(self, time):
        self.lost(time)
        self.gone(time, 14)

    def server_left(self, time):
        """Closed by the server's security layer, which leaves no reason."""
        self.core(time, 0.2031, 227, *NO_REASON)
        self.gone(time, 0)

    def security_error(self, time, code):
        self.core(time, 0.1122, 139, ("ResultCode", f"{code:#010x}"), ("IPString", self.address))


def schannel(c, time, milliseconds, event_id, *fields):
    """Written by lsass for the service; no activity ties it to the connection."""
    caller = [("CallerProcessId", "1284"), ("CallerProcessImageName", "svchost.exe")]
    c.events.append(Event("system", after(time, milliseconds), event_id, caller + list(fields)))


def wrong_password(c, time, user):
    """The Security log of a failed NLA logon of a local account."""
    ids = [("SubjectUserSid", "S-1-0-0"), ("SubjectUserName", "-"), ("SubjectDomainName", "-"),
           ("SubjectLogonId", "0x0000000000000000"), ("TargetUserSid", "S-1-0-0"), ("TargetUserName", user),
           ("TargetDomainName", CLIENT)]
    why = [("Status", "0xc000006d"), ("FailureReason", "%%2313"), ("SubStatus", "0xc000006a"), ("LogonType", "3")]
    how = [("LogonProcessName", "NtLmSsp "), ("AuthenticationPackageName", "NTLM"), ("WorkstationName", CLIENT),
           ("TransmittedServices", "-"), ("LmPackageName", "-"), ("KeyLength", "0"),
           ("ProcessId", "0x0000000000000000"), ("ProcessName", "-")]
    validated = [("PackageName", "MICROSOFT_AUTHENTICATION_PACKAGE_V1_0"), ("TargetUserName", user),
                 ("Workstation", CLIENT), ("Status", "0xc000006a")]
    where = [("IpAddress", c.address), ("IpPort", "0")]
    c.events.append(Event("security", after(time, -1.8), 4776, validated))
    c.events.append(Event("security", after(time, -1.2), 4625, ids + why + how + where))


# What the server logs of an end, one function a kind. `m` are the capture's moments.

def client_closed(c, m):
    c.client_left(m.at_server(m.client_closes))


def nothing_more(c, m):
    """Everything else was lost on the way, and the log was saved before any timer ran out."""


def key_unusable(c, m):
    closed = m.at_server(m.server_closes, sent_by_server=True)
    schannel(c, closed, -2.2, 36870, ("Type", "server"), ("ErrorCode", "0x8009030d"), ("ErrorStatus", "10001"))
    c.security_error(closed, 0x8009030D)
    c.server_left(closed)


def no_common_cipher(c, m):
    alert = m.at_server(m.server_speaks, sent_by_server=True)
    schannel(c, alert, -0.41, 36874, ("Protocol", "TLS 1.2"))
    schannel(c, alert, -0.32, 36888, ("AlertDesc", "40"), ("ErrorState", "1205"), ("TargetName", ""))
    c.security_error(alert, 0x80090331)
    c.server_left(alert)


def alert_received(description, code=None):
    def log(c, m):
        closed = m.at_server(m.client_closes)
        schannel(c, closed, -0.3, 36887, ("AlertDesc", str(description)))
        if code:
            c.security_error(closed, code)
        c.client_left(closed)

    return log


def password_refused(c, m):
    refused = m.at_server(m.server_speaks, sent_by_server=True)
    wrong_password(c, refused, "alice")
    c.core(refused, 0.0421, 140, ("IPString", C_IP))
    c.server_left(m.at_server(m.server_closes, sent_by_server=True))


def denied(c, m):
    """Set Error Info 7 right after the client's info, in the order of a session that is taken over (reason 5)."""
    told = m.at_server(m.server_speaks, sent_by_server=True)
    c.core(told, -21.3, 101, ("ReasonString", "Reason Code: 2(Server Configuration)."))
    c.core(told, -21.2, 132, ("ChannelName", "rdplic"), ("TunnelID", "0"))
    c.core(told, -21.1, 132, ("ChannelName", "rdpcmd"), ("TunnelID", "0"))
    trace = ("Disconnect trace:'calling spGfxPlugin->PreDisconnect()' in CUMRDPConnection::PreDisconnect at 4595 "
             "err=[0x7]")
    c.core(told, -0.5, 228, ("ComponentName", "CUMRDPConnection"), ("Message", trace), ("ErrorCode", "7"))
    c.method(told, -0.48, "PreDisconnect(7)")
    c.method(told, -0.47, "SetErrorInfo(0x7)")
    c.method(told, 2.9, "DisconnectNotify")
    c.core(told, 4.1, 103, ("ReasonCode", "7"))
    c.events.append(Event("lsm", after(told, 4.4), 40, [("Session", "2"), ("Reason", "7")]))
    closed = m.at_server(m.client_closes)
    c.lost(closed)
    c.gone(closed, None, "OnDisconnected(server initiated)")


def server_events(name, m, case):
    """Everything on the server, by its own clock if that went right."""
    out = []
    if case.server:
        for number, (address, port, seconds) in enumerate(case.earlier, 17):
            before = Connection(name, number, address, port, after(m.syn, -1000.0 * seconds))
            before.client_left(after(before.begin, 61.0))
            out += before.events
        connection = Connection(name, 17 + len(case.earlier), C_IP, m.port, m.at_server(m.connected))
        case.server(connection, m)
        out += connection.events
    if case.listener_stopped:  # seconds before
        stopped = after(m.syn, -1000.0 * case.listener_stopped)
        for milliseconds, event_id in ((0.0, 262), (38.2, 259)):
            out.append(Event("rcm", after(stopped, milliseconds), event_id, [("listenerName", "RDP-Tcp")]))
    return out
