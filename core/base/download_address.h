// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QStringList>

namespace core {

/// Whether something may be downloaded from this address at all: https, with a host, without a user name or a
/// password, at most 2048 characters, in the strict form of RFC 3986.
bool isDownloadAddress(const QString &address);

/// Whether the address's host is one of these: a name or an address of its own, or "*.example.com" for every
/// host below example.com. Upper and lower case are the same.
bool isHostAmong(const QStringList &hosts, const QString &address);

/// Whether a text can stand in such a list.
bool isHostPattern(const QString &host);

} // namespace core
