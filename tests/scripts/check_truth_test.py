"""The truth checker itself: it has to find each kind of wrong answer, and nothing in a right one."""
import unittest

from check_truth import compare

CLIENT, SERVER = {"address": "198.51.100.10", "port": 49700}, {"address": "203.0.113.20", "port": 3389}


def report(**changes):
    attempt = {
        "id": "A1", "client": CLIENT, "server": SERVER, "outcome": "failed", "stage": "credssp", "basis": "observed",
        "ended_by": "server", "cause": {"id": "credential-rejected", "confidence": "likely"},
        "codes": {"credssp_error": "0xC000006D"}, "stages": [{"id": "udp-handshake", "status": "failed"}], **changes,
    }
    verdict = {"attempt": "A1", "outcome": attempt["outcome"], "stage": attempt["stage"], "cause": attempt["cause"]}
    return {"attempts": [attempt], "verdict": verdict}


TRUTH = {
    "outcome": "failed", "stage": "credssp", "ended_by": ["server"], "cause": ["credential-rejected"],
    "codes": {"credssp_error": 0xC000006D}, "udp_failed_stage": ["udp-handshake"],
}


class CheckTruth(unittest.TestCase):
    def wrong(self, truth, answer, no_keys=False, both=False, wire_only=False):
        return compare({"verdict": truth}, answer, no_keys, both, wire_only)

    def test_a_right_answer_has_nothing_wrong(self):
        self.assertEqual(self.wrong(TRUTH, report()), [])

    def test_each_key_is_compared(self):
        for change, words in (
            ({"outcome": "succeeded"}, "outcome succeeded"),
            ({"stage": "tls-handshake"}, "stage tls-handshake"),
            ({"ended_by": "client"}, "ended_by client"),
            ({"cause": {"id": "clock-skew", "confidence": "likely"}}, "cause clock-skew"),
            ({"codes": {"credssp_error": "0xC0000234"}}, "credssp_error 0xC0000234"),
            ({"stages": []}, "none of"),
        ):
            with self.subTest(words):
                wrong = self.wrong(TRUTH, report(**change))
                self.assertEqual(len(wrong), 1, wrong)
                self.assertIn(words, wrong[0])

    def test_a_confirmed_cause_must_be_named_by_the_truth(self):
        sure = report(cause={"id": "clock-skew", "confidence": "confirmed"})
        self.assertIn("confirmed a cause", self.wrong({"outcome": "failed"}, sure)[0])
        named = report(cause={"id": "credential-rejected", "confidence": "confirmed"})
        self.assertEqual(self.wrong(TRUTH, named), [])

    def test_no_cause_is_right_where_the_truth_says_null(self):
        self.assertEqual(self.wrong({"cause": [None, "user-or-admin-ended"]}, report(cause=None)), [])

    def test_without_keys_a_stage_inside_tls_may_be_guessed_but_not_observed(self):
        guessed = report(stage="mcs-connect", basis="inferred", cause=None, codes={}, stages=[])
        self.assertEqual(self.wrong(TRUTH, guessed, no_keys=True), [])
        self.assertEqual(len(self.wrong(TRUTH, report(), no_keys=True)), 1)
        early = report(stage="x224-negotiation", cause=None)
        self.assertEqual(len(self.wrong(TRUTH, early, no_keys=True)), 1)

    def test_an_event_may_observe_a_stage_inside_tls_without_keys(self):
        for kind, wrong in (("event", []), ("packet", ["stage credssp called observed without keys"])):
            seen = report(stages=[{"id": "credssp", "status": "failed", "evidence": ["E1"]}])
            seen["evidence"] = {"E1": {"kind": kind}}
            self.assertEqual(self.wrong(TRUTH, seen, no_keys=True), wrong)

    def test_the_disconnect_reason_is_asked_of_logs_only(self):
        truth = {"codes": {"disconnect_reason": 2308}}
        self.assertEqual(len(self.wrong(truth, report())), 1)
        self.assertEqual(self.wrong(truth, report(), wire_only=True), [])

    def test_a_clock_has_to_be_the_right_one(self):
        truth = {"verdict": {}, "clock_offset": {"client": 0.0, "server": -3.25}}
        core, rcm = "a.server.rdpcorets.evtx", "a.server.rcm.evtx"

        def wrong(path, *offsets):
            clocks = [{"source": path, "offset_ms": ms, "error_ms": 250, "anchors": 1} for ms in offsets]
            return compare(truth, {**report(), "inputs": [{"path": path}], "clocks": clocks}, False, False)

        self.assertEqual(wrong(core, -3249), [])
        self.assertIn("ahead, not -3250", wrong(core, 3250)[0])
        self.assertIn("no clock", wrong(core)[0])
        self.assertEqual(wrong(rcm), [])
        self.assertIn("ahead, not -3250", wrong(rcm, 0)[0])

    def test_the_server_side_capture_changes_what_is_right(self):
        truth = {"ended_by": ["unknown"], "both": {"ended_by": ["network"]}}
        self.assertEqual(self.wrong(truth, report(ended_by="network"), both=True), [])
        self.assertEqual(len(self.wrong(truth, report(ended_by="network"))), 1)

    def test_an_attempt_is_found_by_its_endpoints(self):
        want = {"client": "198.51.100.10", "server": "203.0.113.20:3389", "outcome": "failed"}
        self.assertEqual(compare({"attempts": [want]}, report(), False, False), [])
        lost = {**want, "client": "192.0.2.1"}
        self.assertIn("no attempt", compare({"attempts": [lost]}, report(), False, False)[0])

    def test_an_empty_report_is_wrong(self):
        self.assertTrue(self.wrong(TRUTH, {}))


if __name__ == "__main__":
    unittest.main()
