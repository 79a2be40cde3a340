// The manual page, made of the option table.
#pragma once

#include <string>

namespace rdpdx::app {

// In the mdoc language, section 1.
std::string manual_page();

}  // namespace rdpdx::app
