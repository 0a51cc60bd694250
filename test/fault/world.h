/* SPDX-License-Identifier: ISC */
/*
 * A small world in which one program runs at a time: network, SysV IPC,
 * processes and a library of its own, and ears on the program list and on
 * three channels.
 */
#ifndef WORLD_H
#define WORLD_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "fault.h"

#define CHANNELS	3
#define SAID_MAX	(256 * 1024)

struct ear {
	int fd;
	long packets;
	int has_seq;
	uint16_t seq;		/* of the last packet */
	long breaks;		/* times that seq was not the one after it */
};

struct world {
	char dir[PATH_MAX];	/* all files are in it */
	const char *programs;	/* directory of the programs under test */
	const char *tools;
	int slack;		/* by how much all may take longer */
	struct fault_plan *plan;
	unsigned lo;		/* index of the loopback interface */
	int list_fd;
	long heads;		/* of program lists */
	unsigned on_air;	/* channels in the list that are: bits */
	struct ear ear[CHANNELS + 1];

	/* What is there for all runs. */
	pid_t radio;		/* 0: nothing */
	int ipc;		/* SysV objects of it */
	int descriptors;	/* open in a server, when nothing fails */
	/* The program that runs. */
	pid_t pid;
	int has_ended;
	int status;		/* as waitpid has it */
	int err;		/* its stderr */
	int tty;		/* master of its terminal; -1: none */
	char said[SAID_MAX];	/* what it wrote to stderr */
	size_t said_len;
	char why[512];		/* what is bad about the run */
};

/* How a program is started. */
enum {
	WITH_TTY = 1,
	UNARMED = 2,		/* for now */
	FAULTLESS = 4		/* it never knows of the plan */
};

/*
 * Enter: the calling process forks, and the new one returns as the first of
 * its process namespace with all files below dir.  -1 with errno if there are
 * no such namespaces.  The old one waits and ends with the new one's code.
 */
int world_enter(struct world *w, const char *dir);
/* path below the world's directory; in a static ring of 8. */
const char *world_path(const struct world *w, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Start argv[0]; the plan is armed unless told otherwise: 0 or -1. */
int world_run(struct world *w, const char *const argv[], int how);
/* Hear and read until is_so(w, arg): 1; 0: ms are over, or it has ended. */
int world_wait(struct world *w, int (*is_so)(const struct world *,
    const char *), const char *arg, int ms);
/* Forget what was heard (not what was said). */
void world_forget(struct world *w);
/* Kill whatever runs here but the radio; 1 if it was more than the program. */
int world_clear(struct world *w);
void world_arm(struct world *w, int on);

/* For world_wait. */
int has_ended(const struct world *w, const char *arg);
int has_said(const struct world *w, const char *text);

/* SysV objects that are there. */
int world_ipc(void);
/* Type on the program's terminal. */
void world_type(struct world *w, const char *keys);
/* Open descriptors of the program. */
int world_descriptors(const struct world *w);

#endif
