#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that players which are told nothing find a channel: ffmpeg plays what
# it hears announced, VLC lists it under its name; and that ffmpeg, mpv and
# GStreamer play the announced description, each sample for sample as the file.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/players.sh
. "$(dirname "$0")/../players.sh"
need ffmpeg mpv gst-launch-1.0 tshark

two_hosts
netns route 224.0.0.0/4 eth0
$there "$tools/netns" route 224.0.0.0/4 eth0
iface=eth0
second_rate=44100 third_rate=44100
make_channel
config a "shared-group = yes" "name = House radio"
on=$there
run sap "$tools/saphear" -i eth0 -d "$W"
on=
soon "we listen" 5 grep -q listening "$W/sap.out"
tshark -q -i eth0 -f "udp port 9875" -a duration:12 -w "$W/x.pcap" \
    2>"$W/tshark.err" || SKIP "tshark cannot capture here" &
capture=$!
start_server a
soon "it is announced" 15 test -s "$W/mixed.sdp"
mkdir -p "$W/player"
cp "$W/mixed.sdp" "$W/player/x.sdp"
pcm="-ar 44100 -ac 2 -f s16le"
# shellcheck disable=SC2086
ffmpeg -v fatal -f mp3 -i "$W/file.mp3" $pcm "$W/ref.raw"

# ffmpeg's SAP reader settles for another decoder before it has seen a frame,
# and cuts packets in its own way, so this one is only heard.
# shellcheck disable=SC2086
plays "ffmpeg, from what it hears" "" ffmpeg -v error -nostdin \
    -flush_packets 1 -protocol_whitelist sap,file,rtp,udp -i sap:// \
    $pcm "$W/player/rec.raw"
# shellcheck disable=SC2086
plays "ffmpeg, from the description" "$W/ref.raw" ffmpeg -v error -nostdin \
    -flush_packets 1 -protocol_whitelist file,rtp,udp -i "$W/player/x.sdp" \
    $pcm "$W/player/rec.raw"

mpv="--no-config --no-video --really-quiet --untimed --ao=pcm
    --ao-pcm-waveheader=no --audio-samplerate=44100 --audio-channels=stereo
    --audio-format=s16"
# shellcheck disable=SC2086
mpv $mpv --ao-pcm-file="$W/mpv.raw" "$W/file.mp3" </dev/null ||
	FAIL "mpv does not play the file"
# shellcheck disable=SC2086
plays "mpv, from the description" "$W/mpv.raw" mpv $mpv \
    --ao-pcm-file="$W/player/rec.raw" "$W/player/x.sdp"

gst="audioconvert dithering=none noise-shaping=none ! audioresample !
    audio/x-raw,format=S16LE,rate=44100,channels=2,layout=interleaved"
# shellcheck disable=SC2086
gst-launch-1.0 -q filesrc location="$W/file.mp3" ! mpegaudioparse ! \
    mpg123audiodec ! $gst ! filesink location="$W/gst.raw" ||
	FAIL "GStreamer does not play the file"
# shellcheck disable=SC2086
plays "GStreamer, from the description" "$W/gst.raw" gst-launch-1.0 -e \
    uridecodebin uri="sdp://$W/player/x.sdp" ! $gst ! \
    filesink buffer-mode=unbuffered location="$W/player/rec.raw"

step "tshark"
wait $capture
dissect() {
	tshark -r "$W/x.pcap" "$@" 2>>"$W/tshark.err"
}
n=$(dissect -Y sdp | wc -l)
expect "$n announcements" [ "$n" -ge 4 ]
equal "malformed" "$(dissect -Y _ws.malformed | wc -l)" 0
equal "errors and warnings" \
    "$(dissect -Y '_ws.expert.severity >= 6291456' | wc -l)" 0

step "VLC"
setpriv --reuid 65534 --regid 65534 --clear-groups true 2>/dev/null || {
	echo "  not shown: VLC does not run as root, and there is no other user"
	OK
}
need vlc
mkfifo -m 666 "$W/player/cli"
player sh -c "vlc -I rc --rc-fake-tty --no-video --aout dummy \
    --services-discovery sap <'$W/player/cli'"
exec 5>"$W/player/cli"
lists() {
	echo playlist >&5
	grep -A 1 'House radio' "$W/player.out" | grep -q mixed
}
soon "it lists the channel under the server's name" 30 lists
echo quit >&5
ends player 10
exec 5>&-
OK
