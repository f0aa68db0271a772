# SPDX-License-Identifier: Apache-2.0
# tlog_go.sh: Go's x/mod/sumdb opens our notes and checks our proofs
source=$(realpath "${SRC:-.}")/tests/cli/tlog_go.go
build=$(realpath "${BUILD:-.}")
. "$(dirname "$0")/lib.bash"

go=/usr/share/gocode
if ! command -v go >/dev/null || [ ! -d $go/src/golang.org/x/mod/sumdb/tlog ]; then
    say "skipped: go and golang-golang-x-mod-dev are not here"
    exit 77
fi
# no network, no modules: what the system has
export GO111MODULE=off GOPATH=$go GOFLAGS='' GOPROXY=off GOTOOLCHAIN=local
GOCACHE=$build/go-cache
case ${BUILD:-} in '') GOCACHE=$work/go-cache ;; esac
export GOCACHE
if ! go build -o tlog_go "$source" >out 2>err; then
    cat err
    bad "tlog_go.go does not build"
    finish
fi

expect 0 "$SANDUQ" init --key-file key v.sanduq
expect 0 "$SANDUQ" init --key-file key w.sanduq
sq() { "$SANDUQ" -V v.sanduq --key-file key "$@"; }
wit() { "$SANDUQ" -V w.sanduq --key-file key "$@"; }
"$SANDUQ" -V v.sanduq card export -o v.card 2>/dev/null
expect 0 wit card add v.card --name V --fingerprint \
    "$("$SANDUQ" -V v.sanduq card show | sed -n 's/^  read out  *//p')"
expect 0 wit witness init -o w.vkey
expect 0 sq --yes witness init W w.vkey

# request after request: every size that a log grows by
expect 0 sq witness ask W -o r0
expect 0 wit witness sign r0 -o a
expect 0 sq witness take a
cp r0 before
for i in 1 2 3 4 5 6 7 8 9; do
    for _ in $(seq 1 $((i % 3 + 1))); do sq add --again w.vkey >/dev/null 2>&1; done
    rm -f a next
    expect 0 sq witness ask W -o next
    sed -n '/^sanduq.v1/,$p' r0 >note
    { awk 'BEGIN { print "old 0" } /^$/ { b = 1 } b' before | sed '/^sanduq.v1/,$d'; cat note; } >first
    expect 0 ./tlog_go request first next
    says out "entries follow from"
    expect 0 wit witness sign next -o a
    expect 0 sq witness take a
    mv next before
done
expect 0 "$SANDUQ" -V v.sanduq log checkpoint -o checkpoint
expect 0 ./tlog_go cosigned w.vkey r0 checkpoint
says out "signed and cosigned"
sed '$s/AAAA./AAAAb/' checkpoint >changed
expect 1 ./tlog_go cosigned w.vkey r0 changed

# a record's place
id=$(sq add a 2>/dev/null)
if "$SANDUQ" help log prove >/dev/null 2>&1; then
    expect 0 "$SANDUQ" -V v.sanduq log prove "$id" --tlog-proof proof --leaf leaf
    expect 0 ./tlog_go place leaf proof r0
    says out "line "
    sed 's/^seal /take /' leaf >other
    expect 1 ./tlog_go place other proof r0
else
    bad "log prove is not there"
fi
finish
