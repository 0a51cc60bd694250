/* SPDX-License-Identifier: ISC */
#include "base/repeat.h"

#include "tap.h"

#define S	INT64_C(1000000000)

static struct repeat r;
static char text[64];
static int level;

static void
test_one(void)
{
	int i, said = 0;

	is(repeat_pass(&r, 1, "the disk is slow", 100 * S), 1,
	    "a line is said");
	for (i = 1; i < 60; i++)
		said += repeat_pass(&r, 1, "the disk is slow",
		    (100 + i) * S);
	is(said, 0, "and not again within a minute");
	is(repeat_pass(&r, 1, "the disk is fast", 101 * S), 1,
	    "another one is");
	is(repeat_take(&r, 159 * S, &level, text, sizeof(text)), 0,
	    "nor is the count before that");
	is(repeat_pass(&r, 1, "the disk is slow", 160 * S), 0,
	    "one that comes before the count is said belongs to it");
	is(repeat_take(&r, 160 * S, &level, text, sizeof(text)), 60,
	    "how often it came");
	is_str(text, "the disk is slow", "with its text");
	is(level, 1, "and level");
	is(repeat_take(&r, 160 * S, &level, text, sizeof(text)), 0,
	    "is said once");
	is(repeat_pass(&r, 1, "the disk is slow", 161 * S), 0,
	    "from then on it is a minute again");
	is(repeat_take(&r, 220 * S, &level, text, sizeof(text)), 1,
	    "until it is said");
	is(repeat_pass(&r, 1, "the disk is slow", 300 * S), 1,
	    "after a minute of silence it is said at once");
	is(repeat_pass(&r, 1, "the disk is fast", 300 * S), 1,
	    "and so is one that had not come again");
	is(repeat_pass(&r, 1, "the disk is fast", 301 * S), 0, "it is known");
	is(repeat_forget(&r, &level, text, sizeof(text)), 1,
	    "when something else has happened, how often it came is said");
	is_str(text, "the disk is fast", "of that line");
	is(repeat_forget(&r, &level, text, sizeof(text)), 0, "and no other");
	is(repeat_pass(&r, 1, "the disk is slow", 302 * S), 1,
	    "then all is said again,");
	is(repeat_pass(&r, 1, "the disk is fast", 302 * S), 1,
	    "also what was counted");
	is(repeat_take(&r, 400 * S, &level, text, sizeof(text)), 0,
	    "which begins anew");
}

static void
test_many(void)
{
	char line[REPEAT_TEXT_MAX + 100];
	int i, said = 0;

	memset(&r, 0, sizeof(r));
	for (i = 0; i < 1000; i++) {
		snprintf(line, sizeof(line), "file %d is bad", i);
		said += repeat_pass(&r, 0, line, S);
	}
	is(said, 1000, "however many lines that differ: all are said");
	said = 0;
	for (i = 0; i < REPEAT_LINES; i++) {
		snprintf(line, sizeof(line), "file %d is bad", i);
		said += repeat_pass(&r, 0, line, 2 * S);
	}
	is(said, 0, "the first of them are known");
	said = 0;
	while (repeat_take(&r, 70 * S, &level, text, sizeof(text)) == 1)
		said++;
	is(said, REPEAT_LINES, "and each is told once");
	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	memset(&r, 0, sizeof(r));
	repeat_pass(&r, 0, line, S);
	line[sizeof(line) - 2] = 'y';
	is(repeat_pass(&r, 0, line, S), 1,
	    "lines that differ at the end differ, however long");
}

int
main(void)
{
	test_one();
	test_many();
	return tap_end();
}
