# SPDX-License-Identifier: Apache-2.0
# witness_sessions.sh: a witness that follows a vault whose field devices end
# sessions and begin new ones, while one of them is revoked
. "$(dirname "$0")/lib.bash"

aina() { XDG_STATE_HOME=$work/sa "$SANDUQ" -V a.sanduq --key-file key "$@"; }
wit() { XDG_STATE_HOME=$work/sw "$SANDUQ" -V w.sanduq --key-file key "$@"; }
field() { "$SANDUQ" -V "$1.field" "${@:2}"; }
for who in a w; do
    XDG_STATE_HOME=$work/s$who "$SANDUQ" -q init --key-file key $who.sanduq || bad "init"
done
aina card export -o a.card 2>/dev/null
fingerprint=$(aina card show | sed -n 's/^  read out  *//p')
expect 0 wit card add a.card --name Aina --fingerprint "$fingerprint"
expect 0 wit witness init -o w.vkey
wit card export -o w.card 2>/dev/null
expect 0 aina --yes witness init Wit w.vkey
expect 0 aina witness init --quorum 1
expect 0 aina witness list --make-policy -o policy
for n in 1 2 3 4 5; do echo "text $n" >text$n; done

# ask, sign, take; $1 logs are asked for
countersign() {
    local n=$1
    shift
    rm -f request answer
    expect 0 aina witness ask Wit -o request "$@"
    [ "$(grep -c '^old ' request)" = "$n" ] || bad "logs asked for: $(grep '^old ' request)"
    expect 0 wit witness sign request -o answer
    expect 0 aina witness take answer
    [ "$(grep -c 'countersigned' err)" = "$n" ] || bad "answers: $(cat err)"
}
policy() { # STATUS: the vault as an auditor gets it
    expect "$1" "$SANDUQ" verify a.sanduq --card a.card --policy policy
}
fast() { # N: session logs that are held fast by what is countersigned
    [ "$(grep -c 'and so held fast by what is countersigned' out)" = "$1" ] ||
        bad "held fast: $(grep -c "and so held fast by" out), not $1 (line ${BASH_LINENO[0]}): $(cat out)"
}

# ---- two devices, a session each, in one log that is countersigned ----
for d in one two; do
    expect 0 "$SANDUQ" capture init a.card $d.field --fingerprint "$fingerprint"
    code=$(sed -n 's/^ *code *//p' out)
    expect 0 field $d add text1
    expect 0 field $d capture end
    expect 0 aina --yes device admit "$code"
    expect 0 aina receive $d.field
done
policy 6
says out "no state of it is countersigned as the policy asks"
fast 0
countersign 1
policy 0
fast 2
says out "its newest state (10 lines) is countersigned as the policy asks"

# ---- new sessions, while the answer is on its way ----
expect 0 field one add text2
expect 0 field one capture end
expect 0 aina receive one.field
policy 6
says out "its first 10 lines only, of 12"
fast 2 # and not the new one
rm request answer
expect 0 aina witness ask Wit -o request
expect 0 field two add text3
expect 0 field two capture end
expect 0 aina receive two.field
expect 0 wit witness sign request -o answer
expect 0 aina witness take answer
policy 6
fast 3
countersign 1
policy 0
fast 4

# ---- a session that came in before its end, and went on ----
expect 0 field two add text1
expect 0 aina receive two.field --unfinished --accept \
    "$(field two capture introduce 2>/dev/null | sed -n 's/^ *its fingerprint *//p')"
countersign 1
policy 0
fast 4 # it has no log here before it came in whole
expect 0 field two add text2
expect 0 field two capture end
expect 0 aina receive two.field
expect 0 "$SANDUQ" verify a.sanduq
policy 6
fast 4
countersign 1
policy 0
fast 5

# ---- a second machine, and both go on: lines name states that are long past ----
there() { XDG_STATE_HOME=$work/sb "$SANDUQ" -V b.sanduq --key-file key "$@"; }
here() { XDG_STATE_HOME=$work/sa "$SANDUQ" -V b.sanduq --key-file key "$@"; }
cp a.sanduq b.sanduq
cp -r sa sa.was
for who in there here there here; do expect 0 $who add --again text5; done
expect 0 "$SANDUQ" verify b.sanduq
rm -r sa
mv sa.was sa

# ---- the session logs themselves: each introduced by its device's note ----
countersign 5 --all
policy 0
[ "$(grep -c 'its first 2 lines existed before .*, by the clock of witness Wit' out)" = 4 ] ||
    bad "each by itself: $(cat out)"

# ---- one device is lost: revoked at its first session, the other goes on ----
device=$(field one capture introduce 2>/dev/null | sed -n 's/^ *device *//p')
expect 0 aina --yes device revoke "$device" --last 1
expect 0 field two add text4
expect 0 field two capture end
expect 0 aina receive two.field
expect 0 field one add text5
expect 0 field one capture end
expect 6 aina receive one.field
says err "revoked device"
countersign 1
expect 6 "$SANDUQ" verify a.sanduq --card a.card --policy policy
says out "untrusted"
says out "is countersigned as the policy asks"
says_not out "lacks"
fast 6
[ "$(grep -c 'NOT AS ASKED' out)" = 1 ] || bad "more than the untrusted record: $(cat out)"
expect 0 aina witness ask Wit --all
[ "$(grep -c '^old ' out)" = 1 ] || bad "the new session: $(cat out)"
cat out >request
rm answer
expect 0 wit witness sign request -o answer
expect 0 aina witness take answer

# ---- what an auditor is given besides: the witness knows every log ----
expect 0 wit witness list Aina -o seen
[ "$(grep -c '^log ' seen)" = 7 ] || bad "logs seen: $(cat seen)"
expect 6 "$SANDUQ" verify a.sanduq --card a.card --policy policy --witness w.card --witnessed seen
says out "other replicas: none known to Wit"
finish
