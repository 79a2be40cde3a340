// One Windows event, whatever file it came from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "parsers/bytes/text.hpp"

namespace rdpdx::events {

// A value of EventData or UserData. Names are as written, e.g. "Value", "Error Code", "EventXML/Param1"; a Data element
// without a name is "Data[0]", "Data[1]" in order; Binary is "Binary". In UserData names are paths of elements without
// their namespace prefixes; an attribute other than xmlns is "Chain/Certificate@subjectName". An attribute of Data
// other than Name stands before its value: "Value@Type", "Data@Type" where Data has no name. Elements of the rarer
// sections begin with the section: "ProcessingErrorData/ErrorCode".
struct Field {
    std::string name, value;
    friend bool operator==(const Field&, const Field&) = default;
};

struct Event {
    std::string provider, provider_guid;  // GUID in lower case without braces; may be empty
    std::string source_name;              // Provider's EventSourceName, where the export has it
    std::uint32_t id{};
    std::optional<std::uint32_t> qualifiers;
    std::uint32_t version{}, level{}, task{}, opcode{};
    std::uint64_t keywords{};
    std::optional<bytes::Time> time;  // UTC; nothing where TimeCreated is absent or unreadable
    std::uint64_t record{};           // EventRecordID; 0 where absent
    std::string channel, computer, user_sid;
    std::string activity_id, related_activity_id;  // GUIDs in lower case without braces; empty where absent or zero
    std::uint32_t process{}, thread{};
    std::vector<Field> system;        // what else System holds: "Execution@ProcessorID"; event XML only
    std::vector<Field> fields;        // in file order, names may repeat
    std::string data_name;            // EventData's Name; event XML only
    bool user_data{};                 // fields are elements of UserData, where an export of text said so
    std::string user_data_namespace;  // of the first element in UserData; event XML only
    bool positional{};                // the source gave values without names: "Data[0]" says no more than the place
    std::string message;              // RenderingInfo/Message where the export has it; never used for a decision
    std::vector<Field> rendering;     // what else RenderingInfo holds: "Level", "@Culture"; event XML only
    std::uint64_t offset{};           // of its first byte in the file
    std::uint64_t ordinal{};          // 1 is the first event of the file
    bool recovered{};                 // an older record, or one found by searching: the log itself does not count it
    // The first field of that name, or null.
    const std::string* field(std::string_view name) const noexcept;
};

}  // namespace rdpdx::events
