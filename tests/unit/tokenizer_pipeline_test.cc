// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Streams of tokenizers made of steps: nothing depends on how a text is cut, on how much is held back, or on
// snapshots between.

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "tokenizer/regex.h"
#include "tokenizer_fixture.h"

namespace lwave::tokenizer {
namespace {

constexpr const char* kFolders[] = {"bytebpe-gpt2", "bytebpe-roberta", "bytebpe-modernbert", "bytebpe-qwen",
                                    "bpe-bytefallback-gemma"};

std::unique_ptr<Tokenizer> Load(const std::string& name) {
  auto tokenizer = LoadTokenizer(absl::StrCat(LWAVE_TEST_DATA, "/models/tokenizers/", name), Allocator::Default());
  INFO(tokenizer.status());
  REQUIRE(tokenizer.ok());
  return *std::move(tokenizer);
}

TokenStreamPtr StreamOf(const Tokenizer& tokenizer, size_t held_back, bool split_long = false) {
  StreamOptions options;
  options.held_back_bytes = held_back;
  options.split_long = split_long;
  auto stream = tokenizer.NewStream(options, Allocator::Default());
  REQUIRE(stream.ok());
  return *std::move(stream);
}

std::string Words(std::mt19937_64& random, size_t count) {
  static const char* const kWords[] = {" the",  " of",    "ing",  "  ",    "\n",      "\n\n ", " don't", "'s",
                                       " 12345", ", ",     ". ",   "!!! ",  " Caf\xC3\xA9", "\xE4\xB8\xAD\xE6\x96\x87",
                                       "e\xCC\x81", " \xF0\x9F\x98\x80", "<s>", " <mask>", "<|endoftext|>", "[MASK]",
                                       "     ", "\t", "\xFF", "<|im_"};
  std::string text;
  for (size_t i = 0; i < count; ++i) text += kWords[random() % std::size(kWords)];
  return text;
}

// The tokens when the text comes in random pieces, few tokens are taken at a time, and the stream is replaced by
// one that was loaded from its state again and again.
std::vector<Token> Torn(const Tokenizer& tokenizer, absl::string_view text, size_t held_back, std::mt19937_64& random) {
  TokenStreamPtr stream = StreamOf(tokenizer, held_back);
  StreamOptions options;
  options.held_back_bytes = held_back;
  std::vector<Token> tokens;
  Token token;
  while (!text.empty()) {
    const size_t piece = std::min<size_t>(text.size(), 1 + random() % 9);
    text.remove_prefix(stream->Push(text.substr(0, piece)));
    for (size_t i = random() % 4; i > 0 && stream->Next(&token); --i) tokens.push_back(token);
    if (!stream->status().ok()) return {};
    if (random() % 8 != 0) continue;
    const std::string saved = SavedState(*stream);
    CHECK(saved.size() <= tokenizer.MaxSavedBytes(options));
    TokenStreamPtr other = StreamOf(tokenizer, held_back);
    if (random() % 2 == 0) {
      REQUIRE(other->Load(saved).ok());
    } else {
      REQUIRE(other->CopyFrom(*stream).ok());
    }
    REQUIRE(SavedState(*other) == saved);
    stream = std::move(other);
  }
  stream->Finish();
  while (stream->Next(&token)) tokens.push_back(token);
  return tokens;
}

TEST_CASE("tokens depend on the text alone, however it comes and whatever is held back", "[tokenizer]") {
  std::mt19937_64 random(81);
  for (const char* name : kFolders) {
    const auto tokenizer = Load(name);
    for (int round = 0; round < 60; ++round) {
      std::string text = round == 0 ? NastySample() : Words(random, 40 + random() % 200) + RandomText(random);
      const std::vector<Token> whole = TokensOf(*tokenizer, text);
      INFO(name << " " << Escaped(text));
      CHECK(Torn(*tokenizer, text, 65536, random) == whole);
      CHECK(TokensOf(*tokenizer, text, 1 + random() % 20) == whole);
      const std::vector<Token> small = Torn(*tokenizer, text, 1024, random);
      CHECK((small.empty() || small == whole));
    }
  }
}

TEST_CASE("tokens cover the text in order, and their words begin where the flags say", "[tokenizer]") {
  std::mt19937_64 random(82);
  for (const char* name : kFolders) {
    const auto tokenizer = Load(name);
    const std::string text = Words(random, 3000);
    int64_t begin = 0;
    for (const Token& token : TokensOf(*tokenizer, text)) {
      CHECK(token.byte_begin >= begin);
      CHECK(token.byte_end >= token.byte_begin);
      CHECK(token.byte_end <= static_cast<int64_t>(text.size()));
      CHECK(tokenizer->IdToToken(token.id).data() != nullptr);
      begin = token.byte_begin;
    }
  }
}

TEST_CASE("a run that cannot be cut is an error that names its first byte, or is cut and counted", "[tokenizer]") {
  for (const char* name : {"bytebpe-gpt2", "bytebpe-qwen", "bytebpe-roberta"}) {
    const auto tokenizer = Load(name);
    const std::string text = "One. " + std::string(5000, ' ') + "two";
    auto stream = StreamOf(*tokenizer, 1024);
    std::vector<Token> tokens;
    absl::string_view rest = text;
    while (!rest.empty() && stream->status().ok()) {
      rest.remove_prefix(stream->Push(rest));
      Drain(*stream, &tokens);
    }
    stream->Finish();
    Drain(*stream, &tokens);
    CHECK(stream->status().code() == absl::StatusCode::kOutOfRange);
    INFO(stream->status());
    // The stop may yet be followed by more of its kind, where nothing behind it can be looked at.
    CHECK((absl::StrContains(stream->status().message(), "from byte 3 ") ||
           absl::StrContains(stream->status().message(), "from byte 4 ")));
    CHECK(absl::StrContains(stream->status().message(), "within 1024 bytes"));
    REQUIRE(!tokens.empty());
    CHECK(tokens.back().byte_end <= 4);

    stream = StreamOf(*tokenizer, 1024, true);
    tokens.clear();
    PushAll(*stream, text, 0, &tokens);
    stream->Finish();
    Drain(*stream, &tokens);
    CHECK(stream->status().ok());
    CHECK(stream->split_count() >= 4);
    CHECK(stream->split_count() <= 5);
    CHECK(tokens.back().byte_end == static_cast<int64_t>(text.size()));

    CHECK(TokensOf(*tokenizer, text).back().byte_end == static_cast<int64_t>(text.size()));  // 65536 are enough
  }
}

TEST_CASE("a long word is cut where no merge crosses, and stays one word", "[tokenizer]") {
  std::mt19937_64 random(83);
  for (const char* name : {"bytebpe-gpt2", "bytebpe-roberta", "bpe-bytefallback-gemma"}) {
    const auto tokenizer = Load(name);
    std::string text;
    for (int i = 0; i < 20000; ++i) text += "etaoinshrdlu"[random() % 12];
    const std::vector<Token> whole = TokensOf(*tokenizer, text);
    size_t words = 0;
    for (const Token& token : whole) words += token.flags & kStartsWord;
    CHECK(words == 1);
    CHECK(Torn(*tokenizer, text, 1024, random) == whole);
    CHECK(Torn(*tokenizer, text, 65536, random) == whole);
  }
}

TEST_CASE("a stream takes exactly the bytes it announces, and little where little is held back", "[tokenizer]") {
  struct Counter {
    int64_t bytes = 0, calls = 0;
  } counter;
  const Allocator allocator(
      [](void* opaque, int64_t bytes, int64_t) -> void* {
        static_cast<Counter*>(opaque)->bytes += bytes;
        ++static_cast<Counter*>(opaque)->calls;
        return std::aligned_alloc(kAlignment, static_cast<size_t>(bytes));
      },
      [](void* opaque, void* block, int64_t bytes) {
        static_cast<Counter*>(opaque)->bytes -= bytes;
        std::free(block);
      },
      &counter);
  for (const char* name : kFolders) {
    const auto tokenizer = Load(name);
    for (const size_t held_back : {size_t{256}, size_t{4096}, size_t{65536}}) {
      StreamOptions options;
      options.held_back_bytes = held_back;
      auto stream = tokenizer->NewStream(options, allocator);
      REQUIRE(stream.ok());
      CHECK(counter.bytes == static_cast<int64_t>(tokenizer->StreamBytes(options)));
      const int64_t calls = counter.calls;
      std::vector<Token> tokens;
      PushAll(**stream, "Some text, and more of it.", 0, &tokens);
      CHECK(counter.calls == calls);
      CHECK(tokenizer->StreamBytes(options) <= (held_back + 64) * 80 + (size_t{320} << 10));
    }
    CHECK(counter.bytes == 0);
    for (const size_t held_back : {size_t{0}, kMinHeldBack - 1, kMaxHeldBack + 1}) {
      StreamOptions options;
      options.held_back_bytes = held_back;
      CHECK(tokenizer->NewStream(options, allocator).status().code() == absl::StatusCode::kInvalidArgument);
    }
  }
}

TEST_CASE("white space inside tokens counts for the flags of the word behind it", "[tokenizer]") {
  const auto tokenizer = Load("bytebpe-gpt2");
  const std::string text = "He said: \"Stop!\" \n\nThen (so.) no";
  std::vector<std::pair<int64_t, int>> paragraphs, sentences;
  for (const Token& token : TokensOf(*tokenizer, text)) {
    if (token.flags & kParagraphBefore) paragraphs.push_back({token.byte_begin, 0});
    if (token.flags & kEndsSentence) sentences.push_back({token.byte_end, 0});
  }
  const int64_t then = static_cast<int64_t>(text.find("Then"));
  REQUIRE(paragraphs.size() == 1);
  CHECK(paragraphs[0].first <= then);
  CHECK(paragraphs[0].first >= then - 1);
  REQUIRE(!sentences.empty());
  CHECK(sentences.back().first == static_cast<int64_t>(text.find(" no")));
}

TEST_CASE("vocab.json with merges.txt makes the tokenizer of tokenizer.json", "[tokenizer]") {
  for (const char* name : {"bytebpe-gpt2", "bytebpe-roberta"}) {
    const std::string folder = absl::StrCat("models/tokenizers/", name, "/");
    const auto made =
        TokenizerFromMerges(ReadTestFile(folder + "vocab.json"), ReadTestFile(folder + "merges.txt"),
                            ReadTestFile(folder + "tokenizer_config.json"), "vocab.json", Allocator::Default());
    INFO(made.status());
    REQUIRE(made.ok());
    const auto other = Load(name);
    CHECK((*made)->Fingerprint() == other->Fingerprint());
    CHECK((*made)->PrefixIds() == other->PrefixIds());
    CHECK((*made)->special_ids().mask == other->special_ids().mask);
    CHECK(TokensOf(**made, NastySample()) == TokensOf(*other, NastySample()));
  }
}

TEST_CASE("added tokens keep to whole words and take white space as their file says", "[tokenizer]") {
  auto file = nlohmann::json::parse(ReadTestFile("models/tokenizers/bytebpe-qwen/tokenizer.json"));
  const auto add = [&file](const char* text, int id, const char* flag, const char* second) {
    nlohmann::json token = {{"id", id},           {"content", text}, {"special", false},    {"lstrip", false},
                            {"rstrip", false}, {"single_word", false}, {"normalized", false}};
    token[flag] = token[second] = true;
    file["added_tokens"].push_back(token);
  };
  add("<lr>", 543, "lstrip", "rstrip");
  add("foo", 544, "single_word", "single_word");
  add("n\xC3\xA9", 545, "normalized", "lstrip");
  const auto tokenizer = TokenizerFromJson(file.dump(), "", "tokenizer.json", Allocator::Default());
  INFO(tokenizer.status());
  REQUIRE(tokenizer.ok());
  const auto found = [&](const std::string& text) {  // ids of added tokens and their ranges
    std::string shown;
    for (const Token& token : TokensOf(**tokenizer, text, 3)) {
      if (token.id >= 543) absl::StrAppend(&shown, token.id, ":", token.byte_begin, "-", token.byte_end, " ");
    }
    return shown;
  };
  CHECK(found("a <lr> b") == "543:1-7 ");
  CHECK(found("a <lr>foo b") == "543:1-6 544:6-9 ");
  CHECK(found("a <lr> foo") == "543:1-7 544:7-10 ");
  CHECK(found("foo, foob afoo _foo foo") == "544:0-3 544:20-23 ");
  CHECK(found("  ne\xCC\x81 n\xC3\xA9") == "545:0-4 545:6-10 ");  // an accent is not in the range, as in the reference
}

TEST_CASE("patterns that look behind, match nothing or are malformed are refused by name", "[tokenizer]") {
  for (const char* pattern : {"(?<=a)b", "(?<!a)b", "a*", "^a", "a$", "\\ba", "\\Ga", "[a&&b]", "(a", "[a", "a\\"}) {
    const auto regex = Regex::Compile(pattern);
    INFO(pattern << " " << regex.status());
    REQUIRE(!regex.ok());
    CHECK((absl::IsUnimplemented(regex.status()) || absl::IsDataLoss(regex.status())));
    CHECK(absl::StrContains(regex.status().message(), "pattern \""));
  }
  CHECK(Regex::Compile("\\s+(?!\\S)|\\p{Han}|[\\w]+").ok());
}

TEST_CASE("a pattern that works too hard ends in an error, not in other words", "[tokenizer]") {
  auto json = nlohmann::json::parse(ReadTestFile("models/tokenizers/bytebpe-qwen/tokenizer.json"));
  json["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"] = "(a+)+(a+)+(a+)+b|.";
  const auto tokenizer = TokenizerFromJson(json.dump(), "", "tokenizer.json", Allocator::Default());
  REQUIRE(tokenizer.ok());
  const auto stream = StreamOf(**tokenizer, 1024);
  std::vector<Token> tokens;
  absl::string_view rest = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac and more";
  while (!rest.empty() && stream->status().ok()) {
    rest.remove_prefix(stream->Push(rest));
    Drain(*stream, &tokens);
  }
  stream->Finish();
  Drain(*stream, &tokens);
  CHECK(stream->status().code() == absl::StatusCode::kOutOfRange);
}

}  // namespace
}  // namespace lwave::tokenizer
