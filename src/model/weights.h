// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A checkpoint's weights, ready for the kernels: matrices in panels (those that the file already holds as
// panels are used in place), vectors as f32, tables as they lie in the file.

#ifndef LONGWAVE_MODEL_WEIGHTS_H_
#define LONGWAVE_MODEL_WEIGHTS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "base/allocator.h"
#include "base/arena.h"
#include "base/context.h"
#include "kernels/gemm.h"
#include "model/checkpoint.h"
#include "model/stack_spec.h"

namespace lwave::model {

struct Linear {
  kernels::PackedMatrix matrix;
  const float* bias = nullptr;  // [matrix.columns] or null
};

struct Norm {
  const float* gain = nullptr;  // [width]; null: no norm
  const float* bias = nullptr;  // [width] or null
  NormKind kind = NormKind::kLayer;
  float epsilon = 0;
  int64_t width = 0;

  explicit operator bool() const { return gain != nullptr; }
};

struct Table {
  kernels::NumberType type = kernels::NumberType::kF32;
  const void* data = nullptr;     // [rows, width]
  const float* scales = nullptr;  // [rows], int8 only
  int64_t rows = 0;
};

struct LayerWeights {
  Linear query, key, value, attention_output, mlp_up, mlp_down;
  Norm attention_norm, mlp_norm;
};

struct DenseWeights {
  Linear linear;
  kernels::Activation activation = kernels::Activation::kNone;
};

// Of a StackSpec, part by part (stack_spec.h).
struct AttentionWeights {
  Linear query, key, value, output, global_query, global_key, global_value;
  Norm query_norm, key_norm, summary_norm;
};

struct ResidualWeights {
  Norm before, branch, after;
};

struct BlockWeights {
  AttentionWeights attention, cross;
  ResidualWeights attention_residual, cross_residual, mlp_residual;
  Linear up, gate, down;
};

struct ClusterWeights {
  Table table;
  Linear projection;
};

struct StackWeights {
  Table words, positions, types;
  std::vector<ClusterWeights> clusters;
  std::vector<Table> axial;
  Linear projection;
  Norm embedding_norm, final_norm;
  std::vector<BlockWeights> blocks;
};

// Of a HeadSpec. Packed when it is first used: a model that is opened for its vectors does not pay for its head.
struct HeadWeights {
  struct Step {
    Linear linear;
    kernels::Activation activation = kernels::Activation::kNone;
    Norm norm;
    int64_t width = 0;
  };
  struct Cluster {
    Linear projection, output;
  };
  std::vector<Step> steps;
  const float* final_bias = nullptr;
  std::vector<Cluster> clusters;  // of an adaptive softmax
  Linear cluster_output;

  static int64_t Measure(const Checkpoint& checkpoint, HeadWeights* layout);
  static absl::StatusOr<std::unique_ptr<HeadWeights>> Pack(const Checkpoint& checkpoint, const Context& context);

 private:
  Buffer<std::byte> storage_;
};

struct Weights;

// One packing, seen from other threads, and what a cancelled one leaves for the next call.
struct PackControl {
  std::atomic<bool> cancel{false};    // anyone: stops the packing in progress, or else the next one
  std::atomic<int64_t> done_bytes{0};  // of what Measure said; grows
  // Only inside Pack:
  std::unique_ptr<Weights> begun;  // its storage is filled up to ...
  int64_t matrices = 0;            // ... this many matrices
};

// Immutable; any number of threads. The checkpoint must outlive it.
struct Weights {
  Table words, positions, types;
  Norm embedding_norm, final_norm;
  std::vector<LayerWeights> layers;
  Linear pooler;  // matrix.panels null: none
  std::vector<DenseWeights> dense;
  StackWeights stack, decoder;  // where the spec has them; then the fields above up to the pooler are empty

  // Types and shapes without any data, and the bytes that Pack will take from the allocator: for plans.
  static int64_t Measure(const Checkpoint& checkpoint, Weights* layout);
  // Tensor by tensor; pages of the file behind the packing are released (Checkpoint::Release), so that the process holds
  // the packed bytes and a few MB. With a control: Cancelled within about a MB of work once `cancel` is set, which is
  // then clear again; the next call with it goes on. ResourceExhausted: the allocator has not that much.
  static absl::StatusOr<std::unique_ptr<Weights>> Pack(const Checkpoint& checkpoint, const Context& context,
                                                       PackControl* control = nullptr);

 private:
  Buffer<std::byte> storage_;
};

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_WEIGHTS_H_
