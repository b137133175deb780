// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "lying_snapshot.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <set>

namespace lwave::test {
namespace {

constexpr size_t kMagic = 8, kName = 16;
constexpr size_t kPlaces = 20;  // of a long section

uint32_t Crc32c(const std::string& bytes) {
  static const std::vector<uint32_t> table = [] {
    std::vector<uint32_t> made(256);
    for (uint32_t i = 0; i < 256; ++i) {
      made[i] = i;
      for (int bit = 0; bit < 8; ++bit) made[i] = made[i] >> 1 ^ (0x82F63B78u & (0u - (made[i] & 1)));
    }
    return made;
  }();
  uint32_t crc = 0xFFFFFFFFu;
  for (const char c : bytes) crc = crc >> 8 ^ table[(crc ^ static_cast<uint8_t>(c)) & 0xFF];
  return ~crc;
}

template <typename T>
T Read(const std::string& from, size_t at) {
  T value;
  std::memcpy(&value, from.data() + at, sizeof(T));
  return value;
}
template <typename T>
void Write(std::string& to, size_t at, T value) {
  std::memcpy(to.data() + at, &value, sizeof(T));
}
template <typename T>
void Append(std::string& to, T value) {
  to.append(reinterpret_cast<const char*>(&value), sizeof(T));
}

size_t WidthOf(uint32_t type) { return type == 1 ? 1 : type == 2 || type == 4 ? 4 : 8; }

// What to write in place of a whole number.
template <typename T>
std::vector<T> LiesAbout(T value) {
  using Unsigned = std::make_unsigned_t<T>;
  const Unsigned own = static_cast<Unsigned>(value), top = Unsigned{1} << (8 * sizeof(T) - 1);
  std::set<Unsigned> lies = {0, 1, static_cast<Unsigned>(~Unsigned{0}), own + 1, own - 1, own + 64, top, top - 1, top / 2};
  if (sizeof(T) == 8) lies.insert({static_cast<Unsigned>(uint64_t{1} << 31), static_cast<Unsigned>(uint64_t{1} << 40), top / 8});
  lies.erase(own);
  std::vector<T> all;
  for (const Unsigned lie : lies) all.push_back(static_cast<T>(lie));
  return all;
}

// Places 0, step, 2 step ... of which `width` bytes are inside: all, or kPlaces of them.
std::vector<size_t> Places(size_t size, size_t step, size_t width, std::mt19937_64& random) {
  std::vector<size_t> places;
  for (size_t at = 0; at + width <= size; at += step) places.push_back(at);
  std::shuffle(places.begin(), places.end(), random);
  if (places.size() > kPlaces) places.resize(kPlaces);
  return places;
}

class Liar {
 public:
  Liar(const std::string& snapshot, std::mt19937_64& random, const VisitLie& visit)
      : file_(OpenSnapshot(snapshot)), random_(random), visit_(visit) {}

  void Run() {
    for (size_t i = 0; i < file_.sections.size(); ++i) {
      const SnapshotSection own = file_.sections[i];
      section_ = &file_.sections[i];
      own_ = &own;
      Reshape();
      if (own.data.size() > kMagic && own.data[0] == '\x89' && own.data.compare(1, 3, "LWS") == 0) {
        ForEachLie(own.data, random_, [&](const std::string& lying, const std::string& what) {
          section_->data = lying;
          Show(what);
        });
      } else if (own.type == 2) {
        Overwrite<int32_t>(4, 4);
      } else if (own.type == 3) {
        Overwrite<int64_t>(8, 8);
      } else if (own.type == 1) {
        Overwrite<int32_t>(4, 4);
        Overwrite<int64_t>(8, 8);
      } else {
        Numbers();
      }
      Noise();
    }
    Together();
  }

 private:
  void Show(const std::string& what) {
    visit_(SealSnapshot(file_), own_->name + " " + what);
    *section_ = *own_;
  }

  template <typename T>
  void Overwrite(size_t step, size_t width) {
    for (const size_t at : Places(own_->data.size(), step, width, random_)) {
      for (const T lie : LiesAbout(Read<T>(own_->data, at))) {
        Write(section_->data, at, lie);
        Show("at " + std::to_string(at) + ": " + std::to_string(lie));
      }
    }
  }

  void Numbers() {
    const size_t width = WidthOf(own_->type);
    const std::vector<size_t> places = Places(own_->data.size(), width, width, random_);
    for (size_t i = 0; i < std::min<size_t>(places.size(), 3); ++i) {
      for (const uint64_t bits : {~uint64_t{0}, uint64_t{0x7FF000007F800000}, random_()}) {
        std::memcpy(section_->data.data() + places[i], reinterpret_cast<const char*>(&bits) + 8 - width, width);
        Show("at " + std::to_string(places[i]) + ": bits");
      }
    }
  }

  void Noise() {
    for (const size_t at : Places(own_->data.size(), 1, 1, random_)) {
      section_->data[at] = static_cast<char>(random_());
      Show("at " + std::to_string(at) + ": a random byte");
    }
    if (own_->data.empty()) return;
    for (char& c : section_->data) c = static_cast<char>(random_());
    Show("random bytes");
  }

  void Reshape() {
    const size_t width = WidthOf(own_->type);
    for (const size_t size : {size_t{0}, own_->data.size() - std::min(own_->data.size(), width), own_->data.size() / 2,
                              own_->data.size() + width, own_->data.size() + 1}) {
      if (size == own_->data.size()) continue;
      section_->data.resize(size);
      Show(std::to_string(size) + " bytes long");
    }
    section_->type = own_->type % 5 + 1;
    Show("of another type");
    section_->name += "x";
    Show("by another name");
  }

  // Several whole numbers moved by the same amount, so that they go on agreeing with one another.
  void Together() {
    struct Place {
      size_t section, at;
    };
    std::vector<Place> all;
    for (size_t i = 0; i < file_.sections.size(); ++i) {
      if (file_.sections[i].type != 3) continue;
      for (size_t at = 0; at + 8 <= file_.sections[i].data.size(); at += 8) all.push_back({i, at});
    }
    if (all.size() < 2) return;
    const SnapshotFile valid = file_;
    for (int trial = 0; trial < 150; ++trial) {
      constexpr uint64_t kSteps[] = {1, ~uint64_t{0}, 2, 64, ~uint64_t{63}, 1000, uint64_t{1} << 31, uint64_t{1} << 59};
      const uint64_t step = kSteps[random_() % 8];
      const size_t count = 2 + random_() % std::min<size_t>(all.size() - 1, 6);
      const size_t first = random_() % (all.size() - count + 1);
      const bool neighbours = random_() % 2 == 0;
      std::string what = "moved by " + std::to_string(static_cast<int64_t>(step)) + ":";
      for (size_t k = 0; k < count; ++k) {
        const Place place = all[neighbours ? first + k : random_() % all.size()];
        std::string& data = file_.sections[place.section].data;
        Write(data, place.at, Read<uint64_t>(data, place.at) + step);
        what += " " + file_.sections[place.section].name + "@" + std::to_string(place.at);
      }
      visit_(SealSnapshot(file_), what);
      file_ = valid;
    }
  }

  SnapshotFile file_;
  std::mt19937_64& random_;
  const VisitLie& visit_;
  SnapshotSection* section_ = nullptr;    // of file_
  const SnapshotSection* own_ = nullptr;  // as it was
};

}  // namespace

SnapshotFile OpenSnapshot(const std::string& bytes) {
  SnapshotFile file;
  size_t at = kMagic + 4;
  file.header = bytes.substr(at + 4, Read<uint32_t>(bytes, at));
  at += 4 + file.header.size();
  const uint32_t count = Read<uint32_t>(bytes, at);
  at += 4;
  size_t payload = at + count * (kName + 16) + 4;
  for (uint32_t i = 0; i < count; ++i, at += kName + 16) {
    const size_t size = static_cast<size_t>(Read<uint64_t>(bytes, at + kName + 8));
    file.sections.push_back({bytes.c_str() + at, Read<uint32_t>(bytes, at + kName), bytes.substr(payload, size)});
    payload += size;
  }
  return file;
}

std::string SealSnapshot(const SnapshotFile& file) {
  std::string bytes = "\x89LWS\r\n\x1A\n";
  Append<uint32_t>(bytes, 1);
  Append(bytes, static_cast<uint32_t>(file.header.size()));
  bytes += file.header;
  Append(bytes, static_cast<uint32_t>(file.sections.size()));
  for (const SnapshotSection& section : file.sections) {
    std::string name = section.name;
    name.resize(kName);
    bytes += name;
    Append(bytes, section.type);
    Append(bytes, Crc32c(section.data));
    Append(bytes, static_cast<uint64_t>(section.data.size()));
  }
  Append(bytes, Crc32c(bytes));
  for (const SnapshotSection& section : file.sections) bytes += section.data;
  return bytes;
}

void ForEachLie(const std::string& snapshot, std::mt19937_64& random, const VisitLie& visit) {
  Liar(snapshot, random, visit).Run();
}

void ForEachHeaderLie(const std::string& snapshot, const VisitLie& visit) {
  SnapshotFile file = OpenSnapshot(snapshot);
  const std::string own = file.header;
  const auto digit = [&](size_t at) { return at < own.size() && std::isdigit(static_cast<unsigned char>(own[at])) != 0; };
  for (size_t at = 1; at < own.size(); ++at) {
    if (!digit(at) || (own[at - 1] != ':' && own[at - 1] != '[' && own[at - 1] != ',')) continue;
    size_t end = at;
    while (digit(end)) ++end;
    for (const char* lie : {"0", "1", "-1", "3", "65", "70000", "4294967296", "9223372036854775807", "1e300", "1.5", "\"\"",
                            "[]", "{}", "null", "true"}) {
      file.header = own.substr(0, at) + lie + own.substr(end);
      visit(SealSnapshot(file), "header at " + std::to_string(at) + ": " + lie + " in " + own.substr(at > 20 ? at - 20 : 0, 30));
    }
  }
}

}  // namespace lwave::test
