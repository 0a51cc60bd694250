#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that a full disk under the state directory costs what is written there
# and nothing else; that each of it is said once; and that all of it is written
# again, without anybody's help, when there is room.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

mkdir "$W/a.state"
mount -t tmpfs -o size=64k tmpfs "$W/a.state" || SKIP "no tmpfs can be mounted"
end_mount() {
	_code=$?
	umount -l "$W/a.state" 2>/dev/null
	(exit "$_code")
	end_story
}
trap end_mount EXIT
mkmp3 1-one/a.mp3 -t 100
cat /dev/zero >"$W/a.state/fill" 2>/dev/null
start_server a

step "a start on a full disk"
soon "it is on air" 5 list_has channel=1 on_air=true
soon "the catalogue's line" 10 said a "cannot write .*/catalog: "
equal "what cannot be written is said once" \
    "$(grep "cannot write" "$W/a.log" | sed 's/.*cannot write //;s/:.*//
    s|/.*/||' | sort | tr '\n' ' ')" "catalog ipc the timeline file "

step "there is room"
rm "$W/a.state/fill"
soon "for where the streams are" 5 said a "timeline file is written again" 1
soon "for netradioctl" 5 test -s "$W/a.state/ipc"
soon "for the catalogue" 25 said a "catalog is written again" 1
expect "which is there" test -s "$W/a.state/catalog"
refuse "and nothing was counted behind it" said a "more time"
OK
