/* SPDX-License-Identifier: ISC */
#include "channelconf.h"

#include <stdio.h>

#include "tap.h"

static char said[4096];

static void
on_error(void *arg, unsigned line, const char *text)
{
	size_t n = strlen(said);

	(void)arg;
	snprintf(said + n, sizeof(said) - n, "%u: %s\n", line, text);
}

static struct channelconf
parse(const char *text)
{
	struct channelconf c;

	said[0] = '\0';
	channelconf_parse(&c, text, strlen(text), on_error, NULL);
	return c;
}

static void
test_good(void)
{
	struct channelconf c = parse("\xef\xbb\xbf# a channel\n\n"
	    "number = 12\n  name=  Stra\xc3\x9f" "e  7 \r\n"
	    "order\t=\tshuffled\ncharset = CP1251");

	is(c.number, 12, "number");
	is_str(c.name, "Stra\xc3\x9f" "e 7", "name");
	is(c.order, ORDER_SHUFFLED, "order");
	is_str(c.charset, "CP1251", "charset");
	is_str(said, "", "without an error");
	c = parse("");
	ok(c.number == 0 && c.name[0] == '\0' && c.order == ORDER_AUTO &&
	    c.charset[0] == '\0', "nothing in it");
	is(parse("order = sorted").order, ORDER_SORTED, "sorted");
	is(parse("order = playlist").order, ORDER_PLAYLIST, "playlist");
}

static void
test_bad(void)
{
	struct channelconf c = parse("nonsense\nnumber = 0\nnumber = 5\n"
	    "name = \xff\nordr = sorted\norder = random\ncharset = none\n"
	    "charset =\n= 3\nname = kept\n");

	is_str(said, "1: nonsense: expected key = value\n"
	    "2: number: expected a number from 1 to 16383, not 0\n"
	    "3: number: given twice\n"
	    "4: name: expected UTF-8 text of at most 239 bytes, not ?\n"
	    "5: ordr: unknown key; there are number, name, order and "
	    "charset\n"
	    "6: order: expected sorted, shuffled or playlist, not random\n"
	    "7: charset: expected auto or a character set that iconv knows, "
	    "as CP1251, not none\n"
	    "8: charset: given twice\n"
	    "9: = 3: expected key = value\n"
	    "10: name: given twice\n", "every error, with its line");
	ok(c.number == 0 && c.order == ORDER_AUTO && c.name[0] == '\0',
	    "and none of them counts");
	c = parse("order = nothing\nnumber = 7\n");
	is(c.number, 7, "what is right beside an error does");
}

static void
test_long(void)
{
	static char text[3000];
	struct channelconf c;

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 12] = '\n';
	memcpy(text + sizeof(text) - 11, "number = 9", 10);
	text[sizeof(text) - 1] = '\n';
	said[0] = '\0';
	channelconf_parse(&c, text, sizeof(text), on_error, NULL);
	is_str(said, "1: expected one line of text\n", "a line too long");
	is(c.number, 9, "costs itself only");
	said[0] = '\0';
	channelconf_parse(&c, "name = a\0b\nnumber = 3", 21, on_error, NULL);
	is_str(said, "1: expected one line of text\n", "so does a NUL");
	is(c.number, 3, "and the next line counts");
}

int
main(void)
{
	test_good();
	test_bad();
	test_long();
	return tap_end();
}
