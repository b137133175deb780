// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The safetensors reader: what it takes, and every check that refuses a file, by the words it says.

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <string>

#include "model/safetensors.h"
#include "model_checkpoint_support.h"

namespace lwave::model {
namespace {

using Catch::Matchers::ContainsSubstring;
using testing::Safetensors;

absl::StatusOr<SafetensorsHeader> Parse(const std::string& file) {
  return ParseSafetensors({reinterpret_cast<const uint8_t*>(file.data()), file.size()}, "f");
}

std::string Refusal(const std::string& file) {
  const auto header = Parse(file);
  REQUIRE_FALSE(header.ok());
  CHECK(header.status().code() == absl::StatusCode::kDataLoss);
  CHECK(header.status().message().substr(0, 3) == "f: ");
  CHECK(header.status().message().find('\n') == absl::string_view::npos);
  return std::string(header.status().message());
}

// One tensor "a" with these fields and four bytes of data.
std::string OneTensor(const std::string& fields) { return Safetensors("{\"a\":{" + fields + "}}", "1234"); }

TEST_CASE("Tensors come out sorted by name with type, shape and bytes", "[model]") {
  const std::string file =
      Safetensors(R"({"__metadata__":{"x":"1"},"b":{"dtype":"F16","shape":[2,1],"data_offsets":[0,4]},)"
                  R"("a":{"shape":[],"data_offsets":[4,5],"dtype":"I8"},)"
                  R"("none":{"dtype":"I64","shape":[3,0],"data_offsets":[4,4]}} )",
                  "01234");
  const auto header = Parse(file);
  REQUIRE(header.ok());
  REQUIRE(header->tensors.size() == 3);
  CHECK(header->tensors[0].name == "a");
  CHECK(header->tensors[0].tensor.type == DataType::kI8);
  CHECK(header->tensors[0].tensor.shape.empty());
  CHECK(*header->tensors[0].tensor.data == '4');
  CHECK(header->tensors[1].name == "b");
  CHECK(header->tensors[1].tensor.shape == std::vector<int64_t>{2, 1});
  CHECK(header->tensors[1].tensor.bytes == 4);
  CHECK(header->tensors[2].type_name == "I64");
  CHECK(header->tensors[2].tensor.bytes == 0);
  CHECK(header->metadata == std::vector<std::pair<std::string, std::string>>{{"x", "1"}});
}

TEST_CASE("A header without tensors and without data is a valid file", "[model]") {
  CHECK(Parse(Safetensors("{}", "")).ok());
  CHECK_THAT(Refusal(Safetensors("{}", "x")), ContainsSubstring("tensors fill 0 bytes, the file has 1"));
}

TEST_CASE("The header's length must fit the file and the format's limit", "[model]") {
  CHECK_THAT(Refusal(""), ContainsSubstring("at least 8 bytes"));
  CHECK_THAT(Refusal(std::string(7, '\0')), ContainsSubstring("at least 8 bytes"));
  CHECK_THAT(Refusal(std::string(8, '\0')), ContainsSubstring("length must be 2"));
  CHECK_THAT(Refusal(Safetensors("{", "")), ContainsSubstring("length must be 2"));
  CHECK_THAT(Refusal(std::string(8, '\xFF') + "{}"), ContainsSubstring("length must be 2 to 100000000"));
  std::string long_header = Safetensors("{}", "");
  long_header[0] = 3;
  CHECK_THAT(Refusal(long_header), ContainsSubstring("truncated"));
  CHECK_THAT(Refusal(Safetensors(" {}", "")), ContainsSubstring("does not begin with {"));
}

TEST_CASE("Malformed JSON in a header is refused", "[model]") {
  for (const std::string& json :
       {std::string("{}}"), std::string("{\"a\""), std::string("{]"), std::string("{} {}"),
        std::string("{}\0x", 4), std::string("{\"a\":{\"shape\":[01]}}"), std::string("{\"\xFF\":1}"),
        std::string("{\"\xC0\x80\":1}"), std::string("{'a':1}"), std::string("{/**/}"),
        std::string("{\"a\":NaN}")}) {
    INFO(json);
    CHECK_THAT(Refusal(Safetensors(json, "")), ContainsSubstring("malformed JSON"));
  }
  CHECK(Parse(Safetensors("{}   ", "")).ok());
}

TEST_CASE("Nesting beyond what the format has is refused before anything is built", "[model]") {
  std::string deep = "{\"a\":";
  deep += std::string(1000000, '[');
  CHECK_THAT(Refusal(Safetensors(deep, "")), ContainsSubstring("must be {dtype"));
  CHECK_THAT(Refusal(OneTensor("\"dtype\":\"I8\",\"shape\":[[4]],\"data_offsets\":[0,4]")),
             ContainsSubstring("nested"));
}

TEST_CASE("An entry needs exactly dtype, shape and data_offsets", "[model]") {
  const std::string dtype = "\"dtype\":\"I8\"", shape = "\"shape\":[4]", offsets = "\"data_offsets\":[0,4]";
  REQUIRE(Parse(OneTensor(dtype + "," + shape + "," + offsets)).ok());
  CHECK_THAT(Refusal(OneTensor(shape + "," + offsets)), ContainsSubstring("has no dtype"));
  CHECK_THAT(Refusal(OneTensor(dtype + "," + offsets)), ContainsSubstring("has no shape"));
  CHECK_THAT(Refusal(OneTensor(dtype + "," + shape)), ContainsSubstring("two data_offsets"));
  CHECK_THAT(Refusal(OneTensor(dtype + "," + shape + "," + offsets + ",\"more\":1")),
             ContainsSubstring("\"more\""));
  CHECK_THAT(Refusal(OneTensor(dtype + "," + shape + "," + offsets + "," + shape)),
             ContainsSubstring("repeated key"));
  CHECK_THAT(Refusal(OneTensor(dtype + "," + dtype + "," + shape + "," + offsets)),
             ContainsSubstring("repeated key"));
  CHECK_THAT(Refusal(OneTensor(dtype + "," + shape + ",\"data_offsets\":[0]")),
             ContainsSubstring("two data_offsets"));
  CHECK_THAT(Refusal(OneTensor(dtype + "," + shape + ",\"data_offsets\":[0,4,4]")),
             ContainsSubstring("got more"));
  CHECK_THAT(Refusal(Safetensors("{\"a\":[]}", "")), ContainsSubstring("got a list"));
  CHECK_THAT(Refusal(Safetensors("{\"a\":null}", "")), ContainsSubstring("got null"));
  CHECK_THAT(Refusal(Safetensors("{\"a\":{}}", "")), ContainsSubstring("has no dtype"));
}

TEST_CASE("Numbers must be whole, not negative and at most 2^53", "[model]") {
  for (const char* number :
       {"-1", "-0", "4.0", "4e0", "9007199254740993", "18446744073709551616", "\"4\"", "true", "null"}) {
    INFO(number);
    CHECK_THAT(
        Refusal(OneTensor(std::string("\"dtype\":\"I8\",\"shape\":[") + number + "],\"data_offsets\":[0,4]")),
        ContainsSubstring("must be {dtype"));
    CHECK_THAT(
        Refusal(OneTensor(std::string("\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":[0,") + number + "]")),
        ContainsSubstring("must be {dtype"));
  }
}

TEST_CASE("Types are those of the format, and must fill whole bytes", "[model]") {
  CHECK_THAT(Refusal(OneTensor("\"dtype\":\"F33\",\"shape\":[1],\"data_offsets\":[0,4]")),
             ContainsSubstring("unknown dtype \"F33\""));
  CHECK_THAT(Refusal(OneTensor("\"dtype\":7,\"shape\":[1],\"data_offsets\":[0,4]")),
             ContainsSubstring("got a number"));
  CHECK(Parse(OneTensor("\"dtype\":\"F4\",\"shape\":[8],\"data_offsets\":[0,4]")).ok());
  CHECK_THAT(Refusal(OneTensor("\"dtype\":\"F4\",\"shape\":[7],\"data_offsets\":[0,4]")),
             ContainsSubstring("whole bytes"));
  CHECK(Parse(OneTensor("\"dtype\":\"C64\",\"shape\":[0],\"data_offsets\":[0,0]")).ok() == false);
}

TEST_CASE("Shapes that overflow or have too many dimensions are refused", "[model]") {
  CHECK_THAT(Refusal(OneTensor(
                 "\"dtype\":\"F32\",\"shape\":[9007199254740992,9007199254740992],\"data_offsets\":[0,4]")),
             ContainsSubstring("overflows"));
  CHECK_THAT(Refusal(OneTensor("\"dtype\":\"F64\",\"shape\":[2305843009213693952],\"data_offsets\":[0,4]")),
             ContainsSubstring("2^53"));
  CHECK_THAT(Refusal(OneTensor("\"dtype\":\"F64\",\"shape\":[9007199254740992,512],\"data_offsets\":[0,4]")),
             ContainsSubstring("overflows"));
  CHECK(Parse(OneTensor("\"dtype\":\"I8\",\"shape\":[1,1,1,1,1,1,2,2],\"data_offsets\":[0,4]")).ok());
  CHECK_THAT(Refusal(OneTensor("\"dtype\":\"I8\",\"shape\":[1,1,1,1,1,1,1,1,4],\"data_offsets\":[0,4]")),
             ContainsSubstring("more than 8 dimensions"));
}

TEST_CASE("Tensors fill the data without holes, overlaps or a rest", "[model]") {
  const auto two = [](const std::string& a, const std::string& b) {
    return Safetensors("{\"a\":{\"dtype\":\"I8\",\"shape\":[2],\"data_offsets\":[" + a +
                           "]},\"b\":{\"dtype\":\"I8\",\"shape\":[2],\"data_offsets\":[" + b + "]}}",
                       "1234");
  };
  REQUIRE(Parse(two("2,4", "0,2")).ok());
  CHECK_THAT(Refusal(two("0,2", "1,3")), ContainsSubstring("must begin at data byte 2"));
  CHECK_THAT(Refusal(two("0,2", "0,2")), ContainsSubstring("must begin at data byte 2"));
  CHECK_THAT(Refusal(two("0,2", "3,5")), ContainsSubstring("must begin at data byte 2"));
  CHECK_THAT(Refusal(two("1,3", "3,5")), ContainsSubstring("must begin at data byte 0"));
  CHECK_THAT(Refusal(two("0,2", "2,1")), ContainsSubstring("before it begins"));
  CHECK_THAT(Refusal(two("0,2", "2,5")), ContainsSubstring("needs 2 bytes"));
  CHECK_THAT(Refusal(OneTensor("\"dtype\":\"I8\",\"shape\":[5],\"data_offsets\":[0,5]")),
             ContainsSubstring("truncated"));
  CHECK_THAT(Refusal(OneTensor("\"dtype\":\"I8\",\"shape\":[3],\"data_offsets\":[0,3]")),
             ContainsSubstring("tensors fill 3 bytes, the file has 4"));
}

TEST_CASE("Names stand once and hold no zero character", "[model]") {
  const std::string entry = "{\"dtype\":\"I8\",\"shape\":[2],\"data_offsets\":";
  CHECK_THAT(Refusal(Safetensors("{\"a\":" + entry + "[0,2]},\"a\":" + entry + "[2,4]}}", "1234")),
             ContainsSubstring("\"a\" stands twice"));
  CHECK_THAT(Refusal(Safetensors("{\"a\":" + entry + "[0,2]},\"\\u0061\":" + entry + "[2,4]}}", "1234")),
             ContainsSubstring("\"a\" stands twice"));
  CHECK_THAT(Refusal(Safetensors("{\"a\\u0000\":" + entry + "[0,2]}}", "12")),
             ContainsSubstring("zero character"));
  CHECK_THAT(Refusal(Safetensors("{\"\":" + entry + "[0,2]}}", "12")), ContainsSubstring("1 to 4096 bytes"));
}

TEST_CASE("Metadata map strings to strings, once", "[model]") {
  CHECK(Parse(Safetensors(R"({"__metadata__":{}})", "")).ok());
  CHECK_THAT(Refusal(Safetensors(R"({"__metadata__":{"a":1}})", "")),
             ContainsSubstring("strings to strings"));
  CHECK_THAT(Refusal(Safetensors(R"({"__metadata__":{"a":{}}})", "")),
             ContainsSubstring("strings to strings"));
  CHECK_THAT(Refusal(Safetensors(R"({"__metadata__":null})", "")), ContainsSubstring("strings to strings"));
  CHECK_THAT(Refusal(Safetensors(R"({"__metadata__":{"a":"1","a":"2"}})", "")), ContainsSubstring("twice"));
  CHECK_THAT(Refusal(Safetensors(R"({"__metadata__":{},"__metadata__":{}})", "")),
             ContainsSubstring("twice"));
}

TEST_CASE("Messages about hostile names stay short and printable", "[model]") {
  const std::string name(4000, 'x');
  CHECK(Refusal(Safetensors("{\"" + name + "\":1}", "")).size() < 250);
  CHECK_THAT(Refusal(Safetensors("{\"a\\n\\u001bb\":1}", "")), ContainsSubstring("\"a\\n\\x1b"));
}

}  // namespace
}  // namespace lwave::model
