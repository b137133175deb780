// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "functions.h"

#include "inputs.h"
#include "longwave/memory.h"
#include "longwave/search.h"

namespace lwave::bindings {
namespace {

Text Copy(const char* text) {
  Text copy;
  Guarded(BeginCall(), [&] { copy.value = text; });
  return copy;
}

}  // namespace

Text Version() { return Copy(lwave_version()); }
Text SimdTarget() { return Copy(lwave_simd_target()); }
Text StatusName(int32_t status) {
  if (status == kStatusClosed) return Copy("closed");
  if (status == kStatusBusy) return Copy("busy");
  return Copy(lwave_status_name(status));
}

Text DescribeSnapshot(BytesIn snapshot) {
  lwave_error* error = BeginCall();
  return CollectText(error, [&](char* buffer, int64_t capacity, int64_t* needed) {
    return lwave_snapshot_describe(snapshot.data, snapshot.count, buffer, capacity, needed, error);
  });
}

int64_t Search(FloatsIn query, FloatsIn vectors, LongsOut indices, FloatsOut scores) {
  lwave_error* error = BeginCall();
  int64_t found = 0;
  if (query.count <= 0 || vectors.count < 0 || vectors.count % query.count != 0) {
    Fail(error, LWAVE_INVALID_ARGUMENT, "vectors must be a whole number of vectors as wide as the query");
  } else if (indices.count != scores.count) {
    Fail(error, LWAVE_INVALID_ARGUMENT, "indices and scores must have the same length");
  } else {
    lwave_search(query.data, query.count, vectors.data, vectors.count / query.count, indices.count, indices.data,
                 scores.data, &found, error);
  }
  return found;
}

}  // namespace lwave::bindings
