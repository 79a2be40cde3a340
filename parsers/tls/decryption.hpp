// Which keys open which records of one connection, as its handshake says.
#pragma once

#include <deque>
#include <unordered_map>

#include "parsers/tls/record_decryptor.hpp"
#include "parsers/tls/rsa_key.hpp"

namespace rdpdx::tls {

// What the user knows of the connections in a capture. Copies share the keys.
struct Secrets {
    KeyLog key_log;
    std::vector<std::shared_ptr<const RsaKey>> rsa_keys;
    bool empty() const noexcept { return key_log.secrets() == 0 && rsa_keys.empty(); }
};

// [RFC 5246] 7.3, [RFC 5077] 3: master secrets by session id and by ticket, since a resumed connection has no other
// way to its own. The oldest of more than kMost goes.
class SessionCache {
public:
    static constexpr std::size_t kMost = 10'000;
    void add(bytes::View id, const Secret& master);
    const Secret* find(bytes::View id) const;

private:
    std::unordered_map<std::string, Secret> masters_;
    std::deque<std::string> ages_;
};

// Follows the handshake of one connection. Both must outlive it.
class Decryption {
public:
    Decryption(const Secrets& secrets, SessionCache& sessions) : secrets_{secrets}, sessions_{sessions} {}

    // The messages of both sides in the order in which they came, opened ones too.
    void message(Side from, const HandshakeMessage& message);
    // In the clear or opened.
    void change_cipher_spec(Side from);
    // An unknown number of records of that side is missing.
    void gap(Side from);

    // Of a record that is not opened, in its place.
    void skip(Side from, const RecordHeader& header);
    // Nothing where no keys are known: why() says more. A record that keys do not open is tried with those that follow
    // them, so that a lost Finished or ChangeCipherSpec loses nothing else.
    std::optional<bytes::Parsed<Plaintext>> open(Side from, const RecordHeader& header, bytes::View fragment,
                                                 std::size_t base);
    // The same of DTLS, where a record says its number and its keys are those of its epoch.
    std::optional<bytes::Parsed<Plaintext>> open_numbered(Side from, std::uint64_t number, const RecordHeader& header,
                                                          bytes::View fragment);

    enum class Missing { nothing, server_hello, secret, cipher };
    Missing why() const noexcept { return missing_; }
    const Negotiated& negotiated() const noexcept { return negotiated_; }

private:
    // The keys of one side, in the order in which they come into force.
    struct Keys {
        std::vector<RecordDecryptor> list;
        bool in_force{};  // the first of them; else they are awaited
        bool lossy{};     // something is missing since the last record
    };
    Keys& keys(Side side) { return side == Side::client ? client_ : server_; }
    void client_hello(const ClientHello& hello);
    void server_hello(const ServerHello& hello);
    void full_handshake();
    void client_key_exchange(bytes::View body);
    void finished(Side from);
    void early_data(const ClientHello& hello);
    void traffic(Side side, SecretLabel handshake, SecretLabel application);
    void master(const Secret& secret);
    void add(Side side, const Secret* secret);
    void transcribe(const HandshakeMessage& message);

    const Secrets& secrets_;
    SessionCache& sessions_;
    Missing missing_{Missing::server_hello};
    Negotiated negotiated_;
    std::optional<ClientHello> hello_;
    std::vector<std::uint8_t> session_id_;  // of the server's hello
    Secret master_;                         // of this connection, to be remembered with its tickets
    bool resumed_{};                        // by what the cache knows
    std::optional<Transcript> transcript_;  // with RSA keys only
    Keys client_, server_;
};

}  // namespace rdpdx::tls
