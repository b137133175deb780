// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// expected.json of a model folder: whole sequences through lwave_model_forward, texts through the tokenizer,
// and single texts through a stream as well.

#include <algorithm>
#include <cmath>
#include <set>

#include "hashed_layers.h"
#include "model_cases.h"
#include "row_cosines.h"
#include "truncation.h"

namespace lwave::golden {
namespace {

using nlohmann::json;

int32_t OutputConstant(const std::string& name) {
  if (name == "last_hidden_state") return LWAVE_LAST_HIDDEN_STATE;
  if (name == "hidden_states") return LWAVE_HIDDEN_STATES;
  if (name == "pooler_output") return LWAVE_POOLER_OUTPUT;
  if (name == "sentence_embedding") return LWAVE_SENTENCE_EMBEDDING;
  if (name == "logits" || name == "logits_rows" || name == "start_logits" || name == "end_logits") return LWAVE_LOGITS;
  if (name == "encoder_last_hidden_state") return LWAVE_ENCODER_LAST_HIDDEN_STATE;
  if (name == "encoder_hidden_states") return LWAVE_ENCODER_HIDDEN_STATES;
  if (name == "decoder_hidden_states") return LWAVE_HIDDEN_STATES;
  if (name == "mems") return LWAVE_MEMORIES;
  return 0;
}

// The name of an input in the library; empty where there is none.
std::string InputName(const std::string& name) {
  if (name == "input_ids") return "ids";
  if (name == "attention_mask") return "mask";
  if (name == "token_type_ids") return "token_types";
  if (name == "position_ids") return "positions";
  if (name == "global_attention_mask") return "globals";
  if (name == "decoder_input_ids") return "decoder_ids";
  if (name == "decoder_attention_mask") return "decoder_mask";
  return "";
}

struct Folder {
  const json& expected;
  const reference::StoredFile& tensors;
  const test::Model& model;
  const test::Tokenizer& tokenizer;  // null: the model has none that Longwave reads
  const std::string& tokenizer_reason;
  // Where the model's weights are smaller than the folder's: rows are compared by their cosines, which are collected
  // here, and the folder's own model hashes.
  RowCosines* cosines = nullptr;
  const test::Model* exact = nullptr;

  Tolerance For(const std::string& output) const {
    return {expected.at("atol").at(output).get<double>(), expected.at("rtol").get<double>()};
  }
  Tolerance HashTolerance() const {
    return expected.at("atol").contains("rotations.0") ? For("rotations.0") : Tolerance();
  }
  bool Has(const std::string& name) const { return tensors.Has(name); }
};

// `texts` give the ids of the case: encoded, cut to the model's limit, padded to the longest.
void CheckTexts(CaseReport& report, const Folder& folder, const json& texts, const test::Batch& batch,
                int32_t pad_id) {
  Truncation truncation;
  truncation.max_length = ModelInt(folder.model, "max_rows");
  for (size_t row = 0; row < texts.size(); ++row) {
    const bool is_pair = texts[row].is_array();
    const std::string text = (is_pair ? texts[row][0] : texts[row]).get<std::string>();
    const std::string pair = is_pair ? texts[row][1].get<std::string>() : "";
    test::Tokens got =
        EncodeTruncated(folder.tokenizer, text, is_pair ? &pair : nullptr, truncation)[0];
    const size_t tokens = static_cast<size_t>(batch.tokens);
    std::vector<int32_t> mask(got.ids.size(), 1);
    if (mask.size() > tokens) {
      report.Fail("text " + std::to_string(row) + " has " + std::to_string(mask.size()) + " ids, expected at most " +
                  std::to_string(tokens));
      continue;
    }
    // Padded on the side where the case is padded.
    const size_t missing = tokens - mask.size();
    const bool on_left = !batch.mask.empty() && batch.mask[row * tokens] == 0;
    const auto pad = [&](std::vector<int32_t>& values, int32_t with) {
      values.insert(on_left ? values.begin() : values.end(), missing, with);
    };
    pad(mask, 0), pad(got.ids, pad_id), pad(got.types, 0);
    // What is written where the mask closes a row is nobody's business.
    const auto same = [&](const std::vector<int32_t>& values, const std::vector<int32_t>& wanted) {
      for (size_t i = 0; i < tokens && !wanted.empty(); ++i) {
        if (mask[i] != 0 && values[i] != wanted[row * tokens + i]) return false;
      }
      return true;
    };
    const std::string name = "text " + std::to_string(row);
    report.Require(same(got.ids, batch.ids), name + " gives other ids");
    report.Require(same(got.types, batch.types), name + " gives other token types");
    report.Require(batch.mask.empty() || std::equal(mask.begin(), mask.end(), batch.mask.begin() + row * tokens),
                   name + " gives another mask");
  }
}

// The document's vector of each text as a stream reads it under `truncate`.
void CheckStreams(CaseReport& report, const Folder& folder, const json& texts, const std::vector<double>& expected) {
  const int64_t width = ModelInt(folder.model, "embedding_width");
  const test::Config config = test::MakeConfig();
  test::Set(config, "long", "truncate");
  test::Set(config, "passage_tokens", int64_t{8192});  // one passage: the document's vector is the model's
  for (size_t row = 0; row < texts.size(); ++row) {
    const test::Stream stream = test::MakeStream(folder.model, config);
    std::vector<test::Item> items;
    test::PushText(stream.get(), texts[row].get<std::string>(), width, items);
    test::FinishStream(stream.get(), width, items);
    if (items.empty() || items.back().kind != LWAVE_ITEM_DOCUMENT) {
      report.Fail("the stream of text " + std::to_string(row) + " gave no document");
      continue;
    }
    if (items.back().has_vector == 0) continue;  // a text without a token
    const auto begin = expected.begin() + static_cast<int64_t>(row) * width;
    report.Compare("stream", items.back().vector, {begin, begin + width}, folder.For("sentence_embedding"));
  }
}

// [layers, rows, batch, width] <-> [layers, batch, rows, width], whose second and third numbers are given.
std::vector<float> SwapMiddle(const std::vector<float>& numbers, int64_t layers, int64_t second, int64_t third) {
  std::vector<float> swapped;
  const int64_t width = static_cast<int64_t>(numbers.size()) / (layers * second * third);
  for (int64_t l = 0; l < layers; ++l) {
    for (int64_t t = 0; t < third; ++t) {
      for (int64_t s = 0; s < second; ++s) {
        const auto begin = numbers.begin() + ((l * second + s) * third + t) * width;
        swapped.insert(swapped.end(), begin, begin + width);
      }
    }
  }
  return swapped;
}

// BigBird's plan, where it is another than the model's own (block 0 throughout).   [layers, heads, blocks - 2, random]
void SetRandomBlocks(const Folder& folder, const std::string& prefix, const test::Inputs& inputs) {
  if (!folder.Has(prefix + "random_blocks")) return;
  const reference::StoredTensor& tensor = folder.tensors.At(prefix + "random_blocks");
  const std::vector<int32_t> plan = ToInt32(tensor.Integers());
  if (std::all_of(plan.begin(), plan.end(), [](int32_t block) { return block == 0; })) return;
  const int64_t layers = tensor.shape.at(0), each = static_cast<int64_t>(plan.size()) / layers;
  for (int64_t l = 0; l < layers; ++l) {
    const std::string layer = "layers." + std::to_string(l) + ".";
    test::Set(inputs, layer + "plan", std::string("given"));
    test::Set(inputs, layer + "random_blocks", std::vector<int32_t>(plan.begin() + l * each, plan.begin() + (l + 1) * each));
  }
}

// The library's inputs of a case, and the batch for the checks of texts; false where it has an input that is unknown.
bool ReadInputs(CaseReport& report, const Folder& folder, const json& one, test::Batch* batch, test::Inputs* inputs,
                std::vector<int32_t>* decoder_mask) {
  const std::string prefix = one.at("name").get<std::string>() + ".";
  const reference::StoredTensor& ids = folder.tensors.At(prefix + "input_ids");
  batch->batch = ids.shape.at(0), batch->tokens = ids.shape.at(1);
  *inputs = test::MakeInputs(batch->batch, batch->tokens);
  for (const json& input : one.at("inputs")) {
    const std::string name = input.get<std::string>();
    if (name == "mems_in") {
      const reference::StoredTensor& memory = folder.tensors.At(prefix + name);
      const std::vector<double> numbers = memory.Doubles();
      test::Set(*inputs, "memories",
                SwapMiddle({numbers.begin(), numbers.end()}, memory.shape.at(0), memory.shape.at(1), memory.shape.at(2)));
      continue;
    }
    const std::string own = InputName(name);
    if (own.empty()) {
      report.Unsupported(name, "run has no such input");
      return false;
    }
    const std::vector<int32_t> values = ToInt32(folder.tensors.At(prefix + name).Integers());
    test::Set(*inputs, own, values);
    if (own == "ids") batch->ids = values;
    if (own == "mask") batch->mask = values;
    if (own == "token_types") batch->types = values;
    if (own == "decoder_mask") *decoder_mask = values;
  }
  SetRandomBlocks(folder, prefix, *inputs);
  return true;
}

// Every other number of [batch, tokens, 2] (question answering).
std::vector<float> EverySecond(const std::vector<float>& numbers, size_t first) {
  std::vector<float> some;
  for (size_t i = first; i < numbers.size(); i += 2) some.push_back(numbers[i]);
  return some;
}

// The mask of some rows of each sequence.
std::vector<int32_t> OfRows(const std::vector<int32_t>& mask, int64_t batch, const std::vector<int32_t>& rows) {
  std::vector<int32_t> some;
  for (int64_t b = 0; !mask.empty() && b < batch; ++b) {
    for (const int32_t row : rows) some.push_back(mask[static_cast<size_t>(b * (static_cast<int64_t>(mask.size()) / batch) + row)]);
  }
  return some;
}

// Compares one output, rows that the mask closes left out.   mask // [batch, tokens] of the rows that it has, or empty
void CompareOutput(CaseReport& report, const Folder& folder, const std::string& tensor, const std::string& name,
                   const std::vector<float>& got, const std::vector<int32_t>& mask, int64_t batch) {
  const reference::StoredTensor& expected = folder.tensors.At(tensor);
  const std::vector<int64_t>& shape = expected.shape;
  int64_t rows = 0, width = 1;  // rows of one batch, numbers of a row
  if (!mask.empty()) {
    const int64_t tokens = static_cast<int64_t>(mask.size()) / batch;
    for (size_t i = 0; i + 1 < shape.size(); ++i) {
      if (shape[i] == batch && shape[i + 1] == tokens) {
        rows = batch * tokens;
        for (size_t j = i + 2; j < shape.size(); ++j) width *= shape[j];
      }
    }
  }
  const auto open = [&](size_t i) {
    return rows == 0 || mask[(i / static_cast<size_t>(width)) % static_cast<size_t>(rows)] != 0;
  };
  if (folder.cosines != nullptr) {
    folder.cosines->Add(tensor, got, expected.Doubles(), static_cast<size_t>(shape.back()), open);
  } else {
    report.Compare(name, got, expected.Doubles(), folder.For(name), open);
  }
}

// Greedy generation of each row; what the mask closes (padding) is left out.
void CheckGenerated(CaseReport& report, const Folder& folder, const json& one, const test::Batch& batch,
                    const std::vector<int32_t>& expected, const std::vector<int32_t>& globals) {
  const int64_t new_tokens = one.at("options").at("new_tokens").get<int64_t>();
  const size_t tokens = static_cast<size_t>(batch.tokens), width = expected.size() / static_cast<size_t>(batch.batch);
  for (size_t row = 0; row < static_cast<size_t>(batch.batch); ++row) {
    const test::Config config = test::MakeConfig("generation");
    test::Set(config, "max_new_tokens", new_tokens);
    if (!one["options"].value("stop_at_eos", true)) test::Set(config, "stop_at_end", int64_t{0});
    std::vector<int32_t> prompt;
    std::vector<int64_t> global;
    for (size_t i = row * tokens; i < (row + 1) * tokens; ++i) {
      if (!batch.mask.empty() && batch.mask[i] == 0) continue;
      if (!globals.empty() && globals[i] != 0) global.push_back(static_cast<int64_t>(prompt.size()));
      prompt.push_back(batch.ids[i]);
    }
    if (!global.empty()) test::Set(config, "globals", global);
    const test::Generator generator = test::MakeGenerator(folder.model, config);
    test::Push(generator, prompt);
    const std::vector<int32_t> got = test::Generate(generator);
    const auto end = expected.begin() + static_cast<int64_t>((row + 1) * width);
    report.Require(std::equal(got.begin(), got.end(), end - new_tokens, end),
                   "row " + std::to_string(row) + ": other tokens were generated");
  }
}

// -ln p of tokens 1 .. n - 1, from the head's scores.
std::vector<float> Losses(const std::vector<float>& scores, const std::vector<int32_t>& ids) {
  std::vector<float> losses;
  const size_t vocabulary = scores.size() / ids.size();
  for (size_t i = 0; i + 1 < ids.size(); ++i) {
    const float* row = scores.data() + i * vocabulary;
    const double most = static_cast<double>(*std::max_element(row, row + vocabulary));
    double sum = 0;
    for (size_t w = 0; w < vocabulary; ++w) sum += std::exp(static_cast<double>(row[w]) - most);
    losses.push_back(static_cast<float>(most + std::log(sum) - static_cast<double>(row[ids[i + 1]])));
  }
  return losses;
}

// Runs for one output and compares it. Outputs of a segment have its suffix, ".s0" ...
void CheckOutput(CaseReport& report, const Folder& folder, const std::string& prefix, const std::string& output,
                 const test::Inputs& inputs, const test::Batch& batch, const std::vector<int32_t>& decoder_mask) {
  const std::string name = output.substr(0, output.find('.'));
  const std::string suffix = output.substr(name.size());
  if (name == "logits_rows_at") return;  // which rows logits_rows are
  const int32_t constant = OutputConstant(name);
  if (constant == 0) {
    report.Unsupported(name, "run has no such output yet");
    return;
  }
  const std::vector<int32_t> rows =
      name == "logits_rows" ? ToInt32(folder.tensors.At(prefix + "logits_rows_at" + suffix).Integers())
                            : std::vector<int32_t>();
  test::Set(inputs, "rows", rows);
  std::vector<float> got = test::Run(folder.model, inputs, constant);
  if (name == "start_logits" || name == "end_logits") got = EverySecond(got, name == "start_logits" ? 0 : 1);
  if (name == "mems") {
    const std::vector<int64_t> shape = test::OutputShape(folder.model, inputs, constant);
    got = SwapMiddle(got, shape[0], shape[1], shape[2]);
  }
  const bool of_decoder = folder.Has(prefix + "decoder_input_ids") && name.rfind("encoder", 0) != 0;
  std::vector<int32_t> mask = of_decoder ? decoder_mask : batch.mask;
  if (!rows.empty()) mask = OfRows(mask, batch.batch, rows);
  CompareOutput(report, folder, prefix + output, output, got, mask, batch.batch);
}

// Successive segments, the memory handed on from each to the next: ids of their own, ".s0" ..., or equal parts of the
// case's ids.
void RunSegments(CaseReport& report, const Folder& folder, const json& one) {
  const std::string prefix = one.at("name").get<std::string>() + ".";
  std::set<std::string> outputs;
  for (const json& output : one.at("outputs")) outputs.insert(output.get<std::string>());
  const auto ends_with = [](const std::string& text, const std::string& end) {
    return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
  };
  size_t count = 0;
  while (std::any_of(outputs.begin(), outputs.end(), [&](const std::string& output) {
    return ends_with(output, ".s" + std::to_string(count));
  })) {
    ++count;
  }
  std::vector<float> memory;
  for (size_t s = 0; s < count; ++s) {
    const std::string suffix = ".s" + std::to_string(s);
    const bool own = folder.Has(prefix + "input_ids" + suffix);
    const reference::StoredTensor& stored = folder.tensors.At(prefix + "input_ids" + (own ? suffix : ""));
    const std::vector<int32_t> all = ToInt32(stored.Integers());
    test::Batch batch;
    batch.batch = stored.shape.at(0);
    batch.tokens = own ? stored.shape.at(1) : stored.shape.at(1) / static_cast<int64_t>(count);
    for (int64_t b = 0; b < batch.batch; ++b) {
      const auto begin = all.begin() + b * stored.shape[1] + (own ? 0 : static_cast<int64_t>(s) * batch.tokens);
      batch.ids.insert(batch.ids.end(), begin, begin + batch.tokens);
    }
    const test::Inputs inputs = test::MakeInputs(batch.batch, batch.tokens);
    test::Set(inputs, "ids", batch.ids);
    if (s > 0) test::Set(inputs, "memories", memory);
    for (const std::string& output : outputs) {
      if (ends_with(output, suffix)) CheckOutput(report, folder, prefix, output, inputs, batch, {});
    }
    memory = test::Run(folder.model, inputs, LWAVE_MEMORIES);
  }
}

// Outputs that are numbers, rather than what is chosen or summed up by them.
bool HasRows(const std::string& output) {
  for (const char* other : {"rotations.", "buckets.", "random_blocks", "generated_ids", "nll"}) {
    if (output.rfind(other, 0) == 0) return false;
  }
  return true;
}

void RunOne(CaseReport& report, const Folder& folder, const json& one, int32_t pad_id) {
  const std::string prefix = one.at("name").get<std::string>() + ".";
  const json& outputs = one.at("outputs");
  if (std::any_of(outputs.begin(), outputs.end(), [](const json& output) {
        return output.get<std::string>().find(".s") != std::string::npos;
      })) {
    RunSegments(report, folder, one);
    return;
  }
  test::Batch batch;
  test::Inputs inputs;
  std::vector<int32_t> decoder_mask;
  if (!ReadInputs(report, folder, one, &batch, &inputs, &decoder_mask)) return;
  const HashedCase hashed = {folder.tensors, folder.model, one, folder.HashTolerance()};
  const std::vector<int64_t> hashed_layers = GiveHashes(report, hashed, inputs);
  if (folder.exact != nullptr) GiveBuckets({folder.tensors, *folder.exact, one, folder.HashTolerance()}, inputs);
  for (const json& output : outputs) {
    const std::string name = output.get<std::string>();
    if (folder.cosines != nullptr && !HasRows(name)) continue;
    if (CheckHashes(report, hashed, hashed_layers, name, inputs)) continue;
    if (name == "random_blocks") continue;  // what the run is given
    if (name == "generated_ids") {
      const std::string globals = prefix + "global_attention_mask";
      CheckGenerated(report, folder, one, batch, ToInt32(folder.tensors.At(prefix + name).Integers()),
                     folder.Has(globals) ? ToInt32(folder.tensors.At(globals).Integers()) : std::vector<int32_t>());
      continue;
    }
    if (name == "nll") {
      test::Set(inputs, "rows", std::vector<int32_t>());
      report.Compare(name, Losses(test::Run(folder.model, inputs, LWAVE_LOGITS), batch.ids),
                     folder.tensors.At(prefix + name).Doubles(), folder.For(name));
      continue;
    }
    CheckOutput(report, folder, prefix, name, inputs, batch, decoder_mask);
  }
  if (!one.contains("texts") || folder.cosines != nullptr) return;
  if (folder.tokenizer == nullptr) {
    report.Unsupported("texts", folder.tokenizer_reason);
    return;
  }
  CheckTexts(report, folder, one["texts"], batch, pad_id);
  if (folder.Has(prefix + "sentence_embedding") && one["texts"][0].is_string()) {
    CheckStreams(report, folder, one["texts"], folder.tensors.At(prefix + "sentence_embedding").Doubles());
  }
}

}  // namespace

void RunExpectedCases(const std::string& folder, const Sink& sink) {
  const json expected = ReadJson(folder + "/expected.json");
  const reference::StoredFile tensors = reference::ReadSafetensors(folder + "/expected.safetensors");
  const test::Context context = test::MakeContext(0);
  const std::string prefix = BaseName(folder) + "/";
  test::Model model;
  test::Tokenizer tokenizer;
  std::string reason;
  const CaseResult opened = RunCase(prefix, [&](CaseReport&) { model = test::OpenModel(context, folder); });
  if (model != nullptr) {
    // A model may be opened although its tokenizer is of a kind to come; then only ids are checked.
    reason = RunCase("", [&](CaseReport&) { tokenizer = test::OpenTokenizer(context, folder); }).detail;
  }
  const json config = ReadJson(folder + "/config.json");
  const int32_t pad_id = config.contains("pad_token_id") && config["pad_token_id"].is_number()
                             ? config["pad_token_id"].get<int32_t>()
                             : 0;
  for (const json& one : expected.at("cases")) {
    sink(RunCase(prefix + one.at("name").get<std::string>(), [&](CaseReport& report) {
      if (model != nullptr) {
        RunOne(report, {expected, tensors, model, tokenizer, reason}, one, pad_id);
      } else if (opened.verdict == Verdict::kUnsupported) {
        report.Unsupported("model", opened.detail);
      } else {
        report.Fail(opened.detail);
      }
    }));
  }
}

void CollectCosines(const std::string& folder, const std::string& converted, RowCosines* cosines, const Sink& sink) {
  const json expected = ReadJson(folder + "/expected.json");
  const reference::StoredFile tensors = reference::ReadSafetensors(folder + "/expected.safetensors");
  const test::Context context = test::MakeContext(0);
  const test::Model exact = test::OpenModel(context, folder), model = test::OpenModel(context, converted);
  const test::Tokenizer none;
  for (const json& one : expected.at("cases")) {
    sink(RunCase(BaseName(folder) + "/" + one.at("name").get<std::string>(), [&](CaseReport& report) {
      RunOne(report, {expected, tensors, model, none, "", cosines, &exact}, one, 0);
    }));
  }
}

void RunModelFolder(const std::string& folder, const Sink& sink) {
  if (FileExists(folder + "/expected.json")) RunExpectedCases(folder, sink);
  if (FileExists(folder + "/long.json")) RunLongCases(folder, sink);
  if (FileExists(folder + "/tokenizer_cases.json")) RunTokenizerCases(folder, sink);
}

}  // namespace lwave::golden
