"""Commands, options and help: what is not understood is refused, by name, with exit code 2."""
import re

from cli.program import ROOT, Case, run, sample

GOOD = sample("tls-fin.pcapng")
COMMANDS = ("analyze", "timeline", "inspect", "events", "flows", "explain", "rules", "batch", "completion")
OPTION_TABLE = ROOT / "src" / "app" / "option_table.cpp"


def option_rows():
    """(name, short, commands) of the one option table."""
    rows = re.findall(r'Option\{"([^"]+)", Takes::\w+,\s*"[^"]*",\s*"(?:[^"\\]|\\.)*",\s*"([^"]*)"(?:,\s*"[^"]*")?\}', OPTION_TABLE.read_text())
    return [(name.split(",")[0], (name.split(",") + [""])[1], commands.split() or list(COMMANDS)) for name, commands in rows]


class Refused(Case):
    def refused(self, *arguments, words):
        ran = self.ends(run(*arguments), 2, *words)
        self.assertEqual(ran.out, b"", "usage errors print nothing on standard output")
        self.assertTrue(all(line.startswith(("rdpdx: ", "'rdpdx help")) for line in ran.said.splitlines()), ran.said)

    def test_no_argument_names_the_commands(self):
        self.refused(words=COMMANDS)

    def test_an_unknown_command_is_named_with_those_that_there_are(self):
        self.refused("analyse", GOOD, words=("no command 'analyse'", *COMMANDS))

    def test_a_command_without_its_arguments_says_what_it_needs(self):
        for command, needs in (("analyze", "PATH"), ("inspect", "PATH"), ("events", "PATH"), ("flows", "PATH"),
                               ("explain", "CODE"), ("rules", "list"), ("completion", "bash")):
            with self.subTest(command):
                self.refused(command, words=(f"'{command}' needs", needs))

    def test_wrong_options_and_values_are_named(self):
        for arguments, words in (
            (("--bogus",), ("--bogus",)),
            (("-z",), ("-z",)),
            (("--format", "yaml"), ("'yaml'", "text json")),
            (("--format=",), ("format",)),
            (("-f", "yaml"), ("'yaml'", "text json")),
            (("-o", "x", "-o", "x"), ("--output", "'x'", "twice")),
            (("-f", "text", "-f", "json"), ("--format", "twice")),
            (("--jobs", "0"), ("--jobs", "'0'")),
            (("--jobs", "257"), ("--jobs", "'257'")),
            (("--jobs", "-1"), ("--jobs",)),
            (("--jobs", "two"), ("--jobs", "'two'")),
            (("--port", "70000"), ("--port", "'70000'")),
            (("--port", "0"), ("--port", "'0'")),
            (("--port", "rdp"), ("--port", "'rdp'")),
            (("--port", "4294970685"), ("--port", "'4294970685'")),
            (("--from", "nonsense"), ("--from", "'nonsense'")),
            (("--to", "2026-13-01T00:00:00Z"), ("--to", "'2026-13-01T00:00:00Z'")),
            (("--color", "sometimes"), ("--color", "'sometimes'")),
            (("--quiet=1",), ("quiet",)),
        ):
            with self.subTest(arguments):
                self.refused("analyze", *arguments, GOOD, words=words)

    def test_an_option_without_its_value_is_named(self):
        for option in ("--format", "--output", "-j", "--filter", "--rules"):
            with self.subTest(option):
                self.refused("analyze", GOOD, option, words=("missing",))

    def test_option_names_are_never_guessed_from_prefixes(self):
        for arguments in (("--form", "json"), ("--out", "x"), ("--verb",), ("--exit",), ("--ser", "203.0.113.20")):
            with self.subTest(arguments):
                self.refused("analyze", *arguments, GOOD, words=(f"no option {arguments[0]}",))

    def test_options_of_another_command_are_refused(self):
        self.refused("inspect", "--client", "198.51.100.10", GOOD, words=("'inspect'", "--client"))
        self.refused("explain", "--filter", "tcp", "5", words=("'explain'", "--filter"))

    def test_a_wrong_filter_is_refused_in_the_words_of_libpcap(self):
        for command in ("analyze", "inspect", "flows"):
            with self.subTest(command):
                self.refused(command, "--filter", "foo bar", GOOD, words=("--filter 'foo bar'", "syntax error"))
        self.refused("analyze", "--filter", "port 99999", GOOD, words=("port 99999", "illegal port number 99999"))

    def test_help_for_what_there_is_not_names_the_commands(self):
        for arguments in (("help", "nonsense"), ("--help", "nonsense"), ("help", "")):
            self.refused(*arguments, words=(f"no help for '{arguments[1]}'", *COMMANDS))

    def test_rules_knows_its_words(self):
        self.refused("rules", "frob", words=("rules frob", "rules list", "rules check"))
        self.refused("rules", "list", "more", words=("rules list", "rules check"))


class Help(Case):
    def test_help_is_on_standard_output_and_ends_with_0(self):
        for arguments in (("--help",), ("-h",), ("help",)):
            with self.subTest(arguments):
                text = self.ends(run(*arguments), 0).text
                for command in COMMANDS:
                    self.assertIn(f"\n  {command} ", text)

    def test_every_command_describes_every_option_it_takes_and_no_other(self):
        rows = option_rows()
        self.assertGreater(len(rows), 10, "the option table was not found")
        for command in COMMANDS:
            texts = {self.ends(run(*arguments), 0).text for arguments in (("help", command), (command, "--help"), (command, "-h"))}
            self.assertEqual(len(texts), 1)
            described = set(re.findall(r"^  +(?:-\w, )?--([a-z-]+)", texts.pop(), re.MULTILINE))
            self.assertEqual(described, {name for name, _, commands in rows if command in commands}, command)

    def test_every_described_option_is_taken(self):
        for name, short, commands in option_rows():
            for command in commands:
                for written in [f"--{name}"] + ([f"-{short}"] if short else []):
                    ran = run(command, written, "--no-such-option")
                    self.assertNotIn(f"no option {written}\n", ran.said, command)

    def test_help_tells_the_exit_codes(self):
        text = run("help", "analyze").text
        for code in "0123456":
            self.assertRegex(text, rf"(?m)^  {code} +\w")

    def test_the_version_is_one_line(self):
        for arguments in (("--version",), ("analyze", "--version")):
            self.assertRegex(self.ends(run(*arguments), 0).text, r"\Ardpdx \d+\.\d+\.\d+\n\Z")
