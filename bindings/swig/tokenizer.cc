// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "tokenizer.h"

#include "context.h"
#include "inputs.h"
#include "model.h"

namespace lwave::bindings {

Tokenizer* Tokenizer::Open(Context* context, NameIn directory) {
  lwave_error* error = BeginCall();
  lwave_tokenizer* handle = nullptr;
  const NameText path(directory, error);
  if (path && Present(context, "context", error)) {
    const Context::Handle::Shared from(context->shell(), error);
    if (from) lwave_tokenizer_open(from.get(), path.get(), &handle, error);
  }
  return Wrap<Tokenizer>(handle, lwave_tokenizer_destroy, error);
}

Tokenizer* Tokenizer::OpenRoute(Context* context, NameIn directory, NameIn route) {
  lwave_error* error = BeginCall();
  lwave_tokenizer* handle = nullptr;
  const NameText path(directory, error), way(route, error);
  if (path && way && Present(context, "context", error)) {
    const Context::Handle::Shared from(context->shell(), error);
    if (from) lwave_tokenizer_open_route(from.get(), path.get(), way.get(), &handle, error);
  }
  return Wrap<Tokenizer>(handle, lwave_tokenizer_destroy, error);
}

Tokenizer* Tokenizer::OfModel(Model* model) {
  lwave_error* error = BeginCall();
  lwave_tokenizer* handle = nullptr;
  if (Present(model, "model", error)) {
    const Model::Handle::Shared from(model->shell(), error);
    if (from) lwave_tokenizer_of_model(from.get(), &handle, error);
  }
  return Wrap<Tokenizer>(handle, lwave_tokenizer_destroy, error);
}

int64_t Tokenizer::Vocabulary() const {
  const Handle::Shared tokenizer(shell_, BeginCall());
  return lwave_tokenizer_vocabulary(tokenizer.get());
}

Longs Tokenizer::Encode(TextIn text, TextIn pair, int32_t has_pair, int32_t add_special_tokens) const {
  lwave_error* error = BeginCall();
  Longs tokens;
  const Handle::Shared tokenizer(shell_, error);
  if (!tokenizer) return tokens;
  // An empty text may be a null pointer, which the library reads as none.
  const char* second = has_pair == 0 ? nullptr : pair.data != nullptr ? pair.data : "";
  Guarded(error, [&] {
    std::vector<int32_t> ids, types;
    std::vector<int64_t> offsets;
    const auto encode = [&](int64_t capacity) {
      ids.resize(static_cast<size_t>(capacity));
      types.resize(static_cast<size_t>(capacity));
      offsets.resize(static_cast<size_t>(2 * capacity));
      int64_t needed = 0;
      lwave_tokenizer_encode(tokenizer.get(), text.data, text.count, second, has_pair == 0 ? 0 : pair.count,
                             add_special_tokens, ids.data(), types.data(), offsets.data(), capacity, &needed, error);
      return needed;
    };
    // Once where there are at most as many tokens as bytes, which is nearly always.
    const int64_t room = text.count + (has_pair == 0 ? 0 : pair.count) + 8;
    int64_t count = encode(room);
    if (error->status == LWAVE_INVALID_ARGUMENT && count > room) {
      error->status = LWAVE_OK;
      count = encode(count);
    }
    if (error->status != LWAVE_OK) return;
    tokens.value.reserve(static_cast<size_t>(4 * count));
    for (size_t i = 0; i < static_cast<size_t>(count); ++i) {
      tokens.value.insert(tokens.value.end(), {ids[i], types[i], offsets[2 * i], offsets[2 * i + 1]});
    }
  });
  return tokens;
}

Text Tokenizer::Decode(IntsIn ids, int32_t skip_special_tokens) const {
  lwave_error* error = BeginCall();
  const Handle::Shared tokenizer(shell_, error);
  if (!tokenizer) return {};
  return CollectText(error, [&](char* buffer, int64_t capacity, int64_t* needed) {
    return lwave_tokenizer_decode(tokenizer.get(), ids.data, ids.count, skip_special_tokens, buffer, capacity, needed,
                                  error);
  });
}

void Tokenizer::Close() { shell_.Close(); }
bool Tokenizer::IsClosed() const { return shell_.closed(); }

}  // namespace lwave::bindings
