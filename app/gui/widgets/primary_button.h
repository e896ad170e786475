// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QPushButton>

namespace gui {

/// The one button of its place, in the accent colour.
class PrimaryButton final : public QPushButton
{
    Q_OBJECT

public:
    explicit PrimaryButton(const QString &text = {}, QWidget *parent = nullptr);

protected:
    void changeEvent(QEvent *event) override;

private:
    void applyColors();
};

} // namespace gui
