// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What the law tests share: the models under test, their windows, hard texts, and streams read to their items.
// Everything random comes from a seed that the test prints on failure.

#ifndef LONGWAVE_TESTS_LAWS_LAW_SUPPORT_H_
#define LONGWAVE_TESTS_LAWS_LAW_SUPPORT_H_

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "support/api.h"

namespace lwave::test {

// A sanitizer takes some 20 times as long: there the laws run a share of their seeds.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif
constexpr uint64_t Share(uint64_t seeds) { return kSanitized ? (seeds + 4) / 5 : seeds; }

using Random = std::mt19937_64;
// Between low and high, both included.
int64_t Between(Random& random, int64_t low, int64_t high);

inline constexpr const char* kMinilm = LWAVE_SOURCE_DIR "/examples/models/minilm";
inline constexpr const char* kEmbedder = LWAVE_TEST_DATA "/models/tiny/bert-minilm";
// The tiny random models: BERT reads text and ids, RoBERTa ids alone (positions count its padding id).
const std::vector<std::string>& TinyBerts();
const std::vector<std::string>& TinyRobertas();
const std::vector<std::string>& TinyModels();

// A "window" reading; a list of one number holds for every layer.
struct Window {
  std::vector<int64_t> left = {9}, right = {7};
  int64_t sinks = 5, tile = 40, full_up_to = 24, passage_tokens = 12, step_rows = 16, queue = 16;
  bool specials = true;
};
Config ToConfig(const Window& window);
Window RandomWindow(Random& random, const Model& model);
std::string ToString(const Window& window);

std::vector<int32_t> RandomIds(Random& random, const Model& model, int64_t count);
// Combining marks, CJK, emoji, invalid bytes, NUL, a byte order mark, paragraphs with CRLF, sentence ends with
// quotes, long words, literal special tokens, and an unfinished character at the end.
std::string NastyText();
// About `pieces` words, marks, line ends and broken bytes.
std::string RandomText(Random& random, int64_t pieces);
// Bytes [begin, begin + size) of the long text that ships with the examples.
std::string HandbookText(size_t begin, size_t size);

// One document on its way.
class Reader {
 public:
  Reader(const Model& model, const Config& config);
  Reader(const Model& model, Stream stream);

  void Text(const std::string& text) { PushText(stream_.get(), text, width_, items); }
  void Ids(const std::vector<int32_t>& ids) { Ids(ids.data(), static_cast<int64_t>(ids.size())); }
  void Ids(const int32_t* ids, int64_t count) { PushIds(stream_.get(), ids, count, width_, items); }
  void Read() { ReadAll(stream_.get(), width_, items); }
  const std::vector<Item>& Finish() {
    FinishStream(stream_.get(), width_, items);
    return items;
  }
  lwave_stream* get() const { return stream_.get(); }
  const Stream& stream() const { return stream_; }
  int64_t width() const { return width_; }

  std::vector<Item> items;

 private:
  Stream stream_;
  int64_t width_;
};

std::vector<Item> ItemsOfText(const Model& model, const Config& config, const std::string& text);
std::vector<Item> ItemsOfIds(const Model& model, const Config& config, const std::vector<int32_t>& ids);
// All rows of a sequence through a memory in one push.
std::vector<float> RowsOfIds(const Model& model, const Config& config, const std::vector<int32_t>& ids);

// Everything in bytes: equal if and only if the items are, vectors to the bit.
std::string Serialize(const std::vector<Item>& items);
// Empty when equal to the bit, else the first difference in words.
std::string Difference(const std::vector<Item>& expected, const std::vector<Item>& got);
std::string Difference(const std::vector<float>& expected, const std::vector<float>& got);

}  // namespace lwave::test

#endif  // LONGWAVE_TESTS_LAWS_LAW_SUPPORT_H_
