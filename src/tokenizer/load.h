// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Tokenizers from files. tokenizer.json is the authority; where there is none, vocab.txt with
// tokenizer_config.json makes the same WordPiece tokenizer, spiece.model (or tokenizer.model) the tokenizer of the
// SentencePiece library, and words.txt one of whole words. What a tokenizer.json says about truncation and
// padding is ignored: how a text is read decides that.
//
// Errors, each naming the file: NotFound (no tokenizer in the folder), Unavailable (cannot be read), DataLoss
// (malformed), Unimplemented (a kind or setting that is not supported, by name), ResourceExhausted.

#ifndef LONGWAVE_TOKENIZER_LOAD_H_
#define LONGWAVE_TOKENIZER_LOAD_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/allocator.h"
#include "base/files.h"
#include "tokenizer/tokenizer.h"

namespace lwave::tokenizer {

// Larger files are refused.
inline constexpr size_t kMaxTokenizerFileBytes = size_t{256} << 20;

struct TokenizerOptions {
  // Which of a folder's files are read. The ids of both routes differ for odd inputs, see load_sentencepiece.h.
  enum class Route {
    kAutomatic,      // tokenizer.json where there is one
    kSentencePiece,  // spiece.model or tokenizer.model, whatever else there is
  };
  Route route = Route::kAutomatic;
};

// From a folder in Hugging Face layout. The allocator must outlive the tokenizer.
absl::StatusOr<std::unique_ptr<Tokenizer>> LoadTokenizer(const Folder& folder, const Allocator& allocator,
                                                         const TokenizerOptions& options = {});
inline absl::StatusOr<std::unique_ptr<Tokenizer>> LoadTokenizer(const std::string& folder,
                                                                const Allocator& allocator,
                                                                const TokenizerOptions& options = {}) {
  return LoadTokenizer(Folder::OnDisk(folder), allocator, options);
}

// From the contents of tokenizer.json. `config` is the contents of tokenizer_config.json, or empty: it is
// asked only for the names of special tokens. `source` names the file in messages.
absl::StatusOr<std::unique_ptr<Tokenizer>> TokenizerFromJson(absl::string_view json, absl::string_view config,
                                                             absl::string_view source,
                                                             const Allocator& allocator);

// From the contents of vocab.txt and tokenizer_config.json (or empty).
absl::StatusOr<std::unique_ptr<Tokenizer>> TokenizerFromVocabulary(absl::string_view vocabulary,
                                                                   absl::string_view config,
                                                                   absl::string_view source,
                                                                   const Allocator& allocator);

// From the contents of vocab.json, merges.txt and tokenizer_config.json (or empty): the byte-level tokenizers of
// GPT-2, RoBERTa and its relatives. Unimplemented for another tokenizer_class.
absl::StatusOr<std::unique_ptr<Tokenizer>> TokenizerFromMerges(absl::string_view vocabulary, absl::string_view merges,
                                                               absl::string_view config, absl::string_view source,
                                                               const Allocator& allocator);

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_LOAD_H_
