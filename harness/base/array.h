/* Growing arrays: a pointer and a count; capacity doubles at powers of two. */
#ifndef HALFOPEN_BASE_ARRAY_H
#define HALFOPEN_BASE_ARRAY_H

#include <stddef.h>

/*
 * Makes room for one more element. Takes the address of the array pointer, the number of elements
 * in it and the size of one. Returns the new, zeroed element; ends the process when memory is out,
 * which on Linux happens with limits set only.
 */
void *array_grow(void *array_pointer, size_t count, size_t element_size);

/* Appends a zeroed element to array and increments count; evaluates to its address. */
#define array_push(array, count)                                                                   \
	((__typeof__(array))array_grow(&(array), (count)++, sizeof(*(array))))

#define array_length(array) (sizeof(array) / sizeof((array)[0]))

#endif
