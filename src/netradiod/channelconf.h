/* SPDX-License-Identifier: ISC */
/*
 * channel.conf, in a channel's directory: lines of "key = value" that say
 * about the channel what its directory's name does not.  Pure.
 */
#ifndef CHANNELCONF_H
#define CHANNELCONF_H

#include <stddef.h>

#define CHANNELCONF_NAME	"channel.conf"
#define CHANNELCONF_BYTES	16384	/* at most */
#define CHANNELCONF_TEXT	240

enum channelconf_order {
	ORDER_AUTO,		/* the list's, if there is one, else sorted */
	ORDER_SORTED,
	ORDER_SHUFFLED,		/* what the list has, if there is one */
	ORDER_PLAYLIST
};

struct channelconf {
	unsigned number;	/* 0: the one that the directory asks for */
	char name[CHANNELCONF_TEXT];	/* clean UTF-8; "": the directory's */
	enum channelconf_order order;
	char charset[32];	/* "": that of the configuration */
};

/* An error in a line (counted from 1): what was expected. */
typedef void (*channelconf_error_fn)(void *arg, unsigned line,
    const char *text);

/* Parse the whole text into c.  A line with an error is told and passed over;
 * the others count. */
void channelconf_parse(struct channelconf *c, const char *text, size_t len,
    channelconf_error_fn error, void *arg);

#endif
