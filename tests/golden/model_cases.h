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

// All results of one of the above.
template <typename Function>
std::vector<CaseResult> Collect(Function&& run, const std::string& folder) {
  std::vector<CaseResult> results;
  run(folder, [&](const CaseResult& result) { results.push_back(result); });
  return results;
}

}  // namespace lwave::golden

#endif  // LONGWAVE_TESTS_GOLDEN_MODEL_CASES_H_
