#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that --demand gets a recording from the server's library, from its
# beginning, byte for byte, whatever its container; that it goes on where it was
# when the server was killed and came back; that it plays it through the
# decoder as fast as that takes it, pauses and winds by keys; and that what
# there is not, or nobody serves, is said.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

mkmp3 1-jazz/a.mp3 -t 300
mkmp3 "1-jazz/the long one.mp3" -t 9000
mkdir "$media/2-aac"
"$tools/mkadts" -s 31 -n 900 "$media/2-aac/a.aac" || FAIL mkadts

step "nobody serves"
says="no program list is heard" exits 69 "no server" client --demand 1/1
start_server a
says="has nothing on demand" exits 69 "not over HTTP" client --demand 1/1
stop a
start_server a --http 8000
says="CHANNEL/TRACK" exits 64 "no track" client --demand 1
says="no recording 1/9" exits 66 "no such track" client --demand 1/9
says="no recording 7/1" exits 66 "no such channel" client --demand 7/1
says="no connection" exits 69 "another port" client --demand 1/1 \
    --server 127.0.0.1:8001

step "into a file"
expect "by its number" client --demand 1/1 -o "$W/1"
expect "is the same" cmp "$W/1" "$media/1-jazz/a.mp3"
expect "by its name, from a named server" client -o "$W/2" \
    --demand "jazz/the long one.mp3" --server 127.0.0.1:8000
expect "is the same" cmp "$W/2" "$media/1-jazz/the long one.mp3"
expect "AAC" client --demand 2/a.aac -o "$W/3"
expect "is the same" cmp "$W/3" "$media/2-aac/a.aac"
client --demand 1/1 -o - >"$W/4" 2>"$W/4.err" || FAIL "to stdout"
expect "to stdout" cmp "$W/4" "$media/1-jazz/a.mp3"

step "through a decoder, and a server that goes and comes back"
start_client p --demand "1/the long one.mp3" \
    -d "$tools/fakedec -r 2000000 -o $W/heard"
soon "it is heard" 5 has_bytes "$W/heard" 2000000
kill_hard a
soon "the loss is said" 8 said p "connection is lost"
start_server a --http 8000
soon "and the return" 8 said p "it goes on"
ends p 60
equal "to its end" "$status" 0
expect "all of it" cmp "$W/heard" "$media/1-jazz/the long one.mp3"
expect "said once" said p "connection is lost" 1

step "a file that is another one by then"
start_client p --demand "1/the long one.mp3" \
    -d "$tools/fakedec -r 2000000 -o $W/other"
soon "it is heard" 5 has_bytes "$W/other" 2000000
kill_hard a
"$tools/mkmp3" -s 99 -t 8000 "$media/1-jazz/the long one.mp3"
start_server a --http 8000
ends p 60
equal "it ends" "$status" 69
expect "and says why" said p "is another file by now"

step "keys"
on_terminal() {
	"$tools/pty" "$B/netradio-client" -i lo --demand 1/a.mp3 \
	    -d "$tools/fakedec -r 16000 -o $W/keys" >"$W/pty.out"
}
on_terminal <<-'END' || FAIL "on a terminal: $(cat "$W/pty.out")"
	wait of 0:30
	pause 1000
	send \x20
	wait paused
	pause 3000
	send \x20
	wait of 0:30
	send \e[C
	wait of 0:30
	pause 1500
	send q
END
size=$(stat -c %s "$W/keys")
expect "paused for three of six seconds: $size bytes" \
    [ "$size" -le $((75000 * ${SLACK:-1})) -a "$size" -ge 16000 ]
at=$(sed -n 's/.*1.a.mp3: 0:\([0-9]*\) of 0:30.*/\1/p' "$W/pty.out" | tail -n 1)
expect "and wound to 0:$at" [ "${at#0}" -ge 10 ]
head -c 16000 "$media/1-jazz/a.mp3" >"$W/first"
tail -c 8000 "$W/keys" >"$W/last"
expect "begins at the beginning" "$tools/contains" "$W/keys" "$W/first"
expect "and is in it wherever it is" "$tools/contains" \
    "$media/1-jazz/a.mp3" "$W/last"
OK
