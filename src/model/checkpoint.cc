// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// See checkpoint.h. Opening goes: config.json, tensors, family, modules, shapes, longwave.json. The
// fingerprint is described in checkpoint_fingerprint.h.

#include "model/checkpoint.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <map>
#include <system_error>
#include <utility>

#include "absl/crc/crc32c.h"
#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/files.h"
#include "kernels/convert.h"
#include "model/checkpoint_files.h"
#include "model/checkpoint_fingerprint.h"
#include "model/config.h"
#include "model/convert_long.h"
#include "model/families/registry.h"
#include "model/json.h"
#include "model/long_reading.h"
#include "model/modules.h"
#include "model/spec_walk.h"

namespace lwave::model {
namespace {

constexpr size_t kMaxConfigBytes = size_t{8} << 20;

std::string NameOf(const Folder& folder, ConfigReader& config) {
  const std::string stated = config.Has("_name_or_path") ? config.String("_name_or_path", "") : "";
  if (!stated.empty() && stated != "." && stated != ".." &&
      stated.find_first_of("/\\") == std::string::npos) {
    return stated;
  }
  if (folder.in_memory()) return folder.path().empty() ? "model" : folder.path().substr(folder.path().rfind('/') + 1);
  std::error_code error;
  std::filesystem::path path = std::filesystem::absolute(folder.path(), error).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();  // a slash at the end
  return path.filename().string();
}

// Types and shapes of everything that the spec asks for.
class Checks : public SpecVisitor {
 public:
  explicit Checks(const TensorFolder& tensors) : tensors_(tensors) {}
  void Matrix(const LinearSpec& linear) override { status_.Update(tensors_.CheckMatrix(linear)); }
  void Table(const TensorName& name, int64_t rows, int64_t width) override {
    status_.Update(tensors_.CheckTable(name.name, rows, width));
  }
  void Vector(const TensorName& name, int64_t size) override { status_.Update(tensors_.CheckVector(name.name, size)); }
  void Numbers(const TensorName& name, const std::vector<int64_t>& shape) override {
    status_.Update(tensors_.CheckNumbers(name.name, shape));
  }
  const absl::Status& status() const { return status_; }

 private:
  const TensorFolder& tensors_;
  absl::Status status_;
};

absl::Status CheckTensors(const TensorFolder& tensors, const ModelSpec& spec) {
  Checks checks(tensors);
  VisitTensors(spec, checks);
  return checks.status();
}

absl::Status CheckHeader(const TensorFolder& tensors, uint32_t expected) {
  if (tensors.files().size() == 1) {
    const absl::Span<const uint8_t> header = tensors.files()[0]->header();
    const absl::crc32c_t crc =
        absl::ComputeCrc32c(absl::string_view(reinterpret_cast<const char*>(header.data()), header.size()));
    if (static_cast<uint32_t>(crc) == expected) return absl::OkStatus();
  }
  return absl::DataLossError(absl::StrCat(
      tensors.file(), ": the header is damaged: its CRC32C is not header_crc32c of longwave.json"));
}

}  // namespace

struct Checkpoint::Files {
  std::map<std::string, std::unique_ptr<TensorFolder>, std::less<>> folders;  // "" is the model itself

  const TensorFolder::Stored* Find(absl::string_view folder, absl::string_view name) const {
    const auto found = folders.find(folder);
    return found == folders.end() ? nullptr : found->second->Find(name);
  }
};

Checkpoint::Checkpoint() : files_(std::make_unique<Files>()) {}
Checkpoint::~Checkpoint() = default;

absl::StatusOr<std::unique_ptr<Checkpoint>> Checkpoint::Open(const Folder& source, Pickles pickles) {
  if (absl::Status status = source.Check(); !status.ok()) return status;
  constexpr absl::string_view kConfig = "config.json";
  absl::StatusOr<JsonValue> root = ReadJsonFile(source, kConfig, kMaxConfigBytes);
  if (!root.ok()) return root.status();
  MarkForLongwave(*root, false);  // it is for others
  ConfigReader config(*root, source.Shown(kConfig));
  if (!config.status().ok()) return config.status();

  auto checkpoint = absl::WrapUnique(new Checkpoint());
  checkpoint->directory_ = source.path();
  auto& folders = checkpoint->files_->folders;
  const auto open_folder = [&](const std::string& name) -> absl::Status {
    if (folders.contains(name)) return absl::OkStatus();
    absl::StatusOr<std::unique_ptr<TensorFolder>> folder = TensorFolder::Open(source.Inside(name), pickles);
    if (!folder.ok()) return folder.status();
    checkpoint->mapped_bytes_ += (*folder)->mapped_bytes();
    checkpoint->held_bytes_ += (*folder)->held_bytes();
    folders.emplace(name, std::move(*folder));
    return absl::OkStatus();
  };

  // The family is asked before the files are looked at, so that an unknown one is named as such: its weights
  // may lie elsewhere.
  absl::Status opened = open_folder("");
  const TensorNames names = opened.ok() ? TensorNames(folders[""]->names(), folders[""]->file())
                                        : TensorNames({}, source.Shown(""));
  absl::StatusOr<ModelSpec> spec = TranslateModel(config, names);
  if (!opened.ok()) return absl::IsUnimplemented(spec.status()) ? spec.status() : opened;
  if (!spec.ok()) return spec.status();
  const TensorFolder& tensors = *folders[""];
  if (absl::Status status = CheckTensors(tensors, *spec); !status.ok()) return status;

  absl::StatusOr<SentenceSpec> sentence = ReadSentenceModules(source, *spec);
  if (!sentence.ok()) return sentence.status();
  spec->sentence = std::move(*sentence);
  for (const DenseModuleSpec& dense : spec->sentence.dense) {
    if (absl::Status status = open_folder(dense.folder); !status.ok()) return status;
    if (absl::Status status = folders[dense.folder]->CheckMatrix(dense.linear); !status.ok()) return status;
  }

  absl::StatusOr<LongwaveFile> longwave = ReadLongwaveFile(source, *spec);
  if (!longwave.ok()) return longwave.status();
  spec->long_reading = std::move(longwave->long_reading);
  if (longwave->header_crc32c.has_value()) {
    if (absl::Status status = CheckHeader(tensors, *longwave->header_crc32c); !status.ok()) return status;
  }

  checkpoint->name_ = NameOf(source, config);
  if (!config.status().ok()) return config.status();
  Fingerprint fingerprint;
  fingerprint.AddSpec(*spec);
  for (const auto& [name, folder] : folders) {
    fingerprint.AddText(name);
    folder->ReadAhead(false);
    // A page that is touched brings its neighbours into this process, 64 KiB or more.
    for (size_t i = 0; i < folder->tensors().size(); ++i) {
      const TensorFolder::Stored& stored = folder->tensors()[i];
      fingerprint.AddTensor(*stored.named);
      if (stored.bf16_file && !stored.panel_file) fingerprint.AddText("bf16 products");  // other bits from the same rows
      if (i % 64 == 63) folder->ReleaseAll();
    }
    folder->ReleaseAll();
    folder->ReadAhead(true);
  }
  checkpoint->fingerprint_ = fingerprint.value();
  checkpoint->spec_ = std::move(*spec);
  return checkpoint;
}

const Tensor* Checkpoint::Find(absl::string_view folder, absl::string_view name) const {
  const TensorFolder::Stored* stored = files_->Find(folder, name);
  return stored == nullptr ? nullptr : &stored->named->tensor;
}

void Checkpoint::Release(const uint8_t* data, int64_t bytes) const {
  for (const auto& [name, folder] : files_->folders) folder->Release(data, bytes);
}

void Checkpoint::ReleaseAll() const {
  for (const auto& [name, folder] : files_->folders) folder->ReleaseAll();
}

std::vector<const NamedTensor*> Checkpoint::Tensors(absl::string_view folder) const {
  std::vector<const NamedTensor*> all;
  const auto found = files_->folders.find(folder);
  if (found == files_->folders.end()) return all;
  for (const TensorFolder::Stored& stored : found->second->tensors()) all.push_back(stored.named);
  return all;
}

MatrixView Checkpoint::Matrix(const LinearSpec& linear, absl::string_view folder) const {
  MatrixView view;
  const auto found = files_->folders.find(folder);
  const TensorFolder::Stored* stored = found == files_->folders.end() ? nullptr : found->second->FindMatrix(linear);
  if (stored == nullptr) return view;
  view.weight = stored->named->tensor;
  view.panels = stored->panel_file && view.weight.shape.size() == 4;
  view.bf16_products = stored->bf16_file && !view.panels && view.weight.type == DataType::kBf16;
  if (view.weight.type == DataType::kI8) {
    const Tensor* scale = Find(folder, absl::StrCat(stored->named->name, ".scale"));
    if (scale != nullptr) view.scales = reinterpret_cast<const float*>(scale->data);
  }
  return view;
}

TableView Checkpoint::Table(const TensorName& name) const {
  TableView view;
  const Tensor* tensor = Find("", name.name);
  if (tensor == nullptr) return view;
  view.table = *tensor;
  if (tensor->type == DataType::kI8) {
    const Tensor* scale = Find("", absl::StrCat(name.name, ".scale"));
    if (scale != nullptr) view.scales = reinterpret_cast<const float*>(scale->data);
  }
  return view;
}

void Checkpoint::ReadVector(const TensorName& name, absl::string_view folder, absl::Span<float> out, int64_t first,
                            int64_t size) const {
  const Tensor* tensor = Find(folder, name.name);
  const int64_t number_bytes = tensor != nullptr && tensor->type == DataType::kF32 ? 4 : 2;
  const int64_t wanted = size == 0 ? static_cast<int64_t>(out.size()) : size;
  if (tensor == nullptr || tensor->bytes != wanted * number_bytes) {
    std::fill(out.begin(), out.end(),
              0.0f);  // not a name of the spec: shapes were checked when it was opened
    return;
  }
  const uint8_t* data = tensor->data + first * number_bytes;
  if (tensor->type == DataType::kF32) {
    std::memcpy(out.data(), data, out.size() * sizeof(float));
    return;
  }
  uint16_t halves[256];  // through a buffer, because old files do not align their data
  for (size_t done = 0; done < out.size();) {
    const size_t count = std::min(out.size() - done, sizeof(halves) / sizeof(halves[0]));
    std::memcpy(halves, data + 2 * done, 2 * count);
    if (tensor->type == DataType::kF16) {
      kernels::F16ToF32(halves, static_cast<int64_t>(count), out.data() + done);
    } else {
      kernels::Bf16ToF32(halves, static_cast<int64_t>(count), out.data() + done);
    }
    done += count;
  }
}

}  // namespace lwave::model
