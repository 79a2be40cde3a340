"""When a capture shows what: the times from which synthetic logs are dated."""
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

import oracle
from paths import C_IP, S_IP


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


def rows_of(pcap, display_filter, as_tls=False):
    """(time, client's port) of the frames that match."""
    fields = ("-T", "fields", "-e", "frame.time_epoch", "-e", "tcp.port")
    rows = oracle.tshark(pcap, pcap.with_suffix(".keys"), as_tls, "-Y", display_filter, *fields).stdout.splitlines()
    out = []
    for row in rows:
        time, ports = row.split("\t")
        seconds, _, fraction = time.partition(".")
        whole = datetime.fromtimestamp(int(seconds), timezone.utc)
        port = next(int(p) for p in ports.split(",") if p != "3389")
        out.append((whole + timedelta(microseconds=int(fraction[:6].ljust(6, "0"))), port))
    return out


def moments_of(pcap):
    """Of the last connection in the capture."""
    from_client, from_server = f"ip.src == {C_IP} && tcp", f"ip.src == {S_IP} && tcp"
    port = rows_of(pcap, "tcp")[-1][1]

    def times(display_filter, as_tls=False):
        return [time for time, p in rows_of(pcap, display_filter, as_tls) if p == port]

    def first(display_filter, as_tls=False):
        return next(iter(times(display_filter, as_tls)), None)

    closing = "(tcp.flags.fin == 1 || tcp.flags.reset == 1)"
    client_closes, server_closes = first(f"{from_client} && {closing}"), first(f"{from_server} && {closing}")
    ends = [t for t in (client_closes, server_closes) if t]
    said = [t for t in times(from_server + " && tcp.len > 0") if not client_closes or t < client_closes]
    return Moments(
        port=port,
        syn=first(from_client + ".flags.syn == 1"),
        connected=first(from_server + ".flags.syn == 1 && tcp.flags.ack == 1"),
        confirm=first(from_server + " && tcp.len > 0"),
        hello=first(from_client + " && tls.handshake.type == 1", as_tls=True),
        client_closes=client_closes,
        server_closes=server_closes,
        server_speaks=said[-1] if said else None,
        end=min(ends, default=None),
        last=times("tcp")[-1],
    )
