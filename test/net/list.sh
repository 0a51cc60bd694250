#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves what the program list says: table and JSON, every key of the contract
# in its order, texts in UTF-8 whatever they were, numbers as names ask.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

mkmp3 1-jazz/a.mp3 -t 50 -T 'Take "Five" \ 五' -A 'Dave'
mkmp3 "007 bond/a.mp3" -t 50 -b 64 -m mono -r 48000
mkmp3 12/a.mp3 -t 50 -b 32 -m mono -v 2 -r 22050
mkmp3 90s-hits/a.mp3 -t 50 -l 2 -b 192
mkmp3 7-late/a.mp3 -t 50
mkmp3 song.mp3 -t 50
mkdir "$media/$(printf '20-M\366tley Cr\374e')"
mkmp3 "$(printf '20-M\366tley Cr\374e')/a.mp3" -t 50
mkmp3 "$(printf '21-\033]0;evil\007')/a.mp3" -t 50
mkmp3 "$(printf '22-\261\261\276\251\265\347\314\250')/a.mp3" -t 50
printf 'Cool   jazz\nsecond line\n' >"$media/1-jazz/descr.txt"
mkdir "$media/30-empty"
echo text >"$media/30-empty/readme.txt"
start_server a

step "JSON"
expect "the list comes" get_list
keys="channel name description on_air server group port payload_type ssrc"
keys="$keys codec bitrate sample_rate channels title artist position"
keys="$keys duration listeners"
equal "keys of every line" \
    "$("$tools/jsonl" -k <"$W/list.json" | sort -u)" "$keys"
equal "channel numbers" "$(field channel | tr '\n' ' ')" \
    "1 2 3 4 7 12 20 21 22 "
equal "name after the number" "$(field name channel=1)" jazz
equal "description" "$(field description channel=1)" "Cool jazz"
equal "title with quotes and Chinese" "$(field title channel=1)" \
    'Take "Five" \ 五'
equal "artist" "$(field artist channel=1)" Dave
equal "group" "$(field group channel=12)" 239.255.64.12
equal "port" "$(field port channel=12)" 16472
equal "payload type" "$(field payload_type channel=1)" 14
equal "server" "$(field server channel=1)" 127.0.0.1
equal "codec of layer II" "$(field codec name=90s-hits)" mp2
equal "sample rate of MPEG-2" "$(field sample_rate channel=12)" 22050
equal "sound channels" "$(field channels channel=7)" 1
equal "bit rate" "$(field bitrate channel=7)" 64000
equal "a number is only digits" "$(field channel name=12)" 12
equal "90s-hits asks for no number" "$(field channel name=90s-hits)" 3
equal "7-late comes second to 007 bond" "$(field channel name=late)" 2
equal "the root's own channel" "$(field channel name=media)" 4
equal "CP1252 in a directory's name" "$(field name channel=20)" 'Mötley Crüe'
equal "GBK in a directory's name" "$(field name channel=22)" 北京电台
refuse "a directory without media is no channel" field channel name=empty
equal "nobody listens" "$(field listeners channel=1)" 0
expect "the number taken is warned of" said a '7-late.*(number|taken)'

step "nothing in it can harm a terminal"
equal "control characters in list and table" \
    "$({ get_list; cat "$W/list.json"; client -l; } | tr -d '\n' |
    tr -cd '\000-\037\177' | wc -c)" 0
expect "no C1 control either" \
    [ "$(client -l | grep -c "$(printf '\302\233')")" -eq 0 ]

step "the table"
expect "-l" eval 'client -l >"$W/table.out"'
expect "a line for each channel" [ "$(wc -l <"$W/table.out")" -ge 9 ]
expect "number, name, title" \
    grep -Eq '^ *1 +jazz .*Dave - Take "Five" \\ 五' "$W/table.out"

step "position and duration"
field duration channel=1 >"$W/duration"
expect "duration is that of the frames" \
    grep -Eq '^5\.0[0-9]+$' "$W/duration"
list_has channel=1
first=$(field position channel=1)
soon "position moves on" 3 eval \
    'get_list; [ "$(field position channel=1)" != '"$first"' ]'
OK
