// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QStringList>

namespace cli {

/// What every command understands.
struct GlobalOptions {
    bool isJson = false;
    QString benchDirectory; // units of a bench are found beside the attached ones
    QString trustFile;
    QString stateDirectory; // what this computer keeps, such as the trust root; the platform's unless told
    QString passphraseFile; // empty: they are asked for at the terminal
    QString keptDirectory; // in it, or the bench's: what is known of releases and units
    QString catalogDirectory; // in that
    QString downloadDirectory; // the same
    bool isLogShown = false; // what units print beside their answers
    QString recordFile; // of everything that goes over the links; empty: nothing is recorded
    QString caFile; // authorities that vouch for servers, beside the system's
};

} // namespace cli
