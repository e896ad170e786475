// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/device/device_address.h"
#include "core/device/health_requirement.h"
#include "core/device/port.h"

#include <QByteArray>
#include <QStringList>

namespace core {

/// What to do with a modem line when a port is opened. Some boards wire one to their reset, some wait for DTR
/// before they talk.
enum class LinePolicy { Leave, Raise, Lower };

/// Which USB devices a profile is about.
struct UsbMatch {
    quint16 vendor = 0;
    std::optional<quint16> product = {}; // none: every product of the vendor
    QStringList serialPatterns = {}; // matchesAny(); empty: any
    QStringList productPatterns = {}; // of the product's name; empty: any

    bool matches(const Port &port) const;
};

/// How a family of devices is reached, known before anything is sent to one. A value. Described in
/// docs/formats/profiles.md.
struct DeviceProfile {
    QString id; // the file's name without its ending
    QString name; // what people call the family
    QList<UsbMatch> usb;
    QString product; // what such a unit is, for one that does not say it; may be empty
    QString hardwareRevision; // the same
    int baud = 115200;
    DeviceAddress::Framing framing = DeviceAddress::Framing::Console;
    LinePolicy dtr = LinePolicy::Leave;
    LinePolicy rts = LinePolicy::Leave;
    QString recoveryEntry; // what a person does to bring such a unit into recovery; may be empty
    QList<HealthRequirement> health; // asked of every release, beside the release's own

    bool matches(const Port &port) const;
};

/// The largest profile that is read, in bytes.
constexpr qint64 kLargestProfile = 16 * 1024;

/// InvalidFile for what is no profile: also for an unknown member, so that a misspelled policy of a line does
/// not reset a unit. `id` is [a-z0-9_-]{1,64}.
Result<DeviceProfile> parseProfile(const QString &id, const QByteArray &bytes);

/// The profiles of one computer. A file of a later folder replaces the one of the same name in an earlier
/// one. A value.
class ProfileBook
{
public:
    ProfileBook() = default;
    explicit ProfileBook(QList<DeviceProfile> profiles) : m_profiles(std::move(profiles)) { }

    /// Reads every *.json in the folders; a folder that does not exist is an empty one. InvalidFile or
    /// FileFailed with the file's name: a site's profile that cannot be read is not passed over, because the
    /// one that it replaces may do what it forbids.
    static Result<ProfileBook> read(const QStringList &folders);

    const QList<DeviceProfile> &profiles() const { return m_profiles; }

    /// The profile that knows a port, the most specific one: a match of the product's id counts before a
    /// match of the vendor's alone, one with patterns before one without; then the name. Null when none does.
    const DeviceProfile *profileFor(const Port &port) const;

private:
    QList<DeviceProfile> m_profiles; // by id
};

} // namespace core
