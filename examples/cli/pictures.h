// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The pictures of `attention`, as SVG and as JSON.

#ifndef LONGWAVE_EXAMPLES_CLI_PICTURES_H_
#define LONGWAVE_EXAMPLES_CLI_PICTURES_H_

#include <string>
#include <vector>

#include "attention_mass.h"
#include "attention_weights.h"
#include "mechanism.h"

namespace lwave::cli {

// Heads that take the same from every key share a panel.
struct HeadGroup {
  std::vector<int64_t> heads;
};
std::vector<HeadGroup> GroupHeads(const AttentionWeights& weights);

// exact: what softmax attention takes with the same rows, or null.
std::string DrawPattern(const Mechanism& mechanism, const AttentionWeights& weights, const AttentionWeights* exact);
std::string PatternJson(const Mechanism& mechanism, const AttentionWeights& weights);

// What the JSON of both pictures of a document begins with, up to its tokens; the object is still open.
std::string BeginDocumentJson(const DocumentRows& rows, const std::string& reading);

// reading: how, in words: "window of 64 + 64 and 33 sinks".
std::string DrawMass(const DocumentRows& rows, const std::string& reading, const AttentionMass& mass);
std::string MassJson(const DocumentRows& rows, const std::string& reading, const AttentionMass& mass);

std::string DrawSpectrum(const DocumentRows& rows, const std::string& reading, const Spectrum& spectrum);
std::string SpectrumJson(const DocumentRows& rows, const std::string& reading, const Spectrum& spectrum);

}  // namespace lwave::cli

#endif  // LONGWAVE_EXAMPLES_CLI_PICTURES_H_
