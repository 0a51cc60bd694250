/* SPDX-License-Identifier: ISC */
/* What keys mean. */
#include <stdint.h>

#include "base/clock.h"
#include "tap.h"
#include "term.h"

static struct term t;

/* Type text at once: what the last key means. */
static enum term_key
type(const char *text)
{
	enum term_key key = TERM_NONE;

	for (; *text != '\0'; text++)
		key = term_feed(&t, *text, NS_PER_S);
	return key;
}

int
main(void)
{
	is(type("12"), TERM_NONE, "digits wait");
	is(t.until_ns, 2 * NS_PER_S, "for a second");
	is(type("3\n"), TERM_NUMBER, "Enter ends them");
	is(t.number, 123, "the number");
	is(t.until_ns, 0, "nothing is pending");
	is(type("\n"), TERM_NONE, "Enter alone is nothing");
	is(type("0\n"), TERM_NONE, "nor is zero");
	is(type("45\b\n"), TERM_NUMBER, "backspace");
	is(t.number, 4, "takes the last digit");
	type("99999999999999999999");
	ok(t.number <= 16383, "a number never grows beyond the channels");
	is(type("\n\033[A"), TERM_UP, "arrow up");
	is(type("\033[B"), TERM_DOWN, "arrow down");
	is(type("\033OA"), TERM_UP, "arrow up as other terminals send it");
	is(type("\033[1;5B"), TERM_DOWN, "with Control");
	is(type("\033[C"), TERM_RIGHT, "arrow right");
	is(type("\033[D"), TERM_LEFT, "arrow left");
	is(type(" "), TERM_PAUSE, "space");
	is(type("q"), TERM_QUIT, "q");
	is(type("\033[5~x"), TERM_NONE, "page up, x");
	return tap_end();
}
