#include "parsers/gateway/reader.hpp"

#include <algorithm>
#include <utility>

#include "parsers/bytes/overload.hpp"

namespace rdpdx::gateway {
namespace {

// [MS-TSGU] 3.3.5.1: a response begins with random bytes, in practice ten.
constexpr std::size_t kLongestSeed = 256;

bool starts_with(bytes::View data, std::string_view prefix) {
    return bytes::text_of(data).substr(0, prefix.size()) == prefix;
}
bool begins(bytes::View data, std::string_view whole) {
    return whole.substr(0, data.size()) == bytes::text_of(data).substr(0, whole.size());
}

std::string lower(std::string_view text) {
    std::string out{text};
    std::ranges::transform(out, out.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

// What a client asks by its first line. RPC over HTTP serves others too; a gateway listens behind port 3388.
Role role_of(std::string_view method, std::string_view target) {
    const std::string path = lower(target);
    if (method == "RDG_OUT_DATA" || method == "RDG_IN_DATA") return Role::tunnel;
    if (method == "RPC_OUT_DATA" || method == "RPC_IN_DATA")
        return path.find(":3388") != std::string::npos ? Role::rpc : Role::other;
    if (method == "POST" && path.substr(0, 9) == "/kdcproxy") return Role::kdc_proxy;
    return Role::other;
}

Role role_in_the_clear(bytes::View data) {
    std::string_view text = bytes::text_of(data);
    text = text.substr(0, text.find("\r\n"));
    const auto blank = text.find(' ');
    if (blank == std::string_view::npos) return Role::other;
    const std::string_view method = text.substr(0, blank);
    text.remove_prefix(blank + 1);
    return role_of(method, text.substr(0, text.find(' ')));
}

}  // namespace

std::optional<tls::Random> client_random(bytes::View first_payload) {
    bytes::Cursor in{first_payload};
    const auto record = tls::parse_record_header(in);
    if (!record || !tls::plausible(*record)) return {};
    if (in.u8("msg_type") != static_cast<std::uint8_t>(tls::HandshakeType::client_hello)) return {};
    in.u24be("length");
    in.u16be("legacy_version");
    tls::Random out{};
    const bytes::View random = in.take(out.size(), "random");
    if (in.error()) return {};
    std::ranges::transform(random, out.begin(), [](std::byte b) { return std::to_integer<std::uint8_t>(b); });
    return out;
}

bool recognise(bytes::View first_payload, const tls::Secrets* secrets) {
    if (const auto random = client_random(first_payload))
        return secrets && (!secrets->rsa_keys.empty() || secrets->key_log.knows(*random));
    return role_in_the_clear(first_payload) != Role::other;
}

Reader::Reader(Sink sink, const Decrypting& decrypting)
    : sink_{std::move(sink)}, tls_{decrypting.secrets, decrypting.sessions} {}

void Reader::emit(Side from, std::uint64_t offset, decltype(Item::body) body) {
    if (role_ == Role::undecided || role_ == Role::other) return;
    sink_({from, direction(from).marks.at(offset), offset, std::move(body)});
}

void Reader::data(const stream::Chunk& chunk) {
    if (role_ == Role::other) return;
    Direction& d = direction(chunk.from);
    d.marks.add(chunk.offset, chunk.mark);
    if (chunk.gap > 0) gap(chunk.from, chunk.offset, chunk.gap);
    if (!d.wire_known && !chunk.data.empty()) {
        d.tls = tls::begins_with_record(chunk.data);
        d.wire_known = true;
    }
    std::uint64_t needed = chunk.offset + chunk.data.size();
    if (d.tls) {
        read_tls(chunk.from, chunk.data, chunk.offset);
        needed -= tls_.pending(chunk.from);
    } else {
        clear(chunk.from, chunk.data, chunk.offset);
    }
    if (!d.packet.empty()) needed = std::min(needed, d.packet_offset);
    d.marks.forget(needed);
}

void Reader::read_tls(Side from, bytes::View data, std::uint64_t offset) {
    tls_.feed(from, data, offset, [&](const tls::ConnectionReader::Item& item, std::uint64_t record) {
        using State = tls::Opening::State;
        if (const auto* opened = std::get_if<tls::OpenedData>(&item)) {
            clear(from, opened->data, record);
        } else if (const auto* opening = std::get_if<tls::Opening>(&item)) {
            if (opening->state == State::opens) return;
            // Before anything was read it is not known to be a gateway.
            if (role_ == Role::undecided) role_ = Role::other;
            gap(from, record, 0);
        }
    });
}

void Reader::gap(Side from, std::uint64_t offset, std::uint64_t length) {
    Direction& d = direction(from);
    if (d.tls && length > 0) tls_.gap(from, length);
    d.http.gap();
    d.http2.gap();
    d.websocket.gap();
    d.packet.clear();
    d.body.clear();
    d.begun.clear();
    if (d.carries_packets && std::exchange(d.synchronised, false)) emit(from, offset, Gap{});
}

void Reader::clear(Side from, bytes::View data, std::uint64_t offset) {
    Direction& d = direction(from);
    std::vector<std::byte> joined;
    if (d.mode == Mode::start) {
        joined = std::move(d.begun);
        joined.insert(joined.end(), data.begin(), data.end());
        d.begun.clear();
        data = joined;
        if (!begin(from, data)) return;
    }
    switch (d.mode) {
        case Mode::start:
            return;
        case Mode::http:
            return http(from, data, offset);
        case Mode::http2:
            return http2(from, data, offset);
        case Mode::websocket:
            return websocket(from, data, offset);
    }
}

// False: more is needed, or nothing will come of it.
bool Reader::begin(Side from, bytes::View& data) {
    Direction& d = direction(from);
    if (from == Side::server) {
        // A server may speak first in HTTP/2 only.
        d.mode = client_.mode == Mode::http2 || (client_.mode == Mode::start && !starts_with(data, "HTTP/"))
                     ? Mode::http2
                     : Mode::http;
        return true;
    }
    if (begins(data, kHttp2Preface)) {
        if (data.size() < kHttp2Preface.size()) {
            d.begun.assign(data.begin(), data.end());
            return false;
        }
        data = data.subspan(kHttp2Preface.size());
        d.mode = Mode::http2;
        return true;
    }
    d.mode = Mode::http;
    return true;
}

void Reader::http(Side from, bytes::View data, std::uint64_t offset) {
    Direction& d = direction(from);
    // What cannot be read is tried again with each record: a packet begins with one.
    if (d.carries_packets && !d.synchronised) d.http.gap();
    d.http.feed(data, static_cast<std::size_t>(offset), [&](const HttpReader::Item& item) {
        std::visit(bytes::Overload{
                       [&](const HttpHead& h) { head(from, h, offset); },
                       [&](const HttpReader::Body& b) { body(from, b.data, offset); },
                       [&](const HttpReader::BodyEnd&) { body_end(from, offset); },
                       [&](const HttpReader::HandedOver& h) { websocket(from, h.data, offset); },
                       [&](const HttpReader::Lost& l) {
                           if (role_ == Role::undecided) role_ = Role::other;
                           const bool first = !d.carries_packets || std::exchange(d.synchronised, false);
                           if (first) emit(from, offset, Unparsed{"an HTTP head or body", l.error});
                       },
                   },
                   item);
    });
}

void Reader::decide(const HttpHead& head) { role_ = role_of(head.method, head.target); }

void Reader::head(Side from, const HttpHead& head, std::uint64_t offset) {
    Direction& d = direction(from);
    if (head.request() != (from == Side::client)) {
        if (role_ == Role::undecided) role_ = Role::other;
        return;
    }
    if (head.request()) {
        if (role_ == Role::undecided) decide(head);
        last_method_ = head.method;
        upgrade_asked_ = head.websocket;
        d.carries_packets = role_ == Role::tunnel && head.method == "RDG_IN_DATA";
        d.synchronised = d.carries_packets;
    } else if (role_ == Role::tunnel) {
        d.carries_packets = d.synchronised = d.seed = head.status == 200 && last_method_ == "RDG_OUT_DATA";
        d.packet.clear();
    }
    emit(from, offset, head);
    if (role_ != Role::tunnel || head.status != 101 || !upgrade_asked_) return;
    for (Direction* each : {&client_, &server_}) {
        each->mode = Mode::websocket;
        each->http.hand_over();
        each->carries_packets = each->synchronised = true;
        each->seed = false;
    }
}

void Reader::body(Side from, bytes::View data, std::uint64_t offset) {
    Direction& d = direction(from);
    if (d.carries_packets) return packets(from, data, offset);
    if (role_ != Role::kdc_proxy || d.body.size() + data.size() > kLargestKdcMessage) return;
    d.body.insert(d.body.end(), data.begin(), data.end());
}

void Reader::body_end(Side from, std::uint64_t offset) {
    Direction& d = direction(from);
    if (role_ == Role::kdc_proxy && !d.body.empty()) kdc_message(from, d.body, offset);
    d.body.clear();
}

void Reader::http2(Side from, bytes::View data, std::uint64_t offset) {
    direction(from).http2.feed(data, static_cast<std::size_t>(offset), [&](const Http2Reader::Item& item) {
        if (const auto* body = std::get_if<Http2Reader::Body>(&item)) return http2_body(from, *body, offset);
        if (const auto* headers = std::get_if<Http2Reader::Headers>(&item)) {
            // A request without a body is none for a KDC proxy.
            if (from == Side::client && headers->end && role_ == Role::undecided) role_ = Role::other;
            if (from == Side::server) emit(from, offset, KdcStatus{headers->status.value_or(0)});
            return;
        }
        if (role_ == Role::undecided) role_ = Role::other;
    });
}

void Reader::http2_body(Side from, const Http2Reader::Body& body, std::uint64_t offset) {
    if (from == Side::client && role_ == Role::undecided) {
        if (!begins_kdc_proxy_message(body.data) || (body.end && body.data.empty())) role_ = Role::other;
        if (body.end && role_ == Role::undecided) role_ = Role::kdc_proxy;
    }
    if (role_ == Role::kdc_proxy && body.end && !body.data.empty()) kdc_message(from, body.data, offset);
}

void Reader::kdc_message(Side from, bytes::View data, std::uint64_t offset) {
    // What goes with an error status is a page for people.
    if (!begins_kdc_proxy_message(data)) return;
    const auto message = parse_kdc_proxy_message(data, static_cast<std::size_t>(offset));
    if (message)
        emit(from, offset, KdcMessage{*message});
    else
        emit(from, offset, Unparsed{"a KDC-PROXY-MESSAGE", message.error()});
}

void Reader::websocket(Side from, bytes::View data, std::uint64_t offset) {
    Direction& d = direction(from);
    if (!d.synchronised) d.websocket.gap();
    d.websocket.feed(data, static_cast<std::size_t>(offset), [&](const WebSocketReader::Item& item) {
        const auto* lost = std::get_if<WebSocketReader::Lost>(&item);
        if (const auto* payload = std::get_if<WebSocketReader::Payload>(&item))
            packets(from, payload->data, offset);
        else if (lost && std::exchange(d.synchronised, false))
            emit(from, offset, Unparsed{"a WebSocket frame", lost->error});
    });
}

// Where a packet begins in bytes that need not begin with one; their size where none does.
std::size_t Reader::find_packet(Side from, bytes::View data) {
    const Direction& d = direction(from);
    const std::size_t last = d.seed ? std::min(data.size(), kLongestSeed) : std::min<std::size_t>(data.size(), 1);
    for (std::size_t at = 0; at < last; ++at)
        if (plausible(data.subspan(at))) return at;
    return data.size();
}

void Reader::packets(Side from, bytes::View data, std::uint64_t offset) {
    Direction& d = direction(from);
    if (d.packet.empty()) d.packet_offset = offset;
    d.packet.insert(d.packet.end(), data.begin(), data.end());
    std::size_t taken = 0;
    while (d.packet.size() - taken >= kPacketHeader) {
        const bytes::View rest = bytes::View{d.packet}.subspan(taken);
        if (d.seed || !d.synchronised) {
            const std::size_t at = find_packet(from, rest);
            const bool wait = at == rest.size() && d.seed && rest.size() < kLongestSeed;
            if (wait) break;
            taken += at;
            if (at > 0) d.packet_offset = offset;
            d.seed = false;
            d.synchronised = at < rest.size();
            continue;
        }
        bytes::Cursor in{rest};
        const auto header = parse_packet_header(in);
        if (header->packetLength < kPacketHeader || header->packetLength > kLargestPacket) {
            emit(from, d.packet_offset,
                 Unparsed{"a gateway packet",
                          {bytes::Problem::bad_value, "packetLength", static_cast<std::size_t>(offset), kLargestPacket,
                           header->packetLength}});
            d.synchronised = false;
            taken = d.packet.size();
            break;
        }
        if (rest.size() < header->packetLength) break;
        const auto packet = parse_packet(rest.first(header->packetLength), static_cast<std::size_t>(d.packet_offset));
        if (packet)
            emit(from, d.packet_offset, *packet);
        else
            emit(from, d.packet_offset, Unparsed{"a gateway packet", packet.error()});
        taken += header->packetLength;
        d.packet_offset = offset;
    }
    d.packet.erase(d.packet.begin(), d.packet.begin() + static_cast<std::ptrdiff_t>(taken));
}

}  // namespace rdpdx::gateway
