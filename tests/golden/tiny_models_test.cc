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

TEST_CASE("every case of BERT models with heads, and of DistilBERT, agrees with the reference", "[golden]") {
  for (const char* name : {"bert-mlm", "bert-seqcls", "distilbert-base", "distilbert-seqcls"}) {
    RequireAll(Collect(RunExpectedCases, DataFolder(std::string("tiny/") + name)), {});
  }
}

TEST_CASE("RoBERTa, Longformer and BigBird agree with the reference", "[golden]") {
  for (const char* name : {"roberta-mlm", "roberta-seqcls", "longformer-base", "longformer-qa", "longformer-seqcls",
                           "longformer-tokcls", "bigbird-base", "bigbird-long", "bigbird-mlm"}) {
    RequireAll(Collect(RunExpectedCases, DataFolder(std::string("tiny/") + name)), {"texts"});
  }
}

TEST_CASE("ModernBERT, Qwen3 and Gemma 3 agree with the reference, rows, scores and vectors", "[golden]") {
  for (const char* name :
       {"modernbert-base", "modernbert-mlm", "qwen3-embed", "qwen3-lm", "gemma3-causal", "gemma3-embed"}) {
    RequireAll(Collect(RunExpectedCases, DataFolder(std::string("tiny/") + name)), {"texts", "generated_ids"});
  }
}

TEST_CASE("LongT5's encoders and Nystroemformer agree with the reference", "[golden]") {
  for (const char* name : {"longt5-local", "longt5-tglobal", "nystromformer-base", "nystromformer-full"}) {
    RequireAll(Collect(RunExpectedCases, DataFolder(std::string("tiny/") + name)), {"texts"});
  }
}

TEST_CASE("encoders with decoders agree with the reference in every case but those that generate", "[golden]") {
  for (const char* name : {"bart-base", "bart-seqcls", "led-base", "led-deep"}) {
    RequireAll(Collect(RunExpectedCases, DataFolder(std::string("tiny/") + name)), {"generated_ids", "texts"});
  }
}

TEST_CASE("Reformers agree with the reference, rotations and buckets included", "[golden]") {
  for (const char* name : {"reformer-base", "reformer-lm"}) {
    RequireAll(Collect(RunExpectedCases, DataFolder(std::string("tiny/") + name)), {"generated_ids", "texts"});
  }
}

TEST_CASE("settings and heads that the small models of each family leave alone agree with the reference", "[golden]") {
  const std::vector<std::string> folders = FindFolders(DataFolder("settings"), {"expected.json"});
  REQUIRE(!folders.empty());
  for (const std::string& folder : folders) RequireAll(Collect(RunExpectedCases, folder), {});
}

TEST_CASE("models with memory over segments agree with the reference, segment by segment", "[golden]") {
  for (const char* name : {"transfoxl-base", "transfoxl-plain", "xlnet-base", "xlnet-lm"}) {
    RequireAll(Collect(RunExpectedCases, DataFolder(std::string("tiny/") + name)), {"generated_ids", "texts"});
  }
}

TEST_CASE("with bf16 and int8 weights rows keep a mean cosine of 0.999 and 0.99 with the reference's", "[golden][slow]") {
  for (const std::string& folder : FindFolders(DataFolder("tiny"), {"expected.json"})) {
    for (const char* weights : {"bf16", "bf16-packed", "int8"}) {
      RequireAll(Collect([&](const std::string& path, const Sink& sink) { RunWithWeights(path, weights, sink); }, folder), {});
    }
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
