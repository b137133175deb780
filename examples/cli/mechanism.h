// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A mechanism by name with options as KEY=VALUE, made into layers that show what a query takes from each key.

#ifndef LONGWAVE_EXAMPLES_CLI_MECHANISM_H_
#define LONGWAVE_EXAMPLES_CLI_MECHANISM_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "handles.h"

namespace lwave::cli {

struct MechanismRequest {
  std::string name;
  std::vector<std::string> settings;  // KEY=VALUE
  int64_t heads = 4;
  int64_t tokens = 96;
  int64_t head_dim = 0;  // of given rows; 0: as the options say, else 16
};

// What the tool knows of a mechanism beyond its option table: numbers for a picture where the caller gives none, and
// whether what is seen depends on the rows, perhaps to approximate what softmax takes. One that is not listed works
// with the options that its caller gives.
struct MechanismProfile {
  const char* name;
  std::vector<std::pair<const char*, const char*>> settings;
  enum class Rows { kAlike, kMatter, kApproximateSoftmax } rows = Rows::kAlike;
};
const std::vector<MechanismProfile>& MechanismProfiles();
bool DependsOnRows(const std::string& mechanism);

class Mechanism {
 public:
  // Every option, the caller's and those of the profile, checked by the library. Throws UsageError: no such mechanism
  // or option, a value that is not allowed, or one that the tool chooses itself.
  explicit Mechanism(const MechanismRequest& request);

  const std::string& name() const { return request_.name; }
  int64_t heads() const { return request_.heads; }
  int64_t tokens() const { return request_.tokens; }
  bool depends_on_rows() const { return DependsOnRows(name()); }
  bool approximates_softmax() const {
    return profile_ != nullptr && profile_->rows == MechanismProfile::Rows::kApproximateSoftmax;
  }
  // Whether it takes hidden rows and has projections of its own.
  bool takes_hidden_rows() const { return takes_hidden_rows_; }
  int64_t head_dim() const { return head_dim_; }
  // As they were set, in the order of the option table; without tensors.
  std::vector<std::pair<std::string, std::string>> Settings() const;

  // An option that is set, the first of a list.
  int64_t Number(const char* key, int64_t otherwise) const;

  // A layer whose values are `columns` wide (d_model is, where it takes hidden rows). There it projects nothing but
  // values, and gives those of `head`. Throws UsageError with the library's message: a missing option is named.
  AttentionHandle MakeLayer(lwave_context* context, int64_t columns, int64_t head) const;

 private:
  ConfigHandle MakeConfig() const;
  void Set(lwave_config* config, const std::string& key, const std::string& value) const;
  void SetTensors(lwave_config* config, int64_t columns, int64_t head) const;
  bool Has(const char* key) const;
  std::vector<int64_t> Numbers(const char* key) const;

  MechanismRequest request_;
  const MechanismProfile* profile_ = nullptr;
  std::vector<std::string> keys_;              // the option table
  std::map<std::string, std::string> values_;  // what is set
  int64_t head_dim_ = 16;
  bool takes_hidden_rows_ = false;
};

}  // namespace lwave::cli

#endif  // LONGWAVE_EXAMPLES_CLI_MECHANISM_H_
