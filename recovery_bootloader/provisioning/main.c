/* SPDX-License-Identifier: Apache-2.0 */
#include "provision.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_USAGE 2

static const char usage_head[] =
    "bootmend-flash --flash FILE --product NAME --hw REVISION --serial SERIAL [options]\n"
    "Writes the flash of a unit anew: identity, images and boot state.\n"
    "  --geometry PORT                 host unless told; one of";
static const char usage_options[] =
    "\n"
    "  --vendor DOMAIN                 bootmend.example unless told\n"
    "  --vendor-uuid, --class-uuid U   in place of the UUIDs made from vendor and product\n"
    "  --device-id U                   in place of the id made from class and serial number\n"
    "  --slot-a IMAGE [--confirmed]    what the unit runs\n"
    "  --slot-b IMAGE [--on-trial]     with --on-trial, what the next boot tries\n"
    "  --corrupt-slot-a, --corrupt-slot-b   damage the image after writing it\n"
    "  --minimum N                     minimum rollback index\n"
    "  --config FILE --schema N        the unit's configuration, and the number of its schema\n";

static void print_usage(FILE *to)
{
    fputs(usage_head, to);
    for (size_t i = 0; i < flash_geometry_count; i++) {
        fprintf(to, " %s", flash_geometries[i].name);
    }
    fputs(usage_options, to);
}

/* RFC 4122, appendix C. */
static const uint8_t dns_namespace[BM_UUID_SIZE] = {0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1,
                                                    0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8};

enum option_code {
    OPTION_FLASH = 1,
    OPTION_GEOMETRY,
    OPTION_PRODUCT,
    OPTION_VENDOR,
    OPTION_HARDWARE,
    OPTION_SERIAL,
    OPTION_VENDOR_UUID,
    OPTION_CLASS_UUID,
    OPTION_DEVICE_ID,
    OPTION_SLOT_A,
    OPTION_SLOT_B,
    OPTION_CONFIRMED,
    OPTION_ON_TRIAL,
    OPTION_CORRUPT_A,
    OPTION_CORRUPT_B,
    OPTION_MINIMUM,
    OPTION_CONFIG,
    OPTION_SCHEMA,
    OPTION_HELP,
    OPTION_CODES,
};

static const struct option known[] = {
    {"flash", required_argument, NULL, OPTION_FLASH},
    {"geometry", required_argument, NULL, OPTION_GEOMETRY},
    {"product", required_argument, NULL, OPTION_PRODUCT},
    {"vendor", required_argument, NULL, OPTION_VENDOR},
    {"hw", required_argument, NULL, OPTION_HARDWARE},
    {"serial", required_argument, NULL, OPTION_SERIAL},
    {"vendor-uuid", required_argument, NULL, OPTION_VENDOR_UUID},
    {"class-uuid", required_argument, NULL, OPTION_CLASS_UUID},
    {"device-id", required_argument, NULL, OPTION_DEVICE_ID},
    {"slot-a", required_argument, NULL, OPTION_SLOT_A},
    {"slot-b", required_argument, NULL, OPTION_SLOT_B},
    {"confirmed", no_argument, NULL, OPTION_CONFIRMED},
    {"on-trial", no_argument, NULL, OPTION_ON_TRIAL},
    {"corrupt-slot-a", no_argument, NULL, OPTION_CORRUPT_A},
    {"corrupt-slot-b", no_argument, NULL, OPTION_CORRUPT_B},
    {"minimum", required_argument, NULL, OPTION_MINIMUM},
    {"config", required_argument, NULL, OPTION_CONFIG},
    {"schema", required_argument, NULL, OPTION_SCHEMA},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

/* What stood on the command line: values[code], an empty text for a switch, or null. */
struct arguments {
    const char *values[OPTION_CODES];
};

static bool read_arguments(int argc, char **argv, struct arguments *arguments)
{
    int code = 0;
    memset(arguments, 0, sizeof *arguments);
    while ((code = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (code <= 0 || code >= OPTION_CODES) {
            return false;
        }
        arguments->values[code] = optarg != NULL ? optarg : "";
    }
    return optind == argc;
}

static bool take_text(const char *option, const char *text, char *to, size_t capacity)
{
    if (text == NULL || text[0] == 0 || strlen(text) >= capacity) {
        fprintf(stderr, "bootmend-flash: %s wants a text of 1 to %zu characters\n", option, capacity - 1);
        return false;
    }
    strcpy(to, text);
    return true;
}

static bool take_uuid(const char *option, const char *text, uint8_t *uuid)
{
    if (text != NULL && !uuid_from_text(text, uuid)) {
        fprintf(stderr, "bootmend-flash: %s wants 32 hexadecimal digits\n", option);
        return false;
    }
    return true;
}

static bool take_identity(const struct arguments *arguments, struct bm_identity *identity)
{
    const char *const *values = arguments->values;
    const char *vendor = values[OPTION_VENDOR] != NULL ? values[OPTION_VENDOR] : "bootmend.example";
    if (!take_text("--product", values[OPTION_PRODUCT], identity->product, sizeof identity->product)
        || !take_text("--hw", values[OPTION_HARDWARE], identity->hardware, sizeof identity->hardware)
        || !take_text("--serial", values[OPTION_SERIAL], identity->serial, sizeof identity->serial)) {
        return false;
    }
    uuid5_of(dns_namespace, vendor, identity->vendor_uuid);
    if (!take_uuid("--vendor-uuid", values[OPTION_VENDOR_UUID], identity->vendor_uuid)) {
        return false;
    }
    uuid5_of(identity->vendor_uuid, identity->product, identity->class_uuid);
    if (!take_uuid("--class-uuid", values[OPTION_CLASS_UUID], identity->class_uuid)) {
        return false;
    }
    uuid5_of(identity->class_uuid, identity->serial, identity->device_id);
    return take_uuid("--device-id", values[OPTION_DEVICE_ID], identity->device_id);
}

static bool take_number(const char *option, const char *text, uint32_t *number)
{
    char *end = NULL;
    errno = 0;
    unsigned long value = text != NULL ? strtoul(text, &end, 10) : 0;
    *number = (uint32_t)value;
    if (text != NULL && (end == text || *end != 0 || errno != 0 || value > UINT32_MAX || *text == '-')) {
        fprintf(stderr, "bootmend-flash: %s wants a number\n", option);
        return false;
    }
    return true;
}

static bool needs(const char *what, const char *value, const char *needed)
{
    if (value != NULL && needed == NULL) {
        fprintf(stderr, "bootmend-flash: %s\n", what);
        return false;
    }
    return true;
}

static bool take_job(const struct arguments *arguments, struct provision_job *job)
{
    const char *const *values = arguments->values;
    memset(job, 0, sizeof *job);
    job->slots[BM_SLOT_A].image_path = values[OPTION_SLOT_A];
    job->slots[BM_SLOT_B].image_path = values[OPTION_SLOT_B];
    job->slots[BM_SLOT_A].is_corrupt = values[OPTION_CORRUPT_A] != NULL;
    job->slots[BM_SLOT_B].is_corrupt = values[OPTION_CORRUPT_B] != NULL;
    job->config_path = values[OPTION_CONFIG];
    job->is_slot_a_confirmed = values[OPTION_CONFIRMED] != NULL;
    job->is_slot_b_on_trial = values[OPTION_ON_TRIAL] != NULL;
    return needs("--confirmed needs --slot-a", values[OPTION_CONFIRMED], values[OPTION_SLOT_A])
        && needs("--corrupt-slot-a needs --slot-a", values[OPTION_CORRUPT_A], values[OPTION_SLOT_A])
        && needs("--on-trial needs --slot-b", values[OPTION_ON_TRIAL], values[OPTION_SLOT_B])
        && needs("--corrupt-slot-b needs --slot-b", values[OPTION_CORRUPT_B], values[OPTION_SLOT_B])
        && needs("--config needs --schema", values[OPTION_CONFIG], values[OPTION_SCHEMA])
        && take_number("--minimum", values[OPTION_MINIMUM], &job->minimum_rollback_index)
        && take_number("--schema", values[OPTION_SCHEMA], &job->config_schema)
        && take_identity(arguments, &job->identity);
}

static int provision(const char *path, const struct flash_geometry *geometry, const struct provision_job *job)
{
    struct flash_file file = {.size = geometry->flash_size,
                              .sector_size = geometry->map.sector_size,
                              .write_size = geometry->map.write_size};
    if (!flash_file_open(&file, path)) {
        fprintf(stderr, "bootmend-flash: cannot use the flash %s: %s\n", path, strerror(errno));
        return EXIT_FAILURE;
    }
    provision_port_attach(&file, geometry);
    bool is_done = provision_run(job);
    flash_file_close(&file);
    return is_done ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    struct arguments arguments;
    struct provision_job job;
    bool is_understood = read_arguments(argc, argv, &arguments);
    if (is_understood && arguments.values[OPTION_HELP] != NULL) {
        print_usage(stdout);
        return EXIT_SUCCESS;
    }
    const char *name = arguments.values[OPTION_GEOMETRY] != NULL ? arguments.values[OPTION_GEOMETRY] : "host";
    const struct flash_geometry *geometry = flash_geometry_find(name);
    if (!is_understood || arguments.values[OPTION_FLASH] == NULL || geometry == NULL) {
        print_usage(stderr);
        return EXIT_USAGE;
    }
    return take_job(&arguments, &job) ? provision(arguments.values[OPTION_FLASH], geometry, &job)
                                      : EXIT_USAGE;
}
