# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# cmake --install: libraries, headers, CMake package, pkg-config file, the tool, the default model and the licences.
# Every path is relative to the prefix, so an installed tree may be moved.

if(NOT TARGET longwave_shared)
  return()
endif()
include(CMakePackageConfigHelpers)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/Longwave")
install(TARGETS longwave_shared EXPORT LongwaveTargets
  LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(EXPORT LongwaveTargets NAMESPACE Longwave:: DESTINATION "${package_dir}")
if(TARGET longwave_archive)
  install(FILES "${CMAKE_LIBRARY_OUTPUT_DIRECTORY}/liblongwave.a" DESTINATION "${CMAKE_INSTALL_LIBDIR}")
endif()
install(DIRECTORY "${PROJECT_SOURCE_DIR}/c_api/include/longwave" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  FILES_MATCHING PATTERN "*.h")
if(TARGET longwave_cli)
  install(TARGETS longwave_cli RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endif()

configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/LongwaveConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/LongwaveConfig.cmake" INSTALL_DESTINATION "${package_dir}"
  PATH_VARS CMAKE_INSTALL_LIBDIR CMAKE_INSTALL_INCLUDEDIR NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/LongwaveConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/LongwaveConfig.cmake" "${PROJECT_BINARY_DIR}/LongwaveConfigVersion.cmake"
  DESTINATION "${package_dir}")

# pkg-config fills in ${pcfiledir}; the way from there to the prefix depends on the library folder's depth.
cmake_path(SET pc_dir "/${CMAKE_INSTALL_LIBDIR}/pkgconfig")
cmake_path(RELATIVE_PATH pc_dir BASE_DIRECTORY "/" OUTPUT_VARIABLE pc_dir)
string(REGEX REPLACE "[^/]+" ".." pc_to_prefix "${pc_dir}")
configure_file("${CMAKE_CURRENT_LIST_DIR}/longwave.pc.in" "${PROJECT_BINARY_DIR}/longwave.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/longwave.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")

if(EXISTS "${PROJECT_SOURCE_DIR}/examples/models/minilm")
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/examples/models/minilm" DESTINATION "${CMAKE_INSTALL_DATADIR}/longwave/models")
endif()
foreach(file LICENSE NOTICE THIRD_PARTY_NOTICES.md THIRD_PARTY_NOTICES THIRD_PARTY_NOTICES.txt c_api/mechanisms.md)
  if(EXISTS "${PROJECT_SOURCE_DIR}/${file}")
    install(FILES "${PROJECT_SOURCE_DIR}/${file}" DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/longwave")
  endif()
endforeach()
