"""What the network does to a connection, and the UDP side channel."""
from actors import fake, pair, peerd, xfree, xrdp
from paths import CLI, FW, HERE, PY, S_IP, SRV
from scenario import (CERTIFICATE, CLIENT_HELLO, DEMAND, FONTMAP, NO_SERVER_HELLO, RST_IN, WORKS, add, ended, failed)

# --- network ----------------------------------------------------------------------
INSPECT_TLS = "-A FORWARD -p tcp --dport 3389 -m string --algo bm --hex-string |160301| --from 40 --to 80 -j "
add(
    "net-refused", "SYN answered with RST: no listener", "Nothing listens on 3389.",
    failed("tcp-connect", "server", "rdp-listener-down"),
    None, xfree(), [RST_IN, "tcp.analysis.retransmission || tcp.flags.syn == 1"], both=True,
)
add(
    "net-syn-dropped", "SYN lost: no answer", "The firewall drops what goes to 3389.",
    failed("tcp-connect", "unknown", both="network"),
    peerd(), xfree("/timeout:7000"), ["tcp.flags.syn == 1 && tcp.analysis.retransmission", "!tcp.flags == 0x012"],
    seconds=7, both=True, verify_server=["!tcp"], rules=[(FW, "-A FORWARD -p tcp --dport 3389 -j DROP")],
)
add(
    "net-admin-prohibited", "ICMP administratively prohibited", "The firewall rejects with ICMP type 3 code 13.",
    failed("tcp-connect", "network", "firewall-block"),
    peerd(), xfree("/timeout:4000"), ["icmp.type == 3 && icmp.code == 13"], seconds=4, both=True,
    rules=[(FW, "-A FORWARD -p tcp --dport 3389 -j REJECT --reject-with icmp-admin-prohibited")],
)
add(
    "net-host-down", "ICMP host unreachable from the last router", "The server's address does not answer ARP.",
    failed("tcp-connect", "network"),
    None, xfree("/timeout:5000", host="203.0.113.99"), ["icmp.type == 3 && icmp.code == 1"],
    seconds=5, server_address="203.0.113.99",
)
add(
    "net-rst-by-firewall-tls", "RST forged by a middlebox on the ClientHello",
    "A firewall that inspects TLS resets the client; the RST has TTL 64, the server's packets 63, and the server "
    "sends none.",
    failed("tls-handshake", "network", "security-product-reset"),
    peerd(), xfree(), [RST_IN + " && ip.ttl == 64", CLIENT_HELLO], seconds=4, both=True,
    verify_server=["!" + CLIENT_HELLO], rules=[(FW, INSPECT_TLS + "REJECT --reject-with tcp-reset")],
)
add(
    "net-clienthello-dropped", "ClientHello never arrives", "A firewall silently drops TLS on 3389; X.224 passed.",
    ended(["failed", "incomplete"], "tls-handshake", "unknown", both="network"),
    peerd(), xfree(), [CLIENT_HELLO, "tcp.analysis.retransmission", NO_SERVER_HELLO], seconds=6, both=True,
    rules=[(FW, INSPECT_TLS + "DROP")],
)
add(
    "net-mtu-black-hole", "the server's certificate flight is lost, small packets pass",
    "IPv4 packets above 1280 bytes vanish without ICMP; the server flight with its RSA-4096 certificate is about 2 KB.",
    failed("tls-handshake", ["unknown", "network"], "mtu-black-hole", both="network"),
    peerd(cert="big"), xfree(), [CLIENT_HELLO, "!" + CERTIFICATE], seconds=8, both=True, wire={"max_ip": 1280},
    verify_server=[f"tcp.analysis.retransmission && ip.src == {S_IP} && frame.len > 1400"],
)
add(
    "net-loss-30", "works, slowly", "30% of the packets are lost, seeded.", WORKS,
    peerd("--hold", "12"), xfree(), ["tcp.analysis.retransmission"],
    seconds=12, both=True, wire={"loss": 0.30, "seed": 3},
)
add(
    "net-latency-500", "works, slowly", "500 ms round trip.", WORKS,
    peerd("--hold", "14"), xfree(), [DEMAND], seconds=14, wire={"delay_ms": 250},
)
add(
    "net-cut-in-session", "the path dies in an active session", "Everything is lost after the server's 26th packet.",
    ended(["dropped", "failed", "incomplete"], "session", "unknown", both="network"),
    xrdp("xrdp-tls"), xfree(), [FONTMAP], seconds=8, both=True, wire={"cut_after_b2a": 26},
)


# --- UDP side channel (SYNTHETIC: rdpeudp_sim.py plays both ends; the TCP side is a real client) ---
def add_udp(name, result, what, truth, verify, mode="ok", version=2, seconds=8, **more):
    command = [PY, HERE / "rdpeudp_sim.py"]
    until = ["--seconds", str(seconds - 1)]
    sim_server = [*command, "server", *pair("good"), "--mode", mode, *until]
    sim_client = [*command, "client", "--to", S_IP, "--keylog", "@KEYS@", "--version", str(version), *until]
    add(
        f"udp-{name}", result, what, {"verdict": truth},
        fake("udp-offer", "--hold", str(seconds)), xfree("+multitransport"), verify, seconds=seconds,
        synthetic=True, both=True,
        extra=[dict(ns=SRV, cmd=sim_server, wait="ready"), dict(ns=CLI, after=2.0, cmd=sim_client)],
        **more,
    )


# The TCP side of these ends where the fake server stops: after licensing.
UDP_WORKS = {"outcome": ["failed", "incomplete"], "stage": "capability-exchange", "udp_passed_stage": "udp-tunnel"}
UDP_FROM = f"udp.srcport == 3389 && ip.src == {S_IP}"
UDP_TLS = ["tls.handshake.type == 1 && udp", "tls.handshake.type == 2 && udp"]
UDP_DATA, UDP_SYN = "rdpudp.flags.data == 1", "rdpudp.flags.syn == 1"
add_udp(
    "ok-v2", "works",
    "RDP-UDP version 2 reliable: SYN, SYN+ACK, ACK, TLS 1.2, tunnel create request and response.", UDP_WORKS,
    [UDP_SYN + " && rdpudp.flags.ack == 1", UDP_DATA, "rdp.mtreq.protocol", *UDP_TLS, "rdpmt.action"],
)
add_udp(
    "ok-v3", "works", "RDP-UDP version 3 (MS-RDPEUDP2), what current Windows speaks.", UDP_WORKS,
    ["rdpudp.synex.version == 0x0101", "rdpudp2.flags.data == 1", *UDP_TLS], version=3,
)
add_udp(
    "ok-v1", "works", "The same with version 1 (no SYNDATAEX).", UDP_WORKS,
    [UDP_SYN + " && rdpudp.flags.synex == 0", UDP_DATA], version=1,
)
add_udp(
    "loss", "works",
    "The first SYN, the first SYN+ACK and two data packets are lost once each; only UDP suffers.", UDP_WORKS,
    [UDP_DATA, "rdpmt.action"], wire={"only": 17, "lose_nth_a2b": [1, 5], "lose_nth_b2a": [1, 4]}, seconds=10,
)
add_udp(
    "blocked", "SYN unanswered: the firewall drops UDP 3389", "TCP works, UDP does not pass.",
    {"udp_failed_stage": ["udp-handshake"]}, [UDP_SYN, "!" + UDP_FROM],
    rules=[(FW, "-A FORWARD -p udp --dport 3389 -j DROP")],
)
add_udp(
    "no-synack", "SYN unanswered by the server", "The SYN arrives; nothing comes back.",
    {"udp_failed_stage": ["udp-handshake"]}, [UDP_SYN, "!" + UDP_FROM], mode="no-synack",
)
add_udp(
    "tunnel-refused", "tunnel create response E_ACCESSDENIED",
    "The tunnel create response carries 0x80070005.",
    {"udp_failed_stage": ["udp-tunnel"]}, [UDP_DATA], mode="tunnel-refused",
)
