"""Inputs that cannot be used: each has its own message and exit code, and nothing is skipped silently."""
import os
import shutil
import struct
import subprocess
import unittest

from cli import program as rdpdx
from cli.program import Case, run, sample

GOOD = sample("tls-fin.pcapng")
NOTHING = "nothing that could be read"
UNPRIVILEGED = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
# A buffer's header, and the system header that every trace begins with.
ETL = struct.pack("<II", 65536, 400) + bytes(64) + b"\x02\x00\x02\xc0" + bytes(200)
LINE_BREAK_AND_ESCAPE = "evil\n\x1b[31mname\u202e.pcapng"


def may_drop_privileges():
    if not UNPRIVILEGED:
        return True
    return shutil.which("setpriv") is not None and subprocess.run([*UNPRIVILEGED, "true"], check=False).returncode == 0


class OneInput(Case):
    """Alone it ends with 3, beside a good one with 4; the message is the same."""

    def unusable(self, path, *words, command="analyze"):
        alone = self.ends(run(command, path), 3, *words)
        if command != "inspect":
            self.assertEqual(alone.out, b"")
        both = self.ends(run(command, path, GOOD), 4, *words)
        self.assertNotEqual(both.out, b"")
        return alone, both

    def test_a_missing_file(self):
        for command in ("analyze", "inspect", "flows"):
            with self.subTest(command):
                path = self.folder / "not-there.pcap"
                self.unusable(path, str(path), "no such file or directory", command=command)

    def test_a_missing_file_is_an_input_of_the_report(self):
        report = self.ends(run("analyze", "-f", "json", GOOD, self.folder / "gone.pcap"), 4, "gone.pcap").json
        entry = report["inputs"][1]
        self.assertEqual((entry["path"], entry["status"]), ("gone.pcap", "unrecognised"))
        self.assertIn("no such file", entry["notes"][0])

    def test_an_empty_folder(self):
        empty = self.folder / "nothing"
        empty.mkdir()
        self.ends(run("analyze", empty), 3, str(empty), "holds no files", NOTHING)
        self.ends(run("analyze", empty, GOOD), 0, "holds no files")

    def test_a_folder_without_evidence(self):
        self.write("case/notes.txt", "He cannot log on.\n")
        self.unusable(self.folder / "case", "notes.txt (unknown format): Not read")

    def test_a_picture_that_is_named_a_capture(self):
        path = self.write("screen.pcap", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(100))
        self.unusable(path, "screen.pcap (JPEG image): Not read", "neither a packet capture")

    def test_an_empty_file(self):
        self.unusable(self.write("void.pcapng", b""), "void.pcapng (empty file): Not read")

    def test_files_that_have_to_be_converted_first_come_with_the_way_to_do_it(self):
        for name, content, words in (
            ("case.zip", b"PK\x03\x04" + bytes(60), ("ZIP archive", "Not read")),
            ("nm.cap", b"GMBU" + bytes(60), ("Network Monitor capture", "editcap")),
            ("trace.etl", ETL, ("event trace log", "tracerpt", "etl2pcapng")),
            ("memory.dmp", b"PAGEDU64" + bytes(60), ("memory dump", "cdb -z")),
            ("SYSTEM", b"regf" + bytes(60), ("registry hive", "reg export")),
            ("old.evt", b"\x30\0\0\0LfLe" + bytes(60), ("legacy event log", "wevtutil epl")),
        ):
            with self.subTest(name):
                self.unusable(self.write(name, content), name, *words)

    def test_a_binary_event_log_is_read_or_comes_with_the_command_that_helps(self):
        ran = run("analyze", self.write("log.evtx", b"ElfFile\0" + bytes(4088)))
        self.assertIn(ran.code, (3, 4), ran.said)
        self.assertIn("log.evtx", ran.said)
        self.assertRegex(ran.said, r"wevtutil|[Bb]yte|chunk|header")

    def test_a_link_to_nowhere(self):
        link = self.folder / "link.pcapng"
        link.symlink_to("gone")
        self.unusable(link, str(link), "a link to 'gone', which is not there")

    def test_links_in_circles(self):
        (self.folder / "a").symlink_to("b")
        (self.folder / "b").symlink_to("a")
        self.unusable(self.folder / "a", "too many levels of symbolic links")

    def test_what_is_no_file_in_a_folder_is_named_too(self):
        case = self.folder / "case"
        case.mkdir()
        shutil.copy(GOOD, case)
        (case / "gone.pcap").symlink_to("nowhere")
        (case / "elsewhere").symlink_to(self.folder)
        os.mkfifo(case / "pipe")
        self.ends(run("analyze", case), 4, "gone.pcap: cannot be opened: a link to 'nowhere'", "elsewhere: cannot be opened: a link to a folder",
                  "pipe: cannot be opened: neither a file nor a folder")

    def test_a_folder_full_of_other_things_is_told_in_short(self):
        for i in range(60):
            self.write(f"case/{i:03}.txt", "x")
        ran = self.ends(run("analyze", self.folder / "case"), 3, "000.txt", "and 40 more files", NOTHING)
        self.assertNotIn("059.txt", ran.said)
        self.ends(run("analyze", "-v", self.folder / "case"), 3, "059.txt")

    @unittest.skipUnless(may_drop_privileges(), "needs a user without privileges (setpriv)")
    def test_a_file_or_folder_without_read_permission(self):
        self.folder.chmod(0o755)
        program = self.folder / "program"
        shutil.copy(rdpdx.PATH, program)
        program.chmod(0o755)
        closed = self.folder / "closed.pcapng"
        shutil.copy(GOOD, closed)
        closed.chmod(0)
        locked = self.folder / "locked"
        locked.mkdir()
        locked.chmod(0)
        self.addCleanup(locked.chmod, 0o700)
        open_file = self.folder / "open.pcapng"
        shutil.copy(GOOD, open_file)
        open_file.chmod(0o644)
        for path in (closed, locked):
            for others, code in (([], 3), ([open_file], 4)):
                done = subprocess.run([*UNPRIVILEGED, program, "analyze", path, *others], capture_output=True, check=False, timeout=60)
                said = done.stderr.decode()
                self.assertEqual(done.returncode, code, said)
                self.assertIn("permission denied", said)
                self.assertIn(path.name, said)


class Damaged(Case):
    def test_a_cut_pcapng_says_where_and_what_was_expected(self):
        whole = GOOD.read_bytes()
        ran = self.ends(run("analyze", self.write("cut.pcapng", whole[:900])), 4, "cut.pcapng (pcapng capture): At byte 768: expected 144 bytes",
                        "132 left")
        self.assertIn("DAMAGED", ran.text)
        self.assertIn("At byte 768", ran.text)

    def test_a_cut_pcap_says_where_and_what_was_expected(self):
        header = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
        packet = struct.pack("<IIII", 1, 0, 60, 60) + bytes(60)
        ran = run("analyze", self.write("cut.pcap", header + packet + packet[:40]))
        self.ends(ran, 4, "cut.pcap (pcap capture)")
        self.assertRegex(ran.said, r"[Bb]yte \d+")
        self.assertRegex(ran.said, r"expected \d+|\d+ .*(left|of \d+)")

    def test_broken_event_xml_gives_what_is_whole_and_says_where_it_broke(self):
        log = sample("tls-fin.client.xml").read_bytes()
        ran = self.ends(run("events", "-f", "jsonl", self.write("cut.xml", log[: len(log) // 2])), 4, "cut.xml", "byte")
        self.assertGreaterEqual(ran.text.count("\n"), 1)

    def test_damage_is_an_input_note_in_json(self):
        report = run("analyze", "-f", "json", self.write("cut.pcapng", GOOD.read_bytes()[:900])).json
        self.assertEqual(report["inputs"][0]["status"], "damaged")
        self.assertTrue(any("768" in note for note in report["inputs"][0]["notes"]))


class HostileNames(Case):
    def test_a_file_name_cannot_steer_the_terminal(self):
        damaged = self.write(LINE_BREAK_AND_ESCAPE, GOOD.read_bytes()[:900])
        strange = self.write("strange" + LINE_BREAK_AND_ESCAPE, b"nothing")
        for arguments in (("analyze", damaged), ("analyze", strange), ("analyze", self.folder), ("inspect", damaged), ("flows", damaged),
                          ("analyze", self.folder / ("gone" + LINE_BREAK_AND_ESCAPE)), ("analyze", "-f", "json", damaged),
                          ("events", strange), (LINE_BREAK_AND_ESCAPE,), ("analyze", "--" + LINE_BREAK_AND_ESCAPE, damaged),
                          ("analyze", "--from", LINE_BREAK_AND_ESCAPE, damaged), ("analyze", "-o", self.folder / "no" / LINE_BREAK_AND_ESCAPE, GOOD),
                          ("rules", "check", self.folder / ("gone" + LINE_BREAK_AND_ESCAPE))):
            with self.subTest(arguments):
                ran = run(*arguments)
                both = ran.out + ran.err
                self.assertNotIn(b"\x1b", both)
                self.assertNotIn("evil\n", both.decode())
                if "json" not in arguments:
                    self.assertNotIn("\u202e", both.decode())

    def test_a_file_name_that_is_not_utf8_is_shown_and_json_stays_json(self):
        path = os.fsencode(self.folder) + b"/caf\xe9.pcapng"
        with open(path, "wb") as file:
            file.write(GOOD.read_bytes())
        report = self.ends(run("analyze", "-f", "json", path), 0).json
        self.assertEqual(report["inputs"][0]["path"], "caf\ufffd.pcapng")
