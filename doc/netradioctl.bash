# SPDX-License-Identifier: ISC
# Completion of netradioctl(8) for bash: commands, channels, tracks, options.

_netradioctl() {
	local cur=${COMP_WORDS[COMP_CWORD]} i w state=() command= IFS=$'\n'

	for ((i = 1; i < COMP_CWORD; i++)); do
		w=${COMP_WORDS[i]}
		case $w in
		-s | --state)
			state=(-s "${COMP_WORDS[++i]}") ;;
		-o | --output)
			((++i)) ;;
		-*) ;;
		*)
			[ -n "$command" ] || command=$w ;;
		esac
	done
	COMPREPLY=()
	case ${COMP_WORDS[COMP_CWORD - 1]} in
	-s | --state)
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return ;;
	-o | --output)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return ;;
	esac
	case $cur in
	-*)
		mapfile -t COMPREPLY < <(compgen -W \
		    "$(netradioctl -h | grep -oE -- "--[a-z]+" | sort -u)" -- "$cur")
		return ;;
	esac
	case $command in
	'')
		mapfile -t COMPREPLY < <(compgen -W \
		    "$(netradioctl -h | sed -n 's/^  \([a-z][a-z]*\) .*/\1/p')" \
		    -- "$cur") ;;
	doctor)
		mapfile -t COMPREPLY < <(compgen -W "4 130" -- "$cur") ;;
	announce)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	skip | pause | resume)
		_netradioctl_channels "" ;;
	play | get)
		case $cur in
		*/*)
			mapfile -t COMPREPLY < <(compgen -W "$(netradioctl \
			    "${state[@]}" library 2>/dev/null |
			    sed -n 's|^ *\([0-9]*/[0-9]*\) .*|\1|p')" \
			    -- "$cur") ;;
		*)
			_netradioctl_channels /
			compopt -o nospace ;;
		esac ;;
	esac
}

# Numbers, and names without spaces; what stands behind them in $1.  compgen -W
# would run what stands in a name as $(...): they are compared here.
_netradioctl_channels() {
	local after=$1 name

	while read -r name; do
		[[ $name != "$cur"* ]] || COMPREPLY+=("$name$after")
	done < <(netradioctl "${state[@]}" channels --json 2>/dev/null |
	    sed -n 's|^{"channel": \([0-9]*\), "name": "\([^" \$`;&<>()]*\)".*|\1\
\2|p')
}

complete -F _netradioctl netradioctl
