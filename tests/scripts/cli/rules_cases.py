"""Rules: what ships, what a folder adds or replaces, and where a broken file is wrong."""
from cli.program import ROOT, Case, run, sample
from cli.report_check import CAUSES

GOOD = sample("tls-fin.pcapng")
NEW_CAUSE = """id: {id}
catalogue: X1
title: {title}
stages: [tls-handshake]
required:
  - seen: tls.client-hello
    because: The client began TLS.
remedy:
  - do: Ask the one who wrote this rule.
sources: [a test]
"""
EVENT = "<Event><System><Provider Name='{provider}'/><EventID>{id}</EventID></System></Event>"


def event_file(provider, *entries):
    """Entries are (id, name, means[, when])."""
    lines = [f"provider: {provider}", "channel: Ours", "side: server", "source: a test", "events:"]
    for number, name, means, *when in entries:
        lines += [f"  - id: {number}", f"    name: {name}", "    shows: noted", f"    means: {means}"]
        lines += [f"    when: {w}" for w in when]
        lines += ["    example: " + EVENT.format(provider=provider, id=number)]
    return "\n".join(lines) + "\n"



class Shipped(Case):
    def test_list_has_one_rule_a_line_with_its_id_first(self):
        lines = self.ends(run("rules", "list"), 0).text.splitlines()
        ids = [line.split()[0] for line in lines]
        files = sorted(p.stem for p in (ROOT / "rules" / "causes").glob("*.yaml"))
        self.assertEqual(sorted(ids), files)
        self.assertEqual(set(ids) - set(CAUSES), set())
        for line in lines:
            self.assertGreaterEqual(len(line.split()), 3, line)

    def test_check_finds_nothing_wrong_in_what_ships(self):
        self.assertRegex(self.ends(run("rules", "check"), 0).text, r"\A\d+ causes and \d+ events are well-formed\.\n\Z")


class Added(Case):
    def with_rule(self, name, text):
        self.write(f"rules/causes/{name}", text)
        return self.folder / "rules"

    def causes(self, rules):
        attempt = self.ends(run("analyze", "-f", "json", "--rules", rules, GOOD), 0).json["attempts"][0]
        return {c["id"]: c for c in [attempt["cause"], *attempt["alternatives"]] if c}

    def test_a_folder_adds_a_cause(self):
        rules = self.with_rule("ours.yaml", NEW_CAUSE.format(id="ours", title="Ours of course"))
        self.assertIn("ours ", run("rules", "list", "--rules", rules).text)
        self.assertEqual(self.causes(rules)["ours"]["title"], "Ours of course")
        report = run("analyze", "-f", "json", "--rules", rules, GOOD).json
        self.assertNotEqual(report["tool"]["rules"], run("analyze", "-f", "json", GOOD).json["tool"]["rules"])

    def test_cause_files_may_lie_in_the_folder_itself(self):
        self.write("flat/ours.yml", NEW_CAUSE.format(id="ours", title="Ours"))
        self.assertIn("ours ", self.ends(run("rules", "list", "--rules", self.folder / "flat"), 0).text)

    def test_a_known_id_replaces_the_shipped_cause(self):
        shipped = run("rules", "list").text.splitlines()
        rules = self.with_rule("mine.yaml", NEW_CAUSE.format(id="server-closed-without-reason", title="Ours instead"))
        listed = run("rules", "list", "--rules", rules).text.splitlines()
        self.assertEqual(len(listed), len(shipped))
        self.assertEqual(sum("server-closed-without-reason" in line for line in listed), 1)
        self.assertEqual(self.causes(rules)["server-closed-without-reason"]["title"], "Ours instead")

    def test_other_files_in_the_folder_do_not_matter(self):
        rules = self.with_rule("README.md", "# ours")
        self.ends(run("analyze", "--rules", rules, GOOD), 0)


RCM = "Microsoft-Windows-TerminalServices-RemoteConnectionManager"


class Events(Case):
    """What a user's folder says about events."""

    def folder_with(self, text, name="ours.yaml"):
        self.write(f"rules/events/{name}", text)
        return self.folder / "rules"

    def log(self, provider, number):
        return self.write("log.xml", EVENT.format(provider=provider, id=number))

    def test_an_entry_replaces_the_shipped_one_for_its_provider_and_id(self):
        count = len(run("rules", "list", "events").text.splitlines())
        rules = self.folder_with(event_file(RCM, (1149, "ours", "We say something else.")))
        self.assertIn("We say something else.", self.ends(run("events", "--rules", rules, self.log(RCM, 1149)), 0).text)
        self.assertIn("We say something else.", run("explain", "--rules", rules, "RCM/1149").text)
        self.assertNotIn("We say", run("explain", "RCM/1149").text)
        lines = self.ends(run("rules", "list", "events", "--rules", rules), 0).text.splitlines()
        self.assertEqual(len(lines), count)
        ours = [line for line in lines if line.startswith("TerminalServices-RemoteConnectionManager/1149 ")]
        self.assertEqual(len(ours), 1)
        self.assertRegex(ours[0], r"We say something else\. \[replaces events/terminalservices-remoteconnectionmanager\.yaml:\d+\]$")

    def test_list_check_and_test_show_what_a_folder_brings(self):
        rules = self.folder_with(event_file(RCM, (1149, "ours", "Ours.")) , "a.yaml")
        self.folder_with(event_file("Acme-Broker", (7, "started", "The broker started.")), "b.yaml")
        lines = self.ends(run("rules", "list", "--rules", rules), 0).text.splitlines()
        self.assertEqual([line.split()[0] for line in lines if "/" in line.split()[0]],
                         ["TerminalServices-RemoteConnectionManager/1149", "Acme-Broker/7"])
        for command in ("check", "test"):
            text = self.ends(run("rules", command, "--rules", rules), 0).text
            self.assertRegex(text, r"a\.yaml:6: TerminalServices-RemoteConnectionManager/1149 replaces events/\S+:\d+\n")
            self.assertRegex(text, r"b\.yaml:6: Acme-Broker/7 is new\n")
        self.assertRegex(text, r"\n\d+ passed, 0 failed\n\Z")
        self.assertIn("The broker started.", run("events", "--rules", rules, self.log("Acme-Broker", 7)).text)

    def test_an_example_that_does_not_fit_is_told_with_its_place(self):
        text = event_file(RCM, (1149, "ours", "Ours.")).replace("<EventID>1149", "<EventID>1150")
        rules = self.folder_with(text)
        self.assertRegex(self.ends(run("rules", "test", "--rules", rules), 5, "").text, r"FAILED \S*ours\.yaml:6: 1149 ours: ")

    def test_a_mistake_has_its_file_line_and_column(self):
        rules = self.folder_with(event_file(RCM, (1149, "ours", "Ours.")).replace("shows: noted", "shows: odd"))
        for arguments in (("rules", "list"), ("rules", "check"), ("rules", "test"), ("explain", "5"), ("events", self.log(RCM, 1))):
            self.ends(run(*arguments, "--rules", rules), 5, "ours.yaml:8:12: 'odd' is not a shows of the contract")

    def test_an_event_file_is_known_by_its_keys_wherever_it_lies(self):
        path = self.write("flat/ours.yaml", event_file("Acme-Broker", (7, "started", "The broker started.")))
        self.assertIn("1 named file", self.ends(run("rules", "check", path), 0).text)
        self.assertEqual(self.ends(run("rules", "test", path), 0).text, "1 passed, 0 failed\n")
        self.assertIn("Acme-Broker/7 is new", self.ends(run("rules", "check", "--rules", self.folder / "flat"), 0).text)


class Broken(Case):
    def test_each_mistake_has_its_file_line_and_column(self):
        for text, place, words in (
            (NEW_CAUSE.format(id="x", title="y").replace("seen: tls.client-hello", "seeen: tls.client-hello"), "6:5", "seeen"),
            (NEW_CAUSE.format(id="x", title="y").replace("tls.client-hello", "tls.client-helo"), "6:11", "tls.client-helo"),
            (NEW_CAUSE.format(id="x", title="y").replace("tls-handshake", "tls-handshak"), "4:10", "tls-handshak"),
            ("id: [", "", "y"),
        ):
            with self.subTest(place):
                path = self.write("rules/causes/bad.yaml", text)
                for arguments in (("analyze", GOOD), ("rules", "list"), ("rules", "check"), ("events", sample("tls-fin.client.xml"))):
                    ran = self.ends(run(*arguments, "--rules", self.folder / "rules"), 5, f"{path}:{place}", words)
                    self.assertEqual(ran.out, b"")
                    self.assertRegex(ran.said, r"bad\.yaml:\d+:\d+: ")
                self.ends(run("rules", "check", path), 5, "bad.yaml:" + place, words)

    def test_a_folder_that_is_not_there_is_a_wrong_rule(self):
        self.ends(run("analyze", "--rules", self.folder / "no", GOOD), 5, str(self.folder / "no"), "no such file")

    def test_check_reads_a_named_file(self):
        path = self.write("fine.yaml", NEW_CAUSE.format(id="ours", title="Ours"))
        self.assertIn("1 named file", self.ends(run("rules", "check", path), 0).text)
        self.ends(run("rules", "check", self.folder / "gone.yaml"), 5, "gone.yaml: no such file")

    def test_what_is_about_a_whole_file_has_no_place_in_it(self):
        for command in ("check", "test"):
            self.assertNotIn(":0", run("rules", command, "nope.yaml").said)
