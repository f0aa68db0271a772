# SPDX-License-Identifier: Apache-2.0
# recover.py: recovery sheets copied by a person at a terminal; run by recover.sh
import os
import pty
import re
import select
import time

SANDUQ = os.environ['SANDUQ']


def talk(args, answers, timeout=60):
    """answers: (pattern, reply) in order; a reply may be a function of what
    was shown. Returns status and all that was shown."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(SANDUQ, [SANDUQ] + args)
    seen, at, pending = '', 0, list(answers)
    end = time.time() + timeout
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
                time.sleep(0.05)
                os.write(fd, reply.encode())
    else:
        os.kill(pid, 9)
        raise AssertionError('no end; shown so far: ' + seen)
    _, status = os.waitpid(pid, 0)
    os.close(fd)
    assert not pending, ('was not asked', pending[0][0], seen)
    return os.waitstatus_to_exitcode(status), seen


def shares(seen):
    """All that were shown, as lists of groups."""
    found, groups = [], {}
    for line in seen.splitlines():
        m = re.match(r'\s+(\d+):((?:  [a-z0-9]{3,4})+)\s*$', line)
        if m is None:
            continue
        if m[1] == '1':
            groups = {}
            found.append(groups)
        for i, g in enumerate(m[2].split()):
            groups[int(m[1]) + i] = g
    return [[g[i] for i in sorted(g)] for g in found]


def back(seen):
    """The group that is asked for, of the share shown last."""
    n = int(re.findall(r'group (\d+) of it, from', seen)[-1])
    assert n >= 3, 'groups that are the same on all sheets prove nothing'
    return shares(seen)[-1][n - 1] + '\n'


def drawn(seen):
    return re.search(r'(\d{4}-){5}\d{4}', seen).group(0)


def group(seen):
    n = int(re.findall(r'group (\d)', seen)[-1])
    return drawn(seen).split('-')[n - 1] + '\n'


passphrase = [(r'or "own".*: ', '\n'), (r'group \d of it', group),
              (r'group \d of it', group)]
copied = [(r'when it is written down: ', '\n'),
          (r'group \d+ of it, from', back), (r'group \d+ of it, from', back)]

# one sheet, after a slip; it opens the vault alone, typed in upper case
rc, seen = talk(['init', '--kdf', 'minimum', 'w.sanduq'], passphrase + [
    (r'Which: ', '2 of 3\n'), (r'Which: ', '1\n'),
    (r'when it is written down: ', '\n'),
    (r'group \d+ of it, from', 'qqqq\n'),
    (r'group \d+ of it, from', back), (r'group \d+ of it, from', back)])
assert rc == 0 and 'without a recovery sheet' not in seen, seen
sheet = shares(seen)[-1]
assert len(sheet) == 19 and sheet[0] == 'sqr1', sheet
rc, seen = talk(['-V', 'w.sanduq', 'recover', '--test'], [
    (r'Share 1', 'nonsense\n'),
    (r'Share 1', ' '.join(sheet).upper() + '\n')])
assert rc == 0 and 'Nothing was changed' in seen, seen
assert 'would begin with sqr1' in seen, seen
print('ok one sheet')

# three shares; two of them, one mistyped at first, and a new passphrase
rc, seen = talk(['init', '--kdf', 'minimum', 'u.sanduq'],
                passphrase + [(r'Which: ', '2/3\n')] + 3 * copied)
assert rc == 0, seen
phrase = drawn(seen)
three = shares(seen)
assert len(three) == 3 and len({tuple(t) for t in three}) == 3
wrong = list(three[2])
wrong[6] = ('q' if wrong[6][0] != 'q' else 'p') + wrong[6][1:]
rc, seen = talk(
    ['-V', 'u.sanduq', 'recover', '--kdf', 'minimum'],
    [(r'Share 1', '-'.join(three[0]) + '\n'),
     (r'Share 2', ''.join(three[0]) + '\n'),
     (r'Share 2', ' '.join(wrong) + '\n'),
     (r'Share 2', ' '.join(three[2]) + '\n')] + passphrase +
    [(r'\[yes/no\]', 'yes\n')])
assert rc == 0, seen
assert 'given twice' in seen and 'look at group 7' in seen, seen
again = drawn(seen)
assert again != phrase
rc, seen = talk(['-V', 'u.sanduq', 'list'], [(r'Passphrase', phrase + '\n')] +
                [(r'Passphrase', '\x04')])
assert rc != 0, seen
rc, seen = talk(['-V', 'u.sanduq', 'list'], [(r'Passphrase', again + '\n')])
assert rc == 0, seen
print('ok three shares')

# declined, or not typed back: a vault all the same, and it is said
rc, seen = talk(['init', '--kdf', 'minimum', 'y.sanduq'],
                passphrase + [(r'Which: ', 'no\n')])
assert rc == 0 and 'no other way in' in seen and not shares(seen), seen
rc, seen = talk(['init', '--kdf', 'minimum', 'z.sanduq'], passphrase + [
    (r'Which: ', '1\n'), (r'when it is written down: ', '\n')] +
    3 * [(r'group \d+ of it, from', 'qqqq\n')])
assert rc == 0 and 'without a recovery sheet' in seen, seen
rc, seen = talk(['-V', 'z.sanduq', 'key', 'list'], [])
assert 'recovery' not in seen, seen
print('ok declined')

# a new set on the terminal, where the old one must be given up by a yes
rc, seen = talk(['-V', 'u.sanduq', 'key', 'add', 'shares', '1/1'],
                [(r'Passphrase', again + '\n'), (r'\[yes/no\]', 'no\n')])
assert rc == 130 and not shares(seen) and 'nothing was changed' in seen, seen
print('all passed')
