// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// See checkpoint_files.h.

#include "model/checkpoint_files.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/files.h"
#include "kernels/gemm.h"
#include "model/config.h"
#include "model/json.h"

namespace lwave::model {
namespace {

constexpr size_t kMaxIndexBytes = size_t{64} << 20;
constexpr size_t kMaxShards = 1024;
constexpr absl::string_view kSingle = "model.safetensors";
constexpr absl::string_view kIndex = "model.safetensors.index.json";
constexpr absl::string_view kPickle = "pytorch_model.bin";
constexpr absl::string_view kPickleIndex = "pytorch_model.bin.index.json";
constexpr absl::string_view kLayoutKey = "longwave.layout";
constexpr absl::string_view kLayout = "panel32";
constexpr absl::string_view kWeightsKey = "longwave.weights";

bool Aligned(const void* data, uintptr_t alignment) {
  return reinterpret_cast<uintptr_t>(data) % alignment == 0;
}

bool IsFloat(DataType type) {
  return type == DataType::kF32 || type == DataType::kF16 || type == DataType::kBf16;
}

}  // namespace

std::vector<int64_t> PanelShape(DataType type, int64_t outputs, int64_t inputs) {
  const int64_t group = kernels::PanelGroup(type == DataType::kI8     ? kernels::NumberType::kInt8
                                            : type == DataType::kBf16 ? kernels::NumberType::kBf16
                                                                      : kernels::NumberType::kF32);
  return {kernels::RoundUp(outputs, kernels::kPanelColumns) / kernels::kPanelColumns,
          kernels::RoundUp(inputs, group) / group, kernels::kPanelColumns, group};
}

absl::StatusOr<std::unique_ptr<TensorFolder>> TensorFolder::Open(const Folder& source, Pickles pickles) {
  auto folder = std::make_unique<TensorFolder>();
  absl::Status status;
  const absl::string_view names[] = {kSingle, kIndex, kPickle, kPickleIndex};
  const absl::string_view* name = std::find_if(std::begin(names), std::end(names),
                                               [&](absl::string_view n) { return source.Holds(n); });
  if (name == std::end(names)) {
    return absl::NotFoundError(absl::StrCat(source.Shown(kSingle), ": No such file or directory"));
  }
  folder->file_ = source.Shown(*name);
  const bool pickled = *name == kPickle || *name == kPickleIndex;
  if (pickled && pickles == Pickles::kRefuse) {
    return absl::UnimplementedError(absl::StrCat(
        folder->file_, ": a pickled checkpoint is not opened as it is; write it as safetensors first: longwave convert"));
  }
  if (*name == kSingle) {
    status = folder->AddFile(source, kSingle);
  } else if (*name == kPickle) {
    status = folder->AddPickle(source, kPickle);
  } else {
    status = folder->AddShards(source, *name, pickled ? Pickles::kRead : Pickles::kRefuse);
  }
  if (!status.ok()) return status;
  std::sort(folder->tensors_.begin(), folder->tensors_.end(),
            [](const Stored& a, const Stored& b) { return a.named->name < b.named->name; });
  for (const Stored& stored : folder->tensors_) folder->names_.push_back(stored.named->name);
  return folder;
}

absl::Status TensorFolder::AddFile(const Folder& folder, absl::string_view name) {
  absl::StatusOr<FileBytes> bytes = folder.Open(name);
  if (!bytes.ok()) return bytes.status();
  const std::string shown = folder.Shown(name);
  absl::StatusOr<std::unique_ptr<SafetensorsFile>> file = SafetensorsFile::Open(*std::move(bytes), shown);
  if (!file.ok()) return file.status();
  const absl::string_view layout = (*file)->Metadata(kLayoutKey);
  if (!layout.empty() && layout != kLayout) {
    return absl::UnimplementedError(absl::StrCat(shown, ": ", kLayoutKey, " ", ShownName(layout),
                                                 " is not supported, only \"", kLayout, "\""));
  }
  const bool bf16 = (*file)->Metadata(kWeightsKey) == "bf16";
  for (const NamedTensor& tensor : (*file)->tensors()) tensors_.push_back({&tensor, !layout.empty(), bf16});
  files_.push_back(std::move(*file));
  return absl::OkStatus();
}

absl::Status TensorFolder::AddPickle(const Folder& folder, absl::string_view name) {
  absl::StatusOr<FileBytes> bytes = folder.Open(name);
  if (!bytes.ok()) return bytes.status();
  absl::StatusOr<std::unique_ptr<TorchFile>> file = TorchFile::Open(*std::move(bytes), folder.Shown(name));
  if (!file.ok()) return file.status();
  for (const NamedTensor& tensor : (*file)->tensors()) tensors_.push_back({&tensor});
  pickles_.push_back(std::move(*file));
  return absl::OkStatus();
}

absl::Status TensorFolder::AddShards(const Folder& folder, absl::string_view index, Pickles kind) {
  absl::StatusOr<JsonValue> root = ReadJsonFile(folder, index, kMaxIndexBytes);
  if (!root.ok()) return root.status();
  ConfigReader reader(*root, folder.Shown(index));
  const JsonValue* map = reader.Object("weight_map");
  if (map == nullptr || map->members.empty())
    reader.Wrong("weight_map", "an object from tensor names to file names");
  if (!reader.status().ok()) return reader.status();
  std::map<std::string, std::vector<absl::string_view>> shards;
  for (const auto& [name, file] : map->members) {
    const bool bare = file.is_string() && !file.string.empty() && file.string != "." && file.string != ".." &&
                      file.string.find_first_of(absl::string_view("/\\\0", 3)) == std::string::npos;
    if (!bare) {
      return absl::DataLossError(absl::StrCat(file_, ": weight_map of ", ShownName(name),
                                              " must be a bare file name, got ", file.Shown()));
    }
    shards[file.string].push_back(name);
    if (shards.size() > kMaxShards)
      return absl::DataLossError(absl::StrCat(file_, ": more than 1024 shards"));
  }
  for (const auto& [name, tensors] : shards) {
    const size_t before = tensors_.size();
    absl::Status status = kind == Pickles::kRead ? AddPickle(folder, name) : AddFile(folder, name);
    if (!status.ok()) return status;
    // A shard may hold more than the index takes from it; what counts is the index.
    const std::vector<Stored> held(tensors_.begin() + static_cast<ptrdiff_t>(before), tensors_.end());  // by name
    tensors_.resize(before);
    for (const absl::string_view tensor : tensors) {
      const auto found = std::lower_bound(held.begin(), held.end(), tensor,
                                          [](const Stored& a, absl::string_view b) { return a.named->name < b; });
      if (found == held.end() || found->named->name != tensor) {
        return absl::DataLossError(
            absl::StrCat(file_, ": ", ShownName(name), " does not hold the tensor ", ShownName(tensor)));
      }
      tensors_.push_back(*found);
    }
  }
  return absl::OkStatus();
}

const TensorFolder::Stored* TensorFolder::Find(absl::string_view name) const {
  const auto found = std::lower_bound(names_.begin(), names_.end(), name);
  if (found == names_.end() || *found != name) return nullptr;
  return &tensors_[static_cast<size_t>(found - names_.begin())];
}

int64_t TensorFolder::mapped_bytes() const {
  int64_t sum = 0;
  for (const auto& file : files_) sum += file->mapped() ? file->bytes() : 0;
  for (const auto& pickle : pickles_) {
    sum += pickle->file().mapped() ? static_cast<int64_t>(pickle->file().bytes().size()) : 0;
  }
  return sum;
}

void TensorFolder::Release(const uint8_t* data, int64_t bytes) const {
  const absl::Span<const uint8_t> range(data, static_cast<size_t>(bytes));
  for (const auto& file : files_) file->file().Release(range);
  for (const auto& pickle : pickles_) pickle->file().Release(range);
}

const TensorFolder::Stored* TensorFolder::FindMatrix(const LinearSpec& linear) const {
  for (const std::string& name : {absl::StrCat(linear.weight.name, kTiedPanels), linear.PanelName()}) {
    const Stored* stored = Find(name);
    if (stored != nullptr && stored->panel_file && stored->named->tensor.shape.size() == 4) return stored;
  }
  return Find(linear.weight.name);
}

void TensorFolder::ReleaseAll() const {
  for (const auto& file : files_) file->file().Release(file->file().bytes());
  for (const auto& pickle : pickles_) pickle->file().Release(pickle->file().bytes());
}

void TensorFolder::ReadAhead(bool ahead) const {
  for (const auto& file : files_) file->file().ReadAhead(ahead);
  for (const auto& pickle : pickles_) pickle->file().ReadAhead(ahead);
}

int64_t TensorFolder::held_bytes() const {
  int64_t sum = 0;
  for (const auto& file : files_) sum += file->mapped() ? 0 : static_cast<int64_t>(AlignUp(static_cast<size_t>(file->bytes())));
  return sum;
}

absl::StatusOr<const TensorFolder::Stored*> TensorFolder::Need(absl::string_view name) const {
  const Stored* stored = Find(name);
  if (stored != nullptr) return stored;
  return absl::DataLossError(absl::StrCat(file_, ": tensor ", ShownName(name), " is missing"));
}

absl::Status TensorFolder::CheckShape(const NamedTensor& tensor, const std::vector<int64_t>& expected) const {
  if (tensor.tensor.shape == expected) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(
      file_, ": tensor ", ShownName(tensor.name), " must have the shape [", absl::StrJoin(expected, ", "),
      "] that the configuration gives, got [", absl::StrJoin(tensor.tensor.shape, ", "), "]"));
}

absl::Status TensorFolder::CheckScales(absl::string_view name, int64_t size) const {
  const std::string scale_name = absl::StrCat(name, ".scale");
  const absl::StatusOr<const Stored*> scale = Need(scale_name);
  if (!scale.ok()) return scale.status();
  const Tensor& tensor = (*scale)->named->tensor;
  if (tensor.type != DataType::kF32 || !Aligned(tensor.data, alignof(float))) {
    return absl::DataLossError(
        absl::StrCat(file_, ": tensor ", ShownName(scale_name), " must be F32 at a multiple of 4 bytes"));
  }
  return CheckShape(*(*scale)->named, {size});
}

absl::Status TensorFolder::CheckMatrix(const LinearSpec& linear) const {
  const Stored* stored = FindMatrix(linear);
  if (stored == nullptr) return Need(linear.weight.name).status();
  const NamedTensor& named = *stored->named;
  const DataType type = named.tensor.type;
  const bool panels = stored->panel_file && named.tensor.shape.size() == 4;
  const bool known =
      panels ? type == DataType::kF32 || type == DataType::kBf16 || type == DataType::kI8 : IsFloat(type);
  if (!known) {
    return absl::UnimplementedError(absl::StrCat(file_, ": a matrix of type ", named.type_name,
                                                 " is not supported: ", ShownName(named.name)));
  }
  const int64_t rows = linear.stored_rows();
  std::vector<int64_t> shape = linear.transposed ? std::vector{linear.inputs, rows} : std::vector{rows, linear.inputs};
  if (linear.split > 0) shape = {shape[0], linear.split, shape[1] / linear.split};
  absl::Status status = CheckShape(named, panels ? PanelShape(type, linear.outputs, linear.inputs) : shape);
  if (!status.ok()) return status;
  if (panels && !Aligned(named.tensor.data, 64)) {
    return absl::DataLossError(
        absl::StrCat(file_, ": tensor ", ShownName(named.name), " must begin at a multiple of 64"));
  }
  if (type == DataType::kI8) {
    if (status = CheckScales(named.name, linear.outputs); !status.ok()) return status;
  }
  return linear.bias ? CheckVector(linear.bias.name, rows) : absl::OkStatus();
}

absl::Status TensorFolder::CheckTable(absl::string_view name, int64_t rows, int64_t width) const {
  const absl::StatusOr<const Stored*> stored = Need(name);
  if (!stored.ok()) return stored.status();
  const NamedTensor& named = *(*stored)->named;
  if (!IsFloat(named.tensor.type) && named.tensor.type != DataType::kI8) {
    return absl::UnimplementedError(
        absl::StrCat(file_, ": a table of type ", named.type_name, " is not supported: ", ShownName(name)));
  }
  // Tables of axial positions have further dimensions of 1.
  std::vector<int64_t> shape = named.tensor.shape;
  if (shape.size() > 2) shape.erase(std::remove(shape.begin(), shape.end(), 1), shape.end());
  if (shape != std::vector<int64_t>{rows, width}) {
    if (absl::Status status = CheckShape(named, {rows, width}); !status.ok()) return status;
  }
  return named.tensor.type == DataType::kI8 ? CheckScales(name, rows) : absl::OkStatus();
}

absl::Status TensorFolder::CheckVector(absl::string_view name, int64_t size) const {
  // Some vectors are stored as matrices of one row.
  const Stored* stored = Find(name);
  const bool one_row = stored != nullptr && stored->named->tensor.shape.size() == 2 && stored->named->tensor.shape[0] == 1;
  return CheckNumbers(name, one_row ? std::vector<int64_t>{1, size} : std::vector<int64_t>{size});
}

absl::Status TensorFolder::CheckNumbers(absl::string_view name, const std::vector<int64_t>& shape) const {
  const absl::StatusOr<const Stored*> stored = Need(name);
  if (!stored.ok()) return stored.status();
  const NamedTensor& named = *(*stored)->named;
  if (!IsFloat(named.tensor.type)) {
    return absl::UnimplementedError(
        absl::StrCat(file_, ": a vector of type ", named.type_name, " is not supported: ", ShownName(name)));
  }
  return shape.empty() ? absl::OkStatus() : CheckShape(named, shape);
}

}  // namespace lwave::model
