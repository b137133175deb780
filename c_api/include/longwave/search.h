/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Search among vectors. */

#ifndef LONGWAVE_SEARCH_H_
#define LONGWAVE_SEARCH_H_

#include "longwave/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The k vectors with the greatest dot product with a query (the cosine, for the unit vectors that streams give).
 *   query    [width]
 *   vectors  [count, width]
 *   indices, scores  [k], best first; of equal scores the lower index comes first; NaN comes last
 *   found    receives how many were written: the smaller of k and count
 * The order of summation is fixed, so a score depends neither on k nor on the other vectors.
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY. Any thread. Since 0.1. */
LWAVE_API lwave_status lwave_search(const float* query, int64_t width, const float* vectors, int64_t count, int64_t k,
                                    int64_t* indices, float* scores, int64_t* found, lwave_error* error);

#ifdef __cplusplus
}
#endif

#endif /* LONGWAVE_SEARCH_H_ */
