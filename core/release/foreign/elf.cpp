// SPDX-License-Identifier: Apache-2.0
#include "core/release/foreign/elf.h"

#include "core/base/byte_reader.h"

namespace core {

namespace {

// gABI, chapter 4, "ELF Header" and "ELF Identification".
constexpr qsizetype kIdentSize = 16;
constexpr qsizetype kClassAt = 4;
constexpr qsizetype kDataAt = 5;
constexpr quint8 kClass32 = 1;
constexpr quint8 kClass64 = 2;
constexpr quint8 kLittleEndian = 1;
constexpr quint8 kBigEndian = 2;
constexpr quint16 kRelocatable = 1;
constexpr quint16 kExecutable = 2;
constexpr quint16 kShared = 3;
constexpr quint16 kHeaderSize32 = 32; // of a program header (chapter 5)
constexpr quint16 kHeaderSize64 = 56;
constexpr quint32 kLoad = 1; // PT_LOAD
constexpr quint16 kMostHeaders = 1024;
constexpr quint64 kLargestAddress = 0xffffffff;

tl::unexpected<Error> malformed(const QString &detail)
{
    return fail(ErrorKind::InvalidFile, detail);
}

/// The numbers of a header in the file's own order and size; zero for what lies beyond the end.
class NumberReader
{
public:
    NumberReader(QByteArrayView bytes, bool isBig, bool isWide) :
        m_reader(bytes), m_isBig(isBig), m_isWide(isWide)
    {
    }

    quint16 half() { return number<quint16>(); }
    quint32 word() { return number<quint32>(); }
    quint64 address() { return m_isWide ? number<quint64>() : number<quint32>(); } // also offsets and sizes
    bool isWide() const { return m_isWide; }
    bool isSound() const { return m_isSound; } // no number was beyond the end

private:
    template<class Number>
    Number number()
    {
        const auto value = m_isBig ? m_reader.bigEndian<Number>() : m_reader.littleEndian<Number>();
        m_isSound = m_isSound && value.has_value();
        return value.value_or(0);
    }

    ByteReader m_reader;
    bool m_isBig;
    bool m_isWide;
    bool m_isSound = true;
};

struct FileHeader {
    bool isBig = false;
    bool isWide = false;
    quint16 type = 0;
    quint16 machine = 0;
    quint64 entry = 0;
    quint64 headersAt = 0;
    quint16 headerSize = 0;
    quint16 headerCount = 0;
};

Result<FileHeader> readFileHeader(QByteArrayView file)
{
    if (file.size() < kIdentSize)
        return malformed(QStringLiteral("it ends within its header"));
    const quint8 fileClass = quint8(file[kClassAt]);
    const quint8 order = quint8(file[kDataAt]);
    const bool isKnown =
        (fileClass == kClass32 || fileClass == kClass64) && (order == kLittleEndian || order == kBigEndian);
    if (!isKnown)
        return malformed(QStringLiteral("class %1 and order of bytes %2").arg(fileClass).arg(order));
    FileHeader header{.isBig = order == kBigEndian, .isWide = fileClass == kClass64};
    NumberReader numbers(file.sliced(kIdentSize), header.isBig, header.isWide);
    header.type = numbers.half();
    header.machine = numbers.half();
    numbers.word(); // version
    header.entry = numbers.address();
    header.headersAt = numbers.address();
    numbers.address(); // section headers
    numbers.word(); // flags
    numbers.half(); // size of this header
    header.headerSize = numbers.half();
    header.headerCount = numbers.half();
    if (!numbers.isSound())
        return malformed(QStringLiteral("it ends within its header"));
    return header;
}

Result<Done> checkType(const FileHeader &header)
{
    if (header.type == kRelocatable)
        return malformed(QStringLiteral("it is an object file; import what the linker made of it"));
    if (header.type == kShared)
        return malformed(
            QStringLiteral("it is a library or position-independent, and has no fixed place in flash"));
    if (header.type != kExecutable)
        return malformed(QStringLiteral("it is no executable but of type %1").arg(header.type));
    if (header.headerSize != (header.isWide ? kHeaderSize64 : kHeaderSize32))
        return malformed(QStringLiteral("its program headers have %1 bytes").arg(header.headerSize));
    if (header.headerCount == 0 || header.headerCount > kMostHeaders)
        return malformed(QStringLiteral("it has %1 program headers").arg(header.headerCount));
    return Done{};
}

struct ProgramHeader {
    quint32 type = 0;
    quint64 offset = 0;
    quint64 physicalAddress = 0;
    quint64 fileSize = 0;
    quint64 memorySize = 0;
};

/// Chapter 5, "Program Header": the flags stand elsewhere in 64 bits.
ProgramHeader readProgramHeader(NumberReader numbers)
{
    ProgramHeader header;
    header.type = numbers.word();
    if (numbers.isWide())
        numbers.word();
    header.offset = numbers.address();
    numbers.address(); // virtual address
    header.physicalAddress = numbers.address();
    header.fileSize = numbers.address();
    header.memorySize = numbers.address();
    return header;
}

Result<Done> takeContent(const ProgramHeader &header, QByteArrayView file, SegmentBuilder &builder)
{
    if (header.type != kLoad || header.fileSize == 0)
        return Done{};
    if (header.fileSize > header.memorySize)
        return malformed(QStringLiteral("a segment has more in the file than in memory"));
    const quint64 size = quint64(file.size());
    if (header.offset > size || header.fileSize > size - header.offset)
        return malformed(QStringLiteral("a segment reaches beyond the file; it was cut off"));
    if (header.physicalAddress > kLargestAddress)
        return malformed(QStringLiteral("a segment lies beyond 32 bits of address"));
    return builder.add(qint64(header.physicalAddress),
                       file.sliced(qsizetype(header.offset), qsizetype(header.fileSize)));
}

Result<FirmwareSegments> readSegments(const FileHeader &header, QByteArrayView file)
{
    const quint64 size = quint64(header.headerCount) * header.headerSize;
    if (header.headersAt > quint64(file.size()) || size > quint64(file.size()) - header.headersAt)
        return malformed(QStringLiteral("its program headers reach beyond the file; it was cut off"));
    SegmentBuilder builder(SegmentBuilder::Touching::Kept);
    for (int index = 0; index < header.headerCount; ++index) {
        const qsizetype at = qsizetype(header.headersAt) + index * header.headerSize;
        const ProgramHeader program =
            readProgramHeader(NumberReader(file.sliced(at, header.headerSize), header.isBig, header.isWide));
        if (auto taken = takeContent(program, file, builder); !taken)
            return passOn(taken.error(), QStringLiteral("program header %1").arg(index));
    }
    auto segments = builder.finish();
    if (segments && segments->isEmpty())
        return malformed(QStringLiteral("nothing in it belongs into flash"));
    return segments;
}

} // namespace

QString elfMachineName(quint16 machine)
{
    switch (machine) {
    case 40:
        return QStringLiteral("Arm");
    case 83:
        return QStringLiteral("AVR");
    case 94:
        return QStringLiteral("Xtensa");
    case 105:
        return QStringLiteral("MSP430");
    case 183:
        return QStringLiteral("AArch64");
    case 243:
        return QStringLiteral("RISC-V");
    default:
        return QStringLiteral("machine %1").arg(machine);
    }
}

bool beginsAsElf(QByteArrayView file)
{
    return file.startsWith("\x7f"
                           "ELF");
}

Result<Elf> readElf(const QByteArray &file)
{
    const auto header = readFileHeader(file);
    if (!header)
        return passOn(header.error(), QStringLiteral("reading ELF"));
    if (auto checked = checkType(*header); !checked)
        return passOn(checked.error(), QStringLiteral("reading ELF"));
    if (header->entry > kLargestAddress)
        return malformed(QStringLiteral("ELF: the entry point lies beyond 32 bits of address"));
    auto segments = readSegments(*header, file);
    if (!segments)
        return passOn(segments.error(), QStringLiteral("reading ELF"));
    return Elf{header->machine, quint32(header->entry), *std::move(segments)};
}

} // namespace core
