// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The mechanisms by name: the options of each and how a layer is made from them.

#ifndef LONGWAVE_ATTENTION_MECHANISMS_H_
#define LONGWAVE_ATTENTION_MECHANISMS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "attention/layer.h"
#include "attention/options.h"

namespace lwave::attention {

struct Mechanism {
  const char* name;
  absl::Span<const OptionInfo> options;  // beside the shared ones
  absl::StatusOr<LayerPtr> (*create)(ContextPtr context, const Options& options);
};

absl::Span<const Mechanism> Mechanisms();
// Null when there is none of this name.
const Mechanism* FindMechanism(absl::string_view name);
// All options of a mechanism, its own first.
std::vector<OptionInfo> OptionsOf(const Mechanism& mechanism);

// Bounds that several tables use.
inline constexpr double kMostTokens = 1LL << 32;
inline constexpr double kAnyFloat = 3.0e38;

extern const Mechanism kFull;
extern const Mechanism kWindow;
extern const Mechanism kTransientGlobal;
extern const Mechanism kChunked;
extern const Mechanism kNystrom;
extern const Mechanism kXlnet;
extern const Mechanism kSinkWindow;
extern const Mechanism kSparseTransformer;
extern const Mechanism kBlockSparse;
extern const Mechanism kAdaptiveSpan;
extern const Mechanism kTransformerXl;
extern const Mechanism kCompressive;
extern const Mechanism kPia;
extern const Mechanism kFavor;
extern const Mechanism kLinformer;
extern const Mechanism kLsh;
extern const Mechanism kMixed;

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_MECHANISMS_H_
