"""Plans, shards and merged results: whoever does which part in whatever order, the results are those of one run."""
import contextlib
import random
import shutil
import sqlite3
import subprocess
import unittest
from pathlib import Path

from cli import program
from cli.batch_cases import Batch
from cli.program import run


class Shards(Batch):
    COUNT, N = 60, 5

    def setUp(self):
        super().setUp()
        self.many(self.COUNT)
        self.plan = self.folder / "plan.tsv"
        self.ends(run("batch", "plan", self.path, "-o", self.plan), 0)

    def shard(self, k, n=N, out=None, *how):
        out = out or self.folder / f"shard{k}"
        ran = run("batch", "run", self.plan, "--shard", f"{k}/{n}", "--out", out, "-q", *how)
        self.assertIn(ran.code, (0, 4), ran.said)
        return out

    def merge(self, out, *folders):
        ran = run("batch", "merge", *folders, "--out", self.folder / out)
        self.assertIn(ran.code, (0, 4), ran.said)
        return self.folder / out

    def whole(self, *how):
        out = self.folder / "whole"
        self.ends(run("batch", self.path, "--out", out, *how), 4, "60 cases")
        return self.everything(out)

    def test_jobs_plans_and_shards_in_any_order_give_the_same_bytes(self):
        whole = self.whole("-j", "1")
        two = self.folder / "two"
        self.ends(run("batch", "run", self.plan, "--out", two, "-j", "2"), 4, "60 cases")
        self.same(self.everything(two), whole)
        order = list(range(1, self.N + 1))
        random.Random(7).shuffle(order)
        parts = {k: self.shard(k) for k in order}
        self.same(self.everything(self.merge("all", *(parts[k] for k in order))), whole)
        # However it is put in brackets, and doubled.
        left = self.merge("left", self.merge("l2", parts[1], parts[2]), parts[3])
        right = self.merge("right", parts[4], self.merge("r2", parts[5], parts[1]))
        self.same(self.everything(self.merge("both", right, left)), whole)
        self.same(self.everything(self.merge("again", self.folder / "all", parts[2])), whole)

    def test_a_shard_that_is_missing_is_named(self):
        ran = run("batch", "merge", self.shard(1), self.shard(4), "--out", self.folder / "some")
        self.ends(ran, 4, "shards that are missing: 2/5, 3/5, 5/5")
        for k in (5, 3, 2):
            self.merge("some", self.shard(k))
        self.same(self.everything(self.folder / "some"), self.whole())

    def test_results_of_a_run_that_did_not_end_are_not_taken_for_whole(self):
        one = self.shard(1, 1)
        store = one / "cases.sqlite"
        whole = store.read_bytes()
        store.write_bytes(whole[:68] + bytes(4) + whole[72:])  # PRAGMA application_id: the store was not finished
        for _ in range(2):
            ran = self.ends(run("batch", "merge", one, "--out", self.folder / "m"), 4, "its run has not ended", "not all of the plan is there")
            self.assertNotIn("missing: ", ran.said)
        store.write_bytes(whole)
        self.same(self.everything(self.merge("m", one)), self.whole())

    def test_a_store_that_names_reports_elsewhere_is_refused(self):
        one = self.shard(1)
        self.write("secret.html", "mine")
        for report in ("../../secret", "reports/../../secret", "/etc/passwd", "reports/..", "secret", ""):
            with self.subTest(report):
                with contextlib.closing(sqlite3.connect(one / "cases.sqlite")) as store:
                    store.execute("UPDATE cases SET report=? WHERE report IS NOT NULL", (report,))
                    store.commit()
                self.ends(run("batch", "merge", one, "--out", self.folder / "m"), 6, f"its store names '{report}' as a report")
        self.assertEqual([p for p in self.folder.rglob("secret*")], [self.folder / "secret.html"])

    def test_more_shards_than_cases(self):
        parts = [self.shard(k, 70) for k in (1, 60)]
        empty = self.folder / "shard70"
        self.ends(run("batch", "run", self.plan, "--shard", "70/70", "--out", empty, "-q"), 0)
        self.ends(run("batch", "merge", *parts, empty, "--out", self.folder / "m"), 4, "and 47 more")

    def test_results_of_other_options_are_not_merged(self):
        one = self.shard(1)
        keys = next(program.SAMPLES.glob("*.keys"))
        other = self.shard(2, self.N, None, "--keylog", keys)
        self.ends(run("batch", "merge", one, other, "--out", self.folder / "m"), 2, "other options")
        self.assertFalse((self.folder / "m").exists())

    def test_what_is_wrong_is_said(self):
        out = self.folder / "o"
        self.ends(run("batch", "run", self.path, "--shard", "1/2", "--out", out), 2, "--shard takes a plan")
        self.ends(run("batch", "run", self.plan, "--shard", "3/2", "--out", out), 2, "--shard takes K/N")
        self.ends(run("batch", "plan"), 2, "one PATH")
        self.ends(run("batch", "plan", self.folder / "gone"), 3, "no such file")
        self.ends(run("batch", "merge", "--out", out), 2, "takes folders")
        self.ends(run("batch", "merge", self.path, "--out", out), 2, "there is no store")
        bad = self.write("bad.tsv", "# rdpdx.plan/1\nbelow\tx\nonly\n")
        self.ends(run("batch", "run", bad, "--out", out), 2, "line 3: a case and a path are wanted")
        nowhere = self.write("nowhere.tsv", "# rdpdx.plan/1\nbelow\tgone\na\tx\n")
        self.ends(run("batch", "run", nowhere, "--out", out), 6, "gone: nothing is there of what the plan names")
        self.assertFalse((out / "cases.sqlite").exists())

    def test_a_plan_that_people_corrected_is_followed(self):
        lines = self.plan.read_text().splitlines()
        first, second = lines[6].split("\t")[0], lines[7].split("\t")[0]
        lines[7] = lines[7].replace(second, first, 1)
        self.plan.write_text("\n".join(lines[:-1]) + "\n")
        out = self.folder / "o"
        self.ends(run("batch", "run", self.plan, "--out", out), 4, "58 cases")
        self.assertEqual(self.rows(f"SELECT count(*) FROM cases WHERE name='{second}'", out), [(0,)])


def can_mount():
    return subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode == 0


class FullDisk(Batch):
    """A small file system in a mount namespace of its own, filled by the results."""

    def test_it_is_said_and_nothing_is_left_half_written(self):
        if not can_mount():
            self.skipTest("no mount namespaces here")
        self.many(120)
        whole = self.folder / "whole"
        self.ends(self.batch(out=whole), 4)
        small = self.folder / "small"
        small.mkdir()
        script = """mount -t tmpfs -o size=$2 none $1 || exit 99
            "$3" batch "$4" --out $1/out -j 2; echo "code $?"
            find $1/out -name '*.part'
            for f in $1/out/reports/*.json; do python3 -c 'import json, sys; json.load(open(sys.argv[1]))' $f || echo "broken $f"; done
            mount -o remount,size=200m $1 && "$3" batch "$4" --out $1/out --resume -q; echo "then $?"
            cp -r $1/out $5"""
        for size in ("300k", "3m", "9m"):
            with self.subTest(size):
                after = self.folder / f"after{size}"
                ran = subprocess.run(["unshare", "-m", "sh", "-c", script, "sh", small, size, program.PATH, self.path, after],
                                     capture_output=True, timeout=program.SECONDS)
                if ran.returncode == 99:
                    self.skipTest("no tmpfs here")
                said = ran.stderr.decode()
                self.assertEqual(ran.stdout.decode().split("\n"), ["code 6", "then 4", ""], said)
                self.assertRegex(said, "No space|no space|disk is full")
                self.same(self.everything(after), self.everything(whole))


if __name__ == "__main__":
    unittest.main()
