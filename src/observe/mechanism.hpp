// Inside of observe: what a security token says, for whoever carries it.
#pragma once

#include <string>
#include <vector>

#include "parsers/credssp/token.hpp"
#include "src/model/observation.hpp"

namespace rdpdx::observe {

// What the mechanism itself says: a clause for the sentence, and fields.
struct Told {
    std::string text;
    model::Fields fields;
};
Told told(const credssp::Mechanism& mechanism);
// The mechanism that a token names without speaking it.
std::string offered(const credssp::SecurityToken& token);

}  // namespace rdpdx::observe
