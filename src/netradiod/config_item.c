/* SPDX-License-Identifier: ISC */
#include "config_item.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/charset.h"
#include "base/num.h"
#include "base/text.h"
#include "wire/plist.h"
#include "wire/ports.h"

#include "config.h"
#include "watch.h"

#define RATE_MAX	INT64_C(1000000000000)	/* 1 Tbit/s */
#define LIST_RATE_MIN	INT64_C(16000)
#define LIST_RATE_MAX	INT64_C(100000000)
#define WATCH_MAX	86400
#define HTTP_CLIENTS_MAX 60000

/* That there is no memory is no fault of the value: it is said once all has
 * been read. */
static int
replace(struct config *c, char **field, const char *value)
{
	free(*field);
	if ((*field = strdup(value)) == NULL)
		c->no_memory = 1;
	return 0;
}

static int
set_path(struct config *c, char **field, const char *value, char *why,
    size_t size)
{
	if (value[0] != '/' || strlen(value) >= PATH_MAX) {
		text_format(why, size, "an absolute path of at most %d bytes",
		    PATH_MAX - 1);
		return -1;
	}
	return replace(c, field, value);
}

static int
set_media(struct config *c, const char *value, char *why, size_t size)
{
	return set_path(c, &c->media, value, why, size);
}

static int
set_state(struct config *c, const char *value, char *why, size_t size)
{
	return set_path(c, &c->state, value, why, size);
}

static int
set_pidfile(struct config *c, const char *value, char *why, size_t size)
{
	return set_path(c, &c->pidfile, value, why, size);
}

static int
set_user(struct config *c, const char *value, char *why, size_t size)
{
	if (value[0] == '\0' || value[0] == '-' ||
	    strpbrk(value, ": \t/") != NULL) {
		text_copy(why, size, "the name of a user");
		return -1;
	}
	return replace(c, &c->user, value);
}

static int
set_charset(struct config *c, const char *value, char *why, size_t size)
{
	if (!charset_is_known(value)) {
		text_copy(why, size,
		    "auto or a character set that iconv knows, as CP1251");
		return -1;
	}
	return replace(c, &c->charset, value);
}

static int
set_name(struct config *c, const char *value, char *why, size_t size)
{
	char clean[PLIST_TEXT_MAX];

	if (!text_is_utf8(value, strlen(value)) ||
	    text_copy(clean, sizeof(clean), value) == -1) {
		text_format(why, size, "UTF-8 text of at most %d bytes",
		    PLIST_TEXT_MAX - 1);
		return -1;
	}
	text_clean(clean);
	return replace(c, &c->name, clean);
}

static int
add_interface(struct config *c, const char *name, size_t n, char *why,
    size_t size)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (name[i] == '/' || name[i] == ':' ||
		    !isgraph((unsigned char)name[i]))
			break;
	if (i < n || n == 0 || n >= IF_NAMESIZE) {
		text_format(why, size,
		    "the name of an interface, 1 to %d characters",
		    IF_NAMESIZE - 1);
		return -1;
	}
	for (i = 0; i < c->nifaces; i++)
		if (strncmp(c->ifaces[i], name, n) == 0 &&
		    c->ifaces[i][n] == '\0')
			return 0;
	if (c->nifaces == CONFIG_IFACES_MAX) {
		text_format(why, size, "at most %d interfaces",
		    CONFIG_IFACES_MAX);
		return -1;
	}
	return text_copyn(c->ifaces[c->nifaces++], IF_NAMESIZE, name, n);
}

/* One name, or several with spaces between them. */
static int
set_interface(struct config *c, const char *value, char *why, size_t size)
{
	size_t n;

	do {
		n = strcspn(value, " \t");
		if (add_interface(c, value, n, why, size) == -1)
			return -1;
		value += n;
		value += strspn(value, " \t");
	} while (*value != '\0');
	return 0;
}

/* A base group: 0, or -1 if it is none. */
static int
parse_group(struct addr *base, const char *value)
{
	struct addr last;

	if (addr_parse(base, value, PORTS_LIST) == -1 ||
	    !addr_is_multicast(base))
		return -1;
	last = addr_plus(base, PORTS_CHANNEL_MAX, 0);
	return addr_is_multicast(&last) ? 0 : -1;
}

static int
set_group(struct config *c, const char *value, char *why, size_t size)
{
	struct addr base;

	if (parse_group(&base, value) == -1) {
		text_format(why, size, "a multicast address with room for %d "
		    "more, as %s", PORTS_CHANNEL_MAX, PORTS_GROUP_DEFAULT);
		return -1;
	}
	if (addr_is_ipv6(&base)) {
		c->group6 = base;
		c->ipv6 = CONFIG_IPV6_ONLY;
	} else
		c->group = base;
	return 0;
}

static int
set_group6(struct config *c, const char *value, char *why, size_t size)
{
	struct addr base;

	if (parse_group(&base, value) == 0 && addr_is_ipv6(&base)) {
		c->group6 = base;
		return 0;
	}
	text_format(why, size, "an IPv6 multicast address, as %s",
	    PORTS_GROUP6_DEFAULT);
	return -1;
}

static int
set_ipv6(struct config *c, const char *value, char *why, size_t size)
{
	if (strcmp(value, "no") == 0)
		c->ipv6 = CONFIG_IPV6_NO;
	else if (strcmp(value, "yes") == 0)
		c->ipv6 = CONFIG_IPV6_YES;
	else if (strcmp(value, "only") == 0)
		c->ipv6 = CONFIG_IPV6_ONLY;
	else {
		text_copy(why, size, "no, yes or only");
		return -1;
	}
	return 0;
}

static int
set_dscp(struct config *c, const char *value, char *why, size_t size)
{
	int64_t v;

	if (num_parse(value, 0, 63, &v, why, (unsigned)size) == -1)
		return -1;
	c->dscp = (unsigned)v;
	return 0;
}

static int
add_sendto(struct config *c, const char *value, char *why, size_t size)
{
	struct sendto s;

	if (sendto_parse(&s, value, why, size) == -1)
		return -1;
	if (c->nsendto == SENDTO_MAX) {
		text_format(why, size, "at most %d of them", SENDTO_MAX);
		return -1;
	}
	c->sendto[c->nsendto++] = s;
	return 0;
}

static int
set_ttl(struct config *c, const char *value, char *why, size_t size)
{
	int64_t v;

	if (num_parse(value, 0, 255, &v, why, (unsigned)size) == -1)
		return -1;
	c->ttl = (unsigned)v;
	return 0;
}

/*
 * "512000", "512 kbit/s", "1.5 Mbit/s": bit/s.  0, or -1.
 */
static int
rate_parse(const char *text, int64_t *out)
{
	static const struct {
		const char *unit;
		int64_t bps;
	} units[] = {
		{ "", 1 }, { "bit/s", 1 }, { "kbit/s", 1000 },
		{ "Mbit/s", 1000000 }, { "Gbit/s", 1000000000 }
	};
	int64_t whole = 0, part = 0, parts = 1;
	size_t i;

	if (!isdigit((unsigned char)*text))
		return -1;
	for (; isdigit((unsigned char)*text); text++)
		if ((whole = 10 * whole + (*text - '0')) > RATE_MAX)
			return -1;
	if (*text == '.') {
		if (!isdigit((unsigned char)*++text))
			return -1;
		for (; isdigit((unsigned char)*text); text++)
			if (parts < 1000000) {
				part = 10 * part + (*text - '0');
				parts *= 10;
			}
	}
	text += strspn(text, " \t");
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcasecmp(text, units[i].unit) == 0)
			break;
	if (i == sizeof(units) / sizeof(units[0]) ||
	    whole > RATE_MAX / units[i].bps)
		return -1;
	*out = whole * units[i].bps + part * units[i].bps / parts;
	return 0;
}

static int
set_max_rate(struct config *c, const char *value, char *why, size_t size)
{
	int64_t v;

	if (strcmp(value, "auto") == 0)
		v = -1;
	else if (strcmp(value, "off") == 0)
		v = INT64_MAX;
	else if (rate_parse(value, &v) == -1 || v <= 0) {
		text_copy(why, size, "auto, off or a rate, as 10 Mbit/s");
		return -1;
	}
	c->max_rate = v;
	return 0;
}

static int
set_list_rate(struct config *c, const char *value, char *why, size_t size)
{
	int64_t v;

	if (rate_parse(value, &v) == -1 || v < LIST_RATE_MIN ||
	    v > LIST_RATE_MAX) {
		text_copy(why, size,
		    "a rate from 16 kbit/s to 100 Mbit/s, as 512 kbit/s");
		return -1;
	}
	c->list_rate = v;
	return 0;
}

static int
set_join(struct config *c, const char *value, char *why, size_t size)
{
	if (strcmp(value, "auto") == 0)
		c->join = REPORT_JOIN_AUTO;
	else if (strcmp(value, "yes") == 0)
		c->join = REPORT_JOIN_YES;
	else if (strcmp(value, "no") == 0)
		c->join = REPORT_JOIN_NO;
	else {
		text_copy(why, size, "auto, yes or no");
		return -1;
	}
	return 0;
}

static int
set_sap(struct config *c, const char *value, char *why, size_t size)
{
	if (strcmp(value, "auto") == 0)
		c->sap = ANNOUNCE_AUTO;
	else if (strcmp(value, "yes") == 0)
		c->sap = ANNOUNCE_YES;
	else if (strcmp(value, "no") == 0)
		c->sap = ANNOUNCE_NO;
	else {
		text_copy(why, size, "auto, yes or no");
		return -1;
	}
	return 0;
}

static int
set_yes(int *field, const char *value, char *why, size_t size)
{
	if (strcmp(value, "yes") == 0)
		*field = 1;
	else if (strcmp(value, "no") == 0)
		*field = 0;
	else {
		text_copy(why, size, "yes or no");
		return -1;
	}
	return 0;
}

static int
set_rtcp(struct config *c, const char *value, char *why, size_t size)
{
	return set_yes(&c->rtcp, value, why, size);
}

static int
set_shared_group(struct config *c, const char *value, char *why, size_t size)
{
	return set_yes(&c->shared_group, value, why, size);
}

/* PORT, ADDRESS:PORT or [ADDRESS]:PORT. */
static int
set_http(struct config *c, const char *value, char *why, size_t size)
{
	const char *colon = strrchr(value, ':');
	char host[ADDR_TEXT_MAX] = "::", ignored[64];
	size_t n = colon != NULL ? (size_t)(colon - value) : 0;
	int64_t port;

	if (strcmp(value, "no") == 0) {
		c->has_http = 0;
		return 0;
	}
	if (n > 1 && value[0] == '[' && value[n - 1] == ']')
		text_copyn(host, sizeof(host), value + 1, n - 2);
	else if (n > 0 && memchr(value, ':', n) == NULL)
		text_copyn(host, sizeof(host), value, n);
	else if (colon != NULL)
		host[0] = '\0';
	if (num_parse(colon != NULL ? colon + 1 : value, 1, 65535, &port,
	    ignored, sizeof(ignored)) == 0 &&
	    addr_parse(&c->http, host, (uint16_t)port) == 0 &&
	    !addr_is_multicast(&c->http)) {
		c->has_http = 1;
		return 0;
	}
	text_copy(why, size, "no, a port, or a numeric address and a port as "
	    "192.0.2.1:8000 or [2001:db8::1]:8000");
	return -1;
}

static int
set_count(unsigned *field, const char *value, char *why, size_t size)
{
	int64_t v;

	if (num_parse(value, 1, HTTP_CLIENTS_MAX, &v, why, (unsigned)size) ==
	    -1)
		return -1;
	*field = (unsigned)v;
	return 0;
}

static int
set_http_clients(struct config *c, const char *value, char *why, size_t size)
{
	return set_count(&c->http_clients, value, why, size);
}

static int
set_http_clients_each(struct config *c, const char *value, char *why,
    size_t size)
{
	return set_count(&c->http_clients_each, value, why, size);
}

static int
set_watch(struct config *c, const char *value, char *why, size_t size)
{
	int64_t v;

	if (strcmp(value, "yes") == 0)
		v = WATCH_AUTO;
	else if (strcmp(value, "no") == 0)
		v = WATCH_OFF;
	else if (num_parse(value, 1, WATCH_MAX, &v, why, (unsigned)size) ==
	    -1) {
		text_format(why, size, "yes, no or 1 to %d seconds",
		    WATCH_MAX);
		return -1;
	}
	c->watch = (int)v;
	return 0;
}

static int
set_foreground(struct config *c, const char *value, char *why, size_t size)
{
	(void)value, (void)why, (void)size;
	c->foreground = 1;
	return 0;
}

static int
set_check(struct config *c, const char *value, char *why, size_t size)
{
	(void)value, (void)why, (void)size;
	c->check = 1;
	return 0;
}

static int
set_json(struct config *c, const char *value, char *why, size_t size)
{
	(void)value, (void)why, (void)size;
	c->json = 1;
	return 0;
}

static int
set_verbose(struct config *c, const char *value, char *why, size_t size)
{
	(void)value, (void)why, (void)size;
	c->verbose++;
	return 0;
}

static const struct config_item items[] = {
	{ "foreground", 'f', ITEM_OPTION, NULL,
	    "stay in the foreground, log to stderr", set_foreground },
	{ "help", 'h', ITEM_OPTION, NULL,
	    "print this and exit", NULL },
	{ "check", 'n', ITEM_OPTION, NULL,
	    "check configuration and library, print them, exit", set_check },
	{ "version", 'V', ITEM_OPTION, NULL,
	    "print the version and exit", NULL },
	{ "verbose", 'v', ITEM_OPTION | ITEM_REPEATS, NULL,
	    "log more: -v tracks, -vv everything", set_verbose },
	{ "json", 0, ITEM_OPTION, NULL,
	    "with -n: one JSON object per line and track", set_json },
	{ "config", 'c', ITEM_OPTION, "file",
	    "configuration file", NULL },
	{ "group", 'g', ITEM_KEY | ITEM_OPTION, "group",
	    "base group: channel n is n addresses above", set_group },
	{ "http", 0, ITEM_KEY | ITEM_OPTION, "[addr:]port",
	    "serve over HTTP there, to those whom multicast does not reach",
	    set_http },
	{ "interface", 'i', ITEM_KEY | ITEM_OPTION | ITEM_REPEATS,
	    "interface", "send on this interface (may be repeated)",
	    set_interface },
	{ "media", 'm', ITEM_KEY | ITEM_OPTION | ITEM_PATH, "dir",
	    "media library", set_media },
	{ "pidfile", 'p', ITEM_KEY | ITEM_OPTION | ITEM_PATH, "file",
	    "file for the process id", set_pidfile },
	{ "state", 's', ITEM_KEY | ITEM_OPTION | ITEM_PATH, "dir",
	    "state directory", set_state },
	{ "ttl", 't', ITEM_KEY | ITEM_OPTION, "ttl",
	    "hops that the packets may go, 0 to 255", set_ttl },
	{ "user", 'u', ITEM_KEY | ITEM_OPTION, "user",
	    "run as this user (root only)", set_user },
	{ "charset", 0, ITEM_KEY, "charset", NULL, set_charset },
	{ "dscp", 0, ITEM_KEY, "number", NULL, set_dscp },
	{ "group6", 0, ITEM_KEY, "group", NULL, set_group6 },
	{ "http-clients", 0, ITEM_KEY, "number", NULL, set_http_clients },
	{ "http-clients-each", 0, ITEM_KEY, "number", NULL,
	    set_http_clients_each },
	{ "ipv6", 0, ITEM_KEY, "no | yes | only", NULL, set_ipv6 },
	{ "join", 0, ITEM_KEY, "auto | yes | no", NULL, set_join },
	{ "list-rate", 0, ITEM_KEY, "rate", NULL, set_list_rate },
	{ "max-rate", 0, ITEM_KEY, "rate", NULL, set_max_rate },
	{ "name", 0, ITEM_KEY, "text", NULL, set_name },
	{ "rtcp", 0, ITEM_KEY, "yes | no", NULL, set_rtcp },
	{ "sap", 0, ITEM_KEY, "auto | yes | no", NULL, set_sap },
	{ "send-to", 0, ITEM_KEY | ITEM_REPEATS,
	    "host channel ... | broadcast channel ...", NULL, add_sendto },
	{ "shared-group", 0, ITEM_KEY, "yes | no", NULL, set_shared_group },
	{ "watch", 0, ITEM_KEY, "yes | no | seconds", NULL, set_watch }
};

#define NITEMS	(sizeof(items) / sizeof(items[0]))

const struct config_item *
config_item(size_t i)
{
	return i < NITEMS ? &items[i] : NULL;
}

const struct config_item *
config_item_of_key(const char *key, size_t n)
{
	size_t i;

	for (i = 0; i < NITEMS; i++)
		if ((items[i].flags & ITEM_KEY) &&
		    strncmp(items[i].name, key, n) == 0 &&
		    items[i].name[n] == '\0')
			return &items[i];
	return NULL;
}

const struct config_item *
config_item_of_letter(int letter)
{
	size_t i;

	for (i = 0; i < NITEMS; i++)
		if (letter != 0 && items[i].letter == letter)
			return &items[i];
	return NULL;
}
