#!/usr/bin/env python3
"""lab.py - makes real packet captures of RDP connections that work and that fail.

  ./lab.py setup            certificates, password file, server configurations (in tmp/)
  ./lab.py list             the scenarios
  ./lab.py run [NAME...]    all scenarios, or those whose name begins with NAME
  ./lab.py keep NAME...     copies these cases from captures/ into samples/
  ./lab.py down             takes away what an interrupted run left (namespaces)

Each scenario leaves in captures/: NAME.pcapng (seen at the client), for network faults
NAME.server.pcapng (seen at the server), NAME.keys (TLS secrets), NAME.expect.json (the
truth) and NAME.tshark.txt (what tshark reads). Root is needed. Everything takes place in
network namespaces made here; nothing leaves the machine.
"""
import json
import shutil
import signal
import sys
import time

import material
import network
import oracle
import scenarios_rdp  # noqa: F401  (fills SCENARIOS)
import scenarios_network  # noqa: F401  (goes on filling it)
from network import Procs, sh
from paths import C_IP, CAP, CLI, S_IP, SAMPLES, SRV, TMP
from scenario import SCENARIOS


def fresh_home():
    """An empty home: no client remembers a certificate from an earlier run."""
    home = TMP / "home"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    return home


def start_extras(procs, scenario, keys):
    for i, extra in enumerate(scenario.get("extra", [])):
        command = [str(c).replace("@KEYS@", str(keys)) for c in extra["cmd"]]
        if "after" in extra:
            command = ["sh", "-c", f'sleep {extra["after"]}; exec "$@"', "sh", *command]
        procs.start(f"extra{i}", command, ns=extra["ns"], wait=extra.get("wait"))


def run_client(procs, scenario, server, home, keys):
    """Lets the client run its time; gives its exit status, or None when the lab had to end it."""
    who = scenario["client"]
    env = {"HOME": str(home), "XDG_CONFIG_HOME": str(home), "SSLKEYLOGFILE": str(keys), **who["env"]}
    client = procs.start("client", who["cmd"], ns=CLI, env=env, answer=scenario.get("answer"))
    end = time.monotonic() + scenario["seconds"]
    armed = scenario.get("kill_server_on_mark")
    while time.monotonic() < end and client.poll() is None:
        if armed and "wire: mark" in (TMP / "wire.log").read_text():
            server.kill()
            armed = False
        time.sleep(0.005 if armed else 0.02)
    status = client.poll()
    procs.stop(client)
    return status


def make_captures(scenario, pcap, server_pcap, keys):
    name, procs, home = scenario["name"], Procs(), fresh_home()
    try:
        network.ns_up()
        network.wire_up(procs, scenario.get("wire", {}))
        for ns, rule in scenario.get("rules", []):
            sh("ip", "netns", "exec", ns, "iptables", *rule.split())
        server = None
        if who := scenario["server"]:
            server = procs.start("server", who["cmd"], ns=SRV, env={"HOME": str(home), **who["env"]})
            network.listening(server, TMP / "server.log")
        captures = [network.capture(procs, CLI, pcap, f"RDP lab, scenario {name}, seen at the client")]
        if scenario.get("both"):
            captures.append(network.capture(procs, SRV, server_pcap, f"RDP lab, scenario {name}, seen at the server"))
        start_extras(procs, scenario, keys)
        status = run_client(procs, scenario, server, home, keys)
        time.sleep(0.5)  # the last packets are still on the wire
        for capture in captures:
            procs.stop(capture, signal.SIGINT)
    finally:
        procs.stop_all()
        network.ns_down()
    return status


def endpoints(scenario):
    if scenario.get("synthetic"):
        return "synthetic"
    server = scenario["server"]
    return "real client, " + ("no server" if not server else "real server" if server["real"] else "fake server")


def truth_of(scenario, keys):
    """The truth file, in the form that the truth checker reads."""
    return dict(
        name=scenario["name"],
        what=scenario["what"],
        result=scenario["result"],
        endpoints=endpoints(scenario),
        programs=[scenario["client"]["who"], scenario["server"]["who"] if scenario["server"] else "none"],
        tls_secrets=keys.exists(),
        client=C_IP,
        server=scenario.get("server_address", S_IP) + ":3389",
        **scenario["truth"],
    )


def run_one(scenario):
    name, began = scenario["name"], time.monotonic()
    pcap, server_pcap, keys = CAP / f"{name}.pcapng", CAP / f"{name}.server.pcapng", CAP / f"{name}.keys"
    for old in CAP.glob(f"{name}.*"):
        old.unlink()
    status = make_captures(scenario, pcap, server_pcap, keys)
    if keys.exists():  # one line each, in a fixed order
        keys.write_text("".join(sorted(set(keys.read_text().splitlines(True)))))
    for file in CAP.glob(f"{name}*.pcapng"):
        file.chmod(0o644)  # dumpcap makes 0600
    truth = truth_of(scenario, keys)
    (CAP / f"{name}.expect.json").write_text(json.dumps(truth, indent=1) + "\n")
    if scenario.get("dsb"):  # the same capture with the secrets inside (pcapng Decryption Secrets Block)
        sh("editcap", "--inject-secrets", f"tls,{keys}", pcap, CAP / f"{name}.dsb.pcapng")
        inside = {**truth, "name": f"{name}.dsb", "secrets_inside": True}
        (CAP / f"{name}.dsb.expect.json").write_text(json.dumps(inside, indent=1) + "\n")
    plain = scenario.get("plain")
    (CAP / f"{name}.tshark.txt").write_text(oracle.listing(pcap, keys, plain))
    broken = oracle.broken_promises(pcap, keys, scenario["verify"], plain)
    broken += oracle.broken_promises(server_pcap, keys, scenario.get("verify_server", []), plain)
    ended = "ended by the lab" if status is None else f"exit {status}"
    seconds = time.monotonic() - began
    sign = "LOOK" if broken else "ok  "
    print(f"{sign} {name:34} {seconds:5.1f}s {pcap.stat().st_size:7d} B  client {ended}", flush=True)
    for promise in broken:
        print("       not so:", promise)
    return not broken


def run(names):
    screens, failed, began = Procs(), [], time.monotonic()
    network.ns_down()
    try:
        for number in (87, 88):
            screen = ["Xvfb", f":{number}", "-screen", "0", "800x600x24", "-nolisten", "tcp"]
            screens.start(f"xvfb{number}", screen)
        time.sleep(1.2)
        for scenario in SCENARIOS:
            if names and not any(scenario["name"].startswith(n) for n in names):
                continue
            try:
                good = run_one(scenario)
            except Exception as e:  # one broken scenario does not end the lab
                good = False
                print("FAIL", scenario["name"], repr(e)[:300], flush=True)
            if not good:
                failed.append(scenario["name"])
    finally:
        screens.stop_all()
    print(f"{time.monotonic() - began:.0f} s; to look at: {failed or 'none'}")
    return 1 if failed else 0


def keep(names):
    """Replaces the sample of that name as a whole; a client log belongs to one capture and is dropped with it."""
    for name in names:
        if not (CAP / f"{name}.pcapng").exists():
            sys.exit(f"no capture of that name: {name}")
        for old in SAMPLES.glob(f"{name}.*"):
            old.unlink()
        for kind in ("pcapng", "server.pcapng", "keys", "expect.json"):
            if (file := CAP / f"{name}.{kind}").exists():
                shutil.copy(file, SAMPLES / file.name)


def main():
    what, names = (sys.argv[1] if len(sys.argv) > 1 else "list"), sys.argv[2:]
    if what == "setup":
        return material.setup()
    if what == "down":
        return network.ns_down()
    if what == "run":
        return run(names)
    if what == "keep":
        return keep(names)
    for scenario in SCENARIOS:
        print(f"{scenario['name']:34} {scenario['what']}")


if __name__ == "__main__":
    sys.exit(main())
