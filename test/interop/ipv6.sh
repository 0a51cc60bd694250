#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that other players hear a channel over IPv6, sample for sample as its
# files: ffmpeg, mpv and GStreamer from the description, GStreamer and VLC from
# the bare address; that those who read the source filter join from the server
# alone, over IPv4 as well; and that what goes to a host of IPv6 arrives.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/players.sh
. "$(dirname "$0")/../players.sh"
need ffmpeg mpv gst-launch-1.0 ip

two_hosts
netns route 239.0.0.0/8 eth0
$there "$tools/netns" route 239.0.0.0/8 eth0
ip -6 addr add fd00:9::1/64 dev eth0 nodad
# shellcheck disable=SC2086
$there ip -6 addr add fd00:9::2/64 dev eth0 nodad
iface=eth0
second_rate=44100 third_rate=44100
make_channel
config a "shared-group = yes" "ipv6 = yes" "send-to = fd00:9::2 1"
start_server a
sends_both() {
	"$B/netradioctl" -s "$W/a.state" status |
	    grep -q "on eth0, eth0 (IPv6),"
}
soon "it sends" 10 sends_both
mkdir -p "$W/player"
on=$there
client -g ff15::efff:4000 --sdp 1 >"$W/player/six.sdp" || FAIL "no description"
client -g 239.255.64.0 --sdp 1 >"$W/player/four.sdp" || FAIL "no description"
on=
expect "of IPv6" grep -q 'IN IP6 . fd00:9::1' "$W/player/six.sdp"

pcm="-ar 44100 -ac 2 -f s16le"
# shellcheck disable=SC2086
ffmpeg -v fatal -f mp3 -i "$W/file.mp3" $pcm "$W/ref.raw"
# shellcheck disable=SC2086
plays "ffmpeg, from the description" "$W/ref.raw" ffmpeg -v error -nostdin \
    -flush_packets 1 -protocol_whitelist file,rtp,udp \
    -i "$W/player/six.sdp" $pcm "$W/player/rec.raw"

mpv="--no-config --no-video --really-quiet --untimed --ao=pcm
    --ao-pcm-waveheader=no --audio-samplerate=44100 --audio-channels=stereo
    --audio-format=s16"
# shellcheck disable=SC2086
mpv $mpv --ao-pcm-file="$W/mpv.raw" "$W/file.mp3" </dev/null ||
	FAIL "mpv does not play the file"
# shellcheck disable=SC2086
plays "mpv, from the description" "$W/mpv.raw" mpv $mpv \
    --ao-pcm-file="$W/player/rec.raw" "$W/player/six.sdp"

gst="audioconvert dithering=none noise-shaping=none ! audioresample !
    audio/x-raw,format=S16LE,rate=44100,channels=2,layout=interleaved"
# shellcheck disable=SC2086
gst-launch-1.0 -q filesrc location="$W/file.mp3" ! mpegaudioparse ! \
    mpg123audiodec ! $gst ! filesink location="$W/gst.raw" ||
	FAIL "GStreamer does not play the file"
# shellcheck disable=SC2086
plays "GStreamer, from the description" "$W/gst.raw" gst-launch-1.0 -e \
    uridecodebin uri="sdp://$W/player/six.sdp" ! $gst ! \
    filesink buffer-mode=unbuffered location="$W/player/rec.raw"
# shellcheck disable=SC2086
plays "GStreamer, from the bare address" "$W/gst.raw" gst-launch-1.0 -e \
    uridecodebin uri="rtp://[ff15::efff:4001]:16384" ! $gst ! \
    filesink buffer-mode=unbuffered location="$W/player/rec.raw"

step "who joins from the server alone"
for family in six four; do
	rm -f "$W/player/rec.raw"
	# shellcheck disable=SC2086
	player ffmpeg -v error -nostdin -flush_packets 1 \
	    -protocol_whitelist file,rtp,udp -i "$W/player/$family.sdp" \
	    $pcm "$W/player/rec.raw"
	soon "ffmpeg plays" 20 has_bytes "$W/player/rec.raw" 100000
	if [ $family = six ]; then
		# shellcheck disable=SC2086
		expect "from the server's IPv6 address" $there grep -Eq \
		    'eth0 +ff150+0efff4001 fd000009.*0001 +[1-9][0-9]* +0$' \
		    /proc/net/mcfilter6
	else
		# shellcheck disable=SC2086
		expect "from its IPv4 address" $there grep -Eq \
		    'eth0 +0xefff4001 0x0a090001 +[1-9][0-9]* +0$' /proc/net/mcfilter
	fi
	kill -INT "$(pid_of player)"
	ends player 10
done
step "and our client, in the range for that"
# Where one group has no sources the kernel does not show those of others: the
# program list is joined from one source here, too.
stop a
config a "shared-group = yes" "group = 232.9.0.0"
start_server a
expect "the server warns of it" said a 'source-specific'
on=$there
start_client s -g 232.9.0.0 --server 10.9.0.1 -T 5 --json -o "$W/ssm.mp3" 1
on=
# shellcheck disable=SC2086
soon "joins from the server alone" 5 $there grep -Eq \
    'eth0 +0xe8090001 0x0a090001 +[1-9][0-9]* +0$' /proc/net/mcfilter
ends s 12
expect "and hears it all" eval '"$tools/jsonl" packets lost=0 <"$W/s.out" |
    grep -Eq "[0-9][0-9]"'

step "to a host"
stop a
config a "shared-group = yes" "ipv6 = only" "ttl = 0" "send-to = fd00:9::2 1"
start_server a
on=$there
start_client h -T 5 --json -o "$W/host.mp3" 1
on=
ends h 12
equal "it is heard" "$status" 0
expect "all of it" eval '"$tools/jsonl" packets lost=0 <"$W/h.out" |
    grep -Eq "[0-9][0-9]"'

step "VLC, from the bare address"
setpriv --reuid 65534 --regid 65534 --clear-groups true 2>/dev/null || {
	echo "  not shown: VLC does not run as root, and there is no other user"
	OK
}
command -v cvlc >/dev/null || SKIP "VLC is missing"
stop a
config a "shared-group = yes" "ipv6 = only"
start_server a
mkfifo -m 666 "$W/player/pcm"
cat "$W/player/pcm" >"$W/rec.raw" &
remember cat $!
sleep 1000 >"$W/player/pcm" &
remember open $!
player cvlc -I dummy --no-video --quiet --aout afile \
    --audiofile-file "$W/player/pcm" --audiofile-format s16 \
    --no-audiofile-wav --no-audio-time-stretch \
    "rtp://@[ff15::efff:4001]:16384"
soon "it plays" 20 has_bytes "$W/rec.raw" 400000
mark "$W/rec.raw"
soon "on and on" 20 has_more "$W/rec.raw" 1400000
kill -INT "$(pid_of player)"
ends player 10
kill_hard open
ends cat 5
same 4 5 "$W/ref.raw" "$W/rec.raw"
OK
