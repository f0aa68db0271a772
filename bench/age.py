#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# age.py: how fast age files are sealed and opened, beside `age`; scripts/bench
import os
import shutil
import subprocess
import sys
import tempfile
import time

TOOL, MIB = sys.argv[1], int(sys.argv[2])
ROUNDS = 5
# A key of nobody: the example of C2SP age.md.
KEY = ('AGE-SECRET-KEY-'
       '1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX\n')


def once(args, source, target):
    """Seconds on the wall and of the processor."""
    with open(source, 'rb') as i, open(target, 'wb') as o:
        before = os.times()
        begin = time.monotonic()
        subprocess.run(args, stdin=i, stdout=o, check=True)
        wall = time.monotonic() - begin
        after = os.times()
    return wall, (after.children_user - before.children_user +
                  after.children_system - before.children_system)


def main():
    folder = '/dev/shm' if os.path.isdir('/dev/shm') else None
    with tempfile.TemporaryDirectory(dir=folder) as d:
        at = lambda name: os.path.join(d, name)
        open(at('key'), 'w').write(KEY)
        to = subprocess.run([TOOL, 'recipient', at('key')], check=True,
                            stdout=subprocess.PIPE, text=True).stdout.strip()
        block = os.urandom(1 << 20)
        with open(at('plain'), 'wb') as f:
            for _ in range(MIB):
                f.write(block)
        ways = {'seal': {'ours': [TOOL, 'seal', to]},
                'open': {'ours': [TOOL, 'open', at('key')]}}
        if shutil.which('age'):
            ways['seal']['age'] = ['age', '-r', to]
            ways['open']['age'] = ['age', '-d', '-i', at('key')]
        print('%d MiB, best of %d' % (MIB, ROUNDS))
        for what, source in (('seal', 'plain'), ('open', 'sealed')):
            best = {}
            for _ in range(ROUNDS):
                for who, args in ways[what].items():
                    got = once(args, at(source), at('out'))
                    best[who] = min(best.get(who, got), got)
                    if what == 'seal' and who == 'ours':
                        shutil.move(at('out'), at('sealed'))
            for who, (wall, cpu) in best.items():
                print('%s  %-5s %7.0f MB/s  wall %6.2f s  cpu %6.2f s' %
                      (what, who, MIB * 1.048576 / wall, wall, cpu))
            if 'age' in best:
                print('%s  ratio %.2f by the wall, %.2f by the processor' %
                      (what, best['age'][0] / best['ours'][0],
                       best['age'][1] / best['ours'][1]))


main()
