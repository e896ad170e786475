// SPDX-License-Identifier: Apache-2.0
#include "app/gui/widgets/dropped_release.h"

#include <QCoreApplication>
#include <QUrl>

namespace gui {

QString droppedRelease(const QMimeData &data)
{
    for (const QUrl &url : data.urls())
        if (url.isLocalFile() && url.toLocalFile().endsWith(QStringLiteral(".bmb")))
            return url.toLocalFile();
    return {};
}

QString releaseFileFilter()
{
    return QCoreApplication::translate("ReleaseFiles", "Bootmend releases (*.bmb);;All files (*)");
}

} // namespace gui
