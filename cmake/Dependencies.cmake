# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# Highway, Abseil, utf8proc, PCRE2 and Catch2 from the sources pinned in pins.txt: built beforehand by setup.sh, else fetched
# and built here with the same hashes. nlohmann-json and CLI11 (header-only) come from the system or are fetched.
# Targets for the rest of the build: hwy::hwy, absl::*, utf8proc, pcre2-8-static, Catch2::Catch2WithMain, nlohmann_json::nlohmann_json,
# CLI11::CLI11, Threads::Threads.

set(LONGWAVE_DEPS_DIR "$ENV{LONGWAVE_DEPS_DIR}" CACHE PATH "Folder that cmake/setup.sh builds the dependencies in")
if(NOT LONGWAVE_DEPS_DIR)
  if(NOT "$ENV{XDG_CACHE_HOME}" STREQUAL "")
    set(LONGWAVE_DEPS_DIR "$ENV{XDG_CACHE_HOME}/longwave")
  else()
    set(LONGWAVE_DEPS_DIR "$ENV{HOME}/.cache/longwave")
  endif()
endif()

set(_pins_file "${CMAKE_CURRENT_LIST_DIR}/pins.txt")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${_pins_file}")
file(SHA256 "${_pins_file}" _pins_hash)
string(SUBSTRING "${_pins_hash}" 0 12 _pins_hash)
set(LONGWAVE_DEPS_PREFIX "${LONGWAVE_DEPS_DIR}/deps-${_pins_hash}-${CMAKE_HOST_SYSTEM_PROCESSOR}")

file(STRINGS "${_pins_file}" _pin_lines REGEX "^pin ")
file(STRINGS "${_pins_file}" _define_lines REGEX "^define ")
if(LONGWAVE_SANITIZE)
  # Sanitized kernels compile slowly, so only three targets are built: the baseline, AVX2 and the widest.
  set(_define_lines "define HWY_DISABLED_TARGETS=(HWY_SSSE3|HWY_SSE4|HWY_AVX3|HWY_AVX3_DL|HWY_AVX3_SPR)")
endif()
if(LONGWAVE_EMULATED)
  set(_define_lines "define HWY_COMPILE_ONLY_SCALAR=1")
endif()
# Highway is compiled here where its macros differ from those of the prefix.
set(_own_highway FALSE)
if(LONGWAVE_SANITIZE OR LONGWAVE_EMULATED)
  set(_own_highway TRUE)
endif()
foreach(_line IN LISTS _define_lines)
  string(REGEX REPLACE "^define " "" _line "${_line}")
  add_compile_definitions("${_line}")
endforeach()

if(EXISTS "${LONGWAVE_DEPS_PREFIX}/complete")
  message(STATUS "Dependencies: ${LONGWAVE_DEPS_PREFIX}")
  set(_have_prefix TRUE)
else()
  message(STATUS "Dependencies: fetching pinned sources (cmake/setup.sh would have prepared ${LONGWAVE_DEPS_PREFIX})")
  set(_have_prefix FALSE)
endif()

# Unpacks the pinned source of NAME: an archive that setup.sh downloaded before, or the upstream one.
function(lwave_fetch_source name out_source_dir)
  include(FetchContent)
  set(url "")
  foreach(line IN LISTS _pin_lines)
    string(REPLACE " " ";" fields "${line}")
    list(GET fields 1 pinned)
    if(NOT pinned STREQUAL name)
      continue()
    endif()
    list(GET fields 2 version)
    list(GET fields 3 where)
    list(GET fields 4 source)
    list(GET fields 5 hash)
    string(SUBSTRING "${hash}" 0 12 short_hash)
    set(archive "${LONGWAVE_DEPS_DIR}/archives/${name}-${version}-${short_hash}.tar.gz")
    if(EXISTS "${archive}")
      set(url "${archive}")
      set(url_hash "${hash}")
      break()
    elseif(where STREQUAL "upstream")
      set(url "${source}")
      set(url_hash "${hash}")
    endif()
  endforeach()
  set(base "${PROJECT_BINARY_DIR}/_deps")
  FetchContent_Populate(${name} QUIET
    URL "${url}" URL_HASH "SHA256=${url_hash}" DOWNLOAD_EXTRACT_TIMESTAMP OFF
    SOURCE_DIR "${base}/${name}-src" BINARY_DIR "${base}/${name}-build" SUBBUILD_DIR "${base}/${name}-subbuild")
  set(${out_source_dir} "${base}/${name}-src" PARENT_SCOPE)
endfunction()

# Builds the pinned source of NAME as part of this build; only what is linked is compiled.
function(lwave_add_source name)
  lwave_fetch_source(${name} source_dir)
  set(BUILD_SHARED_LIBS OFF)
  set(BUILD_TESTING OFF)
  set(CMAKE_POLICY_VERSION_MINIMUM 3.5)
  foreach(setting IN LISTS ARGN) # NAME=VALUE
    string(REGEX MATCH "^([^=]*)=(.*)$" _ "${setting}")
    set(${CMAKE_MATCH_1} "${CMAKE_MATCH_2}" CACHE INTERNAL "")
  endforeach()
  add_subdirectory("${source_dir}" "${PROJECT_BINARY_DIR}/_deps/${name}-build" EXCLUDE_FROM_ALL SYSTEM)
endfunction()

find_package(Threads REQUIRED)

if(_have_prefix AND NOT _own_highway)
  find_package(hwy 1.2 CONFIG REQUIRED PATHS "${LONGWAVE_DEPS_PREFIX}" NO_DEFAULT_PATH)
else()
  lwave_add_source(highway HWY_ENABLE_TESTS=OFF HWY_ENABLE_EXAMPLES=OFF HWY_ENABLE_CONTRIB=OFF HWY_ENABLE_INSTALL=OFF)
  if(NOT TARGET hwy::hwy)
    add_library(hwy::hwy ALIAS hwy)
  endif()
endif()

if(_have_prefix)
  add_library(utf8proc STATIC IMPORTED)
  set_target_properties(utf8proc PROPERTIES
    IMPORTED_LOCATION "${LONGWAVE_DEPS_PREFIX}/lib/libutf8proc.a"
    INTERFACE_INCLUDE_DIRECTORIES "${LONGWAVE_DEPS_PREFIX}/include"
    INTERFACE_COMPILE_DEFINITIONS UTF8PROC_STATIC)
else()
  lwave_add_source(utf8proc UTF8PROC_ENABLE_TESTING=OFF UTF8PROC_INSTALL=OFF)
endif()

if(_have_prefix)
  add_library(pcre2-8-static STATIC IMPORTED)
  set_target_properties(pcre2-8-static PROPERTIES
    IMPORTED_LOCATION "${LONGWAVE_DEPS_PREFIX}/lib/libpcre2-8.a"
    INTERFACE_INCLUDE_DIRECTORIES "${LONGWAVE_DEPS_PREFIX}/include"
    INTERFACE_COMPILE_DEFINITIONS PCRE2_STATIC)
else()
  lwave_add_source(pcre2 PCRE2_BUILD_PCRE2_8=ON PCRE2_SUPPORT_UNICODE=ON PCRE2_SUPPORT_JIT=OFF
    PCRE2_BUILD_PCRE2GREP=OFF PCRE2_BUILD_TESTS=OFF)
endif()

# Abseil's containers and locks have another layout under the sanitizers, so there it is compiled with them.
if(_have_prefix AND NOT LONGWAVE_SANITIZE)
  find_package(absl CONFIG REQUIRED PATHS "${LONGWAVE_DEPS_PREFIX}" NO_DEFAULT_PATH)
else()
  lwave_add_source(abseil ABSL_ENABLE_INSTALL=OFF ABSL_PROPAGATE_CXX_STD=ON ABSL_BUILD_TESTING=OFF)
endif()

find_package(nlohmann_json 3.10 CONFIG QUIET)
if(NOT nlohmann_json_FOUND)
  lwave_fetch_source(nlohmann_json _json_dir)
  add_library(nlohmann_json::nlohmann_json INTERFACE IMPORTED)
  target_include_directories(nlohmann_json::nlohmann_json SYSTEM INTERFACE "${_json_dir}/single_include")
endif()

if(LONGWAVE_EXAMPLES)
  find_package(CLI11 2.1 CONFIG QUIET)
  if(NOT CLI11_FOUND)
    lwave_fetch_source(cli11 _cli11_dir)
    add_library(CLI11::CLI11 INTERFACE IMPORTED)
    target_include_directories(CLI11::CLI11 SYSTEM INTERFACE "${_cli11_dir}/include")
  endif()
endif()

if(LONGWAVE_TESTS)
  if(_have_prefix)
    find_package(Catch2 3.7 CONFIG REQUIRED PATHS "${LONGWAVE_DEPS_PREFIX}" NO_DEFAULT_PATH)
  else()
    lwave_add_source(catch2 CATCH_INSTALL_DOCS=OFF CATCH_INSTALL_EXTRAS=OFF)
  endif()
endif()
