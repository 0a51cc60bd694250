/* SPDX-License-Identifier: ISC */
/* What each command does; each returns the exit code. */
#ifndef COMMANDS_H
#define COMMANDS_H

struct options;

int status_run(const struct options *o);	/* status.c */
int channels_run(const struct options *o);
int top_run(const struct options *o);		/* top.c */
int order_run(const struct options *o);		/* order.c */
int library_run(const struct options *o);	/* library.c */
int doctor_run(const struct options *o);	/* doctor.c */
int get_run(const struct options *o);		/* get.c */

#endif
