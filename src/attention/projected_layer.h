// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Projection weights around any layer over q, k and v, as a transformer's attention block has them: hidden rows in,
// hidden rows out.
//   q = x w_q^T + b_q    k = y w_k^T + b_k    v = y w_v^T + b_v    out = attention(q, k, v) w_o^T + b_o
// y is x, or with the option `cross` rows of another sequence. Where the layer's rows hold two sets of heads, the
// second has weights of its own (w_q_global ...), and its queries are made for the rows that use them alone. Without
// w_o the heads themselves come out. A row that the mask closes gives b_o where its heads are zeros.
//
// What is remembered is what the layer within remembers: keys and values, not hidden rows. A projected row's bits
// depend on that row alone (kernels/gemm.h), so the laws of the layer within hold.

#ifndef LONGWAVE_ATTENTION_PROJECTED_LAYER_H_
#define LONGWAVE_ATTENTION_PROJECTED_LAYER_H_

#include <memory>

#include "attention/layer.h"
#include "attention/mechanisms.h"
#include "attention/projection.h"

namespace lwave::attention {

// d_model, w_q ...: for every mechanism that has no weights of its own.
absl::Span<const OptionInfo> ProjectionOptions();
bool TakesProjections(const Mechanism& mechanism);

// A layer of a mechanism, with projections where the options have w_q.
absl::StatusOr<LayerPtr> CreateLayer(const Mechanism& mechanism, ContextPtr context, const Options& options);

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_PROJECTED_LAYER_H_
