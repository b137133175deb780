// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "law_support.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <sstream>

namespace lwave::test {
namespace {

std::vector<std::string> Tiny(const std::vector<std::string>& names) {
  std::vector<std::string> directories;
  for (const std::string& name : names) directories.push_back(LWAVE_TEST_DATA "/models/tiny/" + name);
  return directories;
}

std::string Join(const std::vector<int64_t>& values) {
  std::string text;
  for (int64_t value : values) text += (text.empty() ? "" : ",") + std::to_string(value);
  return text;
}

}  // namespace

int64_t Between(Random& random, int64_t low, int64_t high) {
  return low + static_cast<int64_t>(random() % static_cast<uint64_t>(high - low + 1));
}

const std::vector<std::string>& TinyBerts() {
  static const std::vector<std::string> models = Tiny({"bert-base", "bert-minilm", "bert-mlm", "bert-seqcls"});
  return models;
}
const std::vector<std::string>& TinyRobertas() {
  static const std::vector<std::string> models = Tiny({"roberta-mlm", "roberta-seqcls"});
  return models;
}
const std::vector<std::string>& TinyModels() {
  static const std::vector<std::string> models =
      Tiny({"bert-base", "bert-minilm", "bert-mlm", "bert-seqcls", "roberta-mlm", "roberta-seqcls"});
  return models;
}

Config ToConfig(const Window& window) {
  Config config = MakeConfig();
  Set(config, "long", "window");
  Set(config, "left", window.left);
  Set(config, "right", window.right);
  Set(config, "sinks", window.sinks);
  Set(config, "tile", window.tile);
  Set(config, "full_up_to", window.full_up_to);
  Set(config, "passage_tokens", window.passage_tokens);
  Set(config, "step_rows", window.step_rows);
  Set(config, "queue", window.queue);
  Set(config, "add_special_tokens", window.specials ? 1 : 0);
  return config;
}

Window RandomWindow(Random& random, const Model& model) {
  const int64_t layers = ModelInt(model, "layers"), positions = std::min<int64_t>(64, ModelInt(model, "positions"));
  Window window;
  const auto widths = [&] {
    std::vector<int64_t> list;
    for (int64_t layer = 0; layer < layers; ++layer) list.push_back(Between(random, 0, 24));
    if (random() % 2 == 0) list.resize(1);
    return list;
  };
  window.left = widths();
  window.right = widths();
  window.sinks = random() % 4 == 0 ? 0 : Between(random, 0, 30);
  window.tile = Between(random, window.sinks + 1, positions);
  window.full_up_to = random() % 4 == 0 ? 0 : Between(random, 0, positions);
  window.passage_tokens = Between(random, 1, 40);
  window.step_rows = Between(random, 1, 64);
  window.queue = Between(random, 1, 8);
  window.specials = ModelInt(model, "has_tokenizer") != 0;
  return window;
}

std::string ToString(const Window& window) {
  std::ostringstream text;
  text << "left " << Join(window.left) << " right " << Join(window.right) << " sinks " << window.sinks << " tile "
       << window.tile << " full_up_to " << window.full_up_to << " passage_tokens " << window.passage_tokens
       << " step_rows " << window.step_rows << " queue " << window.queue << " specials " << window.specials;
  return text.str();
}

std::vector<int32_t> RandomIds(Random& random, const Model& model, int64_t count) {
  const int64_t vocabulary = ModelInt(model, "vocabulary");
  std::vector<int32_t> ids(static_cast<size_t>(count));
  for (int32_t& id : ids) {
    // Ids 0 and 1 are padding in BERT and in RoBERTa, which does not count it as a position.
    id = static_cast<int32_t>(random() % 8 == 0 ? Between(random, 0, 1) : Between(random, 0, vocabulary - 1));
  }
  return ids;
}

std::string NastyText() {
  using namespace std::string_literals;
  return "\xEF\xBB\xBF"s  // byte order mark
         "Caf\xC3\xA9, cafe\xCC\x81 and a\xCC\x8A\xCC\xA3\xCC\x81 are the same.  \"Is it so?\" (Yes!) said he.\r\n"
         " \t\r\n"  // a paragraph's end over CRLF
         "\xE6\x9D\xB1\xE4\xBA\xAC\xE3\x81\xAF\xE5\xA4\xA7\xE3\x81\x8D\xE3\x81\x84\xE3\x80\x82"  // CJK, U+3002
         "\xE4\xB8\xAD\xE6\x96\x87\xEF\xBC\x81 emoji \xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB\xEF\xB8\x8F end.\n\n"
         "bad \xC3( \xE2\x82 \xF0\x9F\x98 \xFF\xFE\xED\xA0\x80 nul \0 and\xC2\xA0space\xE2\x80\xA8line.\r\r"
         "[SEP] [MASK] [CLS]x [MASK [UNK] " +
         std::string(118, 'x') + "y longword antidisestablishmentarianism, 3.14e-10 don't!\"\n"
         "\xEF\xBB\xBF\xEF\xBF\xBD middle mark; \xCC\x81 lone mark. \xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB \xED\x95\x9C"
         "\xE2\x80\x9Cquoted.\xE2\x80\x9D Next one? and the last one is cut \xF0\x9F\x98";
}

std::string RandomText(Random& random, int64_t pieces) {
  using namespace std::string_literals;
  static const std::vector<std::string> marks = {
      ". "s,     "! "s,     "?\" "s, "\r\n\r\n"s, "\n"s,       "\r"s,           "\xE3\x80\x82"s,    "\xCC\x81"s,
      "\xC3"s,   "\xE2\x82"s, "\xFF"s, "\0"s,       "[SEP]"s,    "\xE4\xB8\xAD"s, "\xF0\x9F\x98\x80"s, "-"s,
      "\xEF\xBB\xBF"s, "   "s, "\t"s,  "[MA"s,      "\xC2\xA0"s, "'"s};
  std::string text;
  for (int64_t i = 0; i < pieces; ++i) {
    if (random() % 3 == 0) text += marks[random() % marks.size()];
    const int64_t letters = random() % 50 == 0 ? 130 : Between(random, 1, 9);
    for (int64_t k = 0; k < letters; ++k) text += static_cast<char>('a' + random() % 26);
    if (random() % 4 != 0) text += ' ';
  }
  return text;
}

std::string HandbookText(size_t begin, size_t size) {
  std::ifstream file(LWAVE_SOURCE_DIR "/examples/text/handbook.txt", std::ios::binary);
  std::string text(size, '\0');
  file.seekg(static_cast<std::streamoff>(begin));
  if (!file.read(text.data(), static_cast<std::streamsize>(size))) throw std::runtime_error("handbook.txt is too short");
  return text;
}

Reader::Reader(const Model& model, const Config& config)
    : stream_(MakeStream(model, config)), width_(ModelInt(model, "embedding_width")) {}
Reader::Reader(const Model& model, Stream stream)
    : stream_(std::move(stream)), width_(ModelInt(model, "embedding_width")) {}

std::vector<Item> ItemsOfText(const Model& model, const Config& config, const std::string& text) {
  Reader reader(model, config);
  reader.Text(text);
  return reader.Finish();
}

std::vector<Item> ItemsOfIds(const Model& model, const Config& config, const std::vector<int32_t>& ids) {
  Reader reader(model, config);
  reader.Ids(ids);
  return reader.Finish();
}

std::vector<float> RowsOfIds(const Model& model, const Config& config, const std::vector<int32_t>& ids) {
  const int64_t hidden = ModelInt(model, "hidden"), count = static_cast<int64_t>(ids.size());
  const Memory memory = MakeMemory(model, config);
  std::vector<float> rows;
  PushRows(memory.get(), ids.data(), count, hidden, count + 1, rows);
  FinishRows(memory.get(), hidden, count + 1, rows);
  return rows;
}

std::string Serialize(const std::vector<Item>& items) {
  std::string bytes;
  for (const Item& item : items) {
    const int64_t numbers[] = {item.kind,        item.byte_begin, item.byte_end,
                               item.token_begin, item.token_end,  item.has_vector};
    bytes.append(reinterpret_cast<const char*>(numbers), sizeof(numbers));
    bytes.append(reinterpret_cast<const char*>(item.vector.data()), item.vector.size() * sizeof(float));
  }
  return bytes;
}

std::string Difference(const std::vector<Item>& expected, const std::vector<Item>& got) {
  for (size_t i = 0; i < std::min(expected.size(), got.size()); ++i) {
    if (Serialize({expected[i]}) == Serialize({got[i]})) continue;
    const auto ranges = [](const Item& item) {
      return "kind " + std::to_string(item.kind) + " bytes " + std::to_string(item.byte_begin) + " to " +
             std::to_string(item.byte_end) + " tokens " + std::to_string(item.token_begin) + " to " +
             std::to_string(item.token_end) + " has_vector " + std::to_string(item.has_vector);
    };
    return "item " + std::to_string(i) + ": expected " + ranges(expected[i]) + ", got " + ranges(got[i]) +
           "; vectors: " + Difference(expected[i].vector, got[i].vector);
  }
  if (expected.size() == got.size()) return "";
  return "expected " + std::to_string(expected.size()) + " items, got " + std::to_string(got.size());
}

std::string Difference(const std::vector<float>& expected, const std::vector<float>& got) {
  if (expected.size() != got.size()) {
    return "expected " + std::to_string(expected.size()) + " numbers, got " + std::to_string(got.size());
  }
  for (size_t i = 0; i < expected.size(); ++i) {
    if (std::memcmp(&expected[i], &got[i], sizeof(float)) == 0) continue;
    return "number " + std::to_string(i) + ": expected " + std::to_string(expected[i]) + ", got " +
           std::to_string(got[i]);
  }
  return "";
}

}  // namespace lwave::test
