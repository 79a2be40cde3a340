"""Where results go and how they look: standard output alone, files whole or not at all, colour only when wanted."""
import fcntl
import json
import os
import pty
import re
import stat
import struct
import subprocess
import termios

from cli import program
from cli.program import Case, cases, run, sample

GOOD = sample("tls-fin.pcapng")
LOG = sample("tls-fin.client.xml")
WORKS = sample("ok-tls13-xrdp.pcapng")
WIDTH = 80


class Streams(Case):
    def test_results_go_to_standard_output_and_nothing_else_does(self):
        for command in ("analyze", "inspect", "flows"):
            for form in ("text", "json"):
                with self.subTest(f"{command} {form}"):
                    quiet = self.ends(run(command, "-f", form, "-q", GOOD), 0)
                    loud = run(command, "-f", form, "-v", GOOD)
                    self.assertEqual(loud.out, quiet.out)
                    self.assertEqual(quiet.err, b"")
                    self.assertIn(b"Comment of the capture", loud.err)

    def test_quiet_silences_notes_but_not_why_nothing_was_done(self):
        cut = self.write("cut.pcapng", GOOD.read_bytes()[:900])
        self.assertNotEqual(run("analyze", cut).err, b"")
        ran = run("analyze", "-q", cut)
        self.assertEqual((ran.code, ran.err), (4, b""))
        self.ends(run("analyze", "-q", self.folder / "gone"), 3, "nothing that could be read")

    def test_a_full_device_is_told_and_ends_with_6(self):
        for arguments in (("analyze", GOOD), ("analyze", "-f", "json", GOOD), ("inspect", GOOD), ("flows", GOOD), ("events", LOG),
                          ("explain", "5"), ("rules", "list"), ("--help",), ("--version",)):
            with self.subTest(arguments), open("/dev/full", "wb") as full:
                self.ends(run(*arguments, stdout=full), 6, "could not be written")

    def test_a_closed_standard_output_is_told_and_ends_with_6(self):
        self.ends(run("analyze", GOOD, preexec_fn=lambda: os.close(1)), 6, "could not be written")

    def test_a_reader_that_leaves_does_not_make_noise(self):
        read, write = os.pipe()
        os.close(read)
        with os.fdopen(write, "wb") as pipe:
            ran = run("analyze", GOOD, stdout=pipe)
        self.assertIn(ran.code, (-13, 6), ran.said)
        self.assertNotIn("stopped", ran.said)


class OutputFile(Case):
    def test_the_file_holds_what_standard_output_would(self):
        for arguments in (("analyze", GOOD), ("analyze", "-f", "json", GOOD), ("inspect", GOOD), ("flows", GOOD), ("events", "-f", "jsonl", LOG),
                          ("explain", "0x904", "0x7")):
            with self.subTest(arguments):
                path = self.folder / "report"
                ran = self.ends(run(*arguments, "-o", path), 0)
                self.assertEqual(ran.out, b"")
                self.assertEqual(path.read_bytes(), run(*arguments).out)
                self.assertEqual(sorted(p.name for p in self.folder.iterdir()), ["report"])

    def test_a_folder_that_is_not_there_ends_with_6(self):
        for command, path in (("analyze", GOOD), ("inspect", GOOD), ("flows", GOOD), ("events", LOG)):
            with self.subTest(command):
                self.ends(run(command, "-o", self.folder / "no" / "report", path), 6, "cannot write", str(self.folder / "no" / "report"))

    def test_a_folder_in_the_place_of_the_file_ends_with_6(self):
        self.ends(run("analyze", "-o", self.folder, GOOD), 6, "cannot write")
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_an_old_file_stays_when_nothing_could_be_read(self):
        old = self.write("report", "old")
        self.ends(run("analyze", "-o", old, self.folder / "gone"), 3, "nothing")
        self.assertEqual(old.read_text(), "old")

    def test_the_file_has_the_permissions_of_an_ordinary_one(self):
        path = self.folder / "report"
        run("analyze", "-o", path, GOOD, preexec_fn=lambda: os.umask(0o022))
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o644)

    def test_a_device_takes_it_too(self):
        self.ends(run("analyze", "-o", "/dev/null", GOOD), 0)
        self.ends(run("analyze", "-o", "/dev/full", GOOD), 6, "cannot write /dev/full")


class ExitCode(Case):
    def test_a_failed_attempt_is_told_by_the_exit_code_only_when_asked(self):
        self.ends(run("analyze", GOOD), 0)
        self.ends(run("analyze", "--exit-code", GOOD), 1, "")
        self.ends(run("analyze", "--exit-code", WORKS), 0)

    def test_an_earlier_attempt_that_failed_counts(self):
        self.ends(run("analyze", "--exit-code", sample("ok-second-try.pcapng")), 1, "")


class Colour(Case):
    def colours(self, *arguments, env=None):
        return b"\x1b[" in run("analyze", *arguments, GOOD, env=env).out

    def test_none_where_it_is_not_a_terminal(self):
        self.assertFalse(self.colours())
        self.assertFalse(self.colours("--color", "auto"))
        self.assertFalse(self.colours("--color", "never"))

    def test_always_means_always(self):
        self.assertTrue(self.colours("--color", "always"))
        self.assertTrue(self.colours("--color=always", env={"NO_COLOR": "1"}))

    def test_json_has_none(self):
        self.assertFalse(self.colours("--color", "always", "-f", "json"))

    def test_the_text_is_the_same_without_its_colours(self):
        bare = re.sub(rb"\x1b\[[0-9;]*m", b"", run("analyze", "--color", "always", GOOD).out)
        self.assertEqual(bare, run("analyze", GOOD).out)

    def on_a_terminal(self, columns, env=None):
        """What a terminal of that many columns gets to see."""
        main, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        environment = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
        child = subprocess.Popen([program.PATH, "analyze", GOOD], stdout=side, stderr=subprocess.DEVNULL, env={**environment, **(env or {})})
        os.close(side)
        seen = b""
        while True:
            try:
                piece = os.read(main, 65536)
            except OSError:
                break
            if not piece:
                break
            seen += piece
        os.close(main)
        self.assertEqual(child.wait(60), 0)
        return seen

    def test_a_terminal_has_them_unless_NO_COLOR_is_set(self):
        self.assertIn(b"\x1b[", self.on_a_terminal(80))
        self.assertNotIn(b"\x1b[", self.on_a_terminal(80, {"NO_COLOR": "1"}))
        self.assertIn(b"\x1b[", self.on_a_terminal(80, {"NO_COLOR": ""}), "an empty NO_COLOR is not set")

    def test_a_terminal_is_filled_up_to_120_columns(self):
        for columns, widest in ((60, 60), (100, 100), (300, 120)):
            with self.subTest(columns):
                lines = self.on_a_terminal(columns, {"NO_COLOR": "1"}).decode().replace("\r\n", "\n").splitlines()
                # A word alone may be longer than the line.
                longest = max(len(line) for line in lines if " " in line.strip() and not line.startswith("     > "))
                self.assertLessEqual(longest, widest)
                self.assertGreater(longest, widest - 25)


class Width(Case):
    def test_no_line_is_wider_than_80_columns_where_it_is_no_single_word(self):
        for name, inputs in cases().items():
            for command in ("analyze", "inspect", "flows"):
                captures = [p for p in inputs if command != "flows" or p.suffix == ".pcapng"]
                for line in run(command, *captures).text.splitlines():
                    if len(line) > WIDTH and not line.startswith("     > "):  # commands are not broken
                        self.assertNotIn(" ", line.strip(), f"{command} {name}: {line}")

    def test_explanations_fit_too(self):
        for code in ("0x904", "0x7", "alert:40", "nego:5", "0xC000006D", "zzz"):
            for line in run("explain", code).text.splitlines():
                self.assertTrue(len(line) <= WIDTH or " " not in line.strip(), line)


class Events(Case):
    def test_json_lines_are_one_event_each(self):
        lines = self.ends(run("events", "-f", "jsonl", LOG), 0).text.splitlines()
        events = [json.loads(line) for line in lines]
        self.assertGreaterEqual(len(events), 4)
        for event in events:
            for key in ("time", "provider", "id", "record", "channel", "computer", "file", "data"):
                self.assertIn(key, event)
        self.assertIn(2308, [int(d["value"], 0) for e in events if e["id"] == 1026 for d in e["data"] if d["value"].isdigit()])

    def test_text_is_a_line_an_event_at_least(self):
        text = self.ends(run("events", LOG), 0).text
        self.assertGreaterEqual(len(text.splitlines()), 4)
        self.assertIn("1026", text)

    def test_a_capture_alone_holds_none(self):
        self.ends(run("events", GOOD), 3, "tls-fin.pcapng", "pcapng capture holds no events")


class Explain(Case):
    def test_the_dialogs_two_numbers_are_one_explanation(self):
        text = self.ends(run("explain", "0x904", "0x7"), 0).text
        self.assertIn("2308", text)
        self.assertIn("0x7", text)

    def test_codes_have_names_in_text_and_json(self):
        for query, family_word, name in (("nego:5", "nego", "HYBRID_REQUIRED_BY_SERVER"), ("alert:40", "alert", "handshake_failure"),
                                         ("2308", "disconnect", "disconnectReasonAtClientWinsockFDCLOSE"),
                                         ("0xC000006D", "ntstatus", "STATUS_LOGON_FAILURE")):
            with self.subTest(query):
                self.assertIn(name, self.ends(run("explain", query), 0).text)
                explained = run("explain", "-f", "json", query).json
                self.assertEqual(explained["schema"], "rdpdx.explain/1")
                found = [m for m in explained["codes"][0]["matches"] if m["name"] == name]
                self.assertTrue(found, explained)
                self.assertIn(family_word, found[0]["family"].lower())

    def test_what_is_not_known_says_so(self):
        self.assertIn("neither a number", self.ends(run("explain", "zzz"), 0).text)

    def test_what_was_asked_cannot_steer_the_terminal(self):
        ran = self.ends(run("explain", "\x1b[31m\u202eodd\x07"), 0)
        self.assertNotRegex(ran.text, "[\x1b\x07\u202e]")
        self.assertIn("odd", ran.text)
