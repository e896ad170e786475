// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFrame>

namespace gui {

/// A surface that sets off what belongs together.
class Card : public QFrame
{
    Q_OBJECT

public:
    explicit Card(QWidget *parent = nullptr);

protected:
    void paintEvent(QPaintEvent *event) override;
};

} // namespace gui
