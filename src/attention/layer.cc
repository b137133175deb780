// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What all layers share.

#include "attention/layer.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/json_text.h"

namespace lwave::attention {

absl::StatusOr<std::vector<float>> SequenceState::ReadPart(absl::string_view name) const {
  return absl::NotFoundError(absl::StrCat("the memory has no part called ", name));
}

absl::StatusOr<int64_t> SequenceState::PartSize(absl::string_view name, int64_t /*rows*/, int64_t /*remembered*/) const {
  return absl::NotFoundError(absl::StrCat("the memory has no part called ", name));
}

absl::Status SequenceState::CopyFrom(const SequenceState& other) {
  memory::SnapshotWriter writer("{}");
  if (absl::Status status = other.Save(writer); !status.ok()) return status;
  const std::vector<uint8_t> bytes = writer.Finish();
  absl::StatusOr<memory::SnapshotReader> reader = memory::SnapshotReader::Parse(bytes);
  if (!reader.ok()) return reader.status();
  return Load(*reader);
}

absl::StatusOr<std::vector<float>> Layer::ReadPart(absl::string_view name) const {
  return absl::NotFoundError(absl::StrCat("the layer has no part called ", name));
}

int64_t Layer::ForwardBytes(int64_t rows, int64_t keys) const {
  Arena measure;
  MakeWhole(measure, rows, keys);
  return measure.used();
}

absl::Status Layer::Forward(const InputRows& input, int64_t batch, absl::Span<std::byte> scratch, float* out) const {
  const RowWidths width = widths();
  for (int64_t b = 0; b < batch; ++b) {
    if (b > 0 && NeedsZeros()) std::fill(scratch.begin(), scratch.end(), std::byte{0});
    Arena arena(scratch);
    const std::unique_ptr<SequenceState> state = MakeWhole(arena, input.rows, input.keys);
    InputRows one = input;
    one.q = input.q + b * input.rows * width.q;
    if (width.k > 0) one.k = input.k + b * input.keys * width.k;
    if (width.v > 0) one.v = input.v + b * input.keys * width.v;
    if (input.mask != nullptr) one.mask = input.mask + b * input.keys;
    const absl::Status status = state->Whole(one, out + b * input.rows * width.out);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<LayerPlan> Layer::Plan() const {
  const absl::Status status = CanStream();
  if (!status.ok()) return status;
  LayerPlan plan = Latency();
  Arena measure;
  MakeStream(measure);
  plan.bytes = plan.load_bytes = measure.used();
  return plan;
}

std::string Layer::DescribeJson() const {
  const RowWidths width = widths();
  JsonText json;
  json.Add("mechanism", mechanism_).AddJson("options", options_.ToJson());
  json.Add("q_width", width.q).Add("k_width", width.k).Add("v_width", width.v).Add("out_width", width.out);
  const absl::StatusOr<LayerPlan> plan = Plan();
  json.Add("streams", plan.ok());
  if (plan.ok()) {
    json.Add("memory_bytes", plan->bytes).Add("first_rows", plan->first_rows).Add("steady_rows", plan->steady_rows);
  } else {
    json.Add("why_not", plan.status().message());
  }
  return json.Text();
}

}  // namespace lwave::attention
