#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that what well-known programs write to a live pipe is on air as they
# wrote it: lame, twolame, ffmpeg (MP3, MP2, AAC in ADTS, WAV) and sox, at the
# speed of sound and as fast as they can.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/players.sh
. "$(dirname "$0")/../players.sh"
need ffmpeg sox lame twolame

mkdir "$media/1-one" "$W/src"
sox -R -n -r 44100 -c 2 -b 16 "$W/src/voice.wav" synth 5 pinknoise synth 5 \
    sine fmod 220-880 gain -9 2>"$W/sox.err" || FAIL sox
sox -R -n -r 44100 -c 2 -b 16 "$W/src/music.wav" synth 60 sine mix 440 \
    gain -9 2>>"$W/sox.err" || FAIL sox
lame --quiet -b 128 --tt music "$W/src/music.wav" "$media/1-one/music.mp3" ||
	FAIL lame
mkfifo "$media/1-one/live"

# write_as NAME COMMAND...: what it writes to its standard output goes on air,
# and into a file.
write_as() {
	_as=$1
	shift
	"$@" 2>"$W/$_as.log" </dev/null | tee "$W/src/$_as" \
	    >"$media/1-one/live" || FAIL "$_as"
	soon "$_as: the music again" 15 list_has channel=1 title=music
}
start_server a -v
start_client c -T 75 --json -o "$W/rec" 1
soon "heard" 8 has_bytes "$W/rec" 20000
voice=$W/src/voice.wav
write_as lame.mp3 lame --quiet -b 192 "$voice" -
write_as vbr.mp3 lame --quiet -V 2 "$voice" -
write_as twolame.mp2 twolame --quiet -b 192 "$voice" -
write_as ffmpeg.mp3 ffmpeg -v error -re -i "$voice" -c:a libmp3lame -b:a 128k \
    -f mp3 -
write_as ffmpeg.mp2 ffmpeg -v error -re -i "$voice" -c:a mp2 -b:a 192k -f mp2 -
write_as ffmpeg.aac ffmpeg -v error -re -i "$voice" -c:a aac -b:a 128k -f adts -
write_as ffmpeg.wav ffmpeg -v error -re -i "$voice" -f wav -
write_as sox.wav sox "$voice" -t wav -
ends c 90
equal "lost" "$(stat_of "$W/c.out" lost)" 0
equal "late" "$(stat_of "$W/c.out" late)" 0

# The first frames of a sound may be muted, since they reach back into others
# that are not there.
for i in lame.mp3 vbr.mp3 twolame.mp2 ffmpeg.mp3 ffmpeg.mp2; do
	"$tools/framerun" -d "$W/src/$i" >"$W/src/$i.sent" || FAIL "$i"
	tail -c +1500 "$W/src/$i.sent" >"$W/src/$i.tail"
done
# ffmpeg's WAV has a header of 78 bytes, sox's one of 44.
tail -c +79 "$W/src/ffmpeg.wav" >"$W/src/ffmpeg.pcm"
tail -c +45 "$W/src/sox.wav" >"$W/src/sox.pcm"
cd "$W/src" || FAIL cd
run=$("$tools/contains" "$W/rec" lame.mp3.tail vbr.mp3.tail twolame.mp2.tail \
    ffmpeg.mp3.tail ffmpeg.mp2.tail ffmpeg.aac ffmpeg.pcm sox.pcm) ||
	FAIL "$run"
echo "$run" | sed 's/^/  /'
OK
