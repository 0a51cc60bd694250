#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that AAC and PCM are heard by other players: an AAC channel in ffmpeg,
# mpv and GStreamer, a PCM channel in these and in VLC, from the description
# that is announced, each compared with what the same player makes of the file;
# and that VLC stays on P of a channel that has all kinds, sample for sample in
# its MPEG audio.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/players.sh
. "$(dirname "$0")/../players.sh"
need ffmpeg mpv gst-launch-1.0 cvlc sox lame tshark

two_hosts
netns route 224.0.0.0/4 eth0
$there "$tools/netns" route 224.0.0.0/4 eth0
iface=eth0

# sound FILE SECONDS SOX-OPTIONS...
sound() {
	_file=$1
	_seconds=$2
	shift 2
	sox -R -n "$@" -c 2 -b 16 "$_file" synth "$_seconds" pinknoise synth \
	    "$_seconds" sine fmod 220-880 gain -9 2>>"$W/sox.err" ||
		FAIL "sox"
}
mkdir "$media/1-aac" "$media/2-pcm" "$media/3-all" "$W/src" "$W/player"
sound "$W/src/one.wav" 6 -r 44100
sound "$W/src/two.wav" 5 -r 44100
# Noise that the decoder makes itself is another one in each.
for i in one two; do
	ffmpeg -v error -nostdin -i "$W/src/$i.wav" -c:a aac -aac_pns 0 \
	    -b:a 128k "$media/1-aac/$i.m4a" || FAIL "ffmpeg: $i"
	cp "$W/src/$i.wav" "$media/2-pcm/$i.wav"
	lame --quiet -b 128 "$W/src/$i.wav" "$W/src/$i.mp3" || FAIL lame
done
cp "$W/src/one.mp3" "$media/3-all/a.mp3"
ffmpeg -v error -nostdin -i "$W/src/two.wav" -t 2 -c:a aac \
    "$media/3-all/b.m4a" || FAIL "ffmpeg: b"
cp "$W/src/two.mp3" "$media/3-all/c.mp3"
sox "$W/src/one.wav" "$media/3-all/d.wav" trim 0 2.01 || FAIL "sox: d"

config a "shared-group = yes"
on=$there
run sap "$tools/saphear" -i eth0 -d "$W/player"
on=
soon "we listen" 5 grep -q listening "$W/sap.out"
start_server a
for i in aac pcm all; do
	soon "$i is announced" 15 test -s "$W/player/$i.sdp"
done
kill "$(pid_of sap)"
expect "AAC on P+6" grep -q "m=audio 16390 RTP/AVP 97" "$W/player/aac.sdp"
expect "PCM on P+6" grep -q "m=audio 16398 RTP/AVP 10" "$W/player/pcm.sdp"
expect "what has MPEG audio on P" grep -q "m=audio 16400 RTP/AVP 14" \
    "$W/player/all.sdp"

pcm="-ar 44100 -ac 2 -f s16le"
mpv="--no-config --no-video --really-quiet --untimed --ao=pcm
    --ao-pcm-waveheader=no --audio-samplerate=44100 --audio-channels=stereo
    --audio-format=s16"
gst="audioconvert dithering=none noise-shaping=none ! audioresample !
    audio/x-raw,format=S16LE,rate=44100,channels=2,layout=interleaved"

# The access units of both, one behind the other and round again.
for i in one two; do
	ffmpeg -v error -nostdin -i "$media/1-aac/$i.m4a" -c copy -f adts \
	    "$W/src/$i.aac" || FAIL "ffmpeg: $i.aac"
done
for i in 1 2 3 4 5 6; do
	cat "$W/src/one.aac" "$W/src/two.aac"
done >"$W/file.aac"
sox "$W/src/one.wav" "$W/src/two.wav" "$W/src/one.wav" "$W/src/two.wav" \
    "$W/src/one.wav" -t raw "$W/pcm.raw" || FAIL "sox: pcm"

# shellcheck disable=SC2086
{
ffmpeg -v fatal -nostdin -f aac -i "$W/file.aac" $pcm "$W/ref.raw"
plays "AAC in ffmpeg" "$W/ref.raw" ffmpeg -v error -nostdin -flush_packets 1 \
    -protocol_whitelist file,rtp,udp -i "$W/player/aac.sdp" $pcm \
    "$W/player/rec.raw"
mpv $mpv --ao-pcm-file="$W/mpv.raw" "$W/file.aac" </dev/null ||
	FAIL "mpv does not play the file"
plays "AAC in mpv" "$W/mpv.raw" mpv $mpv \
    --ao-pcm-file="$W/player/rec.raw" "$W/player/aac.sdp"
gst-launch-1.0 -q filesrc location="$W/file.aac" ! decodebin ! $gst ! \
    filesink location="$W/gst.raw" ||
	FAIL "GStreamer does not play the file"
plays "AAC in GStreamer" "$W/gst.raw" gst-launch-1.0 -e \
    uridecodebin uri="sdp://$W/player/aac.sdp" ! $gst ! \
    filesink buffer-mode=unbuffered location="$W/player/rec.raw"

plays "PCM in ffmpeg" "$W/pcm.raw" ffmpeg -v error -nostdin \
    -flush_packets 1 -protocol_whitelist file,rtp,udp \
    -i "$W/player/pcm.sdp" $pcm "$W/player/rec.raw"
plays "PCM in mpv" "$W/pcm.raw" mpv $mpv \
    --ao-pcm-file="$W/player/rec.raw" "$W/player/pcm.sdp"
plays "PCM in GStreamer" "$W/pcm.raw" gst-launch-1.0 -e \
    uridecodebin uri="sdp://$W/player/pcm.sdp" ! $gst ! \
    filesink buffer-mode=unbuffered location="$W/player/rec.raw"
}

# vlc ADDRESS BYTES: listen to so much more after it plays.
vlc() {
	mkfifo -m 666 "$W/player/pcm"
	cat "$W/player/pcm" >"$W/rec.raw" &
	remember cat $!
	sleep 1000 >"$W/player/pcm" &
	remember open $!
	player cvlc -I dummy --no-video --quiet --aout afile \
	    --audiofile-file "$W/player/pcm" --audiofile-format s16 \
	    --no-audiofile-wav --no-audio-time-stretch "rtp://@$1"
	soon "it plays" 20 has_bytes "$W/rec.raw" 400000
	mark "$W/rec.raw"
	soon "on and on" 60 has_more "$W/rec.raw" "$2"
	kill -INT "$(pid_of player)"
	ends player 10
	kill_hard open
	ends cat 5
	rm "$W/player/pcm"
}

step "PCM in VLC"
vlc 239.255.64.2:16398 1400000
same 2 5 "$W/pcm.raw" "$W/rec.raw"

step "what is MPEG audio in VLC, with silence for the rest"
for i in 1 2 3 4 5 6; do
	cat "$W/src/one.mp3" "$W/src/two.mp3"
done >"$W/src/round.mp3"
"$tools/framerun" -d "$W/src/round.mp3" >"$W/file.mp3" || FAIL framerun
mpg123 -q --no-control --no-seekbuffer --no-gapless --no-infoframe \
    --resync-limit -1 -s --stereo -e f32 - <"$W/file.mp3" |
    sox -D -t f32 -r 44100 -c 2 - -t s16 "$W/vlc.raw" || FAIL "no reference"
# Two rounds of 15 s.
vlc 239.255.64.3:16400 5300000
same 7 10 "$W/vlc.raw" "$W/rec.raw"
OK
