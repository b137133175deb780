// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// See convert_tensors.h.

#include "model/convert_tensors.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <set>
#include <utility>

#include "absl/crc/crc32c.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "base/files.h"
#include "kernels/convert.h"
#include "kernels/gemm.h"
#include "model/checkpoint_files.h"
#include "model/convert_files.h"
#include "model/spec_walk.h"

namespace lwave::model {
namespace {

using kernels::NumberType;

constexpr int64_t kBlockNumbers = int64_t{1} << 20;
constexpr uint64_t kDataAlignment = 64;

struct TypeNames {
  NumberType type;
  absl::string_view option, dtype;
  DataType data_type;
};
constexpr TypeNames kNames[] = {
    {NumberType::kF32, "f32", "F32", DataType::kF32},
    {NumberType::kBf16, "bf16", "BF16", DataType::kBf16},
    {NumberType::kF16, "f16", "F16", DataType::kF16},
    {NumberType::kInt8, "int8", "I8", DataType::kI8},
};
const TypeNames& NamesOf(NumberType type) {
  return *std::find_if(std::begin(kNames), std::end(kNames),
                       [&](const TypeNames& n) { return n.type == type; });
}

// A tensor of the new file.
struct Output {
  const NamedTensor* source = nullptr;  // null: scales that are computed on the way
  const FolderPlan::Entry* entry = nullptr;  // null: a copy
  const ChosenRows* chosen = nullptr;        // of a table that becomes another
  std::string name;
  std::string dtype;
  std::vector<int64_t> shape;
  uint64_t bytes = 0;
  uint64_t offset = 0;
  bool raw = false;     // copied byte for byte
  bool scaled = false;  // the next one holds its scales
};

std::string JsonText(absl::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      absl::StrAppend(&out, "\\", absl::string_view(&c, 1));
    } else if (static_cast<unsigned char>(c) < 0x20) {
      absl::StrAppend(&out, "\\u", absl::Hex(static_cast<uint8_t>(c), absl::kZeroPad4));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

// Tensors with the best alignment first: as sizes only get less round, each begins at a multiple of the power
// of two that divides its own size (64 at most), and the format's ban on holes does no harm.
void Arrange(std::vector<Output>& outputs) {
  const auto roundness = [](const Output& o) {
    return o.bytes == 0 ? kDataAlignment : std::min(kDataAlignment, o.bytes & (~o.bytes + 1));
  };
  std::vector<size_t> order(outputs.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return roundness(outputs[a]) > roundness(outputs[b]); });
  uint64_t offset = 0;
  for (const size_t i : order) {
    outputs[i].offset = offset;
    offset += outputs[i].bytes;
  }
}

std::string FormatHeader(const std::vector<Output>& outputs, NumberType type, bool panels) {
  std::string json =
      absl::StrCat("{\"__metadata__\":{", panels ? "\"format\":\"longwave\",\"longwave.layout\":\"panel32\"" : "\"format\":\"pt\"",
                   ",\"longwave.weights\":\"", NumberTypeName(type), "\"}");
  for (const Output& o : outputs) {
    absl::StrAppend(&json, ",", JsonText(o.name), ":{\"dtype\":\"", o.dtype, "\",\"shape\":[",
                    absl::StrJoin(o.shape, ","), "],\"data_offsets\":[", o.offset, ",", o.offset + o.bytes,
                    "]}");
  }
  json += "}";
  json.append((kDataAlignment - (8 + json.size()) % kDataAlignment) % kDataAlignment, ' ');
  std::string header(8, '\0');
  for (int i = 0; i < 8; ++i)
    header[static_cast<size_t>(i)] = static_cast<char>(uint64_t{json.size()} >> (8 * i) & 0xFF);
  return header + json;
}

void ReadNumbers(const Tensor& tensor, int64_t first, int64_t numbers, float* out) {
  if (tensor.type == DataType::kF32) {
    std::memcpy(out, tensor.data + 4 * first, static_cast<size_t>(4 * numbers));
    return;
  }
  std::vector<uint16_t> halves(static_cast<size_t>(numbers));  // the file need not align them
  std::memcpy(halves.data(), tensor.data + 2 * first, static_cast<size_t>(2 * numbers));
  if (tensor.type == DataType::kF16) {
    kernels::F16ToF32(halves.data(), numbers, out);
  } else {
    kernels::Bf16ToF32(halves.data(), numbers, out);
  }
}

// Rows [first, first + count) of a matrix, table or vector as f32.   out // [count, width]
void ReadRows(const Tensor& tensor, const FolderPlan::Entry& entry, int64_t first, int64_t count, float* out) {
  const int64_t width = entry.width;
  if (tensor.shape.size() == 4 && entry.form != TensorForm::kFloats) {  // panels
    kernels::PackedMatrix block;
    block.type = tensor.type == DataType::kBf16 ? NumberType::kBf16 : NumberType::kF32;
    block.columns = count;
    block.depth = width;
    block.panels = tensor.data + kernels::PanelBytes(block.type, first, width);
    kernels::UnpackPanels(block, out);
  } else if (entry.form == TensorForm::kPanels && entry.linear.transposed) {
    std::vector<float> across(static_cast<size_t>(count));
    for (int64_t k = 0; k < width; ++k) {
      ReadNumbers(tensor, k * entry.linear.stored_rows() + entry.linear.first + first, count, across.data());
      for (int64_t r = 0; r < count; ++r) out[r * width + k] = across[static_cast<size_t>(r)];
    }
  } else {
    const int64_t above = entry.form == TensorForm::kPanels ? entry.linear.first : 0;
    ReadNumbers(tensor, (above + first) * width, count * width, out);
  }
}

// Writes a table of f32 whose rows are some of the source's.
absl::Status WriteChosen(FileWriter& file, const Output& output, uint64_t begin) {
  const ChosenRows& chosen = *output.chosen;
  const size_t width = static_cast<size_t>(chosen.width);
  const size_t together = std::max<size_t>(1, static_cast<size_t>(kBlockNumbers) / width);
  std::vector<float> numbers(std::min(together, chosen.rows.size()) * width);
  for (size_t first = 0; first < chosen.rows.size(); first += together) {
    const size_t count = std::min(together, chosen.rows.size() - first);
    for (size_t i = 0; i < count; ++i) {
      ReadNumbers(output.source->tensor, chosen.rows[first + i] * chosen.width, chosen.width, numbers.data() + i * width);
    }
    const absl::Status status =
        file.WriteAt(begin + first * width * sizeof(float), numbers.data(), count * width * sizeof(float));
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status CheckRange(NumberType type, const Output& output, const std::vector<float>& x, size_t numbers) {
  const bool need_finite = type == NumberType::kInt8;
  if (!need_finite && type != NumberType::kF16) return absl::OkStatus();
  for (size_t i = 0; i < numbers; ++i) {
    const bool bad = need_finite ? !std::isfinite(x[i]) : std::isfinite(x[i]) && std::fabs(x[i]) >= 65520.0f;
    if (bad) {
      return absl::InvalidArgumentError(absl::StrCat("tensor ", ShownName(output.name), " holds the number ",
                                                     x[i], ", which ", NumberTypeName(type), " cannot hold"));
    }
  }
  return absl::OkStatus();
}

// Writes one tensor block by block; `data_begin` is where the data begin in the file.
absl::Status WriteOne(FileWriter& file, const Output& output, NumberType type,
                      uint64_t data_begin, std::vector<float>& scales) {
  const Tensor& tensor = output.source->tensor;
  const uint64_t begin = data_begin + output.offset;
  if (output.chosen != nullptr) return WriteChosen(file, output, begin);
  if (output.raw) return file.WriteAt(begin, tensor.data, static_cast<size_t>(tensor.bytes));
  const FolderPlan::Entry& entry = *output.entry;
  const NumberType to = entry.form == TensorForm::kFloats ? NumberType::kF32 : type;
  const int64_t step = std::max<int64_t>(32, kBlockNumbers / std::max<int64_t>(1, entry.width) / 32 * 32);
  const int64_t block = std::min(kernels::RoundUp(entry.rows, 32), step);
  std::vector<float> numbers(static_cast<size_t>(block * entry.width));
  std::vector<uint8_t> converted(static_cast<size_t>(
      kernels::PanelBytes(to == NumberType::kF16 ? NumberType::kBf16 : to, block, entry.width)));
  uint64_t written = 0;
  for (int64_t first = 0; first < entry.rows; first += block) {
    const int64_t count = std::min(block, entry.rows - first);
    ReadRows(tensor, entry, first, count, numbers.data());
    const int64_t total = count * entry.width;
    if (absl::Status status = CheckRange(to, output, numbers, static_cast<size_t>(total)); !status.ok())
      return status;
    int64_t bytes = total * kernels::BytesPerNumber(to);
    if (entry.form == TensorForm::kPanels && to == NumberType::kInt8) {
      bytes = kernels::PanelBytes(to, count, entry.width);
      kernels::QuantizePanels(numbers.data(), 0, count, entry.width, converted.data(), scales.data() + first);
    } else if (entry.form == TensorForm::kPanels) {
      bytes = kernels::PanelBytes(to, count, entry.width);
      kernels::PackPanels(to, numbers.data(), 0, count, entry.width, converted.data());
    } else if (to == NumberType::kInt8) {
      for (int64_t r = 0; r < count; ++r) {
        scales[static_cast<size_t>(first + r)] =
            kernels::QuantizeSymmetric(numbers.data() + r * entry.width, entry.width,
                                       reinterpret_cast<int8_t*>(converted.data()) + r * entry.width);
      }
    } else if (to == NumberType::kF16) {
      kernels::F32ToF16(numbers.data(), total, reinterpret_cast<uint16_t*>(converted.data()));
    } else if (to == NumberType::kBf16) {
      kernels::F32ToBf16(numbers.data(), total, reinterpret_cast<uint16_t*>(converted.data()));
    } else {
      std::memcpy(converted.data(), numbers.data(), static_cast<size_t>(bytes));
    }
    if (absl::Status status = file.WriteAt(begin + written, converted.data(), static_cast<size_t>(bytes));
        !status.ok()) {
      return status;
    }
    written += static_cast<uint64_t>(bytes);
  }
  return absl::OkStatus();
}

// Collects the entries; of a tensor that is asked for twice (tied weights) the form that keeps more of it in rows.
class Planner : public SpecVisitor {
 public:
  Planner(const ModelSpec& spec, bool panels) : panels_(panels) {
    words_.insert(spec.word_embedding.name);
    for (const auto& stack : {spec.stack.get(), spec.decoder.get()}) {
      if (stack == nullptr) continue;
      words_.insert(stack->embedding.words.name);
      for (const EmbeddingCluster& cluster : stack->embedding.clusters) words_.insert(cluster.table.name);
    }
  }
  void Matrix(const LinearSpec& linear) override {
    if (panels_) {
      const bool tied = words_.contains(linear.weight.name);
      const std::string name = tied ? absl::StrCat(linear.weight.name, kTiedPanels) : linear.PanelName();
      Add({name, TensorForm::kPanels, linear.outputs, linear.inputs, linear});
    } else if (linear.transposed) {
      Add({linear.weight.name, TensorForm::kRows, linear.inputs, linear.stored_rows(), {}});
    } else {
      Add({linear.weight.name, TensorForm::kRows, linear.stored_rows(), linear.inputs, {}});
    }
    if (linear.bias) Vector(linear.bias, linear.stored_rows());
  }
  void Table(const TensorName& name, int64_t rows, int64_t width) override {
    if (words_.contains(name.name)) {
      Add({name.name, TensorForm::kRows, rows, width, {}});
    } else {
      Vector(name, rows * width);
    }
  }
  void Vector(const TensorName& name, int64_t size) override { Add({name.name, TensorForm::kFloats, 1, size, {}}); }
  void Numbers(const TensorName& name, const std::vector<int64_t>& shape) override {
    int64_t size = 1;
    for (const int64_t length : shape) size *= length;
    Vector(name, size);
  }
  FolderPlan Plan() {
    std::stable_sort(plan_.entries.begin(), plan_.entries.end(), [](const auto& a, const auto& b) {
      return a.name != b.name ? a.name < b.name : a.form > b.form;
    });
    const auto last = std::unique(plan_.entries.begin(), plan_.entries.end(),
                                  [](const auto& a, const auto& b) { return a.name == b.name; });
    plan_.entries.erase(last, plan_.entries.end());
    return std::move(plan_);
  }

 private:
  void Add(FolderPlan::Entry entry) { plan_.entries.push_back(std::move(entry)); }

  const bool panels_;
  std::set<std::string, std::less<>> words_;
  FolderPlan plan_;
};

// Gives the outputs the names that they have in a long form, once or several times, and their tables other rows.
std::vector<Output> Changed(std::vector<Output> outputs, const LongChanges& changes) {
  std::vector<Output> changed;
  for (Output& output : outputs) {
    for (const ChosenRows& table : changes.tables) {
      if (output.name != table.name || output.entry == nullptr || output.entry->form != TensorForm::kFloats) continue;
      output.chosen = &table;
      output.raw = false;
      output.shape = {static_cast<int64_t>(table.rows.size()), table.width};
      output.bytes = static_cast<uint64_t>(output.shape[0] * output.shape[1]) * sizeof(float);
    }
    if (!changes.names) {
      changed.push_back(std::move(output));
      continue;
    }
    for (std::string& name : changes.names(output.name)) {
      changed.push_back(output);
      changed.back().name = std::move(name);
    }
  }
  return changed;
}

// One output for each entry and its scales, and one for each tensor of the source that no entry takes; by name, scales
// behind their owner.
absl::StatusOr<std::vector<Output>> PlanOutputs(const Checkpoint& source, absl::string_view folder, const FolderPlan& plan,
                                                NumberType type, const LongChanges* changes) {
  const std::vector<const NamedTensor*> tensors = source.Tensors(folder);
  const auto find = [&](absl::string_view name) -> const NamedTensor* {
    const auto found = std::lower_bound(tensors.begin(), tensors.end(), name,
                                        [](const NamedTensor* a, absl::string_view b) { return a->name < b; });
    return found != tensors.end() && (*found)->name == name ? *found : nullptr;
  };
  std::set<absl::string_view> taken;
  std::vector<Output> outputs;
  for (const FolderPlan::Entry& entry : plan.entries) {
    Output output;
    output.entry = &entry;
    output.name = entry.name;
    output.source = find(entry.name);
    if (output.source == nullptr && entry.form == TensorForm::kPanels) output.source = find(entry.linear.weight.name);
    if (output.source == nullptr) {
      // Open found every tensor of the spec, so this one lies there in parts.
      return absl::UnimplementedError(absl::StrCat("tensor ", ShownName(entry.name), " is packed in parts; convert the "
                                                   "original model instead"));
    }
    const NamedTensor& tensor = *output.source;
    taken.insert(tensor.name);
    const NumberType to = entry.form == TensorForm::kFloats ? NumberType::kF32 : type;
    output.scaled = to == NumberType::kInt8;
    if (tensor.tensor.type == DataType::kI8 && !output.scaled) {
      return absl::UnimplementedError(absl::StrCat("tensor ", ShownName(tensor.name), " is int8 already; convert the "
                                                   "original model to ", NumberTypeName(to), " instead"));
    }
    output.shape = entry.form == TensorForm::kPanels
                       ? PanelShape(NamesOf(type).data_type, entry.rows, entry.width)
                       : std::vector<int64_t>{entry.rows, entry.width};
    output.raw = tensor.tensor.type == NamesOf(to).data_type &&
                 (output.shape == tensor.tensor.shape || entry.form == TensorForm::kFloats);
    // Rows may be the last two of three dimensions (XLNet's projections); the file keeps what it had.
    const std::vector<int64_t>& stored = tensor.tensor.shape;
    const bool as_stored = entry.form == TensorForm::kRows && stored.size() == 3 &&
                           stored[0] * stored[1] * stored[2] == entry.rows * entry.width;
    if (entry.form == TensorForm::kFloats || as_stored) output.shape = tensor.tensor.shape;
    if (entry.form == TensorForm::kPanels) {
      output.bytes = static_cast<uint64_t>(kernels::PanelBytes(type, entry.rows, entry.width));
    } else {
      output.bytes = static_cast<uint64_t>(entry.rows * entry.width * kernels::BytesPerNumber(to));
    }
    output.dtype = std::string(NamesOf(to).dtype);
    outputs.push_back(std::move(output));
  }
  for (const NamedTensor* tensor : tensors) {
    absl::string_view owner = tensor->name;
    const bool scales = absl::ConsumeSuffix(&owner, ".scale") && taken.contains(owner);  // come with their owner
    if (scales || taken.contains(tensor->name)) continue;
    Output copy;
    copy.source = tensor;
    copy.name = tensor->name;
    copy.dtype = std::string(tensor->type_name);
    copy.shape = tensor->tensor.shape;
    copy.bytes = static_cast<uint64_t>(tensor->tensor.bytes);
    copy.raw = true;
    outputs.push_back(std::move(copy));
  }
  if (changes != nullptr && folder.empty()) outputs = Changed(std::move(outputs), *changes);
  std::sort(outputs.begin(), outputs.end(), [](const Output& a, const Output& b) { return a.name < b.name; });
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (!outputs[i].scaled) continue;
    Output scale;
    scale.name = absl::StrCat(outputs[i].name, ".scale");
    scale.dtype = "F32";
    scale.shape = {outputs[i].entry->rows};
    scale.bytes = static_cast<uint64_t>(4 * outputs[i].entry->rows);
    outputs.insert(outputs.begin() + static_cast<ptrdiff_t>(i) + 1, std::move(scale));
  }
  return outputs;
}

}  // namespace

bool Panels(NumberType type, bool packed) {
  return type == NumberType::kInt8 || (packed && type != NumberType::kF16);
}

absl::string_view NumberTypeName(NumberType type) { return NamesOf(type).option; }

FolderPlan PlanFolder(const ModelSpec& spec, absl::string_view folder, NumberType type, bool packed) {
  Planner planner(spec, Panels(type, packed));
  if (folder.empty()) VisitTensors(spec, planner);
  for (const DenseModuleSpec& dense : spec.sentence.dense) {
    if (dense.folder == folder) planner.Matrix(dense.linear);
  }
  return planner.Plan();
}

absl::StatusOr<uint32_t> WriteTensors(const Checkpoint& source, absl::string_view folder, NumberType type, bool packed,
                                      const LongChanges* changes, const std::string& path) {
  const FolderPlan plan = PlanFolder(source.spec(), folder, type, packed);
  absl::StatusOr<std::vector<Output>> planned = PlanOutputs(source, folder, plan, type, changes);
  if (!planned.ok()) return planned.status();
  std::vector<Output>& outputs = *planned;
  Arrange(outputs);

  const std::string header = FormatHeader(outputs, type, Panels(type, packed));
  auto file = FileWriter::Create(path);
  if (!file.ok()) return file.status();
  absl::Status status = (*file)->WriteAt(0, header.data(), header.size());
  for (size_t i = 0; i < outputs.size(); ++i) {
    const Output& output = outputs[i];
    if (!status.ok()) return status;
    if (output.source == nullptr) continue;
    std::vector<float> scales(output.scaled ? static_cast<size_t>(output.entry->rows) : 0);
    status = WriteOne(**file, output, type, header.size(), scales);
    source.Release(output.source->tensor.data, output.source->tensor.bytes);
    if (!status.ok() || !output.scaled) continue;
    if (output.raw) {
      const Tensor* old = source.Find(folder, absl::StrCat(output.source->name, ".scale"));
      std::memcpy(scales.data(), old->data, scales.size() * sizeof(float));  // its shape was checked by Open
    }
    status = (*file)->WriteAt(header.size() + outputs[i + 1].offset, scales.data(),
                              static_cast<size_t>(outputs[i + 1].bytes));
  }
  if (status.ok()) status = (*file)->Close();
  if (!status.ok()) return status;
  return static_cast<uint32_t>(absl::ComputeCrc32c(header));
}

}  // namespace lwave::model
