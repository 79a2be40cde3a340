// Both sides of one DTLS association: datagrams -> what is in them, opened where its secrets are known.
#pragma once

#include <bitset>
#include <functional>

#include "parsers/tls/connection_reader.hpp"
#include "parsers/tls/dtls_messages.hpp"

namespace rdpdx::tls {

// Items are those of ConnectionReader. Handshake messages come whole, once, and in the order of their message_seq;
// where one is missing those behind it wait, until it comes, the other side answers, or finish(). Every other record is
// told when it comes, once even if the network repeats it. Memory is bounded by DtlsMessages of each side.
//
// A ClientHello with another random and message_seq 0 begins another handshake, in the clear another association.
class DtlsReader {
public:
    using Item = ConnectionReader::Item;
    // `from`: whose item it is, which need not be the sender of this datagram. `tag`: that of the datagram in which the
    // item began. Views live during the call.
    using Sink = std::function<void(Side from, const Item& item, std::uint64_t tag)>;

    // Null: no secrets, and nothing is opened. Both outlive the reader.
    explicit DtlsReader(const Secrets* secrets, SessionCache* sessions);

    // One datagram's payload, and a number for it that the caller chooses (a frame's, say).
    void datagram(Side from, bytes::View payload, std::uint64_t tag, const Sink& sink);
    // With the number of datagrams fed before it.
    void datagram(Side from, bytes::View payload, const Sink& sink) { datagram(from, payload, datagrams_, sink); }
    // Nothing more will come: what waited for something missing.
    void finish(const Sink& sink);

    // What the hellos agreed on so far, by underlying_version(); without secrets it is not followed.
    Negotiated negotiated() const { return decryption_ ? decryption_->negotiated() : Negotiated{}; }
    // From now on larger records are not opened.
    void open_only(std::size_t largest) noexcept { largest_ = largest; }

private:
    // [RFC 6347] 4.1.2.6: which of the latest records of an epoch were seen. Wider than an endpoint's, since a record
    // that is not told is lost.
    class Seen {
    public:
        bool contains(const DtlsRecordHeader& header) const noexcept;
        void add(const DtlsRecordHeader& header) noexcept;

    private:
        static constexpr std::size_t kWidth = 1024;
        std::uint16_t epoch_{};
        std::uint64_t highest_{};
        std::bitset<kWidth> behind_;  // by how much less than highest_
    };
    struct Half {
        DtlsMessages messages;
        Seen seen;
        OpeningLog log;
        std::optional<Random> random;       // the client's
        bool requested{};                   // the server's HelloRequest began this handshake
        bool told_unreadable{};             // and nothing was read since
        std::uint32_t encrypted_epoch{};    // the highest one seen
        std::optional<std::uint16_t> spec;  // epoch of the last ChangeCipherSpec
    };
    struct Place {
        Side from{};
        std::uint64_t tag{};
    };
    Half& half(Side side) noexcept { return side == Side::client ? client_ : server_; }

    void record(Place place, const DtlsRecordHeader& header, bytes::View fragment, const Sink& sink);
    void clear_record(Place place, const DtlsRecordHeader& header, bytes::View fragment, const Sink& sink);
    void encrypted_record(Place place, const DtlsRecordHeader& header, bytes::View fragment, const Sink& sink);
    void open(Place place, const DtlsRecordHeader& header, bytes::View fragment, const Sink& sink);
    void plaintext(Place place, const Plaintext& plaintext, const Sink& sink);
    void fragments(Place place, bytes::View fragment, bool opened, const Sink& sink);
    void notice_new_handshake(Side from, const DtlsHandshakeHeader& header, bytes::View body, bool opened);
    void answered(Side by, const Sink& sink);
    void deliver(Side from, const Sink& sink);
    void unreadable(Place place, const bytes::ParseError& error, std::string_view what, const Sink& sink);

    std::optional<Decryption> decryption_;
    std::size_t largest_;
    std::uint64_t datagrams_{};
    Half client_, server_;
};

}  // namespace rdpdx::tls
