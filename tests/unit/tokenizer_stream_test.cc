// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The laws of a token stream: any split, save and load anywhere, fork, one block of memory, unbounded input.

#include <map>

#include "tokenizer_fixture.h"

namespace lwave::tokenizer {
namespace {

TEST_CASE("a text split at any byte gives the tokens and flags of one push", "[tokenizer]") {
  const std::unique_ptr<Tokenizer> tokenizer = LoadSmall();
  const std::string text = NastySample();
  const std::vector<Token> whole = TokensOf(*tokenizer, text);
  REQUIRE(whole.size() > 100);
  for (size_t piece = 1; piece <= 9; ++piece) CHECK(TokensOf(*tokenizer, text, piece) == whole);
  for (size_t cut = 0; cut <= text.size(); ++cut) {
    const TokenStreamPtr stream = NewStream(*tokenizer);
    std::vector<Token> tokens;
    PushAll(*stream, absl::string_view(text).substr(0, cut), 0, &tokens);
    PushAll(*stream, absl::string_view(text).substr(cut), 0, &tokens);
    stream->Finish();
    Drain(*stream, &tokens);
    INFO("cut at " << cut);
    REQUIRE(tokens == whole);
  }
}

TEST_CASE("random texts split at random give the tokens and flags of one push", "[tokenizer]") {
  const std::unique_ptr<Tokenizer> tokenizer = LoadSmall();
  for (uint64_t seed = 0; seed < 300; ++seed) {
    std::mt19937_64 random(seed);
    std::string text;
    for (int i = 0; i < 4; ++i) text += RandomText(random);
    INFO("seed " << seed << " text " << Escaped(text));
    const std::vector<Token> whole = TokensOf(*tokenizer, text);
    const TokenStreamPtr stream = NewStream(*tokenizer);
    std::vector<Token> tokens;
    for (absl::string_view rest = text; !rest.empty();) {
      const size_t piece = std::min<size_t>(rest.size(), random() % 12);
      PushAll(*stream, rest.substr(0, piece), 0, &tokens);
      rest.remove_prefix(piece);
      if (random() % 2 == 0) Drain(*stream, &tokens);
    }
    stream->Finish();
    Drain(*stream, &tokens);
    REQUIRE(tokens == whole);
  }
}

TEST_CASE("a state saved after any byte continues identically and saves to identical bytes", "[tokenizer]") {
  const std::unique_ptr<Tokenizer> tokenizer = LoadSmall();
  const std::string text = NastySample();
  const std::vector<Token> whole = TokensOf(*tokenizer, text);
  const TokenStreamPtr stream = NewStream(*tokenizer);
  std::vector<Token> before;
  for (size_t at = 0; at <= text.size(); ++at) {
    INFO("saved after " << at << " bytes");
    // Tokens stay in the queue at times, so that they are saved with it.
    if (at % 7 == 0) Drain(*stream, &before);
    const std::string saved = SavedState(*stream);
    REQUIRE(saved.size() <= tokenizer->MaxSavedBytes(StreamOptions()));
    const TokenStreamPtr resumed = NewStream(*tokenizer);
    std::vector<Token> noise;
    PushAll(*resumed, "something else [MAS", 0, &noise);
    REQUIRE(resumed->Load(saved).ok());
    REQUIRE(SavedState(*resumed) == saved);
    REQUIRE(resumed->bytes_taken() == static_cast<int64_t>(at));

    const TokenStreamPtr fork = NewStream(*tokenizer);
    REQUIRE(fork->CopyFrom(*stream).ok());
    REQUIRE(SavedState(*fork) == saved);
    for (TokenStream* other : {resumed.get(), fork.get()}) {
      std::vector<Token> tokens = before;
      Drain(*other, &tokens);
      PushAll(*other, absl::string_view(text).substr(at), 0, &tokens);
      other->Finish();
      Drain(*other, &tokens);
      REQUIRE(tokens == whole);
    }
    if (at < text.size()) REQUIRE(stream->Push(absl::MakeConstSpan(text).subspan(at, 1)) == 1);
  }
}

TEST_CASE("a finished state with unread tokens survives save and load", "[tokenizer]") {
  const std::unique_ptr<Tokenizer> tokenizer = LoadSmall();
  const TokenStreamPtr stream = NewStream(*tokenizer);
  std::vector<Token> expected, got;
  REQUIRE(stream->Push(absl::string_view("the end [SE")) == 11);
  stream->Finish();
  CHECK(stream->Push(absl::string_view("more")) == 0);
  const TokenStreamPtr other = NewStream(*tokenizer);
  REQUIRE(other->Load(SavedState(*stream)).ok());
  CHECK(other->finished());
  CHECK(other->Push(absl::string_view("more")) == 0);
  Drain(*stream, &expected);
  Drain(*other, &got);
  CHECK(got == expected);
}

TEST_CASE("a damaged state is refused or loads as a valid one, and a refused load changes nothing",
          "[tokenizer]") {
  const std::unique_ptr<Tokenizer> tokenizer = LoadSmall();
  const std::string text = NastySample();
  std::mt19937_64 random(7);
  for (size_t cut = 3; cut < text.size(); cut += 97) {
    const TokenStreamPtr stream = NewStream(*tokenizer);
    std::vector<Token> tokens;
    PushAll(*stream, absl::string_view(text).substr(0, cut), 0, &tokens);
    REQUIRE(stream->Push(absl::string_view(" some words [MA")) == 15);
    const std::string saved = SavedState(*stream);
    const TokenStreamPtr target = NewStream(*tokenizer);
    const std::string untouched = SavedState(*target);
    for (size_t size = 0; size < saved.size(); ++size) {
      INFO("cut " << cut << " truncated to " << size);
      REQUIRE(target->Load(absl::MakeConstSpan(saved).first(size)).code() == absl::StatusCode::kDataLoss);
    }
    CHECK(target->Load(saved + "x").code() == absl::StatusCode::kDataLoss);
    CHECK(SavedState(*target) == untouched);
    for (size_t byte = 0; byte < saved.size(); ++byte) {
      std::string damaged = saved;
      damaged[byte] = static_cast<char>(damaged[byte] ^ (1 << random() % 8));
      if (random() % 4 == 0) damaged[random() % damaged.size()] = static_cast<char>(random());
      const TokenStreamPtr victim = NewStream(*tokenizer);
      const absl::Status status = victim->Load(damaged);
      INFO("cut " << cut << " byte " << byte << " " << status);
      REQUIRE((status.ok() || status.code() == absl::StatusCode::kDataLoss ||
               status.code() == absl::StatusCode::kAborted));
      if (!status.ok()) {
        REQUIRE(SavedState(*victim) == untouched);
        continue;
      }
      REQUIRE(SavedState(*victim) == damaged);
      std::vector<Token> rest;
      Drain(*victim, &rest);
      PushAll(*victim, text, 0, &rest);
      victim->Finish();
      Drain(*victim, &rest);
    }
  }
}

TEST_CASE("a state of another tokenizer is refused as a mismatch, a copy from one as an argument",
          "[tokenizer]") {
  const std::unique_ptr<Tokenizer> tokenizer = LoadSmall();
  auto minilm = LoadTokenizer(std::string(LWAVE_TEST_DATA) + "/minilm", Allocator::Default());
  REQUIRE(minilm.ok());
  const TokenStreamPtr stream = NewStream(*tokenizer);
  const TokenStreamPtr other = NewStream(**minilm);
  CHECK(other->Load(SavedState(*stream)).code() == absl::StatusCode::kAborted);
  CHECK(other->CopyFrom(*stream).code() == absl::StatusCode::kInvalidArgument);
  CHECK(tokenizer->Fingerprint() != (*minilm)->Fingerprint());
}

// Counts what is taken and given back.
struct Counter {
  int64_t blocks = 0, bytes = 0, calls = 0;
  int64_t fail_at = -1;
  static void* Allocate(void* opaque, int64_t bytes, int64_t alignment) {
    Counter& counter = *static_cast<Counter*>(opaque);
    if (counter.calls++ == counter.fail_at) return nullptr;
    ++counter.blocks;
    counter.bytes += bytes;
    return ::operator new(static_cast<size_t>(bytes), std::align_val_t(static_cast<size_t>(alignment)));
  }
  static void Free(void* opaque, void* block, int64_t bytes) {
    Counter& counter = *static_cast<Counter*>(opaque);
    --counter.blocks;
    counter.bytes -= bytes;
    ::operator delete(block, std::align_val_t(64));
  }
};

TEST_CASE("tables and stream take exactly what they say from the allocator, once", "[tokenizer]") {
  Counter counter;
  const Allocator allocator(Counter::Allocate, Counter::Free, &counter);
  {
    auto tokenizer = LoadTokenizer(std::string(LWAVE_TEST_DATA) + kSmallFolder, allocator);
    REQUIRE(tokenizer.ok());
    const int64_t tables = static_cast<int64_t>((*tokenizer)->TableBytes());
    CHECK(counter.bytes == tables);
    auto stream = (*tokenizer)->NewStream(StreamOptions(), allocator);
    REQUIRE(stream.ok());
    CHECK(counter.bytes == tables + static_cast<int64_t>((*tokenizer)->StreamBytes(StreamOptions())));
    const int64_t calls = counter.calls;
    std::vector<Token> tokens;
    for (int i = 0; i < 20; ++i) PushAll(**stream, NastySample(), 100, &tokens);
    (*stream)->Finish();
    CHECK(counter.calls == calls);
  }
  CHECK(counter.blocks == 0);
  CHECK(counter.bytes == 0);
}

TEST_CASE("an allocator that fails at any call makes loading fail cleanly", "[tokenizer]") {
  for (int64_t fail_at = 0; fail_at < 8; ++fail_at) {
    Counter counter;
    counter.fail_at = fail_at;
    {
      const Allocator allocator(Counter::Allocate, Counter::Free, &counter);
      auto tokenizer = LoadTokenizer(std::string(LWAVE_TEST_DATA) + kSmallFolder, allocator);
      if (tokenizer.ok()) {
        auto stream = (*tokenizer)->NewStream(StreamOptions(), allocator);
        CHECK(stream.ok() == (counter.calls <= fail_at));
      } else {
        CHECK(tokenizer.status().code() == absl::StatusCode::kResourceExhausted);
      }
    }
    CHECK(counter.blocks == 0);
  }
}

TEST_CASE("a push stops when the queue is full and goes on where it stopped", "[tokenizer]") {
  const std::unique_ptr<Tokenizer> tokenizer = LoadSmall();
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "!a ";
  const TokenStreamPtr stream = NewStream(*tokenizer);
  const size_t taken = stream->Push(text);
  CHECK(taken < text.size());
  CHECK(stream->Push(absl::MakeConstSpan(text).subspan(taken)) == 0);
  std::vector<Token> tokens;
  Drain(*stream, &tokens);
  PushAll(*stream, absl::string_view(text).substr(taken), 0, &tokens);
  stream->Finish();
  Drain(*stream, &tokens);
  CHECK(tokens == TokensOf(*tokenizer, text, 3));
  CHECK(tokens.size() == 10000);
}

TEST_CASE("finishing right after a push that filled the queue loses nothing", "[tokenizer]") {
  const std::unique_ptr<Tokenizer> tokenizer = LoadSmall();
  for (const std::string& end : {std::string(100, 'a'), std::string("[MASK"), std::string("\xF0\x9F\x98")}) {
    const TokenStreamPtr stream = NewStream(*tokenizer);
    std::string text;
    while (stream->Push(absl::string_view("!")) == 1) text += "!";
    Token token;
    std::vector<Token> tokens;
    REQUIRE(stream->Next(&token));
    tokens.push_back(token);
    const size_t taken = stream->Push(end);
    text += end.substr(0, taken);
    stream->Finish();
    Drain(*stream, &tokens);
    CHECK(tokens == TokensOf(*tokenizer, text));
  }
}

TEST_CASE("white space and words of many megabytes pass in the memory of the stream", "[tokenizer]") {
  const std::unique_ptr<Tokenizer> tokenizer = LoadSmall();
  const int64_t kBytes = 2 << 20;
  for (const char* const unit : {" ", "a", "\xC3\xA9", "\xCC\x81", "\n", "\xFF", "["}) {
    INFO("unit " << Escaped(unit));
    std::string piece;
    while (piece.size() < 65536) piece += unit;
    const TokenStreamPtr stream = NewStream(*tokenizer);
    std::vector<Token> tokens;
    PushAll(*stream, "x.", 0, &tokens);
    int64_t bytes = 2;
    int64_t count = 0;
    const absl::string_view view(unit);
    const int64_t limit = view == "[" ? kBytes / 4 : kBytes;
    while (bytes < limit) {
      PushAll(*stream, piece, 0, &tokens);
      bytes += static_cast<int64_t>(piece.size());
      count += static_cast<int64_t>(tokens.size());
      tokens.clear();
    }
    PushAll(*stream, " y", 0, &tokens);
    stream->Finish();
    Drain(*stream, &tokens);
    count += static_cast<int64_t>(tokens.size());
    CHECK(stream->bytes_taken() == bytes + 2);
    REQUIRE(!tokens.empty());
    CHECK(tokens.back().byte_begin == bytes + 1);
    CHECK((tokens.back().flags & kSpaceBefore) != 0);
    if (view == "[") {
      CHECK(count == bytes - 2 + 3);
    } else if (view == "a" || view == "\xC3\xA9") {
      CHECK(count == 4);
      CHECK(tokens[tokens.size() - 2].id == tokenizer->special_ids().unk);
      CHECK(tokens[tokens.size() - 2].byte_begin == 2);
      CHECK(tokens[tokens.size() - 2].byte_end == bytes);
    } else {
      CHECK(count == 3);
    }
  }
}

}  // namespace
}  // namespace lwave::tokenizer
