"""What all measurements share: where things are, whole processes measured, and the table of goals."""
import hashlib
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
WORK = TOP / "build" / "bench"  # what was made once is found there again
CORPUS = TOP.parent / "shared" / "corpus"


# Before a measured program: chrt lets it go before all else on a busy machine (root only), so that times mean something.
FIRST = []


@dataclass
class Run:
    seconds: float  # by the clock on the wall
    cpu: float      # seconds that all its threads had a processor
    peak: float     # MiB

    @staticmethod
    def best(runs):
        """What the program can do; the rest is what else the machine did."""
        return Run(min(r.seconds for r in runs), min(r.cpu for r in runs), max(r.peak for r in runs))


def measure(command, good=(0, 4)):
    """Until it is replaced by the program, a process is a copy of this one, and the kernel counts that too: a peak below
    15 MiB may be Python's. So nothing large is ever kept in memory here."""
    began = time.monotonic()
    process = subprocess.Popen([*FIRST, *map(str, command)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - began
    code = os.waitstatus_to_exitcode(status)
    if code not in good:
        sys.exit(f"bench: {' '.join(map(str, command))} ended with {code}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def take_turns(programs, rounds):
    """{name: [Run]}; the programs of {name: command} take turns, so that a slow moment meets all of them."""
    runs = {name: [] for name in programs}
    for _ in range(rounds):
        for name, command in programs.items():
            runs[name].append(measure(command))
    return runs


def sha256_of(command):
    """Of what the program prints."""
    digest = hashlib.sha256()
    with subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        while piece := process.stdout.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def compiled(source, *flags):
    """The program that bench/SOURCE.c becomes."""
    program = WORK / Path(source).stem
    if not program.exists() or program.stat().st_mtime < (TOP / "bench" / source).stat().st_mtime:
        subprocess.run(["cc", "-O2", "-o", program, TOP / "bench" / source, *flags], check=True)
    return program


def into_page_cache(path):
    with open(path, "rb") as file:
        while file.read(1 << 20):
            pass


class Goals:
    """One line a goal: what was asked, what came out."""

    def __init__(self):
        self.lines = []

    def add(self, what, goal, figure, met):
        self.lines.append((what, goal, figure, "met" if met else "MISSED"))

    def note(self, what, figure):
        self.lines.append((what, "", figure, ""))

    def show(self):
        widths = [max(len(line[i]) for line in self.lines) for i in range(3)]
        for line in self.lines:
            print("  ".join(cell.ljust(width) for cell, width in zip(line, widths + [0])).rstrip())
