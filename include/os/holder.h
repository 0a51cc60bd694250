/* SPDX-License-Identifier: ISC */
/* Who has an UDP port. */
#ifndef OS_HOLDER_H
#define OS_HOLDER_H

#include <stddef.h>
#include <stdint.h>

enum holder_state {
	HOLDER_NOBODY,		/* no socket has it */
	HOLDER_SHARED,		/* somebody has it and lets others have it */
	HOLDER_ALONE,		/* somebody has it for himself */
	HOLDER_UNKNOWN		/* it cannot be tried (errno) */
};

/* Try the port (IPv4, any address), for an instant. */
enum holder_state holder_look(uint16_t port);

/*
 * "NAME (process N)" of a program that has the port, into text; 0, or -1 if we
 * may not see it: others' programs are only root's to see.
 */
int holder_name(uint16_t port, char *text, size_t size);

/* Pure: the inode of the next socket in a line of /proc/net/udp that has that
 * local port; 0: it is another one's. */
unsigned long holder_parse(const char *line, uint16_t port);

#endif
