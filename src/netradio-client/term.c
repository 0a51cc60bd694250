/* SPDX-License-Identifier: ISC */
#include "term.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "wire/ports.h"

#define NUMBER_NS	(1 * NS_PER_S)	/* the next digit comes within */
#define ESC		'\033'

/* For the exits that nobody plans: the modes as we found them. */
static struct termios found;
static volatile sig_atomic_t is_changed;

/* Safe in a signal handler. */
static void
restore(void)
{
	int saved = errno;

	if (is_changed) {
		is_changed = 0;
		tcsetattr(STDIN_FILENO, TCSADRAIN, &found);
	}
	errno = saved;
}

static void
on_crash(int sig)
{
	restore();
	raise(sig);	/* SA_RESETHAND: this time for good */
}

static void
catch_crashes(void)
{
	static const int crashes[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE,
	    SIGABRT };
	struct sigaction sa = { .sa_handler = on_crash };
	size_t i;

	sa.sa_flags = SA_RESETHAND | SA_NODEFER;
	sigemptyset(&sa.sa_mask);
	for (i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++)
		sigaction(crashes[i], &sa, NULL);
}

/* In the foreground only: else the kernel stops who touches the terminal. */
static int
is_ours(void)
{
	return isatty(STDIN_FILENO) &&
	    tcgetpgrp(STDIN_FILENO) == getpgrp();
}

static void
set_modes(void)
{
	struct termios now;

	if (tcgetattr(STDIN_FILENO, &found) == -1)
		return;
	now = found;
	now.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	now.c_cc[VMIN] = 0;
	now.c_cc[VTIME] = 0;
	if (tcsetattr(STDIN_FILENO, TCSADRAIN, &now) == 0)
		is_changed = 1;
}

void
term_start(struct term *t, int is_plain)
{
	memset(t, 0, sizeof(*t));
	t->is_plain = is_plain || !isatty(STDERR_FILENO);
	if (!is_ours())
		return;
	atexit(restore);
	catch_crashes();
	set_modes();
	t->is_on = 1;
}

void
term_stop(struct term *t)
{
	term_clear(t);
	restore();
}

void
term_again(struct term *t)
{
	if (t->is_on && is_ours())
		set_modes();
}

int
term_is_waiting(const struct term *t)
{
	return t->is_on && is_ours();
}

unsigned
term_columns(int fd)
{
	struct winsize ws;

	if (!isatty(fd))
		return 0;
	if (ioctl(fd, TIOCGWINSZ, &ws) == -1 || ws.ws_col == 0)
		return 80;
	return ws.ws_col;
}

void
term_clear(struct term *t)
{
	if (t->shows)
		fputs("\r\033[K", stderr);
	t->shows = 0;
}

static void
show_number(struct term *t)
{
	if (t->is_plain)
		return;
	fprintf(stderr, "\r\033[Kchannel %u", t->number);
	t->shows = 1;
}

static enum term_key
number_done(struct term *t)
{
	t->until_ns = 0;
	return t->number > 0 ? TERM_NUMBER : TERM_NONE;
}

/* Inside ESC [ A, as arrow keys send it (or ESC O A). */
static enum term_key
feed_escape(struct term *t, char c)
{
	if (t->escape == 1 && (c == '[' || c == 'O')) {
		t->escape = 2;
		return TERM_NONE;
	}
	if (t->escape == 2 && ((c >= '0' && c <= '9') || c == ';'))
		return TERM_NONE;	/* with Shift and so on */
	t->escape = 0;
	switch (c) {
	case 'A':
		return TERM_UP;
	case 'B':
		return TERM_DOWN;
	case 'C':
		return TERM_RIGHT;
	case 'D':
		return TERM_LEFT;
	default:
		return TERM_NONE;
	}
}

enum term_key
term_feed(struct term *t, char c, int64_t now)
{
	if (t->escape > 0)
		return feed_escape(t, c);
	if (c >= '0' && c <= '9') {
		if (t->until_ns == 0)
			t->number = 0;
		t->number = t->number * 10 + (unsigned)(c - '0');
		if (t->number > PORTS_CHANNEL_MAX)
			t->number = (unsigned)(c - '0');
		t->until_ns = now + NUMBER_NS;
		return TERM_NONE;
	}
	switch (c) {
	case ESC:
		t->escape = 1;
		return TERM_NONE;
	case '\r':
	case '\n':
		return t->until_ns != 0 ? number_done(t) : TERM_NONE;
	case '\b':
	case 0x7f:
		t->number /= 10;
		return TERM_NONE;
	case ' ':
		return TERM_PAUSE;
	case 'q':
	case 'Q':
		return TERM_QUIT;
	default:
		return TERM_NONE;
	}
}

enum term_key
term_read(struct term *t, int is_readable, int64_t now)
{
	enum term_key key;
	ssize_t n;
	char c;

	if (!t->is_on)
		return TERM_NONE;
	while (is_readable && is_ours()) {
		/* VMIN is 0: 0 is "nothing there". */
		n = read(STDIN_FILENO, &c, 1);
		if (n <= 0)
			break;
		if ((key = term_feed(t, c, now)) != TERM_NONE) {
			term_clear(t);
			return key;
		}
		if (t->until_ns != 0)
			show_number(t);
	}
	if (t->until_ns == 0 || now < t->until_ns)
		return TERM_NONE;
	term_clear(t);
	return number_done(t);
}
