#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that a configuration with an error is named with file, line and what
# was expected, and that nothing of it is applied; and what a reload applies.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

mkmp3 1-one/a.mp3 -t 50
mkmp3 2-two/a.mp3 -t 50

step "at start: exit 78"
config a "# comment" "ttl = 7" "group = 10.0.0.1" "no such key = 1" \
    "max-rate = fast" "ttl"
launch_server a
ends a 5
equal "exit status" "$status" 78
for line in 3 4 5 6; do
	expect "line $line: $(grep -o "a\.conf:$line: .*" "$W/a.log")" \
	    said a "a\.conf:$line: " 1
done
refuse "lines without an error are not named" said a 'a\.conf:[127]: '
refuse "no state directory was made" test -e "$W/a.state"

step "on reload: all stays as it is"
config a "shared-group = yes" "name = before"
start_server a
check_rx rx 6 "$(stream_of 1)"
config a "shared-group = yes" "name = after" "list-rate = -3"
signal HUP a
soon "the error is named" 5 said a 'a\.conf:3: list-rate'
expect "nothing of it is applied" said a 'nothing of it is applied'
list_has name=one
equal "server's name" "$(client -l -v 2>&1 | grep -c after)" 0

step "what needs a restart is named, the rest applies"
config a "shared-group = yes" "ttl = 9" "group = 239.255.128.0" \
    "charset = CP1251"
signal HUP a
soon "ttl" 5 said a 'ttl.*restart'
expect "group" said a 'group.*restart'
expect "the group is still the old one" list_has group=239.255.64.1
rx_ends rx
rx_stream=$(stream_of 1)
equal "TTL is still the old one" "$(rx rx ttl)" 1
equal "jumps" "$(rx rx jumps)" 0

step "a configuration that is gone"
rm "$W/a.conf"
signal HUP a
soon "said" 5 said a 'a\.conf.*[Nn]o such file'
expect "still on air" list_has channel=1 on_air=true
OK
