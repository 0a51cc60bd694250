#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that commands are obeyed on the air, and that no listener can tell:
# through skips, pauses and wishes the sequence numbers and timestamps run on
# as if nothing had been, and another channel does not notice at all.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

for name in a b c d; do
	mkmp3 "1-one/$name.mp3" -t 200 -T "title $name"
done
mkmp3 2-two/x.mp3 -t 200
config a "shared-group = yes" "watch = no"
start_server a

ctl() {
	"$B/netradioctl" -s "$W/a.state" "$@"
}
now() {
	ctl channels --json | "$tools/jsonl" "$1" channel=1
}
plays() {
	[ "$(now title)" = "title $1" ]
}
soon "it plays" 5 plays a
# shellcheck disable=SC2046
check_rx rx 12 $(stream_of 1) $(stream_of 2)

step "skip"
exits 0 "skip" ctl skip 1
soon "the next one plays" 2 plays b
soon "the list says it" 3 list_has channel=1 title="title b"
exits 0 "by name" ctl skip one
soon "the next one plays" 2 plays c

step "pause"
sleep 0.5
exits 0 "pause" ctl pause 1
soon "it stands" 2 eval '[ "$(now paused)" = true ]'
soon "the list says so" 3 eval 'client -l | grep -q "silent: paused"'
at=$(now position)
sleep 1
equal "and stays where it is" "$(now position)" "$at"
exits 0 "resume" ctl resume 1
soon "it plays" 2 eval '[ "$(now paused)" = false ]'
expect "on from there: $at, then $(now position)" \
    eval 'awk "BEGIN { d = $(now position) - $at; exit !(d > -0.2 && d < 2) }"'
equal "the same track" "$(now title)" "title c"

step "play"
exits 0 "play next" ctl play 1/a.mp3 next
expect "the one that plays goes on" plays c
exits 0 "skip" ctl skip 1
soon "then comes what was wished for" 2 plays a
exits 0 "skip" ctl skip 1
soon "and the round goes on where it was" 2 plays d
exits 0 "play now, by title" ctl play "1/title b" now
soon "it plays at once" 2 plays b
exits 0 "pause" ctl pause 1
soon "it stands" 2 eval '[ "$(now paused)" = true ]'
exits 0 "play now ends a pause" ctl play 1/3 now
soon "it plays" 2 plays c
equal "it is not paused" "$(now paused)" false

step "what cannot be"
says='no channel "9"; there are 1 \(one\), 2 \(two\)' \
    exits 66 "no such channel" ctl skip 9
says='none of them is "zz"' exits 66 "no such track" ctl play 1/zz
says="usage" exits 64 "no command" ctl
says="no such command" exits 64 "an unknown one" ctl sing
says="needs CH" exits 64 "no channel" ctl skip
says="one argument too many" exits 64 "two" ctl skip 1 2
says="now or next" exits 64 "when" ctl play 1/1 later
says="does not go with --json" exits 64 "no JSON of it" ctl skip 1 --json

step "reload"
mkmp3 1-one/e.mp3 -t 200 -T "title e"
exits 0 "reload" ctl reload
expect "says what it came to" grep -q \
    'reloaded: 0 .*started, 0 .*stopped, 1 .*edited, 1 .*alone' "$W/last.out"
expect "the library has it" eval 'ctl library --json |
    "$tools/jsonl" file channel=1 title="title e" | grep -q "^e.mp3$"'
if command -v sqlite3 >/dev/null; then
	mkmp3 "2-two/it's a \\.mp3" -t 20 -T "it's; DROP TABLE tracks"
	exits 0 "reload" ctl reload
	ctl library --sql >"$W/library.sql"
	equal "and sqlite3 loads it, twice" "$(cat "$W/library.sql" \
	    "$W/library.sql" - <<-'END' | sqlite3 :memory:
		SELECT count(*), sum(size) > 0 FROM tracks;
		SELECT file, title FROM tracks WHERE channel = 2 AND track = 1;
		END
	)" "7|1
it's a \\.mp3|it's; DROP TABLE tracks"
else
	echo "  (no sqlite3 here)"
fi
says="does not go with --sql" exits 64 "no SQL of it" ctl channels --sql

step "a name with a slash"
mkmp3 3-ac/hells.mp3 -t 100
mkmp3 3-ac/bells.mp3 -t 100
echo "name = AC/DC" >"$media/3-ac/channel.conf"
exits 0 "reload" ctl reload
exits 0 "play" ctl play AC/DC/hells.mp3
exits 0 "whatever its case" ctl play ac/dc/2 now
exits 0 "get" ctl get AC/DC/2 -o "$W/hells"
expect "is identical" cmp "$W/hells" "$media/3-ac/hells.mp3"
says='channel 3 \(AC/DC\) has 2 tracks, none of them is "x/y"' \
    exits 66 "the rest is the track" ctl play AC/DC/x/y

step "an error in the configuration"
echo "nonsense" >>"$W/a.conf"
says="configuration has errors" exits 69 "a broken configuration" ctl reload
exits 0 "nothing else was lost" ctl skip 1

step "a queue that is full of what is for nobody"
expect "it is filled" "$tools/ipctry" fill \
    "$(sed -n 's/^queue //p' "$W/a.state/ipc")"
exits 0 "a command gets through all the same" ctl skip 2

step "meanwhile nobody could tell"
rx_ends rx
for rx_stream in $(stream_of 1) $(stream_of 2); do
	equal "jumps on $rx_stream" "$(rx rx jumps)" 0
done
expect "it is counted" [ "$(ctl status --prometheus |
    sed -n 's/^netradio_commands_total //p')" -ge 15 ]

step "a daemon that does nothing"
signal STOP a
queue() {
	sed -n 's/^queue //p' "$W/a.state/ipc"
}
if env --block-signal=ALRM true 2>/dev/null; then
	says="does not answer" exits 69 "is not waited for, whatever mask is \
inherited" env --block-signal=ALRM "$B/netradioctl" -s "$W/a.state" skip 2
fi
expect "its queue is filled" "$tools/ipctry" fill "$(queue)"
says="is full: somebody fills it" exits 69 "that is said of a reload, too" \
    ctl reload
run skip "$B/netradioctl" -s "$W/a.state" skip 2
expect "and removed" "$tools/ipctry" remove queue "$(queue)"
ends skip 5
equal "a command ends" $status 69
expect "and says what was done" said skip "somebody removed the queue" 1
signal CONT a
soon "the next one has another" 5 eval 'ctl skip 2 >/dev/null 2>&1'
OK
