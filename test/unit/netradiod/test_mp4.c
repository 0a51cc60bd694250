/* SPDX-License-Identifier: ISC */
/* MP4 files made box by box. */
#include "media.h"

#include "base/clock.h"

#include "made.h"
#include "tap.h"

#define RATE	44100
#define UNITS	200		/* access units in most files here */

/* What a file shall be; zero is what most are. */
struct movie {
	unsigned units;
	const uint8_t *config;		/* AudioSpecificConfig; NULL: LC */
	size_t config_len;
	unsigned object;		/* 0: 0x40 */
	const char *entry;		/* NULL: mp4a */
	int version;			/* of the sample entry */
	unsigned entry_rate, entry_channels;
	int is_co64, is_behind;		/* moov behind mdat */
	unsigned stz2;			/* bits */
	unsigned fixed;			/* size of all units */
	unsigned per_chunk;		/* 0: 7 */
	unsigned gap;			/* between chunks */
	unsigned last_ticks;		/* 0: as the others */
	const int32_t (*edits)[2];	/* duration in ms, time */
	unsigned nedits;
	int is_disabled;
	unsigned mdat_size;		/* 0: right, 1: 64 bits, 2: 0 */
	struct made *tags;		/* udta */
	int second;			/* 1: a track like it behind, with id 2;
					 * 2: in front, of AC-3 */
};

static struct media_tags tags;

static size_t
begin(struct made *f, const char *type)
{
	put_be(f, 0, 4);
	put(f, type, 4);
	return f->len - 8;
}

static void
end(struct made *f, size_t at)
{
	size_t size = f->len - at;

	f->p[at] = (uint8_t)(size >> 24);
	f->p[at + 1] = (uint8_t)(size >> 16);
	f->p[at + 2] = (uint8_t)(size >> 8);
	f->p[at + 3] = (uint8_t)size;
}

static unsigned
size_of(const struct movie *m, unsigned i)
{
	if (m->fixed != 0)
		return m->fixed;
	return m->stz2 == 4 ? 1 + i % 15 : 20 + i * 7 % 180;
}

/* One unit, that no other one is like. */
static void
put_unit(struct made *f, const struct movie *m, unsigned i)
{
	put_random(f, i + 1, size_of(m, i));
}

static void
put_esds(struct made *f, const struct movie *m)
{
	static const uint8_t lc[] = { 0x12, 0x10 };
	const uint8_t *config = m->config != NULL ? m->config : lc;
	size_t n = m->config != NULL ? m->config_len : sizeof(lc);
	size_t at = begin(f, "esds");

	put_be(f, 0, 4);
	put_be(f, 3, 1);
	put_be(f, (uint32_t)(3 + 5 + 13 + 2 + n), 1);
	put_be(f, 0, 3);
	/* Lengths may be written in four bytes. */
	put_be(f, 4, 1);
	put_be(f, 0x808080, 3);
	put_be(f, (uint32_t)(13 + 2 + n), 1);
	put_be(f, m->object != 0 ? m->object : 0x40, 1);
	put_be(f, 0x15, 1);
	put_fill(f, 0, 11);
	put_be(f, 5, 1);
	put_be(f, (uint32_t)n, 1);
	put(f, config, n);
	end(f, at);
}

static void
put_entry(struct made *f, const struct movie *m)
{
	size_t at = begin(f, m->entry != NULL ? m->entry : "mp4a"), wave;

	put_fill(f, 0, 6);
	put_be(f, 1, 2);
	put_be(f, (uint32_t)m->version, 2);
	put_fill(f, 0, 6);
	put_be(f, m->entry_channels != 0 ? m->entry_channels : 2, 2);
	put_be(f, 16, 2);
	put_be(f, 0, 4);
	put_be(f, m->entry_rate != 0 ? m->entry_rate : RATE, 2);
	put_be(f, 0, 2);
	if (m->version == 1) {
		put_be(f, 1024, 4);
		put_be(f, 0, 4);
		put_be(f, 0, 4);
		put_be(f, 2, 4);
		wave = begin(f, "wave");
		put_esds(f, m);
		end(f, wave);
	} else if (m->version == 0)
		put_esds(f, m);
	end(f, at);
}

static void
put_sizes(struct made *f, const struct movie *m)
{
	size_t at = begin(f, m->stz2 != 0 ? "stz2" : "stsz");
	unsigned i;

	put_be(f, 0, 4);
	put_be(f, m->stz2 != 0 ? m->stz2 : m->fixed, 4);
	put_be(f, m->units, 4);
	if (m->stz2 == 4)
		for (i = 0; i < m->units; i += 2)
			put_be(f, size_of(m, i) << 4 |
			    (i + 1 < m->units ? size_of(m, i + 1) : 0), 1);
	else if (m->fixed == 0)
		for (i = 0; i < m->units; i++)
			put_be(f, size_of(m, i), m->stz2 != 0 ?
			    (int)m->stz2 / 8 : 4);
	end(f, at);
}

static unsigned
per_chunk(const struct movie *m)
{
	return m->per_chunk != 0 ? m->per_chunk : 7;
}

static void
put_chunks(struct made *f, const struct movie *m, size_t media)
{
	unsigned n = per_chunk(m), chunks = (m->units + n - 1) / n, i, k;
	size_t at = begin(f, "stsc");

	put_be(f, 0, 4);
	put_be(f, m->units % n != 0 ? 2 : 1, 4);
	put_be(f, 1, 4);
	put_be(f, n, 4);
	put_be(f, 1, 4);
	if (m->units % n != 0) {
		put_be(f, chunks, 4);
		put_be(f, m->units % n, 4);
		put_be(f, 1, 4);
	}
	end(f, at);
	at = begin(f, m->is_co64 ? "co64" : "stco");
	put_be(f, 0, 4);
	put_be(f, chunks, 4);
	for (i = 0; i < chunks; i++) {
		if (m->is_co64)
			put_be(f, 0, 4);
		put_be(f, (uint32_t)media, 4);
		for (k = i * n; k < (i + 1) * n && k < m->units; k++)
			media += size_of(m, k);
		media += m->gap;
	}
	end(f, at);
}

static void
put_times(struct made *f, const struct movie *m)
{
	size_t at = begin(f, "stts");

	put_be(f, 0, 4);
	put_be(f, m->last_ticks != 0 ? 2 : 1, 4);
	put_be(f, m->units - (m->last_ticks != 0), 4);
	put_be(f, 1024, 4);
	if (m->last_ticks != 0) {
		put_be(f, 1, 4);
		put_be(f, m->last_ticks, 4);
	}
	end(f, at);
}

static void
put_edits(struct made *f, const struct movie *m)
{
	size_t edts = begin(f, "edts"), at = begin(f, "elst");
	unsigned i;

	put_be(f, 0, 4);
	put_be(f, m->nedits, 4);
	for (i = 0; i < m->nedits; i++) {
		put_be(f, (uint32_t)m->edits[i][0], 4);
		put_be(f, (uint32_t)m->edits[i][1], 4);
		put_be(f, 0x10000, 4);
	}
	end(f, at);
	end(f, edts);
}

static void
put_full(struct made *f, const char *type, uint32_t flags, unsigned at_12,
    size_t len)
{
	size_t at = begin(f, type);

	put_be(f, flags, 4);
	put_be(f, 0, 4);
	put_be(f, 0, 4);
	put_be(f, at_12, 4);
	put_fill(f, 0, len - 16);
	end(f, at);
}

static void
put_track(struct made *f, const struct movie *m, unsigned id, size_t media)
{
	size_t trak = begin(f, "trak"), mdia, minf, stbl, at;

	put_full(f, "tkhd", m->is_disabled ? 0 : 7, id, 84);
	if (m->nedits > 0)
		put_edits(f, m);
	mdia = begin(f, "mdia");
	put_full(f, "mdhd", 0, RATE, 24);
	at = begin(f, "hdlr");
	put_be(f, 0, 4);
	put_be(f, 0, 4);
	put_text(f, "soun");
	put_fill(f, 0, 13);
	end(f, at);
	minf = begin(f, "minf");
	stbl = begin(f, "stbl");
	at = begin(f, "stsd");
	put_be(f, 0, 4);
	put_be(f, 1, 4);
	put_entry(f, m);
	end(f, at);
	put_times(f, m);
	put_sizes(f, m);
	put_chunks(f, m, media);
	end(f, stbl);
	end(f, minf);
	end(f, mdia);
	end(f, trak);
}

static void
put_moov(struct made *f, const struct movie *m, size_t media)
{
	size_t moov = begin(f, "moov");
	struct movie other = *m;

	put_full(f, "mvhd", 0, 1000, 100);
	if (m->second == 2) {
		other.entry = "ac-3";
		other.is_disabled = 0;
		put_track(f, &other, 2, media);
	}
	put_track(f, m, 1, media);
	if (m->second == 1) {
		other.is_disabled = 0;
		other.entry_channels = 1;
		other.config = (const uint8_t *)"\x12\x08";
		other.config_len = 2;
		put_track(f, &other, 2, media);
	}
	if (m->tags != NULL)
		put_file(f, m->tags);
	end(f, moov);
}

static void
put_mdat(struct made *f, const struct movie *m)
{
	size_t at = begin(f, "mdat"), i;

	if (m->mdat_size == 1)
		put_fill(f, 0, 8);
	for (i = 0; i < m->units; i++) {
		put_unit(f, m, (unsigned)i);
		if (i % per_chunk(m) == per_chunk(m) - 1)
			put_fill(f, 0xaa, m->gap);
	}
	if (m->mdat_size == 0)
		end(f, at);
	if (m->mdat_size == 1) {
		size_t size = f->len - at;

		f->p[at + 3] = 1;
		for (i = 0; i < 8; i++)
			f->p[at + 8 + i] = (uint8_t)((uint64_t)size >>
			    (56 - 8 * i));
	}
}

static void
put_movie(struct made *f, const struct movie *m)
{
	struct made once = { 0 };
	size_t head = m->mdat_size == 1 ? 16 : 8, at = begin(f, "ftyp");

	put_text(f, "M4A ");
	put_be(f, 0, 4);
	end(f, at);
	if (m->is_behind) {
		at = f->len + head;
		put_mdat(f, m);
		put_moov(f, m, at);
		return;
	}
	put_moov(&once, m, 0);
	put_moov(f, m, f->len + once.len + head);
	put_mdat(f, m);
	made_free(&once);
}

/* Units first to last - 1. */
static void
put_units(struct made *f, const struct movie *m, unsigned first,
    unsigned last)
{
	for (; first < last; first++)
		put_unit(f, m, first);
}

static long
read_all(const struct made *file, struct made *got)
{
	const char *problem;
	struct media *m;
	struct frame f;
	long n = 0;

	got->len = 0;
	if ((m = media_open(made_fd(file), &problem)) == NULL)
		return -1;
	for (; media_next(m, &f) == 1; n++)
		put(got, f.data, f.len);
	media_close(m);
	return n;
}

static enum media_kind
facts_of(const struct made *file, struct media_facts *facts,
    const char **problem)
{
	int fd = made_fd(file);
	enum media_kind kind;

	kind = media_probe(fd, "x.m4a", "auto", facts, &tags, problem);
	if (kind == MEDIA_PLAYABLE)
		media_survey(fd, facts, NULL, NULL);
	close(fd);
	return kind;
}

static int
is_equal(const struct made *a, const struct made *b)
{
	return a->len == b->len && (a->len == 0 ||
	    memcmp(a->p, b->p, a->len) == 0);
}

/* The movie gives units first to last - 1, which are heard so long. */
static void
gives(const char *what, const struct movie *m, unsigned first, unsigned last,
    int64_t ticks)
{
	struct made file = { 0 }, want = { 0 }, got = { 0 };
	struct media_facts f;
	const char *problem;
	long n;

	put_movie(&file, m);
	put_units(&want, m, first, last);
	facts_of(&file, &f, &problem);
	n = read_all(&file, &got);
	if (!ok(n == (long)(last - first) && f.frames == n &&
	    is_equal(&got, &want) && f.duration == flick_of_samples(ticks,
	    RATE), "%s", what))
		printf("#   %ld frames, survey %lld, %lld ticks, %zu bytes of "
		    "%zu\n", n, (long long)f.frames,
		    (long long)(f.duration / (FLICK_HZ / RATE)), got.len,
		    want.len);
	made_free(&file);
	made_free(&want);
	made_free(&got);
}

static void
test_tables(void)
{
	static const struct {
		const char *what;
		struct movie m;
	} t[] = {
		{ "plain", { .units = UNITS } },
		{ "moov behind mdat", { .units = UNITS, .is_behind = 1 } },
		{ "co64", { .units = UNITS, .is_co64 = 1 } },
		{ "sizes of 16 bits", { .units = UNITS, .stz2 = 16 } },
		{ "sizes of 8 bits", { .units = UNITS, .stz2 = 8 } },
		{ "sizes of 4 bits", { .units = 201, .stz2 = 4 } },
		{ "all of one size", { .units = UNITS, .fixed = 33 } },
		{ "one chunk", { .units = UNITS, .per_chunk = UNITS } },
		{ "one unit a chunk, with gaps", { .units = UNITS,
		    .per_chunk = 1, .gap = 5 } },
		{ "mdat of 64 bits", { .units = UNITS, .mdat_size = 1 } },
		{ "mdat of 64 bits in front of moov", { .units = UNITS,
		    .mdat_size = 1, .is_behind = 1 } },
		{ "mdat to the end", { .units = UNITS, .mdat_size = 2 } },
		{ "units longer than the window", { .units = 20,
		    .fixed = 8191 } },
		{ "QuickTime: esds in wave", { .units = UNITS, .version = 1 } },
		{ "one unit", { .units = 1 } },
	};
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		gives(t[i].what, &t[i].m, 0, t[i].m.units,
		    (int64_t)t[i].m.units * 1024);
}

static void
test_edits(void)
{
	static const int32_t priming[][2] = { { 4000, 1024 } };
	static const int32_t end_trim[][2] = { { 2000, 0 } };
	static const int32_t far[][2] = { { 1000, 102400 } };
	static const int32_t pause[][2] = { { 700, -1 }, { 2000, 2048 } };
	static const int32_t open[][2] = { { 0, 2048 } };
	static const int32_t beyond[][2] = { { 1000, 10000000 } };
	struct movie m = { .units = UNITS, .nedits = 1, .edits = priming };

	gives("priming is sent, and not heard", &m, 0, 174,
	    4 * RATE);
	m.edits = end_trim;
	gives("what is behind the edit's end is not sent", &m, 0, 87,
	    2 * RATE);
	m.edits = far;
	gives("a second in front of an edit is sent", &m, 56, 144, RATE);
	m.edits = pause;
	m.nedits = 2;
	gives("a pause is not heard", &m, 0, 89, 2 * RATE);
	m.edits = open;
	m.nedits = 1;
	gives("an edit of no length goes to the end", &m, 0, UNITS,
	    UNITS * 1024 - 2048);
	m.edits = beyond;
	gives("an edit of nothing is wrong", &m, 0, UNITS, UNITS * 1024);
	m.last_ticks = 500;
	m.nedits = 0;
	gives("no edit: all that is sent is heard", &m, 0, UNITS,
	    UNITS * 1024);
	m.edits = open;
	m.nedits = 1;
	gives("an edit: the last unit is heard as long as stts says", &m, 0,
	    UNITS, (UNITS - 1) * 1024 + 500 - 2048);
}

/* Two edits give their units one behind the other. */
static void
test_two_edits(void)
{
	static const int32_t two[][2] = { { 1000, 0 }, { 1000, 132300 } };
	struct movie m = { .units = UNITS, .nedits = 2, .edits = two };
	struct made file = { 0 }, want = { 0 }, got = { 0 };
	struct media_facts f;
	const char *problem;

	put_movie(&file, &m);
	put_units(&want, &m, 0, 44);
	put_units(&want, &m, 86, 173);
	read_all(&file, &got);
	facts_of(&file, &f, &problem);
	ok(is_equal(&got, &want), "two edits, each with what leads to it");
	is(f.duration, flick_of_samples(2 * RATE, RATE), "  two seconds");
	made_free(&file);
	made_free(&want);
	made_free(&got);
}

/* One that begins where the last one ended is the same sound going on. */
static void
test_touching_edits(void)
{
	static const int32_t on[][2] = { { 1000, 0 }, { 1000, 44100 } };
	static const int32_t within[][2] = { { 1000, 0 }, { 5, 44100 },
	    { 1000, 44320 } };
	struct movie m = { .units = UNITS, .nedits = 2, .edits = on };

	gives("nothing is sent twice", &m, 0, 87, 2 * RATE);
	m.edits = within;
	m.nedits = 3;
	gives("nor where one is shorter than a unit", &m, 0, 87,
	    2 * RATE + 221);
}

static void
test_configs(void)
{
	static const uint8_t he[] = { 0x13, 0x90, 0x56, 0xe5, 0xa0 };
	static const uint8_t ld[] = { 0xb9, 0x90 };
	struct movie m = { .units = UNITS, .config = he, .config_len =
	    sizeof(he), .entry_rate = 22050, .entry_channels = 1 };
	struct made file = { 0 };
	struct media_facts f;
	const char *problem;

	put_movie(&file, &m);
	is(facts_of(&file, &f, &problem), MEDIA_PLAYABLE, "HE-AAC plays");
	is_str(f.codec, "he-aac", "its name");
	is(f.rate, 44100, "the configuration is right, not the entry: rate");
	is(f.channels, 2, "channels");
	is(f.samples, 2048, "samples of a unit");
	ok(f.config_len == sizeof(he) && memcmp(f.config, he, sizeof(he)) == 0,
	    "the configuration as it is");
	is(f.frames, UNITS, "units");
	m.version = 1;
	file.len = 0;
	put_movie(&file, &m);
	facts_of(&file, &f, &problem);
	is_str(f.codec, "he-aac", "the same in QuickTime's wave");
	m.version = 0;
	file.len = 0;
	m.config = ld;
	m.config_len = sizeof(ld);
	put_movie(&file, &m);
	is(facts_of(&file, &f, &problem), MEDIA_PROBLEM, "AAC-LD does not");
	is_str(problem, "AAC-LD: not played", "and is named");
	is_str(f.codec, "aac-ld", "its name");
	file.len = 0;
	m.entry = "enca";
	put_movie(&file, &m);
	is(facts_of(&file, &f, &problem), MEDIA_PROBLEM, "encrypted");
	is_str(problem, "encrypted: not played", "and named");
	made_free(&file);
}

static void
test_tracks(void)
{
	struct movie m = { .units = UNITS, .is_disabled = 1, .second = 1 };
	struct made file = { 0 };
	struct media_facts f;
	const char *problem;

	put_movie(&file, &m);
	facts_of(&file, &f, &problem);
	is(f.channels, 1, "the track that is enabled");
	m.second = 0;
	file.len = 0;
	put_movie(&file, &m);
	is(facts_of(&file, &f, &problem), MEDIA_PLAYABLE,
	    "one that is not, if there is no other");
	m.second = 2;
	file.len = 0;
	put_movie(&file, &m);
	facts_of(&file, &f, &problem);
	is_str(f.codec, "aac-lc", "one that plays behind one that does not");
	m.entry = "ac-3";
	file.len = 0;
	put_movie(&file, &m);
	is(facts_of(&file, &f, &problem), MEDIA_PROBLEM, "none plays");
	is_str(problem, "AC-3: not played", "and is named");
	made_free(&file);
}

/* A moof of one or two tracks with units first to last - 1 in its first. */
static void
put_fragment(struct made *f, const struct movie *m, unsigned first,
    unsigned last, uint32_t tfhd, int has_offset, unsigned other)
{
	size_t moof = begin(f, "moof"), traf, at, patch = 0, i, n;
	unsigned k;

	if (other > 0) {
		traf = begin(f, "traf");
		at = begin(f, "tfhd");
		put_be(f, 0x10, 4);
		put_be(f, 9, 4);
		put_be(f, other, 4);
		end(f, at);
		at = begin(f, "trun");
		put_be(f, 1, 4);
		put_be(f, 2, 4);
		patch = f->len;
		put_be(f, 0, 4);
		end(f, at);
		end(f, traf);
	}
	traf = begin(f, "traf");
	at = begin(f, "tfhd");
	put_be(f, tfhd | 0x8, 4);
	put_be(f, 1, 4);
	put_be(f, 1024, 4);	/* ticks of each */
	end(f, at);
	for (i = 0; i < 2; i++) {	/* two runs */
		at = begin(f, "trun");
		put_be(f, 0x200u | (i == 0 && has_offset), 4);
		n = (last - first) / 2;
		put_be(f, (uint32_t)(i == 0 ? n : last - first - n), 4);
		if (i == 0 && has_offset) {
			patch = f->len;
			put_be(f, 0, 4);
		}
		for (k = 0; k < (i == 0 ? n : last - first - n); k++)
			put_be(f, size_of(m, first + (unsigned)(i * n) + k), 4);
		end(f, at);
	}
	end(f, moof);
	at = begin(f, "mdat");
	if (patch > 0) {
		f->p[patch + 2] = (uint8_t)((f->len - moof) >> 8);
		f->p[patch + 3] = (uint8_t)(f->len - moof);
	}
	put_fill(f, 0x55, 2 * other);
	put_units(f, m, first, last);
	end(f, at);
}

static void
test_fragments(void)
{
	static const int32_t edits[][2] = { { 0, 1024 } };
	static const struct {
		const char *what;
		unsigned tables;	/* units in moov */
		uint32_t tfhd;
		int has_offset;
		unsigned other;
	} t[] = {
		{ "offsets from moof, being the first", 0, 0, 1, 0 },
		{ "offsets from moof as tfhd says", 0, 0x20000, 1, 0 },
		{ "behind the track before", 0, 0, 0, 50 },
		{ "first units in moov", 30, 0x20000, 1, 0 },
	};
	struct made file = { 0 }, want = { 0 }, got = { 0 };
	struct media_facts f;
	const char *problem;
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct movie m = { .units = t[i].tables, .edits = edits,
		    .nedits = 1 };

		file.len = want.len = 0;
		put_movie(&file, &m);
		put_fragment(&file, &m, t[i].tables, 60, t[i].tfhd,
		    t[i].has_offset, t[i].other);
		put_fragment(&file, &m, 60, 99, t[i].tfhd, t[i].has_offset,
		    t[i].other);
		put_units(&want, &m, 0, 99);
		facts_of(&file, &f, &problem);
		ok(read_all(&file, &got) == 99 && is_equal(&got, &want) &&
		    f.frames == 99, "fragments: %s", t[i].what);
		is(f.duration, flick_of_samples(98 * 1024, RATE),
		    "  without the priming");
	}
	made_free(&file);
	made_free(&want);
	made_free(&got);
}

/* However it is cut, what is there whole is given, and nothing else. */
static void
test_cut(void)
{
	struct movie m = { .units = 60, .gap = 3 };
	struct made file = { 0 }, want = { 0 }, got = { 0 };
	struct media_facts f;
	const char *problem;
	unsigned bad = 0;
	size_t media;
	long n;

	put_movie(&file, &m);
	put_units(&want, &m, 0, m.units);
	media = file.len - want.len - 8 * m.gap;
	for (; file.len > 0; file.len--) {
		n = read_all(&file, &got);
		facts_of(&file, &f, &problem);
		if (f.frames != (n < 0 ? 0 : n) || got.len > want.len ||
		    (n > 0 && memcmp(got.p, want.p, got.len) != 0) ||
		    (file.len <= media && n > 0))
			bad++;
		if (file.len > media && n < 1 &&
		    file.len - media > size_of(&m, 0))
			bad++;
	}
	is(bad, 0, "cut at each byte: what is there, no more");
	made_free(&file);
	made_free(&want);
	made_free(&got);
}

/* Every bit of moov is turned: it ends, with no more than there can be. */
static void
test_flips(void)
{
	static const int32_t edits[][2] = { { 500, 1024 } };
	struct movie m = { .units = 25, .edits = edits, .nedits = 1 };
	struct made file = { 0 };
	struct media_facts f;
	const char *problem;
	struct frame fr;
	struct media *r;
	unsigned bad = 0;
	size_t i, moov;
	long n;

	put_movie(&file, &m);
	put_fragment(&file, &m, 25, 40, 0x20000, 1, 0);
	moov = file.len * 8;
	for (i = 0; i < moov; i++) {
		file.p[i / 8] ^= (uint8_t)(1 << (i & 7));
		facts_of(&file, &f, &problem);
		if ((r = media_open(made_fd(&file), &problem)) != NULL) {
			for (n = 0; n < 1000 && media_next(r, &fr) == 1; n++)
				if (fr.len == 0 || fr.len > MEDIA_UNIT_MAX)
					bad++;
			if (n < 1000 && f.sound == MEDIA_AAC && n != f.frames)
				bad++;
			media_close(r);
		}
		file.p[i / 8] ^= (uint8_t)(1 << (i & 7));
	}
	is(bad, 0, "each bit turned: the survey counts what is read");
	made_free(&file);
}

/* Counts that no file can hold cost no more than the file. */
static void
test_hostile(void)
{
	struct made file = { 0 };
	struct media_facts f;
	const char *problem;
	size_t at;
	int i;

	at = begin(&file, "ftyp");
	put_text(&file, "M4A ");
	put_be(&file, 0, 4);
	end(&file, at);
	put_moov(&file, &(struct movie){ .units = 1, .fixed = 1,
	    .per_chunk = 1 }, 0);
	/* 2^32 - 1 units of a byte in one chunk that begins with the file. */
	for (at = 0; at + 12 < file.len; at++)
		if (memcmp(file.p + at, "stsz", 4) == 0)
			memset(file.p + at + 12, 0xff, 4);
		else if (memcmp(file.p + at, "stsc", 4) == 0)
			memset(file.p + at + 16, 0xff, 4);
	facts_of(&file, &f, &problem);
	is(f.frames, (int64_t)file.len, "no more units than bytes");
	/* Boxes in boxes, each said to be longer than all. */
	file.len = 0;
	for (i = 0; i < 100000; i++) {
		put_be(&file, 0x7fffffff, 4);
		put_text(&file, i == 0 ? "moov" : i % 2 ? "trak" : "mdia");
	}
	is(facts_of(&file, &f, &problem), MEDIA_PROBLEM,
	    "boxes without end are no file");
	made_free(&file);
}

static void
put_list_item(struct made *f, const char *type, uint32_t kind,
    const char *text, size_t n)
{
	size_t item = begin(f, type), data = begin(f, "data");

	put_be(f, kind, 4);
	put_be(f, 0, 4);
	put(f, text, n);
	end(f, data);
	end(f, item);
}

static void
test_tags(void)
{
	struct made udta = { 0 }, file = { 0 };
	struct movie m = { .units = 3, .tags = &udta };
	struct media_facts f;
	const char *problem;
	size_t at, meta, ilst;

	at = begin(&udta, "udta");
	meta = begin(&udta, "meta");
	put_be(&udta, 0, 4);
	ilst = begin(&udta, "ilst");
	put_list_item(&udta, "aART", 1, "All", 3);
	put_list_item(&udta, "\xa9" "alb", 2, "\x4e\x2d\x56\xfd", 4);
	put_list_item(&udta, "\xa9" "nam", 1, "T\xc3\xa4g", 4);
	end(&udta, ilst);
	end(&udta, meta);
	end(&udta, at);
	put_movie(&file, &m);
	facts_of(&file, &f, &problem);
	is_str(tags.title, "T\xc3\xa4g", "title");
	is_str(tags.artist, "All", "the album's artist if there is no other");
	is_str(tags.album, "\xe4\xb8\xad\xe5\x9b\xbd", "album in UTF-16");
	udta.len = file.len = 0;
	at = begin(&udta, "udta");
	meta = begin(&udta, "titl");
	put_be(&udta, 0, 4);
	put_be(&udta, 0x15c7, 2);
	put(&udta, "\xfe\xff\0H\0i\0\0", 8);
	end(&udta, meta);
	meta = begin(&udta, "\xa9" "ART");
	put_be(&udta, 3, 2);
	put_be(&udta, 0, 2);
	put_text(&udta, "Bj\xf6");
	end(&udta, meta);
	end(&udta, at);
	put_movie(&file, &m);
	facts_of(&file, &f, &problem);
	is_str(tags.title, "Hi", "3GPP's title");
	is_str(tags.artist, "Bj\xc3\xb6", "QuickTime's artist");
	made_free(&udta);
	made_free(&file);
}

int
main(void)
{
	test_tables();
	test_edits();
	test_two_edits();
	test_touching_edits();
	test_configs();
	test_tracks();
	test_fragments();
	test_cut();
	test_flips();
	test_hostile();
	test_tags();
	return tap_end();
}
