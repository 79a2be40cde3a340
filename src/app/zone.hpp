// Time zones of the machine that the program runs on.
#pragma once

#include <optional>
#include <string>

#include "src/app/options.hpp"
#include "src/model/attempt.hpp"

namespace rdpdx::app {

// "UTC", "+02:00", "local", or a name of the zone database such as "Europe/Berlin", as it was from `first` to `last`;
// none where there is no such zone. For names it sets TZ in the environment, so nothing else may run meanwhile.
std::optional<model::Zone> zone_named(const std::string& name, model::Time first, model::Time last);

// False and a message where --tz is none.
bool zone_is_known(const Options& options);

// The same, for what may come, for the times that inputs cover, and for those that a report speaks of.
std::optional<model::Zone> zone_for(const std::string& name);
std::optional<model::Zone> zone_for(const std::string& name, const std::vector<model::Input>& inputs);
std::optional<model::Zone> zone_for(const std::string& name, const model::Report& report);

}  // namespace rdpdx::app
