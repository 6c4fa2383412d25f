/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Memory of a client: a caller's allocator behind five functions. The only
 * place that calls malloc(3). A NULL allocator means the C library's.
 */
#ifndef KAFC_BASE_MEM_H
#define KAFC_BASE_MEM_H

#include <kafc/base.h>

void *kafc__alloc(const kafc_allocator *mem, size_t size);  /* contents undefined */
void *kafc__zalloc(const kafc_allocator *mem, size_t size); /* zeroed */
/* n * size bytes, zeroed; NULL when the product overflows. */
void *kafc__zalloc_array(const kafc_allocator *mem, size_t n, size_t size);
void *kafc__realloc_array(const kafc_allocator *mem, void *p, size_t n, size_t size);
void kafc__free(const kafc_allocator *mem, void *p);
/* A NUL-ended copy of n bytes / of a C string. */
char *kafc__strndup(const kafc_allocator *mem, const char *s, size_t n);
char *kafc__strdup(const kafc_allocator *mem, const char *s);

#endif
