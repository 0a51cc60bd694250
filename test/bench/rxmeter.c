/* SPDX-License-Identifier: ISC */
/*
 * rxmeter: how well RTP streams keep time, as they arrive on an interface.
 *
 *	rxmeter -i IFACE [-n STREAMS] [-w SECONDS] [-t SECONDS] [-x SECONDS]
 *	    [-r MIB] [-jv] NAME=NETWORK/BITS...
 *
 * Every NAME is a set of streams by their groups, e.g. ours=239.255.64.0/18.
 * It waits until STREAMS streams of the first set were heard (at most -x
 * seconds), then -w seconds more, says "measuring" on stderr, measures for -t
 * seconds (0: until SIGTERM or SIGINT) and prints a row for each set, or with
 * -j one JSON object a line; -v adds a row for each stream.
 *
 *	rate     how far arrivals run away from media time, ppm; > 0: too fast.
 *	         The mean of the set and the stream that is furthest off
 *	late     arrival - media time - their minimum in that stream, ms
 *	peak     bytes in the fullest 10 ms over the mean of all 10 ms
 *	off      worst error of an RTP timestamp, in ticks of 90 kHz, against
 *	         the play time of the frames before it
 *	lost, dup, reord
 *	big      datagrams that came in fragments or are longer than 1472
 *
 * The program list (port 1989) gets a row of its own: its bit rate, and how
 * long it took until it was heard whole.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/text.h"
#include "capture.h"
#include "stream.h"
#include "wire/plist.h"
#include "wire/ports.h"
#include "wire/rtp.h"

#define SETS_MAX	8
#define STREAMS_MAX	32768
#define SLOTS		(2 * STREAMS_MAX)	/* a power of two */
#define WINDOW_NS	(10 * NS_PER_MS)
#define LINGER_NS	(100 * NS_PER_MS)	/* the last block comes late */
#define SECONDS_MAX	86400

/* A packet's deviation: kept, for the minimum is known at the end only. */
struct sample {
	uint32_t stream;	/* index */
	int32_t deviation;	/* in units of 100 ns */
};

struct set {
	char name[32];
	uint32_t net, mask;	/* host order */
	unsigned heard;		/* streams of it, measured or not */
	unsigned measured;	/* streams of it */
	int64_t first_ns;	/* its first stream was heard first */
	int64_t last_ns;	/* its last one */
	uint64_t big;		/* fragments, and datagrams beyond the limit */
	uint64_t oddities;	/* UDP that is no RTP */
	uint32_t *windows;	/* bytes in each 10 ms */
	struct sample *samples;
	size_t nsamples, samples_cap;

	/* Result, summed over its streams. */
	uint64_t packets, bytes, lost, duplicates, reordered, jumps, odd;
	double rate_mean, rate_worst;	/* ppm */
	double off_ticks;
	double late50, late99, late100;	/* ms */
	double peak;
};

struct meter {
	struct capture *capture;
	struct set sets[SETS_MAX];
	unsigned nsets;
	struct stream *streams;
	unsigned nstreams;
	uint16_t *slots;	/* index + 1 by hash of group and port */
	int64_t begin_ns;	/* CLOCK_REALTIME; INT64_MAX: not yet */
	int64_t end_ns;		/* INT64_MAX: until a signal */
	size_t nwindows;

	struct {
		uint64_t bytes;		/* with IP header */
		uint64_t datagrams;
		unsigned channels;	/* the head's number */
		unsigned heard;		/* entries, different ones */
		int64_t whole_ns;	/* all entries were heard; 0: not */
		uint8_t seen[PORTS_CHANNEL_MAX + 1];
	} list;
};

struct options {
	const char *iface;
	int64_t streams, settle_s, seconds, patience_s, ring_mib;
	int json, verbose;
};

static volatile sig_atomic_t is_ended;

static void
on_signal(int sig)
{
	(void)sig;
	is_ended = 1;
}

/* The stream of that group and port; NULL: it is in none of the sets. */
static struct stream *
find_stream(struct meter *m, const struct datagram *d)
{
	uint32_t h = (d->group ^ (uint32_t)d->port << 16) * 2654435761U >> 16;
	struct stream *s;
	unsigned i;

	for (;; h++) {
		h &= SLOTS - 1;
		if (m->slots[h] == 0)
			break;
		s = &m->streams[m->slots[h] - 1];
		if (s->group == d->group && s->port == d->port)
			return s;
	}
	for (i = 0; i < m->nsets; i++)
		if ((d->group & m->sets[i].mask) == m->sets[i].net)
			break;
	if (i == m->nsets || m->nstreams == STREAMS_MAX)
		return NULL;
	s = &m->streams[m->nstreams++];
	m->slots[h] = (uint16_t)m->nstreams;
	stream_init(s, d->group, d->port);
	s->of = i;
	return s;
}

/* Only what carries RTP is a stream: 1 if this one is. */
static int
hear(struct set *set, struct stream *s, const struct datagram *d)
{
	if (s->first_ns != 0)
		return 1;
	if (!stream_is_rtp(d->data, d->len))
		return 0;
	s->first_ns = d->at_ns;
	if (set->heard++ == 0)
		set->first_ns = d->at_ns;
	set->last_ns = d->at_ns;
	return 1;
}

static void
keep_sample(struct set *set, const struct stream *s, const struct meter *m,
    int64_t deviation_ns)
{
	if (mem_grow((void **)&set->samples, &set->samples_cap,
	    set->nsamples + 1, sizeof(*set->samples)) == -1)
		err(EX_OSERR, "samples");
	set->samples[set->nsamples].stream = (uint32_t)(s - m->streams);
	set->samples[set->nsamples++].deviation =
	    (int32_t)(deviation_ns / 100);
}

static void
take_list(struct meter *m, const struct datagram *d)
{
	static struct plist_entry entry;
	static struct plist_head head;
	struct plist_stamp stamp;
	struct rd r;

	m->list.datagrams++;
	m->list.bytes += d->ip_len;
	rd_init(&r, d->data, d->len);
	if (plist_open(&r, &stamp) == -1)
		return;
	if (stamp.kind == PLIST_KIND_HEAD) {
		if (plist_get_head(&r, &head) == 0)
			m->list.channels = head.channels;
	} else
		while (plist_get_entry(&r, &entry) == 1) {
			m->list.heard += !m->list.seen[entry.channel];
			m->list.seen[entry.channel] = 1;
		}
	if (m->list.whole_ns == 0 && m->list.channels > 0 &&
	    m->list.heard >= m->list.channels)
		m->list.whole_ns = d->at_ns;
}

static void
take(struct meter *m, const struct datagram *d)
{
	int is_time = d->at_ns >= m->begin_ns && d->at_ns < m->end_ns;
	int64_t deviation_ns;
	struct stream *s;
	struct set *set;
	size_t window;

	if (d->port == PORTS_LIST && !d->is_fragment) {
		if (is_time)
			take_list(m, d);
		return;
	}
	if ((s = find_stream(m, d)) == NULL)
		return;
	set = &m->sets[s->of];
	if (is_time && (d->is_fragment || d->len > RTP_PACKET_MAX ||
	    d->ip_len > capture_mtu(m->capture)))
		set->big++;
	if (d->is_fragment || !hear(set, s, d) || !is_time)
		return;
	switch (stream_take(s, d->at_ns, d->ip_len, d->data, d->len,
	    &deviation_ns)) {
	case 1:
		keep_sample(set, s, m, deviation_ns);
		break;
	case -1:
		set->oddities++;
	}
	window = (size_t)((d->at_ns - m->begin_ns) / WINDOW_NS);
	if (window < m->nwindows)
		set->windows[window] += d->ip_len;
}

/*
 * Results.
 */

static int
compare_int64(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void
settle_lateness(const struct meter *m, struct set *set)
{
	int64_t *late;
	size_t i, n = set->nsamples;

	if (n == 0)
		return;
	late = xmalloc(n * sizeof(*late));
	for (i = 0; i < n; i++)
		late[i] = set->samples[i].deviation * (int64_t)100 -
		    m->streams[set->samples[i].stream].least_ns;
	qsort(late, n, sizeof(*late), compare_int64);
	set->late50 = (double)late[n / 2] / 1e6;
	set->late99 = (double)late[n - 1 - n / 100] / 1e6;
	set->late100 = (double)late[n - 1] / 1e6;
	free(late);
}

static void
settle_peak(const struct meter *m, struct set *set)
{
	uint64_t sum = 0;
	uint32_t most = 0;
	size_t i, n;

	/* The last window may have been cut. */
	n = (size_t)((m->end_ns - m->begin_ns) / WINDOW_NS);
	if (n > m->nwindows)
		n = m->nwindows;
	for (i = 0; i < n; i++) {
		sum += set->windows[i];
		if (set->windows[i] > most)
			most = set->windows[i];
	}
	if (sum > 0)
		set->peak = (double)most * (double)n / (double)sum;
}

static void
add_stream(struct set *set, const struct stream *s)
{
	double ppm = stream_rate_ppm(s);

	set->measured++;
	set->packets += s->packets;
	set->bytes += s->bytes;
	set->lost += stream_lost(s);
	set->duplicates += s->duplicates;
	set->reordered += s->reordered;
	set->jumps += s->jumps + s->restarts;
	set->odd += s->odd_frames;
	set->rate_mean += ppm;
	if (fabs(ppm) > fabs(set->rate_worst))
		set->rate_worst = ppm;
	if (s->off_ticks > set->off_ticks)
		set->off_ticks = s->off_ticks;
}

static void
settle(struct meter *m)
{
	unsigned i;

	for (i = 0; i < m->nstreams; i++)
		if (m->streams[i].is_measured)
			add_stream(&m->sets[m->streams[i].of],
			    &m->streams[i]);
	for (i = 0; i < m->nsets; i++) {
		if (m->sets[i].measured > 0)
			m->sets[i].rate_mean /= m->sets[i].measured;
		settle_lateness(m, &m->sets[i]);
		settle_peak(m, &m->sets[i]);
	}
}

static void
print_sets(const struct meter *m)
{
	const struct set *s;
	unsigned i;

	printf("%-10s %7s %8s %8s %8s %8s %8s %6s %6s %5s %5s %5s %5s\n",
	    "streams", "packets", "rate", "worst", "late p50", "p99", "max",
	    "peak", "off", "lost", "dup", "reord", "big");
	for (i = 0; i < m->nsets; i++) {
		s = &m->sets[i];
		printf("%-4.4s %5u %7llu %8.2f %8.2f %8.3f %8.3f %8.3f %6.1f "
		    "%6.2f %5llu %5llu %5llu %5llu\n", s->name, s->measured,
		    (unsigned long long)s->packets, s->rate_mean,
		    s->rate_worst, s->late50, s->late99, s->late100, s->peak,
		    s->off_ticks, (unsigned long long)s->lost,
		    (unsigned long long)s->duplicates,
		    (unsigned long long)s->reordered,
		    (unsigned long long)s->big);
	}
}

static double
seconds_of(int64_t ns)
{
	return (double)ns / (double)NS_PER_S;
}

static double
list_bps(const struct meter *m)
{
	return (double)m->list.bytes * 8 / seconds_of(m->end_ns - m->begin_ns);
}

/* For somebody who tunes in when measuring begins; -1: not heard whole. */
static double
list_whole_s(const struct meter *m)
{
	return m->list.whole_ns == 0 ? -1 :
	    seconds_of(m->list.whole_ns - m->begin_ns);
}

static void
print_streams(const struct meter *m)
{
	char text[INET_ADDRSTRLEN];
	const struct stream *s;
	struct in_addr a;
	unsigned i;

	for (i = 0; i < m->nstreams; i++) {
		s = &m->streams[i];
		if (!s->is_measured)
			continue;
		a.s_addr = htonl(s->group);
		printf("%s:%u pt %u packets %llu rate %.2f off %.2f lost %llu "
		    "dup %llu reord %llu jumps %llu\n", inet_ntop(AF_INET, &a,
		    text, sizeof(text)), s->port, s->type,
		    (unsigned long long)s->packets, stream_rate_ppm(s),
		    s->off_ticks, (unsigned long long)stream_lost(s),
		    (unsigned long long)s->duplicates,
		    (unsigned long long)s->reordered,
		    (unsigned long long)(s->jumps + s->restarts));
	}
}

static void
print_set_json(const struct meter *m, const struct set *s)
{
	printf("{\"name\": \"%s\", \"seconds\": %.3f, \"streams\": %u, "
	    "\"packets\": %llu, \"bytes\": %llu, "
	    "\"first_s\": %.6f, \"last_s\": %.6f, "
	    "\"rate_ppm\": %.3f, \"rate_worst_ppm\": %.3f, "
	    "\"late_p50_ms\": %.4f, \"late_p99_ms\": %.4f, "
	    "\"late_max_ms\": %.4f, \"peak\": %.2f, \"off_ticks\": %.3f, "
	    "\"lost\": %llu, \"duplicates\": %llu, \"reordered\": %llu, "
	    "\"jumps\": %llu, \"big\": %llu, \"odd_frames\": %llu, "
	    "\"odd_datagrams\": %llu, \"ring_dropped\": %lu}\n",
	    s->name, seconds_of(m->end_ns - m->begin_ns), s->measured,
	    (unsigned long long)s->packets, (unsigned long long)s->bytes,
	    seconds_of(s->first_ns), seconds_of(s->last_ns), s->rate_mean,
	    s->rate_worst, s->late50, s->late99, s->late100, s->peak,
	    s->off_ticks, (unsigned long long)s->lost,
	    (unsigned long long)s->duplicates,
	    (unsigned long long)s->reordered, (unsigned long long)s->jumps,
	    (unsigned long long)s->big, (unsigned long long)s->odd,
	    (unsigned long long)s->oddities, capture_dropped(m->capture));
}

static void
print_all(const struct meter *m, const struct options *o)
{
	unsigned i;

	if (o->json) {
		for (i = 0; i < m->nsets; i++)
			print_set_json(m, &m->sets[i]);
		printf("{\"name\": \"list\", \"channels\": %u, \"heard\": %u, "
		    "\"bps\": %.0f, \"whole_s\": %.3f}\n", m->list.channels,
		    m->list.heard, list_bps(m), list_whole_s(m));
	} else {
		print_sets(m);
		if (m->list.datagrams > 0)
			printf("list: %u of %u channels, %.1f kbit/s, whole "
			    "after %.2f s\n", m->list.heard, m->list.channels,
			    list_bps(m) / 1000, list_whole_s(m));
		if (capture_dropped(m->capture) > 0)
			printf("the meter itself missed %lu datagrams\n",
			    capture_dropped(m->capture));
	}
	if (o->verbose)
		print_streams(m);
}

/*
 * The run.
 */

static void
take_pending(struct meter *m, int timeout_ms)
{
	struct datagram d;
	int n;

	while ((n = capture_next(m->capture, timeout_ms, &d)) == 1) {
		take(m, &d);
		if (d.at_ns > m->end_ns)
			break;
	}
	if (n == -1)
		err(EX_OSERR, "capture");
}

/* Until so many streams of the first set are there: 0, or -1: not in time. */
static int
await_streams(struct meter *m, const struct options *o)
{
	int64_t deadline = clock_mono_ns() + o->patience_s * NS_PER_S;
	struct datagram d;

	while (m->sets[0].heard < o->streams && !is_ended) {
		if (clock_mono_ns() > deadline)
			return -1;
		if (capture_next(m->capture, 50, &d) == 1)
			take(m, &d);
	}
	return 0;
}

static void
measure(struct meter *m, const struct options *o)
{
	int64_t now = clock_real_ns();
	unsigned i;

	m->nwindows = (size_t)((o->seconds > 0 ? o->seconds : 600) *
	    (NS_PER_S / WINDOW_NS));
	for (i = 0; i < m->nsets; i++)
		m->sets[i].windows = xcalloc(m->nwindows,
		    sizeof(*m->sets[i].windows));
	m->begin_ns = now + o->settle_s * NS_PER_S;
	m->end_ns = o->seconds > 0 ? m->begin_ns + o->seconds * NS_PER_S :
	    INT64_MAX;
	while (!is_ended && clock_real_ns() < m->begin_ns)
		take_pending(m, 10);
	fputs("measuring\n", stderr);
	while (!is_ended && clock_real_ns() < m->end_ns)
		take_pending(m, 20);
	now = clock_real_ns();
	if (now < m->end_ns)
		m->end_ns = now;
	while (clock_real_ns() < now + LINGER_NS)
		take_pending(m, 20);
}

static _Noreturn void
usage(void)
{
	fputs("usage: rxmeter -i IFACE [-n STREAMS] [-w SECONDS] "
	    "[-t SECONDS]\n\t[-x SECONDS] [-r MIB] [-jv] "
	    "NAME=NETWORK/BITS...\n", stderr);
	exit(EX_USAGE);
}

static int64_t
number(int opt, int64_t max)
{
	char why[80];
	int64_t n;

	if (num_parse(optarg, 0, max, &n, why, sizeof(why)) == -1)
		errx(EX_USAGE, "-%c %s: not %s", opt, optarg, why);
	return n;
}

/* NAME=NETWORK/BITS */
static void
add_set(struct meter *m, const char *text)
{
	struct set *s = &m->sets[m->nsets++];
	const char *eq = strchr(text, '='), *slash = strchr(text, '/');
	char net[INET_ADDRSTRLEN], why[80];
	struct in_addr a;
	int64_t bits = 0;

	if (eq == NULL || slash == NULL || slash < eq ||
	    (size_t)(eq - text) >= sizeof(s->name) ||
	    (size_t)(slash - eq) > sizeof(net))
		usage();
	memcpy(s->name, text, (size_t)(eq - text));
	memcpy(net, eq + 1, (size_t)(slash - eq - 1));
	net[slash - eq - 1] = '\0';
	if (inet_pton(AF_INET, net, &a) != 1 || num_parse(slash + 1, 1, 32,
	    &bits, why, sizeof(why)) == -1)
		usage();
	s->mask = UINT32_MAX << (32 - bits);
	s->net = ntohl(a.s_addr) & s->mask;
}

static void
parse_options(struct meter *m, struct options *o, int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "i:n:w:t:x:r:jv")) != -1)
		switch (c) {
		case 'i':
			o->iface = optarg;
			break;
		case 'n':
			o->streams = number(c, STREAMS_MAX);
			break;
		case 'w':
			o->settle_s = number(c, SECONDS_MAX);
			break;
		case 't':
			o->seconds = number(c, SECONDS_MAX);
			break;
		case 'x':
			o->patience_s = number(c, SECONDS_MAX);
			break;
		case 'r':
			o->ring_mib = number(c, 4096);
			break;
		case 'j':
			o->json = 1;
			break;
		case 'v':
			o->verbose = 1;
			break;
		default:
			usage();
		}
	if (o->iface == NULL || argc == optind || argc - optind > SETS_MAX)
		usage();
	for (; optind < argc; optind++)
		add_set(m, argv[optind]);
}

int
main(int argc, char **argv)
{
	static struct meter m = {
		.begin_ns = INT64_MAX, .end_ns = INT64_MAX
	};
	struct options o = { .seconds = 10, .patience_s = 30, .ring_mib = 32 };
	struct sigaction sa = { .sa_handler = on_signal };

	parse_options(&m, &o, argc, argv);
	m.streams = xcalloc(STREAMS_MAX, sizeof(*m.streams));
	m.slots = xcalloc(SLOTS, sizeof(*m.slots));
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	m.capture = capture_open(o.iface, (unsigned)o.ring_mib);
	fputs("ready\n", stderr);
	if (await_streams(&m, &o) == -1)
		errx(EX_UNAVAILABLE, "only %u of %lld streams of %s within "
		    "%lld s", m.sets[0].heard, (long long)o.streams,
		    m.sets[0].name, (long long)o.patience_s);
	measure(&m, &o);
	settle(&m);
	print_all(&m, &o);
	capture_close(m.capture);
	return 0;
}
