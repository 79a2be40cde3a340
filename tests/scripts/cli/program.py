"""Runs the program and says what came out."""
import json
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

PATH = ""  # set by cli_test.py and golden_test.py
ROOT = Path(__file__).resolve().parents[3]
SAMPLES = ROOT / "samples"
SECONDS = 120  # sanitizers are slow; a hang is longer


class Ran:
    def __init__(self, done):
        self.code, self.out, self.err = done.returncode, done.stdout or b"", done.stderr or b""

    @property
    def text(self):
        return self.out.decode()

    @property
    def said(self):
        return self.err.decode()

    @property
    def json(self):
        return json.loads(self.out)


def run(*arguments, env=None, before=(), **how):
    """`before` is a command that runs the program in turn, such as setpriv; `env` adds to the environment."""
    plain = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "UPDATE_GOLDEN")}
    how = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **how}
    command = [*before, PATH, *[a if isinstance(a, bytes) else str(a) for a in arguments]]
    return Ran(subprocess.run(command, timeout=SECONDS, check=False, env={**plain, **(env or {})}, **how))


def children_of(process):
    """Process ids; none where it has ended."""
    try:
        return [int(p) for p in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []


def sample(name):
    return SAMPLES / name


def cases():
    """Name -> its inputs: the client's capture with the logs of both sides. Sorted by name."""
    out = {}
    for truth in sorted(SAMPLES.glob("*.expect.json")):
        name = truth.name[: -len(".expect.json")]
        logs = sorted(p for p in SAMPLES.glob(f"{name}.*") if p.suffix in (".evtx", ".xml"))
        out[name] = [sample(f"{name}.pcapng"), *logs]
    return out


class Case(unittest.TestCase):
    """Each test has a folder of its own."""

    maxDiff = None

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="rdpdx-cli-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def ends(self, ran, code, *said):
        """The exit code, and what standard error has to hold."""
        self.assertEqual(ran.code, code, ran.err.decode(errors="replace"))
        for words in said:
            self.assertIn(words, ran.said)
        if code == 0 and not said:
            self.assertEqual(ran.said, "")
        return ran
