/* SPDX-License-Identifier: ISC */
/*
 * sdnotify: the service manager's end of $NOTIFY_SOCKET: prints what daemons
 * tell to the socket that it makes at PATH.
 */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	char text[4096];
	ssize_t n;
	int fd;

	if (argc != 2 || strlen(argv[1]) >= sizeof(un.sun_path))
		errx(EX_USAGE, "usage: sdnotify PATH");
	memcpy(un.sun_path, argv[1], strlen(argv[1]));
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1 || bind(fd, (struct sockaddr *)&un, sizeof(un)) == -1)
		err(EX_OSERR, "%s", argv[1]);
	while ((n = recv(fd, text, sizeof(text), 0)) != -1) {
		printf("%.*s\n", (int)n, text);
		fflush(stdout);
	}
	err(EX_OSERR, "recv");
}
