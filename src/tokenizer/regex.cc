// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Translating patterns, and calling PCRE2.

#include "tokenizer/regex.h"

#include <string>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/allocator.h"
#define PCRE2_CODE_UNIT_WIDTH 8
#include "pcre2.h"

namespace lwave::tokenizer {
namespace {

constexpr size_t kMaxPatternBytes = 16384;
constexpr uint32_t kMatchLimit = 10000000;  // steps of one search
constexpr uint32_t kHeapLimitKib = 128;     // what they may remember; kScratchBytes holds it with all smaller sizes

// \w of Oniguruma, which counts the superscripts and fractions of Latin-1, but no others.
constexpr absl::string_view kWordCharacters =
    "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\x{B2}\\x{B3}\\x{B9}\\x{BC}-\\x{BE}";

std::string Shown(absl::string_view pattern) {
  return absl::StrCat("pattern \"", absl::Utf8SafeCHexEscape(pattern.substr(0, 120)), "\"");
}

absl::Status Refuse(absl::string_view pattern, absl::string_view what) {
  return absl::UnimplementedError(absl::StrCat(Shown(pattern), ": ", what, " is not supported"));
}

// \p{Name}: long names of general categories in short, scripts as the property Script.
std::string Property(absl::string_view name) {
  std::string sign;
  if (!name.empty() && name[0] == '^') {
    sign = "^";
    name.remove_prefix(1);
  }
  static constexpr std::pair<absl::string_view, absl::string_view> kCategories[] = {
      {"Letter", "L"}, {"Mark", "M"},  {"Number", "N"},         {"Punctuation", "P"},
      {"Symbol", "S"}, {"Other", "C"}, {"Separator", "Z"},      {"Alphabetic", "Alphabetic"},
      {"Any", "Any"},  {"Alpha", "Alphabetic"}, {"White_Space", "White_Space"},
  };
  for (const auto& [from, to] : kCategories) {
    if (name == from) return absl::StrCat(sign, to);
  }
  return absl::StrCat(sign, name.size() > 2 ? "sc:" : "", name);
}

absl::StatusOr<std::string> Translate(absl::string_view pattern) {
  std::string out;
  bool in_class = false, class_begins = false;
  for (size_t at = 0; at < pattern.size(); ++at) {
    const char c = pattern[at];
    const bool first_in_class = class_begins;
    class_begins = false;
    if (c == '\\') {
      if (++at == pattern.size()) return absl::DataLossError(absl::StrCat(Shown(pattern), ": ends in \\"));
      const char what = pattern[at];
      switch (what) {
        case 's':
          out += "\\p{White_Space}";
          break;
        case 'S':
          out += "\\P{White_Space}";
          break;
        case 'd':
          out += "\\p{Nd}";
          break;
        case 'D':
          out += "\\P{Nd}";
          break;
        case 'w':
          out += in_class ? std::string(kWordCharacters) : absl::StrCat("[", kWordCharacters, "]");
          break;
        case 'W':
          if (in_class) return Refuse(pattern, "\\W in a class");
          absl::StrAppend(&out, "[^", kWordCharacters, "]");
          break;
        case 'p':
        case 'P': {
          out += {'\\', what};
          if (at + 1 < pattern.size() && pattern[at + 1] == '{') {
            const size_t end = pattern.find('}', at);
            if (end == absl::string_view::npos) {
              return absl::DataLossError(absl::StrCat(Shown(pattern), ": an unclosed ", std::string(1, what), "{"));
            }
            absl::StrAppend(&out, "{", Property(pattern.substr(at + 2, end - at - 2)), "}");
            at = end;
          }
          break;
        }
        case 'r':
        case 'n':
        case 't':
        case 'f':
        case 'v':
        case 'x':
          if (what == 'v') {
            out += "\\x0B";
          } else {
            out += {'\\', what};
          }
          break;
        default:
          if ((what >= '0' && what <= '9') || (what >= 'a' && what <= 'z') || (what >= 'A' && what <= 'Z')) {
            return Refuse(pattern, absl::StrCat("\\", std::string(1, what)));
          }
          out += {'\\', what};
      }
      continue;
    }
    if (in_class) {
      if (c == '&' && at + 1 < pattern.size() && pattern[at + 1] == '&') {
        return Refuse(pattern, "an intersection of classes");
      }
      if (c == '[') return Refuse(pattern, "a class in a class");
      if (c == ']' && !first_in_class) in_class = false;
    } else if (c == '[') {
      in_class = class_begins = true;
      if (at + 1 < pattern.size() && pattern[at + 1] == '^') {
        out += '[';
        ++at;
        out += '^';
        continue;
      }
    } else if (c == '^' || c == '$') {
      return Refuse(pattern, std::string(1, c));
    }
    out += c;
  }
  return out;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Regex>> Regex::Compile(absl::string_view pattern) {
  if (pattern.size() > kMaxPatternBytes) {
    return absl::DataLossError(
        absl::StrCat("a pattern has ", pattern.size(), " bytes, expected at most ", kMaxPatternBytes));
  }
  absl::StatusOr<std::string> translated = Translate(pattern);
  if (!translated.ok()) return translated.status();
  std::unique_ptr<Regex> made = absl::WrapUnique(new Regex);
  int error = 0;
  PCRE2_SIZE error_at = 0;
  made->code_ = pcre2_compile_8(reinterpret_cast<PCRE2_SPTR8>(translated->data()), translated->size(),
                                PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C | PCRE2_NO_AUTO_CAPTURE, &error,
                                &error_at, nullptr);
  if (made->code_ == nullptr) {
    char message[160] = "";
    pcre2_get_error_message_8(error, reinterpret_cast<PCRE2_UCHAR8*>(message), sizeof(message));
    return absl::DataLossError(absl::StrCat(Shown(pattern), ": ", message));
  }
  uint32_t behind = 0, empty = 0;
  pcre2_pattern_info_8(made->code_, PCRE2_INFO_MAXLOOKBEHIND, &behind);
  pcre2_pattern_info_8(made->code_, PCRE2_INFO_MATCHEMPTY, &empty);
  if (behind != 0) return Refuse(pattern, "looking behind");
  if (empty != 0) return Refuse(pattern, "matching nothing");
  made->limits_ = pcre2_match_context_create_8(nullptr);
  if (made->limits_ == nullptr) return absl::ResourceExhaustedError("no memory for a pattern");
  pcre2_set_match_limit_8(made->limits_, kMatchLimit);
  pcre2_set_heap_limit_8(made->limits_, kHeapLimitKib);
  return made;
}

Regex::~Regex() {
  pcre2_code_free_8(code_);
  pcre2_match_context_free_8(limits_);
}

void* Regex::Matcher::Take(size_t bytes, void* opaque) {
  Arena& arena = *static_cast<Arena*>(opaque);
  bytes = AlignUp(bytes);
  if (bytes > static_cast<size_t>(arena.end - arena.next)) return nullptr;
  arena.next += bytes;
  return arena.next - bytes;
}

Regex::Matcher::Matcher(const Regex& regex, absl::string_view text, char* scratch)
    : regex_(regex), text_(text), arena_{scratch, scratch + kScratchBytes} {
  pcre2_general_context_8* context = pcre2_general_context_create_8(&Take, &Give, &arena_);
  if (context != nullptr) match_ = pcre2_match_data_create_8(1, context);
}

Regex::Found Regex::Matcher::Find(uint32_t from, bool more, uint32_t* begin, uint32_t* end) {
  if (match_ == nullptr) return Found::kFailed;
  const int found = pcre2_match_8(regex_.code_, reinterpret_cast<PCRE2_SPTR8>(text_.data()), text_.size(), from,
                                  PCRE2_NO_UTF_CHECK | (more ? PCRE2_PARTIAL_HARD : 0), match_, regex_.limits_);
  if (found == PCRE2_ERROR_NOMATCH) return Found::kNone;
  if (found < 0 && found != PCRE2_ERROR_PARTIAL) return Found::kFailed;
  const PCRE2_SIZE* range = pcre2_get_ovector_pointer_8(match_);
  *begin = static_cast<uint32_t>(range[0]);
  *end = static_cast<uint32_t>(range[1]);
  return found == PCRE2_ERROR_PARTIAL ? Found::kPartial : Found::kMatch;
}

}  // namespace lwave::tokenizer
