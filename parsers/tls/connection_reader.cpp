#include "parsers/tls/connection_reader.hpp"

#include "parsers/tls/records.hpp"

namespace rdpdx::tls {
namespace {

template <class T>
const T* as(const StreamReader::Located& located) {
    return std::get_if<T>(&located.item);
}

}  // namespace

ConnectionReader::ConnectionReader(const Secrets* secrets, SessionCache* sessions) {
    if (!secrets || !sessions || secrets->empty()) return;
    decryption_.emplace(*secrets, *sessions);
    open_only(kLargestRecord);
}

void ConnectionReader::open_only(std::size_t largest) {
    if (!decryption_) return;
    largest_ = largest;
    client_.records.keep_application_data(largest);
    server_.records.keep_application_data(largest);
}

void ConnectionReader::gap(Side from, std::uint64_t length) {
    Half& h = half(from);
    h.records.gap(length);
    if (!decryption_) return;
    // A record whose middle is missing has its place; whole records that are missing have not.
    if (!h.records.synchronised()) {
        decryption_->gap(from);
        h.messages.clear();
        h.messages_taken = 0;
    }
}

// What the item means for the keys, and what its record holds.
void ConnectionReader::begin(Side from, const StreamReader::Located& located) {
    if (!decryption_) return;
    if (const auto* message = as<HandshakeMessage>(located)) return decryption_->message(from, *message);
    const auto* spec = as<ChangeCipherSpec>(located);
    if (spec && spec->length == 1) return decryption_->change_cipher_spec(from);
    if (spec || as<ApplicationData>(located) || as<EncryptedHandshake>(located) || as<EncryptedAlert>(located))
        open(from, located.offset);
}

void ConnectionReader::open(Side from, std::uint64_t offset) {
    Half& h = half(from);
    const auto record = h.records.ciphertext();
    if (h.log.given_up()) return;
    if (record.fragment.empty() && record.header.length > largest_) {
        decryption_->skip(from, record.header);
        h.passed_over = true;
        return;
    }
    const bytes::View fragment = record.whole ? record.fragment : bytes::View{};
    const auto opened = decryption_->open(from, record.header, fragment, offset + kRecordHeaderSize);
    if (!opened) return missing(from);
    if (*opened) {
        h.log.opened();
        h.plaintext = **opened;
        return;
    }
    h.passed_over = true;  // what it held is missing from the stream
    h.log.failed(opened->error());
}

void ConnectionReader::missing(Side from) {
    // [RFC 8446] 2.3: a client may send data before the server answers.
    if (from == Side::client && decryption_->why() == Decryption::Missing::server_hello) return;
    half(from).log.missing(decryption_->why());
}

bool ConnectionReader::next(Side from, Item& item) {
    Half& h = half(from);
    if (const auto opening = h.log.take()) {
        item = *opening;
        return true;
    }
    if (h.plaintext) {
        const Plaintext plaintext = *h.plaintext;
        h.plaintext.reset();
        switch (static_cast<ContentType>(plaintext.type)) {
            case ContentType::application_data:
                item = OpenedData{plaintext.fragment};
                return true;
            case ContentType::alert: {
                const auto parsed = parse_alert(plaintext.fragment);
                if (!parsed) return false;
                Alert alert = *parsed;
                alert.opened = true;
                item = alert;
                return true;
            }
            case ContentType::change_cipher_spec:
                decryption_->change_cipher_spec(from);
                return false;
            case ContentType::handshake:
                h.messages.insert(h.messages.end(), plaintext.fragment.begin(), plaintext.fragment.end());
                break;
            default:
                return false;
        }
    }
    return next_message(from, item);
}

bool ConnectionReader::next_message(Side from, Item& item) {
    Half& h = half(from);
    bytes::Cursor in{bytes::View{h.messages}.subspan(h.messages_taken)};
    HandshakeMessage message;
    message.type = in.u8("msg_type");
    message.length = in.u24be("length");
    message.opened = true;
    if (!in.error() && message.length > kLargestMessage) {
        h.messages.clear();
        h.messages_taken = 0;
        return false;
    }
    message.body = in.take(message.length, "body");
    if (in.error()) {
        h.messages.erase(h.messages.begin(), h.messages.begin() + static_cast<std::ptrdiff_t>(h.messages_taken));
        h.messages_taken = 0;
        return false;
    }
    h.messages_taken += kMessageHeaderSize + message.length;
    decryption_->message(from, message);
    item = message;
    return true;
}

}  // namespace rdpdx::tls
