// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// See long_reading.h.

#include "model/long_reading.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/files.h"
#include "model/config.h"
#include "model/json.h"

namespace lwave::model {
namespace {

constexpr size_t kMaxFileBytes = size_t{1} << 20;
constexpr int64_t kMaxWindow = int64_t{1} << 20;
constexpr int64_t kMaxPassageTokens = int64_t{1} << 20;

// A number for all layers, or a list with one number a layer.
std::vector<int64_t> ReadWidths(const JsonValue& object, ConfigReader& reader, absl::string_view key,
                                size_t layers) {
  const JsonValue* value = object.Find(key);
  const std::string expected = absl::StrCat("a whole number from 0 to ", kMaxWindow,
                                            " or a list with one for each of ", layers, " layers");
  std::vector<int64_t> widths;
  if (value != nullptr && value->is_integer()) {
    widths.assign(layers, value->integer);
  } else if (value != nullptr && value->is_array() && value->items.size() == layers) {
    for (const JsonValue& item : value->items) widths.push_back(item.is_integer() ? item.integer : -1);
  }
  const bool good =
      std::all_of(widths.begin(), widths.end(), [](int64_t w) { return w >= 0 && w <= kMaxWindow; });
  if (widths.empty() || !good) reader.Wrong(key, expected);
  return widths;
}

absl::StatusOr<LongReading> ReadReading(const JsonValue& object, const std::string& file, size_t layers) {
  ConfigReader reader(object, file);
  reader.AllowOnly({"left", "right", "sinks", "positions", "full_up_to", "passage_tokens"});
  LongReading reading;
  reading.left = ReadWidths(object, reader, "left", layers);
  reading.right = ReadWidths(object, reader, "right", layers);
  reading.sinks = reader.Integer("sinks", std::nullopt, 0, kMaxWindow);
  reading.full_up_to = reader.Integer("full_up_to", std::nullopt, 0, int64_t{1} << 24);
  reading.passage_tokens = reader.Integer("passage_tokens", 254, 1, kMaxPassageTokens);
  const JsonValue* positions = reader.Object("positions");
  if (positions == nullptr) {
    reader.Wrong("positions", "an object");
    return reader.status();
  }
  if (!reader.status().ok()) return reader.status();
  ConfigReader tiled(*positions, file);
  tiled.AllowOnly({"kind", "tile"});
  const std::string kind = tiled.String("kind", std::nullopt);
  if (tiled.status().ok() && kind != "tiled") {
    tiled.Unsupported(
        absl::StrCat("positions of kind ", ShownName(kind), " are not supported, only \"tiled\""));
  }
  reading.tile = tiled.Integer("tile", std::nullopt, 1, int64_t{1} << 24);
  if (!tiled.status().ok()) return tiled.status();
  return reading;
}

std::string FormatWidths(const std::vector<int64_t>& widths) {
  if (std::all_of(widths.begin(), widths.end(), [&](int64_t w) { return w == widths[0]; })) {
    return absl::StrCat(widths[0]);
  }
  return absl::StrCat("[", absl::StrJoin(widths, ","), "]");
}

}  // namespace

absl::StatusOr<LongwaveFile> ReadLongwaveFile(const Folder& folder, const ModelSpec& spec) {
  LongwaveFile result;
  constexpr absl::string_view kName = "longwave.json";
  if (!folder.Holds(kName)) return result;
  const std::string file = folder.Shown(kName);
  absl::StatusOr<JsonValue> root = ReadJsonFile(folder, kName, kMaxFileBytes);
  if (!root.ok()) return root.status();
  ConfigReader reader(*root, file);
  const int64_t format = reader.Integer("format", std::nullopt, 1, INT64_MAX);
  if (!reader.status().ok()) return reader.status();
  if (format != 1) {
    reader.Unsupported(absl::StrCat("format ", format, " is newer than this Longwave, which knows 1"));
    return reader.status();
  }
  reader.AllowOnly({"format", "long", "header_crc32c"});
  if (reader.Has("header_crc32c")) {
    result.header_crc32c =
        static_cast<uint32_t>(reader.Integer("header_crc32c", std::nullopt, 0, UINT32_MAX));
  }
  const JsonValue* object = reader.Object("long");
  if (!reader.status().ok()) return reader.status();
  if (object == nullptr) return result;
  absl::StatusOr<LongReading> reading = ReadReading(*object, file, spec.layers.size());
  if (!reading.ok()) return reading.status();
  // Whether the model's pooling allows a window matters to those who read through it; others may open it.
  if (absl::Status status = ValidateLongReading(spec, *reading); !status.ok()) {
    return absl::DataLossError(absl::StrCat(file, ": ", status.message()));
  }
  result.long_reading = std::move(*reading);
  return result;
}

std::string FormatLongwaveFile(const LongwaveFile& file) {
  std::string text = "{\"format\":1";
  if (file.long_reading.has_value()) {
    const LongReading& r = *file.long_reading;
    absl::StrAppend(&text, ",\"long\":{\"left\":", FormatWidths(r.left), ",\"right\":", FormatWidths(r.right),
                    ",\"sinks\":", r.sinks, ",\"positions\":{\"kind\":\"tiled\",\"tile\":", r.tile,
                    "},\"full_up_to\":", r.full_up_to, ",\"passage_tokens\":", r.passage_tokens, "}");
  }
  if (file.header_crc32c.has_value()) absl::StrAppend(&text, ",\"header_crc32c\":", *file.header_crc32c);
  return text + "}\n";
}

void SpreadOverLayers(const ModelSpec& spec, LongReading& reading) {
  for (std::vector<int64_t>* widths : {&reading.left, &reading.right}) {
    if (widths->size() == 1) widths->assign(spec.layers.size(), (*widths)[0]);
  }
}

absl::Status CheckWindowPooling(const ModelSpec& spec) {
  if (spec.sentence.pooling == Pooling::kMean) return absl::OkStatus();
  return absl::UnimplementedError(
      "long = window needs a model that pools by the mean of its rows; long = alone reads this one");
}

absl::Status ValidateLongReading(const ModelSpec& spec, const LongReading& reading) {
  const auto wrong = [](absl::string_view field, absl::string_view expected, int64_t got) {
    return absl::InvalidArgumentError(absl::StrCat(field, " must be ", expected, ", got ", got));
  };
  struct Widths {
    absl::string_view field;
    const std::vector<int64_t>& values;
  };
  for (const Widths& widths : {Widths{"left", reading.left}, Widths{"right", reading.right}}) {
    if (widths.values.size() != spec.layers.size()) {
      return wrong(widths.field, absl::StrCat("one number for each of ", spec.layers.size(), " layers"),
                   static_cast<int64_t>(widths.values.size()));
    }
    for (const int64_t width : widths.values) {
      if (width < 0 || width > kMaxWindow)
        return wrong(widths.field, absl::StrCat("0 to ", kMaxWindow), width);
    }
  }
  const int64_t usable = spec.positions.usable();
  if (reading.tile < 1 || reading.tile > usable) {
    return wrong("positions.tile", absl::StrCat("1 to the model's ", usable, " usable positions"),
                 reading.tile);
  }
  if (reading.sinks < 0 || reading.sinks >= reading.tile) {
    return wrong("sinks", absl::StrCat("0 to ", reading.tile - 1, " (less than the tile)"), reading.sinks);
  }
  if (reading.full_up_to < 0 || reading.full_up_to > usable) {
    return wrong("full_up_to", absl::StrCat("0 to the model's ", usable, " usable positions"),
                 reading.full_up_to);
  }
  if (reading.passage_tokens < 1 || reading.passage_tokens > kMaxPassageTokens) {
    return wrong("passage_tokens", absl::StrCat("1 to ", kMaxPassageTokens), reading.passage_tokens);
  }
  return absl::OkStatus();
}

}  // namespace lwave::model
