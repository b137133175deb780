// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Heads of BERT's relatives: which one a checkpoint has, old and doubled names of their tensors, and what is missing.

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <string>

#include "model/checkpoint.h"
#include "model/stack_spec.h"
#include "model_checkpoint_support.h"

namespace lwave::model {
namespace {

using Catch::Matchers::ContainsSubstring;
using namespace testing;

std::string Config(const std::string& family, const std::string& architecture, const std::string& extra = "") {
  return SmallConfig(family, "\"architectures\":[\"" + architecture + "\"]," + extra);
}

ModelSpec SpecOf(const TemporaryFolder& folder, const std::string& config, const FileBuilder& file) {
  WriteAll(folder / "config.json", config);
  WriteAll(folder / "model.safetensors", file.Finish());
  const auto checkpoint = Checkpoint::Open(folder.path());
  INFO(checkpoint.status().ToString());
  REQUIRE(checkpoint.ok());
  return (*checkpoint)->spec();
}

std::string Refusal(const TemporaryFolder& folder, const std::string& config, const FileBuilder& file) {
  WriteAll(folder / "config.json", config);
  WriteAll(folder / "model.safetensors", file.Finish());
  const absl::Status status = Checkpoint::Open(folder.path()).status();
  REQUIRE(!status.ok());
  return std::string(status.message());
}

FileBuilder Bert() { return SmallTensors({"bert."}); }
FileBuilder Roberta() { return SmallTensors({"roberta."}); }

FileBuilder BertLm(bool old_norm_names = false) {
  FileBuilder file = Bert();
  file.AddLinear("cls.predictions.transform.dense", 6, 6);
  file.AddNorm("cls.predictions.transform.LayerNorm", 6, old_norm_names);
  return file;
}

TEST_CASE("A masked LM's decoder is the word embedding unless the file has one of its own, bias included", "[model]") {
  const TemporaryFolder folder;
  ModelSpec spec = SpecOf(folder, Config("bert", "BertForMaskedLM"), BertLm().Add("cls.predictions.bias", {9}));
  REQUIRE(spec.head != nullptr);
  CHECK(spec.head->task == HeadTask::kMaskedLm);
  CHECK(spec.head->outputs == 9);
  CHECK(spec.head->steps[1].linear.weight.name == "bert.embeddings.word_embeddings.weight");
  CHECK(spec.head->final_bias.name == "cls.predictions.bias");
  const FileBuilder own = BertLm().AddLinear("cls.predictions.decoder", 9, 6).Add("cls.predictions.bias", {9});
  spec = SpecOf(folder, Config("bert", "BertForMaskedLM", "\"tie_word_embeddings\":false,"), own);
  CHECK(spec.head->steps[1].linear.weight.name == "cls.predictions.decoder.weight");
  CHECK(spec.head->final_bias.name == "cls.predictions.decoder.bias");
}

TEST_CASE("A decoder that config.json does not tie must be in the file", "[model]") {
  const TemporaryFolder folder;
  CHECK_THAT(Refusal(folder, Config("bert", "BertForMaskedLM", "\"tie_word_embeddings\":false,"),
                     BertLm().Add("cls.predictions.bias", {9})),
             ContainsSubstring("cls.predictions.decoder.weight is missing"));
}

TEST_CASE("Old names of a head's norm, and a bias under its decoder's name alone, are read", "[model]") {
  const TemporaryFolder folder;
  const ModelSpec spec = SpecOf(folder, Config("bert", "BertForPreTraining"),
                                BertLm(true)
                                    .Add("cls.predictions.decoder.bias", {9})
                                    .AddLinear("cls.seq_relationship", 2, 6));
  CHECK(spec.head->steps[0].norm.gain.name == "cls.predictions.transform.LayerNorm.gamma");
  CHECK(spec.head->final_bias.name == "cls.predictions.decoder.bias");
}

TEST_CASE("RoBERTa's masked LM takes exact gelu whatever the encoder's activation", "[model]") {
  const TemporaryFolder folder;
  for (const char* family : {"roberta", "xlm-roberta", "camembert"}) {
    FileBuilder file = Roberta();
    file.AddLinear("lm_head.dense", 6, 6).AddNorm("lm_head.layer_norm", 6).Add("lm_head.bias", {9});
    const ModelSpec spec =
        SpecOf(folder, Config(family, "RobertaForMaskedLM", "\"hidden_act\":\"relu\","), file);
    CHECK(spec.head->steps[0].activation == kernels::Activation::kGelu);
    CHECK(spec.activation == kernels::Activation::kRelu);
  }
}

TEST_CASE("Classifiers have as many outputs as labels, which id2label names", "[model]") {
  const TemporaryFolder folder;
  const std::string labels = "\"id2label\":{\"1\":\"bad\",\"0\":\"good\",\"2\":\"odd\"},";
  ModelSpec spec = SpecOf(folder, Config("bert", "BertForSequenceClassification", labels),
                          Bert().AddLinear("classifier", 3, 6));
  CHECK(spec.head->input == HeadInput::kPooler);
  CHECK(spec.head->labels == std::vector<std::string>{"good", "bad", "odd"});
  spec = SpecOf(folder, Config("roberta", "RobertaForSequenceClassification", "\"num_labels\":4,"),
                Roberta().AddLinear("classifier.dense", 6, 6).AddLinear("classifier.out_proj", 4, 6));
  CHECK(spec.head->input == HeadInput::kFirstRow);
  CHECK(spec.head->steps[0].activation == kernels::Activation::kTanh);
  CHECK(spec.head->labels[3] == "LABEL_3");
  spec = SpecOf(folder, Config("bert", "BertForTokenClassification", labels), Bert().AddLinear("classifier", 3, 6));
  CHECK(spec.head->input == HeadInput::kRows);
  CHECK(spec.head->task == HeadTask::kToken);
  CHECK_THAT(Refusal(folder, Config("bert", "BertForTokenClassification", labels), Bert().AddLinear("classifier", 4, 6)),
             ContainsSubstring("classifier.weight"));
  FileBuilder without = SmallTensors({"bert.", false, false, false});
  CHECK_THAT(Refusal(folder, Config("bert", "BertForSequenceClassification", labels), without.AddLinear("classifier", 3, 6)),
             ContainsSubstring("pooler.dense.weight"));
}

TEST_CASE("A file of the encoder alone has no head, whatever config.json calls it; half a head is an error",
          "[model]") {
  const TemporaryFolder folder;
  for (const char* architecture : {"BertForMaskedLM", "BertForSequenceClassification", "BertForQuestionAnswering",
                                   "BertForTokenClassification", "BertForMultipleChoice", "BertModel"}) {
    CHECK(SpecOf(folder, Config("bert", architecture), Bert()).head == nullptr);
  }
  CHECK_THAT(Refusal(folder, Config("bert", "BertForMaskedLM"), BertLm()),
             ContainsSubstring("\"cls.predictions.bias\" is missing"));
  CHECK_THAT(Refusal(folder, Config("bert", "BertForQuestionAnswering"), Bert().Add("qa_outputs.weight", {2, 6})),
             ContainsSubstring("\"qa_outputs.bias\" is missing"));
  CHECK_THAT(Refusal(folder, Config("roberta", "RobertaForSequenceClassification"),
                     Roberta().AddLinear("classifier.dense", 6, 6).AddLinear("classifier.other", 2, 6)),
             ContainsSubstring("classifier.out_proj.weight\" is missing"));
}

FileBuilder Longformer() {
  FileBuilder file = SmallTensors({"longformer."});
  for (const char* layer : {"0", "1"}) {
    for (const char* name : {"query_global", "key_global", "value_global"}) {
      file.AddLinear("longformer.encoder.layer." + std::string(layer) + ".attention.self." + name, 6, 6);
    }
  }
  return file;
}

TEST_CASE("Longformer's windows count both sides, one number for all layers or one for each", "[model]") {
  const TemporaryFolder folder;
  const auto sides = [&](const std::string& window) {
    const ModelSpec spec =
        SpecOf(folder, Config("longformer", "LongformerModel", "\"attention_window\":" + window + ","), Longformer());
    std::vector<int64_t> left;
    for (const BlockSpec& block : spec.stack->blocks) {
      REQUIRE(block.attention.mechanism == "window");
      left.push_back(block.attention.options.at(0).ints.at(0));
      CHECK(block.attention.options.at(1).ints == block.attention.options.at(0).ints);
    }
    return left;
  };
  CHECK(sides("8") == std::vector<int64_t>{4, 4});
  CHECK(sides("[6,2]") == std::vector<int64_t>{3, 1});
  const auto refusal = [&](const std::string& window) {
    return Refusal(folder, Config("longformer", "LongformerModel", "\"attention_window\":" + window + ","),
                   Longformer());
  };
  CHECK_THAT(refusal("[4,7]"), ContainsSubstring("attention_window must be even"));
  CHECK_THAT(refusal("[4]"), ContainsSubstring("attention_window must be a list of 2 whole numbers"));
  CHECK_THAT(refusal("[4,\"8\"]"), ContainsSubstring("attention_window must be a list of 2 whole numbers"));
  CHECK_THAT(refusal("0"), ContainsSubstring("attention_window must be"));
}

TEST_CASE("Longformer's heads name the tokens that are global where a run names none", "[model]") {
  const TemporaryFolder folder;
  const std::string window = "\"attention_window\":4,";
  ModelSpec spec = SpecOf(folder, Config("longformer", "LongformerForQuestionAnswering", window + "\"sep_token_id\":5,"),
                          Longformer().AddLinear("qa_outputs", 2, 6));
  CHECK(spec.head->default_globals == DefaultGlobals::kQuestion);
  CHECK(spec.head->separator_id == 5);
  spec = SpecOf(folder, Config("longformer", "LongformerForSequenceClassification", window),
                Longformer().AddLinear("classifier.dense", 6, 6).AddLinear("classifier.out_proj", 2, 6));
  CHECK(spec.head->default_globals == DefaultGlobals::kFirstRow);
  spec = SpecOf(folder, Config("longformer", "LongformerForTokenClassification", window),
                Longformer().AddLinear("classifier", 2, 6));
  CHECK(spec.head->default_globals == DefaultGlobals::kNone);
}

TEST_CASE("BigBird's kind of attention is one of two, its projections may have no bias", "[model]") {
  const TemporaryFolder folder;
  FileBuilder file = SmallTensors({"bert.", false, false, false});
  file.AddLinear("bert.pooler", 6, 6);
  const auto mechanism = [&](const std::string& extra) {
    return SpecOf(folder, Config("big_bird", "BigBirdModel", extra), file).stack->blocks[1].attention.mechanism;
  };
  CHECK(mechanism("") == "block_sparse");
  CHECK(mechanism("\"attention_type\":\"original_full\",") == "full");
  CHECK_THAT(Refusal(folder, Config("big_bird", "BigBirdModel", "\"attention_type\":\"sliding\","), file),
             ContainsSubstring("attention_type \"sliding\" is not supported"));
  CHECK_THAT(Refusal(folder, Config("big_bird", "BigBirdModel", "\"use_bias\":false,"), file),
             ContainsSubstring("attention.self.key.bias\" has no place"));
  const ModelSpec spec = SpecOf(folder, Config("big_bird", "BigBirdModel", "\"rescale_embeddings\":true,"), file);
  CHECK(spec.pooler.weight.name == "bert.pooler.weight");
  CHECK(spec.stack->embedding.scale > 2.449);
  CHECK(spec.stack->embedding.scale < 2.450);
  CHECK(spec.stack->blocks[0].mlp.activation == kernels::Activation::kGeluTanh);
}

}  // namespace
}  // namespace lwave::model
