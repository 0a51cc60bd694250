/* SPDX-License-Identifier: ISC */
/*
 * mpg123 without an explicit output tries all it knows, and can hang in that;
 * so we look ourselves: a sound server that this session has, else a playback
 * device that may be opened.  (It may be busy: that is for the decoder.)
 */
#include "device.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

#define SND_DIR	"/dev/snd"

static int
has_pulse(void)
{
	const char *server = getenv("PULSE_SERVER");
	const char *run = getenv("XDG_RUNTIME_DIR");
	char path[1024];

	if (server != NULL && server[0] != '\0')
		return 1;
	return run != NULL && run[0] == '/' &&
	    text_format(path, sizeof(path), "%s/pulse/native", run) == 0 &&
	    access(path, F_OK) == 0;
}

/* pcmC0D0p: card 0, device 0, playback. */
static int
is_playback(const char *name)
{
	size_t n = strlen(name);

	return strncmp(name, "pcm", 3) == 0 && n > 3 && name[n - 1] == 'p';
}

/* 0: a device may be opened; else errno of the last one, ENOENT: none. */
static int
try_devices(void)
{
	char path[512];
	struct dirent *e;
	int error = ENOENT, fd;
	DIR *d;

	if ((d = opendir(SND_DIR)) == NULL)
		return errno == EACCES ? EACCES : ENOENT;
	while (error != 0 && (e = readdir(d)) != NULL) {
		if (!is_playback(e->d_name) || text_format(path, sizeof(path),
		    SND_DIR "/%s", e->d_name) == -1)
			continue;
		fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
		error = fd != -1 || errno == EBUSY ? 0 : errno;
		if (fd != -1)
			close(fd);
	}
	closedir(d);
	return error;
}

const char *
device_find(char *why, size_t size)
{
	int error;

	if (has_pulse())
		return "pulse";
	if ((error = try_devices()) == 0)
		return "alsa";
	if (error == EACCES || error == EPERM)
		text_format(why, size, "no permission to use the sound card: "
		    "become a member of group audio (usermod -aG audio NAME, "
		    "then log in again), or write to a file with -o FILE, or "
		    "name another decoder with -d COMMAND");
	else
		text_format(why, size, "no sound card and no sound server "
		    "found: write to a file with -o FILE, name another "
		    "decoder with -d COMMAND, or set PULSE_SERVER to a sound "
		    "server");
	return NULL;
}
