"""Where results go and how they look: standard output alone, files whole or not at all, colour only when wanted."""
import csv
import datetime
import fcntl
import io
import json
import os
import pty
import re
import stat
import struct
import subprocess
import termios
from xml.etree import ElementTree

from cli import program
from cli.program import Case, cases, run, sample

GOOD = sample("tls-fin.pcapng")


def tree(node):
    return (node.tag, dict(node.attrib), node.text or "", [tree(child) for child in node])


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

    def test_the_end_of_a_name_tells_the_format_unless_one_is_asked_for(self):
        for name, form in (("a.json", "json"), ("a.md", "markdown"), ("a.long.md", "markdown-long"), ("a.txt", "text"), ("a.out", "text"), ("json", "text")):
            with self.subTest(name):
                path = self.folder / name
                self.ends(run("analyze", "-o", path, GOOD), 0)
                self.assertEqual(path.read_bytes(), run("analyze", "-f", form, GOOD).out)
        path = self.folder / "b.md"
        self.ends(run("analyze", "-f", "json", "-o", path, GOOD), 0)
        self.assertEqual(path.read_bytes(), run("analyze", "-f", "json", GOOD).out)

    def test_one_run_writes_several_files(self):
        names = ("a.json", "a.html", "a.md", "a.txt")
        self.ends(run("analyze", *(word for name in names for word in ("-o", self.folder / name)), GOOD), 0)
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), sorted(names))
        for name, form in zip(names, ("json", "html", "markdown", "text")):
            self.assertEqual((self.folder / name).read_bytes(), run("analyze", "-f", form, GOOD).out)

    def test_of_several_files_none_is_written_when_one_cannot_be(self):
        old = self.write("a.json", "old")
        self.ends(run("analyze", "-o", old, "-o", self.folder / "no" / "a.md", GOOD), 6, "cannot write", str(self.folder / "no" / "a.md"))
        self.assertEqual(old.read_text(), "old")
        self.assertEqual([p.name for p in self.folder.iterdir()], ["a.json"])

    def test_timelines_are_lines_that_their_readers_take(self):
        inputs = (sample("tls-fin.pcapng"), sample("tls-fin.client.xml"), sample("tls-fin.server.rdpcorets.evtx"))
        count = len(run("analyze", "-f", "json", *inputs).json["timeline"])
        rows = list(csv.DictReader(io.StringIO(run("timeline", "-f", "csv", *inputs).text)))
        self.assertEqual(len(rows), count)
        self.assertEqual([r["evidence"] for r in rows[:2]], ["E1", "E2"])
        for form in ("jsonl", "timesketch"):
            self.assertEqual(len([json.loads(line) for line in run("timeline", "-f", form, *inputs).text.splitlines()]), count)
        for line in run("timeline", "-f", "timesketch", *inputs).text.splitlines():
            row = json.loads(line)
            self.assertEqual(datetime.datetime.fromisoformat(row["datetime"]).timestamp(), row["timestamp"] / 1e6)
            self.assertTrue(row["message"] and row["timestamp_desc"] and isinstance(row["tag"], list))
        path = self.folder / "t.timesketch.jsonl"
        self.ends(run("analyze", "-o", path, *inputs), 0)
        self.assertEqual(path.read_bytes(), run("timeline", "-f", "timesketch", *inputs).out)

    def test_several_files_are_for_analyze_alone(self):
        self.ends(run("flows", "-o", self.folder / "a.json", "-o", self.folder / "b.json", GOOD), 2, "one --output")

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


class Zones(Case):
    def test_people_see_their_zone_and_machines_see_utc(self):
        for zone, time in (("+02:00", "08:11:18.808"), ("-05:30", "00:41:18.808"), ("Asia/Tokyo", "15:11:18.808"), ("UTC", "06:11:18.808")):
            with self.subTest(zone):
                text = self.ends(run("analyze", "--tz", zone, GOOD), 0).text
                self.assertIn(f"  {time}  ", text)
                self.assertEqual("06:11:18" in text, zone == "UTC")
        for form in ("json", "csv", "jsonl", "timesketch", "sarif"):
            self.assertEqual(run("analyze", "-f", form, "--tz", "Asia/Tokyo", GOOD).out, run("analyze", "-f", form, GOOD).out)

    def test_the_report_names_its_zone(self):
        for form, words in (("text", "Timeline (Asia/Tokyo (JST, UTC+09:00))"), ("markdown-long", "Timeline (Asia/Tokyo (JST, UTC+09:00))"),
                            ("html", "All times are Asia/Tokyo (JST, UTC+09:00)")):
            with self.subTest(form):
                self.assertIn(words, run("analyze", "-f", form, "--tz", "Asia/Tokyo", GOOD).text)
        self.assertIn("Timeline (UTC)", run("analyze", GOOD).text)

    def test_what_a_page_tells_a_machine_stays_utc(self):
        page = run("analyze", "-f", "html", "--tz", "Asia/Tokyo", GOOD).text
        self.assertIn('<time datetime="2026-11-21T06:11:18.800', page)
        self.assertIn(">2026-11-21T15:11:18.800", page)

    def test_local_is_the_environments(self):
        self.assertIn("15:11:18.808", run("analyze", "--tz", "local", GOOD, env={"TZ": "Asia/Tokyo"}).text)
        self.assertIn("06:11:18.808", run("analyze", GOOD, env={"TZ": "Asia/Tokyo"}).text)

    def test_listings_know_zones_too(self):
        log = sample("tls-fin.server.system.evtx")
        for command, path, time in (("inspect", GOOD, "2026-11-21T15:11:18"), ("flows", GOOD, "15:11:18.808"), ("events", log, "2026-11-21T15:09:43.8709860+09:00")):
            with self.subTest(command):
                self.assertIn(time, run(command, "--tz", "Asia/Tokyo", path).text)
                self.assertNotIn(time, run(command, path).text)
        for form in ("jsonl", "xml", "csv"):
            self.assertEqual(run("events", "-f", form, "--tz", "Asia/Tokyo", log).out, run("events", "-f", form, log).out)

    def test_a_zone_that_there_is_not_is_refused(self):
        for zone in ("Europe/Nowhere", "+25:00", "CET-1CEST", "../etc/passwd"):
            for command in ("analyze", "inspect", "flows", "events"):
                self.ends(run(command, "--tz", zone, GOOD), 2, "--tz", f"'{zone}'")


class WidthAsked(Case):
    def test_text_is_as_wide_as_it_is_told_to_be(self):
        for width in (60, 100, 200):
            lines = run("analyze", "--width", str(width), GOOD).text.splitlines()
            broken = [line for line in lines if " " in line.strip() and not line.startswith("     > ")]
            self.assertLessEqual(max(map(len, broken)), width)
            self.assertGreater(max(map(len, lines)), width - 15)
        self.ends(run("analyze", "--width", "wide", GOOD), 2, "--width", "'wide'")

    def test_a_ladder_has_a_line_for_each_message(self):
        text = run("analyze", GOOD).text
        self.assertIn("|<--- Connection Confirm: SSL --------------------|", text)
        self.assertRegex(text, r"\|<--- FIN -+\|  END E\d")


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
        environment = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS")}
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

    def test_COLUMNS_says_how_wide_a_terminal_is(self):
        self.assertLessEqual(max(map(len, self.on_a_terminal(100, {"COLUMNS": "70", "NO_COLOR": "1"}).decode().splitlines()[:3])), 70)
        self.assertEqual(run("analyze", GOOD, env={"COLUMNS": "40"}).out, run("analyze", GOOD).out, "a file is as wide as ever")

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

    def test_xml_holds_all_that_the_windows_event_schema_has(self):
        system = ("<System><Provider Name='P' Guid='{28AA95BB-D444-4719-A36F-40462168127E}' EventSourceName='S'/>"
                  "<EventID Qualifiers='49162'>56</EventID><Version>1</Version><Level>2</Level><Task>3</Task><Opcode>4</Opcode>"
                  "<Keywords>0x80000000000000</Keywords><TimeCreated SystemTime='2026-11-21T05:39:00.1234567Z'/>"
                  "<EventRecordID>7</EventRecordID><Correlation ActivityID='{59288327-6042-4B62-907A-3AF47A800000}' "
                  "RelatedActivityID='{69288327-6042-4B62-907A-3AF47A800000}'/><Execution ProcessID='8' ThreadID='9' ProcessorID='1' "
                  "SessionID='2' KernelTime='3' UserTime='4' ProcessorTime='5'/><Channel>C</Channel><Computer>H</Computer>"
                  "<Security UserID='S-1-5-18'/><Added a='b'>more</Added></System>")
        rendering = ("<RenderingInfo Culture='en-US'><Message>m</Message><Level>Error</Level><Opcode>Info</Opcode>"
                     "<Keywords><Keyword>a</Keyword><Keyword>b</Keyword></Keywords></RenderingInfo>")
        for data in ("<EventData Name='E'><Data Name='n' Type='t'>v</Data><Data>u</Data><Data Type='x'>w</Data><Binary>0A</Binary></EventData>",
                     "<UserData><EventXML xmlns='Event_NS'><Param1 k='1'>u</Param1><Param1/></EventXML></UserData>",
                     "<EventData><Data Name='a'>1</Data></EventData><ProcessingErrorData><ErrorCode>5</ErrorCode></ProcessingErrorData>"):
            with self.subTest(data):
                given = f"<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>{system}{data}{rendering}</Event>"
                printed = self.ends(run("events", "-f", "xml", self.write("e.xml", given)), 0).out
                self.assertEqual(tree(ElementTree.fromstring(printed)[0]), tree(ElementTree.fromstring(given)))
                again = run("events", "-f", "jsonl", self.write("again.xml", printed)).json
                first = run("events", "-f", "jsonl", self.folder / "e.xml").json
                for one in (first, again):
                    del one["file"], one["offset"]
                self.assertEqual(again, first)
                self.assertEqual(first["source"], "S")
                self.assertIn({"name": "Execution@SessionID", "value": "2"}, first["system"])
                self.assertIn({"name": "Keywords/Keyword", "value": "b"}, first["rendering"])

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

    def test_an_event_is_explained_by_provider_and_id_in_all_the_ways_people_write_them(self):
        rcm = "TerminalServices-RemoteConnectionManager"
        for arguments in ((f"Microsoft-Windows-{rcm}/1149",), (f"{rcm}/1149",), (rcm, "1149"), (f"{rcm} 1149",),
                          ("RemoteConnectionManager/1149",), ("rcm", "1149"), ("event:1149",), ("1149",)):
            with self.subTest(arguments):
                text = self.ends(run("explain", *arguments), 0).text
                self.assertIn(f"event {rcm}/1149: ", text)
                for words in ("shows:", "stage:", "log:", "carries:", "source:", "entry:"):
                    self.assertIn(words, text)
        for query in ("RdpCoreTS/140", "RDPClient/1026", "LSM/24", "Security/4625", "Schannel/36887"):
            with self.subTest(query):
                self.assertIn("/" + query.partition("/")[2] + ": ", self.ends(run("explain", query), 0).text)

    def test_a_provider_whose_name_has_blanks_takes_several_words(self):
        self.assertIn("event Service Control Manager/7031", run("explain", "Service", "Control", "Manager", "7031").text)

    def test_events_and_codes_may_be_asked_together_and_come_in_order(self):
        codes = run("explain", "-f", "json", "0x904", "0x7", "RdpCoreTS/140", "alert:40").json["codes"]
        self.assertEqual([c["query"] for c in codes], ["0x904 0x7", "RdpCoreTS/140", "alert:40"])
        self.assertEqual([len(c["events"]) > 0 for c in codes], [False, True, False])
        event = codes[1]["events"][0]
        self.assertEqual((event["id"], event["side"]), (140, "server"))
        self.assertEqual(event["provider"], "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS")
        for key in ("channel", "name", "means", "when", "shows", "stage", "actor", "roles", "doubt", "source", "entry"):
            self.assertIn(key, event)

    def test_a_number_that_is_a_code_and_an_event_id_is_explained_as_both(self):
        text = self.ends(run("explain", "1026"), 0).text
        self.assertIn("event TerminalServices-ClientActiveXCore/1026", text)
        only = run("explain", "40").text
        self.assertIn("handshake_failure", only)
        self.assertIn("event TerminalServices-LocalSessionManager/40", only)
        self.assertIn("tells more", only)

    def test_an_unknown_event_says_what_there_is(self):
        self.assertIn("has no event 9999 of RdpCoreTS; it has 1 to 8, 33", self.ends(run("explain", "RdpCoreTS/9999"), 0).text)
        self.assertIn("did you mean: ", run("explain", "RdpCorTS/140").text)

    def test_what_was_asked_cannot_steer_the_terminal(self):
        ran = self.ends(run("explain", "\x1b[31m\u202eodd\x07"), 0)
        self.assertNotRegex(ran.text, "[\x1b\x07\u202e]")
        self.assertIn("odd", ran.text)
