/* SPDX-License-Identifier: ISC */
/* The facts that the kernel has, without waiting for anybody. */
#ifndef DOCTOR_GATHER_H
#define DOCTOR_GATHER_H

#include <stdint.h>

#include "doctor/facts.h"

/* Begin: nothing is known, group is the list's. */
void gather_init(struct facts *f, enum facts_view view,
    const struct addr *group);
/* One more interface; beyond IFACE_MAX they are left out. */
void gather_iface(struct facts *f, const char *name, enum facts_why why);
/* All that are up, loopback included. */
void gather_ifaces_up(struct facts *f);
/* What holds for the machine. */
void gather_machine(struct facts *f);
/* A port that should be the server's own: to be called for each. */
void gather_port(struct facts *f, uint16_t port, unsigned channel);
/* When all is heard: where the ways back to those senders lead. */
void gather_routes(struct facts *f);

#endif
