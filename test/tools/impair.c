/* SPDX-License-Identifier: ISC */
/*
 * impair: a bad cable.  Sits between two interfaces and forwards what comes
 * in on one out of the other, both ways; UDP to IPv4 multicast groups from
 * the first to the second suffers, everything else passes as it is.  Groups,
 * ports and senders stay the same, so no program notices that it is there.
 *
 *	impair -a IFACE -b IFACE [-s SEED] [-p LOW-HIGH] [-w FIRST-LAST]
 *	    [-t SECONDS] [-l PERCENT] [-n LEAST[-MOST]] [-r PERCENT[,MS]]
 *	    [-d PERCENT[,MS]] [-j MS] [-D MS]
 *
 *	-l	so many packets are lost ...
 *	-n	... in bursts of so many in a row (1)
 *	-r	so many are held back, each for up to MS (20): others overtake
 *	-d	so many come twice, the second up to MS later (0)
 *	-j	each is late by 0 to MS; the order of a stream stays
 *	-D	all are late by MS
 *	-p	only packets to these UDP ports suffer (all)
 *	-w	only these of each stream suffer, its first is 1 (all)
 *
 * What happens to a packet is a pure function of the seed, its group and port
 * and its RTP sequence number, counted from the first of the stream (without
 * RTP: its number in the stream), never of time or of other packets: the same
 * stream meets the same fate again.  Loss is the share of packets, whatever
 * the length of bursts.
 *
 * Both interfaces should belong to a namespace of its own without addresses
 * in it, else that host answers as well.  Says "ready" on stderr; ends after
 * -t seconds or on SIGTERM, SIGINT, and then prints what it did: a JSON object
 * for all ("stream": "all"), and one for each stream of MPEG audio with the
 * packets and audio frames that it lost.  (The kernels of containers seldom
 * have netem.)
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/num.h"
#include "wire/mpa.h"
#include "wire/payload_mpa.h"
#include "wire/rtp.h"

#define FRAME_MAX	(65536 + 64)	/* segments that are not yet cut */
#define SLOT_SIZE	2048		/* of those that are kept */
#define SLOTS		16384
#define STREAMS		8192		/* a power of two */
#define BURST_MAX	64
#define RCVBUF		(16 << 20)

/* What one packet's number is hashed with, for each question. */
enum question { Q_LOSS = 1, Q_BURST, Q_HOLD, Q_HOLD_MS, Q_TWICE, Q_TWICE_MS,
	Q_JITTER };

static struct {
	const char *a, *b;
	int64_t seed, seconds;
	int64_t low, high;	/* ports that suffer */
	int64_t first, last;	/* packets of a stream that suffer */
	double lost, held, twice;	/* shares, 0 to 1 */
	int64_t burst_least, burst_most;
	int64_t held_ns, twice_ns, jitter_ns, delay_ns;
	double burst_begins;	/* share of packets at which a burst begins */
} opt = { .seed = 1, .high = 65535, .last = UINT32_MAX,
	.burst_least = 1, .burst_most = 1, .held_ns = 20 * NS_PER_MS };

struct stream {
	uint64_t key;		/* group and port; 0: free */
	uint32_t count;		/* packets that came in */
	uint16_t seq;		/* of the first */
	uint32_t lost, audio_lost;	/* packets; MPEG audio frames */
	int is_audio;
	int64_t newest;		/* of those sent, the highest number */
	int64_t last_ns;	/* the last in order leaves */
	int was_lost;		/* the one before: counts bursts */
};

/* A packet that waits. */
struct slot {
	int64_t due_ns;		/* CLOCK_MONOTONIC */
	uint64_t order;		/* of coming in: ties keep it */
	struct stream *stream;
	uint32_t number;	/* in its stream */
	int is_copy;
	struct virtio_net_hdr head;	/* checksum still to be made, e.g. */
	size_t len;
	uint8_t frame[SLOT_SIZE];
};

struct side {
	int fd;
	const char *name;
};

static struct {
	unsigned long frames;	/* that could suffer */
	unsigned long lost, bursts, held, reordered, duplicated, sent;
	unsigned long transparent;	/* both ways */
	unsigned long overflow;	/* no slot was free: lost, too */
	unsigned long failed;	/* could not be sent */
	double delay_ms;	/* sum, of those sent */
	double delay_most_ms;
	double overslept_ms;	/* sent so long after its time, at most */
} count;

static struct stream streams[STREAMS];
static struct slot *slots;
static struct slot *waiting[SLOTS];	/* by due_ns, the last is the next */
static struct slot *spare[SLOTS];
static size_t nwaiting, nspare;
static uint64_t order;
static volatile sig_atomic_t is_ended;

static void
on_signal(int sig)
{
	(void)sig;
	is_ended = 1;
}

/*
 * Fate.
 */

static uint64_t
mix(uint64_t x)
{
	x ^= x >> 30;
	x *= UINT64_C(0xbf58476d1ce4e5b9);
	x ^= x >> 27;
	x *= UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

/* An even share of [0, 1) for a packet and a question. */
static double
share(uint64_t key, uint32_t number, enum question q)
{
	uint64_t x = mix((uint64_t)opt.seed + UINT64_C(0x9e3779b97f4a7c15));

	x = mix(x ^ key);
	x = mix(x ^ ((uint64_t)number << 8 | q));
	return (double)(x >> 11) / 9007199254740992.0;	/* 2^53 */
}

static int64_t
burst_length(uint64_t key, uint32_t number)
{
	return opt.burst_least + (int64_t)((double)(opt.burst_most -
	    opt.burst_least + 1) * share(key, number, Q_BURST));
}

/* It is lost if a burst that begins with it, or shortly before, covers it. */
static int
is_lost(uint64_t key, uint32_t number)
{
	uint32_t back;

	if (opt.burst_begins <= 0)
		return 0;
	for (back = 0; back < (uint32_t)opt.burst_most; back++)
		if (share(key, number - back, Q_LOSS) < opt.burst_begins &&
		    burst_length(key, number - back) > back)
			return 1;
	return 0;
}

/* The share of packets that are lost if bursts begin at that share. */
static double
loss_of(double begins)
{
	double kept = 1, longer, n = (double)(opt.burst_most -
	    opt.burst_least + 1);
	int64_t back;

	for (back = 0; back < opt.burst_most; back++) {
		longer = back < opt.burst_least ? 1 :
		    (double)(opt.burst_most - back) / n;
		kept *= 1 - begins * longer;
	}
	return 1 - kept;
}

static double
find_burst_begins(void)
{
	double low = 0, high = 1, mid;
	int i;

	for (i = 0; i < 60; i++) {
		mid = (low + high) / 2;
		if (loss_of(mid) < opt.lost)
			low = mid;
		else
			high = mid;
	}
	return opt.lost > 0 ? high : 0;
}

/*
 * Packets that wait.
 */

static int
is_before(const struct slot *a, const struct slot *b)
{
	return a->due_ns != b->due_ns ? a->due_ns < b->due_ns :
	    a->order < b->order;
}

/* Most are the last to go, or nearly so: their place is near the front. */
static void
wait_push(struct slot *s)
{
	size_t i = 0;

	while (i < nwaiting && is_before(s, waiting[i]))
		i++;
	memmove(&waiting[i + 1], &waiting[i],
	    (nwaiting - i) * sizeof(waiting[0]));
	waiting[i] = s;
	nwaiting++;
}

/* The next to go; NULL: none waits. */
static struct slot *
wait_first(void)
{
	return nwaiting > 0 ? waiting[nwaiting - 1] : NULL;
}

/*
 * Packets.
 */

/* What there is to know of a packet that may suffer. */
struct packet {
	uint64_t key;
	int seq;		/* -1: no RTP */
	int audio;		/* frames that begin in it; -1: no MPEG audio */
};

static int
count_audio(const struct rtp *rtp, const uint8_t *payload, size_t n)
{
	const uint8_t *p;
	uint16_t offset;
	struct mpa m;
	int frames = 0;
	size_t at = 0;

	if (rtp->type != RTP_PT_MPA ||
	    payload_mpa_decode(payload, n, &offset, &p, &n) == -1)
		return -1;
	while (offset == 0 && n - at >= MPA_HEADER_SIZE &&
	    mpa_decode(&m, p + at) == 0) {
		frames++;
		if (m.length == 0 || m.length > n - at)
			break;
		at += m.length;
	}
	return frames;
}

/* 1; 0: it never suffers. */
static int
classify(const uint8_t *frame, size_t len, struct packet *p)
{
	const uint8_t *payload;
	unsigned header, fragment;
	struct rtp rtp;
	uint32_t group;
	uint16_t port;
	size_t n;
	struct rd r;

	rd_init(&r, frame, len);
	rd_bytes(&r, 12);
	if (rd_u16(&r) != ETH_P_IP)
		return 0;
	header = (rd_u8(&r) & 15) * 4U;
	rd_bytes(&r, 5);
	fragment = rd_u16(&r) & 0x3fff;
	rd_bytes(&r, 1);
	if (rd_u8(&r) != IPPROTO_UDP || fragment != 0 || header < 20)
		return 0;
	rd_bytes(&r, 6);
	group = rd_u32(&r);
	rd_bytes(&r, header - 20 + 2);
	port = rd_u16(&r);
	rd_bytes(&r, 4);
	if (r.bad || group >> 28 != 14 || port < opt.low || port > opt.high)
		return 0;
	p->key = (uint64_t)group << 16 | port;
	p->seq = p->audio = -1;
	/* Not RTCP: RFC 5761 section 4. */
	if (rd_left(&r) >= RTP_HEADER_SIZE && r.p[1] - 192U > 31 &&
	    rtp_decode(&rtp, r.p, rd_left(&r), &payload, &n) == 0) {
		p->seq = rtp.seq;
		p->audio = count_audio(&rtp, payload, n);
	}
	return 1;
}

/* NULL: the table is full. */
static struct stream *
find_stream(const struct packet *p)
{
	size_t i, h = (size_t)mix(p->key);

	for (i = 0; i < STREAMS; i++, h++) {
		h &= STREAMS - 1;
		if (streams[h].key == 0) {
			streams[h].key = p->key;
			streams[h].newest = -1;
			streams[h].seq = (uint16_t)p->seq;
			streams[h].is_audio = p->audio >= 0;
		}
		if (streams[h].key == p->key)
			return &streams[h];
	}
	return NULL;
}

static void
send_frame(const struct side *to, const struct virtio_net_hdr *head,
    const uint8_t *frame, size_t len)
{
	struct virtio_net_hdr h = *head;
	struct iovec iov[2] = {
		{ .iov_base = &h, .iov_len = sizeof(h) },
		{ .iov_base = (void *)(uintptr_t)frame, .iov_len = len }
	};

	if (writev(to->fd, iov, 2) == -1)
		count.failed++;
}

static void
queue_copy(struct stream *st, const struct virtio_net_hdr *head,
    const uint8_t *frame, size_t len, int64_t due_ns, int is_copy)
{
	struct slot *s;

	if (nspare == 0) {
		count.overflow++;
		return;
	}
	s = spare[--nspare];
	s->due_ns = due_ns;
	s->order = order++;
	s->stream = st;
	s->number = st->count;
	s->is_copy = is_copy;
	s->head = *head;
	s->len = len;
	memcpy(s->frame, frame, len);
	wait_push(s);
}

static void
lose(struct stream *st, const struct packet *p)
{
	count.lost++;
	count.bursts += !st->was_lost;
	st->was_lost = 1;
	st->lost++;
	st->audio_lost += p->audio > 0 ? (uint32_t)p->audio : 0;
}

/* Decide and queue. */
static void
suffer(struct stream *st, const struct packet *p,
    const struct virtio_net_hdr *head, const uint8_t *frame, size_t len,
    int64_t now)
{
	uint64_t key = st->key;
	uint32_t number = p->seq >= 0 ? (uint16_t)(p->seq - st->seq) :
	    st->count;
	int64_t due = now;

	st->count++;
	if (st->count < opt.first || st->count > opt.last) {
		queue_copy(st, head, frame, len, now > st->last_ns ? now :
		    st->last_ns, 0);
		return;
	}
	count.frames++;
	if (is_lost(key, number)) {
		lose(st, p);
		return;
	}
	st->was_lost = 0;
	due += opt.delay_ns + (int64_t)((double)opt.jitter_ns *
	    share(key, number, Q_JITTER));
	if (due < st->last_ns)
		due = st->last_ns;
	if (share(key, number, Q_HOLD) < opt.held) {
		count.held++;
		due += (int64_t)((double)opt.held_ns *
		    share(key, number, Q_HOLD_MS));
	} else
		st->last_ns = due;
	count.delay_ms += (double)(due - now) / 1e6;
	if ((double)(due - now) / 1e6 > count.delay_most_ms)
		count.delay_most_ms = (double)(due - now) / 1e6;
	queue_copy(st, head, frame, len, due, 0);
	if (share(key, number, Q_TWICE) < opt.twice) {
		count.duplicated++;
		queue_copy(st, head, frame, len, due +
		    (int64_t)((double)opt.twice_ns *
		    share(key, number, Q_TWICE_MS)), 1);
	}
}

/* Send what is due by then. */
static void
release(const struct side *to, int64_t until)
{
	int64_t now = clock_mono_ns();
	struct slot *s;
	double over;

	while ((s = wait_first()) != NULL && s->due_ns <= until) {
		nwaiting--;
		over = (double)(now - s->due_ns) / 1e6;
		if (over > count.overslept_ms)
			count.overslept_ms = over;
		if (s->number > s->stream->newest)
			s->stream->newest = s->number;
		else if (!s->is_copy)
			count.reordered++;
		send_frame(to, &s->head, s->frame, s->len);
		count.sent++;
		spare[nspare++] = s;
	}
}

/* All that has come in on from; may_suffer: it is the bad direction. */
static void
forward(const struct side *from, const struct side *to, int may_suffer)
{
	static uint8_t frame[FRAME_MAX];
	struct virtio_net_hdr head;
	struct iovec iov[2] = {
		{ .iov_base = &head, .iov_len = sizeof(head) },
		{ .iov_base = frame, .iov_len = sizeof(frame) }
	};
	struct packet packet;
	struct stream *st;
	ssize_t n;
	size_t len;

	while ((n = readv(from->fd, iov, 2)) > (ssize_t)sizeof(head)) {
		len = (size_t)n - sizeof(head);
		if (may_suffer && len <= SLOT_SIZE &&
		    classify(frame, len, &packet) &&
		    (st = find_stream(&packet)) != NULL) {
			suffer(st, &packet, &head, frame, len,
			    clock_mono_ns());
			continue;
		}
		count.transparent++;
		send_frame(to, &head, frame, len);
	}
	if (n == -1 && errno != EAGAIN && errno != EINTR && errno != ENETDOWN)
		err(EX_OSERR, "%s", from->name);
}

static void
open_side(struct side *s, const char *name)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET };
	struct packet_mreq all = { .mr_type = PACKET_MR_PROMISC };
	int one = 1, size = RCVBUF;

	s->name = name;
	if ((to.sll_ifindex = (int)if_nametoindex(name)) == 0)
		err(EX_UNAVAILABLE, "interface %s", name);
	all.mr_ifindex = to.sll_ifindex;
	s->fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s->fd == -1)
		err(EX_NOPERM, "packet socket");
	/* Without the header a checksum that was left to the hardware would
	 * never be made, and the frame be thrown away as damaged. */
	if (setsockopt(s->fd, SOL_PACKET, PACKET_VNET_HDR, &one,
	    sizeof(one)) == -1 || setsockopt(s->fd, SOL_PACKET,
	    PACKET_IGNORE_OUTGOING, &one, sizeof(one)) == -1 ||
	    setsockopt(s->fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all,
	    sizeof(all)) == -1)
		err(EX_OSERR, "%s: packet socket", name);
	if (setsockopt(s->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size,
	    sizeof(size)) == -1)
		setsockopt(s->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	to.sll_protocol = htons(ETH_P_ALL);
	if (bind(s->fd, (struct sockaddr *)&to, sizeof(to)) == -1)
		err(EX_OSERR, "%s", name);
}

/* Frames that the kernel had no room for. */
static unsigned
missed(const struct side *s)
{
	struct tpacket_stats stats;
	socklen_t len = sizeof(stats);

	return getsockopt(s->fd, SOL_PACKET, PACKET_STATISTICS, &stats,
	    &len) == 0 ? stats.tp_drops : 0;
}

static void
run(struct side *a, struct side *b)
{
	int64_t now = clock_mono_ns(), wait, end = opt.seconds > 0 ?
	    now + opt.seconds * NS_PER_S : INT64_MAX;
	struct pollfd pfd[2] = { { .fd = a->fd, .events = POLLIN },
	    { .fd = b->fd, .events = POLLIN } };
	const struct slot *next;
	struct timespec ts;
	sigset_t none;

	sigemptyset(&none);
	while (!is_ended && (now = clock_mono_ns()) < end) {
		wait = end - now < NS_PER_S ? end - now : NS_PER_S;
		if ((next = wait_first()) != NULL && next->due_ns - now < wait)
			wait = next->due_ns - now;
		if (wait < 0)
			wait = 0;
		ts.tv_sec = wait / NS_PER_S;
		ts.tv_nsec = wait % NS_PER_S;
		if (ppoll(pfd, 2, &ts, &none) == -1 && errno != EINTR)
			err(EX_OSERR, "poll");
		forward(a, b, 1);
		forward(b, a, 0);
		release(b, clock_mono_ns());
	}
	release(b, INT64_MAX);
}

static void
report_streams(void)
{
	char group[INET_ADDRSTRLEN];
	const struct stream *st;
	struct in_addr in;

	for (st = streams; st < streams + STREAMS; st++) {
		if (!st->is_audio)
			continue;
		in.s_addr = htonl((uint32_t)(st->key >> 16));
		printf("{\"stream\": \"%s:%u\", \"frames\": %u, \"lost\": %u, "
		    "\"audio_frames_lost\": %u}\n",
		    inet_ntop(AF_INET, &in, group, sizeof(group)),
		    (unsigned)(st->key & 0xffff), st->count, st->lost,
		    st->audio_lost);
	}
}

static void
report(const struct side *a, const struct side *b, double seconds)
{
	unsigned long kept = count.frames - count.lost;

	printf("{\"stream\": \"all\", \"seconds\": %.3f, \"frames\": %lu, "
	    "\"lost\": %lu, \"bursts\": %lu, \"held\": %lu, "
	    "\"reordered\": %lu, \"duplicated\": %lu, \"sent\": %lu, ",
	    seconds, count.frames, count.lost, count.bursts, count.held,
	    count.reordered, count.duplicated, count.sent);
	printf("\"delay_mean_ms\": %.3f, \"delay_max_ms\": %.3f, "
	    "\"overslept_ms\": %.3f, \"transparent\": %lu, "
	    "\"overflow\": %lu, \"failed\": %lu, \"missed\": %u}\n",
	    kept > 0 ? count.delay_ms / (double)kept : 0,
	    count.delay_most_ms, count.overslept_ms, count.transparent,
	    count.overflow, count.failed, missed(a) + missed(b));
}

/*
 * Options.
 */

static _Noreturn void
usage(void)
{
	fputs("usage: impair -a IFACE -b IFACE [-s SEED] [-p LOW-HIGH] "
	    "[-w FIRST-LAST]\n\t[-t SECONDS] [-l PERCENT] [-n LEAST[-MOST]] "
	    "[-r PERCENT[,MS]] [-d PERCENT[,MS]]\n\t[-j MS] [-D MS]\n",
	    stderr);
	exit(EX_USAGE);
}

static int64_t
integer(const char *text, int64_t min, int64_t max)
{
	char why[80];
	int64_t n;

	if (num_parse(text, min, max, &n, why, sizeof(why)) == -1)
		errx(EX_USAGE, "%s: not %s", text, why);
	return n;
}

/* LOW-HIGH, or one number for both. */
static void
set_range(char *text, int64_t min, int64_t max, int64_t *low, int64_t *high)
{
	char *dash = strchr(text, '-');

	if (dash != NULL)
		*dash = '\0';
	*low = integer(text, min, max);
	*high = dash != NULL ? integer(dash + 1, *low, max) : *low;
}

/* PERCENT, or PERCENT,MS. */
static double
set_share(char *text, int64_t *ns)
{
	char *comma = strchr(text, ','), *end;
	double percent;

	if (comma != NULL && ns == NULL)
		usage();
	if (comma != NULL) {
		*comma = '\0';
		*ns = integer(comma + 1, 0, 10000) * NS_PER_MS;
	}
	percent = strtod(text, &end);
	if (end == text || *end != '\0' || !(percent >= 0 && percent <= 100))
		errx(EX_USAGE, "%s: not a percentage", text);
	return percent / 100;
}

static void
set_option(int c)
{
	switch (c) {
	case 'a':
		opt.a = optarg;
		break;
	case 'b':
		opt.b = optarg;
		break;
	case 's':
		opt.seed = integer(optarg, 0, INT64_MAX);
		break;
	case 't':
		opt.seconds = integer(optarg, 1, 86400);
		break;
	case 'p':
		set_range(optarg, 0, 65535, &opt.low, &opt.high);
		break;
	case 'w':
		set_range(optarg, 0, UINT32_MAX, &opt.first, &opt.last);
		break;
	case 'n':
		set_range(optarg, 1, BURST_MAX, &opt.burst_least,
		    &opt.burst_most);
		break;
	case 'l':
		opt.lost = set_share(optarg, NULL);
		break;
	case 'r':
		opt.held = set_share(optarg, &opt.held_ns);
		break;
	case 'd':
		opt.twice = set_share(optarg, &opt.twice_ns);
		break;
	case 'j':
		opt.jitter_ns = integer(optarg, 0, 10000) * NS_PER_MS;
		break;
	case 'D':
		opt.delay_ns = integer(optarg, 0, 10000) * NS_PER_MS;
		break;
	default:
		usage();
	}
}

/* Signals reach us only while we wait, so none is overlooked. */
static void
set_signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
}

int
main(int argc, char **argv)
{
	struct side a, b;
	int64_t begun;
	int c;

	while ((c = getopt(argc, argv, "a:b:s:t:p:w:l:n:r:d:j:D:")) != -1)
		set_option(c);
	if (optind != argc || opt.a == NULL || opt.b == NULL)
		usage();
	opt.burst_begins = find_burst_begins();
	slots = xcalloc(SLOTS, sizeof(*slots));
	while (nspare < SLOTS) {
		spare[nspare] = &slots[nspare];
		nspare++;
	}
	set_signals();
	prctl(PR_SET_TIMERSLACK, 1UL);
	open_side(&a, opt.a);
	open_side(&b, opt.b);
	fputs("ready\n", stderr);
	begun = clock_mono_ns();
	run(&a, &b);
	report(&a, &b, (double)(clock_mono_ns() - begun) / 1e9);
	report_streams();
	return 0;
}
