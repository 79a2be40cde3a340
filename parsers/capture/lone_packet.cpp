#include "parsers/capture/lone_packet.hpp"

#include "parsers/capture/pcap_header.hpp"
#include "parsers/capture/pcapng_blocks.hpp"
#include "parsers/capture/reader.hpp"

namespace rdpdx::capture {
namespace {

constexpr std::size_t kBlockFrame = 12;  // type and both lengths

std::vector<std::byte> interfaces(bytes::View head) {
    std::vector<std::byte> out;
    bytes::MemorySource source{head};
    Notices notices;
    BlockReader blocks{source, notices};
    for (auto block = blocks.next(); block; block = blocks.next()) {
        const bool packet =
            block->type == kEnhancedPacket || block->type == kSimplePacket || block->type == kObsoletePacket;
        const bool section = block->type == kSectionHeader;
        if (packet || (section && !out.empty())) break;
        if (!section && block->type != kInterfaceDescription) continue;
        const auto whole = head.subspan(static_cast<std::size_t>(block->file_offset), block->body.size() + kBlockFrame);
        out.insert(out.end(), whole.begin(), whole.end());
    }
    return out;
}

}  // namespace

std::vector<std::byte> lone_packet(bytes::View head, bytes::View record) {
    std::vector<std::byte> out;
    const auto format = recognise(head);
    if (format == Format::pcapng) out = interfaces(head);
    if (format == Format::pcap && head.size() >= kFileHeader) out.assign(head.begin(), head.begin() + kFileHeader);
    if (!out.empty()) out.insert(out.end(), record.begin(), record.end());
    return out;
}

}  // namespace rdpdx::capture
