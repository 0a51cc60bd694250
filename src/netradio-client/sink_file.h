/* SPDX-License-Identifier: ISC */
/*
 * The elementary stream to a file, a pipe, or stdout ("-").  A named pipe's
 * reader is waited for; when a pipe's reader leaves the session ends well.
 */
#ifndef SINK_FILE_H
#define SINK_FILE_H

struct sink;

/* NULL and an exit code in *code if it cannot be opened; why is logged. */
struct sink *sink_file_new(const char *path, int *code);

#endif
