// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "stream/generator.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "model/whole_stack.h"
#include "stream/beam_search.h"
#include "stream/causal_plan.h"
#include "stream/token_rules.h"
#include "tokenizer/encode.h"

namespace lwave::stream {

using model::ModelSpec;

namespace {

constexpr int64_t kDefaultNew = 20;

}  // namespace

absl::StatusOr<std::unique_ptr<Generator>> Generator::Create(ModelPtr model, const GenerationOptions& options) {
  std::unique_ptr<Generator> made(new Generator());
  made->own_ = made->options_ = options;
  if (options.model_settings) {
    const absl::StatusOr<GenerationOptions>& settings = model->generation();
    if (!settings.ok()) return settings.status();
    made->options_.FillFrom(*settings);
  }
  const ModelSpec& spec = model->spec();
  if (made->options_.beams.value_or(1) > 1 && made->options_.sample.value_or(false)) {
    return absl::UnimplementedError("beams with sampling are not supported: set one of both");
  }
  if (spec.decoder == nullptr && (options.globals.has_value() || options.decoder_start.has_value())) {
    return absl::InvalidArgumentError(absl::StrCat("option ", options.globals.has_value() ? "globals" : "decoder_start",
                                                   " is for an encoder with a decoder; ", spec.family, " has none"));
  }
  const CausalReading reading = {made->options_.left, made->options_.sinks, made->options_.tile, made->options_.max_tokens};
  absl::StatusOr<DecoderPlan> planned = PlanCausal(model, reading);
  if (!planned.ok()) return planned.status();
  absl::StatusOr<const model::HeadWeights*> head = model->PrepareHead();
  if (!head.ok()) return head.status();
  made->head_ = *head;
  made->plan_ = *std::move(planned);
  DecoderPlan& plan = made->plan_;

  const auto lay_out = [&](Arena& arena) {
    made->head_scratch_ = model::HeadScratch::Take(arena, *spec.head, *made->head_, 1);
    made->scores_ = arena.Take<float>(spec.head->outputs);
  };
  Arena measure;
  lay_out(measure);
  absl::Status status =
      made->storage_.Resize(plan.model->context().allocator, static_cast<size_t>(measure.used()));
  if (!status.ok()) return status;
  Arena arena(absl::MakeSpan(made->storage_.data(), made->storage_.size()));
  lay_out(arena);
  made->random_ = RandomNumbers(static_cast<uint64_t>(made->options_.seed.value_or(0)));
  made->pieces_ = TextPieces(plan.model->tokenizer());
  if (spec.decoder != nullptr) {
    const int64_t start = made->options_.decoder_start.value_or(spec.decoder_start);
    if (start < 0 || start >= spec.decoder->vocabulary) {
      return absl::InvalidArgumentError("option decoder_start must be set: the model does not say with which id to begin");
    }
    made->ids_ = {static_cast<int32_t>(start)};
    made->prompt_ = 1;
  }
  return made;
}

absl::Status Generator::PushIds(absl::Span<const int32_t> ids) {
  const ModelSpec& spec = plan_.model->spec();
  if (spec.decoder != nullptr && started_) {
    return absl::FailedPreconditionError("the source has been read; a generator reads one");
  }
  if (!queue_.empty()) return absl::FailedPreconditionError("generated tokens wait to be taken");
  for (size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] >= 0 && ids[i] < spec.vocabulary) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("id ", ids[i], " at index ", i, " is outside the vocabulary of ", spec.vocabulary));
  }
  if (spec.decoder != nullptr) {
    const int64_t most = spec.stack->max_positions;
    if (most > 0 && static_cast<int64_t>(source_.size() + ids.size()) > most) {
      return absl::OutOfRangeError(absl::StrCat("the encoder reads at most ", most, " tokens, got ",
                                                source_.size() + ids.size()));
    }
    source_.insert(source_.end(), ids.begin(), ids.end());
    return absl::OkStatus();
  }
  // Read at once, so that a snapshot holds it read.
  if (absl::Status status = Start(); !status.ok()) return status;
  const absl::Span<const int32_t> unread = absl::MakeConstSpan(ids_).subspan(static_cast<size_t>(read_));
  std::vector<int32_t> all(unread.begin(), unread.end());
  all.insert(all.end(), ids.begin(), ids.end());
  if (all.empty()) return absl::OkStatus();
  absl::StatusOr<const float*> row = line_->Advance(all);
  if (!row.ok()) return row.status();
  ids_.insert(ids_.end(), ids.begin(), ids.end());
  read_ = prompt_ = static_cast<int64_t>(ids_.size());
  reason_ = FinishReason::kNone;
  given_ = 0;
  return absl::OkStatus();
}

absl::Status Generator::PushText(absl::string_view text, bool special) {
  const tokenizer::Tokenizer* tokenizer = plan_.model->tokenizer();
  if (tokenizer == nullptr) {
    return absl::UnimplementedError(absl::StrCat("text cannot be pushed: ", plan_.model->no_tokenizer_reason()));
  }
  tokenizer::EncodeOptions options;
  options.add_special = special;
  absl::StatusOr<std::vector<tokenizer::Encoding>> encoded =
      tokenizer::Encode(*tokenizer, text, std::nullopt, options, plan_.model->context().allocator);
  if (!encoded.ok()) return encoded.status();
  return PushIds((*encoded)[0].ids);
}

absl::Status Generator::AddStop(absl::string_view text) {
  if (text.empty()) return absl::InvalidArgumentError("a stop string must not be empty");
  if (plan_.model->tokenizer() == nullptr) {
    return absl::UnimplementedError(absl::StrCat("stop strings need text: ", plan_.model->no_tokenizer_reason()));
  }
  if (given_ > 0 || !queue_.empty()) return absl::FailedPreconditionError("stop strings are set before the first token");
  pieces_.AddStop(text);
  return absl::OkStatus();
}

absl::Status Generator::ReadEncoder() {
  const ModelSpec& spec = plan_.model->spec();
  if (source_.empty()) return absl::FailedPreconditionError("no source was pushed");
  absl::StatusOr<const model::Weights*> weights = plan_.model->Prepare();
  if (!weights.ok()) return weights.status();
  const std::vector<int64_t> globals = options_.globals.value_or(std::vector<int64_t>());
  if (!globals.empty() && *std::max_element(globals.begin(), globals.end()) >= static_cast<int64_t>(source_.size())) {
    return absl::InvalidArgumentError(absl::StrCat("option globals names a token behind the ", source_.size(),
                                                   " of the source"));
  }
  model::LayerSettings settings;
  settings.bf16 = model::UsesBf16((*weights)->stack);  // as a run over the source has it
  settings.most_globals = static_cast<int64_t>(globals.size());
  absl::StatusOr<model::StackLayers> layers =
      model::MakeLayers(plan_.model->context_ptr(), *spec.stack, plan_.model->checkpoint(), settings);
  if (!layers.ok()) return layers.status();
  const model::WholeStack::Parts parts = {&plan_.model->context(), spec.stack.get(), &(*weights)->stack, &*layers};
  const int64_t rows = static_cast<int64_t>(source_.size());
  model::WholeStack::Input input;
  input.rows = rows;
  input.ids = source_.data();
  input.globals = globals;
  const absl::Status status = model::RunOnce(
      parts, input, [&](const float* made) { plan_.context.assign(made, made + rows * spec.stack->output_width()); });
  if (!status.ok()) return status;
  plan_.context_rows = plan_.reading.context_rows = rows;
  return absl::OkStatus();
}

absl::Status Generator::Start() {
  if (started_) return absl::OkStatus();
  if (plan_.model->spec().decoder != nullptr) {
    if (absl::Status status = ReadEncoder(); !status.ok()) return status;
  }
  if (plan_.model->spec().decoder == nullptr || options_.beams.value_or(1) == 1) {
    absl::StatusOr<std::unique_ptr<DecoderLine>> line = DecoderLine::Create(plan_);
    if (!line.ok()) return line.status();
    line_ = *std::move(line);
  }
  started_ = true;
  return absl::OkStatus();
}

absl::StatusOr<absl::Span<float>> Generator::Scores(const float* row) {
  const model::HeadSpec& head = *plan_.model->spec().head;
  model::ApplyHead(plan_.model->context(), head, *head_, row, plan_.spec->output_width(), 1, head_scratch_,
                   scores_.data());
  return scores_;
}

int64_t Generator::LengthLimit() const {
  if (options_.max_new_tokens.has_value() || !options_.max_length.has_value()) {
    return prompt_ + options_.max_new_tokens.value_or(kDefaultNew);
  }
  return *options_.max_length;
}

absl::Status Generator::OneToken() {
  if (static_cast<int64_t>(ids_.size()) >= LengthLimit()) {
    reason_ = FinishReason::kLength;
    return absl::OkStatus();
  }
  absl::StatusOr<const float*> row = nullptr;
  const absl::Span<const int32_t> unread = absl::MakeConstSpan(ids_).subspan(static_cast<size_t>(read_));
  if (static_cast<int64_t>(unread.size()) > line_->Room()) {
    reason_ = FinishReason::kCapacity;
    return absl::OkStatus();
  }
  row = unread.empty() ? absl::StatusOr<const float*>(line_->last_row()) : line_->Advance(unread);
  if (!row.ok()) return row.status();
  read_ = static_cast<int64_t>(ids_.size());
  absl::StatusOr<absl::Span<float>> scores = Scores(*row);
  if (!scores.ok()) return scores.status();
  std::vector<float> own(scores->begin(), scores->end());
  LogSoftmax(absl::MakeSpan(own));
  ApplyRules(options_, {ids_, prompt_, LengthLimit()}, *scores);
  if (absl::Status status = CheckScores(*scores); !status.ok()) return status;
  const int32_t id =
      options_.sample.value_or(false) ? DrawToken(options_, *scores, random_, order_) : BestToken(*scores);
  ids_.push_back(id);
  queue_.push_back({id, own[static_cast<size_t>(id)]});
  if (EndsText(options_, id)) reason_ = FinishReason::kEndToken;
  return absl::OkStatus();
}

absl::Status Generator::Beams() {
  // The line reads every token but the last.
  const int64_t room = plan_.reading.max_rows > 0 ? plan_.reading.max_rows + 1 : INT64_MAX;
  const int64_t limit = std::min(LengthLimit(), room);
  const BeamTask task = {plan_,
                         options_,
                         ids_,
                         prompt_,
                         limit,
                         plan_.model->spec().head->outputs,
                         line_ != nullptr && read_ == static_cast<int64_t>(ids_.size()) ? line_.get() : nullptr,
                         [this](const float* row) { return Scores(row); },
                         [this] { return cancel_.exchange(false, std::memory_order_relaxed); }};
  absl::StatusOr<std::vector<GeneratedToken>> tokens = SearchBeams(task);
  if (!tokens.ok()) return tokens.status();
  for (const GeneratedToken& token : *tokens) {
    ids_.push_back(token.id);
    queue_.push_back(token);
  }
  reason_ = !tokens->empty() && EndsText(options_, tokens->back().id) ? FinishReason::kEndToken
            : limit < LengthLimit()                              ? FinishReason::kCapacity
                                                                 : FinishReason::kLength;
  return absl::OkStatus();
}

absl::StatusOr<std::optional<GeneratedToken>> Generator::Next() {
  if (cancel_.exchange(false, std::memory_order_relaxed)) return absl::CancelledError("generation was cancelled");
  if (queue_.empty() && reason_ == FinishReason::kNone) {
    if (absl::Status status = Start(); !status.ok()) return status;
    if (ids_.empty()) return absl::FailedPreconditionError("no prompt was pushed");
    const absl::Status status = options_.beams.value_or(1) > 1 ? Beams() : OneToken();
    if (!status.ok()) return status;
  }
  if (queue_.empty()) {
    pieces_.Finish();
    return std::optional<GeneratedToken>();
  }
  const GeneratedToken token = queue_.front();
  queue_.erase(queue_.begin());
  ++given_;
  if (pieces_.Add(token.id)) {
    reason_ = FinishReason::kStopString;
    // What beams found behind the stop string was never given.
    ids_.resize(ids_.size() - queue_.size());
    queue_.clear();
  }
  if (finished()) pieces_.Finish();
  return std::optional<GeneratedToken>(token);
}

int64_t Generator::bytes() const {
  const int64_t context = static_cast<int64_t>(plan_.context.size() * sizeof(float));
  return static_cast<int64_t>(storage_.bytes()) + context + DecoderLine::Bytes(plan_) * options_.beams.value_or(1);
}

absl::StatusOr<int64_t> Generator::Plan(ModelPtr model, const GenerationOptions& options) {
  absl::StatusOr<std::unique_ptr<Generator>> made = Create(std::move(model), options);
  if (!made.ok()) return made.status();
  return (*made)->bytes();
}

}  // namespace lwave::stream
