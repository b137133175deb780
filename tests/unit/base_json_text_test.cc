// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/json_text.h"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>
#include <vector>

namespace lwave {
namespace {

TEST_CASE("a JSON object is written member by member, in order, on one line", "[base]") {
  CHECK(JsonText().Text() == "{}");
  JsonText inner;
  inner.Add("no", false);
  JsonText json;
  json.Add("b", 1).Add("a", "text").Add("list", std::vector<int64_t>{-1, 2}).Add("none", std::vector<int64_t>());
  json.AddJson("inner", inner.Text()).Add("large", INT64_MIN);
  CHECK(json.Text() ==
        "{\"b\":1,\"a\":\"text\",\"list\":[-1,2],\"none\":[],\"inner\":{\"no\":false},\"large\":-9223372036854775808}");
}

TEST_CASE("every text is quoted as the JSON library quotes it", "[base]") {
  using namespace std::string_literals;
  std::vector<std::string> texts = {"", "\xEF\xBF\xBD caf\xC3\xA9 \xE6\x9D\xB1 \xF0\x9F\x98\x80 \xF4\x8F\xBF\xBF"};
  for (int c = 0; c < 128; ++c) texts.push_back("a" + std::string(1, static_cast<char>(c)) + "b");
  for (const std::string& text : texts) {
    CHECK(JsonQuoted(text) == nlohmann::json(text).dump());
  }
  // Each byte that begins no character is replaced.
  for (const char* bad : {"\xFF", "\xC0\x80", "\xED\xA0\x80", "\xE2\x82", "\xF4\x90\x80\x80", "\x80"}) {
    const std::string quoted = JsonQuoted(bad);
    CHECK(nlohmann::json::parse(quoted).get<std::string>().substr(0, 3) == "\xEF\xBF\xBD");
  }
}

}  // namespace
}  // namespace lwave
