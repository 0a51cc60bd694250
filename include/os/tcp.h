/* SPDX-License-Identifier: ISC */
/* Stream sockets, as a server needs them; all of them without blocking. */
#ifndef OS_TCP_H
#define OS_TCP_H

#include <stddef.h>
#include <sys/types.h>

#include "os/addr.h"

/*
 * A socket that listens at that address and port; :: is all addresses, of IPv4
 * too, or of IPv4 alone where there is no IPv6.  The descriptor, or -1 with
 * errno (EADDRINUSE: somebody else listens there; EADDRNOTAVAIL: the address is
 * not ours; EACCES: only root may have that port).
 */
int tcp_listen(const struct addr *at);
/*
 * The next connection and where it comes from (an IPv4 address as such also on
 * a socket of IPv6): the descriptor, or -1 with errno (EAGAIN: there is none
 * now; EMFILE, ENFILE, ENOBUFS, ENOMEM: no room for it; it waits on).  What is
 * written leaves at once.
 */
int tcp_accept(int fd, struct addr *from);
/* Begin to connect to that address and port; when the descriptor can be written
 * to, tcp_error tells how it ended.  The descriptor, or -1 with errno. */
int tcp_connect(const struct addr *to);
/* What became of it: 0, or the errno. */
int tcp_error(int fd);
/* Let so many bytes wait to be sent (as the kernel counts them: twice). */
void tcp_room(int fd, int bytes);
/* Send what can be sent now, more or not being about to follow: bytes, or -1
 * with errno (EAGAIN: nothing now); never a signal. */
ssize_t tcp_send(int fd, const void *data, size_t n, int more);

#endif
