/* SPDX-License-Identifier: ISC */
/*
 * The command thread: it sleeps in the message queue and does what netradioctl
 * asks for.  It never waits for a requester: an answer that finds no room is
 * dropped (who misses it asks again), one that nobody fetches is thrown away
 * after two seconds, and there is room left for requests at all times.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include <stdint.h>

struct command;
struct ipc;
struct roster;
struct statseg_daemon;
struct voice;

/* Start the thread; main gets SIGUSR2 when a reload is wanted.  v may be NULL:
 * nothing can be announced.  NULL with errno; also if there is no queue. */
struct command *command_start(struct ipc *i, struct roster *r,
    struct voice *v);
/* End it: 0, and c is gone; -1 if it is stuck in a file at CLOCK_MONOTONIC
 * deadline_ns and must be left alone.  NULL is fine in all of these. */
int command_stop(struct command *c, int64_t deadline_ns);

/* Main only.  Whether somebody waits for a reload that has not begun; one
 * begins; it has ended: all who asked before it began are told. */
int command_wants_reload(struct command *c);
void command_begin_reload(struct command *c);
void command_end_reload(struct command *c, int is_done, const char *sentence);

/* Once a second, from another thread: throw away what nobody fetches. */
void command_look(struct command *c, int64_t now_ns);
/* Its counters. */
void command_count(struct command *c, struct statseg_daemon *d);

#endif
