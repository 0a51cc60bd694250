/* SPDX-License-Identifier: ISC */
#include "base/num.h"

#include "tap.h"

static void
accepts(const char *text, int64_t min, int64_t max, int64_t want)
{
	char why[64] = "";
	int64_t v = -77;

	ok(num_parse(text, min, max, &v, why, sizeof(why)) == 0 && v == want,
	    "\"%s\" is %lld", text, (long long)want);
}

static void
refuses(const char *text, int64_t min, int64_t max)
{
	char why[64] = "";
	int64_t v = -77;

	ok(num_parse(text, min, max, &v, why, sizeof(why)) == -1 && v == -77 &&
	    why[0] != '\0', "\"%s\" is refused in %lld to %lld", text,
	    (long long)min, (long long)max);
}

int
main(void)
{
	char why[64], tiny[8];
	int64_t v;

	accepts("0", 0, 255, 0);
	accepts("255", 0, 255, 255);
	accepts("007", 1, 10, 7);
	accepts("-5", -10, 10, -5);
	accepts("9223372036854775807", 0, INT64_MAX, INT64_MAX);
	accepts("-9223372036854775808", INT64_MIN, 0, INT64_MIN);
	refuses("", 0, 10);
	refuses("256", 0, 255);
	refuses("-1", 0, 255);
	refuses("0", 1, 255);
	refuses(" 1", 0, 10);
	refuses("1 ", 0, 10);
	refuses("\t1", 0, 10);
	refuses("+1", 0, 10);
	refuses("- 1", -10, 10);
	refuses("-", -10, 10);
	refuses("--1", -10, 10);
	refuses("0x10", 0, 255);
	refuses("1e3", 0, 5000);
	refuses("1.0", 0, 10);
	refuses("12k", 0, 100);
	refuses("ten", 0, 10);
	refuses("1\n", 0, 10);
	refuses("9223372036854775808", 0, INT64_MAX);
	refuses("-9223372036854775809", INT64_MIN, 0);
	refuses("18446744073709551617", 0, 10);
	num_parse("300", 1, 255, &v, why, sizeof(why));
	is_str(why, "a number from 1 to 255", "the reason names the range");
	memset(tiny, 'x', sizeof(tiny));
	num_parse("300", 1, 255, &v, tiny, sizeof(tiny) - 1);
	ok(tiny[6] == '\0' && tiny[7] == 'x', "a short reason is cut and ends");
	return tap_end();
}
