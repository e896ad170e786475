/* SPDX-License-Identifier: Apache-2.0 */
#include "supervisor.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#define EXIT_USAGE 2

static const char usage[] =
    "bootmend-unit --flash FILE --line unix:PATH|pty:PATH [options]\n"
    "A unit with the recovery bootloader, as a process: runs until SIGTERM; SIGUSR1 is a power cycle.\n"
    "  --baud N                        speed of the line; 0, as fast as it goes, unless told\n"
    "  --buffers N[:B]                 of the recovery mode: N of B bytes; 3:512 unless told\n"
    "  --watchdog-ms N                 of an image on trial; 2000 unless told\n"
    "  --trial-limit-ms N              after that a trial ends by itself; 300000 unless told\n"
    "  --trials N                      boots that an image on trial gets; 1 unless told\n"
    "  --recovery-button               the recovery button is held down\n"
    "  --power-cut-after-writes N[:B]  the power fails during the Nth write to the flash, B bytes into it\n";

enum option_code {
    OPTION_FLASH = 1,
    OPTION_LINE,
    OPTION_BAUD,
    OPTION_BUFFERS,
    OPTION_WATCHDOG,
    OPTION_TRIAL_LIMIT,
    OPTION_TRIALS,
    OPTION_BUTTON,
    OPTION_POWER_CUT,
    OPTION_HELP,
};

static bool read_number(const char *text, uint32_t largest, uint32_t *number, const char **rest)
{
    char *end = NULL;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    *number = (uint32_t)value;
    *rest = end;
    return end != text && errno == 0 && *text != '-' && value <= largest;
}

static bool take_number(const char *text, uint32_t largest, uint32_t *number)
{
    const char *rest = NULL;
    return read_number(text, largest, number, &rest) && *rest == 0;
}

static bool take_power_cut(const char *text, struct host_options *options)
{
    const char *rest = NULL;
    if (!read_number(text, UINT32_MAX - 1, &options->power_cut_at_write, &rest)) {
        return false;
    }
    return *rest == 0 || (*rest == ':' && take_number(rest + 1, UINT32_MAX, &options->power_cut_after_bytes));
}

#define SMALLEST_PACKET 128u
#define MOST_PACKETS 255u

static bool take_buffers(const char *text, struct host_options *options)
{
    const char *rest = NULL;
    if (!read_number(text, MOST_PACKETS, &options->line_packets, &rest) || options->line_packets == 0) {
        return false;
    }
    return *rest == 0
        || (*rest == ':' && take_number(rest + 1, BM_PACKET_SIZE, &options->packet_limit)
            && options->packet_limit >= SMALLEST_PACKET);
}

static bool take_option(int code, const char *value, struct host_options *options)
{
    uint32_t trials = 0;
    switch (code) {
    case OPTION_FLASH:
        options->flash_path = value;
        return true;
    case OPTION_LINE:
        options->line = value;
        return true;
    case OPTION_BAUD:
        return take_number(value, 12000000, &options->baud);
    case OPTION_BUFFERS:
        return take_buffers(value, options);
    case OPTION_WATCHDOG:
        return take_number(value, UINT32_MAX, &options->timing.watchdog_ms)
            && options->timing.watchdog_ms > 0;
    case OPTION_TRIAL_LIMIT:
        return take_number(value, UINT32_MAX, &options->timing.trial_limit_ms);
    case OPTION_TRIALS: {
        bool is_good = take_number(value, UINT8_MAX, &trials) && trials > 0;
        options->timing.trials = (uint8_t)trials;
        return is_good;
    }
    case OPTION_BUTTON:
        options->hold_recovery_button = true;
        return true;
    case OPTION_POWER_CUT:
        return take_power_cut(value, options);
    default:
        return false;
    }
}

int main(int argc, char **argv)
{
    static const struct option known[] = {
        {"flash", required_argument, NULL, OPTION_FLASH},
        {"line", required_argument, NULL, OPTION_LINE},
        {"baud", required_argument, NULL, OPTION_BAUD},
        {"buffers", required_argument, NULL, OPTION_BUFFERS},
        {"watchdog-ms", required_argument, NULL, OPTION_WATCHDOG},
        {"trial-limit-ms", required_argument, NULL, OPTION_TRIAL_LIMIT},
        {"trials", required_argument, NULL, OPTION_TRIALS},
        {"recovery-button", no_argument, NULL, OPTION_BUTTON},
        {"power-cut-after-writes", required_argument, NULL, OPTION_POWER_CUT},
        {"help", no_argument, NULL, OPTION_HELP},
        {NULL, 0, NULL, 0},
    };
    struct host_options options = {
        .line_packets = 3,
        .packet_limit = 512,
        .timing = {.watchdog_ms = 2000, .trial_limit_ms = 300000, .entry_window_ms = 20, .trials = 1},
        .power_cut_at_write = HOST_NO_POWER_CUT};
    int code = 0;
    while ((code = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (code == OPTION_HELP) {
            fputs(usage, stdout);
            return EXIT_SUCCESS;
        }
        if (!take_option(code, optarg, &options)) {
            fputs(usage, stderr);
            return EXIT_USAGE;
        }
    }
    if (options.flash_path == NULL || options.line == NULL || optind != argc) {
        fputs(usage, stderr);
        return EXIT_USAGE;
    }
    return supervisor_run(&options);
}
