// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Packing. One walk over the spec runs twice, to measure and to pack (base/arena.h).

#include "model/weights.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "kernels/convert.h"

namespace lwave::model {
namespace {

using kernels::NumberType;

bool Aligned(const void* data, size_t alignment) { return reinterpret_cast<uintptr_t>(data) % alignment == 0; }

NumberType TypeOf(DataType type) {
  switch (type) {
    case DataType::kF16: return NumberType::kF16;
    case DataType::kBf16: return NumberType::kBf16;
    case DataType::kI8: return NumberType::kInt8;
    default: return NumberType::kF32;
  }
}

// Numbers [first, first + count) of a tensor as f32, wherever it lies.
void ReadNumbers(const Tensor& tensor, int64_t first, int64_t count, float* out) {
  if (tensor.type == DataType::kF32) {
    std::memcpy(out, tensor.data + first * 4, static_cast<size_t>(count) * 4);
    return;
  }
  uint16_t halves[256];
  for (int64_t at = 0; at < count; at += 256) {
    const int64_t n = std::min<int64_t>(256, count - at);
    std::memcpy(halves, tensor.data + (first + at) * 2, static_cast<size_t>(n) * 2);
    if (tensor.type == DataType::kF16) {
      kernels::F16ToF32(halves, n, out + at);
    } else {
      kernels::Bf16ToF32(halves, n, out + at);
    }
  }
}

class Packer {
 public:
  // pack false: measures only.
  Packer(const Checkpoint& checkpoint, Arena arena, bool pack)
      : checkpoint_(checkpoint), arena_(std::move(arena)), pack_(pack) {}

  void Run(Weights* weights) {
    const ModelSpec& spec = checkpoint_.spec();
    weights->words = MakeTable(spec.word_embedding, spec.vocabulary);
    weights->positions = MakeTable(spec.position_embedding, spec.positions.table_rows);
    weights->types = MakeTable(spec.type_embedding, spec.token_types);
    weights->embedding_norm = MakeNorm(spec.embedding_norm, spec.hidden);
    weights->final_norm = MakeNorm(spec.final_norm, spec.hidden);
    for (const LayerSpec& layer : spec.layers) {
      LayerWeights packed;
      packed.query = MakeLinear(layer.query, "");
      packed.key = MakeLinear(layer.key, "");
      packed.value = MakeLinear(layer.value, "");
      packed.attention_output = MakeLinear(layer.attention_output, "");
      packed.attention_norm = MakeNorm(layer.attention_norm, spec.hidden);
      packed.mlp_up = MakeLinear(layer.mlp_up, "");
      packed.mlp_down = MakeLinear(layer.mlp_down, "");
      packed.mlp_norm = MakeNorm(layer.mlp_norm, spec.hidden);
      weights->layers.push_back(packed);
    }
    if (spec.pooler.weight) weights->pooler = MakeLinear(spec.pooler, "");
    for (const DenseModuleSpec& dense : spec.sentence.dense) {
      weights->dense.push_back({MakeLinear(dense.linear, dense.folder), dense.activation});
    }
  }
  int64_t used() const { return arena_.used(); }

 private:
  const float* MakeVector(const TensorName& name, absl::string_view folder, int64_t size) {
    if (!name) return nullptr;
    const absl::Span<float> out = arena_.Take<float>(size);
    if (pack_) checkpoint_.ReadVector(name, folder, out);
    return out.data();
  }

  Norm MakeNorm(const NormSpec& spec, int64_t width) {
    return {MakeVector(spec.gain, "", width), MakeVector(spec.bias, "", width)};
  }

  const float* CopyScales(const float* scales, int64_t count) {
    const absl::Span<float> out = arena_.Take<float>(kernels::RoundUp(count, kernels::kPanelColumns));
    if (pack_) std::memcpy(out.data(), scales, static_cast<size_t>(count) * sizeof(float));
    return out.data();
  }

  Linear MakeLinear(const LinearSpec& spec, absl::string_view folder) {
    const MatrixView view = checkpoint_.Matrix(spec, folder);
    Linear linear;
    linear.matrix.columns = spec.outputs;
    linear.matrix.depth = spec.inputs;
    linear.matrix.type = view.panels ? TypeOf(view.weight.type) : NumberType::kF32;
    linear.matrix.panels = view.panels ? MakePanels(view, linear.matrix.type, spec) : PackRows(view.weight, spec);
    if (linear.matrix.type == NumberType::kInt8) {
      linear.matrix.scales = CopyScales(view.scales, spec.outputs);
      const absl::Span<int32_t> sums =
          arena_.Take<int32_t>(kernels::RoundUp(spec.outputs, kernels::kPanelColumns));
      if (pack_) kernels::SumPanelColumns(linear.matrix.panels, spec.outputs, spec.inputs, sums.data());
      linear.matrix.column_sums = sums.data();
    }
    linear.bias = MakeVector(spec.bias, folder, spec.outputs);
    return linear;
  }

  const void* MakePanels(const MatrixView& view, NumberType type, const LinearSpec& spec) {
    if (Aligned(view.weight.data, 16)) return view.weight.data;
    const int64_t bytes = kernels::PanelBytes(type, spec.outputs, spec.inputs);
    const absl::Span<uint8_t> out = arena_.Take<uint8_t>(bytes);
    if (pack_) std::memcpy(out.data(), view.weight.data, static_cast<size_t>(bytes));
    return out.data();
  }

  // Rows of any stored type become f32 panels: products then use exactly the stored weights.
  const void* PackRows(const Tensor& weight, const LinearSpec& spec) {
    const absl::Span<uint8_t> out =
        arena_.Take<uint8_t>(kernels::PanelBytes(NumberType::kF32, spec.outputs, spec.inputs));
    if (!pack_) return nullptr;
    std::vector<float> strip(static_cast<size_t>(kernels::kPanelColumns * spec.inputs));
    for (int64_t column = 0; column < spec.outputs; column += kernels::kPanelColumns) {
      const int64_t count = std::min(kernels::kPanelColumns, spec.outputs - column);
      ReadNumbers(weight, column * spec.inputs, count * spec.inputs, strip.data());
      kernels::PackPanels(NumberType::kF32, strip.data(), column, count, spec.inputs, out.data());
    }
    return out.data();
  }

  Table MakeTable(const TensorName& name, int64_t rows) {
    Table table;
    if (!name) return table;
    const TableView view = checkpoint_.Table(name);
    table.type = TypeOf(view.table.type);
    table.rows = rows;
    table.scales = view.scales;
    table.data = view.table.data;
    const size_t element = static_cast<size_t>(kernels::BytesPerNumber(table.type));
    if (!Aligned(view.table.data, element)) {
      const absl::Span<uint8_t> out = arena_.Take<uint8_t>(view.table.bytes);
      if (pack_) std::memcpy(out.data(), view.table.data, static_cast<size_t>(view.table.bytes));
      table.data = out.data();
    }
    return table;
  }

  const Checkpoint& checkpoint_;
  Arena arena_;
  bool pack_;
};

}  // namespace

int64_t Weights::Measure(const Checkpoint& checkpoint, Weights* layout) {
  Packer packer(checkpoint, Arena(), false);
  packer.Run(layout);
  return packer.used();
}

absl::StatusOr<std::unique_ptr<Weights>> Weights::Pack(const Checkpoint& checkpoint, const Context& context) {
  auto weights = std::make_unique<Weights>();
  Weights layout;
  absl::Status status =
      weights->storage_.Resize(context.allocator, static_cast<size_t>(Measure(checkpoint, &layout)));
  if (!status.ok()) return status;
  Packer packer(checkpoint, Arena(absl::MakeSpan(weights->storage_.data(), weights->storage_.size())), true);
  packer.Run(weights.get());
  return weights;
}

}  // namespace lwave::model
