// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// model_runner DIR...: every case of every model and tokenizer folder below the folders, through the C API. With --weights
// TYPE each model is converted first, and cosines of rows are compared.

#include <cstring>

#include "model_cases.h"

int main(int argc, char** argv) {
  using namespace lwave::golden;
  std::string weights;
  if (argc > 2 && std::strcmp(argv[1], "--weights") == 0) {
    weights = argv[2];
    argv[2] = argv[0];
    argc -= 2, argv += 2;
  }
  return RunnerMain(
      argc, argv,
      "usage: model_runner [--weights TYPE] DIR...   runs every case of the model and tokenizer folders below;\n"
      "with bf16, f16, int8 or f32-packed ... each model is converted to that, and has one line: the cosines of its rows",
      [&](const std::string& root, const Sink& sink) {
        if (!weights.empty()) {
          for (const std::string& folder : FindFolders(root, {"expected.json"})) RunWithWeights(folder, weights, sink);
          return;
        }
        for (const std::string& folder : FindFolders(root, {"expected.json", "long.json", "tokenizer_cases.json"})) {
          RunModelFolder(folder, sink);
        }
      });
}
