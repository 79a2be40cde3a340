#!/usr/bin/env python3
"""Makes many cases of the samples, as a support desk keeps them: folders, archives of every kind, a few damaged, fewer hostile.

usage: make_cases.py FOLDER COUNT [--seed N]

Case NNNNN.SAMPLE[.zip|.tar.gz|...] is a copy of a sample's capture, logs and key log. 3 in 100 are damaged (cut or bytes changed), 1 in
100 is hostile (bombs, names that climb, links, noise). FOLDER/../truth.json says what was made: name -> [sample, kind]. The
same arguments make the same cases.
"""
import argparse
import io
import json
import random
import tarfile
import zipfile
from pathlib import Path

SAMPLES = Path(__file__).resolve().parents[1] / "samples"


def samples():
    out = {}
    for truth in sorted(SAMPLES.glob("*.expect.json")):
        name = truth.name[: -len(".expect.json")]
        files = [p for p in sorted(SAMPLES.glob(f"{name}.*")) if p.suffix in (".pcapng", ".evtx", ".xml", ".keys")]
        out[name] = {p.name: p.read_bytes() for p in files}
    return out


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def tarred(files, mode):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, content in files.items():
            head = tarfile.TarInfo(name)
            head.size = len(content)
            archive.addfile(head, io.BytesIO(content))
    return out.getvalue()


PACKED = {".zip": zipped, ".tar": lambda f: tarred(f, "w"), ".tar.gz": lambda f: tarred(f, "w:gz"), ".tar.xz": lambda f: tarred(f, "w:xz"),
          ".nested.zip": lambda f: zipped({"collected/logs.zip": zipped(f)})}


def damage(files, chance):
    """One file cut or with bytes changed."""
    name = chance.choice(sorted(files))
    content = bytearray(files[name])
    if chance.random() < 0.5:
        content = content[: chance.randrange(1, len(content))]
    else:
        for _ in range(20):
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    return {**files, name: bytes(content)}


def bomb():
    inner = zipped({"zeros": bytes(20 << 20)})
    for _ in range(2):
        inner = zipped({f"{i}.zip": inner for i in range(5)})
    return inner


def climbing(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in {"../../climbed.pcapng": next(iter(files.values())), "/etc/rdpdx": b"x", "evil\n\x1b[31m<script>": b"x"}.items():
            head = tarfile.TarInfo(name)
            head.size = len(content)
            archive.addfile(head, io.BytesIO(content))
        link = tarfile.TarInfo("passwd")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return out.getvalue()


def write_hostile(folder, name, files, chance):
    kind = chance.choice(("bomb", "climbing", "noise"))
    if kind == "bomb":
        (folder / f"{name}.zip").write_bytes(bomb())
    elif kind == "climbing":
        (folder / f"{name}.zip").write_bytes(climbing(files))
    else:
        (folder / f"{name}.zip").write_bytes(b"PK\3\4" + chance.randbytes(100_000))
    return f"{name}.zip", kind


def main():
    arguments = argparse.ArgumentParser(usage=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("count", type=int)
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_args()
    chance, known, truth = random.Random(options.seed), samples(), {}
    options.folder.mkdir(parents=True)
    for n in range(options.count):
        sample = sorted(known)[n % len(known)]
        name, files, kind = f"{n:05}.{sample}", known[sample], "whole"
        if n % 100 == 50:
            name, kind = write_hostile(options.folder, name, files, chance)
        else:
            if n % 100 in (17, 43, 81):
                files, kind = damage(files, chance), "damaged"
            end = ("", *PACKED)[n % (len(PACKED) + 1)]
            name += end
            if end:
                (options.folder / name).write_bytes(PACKED[end](files))
            else:
                (options.folder / name).mkdir()
                for file, content in files.items():
                    (options.folder / name / file).write_bytes(content)
        truth[name] = [sample, kind]
    (options.folder.parent / "truth.json").write_text(json.dumps(truth, indent=1))


if __name__ == "__main__":
    main()
