/* SPDX-License-Identifier: ISC */
/*
 * Listening for some seconds on all interfaces of the facts: the list's group
 * and a channel's, each by a socket of its own on each interface, as any
 * program would hear it; and, where we have the right, what passes there before
 * the kernel throws it away, IGMP queries among it.  One thread, one poll.
 */
#ifndef DOCTOR_EAR_H
#define DOCTOR_EAR_H

#include <stddef.h>
#include <stdint.h>

#include "doctor/facts.h"

/* Two seconds of the fastest stream, as netradio-client asks for. */
#define EAR_RCVBUF	262144

struct ear;

/* What came on the list's group, and from whom. */
typedef void ear_on_list(void *arg, struct ear *e, const void *data,
    size_t len, const struct addr *from, int64_t now_ns);

/* Heap; take may be NULL. */
struct ear *ear_new(struct facts *f, ear_on_list *take, void *arg);
/* Listen to a channel as well: its group and port, and that of its other
 * format.  Once; nothing more if it was done before. */
void ear_tune(struct ear *e, const struct addr *media);
/* Whose RTP is the right one; before, everybody's is. */
void ear_trust(struct ear *e, const struct addr *from);
/* Listen until then (CLOCK_MONOTONIC), and put into the facts what came. */
void ear_listen(struct ear *e, int64_t until_ns);
void ear_free(struct ear *e);

/* Pure: one packet, from its IPv4 header on, that was seen on the i-th
 * interface. */
void ear_see(struct facts *f, unsigned i, const void *data, size_t len,
    int is_leaving, int64_t now_ns);

#endif
