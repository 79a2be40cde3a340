#include "parsers/tls/decryption.hpp"

#include <algorithm>

#include "parsers/tls/dtls.hpp"

namespace rdpdx::tls {
namespace {

constexpr std::uint16_t kTls13 = 0x0304;
constexpr std::uint16_t kEncryptThenMac = 22, kExtendedMasterSecret = 23, kEarlyData = 42;
constexpr std::size_t kMostKeys = 8;  // renegotiations that nobody saw the end of

bool has(const std::vector<std::uint16_t>& extensions, std::uint16_t type) {
    return std::ranges::find(extensions, type) != extensions.end();
}

std::string key_of(bytes::View id) { return std::string{bytes::text_of(id)}; }

// [RFC 6347] 4.2.6: what a header of DTLS has after msg_type and length, as if the message had come whole.
std::array<std::byte, 8> unfragmented(std::uint16_t message_seq, const std::array<std::byte, 4>& header) {
    const std::byte none{};
    return {static_cast<std::byte>(message_seq >> 8),
            static_cast<std::byte>(message_seq & 0xFF),
            none,
            none,
            none,
            header[1],
            header[2],
            header[3]};
}

bytes::View view_of(const std::vector<std::uint8_t>& octets) { return std::as_bytes(std::span{octets}); }

}  // namespace

void SessionCache::add(bytes::View id, const Secret& master) {
    if (id.empty() || master.empty()) return;
    const auto [at, fresh] = masters_.insert_or_assign(key_of(id), master);
    if (!fresh) return;
    ages_.push_back(at->first);
    if (ages_.size() <= kMost) return;
    masters_.erase(ages_.front());
    ages_.pop_front();
}

const Secret* SessionCache::find(bytes::View id) const {
    const auto at = id.empty() ? masters_.end() : masters_.find(key_of(id));
    return at == masters_.end() ? nullptr : &at->second;
}

void Decryption::message(Side from, const HandshakeMessage& message) {
    const auto type = static_cast<HandshakeType>(message.type);
    if (type == HandshakeType::client_hello && from == Side::client) {
        if (const auto hello = parse_client_hello(message.body)) client_hello(*hello);
    }
    transcribe(message);
    switch (type) {
        case HandshakeType::hello_verify_request:  // [RFC 6347] 4.2.1: neither it nor the hello before it counts
            hello_.reset();
            break;
        case HandshakeType::server_hello:
            if (const auto hello = parse_server_hello(message.body); hello && from == Side::server)
                server_hello(*hello);
            break;
        case HandshakeType::certificate:
            if (from == Side::server) full_handshake();
            break;
        case HandshakeType::client_key_exchange:
            client_key_exchange(message.body);
            break;
        case HandshakeType::new_session_ticket: {
            // [RFC 5077] 3.3: ticket_lifetime_hint, then the ticket. That of TLS 1.3 leads to no master secret.
            bytes::Cursor in{message.body};
            in.skip(4, "ticket_lifetime_hint");
            const auto ticket = in.take(in.u16be("length"), "ticket");
            if (!in.error() && negotiated_.version < kTls13) sessions_.add(ticket, master_);
            break;
        }
        case HandshakeType::finished:
            finished(from);
            break;
        case HandshakeType::key_update:
            if (Keys& k = keys(from); k.in_force && !k.list.empty()) k.list.front().update_keys();
            break;
        default:
            break;
    }
}

// [RFC 5246] 7.4.9, [RFC 7627] 3: the messages of one handshake, from its ClientHello.
void Decryption::transcribe(const HandshakeMessage& message) {
    if (secrets_.rsa_keys.empty() || !transcript_) return;
    const std::array<std::byte, 4> header{
        static_cast<std::byte>(message.type), static_cast<std::byte>(message.length >> 16 & 0xFF),
        static_cast<std::byte>(message.length >> 8 & 0xFF), static_cast<std::byte>(message.length & 0xFF)};
    transcript_->add(header);
    if (message.message_seq) transcript_->add(unfragmented(*message.message_seq, header));
    transcript_->add(message.body);
}

void Decryption::client_hello(const ClientHello& hello) {
    // [RFC 8446] 4.1.2: the second hello after a HelloRetryRequest has the same random and goes on where the first was.
    const bool again = hello_ && hello_->random == hello.random;
    hello_ = hello;
    negotiated_.client_random = hello.random;
    if (again) return;
    if (!secrets_.rsa_keys.empty()) transcript_.emplace();
    missing_ = Missing::server_hello;
    early_data(hello);
}

// [RFC 8446] 4.2.10: comes before the ServerHello that says which suite it is of; its own tag tells.
void Decryption::early_data(const ClientHello& hello) {
    const Secret* secret = secrets_.key_log.find(hello.random, SecretLabel::client_early_traffic);
    if (!secret || !has(hello.extensions, kEarlyData)) return;
    client_.list.clear();
    for (const auto suite : hello.cipher_suites) {
        if (client_.list.size() == kMostKeys) break;
        Negotiated guess = negotiated_;
        guess.version = kTls13;
        guess.cipher_suite = suite;
        if (auto made = RecordDecryptor::make(guess, Side::client, secret->view()))
            client_.list.push_back(std::move(*made));
    }
}

void Decryption::server_hello(const ServerHello& hello) {
    if (!hello_) return;  // whose random is not known
    negotiated_.version = underlying_version(hello.version());
    negotiated_.cipher_suite = hello.cipher_suite;
    negotiated_.server_random = hello.random;
    const auto both = [&](std::uint16_t type) { return has(hello_->extensions, type) && has(hello.extensions, type); };
    negotiated_.encrypt_then_mac = both(kEncryptThenMac);
    negotiated_.extended_master_secret = both(kExtendedMasterSecret);
    if (hello.hello_retry_request) return;
    if (!cipher_parameters(hello.cipher_suite)) {
        missing_ = Missing::cipher;
        return;
    }
    missing_ = Missing::secret;
    master_ = {};
    session_id_ = hello.session_id;
    if (negotiated_.version == kTls13) {
        traffic(Side::client, SecretLabel::client_handshake_traffic, SecretLabel::client_traffic_0);
        traffic(Side::server, SecretLabel::server_handshake_traffic, SecretLabel::server_traffic_0);
        return;
    }
    const Secret* known = secrets_.key_log.find(hello_->random, SecretLabel::master_secret);
    resumed_ = !known;
    // [RFC 5077] 3.4: a server that takes a ticket may echo any session id, so that both are asked.
    if (!known && hello.session_id == hello_->session_id) known = sessions_.find(view_of(hello.session_id));
    if (!known) known = sessions_.find(view_of(hello_->session_ticket));
    if (known) master(*known);
}

// [RFC 5246] 7.3: a server that shows its certificate resumes nothing.
void Decryption::full_handshake() {
    if (!resumed_ || master_.empty()) return;
    master_ = {};
    missing_ = Missing::secret;
    for (Keys* k : {&client_, &server_})
        if (!k->list.empty()) k->list.pop_back();
}

void Decryption::traffic(Side side, SecretLabel handshake, SecretLabel application) {
    add(side, secrets_.key_log.find(hello_->random, handshake));
    add(side, secrets_.key_log.find(hello_->random, application));
    // There is no ChangeCipherSpec that would say it: the first encrypted record is under the first of them.
    if (side == Side::server) keys(side).in_force = true;
}

void Decryption::client_key_exchange(bytes::View body) {
    const auto suite = cipher_parameters(negotiated_.cipher_suite);
    if (!transcript_ || !master_.empty() || !suite || suite->key_exchange != KeyExchange::rsa) return;
    const Secret session_hash = transcript_->digest(handshake_hash(negotiated_.version, negotiated_.cipher_suite));
    for (const auto& key : secrets_.rsa_keys) {
        const auto premaster = key->premaster(body);
        if (!premaster) continue;
        master(master_secret(negotiated_, premaster->view(), session_hash.view()));
        return;
    }
}

void Decryption::master(const Secret& secret) {
    master_ = secret;
    sessions_.add(view_of(session_id_), master_);
    add(Side::client, &master_);
    add(Side::server, &master_);
}

void Decryption::add(Side side, const Secret* secret) {
    Keys& k = keys(side);
    if (!secret || k.list.size() >= kMostKeys + 2) return;
    auto made = RecordDecryptor::make(negotiated_, side, secret->view());
    if (!made) return;
    missing_ = Missing::nothing;
    if (k.lossy) made->records_lost();
    k.list.push_back(std::move(*made));
}

void Decryption::finished(Side from) {
    Keys& k = keys(from);
    if (negotiated_.version != kTls13 || k.list.size() < 2) return;
    k.list.erase(k.list.begin());
    k.in_force = true;
}

void Decryption::change_cipher_spec(Side from) {
    Keys& k = keys(from);
    // [RFC 8446] D.4: in TLS 1.3 it means nothing.
    if (negotiated_.version == kTls13 || k.list.empty()) return;
    if (k.list.size() > 1) k.list.erase(k.list.begin(), k.list.end() - 1);
    k.in_force = true;
}

void Decryption::gap(Side from) {
    Keys& k = keys(from);
    k.lossy = true;
    for (RecordDecryptor& d : k.list) d.records_lost();
}

void Decryption::skip(Side from, const RecordHeader& header) {
    if (Keys& k = keys(from); !k.list.empty()) k.list.front().skip(header);
}

std::optional<bytes::Parsed<Plaintext>> Decryption::open(Side from, const RecordHeader& header, bytes::View fragment,
                                                         std::size_t base) {
    Keys& k = keys(from);
    if (k.list.empty()) return {};
    std::optional<bytes::Parsed<Plaintext>> failure;
    for (std::size_t i = 0; i < k.list.size(); ++i) {
        RecordDecryptor& keys_of = k.list[i];
        const std::uint64_t sequence = keys_of.sequence();
        auto opened = keys_of.open(header, fragment, base);
        if (opened) {
            // What came before these is over. What the plaintext is a view of moves with its decryptor.
            k.list.erase(k.list.begin(), k.list.begin() + static_cast<std::ptrdiff_t>(i));
            k.in_force = true;
            k.lossy = false;
            return opened;
        }
        // Only the keys in force count the record as theirs.
        if (i > 0 || !k.in_force) {
            keys_of.expect(sequence);
            if (k.lossy) keys_of.records_lost();
        }
        if (!failure) failure = std::move(opened);
    }
    return failure;
}

std::optional<bytes::Parsed<Plaintext>> Decryption::open_numbered(Side from, std::uint64_t number,
                                                                  const RecordHeader& header, bytes::View fragment) {
    Keys& k = keys(from);
    if (k.list.empty()) return {};
    std::optional<bytes::Parsed<Plaintext>> failure;
    for (std::size_t i = k.list.size(); i-- > 0;) {
        k.list[i].expect(number);
        auto opened = k.list[i].open(header, fragment);
        if (opened) {
            // Records of the epoch before may still come. What the plaintext is a view of moves with its decryptor.
            if (i > 1) k.list.erase(k.list.begin(), k.list.begin() + static_cast<std::ptrdiff_t>(i - 1));
            return opened;
        }
        if (!failure) failure = std::move(opened);
    }
    return failure;
}

}  // namespace rdpdx::tls
