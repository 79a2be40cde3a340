// One direction of a connection whose keys are known: records -> what was in them.
#pragma once

#include "parsers/tls/key_schedule.hpp"
#include "parsers/tls/tls.hpp"

namespace rdpdx::tls {

struct Plaintext {
    std::uint8_t type{};           // of TLS 1.3 that which was hidden
    bytes::View fragment;          // lives until the next call to the same decryptor; without any padding
    std::uint64_t sequence{};      // of the record
    std::uint64_t records_lost{};  // before it, as found out after records_lost()
};

// Counts the records of its keys. Each one is either opened or a failure, and after both the next one is expected: a
// record that does not authenticate says nothing about those behind it.
class RecordDecryptor {
public:
    // After a loss: how many records further a record is looked for, and how many records may fail to be found, each
    // looked for in the kSearchWidth numbers after those of the one before it.
    static constexpr std::uint64_t kSearchWidth = 64, kSearches = 16;

    // `secret`: up to TLS 1.2 the master secret, of TLS 1.3 the traffic secret of this side. Nothing where suite and
    // version do not fit each other, are not read here, or the secret's size is not theirs.
    static std::optional<RecordDecryptor> make(const Negotiated& negotiated, Side side, bytes::View secret);

    RecordDecryptor(RecordDecryptor&&) noexcept;
    RecordDecryptor& operator=(RecordDecryptor&&) noexcept;
    ~RecordDecryptor();

    // `base` is the fragment's offset, for errors. Their fields: "fragment" (truncated: not all of it is there, or too
    // short to hold what every record of the suite has), "length" (more than a record may hold), "padding_length",
    // "MAC" and "aead_output" (does not authenticate: a wrong secret, a wrong number, or other bytes than were sent),
    // "IV" (TLS 1.0, CBC: the record before it, in which its IV stood, was lost),
    // "type" (TLS 1.3: not a protected record, which does not count as one; or nothing but padding inside).
    bytes::Parsed<Plaintext> open(const RecordHeader& header, bytes::View fragment, std::size_t base = 0);
    // A record whose content was lost but whose header was seen.
    void skip(const RecordHeader& header);
    // An unknown number of whole records is missing before the next one. RC4 cannot go on after that.
    void records_lost() noexcept;

    // [RFC 8446] 7.2: after a KeyUpdate message of this side. False for other versions.
    bool update_keys();

    // The number that the next record should have. To be set back where records were tried that were never sent with
    // these keys.
    std::uint64_t sequence() const noexcept;
    void expect(std::uint64_t sequence) noexcept;

private:
    struct State;
    explicit RecordDecryptor(std::unique_ptr<State> state) noexcept;
    std::unique_ptr<State> state_;
};

}  // namespace rdpdx::tls
