// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// lsh: attention within buckets of a locality-sensitive hash (Kitaev et al. 2020, Reformer); q and k are one and the
// same, k with its length taken off. Approximate: a row sees what was hashed near it.
//   Every token is hashed n_hashes times (lsh_hash.h). The items of all rounds are sorted by (round, bucket, position)
//   and cut into chunks of L; a chunk sees its neighbours, around the whole list's ends as well (lsh_items.h).
//   In a round o = softmax over the open keys, z = ln sum exp(scores);  out = sum_r o_r exp(z_r) / sum_r exp(z_r)
// A token sees itself only where it sees nothing else: its score is self_value, so low that beside any other key its
// weight is 0 (and below what scores of rows can be). At most L tokens: one chunk, no hash.
// Remembers all rows until the sequence is finished, as sorting needs them (a stream needs max_tokens): its rows of qk
// and v. Costs n n_hashes ((chunks_before + 1 + chunks_after) L (head_dim + value_dim) + head_dim sum of bucket_factors
// / 2) products a head, and the sort.
// Sorted items are the places of one key set: a pattern of chunks, and the tile engine does the rest.

#include <memory>

#include "absl/strings/str_cat.h"
#include "attention/lsh_layer.h"
#include "attention/mechanisms.h"
#include "base/random_numbers.h"
#include "attention/torch_random.h"

namespace lwave::attention {
namespace {

constexpr int64_t kMostBuckets = int64_t{1} << 30;

const OptionInfo kOptions[] = {
    {"causal", OptionType::kInt, 0, 1},
    {"chunk_length", OptionType::kInt, 1, 1 << 24},
    {"chunks_before", OptionType::kInt, 0, 1024},
    {"chunks_after", OptionType::kInt, 0, 1024},
    {"n_hashes", OptionType::kInt, 1, 256},
    {"bucket_factors", OptionType::kInts, 2, 1 << 20},
    {"key_norm", OptionType::kText, 0, 0, "rms|l2"},
    {"score_scale", OptionType::kFloat, -kAnyFloat, kAnyFloat},
    {"self_value", OptionType::kFloat, -1e8, -1e3},
    {"rotations", OptionType::kFloats},
    {"seed", OptionType::kInt, 0, kMostSeed},
    {"generator", OptionType::kText, 0, 0, "longwave|torch"},
};

absl::StatusOr<LshShape> ReadShape(const Options& options, const LateSpec& late) {
  LshShape shape;
  shape.heads = late.heads;
  shape.head_dim = late.head_dim;
  shape.rounds = options.Int("n_hashes", 1);
  shape.factors = options.Ints("bucket_factors");
  int64_t buckets = 1;
  for (int64_t factor : shape.factors) {
    if (factor % 2 != 0) {
      return absl::InvalidArgumentError(absl::StrCat("option bucket_factors must be even, got ", factor));
    }
    if (buckets > kMostBuckets / factor) {
      return absl::InvalidArgumentError(
          absl::StrCat("option bucket_factors gives more than ", kMostBuckets, " buckets"));
    }
    buckets *= factor;
    shape.columns += factor / 2;
  }
  shape.buckets = static_cast<int32_t>(buckets);
  return shape;
}

// Empty where neither rotations nor a seed are set.
absl::StatusOr<Buffer<float>> ReadRotations(const Options& options, const LshShape& shape, const Allocator& allocator) {
  Buffer<float> rotations;
  const bool given = options.Has("rotations"), seeded = options.Has("seed");
  if (!given && !seeded) return rotations;
  if (given && seeded) return absl::InvalidArgumentError("options rotations and seed exclude each other");
  if (shape.columns == 0) return absl::InvalidArgumentError("option bucket_factors must be set");
  const absl::Status status = rotations.Resize(allocator, static_cast<size_t>(shape.Numbers()));
  if (!status.ok()) return status;
  if (given) {
    absl::StatusOr<std::vector<float>> from = options.Tensor("rotations", shape.Numbers());
    if (!from.ok()) return from.status();
    std::copy(from->begin(), from->end(), rotations.data());
    return rotations;
  }
  if (options.Text("generator", "longwave") == "torch") {
    if (shape.Numbers() < kLeastTorchNormals || options.Int("seed", 0) > UINT32_MAX) {
      return absl::InvalidArgumentError(absl::StrCat("option generator torch needs at least ", kLeastTorchNormals,
                                                     " rotation numbers and a seed below 2^32, got ", shape.Numbers(),
                                                     " and ", options.Int("seed", 0)));
    }
    TorchNormals(static_cast<uint32_t>(options.Int("seed", 0)), absl::MakeSpan(rotations.data(), rotations.size()));
    return rotations;
  }
  RandomNumbers random(static_cast<uint64_t>(options.Int("seed", 0)));
  for (size_t i = 0; i < rotations.size(); ++i) rotations.data()[i] = static_cast<float>(random.Normal());
  return rotations;
}

absl::StatusOr<LayerPtr> Create(ContextPtr context, const Options& options) {
  LshSpec spec;
  absl::StatusOr<LateSpec> late = ReadLateSpec(options, "lsh");
  if (!late.ok()) return late.status();
  spec.late = *late;
  if (options.Has("scale")) return absl::InvalidArgumentError("option scale: of an lsh layer it is score_scale");
  spec.causal = options.Flag("causal");
  spec.chunk = options.Int("chunk_length", 0);
  if (spec.chunk < 1) return absl::InvalidArgumentError("option chunk_length must be set");
  spec.before = options.Int("chunks_before", 1);
  spec.after = options.Int("chunks_after", 0);
  spec.rms = options.Text("key_norm", "rms") == "rms";
  spec.score_scale = static_cast<float>(options.Float("score_scale", 1));
  spec.self_value = static_cast<float>(options.Float("self_value", -1e5));
  absl::StatusOr<LshShape> shape = ReadShape(options, spec.late);
  if (!shape.ok()) return shape.status();
  absl::StatusOr<Buffer<float>> rotations = ReadRotations(options, *shape, context->allocator);
  if (!rotations.ok()) return rotations.status();
  absl::StatusOr<LshHash> hash = LshHash::Create(context->allocator, *std::move(shape), *std::move(rotations));
  if (!hash.ok()) return hash.status();
  return std::make_shared<LshLayer>(std::move(context), options, spec, *std::move(hash));
}

}  // namespace

const Mechanism kLsh = {"lsh", kOptions, Create};

}  // namespace lwave::attention
