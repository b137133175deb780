// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Version 2 writes "QUOTA PERIOD" or "max PERIOD" into cpu.max; version 1 has a file for each number, and -1 for
// none.

#include "base/cgroup.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace lwave {
namespace {

constexpr double kMostProcessors = 1 << 20;

// Processors of one group, as a fraction; 0: no quota.
double Fraction(double quota, double period) { return quota > 0 && period > 0 ? quota / period : 0; }

double QuotaV2(const std::string& group) {
  std::ifstream file(group + "/cpu.max");
  std::string quota;
  double period = 0;
  if (!(file >> quota >> period) || quota == "max") return 0;
  return Fraction(std::strtod(quota.c_str(), nullptr), period);
}

double QuotaV1(const std::string& group) {
  std::ifstream quota_file(group + "/cpu.cfs_quota_us"), period_file(group + "/cpu.cfs_period_us");
  double quota = 0, period = 0;
  if (!(quota_file >> quota) || !(period_file >> period)) return 0;
  return Fraction(quota, period);
}

// The smallest quota from mount + path up to the mount itself; 0: none.
double SmallestQuota(const std::string& mount, std::string_view path, double (*quota_of)(const std::string&)) {
  // A group outside of the namespace's root is shown as /../x: of it, only the root can be read here.
  if (path.substr(0, 1) != "/" || path.find("/..") != std::string_view::npos) path = {};
  double smallest = 0;
  for (;;) {
    while (!path.empty() && path.back() == '/') path.remove_suffix(1);
    const double quota = quota_of(mount + std::string(path));
    if (quota > 0 && (smallest == 0 || quota < smallest)) smallest = quota;
    if (path.empty()) return smallest;
    path = path.substr(0, path.rfind('/'));
  }
}

// Whether a comma-separated list of controllers has "cpu".
bool HasCpu(std::string_view controllers) {
  for (;;) {
    const size_t comma = controllers.find(',');
    if (controllers.substr(0, comma) == "cpu") return true;
    if (comma == std::string_view::npos) return false;
    controllers.remove_prefix(comma + 1);
  }
}

}  // namespace

int32_t CgroupProcessors(const std::string& root, std::string_view membership) {
  std::string_view path_v2, path_v1;
  // Lines "NUMBER:CONTROLLERS:PATH"; version 2 has the number 0 and no controllers.
  while (!membership.empty()) {
    const size_t end = std::min(membership.find('\n'), membership.size());
    const std::string_view line = membership.substr(0, end);
    membership.remove_prefix(std::min(end + 1, membership.size()));
    const size_t first = line.find(':');
    const size_t second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const std::string_view controllers = line.substr(first + 1, second - first - 1), path = line.substr(second + 1);
    if (controllers.empty()) path_v2 = path;
    if (HasCpu(controllers)) path_v1 = path;
  }
  double smallest = 0;
  // Mounts by themselves, and beside each other; the controllers of version 1 may be mounted in one folder.
  for (const double quota :
       {SmallestQuota(root, path_v2, QuotaV2), SmallestQuota(root + "/unified", path_v2, QuotaV2),
        SmallestQuota(root + "/cpu", path_v1, QuotaV1), SmallestQuota(root + "/cpu,cpuacct", path_v1, QuotaV1)}) {
    if (quota > 0 && (smallest == 0 || quota < smallest)) smallest = quota;
  }
  return static_cast<int32_t>(std::ceil(std::min(smallest, kMostProcessors)));
}

int32_t CgroupProcessors() {
  std::ifstream file("/proc/self/cgroup");
  const std::string membership((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return CgroupProcessors("/sys/fs/cgroup", membership);
}

}  // namespace lwave
