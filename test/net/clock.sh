#!/bin/sh
# SPDX-License-Identifier: ISC
# alone
# Proves that a listener has the full delay within a minute though sound began
# at once, and that decoders whose clock is 0.2 % too fast or too slow, which is
# 20 times what a bad sound card does, never run dry and never fall behind.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

# A sound card waits for nobody; what stands in for one must not either.
if chrt -f 1 true 2>/dev/null; then
	on="chrt -f 1"
fi

mkdir "$media/1-music"
cp "$test_dir"/media/1-morning/*.mp3 "$media/1-music"
start_server a

# listen NAME PPM
listen() {
	start_client "$1" -v -T 60 --json \
	    -d "$tools/fakedec -R $2 -G $W/$1.gaps" 1
}
# report NAME KEY
report() {
	stat_of "$W/$1.out" "$2"
}
listen right 0
listen fast 2000
listen slow -2000

for name in right fast slow; do
	ends $name 70
	equal "$name: exit status" "$status" 0
	equal "$name: lost" "$(report $name lost)" 0
	equal "$name: gaps" "$(report $name gaps)" 0
	refuse "$name: the sound card ran dry: $(cat "$W/$name.gaps" \
	    2>/dev/null)" test -s "$W/$name.gaps"
	expect "$name: first sound after $(report $name first_audio_ms) ms" \
	    [ "$(report $name first_audio_ms | cut -d. -f1)" -lt 1000 ]
done
n=$(report right repeated)
expect "the delay was made up: $n frames played twice" [ "$n" -ge 8 ]
n=$(report fast repeated)
expect "too fast: $n frames played twice" [ "$n" -ge 11 ]
n=$(report slow left_out)
expect "too slow: $n frames left out" [ "$n" -ge 2 ]
OK
