"""Writes the paired cases into a folder: capture, key log, client's log, server's logs and truth, as check_truth.py reads them."""
import json
import sys
from collections import defaultdict
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LAB = ROOT.parent / "shared" / "corpus" / "lab"
sys.path[:0] = [str(ROOT / "samples" / "lab"), str(Path(__file__).resolve().parent)]

import server_log  # noqa: E402
from cases import CASES, CLIENT_OFFSETS, OFFSETS  # noqa: E402
from client_log import client_events  # noqa: E402
from moments import moments_of  # noqa: E402
from windows_log import lines_of, write_evtx  # noqa: E402


def capture_of(name):
    """The lab's, or the sample of that name."""
    places = (LAB, ROOT / "samples")
    return next((p / f"{name}.pcapng" for p in places if (p / f"{name}.pcapng").exists()), None)


def truth_of(name, case, capture, offset):
    truth = json.loads(capture.with_name(capture.stem + ".expect.json").read_text())
    verdict = truth["verdict"]
    own = verdict.get("cause", [None])
    verdict["cause"] = [*case.cause, *(own if isinstance(own, list) else [own])]
    truth.pop("attempts", None)
    truth["clock_offset"] = {"client": CLIENT_OFFSETS.get(name, 0.0)} | ({"server": offset} if case.server else {})
    return truth


def write(name, folder, make_evtx, index):
    case, capture = CASES[name], capture_of(CASES[name].base or name)
    # Nothing tells the clock of a server whose own stack saw no connection.
    offset = OFFSETS[index % len(OFFSETS)] if case.server else 0.0
    moments = moments_of(capture, busiest=True)
    (folder / f"{name}.pcapng").symlink_to(capture)
    if capture.with_suffix(".keys").exists():
        (folder / f"{name}.keys").symlink_to(capture.with_suffix(".keys"))
    client = client_events(name, moments, case)
    for event in client:
        event.time += timedelta(seconds=CLIENT_OFFSETS.get(name, 0.0))
    write_evtx(folder / f"{name}.client.evtx", lines_of(client), make_evtx)
    if case.client:
        write_evtx(folder / f"{name}.client.security.evtx", lines_of([told(moments) for told in case.client]), make_evtx)
    channels = defaultdict(list)
    for event in [*server_log.server_events(name, moments, case), *(told(moments) for told in case.machine)]:
        event.time += timedelta(seconds=offset)
        channels[event.channel].append(event)
    for channel, events in channels.items():
        write_evtx(folder / f"{name}.server.{channel}.evtx", lines_of(events), make_evtx)
    truth = truth_of(name, case, capture, offset)
    (folder / f"{name}.expect.json").write_text(json.dumps(truth, indent=1) + "\n")
    return truth


def write_all(folder, make_evtx, names=()):
    """Name -> truth, of the cases whose capture is there."""
    return {name: write(name, folder, make_evtx, i) for i, name in enumerate(CASES)
            if capture_of(CASES[name].base or name) and (not names or name in names)}
