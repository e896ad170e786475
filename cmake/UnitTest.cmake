# What ./test builds and runs once more under the sanitizers: every test with the label "unit".
add_custom_target(unit_tests)

# QTest ends with 0 when every function of a test was skipped (initTestCase and cleanupTestCase count as
# passed); CTest must not count that as passed. Single skipped functions are listed by tools/test_summary.py.
set(BOOTMEND_ALL_SKIPPED "Totals: [012] passed, 0 failed, [1-9][0-9]* skipped")

# bootmend_test(NAME tst_x SOURCES tst_x.cpp LIBRARIES bootmend_core [LABELS unit] [TIMEOUT 60])
# One QTest executable that CTest runs; GUI tests run on the offscreen platform unless told otherwise.
function(bootmend_test)
    cmake_parse_arguments(ARG "" "NAME;TIMEOUT" "SOURCES;LIBRARIES;LABELS" ${ARGN})
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 60)
    endif()
    if(NOT ARG_LABELS)
        set(ARG_LABELS unit)
    endif()
    add_executable(${ARG_NAME} ${ARG_SOURCES})
    target_include_directories(${ARG_NAME} PRIVATE ${PROJECT_SOURCE_DIR})
    target_link_libraries(${ARG_NAME} PRIVATE ${ARG_LIBRARIES} Qt6::Test)
    bootmend_precompiled(${ARG_NAME})
    if(unit IN_LIST ARG_LABELS)
        add_dependencies(unit_tests ${ARG_NAME})
    endif()
    add_test(NAME ${ARG_NAME} COMMAND ${ARG_NAME})
    set_tests_properties(${ARG_NAME} PROPERTIES
        LABELS "${ARG_LABELS}"
        TIMEOUT ${ARG_TIMEOUT}
        SKIP_REGULAR_EXPRESSION "${BOOTMEND_ALL_SKIPPED}"
        ENVIRONMENT "QT_QPA_PLATFORM=offscreen;ASAN_OPTIONS=detect_leaks=1;UBSAN_OPTIONS=print_stacktrace=1")
endfunction()

# bootmend_script_test(NAME style COMMAND python3 … LABELS style [TIMEOUT 60])
# A program that judges the tree or the built tools. It ends with 77, and a line "SKIP: why", when it cannot.
function(bootmend_script_test)
    cmake_parse_arguments(ARG "" "NAME;TIMEOUT" "COMMAND;LABELS" ${ARGN})
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 60)
    endif()
    add_test(NAME ${ARG_NAME} COMMAND ${ARG_COMMAND} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(${ARG_NAME} PROPERTIES
        LABELS "${ARG_LABELS}"
        TIMEOUT ${ARG_TIMEOUT}
        SKIP_RETURN_CODE 77)
endfunction()
