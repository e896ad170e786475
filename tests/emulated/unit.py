# SPDX-License-Identifier: Apache-2.0
"""A provisioned unit on QEMU, and what a technician's tool does with it over SMP."""
import hashlib
import os
import pathlib
import subprocess
import tempfile
import time
import uuid

import images
import machine
from smp_client import BOOTMEND, IDENTITY, IMAGE, OS, READ, REGION, UNLOCK, WRITE, SmpClient

RECOVERY_KEY = pathlib.Path(os.environ.get("BOOTMEND_RECOVERY_KEY_FILE", "."))
SERIAL_NUMBER = "QEMU-1"
FLASH_TOOL = os.environ.get("BOOTMEND_FLASH_TOOL", "bootmend-flash")
CHUNK = 384 # a packet is 512 bytes long at most


def application(variant: str, **fields) -> bytes:
    payload = (machine.RESULTS / f"app_{variant}.bin").read_bytes()
    return images.signed(images.Release(payload, **fields))


def provision(path: pathlib.Path, slot_a: bytes | None = None, options: tuple[str, ...] = (),
              geometry: str = "qemu_riscv_virt") -> None:
    command = [FLASH_TOOL, "--flash", str(path), "--geometry", geometry, "--product", images.PRODUCT,
               "--hw", images.HARDWARE, "--serial", SERIAL_NUMBER, *options]
    with tempfile.NamedTemporaryFile() as image:
        if slot_a is not None:
            image.write(slot_a)
            image.flush()
            command += ["--slot-a", image.name, "--confirmed"]
        subprocess.run(command, check=True, capture_output=True)


class Talk:
    """What one says to a machine.Machine that runs a bootloader; mix it in."""

    def __init__(self, *arguments, **fields):
        self.smp = SmpClient(self)
        super().__init__(*arguments, **fields)

    def power_on(self) -> None:
        self.smp.start_over()
        super().power_on()

    def connect(self) -> None:
        super().connect()
        self.smp.start_over()

    def state(self) -> dict:
        return self.smp.ask(READ, BOOTMEND, 0)

    def events(self) -> list[tuple[int, int]]:
        """Kind and code of what the bootloader recorded, oldest first."""
        found, start = [], 0
        while start is not None:
            answer = self.smp.ask(READ, BOOTMEND, 1, {"from": start})
            found += [(event["kind"], event["code"]) for event in answer["events"]]
            start = answer.get("next")
        return found

    def begin_upload(self, image: bytes) -> dict:
        return self.smp.ask(WRITE, IMAGE, 1, {"image": 0, "len": len(image), "off": 0, "data": image[:CHUNK],
                                              "sha": hashlib.sha256(image).digest()})

    def upload(self, image: bytes, until: int | None = None) -> dict:
        """With two packets in flight; `until` ends it early."""
        end = len(image) if until is None else until
        answer = self.begin_upload(image)
        sent, flying = answer.get("off", end), []
        while "off" in answer and (sent < end or flying):
            while sent < end and len(flying) < 2:
                chunk = image[sent:sent + CHUNK]
                flying.append(self.smp.send(WRITE, IMAGE, 1, {"off": sent, "data": chunk}))
                sent += len(chunk)
            answer = self.smp.answer(flying.pop(0))
        return answer

    def try_on_next_boot(self, image: bytes) -> dict:
        return self.smp.ask(WRITE, IMAGE, 0, {"hash": images.hash_of(image), "confirm": False})

    def confirm(self) -> dict:
        return self.smp.ask(WRITE, IMAGE, 0, {"confirm": True})

    def reset(self, **fields) -> None:
        # What is waited for next is said after the reset.
        self.smp.frames.console = b""
        self.smp.ask(WRITE, OS, 5, fields)

    def settled_state(self) -> dict:
        """After power-on, when the first words may be gone before QEMU has accepted its client.

        A unit that resets itself meanwhile drops the question, so it is asked again.
        """
        for _ in range(60):
            try:
                return self.smp.answer(self.smp.send(READ, BOOTMEND, 0, {}), timeout=0.3)
            except TimeoutError:
                continue
        raise TimeoutError(f"the unit is silent after {self.smp.frames.console!r}")

    def wait_for_application(self) -> None:
        self.smp.console_until(b"bench-sensor application\n")

    def wait_for_recovery(self) -> None:
        self.smp.console_until(b"Bootmend recovery")

    def type_until_recovery(self) -> None:
        """As a person does: when after the reset the receiver listens is the machine's affair, so that a single burst
        may come too early or too late."""
        deadline = time.monotonic() + 20
        while b"Bootmend recovery" not in self.smp.frames.console:
            if time.monotonic() > deadline:
                raise TimeoutError("the unit did not enter recovery")
            self.send(b"!" * 8)
            try:
                self.smp.listen(time.monotonic() + 0.02)
            except TimeoutError:
                continue

    def unlock(self) -> None:
        """By the recovery key, as bootmend/device_wire.h says."""
        device_id = self.smp.ask(READ, BOOTMEND, IDENTITY)["device_id"]
        challenge = self.smp.ask(READ, BOOTMEND, UNLOCK)["challenge"]
        signature = images.sign(RECOVERY_KEY, b"bootmend unlock\0" + device_id + challenge)
        if self.smp.ask(WRITE, BOOTMEND, UNLOCK, {"sig": signature}) != {}:
            raise RuntimeError("the unit takes no signature of the recovery key")

    def erase_region(self, region: int) -> dict:
        return self.smp.ask(WRITE, BOOTMEND, REGION, {"region": region})

    def write_identity(self) -> dict:
        product_class = images.class_uuid(images.PRODUCT)
        return self.smp.ask(WRITE, BOOTMEND, IDENTITY, {
            "product": images.PRODUCT, "hw": images.HARDWARE, "serial": SERIAL_NUMBER,
            "device_id": uuid.uuid5(product_class, SERIAL_NUMBER).bytes,
            "vendor": uuid.uuid5(uuid.NAMESPACE_DNS, images.VENDOR).bytes, "class": product_class.bytes})

    def install(self, image: bytes) -> None:
        self.upload(image)
        self.try_on_next_boot(image)
        self.reset()


class Unit(Talk, machine.Machine):
    """Use it in a with statement, as any machine."""

    def __init__(self, slot_a: bytes | None = None, provisioning: tuple[str, ...] = (), **fields):
        fields.setdefault("flash", lambda path: provision(path, slot_a, provisioning))
        super().__init__(machine.RESULTS / "bootloader.bin", server=True, **fields)
