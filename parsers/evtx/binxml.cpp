#include "parsers/evtx/binxml.hpp"

#include <algorithm>
#include <array>

#include "parsers/bytes/text.hpp"
#include "parsers/evtx/little.hpp"

namespace rdpdx::evtx {
namespace {

using bytes::Cursor;
using bytes::Problem;

void add_text(std::vector<Node>& to, std::string text) {
    if (!to.empty() && to.back().kind == Node::Kind::text) {
        to.back().text += text;
        return;
    }
    Node node;
    node.kind = Node::Kind::text;
    node.text = std::move(text);
    to.push_back(std::move(node));
}

std::string character(std::uint16_t code) {
    std::string unit;
    unit += static_cast<char>(code & 0xFF);
    unit += static_cast<char>(code >> 8);
    return bytes::utf16le_to_utf8(bytes::view_of(unit));
}

std::string entity(const std::string& name) {
    struct Known {
        std::string_view name, text;
    };
    constexpr std::array kKnown{Known{"lt", "<"}, Known{"gt", ">"}, Known{"amp", "&"}, Known{"quot", "\""},
                                Known{"apos", "'"}};
    for (const Known& known : kKnown)
        if (known.name == name) return std::string{known.text};
    return "&" + name + ";";
}

// Whether an element's head makes sense when its length begins at `at`.
bool plausible_head(bytes::View chunk, std::size_t at, std::size_t end) noexcept {
    if (at > end || end - at < 8) return false;
    const std::uint32_t length = u32_at(chunk, at), where = u32_at(chunk, at + 4);
    if (length > end - at) return false;
    const std::size_t units = u16_at(chunk, where + std::size_t{6});
    return units > 0 && units <= kMaxNameUnits && fits(chunk, where, 10 + units * 2) &&
           u16_at(chunk, where + 8 + units * 2) == 0;
}

// Reads one fragment. Every loop takes at least a token's byte from the cursor, which has nothing left after an error.
class Reader {
public:
    Reader(bytes::View chunk, std::size_t at, std::size_t end)
        : chunk_{chunk}, in_{window(chunk, at, end - at), at}, begin_{at}, end_{end} {}

    Fragment read() {
        content(out_.nodes, 0);
        out_.error = in_.error();
        return std::move(out_);
    }

private:
    std::uint8_t peek() const noexcept { return u8_at(in_.peek(1), 0); }
    std::uint8_t peek_kind() const noexcept { return static_cast<std::uint8_t>(peek() & ~token::kMore); }

    void bad(std::string_view field, std::size_t at) { in_.fail({Problem::bad_value, field, at, 0, 0}); }

    // Until the end of the fragment or of the element around it. Which token ended it is left to the caller.
    void content(std::vector<Node>& to, unsigned depth) {
        while (in_.remaining() > 0) {
            const auto at = in_.position();
            switch (peek_kind()) {
                case token::kEndOfFragment:
                    if (depth == 0) in_.u8("EOF token");
                    return;
                case token::kEndElement:
                    in_.u8("EndElementToken");
                    if (depth == 0) bad("EndElementToken", at);
                    return;
                case token::kFragmentHeader:
                    in_.skip(4, "FragmentHeader");
                    break;
                case token::kOpenStartElement:
                    element(to, depth + 1);
                    break;
                case token::kTemplateInstance:
                    instance(to);
                    break;
                case token::kPiTarget:
                    instruction(to);
                    break;
                default:
                    if (!text_part(to)) return bad("token", at);
            }
        }
    }

    // What may stand in an attribute as well as in an element.
    bool text_part(std::vector<Node>& to) {
        switch (peek_kind()) {
            case token::kValue:
                value(to);
                return true;
            case token::kCData: {
                in_.u8("CDATASectionToken");
                add_text(to, utf16(in_.u16le("UnicodeText length")));
                return true;
            }
            case token::kCharRef:
                in_.u8("CharRefToken");
                add_text(to, character(in_.u16le("CharRef")));
                return true;
            case token::kEntityRef:
                in_.u8("EntityRefToken");
                add_text(to, entity(name()));
                return true;
            case token::kSubstitution:
            case token::kOptionalSubstitution: {
                Node node;
                node.kind = Node::Kind::slot;
                node.optional = (in_.u8("SubstitutionToken") & ~token::kMore) == token::kOptionalSubstitution;
                node.slot = in_.u16le("SubstitutionId");
                in_.u8("ValueType");
                if (!in_.error()) to.push_back(std::move(node));
                return true;
            }
            default:
                return false;
        }
    }

    // The specification knows text only; other types are read by the width that they have anyway.
    void value(std::vector<Node>& to) {
        in_.u8("ValueTextToken");
        const std::uint8_t type = in_.u8("ValueType");
        if (type == value_type::kString || type == value_type::kNull) {
            std::string text = utf16(in_.u16le("UnicodeText length"));
            text.resize(text.find_last_not_of('\0') + 1);  // as values in slots are read
            add_text(to, std::move(text));
            return;
        }
        const auto at = in_.position();
        std::size_t size = fixed_width(type);
        if (type == value_type::kSid) size = 8U + 4U * u8_at(in_.peek(2), 1);
        if (type == value_type::kAnsiString || type == value_type::kBinary) {
            size = in_.u16le("length");
        } else if (size == 0) {
            return bad("ValueType", at - 1);
        }
        const auto place = in_.position();
        if (in_.take(size, "Value").size() != size || in_.error()) return;
        TextBuffer text;
        Recent recent;
        add_value<Dress::plain>(text, chunk_,
                                {static_cast<std::uint32_t>(place), static_cast<std::uint16_t>(size), type}, recent);
        add_text(to, std::string{text.view()});
    }

    std::string utf16(std::size_t units) { return bytes::utf16le_to_utf8(in_.take(units * 2, "UnicodeText")); }

    // Four bytes say where the name is; it may follow at once. A name: link, hash, number of units, units, a zero unit.
    std::string name() {
        const auto at = in_.position();
        const std::uint32_t where = in_.u32le("NameOffset");
        if (in_.error()) return {};
        const bool here = where == in_.position();
        Cursor there{window(chunk_, where, chunk_.size() - std::min<std::size_t>(where, chunk_.size())), where};
        Cursor& from = here ? in_ : there;
        from.skip(4, "NameLink");
        from.skip(2, "NameHash");
        const std::size_t units = from.u16le("NumChars");
        if (units > kMaxNameUnits) from.fail({Problem::bad_value, "NumChars", from.position() - 2, 0, 0});
        const bytes::View text = from.take(units * 2, "Name");
        from.skip(2, "NameTerminator");
        if (!here && there.error()) in_.fail(*there.error());
        if (in_.error()) return {};
        out_.references.push_back({static_cast<std::uint32_t>(at - begin_), here,
                                   static_cast<std::uint32_t>(out_.names.size()), static_cast<std::uint32_t>(units)});
        out_.names.insert(out_.names.end(), text.begin(), text.end());
        return bytes::utf16le_to_utf8(text);
    }

    bool dependency_id() {
        if (!has_dependency_id_) has_dependency_id_ = has_dependency_ids(chunk_, in_.position(), end_);
        return *has_dependency_id_;
    }

    void element(std::vector<Node>& to, unsigned depth) {
        const auto at = in_.position();
        if (depth > kMaxElementDepth) return in_.fail({Problem::unsupported, "element depth", at, 0, 0});
        const bool has_attributes = (in_.u8("OpenStartElementToken") & token::kMore) != 0;
        if (dependency_id()) in_.skip(2, "DependencyID");
        in_.skip(4, "ElementByteLength");
        Node node;
        node.kind = Node::Kind::element;
        node.name = name();
        if (has_attributes) in_.skip(4, "AttributeListByteLength");
        while (in_.remaining() > 0 && peek_kind() == token::kAttribute) {
            in_.u8("AttributeToken");
            Attribute attribute;
            attribute.name = name();
            while (in_.remaining() > 0 && text_part(attribute.value)) {
            }
            if (!attribute.name.empty()) node.attributes.push_back(std::move(attribute));
        }
        const auto closing = in_.position();
        const std::uint8_t close = in_.u8("CloseStartElementToken");
        if (close == token::kCloseStartElement) {
            content(node.children, depth);
        } else if (close != token::kCloseEmptyElement && !in_.error()) {
            bad("CloseStartElementToken", closing);
        }
        // What a broken fragment begins with is still there; an element whose very name is gone is nothing.
        if (!node.name.empty()) to.push_back(std::move(node));
    }

    void instruction(std::vector<Node>& to) {
        in_.u8("PITargetToken");
        Node node;
        node.kind = Node::Kind::instruction;
        node.name = name();
        if (peek_kind() == token::kPiData) {
            in_.u8("PIDataToken");
            node.text = utf16(in_.u16le("UnicodeText length"));
        }
        to.push_back(std::move(node));
    }

    void instance(std::vector<Node>& to) {
        in_.u8("TemplateInstanceToken");
        const auto at = in_.position();
        const auto head = parse_instance_head(chunk_, at, end_);
        if (!head) return in_.fail({Problem::truncated, "TemplateDef", at, 9, in_.remaining()});
        Node node;
        node.kind = Node::Kind::instance;
        node.definition = head->definition;
        node.id = head->id;
        const Values values = parse_values(chunk_, head->values, end_, node.values);
        if (!values.whole) in_.fail({Problem::bad_value, "TemplateInstanceData", head->values, 0, 0});
        if (!in_.error()) in_.skip(values.end - at, "TemplateInstance");
        out_.instances = true;
        to.push_back(std::move(node));
    }

    bytes::View chunk_;
    Cursor in_;
    std::size_t begin_, end_;
    std::optional<bool> has_dependency_id_;
    Fragment out_;
};

}  // namespace

bool has_dependency_ids(bytes::View chunk, std::size_t at, std::size_t end) noexcept {
    return plausible_head(chunk, at + 2, end) || !plausible_head(chunk, at, end);
}

Fragment parse_fragment(bytes::View chunk, std::size_t at, std::size_t end) {
    end = std::min(end, chunk.size());
    return Reader{chunk, std::min(at, end), end}.read();
}

}  // namespace rdpdx::evtx
