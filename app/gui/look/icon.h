// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QIcon>
#include <QPalette>

namespace gui {

/// One of resources/icons, drawn in the palette's colour of the moment and at any pixel ratio. `name` is the
/// file's name without its ending.
QIcon themedIcon(const QString &name, QPalette::ColorRole role = QPalette::ButtonText);

/// The same as a picture in one colour. `size` is in device-independent pixels.
QPixmap iconPixmap(const QString &name, const QColor &color, int size, qreal pixelRatio);

} // namespace gui
