/* SPDX-License-Identifier: ISC */
#include "lookup.h"

#include <string.h>
#include <strings.h>

#include "base/num.h"
#include "base/text.h"
#include "library.h"
#include "wire/ports.h"

#define NAMED_MAX	8	/* as many as a sentence names */

static void
add(char *why, size_t size, const char *text)
{
	size_t n = strlen(why);

	text_copy(why + n, size - n, text);
}

static int
begins(const char *name, const char *text, size_t n)
{
	return strncasecmp(name, text, n) == 0;
}

/* Name the channels that begin so, or if none does, all. */
static void
say_channels(const struct library *l, const char *text, size_t n, char *why,
    size_t size)
{
	size_t i, said = 0, some = 0;
	char one[300];

	for (i = 0; i < l->nchannels; i++)
		some += begins(l->channels[i].name, text, n);
	text_format(why, size, some > 0 ? "which channel is \"%.*s\":" :
	    "no channel \"%.*s\"; there are", (int)n, text);
	for (i = 0; i < l->nchannels; i++) {
		if (some > 0 && !begins(l->channels[i].name, text, n))
			continue;
		if (said++ == NAMED_MAX) {
			add(why, size, ", ...");
			break;
		}
		text_format(one, sizeof(one), "%s %u (%s)", said > 1 ? "," :
		    "", l->channels[i].number, l->channels[i].name);
		add(why, size, one);
	}
	if (l->nchannels == 0)
		add(why, size, " none");
	text_clean(why);
}

/* The number that text[0..n) is; 0: it is none. */
static int64_t
number_of(const char *text, size_t n)
{
	char number[16], expected[64];
	int64_t v;

	if (text_copyn(number, sizeof(number), text, n) == -1 ||
	    num_parse(number, 1, PORTS_CHANNEL_MAX, &v, expected,
	    sizeof(expected)) == -1)
		return 0;
	return v;
}

size_t
lookup_split(const struct library *l, const char *text)
{
	size_t i, n, most = strcspn(text, "/");
	int64_t v = number_of(text, most);

	for (i = 0; i < l->nchannels; i++)
		if (l->channels[i].number == v)
			return most;
	for (i = 0; i < l->nchannels; i++) {
		n = strlen(l->channels[i].name);
		if (n > most && begins(l->channels[i].name, text, n) &&
		    text[n] == '/')
			most = n;
	}
	return most;
}

const struct channel_def *
lookup_channel(const struct library *l, const char *text, size_t n, char *why,
    size_t size)
{
	const struct channel_def *d, *only = NULL;
	int64_t v = number_of(text, n);
	size_t i, found = 0;

	for (i = 0; i < l->nchannels; i++)
		if (l->channels[i].number == v)
			return &l->channels[i];
	for (i = 0; i < l->nchannels; i++) {
		d = &l->channels[i];
		if (strlen(d->name) == n && memcmp(d->name, text, n) == 0)
			return d;
		if (n > 0 && begins(d->name, text, n)) {
			only = d;
			found++;
		}
	}
	if (found == 1)
		return only;
	say_channels(l, text, n, why, size);
	return NULL;
}

static const char *
file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

const struct track *
lookup_track(const struct channel_def *d, const char *text, char *why,
    size_t size)
{
	const struct track *tracks = d->list->tracks, *only = NULL;
	size_t i, n = strlen(text), count = d->list->ntracks, found = 0;
	char expected[64];
	int64_t v;

	if (num_parse(text, 1, (int64_t)count, &v, expected,
	    sizeof(expected)) == 0)
		return &tracks[v - 1];
	for (i = 0; i < count; i++)
		if (strcmp(tracks[i].path, text) == 0)
			return &tracks[i];
	for (i = 0; i < count; i++)
		if (tracks[i].title != NULL && strcmp(tracks[i].title,
		    text) == 0)
			return &tracks[i];
	for (i = 0; i < count && n > 0; i++) {
		if (!begins(tracks[i].path, text, n) &&
		    !begins(file_name(tracks[i].path), text, n) &&
		    (tracks[i].title == NULL ||
		    !begins(tracks[i].title, text, n)))
			continue;
		only = &tracks[i];
		found++;
	}
	if (found == 1)
		return only;
	text_format(why, size, found > 1 ? "channel %u (%s) has %zu tracks "
	    "that begin with \"%s\"" : "channel %u (%s) has %zu tracks, none "
	    "of them is \"%s\" (netradioctl library names them)", d->number,
	    d->name, found > 1 ? found : count, text);
	text_clean(why);
	return NULL;
}
