// `rdpdx explain`: what a person typed, and every meaning it may have.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "src/codes/codes.hpp"

namespace rdpdx::codes {

struct Match {
    Family family{};
    Code code;  // a row of the table, or one made for an undocumented value: then status is kInferred and name empty
};

// One query, or two numbers that were read as discReason and extended code.
struct Explanation {
    std::string query;
    std::vector<Match> matches;             // in the order of Family; empty when nothing is known
    std::vector<std::string> did_you_mean;  // best first; each is a query that has matches
    std::vector<std::string> notes;         // whole sentences
};

// Understands numbers ("0x904", "2308", "-2146893052", "C000006D"), a family before a colon ("alert:40",
// "errinfo:0x10", "icmp:3/4", "alert:handshake_failure"), names in any case, with or without their prefix, and the
// client's dialog text ("Error code: 0x904 Extended error code: 0x7"). Several codes may stand in one string. A
// discReason followed by an extended code is one explanation of the pair. Never fails: what is not understood says so.
std::vector<Explanation> explain(std::span<const std::string> queries);

// Plain text, wrapped at `width` columns (at least 40), ending in a newline. No colour.
std::string render_text(const std::vector<Explanation>& explanations, int width);

}  // namespace rdpdx::codes
