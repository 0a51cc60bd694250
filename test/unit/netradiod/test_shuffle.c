/* SPDX-License-Identifier: ISC */
#include "shuffle.h"

#include <stdlib.h>

#include "tap.h"

#define ROUNDS	200
#define MOST	40

/* Every round is a permutation, and nothing comes twice in a row. */
static void
test_rounds(size_t n)
{
	struct shuffle s;
	unsigned count[MOST];
	size_t i, r, k, last = n;
	int wrong = 0, repeats = 0;

	shuffle_init(&s, n);
	shuffle_begin(&s, n);
	for (r = 0; r < ROUNDS; r++) {
		memset(count, 0, sizeof(count));
		for (i = 0; i < n; i++) {
			k = shuffle_next(&s, last);
			repeats += k == last;
			count[k]++;
			last = k;
		}
		for (i = 0; i < n; i++)
			wrong += count[i] != 1;
	}
	shuffle_done(&s);
	is(wrong, 0, "each once a round");
	is(repeats, n == 1 ? ROUNDS - 1 : 0, "none twice in a row");
}

static void
test_seeds(void)
{
	struct shuffle a, b, c;
	size_t i, x = 10, y = 10, z = 10, same = 0;
	int moved = 0, differ = 0;

	shuffle_init(&a, 1);
	shuffle_init(&b, 1);
	shuffle_init(&c, 2);
	shuffle_begin(&a, 10);
	shuffle_begin(&b, 10);
	shuffle_begin(&c, 10);
	for (i = 0; i < 100; i++) {
		x = shuffle_next(&a, x);
		y = shuffle_next(&b, y);
		z = shuffle_next(&c, z);
		same += x == y;
		differ += x != z;
		moved += x != i % 10;
	}
	is(same, 100, "the same seed, the same order");
	ok(differ > 50, "another seed, another one");
	ok(moved > 50, "and it is none at all");
	shuffle_done(&a);
	shuffle_done(&b);
	shuffle_done(&c);
}

/* All first places are about as frequent, and so are all second ones. */
static void
test_fair(void)
{
	unsigned first[5] = { 0 }, second[5] = { 0 };
	struct shuffle s;
	size_t i;
	int fair = 1;

	shuffle_init(&s, 7);
	for (i = 0; i < 5000; i++) {
		shuffle_begin(&s, 5);
		first[shuffle_next(&s, 5)]++;
		second[shuffle_next(&s, 5)]++;
	}
	for (i = 0; i < 5; i++)
		fair &= first[i] > 800 && first[i] < 1200 &&
		    second[i] > 800 && second[i] < 1200;
	ok(fair, "no track is preferred");
	shuffle_done(&s);
}

/* After a new list the one that plays may be any of it. */
static void
test_exchange(void)
{
	struct shuffle s;
	size_t i, k;
	int repeats = 0;

	shuffle_init(&s, 3);
	for (i = 0; i < 1000; i++) {
		shuffle_begin(&s, 3);
		k = shuffle_next(&s, i % 3);
		repeats += k == i % 3;
	}
	is(repeats, 0, "not what plays, when the list is exchanged");
	shuffle_done(&s);
}

int
main(void)
{
	test_rounds(1);
	test_rounds(2);
	test_rounds(3);
	test_rounds(MOST);
	test_seeds();
	test_fair();
	test_exchange();
	return tap_end();
}
