// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "scorer.h"

#include <vector>

#include "config.h"
#include "inputs.h"
#include "model.h"

namespace lwave::bindings {

Scorer* Scorer::Create(Model* model, Config* config) {
  lwave_error* error = BeginCall();
  lwave_scorer* handle = nullptr;
  if (Present(model, "model", error)) {
    const Model::Handle::Shared from(model->shell(), error);
    const Config::Handle::Alone options(config != nullptr ? &config->shell() : nullptr, error);
    if (error->status == LWAVE_OK) lwave_scorer_create(from.get(), options.get(), &handle, error);
  }
  return Wrap<Scorer>(handle, lwave_scorer_destroy, error);
}

Scorer* Scorer::Restore(Model* model, BytesIn snapshot) {
  lwave_error* error = BeginCall();
  lwave_scorer* handle = nullptr;
  if (Present(model, "model", error)) {
    const Model::Handle::Shared from(model->shell(), error);
    if (from) lwave_scorer_restore(from.get(), snapshot.data, snapshot.count, &handle, error);
  }
  return Wrap<Scorer>(handle, lwave_scorer_destroy, error);
}

int32_t Scorer::PushText(TextIn text, LongsOut result) {
  lwave_error* error = BeginCall();
  const Handle::Alone scorer(shell_, error);
  if (!scorer || !CheckResult(result, 1, error)) return error->status;
  return Stop(error, lwave_scorer_push_text(scorer.get(), text.data, text.count, result.data, error));
}

int32_t Scorer::PushIds(IntsIn ids, LongsOut result) {
  lwave_error* error = BeginCall();
  const Handle::Alone scorer(shell_, error);
  if (!scorer || !CheckResult(result, 1, error)) return error->status;
  return Stop(error, lwave_scorer_push_ids(scorer.get(), ids.data, ids.count, result.data, error));
}

int32_t Scorer::Finish() {
  lwave_error* error = BeginCall();
  const Handle::Alone scorer(shell_, error);
  if (!scorer) return error->status;
  return Stop(error, lwave_scorer_finish(scorer.get(), error));
}

void Scorer::Reset() {
  lwave_error* error = BeginCall();
  const Handle::Alone scorer(shell_, error);
  if (scorer) lwave_scorer_reset(scorer.get(), error);
}

int64_t Scorer::Read(LongsOut tokens, FloatsOut log_probabilities) {
  lwave_error* error = BeginCall();
  const Handle::Alone scorer(shell_, error);
  const int64_t capacity = log_probabilities.count;
  int64_t count = 0;
  if (!scorer || !CheckResult(tokens, 3 * capacity, error)) return 0;
  Guarded(error, [&] {
    std::vector<int32_t> ids(static_cast<size_t>(capacity));
    std::vector<int64_t> ranges(static_cast<size_t>(2 * capacity));
    if (lwave_scorer_read(scorer.get(), ids.data(), log_probabilities.data, ranges.data(), capacity, &count, error) !=
        LWAVE_OK) {
      count = 0;
    }
    for (size_t i = 0; i < static_cast<size_t>(count); ++i) {
      tokens.data[3 * i] = ids[i];
      tokens.data[3 * i + 1] = ranges[2 * i];
      tokens.data[3 * i + 2] = ranges[2 * i + 1];
    }
  });
  return count;
}

int64_t Scorer::GetInt(NameIn key) const {
  lwave_error* error = BeginCall();
  const Handle::Alone scorer(shell_, error);
  const NameText name(key, error);
  int64_t value = 0;
  if (scorer && name) lwave_scorer_get_int(scorer.get(), name.get(), &value, error);
  return value;
}

double Scorer::GetFloat(NameIn key) const {
  lwave_error* error = BeginCall();
  const Handle::Alone scorer(shell_, error);
  const NameText name(key, error);
  double value = 0;
  if (scorer && name) lwave_scorer_get_float(scorer.get(), name.get(), &value, error);
  return value;
}

void Scorer::Cancel() {
  const Handle::Shared scorer(shell_, BeginCall());
  if (scorer) lwave_scorer_cancel(scorer.get());
}

Bytes Scorer::Save() const {
  lwave_error* error = BeginCall();
  Bytes snapshot;
  const Handle::Alone scorer(shell_, error);
  if (!scorer) return snapshot;
  Guarded(error, [&] {
    Collect(snapshot.value, [&](void* buffer, int64_t capacity, int64_t* needed) {
      return lwave_scorer_save(scorer.get(), buffer, capacity, needed, error);
    });
  });
  return snapshot;
}

Scorer* Scorer::Fork() const {
  lwave_error* error = BeginCall();
  lwave_scorer* copy = nullptr;
  const Handle::Alone scorer(shell_, error);
  if (scorer) lwave_scorer_fork(scorer.get(), &copy, error);
  return Wrap<Scorer>(copy, lwave_scorer_destroy, error);
}

void Scorer::Close() {
  shell_.Close([](lwave_scorer* scorer) { lwave_scorer_cancel(scorer); });
}
bool Scorer::IsClosed() const { return shell_.closed(); }

}  // namespace lwave::bindings
