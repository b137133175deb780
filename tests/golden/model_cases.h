// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The cases of a model folder through the C API: expected.json (whole sequences), long.json (windows with sinks
// and tiled positions, whole and streamed) and tokenizer_cases.json.

#ifndef LONGWAVE_TESTS_GOLDEN_MODEL_CASES_H_
#define LONGWAVE_TESTS_GOLDEN_MODEL_CASES_H_

#include <string>
#include <vector>

#include "runner_common.h"

namespace lwave::golden {

// Every file that is present in `folder`, case by case.
void RunModelFolder(const std::string& folder, const Sink& sink);

void RunExpectedCases(const std::string& folder, const Sink& sink);   // expected.json
void RunLongCases(const std::string& folder, const Sink& sink);       // long.json
void RunTokenizerCases(const std::string& folder, const Sink& sink);  // tokenizer_cases.json

// expected.json of `folder` with a model that was made of its own, by cosines of rows rather than tolerances.
class RowCosines;
void CollectCosines(const std::string& folder, const std::string& converted, RowCosines* cosines, const Sink& sink);

// Converts the folder's model to `weights` ("bf16", "int8", "f16", with -packed) in a temporary folder: one result, which
// is a pass where the mean cosine over all rows is at least what the weights promise. Tells the lowest.
void RunWithWeights(const std::string& folder, const std::string& weights, const Sink& sink);

// All results of one of the above.
template <typename Function>
std::vector<CaseResult> Collect(Function&& run, const std::string& folder) {
  std::vector<CaseResult> results;
  run(folder, [&](const CaseResult& result) { results.push_back(result); });
  return results;
}

}  // namespace lwave::golden

#endif  // LONGWAVE_TESTS_GOLDEN_MODEL_CASES_H_
