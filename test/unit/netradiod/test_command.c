/* SPDX-License-Identifier: ISC */
/*
 * The command thread with a real queue and a real library; what it tells the
 * roster is written down here in the roster's place.  Time is handed in where
 * it looks for those who are gone.
 */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/msg.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "ipc.h"
#include "library.h"
#include "os/msgq.h"
#include "roster.h"
#include "take.h"
#include "tap.h"
#include "voice.h"
#include "wire/control.h"

static char dir[] = "/tmp/netradio-command.XXXXXX";
static char state[64];
static struct ipc ipc;
static struct command *cmd;
static struct library *library;
static struct voice *voice;
static _Atomic uint32_t revision = 1;

/* What the roster was told last.  That an answer comes after it goes through a
 * queue, which the thread sanitizer does not know to order anything. */
static _Atomic int tells;
static pthread_mutex_t told_lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned told_number;
static enum roster_act told_act;
static char told_path[64];

struct library *
roster_library(struct roster *r, uint32_t *rev)
{
	(void)r;
	*rev = revision;
	return library_get(library);
}

int
roster_tell(struct roster *r, unsigned number, enum roster_act act,
    const char *path)
{
	(void)r;
	pthread_mutex_lock(&told_lock);
	told_number = number;
	told_act = act;
	snprintf(told_path, sizeof(told_path), "%s", path != NULL ? path : "");
	pthread_mutex_unlock(&told_lock);
	tells++;
	return number == 2 ? -1 : 0;
}

static int
was_told(unsigned number, enum roster_act act, const char *path)
{
	int same;

	pthread_mutex_lock(&told_lock);
	same = told_number == number && told_act == act &&
	    strcmp(told_path, path) == 0;
	pthread_mutex_unlock(&told_lock);
	return same;
}

static const char *
path_of(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/media/%s", dir, name);
	return path;
}

/* A file of MPEG frames, so many bytes long. */
static void
make(const char *name, size_t size)
{
	static const uint8_t header[4] = { 0xff, 0xfb, 0x90, 0x64 };
	FILE *f = fopen(path_of(name), "w");
	size_t i;

	for (i = 0; i < size; i++)
		putc(i % 417 < 4 ? header[i % 417] : (int)(i / 417 % 128), f);
	fclose(f);
}

static void
load(void)
{
	struct library_options opt = { .charset = "auto" };

	library = library_load(path_of(""), NULL, &opt, NULL, NULL);
}

/* Ask in the name of a process; answers come to its type. */
static void
send_as(int pid, uint32_t seq, struct control_request *q)
{
	uint8_t data[CONTROL_MAX];

	q->pid = (uint32_t)pid;
	q->seq = seq;
	while (msgq_send(ipc_queue(&ipc), CONTROL_REQUEST, data,
	    control_encode(q, data)) == -1 && errno == EAGAIN)
		usleep(1000);
}

/* Until the thread has taken all that was sent. */
static void
settle(void)
{
	static uint32_t seq = 1000000;
	struct control_request q = { .command = CONTROL_SKIP };
	int before = tells, i;

	memcpy(q.what, "1", 2);
	send_as(getppid(), seq++, &q);
	for (i = 0; i < 5000 && tells == before; i++)
		usleep(1000);
	usleep(2000);
	while (msgq_drop(ipc_queue(&ipc), getppid()))
		;
}

static uint8_t data[CONTROL_MAX];

/* The answer to it: its status, -1 if there is none within so many ms.  What
 * is for others may lie in the queue as well. */
static int
answer_within(int ms, int pid, struct control_answer *a)
{
	struct {
		long type;
		uint8_t data[CONTROL_MAX];
	} m;
	ssize_t n = -1;
	int i;

	for (i = 0; n == -1 && i < ms; i++) {
		n = msgrcv(ipc_queue(&ipc), &m, sizeof(m.data), pid,
		    IPC_NOWAIT | MSG_NOERROR);
		if (n == -1)
			usleep(1000);
	}
	if (n == -1)
		return -1;
	memcpy(data, m.data, (size_t)n);
	return control_open(a, data, (size_t)n) == 0 ? a->status : -1;
}

static int
answer_to(int pid, struct control_answer *a)
{
	return answer_within(3000, pid, a);
}

/* As netradioctl does: what is not answered is asked again; and as the list
 * thread does meanwhile, those who are gone are looked for. */
static int
ask(enum control_command command, const char *what, struct control_answer *a)
{
	static uint32_t seq;
	struct control_request q = { .command = (uint8_t)command };
	int status = -1, tries;

	seq++;
	snprintf(q.what, sizeof(q.what), "%s", what);
	for (tries = 0; status == -1 && tries < 5; tries++) {
		if (tries > 0)
			command_look(cmd, clock_mono_ns());
		send_as(getpid(), seq, &q);
		status = answer_within(1000, getpid(), a);
	}
	/* The queue orders the two threads; so that tools see it, too. */
	(void)atomic_load(&tells);
	return status;
}

static const char *
sentence(struct control_answer *a)
{
	static char text[CONTROL_TEXT_MAX];

	control_get_text(&a->body, text, sizeof(text));
	return text;
}

static void
test_orders(void)
{
	struct control_answer a;

	is(ask(CONTROL_SKIP, "1", &a), CONTROL_OK, "skip");
	ok(was_told(1, ROSTER_SKIP, ""), "goes to the roster");
	is_str(sentence(&a), "channel 1 (one): goes on with the next track",
	    "and is answered by a sentence");
	is(ask(CONTROL_PAUSE, "on", &a), CONTROL_OK, "pause by name");
	ok(was_told(1, ROSTER_PAUSE, ""), "pauses");
	is(ask(CONTROL_RESUME, "one", &a), CONTROL_OK, "resume");
	ok(was_told(1, ROSTER_RESUME, ""), "plays again");
	is(ask(CONTROL_PLAY, "1/b", &a), CONTROL_OK, "play");
	ok(was_told(1, ROSTER_PLAY_NEXT, "b.mp3"), "takes the track's path");
	is(ask(CONTROL_PLAY, "1/cover", &a), CONTROL_REFUSED,
	    "what cannot be played");
	is(ask(CONTROL_PLAY, "1", &a), CONTROL_NOT_FOUND, "no track named");
	is(ask(CONTROL_PLAY, "1/x", &a), CONTROL_NOT_FOUND, "none such");
	is(ask(CONTROL_SKIP, "9", &a), CONTROL_NOT_FOUND, "no such channel");
	is(ask(CONTROL_SKIP, "2", &a), CONTROL_REFUSED, "one off air");
	is_str(sentence(&a), "channel 2 (two) is off air", "says so");
}

static void
test_announce(void)
{
	static struct voice_listener l;
	struct control_answer a;
	struct frame f;
	char path[512];
	int i;

	voice_listen(voice, &l);
	is(ask(CONTROL_ANNOUNCE, "b.mp3", &a), CONTROL_REFUSED,
	    "announce: not a full path");
	snprintf(path, sizeof(path), "%s", path_of("on/none.mp3"));
	is(ask(CONTROL_ANNOUNCE, path, &a), CONTROL_REFUSED, "no such file");
	ok(strstr(sentence(&a), "No such file") != NULL, "says so");
	snprintf(path, sizeof(path), "%s", path_of("1-one"));
	is(ask(CONTROL_ANNOUNCE, path, &a), CONTROL_REFUSED, "a directory");
	snprintf(path, sizeof(path), "%s", path_of("1-one/cover.mp3"));
	is(ask(CONTROL_ANNOUNCE, path, &a), CONTROL_REFUSED,
	    "what cannot be played");
	is(voice_next(voice, &l, clock_mono_ns(), &f), LIVEPIPE_NONE,
	    "nothing was heard");
	snprintf(path, sizeof(path), "%s", path_of("1-one/b.mp3"));
	is(ask(CONTROL_ANNOUNCE, path, &a), CONTROL_OK, "a file");
	ok(strstr(sentence(&a), "/b.mp3: on all channels") != NULL, "says so");
	for (i = 0; i < 5000 && voice_next(voice, &l, clock_mono_ns(), &f) ==
	    LIVEPIPE_NONE; i++)
		usleep(1000);
	ok(l.is_hearing, "is heard");
	voice_listen_done(&l);
}

static void
test_again(void)
{
	struct control_request q = { .command = CONTROL_SKIP };
	struct control_answer a;
	int before = tells;

	memcpy(q.what, "1", 2);
	send_as(getpid(), 500000, &q);
	is(answer_to(getpid(), &a), CONTROL_OK, "an answer that got lost");
	send_as(getpid(), 500000, &q);
	is(answer_to(getpid(), &a), CONTROL_OK, "is given once more");
	is(tells, before + 1, "and nothing is done twice");
	send_as(getpid(), 500001, &q);
	is(answer_to(getpid(), &a), CONTROL_OK, "the next one");
	is(tells, before + 2, "is done");
}

static void
test_malformed(void)
{
	struct statseg_daemon d = { .bad_commands = 0 };
	struct control_answer a;
	uint8_t junk[CONTROL_MAX];
	size_t i, k, len;

	for (i = 0; i < 20000; i++) {
		len = (i * 2654435761u) % sizeof(junk);
		for (k = 0; k < len; k++)
			junk[k] = (uint8_t)(i + k * i);
		junk[0] = 'N' ^ (i % 2 == 0);
		while (msgq_send(ipc_queue(&ipc), CONTROL_REQUEST, junk,
		    len) == -1)
			usleep(100);
	}
	is(ask(CONTROL_SKIP, "1", &a), CONTROL_OK,
	    "after 20000 messages that are none");
	command_count(cmd, &d);
	is(d.bad_commands, 20000, "which were counted");
	for (i = 0; i < 5; i++)
		msgq_send(ipc_queue(&ipc), 1000000 + (long)i, junk, 3000);
	is(msgq_send(ipc_queue(&ipc), 1000000, junk, 3000), -1,
	    "a queue full of what is nobody's");
	command_look(cmd, clock_mono_ns() + 3 * NS_PER_S);
	command_look(cmd, clock_mono_ns() + 4 * NS_PER_S);
	is(ask(CONTROL_SKIP, "1", &a), CONTROL_OK, "is emptied");
}

/* Taken and answered, or not answered, one by one: what is in the queue. */
static size_t
ask_deaf(int pid, struct control_request *q)
{
	struct statseg_daemon d = { .commands = 0 };
	uint64_t before;
	uint8_t out[CONTROL_MAX];
	size_t used = 0, room;
	int i;

	command_count(cmd, &d);
	before = d.commands;
	q->pid = (uint32_t)pid;
	q->seq = 1;
	if (msgq_send(ipc_queue(&ipc), CONTROL_REQUEST, out,
	    control_encode(q, out)) == 0)
		for (i = 0; i < 3000 && d.commands == before; i++) {
			usleep(1000);
			command_count(cmd, &d);
		}
	usleep(5000);
	msgq_fill(ipc_queue(&ipc), &used, &room);
	return used;
}

static void
test_room(void)
{
	struct control_request q = { .command = CONTROL_GET };
	size_t used, most = 0, room;
	int i;

	memcpy(q.what, "1/a.mp3", 8);
	for (i = 0; i < 6; i++) {
		used = ask_deaf((1 << 22) + 100 + i, &q);
		most = used > most ? used : most;
	}
	msgq_fill(ipc_queue(&ipc), &used, &room);
	ok(most > room / 2 && most <= room - room / 4,
	    "answers leave a quarter of the queue to requests: %zu of %zu",
	    most, room);
	command_look(cmd, clock_mono_ns());
	msgq_fill(ipc_queue(&ipc), &used, &room);
	is(used, 0, "and those of the dead are thrown away");
}

/* Requesters that do not fetch their answers. */
static void
test_deaf(void)
{
	struct control_request q = { .command = CONTROL_GET };
	struct control_answer a;
	size_t used, room;
	int i;

	memcpy(q.what, "1/a.mp3", 8);
	for (i = 0; i < 100; i++)
		send_as(getppid(), (uint32_t)i + 1, &q);
	send_as(1 << 22, 1, &q);
	settle();
	msgq_fill(ipc_queue(&ipc), &used, &room);
	ok(used <= CONTROL_MAX, "a hundred answers not fetched leave at most "
	    "one message: %zu bytes", used);
	for (i = 0; i < 40; i++)
		send_as((1 << 22) + i, 1, &q);
	is(ask(CONTROL_SKIP, "1", &a), CONTROL_OK,
	    "forty that are dead do not keep another from his answer");
	msgq_fill(ipc_queue(&ipc), &used, &room);
	ok(used <= room - room / 4, "there is always room for requests");
	command_look(cmd, clock_mono_ns());
	msgq_fill(ipc_queue(&ipc), &used, &room);
	is(used, 0, "what they left is thrown away");
	for (i = 0; i < 2; i++)
		send_as(getppid(), 2000 + (uint32_t)i, &q);
	settle();
	send_as(getppid(), 3000, &q);
	for (i = 0; i < 3000 && used == 0; i++, usleep(1000))
		msgq_fill(ipc_queue(&ipc), &used, &room);
	command_look(cmd, clock_mono_ns() + NS_PER_S);
	msgq_fill(ipc_queue(&ipc), &used, &room);
	ok(used > 0, "one that is alive has time to fetch it");
	command_look(cmd, clock_mono_ns() + 3 * NS_PER_S);
	msgq_fill(ipc_queue(&ipc), &used, &room);
	is(used, 0, "but not for ever");
}

static void
test_reload(void)
{
	struct control_request q = { .command = CONTROL_RELOAD };
	struct control_answer a;
	sigset_t set;
	int sig, i;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	ok(!command_wants_reload(cmd), "nobody wants a reload");
	send_as(getpid(), 700000, &q);
	is(sigwait(&set, &sig), 0, "a reload wakes main");
	ok(command_wants_reload(cmd), "somebody wants it");
	command_begin_reload(cmd);
	ok(!command_wants_reload(cmd), "one that has begun is not wanted");
	send_as(getpid(), 700000, &q);
	send_as(getppid(), 7, &q);
	is(sigwait(&set, &sig), 0, "another one asks");
	for (i = 0; i < 3000 && !command_wants_reload(cmd); i++)
		usleep(1000);
	ok(command_wants_reload(cmd), "too late for this one");
	command_end_reload(cmd, 1, "done");
	is(answer_to(getpid(), &a), CONTROL_OK, "the first is told");
	is_str(sentence(&a), "done", "what it came to");
	command_begin_reload(cmd);
	command_end_reload(cmd, 0, "broken");
	is(answer_to(getppid(), &a), CONTROL_REFUSED, "the other one later");
	send_as(getpid(), 700000, &q);
	is(answer_to(getpid(), &a), CONTROL_OK,
	    "who missed it is told once more");
	ok(!command_wants_reload(cmd), "and nothing is read again");
}

static int
get(const char *what, uint64_t offset, struct control_file *file,
    struct control_answer *a)
{
	static uint32_t seq = 800000;
	struct control_request q = { .command = CONTROL_GET,
	    .offset = offset, .file = *file };
	int status;

	snprintf(q.what, sizeof(q.what), "%s", what);
	send_as(getpid(), ++seq, &q);
	status = answer_to(getpid(), a);
	if (status != CONTROL_OK)
		return status;
	control_get_file(&a->body, file);
	rd_u64(&a->body);
	return status;
}

static void
test_long_path(void)
{
	struct control_request q = { .command = CONTROL_GET };
	char path[CONTROL_PATH_MAX + 1], why[CONTROL_TEXT_MAX];
	uint8_t answer[CONTROL_MAX];
	struct wr w;

	memset(path, 'p', CONTROL_PATH_MAX);
	path[CONTROL_PATH_MAX] = '\0';
	wr_init(&w, answer, sizeof(answer));
	is(take_chunk(&w, path_of(""), &library->channels[0], path, &q, why,
	    sizeof(why)), CONTROL_FORBIDDEN, "a path that does not fit");
	ok(strstr(why, "ppp...: the path is too long") != NULL, "is said: %s",
	    why);
}

static void
test_get(void)
{
	struct control_file file = { 0, 0, 0 };
	struct control_answer a;
	uint64_t offset = 0;
	uint8_t byte;
	size_t wrong = 0;

	while (get("1/a.mp3", offset, &file, &a) == CONTROL_OK &&
	    offset < file.size) {
		for (; rd_left(&a.body) > 0; offset++) {
			byte = rd_u8(&a.body);
			if (offset % 417 >= 4)
				wrong += byte != offset / 417 % 128;
		}
	}
	is(offset, 20000, "a file comes whole");
	is(wrong, 0, "byte for byte");
	is_str(sentence(&a), "a.mp3", "at its end there is its path");
	is(rd_u32(&a.body), 1, "and its channel");
	is(get("1/a.mp3", UINT64_MAX, &file, &a), CONTROL_OK,
	    "far behind the end too");
	make("1-one/a.mp3", 30000);
	is(get("1/a.mp3", 0, &file, &a), CONTROL_CHANGED,
	    "one that is another now is told");
	memset(&file, 0, sizeof(file));
	is(get("1/out", 0, &file, &a), CONTROL_FORBIDDEN,
	    "a link that leads out of the library is refused");
	ok(strstr(sentence(&a), "outside") != NULL, "and why");
	is(get("1/in.mp3", 0, &file, &a), CONTROL_OK,
	    "one that stays inside is fine");
	is(get("1/../1-one/a.mp3", 0, &file, &a), CONTROL_NOT_FOUND,
	    "only what the library lists");
	is(get("1//etc/passwd", 0, &file, &a), CONTROL_NOT_FOUND,
	    "nor an absolute path");
	test_long_path();
	unlink(path_of("1-one/b.mp3"));
	is(get("1/b.mp3", 0, &file, &a), CONTROL_NOT_FOUND,
	    "one that has gone");
}

static void
test_library(void)
{
	static uint32_t seq = 900000;
	struct control_request q = { .command = CONTROL_LIBRARY };
	struct control_answer a;
	struct control_entry e;
	unsigned tracks = 0, pages = 0, last = 0, ordered = 1;

	do {
		send_as(getpid(), ++seq, &q);
		if (answer_to(getpid(), &a) != CONTROL_OK)
			break;
		q.revision = rd_u32(&a.body);
		q.channel = rd_u32(&a.body);
		q.track = rd_u32(&a.body);
		while (control_get_entry(&a.body, &e) == 1) {
			ordered &= e.channel * 10000 + e.track > last;
			last = e.channel * 10000 + e.track;
			tracks++;
		}
		pages++;
	} while (q.channel != 0 && pages < 1000);
	is(tracks, 206, "the whole library comes");
	ok(pages > 3, "in pages: %u", pages);
	ok(ordered, "each track once, in order");
	revision++;
	send_as(getpid(), ++seq, &q);
	is(answer_to(getpid(), &a), CONTROL_CHANGED,
	    "in the middle of a reload one begins anew");
	q.revision = 0;
	q.channel = 16000;
	send_as(getpid(), ++seq, &q);
	is(answer_to(getpid(), &a), CONTROL_OK, "a place behind the last");
}

static void
test_version(void)
{
	struct control_request q = { .command = CONTROL_LAST + 1 };
	struct control_answer a;

	send_as(getpid(), 990000, &q);
	is(answer_to(getpid(), &a), CONTROL_UNKNOWN,
	    "a command of a later version is answered");
	ok(strstr(sentence(&a), VERSION) != NULL, "by who we are");
}

static void
test_removed(void)
{
	struct control_answer a;
	int old = ipc_queue(&ipc), i;

	msgq_remove(old);
	for (i = 0; i < 3000 && ipc_queue(&ipc) == old; i++)
		usleep(1000);
	is(ask(CONTROL_SKIP, "1", &a), CONTROL_OK,
	    "a queue that somebody removed is made again");
}

static void
prepare(void)
{
	char name[64];
	sigset_t set;
	int i, owner;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	snprintf(state, sizeof(state), "%s/state", dir);
	mkdir(path_of(""), 0755);
	mkdir(path_of("1-one"), 0755);
	mkdir(path_of("2-two"), 0755);
	mkdir(state, 0755);
	make("1-one/a.mp3", 20000);
	make("1-one/b.mp3", 4000);
	make("outside", 4000);
	if (symlink("/etc/passwd", path_of("1-one/out.mp3")) == -1 ||
	    symlink("a.mp3", path_of("1-one/in.mp3")) == -1)
		perror("symlink");
	fclose(fopen(path_of("1-one/cover.mp3"), "w"));
	for (i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "2-two/track%03d.mp3", i);
		make(name, 2000);
	}
	load();
	if (ipc_open(&ipc, state, &owner) == -1 ||
	    (voice = voice_start(dir, 0)) == NULL ||
	    (cmd = command_start(&ipc, NULL, voice)) == NULL)
		perror("command_start");
}

static void
clean_up(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		execlp("rm", "rm", "-r", dir, (char *)NULL);
		_exit(1);
	}
	waitpid(pid, NULL, 0);
}

int
main(void)
{
	if (mkdtemp(dir) == NULL)
		return 1;
	log_set_level(LOG_L_ERROR);
	prepare();
	test_orders();
	test_announce();
	test_again();
	test_malformed();
	test_room();
	test_deaf();
	test_reload();
	test_library();
	test_get();
	test_version();
	test_removed();
	is(command_stop(cmd, clock_mono_ns() + NS_PER_S), 0,
	    "it ends when the queue is removed");
	voice_stop(voice, INT64_MAX);
	voice_free(voice);
	ipc_close(&ipc);
	ipc_done(&ipc);
	library_put(library);
	clean_up();
	return tap_end();
}
