// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

class QButtonGroup;
class QVBoxLayout;

namespace gui {

/// The places of the application, one button each, at the side of the window.
class Rail final : public QWidget
{
    Q_OBJECT

public:
    explicit Rail(QWidget *parent = nullptr);

    /// Ctrl+1, Ctrl+2, … go to the places in the order of their adding.
    void addPlace(const QString &name, const QString &iconName);
    void setPlace(int index);

Q_SIGNALS:
    void placeChosen(int index);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QButtonGroup *m_buttons;
    QVBoxLayout *m_layout;
};

} // namespace gui
