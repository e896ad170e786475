// SPDX-License-Identifier: Apache-2.0
#include "core/release/bundle_names.h"

#include <QRegularExpression>

namespace core {

namespace {

QString endOfRootNames()
{
    return QStringLiteral(".root.json");
}

} // namespace

QString manifestEntryName()
{
    return QStringLiteral("manifest.json");
}

QString rootEntryName(qint64 version)
{
    return QString::number(version) + endOfRootNames();
}

bool isRootEntryName(const QString &name)
{
    static const QRegularExpression version(QStringLiteral("\\A[1-9][0-9]{0,9}\\z"));
    return name.endsWith(endOfRootNames()) && version.match(name.chopped(endOfRootNames().size())).hasMatch();
}

bool isPlainEntryName(const QString &name)
{
    static const QRegularExpression form(QStringLiteral("\\A[A-Za-z0-9_+-][A-Za-z0-9._+-]{0,127}\\z"));
    return form.match(name).hasMatch();
}

bool isFileEntryName(const QString &name)
{
    return isPlainEntryName(name) && name != manifestEntryName() && !name.endsWith(endOfRootNames());
}

} // namespace core
