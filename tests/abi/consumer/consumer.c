/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A program outside the tree that uses the installed library: check_install.sh builds it in four ways.
 * usage: consumer [MODEL-FOLDER] */

#include <longwave/longwave.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char** argv) {
  lwave_error error;
  lwave_context* context = NULL;
  lwave_model* model = NULL;
  float vector[4096];
  int64_t width = 0;
  memset(&error, 0, sizeof error);
  if (lwave_context_create(1, &context, &error) != LWAVE_OK) {
    fprintf(stderr, "%s\n", error.message);
    return 1;
  }
  if (lwave_model_open(context, "no/such/folder", &model, &error) == LWAVE_OK || error.message[0] == '\0') return 2;
  printf("longwave %s on %s; a missing model gives: %s\n", lwave_version(), lwave_simd_target(), error.message);
  if (argc > 1) {
    if (lwave_model_open(context, argv[1], &model, &error) != LWAVE_OK ||
        lwave_model_get_int(model, "embedding_width", &width, &error) != LWAVE_OK || width > 4096 ||
        lwave_model_embed(model, "A short text.", 13, vector, width, &error) != LWAVE_OK) {
      fprintf(stderr, "%s\n", error.message);
      return 3;
    }
    printf("%s: %d numbers, the first is %.6f\n", lwave_model_name(model), (int)width, (double)vector[0]);
  }
  lwave_model_destroy(model);
  lwave_context_destroy(context);
  return 0;
}
