// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// From matches to words.

#include "tokenizer/split.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tokenizer/vocabulary.h"

namespace lwave::tokenizer {
namespace {

// Takes the matches of one word in order, and what lies between them, and makes words of them.
class WordMaker {
 public:
  WordMaker(const AlignedText& in, AlignedText* out, SplitBehavior behavior, bool invert)
      : in_(in), out_(out), behavior_(behavior), invert_(invert) {}

  void BeginWord(uint32_t begin) {
    done_ = begin;
    first_ = true;
  }
  // A match; the text since the last one is none.
  bool Match(uint32_t begin, uint32_t end) {
    if (begin > done_ && !Take(begin, false)) return false;
    if (!Take(end, true)) return false;
    // The match is complete. Whether its end is certain to end a word depends on what may join it.
    const bool closes = behavior_ == SplitBehavior::kIsolated || behavior_ == SplitBehavior::kRemoved ||
                        (behavior_ == SplitBehavior::kMergedWithPrevious && !invert_) ||
                        (behavior_ == SplitBehavior::kMergedWithNext && invert_);
    settled_ = closes ? size() : last_start_;
    return true;
  }
  // The rest of the word, which is no match; with `more`, perhaps not yet.
  bool EndWord(uint32_t end, bool more) {
    if (end == done_) return true;
    if (!more || behavior_ != SplitBehavior::kRemoved || !invert_) return Take(end, false);
    const uint32_t place = out_->size;
    if (!out_->Copy(in_, done_, end)) return false;
    if (!first_) out_->word_starts[place] = 1;
    done_ = end;
    return true;
  }
  uint32_t settled() const { return settled_; }

 private:
  uint32_t size() const { return out_ == &in_ ? done_ : out_->size; }

  // Everything up to `end`, which is or is not a match.
  bool Take(uint32_t end, bool matched) {
    const bool is_match = matched != invert_;
    bool starts = true;
    switch (behavior_) {
      case SplitBehavior::kRemoved:
      case SplitBehavior::kIsolated:
        break;
      case SplitBehavior::kMergedWithPrevious:
        starts = first_ || !is_match || last_is_match_;
        break;
      case SplitBehavior::kMergedWithNext:
        starts = first_ || is_match || !last_is_match_;
        break;
      case SplitBehavior::kContiguous:
        starts = first_ || is_match != last_is_match_;
        break;
    }
    const uint32_t begin = done_, place = size();
    if (is_match && behavior_ == SplitBehavior::kRemoved) {
      done_ = end;
    } else {
      if (out_ != &in_) {
        if (!out_->Copy(in_, begin, end)) return false;
        if (!first_) out_->word_starts[place] = 0;
      }
      done_ = end;
      if (starts) last_start_ = place;
      // The first part of a word keeps the word's own mark, unless what was before it is gone.
      if (starts && !(first_ || place == 0)) out_->word_starts[place] = 1;
      if (starts && place == 0 && !first_) out_->word_starts[place] = 1;
    }
    first_ = false;
    last_is_match_ = is_match;
    return true;
  }

  const AlignedText& in_;
  AlignedText* const out_;
  const SplitBehavior behavior_;
  const bool invert_;
  uint32_t done_ = 0;  // bytes of `in` that are in words or dropped
  uint32_t last_start_ = 0;
  uint32_t settled_ = 0;
  bool first_ = true;
  bool last_is_match_ = false;
};

// One past the end of the word that begins at `at`.
uint32_t WordEnd(const AlignedText& text, uint32_t at) {
  for (++at; at < text.size && text.word_starts[at] == 0; ++at) {
  }
  return at;
}

class Split : public PreTokenizer {
 public:
  Split(SplitBehavior behavior, bool invert, uint64_t fingerprint)
      : behavior_(behavior),
        invert_(invert),
        fingerprint_(FingerprintNumber(fingerprint, static_cast<int64_t>(behavior) * 2 + invert)) {}
  bool in_place() const override { return behavior_ != SplitBehavior::kRemoved; }
  bool splits() const override { return true; }
  uint64_t Fingerprint() const override { return fingerprint_; }

  bool Apply(const AlignedText& in, const TextEdges& edges, AlignedText* out, uint32_t* settled) const override {
    WordMaker words(in, out, behavior_, invert_);
    for (uint32_t begin = 0; begin < in.size;) {
      const uint32_t end = WordEnd(in, begin);
      words.BeginWord(begin);
      const bool more = end == in.size && !edges.segment_end;
      if (!Find(in, begin, end, more, edges.scratch, &words) || !words.EndWord(end, more)) return false;
      begin = end;
    }
    *settled = edges.segment_end ? out->size : words.settled();
    return true;
  }

 protected:
  // Gives the matches in begin..end to `words`; with `more`, only those that further text cannot change.
  virtual bool Find(const AlignedText& in, uint32_t begin, uint32_t end, bool more, char* scratch,
                    WordMaker* words) const = 0;

 private:
  const SplitBehavior behavior_;
  const bool invert_;
  const uint64_t fingerprint_;
};

class CharacterSplit final : public Split {
 public:
  CharacterSplit(absl::string_view name, CharacterTest test, SplitBehavior behavior)
      : Split(behavior, false, FingerprintBytes(kFingerprintSeed, name)), test_(test), behavior_(behavior) {}
  // A long word holds no match, or nothing else.
  bool CanResume(uint32_t before, uint32_t after) const override {
    if (test_(before) != test_(after)) return false;
    return !test_(before) || behavior_ == SplitBehavior::kContiguous;
  }

 protected:
  bool Find(const AlignedText& in, uint32_t begin, uint32_t end, bool, char*, WordMaker* words) const override {
    for (uint32_t at = begin; at < end;) {
      const uint32_t here = at;
      if (test_(NextCharacter(in.bytes, &at)) && !words->Match(here, at)) return false;
    }
    return true;
  }

 private:
  const CharacterTest test_;
  const SplitBehavior behavior_;
};

class TextSplit final : public Split {
 public:
  TextSplit(std::string text, SplitBehavior behavior, bool invert)
      : Split(behavior, invert, FingerprintBytes(kFingerprintSeed, absl::StrCat("text ", text))),
        text_(std::move(text)) {
    uint32_t at = 0;
    while (at < text_.size()) characters_.push_back(NextCharacter(text_.data(), &at));
  }
  // The neighbours do not stand in the text together, nor does either in it alone, which would be a match.
  bool CanResume(uint32_t before, uint32_t after) const override {
    for (const uint32_t c : characters_) {
      if (c == before || c == after) return false;
    }
    return true;
  }

 protected:
  bool Find(const AlignedText& in, uint32_t begin, uint32_t end, bool, char*, WordMaker* words) const override {
    const absl::string_view word = in.text().substr(0, end);
    for (size_t at = begin; (at = word.find(text_, at)) != absl::string_view::npos; at += text_.size()) {
      if (!words->Match(static_cast<uint32_t>(at), static_cast<uint32_t>(at + text_.size()))) return false;
    }
    return true;
  }

 private:
  const std::string text_;
  std::vector<uint32_t> characters_;
};

class PatternSplit final : public Split {
 public:
  PatternSplit(std::unique_ptr<Regex> regex, absl::string_view pattern, SplitBehavior behavior, bool invert)
      : Split(behavior, invert, FingerprintBytes(kFingerprintSeed, absl::StrCat("pattern ", pattern))),
        regex_(std::move(regex)) {}
  size_t ScratchBytes() const override { return Regex::kScratchBytes; }
  // What a pattern would do in the midst of its match is not known.
  bool CanResume(uint32_t, uint32_t) const override { return false; }

 protected:
  bool Find(const AlignedText& in, uint32_t begin, uint32_t end, bool more, char* scratch,
            WordMaker* words) const override {
    // A pattern sees nothing outside its word.
    Regex::Matcher matcher(*regex_, in.text().substr(begin, end - begin), scratch);
    for (uint32_t at = 0; at < end - begin;) {
      uint32_t from = 0, to = 0;
      const Regex::Found found = matcher.Find(at, more, &from, &to);
      if (found == Regex::Found::kFailed || (found == Regex::Found::kMatch && to <= at)) return false;
      if (found != Regex::Found::kMatch) break;
      if (!words->Match(begin + from, begin + to)) return false;
      at = to;
    }
    return true;
  }

 private:
  const std::unique_ptr<Regex> regex_;
};

}  // namespace

absl::StatusOr<SplitBehavior> SplitBehaviorOf(absl::string_view name, absl::string_view source) {
  if (name == "Removed") return SplitBehavior::kRemoved;
  if (name == "Isolated") return SplitBehavior::kIsolated;
  if (name == "MergedWithPrevious") return SplitBehavior::kMergedWithPrevious;
  if (name == "MergedWithNext") return SplitBehavior::kMergedWithNext;
  if (name == "Contiguous") return SplitBehavior::kContiguous;
  return absl::UnimplementedError(
      absl::StrCat(source, ": split behavior \"", absl::CHexEscape(name.substr(0, 40)), "\" is not supported"));
}

std::unique_ptr<PreTokenizer> MakeCharacterSplit(absl::string_view name, CharacterTest test,
                                                 SplitBehavior behavior) {
  return std::make_unique<CharacterSplit>(name, test, behavior);
}

std::unique_ptr<PreTokenizer> MakeTextSplit(std::string text, SplitBehavior behavior, bool invert) {
  return std::make_unique<TextSplit>(std::move(text), behavior, invert);
}

std::unique_ptr<PreTokenizer> MakePatternSplit(std::unique_ptr<Regex> regex, std::string pattern,
                                               SplitBehavior behavior, bool invert) {
  return std::make_unique<PatternSplit>(std::move(regex), pattern, behavior, invert);
}

}  // namespace lwave::tokenizer
