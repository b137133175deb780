// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// favor: linear attention with random features (Choromanski et al. 2021, Performer; features in feature_map.h).
//   out_i = sum_j (phi_q.phi_k_j) v_j / (sum_j phi_q.phi_k_j + denominator_eps sum_r phi_q_r + denominator_constant)
// over all keys, or those up to i (causal). The softmax kernels are unbiased estimates of softmax attention, so the
// result is approximate; relu, exp, elu (Katharopoulos et al. 2020, Linear Transformer) and given features define a
// kernel of their own.
// Remembers s = sum phi_k v^T [features, value_dim] and z = sum phi_k a head, whatever the length; the state engine
// (kernels/state.h) keeps each number as two f32: 8 features (value_dim + 1) bytes a head. Costs
// n features (head_dim + 2 value_dim) products a head.
// Cannot: stream with key_shift global_max, which looks at all keys, or where it is not causal; draw its projection
// anew within a sequence, because the features of keys that are summed cannot be changed (another draw is another
// layer, option draw). kernel exact is softmax attention itself, to compare with.
//
// A thread takes a head, and a number of its rows through features and state at a time: both stay in its second-level
// cache.

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "attention/feature_map.h"
#include "attention/layer.h"
#include "attention/mechanisms.h"
#include "attention/state_parts.h"
#include "kernels/state.h"

namespace lwave::attention {
namespace {

using kernels::StateRows;
using kernels::StateShape;

struct FavorSpec {
  int64_t heads = 1, head_dim = 1, value_dim = 1, step_rows = 96;
  bool causal = false;
  float denominator_eps = 0, denominator_constant = 0;
};

class FavorLayer : public Layer {
 public:
  FavorLayer(ContextPtr context, const Options& options, const FavorSpec& favor_spec)
      : Layer(std::move(context), "favor", options), spec(favor_spec) {}
  RowWidths widths() const override {
    return {spec.heads * features.width(), spec.heads * features.width(), spec.heads * spec.value_dim,
            spec.heads * spec.value_dim};
  }
  bool cross() const override { return !spec.causal; }
  int64_t OwnBytes() const override { return features.bytes(); }
  absl::Status CanStream() const override {
    if (!spec.causal) return absl::UnimplementedError("favor streams only where it is causal");
    if (features.needs_all_keys()) {
      return absl::UnimplementedError(
          "favor with key_shift global_max looks at all keys before it weighs the first; a number streams");
    }
    return absl::OkStatus();
  }
  std::unique_ptr<SequenceState> MakeWhole(Arena& arena, int64_t rows, int64_t keys) const override;
  std::unique_ptr<SequenceState> MakeStream(Arena& arena) const override;
  // projection [features, head_dim]
  absl::StatusOr<std::vector<float>> ReadPart(absl::string_view name) const override {
    if (name != "projection") return Layer::ReadPart(name);
    return FeatureMap::ProjectionOf(options(), spec.head_dim);
  }

  const FavorSpec spec;
  FeatureMap features;
};

class FavorState : public SequenceState {
 public:
  FavorState(const FavorLayer& layer, Arena& arena, int64_t chunk)
      : layer_(layer), spec_(layer.spec), runner_(*layer.context().runner), chunk_(chunk) {
    shape_.heads = spec_.heads;
    shape_.features = layer.features.count();
    shape_.value_dim = spec_.value_dim;
    state_ = TakeState(arena, shape_, 1);
    const int64_t threads = runner_.threads();
    queries_ = arena.Take<float>(threads * chunk * layer.features.stride());
    keys_ = arena.Take<float>(threads * chunk * layer.features.stride());
    values_ = arena.Take<float>(threads * chunk * spec_.value_dim);
    shift_ = arena.Take<float>(spec_.heads);
    if (!state_.empty()) Start();
  }

  absl::Status Whole(const InputRows& input, float* out) override {
    if (layer_.features.needs_all_keys()) {
      runner_.For(spec_.heads, [&](int64_t head, int32_t thread) {
        float& shift = shift_[static_cast<size_t>(head)];
        for (int64_t begin = 0; begin < input.keys; begin += chunk_) {
          const HeadRows keys = KeysOf(input, head, begin, std::min(chunk_, input.keys - begin));
          shift = layer_.features.RaiseShift(keys, shift, Of(keys_, layer_.features.stride(), thread));
        }
      });
    }
    if (spec_.causal) {
      // All heads take these many rows before they go on, so that a row's lines are still near when the next head
      // wants its own: each head's part of a row is a few lines only.
      constexpr int64_t kRowsTogether = 1024;
      for (int64_t begin = 0; begin < input.rows; begin += kRowsTogether) {
        const int64_t rows = std::min(kRowsTogether, input.rows - begin);
        Causal(input, begin, rows, out + begin * layer_.widths().out);
      }
      return absl::OkStatus();
    }
    FindFirstOpen(input, 0, input.keys);
    runner_.For(spec_.heads, [&](int64_t head, int32_t thread) {
      for (int64_t begin = 0; begin < input.keys; begin += chunk_) {
        kernels::AppendState(Keys(input, head, begin, std::min(chunk_, input.keys - begin), begin, thread), 0, 1);
      }
    });
    position_ = input.keys;
    if (first_open_ < 0) {
      std::fill_n(out, input.rows * layer_.widths().out, 0.0f);
      return absl::OkStatus();
    }
    const int64_t tiles = (input.rows + chunk_ - 1) / chunk_;
    runner_.For(spec_.heads * tiles, [&](int64_t task, int32_t thread) {
      const int64_t head = task % spec_.heads, begin = task / spec_.heads * chunk_;
      StateRows rows = Rows(head, std::min(chunk_, input.rows - begin), position_);
      Queries(input, head, begin, out + begin * layer_.widths().out, thread, rows);
      kernels::ReadState(rows, 0, 1);
    });
    return absl::OkStatus();
  }

  absl::Status Step(const InputRows& input, int64_t* taken, float* out, int64_t capacity, int64_t* written,
                    bool* full) override {
    *taken = *written = 0;
    *full = false;
    if (finished_) return absl::FailedPreconditionError("the sequence is finished; nothing can be pushed");
    const int64_t rows = std::min(input.rows, capacity);
    Causal(input, 0, rows, out);
    *taken = *written = rows;
    *full = rows < input.rows;
    return absl::OkStatus();
  }
  absl::Status Finish(float*, int64_t, int64_t* written, bool* full) override {
    *written = 0;
    *full = false;
    finished_ = true;
    return absl::OkStatus();
  }

  int64_t position() const override { return position_; }
  int64_t emitted() const override { return position_; }
  bool finished() const override { return finished_; }

  absl::Status Save(memory::SnapshotWriter& writer) const override {
    if (finished_) return absl::FailedPreconditionError("the sequence is finished; save before finish");
    writer.AddInt64("position", {position_, first_open_});
    writer.AddF32("state", state_);
    return absl::OkStatus();
  }
  absl::Status Load(const memory::SnapshotReader& reader) override {
    absl::StatusOr<std::vector<int64_t>> position = reader.Int64("position", 2);
    if (!position.ok()) return position.status();
    constexpr int64_t kMost = int64_t{1} << 60;
    if ((*position)[0] < 0 || (*position)[0] > kMost || (*position)[1] < -1 || (*position)[1] >= (*position)[0]) {
      return absl::DataLossError("snapshot: the position is out of range");
    }
    absl::StatusOr<std::vector<float>> state = reader.F32("state", shape_.Floats());
    if (!state.ok()) return state.status();
    Start();
    position_ = (*position)[0];
    first_open_ = (*position)[1];
    std::copy(state->begin(), state->end(), state_.begin());
    return absl::OkStatus();
  }
  absl::Status CopyFrom(const SequenceState& other) override {
    const FavorState& from = static_cast<const FavorState&>(other);
    if (from.finished_) return absl::FailedPreconditionError("the sequence is finished; copy before finish");
    position_ = from.position_;
    first_open_ = from.first_open_;
    finished_ = false;
    std::copy(from.state_.begin(), from.state_.end(), state_.begin());
    std::copy(from.shift_.begin(), from.shift_.end(), shift_.begin());
    return absl::OkStatus();
  }
  std::vector<memory::Part> Parts() const override {
    std::vector<memory::Part> parts;
    AddStateParts("", shape_, 1, position_, &parts);
    return parts;
  }
  void Reset() override { Start(); }
  // state_s [heads, features, value_dim], state_z [heads, features]
  absl::StatusOr<std::vector<float>> ReadPart(absl::string_view name) const override {
    if (name != "state_s" && name != "state_z") return SequenceState::ReadPart(name);
    std::vector<double> sums(static_cast<size_t>(spec_.heads * shape_.features * spec_.value_dim));
    std::vector<double> normaliser(static_cast<size_t>(spec_.heads * shape_.features));
    kernels::SumState(shape_, position_, const_cast<float*>(state_.data()), sums.data(), normaliser.data());
    const std::vector<double>& part = name == "state_s" ? sums : normaliser;
    return std::vector<float>(part.begin(), part.end());
  }
  absl::StatusOr<int64_t> PartSize(absl::string_view name, int64_t rows, int64_t remembered) const override {
    const int64_t count = spec_.heads * shape_.features;
    if (name == "state_s") return count * spec_.value_dim;
    if (name == "state_z") return count;
    return SequenceState::PartSize(name, rows, remembered);
  }

 private:
  void Start() {
    kernels::ClearState(shape_, state_.data());
    std::fill(shift_.begin(), shift_.end(), layer_.features.StartShift());
    position_ = 0;
    first_open_ = -1;
    finished_ = false;
  }
  // A thread's part of a buffer of [threads, chunk, width].
  float* Of(absl::Span<float> buffer, int64_t width, int32_t thread) const {
    return buffer.data() + int64_t{thread} * chunk_ * width;
  }
  StateRows Rows(int64_t head, int64_t count, int64_t position) {
    StateRows rows;
    rows.shape = shape_;
    rows.shape.heads = 1;
    rows.state = state_.data() + head * shape_.HeadFloats();
    rows.position = position;
    rows.rows = count;
    rows.value_stride = rows.output_stride = spec_.heads * spec_.value_dim;
    rows.normaliser_eps = spec_.denominator_eps;
    rows.denominator_eps = spec_.denominator_constant;
    return rows;
  }
  HeadRows KeysOf(const InputRows& input, int64_t head, int64_t begin, int64_t count) const {
    const RowWidths width = layer_.widths();
    HeadRows keys = {input.k + begin * width.k + head * layer_.features.width(), width.k, count,
                     input.mask == nullptr ? nullptr : input.mask + begin};
    keys.rows_after = input.keys - begin - count;
    return keys;
  }
  // Features of keys; those of closed rows are zeros, and so are their values.
  StateRows Keys(const InputRows& input, int64_t head, int64_t begin, int64_t count, int64_t position, int32_t thread) {
    const RowWidths width = layer_.widths();
    StateRows rows = Rows(head, count, position);
    rows.value = input.v + begin * width.v + head * spec_.value_dim;
    HeadRows keys = KeysOf(input, head, begin, count);
    keys.beside = rows.value;
    keys.beside_stride = width.v;
    keys.beside_width = spec_.value_dim;
    keys = layer_.features.MapKeys(keys, shift_[static_cast<size_t>(head)], Of(keys_, layer_.features.stride(), thread));
    rows.key = keys.data;
    rows.key_stride = keys.stride;
    if (keys.mask == nullptr) return rows;
    float* const values = Of(values_, spec_.value_dim, thread);
    for (int64_t r = 0; r < count; ++r) {
      float* const to = values + r * spec_.value_dim;
      if (keys.mask[r] == 0) {
        std::fill_n(to, spec_.value_dim, 0.0f);
      } else {
        std::copy_n(rows.value + r * width.v, spec_.value_dim, to);
      }
    }
    rows.value = values;
    rows.value_stride = spec_.value_dim;
    return rows;
  }
  //   out // row `begin` of the call
  void Queries(const InputRows& input, int64_t head, int64_t begin, float* out, int32_t thread, StateRows& rows) const {
    const RowWidths width = layer_.widths();
    rows.output = out + head * spec_.value_dim;
    HeadRows queries = {input.q + begin * width.q + head * layer_.features.width(), width.q, rows.rows};
    queries.rows_after = input.rows - begin - rows.rows;
    queries.beside = rows.output;
    queries.beside_stride = width.out;
    queries.beside_width = spec_.value_dim;
    queries = layer_.features.MapQueries(queries, Of(queries_, layer_.features.stride(), thread));
    rows.query = queries.data;
    rows.query_stride = queries.stride;
  }
  void FindFirstOpen(const InputRows& input, int64_t begin, int64_t count) {
    for (int64_t r = 0; r < count && first_open_ < 0; ++r) {
      if (input.mask == nullptr || input.mask[begin + r] != 0) first_open_ = position_ + r;
    }
  }
  // Rows [begin, begin + count) of the call.   out // [count, out width]
  void Causal(const InputRows& input, int64_t begin, int64_t count, float* out) {
    const int64_t out_width = layer_.widths().out;
    FindFirstOpen(input, begin, count);
    runner_.For(count > 0 ? spec_.heads : 0, [&](int64_t head, int32_t thread) {
      for (int64_t r = 0; r < count; r += chunk_) {
        StateRows rows = Keys(input, head, begin + r, std::min(chunk_, count - r), position_ + r, thread);
        Queries(input, head, begin + r, out + r * out_width, thread, rows);
        kernels::AppendAndReadState(rows, 0, 1);
      }
    });
    // Rows before the first open key see none.
    const int64_t none = first_open_ < 0 ? count : std::clamp<int64_t>(first_open_ - position_, 0, count);
    std::fill_n(out, none * out_width, 0.0f);
    position_ += count;
  }

  const FavorLayer& layer_;
  const FavorSpec& spec_;
  Runner& runner_;
  StateShape shape_;
  absl::Span<float> state_, queries_, keys_, values_, shift_;
  int64_t chunk_, position_ = 0, first_open_ = -1;
  bool finished_ = false;
};

// Features of so many rows of a head, and its state, fit a second-level cache.
constexpr int64_t kChunk = 128;

std::unique_ptr<SequenceState> FavorLayer::MakeWhole(Arena& arena, int64_t rows, int64_t keys) const {
  return std::make_unique<FavorState>(*this, arena, std::clamp<int64_t>(std::max(rows, keys), 1, kChunk));
}
std::unique_ptr<SequenceState> FavorLayer::MakeStream(Arena& arena) const {
  return std::make_unique<FavorState>(*this, arena, spec.step_rows);
}

constexpr double kMostSeed = 9007199254740992.0;  // 2^53

const OptionInfo kOptions[] = {
    {"kernel", OptionType::kText, 0, 0, "softmax|hyperbolic|trigonometric|relu|exp|elu|given|exact"},
    {"causal", OptionType::kInt, 0, 1},
    {"eps", OptionType::kFloat, 0, 1},
    {"kernel_eps", OptionType::kFloat, 0, 1},
    {"denominator_eps", OptionType::kFloat, 0, 1},
    {"denominator_constant", OptionType::kFloat, 0, 1},
    {"query_shift", OptionType::kText, 0, 0, "row_max|none"},
    {"key_shift", OptionType::kFloat, -kAnyFloat, kAnyFloat, "global_max"},
    {"projection", OptionType::kFloats},
    {"projection_kind", OptionType::kText, 0, 0, "given|iid|orthogonal|hadamard"},
    {"projection_lengths", OptionType::kText, 0, 0, "chi|sqrt_dim"},
    {"features", OptionType::kInt, 1, 1024},
    {"seed", OptionType::kInt, 0, kMostSeed},
    {"draw", OptionType::kInt, 0, kMostSeed},
};

absl::StatusOr<LayerPtr> Create(ContextPtr context, const Options& options) {
  if (options.Text("kernel", "softmax") == "exact") return kFull.create(std::move(context), options);
  FavorSpec spec;
  spec.heads = options.Int("heads", 0);
  spec.head_dim = options.Int("head_dim", 0);
  if (spec.heads < 1 || spec.head_dim < 1) return absl::InvalidArgumentError("options heads and head_dim must be set");
  if (options.Int("kv_heads", spec.heads) != spec.heads) return absl::UnimplementedError("favor with fewer key heads");
  spec.value_dim = options.Int("value_dim", spec.head_dim);
  spec.step_rows = options.Int("step_rows", spec.step_rows);
  spec.causal = options.Flag("causal");
  spec.denominator_eps = static_cast<float>(options.Float("denominator_eps", 0));
  spec.denominator_constant = static_cast<float>(options.Float("denominator_constant", 0));
  auto layer = std::make_shared<FavorLayer>(std::move(context), options, spec);
  const absl::Status status = layer->features.Read(layer->context().allocator, options, spec.head_dim);
  if (!status.ok()) return status;
  return layer;
}

}  // namespace

const Mechanism kFavor = {"favor", kOptions, Create};

}  // namespace lwave::attention
