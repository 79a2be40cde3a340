"""Cases that come packed: their members are read where they lie, limits hold, and whatever is lost is named."""
import bz2
import gzip
import io
import lzma
import shutil
import struct
import subprocess
import tarfile
import unittest
import zipfile

from cli.program import Case, run, sample

NAME = "tls-fin"
LOGS = [p for p in sorted(sample(".").glob(f"{NAME}.*")) if p.suffix in (".pcapng", ".evtx", ".xml")]
MEMBERS = {f"logs/{p.name}": p.read_bytes() for p in LOGS}


def zipped(members, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def tarred(members, mode="w"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, content in members.items():
            head = tarfile.TarInfo(name)
            head.size = len(content)
            archive.addfile(head, io.BytesIO(content))
    return out.getvalue()


def cabinet(members):
    """[MS-CAB], stored: header, one folder, its files, blocks of at most 32 KiB without checksums."""
    data = b"".join(members.values())
    blocks = [data[at : at + 32768] for at in range(0, len(data), 32768)]
    files, at = b"", 0
    for name, content in members.items():
        files += struct.pack("<IIHHHH", len(content), at, 0, 0x5821, 0, 0x20) + name.encode() + b"\0"
        at += len(content)
    start = 36 + 8 + len(files)
    body = b"".join(struct.pack("<IHH", 0, len(b), len(b)) + b for b in blocks)
    head = b"MSCF" + struct.pack("<IIIIIBBHHHHH", 0, start + len(body), 0, 44, 0, 3, 1, 1, len(members), 0, 1, 0)
    return head + struct.pack("<IHH", start, len(blocks), 0) + files + body


class Packed(Case):
    def bsdtar(self, name, *how):
        if shutil.which("bsdtar") is None:
            self.skipTest("bsdtar (libarchive-tools) is not here")
        for member, content in MEMBERS.items():
            self.write(f"tree/{member}", content)
        subprocess.run(["bsdtar", *how, "-cf", self.folder / name, "-C", self.folder / "tree", "logs"], check=True)
        return (self.folder / name).read_bytes()

    def archives(self):
        out = {"case.zip": zipped(MEMBERS), "stored.zip": zipped(MEMBERS, zipfile.ZIP_STORED), "case.tar": tarred(MEMBERS),
               "case.cab": cabinet(MEMBERS)}
        for end in ("gz", "bz2", "xz"):
            out[f"case.tar.{end}"] = tarred(MEMBERS, f"w:{end}")
        if shutil.which("bsdtar"):
            out["case.7z"] = self.bsdtar("made.7z", "--format", "7zip")
            out["case.tar.zst"] = self.bsdtar("made.zst", "--zstd")
        return out


class Whole(Packed):
    def test_every_kind_of_archive_gives_what_the_folder_gives(self):
        for name, content in MEMBERS.items():
            self.write(f"folder/{name}", content)
        plain = self.ends(run("analyze", "-f", "json", self.folder / "folder"), 0, "").out
        for name, content in self.archives().items():
            with self.subTest(name):
                # The name of the file does not matter.
                path = self.write(f"{name}.bin", content)
                ran = self.ends(run("analyze", "-f", "json", path), 0, "")
                self.assertEqual(ran.out.replace(f"{name}.bin/logs".encode(), b"logs"), plain)

    def test_archives_in_archives_are_told_by_their_path(self):
        inner = tarred(MEMBERS, "w:gz")
        path = self.write("a.zip", zipped({"z.txt": "x", "b.tar.gz": inner, "a/c.zip": zipped({"one.evtx.gz": gzip.compress(MEMBERS[f"logs/{LOGS[-1].name}"])})}))
        paths = [i["path"] for i in self.ends(run("inspect", "-f", "json", path), 4, "z.txt").json["inputs"]]
        self.assertEqual(paths, ["a.zip/a/c.zip/one.evtx.gz/one.evtx", *[f"a.zip/b.tar.gz/{n}" for n in sorted(MEMBERS)], "a.zip/z.txt"])

    def test_a_single_compressed_capture(self):
        content = sample(f"{NAME}.pcapng").read_bytes()
        for end, packed in (("gz", gzip.compress(content)), ("bz2", bz2.compress(content)), ("xz", lzma.compress(content))):
            with self.subTest(end):
                path = self.write(f"one.pcapng.{end}", packed)
                self.assertEqual([i["path"] for i in self.ends(run("inspect", "-f", "json", path), 0, "").json["inputs"]], [f"one.pcapng.{end}/one.pcapng"])

    def test_events_and_flows_read_archives(self):
        path = self.write("case.zip", zipped(MEMBERS))
        self.assertIn(b"RemoteDesktopServices", self.ends(run("events", "-f", "jsonl", path), 0, "holds no events").out)
        self.assertEqual(len(self.ends(run("flows", "-f", "json", path), 0, "").json["flows"]), 1)

    def test_an_office_document_is_no_archive_of_evidence(self):
        path = self.write("report.docx", zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"}))
        self.ends(run("inspect", path), 3, "report.docx (office document)")

    def test_an_empty_archive(self):
        for content in (zipped({}), tarred({}), gzip.compress(b"")):
            self.ends(run("analyze", self.write("void.bin", content)), 3, "void.bin")


class Lost(Packed):
    def test_of_a_truncated_archive_what_is_there_is_read_and_the_loss_is_named(self):
        for name, content in self.archives().items():
            with self.subTest(name):
                path = self.write(name, content[: len(content) * 2 // 3])
                ran = run("analyze", "-f", "json", path)
                self.assertIn(name, ran.said)
                if name in ("case.7z", "case.tar.bz2", "case.tar.zst"):  # a directory at the end, blocks larger than the case
                    self.ends(ran, 3, "cannot be read at all")
                    continue
                self.ends(ran, 4)
                notes = " ".join(n for i in ran.json["inputs"] for n in i["notes"])
                self.assertRegex(notes, "The archive gives|cannot be read to its end|gives nothing of it")

    def test_an_archive_cut_anywhere_never_ends_in_silence(self):
        for name, content in self.archives().items():
            for part in range(1, 12):
                with self.subTest(name, part=part):
                    ran = run("inspect", "-f", "json", self.write(name, content[: len(content) * part // 12]))
                    self.assertIn(ran.code, (3, 4), (name, part, ran.said))
                    self.assertIn(name, ran.said)

    def test_a_damaged_member_is_marked_and_the_others_are_read(self):
        content = bytearray(zipped(MEMBERS, zipfile.ZIP_STORED))
        at = content.find(MEMBERS[f"logs/{NAME}.client.xml"]) + 3000
        content[at] ^= 1
        report = self.ends(run("inspect", "-f", "json", self.write("bad.zip", bytes(content))), 4, "bad CRC").json
        status = {i["path"]: i["status"] for i in report["inputs"]}
        self.assertEqual(status.pop(f"bad.zip/logs/{NAME}.client.xml"), "damaged")
        self.assertEqual(set(status.values()), {"ok"})

    def test_wrong_sizes_are_said(self):
        content = bytearray(zipped({"a.txt": b"x" * 1000}))
        for field in (content.find(b"PK\1\2") + 24, 22):  # central directory and local header: uncompressed size
            struct.pack_into("<I", content, field, 50)
        self.ends(run("inspect", self.write("size.zip", bytes(content))), 3, "size.zip")

    @unittest.skipUnless(shutil.which("zip"), "needs zip, which encrypts")
    def test_encrypted_members_are_named(self):
        self.write("secret.evtx", MEMBERS[f"logs/{LOGS[-1].name}"])
        self.write("open.pcapng", sample(f"{NAME}.pcapng").read_bytes())
        subprocess.run(["zip", "-q", "-P", "pw", "mix.zip", "secret.evtx"], cwd=self.folder, check=True)
        subprocess.run(["zip", "-q", "mix.zip", "open.pcapng"], cwd=self.folder, check=True)
        self.ends(run("analyze", self.folder / "mix.zip"), 4, "mix.zip/secret.evtx (encrypted): Not read: it is encrypted")

    @unittest.skipUnless(shutil.which("zip"), "needs zip, which encrypts")
    def test_a_password_of_the_file_opens_a_member_and_is_never_told(self):
        self.write("secret.pcapng", sample(f"{NAME}.pcapng").read_bytes())
        subprocess.run(["zip", "-q", "-P", "Opens7Sesame", "mix.zip", "secret.pcapng"], cwd=self.folder, check=True)
        right = self.write("right.txt", "wrong one\r\nOpens7Sesame\r\n")
        ran = run("inspect", self.folder / "mix.zip", "--archive-password-file", right)
        self.ends(ran, 0, "")
        self.assertIn(b"pcapng capture", ran.out)
        self.assertNotIn("Sesame", ran.out.decode() + ran.said)
        wrong = self.write("wrong.txt", "Other7Sesame\n")
        ran = run("inspect", self.folder / "mix.zip", "--archive-password-file", wrong)
        self.ends(ran, 3, "mix.zip/secret.pcapng")
        self.assertNotIn("Sesame", ran.out.decode() + ran.said)
        self.ends(run("inspect", self.folder / "mix.zip", "--archive-password-file", self.folder / "none"), 2, "password file")

    @unittest.skipUnless(shutil.which("zip"), "needs zip, which encrypts")
    def test_a_batch_takes_passwords_and_goes_on_when_they_change(self):
        self.write("cases/secret.pcapng", sample(f"{NAME}.pcapng").read_bytes())
        subprocess.run(["zip", "-q", "-m", "-P", "Opens7Sesame", "a.zip", "secret.pcapng"], cwd=self.folder / "cases", check=True)
        passwords = self.write("passwords.txt", "Other\n")
        batch = lambda *how: run("batch", self.folder / "cases", "--out", self.folder / "out", "--archive-password-file", passwords, *how)
        self.ends(batch(), 3, "0 done")
        passwords = self.write("passwords.txt", "Other\nOpens7Sesame\n")
        self.ends(batch("--resume"), 0, "1 done")
        for path in (p for p in (self.folder / "out").rglob("*") if p.is_file()):
            self.assertNotIn(b"Sesame", path.read_bytes())

    @unittest.skipUnless(shutil.which("zip"), "needs zip, which encrypts")
    def test_passwords_may_come_from_a_pipe(self):
        self.write("secret.pcapng", sample(f"{NAME}.pcapng").read_bytes())
        subprocess.run(["zip", "-q", "-P", "Opens7Sesame", "mix.zip", "secret.pcapng"], cwd=self.folder, check=True)
        for command in ("analyze", "inspect"):
            ran = run(command, self.folder / "mix.zip", "--archive-password-file", "/dev/stdin", stdin=None, input=b"Opens7Sesame\n")
            self.ends(ran, 0, "")


class Hostile(Packed):
    def test_a_flat_bomb_stops_at_its_ratio(self):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.pcapng", sample(f"{NAME}.pcapng").read_bytes())
            with archive.open("bomb.bin", "w") as member:
                for _ in range(300):
                    member.write(bytes(1 << 20))
        self.ends(run("analyze", self.write("bomb.zip", out.getvalue())), 4, "bomb.zip", "Stopped at 'bomb.zip/bomb.bin': it unpacks to more than 250 times its size")

    def test_a_nested_bomb_stops_as_a_whole(self):
        inner = zipped({"zeros": bytes(20 << 20)})
        for _ in range(2):
            inner = zipped({f"{i}.zip": inner for i in range(5)})
        self.ends(run("analyze", self.write("nest.zip", inner)), 3, "Stopped at 'nest.zip/", "more than 250 times its size")

    def test_too_deep_a_nest_is_named(self):
        inner = MEMBERS[f"logs/{NAME}.client.xml"]
        for _ in range(8):
            inner = zipped({"x.zip": inner})
        self.ends(run("analyze", self.write("deep.zip", inner)), 3, "deep.zip/x.zip/x.zip/", "more than 6 deep")

    def test_names_that_climb_and_links_write_nothing_and_read_nothing(self):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w") as archive:
            for name in ("../climbed.txt", "/tmp/rdpdx-climbed.txt"):
                head = tarfile.TarInfo(name)
                head.size = 1
                archive.addfile(head, io.BytesIO(b"x"))
            for kind, name in ((tarfile.SYMTYPE, "passwd"), (tarfile.LNKTYPE, "again"), (tarfile.FIFOTYPE, "pipe")):
                head = tarfile.TarInfo(name)
                head.type, head.linkname = kind, "/etc/passwd"
                archive.addfile(head)
        case = self.write("in/t.tar", out.getvalue())
        ran = self.ends(run("inspect", "-f", "json", case), 3, "t.tar/passwd (link)", "t.tar/again (link)", "t.tar/pipe (link)")
        self.assertNotIn(b"root:", ran.out)
        self.assertEqual(sorted(p.name for p in self.folder.rglob("*")), ["in", "t.tar"])

    def test_hostile_names_of_members_reach_no_terminal_and_no_page(self):
        evil = "evil\n\x1b[31m<script>alert(1)</script>.pcapng"
        path = self.write("names.tar", tarred({evil: sample(f"{NAME}.pcapng").read_bytes(), "x\x1b]0;t\x07": b"x"}))
        text = self.ends(run("analyze", path), 4)
        self.assertNotIn("\x1b", text.text + text.said)
        html = self.ends(run("analyze", "-f", "html", path), 4).text
        self.assertNotIn("<script>alert", html)

    def test_ten_thousand_members(self):
        path = self.write("many.zip", zipped({f"{i:05}.txt": b"x" for i in range(10000)}))
        self.ends(run("inspect", path, "-f", "json"), 3, "and 9980 more files")

    def test_two_members_of_one_name_are_both_read(self):
        body = MEMBERS[f"logs/{NAME}.client.xml"]
        one = tarred({"a.xml": body})[: 512 + (len(body) + 511) // 512 * 512]
        path = self.write("twice.tar", one + one + bytes(1024))
        paths = [i["path"] for i in self.ends(run("inspect", "-f", "json", path), 0, "").json["inputs"]]
        self.assertEqual(paths, ["twice.tar/a.xml", "twice.tar/a.xml (2)"])
