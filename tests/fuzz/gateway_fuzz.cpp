// Both sides of a gateway connection, taken from one input: a byte says which side speaks next, and for how long.
#include <cstdlib>

#include "parsers/bytes/text.hpp"
#include "parsers/gateway/reader.hpp"

using namespace rdpdx;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void check(const gateway::Item& item, std::size_t size) {
    if (const auto* packet = std::get_if<gateway::Packet>(&item.body)) {
        require(packet->header.packetLength <= gateway::kLargestPacket);
        if (const auto* data = std::get_if<gateway::Data>(&packet->body)) require(data->data.size() <= size);
        if (const auto* create = std::get_if<gateway::ChannelCreate>(&packet->body))
            for (const auto& name : create->resourceNames) require(bytes::valid_utf8(name) == name);
    }
    if (const auto* head = std::get_if<gateway::HttpHead>(&item.body))
        require(head->authentications.size() <= gateway::kMostAuthentications &&
                bytes::valid_utf8(head->host) == head->host);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const bytes::View input = std::as_bytes(std::span{data, size});
    gateway::Reader reader{[&](const gateway::Item& item) { check(item, size); }, {}};
    std::uint64_t offsets[2]{};
    bytes::Cursor in{input};
    while (in.remaining() > 1) {
        const unsigned turn = in.u8("turn");
        const auto from = turn & 1U ? stream::Side::server : stream::Side::client;
        const std::uint64_t gap = turn & 2U ? turn : 0;
        std::uint64_t& offset = offsets[turn & 1U];
        const std::size_t wanted = turn & 4U ? in.u8("length") : in.remaining();
        const bytes::View piece = in.take(std::min(wanted, in.remaining()), "piece");
        offset += gap;
        reader.data({from, piece, offset, gap, {}});
        offset += piece.size();
    }
    (void)gateway::parse_packet(input);
    (void)gateway::parse_http_head(input);
    (void)gateway::parse_kdc_proxy_message(input);
    (void)gateway::parse_status_field(input);
    return 0;
}
