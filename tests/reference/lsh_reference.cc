// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "lsh_reference.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace lwave::reference {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool Closed(const LshProblem& p, int64_t token) {
  return token >= p.tokens || (!p.closed.empty() && p.closed[static_cast<size_t>(token)] != 0);
}

double Number(const std::vector<float>& from, int64_t at) { return static_cast<double>(from[static_cast<size_t>(at)]); }

}  // namespace

LshBuckets HashTokens(const LshProblem& p) {
  LshBuckets result;
  int64_t columns = 0, buckets = 1;
  for (int64_t factor : p.factors) columns += factor / 2, buckets *= factor;
  for (int64_t h = 0; h < p.heads; ++h) {
    for (int64_t round = 0; round < p.rounds; ++round) {
      for (int64_t token = 0; token < p.tokens; ++token) {
        int64_t bucket = 0, scale = 1, first = 0;
        double margin = kInfinity;
        for (int64_t factor : p.factors) {
          std::vector<double> y;
          for (int64_t f = 0; f < factor / 2; ++f) {
            double sum = 0;
            for (int64_t c = 0; c < p.head_dim; ++c) {
              sum += Number(p.qk, (token * p.heads + h) * p.head_dim + c) *
                     Number(p.rotations, ((h * p.head_dim + c) * p.rounds + round) * columns + first + f);
            }
            y.push_back(sum);
          }
          for (int64_t f = 0; f < factor / 2; ++f) y.push_back(-y[static_cast<size_t>(f)]);
          const auto best = std::max_element(y.begin(), y.end());  // the first of equals
          bucket += scale * (best - y.begin());
          const double highest = *best;
          *best = -kInfinity;
          margin = std::min(margin, highest - *std::max_element(y.begin(), y.end()));
          scale *= factor;
          first += factor / 2;
        }
        result.bucket.push_back(Closed(p, token) ? buckets : bucket);
        result.margin.push_back(Closed(p, token) ? kInfinity : margin);
      }
    }
  }
  return result;
}

std::vector<double> LshAttention(const LshProblem& p, const std::vector<int64_t>& bucket) {
  std::vector<double> output(static_cast<size_t>(p.tokens * p.heads * p.value_dim), 0.0);
  const bool hashed = p.tokens > p.chunk;
  const int64_t padded = hashed ? (p.tokens + p.chunk - 1) / p.chunk * p.chunk : p.tokens;
  const int64_t rounds = hashed ? p.rounds : 1, chunk = hashed ? p.chunk : std::max<int64_t>(1, p.tokens);
  const int64_t chunks = rounds * padded / chunk;
  for (int64_t h = 0; h < p.heads; ++h) {
    // 1. All items of all rounds in one list.
    std::vector<std::tuple<int64_t, int64_t, int64_t>> items;  // round, bucket, token
    for (int64_t round = 0; round < rounds; ++round) {
      for (int64_t token = 0; token < padded; ++token) {
        int64_t number = std::numeric_limits<int64_t>::max();  // padding comes last, with what is closed
        if (hashed && !Closed(p, token)) {
          number = bucket[static_cast<size_t>((h * rounds + round) * p.tokens + token)];
        }
        items.emplace_back(round, hashed ? number : 0, token);
      }
    }
    std::sort(items.begin(), items.end());
    // 2. Every item sees the chunks around its own; a token's results of all rounds with their log sums.
    std::vector<std::vector<std::pair<double, std::vector<double>>>> results(static_cast<size_t>(p.tokens));
    for (int64_t i = 0; i < rounds * padded; ++i) {
      const int64_t token = std::get<2>(items[static_cast<size_t>(i)]);
      if (Closed(p, token)) continue;
      std::vector<std::pair<double, int64_t>> seen;  // score, token
      for (int64_t step = hashed ? -p.before : 0; step <= (hashed ? p.after : 0); ++step) {
        const int64_t other = ((i / chunk + step) % chunks + chunks) % chunks;
        // One chunk has no neighbours: it is itself, once.
        if (chunks == 1 && step != 0) continue;
        for (int64_t j = other * chunk; j < (other + 1) * chunk; ++j) {
          const int64_t key = std::get<2>(items[static_cast<size_t>(j)]);
          double score = -1e9;
          if (!Closed(p, key) && !(p.causal && key > token)) {
            double squares = 0, dot = 0;
            for (int64_t c = 0; c < p.head_dim; ++c) {
              const double x = Number(p.qk, (key * p.heads + h) * p.head_dim + c);
              squares += x * x;
              dot += x * Number(p.qk, (token * p.heads + h) * p.head_dim + c);
            }
            const double d = static_cast<double>(p.head_dim);
            score = p.score_scale * dot /
                    (p.rms ? std::sqrt(squares / d + 1e-6) * std::sqrt(d) : std::max(std::sqrt(squares), 1e-12));
          }
          seen.emplace_back(key == token ? p.self_value : score, key);
        }
      }
      const double highest = std::max_element(seen.begin(), seen.end())->first;
      double total = 0;
      std::vector<double> sum(static_cast<size_t>(p.value_dim), 0.0);
      for (const auto& [score, key] : seen) {
        const double weight = std::exp(score - highest);
        total += weight;
        if (weight == 0) continue;  // padding has no value
        for (int64_t c = 0; c < p.value_dim; ++c) {
          sum[static_cast<size_t>(c)] += weight * Number(p.value, (key * p.heads + h) * p.value_dim + c);
        }
      }
      for (double& number : sum) number /= total;
      results[static_cast<size_t>(token)].emplace_back(highest + std::log(total), sum);
    }
    // 3. The rounds in one.
    for (int64_t token = 0; token < p.tokens; ++token) {
      double highest = -kInfinity, total = 0;
      for (const auto& [log_sum, sum] : results[static_cast<size_t>(token)]) highest = std::max(highest, log_sum);
      double* out = output.data() + (token * p.heads + h) * p.value_dim;
      for (const auto& [log_sum, sum] : results[static_cast<size_t>(token)]) {
        const double weight = std::exp(log_sum - highest);
        total += weight;
        for (size_t c = 0; c < sum.size(); ++c) out[c] += weight * sum[c];
      }
      for (int64_t c = 0; total > 0 && c < p.value_dim; ++c) out[c] /= total;
    }
  }
  return output;
}

}  // namespace lwave::reference
