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
        self.ends(run("rules", "check", self.folder / "gone.yaml"), 5, "gone.yaml", "no such file")
