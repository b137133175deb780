// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// UTF-8 as WHATWG decodes it, for the `text` of results and for what is said about bytes that are none.

#ifndef LONGWAVE_EXAMPLES_CLI_UTF8_H_
#define LONGWAVE_EXAMPLES_CLI_UTF8_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace lwave::cli {

// The first character of `text` (not empty): its bytes, or those of one maximal bad part.
struct Utf8Part {
  size_t bytes;
  bool valid;
};
Utf8Part FirstUtf8Part(std::string_view text);

// The greatest length of at most `limit` at which no character is cut in two.
size_t CutAtCharacter(std::string_view text, size_t limit);

// Notes that so many places of a file, the first at this byte, were read as U+FFFD; nothing where there are none.
void NoteInvalidUtf8(const std::string& file, int64_t places, int64_t first);
void NoteInvalidUtf8(const std::string& file, std::string_view text);  // all of the file

inline constexpr std::string_view kReplacementCharacter = "\xef\xbf\xbd";  // U+FFFD

}  // namespace lwave::cli

#endif  // LONGWAVE_EXAMPLES_CLI_UTF8_H_
