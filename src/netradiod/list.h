/* SPDX-License-Identifier: ISC */
/*
 * The list thread: every second the program list, once a second the timeline
 * file, the daemon's part of the statistics, and a look at the interfaces and
 * at the IPC objects.
 */
#ifndef LIST_H
#define LIST_H

#include <stdint.h>

#include "os/addr.h"

struct command;
struct config;
struct ipc;
struct list;
struct mailbox;
struct outlet;
struct http;
struct report;
struct roster;
struct timeline_file;

/* Mail that has the interfaces looked at now, and not at the next second. */
#define LIST_LINK	0x200

#define LIST_LISTEN_NS	INT64_C(1500000000)

/* Listen for LIST_LISTEN_NS whether another server sends a list to our group:
 * 1 and its address in *from; 0 if not. */
int list_find_other(const struct outlet *o, uint64_t server,
    struct addr *from);

/* Start the thread.  All of it must outlive it; CHANNEL_NEWS in the mailbox has
 * the entries concerned sent at once.  NULL with errno. */
struct list *list_start(const struct config *c, struct outlet *o,
    struct roster *r, struct timeline_file *file, struct ipc *ipc,
    struct command *command, const struct report *report,
    const struct http *http, struct mailbox *mailbox);
/* New configuration (name, list-rate, sap) from now on. */
void list_configure(struct list *l, const struct config *c);
/* Count a reload for the statistics. */
void list_count_reload(struct list *l);
/* Whether another link is in use since this was last asked; main gets
 * SIGUSR2 when it is. */
int list_take_link_change(struct list *l);
/* Ask it to end, and before that (farewell) to take back what was announced;
 * wait until CLOCK_MONOTONIC deadline_ns: 0, and l is gone; -1 if it is stuck
 * and l must be left alone. */
int list_stop(struct list *l, int farewell, int64_t deadline_ns);

#endif
