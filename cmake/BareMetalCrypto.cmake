# SPDX-License-Identifier: Apache-2.0
# SHA-256, SHA-512 and Ed25519 for machines without an operating system, from sources that the distribution
# keeps (docs/decisions/0033 and 0005).

# bootmend_find_crypto_sources(<prefix>)
# In the computer's build. Sets <prefix>_LIBSODIUM and <prefix>_BEARSSL, the folders of the unpacked sources, or
# <prefix>_MISSING, one line that says why there are none. They lie outside the build tree, so that a clean
# checkout does not fetch them again.
set(BOOTMEND_LIBSODIUM_TARBALL "" CACHE FILEPATH
    "libsodium_1.0.18.orig.tar.gz for the freestanding ports; fetched by apt-get source when empty")
set(BOOTMEND_BEARSSL_TARBALL "" CACHE FILEPATH
    "bearssl_0.6+dfsg.1.orig.tar.xz for the freestanding ports; fetched by apt-get source when empty")
function(bootmend_find_crypto_sources prefix)
    if(DEFINED ENV{XDG_CACHE_HOME})
        set(cache $ENV{XDG_CACHE_HOME})
    elseif(DEFINED ENV{HOME})
        set(cache $ENV{HOME}/.cache)
    else()
        set(cache ${CMAKE_BINARY_DIR})
    endif()
    foreach(folder libsodium-1.0.18 bearssl-0.6)
        string(REGEX REPLACE "-.*" "" library ${folder})
        string(TOUPPER ${library} name)
        set(arguments ${library})
        if(BOOTMEND_${name}_TARBALL)
            list(APPEND arguments --tarball ${BOOTMEND_${name}_TARBALL})
        endif()
        execute_process(COMMAND ${PROJECT_SOURCE_DIR}/tools/fetch_source.sh ${arguments} ${cache}/bootmend/${folder}
            RESULT_VARIABLE result OUTPUT_VARIABLE reason ERROR_VARIABLE errors OUTPUT_STRIP_TRAILING_WHITESPACE)
        if(NOT result EQUAL 0)
            # No semicolon: it goes through lists, into the environment of the tests.
            string(REPLACE ";" "," reason "${reason}${errors}")
            set(${prefix}_MISSING "${reason}" PARENT_SCOPE)
            return()
        endif()
        set(${prefix}_${name} ${cache}/bootmend/${folder} PARENT_SCOPE)
    endforeach()
endfunction()

# bootmend_add_bare_metal_crypto(LIBSODIUM <source> BEARSSL <source> BARE_METAL <folder of ports/bare_metal>)
# In the build of a port: the target `bare_metal_crypto`, with libsodium's interface. The sources are unmodified.
function(bootmend_add_bare_metal_crypto)
    cmake_parse_arguments(ARG "" "LIBSODIUM;BEARSSL;BARE_METAL" "" ${ARGN})
    set(sodium ${ARG_LIBSODIUM}/src/libsodium)
    set(VERSION 1.0.18)
    set(SODIUM_LIBRARY_VERSION_MAJOR 10)
    set(SODIUM_LIBRARY_VERSION_MINOR 3)
    set(SODIUM_LIBRARY_MINIMAL_DEF "")
    # Beside its template, as libsodium's own configure does: the header includes its neighbour.
    configure_file(${sodium}/include/sodium/version.h.in ${sodium}/include/sodium/version.h @ONLY)

    add_library(bare_metal_crypto STATIC
        ${sodium}/crypto_core/ed25519/ref10/ed25519_ref10.c
        ${sodium}/crypto_hash/sha256/cp/hash_sha256_cp.c
        ${sodium}/crypto_sign/ed25519/ref10/open.c
        ${sodium}/crypto_sign/ed25519/ref10/sign.c
        ${sodium}/crypto_verify/sodium/verify.c
        ${ARG_BARE_METAL}/sodium_utils.c
        ${ARG_BARE_METAL}/sodium_sha512.c
        ${ARG_BEARSSL}/src/codec/dec64be.c
        ${ARG_BEARSSL}/src/codec/enc64be.c
        ${ARG_BEARSSL}/src/hash/sha2big.c)
    target_include_directories(bare_metal_crypto SYSTEM
        PUBLIC ${ARG_BARE_METAL}/include ${sodium}/include
        PRIVATE ${sodium}/include/sodium ${ARG_BEARSSL}/inc ${ARG_BEARSSL}/src)
    target_compile_definitions(bare_metal_crypto PRIVATE CONFIGURED=1 NATIVE_LITTLE_ENDIAN=1 PUBLIC SODIUM_STATIC)
    # 48 to 80 bytes less stack, at the deepest point of all.
    set_source_files_properties(${sodium}/crypto_core/ed25519/ref10/ed25519_ref10.c
        PROPERTIES COMPILE_OPTIONS -fno-inline)
    # Not our code: its warnings are its authors'.
    target_compile_options(bare_metal_crypto PRIVATE -w)
endfunction()
