// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStyledItemDelegate>

namespace gui {

struct UnitRow;

/// Draws a row of UnitListModel: name and stage above, product, version and link below.
class UnitDelegate final : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    void paintSurface(QPainter &painter, const QStyleOptionViewItem &option) const;
    void paintTexts(QPainter &painter, const QStyleOptionViewItem &option, const UnitRow &row) const;
};

} // namespace gui
