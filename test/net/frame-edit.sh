#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that a frame repeated or left out changes the length of the sound by
# exactly itself, that all after it is the same sample for sample, and that
# nothing is louder than the music; for every file of the demo library.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

# Each writes the decoding of $1 to $2.
with_mpg123() {
	mpg123 -q --no-gapless --no-infoframe -s --stereo -e s16 "$1" >"$2" \
	    2>"$W/mpg123.err"
}
with_ffmpeg() {
	ffmpeg -nostdin -v error -y -i "$1" -ac 2 -f s16le "$2"
}

decoders=
for name in mpg123 ffmpeg; do
	if command -v $name >/dev/null; then
		decoders="$decoders $name"
	else
		echo "  not tried: no $name"
	fi
done
[ -n "$decoders" ] || SKIP "neither mpg123 nor ffmpeg"

# judge FILE DECODER HOW [-x]
judge() {
	"$tools/mpaedit" ${4:+"$4"} -n 25 "$1" "$W/edited.mp3" >"$W/edits" ||
		FAIL "mpaedit $1"
	"with_$2" "$W/edited.mp3" "$W/edited.raw"
	verdict_of=$("$tools/mpaedit" -c "$W/edits" "$W/plain.raw" \
	    "$W/edited.raw") || FAIL "$1, $3: $verdict_of"
	echo "  ok: $(basename "$1"), $3: $verdict_of"
}

for decoder in $decoders; do
	step "$decoder"
	for file in "$test_dir"/media/*/*.mp3; do
		"$tools/mpaedit" -n 1000000 "$file" "$W/plain.mp3" >"$W/none"
		"with_$decoder" "$W/plain.mp3" "$W/plain.raw"
		judge "$file" "$decoder" repeated
		judge "$file" "$decoder" "left out" -x
	done
done
OK
