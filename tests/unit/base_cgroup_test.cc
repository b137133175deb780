// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Control groups, over folders that look like theirs.

#include "base/cgroup.h"

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "model_checkpoint_support.h"

namespace lwave {
namespace {

class Groups {
 public:
  void V2(const std::string& group, const std::string& text) { Write(group + "/cpu.max", text + "\n"); }
  void V1(const std::string& group, const std::string& quota, const std::string& period = "100000") {
    Write(group + "/cpu.cfs_quota_us", quota + "\n");
    Write(group + "/cpu.cfs_period_us", period + "\n");
  }
  int32_t Of(const std::string& membership) const { return CgroupProcessors(Root(), membership); }

 private:
  std::string Root() const { return folder_ / "cgroup"; }
  void Write(const std::string& name, const std::string& text) {
    const std::filesystem::path path = Root() + "/" + name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  model::testing::TemporaryFolder folder_;
};

TEST_CASE("Version 2: the smallest quota from the process's group up to the root holds", "[base]") {
  Groups groups;
  CHECK(groups.Of("0::/a/b/c\n") == 0);
  groups.V2("a/b/c", "max 100000");
  groups.V2("a/b", "350000 100000");
  groups.V2("a", "max 100000");
  CHECK(groups.Of("0::/a/b/c\n") == 4);  // rounded up
  CHECK(groups.Of("0::/a/b/c") == 4);
  CHECK(groups.Of("0::/a/b/c/") == 4);
  CHECK(groups.Of("0::/a\n") == 0);
  CHECK(groups.Of("0::/\n") == 0);
  groups.V2("a", "200000 100000");
  CHECK(groups.Of("0::/a/b/c\n") == 2);
  groups.V2("a/b/c", "1000 100000");
  CHECK(groups.Of("0::/a/b/c\n") == 1);
  CHECK(groups.Of("0::/a/b\n") == 2);
  CHECK(groups.Of("0::/other\n") == 0);
}

TEST_CASE("Version 2: a container sees its own group as the root, whatever path it is told", "[base]") {
  Groups groups;
  groups.V2("", "300000 100000");
  for (const char* membership : {"0::/\n", "0::/docker/0123\n", "0::/../sibling\n", "0::/..\n", "", "nonsense", ":"}) {
    INFO(membership);
    CHECK(groups.Of(membership) == 3);
  }
}

TEST_CASE("Version 1: the cpu controller's path is used, and no other's", "[base]") {
  const std::string membership = "12:cpuset:/set\n4:cpu,cpuacct:/slice/job\n3:memory:/slice/memory\n0::/\n";
  for (const char* mount : {"cpu", "cpu,cpuacct"}) {
    INFO(mount);
    const std::string cpu = mount;
    Groups groups;
    groups.V1(cpu, "-1");
    groups.V1(cpu + "/slice", "-1");
    groups.V1(cpu + "/set", "100000");
    groups.V1(cpu + "/slice/job", "-1");
    CHECK(groups.Of(membership) == 0);
    groups.V1(cpu + "/slice/job", "300000", "50000");
    CHECK(groups.Of(membership) == 6);
    groups.V1(cpu + "/slice", "150000");
    CHECK(groups.Of(membership) == 2);
    CHECK(groups.Of("4:cpuacct,cpu:/slice\n") == 2);
    CHECK(groups.Of("12:cpuset:/set\n") == 0);
  }
}

TEST_CASE("Both versions at once: the smaller quota holds", "[base]") {
  Groups groups;
  groups.V2("unified/a", "500000 100000");
  groups.V1("cpu/b", "200000");
  CHECK(groups.Of("4:cpu:/b\n0::/a\n") == 2);
  CHECK(groups.Of("4:cpu:/c\n0::/a\n") == 5);
}

TEST_CASE("A quota that is no number, or none that a machine could have, does no harm", "[base]") {
  Groups groups;
  for (const char* text : {"", "max", "x y", "100000", "100000 0", "-5 100000", "0 100000", "nan 100000"}) {
    INFO(text);
    groups.V2("", text);
    CHECK(groups.Of("0::/\n") == 0);
  }
  groups.V2("", "1e300 1");
  CHECK(groups.Of("0::/\n") > 1000);
}

}  // namespace
}  // namespace lwave
