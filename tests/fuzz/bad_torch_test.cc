// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Damaged and hostile pytorch_model.bin files: cut at every byte, every bit flipped, random edits, and pickles made
// instruction by instruction. Each gives an error of one line that names the file, or tensors whose bytes can all be
// read. Meant to be run under the address and undefined-behaviour sanitizers.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "../unit/model_checkpoint_support.h"
#include "model/pickle_reader.h"
#include "model/torch_file.h"

namespace lwave::model {
namespace {

using Catch::Matchers::ContainsSubstring;
using namespace std::string_literals;  // "..."s may hold zeros
using namespace testing;

std::string TorchData(const std::string& name) { return std::string(LWAVE_TEST_DATA) + "/torch/" + name; }

// Checks a refusal; the message of one, or "" when accepted.
std::string Refusal(const absl::Status& status) {
  if (status.ok()) return "";
  const std::string message(status.message());
  INFO(message);
  REQUIRE((status.code() == absl::StatusCode::kDataLoss || status.code() == absl::StatusCode::kUnimplemented));
  REQUIRE(message.substr(0, 4) == "file");
  REQUIRE(message.find('\n') == std::string::npos);
  REQUIRE(message.size() < 600);
  return message;
}

// Parses from heap memory of exactly the file's size, so that a sanitizer sees one byte too far, and reads every tensor.
// True when accepted.
bool ParseAndTouch(const std::string& file) {
  const std::unique_ptr<uint8_t[]> bytes(new uint8_t[file.size()]);
  std::copy(file.begin(), file.end(), bytes.get());
  const auto parsed = ParseTorchFile({bytes.get(), file.size()}, "file");
  if (!parsed.ok()) return Refusal(parsed.status()).empty();
  uint64_t sum = 0;
  for (const NamedTensor& named : parsed->tensors) {
    for (int64_t i = 0; i < named.tensor.bytes; ++i) sum += named.tensor.data[i];
  }
  return sum != UINT64_MAX;
}

TEST_CASE("A file of torch cut anywhere is refused, and flipped bits never lead outside of it", "[bad-input][model]") {
  for (const char* name : {"mixed.bin", "mixed_old.bin", "mixed_protocol4.bin", "bert_old.bin"}) {
    const std::string file = ReadAll(TorchData(name));
    REQUIRE(ParseAndTouch(file));
    for (size_t length = 0; length < file.size(); ++length) {
      INFO(name << " cut at " << length);
      REQUIRE_FALSE(ParseAndTouch(file.substr(0, length)));
    }
    size_t accepted = 0;
    for (size_t byte = 0; byte < file.size(); ++byte) {
      for (int bit = 0; bit < 8; ++bit) {
        INFO(name << " byte " << byte << " bit " << bit);
        std::string flipped = file;
        flipped[byte] = static_cast<char>(flipped[byte] ^ (1 << bit));
        accepted += ParseAndTouch(flipped);
      }
    }
    CHECK(accepted < 8 * file.size());
  }
}

TEST_CASE("Random edits of a file of torch never lead outside of it", "[bad-input][model]") {
  const uint32_t seed = 60712;
  INFO("seed " << seed);
  std::mt19937 random(seed);
  for (const char* name : {"mixed.bin", "mixed_old.bin"}) {
    const std::string file = ReadAll(TorchData(name));
    const std::string pieces[] = {"(", ".", "R", "b", "u", "s", "e", "t", "Q", "c", ")", "}", "]", "h", "\x00"s,
                                  "J\xFF\xFF\xFF\xFF", "J\xFF\xFF\xFF\x7F", "\x86", "\x8a\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F",
                                  "PK\x01\x02", "PK\x05\x06", "\xFF\xFF\xFF\xFF", "K\x01", "q\x05", "h\x05"};
    for (int round = 0; round < 20000; ++round) {
      INFO(name << " round " << round);
      std::string edited = file;
      for (uint32_t edits = 1 + random() % 3; edits > 0; --edits) {
        const std::string& piece = pieces[random() % std::size(pieces)];
        const size_t at = random() % edited.size();
        // In place more often than not: lengths and places stay right then, and what they enclose is read.
        edited.replace(at, random() % 4 != 0 ? piece.size() : random() % 6, piece);
      }
      ParseAndTouch(edited);
    }
  }
}

// A pickle as text, read alone.
std::string ReadRefusal(const std::string& code) {
  const std::unique_ptr<uint8_t[]> bytes(new uint8_t[code.size()]);
  std::copy(code.begin(), code.end(), bytes.get());
  return Refusal(ReadPickle({bytes.get(), code.size()}, "file").status());
}

std::string Repeat(const std::string& text, size_t count) {
  std::string out;
  out.reserve(text.size() * count);
  for (size_t i = 0; i < count; ++i) out += text;
  return out;
}

std::string Text(const std::string& text) {
  return "X" + std::string(1, static_cast<char>(text.size())) + std::string(3, '\0') + text;
}

const std::string kStorage = "(" + Text("storage") + "ctorch\nFloatStorage\n" + Text("0") + Text("cpu") + "K\6tQ";

std::string TensorCall(const std::string& arguments) {
  return "ctorch._utils\n_rebuild_tensor_v2\n(" + arguments + "tR.";
}

TEST_CASE("Instructions that import, call or make objects are refused by name", "[bad-input][model]") {
  const struct {
    std::string code, reason;
  } rows[] = {
      {"cos\nsystem\n(" + Text("true") + "tR.", "\"os.system\""},
      {"c__builtin__\neval\n.", "\"__builtin__.eval\""},
      {"cbuiltins\ngetattr\n.", "\"builtins.getattr\""},
      {"ctorch\nload\n.", "\"torch.load\""},
      {"ctorch.FloatStorage\n__init__\n.", "\"torch.FloatStorage.__init__\""},
      {"ctorch._utils\n_rebuild_sparse_tensor\n.", "_rebuild_sparse_tensor"},
      {"c_codecs\nencode\n.", "\"_codecs.encode\""},
      {"\x80\x04\x8c\2os\x8c\6system\x93.", "\"os.system\""},
      {"ctorch\nFloatStorage\n)R.", "makes a storage"},
      {"(ios\nsystem\n.", "0x69"},
      {"(cos\n", "ends behind"},
      {"(os\nsystem\no.", "0x6f"},
      {"ccollections\nOrderedDict\n)\x81.", "0x81"},
      {"Pabc\n.", "0x50"},
      {"\x82\1.", "0x82"},
      {"\x97.", "0x97"},
      {"I1\n.", "0x49"},
      {"}}}b.", "left over"},
      {"]}b.", "sets attributes"},
      {"K\1)R.", "no known function"},
      {"ccollections\nOrderedDict\n(K\1tR.", "OrderedDict in an unknown way"},
      {"ccollections\nOrderedDict\n(]K\1atR.", "OrderedDict in an unknown way"},
      {"(" + Text("module") + "tQ.", "refers to data"},
      {"K\1Q.", "reference to data"},
      {"ctorch._utils\n_rebuild_parameter\n(K\1K\1K\1tR.", "_rebuild_parameter in an unknown way"},
  };
  for (const auto& row : rows) {
    INFO(row.code);
    CHECK_THAT(ReadRefusal(row.code), ContainsSubstring(row.reason));
  }
}

TEST_CASE("Lying tensors are refused: shapes, strides, offsets, storages", "[bad-input][model]") {
  const std::string& storage = kStorage;
  const std::string good = TensorCall(storage + "K\0K\6\x85K\1\x85\x89}"s);
  CHECK(ReadRefusal(good) == "");
  for (const std::string& arguments : {
           storage,
           storage + "K\0K\6\x85"s,
           storage + "K\0K\6\x85K\1K\1\x86\x89}"s,              // two strides for one dimension
           storage + "J\xFF\xFF\xFF\xFFK\6\x85K\1\x85\x89}"s,   // a negative offset
           storage + "K\0J\xFF\xFF\xFF\xFF\x85K\1\x85\x89}"s,   // a negative length
           storage + "K\0K\6\x85J\xFF\xFF\xFF\xFF\x85\x89}"s,   // a negative stride
           storage + "K\0\x8a\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F\x85K\1\x85\x89}"s,
           storage + "K\0(K\1K\1K\1K\1K\1K\1K\1K\1K\1t(K\1K\1K\1K\1K\1K\1K\1K\1K\1t\x89}"s,  // rank 9
           storage + "K\0K\6\x85K\1\x85\x89}K\1"s,             // metadata
           "K\0K\0K\6\x85K\1\x85\x89}"s,                        // a number for a storage
           storage + "K\0K\6\x85K\1\x85\x89]"s,                  // hooks
       }) {
    CHECK_THAT(ReadRefusal(TensorCall(arguments)), ContainsSubstring("tensor in an unknown way"));
  }
  // One that reaches beyond its storage is well formed; the file refuses it.
  const std::string file = ReadAll(TorchData("bert_old.bin"));
  const std::string position = "K\x0cK\6\x86"s;
  const size_t at = file.find(position);
  REQUIRE(at != std::string::npos);
  std::string changed = file;
  changed[at + 1] = 13;
  CHECK_FALSE(ParseAndTouch(changed));
}

TEST_CASE("A pickle's stack, memo, depth and counts are bounded", "[bad-input][model]") {
  CHECK_THAT(ReadRefusal(Repeat("(", size_t{3} << 20) + "."), ContainsSubstring("too deep"));
  CHECK_THAT(ReadRefusal(Repeat("N", size_t{3} << 20) + "."), ContainsSubstring("stack"));
  CHECK_THAT(ReadRefusal(Repeat("}", 100000) + "."), ContainsSubstring("left over"));
  CHECK(ReadRefusal(Repeat("]", 100000) + Repeat("a", 99999) + ".") == "");  // 100,000 deep
  CHECK(ReadRefusal(")" + Repeat("\x85", 1000000) + ".") == "");
  CHECK_THAT(ReadRefusal(Repeat(Text("") + "0", 10)), ContainsSubstring("0x30"));
  // Ten bytes that would double a list again and again.
  CHECK_THAT(ReadRefusal("]q\1" + Repeat("(h\1h\1h\1h\1e", 4000000) + "."), ContainsSubstring("too many values"));
  CHECK_THAT(ReadRefusal("h\1."), ContainsSubstring("not remembered"));
  CHECK_THAT(ReadRefusal("j\xFF\xFF\xFF\xFF."s), ContainsSubstring("not remembered"));
  CHECK(ReadRefusal("Nr\xFF\xFF\xFF\xFF."s) == "");
  CHECK_THAT(ReadRefusal("X\xFF\xFF\xFF\xFF."s), ContainsSubstring("behind the file"));
  CHECK_THAT(ReadRefusal("\x8d\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF."s), ContainsSubstring("behind the file"));
  CHECK_THAT(ReadRefusal("\x8a\xFF."s), ContainsSubstring("behind the file"));
  CHECK(ReadRefusal("}q\1h\1h\1s.") == "");  // holds itself: nothing walks down
  for (const char* code : {"", ".", "t.", "u.", "e.", "s.", "a.", "R.", "b.", "Q.", "\x93.", "\x85.", "}s.", "(a.", "]K\1(e.",
                           "}(K\1u.", "(N", "q", "X\1", "K", "G1234567", "\x80", "\x80\x09.", "\x95", "c", "ca\n", "NN.", "(."}) {
    INFO(code);
    CHECK(ReadRefusal(code) != "");
  }
}

}  // namespace
}  // namespace lwave::model
