// Inside of correlate: names of machines, and whom a log speaks of.
#pragma once

#include <string>
#include <string_view>

#include "src/model/attempt.hpp"

namespace rdpdx::correlate {

// ASCII only.
std::string lower(std::string_view text);
// Upper and lower case are one name, and a short name is its own fully qualified form. Empty names are nobody's.
bool same_host(std::string_view a, std::string_view b);
// In lower case, without the domain: equal for names that are the same host's. Not for addresses.
std::string host_key(std::string_view name);
// Whether a log's track can speak of this attempt's server and client.
bool could_be_same_peers(const model::Attempt& attempt, const model::Track& log);

}  // namespace rdpdx::correlate
