# SPDX-License-Identifier: Apache-2.0
# Included by recovery_bootloader/, whose lists of sources it passes on.
# Builds each port for a machine with its cross compiler, as a project of its own inside this one's build: every
# folder of ports/ whose CMakeLists.txt names a toolchain file of cmake/toolchains/.
#
# Gives for each a target with the name of its folder, whose results lie in BOOTMEND_PORTS_DIR/<name>, and lists
# them in BOOTMEND_PORTS. Where one cannot be built there is no target, and BOOTMEND_SKIPPED_<name> says why.
# BOOTMEND_BUNDLED_BOOTLOADERS lists the bootloader files that the application carries; each is a result of a
# target. BOOTMEND_QEMU_DIR and BOOTMEND_QEMU_SKIPPED are those of qemu_riscv_virt, the machine of the bench.
include(BareMetalCrypto)
include(ExternalProject)

set(BOOTMEND_PORTS_DIR ${CMAKE_BINARY_DIR}/recovery_bootloader CACHE INTERNAL "")
set(BOOTMEND_PORTS "" CACHE INTERNAL "")
set(BOOTMEND_BUNDLED_BOOTLOADERS "" CACHE INTERNAL "")

bootmend_find_crypto_sources(BOOTMEND_SOURCE)

# No ccache: it does not know the call graphs that the compiler writes beside the objects.
set(port_arguments "")
foreach(name BOOTMEND_SOURCE_LIBSODIUM BOOTMEND_SOURCE_BEARSSL BOOTMEND_WARNINGS_AS_ERRORS BOOTMEND_BOOT_SOURCES
        BOOTMEND_SMP_SOURCES BOOTMEND_MEM_SOURCES BOOTMEND_BOOT_INCLUDE BOOTMEND_BOOT_KEYS_C BOOTMEND_SAMPLE_VARIANTS
        BOOTMEND_SAMPLE_SOURCES BOOTMEND_POINTERS)
    string(REPLACE ";" "|" value "${${name}}")
    list(APPEND port_arguments "-D${name}=${value}")
endforeach()

# bootmend_find_toolchain(<CMakeLists.txt of a port> <result>): its toolchain file; empty for a port of the host.
function(bootmend_find_toolchain file result)
    file(STRINGS ${file} line REGEX "CMAKE_TOOLCHAIN_FILE .*/cmake/toolchains/[a-z0-9_]+\\.cmake" LIMIT_COUNT 1)
    string(REGEX MATCH "cmake/toolchains/[a-z0-9_]+\\.cmake" toolchain "${line}")
    set(${result} "${toolchain}" PARENT_SCOPE)
endfunction()

# bootmend_missing_for(<toolchain file> <result>): one line that says why nothing can be built by it; or empty.
function(bootmend_missing_for toolchain result)
    file(STRINGS ${PROJECT_SOURCE_DIR}/${toolchain} line REGEX "^set\\(CMAKE_C_COMPILER " LIMIT_COUNT 1)
    string(REGEX REPLACE "^set\\(CMAKE_C_COMPILER ([^)]+)\\)$" "\\1" compiler "${line}")
    find_program(BOOTMEND_${compiler} ${compiler})
    if(NOT BOOTMEND_${compiler})
        set(${result} "there is no ${compiler} (see tools/packages.txt)" PARENT_SCOPE)
    else()
        set(${result} "${BOOTMEND_SOURCE_MISSING}" PARENT_SCOPE)
    endif()
endfunction()

# bootmend_add_bare_metal_port(<name> [RESULTS <files that other targets need>…])
function(bootmend_add_bare_metal_port name)
    cmake_parse_arguments(ARG "" "" "RESULTS" ${ARGN})
    set(binary_dir ${BOOTMEND_PORTS_DIR}/${name})
    list(TRANSFORM ARG_RESULTS PREPEND ${binary_dir}/)
    ExternalProject_Add(${name}
        SOURCE_DIR ${CMAKE_CURRENT_SOURCE_DIR}/ports/${name}
        BINARY_DIR ${binary_dir}
        STAMP_DIR ${binary_dir}/stamps
        TMP_DIR ${binary_dir}/stamps
        LIST_SEPARATOR |
        CMAKE_ARGS ${port_arguments}
        DEPENDS bootmend_boot_keys
        BUILD_ALWAYS ON
        BUILD_BYPRODUCTS ${ARG_RESULTS}
        INSTALL_COMMAND "")
endfunction()

set(bench_results bootloader.bin)
foreach(variant ${BOOTMEND_SAMPLE_VARIANTS})
    string(REGEX REPLACE "=.*" "" variant ${variant})
    list(APPEND bench_results app_${variant}.bin)
endforeach()

file(GLOB port_files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/ports/*/CMakeLists.txt)
foreach(file ${port_files})
    bootmend_find_toolchain(${file} toolchain)
    if(NOT toolchain)
        continue()
    endif()
    cmake_path(GET file PARENT_PATH name)
    cmake_path(GET name FILENAME name)
    bootmend_missing_for(${toolchain} missing)
    set(BOOTMEND_SKIPPED_${name} "${missing}" CACHE INTERNAL "")
    if(missing)
        message(STATUS "The bootloader for ${name}: skipped, because ${missing}")
    elseif(name STREQUAL "qemu_riscv_virt")
        bootmend_add_bare_metal_port(${name} RESULTS ${bench_results})
        set(BOOTMEND_BUNDLED_BOOTLOADERS ${BOOTMEND_PORTS_DIR}/${name}/bootloader.bin CACHE INTERNAL "")
        list(APPEND BOOTMEND_PORTS ${name})
    else()
        bootmend_add_bare_metal_port(${name})
        list(APPEND BOOTMEND_PORTS ${name})
    endif()
endforeach()

set(BOOTMEND_PORTS "${BOOTMEND_PORTS}" CACHE INTERNAL "")
set(BOOTMEND_QEMU_DIR ${BOOTMEND_PORTS_DIR}/qemu_riscv_virt CACHE INTERNAL "")
set(BOOTMEND_QEMU_SKIPPED "${BOOTMEND_SKIPPED_qemu_riscv_virt}" CACHE INTERNAL "")
