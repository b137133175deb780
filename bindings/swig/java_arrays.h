// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Between Java's arrays, strings and buffers and the spans of the classes. Included by the generated wrapper alone.

#ifndef LONGWAVE_BINDINGS_JAVA_ARRAYS_H_
#define LONGWAVE_BINDINGS_JAVA_ARRAYS_H_

#include <jni.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "swig/call.h"
#include "swig/spans.h"
#include "swig/stream.h"

namespace lwave::bindings {

// Throws what the thread's error says, as an object of LongwaveException or another fitting class (Errors.create).
void ThrowJava(JNIEnv* env);
// Throws OutOfMemoryError.
void ThrowNoMemory(JNIEnv* env);

// An array's copy: on the stack where it is small, on the heap where not. Read or Make return false with an exception
// pending; a null array is an empty one.
template <typename T, typename JavaArray, typename JavaElement,
          void (JNIEnv::*get)(JavaArray, jsize, jsize, JavaElement*),
          void (JNIEnv::*set)(JavaArray, jsize, jsize, const JavaElement*)>
class JavaArrayCopy {
  static_assert(sizeof(T) == sizeof(JavaElement));

 public:
  JavaArrayCopy() = default;
  ~JavaArrayCopy() {
    if (data_ != small_) std::free(data_);
  }
  JavaArrayCopy(const JavaArrayCopy&) = delete;
  JavaArrayCopy& operator=(const JavaArrayCopy&) = delete;

  bool Make(JNIEnv* env, JavaArray array) {
    if (array == nullptr) return true;
    count_ = env->GetArrayLength(array);
    if (count_ <= kSmall) return true;
    T* large = static_cast<T*>(std::malloc(static_cast<size_t>(count_) * sizeof(T)));
    if (large == nullptr) {
      ThrowNoMemory(env);
      return false;
    }
    data_ = large;
    return true;
  }
  bool Read(JNIEnv* env, JavaArray array) {
    if (!Make(env, array)) return false;
    if (count_ > 0) (env->*get)(array, 0, count_, reinterpret_cast<JavaElement*>(data_));
    return true;
  }
  // Copies back. An exception that is pending already waits meanwhile, since JNI allows no other call then.
  void Write(JNIEnv* env, JavaArray array) const {
    if (count_ == 0) return;
    jthrowable pending = nullptr;
    if (LastStatus() != 0) {
      pending = env->ExceptionOccurred();
      if (pending != nullptr) env->ExceptionClear();
    }
    (env->*set)(array, 0, count_, reinterpret_cast<const JavaElement*>(data_));
    if (pending != nullptr) env->Throw(pending);
  }

  T* data() { return data_; }
  int64_t count() const { return count_; }

 private:
  static constexpr jsize kSmall = 256 / sizeof(T);
  T small_[kSmall];
  T* data_ = small_;
  jsize count_ = 0;
};

using JavaFloats = JavaArrayCopy<float, jfloatArray, jfloat, &JNIEnv::GetFloatArrayRegion, &JNIEnv::SetFloatArrayRegion>;
using JavaInts = JavaArrayCopy<int32_t, jintArray, jint, &JNIEnv::GetIntArrayRegion, &JNIEnv::SetIntArrayRegion>;
using JavaLongs = JavaArrayCopy<int64_t, jlongArray, jlong, &JNIEnv::GetLongArrayRegion, &JNIEnv::SetLongArrayRegion>;
template <typename T>
using JavaBytes = JavaArrayCopy<T, jbyteArray, jbyte, &JNIEnv::GetByteArrayRegion, &JNIEnv::SetByteArrayRegion>;

// Arrays of results; null where an exception is pending or the array could not be made.
jbyteArray NewByteArray(JNIEnv* env, const std::string& text);
jbyteArray NewByteArray(JNIEnv* env, const std::vector<uint8_t>& bytes);
jfloatArray NewFloatArray(JNIEnv* env, const std::vector<float>& values);
jlongArray NewLongArray(JNIEnv* env, const std::vector<int64_t>& values);

// Copied a part at a time; Java has checked the range.
struct JavaByteRange {
  JNIEnv* env = nullptr;
  jbyteArray array = nullptr;
};
struct JavaString {
  JNIEnv* env = nullptr;
  jstring string = nullptr;
};
int32_t PushByteRange(Stream& stream, JavaByteRange text, int64_t at, int64_t count, LongsOut result);
int32_t PushStringRange(Stream& stream, JavaString text, int64_t at, int64_t count, LongsOut result);

// A direct buffer, of which Java has checked kind, order and range.
struct JavaBuffer {
  JNIEnv* env = nullptr;
  jobject buffer = nullptr;

  template <typename T>
  T* At(int64_t at) const {
    return buffer == nullptr ? nullptr : static_cast<T*>(env->GetDirectBufferAddress(buffer)) + at;
  }
};

}  // namespace lwave::bindings

#endif  // LONGWAVE_BINDINGS_JAVA_ARRAYS_H_
