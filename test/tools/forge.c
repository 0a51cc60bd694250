/* SPDX-License-Identifier: ISC */
/*
 * forge: sends what a server of ours would never send.
 *
 *	forge list NAME TITLE		a program list with these texts, as they
 *					are, as channel 1 (and a 4000 that is no
 *					channel of anybody)
 *	forge rtp GROUP:PORT		a stream of MPEG audio at its own pace
 *	forge noise GROUP:PORT		datagrams of random length and content,
 *					some of them with a good beginning
 *	forge hold PORT			hold an UDP port as programs do that
 *					never heard of SO_REUSEADDR
 *	forge query VERSION		ask by IGMP who listens, as a querier in
 *					a hurry
 *
 * Backslash escapes in NAME and TITLE are as in pty: \e \n \xHH.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/num.h"
#include "os/addr.h"
#include "os/iface.h"
#include "os/udp.h"
#include "wire/payload_mpa.h"
#include "wire/plist.h"
#include "wire/ports.h"
#include "wire/rtp.h"

#define TEXT_ROOM	600
#define FRAME_SIZE	384	/* 128 kbit/s at 48 kHz: 24 ms */

struct options {
	struct iface iface;
	struct in_addr from;	/* source address; 0: the interface's */
	struct addr group;	/* of the list */
	int64_t seconds;
	int64_t seed;
	int64_t ssrc, seq, ts;	/* -1: random */
};

static uint32_t state = 1;

static uint32_t
next_random(void)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

static int
open_socket(const struct options *opt)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct ip_mreqn via = { .imr_ifindex = (int)opt->iface.index };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	in.sin_addr = opt->from.s_addr != 0 ? opt->from :
	    opt->iface.addr.u.in.sin_addr;
	if (fd == -1 || bind(fd, (struct sockaddr *)&in, sizeof(in)) == -1 ||
	    setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &via, sizeof(via)) ==
	    -1)
		err(EX_OSERR, "socket");
	return fd;
}

static void
sleep_until(int64_t ns)
{
	struct timespec ts = { ns / NS_PER_S, ns % NS_PER_S };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) ==
	    EINTR)
		;
}

static void
send_to(int fd, const struct addr *to, const void *data, size_t len)
{
	/* What a full queue refuses is no matter here. */
	if (sendto(fd, data, len, 0, &to->u.sa, to->len) == -1 &&
	    errno != ENOBUFS)
		err(EX_OSERR, "send");
}

static size_t
unescape(const char *text, char *out, size_t size)
{
	char hex[3] = "";
	size_t n = 0;

	for (; *text != '\0' && n + 1 < size; text++) {
		if (*text != '\\' || text[1] == '\0') {
			out[n++] = *text;
			continue;
		}
		text++;
		if (*text == 'x' && text[1] != '\0' && text[2] != '\0') {
			hex[0] = text[1];
			hex[1] = text[2];
			out[n++] = (char)strtoul(hex, NULL, 16);
			text += 2;
		} else
			out[n++] = *text == 'e' ? '\033' : *text == 'n' ?
			    '\n' : *text;
	}
	return n;
}

static void
put_text(struct wr *w, uint16_t type, const char *text)
{
	char raw[TEXT_ROOM];
	size_t n = unescape(text, raw, sizeof(raw));

	wr_u16(w, type);
	wr_u16(w, (uint16_t)n);
	wr_bytes(w, raw, n);
}

/* An entry by hand: the encoder of the house would clean the texts. */
static void
put_entry(struct wr *w, unsigned channel, const char *name,
    const char *title)
{
	uint8_t room[3 * TEXT_ROOM];
	struct wr e;

	wr_init(&e, room, sizeof(room));
	wr_u16(&e, (uint16_t)channel);
	put_text(&e, PLIST_E_NAME, name);
	put_text(&e, PLIST_E_DESCRIPTION, title);
	put_text(&e, PLIST_E_TITLE, title);
	put_text(&e, PLIST_E_ARTIST, name);
	wr_u16(&e, PLIST_E_FLAGS);
	wr_u16(&e, 1);
	wr_u8(&e, PLIST_F_ON_AIR);
	wr_u16(w, PLIST_ENTRY);
	wr_u16(w, (uint16_t)wr_len(&e));
	wr_bytes(w, room, wr_len(&e));
}

static void
forge_list(const struct options *opt, const char *name, const char *title)
{
	struct plist_stamp stamp = { .server = 0x666f726765ull + state,
	    .startup = 7, .revision = 1 };
	struct plist_head head = { .channels = 2, .cycle_s = 1 };
	int64_t start = clock_mono_ns(), at = start;
	uint8_t room[PLIST_ROOM];
	int fd = open_socket(opt);
	struct wr w;

	for (; at < start + opt->seconds * NS_PER_S; at += NS_PER_S / 4) {
		sleep_until(at);
		wr_init(&w, room, sizeof(room));
		stamp.kind = PLIST_KIND_HEAD;
		plist_begin(&w, &stamp);
		plist_put_head(&w, &head);
		send_to(fd, &opt->group, room, wr_len(&w));
		wr_init(&w, room, sizeof(room));
		stamp.kind = PLIST_KIND_ENTRIES;
		plist_begin(&w, &stamp);
		put_entry(&w, 1, name, title);
		put_entry(&w, 4000, name, title);
		if (w.bad)
			errx(EX_USAGE, "texts too long");
		send_to(fd, &opt->group, room, wr_len(&w));
	}
}

static struct addr
parse_target(const char *text)
{
	char host[ADDR_TEXT_MAX], why[80];
	const char *colon = strchr(text, ':');
	struct addr to;
	int64_t port;

	if (colon == NULL || (size_t)(colon - text) >= sizeof(host))
		errx(EX_USAGE, "%s: expected GROUP:PORT", text);
	memcpy(host, text, (size_t)(colon - text));
	host[colon - text] = '\0';
	if (num_parse(colon + 1, 1, 65535, &port, why, sizeof(why)) == -1 ||
	    addr_parse(&to, host, (uint16_t)port) == -1)
		errx(EX_USAGE, "%s: expected GROUP:PORT", text);
	return to;
}

static void
forge_rtp(const struct options *opt, const char *target)
{
	struct addr to = parse_target(target);
	struct rtp h = { .type = RTP_PT_MPA };
	uint8_t out[RTP_HEADER_SIZE + PAYLOAD_MPA_HEADER_SIZE + FRAME_SIZE];
	uint8_t *frame = out + RTP_HEADER_SIZE + PAYLOAD_MPA_HEADER_SIZE;
	int64_t start = clock_mono_ns(), at = start;
	int fd = open_socket(opt);
	size_t i;

	h.ssrc = opt->ssrc < 0 ? next_random() : (uint32_t)opt->ssrc;
	h.seq = (uint16_t)(opt->seq < 0 ? next_random() : opt->seq);
	h.ts = opt->ts < 0 ? next_random() : (uint32_t)opt->ts;
	payload_mpa_encode(0, out + RTP_HEADER_SIZE);
	memset(frame, 0, FRAME_SIZE);
	memcpy(frame, "\xff\xfb\x94\x40", 4);
	for (; at < start + opt->seconds * NS_PER_S; at += 24 * NS_PER_MS) {
		sleep_until(at);
		for (i = 4 + 32; i < FRAME_SIZE; i++)
			frame[i] = (uint8_t)(next_random() >> 9 & 0x7f);
		rtp_encode(&h, out);
		send_to(fd, &to, out, sizeof(out));
		h.seq++;
		h.ts += 24 * 90;
	}
}

static void
forge_noise(const struct options *opt, const char *target)
{
	static const char list[] = "NRPL\1\1";
	struct addr to = parse_target(target);
	int64_t start = clock_mono_ns(), at = start;
	uint8_t out[RTP_PACKET_MAX];
	int fd = open_socket(opt);
	size_t len, i;

	for (; at < start + opt->seconds * NS_PER_S; at += NS_PER_MS) {
		sleep_until(at);
		len = next_random() % sizeof(out);
		for (i = 0; i < len; i++)
			out[i] = (uint8_t)(next_random() >> 9);
		if (next_random() & 0x100 && len > sizeof(list))
			memcpy(out, list, sizeof(list) - 1);
		else if (next_random() & 0x100 && len > 2)
			memcpy(out, "\x80\x0e", 2);
		send_to(fd, &to, out, len);
	}
}

static void
hold_port(const char *text)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char why[80];
	int64_t port;

	if (num_parse(text, 1, 65535, &port, why, sizeof(why)) == -1)
		errx(EX_USAGE, "%s: expected %s", text, why);
	in.sin_port = htons((uint16_t)port);
	if (fd == -1 || bind(fd, (struct sockaddr *)&in, sizeof(in)) == -1)
		err(EX_OSERR, "port %s", text);
	puts("held");
	fflush(stdout);
	for (;;)
		pause();
}

static void
forge_query(const struct options *opt, const char *text)
{
	uint8_t out[12] = { 0x11 };	/* of all groups, no checksum yet */
	struct ip_mreqn via = { .imr_ifindex = (int)opt->iface.index };
	int64_t start = clock_mono_ns(), at = start, version;
	int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_IGMP);
	size_t len;
	uint16_t sum;
	struct addr to;
	char why[80];

	if (num_parse(text, 1, 3, &version, why, sizeof(why)) == -1)
		errx(EX_USAGE, "%s: expected %s", text, why);
	if (fd == -1 || setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &via,
	    sizeof(via)) == -1)
		err(EX_OSERR, "raw socket");
	addr_parse(&to, "224.0.0.1", 0);
	out[1] = version == 1 ? 0 : 10;	/* answer within a second */
	len = version == 3 ? 12 : 8;
	/* All but these two bytes is zero. */
	sum = (uint16_t)~(0x1100 | out[1]);
	out[2] = (uint8_t)(sum >> 8);
	out[3] = (uint8_t)sum;
	for (; at < start + opt->seconds * NS_PER_S; at += NS_PER_S / 4) {
		sleep_until(at);
		send_to(fd, &to, out, len);
	}
}

static void
usage(void)
{
	fputs("usage: forge [-i IF] [-a SOURCE] [-g GROUP] [-t SECONDS] "
	    "[-s SEED]\n"
	    "             [-S SSRC] [-Q SEQ] [-T TIMESTAMP]\n"
	    "             list NAME TITLE | rtp GROUP:PORT | "
	    "noise GROUP:PORT |\n"
	    "             hold PORT | query VERSION\n", stderr);
	exit(EX_USAGE);
}

static void
set(struct options *opt, int option, const char *arg)
{
	static const char letters[] = "tsSQT";
	int64_t *const numbers[] = { &opt->seconds, &opt->seed, &opt->ssrc,
	    &opt->seq, &opt->ts };
	const char *p = strchr(letters, option);
	struct addr a;
	char why[80];

	if (p != NULL) {
		if (num_parse(arg, 0, UINT32_MAX, numbers[p - letters], why,
		    sizeof(why)) == -1)
			errx(EX_USAGE, "-%c %s: expected %s", option, arg,
			    why);
	} else if (option == 'i') {
		if (iface_by_name(&opt->iface, arg) == -1)
			errx(EX_UNAVAILABLE, "%s: no such interface", arg);
	} else if (option == 'a' || option == 'g') {
		if (addr_parse(&a, arg, PORTS_LIST) == -1)
			errx(EX_USAGE, "-%c %s: no address", option, arg);
		if (option == 'g')
			opt->group = a;
		else
			opt->from = a.u.in.sin_addr;
	} else
		usage();
}

int
main(int argc, char **argv)
{
	struct options opt = { .seconds = 5, .seed = 1, .ssrc = -1,
	    .seq = -1, .ts = -1 };
	const char *verb;
	int c;

	iface_loopback(&opt.iface);
	addr_parse(&opt.group, PORTS_GROUP_DEFAULT, PORTS_LIST);
	while ((c = getopt(argc, argv, "+i:a:g:t:s:S:Q:T:")) != -1)
		set(&opt, c, optarg);
	state = (uint32_t)opt.seed * 2654435769u | 1;
	argc -= optind;
	argv += optind;
	verb = argc > 1 ? argv[0] : "";
	if (argc == 3 && strcmp(verb, "list") == 0)
		forge_list(&opt, argv[1], argv[2]);
	else if (argc == 2 && strcmp(verb, "rtp") == 0)
		forge_rtp(&opt, argv[1]);
	else if (argc == 2 && strcmp(verb, "noise") == 0)
		forge_noise(&opt, argv[1]);
	else if (argc == 2 && strcmp(verb, "hold") == 0)
		hold_port(argv[1]);
	else if (argc == 2 && strcmp(verb, "query") == 0)
		forge_query(&opt, argv[1]);
	else
		usage();
	return 0;
}
