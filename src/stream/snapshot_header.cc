// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Writing and checking headers.

#include "stream/snapshot_header.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "memory/snapshot.h"
#include "nlohmann/json.hpp"

namespace lwave::stream {
namespace {

using Json = nlohmann::ordered_json;

std::string Hex(uint64_t value) { return absl::StrFormat("%016x", value); }

// Text that came from a file, safe to show.
std::string Shown(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

Json Parse(absl::string_view text) {
  return Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
}

}  // namespace

std::string SnapshotHeader(const Model& model, const model::Reading& reading, const SnapshotFacts& facts) {
  const model::ModelSpec& spec = model.spec();
  Json json;
  json["kind"] = facts.kind;
  json["mechanism"] = reading.windowed() ? "sink_window" : "full";
  json["model"] = model.name();
  json["fingerprint"] = Hex(model.fingerprint());
  json["family"] = spec.family;
  json["dimensions"] = {{"layers", spec.layers.size()}, {"hidden", spec.hidden},         {"heads", spec.heads},
                        {"head_dim", spec.head_dim},    {"vocabulary", spec.vocabulary}};
  json["options"] = Json::parse(reading.ToJson());
  json["bytes_taken"] = facts.bytes_taken;
  json["tokens"] = facts.tokens;
  json["passages"] = facts.passages;
  json["emitted_bytes"] = facts.emitted_bytes;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

absl::StatusOr<model::ReadingOptions> CheckSnapshotHeader(absl::string_view header, const Model& model,
                                                          absl::string_view kind) {
  const Json json = Parse(header);
  if (!json.is_object() || !json.contains("kind") || !json.contains("fingerprint") || !json.contains("options") ||
      !json.contains("model")) {
    return absl::DataLossError("snapshot: the header is malformed");
  }
  if (Shown(json["kind"]) != kind) {
    return absl::AbortedError(absl::StrCat("snapshot: of a ", Shown(json["kind"]), ", not of a ", kind));
  }
  if (Shown(json["fingerprint"]) != Hex(model.fingerprint())) {
    return absl::AbortedError(absl::StrCat("snapshot: made with the model ", Shown(json["model"]), ", not with ",
                                           model.name()));
  }
  return model::Reading::OptionsFromJson(json["options"].dump());
}

absl::StatusOr<std::string> DescribeSnapshot(absl::Span<const uint8_t> data) {
  absl::StatusOr<memory::SnapshotReader> reader = memory::SnapshotReader::Parse(data);
  if (!reader.ok()) return reader.status();
  Json json = Parse(reader->header());
  if (!json.is_object()) return absl::DataLossError("snapshot: the header is malformed");
  json["bytes"] = data.size();
  json["sections"] = Json::parse(reader->DescribeSections());
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace lwave::stream
