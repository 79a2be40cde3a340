// A fragment compiled to what rendering does with it: literal runs that are escaped already, and operations on slots.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/evtx/binxml.hpp"
#include "parsers/evtx/head_run.hpp"

namespace rdpdx::evtx {

// The children of Event/System that events::Event knows.
enum class SystemField : std::uint8_t {
    time,
    provider,
    provider_guid,
    source_name,
    id,
    qualifiers,
    version,
    level,
    task,
    opcode,
    keywords,
    record,
    channel,
    computer,
    user,
    activity,
    related,
    process,
    thread
};
inline constexpr std::size_t kSystemFields = 19;

// Where a value comes from.
struct Source {
    enum class Kind : std::uint8_t { none, literal, slot, mixed };
    Kind kind{};
    std::uint16_t slot{};
    std::string text;         // literal, UTF-8 without escapes
    std::vector<Node> parts;  // mixed: texts and slots
};
Source source_of(const std::vector<Node>& parts);

// A piece of the plan's pool.
struct Range {
    std::uint32_t at{}, size{};
};

struct Op {
    enum class Kind : std::uint8_t {
        // For fields:
        constant,   // `open` is the whole field; `name` and `close` its name and value without escapes
        field,      // an element's only content is a slot: repeated for each item of an array, entered for BinXML
        unnamed,    // the same, named by how many came before it
        attribute,  // a slot in an attribute: nothing when optional and null
        mixed,      // texts and slots, see Mixed
        content,    // a slot that stands among elements
        guard,      // optional slot: when null, the next `count` operations are left out
        // For XML:
        text,           // `open` and nothing else
        xml_value,      // a slot in an element with other content
        xml_attribute,  // `open` ( name=") and `close` (") around a slot
        xml_element,    // `open` and `close` are the element's tags around its only content
    };
    Kind kind{};
    bool optional{};
    bool unless_empty{};  // no field when the text is empty
    std::uint16_t slot{};
    Range open, close, name;
    std::uint32_t count{};  // guard: operations; mixed: index; content: which Section it stands in
};

// A field whose name or value is put together from texts and slots.
struct Mixed {
    std::vector<Node> name;  // dynamic names only
    std::string fixed_name;
    std::vector<Node> value;
    bool unless_blank{};
};

struct Plan {
    std::string pool;
    std::vector<Op> ops;
    std::vector<Mixed> mixed;
    std::string_view text(Range range) const noexcept { return std::string_view{pool}.substr(range.at, range.size); }
    void add(Range range, TextBuffer& out) const { out.add_padded(pool.data() + range.at, range.size); }
    Range keep(std::string_view text);
    // Last: makes room for add() to read behind the last piece.
    void seal() { pool.append(TextBuffer::kPadding, '\0'); }
};

// Where a fragment stands decides what its elements are called in the list of fields.
enum class Section : std::uint8_t {
    event,       // below Event: EventData, UserData and others
    event_data,  // Data elements, named by their Name
    elements,    // named by path
};
inline constexpr std::size_t kSections = 3;

// The fields of a fragment that stands in `section`. A field's `open` is {"name":"...","value":" and its `close` "},
// so that a list can be cut at its last comma.
Plan compile_fields(const std::vector<Node>& nodes, Section section);
inline constexpr std::uint32_t kNameAt = 9;  // in `open`: behind {"name":"
Plan compile_xml(const std::vector<Node>& nodes);

// A step of the head of a JSON line: `before` always, then the value, with `key` before it if it may be left out.
struct HeadOp {
    enum class Kind : std::uint8_t { time, text, optional_text, guid, correlation, number, optional_number, hex, end };
    Kind kind{};
    SystemField field{};
    Range before, key;
};

// A whole event: its System by field, and the rest.
struct EventPlan {
    std::array<Source, kSystemFields> system;
    bool has_event{}, has_system{};
    Plan head;  // the pool of head_ops
    std::vector<HeadOp> head_ops;
    std::vector<HeadRun> head_runs;  // of head_ops, in order; those of no run are written each time
    Plan other_system;               // what else System holds
    Plan data;                       // EventData, UserData and the other sections
    Plan rendering;                  // RenderingInfo without its Message
    Source message;
    const Source& of(SystemField field) const noexcept { return system[static_cast<std::size_t>(field)]; }
};
EventPlan compile_event(const std::vector<Node>& nodes);

// Texts of System as numbers and GUIDs: decimal or 0x hex with white space around it; lower case without braces.
std::optional<std::uint64_t> parse_number(std::string_view text) noexcept;
std::string normal_guid(std::string_view text);
inline constexpr std::string_view kNoGuid = "00000000-0000-0000-0000-000000000000";

// Made when first wanted.
struct Plans {
    std::unique_ptr<EventPlan> event;
    std::array<std::unique_ptr<Plan>, kSections> fields;
    std::unique_ptr<Plan> xml;
};

}  // namespace rdpdx::evtx
