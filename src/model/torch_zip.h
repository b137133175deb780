// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Zip archives of stored (uncompressed) entries, as torch.save writes them: APPNOTE.TXT 6.3.10, with Zip64.

#ifndef LONGWAVE_MODEL_TORCH_ZIP_H_
#define LONGWAVE_MODEL_TORCH_ZIP_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace lwave::model {

// Points into the archive.
struct ZipEntry {
  absl::string_view name;
  absl::Span<const uint8_t> data;
};

// The entries, sorted by name. Every entry lies inside the archive, before its directory, and none overlaps another
// or has its name. Checksums are not compared (torch has an option not to write them). DataLoss: malformed or cut;
// Unimplemented: compressed or encrypted entries, several disks. Messages begin with `file`.
absl::StatusOr<std::vector<ZipEntry>> ReadStoredZip(absl::Span<const uint8_t> bytes, absl::string_view file);

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_TORCH_ZIP_H_
