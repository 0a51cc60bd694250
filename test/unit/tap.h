/* SPDX-License-Identifier: ISC */
/*
 * TAP for unit tests: ok(condition, "what is promised"), and return
 * tap_end() from main.  tap_skip() stands for a check that cannot be made here.
 */
#ifndef TAP_H
#define TAP_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int tap_count, tap_failed;

__attribute__((format(printf, 4, 5), unused))
static int
tap_ok(int good, const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	tap_count++;
	tap_failed += !good;
	printf("%sok %d - ", good ? "" : "not ", tap_count);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	if (!good)
		printf("#   failed at %s:%d\n", file, line);
	fflush(stdout);
	return good;
}

#define ok(good, ...)	tap_ok(!!(good), __FILE__, __LINE__, __VA_ARGS__)

/* Integers that must be equal; says both when they are not. */
#define is(got, want, what) do {					\
	long long got_ = (long long)(got), want_ = (long long)(want);	\
	if (!ok(got_ == want_, "%s", what))				\
		printf("#   got %lld, want %lld\n", got_, want_);	\
} while (0)

#define is_str(got, want, what) do {					\
	const char *got_ = (got), *want_ = (want);			\
	if (!ok(strcmp(got_, want_) == 0, "%s", what))			\
		printf("#   got \"%s\", want \"%s\"\n", got_, want_);	\
} while (0)

static inline void
tap_skip(const char *why)
{
	printf("ok %d # SKIP %s\n", ++tap_count, why);
}

static int
tap_end(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed != 0;
}

#endif
