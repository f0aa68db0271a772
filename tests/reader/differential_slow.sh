#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# differential_slow.sh: as differential.sh, with many more broken and forged files
export READER_BROKEN=20000
exec bash "$(dirname "$0")/differential.sh"
