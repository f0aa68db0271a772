# SPDX-License-Identifier: Apache-2.0
# test_no_state_slow.sh: a thousand sessions that keep no state
SANDUQ_SESSIONS=${SANDUQ_SESSIONS:-1000} \
    exec "${BUILD:?folder of the build}/tests/test_no_state"
