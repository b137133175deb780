// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "operations.h"

namespace lwave::test {
namespace {

constexpr int64_t kIds = 120, kTakenIds = 70;

}  // namespace

Workbench::Workbench(const std::string& directory) : directory_(directory) {
  context_ = allocator_.MakeContext(1);
  model_ = OpenModel(context_, directory);
  const bool text = ModelInt(model_, "has_tokenizer") != 0;
  Window window;
  window.specials = text;
  config_ = ToConfig(window);
  text_ = NastyText();
  Random random(900);
  ids_ = RandomIds(random, model_, kIds);
  reader_ = std::make_unique<Reader>(model_, config_);
  if (text) {
    text_taken_ = 301;  // within a character
    reader_->Text(text_.substr(0, text_taken_));
  } else {
    reader_->Ids(ids_.data(), kTakenIds);
  }
  memory_ = MakeMemory(model_, config_);
  PushRows(memory_.get(), ids_.data(), kTakenIds, ModelInt(model_, "hidden"), 8, memory_rows_);
  stream_snapshot_ = Save(reader_->get());
  memory_snapshot_ = Save(memory_.get());
  broken_snapshot_ = stream_snapshot_;
  broken_snapshot_[broken_snapshot_.size() / 2] ^= 1;
  buffer_.resize(1 << 20);
  result_.resize(static_cast<size_t>(ModelInt(model_, "hidden") * kIds));
}

std::vector<Operation> Workbench::Operations() {
  const auto size = [](const std::string& bytes) { return static_cast<int64_t>(bytes.size()); };
  const auto capacity = size(buffer_);
  std::vector<Operation> all;
  const auto add = [&](const char* name, std::function<lwave_status(lwave_error*)> run, lwave_status expected = LWAVE_OK) {
    all.push_back({name, [run = std::move(run)] {
                     lwave_error error = {};
                     return run(&error);
                   },
                   expected});
  };
  add("context create", [](lwave_error* error) {
    lwave_context* made = nullptr;
    const lwave_status status = lwave_context_create(3, &made, error);
    lwave_context_destroy(made);
    return status;
  });
  add("config", [](lwave_error* error) {
    lwave_config* made = nullptr;
    lwave_status status = lwave_config_create("stream", &made, error);
    const int64_t widths[] = {1, 2, 3};
    if (status == LWAVE_OK) status = lwave_config_set_ints(made, "left", widths, 3, error);
    if (status == LWAVE_OK) status = lwave_config_set_text(made, "long", "window", error);
    lwave_config_destroy(made);
    return status;
  });
  add("model open", [this](lwave_error* error) {
    lwave_model* made = nullptr;
    const lwave_status status = lwave_model_open(context_.get(), directory_.c_str(), &made, error);
    lwave_model_destroy(made);
    return status;
  });
  add("model open and first stream", [this](lwave_error* error) {
    lwave_model* made = nullptr;
    lwave_stream* stream = nullptr;
    lwave_status status = lwave_model_open(context_.get(), directory_.c_str(), &made, error);
    if (status == LWAVE_OK) status = lwave_stream_create(made, config_.get(), &stream, error);
    lwave_stream_destroy(stream);
    lwave_model_destroy(made);
    return status;
  });
  add("model open of a missing folder", [this](lwave_error* error) {
    lwave_model* made = nullptr;
    return lwave_model_open(context_.get(), "/nonexistent/longwave", &made, error);
  }, LWAVE_NOT_FOUND);
  if (ModelInt(model_, "has_tokenizer") != 0) {
    add("tokenizer open", [this](lwave_error* error) {
      lwave_tokenizer* made = nullptr;
      const lwave_status status = lwave_tokenizer_open(context_.get(), directory_.c_str(), &made, error);
      lwave_tokenizer_destroy(made);
      return status;
    });
    add("embed", [this](lwave_error* error) {
      return lwave_model_embed(model_.get(), "a short text", 12, result_.data(), reader_->width(), error);
    });
  }
  add("stream plan", [this](lwave_error* error) {
    int64_t bytes = 0;
    return lwave_stream_plan(model_.get(), config_.get(), &bytes, nullptr, nullptr, nullptr, error);
  });
  add("model describe", [this, capacity](lwave_error* error) {
    int64_t needed = 0;
    return lwave_model_describe(model_.get(), config_.get(), buffer_.data(), capacity, &needed, error);
  });
  add("stream create", [this](lwave_error* error) {
    lwave_stream* made = nullptr;
    const lwave_status status = lwave_stream_create(model_.get(), config_.get(), &made, error);
    lwave_stream_destroy(made);
    return status;
  });
  add("stream restore", [this, size](lwave_error* error) {
    lwave_stream* made = nullptr;
    const lwave_status status =
        lwave_stream_restore(model_.get(), stream_snapshot_.data(), size(stream_snapshot_), &made, error);
    lwave_stream_destroy(made);
    return status;
  });
  add("stream load", [this, size](lwave_error* error) {
    return lwave_stream_load(reader_->get(), stream_snapshot_.data(), size(stream_snapshot_), error);
  });
  add("stream load of a broken snapshot", [this, size](lwave_error* error) {
    return lwave_stream_load(reader_->get(), broken_snapshot_.data(), size(broken_snapshot_), error);
  }, LWAVE_CORRUPT_DATA);
  add("stream save", [this, capacity](lwave_error* error) {
    int64_t needed = 0;
    return lwave_stream_save(reader_->get(), buffer_.data(), capacity, &needed, error);
  });
  add("stream fork", [this](lwave_error* error) {
    lwave_stream* made = nullptr;
    const lwave_status status = lwave_stream_fork(reader_->get(), &made, error);
    lwave_stream_destroy(made);
    return status;
  });
  add("stream reset", [this, size](lwave_error* error) {
    lwave_stream* made = nullptr;
    lwave_status status =
        lwave_stream_restore(model_.get(), stream_snapshot_.data(), size(stream_snapshot_), &made, error);
    if (status == LWAVE_OK) status = lwave_stream_reset(made, error);
    lwave_stream_destroy(made);
    return status;
  });
  add("stream describe", [this, capacity](lwave_error* error) {
    int64_t needed = 0;
    return lwave_stream_describe(reader_->get(), buffer_.data(), capacity, &needed, error);
  });
  add("snapshot describe", [this, size, capacity](lwave_error* error) {
    int64_t needed = 0;
    return lwave_snapshot_describe(stream_snapshot_.data(), size(stream_snapshot_), buffer_.data(), capacity, &needed,
                                   error);
  });
  add("memory push of a wrong id", [this](lwave_error* error) {
    const int32_t wrong = -1;
    int64_t taken = 0, written = 0;
    return lwave_memory_push(memory_.get(), &wrong, 1, &taken, result_.data(), static_cast<int64_t>(result_.size()),
                             &written, error);
  }, LWAVE_INVALID_ARGUMENT);
  add("stream number of a wrong name", [this](lwave_error* error) {
    int64_t value = 0;
    return lwave_stream_get_int(reader_->get(), "no number of this name exists in a stream", &value, error);
  }, LWAVE_INVALID_ARGUMENT);
  add("memory create", [this](lwave_error* error) {
    lwave_memory* made = nullptr;
    const lwave_status status = lwave_memory_create(model_.get(), config_.get(), &made, error);
    lwave_memory_destroy(made);
    return status;
  });
  add("memory load", [this, size](lwave_error* error) {
    return lwave_memory_load(memory_.get(), memory_snapshot_.data(), size(memory_snapshot_), error);
  });
  add("memory save", [this, capacity](lwave_error* error) {
    int64_t needed = 0;
    return lwave_memory_save(memory_.get(), buffer_.data(), capacity, &needed, error);
  });
  add("memory fork", [this](lwave_error* error) {
    lwave_memory* made = nullptr;
    const lwave_status status = lwave_memory_fork(memory_.get(), &made, error);
    lwave_memory_destroy(made);
    return status;
  });
  add("workspace create", [this](lwave_error* error) {
    lwave_workspace* made = nullptr;
    const lwave_status status = lwave_workspace_create(model_.get(), config_.get(), 2, 100, &made, error);
    lwave_workspace_destroy(made);
    return status;
  });
  add("forward", [this](lwave_error* error) {
    return lwave_model_forward(model_.get(), nullptr, config_.get(), ids_.data(), nullptr, nullptr, 1, kIds,
                               LWAVE_LAST_HIDDEN_STATE, result_.data(), static_cast<int64_t>(result_.size()), error);
  });
  add("search", [this](lwave_error* error) {
    int64_t indices[2], found = 0;
    float scores[2];
    return lwave_search(result_.data(), 4, result_.data(), 100, 2, indices, scores, &found, error);
  });
  return all;
}

void Workbench::CheckGoesOn() {
  const bool text = text_taken_ > 0;
  std::vector<Item> expected;
  if (text) {
    reader_->Text(text_.substr(text_taken_));
    expected = ItemsOfText(model_, config_, text_);
  } else {
    reader_->Ids(ids_.data() + kTakenIds, kIds - kTakenIds);
    expected = ItemsOfIds(model_, config_, ids_);
  }
  const std::string items = Difference(expected, reader_->Finish());
  if (!items.empty()) throw std::runtime_error("the stream went on differently: " + items);
  const int64_t hidden = ModelInt(model_, "hidden");
  PushRows(memory_.get(), ids_.data() + kTakenIds, kIds - kTakenIds, hidden, 8, memory_rows_);
  FinishRows(memory_.get(), hidden, 8, memory_rows_);
  const std::string rows = Difference(RowsOfIds(model_, config_, ids_), memory_rows_);
  if (!rows.empty()) throw std::runtime_error("the memory went on differently: " + rows);
}

void Workbench::Destroy() {
  memory_.reset();
  reader_.reset();
  model_.reset();
  context_.reset();
}

}  // namespace lwave::test
