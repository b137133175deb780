// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "model/families/names.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/files.h"
#include "model/checkpoint_files.h"

namespace lwave::model {
namespace {

constexpr int64_t kMaxHeadDim = 256;
constexpr size_t kMostLabels = 65536;

// Whose a tensor of a converted file is: the scales of one, a tied table once more in panels, a part of a fused matrix.
absl::string_view OwnerOf(absl::string_view name) {
  absl::ConsumeSuffix(&name, ".scale");
  if (absl::ConsumeSuffix(&name, kTiedPanels)) return name;
  constexpr absl::string_view kRows = ".rows";
  const size_t rows = name.rfind(kRows);
  if (rows == absl::string_view::npos) return name;
  const absl::string_view first = name.substr(rows + kRows.size());
  return std::all_of(first.begin(), first.end(), absl::ascii_isdigit) ? name.substr(0, rows) : name;
}

}  // namespace

bool Names::Has(absl::string_view name) const { return tensors_.Has(absl::StrCat(prefix_, name)); }

TensorName Names::Take(absl::string_view name) {
  std::string full = absl::StrCat(prefix_, name);
  if (!tensors_.Has(full) && status_.ok()) {
    status_ = absl::DataLossError(absl::StrCat(tensors_.file(), ": tensor ", ShownName(full), " is missing"));
  }
  used_.push_back(full);
  return {std::move(full)};
}

TensorName Names::TakeIfAny(absl::string_view name) { return Has(name) ? Take(name) : TensorName(); }

LinearSpec Names::Linear(absl::string_view name, int64_t outputs, int64_t inputs, bool bias) {
  LinearSpec linear;
  linear.weight = Take(absl::StrCat(name, ".weight"));
  if (bias) linear.bias = Take(absl::StrCat(name, ".bias"));
  linear.outputs = outputs;
  linear.inputs = inputs;
  return linear;
}

LinearSpec Names::Part(absl::string_view name, int64_t outputs, int64_t inputs, int64_t first, int64_t rows, bool bias) {
  LinearSpec linear = Linear(name, outputs, inputs, bias);
  linear.first = first;
  linear.rows = rows;
  return linear;
}

NormSpec Names::Norm(absl::string_view name, NormKind kind) {
  const bool old = Has(absl::StrCat(name, ".gamma")) && !Has(absl::StrCat(name, ".weight"));
  NormSpec norm;
  norm.gain = Take(absl::StrCat(name, old ? ".gamma" : ".weight"));
  norm.bias = TakeIfAny(absl::StrCat(name, old ? ".beta" : ".bias"));
  norm.kind = kind;
  return norm;
}

NormSpec Names::RmsNorm(absl::string_view name) {
  NormSpec norm;
  norm.gain = Take(absl::StrCat(name, ".weight"));
  norm.kind = NormKind::kRms;
  return norm;
}

NormSpec Names::BiasedNorm(absl::string_view name) {
  NormSpec norm = Norm(name, NormKind::kLayer);
  if (!norm.bias) Take(absl::StrCat(name, absl::EndsWith(norm.gain.name, ".gamma") ? ".beta" : ".bias"));
  return norm;
}

bool Names::Used(absl::string_view name) const { return std::binary_search(used_.begin(), used_.end(), name); }

absl::Status Names::Finish(std::initializer_list<absl::string_view> own,
                           std::initializer_list<absl::string_view> ignored) {
  if (!status_.ok()) return status_;
  std::sort(used_.begin(), used_.end());
  for (const absl::string_view name : tensors_.all()) {
    const auto begins = [&](absl::string_view with) { return absl::StartsWith(name, with); };
    const auto ends = [&](absl::string_view with) { return absl::EndsWith(name, with); };
    if (prefix_.empty() ? std::none_of(own.begin(), own.end(), begins) : !begins(prefix_)) continue;
    if (std::any_of(ignored.begin(), ignored.end(), ends)) continue;
    if (Used(name) || Used(OwnerOf(name))) continue;
    return absl::DataLossError(absl::StrCat(tensors_.file(), ": tensor ", ShownName(name),
                                            " has no place in the model that config.json describes"));
  }
  return absl::OkStatus();
}

std::string ReadArchitecture(ConfigReader& config, absl::string_view fallback) {
  const JsonValue* list = config.Array("architectures");
  if (list == nullptr || list->items.empty()) return std::string(fallback);
  if (!list->items[0].is_string()) config.Wrong("architectures", "a list of strings");
  return list->items[0].string;
}

kernels::Activation ReadActivation(ConfigReader& config, absl::string_view key, absl::string_view fallback) {
  return ActivationNamed(config, key, config.String(key, std::string(fallback)));
}

kernels::Activation ActivationNamed(ConfigReader& config, absl::string_view key, absl::string_view name) {
  if (name == "gelu" || name == "gelu_python") return kernels::Activation::kGelu;
  for (const absl::string_view known : {"gelu_new", "gelu_fast", "gelu_pytorch_tanh", "gelu_python_tanh", "gelu_accurate"}) {
    if (name == known) return kernels::Activation::kGeluTanh;
  }
  if (name == "linear") return kernels::Activation::kNone;
  if (name == "relu") return kernels::Activation::kRelu;
  if (name == "silu" || name == "swish") return kernels::Activation::kSilu;
  if (name == "tanh") return kernels::Activation::kTanh;
  config.Unsupported(absl::StrCat(key, " ", ShownName(name), " is not supported"));
  return kernels::Activation::kNone;
}

void CheckHeadDim(ConfigReader& config, int64_t head_dim) {
  if (head_dim <= kMaxHeadDim) return;
  config.Unsupported(absl::StrCat("heads of ", head_dim, " numbers are not supported (at most ", kMaxHeadDim, ")"));
}

void CheckNotQuantized(ConfigReader& config) {
  if (config.Has("quantization_config")) config.Unsupported("quantization_config is not supported");
}

std::string PrefixOf(const TensorNames& tensors, std::initializer_list<absl::string_view> prefixes, absl::string_view name) {
  for (const absl::string_view prefix : prefixes) {
    if (tensors.Has(absl::StrCat(prefix, name))) return std::string(prefix);
  }
  return "";
}

HeadStep StepOf(LinearSpec linear, kernels::Activation activation) {
  HeadStep step;
  step.width = linear.outputs;
  step.linear = std::move(linear);
  step.activation = activation;
  return step;
}

void CopySizes(const StackSpec& stack, int64_t heads, int64_t head_dim, int64_t intermediate,
               kernels::Activation activation, ModelSpec* spec) {
  spec->hidden = stack.hidden;
  spec->heads = heads;
  spec->head_dim = head_dim;
  spec->intermediate = intermediate;
  spec->vocabulary = stack.vocabulary;
  spec->norm_epsilon = stack.norm_epsilon;
  spec->activation = activation;
}

std::vector<std::string> ReadLabels(ConfigReader& config) {
  std::vector<std::string> labels;
  const JsonValue* names = config.Object("id2label");
  const size_t count = names == nullptr || names->members.empty()
                           ? static_cast<size_t>(config.Integer("num_labels", 2, 1, kMostLabels))
                           : names->members.size();
  if (count > kMostLabels) {
    config.Wrong("id2label", absl::StrCat("at most ", kMostLabels, " labels"));
    return {"LABEL_0"};
  }
  for (size_t i = 0; i < count; ++i) labels.push_back(absl::StrCat("LABEL_", i));
  if (names == nullptr) return labels;
  for (const JsonMember& member : names->members) {
    size_t number = 0;
    if (!absl::SimpleAtoi(member.key, &number) || number >= count || !member.value.is_string()) {
      config.Wrong("id2label", absl::StrCat("an object of the keys 0 to ", count - 1, " with texts"));
      break;
    }
    labels[number] = member.value.string;
  }
  return labels;
}

}  // namespace lwave::model
