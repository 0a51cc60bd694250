#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that an announcement is heard on all of a hundred channels, also those
# that are paused and one that has only AAC, each of which then goes on with the
# frame behind the last one that was sent; that several come one after another;
# that what somebody speaks into the pipe in the library's root is heard the
# same way; that what cannot be announced is refused with a sentence; and that
# nothing is missing on the wire meanwhile.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

i=1
while [ $i -le 99 ]; do
	mkmp3 "$i-c/a.mp3" -t 900
	i=$((i + 1))
done
mkdir "$media/100-aac"
"$tools/mkadts" -s 200 -n 4000 "$media/100-aac/a.aac" || FAIL mkadts
"$tools/mkmp3" -s 201 -t 15 "$W/bell.mp3" || FAIL mkmp3
"$tools/mkmp3" -s 202 -t 20 "$W/speech.mp3" || FAIL mkmp3
"$tools/mkadts" -s 203 -n 90 "$W/speech.aac" || FAIL mkadts
mkfifo "$media/live"

ctl() {
	"$B/netradioctl" -s "$W/a.state" "$@"
}
# on_all N: on so many channels is the announcement, or is it no more.
on_all() {
	get_list
	[ "$(grep -c '"title": "announcement"' "$W/list.json")" -eq "$1" ]
}

config a "shared-group = yes" "list-rate = 8 Mbit/s"
start_server a -v
expect "the list has all" list_has channel=100
start_client c -T 24 --json -o "$W/1.mp3" 1
start_client d -T 24 --json -o "$W/7.mp3" 7
start_client e -T 50 --json -o "$W/100" 100
check_rx p 22 "$(stream_of 1)" "$(stream_of 2)" "$(stream_of 50)" \
    "$(stream_of 99)"
soon "heard" 8 has_bytes "$W/7.mp3" 30000
soon "AAC too" 8 has_bytes "$W/100" 30000
expect "channel 7 is paused" ctl pause 7

step "two files"
expect "a bell" ctl announce "$W/bell.mp3"
(cd "$W" && ctl announce speech.mp3) >"$W/said" || FAIL "announce speech.mp3"
expect "after it" grep -q "$W/speech.mp3: on all channels after 1 other$" \
    "$W/said"
soon "all channels have it" 4 on_all 100
soon "and have it no more" 8 on_all 0
equal "channel 7 is still paused" "$(ctl channels --json |
    "$tools/jsonl" paused channel=7)" true
expect "channel 7 goes on" ctl resume 7

step "the pipe in the root"
run w "$tools/trickle" 16000 "$W/speech.mp3" "$media/live"
soon "all channels have it" 4 on_all 100
ends w 10
soon "and have it no more" 8 on_all 0

step "what was heard"
ends p 60
equal "every frame whole, nothing missing, on time" $status 0
ends c 60
ends d 60
equal "lost on 1" "$(stat_of "$W/c.out" lost)" 0
equal "lost on 7" "$(stat_of "$W/d.out" lost)" 0
for n in 1 7; do
	run=$("$tools/framerun" -g 8 -c -i "$W/bell.mp3" -i "$W/speech.mp3" \
	    "$W/$n.mp3" "$media/$n-c/a.mp3") ||
		FAIL "channel $n: $run"
	echo "$run" | sed 's/^/  /'
	equal "the bell, the speech and the speech again, whole" \
	    "$(echo "$run" | sed -n 's/between=\([0-9]*\) .*/\1/p')" 212
done
step "AAC"
start_client f -T 16 --json -o "$W/1b" 1
soon "heard" 8 has_bytes "$W/1b" 30000
expect "a speech" ctl announce "$W/speech.aac"
soon "all channels have it" 4 on_all 100
soon "and have it no more" 8 on_all 0
ends f 30
ends e 60
equal "lost on 1" "$(stat_of "$W/f.out" lost)" 0
equal "lost on 100" "$(stat_of "$W/e.out" lost)" 0
for rec in 1b 100; do
	run=$("$tools/contains" "$W/$rec" "$W/speech.aac") || FAIL "$rec: $run"
done
echo "  ok: all of it was heard, on both"

step "one by mistake is ended, and those that wait are dropped"
"$tools/mkmp3" -s 204 -t 600 "$W/long.mp3" || FAIL mkmp3
expect "a long one" ctl announce "$W/long.mp3"
expect "another one" ctl announce "$W/bell.mp3"
soon "all channels have it" 4 on_all 100
says="announced or live cannot be skipped" exits 69 "skip is refused" \
    ctl skip 5
ctl pause 6 >"$W/said" || FAIL "pause"
expect "pause is for later" grep -q "paused, when what is announced" "$W/said"
ctl resume 6 >"$W/said" || FAIL "resume"
ctl hush >"$W/said" || FAIL "hush"
expect "it says how many" grep -q '2 announcements ended' "$W/said"
soon "all have it no more" 4 on_all 0
ctl hush >"$W/said" || FAIL "hush"
expect "and then none" grep -q 'nothing is announced' "$W/said"

step "one with nothing behind it"
"$tools/mkmp3" -s 205 -t 8 "$W/hole.mp3" || FAIL mkmp3
truncate -s 4G "$W/hole.mp3"
over=$(grep -c 'that was it$' "$W/a.log")
expect "it begins" ctl announce "$W/hole.mp3"
is_over() {
	[ "$(grep -c 'that was it$' "$W/a.log")" -gt "$over" ]
}
soon "and not for ever" 15 is_over
soon "nobody has it any more" 4 on_all 0

step "what cannot be"
says="no MPEG audio|no media|cannot be played|: " exits 69 "a program" \
    ctl announce "$B/netradiod"
says="$W/none.mp3: No such file" exits 66 "none" ctl announce "$W/none.mp3"
says="a.conf: no MPEG audio frame|a.conf: " exits 69 "no sound" \
    ctl announce "$W/a.conf"
says="needs FILE" exits 64 "nothing named" ctl announce
mkdir "$W/dir"
says="dir: no regular file" exits 69 "a directory" ctl announce "$W/dir"

OK
