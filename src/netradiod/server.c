/* SPDX-License-Identifier: ISC */
/*
 * What can fail at start fails with a sentence and an exit code while the
 * terminal is still there; after that only a signal ends us.  Main sleeps in
 * sigwait and nowhere else; it alone starts and stops threads.
 */
#include "server.h"

#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "catalog.h"
#include "catalog_file.h"
#include "command.h"
#include "config.h"
#include "http.h"
#include "ipc.h"
#include "library.h"
#include "list.h"
#include "news.h"
#include "os/daemon.h"
#include "os/file.h"
#include "os/tcp.h"
#include "os/thread.h"
#include "outlet.h"
#include "report.h"
#include "roster.h"
#include "survey.h"
#include "timeline.h"
#include "voice.h"
#include "watch.h"

/* So long all threads together have to end; what is stuck then stays behind. */
#define STOP_NS		(700 * NS_PER_MS)
#define LOAD_STACK	(1024 * 1024)

/* A reload under way: all of it on SIGHUP, else what the watcher noticed. */
struct load {
	pthread_t thread;
	int is_running;			/* [m] */
	int with_config;		/* [m] */
	struct news news;		/* where to look */
	_Atomic int is_done;		/* the next three may be taken */
	struct config *config;		/* NULL: has errors, or is not read */
	struct library *library;	/* NULL: cannot be read */
	int error;			/* for that reason */
};

struct server {
	int argc;
	char **argv;
	struct config *config;
	struct ipc ipc;
	struct timeline_file file;
	struct library *library;
	struct outlet *outlet;
	struct roster *roster;
	struct voice *voice;
	struct mailbox list_mail;	/* the list thread's, which channels
					 * write to as well */
	struct command *command;
	struct list *list;
	struct report *report;		/* NULL: it could not be started */
	int http_listener;		/* until the server has it; -1 */
	struct http *http;		/* NULL: not asked for */
	struct survey *survey;
	struct catalog *known;		/* of the last run; NULL: none, or
					 * no longer of use */
	struct catalog_file catalog;
	struct watch *watch;
	struct load load;
	int load_all, load_news;	/* what to load when that has ended */
	int is_gone;			/* the library cannot be read */
	sigset_t signals;		/* those that main waits for */
};

static struct ipc *volatile held;	/* [m] IPC objects that we have */

/* Nothing is left behind, whichever way we end. */
static void
release_ipc(void)
{
	if (held != NULL)
		ipc_close(held);
	held = NULL;
}

/* A signal that ends us while we start: there is nothing to save yet. */
static void
on_early_end(int signal)
{
	(void)signal;
	if (held != NULL)
		ipc_abandon(held);
	_exit(0);
}

/*
 * Those that end us stay open until channels start, since a large library
 * takes its time; the others wait.
 */
static void
prepare_signals(struct server *s)
{
	static const int ends[] = { SIGINT, SIGTERM, SIGQUIT };
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction early = { .sa_handler = on_early_end };
	size_t i;

	sigemptyset(&s->signals);
	sigaddset(&s->signals, SIGHUP);
	sigaddset(&s->signals, SIGUSR1);
	sigaddset(&s->signals, SIGUSR2);
	pthread_sigmask(SIG_BLOCK, &s->signals, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		sigaction(ends[i], &early, NULL);
		sigaddset(&s->signals, ends[i]);
	}
}

/* Two descriptors a channel: as many as we may have. */
static void
raise_limits(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == -1 || r.rlim_cur == r.rlim_max)
		return;
	r.rlim_cur = r.rlim_max;
	setrlimit(RLIMIT_NOFILE, &r);
}

/* A directory that the daemon's user owns and may write to. */
static void
own_directory(const char *path, mode_t mode, const char *user)
{
	struct passwd *pw = NULL;
	int give = geteuid() == 0 && user != NULL;

	if (give && (pw = getpwnam(user)) == NULL)
		fatalx(EX_CONFIG, "there is no user %s: create it (INSTALL "
		    "tells how) or name another with -u", user);
	if (file_mkdirs(path, mode) == -1)
		fatal(EX_OSERR, "cannot make the directory %s", path);
	if (give && chown(path, pw->pw_uid, pw->pw_gid) == -1)
		fatal(EX_OSERR, "cannot give the directory %s to user %s",
		    path, user);
	if (give)
		timeline_give(path, pw->pw_uid, pw->pw_gid);
}

static void
prepare_directories(const struct config *c)
{
	char dir[4096], *slash;
	int is_used;

	/* What a run as root left that was killed, its user could not remove.
	 * One that is alive, perhaps of another user, keeps its directory. */
	is_used = geteuid() == 0 && ipc_sweep(c->state);
	own_directory(c->state, 0750, is_used ? NULL : c->user);
	if (c->pidfile == NULL)
		return;
	text_copy(dir, sizeof(dir), c->pidfile);
	if ((slash = strrchr(dir, '/')) != NULL && slash != dir) {
		*slash = '\0';
		/* Only one of its own is given away: /run is not ours. */
		if (access(dir, F_OK) == -1)
			own_directory(dir, 0755, c->user);
	}
}

/* A signal that comes meanwhile waits until it is known what to remove. */
static int
open_ipc(struct server *s, int *owner)
{
	sigset_t all, before;
	int ret, saved;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	ret = ipc_open(&s->ipc, s->config->state, owner);
	saved = errno;
	if (ret == 0) {
		held = &s->ipc;
		atexit(release_ipc);
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = saved;
	return ret;
}

static void
take_lock(struct server *s)
{
	int owner;

	if (open_ipc(s, &owner) == 0)
		return;
	if (errno == EBUSY && owner > 0)
		fatalx(EX_UNAVAILABLE, "another netradiod (process %d) uses "
		    "the state directory %s: stop it, or give this one its "
		    "own with -s", owner, s->config->state);
	if (errno == EBUSY)
		fatalx(EX_UNAVAILABLE, "another netradiod uses the state "
		    "directory %s: stop it, or give this one its own with -s",
		    s->config->state);
	if (errno == EACCES)
		fatalx(EX_UNAVAILABLE, "the lock of the state directory %s "
		    "belongs to another user (ipcs -s): a netradiod of his "
		    "runs there, or was killed and left it (ipcrm)",
		    s->config->state);
	fatal(EX_OSERR, "cannot take the lock (a SysV semaphore) of %s",
	    s->config->state);
}

/* The number that a directory had in the last run. */
static unsigned
former_number(void *arg, const char *base)
{
	struct server *s = arg;
	unsigned number;

	/* The loader asks while main may end channels. */
	number = s->roster != NULL ? roster_former_number(s->roster, base) :
	    timeline_number(&s->file, base);
	if (number == 0 && s->known != NULL)
		number = catalog_number(s->known, base);
	return number;
}

static struct library *
load_library(struct server *s, const struct config *c, struct library *old,
    struct news *news)
{
	struct library_options opt = { .charset = c->charset,
	    .known = s->known, .news = news };

	return library_load(c->media, old, &opt, former_number, s);
}

/* What the catalogue knows is in the first snapshot, or of no use. */
static void
load_first_library(struct server *s)
{
	const struct config *c = s->config;

	if (catalog_file_init(&s->catalog, c->state) == -1)
		log_warn("cannot open %s: the next start looks at every file "
		    "again", c->state);
	s->known = catalog_file_load(c->state, c->media);
	if ((s->library = load_library(s, c, NULL, NULL)) == NULL)
		fatal(file_is_scarce(errno) ? EX_OSERR : EX_CONFIG,
		    "cannot read the media library %s", c->media);
	catalog_free(s->known);
	s->known = NULL;
}

/* While we may still have any port. */
static void
listen_http(struct server *s)
{
	const struct addr *at = &s->config->http;
	char text[ADDR_TEXT_MAX];

	s->http_listener = -1;
	if (!s->config->has_http || (s->http_listener = tcp_listen(at)) != -1)
		return;
	addr_format(at, text);
	if (errno == EADDRINUSE)
		fatalx(EX_UNAVAILABLE, "http: another program listens on port "
		    "%u (ss -tlnp): take another with --http", addr_port(at));
	if (errno == EADDRNOTAVAIL)
		fatalx(EX_UNAVAILABLE, "http: %s is no address of this "
		    "machine", text);
	fatal(EX_OSERR, "http: cannot listen on %s port %u", text,
	    addr_port(at));
}

static void
start_http(struct server *s)
{
	struct http_sources from = { .roster = s->roster,
	    .outlet = s->outlet, .segment = s->ipc.segment,
	    .server = s->file.server, .ttl = s->config->ttl };

	if (s->http_listener == -1)
		return;
	s->http = http_start(s->http_listener, s->config, &from);
	if (s->http == NULL)
		log_warn("nothing is served over HTTP");
	else
		log_notice("serves over HTTP on port %u",
		    addr_port(&s->config->http));
}

static void
refuse_shared_group(struct server *s)
{
	char group[ADDR_TEXT_MAX], other[ADDR_TEXT_MAX];
	struct addr from, own = outlet_group(s->outlet, 0, 0);

	if (s->config->shared_group || timeline_is_live(&s->file,
	    clock_boot_ns(), clock_real_ns()))
		return;
	if (list_find_other(s->outlet, s->file.server, &from))
		fatalx(EX_UNAVAILABLE, "another server, %s, already sends its "
		    "program list to %s: take another group with -g, or set "
		    "shared-group = yes", addr_format(&from, other),
		    addr_format(&own, group));
}

static void
start_survey(struct server *s)
{
	if ((s->survey = survey_start(s->library, &s->catalog)) == NULL)
		log_warn("cannot start the survey: durations stay unknown");
}

static void
start_watch(struct server *s)
{
	const struct config *c = s->config;

	s->watch = NULL;
	if (c->watch != WATCH_OFF &&
	    (s->watch = watch_start(c->media, c->watch)) == NULL)
		log_warn("cannot watch the media library: SIGHUP has it read "
		    "again");
}

/* "239.255.64.1-3", or both ends in full if more than the last part differs. */
static void
format_groups(const struct outlet *o, const struct roster_totals *t,
    char *text, size_t size)
{
	struct addr first = outlet_group(o, t->first, 0);
	struct addr last = outlet_group(o, t->last, 0);
	char a[ADDR_TEXT_MAX], b[ADDR_TEXT_MAX];
	const char *dot;

	addr_format(&first, a);
	addr_format(&last, b);
	dot = strrchr(a, '.');
	if (strcmp(a, b) == 0)
		text_copy(text, size, a);
	else if (dot != NULL && strncmp(a, b, (size_t)(dot - a) + 1) == 0)
		text_format(text, size, "%s-%s", a, b + (dot - a) + 1);
	else
		text_format(text, size, "%s-%s", a, b);
}

/* The one line that says what is on. */
static void
log_what_is_on(struct server *s)
{
	const struct config *c = s->config;
	struct roster_totals t;
	char groups[2 * ADDR_TEXT_MAX], on[256];

	roster_totals(s->roster, &t);
	if (t.channels == 0) {
		log_warnx("nothing to play in %s: put directories with music "
		    "into it and send SIGHUP", c->media);
		return;
	}
	format_groups(s->outlet, &t, groups, sizeof(groups));
	outlet_describe(s->outlet, on, sizeof(on));
	log_notice("%zu channel%s, %.2f Mbit/s, to %s on %s, TTL %u",
	    t.on_air, t.on_air == 1 ? "" : "s", (double)t.rate_bps / 1e6,
	    groups, on, c->ttl);
	if (t.on_air < t.channels)
		log_warnx("%zu channel%s off air", t.channels - t.on_air,
		    t.channels - t.on_air == 1 ? " stays" : "s stay");
}

static void
start(struct server *s)
{
	const struct config *c = s->config;
	struct roster_change change;

	if (c->foreground)
		daemon_hold_stdio();
	else
		daemon_detach();
	prepare_directories(c);
	raise_limits();
	listen_http(s);
	thread_allow_hurry();
	if (c->user != NULL && daemon_drop_user(c->user) == -1)
		fatal(EX_CONFIG, "cannot become user %s", c->user);
	take_lock(s);
	if (timeline_open(&s->file, c->state) == -1)
		fatal(EX_OSERR, "cannot open the timeline file in %s",
		    c->state);
	load_first_library(s);
	s->outlet = outlet_new(c);
	refuse_shared_group(s);
	timeline_say(&s->file, timeline_begin(&s->file));
	/* Once a packet has left, only an orderly end keeps its stream's
	 * numbers: from here on signals wait for main. */
	pthread_sigmask(SIG_BLOCK, &s->signals, NULL);
	if ((s->voice = voice_start(c->media, thread_may_hurry())) == NULL)
		log_warn("nothing can be announced on all channels");
	mailbox_init(&s->list_mail);
	s->roster = roster_new(c, s->outlet, &s->file, s->ipc.segment,
	    s->voice, &s->list_mail);
	if (roster_apply(s->roster, c, s->library, &change) == -1)
		fatal(EX_OSERR, "cannot make room for the channels");
	log_what_is_on(s);
	if ((s->command = command_start(&s->ipc, s->roster, s->voice)) == NULL)
		log_warn("no commands can be given");
	s->report = report_start(c, s->outlet, s->ipc.segment, s->file.server,
	    &s->list_mail);
	if (s->report == NULL)
		log_warn("no RTCP: other players miss the sender reports, and "
		    "no listener is counted");
	start_http(s);
	s->list = list_start(c, s->outlet, s->roster, &s->file, &s->ipc,
	    s->command, s->report, s->http, &s->list_mail);
	if (s->list == NULL)
		fatal(EX_OSERR, "cannot start the list thread");
	start_survey(s);
	start_watch(s);
	if (c->pidfile != NULL && daemon_pidfile(c->pidfile) == -1)
		log_warn("cannot write the pidfile %s", c->pidfile);
	if (!c->foreground)
		log_to_syslog(0);
	daemon_ready(!c->foreground);
}

/*
 * The loader: reads configuration and library anew beside the old ones, so
 * that main goes on to hear signals however long a disk takes.
 */
static void *
load_main(void *arg)
{
	struct server *s = arg;
	struct load *l = &s->load;
	const struct config *c = s->config;

	if (l->with_config)
		c = l->config = config_reload(s->argc, s->argv, s->config);
	if (c == NULL)
		log_warnx("the configuration has errors: nothing of it is "
		    "applied");
	else if ((l->library = load_library(s, c, s->library, &l->news)) ==
	    NULL)
		l->error = errno;
	atomic_store(&l->is_done, 1);
	kill(getpid(), SIGUSR2);
	return NULL;
}

/* Whoever asked for the reload under way is told what came of it. */
static void
answer_reload(struct server *s, int is_done, const char *said)
{
	if (s->load.with_config)
		command_end_reload(s->command, is_done, said);
}

/* Load what was asked for, as soon as nothing else is being loaded. */
static void
start_load(struct server *s)
{
	struct load *l = &s->load;

	if (l->is_running || !(s->load_all || s->load_news))
		return;
	memset(l, 0, sizeof(*l));
	watch_take_news(s->watch, &l->news);
	l->with_config = s->load_all;
	if (s->load_all) {
		/* Somebody asked: what is there counts. */
		l->news.is_all = 1;
		l->news.young_to_ns = l->news.young_from_ns;
	}
	s->load_all = s->load_news = 0;
	if (l->with_config)
		command_begin_reload(s->command);
	if (thread_start(&l->thread, LOAD_STACK, "loader", load_main, s) ==
	    -1) {
		log_warn("cannot reload now");
		answer_reload(s, 0, "it cannot reload now");
		watch_again(s->watch);
		news_done(&l->news);
	} else
		l->is_running = 1;
}

/* A new configuration takes the place of the old. */
static void
take_config(struct server *s, struct config *c)
{
	struct config *old = s->config;

	s->config = c;
	list_configure(s->list, c);
	list_count_reload(s->list);
	if (s->report != NULL)
		report_configure(s->report, c);
	http_configure(s->http, c);
	log_set_level(c->verbose > 1 ? LOG_L_DEBUG : c->verbose > 0 ?
	    LOG_L_INFO : LOG_L_NOTICE);
	if (s->voice != NULL && strcmp(c->media, old->media) != 0)
		voice_move(s->voice, c->media);
	if (c->watch != old->watch || strcmp(c->media, old->media) != 0 ||
	    watch_has_given_up(s->watch)) {
		if (watch_stop(s->watch, clock_mono_ns() + STOP_NS) == -1)
			log_warnx("the watcher is stuck in a file system; "
			    "left behind");
		start_watch(s);
	}
	config_free(old);
}

/* Put what was loaded in the place of the old; c: NULL if it stays. */
static void
apply(struct server *s, struct config *c, struct library *fresh)
{
	struct roster_change change;
	char said[128];

	if (roster_apply(s->roster, c != NULL ? c : s->config, fresh,
	    &change) == -1) {
		log_warn("cannot reload: the channels stay as they are");
		watch_again(s->watch);
		answer_reload(s, 0, "memory is out: the channels stay as they "
		    "are");
		library_put(fresh);
		if (c != NULL)
			config_free(c);
		return;
	}
	report_look(s->report);
	survey_replace(s->survey, fresh);
	library_put(s->library);
	s->library = fresh;
	text_format(said, sizeof(said), "%s: %zu channels started, %zu "
	    "stopped, %zu edited, %zu left alone", c != NULL ? "reloaded" :
	    "the library changed", change.started, change.stopped,
	    change.edited, change.same);
	if (c != NULL || change.started + change.stopped + change.edited > 0)
		log_notice("%s", said);
	if (c != NULL)
		take_config(s, c);
	answer_reload(s, 1, said);
}

/* The library cannot be read: what is on air stays as it is. */
static void
keep_library(struct server *s, int is_asked)
{
	struct load *l = &s->load;
	const char *media = l->config != NULL ? l->config->media :
	    s->config->media;

	errno = l->error;
	if ((is_asked || !s->is_gone) && l->error == ENODEV)
		log_warnx("the media library %s is not there, but an empty "
		    "directory: the channels stay as they are", media);
	else if (is_asked || !s->is_gone)
		log_warn("cannot read the media library %s: the channels stay "
		    "as they are", media);
	s->is_gone = 1;
	answer_reload(s, 0, "the media library cannot be read: the channels "
	    "stay as they are");
	if (l->config != NULL)
		config_free(l->config);
}

static void
finish_load(struct server *s)
{
	struct load *l = &s->load;

	pthread_join(l->thread, NULL);
	l->is_running = 0;
	if (l->library != NULL) {
		if (s->is_gone)
			log_notice("the media library %s is there again",
			    s->config->media);
		s->is_gone = 0;
		apply(s, l->config, l->library);
	} else if (l->error != 0)
		keep_library(s, l->with_config);
	else
		answer_reload(s, 0, "the configuration has errors, nothing of "
		    "it is applied: the log and netradiod -n name them");
	/* What was noticed is not known yet, or files were left out. */
	if (l->library == NULL || l->news.held)
		watch_again(s->watch);
	news_done(&l->news);
	start_load(s);
}

/* Somebody of our own has news: the loader, the watcher, the command thread
 * that wants a reload, or the list thread that saw another link, on which
 * max-rate may come to something else. */
static void
on_news(struct server *s)
{
	struct roster_change change;

	if (s->load.is_running && atomic_load(&s->load.is_done))
		finish_load(s);
	s->load_news |= watch_take_due(s->watch);
	s->load_all |= command_wants_reload(s->command);
	start_load(s);
	if (!list_take_link_change(s->list))
		return;
	if (roster_apply(s->roster, s->config, s->library, &change) == -1)
		log_warn("another link: cannot look at max-rate anew");
	report_look(s->report);
	if (change.started + change.stopped > 0)
		log_notice("another link: %zu channels started, %zu stopped, "
		    "to keep max-rate", change.started, change.stopped);
}

static void
log_counters(struct server *s)
{
	struct roster_totals t;

	roster_log(s->roster);
	roster_totals(s->roster, &t);
	log_notice("%zu channels, %zu on air, %zu silent; %llu packets, %llu "
	    "unsent, %llu stalls, %llu frames muted, %llu tracks bad, %llu "
	    "send errors", t.channels, t.on_air, t.silent,
	    (unsigned long long)t.packets, (unsigned long long)t.unsent,
	    (unsigned long long)t.stalls, (unsigned long long)t.muted,
	    (unsigned long long)t.bad_tracks,
	    (unsigned long long)outlet_errors(s->outlet));
}

/* A reload that is overtaken by the end. */
static int
load_stop(struct server *s, int64_t deadline_ns)
{
	struct load *l = &s->load;

	if (!l->is_running)
		return 0;
	if (thread_join_until(l->thread, deadline_ns) == -1)
		return -1;
	library_put(l->library);
	news_done(&l->news);
	if (l->config != NULL)
		config_free(l->config);
	return 0;
}

/* Reverse order.  Returns 1 if a thread is stuck and nothing may be freed. */
static int
stop(struct server *s, int farewell)
{
	int64_t deadline = clock_mono_ns() + STOP_NS;
	struct timeline *streams;
	int stuck = 0;
	size_t n;

	daemon_notify("STOPPING=1");
	/* The list thread looks after the command thread: it goes first. */
	stuck |= list_stop(s->list, farewell, deadline) == -1 ||
	    command_stop(s->command, deadline) == -1;
	stuck |= http_stop(s->http, deadline) == -1;
	stuck |= roster_stop(s->roster, deadline) > 0;
	stuck |= report_stop(s->report, farewell, deadline) == -1;
	stuck |= voice_stop(s->voice, deadline) == -1;
	if (survey_stop(s->survey, deadline) == -1)
		stuck = 1;
	else
		catalog_file_save(&s->catalog, s->library, 0);
	stuck |= load_stop(s, deadline) == -1;
	stuck |= watch_stop(s->watch, deadline) == -1;
	streams = calloc(TIMELINE_STREAMS_MAX, sizeof(*streams));
	if (streams != NULL) {
		n = roster_timelines(s->roster, streams,
		    TIMELINE_STREAMS_MAX);
		timeline_say(&s->file, timeline_save(&s->file, streams, n));
		free(streams);
	}
	if (s->config->pidfile != NULL)
		unlink(s->config->pidfile);
	release_ipc();
	return stuck;
}

int
server_run(struct config *config, int argc, char **argv)
{
	struct server s = { .config = config, .argc = argc, .argv = argv };
	int signal;

	mem_share_heap();
	prepare_signals(&s);
	start(&s);
	for (;;) {
		if (sigwait(&s.signals, &signal) != 0)
			continue;
		if (signal == SIGHUP) {
			s.load_all = 1;
			start_load(&s);
		} else if (signal == SIGUSR2)
			on_news(&s);
		else if (signal == SIGUSR1)
			log_counters(&s);
		else
			break;
	}
	log_notice("ending on %s", signal == SIGQUIT ? "SIGQUIT" :
	    signal == SIGTERM ? "SIGTERM" : "SIGINT");
	if (stop(&s, signal != SIGQUIT)) {
		log_warnx("some threads do not end, stuck in a file system "
		    "or on a busy machine: leaving without them");
		_exit(0);
	}
	roster_free(s.roster);
	voice_free(s.voice);
	outlet_free(s.outlet);
	library_put(s.library);
	timeline_close(&s.file);
	catalog_file_done(&s.catalog);
	ipc_done(&s.ipc);
	config_free(s.config);
	return 0;
}
