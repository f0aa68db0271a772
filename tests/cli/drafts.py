# SPDX-License-Identifier: Apache-2.0
# drafts.py: breaks off forms at a terminal and goes on; run by drafts.sh
import glob
import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import time

SANDUQ = os.environ['SANDUQ']
OPEN = ['-V', 'v.sanduq', '--key-file', 'k']
LOCKED = ['-V', 'v.sanduq']


def play(args, answers, end=None, typed=None, timeout=60):
    """Answer questions as they come: answers: pattern -> replies, used one
    after the other; a question without one gets Enter. At the pattern `end`
    the process is killed, or gets `typed`. Status, all that was shown."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(SANDUQ, [SANDUQ] + args)
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
        last = seen[at:].split('\n')[-1]
        if end and re.search(end, last):
            end = None
            at = len(seen)
            if typed is None:
                os.kill(pid, signal.SIGKILL)
                break
            os.write(fd, (typed() if callable(typed) else typed).encode())
        elif re.search(r'(: |\] |^  )$', last):
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
    assert not rest, ('not asked', rest, seen[-2000:])
    return os.waitstatus_to_exitcode(status), seen


def run(args, status=0, text=None):
    got = subprocess.run([SANDUQ] + args, input=text or '',
                         capture_output=True, text=True)
    assert got.returncode == status, (args, got)
    return got


def lines(args, status=0):
    return [json.loads(x) for x in run(OPEN + args, status).stdout.splitlines()]


def count():
    return sum(x['type'] == 'record' for x in lines(['list', '--json']))


def fields(ident):
    return {f['name']: f for f in lines(['show', '--json', ident])[0]['fields']}


def drafts():
    return sorted(glob.glob('v.sanduq.draft-*'))


def only():
    found = drafts()
    assert len(found) == 1, found
    return found[0]


def ident(path):
    return re.search(r'draft-([0-9a-f]{32})$', path)[1]


def not_in_the_clear(*words):
    for folder, _, names in os.walk('.'):
        for name in names:
            with open(os.path.join(folder, name), 'rb') as file:
                data = file.read()
            for word in words:
                assert word.encode() not in data, (word, name)
                assert word.encode('utf-16-le') not in data, (word, name)


# killed in the middle, the vault locked: the answers lie there sealed
before = count()
words = ['Жасырын сөз 4711', 'ئايگۈل قاسىم', '阿依古丽', 'бірінші жол 0815']
_, seen = play(LOCKED + ['add', '-t', 'testimony'], {
    r'^Record code: ': ['K-70418-draft'],
    r'^Language: ': ['kk'],
    r'^Interview place: ': [words[0]],
    r'^Interviewer, code: ': ['!refused'],
    r'^Name of the victim \[victim.1.name.1\]': [words[1]],
    r'^Kind of the name \[victim.1.name.1.kind\]': ['birth'],
    r'^Name of the victim \[victim.1.name.2\]': [words[2]],
    r'^one more of these': ['yes', 'no', 'yes'],
    r'^Name of the victim \[victim.2.name.1\]': ['Second 0042'],
}, end=r'^Sex \[victim.2.sex\]')
first = only()
assert os.stat(first).st_mode & 0o777 == 0o600
assert os.path.getsize(first) == 40 + 1136 + 4096
not_in_the_clear('K-70418-draft', 'victim.2', 'testimony', 'Second 0042', *words)
assert count() == before
print('ok killed')

# it is told after unlocking, and listed; locked it is told, not read
assert 'unfinished draft' in run(OPEN + ['list']).stderr
assert 'unfinished draft' not in run(OPEN + ['-q', 'list']).stderr
got = lines(['form', 'drafts', '--json'])
assert got[0]['type'] == 'draft' and got[0]['id'] == ident(first), got
assert got[0]['record_type'] == 'testimony' and got[0]['answers'] == 8, got
assert got[0]['last'] == 'victim.2.name.1', got
assert got[-1] == {'type': 'summary', 'v': 1, 'command': 'form drafts',
                   'exit': 0, 'drafts': 1}, got
rc, seen = play(LOCKED + ['add', '-t', 'note'], {r'^Record code': ['!done']})
assert rc != 0 and 'while it is locked nobody can read it' in seen, seen
assert only() == first, 'nothing was answered: no new draft'
print('ok told')

# resumed: goes on after the last answer, asks nothing twice, seals all of it
rc, seen = play(OPEN + ['form', 'resume'], {
    r'^Sex \[victim.2.sex\]': ['!skip'],
    r'^Reliability of the source: ': ['!done'],
    r'^Seal it\?': ['yes']})
assert rc == 0, seen[-2000:]
assert 'anyone who had this disk could have written it' in seen
for old in ('Language: ', 'Interview place: ', '[victim.1.', 'Record code: '):
    asked = [x for x in seen.split('== What will be sealed')[0].splitlines()
             if x.strip().startswith(old) or old in x]
    assert not asked, (old, asked)
made = re.findall(r'^([0-9a-f]{32})\r?$', seen, re.M)[-1]
f = fields(made)
assert f['record.code']['value'] == 'K-70418-draft'
assert f['interview.place']['value'] == words[0]
assert f['interview.place']['lang'] == 'kk'
assert f['interviewer.code']['state'] == 'refused'
assert f['victim.1.name.1']['value'] == words[1]
assert f['victim.1.name.1.script']['value'] == 'Arab'
assert f['victim.1.name.2']['value'] == words[2]
assert f['victim.2.name.1']['value'] == 'Second 0042'
assert count() == before + 1 and drafts() == [], 'sealed, and the draft gone'
print('ok resumed')

# a long text loses at most what was typed in the last seconds
pid, fd = pty.fork()
if pid == 0:
    os.execv(SANDUQ, [SANDUQ] + LOCKED + ['add', '-t', 'note'])


def say(text, until, wait=0.0):
    shown, limit = '', time.time() + 30
    time.sleep(wait)
    os.write(fd, (text + '\r').encode())
    while not re.search(until, shown.split('\n')[-1]):
        assert time.time() < limit, shown
        if select.select([fd], [], [], 0.5)[0]:
            shown += os.read(fd, 65536).decode('utf-8', 'replace')


time.sleep(0.5)
os.read(fd, 65536)
say('N-1', r'Language: $')
say('ru', r'Script: $')
say('', r'Description: $')
say('', r'Text: $')
say(words[3], r'^  $')
say('second line', r'^  $', 3.2)
say('third line', r'^  $')
os.kill(pid, signal.SIGKILL)
os.waitpid(pid, 0)
os.close(fd)
not_in_the_clear(words[3], 'second line')
rc, seen = play(OPEN + ['form', 'resume', ident(only())[:8]], {
    r'^  $': ['and the end', '.', '.'],
    r'^Device: ': ['!back'],
    r'^Text: ': ['what'], r'^Consent: ': ['!done'],
}, end=r'^Seal it\?', typed='\x03')
assert 'This text was begun' in seen and words[3] in seen, seen
assert rc == 130 and 'kept as a sealed draft: ./' in seen or \
    'kept as a sealed draft: v.sanduq.draft-' in seen, (rc, seen)
assert 'nothing was changed' not in seen
print('ok long text')

# add offers a draft of its type when it is unlocked; no is a new form
rc, seen = play(OPEN + ['add', '-t', 'note'], {
    r'Go on with it\?': ['no'], r'^Record code: ': ['!done']})
assert rc != 0 and 'An unfinished note with' in seen and len(drafts()) == 1
rc, seen = play(OPEN + ['add', '-t', 'note'], {
    r'Go on with it\?': ['yes'],
    r'^Seal it\?': ['later'], r'^Title': ['!done']})
assert rc == 130 and 'kept as a sealed draft' in seen and len(drafts()) == 1
rc, seen = play(OPEN + ['form', 'resume'], {
    r'^Seal it\?': ['no'], r'^Title': ['!done'], r'^Destroy': ['']})
assert rc == 130 and len(drafts()) == 1, 'kept unless it is a clear yes'
rc, seen = play(OPEN + ['form', 'resume'], {
    r'^Seal it\?': ['no'], r'^Title': ['!done'], r'^Destroy': ['yes']})
assert rc == 130 and drafts() == [], (rc, seen)
assert count() == before + 1
print('ok offered')

# hostile drafts are refused, each with its reason, and never destroyed
play(LOCKED + ['add', '-t', 'contact'], {
    r'^Contact code: ': ['C-1']}, end=r'^Name \[name.1\]: $')
good = only()
body = open(good, 'rb').read()
run(['init', '--key-file', 'k2', 'o.sanduq'])
play(['-V', 'o.sanduq', 'add', '-t', 'contact'], {
    r'^Contact code: ': ['C-1']}, end=r'^Name \[name.1\]: $')
other = open(glob.glob('o.sanduq.draft-*')[0], 'rb').read()
name = 'v.sanduq.draft-' + 32 * '%x'
planted = {
    'flipped': (body[:-1] + bytes([body[-1] ^ 1]), 'does not open'),
    'header': (body[:39] + bytes([body[39] ^ 1]) + body[40:],
               'the name that it was given'),
    'short': (body[:-1], 'cut short'),
    'head': (body[:20], 'not a draft'),
    'long': (body + b'\0', 'cut short'),
    'other': (other, 'another vault'),
    'empty': (b'', 'not a draft'),
    'newer': (body[:7] + b'\1' + body[8:], 'newer'),
    'renamed': (body, 'the name that it was given'),
}
for i, (what, (data, says)) in enumerate(planted.items()):
    path = name % tuple([i] * 32)
    if what == 'flipped':
        path = 'v.sanduq.draft-' + 32 * 'a'
        data = data[:24] + bytes.fromhex(32 * 'a') + data[40:]
    with open(path, 'wb') as file:
        file.write(data)
    got = run(OPEN + ['form', 'drafts'], 1)
    assert says in got.stderr and ident(path) in got.stderr, (what, got.stderr)
    assert ident(good)[:12] in got.stdout, 'the good one is shown all the same'
    rc, seen = play(OPEN + ['form', 'resume', ident(path)], {})
    assert rc != 0 and says in seen, (what, rc, seen)
    assert open(path, 'rb').read() == data, what
    if what in ('short', 'head', 'long', 'empty'):
        got = run(LOCKED + ['form', 'discard', '--yes', ident(path)], 1)
        assert 'not touched' in got.stderr and os.path.exists(path), what
        os.unlink(path)
    else:
        run(LOCKED + ['form', 'discard', '--yes', ident(path)])
        assert not os.path.exists(path), what
with open('huge', 'wb') as file:
    file.truncate(1 << 40)
path = name % tuple([11] * 32)
os.rename('huge', path)
got = run(OPEN + ['form', 'drafts'], 1)
assert 'longer than' in got.stderr, got
os.unlink(path)
os.symlink(good, path)
got = run(OPEN + ['form', 'drafts'], 1)
assert 'is a link' in got.stderr, got
run(LOCKED + ['form', 'discard', '--yes', ident(path)], 1)
assert os.path.islink(path)
os.unlink(path)
os.mkfifo(path)
got = run(OPEN + ['form', 'drafts'], 1)
assert 'no regular file' in got.stderr, got
os.unlink(path)
# the vault itself under a draft's name is not overwritten
os.link('v.sanduq', path)
run(LOCKED + ['form', 'discard', '--yes', ident(path)], 1)
os.unlink(path)
assert count() == before + 1
assert open(good, 'rb').read() == body
print('ok hostile')

# an older state that was put back is what is offered: a proposal, no record
shutil.copy(good, 'older')
play(OPEN + ['form', 'resume'], {
    r'^Preferred name: ': ['Мариям']}, end=r'^What the person is')
assert lines(['form', 'drafts', '--json'])[0]['answers'] > 1
# killed between the new state's name and the old one's end: both are there
shutil.copy(good, good + '.next')
shutil.copy('older', good)
got = lines(['form', 'drafts', '--json'])
assert got[0]['last'] == 'name.preferred' and len(got) == 2, got
rc, seen = play(OPEN + ['form', 'resume'], {
    r'^What the person is': ['апасы'], r'^Language: ': ['!done'],
    r'^Seal it\?': ['yes']})
assert 'Language of the name' not in seen, 'there is no name'

assert rc == 0 and drafts() == [], (rc, seen[-1500:])
print('ok states')

# discarding needs the whole id and a yes
play(LOCKED + ['add', '-t', 'note'], {r'^Record code': ['N']},
     end=r'^Language: $', typed='\x04')
here = ident(only())
got = run(LOCKED + ['add', only()], 2)
assert 'form resume' in got.stderr, got
run(LOCKED + ['form', 'discard', '--yes', here[:10]], 2)
rc, seen = play(LOCKED + ['form', 'discard', here], {r'\[yes/no\]': ['no']})
assert rc == 130 and 'nothing was changed' in seen and len(drafts()) == 1
rc, seen = play(LOCKED + ['form', 'discard', here], {r'\[yes/no\]': ['yes']})
assert rc == 0 and drafts() == [], seen
run(OPEN + ['form', 'resume'], 7)
print('ok discarded')

# a record that could not be sealed leaves its draft, which says how far it came
def break_capture():
    shutil.copy('v.sanduq.capture', 'aside')
    os.truncate('v.sanduq.capture', 4096)
    return 'yes\r'


rc, seen = play(LOCKED + ['add', '-t', 'note'], {
    r'^Record code': ['N'], r'^Language: ': ['!done']},
    end=r'^Seal it\?', typed=break_capture)
assert rc not in (0, 130) and 'kept as a sealed draft' in seen, (rc, seen)
os.replace('aside', 'v.sanduq.capture')
assert lines(['form', 'drafts', '--json'])[0]['sealing'] is True
rc, seen = play(OPEN + ['form', 'resume'], {
    r'^Language: ': ['!done'], r'^Seal it\?': ['yes']})
assert rc == 0 and 'whether the record is there already' in seen, (rc, seen)
assert drafts() == []
print('ok sealing')

# where nothing can be kept it is said, and the form goes on
if os.geteuid() != 0:
    os.chmod('.', 0o500)
    rc, seen = play(LOCKED + ['add', '-t', 'note'], {
        r'^Record code': ['N'], r'^Language: ': ['!done'],
        r'^Seal it\?': ['later']})
    os.chmod('.', 0o700)
    assert seen.count('not kept as a draft') == 1, seen
    print('ok nowhere')
print('all passed')
