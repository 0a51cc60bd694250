/* SPDX-License-Identifier: ISC */
/*
 * Asking the daemon over its queue.  What is not answered soon is asked again
 * with the same number; the daemon does it once.
 */
#ifndef ASK_H
#define ASK_H

#include <stdint.h>

#include "wire/control.h"

struct ask {
	int queue;
	int sem;			/* held as long as the daemon lives */
	int pid;			/* the daemon's */
	uint32_t seq;			/* of the last request */
	uint8_t data[CONTROL_MAX];	/* the last answer */
};

/* Find the queue of the daemon of that state directory (NULL as in
 * attach_open): 0, or the exit code after the sentence. */
int ask_open(struct ask *a, const char *state);
/* Nothing of ours stays in the queue. */
void ask_close(struct ask *a);

/*
 * Ask and wait for the answer, which is valid until the next request; however
 * long it takes if patient, as long as the daemon lives.  0, or the exit code
 * after the sentence.
 */
int ask_request(struct ask *a, struct control_request *q, int patient,
    struct control_answer *answer);
/*
 * What became of it: an answer that is a sentence is printed, on stdout if all
 * went well.  The exit code.
 */
int ask_finish(struct control_answer *answer);

#endif
