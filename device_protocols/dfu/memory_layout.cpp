// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/dfu/memory_layout.h"

#include <QStringList>

#include <algorithm>

namespace dfu {

using core::ErrorKind;
using core::Result;

namespace {

constexpr qint64 kEndOfMemory = qint64(1) << 32;
constexpr qsizetype kMostDigits = 5; // three by the document, four in the wild

tl::unexpected<core::Error> malformed(const QString &text, const char *why)
{
    return core::fail(ErrorKind::MalformedReply,
                      QStringLiteral("memory layout \"%1\": %2").arg(text, QLatin1String(why)));
}

/// Reads one text from front to back.
class Scanner
{
public:
    explicit Scanner(QStringView text) : m_text(text) { }

    bool isAtEnd() const { return m_text.isEmpty(); }
    bool take(QChar wanted)
    {
        if (m_text.isEmpty() || m_text.front() != wanted)
            return false;
        m_text = m_text.sliced(1);
        return true;
    }
    std::optional<QChar> takeOneOf(QStringView wanted)
    {
        if (m_text.isEmpty() || !wanted.contains(m_text.front()))
            return std::nullopt;
        const QChar taken = m_text.front();
        m_text = m_text.sliced(1);
        return taken;
    }
    void skipBlanks()
    {
        while (take(u' ')) { }
    }
    /// Decimal, 1 and more.
    std::optional<quint32> number()
    {
        qsizetype digits = 0;
        while (digits < m_text.size() && m_text[digits] >= u'0' && m_text[digits] <= u'9')
            ++digits;
        if (digits == 0 || digits > kMostDigits)
            return std::nullopt;
        const quint32 value = m_text.first(digits).toUInt();
        m_text = m_text.sliced(digits);
        return value > 0 ? std::optional(value) : std::nullopt;
    }

private:
    QStringView m_text;
};

quint32 factorOf(QChar multiplier)
{
    switch (multiplier.unicode()) {
    case u'K':
        return 1024;
    case u'M':
        return 1024 * 1024;
    default:
        return 1;
    }
}

/// "04*016Kg": count, size, multiplier, rights.
std::optional<SectorRun> runIn(Scanner &scanner)
{
    SectorRun run;
    const auto count = scanner.number();
    const bool isTimes = count && scanner.take(u'*');
    const auto size = isTimes ? scanner.number() : std::nullopt;
    if (!size)
        return std::nullopt;
    const quint32 factor = factorOf(scanner.takeOneOf(u" BKM").value_or(u' '));
    const auto letter = scanner.takeOneOf(u"abcdefg");
    if (!letter)
        return std::nullopt;
    const qint64 bytes = qint64(*size) * factor;
    if (bytes * *count > kEndOfMemory)
        return std::nullopt;
    run.count = *count;
    run.size = quint32(bytes);
    run.rights = Rights::fromInt(letter->unicode() - u'a' + 1);
    return run;
}

std::optional<quint32> addressIn(QStringView text)
{
    const QStringView digits = text.trimmed();
    bool isNumber = false;
    const bool isHex = digits.startsWith(u"0x") && digits.size() > 2 && digits.size() <= 10
        && digits[2] != u'+' && digits[2] != u'-';
    const quint32 address = isHex ? digits.sliced(2).toUInt(&isNumber, 16) : 0;
    return isNumber ? std::optional(address) : std::nullopt;
}

/// Runs with commas between, one behind the other from `address` on.
Result<core::Done> addRuns(MemoryLayout &layout, quint32 address, QStringView text)
{
    Scanner scanner(text);
    qint64 next = address;
    do {
        auto run = runIn(scanner);
        if (!run)
            return malformed(text.toString(), "its sectors cannot be read");
        const qint64 end = next + qint64(run->count) * run->size;
        if (end > kEndOfMemory)
            return malformed(text.toString(), "it reaches beyond 32 bits");
        run->address = quint32(next);
        layout.runs.append(*run);
        next = end;
    } while (scanner.take(u','));
    scanner.skipBlanks();
    if (!scanner.isAtEnd())
        return malformed(text.toString(), "something follows its sectors");
    return core::Done{};
}

bool isBehind(const SectorRun &left, const SectorRun &right)
{
    return left.address < right.address;
}

} // namespace

MemoryKind MemoryLayout::kind() const
{
    const auto isCalled = [this](const char *what) {
        return name.contains(QLatin1String(what), Qt::CaseInsensitive);
    };
    if (isCalled("option byte"))
        return MemoryKind::OptionBytes;
    if (isCalled("otp"))
        return MemoryKind::OneTimeProgrammable;
    return isCalled("device feature") ? MemoryKind::DeviceFeature : MemoryKind::Storage;
}

std::optional<Sector> MemoryLayout::sectorAt(qint64 address) const
{
    for (const SectorRun &run : runs) {
        if (address >= run.address && address < run.end())
            return run.sector(quint32((address - run.address) / run.size));
    }
    return std::nullopt;
}

Result<MemoryLayout> parseLayout(const QString &text)
{
    if (!text.startsWith(u'@'))
        return malformed(text, "it does not begin with @");
    const QStringList parts = text.sliced(1).split(u'/');
    if (parts.size() < 3 || parts.size() % 2 == 0)
        return malformed(text, "it is no name with pairs of addresses and sectors");
    MemoryLayout layout{parts.constFirst().trimmed(), {}};
    for (qsizetype at = 1; at < parts.size(); at += 2) {
        const auto address = addressIn(parts.at(at));
        if (!address)
            return malformed(text, "an address cannot be read");
        if (const auto added = addRuns(layout, *address, parts.at(at + 1)); !added)
            return core::passOn(added.error());
    }
    std::stable_sort(layout.runs.begin(), layout.runs.end(), isBehind);
    for (qsizetype at = 1; at < layout.runs.size(); ++at)
        if (layout.runs.at(at).address < layout.runs.at(at - 1).end())
            return malformed(text, "its sectors overlap");
    return layout;
}

} // namespace dfu
