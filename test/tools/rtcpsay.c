/* SPDX-License-Identifier: ISC */
/*
 * rtcpsay: many who report to a server, or pretend to.
 *
 *	rtcpsay KIND -t HOST:PORT [-n TIMES] [-m SSRC] [-q SEQ] [-h HOSTS]
 *	    [-l LISTENER] [-s SEED]
 *
 * KIND is what is sent, so many times:
 *	reports		on the stream of that SSRC and number, each of another
 *			listener, from that many addresses (127.1.0.1 and up)
 *	blind		as somebody has to who does not hear the stream
 *	byes		of LISTENER, or of anybody
 *	junk		of random length and content, some with a good
 *			beginning
 *	srs		of the stream, as if from the server, with a BYE
 *
 * For the unwary: it sends as fast as the kernel takes it.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/num.h"
#include "os/addr.h"
#include "wire/rtcp.h"

#define DATAGRAM	512

struct options {
	struct addr to;
	int64_t times, hosts;
	int64_t ssrc, seq, listener;	/* -1: random */
	int64_t seed;
};

static uint32_t state;

static uint32_t
next_random(void)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

static void
put_listener(struct wr *w, const struct options *o, int is_blind)
{
	struct rtcp_block b = { .highest = (uint32_t)o->seq };
	uint32_t who = next_random();

	b.ssrc = is_blind ? next_random() : (uint32_t)o->ssrc;
	if (is_blind)
		b.highest = next_random();
	b.fraction = 255;
	b.jitter = 1 << 30;
	rtcp_put_rr(w, who, &b);
	rtcp_put_sdes(w, who, "nobody", "rtcpsay");
}

static void
put_bye(struct wr *w, const struct options *o)
{
	uint32_t who = o->listener >= 0 ? (uint32_t)o->listener :
	    next_random();

	rtcp_put_rr(w, who, NULL);
	rtcp_put_bye(w, who);
}

static void
put_sr(struct wr *w, const struct options *o)
{
	struct rtcp_sender s = { .ntp = 1 };

	rtcp_put_sr(w, (uint32_t)o->ssrc, &s);
	rtcp_put_sdes(w, (uint32_t)o->ssrc, "nobody", "rtcpsay");
	rtcp_put_bye(w, (uint32_t)o->ssrc);
}

static void
put_junk(struct wr *w, const struct options *o)
{
	size_t n = next_random() % DATAGRAM;

	if (next_random() % 2)
		put_listener(w, o, 1);
	while (wr_len(w) < n)
		wr_u8(w, (uint8_t)next_random());
	for (n = next_random() % 4; n > 0 && wr_len(w) > 0; n--)
		w->start[next_random() % wr_len(w)] ^= 1 << next_random() % 8;
}

static void
put(struct wr *w, const struct options *o, const char *kind)
{
	if (strcmp(kind, "reports") == 0)
		put_listener(w, o, 0);
	else if (strcmp(kind, "blind") == 0)
		put_listener(w, o, 1);
	else if (strcmp(kind, "byes") == 0)
		put_bye(w, o);
	else if (strcmp(kind, "srs") == 0)
		put_sr(w, o);
	else if (strcmp(kind, "junk") == 0)
		put_junk(w, o);
	else
		errx(EX_USAGE, "%s: no such kind", kind);
}

/* A socket at the i-th address; 0: wherever. */
static int
open_at(int64_t i)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (i > 0)
		in.sin_addr.s_addr = htonl(0x7f010000 + (uint32_t)i);
	if (fd == -1 || bind(fd, (struct sockaddr *)&in, sizeof(in)) == -1)
		err(EX_OSERR, "socket");
	return fd;
}

static void
say(const struct options *o, const char *kind)
{
	uint8_t data[DATAGRAM];
	int64_t i, per = o->hosts > 0 ? (o->times + o->hosts - 1) / o->hosts :
	    o->times;
	struct wr w;
	int fd = -1;

	for (i = 0; i < o->times; i++) {
		if (i % per == 0) {
			if (fd != -1)
				close(fd);
			fd = open_at(o->hosts > 0 ? 1 + i / per : 0);
		}
		wr_init(&w, data, sizeof(data));
		put(&w, o, kind);
		/* What a full queue refuses is no matter here. */
		if (sendto(fd, data, wr_len(&w), 0, &o->to.u.sa, o->to.len) ==
		    -1 && errno != ENOBUFS && errno != ECONNREFUSED)
			err(EX_OSERR, "send");
		/* Let them be read: it is not the kernel that is tried. */
		if (i % 100 == 99)
			usleep(500);
	}
}

static struct addr
parse_target(const char *text)
{
	char host[ADDR_TEXT_MAX], why[80];
	const char *colon = strrchr(text, ':');
	struct addr to;
	int64_t port;

	if (colon == NULL || (size_t)(colon - text) >= sizeof(host))
		errx(EX_USAGE, "%s: expected HOST:PORT", text);
	memcpy(host, text, (size_t)(colon - text));
	host[colon - text] = '\0';
	if (num_parse(colon + 1, 1, 65535, &port, why, sizeof(why)) == -1 ||
	    addr_parse(&to, host, (uint16_t)port) == -1)
		errx(EX_USAGE, "%s: expected HOST:PORT", text);
	return to;
}

static int64_t
number(const char *text, int64_t max)
{
	char why[80];
	int64_t n;

	if (num_parse(text, 0, max, &n, why, sizeof(why)) == -1)
		errx(EX_USAGE, "%s: expected %s", text, why);
	return n;
}

int
main(int argc, char **argv)
{
	struct options o = { .times = 1, .ssrc = 0, .seq = 0, .listener = -1,
	    .seed = 1 };
	int c;

	while ((c = getopt(argc, argv, "t:n:m:q:h:l:s:")) != -1)
		switch (c) {
		case 't':
			o.to = parse_target(optarg);
			break;
		case 'n':
			o.times = number(optarg, 100000000);
			break;
		case 'm':
			o.ssrc = number(optarg, UINT32_MAX);
			break;
		case 'q':
			o.seq = number(optarg, 65535);
			break;
		case 'h':
			o.hosts = number(optarg, 65000);
			break;
		case 'l':
			o.listener = number(optarg, UINT32_MAX);
			break;
		case 's':
			o.seed = number(optarg, UINT32_MAX);
			break;
		default:
			return EX_USAGE;
		}
	if (optind + 1 != argc || o.to.len == 0)
		errx(EX_USAGE, "usage: rtcpsay KIND -t HOST:PORT ...");
	state = (uint32_t)o.seed | 1;
	say(&o, argv[optind]);
	return 0;
}
