#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that a restart does not begin the music anew: the track goes on with
# the frame behind the last one that was sent; after a kill -9 at most what was
# sent since the state was written comes once more.  A track that is gone or
# was changed meanwhile, and a fresh state directory, begin at the beginning.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

mkmp3 1-one/a.mp3 -t 400 -T first
mkmp3 1-one/b.mp3 -t 400 -T second
mkdir "$media/2-aac"
"$tools/mkadts" -n 4000 "$media/2-aac/a.aac" || FAIL "mkadts"

# position CHANNEL: as the list says now, in ms.
position() {
	get_list
	position=$(field position channel="$1" |
	    awk '{ printf("%d", $1 * 1000) }')
}

# has_position CHANNEL MS: it has come so far.
has_position() {
	position "$1"
	[ "$position" -gt "$2" ]
}

# over_a_restart TITLE: the server ends and begins; channel 1 plays that.
over_a_restart() {
	signal QUIT a
	ends a 5
	start_server a
	get_list
	equal "title" "$(field title channel=1)" "$1"
	position 1
}

step "begun"
start_server a
get_list
start_client c -v -T 40 -o "$W/1.mp3" 1
soon "heard for a while" 8 has_bytes "$W/1.mp3" 80000
position 2
aac=$position
expect "channel 2 plays: $aac ms" [ "$aac" -gt 1000 ]

step "QUIT, back at once"
signal QUIT a
ends a 5
start_server a
mark "$W/1.mp3"
soon "the client plays on" 5 has_more "$W/1.mp3" 50000
position 2
expect "AAC went on: $position ms, after $aac" [ "$position" -gt "$aac" ]

step "TERM, back a little later"
stop a
start_server a
mark "$W/1.mp3"
soon "the client plays on" 8 has_more "$W/1.mp3" 50000
stop c
run=$("$tools/framerun" -g 3 -c "$W/1.mp3" "$media"/1-one/*.mp3) ||
	FAIL "a frame is missing or comes twice: $run"
echo "$run"
equal "runs" "$(echo "$run" | grep -c '^run ')" 3

step "kill -9: about a second again"
position 1
before=$position
kill_hard a
start_server a
position 1
expect "goes on at $position ms, after $before" \
    [ "$position" -gt $((before - 1500)) ]

step "into the second track, by its name"
run_ok() {
	"$B/netradioctl" -s "$W/a.state" play "1/b.mp3" now
}
expect "it plays" run_ok
soon "the list has it" 4 list_has channel=1 title=second
wait_until 2 [ 1 -lt 0 ]
over_a_restart second
expect "in its middle: $position ms" [ "$position" -gt 1500 ]

step "while something else has the air"
soon "some seconds into it" 10 has_position 1 4000
mkfifo "$media/1-one/live"
soon "a pipe" 6 said a "1 edited"
"$tools/mkmp3" -s 9 -t 300 "$W/live.mp3" || FAIL mkmp3
run w "$tools/trickle" 16000 "$W/live.mp3" "$media/1-one/live"
soon "live" 4 list_has channel=1 title=live
wait_until 2 [ 1 -lt 0 ]
over_a_restart second
expect "the track that waited goes on: $position ms" [ "$position" -gt 3000 ]
rm "$media/1-one/live"

step "what played is gone, and what played has changed"
signal QUIT a
ends a 5
rm "$media/1-one/b.mp3"
start_server a
get_list
equal "title" "$(field title channel=1)" first
position 1
expect "from its beginning: $position ms" [ "$position" -lt 1500 ]
signal QUIT a
ends a 5
mkmp3 1-one/a.mp3 -t 10 -T short
start_server a
soon "a shorter file of the same name plays" 4 list_has channel=1 title=short

step "another state directory"
stop a
mkmp3 1-one/a.mp3 -t 400 -T first
rm -rf "$W/a.state"
start_server a
position 1
expect "from the beginning: $position ms" [ "$position" -lt 1500 ]
stop a
OK
