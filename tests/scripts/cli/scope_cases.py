"""--client, --server, --user, --port, --from, --to and --filter narrow what is reported."""
from cli.program import Case, run, sample

GOOD = sample("tls-fin.pcapng")  # 198.51.100.10 -> 203.0.113.20:3389, alice, 2026-11-21 06:11:18.79 to .89
TWICE = sample("ok-second-try.pcapng")


class Narrowing(Case):
    def attempts(self, *arguments):
        return self.ends(run("analyze", "-f", "json", "-q", *arguments), 0).json["attempts"]

    def test_by_the_ends_of_the_connection(self):
        whole = self.attempts(GOOD)
        self.assertEqual(len(whole), 1)
        for option, kept, dropped in (
            ("--client", "198.51.100.10", "198.51.100.11"),
            ("--client", "198.51.100.10", "203.0.113.20"),
            ("--server", "203.0.113.20", "203.0.113.2"),
            ("--user", whole[0]["user"], "nobody-of-that-name"),
            ("--port", "3389", "3390"),
        ):
            with self.subTest(option):
                self.assertEqual(self.attempts(option, kept, GOOD), whole)
                self.assertEqual(self.attempts(option, dropped, GOOD), [])

    def test_the_server_may_be_given_by_its_name(self):
        log = sample("tls-fin.client.xml")
        self.assertEqual(len(self.attempts("--server", "rdsh1.lab.example", GOOD, log)), 1)
        self.assertEqual(self.attempts("--server", "rdsh2.lab.example", GOOD, log), [])

    def test_by_time(self):
        for option, value, count in (
            ("--from", "2026-11-21T06:11:18Z", 1),
            ("--from", "2026-11-21T06:11:18.85Z", 1),  # it ends after that
            ("--from", "2026-11-21T06:11:19Z", 0),
            ("--from", "2026-11-21T06:11Z", 1),
            ("--to", "2026-11-21T06:11:18.85Z", 1),
            ("--to", "2026-11-21T06:11:18Z", 0),
            ("--to", "2026-11-21T07:11:19+01:00", 1),
        ):
            with self.subTest(f"{option} {value}"):
                self.assertEqual(len(self.attempts(option, value, GOOD)), count)

    def test_by_time_between_attempts(self):
        all_of_them = self.attempts(TWICE)
        self.assertEqual(len(all_of_them), 3)
        for moment in {a[k] for a in all_of_them for k in ("started", "ended")}:
            with self.subTest(moment):
                after, before = self.attempts("--from", moment, TWICE), self.attempts("--to", moment, TWICE)
                self.assertEqual([a["started"] for a in after], [a["started"] for a in all_of_them if a["ended"] >= moment])
                self.assertEqual([a["started"] for a in before], [a["started"] for a in all_of_them if a["started"] <= moment])

    def test_nothing_left_is_a_report_that_says_so(self):
        ran = self.ends(run("analyze", "--client", "192.0.2.1", GOOD), 0)
        self.assertTrue(ran.text.startswith("VERDICT"))
        self.assertIsNone(run("analyze", "-f", "json", "--client", "192.0.2.1", GOOD).json["verdict"]["attempt"])

    def test_by_a_filter_of_libpcap(self):
        self.assertEqual(self.attempts("--filter", "tcp port 3389", GOOD), self.attempts(GOOD))
        self.assertEqual(self.attempts("--filter", "udp", GOOD), [])

    def test_flows_narrow_by_port(self):
        self.assertEqual(len(run("flows", "-f", "json", "--port", "3389", GOOD).json["flows"]), 1)
        self.assertEqual(run("flows", "-f", "json", "--port", "3390", GOOD).json["flows"], [])
