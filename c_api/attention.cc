// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Layers: create, forward over whole sequences, and rows into a memory.

#include "longwave/attention.h"

#include <algorithm>

#include "attention/error_estimate.h"
#include "guard.h"
#include "handles.h"

namespace {

using lwave::attention::InputRows;
using lwave::attention::Layer;
using lwave::attention::LayerMemory;
using lwave::attention::RowWidths;
using lwave::c_api::Guard;

constexpr int64_t kMostRows = int64_t{1} << 32;

absl::Status CheckLengths(const Layer& layer, int64_t queries, int64_t keys) {
  if (queries < 0 || keys < 0 || queries > kMostRows || keys > kMostRows) {
    return absl::InvalidArgumentError(absl::StrCat("queries and keys must not be negative, got ", queries, " and ", keys));
  }
  if (queries != keys && !layer.cross()) {
    return absl::InvalidArgumentError(absl::StrCat("a ", layer.mechanism(), " layer has as many queries as keys, got ",
                                                   queries, " and ", keys));
  }
  return absl::OkStatus();
}

absl::Status CheckInput(absl::string_view name, const void* data, int64_t count, int64_t expected) {
  const absl::Status status = lwave::c_api::CheckBuffer(name, data, count);
  if (!status.ok()) return status;
  return lwave::c_api::CheckCount(absl::StrCat(name, "_count"), count, expected);
}

absl::Status CheckMask(const int32_t* mask, int64_t count, int64_t expected) {
  const absl::Status status = lwave::c_api::CheckBuffer("mask", mask, count);
  if (!status.ok()) return status;
  if (count == 0) return absl::OkStatus();
  for (int64_t i = 0; i < count; ++i) {
    if (mask[i] != 0 && mask[i] != 1) {
      return absl::InvalidArgumentError(absl::StrCat("mask at index ", i, " must be 0 or 1, got ", mask[i]));
    }
  }
  return lwave::c_api::CheckCount("mask_count", count, expected);
}

// Buffers of `sequences` sequences.
absl::Status CheckRows(const Layer& layer, const InputRows& rows, int64_t sequences, int64_t q_count, int64_t k_count,
                       int64_t v_count, int64_t mask_count) {
  const RowWidths width = layer.widths();
  absl::Status status = CheckInput("q", rows.q, q_count, sequences * rows.rows * width.q);
  if (status.ok()) status = CheckInput("k", rows.k, k_count, sequences * rows.keys * width.k);
  if (status.ok()) status = CheckInput("v", rows.v, v_count, sequences * rows.keys * width.v);
  if (status.ok()) status = CheckMask(rows.mask, mask_count, sequences * rows.keys);
  return status;
}

absl::StatusOr<LayerMemory*> LayerOf(lwave_memory* memory) {
  LWAVE_REQUIRE(memory);
  if (memory->layer == nullptr) return absl::FailedPreconditionError("the memory is a model's, not a layer's");
  return memory->layer.get();
}

}  // namespace

extern "C" {

lwave_status lwave_attention_create(lwave_context* context, const lwave_config* config, lwave_attention** attention,
                                    lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(attention);
    *attention = nullptr;
    LWAVE_REQUIRE(context);
    LWAVE_REQUIRE(config);
    if (config->mechanism == nullptr) return absl::UnimplementedError("a config of kind stream makes no layer");
    absl::StatusOr<lwave::attention::LayerPtr> layer = lwave::attention::CreateLayer(*config->mechanism, context->context, config->layer);
    if (!layer.ok()) return layer.status();
    *attention = new lwave_attention{*std::move(layer)};
    return absl::OkStatus();
  });
}

void lwave_attention_destroy(lwave_attention* attention) { delete attention; }

lwave_status lwave_attention_get_int(const lwave_attention* attention, const char* key, int64_t* value,
                                     lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(attention);
    LWAVE_REQUIRE(key);
    LWAVE_REQUIRE(value);
    const RowWidths width = attention->layer->widths();
    const absl::string_view name = key;
    if (name == "q_width") {
      *value = width.q;
    } else if (name == "k_width") {
      *value = width.k;
    } else if (name == "v_width") {
      *value = width.v;
    } else if (name == "out_width") {
      *value = width.out;
    } else if (name == "streams") {
      *value = attention->layer->CanStream().ok() ? 1 : 0;
    } else {
      return absl::InvalidArgumentError(absl::StrCat("a layer has no number called ", key));
    }
    return absl::OkStatus();
  });
}

lwave_status lwave_attention_describe(const lwave_attention* attention, char* buffer, int64_t capacity,
                                      int64_t* needed, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(attention);
    return lwave::c_api::CopyText(attention->layer->DescribeJson(), buffer, capacity, needed);
  });
}

lwave_status lwave_attention_read_part(const lwave_attention* attention, const char* name, float* values,
                                       int64_t capacity, int64_t* needed, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(attention);
    LWAVE_REQUIRE(name);
    return lwave::c_api::CopyPart(attention->layer->ReadPart(name), values, capacity, needed);
  });
}

lwave_status lwave_attention_plan(const lwave_attention* attention, int64_t queries, int64_t keys, int64_t* bytes,
                                  lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(attention);
    LWAVE_REQUIRE(bytes);
    const absl::Status status = CheckLengths(*attention->layer, queries, keys);
    if (!status.ok()) return status;
    *bytes = attention->layer->ForwardBytes(queries, keys);
    return absl::OkStatus();
  });
}

lwave_status lwave_workspace_create_for_attention(const lwave_attention* attention, int64_t queries, int64_t keys,
                                                  lwave_workspace** workspace, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(workspace);
    *workspace = nullptr;
    LWAVE_REQUIRE(attention);
    absl::Status status = CheckLengths(*attention->layer, queries, keys);
    if (!status.ok()) return status;
    auto made = std::make_unique<lwave_workspace>();
    made->layer = attention->layer;
    status = made->storage.Resize(attention->layer->context().allocator,
                                  static_cast<size_t>(attention->layer->ForwardBytes(queries, keys)));
    if (!status.ok()) return status;
    *workspace = made.release();
    return absl::OkStatus();
  });
}

lwave_status lwave_attention_forward(const lwave_attention* attention, lwave_workspace* workspace, const float* q,
                                     int64_t q_count, const float* k, int64_t k_count, const float* v,
                                     int64_t v_count, const int32_t* mask, int64_t mask_count, int64_t batch,
                                     int64_t queries, int64_t keys, float* out, int64_t out_count,
                                     lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(attention);
    const Layer& layer = *attention->layer;
    absl::Status status = CheckLengths(layer, queries, keys);
    if (!status.ok()) return status;
    if (batch < 0 || batch > kMostRows / std::max<int64_t>({queries, keys, 1})) {
      return absl::InvalidArgumentError(absl::StrCat("batch must not be negative, got ", batch));
    }
    const InputRows input = {q, k, v, mask_count > 0 ? mask : nullptr, queries, keys};
    status = CheckRows(layer, input, batch, q_count, k_count, v_count, mask_count);
    if (status.ok()) status = CheckInput("out", out, out_count, batch * queries * layer.widths().out);
    if (!status.ok()) return status;
    const size_t bytes = static_cast<size_t>(layer.ForwardBytes(queries, keys));
    lwave::Buffer<std::byte> own;
    absl::Span<std::byte> scratch;
    if (workspace == nullptr) {
      status = own.Resize(layer.context().allocator, bytes);
      if (!status.ok()) return status;
      scratch = own.span();
    } else if (workspace->layer != attention->layer) {
      return absl::InvalidArgumentError("the workspace was made for another layer");
    } else if (bytes > workspace->storage.size()) {
      return absl::OutOfRangeError("the workspace was made for shorter sequences");
    } else {
      scratch = workspace->storage.span();
      if (layer.NeedsZeros()) std::fill(scratch.begin(), scratch.end(), std::byte{0});
    }
    return layer.Forward(input, batch, scratch, out);
  });
}

lwave_status lwave_attention_estimate_error(const lwave_attention* attention, const float* q, int64_t q_count,
                                            const float* k, int64_t k_count, const float* v, int64_t v_count,
                                            const int32_t* mask, int64_t mask_count, int64_t queries, int64_t keys,
                                            const float* out, int64_t out_count, int64_t samples, int64_t seed,
                                            double* relative, double* mean_relative, double* max_relative,
                                            lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(attention);
    const Layer& layer = *attention->layer;
    absl::Status status = CheckLengths(layer, queries, keys);
    if (!status.ok()) return status;
    const InputRows input = {q, k, v, mask_count > 0 ? mask : nullptr, queries, keys};
    status = CheckRows(layer, input, 1, q_count, k_count, v_count, mask_count);
    const int64_t numbers = queries * layer.widths().out;
    const bool given = out != nullptr || out_count != 0;
    if (status.ok() && given) status = CheckInput("out", out, out_count, numbers);
    if (!status.ok()) return status;
    lwave::Buffer<float> rows;
    lwave::Buffer<std::byte> scratch;
    if (!given) {
      const lwave::Allocator& allocator = layer.context().allocator;
      status = rows.Resize(allocator, static_cast<size_t>(numbers));
      if (status.ok()) status = scratch.Resize(allocator, static_cast<size_t>(layer.ForwardBytes(queries, keys)));
      if (status.ok()) status = layer.Forward(input, 1, scratch.span(), rows.data());
      if (!status.ok()) return status;
      out = rows.data();
    }
    const absl::StatusOr<lwave::attention::ErrorEstimate> estimate =
        lwave::attention::EstimateError(layer, input, out, samples, static_cast<uint64_t>(seed));
    if (!estimate.ok()) return estimate.status();
    if (relative != nullptr) *relative = estimate->relative;
    if (mean_relative != nullptr) *mean_relative = estimate->mean_relative;
    if (max_relative != nullptr) *max_relative = estimate->max_relative;
    return absl::OkStatus();
  });
}

lwave_status lwave_memory_plan_for_attention(const lwave_attention* attention, int64_t* bytes, int64_t* load_bytes,
                                             int64_t* first_rows, int64_t* steady_rows, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(attention);
    return lwave::c_api::GivePlan(attention->layer->Plan(), bytes, load_bytes, first_rows, steady_rows);
  });
}

lwave_status lwave_memory_create_for_attention(const lwave_attention* attention, lwave_memory** memory,
                                               lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(memory);
    *memory = nullptr;
    LWAVE_REQUIRE(attention);
    absl::StatusOr<std::unique_ptr<LayerMemory>> made = LayerMemory::Create(attention->layer);
    if (!made.ok()) return made.status();
    *memory = new lwave_memory{nullptr, *std::move(made)};
    return absl::OkStatus();
  });
}

lwave_status lwave_memory_step(lwave_memory* memory, const float* q, int64_t q_count, const float* k, int64_t k_count,
                               const float* v, int64_t v_count, const int32_t* mask, int64_t mask_count, int64_t rows,
                               int64_t* taken, float* out, int64_t capacity, int64_t* rows_written,
                               lwave_error* error) {
  return Guard(error, [&]() -> absl::StatusOr<lwave::stream::Stop> {
    LWAVE_REQUIRE(taken);
    LWAVE_REQUIRE(rows_written);
    *taken = *rows_written = 0;
    absl::StatusOr<LayerMemory*> layer = LayerOf(memory);
    if (!layer.ok()) return layer.status();
    if (rows < 0 || rows > kMostRows) {
      return absl::InvalidArgumentError(absl::StrCat("rows must not be negative, got ", rows));
    }
    const InputRows input = {q, k, v, mask_count > 0 ? mask : nullptr, rows, rows};
    absl::Status status = CheckRows((*layer)->layer(), input, 1, q_count, k_count, v_count, mask_count);
    if (status.ok()) status = lwave::c_api::CheckBuffer("out", out, capacity);
    if (!status.ok()) return status;
    bool full = false;
    status = (*layer)->state().Step(input, taken, out, capacity / (*layer)->layer().widths().out, rows_written, &full);
    if (!status.ok()) return status;
    return full ? lwave::stream::Stop::kOutputFull : lwave::stream::Stop::kDone;
  });
}

lwave_status lwave_memory_end_segment(lwave_memory* memory, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    absl::StatusOr<LayerMemory*> layer = LayerOf(memory);
    if (!layer.ok()) return layer.status();
    return (*layer)->state().EndSegment();
  });
}

lwave_status lwave_memory_read_part(const lwave_memory* memory, const char* name, float* values, int64_t capacity,
                                    int64_t* needed, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(memory);
    LWAVE_REQUIRE(name);
    if (memory->layer == nullptr) return absl::NotFoundError("a model's memory has no parts to read");
    return lwave::c_api::CopyPart(memory->layer->state().ReadPart(name), values, capacity, needed);
  });
}

}  // extern "C"
