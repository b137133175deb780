// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What translators share: names of tensors below a prefix, and settings that most configurations have.

#ifndef LONGWAVE_MODEL_FAMILIES_NAMES_H_
#define LONGWAVE_MODEL_FAMILIES_NAMES_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "model/families/registry.h"
#include "model/stack_spec.h"

namespace lwave::model {

// Hands out names below a prefix, and remembers which were used and which are missing.
class Names {
 public:
  // The tensors must outlive it.
  Names(const TensorNames& tensors, absl::string_view prefix) : tensors_(tensors), prefix_(prefix) {}

  bool Has(absl::string_view name) const;
  // The tensor must be there: Finish says so otherwise.
  TensorName Take(absl::string_view name);
  // Empty when it is not there.
  TensorName TakeIfAny(absl::string_view name);
  // name.weight and name.bias; the second where `bias`.
  LinearSpec Linear(absl::string_view name, int64_t outputs, int64_t inputs, bool bias = true);
  // Rows [first, first + outputs) of a tensor of `rows` rows.
  LinearSpec Part(absl::string_view name, int64_t outputs, int64_t inputs, int64_t first, int64_t rows, bool bias = true);
  // name.weight and, where it is there, name.bias; or gamma and beta, as files converted from TensorFlow have them.
  NormSpec Norm(absl::string_view name, NormKind kind = NormKind::kLayer);
  // A root-mean-square norm: name.weight alone.
  NormSpec RmsNorm(absl::string_view name);
  // A layer norm that has a bias in every model of the family, so that a missing one is no model of it.
  NormSpec BiasedNorm(absl::string_view name);

  // Every tensor below the prefix must have been taken. Without a prefix: every tensor whose name begins with one of
  // `own`. Buffers that say nothing (`ignored`, names as they end) may be there; int8 weights bring a .scale along, and
  // matrices in panels a number of rows.
  absl::Status Finish(std::initializer_list<absl::string_view> own, std::initializer_list<absl::string_view> ignored);
  // Everything that was taken is there; what else stands below the prefix is not looked at.
  const absl::Status& taken() const { return status_; }

 private:
  bool Used(absl::string_view name) const;

  const TensorNames& tensors_;
  const std::string prefix_;
  std::vector<std::string> used_;
  absl::Status status_;
};

// The first of `architectures`, or `fallback`.
std::string ReadArchitecture(ConfigReader& config, absl::string_view fallback);
// An activation by the name that transformers has for it; Unsupported for others.
kernels::Activation ReadActivation(ConfigReader& config, absl::string_view key, absl::string_view fallback);
// The same of a name that a part of the key's value gives.
kernels::Activation ActivationNamed(ConfigReader& config, absl::string_view key, absl::string_view name);
// Unsupported beyond what attention's kernels take.
void CheckHeadDim(ConfigReader& config, int64_t head_dim);
// Unsupported where the file says that its weights are quantized.
void CheckNotQuantized(ConfigReader& config);
// One of `prefixes` below which the tensor `name` stands, the first of several; empty where it stands below none.
std::string PrefixOf(const TensorNames& tensors, std::initializer_list<absl::string_view> prefixes, absl::string_view name);
// A step of a head that is one linear map.
HeadStep StepOf(LinearSpec linear, kernels::Activation activation = kernels::Activation::kNone);
// The sizes that a spec says beside its stack: the stack's own, and those of its blocks.
void CopySizes(const StackSpec& stack, int64_t heads, int64_t head_dim, int64_t intermediate,
               kernels::Activation activation, ModelSpec* spec);
// id2label's texts, in the order of their numbers; LABEL_0, LABEL_1 ... where there is none. At least one.
std::vector<std::string> ReadLabels(ConfigReader& config);

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_FAMILIES_NAMES_H_
