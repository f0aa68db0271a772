#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# collect.bash: keeps what the scripts of tests/cli judge, for the second reader
#
# Sourced by tests/cli/lib.bash when SANDUQ_COLLECT names a folder: every file that
# the program is given after `verify` or `receive`, and every container and text
# that lies in a test's folder at its end. See tests/support/collect.h.

# collect FILE...: containers and texts that verify knows, by their hash.
collect() {
    local f sum line
    for f; do
        [ -f "$f" ] && [ -r "$f" ] || continue
        IFS= read -r -n 15 line <"$f" 2>/dev/null
        case $line in
            'SQLite format 3' | sanduq.v1/* | sanduq.invalid/* | c2sp.org/tlog*) ;;
            *) continue ;;
        esac
        sum=$(sha256sum <"$f")
        cp -n --sparse=always -- "$f" "$SANDUQ_COLLECT/${sum%% *}.sdq"
        [ ! -f "$f-journal" ] ||
            cp -n -- "$f-journal" "$SANDUQ_COLLECT/${sum%% *}.sdq-journal"
    done
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then # in place of the program
    case " $* " in *" verify "* | *" receive "*) collect "$@" ;; esac
    exec "$SANDUQ_COLLECT_FOR" "$@"
fi
export SANDUQ_COLLECT_FOR=$SANDUQ
SANDUQ=${BASH_SOURCE[0]}
collect_all() {
    local f
    while IFS= read -r -d '' f; do collect "$f"; done < <(find "$1" -type f -print0)
}
