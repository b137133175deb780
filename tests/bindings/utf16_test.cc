// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Strings of UTF-16: cut anywhere, with halves missing, and ranges counted in their units.

#include <random>

#include "binding_support.h"
#include "swig/utf16_input.h"
#include "swig/utf16_map.h"

namespace lwave::bindings::test {
namespace {

// Written for reading: one character after another, a half without the other as U+FFFD.
std::u32string Characters(std::u16string_view text) {
  std::u32string characters;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool pair = i + 1 < text.size() && text[i] >= 0xD800 && text[i] <= 0xDBFF && text[i + 1] >= 0xDC00 && text[i + 1] <= 0xDFFF;
    if (pair) {
      characters += static_cast<char32_t>(0x10000 + (text[i] - 0xD800) * 0x400 + (text[i + 1] - 0xDC00));
      ++i;
    } else {
      characters += text[i] >= 0xD800 && text[i] <= 0xDFFF ? char32_t{0xFFFD} : char32_t{text[i]};
    }
  }
  return characters;
}

std::string Utf8(const std::u32string& characters) {
  std::string bytes;
  for (char32_t c : characters) {
    const int more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    const int lead[] = {0x00, 0xC0, 0xE0, 0xF0};
    bytes += static_cast<char>(static_cast<uint32_t>(lead[more]) | c >> (6 * more));
    for (int i = more - 1; i >= 0; --i) bytes += static_cast<char>(0x80 | (c >> (6 * i) & 0x3F));
  }
  return bytes;
}

// Words of letters of every width, halves of pairs among them.
std::u16string RandomText(std::mt19937& random, size_t units) {
  const std::u16string pieces[] = {u"a",  u"the ", u"word. ", u"\u00E9t\u00E9 ", u"\u6F22\u5B57", u"\U0001F600",
                                   u" \n\n", u"\u20AC", u"nine ", u"\U00020BB7 ", std::u16string(1, char16_t{0xD83D}),
                                   std::u16string(1, char16_t{0xDE00})};
  std::u16string text;
  while (text.size() < units) text += pieces[random() % std::size(pieces)];
  return text;
}

TEST_CASE("The map agrees with counting characters, for text cut anywhere", "[bindings]") {
  std::mt19937 random(7);
  for (int round = 0; round < 50; ++round) {
    const std::u32string characters = Characters(RandomText(random, 200));
    const std::string bytes = Utf8(characters);
    Utf16Map map;
    for (size_t at = 0; at < bytes.size();) {
      const size_t size = std::min<size_t>(bytes.size() - at, 1 + random() % 7);
      map.Add(bytes.data() + at, static_cast<int64_t>(size));
      at += size;
    }
    int64_t byte = 0, unit = 0;
    for (char32_t c : characters) {
      REQUIRE(map.At(byte) == unit);
      byte += static_cast<int64_t>(Utf8(std::u32string(1, c)).size());
      unit += c < 0x10000 ? 1 : 2;
      if (random() % 8 == 0) map.Forget(byte);
    }
    CHECK(map.At(byte) == unit);
    CHECK(map.At(byte + 1) == Utf16Map::kUnknown);
    CHECK(map.At(0) == 0);
  }
}

TEST_CASE("A bad part of UTF-8 is one unit, as long as it could have become a character", "[bindings]") {
  const auto units = [](std::string_view text) {
    Utf16Map map;
    map.Add(text.data(), static_cast<int64_t>(text.size()));
    map.End();
    return map.At(static_cast<int64_t>(text.size()));
  };
  CHECK(units("\xFF\xFE") == 2);
  CHECK(units("\x80") == 1);
  CHECK(units("\xC0\x80") == 2);
  CHECK(units("\xE2\x82") == 1);
  CHECK(units("\xE2\x82x") == 2);
  CHECK(units("\xED\xA0\x80") == 3);
  CHECK(units("\xF0\x9F\x98") == 1);
  CHECK(units("\xF0\x80\x80\x80") == 4);
  CHECK(units("\xF4\x90\x80\x80") == 4);
  CHECK(units("\xF0\x9F\x98\x80") == 2);
}

TEST_CASE("Plain text of any length is one run; the oldest of too many runs are forgotten", "[bindings]") {
  Utf16Map plain;
  const std::string blank(1 << 20, ' ');
  plain.Add(blank.data(), static_cast<int64_t>(blank.size()));
  CHECK(plain.At(777777) == 777777);
  Utf16Map mixed;
  std::string text;
  for (int64_t i = 0; i < Utf16Map::kMostRuns; ++i) text += "x\xC3\xA9";
  mixed.Add(text.data(), static_cast<int64_t>(text.size()));
  CHECK(mixed.At(3) == Utf16Map::kUnknown);
  CHECK(mixed.At(static_cast<int64_t>(text.size())) == 2 * Utf16Map::kMostRuns);
  CHECK(mixed.At(static_cast<int64_t>(text.size()) - 3) == 2 * Utf16Map::kMostRuns - 2);
}

// Everything a stream gives for UTF-16 cut into calls, with a queue so short that pushes stop in between.
std::vector<Item> Read(Model& model, std::u16string_view text, std::mt19937* random, bool fork) {
  const int64_t width = model.GetInt(AsName("embedding_width"));
  auto stream = Own(Stream::Create(&model, Alone(6, 1).get()));
  std::vector<Item> items;
  while (!text.empty()) {
    const size_t size = random == nullptr ? text.size() : std::min<size_t>(text.size(), 1 + (*random)() % 40);
    int64_t taken[1] = {};
    const int32_t stop = stream->PushUtf16(AsUtf16(text.substr(0, size)), Out(taken));
    INFO(LastMessage());
    REQUIRE(LastStatus() == LWAVE_OK);
    REQUIRE((stop == LWAVE_OK || stop == LWAVE_OUTPUT_FULL));
    REQUIRE((stop == LWAVE_OUTPUT_FULL || taken[0] == static_cast<int64_t>(size)));
    text.remove_prefix(static_cast<size_t>(taken[0]));
    if (stop == LWAVE_OUTPUT_FULL || (random != nullptr && (*random)() % 2 == 0)) Drain(*stream, width, items);
    if (fork) stream = Own(stream->Fork());
  }
  Finish(*stream, width, items);
  return items;
}

TEST_CASE("UTF-16 cut anywhere gives what its UTF-8 gives, with ranges in both", "[bindings]") {
  const auto context = Own(Context::Create(1));
  const auto model = TinyModel(*context);
  const int64_t width = model->GetInt(AsName("embedding_width"));
  std::mt19937 random(11);
  for (int round = 0; round < 8; ++round) {
    const std::u16string text = RandomText(random, 300);
    const std::string bytes = Utf8(Characters(text));
    // The same in UTF-8, without this file's classes in between but the stream.
    auto stream = Own(Stream::Create(model.get(), Alone(6, 4096).get()));
    int64_t taken[1] = {};
    REQUIRE(stream->PushText(AsText(bytes), Out(taken)) == LWAVE_OK);
    std::vector<Item> expected;
    Finish(*stream, width, expected);
    REQUIRE(expected.size() > 3);
    for (const Item& item : expected) {
      for (int end : {0, 1}) {
        const std::string before = bytes.substr(0, static_cast<size_t>(item.numbers[static_cast<size_t>(end)]));
        int64_t units = 0;
        for (char byte : before) units += (byte & 0xC0) == 0x80 ? 0 : static_cast<uint8_t>(byte) >= 0xF0 ? 2 : 1;
        REQUIRE(item.numbers[static_cast<size_t>(4 + end)] == units);
      }
    }
    CHECK(Read(*model, text, nullptr, false) == expected);
    CHECK(Read(*model, text, &random, false) == expected);
    CHECK(Read(*model, text, &random, true) == expected);
  }
}

TEST_CASE("A high surrogate waits for the next push of text, in whatever encoding", "[bindings]") {
  const auto context = Own(Context::Create(1));
  const auto model = TinyModel(*context);
  const auto stream = Own(Stream::Create(model.get(), Alone(20, 4).get()));
  const std::u16string half(1, char16_t{0xD83D});
  int64_t taken[1] = {};
  CHECK(stream->PushUtf16(AsUtf16(u"smile " + half), Out(taken)) == LWAVE_OK);
  CHECK(taken[0] == 7);
  CHECK(stream->GetInt(AsName("bytes_taken")) == 6);
  CHECK(stream->Save().value.empty());
  CHECK(LastStatus() == LWAVE_INVALID_STATE);
  const auto fork = Own(stream->Fork());
  CHECK(stream->PushUtf16(AsUtf16(std::u16string(1, char16_t{0xDE00})), Out(taken)) == LWAVE_OK);
  CHECK(stream->GetInt(AsName("bytes_taken")) == 10);
  CHECK_FALSE(stream->Save().value.empty());
  // The fork holds the same half, and bytes come next: U+FFFD.
  CHECK(fork->PushText(AsText("x"), Out(taken)) == LWAVE_OK);
  CHECK(taken[0] == 1);
  CHECK(fork->GetInt(AsName("bytes_taken")) == 10);
  CHECK(fork->GetInt(AsName("invalid_utf8")) == 0);
  CHECK(fork->PushUtf16(AsUtf16(half), Out(taken)) == LWAVE_OK);
  CHECK(fork->Finish() == LWAVE_OK);
  CHECK(fork->GetInt(AsName("bytes_taken")) == 13);
}

TEST_CASE("A stream that goes back to the beginning reads as a new one, also after finish and from within a pair", "[bindings]") {
  const auto context = Own(Context::Create(1));
  const auto model = TinyModel(*context);
  const int64_t width = model->GetInt(AsName("embedding_width"));
  const auto stream = Own(Stream::Create(model.get(), Alone(6, 4).get()));
  const std::u16string text = u"\u00E9t\u00E9 one \U0001F600 two";
  int64_t taken[1] = {};
  std::vector<Item> first;
  REQUIRE(stream->PushUtf16(AsUtf16(text), Out(taken)) == LWAVE_OK);
  Finish(*stream, width, first);
  REQUIRE(first.size() > 1);
  for (const bool finish : {true, false}) {
    // With results that nobody reads, or within a pair.
    stream->Reset();
    REQUIRE(LastStatus() == LWAVE_OK);
    REQUIRE(stream->PushUtf16(AsUtf16(u"\u6F22 other" + std::u16string(1, char16_t{0xD83D})), Out(taken)) == LWAVE_OK);
    if (finish) REQUIRE(stream->Finish() == LWAVE_OK);
    stream->Reset();
    CHECK(LastStatus() == LWAVE_OK);
    CHECK(stream->GetInt(AsName("bytes_taken")) == 0);
    CHECK(stream->GetInt(AsName("waiting")) == 0);
    std::vector<Item> again;
    REQUIRE(stream->PushUtf16(AsUtf16(text), Out(taken)) == LWAVE_OK);
    Finish(*stream, width, again);
    CHECK(again == first);
  }
  stream->Close();
  stream->Reset();
  CHECK(LastStatus() == kStatusClosed);
}

TEST_CASE("Ids are refused while half a surrogate pair waits, which changes nothing", "[bindings]") {
  const auto context = Own(Context::Create(1));
  const auto model = TinyModel(*context);
  const auto stream = Own(Stream::Create(model.get(), Alone(20, 4).get()));
  const std::vector<int32_t> ids = {5, 6};
  const IntsIn two = {ids.data(), 2};
  int64_t taken[1] = {};
  REQUIRE(stream->PushUtf16(AsUtf16(std::u16string(1, char16_t{0xD83D})), Out(taken)) == LWAVE_OK);
  taken[0] = -1;
  CHECK(stream->PushIds(two, Out(taken)) == LWAVE_INVALID_STATE);
  CHECK(LastStatus() == LWAVE_INVALID_STATE);
  CHECK(taken[0] == 0);
  CHECK(std::string(LastMessage()).find("half of a surrogate pair") != std::string::npos);
  CHECK(stream->GetInt(AsName("tokens")) == 0);
  CHECK(stream->PushUtf16(AsUtf16(std::u16string(1, char16_t{0xDE00})), Out(taken)) == LWAVE_OK);
  CHECK(stream->GetInt(AsName("bytes_taken")) == 4);
  CHECK(stream->GetInt(AsName("invalid_utf8")) == 0);
  // Where the half is forgotten, ids may come.
  stream->Reset();
  CHECK(stream->PushUtf16(AsUtf16(std::u16string(1, char16_t{0xD83D})), Out(taken)) == LWAVE_OK);
  stream->Reset();
  CHECK(stream->PushIds(two, Out(taken)) == LWAVE_OK);
  CHECK(taken[0] == 2);
  CHECK(stream->Finish() == LWAVE_OK);
}

TEST_CASE("After a snapshot with text in it, ranges are known in bytes and not in UTF-16", "[bindings]") {
  const auto context = Own(Context::Create(1));
  const auto model = TinyModel(*context);
  const int64_t width = model->GetInt(AsName("embedding_width"));
  const auto stream = Own(Stream::Create(model.get(), Alone(20, 4).get()));
  const Bytes empty = stream->Save();
  int64_t taken[1] = {};
  stream->PushUtf16(AsUtf16(u"\u00E9t\u00E9 "), Out(taken));
  const Bytes saved = stream->Save();
  for (const bool text : {false, true}) {
    const Bytes& snapshot = text ? saved : empty;
    const auto restored =
        Own(Stream::Restore(model.get(), {snapshot.value.data(), static_cast<int64_t>(snapshot.value.size())}));
    REQUIRE(restored->PushUtf16(AsUtf16(u"here"), Out(taken)) == LWAVE_OK);
    std::vector<Item> items;
    Finish(*restored, width, items);
    REQUIRE(items.size() == 2);
    CHECK(items[0].numbers[1] == (text ? 10 : 4));
    CHECK(items[0].numbers[5] == (text ? -1 : 4));
  }
}

}  // namespace
}  // namespace lwave::bindings::test
