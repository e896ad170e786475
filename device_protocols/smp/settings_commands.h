// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "device_protocols/smp/fields.h"
#include "device_protocols/smp/patience.h"

// SMP groups 2 and 3. Zephyr, "Statistical management group" and "Settings (config) management group";
// stat_mgmt.h, settings_mgmt.h.
namespace smp {

struct StatisticsReply {
    QString name;
    QMap<QString, qint64> values;
    static constexpr auto fields()
    {
        return std::tuple(optional("name", &StatisticsReply::name),
                          required("fields", &StatisticsReply::values));
    }
};

struct ReadStatistics {
    using Reply = StatisticsReply;
    static constexpr Command kCommand{Op::Read, Group::Statistics, 0};
    QString name;
    static constexpr auto fields() { return std::tuple(required("name", &ReadStatistics::name)); }
};

struct StatisticsListReply {
    QList<QString> names;
    static constexpr auto fields() { return std::tuple(required("stat_list", &StatisticsListReply::names)); }
};

struct ListStatistics : Nothing {
    using Reply = StatisticsListReply;
    static constexpr Command kCommand{Op::Read, Group::Statistics, 1};
};

struct SettingReply {
    QByteArray value;
    std::optional<qint64> longest; // where the server gives fewer bytes than it was asked for
    static constexpr auto fields()
    {
        return std::tuple(required("val", &SettingReply::value),
                          optional("max_size", &SettingReply::longest));
    }
};

struct ReadSetting {
    using Reply = SettingReply;
    static constexpr Command kCommand{Op::Read, Group::Settings, 0};
    QString name;
    std::optional<quint32> longest; // bytes
    static constexpr auto fields()
    {
        return std::tuple(required("name", &ReadSetting::name), optional("max_size", &ReadSetting::longest));
    }
};

struct WriteSetting {
    using Reply = Nothing;
    static constexpr Command kCommand{Op::Write, Group::Settings, 0};
    QString name;
    QByteArray value;
    static constexpr auto fields()
    {
        return std::tuple(required("name", &WriteSetting::name), required("val", &WriteSetting::value));
    }
};

struct DeleteSetting {
    using Reply = Nothing;
    static constexpr Command kCommand{Op::Write, Group::Settings, 1};
    QString name;
    static constexpr auto fields() { return std::tuple(required("name", &DeleteSetting::name)); }
};

/// Makes the application take over what was written.
struct CommitSettings : Nothing {
    using Reply = Nothing;
    static constexpr Command kCommand{Op::Write, Group::Settings, 2};
};

/// Reads all settings from where they are kept: a read by its operation, but it changes what runs.
struct LoadSettings : Nothing {
    using Reply = Nothing;
    static constexpr Command kCommand{Op::Read, Group::Settings, 3};
};

struct SaveSettings {
    using Reply = Nothing;
    static constexpr Command kCommand{Op::Write, Group::Settings, 3};
    QString name; // of a subtree; empty: all
    static constexpr auto fields() { return std::tuple(optional("name", &SaveSettings::name)); }
};

} // namespace smp
