"""scenario.py - the words in which scenarios are written; each is a dict, see add() here and run_one in lab.py.

truth: what the analyzer has to say, in its own words (stages, outcomes, causes).
verify: tshark display filters; each must match a frame of the client's capture, and one
that begins with '!' must match none.
"""
from paths import C_IP, S_IP

SCENARIOS = []


def add(name, result, what, truth, server, client, verify, seconds=3, **more):
    row = dict(name=name, result=result, what=what, truth=truth, server=server, client=client, verify=verify)
    SCENARIOS.append({**row, "seconds": seconds, **more})


# --- truths -----------------------------------------------------------------------
WORKS = {"verdict": {"outcome": "succeeded", "cause": [None, "user-or-admin-ended"]}}


def ended(outcome, stage, by, *causes, both=None, **codes):
    """by: whose act ended it, or a list where either answer is right; causes: any of them is right."""
    verdict = {"outcome": outcome, "stage": stage, "ended_by": [by] if isinstance(by, str) else by}
    verdict.update({"cause": list(causes)} if causes else {})
    verdict.update({"codes": codes} if codes else {})
    verdict.update({"both": {"ended_by": [both]}} if both else {})
    return {"verdict": verdict}


def failed(stage, by, *causes, **more):
    return ended("failed", stage, by, *causes, **more)


DENIED = ("logon-not-permitted", "licensing-or-drain-refusal")
UNEXPLAINED = "server-closed-without-reason"

# --- display filters --------------------------------------------------------------
ALERT = "tls.alert_message.desc == %d"
NEGFAIL = "rdp.negFailure.failureCode == %d"
DEMAND, FONTMAP, ERRINFO = "rdp.pduType.type == 1", "rdp.pduType2 == 40", "rdp.pduType2 == 47"
CERTIFICATE, CLIENT_HELLO = "tls.handshake.type == 11", "tls.handshake.type == 1"
NO_SERVER_HELLO = "!tls.handshake.type == 2"
AUTHENTICATE = "ntlmssp.messagetype == 3"
ULTIMATUM = "t124.disconnectProviderUltimatum_element"
RST_IN = f"tcp.flags.reset == 1 && ip.src == {S_IP}"
FIN_IN = f"tcp.flags.fin == 1 && ip.src == {S_IP}"
RST_OUT = f"tcp.flags.reset == 1 && ip.src == {C_IP}"


def errinfo_bytes(code):
    """Before licensing is over tshark takes the PDU for a licence packet: look at the bytes."""
    return "t125 contains 2f:00:00:00:" + ":".join(f"{b:02x}" for b in code.to_bytes(4, "little"))
