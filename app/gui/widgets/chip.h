// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/gui/look/palette.h"

#include <QPainter>
#include <QWidget>

namespace gui {

/// A word in a tinted pill, with a small sign of its own shape. `icon` may be empty.
struct ChipText {
    QString text;
    QString icon;
    StateRole role = StateRole::Neutral;
};

QSize chipSize(const ChipText &chip, const QFontMetrics &metrics);
void paintChip(QPainter &painter, const QPoint &topLeft, const ChipText &chip, const QPalette &palette,
               const QFontMetrics &metrics);

/// A chip that stands by itself.
class Chip final : public QWidget
{
    Q_OBJECT

public:
    explicit Chip(QWidget *parent = nullptr);

    void show(const ChipText &chip);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    ChipText m_chip;
};

} // namespace gui
