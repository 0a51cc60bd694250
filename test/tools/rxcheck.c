/* SPDX-License-Identifier: ISC */
/*
 * rxcheck: listens to streams as a strict receiver would and says what is
 * wrong with them.
 *
 * Always wrong: what is no RTP of payload type 14, a datagram that is too
 * long, another SSRC or source, a packet that does not hold whole frames (or
 * the next piece of one), more than 80 ms in a packet of several frames, two
 * sample rates in one packet.  A jump (sequence not +1, or a timestamp more
 * than one tick off the frames' own duration) is wrong unless it is allowed:
 * by -j one as a restart makes it, with the marker, the sequence 2 to 2999
 * ahead, and a timestamp that followed the wall clock; by -l plain loss, the
 * same without the marker.
 *
 * The rate is judged by the kernel's receive times: least-squares slope of
 * arrival over RTP time, in parts per million, since the last jump.
 *
 * A stream on port 1989 is the program list: only counted and measured.
 */
#include <err.h>
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/num.h"
#include "os/addr.h"
#include "os/iface.h"
#include "os/udp.h"
#include "wire/mpa.h"
#include "wire/payload_mpa.h"
#include "wire/ports.h"
#include "wire/rtp.h"

#define STREAMS_MAX	64
#define ROOM		9000
#define PACKET_TIME_MAX	(FLICK_HZ * 80 / 1000)
#define AHEAD_MAX	3000	/* other players take that for one stream */
#define OFF_MAX		0.25	/* s between timestamp and wall clock */

struct packet {
	uint8_t data[ROOM];
	size_t len;
	struct addr from;
	int ttl;
	double at;		/* s, kernel's receive time */
};

struct stream {
	const char *name;
	struct addr group;
	int fd;

	unsigned long packets, bytes, frames, bad, jumps, missing;
	unsigned long restarts;	/* jumps that are as a restart's must be */
	unsigned long losses;	/* jumps that are plain loss */
	char said[160];		/* the first thing that was wrong */
	size_t max_len;
	int ttl;
	struct addr from;
	uint32_t ssrc, first_ts, ts;
	uint16_t first_seq, seq;	/* of the first and the last packet */
	double first_at, at;

	/* Since the last jump. */
	uint32_t base_ts;
	int64_t flicks;		/* play time of all packets since base_ts */
	double base_at;
	double n, sx, sy, sxx, sxy;	/* x: RTP time, y: arrival, s */
	double least, most;	/* arrival less RTP time, s */

	/* A frame in pieces. */
	size_t part, whole;	/* bytes of it so far, and in all */
	int64_t part_flicks;
	uint32_t part_ts;
};

struct options {
	struct iface iface;
	double seconds;
	double ppm;		/* < 0: not judged */
	size_t max_len;
	unsigned long restarts;	/* how many are allowed */
	int allow_loss;
	FILE *write;
};

static volatile sig_atomic_t stop;

static void
on_signal(int signo)
{
	(void)signo;
	stop = 1;
}

__attribute__((format(printf, 2, 3)))
static void
complain(struct stream *s, const char *fmt, ...)
{
	va_list ap;

	if (s->bad++ > 0)
		return;
	va_start(ap, fmt);
	vsnprintf(s->said, sizeof(s->said), fmt, ap);
	va_end(ap);
}

static void
begin_line(struct stream *s, const struct rtp *h, double at)
{
	s->base_ts = h->ts;
	s->base_at = at;
	s->flicks = 0;
	s->n = s->sx = s->sy = s->sxx = s->sxy = 0;
	s->least = INFINITY;
	s->most = -INFINITY;
	s->whole = s->part = 0;
}

/* Something is missing or the line has moved: is it as a restart's? */
static void
judge_jump(struct stream *s, const struct rtp *h, double at)
{
	int seq = (uint16_t)(h->seq - s->seq);
	double line = (double)rtp_ts_diff(h->ts, s->base_ts +
	    (uint32_t)flick_to_ticks(s->flicks)) / 90000;
	double due = s->base_at + (double)s->flicks / FLICK_HZ;
	double off = line - (at - due);
	int good = seq >= 2 && seq < AHEAD_MAX && line > 0 &&
	    fabs(off) < OFF_MAX;

	s->jumps++;
	s->missing += (unsigned long)(seq > 1 && seq < 32768 ? seq - 1 : 0);
	s->restarts += good && h->marker;
	s->losses += good && !h->marker;
	printf("jump %s at=%.3f seq=+%d ts=%+.3f silent=%.3f off=%+.3f "
	    "marker=%d %s\n", s->name, at - s->first_at, seq, line,
	    at - s->at, off, h->marker,
	    !good ? "break" : h->marker ? "restart" : "loss");
	begin_line(s, h, at);
}

static void
add_point(struct stream *s, const struct rtp *h, double at)
{
	double x = (double)rtp_ts_diff(h->ts, s->base_ts) / 90000;
	double y = at - s->base_at;

	s->n++;
	s->sx += x;
	s->sy += y;
	s->sxx += x * x;
	s->sxy += x * y;
	if (y - x < s->least)
		s->least = y - x;
	if (y - x > s->most)
		s->most = y - x;
}

static double
slope_ppm(const struct stream *s)
{
	double d = s->n * s->sxx - s->sx * s->sx;

	if (s->n < 3 || d <= 0)
		return 0;
	return ((s->n * s->sxy - s->sx * s->sy) / d - 1) * 1e6;
}

/* A piece of a long frame; its play time counts with the last one. */
static void
take_piece(struct stream *s, const struct rtp *h, unsigned offset,
    const uint8_t *p, size_t len)
{
	struct mpa m;

	if (offset == 0) {
		if (mpa_decode(&m, p) == -1 || m.length <= len) {
			complain(s, "seq %u: no frame in pieces", h->seq);
			return;
		}
		s->whole = m.length;
		s->part = 0;
		s->part_ts = h->ts;
		s->part_flicks = flick_of_samples(m.samples, m.rate);
	}
	if (s->whole == 0 || offset != s->part || h->ts != s->part_ts ||
	    s->part + len > s->whole) {
		complain(s, "seq %u: piece at %u, wanted %zu of %zu", h->seq,
		    offset, s->part, s->whole);
		s->whole = 0;
		return;
	}
	s->part += len;
	if (s->part == s->whole) {
		s->whole = 0;
		s->frames++;
		s->flicks += s->part_flicks;
	}
}

static void
take_frames(struct stream *s, const struct rtp *h, const uint8_t *p,
    size_t len)
{
	int64_t flicks = 0;
	uint32_t rate = 0;
	unsigned n = 0;
	struct mpa m;

	while (len >= MPA_HEADER_SIZE && mpa_decode(&m, p) == 0 &&
	    m.length > 0 && m.length <= len) {
		if (rate != 0 && rate != m.rate)
			complain(s, "seq %u: two sample rates", h->seq);
		rate = m.rate;
		flicks += flick_of_samples(m.samples, m.rate);
		p += m.length;
		len -= m.length;
		n++;
	}
	if (len > 0 || n == 0)
		complain(s, "seq %u: %zu bytes that are no whole frame",
		    h->seq, len);
	if (n > 1 && flicks > PACKET_TIME_MAX)
		complain(s, "seq %u: %u frames are more than 80 ms", h->seq,
		    n);
	s->frames += n;
	s->flicks += flicks;
}

static void
take_payload(struct stream *s, const struct rtp *h, const uint8_t *payload,
    size_t len, const struct options *opt)
{
	const uint8_t *p;
	uint16_t offset;
	struct mpa m;

	if (payload_mpa_decode(payload, len, &offset, &p, &len) == -1 ||
	    len < MPA_HEADER_SIZE) {
		complain(s, "seq %u: payload too short", h->seq);
		return;
	}
	if (opt->write != NULL && fwrite(p, 1, len, opt->write) != len)
		err(EX_IOERR, "writing");
	if (offset > 0 || (mpa_decode(&m, p) == 0 && m.length > len))
		take_piece(s, h, offset, p, len);
	else if (s->whole > 0)
		complain(s, "seq %u: the frame before was not ended", h->seq);
	else
		take_frames(s, h, p, len);
}

static void
take_first(struct stream *s, const struct rtp *h, const struct packet *p)
{
	s->ssrc = h->ssrc;
	s->first_seq = h->seq;
	s->first_ts = h->ts;
	s->first_at = p->at;
	begin_line(s, h, p->at);
	printf("heard %s\n", s->name);
	fflush(stdout);
}

static void
take_rtp(struct stream *s, const struct packet *p, const struct options *opt)
{
	const uint8_t *payload;
	struct rtp h;
	size_t len;
	int32_t off;

	if (rtp_decode(&h, p->data, p->len, &payload, &len) == -1 ||
	    h.type != RTP_PT_MPA) {
		complain(s, "no RTP of payload type 14");
		return;
	}
	if (s->packets == 0)
		take_first(s, &h, p);
	else if (h.ssrc != s->ssrc) {
		complain(s, "seq %u: another SSRC", h.seq);
		return;
	}
	/* All pieces of a frame have its timestamp. */
	off = rtp_ts_diff(h.ts, s->base_ts +
	    (uint32_t)flick_to_ticks(s->flicks));
	if (s->packets > 0 && ((uint16_t)(h.seq - s->seq) != 1 || off < -1 ||
	    off > 1))
		judge_jump(s, &h, p->at);
	if (s->whole == 0)
		add_point(s, &h, p->at);
	s->seq = h.seq;
	s->ts = h.ts;
	s->at = p->at;
	take_payload(s, &h, payload, len, opt);
	s->packets++;
}

static void
take_packet(struct stream *s, const struct packet *p,
    const struct options *opt)
{
	if (p->len > opt->max_len)
		complain(s, "datagram of %zu bytes", p->len);
	if (p->len > s->max_len)
		s->max_len = p->len;
	if (s->bytes > 0 && (!addr_is_same_host(&s->from, &p->from) ||
	    addr_port(&s->from) != addr_port(&p->from)))
		complain(s, "from another source");
	s->from = p->from;
	s->ttl = p->ttl;
	s->bytes += p->len;
	if (addr_port(&s->group) != PORTS_LIST)
		take_rtp(s, p, opt);
	else {
		if (s->packets++ == 0)
			s->first_at = p->at;
		s->at = p->at;
	}
}

static int
receive(int fd, struct packet *p)
{
	struct iovec iov = { .iov_base = p->data, .iov_len = ROOM };
	_Alignas(struct cmsghdr) char control[512];
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
	    .msg_name = &p->from.u, .msg_namelen = sizeof(p->from.u),
	    .msg_control = control, .msg_controllen = sizeof(control) };
	struct timespec ts = { 0 };
	struct cmsghdr *c;
	ssize_t n;

	if ((n = recvmsg(fd, &msg, MSG_DONTWAIT)) == -1)
		return -1;
	p->len = (size_t)n;
	p->from.len = msg.msg_namelen;
	for (c = CMSG_FIRSTHDR(&msg); c != NULL; c = CMSG_NXTHDR(&msg, c))
		if (c->cmsg_level == SOL_SOCKET &&
		    c->cmsg_type == SCM_TIMESTAMPNS)
			memcpy(&ts, CMSG_DATA(c), sizeof(ts));
		else if (c->cmsg_level == IPPROTO_IP &&
		    c->cmsg_type == IP_TTL)
			memcpy(&p->ttl, CMSG_DATA(c), sizeof(p->ttl));
	p->at = (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
	return 0;
}

static void
open_stream(struct stream *s, char *name, const struct options *opt)
{
	int one = 1;
	char *colon = strchr(name, ':'), why[80];
	int64_t port;

	s->name = strdup(name);
	if (colon == NULL || s->name == NULL)
		errx(EX_USAGE, "%s: expected GROUP:PORT", name);
	*colon = '\0';
	if (num_parse(colon + 1, 1, 65535, &port, why, sizeof(why)) == -1 ||
	    addr_parse(&s->group, name, (uint16_t)port) == -1)
		errx(EX_USAGE, "%s: expected GROUP:PORT", s->name);
	s->fd = udp_receiver(&s->group, 1 << 20);
	if (s->fd == -1 || setsockopt(s->fd, SOL_SOCKET, SO_TIMESTAMPNS, &one,
	    sizeof(one)) == -1 || setsockopt(s->fd, IPPROTO_IP, IP_RECVTTL,
	    &one, sizeof(one)) == -1 || udp_join(s->fd, &s->group,
	    opt->iface.index, NULL) == -1)
		err(EX_OSERR, "%s", s->name);
}

static void
listen_to(struct stream *streams, unsigned n, const struct options *opt)
{
	int64_t deadline = clock_mono_ns() + (int64_t)(opt->seconds * 1e9);
	struct pollfd pfd[STREAMS_MAX];
	static struct packet p;
	int64_t left;
	unsigned i;

	for (i = 0; i < n; i++) {
		pfd[i].fd = streams[i].fd;
		pfd[i].events = POLLIN;
	}
	while (!stop && (left = deadline - clock_mono_ns()) > 0) {
		if (poll(pfd, n, (int)(left / NS_PER_MS) + 1) <= 0)
			continue;
		for (i = 0; i < n; i++)
			while (pfd[i].revents != 0 &&
			    receive(streams[i].fd, &p) == 0)
				take_packet(&streams[i], &p, opt);
	}
}

/* One line of key=value; 1 if something is wrong. */
static int
report(struct stream *s, const struct options *opt)
{
	char from[ADDR_TEXT_MAX] = "-";
	double ppm = slope_ppm(s);
	int wrong;

	if (s->packets == 0)
		complain(s, "nothing came");
	else
		addr_format(&s->from, from);
	wrong = s->bad > 0 || s->jumps > s->restarts + s->losses ||
	    s->restarts > opt->restarts || (s->losses > 0 &&
	    !opt->allow_loss) || (opt->ppm >= 0 && fabs(ppm) > opt->ppm);
	printf("%s packets=%lu bytes=%lu frames=%lu missing=%lu jumps=%lu "
	    "restarts=%lu bad=%lu ssrc=%u source=%s port=%u first_seq=%u "
	    "last_seq=%u first_ts=%u last_ts=%u max_len=%zu ttl=%d "
	    "seconds=%.3f slope_ppm=%.2f spread_ms=%.2f\n", s->name,
	    s->packets, s->bytes, s->frames, s->missing, s->jumps,
	    s->restarts, s->bad, s->ssrc, from,
	    s->packets > 0 ? (unsigned)addr_port(&s->from) : 0,
	    s->first_seq, s->seq, s->first_ts, s->ts, s->max_len, s->ttl,
	    s->at - s->first_at, ppm,
	    s->n > 0 ? (s->most - s->least) * 1e3 : 0);
	if (s->bad > 0)
		printf("wrong %s %s\n", s->name, s->said);
	return wrong;
}

static double
number(const char *text, int64_t max, char option)
{
	char why[80];
	int64_t n;

	if (num_parse(text, 0, max, &n, why, sizeof(why)) == -1)
		errx(EX_USAGE, "-%c %s: expected %s", option, text, why);
	return (double)n;
}

static void
usage(void)
{
	fputs("usage: rxcheck [-l] [-i IF] [-t SECONDS] [-p PPM] [-m BYTES]\n"
	    "               [-j RESTARTS] [-w FILE] GROUP:PORT...\n"
	    "Exit 0 if nothing was wrong; SIGTERM ends it early.\n", stderr);
	exit(EX_USAGE);
}

static void
set(struct options *opt, int option, const char *arg)
{
	switch (option) {
	case 'i':
		if (iface_by_name(&opt->iface, arg) == -1)
			errx(EX_UNAVAILABLE, "%s: no such interface", arg);
		break;
	case 't':
		opt->seconds = number(arg, 1000000, 't');
		break;
	case 'p':
		opt->ppm = number(arg, 1000000, 'p');
		break;
	case 'm':
		opt->max_len = (size_t)number(arg, ROOM, 'm');
		break;
	case 'j':
		opt->restarts = (unsigned long)number(arg, 1000, 'j');
		break;
	case 'l':
		opt->allow_loss = 1;
		break;
	case 'w':
		if ((opt->write = fopen(arg, "we")) == NULL)
			err(EX_CANTCREAT, "%s", arg);
		break;
	default:
		usage();
	}
}

int
main(int argc, char **argv)
{
	static struct stream streams[STREAMS_MAX];
	struct options opt = { .seconds = 5, .ppm = -1,
	    .max_len = RTP_PACKET_MAX };
	struct sigaction sa = { .sa_handler = on_signal };
	int c, i, wrong = 0;

	iface_loopback(&opt.iface);
	while ((c = getopt(argc, argv, "i:lt:p:m:j:w:")) != -1)
		set(&opt, c, optarg);
	argc -= optind;
	argv += optind;
	if (argc < 1 || argc > STREAMS_MAX || (opt.write != NULL && argc > 1))
		usage();
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	for (i = 0; i < argc; i++)
		open_stream(&streams[i], argv[i], &opt);
	puts("listening");
	fflush(stdout);
	listen_to(streams, (unsigned)argc, &opt);
	for (i = 0; i < argc; i++)
		wrong |= report(&streams[i], &opt);
	if (opt.write != NULL && fclose(opt.write) == EOF)
		err(EX_IOERR, "writing");
	return wrong;
}
