/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Finds the passages of a text file that answer a question: search MODEL FILE QUESTION */
#include <longwave/longwave.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static lwave_error error;
static lwave_status check(lwave_status status) { /* LWAVE_OUTPUT_FULL is no failure */
  if (status > LWAVE_CANCELLED) fprintf(stderr, "search: %s\n", error.message), exit(1);
  return status;
}

int main(int argc, char** argv) {
  if (argc != 4) return fprintf(stderr, "usage: search MODEL FILE QUESTION\n"), 2;
  FILE* file = fopen(argv[2], "rb");
  if (file == NULL) return perror(argv[2]), 1;
  lwave_context* context; lwave_model* model; lwave_stream* stream;
  int64_t width, count = 0, bytes, best[3], found;
  float scores[3], *vectors = NULL; /* [count, width] */
  int64_t (*ranges)[4] = NULL;      /* [count]: bytes and tokens, begin and end */
  check(lwave_context_create(0, &context, &error));
  check(lwave_model_open(context, argv[1], &model, &error));
  check(lwave_stream_create(model, NULL, &stream, &error));
  check(lwave_model_get_int(model, "embedding_width", &width, &error));
  float* query = malloc((size_t)width * sizeof(float));
  check(lwave_model_embed(model, argv[3], (int64_t)strlen(argv[3]), query, width, &error));

  do { /* push piece after piece, then finish; read what is ready after every call */
    char text[65536];
    bytes = (int64_t)fread(text, 1, sizeof text, file);
    lwave_status status;
    for (int64_t at = 0, taken = 0; at < bytes || bytes == 0; at += taken) {
      status = check(bytes > 0 ? lwave_stream_push_text(stream, text + at, bytes - at, &taken, &error)
                               : lwave_stream_finish(stream, &error));
      for (int32_t kind = LWAVE_ITEM_PASSAGE; kind != LWAVE_ITEM_NONE; count += kind == LWAVE_ITEM_PASSAGE) {
        vectors = realloc(vectors, (size_t)((count + 1) * width) * sizeof(float));
        ranges = realloc(ranges, (size_t)(count + 1) * sizeof *ranges);
        check(lwave_stream_read(stream, &kind, vectors + count * width, width, ranges[count], NULL, &error));
      }
      if (bytes == 0 && status == LWAVE_OK) break;
    }
  } while (bytes > 0);

  check(lwave_search(query, width, vectors, count, 3, best, scores, &found, &error));
  for (int64_t i = 0; i < found; ++i) {
    int64_t begin = ranges[best[i]][0], end = ranges[best[i]][1];
    printf("\n%.3f  bytes %lld to %lld\n", scores[i], (long long)begin, (long long)end);
    fseek(file, (long)begin, SEEK_SET);
    for (int64_t at = begin; at < end; ++at) putchar(getc(file));
    putchar('\n');
  }
  fclose(file), free(query), free(vectors), free(ranges);
  lwave_stream_destroy(stream), lwave_model_destroy(model), lwave_context_destroy(context);
  return 0;
}
