# SPDX-License-Identifier: Apache-2.0
# bootmend_add_bare_metal_libsodium(<unpacked source> <folder of ports/bare_metal>)
# The target `sodium_verify`: Ed25519 verification, SHA-512 and SHA-256 of libsodium, unmodified.
function(bootmend_add_bare_metal_libsodium source bare_metal)
    set(include ${source}/src/libsodium/include)
    set(VERSION 1.0.18)
    set(SODIUM_LIBRARY_VERSION_MAJOR 10)
    set(SODIUM_LIBRARY_VERSION_MINOR 3)
    set(SODIUM_LIBRARY_MINIMAL_DEF "")
    # Beside its template, as libsodium's own configure does: the header includes its neighbour.
    configure_file(${include}/sodium/version.h.in ${include}/sodium/version.h @ONLY)

    add_library(sodium_verify STATIC
        ${source}/src/libsodium/crypto_core/ed25519/ref10/ed25519_ref10.c
        ${source}/src/libsodium/crypto_hash/sha256/cp/hash_sha256_cp.c
        ${source}/src/libsodium/crypto_hash/sha512/cp/hash_sha512_cp.c
        ${source}/src/libsodium/crypto_sign/ed25519/ref10/open.c
        ${source}/src/libsodium/crypto_sign/ed25519/ref10/sign.c
        ${source}/src/libsodium/crypto_verify/sodium/verify.c
        ${bare_metal}/sodium_utils.c)
    target_include_directories(sodium_verify SYSTEM
        PUBLIC ${bare_metal}/include ${include}
        PRIVATE ${include}/sodium)
    target_compile_definitions(sodium_verify PRIVATE CONFIGURED=1 NATIVE_LITTLE_ENDIAN=1 PUBLIC SODIUM_STATIC)
    # Not our code: its warnings are its authors'.
    target_compile_options(sodium_verify PRIVATE -w)
endfunction()
