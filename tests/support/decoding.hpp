// One packet through a fresh network decoder.
#pragma once

#include <utility>

#include "parsers/net/decode.hpp"
#include "tests/support/packets.hpp"

namespace rdpdx::test {

inline capture::Packet packet_of(bytes::View data, std::uint32_t link_type = 1, std::uint32_t original_length = 0) {
    capture::Packet packet;
    packet.link_type = static_cast<capture::LinkType>(link_type);
    packet.data = data;
    packet.original_length = original_length ? original_length : static_cast<std::uint32_t>(data.size());
    return packet;
}

struct DecodedOne {
    Bytes bytes;  // that the views of `value` look into
    net::Decoded value;
    net::Losses losses;
};

inline DecodedOne decode_one(Bytes data, std::uint32_t link_type = 1, std::uint32_t original_length = 0) {
    net::Decoder decoder;
    DecodedOne out{std::move(data), {}, {}};
    out.value = decoder.decode(packet_of(out.bytes, link_type, original_length));
    out.losses = decoder.losses();
    return out;
}

}  // namespace rdpdx::test
