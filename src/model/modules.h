// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The modules of a sentence embedder (sentence-transformers): what happens to the encoder's rows until they
// are one vector. modules.json lists them, each has a folder with a config.json.

#ifndef LONGWAVE_MODEL_MODULES_H_
#define LONGWAVE_MODEL_MODULES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/files.h"
#include "model/spec.h"

namespace lwave::model {

// Reads modules.json, the modules' configurations and the file with max_seq_length; without modules.json the
// result has declared == false. `spec` gives hidden width and usable positions, which bound
// max_sequence_length. The order must be Transformer, Pooling, any number of Dense, at most one Normalize.
// DataLoss: malformed. Unimplemented: another order, module, pooling or activation, by name.
absl::StatusOr<SentenceSpec> ReadSentenceModules(const Folder& folder, const ModelSpec& spec);

// The small files, relative to the folder, that ReadSentenceModules looked at and found.
std::vector<std::string> SentenceModuleFiles(const Folder& folder, const SentenceSpec& sentence);

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_MODULES_H_
