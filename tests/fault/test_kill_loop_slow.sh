#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# test_kill_loop_slow.sh: a thousand kills, and one at every writing call
# shellcheck disable=SC2034 # read by kill_loop.bash
KILL_LARGE=1
# shellcheck source=tests/support/kill_loop.bash
. "$(dirname "$0")/../support/kill_loop.bash"

# a vault of its own for each 40: it grows by 12 MB at a time
for _ in {1..15}; do
    kill_adds 40
done
kill_inits 200
kill_changes 200
if can_trace; then
    kill_adds_at 1
    kill_inits_at 1
    kill_inits_twice
    kill_changes_at 1
else
    echo "no strace here: kills at random times only"
fi
kill_report
