// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Writing and checking headers.

#include "stream/snapshot_header.h"

#include "absl/strings/str_cat.h"
#include "base/json_text.h"
#include "memory/snapshot.h"
#include "model/json.h"

namespace lwave::stream {
namespace {

using model::JsonValue;

std::string Hex(uint64_t value) { return absl::StrCat(absl::Hex(value, absl::kZeroPad16)); }

absl::Status Malformed() { return absl::DataLossError("snapshot: the header is malformed"); }

absl::StatusOr<JsonValue> ParseHeader(absl::string_view text) {
  absl::StatusOr<JsonValue> json = model::ParseJson(text, "snapshot: the header");
  if (!json.ok()) return json.status();
  if (!json->is_object()) return Malformed();
  return json;
}

// Text that came from a file, safe to show.
std::string Shown(const JsonValue& value) { return value.is_string() ? value.string : value.Shown(); }

}  // namespace

std::string SnapshotHeader(const Model& model, const model::Reading& reading, const SnapshotFacts& facts) {
  const model::ModelSpec& spec = model.spec();
  JsonText dimensions;
  dimensions.Add("layers", spec.layer_count()).Add("hidden", spec.hidden).Add("heads", spec.heads);
  dimensions.Add("head_dim", spec.head_dim).Add("vocabulary", spec.vocabulary);
  JsonText json;
  json.Add("kind", facts.kind);
  json.Add("mechanism", reading.windowed() ? "sink_window" : "full");
  json.Add("model", model.name());
  json.Add("fingerprint", Hex(model.fingerprint()));
  json.Add("family", spec.family);
  json.AddJson("dimensions", dimensions.Text());
  json.AddJson("options", reading.ToJson());
  json.Add("bytes_taken", facts.bytes_taken).Add("tokens", facts.tokens);
  json.Add("passages", facts.passages).Add("emitted_bytes", facts.emitted_bytes);
  return json.Text();
}

absl::StatusOr<model::ReadingOptions> CheckSnapshotHeader(absl::string_view header, const Model& model,
                                                          absl::string_view kind) {
  absl::StatusOr<JsonValue> json = ParseHeader(header);
  if (!json.ok()) return json.status();
  if (absl::Status status = CheckKindAndModel(*json, model, kind); !status.ok()) return status;
  const JsonValue* options = json->Find("options");
  if (options == nullptr) return Malformed();
  return model::Reading::OptionsFromJson(*options);
}

std::string FingerprintText(const Model& model) { return Hex(model.fingerprint()); }

absl::Status CheckKindAndModel(const JsonValue& header, const Model& model, absl::string_view kind) {
  const JsonValue* found = header.Find("kind");
  const JsonValue* name = header.Find("model");
  const JsonValue* fingerprint = header.Find("fingerprint");
  if (found == nullptr || name == nullptr || fingerprint == nullptr) return Malformed();
  if (Shown(*found) != kind) {
    return absl::AbortedError(absl::StrCat("snapshot: of a ", Shown(*found), ", not of a ", kind));
  }
  if (Shown(*fingerprint) != Hex(model.fingerprint())) {
    return absl::AbortedError(
        absl::StrCat("snapshot: made with the model ", Shown(*name), ", not with ", model.name()));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> DescribeSnapshot(absl::Span<const uint8_t> data) {
  absl::StatusOr<memory::SnapshotReader> reader = memory::SnapshotReader::Parse(data);
  if (!reader.ok()) return reader.status();
  absl::StatusOr<JsonValue> json = ParseHeader(reader->header());
  if (!json.ok()) return json.status();
  // The header as it was written, with two more members.
  if (json->members.empty() || json->Find("bytes") != nullptr || json->Find("sections") != nullptr) return Malformed();
  absl::string_view members = reader->header();
  members.remove_suffix(members.size() - members.rfind('}'));
  return absl::StrCat(members, ",\"bytes\":", data.size(), ",\"sections\":", reader->DescribeSections(), "}");
}

}  // namespace lwave::stream
