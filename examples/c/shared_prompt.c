/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A long prompt is read once and saved; each question is a copy of it that goes on: shared_prompt MODEL FILE QUESTION...
 * Prints each answer, what it took, what reading everything afresh takes, and fails unless both give the same tokens. */
#define _POSIX_C_SOURCE 199309L /* clock_gettime */
#include <longwave/longwave.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { kMostTokens = 64 };

static lwave_error error;
static void check(lwave_status status) {
  if (status != LWAVE_OK) fprintf(stderr, "shared_prompt: %s\n", error.message), exit(1);
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void push(lwave_generator* generator, const char* text, size_t bytes) {
  check(lwave_generator_push_text(generator, text, (int64_t)bytes, 0, &error));
}

/* The tokens that follow a question; returns how many. */
static int64_t answer(lwave_generator* generator, const char* question, int32_t* ids, float* logs) {
  int64_t count = 0;
  int32_t finished = 0;
  push(generator, question, strlen(question));
  for (; count < kMostTokens; ++count) {
    check(lwave_generator_next(generator, &ids[count], &logs[count], &finished, &error));
    if (finished) break;
  }
  return count;
}

static char* read_file(const char* name, size_t* bytes) {
  FILE* file = fopen(name, "rb");
  char* text = NULL;
  size_t got = 1;
  if (file == NULL) perror(name), exit(1);
  for (*bytes = 0; got > 0; *bytes += got) {
    text = realloc(text, *bytes + 65536);
    got = fread(text + *bytes, 1, 65536, file);
  }
  fclose(file);
  return text;
}

int main(int argc, char** argv) {
  if (argc < 4) return fprintf(stderr, "usage: shared_prompt MODEL FILE QUESTION...\n"), 2;
  lwave_context* context;
  lwave_model* model;
  lwave_config* config;
  lwave_generator* prompt;
  size_t bytes;
  char* text = read_file(argv[2], &bytes);
  check(lwave_context_create(0, &context, &error));
  check(lwave_model_open(context, argv[1], &model, &error));
  check(lwave_config_create("generation", &config, &error));
  check(lwave_config_set_int(config, "max_new_tokens", kMostTokens, &error));
  check(lwave_config_set_int(config, "left", 48, &error)); /* of any length, in fixed memory */
  check(lwave_config_set_int(config, "sinks", 4, &error));

  double begin = seconds();
  check(lwave_generator_create(model, config, &prompt, &error));
  push(prompt, text, bytes);
  int64_t size, tokens;
  check(lwave_generator_save(prompt, NULL, 0, &size, &error));
  void* saved = malloc((size_t)size);
  check(lwave_generator_save(prompt, saved, size, &size, &error));
  check(lwave_generator_get_int(prompt, "prompt_tokens", &tokens, &error));
  printf("prompt: %lld tokens read in %.3f s, saved in %lld bytes\n", (long long)tokens, seconds() - begin, (long long)size);

  int failed = 0;
  for (int i = 3; i < argc; ++i) {
    int32_t ids[kMostTokens], afresh_ids[kMostTokens];
    float logs[kMostTokens], afresh_logs[kMostTokens];
    lwave_generator *copy, *afresh;
    begin = seconds();
    /* lwave_generator_fork(prompt, ...) is the same within one process */
    check(lwave_generator_restore(model, saved, size, &copy, &error));
    const int64_t count = answer(copy, argv[i], ids, logs);
    const double shared = seconds() - begin;
    begin = seconds();
    check(lwave_generator_create(model, config, &afresh, &error));
    push(afresh, text, bytes);
    const int64_t afresh_count = answer(afresh, argv[i], afresh_ids, afresh_logs);
    const double whole = seconds() - begin;
    const int same = count == afresh_count && memcmp(ids, afresh_ids, (size_t)count * sizeof *ids) == 0 &&
                     memcmp(logs, afresh_logs, (size_t)count * sizeof *logs) == 0;
    int64_t needed;
    check(lwave_generator_text(copy, NULL, 0, &needed, &error));
    char* written = malloc((size_t)needed);
    check(lwave_generator_text(copy, written, needed, &needed, &error));
    printf("\n%s\n%s\n%lld tokens in %.3f s; afresh %.3f s, %s\n", argv[i], written, (long long)count, shared, whole,
           same ? "the same bits" : "NOT THE SAME");
    failed += !same;
    free(written);
    lwave_generator_destroy(copy);
    lwave_generator_destroy(afresh);
  }

  free(text), free(saved);
  lwave_generator_destroy(prompt);
  lwave_config_destroy(config);
  lwave_model_destroy(model);
  lwave_context_destroy(context);
  return failed > 0;
}
