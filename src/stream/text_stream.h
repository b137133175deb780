// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// One document going through a model: text or ids in, vectors of passages and of the document out.
//
//   text -> tokens (tokenizer) -> passages (PassageCutter), rows (RowMemory) -> vectors (pooling) -> queue
//
// Everything between is bounded and laid out when the stream is made. The state after a push depends only on
// the bytes taken and the results read, never on how the text was cut into calls.

#ifndef LONGWAVE_STREAM_TEXT_STREAM_H_
#define LONGWAVE_STREAM_TEXT_STREAM_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/allocator.h"
#include "base/arena.h"
#include "memory/parts.h"
#include "memory/snapshot.h"
#include "model/row_memory.h"
#include "stream/model.h"
#include "model/reading.h"
#include "model/sentence.h"
#include "stream/memory_plan.h"
#include "stream/passages.h"
#include "stream/result_queue.h"
#include "tokenizer/tokenizer.h"

namespace lwave::stream {

// What a stream or memory will take and how late its rows come.
struct Plan {
  int64_t bytes = 0;
  int64_t load_bytes = 0;
  int64_t first_rows = 0;
  int64_t steady_rows = 0;
};

// Why a call returned before everything was done; not errors.
enum class Stop : int32_t { kDone = 0, kOutputFull = 1, kCancelled = 2 };

// What others may ask of a stream while it works. A stream that takes another's place, such as a loaded one,
// takes over its control as well, so that whoever holds it needs to know nothing of the change.
struct StreamControl {
  using Progress = int32_t (*)(void* opaque, int64_t bytes, int64_t tokens, int64_t passages);

  // Any thread.
  std::atomic<bool> cancel{false};
  std::atomic<int64_t> bytes{0}, tokens{0}, passages{0};
  // The stream's own thread.
  Progress progress = nullptr;
  void* opaque = nullptr;
};

// One thread at a time; its control may be used from others.
class TextStream {
 public:
  static absl::StatusOr<Plan> MakePlan(const Model& model, const model::ReadingOptions& options);
  static absl::StatusOr<std::unique_ptr<TextStream>> Create(ModelPtr model,
                                                            const model::ReadingOptions& options);
  // With the options that the snapshot holds. Aborted: a snapshot of another model.
  static absl::StatusOr<std::unique_ptr<TextStream>> Restore(ModelPtr model, absl::Span<const uint8_t> data);

  // *taken receives the bytes (ids) taken, whatever the status.
  absl::StatusOr<Stop> PushText(absl::Span<const char> text, int64_t* taken);
  absl::StatusOr<Stop> PushIds(absl::Span<const int32_t> ids, int64_t* taken);
  // Rows in place of what ids give // [rows, hidden]; only where the reading says vectors.
  absl::StatusOr<Stop> PushVectors(const float* vectors, int64_t rows, int64_t* taken);
  absl::StatusOr<Stop> Finish();

  // The oldest waiting result, or null; Pop takes it away.
  const Result* Front() const { return queue_->count() == 0 ? nullptr : &queue_->At(0); }
  const float* FrontVector() const { return queue_->Vector(0); }
  void Pop() { queue_->Pop(); }

  absl::StatusOr<std::vector<uint8_t>> Save() const;
  // Aborted: of another model or with other options. On failure the stream is as it was.
  static absl::StatusOr<std::unique_ptr<TextStream>> LoadLike(const TextStream& like, absl::Span<const uint8_t> data);
  absl::StatusOr<std::unique_ptr<TextStream>> Fork() const;
  std::string DescribeJson() const;
  // Ready for the next document, as a new stream; its control stays. Takes the tokenizer's state twice meanwhile; on
  // failure the stream is as it was.
  absl::Status Reset();

  // Keys of lwave_stream_get_int; none when unknown.
  std::optional<int64_t> Number(absl::string_view key) const;

  const std::shared_ptr<StreamControl>& control() const { return control_; }
  // Goes on under a control that others already hold: cancel and callback as they are, the counters this stream's.
  void Adopt(std::shared_ptr<StreamControl> control);

  const Model& model() const { return *model_; }
  const model::Reading& reading() const { return reading_; }
  int64_t bytes() const { return bytes_; }

 private:
  enum class Source : int64_t { kNone = 0, kText = 1, kIds = 2, kVectors = 3 };
  enum class Phase : int64_t { kOpen = 0, kFlushing = 1, kEnding = 2, kDone = 3 };

  // How a document is read, and with which memory: one that reads passages alone is made for theirs.
  struct Resolved {
    model::Reading reading;
    MemoryPlan memory;
  };
  TextStream(ModelPtr model, Resolved resolved);
  // Lays the parts out; with a measuring arena only to measure.
  void LayOut(Arena& arena, const model::Weights& weights);
  static absl::StatusOr<Resolved> Resolve(const Model& model, const model::ReadingOptions& options);
  static int64_t SpecialCount(const Model& model, const model::Reading& reading);

  // text_stream.cc: input
  absl::Status CheckOpen(Source source) const;
  bool CanTakeToken() const;
  bool HasNoText() const { return source_ == Source::kIds || source_ == Source::kVectors; }
  absl::Status TakeToken(const tokenizer::Token& token, const float* vector = nullptr);
  absl::Status OverLimit() const;
  bool known_long() const { return tokens_ + specials_ > short_rows_; }
  void PushRows(absl::Span<const int32_t> ids);
  void EndInput();

  // text_stream_work.cc: rows to vectors
  enum class Work { kIdle, kBlocked, kStepped };
  Stop RunSteps();
  Work OneStep();
  Work ConsumeRows();
  // Whether rows of a document that is read in full have been pooled already: in a stack that streams.
  bool PoolsDocument() const { return !reading_.windowed() && memory_->rows_out() > 0; }
  Work ReadPassageAlone();
  bool PutDocument();
  void PutPassage(const Passage& passage, const float* pooled);
  Result DocumentResult(bool has_vector) const;
  bool ReportStep();
  void ShowProgress();

  // text_stream_snapshot.cc
  absl::Status LoadFrom(const memory::SnapshotReader& reader);

  const ModelPtr model_;
  const model::Reading reading_;
  const MemoryPlan plan_;  // memory_ refers to it
  const model::Weights* weights_ = nullptr;
  int64_t specials_ = 0;    // rows that the stream adds itself
  int64_t short_rows_ = 0;  // a document of more rows is long
  int64_t bytes_ = 0;
  Buffer<std::byte> storage_;
  UsedBytes uses_;  // of bytes_
  std::vector<int32_t> prefix_, suffix_;  // special ids around the document

  tokenizer::TokenStreamPtr tokenizer_;
  std::optional<PassageCutter> cutter_;
  std::unique_ptr<model::RowMemory> memory_;
  std::optional<ResultQueue> queue_;
  model::PoolState document_pool_;          // rows of a document (or of a passage alone), the model's pooling
  model::PoolState passage_pool_;           // token rows of the open passage, mean
  model::ModuleScratch modules_;
  absl::Span<float> pooled_;                // [hidden]
  absl::Span<double> document_sum_;         // [width]: passages' vectors of a long document
  absl::Span<Passage> closed_;              // passages cut and not yet pooled, a queue from closed_begin_
  absl::Span<int32_t> alone_ids_;           // alone: ids of tokens whose passages are not yet read
  int64_t closed_begin_ = 0, closed_count_ = 0;
  int64_t alone_begin_ = 0, alone_count_ = 0;

  Source source_ = Source::kNone;
  Phase phase_ = Phase::kOpen;
  int64_t tokens_ = 0;          // all tokens of the document so far
  int64_t passages_cut_ = 0;
  int64_t passages_put_ = 0;
  int64_t emitted_bytes_ = 0;   // end of the last passage put into the queue
  std::shared_ptr<StreamControl> control_ = std::make_shared<StreamControl>();
};

}  // namespace lwave::stream

#endif  // LONGWAVE_STREAM_TEXT_STREAM_H_
