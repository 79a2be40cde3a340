// Scripts that make a shell complete commands, options and their values, made of the option table.
#pragma once

#include <string>
#include <string_view>

namespace rdpdx::app {

// For bash, zsh, fish or powershell; empty for any other.
std::string completion_for(std::string_view shell);

}  // namespace rdpdx::app
