// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The tiny random models against the results of the reference implementation.

#include <catch2/catch_test_macros.hpp>
#include <set>
#include <string>

#include "model_cases.h"

namespace lwave::golden {
namespace {

std::string DataFolder(const std::string& path) { return std::string(LWAVE_TEST_DATA) + "/models/" + path; }

// Everything passes, except for what is named as unsupported.
void RequireAll(const std::vector<CaseResult>& results, const std::set<std::string>& may_be_unsupported) {
  REQUIRE(!results.empty());
  for (const CaseResult& result : results) {
    INFO(result.name << ": " << result.detail);
    CHECK(result.verdict != Verdict::kFail);
    for (const std::string& part : result.unsupported) {
      INFO("unsupported " << part);
      CHECK(may_be_unsupported.count(part) == 1);
    }
  }
}

}  // namespace

TEST_CASE("every case of the BERT models agrees with the reference within its tolerance", "[golden]") {
  for (const char* name : {"bert-base", "bert-minilm"}) {
    RequireAll(Collect(RunExpectedCases, DataFolder(std::string("tiny/") + name)), {});
  }
}

TEST_CASE("the encoders of BERT models with heads agree with the reference; their logits are reported as unsupported",
          "[golden]") {
  for (const char* name : {"bert-mlm", "bert-seqcls"}) {
    RequireAll(Collect(RunExpectedCases, DataFolder(std::string("tiny/") + name)),
               {"logits", "logits_rows", "logits_rows_at"});
  }
}

TEST_CASE("the encoders of RoBERTa models agree with the reference, ids only", "[golden]") {
  for (const char* name : {"roberta-mlm", "roberta-seqcls"}) {
    RequireAll(Collect(RunExpectedCases, DataFolder(std::string("tiny/") + name)),
               {"logits", "logits_rows", "logits_rows_at", "texts"});
  }
}

TEST_CASE("the WordPiece tokenizer agrees with every case of its folder", "[golden][tokenizer]") {
  RequireAll(Collect(RunTokenizerCases, DataFolder("tokenizers/wordpiece-uncased")), {});
}

TEST_CASE("the tokenizers made of steps agree with every case of their folders", "[golden][tokenizer]") {
  for (const char* name : {"bytebpe-gpt2", "bytebpe-roberta", "bytebpe-modernbert", "bytebpe-qwen",
                           "bpe-bytefallback-gemma", "bpe-reformer", "unigram-bigbird", "unigram-nfkc", "unigram-t5",
                           "unigram-xlnet", "words-transfoxl"}) {
    RequireAll(Collect(RunTokenizerCases, DataFolder(std::string("tokenizers/") + name)), {});
  }
}

}  // namespace lwave::golden
