# SPDX-License-Identifier: Apache-2.0
"""What happens to a unit while its power may fail; see power_cuts.py."""
import pathlib
import struct
import tempfile
import zlib

import images
from power_cuts import EVIDENCE, SECTOR_SIZE, SLOT_B, STATE, Bench, Expected, Scenario, application_of, want
from smp_client import BOOTMEND, REVERT, WRITE
from unit import Unit, provision

STATE_RECORD_SIZE, EVENT_RECORD_SIZE = 128, 32
REGION_EVIDENCE, REGION_CONFIG_A, REGION_CONFIG_B, REGION_SLOT_B = 1, 3, 4, 6
HEALTH = 1 # reason of a revert
CONFIG = struct.pack("<I", 3000) # schema 1
MIGRATED = CONFIG + struct.pack("<I", 70) # schema 2, with its default


def good() -> bytes:
    return application_of("good")


def update() -> bytes:
    return application_of("good", version=(1, 1, 0), rollback_index=2)


def sibling() -> bytes:
    """Runs beside the good one: its index is no higher."""
    return application_of("good", version=(1, 1, 0))


def migrating() -> bytes:
    return application_of("migrates", version=(2, 0, 0))


def crashing() -> bytes:
    return application_of("crashes", version=(1, 1, 0))


# --- Units to begin with ---

def provisioned(bench: Bench, image: bytes | None) -> None:
    with tempfile.TemporaryDirectory(prefix="bootmend-") as folder:
        path, config = pathlib.Path(folder, "flash.img"), pathlib.Path(folder, "config.bin")
        config.write_bytes(CONFIG)
        provision(path, image, ("--config", str(config), "--schema", "1") if image else ())
        bench.flash.load(path.read_bytes())


def unit_with_good(bench: Bench) -> Expected:
    provisioned(bench, good())
    return Expected(good=(0, good()), ends=(images.hash_of(good()),), configs=(CONFIG,))


def with_upload(image):
    """And that image in slot B, which nobody has asked for."""
    def prepare(bench: Bench) -> Expected:
        expected = unit_with_good(bench)
        with bench.power():
            bench.unit.settled_state()
            bench.unit.upload(image())
        bench.flash.wait_until_idle()
        return expected
    return prepare


def with_full_ring(region: int, record_size: int, left: int):
    """So many records fit before a sector has to be erased."""
    def prepare(bench: Bench) -> Expected:
        expected = with_upload(update)(bench)
        records = [bytes(bench.flash.content[at:at + record_size])
                   for at in range(region, region + SECTOR_SIZE, record_size)]
        used = sum(record != b"\xff" * record_size for record in records)
        newest = records[used - 1]
        for place in range(used, len(records) - left):
            newest = newest[:4] + struct.pack("<I", struct.unpack("<I", newest[4:8])[0] + 1) + newest[8:-4]
            newest += struct.pack("<I", zlib.crc32(newest))
            bench.flash.put(region + place * record_size, newest)
        return expected
    return prepare


def without_state(bench: Bench) -> Expected:
    expected = with_upload(update)(bench)
    bench.flash.put(STATE, bytes(2 * SECTOR_SIZE))
    return expected


def updated_and_damaged(bench: Bench) -> Expected:
    """The image that was confirmed last is damaged, the one before it is not."""
    expected = with_upload(sibling)(bench)
    with bench.power():
        bench.unit.settled_state()
        bench.unit.try_on_next_boot(sibling())
        bench.unit.reset()
        bench.unit.wait_for_application()
        bench.unit.confirm()
    bench.flash.wait_until_idle()
    bench.flash.put(SLOT_B + 600, bytes(16))
    return expected


def unit_that_only_crashes(bench: Bench) -> Expected:
    provisioned(bench, crashing())
    return Expected(ends=(None,))


def empty_unit(bench: Bench) -> Expected:
    provisioned(bench, None)
    return Expected(ends=(None,), minima=(0,))


def blank_unit(bench: Bench) -> Expected:
    bench.flash.load(b"\xff" * len(bench.flash.base))
    return Expected(ends=(None,), minima=(0,), has_identity=(False,))


# --- What happens to them ---

def begin_trial(bench: Bench, unit: Unit, image: bytes) -> None:
    bench.expect(trial=images.hash_of(image))
    want("err" not in unit.try_on_next_boot(image), "a trial is refused")
    unit.reset()


def run_trial(bench: Bench, unit: Unit, image: bytes) -> None:
    begin_trial(bench, unit, image)
    unit.wait_for_application()
    want(unit.state()["hash"] == images.hash_of(image), "the trial does not run")


def confirm(bench: Bench, unit: Unit, slot: int, image: bytes, index: int, config: bytes = CONFIG) -> None:
    before, found = bench.flash.expected, images.hash_of(image)
    bench.expect(ends=before.ends + (found,), minima=before.minima + (index,),
                 configs=before.configs + (config,) if before.configs else ())
    want("err" not in unit.confirm(), "a confirmation is refused")
    bench.expect(good=(slot, image), ends=(found,), minima=(index,), trial=None,
                 configs=(config,) if before.configs else ())


def boot(bench: Bench, unit: Unit) -> None:
    unit.settled_state()


def install(bench: Bench, unit: Unit) -> None:
    unit.settled_state()
    want(unit.upload(update())["match"], "the upload does not arrive")
    bench.expect(trial=images.hash_of(update()))
    unit.try_on_next_boot(update())


def upload_again(bench: Bench, unit: Unit) -> None:
    """After a reset: everything is there already."""
    unit.settled_state()
    want(unit.begin_upload(update())["off"] == len(update()), "the upload is not resumed")
    run_trial(bench, unit, update())


def try_and_confirm(bench: Bench, unit: Unit) -> None:
    unit.settled_state()
    run_trial(bench, unit, update())
    confirm(bench, unit, 1, update(), 2)
    unit.reset()
    unit.wait_for_application()


def try_and_crash(bench: Bench, unit: Unit) -> None:
    unit.settled_state()
    begin_trial(bench, unit, crashing())
    unit.wait_for_application()
    want(unit.state()["confirmed"], "the trial goes on")


def try_and_revert(image):
    def act(bench: Bench, unit: Unit) -> None:
        unit.settled_state()
        run_trial(bench, unit, image())
        unit.smp.ask(WRITE, BOOTMEND, REVERT, {"reason": HEALTH})
        unit.reset()
        unit.wait_for_application()
    return act


def try_and_lose_power(bench: Bench, unit: Unit) -> None:
    unit.settled_state()
    run_trial(bench, unit, update())
    unit.power_off()
    unit.power_on()
    unit.settled_state()


def migrate_and_confirm(bench: Bench, unit: Unit) -> None:
    unit.settled_state()
    run_trial(bench, unit, migrating())
    confirm(bench, unit, 1, migrating(), 1, MIGRATED)
    unit.reset()
    unit.wait_for_application()


def replace_pending(bench: Bench, unit: Unit) -> None:
    unit.settled_state()
    bench.expect(trial=images.hash_of(update()))
    unit.try_on_next_boot(update())
    want("off" in unit.upload(sibling(), until=2000), "the upload is refused")


def recover(bench: Bench, unit: Unit) -> None:
    unit.settled_state()
    unit.upload(update())
    run_trial(bench, unit, update())
    confirm(bench, unit, 0, update(), 2)


def write_identity(bench: Bench, unit: Unit) -> None:
    unit.settled_state()
    bench.expect(has_identity=(False, True))
    want(unit.write_identity() == {}, "the identity is refused")
    bench.expect(has_identity=(True,))
    unit.reset()
    unit.wait_for_recovery()


def erase(*regions: int):
    def act(bench: Bench, unit: Unit) -> None:
        unit.settled_state()
        unit.reset(boot_mode=1)
        unit.wait_for_recovery()
        unit.unlock()
        bench.expect(configs=())
        for region in regions:
            want(unit.erase_region(region) == {}, "an erasure is refused")
    return act


def crash_in_a_loop(bench: Bench, unit: Unit) -> None:
    want(unit.settled_state()["stage"] == "recovery", "it does not end")


ALL = [
    Scenario("install", unit_with_good, install),
    Scenario("the upload was complete", with_upload(update), upload_again),
    Scenario("trial and confirmation", with_upload(update), try_and_confirm),
    Scenario("trial and crash", with_upload(crashing), try_and_crash),
    Scenario("trial and revert", with_upload(update), try_and_revert(update)),
    Scenario("trial and power loss", with_upload(update), try_and_lose_power),
    Scenario("configuration migrated and confirmed", with_upload(migrating), migrate_and_confirm),
    Scenario("configuration migrated and rolled back", with_upload(migrating), try_and_revert(migrating)),
    Scenario("pending image replaced", with_upload(update), replace_pending),
    Scenario("recovery of an empty unit", empty_unit, recover),
    Scenario("state wraps around in the trial", with_full_ring(STATE, STATE_RECORD_SIZE, 1), try_and_confirm),
    Scenario("state wraps around in the confirmation", with_full_ring(STATE, STATE_RECORD_SIZE, 2), try_and_confirm),
    Scenario("evidence wraps around at once", with_full_ring(EVIDENCE, EVENT_RECORD_SIZE, 0), try_and_confirm),
    Scenario("evidence wraps around in the trial", with_full_ring(EVIDENCE, EVENT_RECORD_SIZE, 2), try_and_confirm),
    Scenario("state lost", without_state, boot),
    Scenario("fallback to the other slot", updated_and_damaged, boot),
    Scenario("crash loop of the only image", unit_that_only_crashes, crash_in_a_loop),
    Scenario("identity written", blank_unit, write_identity),
    Scenario("regions erased", with_upload(update), erase(REGION_SLOT_B, REGION_EVIDENCE, REGION_CONFIG_A,
                                                          REGION_CONFIG_B)),
]
