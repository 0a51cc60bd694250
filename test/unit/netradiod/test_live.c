/* SPDX-License-Identifier: ISC */
/*
 * A library that changes, and what it knows from before: news, files that are
 * being written, the catalogue, channel.conf, and a disk that is not there.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "catalog.h"
#include "catalog_file.h"
#include "library.h"
#include "news.h"
#include "playlist.h"
#include "tap.h"

#define FRAME	417	/* MPEG-1 layer III, 128 kbit/s, 44.1 kHz, no padding */
#define FRAMES	12
#define NOBODY	65534

static char top[64] = "/tmp/test_live.XXXXXX";
static char root[128], state[128];

static const char *
in_root(const char *path)
{
	static char text[2][300];
	static unsigned next;
	char *s = text[next++ % 2];

	snprintf(s, sizeof(text[0]), "%s/%s", root, path);
	return s;
}

static void
make(const char *path, const void *data, size_t n)
{
	char dir[300];
	int fd;

	snprintf(dir, sizeof(dir), "%s", in_root(path));
	*strrchr(dir, '/') = '\0';
	mkdir(dir, 0755);
	fd = open(in_root(path), O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd == -1 || write(fd, data, n) != (ssize_t)n)
		printf("Bail out! %s: %s\n", path, strerror(errno)), exit(1);
	close(fd);
}

static void
make_text(const char *path, const char *text)
{
	make(path, text, strlen(text));
}

static void
make_frames(const char *path, unsigned frames)
{
	static unsigned char data[FRAME * FRAMES * 2];
	unsigned i;

	for (i = 0; i < frames; i++)
		memcpy(data + i * FRAME, "\xff\xfb\x90\x64", 4);
	make(path, data, frames * FRAME);
}

static void
make_mp3(const char *path)
{
	make_frames(path, FRAMES);
}

/* Other bytes, as many, in a file that looks untouched. */
static void
replace_unseen(const char *path, int byte)
{
	struct timespec times[2];
	struct stat st;
	char *data;
	int fd;

	if (stat(in_root(path), &st) == -1)
		exit(1);
	data = malloc((size_t)st.st_size);
	memset(data, byte, (size_t)st.st_size);
	fd = open(in_root(path), O_WRONLY);
	ok(write(fd, data, (size_t)st.st_size) == st.st_size, "(replaced)");
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	futimens(fd, times);
	close(fd);
	free(data);
}

static void
remove_all(const char *dir)
{
	char path[600];
	struct dirent *e;
	DIR *d = opendir(dir);

	while (d != NULL && (e = readdir(d)) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		if (e->d_name[0] == '.')
			continue;
		if (e->d_type == DT_DIR)
			remove_all(path);
		else
			unlink(path);
	}
	if (d != NULL)
		closedir(d);
	rmdir(dir);
}

static void
clear(void)
{
	remove_all(root);
	mkdir(root, 0755);
}

static struct library *
load(struct library *old, const struct catalog *known, struct news *news)
{
	struct library_options opt = { .charset = "auto", .known = known,
	    .news = news };
	struct library *l = library_load(root, old, &opt, NULL, NULL);

	ok(l != NULL, "(loaded)");
	return l;
}

/* "a.mp3 b.mp3!": the tracks of a channel, those with a problem marked. */
static const char *
tracks(const struct library *l, const char *base)
{
	const struct channel_def *d = library_find(l, base);
	static char text[1024];
	size_t i, n = 0;

	text[0] = '\0';
	for (i = 0; d != NULL && i < d->list->ntracks; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s%s",
		    i > 0 ? " " : "", d->list->tracks[i].path,
		    d->list->tracks[i].problem != NULL ? "!" : "");
	return d != NULL ? text : "(none)";
}

static void
test_news(void)
{
	struct library *l, *old;
	struct news n;

	clear();
	make_mp3("1-a/a.mp3");
	make_mp3("2-b/a.mp3");
	make_mp3("3-c/a.mp3");
	make_text("3-c/playlist.m3u", "../2-b/b.mp3\n../2-b/a.mp3\n");
	old = load(NULL, NULL, NULL);
	make_mp3("1-a/b.mp3");
	make_mp3("2-b/b.mp3");
	make_mp3("4-d/a.mp3");
	news_init(&n);
	news_add(&n, "1-a/b.mp3");
	l = load(old, NULL, &n);
	is_str(tracks(l, "1-a"), "a.mp3 b.mp3", "what is news is read");
	ok(library_find(l, "2-b")->list == library_find(old, "2-b")->list,
	    "what is none is not");
	is_str(tracks(l, "3-c"), "../2-b/b.mp3 ../2-b/a.mp3",
	    "a list may name others' files, so it is");
	is_str(tracks(l, "4-d"), "a.mp3", "and so is what was not there");
	news_done(&n);
	library_put(old);
	library_put(l);
}

static void
test_busy(void)
{
	struct library *l, *old;
	const struct track *t;
	struct news n;

	clear();
	make_mp3("1-a/a.mp3");
	old = load(NULL, NULL, NULL);
	make_frames("1-a/a.mp3", 3);
	make_frames("1-a/new.mp3", 3);
	make_frames("1-a/done.mp3", 3);
	news_init(&n);
	n.is_all = 1;
	news_add_busy(&n, "1-a/a.mp3");
	news_add_busy(&n, "1-a/new.mp3");
	l = load(old, NULL, &n);
	is_str(tracks(l, "1-a"), "a.mp3 done.mp3",
	    "a new file is not there until it is whole");
	t = &library_find(l, "1-a")->list->tracks[0];
	is(t->size, FRAME * FRAMES, "one that is written anew is as it was");
	news_done(&n);
	library_put(old);
	old = l;
	l = load(old, NULL, NULL);
	is_str(tracks(l, "1-a"), "a.mp3 done.mp3 new.mp3", "and then it is");
	t = &library_find(l, "1-a")->list->tracks[0];
	is(t->size, FRAME * 3, "and that has changed");
	library_put(old);
	library_put(l);
}

static void
test_catalog(void)
{
	struct catalog_file f;
	struct library *l, *again;
	struct catalog *c;
	struct track *t;

	clear();
	make_mp3("1-a/a.mp3");
	make_mp3("1-a/changes.mp3");
	make_text("1-a/cover.jpg", "no sound in here, and long enough: "
	    "............................................................");
	make_text("1-a/bad.mp3", "nor here");
	l = load(NULL, NULL, NULL);
	t = &library_find(l, "1-a")->list->tracks[0];
	t->frames = FRAMES;
	t->duration = 1000;
	t->bitrate = 127999;
	catalog_file_init(&f, state);
	catalog_file_save(&f, l, 0);
	catalog_file_done(&f);
	replace_unseen("1-a/a.mp3", 0);
	replace_unseen("1-a/bad.mp3", 'x');
	make_frames("1-a/changes.mp3", 5);
	c = catalog_file_load(state, root);
	ok(c != NULL, "there is a catalogue");
	again = load(NULL, c, NULL);
	is_str(tracks(again, "1-a"), "a.mp3 bad.mp3! changes.mp3",
	    "no unchanged file is opened");
	t = &library_find(again, "1-a")->list->tracks[0];
	is(t->frames, FRAMES, "exact facts are kept");
	is(t->bitrate, 127999, "all of them");
	t = &library_find(again, "1-a")->list->tracks[2];
	is(t->size, 5 * FRAME, "one that changed is");
	is(library_find(again, "1-a")->list->nnone, 1,
	    "what is no media is known, too");
	catalog_free(c);
	library_put(l);
	library_put(again);
	again = load(NULL, NULL, NULL);
	is_str(tracks(again, "1-a"), "a.mp3! bad.mp3! changes.mp3",
	    "without a catalogue they are");
	library_put(again);
}

static void
test_conf(void)
{
	const struct channel_def *d;
	struct library *l, *old;

	clear();
	make_mp3("1-a/a.mp3");
	make_mp3("1-a/b.mp3");
	make_text("1-a/playlist.m3u", "b.mp3\n");
	make_text("1-a/channel.conf", "number = 7\nname = Jazz\n");
	make_text("1-a/descr.txt", "\xcf\xf0\xe8\xe2\xe5\xf2");
	l = load(NULL, NULL, NULL);
	d = library_find(l, "1-a");
	is(d->number, 7, "number");
	is_str(d->name, "Jazz", "name");
	is_str(tracks(l, "1-a"), "b.mp3", "a list is played");
	old = l;
	make_text("1-a/channel.conf", "order = sorted\ncharset = CP1251\n");
	l = load(old, NULL, NULL);
	d = library_find(l, "1-a");
	is(d->number, 1, "the directory's number");
	is_str(tracks(l, "1-a"), "a.mp3 b.mp3", "sorted: it is not");
	is_str(d->description, "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5"
	    "\xd1\x82", "charset");
	library_put(old);
	old = l;
	make_text("1-a/channel.conf", "order = shuffled\nordr = x\n");
	l = load(old, NULL, NULL);
	is_str(tracks(l, "1-a"), "channel.conf:2! b.mp3",
	    "shuffled: what the list has; an error is named with its line");
	ok(library_find(l, "1-a")->list->is_shuffled, "and is shuffled");
	library_put(old);
	old = l;
	unlink(in_root("1-a/playlist.m3u"));
	make_text("1-a/channel.conf", "order = playlist\n");
	l = load(old, NULL, NULL);
	is_str(tracks(l, "1-a"), "a.mp3 b.mp3 channel.conf!",
	    "playlist: it is missed, and what is there plays");
	library_put(old);
	library_put(l);
}

static void
test_lists(void)
{
	struct library *l;

	clear();
	make_mp3("1-a/a.mp3");
	make_mp3("1-a/\xc3\xbc.mp3");
	make_mp3("1-a/c.mp3");
	make_text("1-a/playlist.pls", "[playlist]\nFile1=c.mp3\nTitle1=C\n"
	    "file2 = a.mp3\nNumberOfEntries=2\nVersion=2\n");
	l = load(NULL, NULL, NULL);
	is_str(tracks(l, "1-a"), "c.mp3 a.mp3", "PLS");
	library_put(l);
	make_text("1-a/playlist.m3u8", "\xef\xbb\xbf#EXTM3U\n\xc3\xbc.mp3\n");
	l = load(NULL, NULL, NULL);
	is_str(tracks(l, "1-a"), "\xc3\xbc.mp3", "M3U8 goes before it");
	library_put(l);
	make_text("1-a/playlist.m3u", "a.mp3\nhttp://x/y\n../../z.mp3\n");
	l = load(NULL, NULL, NULL);
	is_str(tracks(l, "1-a"), "a.mp3 http://x/y! ../../z.mp3!",
	    "and M3U before both");
	library_put(l);
}

/* Root reads everything: we are nobody by now. */
static void
test_unreadable(void)
{
	struct library *l, *old;

	clear();
	make_mp3("1-a/a.mp3");
	make_mp3("1-a/b.mp3");
	make_mp3("1-a/private.mp3");
	chmod(in_root("1-a/private.mp3"), 0600);
	l = load(NULL, NULL, NULL);
	is_str(tracks(l, "1-a"), "a.mp3 b.mp3 private.mp3", "readable");
	old = l;
	chmod(in_root("1-a/a.mp3"), 0);
	l = load(old, NULL, NULL);
	is_str(tracks(l, "1-a"), "a.mp3! b.mp3 private.mp3",
	    "what may no longer be read is named, though it did not change");
	ok(library_find(l, "1-a")->list->tracks[2].size == FRAME * FRAMES,
	    "what only we may read is read");
	library_put(old);
	old = l;
	chmod(in_root("1-a/a.mp3"), 0644);
	l = load(old, NULL, NULL);
	is_str(tracks(l, "1-a"), "a.mp3 b.mp3 private.mp3", "and comes back");
	library_put(old);
	library_put(l);
}

static void
test_gone(void)
{
	struct library_options opt = { .charset = "auto" };
	struct library *l, *again;
	char away[200];

	clear();
	make_mp3("1-a/a.mp3");
	l = load(NULL, NULL, NULL);
	snprintf(away, sizeof(away), "%s/away", top);
	ok(rename(root, away) == 0 && mkdir(root, 0755) == 0, "(unmounted)");
	errno = 0;
	again = library_load(root, l, &opt, NULL, NULL);
	ok(again == NULL && errno == ENODEV, "its disk is not there");
	ok(rmdir(root) == 0 && rename(away, root) == 0, "(mounted)");
	again = load(l, NULL, NULL);
	ok(library_find(again, "1-a")->list == library_find(l, "1-a")->list,
	    "it is there again, and nothing changed");
	library_put(again);
	unlink(in_root("1-a/a.mp3"));
	again = load(l, NULL, NULL);
	is(again->nchannels, 0, "emptied by hand it is empty");
	library_put(again);
	library_put(l);
}

int
main(void)
{
	if ((geteuid() == 0 && setresuid(NOBODY, NOBODY, NOBODY) == -1) ||
	    mkdtemp(top) == NULL)
		return 1;
	snprintf(root, sizeof(root), "%s/library", top);
	snprintf(state, sizeof(state), "%s/state", top);
	mkdir(state, 0755);
	test_news();
	test_busy();
	test_catalog();
	test_conf();
	test_lists();
	test_unreadable();
	test_gone();
	remove_all(top);
	return tap_end();
}
