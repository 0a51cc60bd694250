#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that each channel on air is announced on both groups in a period that
# does not change, always with the same text, also after a restart; that what
# goes is taken back, and that SIGQUIT takes nothing back.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

mkmp3 1-jazz/a.mp3 -t 50 -T "One title"
mkmp3 1-jazz/b.mp3 -t 50 -b 64 -T "Another title"
mkmp3 2-news/a.mp3 -t 50
mkmp3 3-talk/a.mp3 -t 50
echo "All the news" >"$media/2-news/descr.txt"
config a "shared-group = yes" "name = House radio"

# heard TYPE GROUP NAME: how often.
heard() {
	grep -Ec "^[0-9]+ $1 [0-9]+ 127.0.0.1 $2 .* $3\$" "$W/sap.out"
}
has_heard() {
	[ "$(heard "$1" "$2" "$3")" -ge "$4" ]
}
run sap "$tools/saphear" -i lo -d "$W"
soon "we listen" 5 grep -q listening "$W/sap.out"
start_server a

step "announcements"
for name in jazz news talk; do
	soon "$name, on both groups" 25 has_heard announce 239.255.255.255 \
	    $name 3
	expect "as often on the other" has_heard announce 224.2.127.254 \
	    $name 3
done
expect "each with one session, version and hash" [ "$(grep announce \
    "$W/sap.out" | cut -d' ' -f3,4,6- | sort -u | wc -l)" -eq 3 ]
# 5 s apart, give or take what the machine was held up.
grep 'announce .* 239.255.255.255 .* jazz' "$W/sap.out" | {
	read -r first _
	read -r second _
	read -r third _
	echo "$((second - first)) $((third - second))"
} >"$W/apart"
read -r one two <"$W/apart"
for ms in $one $two; do
	expect "$ms ms apart" [ "$ms" -gt 4000 ] && [ "$ms" -lt 6000 ]
done

step "the description"
has_line() {
	tr -d '\r' <"$W/$1.sdp" | grep -Fxq "$2"
}
expect "no line without CR" [ "$(grep -vc "$(printf '\r')\$" \
    "$W/jazz.sdp")" -eq 0 ]
expect "where" has_line jazz "c=IN IP4 239.255.64.1/1"
expect "what" has_line jazz "m=audio 16384 RTP/AVP 14"
expect "from whom" has_line jazz "a=source-filter: incl IN IP4 * 127.0.0.1"
expect "whose" has_line jazz "a=x-plgroup:House radio"
expect "its description" has_line news "i=All the news"
refuse "no title in it" grep -q title "$W/jazz.sdp"
equal "lines m=" "$(grep -c ^m= "$W/jazz.sdp")" 1

step "QUIT and a new start: as if nothing had been"
signal QUIT a
ends a 5
equal "deletions" "$(grep -c delete "$W/sap.out")" 0
before=$(heard announce 224.2.127.254 news)
start_server a
soon "they are announced again" 15 has_heard announce 224.2.127.254 news \
    $((before + 1))
equal "sessions, versions and hashes" "$(grep announce "$W/sap.out" |
    cut -d' ' -f3,4,6- | sort -u | wc -l)" 3

step "a channel that goes is taken back"
rm -r "$media/2-news"
signal HUP a
soon "the deletion" 20 has_heard delete 239.255.255.255 '' 1
equal "of that session" "$(grep delete "$W/sap.out" | cut -d' ' -f6 |
    sort -u)" "$(grep ' news$' "$W/sap.out" | cut -d' ' -f6 | sort -u)"

step "TERM takes all back"
stop a
soon "two more on each group" 5 eval \
    '[ "$(grep -c "delete .* 224.2.127.254" "$W/sap.out")" -eq 3 ]'

step "sap = no"
config a "shared-group = yes" "sap = no"
lines=$(wc -l <"$W/sap.out")
check_rx rx 8 239.255.64.1:16384
start_server a
rx_ends rx
equal "nothing is announced" "$(wc -l <"$W/sap.out")" "$lines"
OK
