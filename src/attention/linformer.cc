// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// linformer: attention to a fixed number of slots that keys and values are projected to along the sequence (Wang et
// al. 2020). out = softmax(q K'^T / sqrt(d)) V', slots always open; approximate: the rank is cut.
//   linear     K' = e[:, :n] k + e_bias, V' = f[:, :n] v + f_bias; e and f per head (sharing none), for all heads
//              (headwise), or e for both (kv, layerwise)
//   mean_pool, max_pool   slot g is the mean or maximum of rows g stride .. (a short last one of what it has)
//   conv       slot g = bias + sum_s W_s row[g stride + s]; leftover rows reach no slot
// Closed rows of k and v count as zeros. linear is a linear-attention state whose features are the columns of e, so
// keys are accumulated in order, compensated, and no row is kept.
// Remembers slots (head_dim + value_dim) floats a head (linear: each as two f32), and in a stream the queries, which
// wait for the last key: a stream needs max_tokens. Costs n slots (2 head_dim + 2 value_dim) products a head. There is no causal form.

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>

#include "absl/strings/str_cat.h"
#include "attention/attend.h"
#include "attention/layer.h"
#include "attention/mechanisms.h"
#include "attention/projection.h"
#include "attention/state_parts.h"
#include "kernels/state.h"

namespace lwave::attention {
namespace {

using kernels::kKeyTile;

struct LinformerSpec {
  enum class Kind { kLinear, kMean, kMax, kConv };
  Kind kind = Kind::kLinear;
  int64_t heads = 1, head_dim = 1, value_dim = 1, max_tokens = 0;
  int64_t stride = 1;                   // pools and conv
  int64_t slots = 0, most_keys = 0;     // linear
  bool per_head = false;                // linear
  std::vector<float> columns[2];        // of k and v: [heads or 1, most_keys, slots]
  std::vector<float> bias[2];           // [heads or 1, slots] or empty
  float scale = 1;

  int64_t Slots(int64_t keys) const {
    if (kind == Kind::kLinear) return slots;
    return kind == Kind::kConv ? keys / stride : (keys + stride - 1) / stride;
  }
};

class SlotPattern : public Pattern {
 public:
  int64_t NextTile(const SequenceView&, int64_t, int64_t, int64_t, int64_t tile) const override { return tile; }
  uint64_t Mask(const SequenceView&, int64_t, int64_t, int64_t) const override { return ~uint64_t{0}; }
};

class LinformerLayer : public Layer {
 public:
  LinformerLayer(ContextPtr context, const Options& options, LinformerSpec linformer_spec)
      : Layer(std::move(context), "linformer", options), spec(std::move(linformer_spec)) {}
  RowWidths widths() const override {
    return {spec.heads * spec.head_dim, spec.heads * spec.head_dim, spec.heads * spec.value_dim,
            spec.heads * spec.value_dim};
  }
  bool cross() const override { return true; }
  int64_t StreamTokens() const {
    return spec.kind == LinformerSpec::Kind::kLinear && spec.max_tokens == 0 ? spec.most_keys : spec.max_tokens;
  }
  absl::Status CanStream() const override {
    if (StreamTokens() > 0) return absl::OkStatus();
    return absl::UnimplementedError("pooled linformer streams only where its option max_tokens bounds the slots");
  }
  LayerPlan Latency() const override {
    LayerPlan plan;
    plan.first_rows = plan.steady_rows = -1;
    return plan;
  }
  std::unique_ptr<SequenceState> MakeWhole(Arena& arena, int64_t rows, int64_t keys) const override;
  std::unique_ptr<SequenceState> MakeStream(Arena& arena) const override;

  const LinformerSpec spec;
  const SlotPattern pattern;
  Projection conv[2];
};

class LinformerState : public SequenceState {
 public:
  // keys: the most that come   waiting: queries that wait
  LinformerState(const LinformerLayer& layer, Arena& arena, int64_t keys, int64_t waiting)
      : layer_(layer), spec_(layer.spec), most_keys_(keys) {
    const RowWidths width = layer.widths();
    widths_[0] = spec_.head_dim, widths_[1] = spec_.value_dim;
    slots_.store.shape.kv_heads = spec_.heads;
    slots_.store.shape.head_dim = spec_.head_dim;
    slots_.store.shape.value_dim = spec_.value_dim;
    slots_.store.ring.pinned = (spec_.Slots(keys) + kKeyTile - 1) / kKeyTile;
    // Sums become slots when the keys are complete; pools and convolutions remember slots.
    slots_.Take(arena, linear() ? Use::kScratch : Use::kPayload);
    for (int i = 0; i < 2; ++i) {
      shape_[i].heads = 1;
      shape_[i].features = spec_.slots;
      shape_[i].value_dim = widths_[i];
      shape_[i].normalised = false;
      if (linear()) states_[i] = TakeState(arena, shape_[i], spec_.heads);
      group_[i] = arena.Take<float>(linear() ? 0 : spec_.stride * spec_.heads * widths_[i], Use::kPending);
      gathered_[i] = arena.Take<float>(
          spec_.kind == LinformerSpec::Kind::kConv ? spec_.stride * spec_.heads * widths_[i] : 0);
      slot_[i] = arena.Take<float>(spec_.heads * widths_[i]);
      zeroed_[i] = arena.Take<float>(kChunk * spec_.heads * widths_[i]);
    }
    waiting_ = arena.Take<float>(waiting * width.q, Use::kPending);
    scratch_ = AttendScratch::Take(arena, layer.context().runner->threads(), slots_.store.ring.slots(), nullptr);
  }

  absl::Status Whole(const InputRows& input, float* out) override {
    const absl::Status status = CheckRoom(input.keys);
    if (!status.ok()) return status;
    Append(input);
    Close();
    Attend(input.q, input.rows, out);
    return absl::OkStatus();
  }
  absl::Status Step(const InputRows& input, int64_t* taken, float*, int64_t, int64_t* written, bool* full) override {
    *taken = *written = 0;
    *full = false;
    if (finished_) return absl::FailedPreconditionError("the sequence is finished; nothing can be pushed");
    const absl::Status status = CheckRoom(input.rows);
    if (!status.ok()) return status;
    const int64_t width = layer_.widths().q;
    std::copy_n(input.q, input.rows * width, waiting_.data() + received_ * width);
    Append(input);
    *taken = input.rows;
    return absl::OkStatus();
  }
  absl::Status Finish(float* out, int64_t capacity, int64_t* written, bool* full) override {
    if (!finished_) Close();
    finished_ = true;
    *written = std::min(capacity, received_ - emitted_);
    Attend(waiting_.data() + emitted_ * layer_.widths().q, *written, out);
    emitted_ += *written;
    *full = emitted_ < received_;
    return absl::OkStatus();
  }

  int64_t Room() const override {
    return (linear() ? std::min(most_keys_, spec_.most_keys) : most_keys_) - received_;
  }
  int64_t position() const override { return received_; }
  int64_t emitted() const override { return emitted_; }
  bool finished() const override { return finished_ && emitted_ == received_; }

  absl::Status Save(memory::SnapshotWriter& writer) const override {
    if (finished_) return absl::FailedPreconditionError("the sequence is finished; save before finish");
    writer.AddInt64("state", {received_});
    writer.AddF32("queries", waiting_.subspan(0, static_cast<size_t>(received_ * layer_.widths().q)));
    for (int i = 0; i < 2; ++i) {
      writer.AddF32(absl::StrCat("sums.", i), states_[i]);
      writer.AddF32(absl::StrCat("group.", i), group_[i]);
    }
    std::vector<float> keys(static_cast<size_t>(slots_.end * layer_.widths().k));
    std::vector<float> values(static_cast<size_t>(slots_.end * layer_.widths().v));
    for (int64_t g = 0; g < slots_.end; ++g) {
      kernels::LoadTileRow(slots_.store.shape, slots_.store.KeySlot(g / kKeyTile), slots_.store.ValueSlot(g / kKeyTile),
                           g % kKeyTile, keys.data() + g * layer_.widths().k, values.data() + g * layer_.widths().v);
    }
    writer.AddF32("slots.0", keys);
    writer.AddF32("slots.1", values);
    return absl::OkStatus();
  }
  absl::Status Load(const memory::SnapshotReader& reader) override {
    const RowWidths width = layer_.widths();
    absl::StatusOr<std::vector<int64_t>> state = reader.Int64("state", 1);
    if (!state.ok()) return state.status();
    if ((*state)[0] < 0 || (*state)[0] > most_keys_) return absl::DataLossError("snapshot: the position is out of range");
    received_ = (*state)[0];
    emitted_ = 0;
    finished_ = false;
    absl::StatusOr<std::vector<float>> part = reader.F32("queries", received_ * width.q);
    if (!part.ok()) return part.status();
    std::copy(part->begin(), part->end(), waiting_.begin());
    for (int i = 0; i < 2; ++i) {
      part = reader.F32(absl::StrCat("sums.", i), static_cast<int64_t>(states_[i].size()));
      if (!part.ok()) return part.status();
      std::copy(part->begin(), part->end(), states_[i].begin());
      part = reader.F32(absl::StrCat("group.", i), static_cast<int64_t>(group_[i].size()));
      if (!part.ok()) return part.status();
      std::copy(part->begin(), part->end(), group_[i].begin());
    }
    slots_.end = linear() ? 0 : received_ / spec_.stride;
    absl::StatusOr<std::vector<float>> keys = reader.F32("slots.0", slots_.end * width.k);
    if (!keys.ok()) return keys.status();
    absl::StatusOr<std::vector<float>> values = reader.F32("slots.1", slots_.end * width.v);
    if (!values.ok()) return values.status();
    slots_.Append(*layer_.context().runner, keys->data(), width.k, values->data(), width.v, nullptr, 0, slots_.end);
    return absl::OkStatus();
  }
  std::vector<memory::Part> Parts() const override {
    const RowWidths width = layer_.widths();
    constexpr int64_t kFloat = sizeof(float);
    std::vector<memory::Part> parts;
    if (linear()) {
      AddStateParts("key_", shape_[0], spec_.heads, received_, &parts);
      AddStateParts("value_", shape_[1], spec_.heads, received_, &parts);
    } else {
      const int64_t open = finished_ ? 0 : received_ % spec_.stride;
      parts.push_back({"keys", Use::kPayload, slots_.end, width.k * kFloat, 0});
      parts.push_back({"values", Use::kPayload, slots_.end, width.v * kFloat, 0});
      parts.push_back({"open_slot", Use::kPending, open, (width.k + width.v) * kFloat, received_ - open});
    }
    parts.push_back({"waiting_queries", Use::kPending, received_ - emitted_, width.q * kFloat, emitted_});
    return parts;
  }
  void Reset() override {
    received_ = emitted_ = 0;
    finished_ = false;
    slots_.end = 0;
    for (int i = 0; i < 2; ++i) {
      std::fill(states_[i].begin(), states_[i].end(), 0.0f);
      std::fill(group_[i].begin(), group_[i].end(), 0.0f);
    }
  }

 private:
  static constexpr int64_t kChunk = 64;
  bool linear() const { return spec_.kind == LinformerSpec::Kind::kLinear; }

  absl::Status CheckRoom(int64_t keys) const {
    if (received_ + keys <= most_keys_ && (!linear() || received_ + keys <= spec_.most_keys)) return absl::OkStatus();
    return absl::OutOfRangeError(absl::StrCat("the layer or its memory is for ",
                                              linear() ? std::min(most_keys_, spec_.most_keys) : most_keys_,
                                              " keys, has ", received_, ", got another ", keys));
  }

  void Append(const InputRows& input) {
    const int64_t k = layer_.widths().k, v = layer_.widths().v;
    for (int64_t begin = 0; begin < input.keys; begin += kChunk) {
      const int64_t rows = std::min(kChunk, input.keys - begin);
      const float* from[2] = {input.k + begin * k, input.v + begin * v};
      if (input.mask != nullptr) {
        for (int i = 0; i < 2; ++i) {
          const int64_t width = spec_.heads * widths_[i];
          std::copy_n(from[i], rows * width, zeroed_[i].data());
          for (int64_t r = 0; r < rows; ++r) {
            if (input.mask[begin + r] == 0) std::fill_n(zeroed_[i].data() + r * width, width, 0.0f);
          }
          from[i] = zeroed_[i].data();
        }
      }
      if (linear()) {
        Accumulate(from, rows);
      } else {
        for (int64_t r = 0; r < rows; ++r) Group(from[0] + r * k, from[1] + r * v, received_ + r);
      }
      received_ += rows;
    }
  }

  void Accumulate(const float* const* from, int64_t rows) {
    layer_.context().runner->For(2 * spec_.heads, [&](int64_t index, int32_t /*thread*/) {
      const int64_t h = index / 2, i = index % 2;
      kernels::StateRows job;
      job.shape = shape_[i];
      job.state = states_[i].data() + h * shape_[i].Floats();
      job.position = received_;
      job.rows = rows;
      job.key = spec_.columns[i].data() + ((spec_.per_head ? h * spec_.most_keys : 0) + received_) * spec_.slots;
      job.key_stride = spec_.slots;
      job.value = from[i] + h * widths_[i];
      job.value_stride = spec_.heads * widths_[i];
      kernels::AppendState(job, 0, 1);
    });
  }

  void Group(const float* key, const float* value, int64_t position) {
    const float* const rows[2] = {key, value};
    const int64_t at = position % spec_.stride;
    for (int i = 0; i < 2; ++i) {
      const int64_t width = spec_.heads * widths_[i];
      std::copy_n(rows[i], width, group_[i].data() + at * width);
    }
    if (at + 1 == spec_.stride) EmitSlot(spec_.stride);
  }

  void EmitSlot(int64_t rows) {
    Runner& runner = *layer_.context().runner;
    for (int i = 0; i < 2; ++i) {
      const int64_t width = spec_.heads * widths_[i];
      if (spec_.kind == LinformerSpec::Kind::kConv) {
        for (int64_t h = 0; h < spec_.heads; ++h) {
          for (int64_t s = 0; s < rows; ++s) {
            std::copy_n(group_[i].data() + s * width + h * widths_[i], widths_[i],
                        gathered_[i].data() + (h * rows + s) * widths_[i]);
          }
        }
        layer_.conv[i].Apply(runner, gathered_[i].data(), spec_.heads, slot_[i].data());
        continue;
      }
      const bool mean = spec_.kind == LinformerSpec::Kind::kMean;
      for (int64_t c = 0; c < width; ++c) {
        float sum = group_[i][static_cast<size_t>(c)];
        for (int64_t s = 1; s < rows; ++s) {
          const float x = group_[i][static_cast<size_t>(s * width + c)];
          sum = mean ? sum + x : (std::isnan(x) ? x : std::max(sum, x));
        }
        slot_[i][static_cast<size_t>(c)] = mean ? sum / static_cast<float>(rows) : sum;
      }
    }
    slots_.Append(runner, slot_[0].data(), 0, slot_[1].data(), 0, nullptr, slots_.end, 1);
  }

  // What is left over, and the sums as slots.
  void Close() {
    if (!linear()) {
      const int64_t rest = received_ % spec_.stride;
      if (rest > 0 && spec_.kind != LinformerSpec::Kind::kConv) EmitSlot(rest);
      return;
    }
    if (received_ == 0) return;
    std::vector<float> slots[2];
    for (int i = 0; i < 2; ++i) {
      const int64_t width = spec_.heads * widths_[i];
      slots[i].resize(static_cast<size_t>(spec_.slots * width));
      std::vector<double> sums(static_cast<size_t>(spec_.slots * widths_[i]));
      for (int64_t h = 0; h < spec_.heads; ++h) {
        kernels::SumState(shape_[i], received_, states_[i].data() + h * shape_[i].Floats(), sums.data(), nullptr);
        for (int64_t s = 0; s < spec_.slots; ++s) {
          double shift = 0;
          if (!spec_.bias[i].empty()) {
            const bool own = static_cast<int64_t>(spec_.bias[i].size()) > spec_.slots;
            shift = static_cast<double>(spec_.bias[i][static_cast<size_t>((own ? h * spec_.slots : 0) + s)]);
          }
          for (int64_t c = 0; c < widths_[i]; ++c) {
            slots[i][static_cast<size_t>(s * width + h * widths_[i] + c)] =
                static_cast<float>(sums[static_cast<size_t>(s * widths_[i] + c)] + shift);
          }
        }
      }
    }
    slots_.Append(*layer_.context().runner, slots[0].data(), layer_.widths().k, slots[1].data(), layer_.widths().v,
                  nullptr, 0, spec_.slots);
  }

  void Attend(const float* q, int64_t rows, float* out) {
    AttendJob job;
    job.keys = &slots_;
    job.pattern = &layer_.pattern;
    job.heads = spec_.heads;
    job.scale = spec_.scale;
    job.rows = rows;
    job.query = q;
    job.query_stride = layer_.widths().q;
    job.output = out;
    job.output_stride = layer_.widths().out;
    AttendRows(*layer_.context().runner, job, scratch_);
  }

  const LinformerLayer& layer_;
  const LinformerSpec& spec_;
  int64_t most_keys_, widths_[2];
  KeySet slots_;
  kernels::StateShape shape_[2];
  absl::Span<float> states_[2], group_[2], gathered_[2], slot_[2], zeroed_[2], waiting_;
  AttendScratch scratch_;
  int64_t received_ = 0, emitted_ = 0;
  bool finished_ = false;
};

std::unique_ptr<SequenceState> LinformerLayer::MakeWhole(Arena& arena, int64_t, int64_t keys) const {
  return std::make_unique<LinformerState>(*this, arena, keys, 0);
}
std::unique_ptr<SequenceState> LinformerLayer::MakeStream(Arena& arena) const {
  return std::make_unique<LinformerState>(*this, arena, StreamTokens(), StreamTokens());
}

const OptionInfo kOptions[] = {
    {"projection", OptionType::kText, 0, 0, "linear|mean_pool|max_pool|conv"},
    {"sharing", OptionType::kText, 0, 0, "none|headwise|kv|layerwise"},
    {"slots", OptionType::kInt, 1, 1024},
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

// from // [heads or 1, slots, keys] as [heads or 1, keys, slots]
std::vector<float> ByKey(const std::vector<float>& from, int64_t sets, int64_t slots, int64_t keys) {
  std::vector<float> to(from.size());
  for (int64_t h = 0; h < sets; ++h) {
    for (int64_t s = 0; s < slots; ++s) {
      for (int64_t n = 0; n < keys; ++n) {
        to[static_cast<size_t>((h * keys + n) * slots + s)] = from[static_cast<size_t>((h * slots + s) * keys + n)];
      }
    }
  }
  return to;
}

absl::Status ReadLinear(const Options& options, LinformerSpec* spec) {
  const std::string sharing = options.Text("sharing", "headwise");
  spec->slots = options.Int("slots", 0);
  if (spec->slots < 1) return absl::InvalidArgumentError("option slots must be set");
  spec->per_head = sharing == "none";
  const int64_t sets = spec->per_head ? spec->heads : 1;
  const bool both = sharing == "none" || sharing == "headwise";
  const char* const names[2] = {"e", both ? "f" : "e"};
  const char* const biases[2] = {"e_bias", both ? "f_bias" : "e_bias"};
  for (int i = 0; i < 2; ++i) {
    const std::vector<float>& from = options.Floats(names[i]);
    const int64_t numbers = static_cast<int64_t>(from.size());
    if (numbers == 0 || numbers % (sets * spec->slots) != 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("option ", names[i], " must be [slots, keys]", spec->per_head ? " a head" : "", ", has ", numbers, " numbers"));
    }
    const int64_t keys = numbers / (sets * spec->slots);
    if (i == 1 && keys != spec->most_keys) return absl::InvalidArgumentError("options e and f are for different lengths");
    spec->most_keys = keys;
    spec->columns[i] = ByKey(from, sets, spec->slots, keys);
    spec->bias[i] = options.Floats(biases[i]);
    const int64_t shifts = static_cast<int64_t>(spec->bias[i].size());
    if (shifts != 0 && shifts != spec->slots && shifts != spec->heads * spec->slots) {
      return absl::InvalidArgumentError(absl::StrCat("option ", biases[i], " must be [slots] or [heads, slots], has ", shifts, " numbers"));
    }
  }
  return absl::OkStatus();
}

// weight // [out, in, stride], packed as [out, stride * in]
absl::Status ReadConv(const Options& options, const char* weight, const char* bias, int64_t width, int64_t stride,
                      const Allocator& allocator, Projection* projection) {
  absl::StatusOr<std::vector<float>> from = options.Tensor(weight, width * width * stride);
  if (!from.ok()) return from.status();
  absl::StatusOr<std::vector<float>> shift = options.Tensor(bias, width);
  if (!shift.ok()) return shift.status();
  std::vector<float> to(from->size());
  for (int64_t o = 0; o < width; ++o) {
    for (int64_t c = 0; c < width; ++c) {
      for (int64_t s = 0; s < stride; ++s) {
        to[static_cast<size_t>((o * stride + s) * width + c)] = (*from)[static_cast<size_t>((o * width + c) * stride + s)];
      }
    }
  }
  return projection->Pack(allocator, to, *shift, width, stride * width);
}

absl::StatusOr<LayerPtr> Create(ContextPtr context, const Options& options) {
  LinformerSpec spec;
  spec.heads = options.Int("heads", 0);
  spec.head_dim = options.Int("head_dim", 0);
  if (spec.heads < 1 || spec.head_dim < 1) return absl::InvalidArgumentError("options heads and head_dim must be set");
  if (options.Int("kv_heads", spec.heads) != spec.heads) return absl::UnimplementedError("linformer with fewer key heads");
  spec.value_dim = options.Int("value_dim", spec.head_dim);
  spec.max_tokens = options.Int("max_tokens", 0);
  spec.scale = static_cast<float>(options.Float("scale", 1.0 / std::sqrt(static_cast<double>(spec.head_dim))));
  const std::string name = options.Text("projection", "linear");
  spec.kind = name == "linear" ? LinformerSpec::Kind::kLinear : name == "mean_pool" ? LinformerSpec::Kind::kMean
              : name == "max_pool" ? LinformerSpec::Kind::kMax : LinformerSpec::Kind::kConv;
  if (spec.kind == LinformerSpec::Kind::kLinear) {
    const absl::Status status = ReadLinear(options, &spec);
    if (!status.ok()) return status;
  } else {
    spec.stride = options.Int("stride", 0);
    if (spec.stride < 1) return absl::InvalidArgumentError("option stride must be set");
  }
  auto layer = std::make_shared<LinformerLayer>(std::move(context), options, std::move(spec));
  if (layer->spec.kind == LinformerSpec::Kind::kConv) {
    const Allocator& allocator = layer->context().allocator;
    absl::Status status = ReadConv(options, "conv_weight_k", "conv_bias_k", layer->spec.head_dim, layer->spec.stride,
                                   allocator, &layer->conv[0]);
    if (status.ok()) {
      status = ReadConv(options, "conv_weight_v", "conv_bias_v", layer->spec.value_dim, layer->spec.stride, allocator,
                        &layer->conv[1]);
    }
    if (!status.ok()) return status;
  }
  return layer;
}

}  // namespace

const Mechanism kLinformer = {"linformer", kOptions, Create};

}  // namespace lwave::attention
