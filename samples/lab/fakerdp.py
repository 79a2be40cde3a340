#!/usr/bin/env python3
"""fakerdp.py - a small RDP server that answers correctly up to a point and then fails.

For failures that no packaged server can be made to show. Serves one connection and
ends. Bytes follow MS-RDPBCGR, MS-CSSP, MS-NLMP, T.123/X.224, T.125 (MCS), T.124 (GCC).

  fakerdp.py --port 3389 --cert F --key F --mode MODE[:VALUE] [--keylog F] [--hold S]

MODE in the order of the connection sequence (VALUE in hex unless said):
  nego-fail:N       RDP_NEG_FAILURE with failureCode N
  nego-fin, nego-rst, nego-hang   close / reset / no answer after the connection request
  nego-not-rdp      another protocol answers on the port (an HTTP error)
  nego-old          connection confirm without negotiation data, whatever was asked
  tls-fin, tls-rst, tls-hang      after the ClientHello
  tls-alert:N       fatal alert N (decimal) after the ClientHello
  tls-half-rst      ServerHello and certificate sent, reset after the client's next flight
  nla-drop          close after the NTLM challenge was answered
  nla-hang          silent after the NTLM challenge was answered
  nla-error:STATUS  TSRequest with errorCode STATUS (NTSTATUS) after NTLM AUTHENTICATE
  mcs-close         close after MCS Connect Initial
  mcs-hang          silent after MCS Connect Initial
  mcs-result:N      MCS Connect Response with result N (15 = rt-user-rejected)
  mcs-attach:N      Attach User Confirm with result N (13 = rt-too-many-users)
  mcs-join:N        Channel Join Confirm with result N (on the second join)
  mcs-dpu:N         Disconnect Provider Ultimatum, reason N, after Attach User
  info-close        close after the Client Info PDU
  info-rst          reset after the Client Info PDU
  info-hang         silent after the Client Info PDU
  lic-error:N       licensing: error alert N (dwErrorCode), ST_TOTAL_ABORT, then close
  errinfo:N         licence granted, Set Error Info PDU N, Disconnect Provider Ultimatum, FIN
  errinfo-nolic:N   the same before any licence PDU
  errinfo-rst:N     licence granted, Set Error Info PDU N, TCP reset
  udp-offer         licence granted, Initiate Multitransport Request PDUs, then hold
Each step is told on stderr.
"""
import argparse
import os
import socket
import ssl
import struct
import sys
import time

NLA, TLS, RDP = 2, 1, 0


def log(*a):
    print("fakerdp:", *a, file=sys.stderr, flush=True)


class Peer:
    """A TCP connection that may turn into TLS; reads whole TPKTs or DER values."""

    def __init__(self, sock):
        self.sock, self.tls = sock, None

    def recv(self, n):
        data = b""
        while len(data) < n:
            part = (self.tls or self.sock).recv(n - len(data))
            if not part:
                raise EOFError("the client closed")
            data += part
        return data

    def send(self, data):
        (self.tls or self.sock).sendall(data)

    def tpkt(self):
        head = self.recv(4)
        if head[0] != 3:
            raise ValueError(f"not a TPKT: {head.hex()}")
        return self.recv(struct.unpack("!H", head[2:])[0] - 4)

    def send_tpkt(self, payload):
        self.send(struct.pack("!BBH", 3, 0, 4 + len(payload)) + payload)

    def der(self):
        head = self.recv(2)
        if head[1] < 0x80:
            return head + self.recv(head[1])
        extra = self.recv(head[1] & 0x7F)
        return head + extra + self.recv(int.from_bytes(extra, "big"))

    def start_tls(self, args):
        ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        ctx.load_cert_chain(args.cert, args.key)
        if args.tls_max == "1.2":
            ctx.maximum_version = ssl.TLSVersion.TLSv1_2
        if args.keylog:
            ctx.keylog_filename = args.keylog
        self.tls = ctx.wrap_socket(self.sock, server_side=True)
        log("TLS up:", self.tls.version(), self.tls.cipher()[0])

    def raw(self):
        return self.tls if self.tls else self.sock

    def fin(self):
        """Close as a server that goes away: TLS close_notify is not sent."""
        time.sleep(0.05)
        fd = os.dup(self.raw().fileno())
        s = socket.socket(fileno=fd)
        s.shutdown(socket.SHUT_WR)
        s.settimeout(1)
        try:
            while s.recv(4096):
                pass
        except OSError:
            pass
        s.close()
        self.raw().close()

    def rst(self):
        time.sleep(0.05)
        self.raw().setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.raw().close()


# --- encodings ------------------------------------------------------------------
def der(tag, body):
    n = len(body)
    size = bytes([n]) if n < 0x80 else (bytes([0x81, n]) if n < 0x100 else b"\x82" + struct.pack("!H", n))
    return bytes([tag]) + size + body


def der_int(n):
    raw = n.to_bytes(max(1, (n.bit_length() + 8) // 8), "big", signed=False)
    return der(2, raw)


def ts_request(version, token=None, error=None):
    body = der(0xA0, der_int(version))
    if token is not None:
        body += der(0xA1, der(0x30, der(0x30, der(0xA0, der(4, token)))))
    if error is not None:
        body += der(0xA4, der(2, struct.pack("!I", error)))
    return der(0x30, body)


def ntlm_challenge():
    """MS-NLMP CHALLENGE_MESSAGE of a workgroup server named LABSRV, fixed challenge."""
    name = "LABSRV".encode("utf-16le")

    def av(i, v):
        return struct.pack("<HH", i, len(v)) + v

    filetime = int((time.time() + 11644473600) * 10_000_000)
    info = av(2, name) + av(1, name) + av(4, name) + av(3, name) + av(7, struct.pack("<Q", filetime)) + av(0, b"")
    flags = 0xE28A8235
    off = 56
    return (b"NTLMSSP\0" + struct.pack("<IHHII", 2, len(name), len(name), off, flags)
            + bytes.fromhex("0123456789abcdef") + bytes(8)
            + struct.pack("<HHI", len(info), len(info), off + len(name))
            + bytes([10, 0]) + struct.pack("<H", 20348) + bytes([0, 0, 0, 15]) + name + info)


def requested_channels(connect_initial):
    """The channel count of the client's network data (CS_NET, 0xC003)."""
    at = connect_initial.rfind(b"\x03\xc0")
    return struct.unpack("<I", connect_initial[at + 4:at + 8])[0] if at >= 0 else 0


def gcc_connect_response(selected_client_protocols, channels, message_channel):
    core = struct.pack("<HHIII", 0x0C01, 16, 0x00080004, selected_client_protocols, 0)
    security = struct.pack("<HHII", 0x0C02, 12, 0, 0)
    ids = b"".join(struct.pack("<H", 1004 + i) for i in range(channels))
    ids += bytes(len(ids) % 4)
    net = struct.pack("<HHHH", 0x0C03, 8 + len(ids), 1003, channels) + ids
    blocks = core + security + net
    if message_channel:
        blocks += struct.pack("<HHH", 0x0C04, 6, 1004 + channels)
        blocks += struct.pack("<HHI", 0x0C08, 8, 0x5)  # multitransport: UDP-R and UDP-L
    body = bytes.fromhex("00 05 00 14 7c 00 01".replace(" ", ""))
    # ConnectGCCPDU: conferenceCreateResponse, nodeID, tag, result success, user data "McDn"
    conf = bytes.fromhex("14760a010100 01c0004d63446e".replace(" ", ""))
    n = len(blocks)
    data = conf + struct.pack("!H", 0x8000 | n) + blocks
    m = len(data)
    return body + struct.pack("!H", 0x8000 | m) + data


def mcs_connect_response(result, user_data):
    domain = (b"\x22", b"\x03", b"\x00", b"\x01", b"\x00", b"\x01", b"\x00\xff\xf8", b"\x02")
    params = b"".join(der(2, v) for v in domain)
    body = der(0x0A, bytes([result])) + der_int(0) + der(0x30, params) + der(4, user_data)
    n = len(body)
    size = b"\x82" + struct.pack("!H", n)
    return b"\x7f\x66" + size + body


X224_DATA = b"\x02\xf0\x80"


def mcs_indication(channel, payload, initiator=1002):
    size = struct.pack("!H", 0x8000 | len(payload))
    return X224_DATA + b"\x68" + struct.pack("!HH", initiator - 1001, channel) + b"\x70" + size + payload


def share_data(pdu_type2, body, share_id=0x103EA):
    data = struct.pack("<IBBHBBH", share_id, 0, 1, len(body) + 18, pdu_type2, 0, 0) + body
    return struct.pack("<HHH", len(data) + 6, 0x17, 1002) + data


def license_pdu(error, transition):
    preamble = struct.pack("<BBH", 0xFF, 0x03, 16)
    return struct.pack("<HH", 0x0080, 0) + preamble + struct.pack("<II", error, transition) + struct.pack("<HH", 4, 0)


def disconnect_ultimatum(reason):
    # PER: choice 8 (6 bits), reason (3 bits)
    return X224_DATA + struct.pack("!H", (8 << 10) | (reason << 7))


# --- the sequence ---------------------------------------------------------------
def serve(peer, args, mode, value):
    cr = peer.tpkt()
    asked = struct.unpack("<I", cr[-4:])[0] if len(cr) > 11 and cr[-8] == 1 else None
    log("connection request, requestedProtocols", asked)

    def cc(extra):
        return bytes([6 + len(extra), 0xD0, 0, 0, 0x12, 0x34, 0]) + extra

    if mode == "nego-fail":
        peer.send_tpkt(cc(struct.pack("<BBHI", 3, 0, 8, value)))
        return peer.fin()
    if mode in ("nego-fin", "nego-rst", "nego-hang"):
        return end(peer, mode, args)
    if mode == "nego-not-rdp":
        peer.send(b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n400 Bad Request")
        return peer.fin()
    if mode == "nego-old":
        peer.send_tpkt(cc(b""))
        time.sleep(args.hold)
        return peer.fin()

    use_nla = mode.startswith("nla")
    chosen = NLA if use_nla else TLS
    if asked is None or not asked & chosen:
        log("the client does not offer what this mode needs")
        peer.send_tpkt(cc(struct.pack("<BBHI", 3, 0, 8, 5 if use_nla else 1)))
        return peer.fin()
    flags = 0x1F if use_nla else 0x0B
    peer.send_tpkt(cc(struct.pack("<BBHI", 2, flags, 8, chosen)))

    if mode.startswith("tls-"):
        head = peer.sock.recv(5, socket.MSG_WAITALL)
        peer.sock.recv(struct.unpack("!H", head[3:])[0], socket.MSG_WAITALL)
        log("ClientHello read")
        if mode == "tls-alert":
            peer.send(b"\x15\x03\x03\x00\x02\x02" + bytes([value]))
            return peer.fin()
        return end(peer, mode, args)

    peer.start_tls(args)
    if use_nla:
        peer.der()
        log("TSRequest with NTLM NEGOTIATE")
        peer.send(ts_request(6, ntlm_challenge()))
        peer.der()
        log("TSRequest with NTLM AUTHENTICATE")
        if mode == "nla-error":
            peer.send(ts_request(6, error=value))
            return peer.fin()
        return end(peer, mode, args)

    initial = peer.tpkt()
    log("MCS Connect Initial,", len(initial), "bytes")
    if mode in ("mcs-close", "mcs-hang"):
        return end(peer, mode, args)
    udp, channels = mode == "udp-offer", requested_channels(initial)
    peer.send_tpkt(X224_DATA + mcs_connect_response(value if mode == "mcs-result" else 0,
                                                    gcc_connect_response(asked, channels, udp)))
    if mode == "mcs-result":
        return peer.fin()
    peer.tpkt()  # Erect Domain
    peer.tpkt()  # Attach User
    if mode == "mcs-attach":
        peer.send_tpkt(X224_DATA + struct.pack("!H", (11 << 10) | (value << 5)))
        return peer.fin()
    peer.send_tpkt(X224_DATA + b"\x2e\x00\x00\x01")  # user 1002
    if mode == "mcs-dpu":
        peer.send_tpkt(disconnect_ultimatum(value))
        return peer.fin()
    joins = 0
    while True:
        pdu = peer.tpkt()[3:]
        if pdu[0] >> 2 != 14:  # not a Channel Join Request: the Client Info PDU
            break
        user, channel = struct.unpack("!HH", pdu[1:5])
        joins += 1
        if mode == "mcs-join" and joins == 2:
            peer.send_tpkt(X224_DATA + struct.pack("!H", (15 << 10) | (value << 5)) + struct.pack("!HH", user, channel))
            return peer.fin()
        peer.send_tpkt(X224_DATA + b"\x3e\x00" + struct.pack("!HHH", user, channel, channel))
    log(joins, "channels joined; Client Info PDU read")
    if mode.startswith("info-"):
        return end(peer, mode, args)
    if mode == "lic-error":
        peer.send_tpkt(mcs_indication(1003, license_pdu(value, 1)))
        return peer.fin()
    if mode != "errinfo-nolic":
        peer.send_tpkt(mcs_indication(1003, license_pdu(7, 2)))  # STATUS_VALID_CLIENT
    if mode.startswith("errinfo"):
        peer.send_tpkt(mcs_indication(1003, share_data(0x2F, struct.pack("<I", value))))
        if mode == "errinfo-rst":
            return peer.rst()
        peer.send_tpkt(disconnect_ultimatum(1))
        return peer.fin()
    if udp:
        for number, protocol in ((1, 1), (2, 2)):  # UDP-R, UDP-L
            body = struct.pack("<HHIHH", 0x0002, 0, number, protocol, 0) + bytes(range(number, number + 16))
            peer.send_tpkt(mcs_indication(1004 + channels, body))
        time.sleep(args.hold)
        return peer.fin()
    raise SystemExit(f"unknown mode {mode}")


def end(peer, mode, args):
    kind = mode.rsplit("-", 1)[1]
    if kind == "hang":
        time.sleep(args.hold)
        return peer.fin()
    if kind == "rst":
        return peer.rst()
    return peer.fin()


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--port", type=int, default=3389)
    ap.add_argument("--cert"), ap.add_argument("--key"), ap.add_argument("--keylog")
    ap.add_argument("--mode", required=True), ap.add_argument("--hold", type=float, default=5)
    ap.add_argument("--tls-max", default="")
    args = ap.parse_args()
    mode, _, text = args.mode.partition(":")
    value = int(text, 10 if mode == "tls-alert" else 16) if text else 0
    ls = socket.socket()
    ls.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    ls.bind(("0.0.0.0", args.port))
    ls.listen(1)
    log("ready")
    ls.settimeout(30)
    sock, _ = ls.accept()
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.settimeout(20)
    try:
        serve(Peer(sock), args, mode, value)
    except (EOFError, OSError, ValueError) as e:
        log("ended early:", repr(e))


if __name__ == "__main__":
    main()
