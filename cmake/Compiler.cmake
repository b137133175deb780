# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# The language, the flags of every translation unit, and the warnings of ours (target lwave_options).

set(CMAKE_C_STANDARD 99)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
# The kernels are vectorised by hand, so -O3 would cost compile time and size for nothing.
foreach(language C CXX)
  set(CMAKE_${language}_FLAGS_RELEASE "-O2 -DNDEBUG")
endforeach()

# Bit-identical results need the arithmetic that the source says: a compiler that fuses a product and a sum where it
# happens to see both would make a row's bits depend on inlining. Fused operations are written out in the kernels.
add_compile_options(-ffp-contract=off -ffunction-sections -fdata-sections)

# An instruction set is never chosen here (no -march): Highway dispatches at run time. Its macros, from pins.txt, must be
# the same in every translation unit of an image; Dependencies.cmake adds them for the whole tree.

if(LONGWAVE_SANITIZE)
  add_compile_options(-fsanitize=${LONGWAVE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g1)
  foreach(language C CXX)
    set(CMAKE_${language}_FLAGS_RELEASE "-O1 -DNDEBUG") # half the time to compile
  endforeach()
  add_link_options(-fsanitize=${LONGWAVE_SANITIZE})
endif()

if(NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(LONGWAVE_CCACHE ccache)
  if(LONGWAVE_CCACHE)
    set(CMAKE_C_COMPILER_LAUNCHER "${LONGWAVE_CCACHE}")
    set(CMAKE_CXX_COMPILER_LAUNCHER "${LONGWAVE_CCACHE}")
  endif()
endif()

add_library(lwave_options INTERFACE)
target_compile_options(lwave_options INTERFACE -Wall -Wextra -Wshadow $<$<BOOL:${LONGWAVE_WERROR}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND LONGWAVE_SANITIZE)
  # With the checks for null, g++ no longer takes a function's address for a constant, and Abseil does not compile.
  # A null pointer that is followed still ends the program.
  add_compile_options(-fno-sanitize=null,nonnull-attribute,returns-nonnull-attribute)
  # g++ 12 reports false positives of these once sanitizers change what it can see.
  target_compile_options(lwave_options INTERFACE -Wno-maybe-uninitialized
    $<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict> -Wno-stringop-overflow -Wno-array-bounds)
endif()
