# SPDX-License-Identifier: Apache-2.0
# card.py: comparing a card, and its code, on a terminal; run by card.sh
import fcntl
import os
import pty
import re
import struct
import sys
import termios

SANDUQ = os.environ['SANDUQ']


def run(columns, args, asked=None, reply=None):
    """On a terminal of its own; status and all that was shown."""
    pid, fd = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ,
                    struct.pack('HHHH', 50, columns, 0, 0))
        os.execv(SANDUQ, [SANDUQ] + args)
    seen = b''
    while True:
        try:
            data = os.read(fd, 65536)
        except OSError:
            break
        if not data:
            break
        seen += data
        if asked is not None and re.search(asked.encode(), seen):
            os.write(fd, reply.encode())
            asked = None
    _, status = os.waitpid(pid, 0)
    os.close(fd)
    assert asked is None, ('was not asked', seen)
    return os.waitstatus_to_exitcode(status), seen.decode('utf-8', 'replace')


letters = sys.argv[1]
at = ['-V', 'other.sanduq', '--key-file', 'key', 'card']

# the wrong group: nothing is pinned
status, seen = run(80, at + ['add', 'away/t2.card', '--name', 'Typed'],
                    'last group', 'qqqq\n')
assert status == 6 and 'was not pinned' in seen, (status, seen)
# nothing typed: not compared
status, seen = run(80, at + ['add', 'away/t2.card', '--name', 'Typed'],
                    'last group', '\n')
assert status == 0 and 'not compared' in seen, (status, seen)
# the right one
status, seen = run(80, at + ['add', 'away/t2.card'],
                    'last group', letters.split()[-1].upper() + '\n')
assert status == 0 and 'compared by you' in seen, (status, seen)


# a whole card does not fit 80 columns, the fingerprint does, in its own colours
status, seen = run(80, ['-V', 'twin.sanduq', 'card', 'qr'])
assert status == 2 and 'columns' in seen and '-o FILE.png' in seen, seen
status, seen = run(80, ['-V', 'twin.sanduq', 'card', 'qr', '--short'])
assert status == 0 and '48;5;231m' in seen, (status, seen)
status, seen = run(200, ['-V', 'twin.sanduq', 'card', 'qr'])
assert status == 0, (status, seen[-300:])
