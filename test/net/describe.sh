#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves what netradio-client tells other players of a channel, by number and by
# name, and how it says that there is none.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

mkmp3 1-jazz/a.mp3 -t 50
mkmp3 3-news/a.mp3 -t 50 -T "A title"
echo "All the news" >"$media/3-news/descr.txt"
config a "shared-group = yes" "name = House radio"
start_server a

step "a description"
exits 0 "of a number" client --sdp 3
cp "$W/last.out" "$W/by-number"
exits 0 "of the beginning of a name" client --sdp=NE
expect "the same" cmp "$W/by-number" "$W/last.out"
has_line() {
	tr -d '\r' <"$W/by-number" | grep -Fxq "$1"
}
for line in "s=news" "i=All the news" "c=IN IP4 239.255.64.3/1" \
    "m=audio 16400 RTP/AVP 14" "a=rtpmap:14 MPA/90000" \
    "a=source-filter: incl IN IP4 * 127.0.0.1" "a=x-plgroup:House radio"; do
	expect "$line" has_line "$line"
done
equal "lines without CR" "$(grep -vc "$(printf '\r')\$" "$W/by-number")" 0
refuse "no title in it" grep -q title "$W/by-number"

step "a playlist"
exits 0 "of a name" client --m3u jazz
equal "its lines" "$(tr '\n' ' ' <"$W/last.out")" \
    "#EXTM3U #EXTINF:-1,jazz rtp://@239.255.64.1:16384 "

step "none"
says="no such channel|no channel" exits 66 "of no such channel" client --sdp 7
exits 64 "with an output" client --sdp 3 -o x
exits 64 "of two" client --sdp 3 4
stop a
exits 69 "while nothing is heard" client --m3u 1
OK
