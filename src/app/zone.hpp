// Time zones of the machine that the program runs on.
#pragma once

#include <optional>
#include <string>

#include "src/model/attempt.hpp"

namespace rdpdx::app {

// "UTC", "+02:00", "local", or a name of the zone database such as "Europe/Berlin", as it was from `first` to `last`;
// none where there is no such zone. For names it sets TZ in the environment, so nothing else may run meanwhile.
std::optional<model::Zone> zone_named(const std::string& name, model::Time first, model::Time last);

// The same, for the times that a report speaks of.
std::optional<model::Zone> zone_for(const std::string& name, const model::Report& report);

}  // namespace rdpdx::app
