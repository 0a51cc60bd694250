/* SPDX-License-Identifier: ISC */
/*
 * flood: forged datagrams, as many as go out.
 *
 *	flood list GROUP:PORT	program lists: of length 0, reaching beyond
 *				themselves, of 10^6 channels, with control
 *				sequences in every text, of another version,
 *				cut short, of 64 KiB
 *	flood rtp GROUP:PORT	RTP: jumps of sequence and time, other payload
 *				types, another version, headers that reach
 *				beyond the end, streams that agree with
 *				themselves, 64 KiB, nothing at all
 *
 *	-a ADDRESS	source address (127.0.0.1)
 *	-p PORT		source port (0: any; one in use may be shared)
 *	-e		hear a true one first: its server id or its SSRC,
 *			sequence and time stand in what is forged
 *	-r N		so many a second at most
 *	-t SECONDS	(5)
 *	-i IFACE	(lo)
 *
 * Says "flooding" on stdout when it begins and how many it sent at the end.
 */
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/num.h"
#include "os/addr.h"
#include "os/iface.h"
#include "os/udp.h"
#include "wire/payload_mpa.h"
#include "wire/plist.h"
#include "wire/rtp.h"

#define BIG		65507	/* the longest there is in IPv4 */
#define BATCH		64	/* datagrams of all kinds */
#define BIG_EVERY	16	/* one of so many batches has long ones */
#define RCVBUF		65536
#define EVIL		"\033]0;x\007\033[2J\233m\302\2331m\177\r\b"

static struct {
	struct iface iface;
	struct in_addr from;
	struct addr to;
	int64_t port, seconds;
	int64_t rate;		/* a second; 0: all that go */
	int hears;
} opt = { .seconds = 5 };

/* What is known of the true one. */
static struct plist_stamp stamp = { .server = 0x666f726765 };
static struct rtp stream;

static uint8_t data[BATCH][BIG];
static size_t length[BATCH];
static uint32_t state = 2463534242;

static uint32_t
next_random(void)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

static void
fill(uint8_t *p, size_t n)
{
	while (n-- > 0)
		*p++ = (uint8_t)(next_random() >> 9);
}

/*
 * Lists.
 */

static void
put_text(struct wr *w, unsigned type, const char *text)
{
	wr_u16(w, (uint16_t)type);
	wr_u16(w, (uint16_t)strlen(text));
	wr_bytes(w, text, strlen(text));
}

/* An entry whose lengths are right, or those inside it say too much. */
static void
put_entry(struct wr *w, unsigned channel, unsigned too_much)
{
	uint8_t room[256];
	struct wr e;

	wr_init(&e, room, sizeof(room));
	wr_u16(&e, (uint16_t)channel);
	put_text(&e, PLIST_E_NAME, "forged" EVIL);
	put_text(&e, PLIST_E_TITLE, EVIL);
	wr_u16(&e, PLIST_E_ARTIST);
	wr_u16(&e, (uint16_t)(strlen(EVIL) + too_much));
	wr_bytes(&e, EVIL, strlen(EVIL));
	wr_u16(w, PLIST_ENTRY);
	wr_u16(w, (uint16_t)wr_len(&e));
	wr_bytes(w, room, wr_len(&e));
}

static size_t
make_list(uint8_t *out, unsigned kind, size_t room)
{
	struct plist_head head = { .channels = 1000000, .cycle_s = 65535,
	    .name = "forged" };
	struct wr w;
	unsigned channel = next_random() % 16384;

	wr_init(&w, out, room);
	stamp.kind = kind % 2 == 0 ? PLIST_KIND_HEAD : PLIST_KIND_ENTRIES;
	stamp.revision = next_random();
	plist_begin(&w, &stamp);
	switch (kind) {
	case 0:			/* 10^6 channels */
		plist_put_head(&w, &head);
		break;
	case 1:			/* whole, to the end of the room */
		while (room - wr_len(&w) > 256)
			put_entry(&w, channel++ % 16384, 0);
		break;
	case 2:			/* a head of nothing but control sequences */
		put_text(&w, PLIST_H_NAME, EVIL);
		break;
	case 3:			/* inner lengths beyond their entry */
		put_entry(&w, channel, 1 + next_random() % 60000);
		break;
	case 4:			/* items of length 0 */
	case 5:
		while (room - wr_len(&w) > 4) {
			wr_u16(&w, kind == 4 ? (uint16_t)(next_random() % 8) :
			    PLIST_ENTRY);
			wr_u16(&w, 0);
		}
		break;
	case 6:			/* lengths beyond the datagram */
	case 7:
		wr_u16(&w, kind == 6 ? PLIST_H_NAME : PLIST_ENTRY);
		wr_u16(&w, 0xffff);
		wr_u16(&w, (uint16_t)channel);
		break;
	case 8:			/* another version, another magic */
		plist_put_head(&w, &head);
		out[next_random() % 5] += 1 + next_random() % 255;
		break;
	case 9:			/* anything */
		fill(out + 6, room - 6);
		return room;
	case 10:		/* cut short */
		plist_put_head(&w, &head);
		return next_random() % wr_len(&w);
	default:		/* of no known kind */
		out[5] = (uint8_t)kind;
	}
	return wr_len(&w);
}

/*
 * RTP.
 */

static size_t
make_rtp(uint8_t *out, unsigned kind, size_t room)
{
	static struct rtp own = { .type = RTP_PT_MPA };
	struct rtp h = stream;
	uint8_t *p = out + RTP_HEADER_SIZE;
	size_t i;

	fill(out, room);
	payload_mpa_encode(0, p);
	for (i = PAYLOAD_MPA_HEADER_SIZE; i + 384 <= room - RTP_HEADER_SIZE;
	    i += 384)
		memcpy(p + i, "\xff\xfb\x94\x40", 4);
	switch (kind) {
	case 0:			/* a little ahead */
		h.seq += (uint16_t)(next_random() % 16);
		h.ts += next_random() % 20000;
		break;
	case 1:			/* anywhere */
		h.seq = (uint16_t)next_random();
		h.ts = next_random();
		break;
	case 2:			/* no time passes; all of it */
		h.seq += (uint16_t)(next_random() % 2000);
		h.ts -= next_random() % 2 * 0x7fffffff;
		break;
	case 3:			/* another payload type */
		h.type = (uint8_t)(next_random() % 128);
		h.type += h.type == RTP_PT_MPA;
		break;
	case 4:			/* a stream of its own that agrees */
		own.ssrc = ~stream.ssrc;
		own.seq++;
		own.ts += 24 * 90;
		h = own;
		break;
	case 5:			/* begun anew in every packet */
		h.ssrc = next_random();
		break;
	case 6:			/* shorter than a header */
		return next_random() % RTP_HEADER_SIZE;
	default:
		break;
	}
	rtp_encode(&h, out);
	if (kind == 7)		/* another version */
		out[0] = (uint8_t)next_random() & 0x7f;
	if (kind == 8)		/* CSRCs, extension, padding: beyond the end */
		out[0] |= 0x3f;
	return kind == 9 ? RTP_HEADER_SIZE : room;
}

/*
 * Sending.
 */

static void
make_batch(int is_list, unsigned turn)
{
	unsigned i;
	size_t room;

	for (i = 0; i < BATCH; i++) {
		room = i == 0 && turn % BIG_EVERY == 0 ? BIG :
		    100 + next_random() % 1300;
		length[i] = is_list ? make_list(data[i], i == 0 ? 1 : i % 12,
		    room) : make_rtp(data[i], i % 10, room);
	}
}

static int
open_socket(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct ip_mreqn via = { .imr_ifindex = (int)opt.iface.index };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), one = 1;

	in.sin_addr = opt.from;
	in.sin_port = htons((uint16_t)opt.port);
	if (fd == -1 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one,
	    sizeof(one)) == -1 || bind(fd, (struct sockaddr *)&in,
	    sizeof(in)) == -1 || setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF,
	    &via, sizeof(via)) == -1)
		err(EX_OSERR, "socket");
	return fd;
}

/* One true datagram, to be like it. */
static void
hear(int is_list)
{
	int fd = udp_receiver(&opt.to, RCVBUF);
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	const uint8_t *payload;
	struct udp_info info;
	struct rd r;
	ssize_t n;
	size_t len;

	if (fd == -1 || udp_join(fd, &opt.to, opt.iface.index, NULL) == -1)
		err(EX_OSERR, "cannot listen");
	for (;;) {
		if (poll(&pfd, 1, 3000) == 0)
			errx(EX_UNAVAILABLE, "nothing is heard");
		if ((n = udp_recv(fd, data[0], BIG, &info)) == -1)
			continue;
		rd_init(&r, data[0], (size_t)n);
		if (is_list ? plist_open(&r, &stamp) == 0 :
		    rtp_decode(&stream, data[0], (size_t)n, &payload,
		    &len) == 0)
			break;
	}
	close(fd);
}

static uint64_t
flood(int fd, int is_list)
{
	struct mmsghdr m[BATCH];
	struct iovec iov[BATCH];
	int64_t start = clock_mono_ns(), end = start + opt.seconds * NS_PER_S;
	int64_t now;
	uint64_t sent = 0;
	unsigned turn, i;
	int n;

	memset(m, 0, sizeof(m));
	for (turn = 0; (now = clock_mono_ns()) < end; turn++) {
		if (opt.rate > 0 && (double)sent > (double)(now - start) /
		    1e9 * (double)opt.rate) {
			poll(NULL, 0, 1);
			continue;
		}
		/* To make them takes longer than to send them. */
		if (turn % 4 == 0)
			make_batch(is_list, turn / 4);
		for (i = 0; i < BATCH; i++) {
			iov[i].iov_base = data[i];
			iov[i].iov_len = length[i];
			m[i].msg_hdr.msg_iov = &iov[i];
			m[i].msg_hdr.msg_iovlen = 1;
			m[i].msg_hdr.msg_name = &opt.to.u;
			m[i].msg_hdr.msg_namelen = opt.to.len;
		}
		n = sendmmsg(fd, m, BATCH, 0);
		/* EMSGSIZE: this link takes no long ones. */
		if (n == -1 && errno != ENOBUFS && errno != EMSGSIZE &&
		    errno != ECONNREFUSED)
			err(EX_OSERR, "send");
		sent += n > 0 ? (uint64_t)n : 0;
	}
	return sent;
}

static void
usage(void)
{
	fputs("usage: flood [-e] [-a ADDRESS] [-p PORT] [-r RATE] "
	    "[-t SECONDS] [-i IFACE]\n             list|rtp GROUP:PORT\n",
	    stderr);
	exit(EX_USAGE);
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

static struct addr
address(const char *text, int has_port)
{
	char *host = xstrdup(text), *colon = strchr(host, ':');
	struct addr a;
	uint16_t port = 0;

	if (has_port != (colon != NULL))
		usage();
	if (colon != NULL) {
		*colon = '\0';
		port = (uint16_t)number(colon + 1, 65535);
	}
	if (addr_parse(&a, host, port) == -1)
		errx(EX_USAGE, "%s: no address", text);
	free(host);
	return a;
}

int
main(int argc, char **argv)
{
	int c, fd, is_list;
	uint64_t sent;

	iface_loopback(&opt.iface);
	opt.from.s_addr = htonl(INADDR_LOOPBACK);
	while ((c = getopt(argc, argv, "ea:p:r:t:i:")) != -1)
		if (c == 'e')
			opt.hears = 1;
		else if (c == 'a')
			opt.from = address(optarg, 0).u.in.sin_addr;
		else if (c == 'p')
			opt.port = number(optarg, 65535);
		else if (c == 'r')
			opt.rate = number(optarg, INT32_MAX);
		else if (c == 't')
			opt.seconds = number(optarg, 86400);
		else if (c != 'i' || iface_by_name(&opt.iface, optarg) == -1)
			usage();
	if (argc - optind != 2)
		usage();
	is_list = strcmp(argv[optind], "list") == 0;
	if (!is_list && strcmp(argv[optind], "rtp") != 0)
		usage();
	opt.to = address(argv[optind + 1], 1);
	stream.type = RTP_PT_MPA;
	stream.ssrc = next_random();
	if (opt.hears)
		hear(is_list);
	fd = open_socket();
	puts("flooding");
	fflush(stdout);
	sent = flood(fd, is_list);
	printf("%llu datagrams, %.0f a second\n", (unsigned long long)sent,
	    (double)sent / (double)(opt.seconds > 0 ? opt.seconds : 1));
	return 0;
}
