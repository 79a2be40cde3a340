#include "parsers/rdpeudp/security.hpp"

#include "parsers/bytes/overload.hpp"

namespace rdpdx::rdpeudp {
namespace {

// So many encrypted records of each side that nothing opens, and the tunnel must long be there.
constexpr unsigned kUnopened = 32;
// Datagrams of DTLS of which an item may still be told.
constexpr std::uint64_t kDatagramsRemembered = 1024;

std::variant<tls::ConnectionReader, tls::DtlsReader> reader_for(const Decrypting& decrypting, bool lossy) {
    using Reader = std::variant<tls::ConnectionReader, tls::DtlsReader>;
    if (lossy) return Reader{std::in_place_type<tls::DtlsReader>, decrypting.secrets, decrypting.sessions};
    return Reader{std::in_place_type<tls::ConnectionReader>, decrypting.secrets, decrypting.sessions};
}

}  // namespace

Security::Security(const Decrypting& decrypting, bool lossy) : reader_{reader_for(decrypting, lossy)} {}

void Security::payload(Side from, bytes::View data, const Mark& mark, const Sink& sink) {
    Half& h = half(from);
    h.marks.add(h.offset, mark);
    if (auto* stream = std::get_if<tls::ConnectionReader>(&reader_)) {
        stream->feed(from, data, h.offset, [&](const tls::ConnectionReader::Item& i, std::uint64_t record) {
            item(from, h.marks.at(record), i, sink);
        });
        h.offset += data.size();
        h.marks.forget(h.offset - stream->pending(from));
        return;
    }
    // Both sides count together: an item may be told by a datagram of the other one.
    client_.offset = server_.offset = h.offset + 1;
    Half& other = half(bytes::other(from));
    other.marks.add(h.offset - 1, mark);
    std::get<tls::DtlsReader>(reader_).datagram(
        from, data, h.offset - 1,
        [&](Side of, const tls::DtlsReader::Item& i, std::uint64_t tag) { item(of, half(of).marks.at(tag), i, sink); });
    if (h.offset < kDatagramsRemembered) return;
    h.marks.forget(h.offset - kDatagramsRemembered);
    other.marks.forget(h.offset - kDatagramsRemembered);
}

void Security::gap(Side from, std::uint64_t length) {
    Half& h = half(from);
    h.pdu.clear();
    h.synchronised = false;
    auto* stream = std::get_if<tls::ConnectionReader>(&reader_);
    if (!stream) return;
    stream->gap(from, length);
    h.offset += length;
}

void Security::finish(const Sink& sink) {
    auto* datagrams = std::get_if<tls::DtlsReader>(&reader_);
    if (!datagrams || done_) return;
    datagrams->finish(
        [&](Side of, const tls::DtlsReader::Item& i, std::uint64_t tag) { item(of, half(of).marks.at(tag), i, sink); });
}

void Security::item(Side from, const Mark& mark, const tls::ConnectionReader::Item& item, const Sink& sink) {
    std::visit(bytes::Overload{
                   [&](const tls::HandshakeMessage& m) { message(from, mark, m, sink); },
                   [&](const tls::OpenedData& o) { opened(from, mark, o.data, sink); },
                   [&](const tls::Unparsed& u) {
                       sink({from, mark, Unparsed{u.what, u.error}});
                   },
                   [&](const tls::ApplicationData& data) {
                       ++half(from).unopened;
                       if (client_.unopened >= kUnopened && server_.unopened >= kUnopened) done_ = true;
                       sink({from, mark, data});
                   },
                   [&](const auto& other) {
                       sink({from, mark, other});
                   },
               },
               item);
}

void Security::message(Side from, const Mark& mark, const tls::HandshakeMessage& message, const Sink& sink) {
    const auto emit = [&](const auto& parsed, const char* what) {
        if (parsed)
            sink({from, mark, *parsed});
        else
            sink({from, mark, Unparsed{what, parsed.error()}});
    };
    switch (static_cast<tls::HandshakeType>(message.type)) {
        case tls::HandshakeType::client_hello:
            return emit(tls::parse_client_hello(message.body), "a TLS ClientHello");
        case tls::HandshakeType::server_hello:
            return emit(tls::parse_server_hello(message.body), "a TLS ServerHello");
        default:
            sink({from, mark, message});
    }
}

void Security::opened(Side from, const Mark& mark, bytes::View data, const Sink& sink) {
    Half& h = half(from);
    h.unopened = 0;
    // A datagram holds whole PDUs; after a gap a record most probably begins with one.
    if (std::holds_alternative<tls::DtlsReader>(reader_) || !h.synchronised) h.pdu.clear();
    h.synchronised = true;
    h.pdu.insert(h.pdu.end(), data.begin(), data.end());
    bytes::View rest{h.pdu};
    while (!done_) {
        const auto length = tunnel_pdu_length(rest);
        if (!length || *length > rest.size()) break;
        const auto pdu = parse_tunnel_pdu(rest.first(*length));
        if (*length == 0 || !pdu) {
            const bytes::ParseError none{bytes::Problem::bad_value, "Action", 0, 0, rest.size()};
            sink({from, mark, Unparsed{"a PDU of the tunnel", *length == 0 ? none : pdu.error()}});
            done_ = true;
            break;
        }
        // The session's data says nothing that is read here, and follows the answer.
        const bool data_pdu = std::holds_alternative<TunnelData>(pdu->body);
        if (data_pdu || std::holds_alternative<TunnelCreateResponse>(pdu->body)) done_ = true;
        sink({from, mark, *pdu});
        rest = rest.subspan(*length);
    }
    const std::size_t taken = h.pdu.size() - rest.size();
    h.pdu.erase(h.pdu.begin(), h.pdu.begin() + static_cast<std::ptrdiff_t>(taken));
}

}  // namespace rdpdx::rdpeudp
