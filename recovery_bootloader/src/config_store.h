/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BOOTMEND_CONFIG_STORE_H
#define BOOTMEND_CONFIG_STORE_H

#include "boot_session.h"

/*
 * Two regions, each with one configuration: a head, written last, and the bytes behind it. Whether every
 * image may find a configuration is decided by the boot-state record, which names the newest one that counts;
 * so a trial's migration is committed by the very write that confirms the image.
 */

/* The functions of the table of services. */
enum bm_service_result config_store_find(uint32_t newest_schema, struct bm_config *found);

enum bm_service_result config_store_open(uint32_t schema, uint32_t length);
enum bm_service_result config_store_append(const void *data, uint32_t length);
enum bm_service_result config_store_commit(void);

/* The image on trial is about to be confirmed, and what it wrote with it. Does not save. */
void config_store_confirm(void);

/* The record was lost: the newest configuration that a confirmed image wrote counts; else the oldest. */
void config_store_adopt(void);

#endif
