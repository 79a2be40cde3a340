// Datagrams of any bytes, pieces of handshakes with any header, and sealed records, to a reader that knows the secret.
// It may not do harm, each message has the length it says, and data that was sealed is the data that comes out.
#include <algorithm>
#include <cstdlib>

#include "tests/support/dtls.hpp"

using namespace rdpdx;
using test::operator+;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

test::Bytes fragment(bytes::Cursor& in) {
    const auto type = in.u8("type");
    const auto seq = static_cast<std::uint16_t>(in.u8("seq") % 40);
    const test::Bytes body(in.u8("length") * (seq % 3U == 0 ? 300U : 1U), std::byte{1});
    const std::size_t offset = body.empty() ? 0 : in.u16be("offset") % body.size();
    const std::size_t n = std::min<std::size_t>(in.u8("n"), body.size() - offset);
    return test::dtls_fragment(type % 24, seq, body, offset, n);
}

test::Bytes datagram(test::DtlsTalk& talk, tls::Side side, bytes::Cursor& in) {
    const std::uint8_t step = in.u8("step") % 6;
    const std::uint64_t number = in.u16be("number");
    switch (step) {
        case 0:
            return test::copy_of(in.take(std::min<std::size_t>(in.u8("size"), in.remaining()), "datagram"));
        case 1:
            return test::dtls_record(22, fragment(in), number);
        case 2:
            return test::dtls_record(22, test::dtls_message(1, number % 3, talk.client_hello()), number) +
                   test::dtls_record(20, test::be(1, 1), number);
        case 3:
            return test::dtls_record(22, test::dtls_message(2, number % 3, talk.server_hello()), number);
        case 4:
            return talk.sealed(side, 22, fragment(in), number);
        default:
            return talk.sealed(side, static_cast<std::uint8_t>(20 + number % 4), test::be(0xD1D2D3D4, 4), number);
    }
}

void check(const tls::DtlsReader::Item& item) {
    if (const auto* message = std::get_if<tls::HandshakeMessage>(&item))
        require(message->body.size() == message->length);
    if (const auto* data = std::get_if<tls::OpenedData>(&item))
        require(std::ranges::equal(data->data, test::be(0xD1D2D3D4, 4)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    bytes::Cursor in{std::as_bytes(std::span{data, size})};
    constexpr std::uint16_t kSuites[]{0xC02F, 0xCCA8, 0x002F, 0x0002};
    const std::uint16_t suite = kSuites[in.u8("suite") % std::size(kSuites)];
    std::array talks{test::DtlsTalk{1, suite}, test::DtlsTalk{50, suite}};
    tls::Secrets secrets;
    for (const auto& talk : talks) secrets.key_log.add(bytes::view_of(talk.key_log()));
    tls::SessionCache sessions;
    tls::DtlsReader reader{&secrets, &sessions};
    const auto sink = [](tls::Side, const tls::DtlsReader::Item& item, std::uint64_t) { check(item); };
    while (in.remaining() > 0) {
        const std::uint8_t who = in.u8("who");
        const auto side = who % 2 == 0 ? tls::Side::client : tls::Side::server;
        reader.datagram(side, datagram(talks[who % 8 == 7], side, in), sink);
    }
    reader.finish(sink);
    return 0;
}
