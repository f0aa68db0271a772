#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""guides.py: run the commands of docs/guide/*.md and compare what they print

usage: guides.py PROGRAM GUIDE.md...

A block that begins with ```console MACHINE is run, each guide from the start:

    $ command            in the folder of MACHINE, by bash, one shell a machine
    > goes on            the next line of the same command
    expected             a line of what is printed holds this; lines in order;
                         an ellipsis stands for anything within a line
    (status 4)           the command ends with this status; without it, 0

A comment right behind a block, <!-- NAME: REGEX -->, keeps what the group of
the expression matched in the last command's output as $NAME, on all machines:
what people would read out to each other.

The guides leave out what only a test needs: passphrases come from files, the
cheapest cost is taken, and questions are answered with --yes.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

PRELUDE = r'''
sanduq() {
    local more=(--yes)
    case "${1:-} $* " in
        "init "* | *" recover --answer "*) more+=(--kdf minimum) ;;
    esac
    case " $* " in
        *" recover --answer "*) more+=(--new-passphrase-file "$TOP/pw") ;;
        *" capture init "* | *" verify "* | *" -V field.capture "* | \
            *" -V trip.sanduq add "* | \
            *" recover --request "* | *" travel finish "*) ;;
        *) more+=(--passphrase-file "$TOP/pw") ;;
    esac
    [ "${1:-}" = verify ] && more=()
    command "$SANDUQ" "$@" "${more[@]}"
}
'''


class Machine:
    def __init__(self, top, name, program):
        folder = os.path.join(top, name)
        os.makedirs(folder, exist_ok=True)
        env = dict(os.environ, TOP=top, SANDUQ=program, HOME=folder,
                   XDG_STATE_HOME=os.path.join(folder, "state"),
                   LC_ALL="C.UTF-8", TZ="UTC")
        for name in ("SANDUQ_VAULT", "NO_COLOR"):
            env.pop(name, None)
        self.shell = subprocess.Popen(
            ["bash"], cwd=folder, env=env, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.send(PRELUDE)

    def send(self, text):
        self.shell.stdin.write(text + "\n")
        self.shell.stdin.flush()

    def run(self, command):
        self.send("{ " + command + "\n} </dev/null 2>&1")
        self.send(r"printf '\n\001%d\n' $?")
        lines = []
        for line in self.shell.stdout:
            if line.startswith("\001"):
                return lines, int(line[1:])
            lines.append(line.rstrip("\n"))
        raise SystemExit("the shell ended: " + command)

    def end(self):
        self.shell.stdin.close()
        self.shell.wait()


def holds(line, want):
    """Whether the line has the pieces of want in their order."""
    at = 0
    for piece in (p.strip() for p in want.split("…")):
        at = line.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return True


def check(where, command, lines, status, wanted):
    status_wanted, rest = 0, list(lines)
    for want in wanted:
        m = re.fullmatch(r"\(status (\d+)\)", want)
        if m:
            status_wanted = int(m.group(1))
            continue
        while rest and not holds(rest[0], want):
            rest.pop(0)
        if not rest:
            return f'{where}: no "{want}" (in this order) after: {command}'
        rest.pop(0)
    if status != status_wanted:
        return f"{where}: status {status}, not {status_wanted}: {command}"
    return None


class Guide:
    def __init__(self, program, path):
        self.program, self.path = program, path
        self.top = tempfile.mkdtemp()
        self.machines, self.failed, self.commands = {}, 0, 0
        with open(os.path.join(self.top, "pw"), "w") as f:
            f.write("korrekt pferd batterie heft\n")
        os.mkdir(os.path.join(self.top, "stick"))

    def machine(self, name):
        if name not in self.machines:
            self.machines[name] = Machine(self.top, name, self.program)
        return self.machines[name]

    def step(self, machine, number, command, wanted):
        lines, status = self.machine(machine).run(command)
        self.commands += 1
        wrong = check(f"{self.path}:{number}", command, lines, status, wanted)
        if wrong:
            self.failed += 1
            print(wrong)
            print("".join(f"    {x}\n" for x in lines), end="")
        return "\n".join(lines)

    def keep(self, number, name, expression, output):
        m = re.search(expression, output, re.M)
        if m is None:
            self.failed += 1
            print(f"{self.path}:{number}: nothing to keep as ${name}")
            return
        for machine in self.machines.values():
            machine.run(f"export {name}='{m.group(1).strip()}'")

    def block(self, name, number, body):
        """A block's lines; gives the last command's output."""
        output, i = "", 0
        while i < len(body):
            if not body[i].startswith("$ "):
                raise SystemExit(f"{self.path}:{number + i}: not a command")
            command, j = body[i][2:], i + 1
            while j < len(body) and (command.endswith("\\") or
                                     body[j].startswith("> ")):
                more = body[j][2:] if body[j].startswith("> ") else body[j]
                command, j = command + "\n" + more, j + 1
            end = j
            while end < len(body) and not body[end].startswith("$ "):
                end += 1
            wanted = [x for x in body[j:end] if x.strip()]
            output = self.step(name, number + i, command, wanted)
            i = end
        return output

    def run(self):
        with open(self.path, encoding="utf-8") as f:
            lines = f.read().split("\n")
        for name in re.findall(r"^```console (\w+)$", "\n".join(lines), re.M):
            self.machine(name)
        output, i = "", 0
        while i < len(lines):
            head = re.fullmatch(r"```console (\w+)", lines[i])
            keep = re.fullmatch(r"<!-- (\w+): (.*) -->", lines[i])
            if head:
                end = lines.index("```", i)
                output = self.block(head.group(1), i + 2, lines[i + 1:end])
                i = end
            elif keep:
                self.keep(i + 1, keep.group(1), keep.group(2), output)
            i += 1
        for machine in self.machines.values():
            machine.end()
        shutil.rmtree(self.top)
        print(f"{os.path.basename(self.path)}: {self.commands} commands, "
              f"{self.failed} not as written")
        return self.failed == 0 and self.commands > 0


def main():
    program = os.path.realpath(sys.argv[1])
    paths = [p for p in sys.argv[2:] if os.path.basename(p) != "README.md"]
    good = [Guide(program, path).run() for path in paths]
    return 0 if good and all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
