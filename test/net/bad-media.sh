#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that bad media harms nobody: garbage, cut files, texts and pictures,
# dangling links and loops of links, unreadable files: one line each, and the
# good ones around them play whole.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

mkmp3 1-one/b-good.mp3 -t 20 -T Good
mkmp3 1-one/z-good.mp3 -t 20
one=$media/1-one
head -c 100000 /dev/urandom >"$one/a-random.mp3"
tr '\000-\377' '\377' </dev/zero | head -c 200000 >"$one/c-ff.mp3"
printf 'this is no music\n' >"$one/d-text.mp3"
: >"$one/e-empty.mp3"
printf 'RIFF\044\000\000\000WAVEfmt ' >"$one/f-wave.wav"
printf '\000\000\000\040ftypisom' >"$one/g-movie.mp4"
printf '\377\330\377\340\000\020JFIF' >"$one/cover.jpg"
echo "a text" >"$one/notes.txt"
ln -s nowhere "$one/h-dangling.mp3"
ln -s i-loop.mp3 "$one/i-loop.mp3"
mkdir "$one/deep"
ln -s .. "$one/deep/up"
mkfifo "$one/j-pipe.mp3"
whole=$W/whole.mp3
"$tools/mkmp3" -s 77 -n 58 "$whole"
"$tools/mkmp3" -s 77 -n 40 "$W/part.mp3"
head -c $(($(stat -c %s "$W/part.mp3") + 100)) "$whole" >"$one/k-cut.mp3"
{ printf 'ID3\004\000\000\177\177\177\177'; cat "$whole"; } >"$one/l-tag.mp3"
{ head -c 50000 /dev/urandom | tr '\200-\377' '\000-\177'; cat "$whole"; } \
    >"$one/m-late.mp3"
cat "$whole" "$one/notes.txt" "$whole" >"$one/n-middle.mp3"
mkdir "$media/2-only-bad"
cp "$one/d-text.mp3" "$media/2-only-bad"
# A list that is none: 100 entries of which there is nothing.
mkmp3 3-list/a.mp3 -t 20
for n in $(seq 100); do
	printf 'x%03d\001\177\377\n' "$n"
done >"$media/3-list/playlist.m3u"

start_server a
for f in a-random c-ff d-text e-empty h-dangling i-loop deep/up; do
	expect "one line about $f" said a "one.*$f" 1
done
expect "one about what is no channel" said a 'only-bad: .*d-text' 1
refuse "none about texts and pictures" said a 'notes|cover'
equal "of a list that is none" \
    "$(grep -c 'list: skipping x.*: listed in playlist.m3u' "$W/a.log")" 20
expect "and how many more" said a \
    'list: skipping 80 more \(netradiod -n names them\)' 1
expect "one channel is on air" said a '1 channel, '
get_list
equal "channels" "$(field channel | tr '\n' ' ')" "1 "

step "what can be played is played whole, and nothing else"
start_client c -T 16 --json -o "$W/1.mp3" 1
check_rx rx 15 "$(stream_of 1)"
ends c 40
rx_ends rx
equal "lost" "$(stat_of "$W/c.out" lost)" 0
equal "gaps" "$(stat_of "$W/c.out" gaps)" 0
run=$("$tools/framerun" -r 10 "$W/1.mp3" "$one/b-good.mp3" \
    "$W/part.mp3" "$whole" "$whole" "$whole" "$whole" \
    "$one/z-good.mp3") || FAIL "$run"
echo "  ok: $run"
OK
