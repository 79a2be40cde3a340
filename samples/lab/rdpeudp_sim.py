#!/usr/bin/env python3
"""rdpeudp_sim.py - both ends of an RDP-UDP connection, versions 1, 2 and 3, reliable mode.

SYNTHETIC: no RDP program takes part. Real UDP packets of the layouts of MS-RDPEUDP
(FEC header, SYNDATA, CORRELATION_ID, SYNDATAEX, ACK vector, source payload) and, for
version 3, MS-RDPEUDP2 (packet prefix byte exchanged with byte 7, ACK, DataHeader and
DataBody payloads) carry a real TLS handshake and the MS-RDPEMT tunnel create request
and response. Data is sent stop and wait, with retransmission, so that loss shows.

  rdpeudp_sim.py server --cert F --key F [--mode ok|no-synack|no-tls|tunnel-refused] [--hr HEX]
  rdpeudp_sim.py client --to IP [--keylog F] [--version 1|2|3] [--syn-tries 3]
Both end by themselves within --seconds.
"""
import argparse
import hashlib
import socket
import ssl
import struct
import sys
import time

SYN, FIN, ACK, DATA, CORR, SYNEX = 0x1, 0x2, 0x4, 0x8, 0x800, 0x1000
MTU, WINDOW = 1232, 64


def header(ack, flags):
    return struct.pack("!IHH", ack & 0xFFFFFFFF, WINDOW, flags)


def syndata(isn):
    return struct.pack("!IHH", isn, MTU, MTU)


def pad(b):
    return b + bytes(MTU - len(b))


def ack_vector(received):
    """The last RECEIVED datagrams (at most 65) all arrived. Always two elements: then the
    structure ends on a DWORD boundary without padding, which tshark does not skip."""
    first = max(0, min(63, received - 2))
    return struct.pack("!HBB", 2, first, 0)


def synex(version):
    if version == 1:
        return b""
    if version == 2:
        return struct.pack("!HH", 1, 2)
    return struct.pack("!HH", 1, 0x0101) + hashlib.sha256(bytes(range(1, 17))).digest()


V2_ACK, V2_DATA = 0x001, 0x004


def wrap2(flags, body):
    """An RDP-UDP2 packet: prefix byte, header (flags, log2 of the window), payloads."""
    raw = bytearray(struct.pack("<BH", 0, flags | 6 << 12) + body)
    if len(raw) < 8:
        raw[0] = len(raw) << 5  # short packet
        raw += bytes(8 - len(raw))
    raw[0], raw[7] = raw[7], raw[0]
    return bytes(raw)


def ack2(seq):
    stamp = int(time.monotonic() * 250) & 0xFFFFFF  # units of 4 ms
    return struct.pack("<H", seq & 0xFFFF) + stamp.to_bytes(3, "little") + bytes([0, 0])


class Endpoint:
    def __init__(self, sock, isn, deadline):
        self.sock, self.isn, self.deadline = sock, isn, deadline
        self.coded = self.source = isn        # last numbers sent
        self.peer_isn, self.seen, self.count = None, None, 0
        self.addr, self.acked, self.inbox = None, isn, []
        self.version = 2

    def start2(self):
        """From here on RDP-UDP2: data and channel numbers start again at 1."""
        self.version, self.coded, self.source, self.acked, self.seen = 3, 0, 0, 0, 0

    def log(self, *a):
        print("rdpeudp:", *a, file=sys.stderr, flush=True)

    def send(self, data):
        self.sock.sendto(data, self.addr)

    def read(self, wait):
        """Takes one datagram; answers data with an ACK. False: nothing came."""
        self.sock.settimeout(max(0.01, min(wait, self.deadline - time.monotonic())))
        try:
            d, addr = self.sock.recvfrom(2048)
        except (socket.timeout, ConnectionRefusedError):
            return False
        if self.version == 3 and len(d) < MTU:
            return self.read2(d, addr)
        ack, _, flags = struct.unpack("!IHH", d[:8])
        if flags & SYN:
            return (d, addr, flags)
        pos = 8
        if flags & ACK:
            size = struct.unpack("!H", d[8:10])[0]
            pos = 8 + 2 + size
            pos += -(pos - 8) % 4
            if (ack - self.acked) & 0xFFFFFFFF < 0x80000000:
                self.acked = ack
        if flags & DATA:
            coded, src = struct.unpack("!II", d[pos:pos + 8])
            if src == (self.seen + 1) & 0xFFFFFFFF:
                self.seen, self.count = src, self.count + 1
                self.inbox.append(d[pos + 8:])
            self.send(header(self.seen, ACK) + ack_vector(self.count))
        return (d, addr, flags)

    def read2(self, d, addr):
        raw = bytearray(d)
        raw[0], raw[7] = raw[7], raw[0]
        flags, pos = struct.unpack("<H", raw[1:3])[0] & 0xFFF, 3
        if flags & V2_ACK:
            self.acked_data = struct.unpack("<H", raw[3:5])[0]
            pos += 7 + (raw[9] & 0xF)
            if self.acked_data == self.coded & 0xFFFF:
                self.acked = self.source
        if flags & V2_DATA:
            data, channel = struct.unpack("<HH", raw[pos:pos + 4])
            if channel == (self.seen + 1) & 0xFFFF:
                self.seen, self.count = channel, self.count + 1
                self.inbox.append(bytes(raw[pos + 4:]))
            self.last = data
            self.send(wrap2(V2_ACK, ack2(data)))
        return (d, addr, 0)

    def send_data(self, payload):
        """One source packet, until it is acknowledged; each retry has a new coded number."""
        self.source = (self.source + 1) & 0xFFFFFFFF
        for _ in range(8):
            self.coded = (self.coded + 1) & 0xFFFFFFFF
            if self.version == 3:
                self.send(wrap2(V2_DATA, struct.pack("<HH", self.coded & 0xFFFF, self.source & 0xFFFF) + payload))
            else:
                self.send(header(self.seen, ACK | DATA) + ack_vector(self.count)
                          + struct.pack("!II", self.coded, self.source) + payload)
            end = time.monotonic() + 0.35
            while time.monotonic() < end:
                self.read(end - time.monotonic())
                if self.acked == self.source:
                    return True
            if time.monotonic() > self.deadline:
                break
        self.log("not acknowledged, giving up")
        return False

    def stream(self, context, server, host=None):
        """TLS over the source packets; gives back send and receive functions, or None."""
        inc, out = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(inc, out, server_side=server, server_hostname=host)

        def flush():
            data = out.read()
            for i in range(0, len(data), 1100):
                if not self.send_data(data[i:i + 1100]):
                    return False
            return True

        def pump(call):
            while time.monotonic() < self.deadline:
                try:
                    value = call()
                    flush()
                    return value
                except ssl.SSLWantReadError:
                    if not flush():
                        return None
                    if not self.inbox:
                        self.read(0.5)
                    while self.inbox:
                        inc.write(self.inbox.pop(0))
            return None
        pump(tls.do_handshake)
        if tls.version() is None or tls.cipher() is None:
            self.log("TLS did not finish")
            return None
        self.log("TLS over RDP-UDP up:", tls.version())
        return (lambda b: (tls.write(b), flush())), (lambda n: pump(lambda: tls.read(n)))


def client(a, deadline):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    e = Endpoint(s, 0x1A2B3C4D, deadline)
    e.addr = (a.to, 3389)
    flags = SYN | CORR | (SYNEX if a.version > 1 else 0)
    syn = header(-1, flags) + syndata(e.isn) + bytes(range(0x10, 0x20)) + bytes(16) + synex(a.version)
    for n in range(a.syn_tries):
        e.send(pad(syn))
        got = e.read(0.5 * 2 ** n)
        if got and got[2] & SYN and got[2] & ACK:
            break
    else:
        return e.log("no SYN+ACK: UDP does not pass")
    e.peer_isn = e.seen = struct.unpack("!I", got[0][8:12])[0]
    e.log("SYN+ACK")
    if a.version == 3:
        e.start2()
    ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    ctx.check_hostname, ctx.verify_mode = False, ssl.CERT_NONE
    ctx.maximum_version = ssl.TLSVersion.TLSv1_2
    if a.keylog:
        ctx.keylog_filename = a.keylog
    io = e.stream(ctx, False)
    if not io:
        return
    body = struct.pack("<II", 1, 0) + bytes(range(1, 17))  # request id, reserved, cookie
    io[0](struct.pack("<BHB", 0, len(body), 4) + body)
    answer = io[1](64)
    e.log("tunnel create response", answer.hex() if answer else None)
    while time.monotonic() < deadline and e.read(0.3):
        pass


def server(a, deadline):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("0.0.0.0", 3389))
    e = Endpoint(s, 0x00C0FFEE, deadline)
    e.log("ready")
    while True:
        got = e.read(0.5)
        if got and got[2] & SYN:
            break
        if time.monotonic() > deadline:
            return
    d, e.addr, flags = got
    e.seen = e.peer_isn = struct.unpack("!I", d[8:12])[0]
    if a.mode == "no-synack":
        return e.log("SYN read, no answer by order")
    ex, version, at = flags & SYNEX, 1, 16 + (32 if flags & CORR else 0)
    if ex:
        version = 3 if d[at + 2:at + 4] == b"\x01\x01" else 2
    reply = header(e.peer_isn, SYN | ACK | ex) + syndata(e.isn) + synex(version)
    e.send(pad(reply))
    if version == 3:
        e.start2()
    while not e.inbox and time.monotonic() < deadline:  # a lost SYN+ACK: the client asks again
        got = e.read(0.5)
        if got and got[2] & SYN:
            e.send(pad(reply))
    if a.mode == "no-tls":
        return e.log("ClientHello acknowledged, no ServerHello by order")
    ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ctx.load_cert_chain(a.cert, a.key)
    ctx.maximum_version = ssl.TLSVersion.TLSv1_2
    io = e.stream(ctx, True)
    if not io:
        return
    request = io[1](64)
    e.log("tunnel create request", request.hex() if request else None)
    hr = 0x80070005 if a.mode == "tunnel-refused" else 0
    io[0](struct.pack("<BHBI", 1, 4, 4, hr))
    while time.monotonic() < deadline and e.read(0.3):
        pass


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("role", choices=("client", "server"))
    ap.add_argument("--to"), ap.add_argument("--cert"), ap.add_argument("--key"), ap.add_argument("--keylog")
    ap.add_argument("--mode", default="ok"), ap.add_argument("--version", type=int, default=2)
    ap.add_argument("--syn-tries", type=int, default=4), ap.add_argument("--seconds", type=float, default=8)
    a = ap.parse_args()
    (client if a.role == "client" else server)(a, time.monotonic() + a.seconds)


if __name__ == "__main__":
    main()
