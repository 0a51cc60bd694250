/* SPDX-License-Identifier: ISC */
/* --doctor: what is wrong with the network, as a listener sees it. */
#ifndef DOCTOR_H
#define DOCTOR_H

struct options;

/* Looks, listens, prints; the exit code. */
int doctor_run(const struct options *o);

#endif
