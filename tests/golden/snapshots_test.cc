// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Golden snapshots: those of a released format stay here for ever, and must load, go on and be saved as they were.
// `golden_tests "[.write_snapshots]"` writes them in the format of today; only for a format, mechanism or part that no
// release has had.

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "snapshot_cases.h"

namespace lwave::golden {
namespace {

const std::string kFolder = std::string(LWAVE_SOURCE_DIR) + "/tests/golden/snapshots/format1/";
constexpr const char* kModel = LWAVE_TEST_DATA "/models/tiny/bert-minilm";
constexpr const char* kStreamName = "model_stream";
constexpr const char* kMemoryName = "model_memory";

std::string ReadSnapshot(const std::string& name) {
  std::ifstream file(kFolder + name + ".snapshot", std::ios::binary);
  REQUIRE(file);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

void WriteSnapshot(const std::string& name, const std::string& bytes) {
  std::filesystem::create_directories(kFolder);
  std::ofstream file(kFolder + name + ".snapshot", std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  REQUIRE(file.flush());
}

// Snapshots come from another SIMD target, so that numbers agree within rounding.
void CheckClose(const std::vector<float>& expected, size_t skipped, const std::vector<float>& got) {
  REQUIRE(skipped + got.size() == expected.size());
  for (size_t i = 0; i < got.size(); ++i) {
    const double want = static_cast<double>(expected[skipped + i]);
    INFO("number " << i << " after the snapshot: " << got[i] << ", expected " << want);
    REQUIRE(std::abs(static_cast<double>(got[i]) - want) <= 2e-5 + 2e-5 * std::abs(want));
  }
}

std::string Text() {
  std::string text;
  for (int i = 0; i < 40; ++i) text += "Sentence " + std::to_string(i) + " is about cafe\xCC\x81s, memory and rivers. ";
  return text;
}
constexpr size_t kTakenBytes = 701;  // within a word

test::Config StreamConfig() {
  test::Config config = test::MakeConfig();
  test::Set(config, "long", "window");
  for (const auto& [key, value] : std::initializer_list<std::pair<const char*, int64_t>>{
           {"left", 9}, {"right", 7}, {"sinks", 5}, {"tile", 40}, {"full_up_to", 24}, {"passage_tokens", 12},
           {"step_rows", 16}, {"queue", 64}}) {
    test::Set(config, key, value);
  }
  return config;
}

std::vector<int32_t> Ids(const test::Model& model) {
  std::vector<int32_t> ids;
  const int64_t vocabulary = test::ModelInt(model, "vocabulary");
  for (int64_t i = 0; i < 120; ++i) ids.push_back(static_cast<int32_t>((i * 7919 + 104729) % vocabulary));
  return ids;
}
constexpr int64_t kTakenIds = 77;

TEST_CASE("golden snapshots of every mechanism load, are saved as they were, and go on", "[golden]") {
  const test::Context context = test::MakeContext(2);
  std::set<std::string> mechanisms;
  for (const SnapshotCase& c : LayerSnapshotCases()) {
    INFO(c.name);
    const std::string snapshot = ReadSnapshot(c.name);
    const test::Attention attention = test::MakeAttention(context, c.config);
    const test::Memory memory = test::MakeMemory(attention);
    test::Error error;
    error.Check(lwave_memory_load(memory.get(), snapshot.data(), static_cast<int64_t>(snapshot.size()), error));
    CHECK((test::Save(memory.get()) == snapshot));
    CHECK(test::MemoryInt(memory, "position") == c.taken);
    const std::vector<float> expected = test::Forward(attention, c.rows);
    const size_t given = static_cast<size_t>(test::MemoryInt(memory, "emitted") * test::AttentionInt(attention, "out_width"));
    CheckClose(expected, given, StepRange(attention, memory.get(), c.rows, c.taken, c.rows.keys, true));
    mechanisms.insert(c.name.substr(0, c.name.find('_')));
  }
  CHECK(mechanisms.size() == 13);
}

TEST_CASE("golden snapshots of a model's stream and memory load, are saved as they were, and go on", "[golden]") {
  const test::Model model = test::OpenModel(test::MakeContext(2), kModel);
  const int64_t width = test::ModelInt(model, "embedding_width"), hidden = test::ModelInt(model, "hidden");
  test::Error error;
  {
    const std::string snapshot = ReadSnapshot(kStreamName);
    lwave_stream* restored = nullptr;
    error.Check(lwave_stream_restore(model.get(), snapshot.data(), static_cast<int64_t>(snapshot.size()), &restored,
                                     error));
    const test::Stream stream(restored);
    CHECK((test::Save(stream.get()) == snapshot));
    CHECK(test::StreamInt(stream, "bytes_taken") == static_cast<int64_t>(kTakenBytes));
    std::vector<test::Item> expected, got;
    const test::Stream whole = test::MakeStream(model, StreamConfig());
    test::PushText(whole.get(), Text(), width, expected);
    test::FinishStream(whole.get(), width, expected);
    test::PushText(stream.get(), Text().substr(kTakenBytes), width, got);
    test::FinishStream(stream.get(), width, got);
    REQUIRE(got.size() == expected.size());  // nothing was read before the snapshot
    for (size_t i = 0; i < got.size(); ++i) {
      INFO("item " << i);
      CHECK(got[i].kind == expected[i].kind);
      CHECK(got[i].byte_begin == expected[i].byte_begin);
      CHECK(got[i].token_end == expected[i].token_end);
      CheckClose(expected[i].vector, 0, got[i].vector);
    }
  }
  const std::string snapshot = ReadSnapshot(kMemoryName);
  const test::Memory memory = test::MakeMemory(model, StreamConfig());
  error.Check(lwave_memory_load(memory.get(), snapshot.data(), static_cast<int64_t>(snapshot.size()), error));
  CHECK((test::Save(memory.get()) == snapshot));
  const int64_t given = test::MemoryInt(memory, "emitted");
  const std::vector<int32_t> ids = Ids(model);
  const test::Memory whole = test::MakeMemory(model, StreamConfig());
  std::vector<float> expected, got;
  test::PushRows(whole.get(), ids.data(), static_cast<int64_t>(ids.size()), hidden, 8, expected);
  test::FinishRows(whole.get(), hidden, 8, expected);
  test::PushRows(memory.get(), ids.data() + kTakenIds, static_cast<int64_t>(ids.size()) - kTakenIds, hidden, 8, got);
  test::FinishRows(memory.get(), hidden, 8, got);
  CheckClose(expected, static_cast<size_t>(given * hidden), got);
}

TEST_CASE("writes the golden snapshots in the format of today", "[.write_snapshots]") {
  const test::Context context = test::MakeContext(1);
  for (const SnapshotCase& c : LayerSnapshotCases()) {
    const test::Attention attention = test::MakeAttention(context, c.config);
    const test::Memory memory = test::MakeMemory(attention);
    StepRange(attention, memory.get(), c.rows, 0, c.taken, false);
    WriteSnapshot(c.name, test::Save(memory.get()));
  }
  const test::Model model = test::OpenModel(context, kModel);
  const test::Stream stream = test::MakeStream(model, StreamConfig());
  std::vector<test::Item> none;
  test::PushText(stream.get(), Text().substr(0, kTakenBytes), test::ModelInt(model, "embedding_width"), none);
  REQUIRE(none.empty());  // results are unread in the snapshot
  WriteSnapshot(kStreamName, test::Save(stream.get()));
  const test::Memory memory = test::MakeMemory(model, StreamConfig());
  const std::vector<int32_t> ids = Ids(model);
  std::vector<float> rows;
  test::PushRows(memory.get(), ids.data(), kTakenIds, test::ModelInt(model, "hidden"), 8, rows);
  WriteSnapshot(kMemoryName, test::Save(memory.get()));
}

}  // namespace
}  // namespace lwave::golden
