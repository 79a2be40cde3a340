#include "parsers/capture/reader.hpp"

#include <algorithm>
#include <array>

#include "parsers/capture/readers.hpp"

namespace rdpdx::capture {
namespace {

// draft-ietf-opsawg-pcap section 4, and the variant of Alexey Kuznetsov that libpcap reads too.
constexpr std::array<std::uint32_t, 3> kPcapMagics{0xA1B2C3D4, 0xA1B23C4D, 0xA1B2CD34};
constexpr std::uint32_t kSectionHeader = 0x0A0D0D0A;  // the same in both byte orders

}  // namespace

std::optional<Format> recognise(bytes::View head) {
    bytes::Cursor little{head}, big{head};
    const std::uint32_t le = little.u32le("magic"), be = big.u32be("magic");
    if (little.error()) return std::nullopt;
    if (le == kSectionHeader) return Format::pcapng;
    const bool pcap = std::ranges::any_of(kPcapMagics, [&](std::uint32_t magic) { return magic == le || magic == be; });
    return pcap ? std::optional{Format::pcap} : std::nullopt;
}

std::unique_ptr<Reader> open(bytes::Source& source, Format format) {
    return format == Format::pcapng ? open_pcapng(source) : open_pcap(source);
}

}  // namespace rdpdx::capture
