# SPDX-License-Identifier: Apache-2.0
# Included by recovery_bootloader/, whose lists of sources it passes on.
# Builds ports/qemu_riscv_virt with the cross compiler, as a project of its own inside this one's build.
#
# Gives the target `qemu_riscv_virt` and BOOTMEND_QEMU_DIR, the folder of its results. Where it cannot be
# built, there is no target, and BOOTMEND_QEMU_SKIPPED says why. BOOTMEND_BUNDLED_BOOTLOADERS lists the
# bootloader files that the application carries; each is a result of the target.
include(BareMetalCrypto)
include(ExternalProject)

set(BOOTMEND_QEMU_DIR ${CMAKE_BINARY_DIR}/recovery_bootloader/qemu_riscv_virt CACHE INTERNAL "")
set(BOOTMEND_QEMU_SKIPPED "" CACHE INTERNAL "")
set(BOOTMEND_BUNDLED_BOOTLOADERS "" CACHE INTERNAL "")

find_program(BOOTMEND_RISCV_COMPILER riscv64-unknown-elf-gcc)
if(BOOTMEND_RISCV_COMPILER)
    bootmend_find_crypto_sources(BOOTMEND_SOURCE)
    set(BOOTMEND_QEMU_SKIPPED "${BOOTMEND_SOURCE_MISSING}" CACHE INTERNAL "")
else()
    set(BOOTMEND_QEMU_SKIPPED "there is no riscv64-unknown-elf-gcc (package gcc-riscv64-unknown-elf)"
        CACHE INTERNAL "")
endif()

if(BOOTMEND_QEMU_SKIPPED)
    message(STATUS "The bootloader for QEMU: skipped, because ${BOOTMEND_QEMU_SKIPPED}")
    return()
endif()

# No ccache: it does not know the call graphs that the compiler writes beside the objects.
set(qemu_arguments "")
foreach(name BOOTMEND_SOURCE_LIBSODIUM BOOTMEND_SOURCE_BEARSSL BOOTMEND_WARNINGS_AS_ERRORS BOOTMEND_BOOT_SOURCES BOOTMEND_SMP_SOURCES
        BOOTMEND_MEM_SOURCES BOOTMEND_BOOT_INCLUDE BOOTMEND_BOOT_KEYS_C BOOTMEND_SAMPLE_VARIANTS BOOTMEND_SAMPLE_SOURCES)
    string(REPLACE ";" "|" value "${${name}}")
    list(APPEND qemu_arguments "-D${name}=${value}")
endforeach()

set(BOOTMEND_BUNDLED_BOOTLOADERS ${BOOTMEND_QEMU_DIR}/bootloader.bin CACHE INTERNAL "")
set(qemu_results ${BOOTMEND_BUNDLED_BOOTLOADERS} ${BOOTMEND_QEMU_DIR}/port_self_test.bin)
foreach(variant ${BOOTMEND_SAMPLE_VARIANTS})
    string(REGEX REPLACE "=.*" "" variant ${variant})
    list(APPEND qemu_results ${BOOTMEND_QEMU_DIR}/app_${variant}.bin)
endforeach()
ExternalProject_Add(qemu_riscv_virt
    SOURCE_DIR ${CMAKE_CURRENT_SOURCE_DIR}/ports/qemu_riscv_virt
    BINARY_DIR ${BOOTMEND_QEMU_DIR}
    STAMP_DIR ${BOOTMEND_QEMU_DIR}/stamps
    TMP_DIR ${BOOTMEND_QEMU_DIR}/stamps
    LIST_SEPARATOR |
    CMAKE_ARGS --toolchain ${PROJECT_SOURCE_DIR}/cmake/toolchains/riscv32_bare_metal.cmake ${qemu_arguments}
    DEPENDS bootmend_boot_keys
    BUILD_ALWAYS ON
    BUILD_BYPRODUCTS ${qemu_results}
    INSTALL_COMMAND "")
