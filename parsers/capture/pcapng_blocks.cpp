#include "parsers/capture/pcapng_blocks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace rdpdx::capture {
namespace {

constexpr std::uint32_t kByteOrderMagic = 0x1A2B3C4D;
constexpr std::size_t kMinBlock = 12;
constexpr std::size_t kPacketHeading = 28;  // of an Enhanced Packet Block, and of its obsolete forerunner
constexpr std::size_t kUsualOptions = 256;
constexpr std::size_t kSearchSpan = 1U << 20;  // how far damage is looked past

struct BlockName {
    std::uint32_t type;
    std::string_view name;
};
constexpr std::array kBlockNames{
    BlockName{kInterfaceDescription, "Interface Description Block"},
    BlockName{kObsoletePacket, "Packet Block"},
    BlockName{kSimplePacket, "Simple Packet Block"},
    BlockName{kNameResolution, "Name Resolution Block"},
    BlockName{kInterfaceStatistics, "Interface Statistics Block"},
    BlockName{kEnhancedPacket, "Enhanced Packet Block"},
    BlockName{kSystemdJournal, "systemd Journal Export Block"},
    BlockName{kDecryptionSecrets, "Decryption Secrets Block"},
    BlockName{kCustom, "Custom Block"},
    BlockName{kSectionHeader, "Section Header Block"},
    BlockName{kCustomNotCopied, "Custom Block"},
};
static_assert(std::ranges::is_sorted(kBlockNames, {}, &BlockName::type));

std::string_view known_name(std::uint32_t type) noexcept {
    const auto row = std::ranges::lower_bound(kBlockNames, type, {}, &BlockName::type);
    return row != kBlockNames.end() && row->type == type ? row->name : std::string_view{};
}

// draft-ietf-opsawg-pcapng section 4.1: the byte order that a Section Header Block announces, if it is one.
std::optional<bool> section_order(bytes::View at) noexcept {
    bytes::Cursor in{at};
    in.skip(8, "Block Type and Block Total Length");
    const bytes::View magic = in.take(4, "Byte-Order Magic");
    if (bytes::Cursor{magic}.u32le("Byte-Order Magic") == kByteOrderMagic) return false;
    if (bytes::Cursor{magic}.u32be("Byte-Order Magic") == kByteOrderMagic) return true;
    return std::nullopt;
}

struct Heading {
    std::uint32_t type{}, length{};
    bool big_endian{};
};

// Type and length of the block at the start of `at`, a section's own byte order included.
std::optional<Heading> parse_heading(bytes::View at, std::optional<bool> order) noexcept {
    if (bytes::Cursor{at}.u32le("Block Type") == kSectionHeader) order = section_order(at);
    if (!order) return std::nullopt;
    Ordered in{at, *order};
    const std::uint32_t type = in.u32("Block Type");
    const std::uint32_t length = in.u32("Block Total Length");
    if (in.in.error()) return std::nullopt;
    return Heading{type, length, *order};
}

std::uint32_t trailing_length(bytes::View block, bool big_endian) noexcept {
    bytes::Cursor skip{block};
    if (block.size() > 4) skip.skip(block.size() - 4, "block");
    return Ordered{skip.rest(), big_endian}.u32("Block Total Length");
}

// A block of a known type with equal lengths at both ends, all of it in `at`.
std::optional<Heading> whole_block(bytes::View at, std::optional<bool> order) noexcept {
    const auto heading = parse_heading(at, order);
    if (!heading || heading->length <= kMinBlock || heading->length % 4 != 0) return std::nullopt;
    if (heading->length > at.size() || known_name(heading->type).empty()) return std::nullopt;
    if (trailing_length(at.first(heading->length), heading->big_endian) != heading->length) return std::nullopt;
    return heading;
}

// Whether the block is about as long as the packet that it says it holds.
bool agrees_with_packet(bytes::View at, std::uint32_t type, std::size_t length, std::optional<bool> order) noexcept {
    if ((type != kEnhancedPacket && type != kObsoletePacket) || !order) return false;
    Ordered in{at, *order};
    in.in.skip(20, "Block Type to Timestamp (Lower)");
    const std::size_t needed = kPacketHeading + in.u32("Captured Packet Length");
    in.u32("Original Packet Length");
    return !in.in.error() && needed <= length && length - needed <= kUsualOptions;
}

}  // namespace

std::string block_name(std::uint32_t type) {
    const auto name = known_name(type);
    return name.empty() ? fmt::format("block of type {:#010x}", type) : std::string{name};
}

bool next_option(Ordered& in, Option& option) noexcept {
    if (in.in.remaining() == 0) return false;
    option.code = in.u16("Option Code");
    const std::uint16_t length = in.u16("Option Length");
    option.value = in.in.take(length, "Option Value");
    // Some writers leave out the padding of the last option.
    const std::size_t padding = (4U - length % 4U) % 4U;
    in.in.skip(std::min<std::size_t>(padding, in.in.remaining()), "padding");
    return !in.in.error() && option.code != 0;
}

std::optional<Block> BlockReader::next() {
    window_.skip(handed_out_);
    handed_out_ = 0;
    Block block;
    while (!over_) {
        switch (step(block)) {
            case Step::block:
                return block;
            case Step::again:
                break;
            case Step::end:
                over_ = true;
        }
    }
    return std::nullopt;
}

BlockReader::Step BlockReader::step(Block& block) {
    const std::uint64_t at = window_.offset();
    const bytes::View head = window_.peek(kMinBlock);
    if (head.empty()) return Step::end;
    if (head.size() < kMinBlock) {
        notices_.damage(at, fmt::format("expected {} bytes of a block's header, {} left", kMinBlock, head.size()));
        return Step::end;
    }
    const auto heading = parse_heading(head, big_endian_);
    if (!heading) {
        const bool section = bytes::Cursor{head}.u32le("Block Type") == kSectionHeader;
        return resynchronise(section ? "the byte-order magic of a Section Header Block is that of neither order"
                                     : "the file does not begin with a Section Header Block");
    }
    const auto [type, length, big_endian] = *heading;
    if (length < kMinBlock) return resynchronise(fmt::format("{} of {} bytes", block_name(type), length));
    if (length > kMaxBlock) return too_long(type, length);

    const std::size_t padded = (length + 3U) & ~std::size_t{3};
    bytes::View whole = window_.peek(padded);
    if (whole.size() < length) return cut(type, length, whole.size());
    // A length that is not a multiple of four: some writers count the padding, some do not, some leave it out.
    if (whole.size() < padded || trailing_length(whole, big_endian) != length) whole = whole.first(length);
    if (const auto end = trailing_length(whole, big_endian); end != length) {
        const auto why =
            fmt::format("{} is {} bytes long by its start and {} by its end", block_name(type), length, end);
        const bytes::View more = window_.peek(whole.size() + kSearchSpan);
        const bytes::View following = more.subspan(whole.size());
        if (!following.empty() && !whole_block(following, big_endian)) return resynchronise(why);
        notices_.damage(at, why);
        whole = more.first(whole.size());
    }
    big_endian_ = big_endian;
    handed_out_ = whole.size();
    bytes::Cursor body{whole};
    body.skip(8, "Block Type and Block Total Length");
    block = {type, at, body.take(whole.size() - kMinBlock, "Block Body"), big_endian};
    return Step::block;
}

BlockReader::Step BlockReader::too_long(std::uint32_t type, std::uint32_t length) {
    const std::uint64_t at = window_.offset();
    const std::uint64_t skipped = window_.skip(length);
    if (skipped < length) {
        notices_.damage(at, fmt::format("expected {} bytes of {}, {} left", length, block_name(type), skipped));
        return Step::end;
    }
    notices_.damage(
        at, fmt::format("{} of {} bytes is longer than {} and was skipped", block_name(type), length, kMaxBlock));
    return Step::again;
}

// The file ends inside the block, or else the block's length is wrong.
BlockReader::Step BlockReader::cut(std::uint32_t type, std::uint32_t length, std::size_t left) {
    const std::string why = fmt::format("expected {} bytes of {}, {} left", length, block_name(type), left);
    // A capture of a capture being copied, cut short: its blocks are not ours.
    if (!agrees_with_packet(window_.peek(kPacketHeading), type, length, big_endian_)) return resynchronise(why);
    notices_.damage(window_.offset(), why);
    return Step::end;
}

// Goes on at the next two blocks in a row that agree with themselves, or at one that ends the file: a packet that
// happens to carry a block is not enough.
BlockReader::Step BlockReader::resynchronise(const std::string& why) {
    const std::uint64_t at = window_.offset();
    const bytes::View ahead = window_.peek(kSearchSpan);
    const bool all = ahead.size() < kSearchSpan;
    for (std::size_t i = 1; i + kMinBlock <= ahead.size(); ++i) {
        const auto found = whole_block(ahead.subspan(i), big_endian_);
        if (!found) continue;
        const bytes::View following = ahead.subspan(i + found->length);
        const bool ends_file = following.empty() && all;
        if (!ends_file && !whole_block(following, found->big_endian)) continue;
        notices_.damage(at, fmt::format("{}; {} bytes were skipped", why, i));
        window_.skip(i);
        return Step::again;
    }
    notices_.damage(at, why);
    return Step::end;
}

}  // namespace rdpdx::capture
