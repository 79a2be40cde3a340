// An XML element with values in it, and its two forms: a template with what is substituted, or plain text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tests/support/evtx_values.hpp"

namespace rdpdx::test::evtx {

// Where a template takes a value from. An optional one leaves its attribute out when the value is null.
struct Slot {
    std::uint16_t id{};
    std::uint8_t type{};
    bool optional{};
};
// Literal text, a value that has no slot yet, or a slot.
using Content = std::variant<std::string, Value, Slot>;

struct Attribute {
    std::string name;
    Content value;
};
// Without a name it is only what it holds: text between elements.
struct Element {
    std::string name;
    std::vector<Attribute> attributes;
    std::vector<Content> content;  // stands before the children
    std::vector<Element> children;
    // The element is left out when the value of this slot is null.
    std::optional<std::uint16_t> depends_on{};
};

// An element whose values have become slots, numbered as they stand in the document.
struct Template {
    Element shape;
    std::vector<Value> values;
};
Template separate(Element element);
// The reverse: each slot becomes the text of its value, and what depends on a null is left out. An element that holds
// an array is repeated for each item, as Windows renders it.
Element fill(const Element& shape, const std::vector<Value>& values);

// Equal for two shapes exactly if one definition serves both.
std::string signature(const Element& shape);

}  // namespace rdpdx::test::evtx
