"""--redact: keys, maps, the same names over cases and commands, hostile names, and what says that it was done."""
import json
import os
import re
import shutil
import sqlite3
import stat
import zipfile
from html.parser import HTMLParser

from cli.program import Case, run, sample

CAPTURE = sample("nla-error-logon-failure.pcapng")
LOG = sample("nla-error-logon-failure.server.security.evtx")
OTHER = sample("tls-fin.pcapng")

EVENT = """<Events><Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System>
<Provider Name="Microsoft-Windows-Security-Auditing" Guid="{{54849625-5478-4994-A5BA-3E3B0328C30D}}"/><EventID>4625</EventID>
<TimeCreated SystemTime="2026-11-21T06:14:38Z"/><EventRecordID>7</EventRecordID><Channel>Security</Channel>
<Computer>{computer}</Computer></System><EventData><Data Name="TargetUserName">{user}</Data><Data Name="IpAddress">10.1.2.3</Data>
<Data Name="Other">{other}</Data></EventData></Event></Events>"""


class Text(HTMLParser):
    def __init__(self):
        super().__init__()
        self.text = ""

    def handle_data(self, data):
        self.text += data


class Redact(Case):
    def key(self, name="key", content=b"0123456789abcdef0123456789abcdef"):
        return self.write(name, content)

    def client(self, *how, capture=CAPTURE):
        ran = run("analyze", "-q", "-f", "json", "--redact", capture, *how)
        self.assertEqual(ran.code, 0, ran.said)
        return ran.json["attempts"][-1]["client"]["address"]

    def test_without_a_key_the_same_inputs_have_the_same_names_in_any_order(self):
        one, two = (run("analyze", "-q", "-f", "json", "--redact", *files).json for files in ((CAPTURE, LOG), (LOG, CAPTURE)))
        self.assertEqual([a["client"] for a in one["attempts"]], [a["client"] for a in two["attempts"]])
        self.assertNotEqual(self.client(), self.client(capture=OTHER))

    def test_a_key_keeps_names_over_cases_and_another_key_changes_them(self):
        key = self.key()
        self.assertEqual(self.client("--redact-key", key), self.client("--redact-key", key, capture=OTHER))
        self.assertNotEqual(self.client("--redact-key", key), self.client("--redact-key", self.key("other", b"x" * 32)))
        ran = run("events", "--redact", "--redact-key", key, "-f", "jsonl", LOG)
        self.assertIn(self.client("--redact-key", key), ran.text)

    def test_a_key_that_is_short_or_not_there_is_a_usage_error(self):
        self.ends(run("analyze", CAPTURE, "--redact", "--redact-key", self.key("short", b"abc")), 2, "has 3 bytes")
        self.ends(run("analyze", CAPTURE, "--redact", "--redact-key", self.folder / "no"), 2, "cannot be opened")
        self.ends(run("analyze", CAPTURE, "--redact-key", self.key()), 2, "--redact-key needs --redact")
        self.ends(run("events", LOG, "--redact", "--redact-key", self.folder / "no"), 2, "cannot be opened")

    def test_a_key_that_cannot_be_used_costs_no_file(self):
        kept = self.write("kept.jsonl", "of yesterday")
        for key in (self.key("short", b"abc"), self.folder / "no"):
            self.ends(run("events", LOG, "--redact", "--redact-key", key, "-o", kept), 2, "redaction key")
            self.assertEqual(kept.read_text(), "of yesterday")

    def test_a_map_is_written_where_it_is_asked_for_and_only_there(self):
        path = self.folder / "map.json"
        address = self.client("--redact-map", path)
        written = json.loads(path.read_text())
        self.assertEqual(written["schema"], "rdpdx.redaction-map/1")
        self.assertEqual({n["pseudonym"]: n["original"] for n in written["names"]}[address], "198.51.100.10")
        self.assertEqual(path.stat().st_mode & 0o077, 0)
        self.ends(run("analyze", "-q", CAPTURE, "--redact", "--redact-map", self.folder / "no" / "map"), 6, "cannot write")

    def test_a_map_is_its_owners_from_the_first_byte(self):
        theirs = self.write("theirs", "")
        for link in (os.link, os.symlink):
            path = self.folder / f"{link.__name__}.json"
            link(theirs, f"{path}.part")
            self.client("--redact-map", path)
            self.assertEqual(theirs.read_text(), "")
            self.assertEqual(path.lstat().st_mode, stat.S_IFREG | 0o600)

    def test_every_format_that_has_a_place_for_it_says_that_it_was_redacted(self):
        for command, form in (("analyze", "text"), ("analyze", "markdown"), ("analyze", "html"), ("timeline", "text"),
                              ("flows", "text"), ("inspect", "text")):
            self.assertIn("REDACTED", run(command, "-q", "-f", form, "--redact", CAPTURE).text, (command, form))
            self.assertNotIn("REDACTED", run(command, "-q", "-f", form, CAPTURE).text, (command, form))
        for command in ("analyze", "flows", "inspect"):
            self.assertIs(run(command, "-q", "-f", "json", "--redact", CAPTURE).json["redacted"], True)
            self.assertNotIn("redacted", run(command, "-q", "-f", "json", CAPTURE).json)
        self.assertIn("REDACTED", run("events", "--redact", "-f", "xml", LOG).text)

    def test_notes_on_standard_error_have_no_names(self):
        damaged = self.write("alice-at-rdsh1.pcapng", CAPTURE.read_bytes()[:3000])
        for command in ("analyze", "flows", "inspect"):
            ran = run(command, "-v", "--redact", damaged)
            self.assertEqual(ran.code, 4, ran.said)
            self.assertNotIn("alice", ran.said)
            self.assertIn(".pcapng", ran.said)

    def test_what_events_says_of_damage_and_of_archives_has_no_names(self):
        text = EVENT.format(computer="PC", user="zebulon", other="-")
        with zipfile.ZipFile(self.folder / "zebulon.zip", "w") as archive:
            archive.writestr("zebulon-logs.xml", text[:-20] + "<zebulon></Event>")
            archive.writestr("zebulon-inner.7z", b"7z\xbc\xaf\x27\x1c" + bytes(80))
        for how in ([], ["-v"]):
            ran = run("events", *how, "--redact", self.folder / "zebulon.zip")
            self.assertEqual(ran.code, 4, ran.said)
            self.assertNotIn("zebulon", ran.said + ran.text)
            self.assertRegex(ran.said, r"(?s)file-[0-9a-f]{8}\.zip/file-[0-9a-f]{8}\.7z: .*file-[0-9a-f]{8}\.zip/file-[0-9a-f]{8}\.xml: at byte")

    def test_names_of_files_do_not_show_in_archives_either(self):
        shutil.make_archive(str(self.folder / "alice"), "zip", CAPTURE.parent, CAPTURE.name)
        ran = run("analyze", "-f", "json", "--redact", self.folder / "alice.zip")
        self.assertRegex(ran.json["inputs"][0]["path"], r"^file-[0-9a-f]{8}\.zip/file-[0-9a-f]{8}\.pcapng$")
        self.assertNotIn("alice", ran.text + ran.said)

    def test_hostile_names_are_gone_and_do_no_harm(self):
        for user in ("<script>alert(1)</script>", "=cmd|' /C calc'!A0", "a\u202eb-evil", "MÜLLER", "x" * 300, "..\\..\\etc", "%41%6c", "-->",
                     "server", "0x7", "E1", "Ω mega", "'; DROP TABLE cases; --"):
            escaped = user.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            path = self.write("log.xml", EVENT.format(computer="HOST-&lt;b&gt;.evil.example", user=escaped, other=f"said {escaped} twice"))
            for form in ("text", "jsonl", "xml", "csv"):
                ran = run("events", "--redact", "-f", form, path)
                self.assertEqual(ran.code, 0, ran.said)
                if user not in ("server", "0x7", "E1", "-->"):
                    self.assertNotIn(user, ran.text, form)
                self.assertNotIn("evil.example", ran.text)
                self.assertNotIn("10.1.2.3", ran.text)

    def test_events_of_one_log_learn_names_that_come_later(self):
        first = EVENT.format(computer="PC", user="-", other="Zebulon was here")
        second = EVENT.format(computer="PC", user="zebulon", other="-")
        path = self.write("log.xml", first.replace("</Events>", "") + second.replace("<Events>", ""))
        for form in ("text", "jsonl", "xml", "csv"):
            self.assertNotRegex(run("events", "--redact", "-f", form, path).text, re.compile("zebulon", re.I))

    def test_the_page_shows_no_name_in_its_data_either(self):
        page = run("analyze", "-q", "-f", "html", "--redact", CAPTURE).text
        parser = Text()
        parser.feed(page)
        for name in ("198.51.100.10", "203.0.113.20", "alice", "nla-error"):
            self.assertNotIn(name, page)
            self.assertNotIn(name, parser.text)

    def test_the_page_shows_bytes_only_where_nothing_is_hidden(self):
        self.assertIn('<pre class="raw"', run("analyze", "-q", "-f", "html", CAPTURE).text)
        self.assertNotIn('<pre class="raw"', run("analyze", "-q", "-f", "html", "--redact", CAPTURE).text)

    def test_a_batch_hides_the_names_of_cases_and_takes_a_key(self):
        for name in ("alice", "bob"):
            self.write(f"cases/{name}/{CAPTURE.name}", CAPTURE.read_bytes())
        out = self.folder / "out"
        self.ends(run("batch", self.folder / "cases", "--out", out, "--redact"), 2, "needs --redact-key")
        ran = run("batch", self.folder / "cases", "--out", out, "--redact", "--redact-key", self.key())
        self.assertEqual(ran.code, 0, ran.said)
        for path in (p for p in out.rglob("*") if p.is_file()):
            content = path.read_bytes()
            for name in (b"alice", b"bob", b"198.51.100.10", b"203.0.113.20", b"nla-error"):
                self.assertNotIn(name, content, path)
                self.assertNotIn(name, path.name.encode())
        rows = sqlite3.connect(out / "cases.sqlite").execute("SELECT client FROM cases").fetchall()
        self.assertEqual(len(rows), 2)
        self.assertEqual(rows[0], rows[1])
        again = run("batch", self.folder / "cases", "--out", out, "--resume", "--redact", "--redact-key", self.key())
        self.assertIn("2 not done again", again.said)
