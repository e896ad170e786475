// SPDX-License-Identifier: Apache-2.0
#include "core/base/download_address.h"

#include <QRegularExpression>
#include <QUrl>

#include <algorithm>

namespace core {

namespace {

constexpr qsizetype kLongestAddress = 2048;

bool isAtOrBelow(const QString &pattern, const QString &host)
{
    if (pattern.startsWith(QStringLiteral("*.")))
        return host.endsWith(pattern.mid(1)) && host.size() > pattern.size() - 1;
    return host == pattern;
}

} // namespace

bool isDownloadAddress(const QString &address)
{
    const QUrl url(address, QUrl::StrictMode);
    return address.size() <= kLongestAddress && url.isValid() && url.scheme() == QStringLiteral("https")
        && !url.host().isEmpty() && url.authority().indexOf(u'@') < 0;
}

bool isHostAmong(const QStringList &hosts, const QString &address)
{
    const QString host = QUrl(address, QUrl::StrictMode).host().toLower();
    return !host.isEmpty() && std::any_of(hosts.cbegin(), hosts.cend(), [&host](const QString &pattern) {
        return isAtOrBelow(pattern.toLower(), host);
    });
}

bool isHostPattern(const QString &host)
{
    static const QRegularExpression form(QStringLiteral(R"(\A(\*\.)?[A-Za-z0-9]([A-Za-z0-9.-]{0,252})\z)"));
    return form.match(host).hasMatch();
}

} // namespace core
