// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "stream/generator.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "model/whole_stack.h"
#include "stream/beam_search.h"
#include "stream/causal_plan.h"
#include "tokenizer/encode.h"

namespace lwave::stream {

using model::ModelSpec;

namespace {

constexpr int64_t kDefaultNew = 20;
constexpr size_t kKeptRoom = 1024;  // ids: what a longer prompt took is given back

}  // namespace

absl::StatusOr<std::unique_ptr<Generator>> Generator::Settle(ModelPtr model, const GenerationOptions& options) {
  std::unique_ptr<Generator> made(new Generator());
  made->own_ = made->options_ = options;
  if (options.model_settings) {
    const absl::StatusOr<GenerationOptions>& settings = model->generation();
    if (!settings.ok()) return settings.status();
    made->options_.FillFrom(*settings);
  }
  const ModelSpec& spec = model->spec();
  if (made->beams() > 1 && made->options_.sample.value_or(false)) {
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
  made->look_back_ = LooksBack(made->options_);
  made->random_ = RandomNumbers(static_cast<uint64_t>(made->options_.seed.value_or(0)));
  made->pieces_ = TextPieces(made->plan_.model->tokenizer());
  if (spec.decoder != nullptr) {
    const int64_t start = made->options_.decoder_start.value_or(spec.decoder_start);
    if (start < 0 || start >= spec.decoder->vocabulary) {
      return absl::InvalidArgumentError("option decoder_start must be set: the model does not say with which id to begin");
    }
    made->MakeRoom(1);
    made->Remember(static_cast<int32_t>(start));
    made->prompt_ = 1;
  }
  return made;
}

void Generator::LayOut(Arena& arena) {
  const model::HeadSpec& head = *plan_.model->spec().head;
  head_scratch_ = model::HeadScratch::Take(arena, head, *head_, 1);
  scores_ = arena.Take<float>(head.outputs);
  log_scores_ = arena.Take<float>(head.outputs);
  order_ = arena.Take<int32_t>(options_.sample.value_or(false) ? head.outputs : 0);
}

absl::StatusOr<std::unique_ptr<Generator>> Generator::Create(ModelPtr model, const GenerationOptions& options) {
  absl::StatusOr<std::unique_ptr<Generator>> settled = Settle(std::move(model), options);
  if (!settled.ok()) return settled;
  Generator& made = **settled;
  Arena measure;
  made.LayOut(measure);
  absl::Status status =
      made.storage_.Resize(made.plan_.model->context().allocator, static_cast<size_t>(measure.used()));
  if (!status.ok()) return status;
  Arena arena(absl::MakeSpan(made.storage_.data(), made.storage_.size()));
  made.LayOut(arena);
  // Beside an encoder, lines depend on its source.
  if (made.plan_.model->spec().decoder == nullptr) {
    if (status = made.MakeLines(); !status.ok()) return status;
  }
  return settled;
}

absl::StatusOr<int64_t> Generator::Plan(ModelPtr model, const GenerationOptions& options) {
  absl::StatusOr<std::unique_ptr<Generator>> settled = Settle(std::move(model), options);
  if (!settled.ok()) return settled.status();
  Generator& made = **settled;
  Arena measure;
  made.LayOut(measure);
  return measure.used() + made.plan_.layers.OwnBytes() + made.lines() * DecoderLine::Bytes(made.plan_) +
         DecoderLine::RunBytes(made.plan_, made.plan_.reading.max_rows);
}

int64_t Generator::bytes() const {
  const int64_t each = line_ == nullptr ? 0 : DecoderLine::Bytes(plan_);
  return static_cast<int64_t>(storage_.bytes() + plan_.context.bytes()) + plan_.layers.OwnBytes() + lines() * each +
         DecoderLine::RunBytes(plan_, line_ == nullptr ? 0 : line_->rows());
}

void Generator::MakeRoom(size_t count) {
  const auto grow = [count](std::vector<int32_t>& ids) {
    if (ids.capacity() < ids.size() + count) ids.reserve(std::max(ids.size() + count, 2 * ids.capacity()));
  };
  grow(unread_);
  if (look_back_ != LookBack::kNone) grow(history_);
}

void Generator::Remember(int32_t id) {
  unread_.push_back(id);
  ++length_;
  if (look_back_ == LookBack::kAll) {
    history_.push_back(id);
  } else if (look_back_ == LookBack::kSeen) {
    const auto at = std::lower_bound(history_.begin(), history_.end(), id);
    if (at == history_.end() || *at != id) history_.insert(at, id);
  }
}

absl::Status Generator::PushIds(absl::Span<const int32_t> ids) {
  const ModelSpec& spec = plan_.model->spec();
  if (spec.decoder != nullptr && line_ != nullptr) {
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
    // Of a Next that failed behind the encoder.
    plan_.context = Buffer<float>();
    plan_.context_rows = plan_.reading.context_rows = 0;
    return absl::OkStatus();
  }
  if (length_ == 0 && ids.empty()) return absl::OkStatus();
  const int64_t count = static_cast<int64_t>(unread_.size() + ids.size());
  if (count > line_->Room()) {
    return absl::OutOfRangeError(absl::StrCat("there is room for ", line_->Room(), " tokens, got ", count));
  }
  MakeRoom(ids.size());
  for (const int32_t id : ids) Remember(id);
  prompt_ = length_;
  reason_ = FinishReason::kNone;
  given_ = 0;
  pieces_.Resume();
  // Read at once, so that a snapshot holds it read, unless more may come that must be read with it.
  return plan_.ReadsTogether() ? absl::OkStatus() : ReadIds();
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
  const absl::Span<const int64_t> globals =
      options_.globals.has_value() ? absl::MakeConstSpan(*options_.globals) : absl::Span<const int64_t>();
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
  const int64_t rows = static_cast<int64_t>(source_.size()), numbers = rows * spec.stack->output_width();
  Buffer<float> context;
  absl::Status status = context.Resize(plan_.model->context().allocator, static_cast<size_t>(numbers));
  if (!status.ok()) return status;
  const auto cancelled = [this] { return Cancelled(); };
  const absl::FunctionRef<bool()> asks = cancelled;
  model::WholeStack::Input input;
  input.rows = rows;
  input.ids = source_.data();
  input.globals = globals;
  input.cancelled = &asks;
  status = model::RunOnce(parts, input, [&](const float* made) { std::copy_n(made, numbers, context.data()); });
  if (!status.ok()) return status;
  plan_.context = std::move(context);
  plan_.context_rows = plan_.reading.context_rows = rows;
  return absl::OkStatus();
}

absl::Status Generator::MakeLines() {
  std::vector<std::unique_ptr<DecoderLine>> made;
  made.reserve(static_cast<size_t>(lines()));
  for (int64_t i = 0; i < lines(); ++i) {
    absl::StatusOr<std::unique_ptr<DecoderLine>> line = DecoderLine::Create(plan_);
    if (!line.ok()) return line.status();
    made.push_back(*std::move(line));
  }
  line_ = std::move(made.back());
  made.pop_back();
  beam_lines_ = std::move(made);
  return absl::OkStatus();
}

absl::Status Generator::Start() {
  if (line_ != nullptr) return absl::OkStatus();
  // The encoder's rows stay where lines cannot be made: another call makes them.
  if (plan_.context_rows == 0) {
    if (absl::Status status = ReadEncoder(); !status.ok()) return status;
  }
  return MakeLines();
}

absl::Status Generator::ReadIds() {
  // Whatever stops it, what was read is not read again.
  struct Taker {
    std::vector<int32_t>& ids;
    int64_t read = 0;
    ~Taker() {
      ids.erase(ids.begin(), ids.begin() + read);
      if (ids.empty() && ids.capacity() > kKeptRoom) std::vector<int32_t>().swap(ids);
    }
  } taker = {unread_};
  return line_->Advance(unread_, [this] { return Cancelled(); }, &taker.read);
}

absl::Span<float> Generator::Scores(const float* row) {
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
  queue_.reserve(1);  // so that nothing can fail once a number was drawn
  const absl::Span<float> scores = Scores(line_->last_row());
  std::copy(scores.begin(), scores.end(), log_scores_.begin());
  LogSoftmax(log_scores_);
  ApplyRules(options_, {history_, length_, prompt_, LengthLimit()}, scores);
  if (absl::Status status = CheckScores(scores); !status.ok()) return status;
  const int32_t id = options_.sample.value_or(false) ? DrawToken(options_, scores, random_, order_) : BestToken(scores);
  queue_.push_back({id, log_scores_[static_cast<size_t>(id)]});
  if (EndsText(options_, id)) reason_ = FinishReason::kEndToken;
  return absl::OkStatus();
}

absl::Status Generator::Beams() {
  // The line reads every token but the last.
  const int64_t room = plan_.reading.max_rows > 0 ? plan_.reading.max_rows + 1 : INT64_MAX;
  const int64_t limit = std::min(LengthLimit(), room);
  const BeamTask task = {options_,
                         history_,
                         length_,
                         prompt_,
                         limit,
                         plan_.model->spec().head->outputs,
                         *line_,
                         beam_lines_,
                         [this](const float* row) { return Scores(row); },
                         [this] { return Cancelled(); }};
  absl::StatusOr<std::vector<GeneratedToken>> tokens = SearchBeams(task);
  if (!tokens.ok()) return tokens.status();
  queue_ = *std::move(tokens);
  reason_ = !queue_.empty() && EndsText(options_, queue_.back().id) ? FinishReason::kEndToken
            : limit < LengthLimit()                              ? FinishReason::kCapacity
                                                                 : FinishReason::kLength;
  return absl::OkStatus();
}

absl::StatusOr<std::optional<GeneratedToken>> Generator::Next() {
  if (Cancelled()) return absl::CancelledError("generation was cancelled");
  if (queue_.empty() && reason_ == FinishReason::kNone) {
    if (absl::Status status = Start(); !status.ok()) return status;
    if (length_ == 0) return absl::FailedPreconditionError("no prompt was pushed");
    if (length_ >= LengthLimit()) {
      reason_ = FinishReason::kLength;
    } else if (static_cast<int64_t>(unread_.size()) > line_->Room()) {
      reason_ = FinishReason::kCapacity;
    } else {
      if (!unread_.empty()) {
        if (absl::Status status = ReadIds(); !status.ok()) return status;
      }
      if (absl::Status status = beams() > 1 ? Beams() : OneToken(); !status.ok()) return status;
    }
  }
  if (queue_.empty()) {
    pieces_.Finish();
    return std::optional<GeneratedToken>();
  }
  // What may fail first; then the token leaves.
  MakeRoom(1);
  const GeneratedToken token = queue_.front();
  const bool stopped = pieces_.Add(token.id, queue_.size() == 1 && reason_ != FinishReason::kNone);
  queue_.erase(queue_.begin());
  Remember(token.id);
  ++given_;
  if (stopped) {
    reason_ = FinishReason::kStopString;
    queue_.clear();  // what beams found behind the stop string is never given
  }
  return std::optional<GeneratedToken>(token);
}

}  // namespace lwave::stream
