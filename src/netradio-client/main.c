/* SPDX-License-Identifier: ISC */
/* netradio-client: hear a channel of netradiod. */
#include <fcntl.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "decoders.h"
#include "demand.h"
#include "doctor.h"
#include "options.h"
#include "session.h"

/* So that no socket becomes 0, 1 or 2. */
static void
open_standard(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

static int
wrong_usage(const char *why)
{
	log_errorx("%s", why);
	options_usage(stderr, 0);
	return EX_USAGE;
}

int
main(int argc, char **argv)
{
	int64_t start_ns = clock_mono_ns();
	struct options o;
	char why[256];

	open_standard();
	log_init("netradio-client");
	if (options_parse(&o, argc, argv, why, sizeof(why)) == -1)
		return wrong_usage(why);
	if (o.help) {
		options_usage(stdout, 1);
		return EX_OK;
	}
	if (o.version) {
		puts("netradio-client " VERSION);
		return EX_OK;
	}
	if (o.task == OPTIONS_DECODERS) {
		decoders_show(stdout, o.decoder_of);
		return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
	}
	if (o.task == OPTIONS_LISTEN && o.channel == NULL &&
	    !isatty(STDIN_FILENO))
		return wrong_usage("CHANNEL is missing, and there is no "
		    "terminal to choose one on");
	log_set_level(o.quiet ? LOG_L_WARNING : o.verbose > 1 ?
	    LOG_L_DEBUG : o.verbose ? LOG_L_INFO : LOG_L_NOTICE);
	switch (o.task) {
	case OPTIONS_DOCTOR:
		return doctor_run(&o);
	case OPTIONS_DEMAND:
		return demand_run(&o);
	default:
		return session_run(&o, start_ns);
	}
}
