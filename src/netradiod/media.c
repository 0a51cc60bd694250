/* SPDX-License-Identifier: ISC */
/*
 * What a file is, by its first bytes, and the way to its container's reader.
 * The kinds that are not played are known too: frames of MPEG audio inside of
 * them would be found one by one, but not the sound that they make up.
 */
#include "media.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"

#include "media_ops.h"
#include "tags.h"
#include "tagspan.h"
#include "window.h"

#define LEADING_TAGS_MAX	32	/* ID3v2 tags in a row */

struct media {
	const struct media_ops *ops;
	void *reader;
	int fd;
};

static const char no_frame[] = "no MPEG audio frame found";

/* Bytes at a fixed place, and at most one more word behind them. */
struct signature {
	uint16_t off, len;
	const char *bytes;
	uint16_t off2;
	const char *word;	/* NULL: none */
	const char *problem;	/* NULL: no sound or picture that moves */
};

#define NOT_YET	": not played yet"

static const struct signature signatures[] = {
	{ 4, 4, "ftyp", 0, NULL, "MP4 container" NOT_YET },
	{ 4, 4, "moov", 0, NULL, "QuickTime container" NOT_YET },
	{ 4, 4, "mdat", 0, NULL, "QuickTime container" NOT_YET },
	{ 4, 4, "wide", 0, NULL, "QuickTime container" NOT_YET },
	{ 0, 4, "RIFF", 8, "AVI ", "AVI container" NOT_YET },
	{ 0, 4, "RIFF", 8, "WAVE", "WAV container" NOT_YET },
	{ 0, 4, "RF64", 8, "WAVE", "WAV container" NOT_YET },
	{ 0, 4, "FORM", 8, "AIFF", "AIFF container" NOT_YET },
	{ 0, 4, "FORM", 8, "AIFC", "AIFF container" NOT_YET },
	{ 0, 4, "OggS", 0, NULL, "Ogg container" NOT_YET },
	{ 0, 4, "fLaC", 0, NULL, "FLAC" NOT_YET },
	{ 0, 4, "\x1a\x45\xdf\xa3", 0, NULL, "Matroska container" NOT_YET },
	{ 0, 4, "\x30\x26\xb2\x75", 0, NULL, "ASF container" NOT_YET },
	{ 0, 4, "\0\0\1\xba", 0, NULL, "MPEG program stream" NOT_YET },
	{ 0, 4, "\0\0\1\xb3", 0, NULL, "MPEG video" NOT_YET },
	{ 0, 3, "FLV", 0, NULL, "FLV container" NOT_YET },
	{ 0, 4, ".RMF", 0, NULL, "RealMedia container" NOT_YET },
	{ 0, 4, "MAC ", 0, NULL, "Monkey's Audio" NOT_YET },
	{ 0, 4, "wvpk", 0, NULL, "WavPack" NOT_YET },
	{ 0, 4, "MPCK", 0, NULL, "Musepack" NOT_YET },
	{ 0, 3, "MP+", 0, NULL, "Musepack" NOT_YET },
	{ 0, 4, "TTA1", 0, NULL, "True Audio" NOT_YET },
	{ 0, 4, "caff", 0, NULL, "CAF container" NOT_YET },
	{ 0, 4, ".snd", 0, NULL, "AU file" NOT_YET },
	{ 0, 4, "DSD ", 0, NULL, "DSF file" NOT_YET },
	{ 0, 5, "#!AMR", 0, NULL, "AMR" NOT_YET },
	{ 0, 4, "MThd", 0, NULL, "MIDI file" NOT_YET },
	{ 0, 3, "\xff\xd8\xff", 0, NULL, NULL },	/* JPEG */
	{ 0, 4, "\x89PNG", 0, NULL, NULL },
	{ 0, 4, "GIF8", 0, NULL, NULL },
	{ 0, 4, "RIFF", 8, "WEBP", NULL },
	{ 0, 4, "II*\0", 0, NULL, NULL },		/* TIFF */
	{ 0, 4, "MM\0*", 0, NULL, NULL },
	{ 0, 5, "%PDF-", 0, NULL, NULL },
	{ 0, 4, "PK\3\4", 0, NULL, NULL },
	{ 0, 4, "Rar!", 0, NULL, NULL },
	{ 0, 4, "7z\xbc\xaf", 0, NULL, NULL },
	{ 0, 3, "\x1f\x8b\x08", 0, NULL, NULL },
	{ 0, 3, "BZh", 0, NULL, NULL },
	{ 0, 5, "\xfd" "7zXZ", 0, NULL, NULL },
	{ 0, 4, "\x28\xb5\x2f\xfd", 0, NULL, NULL },	/* zstd */
	{ 257, 5, "ustar", 0, NULL, NULL },
	{ 0, 7, "!<arch>", 0, NULL, NULL },
	{ 0, 4, "\x7f" "ELF", 0, NULL, NULL },
	{ 0, 6, "SQLite", 0, NULL, NULL },
};

/* What a name ends in that claims sound or video. */
static const char *const suffixes[] = {
	"mp3", "mp2", "mp1", "mpa", "mpga", "bit", "m4a", "m4b", "m4r", "m4v",
	"mp4", "mov", "qt", "3gp", "3g2", "avi", "aac", "adts", "wav", "wave",
	"w64", "ogg", "oga", "ogv", "opus", "spx", "flac", "wma", "wmv", "asf",
	"mkv", "mka", "webm", "aif", "aiff", "aifc", "au", "snd", "caf",
	"mpg", "mpeg", "m2v", "vob", "ts", "m2ts", "mts", "flv", "f4v", "rm",
	"ra", "rmvb", "ape", "wv", "mpc", "tta", "amr", "ac3", "eac3", "dts",
	"dsf", "dff", "mid", "midi",
};

static int
claims_media(const char *name)
{
	const char *base = strrchr(name, '/'), *dot;
	size_t i;

	base = base != NULL ? base + 1 : name;
	if ((dot = strrchr(base, '.')) == NULL || dot == base)
		return 0;
	for (i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		if (strcasecmp(dot + 1, suffixes[i]) == 0)
			return 1;
	return 0;
}

static int
has_at(const uint8_t *p, size_t n, size_t off, const char *bytes, size_t len)
{
	return off + len <= n && memcmp(p + off, bytes, len) == 0;
}

/* Length of the ADTS frame with this header (ISO 13818-7 6.2); 0: none. */
static unsigned
adts_length(const uint8_t *p, size_t n)
{
	unsigned len;

	if (n < 7 || p[0] != 0xff || (p[1] & 0xf6) != 0xf0 ||
	    (p[2] >> 2 & 15) > 12)
		return 0;
	len = (p[3] & 3u) << 11 | (unsigned)p[4] << 3 | p[5] >> 5;
	return len >= 7 ? len : 0;
}

/* Two frames, or one that is all there is. */
static int
is_adts(struct window *w, int64_t off)
{
	uint8_t a[7], b[7];
	unsigned len;
	size_t n;

	len = adts_length(a, window_peek(w, off, a, sizeof(a)));
	if (len == 0)
		return 0;
	n = window_peek(w, off + len, b, sizeof(b));
	return n == 0 ? off + len == window_file_size(w) :
	    adts_length(b, n) != 0 && a[1] == b[1] &&
	    ((a[2] ^ b[2]) & 0xfd) == 0;
}

/* MPEG transport stream: a sync byte every 188, or in every 192, bytes. */
static int
is_transport(const uint8_t *p, size_t n)
{
	return (n > 3 * 188 && p[0] == 0x47 && p[188] == 0x47 &&
	    p[376] == 0x47 && p[564] == 0x47) ||
	    (n > 4 + 3 * 192 && p[4] == 0x47 && p[196] == 0x47 &&
	    p[388] == 0x47 && p[580] == 0x47);
}

enum content {
	CONTENT_OPEN,		/* nothing known: look for frames */
	CONTENT_FOREIGN,	/* sound or video that is not played */
	CONTENT_OTHER		/* no sound at all */
};

/* What the bytes behind the leading tags say. */
static enum content
recognise(struct window *w, const char **problem)
{
	const struct signature *s;
	int64_t len, off = 0, size = window_file_size(w);
	enum tagspan_kind kind;
	const uint8_t *p;
	size_t n;
	int i;

	for (i = 0; i < LEADING_TAGS_MAX; i++, off += len)
		if ((len = tagspan_at(w, off, size, &kind)) == 0 ||
		    (kind != TAGSPAN_ID3V2 && kind != TAGSPAN_APE))
			break;
	n = window_view(w, off, 1024, &p);
	for (s = signatures; s < signatures + sizeof(signatures) /
	    sizeof(signatures[0]); s++) {
		if (!has_at(p, n, s->off, s->bytes, s->len) ||
		    (s->word != NULL &&
		    !has_at(p, n, s->off2, s->word, strlen(s->word))))
			continue;
		*problem = s->problem;
		return s->problem != NULL ? CONTENT_FOREIGN : CONTENT_OTHER;
	}
	*problem = NULL;
	if (is_transport(p, n))
		*problem = "MPEG transport stream" NOT_YET;
	else if (is_adts(w, off))
		*problem = "AAC in ADTS" NOT_YET;
	return *problem != NULL ? CONTENT_FOREIGN : CONTENT_OPEN;
}

/* Fill facts and *ops, or say why there are none (NULL: content is no sound):
 * 0; -1 with errno: the file cannot be read. */
static int
find_ops(int fd, int claims, struct media_facts *facts,
    const struct media_ops **ops, const char **problem)
{
	struct window w;
	enum content content;
	int found = 0;

	*ops = NULL;
	window_init(&w, fd);
	*problem = "empty file";
	if (window_file_size(&w) == 0 && w.error == 0)
		return 0;
	content = recognise(&w, problem);
	if ((errno = w.error) != 0)
		return -1;
	/* Sound with a picture in front of it is possible, if it says so. */
	if (content == CONTENT_FOREIGN)
		return 0;
	*problem = no_frame;
	if (content != CONTENT_OTHER || claims)
		found = media_mpa_ops()->probe(fd, claims, facts);
	if (found == 1) {
		*ops = media_mpa_ops();
		*problem = NULL;
	}
	return found == -1 ? -1 : 0;
}

enum media_kind
media_probe(int fd, const char *name, const char *charset,
    struct media_facts *facts, struct media_tags *tags, const char **problem)
{
	const struct media_ops *ops;
	int claims = claims_media(name);

	memset(facts, 0, sizeof(*facts));
	memset(tags, 0, sizeof(*tags));
	if (find_ops(fd, claims, facts, &ops, problem) == -1) {
		*problem = NULL;
		return MEDIA_UNREADABLE;
	}
	if (ops == NULL) {
		if (claims)
			return MEDIA_PROBLEM;
		*problem = NULL;
		return MEDIA_NONE;
	}
	text_copy(facts->container, sizeof(facts->container),
	    ops->container);
	tags_read(fd, charset, tags);
	return MEDIA_PLAYABLE;
}

int
media_survey(int fd, struct media_facts *facts, const _Atomic int *stop)
{
	const struct media_ops *ops = media_mpa_ops();
	int64_t frames = 0, duration = 0, bytes = 0;
	struct frame f;
	void *reader;
	int r;

	if ((reader = ops->open(fd)) == NULL)
		return -1;
	for (r = ops->first(reader); r == 1; ) {
		if ((r = ops->next(reader, &f)) != 1)
			break;
		frames++;
		bytes += (int64_t)f.len;
		duration += flick_of_samples(f.samples, f.rate);
		if (stop != NULL && *stop) {
			errno = EINTR;
			r = -1;
		}
	}
	ops->close(reader);
	if (r == -1)
		return -1;
	facts->frames = frames;
	facts->duration = duration;
	if (duration > 0)
		facts->bitrate = (uint32_t)((double)bytes * 8 * FLICK_HZ /
		    (double)duration + 0.5);
	return 0;
}

struct media *
media_open(int fd, const char **problem)
{
	struct media *m = NULL;
	struct window *w;
	enum content content;

	*problem = "out of memory";
	if ((w = malloc(sizeof(*w))) == NULL)
		goto fail;
	window_init(w, fd);
	content = recognise(w, problem);
	free(w);
	if (content == CONTENT_FOREIGN)
		goto fail;
	*problem = "out of memory";
	if ((m = malloc(sizeof(*m))) == NULL)
		goto fail;
	m->ops = media_mpa_ops();
	m->fd = fd;
	if ((m->reader = m->ops->open(fd)) == NULL)
		goto fail;
	*problem = no_frame;
	if (m->ops->first(m->reader) == 1) {
		*problem = NULL;
		return m;
	}
	m->ops->close(m->reader);
fail:
	free(m);
	close(fd);
	return NULL;
}

int
media_next(struct media *m, struct frame *f)
{
	return m->ops->next(m->reader, f);
}

void
media_close(struct media *m)
{
	if (m == NULL)
		return;
	m->ops->close(m->reader);
	close(m->fd);
	free(m);
}
