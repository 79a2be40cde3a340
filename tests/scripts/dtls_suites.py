#!/usr/bin/env python3
"""What tls_suites.py does, of DTLS: associations over loopback, recorded by a relay that may lose, repeat and reorder.

    dtls_suites.py --tls-open build/dev/tests/tls_open [--only WORD] [--every N] [--verbose]

Prints 'N passed, N failed'. Exit status 1 where one failed, 77 where there is no openssl.
"""
import argparse
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

import tls_suites
from tls_suites import run, suite_options

LINES = ['first line %04d' % n for n in range(3)] + ['x' * 1000]
FLAGS = {'DTLSv1': ('-dtls1', 'TLSv1.1'), 'DTLSv1.2': ('-dtls1_2', 'TLSv1.2')}


class Relay:
    """Passes datagrams on and keeps them in the order in which a capture between the two would show them.

    treat(side, number) says what becomes of a side's datagram: 'lose' (behind the capture), 'miss' (the capture does not
    have it), 'repeat' (the capture has it twice), 'swap' (it comes behind the next one), or '' for nothing."""

    def __init__(self, server_port, treat):
        self.client_side = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.client_side.bind(('127.0.0.1', 0))
        self.port = self.client_side.getsockname()[1]
        self.server_side = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.server_side.connect(('127.0.0.1', server_port))
        self.treat, self.client = treat, None
        self.kept, self.counts, self.late = [], {'c': 0, 's': 0}, {}
        self.running = True
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while self.running:
            for ready in select.select([self.client_side, self.server_side], [], [], 0.05)[0]:
                try:
                    data, sender = ready.recvfrom(65536)
                except OSError:
                    continue
                if ready is self.client_side:
                    self.client = sender
                self.take('c' if ready is self.client_side else 's', data)

    def take(self, side, data):
        self.counts[side] += 1
        what = self.treat(side, self.counts[side])
        if what == 'swap':
            self.late[side] = data
            return
        if what != 'miss':
            self.kept.append((side, data))
        if what != 'lose':
            self.send(side, data)
        if what == 'repeat':
            self.kept.append((side, data))
        if side in self.late:
            late = self.late.pop(side)
            self.kept.append((side, late))
            self.send(side, late)

    def send(self, side, data):
        try:
            if side == 'c':
                self.server_side.send(data)
            else:
                self.client_side.sendto(data, self.client)
        except OSError:
            pass

    def stop(self):
        self.running = False
        self.thread.join(5)
        self.client_side.close()
        self.server_side.close()


class Case:
    def __init__(self, name, version, suite, line='Au=RSA', server=(), client=(), treat=None, commands=(), rsa_key=False,
                 resume=False, first_secret=False, no_ems=False, missing=False):
        both, how = suite_options('TLSv1.2', suite, line)
        self.name, self.version, self.suite = name, version, suite
        self.server, self.client = how + both + list(server), both + list(client)
        self.treat = treat or (lambda side, number: '')
        self.commands, self.rsa_key, self.no_ems = list(commands), rsa_key, no_ems
        self.resume, self.first_secret = resume, first_secret
        self.missing = missing  # the capture lacks something, and the reader has to say so


def cases():
    for version, (_, tls) in FLAGS.items():
        for name, line in tls_suites.suites(tls):
            if 'Kx=SRP' in line or 'RC4' in name:
                continue
            yield Case('plain', version, name, line)
            if 'Mac=AEAD' not in line and 'Enc=None' not in line:
                yield Case('MAC-then-encrypt', version, name, line, ['-no_etm'], ['-no_etm'])
        yield from special_cases(version)


def special_cases(version):
    suite = 'AES128-SHA'
    small = ['-mtu', '300']

    def case(name, **options):
        return Case(name, version, suite, **options)

    yield case('fragments', server=small, client=small)
    yield case('RSA key', rsa_key=True)
    yield case('RSA key, fragments', server=small, client=small, rsa_key=True)
    yield case('RSA key without extended master secret', rsa_key=True, no_ems=True)
    yield case('resumption', resume=True)
    yield case('resumption, secret of the first', resume=True, first_secret=True)
    yield case('renegotiation', server=['-client_renegotiation'], commands=['R'])
    yield case('everything twice', server=small, client=small, treat=lambda side, number: 'repeat')
    yield case('every other one late', server=small, client=small,
               treat=lambda side, number: 'swap' if side == 's' and number in (2, 4) else '')
    for number in (1, 2, 3, 5):
        yield case('datagram %d of the server lost' % number, server=small, client=small,
                   treat=lambda side, n, number=number: 'lose' if side == 's' and n == number else '')
    for number in (1, 2, 3):
        yield case('datagram %d of the client lost' % number, server=small, client=small,
                   treat=lambda side, n, number=number: 'lose' if side == 'c' and n == number else '')
    yield case('datagram 3 of the server not captured', server=small, client=small, missing=True,
               treat=lambda side, n: 'miss' if side == 's' and n == 3 else '')


def talk(client, server, case):
    """Line by line, each sent back reversed."""
    def wait_for(stream, text):
        seen = b''
        while text not in seen:
            data = os.read(stream.fileno(), 65536)
            if not data:
                raise RuntimeError('openssl ended')
            seen += data

    def say(stream, text):
        stream.write((text + '\n').encode())
        stream.flush()

    for number, text in enumerate(LINES):
        say(client.stdin, text)
        wait_for(server.stdout, text.encode())
        say(server.stdin, text[::-1])
        wait_for(client.stdout, text[::-1].encode())
        if number < len(case.commands):
            say(client.stdin, case.commands[number])
            time.sleep(0.3)


def connect(case, folder, key_log, server, port, extra):
    relay = Relay(port, case.treat)
    client = subprocess.Popen(['openssl', 's_client', '-connect', '127.0.0.1:%d' % relay.port, FLAGS[case.version][0],
                               '-keylogfile', key_log, '-legacy_renegotiation', *case.client, *extra], cwd=folder,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    watchdog = threading.Timer(20, lambda: (client.kill(), server.kill()))
    watchdog.start()
    try:
        talk(client, server, case)
        client.stdin.write(b'Q\n')
        client.stdin.close()
        client.wait(10)
        time.sleep(0.1)
    finally:
        watchdog.cancel()
        client.kill()
        client.wait()
        client.stdout.close()
        relay.stop()
    return relay.kept


def record(case, folder):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(('127.0.0.1', 0))
        port = s.getsockname()[1]
    key_log = os.path.join(folder, 'keys.log')
    if os.path.exists(key_log):
        os.remove(key_log)
    environment = dict(os.environ, OPENSSL_CONF=os.path.join(folder, 'no_ems.cnf')) if case.no_ems else None
    server = subprocess.Popen(['openssl', 's_server', '-accept', '127.0.0.1:%d' % port, FLAGS[case.version][0],
                               '-quiet', *case.server], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, env=environment)
    try:
        wait_for(port)
        if not case.resume:
            return [connect(case, folder, key_log, server, port, [])]
        first = connect(case, folder, key_log, server, port, ['-sess_out', 'session.pem'])
        second_log = os.devnull if case.first_secret else key_log
        second = connect(case, folder, second_log, server, port, ['-sess_in', 'session.pem'])
        return [first, second] if case.first_secret else [second]
    finally:
        server.kill()
        server.wait()
        server.stdin.close()
        server.stdout.close()


def wait_for(port):
    for _ in range(200):
        with open('/proc/net/udp') as table:
            if ': 0100007F:%04X ' % port in table.read():
                return
        time.sleep(0.01)
    raise RuntimeError('the server does not listen')


def judge(case, text):
    """What is wrong, or nothing."""
    fields = tls_suites.sides_of(text)
    for name, lines in (('client', LINES), ('server', [line[::-1] for line in LINES])):
        data, failed, log = fields[name][:3]
        if failed != 'failed 0':
            return '%s: %s (%s)' % (name, failed, log)
        want = ''.join(line + '\n' for line in lines)
        if bytes.fromhex(data).decode('latin-1') != want:
            return '%s: %d bytes, not the %d that were sent' % (name, len(data) // 2, len(want))
        items = log.split()[1:]
        finished = 2 if case.commands else 1
        if items.count('message-20') != finished:
            return '%s: finished %d times (%s)' % (name, items.count('message-20'), log)
        if ('unparsed-a' in items) != (case.missing and name == 'server'):
            return '%s: %s' % (name, log)
    client, server = fields['client'][2].split(), fields['server'][2].split()
    # s_server always asks for a cookie, but not in a renegotiation.
    if client.count('message-1') != (3 if case.commands else 2) or server.count('message-3') != 1:
        return 'hellos: %s, %s' % (fields['client'][2], fields['server'][2])
    whole = ['message-2', 'message-11', 'message-12', 'message-14']
    order = [item for item in server[:server.index('message-20')] if item in whole]
    if order != sorted(order, key=whole.index) or len(set(order)) != len(order):
        return 'server: %s' % fields['server'][2]
    if case.resume and 'message-11' in server:
        return 'not resumed'
    return ''


def check(case, folder, tls_open):
    paths = []
    for number, kept in enumerate(record(case, folder)):
        these = [os.path.join(folder, '%d.%s' % (number, name)) for name in ('client', 'server', 'order')]
        paths += these
        for path, side in zip(these, 'cs'):
            with open(path, 'wb') as f:
                f.writelines(data for name, data in kept if name == side)
        with open(these[2], 'w') as f:
            f.writelines('%s %d\n' % (name, len(data)) for name, data in kept)
    keys = ['--rsa-key', os.path.join(folder, 'rsa.key')] if case.rsa_key else \
        ['--keylog', os.path.join(folder, 'keys.log')]
    return judge(case, run([tls_open, *keys, *paths]))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--tls-open', required=True)
    parser.add_argument('--only', default='')
    parser.add_argument('--every', type=int, default=1, metavar='N', help='only one case in N')
    parser.add_argument('--verbose', action='store_true')
    options = parser.parse_args()
    if not shutil.which('openssl'):
        print('skipped: no openssl here')
        return 77
    tls_open = os.path.abspath(options.tls_open)
    return tls_suites.check_all(cases(), lambda case, folder: check(case, folder, tls_open), options)


if __name__ == '__main__':
    sys.exit(main())
