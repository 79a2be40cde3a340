// The streams of both sides: what is in the clear, what TLS carries, and what the capture does not have.
#include "parsers/handshake/handshake.hpp"

#include <algorithm>

#include "parsers/bytes/overload.hpp"
#include "parsers/handshake/recognise.hpp"

namespace rdpdx::handshake {
namespace {

// Once a session is active its pictures come in large records. Whatever says how it goes on is smaller than this.
constexpr std::size_t kControlRecord = 2048;

}  // namespace

Reader::Reader(Sink sink, bool midway, const Decrypting& decrypting)
    : sink_{std::move(sink)},
      midway_{midway},
      everything_{decrypting.everything},
      tls_{decrypting.secrets, decrypting.sessions} {}

void Reader::emit(const Place& at, Body body) {
    sink_({at.from, direction(at.from).marks.at(at.offset), at.offset, at.inside, std::move(body)});
}

// Marks of packets behind which everything was read are no longer needed.
void Reader::forget_marks(Side from, std::uint64_t end) {
    Direction& d = direction(from);
    std::uint64_t reading = end - std::min<std::uint64_t>(end, tls_.pending(from));
    for (const Plain* p : {&d.outer, &d.inner})
        if (!p->pending.empty()) reading = std::min(reading, p->pending_offset);
    d.marks.forget(reading);
}

void Reader::data(const stream::Chunk& chunk) {
    Direction& d = direction(chunk.from);
    if (d.outer.mode == Mode::opaque) return;
    d.marks.add(chunk.offset, chunk.mark);
    if (chunk.gap > 0) gap(chunk);
    if (d.outer.mode == Mode::tls)
        read_tls(chunk.from, chunk.data, chunk.offset);
    else
        read_plain({chunk.from, chunk.offset, false}, chunk.data);
    forget_marks(chunk.from, chunk.offset + chunk.data.size());
}

// Bytes kept from before go in front; once they are read up, the rest is read where it lies.
void Reader::read_plain(const Place& at, bytes::View data) {
    Plain& p = plain(at);
    bytes::View rest = data;
    Place here = at;
    std::vector<std::byte> joined;
    if (!p.pending.empty()) {
        joined = std::move(p.pending);
        joined.insert(joined.end(), data.begin(), data.end());
        rest = joined;
        here.offset = p.pending_offset;
        p.pending.clear();
    }
    while (!rest.empty() && p.mode != Mode::opaque) {
        if (p.mode == Mode::tls && !at.inside) return read_tls(at.from, rest, here.offset);
        const Mode before = p.mode;
        const std::size_t taken = read_some(here, rest);
        if (taken == 0 && p.mode == before) {  // more is needed
            p.pending.assign(rest.begin(), rest.end());
            p.pending_offset = here.offset;
            return;
        }
        rest = rest.subspan(taken);
        // Inside TLS all that a record holds is where the record is.
        here.offset = at.inside ? at.offset : here.offset + taken;
    }
}

void Reader::gap(const stream::Chunk& chunk) {
    Direction& d = direction(chunk.from);
    // What follows a negotiated protocol is TLS, also where its first records are missing.
    if (d.outer.mode != Mode::tls && selected_.value_or(0) != 0) d.outer.mode = Mode::tls;
    if (d.outer.mode == Mode::tls) tls_.gap(chunk.from, chunk.gap);
    d.outer.pending.clear();  // a PDU that it began can no longer become whole
    sink_({chunk.from, chunk.mark, chunk.offset - std::min(chunk.offset, chunk.gap), false, Gap{chunk.gap}});
}

void Reader::read_tls(Side from, bytes::View data, std::uint64_t offset) {
    tls_.feed(from, data, offset, [&](const tls::ConnectionReader::Item& item, std::uint64_t record) {
        tls_item({from, record, false}, item);
    });
}

void Reader::tls_item(const Place& at, const tls::ConnectionReader::Item& item) {
    std::visit(bytes::Overload{
                   [&](const tls::HandshakeMessage& m) { handshake_message(at, m); },
                   [&](const tls::OpenedData& o) { opened(at.from, at.offset, o.data); },
                   [&](const tls::Unparsed& u) {
                       emit(at, Unparsed{u.what, u.error});
                   },
                   [&](const auto& other) { emit(at, other); },
               },
               item);
}

void Reader::handshake_message(const Place& at, const tls::HandshakeMessage& message) {
    const Place place{at.from, at.offset, message.opened};
    switch (static_cast<tls::HandshakeType>(message.type)) {
        case tls::HandshakeType::client_hello:
            return emit_parsed(place, tls::parse_client_hello(message.body, at.offset), "a TLS ClientHello");
        case tls::HandshakeType::server_hello:
            return emit_parsed(place, tls::parse_server_hello(message.body, at.offset), "a TLS ServerHello");
        default:
            emit(place, message);
    }
}

void Reader::opened(Side from, std::uint64_t offset, bytes::View data) {
    Plain& p = direction(from).inner;
    // What passed by unopened may have ended in the middle of a PDU.
    if (tls_.passed_over(from)) p.pending.clear();
    if (p.mode == Mode::opaque && session_) p.mode = Mode::tpkt;
    read_plain({from, offset, true}, data);
    if (session_ && !everything_) tls_.open_only(kControlRecord);
}

void Reader::finish() {
    for (const Side side : {Side::client, Side::server}) {
        for (const bool inside : {false, true}) {
            const Place at{side, plain({side, 0, inside}).pending_offset, inside};
            Plain& p = plain(at);
            if (p.pending.empty() || (inside && session_)) continue;
            emit(at,
                 Unparsed{p.mode == Mode::tpkt ? "a TPKT" : "the first PDU",
                          {bytes::Problem::truncated, "length", at.offset, p.pending.size() + 1, p.pending.size()}});
            p.pending.clear();
        }
    }
}

}  // namespace rdpdx::handshake
