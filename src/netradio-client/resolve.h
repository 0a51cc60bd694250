/* SPDX-License-Identifier: ISC */
/*
 * The addresses of a name, without waiting for them: a child asks, a pipe
 * brings the answer.  getaddrinfo cannot be interrupted, a child can be ended
 * at any time and for certain.
 */
#ifndef RESOLVE_H
#define RESOLVE_H

#include <sys/types.h>

#include "os/addr.h"

#define RESOLVE_MAX	8	/* addresses; further ones are left out */

struct resolve {
	pid_t pid;		/* 0: none */
	int fd;			/* to wait for; -1: nothing is asked */
};

void resolve_init(struct resolve *r);
/* Ask for the IPv4 addresses of name: 0, or -1 with errno.  The child shares
 * what is open now, so little should be. */
int resolve_start(struct resolve *r, const char *name);
/* How many addresses are in out (port 0), 0: there is none; the child is then
 * gone.  -1: no answer so far. */
int resolve_get(struct resolve *r, struct addr out[static RESOLVE_MAX]);
/* Whatever it is at, it is gone. */
void resolve_end(struct resolve *r);

#endif
