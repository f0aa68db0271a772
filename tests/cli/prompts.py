# SPDX-License-Identifier: Apache-2.0
# prompts.py: plays a person at a terminal; run by prompts.sh
import os
import pty
import re
import select
import subprocess
import sys
import time

SANDUQ = os.environ['SANDUQ']


def talk(args, answers, stdin=None, timeout=60):
    """Run on a terminal of its own. answers: (pattern, reply) in order; a
    reply may be a function of the match. Returns status and all that was
    shown."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(SANDUQ, [SANDUQ] + args)
    seen = ''
    at = 0
    end = time.time() + timeout
    pending = list(answers)
    while time.time() < end:
        ready, _, _ = select.select([fd], [], [], 0.2)
        if ready:
            try:
                data = os.read(fd, 65536)
            except OSError:
                break
            if not data:
                break
            seen += data.decode('utf-8', 'replace')
        if pending:
            m = re.search(pending[0][0], seen[at:])
            if m:
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


def drawn(seen):
    return re.search(r'(\d{4}-){5}\d{4}', seen).group(0)


def group(seen):
    n = int(re.findall(r'group (\d)', seen)[-1])
    return drawn(seen).split('-')[n - 1] + '\n'


def quiet(args, **kw):
    return subprocess.run([SANDUQ] + args, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, **kw)


# a drawn passphrase, two groups asked back
rc, seen = talk(['init', '--kdf', 'minimum', 'd.sanduq'], [
    (r'or "own".*: ', '\n'),
    (r'group \d of it', group),
    (r'group \d of it', group),
    (r'Which: ', 'no\n')])
assert rc == 0, seen
phrase = drawn(seen)
print('ok drawn')

# it opens, typed without a trace, and without its dashes
rc, seen = talk(['-V', 'd.sanduq', 'list'], [(r'Passphrase', phrase + '\n')])
assert rc == 0 and phrase not in seen, seen
rc, seen = talk(['-V', 'd.sanduq', 'list'],
                [(r'Passphrase', phrase.replace('-', '') + '\n')])
assert rc == 0, seen
rc, seen = talk(['-V', 'd.sanduq', 'list'],
                [(r'Passphrase', phrase.replace('-', ' ') + '\n')])
assert rc == 0, seen
print('ok dashes')

# the wrong groups: no vault
rc, seen = talk(['init', '--kdf', 'minimum', 'e.sanduq'], [
    (r'or "own".*: ', '\n'),
    (r'group \d of it', 'none\n'),
    (r'group \d of it', 'none\n'),
    (r'group \d of it', 'none\n')])
assert rc == 2 and not os.path.exists('e.sanduq'), seen
assert 'nothing was changed' in seen
print('ok wrong groups')

# one's own, twice; weak ones and unequal ones are refused
own = 'тоғыз қоян шайнекке қарады'
rc, seen = talk(['init', '--kdf', 'minimum', 'o.sanduq'], [
    (r'or "own".*: ', 'own\n'),
    (r'New passphrase', own + '\n'),
    (r'once more', own + '\n'),
    (r'Which: ', 'no\n')])
assert rc == 0 and own not in seen, seen
rc, seen = talk(['init', '--kdf', 'minimum', 'x.sanduq'], [
    (r'or "own".*: ', 'own\n'), (r'New passphrase', 'йцукенгшщзхъ\n')])
assert rc == 2 and not os.path.exists('x.sanduq'), seen
rc, seen = talk(['init', '--kdf', 'minimum', 'x.sanduq'], [
    (r'or "own".*: ', 'own\n'),
    (r'New passphrase', own + '\n'),
    (r'once more', own + '!\n')])
assert rc == 2 and not os.path.exists('x.sanduq'), seen
print('ok own')

# three tries, then status 4; the second may be right
rc, seen = talk(['-V', 'o.sanduq', 'list'],
                [(r'Passphrase', 'falsch eins\n')] +
                [(r'Passphrase', 'falsch\n')] * 2)
assert rc == 4 and seen.count('wrong passphrase') == 3, seen
rc, seen = talk(['-V', 'o.sanduq', 'list'],
                [(r'Passphrase', 'falsch\n'), (r'Passphrase', own + '\n')])
assert rc == 0, seen
print('ok tries')

# Ctrl-C at the question: 130, echo is back
rc, seen = talk(['-V', 'o.sanduq', 'list'], [(r'Passphrase', '\x03')])
assert rc in (130, -2), (rc, seen)
print('ok ctrl-c')

# questions: no is no
slot = re.search(r'"slot":"([0-9a-f]{32})"',
                 quiet(['-V', 'o.sanduq', '--json', 'key', 'list']).stdout)[1]
rc, seen = talk(['-V', 'o.sanduq', 'key', 'add', 'keyfile', 'k'],
                [(r'Passphrase', own + '\n')])
assert rc == 0, seen
rc, seen = talk(['-V', 'o.sanduq', '--key-file', 'k', 'key', 'remove', slot],
                [(r'\[yes/no\]', 'no\n')])
assert rc == 130 and 'nothing was changed' in seen, seen
rc, seen = talk(['-V', 'o.sanduq', '--key-file', 'k', 'key', 'remove', slot],
                [(r'\[yes/no\]', 'yes\n')])
assert rc == 0, seen
print('ok questions')

# key change on the terminal
rc, seen = talk(['-V', 'd.sanduq', 'key', 'change', '--kdf', 'minimum'], [
    (r'Passphrase', phrase + '\n'),
    (r'or "own".*: ', 'own\n'),
    (r'New passphrase', own + '\n'),
    (r'once more', own + '\n')])
assert rc == 0, seen
rc, seen = talk(['-V', 'd.sanduq', 'list'], [(r'Passphrase', own + '\n')])
assert rc == 0, seen
print('ok change')

# results in a pipe stay clean: the prompt is on the terminal itself
pid, fd = pty.fork()
if pid == 0:
    os.execv('/bin/sh', ['sh', '-c', '"$SANDUQ" -V o.sanduq --key-file k '
                         'list >piped'])
while True:
    try:
        if not os.read(fd, 65536):
            break
    except OSError:
        break
os.waitpid(pid, 0)
assert b'assphrase' not in open('piped', 'rb').read()

# a terminal gets no binary, and text is made harmless
open('b.bin', 'wb').write(bytes(range(256)) * 40)
open('t.txt', 'w').write('hello \u202ered\n')
ids = quiet(['-V', 'o.sanduq', '--key-file', 'k', 'add', 'b.bin',
             't.txt']).stdout.split()
rc, seen = talk(['-V', 'o.sanduq', '--key-file', 'k', 'get', ids[0], '-o',
                 '-'], [])
assert rc == 2 and 'terminal' in seen, seen
rc, seen = talk(['-V', 'o.sanduq', '--key-file', 'k', 'get', ids[1], '-o',
                 '-'], [])
assert rc == 0 and 'hello \\u202ered' in seen, seen
assert '\u202e' not in seen
print('ok terminal')

# the passphrase of an age file is typed twice, and a weak one is refused
age = ['-V', 'o.sanduq', '--key-file', 'k', 'export', 'x.age', ids[1],
       '--format', 'age', '--age-passphrase', '--yes']
rc, seen = talk(age, [(r'New passphrase', '123456789012\n')])
assert rc == 2, seen
rc, seen = talk(age, [(r'New passphrase', own + '\n'),
                      (r'once more', own + 'x\n')])
assert rc == 2 and 'not the same' in seen, seen
assert not os.path.exists('x.age')
rc, seen = talk(age, [(r'New passphrase', own + '\n'),
                      (r'once more', own + '\n')])
assert rc == 0 and own not in seen, seen
assert b'\n-> scrypt ' in open('x.age', 'rb').read(100)
print('ok age')

# a progress line when the work takes longer than a second
rc, seen = talk(['-V', 'o.sanduq', '--key-file', 'k', 'add', 'big.bin'], [],
                timeout=120)
assert rc == 0, seen
print('progress lines:', seen.count('\r'))
print('all passed')
sys.exit(0)
