#include "tests/support/evtx_element.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rdpdx::test::evtx {
namespace {

void number_slots(Content& content, std::vector<Value>& values) {
    auto* const value = std::get_if<Value>(&content);
    if (!value) return;
    // A null does not say what it is null of; text is what most values are. Others' readers want it to be optional.
    const auto type = value->type == 0 ? static_cast<std::uint8_t>(Type::unicode_string) : value->type;
    const Slot slot{static_cast<std::uint16_t>(values.size()), type, value->type == 0};
    values.push_back(std::move(*value));
    content = slot;
}

void number_slots(Element& element, std::vector<Value>& values) {
    for (Attribute& attribute : element.attributes) number_slots(attribute.value, values);
    for (Content& content : element.content) number_slots(content, values);
    for (Element& child : element.children) number_slots(child, values);
}

const Value* value_of(const Content& content, const std::vector<Value>& values) {
    if (const auto* const value = std::get_if<Value>(&content)) return value;
    const auto* const slot = std::get_if<Slot>(&content);
    return slot ? &values.at(slot->id) : nullptr;
}

// `item` picks from an array.
std::string text_of(const Content& content, const std::vector<Value>& values, std::size_t item) {
    const Value* const value = value_of(content, values);
    if (!value) return std::get<std::string>(content);
    if (value->texts.empty()) return {};
    return value->texts[item < value->texts.size() ? item : 0];
}

bool left_out(const Content& content, const std::vector<Value>& values) {
    const auto* const slot = std::get_if<Slot>(&content);
    return slot && slot->optional && values.at(slot->id).type == 0;
}

std::size_t repetitions(const Element& shape, const std::vector<Value>& values) {
    if (shape.depends_on && values.at(*shape.depends_on).type == 0) return 0;
    std::size_t out = 1;
    for (const Content& content : shape.content)
        if (const Value* const value = value_of(content, values)) out = std::max(out, value->texts.size());
    return out;
}

Element fill(const Element& shape, const std::vector<Value>& values, std::size_t item) {
    Element out{shape.name, {}, {}, {}};
    for (const Attribute& attribute : shape.attributes)
        if (!left_out(attribute.value, values))
            out.attributes.push_back({attribute.name, text_of(attribute.value, values, 0)});
    for (const Content& content : shape.content) {
        std::string text = text_of(content, values, item);
        if (!text.empty()) out.content.push_back(std::move(text));
    }
    for (const Element& child : shape.children)
        for (std::size_t i = 0; i < repetitions(child, values); ++i) out.children.push_back(fill(child, values, i));
    return out;
}

std::string quoted(std::string_view text) { return fmt::format("{}:{}", text.size(), text); }

std::string signature(const Content& content) {
    if (const auto* const literal = std::get_if<std::string>(&content)) return quoted(*literal);
    const auto slot = std::get<Slot>(content);
    return fmt::format("${}/{}/{}", slot.id, slot.type, slot.optional);
}

}  // namespace

Template separate(Element element) {
    Template out{std::move(element), {}};
    number_slots(out.shape, out.values);
    return out;
}

Element fill(const Element& shape, const std::vector<Value>& values) { return fill(shape, values, 0); }

std::string signature(const Element& shape) {
    std::string out = fmt::format("<{}?{}", quoted(shape.name), shape.depends_on.value_or(0xFFFF));
    for (const Attribute& attribute : shape.attributes)
        out += fmt::format("@{}={}", quoted(attribute.name), signature(attribute.value));
    for (const Content& content : shape.content) out += '=' + signature(content);
    for (const Element& child : shape.children) out += signature(child);
    return out + '>';
}

}  // namespace rdpdx::test::evtx
