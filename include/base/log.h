/* SPDX-License-Identifier: ISC */
/* Messages for people: one line per event, subject first, lower case. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

/*
 * error    we stop, or lose a service
 * warning  we go on, but somebody should look
 * notice   start, ready, reload, stop
 * info     tracks, listeners, children
 * debug    packets; nothing per packet is logged above this
 */
enum log_level { LOG_L_ERROR, LOG_L_WARNING, LOG_L_NOTICE, LOG_L_INFO,
	LOG_L_DEBUG };

/*
 * Lines go to stderr as "tag: text" until log_to_syslog(), or with the time
 * of day in front after log_to_stderr().  Default level: notice.
 * Every function here keeps errno and may be called from any thread.
 */
void log_init(const char *tag);
void log_set_level(enum log_level level);
/* Foreground: stderr with time of day; where that is the journal, which
 * knows the time ($JOURNAL_STREAM), with the priority, sd-daemon(3). */
void log_to_stderr(void);
/*
 * Detached: datagrams to /dev/log, facility daemon.  Never blocks: a line
 * that the logger does not take at once is counted and reported later.
 * also_stderr: lines go there as well, until a call without it.
 */
void log_to_syslog(int also_stderr);

/*
 * From either of them on, the same error or warning is said at most once a
 * minute; how often it came is said by this, to be called once a second.
 * Notices answer what somebody did, or are transitions: they are all said,
 * behind how often what was said before came until then; and that is said again
 * after it (an interface that goes and comes and goes).
 */
void log_tick(void);

/* log_warn appends strerror(errno); the ...x form does not. */
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_errorx(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warnx(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_notice(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * Start-up only: say the sentence as an error and exit with code, one of
 * <sysexits.h>.  fatal appends strerror(errno), fatalx does not.
 */
_Noreturn void fatal(int code, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
_Noreturn void fatalx(int code, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
