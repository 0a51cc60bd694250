/* SPDX-License-Identifier: ISC */
#include "os/holder.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tap.h"

static const char line[] = " 1234: 00000000:07C5 00000000:0000 07 00000000:"
    "00000000 00:00000000 00000000     0        0 424242 2 0000 0\n";

/* A socket with a port of its own; the port into *port. */
static int
hold(int is_shared, uint16_t *port)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t len = sizeof(in);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &is_shared,
	    sizeof(is_shared));
	bind(fd, (struct sockaddr *)&in, sizeof(in));
	getsockname(fd, (struct sockaddr *)&in, &len);
	*port = ntohs(in.sin_port);
	return fd;
}

/* As the kernel calls this program, which may run in an emulator. */
static const char *
own_name(char *name, int size)
{
	FILE *f = fopen("/proc/self/comm", "r");

	if (f == NULL || fgets(name, size, f) == NULL)
		name[0] = '\0';
	name[strcspn(name, "\n")] = '\0';
	if (f != NULL)
		fclose(f);
	return name;
}

int
main(void)
{
	char text[128], want[64], name[32];
	uint16_t port;
	int fd;

	is(holder_parse(line, 1989), 424242, "the inode of a line");
	is(holder_parse(line, 1990), 0, "of another port");
	is(holder_parse("  sl  local_address rem_address   st\n", 1989), 0,
	    "the head");
	is(holder_parse("", 1989), 0, "nothing");
	fd = hold(0, &port);
	is(holder_look(port), HOLDER_ALONE, "a port that is held");
	is(holder_name(port, text, sizeof(text)), 0, "by whom");
	snprintf(want, sizeof(want), "%s (process %d)",
	    own_name(name, sizeof(name)), (int)getpid());
	is_str(text, want, "is said");
	close(fd);
	is(holder_look(port), HOLDER_NOBODY, "by nobody any more");
	is(holder_name(port, text, sizeof(text)), -1, "who has no name");
	fd = hold(1, &port);
	is(holder_look(port), HOLDER_SHARED, "one that is shared");
	close(fd);
	return tap_end();
}
