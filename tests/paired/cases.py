"""Which capture of the lab goes with which logs, and what the verdict then has to be.

One line a case. Where a cause is not given, the one of the capture's own truth file counts. Offsets of the server's
clock differ from case to case, from three hours behind to 400 s ahead.
"""
from dataclasses import dataclass
from typing import Callable, Optional

import ends
import server_log as end

# The client's own clock in seconds against the capture's, in the cases that have it elsewhere.
CLIENT_OFFSETS = {"info-close": 400.0, "lic-no-license-server": -312.5, "nla-error-clock-skew": -330.0, "mcs-close": 61.4,
                  "tls-no-common-cipher": -47.0, "errinfo-idle-timeout": 187.25, "nego-hybrid-required": -3.25}
OFFSETS = (-10800.0, -312.5, -47.0, -3.25, -0.41, 12.0, 33.75, 61.4, 187.25, 400.0)


@dataclass(frozen=True)
class Paired:
    """Has the fields that client_log and server_log ask a case for."""

    server: Optional[Callable] = None  # how the server saw the end; None: it never heard of the connection
    reason: int = 2308  # what the client's 1026 says
    cause: tuple = ()  # besides those of the capture's truth; the first is what the logs add
    machine: tuple = ()  # events of the server's machine, see ends.machine
    client: tuple = ()  # and of the client's
    base: str = ""  # the capture's name, where it is not the case's
    handshake_failed: bool = False
    user: str = ""
    target: str = "rdsh1.lab.example"
    listener_stopped: float = 0.0
    earlier: tuple = ((end.SCANNER, 41822, 611.3),)


def of(base, *arguments, **more):
    return Paired(*arguments, base=base, **more)


service = "Remote Desktop Services"
CASES = {
    "nla-error-logon-failure": Paired(end.password_refused, 2055, user="alice"),
    "nla-error-locked-out": Paired(ends.refused_by_nla("0xc0000234"), 3335, user="alice"),
    "nla-error-clock-skew": Paired(ends.refused_by_nla("0xc0000133"), 7431, user="alice"),
    "nla-error-logon-type": Paired(ends.refused_by_nla("0xc000015b"), 4871, user="alice"),
    "nla-drop-after-challenge": Paired(
        ends.server_left, 2308, cause=("kerberos-ntlm-failure",), user="alice",
        machine=(ends.machine("ntlm", 4002, -0.6, ("ProcessName", "lsass.exe")),)),
    "lic-no-license-server": Paired(ends.licensing_failed, 2308),
    "info-close": Paired(ends.server_left, 2308),
    "mcs-close": Paired(ends.server_left, 2308),
    "nego-fin": Paired(
        ends.server_left, 2308, cause=("connection-limit",), machine=(ends.machine("rcm", 1006, 4.0),)),
    "nego-hang": Paired(end.nothing_more, 264),
    "nego-hybrid-required": Paired(end.client_closed, 2825),
    "nego-ssl-required": Paired(end.client_closed, 2825),
    "nego-cert-not-on-server": Paired(
        end.client_closed, 2308, machine=(ends.machine("rcmadmin", 1057, 7200.0, ("Param1", "0x8009000f")),)),
    "nego-not-rdp": Paired(),
    "net-refused": Paired(None, 516, listener_stopped=304.2),
    "net-admin-prohibited": Paired(None, 516),
    "net-syn-dropped": Paired(None, 264, cause=("host-asleep", "firewall-block"),
                              machine=(ends.machine("power", 42, 90.0, ("TargetState", "4"), ("Reason", "7")),)),
    "net-mtu-black-hole": Paired(end.client_closed, 264, handshake_failed=True),
    "net-clienthello-dropped": Paired(
        end.nothing_more, 264, cause=("duplicate-address",),
        machine=(ends.machine("tcpip", 4199, 1.5, ("Data[0]", ""), ("Data[1]", "203.0.113.20")),)),
    "net-rst-by-firewall-tls": Paired(end.nothing_more, 1028, handshake_failed=True),
    "tls-alert-internal-error": Paired(ends.key_not_usable, 2308, handshake_failed=True),
    "tls-fin": Paired(end.key_unusable, 2308, handshake_failed=True, cause=("server-key-unusable",)),
    "tls-no-common-cipher": Paired(end.no_common_cipher, 2308, handshake_failed=True),
    "tls-version-server-old": Paired(end.alert_received(70), 2308, handshake_failed=True),
    "tls-wrong-key": Paired(end.alert_received(51, 0x80090330), 2308, handshake_failed=True),
    "tls-self-cert-refused": Paired(end.client_closed, 6919),
    "tls-expired-cert-refused": Paired(end.client_closed, 6919),
    "tls-server-killed": Paired(
        end.nothing_more, 2308, cause=("service-restarted", "server-closed-without-reason"),
        machine=(ends.machine("scm", 7031, -0.9, ("param1", service), ("param2", "1"), ("param3", "60000"),
                              ("param4", "1"), ("param5", "Restart the service")),)),
    "tls-rst": Paired(end.nothing_more, 2308),
    "mcs-connect-rejected": Paired(ends.server_left, 9732, cause=("incompatible-client",)),
    "errinfo7-at-license": Paired(
        end.denied, 2308, user="alice", earlier=((end.SCANNER, 41822, 611.3), (end.C_IP, 49874, 389.6))),
    "errinfo7-at-capabilities": Paired(end.denied, 2308),
    "errinfo-graphics-subsystem-failed": Paired(ends.ended_with(4399), 4399),
    "errinfo-idle-timeout": Paired(ends.ended_with(3), 3),
    "errinfo-other-connection": Paired(ends.ended_with(5), 5),
    "errinfo-no-license-server": Paired(ends.ended_with(257), 257),
    "ok-tls-peerd": Paired(end.client_closed, 1),
    # Captures of the lab again, with logs that say more.
    "listener-stack-down": of("net-refused", None, 516, cause=("listener-misconfigured",),
                              machine=(ends.machine("rcm", 260, 30.0, ("listenerName", "RDP-Tcp"),
                                                    ("errorCode", "0x80070002")),)),
    "outbound-blocked": of("net-syn-dropped", None, 516, cause=("client-side-block",), client=(ends.blocked_outbound(0.0),)),
    "server-slept": of("net-syn-dropped", None, 264, cause=("host-asleep",), machine=(
        ends.machine("power", 42, 90.0, ("TargetState", "4"), ("Reason", "7")),
        ends.machine("power", 107, -10.0, ("TargetState", "4"), ("WakeFromState", "4")))),
    "credssp-oracle": of("nla-drop-after-challenge", ends.server_left, 3848, cause=("credssp-policy-mismatch",), user="alice"),
    "address-twice": of("tls-rst", end.nothing_more, 2308, cause=("duplicate-address",), machine=(
        ends.machine("tcpip", 4199, 1.5, ("Data[0]", ""), ("Data[1]", "203.0.113.20")),)),
    "redirection-failed": of("mcs-close", ends.server_left, 2308, cause=("broker-redirection",),
                             machine=(ends.machine("rcm", 1280, -0.4, ("Param1", "broker1"), ("Param2", "0x800706BA")),)),
    "session-not-created": of("info-close", ends.server_left, 2308, cause=("resource-exhaustion",), machine=(
        ends.machine("rcm", 1036, -0.3, ("Param1", "0xC000009A")), ends.machine("tcpip", 4231, 20.0))),
}
