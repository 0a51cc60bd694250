/* SPDX-License-Identifier: ISC */
/* Tells that interfaces, addresses or routes have changed (rtnetlink). */
#ifndef OS_LINKWATCH_H
#define OS_LINKWATCH_H

/* A descriptor that becomes readable then, non-blocking; -1 with errno. */
int linkwatch_open(void);
/* Take what came: 1 if anything has changed, or may have; 0: nothing. */
int linkwatch_read(int fd);

#endif
