// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "random_layer.h"

#include <algorithm>
#include <cmath>

#include "relative_buckets_reference.h"

namespace lwave::test {
namespace {

// Sizes that tiles, blocks and vectors do not like.
int64_t RandomLength(Random& random) {
  switch (Between(random, 0, 5)) {
    case 0: return Between(random, 0, 3);
    case 1: return 64 * Between(random, 1, 3) + Between(random, -1, 1);
    default: return Between(random, 4, 200);
  }
}

void SetShape(RandomLayer& layer, Random& random, bool grouped) {
  layer.kv_heads = Between(random, 1, 3);
  layer.heads = layer.kv_heads * (grouped ? Between(random, 1, 2) : 1);
  layer.head_dim = Between(random, 1, 40);
  layer.value_dim = Between(random, 1, 40);
  Set(layer.config, "heads", layer.heads);
  Set(layer.config, "kv_heads", layer.kv_heads);
  Set(layer.config, "head_dim", layer.head_dim);
  Set(layer.config, "value_dim", layer.value_dim);
  Set(layer.config, "step_rows", Between(random, 1, 100));
}

void SetRows(RandomLayer& layer, Random& random, int64_t n, bool may_be_masked) {
  Rows& rows = layer.rows;
  rows.batch = Between(random, 1, 3);
  rows.queries = rows.keys = n;
  rows.q = RandomFloats(random, rows.batch * n * layer.heads * layer.head_dim);
  rows.k = RandomFloats(random, rows.batch * n * layer.kv_heads * layer.head_dim);
  rows.v = RandomFloats(random, rows.batch * n * layer.kv_heads * layer.value_dim);
  layer.masked = may_be_masked && Between(random, 0, 1) == 1 && n > 0;
  const bool none = Between(random, 0, 9) == 0;  // all keys closed
  if (layer.masked) {
    for (int64_t i = 0; i < rows.batch * n; ++i) rows.mask.push_back(none ? 0 : Between(random, 0, 3) != 0);
  }
}

// Rotary positions of all channels or some, in either pairing; `places` says where rows stand.
void MayTurn(RandomLayer& layer, Random& random, const reference::RotaryPlaces& places) {
  if (layer.head_dim < 2 || Between(random, 0, 1) == 0) return;
  layer.rotary = places;
  layer.rotary.dim = 2 * Between(random, 1, layer.head_dim / 2);
  layer.rotary.theta = Between(random, 0, 1) == 0 ? 10000.0 : 100.0;
  layer.rotary.interleaved = Between(random, 0, 1) == 1;
  Set(layer.config, "rope.theta", layer.rotary.theta);
  Set(layer.config, "rope.dim", layer.rotary.dim);
  Set(layer.config, "rope.style", layer.rotary.interleaved ? "interleaved" : "half");
}

// T5's bias of buckets of distances.
struct Buckets {
  int64_t number, farthest;
};
Buckets SetBuckets(RandomLayer& layer, Random& random, bool causal) {
  const int64_t buckets = 2 * Between(random, 2, 20), farthest = Between(random, 22, 150);
  const std::vector<float> learned = RandomFloats(random, layer.heads * buckets);
  Set(layer.config, "relative_buckets", buckets);
  Set(layer.config, "relative_max_distance", farthest);
  Set(layer.config, "relative_bias", learned);
  layer.bias = reference::RelativeBucketBias(learned, !causal, buckets, farthest);
  return {buckets, farthest};
}

void MakeFull(RandomLayer& layer, Random& random) {
  SetShape(layer, random, true);
  const int64_t n = RandomLength(random);
  const bool causal = Between(random, 0, 1) == 1;
  Set(layer.config, "causal", int64_t{causal});
  Set(layer.config, "max_tokens", n + Between(random, 0, 70));
  layer.closed_rows_zero = false;
  layer.wider = true;
  const int64_t positions = Between(random, 0, 2);
  if (positions == 1) {
    std::vector<float> slopes = RandomFloats(random, layer.heads);
    for (float& slope : slopes) slope = std::abs(slope) / 8;
    Set(layer.config, "alibi_slopes", slopes);
    layer.bias = [slopes](int64_t h, int64_t i, int64_t j) {
      return -static_cast<double>(slopes[static_cast<size_t>(h)]) * static_cast<double>(std::abs(i - j));
    };
  }
  if (positions == 2) SetBuckets(layer, random, causal);
  reference::RotaryPlaces places;
  places.of_query = [](int64_t i, int64_t) { return i; };
  places.of_key = [](int64_t, int64_t j) { return j; };
  MayTurn(layer, random, places);
  SetRows(layer, random, n, true);
  layer.listing = reference::FullListing(causal, 0);
  layer.payload = [row = layer.RowBytes()](int64_t rows) { return rows * row; };
}

void MakeWindow(RandomLayer& layer, Random& random) {
  SetShape(layer, random, true);
  const int64_t n = RandomLength(random);
  const bool learned = Between(random, 0, 3) == 0;
  reference::LongformerPattern pattern;
  for (int64_t h = 0; h < layer.heads; ++h) {
    pattern.left.push_back(Between(random, 0, 90));
    pattern.right.push_back(Between(random, 0, 20));
    pattern.dilation.push_back(learned ? 1 : Between(random, 1, 4));
  }
  pattern.causal = Between(random, 0, 2) == 0;
  if (learned) SetBuckets(layer, random, pattern.causal);
  if (Between(random, 0, 1) == 1) {
    for (int64_t i = 0; i < n; ++i) {
      if (Between(random, 0, 20) == 0) pattern.global.push_back(i);
    }
  }
  Set(layer.config, "left", pattern.left);
  Set(layer.config, "right", pattern.right);
  Set(layer.config, "dilation", pattern.dilation);
  Set(layer.config, "global", pattern.global);
  const bool most = Between(random, 0, 3) == 0;
  if (most) Set(layer.config, "most_globals", Between(random, 1, 9));
  Set(layer.config, "causal", int64_t{pattern.causal});
  Set(layer.config, "max_tokens", n + 1);
  SetRows(layer, random, n, true);
  layer.listing = reference::LongformerListing(pattern);
  int64_t reach[2] = {0, 0};
  for (size_t h = 0; h < pattern.left.size(); ++h) {
    reach[0] = std::max(reach[0], pattern.left[h] * pattern.dilation[h]);
    if (!pattern.causal) reach[1] = std::max(reach[1], pattern.right[h] * pattern.dilation[h]);
  }
  const int64_t kept = pattern.global.empty() && !most ? reach[0] + reach[1] : n;
  layer.wider = reach[0] > n;
  layer.payload = [kept, row = layer.RowBytes()](int64_t rows) { return std::min(rows, kept) * row; };
}

void MakeSinks(RandomLayer& layer, Random& random) {
  SetShape(layer, random, true);
  const int64_t n = RandomLength(random);
  const int64_t sinks = Between(random, 0, 1) == 0 ? Between(random, 0, 5) : Between(random, 0, 80);
  int64_t kept = 0;
  Set(layer.config, "sinks", sinks);
  if (Between(random, 0, 1) == 1) {
    const int64_t left = Between(random, 0, 90), right = Between(random, 0, 40);
    Set(layer.config, "sinks_see", "all");
    Set(layer.config, "left", left);
    Set(layer.config, "right", right);
    layer.listing = reference::TwoSidedSinkListing(sinks, left, right);
    kept = sinks + left + right;
  } else {
    const int64_t window = Between(random, 1, 90), segment = Between(random, 1, 70);
    Set(layer.config, "window", window);
    layer.listing = reference::PastSinkListing(sinks, window);
    kept = sinks + window;
    if (Between(random, 0, 1) == 1) {
      Set(layer.config, "visibility", "chunk");
      Set(layer.config, "segment", segment);
      layer.listing = reference::ChunkSinkListing(sinks, window, segment);
      kept += segment;
    }
    MayTurn(layer, random, reference::SinkPlaces(layer.listing));
  }
  layer.payload = [kept, row = layer.RowBytes()](int64_t rows) { return std::min(rows, kept) * row; };
  layer.wider = kept > n;
  SetRows(layer, random, n, true);
}

void MakeSparse(RandomLayer& layer, Random& random) {
  SetShape(layer, random, true);
  const int64_t n = RandomLength(random);
  const bool fixed = Between(random, 0, 1) == 1, local = Between(random, 0, 3) == 0;
  const int64_t stride = Between(random, 1, 130), summary = Between(random, 1, stride);
  std::vector<std::string> sets;
  std::string joined;
  for (int64_t h = 0; h < layer.heads; ++h) {
    const char* const names[] = {"local", "distant", "union"};
    sets.push_back(names[local ? 0 : Between(random, 0, 2)]);
    joined += (h == 0 ? "" : ",") + sets.back();
  }
  Set(layer.config, "pattern", fixed ? "fixed" : "strided");
  Set(layer.config, "stride", stride);
  Set(layer.config, "summary", summary);
  Set(layer.config, "head_sets", joined.c_str());
  Set(layer.config, "max_tokens", n + 3);
  SetRows(layer, random, n, true);
  layer.listing = reference::SparseListing(fixed, stride, summary, sets);
  layer.wider = stride > n;
  const int64_t kept = joined.find_first_of("du") == std::string::npos ? stride - 1 : n;  // all local, or not
  layer.payload = [kept, row = layer.RowBytes()](int64_t rows) { return std::min(rows, kept) * row; };
}

// Heads of every kind side by side.
void MakeMixed(RandomLayer& layer, Random& random) {
  SetShape(layer, random, true);
  const int64_t n = RandomLength(random), stride = Between(random, 1, 70), span = Between(random, 1, 60);
  const bool causal = Between(random, 0, 1) == 1, bounded = Between(random, 0, 1) == 1;
  const bool fixed = Between(random, 0, 1) == 1;
  reference::LongformerPattern windows;
  std::vector<std::string> kinds;
  std::string joined;
  for (int64_t h = 0; h < layer.heads; ++h) {
    const char* const names[] = {"window", "local", "adaptive_span", "full", "distant", "union"};
    kinds.push_back(names[Between(random, 0, bounded ? 2 : 5)]);
    joined += (h == 0 ? "" : ",") + kinds.back();
    windows.left.push_back(Between(random, 0, 60));
    windows.right.push_back(causal ? 0 : Between(random, 0, 20));
    windows.dilation.push_back(Between(random, 1, 4));
  }
  std::vector<float> spans = RandomFloats(random, layer.heads);
  for (float& z : spans) z = std::min(std::abs(z), 1.0f);
  const int64_t ramp = Between(random, 1, 30), summary = Between(random, 1, stride);
  const std::vector<float> key_pe = RandomFloats(random, layer.head_dim * span);
  Set(layer.config, "head_kinds", joined.c_str());
  Set(layer.config, "causal", int64_t{causal});
  Set(layer.config, "left", windows.left);
  Set(layer.config, "right", windows.right);
  Set(layer.config, "dilation", windows.dilation);
  Set(layer.config, "pattern", fixed ? "fixed" : "strided");
  Set(layer.config, "stride", stride);
  Set(layer.config, "summary", summary);
  Set(layer.config, "max_span", span);
  Set(layer.config, "ramp", ramp);
  Set(layer.config, "span", spans);
  Set(layer.config, "key_pe", key_pe);
  Set(layer.config, "max_tokens", n + 2);
  SetRows(layer, random, n, true);
  int64_t behind = 0, ahead = 0;
  for (size_t h = 0; h < kinds.size(); ++h) {
    const bool sees_all = kinds[h] == "full" || kinds[h] == "distant" || kinds[h] == "union";
    behind = std::max(behind, sees_all                    ? n
                              : kinds[h] == "window"      ? windows.left[h] * windows.dilation[h]
                              : kinds[h] == "local"       ? stride - 1
                                                          : span);
    if (kinds[h] == "window") ahead = std::max(ahead, windows.right[h] * windows.dilation[h]);
  }
  layer.wider = behind + ahead > n;
  layer.payload = [kept = behind + ahead, row = layer.RowBytes()](int64_t rows) { return std::min(rows, kept) * row; };
  const reference::Listing window = reference::LongformerListing(windows);
  const reference::Listing sets = reference::SparseListing(fixed, stride, summary, kinds);
  const reference::Listing full = reference::FullListing(causal, 0);
  layer.listing = [=](int64_t h, int64_t i, int64_t j) -> int64_t {
    const std::string& kind = kinds[static_cast<size_t>(h)];
    if (kind == "window") return window(h, i, j);
    if (kind == "full") return full(h, i, j);
    if (kind != "adaptive_span") return sets(h, i, j);
    const double mask = reference::SpanMask(spans[static_cast<size_t>(h)], span, ramp, i - j);
    return j < i && i - j <= span && mask > 0;
  };
  layer.bias = [=, q = layer.rows.q, heads = layer.heads, dim = layer.head_dim](int64_t h, int64_t i, int64_t j) {
    if (kinds[static_cast<size_t>(h)] != "adaptive_span") return 0.0;
    double score = 0;
    for (int64_t c = 0; c < dim; ++c) {
      score += static_cast<double>(q[static_cast<size_t>((i * heads + h) * dim + c)]) *
               static_cast<double>(key_pe[static_cast<size_t>(c * span + span - (i - j))]);
    }
    return score / std::sqrt(static_cast<double>(dim)) +
           std::log(reference::SpanMask(spans[static_cast<size_t>(h)], span, ramp, i - j));
  };
}

void MakeBlocks(RandomLayer& layer, Random& random) {
  SetShape(layer, random, true);
  const int64_t block = Between(random, 1, 40), blocks = Between(random, 4, 12), per_block = Between(random, 0, 3);
  const bool full = Between(random, 0, 3) == 0;  // at most full_up_to tokens: everything is open
  const int64_t short_n = Between(random, 0, 1) == 0 ? Between(random, 0, 3) : RandomLength(random);
  const int64_t n = full ? short_n : (blocks - 1) * block + Between(random, 1, block);
  std::vector<int64_t> plan(static_cast<size_t>(layer.heads * (blocks - 2) * per_block));
  Set(layer.config, "block_size", block);
  Set(layer.config, "num_random", per_block);
  Set(layer.config, "full_up_to", full ? n : int64_t{0});
  Set(layer.config, "max_tokens", std::max<int64_t>(n, 1));
  if (!full && 2 * per_block + 5 < blocks && Between(random, 0, 1) == 1) {
    Set(layer.config, "plan", "seeded");
    Set(layer.config, "seed", Between(random, 0, 11));
    Set(layer.config, "plan_tokens", n + Between(random, 0, 100));
    if (per_block > 0) {
      const std::vector<float> ids = ReadPart(MakeAttention(MakeContext(1), layer.config).get(), "random_blocks");
      plan.assign(ids.begin(), ids.end());
    }
  } else if (Between(random, 0, 3) == 0) {
    Set(layer.config, "plan", "zeros");
  } else {
    for (int64_t& id : plan) id = Between(random, 0, blocks - 1);
    Set(layer.config, "random_blocks", plan);
  }
  SetRows(layer, random, n, true);
  layer.listing = full ? reference::FullListing(false, 0) : reference::BigBirdListing(n, block, per_block, plan);
  layer.wider = full;
  layer.payload = [row = layer.RowBytes()](int64_t rows) { return rows * row; };
}

void MakeChunked(RandomLayer& layer, Random& random) {
  SetShape(layer, random, true);
  const int64_t n = RandomLength(random), length = Between(random, 1, 80);
  const int64_t before = Between(random, 0, 2), after = Between(random, 0, 2);
  const bool causal = Between(random, 0, 1) == 1;
  Set(layer.config, "chunk_length", length);
  Set(layer.config, "chunks_before", before);
  Set(layer.config, "chunks_after", after);
  Set(layer.config, "causal", int64_t{causal});
  Set(layer.config, "max_tokens", n + Between(random, 0, 70));
  SetRows(layer, random, n, true);
  layer.listing = reference::ChunkedListing(n, length, before, after, causal);
  layer.wider = (before + 1 + after) * length > n;
  const int64_t kept = causal && before <= 1 && after == 0 ? (before + 1) * length - 1 : n;
  layer.payload = [kept, row = layer.RowBytes()](int64_t rows) { return std::min(rows, kept) * row; };
}

void MakeSummaries(RandomLayer& layer, Random& random) {
  SetShape(layer, random, true);
  const int64_t n = RandomLength(random), radius = Between(random, 0, 80), block = Between(random, 1, 20);
  Set(layer.config, "radius", radius);
  Set(layer.config, "global_block_size", block);
  SetRows(layer, random, n + n / block, true);
  layer.rows.queries = n;
  layer.rows.q = RandomFloats(random, layer.rows.batch * n * layer.heads * layer.head_dim);
  const Rows first = Sequence(layer.rows, 0);
  const reference::Summaries summaries = reference::TokenSummaries(n, block, first.mask);
  layer.listing = reference::SummaryListing(n, radius, summaries);
  layer.wider = radius > n;
  if (Between(random, 0, 3) == 0) return;
  const Buckets buckets = SetBuckets(layer, random, false);
  const std::vector<float> learned = RandomFloats(random, layer.heads * buckets.number);
  Set(layer.config, "summary_bias", learned);
  const reference::ScoreBias of_tokens = layer.bias;
  const reference::ScoreBias of_blocks = reference::RelativeBucketBias(learned, true, buckets.number, buckets.farthest);
  layer.bias = [=](int64_t h, int64_t i, int64_t j) {
    return j < n ? of_tokens(h, i, j) : of_blocks(h, summaries.of[static_cast<size_t>(i)], j - n);
  };
}

void MakeNystrom(RandomLayer& layer, Random& random) {
  SetShape(layer, random, false);
  const bool full = Between(random, 0, 2) == 0;
  const int64_t landmarks = Between(random, 1, 40);
  int64_t n = RandomLength(random);
  layer.landmarks = full ? 0 : landmarks;
  layer.closed_rows_count = true;
  layer.wider = full;
  Set(layer.config, "landmarks", landmarks);
  if (!full) {
    const int64_t run = Between(random, 1, 6) + (landmarks == 1 ? 0 : 1);
    layer.landmarks = run == 1 ? 0 : landmarks;
    Set(layer.config, "tokens", landmarks * run);
    if (n > 0 && run > 1) n = landmarks * run;
  }
  if (Between(random, 0, 2) > 0) {
    layer.convolution = RandomFloats(random, layer.heads * (2 * Between(random, 0, 20) + 1));
    Set(layer.config, "conv_weight", layer.convolution);
  }
  SetRows(layer, random, n, true);
}

// Some rows of a memory in front.
void MakeXlnet(RandomLayer& layer, Random& random) {
  SetShape(layer, random, false);
  const int64_t n = RandomLength(random), memory = Between(random, 0, 1) == 0 ? 0 : Between(random, 0, 70);
  const int64_t width = layer.heads * layer.head_dim, depth = 2 * Between(random, 1, 20);
  Set(layer.config, "causal", Between(random, 0, 1));
  Set(layer.config, "d_position", depth);
  Set(layer.config, "clamp_len", Between(random, 0, 30));
  Set(layer.config, "w_r", RandomFloats(random, width * depth));
  for (const char* name : {"bias_u", "bias_v"}) Set(layer.config, name, RandomFloats(random, width));
  if (Between(random, 0, 1) == 1) {
    Set(layer.config, "bias_s", RandomFloats(random, width));
    Set(layer.config, "seg_embed", RandomFloats(random, 2 * width));
  }
  SetRows(layer, random, n + memory, true);
  layer.rows.queries = n;
  layer.rows.q = RandomFloats(random, layer.rows.batch * n * width);
  layer.wider = true;
}

void MakeSpan(RandomLayer& layer, Random& random) {
  SetShape(layer, random, true);
  const int64_t span = Between(random, 1, 90);
  std::vector<float> spans = RandomFloats(random, layer.heads);
  for (float& z : spans) z = std::min(std::abs(z), 1.0f);
  Set(layer.config, "max_span", span);
  Set(layer.config, "ramp", Between(random, 1, 40));
  Set(layer.config, "span", spans);
  Set(layer.config, "key_pe", RandomFloats(random, layer.head_dim * span));
  const bool zeros = Between(random, 0, 1) == 1;
  Set(layer.config, "initial_cache", zeros ? "zeros" : "empty");
  layer.payload = [=, row = layer.RowBytes()](int64_t rows) { return (zeros ? span : std::min(rows, span)) * row; };
  layer.closed_rows_zero = false;
  SetRows(layer, random, RandomLength(random), false);
  layer.wider = span > layer.rows.keys;
}

// Hidden rows in and out; rows are x alone.
void SetHiddenRows(RandomLayer& layer, Random& random, int64_t d_model) {
  layer.rows.batch = Between(random, 1, 2);
  layer.rows.queries = layer.rows.keys = RandomLength(random);
  layer.rows.q = RandomFloats(random, layer.rows.batch * layer.rows.keys * d_model);
}

std::vector<float> Weight(Random& random, int64_t columns, int64_t depth) {
  std::vector<float> weight = RandomFloats(random, columns * depth);
  for (float& w : weight) w /= std::sqrt(static_cast<float>(depth));
  return weight;
}

void MakeXl(RandomLayer& layer, Random& random) {
  const int64_t heads = Between(random, 1, 3), head_dim = Between(random, 1, 20), d = 2 * Between(random, 1, 12);
  const int64_t width = heads * head_dim, memory = Between(random, 0, 90);
  layer.heads = heads, layer.head_dim = head_dim;
  Set(layer.config, "heads", heads);
  Set(layer.config, "head_dim", head_dim);
  Set(layer.config, "d_model", d);
  const int64_t segment = Between(random, 1, 80);
  Set(layer.config, "segment", segment);
  Set(layer.config, "mem_len", memory);
  Set(layer.config, "same_length", int64_t{memory > 0 && Between(random, 0, 1) == 1});
  Set(layer.config, "clamp_len", Between(random, 0, 30));
  const bool zeros = Between(random, 0, 1) == 1;
  Set(layer.config, "initial_memory", zeros ? "zeros" : "empty");
  layer.payload = [=](int64_t rows) {
    return (zeros ? memory : std::min(memory, rows / segment * segment)) * d * int64_t{sizeof(float)};
  };
  Set(layer.config, "w_qkv", Weight(random, 3 * width, d));
  Set(layer.config, "w_o", Weight(random, d, width));
  Set(layer.config, "w_r", Weight(random, width, d));
  Set(layer.config, "bias_u", RandomFloats(random, width));
  Set(layer.config, "bias_v", RandomFloats(random, width));
  Set(layer.config, "statistics", Between(random, 0, 1));
  SetHiddenRows(layer, random, d);
  layer.wider = segment + memory > layer.rows.keys;
}

void MakeCompressive(RandomLayer& layer, Random& random) {
  const int64_t heads = Between(random, 1, 3), head_dim = 2 * Between(random, 1, 8), d = heads * head_dim;
  const int64_t ratio = Between(random, 1, 4);
  const char* const functions[] = {"mean", "max", "conv", "most_used", "dilated_conv"};
  const char* const losses[] = {"none", "attention", "autoencoding", "attention,autoencoding"};
  const std::string function = functions[Between(random, 0, 4)];
  layer.heads = heads, layer.head_dim = head_dim;
  Set(layer.config, "heads", heads);
  Set(layer.config, "d_model", d);
  const int64_t segment = Between(random, 1, 40), memory = Between(random, 0, 40), compressed = Between(random, 0, 20);
  Set(layer.config, "segment", segment);
  Set(layer.config, "mem_len", memory);
  Set(layer.config, "cmem_len", compressed);
  layer.payload = [=](int64_t rows) {
    // All rows of full segments, less the whole groups that left the memory.
    const int64_t closed = rows / segment * segment, groups = std::max<int64_t>(0, closed - memory) / ratio;
    const int64_t kept = closed - groups * ratio, use = function == "most_used" ? kept * int64_t{sizeof(double)} : 0;
    return (kept + std::min(compressed, groups)) * d * int64_t{sizeof(float)} + use;
  };
  Set(layer.config, "ratio", ratio);
  Set(layer.config, "function", function.c_str());
  Set(layer.config, "loss", losses[Between(random, 0, 3)]);
  Set(layer.config, "decoder_weight", Weight(random, d, d * ratio));
  Set(layer.config, "statistics", Between(random, 0, 1));
  Set(layer.config, "w_qkv", Weight(random, 3 * d, d));
  Set(layer.config, "w_o", Weight(random, d, d));
  Set(layer.config, "w_r", Weight(random, d, d));
  Set(layer.config, "bias_u", RandomFloats(random, d));
  Set(layer.config, "bias_v", RandomFloats(random, d));
  if (function == "conv") {
    Set(layer.config, "conv_weight", Weight(random, d, d * ratio));
    Set(layer.config, "conv_bias", RandomFloats(random, d));
  }
  if (function == "dilated_conv") {
    Set(layer.config, "conv_layers.kernel", std::vector<int64_t>{3, 1});
    Set(layer.config, "conv_layers.stride", std::vector<int64_t>{1, ratio});
    Set(layer.config, "conv_layers.dilation", std::vector<int64_t>{2, 1});
    Set(layer.config, "conv_weight_0", Weight(random, d, d * 3));
    Set(layer.config, "conv_weight_1", Weight(random, d, d));
    Set(layer.config, "conv_bias_0", RandomFloats(random, d));
    Set(layer.config, "conv_bias_1", RandomFloats(random, d));
  }
  SetHiddenRows(layer, random, d);
  layer.wider = segment + memory > layer.rows.keys;
}

void MakePia(RandomLayer& layer, Random& random) {
  const int64_t heads = Between(random, 1, 3), d = heads * Between(random, 1, 16);
  const int64_t segment = Between(random, 1, 80), cache = Between(random, 0, 80);
  layer.heads = heads, layer.head_dim = d / heads;
  Set(layer.config, "heads", heads);
  Set(layer.config, "d_model", d);
  Set(layer.config, "segment", segment);
  Set(layer.config, "cache_len", cache);
  Set(layer.config, "pos", RandomFloats(random, (segment + cache) * d));
  for (const char* name : {"w_q", "w_k", "w_v", "w_o"}) Set(layer.config, name, Weight(random, d, d));
  for (const char* name : {"b_q", "b_k", "b_v", "b_o"}) Set(layer.config, name, RandomFloats(random, d));
  Set(layer.config, "statistics", Between(random, 0, 1));
  layer.payload = [=](int64_t rows) { return std::min(cache, rows / segment * segment) * d * int64_t{sizeof(float)}; };
  SetHiddenRows(layer, random, d);
  layer.wider = segment + cache > layer.rows.keys;
}

void MakeFavor(RandomLayer& layer, Random& random) {
  SetShape(layer, random, false);
  const char* const kernels[] = {"softmax", "hyperbolic", "relu", "exp", "trigonometric", "elu", "given"};
  const int64_t kernel = Between(random, 0, 6);
  Set(layer.config, "kernel", kernels[kernel]);
  Set(layer.config, "causal", Between(random, 0, 1));
  if (Between(random, 0, 1) == 1) Set(layer.config, "key_shift", 0.0);
  const int64_t vectors = Between(random, 1, 60);
  if (kernel < 5 && Between(random, 0, 1) == 0) {
    Set(layer.config, "projection", RandomFloats(random, vectors * layer.head_dim));
  } else if (kernel < 5) {
    const char* const kinds[] = {"iid", "orthogonal", "hadamard"};
    Set(layer.config, "projection_kind", kinds[Between(random, 0, 2)]);
    Set(layer.config, "features", vectors);
    Set(layer.config, "seed", Between(random, 0, 9));
  }
  const bool pairs = kernel == 1 || kernel == 4;
  const int64_t features = kernel >= 5 ? layer.head_dim : pairs ? 2 * vectors : vectors;
  // Sums and normaliser, two f32 a number.
  layer.payload = [bytes = 2 * layer.heads * features * (layer.value_dim + 1) * int64_t{sizeof(float)}](int64_t) {
    return bytes;
  };
  layer.wider = true;
  SetRows(layer, random, RandomLength(random), true);
  layer.closed_rows_zero = false;
}

void MakeLinformer(RandomLayer& layer, Random& random) {
  SetShape(layer, random, false);
  const int64_t n = RandomLength(random);
  const char* const kinds[] = {"linear", "linear", "gaussian", "orthonormal", "mean_pool", "max_pool", "conv"};
  const std::string kind = kinds[Between(random, 0, 6)];
  const int64_t most = n + Between(random, 1, 30);
  Set(layer.config, "projection", kind.c_str());
  if (kind == "linear") {
    const int64_t slots = Between(random, 1, 180);
    const bool per_head = Between(random, 0, 1) == 1;
    Set(layer.config, "slots", slots);
    Set(layer.config, "sharing", per_head ? "none" : "headwise");
    const int64_t rows = (per_head ? layer.heads : 1) * slots;
    layer.payload = [bytes = 2 * slots * layer.RowBytes()](int64_t) { return bytes; };  // two f32 a number
    for (const char* name : {"e", "f"}) Set(layer.config, name, Weight(random, rows, most));
  } else if (kind == "gaussian" || kind == "orthonormal") {
    Set(layer.config, "sharing", Between(random, 0, 1) == 1 ? "none" : "kv");
    const int64_t slots = Between(random, 1, std::min<int64_t>(most, 70));
    Set(layer.config, "slots", slots);
    layer.payload = [bytes = 2 * slots * layer.RowBytes()](int64_t) { return bytes; };
    Set(layer.config, "seed", Between(random, 0, 1000));
    Set(layer.config, "max_tokens", most);
  } else {
    const int64_t stride = Between(random, 1, 9);
    Set(layer.config, "stride", stride);
    Set(layer.config, "max_tokens", n + 1);
    layer.payload = [stride, row = layer.RowBytes()](int64_t rows) { return rows / stride * row; };
    if (kind == "conv") {
      Set(layer.config, "conv_weight_k", Weight(random, layer.head_dim, layer.head_dim * stride));
      Set(layer.config, "conv_bias_k", RandomFloats(random, layer.head_dim));
      Set(layer.config, "conv_weight_v", Weight(random, layer.value_dim, layer.value_dim * stride));
      Set(layer.config, "conv_bias_v", RandomFloats(random, layer.value_dim));
    }
  }
  layer.wider = true;
  SetRows(layer, random, n, true);
  layer.closed_rows_zero = false;
}

void MakeLsh(RandomLayer& layer, Random& random) {
  SetShape(layer, random, false);
  const int64_t rounds = Between(random, 1, 3), n = RandomLength(random);
  const std::vector<int64_t> factors = {2 * Between(random, 1, 4), 2};
  Set(layer.config, "causal", Between(random, 0, 1));
  const int64_t chunk = Between(random, 1, 70);
  layer.wider = chunk > n;
  Set(layer.config, "chunk_length", chunk);
  Set(layer.config, "chunks_before", Between(random, 0, 2));
  Set(layer.config, "chunks_after", Between(random, 0, 1));
  Set(layer.config, "n_hashes", rounds);
  Set(layer.config, "bucket_factors", factors);
  if (Between(random, 0, 1) == 1) {
    Set(layer.config, "seed", Between(random, 0, 1000));
  } else {
    Set(layer.config, "rotations", RandomFloats(random, layer.heads * layer.head_dim * rounds * (factors[0] / 2 + 1)));
  }
  Set(layer.config, "max_tokens", n + 5);
  layer.payload = [row = layer.RowBytes()](int64_t rows) { return rows * row; };  // q is the key
  SetRows(layer, random, n, true);
  layer.rows.k.clear();
}

// Hidden rows in front of and behind a layer over q, k and v.
void AddProjections(RandomLayer& layer, Random& random) {
  const int64_t d = Between(random, 1, 30), n = layer.rows.keys;
  const int64_t q = layer.heads * layer.head_dim;
  const int64_t k = layer.kv_heads * layer.head_dim, v = layer.kv_heads * layer.value_dim;
  const bool cross = (layer.mechanism == "full" || layer.mechanism == "linformer") && Between(random, 0, 1) == 1;
  const int64_t context = cross ? Between(random, 1, 30) : d;
  const bool two_sets = layer.mechanism == "window" && Between(random, 0, 1) == 1;
  Set(layer.config, "d_model", d);
  if (cross) {
    Set(layer.config, "cross", int64_t{1});
    Set(layer.config, "d_context", context);
  }
  if (two_sets) Set(layer.config, "global_projections", int64_t{1});
  for (const char* set : {"", "_global"}) {
    if (*set != 0 && !two_sets) continue;
    const auto add = [&](const std::string& name, int64_t columns, int64_t depth) {
      Set(layer.config, ("w_" + name + set).c_str(), Weight(random, columns, depth));
      if (Between(random, 0, 1) == 1) Set(layer.config, ("b_" + name + set).c_str(), RandomFloats(random, columns));
    };
    add("q", q, d);
    if (layer.mechanism != "lsh") add("k", k, context);
    add("v", v, context);
  }
  if (Between(random, 0, 3) != 0) {
    Set(layer.config, "w_o", Weight(random, d, layer.heads * layer.value_dim));
    Set(layer.config, "b_o", RandomFloats(random, d));
  }
  layer.rows.q = RandomFloats(random, layer.rows.batch * n * d);
  layer.rows.k = cross ? RandomFloats(random, layer.rows.batch * n * context) : std::vector<float>();
  layer.rows.v.clear();
  layer.listing = nullptr;
  if (two_sets && layer.payload != nullptr) {
    layer.payload = [one = layer.payload](int64_t rows) { return 2 * one(rows); };
  }
  layer.mechanism = "projected " + layer.mechanism;
}

}  // namespace

std::vector<float> RandomFloats(Random& random, int64_t count) {
  std::normal_distribution<float> normal;
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = normal(random);
  return values;
}

const std::vector<std::string>& AllMechanisms() {
  static const std::vector<std::string> all = {"full",          "window",         "sink_window", "sparse_transformer",
                                               "block_sparse",  "adaptive_span",  "pia",         "transformer_xl",
                                               "compressive",   "linformer",      "favor",       "lsh",
                                               "mixed",         "chunked",        "transient_global",
                                               "nystrom",       "xlnet"};
  static const std::vector<std::string> with_projected = [] {
    std::vector<std::string> names = all;
    for (const std::string& name : MechanismsWithoutWeights()) names.push_back("projected " + name);
    return names;
  }();
  return with_projected;
}

const std::vector<std::string>& MechanismsWithoutWeights() {
  static const std::vector<std::string> names = {"full",          "window",    "sink_window", "sparse_transformer",
                                                 "block_sparse",  "linformer", "favor",       "adaptive_span",
                                                 "lsh",           "mixed",     "chunked"};
  return names;
}

RandomLayer MakeRandomLayer(const std::string& mechanism, Random& random) {
  if (mechanism.rfind("projected ", 0) == 0) {
    RandomLayer layer = MakeRandomLayer(mechanism.substr(10), random);
    AddProjections(layer, random);
    return layer;
  }
  RandomLayer layer;
  layer.mechanism = mechanism;
  layer.config = MakeConfig(mechanism.c_str());
  if (mechanism == "full") MakeFull(layer, random);
  if (mechanism == "window") MakeWindow(layer, random);
  if (mechanism == "sink_window") MakeSinks(layer, random);
  if (mechanism == "sparse_transformer") MakeSparse(layer, random);
  if (mechanism == "block_sparse") MakeBlocks(layer, random);
  if (mechanism == "chunked") MakeChunked(layer, random);
  if (mechanism == "transient_global") MakeSummaries(layer, random);
  if (mechanism == "nystrom") MakeNystrom(layer, random);
  if (mechanism == "xlnet") MakeXlnet(layer, random);
  if (mechanism == "adaptive_span") MakeSpan(layer, random);
  if (mechanism == "pia") MakePia(layer, random);
  if (mechanism == "transformer_xl") MakeXl(layer, random);
  if (mechanism == "compressive") MakeCompressive(layer, random);
  if (mechanism == "linformer") MakeLinformer(layer, random);
  if (mechanism == "favor") MakeFavor(layer, random);
  if (mechanism == "lsh") MakeLsh(layer, random);
  if (mechanism == "mixed") MakeMixed(layer, random);
  return layer;
}

}  // namespace lwave::test
