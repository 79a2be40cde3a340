# Warnings and sanitizers sit on one interface target; every target of ours links it privately.
add_library(rdpdx_flags INTERFACE)
target_compile_options(rdpdx_flags INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 finds these where there is nothing: in an empty std::optional that a variant is built from, in inserts into
  # a vector of std::byte. The sanitizers look for the same at run time.
  target_compile_options(rdpdx_flags INTERFACE -Wno-maybe-uninitialized -Wno-array-bounds -Wno-stringop-overflow
                         -Wno-stringop-overread)
endif()
if(RDPDX_WERROR)
  target_compile_options(rdpdx_flags INTERFACE -Werror)
endif()
if(RDPDX_SANITIZE)
  target_compile_options(rdpdx_flags INTERFACE -fsanitize=${RDPDX_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(rdpdx_flags INTERFACE -fsanitize=${RDPDX_SANITIZE})
endif()
if(RDPDX_FUZZ)
  target_compile_options(rdpdx_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

find_program(RDPDX_CCACHE ccache)
if(RDPDX_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${RDPDX_CCACHE})
endif()

# rdpdx_layer(NAME FOLDER f USES layer ... NEEDS package-target ...)
# One static library a layer, made of every .cpp of its folder except main.cpp. USES is what its headers may include of
# ours (tests/architecture_test.cpp scans for more); NEEDS is a package that this layer alone knows.
function(rdpdx_layer name)
  cmake_parse_arguments(ARG "" "FOLDER" "USES;NEEDS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${ARG_FOLDER}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  add_library(rdpdx_${name} STATIC ${sources})
  add_library(rdpdx::${name} ALIAS rdpdx_${name})
  target_include_directories(rdpdx_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  list(TRANSFORM ARG_USES PREPEND "rdpdx::")
  target_link_libraries(rdpdx_${name} PUBLIC ${ARG_USES} PRIVATE rdpdx_flags fmt::fmt ${ARG_NEEDS})
endfunction()
