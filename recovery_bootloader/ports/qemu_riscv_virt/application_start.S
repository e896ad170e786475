/* SPDX-License-Identifier: Apache-2.0 */

/* The first instructions of a payload: a0 holds the services, and the stack is there already. */
    .section .init, "ax"
    .globl application_start
application_start:
    la t1, _bss
    la t2, _bss_end
1:  bgeu t1, t2, 2f
    sw zero, 0(t1)
    addi t1, t1, 4
    j 1b
2:  tail bootmend_app_start
