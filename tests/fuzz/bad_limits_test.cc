// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Limits of windows over texts: those that nothing fits in are refused whatever the text, all others keep every window
// within them.

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "support/api.h"

namespace lwave::test {
namespace {

using Encodings = Owned<lwave_encodings, lwave_encodings_destroy>;

struct Limits {
  int64_t max_length, stride;
  int32_t strategy;
};

// Adds one text, or a pair, and returns what the call says; what was added is within the limits and loses no token.
lwave_status Add(const Encodings& list, const Tokenizer& tokenizer, const std::string& text, const std::string* pair,
                 bool specials, const Limits& limits) {
  Error error;
  const int64_t before = lwave_encodings_count(list.get());
  const lwave_status status = lwave_encodings_add(
      list.get(), tokenizer.get(), text.data(), static_cast<int64_t>(text.size()), pair == nullptr ? nullptr : pair->data(),
      pair == nullptr ? 0 : static_cast<int64_t>(pair->size()), specials ? 1 : 0, limits.max_length, limits.stride,
      limits.strategy, 0, error);
  if (status != LWAVE_OK) {
    CHECK(error.message()[0] != '\0');
    CHECK(lwave_encodings_count(list.get()) == before);
    return status;
  }
  for (int64_t i = before; i < lwave_encodings_count(list.get()); ++i) {
    CHECK(lwave_encodings_length(list.get(), i) <= limits.max_length);
  }
  return status;
}

TEST_CASE("limits that leave no room for a token are refused whatever the text, others keep every window within them",
          "[bad-input][tokenizer]") {
  const Context context = MakeContext(1);
  const Tokenizer tokenizer = OpenTokenizer(context, LWAVE_TEST_DATA "/models/tiny/bert-base");
  Error error;
  lwave_encodings* made = nullptr;
  error.Check(lwave_encodings_create(&made, error));
  const Encodings list(made);
  const std::string texts[] = {"", "one", "a text of some more words than that, which is cut"};
  for (const std::string& text : texts) {
    for (const std::string* pair : {static_cast<const std::string*>(nullptr), &texts[0], &texts[1], &texts[2]}) {
      for (const bool specials : {false, true}) {
        const int64_t added = !specials ? 0 : pair == nullptr ? 2 : 3;
        for (int64_t length = 1; length < 12; ++length) {
          for (int64_t stride = 0; stride < 12; ++stride) {
            for (const int32_t strategy : {LWAVE_LONGEST_FIRST, LWAVE_ONLY_FIRST, LWAVE_ONLY_SECOND}) {
              INFO("'" << text << "'" << (pair == nullptr ? "" : " and '" + *pair + "'") << ", " << length << ", " << stride
                       << ", strategy " << strategy);
              const lwave_status status = Add(list, tokenizer, text, pair, specials, {length, stride, strategy});
              const bool none = length <= added || stride >= length - added;
              if (none) CHECK(status == LWAVE_INVALID_ARGUMENT);
              // Of one text any part may go.
              const bool possible = pair == nullptr && strategy != LWAVE_ONLY_SECOND;
              if (!none && possible) CHECK(status == LWAVE_OK);
              CHECK((status == LWAVE_OK || status == LWAVE_INVALID_ARGUMENT));
            }
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace lwave::test
