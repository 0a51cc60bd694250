/* SPDX-License-Identifier: ISC */
/*
 * A program on small files in a temporary directory.  Every frame carries the
 * letter of its file and its number, so what comes out is written down as
 * text: "a0 a1 a2 b0"; silence is "-".  Time is handed in.
 */
#include "program.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "tap.h"

#define FRAMES		12
#define FRAME_MAX	512
#define MARK		200	/* where in a frame its letter stands */

static char dir[] = "/tmp/netradio-program.XXXXXX";
static int said_fds[2];
static char said_text[65536];

static const struct library_options plain = { .charset = "auto" };

/* What was logged since the last look. */
static const char *
said(void)
{
	ssize_t n = read(said_fds[0], said_text, sizeof(said_text) - 1);

	said_text[n > 0 ? n : 0] = '\0';
	return said_text;
}

static int
lines(const char *s)
{
	int n = 0;

	for (; *s != '\0'; s++)
		n += *s == '\n';
	return n;
}

static const char *
path_of(const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void
make_bytes(const char *name, const void *data, size_t n)
{
	int fd = open(path_of(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd == -1 || write(fd, data, n) != (ssize_t)n) {
		printf("Bail out! %s: %s\n", name, strerror(errno));
		exit(1);
	}
	close(fd);
}

/* A file of so many frames: 128 kbit/s stereo, 44.1 or 48 kHz. */
static void
make_rate(const char *name, int frames, uint32_t rate)
{
	static uint8_t data[64 * FRAME_MAX];
	size_t len = rate == 44100 ? 417 : 384;
	int i;

	memset(data, 0, sizeof(data));
	for (i = 0; i < frames; i++) {
		uint8_t *f = data + (size_t)i * len;

		f[0] = 0xff;
		f[1] = 0xfb;
		f[2] = rate == 44100 ? 0x90 : 0x94;
		f[3] = 0x64;
		f[MARK] = (uint8_t)name[0];
		f[MARK + 1] = (uint8_t)i;
	}
	make_bytes(name, data, (size_t)frames * len);
}

static void
make(const char *name)
{
	make_rate(name, FRAMES, 44100);
}

static void
clear(void)
{
	struct dirent *e;
	DIR *d = opendir(dir);

	while (d != NULL && (e = readdir(d)) != NULL)
		if (e->d_name[0] != '.')
			unlink(path_of(e->d_name));
	if (d != NULL)
		closedir(d);
}

static void
begin(struct program *p)
{
	struct channel_def def = { .number = 7, .dir = dir, .base = dir,
	    .name = dir, .description = dir };

	def.list = playlist_load(dir, 0, &plain);
	program_init(p, &def, 0, "auto");
	playlist_put(def.list);
	said();
}

/* The next n frames in short: a run of one file as "a0-11", the first frame
 * of a track in capitals. */
static const char *
play_at(struct program *p, int n, int64_t now_ns)
{
	static char out[4096];
	enum program_event event;
	struct frame f;
	size_t used = 0;
	int last = -1, number, letter, run = 0;

	out[0] = '\0';
	while (n-- > 0) {
		event = program_next(p, now_ns, &f);
		if (event == PROGRAM_SILENCE)
			letter = '-', number = 0;
		else if (event == PROGRAM_PAUSE)
			letter = '=', number = 0;
		else {
			letter = f.data[MARK];
			number = f.data[MARK + 1];
			if (event == PROGRAM_TRACK)
				letter += 'A' - 'a';
		}
		if (event == PROGRAM_FRAME && number == last + 1) {
			last = number;
			run = 1;
			continue;
		}
		if (run)
			used += (size_t)snprintf(out + used, sizeof(out) -
			    used, "-%d", last);
		used += (size_t)snprintf(out + used, sizeof(out) - used,
		    "%s%c%d", used > 0 ? " " : "", letter, number);
		last = number;
		run = 0;
	}
	if (run)
		snprintf(out + used, sizeof(out) - used, "-%d", last);
	return out;
}

static const char *
play(struct program *p, int n)
{
	return play_at(p, n, NS_PER_S);
}

static void
test_order(void)
{
	struct program p;
	struct frame f;

	make("b.mp3");
	make_rate("c.mp3", 5, 48000);
	make("a.mp3");
	begin(&p);
	is_str(play(&p, 29), "A0-11 B0-11 C0-4", "in byte order, whole");
	is_str(play(&p, 30), "A0-11 B0-11 C0-4 A0", "round and round");
	is_str(program_track(&p)->path, "a.mp3", "it tells what plays");
	is(program_next(&p, 0, &f), PROGRAM_FRAME, "a frame");
	ok(f.len == 417 && f.samples == 1152 && f.rate == 44100,
	    "with its length and time");
	is_str(said(), "", "nothing is said about it");
	is(p.bad_tracks, 0, "nor counted as bad");
	program_done(&p);
	clear();
}

/* One frame in ns, rounded up: where the timeline may have cut it. */
#define FRAME_NS	INT64_C(26122449)

static void
test_resumed(void)
{
	struct program p;

	make("a.mp3");
	make("b.mp3");
	make("c.mp3");
	begin(&p);
	program_resume(&p, program_hash("b.mp3"), flick_of_ns(5 * FRAME_NS /
	    NS_PER_MS * NS_PER_MS));
	is_str(play(&p, 20), "B5-11 C0-11 A0", "the track that was left goes "
	    "on where it was, then the round");
	program_done(&p);
	begin(&p);
	program_resume(&p, program_hash("b.mp3"), 5 * NS_PER_S);
	play(&p, 1);
	is(program_position(&p), 0, "of another track nothing is gone over");
	program_done(&p);
	begin(&p);
	program_resume(&p, program_hash("b.mp3"), flick_of_ns(5 * FRAME_NS));
	play(&p, 1);
	ok(llabs(flick_to_ns(program_position(&p)) - 5 * FRAME_NS) < 26000000,
	    "it tells how much was gone over");
	program_done(&p);
	begin(&p);
	program_resume(&p, program_hash("b.mp3"), 10 * NS_PER_S);
	is_str(play(&p, 2), "C0-1", "at its end the next one begins");
	is_str(said(), "", "and nothing is wrong with it");
	is(p.bad_tracks, 0, "nor is it counted so");
	program_done(&p);
	begin(&p);
	program_resume(&p, program_hash("gone.mp3"), NS_PER_S);
	is_str(play(&p, 2), "A0-1", "one that is gone: from the beginning");
	program_done(&p);
	make_bytes("b.mp3", "no sound", 8);
	begin(&p);
	said();
	program_resume(&p, program_hash("b.mp3"), flick_of_ns(NS_PER_S / 10));
	is_str(play(&p, 2), "C0-1", "one that does not play any more");
	program_done(&p);
	clear();
	said();
}

/* The letters of the next n tracks, of FRAMES frames each. */
static const char *
letters(struct program *p, int n)
{
	static char out[64];
	struct frame f;
	int i, at = 0;

	for (i = 0; i < n * FRAMES; i++)
		if (program_next(p, NS_PER_S, &f) == PROGRAM_TRACK)
			out[at++] = (char)f.data[MARK];
	out[at] = '\0';
	return out;
}

static void
test_shuffled(void)
{
	int i, k, wrong = 0, in_order = 0;
	const char *round;
	struct program p;
	char last = 0;

	for (i = 0; i < 5; i++)
		make((const char *[]){ "a.mp3", "b.mp3", "c.mp3", "d.mp3",
		    "e.mp3" }[i]);
	make_bytes("channel.conf", "order = shuffled\n", 17);
	begin(&p);
	for (i = 0; i < 50; i++) {
		round = letters(&p, 5);
		for (k = 'a'; k <= 'e'; k++)
			wrong += strchr(round, k) == NULL;
		wrong += round[0] == last;
		last = round[4];
		in_order += strcmp(round, "abcde") == 0;
	}
	is(wrong, 0, "shuffled: each once a round, none twice in a row");
	ok(in_order < 10, "in an order of its own");
	unlink(path_of("b.mp3"));
	unlink(path_of("d.mp3"));
	unlink(path_of("e.mp3"));
	unlink(path_of("c.mp3"));
	wrong = 0;
	for (i = 0; i < 20; i++)
		wrong += strchr(letters(&p, 1), 'a') == NULL;
	is(wrong, 0, "one that is left is found, wherever a round stands");
	program_done(&p);
	clear();
}

static void
test_vanished(void)
{
	struct program p;

	make("a.mp3");
	make("b.mp3");
	make("c.mp3");
	begin(&p);
	play(&p, 3);
	unlink(path_of("b.mp3"));
	is_str(play(&p, 22), "a3-11 C0-11 A0", "a file that vanished is "
	    "passed over");
	is_str(said(), "unit: channel 7: skipping b.mp3: No such file or "
	    "directory\n", "with one line");
	is(p.bad_tracks, 1, "and counted");
	play(&p, 100);
	is_str(said(), "", "said once, however often it comes round");
	unlink(path_of("a.mp3"));
	unlink(path_of("c.mp3"));
	program_done(&p);

	make("a.mp3");
	make("b.mp3");
	begin(&p);
	play(&p, 3);
	unlink(path_of("a.mp3"));
	is_str(play(&p, 10), "a3-11 B0", "deleted while it plays: to its end");
	is_str(play(&p, 12), "b1-11 B0", "and then no more");
	said();
	program_done(&p);
	clear();
}

static void
test_shrunk(void)
{
	struct program p;
	const char *s;

	make_rate("a.mp3", 60, 44100);
	make("b.mp3");
	begin(&p);
	play(&p, 3);
	if (truncate(path_of("a.mp3"), 417 * 40 + 100) == -1)
		perror("truncate");
	s = play(&p, 60);
	ok(strncmp(s, "a3-", 3) == 0 && strstr(s, " B0-11 A0") != NULL,
	    "one that shrinks costs no more than its rest: %s", s);
	make_bytes("a.mp3", "", 0);
	s = play(&p, 60);
	ok(strstr(s, "B0-11 B0") != NULL, "an empty one is passed over: %s",
	    s);
	ok(lines(said()) <= 1, "with at most one line");
	make("a.mp3");
	ok(strstr(play(&p, 60), "A0-11 B0") != NULL,
	    "and it is back when it is");
	program_done(&p);
	clear();
}

static void
test_all_vanish(void)
{
	int64_t now = NS_PER_S, look;
	struct program p;
	const char *s;

	make("a.mp3");
	make_rate("b.mp3", FRAMES, 48000);
	begin(&p);
	play(&p, 15);
	clear();
	is_str(play(&p, 10), "b3-11 -0", "nothing left: silence");
	ok(program_track(&p) == NULL, "no track plays");
	s = said();
	ok(strstr(s, "sending silence") != NULL && lines(s) <= 2,
	    "said in one line, besides the file");
	for (look = now; look < now + PROGRAM_LOOK_NS - 1;
	    look += PROGRAM_LOOK_NS / 50)
		if (strcmp(play_at(&p, 1, look), "-0") != 0)
			break;
	ok(look >= now + PROGRAM_LOOK_NS - 1, "it stays silent");
	for (; look < now + 20 * PROGRAM_LOOK_NS; look += PROGRAM_LOOK_NS / 50)
		play_at(&p, 1, look);
	is_str(said(), "", "and says no more however long it lasts");
	make("c.mp3");
	is_str(play_at(&p, 14, look + PROGRAM_LOOK_NS), "C0-11 C0-1",
	    "a file is found within the interval");
	ok(strstr(said(), "plays again") != NULL, "which is said");
	clear();
	play_at(&p, 13, look);
	ok(strstr(said(), "sending silence") != NULL,
	    "when it happens again it is said again");
	program_done(&p);
	clear();
}

static void
test_never_anything(void)
{
	struct program p;
	struct frame f;
	int64_t now = NS_PER_S;

	begin(&p);
	is(program_next(&p, now, &f), PROGRAM_SILENCE, "an empty directory "
	    "gives no frame");
	ok(strstr(said(), "sending nothing") != NULL, "which is said");
	is(program_next(&p, now + PROGRAM_LOOK_NS / 2, &f), PROGRAM_SILENCE,
	    "nor later");
	make("a.mp3");
	is_str(play_at(&p, 12, now + PROGRAM_LOOK_NS + 1), "A0-11",
	    "until there is a file");
	program_done(&p);
	clear();
}

/* Play 15 of a, b, c: in the midst of b; then change the directory and its
 * list; what is played to the next track's first frame and that. */
static const char *
after_change(struct program *p, const char *gone, const char *fresh)
{
	make("a.mp3");
	make("b.mp3");
	make("c.mp3");
	begin(p);
	play(p, 15);
	if (gone != NULL)
		unlink(path_of(gone));
	if (fresh != NULL)
		make(fresh);
	program_replace(p, playlist_load(dir, 0, &plain));
	return play(p, 10);
}

static void
test_replace(void)
{
	struct program p;

	is_str(after_change(&p, NULL, NULL), "b3-11 C0",
	    "the same list: on with the next");
	program_done(&p);
	is_str(after_change(&p, NULL, "bb.mp3"), "b3-11 B0",
	    "what was put behind it comes next");
	is_str(program_track(&p)->path, "bb.mp3", "and is named");
	program_done(&p);
	clear();
	is_str(after_change(&p, NULL, "0.mp3"), "b3-11 C0",
	    "what was put before it waits for its round");
	program_done(&p);
	clear();
	is_str(after_change(&p, "a.mp3", NULL), "b3-11 C0",
	    "what was taken away before it changes nothing");
	program_done(&p);
	is_str(after_change(&p, "b.mp3", NULL), "b3-11 C0",
	    "taken away itself it ends, and the next is next");
	program_done(&p);
	is_str(after_change(&p, "c.mp3", NULL), "b3-11 A0",
	    "the end taken away: from the beginning");
	program_done(&p);
	clear();
}

static void
test_replace_ends(void)
{
	struct program p;

	make("a.mp3");
	make("b.mp3");
	begin(&p);
	play(&p, 3);
	unlink(path_of("a.mp3"));
	program_replace(&p, playlist_load(dir, 0, &plain));
	is_str(play(&p, 22), "a3-11 B0-11 B0",
	    "the first taken away: the new first is next");
	play(&p, 3);
	unlink(path_of("b.mp3"));
	program_replace(&p, playlist_load(dir, 0, &plain));
	is_str(play(&p, 9), "b4-11 -0", "all taken away: silence");
	make("c.mp3");
	program_replace(&p, playlist_load(dir, 0, &plain));
	is_str(play(&p, 13), "C0-11 C0", "a list that comes then plays now");
	program_done(&p);
	clear();
}

static void
test_skip(void)
{
	struct program p;

	make("a.mp3");
	make("b.mp3");
	begin(&p);
	play(&p, 3);
	program_skip(&p);
	ok(program_track(&p) == NULL, "skipped: nothing plays");
	is_str(play(&p, 13), "B0-11 A0", "the next one plays, then the round");
	is_str(said(), "", "which is no trouble");
	is(p.bad_tracks, 0, "nor a bad track");
	program_done(&p);
	clear();
}

static void
test_pause(void)
{
	struct program p;
	struct frame f;

	make("a.mp3");
	make("b.mp3");
	begin(&p);
	play(&p, 3);
	program_pause(&p, 1);
	is_str(play(&p, 2), "=0 =0", "paused: silence");
	is_str(program_track(&p)->path, "a.mp3", "the track stays");
	program_pause(&p, 0);
	is(program_next(&p, NS_PER_S, &f), PROGRAM_AGAIN,
	    "after it the track goes on");
	is(f.data[MARK + 1], 3, "where it was");
	is_str(play(&p, 9), "a4-11 B0", "to its end");
	program_pause(&p, 1);
	program_pause(&p, 0);
	play(&p, 1);
	is_str(play(&p, 2), "b2-3", "a pause of no time is none");
	program_pause(&p, 1);
	program_skip(&p);
	is_str(play(&p, 2), "=0 =0", "skipped in a pause: still silence");
	ok(program_track(&p) == NULL, "of no track");
	program_pause(&p, 0);
	is_str(play(&p, 2), "A0-1", "and then the next one");
	is_str(said(), "", "nothing is said");
	program_done(&p);
	clear();
	begin(&p);
	program_pause(&p, 1);
	is(program_next(&p, NS_PER_S, &f), PROGRAM_PAUSE,
	    "a pause before anything was sent");
	program_done(&p);
	said();
}

static void
test_play(void)
{
	struct program p;

	make("a.mp3");
	make("b.mp3");
	make("c.mp3");
	make("d.mp3");
	begin(&p);
	play(&p, 3);
	program_play(&p, strdup("d.mp3"));
	is_str(play(&p, 22), "a3-11 D0-11 B0", "out of turn, then the round");
	program_play(&p, strdup("c.mp3"));
	program_play(&p, strdup("a.mp3"));
	program_skip(&p);
	play(&p, 1);
	is_str(program_track(&p)->path, "a.mp3", "the later wish counts");
	is_str(play(&p, 12), "a1-11 C0", "and the round goes on behind b");
	program_play(&p, strdup("no.mp3"));
	is_str(play(&p, 12), "c1-11 D0", "a wish that is not there is passed "
	    "over");
	is_str(said(), "unit: channel 7: no.mp3 is no longer there and cannot "
	    "be played next\n", "with a line");
	unlink(path_of("b.mp3"));
	program_play(&p, strdup("b.mp3"));
	is_str(play(&p, 12), "d1-11 A0", "nor one that cannot be opened");
	ok(strstr(said(), "skipping b.mp3") != NULL, "with its line");
	program_play(&p, strdup("c.mp3"));
	program_done(&p);
	clear();
}

/* Files with a problem were told when the library was read; in the round they
 * cost nothing, not even a line. */
static void
test_problems(void)
{
	static const char text[] = "this is no music, whatever its name says";
	struct program p;

	make("a.mp3");
	make_bytes("b.mp3", text, sizeof(text));
	make_bytes("c.mp3", text, sizeof(text));
	make("d.mp3");
	make("e.mp3");
	begin(&p);
	is_str(play(&p, 37), "A0-11 D0-11 E0-11 A0", "they are passed over");
	play(&p, 200);
	is_str(said(), "", "in silence, round after round");
	is(p.bad_tracks, 0, "and are not tracks that went bad");
	unlink(path_of("d.mp3"));
	play(&p, 100);
	is_str(said(), "unit: channel 7: skipping d.mp3: No such file or "
	    "directory\n", "one that vanishes behind them is told of");
	program_done(&p);
	clear();
}

/* An odd one out: a directory, a named pipe, where a file was. */
static void
test_no_file(void)
{
	struct program p;

	make("a.mp3");
	make("b.mp3");
	begin(&p);
	play(&p, 1);
	unlink(path_of("b.mp3"));
	mkfifo(path_of("b.mp3"), 0600);
	is_str(play(&p, 12), "a1-11 A0", "a named pipe does not hold it");
	ok(strstr(said(), "b.mp3: no regular file") != NULL, "and is named");
	unlink(path_of("b.mp3"));
	program_done(&p);
	clear();
}

/* AAC in ADTS: a frame of 16 bytes, twice. */
static const uint8_t aac[] = {
	0xff, 0xf1, 0x50, 0x80, 0x02, 0x1f, 0xfc, 0x21, 0, 0, 0, 0, 0, 0, 0, 0,
	0xff, 0xf1, 0x50, 0x80, 0x02, 0x1f, 0xfc, 0x21, 0, 0, 0, 0, 0, 0, 0, 0
};

/* PCM of 8 bits, mono, at 37800 Hz: eight samples. */
static const uint8_t odd[] = {
	'R', 'I', 'F', 'F', 44, 0, 0, 0, 'W', 'A', 'V', 'E',
	'f', 'm', 't', ' ', 16, 0, 0, 0, 1, 0, 1, 0, 0xa8, 0x93, 0, 0,
	0xa8, 0x93, 0, 0, 1, 0, 8, 0,
	'd', 'a', 't', 'a', 8, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8
};

/* A file that became another one since it was looked at. */
static void
test_unsendable(void)
{
	struct program p;

	make("a.mp3");
	make("b.mp3");
	begin(&p);
	play(&p, 1);
	make_bytes("b.mp3", odd, sizeof(odd));
	is_str(play(&p, 12), "a1-11 A0", "no sample of it comes out");
	is_str(said(), "unit: channel 7: skipping b.mp3: a sample rate that "
	    "cannot be sent\n", "and it is named");
	program_done(&p);
	clear();
}

static int
is_aac(void *arg, const struct media_facts *f)
{
	(void)arg;
	return f->sound == MEDIA_AAC;
}

static int
is_pcm(void *arg, const struct media_facts *f)
{
	(void)arg;
	return f->sound == MEDIA_PCM;
}

/* Whatever sound there is. */
static void
test_sounds(void)
{
	struct program p;
	struct frame f;

	make("a.mp3");
	make_bytes("b.aac", aac, sizeof(aac));
	begin(&p);
	ok(program_facts(&p) == NULL, "nothing is open, nothing is known");
	is_str(program_ahead(&p, 0, is_aac, NULL)->path, "b.aac",
	    "what is to come");
	ok(program_ahead(&p, 0, is_pcm, NULL) == NULL, "and what is not");
	play(&p, 12);
	is(program_facts(&p)->sound, MEDIA_MPA, "what plays");
	is(program_next(&p, NS_PER_S, &f), PROGRAM_TRACK, "AAC comes next");
	is(program_facts(&p)->sound, MEDIA_AAC, "which is known");
	is(f.len, 9, "an access unit without its header");
	is_str(program_ahead(&p, 0, is_aac, NULL)->path, "b.aac",
	    "what plays comes first");
	program_next(&p, NS_PER_S, &f);
	is_str(play(&p, 1), "A0", "then MPEG audio again");
	program_done(&p);
	said();
	clear();
}

/* Frames of a letter, as make() has them, into an open pipe. */
static void
write_frames(int fd, int letter, int first, int n)
{
	uint8_t f[417] = { 0xff, 0xfb, 0x90, 0x64 };

	f[MARK] = (uint8_t)letter;
	for (; n > 0; n--, first++) {
		f[MARK + 1] = (uint8_t)first;
		if (write(fd, f, sizeof(f)) != sizeof(f))
			abort();
	}
}

static void
test_live(void)
{
	int64_t now = 100 * NS_PER_S, at = 0;
	struct program p;
	const char *s;
	int fd;

	make("a.mp3");
	make("b.mp3");
	if (mkfifo(path_of("live"), 0600) == -1)
		abort();
	begin(&p);
	is_str(play_at(&p, 5, now), "A0-4", "nobody writes: files");
	fd = open(path_of("live"), O_WRONLY | O_NONBLOCK);
	write_frames(fd, 'l', 0, 15);
	is_str(play_at(&p, 5, now), "L0-4", "somebody writes: live");
	ok(program_track(&p) == NULL && strcmp(program_name(&p), "live") == 0,
	    "which is no track");
	is_str(program_facts(&p)->codec, "mp3", "but has facts");
	is(program_position(&p), 4 * flick_of_samples(1152, 44100),
	    "and a position of its own");
	ok(program_waiting(&p, &at) != NULL &&
	    strcmp(program_waiting(&p, &at)->path, "a.mp3") == 0 &&
	    at == 5 * flick_of_samples(1152, 44100),
	    "the file waits where it was");
	program_pause(&p, 1);
	is_str(play_at(&p, 2, now), "=0 =0", "a pause");
	program_pause(&p, 0);
	is_str(play_at(&p, 12, now), "l5-13 -0 -0 -0", "holds it, too; what "
	    "is too little is bridged");
	is_str(play_at(&p, 3, now + 4 * NS_PER_S), "a5-7", "for a while, "
	    "then the file goes on where it was");
	is(program_position(&p), 7 * flick_of_samples(1152, 44100),
	    "also by its position");
	ok(program_name(&p) == NULL && program_waiting(&p, &at) == NULL,
	    "and is a track again");
	s = said();
	ok(strstr(s, "channel 7: live\n") != NULL &&
	    strstr(s, "channel 7: live no more\n") != NULL,
	    "both are in the log");
	write_frames(fd, 'l', 15, 15);
	is_str(play_at(&p, 3, now), "L14-16", "it is back");
	program_skip(&p);
	close(fd);
	is_str(play_at(&p, 16, now), "l17-29 B0-2", "to skip meanwhile is to "
	    "skip the track that waits");
	make("c.mp3");
	unlink(path_of("live"));
	program_replace(&p, playlist_load(dir, 0, &plain));
	is_str(play_at(&p, 10, now + 9 * NS_PER_S), "b3-11 C0", "the pipe is "
	    "gone");
	ok(p.live == NULL, "and nothing of it is left");
	program_done(&p);
	clear();
}

static void
test_only_live(void)
{
	struct program p;
	int fd;

	if (mkfifo(path_of("live"), 0600) == -1)
		abort();
	begin(&p);
	is_str(play(&p, 2), "-0 -0", "a channel that is nothing but a pipe");
	is_str(play_at(&p, 2, 90 * NS_PER_S), "-0 -0", "is silent for long");
	is_str(said(), "", "without a word");
	fd = open(path_of("live"), O_WRONLY | O_NONBLOCK);
	write_frames(fd, 'l', 0, 15);
	is_str(play_at(&p, 3, 91 * NS_PER_S), "L0-2", "until somebody writes");
	close(fd);
	is_str(play_at(&p, 14, 91 * NS_PER_S), "l3-14 -0 -0", "and then again");
	program_done(&p);
	clear();
}

int
main(void)
{
	if (mkdtemp(dir) == NULL || pipe(said_fds) == -1 ||
	    fcntl(said_fds[0], F_SETFL, O_NONBLOCK) == -1 ||
	    dup2(said_fds[1], STDERR_FILENO) == -1)
		return 1;
	log_init("unit");
	test_order();
	test_resumed();
	test_shuffled();
	test_vanished();
	test_shrunk();
	test_all_vanish();
	test_never_anything();
	test_replace();
	test_replace_ends();
	test_skip();
	test_pause();
	test_play();
	test_problems();
	test_no_file();
	test_unsendable();
	test_sounds();
	test_live();
	test_only_live();
	ok(rmdir(dir) == 0, "nothing is left behind");
	return tap_end();
}
