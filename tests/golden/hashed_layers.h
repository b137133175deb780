// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Rotations and buckets of a case, for models some of whose layers hash (Reformer). Such layers are those that have
// rotations; a case numbers them alone.

#ifndef LONGWAVE_TESTS_GOLDEN_HASHED_LAYERS_H_
#define LONGWAVE_TESTS_GOLDEN_HASHED_LAYERS_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "reference/safetensors_reference.h"
#include "runner_common.h"
#include "support/api.h"

namespace lwave::golden {

struct HashedCase {
  const reference::StoredFile& tensors;
  const test::Model& model;
  const nlohmann::json& one;  // of expected.json
  Tolerance rotations;
};

// The case's number of rounds, and its rotations, which must be those that the model draws itself, become inputs. Gives
// the layers that hash; none where the case has nothing for such.
std::vector<int64_t> GiveHashes(CaseReport& report, const HashedCase& hashed, const test::Inputs& inputs);

// The buckets that the case's model finds become inputs, so that a model of rounded weights hashes as it does.
void GiveBuckets(const HashedCase& hashed, const test::Inputs& inputs);

// Whether the output is one of those that GiveHashes and this look after. Compares buckets.
bool CheckHashes(CaseReport& report, const HashedCase& hashed, const std::vector<int64_t>& layers,
                 const std::string& output, const test::Inputs& inputs);

}  // namespace lwave::golden

#endif  // LONGWAVE_TESTS_GOLDEN_HASHED_LAYERS_H_
