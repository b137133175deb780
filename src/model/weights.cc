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

constexpr int64_t kPieceBytes = int64_t{1} << 20;  // of the file, between two looks at a control

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
  Packer(const Checkpoint& checkpoint, Arena arena, bool pack, PackControl* control = nullptr)
      : checkpoint_(checkpoint), arena_(std::move(arena)), pack_(pack), control_(control) {}

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
  bool cancelled() const { return cancelled_; }

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

  // Between pieces of work: says how far packing is, and whether it may go on.
  bool GoOn(int64_t done) {
    if (control_ == nullptr) return true;
    control_->done_bytes.store(done, std::memory_order_relaxed);
    if (!control_->cancel.exchange(false, std::memory_order_relaxed)) return true;
    cancelled_ = true;
    pack_ = false;  // the rest of the walk only measures
    return false;
  }
  // True when the matrix that comes now is to be packed: not when an earlier call has done it.
  bool BeginMatrix() { return pack_ && (control_ == nullptr || matrix_++ >= control_->matrices); }
  void EndMatrix() {
    if (pack_ && control_ != nullptr && matrix_ > control_->matrices) {
      control_->matrices = matrix_;
      GoOn(arena_.used());
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
    packed.summary_norm = MakeNorm(spec.summary_norm, 0);
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
    linear.matrix.type = view.panels          ? TypeOf(view.weight.type)
                         : view.bf16_products ? NumberType::kBf16
                                              : NumberType::kF32;
    const bool pack = BeginMatrix();
    linear.matrix.panels = view.panels ? MakePanels(view, linear.matrix.type, spec, pack)
                                       : PackRows(view.weight, linear.matrix.type, spec, pack);
    if (linear.matrix.type == NumberType::kInt8) {
      linear.matrix.scales = CopyScales(view.scales, spec.outputs);
      const absl::Span<int32_t> sums =
          arena_.Take<int32_t>(kernels::RoundUp(spec.outputs, kernels::kPanelColumns));
      if (pack_) kernels::SumPanelColumns(linear.matrix.panels, spec.outputs, spec.inputs, sums.data());
      linear.matrix.column_sums = sums.data();
    }
    linear.bias = MakeVector(spec.bias, folder, spec.outputs, spec.first, spec.stored_rows());
    EndMatrix();
    return linear;
  }

  const void* MakePanels(const MatrixView& view, NumberType type, const LinearSpec& spec, bool pack) {
    if (Aligned(view.weight.data, 16)) return view.weight.data;
    const int64_t bytes = kernels::PanelBytes(type, spec.outputs, spec.inputs);
    const absl::Span<uint8_t> out = arena_.Take<uint8_t>(bytes);
    if (pack) std::memcpy(out.data(), view.weight.data, static_cast<size_t>(bytes));
    return out.data();
  }

  // Rows of any stored type become f32 panels, or bf16 ones of bf16 rows: products then use exactly the stored weights.
  const void* PackRows(const Tensor& weight, NumberType type, const LinearSpec& spec, bool pack) {
    const int64_t before = arena_.used();
    const absl::Span<uint8_t> out = arena_.Take<uint8_t>(kernels::PanelBytes(type, spec.outputs, spec.inputs));
    if (!pack) return out.data();
    std::vector<float> strip(static_cast<size_t>(kernels::kPanelColumns * spec.inputs));
    const int64_t row_bytes = weight.bytes / std::max<int64_t>(1, spec.stored_rows());
    int64_t released = 0;  // rows
    for (int64_t column = 0; column < spec.outputs; column += kernels::kPanelColumns) {
      const int64_t count = std::min(kernels::kPanelColumns, spec.outputs - column);
      ReadColumns(weight, spec, column, count, strip.data());
      kernels::PackPanels(type, strip.data(), column, count, spec.inputs, out.data());
      const int64_t done = column + count;
      if (done == spec.outputs || (done - released) * row_bytes < kPieceBytes) continue;
      if (!spec.transposed) {
        checkpoint_.Release(weight.data + (spec.first + released) * row_bytes, (done - released) * row_bytes);
      }
      released = done;
      if (!GoOn(before + kernels::PanelBytes(type, done, spec.inputs))) return out.data();
    }
    checkpoint_.Release(weight.data, weight.bytes);  // with the pages that two pieces share
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
  PackControl* control_;
  int64_t matrix_ = 0;
  bool cancelled_ = false;
};

}  // namespace

int64_t Weights::Measure(const Checkpoint& checkpoint, Weights* layout) {
  Packer packer(checkpoint, Arena(), false);
  packer.Run(layout);
  return packer.used();
}

absl::StatusOr<std::unique_ptr<Weights>> Weights::Pack(const Checkpoint& checkpoint, const Context& context,
                                                      PackControl* control) {
  auto weights = std::make_unique<Weights>();
  if (control != nullptr && control->begun != nullptr) {
    weights->storage_ = std::move(control->begun->storage_);
    control->begun.reset();
  } else {
    if (control != nullptr) control->matrices = 0;  // what an earlier call began is lost: it threw
    Weights layout;
    const absl::Status status =
        weights->storage_.Resize(context.allocator, static_cast<size_t>(Measure(checkpoint, &layout)));
    if (!status.ok()) return status;
  }
  const absl::Span<std::byte> storage = absl::MakeSpan(weights->storage_.data(), weights->storage_.size());
  Packer packer(checkpoint, Arena(storage), true, control);
  packer.Run(weights.get());
  checkpoint.ReleaseAll();
  if (packer.cancelled()) {
    control->begun = std::move(weights);
    return absl::CancelledError("cancelled while packing the weights; call again to go on");
  }
  if (control != nullptr) control->done_bytes.store(packer.used(), std::memory_order_relaxed);
  return weights;
}

int64_t HeadWeights::Measure(const Checkpoint& checkpoint, HeadWeights* layout) {
  if (checkpoint.spec().head == nullptr) return 0;
  Packer packer(checkpoint, Arena(), false);
  packer.Run(layout);
  return packer.used();
}

absl::StatusOr<std::unique_ptr<HeadWeights>> HeadWeights::Pack(const Checkpoint& checkpoint, const Context& context) {
  if (checkpoint.spec().head == nullptr) return absl::UnimplementedError("the model has no head");
  auto head = std::make_unique<HeadWeights>();
  HeadWeights layout;
  const absl::Status status =
      head->storage_.Resize(context.allocator, static_cast<size_t>(Measure(checkpoint, &layout)));
  if (!status.ok()) return status;
  Packer packer(checkpoint, Arena(absl::MakeSpan(head->storage_.data(), head->storage_.size())), true);
  packer.Run(head.get());
  checkpoint.ReleaseAll();
  return head;
}

}  // namespace lwave::model
