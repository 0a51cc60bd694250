/* SPDX-License-Identifier: ISC */
#include "base/charset.h"

#include <string.h>

#include "tap.h"

struct text {
	const char *in;		/* in CP1252 or GBK */
	const char *utf8;
};

static const struct text western[] = {
	{ "Bj\xf6rk", "Björk" },
	{ "Mot\xf6rhead", "Motörhead" },
	{ "M\xf6tley Cr\xfc" "e", "Mötley Crüe" },
	{ "\xc9" "dith Piaf", "Édith Piaf" },
	{ "Sigur R\xf3s", "Sigur Rós" },
	{ "F\xfcr Elise", "Für Elise" },
	{ "\xc7" "a va", "Ça va" },
	{ "\xc4\xd6\xdc", "ÄÖÜ" },
	{ "\xc4\xd6\xdc\xe4\xf6\xfc", "ÄÖÜäöü" },
	{ "Gr\xf6\xdf" "e", "Größe" },
	{ "S\xfc\xdf" "e Tr\xe4ume", "Süße Träume" },
	{ "Fu\xdf" "ball", "Fußball" },
	{ "J\xe4\xe4tel\xf6", "Jäätelö" },
	{ "\xc4\xe4nisen aallot", "Äänisen aallot" },
	{ "P\xc4\xc4", "PÄÄ" },
	{ "Cr\xe9\xe9" "e", "Créée" },
	{ "CAF\xc9", "CAFÉ" },
	{ "\xab\xc9t\xe9\xbb", "«Été»" },
	{ "L\x92\xe9t\xe9", "L’été" },
	{ "D\x92\xc9tat", "D’État" },
	{ "L\x92\x9cuvre", "L’œuvre" },
	{ "\x93\xc9lan\x94", "“Élan”" },
	{ "caf\xe9\x97\xe9tude", "café—étude" },
	{ "\xbfQu\xe9?", "¿Qué?" },
	{ "S\xe3o Paulo", "São Paulo" },
	{ "Cora\xe7\xe3o", "Coração" },
	{ "\xc1g\xe6tis byrjun", "Ágætis byrjun" },
	{ "20\xb0" "C", "20°C" },
	{ "1\xbd", "1½" },
	{ "N\xba 1", "Nº 1" },
	{ "\xe9", "é" },
	{ "It\x92s", "It’s" },
	{ "\xc5\xe4 \xe9", "Åä é" },
};

static const struct text chinese[] = {
	{ "\xc4\xe3", "你" },
	{ "\xb0\xae", "爱" },
	{ "\xb0\xae\xc4\xe3", "爱你" },
	{ "\xd2\xb9\xc7\xfa", "夜曲" },
	{ "\xe6\xc3\xe6\xc3", "婷婷" },
	{ "\xe6\xcf\xb6\xf0", "嫦娥" },
	{ "\xcc\xf0\xc3\xdb\xc3\xdb", "甜蜜蜜" },
	{ "\xb5\xcb\xc0\xf6\xbe\xfd", "邓丽君" },
	{ "\xba\xa3\xc0\xab\xcc\xec\xbf\xd5", "海阔天空" },
	{ "Beyond - \xba\xa3\xc0\xab\xcc\xec\xbf\xd5", "Beyond - 海阔天空" },
	{ "01 \xcc\xf0\xc3\xdb\xc3\xdb (Live)", "01 甜蜜蜜 (Live)" },
	{ "\xc1\xb5\xc7\xfa" "1990", "恋曲1990" },
	{ "DJ\xb0\xe6", "DJ版" },
	{ "\xce\xd2\xb0\xae" "you", "我爱you" },
	{ "\xd2\xf4\xb9\xec 1", "音轨 1" },
	{ "\xa1\xb6\xce\xd2\xb5\xc4\xd7\xe6\xb9\xfa\xa1\xb7", "《我的祖国》" },
	{ "\xd6\xa3\xd6\xc7\xbb\xaf", "郑智化" },
	{ "\x8f\x88\x87\xf8\x98s", "張國榮" },
};

static const struct text cut[] = {
	{ "\xba\xa3\xc0\xab\xcc", "海阔" },
	{ "caf\xc3\xa9 caf\xc3", "café caf" },
	{ "\xe4\xb8\xad\xe5\x9b", "中" },
	{ "\xe4\xb8\xad\xe5", "中" },
	{ "a\xf0\x9f\x8e\xb5\xf0\x9f\x8e", "a🎵" },
};

static void
test_all(const char *what, const struct text *t, size_t n)
{
	char out[256];

	for (; n > 0; n--, t++) {
		charset_to_utf8("auto", t->in, strlen(t->in), out,
		    sizeof(out));
		is_str(out, t->utf8, what);
	}
}

static void
test_edges(void)
{
	char out[256], small[6], big[6000], *p;

	is(charset_to_utf8("auto", "", 0, out, sizeof(out)), 0, "no text");
	is_str(out, "", "gives none");
	charset_to_utf8("auto", "\xe4\xb8\xad\xe5\x9b\xbd", 6, small,
	    sizeof(small));
	is_str(small, "中", "UTF-8 is cut between characters");
	charset_to_utf8("auto", "\xba\xa3\xc0\xab\xcc\xec", 6, small,
	    sizeof(small));
	is_str(small, "海", "and so is what was converted");
	charset_to_utf8("auto", "a\x1b[0m\nb\x7f", 8, out, sizeof(out));
	is_str(out, "a?[0m b?", "control characters go");
	memset(big, 'x', sizeof(big));
	charset_to_utf8("auto", big, sizeof(big), out, sizeof(out));
	is(strlen(out), sizeof(out) - 1, "a long text is cut");
	for (p = big; p < big + sizeof(big); p++)
		*p = (char)(p - big);
	charset_to_utf8("auto", big, sizeof(big), out, sizeof(out));
	ok(strlen(out) < sizeof(out), "any bytes at all do no harm");
	/* 0x81 is no character of CP1252. */
	charset_to_utf8("auto", "a \x81 b", 5, out, sizeof(out));
	is_str(out, "a ? b", "a byte that is nothing");
}

static void
test_named(void)
{
	char out[64];

	is(charset_to_utf8("ISO-8859-2", "Dvo\xf8\xe1k", 6, out, sizeof(out)),
	    0, "a named charset");
	is_str(out, "Dvořák", "is used");
	charset_to_utf8("UTF-16LE", "H\0i\0\x2d\x4e", 6, out, sizeof(out));
	is_str(out, "Hi中", "UTF-16LE");
	charset_to_utf8("UTF-16BE", "\0H\0i\x4e\x2d", 6, out, sizeof(out));
	is_str(out, "Hi中", "UTF-16BE");
	charset_to_utf8("GB18030", "\xc4\xd6\xdc", 3, out, sizeof(out));
	is_str(out, "闹", "a named charset is not doubted");
	charset_to_utf8("UTF-8", "a\xff" "b", 3, out, sizeof(out));
	is_str(out, "a?b", "a byte that does not decode");
	is(charset_to_utf8("klingon", "abc", 3, out, sizeof(out)), -1,
	    "an unknown charset");
	is_str(out, "", "gives no text");
	ok(charset_is_known("auto") && charset_is_known("AUTO") &&
	    charset_is_known("GB18030") && charset_is_known("CP1252") &&
	    charset_is_known("UTF-16LE") && charset_is_known("UTF-16BE"),
	    "charsets that we rely on");
	ok(!charset_is_known("klingon") && !charset_is_known(""),
	    "and unknown ones");
}

int
main(void)
{
	test_all("CP1252", western, sizeof(western) / sizeof(western[0]));
	test_all("GB18030", chinese, sizeof(chinese) / sizeof(chinese[0]));
	test_all("cut at the end", cut, sizeof(cut) / sizeof(cut[0]));
	test_edges();
	test_named();
	return tap_end();
}
