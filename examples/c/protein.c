/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Rows instead of text: the letters of a protein, each as a vector of its properties, go through a model as its words
 * would, piece by piece. protein MODEL LETTERS prints the vector of each stretch of 32 letters and of the whole.
 *
 * A model that was trained on text knows nothing of proteins; with one that was, its own table of letters takes the
 * place of row(). */
#include <longwave/longwave.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static lwave_error error;
static lwave_status check(lwave_status status) { /* LWAVE_OUTPUT_FULL is no failure */
  if (status > LWAVE_CANCELLED) fprintf(stderr, "protein: %s\n", error.message), exit(1);
  return status;
}

/* Hydropathy (Kyte and Doolittle 1982) and charge, repeated over the row with alternating signs. */
static void row(char letter, float* vector, int64_t width) {
  static const char letters[] = "ARNDCQEGHILKMFPSTWYV";
  static const float hydropathy[] = {1.8f,  -4.5f, -3.5f, -3.5f, 2.5f, -3.5f, -3.5f, -0.4f, -3.2f, 4.5f,
                                     3.8f, -3.9f, 1.9f,  2.8f,  -1.6f, -0.8f, -0.7f, -0.9f, -1.3f, 4.2f};
  const char* found = strchr(letters, letter);
  if (letter == '\0' || found == NULL) fprintf(stderr, "protein: '%c' is no amino acid\n", letter), exit(1);
  const float charge = letter == 'K' || letter == 'R' ? 1 : letter == 'D' || letter == 'E' ? -1 : 0;
  for (int64_t i = 0; i < width; ++i) {
    vector[i] = (i % 2 == 0 ? hydropathy[found - letters] : 4 * charge) * (i % 4 < 2 ? 0.1f : -0.1f);
  }
}

static int64_t print_results(lwave_stream* stream, float* vector, int64_t width) {
  int64_t printed = 0, ranges[4];
  for (int32_t kind, has_vector;;) {
    check(lwave_stream_read(stream, &kind, vector, width, ranges, &has_vector, &error));
    if (kind == LWAVE_ITEM_NONE) return printed;
    printf("%s %lld to %lld:", kind == LWAVE_ITEM_DOCUMENT ? "whole" : "letters", (long long)ranges[2], (long long)ranges[3]);
    for (int64_t i = 0; i < width && i < 4; ++i) printf(" %.4f", has_vector ? vector[i] : 0);
    printf(" ...\n"), ++printed;
  }
}

int main(int argc, char** argv) {
  if (argc != 3) return fprintf(stderr, "usage: protein MODEL LETTERS\n"), 2;
  lwave_context* context; lwave_model* model; lwave_config* config; lwave_stream* stream;
  int64_t hidden, width;
  check(lwave_context_create(0, &context, &error));
  check(lwave_model_open(context, argv[1], &model, &error));
  check(lwave_model_get_int(model, "hidden", &hidden, &error));
  check(lwave_model_get_int(model, "embedding_width", &width, &error));
  check(lwave_config_create("stream", &config, &error));
  check(lwave_config_set_int(config, "vectors", 1, &error));
  check(lwave_config_set_int(config, "passage_tokens", 32, &error));
  check(lwave_stream_create(model, config, &stream, &error));
  float *vector = malloc((size_t)width * sizeof(float)), *letter = malloc((size_t)hidden * sizeof(float));
  for (const char* at = argv[2]; *at != '\0'; ++at) {
    int64_t taken = 0;
    row(*at, letter, hidden);
    while (taken == 0) {
      check(lwave_stream_push_vectors(stream, letter, hidden, &taken, &error));
      print_results(stream, vector, width);
    }
  }
  while (check(lwave_stream_finish(stream, &error)) != LWAVE_OK) print_results(stream, vector, width);
  print_results(stream, vector, width);
  free(vector), free(letter);
  lwave_stream_destroy(stream), lwave_config_destroy(config), lwave_model_destroy(model), lwave_context_destroy(context);
  return 0;
}
