// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A sequence of segments: project, attend, and at the end of each make the next context.

#include "attention/segment_layer.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "kernels/rows.h"

namespace lwave::attention {

using kernels::kKeyTile;

namespace {

// Distances that a layer keeps at most; more of them are made by each memory within its own plan.
constexpr int64_t kMostKeptBytes = int64_t{64} << 20;

}  // namespace

absl::StatusOr<SegmentSpec> SegmentSpecFromOptions(const Options& options, int64_t parts) {
  SegmentSpec spec;
  spec.heads = options.Int("heads", 0);
  spec.d_model = options.Int("d_model", 0);
  if (spec.heads < 1 || spec.d_model < 1) return absl::InvalidArgumentError("options heads and d_model must be set");
  if (!options.Has("head_dim") && spec.d_model % spec.heads != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("option heads (", spec.heads, ") must divide d_model (", spec.d_model, "), or head_dim be set"));
  }
  spec.head_dim = options.Int("head_dim", spec.d_model / spec.heads);
  if (spec.head_dim < 1 || spec.head_dim > kernels::kMaxHeadDim) {
    return absl::InvalidArgumentError(absl::StrCat("a head must be 1 to ", kernels::kMaxHeadDim, " wide, got ", spec.head_dim));
  }
  for (const auto& [name, number] : {std::pair("kv_heads", spec.heads), std::pair("value_dim", spec.head_dim)}) {
    if (options.Int(name, number) == number) continue;
    return absl::InvalidArgumentError(absl::StrCat("option ", name, " of this kind can only be ", number));
  }
  spec.watched = options.Flag("statistics") ? parts : 0;
  if (spec.value_dim() > kernels::kMaxHeadDim) {
    return absl::InvalidArgumentError(absl::StrCat("with statistics a head must be 1 to ", kernels::kMaxHeadDim - parts,
                                                   " wide, got ", spec.head_dim));
  }
  spec.scale = static_cast<float>(options.Float("scale", 1.0 / std::sqrt(static_cast<double>(spec.head_dim))));
  spec.max_tokens = options.Int("max_tokens", 0);
  spec.step_rows = options.Int("step_rows", spec.step_rows);
  spec.segment = options.Int("segment", 0);
  if (spec.segment == 0 && options.Text("segment", "") != "explicit") {
    return absl::InvalidArgumentError("option segment must be set: a length, or explicit");
  }
  return spec;
}

bool DistanceBias::Tile(const SequenceView&, int64_t head, int64_t first_row, int64_t rows, int64_t tile,
                        const float* query, int64_t query_stride, float* table) const {
  for (int64_t r = 0; r < rows; ++r) {
    float* row = table + r * kKeyTile;
    // Key k of the tile is at distance count - 1 - ahead - s with s = slot + k.
    const int64_t slot = table_.count - 1 - table_.ahead - (first_row + r) + tile * kKeyTile;
    const int64_t begin = std::clamp<int64_t>(-slot, 0, kKeyTile);
    const int64_t end = std::clamp<int64_t>(table_.count - slot, begin, kKeyTile);
    std::fill(row, row + begin, 0.0f);
    std::fill(row + end, row + kKeyTile, 0.0f);
    if (begin == end) continue;
    kernels::WeightedSumOfRows(query + r * query_stride, table_.numbers + head * head_dim_ * table_.stride() + slot + begin,
                               table_.stride(), head_dim_, end - begin, scale_, row + begin);
  }
  return true;
}

absl::Status SegmentLayer::CanStream() const {
  if (spec_.segment > 0 || spec_.max_tokens > 0) return absl::OkStatus();
  return absl::UnimplementedError("explicit segments stream only where the option max_tokens bounds their length");
}

absl::Status SegmentLayer::KeepDistances() {
  const int64_t longest = spec_.segment > 0 ? spec_.segment : spec_.max_tokens;
  const int64_t count = spec_.Places(longest);
  const int64_t numbers = spec_.width() * DistanceTable::Stride(count);
  if (longest == 0 || numbers > kMostKeptBytes / int64_t{sizeof(float)}) return absl::OkStatus();
  constexpr int64_t kRows = 192;
  Buffer<float> scratch;
  absl::Status status = distance_numbers_.Resize(context().allocator, static_cast<size_t>(numbers));
  if (status.ok()) status = scratch.Resize(context().allocator, static_cast<size_t>(kRows * (spec_.d_model + spec_.width())));
  if (!status.ok()) return status;
  Distances(count, kRows, scratch.data(), scratch.data() + kRows * spec_.d_model, distance_numbers_.data());
  distances_ = {distance_numbers_.data(), count};
  return absl::OkStatus();
}

std::unique_ptr<SequenceState> SegmentLayer::MakeWhole(Arena& arena, int64_t rows, int64_t /*keys*/) const {
  const int64_t longest = std::max<int64_t>(1, spec_.segment > 0 ? std::min(spec_.segment, rows) : rows);
  return MakeState(arena, longest, std::clamp<int64_t>(std::max(rows, spec_.context_rows), 1, 192));
}

std::unique_ptr<SequenceState> SegmentLayer::MakeStream(Arena& arena) const {
  return MakeState(arena, spec_.segment > 0 ? spec_.segment : spec_.max_tokens, spec_.step_rows);
}

void SegmentLayer::Inputs(const float* x, int64_t, int64_t, float*, float*, const float** of_keys,
                          const float** of_values) const {
  *of_keys = *of_values = x;
}

void SegmentLayer::Outputs(const float*, const float* result, int64_t rows, float* out) const {
  std::copy_n(result, rows * spec_.d_model, out);
}

absl::Status SegmentLayer::PackFused(const Options& options, absl::string_view qkv, absl::string_view out,
                                     absl::string_view bias) {
  const int64_t width = spec_.width(), d = spec_.d_model;
  absl::StatusOr<std::vector<float>> fused = options.Tensor(qkv, 3 * width * d);
  if (!fused.ok()) return fused.status();
  Projection* const parts[] = {&q, &k, &v};
  for (int64_t i = 0; i < 3; ++i) {
    const absl::Status status =
        parts[i]->Pack(context().allocator,
                       absl::MakeConstSpan(fused->data() + i * width * d, static_cast<size_t>(width * d)), {}, width, d);
    if (!status.ok()) return status;
  }
  return o.PackOptions(context().allocator, options, out, bias, d, width);
}

SegmentState::SegmentState(const SegmentLayer& layer, Arena& arena, int64_t segment_rows, int64_t chunk)
    : layer_(layer), spec_(layer.spec()), segment_rows_(segment_rows), chunk_(chunk) {
  const int64_t width = spec_.width(), places = spec_.Places(segment_rows);
  context_ = arena.Take<float>(spec_.context_rows * spec_.d_model, Use::kPayload);
  rows_ = arena.Take<float>(segment_rows * spec_.d_model, Use::kPending);
  keys_.store.shape.kv_heads = spec_.heads;
  keys_.store.shape.head_dim = spec_.head_dim;
  keys_.store.shape.value_dim = spec_.value_dim();
  keys_.store.ring.pinned = (places + kKeyTile - 1) / kKeyTile;
  keys_.Take(arena, Use::kScratch);  // made anew from the rows
  for (absl::Span<float>* part : {&input_a_, &input_b_, &result_}) *part = arena.Take<float>(chunk * spec_.d_model);
  for (absl::Span<float>* part : {&q_, &k_, &v_, &with_u_, &with_v_, &attended_}) *part = arena.Take<float>(chunk * width);
  log_sums_ = arena.Take<float>(chunk * spec_.heads);
  if (spec_.watched > 0) {
    for (absl::Span<float>* part : {&marked_v_, &marked_out_}) *part = arena.Take<float>(chunk * spec_.heads * spec_.value_dim());
    for (absl::Span<double>* part : {&masses_, &segment_masses_}) *part = arena.Take<double>(spec_.watched * spec_.heads);
  }
  distances_ = layer.distances();
  if (layer.HasDistances() && distances_.count < places) {
    const absl::Span<float> table = arena.Take<float>(width * DistanceTable::Stride(places));
    if (!table.empty()) layer.Distances(places, chunk, input_a_.data(), k_.data(), table.data());
    distances_ = {table.data(), places};
  }
  const DistanceBias bias(distances_, spec_.head_dim, spec_.scale);
  scratch_ = AttendScratch::Take(arena, layer.context().runner->threads(), keys_.store.ring.slots(),
                                 layer.HasDistances() ? &bias : nullptr);
  context_count_ = spec_.zero_rows;
}

void SegmentState::Project(const float* x, int64_t first_place, int64_t rows, bool queries) {
  Runner& runner = *layer_.context().runner;
  for (int64_t begin = 0; begin < rows; begin += chunk_) {
    const int64_t count = std::min(chunk_, rows - begin);
    const float *of_keys, *of_values;
    layer_.Inputs(x + begin * spec_.d_model, first_place + begin, count, input_a_.data(), input_b_.data(), &of_keys,
                  &of_values);
    layer_.k.Apply(runner, of_keys, count, k_.data());
    layer_.v.Apply(runner, of_values, count, v_.data());
    if (queries) layer_.q.Apply(runner, of_keys, count, q_.data());
    const float* values = v_.data();
    if (spec_.watched > 0) {
      for (int64_t r = 0; r < count; ++r) {
        const int64_t place = first_place + begin + r;
        for (int64_t h = 0; h < spec_.heads; ++h) {
          float* to = marked_v_.data() + (r * spec_.heads + h) * spec_.value_dim();
          std::copy_n(v_.data() + r * spec_.width() + h * spec_.head_dim, spec_.head_dim, to);
          std::fill_n(to + spec_.head_dim, spec_.watched, 0.0f);
          if (place < context_count_) to[spec_.head_dim + PartOf(place)] = 1;
        }
      }
      values = marked_v_.data();
    }
    keys_.Append(runner, k_.data(), spec_.width(), values, spec_.heads * spec_.value_dim(), nullptr, first_place + begin,
                 count);
  }
}

void SegmentState::Stay(int64_t from, int64_t to, int64_t count) {
  // The marks of statistics say which part a row is in, and that has changed.
  if (count == 0 || !layer_.PlacesAside() || spec_.watched > 0) return;
  keys_.Move(*layer_.context().runner, from, to, count);
  stayed_[stayed_count_++] = {to, to + count};
}

void SegmentState::Begin() {
  begun_ = true;
  int64_t place = 0;
  const auto project_to = [&](int64_t end) {
    Project(context_.data() + place * spec_.d_model, place, end - place, false);
    place = end;
  };
  for (int64_t i = 0; i < stayed_count_; ++i) {
    project_to(stayed_[i].begin);
    place = stayed_[i].end;
  }
  project_to(context_count_);
  stayed_count_ = 0;
  keys_.end = context_count_;
  for (int64_t tile = 0; tile < keys_.tiles(); ++tile) {
    keys_.open[keys_.store.ring.Slot(tile)] = Bits(0, context_count_ - tile * kKeyTile);
  }
}

void SegmentState::Attend(const Pattern& pattern, const Bias* bias, const float* query, const float* bias_query,
                          int64_t first_row, int64_t rows) {
  AttendJob job;
  job.keys = &keys_;
  job.pattern = &pattern;
  job.bias = bias;
  job.heads = spec_.heads;
  job.scale = spec_.scale;
  job.first_row = first_row;
  job.rows = rows;
  job.query = query;
  job.bias_query = bias_query;
  job.query_stride = spec_.width();
  job.output = spec_.watched > 0 ? marked_out_.data() : attended_.data();
  job.output_stride = spec_.heads * spec_.value_dim();
  job.log_sums = log_sums_.data();
  AttendRows(*layer_.context().runner, job, scratch_);
  if (spec_.watched == 0) return;
  for (int64_t i = 0; i < rows * spec_.heads; ++i) {
    std::copy_n(marked_out_.data() + i * spec_.value_dim(), spec_.head_dim, attended_.data() + i * spec_.head_dim);
  }
}

// Row after row, so that chunks are of no account.
void SegmentState::AddMasses(int64_t begin, int64_t rows) {
  if (begin == 0) {
    std::fill(segment_masses_.begin(), segment_masses_.end(), 0.0);
    segment_mass_rows_ = 0;
  }
  segment_mass_rows_ += rows;
  for (int64_t i = 0; i < rows * spec_.heads; ++i) {
    for (int64_t part = 0; part < spec_.watched; ++part) {
      const float mass = marked_out_[static_cast<size_t>(i * spec_.value_dim() + spec_.head_dim + part)];
      const size_t to = static_cast<size_t>(part * spec_.heads + i % spec_.heads);
      masses_[to] += static_cast<double>(mass);
      segment_masses_[to] += static_cast<double>(mass);
    }
  }
}

void SegmentState::Compute(int64_t begin, int64_t rows, float* out) {
  const int64_t width = spec_.width();
  const float* x = rows_.data() + begin * spec_.d_model;
  Project(x, context_count_ + begin, rows, true);
  const auto shifted = [&](const std::vector<float>& by, absl::Span<float> to) -> const float* {
    if (by.empty()) return q_.data();
    std::copy_n(q_.data(), rows * width, to.data());
    for (int64_t r = 0; r < rows; ++r) kernels::AddTo(by.data(), width, to.data() + r * width);
    return to.data();
  };
  const DistanceBias bias(distances_, spec_.head_dim, spec_.scale);
  Attend(layer_.pattern(), layer_.HasDistances() ? &bias : nullptr, shifted(layer_.bias_u, with_u_),
         shifted(layer_.bias_v, with_v_), context_count_ + begin, rows);
  if (spec_.watched > 0) AddMasses(begin, rows);
  AfterAttend(begin, rows);
  layer_.o.Apply(*layer_.context().runner, attended_.data(), rows, result_.data());
  layer_.Outputs(x, result_.data(), rows, out);
}

void SegmentState::End() {
  if (!begun_) Begin();
  stayed_count_ = 0;
  UpdateContext();
  count_ = 0;
  begun_ = false;
}

void SegmentState::KeepLast(int64_t most) {
  const int64_t d = spec_.d_model;
  const int64_t kept = std::min(most, context_count_ + count_);
  const int64_t from_rows = std::min(kept, count_);
  const int64_t from_context = kept - from_rows;
  if (from_context > 0) {
    std::memmove(context_.data(), context_.data() + (context_count_ - from_context) * d,
                 static_cast<size_t>(from_context * d) * sizeof(float));
  }
  if (from_rows > 0) {
    std::memcpy(context_.data() + from_context * d, rows_.data() + (count_ - from_rows) * d,
                static_cast<size_t>(from_rows * d) * sizeof(float));
  }
  Stay(context_count_ + count_ - kept, 0, kept);
  context_count_ = kept;
}

absl::Status SegmentState::CheckRoom(int64_t rows) const {
  ContextRows context = Context();
  for (int64_t count = count_; rows > 0; count = 0) {
    const int64_t more = std::min(rows, segment_rows_ - count);
    if (more > spec_.most_places - context.all() - count) {
      return absl::OutOfRangeError(absl::StrCat("the layer has positions for ", spec_.most_places,
                                                " rows: those that are remembered and those of a segment"));
    }
    rows -= more;
    if (rows > 0 && spec_.segment == 0) {
      return absl::OutOfRangeError(absl::StrCat("a segment has at most ", segment_rows_, " rows, ", count_,
                                                " have come, got another ", rows + more));
    }
    context = ContextAfter(context, count + more);
  }
  return absl::OkStatus();
}

absl::Status SegmentState::Step(const InputRows& input, int64_t* taken, float* out, int64_t capacity, int64_t* written,
                                bool* full) {
  *taken = *written = 0;
  *full = false;
  const int64_t d = spec_.d_model;
  if (finished_) return absl::FailedPreconditionError("the sequence is finished; nothing can be pushed");
  if (input.mask != nullptr) return absl::UnimplementedError(absl::StrCat(layer_.mechanism(), " takes no mask"));
  const absl::Status room = CheckRoom(input.rows);
  if (!room.ok()) return room;
  while (*taken < input.rows) {
    if (capacity == *written) {
      *full = true;
      return absl::OkStatus();
    }
    const int64_t rows = std::min({input.rows - *taken, capacity - *written, chunk_, segment_rows_ - count_});
    if (!begun_) Begin();
    std::memcpy(rows_.data() + count_ * d, input.q + *taken * d, static_cast<size_t>(rows * d) * sizeof(float));
    Compute(count_, rows, out + *written * d);
    count_ += rows;
    position_ += rows;
    *taken += rows;
    *written += rows;
    if (spec_.segment > 0 && count_ == spec_.segment) End();
  }
  return absl::OkStatus();
}

absl::Status SegmentState::Whole(const InputRows& input, float* out) {
  int64_t taken = 0, written = 0;
  bool full = false;
  return Step(input, &taken, out, input.rows, &written, &full);
}

absl::Status SegmentState::Finish(float*, int64_t, int64_t* written, bool* full) {
  *written = 0;
  *full = false;
  if (!finished_ && count_ > 0) End();
  finished_ = true;
  return absl::OkStatus();
}

absl::Status SegmentState::SetMemory(absl::Span<const float> rows) {
  const int64_t count = static_cast<int64_t>(rows.size()) / spec_.d_model;
  if (begun_ || position_ > 0 || finished_) {
    return absl::FailedPreconditionError("the memory is set before the first row of a sequence");
  }
  if (count > spec_.context_rows || count * spec_.d_model != static_cast<int64_t>(rows.size())) {
    return absl::InvalidArgumentError(absl::StrCat("the memory has at most ", spec_.context_rows, " rows of ",
                                                   spec_.d_model, " numbers, got ", rows.size(), " numbers"));
  }
  std::copy(rows.begin(), rows.end(), context_.begin());
  context_count_ = count;
  stayed_count_ = 0;
  return absl::OkStatus();
}

absl::Status SegmentState::EndSegment() {
  if (spec_.segment > 0) return SequenceState::EndSegment();
  if (finished_) return absl::FailedPreconditionError("the sequence is finished");
  End();
  return absl::OkStatus();
}

}  // namespace lwave::attention
