# SPDX-License-Identifier: Apache-2.0
"""The direction of the includes, and who may know about windows and about concrete devices."""
import re

from style.source import SourceFile

# A folder sees itself and what stands here. Includes of the system and of libraries are not listed.
MAY_INCLUDE = {
    "core": set(),
    "device_protocols": {"core"},
    "recovery_bootloader": set(),
    "app": {"core", "device_protocols"},
    "tests": {"core", "device_protocols", "app", "recovery_bootloader"},
}
# The two programs: nobody includes them, and neither includes the other.
PROGRAMS = ("app/cli/", "app/gui/")
PROJECT_FOLDERS = {"core", "device_protocols", "recovery_bootloader", "app", "tests", "bootmend"}

# The constants that a device and its host share; the only header of the bootloader that others see.
SHARED_HEADER = re.compile(r"^(recovery_bootloader/include/)?bootmend/device_wire\.h$")
MAY_SEE_SHARED_HEADER = ("core/", "device_protocols/", "app/bench/", "tests/", "recovery_bootloader/")

SHARED_PROTOCOL_FOLDERS = {"transport", "usb"}
MAY_BUILD_CONCRETE = ("app/wiring/", "app/bench/", "tests/", "device_protocols/")
# Single commands by name: the vocabulary of SMP and its client, but no transport and no driver.
MAY_SPEAK_SMP = ("app/cli/session.cpp", "app/cli/commands/smp")
SMP_VOCABULARY = re.compile(
    r"^device_protocols/smp/(smp_client|command_table|cbor_json|error_names|file_transfer|image_upload|\w+_commands)\.h$"
)
MAY_KNOW_WINDOWS = ("app/gui/", "tests/")

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')
WINDOW_HEADER = re.compile(
    r"^Qt(Gui|Widgets|Svg|SvgWidgets|Quick|Qml|OpenGL\w*|PrintSupport)(/|$)"
    r"|^Q(Application|GuiApplication|Widget|Dialog|DialogButtonBox|MainWindow|MessageBox|FileDialog|Icon|Pixmap"
    r"|Image|Color|Font|FontMetrics|Painter|PainterPath|Palette|Pen|Brush|Style|StyleOption|StyleFactory|Label"
    r"|\w*Button|\w*Layout|(Abstract\w*|Tree|List|Table|Column|Graphics|Header)View|\w*Delegate|Action|Menu|MenuBar|ToolBar|StatusBar|Splitter|StackedWidget|Frame"
    r"|Line|LineEdit|\w*TextEdit|ComboBox|CheckBox|Clipboard|Window|Screen|Cursor|ToolTip|Desktop\w*|ProgressBar"
    r"|Svg\w*|KeySequence|Shortcut|StandardItemModel|\w*Event|Accessible\w*)$"
)
CORE_EVENTS = {"QEvent", "QTimerEvent", "QChildEvent", "QDynamicPropertyChangeEvent"}
TRANSLATED = re.compile(r"\btr\s*\(")


def includes(file: SourceFile):
    for number, line in enumerate(file.lines, 1):
        if match := INCLUDE.match(line):
            yield number, match[1]


def layer_complaint(path: str, included: str) -> str | None:
    layer, target = path.split("/")[0], included.split("/")[0]
    if SHARED_HEADER.match(included):
        return None if path.startswith(MAY_SEE_SHARED_HEADER) else f"{layer}/ must not include {included}"
    if target not in PROJECT_FOLDERS or "/" not in included or layer not in MAY_INCLUDE:
        return None
    if target == "bootmend":
        is_device_side = layer == "recovery_bootloader" or path.startswith("tests/")
        return None if is_device_side else f"{layer}/ must not include {included}"
    is_foreign_program = any(
        included.startswith(program) and not path.startswith((program, "tests/")) for program in PROGRAMS
    )
    if is_foreign_program or target not in {layer, *MAY_INCLUDE[layer]}:
        return f"{'/'.join(path.split('/')[:-1])}/ must not include {included}"
    return None


def protocol_complaint(path: str, included: str) -> str | None:
    here, there = path.split("/"), included.split("/")
    if here[0] != "device_protocols" or there[0] != "device_protocols" or len(here) < 3 or len(there) < 3:
        return None
    if there[1] in {here[1], *SHARED_PROTOCOL_FOLDERS}:
        return None
    return f"{here[1]} must not include another protocol: {included}"


def concrete_complaint(path: str, included: str) -> str | None:
    if not included.startswith("device_protocols/") or path.startswith(MAY_BUILD_CONCRETE):
        return None
    if not path.startswith("app/") or path.endswith("/main.cpp"):
        return None
    if path.startswith(MAY_SPEAK_SMP) and SMP_VOCABULARY.match(included):
        return None
    return f"only main.cpp and app/wiring know concrete transports and drivers: {included}"


def window_complaint(path: str, included: str) -> str | None:
    if path.startswith(MAY_KNOW_WINDOWS) or included in CORE_EVENTS or not WINDOW_HEADER.match(included):
        return None
    return f"only app/gui knows about windows: {included}"


def check(file: SourceFile):
    if not file.is_c_family:
        return
    path = file.path.as_posix()
    rules = {
        "layers": layer_complaint,
        "protocols": protocol_complaint,
        "wiring": concrete_complaint,
        "windows": window_complaint,
    }
    for number, included in includes(file):
        for rule, complaint_about in rules.items():
            if complaint := complaint_about(path, included):
                yield file.problem(number, rule, complaint)
    if path.startswith(("app/gui/", "tests/")):
        return
    for number, line in enumerate(file.code.splitlines(), 1):
        if TRANSLATED.search(line):
            yield file.problem(number, "windows", "tr() stands in app/gui only")
