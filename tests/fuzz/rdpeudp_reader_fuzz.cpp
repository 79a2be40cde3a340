// One conversation of RDP-UDP of any version and mode: handshakes, packets with any numbers, and in them TLS or DTLS
// that the reader has the secret of, whole, in pieces or spoiled. It may not do harm, and its counts fit one another.
#include <algorithm>
#include <cstdlib>

#include "parsers/rdpeudp/reader.hpp"
#include "tests/support/dtls.hpp"
#include "tests/support/rdpeudp.hpp"

using namespace rdpdx;
using rdpeudp::Side;
using test::operator+;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

struct World {
    bytes::Cursor in;
    test::DtlsTalk talk;
    std::uint32_t coded[2]{1000, 5000};
    std::uint64_t sealed[2]{};

    test::Bytes any() { return test::copy_of(in.take(std::min<std::size_t>(in.u8("size"), in.remaining()), "bytes")); }

    test::Bytes hello(Side side, bool lossy) {
        const bool client = side == Side::client;
        const auto type = static_cast<std::uint8_t>(client ? 1 : 2);
        const auto body = client ? talk.client_hello() : talk.server_hello();
        if (lossy) return test::dtls_record(22, test::dtls_message(type, 0, body), 0);
        const test::Bytes message = test::be(type, 1) + test::be(body.size(), 3) + body;
        return test::be(22, 1) + test::be(0x0303, 2) + test::be(message.size(), 2) + message;
    }
    // What TLS or DTLS might say.
    test::Bytes payload(Side side, bool lossy) {
        const auto at = static_cast<std::size_t>(side);
        switch (in.u8("payload") % 5) {
            case 0:
                return hello(side, lossy);
            case 1:
                return lossy ? test::dtls_record(20, test::be(1, 1), 1) : test::from_hex("14 03 03 00 01 01");
            case 2:
                return talk.sealed(side, 23, test::from_hex("00 18 00 04") + test::Bytes(24), ++sealed[at]);
            case 3:
                return talk.sealed(side, static_cast<std::uint8_t>(20 + in.u8("type") % 4), any(), ++sealed[at]);
            default:
                return any();
        }
    }
    test::Bytes datagram(Side side, bool lossy, std::uint16_t version) {
        const auto at = static_cast<std::size_t>(side);
        const std::uint32_t other = coded[1 - at];
        const std::uint8_t step = in.u8("step");
        switch (step % 7) {
            case 0:
                return any();
            case 1:
                return test::rdpudp::syn(
                    {.number = 1000,
                     .flags = static_cast<std::uint16_t>(lossy ? rdpeudp::kSyn | rdpeudp::kSynLossy : rdpeudp::kSyn),
                     .version = version});
            case 2:
                return test::rdpudp::syn_ack({.ack = 1000, .number = 5000, .flags = 0, .version = version});
            case 3:
                return test::rdpudp::ack(other - step / 7, any());
            case 4: {
                const std::uint32_t number = ++coded[at] - step / 14;
                return test::rdpudp::data(other, coded[at], number, payload(side, lossy));
            }
            case 5: {
                const auto number = static_cast<std::uint16_t>(++coded[at] - step / 14U);
                return test::rdpudp::data3(static_cast<std::uint16_t>(coded[at]), number, payload(side, lossy));
            }
            default:
                return test::rdpudp::ack3(static_cast<std::uint16_t>(other - step / 7U));
        }
    }
};

void check(const rdpeudp::Conversation& c) {
    for (const rdpeudp::Half* h : {&c.client, &c.server}) {
        require(h->packets + h->retransmissions + h->duplicates <= h->datagrams);
        require(h->since_acknowledged <= h->packets + h->retransmissions);
        require(h->first.has_value() == (h->datagrams > 0) && h->last.has_value() == h->first.has_value());
    }
    require(!c.established || c.first_syn_ack);
    require(!c.first_syn == (c.syns == 0) && !c.first_syn_ack == (c.syn_acks == 0));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::uint16_t kVersions[]{1, 2, 0x0101, 0x0003}, kSuites[]{0xC02F, 0xCCA8, 0x002F, 0x0002};
    bytes::Cursor in{std::as_bytes(std::span{data, size})};
    const std::uint8_t how = in.u8("how");
    const bool lossy = how % 2 != 0;
    const std::uint16_t version = kVersions[how / 2 % 4];
    World world{in, test::DtlsTalk{1, kSuites[how / 8 % 4]}};
    tls::Secrets secrets;
    secrets.key_log.add(bytes::view_of(world.talk.key_log()));
    tls::SessionCache sessions;
    std::uint64_t frame = 0, last = 0;
    rdpeudp::Reader reader{[&](const rdpeudp::Item& item) { last = std::max(last, item.mark.frame); },
                           {&secrets, &sessions}};
    bytes::Time now{};
    while (world.in.remaining() > 0) {
        const std::uint8_t who = world.in.u8("who");
        const auto side = who % 2 == 0 ? Side::client : Side::server;
        now += std::chrono::milliseconds{who / 2};
        const auto payload = world.datagram(side, lossy, version);
        // Now and then the capture has less than was sent.
        const std::size_t cut = who > 250 ? std::min<std::size_t>(payload.size(), who - 250U) : 0;
        (void)reader.another(side, payload);
        reader.datagram(side, bytes::View{payload}.first(payload.size() - cut), payload.size(), {now, ++frame, 0});
        check(reader.conversation());
    }
    reader.finish();
    check(reader.conversation());
    require(last <= frame);
    return 0;
}
