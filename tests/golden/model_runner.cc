// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// model_runner DIR...: every case of every model and tokenizer folder below the folders, through the C API.

#include "model_cases.h"

int main(int argc, char** argv) {
  using namespace lwave::golden;
  return RunnerMain(
      argc, argv, "usage: model_runner DIR...   runs every case of the model and tokenizer folders below",
      [](const std::string& root, const Sink& sink) {
        for (const std::string& folder : FindFolders(root, {"expected.json", "long.json", "tokenizer_cases.json"})) {
          RunModelFolder(folder, sink);
        }
      });
}
