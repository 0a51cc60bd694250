/* SPDX-License-Identifier: ISC */
/*
 * What a program is to suffer: a page of memory that the one who plans it
 * (sweep.c) shares with a program that is linked with fault.c.  Calls into the
 * system are counted by kind while the plan is armed, and the n-th of one kind
 * fails.
 */
#ifndef FAULT_H
#define FAULT_H

#include <stdatomic.h>
#include <stdint.h>

#define FAULT_ENV	"NETRADIO_FAULT"	/* names the page's file */

enum fault_kind {
	FAULT_MEMORY,		/* malloc and what allocates by itself */
	FAULT_OPEN,		/* a new descriptor of a file */
	FAULT_READ,
	FAULT_WRITE,
	FAULT_STAT,		/* what a path or file is */
	FAULT_FILES,		/* names made, removed, given away */
	FAULT_IFACE,		/* what the kernel tells of interfaces */
	FAULT_SOCKET,		/* sockets and their options */
	FAULT_BIND,
	FAULT_SEND,
	FAULT_RECEIVE,
	FAULT_THREAD,
	FAULT_PROCESS,		/* fork and what leads to exec */
	FAULT_IPC,		/* SysV */
	FAULT_WAIT,		/* the one place where a thread sleeps */
	FAULT_KINDS
};

enum fault_mode {
	FAULT_ONCE,		/* the n-th call */
	FAULT_ON,		/* the n-th and all after it */
	FAULT_SHORT		/* the n-th does half of what it was to do */
};

struct fault_plan {
	/* Written while it is not armed. */
	enum fault_kind kind;
	enum fault_mode mode;
	int error;		/* errno */
	long n;			/* counted from 1 */

	_Atomic int is_armed;
	_Atomic long calls[FAULT_KINDS];	/* while it was armed */
	_Atomic long hits;	/* calls that were made to fail */
	char name[24];		/* of the first of them */
	_Atomic uintptr_t at;	/* it was called from there, counted from the
				 * program's first byte */
	_Atomic int child;	/* process id of the last fork */
};

#endif
