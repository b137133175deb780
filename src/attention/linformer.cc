// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// linformer: attention to a fixed number of slots that keys and values are projected to along the sequence (Wang et
// al. 2020). out = softmax(q K'^T / sqrt(d)) V', slots always open; approximate: the rank is cut.
//   linear     K' = e[:, :n] k + e_bias, V' = f[:, :n] v + f_bias; e and f per head (sharing none), for all heads
//              (headwise), or e for both (kv, layerwise)
//   gaussian, orthonormal   the same with e and f drawn from a seed (seeded_slots.h) for up to max_tokens keys:
//              e set by set and row by row, then f
//   mean_pool, max_pool   slot g is the mean or maximum of rows g stride .. (a short last one of what it has)
//   conv       slot g = bias + sum_s W_s row[g stride + s]; leftover rows reach no slot
// Closed rows of k and v count as zeros.
// What streams: keys and values, which are added to the slots as they come and not kept, for as many tokens as there
// are columns of e (linear) or max_tokens. What does not: rows out. Every query sees the last key, so queries wait and
// all rows leave in finish; there is no causal form.
// Remembers slots (head_dim + value_dim) floats a head (linear: twice that while sums run, for their compensation), the
// rows of a block or slot under way, and in a stream the queries. Costs n slots (2 head_dim + 2 value_dim) products a
// head. kernels/state.h and the tile engine do the work.

#include <cmath>
#include <memory>

#include "absl/strings/str_cat.h"
#include "attention/linformer_layer.h"
#include "attention/mechanisms.h"
#include "attention/seeded_slots.h"

namespace lwave::attention {
namespace {

constexpr int64_t kMostSlots = 1 << 20;
constexpr int64_t kMostNumbers = int64_t{1} << 40;  // of a projection

const OptionInfo kOptions[] = {
    {"projection", OptionType::kText, 0, 0, "linear|gaussian|orthonormal|mean_pool|max_pool|conv"},
    {"sharing", OptionType::kText, 0, 0, "none|headwise|kv|layerwise"},
    {"slots", OptionType::kInt, 1, kMostSlots},
    {"tolerance", OptionType::kFloat, 1e-3, 1},
    {"seed", OptionType::kInt, 0, kMostSeed},
    {"stride", OptionType::kInt, 1, 1 << 20},
    {"e", OptionType::kFloats},
    {"f", OptionType::kFloats},
    {"e_bias", OptionType::kFloats},
    {"f_bias", OptionType::kFloats},
    {"conv_weight_k", OptionType::kFloats},
    {"conv_weight_v", OptionType::kFloats},
    {"conv_bias_k", OptionType::kFloats},
    {"conv_bias_v", OptionType::kFloats},
};

// from // [sets, slots, keys]   to // [sets, keys, slots]
void ByKey(absl::Span<const float> from, int64_t sets, int64_t slots, int64_t keys, float* to) {
  for (int64_t h = 0; h < sets; ++h) {
    for (int64_t s = 0; s < slots; ++s) {
      const float* row = from.data() + (h * slots + s) * keys;
      for (int64_t n = 0; n < keys; ++n) to[(h * keys + n) * slots + s] = row[n];
    }
  }
}

absl::Status SetColumns(const Allocator& allocator, absl::Span<const float> from, const LinformerSpec& spec,
                        Buffer<float>* columns) {
  const absl::Status status = columns->Resize(allocator, from.size());
  if (status.ok()) ByKey(from, spec.Sets(), spec.slots, spec.keys, columns->data());
  return status;
}

absl::Status ReadGiven(const Options& options, const Allocator& allocator, LinformerSpec* spec,
                       LinformerWeights* weights) {
  spec->slots = options.Int("slots", 0);
  if (spec->slots < 1) return absl::InvalidArgumentError("option slots must be set");
  const char* const names[2] = {"e", "f"};
  for (int i = 0; i < (spec->same ? 1 : 2); ++i) {
    const std::vector<float>& from = options.Floats(names[i]);
    const int64_t numbers = static_cast<int64_t>(from.size());
    if (numbers == 0 || numbers % (spec->Sets() * spec->slots) != 0) {
      return absl::InvalidArgumentError(absl::StrCat("option ", names[i], " must be [slots, keys]",
                                                     spec->per_head ? " a head" : "", ", has ", numbers, " numbers"));
    }
    const int64_t keys = numbers / (spec->Sets() * spec->slots);
    if (i == 1 && keys != spec->keys) return absl::InvalidArgumentError("options e and f are for different lengths");
    spec->keys = keys;
    const absl::Status status = SetColumns(allocator, from, *spec, &weights->columns[i]);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status DrawSeeded(const Options& options, bool orthonormal, Runner& runner, const Allocator& allocator,
                        LinformerSpec* spec, LinformerWeights* weights) {
  if (options.Has("e") || options.Has("f")) {
    return absl::InvalidArgumentError("options e and f are for projection linear; gaussian and orthonormal draw them");
  }
  if (!options.Has("seed")) return absl::InvalidArgumentError("option seed must be set");
  spec->keys = spec->late.max_tokens;
  if (spec->keys < 1) {
    return absl::InvalidArgumentError("option max_tokens must be set: projections are drawn for that many keys");
  }
  if (options.Has("slots") == options.Has("tolerance")) {
    return absl::InvalidArgumentError("one of the options slots and tolerance must be set");
  }
  spec->slots = options.Int("slots", 0);
  if (spec->slots == 0) {
    spec->slots = SlotsFor(spec->keys, options.Float("tolerance", 1));
    if (spec->slots > spec->keys || spec->slots > kMostSlots) {
      return absl::InvalidArgumentError(absl::StrCat("option tolerance asks for ", spec->slots,
                                                     " slots, more than the ", spec->keys, " keys (or ", kMostSlots,
                                                     "): exact attention costs less"));
    }
  }
  if (orthonormal && spec->slots > spec->keys) {
    return absl::InvalidArgumentError(absl::StrCat("there are no ", spec->slots, " orthonormal rows of ", spec->keys,
                                                   " keys (options slots and max_tokens)"));
  }
  if (spec->slots > kMostNumbers / spec->keys / spec->Sets()) {
    return absl::InvalidArgumentError(absl::StrCat(spec->Sets(), " projections of ", spec->slots, " slots and ",
                                                   spec->keys, " keys are too large"));
  }
  RandomNumbers random(static_cast<uint64_t>(options.Int("seed", 0)));
  const size_t numbers = static_cast<size_t>(spec->slots * spec->keys);
  Buffer<float> drawn;
  absl::Status status = drawn.Resize(allocator, static_cast<size_t>(spec->Sets()) * numbers);
  for (int i = 0; i < (spec->same ? 1 : 2) && status.ok(); ++i) {
    const absl::Span<float> all = absl::MakeSpan(drawn.data(), drawn.size());
    for (int64_t set = 0; set < spec->Sets(); ++set) {
      const absl::Span<float> to = all.subspan(static_cast<size_t>(set) * numbers, numbers);
      if (orthonormal) {
        DrawOrthonormal(random, runner, spec->slots, spec->keys, to);
      } else {
        DrawGaussian(random, spec->slots, spec->keys, to);
      }
    }
    status = SetColumns(allocator, all, *spec, &weights->columns[i]);
  }
  return status;
}

absl::Status ReadBiases(const Options& options, const LinformerSpec& spec, LinformerWeights* weights) {
  const char* const names[2] = {"e_bias", spec.same ? "e_bias" : "f_bias"};
  for (int i = 0; i < 2; ++i) {
    weights->bias[i] = options.Floats(names[i]);
    const int64_t numbers = static_cast<int64_t>(weights->bias[i].size());
    if (numbers != 0 && numbers != spec.slots && numbers != spec.late.heads * spec.slots) {
      return absl::InvalidArgumentError(
          absl::StrCat("option ", names[i], " must be [slots] or [heads, slots], has ", numbers, " numbers"));
    }
  }
  return absl::OkStatus();
}

// weight // [out, in, stride], packed as [out, stride * in]
absl::Status ReadConvolution(const Options& options, const char* weight, const char* bias, int64_t width,
                             int64_t stride, const Allocator& allocator, Projection* projection) {
  absl::StatusOr<std::vector<float>> from = options.Tensor(weight, width * width * stride);
  if (!from.ok()) return from.status();
  absl::StatusOr<std::vector<float>> shift = options.Tensor(bias, width);
  if (!shift.ok()) return shift.status();
  std::vector<float> to(from->size());
  for (int64_t o = 0; o < width; ++o) {
    for (int64_t c = 0; c < width; ++c) {
      for (int64_t s = 0; s < stride; ++s) {
        to[static_cast<size_t>((o * stride + s) * width + c)] =
            (*from)[static_cast<size_t>((o * width + c) * stride + s)];
      }
    }
  }
  return projection->Pack(allocator, to, *shift, width, stride * width);
}

absl::Status ReadSlots(const Options& options, const Context& context, LinformerSpec* spec, LinformerWeights* weights) {
  const std::string name = options.Text("projection", "linear");
  const Allocator& allocator = context.allocator;
  if (name == "linear" || name == "gaussian" || name == "orthonormal") {
    const std::string sharing = options.Text("sharing", "headwise");
    spec->per_head = sharing == "none";
    spec->same = sharing == "kv" || sharing == "layerwise";
    absl::Status status = name == "linear"
                              ? ReadGiven(options, allocator, spec, weights)
                              : DrawSeeded(options, name == "orthonormal", *context.runner, allocator, spec, weights);
    if (status.ok()) status = ReadBiases(options, *spec, weights);
    if (!status.ok()) return status;
    if (spec->late.max_tokens > spec->keys) {
      return absl::InvalidArgumentError(absl::StrCat("option max_tokens is ", spec->late.max_tokens,
                                                     ", more than the ", spec->keys, " keys that e is for"));
    }
    if (spec->late.max_tokens == 0) spec->late.max_tokens = spec->keys;
    return absl::OkStatus();
  }
  spec->kind = name == "mean_pool" ? SlotKind::kMean : name == "max_pool" ? SlotKind::kMax : SlotKind::kConvolution;
  spec->stride = options.Int("stride", 0);
  if (spec->stride < 1) return absl::InvalidArgumentError("option stride must be set");
  if (spec->kind != SlotKind::kConvolution) return absl::OkStatus();
  const absl::Status status = ReadConvolution(options, "conv_weight_k", "conv_bias_k", spec->late.head_dim,
                                              spec->stride, allocator, &weights->convolution[0]);
  if (!status.ok()) return status;
  return ReadConvolution(options, "conv_weight_v", "conv_bias_v", spec->late.value_dim, spec->stride, allocator,
                         &weights->convolution[1]);
}

absl::StatusOr<LayerPtr> Create(ContextPtr context, const Options& options) {
  LinformerSpec spec;
  LinformerWeights weights;
  absl::StatusOr<LateSpec> late = ReadLateSpec(options, "linformer");
  if (!late.ok()) return late.status();
  spec.late = *late;
  spec.scale = static_cast<float>(options.Float("scale", 1.0 / std::sqrt(static_cast<double>(late->head_dim))));
  const absl::Status status = ReadSlots(options, *context, &spec, &weights);
  if (!status.ok()) return status;
  return std::make_shared<LinformerLayer>(std::move(context), options, spec, std::move(weights));
}

}  // namespace

SlotColumns LinformerLayer::Columns(int which) const {
  SlotColumns columns;
  columns.heads = spec_.late.heads;
  columns.slots = spec_.slots;
  columns.keys = spec_.keys;
  columns.per_head = spec_.per_head;
  columns.numbers = weights_.columns[spec_.same ? 0 : which].data();
  columns.bias = weights_.bias[which];
  return columns;
}

absl::StatusOr<std::vector<float>> LinformerLayer::ReadPart(absl::string_view name) const {
  if (spec_.kind != SlotKind::kLinear || (name != "e" && name != "f")) return Layer::ReadPart(name);
  const SlotColumns columns = Columns(name == "e" ? 0 : 1);
  std::vector<float> part(static_cast<size_t>(spec_.Sets() * spec_.slots * spec_.keys));
  // The same turn the other way.
  ByKey({columns.numbers, part.size()}, spec_.Sets(), spec_.keys, spec_.slots, part.data());
  return part;
}

const Mechanism kLinformer = {"linformer", kOptions, Create};

}  // namespace lwave::attention
