// Shows a file to whoever sits in front of the machine.
#pragma once

#include <optional>
#include <string>

namespace rdpdx::app {

// Hands the file to the desktop's own opener; why that did not work, or none.
std::optional<std::string> open_page(const std::string& path);

}  // namespace rdpdx::app
