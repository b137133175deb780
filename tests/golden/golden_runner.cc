// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// golden_runner DIR...: every case of attention layers (*.safetensors with a `case` in the metadata) below the
// folders, through the C API. The library has no layers of their own yet, so each case is asked for by its
// mechanism and reported with the library's answer.

#include <filesystem>
#include <stdexcept>
#include <string>

#include "runner_common.h"

namespace lwave::golden {
namespace {

void RunFile(const std::string& path, const Sink& sink) {
  const std::filesystem::path file_path(path);
  const std::string name = BaseName(file_path.parent_path().string()) + "/" + file_path.stem().string();
  sink(RunCase(name, [&](CaseReport& report) {
    const reference::StoredFile file = reference::ReadSafetensors(path);
    const auto found = file.metadata.find("case");
    if (found == file.metadata.end()) throw std::runtime_error(path + ": no case in the metadata");
    const auto description = nlohmann::json::parse(found->second);
    const std::string mechanism = description.at("mechanism").get<std::string>();
    const test::Config config = test::MakeConfig(mechanism.c_str());  // throws what the library says
    report.Unsupported(mechanism, "this runner only reads cases of layers, it does not run them yet");
  }));
}

}  // namespace
}  // namespace lwave::golden

int main(int argc, char** argv) {
  using namespace lwave::golden;
  return RunnerMain(argc, argv, "usage: golden_runner DIR...   runs every case of attention layers below the folders",
                    [](const std::string& folder, const Sink& sink) {
                      for (const std::string& path : FindFiles(folder, ".safetensors")) RunFile(path, sink);
                    });
}
