// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What the classes check and convert before the C API sees it.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "binding_support.h"

namespace lwave::bindings::test {
namespace {

TEST_CASE("Making an object that cannot be is null with the library's own message", "[bindings]") {
  const int64_t handles = LiveHandles();
  CHECK(Context::Create(-1) == nullptr);
  CHECK(LastStatus() == LWAVE_INVALID_ARGUMENT);
  CHECK(Config::Create(AsName("no such kind")) == nullptr);
  CHECK(LastStatus() == LWAVE_UNSUPPORTED);
  const auto context = Own(Context::Create(1));
  CHECK(Model::Open(context.get(), AsName("/no/such/folder")) == nullptr);
  CHECK(LastStatus() == LWAVE_NOT_FOUND);
  CHECK(std::string(LastMessage()).find("/no/such/folder") != std::string::npos);
  CHECK(Model::Open(nullptr, AsName("folder")) == nullptr);
  CHECK(std::string(LastMessage()) == "context must not be null");
  CHECK(LiveHandles() == handles + 1);
}

TEST_CASE("A key or a path with NUL is refused rather than cut there", "[bindings]") {
  const auto context = Own(Context::Create(1));
  using namespace std::string_view_literals;
  CHECK(Model::Open(context.get(), AsName("folder\0name"sv)) == nullptr);
  CHECK(LastStatus() == LWAVE_INVALID_ARGUMENT);
  CHECK(std::string(LastMessage()) == "a key, a word or a path must not hold NUL");
}

TEST_CASE("Each thread has its own error", "[bindings][threads]") {
  const auto context = Own(Context::Create(1));
  CHECK(Context::Create(-1) == nullptr);
  int32_t status = -1;
  std::thread([&] {
    status = LastStatus();
    (void)context->Threads();
  }).join();
  CHECK(status == LWAVE_OK);
  CHECK(LastStatus() == LWAVE_INVALID_ARGUMENT);
}

TEST_CASE("A message is cut between characters", "[bindings]") {
  lwave_error error = {};
  std::string message(238, 'x');
  Fail(&error, LWAVE_INTERNAL, (message + "\xC3\xA9\xC3\xA9").c_str());
  CHECK(std::string(error.message) == message);
  Fail(&error, LWAVE_INTERNAL, (message.substr(1) + "\xC3\xA9\xC3\xA9").c_str());
  CHECK(std::string(error.message) == message.substr(1) + "\xC3\xA9");
}

TEST_CASE("forward of a model checks its arrays against batch and tokens", "[bindings]") {
  const auto context = Own(Context::Create(1));
  const auto model = TinyModel(*context);
  const int64_t hidden = model->GetInt(AsName("hidden"));
  const std::vector<int32_t> ids = {1, 2, 3, 4, 5, 6};
  const IntsIn six = {ids.data(), 6}, five = {ids.data(), 5};
  std::vector<float> rows(static_cast<size_t>(6 * hidden));
  const auto forward = [&](IntsIn in, IntsIn mask, IntsIn types, int64_t batch, int64_t tokens) {
    model->Forward(nullptr, nullptr, in, mask, types, batch, tokens, LWAVE_LAST_HIDDEN_STATE, Out(rows));
    return LastStatus();
  };
  CHECK(forward(six, {}, {}, 2, 3) == LWAVE_OK);
  CHECK(forward(five, {}, {}, 2, 3) == LWAVE_INVALID_ARGUMENT);
  CHECK(forward(six, five, {}, 2, 3) == LWAVE_INVALID_ARGUMENT);
  CHECK(forward(six, {}, five, 2, 3) == LWAVE_INVALID_ARGUMENT);
  CHECK(forward(six, {}, {}, -2, -3) == LWAVE_INVALID_ARGUMENT);
  CHECK(forward(six, {}, {}, int64_t{1} << 62, 6) == LWAVE_INVALID_ARGUMENT);
}

TEST_CASE("A model from named buffers is the model of the folder", "[bindings]") {
  const auto context = Own(Context::Create(1));
  const auto folder = TinyModel(*context);
  const std::filesystem::path root = LWAVE_TEST_DATA "/models/tiny/bert-minilm";
  const auto files = Own(Files::Create());
  files->Append({});
  CHECK(LastStatus() == LWAVE_INVALID_STATE);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    files->Add(AsName(entry.path().lexically_relative(root).generic_string()));
    // In two parts.
    const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
    const int64_t half = static_cast<int64_t>(bytes.size() / 2);
    files->Append({data, half});
    files->Append({data + half, static_cast<int64_t>(bytes.size()) - half});
    REQUIRE(LastStatus() == LWAVE_OK);
  }
  const auto model = Own(Model::OpenMemory(context.get(), files.get()));
  files->Close();
  CHECK(Model::OpenMemory(context.get(), files.get()) == nullptr);
  CHECK(LastStatus() == kStatusClosed);
  const size_t width = static_cast<size_t>(model->GetInt(AsName("embedding_width")));
  std::vector<float> first(width), second(width);
  folder->Embed(AsText("from buffers"), Out(first));
  model->Embed(AsText("from buffers"), Out(second));
  CHECK(LastStatus() == LWAVE_OK);
  CHECK(first == second);
}

TEST_CASE("Text may hold NUL, and a tokenizer gives ids, types and bytes", "[bindings]") {
  const auto context = Own(Context::Create(1));
  const auto tokenizer = Own(Tokenizer::Open(context.get(), AsName(LWAVE_TEST_DATA "/models/tiny/bert-minilm")));
  using namespace std::string_view_literals;
  const Longs whole = tokenizer->Encode(AsText("one\0two"sv), {}, 0, 0);
  const Longs cut = tokenizer->Encode(AsText("one"), {}, 0, 0);
  REQUIRE(LastStatus() == LWAVE_OK);
  CHECK(whole.value.size() > cut.value.size());
  const Longs pair = tokenizer->Encode(AsText("one"), AsText("two"), 1, 1);
  REQUIRE(pair.value.size() % 4 == 0);
  CHECK(pair.value[1] == 0);
  CHECK(pair.value[pair.value.size() - 3] == 1);
  // An empty pair still has its separator.
  CHECK(tokenizer->Encode(AsText("one"), {}, 1, 1).value.size() == tokenizer->Encode(AsText("one"), {}, 0, 1).value.size() + 4);
  std::vector<int32_t> ids;
  for (size_t i = 0; i < cut.value.size(); i += 4) ids.push_back(static_cast<int32_t>(cut.value[i]));
  CHECK(tokenizer->Decode({ids.data(), static_cast<int64_t>(ids.size())}, 1).value == "one");
}

TEST_CASE("search takes a whole number of vectors", "[bindings]") {
  const std::vector<float> query = {1, 0}, vectors = {0, 1, 1, 0, 0.5f, 0.5f};
  int64_t indices[2] = {};
  std::vector<float> scores(2);
  CHECK(Search(In(query), In(vectors), Out(indices), Out(scores)) == 2);
  CHECK(indices[0] == 1);
  CHECK(scores == std::vector<float>{1.0f, 0.5f});
  CHECK(Search(In(query), {vectors.data(), 5}, Out(indices), Out(scores)) == 0);
  CHECK(LastStatus() == LWAVE_INVALID_ARGUMENT);
  CHECK(Search({}, In(vectors), Out(indices), Out(scores)) == 0);
  CHECK(LastStatus() == LWAVE_INVALID_ARGUMENT);
  CHECK(Search({query.data(), -1}, {vectors.data(), INT64_MIN}, Out(indices), Out(scores)) == 0);
  CHECK(LastStatus() == LWAVE_INVALID_ARGUMENT);
}

TEST_CASE("Snapshots go to a new memory and to a new stream, and a bad one changes nothing", "[bindings]") {
  const auto context = Own(Context::Create(1));
  const auto layer = SmallLayer(*context);
  const auto memory = Own(Memory::CreateForAttention(layer.get()));
  const std::vector<float> rows(16, 0.5f);
  std::vector<float> out(16);
  int64_t result[2] = {};
  memory->Step(In(rows), In(rows), In(rows), {}, 2, Out(out), Out(result));
  const Bytes saved = memory->Save();
  REQUIRE(LastStatus() == LWAVE_OK);
  const auto other = Own(Memory::CreateForAttention(layer.get()));
  other->Load({saved.value.data(), static_cast<int64_t>(saved.value.size())});
  CHECK(LastStatus() == LWAVE_OK);
  CHECK(other->GetInt(AsName("position")) == 2);
  CHECK(other->Save().value == saved.value);
  other->Load({saved.value.data(), static_cast<int64_t>(saved.value.size()) - 1});
  CHECK(LastStatus() == LWAVE_CORRUPT_DATA);
  CHECK(other->Save().value == saved.value);
  CHECK(DescribeSnapshot({saved.value.data(), static_cast<int64_t>(saved.value.size())}).value.find("\"full\"") !=
        std::string::npos);
}

TEST_CASE("A memory goes back to the beginning, and an estimate needs room for three numbers", "[bindings]") {
  const auto context = Own(Context::Create(1));
  const auto layer = SmallLayer(*context);
  const auto memory = Own(Memory::CreateForAttention(layer.get()));
  const std::vector<float> row(8, 0.5f);
  std::vector<float> out(8);
  int64_t result[2] = {};
  memory->Step(In(row), In(row), In(row), {}, 1, Out(out), Out(result));
  memory->Finish(Out(out), Out(result));
  memory->Reset();
  CHECK(LastStatus() == LWAVE_OK);
  CHECK(memory->GetInt(AsName("position")) == 0);
  double errors[3] = {-1, -1, -1};
  layer->EstimateError(In(row), In(row), In(row), {}, 1, 1, {}, 4, 1, {errors, 2});
  CHECK(LastStatus() == LWAVE_INVALID_ARGUMENT);
  layer->EstimateError(In(row), In(row), In(row), {}, 1, 1, {out.data(), 0}, 4, 1, {errors, 3});
  CHECK(LastStatus() == LWAVE_OK);
  CHECK(errors[0] < 1e-6);
}

TEST_CASE("Versions and statuses have names", "[bindings]") {
  CHECK(Version().value == lwave_version());
  CHECK(SimdTarget().value == lwave_simd_target());
  CHECK(StatusName(LWAVE_CORRUPT_DATA).value == "LWAVE_CORRUPT_DATA");
  CHECK(StatusName(kStatusBusy).value == "busy");
  CHECK(StatusName(kStatusClosed).value == "closed");
}

}  // namespace
}  // namespace lwave::bindings::test
