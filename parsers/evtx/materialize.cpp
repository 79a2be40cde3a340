#include "parsers/evtx/materialize.hpp"

#include <algorithm>

#include "parsers/evtx/little.hpp"

namespace rdpdx::evtx {
namespace {

using Kind = Node::Kind;

class Builder {
public:
    Builder(TemplateCache& templates, bytes::View chunk, Materialized& out)
        : templates_{templates}, chunk_{chunk}, out_{out} {}

    void nodes(const std::vector<Node>& from, const std::vector<Slot>& slots, std::vector<Node>& to, unsigned depth) {
        for (const Node& node : from) {
            if (full()) return;
            switch (node.kind) {
                case Kind::text:
                    text(node.text, to);
                    break;
                case Kind::slot:
                    value(at(slots, node.slot), to, depth);
                    break;
                case Kind::instruction:
                    to.push_back(node);
                    break;
                case Kind::element:
                    element(node, slots, to, depth);
                    break;
                case Kind::instance:
                    instance(node, to, depth);
                    break;
            }
        }
    }

private:
    static Slot at(const std::vector<Slot>& slots, std::size_t i) { return i < slots.size() ? slots[i] : Slot{}; }

    bool full() {
        if (++count_ <= kMaxMaterialized && size_ <= kMaxText) return false;
        if (!told_) out_.problems.emplace_back("a record that unfolds to more than is sensible was cut");
        told_ = true;
        return true;
    }

    void text(std::string_view text, std::vector<Node>& to) {
        size_ += text.size();
        if (to.empty() || to.back().kind != Kind::text) to.emplace_back();
        to.back().kind = Kind::text;
        to.back().text += text;
    }

    std::string plain(Slot slot) {
        buffer_.clear();
        add_value<Dress::plain>(buffer_, chunk_, slot, recent_);
        return std::string{buffer_.view()};
    }

    void value(Slot slot, std::vector<Node>& to, unsigned depth) {
        if (slot.type != value_type::kBinXml) return text(plain(slot), to);
        if (depth >= kMaxNesting) {
            out_.problems.emplace_back("BinXML values are nested too deeply");
            return;
        }
        const Fragment inner = parse_fragment(chunk_, slot.offset, std::size_t{slot.offset} + slot.size);
        if (inner.error) out_.problems.push_back("a BinXML value is broken: " + bytes::describe(*inner.error));
        nodes(inner.nodes, {}, to, depth + 1);
    }

    void instance(const Node& node, std::vector<Node>& to, unsigned depth) {
        Template* found = depth < kMaxNesting ? templates_.of(node.definition, node.id) : nullptr;
        if (!found && depth < kMaxNesting && !templates_.recovering()) {
            found = templates_.at(node.definition);
            if (found) out_.problems.emplace_back("a template definition has another id than the record asks for");
        }
        if (!found) {
            out_.missing = true;
            out_.problems.emplace_back("a template definition is missing");
            return;
        }
        if (found->fragment.error)
            out_.problems.push_back("a template definition is broken: " + bytes::describe(*found->fragment.error));
        nodes(found->fragment.nodes, node.values, to, depth + 1);
    }

    void element(const Node& node, const std::vector<Slot>& slots, std::vector<Node>& to, unsigned depth) {
        const bool parent = std::ranges::find(node.children, Kind::element, &Node::kind) != node.children.end();
        const auto gone = [&](const Node& n) { return n.kind == Kind::slot && n.optional && at(slots, n.slot).null(); };
        if (!parent && std::ranges::any_of(node.children, gone)) return;
        Node made;
        made.kind = Kind::element;
        made.name = node.name;
        for (const Attribute& a : node.attributes) {
            if (std::ranges::any_of(a.value, gone)) continue;
            Attribute filled{a.name, {}};
            nodes(a.value, slots, filled.value, depth);
            made.attributes.push_back(std::move(filled));
        }
        const bool only_slot = node.children.size() == 1 && node.children[0].kind == Kind::slot;
        const Slot only = only_slot ? at(slots, node.children[0].slot) : Slot{};
        if (!only.array() || only.size == 0) {
            nodes(node.children, slots, made.children, depth);
            to.push_back(std::move(made));
            return;
        }
        Items items{chunk_, only};
        for (Slot item; !full() && items.next(item);) {
            Node one = made;
            value(item, one.children, depth);
            to.push_back(std::move(one));
        }
    }

    static constexpr std::size_t kMaxText = std::size_t{4} << 20;
    TemplateCache& templates_;
    bytes::View chunk_;
    Materialized& out_;
    TextBuffer buffer_;
    Recent recent_;
    std::size_t count_{}, size_{};
    bool told_{};
};

}  // namespace

Materialized materialize(TemplateCache& templates, bytes::View chunk, const std::vector<Node>& nodes,
                         const std::vector<Slot>& slots) {
    Materialized out;
    Builder{templates, chunk, out}.nodes(nodes, slots, out.nodes, 0);
    return out;
}

}  // namespace rdpdx::evtx
