// Whole records of one side -> items: handshake messages put together, and what is encrypted told apart.
#include <algorithm>
#include <array>

#include "parsers/tls/records.hpp"

namespace rdpdx::tls {
namespace {

using bytes::Problem;

// [RFC 8446] B.3 and IANA's "TLS HandshakeType". Sorted.
constexpr std::array<std::uint8_t, 23> kHandshakeTypes{0,  1,  2,  3,  4,  5,  6,  8,  9,  11, 12, 13,
                                                       14, 15, 16, 20, 21, 22, 23, 24, 25, 67, 254};
static_assert(std::ranges::is_sorted(kHandshakeTypes));

bool known(std::uint8_t type) { return std::ranges::binary_search(kHandshakeTypes, type); }

// Whether a handshake record begins with a message, asked where nothing before it says so. Messages that end just where
// the record ends may have any type; one that goes on in the next record must be of a known one.
bool begins_with_message(bytes::View fragment) {
    bytes::Cursor in{fragment};
    while (in.remaining() > 0) {
        const auto type = std::to_integer<std::uint8_t>(in.peek(1).front());
        if (in.remaining() < kMessageHeaderSize) return known(type);
        in.skip(1, "msg_type");
        const std::size_t length = in.u24be("length");
        if (length > in.remaining()) return known(type) && length <= kLargestMessage;
        // Zeros are the explicit nonce of a Finished under AES-GCM rather than HelloRequests.
        if (type == 0 && (length > 0 || fragment.size() > kMessageHeaderSize)) return false;
        in.skip(length, "body");
    }
    return true;
}

// [RFC 8446] D.4: after a HelloRetryRequest both hellos follow a ChangeCipherSpec and are in the clear all the same. A
// ciphertext that looks like this is one in 2^30.
bool hello_in_the_clear(bytes::View fragment) {
    bytes::Cursor in{fragment};
    const auto type = in.u8("msg_type");
    const std::size_t length = in.u24be("length");
    const auto version = in.u16be("legacy_version");
    const bool hello = type == static_cast<std::uint8_t>(HandshakeType::client_hello) ||
                       type == static_cast<std::uint8_t>(HandshakeType::server_hello);
    return !in.error() && hello && version == 0x0303 && length <= kLargestMessage &&
           length + kMessageHeaderSize >= fragment.size();
}

}  // namespace

bool StreamReader::next_item(Located& item) {
    if (record_.type != static_cast<std::uint8_t>(ContentType::handshake) && break_off_message(item)) return true;
    if (record_.type == static_cast<std::uint8_t>(ContentType::application_data)) {
        encrypted_ = true;
        return give_record(item, ApplicationData{record_.length});
    }
    // [RFC 8446] 5.1 allows no empty fragment here. Where the next record begins is known all the same.
    if (record_.length == 0 || record_.type == kHeartbeat) {
        const bool empty = record_.length == 0;
        bool& told = empty ? told_empty_ : told_heartbeat_;
        end_record();
        if (told) return false;
        told = true;
        if (empty)
            return give(item, Unparsed{{Problem::bad_value, "length", record_offset_ + 3, 1, 0}, "a TLS record"});
        return give(item, Unparsed{{Problem::unsupported, "type", record_offset_, 0, 0}, "a TLS heartbeat record"});
    }
    switch (static_cast<ContentType>(record_.type)) {
        case ContentType::alert:
            return whole_alert(item);
        case ContentType::change_cipher_spec:
            return whole_change_cipher_spec(item);
        default:
            return next_handshake(item);
    }
}

bool StreamReader::next_handshake(Located& item) {
    if (!fragment_.empty() || !fragment_whole_) {
        if (encrypted_ && message_.empty() && !hello_in_the_clear(fragment_))
            return give_record(item, EncryptedHandshake{record_.length});
        if (!fragment_whole_)
            return lose_messages(item,
                                 {Problem::truncated, "fragment", record_offset_, record_.length, fragment_.size()});
        if (message_.empty()) {
            if (!boundary_known_ && !begins_with_message(fragment_))
                return lose_messages(item, {Problem::bad_value, "msg_type", record_offset_ + kRecordHeaderSize, 0, 0});
            message_offset_ = record_offset_;
        }
        message_.insert(message_.end(), fragment_.begin(), fragment_.end());
        fragment_.clear();
        boundary_known_ = true;
        messages_lost_ = false;
    }
    return next_message(item);
}

bool StreamReader::next_message(Located& item) {
    const bytes::View rest = bytes::View{message_}.subspan(message_taken_);
    bytes::Cursor in{rest};
    HandshakeMessage message;
    message.type = in.u8("msg_type");
    message.length = in.u24be("length");
    if (!in.error() && message.length > kLargestMessage)
        return lose_messages(item, {Problem::unsupported, "length", message_offset_, kLargestMessage, message.length});
    message.body = in.take(message.length, "body");
    if (in.error()) {  // it goes on in the next record
        end_record();
        return false;
    }
    item = {message, message_offset_};
    message_taken_ += kMessageHeaderSize + message.length;
    message_offset_ = record_offset_;  // what follows it came with this record
    return true;
}

bool StreamReader::whole_alert(Located& item) {
    // Authentication and padding make every encrypted alert longer than this.
    constexpr std::uint16_t kAlertSize = 2, kSmallestEncrypted = 18;
    if (record_.length == kAlertSize) {
        const auto alert = parse_alert(fragment_, record_offset_ + kRecordHeaderSize);
        end_record();
        if (!alert) return give(item, Unparsed{alert.error(), "a TLS alert"});
        return give(item, *alert);
    }
    // In mid-stream the ChangeCipherSpec may have passed unseen.
    if (!boundary_known_ && record_.length >= kSmallestEncrypted) encrypted_ = true;
    if (encrypted_) return give_record(item, EncryptedAlert{record_.length});
    end_record();
    return give(
        item, Unparsed{{Problem::bad_value, "length", record_offset_ + 3, kAlertSize, record_.length}, "a TLS alert"});
}

bool StreamReader::whole_change_cipher_spec(Located& item) {
    const bool one = record_.length == 1 && (fragment_.empty() || fragment_.front() == std::byte{1});
    if (!one && !encrypted_) {
        end_record();
        return give(item, Unparsed{{Problem::bad_value, "type", record_offset_ + kRecordHeaderSize, 1, record_.length},
                                   "a TLS ChangeCipherSpec"});
    }
    encrypted_ = true;
    return give_record(item, ChangeCipherSpec{record_.length});
}

// [RFC 8446] 5.1: nothing may come between the records of one message. Where it does, or where a gap swallowed the
// rest, the message will not become whole.
bool StreamReader::break_off_message(Located& item) {
    bytes::View rest = bytes::View{message_}.subspan(message_taken_);
    if (rest.empty()) return false;
    bytes::Cursor in{rest};
    in.skip(1, "msg_type");
    const std::size_t need = kMessageHeaderSize + in.u24be("length");
    item = {Unparsed{{Problem::truncated, "body", message_offset_, need, rest.size()}, "a TLS handshake message"},
            message_offset_};
    message_.clear();
    message_taken_ = 0;
    boundary_known_ = false;
    return true;
}

bool StreamReader::lose_messages(Located& item, const bytes::ParseError& error) {
    const bool told = messages_lost_;
    const std::uint64_t offset = message_.empty() ? record_offset_ : message_offset_;
    message_.clear();
    message_taken_ = 0;
    end_record();
    boundary_known_ = false;
    messages_lost_ = true;
    if (told) return false;
    item = {Unparsed{error, "a TLS handshake message"}, offset};
    return true;
}

}  // namespace rdpdx::tls
