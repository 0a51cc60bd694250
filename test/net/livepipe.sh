#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that what somebody writes to the named pipe "live" in a channel's
# directory is on air while he writes, at half speed, as fast as it plays and at
# ten times that; that his gaps are bridged and then given back to the files;
# that fifty writers who are killed, and garbage, harm nothing; that the file
# goes on each time with the frame behind the last one that was sent; and that
# AAC and PCM go on air the same way, also where there is nothing but a pipe.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

mkmp3 1-one/a.mp3 -t 3000 -T first
mkmp3 2-two/b.mp3 -t 3000 -T second
mkdir "$media/3-only"
mkfifo "$media/1-one/live" "$media/3-only/live"
pipe=$media/1-one/live
"$tools/mkmp3" -s 77 -t 60 "$W/live.mp3" || FAIL mkmp3
"$tools/mkadts" -s 78 -n 300 "$W/live.aac" || FAIL mkadts
head -c 384000 /dev/urandom >"$W/live.pcm"
{
	# 48 kHz, mono, 16 bits, of unknown length: 4 s.
	printf 'RIFF\377\377\377\377WAVEfmt \020\000\000\000\001\000\001\000'
	printf '\200\273\000\000\000\167\001\000\002\000\020\000'
	printf 'data\377\377\377\377'
	cat "$W/live.pcm"
} >"$W/live.wav"

# write_live NAME OPTIONS... RATE FILE [PIPE]: in the background.
write_live() {
	_writer=$1
	shift
	run "$_writer" "$tools/trickle" "$@"
}
# is_on TITLE: channel 1 has it, as a fresh list says.
is_on() {
	list_has channel=1 title="$1"
}

start_server a -v
get_list
equal "a channel that is only a pipe is in the list" \
    "$(field name channel=3)" only
start_client c -T 80 --json -o "$W/1.mp3" 1
start_client other -T 80 --json -o "$W/2.mp3" 2
check_rx p 70 "$(stream_of 1)" "$(stream_of 2)"
soon "heard" 8 has_bytes "$W/1.mp3" 30000

step "as fast as it plays"
write_live w 16000 "$W/live.mp3" "$pipe"
soon "on air" 4 is_on live
equal "its codec" "$(field codec channel=1)" mp3
ends w 20
equal "all was taken" $status 0
soon "then the file again" 4 is_on first

step "ten times as fast"
begun=$(now_ms)
write_live w 160000 "$W/live.mp3" "$pipe"
soon "on air" 4 is_on live
ends w 20
equal "all was taken" $status 0
took=$(($(now_ms) - begun))
echo "  the writer took $took ms"
soon "then the file again" 10 is_on first
took=$(($(now_ms) - begun))
expect "but it played no faster: $took ms" [ $took -gt 5500 ]

step "half as fast"
write_live w 8000 "$W/live.mp3" "$pipe"
soon "on air" 4 is_on live
ends w 40
equal "all was taken" $status 0
soon "then the file again" 6 is_on first

step "a writer who falls silent"
write_live w -w 9 16000 "$W/live.mp3" "$pipe"
soon "on air" 4 is_on live
soon "after a while the file has the air" 15 is_on first
expect "while he has the pipe open" is_running "$(pid_of w)"
expect "which is said" said a "channel 1: nothing comes through $pipe any more"
ends w 20

step "fifty writers, killed"
i=0
while [ $i -lt 50 ]; do
	write_live "k$i" -l 160000 "$W/live.mp3" "$pipe"
	wait_until 1 [ -e "/proc/$(pid_of "k$i")/fd/4" ] ||
		FAIL "writer $i does not come to write"
	kill_hard "k$i"
	i=$((i + 1))
done
soon "then the file again" 6 is_on first

step "garbage"
head -c 300000 /dev/urandom >"$pipe"
soon "named once" 5 said a "written to $pipe cannot be played: no MPEG" 1
expect "the file plays" is_on first

step "the pipe is removed, and made again"
rm "$pipe"
soon "noticed" 6 said a "1 edited" 1
mkfifo "$pipe"
soon "noticed" 6 said a "1 edited" 2
write_live w 16000 "$W/live.mp3" "$pipe"
soon "on air" 4 is_on live
ends w 20
soon "then the file again" 4 is_on first

step "what was on the wire, and what was heard"
ends p 120
equal "every frame whole, nothing missing, on time" $status 0
stop c
stop other
equal "lost" "$(stat_of "$W/c.out" lost)" 0
equal "late" "$(stat_of "$W/c.out" late)" 0
run=$("$tools/framerun" -g 200 -c -i "$W/live.mp3" "$W/1.mp3" \
    "$media/1-one/a.mp3") || FAIL "channel 1: $run"
echo "$run" | grep -v '^run ' | sed 's/^/  /'
between=$(echo "$run" | sed -n 's/between=\([0-9]*\) .*/\1/p')
expect "five times the whole of what was written" [ "$between" -ge 1140 ]
run=$("$tools/framerun" -g 1 "$W/2.mp3" "$media/2-two/b.mp3") ||
	FAIL "the other channel noticed: $run"
echo "  ok: the other channel noticed nothing"

step "AAC and PCM through a channel that is only a pipe"
start_client d -T 25 --json -o "$W/3" 3
soon "somebody waits for it" 8 said d "waiting for it"
write_live w 20000 "$W/live.aac" "$media/3-only/live"
soon "AAC is on air" 6 list_has channel=3 codec=aac-lc
ends w 20
write_live w 96000 "$W/live.wav" "$media/3-only/live"
soon "PCM is on air" 8 list_has channel=3 codec=pcm
ends w 20
ends d 60
run=$("$tools/contains" "$W/3" "$W/live.aac" "$W/live.pcm") || FAIL "$run"
echo "$run" | sed 's/^/  /'
OK
