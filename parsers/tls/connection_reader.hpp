// Both sides of one connection: records -> what is in them, opened where their secrets are known.
#pragma once

#include "parsers/tls/opening.hpp"

namespace rdpdx::tls {

// Application data that was opened.
struct OpenedData {
    bytes::View data;
};
// Items come in the order of the bytes that were fed. Those of StreamReader come as they are, each encrypted record
// too; what it held follows it. Memory is bounded as with StreamReader.
class ConnectionReader {
public:
    using Item = std::variant<ChangeCipherSpec, Alert, EncryptedAlert, EncryptedHandshake, ApplicationData,
                              HandshakeMessage, Unparsed, OpenedData, Opening>;
    // Null: no secrets, and nothing is opened.
    explicit ConnectionReader(const Secrets* secrets, SessionCache* sessions);

    // sink(Item, offset): the offset is that of the record in its side's stream. Views live during the call.
    template <class Sink>
    void feed(Side from, bytes::View data, std::uint64_t offset, Sink&& sink) {
        half(from).records.feed(data, offset, [&](const StreamReader::Located& located) {
            std::visit([&](const auto& item) { sink(Item{item}, located.offset); }, located.item);
            begin(from, located);
            Item opened;
            while (next(from, opened)) sink(opened, located.offset);
        });
    }
    void gap(Side from, std::uint64_t length);
    std::size_t pending(Side from) const noexcept { return half(from).records.pending(); }

    // What the hellos agreed on so far; without secrets it is not followed.
    Negotiated negotiated() const { return decryption_ ? decryption_->negotiated() : Negotiated{}; }

    // From now on larger records are not opened.
    void open_only(std::size_t largest);
    // A record was not opened because of its size since the last call.
    bool passed_over(Side from) noexcept { return std::exchange(half(from).passed_over, false); }

private:
    struct Half {
        StreamReader records;
        std::vector<std::byte> messages;  // opened handshake messages, from the first that is not finished
        std::size_t messages_taken{};
        std::optional<Plaintext> plaintext;  // what was opened and is not handed out yet
        OpeningLog log;
        bool passed_over{};
    };
    Half& half(Side side) noexcept { return side == Side::client ? client_ : server_; }
    const Half& half(Side side) const noexcept { return side == Side::client ? client_ : server_; }

    void begin(Side from, const StreamReader::Located& located);
    bool next(Side from, Item& item);
    bool next_message(Side from, Item& item);
    void open(Side from, std::uint64_t offset);
    void missing(Side from);

    std::optional<Decryption> decryption_;
    std::size_t largest_{};
    Half client_, server_;
};

}  // namespace rdpdx::tls
