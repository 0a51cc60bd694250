/* SPDX-License-Identifier: ISC */
/* How a track of an MP4 or QuickTime file sounds: its sample description. */
#ifndef MP4_SOUND_H
#define MP4_SOUND_H

struct mp4_box;
struct mp4_track;

/* No sound: no description. */
void mp4_sound_reset(struct mp4_track *t);
/* Read the first entry of stsd: sets facts, framer or problem, packets. */
void mp4_sound_read(struct mp4_track *t, int fd, const struct mp4_box *stsd);

#endif
