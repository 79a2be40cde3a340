// BinXML: tokens -> a tree whose text is UTF-8 and whose values are still places in the chunk.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "parsers/bytes/cursor.hpp"
#include "parsers/evtx/little.hpp"
#include "parsers/evtx/values.hpp"

namespace rdpdx::evtx {

// [MS-EVEN6] 2.2.12, tokens without their 0x40 bit, which says that more of the same kind follows.
namespace token {
inline constexpr std::uint8_t kEndOfFragment = 0x00, kOpenStartElement = 0x01, kCloseStartElement = 0x02,
                              kCloseEmptyElement = 0x03, kEndElement = 0x04, kValue = 0x05, kAttribute = 0x06,
                              kCData = 0x07, kCharRef = 0x08, kEntityRef = 0x09, kPiTarget = 0x0A, kPiData = 0x0B,
                              kTemplateInstance = 0x0C, kSubstitution = 0x0D, kOptionalSubstitution = 0x0E,
                              kFragmentHeader = 0x0F, kMore = 0x40;
}

inline constexpr unsigned kMaxElementDepth = 64;   // elements within elements
inline constexpr std::size_t kMaxNameUnits = 512;  // of an element's or attribute's name
inline constexpr std::size_t kMaxSlots = 8'192;    // values of one template instance

struct Attribute;

struct Node {
    enum class Kind : std::uint8_t { text, slot, element, instruction, instance };
    Kind kind{};
    bool optional{};             // slot: what it stands in disappears when its value is null
    std::uint16_t slot{};        // slot: index into the instance's values
    std::uint32_t definition{};  // instance: offset of the template definition in the chunk
    std::uint32_t id{};          // instance: the first four bytes of the definition's GUID
    std::string name;            // element; target of an instruction
    std::string text;            // text; data of an instruction
    std::vector<Attribute> attributes;
    std::vector<Node> children;  // element
    std::vector<Slot> values;    // instance
};

struct Attribute {
    std::string name;
    std::vector<Node> value;  // texts and slots only
};

// Where a definition leans on its chunk: the four bytes at `position` say where a name is. Two definitions are the same
// if all other bytes and all names are.
struct NameReference {
    std::uint32_t position{};       // from the beginning of the fragment
    bool here{};                    // the name follows at once; then its link to the next name means nothing
    std::uint32_t text{}, units{};  // where the name's UTF-16 stands in Fragment::names
};

struct Fragment {
    std::vector<Node> nodes;                 // what could be read, also when there is an error
    std::optional<bytes::ParseError> error;  // offsets are the chunk's
    std::vector<NameReference> references;
    std::vector<std::byte> names;
    bool instances{};  // a template instance is within
};

// The fragment that lies at [at, end) of the chunk. Elements carry a dependency id inside template definitions and in
// most other places; where the bytes make sense only without one, they are read so.
Fragment parse_fragment(bytes::View chunk, std::size_t at, std::size_t end);

// Whether elements of a fragment carry a dependency id, judged by its first element, whose token is before `at`.
// Forwarded events and fragments inside values have none, and nothing says so.
bool has_dependency_ids(bytes::View chunk, std::size_t at, std::size_t end) noexcept;

// FragmentHeader: token, major version, minor version, flags. Values often do without.
inline std::size_t skip_fragment_header(bytes::View chunk, std::size_t at) noexcept {
    return u32_at(chunk, at) == 0x0001010F ? at + 4 : at;
}

// What follows the token of a template instance.
struct InstanceHead {
    std::uint32_t definition{};  // offset in the chunk
    std::uint32_t id{};          // the first four bytes of the definition's GUID
    std::size_t values{};        // offset of the value array
};
// Nothing if it does not lie in [at, end). `at` is behind the token.
std::optional<InstanceHead> parse_instance_head(bytes::View chunk, std::size_t at, std::size_t end) noexcept;

// A value array: count, then (size, type) of each, then the values. `out` holds the instance's slots afterwards.
struct Values {
    bool whole{};       // false: the array or a value does not fit; what fits is there, the others are null
    std::size_t end{};  // of the last value
};
Values parse_values(bytes::View chunk, std::size_t at, std::size_t end, std::vector<Slot>& out);

}  // namespace rdpdx::evtx
