#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that -o fits into a pipeline: stdout carries nothing but the stream, a
# pipe's reader may come late and leave early (exit 0), and what cannot be written
# is said with an exit code.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

mkmp3 1-one/a.mp3 -t 30
start_server a

step "stdout"
client -T 4 --json -o - 1 >"$W/1.mp3" 2>"$W/1.err"
equal "exit status" $? 0
run=$("$tools/framerun" "$W/1.mp3" "$media/1-one/a.mp3") || FAIL "$run"
echo "  ok: $run"
grep '^{' "$W/1.err" >"$W/stats"
equal "statistics are on stderr" "$(stat_of "$W/stats" channel)" 1

step "a reader that leaves"
{ client -o - 1 2>"$W/2.err"; echo $? >"$W/code"; } | head -c 20000 >"$W/2.mp3"
equal "exit status" "$(cat "$W/code")" 0
expect "it had its bytes" has_bytes "$W/2.mp3" 20000

step "a named pipe without a reader: wait"
mkfifo "$W/fifo"
start_client c -v -o "$W/fifo" 1
get_list
get_list
before=$(cpu_ticks c)
get_list
expect "it waits" is_running "$(pid_of c)"
expect "and spins not" [ $(($(cpu_ticks c) - before)) -lt 10 ]
head -c 30000 "$W/fifo" >"$W/3.mp3"
ends c 5
equal "exit status when the reader has left" "$status" 0
head -c 20000 "$W/3.mp3" >"$W/4.mp3"
frames=$("$tools/framerun" "$W/4.mp3" "$media/1-one/a.mp3")
case $frames in
*"ends within a frame"*) echo "  ok: from a frame's beginning on" ;;
*differs* | *short*) FAIL "the pipe: $frames" ;;
esac

step "what cannot be written"
says='No space|full' exits 74 "full disk" \
    "$B/netradio-client" -i lo -o /dev/full 1
says='nowhere' exits 73 "no such directory" \
    "$B/netradio-client" -i lo -o "$W/nowhere/x" 1
OK
