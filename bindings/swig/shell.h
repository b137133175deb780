// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A handle of the library behind a CallCount. Closing frees the handle once no call is in flight; the shell itself is
// deleted by the language's collector alone, when nothing can reach it any more. So a pointer to a shell is never stale,
// and use after close, double close and close during a call are statuses rather than crashes.
//
// Children (a stream, a memory, a workspace) keep what they need of their parents alive within the library, so parents
// may be closed first.

#ifndef LONGWAVE_BINDINGS_SHELL_H_
#define LONGWAVE_BINDINGS_SHELL_H_

#include <new>

#include "call.h"
#include "call_count.h"

namespace lwave::bindings {

template <typename Handle, void (*destroy)(Handle*)>
class Shell {
 public:
  Shell(Handle* handle, const char* name) : handle_(handle), name_(name) {
    CountHandle(1);
    CountObject(1);
  }
  ~Shell() {
    Close();
    CountObject(-1);
  }
  Shell(const Shell&) = delete;
  Shell& operator=(const Shell&) = delete;

  // Any thread, any number of times; returns at once. Where a call that is alone inside goes on, interrupt(handle) is
  // called first, so that it ends soon.
  template <typename Interrupt>
  void Close(const Interrupt& interrupt) {
    if (count_.Enter() == CallCount::Entry::kEntered) {
      if (count_.Close()) interrupt(handle_);
    }
    if (count_.Leave()) Free();
  }
  void Close() {
    Close([](Handle*) {});
  }
  bool closed() const { return count_.closed(); }

  // One call, beside others. Null, with the error set, if the object is closed.
  class Shared {
   public:
    Shared(const Shell& shell, lwave_error* error) : shell_(shell) {
      const CallCount::Entry entry = shell.count_.Enter();
      if (entry == CallCount::Entry::kEntered) {
        handle_ = shell.handle_;
      } else {
        shell.Refuse(entry, error);
      }
    }
    ~Shared() {
      if (shell_.count_.Leave()) shell_.Free();
    }
    Shared(const Shared&) = delete;
    Shared& operator=(const Shared&) = delete;
    Handle* get() const { return handle_; }
    explicit operator bool() const { return handle_ != nullptr; }

   private:
    const Shell& shell_;
    Handle* handle_ = nullptr;
  };

  // One call of an object that takes one thread at a time. A null shell gives a null handle and no error.
  class Alone {
   public:
    Alone(const Shell& shell, lwave_error* error) : Alone(&shell, error) {}
    Alone(const Shell* shell, lwave_error* error) {
      if (shell == nullptr) return;
      const CallCount::Entry entry = shell->count_.EnterAlone();
      if (entry == CallCount::Entry::kEntered) {
        shell_ = shell;
        handle_ = shell->handle_;
      } else {
        shell->Refuse(entry, error);
      }
    }
    ~Alone() {
      if (shell_ != nullptr && shell_->count_.LeaveAlone()) shell_->Free();
    }
    Alone(const Alone&) = delete;
    Alone& operator=(const Alone&) = delete;
    Handle* get() const { return handle_; }
    explicit operator bool() const { return handle_ != nullptr; }

   private:
    const Shell* shell_ = nullptr;
    Handle* handle_ = nullptr;
  };

 private:
  void Free() const {
    destroy(handle_);
    CountHandle(-1);
  }
  void Refuse(CallCount::Entry entry, lwave_error* error) const {
    const bool closed = entry == CallCount::Entry::kClosed;
    char message[96];
    char* end = message;
    for (const char* part : {"the ", name_, closed ? " is closed" : " is in use by another thread; it takes one at a time"}) {
      while (*part != '\0') *end++ = *part++;
    }
    *end = '\0';
    Fail(error, closed ? kStatusClosed : kStatusBusy, message);
  }

  mutable CallCount count_;
  Handle* const handle_;
  const char* const name_;
};

// The object for a handle that the library has just made; null if that failed, or if there is no memory for it.
template <typename Object, typename Handle>
Object* Wrap(Handle* handle, void (*destroy)(Handle*), lwave_error* error) {
  if (error->status != LWAVE_OK) return nullptr;
  Object* object = new (std::nothrow) Object(handle);
  if (object == nullptr) {
    destroy(handle);
    Fail(error, LWAVE_OUT_OF_MEMORY, "out of memory");
  }
  return object;
}

}  // namespace lwave::bindings

#endif  // LONGWAVE_BINDINGS_SHELL_H_
