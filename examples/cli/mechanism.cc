// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Options from text, by the library's own table.

#include "mechanism.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <string_view>

#include "diagnostics.h"
#include "mechanism_tensors.h"

namespace lwave::cli {
namespace {

size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t changed = diagonal + (a[i] != b[j] ? 1 : 0);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

// "; did you mean NAME?", or, where nothing is near, "; there are ...".
std::string Suggestion(std::string_view word, const std::vector<std::string>& names) {
  std::string list, nearest;
  size_t least = std::max<size_t>(2, word.size() / 3) + 1;
  for (const std::string& name : names) {
    list += (list.empty() ? "" : ", ") + name;
    if (const size_t distance = EditDistance(word, name); distance < least) least = distance, nearest = name;
  }
  return nearest.empty() ? "; there are " + list : "; did you mean " + nearest + "? There are " + list;
}

// All numbers of "1,2,3", or false.
template <typename Number>
bool ParseNumbers(std::string_view text, std::vector<Number>& numbers) {
  while (true) {
    Number number{};
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (status != std::errc()) return false;
    numbers.push_back(number);
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    if (text.empty()) return true;
    if (text[0] != ',') return false;
    text.remove_prefix(1);
  }
}

int32_t TypeOf(const lwave_config* config, const std::string& key) {
  int32_t type = 0;
  lwave_config_option_bounds(config, key.c_str(), &type, nullptr, nullptr, nullptr);
  return type;
}

ConfigHandle CreateConfig(const std::string& name) {
  std::vector<std::string> names;
  for (const MechanismProfile& profile : MechanismProfiles()) names.push_back(profile.name);
  lwave_config* config = nullptr;
  if (name == "stream" || lwave_config_create(name.c_str(), &config, nullptr) != LWAVE_OK) {
    throw UsageError("--mechanism: no mechanism is called " + name + Suggestion(name, names));
  }
  return ConfigHandle(config);
}

}  // namespace

const std::vector<MechanismProfile>& MechanismProfiles() {
  using Rows = MechanismProfile::Rows;
  static const std::vector<MechanismProfile> profiles = {
      {"full", {}},
      {"window", {{"left", "8"}, {"right", "8"}}},
      {"sparse_transformer", {{"pattern", "strided"}, {"stride", "12"}, {"summary", "2"}}},
      {"block_sparse", {{"block_size", "8"}, {"num_random", "1"}}},
      {"transformer_xl", {{"segment", "16"}, {"mem_len", "24"}}},
      {"compressive", {{"segment", "16"}, {"mem_len", "16"}, {"cmem_len", "8"}, {"ratio", "4"}, {"function", "mean"}}},
      {"linformer", {{"projection", "linear"}, {"slots", "24"}, {"stride", "8"}}, Rows::kApproximateSoftmax},
      {"favor", {{"kernel", "softmax"}, {"causal", "0"}}, Rows::kApproximateSoftmax},
      {"lsh", {{"chunk_length", "16"}, {"chunks_before", "1"}, {"n_hashes", "2"}, {"causal", "0"}}, Rows::kMatter},
      {"adaptive_span", {{"max_span", "32"}, {"ramp", "8"}, {"initial_cache", "empty"}}},
      {"mixed", {{"left", "8"}, {"right", "8"}, {"stride", "12"}, {"summary", "2"}, {"max_span", "32"}, {"ramp", "8"}}},
      {"pia", {{"segment", "16"}, {"cache_len", "16"}}},
      {"sink_window", {{"sinks", "4"}, {"window", "16"}}},
  };
  return profiles;
}

bool DependsOnRows(const std::string& mechanism) {
  return std::any_of(MechanismProfiles().begin(), MechanismProfiles().end(), [&](const MechanismProfile& profile) {
    return mechanism == profile.name && profile.rows != MechanismProfile::Rows::kAlike;
  });
}

Mechanism::Mechanism(const MechanismRequest& request) : request_(request) {
  const ConfigHandle config = CreateConfig(request.name);
  for (const MechanismProfile& profile : MechanismProfiles()) {
    if (request.name == profile.name) profile_ = &profile;
  }
  for (int64_t i = 0; i < lwave_config_option_count(config.get()); ++i) {
    keys_.push_back(lwave_config_option_name(config.get(), i));
  }
  // Any kind over q, k and v has weights around it as well, with those of cross-attention; they are left aside.
  takes_hidden_rows_ = std::find(keys_.begin(), keys_.end(), "d_context") == keys_.end();
  if (!takes_hidden_rows_) {
    keys_.erase(std::remove_if(keys_.begin(), keys_.end(),
                               [](const std::string& key) {
                                 return key == "d_model" || key == "d_context" || key == "cross" ||
                                        key.compare(0, 2, "w_") == 0 || key.compare(0, 2, "b_") == 0;
                               }),
                keys_.end());
  }
  for (const std::string& setting : request.settings) {
    const size_t equals = setting.find('=');
    const std::string key = setting.substr(0, equals);
    if (equals == std::string::npos || key.empty()) throw UsageError("--set: expected KEY=VALUE, got " + setting);
    if (std::find(keys_.begin(), keys_.end(), key) == keys_.end()) {
      throw UsageError("--set: " + request.name + " has no option " + key + Suggestion(key, keys_));
    }
    if (key == "heads") throw UsageError("--set: give the heads with --heads");
    const bool own_projection = takes_hidden_rows_ && TypeOf(config.get(), key) == LWAVE_OPTION_FLOATS;
    if (key == "value_dim" || key == "d_model" || (key == "head_dim" && (takes_hidden_rows_ || request.head_dim > 0)) ||
        own_projection || (key == "wrap" && setting != "wrap=none")) {
      throw UsageError("--set: " + key + " is the tool's own here, so that the picture shows attention alone");
    }
    const std::string value = setting.substr(equals + 1);
    if (value.empty()) throw UsageError("--set: " + key + " has no value");
    values_[key] = value;
  }
  const auto word = [&](const char* key, std::string_view value) {
    const auto found = values_.find(key);
    return found != values_.end() && found->second == value;
  };
  const bool all = word("sinks_see", "all");
  const bool one_side = Has("left") != Has("right");
  if (profile_ != nullptr) {
    for (const auto& [name, value] : profile_->settings) {
      const std::string_view key = name;
      // Numbers that do not matter beside what was set would only puzzle.
      if (one_side && (key == "left" || key == "right")) continue;
      if (all && key == "window") continue;
      if (key == "summary" && word("pattern", "strided")) continue;
      if (key == (word("projection", "linear") ? "stride" : "slots") &&
          profile_->name == std::string_view("linformer")) {
        continue;
      }
      values_.try_emplace(name, value);
    }
  }
  if (request.name == "mixed" && !Has("head_kinds")) {
    constexpr const char* kKinds[] = {"window", "adaptive_span", "local", "full"};
    for (int64_t h = 0; h < request.heads; ++h) {
      values_["head_kinds"] += std::string(h == 0 ? "" : ",") + kKinds[h % 4];
    }
  }
  if (all && !one_side) values_.try_emplace("left", "8"), values_.try_emplace("right", "8");
  head_dim_ = request.head_dim > 0 ? request.head_dim : Number("head_dim", 16);
  MakeConfig();  // so that what is wrong with an option is said at once
}

bool Mechanism::Has(const char* key) const { return values_.count(key) != 0; }

std::vector<int64_t> Mechanism::Numbers(const char* key) const {
  const auto found = values_.find(key);
  std::vector<int64_t> numbers;
  if (found == values_.end() || !ParseNumbers(found->second, numbers)) numbers.clear();
  return numbers;
}

int64_t Mechanism::Number(const char* key, int64_t otherwise) const {
  const std::vector<int64_t> numbers = Numbers(key);
  return numbers.empty() ? otherwise : numbers[0];
}

std::vector<std::pair<std::string, std::string>> Mechanism::Settings() const {
  const ConfigHandle config = CreateConfig(request_.name);
  std::vector<std::pair<std::string, std::string>> settings;
  for (const std::string& key : keys_) {
    const auto found = values_.find(key);
    if (found != values_.end() && TypeOf(config.get(), key) != LWAVE_OPTION_FLOATS) settings.push_back(*found);
  }
  return settings;
}

// A text that is no number is set as a word: some options of numbers know words too, and the library says which.
void Mechanism::Set(lwave_config* config, const std::string& key, const std::string& value) const {
  lwave_error error;
  lwave_status status = LWAVE_OK;
  const int32_t type = TypeOf(config, key);
  std::vector<int64_t> ints;
  std::vector<double> numbers;
  if ((type == LWAVE_OPTION_INT || type == LWAVE_OPTION_INTS) && ParseNumbers(value, ints)) {
    status = lwave_config_set_ints(config, key.c_str(), ints.data(), static_cast<int64_t>(ints.size()), &error);
  } else if ((type == LWAVE_OPTION_FLOAT || type == LWAVE_OPTION_FLOATS) && ParseNumbers(value, numbers)) {
    const std::vector<float> floats(numbers.begin(), numbers.end());
    status =
        type == LWAVE_OPTION_FLOAT && numbers.size() == 1
            ? lwave_config_set_float(config, key.c_str(), numbers[0], &error)
            : lwave_config_set_floats(config, key.c_str(), floats.data(), static_cast<int64_t>(floats.size()), &error);
  } else {
    status = lwave_config_set_text(config, key.c_str(), value.c_str(), &error);
    if (status != LWAVE_OK && type != LWAVE_OPTION_TEXT) {
      throw UsageError("--set: " + std::string(error.message) + ", got " + value);
    }
  }
  if (status != LWAVE_OK) throw UsageError(std::string("--set: ") + error.message);
}

ConfigHandle Mechanism::MakeConfig() const {
  ConfigHandle config = CreateConfig(request_.name);
  for (const auto& [key, value] : values_) {
    if (std::find(keys_.begin(), keys_.end(), key) != keys_.end()) Set(config.get(), key, value);
  }
  return config;
}

AttentionHandle Mechanism::MakeLayer(lwave_context* context, int64_t columns, int64_t head) const {
  lwave_error error;
  // With a seed given the library may draw the tensors itself: then first with what was given alone.
  const bool seeded = std::any_of(values_.begin(), values_.end(),
                                  [](const auto& value) { return value.first.find("seed") != std::string::npos; });
  for (const bool filled : {!seeded, true}) {
    const ConfigHandle config = MakeConfig();
    Set(config.get(), "heads", std::to_string(request_.heads));
    Set(config.get(), "head_dim", std::to_string(takes_hidden_rows_ ? columns : head_dim_));
    if (takes_hidden_rows_) {
      Set(config.get(), "d_model", std::to_string(columns));
    } else {
      Set(config.get(), "value_dim", std::to_string(columns));
    }
    if (filled) SetTensors(config.get(), columns, head);
    lwave_attention* attention = nullptr;
    if (lwave_attention_create(context, config.get(), &attention, &error) == LWAVE_OK)
      return AttentionHandle(attention);
  }
  throw UsageError("--mechanism " + request_.name + ": " + error.message);
}

void Mechanism::SetTensors(lwave_config* config, int64_t columns, int64_t head) const {
  TensorRequest wanted;
  wanted.heads = request_.heads;
  wanted.head_dim = head_dim_;
  wanted.tokens = request_.tokens;
  wanted.columns = columns;
  wanted.head = head;
  wanted.number = [this](const char* key, int64_t otherwise) { return Number(key, otherwise); };
  wanted.numbers = [this](const char* key) { return Numbers(key); };
  wanted.word = [this](const char* key) {
    const auto found = values_.find(key);
    return found == values_.end() ? std::string() : found->second;
  };
  for (const std::string& key : keys_) {
    if (values_.count(key) != 0) continue;
    lwave_error error;
    lwave_status status = LWAVE_OK;
    const int32_t type = TypeOf(config, key);
    if (type == LWAVE_OPTION_FLOATS) {
      const std::vector<float> tensor = MakeTensor(request_.name, key, wanted);
      if (tensor.empty()) continue;
      status = lwave_config_set_floats(config, key.c_str(), tensor.data(), static_cast<int64_t>(tensor.size()), &error);
    } else if (type == LWAVE_OPTION_INTS) {
      const std::vector<int64_t> list = MakeList(request_.name, key, wanted);
      if (list.empty()) continue;
      status = lwave_config_set_ints(config, key.c_str(), list.data(), static_cast<int64_t>(list.size()), &error);
    }
    if (status != LWAVE_OK) throw UsageError("--mechanism " + request_.name + ": " + error.message);
  }
}

}  // namespace lwave::cli
