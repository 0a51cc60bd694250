/* SPDX-License-Identifier: ISC */
#include "content.h"

#include <string.h>
#include <strings.h>

#include "wire/aac.h"

#include "tagspan.h"
#include "window.h"

#define LEADING_TAGS_MAX	32	/* ID3v2 tags in a row */
#define NOT_YET			": not played yet"

/* Bytes at a fixed place, and at most one more word at 8. */
struct signature {
	uint16_t off, len;
	const char *bytes;
	const char *word;	/* NULL: none */
	enum content content;
	const char *problem;	/* of what is foreign */
};

#define SIGN(off, bytes, word, content, problem) \
	{ off, sizeof(bytes) - 1, bytes, word, content, problem }
#define MP4(box)		SIGN(4, box, NULL, CONTENT_MP4, NULL)
#define PICTURE(brand)		SIGN(4, "ftyp", brand, CONTENT_OTHER, NULL)
#define RIFF(id, form, content)	SIGN(0, id, form, content, NULL)
#define FOREIGN(bytes, name)	SIGN(0, bytes, NULL, CONTENT_FOREIGN, \
				    name NOT_YET)
#define FORM(id, form, name)	SIGN(0, id, form, CONTENT_FOREIGN, \
				    name NOT_YET)
#define OTHER(off, bytes)	SIGN(off, bytes, NULL, CONTENT_OTHER, NULL)

static const struct signature signatures[] = {
	PICTURE("avif"), PICTURE("avis"), PICTURE("heic"), PICTURE("heix"),
	PICTURE("mif1"), PICTURE("crx "),
	MP4("ftyp"), MP4("moov"), MP4("mdat"), MP4("wide"), MP4("free"),
	MP4("skip"), MP4("pnot"), MP4("styp"), MP4("moof"), MP4("uuid"),
	RIFF("RIFF", "AVI ", CONTENT_AVI),
	RIFF("RIFF", "AVIX", CONTENT_AVI),
	RIFF("RIFF", "WAVE", CONTENT_WAV),
	RIFF("RF64", "WAVE", CONTENT_WAV),
	RIFF("BW64", "WAVE", CONTENT_WAV),
	FORM("RIFX", "WAVE", "WAV container, big-endian"),
	FORM("FORM", "AIFF", "AIFF container"),
	FORM("FORM", "AIFC", "AIFF container"),
	FOREIGN("riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb", "Wave64 container"),
	FOREIGN("ADIF", "AAC in ADIF"),
	FOREIGN("OggS", "Ogg container"),
	FOREIGN("fLaC", "FLAC"),
	FOREIGN("\x1a\x45\xdf\xa3", "Matroska container"),
	FOREIGN("\x30\x26\xb2\x75", "ASF container"),
	FOREIGN("\0\0\1\xba", "MPEG program stream"),
	FOREIGN("\0\0\1\xb3", "MPEG video"),
	FOREIGN("FLV", "FLV container"),
	FOREIGN(".RMF", "RealMedia container"),
	FOREIGN("MAC ", "Monkey's Audio"),
	FOREIGN("wvpk", "WavPack"),
	FOREIGN("MPCK", "Musepack"),
	FOREIGN("MP+", "Musepack"),
	FOREIGN("TTA1", "True Audio"),
	FOREIGN("caff", "CAF container"),
	FOREIGN(".snd", "AU file"),
	FOREIGN("DSD ", "DSF file"),
	FOREIGN("#!AMR", "AMR"),
	FOREIGN("\x7f\xfe\x80\x01", "DTS"),
	FOREIGN("MThd", "MIDI file"),
	OTHER(0, "\xff\xd8\xff"),		/* JPEG */
	OTHER(0, "\x89PNG"),
	OTHER(0, "GIF8"),
	SIGN(0, "RIFF", "WEBP", CONTENT_OTHER, NULL),
	OTHER(0, "II*\0"),			/* TIFF */
	OTHER(0, "MM\0*"),
	OTHER(0, "%PDF-"),
	OTHER(0, "PK\3\4"),
	OTHER(0, "Rar!"),
	OTHER(0, "7z\xbc\xaf"),
	OTHER(0, "\x1f\x8b\x08"),
	OTHER(0, "BZh"),
	OTHER(0, "\xfd" "7zXZ"),
	OTHER(0, "\x28\xb5\x2f\xfd"),	/* zstd */
	OTHER(257, "ustar"),
	OTHER(0, "!<arch>"),
	OTHER(0, "\x7f" "ELF"),
	OTHER(0, "SQLite"),
};

#define SIGNATURES	(sizeof(signatures) / sizeof(signatures[0]))

/* What a name ends in that claims sound or video. */
static const char *const suffixes[] = {
	"mp3", "mp2", "mp1", "mpa", "mpga", "bit", "m4a", "m4b", "m4r", "m4v",
	"mp4", "mov", "qt", "3gp", "3g2", "avi", "aac", "adts", "wav", "wave",
	"w64", "ogg", "oga", "ogv", "opus", "spx", "flac", "wma", "wmv", "asf",
	"mkv", "mka", "webm", "aif", "aiff", "aifc", "au", "snd", "caf",
	"mpg", "mpeg", "m2v", "vob", "ts", "m2ts", "mts", "flv", "f4v", "rm",
	"ra", "rmvb", "ape", "wv", "mpc", "tta", "amr", "ac3", "eac3", "dts",
	"dsf", "dff", "mid", "midi",
	"latm", "loas", "thd",
};

int
content_is_claimed(const char *name)
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

/* Two frames, or one that is all there is. */
static int
is_adts(struct window *w, int64_t off)
{
	uint8_t p[ADTS_HEADER_SIZE];
	struct adts a, b;
	size_t n;

	if (window_peek(w, off, p, sizeof(p)) < sizeof(p) ||
	    adts_decode(&a, p) == -1)
		return 0;
	n = window_peek(w, off + a.length, p, sizeof(p));
	return n == 0 ? off + a.length == window_file_size(w) :
	    n == sizeof(p) && adts_decode(&b, p) == 0 && adts_is_alike(&a, &b);
}

/* AAC in LATM, as LOAS has it (ISO 14496-3, 1.7.2): two frames, each with a
 * sync word of 11 bits and a length of 13. */
static int
is_loas(struct window *w, int64_t off)
{
	uint8_t p[3];
	int i;

	for (i = 0; i < 2; i++) {
		if (window_peek(w, off, p, sizeof(p)) < sizeof(p) ||
		    p[0] != 0x56 || (p[1] & 0xe0) != 0xe0)
			return 0;
		off += 3 + ((p[1] & 0x1f) << 8 | p[2]);
	}
	return 1;
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

enum content
content_of(struct window *w, const char **problem)
{
	int64_t len, off = 0, size = window_file_size(w);
	const struct signature *s;
	enum tagspan_kind kind;
	const uint8_t *p;
	size_t n;
	int i;

	for (i = 0; i < LEADING_TAGS_MAX; i++, off += len)
		if ((len = tagspan_at(w, off, size, &kind)) == 0 ||
		    (kind != TAGSPAN_ID3V2 && kind != TAGSPAN_APE))
			break;
	n = window_view(w, off, 1024, &p);
	for (s = signatures; s < signatures + SIGNATURES; s++) {
		if (!has_at(p, n, s->off, s->bytes, s->len) ||
		    (s->word != NULL && !has_at(p, n, 8, s->word, 4)))
			continue;
		if (s->problem != NULL)
			*problem = s->problem;
		return s->content;
	}
	if (is_transport(p, n)) {
		*problem = "MPEG transport stream" NOT_YET;
		return CONTENT_FOREIGN;
	}
	if (is_loas(w, off)) {
		*problem = "AAC in LATM" NOT_YET;
		return CONTENT_FOREIGN;
	}
	return is_adts(w, off) ? CONTENT_ADTS : CONTENT_OPEN;
}
