// The {placeholders} of an entry's sentence, private to this layer.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "src/catalogue/catalogue.hpp"

namespace rdpdx::catalogue {

// A stretch of plain text, or what stands between { and }.
struct Piece {
    std::string_view text;
    bool placeholder{};
};
// Views into `means`. `closed` becomes false if the last { has no }.
std::vector<Piece> pieces_of(std::string_view means, bool& closed);

enum class Role : std::uint8_t { address, port, target, user, domain, session, code };
// The role that a placeholder names; nothing for plain text and for names of fields.
std::optional<Role> role_of(const Piece& piece) noexcept;
bool has_role(const EventEntry& entry, Role role) noexcept;

}  // namespace rdpdx::catalogue
