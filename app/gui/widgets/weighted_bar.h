// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

namespace gui {

/// A flat progress bar over a fraction of 0 to 1.
class WeightedBar final : public QWidget
{
    Q_OBJECT

public:
    explicit WeightedBar(QWidget *parent = nullptr);

    void show(double fraction);
    double fraction() const { return m_fraction; }
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    double m_fraction = 0;
};

} // namespace gui
