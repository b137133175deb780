// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "encodings.h"

#include <vector>

#include "inputs.h"
#include "tokenizer.h"

namespace lwave::bindings {

Encodings* Encodings::Create() {
  lwave_error* error = BeginCall();
  lwave_encodings* handle = nullptr;
  lwave_encodings_create(&handle, error);
  return Wrap<Encodings>(handle, lwave_encodings_destroy, error);
}

void Encodings::Add(Tokenizer* tokenizer, TextIn text, TextIn pair, int32_t has_pair, int32_t add_special_tokens,
                    int64_t max_length, int64_t stride, int32_t strategy, int32_t from_left) {
  lwave_error* error = BeginCall();
  if (!Present(tokenizer, "tokenizer", error)) return;
  const Handle::Alone encodings(shell_, error);
  const Tokenizer::Handle::Shared from(tokenizer->shell(), error);
  if (!encodings || !from) return;
  // An empty text may be a null pointer, which the library reads as none.
  const char* second = has_pair == 0 ? nullptr : pair.data != nullptr ? pair.data : "";
  lwave_encodings_add(encodings.get(), from.get(), text.data, text.count, second, has_pair == 0 ? 0 : pair.count,
                      add_special_tokens, max_length, stride, strategy, from_left, error);
}

void Encodings::Pad(int64_t length, int64_t multiple_of, int32_t on_left, int32_t pad_id, int32_t pad_type) {
  lwave_error* error = BeginCall();
  const Handle::Alone encodings(shell_, error);
  if (encodings) lwave_encodings_pad(encodings.get(), length, multiple_of, on_left, pad_id, pad_type, error);
}

int64_t Encodings::Size() const {
  const Handle::Alone encodings(shell_, BeginCall());
  return lwave_encodings_count(encodings.get());
}

Longs Encodings::Read(int64_t index) const {
  lwave_error* error = BeginCall();
  Longs tokens;
  const Handle::Alone encodings(shell_, error);
  if (!encodings) return tokens;
  Guarded(error, [&] {
    const int64_t count = lwave_encodings_length(encodings.get(), index);
    const size_t size = static_cast<size_t>(count);
    std::vector<int32_t> ids(size), types(size), words(size), sequences(size);
    std::vector<uint8_t> attention(size), special(size);
    std::vector<int64_t> offsets(2 * size);
    lwave_encodings_read(encodings.get(), index, ids.data(), types.data(), attention.data(), special.data(),
                         words.data(), sequences.data(), offsets.data(), count, error);
    if (error->status != LWAVE_OK) return;
    tokens.value.reserve(8 * size);
    for (size_t i = 0; i < size; ++i) {
      tokens.value.insert(tokens.value.end(), {ids[i], types[i], attention[i], special[i], words[i], sequences[i],
                                               offsets[2 * i], offsets[2 * i + 1]});
    }
  });
  return tokens;
}

void Encodings::Close() { shell_.Close(); }
bool Encodings::IsClosed() const { return shell_.closed(); }

}  // namespace lwave::bindings
