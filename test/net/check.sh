#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that netradiod -n tells what would be on air, as table and JSON, with
# exit 0, 1 or 78, and neither needs nor touches a state directory.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

check() {
	"$B/netradiod" -n -m "$media" "$@"
}

mkmp3 1-one/a.mp3 -t 100 -T Title -A Artist -x -c
mkmp3 1-one/b/c.mp3 -t 50 -v 2.5 -r 8000 -b 16 -m mono
mkmp3 2-two/x -t 50 -l 1 -r 32000 -b 384
mkmp3 2-two/y.mp2 -l 2 -n 10 -r 48000 -b 192 -m dual
echo "just text" >"$media/1-one/notes.txt"
printf '\377\330\377\340pic' >"$media/1-one/cover.jpg"

step "all well: exit 0"
exits 0 "table" check
expect "names channel and group" grep -q '239.255.64.1' "$W/last.out"
exits 0 "JSON" check --json
cp "$W/last.out" "$W/list.json"
keys="channel name group port file container codec mpeg_version layer"
keys="$keys sample_rate channels bitrate frames duration title artist problem"
equal "keys" "$("$tools/jsonl" -k <"$W/list.json" | sort -u)" "$keys"
equal "files in byte order" "$(field file channel=1 | tr '\n' ' ')" \
    "a.mp3 b/c.mp3 "
equal "neither text nor picture has a row" "$(wc -l <"$W/list.json")" 4
equal "frames, without the Info frame" "$(field frames file=a.mp3)" 383
equal "duration" "$(field duration file=a.mp3 | cut -c 1-6)" 10.004
equal "bit rate" "$(field bitrate file=a.mp3)" 128000
equal "version" "$(field mpeg_version file=b/c.mp3)" 2.5
equal "layer" "$(field layer file=x)" 1
equal "codec" "$(field codec file=x)" mp1
equal "container" "$(field container file=y.mp2)" mpeg
equal "title" "$(field title file=a.mp3)" Title
equal "no title is null" "$(field title file=x)" null
equal "no problem is null" "$(field problem file=x)" null
equal "port" "$(field port file=x)" 16392

step "something cannot be played: exit 1"
: >"$media/2-two/empty.mp3"
printf 'a text that claims to be music' >"$media/2-two/text.mp3"
head -c 300 "$media/1-one/a.mp3" >"$media/2-two/cut.mp3"
printf 'bad name' >"$(printf '%s/2-two/\377.mp3' "$media")"
exits 1 "JSON" check --json
cp "$W/last.out" "$W/list.json"
for f in empty text cut; do
	expect "$f.mp3 has a problem: $(field problem file=$f.mp3)" \
	    [ "$(field problem file=$f.mp3)" != null ]
	equal "and no codec" "$(field codec file=$f.mp3)" null
done
expect "a name that is no UTF-8 comes out whole" \
    grep -Fq '"\udcff.mp3"' "$W/list.json"
exits 1 "table" check
expect "the table names it" grep -q empty.mp3 "$W/last.out"

step "no configuration, no library: exit 78"
printf 'ttl = 300\nnonsense\n' >"$W/bad.conf"
says="bad.conf:1: .*255" exits 78 "value out of range" check -c "$W/bad.conf"
expect "all errors are named" grep -q 'bad.conf:2: ' "$W/last.err"
says="missing.conf" exits 78 "no such file" check -c "$W/missing.conf"
says="$W/nowhere" exits 78 "no library" "$B/netradiod" -n -m "$W/nowhere"

step "nothing was touched"
equal "state directories" \
    "$(find "$W" /var/lib/netradio -name timeline 2>/dev/null | wc -l)" 0
equal "semaphores" "$(tail -n +2 /proc/sysvipc/sem | wc -l)" 0
OK
