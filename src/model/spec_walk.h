// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Every tensor that a spec asks for, in one fixed order: for checks, fingerprints and conversions.

#ifndef LONGWAVE_MODEL_SPEC_WALK_H_
#define LONGWAVE_MODEL_SPEC_WALK_H_

#include <cstdint>
#include <vector>

#include "model/stack_spec.h"

namespace lwave::model {

class SpecVisitor {
 public:
  virtual ~SpecVisitor() = default;
  virtual void Matrix(const LinearSpec& linear) = 0;  // with its bias
  virtual void Table(const TensorName& name, int64_t rows, int64_t width) = 0;
  virtual void Vector(const TensorName& name, int64_t size) = 0;
  // A tensor that becomes an option of an attention layer.
  virtual void Numbers(const TensorName& name, const std::vector<int64_t>& shape) = 0;
};

// Tensors that the spec lacks (empty names) are left out. Dense modules, which lie in folders of their own, as well.
void VisitTensors(const ModelSpec& spec, SpecVisitor& visitor);

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_SPEC_WALK_H_
