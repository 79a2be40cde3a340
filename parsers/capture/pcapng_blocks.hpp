// Inside parsers/capture only: a pcapng file as blocks, whatever they mean.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "parsers/capture/notices.hpp"
#include "parsers/capture/window.hpp"

namespace rdpdx::capture {

// A longer block is skipped unread.
inline constexpr std::uint32_t kMaxBlock = 64U << 20;

// draft-ietf-opsawg-pcapng section 10.1 and the registrations of others that occur
enum BlockType : std::uint32_t {
    kInterfaceDescription = 0x1,
    kObsoletePacket = 0x2,
    kSimplePacket = 0x3,
    kNameResolution = 0x4,
    kInterfaceStatistics = 0x5,
    kEnhancedPacket = 0x6,
    kSystemdJournal = 0x9,
    kDecryptionSecrets = 0xA,
    kCustom = 0xBAD,
    kCustomNotCopied = 0x40000BAD,
    kSectionHeader = 0x0A0D0D0A,
};
// "Enhanced Packet Block", or "block of type 0x0000abcd".
std::string block_name(std::uint32_t type);

struct Block {
    std::uint32_t type{};
    std::uint64_t file_offset{};
    bytes::View body;  // between the two lengths; lives until the next block is asked for
    bool big_endian{};
};

// Numbers in the byte order of the section.
class Ordered {
public:
    Ordered(bytes::View body, bool big_endian) noexcept : in{body}, big_{big_endian} {}
    std::uint16_t u16(std::string_view field) noexcept { return big_ ? in.u16be(field) : in.u16le(field); }
    std::uint32_t u32(std::string_view field) noexcept { return big_ ? in.u32be(field) : in.u32le(field); }
    std::uint64_t u64(std::string_view field) noexcept { return big_ ? in.u64be(field) : in.u64le(field); }
    bool big_endian() const noexcept { return big_; }

    bytes::Cursor in;

private:
    bool big_;
};

// draft-ietf-opsawg-pcapng section 3.5, Options
struct Option {
    std::uint16_t code{};
    bytes::View value;
};
// False at the end: opt_endofopt, no bytes left, or an option that does not fit, which in.error() then tells.
bool next_option(Ordered& in, Option& option) noexcept;

// Frames blocks by their two lengths. Where they make no sense it looks for the next place where they do.
class BlockReader {
public:
    BlockReader(bytes::Source& source, Notices& notices) : window_{source}, notices_{notices} {}
    std::optional<Block> next();

private:
    enum class Step { block, again, end };
    Step step(Block& block);
    Step too_long(std::uint32_t type, std::uint32_t length);
    Step cut(std::uint32_t type, std::uint32_t length, std::size_t left);
    Step resynchronise(const std::string& why);

    Window window_;
    Notices& notices_;
    std::optional<bool> big_endian_;  // of the section; nothing before the first
    std::size_t handed_out_{};        // length of the block that was handed out last, still in the window
    bool over_{};
};

}  // namespace rdpdx::capture
