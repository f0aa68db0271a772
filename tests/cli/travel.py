# SPDX-License-Identifier: Apache-2.0
# travel.py: plays the persons at two terminals; run by travel.sh, in its folder
import os
import pty
import re
import select
import subprocess
import time

SANDUQ = os.environ['SANDUQ']


def quiet(*args):
    return subprocess.run([SANDUQ] + list(args), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)


def talk(args, answers, timeout=60):
    """answers: (pattern, reply); a reply may be a function of what was
    shown."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(SANDUQ, [SANDUQ] + args)
    seen, at, end = '', 0, time.time() + timeout
    pending = list(answers)
    while time.time() < end:
        if select.select([fd], [], [], 0.2)[0]:
            try:
                data = os.read(fd, 65536)
            except OSError:
                break
            if not data:
                break
            seen += data.decode('utf-8', 'replace')
        if pending and re.search(pending[0][0], seen[at:]):
            reply = pending.pop(0)[1]
            if callable(reply):
                reply = reply(seen)
            at = len(seen)
            time.sleep(0.1)
            os.write(fd, reply.encode())
    else:
        os.kill(pid, 9)
        raise AssertionError('no end; shown so far: ' + seen)
    _, status = os.waitpid(pid, 0)
    os.close(fd)
    assert not pending, ('was not asked', pending[0][0], seen)
    return os.waitstatus_to_exitcode(status), seen


def share_in(name):
    with open(name, encoding='utf-8') as f:
        return re.search(r'^ *(sqr1[a-z0-9 ]+)$', f.read(), re.M).group(1)


r = quiet('-q', 'init', '--no-recovery', '--key-file', 'p.key', 'p.sanduq')
assert r.returncode == 0, r
r = quiet('-V', 'p.sanduq', '--key-file', 'p.key', '--yes', 'card', 'add',
          'hq.card', '--name', 'office', '--fingerprint', 'x')
card = quiet('-V', 'office/hq.sanduq', '--key-file', 'hq.key', '--json', 'card',
             'show').stdout
letters = re.search(r'"letters":"([^"]*)"', card).group(1)
r = quiet('-V', 'p.sanduq', '--key-file', 'p.key', 'card', 'add', 'hq.card',
          '--name', 'office', '--fingerprint', letters)
assert r.returncode == 0, r


def typed(letter):
    def reply(_):
        names = sorted(n for n in os.listdir('p-sheets')
                       if n.endswith('-%s.txt' % letter))
        return share_in('p-sheets/' + names[0]) + '\n'
    return reply


# shares typed back, one of them mistyped first: that is the proof
rc, seen = talk(['-V', 'p.sanduq', '--key-file', 'p.key', 'travel', 'prepare',
                 'p-trip.sanduq', '--to', 'office', '--to-shares', '2/3',
                 '--sheets', 'p-sheets', '--text', '-o', 'p-challenge.txt'], [
    (r'Make it\? \[yes/no\] ', 'yes\n'),
    (r'Share 1.*: ', lambda s: typed('a')(s)[:-2] + '\n'),
    (r'Share 1.*: ', typed('a')),
    (r'Share 2.*: ', typed('c')),
])
assert rc == 0, (rc, seen)
assert 'the way back is proved' in seen, seen

# the sheets of another dealing are no proof, and get no slot
rc, seen = talk(['-V', 'p.sanduq', '--key-file', 'p.key', 'travel', 'prepare',
                 'p-second.sanduq', '--again', '--to-shares', '2/3',
                 '--sheets', 'p-others', '--text'], [
    (r'Make it\? \[yes/no\] ', 'yes\n'),
    (r'Share 1.*: ', typed('a')),
    (r'Share 2.*: ', typed('c')),
])
assert rc == 4, (rc, seen)
assert 'the sheets made now are of set' in seen, seen
assert not os.path.exists('p-second.sanduq')

# a request that waits: its secret is in no file
number = []


def grant(seen):
    digits = re.search(r'(\d{5} ){9}\d{5}', seen).group(0)
    r = quiet('-V', 'office/hq.sanduq', '--key-file', 'hq.key', '--yes',
              'recover', '--grant', 'p-request.txt', '--heard', digits, '-o',
              'p-unlock.txt')
    assert r.returncode == 0, r
    number.append(digits)
    return 'p-unlock.txt\n'


before = set(os.listdir('.'))
rc, seen = talk(['-V', 'p-trip.sanduq', 'recover', '--request', '-o',
                 'p-request.txt', '--new-passphrase-file', 'pw', '--kdf',
                 'minimum'], [
    (r'when it has come: ', 'hq.card\n'),  # the wrong file costs nothing
    (r'when it has come: ', grant),
])
assert rc == 0, (rc, seen)
assert set(os.listdir('.')) - before == {'p-request.txt', 'p-unlock.txt'}
r = quiet('-V', 'p-trip.sanduq', 'key', 'list')
assert 'a passphrase' in r.stdout, r

# at headquarters the number is not shown before it is typed
digits = number[0]
rc, seen = talk(['-V', 'office/hq.sanduq', '--key-file', 'hq.key', 'recover',
                 '--grant', 'p-request.txt'], [
    (r'what you hear: ', digits.replace(' ', '-') + '\n'),
    (r'are they free\? \[yes/no\] ', 'no\n'),
])
assert rc == 130, (rc, seen)
assert digits not in seen.split('what you hear')[0], seen
assert 'sanduq.v1/unlock' not in seen, seen
