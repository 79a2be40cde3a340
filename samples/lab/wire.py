#!/usr/bin/env python3
"""wire.py - a network cable with known faults, between two network namespaces.

Opens a TAP device in each namespace and carries Ethernet frames between them, with
delay, loss, a silent size limit, or a cut. It stands in for tc netem, which this
kernel lacks. Loss is by a seeded generator, so that a run repeats as far as the
endpoints send the same number of frames.

  wire.py NS_A IF_A NS_B IF_B 'JSON policy'

policy keys (all optional):
  delay_ms            one-way delay of every frame
  jitter_ms           extra delay, 0..jitter_ms (may reorder)
  loss                share of IPv4 frames lost, 0..1, both directions
  only                6 or 17: count and lose only TCP or only UDP frames
  seed                for loss and jitter
  lose_nth_a2b        list: the 1-based numbers of the A-to-B TCP/UDP frames to lose
  lose_nth_b2a        the same, B to A
  max_ip              IPv4 packets above this many bytes vanish, with no ICMP
  mark_b2a            "wire: mark" is printed when this B-to-A frame passes (a trigger for lab.py)
  cut_after_b2a       after this many B-to-A IPv4 frames everything is lost (cable pulled)
Prints "wire: ready" when both ends exist, and counts at the end (SIGTERM).
"""
import ctypes
import fcntl
import heapq
import json
import os
import random
import select
import signal
import struct
import sys
import time

TUNSETIFF, IFF_TAP, IFF_NO_PI, CLONE_NEWNET = 0x400454CA, 0x0002, 0x1000, 0x40000000
libc = ctypes.CDLL(None, use_errno=True)


def open_tap(ns, name):
    with open(f"/run/netns/{ns}") as f:
        if libc.setns(f.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"setns {ns}")
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TAP | IFF_NO_PI))
    return fd


def main():
    ns_a, if_a, ns_b, if_b = sys.argv[1:5]
    pol = json.loads(sys.argv[5]) if len(sys.argv) > 5 else {}
    rng = random.Random(pol.get("seed", 1))
    fds = {0: open_tap(ns_a, if_a), 1: open_tap(ns_b, if_b)}
    delay, jitter = pol.get("delay_ms", 0) / 1e3, pol.get("jitter_ms", 0) / 1e3
    nth = {0: set(pol.get("lose_nth_a2b", [])), 1: set(pol.get("lose_nth_b2a", []))}
    count, lost, queue, seq, running = {0: 0, 1: 0}, {0: 0, 1: 0}, [], 0, [True]

    def stop(*_):
        running[0] = False
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print("wire: ready", flush=True)
    while running[0]:
        now = time.monotonic()
        while queue and queue[0][0] <= now:
            _, _, side, frame = heapq.heappop(queue)
            try:
                os.write(fds[1 - side], frame)
            except OSError:
                pass  # the far end is down
        wait = max(0.0, queue[0][0] - now) if queue else 0.5
        try:
            ready, _, _ = select.select(list(fds.values()), [], [], wait)
        except InterruptedError:
            continue
        for side in (0, 1):
            if fds[side] not in ready:
                continue
            try:
                frame = os.read(fds[side], 65536)
            except OSError:
                continue
            ip = frame[12:14] == b"\x08\x00"
            drop = False
            if ip:
                total = struct.unpack("!H", frame[16:18])[0]
                cut = pol.get("cut_after_b2a")
                if frame[23] in ((pol["only"],) if "only" in pol else (6, 17)):
                    count[side] += 1
                    drop |= count[side] in nth[side]
                    if side == 1 and count[1] == pol.get("mark_b2a"):
                        print("wire: mark", flush=True)
                    drop |= pol.get("loss", 0) > 0 and rng.random() < pol["loss"]
                    drop |= bool(cut) and count[1] > cut
                drop |= total > pol.get("max_ip", 65535)
            if drop:
                lost[side] += 1
                continue
            seq += 1
            due = time.monotonic() + delay + (rng.random() * jitter if jitter else 0)
            heapq.heappush(queue, (due, seq, side, frame))
    print(json.dumps({"a2b_frames": count[0], "b2a_frames": count[1],
                      "a2b_lost": lost[0], "b2a_lost": lost[1]}), flush=True)


if __name__ == "__main__":
    main()
