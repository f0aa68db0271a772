# SPDX-License-Identifier: Apache-2.0
# forms.py: fills in forms at a terminal; run by forms.sh
import json
import os
import pty
import re
import select
import signal
import subprocess
import termios
import time

SANDUQ = os.environ['SANDUQ']
IUTF8 = 0o40000
BASE = ['-V', 'v.sanduq', '--passphrase-file', 'pw']


def fill(args, answers, end=None, timeout=60, typed='\r'):
    """Answer questions as they come. answers: label -> list of replies, used
    one after the other; a question without one gets Enter. `end`: a pattern
    at which the signal or key `typed` is given instead."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(SANDUQ, [SANDUQ] + args)
    mode = termios.tcgetattr(fd)
    mode[0] &= ~IUTF8  # a terminal that erases bytes, not letters
    termios.tcsetattr(fd, termios.TCSANOW, mode)
    left = {k: list(v) for k, v in answers.items()}
    seen, at, limit = '', 0, time.time() + timeout
    while time.time() < limit:
        ready, _, _ = select.select([fd], [], [], 0.5)
        if ready:
            try:
                data = os.read(fd, 65536)
            except OSError:
                break
            if not data:
                break
            seen += data.decode('utf-8', 'replace')
            if select.select([fd], [], [], 0.03)[0]:
                continue
        tail = seen[at:]
        if end and re.search(end, tail):
            os.write(fd, typed.encode())
            end, at = None, len(seen)
            continue
        last = tail.split('\n')[-1]
        if re.search(r'(: |\] |^  )$', last):
            reply = ''
            for label, replies in left.items():
                if replies and re.search(label, last):
                    reply = replies.pop(0)
                    break
            at = len(seen)
            os.write(fd, (reply + '\r').encode())
    else:
        os.kill(pid, signal.SIGKILL)
        raise AssertionError('no end; shown so far: ' + seen[-2000:])
    _, status = os.waitpid(pid, 0)
    os.close(fd)
    rest = {k: v for k, v in left.items() if v}
    assert not rest or end is None, ('not asked', rest, seen[-2000:])
    return os.waitstatus_to_exitcode(status), seen, rest


def lines(args):
    out = subprocess.run([SANDUQ] + BASE + args, stdin=subprocess.DEVNULL,
                         capture_output=True, text=True, check=True).stdout
    return [json.loads(x) for x in out.splitlines()]


def count():
    return sum(x['type'] == 'record' for x in lines(['list', '--json']))


def fields(ident):
    return {f['name']: f for f in lines(['show', '--json', ident])[0]['fields']}


# a testimony, in the order of the registry, with everything an answer can be
before = count()
rc, seen, rest = fill(BASE + ['add', '-t', 'testimony', '-f', 'record.code=K-7'], {
    r'^Language: ': ['?', 'Kazakh', 'kk'],
    r'^Interview date: ': ['31.10.2029', '2031-11~'],
    r'^Interview place: ': ['бейтарап үй'],
    r'^How it was held': ['in a house', '99', '4'],
    r'^Interviewer, code: ': ['!refused'],
    r'^Second check by, code: ': ['!skip'],
    r'^Name of the victim \[victim.1.name.1\]': ['Әйк\x7fгерім阿\x7f'],
    r'^Kind of the name \[victim.1.name.1.kind\]': ['Birth'],
    r'^one more of these': ['yes', 'no', 'no'],
    r'^Name of the victim \[victim.1.name.2\]': ['阿依古丽'],
    r'^Birth date \[victim.1': ['!unknown'],
    r'^What happened \[event.1': ['!skip'],
    r'^Kind of place \[detention.1': ['!skip'],
    r'^The testimony: ': ['Бірінші жол'],
    r'^  $': ['', 'үшінші жол', '.'],
    r'^SHA-256 of the recording': ['!skip'],
    r'^Reliability of the source: ': ['!not-asked'],
    r'^Consistency: ': ['!done'],
    r'^Seal it\?': ['what', 'interview.date', 'yes'],
    r'never asked': [],
} | {})
assert rc == 0, (rc, seen[-2000:])
assert not rest, (rest, seen[-3000:])
assert 'A language tag such as' in seen and 'ESF 2510' in seen, 'help'
assert seen.count('expected a date that exists') == 1, seen
assert 'expected one of these words: in person, call' in seen
assert 'Record code:' not in seen, 'it was given with -f'
assert '== Risk' not in seen, '!done goes to the end'
ident = re.findall(r'^([0-9a-f]{32})\r?$', seen, re.M)[-1]
f = fields(ident)
assert f['record.code']['value'] == 'K-7'
assert f['language']['value'] == 'kk'
assert f['interview.place'] == {'name': 'interview.place', 'type': 'lang',
                                'state': 'value', 'lang': 'kk',
                                'value': 'бейтарап үй'}
assert 'interview.date' not in f, 'answered again, with Enter'
assert f['interview.mode']['value'] == 'video'
assert f['interviewer.code']['state'] == 'refused'
assert f['victim.1.name.1']['value'] == 'Әйгерім', 'whole letters erased'
assert f['victim.1.name.1.script']['value'] == 'Cyrl'
assert f['victim.1.name.1.kind']['value'] == 'birth'
assert f['victim.1.name.2.script']['value'] == 'Hani'
assert f['victim.1.birth.date']['state'] == 'unknown'
assert f['victim.1.birth.date']['type'] == 'date'
assert f['text']['value'] == 'Бірінші жол\n\nүшінші жол'
assert f['reliability']['state'] == 'not-asked'
assert 'interpreter.code' not in f, 'Enter stores nothing'
assert count() == before + 1
print('ok testimony')

# no: nothing is stored
rc, seen, _ = fill(BASE + ['add', '-t', 'note'], {
    r'^Record code: ': ['N-1'], r'^Language: ': ['!done'],
    r'^Seal it\?': ['no']})
assert rc != 0 and count() == before + 1, (rc, seen)
print('ok no')

# nothing answered: nothing is stored
rc, seen, _ = fill(BASE + ['add', '-t', 'consent'], {})
assert rc != 0 and count() == before + 1 and 'no question was answered' in seen
print('ok nothing')

# the session ends in the middle: nothing is stored but a sealed draft
secret = 'Жасырын сөз 4711'
for key in ('\x03', '\x04'):
    rc, seen, _ = fill(BASE + ['add', '-t', 'contact'],
                       {r'^Contact code: ': [secret]},
                       end=r'Preferred name: $', typed=key)
    assert rc == 130 and 'kept as a sealed draft' in seen, (key, seen)
    assert count() == before + 1
for folder, _, names in os.walk('.'):
    for name in names:
        with open(os.path.join(folder, name), 'rb') as file:
            assert secret.encode() not in file.read(), name
print('ok ended')

# terminal escapes in what -f gave are shown harmless
rc, seen, _ = fill(BASE + ['add', '-t', 'note', '-f', 'odd=\x1b[2J'],
                   {r'^Record code: ': ['!done'], r'^Seal it\?': ['yes']})
assert rc == 0 and '\x1b[2J' not in seen and '\\u001b[2J' in seen, seen
print('ok escapes')
