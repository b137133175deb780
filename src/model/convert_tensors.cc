// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// See convert_tensors.h.

#include "model/convert_tensors.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
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

// A tensor of the new file. `scales` is the index of its scale tensor, or -1.
struct Output {
  const NamedTensor* source = nullptr;  // null: scales that are computed on the way
  const FolderPlan::Entry* entry = nullptr;
  std::string name;
  std::string dtype;
  std::vector<int64_t> shape;
  uint64_t bytes = 0;
  uint64_t offset = 0;
  bool raw = false;  // copied byte for byte
  int64_t scales = -1;
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

const FolderPlan::Entry* FindEntry(const FolderPlan& plan, absl::string_view name) {
  const auto found =
      std::lower_bound(plan.entries.begin(), plan.entries.end(), name,
                       [](const FolderPlan::Entry& e, absl::string_view n) { return e.name < n; });
  return found != plan.entries.end() && found->name == name ? &*found : nullptr;
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

std::string FormatHeader(const std::vector<Output>& outputs, NumberType type) {
  std::string json =
      absl::StrCat("{\"__metadata__\":{\"format\":\"longwave\",\"longwave.layout\":\"panel32\",",
                   "\"longwave.weights\":\"", NumberTypeName(type), "\"}");
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

// Rows [first, first + count) of a matrix, table or vector as f32.   out // [count, width]
void ReadRows(const Tensor& tensor, bool panels, int64_t width, int64_t first, int64_t count, float* out) {
  const int64_t numbers = count * width;
  if (panels) {
    kernels::PackedMatrix block;
    block.type = tensor.type == DataType::kBf16 ? NumberType::kBf16 : NumberType::kF32;
    block.columns = count;
    block.depth = width;
    block.panels = tensor.data + kernels::PanelBytes(block.type, first, width);
    kernels::UnpackPanels(block, out);
  } else if (tensor.type == DataType::kF32) {
    std::memcpy(out, tensor.data + 4 * first * width, static_cast<size_t>(4 * numbers));
  } else {
    std::vector<uint16_t> halves(static_cast<size_t>(numbers));  // the file need not align them
    std::memcpy(halves.data(), tensor.data + 2 * first * width, static_cast<size_t>(2 * numbers));
    if (tensor.type == DataType::kF16) {
      kernels::F16ToF32(halves.data(), numbers, out);
    } else {
      kernels::Bf16ToF32(halves.data(), numbers, out);
    }
  }
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
absl::Status WriteOne(FileWriter& file, const Output& output, bool source_panels, NumberType type,
                      uint64_t data_begin, std::vector<float>& scales) {
  const Tensor& tensor = output.source->tensor;
  const uint64_t begin = data_begin + output.offset;
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
    ReadRows(tensor, source_panels, entry.width, first, count, numbers.data());
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

}  // namespace

absl::string_view NumberTypeName(NumberType type) { return NamesOf(type).option; }

FolderPlan PlanFolder(const ModelSpec& spec, absl::string_view folder, NumberType type) {
  FolderPlan plan;
  const auto add = [&](const TensorName& name, TensorForm form, int64_t rows, int64_t width) {
    if (name) plan.entries.push_back({name.name, form, rows, width});
  };
  const auto matrix = [&](const LinearSpec& linear) {
    // f16 is no type of products: such matrices stay rows and become f32 panels when the model is loaded.
    add(linear.weight, type == NumberType::kF16 ? TensorForm::kRows : TensorForm::kPanels, linear.outputs,
        linear.inputs);
    add(linear.bias, TensorForm::kFloats, 1, linear.outputs);
  };
  const auto norm = [&](const NormSpec& n) {
    add(n.gain, TensorForm::kFloats, 1, spec.hidden);
    add(n.bias, TensorForm::kFloats, 1, spec.hidden);
  };
  if (folder.empty()) {
    add(spec.word_embedding, TensorForm::kRows, spec.vocabulary, spec.hidden);
    add(spec.position_embedding, TensorForm::kFloats, spec.positions.table_rows, spec.hidden);
    add(spec.type_embedding, TensorForm::kFloats, spec.token_types, spec.hidden);
    norm(spec.embedding_norm);
    for (const LayerSpec& layer : spec.layers) {
      for (const LinearSpec* linear : {&layer.query, &layer.key, &layer.value, &layer.attention_output,
                                       &layer.mlp_up, &layer.mlp_down}) {
        matrix(*linear);
      }
      norm(layer.attention_norm);
      norm(layer.mlp_norm);
    }
    norm(spec.final_norm);
    matrix(spec.pooler);
  }
  for (const DenseModuleSpec& dense : spec.sentence.dense) {
    if (dense.folder == folder) matrix(dense.linear);
  }
  std::sort(plan.entries.begin(), plan.entries.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return plan;
}

absl::StatusOr<uint32_t> WriteTensors(const Checkpoint& source, absl::string_view folder, NumberType type,
                                      const std::string& path) {
  const FolderPlan plan = PlanFolder(source.spec(), folder, type);
  const TypeNames& names = NamesOf(type);
  std::vector<Output> outputs;
  for (const NamedTensor* tensor : source.Tensors(folder)) {
    absl::string_view owner = tensor->name;
    if (absl::ConsumeSuffix(&owner, ".scale") && FindEntry(plan, owner) != nullptr)
      continue;  // comes with its owner
    Output output;
    output.source = tensor;
    output.entry = FindEntry(plan, tensor->name);
    output.name = tensor->name;
    output.dtype = std::string(tensor->type_name);
    output.shape = tensor->tensor.shape;
    output.bytes = static_cast<uint64_t>(tensor->tensor.bytes);
    const DataType from = tensor->tensor.type;
    if (output.entry == nullptr) {
      output.raw = true;
      outputs.push_back(std::move(output));
      continue;
    }
    const FolderPlan::Entry& entry = *output.entry;
    const NumberType to = entry.form == TensorForm::kFloats ? NumberType::kF32 : type;
    if (from == DataType::kI8 && to != NumberType::kInt8) {
      return absl::UnimplementedError(absl::StrCat("tensor ", ShownName(tensor->name),
                                                   " is int8 already; convert the "
                                                   "original model to ",
                                                   NumberTypeName(to), " instead"));
    }
    const std::vector<int64_t> shape = entry.form == TensorForm::kPanels
                                           ? PanelShape(names.data_type, entry.rows, entry.width)
                                           : std::vector<int64_t>{entry.rows, entry.width};
    output.raw =
        from == NamesOf(to).data_type && (output.shape == shape || entry.form == TensorForm::kFloats);
    if (entry.form == TensorForm::kPanels) {
      output.bytes = static_cast<uint64_t>(kernels::PanelBytes(type, entry.rows, entry.width));
    } else {
      output.bytes = static_cast<uint64_t>(entry.rows * entry.width * kernels::BytesPerNumber(to));
    }
    if (entry.form != TensorForm::kFloats) output.shape = shape;
    output.dtype = std::string(NamesOf(to).dtype);
    const bool scaled = to == NumberType::kInt8;
    if (scaled) output.scales = static_cast<int64_t>(outputs.size()) + 1;
    outputs.push_back(std::move(output));
    if (!scaled) continue;
    Output scale;
    scale.entry = &entry;
    scale.name = absl::StrCat(tensor->name, ".scale");
    scale.dtype = "F32";
    scale.shape = {entry.rows};
    scale.bytes = static_cast<uint64_t>(4 * entry.rows);
    outputs.push_back(std::move(scale));
  }
  Arrange(outputs);

  const std::string header = FormatHeader(outputs, type);
  auto file = FileWriter::Create(path);
  if (!file.ok()) return file.status();
  absl::Status status = (*file)->WriteAt(0, header.data(), header.size());
  for (const Output& output : outputs) {
    if (!status.ok()) return status;
    if (output.source == nullptr) continue;
    std::vector<float> scales(output.scales < 0 ? 0 : static_cast<size_t>(output.entry->rows));
    const bool panels = output.entry != nullptr && output.source->tensor.shape.size() == 4;
    status = WriteOne(**file, output, panels, type, header.size(), scales);
    if (!status.ok() || output.scales < 0) continue;
    if (output.raw) {
      const Tensor* old = source.Find(folder, absl::StrCat(output.name, ".scale"));
      std::memcpy(scales.data(), old->data, scales.size() * sizeof(float));  // its shape was checked by Open
    }
    const Output& scale = outputs[static_cast<size_t>(output.scales)];
    status = (*file)->WriteAt(header.size() + scale.offset, scales.data(), static_cast<size_t>(scale.bytes));
  }
  if (status.ok()) status = (*file)->Close();
  if (!status.ok()) return status;
  return static_cast<uint32_t>(absl::ComputeCrc32c(header));
}

}  // namespace lwave::model
