// The sentences that go with a number: what two numbers mean together, what a number's shape gives away.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "src/codes/explain.hpp"

namespace rdpdx::codes {

// discReason and extended code of one dialog.
std::vector<std::string> pair_notes(std::uint32_t discReason, std::uint32_t extended);

// A row for a discReason that nobody listed: the layer rule, marked as inferred.
Match inferred_disconnect_reason(std::uint32_t value);

// What follows from the bits of a large number (wrapped Win32 error, wrapped NTSTATUS, facility); adds matches.
void add_shape(std::uint32_t value, Explanation& to);

// Why a number is not in the table of the family that was asked for.
void add_unknown(Family family, std::uint32_t value, Explanation& to);

// Several families know the number, or it is one that is mixed up often.
void add_ambiguity(std::uint32_t value, Explanation& to);

}  // namespace rdpdx::codes
