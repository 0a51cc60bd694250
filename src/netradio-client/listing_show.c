/* SPDX-License-Identifier: ISC */
#include "listing_show.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "listing.h"
#include "wire/rtp.h"
#include "wire/sdp.h"

#define NAME_MIN	4	/* columns */
#define NAME_MAX_COLUMNS 24
#define PLAYING_MIN	20

/* What is on, in one line. */
static void
playing(const struct plist_entry *e, char *out, size_t size)
{
	if ((e->flags & PLIST_F_ON_AIR) == 0 ||
	    (e->flags & PLIST_F_SILENT) != 0)
		text_format(out, size, "(%s%s%s)",
		    (e->flags & PLIST_F_ON_AIR) == 0 ? "off air" : "silent",
		    e->note[0] != '\0' ? ": " : "", e->note);
	else if (e->artist[0] != '\0')
		text_format(out, size, "%s - %s", e->artist, e->title);
	else
		text_format(out, size, "%s", e->title);
}

/* Codec and rate, e.g. "mp3 128k". */
static void
format(const struct plist_entry *e, char *out, size_t size)
{
	if (e->codec[0] == '\0')
		text_copy(out, size, "-");
	else if (e->bitrate == 0)
		text_copy(out, size, e->codec);
	else
		text_format(out, size, "%s %" PRIu32 "k", e->codec,
		    (e->bitrate + 500) / 1000);
}

static unsigned
widest_name(const struct listing *l)
{
	unsigned w = NAME_MIN, n;
	size_t i;

	for (i = 0; i < l->n; i++) {
		n = text_columns(l->entry[i].e.name);
		w = n > w ? n : w;
	}
	return w < NAME_MAX_COLUMNS ? w : NAME_MAX_COLUMNS;
}

void
listing_show_table(FILE *f, const struct listing *l, unsigned columns)
{
	const struct listing_entry *c;
	char text[2 * PLIST_TEXT_MAX + 32];
	unsigned name = widest_name(l), rest, n = 0;

	rest = columns > name + 20 + PLAYING_MIN ? columns - name - 20 : 0;
	fprintf(f, "%5s  ", "");
	text_pad(f, "name", name);
	fprintf(f, "  %-10s %s\n", "format", "playing");
	while ((c = listing_get(l, listing_step(l, n, 1))) != NULL &&
	    c->e.channel > n) {
		n = c->e.channel;
		fprintf(f, "%5u  ", n);
		text_pad(f, c->e.name, name);
		format(&c->e, text, sizeof(text));
		fprintf(f, "  %-10s ", text);
		playing(&c->e, text, sizeof(text));
		if (rest > 0 && text_columns(text) > rest)
			text_pad(f, text, rest);
		else
			fputs(text, f);
		putc('\n', f);
	}
	if (l->n == 0)
		fprintf(f, "%5s  the list is empty\n", "");
}

/* Absent is null. */
static void
json_text(FILE *f, const char *key, const char *value)
{
	fprintf(f, ", \"%s\": ", key);
	text_json(f, value != NULL && value[0] != '\0' ? value : NULL);
}

static void
json_number(FILE *f, const char *key, int is_known, uint64_t value)
{
	if (is_known)
		fprintf(f, ", \"%s\": %" PRIu64, key, value);
	else
		fprintf(f, ", \"%s\": null", key);
}

static void
json_seconds(FILE *f, const char *key, int is_known, int64_t ms)
{
	if (is_known)
		fprintf(f, ", \"%s\": %" PRId64 ".%03d", key, ms / 1000,
		    (int)(ms % 1000));
	else
		fprintf(f, ", \"%s\": null", key);
}

/* The position goes on from when it was told; it never passes the end. */
static int64_t
position_ms(const struct listing_entry *c, int64_t now)
{
	int64_t ms = c->e.position_ms + (now - c->at_ns) / NS_PER_MS;

	return c->e.duration_ms >= 0 && ms > c->e.duration_ms ?
	    c->e.duration_ms : ms;
}

static void
json_entry(FILE *f, const struct listing *l, const struct listing_entry *c,
    int64_t now)
{
	const struct plist_entry *e = &c->e;
	int has_stream = e->group_len > 0, has_format = e->codec[0] != '\0';
	/* The stream that has the track. */
	int second = (e->flags & PLIST_F_SECOND) && e->second.port != 0;
	char group[ADDR_TEXT_MAX] = "", server[ADDR_TEXT_MAX];
	struct addr a;

	if (has_stream && addr_of_bytes(&a, e->group, e->group_len,
	    e->port) == 0)
		addr_format(&a, group);
	fprintf(f, "{\"channel\": %u", (unsigned)e->channel);
	json_text(f, "name", e->name);
	json_text(f, "description", e->description);
	fprintf(f, ", \"on_air\": %s", (e->flags & PLIST_F_ON_AIR) != 0 ?
	    "true" : "false");
	json_text(f, "server", addr_format(&l->source, server));
	json_text(f, "group", group);
	json_number(f, "port", has_stream, second ? e->second.port : e->port);
	json_number(f, "payload_type", has_stream, second ?
	    e->second.payload_type : e->payload_type);
	json_number(f, "ssrc", has_stream, second ? e->second.ssrc : e->ssrc);
	json_text(f, "codec", e->codec);
	json_number(f, "bitrate", has_format && e->bitrate > 0, e->bitrate);
	json_number(f, "sample_rate", has_format && e->sample_rate > 0,
	    e->sample_rate);
	json_number(f, "channels", has_format && e->channels > 0,
	    e->channels);
	json_text(f, "title", e->title);
	json_text(f, "artist", e->artist);
	json_seconds(f, "position", e->has_track, position_ms(c, now));
	json_seconds(f, "duration", e->has_track && e->duration_ms >= 0,
	    e->duration_ms);
	json_number(f, "listeners", e->listeners >= 0,
	    (uint64_t)e->listeners);
	fputs("}\n", f);
}

void
listing_show_json(FILE *f, const struct listing *l, int64_t now)
{
	const struct listing_entry *c;
	unsigned n = 0;

	while ((c = listing_get(l, listing_step(l, n, 1))) != NULL &&
	    c->e.channel > n) {
		n = c->e.channel;
		json_entry(f, l, c, now);
	}
}

/* A channel without any MPEG audio is on P+6. */
static int
is_second_alone(const struct plist_entry *e)
{
	return !(e->flags & PLIST_F_MPA) && e->second.port != 0;
}

/* "239.255.64.3" into text: 0, or -1 without a stream. */
static int
group_of(const struct plist_entry *e, char text[static ADDR_TEXT_MAX])
{
	struct addr a;

	if (addr_of_bytes(&a, e->group, e->group_len, e->port) == -1)
		return -1;
	addr_format(&a, text);
	return 0;
}

int
listing_show_sdp(FILE *f, const struct listing *l,
    const struct listing_entry *c)
{
	char group[ADDR_TEXT_MAX], source[ADDR_TEXT_MAX], text[SDP_MAX];
	char parameters[SDP_PARAMETERS_MAX];
	struct sdp s = {
		.session = sdp_session(l->server, c->e.channel),
		.source = addr_format(&l->source, source),
		.name = c->e.name, .description = c->e.description,
		.collection = l->head.name, .tool = "netradio-client/" VERSION,
		.group = group, .ttl = 1, .port = c->e.port,
		.kbps = SDP_KBPS_MPA, .payload_type = RTP_PT_MPA,
		.encoding = SDP_ENCODING_MPA, .clock_hz = RTP_CLOCK_MPA
	};

	if (group_of(&c->e, group) == -1)
		return -1;
	if (is_second_alone(&c->e))
		sdp_use_second(&s, &c->e.second, parameters);
	s.version = sdp_version(&s);
	if (sdp_format(&s, text) == -1)
		return -1;
	fputs(text, f);
	return 0;
}

int
listing_show_m3u(FILE *f, const struct listing *l,
    const struct listing_entry *c)
{
	char group[ADDR_TEXT_MAX];

	(void)l;
	if (group_of(&c->e, group) == -1)
		return -1;
	fprintf(f, "#EXTM3U\n#EXTINF:-1,%s\nrtp://@%s%s%s:%u\n", c->e.name,
	    c->e.group_len == 16 ? "[" : "", group,
	    c->e.group_len == 16 ? "]" : "", (unsigned)c->e.port);
	return 0;
}
