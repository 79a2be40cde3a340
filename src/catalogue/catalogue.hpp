// What each Windows event means for a connection. The meanings are data (rules/events, one file a provider); this reads
// them and answers for one event at a time. It knows events by their provider, id and fields only, not by their files.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "src/model/log_event.hpp"
#include "src/model/words.hpp"
#include "src/yaml/yaml.hpp"

namespace rdpdx::catalogue {

// Whose log it is, and so whom the event's address belongs to: the other side.
enum class Side : std::uint8_t { client, server, either };
std::string_view id(Side side) noexcept;

// A field of the event by its name, or null where the event has none.
using Getter = std::function<const std::string*(std::string_view)>;

// One condition on a field. Texts compare without regard to case; for `is`, numbers compare as numbers (0x10 is 16).
// The condition holds if any of the values fits.
struct Condition {
    enum class Match : std::uint8_t { is, startswith, endswith, contains };
    std::string field;
    Match match{};
    std::vector<std::string> values;
    friend bool operator==(const Condition&, const Condition&) = default;
};

// How a field holds its number.
enum class NumberForm : std::uint8_t {
    plain,          // decimal or 0x hex, the whole field
    hex,            // hex digits with or without 0x, the whole field: "800B0109"
    parenthesised,  // "SetErrorInfo(0x7)"
    last_bytes,     // hex digits of raw bytes; the last four are the number, least significant first
};

struct CodeRole {
    std::vector<std::string> fields;  // the first that is not zero counts, or else the first that is a number
    std::string family;               // an id of the code families, e.g. "hresult"; empty if there is no code
    NumberForm form{};
};

// Which field carries what; empty names for roles that the event has not.
struct RoleFields {
    std::string address;  // of the other side; with_port: "203.0.113.7:50000", "[2001:db8::7]:50000"
    bool address_with_port{};
    std::string port;    // of the other side
    std::string target;  // what the user asked for, perhaps with ":port"
    std::string user, domain, session;
    CodeRole code;
};

struct EventEntry {
    std::string provider, guid, channel;  // as Windows writes them; guid in lower case without braces, may be empty
    Side side{};
    std::uint32_t id{};
    std::vector<Condition> when;  // all of them
    std::string name;             // a short word for rules and reports: "disconnected"
    std::optional<model::Stage> stage;
    model::Effect shows{model::Effect::noted};
    model::Party actor{model::Party::unknown};  // whose act it was, where the event says so by itself
    std::string state;                          // of EventScope::state; empty: no other entry speaks of it
    std::string health;  // what the log or its machine went through: "slept", "restarted"; or empty
    model::EventScope scope{model::EventScope::machine};  // without a word of it: a connection's if it has a stage
    RoleFields roles;
    std::string means;    // a sentence with {role} or {field name} in it
    std::string doubt;    // what is not certain about this meaning, or empty
    std::string source;   // where the meaning is from
    std::string example;  // one event as XML
    std::string file;     // where the entry stands
    int line{};
    // The entries of earlier files that this one stands instead of, as "file:line". They are gone.
    std::vector<std::string> replaces;
};

class EventCatalogue {
public:
    // Entries that are wrong are left out, each with its problem. Entries of a later file go before those of earlier
    // ones, so files that are added can say otherwise. An entry replaces those of earlier files for the same provider
    // and id that it would keep from ever being reached: with the same conditions, or all of them if it has none.
    static EventCatalogue load(std::span<const yaml::File> files, std::vector<yaml::Problem>& problems);

    // The first entry that fits, or null. A provider is known by its name in any case, with or without
    // "Microsoft-Windows-", or by its GUID (lower case, no braces; may be empty).
    const EventEntry* find(std::string_view provider, std::string_view guid, std::uint32_t id,
                           const Getter& field) const;
    const EventEntry* find(std::string_view provider, std::uint32_t id, const Getter& field) const {
        return find(provider, {}, id, field);
    }

    // Whether there is any entry for these, whatever its conditions.
    bool knows(std::string_view provider, std::string_view guid, std::uint32_t id) const;

    // What a person may call an event: the entries of that id whose provider or channel is called `who`, all entries
    // of that id if it is empty. See is_called().
    std::vector<const EventEntry*> called(std::string_view who, std::uint32_t id) const;

    std::size_t size() const noexcept { return entries_.size(); }
    const std::vector<EventEntry>& entries() const noexcept { return entries_; }

private:
    std::vector<EventEntry> entries_;
    std::unordered_map<std::uint32_t, std::vector<std::size_t>> by_id_;
};

// What the event's fields say in the entry's roles. Empty values, "-" and what has not the form of its role are left
// out.
struct Roles {
    std::optional<std::string>
        address;  // an IPv4 or IPv6 address without port, IPv4 also where it was mapped into IPv6
    std::optional<std::uint16_t> port;
    std::optional<std::string> target;  // without port
    std::optional<std::uint16_t> target_port;
    std::optional<std::string> user, domain, session;
    std::optional<std::int64_t> code;  // 32-bit codes are never negative: -2147467259 is 0x80004005
    std::string code_family;           // empty if the entry has no code
};
Roles read_roles(const EventEntry& entry, const Getter& field);

// The entry's sentence for this event. Values come from evidence, cut to a length fit for a line and not escaped; what
// is absent reads "(not given)".
std::string sentence(const EventEntry& entry, const Getter& field);

// Names of fields that the entry's roles and sentence speak of and the event has not. Of several fields for one role
// any will do.
std::vector<std::string> missing_fields(const EventEntry& entry, const Getter& field);

// Whether the entry speaks of this provider: by its name in any case, with or without "Microsoft-Windows-", or by its
// GUID (lower case, no braces; may be empty).
bool is_provider(const EventEntry& entry, std::string_view provider, std::string_view guid) noexcept;

// Whether people call the entry's provider or channel so, in any case: by the whole name or by the end of it after a
// hyphen ("RdpCoreTS", "TerminalServices-RemoteConnectionManager", "RDPClient", "RDPClient/Operational"), or by the
// usual initials (RCM, LSM, SCM).
bool is_called(const EventEntry& entry, std::string_view who) noexcept;

// Names of providers, in any case, with or without "Microsoft-Windows-".
bool same_provider(std::string_view a, std::string_view b) noexcept;
// The same text, or the same number (0x10 is 16).
bool same_value(std::string_view a, std::string_view b) noexcept;

// Whether all conditions hold.
bool holds(std::span<const Condition> conditions, const Getter& field);

}  // namespace rdpdx::catalogue
