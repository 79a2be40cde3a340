"""The same inputs give the same bytes: twice, with any number of jobs, and wherever the case lies."""
import shutil

from cli.program import SAMPLES, Case, cases, run, sample

ALL = sorted([*SAMPLES.glob("*.pcapng"), *SAMPLES.glob("*.xml")])


class SameBytes(Case):
    def same(self, *arguments):
        first = run(*arguments)
        self.assertIn(first.code, (0, 4), first.said)
        self.assertNotEqual(first.out, b"")
        for jobs in ((), ("-j", "1"), ("-j", "2"), ("-j", "8"), ("--jobs=3",)):
            again = run(*arguments, *jobs)
            self.assertEqual((again.code, again.out, again.err), (first.code, first.out, first.err), jobs)
        return first

    def test_of_each_sample(self):
        for name, inputs in cases().items():
            with self.subTest(name):
                self.same("analyze", "-f", "json", *inputs)

    def test_of_all_samples_at_once(self):
        for command in ("analyze", "inspect", "flows"):
            for form in ("json", "text"):
                with self.subTest(f"{command} {form}"):
                    self.same(command, "-f", form, *ALL)

    def test_of_a_folder(self):
        folder = self.folder / "case"
        folder.mkdir()
        for path in ALL:
            shutil.copy(path, folder)
        self.same("analyze", "-f", "json", folder)


class SamePlace(Case):
    def test_a_file_that_lies_elsewhere_gives_the_same_report(self):
        elsewhere = self.folder / "another place"
        elsewhere.mkdir()
        for name, inputs in cases().items():
            copies = [shutil.copy(p, elsewhere) for p in inputs]
            for form in ("json", "text"):
                with self.subTest(f"{name} {form}"):
                    here = run("analyze", "-f", form, *inputs).out
                    self.assertEqual(run("analyze", "-f", form, *copies).out, here)
                    self.assertEqual(run("analyze", "-f", form, *[p.name for p in inputs], cwd=SAMPLES).out, here)
                    self.assertNotIn(str(self.folder).encode(), here)

    def test_a_folder_may_have_any_name_and_be_given_in_any_way(self):
        one, two = self.folder / "one", self.folder / "two" / "deeper"
        for folder in (one, two):
            (folder / "logs").mkdir(parents=True)
            shutil.copy(sample("tls-fin.pcapng"), folder)
            shutil.copy(sample("tls-fin.client.xml"), folder / "logs")
        reports = {run("analyze", "-f", "json", *how[:1], cwd=how[1]).out
                   for how in ((one, None), (two, None), (str(one) + "/", None), (".", two), ("two/deeper", self.folder))}
        self.assertEqual(len(reports), 1)
        report = run("analyze", "-f", "json", one).json
        self.assertEqual([i["path"] for i in report["inputs"]], ["logs/tls-fin.client.xml", "tls-fin.pcapng"])

    def test_files_of_one_name_are_told_apart(self):
        for place in ("client", "server"):
            (self.folder / place).mkdir()
        a = shutil.copy(sample("net-mtu-black-hole.pcapng"), self.folder / "client" / "trace.pcapng")
        b = shutil.copy(sample("net-mtu-black-hole.server.pcapng"), self.folder / "server" / "trace.pcapng")
        report = run("analyze", "-f", "json", a, b).json
        self.assertEqual([i["path"] for i in report["inputs"]], ["client/trace.pcapng", "server/trace.pcapng"])
        report = run("analyze", "-f", "json", self.folder / "client", self.folder / "server").json
        self.assertEqual([i["path"] for i in report["inputs"]], ["client/trace.pcapng", "server/trace.pcapng"])
