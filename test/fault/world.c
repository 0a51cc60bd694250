/* SPDX-License-Identifier: ISC */
#include "world.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "os/addr.h"
#include "os/iface.h"
#include "os/udp.h"
#include "wire/plist.h"
#include "wire/ports.h"
#include "wire/rtp.h"

#define DATAGRAM_MAX	2048
#define RCVBUF		(256 * 1024)
#define TICK_MS		10

const char *
world_path(const struct world *w, const char *fmt, ...)
{
	static char ring[8][PATH_MAX + 256];
	static unsigned turn;
	char *s = ring[turn++ % 8];
	va_list ap;
	size_t n;

	text_format(s, sizeof(ring[0]), "%s/", w->dir);
	n = strlen(s);
	va_start(ap, fmt);
	vsnprintf(s + n, sizeof(ring[0]) - n, fmt, ap);
	va_end(ap);
	return s;
}

/*
 * Entering.
 */

/* The old process' rest. */
static _Noreturn void
wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			_exit(EX_OSERR);
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : EX_SOFTWARE);
}

static int
raise_loopback(void)
{
	struct ifreq ifr;
	int fd, ret;

	memset(&ifr, 0, sizeof(ifr));
	text_copy(ifr.ifr_name, sizeof(ifr.ifr_name), "lo");
	ifr.ifr_flags = IFF_UP | IFF_RUNNING;
	if ((fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) == -1)
		return -1;
	ret = ioctl(fd, SIOCSIFFLAGS, &ifr);
	close(fd);
	return ret;
}

/* A receiver of channel n, 0: of the program list. */
static int
listen_to(const struct world *w, unsigned n)
{
	struct addr base, group;
	int fd;

	if (addr_parse(&base, PORTS_GROUP_DEFAULT, PORTS_LIST) == -1)
		return -1;
	group = addr_plus(&base, n, n == 0 ? PORTS_LIST :
	    ports_of_channel(n));
	if ((fd = udp_receiver(&group, RCVBUF)) == -1 ||
	    udp_join(fd, &group, w->lo, NULL) == -1)
		return -1;
	return fd;
}

static int
make_plan(struct world *w)
{
	int fd;
	void *p;

	fd = open(world_path(w, "plan"), O_RDWR | O_CREAT | O_TRUNC |
	    O_CLOEXEC, 0600);
	if (fd == -1 || ftruncate(fd, sizeof(*w->plan)) == -1)
		return -1;
	p = mmap(NULL, sizeof(*w->plan), PROT_READ | PROT_WRITE, MAP_SHARED,
	    fd, 0);
	close(fd);
	if (p == MAP_FAILED)
		return -1;
	w->plan = p;
	return setenv(FAULT_ENV, world_path(w, "plan"), 1);
}

int
world_enter(struct world *w, const char *dir)
{
	const char *slack = getenv("SLACK");
	struct iface lo;
	unsigned i;
	pid_t pid;

	if (unshare(CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWPID |
	    CLONE_NEWNS) == -1)
		return -1;
	if ((pid = fork()) == -1)
		return -1;
	if (pid > 0)
		wait_for(pid);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	text_copy(w->dir, sizeof(w->dir), dir);
	w->slack = slack != NULL ? (int)strtol(slack, NULL, 10) : 1;
	w->err = w->tty = -1;
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1 ||
	    mount("proc", "/proc", "proc", 0, NULL) == -1 ||
	    raise_loopback() == -1 || iface_loopback(&lo) == -1)
		return -1;
	w->lo = lo.index;
	if (make_plan(w) == -1 || (w->list_fd = listen_to(w, 0)) == -1)
		return -1;
	for (i = 1; i <= CHANNELS; i++)
		if ((w->ear[i].fd = listen_to(w, i)) == -1)
			return -1;
	return 0;
}

/*
 * Hearing.
 */

static void
take_list(struct world *w, const uint8_t *data, size_t n)
{
	struct plist_stamp stamp;
	struct plist_entry e;
	struct rd r;

	rd_init(&r, data, n);
	if (plist_open(&r, &stamp) == -1)
		return;
	if (stamp.kind == PLIST_KIND_HEAD)
		w->heads++;
	if (stamp.kind != PLIST_KIND_ENTRIES)
		return;
	while (plist_get_entry(&r, &e) == 1)
		if (e.channel <= CHANNELS) {
			w->on_air &= ~(1U << e.channel);
			if (e.flags & PLIST_F_ON_AIR)
				w->on_air |= 1U << e.channel;
		}
}

static void
take_packet(struct ear *ear, const uint8_t *data, size_t n)
{
	const uint8_t *payload;
	struct rtp h;
	size_t len;

	if (rtp_decode(&h, data, n, &payload, &len) == -1)
		return;
	ear->packets++;
	if (ear->has_seq && h.seq != (uint16_t)(ear->seq + 1))
		ear->breaks++;
	ear->has_seq = 1;
	ear->seq = h.seq;
}

static void
hear(struct world *w)
{
	uint8_t data[DATAGRAM_MAX];
	struct udp_info info;
	unsigned i;
	ssize_t n;

	while ((n = udp_recv(w->list_fd, data, sizeof(data), &info)) >= 0)
		take_list(w, data, (size_t)n);
	for (i = 1; i <= CHANNELS; i++)
		while ((n = udp_recv(w->ear[i].fd, data, sizeof(data),
		    &info)) >= 0)
			take_packet(&w->ear[i], data, (size_t)n);
}

/* Its stderr; and what it writes to its terminal, which nobody wants. */
static void
read_said(struct world *w)
{
	char room[1024];
	ssize_t n = 0;

	while (w->err != -1 && w->said_len < SAID_MAX - 1 &&
	    (n = read(w->err, w->said + w->said_len,
	    SAID_MAX - 1 - w->said_len)) > 0)
		w->said_len += (size_t)n;
	w->said[w->said_len] = '\0';
	if (w->err != -1 && n == 0) {
		close(w->err);
		w->err = -1;
	}
	while (w->tty != -1 && read(w->tty, room, sizeof(room)) > 0)
		;
}

void
world_forget(struct world *w)
{
	unsigned i;

	hear(w);
	w->heads = 0;
	w->on_air = 0;
	for (i = 1; i <= CHANNELS; i++)
		w->ear[i].packets = 0;
}

/*
 * Running.
 */

void
world_arm(struct world *w, int on)
{
	unsigned i;

	w->plan->is_armed = 0;
	if (!on)
		return;
	for (i = 0; i < FAULT_KINDS; i++)
		w->plan->calls[i] = 0;
	w->plan->is_armed = 1;
}

/* The master's end; the slave's in *slave. */
static int
open_tty(int *slave)
{
	int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	char name[64];

	*slave = -1;
	if (fd != -1 && grantpt(fd) == 0 && unlockpt(fd) == 0 &&
	    ptsname_r(fd, name, sizeof(name)) == 0)
		*slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	return fd;
}

static _Noreturn void
become(struct world *w, const char *const argv[], int how, int err, int slave)
{
	sigset_t none;
	int out, in = slave;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (how & FAULTLESS)
		unsetenv(FAULT_ENV);
	if (slave != -1) {
		setsid();
		ioctl(slave, TIOCSCTTY, 0);
	} else
		in = open("/dev/null", O_RDWR | O_CLOEXEC);
	out = open(world_path(w, "out"), O_WRONLY | O_CREAT | O_TRUNC |
	    O_CLOEXEC, 0600);
	if (in == -1 || out == -1 || dup2(in, STDIN_FILENO) == -1 ||
	    dup2(out, STDOUT_FILENO) == -1 || dup2(err, STDERR_FILENO) == -1)
		_exit(EX_OSERR);
	execv(argv[0], (char **)(uintptr_t)argv);
	_exit(EX_OSERR);
}

int
world_run(struct world *w, const char *const argv[], int how)
{
	int err[2], slave = -1;

	w->has_ended = 0;
	w->said_len = 0;
	w->said[0] = '\0';
	w->why[0] = '\0';
	w->plan->hits = 0;
	w->plan->child = 0;
	memset(w->plan->name, 0, sizeof(w->plan->name));
	world_arm(w, !(how & UNARMED));
	if (pipe2(err, O_CLOEXEC | O_NONBLOCK) == -1)
		return -1;
	fcntl(err[1], F_SETFL, 0);
	if (how & WITH_TTY)
		w->tty = open_tty(&slave);
	if ((w->pid = fork()) == 0)
		become(w, argv, how, err[1], slave);
	close(err[1]);
	if (slave != -1)
		close(slave);
	w->err = err[0];
	return w->pid == -1 ? -1 : 0;
}

static void
look_at_child(struct world *w)
{
	if (!w->has_ended && waitpid(w->pid, &w->status, WNOHANG) == w->pid)
		w->has_ended = 1;
}

int
world_wait(struct world *w, int (*is_so)(const struct world *,
    const char *), const char *arg, int ms)
{
	int64_t deadline = clock_mono_ns() + ms * w->slack * NS_PER_MS;
	struct pollfd pfd[CHANNELS + 2];
	unsigned i;

	for (;;) {
		look_at_child(w);
		hear(w);
		read_said(w);
		if (is_so(w, arg))
			return 1;
		if (w->has_ended || clock_mono_ns() >= deadline)
			return 0;
		pfd[0].fd = w->err;
		pfd[1].fd = w->list_fd;
		for (i = 1; i <= CHANNELS; i++)
			pfd[i + 1].fd = w->ear[i].fd;
		for (i = 0; i < CHANNELS + 2; i++)
			pfd[i].events = POLLIN;
		poll(pfd, CHANNELS + 2, TICK_MS);
	}
}

int
has_ended(const struct world *w, const char *arg)
{
	(void)arg;
	return w->has_ended;
}

int
has_said(const struct world *w, const char *text)
{
	return strstr(w->said, text) != NULL;
}

/* What has ended is reaped; then a process that is neither we nor the radio,
 * or 0. */
static pid_t
find_other(const struct world *w)
{
	pid_t pid, found = 0;
	struct dirent *e;
	DIR *d;

	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	if ((d = opendir("/proc")) == NULL)
		return 0;
	while (found == 0 && (e = readdir(d)) != NULL) {
		pid = (pid_t)strtol(e->d_name, NULL, 10);
		if (pid > 0 && pid != getpid() && pid != w->radio)
			found = pid;
	}
	closedir(d);
	return found;
}

int
world_clear(struct world *w)
{
	int64_t deadline = clock_mono_ns() + NS_PER_S;
	int left = 0;
	pid_t pid;

	if (!w->has_ended && w->pid > 0) {
		kill(w->pid, SIGKILL);
		waitpid(w->pid, NULL, 0);
	}
	w->has_ended = 1;
	/* A child that was killed with it takes a moment. */
	while ((pid = find_other(w)) > 0) {
		if (clock_mono_ns() >= deadline) {
			left = 1;
			kill(pid, SIGKILL);
		}
		poll(NULL, 0, TICK_MS / 2);
	}
	if (w->err != -1)
		close(w->err);
	if (w->tty != -1)
		close(w->tty);
	w->err = w->tty = -1;
	return left;
}

void
world_type(struct world *w, const char *keys)
{
	if (w->tty != -1 && write(w->tty, keys, strlen(keys)) == -1)
		perror("typing");
}

int
world_ipc(void)
{
	union {
		struct seminfo *info;
		struct semid_ds *ds;
	} sem;
	struct seminfo seminfo;
	struct shm_info shminfo;
	struct msginfo msginfo;
	int n = 0;

	sem.info = &seminfo;
	if (semctl(0, 0, SEM_INFO, sem) >= 0)
		n += seminfo.semusz;
	if (shmctl(0, SHM_INFO, (struct shmid_ds *)(void *)&shminfo) >= 0)
		n += shminfo.used_ids;
	if (msgctl(0, MSG_INFO, (struct msqid_ds *)(void *)&msginfo) >= 0)
		n += msginfo.msgpool;
	return n;
}

int
world_descriptors(const struct world *w)
{
	char path[64];
	int n;
	DIR *d;

	text_format(path, sizeof(path), "/proc/%d/fd", (int)w->pid);
	if ((d = opendir(path)) == NULL)
		return -1;
	for (n = -2; readdir(d) != NULL; n++)
		;
	closedir(d);
	return n;
}
