/* SPDX-License-Identifier: ISC */
/* The daemon's life: everything up in order, signals, everything down. */
#ifndef SERVER_H
#define SERVER_H

struct config;

/* Runs until a signal ends it; the exit code.  Takes config over. */
int server_run(struct config *config, int argc, char **argv);

#endif
