#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_notices_outside: known_notices.h is what the second encoder computes,
# and OpenSSL takes its signatures
set -eu
here=$(cd "$(dirname "$0")" && pwd)
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
command -v python3 > /dev/null || {
    echo "skipped: no python3"
    exit 77
}
python3 "$here/gen_notices.py" --check "$here/known_notices.h" || {
    echo "known_notices.h differs from what gen_notices.py gives"
    exit 1
}
command -v openssl > /dev/null || exit 0
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
for name in withdraw ack receipt revoked; do
    python3 "$here/gen_notices.py" --put "$name" "$dir"
    # PKCS #8 of an Ed25519 key (RFC 8410)
    {
        printf '\060\056\002\001\000\060\005\006\003\053\145\160\004\042\004\040'
        cat "$dir/seed"
    } > "$dir/key.der"
    openssl pkey -inform DER -in "$dir/key.der" -pubout -out "$dir/pub.pem"
    openssl pkeyutl -verify -rawin -pubin -inkey "$dir/pub.pem" \
        -in "$dir/text" -sigfile "$dir/sig" > /dev/null
done
