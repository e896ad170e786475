// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/error_names.h"

#include "device_protocols/smp/smp_message.h"
#include "recovery_bootloader/include/bootmend/device_wire.h"

#include <algorithm>
#include <array>

namespace smp {

namespace {

struct Name {
    int number;
    const char *text;
};

constexpr std::array kGroups{
    Name{int(Group::Os), "OS"},
    Name{int(Group::Image), "image"},
    Name{int(Group::Statistics), "statistics"},
    Name{int(Group::Settings), "settings"},
    Name{int(Group::FileSystem), "file system"},
    Name{int(Group::Shell), "shell"},
    Name{int(Group::Enumeration), "enumeration"},
    Name{int(Group::Zephyr), "Zephyr"},
    Name{int(Group::Bootmend), "Bootmend"},
};

// Zephyr mgmt_defines.h, enum mcumgr_err_t.
constexpr std::array kGeneric{
    Name{1, "unknown error"},           Name{2, "out of memory"},
    Name{3, "invalid value"},           Name{4, "timed out"},
    Name{5, "no such entry"},           Name{6, "not possible in this state"},
    Name{7, "the answer does not fit"}, Name{8, "not supported"},
    Name{9, "corrupt request"},         Name{10, "busy"},
    Name{11, "access denied"},          Name{12, "SMP version too old"},
    Name{13, "SMP version too new"},
};

// os_mgmt.h, enum os_mgmt_err_code_t.
constexpr std::array kOs{
    Name{2, "invalid format"},   Name{3, "the query yields no answer"}, Name{4, "the clock is not set"},
    Name{5, "the clock failed"}, Name{6, "invalid query value"},        Name{7, "heap statistics failed"},
};

// img_mgmt.h, enum img_mgmt_err_code_t.
constexpr std::array kImage{
    Name{2, "the flash configuration cannot be read"},
    Name{3, "no image in that slot"},
    Name{4, "the image has no TLVs"},
    Name{5, "the image has an invalid TLV"},
    Name{6, "the image has several hashes"},
    Name{7, "a TLV of the image has the wrong size"},
    Name{8, "no image has that hash"},
    Name{9, "no free slot"},
    Name{10, "the flash cannot be opened"},
    Name{11, "reading the flash failed"},
    Name{12, "writing the flash failed"},
    Name{13, "erasing the flash failed"},
    Name{14, "no such slot"},
    Name{15, "out of memory"},
    Name{16, "the flash is in use already"},
    Name{17, "the flash is not in use"},
    Name{18, "there is no flash device"},
    Name{19, "the offset is not that of a page"},
    Name{20, "the request lacks an offset"},
    Name{21, "the request lacks the length"},
    Name{22, "the first chunk is shorter than an image header"},
    Name{23, "this is no image: wrong magic"},
    Name{24, "the hash is not one"},
    Name{25, "the image is for another address"},
    Name{26, "the version cannot be read"},
    Name{27, "the running version is newer"},
    Name{28, "an image is pending already"},
    Name{29, "the vector table is wrong"},
    Name{30, "the image is too large"},
    Name{31, "more data than the image has"},
    Name{32, "this image may not be confirmed"},
    Name{33, "the running image cannot be tried"},
    Name{34, "which slot runs is not known"},
};

// stat_mgmt.h, enum stat_mgmt_err_code_t.
constexpr std::array kStatistics{
    Name{2, "no such group of statistics"},
    Name{3, "no such name"},
    Name{4, "an entry has the wrong size"},
    Name{5, "the listing was given up"},
};

// settings_mgmt.h, enum settings_mgmt_err_code_t.
constexpr std::array kSettings{
    Name{2, "the name is too long"},     Name{3, "no such setting"},
    Name{4, "reading is not supported"}, Name{5, "no such root"},
    Name{6, "writing is not supported"}, Name{7, "deleting is not supported"},
    Name{8, "saving is not supported"},
};

// fs_mgmt.h, enum fs_mgmt_err_code_t.
constexpr std::array kFileSystem{
    Name{2, "invalid name"},
    Name{3, "no such file"},
    Name{4, "that is a directory"},
    Name{5, "the file cannot be opened"},
    Name{6, "seeking failed"},
    Name{7, "reading failed"},
    Name{8, "truncating failed"},
    Name{9, "deleting failed"},
    Name{10, "writing failed"},
    Name{11, "the offset is not where the file ends"},
    Name{12, "the offset is behind the end"},
    Name{13, "no such hash"},
    Name{14, "no such mount point"},
    Name{15, "the file system is read-only"},
    Name{16, "the file is empty"},
    Name{17, "closing failed"},
};

// shell_mgmt.h, enum shell_mgmt_err_code_t.
constexpr std::array kShell{
    Name{2, "the command is too long"},
    Name{3, "the command is empty"},
};

// enum_mgmt.h, enum enum_mgmt_err_code_t.
constexpr std::array kEnumeration{
    Name{2, "too many groups were asked for"},
    Name{3, "out of memory"},
    Name{4, "the index is behind the last group"},
};

// zephyr_basic.h, enum zephyrbasic_mgmt_err_code_t.
constexpr std::array kZephyr{
    Name{2, "the flash cannot be opened"},
    Name{3, "the flash configuration cannot be read"},
    Name{4, "erasing failed"},
};

constexpr std::array kBootmend{
    Name{BM_SMP_ERR_NOT_ON_TRIAL, "no image is on trial"},
    Name{BM_SMP_ERR_NOT_PROVISIONED, "the unit has no identity yet"},
    Name{BM_SMP_ERR_STORE_FAILED, "storing failed"},
    Name{BM_SMP_ERR_IMAGE_REFUSED, "the image does not verify"},
    Name{BM_SMP_ERR_LOCKED, "the unit is locked"},
    Name{BM_SMP_ERR_ROLLED_BACK, "the image was rolled back before"},
    Name{BM_SMP_ERR_PROVISIONED, "the unit has its identity already"},
    Name{BM_SMP_ERR_WRONG_SIGNATURE, "wrong signature"},
    Name{BM_SMP_ERR_NO_CONFIG, "no configuration"},
    Name{BM_SMP_ERR_NOT_ALLOWED, "not allowed for that region, or in this stage"},
};

template<std::size_t count>
const char *textOf(const std::array<Name, count> &names, qint64 number)
{
    const auto found = std::find_if(names.begin(), names.end(),
                                    [number](const Name &name) { return name.number == number; });
    return found == names.end() ? nullptr : found->text;
}

const char *codeText(int group, qint64 code)
{
    if (group == kNoGroup)
        return textOf(kGeneric, code);
    if (code == 1) // 1 is "unknown" in each of them.
        return "unknown error";
    switch (Group(group)) {
    case Group::Os:
        return textOf(kOs, code);
    case Group::Image:
        return textOf(kImage, code);
    case Group::Statistics:
        return textOf(kStatistics, code);
    case Group::Settings:
        return textOf(kSettings, code);
    case Group::FileSystem:
        return textOf(kFileSystem, code);
    case Group::Shell:
        return textOf(kShell, code);
    case Group::Enumeration:
        return textOf(kEnumeration, code);
    case Group::Zephyr:
        return textOf(kZephyr, code);
    case Group::Bootmend:
        return textOf(kBootmend, code);
    }
    return nullptr;
}

} // namespace

QString groupName(int group)
{
    const char *name = textOf(kGroups, group);
    return name ? QString::fromLatin1(name) : QStringLiteral("group %1").arg(group);
}

QString refusalText(int group, qint64 code)
{
    const char *known = codeText(group, code);
    const QString text = known ? QStringLiteral("%1 (%2)").arg(QLatin1String(known)).arg(code)
                               : QStringLiteral("code %1").arg(code);
    if (group == kNoGroup)
        return text;
    const char *name = textOf(kGroups, group);
    return name ? QStringLiteral("%1 group: %2").arg(QLatin1String(name), text)
                : QStringLiteral("group %1, %2").arg(group).arg(text);
}

} // namespace smp
