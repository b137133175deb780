// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "model/attention_override.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "attention/mechanisms.h"
#include "base/files.h"
#include "model/encoder_stack.h"

namespace lwave::model {
namespace {

using attention::Mechanism;
using attention::OptionInfo;
using attention::OptionType;

// Which rows a kind can see.
enum class Sees {
  kOption,      // what the option causal says
  kPast,        // up to the row itself
  kAll,         // those ahead as well
  kSinkOption,  // what sinks_see says
};
struct Kind {
  absl::string_view name;
  Sees sees;
  bool takes_rows = false;  // has its own projections
};
constexpr Kind kKinds[] = {
    {"full", Sees::kOption},      {"window", Sees::kOption},
    {"favor", Sees::kOption},     {"sink_window", Sees::kSinkOption},
    {"linformer", Sees::kAll},    {"block_sparse", Sees::kAll},
    {"adaptive_span", Sees::kPast}, {"sparse_transformer", Sees::kPast},
    {"transformer_xl", Sees::kPast, true}, {"compressive", Sees::kPast, true},
    {"pia", Sees::kPast, true},
};
// Options that follow from the model.
constexpr absl::string_view kOfTheModel[] = {"heads", "kv_heads", "head_dim", "value_dim", "d_model", "causal",
                                             "w_q",   "w_k",      "w_v",      "w_qkv",     "w_o",     "b_q",
                                             "b_k",   "b_v",      "b_o",      "global_projections"};

const Kind* FindKind(absl::string_view name) {
  const auto* found = std::find_if(std::begin(kKinds), std::end(kKinds), [&](const Kind& k) { return k.name == name; });
  return found == std::end(kKinds) ? nullptr : found;
}

// Options that a mechanism has, its own and the shared ones; projections aside.
const OptionInfo* FindOption(const std::vector<OptionInfo>& known, absl::string_view name) {
  const auto found = std::find_if(known.begin(), known.end(), [&](const OptionInfo& info) { return name == info.name; });
  return found == known.end() || OfTheModel(name) ? nullptr : &*found;
}

absl::StatusOr<AttentionOption> ReadOption(const Kind& kind, const OptionInfo& info, const JsonValue& value) {
  const auto wrong = [&](absl::string_view expected) {
    return absl::InvalidArgumentError(
        absl::StrCat("longwave_attention: option ", info.name, " of ", kind.name, " must be ", expected, ", got ", value.Shown()));
  };
  if (value.is_string() && (info.type == OptionType::kText || info.words != nullptr)) {
    return AttentionOption::Text(info.name, value.string);
  }
  switch (info.type) {
    case OptionType::kText: return wrong("a text");
    case OptionType::kFloat:
      if (!value.is_number()) return wrong("a number");
      return AttentionOption::Number(info.name, value.real);
    case OptionType::kInt:
      if (value.kind == JsonValue::Kind::kBoolean) return AttentionOption::Ints(info.name, {value.boolean});
      if (!value.is_integer()) return wrong("a whole number");
      return AttentionOption::Ints(info.name, {value.integer});
    case OptionType::kInts: {
      if (value.is_integer()) return AttentionOption::Ints(info.name, {value.integer});
      std::vector<int64_t> numbers;
      for (const JsonValue& one : value.items) {
        if (!one.is_integer()) return wrong("whole numbers");
        numbers.push_back(one.integer);
      }
      if (value.kind != JsonValue::Kind::kArray) return wrong("a list of whole numbers");
      return AttentionOption::Ints(info.name, std::move(numbers));
    }
    case OptionType::kFloats: {
      std::vector<float> numbers;
      for (const JsonValue& one : value.items) {
        if (!one.is_number()) return wrong("numbers");
        numbers.push_back(static_cast<float>(one.real));
      }
      if (value.kind != JsonValue::Kind::kArray) return wrong("a list of numbers");
      return AttentionOption::Floats(info.name, std::move(numbers));
    }
  }
  return wrong("of a known type");
}

absl::StatusOr<AttentionOverride> ReadOverride(const JsonValue& value) {
  AttentionOverride made;
  if (value.is_null()) return made;
  const JsonValue* name = value.is_object() ? value.Find("kind") : nullptr;
  const Kind* kind = name != nullptr && name->is_string() ? FindKind(name->string) : nullptr;
  if (kind == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("longwave_attention must be objects with a kind, one of ",
                     absl::StrJoin(kKinds, ", ", [](std::string* out, const Kind& k) { absl::StrAppend(out, k.name); }),
                     "; got ", name != nullptr ? name->Shown() : value.Shown()));
  }
  made.kind = std::string(kind->name);
  const std::vector<OptionInfo> known = attention::OptionsOf(*attention::FindMechanism(kind->name));
  for (const JsonMember& member : value.members) {
    if (member.key == "kind") continue;
    const OptionInfo* info = FindOption(known, member.key);
    if (info == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat(
          "longwave_attention: ", kind->name, OfTheModel(member.key) ? " takes from the model what is " : " has no option ",
          ShownName(member.key)));
    }
    absl::StatusOr<AttentionOption> option = ReadOption(*kind, *info, member.value);
    if (!option.ok()) return option.status();
    made.options.push_back(*std::move(option));
  }
  return made;
}

// One layer's attention, remade.
class Remaking {
 public:
  Remaking(const AttentionOverride& wanted, const TensorNames& tensors, int64_t layer, const StackSpec& stack)
      : wanted_(wanted), kind_(*FindKind(wanted.kind)), tensors_(tensors), layer_(layer), stack_(stack) {}

  absl::Status Make(AttentionSpec* attention) {
    if (!attention->tensors.empty() || attention->takes_rows || !attention->key) {
      return Refused("the model's attention has weights of its own kind");
    }
    AttentionSpec made = *attention;
    made.mechanism = wanted_.kind;
    made.options = wanted_.options;
    made.global_query = made.global_key = made.global_value = LinearSpec();
    // Kernels that are not of a scaled product have no scale.
    if (TextOption("kernel") == "elu" || TextOption("kernel") == "given") made.scale = 0;
    if (absl::Status status = SetSight(&made); !status.ok()) return status;
    if (kind_.takes_rows) {
      if (absl::Status status = TakeRows(*attention, &made); !status.ok()) return status;
    }
    TakeTensors(&made);
    *attention = std::move(made);
    return absl::OkStatus();
  }
  const std::vector<std::string>& used() const { return used_; }

 private:
  absl::Status Refused(absl::string_view why) const {
    return absl::UnimplementedError(absl::StrCat("longwave_attention: ", kind_.name, " in layer ", layer_, ": ", why));
  }
  std::string TextOption(absl::string_view name) const {
    for (const AttentionOption& option : wanted_.options) {
      if (option.name == name) return option.text;
    }
    return "";
  }

  // Rows ahead are seen where the model's own attention sees them.
  absl::Status SetSight(AttentionSpec* made) const {
    switch (kind_.sees) {
      case Sees::kOption:
        made->options.push_back(AttentionOption::Ints("causal", {stack_.causal}));
        return absl::OkStatus();
      case Sees::kPast:
        return stack_.causal ? absl::OkStatus() : Refused("it sees no row ahead, and the model's rows see all");
      case Sees::kAll:
        return stack_.causal ? Refused("it sees rows ahead, and the model is causal") : absl::OkStatus();
      case Sees::kSinkOption: {
        const std::string right = stack_.causal ? "past" : "all", given = TextOption("sinks_see");
        if (given.empty()) made->options.push_back(AttentionOption::Text("sinks_see", right));
        return given.empty() || given == right ? absl::OkStatus()
                                               : Refused(absl::StrCat("sinks_see can only be ", right, " in this model"));
      }
    }
    return absl::OkStatus();
  }

  static AttentionTensor Weight(absl::string_view option, const LinearSpec& linear) {
    AttentionTensor tensor;
    tensor.option = std::string(option);
    tensor.tensors = {linear.weight};
    tensor.shape = linear.transposed ? std::vector{linear.inputs, linear.stored_rows()}
                                     : std::vector{linear.stored_rows(), linear.inputs};
    if (linear.split > 0) tensor.shape = {tensor.shape[0], linear.split, tensor.shape[1] / linear.split};
    tensor.transposed = linear.transposed;
    tensor.first = linear.first;
    tensor.rows = linear.outputs;
    return tensor;
  }
  static AttentionTensor Bias(absl::string_view option, const LinearSpec& linear) {
    AttentionTensor tensor;
    tensor.option = std::string(option);
    tensor.tensors = {linear.bias};
    tensor.shape = {linear.stored_rows()};
    tensor.first = linear.first;
    tensor.rows = linear.outputs;
    return tensor;
  }

  // Kinds that project rows themselves get the model's projections as options.
  absl::Status TakeRows(const AttentionSpec& from, AttentionSpec* made) const {
    if (from.key_heads() != from.heads || from.values() != from.head_dim) return Refused("heads of its own have one width");
    if (from.query_norm || from.key_norm) return Refused("it has no norms of queries and keys");
    if (from.rotary.has_value()) return Refused("its positions are its own, and the model turns queries and keys by theirs");
    const std::vector<OptionInfo> known = attention::OptionsOf(*attention::FindMechanism(kind_.name));
    const auto knows = [&](absl::string_view name) {
      return std::any_of(known.begin(), known.end(), [&](const OptionInfo& info) { return name == info.name; });
    };
    made->takes_rows = true;
    made->context_width = stack_.hidden;
    made->query = made->key = made->value = made->output = LinearSpec();
    made->options.push_back(AttentionOption::Ints("d_model", {stack_.hidden}));
    struct Part {
      absl::string_view weight, bias;
      const LinearSpec& linear;
    };
    const Part parts[] = {{"w_q", "b_q", from.query}, {"w_k", "b_k", from.key}, {"w_v", "b_v", from.value}, {"w_o", "b_o", from.output}};
    const bool fused = knows("w_qkv");
    for (const Part& part : parts) {
      if (!fused || part.weight == "w_o") made->tensors.push_back(Weight(part.weight, part.linear));
      if (!part.linear.bias) continue;
      if (!knows(part.bias)) return Refused("it has no biases of projections, and the model has");
      made->tensors.push_back(Bias(part.bias, part.linear));
    }
    if (!fused) return absl::OkStatus();
    if (!from.query.plain() || !from.key.plain() || !from.value.plain()) {
      return Refused("projections that are parts of one tensor are not taken");
    }
    AttentionTensor all = Weight("w_qkv", from.query);
    all.tensors = {from.query.weight, from.key.weight, from.value.weight};
    made->tensors.push_back(std::move(all));
    return absl::OkStatus();
  }

  void TakeTensors(AttentionSpec* made) {
    for (const OptionInfo& info : attention::FindMechanism(kind_.name)->options) {
      const std::string name = absl::StrCat("longwave.layers.", layer_, ".", info.name);
      if (info.type != OptionType::kFloats || OfTheModel(info.name) || !tensors_.Has(name)) continue;
      AttentionTensor tensor;
      tensor.option = info.name;
      tensor.tensors = {{name}};
      made->tensors.push_back(std::move(tensor));
      used_.push_back(name);
    }
  }

  const AttentionOverride& wanted_;
  const Kind& kind_;
  const TensorNames& tensors_;
  const int64_t layer_;
  const StackSpec& stack_;
  std::vector<std::string> used_;
};

}  // namespace

bool OfTheModel(absl::string_view option) {
  return std::find(std::begin(kOfTheModel), std::end(kOfTheModel), option) != std::end(kOfTheModel);
}

absl::StatusOr<std::vector<AttentionOverride>> ReadAttentionOverrides(const JsonValue& value) {
  std::vector<AttentionOverride> overrides;
  const bool list = value.kind == JsonValue::Kind::kArray;
  for (const JsonValue& one : list ? absl::MakeConstSpan(value.items) : absl::MakeConstSpan(&value, 1)) {
    absl::StatusOr<AttentionOverride> made = ReadOverride(one);
    if (!made.ok()) return made.status();
    overrides.push_back(*std::move(made));
  }
  return overrides;
}

absl::Status ApplyAttentionOverride(absl::Span<const AttentionOverride> overrides, const TensorNames& tensors,
                                    ModelSpec* spec) {
  auto stack = spec->stack == nullptr ? EncoderToStack(*spec) : std::make_shared<StackSpec>(*spec->stack);
  if (stack->reversible) return absl::UnimplementedError("longwave_attention: not in a reversible stack");
  const size_t layers = stack->blocks.size();
  if (overrides.size() != 1 && overrides.size() != layers) {
    return absl::InvalidArgumentError(absl::StrCat("longwave_attention must be one object, or a list of one for each of ",
                                                   layers, " layers, got ", overrides.size()));
  }
  std::vector<std::string> used;
  for (size_t i = 0; i < layers; ++i) {
    const AttentionOverride& wanted = overrides.size() == 1 ? overrides[0] : overrides[i];
    if (wanted.kind.empty()) continue;
    Remaking remaking(wanted, tensors, static_cast<int64_t>(i), *stack);
    if (absl::Status status = remaking.Make(&stack->blocks[i].attention); !status.ok()) return status;
    used.insert(used.end(), remaking.used().begin(), remaking.used().end());
  }
  for (const absl::string_view name : tensors.all()) {
    if (!absl::StartsWith(name, "longwave.layers.") || std::find(used.begin(), used.end(), name) != used.end()) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(tensors.file(), ": tensor ", ShownName(name), " is no option of the attention that longwave_attention names"));
  }
  spec->stack = std::move(stack);
  spec->layers.clear();
  return absl::OkStatus();
}

}  // namespace lwave::model
