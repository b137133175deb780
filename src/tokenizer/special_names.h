// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// tokenizer_config.json: what the special tokens are called, and the settings that a vocab.txt lacks.

#ifndef LONGWAVE_TOKENIZER_SPECIAL_NAMES_H_
#define LONGWAVE_TOKENIZER_SPECIAL_NAMES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tokenizer/added_tokens.h"
#include "tokenizer/tokenizer.h"
#include "tokenizer/vocabulary.h"

namespace lwave::tokenizer {

struct SpecialNames {
  std::string unk = "[UNK]", sep = "[SEP]", pad = "[PAD]", cls = "[CLS]", mask = "[MASK]";
  // Only for a vocabulary without tokenizer.json.
  std::string tokenizer_class;
  bool lowercase = true;
  bool split_cjk = true;
  bool strip_accents = true;  // as lowercase where the file does not say
  bool split_words = true;    // do_basic_tokenize
  std::string bos, eos;       // empty: not named
  bool add_bos = true, add_eos = false;
  int64_t extra_ids = 0;  // T5's <extra_id_0> and so on
};

// `config` is the contents of tokenizer_config.json; empty gives BERT's names. DataLoss naming the file.
absl::Status ReadSpecialNames(absl::string_view config, SpecialNames* names);

// The ids behind the names, -1 where there is none.
void FindSpecialIds(const SpecialNames& names, absl::Span<const VocabularyItem> vocabulary,
                    absl::Span<const AddedTokenSpec> added, SpecialIds* ids);

// BERT's templates: cls A sep and cls A sep B sep, with type 1 from B on. Negative ids are left out.
void MakeTemplates(int32_t cls, int32_t sep, Template* single, Template* pair);

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_SPECIAL_NAMES_H_
