// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The public C interface, as much of it as the measurement needs, behind two small classes. Failures are
// thrown as std::runtime_error with the library's own message.

#ifndef LONGWAVE_TESTS_QUALITY_READER_H_
#define LONGWAVE_TESTS_QUALITY_READER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "longwave/longwave.h"

namespace lwave::quality {

// How pages are read: the window of the default model, or each passage alone.
struct Reading {
  std::string name;  // "window" or "alone"
  int64_t passage_tokens = 128;
};

// What a page gives.
struct PageVectors {
  std::vector<int64_t> begin, end;  // [passages] bytes
  std::vector<float> passages;      // [passages, width]
  std::vector<float> document;      // [width]
  int64_t tokens = 0;
};

class Model {
 public:
  Model(const std::string& directory, int32_t threads);

  const std::string& directory() const { return directory_; }
  std::string name() const { return lwave_model_name(model_.get()); }
  int64_t width() const { return width_; }

  // The vector of a short text, as the original model gives it.  // [width]
  std::vector<float> Embed(const std::string& text) const;
  PageVectors Read(const std::string& text, const Reading& reading) const;

 private:
  template <typename Handle, void (*destroy)(Handle*)>
  struct Destroyer {
    void operator()(Handle* handle) const { destroy(handle); }
  };
  template <typename Handle, void (*destroy)(Handle*)>
  using Owned = std::unique_ptr<Handle, Destroyer<Handle, destroy>>;

  std::string directory_;
  Owned<lwave_context, lwave_context_destroy> context_;
  Owned<lwave_model, lwave_model_destroy> model_;
  int64_t width_ = 0;
};

// Index of the best of the vectors for a query.   vectors // [count, width]
int64_t Best(const std::vector<float>& query, const std::vector<float>& vectors);

}  // namespace lwave::quality

#endif  // LONGWAVE_TESTS_QUALITY_READER_H_
