/* SPDX-License-Identifier: ISC */
/*
 * saphear: listens for session announcements (SAP) and prints each as a line,
 *
 *	MS announce|delete HASH SOURCE GROUP SESSION VERSION NAME
 *
 * and with -d DIR leaves the description of the last announcement of each name
 * in DIR/NAME.sdp.  Ends on a signal.
 *
 *	saphear [-i IFACE] [-d DIR]
 */
#include <err.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "os/addr.h"
#include "os/udp.h"
#include "wire/sap.h"

static const char *dir;

/* The value of the first line that begins so, without its end. */
static const char *
line_of(const char *sdp, const char *begin, char *out, size_t size)
{
	const char *p = strstr(sdp, begin);

	snprintf(out, size, "%.*s", p == NULL ? 0 :
	    (int)strcspn(p + strlen(begin), "\r\n"), p == NULL ? "" :
	    p + strlen(begin));
	return out;
}

static void
keep(const char *name, const char *sdp)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s.sdp", dir, name);
	if ((f = fopen(path, "w")) == NULL)
		err(EX_CANTCREAT, "%s", path);
	fputs(sdp, f);
	fclose(f);
}

static void
take(const uint8_t *data, size_t len, const char *group)
{
	char sdp[SDP_MAX + 1], name[256], origin[SDP_ORIGIN_MAX];
	char from[ADDR_TEXT_MAX];
	struct addr source;
	unsigned flags, hash, n;
	struct rd r;

	rd_init(&r, data, len);
	flags = rd_u8(&r);
	rd_u8(&r);
	hash = rd_u16(&r);
	n = flags & 0x10 ? 16 : 4;
	if (n > rd_left(&r) ||
	    addr_of_bytes(&source, rd_bytes(&r, n), n, 0) == -1)
		return;
	rd_bytes(&r, sizeof("application/sdp"));
	if (r.bad || rd_left(&r) >= sizeof(sdp))
		return;
	n = (unsigned)rd_left(&r);
	memcpy(sdp, rd_bytes(&r, n), n);
	sdp[n] = '\0';
	line_of(sdp, "s=", name, sizeof(name));
	line_of(sdp, "o=- ", origin, sizeof(origin));
	origin[strcspn(origin, "I")] = '\0';
	printf("%lld %s %u %s %s %s%s\n",
	    (long long)(clock_mono_ns() / NS_PER_MS),
	    flags & 4 ? "delete" : "announce", hash,
	    addr_format(&source, from), group, origin, name);
	if (dir != NULL && !(flags & 4))
		keep(name, sdp);
}

static void
on_signal(int signo)
{
	(void)signo;
	_exit(0);
}

int
main(int argc, char **argv)
{
	struct sigaction end = { .sa_handler = on_signal };
	static const char *const groups[2] = { SAP_GROUP_GLOBAL,
	    SAP_GROUP_LOCAL };
	uint8_t data[2048];
	struct pollfd pfd[2];
	struct udp_info info;
	struct addr group;
	unsigned index = 0, i;
	ssize_t n;
	int c;

	while ((c = getopt(argc, argv, "i:d:")) != -1) {
		if (c == 'i')
			index = if_nametoindex(optarg);
		else if (c == 'd')
			dir = optarg;
		else
			errx(EX_USAGE, "usage: saphear [-i IFACE] [-d DIR]");
	}
	sigaction(SIGTERM, &end, NULL);
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (i = 0; i < 2; i++) {
		addr_parse(&group, groups[i], SAP_PORT);
		pfd[i].fd = udp_receiver(&group, 65536);
		pfd[i].events = POLLIN;
		if (pfd[i].fd == -1 ||
		    udp_join(pfd[i].fd, &group, index, NULL) == -1)
			err(EX_OSERR, "%s", groups[i]);
	}
	puts("listening");
	for (;;) {
		poll(pfd, 2, -1);
		for (i = 0; i < 2; i++)
			while ((n = udp_recv(pfd[i].fd, data, sizeof(data),
			    &info)) != -1)
				take(data, (size_t)n, groups[i]);
	}
}
