// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QMimeData>

namespace gui {

/// The first local release file (".bmb") in what is dragged; empty when there is none.
QString droppedRelease(const QMimeData &data);

/// For file dialogs.
QString releaseFileFilter();

} // namespace gui
