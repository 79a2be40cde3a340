"""Which clause of a rule held: analyze --explain-rules, and rules show."""
from cli.program import Case, run, sample

WIRE = sample("tls-fin.pcapng")


class Traced(Case):
    def trace(self, *options):
        attempt = self.ends(run("analyze", "-f", "json", *options, WIRE), 0).json["attempts"][0]
        return attempt.get("rule_trace")

    def test_without_being_asked_a_report_has_no_trace(self):
        self.assertIsNone(self.trace())
        self.assertNotIn("clause by clause", run("analyze", WIRE).text)

    def test_rules_that_matter_are_those_that_hold_and_those_with_something_for_them(self):
        trace = self.trace("--explain-rules")
        ids = [t["id"] for t in trace]
        self.assertIn("server-closed-without-reason", ids)
        self.assertIn("server-key-unusable", ids)
        self.assertNotIn("gateway-failure", ids)
        confidences = [t["confidence"] for t in trace]
        self.assertEqual(confidences, sorted(confidences, key=["confirmed", "likely", "possible", None].index))

    def test_each_clause_holds_fails_or_could_not_be_judged_for_lack_of_something(self):
        clauses = [c for t in self.trace("--explain-rules=all") for c in t["clauses"]]
        self.assertEqual({c["truth"] for c in clauses}, {"holds", "fails", "unknown"})
        for c in clauses:
            self.assertIn(c["role"], ("required", "supporting", "contradicting"))
            if c["lacking"]:
                self.assertEqual(c["truth"], "unknown", c)
        self.assertIn("the log System", {c["lacking"] for c in clauses})
        self.assertIn("the secrets of the TLS session", {c["lacking"] for c in clauses})

    def test_all_of_them_or_those_that_are_named(self):
        count = len(run("rules", "list").text.splitlines())
        self.assertEqual(len(self.trace("--explain-rules=all")), count)
        named = self.trace("--explain-rules=mtu-black-hole,gateway-failure")
        self.assertEqual({t["id"] for t in named}, {"mtu-black-hole", "gateway-failure"})
        gateway = next(t for t in named if t["id"] == "gateway-failure")
        self.assertFalse(gateway["applies"])
        self.assertIn("TLS handshake", gateway["note"])

    def test_a_rule_that_there_is_not(self):
        self.ends(run("analyze", "--explain-rules=mtu", WIRE), 2, "there is no cause 'mtu'")

    def test_in_text_signs_and_not_colours_tell(self):
        text = self.ends(run("analyze", "--explain-rules", WIRE), 0).text
        self.assertIn("Rules, clause by clause", text)
        for sign in ("+ attempt.ended (by server", "- tls.alert (from server, description 80)", "lacking: the log System"):
            self.assertIn(sign, " ".join(text.split()))


class Shown(Case):
    def test_a_cause_in_full(self):
        text = self.ends(run("rules", "show", "server-key-unusable"), 0).text
        for part in ("server-key-unusable (C02)", "Required, all of these", "tls.client-hello, then event (provider Schannel",
                     "Contradicting", "Remedy", "caution:", "Sources", "Examples", "Gives confirmed.", "Gives nothing."):
            self.assertIn(part, text)

    def test_every_cause_can_be_shown(self):
        for line in run("rules", "list").text.splitlines():
            with self.subTest(line.split()[0]):
                self.assertIn("Remedy", self.ends(run("rules", "show", line.split()[0]), 0).text)

    def test_a_cause_that_there_is_not(self):
        self.ends(run("rules", "show", "nothing-of-ours"), 2, "there is no cause 'nothing-of-ours'")
        self.ends(run("rules", "show"), 2)

    def test_a_cause_of_the_users_folder(self):
        self.write("causes/ours.yaml", "id: ours\ntitle: Ours\nrequired:\n  - seen: tls.alert\nexamples:\n"
                   "  - that: An alert.\n    gives: confirmed\n    seen: [tls.alert: ]\n"
                   "  - that: No alert.\n    gives: likely\n    seen: [tls.client-hello: ]\n")
        self.assertIn("Ours", self.ends(run("rules", "show", "--rules", self.folder, "ours"), 0).text)
        text = self.ends(run("rules", "test", "--rules", self.folder), 5, "").text
        self.assertRegex(text, r'FAILED \S*ours\.yaml:9: ours: "No alert\." gives nothing, not likely')
