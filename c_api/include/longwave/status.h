/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Statuses and errors. Every function that can fail returns an lwave_status and takes, last, a pointer to an
 * lwave_error, which may be NULL. The error is the caller's own memory: it is filled when the status is not
 * LWAVE_OK, and never touched afterwards. There is no "last error" kept anywhere. */

#ifndef LONGWAVE_STATUS_H_
#define LONGWAVE_STATUS_H_

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define LWAVE_API
#else
#define LWAVE_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef int32_t lwave_status;

#define LWAVE_OK ((lwave_status)0)
/* Not failures: the call stopped after its last completed step and says how much input it took. */
#define LWAVE_OUTPUT_FULL ((lwave_status)10) /* read results (or pass a larger buffer), then call again */
#define LWAVE_CANCELLED ((lwave_status)11)   /* somebody asked for it; call again to go on */
/* The caller's mistakes. The handle is as it was. */
#define LWAVE_INVALID_ARGUMENT ((lwave_status)20)  /* NULL, wrong size, value out of range, unknown option */
#define LWAVE_INVALID_STATE ((lwave_status)21)     /* the call does not fit here, such as push after finish */
#define LWAVE_CAPACITY_EXCEEDED ((lwave_status)22) /* beyond what the model or the workspace was made for */
#define LWAVE_UNSUPPORTED ((lwave_status)23)       /* a model, option or mechanism that Longwave does not have */
/* The world's. */
#define LWAVE_OUT_OF_MEMORY ((lwave_status)30)
#define LWAVE_NOT_FOUND ((lwave_status)40)    /* no such file */
#define LWAVE_IO_ERROR ((lwave_status)41)     /* reading or writing failed */
#define LWAVE_CORRUPT_DATA ((lwave_status)42) /* a file or snapshot is truncated or malformed */
#define LWAVE_MISMATCH ((lwave_status)43)     /* a sound snapshot, but of another model or with other options */
#define LWAVE_INTERNAL ((lwave_status)90)     /* a bug in Longwave; please report the message */

/* 256 bytes for ever. */
typedef struct lwave_error {
  lwave_status status;
  int32_t reserved;
  int64_t reserved2;
  char message[240]; /* one line of UTF-8, always ended by a NUL; cut when longer */
} lwave_error;

/* The constant's name, such as "LWAVE_OK"; "unknown" for a number that is none. Static storage. Any thread.
 * Since 0.1. */
LWAVE_API const char* lwave_status_name(lwave_status status);

/* The library's version, such as "0.1.0". Static storage. Any thread. Since 0.1. */
LWAVE_API const char* lwave_version(void);

/* The instruction set that kernels run on here, such as "AVX3_ZEN4". Results are equal to the bit only on the
 * same target. Static storage. Any thread. Since 0.1. */
LWAVE_API const char* lwave_simd_target(void);

#ifdef __cplusplus
}
#endif

#endif /* LONGWAVE_STATUS_H_ */
