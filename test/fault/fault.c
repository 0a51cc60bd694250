/* SPDX-License-Identifier: ISC */
/*
 * The second link of a program puts these functions between it and the C
 * library (ld --wrap; the Makefile names the same calls).  Where nobody has
 * planned anything they only pass on.
 *
 * Not here: what gives back (free, close, munmap, semctl), and what cannot
 * fail without somebody's mistake.
 */
#include "fault.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <limits.h>
#include <net/if.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

extern char __executable_start;		/* the linker's */

static struct fault_plan *plan;

__attribute__((constructor))
static void
find_plan(void)
{
	const char *path = getenv(FAULT_ENV);
	void *p;
	int fd;

	if (path == NULL || (fd = open(path, O_RDWR | O_CLOEXEC)) == -1)
		return;
	p = mmap(NULL, sizeof(*plan), PROT_READ | PROT_WRITE, MAP_SHARED, fd,
	    0);
	close(fd);
	if (p != MAP_FAILED)
		plan = p;
}

/* Count a call; whether it is to fail, with errno set, or (can_cut) to be cut
 * short. */
static int
fails(enum fault_kind kind, int can_cut, const char *name, const void *from)
{
	long n;

	if (plan == NULL || !atomic_load(&plan->is_armed) ||
	    (plan->mode == FAULT_SHORT && !can_cut))
		return 0;
	n = atomic_fetch_add(&plan->calls[kind], 1) + 1;
	if (kind != plan->kind || n < plan->n ||
	    (plan->mode != FAULT_ON && n > plan->n))
		return 0;
	if (atomic_fetch_add(&plan->hits, 1) == 0) {
		strncpy(plan->name, name, sizeof(plan->name) - 1);
		plan->at = (uintptr_t)from - (uintptr_t)&__executable_start;
	}
	errno = plan->error;
	return 1;
}

#define FAILS(kind, name)						\
	fails(kind, 0, #name, __builtin_return_address(0))
#define FAILS_OR_CUT(kind, name)					\
	fails(kind, 1, #name, __builtin_return_address(0))

/* TYPE name(params) becomes one that fails with the value failed. */
#define WRAP(kind, failed, type, name, params, args)			\
	type __real_##name params;					\
	type __wrap_##name params;					\
	type								\
	__wrap_##name params						\
	{								\
		return FAILS(kind, name) ? failed : __real_##name args;	\
	}

/* The same for names that a C library may have once more for large files;
 * what it has not is never called. */
#define WEAK	__attribute__((weak))
#define WRAP64(kind, failed, type, name, params, args)			\
	type __real_##name##64 params WEAK;				\
	WRAP(kind, failed, type, name, params, args)			\
	WRAP(kind, failed, type, name##64, params, args)

WRAP(FAULT_MEMORY, NULL, void *, malloc, (size_t n), (n))
WRAP(FAULT_MEMORY, NULL, void *, calloc, (size_t n, size_t size), (n, size))
WRAP(FAULT_MEMORY, NULL, void *, realloc, (void *p, size_t n), (p, n))
WRAP(FAULT_MEMORY, NULL, char *, strdup, (const char *s), (s))
WRAP(FAULT_MEMORY, NULL, char *, strndup, (const char *s, size_t n), (s, n))
WRAP(FAULT_MEMORY, NULL, FILE *, open_memstream, (char **s, size_t *n),
    (s, n))
WRAP(FAULT_MEMORY, (iconv_t)-1, iconv_t, iconv_open, (const char *to,
    const char *from), (to, from))
WRAP(FAULT_MEMORY, NULL, char *, getcwd, (char *s, size_t n), (s, n))
WRAP(FAULT_MEMORY, -1, int, vasprintf, (char **s, const char *fmt,
    va_list ap), (s, fmt, ap))

WRAP(FAULT_OPEN, NULL, DIR *, opendir, (const char *path), (path))
WRAP(FAULT_OPEN, NULL, DIR *, fdopendir, (int fd), (fd))
WRAP(FAULT_OPEN, NULL, struct passwd *, getpwnam, (const char *name), (name))
WRAP(FAULT_OPEN, NULL, struct passwd *, getpwuid, (uid_t uid), (uid))
WRAP(FAULT_OPEN, -1, int, inotify_init1, (int flags), (flags))
WRAP(FAULT_OPEN, -1, int, inotify_add_watch, (int fd, const char *path,
    uint32_t mask), (fd, path, mask))

WRAP64(FAULT_READ, NULL, void *, readdir, (DIR *d), (d))

WRAP64(FAULT_WRITE, -1, int, ftruncate, (int fd, off_t n), (fd, n))
WRAP(FAULT_WRITE, EOF, int, fflush, (FILE *f), (f))

WRAP64(FAULT_STAT, -1, int, stat, (const char *path, void *st), (path, st))
WRAP64(FAULT_STAT, -1, int, lstat, (const char *path, void *st), (path, st))
WRAP64(FAULT_STAT, -1, int, fstat, (int fd, void *st), (fd, st))
WRAP64(FAULT_STAT, -1, int, fstatat, (int at, const char *path, void *st,
    int flags), (at, path, st, flags))
WRAP(FAULT_STAT, -1, int, access, (const char *path, int how), (path, how))
WRAP(FAULT_STAT, NULL, char *, realpath, (const char *path, char *out),
    (path, out))
WRAP(FAULT_STAT, -1, key_t, ftok, (const char *path, int id), (path, id))

WRAP(FAULT_FILES, -1, int, mkdir, (const char *path, mode_t mode),
    (path, mode))
WRAP(FAULT_FILES, -1, int, chdir, (const char *path), (path))
WRAP(FAULT_FILES, -1, int, chown, (const char *path, uid_t u, gid_t g),
    (path, u, g))
WRAP(FAULT_FILES, -1, int, lchown, (const char *path, uid_t u, gid_t g),
    (path, u, g))
WRAP(FAULT_FILES, -1, int, rename, (const char *from, const char *to),
    (from, to))
WRAP(FAULT_FILES, -1, int, renameat, (int at, const char *from, int to_at,
    const char *to), (at, from, to_at, to))
WRAP(FAULT_FILES, -1, int, fsync, (int fd), (fd))

WRAP(FAULT_SOCKET, -1, int, socket, (int domain, int type, int protocol),
    (domain, type, protocol))
WRAP(FAULT_BIND, -1, int, bind, (int fd, const struct sockaddr *a,
    socklen_t n), (fd, a, n))
WRAP(FAULT_SOCKET, -1, int, connect, (int fd, const struct sockaddr *a,
    socklen_t n), (fd, a, n))
WRAP(FAULT_SOCKET, -1, int, setsockopt, (int fd, int level, int option,
    const void *value, socklen_t n), (fd, level, option, value, n))
WRAP(FAULT_IFACE, NULL, struct if_nameindex *, if_nameindex, (void), ())
WRAP(FAULT_IFACE, NULL, char *, if_indextoname, (unsigned i, char *s),
    (i, s))
WRAP(FAULT_SOCKET, -1, int, signalfd, (int fd, const sigset_t *set,
    int flags), (fd, set, flags))

WRAP(FAULT_BIND, -1, int, listen, (int fd, int n), (fd, n))
WRAP(FAULT_SOCKET, -1, int, accept4, (int fd, struct sockaddr *a,
    socklen_t *n, int flags), (fd, a, n, flags))
WRAP(FAULT_SOCKET, -1, int, epoll_create1, (int flags), (flags))
WRAP(FAULT_SOCKET, -1, int, epoll_ctl, (int fd, int op, int what,
    struct epoll_event *e), (fd, op, what, e))
WRAP(FAULT_SOCKET, -1, int, getsockopt, (int fd, int level, int option,
    void *value, socklen_t *n), (fd, level, option, value, n))
WRAP(FAULT_SOCKET, EAI_AGAIN, int, getaddrinfo, (const char *host,
    const char *port, const struct addrinfo *hints, struct addrinfo **found),
    (host, port, hints, found))
WRAP64(FAULT_SEND, -1, ssize_t, sendfile, (int to, int from, void *off,
    size_t n), (to, from, off, n))

WRAP(FAULT_SEND, -1, ssize_t, send, (int fd, const void *p, size_t n,
    int flags), (fd, p, n, flags))
WRAP(FAULT_SEND, -1, ssize_t, sendto, (int fd, const void *p, size_t n,
    int flags, const struct sockaddr *to, socklen_t len),
    (fd, p, n, flags, to, len))
WRAP(FAULT_SEND, -1, ssize_t, sendmsg, (int fd, const struct msghdr *m,
    int flags), (fd, m, flags))

WRAP(FAULT_RECEIVE, -1, ssize_t, recv, (int fd, void *p, size_t n, int flags),
    (fd, p, n, flags))
WRAP(FAULT_RECEIVE, -1, ssize_t, recvmsg, (int fd, struct msghdr *m,
    int flags), (fd, m, flags))

WRAP(FAULT_THREAD, plan->error, int, pthread_create, (pthread_t *t,
    const pthread_attr_t *attr, void *(*body)(void *), void *arg),
    (t, attr, body, arg))

WRAP(FAULT_PROCESS, -1, int, pipe2, (int fds[2], int flags), (fds, flags))
WRAP(FAULT_PROCESS, -1, int, dup2, (int from, int to), (from, to))
WRAP(FAULT_PROCESS, -1, int, execvp, (const char *file, char *const argv[]),
    (file, argv))

WRAP(FAULT_IPC, -1, int, semget, (key_t key, int n, int flags),
    (key, n, flags))
WRAP(FAULT_IPC, -1, int, semop, (int id, void *ops, size_t n), (id, ops, n))
WRAP(FAULT_IPC, -1, int, shmget, (key_t key, size_t n, int flags),
    (key, n, flags))
WRAP(FAULT_IPC, (void *)-1, void *, shmat, (int id, const void *at,
    int flags), (id, at, flags))
WRAP(FAULT_IPC, -1, int, msgget, (key_t key, int flags), (key, flags))
WRAP(FAULT_IPC, -1, int, msgsnd, (int id, const void *p, size_t n,
    int flags), (id, p, n, flags))
WRAP(FAULT_IPC, -1, ssize_t, msgrcv, (int id, void *p, size_t n, long type,
    int flags), (id, p, n, type, flags))

WRAP(FAULT_WAIT, -1, int, poll, (struct pollfd *p, nfds_t n, int ms),
    (p, n, ms))
WRAP(FAULT_WAIT, -1, int, ppoll, (struct pollfd *p, nfds_t n,
    const struct timespec *ts, const sigset_t *set), (p, n, ts, set))
WRAP(FAULT_WAIT, -1, pid_t, waitpid, (pid_t pid, int *status, int options),
    (pid, status, options))

/*
 * Those with arguments of their own kind.
 */

pid_t __real_fork(void);
pid_t __wrap_fork(void);

pid_t
__wrap_fork(void)
{
	pid_t pid;

	if (FAILS(FAULT_PROCESS, fork))
		return -1;
	pid = __real_fork();
	if (pid > 0 && plan != NULL)
		plan->child = pid;
	return pid;
}

int __wrap_asprintf(char **s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

int
__wrap_asprintf(char **s, const char *fmt, ...)
{
	va_list ap;
	int n = -1;

	va_start(ap, fmt);
	if (!FAILS(FAULT_MEMORY, asprintf))
		n = __real_vasprintf(s, fmt, ap);
	va_end(ap);
	return n;
}

/* An integer or a pointer follows, or nothing. */
#define LAST_ARG(type, last, value) do {				\
	va_list ap;							\
	va_start(ap, last);						\
	value = va_arg(ap, type);					\
	va_end(ap);							\
} while (0)

#define WRAP_OPEN(name, weak)						\
	int __real_##name(const char *path, int flags, ...) weak;	\
	int __wrap_##name(const char *path, int flags, ...);		\
	int								\
	__wrap_##name(const char *path, int flags, ...)			\
	{								\
		unsigned mode = 0;					\
		if (flags & O_CREAT)					\
			LAST_ARG(unsigned, flags, mode);		\
		return FAILS(FAULT_OPEN, name) ? -1 :			\
		    __real_##name(path, flags, mode);			\
	}
WRAP_OPEN(open, )
WRAP_OPEN(open64, WEAK)

#define WRAP_OPENAT(name, weak)						\
	int __real_##name(int at, const char *path, int flags, ...) weak; \
	int __wrap_##name(int at, const char *path, int flags, ...);	\
	int								\
	__wrap_##name(int at, const char *path, int flags, ...)		\
	{								\
		unsigned mode = 0;					\
		if (flags & O_CREAT)					\
			LAST_ARG(unsigned, flags, mode);		\
		return FAILS(FAULT_OPEN, name) ? -1 :			\
		    __real_##name(at, path, flags, mode);		\
	}
WRAP_OPENAT(openat, )
WRAP_OPENAT(openat64, WEAK)

int __real_ioctl(int fd, unsigned long what, ...);
int __wrap_ioctl(int fd, unsigned long what, ...);

int
__wrap_ioctl(int fd, unsigned long what, ...)
{
	void *arg;

	LAST_ARG(void *, what, arg);
	return FAILS(FAULT_IFACE, ioctl) ? -1 :
	    __real_ioctl(fd, what, arg);
}

/* How much of n bytes is to be done, or -1.  Only files come in pieces. */
static ssize_t
part_of(int failed, int fd, size_t n)
{
	if (!failed)
		return (ssize_t)n;
	if (plan->mode != FAULT_SHORT)
		return -1;
	if (n > 1 && lseek(fd, 0, SEEK_CUR) != -1)
		n /= 2;
	return (ssize_t)n;
}

/* A pipe of the program's own holds its few bytes, and no disk is behind it. */
static int
is_pipe(int fd)
{
	return fd > STDERR_FILENO && fcntl(fd, F_GETPIPE_SZ) > 0;
}

#define WRAP_IO(kind, name, type)					\
	ssize_t __real_##name(int fd, type p, size_t n);		\
	ssize_t __wrap_##name(int fd, type p, size_t n);		\
	ssize_t								\
	__wrap_##name(int fd, type p, size_t n)				\
	{								\
		ssize_t part = part_of(plan != NULL && !is_pipe(fd) &&	\
		    FAILS_OR_CUT(kind, name), fd, n);			\
		return part == -1 ? -1 :				\
		    __real_##name(fd, p, (size_t)part);			\
	}
WRAP_IO(FAULT_READ, read, void *)
WRAP_IO(FAULT_WRITE, write, const void *)

#define WRAP_IO_AT(kind, name, type, weak)				\
	ssize_t __real_##name(int fd, type p, size_t n, off_t at) weak;	\
	ssize_t __wrap_##name(int fd, type p, size_t n, off_t at);	\
	ssize_t								\
	__wrap_##name(int fd, type p, size_t n, off_t at)		\
	{								\
		ssize_t part = part_of(FAILS_OR_CUT(kind, name),	\
		    fd, n);	\
		return part == -1 ? -1 :				\
		    __real_##name(fd, p, (size_t)part, at);		\
	}
WRAP_IO_AT(FAULT_READ, pread, void *, )
WRAP_IO_AT(FAULT_READ, pread64, void *, WEAK)
WRAP_IO_AT(FAULT_WRITE, pwrite, const void *, )
WRAP_IO_AT(FAULT_WRITE, pwrite64, const void *, WEAK)

ssize_t __real_writev(int fd, const struct iovec *iov, int n);
ssize_t __wrap_writev(int fd, const struct iovec *iov, int n);

ssize_t
__wrap_writev(int fd, const struct iovec *iov, int n)
{
	struct iovec half = *iov;

	if (!FAILS_OR_CUT(FAULT_WRITE, writev))
		return __real_writev(fd, iov, n);
	if (plan->mode != FAULT_SHORT)
		return -1;
	half.iov_len = (half.iov_len + 1) / 2;
	return __real_writev(fd, &half, 1);
}
