// Classic pcap, draft-ietf-opsawg-pcap.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "parsers/capture/notices.hpp"
#include "parsers/capture/readers.hpp"
#include "parsers/capture/record_scout.hpp"

namespace rdpdx::capture {
namespace {

constexpr std::array<std::uint32_t, 3> kMagics{0xA1B2C3D4, 0xA1B23C4D, 0xA1B2CD34};
// D-Bus, EBHSCR and two of USB: libpcap knows that their packets may be longer.
constexpr std::array<std::uint32_t, 4> kLongPackets{220, 231, 249, 279};

bool is_plain(const FileHeader& header) noexcept {
    return std::ranges::count(kMagics, header.magic) > 0 && header.major == 2 && header.minor == 4 &&
           std::ranges::count(kLongPackets, static_cast<std::uint32_t>(header.link_type())) == 0;
}

class PcapReader final : public Reader {
public:
    PcapReader(Window window, const FileHeader& header);
    bool next(Packet& packet) override;
    std::size_t next_run(std::span<Packet> into) override;
    Format format() const override { return Format::pcap; }
    const std::vector<Interface>& interfaces() const override { return interfaces_; }
    const std::vector<Secrets>& secrets() const override { return secrets_; }
    const std::vector<Notice>& notices() const override { return notices_.all(); }
    const std::vector<std::string>& comments() const override { return comments_; }

private:
    bool next_at_hand(Packet& packet, bytes::View at_hand);
    void hand_out(Packet& packet, const RecordHeader& record, std::uint64_t offset, bytes::View data);
    bool end_at(std::size_t left);
    bool stop(std::string why);

    Window window_;
    RecordShape shape_;
    LinkType link_type_;
    std::int64_t fraction_;    // nanoseconds
    std::uint64_t scouted_{};  // up to where in the file
    bool over_{};
    std::size_t handed_out_{};  // length of the records that were handed out last, still in the window
    std::uint64_t number_{};
    std::vector<Interface> interfaces_;
    std::vector<Secrets> secrets_;
    std::vector<std::string> comments_;
    Notices notices_;
};

PcapReader::PcapReader(Window window, const FileHeader& header)
    : window_{std::move(window)},
      shape_{header.modified() ? kModifiedRecordHeader : kRecordHeader, header.big_endian},
      link_type_{header.link_type()},
      fraction_{header.nanoseconds() ? 1 : 1000} {
    const std::size_t got = window_.peek(kFileHeader).size();
    if (got < kFileHeader) {
        stop(fmt::format("expected {} bytes of file header, {} left", kFileHeader, got));
        return;
    }
    Interface& made = interfaces_.emplace_back();
    made.link_type = link_type_;
    made.snap_length = header.snapLen;
    made.nanoseconds = header.nanoseconds();
    handed_out_ = kFileHeader;
}

bool PcapReader::next(Packet& packet) {
    if (over_) return false;
    window_.skip(handed_out_);
    handed_out_ = 0;
    const bytes::View head = window_.peek(shape_.header);
    const auto fields = bytes::Fixed<kRecordHeader>::of(head);
    if (!fields || head.size() < shape_.header) return end_at(head.size());
    const RecordHeader record = parse_record_header(*fields, shape_.big_endian);
    ++number_;
    if (record.captured > kMaxCaptured)
        return stop(fmt::format("frame {} cannot be read: it has {} bytes, and more than {} are impossible", number_,
                                record.captured, kMaxCaptured));
    const bytes::View whole = window_.peek(shape_.header + record.captured);
    const bytes::View data = whole.subspan(shape_.header);
    if (data.size() < record.captured)
        return stop(fmt::format("expected {} bytes of packet data for frame {}, {} left", record.captured, number_,
                                data.size()));
    handed_out_ = whole.size();
    hand_out(packet, record, window_.offset(), data);
    return true;
}

std::size_t PcapReader::next_run(std::span<Packet> into) {
    if (into.empty() || !next(into.front())) return 0;
    const bytes::View at_hand = window_.at_hand();
    if (const std::uint64_t end = window_.offset() + at_hand.size(); window_.in_place() && end > scouted_) {
        scout_records(at_hand, shape_);
        scouted_ = end;
    }
    std::size_t count = 1;
    while (count < into.size() && next_at_hand(into[count], at_hand)) ++count;
    return count;
}

// False where the record needs more than is at hand, or an explanation: next() will see to it.
bool PcapReader::next_at_hand(Packet& packet, bytes::View at_hand) {
    const bytes::View rest = at_hand.subspan(handed_out_);
    const auto fields = bytes::Fixed<kRecordHeader>::of(rest);
    if (!fields) return false;
    const RecordHeader record = parse_record_header(*fields, shape_.big_endian);
    const std::size_t length = shape_.header + record.captured;
    if (record.captured > kMaxCaptured || length > rest.size()) return false;
    ++number_;
    hand_out(packet, record, window_.offset() + handed_out_, rest.subspan(shape_.header, record.captured));
    handed_out_ += length;
    return true;
}

void PcapReader::hand_out(Packet& packet, const RecordHeader& record, std::uint64_t offset, bytes::View data) {
    // 32 bits of seconds last until 2106. A fraction of more than a second is taken at its word.
    const std::int64_t nanos = std::int64_t{record.seconds} * 1'000'000'000 + std::int64_t{record.fraction} * fraction_;
    packet.time = bytes::Time{std::chrono::nanoseconds{nanos}};
    packet.number = number_;
    packet.file_offset = offset;
    packet.link_type = link_type_;
    packet.original_length = record.original;
    packet.data = data;
    // What this format does not have. To write all anew takes several times as long.
    packet.interface = 0;
    packet.comment = {};
    packet.packet_id.reset();
    packet.verdict = {};
}

// Between two records, or inside of a record's header.
bool PcapReader::end_at(std::size_t left) {
    over_ = true;
    if (left == 0) return false;
    return stop(
        fmt::format("expected {} bytes of record header for frame {}, {} left", shape_.header, number_ + 1, left));
}

bool PcapReader::stop(std::string why) {
    over_ = true;
    notices_.damage(window_.offset(), std::move(why));
    return false;
}

}  // namespace

FileHeader parse_file_header(bytes::View head) noexcept {
    bytes::Cursor in{head};
    FileHeader header;
    header.magic = in.u32be("Magic Number");
    header.big_endian = header.magic >> 16 == 0xA1B2;
    if (!header.big_endian) header.magic = bytes::Cursor{head}.u32le("Magic Number");
    const auto u16 = [&](std::string_view field) { return header.big_endian ? in.u16be(field) : in.u16le(field); };
    const auto u32 = [&](std::string_view field) { return header.big_endian ? in.u32be(field) : in.u32le(field); };
    header.major = u16("Major Version");
    header.minor = u16("Minor Version");
    in.skip(8, "Reserved1 and Reserved2");
    header.snapLen = u32("SnapLen");
    header.linkType = u32("LinkType");
    return header;
}

std::unique_ptr<Reader> open_pcap(bytes::Source& source) {
    Window window{source};
    const bytes::View head = window.peek(kFileHeader);
    const FileHeader header = parse_file_header(head);
    if (head.size() == kFileHeader && !is_plain(header)) return open_with_libpcap(std::move(window), header);
    return std::make_unique<PcapReader>(std::move(window), header);
}

}  // namespace rdpdx::capture
