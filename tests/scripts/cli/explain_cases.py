"""Every code and event of the reference pages beside the repository is answered; slips of the fingers are met with the code that was meant."""
import re
import unittest

from cli.program import ROOT, Case, run

DOMAIN = ROOT / ".." / "shared" / "domain"
# Names of the page that are no provider's, and which provider it is.
ALIASES = {"DNS Client Events": "DNS-Client", "LSA": "LsaSrv", "WindowsFirewall": "Windows Firewall With Advanced Security"}
PROVIDERS = {"1": "RDPClient", "2": "RdpCoreTS", "3": "RemoteConnectionManager", "4": "LocalSessionManager", "6": "Security-Auditing"}
SECTION = re.compile(r"^## (\d)\. ")


def pages(name):
    """(section, first cell, all cells) of each table row of a page."""
    section = ""
    for line in (DOMAIN / name).read_text().splitlines():
        if found := SECTION.match(line):
            section = found[1]
        elif line.startswith("| ") and not line.startswith(("| id |", "| value |", "| alert |", "| dec")):
            cells = [c.strip().replace("*", "") for c in line.strip("|").split("|")]
            yield section, cells[0], cells


def numbers(cell):
    """Decimal numbers of a cell, with "1401–1404" spelled out."""
    out = []
    for first, last in re.findall(r"\b(\d+)(?:[–-](\d+))?", re.sub(r"\([^)]*\)", "", cell)):
        out += range(int(first), int(last or first) + 1)
    return out


def explained(queries):
    """Query -> the answer, all of them from one run."""
    answers = run("explain", "-f", "json", *queries).json["codes"]
    return {a["query"]: a for a in answers}


def answered(answer):
    return bool(answer and (any(m["name"] or m["meaning"] and m["status"] != "inferred" for m in answer["matches"]) or answer["events"]))


@unittest.skipUnless(DOMAIN.is_dir(), "the reference pages are not there, so their codes are not looked up")
class Reference(Case):
    def all_answered(self, queries, known=()):
        answers = explained(queries)
        self.assertGreater(len(queries), 5)
        self.assertEqual([q for q in queries if not answered(answers.get(q)) and q not in known], [])

    def test_codes_by_number(self):
        family = {"1": "alert", "3": "", "4": "", "5": "krb"}
        queries = []
        for section, cell, _ in pages("codes.md"):
            if section in ("1", "5"):
                queries += [f"{family[section]}:{n}" for n in numbers(cell.split(" / 0x")[0])]
            elif section in ("3", "4"):
                queries += re.findall(r"0x[0-9A-F]{8}\b", cell)
        self.all_answered(queries)

    def test_codes_by_name(self):
        queries = [cells[1] for section, _, cells in pages("codes.md") if section == "1" and "/" not in cells[1]]
        queries += [c for section, _, cells in pages("codes.md") if section == "4" for c in re.findall(r"\bSEC_E_[A-Z_]{4,}\b", cells[1])]
        self.all_answered(queries)

    def test_codes_of_running_text(self):
        text = (DOMAIN / "codes.md").read_text()
        nego = re.search(r"## 2\. .*?\n(.*?)\n\n", text, re.DOTALL)[1]
        win32 = re.search(r"## 6\. .*?\n(.*?)\n\n", text, re.DOTALL)[1]
        self.all_answered([f"nego:{n}" for n in range(1, 7)] + re.findall(r"\b([A-Z]{3,}_[A-Z_]+_BY_SERVER)\b", nego))
        self.all_answered([f"win32:{n}" for n in re.findall(r"\b(\d{2,5}) [A-Z]", win32)])
        self.all_answered(["icmp:3/0", "icmp:3/1", "icmp:3/3", "icmp:3/4", "icmp:3/13", "icmp6:2/0", "icmp6:1/4"])

    def test_events_of_every_log(self):
        queries = [f"{PROVIDERS[section]}/{n}" for section, cell, _ in pages("event-ids.md") if section in PROVIDERS for n in numbers(cell)]
        # The log is Security, the provider is not.
        self.all_answered(["Eventlog/1102" if q == "Security-Auditing/1102" else q for q in queries])

    def test_events_of_the_system_log(self):
        queries, provider = [], ""
        for section, cell, _ in pages("event-ids.md"):
            if section != "5":
                continue
            if not re.match(r"[A-Z\d]", cell):
                continue  # other drivers, each with ids of its own
            name = re.match(r"[A-Z][A-Za-z -]+?(?= \(|[ /]\d)", cell)
            provider = ALIASES.get(name[0], name[0]) if name else provider
            queries += [f"{provider}/{n}" for n in numbers(cell)]
        self.all_answered(queries)


class Slips(Case):
    def meant(self, query, wanted):
        offered = explained([query])[query]["did_you_mean"]
        self.assertIn(wanted, offered)
        self.assertTrue(answered(explained([wanted])[wanted]), f"{wanted} was offered and is not known")

    def test_names_with_a_slip(self):
        for query, wanted in (("handshake_failur", "handshake_failure"), ("LOGON_FAILUER", "STATUS_LOGON_FAILURE"),
                              ("SSL_REQIRED_BY_SERVER", "SSL_REQUIRED_BY_SERVER"), ("SEC_E_WRONG_PRINCIPLE", "SEC_E_WRONG_PRINCIPAL")):
            with self.subTest(query):
                offered = explained([query])[query]["did_you_mean"]
                self.assertTrue(any(wanted in o for o in offered), offered)

    def test_numbers_beside_a_known_one(self):
        for query in ("alert:41", "nego:9", "0xC000006B", "0x80090332", "krb:38", "errinfo:0x10CE", "win32:10055", "icmp:3/20", "ext:0x99",
                      "license:0x99", "0x8009035D"):
            with self.subTest(query):
                answer = explained([query])[query]
                if answered(answer):
                    continue
                self.assertGreater(len(answer["did_you_mean"]), 0)
                for offered in answer["did_you_mean"]:
                    self.assertTrue(answered(explained([offered])[offered]), f"{offered} was offered and is not known")

    def test_events_beside_a_known_one(self):
        for query in ("RdpCoreTS/141x", "RdpCoreTS/9999", "RdpCorTS/140"):
            with self.subTest(query):
                answer = run("explain", "-f", "json", query).json["codes"][0]
                self.assertTrue(answer["did_you_mean"] or answer["notes"])
