"""Holds a JSON report against the contract that tools rely on: members, words, times, and evidence that is really there."""
import re

STAGES = """name-resolution tcp-connect rd-gateway x224-negotiation tls-handshake credssp early-authorization mcs-connect channel-join
client-info licensing capability-exchange finalization session multitransport-request udp-handshake udp-security udp-tunnel""".split()
CAUSES = """expired-server-certificate server-key-unusable listener-certificate-missing tls-parameter-mismatch
security-layer-mismatch security-product-reset firewall-block rdp-listener-down wrong-service-on-port connection-limit
udp-transport-loss mtu-black-hole packet-loss name-resolution-failure hostname-handshake-failure credential-rejected
credssp-policy-mismatch kerberos-ntlm-failure clock-skew logon-not-permitted licensing-or-drain-refusal service-restarted
host-asleep gateway-failure incompatible-client windows-update-regression resource-exhaustion session-start-crash
broker-redirection duplicate-address inspection-proxy client-side-block listener-misconfigured client-rejected-certificate
server-closed-without-reason server-unresponsive user-or-admin-ended""".split()
STATUSES = "passed failed not-reached not-seen skipped".split()
BASES = "observed inferred".split()
OUTCOMES = "failed succeeded dropped incomplete not-rdp".split()
PARTIES = "client server network unknown".split()
CONFIDENCES = "confirmed likely possible undetermined".split()
EFFECTS = "noted passed failed".split()
CODES = "disconnect_reason extended nego_failure tls_alert credssp_error error_info license_error".split()

# Members by place; what stands here must be there, more may be.
MEMBERS = {
    "": "schema tool inputs clocks incidents attempts verdict timeline evidence",
    "tool": "name version rules",
    "inputs": "path kind sha256 bytes first_time last_time items status notes",
    "incidents": "id attempts outcome",
    "attempts": """id incident client server user started ended outcome ended_by end stage basis stages cause alternatives codes
                   negotiation tls certificate udp missing next_steps""",
    "endpoint": "address port name",
    "stages": "id status basis evidence note",
    "cause": "id title confidence evidence contradicting",
    "negotiation": "cookie requested selected",
    "tls": "version cipher sni",
    "certificate": "subject issuer not_before not_after sha1 sha256 self_signed valid_at_capture",
    "missing": "what how",
    "next_steps": "text cause caution",
    "verdict": "attempt outcome stage cause confidence sentence",
    "timeline": "time corrected source stage outcome text evidence",
    "evidence": "input kind number offset summary",
}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.(\d+)Z")
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class Check:
    def __init__(self, report):
        self.report, self.wrong = report, []

    def that(self, holds, what):
        if not holds:
            self.wrong.append(what)

    def members(self, value, place):
        missing = [m for m in MEMBERS[place].split() if m not in value]
        self.that(not missing, f"{place or 'report'} lacks {' '.join(missing)}")

    def word(self, value, words, place):
        self.that(value in words, f"{place} is {value!r}")

    def cites(self, names, place):
        for name in names:
            self.that(name in self.report["evidence"], f"{place} cites {name}, which is not there")

    def digits(self, input_index):
        """Of the second, as that input's kind of source writes them."""
        return (7,) if "event" in self.report["inputs"][input_index]["kind"].lower() else (6, 9)

    def time(self, text, digits, place):
        match = TIME.fullmatch(text)
        self.that(match and len(match[1]) in digits, f"{place} is {text}")

    def inputs(self):
        for i, entry in enumerate(self.report["inputs"]):
            place = f"inputs[{i}]"
            self.members(entry, "inputs")
            self.word(entry["status"], ("ok", "damaged", "unrecognised"), f"{place}.status")
            self.that(not entry["path"].startswith("/"), f"{place}.path is absolute")
            self.that(re.fullmatch(r"[0-9a-f]{64}", entry["sha256"]), f"{place}.sha256 is {entry['sha256']!r}")
            for key in ("first_time", "last_time"):
                self.that((entry[key] is None) == (entry["items"] == 0), f"{place}.{key} with {entry['items']} items")
                if entry[key]:
                    self.time(entry[key], self.digits(i), f"{place}.{key}")

    def finding(self, finding, place):
        self.members(finding, "cause")
        self.word(finding["id"], CAUSES, f"{place}.id")
        self.word(finding["confidence"], CONFIDENCES, f"{place}.confidence")
        self.that(finding["title"], f"{place} has no title")
        self.that(finding["evidence"], f"{place} rests on nothing")
        self.cites(finding["evidence"] + finding["contradicting"], place)

    def stages(self, attempt, place):
        self.that([s["id"] for s in attempt["stages"]] == STAGES, f"{place}.stages are not the contract's, in its order")
        for s in attempt["stages"]:
            where = f"{place}.stages.{s['id']}"
            self.members(s, "stages")
            self.word(s["status"], STATUSES, f"{where}.status")
            self.word(s["basis"], BASES, f"{where}.basis")
            self.cites(s["evidence"], where)
            if s["status"] in ("passed", "failed"):
                self.that(s["evidence"] or s["note"], f"{where} is {s['status']} without evidence")
        failed = [s["id"] for s in attempt["stages"][:14] if s["status"] == "failed"]
        if attempt["outcome"] == "failed":
            self.that(attempt["stage"] in failed, f"{place} failed at {attempt['stage']}, its stages say {failed}")
        else:
            self.that(attempt["outcome"] != "succeeded" or not failed, f"{place} succeeded, its stages say {failed}")

    def attempt(self, attempt):
        place = attempt["id"]
        self.members(attempt, "attempts")
        for side in ("client", "server"):
            self.members(attempt[side], "endpoint")
        self.word(attempt["outcome"], OUTCOMES, f"{place}.outcome")
        self.word(attempt["ended_by"], PARTIES, f"{place}.ended_by")
        self.word(attempt["stage"], STAGES, f"{place}.stage")
        self.word(attempt["basis"], BASES, f"{place}.basis")
        for code in attempt["codes"]:
            self.word(code, CODES, f"{place}.codes")
        if attempt["end"]:
            self.that(attempt["end"]["kind"], f"{place}.end has no kind")
            self.cites([attempt["end"]["evidence"]] if attempt["end"]["evidence"] else [], f"{place}.end")
        self.stages(attempt, place)
        for i, finding in enumerate(([attempt["cause"]] if attempt["cause"] else []) + attempt["alternatives"]):
            self.finding(finding, f"{place}.causes[{i}]")
        for key in ("negotiation", "tls"):
            self.members(attempt[key], key)
        if attempt["certificate"]:
            self.members(attempt["certificate"], "certificate")
            for key in ("not_before", "not_after"):
                self.that(DATE.fullmatch(attempt["certificate"][key]), f"{place}.certificate.{key} is {attempt['certificate'][key]}")
        for key in ("missing", "next_steps"):
            for entry in attempt[key]:
                self.members(entry, key)
        self.moments(attempt, place)

    def moments(self, attempt, place):
        """An attempt begins with the first thing that is seen of it, in the words of the source that saw it."""
        times = [row["corrected"] or row["time"] for row in self.report["timeline"] if row.get("attempt") == attempt["id"]]
        self.that(times and attempt["started"] == times[0], f"{place} started {attempt['started']}, first seen {times[:1]}")
        self.time(attempt["ended"], (6, 7, 9), f"{place}.ended")
        self.that(attempt["started"][:26] <= attempt["ended"][:26], f"{place} ends before it starts")

    def timeline(self):
        rows = self.report["timeline"]
        times = [(r["corrected"] or r["time"]).ljust(31, "0")[:26] for r in rows]
        self.that(times == sorted(times), "timeline is not in order")
        for row in rows:
            self.members(row, "timeline")
            self.cites(row["evidence"], "timeline")
            self.word(row["stage"], [*STAGES, None], "timeline.stage")
            self.word(row["outcome"], EFFECTS, "timeline.outcome")
            self.that(row["text"] and row["evidence"], "a timeline row without text or evidence")
            source = self.report["evidence"].get(row["evidence"][0], {}).get("input", len(self.report["inputs"]))
            if source >= len(self.report["inputs"]):
                continue  # said already
            self.that(row["source"] == self.report["inputs"][source]["path"], f"{row['evidence']} names {row['source']}")
            self.time(row["time"], self.digits(source), f"timeline {row['evidence']}")

    def evidence(self):
        inputs = self.report["inputs"]
        self.that(list(self.report["evidence"]) == [f"E{i + 1}" for i in range(len(self.report["evidence"]))], "evidence is not E1, E2, ...")
        for name, e in self.report["evidence"].items():
            self.members(e, "evidence")
            if not 0 <= e["input"] < len(inputs):
                self.that(False, f"{name} names input {e['input']}")
                continue
            self.word(e["kind"], ("packet", "event"), name)
            self.that(e["offset"] < inputs[e["input"]]["bytes"], f"{name} lies behind the end of its input")
            self.that(e["number"] > 0 and e["summary"], f"{name} has no number or summary")

    def verdict(self):
        verdict, attempts = self.report["verdict"], {a["id"]: a for a in self.report["attempts"]}
        self.members(verdict, "verdict")
        self.that(verdict["sentence"], "the verdict has no sentence")
        if verdict["attempt"] is None:
            return
        attempt = attempts[verdict["attempt"]]
        cause = attempt["cause"] or {"id": None, "confidence": "undetermined"}
        for key, value in (("outcome", attempt["outcome"]), ("stage", attempt["stage"]), ("cause", cause["id"]), ("confidence", cause["confidence"])):
            self.that(verdict[key] == value, f"verdict.{key} is {verdict[key]}, its attempt says {value}")

    def incidents(self):
        members = [a for i in self.report["incidents"] for a in i["attempts"]]
        self.that(sorted(members) == sorted(a["id"] for a in self.report["attempts"]), "incidents and attempts do not fit")
        for incident in self.report["incidents"]:
            self.members(incident, "incidents")
            self.word(incident["outcome"], OUTCOMES, incident["id"])
            for a in self.report["attempts"]:
                self.that((a["id"] in incident["attempts"]) == (a["incident"] == incident["id"]), f"{a['id']} and {incident['id']} disagree")


def problems(report):
    """Sentences, none where the report keeps the contract."""
    check = Check(report)
    check.members(report, "")
    check.that(report["schema"] == "rdpdx.report/1", "schema")
    check.members(report["tool"], "tool")
    check.inputs()
    check.evidence()
    check.incidents()
    for attempt in report["attempts"]:
        check.attempt(attempt)
    check.timeline()
    check.verdict()
    return check.wrong
