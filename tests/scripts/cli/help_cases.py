"""What the program says about itself: examples that work as they stand, the manual page, and completion in real shells."""
import re
import shlex
import shutil
import subprocess
import unittest

from cli import program
from cli.program import ROOT, Case, run, sample

COMMANDS = ("analyze", "timeline", "inspect", "events", "flows", "explain", "rules", "batch", "completion")
SHELLS = ("bash", "zsh", "fish", "powershell")


def examples(text):
    return [line.strip() for line in text.split("\nexamples:\n")[1].split("\nexit codes:")[0].splitlines() if line.startswith("  rdpdx ")]


class Examples(Case):
    def setUp(self):
        super().setUp()
        beside = {"client.pcapng": "tls-fin.pcapng", "client-log.xml": "tls-fin.client.xml", "System.evtx": "tls-fin.server.system.evtx",
                  "tls.keys": "ok-nla-shadow.keys", "case/client.pcapng": "tls-fin.pcapng", "cases/one/client.pcapng": "tls-fin.pcapng"}
        self.write("my-cause.yaml", (ROOT / "rules/causes/mtu-black-hole.yaml").read_bytes())
        for name, source in beside.items():
            self.write(name, sample(source).read_bytes())

    def test_every_command_has_some_and_each_of_them_works(self):
        first = []
        for command in COMMANDS:
            lines = examples(self.ends(run("help", command), 0).text)
            self.assertGreater(len(lines), 0, command)
            first.append(lines[0])
            for line in lines:
                with self.subTest(line):
                    words = shlex.split(line)
                    self.assertEqual(words[:2], ["rdpdx", command])
                    ran = run(*words[1:], cwd=self.folder)
                    self.assertEqual(ran.code, 1 if "--exit-code" in words else 0, ran.said)
        self.assertEqual(examples(run("help").text), first)

    def test_files_that_examples_write_are_there(self):
        run("analyze", "case/", "-o", "ticket.html", "-o", "case.json", cwd=self.folder)
        for name in ("ticket.html", "case.json"):
            self.assertTrue((self.folder / name).stat().st_size > 0)


class Open(Case):
    def opened(self, opener, *arguments, **environment):
        """What came of it, and what the desktop's opener was given."""
        if opener is not None:
            self.write("bin/xdg-open", f"#!/bin/sh\n{opener}\n").chmod(0o755)
        plain = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "PATH": f"{self.folder}/bin", **environment}
        ran = run("analyze", "-o", "t.html", "--open", sample("tls-fin.pcapng"), *arguments, env=plain, cwd=self.folder)
        seen = self.folder / "seen"
        return ran, seen.read_text() if seen.exists() else None

    def test_a_page_is_given_to_the_desktop_by_its_whole_path(self):
        ran, seen = self.opened(f'echo "$@" > {self.folder}/seen; echo noise; echo noise >&2', DISPLAY=":9")
        self.ends(ran, 0)
        self.assertEqual((ran.out, seen), (b"", f"{self.folder}/t.html\n"))

    def test_without_a_display_the_page_is_written_and_that_is_said(self):
        ran, seen = self.opened(f'echo "$@" > {self.folder}/seen')
        self.ends(ran, 0, "t.html cannot be shown: there is no display")
        self.assertIsNone(seen)
        self.assertTrue((self.folder / "t.html").exists())

    def test_an_opener_that_fails_or_is_not_there_is_named(self):
        self.ends(self.opened("exit 3", WAYLAND_DISPLAY="wayland-0")[0], 0, "xdg-open ended with 3")
        (self.folder / "bin/xdg-open").unlink()
        self.ends(self.opened(None, DISPLAY=":9")[0], 0, "xdg-open is not there")

    def test_there_has_to_be_a_page(self):
        self.ends(run("analyze", "--open", sample("tls-fin.pcapng")), 2, "--open", "-o ticket.html")
        self.ends(run("analyze", "--open", "-o", "x.json", sample("tls-fin.pcapng"), cwd=self.folder), 2, "--open", "-o ticket.html")


class Manual(Case):
    def setUp(self):
        super().setUp()
        self.page = self.write("rdpdx.1", self.ends(run("help", "man"), 0).out)

    def test_it_names_every_command_and_option(self):
        text = self.page.read_text().replace("\\-", "-")
        for command in COMMANDS:
            self.assertIn(f'.Ss "{command}"', text)
            for option in re.findall(r"^  +(?:-\w, )?--([a-z-]+)", run("help", command).text, re.MULTILINE):
                self.assertIn(f"Fl -{option}", text)
        for line in (".Sh EXIT STATUS", ".Sh EXAMPLES", ".Sh ENVIRONMENT", ".Ev NO_COLOR"):
            self.assertIn(line.replace(".Ev", ".It Ev"), text)

    @unittest.skipUnless(shutil.which("mandoc"), "no mandoc (Debian's package mandoc)")
    def test_mandoc_finds_nothing_wrong(self):
        lint = subprocess.run(["mandoc", "-T", "lint", "-W", "style", self.page], capture_output=True, text=True, check=False)
        self.assertEqual((lint.stdout, lint.returncode), ("", 0))

    @unittest.skipUnless(shutil.which("mandoc"), "no mandoc (Debian's package mandoc)")
    def test_what_is_read_is_what_help_says(self):
        shown = subprocess.run(["mandoc", "-T", "utf8", "-O", "width=200", self.page], capture_output=True, text=True, check=True).stdout
        shown = re.sub(r".\x08", "", shown)
        self.assertIn("open TLS with the secrets in this NSS key log (SSLKEYLOGFILE)", shown)
        self.assertIn('for ~/.bashrc: eval "$(rdpdx completion bash)"', shown)


class Completion(Case):
    def script(self, shell):
        return self.write(f"rdpdx.{shell}", self.ends(run("completion", shell), 0).out)

    def test_another_shell_is_refused(self):
        self.ends(run("completion", "tcsh"), 2, "bash zsh fish")
        self.ends(run("completion", "bash", "zsh"), 2, "bash zsh fish")

    def test_shells_find_no_mistake_in_theirs(self):
        for shell, check in (("bash", ["bash", "-n"]), ("zsh", ["zsh", "-n"]), ("fish", ["fish", "--no-execute"])):
            with self.subTest(shell):
                if not shutil.which(shell):
                    self.skipTest(f"no {shell}")
                done = subprocess.run([*check, self.script(shell)], capture_output=True, text=True, check=False)
                self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_powershell_finds_no_mistake_in_its_own(self):
        if not shutil.which("pwsh"):
            self.skipTest("no pwsh")
        done = subprocess.run(["pwsh", "-NoProfile", "-File", self.script("powershell").rename(self.folder / "c.ps1")], check=False)
        self.assertEqual(done.returncode, 0)

    def test_each_has_every_command_and_option(self):
        for shell in SHELLS:
            text = self.script(shell).read_text()
            for command in COMMANDS:
                self.assertIn(command, text)
                for option in re.findall(r"^  +(?:-\w, )?--([a-z-]+)", run("help", command).text, re.MULTILINE):
                    self.assertRegex(text, rf"(--|-l ){option}\b", shell)

    def in_bash(self, *words):
        """What bash offers for the last word."""
        line = f"""source {shlex.quote(str(self.script('bash')))}
            COMP_WORDS=({' '.join(map(shlex.quote, words))}); COMP_CWORD=$(({len(words)} - 1)); _rdpdx; printf '%s\\n' "${{COMPREPLY[@]}}" """
        done = subprocess.run(["bash", "--norc", "-c", line], capture_output=True, text=True, cwd=self.folder, check=False)
        self.assertEqual(done.stderr, "")
        return done.stdout.split("\n")[:-1]

    @unittest.skipUnless(shutil.which("bash"), "no bash")
    def test_bash_completes(self):
        self.write("a case.pcapng", b"")
        self.write("dir/x", b"")
        for words, wanted in (
            (("rdpdx", "an"), ["analyze"]),
            (("rdpdx", "analyze", "--form"), ["--format"]),
            (("rdpdx", "analyze", "--format", "mark"), ["markdown", "markdown-long"]),
            (("rdpdx", "timeline", "-f", ""), ["text", "csv", "jsonl", "timesketch"]),
            (("rdpdx", "analyze", "--color", "=", "a"), ["auto", "always"]),
            (("rdpdx", "analyze", "--color", "="), ["auto", "always", "never"]),
            (("rdpdx", "analyze", "a"), ["a case.pcapng"]),
            (("rdpdx", "batch", "--out", "d"), ["dir"]),
            (("rdpdx", "rules", "s"), ["show"]),
            (("rdpdx", "completion", ""), list(SHELLS)),
            (("rdpdx", "help", "sch"), ["schema"]),
            (("rdpdx", "flows", "--port", ""), [""]),
            (("rdpdx", "events", "--rec"), ["--recover"]),
        ):
            with self.subTest(words):
                self.assertEqual(self.in_bash(*words), wanted)

    def test_fish_completes(self):
        if not shutil.which("fish"):
            self.skipTest("no fish")
        script = self.script("fish")

        def offered(line):
            command = f"source {shlex.quote(str(script))}; complete -C {shlex.quote(line)}"
            done = subprocess.run(["fish", "--no-config", "-c", command], capture_output=True, text=True, cwd=self.folder, check=False,
                                  env={"HOME": str(self.folder), "PATH": f"{self.folder}:/usr/bin:/bin"})
            return [row.split("\t")[0] for row in done.stdout.splitlines()]

        self.assertEqual(offered("rdpdx an"), ["analyze"])
        self.assertEqual(offered("rdpdx analyze --format mark"), ["markdown", "markdown-long"])
        self.assertIn("--recover", offered("rdpdx events --rec"))
        self.assertNotIn("--recover", offered("rdpdx flows --rec"))

    def test_zsh_takes_it(self):
        if not shutil.which("zsh"):
            self.skipTest("no zsh")
        line = f"autoload -Uz compinit; compinit -D -u; source {shlex.quote(str(self.script('zsh')))}; print $_comps[rdpdx]"
        done = subprocess.run(["zsh", "-f", "-c", line], capture_output=True, text=True, check=False)
        self.assertEqual((done.stdout, done.stderr), ("_rdpdx\n", ""))
