// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// How many processors Linux control groups leave to a process. A quota may be set at any level, so the smallest
// one on the way from the process's own group to the root holds. Versions 1 and 2, and both at once.

#ifndef LONGWAVE_BASE_CGROUP_H_
#define LONGWAVE_BASE_CGROUP_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace lwave {

// Processors, rounded up; 0 when there is no quota or nothing can be read.
//   root        where control groups are mounted, /sys/fs/cgroup
//   membership  the text of /proc/self/cgroup. In a container it may name groups of the host, which are not to be
//               seen under `root`: levels without files count as levels without a quota
int32_t CgroupProcessors(const std::string& root, std::string_view membership);

// The same of this process.
int32_t CgroupProcessors();

}  // namespace lwave

#endif  // LONGWAVE_BASE_CGROUP_H_
