# SPDX-License-Identifier: ISC
# Completion of netradioctl(8) for bash: commands, channels, tracks, options.

_netradioctl() {
	local cur=${COMP_WORDS[COMP_CWORD]} i w state=() command='' operand=''
	local IFS=$'\n'

	for ((i = 1; i < COMP_CWORD; i++)); do
		w=${COMP_WORDS[i]}
		case $w in
		-s | --state)
			state=(-s "${COMP_WORDS[++i]}") ;;
		-o | --output)
			((++i)) ;;
		-*) ;;
		*)
			if [ -z "$command" ]; then
				command=$w
			else
				operand=$w
			fi ;;
		esac
	done
	COMPREPLY=()
	case ${COMP_WORDS[COMP_CWORD - 1]} in
	-s | --state)
		_netradioctl_files -d
		return ;;
	-o | --output)
		_netradioctl_files -f
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
		[ -n "$operand" ] || _netradioctl_files -f ;;
	skip | pause | resume)
		[ -n "$operand" ] || _netradioctl_channels "" ;;
	play | get)
		if [ -n "$operand" ]; then
			[ "$command" != play ] || mapfile -t COMPREPLY < \
			    <(compgen -W "now next" -- "$cur")
			return
		fi
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

# Files, or directories with -d; bash itself quotes what is declared to be such.
_netradioctl_files() {
	compopt -o filenames
	mapfile -t COMPREPLY < <(compgen "$1" -- "$cur")
}

# Numbers, and names that are one word to a shell, whoever named the directory;
# what stands behind them in $1.
_netradioctl_channels() {
	local after=$1 name

	while read -r name; do
		[[ $name == "$cur"* && $name != -* &&
		    $name != *[!-[:alnum:]._+]* && -n $name ]] &&
			COMPREPLY+=("$name$after")
	done < <(netradioctl "${state[@]}" channels --json 2>/dev/null |
	    sed -n 's|^{"channel": \([0-9]*\), "name": "\([^"]*\)".*|\1\
\2|p')
}

complete -F _netradioctl netradioctl
