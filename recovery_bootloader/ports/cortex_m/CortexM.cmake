# SPDX-License-Identifier: Apache-2.0
# Included by the ports for Cortex-M behind cmake/BareMetalPort.cmake: what they share.
set(CORTEX_M ${CMAKE_CURRENT_LIST_DIR})
set(CORTEX_M_SOURCES ${CORTEX_M}/idle.c ${CORTEX_M}/payload.c ${CORTEX_M}/reset.c ${CORTEX_M}/startup.c)
# A UART whose interrupt fills a ring.
set(CORTEX_M_LINE_SOURCES ${CORTEX_M}/line_ring.c)
# A clock of 1 << n ticks in 1.024 ms.
set(CORTEX_M_CLOCK_SOURCES ${CORTEX_M}/milliseconds.c)
# The vectors lead to the entries of the budget, and to where start() is called from.
set(CORTEX_M_POINTERS vectors=reset_handle)
# sections.ld
set(CORTEX_M_LINK_OPTIONS -L${CORTEX_M})

# cortex_m_add_applications(<suffix> CODE <address> LENGTH <bytes> RAM <address> RAM_LENGTH <bytes>)
# The sample application, linked to run where its image's payload lies: behind the header in a slot, or in the
# load area.
function(cortex_m_add_applications suffix)
    cmake_parse_arguments(ARG "" "CODE;LENGTH;RAM;RAM_LENGTH" "" ${ARGN})
    bootmend_add_applications(
        SCRIPT ${CORTEX_M}/application.ld
        START ${CORTEX_M}/application_start.c
        SUFFIX ${suffix}
        LINK_OPTIONS
            -Wl,--defsym=CODE_ORIGIN=${ARG_CODE} -Wl,--defsym=CODE_LENGTH=${ARG_LENGTH}
            -Wl,--defsym=RAM_ORIGIN=${ARG_RAM} -Wl,--defsym=RAM_LENGTH=${ARG_RAM_LENGTH})
endfunction()
