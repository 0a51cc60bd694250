/* SPDX-License-Identifier: ISC */
/*
 * --demand: a recording of the server's library, from its beginning, over a
 * connection of one's own.
 */
#ifndef DEMAND_H
#define DEMAND_H

struct options;

/* Play it, or write it to -o, until it is over.  The exit code; what is to be
 * said has been said. */
int demand_run(const struct options *o);

#endif
