/* A module is loaded without the signature that is appended to it, if there is a whole one. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "guest/module_load.h"

#define MODULE "\177ELF and so on"
#define MARK   "~Module signature appended~\n"
/* Five bytes of signature, as scripts/sign-file appends them: PKCS#7, and the length at the end. */
#define INFO(length) "\0\0\2\0\0\0\0\0\0\0\0" length

static const struct {
	const char *bytes;
	size_t length, want;
} samples[] = {
#define SAMPLE(text, want)                                                                         \
	{                                                                                          \
		text, sizeof(text) - 1, want                                                       \
	}
	SAMPLE(MODULE "SIGNS" INFO("\5") MARK, sizeof(MODULE) - 1),
	SAMPLE(MODULE "" INFO("\0") MARK, sizeof(MODULE) - 1),
	/* It has none. */
	SAMPLE(MODULE, sizeof(MODULE) - 1),
	SAMPLE("", 0),
	SAMPLE(MARK, sizeof(MARK) - 1),
	/* One that is said to be longer than all there is. */
	SAMPLE("SIGNS" INFO("\6") MARK, 5 + 12 + sizeof(MARK) - 1),
	SAMPLE("SIGNS" INFO("\5") MARK, 0),
};

static void without_its_signature(void **state)
{
	(void)state;
	for (size_t i = 0; i < array_length(samples); i++)
		assert_int_equal(module_unsigned_length(samples[i].bytes, samples[i].length),
				 samples[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_its_signature),
	};

	return cmocka_run_group_tests_name("module_load", tests, NULL, NULL);
}
