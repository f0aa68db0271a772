#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# test_cosignature_openssl.sh: OpenSSL makes the vkey and the cosignature that
# test_cosignature.c expects of us
set -eu

command -v openssl >/dev/null || exit 77
src=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

name=sanduq.invalid/a0a1a2a3a4a5a6a7a8a9aaabacadaeaf/witness
origin=sanduq.invalid/b0b1b2b3b4b5b6b7b8b9babbbcbdbebf/c0c1c2c3c4c5c6c7
root=CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
time=1790000000

# PKCS #8 of an Ed25519 key, seed 00 01 .. 1f (RFC 8410)
{
    printf '\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20'
    for i in $(seq 0 31); do printf "\\x$(printf %02x "$i")"; done
} > key.der
openssl pkey -inform DER -in key.der -out key.pem 2>/dev/null || exit 77
openssl pkey -in key.pem -pubout -outform DER | tail -c 32 > pub

# key id: the first 4 bytes of H(name, LF, 04, public key)
{ printf '%s\n\x04' "$name"; cat pub; } | openssl dgst -sha256 -binary |
    head -c 4 > id
vkey=$name+$(od -An -tx1 id | tr -d ' \n')+$({ printf '\x04'; cat pub; } |
    openssl base64 -A)

printf 'cosignature/v1\ntime %s\n%s\n3\n%s\n' "$time" "$origin" "$root" > text
openssl pkeyutl -sign -rawin -inkey key.pem -in text -out sig || exit 77
hex=$(printf '%016x' "$time")
{
    cat id
    for i in 0 2 4 6 8 10 12 14; do printf "\\x${hex:i:2}"; done
    cat sig
} | openssl base64 -A > line

# Constants that stand in several C strings are read as one.
constant() {
    sed -n "/^#define $1\\>/,/[^\\\\]\$/p" "$src/test_cosignature.c" |
        grep -o '"[^"]*"' | tr -d '"\n'
}
constant SIG > expected
cmp line expected
[ "$name$(constant WITNESS_VKEY)" = "$vkey" ]
[ "$(constant ORIGIN)" = "$origin" ]
