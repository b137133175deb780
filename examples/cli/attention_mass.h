// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Where a model's attention goes in a document: its weights in double, their mass by distance and by part of what a row
// sees, and the singular values of the attention matrices.

#ifndef LONGWAVE_EXAMPLES_CLI_ATTENTION_MASS_H_
#define LONGWAVE_EXAMPLES_CLI_ATTENTION_MASS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "attention_weights.h"
#include "session.h"

namespace lwave::cli {

// The first rows of a document as a model compares them.
struct DocumentRows {
  std::string file, model;
  int64_t tokens = 0, layers = 0, heads = 0, head_dim = 0;
  bool windowed = false;
  std::vector<int64_t> left, right;  // [layers]; windowed only
  int64_t sinks = 0;
  std::vector<float> q, k;  // [layers, tokens, heads, head_dim]
};

// Reads as `config` says (null: as the model's setting says): at most `most` rows. Throws Failure.
DocumentRows ReadDocumentRows(const Session& session, const lwave_config* config, const std::string& file,
                              int64_t most);

// What one row of a head takes from every key.
class AttentionSource {
 public:
  virtual ~AttentionSource() = default;
  // weights // [tokens], sum 1 (0 where nothing is seen). Returns what share would go to keys that the row does not
  // see if all were seen; -1 where that is not known.
  virtual double Row(int64_t layer, int64_t head, int64_t row, std::vector<double>& weights) const = 0;
  virtual bool sees_all() const = 0;
};

// As the model itself reads.
class ModelAttention : public AttentionSource {
 public:
  explicit ModelAttention(const DocumentRows& rows) : rows_(rows) {}
  double Row(int64_t layer, int64_t head, int64_t row, std::vector<double>& weights) const override;
  bool sees_all() const override { return !rows_.windowed; }

 private:
  const DocumentRows& rows_;
};

// As another mechanism reads the same queries and keys. Approximations may take less than nothing from a key; then
// magnitudes count.
class MechanismAttention : public AttentionSource {
 public:
  explicit MechanismAttention(std::vector<AttentionWeights> layers) : layers_(std::move(layers)) {}
  double Row(int64_t layer, int64_t head, int64_t row, std::vector<double>& weights) const override;
  bool sees_all() const override { return true; }

 private:
  std::vector<AttentionWeights> layers_;
};

struct DistanceBin {
  int64_t begin = 0, end = 0;  // distances |row - key|, half-open
};
// 0, 1, 2, 3 to 4, 5 to 8 ... up to `tokens`.
std::vector<DistanceBin> DistanceBins(int64_t tokens);

struct HeadMass {
  std::vector<double> by_distance;                    // [bins], sum 1
  double sinks = 0, before = 0, self = 0, after = 0;  // sum 1; a sink counts as a sink wherever it is
  double unseen = 0;
};
struct AttentionMass {
  std::vector<DistanceBin> bins;
  std::vector<double> even;                   // [bins], what every seen key weighing the same would give
  std::vector<std::vector<HeadMass>> layers;  // [layers][heads]
  int64_t sampled = 0;                        // rows, evenly spaced
  bool has_sinks = false, has_unseen = false;
};
AttentionMass MeasureMass(const AttentionSource& source, const DocumentRows& rows, int64_t most_rows);
// Their mean.
HeadMass MeanMass(const std::vector<HeadMass>& heads);

struct HeadSpectrum {
  std::vector<double> cumulated;  // [tokens]
  int64_t reaching_90 = 0;        // how many singular values have 90 % of the sum
};
using Spectrum = std::vector<std::vector<HeadSpectrum>>;  // [layers][heads]
Spectrum MeasureSpectrum(const AttentionSource& source, const DocumentRows& rows);
std::vector<double> MeanCurve(const Spectrum& spectrum);

}  // namespace lwave::cli

#endif  // LONGWAVE_EXAMPLES_CLI_ATTENTION_MASS_H_
