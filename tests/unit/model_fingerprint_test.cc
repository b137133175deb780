// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A model's fingerprint tells apart specs that give other numbers from the same tensors.

#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "model/checkpoint_fingerprint.h"

namespace lwave::model {
namespace {

// A spec with one of everything, in parts that can be changed before they are put together.
struct Parts {
  ModelSpec model;
  StackSpec stack;
  StackSpec decoder;
  HeadSpec head;
  BlockSpec& block() { return stack.blocks[0]; }
  AttentionSpec& attention() { return stack.blocks[0].attention; }
};

NormSpec Norm() {
  NormSpec norm;
  norm.gain.name = "gain";
  return norm;
}

Parts Everything() {
  Parts parts;
  parts.model.family = "family";
  BlockSpec block;
  block.attention.options = {AttentionOption::Ints("left", {3}), AttentionOption::Floats("slopes", {1, 2})};
  block.attention.rotary.emplace();
  block.attention.rotary->frequencies = {1, 0.5};
  block.attention.query_norm = block.attention.key_norm = block.attention.summary_norm = Norm();
  block.attention_residual.before = block.mlp_residual.branch = block.cross_residual.after = Norm();
  block.cross.emplace();
  block.mlp.gate.weight.name = "gate";
  parts.stack.blocks = {block, block};
  parts.stack.final_norm = parts.stack.embedding.norm = Norm();
  parts.stack.embedding.clusters.emplace_back();
  parts.stack.embedding.axial_shape = {2, 3};
  parts.stack.embedding.axial_dims = {4, 5};
  parts.head.steps.emplace_back();
  parts.decoder.blocks = {block};
  return parts;
}

uint64_t FingerprintOf(Parts parts) {
  parts.model.stack = std::make_shared<StackSpec>(parts.stack);
  parts.model.decoder = std::make_shared<StackSpec>(parts.decoder);
  parts.model.head = std::make_shared<HeadSpec>(parts.head);
  Fingerprint fingerprint;
  fingerprint.AddSpec(parts.model);
  return fingerprint.value();
}

TEST_CASE("Two specs that differ in anything that changes numbers have different fingerprints", "[model]") {
  using Change = std::function<void(Parts&)>;
  const std::vector<std::pair<const char*, Change>> changes = {
      {"nothing", [](Parts&) {}},
      {"the final norm's gain", [](Parts& p) { p.stack.final_norm.gain_plus_one = true; }},
      {"a block norm's gain", [](Parts& p) { p.block().attention_residual.before.gain_plus_one = true; }},
      {"the gain of the norm of queries", [](Parts& p) { p.attention().query_norm.gain_plus_one = true; }},
      {"the gain of the norm of keys", [](Parts& p) { p.attention().key_norm.gain_plus_one = true; }},
      {"the gain of the norm of summaries", [](Parts& p) { p.attention().summary_norm.gain_plus_one = true; }},
      {"the gain of the embedding's norm", [](Parts& p) { p.stack.embedding.norm.gain_plus_one = true; }},
      {"the gain of a norm of the second block", [](Parts& p) { p.stack.blocks[1].mlp_residual.branch.gain_plus_one = true; }},
      {"the gain of a norm of the decoder", [](Parts& p) { p.decoder.blocks[0].cross_residual.after.gain_plus_one = true; }},
      {"the gain of the head's norm", [](Parts& p) { p.head.steps[0].norm.gain_plus_one = true; }},
      {"a norm's kind", [](Parts& p) { p.stack.final_norm.kind = NormKind::kRms; }},
      {"a norm's epsilon", [](Parts& p) { p.attention().query_norm.epsilon = 1e-3f; }},
      {"whether there is a norm", [](Parts& p) { p.block().mlp_residual.branch = NormSpec(); }},
      {"the stack's epsilon", [](Parts& p) { p.stack.norm_epsilon = 1e-3f; }},
      {"the mechanism", [](Parts& p) { p.attention().mechanism = "window"; }},
      {"an option", [](Parts& p) { p.attention().options[0].ints = {4}; }},
      {"where numbers of options belong",
       [](Parts& p) { p.attention().options[0].ints = {3, 0}, p.attention().options[1].floats = {1}; }},
      {"the scale", [](Parts& p) { p.attention().scale = 2; }},
      {"the heads", [](Parts& p) { p.attention().heads = 2; }},
      {"whether memory is seen", [](Parts& p) { p.attention().sees_memory = true; }},
      {"whether rows are replaced", [](Parts& p) { p.attention().replaces_rows = true; }},
      {"blocks of summaries", [](Parts& p) { p.attention().summary_block = 4; }},
      {"the turned dimensions", [](Parts& p) { p.attention().rotary->dim = 2; }},
      {"the pairs that are turned", [](Parts& p) { p.attention().rotary->interleaved = true; }},
      {"a frequency", [](Parts& p) { p.attention().rotary->frequencies[1] = 0.25; }},
      {"attention over another sequence", [](Parts& p) { p.block().cross.reset(); }},
      {"the activation", [](Parts& p) { p.block().mlp.activation = kernels::Activation::kRelu; }},
      {"the gate", [](Parts& p) { p.block().mlp.gate = LinearSpec(); }},
      {"the embedding's scale", [](Parts& p) { p.stack.embedding.scale = 2; }},
      {"the embedding's width", [](Parts& p) { p.stack.embedding.width = 2; }},
      {"where positions begin", [](Parts& p) { p.stack.embedding.position_spec.offset = 2; }},
      {"whether padding has a position", [](Parts& p) { p.stack.embedding.position_spec.by_padding_id = true; }},
      {"the padding id", [](Parts& p) { p.stack.embedding.pad_id = 1; }},
      {"a cluster", [](Parts& p) { p.stack.embedding.clusters[0].end = 7; }},
      {"axial positions", [](Parts& p) { p.stack.embedding.axial_shape = {3, 2}; }},
      {"two streams", [](Parts& p) { p.stack.reversible = true; }},
      {"causality", [](Parts& p) { p.stack.causal = true; }},
      {"padding of sequences", [](Parts& p) { p.stack.pad_multiple = 4; }},
      {"remembered rows", [](Parts& p) { p.stack.memory_rows = 4; }},
      {"what memory begins with", [](Parts& p) { p.stack.memory_of_zeros = true; }},
      {"types in attention", [](Parts& p) { p.stack.types_in_attention = true; }},
      {"the head's rows", [](Parts& p) { p.head.input = HeadInput::kLastRow; }},
      {"what the head takes from a question", [](Parts& p) { p.head.question_penalty = 1e6; }},
      {"the head's cap", [](Parts& p) { p.head.soft_cap = 30; }},
      {"the head's padding id", [](Parts& p) { p.head.pad_id = 3; }},
      {"the head's global tokens", [](Parts& p) { p.head.default_globals = DefaultGlobals::kFirstRow; }},
      {"the head's activation", [](Parts& p) { p.head.steps[0].activation = kernels::Activation::kGelu; }},
      {"what a decoder begins with", [](Parts& p) { p.model.decoder_start = 2; }},
      {"how the source is shifted", [](Parts& p) { p.model.decoder_start_id = 2; }},
      {"pooling", [](Parts& p) { p.model.sentence.pooling = Pooling::kCls; }},
  };
  std::set<uint64_t> seen;
  for (const auto& [what, change] : changes) {
    INFO(what);
    Parts parts = Everything();
    change(parts);
    CHECK(seen.insert(FingerprintOf(parts)).second);
  }
  CHECK(FingerprintOf(Everything()) == FingerprintOf(Everything()));
}

}  // namespace
}  // namespace lwave::model
