/* SPDX-License-Identifier: ISC */
/* The library on a tree of its own in a temporary directory. */
#include "library.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "tap.h"
#include "wire/ports.h"

#define FRAME	417	/* MPEG-1 layer III, 128 kbit/s, 44.1 kHz, no padding */
#define FRAMES	12

static char root[64] = "/tmp/test_library.XXXXXX";
static char said[16384];	/* what was logged since the last look */

static const struct library_options plain = { .charset = "auto" };
static const struct library_options exact = { .charset = "auto",
    .exact = 1 };

static const char *
in_root(const char *path)
{
	static char text[4][PATH_MAX + 64];
	static unsigned next;
	char *s = text[next++ % 4];

	snprintf(s, sizeof(text[0]), "%s/%s", root, path);
	return s;
}

static void
make(const char *path, const void *data, size_t n)
{
	char dir[PATH_MAX];
	char *p;
	int fd;

	snprintf(dir, sizeof(dir), "%s", in_root(path));
	for (p = strchr(dir + strlen(root) + 1, '/'); p != NULL;
	    p = strchr(p + 1, '/')) {
		*p = '\0';
		mkdir(dir, 0755);
		*p = '/';
	}
	fd = open(dir, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd == -1 || write(fd, data, n) != (ssize_t)n)
		printf("Bail out! %s: %s\n", dir, strerror(errno)), exit(1);
	close(fd);
}

static void
make_text(const char *path, const char *text)
{
	make(path, text, strlen(text));
}

static void
make_mp3(const char *path)
{
	static unsigned char data[FRAME * FRAMES];
	unsigned i;

	for (i = 0; i < FRAMES; i++)
		memcpy(data + i * FRAME, "\xff\xfb\x90\x64", 4);
	make(path, data, sizeof(data));
}

static void
make_link(const char *path, const char *to)
{
	unlink(in_root(path));
	ok(symlink(to, in_root(path)) == 0, "(link %s)", path);
}

/* Everything below goes, however long its path; takes fd over. */
static void
remove_below(int fd)
{
	DIR *d = fdopendir(fd);
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (unlinkat(fd, e->d_name, 0) == 0)
			continue;
		remove_below(openat(fd, e->d_name, O_RDONLY | O_NOFOLLOW));
		unlinkat(fd, e->d_name, AT_REMOVEDIR);
	}
	closedir(d);
}

static void
clear(void)
{
	int fd = open(root, O_RDONLY | O_DIRECTORY);

	if (fd == -1)
		printf("Bail out! %s: %s\n", root, strerror(errno)), exit(1);
	remove_below(fd);
}

/* What was logged since the last look, into said; its lines are counted. */
static int
logged(void)
{
	static off_t from;
	ssize_t n = pread(STDERR_FILENO, said, sizeof(said) - 1, from);
	int lines = 0;
	char *p;

	said[n > 0 ? n : 0] = '\0';
	from += n > 0 ? n : 0;
	for (p = said; (p = strchr(p, '\n')) != NULL; p++)
		lines++;
	return lines;
}

static struct library *
load(struct library *old)
{
	struct library *l = library_load(root, old, &plain, NULL, NULL);

	ok(l != NULL, "(loaded)");
	return l;
}

/* "1=jazz 2=news": all channels. */
static const char *
numbers(const struct library *l)
{
	static char text[1024];
	size_t i, n = 0;

	text[0] = '\0';
	for (i = 0; i < l->nchannels; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%u=%s",
		    i > 0 ? " " : "", l->channels[i].number,
		    l->channels[i].name);
	return text;
}

/* "a.mp3 b.mp3!": all tracks, those with a problem marked. */
static const char *
tracks(const struct playlist *p)
{
	static char text[4096];
	size_t i, n = 0;

	text[0] = '\0';
	for (i = 0; i < p->ntracks && n < sizeof(text); i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s%s",
		    i > 0 ? " " : "", p->tracks[i].path,
		    p->tracks[i].problem != NULL ? "!" : "");
	return text;
}

static const char *
problem(const struct playlist *p, const char *path)
{
	size_t i;

	for (i = 0; i < p->ntracks; i++)
		if (strcmp(p->tracks[i].path, path) == 0)
			return p->tracks[i].problem != NULL ?
			    p->tracks[i].problem : "(plays)";
	return "(not there)";
}

static void
test_numbers(void)
{
	static const char *dirs[] = { "1-jazz", "007 bond", "12", "90s-hits",
	    "3_news", "4.x", "5 - spoken word", "6--dash", "0-zero",
	    "16383-last", "16384-over", "99999999999999999999-huge", "8-",
	    ".hidden", "lost+found", "\xc4\xe3\xba\xc3", "a\033[1mb" };
	struct library *l;
	char path[64];
	size_t i;

	clear();
	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		snprintf(path, sizeof(path), "%s/a.mp3", dirs[i]);
		make_mp3(path);
	}
	make_text("empty/readme.txt", "no sound here\n");
	make_mp3("song.mp3");
	logged();
	l = load(NULL);
	is_str(numbers(l), "1=jazz 2=zero 3=news 4=x 5=spoken word 6=-dash "
	    "7=bond 8=8- 9=over 10=90s-hits 11=huge 12=12 13=a?[1mb "
	    "14=\xe4\xbd\xa0\xe5\xa5\xbd 15=test_library "
	    "16383=last", "numbers and names");
	is(logged(), 3, "a warning for each number that cannot be had");
	ok(strstr(said, "channel 2 (zero): 0-zero asks for a number that is "
	    "not from 1 to 16383\n") != NULL, "and what it is");
	ok(library_find(l, "3_news") != NULL &&
	    library_find(l, "3_news")->number == 3, "found by its directory");
	ok(library_find(l, "") != NULL &&
	    library_find(l, "")->number == 15, "so is the root");
	ok(library_find(l, "empty") == NULL, "nothing to play: no channel");
	is(l->nstray, 0, "nor anything else");
	library_put(l);
}

static void
test_taken(void)
{
	struct library *l;

	clear();
	make_mp3("2-a/x.mp3");
	make_mp3("02-b/x.mp3");
	make_mp3("1-z/x.mp3");
	make_mp3("aaa/x.mp3");
	make_text("3-no/x.txt", "text\n");
	logged();
	l = load(NULL);
	is_str(numbers(l), "1=z 2=b 3=a 4=aaa", "first in byte order keeps "
	    "it, then the lowest free one; a directory without anything to "
	    "play takes none");
	is(logged(), 1, "one warning");
	ok(strstr(said, "channel 3 (a): 2-a asks for number 2, which 02-b "
	    "has\n") != NULL, "that names both");
	library_put(l);
}

static unsigned
former(void *arg, const char *base)
{
	snprintf(arg, 256, "%s", base);
	return strcmp(base, "news") == 0 ? 7 : 0;
}

static void
test_kept(void)
{
	struct library *l, *old;
	char asked[256] = "";

	clear();
	make_mp3("jazz/x.mp3");
	make_mp3("news/x.mp3");
	l = library_load(root, NULL, &plain, former, asked);
	is_str(numbers(l), "1=jazz 7=news", "number of the last run");
	old = l;
	make_mp3("abc/x.mp3");
	make_mp3("1-one/x.mp3");
	l = load(old);
	is_str(numbers(l), "1=one 2=abc 3=jazz 7=news",
	    "an explicit number goes before a given one");
	library_put(old);
	ok(logged() == 1 && strstr(said, "channel 3 (jazz): number was 1, "
	    "which 1-one has now") != NULL, "who must move is told");
	old = l;
	unlink(in_root("jazz/x.mp3"));
	l = load(old);
	is_str(numbers(l), "1=one 2=abc 7=news", "emptied: no channel");
	library_put(old);
	old = l;
	make_mp3("bcd/x.mp3");
	l = load(old);
	is_str(numbers(l), "1=one 2=abc 4=bcd 7=news",
	    "its number is kept for it");
	library_put(old);
	old = l;
	make_mp3("jazz/x.mp3");
	l = load(old);
	is_str(numbers(l), "1=one 2=abc 3=jazz 4=bcd 7=news", "and returns");
	library_put(old);
	library_put(l);
}

static void
test_order(void)
{
	static const unsigned char jpeg[64] = { 0xff, 0xd8, 0xff, 0xe0 };
	struct playlist *p;

	clear();
	make_mp3("c/b.mp3");
	make_mp3("c/a/z.mp3");
	make_mp3("c/a.mp3");
	make_mp3("c/B.mp3");
	make_mp3("c/\xe9.mp3");
	make_mp3("c/no suffix");
	make_mp3("c/.hidden.mp3");
	make_mp3("c/.trash/x.mp3");
	make("c/cover.jpg", jpeg, sizeof(jpeg));
	make_text("c/descr.txt", "A channel\n");
	make_text("c/broken.mp3", "this is no sound");
	ok(mkfifo(in_root("c/live"), 0600) == 0 &&
	    mkfifo(in_root("c/a/pipe.mp3"), 0600) == 0, "(pipes)");
	p = playlist_load(in_root("c"), 0, &plain);
	is_str(tracks(p), "B.mp3 a.mp3 a/z.mp3 b.mp3 broken.mp3! no suffix "
	    "\xe9.mp3", "byte order of the paths; hidden, pipes, pictures and "
	    "texts are passed over");
	is(p->nplayable, 6, "how many play");
	is_str(p->tracks[0].facts.codec, "mp3", "facts are there");
	is(p->tracks[0].bitrate, 128000, "bit rate of the first look");
	is(p->tracks[0].size, FRAME * FRAMES, "size");
	playlist_put(p);
	make_mp3("song.mp3");
	p = playlist_load(root, 1, &plain);
	is_str(tracks(p), "song.mp3", "of the root only the files in it");
	playlist_put(p);
	p = playlist_load(in_root("nowhere"), 0, &plain);
	is_str(problem(p, "."),
	    "directory cannot be read: No such file or directory",
	    "no directory is a playlist with a problem");
	playlist_put(p);
}

static void
test_exact(void)
{
	struct playlist *p;

	clear();
	make_mp3("c/a.mp3");
	p = playlist_load(in_root("c"), 0, &plain);
	is(p->tracks[0].frames, 0, "first look: not counted");
	playlist_put(p);
	p = playlist_load(in_root("c"), 0, &exact);
	is(p->tracks[0].frames, FRAMES, "exact: frames");
	is(p->tracks[0].duration, flick_of_samples(FRAMES * 1152, 44100),
	    "exact: duration");
	is(p->tracks[0].bitrate, FRAME * 8 * 44100 / 1152, "exact: mean");
	playlist_put(p);
}

static void
test_links(void)
{
	struct playlist *p;
	struct library *l;

	clear();
	make_mp3("c/a.mp3");
	make_mp3("other/o.mp3");
	make_link("c/good.mp3", "a.mp3");
	make_link("c/dir", "../other");
	make_link("c/dangling.mp3", "nowhere");
	make_link("c/self.mp3", "self.mp3");
	make_link("c/here", ".");
	make_link("c/library", "..");
	make_link("c/slash", "/");
	make_link("other/back", "../c");
	make_link("whole", ".");
	make_link("gone.mp3", "nowhere");
	p = playlist_load(in_root("c"), 0, &plain);
	is_str(tracks(p), "a.mp3 dangling.mp3! dir/back! dir/o.mp3 good.mp3 "
	    "here! library! self.mp3! slash!",
	    "links are followed, and each loss costs one file");
	is_str(problem(p, "dangling.mp3"), "dangling link", "dangling");
	is_str(problem(p, "self.mp3"), "loop of links", "link to itself");
	is_str(problem(p, "here"), "link leads back to a directory above it",
	    "loop");
	is_str(problem(p, "dir/back"), problem(p, "here"),
	    "loop by another directory");
	is_str(problem(p, "slash"), problem(p, "here"),
	    "loop from far above");
	playlist_put(p);
	logged();
	l = load(NULL);
	is_str(numbers(l), "1=c 2=other", "two channels");
	is(l->nstray, 2, "what is lost in the root");
	is_str(l->stray[0].base, "whole", "a link to the library itself");
	is_str(tracks(l->stray[0].list), ".!", "is a loop");
	is_str(tracks(l->stray[1].list), "gone.mp3!", "dangling in the root");
	is(logged(), 6 + 6 + 2, "one line for each");
	ok(strstr(said, "channel 1 (c): skipping dangling.mp3: dangling "
	    "link\n") != NULL, "with channel, path and reason");
	ok(strstr(said, "library: skipping gone.mp3: dangling link\n") !=
	    NULL, "also without a channel");
	library_put(load(l));
	is(logged(), 0, "and not again on reload");
	make_link("c/dangling.mp3", "a.mp3");
	make_link("c/new.mp3", "nowhere");
	library_put(load(l));
	is(logged(), 2, "but what is new, in each channel that it is in");
	library_put(l);
}

static void
test_pipes(void)
{
	struct playlist *p, *q;
	struct library *l;

	clear();
	make_mp3("a/one.mp3");
	make_mp3("playlist.m3u/two.mp3");
	make_mp3("b/live/three.mp3");
	if (mkfifo(in_root("live"), 0600) == -1 ||
	    mkdir(in_root("only"), 0700) == -1 ||
	    mkfifo(in_root("only/live"), 0600) == -1)
		abort();
	logged();
	l = load(NULL);
	is_str(numbers(l), "1=a 2=b 3=only 4=playlist.m3u", "a pipe makes a "
	    "channel, and so does a directory of any name");
	is(logged(), 0, "nothing is wrong with either");
	is(l->channels[2].list->has_live, 1, "it has a pipe");
	is(l->channels[2].list->ntracks, 0, "and nothing else");
	is(l->channels[1].list->has_live, 0, "a directory is none");
	is_str(tracks(l->channels[1].list), "live/three.mp3", "but is read");
	library_put(l);
	p = playlist_load(in_root("a"), 0, &plain);
	if (mkfifo(in_root("a/live"), 0600) == -1)
		abort();
	q = playlist_load(in_root("a"), 0, &plain);
	is_str(tracks(q), "one.mp3", "a pipe is no track");
	ok(!playlist_is_equal(p, q), "but makes a list another one");
	playlist_put(p);
	playlist_put(q);
	p = playlist_load(in_root(""), 1, &plain);
	is(p->has_live, 0, "the one in the root is not the root's own");
	playlist_put(p);
}

static void
test_unreadable(void)
{
	struct playlist *p;

	clear();
	make_mp3("c/a.mp3");
	make_mp3("c/dir/b.mp3");
	make_mp3("c/z.mp3");
	if (geteuid() == 0) {
		ok(1, "unreadable files # SKIP root reads everything");
		return;
	}
	chmod(in_root("c/dir"), 0);
	chmod(in_root("c/a.mp3"), 0);
	p = playlist_load(in_root("c"), 0, &plain);
	is_str(tracks(p), "a.mp3! dir! z.mp3", "only they are lost");
	is_str(problem(p, "a.mp3"), "cannot be opened: Permission denied",
	    "file");
	is_str(problem(p, "dir"),
	    "directory cannot be read: Permission denied", "directory");
	chmod(in_root("c/dir"), 0755);
	playlist_put(p);
}

/* A reload without descriptors must not find channels empty. */
static void
test_scarce(void)
{
	struct rlimit before, few = { .rlim_cur = 3 };
	struct library *l, *again;

	clear();
	make_mp3("c/a.mp3");
	l = load(NULL);
	getrlimit(RLIMIT_NOFILE, &before);
	few.rlim_max = before.rlim_max;
	for (; few.rlim_cur < 16; few.rlim_cur++) {
		setrlimit(RLIMIT_NOFILE, &few);
		errno = 0;
		if ((again = library_load(root, l, &plain, NULL,
		    NULL)) != NULL)
			break;
		if (errno != EMFILE)
			break;
	}
	setrlimit(RLIMIT_NOFILE, &before);
	ok(again != NULL && again->nchannels == 1 &&
	    again->channels[0].list == l->channels[0].list,
	    "without descriptors nothing is loaded, with them all");
	library_put(again);
	library_put(l);
}

static void
test_deep(void)
{
	char path[200] = "c", name[201], longer[PATH_MAX];
	struct playlist *p;
	int i, at, next;

	clear();
	for (i = 0; i < 40; i++) {
		snprintf(path + 1 + 2 * i, sizeof(path) - 1 - 2 * (size_t)i,
		    "/x.mp3");
		make_mp3(path);
		path[2 + 2 * i] = 'd';
	}
	p = playlist_load(in_root("c"), 0, &plain);
	is(p->nplayable, 33, "the channel's directory and 32 below");
	is(p->ntracks, 34, "and a row for what is deeper");
	playlist_put(p);
	clear();
	memset(name, 'n', 200);
	name[200] = '\0';
	make_mp3("c/a.mp3");
	at = open(in_root("c"), O_RDONLY | O_DIRECTORY);
	for (i = 0; i < 25 && at != -1; i++) {
		mkdirat(at, name, 0755);
		next = openat(at, name, O_RDONLY | O_DIRECTORY);
		close(at);
		at = next;
	}
	ok(at != -1, "(5000 bytes of path)");
	close(at);
	p = playlist_load(in_root("c"), 0, &plain);
	is(p->nplayable, 1, "what has a path that can be used plays");
	is(p->ntracks, 2, "and what has not is named");
	is_str(p->ntracks == 2 ? p->tracks[1].problem : "",
	    "path is too long", "with the reason");
	ok(p->ntracks == 2 && snprintf(longer, sizeof(longer), "%s/c/%s",
	    root, p->tracks[1].path) >= PATH_MAX, "which is true");
	playlist_put(p);
}

static void
test_list(void)
{
	struct playlist *p;
	char text[1024];

	clear();
	make_mp3("c/a.mp3");
	make_mp3("c/b.mp3");
	make_mp3("c/cd2/x y.mp3");
	make_mp3("c/not listed.mp3");
	make_mp3("c/back\\slash.mp3");
	make_mp3("c/\xc3\xa9t\xc3\xa9.mp3");
	make_mp3("other/o.mp3");
	make_mp3("root.mp3");
	make_text("c/cover.txt", "text\n");
	snprintf(text, sizeof(text), "\xef\xbb\xbf#EXTM3U\r\n"
	    "b.mp3\r\n#EXTINF:1,x\r\ncd2\\x y.mp3\r\n./a.mp3\r\nb.mp3\r\n"
	    "back\\slash.mp3\r\n"
	    "\xe9t\xe9.mp3\r\n"
	    "..\\other\\o.mp3\r\n"
	    "../root.mp3\r\n"
	    "%s/c/a.mp3\r\n"
	    "/etc/passwd\r\n../../x.mp3\r\n"
	    "http://radio.example/live.mp3\r\n"
	    "missing.mp3\r\nmissing.mp3\r\n"
	    "cover.txt\r\ncd2\r\n", root);
	make_text("c/playlist.m3u", text);
	p = playlist_load(in_root("c"), 0, &plain);
	is_str(tracks(p), "b.mp3 cd2/x y.mp3 a.mp3 b.mp3 back\\slash.mp3 "
	    "\xc3\xa9t\xc3\xa9.mp3 ../other/o.mp3 ../root.mp3 a.mp3 "
	    "/etc/passwd! ../../x.mp3! http://radio.example/live.mp3! "
	    "missing.mp3! cover.txt! cd2!", "what is listed, in its order");
	is(p->nplayable, 9, "repeats play");
	is_str(problem(p, "/etc/passwd"),
	    "listed in playlist.m3u, but outside of the library", "outside");
	is_str(problem(p, "missing.mp3"),
	    "listed in playlist.m3u, but not there", "missing");
	is_str(problem(p, "http://radio.example/live.mp3"),
	    "listed in playlist.m3u, but no file", "remote");
	is_str(problem(p, "cover.txt"), "neither sound nor video", "text");
	is_str(problem(p, "cd2"), "no regular file", "directory");
	is(p->tracks[3].bitrate, 128000, "a repeat has its facts");
	playlist_put(p);
	make_text("c/playlist.m3u", "# nothing\n");
	p = playlist_load(in_root("c"), 0, &plain);
	is(p->ntracks, 0, "an empty list plays nothing");
	playlist_put(p);
	make_link("c/playlist.m3u", "nowhere");
	p = playlist_load(in_root("c"), 0, &plain);
	is(p->nplayable, 6, "a list that cannot be read: the directory");
	is_str(problem(p, "playlist.m3u"), "dangling link", "and a row");
	playlist_put(p);
}

/* With the channel's directory a link, ".." is not the library. */
static void
test_list_by_link(void)
{
	struct playlist *p;

	clear();
	make_mp3("lib/other/o.mp3");
	make_mp3("elsewhere/c/a.mp3");
	make_mp3("elsewhere/other/o.mp3");
	make_text("elsewhere/c/playlist.m3u", "a.mp3\n../other/o.mp3\n");
	make_link("lib/c", "../elsewhere/c");
	p = playlist_load(in_root("lib/c"), 0, &plain);
	is_str(tracks(p), "a.mp3 ../other/o.mp3!",
	    "the way up from a linked channel leads out of the library");
	playlist_put(p);
}

static void
describe(const char *text, size_t n, const char *want, const char *what)
{
	struct library *l;

	make("c/descr.txt", text, n);
	l = load(NULL);
	is_str(l->channels[0].description, want, what);
	library_put(l);
}

static void
test_description(void)
{
#define DESCRIBE(text, want, what)	\
	describe(text, sizeof(text) - 1, want, what)
	struct library *l;

	clear();
	make_mp3("c/a.mp3");
	l = load(NULL);
	is_str(l->channels[0].description, "", "none");
	library_put(l);
	DESCRIBE("Late night\nsecond line\n", "Late night", "first line");
	DESCRIBE("\xef\xbb\xbf Caf\xc3\xa9 \r\nx", "Caf\xc3\xa9", "UTF-8");
	DESCRIBE("Caf\xe9", "Caf\xc3\xa9", "CP1252, no newline");
	DESCRIBE("\xff\xfe" "C\0a\0\x0a\x4e\r\0\n\0x\0", "Ca\xe4\xb8\x8a",
	    "UTF-16, a character that holds the byte of a newline");
	DESCRIBE("\xfe\xff\0C\0d\0\n\0x", "Cd", "UTF-16 the other way");
	DESCRIBE("a\033[31mb\tc", "a?[31mb c", "no control characters");
	DESCRIBE("\nsecond", "", "an empty first line");
#undef DESCRIBE
}

static void
keep_time(const char *path, const struct stat *st)
{
	struct timespec ts[2] = { st->st_atim, st->st_mtim };

	utimensat(AT_FDCWD, in_root(path), ts, 0);
}

static void
test_reload(void)
{
	static unsigned char junk[FRAME * FRAMES];
	struct library_options other = { .charset = "CP1251" };
	struct library *old, *l;
	struct stat st;

	clear();
	make_mp3("same/a.mp3");
	make_mp3("grows/a.mp3");
	old = load(NULL);
	old->channels[0].list->tracks[0].frames = 777;
	make_mp3("grows/b.mp3");
	l = load(old);
	ok(library_find(l, "same")->list == library_find(old, "same")->list,
	    "an unchanged directory: the same playlist");
	ok(library_find(l, "grows")->list != library_find(old, "grows")->list,
	    "a changed one: another");
	is(library_find(l, "grows")->list->tracks[0].frames, 777,
	    "with what was counted since");
	is(library_find(l, "grows")->list->tracks[1].frames, 0, "and new");
	library_put(old);
	/* The same size, time and inode: must not be opened. */
	ok(stat(in_root("same/a.mp3"), &st) == 0, "(stat)");
	make("same/a.mp3", junk, sizeof(junk));
	keep_time("same/a.mp3", &st);
	old = l;
	l = load(old);
	ok(library_find(l, "same") != NULL, "no unchanged file is opened");
	library_put(old);
	old = l;
	st.st_mtim.tv_nsec ^= 1;
	keep_time("same/a.mp3", &st);
	l = load(old);
	ok(library_find(l, "same") == NULL, "a nanosecond later it is");
	library_put(old);
	old = l;
	ok(stat(in_root("grows/a.mp3"), &st) == 0, "(stat)");
	make("grows/new", junk, sizeof(junk));
	keep_time("grows/new", &st);
	ok(rename(in_root("grows/new"), in_root("grows/a.mp3")) == 0,
	    "(rename)");
	l = load(old);
	is_str(tracks(library_find(l, "grows")->list), "a.mp3! b.mp3",
	    "so is another file of the same size and time");
	library_put(old);
	old = l;
	l = library_load(root, old, &other, NULL, NULL);
	ok(l != NULL && library_find(l, "grows")->list !=
	    library_find(old, "grows")->list,
	    "another charset: everything is read again");
	library_put(old);
	library_put(l);
}

static void
test_equal(void)
{
	struct playlist *a, *b;

	clear();
	make_mp3("c/a.mp3");
	make_mp3("c/b.mp3");
	a = playlist_load(in_root("c"), 0, &plain);
	b = playlist_load(in_root("c"), 0, &plain);
	ok(playlist_is_equal(a, b) && playlist_is_equal(a, a), "equal");
	b->tracks[1].size++;
	ok(!playlist_is_equal(a, b), "another size");
	b->tracks[1].size--;
	b->tracks[0].mtime_ns++;
	ok(!playlist_is_equal(a, b), "another time");
	b->tracks[0].mtime_ns--;
	b->tracks[0].inode++;
	ok(!playlist_is_equal(a, b), "another inode");
	b->tracks[0].inode--;
	b->tracks[0].path[0] = 'c';
	ok(!playlist_is_equal(a, b), "another path");
	playlist_put(a);
	playlist_put(b);
}

static void
test_root(void)
{
	struct library *l;

	clear();
	l = load(NULL);
	is(l->nchannels, 0, "an empty library");
	library_put(l);
	make_text("file", "x");
	ok(library_load(in_root("nowhere"), NULL, &plain, NULL, NULL) ==
	    NULL && errno == ENOENT, "no directory");
	ok(library_load(in_root("file"), NULL, &plain, NULL, NULL) ==
	    NULL && errno == ENOTDIR, "no directory but a file");
}

int
main(void)
{
	char log[] = "/tmp/test_library_log.XXXXXX";
	int fd = mkstemp(log);

	if (mkdtemp(root) == NULL || fd == -1 ||
	    dup2(fd, STDERR_FILENO) == -1)
		return 1;
	unlink(log);
	/* A name that does not depend on chance. */
	snprintf(root + strlen(root), 16, "/test_library");
	if (mkdir(root, 0755) == -1)
		return 1;
	test_numbers();
	test_taken();
	test_kept();
	test_order();
	test_exact();
	test_links();
	test_pipes();
	test_unreadable();
	test_scarce();
	test_deep();
	test_list();
	test_list_by_link();
	test_description();
	test_reload();
	test_equal();
	test_root();
	clear();
	rmdir(root);
	root[strlen(root) - strlen("/test_library")] = '\0';
	ok(rmdir(root) == 0, "the test leaves nothing behind");
	return tap_end();
}
