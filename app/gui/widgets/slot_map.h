// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/gui/pages/units/unit_view.h"

#include <QWidget>

namespace gui {

/// The slots of a unit as they lie in flash, to scale, with what each holds and what is true of it in words.
class SlotMap final : public QWidget
{
    Q_OBJECT

public:
    explicit SlotMap(QWidget *parent = nullptr);

    void show(const QList<SlotView> &slots);
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    struct Place {
        int left;
        int width;
    };

    QList<Place> placesIn(int width) const;
    int chipsHeight(const SlotView &slot, int width) const;
    void paintSlot(QPainter &painter, const SlotView &slot, const Place &place) const;
    void paintChips(QPainter &painter, const SlotView &slot, const QRect &area) const;
    QString describe() const;

    QList<SlotView> m_slots;
};

} // namespace gui
