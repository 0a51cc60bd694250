/* SPDX-License-Identifier: ISC */
#include "os/holder.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "os/file.h"

#define LINE_MAX_BYTES	256
#define INODES_MAX	16	/* sockets of one port; others are not looked
				 * for */
#define COMM_MAX	64

unsigned long
holder_parse(const char *line, uint16_t port)
{
	unsigned local = 0;
	unsigned long inode = 0;

	/* sl local remote st queues timer retransmits uid timeout inode */
	if (sscanf(line, " %*[0-9]: %*8[0-9A-Fa-f]:%4x %*s %*s %*s %*s %*s "
	    "%*s %*s %lu", &local, &inode) != 2 || local != port)
		return 0;
	return inode;
}

/* The sockets that have the port; how many. */
static unsigned
find_inodes(uint16_t port, unsigned long inodes[static INODES_MAX])
{
	char line[LINE_MAX_BYTES];
	unsigned n = 0;
	FILE *f = fopen("/proc/net/udp", "re");

	if (f == NULL)
		return 0;
	while (n < INODES_MAX && fgets(line, sizeof(line), f) != NULL)
		if ((inodes[n] = holder_parse(line, port)) != 0)
			n++;
	fclose(f);
	return n;
}

/* Whether the port can be had, alone or as one of several: 0, or -1 with
 * errno. */
static int
try(uint16_t port, int is_shared)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
	    .sin_port = htons(port) };
	int off = 0, ret, saved;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd == -1)
		return -1;
	ret = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &is_shared,
	    sizeof(is_shared));
	/* Groups that others have joined are none of ours. */
	if (ret == 0)
		ret = setsockopt(fd, IPPROTO_IP, IP_MULTICAST_ALL, &off,
		    sizeof(off));
	if (ret == 0)
		ret = bind(fd, (struct sockaddr *)&in, sizeof(in));
	saved = errno;
	close(fd);
	errno = saved;
	return ret;
}

/* There may be thousands of ports to look at: /proc/net/udp would take as many
 * lines each time. */
enum holder_state
holder_look(uint16_t port)
{
	if (try(port, 0) == 0)
		return HOLDER_NOBODY;
	if (errno != EADDRINUSE)
		return HOLDER_UNKNOWN;
	if (try(port, 1) == 0)
		return HOLDER_SHARED;
	return errno == EADDRINUSE ? HOLDER_ALONE : HOLDER_UNKNOWN;
}

/* Whether a link of /proc/PID/fd is one of these sockets. */
static int
is_one_of(int dir, const char *name, const unsigned long *inodes, unsigned n)
{
	char target[64];
	unsigned long inode;
	unsigned i;
	ssize_t len = readlinkat(dir, name, target, sizeof(target) - 1);

	if (len <= 0)
		return 0;
	target[len] = '\0';
	if (sscanf(target, "socket:[%lu]", &inode) != 1)
		return 0;
	for (i = 0; i < n; i++)
		if (inodes[i] == inode)
			return 1;
	return 0;
}

static int
has_one(const char *pid, const unsigned long *inodes, unsigned n)
{
	char path[NAME_MAX + 16];
	struct dirent *e;
	int found = 0;
	DIR *d;

	text_format(path, sizeof(path), "/proc/%s/fd", pid);
	if ((d = opendir(path)) == NULL)
		return 0;
	while (!found && (e = readdir(d)) != NULL)
		found = is_one_of(dirfd(d), e->d_name, inodes, n);
	closedir(d);
	return found;
}

static void
describe(const char *pid, char *text, size_t size)
{
	char path[NAME_MAX + 16], comm[COMM_MAX + 1];

	text_format(path, sizeof(path), "/proc/%s/comm", pid);
	if (file_slurp(path, comm, COMM_MAX) == -1)
		comm[0] = '\0';
	text_clean(comm);
	text_format(text, size, "%s (process %.16s)", comm, pid);
}

int
holder_name(uint16_t port, char *text, size_t size)
{
	unsigned long inodes[INODES_MAX];
	unsigned n = find_inodes(port, inodes);
	struct dirent *e;
	int ret = -1;
	DIR *d;

	if (n == 0 || (d = opendir("/proc")) == NULL)
		return -1;
	while (ret == -1 && (e = readdir(d)) != NULL) {
		if (e->d_name[strspn(e->d_name, "0123456789")] != '\0' ||
		    !has_one(e->d_name, inodes, n))
			continue;
		describe(e->d_name, text, size);
		ret = 0;
	}
	closedir(d);
	return ret;
}
