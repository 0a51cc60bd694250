/* SPDX-License-Identifier: ISC */
#include "wire/sdp.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "wire/aac.h"
#include "wire/payload_aac.h"
#include "wire/plist.h"

/* A text that grows; bad: it did not fit. */
struct page {
	char *text;
	size_t len;
	int bad;
};

__attribute__((format(printf, 2, 3)))
static void
put(struct page *p, const char *fmt, ...)
{
	size_t room = SDP_MAX - p->len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(p->text + p->len, room, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= room)
		p->bad = 1;
	else
		p->len += (size_t)n;
}

static void
put_text(struct page *p, const char *prefix, const char *text)
{
	if (text != NULL && text[0] != '\0')
		put(p, "%s%s\r\n", prefix, text);
}

static void
put_rate(struct page *p, unsigned kbps)
{
	if (kbps > 0)
		put(p, "b=AS:%u\r\n", kbps);
}

static const char *
family(const struct sdp *s)
{
	return strchr(s->group, ':') != NULL ? "IP6" : "IP4";
}

/* Groups of IPv6 have no TTL there (RFC 8866 section 5.7). */
static void
put_connection(struct page *p, const struct sdp *s)
{
	put(p, "c=IN %s %s", family(s), s->group);
	if (strchr(s->group, ':') == NULL)
		put(p, "/%u", s->ttl);
	put(p, "\r\n");
}

const char *
sdp_origin(const struct sdp *s, char *out)
{
	snprintf(out, SDP_ORIGIN_MAX, "o=- %" PRIu64 " %" PRIu32 " IN %s %s",
	    s->session, s->version, family(s), s->source);
	return out;
}

int
sdp_format(const struct sdp *s, char *out)
{
	char origin[SDP_ORIGIN_MAX];
	struct page p = { .text = out };

	put(&p, "v=0\r\n%s\r\n", sdp_origin(s, origin));
	/* RFC 8866 section 5.3: never empty. */
	put(&p, "s=%s\r\n", s->name != NULL && s->name[0] != '\0' ? s->name :
	    "-");
	put_text(&p, "i=", s->description);
	put_connection(&p, s);
	put_rate(&p, s->kbps);
	put(&p, "t=0 0\r\n");
	put_text(&p, "a=tool:", s->tool);
	put(&p, "a=type:broadcast\r\na=recvonly\r\na=charset:UTF-8\r\n");
	put_text(&p, "a=x-plgroup:", s->collection);
	/* RFC 4570; keeps a stranger's RTCP BYE from ffmpeg and mpv. */
	put(&p, "a=source-filter: incl IN %s * %s\r\n", family(s),
	    s->source);
	put(&p, "m=audio %u RTP/AVP %u\r\n", s->port, s->payload_type);
	put_rate(&p, s->kbps);
	put(&p, "a=rtpmap:%u %s/%" PRIu32, s->payload_type, s->encoding,
	    s->clock_hz);
	if (s->channels > 0)
		put(&p, "/%u", s->channels);
	put(&p, "\r\n");
	if (s->parameters != NULL)
		put(&p, "a=fmtp:%u %s\r\n", s->payload_type, s->parameters);
	return p.bad ? -1 : (int)p.len;
}

/* ISO 14496-3, table 1.14; no player was seen to look at it. */
static unsigned
profile_level(const struct aac_config *c, unsigned channels)
{
	if (c->has_ps)
		return 48;
	if (c->has_sbr)
		return channels <= 2 ? 44 : 46;
	return channels <= 2 ? 41 : 42;
}

/* The most that AAC may take: 6144 bits a channel and access unit. */
static unsigned
kbps_of_aac(const struct aac_config *c, unsigned channels)
{
	return 6 * channels * (c->core_rate / 1000) + 64;
}

void
sdp_use_second(struct sdp *s, const struct plist_second *second,
    char parameters[static SDP_PARAMETERS_MAX])
{
	struct aac_config c;
	unsigned i;
	int n;

	s->port = second->port;
	s->payload_type = second->payload_type;
	s->clock_hz = second->clock_hz;
	s->channels = second->channels;
	s->parameters = NULL;
	if (second->payload_type != PAYLOAD_AAC_TYPE ||
	    aac_config_decode(&c, second->config, second->config_len) == -1) {
		s->encoding = SDP_ENCODING_L16;
		s->kbps = second->clock_hz / 1000 * 16 * second->channels +
		    64;
		return;
	}
	s->encoding = SDP_ENCODING_AAC;
	s->kbps = kbps_of_aac(&c, second->channels);
	n = snprintf(parameters, SDP_PARAMETERS_MAX,
	    "streamtype=5;profile-level-id=%u;mode=AAC-hbr;config=",
	    profile_level(&c, second->channels));
	for (i = 0; i < second->config_len; i++)
		n += snprintf(parameters + n, SDP_PARAMETERS_MAX - (size_t)n,
		    "%02X", second->config[i]);
	snprintf(parameters + n, SDP_PARAMETERS_MAX - (size_t)n,
	    ";sizelength=13;indexlength=3;indexdeltalength=3");
	s->parameters = parameters;
}

uint64_t
sdp_session(uint64_t server, unsigned channel)
{
	return (server & UINT32_MAX) << 14 | channel;
}

uint32_t
sdp_version(const struct sdp *s)
{
	struct sdp same = *s;
	char text[SDP_MAX];
	int n;

	same.version = 0;
	same.source = "";	/* the same on every interface */
	n = sdp_format(&same, text);
	return n == -1 ? 0 : crc32_of(text, (size_t)n);
}
