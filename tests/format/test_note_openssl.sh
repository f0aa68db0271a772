#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# test_note_openssl.sh: OpenSSL makes the note that test_note.c expects of us,
# and accepts its signature
set -eu

command -v openssl >/dev/null || exit 77
src=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

name=sanduq.invalid/a0a1a2a3a4a5a6a7a8a9aaabacadaeaf/sign
printf 'An exact note.\n\nIts text has a blank line.\n' > text

# PKCS #8 of an Ed25519 key, seed 00 01 .. 1f (RFC 8410)
{
    printf '\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20'
    for i in $(seq 0 31); do printf "\\x$(printf %02x "$i")"; done
} > key.der
openssl pkey -inform DER -in key.der -out key.pem 2>/dev/null || exit 77
openssl pkey -in key.pem -pubout -out pub.pem
openssl pkey -in key.pem -pubout -outform DER | tail -c 32 > pub
openssl pkeyutl -sign -rawin -inkey key.pem -in text -out sig || exit 77

# key id: the first 4 bytes of H(name, LF, 01, public key)
{ printf '%s\n\x01' "$name"; cat pub; } | openssl dgst -sha256 -binary |
    head -c 4 > id
cat id sig | openssl base64 -A > line

# The constant stands in several C strings; read them as one.
sed -n '/^#define OWN_SIG/,/=\"$/p' "$src/test_note.c" |
    grep -o '"[^"]*"' | tr -d '"\n' > expected
cmp line expected

# And the other way round: what we expect, taken apart, holds.
openssl base64 -d -A -in expected | tail -c 64 > ours
openssl pkeyutl -verify -rawin -pubin -inkey pub.pem -in text \
    -sigfile ours > /dev/null
echo x >> text
if openssl pkeyutl -verify -rawin -pubin -inkey pub.pem -in text \
    -sigfile ours > /dev/null; then
    echo "a signature over another text holds" >&2
    exit 1
fi
