// Event XML for tests, and what is read from it.
#pragma once

#include <fmt/format.h>

#include <algorithm>

#include "parsers/events/xml.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/trickle.hpp"

namespace rdpdx::test {

using events::Event;

inline constexpr std::string_view kDisconnected =
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
    "<Provider Name='Microsoft-Windows-TerminalServices-ClientActiveXCore' "
    "Guid='{28AA95BB-D444-4719-A36F-40462168127E}'/>"
    "<EventID>1026</EventID><Version>0</Version><Level>4</Level><Task>101</Task><Opcode>11</Opcode>"
    "<Keywords>0x4000000000000000</Keywords><TimeCreated SystemTime='2026-11-21T05:39:00.1234567Z'/>"
    "<EventRecordID>42</EventRecordID>"
    "<Correlation ActivityID='{59288327-6042-4B62-907A-3AF47A800000}' "
    "RelatedActivityID='{00000000-0000-0000-0000-000000000000}'/>"
    "<Execution ProcessID='3572' ThreadID='4080'/>"
    "<Channel>Microsoft-Windows-TerminalServices-RDPClient/Operational</Channel><Computer>client.example</Computer>"
    "<Security UserID='S-1-5-18'/></System><EventData><Data Name='Name'>Disconnect Reason</Data>"
    "<Data Name='Value'>2308</Data><Data Name='CustomLevel'>Info</Data></EventData></Event>";

struct Read {
    std::vector<Event> events;
    std::vector<events::Notice> damage;

    explicit Read(std::string_view text) : Read{bytes::view_of(text)} {}
    explicit Read(bytes::View data) {
        bytes::MemorySource source{data};
        auto result = events::read_xml(source, [&](Event&& event) {
            events.push_back(std::move(event));
            return true;
        });
        damage = std::move(result.damage);
        CHECK(result.events == events.size());
    }
    std::vector<std::uint32_t> ids() const {
        std::vector<std::uint32_t> out;
        for (const Event& event : events) out.push_back(event.id);
        return out;
    }
};
using Ids = std::vector<std::uint32_t>;

inline std::string event(unsigned id, std::string_view rest = "") {
    return fmt::format("<Event><System><Provider Name='P'/><EventID>{}</EventID></System>{}</Event>", id, rest);
}

inline std::string utf16(std::string_view ascii, bool big_endian) {
    std::string out;
    for (const char c : ascii) {
        if (big_endian) out += '\0';
        out += c;
        if (!big_endian) out += '\0';
    }
    return out;
}

}  // namespace rdpdx::test
