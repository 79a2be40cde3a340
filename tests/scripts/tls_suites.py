#!/usr/bin/env python3
"""Every suite that this machine's openssl offers: a connection over loopback, recorded by a relay, opened by tls_open.

    tls_suites.py --tls-open build/dev/tests/tls_open [--only WORD] [--every N] [--verbose]

Prints 'N passed, N failed'. Exit status 1 where one failed, 77 where there is no openssl.
"""
import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

LINES = ['first line %04d' % n for n in range(3)] + ['x' * 5000]
PSK = '00112233445566778899aabbccddeeff'
# No option of s_server turns it off.
NO_EMS = '''openssl_conf = all
[all]
ssl_conf = ssl
[ssl]
system_default = default
[default]
Options = -ExtendedMasterSecret
'''
FLAGS = {'TLSv1': '-tls1', 'TLSv1.1': '-tls1_1', 'TLSv1.2': '-tls1_2', 'TLSv1.3': '-tls1_3'}


class Relay:
    """Passes one connection on and keeps what each side sent, and in which order."""

    def __init__(self, server_port):
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        self.server_port = server_port
        self.streams = {'c': bytearray(), 's': bytearray()}
        self.order = []
        self.lock = threading.Lock()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        client, _ = self.listener.accept()
        self.listener.close()
        server = socket.create_connection(('127.0.0.1', self.server_port))
        back = threading.Thread(target=self.pump, args=('s', server, client), daemon=True)
        back.start()
        self.pump('c', client, server)
        back.join()
        client.close()
        server.close()

    def pump(self, name, source, sink):
        try:
            while data := source.recv(65536):
                with self.lock:
                    self.streams[name] += data
                    self.order.append((name, len(data)))
                sink.sendall(data)
        except OSError:
            pass
        try:
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass


class Case:
    def __init__(self, name, version, suite, server=(), client=(), commands=(), rsa_key=False, resume=False,
                 no_ems=False, first_secret=False, expect=''):
        self.name, self.version, self.suite = name, version, suite
        self.server, self.client, self.commands = list(server), list(client), list(commands)
        self.rsa_key, self.resume, self.no_ems, self.expect = rsa_key, resume, no_ems, expect
        # Of a resumed session only what the first connection knew; that one is given as well.
        self.first_secret = first_secret


def run(command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                          check=True, **options).stdout.decode()


def make_keys(folder):
    """Certificates of each kind that a suite may ask for."""
    with open(os.path.join(folder, 'no_ems.cnf'), 'w') as f:
        f.write(NO_EMS)
    run(['openssl', 'dsaparam', '-out', 'dsa.params', '2048'], cwd=folder)
    for kind, how in (('rsa', ['-newkey', 'rsa:2048']), ('dsa', ['-newkey', 'dsa:dsa.params']),
                      ('ecdsa', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'])):
        run(['openssl', 'req', '-x509', '-nodes', '-subj', '/CN=' + kind, '-keyout', kind + '.key', '-out',
             kind + '.pem', *how], cwd=folder)


def free_port():
    with socket.create_server(('127.0.0.1', 0)) as s:
        return s.getsockname()[1]


def wait_for(port):
    for _ in range(200):
        try:
            # This says it without a connection that the server would serve.
            with open('/proc/net/tcp') as table:
                if re.search(r': 0100007F:%04X 00000000:0000 0A' % port, table.read()):
                    return
        except OSError:
            return time.sleep(0.3)
        time.sleep(0.01)
    raise RuntimeError('the server does not listen')


def suites(version):
    flag = FLAGS[version]
    text = run(['openssl', 'ciphers', '-s', '-v', flag, '-psk', 'ALL:COMPLEMENTOFALL:@SECLEVEL=0'])
    if version == 'TLSv1.3':
        return [('TLS_AES_128_GCM_SHA256', ''), ('TLS_AES_256_GCM_SHA384', ''), ('TLS_CHACHA20_POLY1305_SHA256', ''),
                ('TLS_AES_128_CCM_SHA256', ''), ('TLS_AES_128_CCM_8_SHA256', '')]
    rows = [(line.split()[0], line) for line in text.splitlines()]
    return [(name, line) for name, line in rows if 'TLSv1.3' not in line]


def suite_options(version, name, line):
    """Options for both, and for the server."""
    both = ['-psk', PSK] if 'PSK' in line else []
    if version == 'TLSv1.3':
        both += ['-ciphersuites', name]
    else:
        both += ['-cipher', name + ':@SECLEVEL=0']
    kind = 'ecdsa' if 'Au=ECDSA' in line else 'dsa' if 'Au=DSS' in line else 'rsa'
    server = ['-nocert'] if 'Au=None' in line or 'Au=PSK' in line else ['-cert', kind + '.pem', '-key', kind + '.key']
    return both, server


def cases():
    for version in FLAGS:
        for name, line in suites(version):
            if 'Kx=SRP' in line:
                continue
            both, server = suite_options(version, name, line)
            block = version != 'TLSv1.3' and 'Mac=AEAD' not in line and 'Enc=None' not in line
            if block:
                yield Case('encrypt-then-mac', version, name, server + both, both, expect='etm')
                yield Case('MAC-then-encrypt', version, name, server + both + ['-no_etm'], both + ['-no_etm'],
                           expect='!etm')
            else:
                yield Case('plain', version, name, server + both, both)
            if 'Kx=RSA ' in line:
                yield Case('RSA key, extended master secret', version, name, server + both, both, rsa_key=True,
                           expect='ems')
                yield Case('RSA key', version, name, server + both, both, rsa_key=True, no_ems=True, expect='!ems')
    yield from special_cases()


def special_cases():
    both, server = suite_options('TLSv1.2', 'AES128-SHA', 'Au=RSA')
    for version in ('TLSv1', 'TLSv1.1', 'TLSv1.2'):
        yield Case('renegotiation', version, 'AES128-SHA', server + both + ['-client_renegotiation'], both,
                   commands=['R'])
        yield Case('resumption by ticket', version, 'AES128-SHA', server + both, both, resume=True)
        yield Case('resumption by id', version, 'AES128-SHA', server + both + ['-no_ticket'], both + ['-no_ticket'],
                   resume=True)
        yield Case('resumption by ticket, secret of the first', version, 'AES128-SHA', server + both, both, resume=True,
                   first_secret=True)
        yield Case('resumption by id, secret of the first', version, 'AES128-SHA', server + both + ['-no_ticket'],
                   both + ['-no_ticket'], resume=True, first_secret=True)
        yield Case('resumption by ticket, RSA key', version, 'AES128-SHA', server + both, both, resume=True,
                   first_secret=True, rsa_key=True)
        yield Case('resumption by id, RSA key', version, 'AES128-SHA', server + both + ['-no_ticket'],
                   both + ['-no_ticket'], resume=True, first_secret=True, rsa_key=True)
    both, server = suite_options('TLSv1.2', 'ECDHE-RSA-AES256-GCM-SHA384', 'Au=RSA')
    yield Case('renegotiation', 'TLSv1.2', 'ECDHE-RSA-AES256-GCM-SHA384', server + both + ['-client_renegotiation'],
               both, commands=['R'])
    for name, _ in suites('TLSv1.3'):
        both, server = suite_options('TLSv1.3', name, 'Au=RSA')
        yield Case('key update of one side', 'TLSv1.3', name, server + both, both, commands=['k'])
        yield Case('key update of both', 'TLSv1.3', name, server + both, both, commands=['K', 'K'])
        yield Case('resumption', 'TLSv1.3', name, server + both, both, resume=True)
        yield Case('padded records', 'TLSv1.3', name, server + both + ['-record_padding', '512'],
                   both + ['-record_padding', '512'])
        yield Case('HelloRetryRequest', 'TLSv1.3', name, server + both + ['-groups', 'P-384'],
                   both + ['-groups', 'X25519:P-384'])


def talk(client, case):
    """Line by line, as the server sends each one back reversed."""
    def line(text, reply):
        client.stdin.write((text + '\n').encode())
        client.stdin.flush()
        seen = b''
        while reply not in seen:
            data = os.read(client.stdout.fileno(), 65536)
            if not data:
                raise RuntimeError('the client ended')
            seen += data

    # s_client takes a command only where the line holds nothing else.
    for number, text in enumerate(LINES):
        line(text, text[::-1].encode())
        if number < len(case.commands):
            client.stdin.write((case.commands[number] + '\n').encode())
            client.stdin.flush()
            time.sleep(0.15)


def connect(case, folder, port, key_log, extra):
    relay = Relay(port)
    client = subprocess.Popen(['openssl', 's_client', '-connect', '127.0.0.1:%d' % relay.port, FLAGS[case.version],
                               '-keylogfile', key_log, '-legacy_renegotiation', *case.client, *extra], cwd=folder,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    watchdog = threading.Timer(20, client.kill)
    watchdog.start()
    try:
        talk(client, case)
        client.stdin.write(b'Q\n')
        client.stdin.close()
        client.wait(10)
    finally:
        watchdog.cancel()
        client.kill()
        client.wait()
        client.stdout.close()
    relay.thread.join(5)
    return relay


def record(case, folder):
    port = free_port()
    key_log = os.path.join(folder, 'keys.log')
    if os.path.exists(key_log):
        os.remove(key_log)
    environment = dict(os.environ, OPENSSL_CONF=os.path.join(folder, 'no_ems.cnf')) if case.no_ems else None
    server = subprocess.Popen(['openssl', 's_server', '-accept', '127.0.0.1:%d' % port, FLAGS[case.version], '-rev',
                               *case.server], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, env=environment)
    try:
        wait_for(port)
        if not case.resume:
            return [connect(case, folder, port, key_log, [])]
        first = connect(case, folder, port, key_log, ['-sess_out', 'session.pem'])
        if not case.first_secret:
            return [connect(case, folder, port, key_log, ['-sess_in', 'session.pem'])]
        return [first, connect(case, folder, port, os.devnull, ['-sess_in', 'session.pem'])]
    finally:
        server.kill()
        server.wait()


def sides_of(text):
    """What tls_open said of each side, line by line, and before them."""
    head, *sides = re.split(r'^(client|server) ?', text, flags=re.M)
    return {'head': head, **{name: body.split('\n') for name, body in zip(sides[::2], sides[1::2])}}


def judge(case, text):
    """What is wrong, or nothing."""
    fields = sides_of(text)
    head = fields['head']
    sent = ''.join(line + '\n' for line in LINES)
    back = ''.join(line[::-1] + '\n' for line in LINES)
    for name, want in (('client', sent), ('server', back)):
        data, failed = fields[name][0], fields[name][1]
        if failed != 'failed 0':
            return '%s: %s (%s)' % (name, failed, fields[name][2])
        if bytes.fromhex(data).decode('latin-1') != want:
            return '%s: %d bytes, not the %d that were sent' % (name, len(data) // 2, len(want))
        if 'message-20' not in fields[name][2] or 'alert-0' not in fields['client'][2]:
            return '%s: %s' % (name, fields[name][2])
    finished = fields['client'][2].count('message-20')
    updates = fields['client'][2].count('message-24'), fields['server'][2].count('message-24')
    if finished != (2 if 'R' in case.commands else 1):
        return 'the client finished %d times' % finished
    if updates != (case.commands.count('k') + case.commands.count('K'), case.commands.count('K')):
        return 'key updates: %d and %d' % updates
    if case.expect.startswith('!') and ' ' + case.expect[1:] in head:
        return 'not expected: ' + case.expect[1:]
    if case.expect and case.expect[0] != '!' and ' ' + case.expect not in head:
        return 'expected: ' + case.expect
    if case.resume and ' message-11' in fields['server'][2]:
        return 'not resumed'
    if 'HelloRetry' in case.name and fields['server'][2].count('message-2 ') != 2:
        return 'no HelloRetryRequest'
    return ''


def check(case, folder, tls_open):
    paths = []
    for number, relay in enumerate(record(case, folder)):
        these = [os.path.join(folder, '%d.%s' % (number, name)) for name in ('client', 'server', 'order')]
        paths += these
        for path, data in zip(these[:2], (relay.streams['c'], relay.streams['s'])):
            with open(path, 'wb') as f:
                f.write(data)
        with open(these[2], 'w') as f:
            f.writelines('%s %d\n' % piece for piece in relay.order)
    keys = ['--rsa-key', os.path.join(folder, 'rsa.key')] if case.rsa_key else \
        ['--keylog', os.path.join(folder, 'keys.log')]
    return judge(case, run([tls_open, *keys, *paths]))


def check_all(chosen, check_one, options):
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        make_keys(folder)
        for number, case in enumerate(chosen):
            title = '%s %s, %s' % (case.version, case.suite, case.name)
            if options.only not in title or number % options.every:
                continue
            try:
                problem = check_one(case, folder)
            except (RuntimeError, OSError, subprocess.SubprocessError) as e:
                problem = str(e)
            passed, failed = (passed + 1, failed) if not problem else (passed, failed + 1)
            if problem or options.verbose:
                print('%s: %s' % (title, problem or 'ok'))
    print('%d passed, %d failed' % (passed, failed))
    return 1 if failed else 0


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
    return check_all(cases(), lambda case, folder: check(case, folder, tls_open), options)


if __name__ == '__main__':
    sys.exit(main())
