// A fragment as XML text: runs of markup, and the slots between them.
#include <algorithm>

#include "parsers/evtx/plan.hpp"

namespace rdpdx::evtx {
namespace {

constexpr std::size_t kNone = ~std::size_t{};

// Names come from the log, so they may be anything; what they are made into is always a name.
std::string safe_name(std::string_view name) {
    std::string out{name};
    for (char& c : out)
        if (static_cast<unsigned char>(c) <= ' ' || std::string_view{"<>&\"'=/!?"}.find(c) != std::string_view::npos)
            c = '_';
    return out.empty() || out[0] == '-' || out[0] == '.' || (out[0] >= '0' && out[0] <= '9') ? "_" + out : out;
}

class Compiler {
public:
    Plan take() {
        flush();
        plan_.seal();
        return std::move(plan_);
    }

    void nodes(const std::vector<Node>& all) {
        for (const Node& node : all) {
            if (node.kind == Node::Kind::text) markup_ += dressed(Dress::xml, node.text);
            if (node.kind == Node::Kind::slot) slot(Op::Kind::xml_value, node, "", "");
            if (node.kind == Node::Kind::instruction)
                markup_ += "<?" + safe_name(node.name) + " " + dressed(Dress::xml, node.text) + "?>";
            if (node.kind == Node::Kind::element) element(node);
        }
    }

private:
    static bool literal(const std::vector<Node>& value) {
        return std::ranges::find(value, Node::Kind::slot, &Node::kind) == value.end();
    }

    void element(const Node& node) {
        const bool fixed = std::ranges::all_of(node.attributes, [](const Attribute& a) { return literal(a.value); });
        const std::string name = safe_name(node.name), end = "</" + name + ">";
        if (fixed && node.children.size() == 1 && node.children[0].kind == Node::Kind::slot) {
            std::string start = "<" + name;
            for (const Attribute& a : node.attributes) start += written(a);
            slot(Op::Kind::xml_element, node.children[0], start + ">", end);
            return;
        }
        const std::size_t guard = guards(node);
        markup_ += "<" + name;
        for (const Attribute& a : node.attributes) attribute(a);
        if (node.children.empty()) {
            markup_ += "/>";
        } else {
            markup_ += ">";
            nodes(node.children);
            markup_ += end;
        }
        close_guards(guard);
    }

    static std::string written(const Attribute& a) {
        std::string out = " " + safe_name(a.name) + "=\"";
        for (const Node& part : a.value) out += dressed(Dress::xml, part.text);
        return out + '"';
    }

    void attribute(const Attribute& a) {
        if (literal(a.value)) {
            markup_ += written(a);
        } else if (a.value.size() == 1) {
            slot(Op::Kind::xml_attribute, a.value[0], " " + safe_name(a.name) + "=\"", "\"");
        } else {
            markup_ += " " + safe_name(a.name) + "=\"";
            nodes(a.value);
            markup_ += '"';
        }
    }

    // [MS-EVEN6] 3.1.4.7.2: an element whose optional content is null is not there.
    std::size_t guards(const Node& node) {
        if (std::ranges::find(node.children, Node::Kind::element, &Node::kind) != node.children.end()) return kNone;
        std::size_t first = kNone;
        for (const Node& child : node.children) {
            if (child.kind != Node::Kind::slot || !child.optional) continue;
            flush();
            first = std::min(first, plan_.ops.size());
            Op op;
            op.kind = Op::Kind::guard;
            op.slot = child.slot;
            plan_.ops.push_back(op);
        }
        return first;
    }
    void close_guards(std::size_t first) {
        if (first == kNone) return;
        flush();
        for (std::size_t i = first; plan_.ops[i].kind == Op::Kind::guard; ++i)
            plan_.ops[i].count = static_cast<std::uint32_t>(plan_.ops.size() - i - 1);
    }

    void slot(Op::Kind kind, const Node& node, std::string_view open, std::string_view close) {
        flush();
        Op op;
        op.kind = kind;
        op.optional = node.optional;
        op.slot = node.slot;
        op.open = plan_.keep(open);
        op.close = plan_.keep(close);
        plan_.ops.push_back(op);
    }

    void flush() {
        if (markup_.empty()) return;
        Op op;
        op.kind = Op::Kind::text;
        op.open = plan_.keep(markup_);
        plan_.ops.push_back(op);
        markup_.clear();
    }

    Plan plan_;
    std::string markup_;
};

}  // namespace

Plan compile_xml(const std::vector<Node>& nodes) {
    Compiler compiler;
    compiler.nodes(nodes);
    return compiler.take();
}

}  // namespace rdpdx::evtx
