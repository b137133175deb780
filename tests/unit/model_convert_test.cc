// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Conversion: what is written reads back as the source rounded once, opens as the same model, and a failure
// leaves nothing behind.

#include <sys/resource.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "kernels/convert.h"
#include "kernels/gemm.h"
#include "model/checkpoint.h"
#include "model/convert.h"
#include "model/weights.h"
#include "model_checkpoint_support.h"

namespace lwave::model {
namespace {

using Catch::Matchers::ContainsSubstring;
using kernels::NumberType;
using namespace testing;

constexpr NumberType kTypes[] = {NumberType::kF32, NumberType::kBf16, NumberType::kF16, NumberType::kInt8};

std::unique_ptr<Checkpoint> Open(const std::string& directory) {
  auto checkpoint = Checkpoint::Open(directory);
  INFO(checkpoint.status().ToString());
  REQUIRE(checkpoint.ok());
  return *std::move(checkpoint);
}

void ConvertTo(const std::string& source, const std::string& destination, NumberType type, bool packed = false) {
  ConvertOptions options;
  options.weight_type = type;
  options.packed = packed;
  const absl::Status status = Convert(source, destination, options);
  INFO(status.ToString());
  REQUIRE(status.ok());
}

// Numbers of a tensor in rows as f32.
std::vector<float> Floats(const Tensor& tensor) {
  const size_t count = static_cast<size_t>(tensor.bytes) / (tensor.type == DataType::kF32 ? 4 : 2);
  std::vector<float> out(count);
  if (tensor.type == DataType::kF32) {
    std::memcpy(out.data(), tensor.data, 4 * count);
    return out;
  }
  std::vector<uint16_t> halves(count);
  std::memcpy(halves.data(), tensor.data, 2 * count);
  if (tensor.type == DataType::kF16)
    kernels::F16ToF32(halves.data(), static_cast<int64_t>(count), out.data());
  if (tensor.type == DataType::kBf16)
    kernels::Bf16ToF32(halves.data(), static_cast<int64_t>(count), out.data());
  return out;
}

// A matrix of any form as f32, with the scale of each number's rounding step (int8 only).
std::vector<float> MatrixFloats(const Checkpoint& checkpoint, const LinearSpec& linear,
                                absl::string_view folder) {
  const MatrixView view = checkpoint.Matrix(linear, folder);
  if (!view.panels) return Floats(view.weight);
  kernels::PackedMatrix packed;
  packed.type = view.weight.type == DataType::kI8     ? NumberType::kInt8
                : view.weight.type == DataType::kBf16 ? NumberType::kBf16
                                                      : NumberType::kF32;
  packed.columns = linear.outputs;
  packed.depth = linear.inputs;
  packed.panels = view.weight.data;
  packed.scales = view.scales;
  CHECK(reinterpret_cast<uintptr_t>(view.weight.data) % 64 == 0);
  std::vector<float> out(static_cast<size_t>(linear.outputs * linear.inputs));
  kernels::UnpackPanels(packed, out.data());
  return out;
}

std::vector<float> TableFloats(const TableView& view) {
  if (view.table.type != DataType::kI8) return Floats(view.table);
  const size_t width = static_cast<size_t>(view.table.shape[1]);
  std::vector<float> out(static_cast<size_t>(view.table.bytes));
  for (size_t i = 0; i < out.size(); ++i) {
    out[i] = view.scales[i / width] * static_cast<float>(static_cast<int8_t>(view.table.data[i]));
  }
  return out;
}

// `got` must be `source` [rows, width] in `type`: exact for f32, rounded once for the 16-bit types, within
// half a step of each row's scale for int8.
void CheckRounding(NumberType type, const std::vector<float>& source, const std::vector<float>& got,
                   size_t width) {
  REQUIRE(got.size() == source.size());
  for (size_t row = 0; row < source.size() / width; ++row) {
    float largest = 0.0f;
    for (size_t k = 0; k < width; ++k) largest = std::max(largest, std::fabs(source[row * width + k]));
    for (size_t i = row * width; i < (row + 1) * width; ++i) {
      if (type == NumberType::kInt8) {
        REQUIRE(std::fabs(got[i] - source[i]) <= largest / 127.0f * 0.5f * 1.0001f);
        continue;
      }
      float expected = source[i];
      uint16_t half = 0;
      if (type == NumberType::kBf16) {
        kernels::F32ToBf16(&source[i], 1, &half);
        kernels::Bf16ToF32(&half, 1, &expected);
      } else if (type == NumberType::kF16) {
        kernels::F32ToF16(&source[i], 1, &half);
        kernels::F16ToF32(&half, 1, &expected);
      }
      REQUIRE(got[i] == expected);
    }
  }
}

void CheckVector(const Checkpoint& source, const Checkpoint& converted, const TensorName& name,
                 absl::string_view folder) {
  if (!name) return;
  const Tensor* tensor = converted.Find(folder, name.name);
  REQUIRE(tensor != nullptr);
  CHECK(tensor->type == DataType::kF32);
  CHECK(Floats(*tensor) == Floats(*source.Find(folder, name.name)));
}

// Compares everything the spec names.
void CheckConverted(const std::string& source_directory, const std::string& directory, NumberType type,
                    bool packed = false) {
  const auto source = Open(source_directory), converted = Open(directory);
  const ModelSpec& spec = source->spec();
  const auto matrix = [&](const LinearSpec& linear, absl::string_view folder) {
    INFO(linear.weight.name);
    CHECK(converted->Matrix(linear, folder).panels == (packed || type == NumberType::kInt8));
    CheckRounding(type, MatrixFloats(*source, linear, folder), MatrixFloats(*converted, linear, folder),
                  static_cast<size_t>(linear.inputs));
    CheckVector(*source, *converted, linear.bias, folder);
  };
  for (const LayerSpec& layer : spec.layers) {
    for (const LinearSpec* linear :
         {&layer.query, &layer.key, &layer.value, &layer.attention_output, &layer.mlp_up, &layer.mlp_down}) {
      matrix(*linear, "");
    }
    for (const NormSpec* norm : {&layer.attention_norm, &layer.mlp_norm}) {
      CheckVector(*source, *converted, norm->gain, "");
      CheckVector(*source, *converted, norm->bias, "");
    }
  }
  if (spec.pooler.weight) matrix(spec.pooler, "");
  for (const DenseModuleSpec& dense : spec.sentence.dense) matrix(dense.linear, dense.folder);
  CheckVector(*source, *converted, spec.position_embedding, "");
  CheckVector(*source, *converted, spec.type_embedding, "");
  CheckVector(*source, *converted, spec.embedding_norm.gain, "");
  CheckVector(*source, *converted, spec.final_norm.bias, "");
  CheckRounding(type, TableFloats(source->Table(spec.word_embedding)),
                TableFloats(converted->Table(spec.word_embedding)), static_cast<size_t>(spec.hidden));
  CHECK(converted->spec().sentence.pooling == spec.sentence.pooling);
  CHECK(converted->spec().sentence.max_sequence_length == spec.sentence.max_sequence_length);
  // f32 rows of an f32 source are its own tensors, and the same model.
  if (type != NumberType::kF32 || packed) CHECK(converted->fingerprint() != source->fingerprint());
  for (const NamedTensor* tensor : source->Tensors()) CHECK(converted->Find("", tensor->name) != nullptr);
}

TEST_CASE("Every tiny model converted to every type reads back as its source rounded once", "[model]") {
  for (const char* name :
       {"bert-base", "bert-minilm", "bert-mlm", "bert-seqcls", "roberta-mlm", "roberta-seqcls"}) {
    std::set<uint64_t> fingerprints;
    for (const NumberType type : kTypes) {
      INFO(name << " to type " << static_cast<int>(type));
      const TemporaryFolder folder;
      ConvertTo(TinyModel(name), folder / "out", type);
      CheckConverted(TinyModel(name), folder / "out", type);
      fingerprints.insert(Open(folder / "out")->fingerprint());
      CHECK(folder.count() == 1);
      CHECK(std::filesystem::exists(folder / "out/tokenizer.json"));
      CHECK_FALSE(std::filesystem::exists(folder / "out/vocab.txt"));
      CHECK_FALSE(std::filesystem::exists(folder / "out/expected.json"));
      // What transformers cannot open says so.
      const std::string config = ReadAll(folder / "out/config.json");
      CHECK((config.find("\"dtype\": \"longwave\"") != std::string::npos) == (type == NumberType::kInt8));
      CHECK((config == ReadAll(TinyModel(name) + "/config.json")) == (type != NumberType::kInt8));
      if (type == NumberType::kF16) continue;
      ConvertTo(TinyModel(name), folder / "packed", type, true);
      CheckConverted(TinyModel(name), folder / "packed", type, true);
    }
    CHECK(fingerprints.size() == 4);
  }
}

TEST_CASE("Rows are written as other programs read them: one tensor a name, in its own shape, marked as theirs",
          "[model]") {
  const TemporaryFolder folder;
  for (const NumberType type : {NumberType::kF32, NumberType::kBf16, NumberType::kF16}) {
    const std::string out = folder / std::to_string(static_cast<int>(type));
    ConvertTo(TinyModel("bert-minilm"), out, type);
    const auto source = Open(TinyModel("bert-minilm")), rows = Open(out);
    REQUIRE(rows->Tensors().size() == source->Tensors().size());
    for (size_t i = 0; i < rows->Tensors().size(); ++i) {
      CHECK(rows->Tensors()[i]->name == source->Tensors()[i]->name);
      CHECK(rows->Tensors()[i]->tensor.shape == source->Tensors()[i]->tensor.shape);
    }
    CHECK_THAT(ReadAll(out + "/model.safetensors").substr(0, 200), ContainsSubstring("\"format\":\"pt\""));
  }
}

TEST_CASE("Packed f32 and bf16 weights need no packing, and rows pack into the same panels", "[model]") {
  const TemporaryFolder folder;
  const Context context;
  for (const NumberType type : {NumberType::kF32, NumberType::kBf16}) {
    const std::string name = std::to_string(static_cast<int>(type));
    ConvertTo(TinyModel("bert-minilm"), folder / "rows" + name, type);
    ConvertTo(TinyModel("bert-minilm"), folder / "packed" + name, type, true);
    const auto rows = Open(folder / "rows" + name), packed = Open(folder / "packed" + name);
    const auto from_rows = Weights::Pack(*rows, context), in_place = Weights::Pack(*packed, context);
    REQUIRE((from_rows.ok() && in_place.ok()));
    Weights layout;
    int64_t vectors = 0;  // all that is left: norms and biases
    for (const NamedTensor* tensor : packed->Tensors()) {
      if (tensor->tensor.shape.size() == 1) vectors += static_cast<int64_t>(AlignUp(static_cast<size_t>(tensor->tensor.bytes)));
    }
    CHECK(Weights::Measure(*packed, &layout) == vectors);
    for (size_t i = 0; i < (*in_place)->layers.size(); ++i) {
      const kernels::PackedMatrix &a = (*from_rows)->layers[i].mlp_up.matrix, &b = (*in_place)->layers[i].mlp_up.matrix;
      CHECK(a.type == type);
      CHECK(b.type == type);
      CHECK(b.panels == packed->Matrix(packed->spec().layers[i].mlp_up).weight.data);
      CHECK(std::memcmp(a.panels, b.panels, static_cast<size_t>(kernels::PanelBytes(type, a.columns, a.depth))) == 0);
    }
  }
  ConvertOptions options;
  options.weight_type = NumberType::kF16;
  options.packed = true;
  const absl::Status status = Convert(TinyModel("bert-minilm"), folder / "f16", options);
  CHECK(status.code() == absl::StatusCode::kInvalidArgument);
  CHECK_THAT(std::string(status.message()), ContainsSubstring("no packed layout"));
}

TEST_CASE("A packing that is cancelled anywhere goes on to the same weights", "[model]") {
  SmallModel small;
  const TemporaryFolder folder;
  WriteSmallModel(folder, "bert", small);
  const auto checkpoint = Open(folder.path());
  const Context context;
  const auto whole = Weights::Pack(*checkpoint, context);
  REQUIRE(whole.ok());
  PackControl control;
  int64_t last = -1;
  int cancelled = 0;
  for (;;) {
    control.cancel = true;  // before the call: it stops at its first look
    const auto packed = Weights::Pack(*checkpoint, context, &control);
    if (packed.ok()) FAIL("a cancelled packing must not be complete");
    CHECK(packed.status().code() == absl::StatusCode::kCancelled);
    CHECK(control.done_bytes > last);  // each call gets one matrix further
    CHECK_FALSE(control.cancel);
    last = control.done_bytes;
    if (++cancelled == 13) break;  // 2 layers of 6 and the pooler
  }
  const auto packed = Weights::Pack(*checkpoint, context, &control);
  REQUIRE(packed.ok());
  Weights layout;
  CHECK(control.done_bytes == Weights::Measure(*checkpoint, &layout));
  const auto same = [](const Linear& a, const Linear& b) {
    const size_t bytes = static_cast<size_t>(kernels::PanelBytes(a.matrix.type, a.matrix.columns, a.matrix.depth));
    CHECK(std::memcmp(a.matrix.panels, b.matrix.panels, bytes) == 0);
    CHECK(std::memcmp(a.bias, b.bias, static_cast<size_t>(a.matrix.columns) * sizeof(float)) == 0);
  };
  for (size_t i = 0; i < 2; ++i) {
    const LayerWeights &a = (*whole)->layers[i], &b = (*packed)->layers[i];
    for (Linear LayerWeights::*linear : {&LayerWeights::query, &LayerWeights::key, &LayerWeights::value,
                                         &LayerWeights::attention_output, &LayerWeights::mlp_up, &LayerWeights::mlp_down}) {
      same(a.*linear, b.*linear);
    }
  }
  same((*whole)->pooler, (*packed)->pooler);
}

TEST_CASE("Odd sizes, Dense modules, pre-norm and heads survive conversion", "[model]") {
  for (const NumberType type : kTypes) {
    const TemporaryFolder folder;
    std::filesystem::create_directory(folder / "in");
    SmallModel small;
    small.pre_norm = true;
    WriteAll(folder / "in/config.json", SmallConfig("roberta-prelayernorm"));
    WriteAll(folder / "in/model.safetensors",
             SmallTensors(small).Add("lm_head.dense.weight", {5, 7}).Add("we\\\"ird\\nhead", {3}).Finish());
    ConvertTo(folder / "in", folder / "out", type);
    CheckConverted(folder / "in", folder / "out", type);
    const auto before = Open(folder / "in"), after = Open(folder / "out");
    for (const char* head : {"lm_head.dense.weight", "we\"ird\nhead"}) {
      const Tensor *a = before->Find("", head), *b = after->Find("", head);
      REQUIRE((a != nullptr && b != nullptr));
      CHECK(a->shape == b->shape);
      CHECK(std::memcmp(a->data, b->data, static_cast<size_t>(a->bytes)) == 0);
    }
    for (const NamedTensor* tensor : after->Tensors()) {
      const uintptr_t at = reinterpret_cast<uintptr_t>(tensor->tensor.data);
      if (tensor->tensor.type == DataType::kF32) CHECK(at % 4 == 0);
    }
  }
  for (const NumberType type : kTypes) {
    const TemporaryFolder folder, source;
    WriteSmallModel(source, "bert", {});
    WriteSentenceModules(source);
    ConvertTo(source.path(), folder / "out", type);
    CheckConverted(source.path(), folder / "out", type);
    CHECK(Open(folder / "out")->spec().sentence.dense.size() == 1);
  }
}

TEST_CASE("The same conversion gives the same bytes", "[model]") {
  const TemporaryFolder folder;
  ConvertTo(TinyModel("bert-minilm"), folder / "a", NumberType::kInt8);
  ConvertTo(TinyModel("bert-minilm"), folder / "b", NumberType::kInt8);
  for (const char* file : {"model.safetensors", "longwave.json"}) {
    CHECK(ReadAll(folder / "a/" + file) == ReadAll(folder / "b/" + file));
  }
}

TEST_CASE("A converted model converts again, but int8 only to int8", "[model]") {
  const TemporaryFolder folder;
  const std::string source = TinyModel("bert-minilm");
  ConvertTo(source, folder / "f32", NumberType::kF32);
  for (const NumberType type : kTypes) {
    const std::string name = std::to_string(static_cast<int>(type));
    ConvertTo(source, folder / "direct" + name, type);
    ConvertTo(folder / "f32", folder / "again" + name, type);
    ConvertTo(folder / "direct" + name, folder / "same" + name, type);
    const std::string direct = ReadAll(folder / "direct" + name + "/model.safetensors");
    CHECK(ReadAll(folder / "again" + name + "/model.safetensors") == direct);
    CHECK(ReadAll(folder / "same" + name + "/model.safetensors") == direct);
  }
  const std::string int8 = folder / "direct3";
  const absl::Status status = Convert(int8, folder / "back", {});
  CHECK(status.code() == absl::StatusCode::kUnimplemented);
  CHECK_THAT(std::string(status.message()), ContainsSubstring("int8 already"));
  CHECK_FALSE(std::filesystem::exists(folder / "back"));
}

TEST_CASE("The long reading is written, kept, spread over layers and checked", "[model]") {
  const TemporaryFolder folder;
  ConvertOptions options;
  LongReading& reading = options.long_reading.emplace();
  reading.left = {3};
  reading.right = {1, 2};
  reading.sinks = 4;
  reading.tile = 32;
  reading.full_up_to = 20;
  REQUIRE(Convert(TinyModel("bert-minilm"), folder / "a", options).ok());
  ConvertTo(folder / "a", folder / "b", NumberType::kBf16);
  for (const char* name : {"a", "b"}) {
    const auto checkpoint = Open(folder / name);
    REQUIRE(checkpoint->spec().long_reading.has_value());
    CHECK(checkpoint->spec().long_reading->left == std::vector<int64_t>{3, 3});
    CHECK(checkpoint->spec().long_reading->right == std::vector<int64_t>{1, 2});
    CHECK(checkpoint->spec().long_reading->tile == 32);
    CHECK(checkpoint->spec().long_reading->passage_tokens == 254);
  }
  const auto refusal = [&](auto change) {
    ConvertOptions bad = options;
    change(*bad.long_reading);
    const absl::Status status = Convert(TinyModel("bert-minilm"), folder / "bad", bad);
    CHECK(status.code() == absl::StatusCode::kInvalidArgument);
    CHECK_FALSE(std::filesystem::exists(folder / "bad"));
    return std::string(status.message());
  };
  CHECK_THAT(refusal([](LongReading& r) { r.left = {1, 2, 3}; }), ContainsSubstring("left must be"));
  CHECK_THAT(refusal([](LongReading& r) { r.right = {}; }), ContainsSubstring("right must be"));
  CHECK_THAT(refusal([](LongReading& r) { r.left = {-1}; }), ContainsSubstring("left must be"));
  CHECK_THAT(refusal([](LongReading& r) { r.sinks = 32; }), ContainsSubstring("sinks must be"));
  CHECK_THAT(refusal([](LongReading& r) { r.tile = 65; }), ContainsSubstring("tile must be"));
  CHECK_THAT(refusal([](LongReading& r) { r.tile = 0; }), ContainsSubstring("tile must be"));
  CHECK_THAT(refusal([](LongReading& r) { r.full_up_to = 65; }), ContainsSubstring("full_up_to must be"));
  CHECK_THAT(refusal([](LongReading& r) { r.passage_tokens = 0; }),
             ContainsSubstring("passage_tokens must be"));
}

TEST_CASE("Only a destination that is new or an empty directory is written", "[model]") {
  const TemporaryFolder folder;
  const std::string source = TinyModel("bert-mlm");
  const auto code = [&](const std::string& destination) { return Convert(source, destination, {}).code(); };
  std::filesystem::create_directory(folder / "empty");
  CHECK(code(folder / "empty/") == absl::StatusCode::kOk);
  CHECK(code(folder / "empty") == absl::StatusCode::kInvalidArgument);  // no longer empty
  WriteAll(folder / "file", "x");
  CHECK(code(folder / "file") == absl::StatusCode::kInvalidArgument);
  CHECK(ReadAll(folder / "file") == "x");
  CHECK(code(folder / "file/below") == absl::StatusCode::kNotFound);
  CHECK(code(folder / "none/below") == absl::StatusCode::kNotFound);
  CHECK(code("") == absl::StatusCode::kInvalidArgument);
  CHECK(code(source) == absl::StatusCode::kInvalidArgument);
  CHECK(Convert(folder / "none", folder / "out", {}).code() == absl::StatusCode::kNotFound);
  CHECK(folder.count() == 2);  // "empty" and "file", nothing half-written
}

TEST_CASE("A full disk is an error that leaves nothing behind", "[model]") {
  // A limit on the size of files fails writes as a full disk does, at a chosen byte.
  rlimit before;
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto ignore = std::signal(SIGXFSZ, SIG_IGN);
  for (const rlim_t bytes : {rlim_t{0}, rlim_t{100}, rlim_t{5000}, rlim_t{60000}, rlim_t{300000}}) {
    const TemporaryFolder folder;
    const rlimit limit = {bytes, before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const absl::Status status = Convert(TinyModel("bert-base"), folder / "out", {});
    ::setrlimit(RLIMIT_FSIZE, &before);
    INFO(bytes << " bytes: " << status.ToString());
    CHECK(status.code() == absl::StatusCode::kUnavailable);
    CHECK(folder.count() == 0);
  }
  std::signal(SIGXFSZ, ignore);
}

TEST_CASE("Numbers that the type cannot hold are refused instead of turned into infinity", "[model]") {
  const TemporaryFolder folder;
  const auto write = [&](const char* name, float value) {
    std::filesystem::create_directory(folder / name);
    WriteAll(folder / name + "/config.json", SmallConfig("bert"));
    std::string file = SmallTensors({}).Finish();
    // The word embedding comes first in the data.
    uint64_t header = 0;
    std::memcpy(&header, file.data(), 8);
    std::memcpy(&file[8 + header + 20], &value, 4);
    WriteAll(folder / name + "/model.safetensors", file);
  };
  write("large", 70000.0f);
  write("infinite", INFINITY);
  ConvertOptions options;
  options.weight_type = NumberType::kF16;
  absl::Status status = Convert(folder / "large", folder / "out", options);
  CHECK(status.code() == absl::StatusCode::kInvalidArgument);
  CHECK_THAT(std::string(status.message()),
             ContainsSubstring("word_embeddings.weight\" holds the number 70000"));
  options.weight_type = NumberType::kInt8;
  status = Convert(folder / "infinite", folder / "out", options);
  CHECK(status.code() == absl::StatusCode::kInvalidArgument);
  CHECK_THAT(std::string(status.message()), ContainsSubstring("int8 cannot hold"));
  CHECK(folder.count() == 2);
  options.weight_type = NumberType::kBf16;
  CHECK(Convert(folder / "infinite", folder / "out", options).ok());
}

}  // namespace
}  // namespace lwave::model
