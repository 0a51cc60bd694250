#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that an independent dissector (tshark) finds nothing wrong in what is
# on the wire: RTP of payload type 14, one stream without a hole.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/players.sh
. "$(dirname "$0")/../players.sh"
need tshark

start_radio
tshark -q -i eth0 -f udp -a duration:12 -w "$W/x.pcap" 2>"$W/tshark.err" ||
	SKIP "tshark cannot capture here"
dissect() {
	tshark -r "$W/x.pcap" -d udp.port==16384,rtp "$@" 2>>"$W/tshark.err"
}
n=$(dissect -Y rtp -T fields -e rtp.p_type | wc -l)
expect "$n packets in 12 s" [ "$n" -gt 100 ]
equal "payload types" \
    "$(dissect -Y rtp -T fields -e rtp.p_type | sort -u)" 14
equal "malformed" "$(dissect -Y _ws.malformed | wc -l)" 0
equal "errors and warnings" \
    "$(dissect -Y '_ws.expert.severity >= 6291456 && rtp' | wc -l)" 0
equal "IP fragments" "$(dissect -Y 'ip.flags.mf == 1 || ip.frag_offset > 0' |
    wc -l)" 0
equal "TTL" "$(dissect -Y udp -T fields -e ip.ttl | sort -u)" 1
dissect -q -z rtp,streams >"$W/streams.out"
equal "streams" "$(grep -c 239.255.64.1 "$W/streams.out")" 1
expect "nothing lost: $(grep 16384 "$W/streams.out" | tr -s ' ')" \
    grep -Eq ' 0 \(0\.0' "$W/streams.out"
OK
