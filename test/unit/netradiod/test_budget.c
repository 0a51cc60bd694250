/* SPDX-License-Identifier: ISC */
#include "budget.h"

#include "library.h"
#include "tap.h"

static struct media_facts
facts(unsigned layer, const char *version, uint32_t rate)
{
	struct media_facts f;

	memset(&f, 0, sizeof(f));
	f.layer = layer;
	snprintf(f.mpeg_version, sizeof(f.mpeg_version), "%s", version);
	f.rate = rate;
	return f;
}

static void
test_limit(void)
{
	is(budget_limit(5000, 1000000000, 1), 5000, "a value of its own");
	is(budget_limit(-1, 1000000000, 0), 300000000, "30 % of the link");
	is(budget_limit(-1, 0, 0), 30000000, "30 Mbit/s if not known");
	ok(budget_limit(-1, 0, 1) == INT64_MAX, "none on loopback");
	ok(budget_limit(INT64_MAX, 10, 0) == INT64_MAX, "off");
}

static void
test_rate(void)
{
	struct media_facts f = facts(3, "1", 44100);

	/* 418-byte frames, 3 in a packet: 44 bytes each 78.37 ms. */
	is(budget_of_track(&f, 128000), 128000 + 44 * 8 * 44100 / 3456,
	    "MPEG-1 layer III, three frames a packet by time");
	/* 1045-byte frames: one fits. */
	is(budget_of_track(&f, 320000), 320000 + 44 * 8 * 44100 / 1152,
	    "320 kbit/s: one frame a packet by size");
	f = facts(3, "2.5", 8000);
	/* 72 ms a frame: one. */
	is(budget_of_track(&f, 8000), 8000 + 44 * 8 * 8000 / 576,
	    "MPEG-2.5, 8 kHz: one frame a packet by time");
	f = facts(2, "1", 32000);
	/* 1728-byte frames: two packets each. */
	is(budget_of_track(&f, 384000), 384000 + 2 * 44 * 8 * 32000 / 1152,
	    "layer II, 384 kbit/s: two packets a frame");
	is(budget_of_track(&f, 0), 0, "nothing");
	f.sound = MEDIA_PCM;
	f.rate = 48000;
	f.channels = 2;
	/* 342 samples of four bytes. */
	is(budget_of_track(&f, 2304000), 1536000 + 44 * 8 * 48000 / 342,
	    "PCM: as it is sent, not as it stands in the file");
	f.rate = 8000;
	f.channels = 1;
	is(budget_of_track(&f, 0), 128000 + 44 * 8 * 8000 / 160,
	    "in packets of 20 ms");
	f.sound = MEDIA_AAC;
	f.rate = 44100;
	f.samples = 1024;
	is(budget_of_track(&f, 96000), 96000 + 44 * 8 * 44100 / 3072,
	    "AAC: three access units a packet");
}

static void
make_list(struct playlist *p, struct track *t, uint32_t bitrate)
{
	memset(t, 0, sizeof(*t));
	memset(p, 0, sizeof(*p));
	t->facts = facts(3, "1", 44100);
	t->bitrate = bitrate;
	p->tracks = t;
	p->ntracks = p->nplayable = 1;
}

static struct library l;
static unsigned char on[3];

static int64_t
apply(int64_t limit)
{
	return budget_apply(&l, limit, NULL, NULL, on);
}

/* The second channel goes to somebody else as well. */
static unsigned
copies(const void *arg, unsigned channel)
{
	(void)arg;
	return channel == 2 ? 2 : 1;
}

static void
test_apply(void)
{
	struct track tracks[3], two[2];
	struct playlist lists[3], both;
	struct channel_def defs[3];
	int64_t r0, r1, r2;
	static char problem[] = "broken";

	memset(&l, 0, sizeof(l));
	memset(defs, 0, sizeof(defs));
	make_list(&lists[0], &tracks[0], 128000);
	make_list(&lists[1], &tracks[1], 320000);
	make_list(&lists[2], &tracks[2], 64000);
	l.channels = defs;
	l.nchannels = 3;
	defs[0].list = &lists[0];
	defs[1].list = &lists[1];
	defs[2].list = &lists[2];
	r0 = budget_of_playlist(&lists[0]);
	r1 = budget_of_playlist(&lists[1]);
	r2 = budget_of_playlist(&lists[2]);
	ok(apply(INT64_MAX) == r0 + r1 + r2 && on[0] &&
	    on[1] && on[2], "no limit: all are on");
	ok(apply(r0 + r1 + r2) == r0 + r1 + r2 && on[2],
	    "exactly the limit fits");
	ok(apply(r0 + r1 + r2 - 1) == r0 + r1 && on[0] &&
	    on[1] && !on[2], "one bit less does not");
	ok(apply(r0 + r2) == r0 + r2 && on[0] && !on[1] &&
	    on[2], "one that does not fit leaves room for the next");
	ok(apply(0) == 0 && !on[0] && !on[1] && !on[2],
	    "nothing fits");
	make_list(&both, &two[0], 320000);
	make_list(&lists[0], &two[1], 64000);
	both.tracks = two;
	both.ntracks = 2;
	ok(budget_of_playlist(&both) == r1, "the highest of its tracks");
	two[0].facts.sound = MEDIA_AAC;
	two[0].facts.samples = 1024;
	ok(budget_of_playlist(&both) == r2 + budget_of_track(&two[0].facts,
	    320000), "of AAC, with the silence beside it");
	two[0].problem = problem;
	ok(budget_of_playlist(&both) == r2,
	    "one that cannot be played does not count");
	defs[0].number = 1;
	defs[1].number = 2;
	defs[2].number = 3;
	tracks[1].problem = NULL;
	make_list(&lists[1], &tracks[1], 320000);
	r0 = budget_of_playlist(&lists[0]);
	ok(budget_apply(&l, r0 + r1 + r2, copies, NULL, on) == r0 + r2 &&
	    !on[1], "what is sent twice counts twice");
	ok(budget_apply(&l, r0 + 2 * r1 + r2, copies, NULL, on) ==
	    r0 + 2 * r1 + r2 && on[1], "and is in the sum");
}

int
main(void)
{
	test_limit();
	test_rate();
	test_apply();
	return tap_end();
}
