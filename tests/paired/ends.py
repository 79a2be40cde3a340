"""How the server's logs tell of ends that the samples do not have. See samples/lab/server_log.py."""
from server_log import NO_REASON, schannel
from windows_log import CHANNELS, SHAPES, CLIENT, NETWORK_SERVICE, SERVER, SYSTEM, Channel, Event, after

ADMIN = "Microsoft-Windows-TerminalServices-RemoteConnectionManager"
for key, name, provider in (
    ("scm", "System", "Service Control Manager"),
    ("tcpip", "System", "Tcpip"),
    ("kerberos", "System", "Microsoft-Windows-Security-Kerberos"),
    ("power", "System", "Microsoft-Windows-Kernel-Power"),
    ("ntlm", "Microsoft-Windows-NTLM/Operational", "Microsoft-Windows-NTLM"),
    ("gateway", "Microsoft-Windows-TerminalServices-Gateway/Operational", "Microsoft-Windows-TerminalServices-Gateway"),
):
    CHANNELS[key] = Channel(name, provider, "", SERVER, SYSTEM, "0x8000000000000000", (640, 3320), 60100)
    SHAPES[key] = {None: (3, 0, 0)}
CHANNELS["rcmadmin"] = Channel(
    ADMIN + "/Admin", ADMIN, "{C76BAA63-AE81-421C-B425-340B4B24157F}", SERVER, NETWORK_SERVICE, "0x1000000000000000",
    (1284, 2236), 733, "EventXML")
CHANNELS["clientsecurity"] = Channel(
    "Security", "Microsoft-Windows-Security-Auditing", "{54849625-5478-4994-A5BA-3E3B0328C30D}", CLIENT, "",
    "0x8010000000000000", (4, 3320), 88001)
SHAPES["clientsecurity"] = {None: (0, 12810, 0)}
SHAPES["rcmadmin"] = {None: (2, 0, 0)}
SHAPES["rdpcorets"].update({66: (4, 4, 13), 98: (4, 4, 13), 100: (4, 4, 13), 104: (4, 4, 13), 130: (4, 4, 15)})
SHAPES["security"].update({4625: (0, 12544, 0), 4740: (0, 13824, 0), 4825: (0, 12551, 0)})


def logon_failed(c, time, user, status, sub_status="0x0", logon_type="3"):
    """Security 4625 of an NLA logon."""
    who = [("SubjectUserSid", "S-1-0-0"), ("SubjectUserName", "-"), ("SubjectDomainName", "-"),
           ("SubjectLogonId", "0x0"), ("TargetUserSid", "S-1-0-0"), ("TargetUserName", user),
           ("TargetDomainName", CLIENT)]
    why = [("Status", status), ("FailureReason", "%%2304"), ("SubStatus", sub_status), ("LogonType", logon_type)]
    how = [("LogonProcessName", "NtLmSsp "), ("AuthenticationPackageName", "NTLM"), ("WorkstationName", CLIENT),
           ("TransmittedServices", "-"), ("LmPackageName", "-"), ("KeyLength", "0"), ("ProcessId", "0x0"),
           ("ProcessName", "-"), ("IpAddress", c.address), ("IpPort", "0")]
    c.events.append(Event("security", after(time, -1.2), 4625, who + why + how))


def refused_by_nla(status, sub_status="0x0"):
    def log(c, m):
        logon_failed(c, m.at_server(m.server_speaks, sent_by_server=True), "alice", status, sub_status)
        c.server_left(m.at_server(m.server_closes, sent_by_server=True))

    return log


def server_left(c, m):
    c.server_left(m.at_server(m.server_closes, sent_by_server=True))


def key_not_usable(c, m):
    """The certificate's key cannot be opened: lsass says so, and answers with the alert internal_error."""
    alert = m.at_server(m.server_speaks, sent_by_server=True)
    schannel(c, alert, -2.1, 36870, ("Type", "server"), ("ErrorCode", "0x8009030d"), ("ErrorStatus", "10001"))
    c.security_error(alert, 0x8009030D)
    c.server_left(alert)


def licence_asked(c, time):
    c.core(time, -9.3, 132, ("ChannelName", "rdplic"), ("TunnelID", "0"))
    c.method(time, -9.1, "OnStartLicensing")


def licensing_failed(c, m):
    told = m.at_server(m.server_speaks, sent_by_server=True)
    licence_asked(c, told)
    c.log("rcmadmin", told, -0.9, 1004)
    c.server_left(m.at_server(m.server_closes, sent_by_server=True))


def session_up(c, time):
    """A session that stands, with its number 3."""
    licence_asked(c, time)
    for milliseconds, name in ((1.2, "AcceptConnection"), (8.9, "SendClientLicense"), (9.4, "ProtocolComplete")):
        c.method(time, milliseconds, name)
    c.core(time, 9.9, 98)
    c.core(time, 10.2, 100)
    c.core(time, 31.5, 66, ("ConnectionName", f"RDP-Tcp#{c.number}"), ("SessionID", "3"))


def ended_with(code):
    """A session that the server ends with error information."""

    def log(c, m):
        told = m.at_server(m.server_speaks, sent_by_server=True)
        session_up(c, after(told, -60.0))
        c.method(told, -0.5, f"PreDisconnect({code})")
        c.method(told, -0.4, f"SetErrorInfo({code:#x})")
        c.core(told, 4.1, 103, ("ReasonCode", str(code)))
        c.events.append(Event("lsm", after(told, 4.4), 40, [("Session", "3"), ("Reason", str(code))]))
        closed = m.at_server(m.client_closes or m.server_closes)
        c.gone(closed, None, "OnDisconnected(server initiated)")

    return log


def blocked_outbound(seconds):
    """The client's own firewall, as its Security log tells it."""
    fields = [("ProcessId", "7312"), ("Application", r"\device\harddiskvolume3\windows\system32\mstsc.exe"),
              ("Direction", "%%14593"), ("SourceAddress", "198.51.100.10"), ("SourcePort", "0"),
              ("DestAddress", "203.0.113.20"), ("DestPort", "3389"), ("Protocol", "6"), ("FilterRTID", "70124"),
              ("LayerName", "%%14611"), ("LayerRTID", "48")]
    return lambda m: Event("clientsecurity", after(m.syn, -1000.0 * seconds + 0.4), 5157, fields)


def machine(channel, event_id, seconds, *fields):
    """What the server's machine logs `seconds` before the connection begins."""
    return lambda m: Event(channel, after(m.syn, -1000.0 * seconds), event_id, list(fields))
