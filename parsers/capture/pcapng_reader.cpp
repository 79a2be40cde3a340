// pcapng, draft-ietf-opsawg-pcapng: what the blocks mean. How they are framed is in pcapng_blocks.cpp.
#include <fmt/format.h>

#include <algorithm>

#include "parsers/capture/notices.hpp"
#include "parsers/capture/pcapng_blocks.hpp"
#include "parsers/capture/pcapng_time.hpp"
#include "parsers/capture/readers.hpp"

namespace rdpdx::capture {
namespace {

constexpr std::size_t kMaxInterfaces = 65536;
constexpr std::size_t kMaxName = 256;
constexpr std::size_t kMaxFilter = 1024;
constexpr std::size_t kMaxSecrets = 64U << 20;  // bytes, of all blocks together
constexpr std::size_t kMaxComments = 1U << 20;  // the same

// dumpcap writes the times of its statistics in microseconds even where its packets have nanoseconds. Nobody captured
// before 1990, so a time before that was meant so.
std::optional<bytes::Time> statistics_time(std::uint64_t ticks, const Clock& clock) {
    constexpr bytes::Time kPcapngIsYounger{std::chrono::sys_days{std::chrono::year{1990} / 1 / 1}};
    const Stamp said = time_of(ticks, clock);
    if (said.time >= kPcapngIsYounger) return said.clamped ? std::nullopt : std::optional{said.time};
    Clock micro = clock;
    micro.if_tsresol = 6;
    const Stamp meant = time_of(ticks, micro);
    return meant.clamped || meant.time < kPcapngIsYounger ? std::nullopt : std::optional{meant.time};
}

// What the sentences about a packet need to know of it.
struct PacketHeader {
    std::uint32_t interface_id{}, captured{}, original{};
    std::uint64_t ticks{};
    bool has_time = true;
};

class PcapngReader final : public Reader {
public:
    explicit PcapngReader(bytes::Source& source) : blocks_{source, notices_} {}
    bool next(Packet& packet) override;
    Format format() const override { return Format::pcapng; }
    const std::vector<Interface>& interfaces() const override { return interfaces_; }
    const std::vector<Secrets>& secrets() const override { return secrets_; }
    const std::vector<Notice>& notices() const override { return notices_.all(); }
    const std::vector<std::string>& comments() const override { return comments_; }

private:
    void read_section(const Block& block);
    void read_interface(const Block& block);
    void read_statistics(const Block& block);
    void read_secrets(const Block& block);
    bool read_enhanced_packet(const Block& block, Packet& packet);
    bool read_obsolete_packet(const Block& block, Packet& packet);
    bool read_simple_packet(const Block& block, Packet& packet);
    bool fill(const Block& block, const PacketHeader& header, Ordered& in, Packet& packet);
    bytes::Time stamp(const Block& block, const PacketHeader& header, std::size_t index);
    void tell_broken(const Block& block, const bytes::ParseError& error);
    std::optional<std::size_t> find_interface(const Block& block, std::uint32_t id);

    // Beside each of interfaces_.
    struct Timing {
        Clock clock;
        bool told{};  // that times were clamped
    };

    Notices notices_;
    BlockReader blocks_;
    std::vector<Interface> interfaces_;
    std::vector<Timing> timings_;
    std::size_t section_start_{};  // index of the section's first interface
    std::vector<Secrets> secrets_;
    std::size_t secrets_size_{}, comments_size_{};
    std::vector<std::string> comments_;
    std::uint64_t number_{};
    bool told_no_time_{}, told_secrets_{};
};

bool PcapngReader::next(Packet& packet) {
    while (const auto block = blocks_.next()) {
        bool have = false;
        switch (block->type) {
            case kSectionHeader:
                read_section(*block);
                break;
            case kInterfaceDescription:
                read_interface(*block);
                break;
            case kInterfaceStatistics:
                read_statistics(*block);
                break;
            case kDecryptionSecrets:
                read_secrets(*block);
                break;
            case kEnhancedPacket:
                have = read_enhanced_packet(*block, packet);
                break;
            case kObsoletePacket:
                have = read_obsolete_packet(*block, packet);
                break;
            case kSimplePacket:
                have = read_simple_packet(*block, packet);
                break;
            // Wireshark counts these among the frames.
            case kSystemdJournal:
            case kCustom:
            case kCustomNotCopied:
                ++number_;
                break;
            // The format asks to skip what one does not know.
            default:
                break;
        }
        if (have) return true;
    }
    return false;
}

void PcapngReader::tell_broken(const Block& block, const bytes::ParseError& error) {
    // The decoder counts from the start of the body.
    bytes::ParseError absolute = error;
    absolute.offset += static_cast<std::size_t>(block.file_offset) + 8;
    notices_.damage(block.file_offset, fmt::format("{}: {}", block_name(block.type), bytes::describe(absolute)));
}

// Section Header Block, section 4.1
void PcapngReader::read_section(const Block& block) {
    section_start_ = interfaces_.size();
    Ordered in{block.body, block.big_endian};
    in.u32("Byte-Order Magic");
    const std::uint16_t major = in.u16("Major Version"), minor = in.u16("Minor Version");
    in.u64("Section Length");  // blocks tell their own ends, and a section lasts until the next one starts
    if (major != 1)
        notices_.remark(block.file_offset, fmt::format("pcapng version {}.{} is read as 1.0", major, minor));
    Option option;
    while (next_option(in, option)) {
        if (option.code != 1 || comments_size_ + option.value.size() > kMaxComments) continue;
        comments_size_ += option.value.size() + sizeof(std::string);
        comments_.push_back(bytes::valid_utf8(bytes::text_of(option.value)));
    }
    if (in.in.error()) tell_broken(block, *in.in.error());
}

// Interface Description Block, section 4.2
void PcapngReader::read_interface(const Block& block) {
    if (interfaces_.size() >= kMaxInterfaces) {
        notices_.damage(block.file_offset,
                        fmt::format("more than {} interfaces; this one is not read", kMaxInterfaces));
        return;
    }
    Ordered in{block.body, block.big_endian};
    Interface made;
    Timing timing;
    made.link_type = static_cast<LinkType>(in.u16("LinkType"));
    in.u16("Reserved");
    made.snap_length = in.u32("SnapLen");
    Option option;
    while (next_option(in, option)) {
        Ordered value{option.value, block.big_endian};
        if (option.code == 2) made.name = bytes::valid_utf8(bytes::text_of(value.in.peek(kMaxName)));
        if (option.code == 11 && value.in.u8("if_filter") == 0)
            made.filter = bytes::valid_utf8(bytes::text_of(value.in.peek(kMaxFilter)));
        if (option.code == 9 && !option.value.empty()) timing.clock.if_tsresol = value.in.u8("if_tsresol");
        if (option.code == 14 && option.value.size() == 8)
            timing.clock.if_tsoffset = static_cast<std::int64_t>(value.u64("if_tsoffset"));
    }
    if (in.in.error()) tell_broken(block, *in.in.error());
    made.nanoseconds = timing.clock.finer_than_microseconds();
    // Even a broken one keeps its place, or all later numbers would shift.
    interfaces_.push_back(std::move(made));
    timings_.push_back(timing);
}

// Interface Statistics Block, section 4.6
void PcapngReader::read_statistics(const Block& block) {
    Ordered in{block.body, block.big_endian};
    const std::uint32_t id = in.u32("Interface ID");
    in.u64("Timestamp");
    std::optional<std::uint64_t> dropped, began, ended;
    Option option;
    while (next_option(in, option)) {
        if ((option.code == 2 || option.code == 3) && option.value.size() == 8) {
            Ordered halves{option.value, block.big_endian};
            const std::uint64_t upper = halves.u32("upper");
            (option.code == 2 ? began : ended) = upper << 32 | halves.u32("lower");
        }
        const bool isb_ifdrop = option.code == 5, isb_osdrop = option.code == 7;
        if ((!isb_ifdrop && !isb_osdrop) || option.value.size() != 8) continue;
        const std::uint64_t count = Ordered{option.value, block.big_endian}.u64("drops"), before = dropped.value_or(0);
        dropped = count > UINT64_MAX - before ? UINT64_MAX : before + count;
    }
    if (in.in.error()) tell_broken(block, *in.in.error());
    if (!dropped && !began && !ended) return;
    const auto index = find_interface(block, id);
    if (!index) return;
    Interface& of = interfaces_[*index];
    if (dropped) of.dropped = dropped;
    if (began) of.started = statistics_time(*began, timings_[*index].clock);
    if (ended) of.ended = statistics_time(*ended, timings_[*index].clock);
}

// Decryption Secrets Block, section 4.7
void PcapngReader::read_secrets(const Block& block) {
    Ordered in{block.body, block.big_endian};
    Secrets made;
    made.type = in.u32("Secrets Type");
    const std::uint32_t length = in.u32("Secrets Length");
    const bytes::View data = in.in.take(std::min<std::size_t>(length, in.in.remaining()), "Secrets Data");
    if (in.in.error()) return tell_broken(block, *in.in.error());
    if (data.size() < length)
        notices_.damage(block.file_offset, fmt::format("expected {} bytes of secrets, {} left", length, data.size()));
    secrets_size_ += data.size() + sizeof(Secrets);
    if (secrets_size_ > kMaxSecrets) {
        if (!told_secrets_) notices_.damage(block.file_offset, "too many secrets; from here on they are not kept");
        told_secrets_ = true;
        return;
    }
    made.data = bytes::text_of(data);
    secrets_.push_back(std::move(made));
}

// Enhanced Packet Block, section 4.3
bool PcapngReader::read_enhanced_packet(const Block& block, Packet& packet) {
    Ordered in{block.body, block.big_endian};
    PacketHeader header;
    header.interface_id = in.u32("Interface ID");
    header.ticks = std::uint64_t{in.u32("Timestamp (Upper)")} << 32;
    header.ticks |= in.u32("Timestamp (Lower)");
    header.captured = in.u32("Captured Packet Length");
    header.original = in.u32("Original Packet Length");
    return fill(block, header, in, packet);
}

// Packet Block (obsolete), appendix A
bool PcapngReader::read_obsolete_packet(const Block& block, Packet& packet) {
    Ordered in{block.body, block.big_endian};
    PacketHeader header;
    header.interface_id = in.u16("Interface ID");
    in.u16("Drops Count");
    header.ticks = std::uint64_t{in.u32("Timestamp (Upper)")} << 32;
    header.ticks |= in.u32("Timestamp (Lower)");
    header.captured = in.u32("Captured Packet Length");
    header.original = in.u32("Original Packet Length");
    return fill(block, header, in, packet);
}

// Simple Packet Block, section 4.4: of the section's first interface, without a time.
bool PcapngReader::read_simple_packet(const Block& block, Packet& packet) {
    Ordered in{block.body, block.big_endian};
    PacketHeader header;
    header.has_time = false;
    header.original = in.u32("Original Packet Length");
    header.captured = header.original;
    if (section_start_ < interfaces_.size()) {
        const std::uint32_t snap_length = interfaces_[section_start_].snap_length;
        if (snap_length != 0) header.captured = std::min(header.captured, snap_length);
    }
    if (!told_no_time_) notices_.remark(block.file_offset, "packets without a time stamp, the first of them here");
    told_no_time_ = true;
    return fill(block, header, in, packet);
}

// `in` stands at the packet's data.
bool PcapngReader::fill(const Block& block, const PacketHeader& header, Ordered& in, Packet& packet) {
    ++number_;
    if (in.in.error()) {
        tell_broken(block, *in.in.error());
        return false;
    }
    const auto index = find_interface(block, header.interface_id);
    if (!index) return false;
    packet = Packet{};
    packet.number = number_;
    packet.file_offset = block.file_offset;
    packet.interface = static_cast<std::uint32_t>(*index);
    packet.link_type = interfaces_[*index].link_type;
    packet.original_length = header.original;
    packet.time = stamp(block, header, *index);
    packet.data = in.in.take(std::min<std::size_t>(header.captured, in.in.remaining()), "Packet Data");
    if (packet.data.size() < header.captured) {
        notices_.damage(block.file_offset,
                        fmt::format("expected {} bytes of packet data for frame {}, {} left in its block",
                                    header.captured, number_, packet.data.size()));
        return true;
    }
    const std::size_t padding = (4 - packet.data.size() % 4) % 4;
    in.in.skip(std::min(padding, in.in.remaining()), "padding");
    if (block.type == kSimplePacket) return true;
    Option option;
    while (next_option(in, option)) {
        if (option.code == 1 && packet.comment.empty()) packet.comment = bytes::text_of(option.value);
        if (block.type != kEnhancedPacket) continue;
        if (option.code == 5 && option.value.size() == 8)
            packet.packet_id = Ordered{option.value, block.big_endian}.u64("epb_packetid");
        if (option.code == 7 && packet.verdict.empty()) packet.verdict = option.value;
    }
    if (in.in.error()) tell_broken(block, *in.in.error());
    return true;
}

bytes::Time PcapngReader::stamp(const Block& block, const PacketHeader& header, std::size_t index) {
    if (!header.has_time) return {};
    Timing& timing = timings_[index];
    const Stamp stamp = time_of(header.ticks, timing.clock);
    if (stamp.clamped && !timing.told) {
        notices_.damage(block.file_offset,
                        fmt::format("the time of frame {} lies outside of the years 1900 to 2189", number_));
        timing.told = true;
    }
    return stamp.time;
}

std::optional<std::size_t> PcapngReader::find_interface(const Block& block, std::uint32_t id) {
    const std::size_t count = interfaces_.size() - section_start_;
    if (id < count) return section_start_ + id;
    notices_.damage(block.file_offset,
                    fmt::format("{} names interface {}, but its section has {}", block_name(block.type), id, count));
    return std::nullopt;
}

}  // namespace

std::unique_ptr<Reader> open_pcapng(bytes::Source& source) { return std::make_unique<PcapngReader>(source); }

}  // namespace rdpdx::capture
