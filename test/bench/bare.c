/* SPDX-License-Identifier: ISC */
/*
 * bare: the least that a sender of paced streams can be, as the yardstick for
 * one that does more: a thread per stream that sleeps until its next packet is
 * due (clock_nanosleep, absolute) and sends it.
 *
 *	bare -g GROUP -i ADDRESS [-n STREAMS] [-m MICROSECONDS] [-c PACKETS]
 *	    [-f FASTER]
 *
 * Each packet is RTP with three silent MPEG frames of 128 kbit/s, 44.1 kHz,
 * and a true timestamp.  Stream k goes to GROUP + k, port 20000 + 2 (k mod
 * 20000); starts are spread over a packet's time.  -m rounds wake-ups down to
 * a grid that all threads share; -c ends every stream after so many packets,
 * -f plays so many times faster (for tests that need many packets).
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/num.h"
#include "wire/mpa.h"
#include "wire/payload_mpa.h"
#include "wire/rtp.h"

#define FRAMES		3
#define SAMPLES		(FRAMES * 1152)
#define RATE		44100
#define BITRATE		128000
#define STACK_SIZE	(64 * 1024)
#define LEAD_NS		(300 * NS_PER_MS)	/* for starting threads */

static struct {
	uint32_t group;		/* host order */
	struct in_addr from;	/* address of the interface to send on */
	int64_t streams;
	int64_t grid_ns;	/* 0: none */
	int64_t packets;	/* each; 0: for ever */
	int64_t faster;
} opt = { .streams = 4, .faster = 1 };

struct sender {
	pthread_t thread;
	int fd;
	struct sockaddr_in to;
	int64_t start_ns;	/* CLOCK_MONOTONIC: its first packet is due */
	struct rtp head;
	uint32_t first_ts;
	int64_t sum;		/* bytes of all frames so far: padding */
};

/* Frames of 417 and 418 bytes, so that the mean is the bit rate. */
static size_t
fill(struct sender *s, int64_t packet, uint8_t out[static RTP_PACKET_MAX])
{
	const int64_t first = packet * FRAMES;
	size_t at, i, len;

	payload_mpa_encode(0, out + RTP_HEADER_SIZE);
	at = RTP_HEADER_SIZE + PAYLOAD_MPA_HEADER_SIZE;
	memset(out + at, 0, RTP_PACKET_MAX - at);
	for (i = 0; i < FRAMES; i++) {
		len = (size_t)((first + (int64_t)i + 1) * 144 * BITRATE /
		    RATE - s->sum);
		s->sum += (int64_t)len;
		out[at] = 0xff;
		out[at + 1] = 0xfb;
		out[at + 2] = len > 417 ? 0x92 : 0x90;
		out[at + 3] = 0xc0;
		at += len;
	}
	s->head.type = RTP_PT_MPA;
	s->head.ts = s->first_ts + (uint32_t)flick_to_ticks(
	    flick_of_samples(packet * SAMPLES, RATE));
	rtp_encode(&s->head, out);
	s->head.seq++;
	return at;
}

static void
sleep_until(int64_t at_ns)
{
	struct timespec ts = { .tv_sec = at_ns / NS_PER_S,
	    .tv_nsec = at_ns % NS_PER_S };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) ==
	    EINTR)
		;
}

static void *
sender_main(void *arg)
{
	uint8_t packet[RTP_PACKET_MAX];
	struct sender *s = arg;
	int64_t i, due;
	size_t len;

	for (i = 0; opt.packets == 0 || i < opt.packets; i++) {
		len = fill(s, i, packet);
		due = s->start_ns + flick_to_ns(flick_of_samples(i * SAMPLES,
		    RATE)) / opt.faster;
		if (opt.grid_ns > 0)
			due -= due % opt.grid_ns;
		sleep_until(due);
		/* What cannot be sent is missing at the meter. */
		(void)sendto(s->fd, packet, len, 0, (struct sockaddr *)&s->to,
		    sizeof(s->to));
	}
	return NULL;
}

static void
open_sender(struct sender *s, int64_t k, int64_t start_ns)
{
	const int64_t packet_ns = flick_to_ns(flick_of_samples(SAMPLES, RATE));

	s->start_ns = start_ns + packet_ns / opt.faster * k / opt.streams;
	s->head.ssrc = (uint32_t)(0x62617265 + k);
	s->head.seq = (uint16_t)(k * 251);
	s->first_ts = (uint32_t)k * 77777;
	s->to.sin_family = AF_INET;
	s->to.sin_addr.s_addr = htonl(opt.group + (uint32_t)k);
	s->to.sin_port = htons((uint16_t)(20000 + 2 * (k % 20000)));
	s->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (s->fd == -1 || setsockopt(s->fd, IPPROTO_IP, IP_MULTICAST_IF,
	    &opt.from, sizeof(opt.from)) == -1)
		err(EX_OSERR, "socket %lld", (long long)k);
}

static void
run(void)
{
	struct sender *senders = xcalloc((size_t)opt.streams,
	    sizeof(*senders));
	int64_t start_ns, k;
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	start_ns = clock_mono_ns() + LEAD_NS + opt.streams * 100000;
	for (k = 0; k < opt.streams; k++) {
		open_sender(&senders[k], k, start_ns);
		errno = pthread_create(&senders[k].thread, &attr, sender_main,
		    &senders[k]);
		if (errno != 0)
			err(EX_OSERR, "thread %lld", (long long)k);
	}
	for (k = 0; k < opt.streams; k++)
		pthread_join(senders[k].thread, NULL);
	free(senders);
}

static _Noreturn void
usage(void)
{
	fputs("usage: bare -g GROUP -i ADDRESS [-n STREAMS] "
	    "[-m MICROSECONDS] [-c PACKETS]\n\t[-f FASTER]\n", stderr);
	exit(EX_USAGE);
}

static int64_t
number(int c, int64_t min, int64_t max)
{
	char why[80];
	int64_t n;

	if (num_parse(optarg, min, max, &n, why, sizeof(why)) == -1)
		errx(EX_USAGE, "-%c %s: not %s", c, optarg, why);
	return n;
}

static void
parse_options(int argc, char **argv)
{
	struct in_addr a;
	int c;

	while ((c = getopt(argc, argv, "g:i:n:m:c:f:")) != -1)
		switch (c) {
		case 'g':
			if (inet_pton(AF_INET, optarg, &a) != 1)
				usage();
			opt.group = ntohl(a.s_addr);
			break;
		case 'i':
			if (inet_pton(AF_INET, optarg, &opt.from) != 1)
				usage();
			break;
		case 'n':
			opt.streams = number(c, 1, 16384);
			break;
		case 'm':
			opt.grid_ns = number(c, 1, 100000) * 1000;
			break;
		case 'c':
			opt.packets = number(c, 1, INT32_MAX);
			break;
		case 'f':
			opt.faster = number(c, 1, 1000);
			break;
		default:
			usage();
		}
	if (optind != argc || opt.group == 0 || opt.from.s_addr == 0)
		usage();
}

int
main(int argc, char **argv)
{
	struct rlimit r;

	parse_options(argc, argv);
	if (getrlimit(RLIMIT_NOFILE, &r) == 0) {
		r.rlim_cur = r.rlim_max;
		setrlimit(RLIMIT_NOFILE, &r);
	}
	run();
	return 0;
}
