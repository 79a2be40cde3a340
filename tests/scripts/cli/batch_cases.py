"""Many cases at once: what is a case, what is left behind, and that nothing one case does costs another anything."""
import contextlib
import hashlib
import io
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from pathlib import Path

from cli import program
from cli.program import Case, cases, run


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


class Batch(Case):
    def setUp(self):
        super().setUp()
        self.known = cases()
        self.path, self.out = self.folder / "cases", self.folder / "out"
        self.path.mkdir()

    def case(self, name, sample):
        for file in self.known[sample]:
            self.write(f"cases/{name}/{file.name}", file.read_bytes())

    def batch(self, *how, out=None):
        return run("batch", self.path, "--out", out or self.out, *how)

    def many(self, count):
        subprocess.run([sys.executable, "-B", program.ROOT / "bench/make_cases.py", self.folder / "made", str(count)], check=True)
        self.path = self.folder / "made"

    def rows(self, sql="SELECT name, status, outcome, stage, cause FROM cases", out=None):
        with contextlib.closing(sqlite3.connect((out or self.out) / "cases.sqlite")) as store:
            return store.execute(sql).fetchall()

    def everything(self, out):
        """Every file's bytes, those of the store too."""
        return {p.relative_to(out).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(out.rglob("*")) if p.is_file()}


    def same(self, one, other):
        """Two of everything()."""
        self.assertEqual(sorted(f for f in one.keys() | other.keys() if one.get(f) != other.get(f)), [])


class WhatIsACase(Batch):
    def test_folders_archives_and_loose_files_of_one_name(self):
        self.case("folder one", "tls-fin")
        files = {p.name: p.read_bytes() for p in self.known["nego-not-rdp"]}
        self.write("cases/ticket.zip", zipped(files))
        for name, content in files.items():
            self.write(f"cases/{name}", content)
        self.ends(self.batch(), 0, "3 cases: 3 done")
        self.assertEqual([r[0] for r in self.rows()], ["folder one", "nego-not-rdp", "ticket.zip"])
        self.assertEqual(self.rows("SELECT count(*) FROM inputs WHERE case_name='nego-not-rdp'"), [(len(files),)])

    def test_a_folder_of_logs_and_captures_only_is_one_case(self):
        for file in self.known["tls-fin"]:
            shutil.copy(file, self.path)
        self.ends(self.batch(), 0, "1 cases: 1 done")
        self.assertEqual(self.rows("SELECT name, inputs FROM cases"), [("cases", len(self.known["tls-fin"]))])

    def test_an_archive_is_one_case(self):
        path = self.write("one.zip", zipped({p.name: p.read_bytes() for p in self.known["tls-fin"]}))
        self.ends(run("batch", path, "--out", self.out), 0, "1 cases")
        self.assertEqual(self.rows("SELECT name FROM cases"), [("one.zip",)])

    def test_results_within_the_path_are_no_case(self):
        self.case("a", "tls-fin")
        self.out = self.path / "results"
        self.ends(self.batch(), 0, "1 cases")
        self.ends(self.batch("--resume"), 0, "1 not done again")

    def test_nothing_there(self):
        self.ends(self.batch(), 3, "holds no cases")
        self.ends(run("batch", self.folder / "gone", "--out", self.out), 3, "no such file")

    def test_usage(self):
        self.ends(run("batch", self.path), 2, "needs --out")
        self.ends(run("batch", self.path, self.path, "--out", self.out), 2, "one PATH")
        self.ends(self.batch("--case-time", "0"), 2, "--case-time takes 1 to")


class Results(Batch):
    def test_reports_store_and_index_agree_with_analyze(self):
        for n, sample in enumerate(self.known):
            self.case(f"c{n}", sample)
        self.ends(self.batch("-j", "2"), 0, "done")
        index = (self.out / "index.html").read_text()
        for n, sample in enumerate(self.known):
            # Alone the paths are those below the folder, too.
            alone = run("analyze", "-f", "json", self.path / f"c{n}").out
            self.assertEqual((self.out / f"reports/c{n}.json").read_bytes(), alone)
            report = json.loads(alone)
            row = self.rows(f"SELECT outcome, stage, cause, report, attempts FROM cases WHERE name='c{n}'")[0]
            verdict = report["verdict"]
            self.assertEqual(row, (verdict["outcome"], verdict["stage"], verdict["cause"], f"reports/c{n}", len(report["attempts"])))
            self.assertEqual(self.rows(f"SELECT count(*) FROM evidence WHERE case_name='c{n}'"), [(len(report["evidence"]),)])
            self.assertIn(f'href="reports/c{n}.html"', index)
            self.assertTrue((self.out / f"reports/c{n}.html").exists())
        self.assertEqual(self.rows("PRAGMA user_version"), [(2,)])
        self.assertEqual(self.rows("PRAGMA journal_mode"), [("wal",)])

    def test_the_number_of_jobs_changes_nothing(self):
        self.many(120)
        outs = [self.folder / f"out{jobs}" for jobs in (1, 2)]
        for jobs, out in zip((1, 2), outs):
            self.ends(self.batch("-j", jobs, out=out), 4, "120 cases")
        self.same(self.everything(outs[0]), self.everything(outs[1]))

    def test_names_of_cases_reach_no_page_and_no_path(self):
        for name in ("<b onclick=x>&", "..evil", "évil \x1b[31m", "a" * 200, "A", "a"):
            self.case(name, "tls-fin")
        ran = self.ends(self.batch(), 0, "done")
        self.assertNotIn("\x1b", ran.said)
        index = (self.out / "index.html").read_text()
        self.assertNotIn("<b onclick", index)
        self.assertNotIn("\x1b", index)
        self.assertIn("Content-Security-Policy", index)
        files = [p.name for p in (self.out / "reports").iterdir()]
        self.assertEqual(len({f.lower() for f in files}), 12)
        for name in files:
            self.assertRegex(name, r"^[a-z0-9_][a-z0-9_.-]{0,100}\.(json|html)$")


class Thousand(Batch):
    """What a support desk has: one command, no failure, every verdict as the truth says, little memory, and done once."""

    def test_verdicts_store_and_index_agree_with_the_truth(self):
        self.many(1000)
        ran = subprocess.Popen([program.PATH, "batch", self.path, "--out", self.out], stderr=subprocess.PIPE)
        said = ran.stderr.read().decode()
        ran.stderr.close()
        _, status, used = os.wait4(ran.pid, 0)
        ran.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(ran.returncode, 4, said)
        self.assertIn(" 0 failed", said)
        held = subprocess.run([sys.executable, "-B", program.ROOT / "bench/check_batch.py", self.out, self.folder / "truth.json"], capture_output=True)
        self.assertEqual(held.returncode, 0, held.stdout.decode()[-2000:])
        slow = b"__asan_init" in Path(program.PATH).read_bytes()
        self.assertLess(used.ru_maxrss, 1_000_000 if slow else 500_000)
        before, began = self.everything(self.out), time.monotonic()
        self.ends(self.batch("--resume"), 4, "0 done", "1000 not done again")
        self.assertLess(time.monotonic() - began, 20 if slow else 2)
        self.same(self.everything(self.out), before)


class OneBadCase(Batch):
    def test_a_case_without_evidence_is_a_row_with_its_reason(self):
        self.case("good", "tls-fin")
        self.write("cases/bad/notes.txt", "nothing")
        self.write("cases/broken.zip", b"PK\3\4" + bytes(50))
        self.ends(self.batch(), 4, "3 cases: 1 done", "2 without evidence")
        self.assertEqual([r[:2] for r in self.rows()], [("bad", "no-evidence"), ("broken.zip", "no-evidence"), ("good", "done")])
        self.assertEqual(sorted(p.name for p in (self.out / "reports").iterdir()), ["good.html", "good.json"])

    def test_a_case_that_takes_too_much_memory_is_ended_and_named(self):
        self.case("big", "tls-fin")
        ran = self.batch("--case-memory", "1")
        self.assertIn(ran.code, (0, 3), ran.said)  # a small case may be done before anybody looks
        if ran.code == 3:
            self.assertEqual(self.rows("SELECT status, reason FROM cases"), [("failed", "It took more than 1 MB of memory and was ended.")])


class GoingOn(Batch):
    def start(self, *how):
        plain = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR",)}
        return subprocess.Popen([program.PATH, "batch", self.path, "--out", self.out, *how], stderr=subprocess.PIPE, env=plain)

    def test_results_are_not_overwritten(self):
        self.case("a", "tls-fin")
        self.ends(self.batch(), 0, "done")
        self.ends(self.batch(), 2, "--resume")

    def test_files_of_others_where_reports_would_go_are_not_touched(self):
        self.case("a", "tls-fin")
        mine = self.write("out/reports/thesis.odt", "years of work")
        for how in ([], ["--resume"]):
            self.ends(self.batch(*how), 2, "out/reports holds files that no batch left")
        self.ends(run("batch", self.path, "--out", self.folder / "other", "-q"), 0)
        self.ends(run("batch", "merge", self.folder / "other", "--out", self.out), 2, "holds files that no batch left")
        self.assertEqual([p for p in self.out.rglob("*") if p.is_file()], [mine])
        mine.unlink()
        self.ends(self.batch(), 0, "1 done")

    def test_resume_does_what_is_new_changed_or_gone(self):
        for name in "abc":
            self.case(name, "tls-fin")
        self.ends(self.batch(), 0, "done")
        self.ends(self.batch("--resume"), 0, "3 not done again", "0 done")
        shutil.rmtree(self.path / "a")
        self.case("d", "nego-not-rdp")
        os.utime(self.path / "b" / "tls-fin.pcapng")
        self.ends(self.batch("--resume"), 0, "2 done", "1 not done again")
        self.assertEqual([r[0] for r in self.rows()], ["b", "c", "d"])
        self.ends(self.batch(out=self.folder / "fresh"), 0, "3 done")
        self.same(self.everything(self.out), self.everything(self.folder / "fresh"))
        self.assertEqual(sorted(p.name for p in (self.out / "reports").iterdir()), [f"{c}.{e}" for c in "bcd" for e in ("html", "json")])

    def test_another_setting_does_all_again(self):
        self.case("a", "tls-fin")
        self.ends(self.batch(), 0, "done")
        self.write("secret.log", "CLIENT_RANDOM " + "00" * 32 + " " + "00" * 48 + "\n")
        self.ends(self.batch("--resume", "--keylog", self.folder / "secret.log"), 0, "1 done")

    def test_killed_at_any_moment_it_goes_on_to_the_same_results(self):
        self.many(150)
        whole = self.folder / "whole"
        self.ends(self.batch(out=whole), 4)
        chance = random.Random(11)
        for n in range(20):
            child = self.start("-j", "2", "--resume")
            time.sleep(chance.uniform(0.02, 0.25))
            victims = program.children_of(child.pid) if n % 2 else []
            for victim in victims:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(victim, signal.SIGKILL)
            time.sleep(chance.uniform(0, 0.05) if victims else 0)
            child.send_signal(signal.SIGKILL)
            child.communicate()
        time.sleep(0.3)  # the children end with it, but not at once
        self.ends(self.batch("--resume"), 4)
        self.same(self.everything(self.out), self.everything(whole))
        self.assertEqual([p for p in self.out.rglob("*.part")], [])

    def test_workers_that_somebody_kills_lose_no_case(self):
        self.many(200)
        whole = self.folder / "whole"
        self.ends(self.batch(out=whole), 4)
        child, chance, killed = self.start("-j", "2", "-q"), random.Random(5), 0
        while child.poll() is None:
            time.sleep(chance.uniform(0.05, 0.2))
            for victim in program.children_of(child.pid)[:1]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(victim, signal.SIGKILL)
                    killed += 1
        child.communicate()
        self.assertGreater(killed, 0)
        self.ends(self.batch("--resume"), 4, "200 cases")  # a case that was hit twice counts as failed until then
        self.same(self.everything(self.out), self.everything(whole))

    def test_a_request_to_end_that_reaches_all_processes_costs_no_case(self):
        self.many(300)
        child = subprocess.Popen([program.PATH, "batch", self.path, "--out", self.out, "-j", "2"], stderr=subprocess.PIPE, start_new_session=True)
        time.sleep(0.4)
        os.killpg(child.pid, signal.SIGTERM)
        said = child.communicate(timeout=60)[1].decode()
        if child.returncode in (0, 4):
            self.skipTest("it was faster than the signal")
        self.assertEqual(child.returncode, 130, said)
        self.assertIn(" 0 failed", said)
        self.assertEqual(self.rows("SELECT count(*) FROM cases WHERE status='failed'"), [(0,)])

    def test_ctrl_c_ends_cleanly(self):
        self.many(300)
        child = self.start("-j", "1")
        time.sleep(0.7)
        child.send_signal(signal.SIGINT)
        said = child.communicate(timeout=60)[1].decode()
        if child.returncode in (0, 4):
            self.skipTest("it was faster than Ctrl-C")
        self.assertEqual(child.returncode, 130, said)
        self.assertIn("--resume goes on", said)
        done = self.rows("SELECT count(*) FROM cases")[0][0]
        self.assertEqual(len(list((self.out / "reports").glob("*.json"))), self.rows("SELECT count(*) FROM cases WHERE status='done'")[0][0])
        self.assertTrue((self.out / "index.html").exists())
        self.assertLess(done, 300)
        self.ends(self.batch("--resume"), 4, "300 cases")
        self.assertEqual(self.rows("SELECT count(*) FROM cases"), [(300,)])

    def test_two_at_once_in_one_folder_do_not_meet(self):
        self.many(400)
        child = self.start("-j", "1", "-q")
        time.sleep(0.3)
        second = self.batch("--resume")
        child.communicate(timeout=60)
        self.assertEqual(child.returncode, 4)
        if second.code != 4:  # it waits some seconds
            self.ends(second, 6, "another run is at work")

    def test_a_folder_that_cannot_be_written(self):
        self.case("a", "tls-fin")
        blocked = self.write("blocked", "a file")
        self.ends(self.batch(out=blocked), 6, "cannot write")


class Query(Batch):
    def setUp(self):
        super().setUp()
        for name in ("tls-fin", "nego-not-rdp", "ok-nla-shadow", "tls-version-server-old"):
            self.case(name, name)
        self.case("again", "tls-fin")
        self.write("cases/none/=cmd.txt", "x")
        self.ends(self.batch(), 4, "5 done")

    def ask(self, *words):
        return run("batch", "query", self.out, *words)

    def test_every_ready_question_has_an_answer(self):
        listed = self.ends(self.ask(), 0).text
        for words in (["causes"], ["servers"], ["clients"], ["days"], ["trend"], ["certificates"], ["clocks"], ["unread"], ["not-done"], ["new-since", "2020"], ["like", "again"]):
            with self.subTest(words):
                self.assertIn(f"  {words[0]} ", listed)
                self.assertGreater(len(self.ends(self.ask(*words), 0).text.splitlines()), 1)
        self.assertIn("tls-fin", self.ends(self.ask("like", "again"), 0).text)

    def test_cases_that_did_not_fail_are_like_none(self):
        for name in ("fine", "fine too"):
            self.case(name, "ok-nla-shadow")
        self.ends(self.batch("--resume"), 4, "2 done")
        self.assertEqual(self.ends(self.ask("like", "fine", "-f", "jsonl"), 0).text, "")

    def test_formats_agree(self):
        sql = "SELECT name, attempts, cause FROM cases"
        rows = self.rows(sql)
        lines = [json.loads(line) for line in self.ends(self.ask(sql, "-f", "jsonl"), 0).text.splitlines()]
        self.assertEqual([tuple(line.values()) for line in lines], rows)
        table = self.ends(self.ask(sql, "-f", "csv"), 0).text.split("\r\n")[1:-1]
        self.assertEqual(table, [",".join("" if c is None else str(c) for c in row) for row in rows])
        self.assertIn("'=cmd.txt", self.ends(self.ask("SELECT substr(path, 1) FROM inputs WHERE case_name='none'", "-f", "csv"), 0).text)

    def test_whoever_asks_changes_nothing(self):
        before = self.everything(self.out)
        for sql in ("DELETE FROM cases", f"VACUUM INTO '{self.folder}/copy'", f"ATTACH '{self.folder}/other' AS o", "SELECT 1; DROP TABLE cases"):
            with self.subTest(sql):
                self.ends(self.ask(sql), 2, "cases.sqlite: ")
        self.same(self.everything(self.out), before)
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), ["cases", "out"])

    def test_what_is_wrong_is_said(self):
        self.ends(self.ask("SELEC"), 2, "syntax error")
        self.ends(self.ask("like"), 2, "takes CASE")
        self.ends(self.ask("causes", "x"), 2, "takes nothing")
        self.ends(run("batch", "query"), 2, "needs the folder")
        self.ends(run("batch", "query", self.folder, "causes"), 3, "there is no store")
