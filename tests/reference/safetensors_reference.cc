// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Reader and writer of safetensors files for test data. See the header.

#include "safetensors_reference.h"

#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <utility>

#include <nlohmann/json.hpp>

namespace lwave::reference {
namespace {

// The i-th value of a row of raw values, wherever it is aligned.
template <typename Number>
Number Load(const std::vector<uint8_t>& bytes, int64_t i) {
  Number value;
  std::memcpy(&value, bytes.data() + i * static_cast<int64_t>(sizeof(Number)), sizeof(Number));
  return value;
}

int64_t BytesOf(const std::string& dtype) {
  if (dtype == "F64" || dtype == "I64") return 8;
  if (dtype == "F32" || dtype == "I32") return 4;
  if (dtype == "F16" || dtype == "BF16") return 2;
  if (dtype == "I8" || dtype == "U8" || dtype == "BOOL") return 1;
  throw std::runtime_error("safetensors: type " + dtype + " is not known to the tests");
}

template <typename Number, typename Value>
StoredTensor Store(const char* dtype, std::vector<int64_t> shape, const std::vector<Value>& values) {
  StoredTensor tensor;
  tensor.dtype = dtype;
  tensor.shape = std::move(shape);
  if (tensor.size() != static_cast<int64_t>(values.size())) {
    throw std::runtime_error("safetensors: a shape does not fit its number of values");
  }
  tensor.bytes.resize(values.size() * sizeof(Number));
  for (size_t i = 0; i < values.size(); ++i) {
    const Number number = static_cast<Number>(values[i]);
    std::memcpy(tensor.bytes.data() + i * sizeof(Number), &number, sizeof(Number));
  }
  return tensor;
}

}  // namespace

double HalfToDouble(uint16_t bits) {
  const double sign = (bits & 0x8000) != 0 ? -1.0 : 1.0;
  const int exponent = (bits >> 10) & 31;
  const int fraction = bits & 1023;
  if (exponent == 31) {
    if (fraction != 0) return std::numeric_limits<double>::quiet_NaN();
    return sign * std::numeric_limits<double>::infinity();
  }
  if (exponent == 0) return sign * std::ldexp(fraction, -24);  // subnormal
  return sign * std::ldexp(1024 + fraction, exponent - 25);
}

double Bfloat16ToDouble(uint16_t bits) {
  const uint32_t wide = static_cast<uint32_t>(bits) << 16;
  float value;
  std::memcpy(&value, &wide, sizeof(value));
  return value;
}

int64_t StoredTensor::size() const {
  int64_t product = 1;
  for (const int64_t side : shape) product *= side;
  return product;
}

std::vector<double> StoredTensor::Doubles() const {
  const int64_t count = size();
  std::vector<double> values(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) {
    double& value = values[static_cast<size_t>(i)];
    if (dtype == "F64")
      value = Load<double>(bytes, i);
    else if (dtype == "F32")
      value = Load<float>(bytes, i);
    else if (dtype == "F16")
      value = HalfToDouble(Load<uint16_t>(bytes, i));
    else if (dtype == "BF16")
      value = Bfloat16ToDouble(Load<uint16_t>(bytes, i));
    else if (dtype == "I64")
      value = static_cast<double>(Load<int64_t>(bytes, i));
    else if (dtype == "I32")
      value = Load<int32_t>(bytes, i);
    else if (dtype == "I8")
      value = Load<int8_t>(bytes, i);
    else
      value = Load<uint8_t>(bytes, i);
  }
  return values;
}

std::vector<float> StoredTensor::Floats() const {
  const std::vector<double> wide = Doubles();
  std::vector<float> values(wide.size());
  for (size_t i = 0; i < wide.size(); ++i) values[i] = static_cast<float>(wide[i]);
  return values;
}

std::vector<int64_t> StoredTensor::Integers() const {
  const int64_t count = size();
  std::vector<int64_t> values(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) {
    int64_t& value = values[static_cast<size_t>(i)];
    if (dtype == "I64")
      value = Load<int64_t>(bytes, i);
    else if (dtype == "I32")
      value = Load<int32_t>(bytes, i);
    else if (dtype == "I8")
      value = Load<int8_t>(bytes, i);
    else
      value = Load<uint8_t>(bytes, i);
  }
  return values;
}

const StoredTensor& StoredFile::At(const std::string& name) const {
  const auto found = tensors.find(name);
  if (found == tensors.end()) throw std::runtime_error("safetensors: no tensor " + name);
  return found->second;
}

std::string ReadWholeFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(path + ": cannot be opened");
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

StoredFile ReadSafetensors(const std::string& path) {
  const std::string raw = ReadWholeFile(path);
  uint64_t header_bytes = 0;
  if (raw.size() < sizeof(header_bytes)) throw std::runtime_error(path + ": shorter than 8 bytes");
  std::memcpy(&header_bytes, raw.data(), sizeof(header_bytes));
  if (header_bytes > raw.size() - 8) throw std::runtime_error(path + ": the header is longer than the file");
  const nlohmann::json header = nlohmann::json::parse(raw.substr(8, header_bytes));
  StoredFile file;
  for (const auto& [name, entry] : header.items()) {
    if (name == "__metadata__") {
      for (const auto& [key, value] : entry.items()) file.metadata[key] = value.get<std::string>();
      continue;
    }
    StoredTensor tensor;
    tensor.dtype = entry.at("dtype").get<std::string>();
    tensor.shape = entry.at("shape").get<std::vector<int64_t>>();
    const uint64_t begin = entry.at("data_offsets").at(0).get<uint64_t>();
    const uint64_t end = entry.at("data_offsets").at(1).get<uint64_t>();
    if (begin > end || end > raw.size() - 8 - header_bytes ||
        static_cast<int64_t>(end - begin) != tensor.size() * BytesOf(tensor.dtype)) {
      throw std::runtime_error(path + ": " + name + " has wrong offsets");
    }
    const char* data = raw.data() + 8 + header_bytes;
    tensor.bytes.assign(data + begin, data + end);
    file.tensors[name] = std::move(tensor);
  }
  return file;
}

void WriteSafetensors(const std::string& path, const StoredFile& file) {
  nlohmann::json header = nlohmann::json::object();
  if (!file.metadata.empty()) header["__metadata__"] = file.metadata;
  std::string data;
  // Wide types first, so that every tensor stays aligned to its own type.
  for (const int64_t width : {8, 4, 2, 1}) {
    for (const auto& [name, tensor] : file.tensors) {
      if (BytesOf(tensor.dtype) != width) continue;
      const size_t begin = data.size();
      data.append(tensor.bytes.begin(), tensor.bytes.end());
      header[name] = {
          {"dtype", tensor.dtype}, {"shape", tensor.shape}, {"data_offsets", {begin, data.size()}}};
    }
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');
  const uint64_t header_bytes = text.size();
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(&header_bytes), sizeof(header_bytes));
  out << text << data;
  out.close();
  if (!out) throw std::runtime_error(path + ": cannot be written");
}

StoredTensor StoreF32(std::vector<int64_t> shape, const std::vector<double>& values) {
  return Store<float>("F32", std::move(shape), values);
}

StoredTensor StoreI64(std::vector<int64_t> shape, const std::vector<int64_t>& values) {
  return Store<int64_t>("I64", std::move(shape), values);
}

}  // namespace lwave::reference
