# What every target of the project is compiled with.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_AUTOMOC ON)
set(CMAKE_AUTORCC ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

option(BOOTMEND_SANITIZE "Build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(BOOTMEND_WARNINGS_AS_ERRORS "Fail the build on a compiler warning (CI does)" OFF)

find_program(CCACHE ccache)
if(CCACHE)
    set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
    add_compile_options($<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fpch-preprocess>) # ccache sees what is in the header then
endif()

# Designated initializers leave fields to their defaults on purpose.
add_compile_options(-Wall -Wextra -Wpedantic -Wno-missing-field-initializers)
if(BOOTMEND_WARNINGS_AS_ERRORS)
    add_compile_options(-Werror)
endif()
if(BOOTMEND_SANITIZE)
    add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
    add_link_options(-fsanitize=address,undefined)
endif()
# QT_NO_KEYWORDS: "slots" is a word of this field, so it must not be a macro.
add_compile_definitions(
    $<$<COMPILE_LANGUAGE:CXX>:QT_NO_CAST_FROM_ASCII>
    $<$<COMPILE_LANGUAGE:CXX>:QT_NO_KEYWORDS>)

# Lets the C++ of a target use the precompiled header of bootmend_core, and links that: the compiler takes the header
# only with the same definitions.
function(bootmend_precompiled target)
    target_link_libraries(${target} PRIVATE bootmend_core)
    target_precompile_headers(${target} REUSE_FROM bootmend_core)
endfunction()
