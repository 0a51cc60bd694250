/* SPDX-License-Identifier: ISC */
/* Numbers that the kernel is set to, and such that it counts. */
#ifndef OS_SYSCTL_H
#define OS_SYSCTL_H

#include <stdint.h>

/* "net/core/rmem_max" below /proc/sys: 0; -1: there is no such number. */
int sysctl_get(const char *name, int64_t *value);

/* A counter of /proc/net/netstat ("TcpExt", "IPReversePathFilter") of our
 * network namespace: 0, or -1. */
int sysctl_netstat(const char *table, const char *name, int64_t *value);
/* Pure: the same in the file's text. */
int sysctl_netstat_parse(const char *text, const char *table,
    const char *name, int64_t *value);

#endif
