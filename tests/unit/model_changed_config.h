// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A tiny model whose config.json says something else, and how it is refused.

#ifndef LONGWAVE_TESTS_UNIT_MODEL_CHANGED_CONFIG_H_
#define LONGWAVE_TESTS_UNIT_MODEL_CHANGED_CONFIG_H_

#include <nlohmann/json.hpp>
#include <string>

#include "model/checkpoint.h"
#include "model/stack_spec.h"
#include "model_checkpoint_support.h"

namespace lwave::model::testing {

// `changes`: keys and their new values; null removes a key.
inline absl::StatusOr<std::unique_ptr<Checkpoint>> OpenChanged(const std::string& model, const std::string& changes) {
  const TemporaryFolder folder;
  const std::string copy = folder / "model";
  CopyModel(TinyModel(model), copy);
  nlohmann::json config = nlohmann::json::parse(ReadAll(copy + "/config.json"));
  config.merge_patch(nlohmann::json::parse(changes));
  WriteAll(copy + "/config.json", config.dump());
  return Checkpoint::Open(copy);
}

// "" where it opens.
inline std::string RefusalOf(const std::string& model, const std::string& changes, absl::StatusCode code) {
  const absl::Status status = OpenChanged(model, changes).status();
  return status.code() == code ? std::string(status.message()) : "got instead: " + status.ToString();
}

}  // namespace lwave::model::testing

#endif  // LONGWAVE_TESTS_UNIT_MODEL_CHANGED_CONFIG_H_
