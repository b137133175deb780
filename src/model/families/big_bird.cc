// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// BigBird (Zaheer et al. 2020): BERT whose blocks of rows see their neighbours, the first and last block and some
// random ones. The published model's evaluation takes block 0 for every random one, and so does this unless a run gives
// random_blocks; texts of at most (5 + 2 num_random_blocks) block_size rows see everything, decided for each text. Its
// grid of blocks is the text's own: padding a batch beyond changes nothing here.

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/files.h"
#include "model/families/bert_heads.h"
#include "model/families/bert_like.h"

namespace lwave::model {
namespace {

// Scores of starts and ends behind one more MLP with its norm.
absl::StatusOr<std::shared_ptr<const HeadSpec>> NameQuestionHead(ConfigReader& config, const TensorNames& tensors,
                                                                 const ModelSpec& spec) {
  auto head = std::make_shared<HeadSpec>();
  head->task = HeadTask::kQuestion;
  head->outputs = 2;
  head->separator_id = config.Integer("sep_token_id", 66, 0, (int64_t{1} << 31) - 1);
  head->question_penalty = 1e6;
  if (spec.token_types < 2) config.Wrong("type_vocab_size", "at least 2: question and text are of types 0 and 1");
  if (!config.status().ok()) return config.status();
  Names names(tensors, "qa_classifier.");
  head->steps.push_back(StepOf(names.Linear("intermediate.dense", spec.intermediate, spec.hidden), spec.activation));
  HeadStep down = StepOf(names.Linear("output.dense", spec.hidden, spec.intermediate));
  down.residual = true;
  down.norm = names.BiasedNorm("output.LayerNorm");
  head->steps.push_back(std::move(down));
  head->steps.push_back(StepOf(names.Linear("qa_outputs", 2, spec.hidden)));
  if (absl::Status status = names.Finish({}, {}); !status.ok()) return status;
  return std::shared_ptr<const HeadSpec>(std::move(head));
}

}  // namespace

absl::StatusOr<ModelSpec> TranslateBigBird(ConfigReader& config, const TensorNames& tensors) {
  BertRelative big_bird;
  big_bird.prefix = "bert.";
  big_bird.architecture = "BigBirdModel";
  big_bird.vocabulary = 50358;
  big_bird.pad_id = 0;
  big_bird.activation = "gelu_new";
  big_bird.max_positions = 4096;
  big_bird.pooler = "pooler";
  big_bird.attention_bias = config.Boolean("use_bias", true);
  big_bird.scaled_words = config.Boolean("rescale_embeddings", false);
  const std::string kind = config.String("attention_type", "block_sparse");
  if (kind != "block_sparse" && kind != "original_full") {
    config.Unsupported(absl::StrCat("attention_type ", ShownName(kind), " is not supported"));
  }
  const int64_t block = config.Integer("block_size", 64, 1, 1 << 20);
  const int64_t random = config.Integer("num_random_blocks", 3, 0, 1024);
  big_bird.attention = [&](Names&, const std::string&, int64_t, AttentionSpec& attention) {
    if (kind == "original_full") return;
    attention.mechanism = "block_sparse";
    attention.options = {AttentionOption::Ints("block_size", {block}), AttentionOption::Ints("num_random", {random}),
                         AttentionOption::Text("plan", "zeros")};
  };
  // The classifier reads the first row, through a layer with the encoder's activation.
  big_bird.change_heads = [](BertHeads& heads) {
    heads.hidden = "classifier.dense";
    heads.hidden_activation = heads.lm_activation;
    heads.output = "classifier.out_proj";
  };
  absl::StatusOr<ModelSpec> spec = TranslateBertLike(config, tensors, big_bird);
  if (!spec.ok() || !absl::EndsWith(spec->architecture, "ForQuestionAnswering") ||
      !tensors.Has("qa_classifier.qa_outputs.weight")) {
    return spec;
  }
  absl::StatusOr<std::shared_ptr<const HeadSpec>> head = NameQuestionHead(config, tensors, *spec);
  if (!head.ok()) return head.status();
  spec->head = *std::move(head);
  return spec;
}

}  // namespace lwave::model
