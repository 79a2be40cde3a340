"""tshark as the second reader: it must find in a capture what the scenario promises."""
import re
import subprocess


def tshark(pcap, keys, as_tls, *more):
    """tshark 4.0 gives TCP port 3389 to TPKT for good, so the X.224 negotiation is read
    in one pass and everything inside TLS in another (port 3389 decoded as TLS)."""
    command = ["tshark", "-n", "-r", str(pcap), "-o", "tcp.reassemble_out_of_order:TRUE", *more]
    if as_tls:
        command += ["-d", "tcp.port==3389,tls"]
    if keys.exists():
        command += ["-o", f"tls.keylog_file:{keys}"]
    return subprocess.run(command, capture_output=True, text=True)


def listing(pcap, keys, plain):
    """One line a packet, as a person would want to read it."""
    one = tshark(pcap, keys, False, "-t", "r").stdout.splitlines()
    two = one if plain else tshark(pcap, keys, True, "-t", "r").stdout.splitlines()
    return "".join((a if "Continuation Data" in b else b) + "\n" for a, b in zip(one, two))


def frames(pcap, keys, display_filter, plain):
    """The numbers of the frames that match, or one 'error: …'."""
    as_tls = not plain and not re.search(r"rdp\.neg|HTTP", display_filter)
    run = tshark(pcap, keys, as_tls, "-Y", display_filter, "-T", "fields", "-e", "frame.number")
    return [f"error: {run.stderr.strip()[-200:]}"] if run.returncode else run.stdout.split()


def broken_promises(pcap, keys, filters, plain):
    """The filters that do not hold: each must match a frame, one that begins with '!' none."""
    broken = []
    for f in filters:
        seen = frames(pcap, keys, f.lstrip("!"), plain)
        if (seen and seen[0].startswith("error")) or bool(seen) == f.startswith("!"):
            broken.append(f"{f} {seen[:3]}")
    return broken
