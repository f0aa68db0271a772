# SPDX-License-Identifier: Apache-2.0
# clock.sh: a clock that cannot be right is told, marked, and shown apart
. "$(dirname "$0")/lib.bash"
maker=${BUILD:-.}/tests/test_clock
[ -x "$maker" ] || exit 77
maker=$(realpath "$maker")
expect 0 "$maker" make v.sanduq k
sk() { "$SANDUQ" -V v.sanduq --key-file k "$@"; }
day=$(date -u -d '+10 days' +%Y-%m-%d)

# the log has seen a later time: what is sealed now says so
printf '{"interview.date": "2031-10", "clock.doubt": "ten days slow", "time.claimed": "2031-10-31"}' >f.json
expect 0 sk add -t testimony --fields f.json
id=$(cat out)
says err "the clock is in doubt: it stood before $day"
says err "--clock right"
expect 0 sk show "$id"
says out "Times by a clock, for which nobody vouches"
sed -n '/^Times by a clock/,/^[A-Z]/p' out | grep -q 'time.sealed' || bad "the time stands apart"
sed '/^Times by a clock/,$d' out >people
says people "interview.date"
says people "time.claimed"
says people "clock.doubt"
says_not people "time.sealed"
says out "the clock is in doubt: it stood before $day"
grep -q 'seal .*(the clock is in doubt)' out || bad "its line says so: $(cat out)"
expect 0 sk show --json "$id"
says out '"clock_doubt":"behind","clock_known":"'"$day"
says out '"name":"time.doubt","type":"text","state":"value","value":"behind"'
grep '"type":"leaf"' out | grep -q '"clock":"behind","clock_known":"'"$day" || bad "the leaf: $(cat out)"
expect 0 sk add --json -t testimony --fields f.json
says out '"clock_doubt":"behind"'

# the program sets these fields, nobody else
printf '{"time.doubt": "said", "time.known": {"type": "time", "value": 1}}' >set.json
expect 2 sk add -t note --fields set.json
says err 'field "time.doubt": expected another name'
says err 'field "time.known": expected another name'

# a person says what is known of it
printf '{"title": "x"}' >g.json
expect 0 sk add --clock doubtful -t note --fields g.json
says_not err "person said so"
says err "it stood before"
expect 0 sk add --clock right -t note --fields g.json
id=$(cat out)
says_not err "in doubt"
expect 0 sk show "$id"
says_not out "in doubt"
says out "(the clock was compared, a person said)"
expect 0 sk add -t note --fields g.json
says_not err "in doubt"
expect 0 sk add --clock doubtful -t note --fields g.json
says err "a person said so"
expect 2 sk add --clock slow -t note --fields g.json

# locked too, once the capture file has seen the later hour
[ -e v.sanduq.capture ] || bad "unlocked, add makes the capture file"
expect 0 "$SANDUQ" -V v.sanduq add -t note --fields g.json
says_not err "in doubt"
expect 0 "$SANDUQ" -V v.sanduq --clock doubtful add -t note --fields g.json
says err "in doubt: a person said so"
expect 0 sk verify v.sanduq
expect 0 "$SANDUQ" verify v.sanduq.capture
finish
