# The images that virtual devices run and that bench releases carry: the sample application in its variants, signed
# with the boot key by our own `image create`. They land in share/bootmend/bench/<machine>/, as they are installed.

set(BENCH_IMAGE_ROOT ${CMAKE_BINARY_DIR}/share/bootmend/bench)
set(BENCH_IMAGES "")

# bench_image(MACHINE host NAME 1.0.0 VERSION 1.0.0 INDEX 10000 PRODUCT p HARDWARE revA PAYLOAD file DEPENDS targets)
function(bench_image)
    cmake_parse_arguments(ARG "" "MACHINE;NAME;VERSION;INDEX;PRODUCT;LOAD;PAYLOAD" "HARDWARE;DEPENDS" ${ARGN})
    set(image ${BENCH_IMAGE_ROOT}/${ARG_MACHINE}/${ARG_NAME}.bin)
    set(revisions "")
    foreach(revision ${ARG_HARDWARE})
        list(APPEND revisions --hw ${revision})
    endforeach()
    add_custom_command(OUTPUT ${image}
        COMMAND ${CMAKE_COMMAND} -E make_directory ${BENCH_IMAGE_ROOT}/${ARG_MACHINE}
        COMMAND bootmend image create --payload ${ARG_PAYLOAD} --version ${ARG_VERSION} --rollback-index ${ARG_INDEX}
            --vendor bootmend.example --product ${ARG_PRODUCT} ${revisions} --ram-load ${ARG_LOAD}
            --key ${BOOTMEND_BOOT_KEY_FILE} --output ${image}
        DEPENDS bootmend bootmend_boot_keys ${ARG_PAYLOAD} ${ARG_DEPENDS}
        VERBATIM)
    list(APPEND BENCH_IMAGES ${image})
    set(BENCH_IMAGES ${BENCH_IMAGES} PARENT_SCOPE)
endfunction()

# bench_images(host bench-sensor <load address> <folder>/app_ .so): every image of one machine.
function(bench_images machine product load prefix suffix)
    set(common MACHINE ${machine} LOAD ${load})
    foreach(entry
            "1.0.0|1.0.0|10000|good" "1.0.0-lying|1.0.0|10000|liar" "0.9.0-old|0.9.0|9000|good"
            "1.1.0|1.1.0|10100|good" "1.2.0-crashes|1.2.0|10200|crashes" "1.2.0-hangs|1.2.0|10200|hangs"
            "1.2.0-unhealthy|1.2.0|10200|unhealthy")
        string(REPLACE "|" ";" entry ${entry})
        list(GET entry 0 name)
        list(GET entry 1 version)
        list(GET entry 2 index)
        list(GET entry 3 variant)
        bench_image(${common} NAME ${name} VERSION ${version} INDEX ${index} PRODUCT ${product} HARDWARE revA revB
            PAYLOAD ${prefix}${variant}${suffix} DEPENDS ${ARGN})
    endforeach()
    bench_image(${common} NAME 1.1.0-other-product VERSION 1.1.0 INDEX 10100 PRODUCT other-sensor HARDWARE revA
        PAYLOAD ${prefix}good${suffix} DEPENDS ${ARGN})
    bench_image(${common} NAME 1.1.0-other-hardware VERSION 1.1.0 INDEX 10100 PRODUCT ${product} HARDWARE revZ
        PAYLOAD ${prefix}good${suffix} DEPENDS ${ARGN})
    set(BENCH_IMAGES ${BENCH_IMAGES} PARENT_SCOPE)
endfunction()

bench_images(host bench-sensor 0 ${CMAKE_BINARY_DIR}/recovery_bootloader/sample_app/host/app_ .so
    bootmend_app_good bootmend_app_crashes bootmend_app_hangs bootmend_app_unhealthy bootmend_app_liar)
if(NOT BOOTMEND_QEMU_SKIPPED)
    bench_images(qemu bench-sensor-rv32 0x80100000 ${BOOTMEND_QEMU_DIR}/app_ .bin qemu_riscv_virt)
endif()

add_custom_target(bench_images ALL DEPENDS ${BENCH_IMAGES})
