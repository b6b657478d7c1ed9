#define _GNU_SOURCE
#include "guest/vmlinux.h"

#include <elf.h>
#include <endian.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "guest/cache.h"

/* Documentation/arch/x86/boot.rst; payload_offset and payload_length since version 2.08. */
#define SETUP_SECTORS	     0x1f1
#define MAGIC		     0x202
#define VERSION		     0x206
#define PAYLOAD_OFFSET	     0x248
#define PAYLOAD_LENGTH	     0x24c
#define HEADER_END	     0x250
#define VERSION_WITH_PAYLOAD 0x208
#define SECTOR		     512

/* Behind a payload of another format than gzip is the length of what it unpacks to. */
#define LENGTH_SIZE 4

#define PHYS32_ENTRY 18

static uint32_t number(const char *bytes, size_t offset)
{
	uint32_t value;

	memcpy(&value, bytes + offset, sizeof(value));
	return le32toh(value);
}

bool bzimage_payload(const char *bytes, size_t length, size_t *ret_offset, size_t *ret_length)
{
	size_t offset, size;

	if (length < HEADER_END || memcmp(bytes + MAGIC, "HdrS", 4) ||
	    (number(bytes, VERSION) & 0xffff) < VERSION_WITH_PAYLOAD)
		return false;
	offset = ((size_t)(unsigned char)bytes[SETUP_SECTORS] + 1) * SECTOR +
		 number(bytes, PAYLOAD_OFFSET);
	size = number(bytes, PAYLOAD_LENGTH);
	if (size <= LENGTH_SIZE || offset > length || size > length - offset)
		return false;
	*ret_offset = offset;
	*ret_length = size;
	return true;
}

/* Notes are a header, a name and a value, each filled up to 4 bytes. */
static bool has_note(const char *notes, size_t length)
{
	Elf64_Nhdr note;

	for (size_t at = 0; length - at >= sizeof(note);) {
		uint64_t size;

		memcpy(&note, notes + at, sizeof(note));
		size = sizeof(note) + (((uint64_t)note.n_namesz + 3) & ~3ULL) +
		       (((uint64_t)note.n_descsz + 3) & ~3ULL);
		if (size > length - at)
			return false;
		if (note.n_type == PHYS32_ENTRY && note.n_namesz == sizeof("Xen") &&
		    memcmp(notes + at + sizeof(note), "Xen", sizeof("Xen")) == 0)
			return true;
		at += size;
	}
	return false;
}

bool vmlinux_has_entry(const char *bytes, size_t length)
{
	Elf64_Ehdr header;
	Elf64_Phdr segment;

	if (length < sizeof(header))
		return false;
	memcpy(&header, bytes, sizeof(header));
	if (memcmp(header.e_ident, ELFMAG, SELFMAG) || header.e_machine != EM_X86_64 ||
	    header.e_phoff > length)
		return false;
	for (size_t i = 0; i < header.e_phnum; i++) {
		size_t at = header.e_phoff + i * sizeof(segment);

		if (sizeof(segment) > length - header.e_phoff || at > length - sizeof(segment))
			return false;
		memcpy(&segment, bytes + at, sizeof(segment));
		if (segment.p_type == PT_NOTE && segment.p_offset <= length &&
		    segment.p_filesz <= length - segment.p_offset &&
		    has_note(bytes + segment.p_offset, segment.p_filesz))
			return true;
	}
	return false;
}

/* What unpacks a payload, by what it begins with (scripts/Makefile.lib names the formats). */
static const char *program_for(const char *payload)
{
	static const struct {
		const char *magic, *program;
	} formats[] = {
		{"\x1f\x8b", "gzip"},
		{"\x28\xb5\x2f\xfd", "zstd"},
		{"\x02\x21\x4c\x18", "lz4"},
		{"\xfd\x37\x7a\x58", "xz"},
		{"BZh", "bzip2"},
		{"\x89LZO", "lzop"},
		{"\x5d", "lzma"},
	};

	for (size_t i = 0; i < array_length(formats); i++) {
		if (memcmp(payload, formats[i].magic, strlen(formats[i].magic)) == 0)
			return formats[i].program;
	}
	return NULL;
}

/* Returns a descriptor of what the payload unpacks to, or -1. */
static int unpack(const char *payload, size_t length)
{
	const char *program = program_for(payload);
	cleanup_fd int packed = memfd_create("payload", MFD_CLOEXEC);
	cleanup_fd int whole = memfd_create("vmlinux", MFD_CLOEXEC);
	cleanup_free char *bytes = NULL;
	char path[48], error[GUEST_ERROR_SIZE];
	size_t size;

	if (!program || packed < 0 || whole < 0)
		return -1;
	if (strcmp(program, "gzip") != 0)
		length -= LENGTH_SIZE;
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", getpid(), packed);
	if (write(packed, payload, length) != (ssize_t)length ||
	    /* -f: also where it comes through a link. */
	    program_read((const char *const[]){program, "-dcf", path, NULL}, &bytes, &size,
			 error) ||
	    !vmlinux_has_entry(bytes, size) || write(whole, bytes, size) != (ssize_t)size)
		return -1;
	return steal_fd(&whole);
}

char *vmlinux_of(const char *bzimage, const char *cache)
{
	cleanup_free char *bytes = NULL, *path = NULL;
	cleanup_fd int whole = -1;
	char error[GUEST_ERROR_SIZE];
	size_t length, offset, size;

	if (!cache || file_read(bzimage, &bytes, &length, error) ||
	    !bzimage_payload(bytes, length, &offset, &size))
		return NULL;
	path = cache_path(cache, "vmlinux", cache_sum(0, bytes, length), ".elf");
	if (!cache_has(path)) {
		whole = unpack(bytes + offset, size);
		if (whole < 0)
			return NULL;
		cache_keep(path, whole);
	}
	return cache_has(path) ? steal_pointer(path) : NULL;
}
