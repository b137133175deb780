// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Layers that are defined by segments, and adaptive spans, against their papers' formulas in double: outputs, what the
// memory holds after every segment, losses and attention masses, over random shapes.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>
#include <string>

#include "random_layer.h"
#include "segments_reference.h"
#include "span_reference.h"

namespace lwave::test {
namespace {

constexpr uint64_t kShapes = 200;

int64_t RandomRows(Random& random) {
  switch (Between(random, 0, 7)) {
    case 0: return Between(random, 0, 2);
    case 1: return 64 * Between(random, 1, 2) + Between(random, -1, 1);
    default: return Between(random, 3, 90);
  }
}
int64_t RandomSize(Random& random, int64_t most) { return Between(random, 0, 3) == 0 ? 0 : Between(random, 1, most); }

std::vector<float> RandomWeight(Random& random, int64_t outputs, int64_t inputs) {
  std::vector<float> weight = RandomFloats(random, outputs * inputs);
  for (float& w : weight) w /= std::sqrt(static_cast<float>(inputs));
  return weight;
}

// heads, widths, segments and x. Explicit segments may be empty; `longest` is their length at most.
struct Segments {
  bool is_explicit = false;
  int64_t length = 1;
};
Segments SetProblem(reference::SegmentProblem& p, const Config& config, Random& random, int64_t n) {
  Set(config, "heads", p.heads);
  Set(config, "head_dim", p.head_dim);
  Set(config, "d_model", p.d_model);
  Set(config, "step_rows", Between(random, 1, 100));
  Segments segments;
  segments.is_explicit = Between(random, 0, 3) == 0;
  segments.length = Between(random, 1, 60);
  for (int64_t left = n; left > 0;) {
    const int64_t take = segments.is_explicit ? Between(random, 0, segments.length) : segments.length;
    p.segments.push_back(std::min(take, left));
    left -= p.segments.back();
  }
  if (segments.is_explicit) {
    Set(config, "segment", "explicit");
    Set(config, "max_tokens", segments.length);
  } else {
    Set(config, "segment", segments.length);
  }
  p.x = RandomFloats(random, n * p.d_model);
  return segments;
}

std::vector<double> Flat(const reference::Matrix& rows) {
  std::vector<double> flat;
  for (const std::vector<double>& row : rows) flat.insert(flat.end(), row.begin(), row.end());
  return flat;
}

void RequireNear(const std::vector<float>& got, const std::vector<double>& want, double tolerance = 3e-5) {
  REQUIRE(got.size() == want.size());
  for (size_t i = 0; i < got.size(); ++i) {
    INFO("number " << i << " of " << got.size() << ": " << got[i] << ", expected " << want[i]);
    REQUIRE(std::abs(static_cast<double>(got[i]) - want[i]) <= tolerance * (1 + std::abs(want[i])));
  }
}

// Steps the segments one after another; after each calls check(memory, index).
template <typename Check>
void RequireTrace(const Attention& attention, const reference::SegmentProblem& p, const Segments& segments,
                  const reference::SegmentTrace& trace, Random& random, const Check& check) {
  Rows rows;
  rows.q = p.x;
  rows.queries = rows.keys = static_cast<int64_t>(p.x.size()) / p.d_model;
  const Memory memory = MakeMemory(attention);
  Error error;
  std::vector<float> out;
  int64_t at = 0;
  for (size_t s = 0; s < p.segments.size(); ++s) {
    INFO("segment " << s << " of " << p.segments[s] << " rows");
    for (int64_t left = p.segments[s]; left > 0;) {
      const int64_t count = Between(random, 1, left);
      StepRows(attention, memory.get(), rows, at, count, Between(random, 1, 70), out);
      at += count, left -= count;
    }
    if (segments.is_explicit) {
      error.Check(lwave_memory_end_segment(memory.get(), error));
    } else if (p.segments[s] < segments.length) {
      int64_t written = 0;
      error.Check(lwave_memory_finish(memory.get(), nullptr, 0, &written, error));
    }
    check(memory.get(), s);
  }
  RequireNear(out, Flat(trace.out));
  // Whole, where explicit segments are one.
  if (segments.is_explicit && p.segments.size() > 1) return;
  REQUIRE(Difference(out, Forward(attention, rows)) == "");
}

std::vector<double> Masses(const reference::SegmentResult& result) { return Flat(result.mass); }

// The mean over the rows of segments [0, last].
std::vector<double> MassSoFar(const reference::SegmentProblem& p, const reference::SegmentTrace& trace, size_t last) {
  std::vector<double> sum(Masses(trace.segments[0]).size(), 0.0);
  double rows = 0;
  for (size_t s = 0; s <= last; ++s) {
    const std::vector<double> mass = Masses(trace.segments[s]);
    const double length = static_cast<double>(p.segments[s]);
    for (size_t i = 0; i < sum.size(); ++i) sum[i] += mass[i] * length;
    rows += length;
  }
  for (double& value : sum) value = rows > 0 ? value / rows : 0;
  return sum;
}

void RequireMasses(const lwave_memory* memory, const reference::SegmentProblem& p, const reference::SegmentTrace& trace,
                   size_t s) {
  RequireNear(ReadPart(memory, "mass"), MassSoFar(p, trace, s));
  if (p.segments[s] > 0) RequireNear(ReadPart(memory, "segment_mass"), Masses(trace.segments[s]));
}

TEST_CASE("Transformer-XL agrees with its paper in double: rows, memory and attention masses", "[laws][layers]") {
  const Context context = MakeContext(2);
  for (uint64_t seed = 12000; seed < 12000 + kShapes; ++seed) {
    Random random(seed);
    INFO("seed " << seed);
    const Config config = MakeConfig("transformer_xl");
    reference::XlProblem p;
    p.heads = Between(random, 1, 3);
    p.head_dim = Between(random, 1, 20);
    p.d_model = 2 * Between(random, 1, 12);
    const Segments segments = SetProblem(p, config, random, RandomRows(random));
    const int64_t width = p.heads * p.head_dim;
    p.mem_len = RandomSize(random, 80);
    p.clamp_len = RandomSize(random, 30);
    p.same_length = p.mem_len > 0 && Between(random, 0, 1) == 1;
    p.zeros = Between(random, 0, 1) == 1;
    const char* const wraps[] = {"none", "post_norm", "pre_norm"};
    p.wrap = wraps[Between(random, 0, 2)];
    p.w_qkv = RandomWeight(random, 3 * width, p.d_model);
    p.w_o = RandomWeight(random, p.d_model, width);
    p.w_r = RandomWeight(random, width, p.d_model);
    p.bias_u = RandomFloats(random, width);
    p.bias_v = RandomFloats(random, width);
    p.ln_weight = RandomFloats(random, p.d_model);
    p.ln_bias = RandomFloats(random, p.d_model);
    p.ln_eps = 1e-3;
    Set(config, "mem_len", p.mem_len);
    Set(config, "clamp_len", p.clamp_len);
    Set(config, "same_length", int64_t{p.same_length});
    Set(config, "initial_memory", p.zeros ? "zeros" : "empty");
    Set(config, "wrap", p.wrap.c_str());
    Set(config, "ln_eps", p.ln_eps);
    Set(config, "w_qkv", p.w_qkv);
    Set(config, "w_o", p.w_o);
    Set(config, "w_r", p.w_r);
    Set(config, "bias_u", p.bias_u);
    Set(config, "bias_v", p.bias_v);
    Set(config, "ln_weight", p.ln_weight);
    Set(config, "ln_bias", p.ln_bias);
    Set(config, "statistics", int64_t{1});
    const Attention attention = MakeAttention(context, config);
    const reference::SegmentTrace trace = reference::TransformerXl(p);
    RequireTrace(attention, p, segments, trace, random, [&](const lwave_memory* memory, size_t s) {
      RequireNear(ReadPart(memory, "memory"), Flat(trace.segments[s].rows));
      RequireMasses(memory, p, trace, s);
    });
  }
}

void SetConvolutions(reference::CompressiveProblem& p, const Config& config, Random& random) {
  using Convolution = reference::CompressiveProblem::Convolution;
  if (p.function == "conv") {
    p.convolutions = {Convolution{p.ratio, p.ratio, 1, {}, {}}};
  } else {
    const int64_t layers = Between(random, 1, 3);
    std::vector<int64_t> kernels, strides, dilations;
    for (int64_t l = 0; l < layers; ++l) {
      kernels.push_back(2 * Between(random, 0, 2) + 1);
      strides.push_back(l + 1 == layers ? p.ratio : 1);
      dilations.push_back(Between(random, 1, 3));
      p.convolutions.push_back(Convolution{kernels.back(), strides.back(), dilations.back(), {}, {}});
    }
    Set(config, "conv_layers.kernel", kernels);
    Set(config, "conv_layers.stride", strides);
    Set(config, "conv_layers.dilation", dilations);
  }
  for (size_t l = 0; l < p.convolutions.size(); ++l) {
    Convolution& layer = p.convolutions[l];
    layer.weight = RandomWeight(random, p.d_model, p.d_model * layer.kernel);
    layer.bias = RandomFloats(random, p.d_model);
    const std::string tail = p.function == "conv" ? "" : "_" + std::to_string(l);
    Set(config, ("conv_weight" + tail).c_str(), layer.weight);
    Set(config, ("conv_bias" + tail).c_str(), layer.bias);
  }
}

void SetPositions(reference::CompressiveProblem& p, const Config& config, Random& random, int64_t distances) {
  const int64_t width = p.heads * p.head_dim;
  if (p.table) {
    p.pos = RandomFloats(random, width * distances);
    Set(config, "position", "table");
    Set(config, "pos", p.pos);
    return;
  }
  p.w_r = RandomWeight(random, width, p.d_model);
  p.bias_u = RandomFloats(random, width);
  p.bias_v = RandomFloats(random, width);
  Set(config, "w_r", p.w_r);
  Set(config, "bias_u", p.bias_u);
  Set(config, "bias_v", p.bias_v);
}

TEST_CASE("the Compressive Transformer agrees with its paper in double: rows, both memories, use, losses and masses",
          "[laws][layers]") {
  const Context context = MakeContext(2);
  const char* const functions[] = {"mean", "max", "conv", "dilated_conv", "most_used"};
  int64_t compressed = 0;
  for (uint64_t seed = 12500; seed < 12500 + kShapes; ++seed) {
    Random random(seed);
    INFO("seed " << seed);
    const Config config = MakeConfig("compressive");
    reference::CompressiveProblem p;
    p.heads = Between(random, 1, 3);
    p.head_dim = Between(random, 1, 10);
    p.table = Between(random, 0, 2) == 0;
    p.d_model = p.heads * p.head_dim;
    if (!p.table && p.d_model % 2 != 0) p.heads = 2, p.d_model = 2 * p.head_dim;
    p.mem_len = RandomSize(random, 40);
    p.cmem_len = RandomSize(random, 20);
    p.ratio = Between(random, 1, 4);
    p.function = functions[seed % 5];
    const Segments segments = SetProblem(p, config, random, RandomRows(random));
    p.w_qkv = RandomWeight(random, 3 * p.d_model, p.d_model);
    p.w_o = RandomWeight(random, p.d_model, p.d_model);
    p.b_o = RandomFloats(random, p.d_model);
    SetPositions(p, config, random, p.mem_len + p.ratio - 1 + p.cmem_len + segments.length);
    if (p.function == "conv" || p.function == "dilated_conv") SetConvolutions(p, config, random);
    p.decoder_weight = RandomWeight(random, p.d_model, p.d_model * p.ratio);
    Set(config, "decoder_weight", p.decoder_weight);
    if (Between(random, 0, 1) == 1) {
      p.decoder_bias = RandomFloats(random, p.d_model);
      Set(config, "decoder_bias", p.decoder_bias);
    }
    Set(config, "mem_len", p.mem_len);
    Set(config, "cmem_len", p.cmem_len);
    Set(config, "ratio", p.ratio);
    Set(config, "function", p.function.c_str());
    Set(config, "w_qkv", p.w_qkv);
    Set(config, "w_o", p.w_o);
    Set(config, "b_o", p.b_o);
    Set(config, "loss", "attention,autoencoding");
    Set(config, "statistics", int64_t{1});
    const Attention attention = MakeAttention(context, config);
    const reference::SegmentTrace trace = reference::Compressive(p);
    RequireTrace(attention, p, segments, trace, random, [&](const lwave_memory* memory, size_t s) {
      const reference::SegmentResult& want = trace.segments[s];
      RequireNear(ReadPart(memory, "memory"), Flat(want.rows));
      RequireNear(ReadPart(memory, "compressed"), Flat(want.compressed));
      if (p.function == "most_used") RequireNear(ReadPart(memory, "usage"), want.usage);
      RequireNear(ReadPart(memory, "loss"), {want.loss});
      RequireNear(ReadPart(memory, "autoencoding_loss"), {want.autoencoding_loss});
      RequireMasses(memory, p, trace, s);
      compressed += want.compressed.empty() ? 0 : 1;
    });
  }
  CHECK(compressed > 200);
}

TEST_CASE("position-infused attention agrees with its paper in double: rows, cache and attention masses",
          "[laws][layers]") {
  const Context context = MakeContext(2);
  for (uint64_t seed = 13000; seed < 13000 + kShapes; ++seed) {
    Random random(seed);
    INFO("seed " << seed);
    const Config config = MakeConfig("pia");
    reference::PiaProblem p;
    p.heads = Between(random, 1, 3);
    p.head_dim = Between(random, 1, 20);
    p.d_model = Between(random, 1, 24);
    const Segments segments = SetProblem(p, config, random, RandomRows(random));
    const int64_t width = p.heads * p.head_dim;
    p.cache_len = RandomSize(random, 70);
    p.pos = RandomFloats(random, (segments.length + p.cache_len) * p.d_model);
    p.w_q = RandomWeight(random, width, p.d_model), p.b_q = RandomFloats(random, width);
    p.w_k = RandomWeight(random, width, p.d_model), p.b_k = RandomFloats(random, width);
    p.w_v = RandomWeight(random, width, p.d_model), p.b_v = RandomFloats(random, width);
    p.w_o = RandomWeight(random, p.d_model, width), p.b_o = RandomFloats(random, p.d_model);
    Set(config, "cache_len", p.cache_len);
    Set(config, "pos", p.pos);
    Set(config, "w_q", p.w_q), Set(config, "b_q", p.b_q);
    Set(config, "w_k", p.w_k), Set(config, "b_k", p.b_k);
    Set(config, "w_v", p.w_v), Set(config, "b_v", p.b_v);
    Set(config, "w_o", p.w_o), Set(config, "b_o", p.b_o);
    Set(config, "statistics", int64_t{1});
    const Attention attention = MakeAttention(context, config);
    const reference::SegmentTrace trace = reference::Pia(p);
    RequireTrace(attention, p, segments, trace, random, [&](const lwave_memory* memory, size_t s) {
      RequireNear(ReadPart(memory, "cache"), Flat(trace.segments[s].rows));
      RequireMasses(memory, p, trace, s);
    });
  }
}

TEST_CASE("adaptive spans agree with their paper in double, rows before the first and closed keys included",
          "[laws][layers]") {
  const Context context = MakeContext(2);
  for (uint64_t seed = 13500; seed < 13500 + kShapes; ++seed) {
    Random random(seed);
    INFO("seed " << seed);
    const Config config = MakeConfig("adaptive_span");
    reference::SpanProblem p;
    p.kv_heads = Between(random, 1, 3);
    p.heads = p.kv_heads * Between(random, 1, 2);
    p.head_dim = Between(random, 1, 40);
    p.value_dim = Between(random, 1, 40);
    p.max_span = Between(random, 1, 90);
    p.ramp = Between(random, 1, 40);
    p.zeros = Between(random, 0, 1) == 1;
    p.rows = RandomRows(random);
    p.keys = p.rows + RandomSize(random, p.max_span);
    for (float z : RandomFloats(random, p.heads)) p.span.push_back(std::min(std::abs(z) / 2, 1.0f));
    p.key_pe = RandomFloats(random, p.head_dim * p.max_span);
    p.query = RandomFloats(random, p.rows * p.heads * p.head_dim);
    p.key = RandomFloats(random, p.keys * p.kv_heads * p.head_dim);
    p.value = RandomFloats(random, p.keys * p.kv_heads * p.value_dim);
    Set(config, "heads", p.heads);
    Set(config, "kv_heads", p.kv_heads);
    Set(config, "head_dim", p.head_dim);
    Set(config, "value_dim", p.value_dim);
    Set(config, "max_span", p.max_span);
    Set(config, "ramp", p.ramp);
    Set(config, "initial_cache", p.zeros ? "zeros" : "empty");
    Set(config, "span", p.span);
    Set(config, "key_pe", p.key_pe);
    Rows rows;
    rows.queries = p.rows, rows.keys = p.keys;
    rows.q = p.query, rows.k = p.key, rows.v = p.value;
    if (p.keys > 0 && Between(random, 0, 1) == 1) {
      const bool none = Between(random, 0, 3) == 0;
      for (int64_t j = 0; j < p.keys; ++j) {
        rows.mask.push_back(none ? 0 : Between(random, 0, 3) != 0);
        p.closed.push_back(rows.mask.back() == 0);
      }
    }
    const Attention attention = MakeAttention(context, config);
    RequireNear(Forward(attention, rows), reference::AdaptiveSpan(p));
    const std::vector<float> mask = ReadPart(attention.get(), "span_mask");
    for (int64_t h = 0; h < p.heads; ++h) {
      for (int64_t t = 1; t <= p.max_span; ++t) {
        REQUIRE(std::abs(static_cast<double>(mask[static_cast<size_t>(h * p.max_span + p.max_span - t)]) -
                         reference::SpanMask(p, h, t)) <= 1e-6);
      }
    }
  }
}

TEST_CASE("watching attention masses changes no bit of a layer's result", "[laws][layers]") {
  const Context context = MakeContext(2);
  for (const std::string mechanism : {"transformer_xl", "compressive", "pia"}) {
    for (uint64_t seed = 14000; seed < 14040; ++seed) {
      Random random(seed);
      const RandomLayer layer = MakeRandomLayer(mechanism, random);
      INFO(mechanism << " seed " << seed);
      Set(layer.config, "statistics", int64_t{0});
      const std::vector<float> plain = Forward(MakeAttention(context, layer.config), layer.rows);
      Set(layer.config, "statistics", int64_t{1});
      REQUIRE(Difference(plain, Forward(MakeAttention(context, layer.config), layer.rows)) == "");
    }
  }
}

TEST_CASE("a row of NaN that is compressed stays inside its memory's bounds", "[laws][layers]") {
  const Context context = MakeContext(2);
  for (const char* function : {"mean", "max", "most_used"}) {
    INFO(function);
    Random random(14100);
    const Config config = MakeConfig("compressive");
    const int64_t d = 8, n = 64;
    Set(config, "heads", int64_t{2});
    Set(config, "d_model", d);
    Set(config, "segment", int64_t{16});
    Set(config, "mem_len", int64_t{8});
    Set(config, "cmem_len", int64_t{40});
    Set(config, "ratio", int64_t{4});
    Set(config, "function", function);
    Set(config, "w_qkv", RandomWeight(random, 3 * d, d));
    Set(config, "w_o", RandomWeight(random, d, d));
    Set(config, "w_r", RandomWeight(random, d, d));
    Set(config, "bias_u", RandomFloats(random, d));
    Set(config, "bias_v", RandomFloats(random, d));
    const Attention attention = MakeAttention(context, config);
    Rows rows;
    rows.queries = rows.keys = n;
    rows.q = RandomFloats(random, n * d);
    std::fill_n(rows.q.begin() + 17 * d, d, std::numeric_limits<float>::quiet_NaN());
    const Memory memory = MakeMemory(attention);
    std::vector<float> out;
    StepRows(attention, memory.get(), rows, 0, n, n, out);
    const std::vector<float> compressed = ReadPart(memory.get(), "compressed");
    REQUIRE(compressed.size() == static_cast<size_t>((n - 8) / 4 * d));
    int64_t poisoned = 0;
    for (size_t i = 0; i < compressed.size(); i += static_cast<size_t>(d)) poisoned += std::isnan(compressed[i]) ? 1 : 0;
    // Whoever sees the row has no number for anybody's use: then the older rows stay, and this one is none of them.
    CHECK(poisoned == (std::string(function) == "most_used" ? 0 : 1));
  }
}

TEST_CASE("a loss that is not asked for is no part, and what a loss needs is asked for by name", "[laws][layers]") {
  const Context context = MakeContext(1);
  Random random(14200);
  const Config config = MakeConfig("compressive");
  const int64_t d = 4;
  Set(config, "heads", int64_t{2});
  Set(config, "d_model", d);
  Set(config, "segment", int64_t{4});
  Set(config, "mem_len", int64_t{4});
  Set(config, "ratio", int64_t{2});
  Set(config, "w_qkv", RandomWeight(random, 3 * d, d));
  Set(config, "w_o", RandomWeight(random, d, d));
  Set(config, "w_r", RandomWeight(random, d, d));
  Set(config, "bias_u", RandomFloats(random, d));
  Set(config, "bias_v", RandomFloats(random, d));
  const auto reads = [&](const char* part) {
    const Memory memory = MakeMemory(MakeAttention(context, config));
    int64_t count = 0;
    return lwave_memory_read_part(memory.get(), part, nullptr, 0, &count, nullptr);
  };
  CHECK(reads("loss") == LWAVE_NOT_FOUND);
  CHECK(reads("mass") == LWAVE_NOT_FOUND);
  Set(config, "loss", "attention");
  CHECK(reads("loss") == LWAVE_OK);
  CHECK(reads("autoencoding_loss") == LWAVE_NOT_FOUND);
  const auto message = [&] {
    Error error;
    lwave_attention* attention = nullptr;
    CHECK(lwave_attention_create(context.get(), config.get(), &attention, error) == LWAVE_INVALID_ARGUMENT);
    CHECK(attention == nullptr);
    return std::string(error.message());
  };
  Set(config, "loss", "autoencoding");
  CHECK(message() == "option decoder_weight must be set: 32 numbers");
  Set(config, "decoder_weight", RandomWeight(random, d, 2 * d));
  CHECK(reads("autoencoding_loss") == LWAVE_OK);
  CHECK(reads("loss") == LWAVE_NOT_FOUND);
  Set(config, "loss", "none,attention");
  CHECK(message() == "option loss: none stands alone, got none,attention");
  Set(config, "loss", "none");
  Set(config, "head_dim", int64_t{255});
  Set(config, "statistics", int64_t{1});
  CHECK(message() == "with statistics a head must be 1 to 254 wide, got 255");
}

}  // namespace
}  // namespace lwave::test
