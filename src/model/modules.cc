// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// See modules.h.

#include "model/modules.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/files.h"
#include "model/config.h"
#include "model/json.h"

namespace lwave::model {
namespace {

constexpr size_t kMaxConfigBytes = size_t{1} << 20;
constexpr size_t kMaxModules = 16;

// One of these holds max_seq_length; which name depends on the model's age.
constexpr absl::string_view kLengthFiles[] = {
    "sentence_bert_config.json",      "sentence_roberta_config.json", "sentence_distilbert_config.json",
    "sentence_camembert_config.json", "sentence_albert_config.json",  "sentence_xlm-roberta_config.json",
    "sentence_xlnet_config.json",
};

struct Module {
  std::string kind;    // "Pooling"
  std::string folder;  // "1_Pooling"
};

absl::StatusOr<std::vector<Module>> ReadModuleList(const Folder& folder) {
  constexpr absl::string_view kName = "modules.json";
  absl::StatusOr<JsonValue> root = ReadJsonFile(folder, kName, kMaxConfigBytes);
  if (!root.ok()) return root.status();
  const std::string file = folder.Shown(kName);
  if (!root->is_array() || root->items.empty() || root->items.size() > kMaxModules) {
    return absl::DataLossError(absl::StrCat(file, " must hold a list of 1 to ", kMaxModules, " modules"));
  }
  std::vector<Module> modules;
  for (const JsonValue& item : root->items) {
    ConfigReader reader(item, file);
    const std::string type = reader.String("type", std::nullopt);
    Module module;
    module.folder = reader.String("path", std::nullopt);
    if (module.folder.find_first_of(absl::string_view("/\\\0", 3)) != std::string::npos ||
        module.folder == "." || module.folder == "..") {
      reader.Wrong("path", "the name of a folder beside this file");
    }
    if (!reader.status().ok()) return reader.status();
    if (!absl::StartsWith(type, "sentence_transformers.")) {
      reader.Unsupported(absl::StrCat("a module of type ", ShownName(type), " is not supported"));
      return reader.status();
    }
    module.kind = type.substr(type.rfind('.') + 1);
    modules.push_back(std::move(module));
  }
  return modules;
}

absl::StatusOr<Pooling> ReadPooling(const Folder& module, int64_t width) {
  absl::StatusOr<JsonValue> root = ReadJsonFile(module, "config.json", kMaxConfigBytes);
  if (!root.ok()) return root.status();
  ConfigReader reader(*root, module.Shown("config.json"));
  const int64_t stated = reader.Integer("word_embedding_dimension", width, 1, 65536);
  if (stated != width) reader.Wrong("word_embedding_dimension", absl::StrCat("the encoder's width ", width));
  struct Mode {
    absl::string_view key;
    bool fallback;
    Pooling pooling;  // kNone: known but not supported
  };
  constexpr Mode kModes[] = {
      {"pooling_mode_cls_token", false, Pooling::kCls},
      {"pooling_mode_mean_tokens", true, Pooling::kMean},
      {"pooling_mode_max_tokens", false, Pooling::kMax},
      {"pooling_mode_mean_sqrt_len_tokens", false, Pooling::kMeanSqrtLength},
      {"pooling_mode_weightedmean_tokens", false, Pooling::kNone},
      {"pooling_mode_lasttoken", false, Pooling::kLastToken},
  };
  std::vector<const Mode*> chosen;
  for (const Mode& mode : kModes) {
    if (reader.Boolean(mode.key, mode.fallback)) chosen.push_back(&mode);
  }
  for (const JsonMember& member : root->members) {
    const bool known =
        std::any_of(std::begin(kModes), std::end(kModes), [&](const Mode& m) { return m.key == member.key; });
    if (absl::StartsWith(member.key, "pooling_mode") && !known) {
      reader.Unsupported(absl::StrCat("the field ", ShownName(member.key), " is not supported"));
    }
  }
  if (chosen.empty()) reader.Unsupported("no pooling_mode_... is true");
  if (chosen.size() > 1) {
    reader.Unsupported(absl::StrCat(chosen[0]->key, " together with ", chosen[1]->key, " is not supported"));
  }
  if (chosen.size() == 1 && chosen[0]->pooling == Pooling::kNone) {
    reader.Unsupported(absl::StrCat(chosen[0]->key, " is not supported"));
  }
  if (!reader.status().ok()) return reader.status();
  return chosen[0]->pooling;
}

absl::StatusOr<DenseModuleSpec> ReadDense(const Folder& module, const std::string& name, int64_t width) {
  absl::StatusOr<JsonValue> root = ReadJsonFile(module, "config.json", kMaxConfigBytes);
  if (!root.ok()) return root.status();
  ConfigReader reader(*root, module.Shown("config.json"));
  DenseModuleSpec dense;
  dense.folder = name;
  dense.linear.inputs = reader.Integer("in_features", std::nullopt, 1, 65536);
  dense.linear.outputs = reader.Integer("out_features", std::nullopt, 1, 65536);
  dense.linear.weight.name = "linear.weight";
  if (reader.Boolean("bias", true)) dense.linear.bias.name = "linear.bias";
  if (dense.linear.inputs != width) reader.Wrong("in_features", absl::StrCat("the width before it, ", width));
  for (const absl::string_view key : {"module_input_name", "module_output_name"}) {
    if (reader.String(key, "sentence_embedding") != "sentence_embedding") {
      reader.Unsupported(absl::StrCat(key, " other than \"sentence_embedding\" is not supported"));
    }
  }
  const std::string activation = reader.String("activation_function", "torch.nn.modules.activation.Tanh");
  struct Known {
    absl::string_view name;
    kernels::Activation activation;
  };
  constexpr Known kKnown[] = {
      {"torch.nn.modules.linear.Identity", kernels::Activation::kNone},
      {"torch.nn.modules.activation.Tanh", kernels::Activation::kTanh},
      {"torch.nn.modules.activation.ReLU", kernels::Activation::kRelu},
      {"torch.nn.modules.activation.GELU", kernels::Activation::kGelu},
      {"torch.nn.modules.activation.SiLU", kernels::Activation::kSilu},
  };
  const auto* known = std::find_if(std::begin(kKnown), std::end(kKnown),
                                   [&](const Known& k) { return k.name == activation; });
  if (known == std::end(kKnown)) {
    reader.Unsupported(absl::StrCat("activation_function ", ShownName(activation), " is not supported"));
  } else {
    dense.activation = known->activation;
  }
  if (!reader.status().ok()) return reader.status();
  return dense;
}

// The longest text that the model was meant for; 0 when no file says so.
absl::StatusOr<int64_t> ReadLength(const Folder& folder, int64_t usable) {
  for (const absl::string_view name : kLengthFiles) {
    if (!folder.Holds(name)) continue;
    absl::StatusOr<JsonValue> root = ReadJsonFile(folder, name, kMaxConfigBytes);
    if (!root.ok()) return root.status();
    ConfigReader reader(*root, folder.Shown(name));
    const int64_t length = reader.Integer("max_seq_length", 0, 1, int64_t{1} << 40);
    // Python lower-cases the whole text there, which is not what an uncased tokenizer does.
    if (reader.Boolean("do_lower_case", false)) reader.Unsupported("do_lower_case true is not supported");
    if (!reader.status().ok()) return reader.status();
    return std::min(length, usable);
  }
  return 0;
}

}  // namespace

absl::StatusOr<SentenceSpec> ReadSentenceModules(const Folder& folder, const ModelSpec& spec) {
  SentenceSpec sentence;
  absl::StatusOr<int64_t> length = ReadLength(folder, spec.positions.usable());
  if (!length.ok()) return length.status();
  sentence.max_sequence_length = *length;
  if (!folder.Holds("modules.json")) return sentence;

  absl::StatusOr<std::vector<Module>> modules = ReadModuleList(folder);
  if (!modules.ok()) return modules.status();
  sentence.declared = true;
  sentence.normalize = false;
  const auto unsupported = [&](absl::string_view what) {
    return absl::UnimplementedError(absl::StrCat(folder.Shown("modules.json"), ": ", what));
  };
  int64_t width = spec.hidden;
  for (size_t i = 0; i < modules->size(); ++i) {
    const Module& module = (*modules)[i];
    const bool in_order = i == 0 ? module.kind == "Transformer"
                          : i == 1
                              ? module.kind == "Pooling"
                              : !sentence.normalize && (module.kind == "Dense" || module.kind == "Normalize");
    if (!in_order) {
      return unsupported(
          absl::StrCat("module ", i, " is ", ShownName(module.kind),
                       "; supported are Transformer, Pooling, any number of Dense, Normalize, in "
                       "this order"));
    }
    if (i == 0 && !module.folder.empty()) {
      return unsupported(absl::StrCat("a Transformer in the folder ", ShownName(module.folder),
                                      " is not supported, only in the model's own"));
    }
    if ((module.kind == "Pooling" || module.kind == "Dense") && module.folder.empty()) {
      return absl::DataLossError(absl::StrCat(folder.Shown("modules.json"), ": path of module ", i, " must not be empty"));
    }
    if (module.kind == "Pooling") {
      absl::StatusOr<Pooling> pooling = ReadPooling(folder.Inside(module.folder), width);
      if (!pooling.ok()) return pooling.status();
      sentence.pooling = *pooling;
    } else if (module.kind == "Dense") {
      absl::StatusOr<DenseModuleSpec> dense = ReadDense(folder.Inside(module.folder), module.folder, width);
      if (!dense.ok()) return dense.status();
      width = dense->linear.outputs;
      sentence.dense.push_back(std::move(*dense));
    } else if (module.kind == "Normalize") {
      sentence.normalize = true;
    }
  }
  if (modules->size() < 2) return unsupported("there is no Pooling module");
  return sentence;
}

std::vector<std::string> SentenceModuleFiles(const Folder& folder, const SentenceSpec& sentence) {
  std::vector<std::string> files;
  const auto add = [&](std::string name) {
    if (folder.Holds(name)) files.push_back(std::move(name));
  };
  for (const absl::string_view name : kLengthFiles) add(std::string(name));
  if (!sentence.declared) return files;
  add("modules.json");
  const absl::StatusOr<std::vector<Module>> modules = ReadModuleList(folder);
  if (!modules.ok()) return files;
  for (const Module& module : *modules) {
    if (!module.folder.empty()) add(module.folder + "/config.json");
  }
  return files;
}

}  // namespace lwave::model
