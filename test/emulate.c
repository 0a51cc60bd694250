/* SPDX-License-Identifier: ISC */
/*
 * emulate: what qemu-user (7.2) does not pass on to the kernel.  test/emulate
 * loads it between an emulated program and its C library; the program itself
 * is as it is.
 *
 * - IP_MULTICAST_ALL and SO_RXQ_OVFL are not known there.  They are remembered,
 *   so that a test sees that they were asked for.  Our receivers bind to their
 *   group, so they hear no other; what was dropped is never told.
 * - MCAST_JOIN_GROUP and its relatives, which name an interface by its index,
 *   become those that name it by its address.
 * - A control message passes as it is: IP_PKTINFO has its index in the byte
 *   order of the machine that emulates.
 * - The mode of an IPC object is written as 16 bits where there are 32.
 */
#include <byteswap.h>
#include <dlfcn.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>

#define FD_MAX	4096

enum { MULTICAST_ALL, RXQ_OVFL, NOTES };

static int notes[NOTES][FD_MAX];

/* A function of the C library, as dlsym says it: an object pointer. */
#define NEXT(name, f)	do {						\
	void *p_ = dlsym(RTLD_NEXT, name);				\
	memcpy(&(f), &p_, sizeof(f));					\
} while (0)

static int
set_next(int fd, int level, int option, const void *v, socklen_t len)
{
	int (*next)(int, int, int, const void *, socklen_t);

	NEXT("setsockopt", next);
	return next(fd, level, option, v, len);
}

/* Where an option that is only remembered has its place; NULL: it is not. */
static int *
note_of(int fd, int level, int option)
{
	if (fd < 0 || fd >= FD_MAX)
		return NULL;
	if (level == IPPROTO_IP && option == IP_MULTICAST_ALL)
		return &notes[MULTICAST_ALL][fd];
	if (level == SOL_SOCKET && option == SO_RXQ_OVFL)
		return &notes[RXQ_OVFL][fd];
	return NULL;
}

/* 0 and the address of an interface. */
static int
address_of(int fd, unsigned index, struct in_addr *address)
{
	struct sockaddr_in in;
	struct ifreq ifr;

	memset(&ifr, 0, sizeof(ifr));
	if (if_indextoname(index, ifr.ifr_name) == NULL ||
	    ioctl(fd, SIOCGIFADDR, &ifr) == -1) {
		errno = ENODEV;
		return -1;
	}
	memcpy(&in, &ifr.ifr_addr, sizeof(in));
	*address = in.sin_addr;
	return 0;
}

static struct in_addr
address_in(const struct sockaddr_storage *from)
{
	struct sockaddr_in in;

	memcpy(&in, from, sizeof(in));
	return in.sin_addr;
}

static int
set_group(int fd, int option, const struct group_req *req)
{
	struct ip_mreq m;

	m.imr_multiaddr = address_in(&req->gr_group);
	if (address_of(fd, req->gr_interface, &m.imr_interface) == -1)
		return -1;
	return set_next(fd, IPPROTO_IP, option == MCAST_JOIN_GROUP ?
	    IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP, &m, sizeof(m));
}

static int
set_source(int fd, int option, const struct group_source_req *req)
{
	struct ip_mreq_source m;

	m.imr_multiaddr = address_in(&req->gsr_group);
	m.imr_sourceaddr = address_in(&req->gsr_source);
	if (address_of(fd, req->gsr_interface, &m.imr_interface) == -1)
		return -1;
	return set_next(fd, IPPROTO_IP, option == MCAST_JOIN_SOURCE_GROUP ?
	    IP_ADD_SOURCE_MEMBERSHIP : IP_DROP_SOURCE_MEMBERSHIP, &m,
	    sizeof(m));
}

int
setsockopt(int fd, int level, int option, const void *v, socklen_t len)
{
	int *note = note_of(fd, level, option);

	if (note != NULL) {
		memcpy(note, v, sizeof(*note));
		return 0;
	}
	if (level == IPPROTO_IP) {
		switch (option) {
		case MCAST_JOIN_GROUP:
		case MCAST_LEAVE_GROUP:
			return set_group(fd, option, v);
		case MCAST_JOIN_SOURCE_GROUP:
		case MCAST_LEAVE_SOURCE_GROUP:
			return set_source(fd, option, v);
		}
	}
	return set_next(fd, level, option, v, len);
}

int
getsockopt(int fd, int level, int option, void *restrict v,
    socklen_t *restrict len)
{
	int (*next)(int, int, int, void *, socklen_t *);
	int *note = note_of(fd, level, option);

	if (note != NULL) {
		memcpy(v, note, sizeof(*note));
		return 0;
	}
	NEXT("getsockopt", next);
	return next(fd, level, option, v, len);
}

static void
swap_index(const struct msghdr *msg)
{
	struct msghdr m = *msg;
	struct in_pktinfo info;
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(&m); c != NULL; c = CMSG_NXTHDR(&m, c)) {
		if (c->cmsg_level != IPPROTO_IP || c->cmsg_type != IP_PKTINFO)
			continue;
		memcpy(&info, CMSG_DATA(c), sizeof(info));
		info.ipi_ifindex = (int)bswap_32((uint32_t)info.ipi_ifindex);
		memcpy(CMSG_DATA(c), &info, sizeof(info));
	}
}

ssize_t
sendmsg(int fd, const struct msghdr *msg, int flags)
{
	ssize_t (*next)(int, const struct msghdr *, int);
	ssize_t n;

	NEXT("sendmsg", next);
	swap_index(msg);
	n = next(fd, msg, flags);
	swap_index(msg);
	return n;
}

ssize_t
recvmsg(int fd, struct msghdr *msg, int flags)
{
	ssize_t (*next)(int, struct msghdr *, int);
	ssize_t n;

	NEXT("recvmsg", next);
	if ((n = next(fd, msg, flags)) != -1)
		swap_index(msg);
	return n;
}

static int
mode_of(int mode)
{
	return (mode & 0xffff) == 0 ? (int)((unsigned)mode >> 16) : mode;
}

int
semctl(int id, int n, int command, ...)
{
	int (*next)(int, int, int, void *);
	struct semid_ds *ds;
	va_list ap;
	void *arg;
	int r;

	va_start(ap, command);
	arg = va_arg(ap, void *);
	va_end(ap);
	NEXT("semctl", next);
	r = next(id, n, command, arg);
	if (r != -1 && command == IPC_STAT) {
		ds = arg;
		ds->sem_perm.mode = (mode_t)mode_of((int)ds->sem_perm.mode);
	}
	return r;
}

int
msgctl(int id, int command, struct msqid_ds *ds)
{
	int (*next)(int, int, struct msqid_ds *);
	int r;

	NEXT("msgctl", next);
	r = next(id, command, ds);
	if (r != -1 && command == IPC_STAT)
		ds->msg_perm.mode = (mode_t)mode_of((int)ds->msg_perm.mode);
	return r;
}

int
shmctl(int id, int command, struct shmid_ds *ds)
{
	int (*next)(int, int, struct shmid_ds *);
	int r;

	NEXT("shmctl", next);
	r = next(id, command, ds);
	if (r != -1 && command == IPC_STAT)
		ds->shm_perm.mode = (mode_t)mode_of((int)ds->shm_perm.mode);
	return r;
}
