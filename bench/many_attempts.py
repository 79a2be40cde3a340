#!/usr/bin/env python3
"""Logs of many failed attempts among many more events that are none of theirs, and how long rdpdx takes for them.

  bench/many_attempts.py RDPDX [EVENTS...]     default: 10000 100000 1000000

One attempt a 500 events: the client's log (RDPClient/Operational) and the server's (RdpCoreTS), with 14 and 12 events of
each; the rest stands in a System log. All go through the program together. Figures: docs/performance.md.
"""
import sys

from measuring import WORK, measure

TS = "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS"
AX = "Microsoft-Windows-TerminalServices-ClientActiveXCore"
HEAD = ("<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='{p}'/>"
        "<EventID>{id}</EventID><TimeCreated SystemTime='{t}'/><EventRecordID>{r}</EventRecordID>{a}"
        "<Channel>{c}</Channel><Computer>{m}</Computer></System><EventData>{d}</EventData></Event>\n")
STATES = [("RDPClient_SSL", "TsSslStateDisconnected", "TsSslStateHandshakeStart"),
          ("RDPClient_SSL", "TsSslStateHandshakeStart", "TsSslStateHandshakeInProgress")]


def clock(tenths):
    seconds, part = divmod(tenths, 10)
    minutes, s = divmod(seconds, 60)
    hours, m = divmod(minutes, 60)
    days, h = divmod(hours, 24)
    return f"2026-{1 + days // 28:02}-{1 + days % 28:02}T{h:02}:{m:02}:{s:02}.{part}000000Z"


def data(**fields):
    return "".join(f"<Data Name='{k}'>{v}</Data>" for k, v in fields.items())


def guid(kind, n):
    return f"<Correlation ActivityID='{{{kind:08x}-0000-4000-8000-{n:012x}}}'/>"


class Log:
    def __init__(self, path, machine):
        self.file, self.machine, self.record = open(path, "w"), machine, 0
        self.file.write("<Events>\n")

    def add(self, provider, number, channel, tenths, fields="", activity=""):
        self.record += 1
        self.file.write(HEAD.format(p=provider, id=number, t=clock(tenths), r=self.record, a=activity, c=channel,
                                    m=self.machine, d=fields))

    def close(self):
        self.file.write("</Events>\n")
        self.file.close()


def client(log, n, at):
    channel, activity = "Microsoft-Windows-TerminalServices-RDPClient/Operational", guid(1, n)
    say = lambda number, after, **f: log.add(AX, number, channel, at + after, data(**f), activity)
    say(1024, 0, Name="Server Name", Value="HOST", CustomLevel="Info")
    say(1102, 1, Name="ServerAddress", Value="203.0.113.20", CustomLevel="Info")
    for i in range(11):
        machine, before, behind = STATES[i % 2]
        say(226, 2 + i // 4, StateTransition=machine, PreviousState=1, PreviousStateName=before, NewState=2,
            NewStateName=behind, Event=3, EventName="TsSslEventStartHandshake")
    say(1026, 8, Name="Disconnect Reason", Value=2308, CustomLevel="Info")


def server(log, n, at):
    channel, activity = TS + "/Operational", guid(2, n)
    say = lambda number, after, **f: log.add(TS, number, channel, at + after, data(**f), activity)
    say(131, 1, ConnType="TCP", ClientIP=f"198.51.100.10:{20000 + n % 40000}")
    say(65, 1, ConnectionName=f"RDP-Tcp#{n}")
    for i in range(8):
        say(72, 2 + i // 4, MethodName="PrepareForAccept")
    say(72, 7, MethodName="SetErrorInfo(0x7)")
    say(102, 8)


def make(events):
    attempts = max(1, events // 500)
    logs = {name: Log(WORK / f"attempts-{events}-{name}.xml", machine)
            for name, machine in (("client", "PC"), ("server", "HOST"), ("system", "HOST"))}
    for n in range(attempts):
        at = n * 3000
        client(logs["client"], n, at)
        server(logs["server"], n, at)
        for i in range(events // attempts - 26):
            if i % 100 == 0:
                logs["system"].add("Schannel", 36880, "System", at + i, data(Type="server"))
            elif i % 5:
                logs["system"].add("Microsoft-Windows-Winlogon", 7001, "System", at + i, data(TSId="1"))
            else:
                logs["system"].add("Service Control Manager", 7036, "System", at + i, data(param1="Spooler", param2="running"))
    for log in logs.values():
        log.close()
    return attempts


def main():
    rdpdx, *sizes = sys.argv[1:]
    WORK.mkdir(parents=True, exist_ok=True)
    for events in map(int, sizes or (10_000, 100_000, 1_000_000)):
        files = [WORK / f"attempts-{events}-{name}.xml" for name in ("client", "server", "system")]
        if not all(f.exists() for f in files):
            make(events)
        run = measure([rdpdx, "analyze", "-q", "-f", "json", *files])
        print(f"{events:>9} events {max(1, events // 500):>6} attempts  {run.seconds:6.2f} s  {run.cpu:6.2f} s CPU  {run.peak:6.0f} MiB")


if __name__ == "__main__":
    main()
