// What a person asks about an event: "RdpCoreTS/140", "TerminalServices-RemoteConnectionManager 1149".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/catalogue/catalogue.hpp"

namespace rdpdx::catalogue {

// An event's id as people write it: decimal digits and nothing else.
std::optional<std::uint32_t> event_id(std::string_view text) noexcept;

struct EventQuery {
    std::string text;  // as it was asked
    std::string who;   // a provider or a channel as people call it, see is_called(); empty: any
    std::uint32_t id{};
};
// A name and a decimal id with a slash or white space between them, or "event:1149". Nothing for what can be no event,
// such as "0x904/0x7" and "icmp:3/4"; whether there is such a provider is not asked.
std::optional<EventQuery> read_query(std::string_view text);

struct EventAnswer {
    std::string query;
    std::vector<const EventEntry*> entries;  // of the catalogue, the one that counts first; empty if there is none
    std::vector<std::string> notes;          // whole sentences
    std::vector<std::string> did_you_mean;   // queries that have entries
};
EventAnswer answer(const EventCatalogue& catalogue, const EventQuery& query);

// Whether any entry's provider or channel is called so.
bool knows_caller(const EventCatalogue& catalogue, std::string_view who);

// "RdpCoreTS/140": without Microsoft-Windows-.
std::string short_id(const EventEntry& entry);
// "EventName is one of a, b", "Data[0] begins with x".
std::string to_text(const Condition& condition);
std::string_view id(Condition::Match match) noexcept;

}  // namespace rdpdx::catalogue
