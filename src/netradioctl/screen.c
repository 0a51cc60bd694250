/* SPDX-License-Identifier: ISC */
#include "screen.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

#define ENTER	"\033[?1049h\033[?25l"
#define LEAVE	"\033[?25h\033[?1049l"

static struct termios found;		/* the modes as we found them */
static volatile sig_atomic_t is_on, ended, stopped;
static sigset_t waiting_mask;		/* while we wait: signals come in */

static void
put(const char *s)
{
	if (write(STDOUT_FILENO, s, strlen(s)) == -1)
		return;		/* nobody is left to see it */
}

/* Safe in a signal handler. */
static void
leave(void)
{
	int saved = errno;

	if (is_on) {
		is_on = 0;
		put(LEAVE);
		tcsetattr(STDIN_FILENO, TCSADRAIN, &found);
	}
	errno = saved;
}

static void
enter(void)
{
	struct termios now = found;

	now.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	now.c_cc[VMIN] = 1;
	now.c_cc[VTIME] = 0;
	if (tcsetattr(STDIN_FILENO, TCSADRAIN, &now) == 0) {
		is_on = 1;
		put(ENTER);
	}
}

static void
on_crash(int sig)
{
	leave();
	raise(sig);	/* SA_RESETHAND: this time for good */
}

static void
on_signal(int sig)
{
	if (sig == SIGTSTP)
		stopped = 1;
	else if (sig != SIGWINCH)
		ended = 1;
}

static void
catch(const int *signals, size_t n, void (*handler)(int), int flags)
{
	struct sigaction sa = { .sa_handler = handler, .sa_flags = flags };
	size_t i;

	sigemptyset(&sa.sa_mask);
	for (i = 0; i < n; i++)
		sigaction(signals[i], &sa, NULL);
}

int
screen_start(void)
{
	static const int crashes[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE,
	    SIGABRT };
	static const int ours[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE,
	    SIGTSTP, SIGWINCH };
	sigset_t block;
	size_t i;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) ||
	    tcgetattr(STDIN_FILENO, &found) == -1)
		return -1;
	/* They come in only where we wait. */
	sigemptyset(&block);
	for (i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		sigaddset(&block, ours[i]);
	sigprocmask(SIG_BLOCK, &block, &waiting_mask);
	catch(ours, sizeof(ours) / sizeof(ours[0]), on_signal, 0);
	catch(crashes, sizeof(crashes) / sizeof(crashes[0]), on_crash,
	    SA_RESETHAND | SA_NODEFER);
	atexit(leave);
	enter();
	return 0;
}

void
screen_stop(void)
{
	leave();
}

void
screen_size(unsigned *columns, unsigned *rows)
{
	struct winsize ws;

	*columns = 80;
	*rows = 24;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0 && ws.ws_col > 0 &&
	    ws.ws_row > 0) {
		*columns = ws.ws_col;
		*rows = ws.ws_row;
	}
}

/* As the shell's job control wants it: the terminal back, then sleep. */
static void
stop_here(void)
{
	stopped = 0;
	leave();
	raise(SIGSTOP);
	enter();
}

int
screen_wait(int64_t deadline_ns)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
	int64_t left = deadline_ns - clock_mono_ns();
	struct timespec ts;
	char key;
	int n;

	if (left < 0)
		left = 0;
	ts.tv_sec = (time_t)(left / NS_PER_S);
	ts.tv_nsec = (long)(left % NS_PER_S);
	n = ppoll(&p, 1, &ts, &waiting_mask);
	if (ended)
		return SCREEN_END;
	if (stopped)
		stop_here();
	if (n <= 0)
		return SCREEN_TIME;
	return read(STDIN_FILENO, &key, 1) == 1 ? (unsigned char)key :
	    SCREEN_END;
}
