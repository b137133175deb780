// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "java_arrays.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <utility>

namespace lwave::bindings {

namespace {

// What one thread keeps.
class Kept {
 public:
  ~Kept() {
    for (JavaScratch::Block& block : blocks_) std::free(block.data);
  }

  // The smallest block that is large enough.
  JavaScratch::Block Take(int64_t bytes) {
    JavaScratch::Block* best = nullptr;
    for (JavaScratch::Block& block : blocks_) {
      if (block.bytes >= bytes && (best == nullptr || block.bytes < best->bytes)) best = &block;
    }
    return best == nullptr ? JavaScratch::Block{} : std::exchange(*best, {});
  }

  // Into a free place, or instead of a smaller block.
  void Give(JavaScratch::Block block) {
    JavaScratch::Block& smallest = *std::min_element(
        std::begin(blocks_), std::end(blocks_), [](const auto& a, const auto& b) { return a.bytes < b.bytes; });
    int64_t kept = 0;
    for (const JavaScratch::Block& other : blocks_) kept += other.bytes;
    if (block.bytes > smallest.bytes && kept - smallest.bytes + block.bytes <= JavaScratch::kKept) {
      std::swap(block, smallest);
    }
    std::free(block.data);
  }

 private:
  JavaScratch::Block blocks_[6];
};

thread_local Kept kept;

}  // namespace

JavaScratch::Block JavaScratch::Take(int64_t bytes) {
  Block block = kept.Take(bytes);
  if (block.data == nullptr) block = {std::malloc(static_cast<size_t>(bytes)), bytes};
  return block;
}

void JavaScratch::Give(Block block) { kept.Give(block); }

void ThrowNoMemory(JNIEnv* env) {
  const jclass type = env->FindClass("java/lang/OutOfMemoryError");
  if (type != nullptr) env->ThrowNew(type, "no native memory for a copy of an array");
}

void ThrowJava(JNIEnv* env) {
  if (env->ExceptionCheck()) return;
  const lwave_error* error = ThreadError();
  const jclass errors = env->FindClass("dev/longwave/Errors");
  if (errors == nullptr) return;
  const jmethodID create = env->GetStaticMethodID(errors, "create", "(I[B)Ljava/lang/RuntimeException;");
  if (create == nullptr) return;
  // As bytes: JNI's own strings are a modified UTF-8.
  const jsize size = static_cast<jsize>(std::strlen(error->message));
  const jbyteArray message = env->NewByteArray(size);
  if (message == nullptr) return;
  env->SetByteArrayRegion(message, 0, size, reinterpret_cast<const jbyte*>(error->message));
  const jobject exception = env->CallStaticObjectMethod(errors, create, static_cast<jint>(error->status), message);
  if (exception != nullptr && !env->ExceptionCheck()) env->Throw(static_cast<jthrowable>(exception));
}

namespace {

// The length of a Java array, or -1 with an exception pending.
jsize Length(JNIEnv* env, size_t size) {
  if (LastStatus() != 0) return -1;
  if (size <= 0x7FFFFFF0) return static_cast<jsize>(size);
  const jclass type = env->FindClass("java/lang/OutOfMemoryError");
  if (type != nullptr) env->ThrowNew(type, "a result is larger than a Java array can be");
  return -1;
}

// push(n, at) pushes n elements from `at`; goes on while everything was taken.
template <typename Push>
int32_t PushParts(int64_t at, int64_t count, int64_t most, LongsOut result, const Push& push) {
  int64_t taken = 0, part = 0;
  int32_t stop = LWAVE_OK;
  do {
    part = std::min(count - taken, most);
    int64_t one = 0;
    stop = push(static_cast<jsize>(at + taken), static_cast<jsize>(part), LongsOut{&one, 1});
    taken += one;
    if (one < part) break;
  } while (stop == LWAVE_OK && LastStatus() == 0 && taken < count);
  if (result.count > 0) result.data[0] = taken;
  return stop;
}

}  // namespace

jbyteArray NewByteArray(JNIEnv* env, const std::string& text) {
  const jsize size = Length(env, text.size());
  const jbyteArray array = size < 0 ? nullptr : env->NewByteArray(size);
  if (array != nullptr) env->SetByteArrayRegion(array, 0, size, reinterpret_cast<const jbyte*>(text.data()));
  return array;
}

jbyteArray NewByteArray(JNIEnv* env, const std::vector<uint8_t>& bytes) {
  const jsize size = Length(env, bytes.size());
  const jbyteArray array = size < 0 ? nullptr : env->NewByteArray(size);
  if (array != nullptr) env->SetByteArrayRegion(array, 0, size, reinterpret_cast<const jbyte*>(bytes.data()));
  return array;
}

jfloatArray NewFloatArray(JNIEnv* env, const std::vector<float>& values) {
  const jsize size = Length(env, values.size());
  const jfloatArray array = size < 0 ? nullptr : env->NewFloatArray(size);
  if (array != nullptr) env->SetFloatArrayRegion(array, 0, size, values.data());
  return array;
}

jlongArray NewLongArray(JNIEnv* env, const std::vector<int64_t>& values) {
  static_assert(sizeof(jlong) == sizeof(int64_t));
  const jsize size = Length(env, values.size());
  const jlongArray array = size < 0 ? nullptr : env->NewLongArray(size);
  if (array != nullptr) env->SetLongArrayRegion(array, 0, size, reinterpret_cast<const jlong*>(values.data()));
  return array;
}

int32_t PushByteRange(Stream& stream, JavaByteRange text, int64_t at, int64_t count, LongsOut result) {
  char part[16384];
  return PushParts(at, count, sizeof(part), result, [&](jsize from, jsize size, LongsOut taken) {
    text.env->GetByteArrayRegion(text.array, from, size, reinterpret_cast<jbyte*>(part));
    return stream.PushText({part, size}, taken);
  });
}

int32_t PushStringRange(Stream& stream, JavaString text, int64_t at, int64_t count, LongsOut result) {
  char16_t part[4096];
  return PushParts(at, count, sizeof(part) / sizeof(part[0]), result, [&](jsize from, jsize size, LongsOut taken) {
    text.env->GetStringRegion(text.string, from, size, reinterpret_cast<jchar*>(part));
    return stream.PushUtf16({part, size}, taken);
  });
}

void ForwardArrays(const Attention& attention, Workspace* workspace, JavaFloatArray q, int64_t q_count, JavaFloatArray k,
                   int64_t k_count, JavaFloatArray v, int64_t v_count, IntsIn mask, int64_t batch, int64_t queries,
                   int64_t keys, JavaFloatArray out, int64_t out_count) {
  JavaFloats copies[4];
  const bool copied = copies[0].Read(q.env, q.array, static_cast<jsize>(q_count)) &&
                      copies[1].Read(k.env, k.array, static_cast<jsize>(k_count)) &&
                      copies[2].Read(v.env, v.array, static_cast<jsize>(v_count)) &&
                      copies[3].Make(out.env, out.array, static_cast<jsize>(out_count));
  if (!copied) return;  // an exception is pending
  attention.Forward(workspace, {copies[0].data(), q_count}, {copies[1].data(), k_count}, {copies[2].data(), v_count},
                    mask, batch, queries, keys, {copies[3].data(), out_count});
  if (LastStatus() == LWAVE_OK) copies[3].Write(out.env, out.array);
}

}  // namespace lwave::bindings
