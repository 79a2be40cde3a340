// The whole event: System by field, then the sections.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "parsers/evtx/plan.hpp"

namespace rdpdx::evtx {
namespace {

using enum SystemField;

struct Row {
    std::string_view element, attribute;  // attribute empty: the element's text
    SystemField field;
};
// The event schema, System.
constexpr std::array kRows{Row{"Provider", "Name", provider},
                           Row{"Provider", "Guid", provider_guid},
                           Row{"Provider", "EventSourceName", source_name},
                           Row{"EventID", "", id},
                           Row{"EventID", "Qualifiers", qualifiers},
                           Row{"Version", "", version},
                           Row{"Level", "", level},
                           Row{"Task", "", task},
                           Row{"Opcode", "", opcode},
                           Row{"Keywords", "", keywords},
                           Row{"TimeCreated", "SystemTime", time},
                           Row{"EventRecordID", "", record},
                           Row{"Correlation", "ActivityID", activity},
                           Row{"Correlation", "RelatedActivityID", related},
                           Row{"Execution", "ProcessID", process},
                           Row{"Execution", "ThreadID", thread},
                           Row{"Channel", "", channel},
                           Row{"Computer", "", computer},
                           Row{"Security", "UserID", user}};
static_assert(kRows.size() == kSystemFields);

struct Key {
    SystemField field;
    HeadOp::Kind kind;
    std::string_view key;
};
// The order of a JSON line. Kinds whose name begins with optional, and GUIDs, are left out when there is nothing.
constexpr std::array kKeys{Key{time, HeadOp::Kind::time, "time"},
                           Key{provider, HeadOp::Kind::text, "provider"},
                           Key{provider_guid, HeadOp::Kind::guid, "guid"},
                           Key{source_name, HeadOp::Kind::optional_text, "source"},
                           Key{id, HeadOp::Kind::number, "id"},
                           Key{qualifiers, HeadOp::Kind::optional_number, "qualifiers"},
                           Key{version, HeadOp::Kind::number, "version"},
                           Key{level, HeadOp::Kind::number, "level"},
                           Key{task, HeadOp::Kind::number, "task"},
                           Key{opcode, HeadOp::Kind::number, "opcode"},
                           Key{keywords, HeadOp::Kind::hex, "keywords"},
                           Key{record, HeadOp::Kind::number, "record"},
                           Key{channel, HeadOp::Kind::text, "channel"},
                           Key{computer, HeadOp::Kind::text, "computer"},
                           Key{user, HeadOp::Kind::optional_text, "user"},
                           Key{activity, HeadOp::Kind::correlation, "activity"},
                           Key{related, HeadOp::Kind::correlation, "related"},
                           Key{process, HeadOp::Kind::number, "process"},
                           Key{thread, HeadOp::Kind::number, "thread"}};

std::string_view local_name(std::string_view name) noexcept { return name.substr(name.rfind(':') + 1); }

std::string_view trim(std::string_view text) noexcept {
    constexpr std::string_view kSpace = " \t\r\n";
    const auto first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

const Node* element_of(const std::vector<Node>& nodes, std::string_view name) {
    for (const Node& node : nodes)
        if (node.kind == Node::Kind::element && local_name(node.name) == name) return &node;
    return nullptr;
}

std::vector<Node> parts_of(const std::vector<Node>& nodes) {
    std::vector<Node> out;
    for (const Node& node : nodes)
        if (node.kind == Node::Kind::text || node.kind == Node::Kind::slot) out.push_back(node);
    return out;
}

const Row* row_of(std::string_view element, std::string_view attribute) {
    const auto at = std::ranges::find_if(
        kRows, [&](const Row& row) { return row.element == element && row.attribute == attribute; });
    return at == kRows.end() ? nullptr : &*at;
}

// Takes from System what has a field of its own; returns the rest, which is usually nothing.
std::vector<Node> read_system(EventPlan& plan, const Node& system) {
    std::vector<Node> rest;
    std::array<bool, kSystemFields> seen{};
    const auto take = [&](const Row* row, const std::vector<Node>& parts) {
        if (!row || seen[static_cast<std::size_t>(row->field)]) return false;
        seen[static_cast<std::size_t>(row->field)] = true;
        plan.system[static_cast<std::size_t>(row->field)] = source_of(parts);
        return true;
    };
    for (const Node& node : system.children) {
        if (node.kind != Node::Kind::element) continue;
        const auto name = local_name(node.name);
        Node left = node;
        left.children.clear();
        left.attributes.clear();
        for (const Attribute& a : node.attributes)
            if (!a.name.starts_with("xmlns") && !take(row_of(name, local_name(a.name)), a.value))
                left.attributes.push_back(a);
        const auto parts = parts_of(node.children);
        if (!take(row_of(name, ""), parts) && !parts.empty()) left.children = parts;
        for (const Node& child : node.children)
            if (child.kind == Node::Kind::element) left.children.push_back(child);
        if (!left.attributes.empty() || !left.children.empty()) rest.push_back(std::move(left));
    }
    return rest;
}

// Literals are written into the line at once.
class HeadCompiler {
public:
    explicit HeadCompiler(EventPlan& plan) : plan_{plan} {}

    void compile() {
        literal_ = "{";
        for (const Key& key : kKeys) one(key);
        HeadOp end;
        end.kind = HeadOp::Kind::end;
        end.before = plan_.head.keep(literal_);
        plan_.head_ops.push_back(end);
        plan_.head.seal();
        find_runs();
    }

private:
    // What differs from record to record ends a run.
    static bool repeats(SystemField field) { return field > time && field <= user && field != record; }
    void find_runs() {
        constexpr std::size_t kWorthIt = 2;
        std::vector<std::uint16_t> slots;
        for (std::size_t i = 0; i < plan_.head_ops.size(); ++i) {
            const HeadOp& op = plan_.head_ops[i];
            const Source& source = plan_.of(op.field);
            const bool in_run = op.kind != HeadOp::Kind::end && repeats(op.field) && source.kind == Source::Kind::slot;
            if (in_run) slots.push_back(source.slot);
            if (in_run || slots.empty()) continue;
            if (slots.size() >= kWorthIt) plan_.head_runs.emplace_back(i - slots.size(), slots);
            slots.clear();
        }
    }

    void one(const Key& key) {
        const Source& source = plan_.of(key.field);
        const bool may_lack = key.kind == HeadOp::Kind::optional_text || key.kind == HeadOp::Kind::guid ||
                              key.kind == HeadOp::Kind::correlation || key.kind == HeadOp::Kind::optional_number;
        std::string name = (literal_ == "{" ? "\"" : ",\"") + std::string{key.key} + "\":";
        if (source.kind == Source::Kind::none && may_lack) return;
        if (source.kind == Source::Kind::literal || source.kind == Source::Kind::none) {
            if (const auto value = literal(key.kind, source.text)) {
                if (!value->empty()) literal_ += name + *value;
                return;
            }
        }
        HeadOp op;
        op.kind = key.kind;
        op.field = key.field;
        if (may_lack) {
            op.key = plan_.head.keep(name);
        } else {
            literal_ += name;
        }
        op.before = plan_.head.keep(literal_);
        literal_.clear();
        plan_.head_ops.push_back(op);
    }

    // What a literal becomes; empty where it is left out, nothing where it takes more than this to say.
    static std::optional<std::string> literal(HeadOp::Kind kind, const std::string& text) {
        const auto quoted = [](std::string_view t) { return '"' + dressed(Dress::json, t) + '"'; };
        switch (kind) {
            case HeadOp::Kind::text:
                return quoted(text);
            case HeadOp::Kind::optional_text:
                return text.empty() ? std::string{} : quoted(text);
            case HeadOp::Kind::guid:
                return text.empty() ? std::string{} : quoted(normal_guid(text));
            case HeadOp::Kind::number:
                return fmt::format("{}", parse_number(text).value_or(0));
            case HeadOp::Kind::hex:
                return fmt::format("\"{:#x}\"", parse_number(text).value_or(0));
            default:
                return {};
        }
    }

    EventPlan& plan_;
    std::string literal_;
};

}  // namespace

std::optional<std::uint64_t> parse_number(std::string_view text) noexcept {
    text = trim(text);
    const bool hex = text.starts_with("0x") || text.starts_with("0X");
    if (hex) text.remove_prefix(2);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, hex ? 16 : 10);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return {};
    return value;
}

std::string normal_guid(std::string_view text) {
    text = trim(text);
    if (text.size() >= 2 && text.front() == '{' && text.back() == '}') text = text.substr(1, text.size() - 2);
    std::string out{text};
    std::ranges::transform(out, out.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

EventPlan compile_event(const std::vector<Node>& nodes) {
    EventPlan plan;
    std::vector<Node> sections = nodes, other;
    if (const Node* const event = element_of(nodes, "Event")) {
        plan.has_event = true;
        sections = event->children;
        if (const Node* const system = element_of(sections, "System")) {
            plan.has_system = true;
            other = read_system(plan, *system);
        }
    }
    std::erase_if(sections,
                  [](const Node& n) { return n.kind == Node::Kind::element && local_name(n.name) == "System"; });
    if (const Node* const rendering = element_of(sections, "RenderingInfo")) {
        std::vector<Node> shown = rendering->children;
        if (const Node* const message = element_of(shown, "Message"))
            plan.message = source_of(parts_of(message->children));
        std::erase_if(shown,
                      [](const Node& n) { return n.kind == Node::Kind::element && local_name(n.name) == "Message"; });
        plan.rendering = compile_fields(shown, Section::elements);
        std::erase_if(sections, [](const Node& n) { return local_name(n.name) == "RenderingInfo"; });
    }
    plan.other_system = compile_fields(other, Section::elements);
    plan.data = compile_fields(sections, Section::event);
    HeadCompiler{plan}.compile();
    return plan;
}

}  // namespace rdpdx::evtx
