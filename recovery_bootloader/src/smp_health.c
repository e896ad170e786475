/* SPDX-License-Identifier: Apache-2.0 */
#include "smp_server.h"

/* A file of its own, which the linker leaves out of a program that has no health checks. */

static void put_checks(struct smp_server *server)
{
    struct health_check check;
    cbor_open_key_array(&server->answer, "checks");
    for (uint32_t number = 0; server->health(number, &check); number++) {
        cbor_open_map(&server->answer);
        cbor_put_key_text(&server->answer, "name", check.name);
        cbor_put_key_bool(&server->answer, "ok", check.is_ok);
        if (check.detail != NULL) {
            cbor_put_key_text(&server->answer, "detail", check.detail);
        }
        cbor_close(&server->answer);
    }
    cbor_close(&server->answer);
}

void smp_server_show_health(struct smp_server *server, health_checks health)
{
    server->health = health;
    server->put_health = put_checks;
}
