/* SPDX-License-Identifier: ISC */
/* stderr is a pipe here: what the functions write is read back from it. */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

#define LONG_TEXT	5000

static int pipe_fds[2];
static char got[65536];

/* What was written since the last call. */
static const char *
written(void)
{
	int saved = errno;
	ssize_t n = read(pipe_fds[0], got, sizeof(got) - 1);

	got[n > 0 ? n : 0] = '\0';
	errno = saved;
	return got;
}

static int
count(const char *s, char c)
{
	int n = 0;

	for (; *s != '\0'; s++)
		n += *s == c;
	return n;
}

static void
test_levels(void)
{
	errno = ENOENT;
	log_error("a %d", 1);
	is_str(written(), "unit: a 1: No such file or directory\n",
	    "error appends strerror");
	log_errorx("b");
	is_str(written(), "unit: b\n", "errorx does not");
	log_warn("c");
	is_str(written(), "unit: c: No such file or directory\n",
	    "warn appends it");
	log_warnx("d");
	is_str(written(), "unit: d\n", "warnx does not");
	log_notice("e");
	is_str(written(), "unit: e\n", "notice is said by default");
	log_info("f");
	log_debug("g");
	is_str(written(), "", "info and debug are not");
	is(errno, ENOENT, "errno survives all of them");
	log_set_level(LOG_L_DEBUG);
	log_info("f");
	log_debug("g");
	is_str(written(), "unit: f\nunit: g\n", "unless asked for");
	log_set_level(LOG_L_ERROR);
	log_notice("h");
	log_warnx("i");
	log_errorx("j");
	is_str(written(), "unit: j\n", "or only errors are");
	log_set_level(LOG_L_NOTICE);
}

static void
test_clean(void)
{
	const char *s;

	log_notice("x\033[2Jy\nunit: forged\r\xff\xc2\x9bz");
	s = written();
	is(count(s, '\n'), 1, "a text with a line end is one line");
	ok(strchr(s, '\033') == NULL && strchr(s, '\r') == NULL &&
	    strstr(s, "\xc2\x9b") == NULL && strchr(s, '\xff') == NULL,
	    "no control or invalid byte gets through");
	log_notice("%s", "100%s%n");
	is_str(written(), "unit: 100%s%n\n", "arguments are no formats");
}

static void
test_long(void)
{
	char text[LONG_TEXT + 1];
	const char *s;
	size_t n;

	memset(text, 'x', LONG_TEXT);
	text[LONG_TEXT] = '\0';
	log_notice("%s", text);
	s = written();
	n = strlen(s);
	ok(n > 500 && n < 1200, "a long text is cut to a line");
	ok(n > 0 && s[n - 1] == '\n' && count(s, '\n') == 1,
	    "which still ends");
	errno = EACCES;
	log_warn("%s", text);
	s = written();
	n = strlen(s);
	ok(n > 0 && s[n - 1] == '\n', "so does one with errno");
	ok(strstr(s, "Permission denied") != NULL,
	    "and the reason is not what is cut off");
	/* Cut in every phase of a three-byte character. */
	for (n = 0; n < LONG_TEXT - 2; n += 3)
		memcpy(text + n, "\xe4\xb8\xad", 3);
	text[n] = '\0';
	for (n = 0; n < 3; n++) {
		log_notice("%.*s%s", (int)n, "ab", text);
		s = written();
		if (strchr(s, '?') != NULL)
			break;
	}
	is(n, 3, "a cut is between characters");
}

static void
test_with_time(void)
{
	unsigned h, m, s, ms;
	int end = 0;

	log_to_stderr();
	log_notice("now");
	ok(sscanf(written(), "%2u:%2u:%2u.%3u unit: now\n%n", &h, &m, &s, &ms,
	    &end) == 4 && h < 24 && m < 60 && s < 61 && end == 23,
	    "in the foreground a line begins with the time");
}

/* fatal in a child: its code and its sentence. */
static void
test_fatal(void)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		log_init("child");
		errno = ENOSPC;
		fatal(71, "cannot %s", "go on");
	}
	waitpid(pid, &status, 0);
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 71,
	    "fatal exits with its code");
	ok(strstr(written(), "child: cannot go on: No space left on device\n")
	    != NULL, "and says why");
	pid = fork();
	if (pid == 0) {
		log_set_level(LOG_L_ERROR);
		fatalx(64, "usage");
	}
	waitpid(pid, &status, 0);
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 64,
	    "so does fatalx");
	ok(strstr(written(), "unit: usage\n") != NULL, "without errno");
}

static void
test_journal(void)
{
	char stream[64];
	struct stat st;

	fstat(STDERR_FILENO, &st);
	snprintf(stream, sizeof(stream), "%llu:%llu",
	    (unsigned long long)st.st_dev, (unsigned long long)st.st_ino + 1);
	setenv("JOURNAL_STREAM", stream, 1);
	log_to_stderr();
	log_notice("a");
	ok(strstr(written(), "unit: a\n") != NULL && got[0] != '<',
	    "where the journal is another file there is the time");
	snprintf(stream, sizeof(stream), "%llu:%llu",
	    (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
	setenv("JOURNAL_STREAM", stream, 1);
	log_to_stderr();
	log_errorx("b");
	log_warnx("c");
	log_notice("d");
	is_str(written(), "<3>b\n<4>c\n<5>d\n",
	    "the journal gets priorities and no time");
	unsetenv("JOURNAL_STREAM");
}

static void
test_repeated(void)
{
	const char *s;
	int i;

	log_to_stderr();
	for (i = 0; i < 5; i++) {
		log_warnx("again");
		log_errorx("and again");
	}
	is(count(written(), '\n'), 2, "a warning and an error are said once");
	log_errorx("and again");
	log_notice("over");
	s = written();
	is(count(s, '\n'), 3, "a notice is said behind what was counted");
	ok(strstr(s, "unit: again (4 more times)\n") != NULL &&
	    strstr(s, "unit: and again (5 more times)\n") != NULL, "how often");
	log_warnx("again");
	log_warnx("again");
	log_notice("over");
	s = written();
	ok((s = strstr(s, "again (1 more time)\n")) != NULL &&
	    strstr(s, "over") != NULL, "or once");
	for (i = 0; i < 5; i++) {
		log_warnx("it went");
		log_notice("it came");
	}
	is(count(written(), '\n'), 10, "what goes and comes is said each time");
	log_tick();
	is_str(written(), "", "a count is not said before its minute is over");
}

int
main(void)
{
	if (pipe(pipe_fds) == -1 ||
	    fcntl(pipe_fds[0], F_SETFL, O_NONBLOCK) == -1 ||
	    dup2(pipe_fds[1], STDERR_FILENO) == -1)
		return 1;
	log_init("unit");
	test_levels();
	test_clean();
	test_long();
	test_with_time();
	test_fatal();
	test_journal();
	test_repeated();
	return tap_end();
}
