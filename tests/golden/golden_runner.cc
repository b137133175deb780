// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// golden_runner DIR...: every case of attention layers (*.safetensors with a `case` in the metadata) below the
// folders, through the C API, whole and, where the layer can stream, in random pieces.

#include "layer_cases.h"

int main(int argc, char** argv) {
  using namespace lwave::golden;
  return RunnerMain(argc, argv, "usage: golden_runner DIR...   runs every case of attention layers below the folders",
                    RunLayerCases);
}
