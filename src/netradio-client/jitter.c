/* SPDX-License-Identifier: ISC */
#include "jitter.h"

#include <string.h>

#include "base/clock.h"

#define WAIT_MIN_NS	(25 * NS_PER_MS)	/* for a hole, at least */
#define WINDOW_NS	(3 * NS_PER_S)	/* of the smallest transit */
#define SLEW_DIVISOR	100		/* the line moves 1 % of time at most */
#define EARLY_MAX_NS	(250 * NS_PER_MS) /* ahead of the line: not ours */
#define LATE_MAX_NS	(10 * NS_PER_S)	/* behind the line: not ours */
#define AHEAD_MAX	16		/* sequence numbers ahead: a jump */
#define AGREE_SEQ	8		/* what is "in a row" for a rival */
#define AGREE_NS	(200 * NS_PER_MS)
#define QUIET_NS	(200 * NS_PER_MS) /* the stream seems to be over */
#define ALL_LATE_NS	(500 * NS_PER_MS)
#define OUTAGE_MAX_NS	(60 * NS_PER_S)	/* then no more silence is made */
#define MARGIN_NS	(10 * NS_PER_MS) /* before the taker runs dry */
#define STALL_NS	(2 * NS_PER_S)	/* it is we who slept */
#define OVERDUE_MAX_NS	NS_PER_S	/* more than takers have room for */
#define SEQ_START	65536		/* so that none is negative */
#define TS_START	(INT64_C(1) << 32)

/* What is known of a sequence number. */
enum seen { SEEN_NOT, SEEN_RECEIVED, SEEN_LOST };

static int64_t
ticks_to_ns(int64_t ticks)
{
	return ticks / 9 * 100000 + ticks % 9 * 100000 / 9;
}

static int64_t
ticks_of_ns(int64_t ns)
{
	return ns / 100000 * 9 + ns % 100000 * 9 / 100000;
}

int64_t
jitter_lead_ns(const struct jitter *j)
{
	int64_t delay = j->hold_ns + j->lead_ns - j->short_ns;

	return delay < j->lead_ns ? delay : j->lead_ns;
}

static int64_t
due_ns(const struct jitter *j, int64_t ts)
{
	int64_t delay = j->hold_ns + j->lead_ns - j->short_ns;

	return ticks_to_ns(ts) + j->base_ns + delay - jitter_lead_ns(j);
}

static uint8_t *
seen_at(struct jitter *j, int64_t seq)
{
	return &j->seen[(uint64_t)seq & (JITTER_HISTORY - 1)];
}

void
jitter_init(struct jitter *j, int64_t hold_ns, int64_t lead_ns)
{
	memset(j, 0, sizeof(*j));
	j->hold_ns = hold_ns;
	j->lead_ns = lead_ns;
	j->heard_ns = INT64_MIN;
	jitter_reset(j);
}

void
jitter_hurry(struct jitter *j)
{
	j->hurries = 1;
	jitter_reset(j);
}

/* Forget all but the rivals. */
static void
forget_stream(struct jitter *j)
{
	unsigned i;

	if (j->is_primed && j->want_ts != INT64_MIN)
		j->heard_ns = due_ns(j, j->want_ts) + jitter_lead_ns(j);
	j->is_full = !j->hurries;
	j->short_ns = j->hurries ? j->hold_ns + j->lead_ns : 0;
	j->has_stream = j->is_primed = 0;
	j->trial = 0;
	j->is_given_up = j->is_dry = 0;
	j->not_before_ns = j->want_ts = INT64_MIN;
	j->late_since_ns = 0;
	j->step = 0;
	j->n = 0;
	for (i = 0; i < JITTER_POOL; i++)
		j->spare[i] = (uint16_t)i;
	memset(j->seen, SEEN_NOT, sizeof(j->seen));
}

void
jitter_reset(struct jitter *j)
{
	unsigned i;

	forget_stream(j);
	for (i = 0; i < JITTER_RIVALS; i++)
		j->rival[i].n = 0;
}

void
jitter_dropped(struct jitter *j, int64_t ns)
{
	if (j->heard_ns != INT64_MIN)
		j->heard_ns -= ns;
}

/* While the delay is short, what changes it is made up for, too. */
static void
set_short(struct jitter *j, int64_t ns)
{
	int64_t most = j->hold_ns + j->lead_ns;

	j->short_ns = ns < 0 ? 0 : ns > most ? most : ns;
}

int
jitter_is_short(struct jitter *j, int64_t frame_ns)
{
	if (j->is_primed && j->short_ns <= frame_ns / 2)
		j->is_full = 1;
	return !j->is_full;
}

void
jitter_grow(struct jitter *j, int64_t ns)
{
	set_short(j, j->short_ns - ns);
}

int64_t
jitter_ahead_ns(const struct jitter *j, int64_t now)
{
	return due_ns(j, j->want_ts) - now;
}

/*
 * The clock.
 */

static void
clock_reset(struct jitter *j, int64_t base_ns, int64_t now)
{
	j->base_ns = j->min_ns[0] = j->min_ns[1] = base_ns;
	j->window_ns = j->slewed_ns = now;
	j->late_since_ns = 0;
}

/* Another packet had this transit. */
static void
clock_take(struct jitter *j, int64_t transit, int64_t now)
{
	if (now - j->window_ns >= WINDOW_NS) {
		j->min_ns[1] = j->min_ns[0];
		j->min_ns[0] = transit;
		j->window_ns = now;
	}
	if (transit < j->min_ns[0])
		j->min_ns[0] = transit;
}

/* Move base towards the smallest transit; slowly once sound is out. */
static void
clock_slew(struct jitter *j, int64_t now)
{
	int64_t target, room, by;

	target = j->min_ns[0] < j->min_ns[1] ? j->min_ns[0] : j->min_ns[1];
	by = target - j->base_ns;
	room = (now - j->slewed_ns) / SLEW_DIVISOR;
	if (j->is_primed) {
		by = by > room ? room : by;
		by = by < -room ? -room : by;
	}
	j->base_ns += by;
	if (j->is_primed && !j->is_full)
		set_short(j, j->short_ns + by);
	j->slewed_ns = now;
}

/* RFC 3550 appendix A.8, in nanoseconds. */
static void
clock_jitter(struct jitter *j, int64_t transit)
{
	int64_t d = transit - j->transit_ns;

	if (d < 0)
		d = -d;
	/* A mended line, not the network: it would stay for seconds. */
	if (d < NS_PER_S)
		j->jitter_ns += (d - j->jitter_ns) / 16;
	j->transit_ns = transit;
}

/*
 * The packets held, in order of their sequence numbers.
 */

static struct jitter_packet *
held(struct jitter *j, unsigned i)
{
	return &j->pool[j->order[i]];
}

static struct jitter_packet *
hold(struct jitter *j, int64_t seq)
{
	unsigned at = j->n;
	uint16_t slot;

	if (j->n == JITTER_POOL)
		return NULL;
	slot = j->spare[JITTER_POOL - 1 - j->n];
	/* From the end: nearly always it is the newest. */
	while (at > 0 && held(j, at - 1)->seq > seq)
		at--;
	memmove(&j->order[at + 1], &j->order[at],
	    (j->n - at) * sizeof(j->order[0]));
	j->order[at] = slot;
	j->n++;
	return &j->pool[slot];
}

static struct jitter_packet *
release_first(struct jitter *j)
{
	uint16_t slot = j->order[0];

	j->n--;
	memmove(&j->order[0], &j->order[1], j->n * sizeof(j->order[0]));
	j->spare[JITTER_POOL - 1 - j->n] = slot;
	return &j->pool[slot];
}

/* Sequence numbers up to seq are now within reach. */
static void
advance(struct jitter *j, int64_t seq, uint16_t raw, int64_t ts,
    uint32_t rtp_ts)
{
	int64_t i;

	if (seq == j->highest + 1 && ts > j->line_ts)
		j->step = ts - j->line_ts;
	i = seq - j->highest > JITTER_HISTORY ? seq - JITTER_HISTORY + 1 :
	    j->highest + 1;
	for (; i <= seq; i++)
		*seen_at(j, i) = SEEN_NOT;
	j->highest = seq;
	j->highest_raw = raw;
	j->line_ts = ts;
	j->line_raw = rtp_ts;
}

/* Take a packet that has its place. */
static enum jitter_verdict
place(struct jitter *j, int64_t seq, int64_t ts, const struct rtp *h,
    const uint8_t *payload, size_t len, int64_t now)
{
	struct jitter_packet *p;
	uint8_t *seen = seen_at(j, seq);
	int64_t transit = now - ticks_to_ns(ts);

	if (seq > j->highest)
		advance(j, seq, h->seq, ts, h->ts);
	else if (*seen == SEEN_RECEIVED) {
		j->counts.duplicated++;
		return JITTER_DUPLICATE;
	} else if (!j->is_primed || seq >= j->next_seq)
		j->counts.reordered++;
	clock_jitter(j, transit);
	clock_take(j, transit, now);
	j->last_ns = now;
	if (j->is_primed && seq < j->next_seq) {
		j->counts.late++;
		if (*seen == SEEN_LOST && j->counts.lost > 0)
			j->counts.lost--;
		*seen = SEEN_RECEIVED;
		return JITTER_LATE;
	}
	if ((p = hold(j, seq)) == NULL) {
		j->counts.overflow++;
		return JITTER_REFUSED;
	}
	*seen = SEEN_RECEIVED;
	p->seq = seq;
	p->ts = ts;
	p->rtp_ts = h->ts;
	p->marker = h->marker != 0;
	p->len = (uint16_t)len;
	memcpy(p->data, payload, len);
	return JITTER_TAKEN;
}

/*
 * Streams that are not believed yet.
 */

static int
rival_agrees(const struct jitter_rival *r, const struct rtp *h, int64_t now,
    int64_t *transit)
{
	const struct jitter_packet *last;
	int16_t d;

	if (r->n == 0 || r->ssrc != h->ssrc || now - r->last_ns > NS_PER_S)
		return 0;
	last = &r->packet[r->n - 1];
	d = rtp_seq_diff(h->seq, r->seq[r->n - 1]);
	*transit = r->transit_ns + (now - r->last_ns) -
	    ticks_to_ns(rtp_ts_diff(h->ts, last->rtp_ts));
	return d > 0 && d <= AGREE_SEQ &&
	    rtp_ts_diff(h->ts, last->rtp_ts) >= 0 &&
	    *transit - r->transit_ns < AGREE_NS &&
	    *transit - r->transit_ns > -AGREE_NS;
}

/* The rival whom this packet supports; or the stalest, begun anew. */
static struct jitter_rival *
rival_take(struct jitter *j, const struct rtp *h, const uint8_t *payload,
    size_t len, int64_t now)
{
	struct jitter_rival *r, *found = NULL, *stalest = &j->rival[0];
	struct jitter_packet *p;
	int64_t transit = 0;

	for (r = j->rival; r < j->rival + JITTER_RIVALS; r++) {
		if (found == NULL && rival_agrees(r, h, now, &transit))
			found = r;
		if (stalest->n > 0 && (r->n == 0 ||
		    r->last_ns < stalest->last_ns))
			stalest = r;
	}
	if (found == NULL) {
		found = stalest;
		found->n = 0;
		found->ssrc = h->ssrc;
		transit = 0;
	} else if (found->n == JITTER_AGREE) {
		found->n--;
		memmove(&found->packet[0], &found->packet[1],
		    found->n * sizeof(found->packet[0]));
		memmove(&found->arrival_ns[0], &found->arrival_ns[1],
		    found->n * sizeof(found->arrival_ns[0]));
		memmove(&found->seq[0], &found->seq[1],
		    found->n * sizeof(found->seq[0]));
	}
	p = &found->packet[found->n];
	p->rtp_ts = h->ts;
	p->marker = h->marker != 0;
	p->len = (uint16_t)len;
	memcpy(p->data, payload, len);
	found->seq[found->n] = h->seq;
	found->arrival_ns[found->n] = now;
	found->transit_ns = transit;
	found->last_ns = now;
	found->n++;
	return found;
}

/* Where a timestamp would be on the line as it is. */
static int64_t
line_of(const struct jitter *j, uint32_t rtp_ts)
{
	return j->line_ts + rtp_ts_diff(rtp_ts, j->line_raw);
}

static int
line_fits(const struct jitter *j, int64_t ts, int64_t now)
{
	int64_t off = now - ticks_to_ns(ts) - j->base_ns;

	return off >= -EARLY_MAX_NS && off <= LATE_MAX_NS;
}

/* Begin or mend the line so that the rival's first packet is on it. */
static void
rival_splice(struct jitter *j, const struct jitter_rival *r)
{
	int64_t ts;

	j->highest_raw = (uint16_t)(r->seq[0] - 1);
	j->line_raw = r->packet[0].rtp_ts;
	if (!j->has_stream) {
		j->highest = SEQ_START;
		j->line_ts = TS_START;
		j->transit_ns = r->arrival_ns[0] - ticks_to_ns(TS_START);
		clock_reset(j, j->transit_ns, r->arrival_ns[0]);
		return;
	}
	ts = ticks_of_ns(r->arrival_ns[0] - j->base_ns);
	/* The past is over, whatever the clock says. */
	if (ts < j->want_ts)
		ts = j->want_ts;
	if (j->n > 0 && ts < held(j, j->n - 1)->ts + j->step)
		ts = held(j, j->n - 1)->ts + j->step;
	j->line_ts = ts;
	clock_reset(j, j->base_ns, r->arrival_ns[0]);
	j->counts.spliced++;
}

/* The rival is the stream from now on. */
static enum jitter_verdict
rival_believe(struct jitter *j, struct jitter_rival *r)
{
	struct rtp h = { .ssrc = r->ssrc };
	unsigned i;
	int ahead;

	ahead = j->has_stream && r->ssrc == j->ssrc &&
	    rtp_seq_diff(r->seq[0], j->highest_raw) > 0 &&
	    line_of(j, r->packet[0].rtp_ts) >= j->line_ts;
	for (i = 0; i < r->n && ahead; i++)
		ahead = line_fits(j, line_of(j, r->packet[i].rtp_ts),
		    r->arrival_ns[i]);
	if (!ahead)
		rival_splice(j, r);
	j->has_stream = 1;
	j->ssrc = r->ssrc;
	for (i = 0; i < r->n; i++) {
		h.seq = r->seq[i];
		h.ts = r->packet[i].rtp_ts;
		h.marker = r->packet[i].marker;
		place(j, j->highest + (uint16_t)(h.seq - j->highest_raw),
		    line_of(j, h.ts), &h, r->packet[i].data,
		    r->packet[i].len, r->arrival_ns[i]);
	}
	r->n = 0;
	return JITTER_TAKEN;
}

enum jitter_verdict
jitter_push(struct jitter *j, const struct rtp *h, const uint8_t *payload,
    size_t len, int64_t now)
{
	struct jitter_rival *r;
	int64_t ts;
	int ahead;

	if (len > JITTER_PAYLOAD_MAX)
		return JITTER_REFUSED;
	if (j->has_stream && h->ssrc == j->ssrc) {
		ahead = rtp_seq_diff(h->seq, j->highest_raw);
		ts = line_of(j, h->ts);
		if (ahead <= AHEAD_MAX && ahead > -JITTER_HISTORY &&
		    (ahead <= 0 || ts >= j->line_ts) &&
		    line_fits(j, ts, now)) {
			if (j->trial > 0 && ahead > 0)
				j->trial = (j->trial + 1) % JITTER_AGREE;
			return place(j, j->highest + ahead, ts, h, payload,
			    len, now);
		}
	}
	r = rival_take(j, h, payload, len, now);
	if (j->hurries && !j->has_stream && r->n < JITTER_AGREE) {
		j->trial = r->n;
		return rival_believe(j, r);
	}
	if (r->n < JITTER_AGREE || (j->has_stream && j->trial == 0 &&
	    now - j->last_ns < QUIET_NS))
		return JITTER_ASIDE;
	if (j->trial > 0)
		forget_stream(j);
	return rival_believe(j, r);
}

/*
 * What is to be done now.
 */

static int64_t
patience_ns(const struct jitter *j)
{
	int64_t wait = 3 * j->jitter_ns;

	if (wait < WAIT_MIN_NS)
		wait = WAIT_MIN_NS;
	return wait < jitter_lead_ns(j) ? wait : jitter_lead_ns(j);
}

/*
 * Count what is missing before p.  A server that went on after a restart
 * or a stall has moved its numbers on purpose: it marks the packet, and its
 * time has not moved by as many packets.
 */
static void
count_lost(struct jitter *j, const struct jitter_packet *p)
{
	int64_t missing = p->seq - j->next_seq, fit, i;

	j->missing = 0;
	if (missing <= 0 || p->marker)
		return;
	if (missing > AHEAD_MAX && j->step > 0) {
		fit = (p->ts - j->given_ts) / j->step;
		missing = fit < missing ? fit : missing;
	}
	if (missing <= 0)
		return;
	j->counts.lost += (uint64_t)missing;
	j->missing = missing;
	i = missing > JITTER_HISTORY / 2 ? p->seq - JITTER_HISTORY / 2 :
	    p->seq - missing;
	for (; i < p->seq; i++)
		*seen_at(j, i) = SEEN_LOST;
}

void
jitter_excuse(struct jitter *j)
{
	int64_t i, n = j->missing;

	j->counts.lost -= (uint64_t)n < j->counts.lost ? (uint64_t)n :
	    j->counts.lost;
	n = n < JITTER_HISTORY / 2 ? n : JITTER_HISTORY / 2;
	/* One that comes after all is not found again. */
	for (i = j->next_seq - 1 - n; i < j->next_seq - 1; i++)
		if (*seen_at(j, i) == SEEN_LOST)
			*seen_at(j, i) = SEEN_NOT;
	j->missing = 0;
}

static enum jitter_next
give(struct jitter *j, const struct jitter_packet **packet)
{
	struct jitter_packet *p = release_first(j);

	p->is_first = !j->is_primed;
	p->has_gap = j->is_primed && p->seq != j->next_seq;
	if (p->has_gap)
		count_lost(j, p);
	j->is_primed = 1;
	j->next_seq = p->seq + 1;
	j->given_ts = p->ts;
	j->is_given_up = j->is_dry = 0;
	*packet = p;
	return JITTER_PACKET;
}

/* In a hurry: it leaves now, and is heard when what the taker still has is
 * over. */
static void
start_short(struct jitter *j, const struct jitter_packet *p, int64_t now)
{
	int64_t heard = j->heard_ns > now ? j->heard_ns : now;

	j->ready_ns = heard - now;
	set_short(j, j->hold_ns + j->lead_ns -
	    (heard - ticks_to_ns(p->ts) - j->base_ns));
}

/* Nothing has left yet: the first one waits for the whole delay. */
static enum jitter_next
next_first(struct jitter *j, int64_t now, const struct jitter_packet **packet,
    int64_t *wake)
{
	int64_t at;

	/* Packets that lay in the kernel while we slept are past. */
	while (j->n > 1 && due_ns(j, held(j, 1)->ts) + jitter_lead_ns(j) <
	    now - EARLY_MAX_NS)
		release_first(j);
	if (j->n == 0) {
		*wake = INT64_MAX;
		return JITTER_WAIT;
	}
	at = due_ns(j, held(j, 0)->ts) + jitter_lead_ns(j);
	if (j->hurries)
		start_short(j, held(j, 0), now);
	else if (now < at) {
		*wake = at;
		return JITTER_WAIT;
	}
	return give(j, packet);
}

/* Nothing is there, but there is delay to be made up: silence at the last
 * moment, which is before a decoder wants the header of its next frame. */
static enum jitter_next
next_pause(struct jitter *j, int64_t want_ts, int64_t frame_ns, int64_t now,
    int64_t *wake)
{
	int64_t at = jitter_lead_ns(j) - frame_ns - MARGIN_NS;

	at = due_ns(j, want_ts) + (at > 0 ? at : 0);
	if (now < at) {
		*wake = at;
		return JITTER_WAIT;
	}
	if (!j->is_dry)
		j->counts.gaps++;
	j->is_dry = 1;
	return JITTER_PAUSE;
}

/* want_ts is not there, and will not be waited for after at. */
static enum jitter_next
next_silence(struct jitter *j, int64_t at, int64_t now, int64_t *wake)
{
	if (now < at) {
		*wake = at;
		return JITTER_WAIT;
	}
	if (now - at > STALL_NS ||
	    (j->n == 0 && now - j->last_ns > OUTAGE_MAX_NS)) {
		jitter_reset(j);
		return JITTER_END;
	}
	if (j->n == 0 && !j->is_dry) {
		j->is_dry = 1;
		j->counts.gaps++;
	}
	j->is_given_up = 1;
	return JITTER_SILENCE;
}

enum jitter_next
jitter_next(struct jitter *j, int64_t want_ts, uint32_t frame, int64_t now,
    const struct jitter_packet **packet, int64_t *wake)
{
	const struct jitter_packet *p;
	int64_t at;

	*wake = INT64_MAX;
	if (!j->has_stream)
		return JITTER_WAIT;
	clock_slew(j, now);
	if (!j->is_primed)
		return next_first(j, now, packet, wake);
	j->want_ts = want_ts;
	if (now < j->not_before_ns) {
		*wake = j->not_before_ns;
		return JITTER_WAIT;
	}
	if (j->n == 0 && jitter_is_short(j, ticks_to_ns(frame)) &&
	    now - j->last_ns < STALL_NS)
		return next_pause(j, want_ts, ticks_to_ns(frame), now, wake);
	if (j->n == 0)
		return next_silence(j, due_ns(j, want_ts) + patience_ns(j),
		    now, wake);
	p = held(j, 0);
	if (p->ts > want_ts + frame / 2)
		/* Time is missing; perhaps packets are, too. */
		return next_silence(j, due_ns(j, want_ts) +
		    (p->seq != j->next_seq ? patience_ns(j) : 0), now, wake);
	if (j->hurries && p->ts >= want_ts &&
	    now - due_ns(j, want_ts) > OVERDUE_MAX_NS) {
		/* We slept.  Of what was due meanwhile the oldest would be
		 * kept, and all that follows heard so much later. */
		j->counts.gaps++;
		jitter_reset(j);
		return JITTER_END;
	}
	at = due_ns(j, p->ts);
	if (p->seq != j->next_seq && !j->is_given_up && !p->marker)
		at += patience_ns(j);
	if (now < at) {
		*wake = at;
		return JITTER_WAIT;
	}
	return give(j, packet);
}

void
jitter_used(struct jitter *j, int is_late, int64_t now)
{
	int64_t by;
	unsigned i;

	if (!is_late) {
		j->late_since_ns = 0;
		return;
	}
	j->counts.late++;
	if (j->late_since_ns == 0) {
		j->late_since_ns = now;
		j->late_min_ns = j->transit_ns;
	}
	if (j->transit_ns < j->late_min_ns)
		j->late_min_ns = j->transit_ns;
	if (now - j->late_since_ns < ALL_LATE_NS)
		return;
	by = ticks_of_ns(j->late_min_ns - j->base_ns);
	if (by <= 0) {
		j->late_since_ns = 0;
		return;
	}
	j->line_ts += by;
	for (i = 0; i < j->n; i++)
		held(j, i)->ts += by;
	j->transit_ns -= ticks_to_ns(by);
	clock_reset(j, j->base_ns, now);
	j->counts.spliced++;
}

void
jitter_prime(struct jitter *j, int64_t now)
{
	j->not_before_ns = now + jitter_lead_ns(j);
	j->heard_ns = INT64_MIN;
}
