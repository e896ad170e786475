# SPDX-License-Identifier: Apache-2.0
"""Runs the command line in a folder of its own, and reads its JSON lines."""
import contextlib
import dataclasses
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

BOOTMEND = sys.argv[1]


@dataclasses.dataclass
class Ran:
    code: int
    lines: list
    said: str # on standard error
    printed: str # the lines as they came

    @classmethod
    def read(cls, code: int, printed: str, said: str) -> "Ran":
        return cls(code, [json.loads(line) for line in printed.split("\n") if line], said, printed)

    @property
    def result(self) -> dict:
        return self.lines[-1]

    def notes(self, key: str) -> list:
        return [line[key] for line in self.lines if key in line]


class CommandLine(unittest.TestCase):
    """A test that has a folder, in which all its programs run and keep their state."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.environment = dict(os.environ)

    def bootmend(self, *arguments, expect: int = 0, answers: str = None) -> Ran:
        """`answers` are lines for questions about passphrases."""
        command = self.command(*arguments)
        if answers is not None:
            command += ["--passphrase-file", "/dev/stdin"]
        process = subprocess.run(command, cwd=self.folder, env=self.environment, input=answers or "",
                                 capture_output=True, text=True, timeout=60, check=False)
        ran = Ran.read(process.returncode, process.stdout, process.stderr)
        self.assertEqual(ran.code, expect, f"{command}\n{process.stdout}{process.stderr}")
        return ran

    def command(self, *arguments) -> list:
        return [BOOTMEND, *map(str, arguments), "--json", "--state", str(self.folder / "state")]

    def text(self, *arguments, expect: int = 0) -> str:
        """What people see: both outputs of a run without --json."""
        command = [word for word in self.command(*arguments) if word != "--json"]
        process = subprocess.run(command, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, check=False)
        shown = process.stdout.decode()
        self.assertEqual(process.returncode, expect, f"{command}\n{shown!r}")
        return shown

    def together(self, *commands) -> list:
        """Starts all at once; what became of each, whatever its exit code is."""
        with contextlib.ExitStack() as cleanup:
            started = [cleanup.enter_context(
                subprocess.Popen(self.command(*arguments), cwd=self.folder, env=self.environment,
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
                for arguments in commands]
            said = [process.communicate(timeout=60) for process in started]
        return [Ran.read(process.returncode, *texts) for process, texts in zip(started, said)]

    def openssl(self, *arguments, expect: int = 0) -> str:
        process = subprocess.run(["openssl", *map(str, arguments)], cwd=self.folder, capture_output=True, text=True,
                                 timeout=60, check=False)
        self.assertEqual(process.returncode, expect, f"openssl {arguments}\n{process.stdout}{process.stderr}")
        return process.stdout.strip()

    def shell(self, command: str) -> str:
        """Runs a command line that the program offered, as a person would paste it."""
        return subprocess.run(command, shell=True, cwd=self.folder, capture_output=True, text=True, timeout=60,
                              check=True).stdout.strip()

    def write(self, name: str, content: str) -> pathlib.Path:
        path = self.folder / name
        path.write_text(content)
        return path

    def make_key(self, name: str, algorithm: str = "ed25519") -> str:
        """NAME.pem and NAME.pub; the key's id."""
        self.bootmend("key", "generate", f"{name}.pem", "--algorithm", algorithm)
        return self.bootmend("key", "public", f"{name}.pem", "-o", f"{name}.pub").result["key_id"]

    def make_manifest(self) -> str:
        self.write("app.dat", "a payload")
        self.write("release.yaml", "version: 1.0.0\nbuild: b\nproduct: lamp\nhw_compat: [r1]\nchannel: stable\n"
                   "rollback_index: 0\npayloads: [{file: app.dat, image: data}]\n")
        return "release.yaml"


def needs(*programs):
    """Ends the script, and says why, where a program is missing."""
    for program in programs:
        found = any(os.access(os.path.join(folder, program), os.X_OK)
                    for folder in os.environ["PATH"].split(os.pathsep))
        if not found:
            print(f"SKIP: {program} is not there")
            sys.exit(77)


def main():
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
