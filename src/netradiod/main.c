/* SPDX-License-Identifier: ISC */
/* netradiod: multicasts every channel of a media library.  The order to read
 * in: library, program, channel, pack, bucket, outlet; beside them list. */
#include "base/log.h"
#include "check.h"
#include "config.h"
#include "server.h"

int
main(int argc, char **argv)
{
	struct config *c;
	int code;

	log_init("netradiod");
	c = config_load(argc, argv);
	if (c->verbose > 0)
		log_set_level(c->verbose > 1 ? LOG_L_DEBUG : LOG_L_INFO);
	if (c->check) {
		code = check_run(c);
		config_free(c);
		return code;
	}
	if (c->foreground)
		log_to_stderr();
	else
		log_to_syslog(1);
	return server_run(c, argc, argv);
}
