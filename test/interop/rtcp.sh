#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that RTCP is the standard's: a GStreamer listener is counted beside one
# of ours, and its coming and going, with the good-byes that it multicasts, ends
# no ffmpeg that plays our description; the server's own BYE does.  And that
# tshark finds nothing malformed in a minute of everything on the wire, and
# sender reports that fit the packets to which they belong.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/players.sh
. "$(dirname "$0")/../players.sh"
need ffmpeg gst-launch-1.0 tshark

start_radio
ctl() {
	"$B/netradioctl" -s "$W/a.state" "$@"
}
count_is() {
	[ "$(ctl channels --json | "$tools/jsonl" listeners channel=1)" = "$1" ]
}
tshark -q -i eth0 -a duration:60 -w "$W/x.pcap" 2>"$W/tshark.err" ||
	SKIP "tshark cannot capture here" &
capture=$!

step "ffmpeg, from the description"
mkdir -p "$W/player"
on=$there
client --sdp 1 >"$W/player/x.sdp" || FAIL "no description"
on=
player ffmpeg -v error -nostdin -flush_packets 1 \
    -protocol_whitelist file,rtp,udp -i "$W/player/x.sdp" -f s16le \
    "$W/player/rec.raw"
soon "it plays" 15 has_bytes "$W/player/rec.raw" 400000
wait_until 6 false
expect "nobody knows of it" count_is 0
ffmpeg_pid=$(pid_of player)

step "one of ours"
on=$there
start_client ours -q -o /dev/null 1
on=
soon "is counted" 15 count_is 1

step "GStreamer comes and goes"
for n in 1 2 3; do
	on=$there
	run "gst$n" gst-launch-1.0 -q -e uridecodebin \
	    uri=rtp://239.255.64.1:16384 ! fakesink
	on=
	soon "is counted" 20 count_is 2
	kill -INT "$(pid_of "gst$n")"
	ends "gst$n" 10
	soon "and gone" 40 count_is 1
	expect "ffmpeg plays on" is_running "$ffmpeg_pid"
done
mark "$W/player/rec.raw"
soon "and on" 10 has_more "$W/player/rec.raw" 400000

step "tshark, in all that was on the wire"
wait $capture
ports="-d udp.port==16384,rtp -d udp.port==16385,rtcp"
dissect() {
	# shellcheck disable=SC2086
	tshark -r "$W/x.pcap" $ports "$@" 2>>"$W/tshark.err"
}
for protocol in rtp rtcp sap sdp igmp; do
	n=$(dissect -Y $protocol | wc -l)
	expect "$n packets of $protocol" [ "$n" -gt 2 ]
done
equal "malformed" "$(dissect -Y _ws.malformed | wc -l)" 0
# That a stream goes on after its BYE is GStreamer's, and to be seen here.
equal "errors" "$(dissect -Y '_ws.expert.severity >= 8388608' | wc -l)" 0
ours="ip.src == $(dissect -Y rtp -T fields -e ip.src | sort -u)"
equal "warnings about the server" "$(dissect \
    -Y "_ws.expert.severity >= 6291456 && $ours" | wc -l)" 0
equal "who multicasts reports" "$(dissect \
    -Y 'rtcp.pt == 201 && ip.dst == 239.255.64.1' -T fields -e rtcp.sdes.text |
    grep -c netradio)" 0
# The timestamp of a sender report is that of the packets around it.
dissect -Y "rtp || rtcp.pt == 200" -T fields -E separator=' ' \
    -e frame.time_epoch -e rtp.timestamp -e rtcp.timestamp.rtp \
    >"$W/stamps"
expect "sender reports fit the packets" awk '
	{ line[NR] = $0 }
	END {
		for (i = 1; i <= NR; i++) {
			n = split(line[i], f, / /)
			if (f[2] != "") { ts = f[2]; t = f[1]; continue }
			if (ts == "") continue
			reports++
			off = f[3] - (ts + (f[1] - t) * 90000)
			off = off < 0 ? -off : off
			worst = off > worst ? off : worst
		}
		printf "# %d reports, at most %d ticks off\n", reports, worst
		exit !(reports >= 5 && worst < 90 * 80)
	}' "$W/stamps"

step "the server ends"
stop a
soon "and so does ffmpeg" 5 has_ended player
OK
