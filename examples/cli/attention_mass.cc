// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Sums over rows of attention weights.

#include "attention_mass.h"

#include <algorithm>
#include <cmath>
#include <future>
#include <thread>

#include "diagnostics.h"
#include "singular_values.h"

namespace lwave::cli {

double ModelAttention::Row(int64_t layer, int64_t head, int64_t row, std::vector<double>& weights) const {
  const int64_t n = rows_.tokens, d = rows_.head_dim, width = rows_.heads * d;
  const float* q = rows_.q.data() + (layer * n + row) * width + head * d;
  const float* k = rows_.k.data() + layer * n * width + head * d;
  weights.resize(static_cast<size_t>(n));
  double top = -INFINITY;
  for (int64_t j = 0; j < n; ++j) {
    double dot = 0;
    for (int64_t c = 0; c < d; ++c) dot += static_cast<double>(q[c]) * static_cast<double>(k[j * width + c]);
    weights[static_cast<size_t>(j)] = dot / std::sqrt(static_cast<double>(d));
    top = std::max(top, weights[static_cast<size_t>(j)]);
  }
  double seen = 0, all = 0;
  for (int64_t j = 0; j < n; ++j) {
    double& weight = weights[static_cast<size_t>(j)];
    weight = std::exp(weight - top);
    all += weight;
    const size_t l = static_cast<size_t>(layer);
    if (!rows_.windowed || j < rows_.sinks || (j >= row - rows_.left[l] && j <= row + rows_.right[l])) {
      seen += weight;
    } else {
      weight = 0;
    }
  }
  for (double& weight : weights) weight = seen > 0 ? weight / seen : 0;
  return (all - seen) / all;
}

double MechanismAttention::Row(int64_t layer, int64_t head, int64_t row, std::vector<double>& weights) const {
  const AttentionWeights& all = layers_[static_cast<size_t>(layer)];
  const float* from = all.Row(head, row);
  double sum = 0;
  weights.resize(static_cast<size_t>(all.tokens));
  for (size_t j = 0; j < weights.size(); ++j) sum += weights[j] = std::abs(static_cast<double>(from[j]));
  for (double& weight : weights) weight = sum > 0 ? weight / sum : 0;
  return -1;
}

std::vector<DistanceBin> DistanceBins(int64_t tokens) {
  std::vector<DistanceBin> bins = {{0, 1}};
  for (int64_t begin = 1, end = 2; begin < tokens; begin = end, end = begin * 2 - 1) {
    bins.push_back({begin, std::min(end, tokens)});
  }
  return bins;
}

AttentionMass MeasureMass(const AttentionSource& source, const DocumentRows& rows, int64_t most_rows) {
  AttentionMass mass;
  const int64_t n = rows.tokens;
  mass.bins = DistanceBins(n);
  mass.even.assign(mass.bins.size(), 0.0);
  mass.sampled = std::min(n, most_rows);
  mass.has_sinks = rows.windowed && !source.sees_all();
  mass.has_unseen = rows.windowed && !source.sees_all();
  std::vector<size_t> bin_of(static_cast<size_t>(n));
  for (size_t b = 0; b < mass.bins.size(); ++b) {
    for (int64_t d = mass.bins[b].begin; d < mass.bins[b].end; ++d) bin_of[static_cast<size_t>(d)] = b;
  }
  const double share = 1.0 / static_cast<double>(mass.sampled);
  std::vector<double> weights;
  for (int64_t l = 0; l < rows.layers; ++l) {
    std::vector<HeadMass>& heads = mass.layers.emplace_back();
    for (int64_t h = 0; h < rows.heads; ++h) {
      CheckInterrupted();
      HeadMass& head = heads.emplace_back();
      head.by_distance.assign(mass.bins.size(), 0.0);
      for (int64_t s = 0; s < mass.sampled; ++s) {
        const int64_t i = (2 * s + 1) * n / (2 * mass.sampled);
        head.unseen += share * source.Row(l, h, i, weights);
        int64_t seen = 0;
        for (int64_t j = 0; j < n; ++j) seen += weights[static_cast<size_t>(j)] != 0;
        for (int64_t j = 0; j < n; ++j) {
          const double weight = share * weights[static_cast<size_t>(j)];
          if (weight == 0) continue;
          const size_t bin = bin_of[static_cast<size_t>(std::abs(i - j))];
          head.by_distance[bin] += weight;
          mass.even[bin] += share / static_cast<double>(seen * rows.layers * rows.heads);
          (mass.has_sinks && j < rows.sinks ? head.sinks
           : j < i                          ? head.before
           : j == i                         ? head.self
                                            : head.after) += weight;
        }
      }
    }
  }
  return mass;
}

HeadMass MeanMass(const std::vector<HeadMass>& heads) {
  HeadMass mean;
  mean.by_distance.assign(heads.empty() ? 0 : heads[0].by_distance.size(), 0.0);
  const double share = 1.0 / static_cast<double>(std::max<size_t>(1, heads.size()));
  for (const HeadMass& head : heads) {
    for (size_t b = 0; b < mean.by_distance.size(); ++b) mean.by_distance[b] += share * head.by_distance[b];
    mean.sinks += share * head.sinks;
    mean.before += share * head.before;
    mean.self += share * head.self;
    mean.after += share * head.after;
    mean.unseen += share * head.unseen;
  }
  return mean;
}

Spectrum MeasureSpectrum(const AttentionSource& source, const DocumentRows& rows) {
  const int64_t n = rows.tokens;
  Spectrum spectrum(static_cast<size_t>(rows.layers), std::vector<HeadSpectrum>(static_cast<size_t>(rows.heads)));
  const auto measure = [&](int64_t index) {
    std::vector<double> matrix, row;
    for (int64_t i = 0; i < n; ++i) {
      source.Row(index / rows.heads, index % rows.heads, i, row);
      matrix.insert(matrix.end(), row.begin(), row.end());
    }
    HeadSpectrum& head = spectrum[static_cast<size_t>(index / rows.heads)][static_cast<size_t>(index % rows.heads)];
    head.cumulated = CumulatedShares(SingularValues(matrix, n));
    head.reaching_90 = CountReaching(head.cumulated, 0.9);
  };
  // A matrix is a task of its own: which thread takes it changes nothing.
  const int64_t workers = std::clamp<int64_t>(std::thread::hardware_concurrency(), 1, 8);
  for (int64_t first = 0; first < rows.layers * rows.heads; first += workers) {
    CheckInterrupted();
    std::vector<std::future<void>> others;
    for (int64_t i = first + 1; i < std::min(first + workers, rows.layers * rows.heads); ++i) {
      others.push_back(std::async(std::launch::async, measure, i));
    }
    measure(first);
    for (std::future<void>& other : others) other.get();
  }
  return spectrum;
}

std::vector<double> MeanCurve(const Spectrum& spectrum) {
  std::vector<double> mean;
  double count = 0;
  for (const auto& layer : spectrum) {
    for (const HeadSpectrum& head : layer) {
      mean.resize(head.cumulated.size());
      for (size_t i = 0; i < mean.size(); ++i) mean[i] += head.cumulated[i];
      ++count;
    }
  }
  for (double& value : mean) value /= count;
  if (!mean.empty()) mean.back() = 1;
  return mean;
}

}  // namespace lwave::cli
