# SPDX-License-Identifier: Apache-2.0
# test_tamper_table.sh: docs/tamper.md and the tests that it names are the same
set -eu
: "${SRC:?source tree}"
cd "$SRC"
failed=0
bad() { printf 'FAILED: %s\n' "$*"; failed=1; }

# the last column of each row of the table
named=$(sed -n 's/^|.*| `\([a-z0-9_]*\)` |$/\1/p' docs/tamper.md)
rows=$(grep -c '^| ' docs/tamper.md)
[ "$(printf '%s\n' "$named" | grep -c .)" = $((rows - 1)) ] ||
    bad "a row without a test (rows: $((rows - 1)))"
awk -F'|' '/^\|/ && NF != 10 { print "columns: " $0; bad = 1 }
    END { exit bad }' docs/tamper.md || failed=1

for name in $named; do
    grep -rqE "(ROW|cmocka_unit_test)\($name\)|^ *$name\)" tests --include='test_*.c' ||
        bad "no test $name"
done
for name in $(sed -n 's/^ *ROW(\([a-z0-9_]*\)),$/\1/p' tests/tamper/test_matrix_*.c); do
    printf '%s\n' "$named" | grep -qx "$name" || bad "no row for $name"
done
[ $failed = 0 ] && echo "all passed"
exit $failed
