#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that each form of netradioctl status says the same and is what it
# claims to be: a screen that people read, JSON, Prometheus' text format (read
# by the letter here, and by promtool where it is); that top draws, obeys its
# keys and leaves the terminal as it was; and that the manual has every key and
# every counter, with the same sentence.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

page=$test_dir/../doc/man/netradioctl.8
mkmp3 '1-o"n\e/a.mp3' -t 200 -T 'title "one"' -A somebody
mkmp3 2-two/a.mp3 -t 200
mkmp3 7-sieben/a.mp3 -t 200
echo "no music" >"$media/7-sieben/bad.mp3"
start_server a
ctl() {
	"$B/netradioctl" -s "$W/a.state" "$@"
}
packets() {
	ctl channels --json | "$tools/jsonl" packets channel=1
}
soon "it sends" 5 eval '[ "$(packets)" -gt 5 ]'

step "for people"
exits 0 "status" ctl status
expect "the daemon" grep -q "^netradiod .*process $(pid_of a).* on lo, group" \
    "$W/last.out"
expect "its sums" grep -q \
    '^3 of 3 channels on air.* 4 files, 1 problem;' "$W/last.out"
expect "what plays" grep -Eq \
    '^ +1 +o"n.e +somebody - title "one" +0:0[0-9] +0:20 +128' "$W/last.out"
ctl channels >"$W/channels.out"
equal "channels: a line each, and a head" "$(wc -l <"$W/channels.out")" 4

step "JSON"
ctl channels --json >"$W/channels.json"
equal "an object a channel" "$("$tools/jsonl" channel <"$W/channels.json" |
    tr '\n' ' ')" "1 2 7 "
equal "a name with quotes" "$("$tools/jsonl" name channel=1 \
    <"$W/channels.json")" 'o"n\e'
ctl status --json >"$W/status.json"
equal "one object" "$(wc -l <"$W/status.json")" 1
expect "of balanced brackets" awk '{ gsub(/\\./, ""); gsub(/"[^"]*"/, "");
    s = $0; o = gsub(/[{[]/, "", s); s = $0; c = gsub(/[}\]]/, "", s)
    exit !(o > 4 && o == c) }' "$W/status.json"
sed -n 's/.*"channels": \[\(.*\)\]}$/\1/p' "$W/status.json" |
    sed 's/}, {/}\n{/g' | "$tools/jsonl" -k >"$W/keys" ||
	FAIL "its channels are no objects"
"$tools/jsonl" -k <"$W/channels.json" | cmp - "$W/keys" ||
	FAIL "its channels are others than those of channels --json"
echo "  ok: its channels are those of channels --json"

step "Prometheus"
ctl status --prometheus >"$W/metrics"
# Text format 0.0.4: HELP, TYPE, then the samples of that metric and no others.
awk '
function bad(why) { print FILENAME ":" FNR ": " why ": " $0; wrong = 1 }
/^# HELP [a-zA-Z_:][a-zA-Z0-9_:]* ./ {
	if ($3 in helped) bad("metric comes twice")
	helped[$3] = 1; help = $3; type = ""; next
}
/^# TYPE [a-zA-Z_:][a-zA-Z0-9_:]* (counter|gauge|histogram)$/ {
	if ($3 != help) bad("TYPE without its HELP")
	type = $4
	if ((type == "counter") != ($3 ~ /_total$/)) bad("name and type")
	next
}
{
	line = $0
	if (!match(line, /^[a-zA-Z_:][a-zA-Z0-9_:]*/)) { bad("no name"); next }
	name = substr(line, 1, RLENGTH)
	line = substr(line, RLENGTH + 1)
	labels = ""
	if (match(line, /^\{([a-z]+="([^"\\]|\\["\\n])*",?)*\}/)) {
		labels = substr(line, 1, RLENGTH)
		line = substr(line, RLENGTH + 1)
	}
	if (line !~ /^ [0-9]+(\.[0-9]+)?$/) bad("value")
	base = name
	if (type == "histogram") sub(/_(bucket|sum|count)$/, "", base)
	if (base != help || type == "") bad("sample of another metric")
	if ((name labels) in seen) bad("sample comes twice")
	seen[name labels] = substr(line, 2)
	if (type == "histogram" && name ~ /_bucket$/) {
		if (substr(line, 2) + 0 < last + 0 && !first) bad("not rising")
		last = substr(line, 2); first = labels ~ /le="\+Inf"/
	}
}
END { exit wrong }' "$W/metrics" || FAIL "this is not the text format"
echo "  ok: it is the text format"
if command -v promtool >/dev/null; then
	expect "promtool agrees" promtool check metrics <"$W/metrics"
fi
expect "a label with quote and backslash" grep -Fq \
    '{channel="1",name="o\"n\\e"}' "$W/metrics"
expect "a histogram" grep -q \
    '^netradio_channel_lateness_seconds_bucket{channel="2".*le="+Inf"} ' \
    "$W/metrics"
expect "it is up" grep -qx "netradio_up 1" "$W/metrics"

step "the manual"
roff() {
	sed -n "/^\\.S[hs] $1/,/^\\.S[hs] $2/p" "$page"
}
# Sentences as the page has them: what follows .It, in one line.
sed -n 's/^# HELP netradio_\(channel_\)\{0,1\}\([a-z_]*\) \(.*\)/\2 \3/p' \
    "$W/metrics" | sed 's/^\([a-z_]*\)_total /\1 /' | grep -vE \
    '^(up|info|start_time_seconds|still_seconds|lateness_seconds|paused) ' |
    sort >"$W/counters.said"
{
	roff "Of the daemon" "Of a channel"
	roff "Of a channel" JSON
} | awk '/^\.It Cm/ { if (key != "") print key text; key = $3; text = ""
	next }
    /^\.El/ { if (key != "") print key text; key = ""; next }
    key != "" { text = text " " $0 }' | sort >"$W/counters.page"
# Of two that are called alike the other is a gauge of a channel.
grep -vE '^(on_air whether|silent whether)' "$W/counters.said" |
    diff - "$W/counters.page" || FAIL "counters and manual differ"
echo "  ok: every counter stands there, with its sentence"
roff channels library | sed -n 's/^\.It Cm //p' | sed 's/ , /\n/g' |
    sort -u >"$W/keys.page"
roff "Of a channel" JSON | grep -oE 'late(_[0-9a-z]+)?\b' |
    sort -u >>"$W/keys.page"
roff "Of a channel" JSON | sed -n 's/^\.It Cm //p' >>"$W/keys.page"
for key in $(head -n 1 "$W/keys"); do
	grep -qx "$key" "$W/keys.page" || FAIL "key $key is not in the manual"
done
echo "  ok: every key of a channel"
sed 's/"channels": \[.*//; s/"counters": {[^}]*}//' "$W/status.json" |
    grep -oE '"[a-z]+":' | tr -d '":' >"$W/keys.status"
roff status channels >"$W/page.status"
while read -r key; do
	grep -q "^\\.It Cm $key\$" "$W/page.status" ||
		FAIL "key $key is not in the manual"
done <"$W/keys.status"
expect "every key of the daemon: $(tr '\n' ' ' <"$W/keys.status")" \
    [ "$(wc -l <"$W/keys.status")" -ge 9 ]

step "top"
status_of ctl top
equal "without a terminal it is a table" "$(grep -c . "$W/last.out")" 6
cat >"$W/keys.in" <<'END'
wait trouble
send l
wait late
send t
wait trouble
send z
pause 1200
send q
END
"$tools/pty" "$B/netradioctl" -s "$W/a.state" top <"$W/keys.in" \
    >"$W/top.out" 2>"$W/top.err" || FAIL "top ends with $?"
expect "it has taken another screen" grep -q "$(printf '\033')\\[?1049h" \
    "$W/top.out"
expect "and given it back" eval 'tail -c 20 "$W/top.out" |
    grep -q "$(printf "\033")\\[?1049l"'
expect "it shows the channels" grep -q sieben "$W/top.out"

step "no daemon"
stop a
exits 69 "status" ctl status
status_of ctl status --prometheus
equal "a collector hears that it is down" "$(grep -v '^#' "$W/last.out")" \
    "netradio_up 0"
OK
