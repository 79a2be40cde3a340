"""--keylog, --rsa-key, --decrypt, and secrets inside a pcapng: what opens, and what is said where it does not."""
import struct

from cli.program import Case, run, sample

CAPTURE = sample("nla-error-logon-failure.pcapng")
KEYS = sample("nla-error-logon-failure.keys")
OTHER_KEYS = sample("ok-nla-shadow.keys")


def blocks(data):
    """The blocks of a little-endian pcapng."""
    out, at = [], 0
    while at < len(data):
        (length,) = struct.unpack_from("<I", data, at + 4)
        out.append(data[at: at + length])
        at += length
    return out


def decryption_secrets(text):
    body = struct.pack("<II", 0x544C534B, len(text)) + text + bytes(-len(text) % 4)
    length = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", 0x0000000A) + length + body + length


class Opening(Case):
    def attempt(self, *arguments, code=0):
        ran = run("analyze", "-f", "json", "-q", *arguments)
        self.assertEqual(ran.code, code, ran.said)
        return ran.json["attempts"][0]

    def test_a_key_log_shows_what_without_it_is_inferred(self):
        hidden, opened = self.attempt(CAPTURE), self.attempt(CAPTURE, "--keylog", KEYS)
        self.assertEqual(hidden["basis"], "inferred")
        self.assertEqual((opened["stage"], opened["basis"]), ("credssp", "observed"))
        self.assertEqual(opened["codes"]["credssp_error"], "0xC000006D")
        self.assertEqual(opened["cause"]["id"], "credential-rejected")

    def test_secrets_inside_the_capture_are_used_wherever_they_stand(self):
        wanted = self.attempt(CAPTURE, "--keylog", KEYS)
        parts, secret = blocks(CAPTURE.read_bytes()), decryption_secrets(KEYS.read_bytes())
        for place in (2, len(parts) // 2, len(parts)):
            with self.subTest(f"before block {place} of {len(parts)}"):
                whole = self.write("with-secrets.pcapng", b"".join([*parts[:place], secret, *parts[place:]]))
                found = self.attempt(whole)
                for field in ("stage", "basis", "outcome", "codes", "user"):
                    self.assertEqual(found[field], wanted[field])

    def test_a_key_log_among_the_inputs_is_used_wherever_it_lies(self):
        wanted = self.attempt(CAPTURE, "--keylog", KEYS)
        folder = self.write(f"case/{CAPTURE.name}", CAPTURE.read_bytes()).parent
        for name, text in (("zz.txt", KEYS.read_bytes()), ("a/b", b"# a comment\n\n" + KEYS.read_bytes())):
            with self.subTest(name):
                lying = self.write(f"case/{name}", text)
                self.assertEqual(self.attempt(folder)["codes"], wanted["codes"])
                of = {i["path"]: i for i in run("inspect", "-f", "json", folder).json["inputs"]}[name]
                self.assertEqual((of["kind"], of["status"], of["items"] > 0), ("TLS key log", "ok", True))
                lying.unlink()

    def test_a_key_log_alone_is_no_evidence(self):
        self.ends(run("analyze", KEYS), 3, "")

    def test_several_key_logs_are_one(self):
        self.assertEqual(self.attempt(CAPTURE, "--keylog", OTHER_KEYS, "--keylog", KEYS), self.attempt(CAPTURE, "--keylog", KEYS))

    def test_a_key_log_of_another_connection_is_said_and_changes_nothing_else(self):
        with_other, without = self.attempt(CAPTURE, "--keylog", OTHER_KEYS), self.attempt(CAPTURE)
        self.assertEqual((with_other["stage"], with_other["basis"]), (without["stage"], without["basis"]))
        text = run("analyze", CAPTURE, "--keylog", OTHER_KEYS).text
        self.assertIn("None of the secrets", text)
        self.assertIn("The secrets that were given do not open this connection", text)

    def test_a_wrong_secret_is_told_from_a_missing_one(self):
        lines = [line.split() for line in KEYS.read_text().splitlines() if line and not line.startswith("#")]
        wrong = self.write("wrong.keys", "".join(f"{l} {r} {'5a' * (len(s) // 2)}\n" for l, r, s in lines))
        self.assertIn("does not open", run("analyze", CAPTURE, "--keylog", wrong).text)

    def test_user_may_be_given_without_the_domain(self):
        full = self.attempt(CAPTURE, "--keylog", KEYS)["user"]
        self.assertIn("\\", full)
        for name in (full, full.split("\\")[1], full.split("\\")[1].upper()):
            self.assertEqual(self.attempt(CAPTURE, "--keylog", KEYS, "--user", name)["user"], full)


class Wrong(Case):
    def test_files_that_are_not_there(self):
        self.ends(run("analyze", CAPTURE, "--keylog", self.folder / "none"), 2, "key log", "cannot be opened")
        self.ends(run("analyze", CAPTURE, "--rsa-key", self.folder / "none"), 2, "RSA key", "cannot be opened")

    def test_lines_that_are_no_secrets_are_counted_and_never_shown(self):
        bad = self.write("bad.keys", "CLIENT_RANDOM 0123 deadbeefcafe\n" + KEYS.read_text())
        ran = self.ends(run("analyze", CAPTURE, "--keylog", bad), 0, "1 line is no secret", "line 1")
        self.assertNotIn("deadbeef", ran.said + ran.text)

    def test_a_file_without_any_secret(self):
        self.ends(run("analyze", CAPTURE, "--keylog", self.write("empty.keys", "# nothing\n")), 0, "holds no secret")

    def test_what_is_no_private_key(self):
        self.ends(run("analyze", CAPTURE, "--rsa-key", KEYS), 2, "is no RSA private key")

    def test_decrypt_takes_two_words(self):
        self.ends(run("analyze", CAPTURE, "--decrypt", "some"), 2, "--decrypt takes handshake or all, not 'some'")
