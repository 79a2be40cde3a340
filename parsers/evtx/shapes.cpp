#include "parsers/evtx/shapes.hpp"

#include "parsers/evtx/little.hpp"

namespace rdpdx::evtx {
namespace {

constexpr std::string_view kNameAttribute{"N\0a\0m\0e\0", 8}, kNamespace{"x\0m\0l\0n\0s\0", 10};

// Plans are compiled for these, so their texts belong to the shape: they name fields or namespaces.
bool stays(std::string_view utf16_name) noexcept {
    return utf16_name == kNameAttribute || utf16_name.starts_with(kNamespace);
}
bool stays(const Attribute& a) noexcept { return a.name == "Name" || a.name.starts_with("xmlns"); }

class Walker {
public:
    Walker(bytes::View chunk, std::size_t at, std::size_t end, std::string& key, std::vector<Slot>& texts)
        : chunk_{chunk.first(end)}, at_{at}, key_{key}, texts_{texts} {}

    bool walk() {
        unsigned depth = 0;
        bool after_text = false;
        while (at_ < chunk_.size()) {
            const std::uint8_t byte = u8_at(chunk_, at_++);
            const bool text = byte == token::kValue || byte == (token::kValue | token::kMore);
            if (text && (after_text || depth == 0)) return false;
            after_text = text;
            switch (byte) {
                case token::kEndOfFragment:
                    return depth == 0;
                case token::kFragmentHeader:
                    at_ += 3;
                    break;
                case token::kOpenStartElement:
                case token::kOpenStartElement | token::kMore:
                    if (++depth > kMaxElementDepth || !open(byte)) return false;
                    if (key_.back() == kEmpty) --depth;
                    break;
                case token::kEndElement:
                    if (depth == 0) return false;
                    --depth;
                    key_ += kEnd;
                    break;
                case token::kValue:
                case token::kValue | token::kMore:
                    if (!value(false)) return false;
                    break;
                default:
                    return false;
            }
        }
        return depth == 0;
    }

private:
    static constexpr char kElement = 1, kEmpty = 3, kEnd = 4, kText = 5, kAttribute = 6, kKept = 7;

    bool open(std::uint8_t byte) {
        if (!dependency_known_) {
            dependency_ = has_dependency_ids(chunk_, at_, chunk_.size());
            dependency_known_ = true;
        }
        at_ += dependency_ ? 6U : 4U;
        key_ += kElement;
        if (!name()) return false;
        if ((byte & token::kMore) != 0) at_ += 4;
        while ((u8_at(chunk_, at_) & ~token::kMore) == token::kAttribute && at_ < chunk_.size()) {
            ++at_;
            key_ += kAttribute;
            const std::size_t begin = key_.size() + 2;
            if (!name()) return false;
            const bool kept = stays(std::string_view{key_}.substr(begin));
            if ((u8_at(chunk_, at_) & ~token::kMore) == token::kValue) {
                ++at_;
                if (!value(kept)) return false;
            }
        }
        const std::uint8_t close = u8_at(chunk_, at_++);
        key_ += static_cast<char>(close);
        return close == token::kCloseStartElement || close == token::kCloseEmptyElement;
    }

    // Chunks are not longer than kept names can be, so two bytes hold the length.
    bool name() {
        const std::size_t where = u32_at(chunk_, at_);
        if (!fits(chunk_, at_, 4)) return false;
        at_ += 4;
        const std::size_t units = u16_at(chunk_, where + 6);
        if (units == 0 || units > kMaxNameUnits || !fits(chunk_, where, 10 + units * 2)) return false;
        if (where == at_) at_ += 10 + units * 2;
        keep(where + 8, units);
        return true;
    }

    bool value(bool kept) {
        if (u8_at(chunk_, at_) != value_type::kString || !fits(chunk_, at_, 3)) return false;
        const std::size_t units = u16_at(chunk_, at_ + 1), text = at_ + 3;
        if (units > 0x7FFF || !fits(chunk_, text, units * 2)) return false;
        at_ = text + units * 2;
        if (kept) {
            key_ += kKept;
            keep(text, units);
        } else {
            key_ += kText;
            texts_.push_back(
                {static_cast<std::uint32_t>(text), static_cast<std::uint16_t>(units * 2), value_type::kString});
        }
        return true;
    }

    void keep(std::size_t at, std::size_t units) {
        key_ += static_cast<char>(units & 0xFF);
        key_ += static_cast<char>(units >> 8);
        key_ += bytes::text_of(chunk_.subspan(at, units * 2));
    }

    bytes::View chunk_;
    std::size_t at_;
    std::string& key_;
    std::vector<Slot>& texts_;
    bool dependency_known_{}, dependency_{};
};

void into_slots(std::vector<Node>& nodes, std::size_t& count) {
    for (Node& node : nodes) {
        if (node.kind != Node::Kind::text) continue;
        node.kind = Node::Kind::slot;
        node.slot = static_cast<std::uint16_t>(count++);
        node.text.clear();
    }
}

}  // namespace

bool read_shape(bytes::View chunk, std::size_t at, std::size_t end, std::string& key, std::vector<Slot>& texts) {
    key.clear();
    texts.clear();
    return end <= chunk.size() && at <= end && Walker{chunk, at, end, key, texts}.walk();
}

std::size_t take_texts_out(std::vector<Node>& nodes) {
    std::size_t count = 0;
    const auto element = [&count](auto& self, Node& node) -> void {
        for (Attribute& a : node.attributes)
            if (!stays(a)) into_slots(a.value, count);
        for (Node& child : node.children) {
            if (child.kind == Node::Kind::element) {
                self(self, child);
            } else if (child.kind == Node::Kind::text) {
                child.kind = Node::Kind::slot;
                child.slot = static_cast<std::uint16_t>(count++);
                child.text.clear();
            }
        }
    };
    for (Node& node : nodes) element(element, node);
    return count;
}

}  // namespace rdpdx::evtx
