/* SPDX-License-Identifier: ISC */
/*
 * A line is composed on the stack and leaves in one write or one datagram,
 * so lines of different threads never mix and no lock is needed.  The way to
 * the system's logger is our own datagram socket and not syslog(3): that one
 * holds a lock and blocks while the logger is busy, and a thread that sends
 * music must not wait for it.
 */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/repeat.h"
#include "base/text.h"

#define LINE_MAX_BYTES	1024

enum sink { SINK_PLAIN, SINK_STDERR, SINK_JOURNAL, SINK_SYSLOG, SINK_BOTH };

static const char *tag = "netradio";		/* [c] */
static _Atomic int level = LOG_L_NOTICE;
static _Atomic enum sink sink = SINK_PLAIN;
static _Atomic int syslog_fd = -1;
static _Atomic unsigned dropped;	/* lines the logger did not take */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct repeat repeats;		/* [L] */

void
log_init(const char *name)
{
	tag = name;
}

void
log_set_level(enum log_level l)
{
	level = (int)l;
}

/* Whether stderr is the socket that $JOURNAL_STREAM names, "device:inode". */
static int
is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char ours[64];
	struct stat st;

	if (stream == NULL || fstat(STDERR_FILENO, &st) == -1)
		return 0;
	text_format(ours, sizeof(ours), "%llu:%llu",
	    (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
	return strcmp(stream, ours) == 0;
}

void
log_to_stderr(void)
{
	sink = is_journal() ? SINK_JOURNAL : SINK_STDERR;
}

static int
syslog_open(void)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd;

	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return -1;
	memcpy(un.sun_path, "/dev/log", sizeof("/dev/log"));
	if (connect(fd, (struct sockaddr *)&un, sizeof(un)) == -1) {
		close(fd);
		return -1;
	}
	return fd;
}

void
log_to_syslog(int also_stderr)
{
	if (syslog_fd == -1)
		syslog_fd = syslog_open();
	sink = also_stderr ? SINK_BOTH : SINK_SYSLOG;
}

static const int priority[] = { LOG_ERR, LOG_WARNING, LOG_NOTICE, LOG_INFO,
	LOG_DEBUG };

static void
syslog_line(enum log_level l, const char *text)
{
	char line[LINE_MAX_BYTES + 128], stamp[32];
	struct tm tm;
	time_t now = time(NULL);
	unsigned missed;
	int fd, fresh, n;

	localtime_r(&now, &tm);
	strftime(stamp, sizeof(stamp), "%b %e %H:%M:%S", &tm);
	missed = atomic_exchange(&dropped, 0);
	n = snprintf(line, sizeof(line), "<%d>%s %s[%d]: %s",
	    LOG_DAEMON | priority[l], stamp, tag, (int)getpid(), text);
	if (missed > 0 && n > 0 && (size_t)n < sizeof(line))
		n += snprintf(line + n, sizeof(line) - (size_t)n,
		    " (%u lines before this one were lost)", missed);
	if ((size_t)n >= sizeof(line))
		n = sizeof(line) - 1;
	fd = syslog_fd;
	if (fd != -1 && send(fd, line, (size_t)n, MSG_NOSIGNAL) != -1)
		return;
	if (fd != -1 && (errno == EAGAIN || errno == ENOBUFS)) {
		dropped += missed + 1;
		return;
	}
	/* The logger was restarted, or was not there yet. */
	if ((fresh = syslog_open()) == -1 ||
	    send(fresh, line, (size_t)n, MSG_NOSIGNAL) == -1)
		dropped += missed + 1;
	if (fresh != -1) {
		/* Another thread may be sending on the old one: replace it
		 * under its number. */
		if (fd != -1)
			dup3(fresh, fd, O_CLOEXEC);
		if (fd != -1 ||
		    !atomic_compare_exchange_strong(&syslog_fd, &fd, fresh))
			close(fresh);
	}
}

static void
stderr_line(enum log_level l, const char *text)
{
	char line[LINE_MAX_BYTES + 64], stamp[16] = "";
	struct timespec ts;
	struct tm tm;
	int n;

	if (sink == SINK_JOURNAL)
		n = snprintf(line, sizeof(line), "<%d>%s\n", priority[l],
		    text);
	else if (sink == SINK_STDERR) {
		clock_gettime(CLOCK_REALTIME, &ts);
		localtime_r(&ts.tv_sec, &tm);
		strftime(stamp, sizeof(stamp), "%H:%M:%S", &tm);
		n = snprintf(line, sizeof(line), "%s.%03ld %s: %s\n", stamp,
		    ts.tv_nsec / 1000000, tag, text);
	} else
		n = snprintf(line, sizeof(line), "%s: %s\n", tag, text);
	if (n < 0)
		return;
	if ((size_t)n >= sizeof(line)) {
		n = sizeof(line) - 1;
		line[n - 1] = '\n';
	}
	if (write(STDERR_FILENO, line, (size_t)n) == -1)
		return;		/* nobody is left who could be told */
}

static void
put(enum log_level l, const char *text)
{
	if (sink == SINK_SYSLOG || sink == SINK_BOTH)
		syslog_line(l, text);
	if (sink != SINK_SYSLOG)
		stderr_line(l, text);
}

/* Say how often lines came again: those whose minute is over, or (is_end)
 * all. */
static void
tell_repeats(int is_end)
{
	char text[REPEAT_TEXT_MAX], line[REPEAT_TEXT_MAX + 64];
	unsigned count;
	int l;

	for (;;) {
		pthread_mutex_lock(&lock);
		count = is_end ?
		    repeat_forget(&repeats, &l, text, sizeof(text)) :
		    repeat_take(&repeats, clock_mono_ns(), &l, text,
		    sizeof(text));
		pthread_mutex_unlock(&lock);
		if (count == 0)
			break;
		text_format(line, sizeof(line), "%s (%u more time%s%s)", text,
		    count, count == 1 ? "" : "s", is_end ? "" :
		    " in a minute");
		put((enum log_level)l, line);
	}
}

static int
is_new(enum log_level l, const char *text)
{
	int pass;

	if (l > LOG_L_NOTICE || sink == SINK_PLAIN || sink == SINK_BOTH)
		return 1;
	if (l == LOG_L_NOTICE) {
		tell_repeats(1);
		return 1;
	}
	pthread_mutex_lock(&lock);
	pass = repeat_pass(&repeats, (int)l, text, clock_mono_ns());
	pthread_mutex_unlock(&lock);
	return pass;
}

void
log_tick(void)
{
	int saved = errno;

	tell_repeats(0);
	errno = saved;
}

__attribute__((format(printf, 3, 0)))
static void
say(enum log_level l, int with_errno, const char *fmt, va_list ap)
{
	char text[LINE_MAX_BYTES], reason[128] = "";
	int saved = errno;
	size_t n, room;

	if ((int)l > level)
		return;
	if (with_errno)
		snprintf(reason, sizeof(reason), ": %s", strerror(saved));
	/* What is too long loses its end, but not the reason. */
	room = sizeof(text) - strlen(reason);
	if (vsnprintf(text, room, fmt, ap) < 0)
		text[0] = '\0';
	n = text_whole(text, strlen(text));
	memcpy(text + n, reason, strlen(reason) + 1);
	text_clean(text);
	if (is_new(l, text))
		put(l, text);
	errno = saved;
}

#define SAY(level, with_errno) do {					\
	va_list ap;							\
	va_start(ap, fmt);						\
	say(level, with_errno, fmt, ap);				\
	va_end(ap);							\
} while (0)

void log_error(const char *fmt, ...) { SAY(LOG_L_ERROR, 1); }
void log_errorx(const char *fmt, ...) { SAY(LOG_L_ERROR, 0); }
void log_warn(const char *fmt, ...) { SAY(LOG_L_WARNING, 1); }
void log_warnx(const char *fmt, ...) { SAY(LOG_L_WARNING, 0); }
void log_notice(const char *fmt, ...) { SAY(LOG_L_NOTICE, 0); }
void log_info(const char *fmt, ...) { SAY(LOG_L_INFO, 0); }
void log_debug(const char *fmt, ...) { SAY(LOG_L_DEBUG, 0); }

void
fatal(int code, const char *fmt, ...)
{
	SAY(LOG_L_ERROR, 1);
	exit(code);
}

void
fatalx(int code, const char *fmt, ...)
{
	SAY(LOG_L_ERROR, 0);
	exit(code);
}
