#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that a channel whose tracks are MPEG audio, AAC and PCM in turn plays
# whole through our client, two rounds and more: every frame, access unit and
# sample as it is in its file, one behind the other, nothing lost; that P is
# silent meanwhile and never pauses; that the list tells which stream has the
# track, also after kill -9 and a new start; that a pause is silence in AAC; and
# that each kind goes to a decoder of its own.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

one=$media/1-mixed
mkdir "$one" "$W/src"

# frames NAME SEED N: MPEG audio, and what of it is sent.
frames() {
	"$tools/mkmp3" -s "$2" -n "$3" "$one/$1" || FAIL mkmp3
	"$tools/framerun" -d "$one/$1" >"$W/src/$1" || FAIL framerun
}
# aac NAME SEED N: access units of noise that nobody decodes, as ADTS.
aac() {
	"$tools/mkadts" -s "$2" -n "$3" "$one/$1" || FAIL mkadts
	cp "$one/$1" "$W/src/$1"
}
frames a.mp3 1 60
aac b.aac 2 70
frames c.mp3 3 40
# 48 kHz, mono, 16 bits: 1.5 s.
head -c 144000 /dev/urandom >"$W/src/d.pcm"
{
	printf 'RIFF\244\062\002\000WAVEfmt \020\000\000\000\001\000\001\000'
	printf '\200\273\000\000\000\167\001\000\002\000\020\000'
	printf 'data\200\062\002\000'
	cat "$W/src/d.pcm"
} >"$one/d.wav"
aac e.aac 4 50
frames f.mp3 5 40

start_server a -v
check_rx p 15 "$(stream_of 1)"
start_client c -T 25 --json -o "$W/rec" 1
ends p 40
equal "P never pauses" $status 0
ends c 50
equal "lost" "$(stat_of "$W/c.out" lost)" 0
equal "late" "$(stat_of "$W/c.out" late)" 0
cd "$W/src" || FAIL "no $W/src"
run=$("$tools/contains" "$W/rec" c.mp3 d.pcm e.aac f.mp3 a.mp3 b.aac c.mp3 \
    d.pcm e.aac f.mp3 a.mp3 b.aac c.mp3 d.pcm) || FAIL "$run"
echo "$run" | sed 's/^/  /'
# A header of WAV before the samples, and nothing else in between.
between=$(echo "$run" | sed -n 's/.*, \([0-9]*\) behind the last/\1/p' |
    sed 1d | sort -n | tail -n 1)
equal "nothing but that in between" "$between" 44

step "what the list says"
# aac_is_told: which stream it is that has the track.
aac_is_told() {
	list_has codec=aac-lc port=16390 payload_type=97
}
soon "AAC is on P+6" 30 aac_is_told
ssrc=$(field ssrc channel=1)
kill_hard a
start_server a -v
soon "after kill -9 too" 30 aac_is_told
equal "with the same SSRC" "$(field ssrc channel=1)" "$ssrc"

step "a pause"
rm "$one"/*.mp3 "$one/d.wav"
soon "only AAC is left" 20 said a "1 edited"
soon "it plays" 20 aac_is_told
start_client e -T 6 --json -o "$W/rec2" 1
"$B/netradioctl" -s "$W/a.state" pause 1 >/dev/null || FAIL pause
ends e 20
equal "lost" "$(stat_of "$W/e.out" lost)" 0
printf '\377\361\120\200\001\277\374\041\000\000\000\000\034' >"$W/silence"
run=$("$tools/contains" "$W/rec2" "$W/silence" "$W/silence") || FAIL "$run"
echo "  ok: access units in which nothing is heard"
"$B/netradioctl" -s "$W/a.state" resume 1 >/dev/null || FAIL resume

step "decoders"
client --decoders >"$W/decoders" || FAIL "--decoders"
expect "a row for each kind" [ "$(grep -c '^[A-Z].*:$' "$W/decoders")" -eq 3 ]
start_client d -T 6 --json -d "$tools/fakedec" \
    -d "aac=$tools/fakedec -o $W/heard" 1
ends d 20
printf '\377\361' >"$W/sync"
head -c 2 "$W/heard" >"$W/begin"
expect "AAC went to its own" cmp "$W/begin" "$W/sync"
expect "seconds of it" has_bytes "$W/heard" 40000
OK
