#include "parsers/handshake/handshake.hpp"

#include <algorithm>

namespace rdpdx::handshake {
namespace {

constexpr std::size_t kHeadShown = 64;
constexpr std::size_t kTpktHeader = 4;

template <class... F>
struct Overload : F... {
    using F::operator()...;
};
template <class... F>
Overload(F...) -> Overload<F...>;

struct Signature {
    std::string_view prefix, protocol;
};
// What answers on a port meant for RDP, by its first bytes.
constexpr std::array kSignatures{
    Signature{"HTTP/", "HTTP"},        Signature{"GET ", "HTTP"},        Signature{"POST ", "HTTP"},
    Signature{"HEAD ", "HTTP"},        Signature{"OPTIONS ", "HTTP"},    Signature{"CONNECT ", "HTTP"},
    Signature{"PRI * HTTP/2", "HTTP"}, Signature{"<html", "HTTP"},       Signature{"<!DOCTYPE", "HTTP"},
    Signature{"SSH-", "SSH"},          Signature{"RFB ", "VNC"},         Signature{"220 ", "FTP or SMTP"},
    Signature{"220-", "FTP or SMTP"},  Signature{"+OK", "POP3"},         Signature{"* OK", "IMAP"},
    Signature{"RTSP/", "RTSP"},        Signature{"SIP/2.0", "SIP"},      Signature{"\x05\x00", "SOCKS 5"},
    Signature{"\x05\x01", "SOCKS 5"},  Signature{"\x05\x02", "SOCKS 5"},
};

std::string_view guess_protocol(bytes::View head) {
    const std::string_view text = bytes::text_of(head);
    // NetBIOS session header and SMB's own magic behind it.
    if (text.size() >= 8 && text[0] == 0 && (text.substr(4, 4) == "\xFFSMB" || text.substr(4, 4) == "\xFESMB"))
        return "SMB";
    for (const Signature& s : kSignatures)
        if (text.substr(0, s.prefix.size()) == s.prefix) return s.protocol;
    return {};
}

bool looks_like_tls(bytes::View data) {
    bytes::Cursor in{data};
    const auto header = tls::parse_record_header(in);
    return header && tls::plausible(*header);
}

}  // namespace

Recognised recognise(bytes::View first_payload, bool rdp_port) {
    switch (x224::recognise(first_payload)) {
        case x224::FirstBytes::connection_request: {
            const auto request = x224::parse_connection_request(first_payload);
            // ISO transport for other uses (S7, MMS) has plain X.224 parameters where RDP has its negotiation.
            const bool iso = request && request->iso_parameters && !request->negReq;
            return {!iso || rdp_port, true, true};
        }
        case x224::FirstBytes::preconnection_pdu:
            return {true, true, true};
        case x224::FirstBytes::connection_confirm:
            return {rdp_port, false, true};
        default:
            return {rdp_port, true, false};
    }
}

void Reader::emit(Side from, std::uint64_t offset, Body body) {
    auto& marks = direction(from).marks;
    while (marks.size() > 1 && marks[1].first <= offset) marks.pop_front();
    sink_({from, marks.empty() ? Mark{} : marks.front().second, offset, std::move(body)});
}

void Reader::data(const stream::Chunk& chunk) {
    Direction& d = direction(chunk.from);
    if (d.mode == Mode::opaque) return;
    d.marks.emplace_back(chunk.offset, chunk.mark);
    if (chunk.gap > 0) gap(chunk);
    if (d.mode == Mode::tls) return read_tls(chunk.from, chunk.data, chunk.offset);

    // Bytes kept from before go in front; once they are read up, the rest is read where it lies.
    bytes::View rest = chunk.data;
    std::uint64_t at = chunk.offset;
    std::vector<std::byte> joined;
    if (!d.pending.empty()) {
        joined = std::move(d.pending);
        joined.insert(joined.end(), chunk.data.begin(), chunk.data.end());
        rest = joined;
        at = d.pending_offset;
        d.pending.clear();
    }
    while (!rest.empty() && d.mode != Mode::opaque) {
        if (d.mode == Mode::tls) return read_tls(chunk.from, rest, at);
        const Mode before = d.mode;
        const std::size_t taken = read_some(chunk.from, rest, at);
        if (taken == 0 && d.mode == before) {  // more is needed
            d.pending.assign(rest.begin(), rest.end());
            d.pending_offset = at;
            return;
        }
        rest = rest.subspan(taken);
        at += taken;
    }
}

void Reader::gap(const stream::Chunk& chunk) {
    Direction& d = direction(chunk.from);
    // What follows a negotiated protocol is TLS, also where its first records are missing.
    if (d.mode != Mode::tls && tls_negotiated_) d.mode = Mode::tls;
    if (d.mode == Mode::tls) d.tls.gap(chunk.gap);
    d.pending.clear();  // a PDU that it began can no longer become whole
    sink_({chunk.from, chunk.mark, chunk.offset - std::min(chunk.offset, chunk.gap), Gap{chunk.gap}});
}

std::size_t Reader::read_some(Side from, bytes::View data, std::uint64_t offset) {
    return direction(from).mode == Mode::start ? read_start(from, data, offset) : read_tpkt(from, data, offset);
}

std::size_t Reader::read_start(Side from, bytes::View data, std::uint64_t offset) {
    Direction& d = direction(from);
    switch (x224::recognise(data)) {
        case x224::FirstBytes::too_short:
            return 0;
        case x224::FirstBytes::preconnection_pdu: {
            bytes::Cursor in{data, offset};
            const auto pdu = x224::parse_preconnection_pdu(in);
            if (!pdu) {
                if (data.size() < 1024) return 0;
                emit(from, offset, Unparsed{"an RDP pre-connection PDU", pdu.error()});
                d.mode = Mode::opaque;
                return data.size();
            }
            emit(from, offset, *pdu);
            return in.position() - offset;
        }
        case x224::FirstBytes::connection_request:
        case x224::FirstBytes::connection_confirm:
        case x224::FirstBytes::tpkt:
            d.mode = Mode::tpkt;
            return 0;
        case x224::FirstBytes::tls:
            d.mode = Mode::tls;
            return 0;
        case x224::FirstBytes::other:
            break;
    }
    // A stream that is picked up inside TLS begins with any record type.
    if (looks_like_tls(data)) {
        d.mode = Mode::tls;
        return 0;
    }
    const std::string_view protocol = guess_protocol(data);
    if (midway_ && protocol.empty()) {
        d.mode = Mode::tls;
        d.tls.gap(0);
        return 0;
    }
    emit(from, offset, Foreign{protocol, data.first(std::min(data.size(), kHeadShown))});
    d.mode = Mode::opaque;
    return data.size();
}

std::size_t Reader::read_tpkt(Side from, bytes::View data, std::uint64_t offset) {
    Direction& d = direction(from);
    const auto first = std::to_integer<unsigned>(data[0]);
    if (first == 0x03) {
        bytes::Cursor in{data, offset};
        const auto header = x224::parse_tpkt_header(in);
        if (!header) return 0;
        if (header->length < kTpktHeader + 3) {
            emit(from, offset,
                 Unparsed{"a TPKT", {bytes::Problem::bad_value, "length", offset + 2, 7, header->length}});
            d.mode = Mode::opaque;
            return data.size();
        }
        if (data.size() < header->length) return 0;
        tpdu(from, data.first(header->length), offset);
        return header->length;
    }
    if (first >= 0x14 && first <= 0x17) {
        if (data.size() < 5) return 0;
        if (looks_like_tls(data)) {
            d.mode = Mode::tls;
            return 0;
        }
    }
    if ((first & 3U) == 0 && mcs_seen_) {  // [MS-RDPBCGR] 2.2.9.1.2: action 0, one or two octets of length
        if (data.size() < 3) return 0;
        bytes::Cursor in{data, offset};
        in.u8("fpOutputHeader");
        std::uint16_t length = in.u8("length1");
        if (length & 0x80U) length = static_cast<std::uint16_t>((length & 0x7FU) << 8 | in.u8("length2"));
        if (length >= 3) {
            if (data.size() < length) return 0;
            emit(from, offset, FastPath{length});
            return length;
        }
    }
    emit(from, offset, Foreign{guess_protocol(data), data.first(std::min(data.size(), kHeadShown))});
    d.mode = Mode::opaque;
    return data.size();
}

void Reader::tpdu(Side from, bytes::View tpkt, std::uint64_t offset) {
    const auto emit_parsed = [&](const auto& parsed, std::string what) {
        if (parsed)
            emit(from, offset, *parsed);
        else
            emit(from, offset, Unparsed{std::move(what), parsed.error()});
    };
    const auto code = x224::tpdu_code(tpkt);
    switch (static_cast<x224::TpduCode>(code.value_or(0) & 0xF0U)) {
        case x224::TpduCode::connection_request:
            return emit_parsed(x224::parse_connection_request(tpkt, offset), "an X.224 Connection Request");
        case x224::TpduCode::connection_confirm: {
            const auto confirm = x224::parse_connection_confirm(tpkt, offset);
            tls_negotiated_ = confirm && confirm->negRsp && confirm->negRsp->selectedProtocol != 0;
            return emit_parsed(confirm, "an X.224 Connection Confirm");
        }
        case x224::TpduCode::data: {
            mcs_seen_ = true;
            const bytes::View mcs = tpkt.size() > 7 ? tpkt.subspan(7) : bytes::View{};
            return emit_parsed(mcs::parse_domain_pdu(mcs, offset + 7), "an MCS PDU");
        }
        default:
            return emit_parsed(x224::parse_other_tpdu(tpkt, offset), "an X.224 TPDU");
    }
}

void Reader::read_tls(Side from, bytes::View data, std::uint64_t offset) {
    Direction& d = direction(from);
    d.tls.feed(data, offset, [&](const tls::StreamReader::Located& located) { tls_item(from, located); });
    // Marks behind the record that is being read are no longer needed.
    const std::uint64_t reading = offset + data.size() - d.tls.pending();
    while (d.marks.size() > 1 && d.marks[1].first <= reading) d.marks.pop_front();
}

void Reader::tls_item(Side from, const tls::StreamReader::Located& located) {
    std::visit(Overload{
                   [&](const tls::HandshakeMessage& m) { handshake_message(from, located.offset, m); },
                   [&](const tls::Unparsed& u) {
                       emit(from, located.offset, Unparsed{u.what, u.error});
                   },
                   [&](const auto& other) { emit(from, located.offset, other); },
               },
               located.item);
}

void Reader::handshake_message(Side from, std::uint64_t offset, const tls::HandshakeMessage& message) {
    const auto emit_parsed = [&](const auto& parsed, std::string what) {
        if (parsed)
            emit(from, offset, *parsed);
        else
            emit(from, offset, Unparsed{std::move(what), parsed.error()});
    };
    switch (static_cast<tls::HandshakeType>(message.type)) {
        case tls::HandshakeType::client_hello:
            return emit_parsed(tls::parse_client_hello(message.body, offset), "a TLS ClientHello");
        case tls::HandshakeType::server_hello:
            return emit_parsed(tls::parse_server_hello(message.body, offset), "a TLS ServerHello");
        default:
            emit(from, offset, message);
    }
}

void Reader::finish() {
    for (const Side side : {Side::client, Side::server}) {
        Direction& d = direction(side);
        if (!d.pending.empty()) {
            const std::string what = d.mode == Mode::tpkt ? "a TPKT" : "the first PDU";
            emit(side, d.pending_offset,
                 Unparsed{
                     what,
                     {bytes::Problem::truncated, "length", d.pending_offset, d.pending.size() + 1, d.pending.size()}});
            d.pending.clear();
        }
    }
}

}  // namespace rdpdx::handshake
