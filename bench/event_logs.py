"""`rdpdx events` against the floor under reading an event log (evtx_floor.c) and against evtxexport, on large logs made
of real chunks (event_inputs.py), and the goals for it. Whole processes, output to /dev/null, files in the page cache,
the best of the rounds. What one thread does is compared by processor time: alone on a machine that is the clock's."""
import os
import re
import shutil
import subprocess
import sys

from event_inputs import Inputs
from measuring import CORPUS, TOP, WORK, Goals, Run, compiled, measure, sha256_of, take_turns

# An RDP provider for the filter of an XML export, one of the many that an export of a whole machine holds.
PROVIDER = "Microsoft-Windows-TerminalServices-LocalSessionManager"
FLOOR, ONE, TWO, RDP, RDP_TWO = "the floor", "jsonl -j 1", "jsonl -j 2", "jsonl --relevant -j 1", "jsonl --relevant -j 2"
MB_IN_MIB = 1.048576


def counted(command, text):
    """The lines with this text that a command prints."""
    with subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        grep = subprocess.run(["grep", "-c", "--", text], stdin=process.stdout, stdout=subprocess.PIPE, text=True)
    return int(grep.stdout)


class Bench:
    def __init__(self, rdpdx, inputs, records, rounds):
        self.rdpdx, self.inputs, self.records, self.rounds, self.goals = rdpdx, inputs, records, rounds, Goals()

    def events(self, *options):
        return [self.rdpdx, "events", "-q", *options]

    def programs(self, log):
        commands = {FLOOR: [compiled("evtx_floor.c", "-lisal"), log]}
        for name in (ONE, TWO, RDP, RDP_TWO):
            commands[name] = self.events("-f", *name.split(), log)
        return commands

    def logs(self):
        """Goals a, b and c."""
        inputs, goals = self.inputs, self.goals
        best = self.table(inputs.big, self.records["big"])
        mixed = self.table(inputs.mixed, self.records["mixed"])
        self.against_floor("a) all to jsonl, 1 thread", best, ONE, 11)
        self.against_floor("   the same, mixed log", mixed, ONE, 11)
        self.instructions()
        self.evtxexport(best[ONE])
        speedup = best[ONE].seconds / best[TWO].seconds
        goals.add("b) 2 threads against 1", ">= 1.8 x", f"{speedup:.2f} x", speedup >= 1.8)
        commands = self.programs(inputs.big)
        same = sha256_of(commands[ONE]) == sha256_of(commands[TWO])
        goals.add("   output of 2 threads", "identical", "identical" if same else "differs", same)
        for name, runs, log in (("c) RDP events only, mixed log", mixed, inputs.mixed),
                                ("   RDP events only, all logs in turn", best, inputs.big)):
            share = self.lines(log, "--relevant") / self.lines(log)
            self.against_floor(f"{name} ({share:.0%} are)", runs, RDP, 3.5)

    def against_floor(self, what, best, program, most):
        ratio = best[program].cpu / best[FLOOR].cpu
        self.goals.add(what, f"<= {most} x floor", f"{ratio:.2f} x", ratio <= most)

    def lines(self, log, *options):
        return counted(self.events("-f", "jsonl", *options, log), "")

    def table(self, log, records):
        runs = take_turns(self.programs(log), self.rounds)
        best = {name: Run.best(list_) for name, list_ in runs.items()}
        size = log.stat().st_size / 1e6
        print(f"{log.name}: {size:.0f} MB, {records} records, best of {self.rounds} rounds")
        print(f"{'program':24}{'seconds':>9}{'cpu s':>8}{'MB/s':>9}{'x floor':>9}{'peak MiB':>10}")
        for name, run in best.items():
            print(f"{name:24}{run.seconds:9.3f}{run.cpu:8.3f}{size / run.seconds:9.0f}"
                  f"{run.cpu / best[FLOOR].cpu:9.2f}{run.peak:10.0f}", flush=True)
        return best

    def instructions(self):
        if not shutil.which("valgrind"):
            return self.goals.note("   instructions a record", "not counted: no valgrind")
        counts = []
        for path in self.inputs.small:
            told = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
                                   *self.events("-f", "jsonl", "-j", "1"), path], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.PIPE, text=True).stderr
            counts.append(int(re.search(r"Collected : (\d+)", told).group(1)))
        # One chunk costs hardly more than the program's start.
        small, large = self.records["small"]
        each = (counts[1] - counts[0]) / (large - small)
        self.goals.add("   instructions a record", "<= 13,000", f"{each:,.0f}", each <= 13000)
        self.goals.note("   instructions to start", f"{(counts[0] - small * each) / 1e6:,.0f} million")

    def evtxexport(self, ours):
        """It gives up at the first record that it cannot read, so what it printed is counted."""
        if not shutil.which("evtxexport"):
            return self.goals.note("   evtxexport", "not there (package libevtx-utils)")
        command = ["evtxexport", "-f", "xml", self.inputs.cut]
        seconds = measure(command, good=(0, 1)).cpu
        printed = counted(command, "<Event ")
        each, our = seconds / max(printed, 1), ours.cpu / self.records["big"]
        self.goals.note("   evtxexport -f xml", f"{each * 1e6:.0f} us a record (of {printed}), rdpdx {our * 1e6:.2f} us: "
                        f"{each / our:.0f} times as fast")

    def xml(self):
        """Goal d."""
        def command(path, *options):
            return self.events("-f", "jsonl", "-j", "1", *options, path)

        provider = ("--provider", PROVIDER)
        programs = {"whole": command(self.inputs.xml, *provider), "half": command(self.inputs.half_xml, *provider),
                    "relevant": command(self.inputs.xml, "--relevant")}
        best = {name: Run.best(list_) for name, list_ in take_turns(programs, self.rounds).items()}
        size = self.inputs.xml.stat().st_size / 1e6
        speed = {name: size / best[name].cpu for name in ("whole", "relevant")}
        whole, half = best["whole"].peak, best["half"].peak
        self.goals.add(f"d) event XML ({size:.0f} MB), one provider", ">= 800 MB/s", f"{speed['whole']:.0f} MB/s",
                       speed["whole"] >= 800)
        self.goals.add("   its peak memory, half and whole", "the same", f"{half:.0f} and {whole:.0f} MiB", whole - half < 4)
        share = self.lines(self.inputs.xml, "--relevant") / self.lines(self.inputs.xml)
        self.goals.note(f"   RDP events only ({share:.0%} are)", f"{speed['relevant']:.0f} MB/s")

    def many(self):
        """Goal e, first half."""
        programs = {"all": self.events("-f", "jsonl", self.inputs.folder),
                    "one": self.events("-f", "jsonl", "-j", "1", self.inputs.folder),
                    "relevant": self.events("-f", "jsonl", "--relevant", self.inputs.folder)}
        best = {name: Run.best(list_) for name, list_ in take_turns(programs, self.rounds).items()}
        self.goals.add("e) 1,000 small logs, all to jsonl", "< 0.5 s", f"{best['all'].seconds:.3f} s", best["all"].seconds < 0.5)
        self.goals.note("   the same with -j 1", f"{best['one'].seconds:.3f} s")
        self.goals.note("   the same, RDP events only", f"{best['relevant'].seconds:.3f} s")

    def huge(self, gib):
        """Goal e, second half: the chunks again and again, far more than the file header can count."""
        path = WORK / "huge.evtx"
        try:
            with open(path, "wb") as out:
                while out.tell() < gib * 1073741824:
                    with open(self.inputs.big, "rb") as again:
                        again.seek(4096 if out.tell() else 0)
                        shutil.copyfileobj(again, out, 1 << 20)
            size = path.stat().st_size / 1073741824
            for jobs in ("1", "2", "8"):
                peak = measure(self.events("-f", "jsonl", "-j", jobs, path)).peak * MB_IN_MIB
                self.goals.add(f"   peak memory, {size:.1f} GiB, -j {jobs}", "< 64 MB", f"{peak:.1f} MB", peak < 64)
        finally:
            path.unlink(missing_ok=True)


def run(rdpdx, mib, rounds, seeds, huge):
    seeds = seeds or [CORPUS / "evtx"]
    if not all(seed.exists() for seed in seeds):
        return print(f"event logs: not measured; there is no {seeds[0]} to make a large log of (--seeds names others)")
    inputs = Inputs(mib)
    if not inputs.known(seeds):
        print(f"making event logs in {WORK} ...", flush=True)
        # In a process of its own, because it needs much memory: see measure().
        subprocess.run([sys.executable, TOP / "bench" / "event_inputs.py", rdpdx, str(mib), *seeds], check=True)
    inputs.load()
    bench = Bench(rdpdx, inputs, inputs.known(seeds), rounds)
    load = [os.getloadavg()[0]]
    for part in (bench.logs, bench.xml, bench.many):
        part()
        load.append(os.getloadavg()[0])
    if huge:
        bench.huge(huge)
    print(f"\nload of the machine meanwhile: {', '.join(f'{l:.1f}' for l in load)} (a quiet one: 1 to 2)")
    bench.goals.show()
