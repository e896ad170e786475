# SPDX-License-Identifier: Apache-2.0
# Included by the CMakeLists.txt of a port for a machine, behind its project(). Gives what every such port is made
# of; recovery_bootloader/README.md, "Adding a port", shows how they are used.
list(APPEND CMAKE_MODULE_PATH ${CMAKE_CURRENT_LIST_DIR})
include(BareMetalCrypto)
find_package(Python3 REQUIRED COMPONENTS Interpreter)

set(BOOTMEND_ROOT ${CMAKE_CURRENT_LIST_DIR}/..)
set(BOOTMEND_PORT_FOLDERS ${BOOTMEND_ROOT}/recovery_bootloader/ports)

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(BOOTMEND_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wvla)
if(BOOTMEND_WARNINGS_AS_ERRORS)
    list(APPEND BOOTMEND_WARNINGS -Werror)
endif()

# bootmend_bare_metal_port(MACHINE <flags>… SOURCES <files>… [INCLUDE <folders>…])
# The libraries of a bootloader: bare_metal_crypto, bare_metal (string.h), smp, core, and port. The port's sources are
# an object library, as vectors and what linker scripts keep are called by nobody.
function(bootmend_bare_metal_port)
    cmake_parse_arguments(ARG "" "" "MACHINE;SOURCES;INCLUDE" ${ARGN})
    set(bare_metal_folder ${BOOTMEND_PORT_FOLDERS}/bare_metal)
    add_compile_options(${ARG_MACHINE} $<$<COMPILE_LANGUAGE:C>:-fcallgraph-info=su>) # for tools/stack_bound.py
    add_link_options(${ARG_MACHINE})

    bootmend_add_bare_metal_crypto(
        LIBSODIUM ${BOOTMEND_SOURCE_LIBSODIUM} BEARSSL ${BOOTMEND_SOURCE_BEARSSL} BARE_METAL ${bare_metal_folder})
    if(ARG_MACHINE MATCHES "cortex-m0")
        # 310 bytes less; other cores have more registers, and the code grows there.
        set_property(SOURCE ${BOOTMEND_SOURCE_LIBSODIUM}/src/libsodium/crypto_core/ed25519/ref10/ed25519_ref10.c
            APPEND PROPERTY COMPILE_OPTIONS -fira-algorithm=priority -frename-registers)
    endif()

    add_library(bare_metal STATIC ${BOOTMEND_MEM_SOURCES})
    target_include_directories(bare_metal PUBLIC ${bare_metal_folder}/include)
    target_compile_options(bare_metal PRIVATE ${BOOTMEND_WARNINGS} -fno-tree-loop-distribute-patterns)
    target_link_libraries(bare_metal PUBLIC gcc)
    target_link_libraries(bare_metal_crypto PUBLIC bare_metal)

    add_library(smp STATIC ${BOOTMEND_SMP_SOURCES})
    target_include_directories(smp PUBLIC ${BOOTMEND_BOOT_INCLUDE})
    target_compile_options(smp PRIVATE ${BOOTMEND_WARNINGS})
    target_link_libraries(smp PUBLIC bare_metal)

    set(core_sources ${BOOTMEND_BOOT_SOURCES})
    list(REMOVE_ITEM core_sources ${BOOTMEND_SMP_SOURCES})
    # Registers are few: what is moved out of a loop is spilled around it. Saves 60 bytes on Cortex-M0.
    set(smaller $<$<COMPILE_LANGUAGE:C>:-fno-move-loop-invariants>)
    target_compile_options(smp PRIVATE ${smaller})
    add_library(core STATIC ${core_sources} ${BOOTMEND_BOOT_KEYS_C})
    target_compile_options(core PRIVATE ${BOOTMEND_WARNINGS} ${smaller})
    target_link_libraries(core PUBLIC smp bare_metal_crypto)

    add_library(port OBJECT ${ARG_SOURCES})
    target_include_directories(port PUBLIC ${CMAKE_CURRENT_SOURCE_DIR} ${ARG_INCLUDE} ${BOOTMEND_BOOT_INCLUDE})
    target_compile_options(port PRIVATE $<$<COMPILE_LANGUAGE:C>:${BOOTMEND_WARNINGS}>)
    target_link_libraries(port PUBLIC bare_metal)
endfunction()

# bootmend_add_image(<name> SCRIPT <linker script> SOURCES … LIBRARIES … [LINK_OPTIONS …] [FINISH <command>…])
# <name>.elf and the flat <name>.bin; before, FINISH is called with <name>.elf.
function(bootmend_add_image name)
    cmake_parse_arguments(ARG "" "SCRIPT" "SOURCES;LIBRARIES;LINK_OPTIONS;FINISH" ${ARGN})
    cmake_path(GET ARG_SCRIPT PARENT_PATH script_folder)
    file(GLOB scripts CONFIGURE_DEPENDS ${script_folder}/*.ld ${BOOTMEND_PORT_FOLDERS}/cortex_m/*.ld)
    add_executable(${name} ${ARG_SOURCES})
    set_target_properties(${name} PROPERTIES SUFFIX .elf LINK_DEPENDS "${scripts}")
    target_compile_options(${name} PRIVATE $<$<COMPILE_LANGUAGE:C>:${BOOTMEND_WARNINGS}>)
    target_link_options(${name} PRIVATE -T${ARG_SCRIPT} -Wl,-Map=${name}.map ${ARG_LINK_OPTIONS})
    target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES} bare_metal)
    if(ARG_FINISH)
        add_custom_command(TARGET ${name} POST_BUILD COMMAND ${ARG_FINISH} ${name}.elf VERBATIM)
    endif()
    add_custom_command(TARGET ${name} POST_BUILD
        COMMAND ${CMAKE_OBJCOPY} -O binary ${name}.elf ${name}.bin
        BYPRODUCTS ${CMAKE_CURRENT_BINARY_DIR}/${name}.bin
        VERBATIM)
endfunction()

# bootmend_add_bootloader(SCRIPT <linker script> MAIN <file> [FINISH <command>…] [LINK_OPTIONS …]
#     OWN <bytes> TOTAL <bytes> STATIC_RAM <bytes> STACK <bytes>
#     ENTRIES <function>=<bytes>… [INTERRUPT_FRAME <bytes>] [POINTERS <name>=<functions>…])
# The bootloader, and its budget: the build prints what it needs and fails above. OWN is code and constants without
# the cryptography and the compiler's helpers; TOTAL, all that lies in flash; STATIC_RAM, all but stacks. ENTRIES
# are where stacks begin, with what each may use: first that of the program, then those of interrupts and faults,
# which may come on top of each other: together, with what the processor itself pushes for each of them
# (INTERRUPT_FRAME), they stay within STACK. POINTERS: see tools/stack_bound.py. Also port_self_test and
# crypto_self_test, for tests/emulated/.
function(bootmend_add_bootloader)
    cmake_parse_arguments(ARG "" "SCRIPT;MAIN;OWN;TOTAL;STATIC_RAM;STACK;INTERRUPT_FRAME"
        "ENTRIES;POINTERS;FINISH;LINK_OPTIONS" ${ARGN})
    bootmend_add_image(bootloader
        SCRIPT ${ARG_SCRIPT} SOURCES ${ARG_MAIN} LIBRARIES port core
        FINISH ${ARG_FINISH} LINK_OPTIONS ${ARG_LINK_OPTIONS})
    foreach(program port_self_test crypto_self_test)
        bootmend_add_image(${program}
            SCRIPT ${ARG_SCRIPT} SOURCES ${BOOTMEND_ROOT}/tests/emulated/${program}/main.c
            LIBRARIES port smp bare_metal_crypto FINISH ${ARG_FINISH} LINK_OPTIONS ${ARG_LINK_OPTIONS})
    endforeach()

    list(TRANSFORM ARG_ENTRIES PREPEND --entry=)
    set(pointers ${BOOTMEND_POINTERS} ${ARG_POINTERS})
    list(TRANSFORM pointers PREPEND --pointer=)
    set(frame "")
    if(ARG_INTERRUPT_FRAME)
        set(frame --interrupt-frame ${ARG_INTERRUPT_FRAME})
    endif()
    set(objects "")
    foreach(target bootloader port core smp bare_metal bare_metal_crypto)
        list(APPEND objects "$<JOIN:$<TARGET_OBJECTS:${target}>,\n>")
    endforeach()
    list(JOIN objects "\n" objects)
    file(GENERATE OUTPUT bootloader_objects.txt CONTENT "${objects}\n")
    add_custom_command(TARGET bootloader POST_BUILD
        COMMAND ${Python3_EXECUTABLE} ${BOOTMEND_ROOT}/tools/size_report.py bootloader.map
                --own ${ARG_OWN} --total ${ARG_TOTAL} --static-ram ${ARG_STATIC_RAM}
        COMMAND ${Python3_EXECUTABLE} ${BOOTMEND_ROOT}/tools/stack_bound.py
                --readelf ${CMAKE_READELF} --budget ${ARG_STACK} ${frame} ${ARG_ENTRIES}
                --output stack_bound.txt ${pointers} @bootloader_objects.txt
        VERBATIM)
endfunction()

# bootmend_add_applications(SCRIPT <linker script> START <file> [SUFFIX _a] [LINK_OPTIONS …])
# The variants of the sample application, app_<variant><suffix>.bin: payloads, as images carry them.
function(bootmend_add_applications)
    cmake_parse_arguments(ARG "" "SCRIPT;START;SUFFIX" "LINK_OPTIONS" ${ARGN})
    foreach(entry ${BOOTMEND_SAMPLE_VARIANTS})
        string(REPLACE "=" ";" entry ${entry})
        list(GET entry 0 variant)
        list(GET entry 1 number)
        list(GET entry 2 schema)
        set(name app_${variant}${ARG_SUFFIX})
        bootmend_add_image(${name}
            SCRIPT ${ARG_SCRIPT} LINK_OPTIONS ${ARG_LINK_OPTIONS}
            SOURCES ${ARG_START} ${BOOTMEND_SAMPLE_SOURCES}
            LIBRARIES smp)
        target_compile_definitions(${name} PRIVATE SAMPLE_VARIANT=${number} SAMPLE_SCHEMA=${schema})
    endforeach()
endfunction()
