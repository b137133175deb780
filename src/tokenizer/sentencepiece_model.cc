// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Wire format: a field is a varint (number << 3 | type) and its value; type 0 is a varint, 1 eight bytes, 2 a
// length and so many bytes, 5 four bytes. Groups (3, 4) do not occur.

#include "tokenizer/sentencepiece_model.h"

#include <bit>
#include <cmath>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "tokenizer/unicode.h"
#include "tokenizer/vocabulary.h"

namespace lwave::tokenizer {
namespace {

struct Field {
  enum Type : uint32_t { kVarint = 0, kEight = 1, kBytes = 2, kFour = 5 };
  uint32_t number = 0;
  uint32_t type = 0;
  uint64_t value = 0;       // kVarint, kEight, kFour
  absl::string_view bytes;  // kBytes
};

// Takes fields off the front of a message.
class FieldReader {
 public:
  FieldReader(absl::string_view message, absl::string_view contents) : rest_(message), contents_(contents) {}

  bool done() const { return rest_.empty(); }
  // Where the reader stands in the file.
  size_t offset() const { return static_cast<size_t>(rest_.data() - contents_.data()); }

  // False when the bytes are no field; *what then says why.
  bool Next(Field* field, absl::string_view* what) {
    uint64_t key = 0;
    if (!Varint(&key) || key >> 3 == 0 || key >> 3 > 0x1FFFFFFF) {
      *what = "no field begins here";
      return false;
    }
    field->number = static_cast<uint32_t>(key >> 3);
    field->type = static_cast<uint32_t>(key & 7);
    *what = "a value runs past the end";
    switch (field->type) {
      case Field::kVarint:
        return Varint(&field->value);
      case Field::kEight:
        return Fixed(8, &field->value);
      case Field::kFour:
        return Fixed(4, &field->value);
      case Field::kBytes: {
        uint64_t length = 0;
        if (!Varint(&length) || length > rest_.size()) return false;
        field->bytes = rest_.substr(0, static_cast<size_t>(length));
        rest_.remove_prefix(static_cast<size_t>(length));
        return true;
      }
      default:
        *what = "a field of an unknown type";
        return false;
    }
  }

 private:
  bool Varint(uint64_t* value) {
    *value = 0;
    for (size_t i = 0; i < 10 && i < rest_.size(); ++i) {
      const uint64_t byte = static_cast<uint8_t>(rest_[i]);
      if (i == 9 && byte > 1) return false;
      *value |= (byte & 0x7F) << (7 * i);
      if (byte < 0x80) {
        rest_.remove_prefix(i + 1);
        return true;
      }
    }
    return false;
  }

  bool Fixed(size_t bytes, uint64_t* value) {
    if (rest_.size() < bytes) return false;
    *value = 0;
    for (size_t i = bytes; i-- > 0;) *value = *value << 8 | static_cast<uint8_t>(rest_[i]);
    rest_.remove_prefix(bytes);
    return true;
  }

  absl::string_view rest_, contents_;
};

class Parser {
 public:
  Parser(absl::string_view contents, absl::string_view source, SentencePieceFile* out)
      : contents_(contents), source_(source), out_(out) {}

  absl::Status Run() {
    absl::Status status = Each(contents_, [this](const Field& field) {
      switch (field.number) {
        case 1:
          return Piece(field);
        case 2:
          return Message(field, [this](const Field& inner) { return Trainer(inner); });
        case 3:
          return Message(field, [this](const Field& inner) { return Normalizer(inner); });
        default:
          return absl::OkStatus();
      }
    });
    if (status.ok()) status = CheckPieces();
    return status;
  }

 private:
  absl::Status Malformed(absl::string_view what) const {
    return absl::DataLossError(absl::StrCat(source_, ": ", what));
  }

  template <typename Use>
  absl::Status Each(absl::string_view message, Use&& use) {
    FieldReader reader(message, contents_);
    while (!reader.done()) {
      const size_t offset = reader.offset();
      Field field;
      absl::string_view what;
      if (!reader.Next(&field, &what)) {
        return Malformed(absl::StrCat("not a SentencePiece model: ", what, " (offset ", offset, ")"));
      }
      const absl::Status status = use(field);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  template <typename Use>
  absl::Status Message(const Field& field, Use&& use) {
    if (field.type != Field::kBytes) return WrongType(field);
    return Each(field.bytes, use);
  }

  absl::Status WrongType(const Field& field) const {
    return Malformed(absl::StrCat("field ", field.number, " has wire type ", field.type));
  }

  absl::Status Bool(const Field& field, bool* value) const {
    if (field.type != Field::kVarint) return WrongType(field);
    *value = field.value != 0;
    return absl::OkStatus();
  }

  absl::Status Int32(const Field& field, int32_t* value) const {
    if (field.type != Field::kVarint) return WrongType(field);
    *value = static_cast<int32_t>(static_cast<uint32_t>(field.value));
    return absl::OkStatus();
  }

  absl::Status Piece(const Field& field) {
    if (static_cast<int64_t>(out_->pieces.size()) >= kMaxVocabulary) {
      return Malformed(absl::StrCat("more than ", kMaxVocabulary, " pieces"));
    }
    const size_t id = out_->pieces.size();
    SentencePieceFile::Piece piece;
    const absl::Status status = Message(field, [&](const Field& inner) {
      switch (inner.number) {
        case 1:
          if (inner.type != Field::kBytes) return WrongType(inner);
          piece.text = inner.bytes;
          return absl::OkStatus();
        case 2:
          if (inner.type != Field::kFour) return WrongType(inner);
          piece.score = std::bit_cast<float>(static_cast<uint32_t>(inner.value));
          return absl::OkStatus();
        case 3: {
          int32_t type = 0;
          const absl::Status read = Int32(inner, &type);
          if (!read.ok()) return read;
          if (type < 1 || type > 6) return Malformed(absl::StrCat("piece ", id, " has type ", type));
          piece.type = static_cast<PieceType>(type);
          return absl::OkStatus();
        }
        default:
          return absl::OkStatus();
      }
    });
    if (!status.ok()) return status;
    if (piece.text.empty()) return Malformed(absl::StrCat("piece ", id, " has no text"));
    if (!IsValidUtf8(piece.text)) return Malformed(absl::StrCat("piece ", id, " is not UTF-8"));
    if (!std::isfinite(piece.score)) return Malformed(absl::StrCat("piece ", id, " has a score that is no number"));
    out_->pieces.push_back(piece);
    return absl::OkStatus();
  }

  absl::Status Trainer(const Field& field) {
    switch (field.number) {
      case 3: {
        int32_t type = 0;
        const absl::Status status = Int32(field, &type);
        if (!status.ok()) return status;
        if (type != 1 && type != 2) {
          return absl::UnimplementedError(absl::StrCat(
              source_, ": model_type ", type == 3 ? "WORD" : type == 4 ? "CHAR" : absl::StrCat(type),
              " is not supported, expected UNIGRAM or BPE"));
        }
        out_->model_type = static_cast<SentencePieceFile::ModelType>(type);
        return absl::OkStatus();
      }
      case 24:
        return Bool(field, &out_->treat_whitespace_as_suffix);
      case 35:
        return Bool(field, &out_->byte_fallback);
      case 40:
        return Int32(field, &out_->unk_id);
      case 41:
        return Int32(field, &out_->bos_id);
      case 42:
        return Int32(field, &out_->eos_id);
      case 43:
        return Int32(field, &out_->pad_id);
      default:
        return absl::OkStatus();
    }
  }

  absl::Status Normalizer(const Field& field) {
    switch (field.number) {
      case 2:
        if (field.type != Field::kBytes) return WrongType(field);
        out_->charsmap = field.bytes;
        return absl::OkStatus();
      case 3:
        return Bool(field, &out_->add_dummy_prefix);
      case 4:
        return Bool(field, &out_->remove_extra_whitespaces);
      case 5:
        return Bool(field, &out_->escape_whitespaces);
      default:
        return absl::OkStatus();
    }
  }

  absl::Status CheckPieces() {
    if (out_->pieces.empty()) return Malformed("not a SentencePiece model: it has no pieces");
    absl::flat_hash_set<absl::string_view> texts;
    texts.reserve(out_->pieces.size());
    int32_t unknown = -1;
    for (size_t id = 0; id < out_->pieces.size(); ++id) {
      const SentencePieceFile::Piece& piece = out_->pieces[id];
      if (!texts.insert(piece.text).second) {
        return Malformed(absl::StrCat("piece ", id, " has the text of another"));
      }
      if (piece.type != PieceType::kUnknown) continue;
      if (unknown >= 0) return Malformed(absl::StrCat("pieces ", unknown, " and ", id, " are both unknown ones"));
      unknown = static_cast<int32_t>(id);
    }
    if (unknown < 0) return Malformed("no piece is the unknown one");
    // The pieces are the authority, as in the library.
    out_->unk_id = unknown;
    return absl::OkStatus();
  }

  absl::string_view contents_, source_;
  SentencePieceFile* out_;
};

}  // namespace

absl::Status ParseSentencePieceFile(absl::string_view contents, absl::string_view source, SentencePieceFile* out) {
  *out = SentencePieceFile();
  return Parser(contents, source, out).Run();
}

}  // namespace lwave::tokenizer
