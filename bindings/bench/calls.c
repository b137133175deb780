/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What two calls take from C, for the languages to compare with. Prints nanoseconds, the best of several batches:
 *   small NS   forward of one row of 8 floats through a layer "full" of one head, with a workspace, on one thread
 *   large NS   forward of 8000 rows of 125 floats (1,000,000 in each of q, k, v and out) through a layer "window" of one
 *              head, left 1, right 0, with a workspace, on one thread */

#define _POSIX_C_SOURCE 199309L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "longwave/longwave.h"

static void check(lwave_status status, const lwave_error* error) {
  if (status != LWAVE_OK) {
    fprintf(stderr, "calls: %s\n", error->message);
    exit(1);
  }
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return 1e9 * (double)time.tv_sec + (double)time.tv_nsec;
}

static void measure(const char* name, const char* kind, int64_t width, int64_t rows, int batches, int calls) {
  lwave_error error;
  lwave_context* context;
  lwave_config* config;
  lwave_attention* layer;
  lwave_workspace* workspace;
  check(lwave_context_create(1, &context, &error), &error);
  check(lwave_config_create(kind, &config, &error), &error);
  check(lwave_config_set_int(config, "heads", 1, &error), &error);
  check(lwave_config_set_int(config, "head_dim", width, &error), &error);
  if (rows > 1) {
    check(lwave_config_set_int(config, "left", 1, &error), &error);
    check(lwave_config_set_int(config, "right", 0, &error), &error);
  }
  check(lwave_attention_create(context, config, &layer, &error), &error);
  check(lwave_workspace_create_for_attention(layer, rows, rows, &workspace, &error), &error);
  const int64_t count = rows * width;
  float* q = malloc((size_t)count * sizeof(float));
  float* out = malloc((size_t)count * sizeof(float));
  for (int64_t i = 0; i < count; ++i) q[i] = (float)(i % 17 - 8) / 8.0f;
  double best = 1e300;
  for (int b = 0; b < batches; ++b) {
    const double begin = now();
    for (int i = 0; i < calls; ++i) {
      check(lwave_attention_forward(layer, workspace, q, count, q, count, q, count, NULL, 0, 1, rows, rows, out, count, &error),
            &error);
    }
    const double each = (now() - begin) / calls;
    if (each < best) best = each;
  }
  printf("%s %.1f\n", name, best);
  free(q);
  free(out);
  lwave_workspace_destroy(workspace);
  lwave_attention_destroy(layer);
  lwave_config_destroy(config);
  lwave_context_destroy(context);
}

int main(void) {
  measure("small", "full", 8, 1, 15, 20000);
  measure("large", "window", 125, 8000, 15, 3);
  return 0;
}
