/* SPDX-License-Identifier: ISC */
/*
 * The decoder: a child that reads frames from a pipe of one page, so that
 * little lies between us and the loudspeaker.  It is watched: when it dies it
 * is started again (after 0.5 s, doubling to 8 s), when it takes nothing for
 * 5 s it is ended for certain and started again; when it dies five times in a
 * row soon after its start the session ends with its last words.
 */
#ifndef PLAYER_H
#define PLAYER_H

#include <stdint.h>

struct sink;

/*
 * command: words separated by white space, NULL for mpg123 on the sound output
 * that is there (device.h).  lead_ns: how far ahead of being heard it is fed.
 * NULL and an exit code in *code if there is no such program; why has been
 * logged.  It is started when a channel is waited for, so that it is there when
 * sound comes; what is wrong is said only then: who listens in vain shall not
 * read of sound cards.
 */
struct sink *player_new(const char *command, int64_t lead_ns, int *code);

#endif
