# fescue_layer(NAME PCH name LINK targets...): the library fescue_NAME from src/NAME/**.cc, compiled with the precompiled
# header of that name (fescue_precompiled_header), and the test program NAME_test from the *_test.cc files that stand
# beside the code.
function(fescue_layer name)
  cmake_parse_arguments(ARG "" "PCH" "LINK" ${ARGN})

  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cc)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")

  if(sources)
    add_library(fescue_${name} STATIC ${sources})
    target_include_directories(fescue_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(fescue_${name} PUBLIC ${ARG_LINK})
    target_precompile_headers(fescue_${name} REUSE_FROM fescue_pch_${ARG_PCH})
    if(NOT ARG_PCH STREQUAL pure)
      # At -O2 g++ 12 takes the operators of a coroutine's frame, which belong together, for strangers.
      target_compile_options(fescue_${name} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete>)
    endif()
  else()
    add_library(fescue_${name} INTERFACE)
    target_include_directories(fescue_${name} INTERFACE ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(fescue_${name} INTERFACE ${ARG_LINK})
  endif()

  if(tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE fescue_${name} GTest::gtest GTest::gmock GTest::gtest_main)
    target_include_directories(${name}_test PRIVATE ${CMAKE_SOURCE_DIR})  # tests/fakes
    target_precompile_headers(${name}_test REUSE_FROM fescue_pch_test)
    # At -O2 g++ 12 sees uninitialized parts of a Result<void> that holds no error.
    target_compile_options(${name}_test PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
    add_test(NAME ${name} COMMAND ${name}_test --gtest_brief=1)
    set_tests_properties(${name} PROPERTIES TIMEOUT 300)
  endif()
endfunction()

function(fescue_executable name main library)
  add_executable(${name} ${main})
  target_link_libraries(${name} PRIVATE ${library})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
endfunction()

# fescue_precompiled_header(NAME): tools/cmake/pch/NAME.h. It only saves time: every file includes what it uses, and the
# presets tidy and fuzz build without.
function(fescue_precompiled_header name)
  file(WRITE ${CMAKE_BINARY_DIR}/pch_${name}.cc "")
  add_library(fescue_pch_${name} OBJECT EXCLUDE_FROM_ALL ${CMAKE_BINARY_DIR}/pch_${name}.cc)
  target_include_directories(fescue_pch_${name} PRIVATE ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(fescue_pch_${name} PRIVATE Boost::system Boost::json fmt::fmt spdlog::spdlog OpenSSL::SSL
                        $<$<STREQUAL:${name},test>:GTest::gtest>)
  target_precompile_headers(fescue_pch_${name} PRIVATE ${CMAKE_SOURCE_DIR}/tools/cmake/pch/${name}.h)
endfunction()
