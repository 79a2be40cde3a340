#include "parsers/evtx/bare_event.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace rdpdx::evtx {
namespace {

using Kind = Node::Kind;

struct Usual {
    std::uint8_t slot, type;
    std::string_view element, attribute;  // attribute empty: the element's text
};
// Where every template of the Windows event log has the values of System. Each but the identifier may be null.
constexpr std::array kUsual{Usual{3, value_type::kUInt16, "EventID", ""},
                            Usual{4, value_type::kUInt16, "EventID", "Qualifiers"},
                            Usual{11, value_type::kUInt8, "Version", ""},
                            Usual{0, value_type::kUInt8, "Level", ""},
                            Usual{2, value_type::kUInt16, "Task", ""},
                            Usual{1, value_type::kUInt8, "Opcode", ""},
                            Usual{5, value_type::kHexInt64, "Keywords", ""},
                            Usual{6, value_type::kFileTime, "TimeCreated", "SystemTime"},
                            Usual{10, value_type::kUInt64, "EventRecordID", ""},
                            Usual{7, value_type::kGuid, "Correlation", "ActivityID"},
                            Usual{8, value_type::kUInt32, "Execution", "ProcessID"},
                            Usual{9, value_type::kUInt32, "Execution", "ThreadID"},
                            Usual{12, value_type::kSid, "Security", "UserID"}};
// Of the templates that several providers share.
constexpr std::array kShared{
    Usual{14, value_type::kString, "Provider", "Name"}, Usual{15, value_type::kGuid, "Provider", "Guid"},
    Usual{16, value_type::kString, "Channel", ""}, Usual{13, value_type::kGuid, "Correlation", "RelatedActivityID"}};
constexpr std::size_t kRecordSlot = 10, kFirstOther = 13, kFirstUnshared = 17;

template <std::size_t N>
bool all_fit(const std::array<Usual, N>& rows, const std::vector<Slot>& slots) {
    return std::ranges::all_of(rows, [&](const Usual& row) {
        return row.slot < slots.size() && (slots[row.slot].type == row.type || slots[row.slot].null());
    });
}

Node element(std::string name) {
    Node node;
    node.kind = Kind::element;
    node.name = std::move(name);
    return node;
}
Node slot(std::size_t n) {
    Node node;
    node.kind = Kind::slot;
    node.optional = true;
    node.slot = static_cast<std::uint16_t>(n);
    return node;
}
Node text(std::string_view what) {
    Node node;
    node.kind = Kind::text;
    node.text = what;
    return node;
}

Node& child_of(Node& parent, std::string_view name) {
    const auto at = std::ranges::find(parent.children, name, &Node::name);
    if (at != parent.children.end()) return *at;
    parent.children.push_back(element(std::string{name}));
    return parent.children.back();
}

void put(Node& system, const Usual& row, Node value) {
    Node& node = child_of(system, row.element);
    if (row.attribute.empty())
        node.children.push_back(std::move(value));
    else
        node.attributes.push_back({std::string{row.attribute}, {std::move(value)}});
}

// The slots of an instance; empty if there is none. Outside of its chunk a definition that stands at once is known by
// repeating the instance's id, for its offset says nothing.
std::vector<Slot> slots_of(bytes::View chunk, std::size_t at, std::size_t end, bool in_chunk, InstanceHead& head) {
    std::vector<Slot> out;
    at = skip_fragment_header(chunk, at);
    const auto found = u8_at(chunk, at) == token::kTemplateInstance ? parse_instance_head(chunk, at + 1, end)
                                                                    : std::optional<InstanceHead>{};
    if (!found) return out;
    head = *found;
    const std::size_t size = u32_at(chunk, head.values + 20);
    if (!in_chunk && u32_at(chunk, head.values + 4) == head.id && size < end - head.values) head.values += 24 + size;
    if (!parse_values(chunk, head.values, end, out).whole) out.clear();
    return out;
}

}  // namespace

BareEvent read_bare_event(TemplateCache& templates, bytes::View chunk, std::size_t at, std::size_t end, bool in_chunk,
                          std::uint64_t id, std::uint64_t written) {
    BareEvent out;
    InstanceHead head;
    out.slots = slots_of(chunk, at, end, in_chunk, head);
    if (out.slots.empty()) return out;
    const std::size_t own = out.slots.size();
    out.usual = all_fit(kUsual, out.slots) && number_of(chunk, out.slots[kRecordSlot]) == id;
    const bool shared = out.usual && all_fit(kShared, out.slots) && !out.slots[14].null();
    Node event = element("Event"), system = element("System"), data = element("EventData");
    if (shared)
        for (const Usual& row : kShared) put(system, row, slot(row.slot));
    if (out.usual) {
        for (const Usual& row : kUsual) put(system, row, slot(row.slot));
    } else {
        TextBuffer time;
        Recent recent;
        time.advance(write_filetime(time.room(kMaxTimeText), written, recent));
        put(system, {0, 0, "TimeCreated", "SystemTime"}, text(time.view()));
        put(system, {0, 0, "EventRecordID", ""}, text(fmt::format("{}", id)));
    }
    std::vector<Node> whole;
    const auto value = [&](std::size_t n, std::string name) {
        Node one = element("Data");
        one.attributes.push_back({"Name", {text(name)}});
        one.children.push_back(slot(n));
        data.children.push_back(std::move(one));
    };
    for (std::size_t n = shared ? kFirstUnshared : out.usual ? kFirstOther : 0; n < own; ++n) {
        if (out.slots[n].type != value_type::kBinXml) {
            value(n, fmt::format("Value[{}]", n));
            continue;
        }
        InstanceHead inner;
        const std::size_t begin = out.slots[n].offset;
        const auto slots = slots_of(chunk, begin, begin + out.slots[n].size, in_chunk, inner);
        if (slots.empty() || templates.of(inner.definition, inner.id)) {
            whole.push_back(slot(n));
            continue;
        }
        for (std::size_t i = 0; i < slots.size() && out.slots.size() < kMaxSlots; ++i) {
            out.slots.push_back(slots[i]);
            value(out.slots.size() - 1, fmt::format("Value[{}][{}]", n, i));
        }
    }
    event.children.push_back(std::move(system));
    if (!data.children.empty()) event.children.push_back(std::move(data));
    std::ranges::move(whole, std::back_inserter(event.children));
    out.nodes.push_back(std::move(event));
    return out;
}

}  // namespace rdpdx::evtx
