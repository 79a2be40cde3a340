// The core as one walk: bytes -> tracks -> attempts -> report. No input or output of its own; inputs may be read in any
// order and in parallel, the report is the same.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "parsers/bytes/source.hpp"
#include "parsers/evtx/notice.hpp"
#include "parsers/tls/decryption.hpp"
#include "src/catalogue/catalogue.hpp"
#include "src/model/attempt.hpp"
#include "src/model/machine_texts.hpp"
#include "src/observe/events.hpp"
#include "src/rules/rule.hpp"

namespace rdpdx::analysis {

enum class Kind : std::uint8_t { unrecognised, pcap, pcapng, event_xml, event_json, evtx, machine_text };
bool is_log(Kind kind) noexcept;                   // of events, in any form
inline constexpr std::size_t kHeadNeeded = 16384;  // JSON may begin with an event's whole message
// What evidence may be packed into. `compressed` is one file, or a tar archive.
enum class Archive : std::uint8_t { none, zip, seven_zip, cabinet, tar, compressed };
// By the first bytes, never by a name. What is not ours gets a word of what it looks like.
struct Recognised {
    Kind kind{};
    std::string description;  // "pcapng capture"; for what is not ours: "JPEG image", "legacy event log (EVT)"
    std::string advice;       // what to do with it, where that is known
    Archive archive{};
    bool key_log{};  // secrets of TLS connections, see tls::KeyLog
};
Recognised recognise(bytes::View head);

struct ReadOptions {
    std::set<std::uint16_t> ports{3389};  // TCP ports taken for RDP's whatever their bytes say
    std::string filter;                   // libpcap expression; empty: every packet
    tls::Secrets secrets;                 // besides those that a capture brings itself
    bool decrypt_all{};                   // large records of active sessions too
    bool several{true};       // other captures may show the same connections: their packets are kept to compare
    evtx::Recover recover{};  // binary event logs: what to read besides the log's own records
};

// What one input gave. `input` lacks path, sha256 and bytes, which only the caller knows.
struct Reading {
    model::Input input;
    std::vector<model::Track> tracks;
    std::optional<observe::EventObserver::Rest> rest;  // of a log: events that may belong to what other inputs show
    std::uint64_t passed_over{};                       // events of a log that say nothing of connections
    std::vector<model::LogCover> logs;                 // of a log: each machine and channel in it
    std::vector<model::LogNote> log_health;            // what it went through
    std::optional<model::MachineTexts> texts;          // of a text about a machine
    // Secrets stood behind the packets that they open: read the input again with these.
    std::optional<tls::Secrets> late_secrets;
    bool key_log{};  // the input is one: no evidence of its own
};

// `index` becomes the evidence's input number.
Reading read(bytes::Source& source, Kind kind, std::uint32_t index, const ReadOptions& options,
             const catalogue::EventCatalogue& events);

// Nothing, or libpcap's sentence why the expression is wrong.
std::optional<std::string> filter_problem(const std::string& expression);

struct Scope {  // attempts outside of it are left out of the report
    std::optional<model::Time> from, to;
    std::string client, server, user;
    std::optional<std::uint16_t> port;
    rules::TraceWanted explain;  // rules whose judgement goes into the report
};

struct Knowledge {
    std::vector<rules::CauseRule> causes;
    catalogue::EventCatalogue events;
    std::string version;  // of the rules, for the report
};

model::Report analyze(std::vector<Reading> readings, const Knowledge& knowledge, const Scope& scope,
                      std::string version);

}  // namespace rdpdx::analysis
