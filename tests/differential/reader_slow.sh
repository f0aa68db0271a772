#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# reader_slow.sh: as reader.sh, with many more broken and forged files
export READER_BROKEN=20000
exec bash "$(dirname "$0")/reader.sh"
