#include "base/array.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *array_grow(void *array_pointer, size_t count, size_t element_size)
{
	void *array;
	char *element;

	memcpy(&array, array_pointer, sizeof(array));
	if ((count & (count - 1)) == 0) {
		size_t capacity = count ? 2 * count : 1;

		array = count > SIZE_MAX / 2 / element_size
				? NULL
				: realloc(array, capacity * element_size);
		if (!array) {
			fputs("halfopen: out of memory\n", stderr);
			abort();
		}
		memcpy(array_pointer, &array, sizeof(array));
	}
	element = (char *)array + count * element_size;
	memset(element, 0, element_size);
	return element;
}
