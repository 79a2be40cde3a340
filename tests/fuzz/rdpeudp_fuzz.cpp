// Any bytes to each decoder of RDP-UDP: views stay within the input, and what a decoder gives is what its fields say.
#include <cstdlib>

#include "parsers/rdpeudp/datagram.hpp"
#include "parsers/rdpeudp/packet.hpp"
#include "parsers/rdpeudp/tunnel.hpp"

using namespace rdpdx;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

bool within(bytes::View part, bytes::View whole) {
    return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void datagram(bytes::View input) {
    const auto parsed = rdpeudp::parse_datagram(input);
    const auto sender = rdpeudp::begins_conversation(input, rdpeudp::kSynLength);
    require(!sender || (parsed && parsed->synData && parsed->syn() == (*sender == rdpeudp::Side::client)));
    if (!parsed) return;
    require(within(parsed->data, input) && !(parsed->source && parsed->fec));
    require(!parsed->ackVector || within(parsed->ackVector->AckVectorElement, input));
    // A run of an element has 64 packets at most.
    require(!parsed->ackVector || parsed->ackVector->not_received() <= 64 * input.size());
    require(!parsed->synDataEx || !parsed->synDataEx->cookieHash || parsed->syn());
}

void packet(bytes::View input) {
    const auto parsed = rdpeudp::parse_packet(input);
    if (!parsed) return;
    require(within(parsed->data, input) && parsed->DataSeqNum.has_value() == parsed->ChannelSeqNum.has_value());
    if (!parsed->ackVector) return;
    require(within(parsed->ackVector->codedAckVector, input));
    require(parsed->ackVector->state().missing <= 64 * input.size());
}

void tunnel(bytes::View input) {
    const auto length = rdpeudp::tunnel_pdu_length(input);
    const auto parsed = rdpeudp::parse_tunnel_pdu(input);
    if (!parsed) return;
    require(length && (*length == 0 || *length >= 4));
    require(parsed->subHeaders.size() <= rdpeudp::kMostSubHeaders);
    for (const auto& sub : parsed->subHeaders) require(within(sub.SubHeaderData, input));
    if (const auto* data = std::get_if<rdpeudp::TunnelData>(&parsed->body))
        require(within(data->HigherLayerData, input));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const bytes::View input = std::as_bytes(std::span{data, size});
    datagram(input);
    packet(input);
    tunnel(input);
    (void)rdpeudp::has_packet_prefix(input);
    const auto prefixed = rdpeudp::parse_prefixed_packet(input);
    if (!prefixed) return 0;
    require(prefixed->packet.size() < input.size());
    packet(prefixed->packet);
    return 0;
}
