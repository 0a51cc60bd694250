#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that what the completion of netradioctl(8) offers is one word to a
# shell, whatever a channel or a file is called, and that it knows what stands
# where.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

command -v bash >/dev/null || SKIP "there is no bash"

mkdir "$W/bin"
cat >"$W/bin/netradioctl" <<'END'
#!/bin/sh
case "$*" in
*-h)
	printf 'usage: netradioctl ...\n'
	printf '  play CH/TRACK    plays it\n  skip CH          goes on\n' ;;
*channels*)
	n=0
	while read -r name; do
		n=$((n + 1))
		printf '{"channel": %d, "name": "%s", "on_air": true}\n' \
		    "$n" "$name"
	done <"$NAMES" ;;
*library*)
	printf '  1/1  a  b\n  1/2  c  d\n  2/1  e  f\n' ;;
esac
END
chmod +x "$W/bin/netradioctl"
cat >"$W/names" <<'END'
jazz
drum+bass
|touch ran
|ran
x;ran
$(ran)
`ran`
a'b
a>b
a*b
~root
!1
-s
{a,b}
a b
jungle
END

# complete WORD...: what is offered in the place of the last one.
complete_words() {
	NAMES=$W/names PATH=$W/bin:$PATH bash -c '
		compopt() { :; }
		. doc/netradioctl.bash
		COMP_WORDS=(netradioctl "$@")
		COMP_CWORD=$#
		_netradioctl
		[ ${#COMPREPLY[@]} -eq 0 ] || printf "%s\n" "${COMPREPLY[@]}"
	' bash "$@" | sort | tr '\n' ' '
}

step "names"
equal "of channels" "$(complete_words skip j)" "jazz jungle "
equal "with a sign in it" "$(complete_words pause d)" "drum+bass "
offered=$(complete_words skip "" | tr -d '0-9\n ')
equal "nothing else than such names" "$offered" "drum+bassjazzjungle"
equal "none that is not one word" "$(complete_words skip '|')" ""
equal "none that is an option" "$(complete_words skip a)" ""
equal "with a slash behind" "$(complete_words get ju)" "jungle/ "

step "places"
equal "commands" "$(complete_words pl)" "play "
equal "tracks" "$(complete_words play 1/)" "1/1 1/2 "
equal "when" "$(complete_words play 1/1 n)" "now next "
equal "nothing behind a channel" "$(complete_words skip 1 j)" ""
equal "nor behind what get gets" "$(complete_words get 1/1 n)" ""

step "on a terminal, files of any name"
mkdir "$W/odd"
touch "$W/odd/q;touch ran" "$W/odd/r\$(touch ran)"
cat >"$W/bashrc" <<END
. $test_dir/../doc/netradioctl.bash
PATH=$W/bin:\$PATH NAMES=$W/names PS1='ready> '
export NAMES
cd $W/odd
END
for ask in "announce q" "-o q" "announce r" "-o r"; do
	printf '%s\n' "wait ready>" "send netradioctl $ask\\x09" "wait touch" \
	    "send \\r" "wait ready>" "send exit\\r" >"$W/keys"
	expect "$ask is completed" env TERM=dumb "$tools/pty" \
	    bash --rcfile "$W/bashrc" -i <"$W/keys" >"$W/bash.out" 2>&1
	refuse "and no command of theirs" test -e "$W/odd/ran"
done
OK
