#include "parsers/tls/dtls_reader.hpp"

#include <algorithm>

#include "parsers/tls/records.hpp"

namespace rdpdx::tls {
namespace {

using bytes::ParseError;
using bytes::Problem;

constexpr std::string_view kRecord = "a DTLS record", kMessage = "a DTLS handshake message";

// The random of a ClientHello, where the fragment holds it.
std::optional<Random> random_of(bytes::View body) {
    bytes::Cursor in{body};
    in.skip(2, "client_version");
    Random random{};
    for (auto& octet : random) octet = in.u8("random");
    if (in.error()) return {};
    return random;
}

bool is(std::uint8_t type, HandshakeType expected) { return type == static_cast<std::uint8_t>(expected); }

}  // namespace

bool DtlsReader::Seen::contains(const DtlsRecordHeader& header) const noexcept {
    if (header.epoch != epoch_ || header.sequence_number > highest_) return false;
    const std::uint64_t behind = highest_ - header.sequence_number;
    return behind < kWidth && behind_.test(static_cast<std::size_t>(behind));
}

void DtlsReader::Seen::add(const DtlsRecordHeader& header) noexcept {
    if (header.epoch < epoch_) return;
    if (header.epoch > epoch_) *this = {};
    epoch_ = header.epoch;
    if (header.sequence_number > highest_) {
        const std::uint64_t further = header.sequence_number - highest_;
        behind_ = further < kWidth ? behind_ << static_cast<std::size_t>(further) : std::bitset<kWidth>{};
        highest_ = header.sequence_number;
    }
    if (const std::uint64_t behind = highest_ - header.sequence_number; behind < kWidth)
        behind_.set(static_cast<std::size_t>(behind));
}

DtlsReader::DtlsReader(const Secrets* secrets, SessionCache* sessions) : largest_{kLargestRecord} {
    if (secrets && sessions && !secrets->empty()) decryption_.emplace(*secrets, *sessions);
}

void DtlsReader::datagram(Side from, bytes::View payload, std::uint64_t tag, const Sink& sink) {
    ++datagrams_;
    const Place place{from, tag};
    bytes::Cursor in{payload};
    while (in.remaining() > 0) {
        const std::size_t at = in.position();
        const auto header = parse_dtls_record_header(in);
        if (!header) return unreadable(place, header.error(), kRecord, sink);
        if (const auto field = implausible_field(*header))
            return unreadable(place, {Problem::bad_value, *field, at, 0, 0}, kRecord, sink);
        const auto fragment = in.take(header->length, "fragment");
        if (in.error()) return unreadable(place, *in.error(), kRecord, sink);
        record(place, *header, fragment, sink);
    }
}

void DtlsReader::record(Place place, const DtlsRecordHeader& header, bytes::View fragment, const Sink& sink) {
    // Heartbeats say nothing of the handshake, and nobody sends empty records of another kind.
    if (header.type == kHeartbeat || header.length == 0) return;
    if (header.epoch == 0) return clear_record(place, header, fragment, sink);
    encrypted_record(place, header, fragment, sink);
}

void DtlsReader::clear_record(Place place, const DtlsRecordHeader& header, bytes::View fragment, const Sink& sink) {
    Half& h = half(place.from);
    switch (static_cast<ContentType>(header.type)) {
        case ContentType::handshake:
            return fragments(place, fragment, false, sink);
        case ContentType::change_cipher_spec:
            if (h.spec != header.epoch) sink(place.from, ChangeCipherSpec{header.length}, place.tag);
            h.spec = header.epoch;
            return;
        case ContentType::alert: {
            if (h.seen.contains(header)) return;
            h.seen.add(header);
            const auto alert = parse_alert(fragment);
            if (!alert) return unreadable(place, alert.error(), "a DTLS alert", sink);
            return sink(place.from, *alert, place.tag);
        }
        case ContentType::application_data:
            return unreadable(place, {Problem::bad_value, "epoch", 3, 0, 0}, kRecord, sink);
    }
}

void DtlsReader::encrypted_record(Place place, const DtlsRecordHeader& header, bytes::View fragment, const Sink& sink) {
    Half& h = half(place.from);
    if (h.seen.contains(header)) return;
    // Who sends under new keys has read the other side's flight.
    if (header.epoch > std::exchange(h.encrypted_epoch, std::max<std::uint32_t>(h.encrypted_epoch, header.epoch)))
        answered(place.from, sink);
    switch (static_cast<ContentType>(header.type)) {
        case ContentType::handshake:
            sink(place.from, EncryptedHandshake{header.length}, place.tag);
            break;
        case ContentType::change_cipher_spec:
            sink(place.from, ChangeCipherSpec{header.length}, place.tag);
            break;
        case ContentType::alert:
            sink(place.from, EncryptedAlert{header.length}, place.tag);
            break;
        case ContentType::application_data:
            sink(place.from, ApplicationData{header.length}, place.tag);
            break;
    }
    h.told_unreadable = false;
    if (!decryption_) return h.seen.add(header);
    if (header.length <= largest_ && !h.log.given_up()) open(place, header, fragment, sink);
}

void DtlsReader::open(Place place, const DtlsRecordHeader& header, bytes::View fragment, const Sink& sink) {
    Half& h = half(place.from);
    const RecordHeader as_tls{header.type, header.version, header.length};
    const auto opened = decryption_->open_numbered(place.from, header.number(), as_tls, fragment);
    if (!opened)
        h.log.missing(decryption_->why());
    else if (!*opened)
        h.log.failed(opened->error());
    else
        h.log.opened();
    // As an endpoint does: a record that does not authenticate must not hide the true one of that number.
    if (!opened || *opened) h.seen.add(header);
    if (const auto opening = h.log.take()) sink(place.from, *opening, place.tag);
    if (opened && *opened) plaintext(place, **opened, sink);
}

void DtlsReader::plaintext(Place place, const Plaintext& plaintext, const Sink& sink) {
    switch (static_cast<ContentType>(plaintext.type)) {
        case ContentType::application_data:
            return sink(place.from, OpenedData{plaintext.fragment}, place.tag);
        case ContentType::handshake:
            return fragments(place, plaintext.fragment, true, sink);
        case ContentType::alert:
            if (const auto parsed = parse_alert(plaintext.fragment)) {
                Alert alert = *parsed;
                alert.opened = true;
                sink(place.from, alert, place.tag);
            }
            return;
        case ContentType::change_cipher_spec:  // it is the epoch that tells the keys
            return;
    }
}

void DtlsReader::fragments(Place place, bytes::View fragment, bool opened, const Sink& sink) {
    Half& h = half(place.from);
    bytes::Cursor in{fragment};
    while (in.remaining() > 0) {
        const auto header = parse_dtls_handshake_header(in);
        const auto body = header ? in.take(header->fragment_length, "fragment_length") : bytes::View{};
        if (in.error()) return unreadable(place, *in.error(), kMessage, sink);
        notice_new_handshake(place.from, *header, body, opened);
        using Taken = DtlsMessages::Taken;
        const Taken taken = h.messages.take(*header, body, place.tag, opened);
        if (taken == Taken::refused) {
            unreadable(place, {Problem::bad_value, "fragment_offset", 0, header->length, header->fragment_offset},
                       kMessage, sink);
            continue;
        }
        if (taken == Taken::first) answered(place.from, sink);
        deliver(place.from, sink);
    }
}

// [RFC 6347] 4.2.2: each handshake begins with message_seq 0 on both sides, a HelloRequest counted as one.
void DtlsReader::notice_new_handshake(Side from, const DtlsHandshakeHeader& header, bytes::View body, bool opened) {
    if (header.message_seq != 0 || header.fragment_offset != 0) return;
    if (from == Side::server) {
        if (!is(header.msg_type, HandshakeType::hello_request) || server_.messages.next_seq() < 2) return;
        server_.messages.restart();
        server_.requested = true;
        return;
    }
    if (!is(header.msg_type, HandshakeType::client_hello)) return;
    const auto random = random_of(body);
    if (!random || client_.random == random) return;
    if (client_.random || !client_.messages.untouched()) {
        const bool requested = std::exchange(server_.requested, false) && server_.messages.next_seq() == 1;
        client_.messages.restart();
        if (!requested) server_.messages.restart();
        if (!opened) client_ = {}, server_ = {};
    }
    client_.random = random;
}

void DtlsReader::answered(Side by, const Sink& sink) {
    const Side from = bytes::other(by);
    half(from).messages.give_up();
    deliver(from, sink);
}

void DtlsReader::deliver(Side from, const Sink& sink) {
    Half& h = half(from);
    DtlsMessages::Found found;
    while (h.messages.next(found)) {
        if (found.lost) {
            sink(from, Unparsed{*found.lost, std::string{kMessage}}, found.tag);
            continue;
        }
        h.told_unreadable = false;
        sink(from, found.message, found.tag);
        if (decryption_) decryption_->message(from, found.message);
    }
}

void DtlsReader::unreadable(Place place, const ParseError& error, std::string_view what, const Sink& sink) {
    if (std::exchange(half(place.from).told_unreadable, true)) return;
    sink(place.from, Unparsed{error, std::string{what}}, place.tag);
}

void DtlsReader::finish(const Sink& sink) {
    for (const Side side : {Side::client, Side::server}) {
        half(side).messages.give_up();
        deliver(side, sink);
    }
}

}  // namespace rdpdx::tls
