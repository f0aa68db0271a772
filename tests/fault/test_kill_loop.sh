#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# test_kill_loop.sh: kill -9 while adding, making a vault and changing the key
# (short; test_kill_loop_slow.sh goes on for longer)
# shellcheck source=tests/support/kill_loop.bash
. "$(dirname "$0")/../support/kill_loop.bash"

kill_adds 25
kill_inits 15
kill_changes 8
if can_trace; then
    kill_adds_at 9
    kill_inits_at 11
    kill_inits_twice
    kill_changes_at 11
fi
kill_report
