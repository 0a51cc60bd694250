#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that over HTTP a channel is what it is by multicast: ffmpeg, mpv, VLC
# and mpg123 play it, each sample for sample as the files; that curl and mpv get
# recordings as they ask for them; that Icecast's relay hands a channel on, and
# ffmpeg makes HLS of one; and that the page plays and keeps up to date in
# Chromium.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/players.sh
. "$(dirname "$0")/../players.sh"
need ffmpeg mpv cvlc mpg123 curl icecast2 chromium chromedriver
setpriv --reuid 65534 --regid 65534 --clear-groups true 2>/dev/null ||
	SKIP "VLC does not run as root, and there is no other user here"

second_rate=44100 third_rate=44100
two_hosts
netns route 239.0.0.0/8 eth0
iface=eth0
make_channel
mkdir "$media/2-tracks"
"$tools/mkmp3" -s 9 -t 40 -T "Alpha" "$media/2-tracks/a.mp3" || FAIL mkmp3
"$tools/mkmp3" -s 9 -t 4000 -T "Omega" "$media/2-tracks/b.mp3" || FAIL mkmp3
start_server a --http 10.9.0.1:8000
url=http://10.9.0.1:8000
pcm="-ar 44100 -ac 2 -f s16le"
on_there() {
	$there "$@"
}

step "curl"
track=$url/library/1/1-cbr.mp3
file=$media/1-mixed/1-cbr.mp3
size=$(stat -c %s "$file")
on_there curl -sfo "$W/got" "$track" || FAIL "curl"
expect "gets a recording" cmp "$W/got" "$file"
equal "and its head" "$(on_there curl -sfI "$track" | tr -d '\r' |
    sed -n 's/^Content-Length: //p')" "$size"
head -c 10000 "$file" >"$W/got"
on_there curl -sfC - -o "$W/got" "$track" || FAIL "curl -C"
expect "goes on where it was" cmp "$W/got" "$file"
tag=$(on_there curl -sfI "$track" | tr -d '\r' | sed -n 's/^ETag: //p')
equal "gets nothing twice" "$(on_there curl -s -o /dev/null -w '%{http_code}' \
    -H "If-None-Match: $tag" "$track")" 304
equal "nor if it is no newer" "$(on_there curl -s -o /dev/null \
    -w '%{http_code}' -z "$file" "$track")" 304
equal "all over one connection" "$(on_there curl -s -o /dev/null -o /dev/null \
    -o /dev/null -w '%{num_connects} ' "$track" "$url/metrics" "$url/" )" \
    "1 0 0 "

mkdir -p "$W/player"
chmod 777 "$W/player"
# shellcheck disable=SC2086
ffmpeg -v fatal -f mp3 -i "$W/file.mp3" $pcm "$W/ref.raw"
# shellcheck disable=SC2086
plays "ffmpeg" "$W/ref.raw" ffmpeg -v error -nostdin -flush_packets 1 \
    -i $url/live/1 $pcm "$W/player/rec.raw"
mpv="--no-config --no-video --really-quiet --untimed --ao=pcm
    --ao-pcm-waveheader=no --audio-samplerate=44100 --audio-channels=stereo
    --audio-format=s16"
# shellcheck disable=SC2086
mpv $mpv --ao-pcm-file="$W/mpv.raw" "$W/file.mp3" </dev/null ||
	FAIL "mpv does not play the file"
# shellcheck disable=SC2086
plays "mpv, from the playlist" "$W/mpv.raw" mpv $mpv \
    --ao-pcm-file="$W/player/rec.raw" $url/live/1.m3u
mpg123 -q -s --stereo "$W/file.mp3" >"$W/mpg123.raw" || FAIL mpg123
plays "mpg123" "$W/mpg123.raw" sh -c \
    "exec mpg123 -q -s --stereo $url/live/1 >$W/player/rec.raw"

step "VLC"
mkfifo -m 666 "$W/player/pcm"
cat "$W/player/pcm" >"$W/rec.raw" &
remember cat $!
sleep 1000 >"$W/player/pcm" &
remember open $!
player cvlc -I dummy --no-video --quiet --aout afile \
    --audiofile-file "$W/player/pcm" --audiofile-format s16 \
    --no-audiofile-wav --no-audio-time-stretch $url/live/mixed
soon "it plays" 20 has_bytes "$W/rec.raw" 400000
mark "$W/rec.raw"
soon "on and on" 20 has_more "$W/rec.raw" 1400000
kill -INT "$(pid_of player)"
ends player 10
kill_hard open
ends cat 5

step "Icecast"
cat >"$W/player/icecast.xml" <<END
<icecast>
 <limits><clients>10</clients><sources>2</sources></limits>
 <authentication><source-password>x</source-password>
  <admin-user>x</admin-user><admin-password>x</admin-password></authentication>
 <hostname>localhost</hostname>
 <listen-socket><port>8100</port><bind-address>10.9.0.2</bind-address>
 </listen-socket>
 <relay><server>10.9.0.1</server><port>8000</port><mount>/live/1</mount>
  <local-mount>/jazz</local-mount><on-demand>0</on-demand>
  <relay-shoutcast-metadata>1</relay-shoutcast-metadata></relay>
 <paths><basedir>/usr/share/icecast2</basedir><logdir>$W/player</logdir>
  <webroot>/usr/share/icecast2/web</webroot>
  <adminroot>/usr/share/icecast2/admin</adminroot></paths>
 <logging><accesslog>access.log</accesslog><errorlog>error.log</errorlog>
 </logging>
</icecast>
END
player icecast2 -c "$W/player/icecast.xml"
relayed() {
	on_there curl -sf -m 1 -o "$W/relayed" http://10.9.0.2:8100/jazz
	has_bytes "$W/relayed" 20000
}
soon "it relays" 20 relayed
# shellcheck disable=SC2086
on_there timeout 8 ffmpeg -v error -nostdin -t 6 -i \
    http://10.9.0.2:8100/jazz $pcm "$W/relayed.raw" ||
	FAIL "ffmpeg does not play what Icecast relays"
same 2 5 "$W/ref.raw" "$W/relayed.raw"
kill -TERM "$(pid_of player)"
ends player 10

step "HLS"
on_there timeout 20 ffmpeg -v error -nostdin -t 10 -i $url/live/1 -c copy \
    -f hls -hls_time 4 "$W/player/live.m3u8" || FAIL "ffmpeg makes no HLS"
expect "of several pieces" [ "$(grep -c '^#EXTINF' "$W/player/live.m3u8")" -ge 2 ]

step "the page"
player chromedriver --port=9515
# browse METHOD PATH JSON: what WebDriver answers (W3C).
browse() {
	on_there curl -s -X "$1" -H "Content-Type: application/json" \
	    -d "$3" "http://127.0.0.1:9515$2" >"$W/browser.json"
}
script() {
	browse POST "/session/$session/execute/sync" \
	    "{\"script\": \"$1\", \"args\": []}"
	sed -n 's/^{"value":\(.*\)}$/\1/p' "$W/browser.json"
}
driver_is_there() {
	browse GET /status "{}" && grep -q '"ready":true' "$W/browser.json"
}
soon "the browser's driver" 10 driver_is_there
browse POST /session '{"capabilities": {"alwaysMatch":
    {"goog:chromeOptions": {"args": ["--headless=new", "--no-sandbox",
    "--disable-gpu", "--disable-dev-shm-usage",
    "--autoplay-policy=no-user-gesture-required"]},
    "goog:loggingPrefs": {"browser": "ALL"}}}}'
session=$(sed -n 's/.*"sessionId":"\([^"]*\)".*/\1/p' "$W/browser.json")
expect "begins" [ -n "$session" ]
browse POST "/session/$session/url" "{\"url\": \"$url/\"}"
equal "names the channels" "$(script \
    "return [...document.querySelectorAll('.name')].map(e => e.textContent)\
.join()")" '"mixed,tracks"'
script "document.querySelector('#c1 audio').play()" >/dev/null
position() {
	script "return Math.floor(document.querySelector('#c1 audio').currentTime)"
}
plays_on() {
	[ "$(position)" -gt "$1" ]
}
soon "it plays" 15 plays_on 1
at=$(position)
soon "on and on" 15 plays_on $((at + 3))
title_is() {
	[ "$(script "return document.querySelector('#c2 .playing').textContent")" \
	    = "\"$1\"" ]
}
soon "what is on" 10 title_is Omega
expect "a command" "$B/netradioctl" -s "$W/a.state" play 2/1 now
soon "changes on the page" 3 title_is Alpha
script "document.querySelector('#c2 audio').play()" >/dev/null
first_is_paused() {
	[ "$(script "return document.querySelector('#c1 audio').paused")" = \
	    true ]
}
soon "one channel at a time" 5 first_is_paused
browse POST "/session/$session/url" "{\"url\": \"$url/channel/1\"}"
script "document.querySelector('audio').play()" >/dev/null
recording_plays() {
	[ "$(script "return document.querySelector('audio').currentTime > 1")" \
	    = true ]
}
soon "a recording plays" 15 recording_plays
browse POST "/session/$session/se/log" '{"type": "browser"}'
cut -c1-1000 "$W/browser.json"
refuse "nothing was refused by the page's own rules" grep -qi \
    'content security' "$W/browser.json"
browse DELETE "/session/$session" "{}"
kill -TERM "$(pid_of player)"
ends player 10
OK
