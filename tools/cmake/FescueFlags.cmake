# Compiler flags of every target: C++20, warnings are errors, hardening in release, sanitizers by preset.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

set(FESCUE_SANITIZE "" CACHE STRING "Value of -fsanitize=, empty for none")

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
endif()
# What ccache needs to know to cache users of a precompiled header.
add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
find_program(LLD ld.lld)
if(LLD)
  add_link_options(-fuse-ld=lld)
endif()

# One flag for libraries and programs alike, so that all can share one precompiled header.
add_compile_options(-fPIE)
add_link_options(-pie)

add_compile_options(-Wall -Wextra -Wpedantic -Werror $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor>
                    $<$<COMPILE_LANGUAGE:CXX>:-Woverloaded-virtual> -fstack-protector-strong
                    $<$<CXX_COMPILER_ID:GNU>:-Wshadow=local>)
add_compile_definitions(BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_CONCEPTS)

if(CMAKE_UNITY_BUILD)
  # g++ 12 takes a file that is included into a unit for a header, and the frames of its coroutines for types of one.
  add_compile_options($<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-subobject-linkage>)
endif()

if(CMAKE_BUILD_TYPE STREQUAL "Release" OR CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -D_GLIBCXX_ASSERTIONS -fstack-clash-protection)
  add_link_options(-Wl,-z,relro,-z,now -Wl,--as-needed)
  # At -O3 g++ 12 sees overflows inside std::string that are not there (GCC bugs 105329 and 105651).
  add_compile_options($<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-array-bounds>
                      $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-stringop-overflow>
                      $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-stringop-overread>
                      $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-restrict>)
endif()
if(FESCUE_SANITIZE)
  add_compile_options(-fsanitize=${FESCUE_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${FESCUE_SANITIZE})
  if(FESCUE_SANITIZE MATCHES "thread")
    # Asio's reference counts use a fence, which GCC's thread sanitizer does not follow.
    add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  endif()
  if(FESCUE_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize-recover=undefined)
    # clang 14's function sanitizer cannot handle coroutines.
    add_compile_options($<$<CXX_COMPILER_ID:Clang>:-fno-sanitize=function>)
  endif()
endif()

option(FESCUE_FUZZ "Build the fuzz targets (clang)" OFF)
if(FESCUE_FUZZ)
  # Coverage of the libraries too, or the fuzzer is blind.
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
