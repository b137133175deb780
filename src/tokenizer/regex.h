// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The patterns that tokenizer files split text by, on PCRE2 with a limit on its work. They are written for
// Oniguruma; where the two libraries read the same pattern differently (white space, scripts), it is
// translated, and what cannot be is refused.
//
// Immutable; any number of threads, each with scratch of its own.

#ifndef LONGWAVE_TOKENIZER_REGEX_H_
#define LONGWAVE_TOKENIZER_REGEX_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

struct pcre2_real_code_8;
struct pcre2_real_match_context_8;
struct pcre2_real_match_data_8;

namespace lwave::tokenizer {

class Regex {
 public:
  // Unimplemented naming the pattern: one that looks behind (also ^, $ and \b), can match nothing at all, or
  // uses what is not supported. DataLoss: one that is not well-formed, or too long.
  static absl::StatusOr<std::unique_ptr<Regex>> Compile(absl::string_view pattern);
  ~Regex();
  Regex(const Regex&) = delete;
  Regex& operator=(const Regex&) = delete;

  // What a Matcher needs.
  static constexpr size_t kScratchBytes = size_t{288} << 10;

  enum class Found {
    kMatch,
    kNone,
    kPartial,  // more text could change what is found from *begin on
    kFailed,   // too much work
  };

  // Finds matches in one text.
  class Matcher {
   public:
    // `scratch` has kScratchBytes and is aligned to kAlignment.
    Matcher(const Regex& regex, absl::string_view text, char* scratch);
    // The first match at or behind `from`. With `more`, text follows behind the end.
    Found Find(uint32_t from, bool more, uint32_t* begin, uint32_t* end);

   private:
    struct Arena {
      char* next;
      char* end;
    };
    static void* Take(size_t bytes, void* arena);
    static void Give(void*, void*) {}

    const Regex& regex_;
    const absl::string_view text_;
    Arena arena_;
    pcre2_real_match_data_8* match_ = nullptr;
  };

 private:
  Regex() = default;

  pcre2_real_code_8* code_ = nullptr;
  pcre2_real_match_context_8* limits_ = nullptr;
};

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_REGEX_H_
