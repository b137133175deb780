// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Cases of attention layers: a safetensors file with inputs, settings and the outputs that they must give.

#ifndef LONGWAVE_TESTS_GOLDEN_LAYER_CASES_H_
#define LONGWAVE_TESTS_GOLDEN_LAYER_CASES_H_

#include <string>

#include "runner_common.h"

namespace lwave::golden {

// Every case file below the folder, whole and in pieces.
void RunLayerCases(const std::string& folder, const Sink& sink);

}  // namespace lwave::golden

#endif  // LONGWAVE_TESTS_GOLDEN_LAYER_CASES_H_
