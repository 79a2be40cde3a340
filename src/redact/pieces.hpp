// Inside of redact: how names are put together. Views into what was given.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace rdpdx::redact {

// Something that is told by its form alone, at the beginning of a text.
enum class Literal : unsigned char { none, address, mac, sid, guid, bytes };
struct LiteralAt {
    Literal what{};
    std::size_t length{};
};
// `before` is the character before the text, or 0. Hex of twenty digits and more counts as bytes, also where its pairs
// stand apart ("30 82 01 ...").
LiteralAt literal_at(std::string_view text, char before);

// "alice" of "LAB\alice" and of "alice@lab.example", and whose it is.
struct Account {
    std::string_view domain, user;
    bool at{};  // the domain stands behind
};
Account account_of(std::string_view text);

// Part of a distinguished name: "CN" and "rdsh1.lab.example". Values stand as they are written, quotes left off.
struct Attribute {
    std::string_view before;  // what stands between this value and the one before: ", CN="
    std::string_view name, value;
};
struct DistinguishedName {
    std::vector<Attribute> parts;
    std::string_view rest;  // behind the last value
};
DistinguishedName parts_of_subject(std::string_view text);

// A piece of a text that is cut at what stands between names; `separator` pieces are to be kept.
struct Piece {
    std::string_view text;
    bool separator{};
};
std::vector<Piece> host_pieces(std::string_view text);

}  // namespace rdpdx::redact
