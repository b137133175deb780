// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "longwave/tokenizer.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "guard.h"
#include "handles.h"
#include "tokenizer/encode.h"
#include "tokenizer/load.h"

using lwave::c_api::CheckBuffer;
using lwave::c_api::Guard;

extern "C" {

lwave_status lwave_tokenizer_open(lwave_context* context, const char* directory, lwave_tokenizer** tokenizer,
                                  lwave_error* error) {
  return lwave_tokenizer_open_route(context, directory, nullptr, tokenizer, error);
}

lwave_status lwave_tokenizer_open_route(lwave_context* context, const char* directory, const char* route,
                                        lwave_tokenizer** tokenizer, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(tokenizer);
    *tokenizer = nullptr;
    LWAVE_REQUIRE(context);
    LWAVE_REQUIRE(directory);
    lwave::tokenizer::TokenizerOptions options;
    const absl::string_view name = route == nullptr ? "automatic" : route;
    if (name == "sentencepiece") {
      options.route = lwave::tokenizer::TokenizerOptions::Route::kSentencePiece;
    } else if (name != "automatic") {
      return absl::InvalidArgumentError(absl::StrCat("route is \"", absl::CHexEscape(name.substr(0, 40)),
                                                     "\", expected automatic or sentencepiece"));
    }
    auto made = std::make_unique<lwave_tokenizer>();
    made->context = context->context;
    absl::StatusOr<std::unique_ptr<lwave::tokenizer::Tokenizer>> loaded =
        lwave::tokenizer::LoadTokenizer(directory, made->context->allocator, options);
    if (!loaded.ok()) return loaded.status();
    made->tokenizer = *std::move(loaded);
    *tokenizer = made.release();
    return absl::OkStatus();
  });
}

void lwave_tokenizer_destroy(lwave_tokenizer* tokenizer) { delete tokenizer; }

int64_t lwave_tokenizer_vocabulary(const lwave_tokenizer* tokenizer) {
  return tokenizer == nullptr ? 0 : tokenizer->tokenizer->vocabulary_size();
}

lwave_status lwave_tokenizer_encode(const lwave_tokenizer* tokenizer, const char* text, int64_t bytes,
                                    const char* pair, int64_t pair_bytes, int32_t add_special_tokens, int32_t* ids,
                                    int32_t* types, int64_t* offsets, int64_t capacity, int64_t* needed,
                                    lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(needed);
    *needed = 0;
    LWAVE_REQUIRE(tokenizer);
    absl::Status status = CheckBuffer("text", text, bytes);
    if (status.ok() && pair != nullptr) status = CheckBuffer("pair", pair, pair_bytes);
    if (status.ok() && capacity != 0) status = CheckBuffer("ids", ids, capacity);
    if (!status.ok()) return status;
    lwave::tokenizer::EncodeOptions options;
    options.add_special = add_special_tokens != 0;
    // A tokenizer alone keeps U+FEFF as the reference does; streams of documents skip a byte order mark.
    options.stream.skip_byte_order_mark = false;
    std::optional<absl::string_view> second;
    if (pair != nullptr) second = absl::string_view(pair, static_cast<size_t>(pair_bytes));
    absl::StatusOr<std::vector<lwave::tokenizer::Encoding>> encodings =
        lwave::tokenizer::Encode(*tokenizer->tokenizer, absl::string_view(text, static_cast<size_t>(bytes)), second,
                                 options, tokenizer->context->allocator);
    if (!encodings.ok()) return encodings.status();
    const lwave::tokenizer::Encoding& encoding = encodings->front();
    const int64_t count = static_cast<int64_t>(encoding.size());
    *needed = count;
    if (capacity == 0) return absl::OkStatus();
    if (capacity < count) {
      return absl::InvalidArgumentError(absl::StrCat("the buffers have room for ", capacity, " ids, need ", count));
    }
    for (size_t i = 0; i < encoding.size(); ++i) {
      ids[i] = encoding.ids[i];
      if (types != nullptr) types[i] = encoding.type_ids[i];
      if (offsets != nullptr) {
        offsets[2 * i] = encoding.offsets[i].first;
        offsets[2 * i + 1] = encoding.offsets[i].second;
      }
    }
    return absl::OkStatus();
  });
}

lwave_status lwave_tokenizer_decode(const lwave_tokenizer* tokenizer, const int32_t* ids, int64_t count,
                                    int32_t skip_special_tokens, char* buffer, int64_t capacity, int64_t* needed,
                                    lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(tokenizer);
    const absl::Status status = CheckBuffer("ids", ids, count);
    if (!status.ok()) return status;
    return lwave::c_api::CopyText(
        tokenizer->tokenizer->Decode(absl::MakeConstSpan(ids, static_cast<size_t>(count)), skip_special_tokens != 0),
        buffer, capacity, needed);
  });
}

}  // extern "C"
