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
    epsilon_ = spec.norm_epsilon;
    if (spec.stack != nullptr) {
      MakeStack(*spec.stack, &weights->stack);
    } else {
      MakeEncoder(spec, weights);
    }
    if (spec.decoder != nullptr) MakeStack(*spec.decoder, &weights->decoder);
    if (spec.pooler.weight) weights->pooler = MakeLinear(spec.pooler, "");
    for (const DenseModuleSpec& dense : spec.sentence.dense) {
      weights->dense.push_back({MakeLinear(dense.linear, dense.folder), dense.activation});
    }
  }
  void Run(HeadWeights* weights) {
    const HeadSpec& head = *checkpoint_.spec().head;
    epsilon_ = checkpoint_.spec().norm_epsilon;
    for (const HeadStep& step : head.steps) {
      weights->steps.push_back(
          {MakeLinear(step.linear, ""), step.activation, MakeNorm(step.norm, step.width), step.width});
    }
    weights->final_bias = MakeVector(head.final_bias, "", head.outputs);
    if (!head.adaptive.has_value()) return;
    for (const AdaptiveSoftmaxSpec::Cluster& cluster : head.adaptive->clusters) {
      weights->clusters.push_back({MakeLinear(cluster.projection, ""), MakeLinear(cluster.output, "")});
    }
    weights->cluster_output = MakeLinear(head.adaptive->cluster_output, "");
  }
  int64_t used() const { return arena_.used(); }

 private:
  void MakeEncoder(const ModelSpec& spec, Weights* weights) {
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
  }

  void MakeStack(const StackSpec& spec, StackWeights* weights) {
    epsilon_ = spec.norm_epsilon;
    const EmbeddingSpec& embedding = spec.embedding;
    weights->words = MakeTable(embedding.words, spec.vocabulary);
    for (const EmbeddingCluster& cluster : embedding.clusters) {
      weights->clusters.push_back(
          {MakeTable(cluster.table, cluster.end - cluster.begin), MakeLinear(cluster.projection, "")});
    }
    weights->projection = MakeLinear(embedding.projection, "");
    weights->positions = MakeTable(embedding.positions, embedding.position_spec.table_rows);
    weights->types = MakeTable(embedding.types, embedding.token_types);
    for (size_t i = 0; i < embedding.axial_tables.size(); ++i) {
      weights->axial.push_back(MakeTable(embedding.axial_tables[i], embedding.axial_shape[i]));
    }
    weights->embedding_norm = MakeNorm(embedding.norm, spec.hidden);
    for (const BlockSpec& block : spec.blocks) {
      BlockWeights packed;
      packed.attention = MakeAttention(block.attention);
      packed.attention_residual = MakeResidual(block.attention_residual, spec.hidden);
      if (block.cross.has_value()) packed.cross = MakeAttention(*block.cross);
      packed.cross_residual = MakeResidual(block.cross_residual, spec.hidden);
      packed.up = MakeLinear(block.mlp.up, "");
      packed.gate = MakeLinear(block.mlp.gate, "");
      packed.down = MakeLinear(block.mlp.down, "");
      packed.mlp_residual = MakeResidual(block.mlp_residual, spec.hidden);
      weights->blocks.push_back(packed);
    }
    weights->final_norm = MakeNorm(spec.final_norm, spec.output_width());
  }

  AttentionWeights MakeAttention(const AttentionSpec& spec) {
    AttentionWeights packed;
    packed.query = MakeLinear(spec.query, "");
    packed.key = MakeLinear(spec.key, "");
    packed.value = MakeLinear(spec.value, "");
    packed.output = MakeLinear(spec.output, "");
    packed.global_query = MakeLinear(spec.global_query, "");
    packed.global_key = MakeLinear(spec.global_key, "");
    packed.global_value = MakeLinear(spec.global_value, "");
    packed.query_norm = MakeNorm(spec.query_norm, spec.head_dim);
    packed.key_norm = MakeNorm(spec.key_norm, spec.head_dim);
    return packed;
  }

  ResidualWeights MakeResidual(const ResidualSpec& spec, int64_t width) {
    return {MakeNorm(spec.before, width), MakeNorm(spec.branch, width), MakeNorm(spec.after, width)};
  }

  // Numbers [first, first + size) of `total` (0: size).
  const float* MakeVector(const TensorName& name, absl::string_view folder, int64_t size, int64_t first = 0,
                          int64_t total = 0) {
    if (!name) return nullptr;
    const absl::Span<float> out = arena_.Take<float>(size);
    if (pack_) checkpoint_.ReadVector(name, folder, out, first, total);
    return out.data();
  }

  Norm MakeNorm(const NormSpec& spec, int64_t width) {
    Norm norm;
    norm.kind = spec.kind;
    norm.epsilon = spec.epsilon == 0 ? epsilon_ : spec.epsilon;
    norm.width = spec.width == 0 ? width : spec.width;
    norm.gain = MakeVector(spec.gain, "", norm.width);
    norm.bias = MakeVector(spec.bias, "", norm.width);
    if (pack_ && spec.gain_plus_one && norm.gain != nullptr) {
      float* gain = const_cast<float*>(norm.gain);  // on the arena that is being filled
      for (int64_t i = 0; i < norm.width; ++i) gain[i] += 1.0f;
    }
    return norm;
  }

  const float* CopyScales(const float* scales, int64_t count) {
    const absl::Span<float> out = arena_.Take<float>(kernels::RoundUp(count, kernels::kPanelColumns));
    if (pack_) std::memcpy(out.data(), scales, static_cast<size_t>(count) * sizeof(float));
    return out.data();
  }

  Linear MakeLinear(const LinearSpec& spec, absl::string_view folder) {
    if (!spec) return Linear();
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
    linear.bias = MakeVector(spec.bias, folder, spec.outputs, spec.first, spec.stored_rows());
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
      ReadColumns(weight, spec, column, count, strip.data());
      kernels::PackPanels(NumberType::kF32, strip.data(), column, count, spec.inputs, out.data());
    }
    return out.data();
  }

  // Outputs [column, column + count) of a matrix stored in rows.   strip // [count, inputs]
  static void ReadColumns(const Tensor& weight, const LinearSpec& spec, int64_t column, int64_t count, float* strip) {
    if (!spec.transposed) {
      ReadNumbers(weight, (spec.first + column) * spec.inputs, count * spec.inputs, strip);
      return;
    }
    float across[kernels::kPanelColumns];
    for (int64_t k = 0; k < spec.inputs; ++k) {
      ReadNumbers(weight, k * spec.stored_rows() + spec.first + column, count, across);
      for (int64_t c = 0; c < count; ++c) strip[c * spec.inputs + k] = across[c];
    }
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
  float epsilon_ = 0;
};

// Measures, takes the storage, packs.
template <typename Packed>
absl::StatusOr<std::unique_ptr<Packed>> PackInto(const Checkpoint& checkpoint, const Context& context,
                                                 Buffer<std::byte> Packed::*storage) {
  auto packed = std::make_unique<Packed>();
  Packed layout;
  Buffer<std::byte>& bytes = (*packed).*storage;
  absl::Status status = bytes.Resize(context.allocator, static_cast<size_t>(Packed::Measure(checkpoint, &layout)));
  if (!status.ok()) return status;
  Packer packer(checkpoint, Arena(absl::MakeSpan(bytes.data(), bytes.size())), true);
  packer.Run(packed.get());
  return packed;
}

}  // namespace

int64_t Weights::Measure(const Checkpoint& checkpoint, Weights* layout) {
  Packer packer(checkpoint, Arena(), false);
  packer.Run(layout);
  return packer.used();
}

absl::StatusOr<std::unique_ptr<Weights>> Weights::Pack(const Checkpoint& checkpoint, const Context& context) {
  return PackInto(checkpoint, context, &Weights::storage_);
}

int64_t HeadWeights::Measure(const Checkpoint& checkpoint, HeadWeights* layout) {
  if (checkpoint.spec().head == nullptr) return 0;
  Packer packer(checkpoint, Arena(), false);
  packer.Run(layout);
  return packer.used();
}

absl::StatusOr<std::unique_ptr<HeadWeights>> HeadWeights::Pack(const Checkpoint& checkpoint, const Context& context) {
  if (checkpoint.spec().head == nullptr) return absl::UnimplementedError("the model has no head");
  return PackInto(checkpoint, context, &HeadWeights::storage_);
}

}  // namespace lwave::model
