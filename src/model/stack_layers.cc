// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "model/stack_layers.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "attention/mechanisms.h"
#include "attention/projected_layer.h"
#include "model/few_globals.h"

namespace lwave::model {
namespace {

using attention::Mechanism;
using attention::OptionInfo;

// Options of one mechanism, by name.
class OptionSetter {
 public:
  explicit OptionSetter(const Mechanism& mechanism) : mechanism_(mechanism), known_(attention::OptionsOf(mechanism)) {}

  bool Knows(absl::string_view name) const { return Find(name) != nullptr; }
  absl::Status Set(const AttentionOption& option) {
    const OptionInfo* info = Find(option.name);
    if (info == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat(mechanism_.name, " has no option ", option.name));
    }
    switch (option.kind) {
      case AttentionOption::Kind::kInts: return options_.SetInts(*info, option.ints);
      case AttentionOption::Kind::kFloats: return options_.SetFloats(*info, option.floats);
      case AttentionOption::Kind::kNumber: return options_.SetFloat(*info, option.number);
      case AttentionOption::Kind::kText: return options_.SetText(*info, option.text);
    }
    return absl::OkStatus();
  }
  absl::Status SetInt(absl::string_view name, int64_t value) {
    return Set(AttentionOption::Ints(std::string(name), {value}));
  }
  const attention::Options& options() const { return options_; }

 private:
  const OptionInfo* Find(absl::string_view name) const {
    for (const OptionInfo& info : known_) {
      if (name == info.name) return &info;
    }
    return nullptr;
  }

  const Mechanism& mechanism_;
  const std::vector<OptionInfo> known_;
  attention::Options options_;
};

std::vector<float> ReadTensors(const Checkpoint& checkpoint, const AttentionTensor& spec) {
  std::vector<float> numbers;
  for (const TensorName& name : spec.tensors) {
    std::vector<int64_t> shape = spec.shape;
    if (const Tensor* tensor = checkpoint.Find("", name.name); shape.empty() && tensor != nullptr) shape = tensor->shape;
    int64_t size = 1;
    for (const int64_t dimension : shape) size *= dimension;
    std::vector<float> stored(static_cast<size_t>(size));
    checkpoint.ReadVector(name, "", absl::MakeSpan(stored));
    if (spec.transposed) {
      const size_t rows = static_cast<size_t>(shape[0]), columns = stored.size() / rows;
      std::vector<float> turned(stored.size());
      for (size_t r = 0; r < rows; ++r) {
        for (size_t c = 0; c < columns; ++c) turned[c * rows + r] = stored[r * columns + c];
      }
      stored = std::move(turned);
    }
    auto begin = stored.cbegin(), end = stored.cend();
    if (spec.rows > 0) {
      const int64_t width = spec.transposed ? shape[0] : size / shape[0];
      begin += spec.first * width;
      end = begin + spec.rows * width;
    }
    numbers.insert(numbers.end(), begin, end);
  }
  return numbers;
}

absl::StatusOr<attention::LayerPtr> MakeLayer(const ContextPtr& context, const AttentionSpec& spec,
                                              const Checkpoint& checkpoint, const LayerSettings& settings,
                                              int64_t index, int64_t most_globals = 0) {
  const Mechanism* mechanism = attention::FindMechanism(spec.mechanism);
  if (mechanism == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("there is no attention of the kind ", spec.mechanism));
  }
  OptionSetter setter(*mechanism);
  absl::Status status = setter.SetInt("heads", spec.heads);
  status.Update(setter.SetInt("head_dim", spec.head_dim));
  if (!spec.takes_rows) {
    if (spec.key_heads() != spec.heads) status.Update(setter.SetInt("kv_heads", spec.key_heads()));
    if (spec.values() != spec.head_dim) status.Update(setter.SetInt("value_dim", spec.values()));
  }
  if (spec.scale != 0) status.Update(setter.Set(AttentionOption::Number("scale", spec.scale)));
  if (spec.global_query) status.Update(setter.SetInt("global_projections", 1));
  if (most_globals > 0) status.Update(setter.SetInt("most_globals", most_globals));
  // Rotations that a run gives stand for those that the layer would draw.
  const bool rotations = std::any_of(settings.extra.begin(), settings.extra.end(), [&](const LayerOption& extra) {
    return extra.layer == index && extra.option.name == "rotations";
  });
  for (const AttentionOption& option : spec.options) {
    if (!rotations || option.name != "seed") status.Update(setter.Set(option));
  }
  for (const AttentionTensor& tensor : spec.tensors) {
    status.Update(setter.Set(AttentionOption::Floats(tensor.option, ReadTensors(checkpoint, tensor))));
  }
  if (settings.max_tokens > 0 && setter.Knows("max_tokens")) {
    status.Update(setter.SetInt("max_tokens", settings.max_tokens));
  }
  if (settings.step_rows > 0 && setter.Knows("step_rows")) status.Update(setter.SetInt("step_rows", settings.step_rows));
  // Scores that are not scaled down (T5's) are too large for numbers of 8 bits: there keys and values stay f32.
  if (settings.bf16 && spec.scale != 1 && setter.Knows("store")) status.Update(setter.Set(AttentionOption::Text("store", "bf16")));
  for (const LayerOption& extra : settings.extra) {
    if (extra.layer == index) status.Update(setter.Set(extra.option));
  }
  if (!status.ok()) return status;
  return attention::CreateLayer(*mechanism, context, setter.options());
}

// Whether an option makes tokens global, of whatever sequence.
bool HasGlobals(const AttentionSpec& spec, const LayerSettings& settings, int64_t index) {
  const auto names_tokens = [](const AttentionOption& option) { return option.name == "global"; };
  return std::any_of(spec.options.begin(), spec.options.end(), names_tokens) ||
         std::any_of(settings.extra.begin(), settings.extra.end(), [&](const LayerOption& extra) {
           return extra.layer == index && names_tokens(extra.option);
         });
}

AttentionSpec WithoutSecondSet(AttentionSpec spec) {
  spec.global_query = spec.global_key = spec.global_value = LinearSpec();
  return spec;
}

absl::Status InLayer(const absl::Status& status, size_t layer) {
  return absl::Status(status.code(), absl::StrCat("layer ", layer, ": ", status.message()));
}

}  // namespace

absl::Status StackLayers::CanStream() const {
  for (size_t i = 0; i < blocks.size(); ++i) {
    const absl::Status status = blocks[i].attention->CanStream();
    if (!status.ok()) return InLayer(absl::UnimplementedError(status.message()), i);
    const attention::LayerPlan plan = blocks[i].attention->Latency();
    if (plan.first_rows < 0 || plan.steady_rows < 0) {
      return InLayer(absl::UnimplementedError(absl::StrCat(blocks[i].attention->mechanism(),
                                                           " attention needs the whole sequence before its first row")),
                     i);
    }
  }
  return absl::OkStatus();
}

int64_t StackLayers::OwnBytes() const {
  int64_t sum = 0;
  for (const Block& block : blocks) {
    for (const attention::LayerPtr& layer : {block.attention, block.cross, block.few}) {
      if (layer != nullptr) sum += layer->OwnBytes();
    }
  }
  return sum;
}

int64_t StackLayers::FirstLatency() const {
  int64_t row = 0;
  for (size_t i = blocks.size(); i-- > 0;) {
    const attention::LayerPlan plan = blocks[i].attention->Latency();
    if (plan.first_rows < 0) return -1;
    row = std::max(row + plan.steady_rows, plan.first_rows);
  }
  return row;
}

int64_t StackLayers::SteadyLatency() const {
  int64_t sum = 0;
  for (const Block& block : blocks) {
    const attention::LayerPlan plan = block.attention->Latency();
    if (plan.steady_rows < 0) return -1;
    sum += plan.steady_rows;
  }
  return sum;
}

bool UsesBf16(const StackWeights& weights) {
  for (const BlockWeights& block : weights.blocks) {
    for (const Linear* linear : {&block.attention.value, &block.up}) {
      if (linear->matrix.columns > 0 && linear->matrix.type != kernels::NumberType::kF32) return true;
    }
  }
  return false;
}

absl::StatusOr<StackLayers> MakeLayers(const ContextPtr& context, const StackSpec& spec, const Checkpoint& checkpoint,
                                       const LayerSettings& settings) {
  StackLayers layers;
  for (size_t i = 0; i < spec.blocks.size(); ++i) {
    StackLayers::Block made;
    const AttentionSpec& attention = spec.blocks[i].attention;
    const int64_t globals = attention.global_query ? settings.most_globals : 0;
    const bool own_globals = HasGlobals(attention, settings, static_cast<int64_t>(i));
    if (attention.global_query && globals == 0 && !own_globals) {
      made.one_set = WithoutSecondSet(attention);
    }
    absl::StatusOr<attention::LayerPtr> layer =
        MakeLayer(context, made.Spec(spec.blocks[i]), checkpoint, settings, static_cast<int64_t>(i), globals);
    if (!layer.ok()) return InLayer(layer.status(), i);
    made.attention = *std::move(layer);
    const int64_t few = own_globals ? 0 : std::min(globals, FewGlobals::Most(spec.blocks[i]));
    if (few > 0) {
      made.few_spec = WithoutSecondSet(attention);
      layer = MakeLayer(context, made.few_spec, checkpoint, settings, static_cast<int64_t>(i), few);
      if (!layer.ok()) return InLayer(layer.status(), i);
      made.few = *std::move(layer);
    }
    if (spec.blocks[i].cross.has_value()) {
      layer = MakeLayer(context, *spec.blocks[i].cross, checkpoint, settings, -1);
      if (!layer.ok()) return InLayer(layer.status(), i);
      made.cross = *std::move(layer);
    }
    layers.blocks.push_back(std::move(made));
  }
  return layers;
}

}  // namespace lwave::model
