// What the program says about itself, made of the option table.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rdpdx::app {

// A command, "man": the manual page, or "schema": the JSON Schema of reports.
bool has_help(std::string_view name);

// "man", "schema"
std::vector<std::string_view> help_topics();

// Of the program where `name` is empty, of a command, or one of the words of has_help.
std::string help_text(const std::string& name);

}  // namespace rdpdx::app
