/* SPDX-License-Identifier: ISC */
#include "commands.h"

#include <stddef.h>

#include "options.h"
#include "wire/control.h"

#define JSON		(1U << OPTIONS_JSON)
#define PROMETHEUS	(1U << OPTIONS_PROMETHEUS)
#define SQL		(1U << OPTIONS_SQL)

const struct command_row command_rows[] = {
	{ "status", "", "the daemon and its channels on one screen", 0, 0,
	    JSON | PROMETHEUS, 0, 0, 0, status_run },
	{ "top", "", "the same, again and again; on a terminal", 0, 0, 0, 0,
	    0, 0, top_run },
	{ "channels", "", "the channels, a line each", 0, 0, JSON, 0, 0,
	    0, channels_run },
	{ "library", "", "the tracks, a line each", 0, 0, JSON | SQL, 0, 0,
	    0, library_run },
	{ "doctor", "[SECONDS]", "what is wrong with the network, as seen here",
	    0, 1, JSON, 0, 1, 0, doctor_run },
	{ "reload", "", "read configuration and library again", 0, 0, 0, 0,
	    0, CONTROL_RELOAD, order_run },
	{ "skip", "CH", "go on with the channel's next track", 1, 1, 0, 0,
	    0, CONTROL_SKIP, order_run },
	{ "pause", "CH", "silence; the track stays where it is", 1, 1, 0, 0,
	    0, CONTROL_PAUSE, order_run },
	{ "resume", "CH", "go on after a pause", 1, 1, 0, 0, 0, CONTROL_RESUME,
	    order_run },
	{ "play", "CH/TRACK [now|next]", "play this track out of turn", 1, 2,
	    0, 0, 0, CONTROL_PLAY, order_run },
	{ "announce", "FILE", "put this file on all channels at once", 1, 1,
	    0, 0, 0, CONTROL_ANNOUNCE, order_run },
	{ "hush", "", "end what is announced, and drop what waits", 0, 0,
	    0, 0, 0, CONTROL_HUSH, order_run },
	{ "get", "CH/TRACK", "copy the file of a track", 1, 1, 0, 1,
	    0, CONTROL_GET, get_run },
	{ NULL, NULL, NULL, 0, 0, 0, 0, 0, 0, NULL }
};
