// What one source saw of one connection (Track), and what all sources together say about it (Attempt, Report).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "src/model/observation.hpp"
#include "src/model/trace.hpp"
#include "src/model/udp.hpp"
#include "src/model/zone.hpp"

namespace rdpdx::model {

struct Endpoint {
    std::string address;  // empty when not known
    std::uint16_t port{};
    std::string name;
};

// What X.224 negotiated. Names as codes::protocols_text gives them: "SSL", "HYBRID".
struct Negotiation {
    std::optional<std::string> cookie, routing_token;
    std::vector<std::string> requested;
    std::optional<std::string> selected;
    std::optional<std::int64_t> failure;
    std::string correlation_id;  // hex, empty where none was sent
};

struct Tls {
    std::string version, cipher, sni;  // empty when not seen
    bool tls13{};
};

struct Certificate {
    std::string subject, issuer, serial, sha1, sha256, key_algorithm, signature_algorithm;
    std::vector<std::string> subject_alt_names, extended_key_usage;
    unsigned key_bits{};
    std::optional<Time> not_before, not_after;
    bool self_signed{};
    bool valid_at_capture{};  // the capture's time lies within not_before and not_after
};

// One side of a captured connection.
struct WireHalf {
    std::uint64_t packets{}, payload_bytes{};
    std::uint32_t retransmissions{}, duplicates{}, zero_windows{}, keep_alives{};
    std::uint64_t gap_bytes{};
    std::uint64_t encrypted_records{}, encrypted_bytes{};  // application data after the handshake, alerts not counted
    std::vector<std::uint16_t> first_record_sizes;         // of those, at most kSizesKept
    std::optional<Time> last_payload;
    std::uint64_t unacknowledged{};  // payload bytes that the other side never acknowledged
    struct Closing {
        Time time{};
        bool reset{};
        Evidence evidence;
        std::uint8_t hop_limit{};
    };
    std::optional<Closing> closing;  // its first FIN or RST
};
inline constexpr std::size_t kSizesKept = 40;

// One TLS record of application data, as the capture shows it.
struct EncryptedRecord {
    Party from{};
    std::uint16_t length{};  // of the fragment, without the record's header
    Time time{};
    Evidence evidence;
};
// Enough for a connection sequence in which 31 static channels, the I/O, user and message channel are joined one by
// one.
inline constexpr std::size_t kRecordsKept = 128;

// A packet of a captured connection, as far as another capture's view of it can be compared.
struct WirePacket {
    Time time{};
    std::uint64_t frame{}, offset{};                       // as in Evidence
    std::uint64_t source_mac{};                            // 0 where there is none
    std::uint32_t sequence{}, acknowledgment{}, length{};  // of the payload
    std::uint32_t digest{};                                // of its first bytes; 0 where they are not known
    std::uint16_t identification{}, window{};
    std::uint8_t hop_limit{};
    Party from{};  // client or server
    bool syn{}, ack{}, fin{}, rst{}, dont_fragment{};
};

// Facts of a captured TCP connection that are not single observations.
struct Wire {
    std::uint64_t flow{};
    bool starts_midway{}, connected{}, refused{};
    bool tls_seen{}, tls_finished{};  // both Finished were seen, or with TLS 1.3 what must be them
    bool another_protocol{};          // what came is not RDP's
    bool gateway{};                   // it goes through an RD Gateway, and the TCP connection is with that
    bool opened{};                    // what TLS carried is readable, both ways
    std::string secrets;              // why it is not although secrets were given: "wrong", "missing", "no-hello", ...
    // The last packet of the capture, or the last before it fell silent for so long that it may be another's.
    Time capture_end{};
    std::optional<Party> unseen{};    // a side that must be there and of which no packet was captured
    std::uint64_t cut{};              // segments of which the capture has only the beginning
    std::uint64_t dropped{};          // packets that the capturing machine says it lost, of the whole capture
    std::vector<WirePacket> packets;  // in order, without copies; in long connections the first ones and the last
    std::size_t first_packets{};      // so many of these are without a gap; the others are the last ones
    WireHalf client, server;
    std::vector<EncryptedRecord> records;  // the first kRecordsKept of both sides, in order; alerts not counted
    Negotiation negotiation;
    Tls tls;
    std::shared_ptr<const Certificate> certificate;  // null where none was read
};

// How far the clock of a log's machine, or of a second capture's, is ahead of the packets', found by connections that
// both know, or by packets that both captures have.
struct Clock {
    Duration ahead{};             // negative where it is behind
    Duration error{};             // either way
    std::size_t anchors{};        // connections, or packets, that say so
    std::int64_t drift_ppb{};     // billionths of the time that it gains; 0 where none shows
    std::optional<Time> since{};  // by that clock: it was set then, and stands like this only afterwards
};

// One source's view of one connection. Times are as the source wrote them.
struct Track {
    Origin origin{};
    std::uint32_t input{};
    Endpoint client, server;
    std::string user, target, activity_id;
    Time started{}, ended{};
    Precision precision{Precision::nano};
    std::vector<Observation> seen;  // by time
    Boxed<Wire> wire;               // Origin::capture only: a TCP connection
    // Origin::capture only: an RDP-UDP conversation; then there is no `wire`.
    Boxed<UdpTransport> udp;
    std::optional<Clock> clock;  // of logs and second captures, where it could be found

    // Null where there is none of that kind.
    const Observation* first(std::string_view kind) const noexcept {
        for (const Observation& o : seen)
            if (o.kind == kind) return &o;
        return nullptr;
    }
    // The time of this source, by the packets' clock.
    Time corrected(Time time) const noexcept { return clock ? time - clock->ahead : time; }
};

// The time of which a log speaks: it can show that something was not logged.
struct LogCover {
    std::uint32_t input{};
    std::string computer, channel;
    Origin origin{Origin::other_log};  // whose log it is, for one attempt
    Time first{}, last{};              // of its events, by the packets' clock where that is known
};

struct StageResult {
    Stage stage{};
    StageStatus status{};
    Basis basis{Basis::observed};
    std::vector<Evidence> evidence;
    Said note;
};

struct Step {  // something to do
    Said text, command, caution, cause;
};

// A cause that rules found, with what speaks for and against it.
struct Finding {
    std::string id;
    Said title;
    Confidence confidence{};
    std::vector<Evidence> evidence, contradicting;
    std::vector<Said> because, against;  // sentences
    std::vector<Step> remedy;
    bool fallback{};  // a description rather than an explanation; stands back behind any other
};

struct Missing {
    Said what, how;
};

// What became of the packets of one side between two captures of its connection. Lengths are those of TCP payloads.
struct PathWay {
    std::uint64_t compared{};  // packets that left while the other capture ran
    std::uint64_t
        lost{};  // of these, those that did not arrive, retransmissions included; acknowledgments do not count
    std::uint64_t lost_bytes{};     // payload of those
    std::uint64_t never_arrived{};  // bytes of it (a SYN or FIN is one) of which no copy arrived
    // Packets that the other capture may have missed: they were acknowledged, or its machine dropped packets.
    std::uint64_t missed{};
    std::uint32_t smallest_lost{}, largest_lost{}, largest_passed{};
    std::uint64_t passed_after{};             // payloads that arrived and had left after the first lost packet
    std::optional<Time> first_never_arrived;  // by the reference clock
    struct Example {
        Evidence sent;                 // where it was seen to leave
        std::optional<Evidence> last;  // the packet before it that the other capture has, of the same side
        std::uint32_t length{};
        std::string what;  // "SYN", "payload", "RST"
        Time time{};       // by the reference clock
    };
    std::vector<Example> lost_packets, forged_packets;  // the first few; of forged ones `sent` is where it was received
    std::uint64_t forged{};  // packets in this side's name that it did not send, as the capture near it shows
};

// Two captures of one connection, compared packet by packet.
struct PathComparison {
    std::uint32_t near_client{}, near_server{};  // inputs
    std::string told_by;                         // "hop limits", "round trip", "absence"
    Duration round_trip_client{}, round_trip_server{};
    PathWay from_client, from_server;
    bool shown{true};        // false: the capture near the server does not show the connection at all
    std::string assumption;  // what has to be true for this, where the captures do not show it
};

struct Attempt {
    std::string id, incident;
    std::vector<Track> tracks;
    std::vector<LogCover> logs;  // of its two machines, whatever they hold of it
    Endpoint client, server;
    std::string user;
    Time started{}, ended{};
    Precision precision{Precision::nano};
    Outcome outcome{Outcome::incomplete};
    Party ended_by{Party::unknown};
    std::string end_kind;  // "fin", "reset", "refusal", ...; empty when nothing ended it
    std::optional<Evidence> end_evidence;
    Said end_note;  // why ended_by is what it is, where that needs saying
    Stage stage{};
    Basis basis{Basis::observed};
    std::vector<Stage> possible_stages;  // others that fit as well, when inferred
    std::vector<StageResult> stages;     // all, in order
    Boxed<Finding> cause;
    std::vector<Finding> alternatives;
    std::vector<Field> codes;
    std::vector<std::string> codes_meaning;  // sentences: what the codes say together, and who said them
    Negotiation negotiation;
    Tls tls;
    std::shared_ptr<const Certificate> certificate;
    std::vector<UdpTransport> udp;  // each once, however many captures show it
    std::vector<Missing> missing;
    std::vector<Step> next_steps;
    std::vector<PathComparison> path;   // of pairs of captures
    std::vector<RuleTrace> rule_trace;  // where it was asked for
    std::string sentence;               // how it went and why, in a sentence or two
};

// Nothing but RDP-UDP is in evidence: no connection that could have failed.
inline bool udp_alone(const Attempt& attempt) {
    for (const Track& t : attempt.tracks)
        if (!t.udp) return false;
    return !attempt.tracks.empty();
}

struct Incident {
    std::string id;
    std::vector<std::size_t> attempts;  // indexes into Report::attempts
    Outcome outcome{};
};

struct Verdict {
    std::optional<std::size_t> attempt;
    Outcome outcome{Outcome::incomplete};
    std::string sentence;
};

// When a capture was running, and what it could not see.
struct Coverage {
    Time begin{}, end{};  // of its packets, or as its own statistics say
    struct Period {
        Time begin{}, end{};
    };
    std::vector<Period> periods;  // without long silences between packets; at most kMostPeriods
    bool by_statistics{};         // it ran from begin to end although no packet came
    bool every_packet{true};      // false where a filter left packets out
    std::string filter;           // what the capturing side let through, where it says so
    std::uint64_t packets{}, dropped{};
};
inline constexpr std::size_t kMostPeriods = 4096;

enum class InputStatus : std::uint8_t { ok, damaged, unrecognised };
struct Input {
    std::string path, kind, sha256;
    std::uint64_t bytes{}, items{};
    std::optional<Time> first_time, last_time;
    Precision precision{Precision::nano};
    InputStatus status{InputStatus::ok};
    std::vector<std::string> notes;
    std::optional<Coverage> coverage;  // captures only, where anything tells it
};

// What a log, or the machine that wrote it, went through: said once for the case, as it limits what the log can show.
struct LogNote {
    static constexpr std::string_view kClockChanged = "clock-changed";  // `time` is what the clock was set to
    std::uint32_t input{};
    std::string
        kind;  // "records-missing", "log-cleared", "slept", "resumed", "clock-changed", "restarted", "late-start", ...
    std::string computer, channel, text;
    std::optional<Time> time;
    Precision precision{Precision::hundred_nanos};
    std::optional<Evidence> evidence;
};

struct Report {
    std::string version, rules;
    bool redacted{};  // names and addresses are pseudonyms
    std::vector<Input> inputs;
    std::vector<Incident> incidents;
    std::vector<Attempt> attempts;
    std::vector<LogNote> log_health;
    Verdict verdict;
    Zone zone;  // in which people are shown times; machines get UTC
};

}  // namespace rdpdx::model
