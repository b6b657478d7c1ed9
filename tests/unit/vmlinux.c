/* What is packed in a bzImage is found where the header says, or not at all. */
#define _GNU_SOURCE
#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "guest/vmlinux.h"

#define SIZE 4096

/* Debian's kernels have 39 setup sectors, of 512 bytes; this one has two. */
static void bzimage(char *bytes, int version, uint32_t offset, uint32_t length)
{
	memset(bytes, 0, SIZE);
	bytes[0x1f1] = 2;
	memcpy(bytes + 0x202, "HdrS", 4);
	bytes[0x206] = (char)version;
	bytes[0x207] = 2;
	memcpy(bytes + 0x248, &offset, 4);
	memcpy(bytes + 0x24c, &length, 4);
}

static void a_payload_is_where_the_header_says(void **state)
{
	char bytes[SIZE];
	size_t offset = 0, length = 0;

	(void)state;
	bzimage(bytes, 15, 100, SIZE - 3 * 512 - 100);
	assert_true(bzimage_payload(bytes, SIZE, &offset, &length));
	assert_int_equal(offset, 3 * 512 + 100);
	assert_int_equal(length, SIZE - offset);
	/* Cut, by one byte and by all. */
	assert_false(bzimage_payload(bytes, SIZE - 1, &offset, &length));
	assert_false(bzimage_payload(bytes, 0x24f, &offset, &length));
	assert_false(bzimage_payload(bytes, 0, &offset, &length));
}

static void a_header_that_does_not_say_is_left_alone(void **state)
{
	char bytes[SIZE];
	size_t offset, length;

	(void)state;
	bzimage(bytes, 7, 100, 1000);
	assert_false(bzimage_payload(bytes, SIZE, &offset, &length));
	bzimage(bytes, 15, 0xffffffff, 1000);
	assert_false(bzimage_payload(bytes, SIZE, &offset, &length));
	bzimage(bytes, 15, 100, 0xffffffff);
	assert_false(bzimage_payload(bytes, SIZE, &offset, &length));
	bzimage(bytes, 15, 100, 4);
	assert_false(bzimage_payload(bytes, SIZE, &offset, &length));
	bzimage(bytes, 15, 100, 1000);
	bytes[0x202] = 'h';
	assert_false(bzimage_payload(bytes, SIZE, &offset, &length));
}

/* A file with one note segment, which has two notes. */
struct image {
	Elf64_Ehdr header;
	Elf64_Phdr segment;
	struct {
		Elf64_Nhdr header;
		char name[4], value[8];
	} notes[2];
};

static struct image vmlinux(void)
{
	struct image image = {
		.header = {.e_ident = ELFMAG,
			   .e_machine = EM_X86_64,
			   .e_phoff = offsetof(struct image, segment),
			   .e_phnum = 1},
		.segment = {.p_type = PT_NOTE,
			    .p_offset = offsetof(struct image, notes),
			    .p_filesz = sizeof(image.notes)},
		.notes = {{{4, 8, 6}, "Xen", "linux"}, {{4, 8, 18}, "Xen", "\1\2\3\4"}},
	};

	return image;
}

#define HAS_ENTRY(image) vmlinux_has_entry((const char *)&(image), sizeof(image))

static void an_entry_for_pvh_is_in_the_notes(void **state)
{
	struct image image = vmlinux();

	(void)state;
	assert_true(HAS_ENTRY(image));
	for (size_t length = 0; length < sizeof(image); length++)
		assert_false(vmlinux_has_entry((const char *)&image, length));
	image.notes[1].header.n_type = 17;
	assert_false(HAS_ENTRY(image));
	image = vmlinux();
	image.notes[1].name[0] = 'G';
	assert_false(HAS_ENTRY(image));
}

static void what_is_no_vmlinux_has_no_entry(void **state)
{
	struct image image = vmlinux();

	(void)state;
	image.header.e_ident[0] = 0;
	assert_false(HAS_ENTRY(image));
	image = vmlinux();
	image.header.e_machine = EM_AARCH64;
	assert_false(HAS_ENTRY(image));
	image = vmlinux();
	image.header.e_phoff = UINT64_MAX;
	assert_false(HAS_ENTRY(image));
	image = vmlinux();
	image.header.e_phoff = sizeof(image) - 1;
	assert_false(HAS_ENTRY(image));
	image = vmlinux();
	image.segment.p_filesz = UINT64_MAX;
	assert_false(HAS_ENTRY(image));
	image = vmlinux();
	image.notes[0].header.n_namesz = UINT32_MAX;
	assert_false(HAS_ENTRY(image));
	image = vmlinux();
	image.notes[0].header.n_descsz = UINT32_MAX;
	assert_false(HAS_ENTRY(image));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_payload_is_where_the_header_says),
		cmocka_unit_test(a_header_that_does_not_say_is_left_alone),
		cmocka_unit_test(an_entry_for_pvh_is_in_the_notes),
		cmocka_unit_test(what_is_no_vmlinux_has_no_entry),
	};

	return cmocka_run_group_tests_name("vmlinux", tests, NULL, NULL);
}
