// Inside of correlate: names of machines.
#pragma once

#include <string>
#include <string_view>

namespace rdpdx::correlate {

// ASCII only.
std::string lower(std::string_view text);
// Upper and lower case are one name, and a short name is its own fully qualified form. Empty names are nobody's.
bool same_host(std::string_view a, std::string_view b);
// In lower case, without the domain: equal for names that are the same host's. Not for addresses.
std::string host_key(std::string_view name);

}  // namespace rdpdx::correlate
