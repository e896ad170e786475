# SPDX-License-Identifier: Apache-2.0
"""Cuts the power of the real bootloader inside every flash operation of a scenario, and judges what comes then.

Only the content of the flash outlives a cut. So a scenario runs once and its operations are noted; a cut is the
flash with the operations before it and a part of its own, under a unit that is switched on.
"""
import dataclasses
import pathlib
import tempfile
from collections.abc import Callable

import images
from nbd_flash import FlashWrite, NbdFlash
from smp_client import BOOTMEND, CONFIG, IDENTITY, READ
from unit import Unit, application

# flash_map.h of the port
SECTOR_SIZE = 0x40000
STATE, EVIDENCE, IDENTITY_REGION, CONFIG_A, CONFIG_B, SLOT_A, SLOT_B = (
    0, 0x80000, 0x100000, 0x140000, 0x180000, 0x1c0000, 0x2c0000)
SLOTS = (SLOT_A, SLOT_B)
CONFIGS = {3: CONFIG_A, 4: CONFIG_B}
CONFIG_HEAD_SIZE = 32
SECOND_TEARS = (2, 4) # of the six of an operation: half, and all of it, which is nothing of the next one
UPDATED_EVERY = 10 # of the cuts, that many are followed by an update of the unit


@dataclasses.dataclass(frozen=True)
class Expected:
    """What a unit may be after a power cut."""
    good: tuple[int, bytes] | None = None # slot and image: stays byte for byte
    ends: tuple[bytes | None, ...] = () # images that may run confirmed in the end; None is the recovery mode
    trial: bytes | None = None # what may be on trial
    minima: tuple[int, ...] = (1,)
    has_identity: tuple[bool, ...] = (True,)
    configs: tuple[bytes, ...] = () # any of these is found by what runs in the end; none: not asked

    def but(self, **changes) -> "Expected":
        return dataclasses.replace(self, **changes)


@dataclasses.dataclass(frozen=True)
class Scenario:
    name: str
    prepare: Callable[["Bench"], Expected] # leaves the flash as it is at the power-on
    act: Callable[["Bench", Unit], None]


@dataclasses.dataclass(frozen=True)
class Cut:
    operation: int
    tear: int

    def __str__(self):
        return f"{self.operation}/{self.tear}"


class Objection(Exception):
    pass


def tears(write: FlashWrite) -> list[bytes]:
    """What is left of the operation: none of its bytes, one, half, all but one, all; and a mixture of bits."""
    first, end = write.changed()
    places = (first, min(first + 1, end), (first + end) // 2, max(end - 1, first), end)
    return [write.torn_at(place) for place in places] + [write.scattered(write.offset)]


class Bench:
    """A unit on a flash that remembers; used in a with statement."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="bootmend-")
        self.flash = NbdFlash(str(pathlib.Path(self.folder.name, "nbd")))
        self.unit = Unit(flash=lambda path: self.flash.url)
        self.unit.power_off()
        self.flash.power_off = self.unit_dies

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.flash.close()
        self.unit.folder.cleanup()
        self.folder.cleanup()

    def unit_dies(self) -> None:
        self.unit.process.kill()

    def power(self) -> "Power":
        return Power(self.unit)

    def expect(self, **changes) -> None:
        self.flash.expected = self.flash.expected.but(**changes)

    def note(self, scenario: Scenario) -> list[FlashWrite]:
        """The scenario's operations, of a run that nothing disturbs."""
        self.flash.expected = scenario.prepare(self)
        self.flash.load(bytes(self.flash.content))
        with self.power():
            scenario.act(self, self.unit)
        self.flash.wait_until_idle()
        return list(self.flash.writes)

    def judge(self, expected: Expected, is_updated: bool) -> list[FlashWrite]:
        """The operations of the boot."""
        self.flash.expected = expected
        with self.power():
            state = self.unit.settled_state()
            boot_writes = list(self.flash.writes)
            if state["stage"] == "application" and not state["confirmed"]:
                want(state["hash"] == expected.trial, "something else is on trial")
                self.unit.reset()
                state = self.unit.settled_state()
            self.judge_end(expected, state)
            if is_updated:
                self.update()
        self.flash.check()
        return boot_writes

    def judge_end(self, expected: Expected, state: dict) -> None:
        runs = state.get("hash") if state["stage"] == "application" else None
        want(runs in expected.ends, f"{state['stage']} with {runs.hex() if runs else 'no image'}")
        want(runs is None or state["confirmed"], "a trial does not end")
        want("pending" not in state, "a trial stays pending")
        want(state["minimum"] in expected.minima, f"the minimum index is {state['minimum']}")
        if expected.good:
            slot, image = expected.good
            stored = bytes(self.flash.content[SLOTS[slot]:SLOTS[slot] + len(image)])
            want(stored == image, "the last good image was touched")
        has_identity = "serial" in self.unit.smp.ask(READ, BOOTMEND, IDENTITY)
        want(has_identity in expected.has_identity, "the identity is lost, or came from nowhere")
        if expected.configs and runs:
            want(self.config() in expected.configs, f"the configuration is {self.config()!r}")

    def config(self) -> bytes | None:
        """What the image that runs finds."""
        found = self.unit.smp.ask(READ, BOOTMEND, CONFIG)
        if "region" not in found:
            return None
        start = CONFIGS[found["region"]] + CONFIG_HEAD_SIZE
        return bytes(self.flash.content[start:start + found["len"]])

    def update(self) -> None:
        image = application_of("good", version=(9, 0, 0), rollback_index=9)
        if "serial" not in self.unit.smp.ask(READ, BOOTMEND, IDENTITY):
            want(self.unit.write_identity() == {}, "the identity cannot be written any more")
        want(self.unit.upload(image).get("match") is True, "an upload does not arrive")
        self.unit.try_on_next_boot(image)
        self.unit.reset()
        self.unit.wait_for_application()
        self.unit.confirm()
        self.unit.reset()
        state = self.unit.settled_state()
        want(state.get("hash") == images.hash_of(image) and state["confirmed"] and state["minimum"] == 9,
             "the unit cannot be updated")


class Power:
    """The unit's, in a with statement."""

    def __init__(self, unit: Unit):
        self.unit = unit

    def __enter__(self):
        self.unit.power_on()

    def __exit__(self, *_):
        self.unit.power_off()


def want(is_so: bool, objection: str) -> None:
    if not is_so:
        raise Objection(objection)


made: dict = {}


def application_of(variant: str, **fields) -> bytes:
    """As application(), and always the same one."""
    key = (variant, *sorted(fields.items()))
    if key not in made:
        made[key] = application(variant, **fields)
    return made[key]


@dataclasses.dataclass
class Result:
    name: str
    operations: int = 0
    first_cuts: int = 0
    second_cuts: int = 0
    failures: list[str] = dataclasses.field(default_factory=list)


class Sweep:
    def __init__(self, bench: Bench, scenario: Scenario):
        self.bench, self.scenario = bench, scenario
        self.result = Result(scenario.name)
        self.writes = bench.note(scenario)
        self.result.operations = len(self.writes)

    def run(self) -> Result:
        for operation in range(len(self.writes)):
            for tear in range(6):
                self.cut(Cut(operation, tear))
        self.compare_with_a_kill()
        return self.result

    def cut(self, first: Cut, only: Cut | None = None) -> None:
        write = self.writes[first.operation]
        before = self.writes[:first.operation]
        last = (write.offset, tears(write)[first.tear])
        is_updated = self.result.first_cuts % UPDATED_EVERY == 0
        self.result.first_cuts += 1
        boot = self.tried(before, last, write.expected, is_updated, f"{first}")
        # In the middle of each operation, and as it is done at the power-on: every operation of the next boot, too.
        if boot and (first.tear == 2 or only):
            torn = FlashWrite(write.offset, write.before, last[1], None)
            self.cut_again(before + [torn], boot, write.expected, first, only)

    def cut_again(self, before: list[FlashWrite], boot: list[FlashWrite], expected: Expected, first: Cut,
                  only: Cut | None) -> None:
        for operation, write in enumerate(boot):
            for tear in SECOND_TEARS:
                second = Cut(operation, tear)
                if only in (None, second):
                    self.result.second_cuts += 1
                    self.tried(before + boot[:operation], (write.offset, tears(write)[tear]), expected, False,
                               f"{first} {second}")

    def tried(self, before: list[FlashWrite], last: tuple[int, bytes], expected: Expected, is_updated: bool,
              name: str) -> list[FlashWrite]:
        self.bench.flash.replay(before, last)
        try:
            return self.bench.judge(expected, is_updated)
        except Exception as error: # a unit that says nothing, or nonsense, has failed like one that says no
            self.result.failures.append(f"'{self.scenario.name}' {name}: {type(error).__name__}: {error}")
            return []

    def compare_with_a_kill(self) -> None:
        """What a cut leaves is what QEMU leaves that is killed inside the operation."""
        operation = len(self.writes) // 2
        write = self.writes[operation]
        first, end = write.changed()
        stored = (first + end) // 2
        self.bench.flash.replay(self.writes[:operation], (write.offset, write.torn_at(stored)))
        told = bytes(self.bench.flash.content)
        self.bench.flash.load(self.bench.flash.base)
        self.bench.flash.cut_at = (operation, stored)
        try:
            with self.bench.power():
                self.scenario.act(self.bench, self.bench.unit)
            self.result.failures.append(f"'{self.scenario.name}': nothing was cut")
        except (EOFError, ConnectionError):
            self.bench.flash.wait_until_idle()
            if bytes(self.bench.flash.content) != told:
                self.result.failures.append(f"'{self.scenario.name}' {operation}: a kill leaves something else")
