#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that the HTTP server gives what there is and nothing else: recordings
# whole and in part, byte for byte; channels live, frame by frame, with titles
# where they belong; numbers; a page; that it refuses what is no proper request,
# and loses nothing by it; that those who are slow, or many, or go away are no
# trouble to the others, nor to the channels.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

at=127.0.0.1:8000
mkmp3 1-jazz/a.mp3 -t 100 -T "First" -A "Band"
mkmp3 1-jazz/b.mp3 -t 100 -T "Second; it's" -A "Band"
mkmp3 2-other/sub/x.mp3 -t 3000
mkdir "$media/3-aac" "$media/4-pcm"
"$tools/mkadts" -s 31 -n 90 "$media/3-aac/a.aac" || FAIL mkadts
ln -s /etc/hostname "$media/2-other/out.mp3"
{
	printf 'RIFF\364\377\377\177WAVEfmt \020\0\0\0\001\0\002\0'
	printf '\104\254\0\0\020\261\002\0\004\0\020\0data\320\377\377\177'
	head -c 8000000 /dev/urandom
} >"$media/4-pcm/a.wav"

# get PATH OPTIONS...: what it says is in said, what it gives in body.
get() {
	_path=$1
	shift
	"$tools/httpget" -o "$W/body" "$@" $at "$_path" >"$W/said" ||
		FAIL "no answer to $_path: $(cat "$W/said")"
}
# status PATH OPTIONS...
status_of_get() {
	get "$@"
	sed -n 's/^HTTP.1.1 \([0-9]*\) .*/\1/p' "$W/said" | tr -d '\r'
}
header() {
	sed -n "s/^$1: //p" "$W/said" | tr -d '\r'
}
# raw BYTES: the status of what these come to.
raw() {
	# shellcheck disable=SC2059
	printf "$1" | "$tools/httpget" -R -t "${2:-2}" $at >"$W/said"
	sed -n 's/^HTTP.1.1 \([0-9]*\) .*/\1/p' "$W/said" | tr -d '\r' |
		tr '\n' ' '
}
counter() {
	"$B/netradioctl" -s "$W/a.state" status --prometheus |
		sed -n "s/^netradio_$1 //p"
}

step "only if asked"
start_server a
refuse "nobody listens" "$tools/httpget" $at /
stop a
config a "shared-group = yes" "name = Radio <Rio>"
start_server a --http $at -v
# shellcheck disable=SC2086
says="another program listens on port 8000" exits 69 "a port that is taken" \
    "$B/netradiod" -f -m "$media" -s "$W/b.state" --http $at -g 239.1.2.0 \
    $as_user
says="no, a port, or a numeric address" exits 64 "what is no port" \
    "$B/netradiod" -f -m "$media" -s "$W/b.state" --http radio:80

step "recordings"
get /library/1/a.mp3
expect "whole" cmp "$W/body" "$media/1-jazz/a.mp3"
equal "as what it is" "$(header Content-Type)" audio/mpeg
tag=$(header ETag)
changed=$(header Last-Modified)
equal "by its number" "$(status_of_get /library/jazz/2)" 200
expect "it is the second" cmp "$W/body" "$media/1-jazz/b.mp3"
equal "in a directory" "$(status_of_get /library/2/sub/x.mp3)" 200
get /library/1/a.mp3 -H "Range: bytes=1000-1999"
equal "a part" "$(header Content-Range)" \
    "bytes 1000-1999/$(stat -c %s "$media/1-jazz/a.mp3")"
tail -c +1001 "$media/1-jazz/a.mp3" | head -c 1000 >"$W/part"
expect "is that one" cmp "$W/body" "$W/part"
equal "beyond the end" "$(status_of_get /library/1/a.mp3 \
    -H "Range: bytes=99999999-")" 416
equal "unchanged" "$(status_of_get /library/1/a.mp3 \
    -H "If-None-Match: $tag")" 304
equal "since then" "$(status_of_get /library/1/a.mp3 \
    -H "If-Modified-Since: $changed")" 304
equal "of another one" "$(status_of_get /library/1/a.mp3 \
    -H 'If-None-Match: "x"')" 200
equal "HEAD" "$(status_of_get /library/1/a.mp3 -I)" 200
equal "says how long" "$(header Content-Length)" \
    "$(stat -c %s "$media/1-jazz/a.mp3")"
"$tools/httpget" -p -o "$W/body" $at /library/1/1 /library/1/2 /library/1/1 \
    >"$W/said" || FAIL "several at once"
cat "$media/1-jazz/a.mp3" "$media/1-jazz/b.mp3" "$media/1-jazz/a.mp3" |
    cmp - "$W/body" || FAIL "several at once are others"
echo "  ok: several, asked for before the first came"
equal "what lies elsewhere" "$(status_of_get /library/2/out.mp3)" 403
equal "no such track" "$(status_of_get /library/1/c.mp3)" 404
equal "no such channel" "$(status_of_get /library/9/a.mp3)" 404

step "lists and numbers"
get /library/
equal "of channels" "$(header Content-Type)" application/json
expect "names them" grep -q '"channel": 2, "name": "other"' "$W/body"
get /library/1/
expect "of tracks" grep -q '"title": "First", "artist": "Band"' "$W/body"
get /status.json
expect "the status" grep -q '"name": "jazz"' "$W/body"
get /metrics
expect "the metrics" grep -q '^netradio_channel_packets_total{channel="1"' \
    "$W/body"
get /
expect "a page of the server's name" grep -q "<h1>Radio &lt;Rio&gt;</h1>" \
    "$W/body"
expect "with the channels" grep -q '<audio controls preload="none"' "$W/body"
expect "that runs nothing else" eval 'header Content-Security-Policy |
    grep -q "^default-src .none.; script-src .nonce-"'
get /channel/1
expect "and its tracks" grep -q 'src="/library/1/b.mp3"' "$W/body"
get /live/1.m3u
expect "a playlist" grep -q '^http://radio/live/1' "$W/body"
get /live/1.sdp
expect "a description" grep -q '^m=audio 16384 RTP/AVP 14' "$W/body"
get /events -t 2
expect "events" grep -q '^data: \[{"channel": 1' "$W/body"
equal "nothing" "$(status_of_get /nothing)" 404

step "live"
run live "$tools/httpget" -o "$W/live.mp3" -t 12 $at /live/jazz
run aac "$tools/httpget" -o "$W/live.aac" -t 6 $at /live/3
run pcm "$tools/httpget" -o "$W/live.wav" -t 4 $at /live/4
run icy "$tools/httpget" -H "Icy-MetaData: 1" -o "$W/icy" -t 12 $at /live/1
check_rx p 25 "$(stream_of 1)" "$(stream_of 2)"
soon "at once" 2 has_bytes "$W/live.mp3" 20000
ends pcm 20
ends aac 20
ends live 20
ends icy 20
run=$("$tools/framerun" "$W/live.mp3" "$media"/1-jazz/*.mp3) ||
	FAIL "something else was played: $run"
echo "  ok: $run"
size=$(stat -c %s "$W/live.mp3")
expect "as fast as it plays: $size bytes" \
    [ "$size" -ge 170000 -a "$size" -le 250000 ]
"$tools/contains" "$W/live.aac" "$media/3-aac/a.aac" >/dev/null ||
	FAIL "the AAC file is not in it"
echo "  ok: AAC, with the headers that the file has"
equal "PCM is WAV" "$(head -c 4 "$W/live.wav")" RIFF
tail -c +45 "$W/live.wav" | head -c 100000 >"$W/pcm"
expect "of those samples" "$tools/contains" "$media/4-pcm/a.wav" "$W/pcm"
for title in "Band - First" "Band - Second; it's"; do
	expect "the title $title" grep -aq "StreamTitle='$title';" "$W/icy"
done
metaint=$(sed -n 's/^icy-metaint: //p' "$W/icy.out" | tr -d '\r')
"$tools/icysplit" "$metaint" "$W/icy" "$W/icy.mp3" >"$W/titles" ||
	FAIL "titles do not stand where they should"
run=$("$tools/framerun" "$W/icy.mp3" "$media"/1-jazz/*.mp3) ||
	FAIL "between the titles is something else: $run"
echo "  ok: between the titles: $run"
# Where the second track begins, and where its title stands.
tail -c 20000 "$media/1-jazz/a.mp3" >"$W/last"
ends_at=$("$tools/contains" "$W/icy.mp3" "$W/last" |
    sed -n 's/.* bytes at \([0-9]*\),.*/\1/p')
told_at=$(sed -n "s/at=\([0-9]*\) .*Second.*/\1/p" "$W/titles")
late=$((told_at - ends_at - 20000))
expect "the second title $late bytes behind the first of its sound" \
    [ "$late" -ge 0 -a "$late" -le 16000 ]

step "what is no request"
equal "another method" "$(raw 'POST / HTTP/1.1\r\nHost: a\r\n\r\n')" "405 "
equal "up and away" \
    "$(raw 'GET /library/../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n')" "400 "
equal "in disguise" \
    "$(raw 'GET /library/%%2e%%2e/x HTTP/1.1\r\nHost: a\r\n\r\n')" "400 "
equal "a slash in disguise" \
    "$(raw 'GET /library/1%%2fa.mp3 HTTP/1.1\r\nHost: a\r\n\r\n')" "400 "
equal "NUL" "$(raw 'GET /%%00 HTTP/1.1\r\nHost: a\r\n\r\n')" "400 "
equal "smuggled" "$(raw 'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n'\
'Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n')" "400 "
equal "a body" "$(raw 'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n')" \
    "413 "
{
	printf 'GET / HTTP/1.1\r\nHost: a\r\nX: '
	head -c 9000 /dev/zero | tr '\0' x
} | "$tools/httpget" -R -t 2 $at | grep -q '^HTTP/1.1 431' ||
	FAIL "a head that is too long"
echo "  ok: a head that is too long"
head -c 100000 /dev/urandom | "$tools/httpget" -R -t 2 $at | head -c 12 |
    grep -Eq '^HTTP/1.1 4|^$' || FAIL "noise"
echo "  ok: noise"
run slow sh -c "(printf 'GET / HT'; sleep 30) | $tools/httpget -R -t 25 $at"
soon "one who does not come to an end is there" 3 \
    eval '[ "$(counter http_clients)" = 1 ]'
soon "and is left" 15 eval '[ "$(counter http_clients)" = 0 ]'
rx_ends p
for rx_stream in $(stream_of 1) $(stream_of 2); do
	equal "meanwhile nothing was missing on $rx_stream" "$(rx p jumps)" 0
done

step "many, and slow ones"
config a "shared-group = yes" "http-clients-each = 400"
expect "more may come" "$B/netradioctl" -s "$W/a.state" reload
check_rx p 16 "$(stream_of 1)" "$(stream_of 2)"
rss() {
	sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$(pid_of a)/status"
}
was=$(rss)
run many "$tools/httpload" -n 200 -t 12 $at /live/1
run few "$tools/httpload" -n 50 -r 1 -t 12 $at /live/1
run none "$tools/httpload" -n 50 -r 0 -t 12 $at /live/2
for who in many few none; do
	soon "$who are there" 5 grep -q ready "$W/$who.out"
done
soon "and counted" 5 eval '[ "$(counter http_listeners)" = 300 ]'
is=$(rss)
expect "$((is - was)) KiB for 300 of them" \
    [ $((is - was)) -lt $((4096 * ${SLACK:-1} * ${SLACK:-1})) ]
get /library/1/b.mp3
expect "others get what they ask for" cmp "$W/body" "$media/1-jazz/b.mp3"
ends many 40
ends few 40
ends none 40
cat "$W/many.out" "$W/few.out" "$W/none.out" | sed 's/^/     /'
expect "none was left" grep -q 'listeners=200 ended=0' "$W/many.out"
least=$(sed -n 's/.*least=\([0-9]*\).*/\1/p' "$W/many.out")
most=$(sed -n 's/.*most=\([0-9]*\).*/\1/p' "$W/many.out")
expect "all got the same: $least to $most bytes" \
    [ "$least" -ge 180000 -a $((most - least)) -le 20000 ]
rx_ends p
for rx_stream in $(stream_of 1) $(stream_of 2); do
	equal "nothing was missing on $rx_stream" "$(rx p jumps)" 0
done
config a "shared-group = yes" "http-clients-each = 2"
expect "fewer may come" "$B/netradioctl" -s "$W/a.state" reload
run one "$tools/httpload" -n 2 -t 4 $at /live/1
soon "two are there" 5 grep -q ready "$W/one.out"
equal "the third is told" "$(status_of_get /)" 503
ends one 20

step "a channel that ends, and one that does not"
run gone "$tools/httpget" -o "$W/gone.mp3" -t 30 $at /live/2
run stays "$tools/httpget" -o "$W/stays.mp3" -t 6 $at /live/1
soon "they are heard" 5 eval 'has_bytes "$W/gone.mp3" 20000 &&
    has_bytes "$W/stays.mp3" 20000'
mv "$media/2-other" "$W/2-other"
ends gone 10
equal "who listened there is let go" "$status" 0
ends stays 20
run=$("$tools/framerun" "$W/stays.mp3" "$media"/1-jazz/*.mp3) ||
	FAIL "something else was played: $run"
echo "  ok: the other: $run"
stop a
refuse "nobody listens any more" "$tools/httpget" $at /
OK
