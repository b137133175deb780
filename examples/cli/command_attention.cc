// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// longwave attention: pictures of which keys each query sees, and of where a model's attention goes in a document.

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "diagnostics.h"
#include "help.h"
#include "mechanism.h"
#include "mechanism_tensors.h"
#include "options.h"
#include "output_file.h"
#include "pictures.h"
#include "session.h"
#include "singular_values.h"

namespace lwave::cli {
namespace {

constexpr int64_t kMostPatternTokens = 1024;  // a picture is tokens^2 cells
constexpr int64_t kMostMatrixTokens = 512;    // whole matrices of every layer and head
constexpr int64_t kMostRows = 16384;
constexpr int64_t kSampledRows = 256;

struct AttentionOptions {
  ModelOptions model;
  ReadingOptions reading;
  std::string document, mechanism, plot;
  std::vector<std::string> settings;
  int64_t tokens = 0;  // 0: what fits
  int64_t heads = 0;   // 0: unset
  bool spectrum = false, json = false;
};

int64_t CheckedTokens(const AttentionOptions& options, int64_t otherwise, int64_t most, const char* what) {
  if (options.tokens > most) {
    throw UsageError("--tokens: " + std::string(what) + " takes at most " + std::to_string(most) + ", got " +
                     std::to_string(options.tokens));
  }
  return options.tokens > 0 ? options.tokens : otherwise;
}

// The picture before the numbers: if it cannot be written, nothing is printed.
void WriteResults(const AttentionOptions& options, const std::string& svg, const std::string& text) {
  if (!options.plot.empty()) {
    OutputFile file(options.plot);
    file.Write(svg);
    file.Commit();
  }
  if (text.empty()) return;
  OutputFile file("");
  file.Write(text);
  file.Commit();
}

int RunPattern(const AttentionOptions& options) {
  MechanismRequest request;
  request.name = options.mechanism;
  request.settings = options.settings;
  request.tokens = CheckedTokens(options, 96, kMostPatternTokens, "a pattern");
  if (options.heads > 0) request.heads = options.heads;
  if (options.heads == 0 && DependsOnRows(options.mechanism)) request.heads = 2;  // no two alike
  const Mechanism mechanism(request);
  lwave_error error;
  lwave_context* context = nullptr;
  if (lwave_context_create(options.model.threads, &context, &error) != LWAVE_OK)
    throw Failure("context", error.message);
  const ContextHandle owned(context);
  const AttentionWeights weights = FindWeights(mechanism, context, {}, {});
  AttentionWeights exact;
  if (mechanism.approximates_softmax()) {
    MechanismRequest softmax = request;
    softmax.name = "full";
    softmax.settings = {"causal=" + std::to_string(mechanism.Number("causal", 0))};
    softmax.head_dim = mechanism.head_dim();
    exact = FindWeights(Mechanism(softmax), context, MakeRows(request.tokens, request.heads, softmax.head_dim, true),
                        MakeRows(request.tokens, request.heads, softmax.head_dim, false));
  }
  WriteResults(options,
               options.plot.empty() ? "" : DrawPattern(mechanism, weights, exact.tokens > 0 ? &exact : nullptr),
               options.json ? PatternJson(mechanism, weights) : "");
  return kExitOk;
}

std::string ReadingText(const DocumentRows& rows) {
  if (!rows.windowed) return "read in full";
  const bool equal = std::all_of(rows.left.begin(), rows.left.end(), [&](int64_t x) { return x == rows.left[0]; }) &&
                     std::all_of(rows.right.begin(), rows.right.end(), [&](int64_t x) { return x == rows.right[0]; });
  const std::string sinks = std::to_string(rows.sinks) + " sinks";
  if (!equal) return "windows of the layers' own widths and " + sinks;
  return "window of " + std::to_string(rows.left[0]) + " before and " + std::to_string(rows.right[0]) + " after, " +
         sinks;
}

// What the mechanism takes from each key of each layer, with the model's own queries and keys.
MechanismAttention Through(const AttentionOptions& options, const Session& session, const DocumentRows& rows) {
  MechanismRequest request;
  request.name = options.mechanism;
  request.settings = options.settings;
  request.heads = rows.heads;
  request.tokens = rows.tokens;
  request.head_dim = rows.head_dim;
  const Mechanism mechanism(request);
  if (mechanism.takes_hidden_rows()) {
    throw UsageError("--mechanism: " + options.mechanism +
                     " has projections of its own and cannot take a model's queries and keys; leave the document out");
  }
  std::vector<AttentionWeights> layers;
  const int64_t each = rows.tokens * rows.heads * rows.head_dim;
  for (int64_t l = 0; l < rows.layers; ++l) {
    const auto layer = [&](const std::vector<float>& all) {
      return std::vector<float>(all.begin() + l * each, all.begin() + (l + 1) * each);
    };
    layers.push_back(FindWeights(mechanism, session.context.get(), layer(rows.q), layer(rows.k)));
  }
  return MechanismAttention(std::move(layers));
}

std::string SpectrumText(const DocumentRows& rows, const Spectrum& spectrum) {
  const auto reaching = [](const std::vector<double>& cumulated) {
    return std::to_string(CountReaching(cumulated, 0.9));
  };
  std::string text = "90 % of the singular values' sum is reached at, of " + std::to_string(rows.tokens) + ":\n";
  for (size_t l = 0; l < spectrum.size(); ++l) {
    text += "  layer " + std::to_string(l) + "  " + reaching(MeanCurve({spectrum[l]})) + "\n";
  }
  return text + "  mean     " + reaching(MeanCurve(spectrum)) + "\n";
}

int RunDocument(const AttentionOptions& options) {
  if (options.heads > 0) throw UsageError("--heads: a document is read with the model's heads");
  const bool matrices = options.spectrum || !options.mechanism.empty();
  const int64_t tokens = matrices ? CheckedTokens(options, 256, kMostMatrixTokens,
                                                  options.spectrum ? "--spectrum" : "--mechanism with a document")
                                  : CheckedTokens(options, 1024, kMostRows, "a document");
  const ConfigHandle config = MakeReadingConfig(options.reading);
  const Session session = OpenSession(options.model.model, options.model.threads);
  const DocumentRows rows = ReadDocumentRows(session, config.get(), options.document, tokens);
  std::unique_ptr<AttentionSource> source = std::make_unique<ModelAttention>(rows);
  std::string reading = ReadingText(rows);
  if (!options.mechanism.empty()) {
    source = std::make_unique<MechanismAttention>(Through(options, session, rows));
    reading = "queries and keys " + (rows.windowed ? "of the " + reading : "as " + reading) + ", through " +
              options.mechanism;
  }
  if (options.spectrum) {
    const Spectrum spectrum = MeasureSpectrum(*source, rows);
    WriteResults(options, options.plot.empty() ? "" : DrawSpectrum(rows, reading, spectrum),
                 options.json          ? SpectrumJson(rows, reading, spectrum)
                 : options.plot == "-" ? ""
                                       : SpectrumText(rows, spectrum));
    return kExitOk;
  }
  const AttentionMass mass = MeasureMass(*source, rows, kSampledRows);
  WriteResults(options, options.plot.empty() ? "" : DrawMass(rows, reading, mass),
               options.json ? MassJson(rows, reading, mass) : "");
  return kExitOk;
}

int RunAttention(const AttentionOptions& options) {
  if (options.mechanism.empty() && options.document.empty()) {
    throw UsageError("attention: expected --mechanism NAME, a document, or both");
  }
  if (options.plot.empty() && !options.json && !options.spectrum) {
    throw UsageError("attention: expected --plot FILE, --json, or both");
  }
  if (options.json && options.plot == "-") throw UsageError("attention: --json and --plot - both want standard output");
  if (options.mechanism.empty() && !options.settings.empty()) throw UsageError("--set: needs --mechanism");
  if (options.document.empty()) {
    if (options.spectrum) throw UsageError("--spectrum: needs a document");
    return RunPattern(options);
  }
  return RunDocument(options);
}

std::string MechanismNames() {
  std::string names;
  for (const MechanismProfile& profile : MechanismProfiles())
    names += (names.empty() ? "" : ", ") + std::string(profile.name);
  return names;
}

constexpr const char* kFooter = R"(Examples:
  longwave attention --mechanism window --set dilation=1,1,2,4 --plot window.svg
  longwave attention book.txt --plot mass.svg
  longwave attention book.txt --spectrum --tokens 512 --plot spectrum.svg
  longwave attention book.txt --mechanism favor --json > favor.json

Without a document: which keys each query sees, found by asking the layer. What
is not --set gets small numbers that fit a picture, which it names. Where that
depends on the rows (linformer, favor, lsh) rows are made up, from a seed.

With a document: the share of a model's attention by distance, and by part of
what a row sees: sinks, before, the row itself, after; with --spectrum how few
singular values hold its attention matrices, the argument for Linformer. With
--mechanism the model's queries and keys go through that mechanism instead.

Numbers (--json), one object:
  pattern   "patterns": [{"heads", "rows"}], a row for each query: runs of keys
            [begin, end, weight], half-open; keys that are not seen are left out
  document  "bins" of distances, half-open, and for each layer and head
            "by_distance", "sinks", "before", "self", "after", and "unseen":
            what would go to keys that a row does not see, if it saw all
  spectrum  for each layer and head, and their "mean", the "cumulated" shares
            and how many singular values are "reaching_90" % of the sum

Exit codes: 0 ok, 1 the document or the output failed, 2 usage.)";

}  // namespace

void AddAttentionCommand(CLI::App& app, Run& run) {
  CLI::App* command =
      app.add_subcommand("attention", "Draws which keys each query sees, or where attention goes in a document.");
  auto options = std::make_shared<AttentionOptions>();
  SetUsage(*command, "attention --mechanism NAME [OPTION]...\nattention [OPTION]... DOC");
  AddText(*command, "DOC", options->document, "a UTF-8 file, or - for standard input");
  AddText(*command, "--mechanism", options->mechanism, "one of " + MechanismNames())->type_name("NAME");
  AddTexts(*command, "--set", options->settings,
           "one of the mechanism's options, as attention.h lists them; may be repeated. Lists are separated by commas")
      ->type_name("KEY=VALUE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  AddText(*command, "-p,--plot", options->plot, "write the picture here, as SVG; - for standard output")
      ->type_name("FILE");
  command->add_flag("--json", options->json, "print the numbers as JSON");
  command->add_flag("--spectrum", options->spectrum,
                    "singular values instead; prints where 90 % of their sum is reached");
  command
      ->add_option("-n,--tokens", options->tokens,
                   "length of the pattern (default 96, at most 1024), or most rows of the document (default 1024, at "
                   "most 16384; with --spectrum or --mechanism 256 and 512)")
      ->check(CLI::Range(int64_t{1}, kMostRows))
      ->type_name("N");
  command
      ->add_option("--heads", options->heads,
                   "heads of the pattern (default 4, or 2 where what is seen depends on the rows); those that see the "
                   "same share a panel")
      ->check(CLI::Range(int64_t{1}, int64_t{64}))
      ->type_name("N");
  AddModelOptions(*command, options->model);
  command
      ->add_option("--long", options->reading.reading,
                   "how the document is read beyond the model's limit: window (default where the model has that "
                   "setting), or truncate (in full, the beginning only)")
      ->check(CLI::IsMember({"window", "truncate"}))
      ->type_name("READING");
  command->footer(kFooter);
  command->callback([options, &run] { run = [options] { return RunAttention(*options); }; });
}

}  // namespace lwave::cli
