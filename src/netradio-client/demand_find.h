/* SPDX-License-Identifier: ISC */
/* Where a server's recordings are. */
#ifndef DEMAND_FIND_H
#define DEMAND_FIND_H

struct addr;
struct options;

/*
 * Address and port of the HTTP server: what --server names as HOST:PORT, else
 * what the program list says of the server that is heard first, or that
 * --server names.  0, or the exit code after the sentence.
 */
int demand_find(const struct options *o, struct addr *to);

#endif
