// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Windows of texts and batches.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "guard.h"
#include "handles.h"
#include "longwave/tokenizer.h"
#include "tokenizer/encode.h"

using lwave::c_api::CheckBuffer;
using lwave::c_api::Guard;
using lwave::tokenizer::Encoding;
using lwave::tokenizer::Truncation;

namespace {

// More ids than this are no batch of anything.
constexpr int64_t kMostIds = int64_t{1} << 28;

const Encoding* Find(const lwave_encodings* encodings, int64_t index) {
  if (encodings == nullptr || index < 0 || index >= static_cast<int64_t>(encodings->rows.size())) return nullptr;
  return &encodings->rows[static_cast<size_t>(index)];
}

}  // namespace

extern "C" {

lwave_status lwave_tokenizer_of_model(const lwave_model* model, lwave_tokenizer** tokenizer, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(tokenizer);
    *tokenizer = nullptr;
    LWAVE_REQUIRE(model);
    if (model->model->tokenizer() == nullptr) {
      return absl::UnimplementedError(
          absl::StrCat("the model has no tokenizer: ", model->model->no_tokenizer_reason()));
    }
    auto made = std::make_unique<lwave_tokenizer>();
    made->context = model->model->context_ptr();
    made->tokenizer = std::shared_ptr<const lwave::tokenizer::Tokenizer>(model->model, model->model->tokenizer());
    *tokenizer = made.release();
    return absl::OkStatus();
  });
}

lwave_status lwave_encodings_create(lwave_encodings** encodings, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(encodings);
    *encodings = nullptr;
    *encodings = new lwave_encodings;
    return absl::OkStatus();
  });
}

void lwave_encodings_destroy(lwave_encodings* encodings) { delete encodings; }

lwave_status lwave_encodings_add(lwave_encodings* encodings, const lwave_tokenizer* tokenizer, const char* text,
                                 int64_t bytes, const char* pair, int64_t pair_bytes, int32_t add_special_tokens,
                                 int64_t max_length, int64_t stride, int32_t strategy, int32_t from_left,
                                 lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(encodings);
    LWAVE_REQUIRE(tokenizer);
    absl::Status status = CheckBuffer("text", text, bytes);
    if (status.ok() && pair != nullptr) status = CheckBuffer("pair", pair, pair_bytes);
    if (!status.ok()) return status;
    if (max_length < 0 || max_length > kMostIds || stride < 0) {
      return absl::InvalidArgumentError(absl::StrCat("max_length must be 0 to ", kMostIds,
                                                     " and stride at least 0, got ", max_length, " and ", stride));
    }
    if (strategy < LWAVE_LONGEST_FIRST || strategy > LWAVE_ONLY_SECOND) {
      return absl::InvalidArgumentError(absl::StrCat("strategy must be 0 to 2, got ", strategy));
    }
    lwave::tokenizer::EncodeOptions options;
    options.add_special = add_special_tokens != 0;
    options.stream.skip_byte_order_mark = false;
    if (max_length > 0) {
      Truncation& truncation = options.truncation.emplace();
      truncation.max_length = max_length;
      truncation.stride = stride;
      truncation.strategy = strategy == LWAVE_LONGEST_FIRST ? Truncation::Strategy::kLongestFirst
                            : strategy == LWAVE_ONLY_FIRST  ? Truncation::Strategy::kOnlyFirst
                                                            : Truncation::Strategy::kOnlySecond;
      truncation.from_left = from_left != 0;
    }
    std::optional<absl::string_view> second;
    if (pair != nullptr) second = absl::string_view(pair, static_cast<size_t>(pair_bytes));
    absl::StatusOr<std::vector<Encoding>> made =
        lwave::tokenizer::Encode(*tokenizer->tokenizer, absl::string_view(text, static_cast<size_t>(bytes)), second,
                                 options, tokenizer->context->allocator);
    if (!made.ok()) return made.status();
    encodings->rows.reserve(encodings->rows.size() + made->size());
    std::move(made->begin(), made->end(), std::back_inserter(encodings->rows));
    return absl::OkStatus();
  });
}

lwave_status lwave_encodings_pad(lwave_encodings* encodings, int64_t length, int64_t multiple_of, int32_t on_left,
                                 int32_t pad_id, int32_t pad_type, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(encodings);
    if (length < 0 || length > kMostIds || multiple_of < 0 || multiple_of > kMostIds) {
      return absl::InvalidArgumentError(absl::StrCat("length and multiple_of must be 0 to ", kMostIds, ", got ", length,
                                                     " and ", multiple_of));
    }
    lwave::tokenizer::Padding padding;
    padding.length = length;
    padding.multiple_of = multiple_of;
    padding.on_left = on_left != 0;
    padding.pad_id = pad_id;
    padding.pad_type_id = pad_type;
    std::vector<Encoding> rows = encodings->rows;
    lwave::tokenizer::Pad(padding, absl::MakeSpan(rows));
    encodings->rows = std::move(rows);
    return absl::OkStatus();
  });
}

int64_t lwave_encodings_count(const lwave_encodings* encodings) {
  return encodings == nullptr ? 0 : static_cast<int64_t>(encodings->rows.size());
}

int64_t lwave_encodings_length(const lwave_encodings* encodings, int64_t index) {
  const Encoding* encoding = Find(encodings, index);
  return encoding == nullptr ? 0 : static_cast<int64_t>(encoding->size());
}

lwave_status lwave_encodings_read(const lwave_encodings* encodings, int64_t index, int32_t* ids, int32_t* types,
                                  uint8_t* attention_mask, uint8_t* special_mask, int32_t* word_ids,
                                  int32_t* sequence_ids, int64_t* offsets, int64_t capacity, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(encodings);
    const Encoding* encoding = Find(encodings, index);
    if (encoding == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat("index must be 0 to ", encodings->rows.size(), " - 1, got ", index));
    }
    const int64_t count = static_cast<int64_t>(encoding->size());
    if (capacity < count) {
      return absl::InvalidArgumentError(absl::StrCat("the buffers have room for ", capacity, " ids, need ", count));
    }
    const auto copy = [](const auto& from, auto* to) {
      if (to != nullptr) std::copy(from.begin(), from.end(), to);
    };
    copy(encoding->ids, ids);
    copy(encoding->type_ids, types);
    copy(encoding->attention_mask, attention_mask);
    copy(encoding->special_mask, special_mask);
    copy(encoding->word_ids, word_ids);
    copy(encoding->sequence_ids, sequence_ids);
    for (size_t i = 0; offsets != nullptr && i < encoding->size(); ++i) {
      offsets[2 * i] = encoding->offsets[i].first;
      offsets[2 * i + 1] = encoding->offsets[i].second;
    }
    return absl::OkStatus();
  });
}

}  // extern "C"
