/* SPDX-License-Identifier: ISC */
/*
 * One run of the client: the one poll loop and what it decides.  Opaque to
 * the rest; the parts that think (listing, tuner) know nothing of it.
 */
#ifndef SESSION_H
#define SESSION_H

#include <stdint.h>

struct options;

/* List or play until it is over; start_ns: when the process began.  The exit
 * code; what is to be said has been said. */
int session_run(const struct options *o, int64_t start_ns);

/* From now on the signals of a client are read from the descriptor that comes
 * back; -1 with errno. */
int session_signals(void);

#endif
