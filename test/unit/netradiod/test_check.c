/* SPDX-License-Identifier: ISC */
/* What netradiod -n prints, for a library made by hand. */
#include "check.h"

#include <stdlib.h>

#include "base/clock.h"
#include "config.h"
#include "library.h"
#include "tap.h"

static struct track tracks[4];
static struct playlist lists[2], stray_list;
static struct channel_def defs[2], stray;
static struct library library;
static struct config *config;

static void
make_track(struct track *t, const char *path, const char *problem)
{
	memset(t, 0, sizeof(*t));
	t->path = strdup(path);
	t->title = t->artist = t->album = "";
	if (problem != NULL) {
		t->problem = strdup(problem);
		return;
	}
	snprintf(t->facts.container, sizeof(t->facts.container), "mpeg");
	snprintf(t->facts.codec, sizeof(t->facts.codec), "mp3");
	snprintf(t->facts.mpeg_version, sizeof(t->facts.mpeg_version), "2.5");
	t->facts.layer = 3;
	t->facts.rate = 11025;
	t->facts.channels = 1;
	t->bitrate = 24000;
	t->frames = 70313;
	t->duration = flick_of_samples(70313 * INT64_C(576), 11025);
}

static void
make_def(struct channel_def *d, unsigned number, struct playlist *p,
    struct track *t, size_t n, size_t playable)
{
	d->number = number;
	d->name = strdup(number > 0 ? "jazz" : "broken");
	d->description = strdup(number == 3 ? "Late night" : "");
	d->list = p;
	p->tracks = t;
	p->ntracks = n;
	p->nplayable = playable;
}

static void
make_library(void)
{
	make_track(&tracks[0], "a\xe9\"\n.mp3", NULL);
	tracks[0].title = "Title";
	tracks[0].artist = "Artist";
	make_track(&tracks[1], "b.mp3", "dangling link");
	make_track(&tracks[2], "c.mp3", NULL);
	make_track(&tracks[3], "d.mp3", "empty file");
	make_def(&defs[0], 3, &lists[0], &tracks[0], 2, 1);
	make_def(&defs[1], 2050, &lists[1], &tracks[2], 1, 1);
	make_def(&stray, 0, &stray_list, &tracks[3], 1, 0);
	library.channels = defs;
	library.nchannels = 2;
	library.stray = &stray;
	library.nstray = 1;
}

static char *
print(int64_t limit, int *problems)
{
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	*problems = check_print(f, config, &library, limit);
	fclose(f);
	return text;
}

static void
test_json(void)
{
	int problems;
	char *text;

	config->json = 1;
	text = print(INT64_MAX, &problems);
	is(problems, 2, "rows with a problem");
	is_str(text,
	    "{\"channel\": 3, \"name\": \"jazz\", \"group\": "
	    "\"239.255.64.3\", \"port\": 16400, \"file\": "
	    "\"a\\udce9\\\"\\u000a.mp3\", \"container\": \"mpeg\", \"codec\": "
	    "\"mp3\", \"mpeg_version\": 2.5, \"layer\": 3, \"sample_rate\": "
	    "11025, \"channels\": 1, \"bitrate\": 24000, \"frames\": 70313, "
	    "\"duration\": 3673.495510204, \"title\": \"Title\", \"artist\": "
	    "\"Artist\", \"problem\": null}\n"
	    "{\"channel\": 3, \"name\": \"jazz\", \"group\": "
	    "\"239.255.64.3\", \"port\": 16400, \"file\": \"b.mp3\", "
	    "\"container\": null, \"codec\": null, \"mpeg_version\": null, "
	    "\"layer\": null, \"sample_rate\": null, \"channels\": null, "
	    "\"bitrate\": null, \"frames\": null, \"duration\": null, "
	    "\"title\": null, \"artist\": null, \"problem\": "
	    "\"dangling link\"}\n"
	    "{\"channel\": 2050, \"name\": \"jazz\", \"group\": "
	    "\"239.255.72.2\", \"port\": 16392, \"file\": \"c.mp3\", "
	    "\"container\": \"mpeg\", \"codec\": \"mp3\", \"mpeg_version\": "
	    "2.5, \"layer\": 3, \"sample_rate\": 11025, \"channels\": 1, "
	    "\"bitrate\": 24000, \"frames\": 70313, \"duration\": "
	    "3673.495510204, \"title\": null, \"artist\": null, \"problem\": "
	    "null}\n"
	    "{\"channel\": null, \"name\": \"broken\", \"group\": null, "
	    "\"port\": null, \"file\": \"d.mp3\", \"container\": null, "
	    "\"codec\": null, \"mpeg_version\": null, \"layer\": null, "
	    "\"sample_rate\": null, \"channels\": null, \"bitrate\": null, "
	    "\"frames\": null, \"duration\": null, \"title\": null, "
	    "\"artist\": null, \"problem\": \"empty file\"}\n",
	    "one object a track, all keys, in order");
	free(text);
	text = print(40000, &problems);
	is(problems, 3, "a channel beyond max-rate is a problem");
	ok(strstr(text, "\"file\": \"c.mp3\"") != NULL &&
	    strstr(strstr(text, "\"file\": \"c.mp3\""),
	    "\"problem\": \"off air: ") != NULL, "of its tracks");
	free(text);
}

static void
test_table(void)
{
	int problems;
	char *text;

	config->json = 0;
	text = print(INT64_MAX, &problems);
	is(problems, 2, "table: problems");
	ok(strstr(text, "channel 3: jazz\n  Late night\n"
	    "  rtp://239.255.64.3:16400, 1 track, 1:01:13, 0.03 Mbit/s\n"
	    "  1:01:13  mp3 24 kbit/s 11.025 kHz mono") == text,
	    "channel and track");
	ok(strstr(text, "Artist - Title ") != NULL &&
	    strstr(text, "  a\xc3\xa9\" .mp3\n") != NULL,
	    "title, and a path that a terminal can take");
	ok(strstr(text, "  problem: b.mp3: dangling link\n") != NULL,
	    "a track with a problem");
	ok(strstr(text, "no channel: broken\n  problem: d.mp3: empty file\n")
	    != NULL, "a directory that is no channel");
	ok(strstr(text, "\n2 channels, 2 tracks, 2:02:26, 0.06 Mbit/s; "
	    "2 problems\n") != NULL, "the sum");
	free(text);
	text = print(40000, &problems);
	ok(strstr(text, "channel 2050: jazz\n  rtp://239.255.72.2:16392, "
	    "1 track, 1:01:13, 0.03 Mbit/s\n  problem: off air: ") != NULL,
	    "off air");
	free(text);
}

int
main(void)
{
	size_t i;

	config = malloc(sizeof(*config));
	config_defaults(config);
	make_library();
	test_json();
	test_table();
	for (i = 0; i < 4; i++) {
		free(tracks[i].path);
		free(tracks[i].problem);
	}
	for (i = 0; i < 2; i++) {
		free(defs[i].name);
		free(defs[i].description);
	}
	free(stray.name);
	free(stray.description);
	config_free(config);
	return tap_end();
}
