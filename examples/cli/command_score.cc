// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// longwave score: how likely a causal model finds documents.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "commands.h"
#include "diagnostics.h"
#include "help.h"
#include "input.h"
#include "json.h"
#include "options.h"
#include "output_file.h"
#include "progress.h"
#include "session.h"
#include "settings.h"
#include "utf8.h"
#include "word_losses.h"

namespace lwave::cli {
namespace {

struct ScoreOptions {
  ModelOptions model;
  ProgressOptions progress;
  std::vector<std::string> documents;
  std::string mode, counts, output;
  std::optional<int64_t> length, stride, begin, left, sinks, tile;
  bool tokens = false, json = false;
};

// One document on its way through a scorer.
class Document {
 public:
  Document(const Session& session, const Settings& settings, const std::string& file, OutputFile* lines)
      : file_(file), lines_(lines) {
    lwave_error error;
    lwave_scorer* made = nullptr;
    Require(lwave_scorer_create(session.model.get(), settings.get(), &made, &error), error, session.directory);
    scorer_.reset(made);
  }

  void Push(const char* text, int64_t bytes) {
    for (;;) {
      lwave_error error;
      int64_t taken = 0;
      const lwave_status status = lwave_scorer_push_text(scorer_.get(), text, bytes, &taken, &error);
      if (status != LWAVE_OUTPUT_FULL) Require(status, error, file_);
      text += taken;
      bytes -= taken;
      Read();
      CheckInterrupted();
      if (status == LWAVE_OK) return;
    }
  }

  void Finish() {
    for (;;) {
      lwave_error error;
      const lwave_status status = lwave_scorer_finish(scorer_.get(), &error);
      if (status != LWAVE_OUTPUT_FULL) Require(status, error, file_);
      Read();
      if (status == LWAVE_OK) return;
    }
  }

  int64_t Int(const char* key) const {
    lwave_error error;
    int64_t value = 0;
    Require(lwave_scorer_get_int(scorer_.get(), key, &value, &error), error, file_);
    return value;
  }
  double Float(const char* key) const {
    lwave_error error;
    double value = 0;
    Require(lwave_scorer_get_float(scorer_.get(), key, &value, &error), error, file_);
    return value;
  }
  const std::vector<TokenLoss>& tokens() const { return tokens_; }

 private:
  void Read() {
    constexpr int64_t kPortion = 1024;
    int32_t ids[kPortion];
    float logs[kPortion];
    int64_t ranges[2 * kPortion];
    for (int64_t count = kPortion; count == kPortion;) {
      lwave_error error;
      Require(lwave_scorer_read(scorer_.get(), ids, logs, ranges, kPortion, &count, &error), error, file_);
      for (int64_t i = 0; i < count; ++i) {
        const bool scored = !std::isnan(logs[i]);
        tokens_.push_back({ranges[2 * i], ranges[2 * i + 1], scored ? -static_cast<double>(logs[i]) : 0, scored});
        if (lines_ != nullptr) WriteLine(ids[i], logs[i], ranges[2 * i], ranges[2 * i + 1]);
      }
    }
  }

  void WriteLine(int32_t id, float log, int64_t begin, int64_t end) {
    std::string line = "{\"file\": ";
    AppendJsonString(line, file_);
    line += ", \"byte_begin\": " + std::to_string(begin) + ", \"byte_end\": " + std::to_string(end) +
            ", \"id\": " + std::to_string(id) + ", \"log_probability\": ";
    AppendJsonFloat(line, log);
    lines_->Write(line + "}\n");
  }

  const std::string& file_;
  OutputFile* lines_;
  ScorerHandle scorer_;
  std::vector<TokenLoss> tokens_;
};

std::string Number(double value) {
  if (!std::isfinite(value)) return "null";
  char text[40];
  std::snprintf(text, sizeof(text), "%.6g", value);
  return text;
}

// What a reader sees; in JSON what is not finite is null.
std::string Shown(double value) { return std::isinf(value) ? "inf" : Number(value); }

std::string BucketName(int64_t decade) {
  if (decade < 0) return "0";
  std::string from = "1" + std::string(static_cast<size_t>(decade), '0');
  return from + "-" + std::string(static_cast<size_t>(decade) + 1, '9');
}

double Perplexity(double loss, int64_t count) {
  return count == 0 ? std::numeric_limits<double>::quiet_NaN() : std::exp(loss / static_cast<double>(count));
}

std::string Summary(const Session& session, const ScoreOptions& options, const std::string& file, const Document& document,
                    const WordLosses& words) {
  const double bits = document.Float("bits_per_byte"), per_token = document.Float("perplexity");
  const double per_word = Perplexity(words.loss, words.words);
  if (!options.json && document.Int("scored") == 0) return file + ": too short to be scored\n";
  if (!options.json) {
    std::string text = file + ": " + Shown(bits) + " bits per byte, perplexity " + Shown(per_token) + " per token" +
                       (words.words == 0 ? "" : " and " + Shown(per_word) + " per word") + " (" +
                       std::to_string(document.Int("scored")) + " tokens, " + std::to_string(words.words) + " words, " +
                       std::to_string(document.Int("scored_bytes")) + " bytes)\n";
    for (const Bucket& bucket : words.buckets) {
      text += "  words that come " + BucketName(bucket.decade) + " times: " + std::to_string(bucket.words) + ", loss " +
              Number(bucket.loss / static_cast<double>(bucket.words)) + " nats each\n";
    }
    return text;
  }
  std::string json = "{\"file\": ";
  AppendJsonString(json, file);
  json += ", \"model\": ";
  AppendJsonString(json, session.name);
  for (const char* key : {"tokens", "scored", "scored_bytes", "length", "stride"}) {
    json += ", \"" + std::string(key) + "\": " + std::to_string(document.Int(key));
  }
  json += ", \"words\": " + std::to_string(words.words) + ", \"bits_per_byte\": " + Number(bits) +
          ", \"perplexity\": " + Number(per_token) + ", \"word_perplexity\": " + Number(per_word) + ", \"buckets\": [";
  for (size_t i = 0; i < words.buckets.size(); ++i) {
    const Bucket& bucket = words.buckets[i];
    json += std::string(i > 0 ? ", " : "") + "{\"frequency\": \"" + BucketName(bucket.decade) +
            "\", \"words\": " + std::to_string(bucket.words) +
            ", \"loss\": " + Number(bucket.loss / static_cast<double>(bucket.words)) + "}";
  }
  return json + "]}\n";
}

int RunScore(const ScoreOptions& options) {
  Settings settings("scoring");
  settings.Text("mode", options.mode, "--mode")
      .Int("length", options.length, "--length")
      .Int("stride", options.stride, "--stride")
      .Int("begin", options.begin, "--begin")
      .Int("left", options.left, "--left")
      .Int("sinks", options.sinks, "--sinks")
      .Int("tile", options.tile, "--tile");
  const Session session = OpenSession(options.model.model, options.model.threads);
  RequireText(session);
  const std::optional<WordCounts> given =
      options.counts.empty() ? std::nullopt : std::optional<WordCounts>(ReadCounts(options.counts));
  OutputFile out(options.output);
  const bool ok = ReadEach(options.documents, [&](const std::string& file) {
    Input input(file, false);
    Progress progress(options.progress.ParsedMode(), file, input.size());
    Document document(session, settings, file, options.tokens ? &out : nullptr);
    std::string text;
    std::vector<char> buffer(static_cast<size_t>(kChunkBytes));
    while (const int64_t got = input.Read(buffer.data(), kChunkBytes)) {
      text.append(buffer.data(), static_cast<size_t>(got));
      // Small pieces, so that the progress line moves.
      constexpr int64_t kPiece = 4096;
      for (int64_t at = 0; at < got; at += kPiece) {
        document.Push(buffer.data() + at, std::min(kPiece, got - at));
        progress.Update(input.position() - got + at, document.Int("tokens"));
      }
    }
    document.Finish();
    NoteInvalidUtf8(file, text);
    if (document.Int("tokens") == 0) ReportNote(file + ": holds no token");
    progress.Finish(input.position(), document.Int("tokens"));
    WordCounts own;
    if (!given) CountWords(text, own);
    const WordLosses words = LossesOfWords(text, document.tokens(), given ? *given : own);
    if (!options.tokens) out.Write(Summary(session, options, file, document, words));
    out.Flush();
  });
  out.Commit();
  return ok ? kExitOk : kExitInput;
}

constexpr const char* kFooter = R"(Examples:
  longwave score book.txt --model gpt2
  longwave score book.txt --model gpt2 --length 1024 --stride 256 --json
  longwave score book.txt --model gpt2 --mode stream --left 512 --sinks 4
  longwave score page.txt --model gpt2 --tokens

Modes: sliding reads windows of --length tokens that advance by --stride and
scores of each the last --stride (the first token of a document has no score);
segment reads blocks whose only context is the last token of the one before;
stream reads the document through one memory, with --left through a window
with sinks.

Words lie between white space; those with all their tokens scored count. How
often a word comes is counted in the document, or taken from --counts FILE
(WORD COUNT a line).

Formats: a line a document and one a bucket of word frequencies; with --json
  one object a document; with --tokens
  {"file", "byte_begin", "byte_end", "id", "log_probability"}, one a token, in
  nats.

Exit codes: 0 ok, 1 an input failed (the others are done), 2 usage.)";

}  // namespace

void AddScoreCommand(CLI::App& app, Run& run) {
  CLI::App* command = app.add_subcommand("score", "Says how likely a causal model finds documents.");
  auto options = std::make_shared<ScoreOptions>();
  SetUsage(*command, "score [OPTION]... DOC... --model DIR");
  AddTexts(*command, "DOC", options->documents, "UTF-8 files, or - for standard input")->required();
  AddModelOptions(*command, options->model, true);
  command->add_option("--mode", options->mode, "sliding (default), segment or stream")
      ->check(CLI::IsMember({"sliding", "segment", "stream"}))
      ->type_name("MODE");
  constexpr int64_t kMost = int64_t{1} << 24;
  AddNumber(*command, "--length", options->length, 2, kMost,
            "tokens of a window or block (default: the model's positions)");
  AddNumber(*command, "--stride", options->stride, 1, kMost,
            "sliding: tokens that a window advances (default: half of the length)");
  AddNumber(*command, "--begin", options->begin, -1, (int64_t{1} << 31) - 1, "an id to read before the document");
  AddNumber(*command, "--left", options->left, 0, kMost, "stream: tokens that each one sees before itself");
  AddNumber(*command, "--sinks", options->sinks, 0, 4096, "stream, with --left: tokens at the beginning that all see");
  AddNumber(*command, "--tile", options->tile, 1, kMost, "stream, with --left: positions repeat below this");
  AddText(*command, "--counts", options->counts, "how often words come: WORD COUNT a line")->type_name("FILE");
  command->add_flag("--tokens", options->tokens, "one JSON object a token instead of the summary");
  command->add_flag("--json", options->json, "one JSON object a document");
  AddText(*command, "-o,--output", options->output, "write here instead of standard output")->type_name("FILE");
  AddProgressOptions(*command, options->progress);
  command->footer(kFooter);
  command->callback([options, &run] { run = [options] { return RunScore(*options); }; });
}

}  // namespace lwave::cli
