/*
 * The kernel that is packed in a bzImage. To unpack it is more than half of the guest's time to
 * boot where it is compressed well, and the host does it in no time, and once.
 */
#ifndef HALFOPEN_GUEST_VMLINUX_H
#define HALFOPEN_GUEST_VMLINUX_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The path of the vmlinux of a bzImage, kept in the cache, freed by the caller; or NULL where it is
 * to be booted as it is: it is no bzImage or not whole, its kernel cannot be entered without its
 * own loader (CONFIG_PVH), there is no cache, or no program that unpacks it.
 */
char *vmlinux_of(const char *bzimage, const char *cache);

/* Pure, for tests: where a bzImage has its payload. Returns whether it is one, and whole. */
bool bzimage_payload(const char *bytes, size_t length, size_t *ret_offset, size_t *ret_length);

/*
 * Pure, for tests: whether an ELF file for x86-64 says where to enter it by PVH (the note
 * XEN_ELFNOTE_PHYS32_ENTRY, include/xen/interface/elfnote.h; arch/x86/platform/pvh, since 4.12).
 */
bool vmlinux_has_entry(const char *bytes, size_t length);

#endif
