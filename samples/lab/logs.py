#!/usr/bin/env python3
"""logs.py - SYNTHETIC Windows logs of both sides for the samples that fail.

  ./logs.py [--make-evtx PROGRAM] [NAME...]     all cases of CASES, or those named

Writes NAME.client.evtx (or .xml) and NAME.server.CHANNEL.evtx beside NAME.pcapng, and tells the truth file that they are
synthetic, how far each machine's clock is ahead of the capture's, and the disconnect reason that only the log shows.
make_evtx is one of the programs that the tests build (build/NAME/tests/make_evtx). The same capture gives the same bytes.

To add a case: a line in CASES; a new kind of end on the server is a function in server_log.py.
"""
import argparse
import json
import sys
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import Callable, Optional

import server_log as end
from client_log import as_the_viewer_saves, client_events
from moments import moments_of
from paths import C_IP, S_IP, SAMPLES
from windows_log import lines_of, write_evtx, write_xml

SOCKET_CLOSED = 2308  # 0x904
HERE = SAMPLES.parent


@dataclass(frozen=True)
class Case:
    reason: int = SOCKET_CLOSED  # what the client's 1026 says
    server: Optional[Callable] = None  # how the server saw the end; None: it never heard of the connection
    ahead: Optional[float] = None  # seconds that the server's clock is ahead of the client's and the capture's
    handshake_failed: bool = False  # the client's TLS layer says so
    user: str = ""  # whose name the client knew when it connected
    target: str = "rdsh1.lab.example"  # as the user typed it
    form: str = "evtx"
    listener_stopped: float = 0.0
    # Connections before this one in the server's log: address, port, seconds before.
    earlier: tuple = ((end.SCANNER, 41822, 611.3),)
    reason_in_verdict: bool = True


CASES = {
    # The earlier try is logged 10 s after this one by the capture's clock: address and time alone would mistake it.
    "errinfo7-at-license": Case(
        server=end.denied, ahead=400.0, user="alice", earlier=((end.SCANNER, 41822, 611.3), (C_IP, 49874, 389.6))),
    "nego-cert-not-on-server": Case(server=end.client_closed, ahead=-3.25, form="viewer"),
    "nego-hybrid-required": Case(reason=2825, server=end.client_closed, ahead=-10800.0),
    "nego-not-rdp": Case(),
    "net-mtu-black-hole": Case(reason=264, server=end.client_closed, ahead=61.4, handshake_failed=True),
    # xfreerdp tried twice; the log belongs to the second try, the verdict speaks of the first.
    "net-refused": Case(reason=516, target=S_IP, ahead=12.0, listener_stopped=304.2, reason_in_verdict=False),
    "net-rst-by-firewall-tls": Case(reason=1028, server=end.nothing_more, ahead=-47.0, handshake_failed=True),
    "net-syn-dropped": Case(reason=264, target=S_IP),
    "nla-error-logon-failure": Case(reason=2055, server=end.password_refused, ahead=187.25, user="alice"),
    "tls-expired-cert-refused": Case(reason=6919, server=end.client_closed, ahead=-312.5),
    "tls-fin": Case(server=end.key_unusable, ahead=-95.0, handshake_failed=True, form="wevtutil"),
    "tls-no-common-cipher": Case(server=end.no_common_cipher, ahead=33.75, handshake_failed=True),
    "tls-version-server-old": Case(server=end.alert_received(70), ahead=-0.41, handshake_failed=True),
    "tls-wrong-key": Case(server=end.alert_received(51, 0x80090330), ahead=3600.0, handshake_failed=True),
}


def write_client(name, events, form, make_evtx):
    for old in ("client.xml", "client.evtx"):
        (SAMPLES / f"{name}.{old}").unlink(missing_ok=True)
    if form == "evtx":
        write_evtx(SAMPLES / f"{name}.client.evtx", lines_of(events), make_evtx)
    else:
        write_xml(SAMPLES / f"{name}.client.xml", as_the_viewer_saves(events) if form == "viewer" else lines_of(events))


def write_server(name, events, make_evtx):
    for old in SAMPLES.glob(f"{name}.server.*.evtx"):
        old.unlink()
    channels = defaultdict(list)
    for event in events:
        channels[event.channel].append(event)
    for channel, its in channels.items():
        write_evtx(SAMPLES / f"{name}.server.{channel}.evtx", lines_of(its), make_evtx)


def tell_truth(name, case):
    path = SAMPLES / f"{name}.expect.json"
    truth = json.loads(path.read_text())
    truth.pop("client_log", None)
    truth["logs"] = "synthetic"
    truth["clock_offset"] = {"client": 0.0} | ({} if case.ahead is None else {"server": case.ahead})
    if case.reason_in_verdict:
        truth["verdict"].setdefault("codes", {})["disconnect_reason"] = case.reason
    path.write_text(json.dumps(truth, indent=1) + "\n")


def write_logs(name, make_evtx):
    case, m = CASES[name], moments_of(SAMPLES / f"{name}.pcapng")
    write_client(name, client_events(name, m, case), case.form, make_evtx)
    server = end.server_events(name, m, case)
    for event in server:
        event.time += timedelta(seconds=case.ahead)
    write_server(name, server, make_evtx)
    tell_truth(name, case)


def newest_make_evtx():
    built = sorted(HERE.glob("build/*/tests/make_evtx"), key=lambda p: p.stat().st_mtime)
    return built[-1] if built else None


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--make-evtx", default=newest_make_evtx(), help="default: the newest under build/")
    ap.add_argument("name", nargs="*", choices=[[], *CASES], metavar="NAME")
    options = ap.parse_args()
    if not options.make_evtx:
        return "logs.py: no make_evtx under build/: build the tests first, or name one with --make-evtx"
    for name in options.name or CASES:
        write_logs(name, options.make_evtx)


if __name__ == "__main__":
    sys.exit(main())
