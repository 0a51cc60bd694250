/* SPDX-License-Identifier: ISC */
/*
 * netradioctl: looks at a running netradiod and commands it.  Looking
 * (status, top, channels) reads the statistics segment, attach and snapshot;
 * it works however the daemon fares.  Commands go over the queue: ask.
 */
#include <stdio.h>
#include <sysexits.h>

#include "base/log.h"
#include "options.h"

int
main(int argc, char **argv)
{
	struct options o;
	char why[512];

	log_init("netradioctl");
	if (options_parse(&o, argc, argv, why, sizeof(why)) == -1) {
		log_errorx("%s", why);
		options_usage(stderr, 0);
		return EX_USAGE;
	}
	if (o.help) {
		options_usage(stdout, 1);
		return 0;
	}
	if (o.version) {
		puts("netradioctl " VERSION);
		return 0;
	}
	return o.command->run(&o);
}
