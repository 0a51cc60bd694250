# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034
#
# What every story begins with:
#
#	# Proves that ...
#	. "$(dirname "$0")/../lib.sh"
#
# A story runs whole programs in a world of its own: private network, mounts
# and SysV IPC (and user, when we are not root), and a directory $W that is
# thrown away.  It ends with OK, or at the first thing that is not as promised;
# what it started is killed by its pid, and a failure shows all logs.
#
#	B	where the programs are (build)
#	SLACK=3	by how much programs may be slower that watch themselves; and
#		larger, as a story finds fit
#	UNDER	what runs them: test/emulate, or valgrind with its options
#	KEEP=1	leave the directory behind
#
# Nothing here sleeps for a guess: wait_until polls against a deadline.

set -u
LC_ALL=C.UTF-8
export LC_ALL

PASSED=0 FAILED=99 SKIPPED=77

test_dir=$(cd "$(dirname "$0")/.." && pwd)
B=${B:-${test_dir%/*}/build}
case $B in
/*) ;;
*) B=$PWD/$B ;;
esac
story=$(basename "$0" .sh)
tools=$B/tools

skip_before_world() {
	echo "SKIP: $*"
	exit $SKIPPED
}

# Become the first process in namespaces of our own.
enter_world() {
	command -v unshare >/dev/null ||
		skip_before_world "no unshare (util-linux)"
	for how in -nmi -rnmi; do
		[ $how = -nmi ] && [ "$(id -u)" -ne 0 ] && continue
		if why=$(unshare $how true 2>&1); then
			NETRADIO_WORLD=$story exec unshare $how "$0" "$@"
		fi
	done
	skip_before_world "no private namespaces here: ${why#unshare: }"
}
[ "${NETRADIO_WORLD:-}" = "$story" ] || enter_world "$@"

for program in netradiod netradio-client netradioctl tools/netns; do
	[ -x "$B/$program" ] || {
		echo "FAIL: $B/$program is not built"
		exit $FAILED
	}
done

W=$(mktemp -d "${TMPDIR:-/tmp}/netradio-$story.XXXXXX") || exit $FAILED
mkdir "$W/media" "$W/home"
# What a sanitizer finds in any of the programs, whatever becomes of it; they
# may have changed their user.
mkdir -m 1777 "$W/sanitizer"
report=log_path=$W/sanitizer/report
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}$report
UBSAN_OPTIONS=${UBSAN_OPTIONS:+$UBSAN_OPTIONS:}$report
# What is stuck at the end, or starves, is left behind on purpose.
TSAN_OPTIONS=${TSAN_OPTIONS:+$TSAN_OPTIONS:}report_thread_leaks=0:$report
export ASAN_OPTIONS UBSAN_OPTIONS TSAN_OPTIONS
HOME=$W/home
XDG_RUNTIME_DIR=$W/home
export HOME XDG_RUNTIME_DIR
unset PULSE_SERVER XDG_CONFIG_HOME XDG_STATE_HOME NOTIFY_SOCKET
media=$W/media
status=0
second=$((1000 * ${SLACK:-1}))	# ms in which a program has to end
steady=50		# ms that the machine may be held up at most
started=		# "NAME:PID" of all that was started
verdict=
netns() {
	"$tools/netns" "$@"
}
"$tools/heartbeat" "$W/held" >/dev/null 2>&1 &
heartbeat=$!
netns up lo || skip_before_world "the loopback interface does not come up"

# --- how a story ends ---------------------------------------------------------

# is_running PID: a zombie is not.
is_running() {
	read -r _stat <"/proc/$1/stat" || return 1
	case ${_stat##*) } in
	[ZX]*) return 1 ;;
	esac
} 2>/dev/null

show_logs() {
	for _log in "$W"/*.log "$W"/*.err "$W"/*.out; do
		[ -s "$_log" ] || continue
		echo "--- $(basename "$_log")"
		tail -c 6000 "$_log" | tail -n 40 | cat -v
	done
}

end_story() {
	_status=$?
	trap '' INT TERM
	trap - EXIT
	for _p in $started; do
		kill "${_p##*:}" 2>/dev/null
	done
	_patience=20
	for _p in $started; do
		while is_running "${_p##*:}" && [ $_patience -gt 0 ]; do
			sleep 0.1
			_patience=$((_patience - 1))
		done
		kill -9 "${_p##*:}" 2>/dev/null
		wait "${_p##*:}" 2>/dev/null
	done
	if [ -z "$verdict" ]; then
		echo "FAIL: ended without a verdict ($_status)"
		_status=$FAILED
	fi
	kill "$heartbeat" 2>/dev/null
	wait "$heartbeat" 2>/dev/null
	if [ -n "$(ls "$W/sanitizer")" ]; then
		echo "FAIL: a sanitizer has something to say"
		head -n 60 "$W"/sanitizer/*
		_status=$FAILED
	fi
	if [ $_status -eq $FAILED ]; then
		show_logs
		_held=$(cat "$W/held" 2>/dev/null)
		[ "${_held:-0}" -ge $steady ] &&
			echo "The machine was held up for $_held ms meanwhile."
	fi
	if [ -n "${KEEP:-}" ]; then
		echo "left behind: $W"
	else
		rm -rf "$W"
	fi
	exit $_status
}
trap end_story EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

FAIL() {
	verdict=FAIL
	echo "FAIL: $*"
	exit $FAILED
}

SKIP() {
	verdict=SKIP
	echo "SKIP: $*"
	exit $SKIPPED
}

# All went well so far; now whatever still runs must also end well.
OK() {
	for _p in $started; do
		case ${_p%%:*} in
		host | host_* | middle) continue ;;
		esac
		is_running "${_p##*:}" && stop "${_p%%:*}"
	done
	verdict=OK
	exit $PASSED
}

step() {
	echo "- $*"
}

# expect SENTENCE COMMAND...: the command succeeds, or the story ends here.
expect() {
	_what=$1
	shift
	"$@" || FAIL "$_what (status $?: $*)"
	echo "  ok: $_what"
}

# refuse SENTENCE COMMAND...: the command fails.
refuse() {
	_what=$1
	shift
	if "$@"; then
		FAIL "$_what ($* succeeded)"
	fi
	echo "  ok: $_what"
}

# equal SENTENCE GOT WANTED
equal() {
	[ "$2" = "$3" ] || FAIL "$1: got \"$2\", wanted \"$3\""
	echo "  ok: $1"
}

# --- time ---------------------------------------------------------------------

# Milliseconds of an unstoppable clock.
now_ms() {
	read -r _up _ </proc/uptime
	echo $((${_up%.*} * 1000 + 1${_up#*.} * 10 - 1000))
}

# wait_until SECONDS COMMAND...: until it succeeds, 1 if it never did.
wait_until() {
	_end=$(($(now_ms) + $1 * 1000))
	shift
	until "$@"; do
		[ "$(now_ms)" -lt $_end ] || return 1
		sleep 0.05
	done
}

# soon SENTENCE SECONDS COMMAND...
soon() {
	_said=$1
	_s=$2
	shift 2
	wait_until "$_s" "$@" || FAIL "$_said (not within $_s s: $*)"
	echo "  ok: $_said"
}

# --- processes ----------------------------------------------------------------

# Where a command runs; "" is here, "in_host" the other machine (two_hosts).
on=

# run NAME COMMAND...: in the background, to NAME.out and NAME.err; its pid is
# $(pid_of NAME).  A name (letters and digits) may be used again when the
# former one has ended.
run() {
	_name=$1
	shift
	# shellcheck disable=SC2086
	$on "$@" >"$W/$_name.out" 2>"$W/$_name.err" </dev/null &
	remember "$_name" $!
}

remember() {
	eval "pid_$1=$2"
	_rest=
	for _p in $started; do
		[ "${_p%%:*}" = "$1" ] || _rest="$_rest $_p"
	done
	started="$_rest $1:$2"
}

pid_of() {
	eval "echo \$pid_$1"
}

forget() {
	_rest=
	for _p in $started; do
		[ "${_p%%:*}" = "$1" ] || _rest="$_rest $_p"
	done
	started=$_rest
}

has_ended() {
	! is_running "$(pid_of "$1")"
}

# ends NAME SECONDS: it must end by itself in that time; its status: $status
ends() {
	wait_until "$2" has_ended "$1" || FAIL "$1 does not end within $2 s"
	wait "$(pid_of "$1")"
	status=$?
	forget "$1"
}

# signal SIGNAL NAME
signal() {
	kill -s "$1" "$(pid_of "$2")"
}

# stop NAME: with TERM, which must be obeyed with exit status 0.
stop() {
	signal TERM "$1"
	ends "$1" 10
	[ "$status" -eq 0 ] || FAIL "$1 ended with $status on SIGTERM"
}

# kill_hard NAME: as a power cut.
kill_hard() {
	signal KILL "$1"
	wait "$(pid_of "$1")" 2>/dev/null
	forget "$1"
}

# CPU time used by NAME so far, in clock ticks of 10 ms.
cpu_ticks() {
	read -r _stat <"/proc/$(pid_of "$1")/stat" || return
	# shellcheck disable=SC2086
	set -- ${_stat##*) }
	echo $((${12} + ${13}))
}

# status_of COMMAND...: run to the end (at most 20 s), out and err kept.  The
# command may be a function.
status_of() {
	# shellcheck disable=SC2086
	$on "$@" >"$W/last.out" 2>"$W/last.err" </dev/null &
	remember last $!
	ends last 20
}

# exits STATUS SENTENCE COMMAND...: ends with that status, and says something
# that matches the pattern $says on stderr (unset: anything).
exits() {
	_want=$1
	_what=$2
	shift 2
	status_of "$@"
	[ $status -eq "$_want" ] || FAIL "$_what: exit $status, wanted $_want"
	grep -Eq -e "${says:-}" "$W/last.err" || [ -z "${says:-}" ] ||
		FAIL "$_what: does not say \"$says\" but: $(cat "$W/last.err")"
	echo "  ok: $_what: $(tail -n 1 "$W/last.err" | cut -c 1-200)"
	says=
}

# --- the radio ----------------------------------------------------------------

# mkmp3 FILE OPTIONS...: below $media; see test/tools/mkmp3.c.
seed=0
mkmp3() {
	_file=$media/$1
	shift
	mkdir -p "$(dirname "$_file")"
	seed=$((seed + 1))
	"$tools/mkmp3" -s $seed "$@" "$_file" || FAIL "mkmp3 $_file"
}

# config NAME LINE...: a configuration; servers of that name use it.
config() {
	_file=$W/$1.conf
	shift
	printf '%s\n' "$@" >"$_file"
}

# start_server NAME OPTIONS...: until it is ready.  Its log is NAME.log, its
# state directory NAME.state, its pidfile NAME.pid.
start_server() {
	launch_server "$@"
	wait_until 10 is_ready "$1" ||
		FAIL "netradiod $1 is not ready within 10 s"
}

# A fresh start listens for another server first; no story but its own wants
# to wait for that.
launch_server() {
	_name=$1
	shift
	[ -e "$W/$_name.conf" ] || config "$_name" "shared-group = yes"
	# shellcheck disable=SC2086
	$on ${UNDER:-} "$B/netradiod" -f -c "$W/$_name.conf" -m "$media" \
	    -s "$W/$_name.state" -p "$W/$_name.pid" -i "${iface:-lo}" \
	    $as_user "$@" >>"$W/$_name.out" 2>>"$W/$_name.log" </dev/null &
	remember "$_name" $!
}
as_user=
[ "$(id -u)" -eq 0 ] && as_user="-u root"

# The pidfile is written when all else is done; a killed server leaves an old
# one behind.
is_ready() {
	[ "$(cat "$W/$1.pid" 2>/dev/null)" = "$(pid_of "$1")" ]
}

# said NAME PATTERN [TIMES]: the log of NAME (or its stderr) has such a line.
said() {
	_n=$(cat "$W/$1.log" "$W/$1.err" 2>/dev/null | grep -Ec -- "$2")
	[ "$_n" -ge 1 ] && [ "$_n" = "${3:-$_n}" ]
}

client() {
	# shellcheck disable=SC2086
	$on ${UNDER:-} "$B/netradio-client" -i "${iface:-lo}" "$@"
}

# start_client NAME OPTIONS...
start_client() {
	_name=$1
	shift
	# shellcheck disable=SC2086
	run "$_name" ${UNDER:-} "$B/netradio-client" -i "${iface:-lo}" "$@"
}

# The program list, one JSON object a line, into list.json.
get_list() {
	client -l --json >"$W/list.json" 2>"$W/list.err"
}

# field KEY CONDITION...: of the list as it was got last.
field() {
	"$tools/jsonl" "$@" <"$W/list.json"
}

# list_has KEY=VALUE... as a fresh list says it.
list_has() {
	get_list && "$tools/jsonl" channel "$@" <"$W/list.json" >/dev/null
}

# has_bytes FILE N: it has grown to that size at least.
has_bytes() {
	[ "$(stat -c %s "$1" 2>/dev/null || echo 0)" -ge "$2" ]
}

# has_more FILE N: N bytes more than when it was marked.
mark() {
	marked=$(stat -c %s "$1" 2>/dev/null || echo 0)
}
has_more() {
	has_bytes "$1" $((marked + $2))
}

# stat_of FILE KEY: from what -T --json printed.
stat_of() {
	"$tools/jsonl" "$2" <"$1"
}

# check_rx NAME SECONDS OPTIONS... GROUP:PORT...: in the background, from now.
check_rx() {
	_rx=$1
	_seconds=$2
	shift 2
	run "$_rx" "$tools/rxcheck" -i "${iface:-lo}" -t "$_seconds" "$@"
	wait_until 5 grep -q listening "$W/$_rx.out" ||
		FAIL "rxcheck does not start"
}

# is_heard NAME: a packet has come.
is_heard() {
	grep -q "^heard" "$W/$1.out"
}

# rx_ends NAME: as it should be.
rx_ends() {
	ends "$1" 120
	[ $status -eq 0 ] || FAIL "the stream is not as it should be"
}

# rx NAME KEY: from rxcheck's report of stream $rx_stream (one for all).
rx() {
	grep "^${rx_stream:-2}.* packets=" "$W/$1.out" | tr ' ' '\n' |
		sed -n "s/^$2=//p"
}

# The first file handles of channel N: group and port as the contract has it.
stream_of() {
	echo "239.255.$((64 + $1 / 256)).$(($1 % 256)):$((16384 +
	    8 * (($1 - 1) % 2048)))"
}

# --- two machines -------------------------------------------------------------

# two_hosts: another namespace at the other end of a cable.  Here the cable is
# eth0, 10.9.0.1; there it is eth0, 10.9.0.2; on=$there runs things there.
two_hosts() {
	unshare -n sleep 1000 &
	remember host $!
	wait_until 5 is_apart "$(pid_of host)" ||
		FAIL "no second network namespace"
	plug_cable || SKIP "no veth pairs in this kernel"
	there="nsenter -t $(pid_of host) -n"
	$there "$tools/netns" up lo
	$there "$tools/netns" addr eth0 10.9.0.2/24
	$there "$tools/netns" up eth0
}

is_apart() {
	[ "$(readlink "/proc/$1/ns/net")" != "$(readlink /proc/self/ns/net)" ]
}

plug_cable() {
	netns veth eth0 eth0 "$(pid_of host)" 2>"$W/veth.err" || return 1
	netns addr eth0 10.9.0.1/24
	netns up eth0
}

# bad_cable: as two_hosts, but the cable goes through a third namespace, where
# impair makes it bad: eth0 == in, middle, out == eth0.
bad_cable() {
	unshare -n sleep 1000 &
	remember host $!
	unshare -n sleep 1000 &
	remember middle $!
	for _who in host middle; do
		wait_until 5 is_apart "$(pid_of $_who)" ||
			FAIL "no network namespace"
	done
	there="nsenter -t $(pid_of host) -n"
	between="nsenter -t $(pid_of middle) -n"
	netns veth eth0 in "$(pid_of middle)" 2>"$W/veth.err" ||
		SKIP "no veth pairs in this kernel"
	$between "$tools/netns" veth out eth0 "$(pid_of host)"
	netns addr eth0 10.9.0.1/24
	netns up eth0
	$between "$tools/netns" up in
	$between "$tools/netns" up out
	$there "$tools/netns" up lo
	$there "$tools/netns" addr eth0 10.9.0.2/24
	$there "$tools/netns" up eth0
}

# start_impair OPTIONS...: the cable is a good one without any.
start_impair() {
	on=$between
	run impair "$tools/impair" -a in -b out "$@"
	on=
	wait_until 5 grep -qs ready "$W/impair.err" || FAIL "impair: no start"
}

# did KEY [GROUP:PORT]: what impair has done, when it has ended.
did() {
	"$tools/jsonl" "$1" stream="${2:-all}" <"$W/impair.out"
}
