"""When a capture shows what: the times from which synthetic logs are dated."""
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

import oracle
from paths import C_IP


@dataclass
class Moments:
    """Times at the client's network card, by the capture's clock; None for what did not happen."""

    port: int  # the client's
    syn: datetime
    connected: datetime
    confirm: datetime  # the first answer inside TCP
    hello: datetime
    client_closes: datetime  # FIN or RST
    server_closes: datetime
    server_speaks: datetime  # its last bytes before the client closed
    end: datetime  # the first FIN or RST of either
    last: datetime  # the last packet

    def at_server(self, time, sent_by_server=False):
        """The same moment at the server, half a round trip away."""
        trip = (self.connected - self.syn) / 2
        return time - trip if sent_by_server else time + trip


SYN, FIN, RST, ACK = 0x02, 0x01, 0x04, 0x10
FIELDS = ("frame.time_epoch", "ip.src", "tcp.srcport", "tcp.dstport", "tcp.flags", "tcp.len", "tls.handshake.type")


@dataclass
class Packet:
    time: datetime
    by_client: bool
    port: int
    flags: int
    length: int
    hello: bool


def packets_of(pcap):
    fields = [word for field in FIELDS for word in ("-e", field)]
    rows = oracle.tshark(pcap, pcap.with_suffix(".keys"), True, "-Y", "tcp && ip && !icmp", "-T", "fields", *fields).stdout
    out = []
    for row in rows.splitlines():
        time, source, from_port, to_port, flags, length, handshake = row.split("\t")
        seconds, _, fraction = time.partition(".")
        whole = datetime.fromtimestamp(int(seconds), timezone.utc)
        time = whole + timedelta(microseconds=int(fraction[:6].ljust(6, "0")))
        port = next(int(p) for p in (from_port, to_port) if p != "3389")
        by_client = to_port == "3389" if "3389" in (from_port, to_port) else source == C_IP
        out.append(Packet(time, by_client, port, int(flags, 16), int(length), "1" in handshake.split(",")))
    return out


def moments_of(pcap, busiest=False):
    """Of the last connection in the capture, or of that with the most packets."""
    packets = packets_of(pcap)
    port = Counter(p.port for p in packets).most_common(1)[0][0] if busiest else packets[-1].port
    mine = [p for p in packets if p.port == port]

    def first(by_client, fits):
        return next((p.time for p in mine if p.by_client == by_client and fits(p)), None)

    client_closes, server_closes = (first(by_client, lambda p: p.flags & (FIN | RST)) for by_client in (True, False))
    ends = [t for t in (client_closes, server_closes) if t]
    said = [p.time for p in mine if not p.by_client and p.length and (not client_closes or p.time < client_closes)]
    return Moments(
        port=port,
        syn=first(True, lambda p: p.flags & SYN),
        connected=first(False, lambda p: p.flags & SYN and p.flags & ACK),
        confirm=first(False, lambda p: p.length),
        hello=first(True, lambda p: p.hello),
        client_closes=client_closes,
        server_closes=server_closes,
        server_speaks=said[-1] if said else None,
        end=min(ends, default=None),
        last=mine[-1].time,
    )
