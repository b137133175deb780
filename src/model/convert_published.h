// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// BERT and RoBERTa as a Longformer, BART as an LED: names of tensors, settings and tables of positions as those models
// are published (Beltagy et al. 2020, section 5 and the authors' conversion).

#ifndef LONGWAVE_MODEL_CONVERT_PUBLISHED_H_
#define LONGWAVE_MODEL_CONVERT_PUBLISHED_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "model/convert_long.h"

namespace lwave::model {

bool HasPublishedForm(const ModelSpec& spec);

// sides: rows on each side, one number a layer. positions: those of a text, 0: as many as there are. separator: as in
// PlanLongForm. changes->config is the source's and becomes the long one's.
absl::Status PlanPublishedForm(const ModelSpec& spec, absl::Span<const int64_t> sides, int64_t positions,
                               int64_t separator, LongChanges* changes);

// A table whose first `reserved` rows are no positions of a text: copies of the source's own, row 0 where it has none. The
// usable rows of the source follow, over and over, `positions` in all.
ChosenRows CopiedPositions(std::string name, const PositionSpec& source, int64_t positions, int64_t reserved);

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_CONVERT_PUBLISHED_H_
