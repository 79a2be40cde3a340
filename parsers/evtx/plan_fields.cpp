// The list of fields: what events::Event says about names, compiled.
#include <fmt/format.h>

#include <algorithm>

#include "parsers/evtx/plan.hpp"

namespace rdpdx::evtx {
namespace {

constexpr unsigned kMaxDepth = 32;      // as for exported XML: what lies deeper is left out
constexpr std::size_t kMaxPath = 1024;  // of a field's name
constexpr std::string_view kSpace = " \t\r\n";

std::string_view local_name(std::string_view name) noexcept { return name.substr(name.rfind(':') + 1); }

bool blank(std::string_view text) noexcept { return text.find_first_not_of(kSpace) == std::string_view::npos; }

bool declares_namespace(std::string_view name) noexcept { return name == "xmlns" || name.starts_with("xmlns:"); }

bool has_elements(const Node& node) {
    return std::ranges::find(node.children, Node::Kind::element, &Node::kind) != node.children.end();
}

// Text and slots of the element itself.
std::vector<Node> own_parts(const Node& node) {
    std::vector<Node> out;
    for (const Node& child : node.children)
        if (child.kind == Node::Kind::text || child.kind == Node::Kind::slot) out.push_back(child);
    return out;
}

class Compiler {
public:
    Plan take() {
        plan_.seal();
        return std::move(plan_);
    }

    void section(const std::vector<Node>& nodes, Section section, const std::string& around) {
        for (const Node& node : nodes) {
            if (node.kind == Node::Kind::slot) {
                Op& op = add(Op::Kind::content, around);
                op.slot = node.slot;
                op.count = static_cast<std::uint32_t>(section);
            }
            // No section has text of its own; what is there all the same is kept under the section's name.
            if (node.kind == Node::Kind::text && !blank(node.text) && !around.empty()) constant(around, node.text);
            if (node.kind == Node::Kind::element) element(node, section);
        }
    }

    void flatten(const Node& node, const std::string& path, unsigned depth) {
        if (depth > kMaxDepth || path.size() > kMaxPath) return;
        const std::size_t guard = guards(node);
        bool attributes = false;
        for (const Attribute& a : node.attributes) {
            if (declares_namespace(a.name)) continue;
            attributes = true;
            attribute(fmt::format("{}@{}", path, local_name(a.name)), a.value);
        }
        text(node, path, attributes);
        for (const Node& child : node.children)
            if (child.kind == Node::Kind::element)
                flatten(child, fmt::format("{}/{}", path, local_name(child.name)), depth + 1);
        close_guards(guard);
    }

private:
    void element(const Node& node, Section section) {
        const std::string name{local_name(node.name)};
        if (section == Section::event && name == "EventData")
            return this->section(node.children, Section::event_data, name);
        if (section == Section::event && name == "UserData")
            return this->section(node.children, Section::elements, name);
        if (section == Section::event_data && (name == "Data" || name == "ComplexData")) return data(node);
        flatten(node, name, 1);
    }

    void data(const Node& node) {
        const auto named =
            std::ranges::find(node.attributes, "Name", [](const Attribute& a) { return local_name(a.name); });
        const bool has_name = named != node.attributes.end() && !named->value.empty();
        const Source name = has_name ? source_of(named->value) : Source{};
        const bool is_fixed = name.kind == Source::Kind::literal && !name.text.empty();
        const auto parts = own_parts(node);
        if (has_name && !is_fixed && name.kind != Source::Kind::literal) return dynamic(named->value, parts);
        const std::string shown = is_fixed ? name.text : "Data";
        const std::size_t guard = guards(node);
        for (const Attribute& a : node.attributes)
            if (&a != &*named && !declares_namespace(a.name))
                attribute(fmt::format("{}@{}", shown, local_name(a.name)), a.value);
        if (has_elements(node)) {
            for (const Node& child : node.children)
                if (child.kind == Node::Kind::element)
                    flatten(child, fmt::format("{}/{}", shown, local_name(child.name)), 1);
        } else if (is_fixed) {
            leaf(shown, parts, false);
        } else {
            unnamed(parts);
        }
        close_guards(guard);
    }

    void unnamed(const std::vector<Node>& parts) {
        if (parts.size() == 1 && parts[0].kind == Node::Kind::slot) {
            Op& op = add(Op::Kind::unnamed, "");
            op.slot = parts[0].slot;
            op.optional = parts[0].optional;
        } else {
            Op& op = add(Op::Kind::mixed, "");
            op.count = keep({{}, "", parts, false});
        }
    }

    void dynamic(const std::vector<Node>& name, const std::vector<Node>& parts) {
        Op& op = add(Op::Kind::mixed, "");
        op.count = keep({name, "", parts, false});
    }

    void text(const Node& node, const std::string& path, bool attributes) {
        const auto parts = own_parts(node);
        if (!has_elements(node)) return leaf(path, parts, attributes);
        const bool slots = std::ranges::find(parts, Node::Kind::slot, &Node::kind) != parts.end();
        if (slots) {
            Op& op = add(Op::Kind::mixed, path);
            op.count = keep({{}, path, parts, true});
        } else if (!parts.empty() && !blank(parts[0].text)) {
            constant(path, parts[0].text);
        }
    }

    void leaf(const std::string& path, const std::vector<Node>& parts, bool unless_empty) {
        const Source source = source_of(parts);
        switch (source.kind) {
            case Source::Kind::none:
            case Source::Kind::literal:
                if (!unless_empty || !source.text.empty()) constant(path, source.text);
                break;
            case Source::Kind::slot: {
                Op& op = add(Op::Kind::field, path);
                op.slot = source.slot;
                op.optional = parts[0].optional;
                op.unless_empty = unless_empty;
                break;
            }
            case Source::Kind::mixed: {
                Op& op = add(Op::Kind::mixed, path);
                op.unless_empty = unless_empty;
                op.count = keep({{}, path, parts, false});
                break;
            }
        }
    }

    void attribute(const std::string& path, const std::vector<Node>& value) {
        const Source source = source_of(value);
        if (source.kind == Source::Kind::slot) {
            Op& op = add(Op::Kind::attribute, path);
            op.slot = source.slot;
            op.optional = value[0].optional;
        } else if (source.kind == Source::Kind::mixed) {
            Op& op = add(Op::Kind::mixed, path);
            op.count = keep({{}, path, value, false});
        } else {
            constant(path, source.text);
        }
    }

    // [MS-EVEN6] 3.1.4.7.2: an element whose optional content is null is not there, nor are its attributes.
    std::size_t guards(const Node& node) {
        const std::size_t first = plan_.ops.size();
        // An operation that stands alone looks at its slot itself.
        const bool alone = node.children.size() == 1 && std::ranges::all_of(node.attributes, [](const Attribute& a) {
                               return declares_namespace(a.name) || a.name == "Name";
                           });
        if (alone || has_elements(node)) return first;
        for (const Node& child : node.children) {
            if (child.kind != Node::Kind::slot || !child.optional) continue;
            Op& op = add(Op::Kind::guard, "");
            op.slot = child.slot;
        }
        return first;
    }
    void close_guards(std::size_t first) {
        for (std::size_t i = first; i < plan_.ops.size() && plan_.ops[i].kind == Op::Kind::guard; ++i)
            if (plan_.ops[i].count == 0) plan_.ops[i].count = static_cast<std::uint32_t>(plan_.ops.size() - i - 1);
    }

    Op& add(Op::Kind kind, std::string_view name) {
        Op op;
        op.kind = kind;
        op.name = plan_.keep(name);
        op.open = plan_.keep("{\"name\":\"" + dressed(Dress::json, name) + "\",\"value\":\"");
        op.close = plan_.keep("\"},");
        plan_.ops.push_back(op);
        return plan_.ops.back();
    }

    void constant(const std::string& name, std::string_view value) {
        Op& op = add(Op::Kind::constant, name);
        op.close = plan_.keep(value);
        const std::string open{plan_.text(op.open)};
        op.open = plan_.keep(open + dressed(Dress::json, value) + "\"},");
    }

    std::uint32_t keep(Mixed mixed) {
        plan_.mixed.push_back(std::move(mixed));
        return static_cast<std::uint32_t>(plan_.mixed.size() - 1);
    }

    Plan plan_;
};

}  // namespace

Range Plan::keep(std::string_view text) {
    const Range range{static_cast<std::uint32_t>(pool.size()), static_cast<std::uint32_t>(text.size())};
    pool += text;
    return range;
}

Source source_of(const std::vector<Node>& parts) {
    Source out;
    if (parts.empty()) return out;
    const bool slots = std::ranges::find(parts, Node::Kind::slot, &Node::kind) != parts.end();
    if (!slots) {
        out.kind = Source::Kind::literal;
        for (const Node& part : parts) out.text += part.text;
    } else if (parts.size() == 1) {
        out.kind = Source::Kind::slot;
        out.slot = parts[0].slot;
    } else {
        out.kind = Source::Kind::mixed;
        out.parts = parts;
    }
    return out;
}

Plan compile_fields(const std::vector<Node>& nodes, Section section) {
    Compiler compiler;
    constexpr std::array kAround{"Event", "EventData", ""};
    compiler.section(nodes, section, kAround[static_cast<std::size_t>(section)]);
    return compiler.take();
}

}  // namespace rdpdx::evtx
