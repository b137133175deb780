// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// operator new of the whole test binary, the library's calls included: counted, and failing at will. What is
// counted and made to fail is only what the arming thread asks for between Arm and Disarm.

#ifndef LONGWAVE_TESTS_LAWS_FAILING_NEW_H_
#define LONGWAVE_TESTS_LAWS_FAILING_NEW_H_

#include <cstdint>

namespace lwave::test {

// Counts from now on; the n-th call throws std::bad_alloc (0: none), and with `all_after` those after it too.
void ArmNew(int64_t n, bool all_after = false);
// Calls since ArmNew.
int64_t DisarmNew();

}  // namespace lwave::test

#endif  // LONGWAVE_TESTS_LAWS_FAILING_NEW_H_
