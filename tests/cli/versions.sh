# SPDX-License-Identifier: Apache-2.0
# versions.sh: amend, link, tag and withdraw, as a person or a script does it
. "$(dirname "$0")/lib.bash"

new_vault
head -c 300000 /dev/urandom >scan.bin
printf 'hello\n' >note.txt
expect 0 sq add scan.bin -f place=Almaty
scan=$(cat out)
expect 0 sq add note.txt
note=$(cat out)

# a new version: fields change, the original stays and is stored once
expect 2 sq amend "$scan"
says err "nothing to change"
before=$(stat -c %s v.sanduq)
expect 0 sq amend "${scan:0:8}" -f place=Astana -f more=x --reason "place found"
[ "$(cat out)" = "$scan" ] || bad "amend prints the id: $(cat out)"
says err "version 2"
[ $(($(stat -c %s v.sanduq) - before)) -lt 100000 ] || bad "stored twice"
expect 0 sq show "$scan"
says out "version 2 of 2"
says out "Astana"
says out "because place found"
expect 0 sq show "$scan" --revision 1
says out "Almaty"
says_not out "Astana"
expect 0 sq get "$scan" -o back
same scan.bin back
expect 0 sq amend "$scan" --drop more
expect 0 sq show "$scan"
says_not out "more  "
expect 7 sq amend "$scan" --drop more
expect 2 sq amend "$scan" -f link.1=x
expect 2 sq show "$scan" --revision 0
expect 7 sq show "$scan" --revision 9

# another original
expect 0 sq amend "$scan" note.txt
says err "unencrypted on this disk"
expect 0 sq get "$scan" -o back2
same note.txt back2
expect 0 sq get "$scan" --revision 3 -o back3
same scan.bin back3
expect 0 sq amend "$note" --name renamed.txt
expect 0 sq list
says out "renamed.txt"
expect 0 "$SANDUQ" verify v.sanduq

# links and tags
expect 2 sq link "$note" "$scan"
says err "--as"
expect 2 sq link "$note" "$note" --as about
expect 0 sq link "$note" "${scan:0:8}" --as derived-from -f derivative.tool=gimp
expect 2 sq link "$note" "$scan" --as derived-from
expect 0 sq show "$note"
says out "-> derived-from"
says out "gimp"
says out "up to the master"
expect 0 sq show "$scan"
says out "<- derived-from"
expect 0 sq tag "$note" urgent 'to do'
expect 0 sq show "$note"
says out "to do"
expect 0 sq tag "$note" urgent --remove --reason done
expect 0 sq show "$note"
says_not out "urgent"
says out "because done"
expect 0 sq --json show "$note"
says out '"type":"version"'
says out '"type":"related"'

# withdrawal: the whole id, a confirmation, words that promise no more
expect 2 sq withdraw "${scan:0:12}" --yes
expect 2 sq withdraw "$scan" --level 3 --yes
says err "--into NEW"
expect 2 sq withdraw "$scan"
says err "--yes"
expect 0 sq withdraw "$scan" --revision 1 --yes
says err "another version of this record needs it"
expect 7 sq get "$scan" --revision 1 -o gone
[ ! -e gone ] || bad "a withdrawn version was written"
expect 0 sq get "$scan" --revision 2 -o back4
same scan.bin back4
expect 0 sq withdraw "$scan" --yes --reason "asked by telephone"
says err "backups"
says err "something of it"
expect 7 sq withdraw "$scan" --yes
expect 7 sq get "$scan" -o gone
expect 0 sq show "$scan"
says out "declared withdrawn"
says out "asked by telephone"
expect 0 sq withdraw "$scan" --status
says out "declared withdrawn"
says_not out "still here"
expect 0 sq list
says_not out "${scan:0:12}"
expect 0 sq --json withdraw "$note" --yes
says out '"type":"withdrawn"'
expect 0 sq verify v.sanduq
says out "declared withdrawn"
[ ! -e v.sanduq-journal ] || bad "a journal stays"

finish
