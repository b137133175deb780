// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The properties of characters, their version, and the places where the reference's tables are older.

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "tokenizer/unicode.h"

namespace lwave::tokenizer {
namespace {

TEST_CASE("the Unicode data underneath is version 15.0.0", "[tokenizer]") {
  CHECK(std::string(UnicodeVersion()) == "15.0.0");
}

TEST_CASE("kinds of all characters are those of the reference's tables", "[tokenizer]") {
  // Counts in the category tables of Unicode 8 (private use included in kOther).
  int64_t counts[4] = {0, 0, 0, 0};
  for (uint32_t c = 0; c < 0x110000; ++c) {
    if (IsScalarValue(c)) ++counts[static_cast<size_t>(ReferenceKindOf(c))];
  }
  CHECK(counts[static_cast<size_t>(ReferenceKind::kNonspacing)] == 1567);
  CHECK(counts[static_cast<size_t>(ReferenceKind::kPunctuation)] == 73 + 10 + 24 + 10 + 12 + 75 + 513);
  CHECK(counts[static_cast<size_t>(ReferenceKind::kOther)] == 65 + 150 + 6400 + 2 * 65534);
}

TEST_CASE("characters that came after the reference's tables are ordinary to it", "[tokenizer]") {
  CHECK(ReferenceKindOf(0x0378) == ReferenceKind::kOrdinary);      // unassigned
  CHECK(ReferenceKindOf(0x08D4) == ReferenceKind::kOrdinary);      // Mn since 9.0
  CHECK(ReferenceKindOf(0x2E43) == ReferenceKind::kOrdinary);      // Po since 9.0
  CHECK(ReferenceKindOf(0x1734) == ReferenceKind::kNonspacing);    // Mc since 14.0
  CHECK(ReferenceKindOf(0x166D) == ReferenceKind::kPunctuation);   // So since 12.0
  CHECK(ReferenceKindOf(0x111C9) == ReferenceKind::kPunctuation);  // Mn since 11.0
  CHECK(ReferenceKindOf(0x180E) == ReferenceKind::kOther);
  CHECK(ReferenceKindOf(0xE000) == ReferenceKind::kOther);
  CHECK(ReferenceKindOf(0x301) == ReferenceKind::kNonspacing);
}

TEST_CASE("BERT's punctuation takes ASCII symbols but no other symbols", "[tokenizer]") {
  for (const char c : std::string("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"))
    CHECK(IsBertPunctuation(static_cast<uint32_t>(c)));
  CHECK(IsBertPunctuation(0x2014));
  CHECK(!IsBertPunctuation(0x20AC));
  CHECK(!IsBertPunctuation('a'));
}

TEST_CASE("CJK characters have the reference's gap", "[tokenizer]") {
  CHECK(IsBertCjk(0x4E00));
  CHECK(IsBertCjk(0x2B81F));
  CHECK(!IsBertCjk(0x2B820));
  CHECK(!IsBertCjk(0x2B91F));
  CHECK(IsBertCjk(0x2B920));
  CHECK(!IsBertCjk(0x3042));
}

TEST_CASE("decomposition is complete and lower case may expand", "[tokenizer]") {
  uint32_t out[kMaxDecomposition];
  REQUIRE(Decompose(0x1EA5, out) == 3);
  CHECK(out[0] == 'a');
  CHECK(out[1] == 0x302);
  CHECK(out[2] == 0x301);
  REQUIRE(Decompose(0xD55C, out) == 3);
  CHECK(out[0] == 0x1112);
  CHECK(Decompose(0x11938, out) == 1);
  CHECK(Decompose('a', out) == 1);
  CHECK(Decompose(0xFB01, out) == 1);
  CHECK(Decompose(0x1F82, out) == 4);
  uint32_t lower[kMaxLowercase];
  CHECK(Lowercase(0x130, lower) == 2);
  CHECK(Lowercase(0x3A3, lower) == 1);
  CHECK(lower[0] == 0x3C3);
  CHECK(Lowercase(0x1E9E, lower) == 1);
  CHECK(lower[0] == 0xDF);
}

TEST_CASE("closing quotes and brackets are ASCII quotes, Pe and Pf", "[tokenizer]") {
  for (const uint32_t c : {0x22u, 0x27u, 0x29u, 0x5Du, 0x7Du, 0x2019u, 0x201Du, 0xBBu, 0x300Du}) {
    CHECK(SentenceBits(c) == kSentenceCloser);
  }
  for (const uint32_t c : {0x28u, 0x2018u, 0x201Cu, 0xABu, 0x2Cu, 0x61u}) CHECK(SentenceBits(c) == 0);
}

TEST_CASE("UTF-8 goes out and comes back for every character", "[tokenizer]") {
  for (uint32_t c = 0; c < 0x110000; ++c) {
    if (!IsScalarValue(c)) continue;
    char bytes[4];
    const size_t length = EncodeUtf8(c, bytes);
    size_t position = 0;
    if (DecodeUtf8(absl::string_view(bytes, length), &position) != c || position != length) {
      INFO(c);
      REQUIRE(false);
    }
  }
  CHECK(!IsValidUtf8("\xED\xA0\x80"));
  CHECK(!IsValidUtf8("\xC0\x80"));
  CHECK(IsValidUtf8("\xF4\x8F\xBF\xBF"));
}

}  // namespace
}  // namespace lwave::tokenizer
